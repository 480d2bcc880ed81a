from fractions import Fraction

import pytest

from theorycheck.domains import Variable, integer, positive, rational, real


def test_floats_and_other_types_are_refused() -> None:
    for bad in (0.1, True, None, 1j):
        with pytest.raises(TypeError):
            rational(bad)  # type: ignore[arg-type]
    assert rational("0.1") == Fraction(1, 10)


def test_membership_respects_open_ends_and_integrality() -> None:
    assert Fraction(0) not in positive()
    assert Fraction(1, 10**30) in positive()
    assert Fraction(1) in real(0, 1) and Fraction(1) not in real(0, 1, open_high=True)
    assert Fraction(5, 2) not in integer(1, 4) and Fraction(4) in integer(1, 4) and Fraction(5) not in integer(1, 4)


@pytest.mark.parametrize("make", [lambda: real(2, 1), lambda: real(1, 1, open_low=True), lambda: integer(3, 2)])
def test_an_empty_domain_is_refused(make) -> None:
    with pytest.raises(ValueError, match="empty"):
        make()


def test_statements_use_symbols_without_assumptions() -> None:
    x = Variable("x", positive())
    assert x.symbol.is_positive is None
    assert x.assumed.is_positive is True
    assert [str(c) for c in x.conditions] == ["x > 0"]
    assert Variable("n", integer(0)).assumed.is_nonnegative is True


@pytest.mark.parametrize("name", ["", "1x", "a b", "x;y", "\u00e9"])
def test_names_are_ascii_identifiers(name: str) -> None:
    with pytest.raises(ValueError, match="identifier"):
        Variable(name, positive())
