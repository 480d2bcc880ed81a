"""Enclosures contain what mpmath finds with more digits, are narrow, and never decide what they cannot know."""

from fractions import Fraction
from random import Random
from typing import Any

import mpmath
import pytest

from theorycheck.kernel import Rejected, Undefined, decide, evaluate

DIGITS = 110


def exact(x: Any) -> Fraction:
    """The rational that an mpf is."""
    sign, mantissa, exponent, _ = x._mpf_
    return Fraction(mantissa) * Fraction(2) ** exponent * (-1 if sign else 1)


def mp(x: Fraction) -> Any:
    return mpmath.mpf(x.numerator) / x.denominator


def encloses(tree: Any, values: dict[str, Fraction], wanted: Any, bits: int = 192) -> None:
    low, high = evaluate(tree, values, bits)
    middle = exact(wanted)
    scale = max(abs(middle), Fraction(1))
    error = scale / 10 ** (DIGITS - 10)
    assert low - error <= middle <= high + error
    assert high - low <= scale * Fraction(2) ** (30 - bits)


def some(random: Random, low: float, high: float) -> Fraction:
    x = Fraction(random.uniform(low, high)).limit_denominator(random.choice([10, 1000, 10**9]))
    return min(max(x, Fraction(low)), Fraction(high))


@pytest.mark.parametrize(("name", "twin", "low", "high"), [
    ("exp", mpmath.exp, -60, 60), ("exp", mpmath.exp, -0.01, 0.01), ("log", mpmath.log, 1e-9, 1e9),
    ("log", mpmath.log, 0.9, 1.1), ("Phi", mpmath.ncdf, -12, 12), ("Phi", mpmath.ncdf, -0.1, 0.1),
])  # fmt: skip
def test_functions_at_thousands_of_points(name: str, twin: Any, low: float, high: float) -> None:
    random = Random(name + str(high))
    with mpmath.workdps(DIGITS):
        for _ in range(300):
            x = some(random, low, high)
            encloses([name, "x"], {"x": x}, twin(mp(x)))


def test_powers_at_thousands_of_points() -> None:
    random = Random(3)
    with mpmath.workdps(DIGITS):
        for _ in range(1500):
            x, p, r = some(random, 0.01, 20), random.randint(-7, 7), random.randint(1, 7)
            encloses(["^", "x", "e"], {"x": x, "e": Fraction(p, r)}, mpmath.power(mp(x), mpmath.mpf(p) / r))


@pytest.mark.parametrize("bits", [64, 192, 500])
def test_compositions_at_any_precision(bits: int) -> None:
    random = Random(bits)
    tree = ["/", ["+", ["exp", ["-", "x"]], ["*", "y", ["log", ["+", 2, "x"]]]],
            ["+", 1, ["^", ["abs", ["-", "y", "x"]], "5/2"], ["max", "x", ["Phi", "y"]]]]  # fmt: skip
    with mpmath.workdps(200):
        for _ in range(150):
            x, y = some(random, 0, 5), some(random, -3, 3)
            a, b = mp(x), mp(y)
            wanted = (mpmath.exp(-a) + b * mpmath.log(2 + a)) / (1 + abs(b - a) ** 2.5 + max(a, mpmath.ncdf(b)))
            encloses(tree, {"x": x, "y": y}, wanted, bits)


def test_rationals_stay_exact() -> None:
    x = Fraction(355, 113)
    tree = ["piecewise", [["<", "x", 3], 0], [True, ["/", ["-", ["^", "x", 7], ["*", 2, "x"]], ["+", "x", 1]]]]
    value = (x**7 - 2 * x) / (x + 1)
    assert evaluate(tree, {"x": x}) == (value, value)
    assert evaluate(["^", "4/9", "-3/2"], {}) == (Fraction(27, 8), Fraction(27, 8))
    assert evaluate(["^", 0, "1/3"], {}) == (0, 0)
    assert evaluate(["^", 0, 0], {}) == (1, 1)
    assert evaluate(["^", -2, 3], {}) == (-8, -8)
    assert evaluate(["exp", 0], {}) == evaluate(["-", -1], {}) == (1, 1)
    assert evaluate(["log", 1], {}) == (0, 0)
    assert evaluate(["Phi", 0], {}) == (Fraction(1, 2), Fraction(1, 2))
    assert evaluate(["min", "1/2", "1/3", ["abs", "-1/4"]], {}) == (Fraction(1, 4), Fraction(1, 4))
    assert evaluate("x", {"x": "-3/7"}) == (Fraction(-3, 7), Fraction(-3, 7))


def test_long_rationals_are_rounded_outwards() -> None:
    x = Fraction(10**700 + 1, 10**700)
    low, high = evaluate(["^", "x", 40], {"x": x})
    assert low <= x**40 <= high
    assert low < high
    assert high - low <= Fraction(1, 2**180)
    low, high = evaluate(["-", ["^", "x", 3]], {"x": Fraction(3**2000, 7**900)})
    assert low <= -(Fraction(3**2000, 7**900) ** 3) <= high


def test_intervals_around_zero() -> None:
    """y = exp(1) - exp(1) is an interval around 0."""
    y = ["-", ["exp", 1], ["exp", 1]]
    low, high = evaluate(y, {})
    assert low < 0 < high
    assert evaluate(["abs", y], {})[0] == 0
    assert evaluate(["^", y, 2], {})[0] == 0
    cubic = evaluate(["^", y, 3], {})
    assert cubic[0] < 0 < cubic[1]
    for tree in (["/", 1, y], ["log", y], ["^", y, "1/2"], ["^", y, -1], ["^", 2, y]):
        with pytest.raises(Undefined):
            evaluate(tree, {})
    assert decide([">=", y, 0], {}) is None
    assert decide(["=", y, 0], {}) is None
    assert decide(["!=", y, 0], {}) is None
    assert decide(["integer", y], {}) is None
    assert decide([">", ["+", y, 1], 0], {}) is True
    assert decide(["=", ["+", y, 1], 0], {}) is False
    assert decide(["!=", ["+", y, 1], 0], {}) is True
    assert decide(["integer", ["+", y, "1/2"]], {}) is False


def test_undecided_cases_give_the_hull() -> None:
    y = ["-", ["exp", 1], ["exp", 1]]
    low, high = evaluate(["piecewise", [[">", y, 0], 1], [["<", 2, 1], 50], [True, 3], [True, 99]], {})
    assert (low, high) == (1, 3)
    with pytest.raises(Undefined):
        evaluate(["piecewise", [[">", y, 0], 1], [["<=", y, 0], 1]], {})
    with pytest.raises(Undefined):
        evaluate(["piecewise", [[">", y, 0], ["/", 1, 0]], [True, 1]], {})
    assert evaluate(["piecewise", [[">", 0, 1], ["/", 1, 0]], [True, 1]], {}) == (1, 1)


@pytest.mark.parametrize("tree", [["/", 1, 0], ["log", 0], ["log", -1], ["^", -1, "1/2"], ["^", 0, -1],
                                  ["exp", 100_001], ["^", 2, 401], ["^", 2, "1/61"],
                                  ["piecewise", [False, 1]]])  # fmt: skip
def test_undefined_values_decide_nothing(tree: Any) -> None:
    with pytest.raises(Undefined):
        evaluate(tree, {})
    for relation in (">=", ">", "<=", "<", "=", "!="):
        assert decide([relation, tree, 0], {}) is None
        assert decide([relation, 0, tree], {}) is None
    assert decide(["integer", tree], {}) is None
    assert decide(["not", [">", tree, 0]], {}) is None
    assert decide(["and", [">", tree, 0], True], {}) is None
    assert decide(["and", [">", tree, 0], False], {}) is False
    assert decide(["or", [">", tree, 0], True], {}) is True
    assert decide(["or", [">", tree, 0], False], {}) is None


def test_far_tails_of_the_normal_distribution() -> None:
    low, high = evaluate(["Phi", 50], {})
    assert Fraction(1) - Fraction(1, 10**50) <= low <= high == 1
    low, high = evaluate(["Phi", -50], {})
    assert 0 == low <= high <= Fraction(1, 10**50)


@pytest.mark.parametrize(("relation", "wanted"), [
    (">=", [False, True, True]), (">", [False, False, True]), ("<=", [True, True, False]), ("<", [True, False, False]),
    ("=", [False, True, False]), ("!=", [True, False, True]),
])  # fmt: skip
def test_comparisons(relation: str, wanted: list[bool]) -> None:
    assert [decide([relation, x, 0], {}) for x in (-1, 0, "1/2")] == wanted
    assert [decide([relation, ["exp", x], 1], {}) for x in ("-1/9", 0, "1/9")] == wanted


def test_connectives() -> None:
    assert decide(["and"], {}) is True
    assert decide(["or"], {}) is False
    assert decide(["and", [">", "x", 0], ["not", ["integer", "x"]]], {"x": "1/2"}) is True
    assert decide(["or", ["integer", "x"], [">", 0, "x"]], {"x": 2}) is True
    assert decide(["not", True], {}) is False


@pytest.mark.parametrize("condition", [
    1, "x", None, [], ["xor", True, True], [">", 1], [">", 1, 2, 3], ["not"], ["not", True, True], ["integer"],
    [["and"], True], [">", "x", 0], [">", True, 0], [">", 1.5, 0], ["and", [">", 1]], [">", ["piecewise", [True]], 0],
    [">", ["piecewise", 3], 0],
])  # fmt: skip
def test_malformed_conditions_are_refused(condition: Any) -> None:
    with pytest.raises(Rejected):
        decide(condition, {})


@pytest.mark.parametrize("values", [{"x": 1.5}, {"x": "1.5"}, {"x": True}, {"x": None}, {"max": 1}, {1: 1}, {"x y": 1}])
def test_malformed_values_are_refused(values: Any) -> None:
    with pytest.raises(Rejected):
        evaluate(1, values)
