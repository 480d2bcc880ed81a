"""Planted errors in the closed form and in the gradient of a network: its matrix, its direction."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import sympy
from hypothesis import strategies as st
from sympy import Abs, And, Eq, Expr, Ge, Gt, Le, Max, Min, Not, Piecewise, symbols

from theorycheck.claim import Claim
from theorycheck.domains import Variable, positive

from .control import Control, planted
from .learning_notation import (
    Statement,
    Values,
    free,
    g,
    gamma,
    lam_1,
    lam_2,
    numbered,
    solved,
    tenths,
    values,
    wrong,
)

s_1, s_2 = (Variable(f"s_{i}", positive(), f"squared norm of point {i}") for i in (1, 2))
l_1, l_2 = lam_1.symbol, lam_2.symbol

# Two points of different classes that are not orthogonal: the margins of the network with a solution of M lambda = 2.
c = symbols("c")
NORMS = {1: s_1.symbol, 2: s_2.symbol}
POSITIVE = {1: l_1 * NORMS[1] - g * l_2 * c, 2: l_1 * c - g * l_2 * NORMS[2]}  # <v, x_n> sqrt(m)
NEGATIVE = {1: l_2 * c - g * l_1 * NORMS[1], 2: l_2 * NORMS[2] - g * l_1 * c}  # <u, x_n> sqrt(m)


def cut(t: Expr) -> Expr:
    """The activation by cases, which the signs among the hypotheses settle."""
    return Piecewise((t, Ge(t, 0)), (g * t, True))


def on(t: Expr) -> Any:
    """t >= 0, written as SymPy writes it in the cases."""
    return cut(t).args[0][1]


def margin(n: int) -> Expr:
    """f(x_n)."""
    return (cut(POSITIVE[n]) - cut(NEGATIVE[n])) / 2


def rows(other: Expr) -> dict[str, Any]:
    """M lambda = 2 with this entry of C for different labels, and the signs of K1(b)."""
    return {
        "row-1": Eq((1 + g**2) * NORMS[1] * l_1 + other * c * l_2, 2),
        "row-2": Eq((1 + g**2) * NORMS[2] * l_2 + other * c * l_1, 2),
        "v-1": on(POSITIVE[1]), "u-1": Not(on(NEGATIVE[1])), "v-2": Not(on(POSITIVE[2])), "u-2": on(NEGATIVE[2]),
        "orth": Le(6 * Abs(c) * Max(*NORMS.values()), g**3 * Min(*NORMS.values()) ** 2),
    }  # fmt: skip


def margins_proof(one: Statement) -> dict[str, Any]:
    """Both margins from the rows, on the branches that the signs select."""
    linear = replace(one, hypotheses={name: r for name, r in one.hypotheses.items() if name != "orth"})
    proof = linear.assumed()
    for n, value in ((1, 1), (2, -1)):
        branch = POSITIVE[1] - g * NEGATIVE[1] if n == 1 else g * POSITIVE[2] - NEGATIVE[2]
        proof.show(f"margin-{n}", Eq(branch / 2, value), [f"row-{n}"], multipliers=0)
    return proof.certificate(["margin-1", "margin-2"])


def solutions(other: Any, slope: Fraction, size: int, share: int) -> Values:
    """(ORTH) attained up to a share, and lambda from M with this entry for different labels."""
    s = [Fraction(1), Fraction(size, 8)]
    inner = Fraction(share, 8) * slope**3 / (6 * s[1])
    off = other(slope) * inner
    lam = solved([[(1 + slope**2) * s[0], off], [off, (1 + slope**2) * s[1]]], [Fraction(2)] * 2)
    return values(gamma=slope, s_1=s[0], s_2=s[1], c=inner, lam_1=lam[0], lam_2=lam[1])


def margins(other: Any) -> st.SearchStrategy[Values]:
    return st.builds(partial(solutions, other), tenths(5, 9), st.integers(8, 10), st.integers(-8, 8))


MARGINS = Statement(
    "nc8", "K2", "M lambda = 2 makes both margins 1", And(Eq(margin(1), 1), Eq(margin(2), -1)),
    (gamma, s_1, s_2, *free("c", "<x_1, x_2>"), lam_1, lam_2),
    solutions(lambda slope: -2 * slope, Fraction(1, 2), 8, 0), partial(margins, lambda slope: -2 * slope),
    rows(-2 * g), margins_proof,
)  # fmt: skip

# The gradient of f, without a factor, at a point x of the plane; V_+ and V_- are those of orthogonal classes.
PLUS, MINUS, WHERE = symbols("p_1 p_2"), symbols("n_1 n_2"), symbols("x_1 x_2")
NEURONS = {
    "v": [a - g * b for a, b in zip(PLUS, MINUS, strict=True)],
    "u": [b - g * a for a, b in zip(PLUS, MINUS, strict=True)],
}
INPUTS = {name: sum(w * x for w, x in zip(neuron, WHERE, strict=True)) for name, neuron in NEURONS.items()}
SLOPES = {name: Piecewise((1, Gt(t, 0)), (g, True)) for name, t in INPUTS.items()}
Q = [a - b for a, b in zip(PLUS, MINUS, strict=True)]


def crossed(slopes: Mapping[str, Expr]) -> Eq:
    """That the gradient with these slopes of the activation and q are parallel."""
    first, second = (slopes["v"] * v - slopes["u"] * u for v, u in zip(*NEURONS.values(), strict=True))
    return Eq(first * Q[1] - second * Q[0], 0, evaluate=False)


def directions(slope: Fraction, plus: tuple[int, int], length: int, along: tuple[int, int]) -> Values:
    """Orthogonal V_+ and V_-, and a combination of them."""
    minus = (-length * plus[1], length * plus[0])
    x = [along[0] * a + along[1] * b for a, b in zip(plus, minus, strict=True)]
    return numbered(p=plus, n=minus, x=x) | values(gamma=slope)


def places() -> st.SearchStrategy[Values]:
    plus, along = st.tuples(st.integers(1, 3), st.integers(0, 3)), st.integers(-4, 9)
    return st.builds(directions, tenths(), plus, st.integers(1, 2), st.tuples(along, along))


def parallel_proof(one: Statement) -> dict[str, Any]:
    """An identity where both slopes are 1."""
    proof = one.assumed()
    proof.show("goal", crossed(dict.fromkeys(NEURONS, sympy.Integer(1))))
    return proof.certificate(["goal"])


SMOOTH = {
    "classes": Eq(sum(a * b for a, b in zip(PLUS, MINUS, strict=True)), 0),
    "smooth": Gt(INPUTS["v"] ** 2 * INPUTS["u"] ** 2, 0),
}
PARALLEL = Statement(
    "nc10", "K5", "where both neurons are positive, the gradient of f is parallel to q", crossed(SLOPES),
    (gamma, *free("p_1 p_2", "V_+"), *free("n_1 n_2", "V_-"), *free("x_1 x_2", "where the gradient is taken")),
    directions(Fraction(1, 2), (1, 0), 1, (1, 1)), places,
    {**SMOOTH, **{name: slope.args[0][1] for name, slope in SLOPES.items()}}, parallel_proof,
)  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the closed form and the gradient."""
    return (
        wrong(MARGINS, "nc8-sign", "M with +2 gamma for -2 gamma", "different classes help each other.",
              hypotheses=rows(2 * g), draw=partial(margins, lambda slope: 2 * slope)),
        wrong(MARGINS, "nc8-linear", "M without the activation, (1 + gamma^2) y_n y_k",
              "only the part 2 gamma of a point of the other class counts.", hypotheses=rows(-(1 + g**2)),
              draw=partial(margins, lambda slope: -(1 + slope**2))),
        wrong(PARALLEL, "nc10", "the gradient of f is parallel to q everywhere",
              "between the two neurons' boundaries it leaves q by up to 45 degrees.", hypotheses=SMOOTH),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
