"""K6, Theorem 4.2 and Theorem 4.4: the boundary after learning from perturbations of natural samples and of noise."""

from fractions import Fraction
from functools import cache, partial
from typing import Any

from hypothesis import strategies as st

from theorycheck.checks.certified import Certified
from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Measurement
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.source import Source

from .gradients_proofs import by_division
from .learning_certified import certify
from .learning_noise_runs import measure_noise
from .learning_parts import ORDERED, POINT, VARIABLES, admissible_parts, entry_parts, term_parts
from .learning_proofs import DEFINITIONS, admissible_certificate, entry_certificate, terms_certificate
from .learning_runs import (
    REPLAYS,
    closed_form,
    measure_identity,
    measure_implied,
    measure_natural,
    of_trained,
    replay,
)

__all__ = ["REPLAYS", "claims"]

Values = dict[str, Fraction]
INSTANCES = Part("instances", text="the largest epsilon that the inequality allows, bracketed for orthonormal, near-"
                 "orthogonal and noise base points", tex=r"\varepsilon_{\max}\le\frac{\gamma^3R}{6\sqrt N},\quad"
                 r"\varepsilon_{\max}\le R\sqrt{\frac{\gamma^3}{3N'}}")  # fmt: skip
LEARNED = Part("learned", text="sgn f_adv = sgn(T_1 + T_2) on at least 99.5 % of random z, for N = 10, d = 60, gamma "
                               "= .8",
               tex=r"\operatorname{sgn}f^{adv}(z)=\operatorname{sgn}(T_1+T_2)")  # fmt: skip
TERMS = "two terms"
UNKNOWN = (
    "The full text of the paper was not available: the two-term form is from a public summary, the exact hypotheses "
    "and constants of the theorem are unknown, among them whether (ORTH) of D' is assumed or derived from a condition "
    "on epsilon, and how the L0 direction is normalised. This is our reconstruction: a common direction h, epsilon "
    "inside (ORTH) of D'. The step from gradient flow to the KKT point is imported (k0) and only corroborated by "
    "training."
)


def states() -> st.SearchStrategy[Values]:
    """Exact values that meet every hypothesis: sizes inside the inequality, labels +-1, entries within their bounds."""
    unit = st.integers(0, 8).map(lambda i: Fraction(i, 8))
    share, sign = st.integers(-8, 8).map(lambda i: Fraction(i, 8)), st.sampled_from((-1, 1)).map(Fraction)
    positive = st.integers(1, 8).map(lambda i: Fraction(i, 4))
    names = {**dict.fromkeys(("grow", "p", "eps", "beta", "r", "adv"), unit), **dict.fromkeys(
        ("b", "b_k", "u", "hz", "T", "a", "a_k", "c", "b1", "b2", "b3", "back"), share), **dict.fromkeys(
        ("R", "H", "lam", "L", "norm", "lam1", "lam2", "lam3"), positive), **dict.fromkeys(
        ("y", "y_k", "y1", "y2", "y3"), sign)}  # fmt: skip
    return st.builds(_state, st.fixed_dictionaries(names), st.integers(1, 9), st.integers(1, 6), st.booleans())


def _state(v: Values, tenths: int, n: int, natural: bool) -> Values:
    g, R, H = Fraction(tenths, 10), v["R"], v["H"]
    if natural:  # equal radii and n beta^2 = R: a square number of points with rational radius
        n, R = n**2, v["norm"] ** 2
        S, beta, p = R, v["norm"] / Fraction(int(n**0.5)), Fraction(0)
    else:
        S, beta, p = R * (1 + v["grow"]), v["beta"] * R, v["p"] * g**3 * R / (12 * n)
    eps = (Fraction(1, 16) + v["eps"]) * g**3 * R / (16 * n * max(H, beta, Fraction(1)) ** 2)
    e, t = 2 * eps * beta, eps**2 * H**2
    r, norm, L = R + v["r"] * (S - R), v["norm"], v["L"]
    adv = {"p_adv": v["adv"] * (p + e + t), "R_adv": R - e + v["r"] * e, "S_adv": S + v["grow"] * (e + t)}
    G = v["T"] + eps * v["hz"] * L
    run = {"G": G, "T": v["T"], "L": L, "G_next": G, "T_next": v["T"], "L_next": L}
    own = {name: v[name] for name in ("lam", "hz", "a", "a_k", "c", "y", "y_k", "y1", "y2", "y3", "b1", "b2", "b3",
                                      "lam1", "lam2", "lam3")}  # fmt: skip
    return {**own, **run, **adv, "gamma": g, "N_adv": Fraction(n), "p_max": p, "epsilon": eps, "R": R, "S": S,
            "beta": beta, "H": H, "smaller": v["adv"] * eps, "b": v["b"] * beta, "b_k": v["b_k"] * beta, "r": r,
            "u": v["u"] * p, "gz": norm * v["hz"], "norm": norm}  # fmt: skip


def learning() -> Claim:
    """k6."""
    terms, entries, admissible = term_parts(), entry_parts(), admissible_parts()
    scalars = (*terms[1:], entries[0])
    return Claim(
        "k6",
        Source("K6", "Section 4"),
        "The boundary after learning from perturbations, and which epsilon are admissible",
        (*terms, *entries, *admissible, INSTANCES, LEARNED),
        (Proof(partial(terms_certificate, terms[0]), (TERMS,)),
         *(Proof(partial(by_division, part, VARIABLES), (part.name,)) for part in scalars),
         *(Proof(partial(entry_certificate, part), (part.name,)) for part in entries[1:]),
         *(Proof(partial(admissible_certificate, part), (part.name,), DEFINITIONS) for part in admissible),
         *(Search((part.name,), states, trials=(6, 20, 300)) for part in (*scalars, *entries[1:], *admissible)),
         Run(measure_identity, (TERMS,)), Run(measure_implied, ("orth",), replay),
         Certified(certify, (INSTANCES.name,)),
         Run(partial(measure_natural, claim="k6", functional_of=closed_form), (LEARNED.name,))),
        VARIABLES,
        (ORDERED,),
        ("k1", "k4"),
        POINT,
        derivation=(
            Step("two terms", "D' satisfies (ORTH), so by K1 the sign of f_adv is that of g'. Insert x'_n = x_n + "
                 "epsilon y'_n h; y'_n^2 = 1 makes the sum exact.",
                 r"\lambda'_ny'_n\langle\bar x_n+\varepsilon y'_nh,z\rangle=\lambda'_ny'_n\langle\bar x_n,z\rangle+"
                 r"\varepsilon\lambda'_n\langle h,z\rangle"),
            Step("entries", "Products of two points and squared norms change by at most 2 epsilon beta + epsilon^2 "
                 "H^2; norms fall by at most 2 epsilon beta."),
            Step("positive norms", "The inequality squares R_min^2 - 2 epsilon beta. It holds only where that is "
                 "positive: otherwise its left side is at least 2 epsilon beta and its right side is less.",
                 r"(R-e)\left(3N'(S+e)+\gamma^3(R-e)\right)>0,\quad e=2\varepsilon\beta,\ R=R_{\min}^2,\ S=R_{\max}^2"),
            Step("admissible", "Insert the bounds into (ORTH) of D'. An admissible epsilon stays so when it is made "
                 "smaller, so bisection finds the largest."),
            Step("orders", "Drop what is positive on the left and use R_min^2 - 2 epsilon beta <= R_min^2."),
        ),
        note="The inequality is sufficient; (ORTH) of D' itself may hold for larger epsilon and is not monotone (it "
        "holds again near a reflection, K9). That R_min^2 - 2 epsilon beta must be positive need not be assumed: it "
        "is a consequence. For the L_inf and L0 directions the sign of T_2 is that of <h, z>, which is positively "
        "aligned with g(z) (k4) but not equal to it. Inside (ORTH) the natural base leaves T_2 small: T_1 alone has "
        "the sign of g' on about 98 % of random z; the table shows both.",
    )  # fmt: skip


def natural() -> Claim:
    """theorem-4.2."""
    boundary = Part("boundary", text="a network trained on perturbed natural samples has the sign of T_1 + T_2 on at "
                    "least 99.5 % of random z, for L2, L_inf and L0(6) perturbations made from a trained network",
                    tex=r"\operatorname{sgn}f^{adv}(z)=\operatorname{sgn}\Big(\sum_n\lambda'_ny'_n\langle x_n,z\rangle+"
                        r"\varepsilon\Lambda'\langle h,z\rangle\Big)")  # fmt: skip
    return Claim(
        "theorem-4.2",
        Source("Theorem 4.2", "Section 4"),
        "Learning from perturbations of natural samples",
        (boundary,),
        (Run(_natural, (boundary.name,)),),
        hypotheses=(Condition("D satisfies (ORTH)"), Condition("D' satisfies (ORTH)"),
                    Condition("eta_n = epsilon y'_n h with a common h, y' random")),
        uses=("k0", "k1", "k6"),
        derivation=(Step("from K6", "The network reaches a KKT point of D' (k0), K1 gives the boundary, K6 its two "
                                    "terms."),),
        note=UNKNOWN + " For L2 the second term is epsilon Lambda' g(z)/||q||; for L_inf and L0 its sign is that of "
        "<h, z>. How much of T_2 the labels take back is k8.",
    )  # fmt: skip


def _natural(context: Context) -> Measurement:
    return measure_natural(context, "theorem-4.2", of_trained)


def noise() -> Claim:
    """theorem-4.4."""
    boundary = Part("boundary", text="a network trained on perturbed noise has the sign of T_1 + T_2 on at least 99.5 "
                    "% of random z, and labels every sample of D rightly, which it never saw",
                    tex=r"\operatorname{sgn}f^{adv}(z)=\operatorname{sgn}\Big(\sum_n\lambda'_ny'_n\langle X_n,z\rangle+"
                        r"\varepsilon\Lambda'\langle h,z\rangle\Big)")  # fmt: skip
    return Claim(
        "theorem-4.4",
        Source("Theorem 4.4", "Section 4"),
        "Learning from perturbations of noise",
        (boundary,),
        (Run(measure_noise, (boundary.name,)),),
        hypotheses=(Condition("D satisfies (ORTH)"), Condition("D' satisfies (ORTH)"),
                    Condition("X_n uniform on [-1, 1]^d, independent of D; eta_n = epsilon y'_n h with a common h, y' "
                              "random")),
        uses=("k0", "k1", "k6"),
        derivation=(Step("from K6", "The network reaches a KKT point of D' (k0), K1 gives the boundary, K6 its two "
                                    "terms."),
                    Step("coordinates", "Gradients stay in the span of the points, so training in coordinates of "
                         "span{x_n, X_n, h} is exact.")),
        note=UNKNOWN + " That the samples of D are labelled rightly is not part of the two-term form; it is what the "
        "theorem is for, and is measured at gamma = .9, N = 4, N' = 6, d = 120 000. The table shows the control, a "
        "network trained on the noise without perturbations, which is at chance.",
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims of this chapter; they do not depend on the setting."""
    return _claims()


@cache
def _claims() -> tuple[Claim, ...]:
    return learning(), natural(), noise()
