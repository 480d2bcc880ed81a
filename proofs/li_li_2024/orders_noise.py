"""Appendix E in orders: sizes of the noise correlations, Lemmas E.3, E.4 and E.10."""

from theorycheck_simulations.setting import Setting

from theorycheck.claim import Claim, Step
from theorycheck.orders.language import Quantity
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import orders_noise_race
from .orders_ascent import SIZES, A, B
from .orders_noise_race import LENGTH, NOISE, POINTS
from .orders_notation import Hypothesis, order_claim

WITHOUT_ORDERS: dict[str, str] = {
    "lemma-e.2": "an identity of vectors: start, features and noise vectors",
    "lemma-e.9": "an identity of vectors, with the directions of the ascent",
}
START, OFF = Quantity("noise_0", "any", "largest <w(0), xi>"), Quantity("off", "any", "off-diagonal correlation")
SIZE: tuple[Hypothesis, ...] = (
    ("length of a filter: outside the features, other classes' features, own ones",
     "length <~ sigma_0*sqrt(d) + sqrt(k)*off + A + B"),
    ("lemma-d.21-order", "off = Otilde(sigma_0)"), "d >~ k",
)  # fmt: skip
BOUND: Hypothesis = ("lemma-e.3, lemma-e.10", "noise <~ sigma_n*length*sqrt(log(k*m*N*P))")
FLOOR: tuple[Hypothesis, ...] = (("finding-e.3", "noise >~ sigma_n*length"), ("own features", "length >~ A + B"))


def lemma_e3() -> tuple[Claim, ...]:
    """Lemma E.3: O~(sigma_0 sigma_n sqrt(d)) at all times, from sigma_0 = 1/sqrt(d)."""
    source, own = Source("Lemma E.3", "Appendix E.1.2"), (A, B, OFF, NOISE, START, LENGTH)
    ends: tuple[Hypothesis, ...] = (("lemma-d.11", "B = polylog(k)"), ("lemma-d.11", "A = Otilde(1)"))
    begin: Hypothesis = ("lemma-e.3-start", "noise_0 ~ sigma_0*sigma_n*sqrt(d)*sqrt(log(k*m*N*P))")
    return (
        order_claim(
            "lemma-e.3-order", source, "Order of the noise correlations in standard training",
            {
                "start": "noise_0 = Otilde(sigma_0*sigma_n*sqrt(d))",
                "all times": "noise = Otilde(sigma_0*sigma_n*sqrt(d))",
                "small in the end": "noise << beta*B",
            },
            (*SIZES, *POINTS, "sigma_0", "sigma_n", *SIZE, BOUND, begin, *ends), own,
            uses=("lemma-e.3", "lemma-e.3-start"),
            derivation=(
                Step("start", "The logarithm of the number of pairs is polylogarithmic."),
                Step("all times", "sigma_0 sqrt(d) = 1, so filters are longer than at the start by a polylogarithm at "
                     "most."),
                Step("small", "sigma_n = 1/sqrt(d) is below every polylogarithm's inverse."),
            ),
        ),
        order_claim(
            "lemma-e.3-order-any-scale", source, "The same order from any scale of the weights",
            {"all times": "noise = Otilde(sigma_0*sigma_n*sqrt(d))"},
            (*SIZES, *POINTS, ("any start up to Xavier's", "sigma_0 <~ 1/sqrt(d)"), "sigma_n", *SIZE, BOUND, *FLOOR,
             *ends), own, uses=("finding-e.3",), expected=Verdict.REFUTED, origin="finding",
            derivation=(Step("where it fails", "Learnt features make a filter of length polylog(k), whatever sigma_0 "
                             "is."),),
            note="Right with the filter's length for sigma_0 sqrt(d).",
        ),
        order_claim(
            "lemma-e.3-order-beside-features", source, "Noise correlations are small beside the feature's at the start",
            {"small": "noise_0 << beta*B_0"},
            (*SIZES, *POINTS, "sigma_0", "sigma_n", "d >~ k", "radius", "epsilon-above-beta", begin,
             ("lemma-d.3-order", "B_0 >~ sigma_0"), ("lemma-d.3-order", "B_0 <~ sigma_0*sqrt(log(k))")),
            (START, Quantity("B_0", "any", "max_r B at the start")),
            uses=("lemma-e.3-start", "lemma-d.3-order"), expected=Verdict.REFUTED, origin="finding",
            derivation=(Step("where it fails", "|xi| is 1, no less than beta: a noise vector is as good a direction as "
                             "the feature until the feature has been learnt."),),
            note="Small means small against polylog(k) here, and beside the feature only from the time that B has "
            "grown (lemma-e.3-order). What keeps noise back is the number of points (lemma-e.5-order).",
        ),
    )  # fmt: skip


OWN, CROSS = Quantity("own", "any", "what a patch's own noise adds"), Quantity("cross", "any", "what all others add")
GAIN = Quantity("gain", "any", "size of what <w, xi> gains in a step")
CROSS_FEATURE: Hypothesis = ("the feature that patches share is little in the way",
                             "N*(n_N*beta + n_R*alpha)*sqrt(log(k*m*N*P)) << k*sigma_n*d")  # fmt: skip
MEMORISED = Quantity("memorised", "any", "Phi |xi|^2")


def lemma_e4() -> tuple[Claim, ...]:
    """Lemma E.4: the own term alone, with Theta."""
    source = Source("Lemma E.4", "Appendix E.1.2")
    own = (GAIN, OWN, CROSS, Quantity("gap", "any", "1 - logit"), Quantity("slope", "any", "largest s' at a patch"))
    step: tuple[Hypothesis, ...] = (
        ("lemma-e.4", "gain <~ own + cross"), ("lemma-e.4", "gain + cross >~ own"),
        ("own noise, |xi|^2 ~ sigma_n^2 d", "own ~ eta*gap*slope*sigma_n**2*d/N"),
        ("overlaps with features and with other noise", "cross <~ eta*gap*slope*sigma_n*sqrt(log(k*m*N*P))*"
         "((n_N*beta + n_R*alpha)/k + P*sigma_n*sqrt(d))"),
    )  # fmt: skip
    return (
        order_claim(
            "lemma-e.4-order", source, "Order of a noise correlation's step in high dimension",
            {"own term": "gain ~ eta*gap*slope*sigma_n**2*d/N"},
            (*step, CROSS_FEATURE, ("noise vectors are nearly orthogonal",
                                    "N*P*sqrt(log(k*m*N*P)) << sqrt(d)")), own, uses=("lemma-e.4",),
            derivation=(Step("cross", "Both kinds of overlap are then o(own)."),),
            note="The overlap with noise of others is bounded by the sum of absolute values; with signs about "
            "sqrt(N P) of them remain.",
        ),
        order_claim(
            "lemma-e.4-order-as-printed", source, "Order of a noise correlation's step, as printed",
            {"own term": "gain ~ eta*gap*slope*sigma_n**2*d/N"},
            (*step, *SIZES, *POINTS, "sigma_n", "d", "d >~ k", "eta"), own, uses=("lemma-e.4",),
            expected=Verdict.REFUTED, origin="finding",
            derivation=(
                Step("what the paper states", "The own term with Theta, without the terms of other patches."),
                Step("where it fails", "All patches of a class share its feature, whose overlap with xi is about "
                     "sigma_n: N n_N beta/k of them add up in step and outweigh |xi|^2 unless N is below k sqrt(d)."),
            ),
        ),
        order_claim(
            "finding-e.4-order", Source("Finding on Lemmas E.3 and E.4", "Appendix E.1.2"),
            "A step of the own term alone and noise of the stated order exclude each other",
            {"stated": "memorised << sigma_0*sigma_n*sqrt(d)"},
            (
                CROSS_FEATURE, "m-at-least-one", ("lemma-e.6: their sum over a class is b/beta",
                                                  "memorised >~ k*sigma_n**2*d*B/(N*n_N*beta)"),
                ("lemma-e.3 with a constant", "memorised <~ sigma_0*sigma_n*sqrt(d)"),
                ("a feature as long as the start", "sigma_0*sqrt(d) <~ B"),
            ), (MEMORISED, B), uses=("lemma-e.4-order", "lemma-e.6"), expected=Verdict.VACUOUS, origin="finding",
            derivation=(Step("chain", "N n_N beta << k sigma_n d, so memorised noise is >> sigma_n B >= sigma_n "
                             "sigma_0 sqrt(d).", r"\Phi\|\xi\|^2\gtrsim\frac{k\sigma_n^2d}{Nn_N\beta}B\gg\sigma_nB"),),
            note="With fewer points than k sqrt(d) noise is memorised beyond its order at the start, with more of them "
            "the step is not the own term. A polylogarithm, as O~ has it, leaves a window around N = k sqrt(d).",
        ),
    )  # fmt: skip


def lemma_e10() -> tuple[Claim, ...]:
    """Lemma E.10 and its conflict with finding F4."""
    source, own = Source("Lemma E.10", "Appendix E.2.2"), (A, B, OFF, NOISE, LENGTH)
    learnt: tuple[Hypothesis, ...] = (("lemma-d.26-order", "A = polylog(k)"), ("lemma-d.24-order", "B <~ A"))
    f4: Hypothesis = ("finding-f4-order", "sigma_0*sqrt(d) << B")
    return (
        order_claim(
            "lemma-e.10-order", source, "Order of the noise correlations in adversarial training",
            {"all times": "noise = Otilde(sigma_n*(1 + sigma_0*sqrt(d)))", "small": "noise << alpha*A"},
            (*SIZES, *POINTS, ("weights no longer than Xavier's", "sigma_0 <~ 1/sqrt(d)"), "sigma_n", *SIZE, BOUND, f4,
             *learnt), own, uses=("lemma-e.10", "lemma-d.26-order"),
            derivation=(
                Step("length", "A filter is as long as the features that it has learnt, a polylogarithm."),
                Step("small", "alpha A is at least the inverse of one, and sigma_n = 1/sqrt(d)."),
            ),
            note="The repaired form of the paper's O~(sigma_0 sigma_n sqrt(d)).",
        ),
        order_claim(
            "lemma-e.10-order-as-printed", source, "Order of the noise correlations under attack, as printed",
            {"all times": "noise = Otilde(sigma_0*sigma_n*sqrt(d))"},
            (*SIZES, *POINTS, "sigma_n", *SIZE, BOUND, *FLOOR, f4, *learnt), own,
            uses=("lemma-e.10", "finding-e.3", "finding-f4-order"), expected=Verdict.REFUTED, origin="finding",
            derivation=(Step("where it fails", "Adversarial training needs sigma_0 sqrt(d) << B (finding-f4-order), "
                             "and features grow to a polylogarithm: noise is sigma_n A, not sigma_n sigma_0 "
                             "sqrt(d)."),),
        ),
        order_claim(
            "finding-e.3-order", Source("Finding on Lemmas E.3 and E.10", "Appendix E"),
            "Noise of the order of the start, small weights, and a learnt robust feature exclude each other",
            {"stated": "noise << sigma_n*A"},
            (("lemma-e.10 with a constant", "noise <~ sigma_0*sigma_n*sqrt(d)"),
             ("finding-e.3", "noise >~ sigma_n*A"), f4, ("lemma-d.24-order", "B <~ A")), (NOISE, A, B),
            uses=("finding-e.3", "finding-f4-order", "lemma-d.24-order"), expected=Verdict.VACUOUS, origin="finding",
            derivation=(Step("chain", "sigma_n A <= noise <= sigma_n sigma_0 sqrt(d) << sigma_n B <= sigma_n A.",
                             r"\sigma_nA\lesssim\text{noise}\lesssim\sigma_n\sigma_0\sqrt d\ll\sigma_nB\lesssim"
                             r"\sigma_nA"),),
            note="With O~ for O there is a window, sigma_0 sqrt(d) between A/polylog and B; it is empty once B is "
            "smaller than A by more than a polylogarithm. Repair: lemma-e.10-order.",
        ),
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The orders of Appendix E."""
    return (*lemma_e3(), *lemma_e4(), *lemma_e10(), *orders_noise_race.claims())
