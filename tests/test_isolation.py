"""Polynomial inequalities on an interval: what is certified, what is not, and where it fails."""

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import Eq, Ge, Gt, Le, Lt, Rational, Symbol, sqrt

from theorycheck import kernel
from theorycheck.domains import Variable, integer, positive, real
from theorycheck.farkas import NotFound
from theorycheck.isolation import isolated

OPEN = Variable("x", real(0, 1, open_low=True, open_high=True))
CLOSED = Variable("x", real(0, 1))
x = OPEN.symbol

TRUE = [
    (Gt((1 - x) * (x**3 + 2 * x**2 + 3 * x + 3), 0), OPEN),
    (Gt(9 - 3 * x**2 - 7 * x**3 + x**5, 0), OPEN),
    (Gt(x * (1 - x), 0), OPEN),
    (Lt(x**3, x**2), OPEN),
    (Le(x**3, x**2), CLOSED),
    (Gt((x - Rational(1, 2)) ** 2 + Rational(1, 1000), 0), CLOSED),
    (Gt(x, -1), CLOSED),
    (Gt(x, Rational(3, 2)), Variable("x", real("3/2", 7, open_low=True))),
]
FALSE = [
    (Gt(x - Rational(1, 3), 0), OPEN),
    (Gt(x, 0), CLOSED),
    (Lt(x, 0), OPEN),
    (Gt((2 * x - 1) ** 2, 0), OPEN),
    (Gt(x**2, Rational(1, 2)), OPEN),
    (Gt((1 - x) * (x**3 + 2 * x**2 + 3 * x - 3), 0), OPEN),
]


@pytest.mark.parametrize(("relation", "variable"), TRUE, ids=str)
def test_true_inequalities_come_with_a_certificate(relation, variable):
    theorem = kernel.check(isolated(relation, variable))
    assert set(theorem.hypotheses) == {"low", "high"} and set(theorem.conclusions) == {"goal"}


@pytest.mark.parametrize(("relation", "variable"), FALSE, ids=str)
def test_false_inequalities_do_not(relation, variable):
    with pytest.raises(NotFound, match="equal|fails"):
        isolated(relation, variable)


def test_the_root_is_located():
    with pytest.raises(NotFound, match=r"somewhere in \[") as found:
        isolated(Gt(x**2, Rational(1, 2)), OPEN)
    low, high = (Fraction(end) for end in str(found.value).split("[")[1].rstrip("]").split(", "))
    assert low**2 < Fraction(1, 2) < high**2 and high - low <= Fraction(1, 1000)


@pytest.mark.parametrize("relation", [Gt(sqrt(x), 0), Eq(x, 1), Gt(x + Symbol("y"), 0), Gt(1 / x, 0)], ids=str)
def test_other_relations_are_refused(relation):
    with pytest.raises(ValueError, match="no polynomial inequality|no inequality"):
        isolated(relation, OPEN)


@pytest.mark.parametrize("domain", [positive(), integer(0, 5), real()], ids=str)
def test_other_domains_are_refused(domain):
    with pytest.raises(ValueError, match="no bounded interval"):
        isolated(Gt(x + 1, 0), replace(OPEN, domain=domain))


@given(st.lists(st.integers(-6, 6), min_size=2, max_size=6), st.integers(-3, 2), st.integers(1, 4))
def test_it_agrees_with_exact_roots(coefficients, low, width):
    variable = Variable("x", real(low, low + width))
    polynomial = sympy.Add(*(c * x**i for i, c in enumerate(coefficients)))
    assume(polynomial.free_symbols)
    exact = sympy.Poly(polynomial, x)
    positive_everywhere = exact.count_roots(low, low + width) == 0 and exact.eval(low) > 0
    try:
        kernel.check(isolated(Gt(polynomial, 0), variable))
    except NotFound as error:
        assert not positive_everywhere or "very close" in str(error)
    else:
        assert positive_everywhere


def test_a_touching_root_is_no_certificate_either_way():
    with pytest.raises(NotFound, match="equal somewhere"):
        isolated(Ge((2 * x - 1) ** 2, 0), OPEN)
