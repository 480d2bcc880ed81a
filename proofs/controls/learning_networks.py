"""Planted errors in the boundary theorem: (ORTH) dropped, gamma = 0, an unbalanced layer, a wrong M, the gradient."""

from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import Abs, And, Eq, Expr, Ge, Gt, Le, Lt, Max, Min, Or, Rational, Symbol, symbols

from theorycheck.claim import Claim
from theorycheck.domains import Variable, integer, positive, real

from .control import Control, planted
from .learning_notation import (
    Statement,
    Values,
    free,
    g,
    gamma,
    lam_1,
    lam_2,
    multipliers,
    phi,
    same_sign,
    sign,
    tenths,
    values,
    wrong,
)

# Two points in the plane and a network of four neurons with the second layer (1, 1, -1, -1)/2.
POINTS, AXES, NEURONS = (1, 2), (1, 2), (1, 2, 3, 4)
A = {j: Rational(1 if j <= 2 else -1, 2) for j in NEURONS}
X = {(n, i): Symbol(f"x_{n}{i}") for n in POINTS for i in AXES}
Y = {n: Symbol(f"y_{n}") for n in POINTS}
W = {(j, i): Symbol(f"w_{j}{i}") for j in NEURONS for i in AXES}
S = {(n, j): Symbol(f"slope_{n}{j}") for n in POINTS for j in NEURONS}
Z = {i: Symbol(f"z_{i}") for i in AXES}
LAM = {1: lam_1.symbol, 2: lam_2.symbol}
NET = (
    gamma, *free(" ".join(str(s) for s in (*X.values(), *Z.values())), "a coordinate of a point"),
    *(Variable(str(s), real(-1, 1), "a label") for s in Y.values()),
    *free(" ".join(map(str, W.values())), "a weight"),
    *(Variable(str(s), real(0, 1), "a subgradient of the activation") for s in S.values()), lam_1, lam_2,
)  # fmt: skip
RELU = replace(gamma, domain=real(0, 1, open_high=True))


def at(j: int, n: int) -> Expr:
    """Neuron j before the activation, at point n."""
    return sum(W[j, i] * X[n, i] for i in AXES)


def output(n: int) -> Expr:
    """y_n f(x_n)."""
    return Y[n] * sum(A[j] * phi(at(j, n)) for j in NEURONS)


def kkt() -> dict[str, Any]:
    """The conditions of Karush, Kuhn and Tucker."""
    found: dict[str, Any] = {f"label {n}": Eq(Y[n] ** 2, 1) for n in POINTS}
    for j, i in W:
        found[f"stationary {j}{i}"] = Eq(W[j, i], sum(A[j] * LAM[n] * Y[n] * S[n, j] * X[n, i] for n in POINTS))
    for n, j in S:
        t, s = at(j, n), S[n, j]
        found[f"slope {n}{j}"] = Or(And(Gt(t, 0), Eq(s, 1)), And(Lt(t, 0), Eq(s, g)), And(Eq(t, 0), Ge(s, g)))
    for n in POINTS:
        found[f"fit {n}"] = Ge(output(n), 1)
        found[f"slack {n}"] = Eq(LAM[n] * (output(n) - 1), 0)
    return found


SQUARES = [X[n, 1] ** 2 + X[n, 2] ** 2 for n in POINTS]
INNER = X[1, 1] * X[2, 1] + X[1, 2] * X[2, 2]
ORTH = Le(6 * Abs(INNER) * Max(*SQUARES), g**3 * Min(*SQUARES) ** 2)
F = sum(A[j] * phi(sum(W[j, i] * Z[i] for i in AXES)) for j in NEURONS)
G = sum(LAM[n] * Y[n] * X[n, i] * Z[i] for n in POINTS for i in AXES)


def network(
    slope: Fraction, x: list[list[Fraction]], y: list[int], s: dict[tuple[int, int], Fraction], lam: list[Fraction],
    z: tuple[int, int],
) -> Values:  # fmt: skip
    """The values of all variables, with weights as stationarity gives them."""
    found = values(gamma=slope, lam_1=lam[0], lam_2=lam[1], z_1=z[0], z_2=z[1], y_1=y[0], y_2=y[1])
    found |= {f"x_{n}{i}": x[n - 1][i - 1] for n, i in X} | {f"slope_{n}{j}": v for (n, j), v in s.items()}
    for j, i in W:
        terms = (lam[n - 1] * y[n - 1] * s[n, j] * x[n - 1][i - 1] for n in POINTS)
        found[f"w_{j}{i}"] = (1 if j <= 2 else -1) * sum(terms, Fraction(0)) / 2
    return found


def nearly_orthogonal(
    slope: Fraction, radius: Fraction, tilt: Fraction, y: tuple[int, int], z: tuple[int, int]
) -> Values:
    """Points near the axes, whose signs K1(b) gives."""
    x = [[Fraction(1), tilt], [Fraction(0), radius]]
    gram = [[sum((a * b for a, b in zip(u, v, strict=True)), Fraction(0)) for v in x] for u in x]
    s = {(n, j): Fraction(1) if y[n - 1] == (1 if j <= 2 else -1) else slope for n, j in S}
    return network(slope, x, list(y), s, multipliers(gram, y, slope), z)


def on_a_line(slope: Fraction, x: tuple[int, int], y: int, z: tuple[int, int]) -> Values:
    """Two opposite points of one class: one neuron points to each, and the other two vanish."""
    first = [Fraction(v) for v in x]
    length = sum(v * v for v in first)
    s = {(n, j): Fraction(1) for n, j in S}
    there, back = (1, 2) if y == 1 else (3, 4)
    s |= {(1, back): slope, (2, there): slope}
    lam = 4 / ((1 - slope) ** 2 * length)
    return network(slope, [first, [-v for v in first]], [y, y], s, [lam, lam], z)


PLANE = st.tuples(st.integers(-4, 4), st.integers(-4, 4))
LABELS = st.tuples(sign(), sign())


def orthogonal_pairs(slopes: st.SearchStrategy[Fraction], tilts: int = 4) -> st.SearchStrategy[Values]:
    radius = st.integers(20, 24).map(lambda k: Fraction(k, 20))
    tilt = st.integers(-tilts, tilts).map(lambda k: Fraction(k, 60))
    return st.builds(nearly_orthogonal, slopes, radius, tilt, LABELS, PLANE)


def opposite_pairs() -> st.SearchStrategy[Values]:
    place = st.tuples(st.integers(1, 3), st.integers(0, 3))
    return st.builds(on_a_line, tenths(), place, sign(), PLANE)


BOUNDARY = Statement(
    "nc1", "K1", "at a KKT point sgn f = sgn g", same_sign(F, G), NET,
    nearly_orthogonal(Fraction(1, 2), Fraction(1), Fraction(0), (1, -1), (1, 0)),
    partial(orthogonal_pairs, tenths(7, 9)), {**kkt(), "orth": ORTH},
)  # fmt: skip

# An unbalanced second layer: m_1 neurons with +1/sqrt(m), m_2 with -1/sqrt(m), and two orthogonal points.
m_1, m_2 = (Variable(f"m_{i}", integer(1), "number of neurons of that sign") for i in (1, 2))
s_1, s_2 = (Variable(f"s_{i}", positive(), f"squared norm of point {i}") for i in (1, 2))
m, k, l_1, l_2 = m_1.symbol, m_2.symbol, lam_1.symbol, lam_2.symbol
b_1, b_2 = symbols("b_1 b_2")
V, U = l_1 * b_1 - g * l_2 * b_2, l_2 * b_2 - g * l_1 * b_1  # the two neurons at z, times sqrt(m)


def unbalanced(slope: Fraction, sizes: tuple[int, int], s: tuple[int, int], b: tuple[int, int]) -> Values:
    """The multipliers for which both margins are 1."""
    one, two = sizes
    lam = ((one + two) / ((u + slope**2 * v) * norm) for u, v, norm in ((one, two, s[0]), (two, one, s[1])))
    first, second = lam
    return values(gamma=slope, m_1=one, m_2=two, s_1=s[0], s_2=s[1], lam_1=first, lam_2=second, b_1=b[0] * s[0],
                  b_2=b[1] * s[1])  # fmt: skip


def layers() -> st.SearchStrategy[Values]:
    small = st.tuples(st.integers(1, 3), st.integers(1, 3))
    sizes = st.tuples(st.integers(5, 9), st.integers(1, 2))
    return st.builds(unbalanced, tenths(1, 6), sizes, small, st.tuples(st.integers(1, 9), st.integers(-1, 3)))


LAYERS = Statement(
    "nc7", "K1", "sgn f is the sign of (m_1 + gamma m_2) V_+ - (gamma m_1 + m_2) V_-",
    same_sign(m * phi(V) - k * phi(U), (m + g * k) * l_1 * b_1 - (g * m + k) * l_2 * b_2),
    (gamma, m_1, m_2, s_1, s_2, lam_1, lam_2, *free("b_1 b_2", "<x_n, z>")),
    unbalanced(Fraction(1, 2), (2, 1), (1, 1), (1, 1)), layers,
    {"one": Eq((m + g**2 * k) * s_1.symbol * l_1, m + k), "two": Eq((k + g**2 * m) * s_2.symbol * l_2, m + k)},
)  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the boundary theorem, its multipliers and the gradient."""
    anywhere = {name: r for name, r in BOUNDARY.hypotheses.items() if name != "orth"}
    zero = partial(orthogonal_pairs, st.just(Fraction(0)), 0)
    return (
        wrong(BOUNDARY, "nc1", "sgn f = sgn g without (ORTH)",
              "for x_2 = -x_1 of one class f is proportional to |<x_1, z>| and g vanishes.", hypotheses=anywhere,
              draw=opposite_pairs),
        wrong(BOUNDARY, "nc4", "gamma = 0 allowed", "f vanishes where both neurons are negative, and g does not.",
              variables=(RELU, *NET[1:]), draw=zero),
        wrong(LAYERS, "nc7", "V_+ - V_- for an unbalanced second layer", "the larger side weighs its class more.",
              relation=same_sign(m * phi(V) - k * phi(U), l_1 * b_1 - l_2 * b_2)),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
