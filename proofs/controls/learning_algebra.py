"""Planted errors in the algebra of learning from perturbations: factors, constants, thresholds, a term left out."""

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from sympy import Eq, Expr, Ge, Gt, Le, Lt, symbols
from sympy.logic.boolalg import Boolean

from theorycheck.claim import Claim
from theorycheck.domains import Variable, positive, real
from theorycheck.isolation import isolated

from .control import Control, planted
from .learning_notation import (
    N,
    Statement,
    Values,
    by_products,
    epsilon,
    free,
    g,
    gamma,
    lam,
    lam_1,
    lam_2,
    p,
    tenths,
    values,
    wrong,
)

e, n, l, l_1, l_2, q = epsilon.symbol, N.symbol, lam.symbol, lam_1.symbol, lam_2.symbol, p.symbol


def slopes() -> st.SearchStrategy[Values]:
    """Slopes of the activation, as many near the ends as between."""
    inside, near = st.integers(1, 99), st.integers(1, 20)
    return st.one_of(
        inside.map(lambda k: values(gamma=Fraction(k, 100))), near.map(lambda k: values(gamma=Fraction(k, 1_000))),
        near.map(lambda k: values(gamma=1 - Fraction(k, 1_000))),
    )  # fmt: skip


def of_slope(id: str, number: str, title: str, relation: Boolean) -> Statement:
    """A statement about gamma alone."""
    inequality = relation.rel_op != "=="
    build = (lambda one: isolated(one.relation, gamma)) if inequality else by_products(1)
    return Statement(id, number, title, relation, (gamma,), {"gamma": "1/2"}, slopes, build=build)


def equal(left: Expr, right: Expr) -> Eq:
    """An identity as it is written."""
    return Eq(left, right, evaluate=False)


UPPER, LOWER = 3 * (1 + g**2) - (1 + g) * g**3 - 4 * g**2, 3 - g - 2 * g**2
QUINTIC, SECOND = (1 + g**2) * (3 - g**3) - 4 * g**2, 4 * (3 - 2 * g**3) - (1 + g**2) * (3 - g**3)
FACTORS = (
    (of_slope("upper-factors", "K1", "factors of the upper bound",
              equal(UPPER, (1 - g) * (g**3 + 2 * g**2 + 3 * g + 3))),
     equal(UPPER, (1 - g) * (g**3 + 3 * g**2 + 3 * g + 3)), "3 gamma^2 for 2 gamma^2 in a factor"),
    (of_slope("lower-factors", "K1", "factors of the lower bound", equal(LOWER, (1 - g) * (2 * g + 3))),
     equal(LOWER, (1 - g) * (3 * g + 3)), "3 gamma for 2 gamma in a factor"),
    (of_slope("refined-upper-factors", "K3", "factors of the refined upper bound",
              equal(QUINTIC, (1 - g) * (g**4 + g**3 + 2 * g**2 + 3 * g + 3))),
     equal(QUINTIC, (1 - g) * (g**4 - g**3 + 2 * g**2 + 3 * g + 3)), "a sign in a factor"),
    (of_slope("refined-lower-factors", "K3", "factors of the refined lower bound",
              equal(SECOND, (1 - g) * (9 + 9 * g + 6 * g**2 - g**3 - g**4))),
     equal(SECOND, (1 - g) * (9 + 9 * g + 6 * g**2 - g**3 + g**4)), "another sign in a factor"),
    (of_slope("surviving", "K8", "1 - kappa_gamma = (1 - gamma)^2/(2 (1 + gamma^2))",
              equal(2 * (1 + g**2) - (1 + g) ** 2, (1 - g) ** 2)),
     equal(2 * (1 + g**2) - (1 + g) ** 2, 2 * (1 - g) ** 2), "the share that survives without the half"),
)  # fmt: skip
# Denominators are multiplied out: they are positive for gamma in (0, 1).
UPPER_ROOM, LOWER_ROOM = 3 * (1 + g**2) - (1 + g) * g**3, 2 * (2 - (1 + g) * g / 2)
SQUARED = 2 * ((1 + g**2) ** 2 + 4 * g**2)
BOUNDS = (
    (of_slope("three-halves", "K1", "the upper bound with 3/2", Gt(3 * UPPER_ROOM, 12 * g**2)),
     Gt(4 * UPPER_ROOM, 18 * g**2), "4/3 for 3/2 in the upper bound", "as gamma goes to 1, 3/2 is attained."),
    (of_slope("half", "K1", "the lower bound with 1/2", Gt(LOWER_ROOM, 1 + g**2)),
     Gt(3 * LOWER_ROOM, 4 * (1 + g**2)), "2/3 for 1/2 in the lower bound", "as gamma goes to 1, 1/2 is attained."),
    (of_slope("kappa-gamma", "K8", "kappa_gamma > 1/2", Gt((1 + g) ** 2, 1 + g**2)),
     Lt((1 + g) ** 2, 1 + g**2), "kappa_gamma in (0, 1/2)", "it lies in (1/2, 1): most is cancelled."),
    (of_slope("kappa-gamma-one", "K8", "kappa_gamma < 1", Lt((1 + g) ** 2, 2 * (1 + g**2))),
     Gt((1 + g) ** 2, 2 * (1 + g**2)), "kappa_gamma above 1", "something always survives."),
    (of_slope("cosine", "K5", "the squared cosine is above 1/2", Gt(2 * (1 + g) ** 4, SQUARED)),
     Gt(4 * (1 + g) ** 4, 3 * SQUARED), "3/4 for 1/2 under the squared cosine", "it goes to 1/2 as gamma goes to 0."),
    (of_slope("coefficient", "K1", "2 gamma <= 1 + gamma^2, so no entry of C is larger", Lt(2 * g, 1 + g**2)),
     Gt(2 * g, 1 + g**2), "points of different classes weigh more", "the square of 1 - gamma is positive."),
)  # fmt: skip

# Bounds with a kappa = (N - 1) p_max/R_min^2, a row of M and multipliers.
kappa = Variable("kappa", real(0, "1/3"), "(N - 1) p_max/R_min^2")
mu = Variable("mu", real(0), "multiplier times half the diagonal of M")
k, m = kappa.symbol, mu.symbol
ROW = Statement(
    "kappa", "K3", "relative deviation of a multiplier", Le((m - 1) * (1 - k), k), (kappa, mu),
    {"kappa": "1/4", "mu": "4/3"},
    lambda: st.integers(0, 120).map(lambda i: values(kappa=Fraction(i, 360), mu=1 / (1 - Fraction(i, 360)))),
    {"row": Eq(m * (1 - k), 1)}, by_products(2),
)  # fmt: skip
ratio = Variable("ratio", real(0), "twice kappa/(1 - kappa)")
SPARE = Statement(
    "three-kappa", "K10", "1 - 2 kappa/(1 - kappa) = (1 - 3 kappa)/(1 - kappa)",
    equal((1 - ratio.symbol) * (1 - k), 1 - 3 * k), (kappa, ratio), {"kappa": "1/4", "ratio": "2/3"},
    lambda: st.integers(0, 120).map(lambda i: values(kappa=Fraction(i, 360), ratio=Fraction(2 * i, 360 - i))),
    {"ratio": Eq(ratio.symbol * (1 - k), 2 * k)}, by_products(1),
)  # fmt: skip
each = Variable("p", real(0), "p_max/R_min^2")
DOMINANT = Statement(
    "dominance", "K2", "(N - 1) p_max <= R_min^2/3", Le(3 * (n - 1) * q, 1), (gamma, N, each),
    {"gamma": "1/2", "N": 2, "p": "1/100"},
    lambda: st.builds(lambda slope, size, part: values(
        gamma=Fraction(slope, 100), N=size, p=Fraction(part, 10) * Fraction(slope, 100) ** 3 / (3 * size)),
        st.integers(80, 99), st.integers(20, 90), st.integers(5, 10)),
    {"orth": Le(3 * n * q, g**3)}, by_products(3),
)  # fmt: skip
total, least, most = (Variable(name, positive(), meaning) for name, meaning in
                      (("total", "N p_max"), ("least", "R_min^2"), ("most", "R_max^2")))  # fmt: skip
P, short, long = total.symbol, least.symbol, most.symbol
NOISE = Statement(
    "signs", "K1", "N p_max times the largest multiplier is at most gamma R_min^2/(2 R_max^2)",
    Le(2 * P * l * long, g * short), (gamma, least, most, total, lam),
    {"gamma": "1/2", "least": 1, "most": 1, "total": "1/100", "lam": 1},
    lambda: st.builds(lambda slope, a, more: values(
        gamma=slope, least=a, most=a + more, total=slope**3 * Fraction(a**2, 3 * (a + more)),
        lam=Fraction(3, 2) / (slope**2 * a)), tenths(), st.integers(1, 9), st.integers(0, 9)),
    {"orth": Le(3 * P * long, g**3 * short**2), "upper": Le(2 * g**2 * short * l, 3)}, by_products(3),
)  # fmt: skip

# A common step t against the labels, and what a perturbation does to norms and inner products.
t = symbols("t")
TAU = t * (2 - t)
PATTERN = Statement(
    "pattern", "K9", "where the signs of K1(b) hold, t (2 - t) < 2 gamma/(1 + gamma)", Lt(TAU, 2 * g / (1 + g)),
    (gamma, *free("t", "step times the root of N")), {"gamma": "1/2", "t": "1/4"},
    lambda: st.builds(lambda slope, i: values(gamma=slope, t=Fraction(i, 20)), tenths(), st.integers(0, 60)),
    {"signs": Lt(TAU / 2 - g * (1 - TAU / 2), 0)}, by_products(2),
)  # fmt: skip
beta = Variable("beta", real(0), "the most of |<base point, h>|")
square = Variable("square", real(0), "|h|^2")
b, H = beta.symbol, square.symbol
G, u, v, w = symbols("G u v w")
NEAR = {"u-above": Le(u, b), "u-below": Ge(u, -b)}


def moved() -> st.SearchStrategy[Values]:
    def point(size: int, most: int, signs: tuple[int, ...]) -> Values:
        edge = Fraction(most, 2)
        return values(epsilon=Fraction(size, 10), beta=edge, square=1, p=Fraction(1, 4), G=Fraction(signs[0], 4),
                      u=edge * signs[1], v=edge * signs[2], w=signs[3])  # fmt: skip

    ends = st.tuples(st.integers(-1, 1), st.integers(-1, 1), st.integers(-1, 1), st.sampled_from((1, -1)))
    return st.builds(point, st.integers(1, 9), st.integers(1, 4), ends)


STEP = (epsilon, beta, square, p, *free("G", "<x_n, x_k>"), *free("u v", "y'_k <x_n, h>"), *free("w", "y'_n y'_k"))
INNER = Statement(
    "inner", "K6", "an inner product after the perturbation is at most p + 2 epsilon beta + epsilon^2 |h|^2",
    Le(G + e * (u + v) + e**2 * w * H, q + 2 * e * b + e**2 * H), STEP,
    values(epsilon="1/10", beta=1, square=1, p=1, G=0, u=0, v=0, w=1), moved,
    {**NEAR, "v": Le(v, b), "inner": Le(G, q), "label": Eq(w**2, 1), "w": Le(w, 1)}, by_products(4),
)  # fmt: skip
LENGTH = Statement(
    "norm", "K6", "a squared norm falls by at most 2 epsilon beta", Ge(2 * e * u + e**2 * H, -2 * e * b), STEP,
    INNER.point, moved, NEAR, by_products(3),
)  # fmt: skip

# Two orthogonal points, one of each class: the neurons, their norms, and the multipliers after the exact attack.
x, y, s_1, s_2 = symbols("x y s_1 s_2")
NORMS = tuple(Variable(f"s_{i}", positive(), f"squared norm of point {i}") for i in (1, 2))


def coordinates() -> st.SearchStrategy[Values]:
    few = st.integers(-3, 3)
    return st.builds(lambda slope, i, j: values(gamma=slope, x=i, y=j), tenths(), few, few)


def pairs() -> st.SearchStrategy[Values]:
    def point(slope: Fraction, a: int, c: int, size: int) -> Values:
        first, second = (2 / ((1 + slope**2) * v) for v in (a, c))
        moved = 2 / ((1 + slope**2) * a + Fraction(size, 10) ** 2 * (1 + slope) ** 2)
        return values(gamma=slope, s_1=a, s_2=c, lam_1=first, lam_2=second, lam=moved, epsilon=Fraction(size, 10))

    return st.builds(point, tenths(), st.integers(1, 5), st.integers(1, 5), st.integers(1, 9))


BOUNDARY = Statement(
    "boundary", "K1", "v - u is (1 + gamma) q", equal((x - g * y) - (y - g * x), (1 + g) * (x - y)),
    (gamma, *free("x", "<V_+, z>"), *free("y", "<V_-, z>")), {"gamma": "1/2", "x": 1, "y": 0}, coordinates,
    build=by_products(1),
)  # fmt: skip
WEIGHTS = (l_1**2 * s_1 + g**2 * l_2**2 * s_2 + l_2**2 * s_2 + g**2 * l_1**2 * s_1) / 2
OPTIMUM = Statement(
    "optimum", "K2", "|W|^2 is the sum of the multipliers", equal(WEIGHTS, l_1 + l_2), (gamma, *NORMS, lam_1, lam_2),
    {"gamma": "1/2", "s_1": 1, "s_2": 1, "lam_1": "8/5", "lam_2": "8/5"}, pairs,
    {"one": Eq((1 + g**2) * s_1 * l_1, 2), "two": Eq((1 + g**2) * s_2 * l_2, 2)}, by_products(1),
)  # fmt: skip
ATTACKED = Statement(
    "attacked", "K7", "multipliers of two exact perturbations",
    equal(l * ((1 + g**2) * s_1 + e**2 * (1 + g) ** 2), 2), (gamma, NORMS[0], epsilon, lam),
    {"gamma": "1/2", "s_1": 1, "epsilon": 1, "lam": "4/7"}, pairs,
    {"row": Eq((1 + g**2) * (s_1 + e**2) * l + 2 * g * e**2 * l, 2)}, by_products(1),
)  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the algebra."""
    return (
        *(wrong(true, f"learning-{true.id}", title, "the two sides differ inside (0, 1).", relation=changed)
          for true, changed, title in FACTORS),
        *(wrong(true, f"learning-{true.id}", title, why, relation=changed) for true, changed, title, why in BOUNDS),
        wrong(ROW, "learning-kappa", "kappa for kappa/(1 - kappa)", "the others' deviation counts as well.",
              relation=Le(m - 1, k)),
        wrong(SPARE, "learning-three-kappa", "1 - 2 kappa for 1 - 3 kappa", "the denominator holds one kappa more.",
              relation=equal((1 - ratio.symbol) * (1 - k), 1 - 2 * k)),
        wrong(DOMINANT, "learning-dominance", "1/4 for 1/3", "gamma^3 may be close to 1.",
              relation=Le(4 * (n - 1) * q, 1)),
        wrong(NOISE, "learning-signs", "gamma/3 for gamma/2", "both bounds may be attained.",
              relation=Le(3 * P * l * long, g * short)),
        wrong(PATTERN, "learning-pattern", "gamma/(1 + gamma) for 2 gamma/(1 + gamma)", "the signs hold longer.",
              relation=Lt(TAU, g / (1 + g))),
        wrong(INNER, "learning-inner", "an inner product without the factor 2", "both points are perturbed.",
              relation=Le(G + e * (u + v) + e**2 * w * H, q + e * b + e**2 * H)),
        wrong(LENGTH, "learning-norm", "a squared norm without the factor 2", "the square has a mixed term twice.",
              relation=Ge(2 * e * u + e**2 * H, -e * b)),
        wrong(BOUNDARY, "learning-boundary", "1 - gamma for 1 + gamma", "u has minus gamma times the other class.",
              relation=equal((x - g * y) - (y - g * x), (1 - g) * (x - y))),
        wrong(OPTIMUM, "learning-optimum", "|W|^2 is half the sum", "half of |W|^2 is.",
              relation=equal(WEIGHTS, (l_1 + l_2) / 2)),
        wrong(ATTACKED, "learning-attacked", "1 + gamma^2 for (1 + gamma)^2", "the other class counts as well.",
              relation=equal(l * ((1 + g**2) * s_1 + e**2 * (1 + g**2)), 2)),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
