"""Planted errors where learning from perturbations fails: natural base points, small flips, reflections."""

from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import Eq, Gt, Le, Rational, symbols

from theorycheck.claim import Claim
from theorycheck.domains import Variable, integer, positive, real

from .control import Control, planted
from .learning_notation import (
    N,
    Statement,
    Values,
    epsilon,
    free,
    g,
    gamma,
    lam,
    numbered,
    p,
    same_sign,
    sign,
    solved,
    tenths,
    values,
    wrong,
)

e, n, l, q_max = epsilon.symbol, N.symbol, lam.symbol, p.symbol
root = Variable("root", integer(2), "the square root of N")
r = root.symbol

# K8: orthonormal points moved along q over its length; points of a kind (label, target) have one multiplier.
KINDS = ((1, 1), (1, -1), (-1, 1), (-1, -1))
COUNTS, L = symbols("n_1:5"), symbols("lam_1:5")
SHARE = {a: sum(v * count for (_, t), v, count in zip(KINDS, L, COUNTS, strict=True) if t == a) for a in (1, -1)}


def inner(a: tuple[int, int], b: tuple[int, int]) -> Any:
    """<x'_n, x'_k> of points of these kinds, without the 1 for n = k."""
    return e * (b[1] * a[0] + a[1] * b[0]) / r + e**2 * a[1] * b[1]


def entry(a: int, b: int, slope: Any) -> Any:
    """C_nk for these labels."""
    return 1 + slope**2 if a == b else -2 * slope


NATURAL: dict[str, Any] = {"root": Eq(n, r**2), "size": Eq(n, sum(COUNTS))}
for i, a in enumerate(KINDS):
    others = sum(entry(a[1], b[1], g) * count * v * inner(a, b) for b, count, v in zip(KINDS, COUNTS, L, strict=True))
    NATURAL[f"row-{i + 1}"] = Eq((1 + g**2) * L[i] + others, 2)
MOST, LEAST = 1 + 2 * e / r + e**2, 1 - 2 * e / r + e**2  # of the squared norms
NATURAL["orth"] = Le(3 * n * (2 * e / r + e**2) * MOST, g**3 * LEAST**2)
# g'(q/|q|) from the multipliers, and by the exact formula on the span: alpha_t = <A, q> or <B, q> over |q|.
ALONG = sum(c * v * b[1] * (Rational(b[0]) / r + e * b[1]) for b, c, v in zip(KINDS, COUNTS, L, strict=True))
PROJECTED = {a: sum(c * v * (Rational(b[0]) / r + e * b[1]) for b, c, v in zip(KINDS, COUNTS, L, strict=True)
                    if b[1] == a) for a in (1, -1)}  # fmt: skip
ALPHA = {a: (1 + g**2) * PROJECTED[a] - 2 * g * PROJECTED[-a] for a in (1, -1)}
SPAN = sum(
    c * b[0] / r * (b[1] * (2 - b[1] * e * ALPHA[b[1]]) / (1 + g**2)
                    + e * b[0] / r * (1 - g) ** 2 / (1 + g**2) * SHARE[-b[1]])
    for b, c in zip(KINDS, COUNTS, strict=True)
)  # fmt: skip
MISLABELLED = sum(c * b[0] * b[1] for b, c in zip(KINDS, COUNTS, strict=True)) / r
NAIVE = MISLABELLED + e * n  # g' over a multiplier that does not depend on the labels


def natural(slope: Fraction, side: int, share: Fraction, split: tuple[int, int]) -> Values:
    """Targets of which one or two more disagree with their labels than agree, and a perturbation inside (ORTH)."""
    size = side**2
    agree = (size - 1) // 2
    first, second = split
    counts = (min(first, agree), min(second, size - agree), max(size - agree - second, 0), max(agree - first, 0))
    small = share * slope**3 / (6 * side)
    rows = []
    for a in KINDS:
        row = []
        for b, count in zip(KINDS, counts, strict=True):
            cross = small * (b[1] * a[0] + a[1] * b[0]) / side + small**2 * a[1] * b[1]
            row.append(entry(a[1], b[1], slope) * count * cross + (1 + slope**2) * (a == b))
        rows.append(row)
    found = numbered(n=counts, lam=solved(rows, [Fraction(2)] * 4))
    return found | values(gamma=slope, N=size, root=side, epsilon=small)


def naturals() -> st.SearchStrategy[Values]:
    shares = st.integers(14, 18).map(lambda k: Fraction(k, 20))
    return st.builds(natural, tenths(8, 9), st.integers(5, 9), shares, st.tuples(st.integers(2, 9), st.integers(2, 9)))


SPANNED = Statement(
    "nc12", "K8", "the sign of g' along q is that of the exact formula, in which multipliers depend on the targets",
    same_sign(ALONG, SPAN),
    (gamma, N, root, epsilon, *(Variable(str(s), integer(0), "points of a kind") for s in COUNTS),
     *(Variable(str(s), positive(), "their multiplier") for s in L)),
    natural(Fraction(9, 10), 5, Fraction(3, 4), (6, 6)), naturals, NATURAL,
)  # fmt: skip

# K9: all targets flipped and a common step t over the root of N; orthonormal points of two equal classes.
t = symbols("t")
TAU = t * (2 - t)
FLIP_SIGN = (t - 1) * l * n / r  # g' along q, over its length


def flip(slope: Fraction, step: Fraction, half: int) -> Values:
    found = 2 / ((1 + slope**2) - (1 + slope) ** 2 * step * (2 - step) / 2)
    return values(gamma=slope, N=4 * half**2, root=2 * half, t=step, lam=found)


def flips() -> st.SearchStrategy[Values]:
    near = st.integers(1, 24).map(lambda k: Fraction(k, 200))
    steps = st.one_of(near, near.map(lambda s: 2 - s), near.map(lambda s: 2 + s))
    return st.builds(flip, tenths(6, 9), steps, st.integers(1, 4))


def flips_proof(one: Statement) -> dict[str, Any]:
    """(ORTH) keeps t away from 1, and (t - 1) g' = lambda (t - 1)^2 N/root."""
    proof = one.assumed()
    proof.show("three", Gt(3 - g**3, 0), ["gamma.0", "gamma.1"], degree=3)
    proof.show("cube", Gt(g**3, 0), ["gamma.0"], degree=3)
    proof.show("root", Gt(r, 0), ["root.0"])
    proof.show("n", Gt(n, 0), ["N.0"])
    branch = proof.cases("away", Gt((t - 1) ** 2, 0), on=TAU)
    weighted = Gt(n * (t - 1) ** 2, 0)
    branch.nonnegative.show("weighted", weighted, ["orth-above", "three", "n", "away.case", "cube"])
    branch.nonnegative.goal_by_cancel("away", "weighted", ["n"])
    branch.nonpositive.goal("away", ["away.case"])
    branch.close()
    proof.show("goal", one.relation, ["away", "n", "lam.0"], degree=3)
    return proof.certificate(["goal"])


FLIPS = Statement(
    "nc13", "K9", "with flipped labels and a step t, sgn g' = sgn(t - 1) sgn g", Gt((t - 1) * FLIP_SIGN, 0),
    (gamma, N, root, Variable("t", positive(), "step times the root of N"), replace(lam, domain=positive())),
    flip(Fraction(3, 5), Fraction(2), 2), flips,
    {"root-squared": Eq(n, r**2), "row": Eq(((1 + g**2) - (1 + g) ** 2 * TAU / 2) * l, 2),
     "orth-above": Le(3 * n * TAU, g**3 * (n - TAU)), "orth-below": Le(-3 * n * TAU, g**3 * (n - TAU))}, flips_proof,
)  # fmt: skip

# K9: the points reflected at the boundary of q, with labels w_n.
X, V, Z = symbols("x_1 x_2"), symbols("v_1 v_2"), symbols("z_1 z_2")
Y, W, M = symbols("y_1 y_2"), symbols("w_1 w_2"), symbols("lam_1 lam_2")
Q = [M[0] * Y[0] * a + M[1] * Y[1] * b for a, b in zip(X, V, strict=True)]
LENGTH = Q[0] ** 2 + Q[1] ** 2


def dot(a: Any, b: Any) -> Any:
    return a[0] * b[0] + a[1] * b[1]


REFLECTED = sum(
    m * w * (LENGTH * dot(x, Z) - 2 * dot(x, Q) * dot(Q, Z)) for m, w, x in zip(M, W, (X, V), strict=True)
)  # g'(z) times |q|^2


def mirror(lengths: tuple[int, int], y: tuple[int, int], same: bool, z: tuple[int, int]) -> Values:
    w = y if same else (-y[0], -y[1])
    return values(x_1=lengths[0], x_2=0, v_1=0, v_2=lengths[1], lam_1=Fraction(1, lengths[0] ** 2),
                  lam_2=Fraction(1, lengths[1] ** 2), y_1=y[0], y_2=y[1], w_1=w[0], w_2=w[1], z_1=z[0],
                  z_2=z[1])  # fmt: skip


def mirrors(same: bool) -> st.SearchStrategy[Values]:
    length = st.integers(1, 4)
    place = st.tuples(st.integers(-4, 4), st.integers(-4, 4))
    return st.builds(mirror, st.tuples(length, length), st.tuples(sign(), sign()), st.just(same), place)


def mirrors_proof(one: Statement) -> dict[str, Any]:
    """An identity once the flipped labels are put in."""
    proof = one.assumed()
    factor = [M[i] * (LENGTH * dot(x, Z) - 2 * dot(x, Q) * dot(Q, Z)) for i, x in enumerate((X, V))]
    by = {f"flip-{i + 1}": [f] for i, f in enumerate(factor)}
    proof.show("goal", one.relation, list(by), multipliers=by)
    return proof.certificate(["goal"])


MIRROR = Statement(
    "nc14", "K9", "reflected points with flipped labels have the same boundary",
    Eq(REFLECTED, LENGTH * dot(Q, Z), evaluate=False),
    (*free("x_1 x_2 v_1 v_2", "a coordinate of a point"), *free("z_1 z_2", "where the boundary is taken"),
     *(Variable(str(v), real(-1, 1), "a label") for v in (*Y, *W)),
     *(Variable(str(v), real(0), "multiplier") for v in M)),
    mirror((1, 2), (1, -1), False, (1, 1)), partial(mirrors, False),
    {"flip-1": Eq(W[0], -Y[0]), "flip-2": Eq(W[1], -Y[1])}, mirrors_proof,
)  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted where learning from perturbations fails."""
    kept = {"flip-1": Eq(W[0], Y[0]), "flip-2": Eq(W[1], Y[1])}
    return (
        wrong(SPANNED, "nc12", "multipliers that do not depend on the targets",
              "they cancel most of what the perturbations add.", relation=same_sign(ALONG, NAIVE)),
        wrong(FLIPS, "nc13", "small steps with flipped labels recover f", "for t < 1 the boundary is that of -f.",
              relation=Gt(FLIP_SIGN, 0)),
        wrong(MIRROR, "nc14", "reflected points with their own labels", "the boundary is that of -f.", hypotheses=kept,
              draw=partial(mirrors, True), point=mirror((1, 2), (1, -1), True, (1, 1))),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
