"""K8 as relations between scalars: the surviving share, the span formula, and the exact cancellation at balance."""

from typing import Any

from sympy import And, Eq, Expr, Gt, Lt, Rational, symbols
from sympy.logic.boolalg import Boolean

from theorycheck.claim import Part
from theorycheck.domains import Variable, integer, positive, real

from .notation import N, assuming, epsilon, gamma

g, n, e = gamma.symbol, N.symbol, epsilon.symbol
s, V_p, V_m, y, Lam, alpha, c, K, beta, rho2 = symbols("s V_p V_m y Lam alpha c K beta rho2")
same, other, T_1, T_2 = symbols("lam_same lam_other T_1 T_2")
KAPPA = (1 + g) ** 2 / (2 * (1 + g**2))
SQUARED = (1 - g) ** 2 / (1 + g**2)
ROOT = Variable("s", positive(1), "1/sqrt(N)")
VARIABLES = (
    gamma, epsilon, N, ROOT, Variable("V_p", real(), "<V'_+, x_n>"), Variable("V_m", real(), "<V'_-, x_n>"),
    Variable("y", real(), "y_n"), Variable("Lam", real(), "the sum of lambda' over one class, or all of it"),
    Variable("alpha", real(), "<A, q>/||q|| or <B, q>/||q||"), Variable("c", real(), "2/((1 + gamma^2) rho^2)"),
    Variable("K", real(), "(1 + gamma)^2 Lambda'/2"), Variable("beta", real(), "sum_n <xbar_n, h> <xbar_n, z>"),
    Variable("rho2", positive(), "squared norm of the base points"),
    Variable("lam_same", real(), "lambda' of the samples with y' = y"),
    Variable("lam_other", real(), "lambda' of the samples with y' = -y"),
    Variable("T_1", real(), "the mislabelled base points' part of g'(z)"),
    Variable("T_2", real(), "the perturbations' part of g'(z)"),
)  # fmt: skip
SHARE = Part("surviving share", Eq(1 - KAPPA, SQUARED / 2),
             tex=r"1-\kappa_\gamma=\frac{(1-\gamma)^2}{2(1+\gamma^2)}")  # fmt: skip
RANGE = Part("range", And(Gt(KAPPA, Rational(1, 2)), Lt(KAPPA, 1)), tex=r"\tfrac12<\kappa_\gamma<1")
LOSS = Part("loss", Eq(c * e * K * beta / 2, KAPPA * e * Lam * beta / rho2),
            given=(Eq(c * (1 + g**2) * rho2, 2), Eq(K, (1 + g**2) * Lam / 2 + 2 * g * Lam / 2)),
            tex=r"-\tfrac12c\,\varepsilon K\sum_n\beta_n\langle\bar x_n,z\rangle=-\kappa_\gamma\,\varepsilon\Lambda'"
                r"\langle\Pi h,z\rangle")  # fmt: skip


def span(label: int) -> Part:
    """<q', x_n> for a target label, any N, from the row of the sample and the products of V'_- or V'_+ with x_n."""
    point: dict[str, int | str] = {}
    A_x = (1 + g**2) * V_p - 2 * g * V_m
    B_x = (1 + g**2) * V_m - 2 * g * V_p
    if label > 0:
        given = (Eq(A_x + e * alpha, 2), Eq(V_m, -e * Lam * y * s))
        value, shown = (2 - e * alpha) / (1 + g**2) + SQUARED * e * y * s * Lam, r"\frac{2-\varepsilon\alpha_A}"
    else:
        given = (Eq(B_x - e * alpha, 2), Eq(V_p, e * Lam * y * s))
        value, shown = -(2 + e * alpha) / (1 + g**2) + SQUARED * e * y * s * Lam, r"-\frac{2+\varepsilon\alpha_B}"
        point = {"V_p": "1/2", "V_m": "14/5"}  # at the claim's gamma = s = 1/2, epsilon = Lam = alpha = y = 1
    return Part(f"span, y' = {label}", Eq(V_p - V_m, value), given=given, point=point,
                tex=rf"\langle q',x_n\rangle={shown}{{1+\gamma^2}}+\frac{{\varepsilon y_n}}{{\sqrt N}}"
                    rf"\frac{{(1-\gamma)^2}}{{1+\gamma^2}}\Lambda'_{{{'-' if label > 0 else '+'}}}"
                    rf"\quad(y'_n={label})")  # fmt: skip


SPANS = (span(1), span(-1))
HALF = n / 2


def balanced_row(w: int) -> Boolean:
    """The row of M' lambda' = 2 for a sample with y y' = w, where each of the four pairs (y, y') is N/4 samples."""
    own = same if w > 0 else other
    total = (1 + g) ** 2 / 2  # the mean of |C_nk| over both classes, times 2
    sums = total * HALF * ((e * s * (w + 1) + e**2) * same + (e * s * (w - 1) + e**2) * other)
    return Eq((1 + g**2) * own + sums, 2)


JOINT = Part(
    "exact cancellation", Eq(T_1, -KAPPA * T_2),
    given=(balanced_row(1), balanced_row(-1), Eq(s**2 * n, 1), Eq(T_1, s * HALF * (same - other)),
           Eq(T_2, e * HALF * (same + other))),
    tex=r"T_1=-\kappa_\gamma T_2\ \text{at}\ z=\hat q\ \text{for every}\ \varepsilon,\ \text{each}\ (y_n,y'_n)\ "
        r"\text{equally often}",
)  # fmt: skip
FORMAL = (SHARE, RANGE, LOSS, *SPANS, JOINT)

Certificate = dict[str, Any]


def _given(part: Part) -> dict[str, Boolean]:
    return {"gamma": Gt(g, 0), "below_one": Lt(g, 1), **{f"given_{i}": r for i, r in enumerate(part.given)}}


def prove_share() -> Certificate:
    """The two squares add up to 2 (1 + gamma^2)."""
    proof = assuming(VARIABLES, _given(SHARE))
    proof.show("one_g2", Gt(1 + g**2, 0), ["gamma"])
    proof.weigh("goal", SHARE.relation, {})
    return dict(proof.certificate(["goal"]))


def prove_range() -> Certificate:
    """kappa - 1/2 = gamma/(1 + gamma^2) and 1 - kappa = (1 - gamma)^2/(2 (1 + gamma^2))."""
    proof = assuming(VARIABLES, _given(RANGE))
    proof.show("one_g2", Gt(1 + g**2, 0), ["gamma"])
    proof.weigh("goal_0", Gt(KAPPA - Rational(1, 2), 0), {"gamma": 1 / (1 + g**2)})
    proof.weigh("goal_1", Gt(1 - KAPPA, 0), {"below_one": (1 - g) / (2 * (1 + g**2))})
    return dict(proof.certificate(["goal_0", "goal_1"]))


def prove_loss() -> Certificate:
    """Insert c and K."""
    proof = assuming(VARIABLES, {**_given(LOSS), "rho2": Gt(rho2, 0)})
    proof.show("one_g2", Gt(1 + g**2, 0), ["gamma"])
    proof.weigh("goal", LOSS.relation, {
        "given_0": e * beta * (1 + g) ** 2 * Lam / (4 * (1 + g**2) * rho2), "given_1": c * e * beta / 2})  # fmt: skip
    return dict(proof.certificate(["goal"]))


def prove_span(label: int) -> Certificate:
    """Solve the row for one product and insert the other."""
    part = span(label)
    proof = assuming(VARIABLES, _given(part))
    proof.show("one_g2", Gt(1 + g**2, 0), ["gamma"])
    sign = 1 if label > 0 else -1
    proof.weigh("goal", part.relation, {"given_0": sign / (1 + g**2), "given_1": -sign * SQUARED})
    return dict(proof.certificate(["goal"]))


def prove_joint() -> Certificate:
    """The difference of the rows, times s N/4."""
    proof = assuming(VARIABLES, _given(JOINT))
    proof.show("one_g2", Gt(1 + g**2, 0), ["gamma"])
    weight = s * HALF / (1 + g**2)
    proof.weigh("goal", JOINT.relation, {
        "given_0": weight, "given_1": -weight, "given_2": -KAPPA * e * HALF * (same + other), "given_3": 1,
        "given_4": KAPPA})  # fmt: skip
    return dict(proof.certificate(["goal"]))


COUNTS = tuple(symbols("n_1 n_2 n_3 n_4"))
BY_TYPE = tuple(symbols("lam_1 lam_2 lam_3 lam_4"))
TYPES = ((1, 1), (1, -1), (-1, 1), (-1, -1))  # (y', y y')
MISLABELS = s * (COUNTS[0] - COUNTS[1] + COUNTS[2] - COUNTS[3])  # sum_n y_n y'_n/sqrt(N)
TYPE_VARIABLES = (
    gamma, epsilon, N, ROOT,
    *(Variable(str(k), integer(1), f"samples with y' = {a}, y y' = {w}") for k, (a, w) in zip(COUNTS, TYPES,
                                                                                            strict=True)),
    *(Variable(str(k), positive(), f"lambda' of the samples with y' = {a}, y y' = {w}")
      for k, (a, w) in zip(BY_TYPE, TYPES, strict=True)),
)  # fmt: skip


def type_row(index: int) -> Boolean:
    """The row of M' lambda' = 2 for a sample of a type, orthonormal samples, x'_n = x_n + epsilon y'_n q/||q||."""
    label, w = TYPES[index]
    terms: list[Expr] = [(1 + g**2) * BY_TYPE[index]]
    for count, lam, (other_label, v) in zip(COUNTS, BY_TYPE, TYPES, strict=True):
        size = 1 + g**2 if label == other_label else 2 * g
        terms.append(size * count * (e * s * (w + v) + e**2) * lam)
    return Eq(sum(terms), 2)


def value_at_q() -> Expr:
    """g'(q/||q||) = sum over the types of n lambda' (y y' s + epsilon)."""
    return sum(count * lam * (w * s + e) for count, lam, (_, w) in zip(COUNTS, BY_TYPE, TYPES, strict=True))
