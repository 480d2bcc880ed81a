"""What the prover must not find, and how it says so."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sympy import Eq, Float, Ne, Rational, Symbol, exp, sin, symbols

from theorycheck.kernel import Rejected, check
from theorycheck.prover import NotFound, Proof, contradiction, statement

from .test_prover import off_diagonal, tensor_power


def unit() -> Proof:
    t = Symbol("t")
    p = Proof([t])
    p.assume("low", t >= 0)
    p.assume("high", t <= 1)
    return p


t, x, y, z = symbols("t x y z")


@pytest.mark.parametrize(
    "relation", [t**3 - 3 * t + 1 >= 0, t**3 - 4 * t + 2 >= 0, 2 - 3 * t + t**3 > 0, t > 0, Eq(t, 1)]
)
def test_false_statements_are_not_found(relation: Any) -> None:
    with pytest.raises(NotFound):
        unit().show("wrong", relation, using=["low", "high"], degree=4)


def test_a_strict_statement_needs_a_strict_product() -> None:
    p = unit()
    p.show("strict", t**2 + 1 > 0, using=["low"])
    assert check(p.certificate(["strict"])).conclusions["strict"][0] == ">"


@pytest.mark.parametrize("relation", [t >= Float(0.5), t >= exp(t), t >= sin(t), t >= t ** Rational(1, 2), Ne(t, 0),
                                      True, t, 1.5])  # fmt: skip
def test_relations_outside_the_language_are_refused(relation: Any) -> None:
    with pytest.raises(ValueError):
        unit().show("wrong", relation, using=["low", "high"])


@pytest.mark.parametrize("act", [
    lambda p: p.show("s", t >= -1, using=["missing"]),
    lambda p: p.goal("missing"),
    lambda p: p.weigh("s", t >= -1, {"missing": 1}),
    lambda p: p.show("low", t >= -1, using=["low"]),
    lambda p: p.show("s", x >= 0),
    lambda p: p.certificate([]),
    lambda p: p.certificate(["missing"]),
    lambda p: (p.show("s", t >= -1, using=["low"]), p.assume("late", t >= 0)),
    lambda p: p.exp(x, t),
    lambda p: p.induction("i", "missing", {}),
    lambda p: Proof(["x y"]),
    lambda p: p.cancel("s", t >= 0, "low", ["high"]),
])  # fmt: skip
def test_misuse_is_named(act: Callable[[Proof], Any]) -> None:
    with pytest.raises(ValueError):
        act(unit())


def test_denominators_need_strict_facts() -> None:
    with pytest.raises(NotFound, match="denominator"):
        unit().show("s", 1 / t >= 1, using=["high"])
    p = Proof([x, y])
    p.assume("x", x > 0)
    p.assume("y", y > 0)
    p.assume("given", 1 / x**2 >= 1 / y)
    p.show("root", y >= x**2, using=["given"], degree=1)
    p.show("s", 1 / (-x) < 0, using=["x"])
    assert set(check(p.certificate(["root", "s"])).conclusions) == {"root", "s"}


@pytest.mark.parametrize(("weights", "reason"), [
    ({"x": 1}, "leave"), ({"x": -1, "y": 1}, "leave"), ({"y": 1, "x": z}, "leave"), ({"sum": -1}, "negative"),
    ({"y": 1, "x": 1 / (x + 5 * z) - 1 / (x + 5 * z) + 1, "one": z - z + 0 * z, "sum": 0 * z}, None),
])  # fmt: skip
def test_weights_are_checked(weights: dict[str, Any], reason: str | None) -> None:
    p = Proof([x, y, z])
    p.assume("x", x >= 0)
    p.assume("y", y >= 0)
    p.assume("sum", -x - y >= 0)
    if reason is None:
        p.weigh("s", x + y >= 0, weights)
    else:
        with pytest.raises(NotFound, match=reason):
            p.weigh("s", x + y >= 0, weights)


def test_a_weight_that_is_no_product_of_facts_is_refused() -> None:
    p = Proof([x, z])
    p.assume("x", x >= 0)
    with pytest.raises(NotFound, match="no product"):
        p.weigh("s", x * z >= 0, {"x": z})


def test_cases_and_their_goals() -> None:
    p = Proof([x])
    p.assume("low", x >= -1)
    both = p.cases("cube", x**3 + 1 >= 0, on=x)
    both.nonnegative.goal("cube", using=["cube.case"], degree=3)
    both.nonpositive.goal("cube", using={"low": 1, "cube.case": 1}, degree=2, squares=[x])
    both.close()
    assert check(p.certificate(["cube"])).conclusions
    p = Proof([x])
    unfinished = p.cases("cube", x**2 >= 0, on=x)
    unfinished.nonnegative.goal("cube", using=["cube.case"])
    with pytest.raises(Rejected, match="not shown"):
        unfinished.close()


def test_an_unfinished_induction_is_refused() -> None:
    p = off_diagonal()
    z, L = symbols("z L")
    run = p.induction("floor", "gd", {"floor": z >= L})
    with pytest.raises(Rejected, match="not shown"):
        run.close()


def test_dropping_a_hypothesis_of_the_run_loses_the_floor() -> None:
    z, L, eta, k = symbols("z L eta k")
    p = off_diagonal()
    run = p.induction("floor", "gd", {"floor": z >= L})
    with pytest.raises(NotFound):
        run.steps["moving"].goal_by_weights("floor", {"moves": 1, "active": 1, "jump": 1})
    with pytest.raises(NotFound):
        run.steps["frozen"].goal("floor", using=["floor", "stays"], degree=2)


def test_certificates_are_plain_data_and_the_same_every_time() -> None:
    first, second = (json.dumps(tensor_power(2).certificate(["tensor-power"])) for _ in range(2))
    assert first == second
    assert check(json.loads(first))


def test_contradictions_have_a_core() -> None:
    found = contradiction([x >= 1, z >= 0, y >= x, y <= Rational(1, 2), sin(z) >= 0])
    assert found is not None
    core, certificate = found
    assert core == [x >= 1, y >= x, y <= Rational(1, 2)]
    assert check(certificate).conclusions == {"contradiction": [">=", -1]}
    assert contradiction([x >= 1, y >= x]) is None
    assert contradiction([]) is None


def test_statements() -> None:
    assert statement(x >= 0) == [">=", "x"]
    assert statement(x < y) == [">", ["-", "y", "x"]]
    assert statement(Eq(x, Rational(1, 2))) == ["=", ["-", "x", "1/2"]]
