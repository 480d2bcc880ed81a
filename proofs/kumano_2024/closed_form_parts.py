"""K2 as relations: the margins are (1/2) M lambda, M is strictly diagonally dominant, and what follows."""

import itertools

import sympy
from sympy import And, Eq, Ge, Le, Lt, Not
from sympy.logic.boolalg import Boolean

from theorycheck.claim import Dynamics, Part
from theorycheck.domains import Variable, integer, positive, real

from . import notation
from .boundary_parts import N, R, gamma, leaky, m, p, x

LAM, G = sympy.symbols("lam_1:4"), sympy.symbols("G_1:4")
V_plus, V_minus, V_plus_next, V_minus_next = sympy.symbols("V_plus V_minus V_plus_next V_minus_next")
T, T_next, t, t_next, lam_k, G_k, delta_k = sympy.symbols("T T_next t t_next lam_k G_k delta_k")
D, A, B, c, lam, Q, total, Q_next, total_next = sympy.symbols("D A B c lam Q total Q_next total_next")

VARIABLES = (
    notation.gamma, notation.N, notation.p_max, notation.R_min2, notation.R_max2, notation.m,
    Variable("x", positive(), "||x_n||^2"), Variable("lam", positive(), "lambda_n"),
    *(Variable(str(v), positive(), "a multiplier of three") for v in LAM),
    *(Variable(str(v), real(), "<x_1, x_k>") for v in G),
    Variable("V_plus", real(), "<V_+, x_n>, a sum over samples"), Variable("V_plus_next", real()),
    Variable("V_minus", real(), "<V_-, x_n>"), Variable("V_minus_next", real()),
    Variable("T", real(), "sum_k of a row of M times its unknowns"), Variable("T_next", real()),
    Variable("t", integer(0), "how many terms are summed"), Variable("t_next", integer(0)),
    Variable("lam_k", real(), "of another sample: its multiplier"), Variable("G_k", real(), "an entry of G, or of M"),
    Variable("delta_k", real(), "what two solutions differ by"), Variable("D", real(0), "the largest |delta_k|"),
    Variable("A", real(0), "||V_+||^2"), Variable("B", real(0), "||V_-||^2"), Variable("c", real(), "<V_+, V_->"),
    Variable("Q", real(), "lambda^T M lambda, a sum over samples"), Variable("Q_next", real()),
    Variable("total", real(), "sum_n lambda_n"), Variable("total_next", real()),
)  # fmt: skip
POINT: dict[str, int | str] = {
    "gamma": "1/2", "N": 3, "p_max": 0, "R_min2": 1, "R_max2": 1, "m": 4, "x": 1, "lam": "8/5", "lam_1": "8/5",
    "lam_2": "8/5", "lam_3": "8/5", "G_1": 1, "G_2": 0, "G_3": 0, "V_plus": 0, "V_plus_next": 0, "V_minus": 0,
    "V_minus_next": 0, "T": 0, "T_next": 0, "t": 0, "t_next": 1, "lam_k": 0, "G_k": 0, "delta_k": 0, "D": 0,
    "A": 1, "B": 1, "c": 0, "Q": 0, "Q_next": 0, "total": 0, "total_next": 0,
}  # fmt: skip

SAME, OTHER = 1 + gamma**2, -2 * gamma  # C_nk for equal and for different labels
PATTERNS = tuple(itertools.product((1, -1), repeat=3))


def named(pattern: tuple[int, ...]) -> str:
    """The name of the part about a label pattern.

    >>> named((1, -1, 1))
    'y = (+, -, +)'
    """
    return f"y = ({', '.join('+' if label > 0 else '-' for label in pattern)})"


def rows(pattern: tuple[int, ...]) -> tuple[sympy.Expr, sympy.Expr]:
    """sqrt(m) <v, x_1> and sqrt(m) <u, x_1>."""
    plus, minus = (sum((LAM[k] * G[k] for k in range(3) if pattern[k] == sign), sympy.S.Zero) for sign in (1, -1))
    return plus - gamma * minus, minus - gamma * plus


def margin(pattern: tuple[int, ...], other: sympy.Expr = OTHER) -> sympy.Expr:
    """(1/2) sum_k lambda_k C_1k <x_1, x_k>."""
    return sum(LAM[k] * (SAME if pattern[k] == pattern[0] else other) * G[k] for k in range(3)) / 2


def signs(pattern: tuple[int, ...]) -> tuple[Boolean, ...]:
    """K1(b) for the first sample, as the branches of phi ask for it."""
    found = []
    for row, sign in zip(rows(pattern), (1, -1), strict=True):
        condition = leaky(row).args[0].cond
        found.append(condition if sign == pattern[0] else Not(condition))
    return tuple(found)


def selected(pattern: tuple[int, ...]) -> sympy.Expr:
    """y_1 f(x_1) with the branches that K1(b) selects."""
    v, u = rows(pattern)
    return (v - gamma * u) / 2 if pattern[0] > 0 else -(gamma * v - u) / 2


def pattern_part(pattern: tuple[int, ...], other: sympy.Expr = OTHER) -> Part:
    """The margin of the first of three samples."""
    v, u = rows(pattern)
    return Part(named(pattern), Eq(pattern[0] * (leaky(v) - leaky(u)) / 2, margin(pattern, other)),
                given=signs(pattern),
                tex=rf"{named(pattern)}:\ y_1f(x_1)=\tfrac12\sum_k\lambda_kC_{{1k}}G_{{1k}}")  # fmt: skip


def row_of(label: int) -> Dynamics:
    """<V_+, x_n>, <V_-, x_n> and the row of M lambda, one sample after the other, for a sample n of this label."""
    keep_plus, keep_minus = Eq(V_plus_next, V_plus), Eq(V_minus_next, V_minus)
    more_plus, more_minus = Eq(V_plus_next, V_plus + lam_k * G_k), Eq(V_minus_next, V_minus + lam_k * G_k)
    same, other = Eq(T_next, T + SAME * lam_k * G_k), Eq(T_next, T + OTHER * lam_k * G_k)
    zero = sympy.S.Zero
    return Dynamics(
        {"V_plus": "V_plus_next", "V_minus": "V_minus_next", "T": "T_next"},
        {"V_plus": zero, "V_minus": zero, "T": zero},
        {"positive": (more_plus, keep_minus, same if label > 0 else other),
         "negative": (keep_plus, more_minus, other if label > 0 else same)},
        ("lam_k", "G_k"),
    )  # fmt: skip


def difference() -> Dynamics:
    """The other entries of a row of M times a difference of two solutions."""
    step = (Eq(T_next, T + G_k * delta_k), Eq(t_next, t + 1), Le(G_k, SAME * p), Ge(G_k, -SAME * p), Le(delta_k, D),
            Ge(delta_k, -D))  # fmt: skip
    zero = sympy.S.Zero
    return Dynamics({"T": "T_next", "t": "t_next"}, {"T": zero, "t": zero}, {"sample": step}, ("G_k", "delta_k"))


def quadratic() -> Dynamics:
    """lambda^T M lambda and sum lambda, one sample after the other: (M lambda)_k = 2."""
    step = (Eq(Q_next, Q + lam_k * G_k), Eq(total_next, total + lam_k), Eq(G_k, 2))
    zero = sympy.S.Zero
    return Dynamics({"Q": "Q_next", "total": "total_next"}, {"Q": zero, "total": zero}, {"sample": step},
                    ("lam_k", "G_k"))  # fmt: skip


def parts() -> tuple[Part, ...]:
    """Every step of K2."""
    own, twin = V_plus - gamma * V_minus, V_minus - gamma * V_plus
    norm = m / 2 * ((A - 2 * gamma * c + gamma**2 * B) / m + (B - 2 * gamma * c + gamma**2 * A) / m)
    return (
        *(pattern_part(pattern) for pattern in PATTERNS),
        Part("any N, positive label", Eq((own - gamma * twin) / 2, T / 2), dynamics=row_of(1),
             tex=r"y_n=1:\ y_nf(x_n)=\tfrac12\sum_k\lambda_kC_{nk}G_{nk}"),
        Part("any N, negative label", Eq(-(gamma * own - twin) / 2, T / 2), dynamics=row_of(-1),
             tex=r"y_n=-1:\ y_nf(x_n)=\tfrac12\sum_k\lambda_kC_{nk}G_{nk}"),
        Part("coefficients", Le(2 * gamma, SAME), tex=r"|C_{nk}|\le1+\gamma^2"),
        Part("dominance", And(Le((N - 1) * SAME * p, SAME * R / 3), Lt((N - 1) * SAME * p, SAME * x)),
             given=(Ge(x, R),),
             tex=r"(N-1)(1+\gamma^2)p_{\max}\le\tfrac13(1+\gamma^2)R_{\min}^2<(1+\gamma^2)\|x_n\|^2"),
        Part("row of a difference", And(Le(T, (N - 1) * SAME * p * D), Ge(T, -(N - 1) * SAME * p * D)),
             given=(Le(t, N - 1),), dynamics=difference(),
             tex=r"\bigl|\sum_{k\ne n}M_{nk}\delta_k\bigr|\le(N-1)(1+\gamma^2)p_{\max}\max|\delta|"),
        Part("unique", Le(D, 0), given=(Ge(x, R), Le(SAME * x * D, (N - 1) * SAME * p * D)),
             tex=r"M\delta=0\ \Rightarrow\ \delta=0"),
        Part("norm", Eq(norm, (SAME * (A + B) - 4 * gamma * c) / 2),
             tex=r"\|W^*\|_F^2=\tfrac m2\left(\|v\|^2+\|u\|^2\right)=\tfrac12\lambda^\top M\lambda"),
        Part("sum of multipliers", Eq(Q / 2, total), dynamics=quadratic(), point={"G_k": 2},
             tex=r"M\lambda=2\cdot\mathbf 1:\ \tfrac12\lambda^\top M\lambda=\sum_n\lambda_n"),
        Part("duality", Eq(total - Q / 4, total / 2), given=(Eq(Q / 2, total),),
             tex=r"\mathbf 1^\top\lambda-\tfrac14\lambda^\top M\lambda=\tfrac12\sum_n\lambda_n=\tfrac12\|W^*\|_F^2"),
        Part("orthogonal data", Eq(lam, 2 / (SAME * x)), given=(Eq(SAME * x * lam / 2, 1),),
             tex=r"\lambda_n=\frac2{(1+\gamma^2)\|x_n\|^2}", point={"lam": "8/5"}),
    )  # fmt: skip
