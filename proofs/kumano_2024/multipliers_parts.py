"""K3 as relations: each multiplier from its row of (1/2) M lambda = 1, and how sharp the bounds are."""

import sympy
from sympy import And, Eq, Ge, Gt, Le, Lt

from theorycheck.claim import Dynamics, Part
from theorycheck.domains import Variable, integer, positive, real

from . import notation
from .boundary_parts import LOWER, UPPER, L, N, R, S, gamma, lam, p, x

E, E_next, t, t_next, lam_k, M_k, a, b = sympy.symbols("E E_next t t_next lam_k M_k a b")
SAME, CUBE = 1 + gamma**2, gamma**3

VARIABLES = (
    notation.gamma, notation.N, notation.p_max, notation.R_min2, notation.R_max2,
    Variable("x", positive(), "||x_n||^2"), Variable("lam", positive(), "lambda_n"),
    Variable("L", positive(), "the largest multiplier"),
    Variable("E", real(), "sum over k != n of C_nk <x_n, x_k> lambda_k"), Variable("E_next", real()),
    Variable("t", integer(0), "how many terms are summed"), Variable("t_next", integer(0)),
    Variable("lam_k", real(), "another multiplier"), Variable("M_k", real(), "C_nk <x_n, x_k>"),
    Variable("a", real(), "lambda_1 of the flipped family"), Variable("b", real(), "its other multipliers"),
)  # fmt: skip
POINT: dict[str, int | str] = {
    "gamma": "1/2", "N": 2, "p_max": 0, "R_min2": 1, "R_max2": 1, "x": 1, "lam": "8/5", "L": "8/5", "E": 0, "E_next": 0,
    "t": 0, "t_next": 1, "lam_k": 0, "M_k": 0, "a": "8/5", "b": "8/5",
}  # fmt: skip

REST = (N - 1) * p  # kappa R_min^2
OMEGA = REST / (R - REST)  # kappa/(1 - kappa)
LARGEST = 2 / (SAME * (R - REST))
REFINED_UPPER = 2 / (SAME * R) * 3 / (3 - CUBE)
REFINED_LOWER = 2 / (SAME * S) * (3 - 2 * CUBE) / (3 - CUBE)
ROW = Eq((SAME * x * lam + E) / 2, 1)  # row n of (1/2) M lambda = 1
SIZES = (Le(E, REST * SAME * L), Ge(E, -REST * SAME * L))
KNOWN = (ROW, *SIZES, Le(SAME * (R - REST) * L, 2))
FACTORS = {
    "upper": (SAME * (3 - CUBE) - 4 * gamma**2, (1 - gamma) * (gamma**4 + gamma**3 + 2 * gamma**2 + 3 * gamma + 3)),
    "lower": (4 * (3 - 2 * CUBE) - SAME * (3 - CUBE),
              (1 - gamma) * (9 + 9 * gamma + 6 * gamma**2 - gamma**3 - gamma**4)),
}  # fmt: skip
# Unit norms, one class, all products -p with p as large as (ORTH) allows.
UNIT = (Eq(R, 1), Eq(S, 1), Eq(3 * N * p, CUBE))
EXTREMAL_ROW = Eq(SAME * (1 - REST) * lam / 2, 1)
FLIPPED_ROWS = (Eq(SAME * (a + REST * b) / 2, 1), Eq(SAME * (b + p * a - (N - 2) * p * b) / 2, 1))
FLIPPED = 2 / SAME * (1 - REST * (1 - p) / ((1 + p) * (1 - REST)))


def row() -> Dynamics:
    """The other terms of a row of M lambda."""
    step = (Eq(E_next, E + M_k * lam_k), Eq(t_next, t + 1), Le(M_k, SAME * p), Ge(M_k, -SAME * p), Ge(lam_k, 0),
            Le(lam_k, L))  # fmt: skip
    zero = sympy.S.Zero
    return Dynamics({"E": "E_next", "t": "t_next"}, {"E": zero, "t": zero}, {"sample": step}, ("M_k", "lam_k"))


def bound_parts(upper: sympy.Expr = REFINED_UPPER, lower: sympy.Expr = REFINED_LOWER) -> tuple[Part, ...]:
    """The bounds, step by step."""
    size = SAME * x * lam / 2 - 1
    norms = (Ge(x, R), Le(x, S))
    return (
        Part("row", And(Le(E, REST * SAME * L), Ge(E, -REST * SAME * L)), given=(Le(t, N - 1),), dynamics=row(),
             tex=r"\bigl|\sum_{k\ne n}C_{nk}G_{nk}\lambda_k\bigr|\le(N-1)(1+\gamma^2)\,p_{\max}\Lambda_\infty"),
        Part("kappa", And(Le(REST / R, CUBE / 3), Le(OMEGA, CUBE / (3 - CUBE))),
             tex=r"\kappa=\frac{(N-1)p_{\max}}{R_{\min}^2}\le\frac{\gamma^3}3,\quad"
                 r"\frac\kappa{1-\kappa}\le\frac{\gamma^3}{3-\gamma^3}"),
        Part("largest", Le(L, LARGEST), given=(Eq((SAME * x * L + E) / 2, 1), SIZES[1], Ge(x, R)),
             tex=r"\Lambda_\infty\le\frac2{(1+\gamma^2)(R_{\min}^2-(N-1)p_{\max})}"),
        Part("multiplicative", And(Le(size, OMEGA), Ge(size, -OMEGA)), given=KNOWN,
             tex=r"\bigl|\tfrac12(1+\gamma^2)\|x_n\|^2\lambda_n-1\bigr|\le\frac\kappa{1-\kappa}"),
        Part("upper", Le(lam, upper), given=(*KNOWN, norms[0]),
             tex=r"\lambda_n\le\frac2{(1+\gamma^2)R_{\min}^2}\cdot\frac3{3-\gamma^3}"),
        Part("lower", Ge(lam, lower), given=(*KNOWN, norms[1]),
             tex=r"\lambda_n\ge\frac2{(1+\gamma^2)R_{\max}^2}\cdot\frac{3-2\gamma^3}{3-\gamma^3}"),
    )  # fmt: skip


def implied_parts() -> tuple[Part, ...]:
    """That the interval lies inside the theorem's."""
    return (
        *(Part(f"factors, {side}", Eq(left, right)) for side, (left, right) in FACTORS.items()),
        *(Part(f"positive, {side}", Gt(left, 0)) for side, (left, _) in FACTORS.items()),
        Part("inside the theorem's, upper", Lt(REFINED_UPPER, UPPER),
             tex=r"\frac2{(1+\gamma^2)R_{\min}^2}\cdot\frac3{3-\gamma^3}<\frac3{2\gamma^2R_{\min}^2}"),
        Part("inside the theorem's, lower", Gt(REFINED_LOWER, LOWER),
             tex=r"\frac2{(1+\gamma^2)R_{\max}^2}\cdot\frac{3-2\gamma^3}{3-\gamma^3}>\frac1{2R_{\max}^2}"),
    )  # fmt: skip


def sharp_parts() -> tuple[Part, ...]:
    """Families inside (ORTH) that come to the bounds like 1/N."""
    rate = CUBE / N
    return (
        Part("extremal", Eq(lam, 2 / (SAME * (1 - REST))), given=(*UNIT, EXTREMAL_ROW), point=_point(a=False),
             tex=r"G_{nk}=-p:\ \lambda_n=\frac2{(1+\gamma^2)(1-(N-1)p)}"),
        Part("sharp, upper", Ge(lam, (1 - rate / 2) * REFINED_UPPER), given=(*UNIT, EXTREMAL_ROW),
             point=_point(a=False),
             tex=r"\lambda_n\ge\left(1-\frac{\gamma^3}{2N}\right)\frac2{1+\gamma^2}\cdot\frac3{3-\gamma^3}"),
        Part("extremal, flipped", Eq(a, FLIPPED), given=(*UNIT, *FLIPPED_ROWS), point=_point(a=True),
             tex=r"G_{1k}=+p:\ \lambda_1=\frac2{1+\gamma^2}"
                 r"\left(1-\frac{(N-1)p(1-p)}{(1+p)(1-(N-1)p)}\right)"),
        Part("sharp, lower", Le(a, (1 + 3 * rate) * REFINED_LOWER), given=(*UNIT, *FLIPPED_ROWS), point=_point(a=True),
             tex=r"\lambda_1\le\left(1+\frac{3\gamma^3}N\right)\frac2{1+\gamma^2}\cdot\frac{3-2\gamma^3}{3-\gamma^3}"),
    )  # fmt: skip


def _point(a: bool) -> dict[str, str | int]:
    # gamma = 1/2 and N = 2, so p = 1/48: c/(1 - p) with c = 8/5, and of the flipped pair c/(1 + p) twice.
    return {"p_max": "1/48", **({"a": "384/245", "b": "384/245"} if a else {"lam": "384/235"})}


def parts() -> tuple[Part, ...]:
    """Every step of K3."""
    return (*bound_parts(), *implied_parts(), *sharp_parts())
