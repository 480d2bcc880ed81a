"""The four readers of a tree agree: kernel (exact), balls, compiled tape, mpmath."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb

from theorycheck import balls, kernel
from theorycheck.expression import OutsideLanguage, Phi, lower, names
from theorycheck.recursion import Recursion

x, y = sympy.symbols("x y")
EXPRESSIONS = [
    x**3 / 3 - 2 * x * y + sympy.Rational(5, 7),
    sympy.exp(-x * y) + sympy.log(1 + x**2),
    sympy.Max(x, y) * sympy.Min(x, y, 1) + sympy.Abs(x - y),
    1 / (1 + x**2) ** 2 - y**5,
    sympy.Piecewise((0, x <= 0), (x**3 / 3, x <= 1), (x - sympy.Rational(2, 3), True)),
    Phi(x) ** 8 - Phi(-y),
    sympy.sqrt(1 + y**2),
    sympy.Piecewise((y, sympy.And(x > 0, sympy.Not(sympy.Eq(y, 0)))), (-y, sympy.Or(x < -1, y > 1)), (7, True)),
]


def reference(expression: sympy.Expr, values: dict[str, Fraction]) -> mpmath.mpf:
    mpmath.mp.dps = 60
    table = {"Phi": mpmath.ncdf}
    exact = {sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in values.items()}
    evaluated = expression.subs(exact)
    return mpmath.mpf(sympy.lambdify([], evaluated, modules=[table, "mpmath"])())


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_backends_agree(expression: sympy.Expr) -> None:
    rng = np.random.Generator(np.random.Philox(7))
    tree = lower(expression)
    recursion = Recursion("one step", {"z": expression}, parameters=("x", "y"))
    for _ in range(60):
        values = {n: Fraction(int(rng.integers(-300, 301)), 100) for n in ("x", "y")}
        truth = reference(expression, values)
        low, high = kernel.evaluate(tree, values)
        slack = mpmath.mpf(10) ** -45
        assert (
            mpmath.mpf(low.numerator) / low.denominator - slack
            <= truth
            <= mpmath.mpf(high.numerator) / high.denominator + slack
        )
        assert high - low <= Fraction(1, 10**40)
        with balls.precision(128):
            ball = balls.evaluate(tree, {n: balls.ball(v) for n, v in values.items()})
            assert ball.contains(arb(str(truth)).union(arb(str(truth)))) or abs(ball - arb(str(truth))) < 1e-30
            assert ball.rad() < 1e-25
        compiled, failed = recursion.iterate(np.zeros((1, 1)), {n: float(v) for n, v in values.items()})
        assert failed[0] == -1
        assert abs(compiled[0, 1, 0] - float(truth)) <= 1e-12 * max(1.0, abs(float(truth)))


def test_balls_over_boxes_contain_every_value() -> None:
    rng = np.random.Generator(np.random.Philox(11))
    for expression in EXPRESSIONS:
        tree = lower(expression)
        for _ in range(30):
            ends = {n: sorted(Fraction(int(v), 50) for v in rng.integers(-150, 151, 2)) for n in ("x", "y")}
            with balls.precision(100):
                enclosure = balls.evaluate(tree, {n: balls.box(a, b) for n, (a, b) in ends.items()})
            for _ in range(5):
                inside = {n: a + (b - a) * Fraction(int(rng.integers(0, 65)), 64) for n, (a, b) in ends.items()}
                low, high = kernel.evaluate(tree, inside)
                assert not enclosure < balls.ball(low) and not enclosure > balls.ball(high)


@pytest.mark.parametrize(
    "bad",
    [
        x + 0.5,
        sympy.sin(x),
        sympy.I * x,
        sympy.oo,
        sympy.zoo,
        sympy.Sum(x, (x, 1, 3)),
        sympy.pi,
        sympy.Function("f")(x),
    ],
    ids=str,
)
def test_what_is_outside_the_language_is_refused(bad: sympy.Expr) -> None:
    with pytest.raises(OutsideLanguage):
        lower(bad)


def test_names_reads_branches_of_piecewise() -> None:
    assert names(lower(EXPRESSIONS[7])) == {"x", "y"}


def test_undefined_is_never_true() -> None:
    tree = lower(sympy.Ge(1 / x, -(10**9), evaluate=False))
    with balls.precision(64):
        assert balls.decide(tree, {"x": balls.box(Fraction(-1), Fraction(1))}) is None
        assert balls.decide(lower(sympy.Gt(sympy.log(x), -5)), {"x": balls.ball(Fraction(-1))}) is None
    assert kernel.decide(tree, {"x": Fraction(0)}) is not True


def test_tape_reports_the_first_step_that_is_not_finite() -> None:
    r = Recursion("blow up", {"x": x**2})
    trajectory, failed = r.iterate(np.array([[2.0], [0.5]]), {}, steps=20)
    assert failed.tolist() == [10, -1]
    assert np.isnan(trajectory[0, 11:]).all() and np.isfinite(trajectory[1]).all()
