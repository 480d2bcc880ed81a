"""K8: multipliers depend on the labels, so that the base points cancel part of the perturbations' effect."""

from fractions import Fraction
from functools import partial

from sympy import Eq, Gt, Le
from theorycheck_simulations.leaky.setting import Setting

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import correlation_draws as draws
from . import correlation_proofs as proofs
from .correlation_proofs import (
    COUNTS,
    FORMAL,
    JOINT,
    LOSS,
    MISLABELS,
    RANGE,
    SHARE,
    SPANS,
    TYPE_VARIABLES,
    VARIABLES,
    e,
    g,
    n,
    s,
    type_row,
    value_at_q,
)
from .correlation_runs import measure_natural, measure_noise, measure_span, measure_trained

SPAN_DRAWN = Part("span formula, drawn", text="the span formula agrees with the solution of all 400 rows to 10^-10")
NATURAL = Part("natural base points", text="the mean of T_1/T_2 at q over label vectors is -kappa_gamma to .005")
NOISE = Part("noise base points", text="for uniform noise the mean of T_1/T_2 at h is -kappa_gamma <Pi h, h>, and "
             "<Pi h, h> is N'/d, within the statistical error",
             tex=r"\mathbb E_{y'}T_1/T_2=-\kappa_\gamma\langle\Pi h,h\rangle\approx-\kappa_\gamma N'/d")  # fmt: skip
TRAINED = Part("trained", text="the sign of trained networks at q is that of g', wherever |g'(q)| > .005 (N = 60, "
               "gamma = 4/5, m = 2)")  # fmt: skip
POINT = draws.complete({"gamma": Fraction(1, 2), "epsilon": Fraction(1), "Lam": Fraction(1), "alpha": Fraction(1),
                        "beta": Fraction(1), "rho2": Fraction(1)}, 2, 1)  # fmt: skip
EDGE = 2 * e * s + e**2  # the largest |<x'_n, x'_k>|; squared norms are 1 +- 2 epsilon s + epsilon^2
HYPOTHESES = (
    Condition("orthonormal samples, x'_n = x_n + epsilon y'_n q/||q||; the four types (y', y y') have n_1, ..., n_4"),
    Condition("s is 1/sqrt(N)", Eq(s**2 * n, 1), "s=N^{-1/2}"),
    Condition("N samples", Eq(sum(COUNTS), n), "n_1+n_2+n_3+n_4=N"),
    Condition("y' balanced", Eq(COUNTS[0] + COUNTS[1], COUNTS[2] + COUNTS[3]), r"\sum y'_n=0"),
    Condition("y balanced", Eq(COUNTS[0] + COUNTS[3], COUNTS[1] + COUNTS[2]), r"\sum y_n=0"),
    Condition("(ORTH) for D'", Le(3 * n * (1 + 2 * e * s + e**2) * EDGE, g**3 * (1 - 2 * e * s + e**2) ** 2),
              r"p'_{\max}\le\frac{\gamma^3R'^4_{\min}}{3NR'^2_{\max}}"),
    *(Condition(f"the row of type {i + 1}", type_row(i), rf"\tfrac12(M'\lambda')_{{{i + 1}}}=1") for i in range(4)),
    Condition("the perturbations outweigh the mislabels", Gt(MISLABELS + e * n, 0),
              r"\tfrac1{\sqrt N}\sum y_ny'_n+\varepsilon N>0"),
)  # fmt: skip


def correlation() -> Claim:
    """k8."""
    trials = (10, 50, 500)
    return Claim(
        "k8", Source("K8", "correlation of labels and multipliers"),
        "Part of the perturbations' effect is cancelled by the base points",
        (*FORMAL, SPAN_DRAWN, NATURAL, NOISE, TRAINED),
        (Proof(proofs.prove_share, (SHARE.name,)), Proof(proofs.prove_range, (RANGE.name,)),
         Proof(proofs.prove_loss, (LOSS.name,)), Proof(partial(proofs.prove_span, 1), (SPANS[0].name,)),
         Proof(partial(proofs.prove_span, -1), (SPANS[1].name,)), Proof(proofs.prove_joint, (JOINT.name,)),
         Search(tuple(part.name for part in FORMAL if part is not SPANS[1]), partial(draws.drawn, 1), trials=trials),
         Search((SPANS[1].name,), partial(draws.drawn, -1), trials=trials),
         Run(measure_span, (SPAN_DRAWN.name,)), Run(measure_natural, (NATURAL.name,)),
         Run(measure_noise, (NOISE.name,)), Run(measure_trained, (TRAINED.name,))),
        VARIABLES,
        (Condition("base points of norm rho, orthogonal to each other; unit h; balanced random y'"),
         Condition("for the span formula and the cancellation: orthonormal samples as base points, h = q/||q||")),
        ("k2",), POINT, Verdict.SURVIVED, "exact",
        (
            Step("row", "C_nk y'_k = y'_n |C_nk|, so a sample whose base point points towards y'_n h gets a smaller "
                 "multiplier.",
                 r"(1+\gamma^2)\rho^2\lambda'_n+\varepsilon y'_n\beta_nK+(\text{mean }0)=2,\quad"
                 r"\beta_n=\langle\bar x_n,h\rangle,\ K=\tfrac12(1+\gamma)^2\Lambda'"),
            Step("loss", "To first order in epsilon, with the projector Pi onto the span of the base points.",
                 r"\mathbb E_{y'}g'(z)=\varepsilon\Lambda'\langle(I-\kappa_\gamma\Pi)h,z\rangle,\quad"
                 r"\kappa_\gamma=\frac{(1+\gamma)^2}{2(1+\gamma^2)}"),
            Step("span formula", "Row n is <A, x'_n> = 2 for y'_n = 1 and <B, x'_n> = 2 for y'_n = -1, and <V'_-, x_n> "
                 "or <V'_+, x_n> holds no x_n.",
                 r"A=(1+\gamma^2)V'_+-2\gamma V'_-,\quad B=(1+\gamma^2)V'_--2\gamma V'_+"),
            Step("exact cancellation", "If each of the four pairs (y_n, y'_n) is equally frequent, lambda' takes two "
                 "values, and the difference of their rows gives T_1 = -kappa T_2 at q for every epsilon, with no "
                 "approximation."),
        ),
        note="Derived here. For noise the loss is kappa N'/d, negligible where d is far above N'. For natural base "
        "points only (1 - gamma)^2/(2 (1 + gamma^2)) of the effect is left, at most half, none as gamma -> 1. The "
        "first-order formula holds in the mean over labels; its evidence besides the exact cases is statistical.",
    )  # fmt: skip


def finding() -> Claim:
    """finding-k8."""
    point = draws.by_type(Fraction(9, 10), Fraction(1, 100), 8, (16, 16, 16, 16))
    part = Part("sign at q", Gt(value_at_q(), 0), tex=r"g'(\hat q)>0")
    return Claim(
        "finding-k8", Source("K8", "the corollary for natural base points"),
        "Natural base points: the sign with lambda' taken as constant", (part,),
        (Search((), draws.balanced_types, trials=(100, 100, 1_000)),), TYPE_VARIABLES, HYPOTHESES, ("k8",), point,
        Verdict.REFUTED, "finding",
        derivation=(
            Step("the naive rule", "With lambda' constant in y', g'(q) is that constant times (sum y y'/sqrt(N) + "
                 "epsilon N), so that it is positive as soon as epsilon N outweighs the mislabels.",
                 r"g'(\hat q)\stackrel?=\bar\lambda'\Bigl(\tfrac1{\sqrt N}\sum y_ny'_n+\varepsilon N\Bigr)"),
        ),
        note="Reconstructed: how the paper's corollary for natural samples treats the dependence of lambda' on y' is "
        "unknown without its text; this is the form that treats lambda' as constant. It is false, strictly inside "
        "(ORTH) for D'. True instead: only the share 1 - kappa_gamma of epsilon Lambda' is left at q (k8), so such an "
        "argument overstates the perturbations' effect by 1/(1 - kappa_gamma), about 2.04 at gamma = .01 and unbounded "
        "as gamma -> 1. The version for noise is affected by O(N'/d) only.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims of this chapter."""
    return correlation(), finding()
