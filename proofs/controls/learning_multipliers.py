"""Planted errors in the bounds on multipliers: (ORTH) with other constants or powers of N, radii swapped."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import Eq, Ge, Gt, Le, Lt

from theorycheck.claim import Claim
from theorycheck.domains import Variable, integer, positive, real

from .control import Control, planted
from .learning_notation import N, Statement, Values, by_products, g, gamma, lam, lam_1, lam_2, p, solved, values, wrong

n, q, l_1, l_2, l = N.symbol, p.symbol, lam_1.symbol, lam_2.symbol, lam.symbol
K, MU = (n - 1) * q, (1 + g**2) / 2  # the row sums off the diagonal, and half the diagonal of M
root = Variable("root", integer(1), "the square root of N")
s_1, s_2 = (Variable(f"s_{i}", positive(), f"squared norm of point {i}") for i in (1, 2))
STRONG = st.integers(17, 19).map(lambda k: Fraction(k, 20))  # slopes at which the constants are nearly attained

SHARES = st.sampled_from((Fraction(1), Fraction(9, 10), Fraction(4, 5)))  # of the bound on p


def one_class(times: int, sign: int, slope: Fraction, size: int, share: Fraction) -> Values:
    """Unit vectors of one class with G_nk = sign p, p a share of `times` gamma^3/(3N): the equal multipliers."""
    each = share * times * slope**3 / (3 * size)
    found = 2 / ((1 + slope**2) * (1 + sign * (size - 1) * each))
    return values(gamma=slope, N=size, p=each, lam=found)


def turned(times: int, slope: Fraction, size: int, share: Fraction) -> Values:
    """The same with G_nk = -p, and point 1 turned round: its multiplier and the others'."""
    each, half = share * times * slope**3 / (3 * size), (1 + slope**2) / 2
    rows = [[half, half * (size - 1) * each], [half * each, half * (1 - (size - 2) * each)]]
    first, others = solved(rows, [Fraction(1)] * 2)
    return values(gamma=slope, N=size, p=each, lam_1=first, lam=others)


def near(point: Callable[..., Values]) -> st.SearchStrategy[Values]:
    """Sizes and shares where the bound is nearly attained."""
    return st.builds(point, slope=STRONG, size=st.integers(30, 60), share=SHARES)


def orth(times: int) -> dict[str, Any]:
    """(ORTH) for unit vectors with another factor, and that the Gram matrix is positive definite."""
    return {"orth": Le(3 * n * q, times * g**3), "definite": Gt(1 - K, 0)}


def ready(one: Statement) -> Any:
    """A proof that knows 3 (N - 1) p <= gamma^3, as (ORTH) says, and that 1 + gamma^2 > 0."""
    proof = one.assumed()
    proof.show("kappa", Le(3 * K, g**3), ["orth", "p.0"], degree=1)
    proof.show("diagonal", Gt(1 + g**2, 0), ["gamma.0"], degree=2)
    return proof


def multiplied(one: Statement) -> tuple[Any, Any, Any, list[str]]:
    """The relation to 0, what stands in it, and 1 + gamma^2 unless the statement has that factor already."""
    relation = Gt if one.relation.rel_op in ("<", ">") else Ge
    left = one.relation.gts - one.relation.lts
    refined = left.has(1 + g**2)
    return relation, left, 1 if refined else 1 + g**2, [] if refined else ["diagonal"]


def upper_proof(one: Statement) -> dict[str, Any]:
    """The statement times (1 - K)(1 + gamma^2), where the row gives the multiplier."""
    proof = ready(one)
    proof.show("room", Gt((1 + g**2) * (3 - g**3) - 4 * g**2, 0), ["gamma.0", "gamma.1"], degree=5)
    relation, left, scale, below = multiplied(one)
    facts = ["kappa", "diagonal", "room", "gamma.0", "gamma.1"]
    proof.show("product", relation((1 - K) * scale * left, 0), [*facts, "row"],
               multipliers={"row": [1, g, g**2, g**3]})  # fmt: skip
    proof.cancel("goal", one.relation, "product", ["definite", *below])
    return proof.certificate(["goal"])  # type: ignore[no-any-return]


def lower_proof(one: Statement) -> dict[str, Any]:
    """The others' multiplier from both rows; then the statement times (1 - K)(1 + p) and the diagonal."""
    proof = ready(one)
    proof.show("above", Gt(1 + q, 0), ["p.0"])
    proof.show("others", Eq(MU * l * (1 - K) * (1 + q), 1 - q), ["first", "rest"],
               multipliers={"first": [1, q], "rest": [1, q]})  # fmt: skip
    proof.show("room", Gt(9 - 3 * g**2 - 7 * g**3 + g**5, 0), ["gamma.0", "gamma.1"], degree=5)
    proof.show("seven", Gt(7 - g**2, 0), ["gamma.0", "gamma.1"])
    proof.show("core", Gt((1 - K) * (3 - g**2) - 4 * K, 0), ["kappa", "seven", "room"])
    proof.show("n", Ge(n - 1, 0), ["N.0"])
    relation, left, scale, below = multiplied(one)
    proof.show("sum", Ge(K, 0), ["n", "p.0"])
    proof.show("cube", Ge(g**3, 0), ["gamma.0"], degree=3)
    proof.show("three", Gt(3 - g**3, 0), ["gamma.0", "gamma.1"], degree=3)
    proof.show("one", Gt(1 - g**3, 0), ["gamma.0", "gamma.1"], degree=3)
    proof.show("half", Gt(1 - 2 * K, 0), ["kappa", "cube", "one"], degree=1)
    facts = ["kappa", "above", "definite", "core", "half", "sum", "cube", "three", "p.0", "first", "others"]
    # Row 1 gives its multiplier from the others', which the second fact gives.
    proof.show("product", relation((1 - K) * (1 + q) * scale * left, 0), facts, degree=3,
               multipliers={"first": [w * (1 - K) * (1 + q) for w in (1, g**3)],
                            "others": [w * K for w in (1, g**3)]})  # fmt: skip
    proof.cancel("goal", one.relation, "product", ["definite", "above", *below])
    return proof.certificate(["goal"])  # type: ignore[no-any-return]


UPPER = Statement(
    "nc2-upper", "K1", "the largest multiplier of one class is below 3/(2 gamma^2)", Lt(2 * g**2 * l, 3),
    (gamma, N, p, lam), {"gamma": "1/2", "N": 2, "p": 0, "lam": "8/5"}, partial(near, partial(one_class, 1, -1)),
    {**orth(1), "row": Eq((1 + g**2) * (1 - K) * l, 2)}, upper_proof,
)  # fmt: skip
ROWS = {"first": Eq(MU * (l_1 + K * l), 1), "rest": Eq(MU * (l * (1 - (n - 2) * q) + q * l_1), 1)}
LOWER = Statement(
    "nc2-lower", "K1", "the multiplier of the point turned round is above 1/2", Gt(2 * l_1, 1),
    (gamma, N, p, lam_1, lam), {"gamma": "1/2", "N": 2, "p": 0, "lam_1": "8/5", "lam": "8/5"},
    partial(near, partial(turned, 1)), {**orth(1), **ROWS}, lower_proof,
)  # fmt: skip
FIRST = Variable("lam_1", real(), "what M gives for point 1")
ACTIVE = replace(LOWER, id="nc2-active", title="the point turned round has a positive multiplier",
                 relation=Gt(l_1, 0), variables=(gamma, N, p, FIRST, lam))  # fmt: skip
REFINED_UPPER = replace(UPPER, id="nc6-upper", number="K3", title="the refined upper bound",
                        relation=Le((1 + g**2) * (3 - g**3) * l, 6))  # fmt: skip
REFINED_LOWER = replace(LOWER, id="nc6-lower", number="K3", title="the refined lower bound",
                        relation=Ge((1 + g**2) * (3 - g**3) * l_1, 2 * (3 - 2 * g**3)))  # fmt: skip


def rows_proof(one: Statement) -> dict[str, Any]:
    """The lower bound where every inner product is +p."""
    proof = ready(one)
    proof.show("n", Ge(n - 1, 0), ["N.0"])
    proof.show("sum", Gt(1 + K, 0), ["n", "p.0"])
    proof.show("room", Gt(12 - (3 + g**3) * (1 + g**2), 0), ["gamma.0", "gamma.1"], degree=5)
    product = Gt((1 + K) * (1 + g**2) * (2 * l - 1), 0)
    proof.show("product", product, ["kappa", "diagonal", "room", "row"], multipliers={"row": [1]})
    proof.cancel("goal", one.relation, "product", ["sum", "diagonal"])
    return proof.certificate(["goal"])  # type: ignore[no-any-return]


def squares(times: Callable[[int], int], slope: Fraction, side: int, share: Fraction) -> Values:
    """N = side^2 points of one class, p a share of gamma^3/(3 times(side))."""
    size, each = side**2, share * slope**3 / (3 * times(side))
    return values(gamma=slope, N=size, root=side, p=each, lam=2 / ((1 + slope**2) * (1 + (size - 1) * each)))


def square_sizes(times: Callable[[int], int]) -> st.SearchStrategy[Values]:
    return st.builds(partial(squares, times), slope=STRONG, side=st.integers(7, 12), share=SHARES)


SQUARE = {"size": Eq(n, root.symbol**2), "row": Eq((1 + g**2) * (1 + K) * l, 2)}
POWER = Statement(
    "nc3", "K1", "one class with equal inner products: the multipliers are above 1/2", Gt(2 * l, 1),
    (gamma, N, root, p, lam), {"gamma": "1/2", "N": 4, "root": 2, "p": 0, "lam": "8/5"},
    partial(square_sizes, lambda side: side**2), {"orth": Le(3 * n * q, g**3), **SQUARE}, rows_proof,
)  # fmt: skip


def orthogonal(slope: Fraction, first: int, more: int) -> Values:
    """Two orthogonal points, the second no shorter than the first."""
    a, b = Fraction(first), Fraction(first + more)
    return values(gamma=slope, s_1=a, s_2=b, lam_1=2 / ((1 + slope**2) * a), lam_2=2 / ((1 + slope**2) * b))


def radii() -> st.SearchStrategy[Values]:
    return st.builds(orthogonal, st.integers(3, 9).map(lambda k: Fraction(k, 10)), st.integers(1, 3),
                     st.integers(0, 20))  # fmt: skip


SHORT, LONG = s_1.symbol, s_2.symbol
RADII = Statement(
    "nc5-lower", "K1", "every multiplier is above 1/(2 R_max^2)", Gt(2 * LONG * l_2, 1),
    (gamma, s_1, s_2, lam_1, lam_2), {"gamma": "1/2", "s_1": 1, "s_2": 9, "lam_1": "8/5", "lam_2": "8/45"}, radii,
    {"order": Le(SHORT, LONG), "one": Eq((1 + g**2) * SHORT * l_1, 2), "two": Eq((1 + g**2) * LONG * l_2, 2)},
    by_products(4),
)  # fmt: skip
RADII_UPPER = replace(RADII, id="nc5-upper", title="every multiplier is below 3/(2 gamma^2 R_min^2)",
                      relation=Lt(2 * g**2 * SHORT * l_1, 3))  # fmt: skip


def relaxed(true: Statement, id: str, times: int, why: str) -> Control:
    """(ORTH) with times/(3N) for 1/(3N)."""
    changed = {**true.hypotheses, **orth(times)}
    source = partial(one_class, times, -1) if true is UPPER else partial(turned, times)
    return wrong(true, id, f"{true.title}, (ORTH) with {times}/(3N)", why, hypotheses=changed,
                 draw=partial(near, source))  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the bounds on multipliers."""
    attained = "the bound is nearly attained by these Gram matrices"
    dropped = {**POWER.hypotheses, "orth": Le(3 * q, g**3)}
    rooted = {**POWER.hypotheses, "orth": Le(3 * root.symbol * q, g**3)}
    return (
        relaxed(UPPER, "nc2-upper", 2, "at gamma = 9/10, N = 50 the multiplier is 2.1, the bound 1.85."),
        relaxed(LOWER, "nc2-lower", 2, "at gamma = 9/10, N = 50 the multiplier is 0.12."),
        relaxed(ACTIVE, "nc2-active", 3, "the solution is negative: the point is not on the margin."),
        wrong(POWER, "nc3-dropped", "(ORTH) without N", "N inner products of one sign add up.",
              hypotheses=dropped, draw=partial(square_sizes, lambda side: 1)),
        wrong(POWER, "nc3-root", "(ORTH) with sqrt(N) for N", "N inner products of one sign add up.",
              hypotheses=rooted, draw=partial(square_sizes, lambda side: side)),
        wrong(RADII, "nc5-lower", "1/(2 R_min^2) for 1/(2 R_max^2)", "a long point has a small multiplier.",
              relation=Gt(2 * SHORT * l_2, 1)),
        wrong(RADII_UPPER, "nc5-upper", "R_max for R_min in the upper bound", "a short point has a large multiplier.",
              relation=Lt(2 * g**2 * LONG * l_1, 3)),
        wrong(REFINED_UPPER, "nc6-upper", "1 for 3/(3 - gamma^3)", f"{attained}.", relation=Le((1 + g**2) * l, 2)),
        wrong(REFINED_LOWER, "nc6-lower", "1 for (3 - 2 gamma^3)/(3 - gamma^3)", f"{attained}.",
              relation=Ge((1 + g**2) * l_1, 2)),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
