"""Planted errors in learning from perturbations: the pixels, the second term, the sign, the step of the code."""

from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import Eq, Ge, Gt, Max, symbols

from theorycheck.claim import Claim
from theorycheck.domains import Variable, positive, real

from .control import Control, planted
from .learning_notation import (
    Statement,
    Values,
    by_products,
    epsilon,
    free,
    g,
    gamma,
    lam_1,
    lam_2,
    multipliers,
    sign,
    tenths,
    values,
    wrong,
)

e, l_1, l_2 = epsilon.symbol, lam_1.symbol, lam_2.symbol
FEW = st.integers(-4, 4)
SMALL = st.integers(1, 9).map(lambda k: Fraction(k, 10))

# K4: the sizes of the three entries of q, in order; h takes two of the signs.
a_1, a_2, a_3 = symbols("a_1 a_2 a_3")
SIZES = tuple(Variable(f"a_{i}", real(0), "size of an entry of q") for i in (1, 2, 3))


def entries() -> st.SearchStrategy[Values]:
    def ordered(a: int, b: int, c: int) -> Values:
        return dict(zip(("a_1", "a_2", "a_3"), map(Fraction, sorted((a, b, c), reverse=True)), strict=True))

    return st.builds(ordered, *[st.integers(0, 9)] * 3)


PIXELS = Statement(
    "nc9", "K4", "the cosine of q and its two largest entries' signs is at least sqrt(2)/3 times |q|_1/|q|_2",
    Ge(3 * (a_1 + a_2), 2 * (a_1 + a_2 + a_3)), SIZES, {"a_1": 3, "a_2": 2, "a_3": 1}, entries,
    {"first": Ge(a_1, a_2), "second": Ge(a_2, a_3)}, by_products(1),
)  # fmt: skip

# K6: two base points; b_n = <base point n, z>, d = <h, z>.
y_1, y_2, b_1, b_2, d = symbols("y_1 y_2 b_1 b_2 d")
LABELS = tuple(Variable(f"y_{n}", real(-1, 1), f"target label {n}") for n in (1, 2))
SIGNS = {"label-1": Eq(y_1**2, 1), "label-2": Eq(y_2**2, 1)}
AFTER = l_1 * y_1 * (b_1 + e * y_1 * d) + l_2 * y_2 * (b_2 + e * y_2 * d)  # g'(z)
T_1 = l_1 * y_1 * b_1 + l_2 * y_2 * b_2


def terms() -> st.SearchStrategy[Values]:
    def point(size: Fraction, y: tuple[int, int], lam: tuple[int, int], at: tuple[int, int, int]) -> Values:
        return values(epsilon=size, lam_1=lam[0], lam_2=lam[1], y_1=y[0], y_2=y[1], b_1=at[0], b_2=at[1], d=at[2])

    return st.builds(point, SMALL, st.tuples(sign(), sign()), st.tuples(st.integers(1, 9), st.integers(1, 9)),
                     st.tuples(FEW, FEW, FEW))  # fmt: skip


def identity(one: Statement) -> dict[str, Any]:
    """From the equations for the labels, times what stands before them."""
    proof = one.assumed()
    known = {"label-1": [e * d * l_1], "label-2": [e * d * l_2]}
    proof.show("goal", one.relation, list(known), multipliers=known)
    return proof.certificate(["goal"])


TERMS = Statement(
    "nc11", "K6", "g' = T_1 + epsilon Lambda' <h, z>", Eq(AFTER, T_1 + e * (l_1 + l_2) * d, evaluate=False),
    (epsilon, lam_1, lam_2, *LABELS, *free("b_1 b_2", "<base point, z>"), *free("d", "<h, z>")),
    values(epsilon="1/10", lam_1=1, lam_2=2, y_1=1, y_2=-1, b_1=1, b_2=2, d=1), terms, SIGNS, identity,
)  # fmt: skip

# K7(a): two base points of one norm, orthogonal to each other, to h and to z, one of each target label.
norm = Variable("norm", positive(), "squared norm of the base points")
turn = Variable("turn", real(-1, 1), "1 to push towards the target label, -1 to push away")
s, sigma = norm.symbol, turn.symbol
BALANCED = {
    "label-1": Eq(y_1, 1), "label-2": Eq(y_2, -1), "turn": Eq(sigma**2, 1),
    "row-1": Eq((1 + g**2) * (s + e**2) * l_1 + 2 * g * e**2 * l_2, 2),
    "row-2": Eq((1 + g**2) * (s + e**2) * l_2 + 2 * g * e**2 * l_1, 2),
}  # fmt: skip
MORE = tuple(replace(one, domain=positive()) for one in (lam_1, lam_2))


def pushed(both: bool) -> st.SearchStrategy[Values]:
    def point(slope: Fraction, size: Fraction, length: int, at: int, way: int) -> Values:
        square = size**2
        gram = [[length + square, -square], [-square, length + square]]
        lam = multipliers(gram, (1, -1), slope)
        return values(gamma=slope, epsilon=size, norm=length, turn=way, lam_1=lam[0], lam_2=lam[1], y_1=1, y_2=-1,
                      d=at)  # fmt: skip

    way = sign() if both else st.just(1)
    return st.builds(point, tenths(), SMALL, st.integers(1, 4), FEW, way)


def towards(one: Statement) -> dict[str, Any]:
    """epsilon (lambda_1 + lambda_2) d^2 > 0."""
    proof = one.assumed()
    proof.show("square", Gt(d**2, 0), ["distinct"])
    proof.show("sum", Gt(e * (l_1 + l_2) * d**2, 0), ["square", "epsilon.0", "lam_1.0", "lam_2.0"], degree=3)
    by = {"label-1": [l_1 * e * sigma * d**2 * (y_1 + 1)], "label-2": [l_2 * e * sigma * d**2 * (y_2 - 1)],
          "towards": [e * l_1 * d**2, e * l_2 * d**2]}  # fmt: skip
    proof.show("goal", one.relation, ["sum", *(name for name in by if name in one.hypotheses)], multipliers=by)
    return proof.certificate(["goal"])


PUSHED = Statement(
    "nc15", "K7", "on the span of D, sgn g' = sgn <h, z>",
    Gt((l_1 * y_1 * e * sigma * y_1 * d + l_2 * y_2 * e * sigma * y_2 * d) * d, 0),
    (gamma, epsilon, norm, turn, *MORE, *LABELS, *free("d", "<h, z>")),
    values(gamma="1/2", epsilon=1, norm=1, turn=1, lam_1="4/7", lam_2="4/7", y_1=1, y_2=-1, d=1),
    partial(pushed, False), {**BALANCED, "distinct": Gt(d**2, 0), "towards": Eq(sigma, 1)}, towards,
)  # fmt: skip

# K4: a step of size epsilon in the maximum norm, for q = (q_1, q_2).
q_1, q_2, eta_1, eta_2 = symbols("q_1 q_2 eta_1 eta_2")
LARGEST = Max(q_1, q_2, -q_1, -q_2)


def steps(of_code: bool) -> st.SearchStrategy[Values]:
    def point(size: Fraction, a: int, b: int) -> Values:
        most = max(abs(a), abs(b)) if of_code else None
        moved = (size * v / (most or abs(v)) for v in (a, b))
        return dict(zip(("eta_1", "eta_2"), moved, strict=True)) | values(epsilon=size, q_1=a, q_2=b)

    place = FEW.filter(bool)
    return st.builds(point, SMALL, place, place)


STEP = Statement(
    "nc20", "K4", "the sign step reaches the largest <q, eta>, epsilon |q|_1",
    Eq(q_1 * eta_1 + q_2 * eta_2, e * (Max(q_1, -q_1) + Max(q_2, -q_2))),
    (epsilon, *free("q_1 q_2", "boundary of the network"), *free("eta_1 eta_2", "the step")),
    values(epsilon=1, q_1=2, q_2=1, eta_1=1, eta_2=1), partial(steps, False),
    {"step-1": Eq(eta_1 * Max(q_1, -q_1), e * q_1), "step-2": Eq(eta_2 * Max(q_2, -q_2), e * q_2),
     "entries": Gt(q_1**2 * q_2**2, 0)},
)  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in learning from perturbations."""
    scaled = {"step-1": Eq(eta_1 * LARGEST, e * q_1), "step-2": Eq(eta_2 * LARGEST, e * q_2)}
    return (
        wrong(PIXELS, "nc9", "the two smallest entries for the two largest", "they may vanish.",
              relation=Ge(3 * (a_2 + a_3), 2 * (a_1 + a_2 + a_3))),
        wrong(TERMS, "nc11-count", "T_2 = epsilon N' <h, z>", "each point counts with its multiplier.",
              relation=Eq(AFTER, T_1 + 2 * e * d, evaluate=False)),
        wrong(TERMS, "nc11-labels", "T_2 with y' left in it", "the label of the perturbation is squared.",
              relation=Eq(AFTER, T_1 + e * (l_1 * y_1 + l_2 * y_2) * d, evaluate=False)),
        wrong(PUSHED, "nc15", "perturbations of any sign", "pushed away from its target, a point carries -q.",
              hypotheses=PUSHED.without("towards"), draw=partial(pushed, True)),
        wrong(STEP, "nc20", "the step epsilon q/max|q_i| of the code", "it moves only the largest entry by epsilon.",
              hypotheses={**STEP.hypotheses, **scaled}, draw=partial(steps, True),
              point={**STEP.point, "eta_2": "1/2"}),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
