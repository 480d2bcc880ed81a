"""Planted errors in the labels of perturbed points: shuffled, of another network, at the base points."""

from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import And, Eq, Gt, Le, Max, Min, symbols

from theorycheck.claim import Claim
from theorycheck.domains import Variable, positive, real

from .control import Control, planted
from .learning_notation import (
    Statement,
    Values,
    epsilon,
    free,
    g,
    gamma,
    lam_1,
    lam_2,
    multipliers,
    numbered,
    sign,
    tenths,
    values,
    wrong,
)

e, l_1, l_2 = epsilon.symbol, lam_1.symbol, lam_2.symbol
FEW = st.integers(-4, 4)
y_1, y_2 = symbols("y_1 y_2")
LABELS = tuple(Variable(f"y_{n}", real(-1, 1), f"target label {n}") for n in (1, 2))
SIGNS = {"label-1": Eq(y_1**2, 1), "label-2": Eq(y_2**2, 1)}
norm = Variable("norm", positive(), "squared norm of the base points")
s = norm.symbol

# The same with four points: pushed to the targets t_n, trained with labels y_n; h and q in two coordinates.
TARGETS, TRAINED, L = symbols("t_1:5"), symbols("y_1:5"), symbols("lam_1:5")
SHIFT = [symbols(f"h_{i}") for i in (1, 2)]
Q, Z = [symbols(f"q_{i}") for i in (1, 2)], [symbols(f"z_{i}") for i in (1, 2)]
ON_H, ON_Q = (sum(a * b for a, b in zip(v, Z, strict=True)) for v in (SHIFT, Q))
LENGTH = SHIFT[0] ** 2 + SHIFT[1] ** 2


def entry(a: Any, b: Any) -> Any:
    """C_nk for these labels as a polynomial: 1 + gamma^2 or -2 gamma."""
    return ((1 + g) ** 2 * a * b + (1 - g) ** 2) / 2


FOUR: dict[str, Any] = {f"{v}": Eq(v**2, 1) for v in (*TARGETS, *TRAINED)}
FOUR |= {"balanced": Eq(sum(TRAINED), 0), "targets": Eq(sum(TARGETS), 0), "length": Eq(LENGTH, Q[0] ** 2 + Q[1] ** 2),
         "side": Gt(ON_Q**2, 0), "orth": Le(12 * e**2 * LENGTH, g**3 * (s + e**2 * LENGTH))}  # fmt: skip
for i, (y, t) in enumerate(zip(TRAINED, TARGETS, strict=True)):
    cross = sum(entry(y, w) * e**2 * LENGTH * t * u * v for w, u, v in zip(TRAINED, TARGETS, L, strict=True))
    FOUR[f"row-{i + 1}"] = Eq((1 + g**2) * s * L[i] + cross, 2)
PERTURBED = sum(v * y * e * t * ON_H for v, y, t in zip(L, TRAINED, TARGETS, strict=True))
SORTED = (1, 1, -1, -1)
ORDERS = (SORTED, (1, -1, 1, -1), (1, -1, -1, 1), (-1, 1, 1, -1), (-1, 1, -1, 1), (-1, -1, 1, 1))
VECTORS = ((3, 4), (-3, 4), (3, -4), (4, 3), (5, 0), (-3, -4))


def four(
    slope: Fraction, size: Fraction, t: tuple[int, ...], y: tuple[int, ...] | None, h: tuple[int, int],
    q: tuple[int, int] | None, z: tuple[int, int],
) -> Values:  # fmt: skip
    """Base points of squared norm 25 and the solution of the rows; y = t and q = h unless said otherwise."""
    y, q = t if y is None else y, h if q is None else q
    square = size**2 * (h[0] ** 2 + h[1] ** 2)
    gram = [[square * u * v + 25 * (i == j) for j, v in enumerate(t)] for i, u in enumerate(t)]
    found = numbered(t=t, y=y, lam=multipliers(gram, y, slope), h=h, q=q, z=z)
    return found | values(gamma=slope, epsilon=size, norm=25)


def fours(shuffled: bool = False, other: bool = False) -> st.SearchStrategy[Values]:
    orders, vectors = st.sampled_from(ORDERS), st.sampled_from(VECTORS)
    none = st.none()
    sizes = st.integers(1, 6).map(lambda k: Fraction(k, 30))
    return st.builds(four, tenths(6, 9), sizes, orders, orders if shuffled else none, vectors,
                     vectors if other else none, st.tuples(FEW, FEW))  # fmt: skip


def exact_proof(one: Statement) -> dict[str, Any]:
    """epsilon Lambda' <q, z>^2 > 0, once targets and labels, h and q are known to be the same."""
    proof = one.assumed()
    proof.show("positive", Gt(e * sum(L) * ON_Q**2, 0), ["side", "epsilon.0", *(f"{v}.0" for v in L)], degree=3)
    targets = {f"target-{i + 1}": [e * v * t * ON_H * ON_Q] for i, (v, t) in enumerate(zip(L, TARGETS, strict=True))}
    labels = {str(t): [e * v * ON_H * ON_Q] for v, t in zip(L, TARGETS, strict=True)}
    directions = {f"direction-{i + 1}": [e * sum(L) * z * ON_Q] for i, z in enumerate(Z)}
    by = {name: found for name, found in {**targets, **labels, **directions}.items() if name in one.hypotheses}
    proof.show("goal", one.relation, ["positive", *by], degree=1, multipliers=by)
    return proof.certificate(["goal"])


EXACT = Statement(
    "nc16", "K7", "four base points: on the span of D, sgn g' = sgn g", Gt(PERTURBED * ON_Q, 0),
    (gamma, epsilon, norm, *free(" ".join(map(str, TARGETS)), "target label"),
     *free(" ".join(map(str, TRAINED)), "label trained on"), *(Variable(str(v), positive(), "multiplier") for v in L),
     *free("h_1 h_2", "direction of the perturbation"), *free("q_1 q_2", "boundary of the first network"),
     *free("z_1 z_2", "a point of the span of D")),
    four(Fraction(1, 2), Fraction(1, 10), SORTED, None, (3, 4), None, (1, 0)), fours,
    {**FOUR, **{f"target-{i + 1}": Eq(y, t) for i, (y, t) in enumerate(zip(TRAINED, TARGETS, strict=True))},
     **{f"direction-{i + 1}": Eq(a, b) for i, (a, b) in enumerate(zip(SHIFT, Q, strict=True))}},
    exact_proof,
)  # fmt: skip


# K10: two orthogonal points of D on the axes, of norms r_n; h is q over its length; base points are those of D.
r_1, r_2, h_1, h_2, t_1, t_2 = symbols("r_1 r_2 h_1 h_2 t_1 t_2")
beta_1, beta_2 = h_1 * r_1, h_2 * r_2  # <x_n, h>
N_1, N_2 = (r**2 + 2 * e * t * b + e**2 for r, t, b in ((r_1, t_1, beta_1), (r_2, t_2, beta_2)))
CROSS = e * (t_2 * beta_1 + t_1 * beta_2) + e**2 * t_1 * t_2
SHORT, LONG = Min(N_1, N_2), Max(N_1, N_2)
KAPPA = Max(CROSS, -CROSS) / SHORT
AT = [t_1 * l_1 * r_1**2 + e * beta_1 * (l_1 + l_2), t_2 * l_2 * r_2**2 + e * beta_2 * (l_1 + l_2)]  # g'(x_n)
TRIPLES = ((20, 21, 29), (21, 20, 29), (119, 120, 169), (120, 119, 169))


def base(
    slope: Fraction, triple: tuple[int, int, int], size: Fraction, y: tuple[int, int], t: tuple[int, int]
) -> Values:
    """h = (y_1/r_1, y_2/r_2) over its length, with norms that make it rational."""
    a, b, hypotenuse = triple
    r = (Fraction(b, a), Fraction(1))
    h = (Fraction(y[0] * a, hypotenuse), Fraction(y[1] * b, hypotenuse))
    x = [[r[0] + size * t[0] * h[0], size * t[0] * h[1]], [size * t[1] * h[0], r[1] + size * t[1] * h[1]]]
    gram = [[sum((u * v for u, v in zip(m, w, strict=True)), Fraction(0)) for w in x] for m in x]
    lam = multipliers(gram, t, slope)
    return values(gamma=slope, epsilon=size, r_1=r[0], r_2=r[1], h_1=h[0], h_2=h[1], y_1=y[0], y_2=y[1], t_1=t[0],
                  t_2=t[1], lam_1=lam[0], lam_2=lam[1])  # fmt: skip


def bases() -> st.SearchStrategy[Values]:
    pair = st.tuples(sign(), sign())
    sizes = st.integers(1, 5).map(lambda k: Fraction(k, 100))
    return st.builds(base, tenths(8, 9), st.sampled_from(TRIPLES), sizes, pair, pair)


BASES = Statement(
    "nc19", "K10", "at the base points the second network returns the target labels",
    And(Gt(t_1 * AT[0], 0), Gt(t_2 * AT[1], 0)),
    (gamma, epsilon, *(Variable(f"r_{i}", positive(), "norm of a point of D") for i in (1, 2)),
     *free("h_1 h_2", "q over its length"), *LABELS, *free("t_1 t_2", "target label"), lam_1, lam_2),
    base(Fraction(9, 10), TRIPLES[0], Fraction(1, 100), (1, 1), (1, -1)), bases,
    {**SIGNS, "target-1": Eq(t_1**2, 1), "target-2": Eq(t_2**2, 1), "unit": Eq(h_1**2 + h_2**2, 1),
     "along": Eq(h_1 * r_1 * y_1, h_2 * r_2 * y_2), "side": Gt(h_1 * y_1, 0),
     "row-1": Eq((1 + g**2) * N_1 * l_1 + entry(t_1, t_2) * CROSS * l_2, 2),
     "row-2": Eq((1 + g**2) * N_2 * l_2 + entry(t_1, t_2) * CROSS * l_1, 2),
     "orth": Le(6 * Max(CROSS, -CROSS) * LONG, g**3 * SHORT**2),
     "small": Gt(SHORT**2 * (1 - 3 * KAPPA) ** 2, 2 * e**2 * LONG * (1 + KAPPA))},
)  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the labels."""
    targets, along = EXACT.without("target-"), EXACT.without("direction-")
    flipped = {f"size-{i + 1}": Eq(a**2, b**2) for i, (a, b) in enumerate(zip(SHIFT, Q, strict=True))}
    at_labels = And(Gt(y_1 * AT[0], 0), Gt(y_2 * AT[1], 0))
    return (
        wrong(EXACT, "nc16-shuffled", "labels shuffled after the attack", "the perturbations cancel each other.",
              hypotheses=targets, draw=partial(fours, True)),
        wrong(EXACT, "nc16-other", "perturbations from a network trained on other labels", "its q has other signs.",
              hypotheses=along | flipped, draw=partial(fours, False, True)),
        wrong(EXACT, "nc16-direction", "perturbations along any direction of that length", "they carry no q.",
              hypotheses=along, draw=partial(fours, False, True)),
        wrong(BASES, "nc19", "at the base points the second network agrees with the first",
              "near a base point its own label decides.", relation=at_labels),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
