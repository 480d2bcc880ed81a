"""Inequalities at finite sizes and their thresholds, against a plain evaluation by mpmath at 60 digits."""

import random
from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import arb

from theorycheck import balls
from theorycheck.constants.finite import Choices, of_kind, of_order, of_relation
from theorycheck.constants.forms import Forms, combined, key_of
from theorycheck.constants.margins import Box, Margin, Values
from theorycheck.constants.sizes import sizes_of
from theorycheck.constants.tails import Tail, lasting
from theorycheck.constants.threshold import course, least
from theorycheck.orders.lowering import OutsideCalculus
from theorycheck.orders.text import order

ONE = Choices(constant=Fraction(1))
GOOGOL = 10**300


def plain(expression: sympy.Expr, k: object, deep: bool = True) -> mpmath.mpf:
    """The value at k by a route of its own: recursion over the expression in mpmath numbers."""
    match expression:
        case sympy.Symbol():
            return mpmath.mpf(k)
        case sympy.Rational():
            return mpmath.mpf(int(expression.p)) / int(expression.q)
        case sympy.log():
            return mpmath.log(2 + plain(expression.args[0], k))
        case sympy.exp():
            return mpmath.exp(plain(expression.args[0], k))
        case sympy.Pow():
            return plain(expression.base, k) ** plain(expression.exp, k)
    parts = [plain(part, k) for part in expression.args]
    if isinstance(expression, sympy.Max):
        return max(parts)
    if isinstance(expression, sympy.Min):
        return min(parts)
    return mpmath.fsum(parts) if isinstance(expression, sympy.Add) else mpmath.fprod(parts)


def parsed(*texts: str, choices: Choices = ONE) -> tuple[Forms, list[Margin], list[tuple[sympy.Expr, sympy.Expr]]]:
    forms, margins, sides = Forms("k"), [], []
    for text in texts:
        for found in of_order(order(text), "k", choices):
            margins.append(Margin(key_of(combined(forms.read(found.right), forms.read(found.left), -1))))
            sides.append((found.left, found.right))
    return forms, margins, sides


def holds(sides: list[tuple[sympy.Expr, sympy.Expr]], k: int) -> bool:
    with mpmath.workdps(60):
        return all(plain(left, k) <= plain(right, k) for left, right in sides)


EXPRESSIONS = (
    "log(k)**5 <~ sqrt(k)", "k**2 >~ 5*k + 100", "log(log(k))**3 <~ 2*log(k)/3", "k <~ log(k)**4 + sqrt(k)",
    "min(k, 300) >~ max(log(k)**2, 7)", "exp(sqrt(log(k))) >~ log(k)**2", "k**(1/3) + 5 >~ log(k + 7)**2",
)  # fmt: skip


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_balls_contain_what_mpmath_gives_and_are_narrow(text: str) -> None:
    forms, (margin, *_), ((left, right), *_) = parsed(text)
    draw = random.Random(text)
    with balls.precision(200), mpmath.workdps(60):
        for _ in range(30):
            k = int(10 ** draw.uniform(0.4, 200))
            expected = mpmath.log(plain(right, k)) - mpmath.log(plain(left, k))
            found = Values(forms, arb(k).log()).of(margin.key)[0]
            assert found.overlaps(arb(mpmath.nstr(expected, 58)) + arb(0, 1e-45)), k
            assert float(found.rad()) <= 1e-40


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_a_box_contains_the_values_and_slopes_of_its_points(text: str) -> None:
    forms, (margin, *_), ((left, right), *_) = parsed(text)
    draw = random.Random(text + "box")
    with balls.precision(160):
        for _ in range(20):
            low = int(10 ** draw.uniform(0.4, 40))
            high = int(low * 10 ** draw.uniform(0.01, 3)) + 1
            value, slope = Values(forms, arb(low).log().union(arb(high).log())).of(margin.key)
            for _ in range(5):
                k = draw.randint(low, high)
                point, tangent = Values(forms, arb(k).log()).of(margin.key)
                assert value.contains(point.mid()) and slope.overlaps(tangent)
                with mpmath.workdps(60):
                    h = mpmath.mpf(10) ** -15
                    ends = [
                        mpmath.log(plain(right, x)) - mpmath.log(plain(left, x))
                        for x in (k * mpmath.exp(-h), k * mpmath.exp(h))
                    ]
                    rate = float((ends[1] - ends[0]) / (2 * h))
                assert (
                    "Max" in str(left) + str(right)
                    or "Min" in str(left) + str(right)
                    or abs(float(tangent.mid()) - rate) <= 1e-8 * (1 + abs(rate))
                )


@pytest.mark.parametrize("text", [t for t in EXPRESSIONS if "log(k)**4" not in t and "min" not in t])
def test_the_first_k_of_small_thresholds_is_that_of_a_search_by_hand(text: str) -> None:
    forms, margins, sides = parsed(text)
    by_hand = next((k for k in range(2, 3000) if holds(sides, k)), None)
    found = least(forms, margins, 2, 2999)
    assert found.open == ()
    assert (found.found.low if found.found else None) == by_hand


def test_the_logarithm_against_the_root_is_exact() -> None:
    forms, margins, sides = parsed("log(k)**5 <~ sqrt(k)")
    found = least(forms, margins, 2, 10**30).found
    assert found is not None and found.low == found.high
    assert 3.4e15 < found.low < 3.5e15
    assert holds(sides, found.low) and not holds(sides, found.low - 1)
    run = course(forms, margins[0], 2, 10**30)
    assert (run.first, run.good, run.lasting) == (found, found, True)
    with mpmath.workdps(60):  # the larger root of u = 10 log u, for log(2 + k) = log k up to 10^-15
        root = mpmath.exp(mpmath.findroot(lambda u: u - 10 * mpmath.log(u), 36))
        assert abs(found.low / root - 1) <= 1e-13


def test_a_threshold_beyond_the_floats_is_enclosed() -> None:
    forms, margins, sides = parsed("log(k) <~ k**(1/200)")
    found = least(forms, margins, 2, 10**1000).found
    assert found is not None and found.low < found.high <= found.low + (found.low >> 35)
    assert holds(sides, found.high) and not holds(sides, found.low - 1)
    assert 632.6 < float(mpmath.log10(found.high)) < 632.8


def test_none_below_a_bound_is_certified_and_says_what_fails_everywhere() -> None:
    forms, margins, sides = parsed("k**(1/200) >~ 10*log(k)", "k >~ 3")
    found = least(forms, margins, 2, GOOGOL - 1)
    assert found.none
    assert [(b.low, b.high, b.index) for b in found.blocked] == [(2, GOOGOL - 1, 0)]
    draw = random.Random(1)
    assert not any(holds(sides[:1], int(10 ** draw.uniform(0.5, 299))) for _ in range(50))


def test_several_at_once_and_every_smaller_k_is_blocked() -> None:
    texts = ("k >~ 50", "k**2 >~ 20*k + 900", "log(k)**2 >~ 17", "k <~ 10**6")
    forms, margins, sides = parsed(*texts)
    found = least(forms, margins, 2, 10**9)
    star = next(k for k in range(2, 10**4) if holds(sides, k))
    assert found.found is not None and found.found.low == found.found.high == star
    covered = [k for b in found.blocked for k in range(b.low, b.high + 1)]
    assert covered == list(range(2, star))
    for block in found.blocked:
        assert not any(holds([sides[block.index]], k) for k in range(block.low, block.high + 1))


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("k >~ 100", Choices(constant=Fraction(2))), ("k >> 30", Choices(much=sympy.Integer(11))),
        ("10*k**(1/9) <= polylog(k)", Choices(polylog=Fraction(7, 2))), ("k**3 >= largepoly(k)", Choices(large=Fraction(5, 2))),
        ("k**4/1000 >> 1", Choices(much=sympy.Symbol("k") ** 3)),
    ],
)  # fmt: skip
def test_a_shifted_constant_changes_the_answer(text: str, choices: Choices) -> None:
    found = [least(*parsed(text, choices=c)[:2], 2, 10**6).found for c in (Choices(constant=Fraction(1)), choices)]
    assert found[0] != found[1]


def test_off_by_one_equality_and_strictness_are_told_apart_exactly() -> None:
    forms, (margin,), _ = parsed("k**2 >~ 7*k + 60")  # equality at 12
    assert Box(forms, 12, 12).truth(margin) is True
    assert Box(forms, 11, 11).truth(margin) is False
    assert Box(forms, 12, 12).truth(Margin(margin.key, strict=True)) is False
    assert Box(forms, 13, 13).truth(Margin(margin.key, strict=True)) is True
    big, (root,), _ = parsed("k**(1/2) >~ 10**20")
    assert [Box(big, k, k).truth(root) for k in (10**40 - 1, 10**40)] == [False, True]


def test_equal_sides_cancel_before_rounding() -> None:
    forms, margins, _ = parsed("(6*k)**(1/2)*log(k)**(7/3)/3 ~ sqrt(2*k/3)*log(k)**2*log(k)**(1/3)")
    assert [margin.key for margin in margins] == [(), ()]
    assert course(forms, margins[0], 2, 1000).good is not None
    assert Box(forms, 5, 9).truth(Margin((), strict=True)) is False


def test_what_ends_later_is_not_taken_for_good() -> None:
    forms, (margin,), _ = parsed("log(k)**3 >~ k**(1/4)")
    run = course(forms, margin, 2, GOOGOL)
    assert run.first is not None and run.first.low == 2
    assert run.good is None and run.lasting is False
    forms, (wave,), sides = parsed("k + 10**6/k >~ 5000")  # holds, fails, holds
    run = course(forms, wave, 2, 10**9)
    assert run.first is not None and run.first.low == 2 and run.lasting is True
    assert run.good is not None and run.good.low == next(k for k in range(10**4, 1, -1) if not holds(sides, k)) + 1


@pytest.mark.parametrize("text", [
    "k >~ log(k)**9", "log(k) >~ log(log(k))**3", "k*log(k) + k**2 >~ k**2 + log(k)**5", "log(k**3 + k) <~ 4*log(k)",
    "max(k, log(k)**3) <~ k", "log(exp(log(k)**2)) ~ log(k)**2", "exp(log(k)**2) >~ k**50", "log(1/k) <~ 2",
])  # fmt: skip
def test_a_tail_that_is_shown_holds_at_random_points_far_out(text: str) -> None:
    forms, margins, sides = parsed(text, choices=Choices(constant=Fraction(2)))
    start = 10**400
    assert all(lasting(forms, margin.key, False, start) is True for margin in margins)
    draw = random.Random(text)
    with balls.precision(400):
        for margin in margins:
            bound = Tail(forms, start).least(dict(margin.key))
            assert bound is not None
            for _ in range(20):
                value = Values(forms, arb(10).log() * int(10 ** draw.uniform(2.7, 12))).of(margin.key)[0]
                assert value >= bound.lower() - arb(1e-30)
    assert holds(sides, start)


@pytest.mark.parametrize("text", ["k <~ log(k)**9", "k**2 <~ k*log(k)", "log(k) <~ log(log(k))**2"])
def test_a_tail_that_fails_is_not_shown(text: str) -> None:
    forms, (margin,), _ = parsed(text)
    assert lasting(forms, margin.key, False, 10**400) is False
    assert not Tail(forms, 10**400).holds(margin.key)
    assert Tail(forms, 1000).least(dict(margin.key)) is None


def test_relations_become_the_inequalities_that_their_words_say() -> None:
    c = Choices(Fraction(2), sympy.Integer(5), Fraction(9), Fraction(3), Fraction(7), Fraction(4))
    expected = {
        "x <~ k": ["x <= 2*k"], "x ~ k": ["x <= 2*k", "k <= 2*x"], "x << k": ["5*x <= k"], "x >> k": ["5*k <= x"],
        "x = Otilde(k)": ["x <= k*log(k)**3"], "x = poly(k)": ["x <= k**7", "1 <= k**7*x"],
        "x >= largepoly(k)": ["1 <= x/k**4"], "x <= subpoly(k)": ["x <= k**(1/7)"], "x >= superpoly(k)": ["1 <= x/k**7"],
    }  # fmt: skip
    for text, wanted in expected.items():
        assert [i.text for i in of_order(order(text), "k", c)] == wanted
    assert [i.text for i in of_kind("x", "constant", "k", c)] == ["x <= 9", "1 <= 9*x"]
    assert [i.text for i in of_kind("d", "limit", "k", c)] == ["5 <= d"]
    assert of_kind("x", "any", "k", c) == of_kind("x", "power", "k", c) == []


def test_effective_relations_are_split_into_positive_sides() -> None:
    x, y, q = sympy.symbols("x y q")
    found = of_relation(sympy.Ge(1 - x * (1 + y) ** (2 - q), y / 2), {"q": Fraction(3)})
    assert [(i.left, i.right, i.strict, i.plain) for i in found] == [(x / (y + 1) + y / 2, 1, False, True)]
    assert of_relation(sympy.Gt(x, 0), {}) == []
    assert len(of_relation(sympy.Eq(x, y), {})) == 2
    with pytest.raises(OutsideCalculus):
        of_relation(sympy.Lt(x + y, 0), {})
    forms = Forms("x")
    assert Box(forms, 2, 2).truth(Margin(key_of(forms.read(sympy.log(x), plain=True)))) is False  # log 2 < 1


@pytest.mark.parametrize("text", ["k - 1", "-k", "abs(k)", "k**k", "Phi(k)", "x"])
def test_what_is_not_positive_has_no_form(text: str) -> None:
    expression = {"k - 1": sympy.Symbol("k") - 1, "-k": -sympy.Symbol("k"), "abs(k)": sympy.Abs(sympy.Symbol("k")),
                  "k**k": sympy.Symbol("k") ** sympy.Symbol("k"), "Phi(k)": sympy.Function("Phi")(sympy.Symbol("k")),
                  "x": sympy.Symbol("x")}[text]  # fmt: skip
    with pytest.raises(OutsideCalculus):
        Forms("k").read(expression)


def test_growth_rates_become_expressions() -> None:
    ray = {
        "generators": [["0", "0", "2", "0"], ["0", "0", "1", "0"], ["0", "0", "0", "1"], None],
        "values": {
            "k": ["0", "1", "0", "0"],
            "x": ["0", "3", "-1/2", "0"],
            "y": ["-1", "0", "0", "2"],
            "z": ["0", "0", "0", "0"],
        },
    }
    assert sizes_of(ray, "k") == {"x": "k**3*log(k)**(-1/2)", "y": "exp(log(k)**2)**(-1)*log(log(k))**2", "z": "1"}
    root = {"generators": [["0", "2"], None], "values": {"k": ["1", "0"], "x": ["0", "1"]}}
    assert sizes_of(root, "k") == {"x": "log(k)**(1/2)"}
