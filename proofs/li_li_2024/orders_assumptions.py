"""Assumptions 2.3 and B.3 as orders of magnitude: what they say together, finding F3, and the repaired assumptions."""

from typing import Any

from theorycheck.claim import Claim, Step
from theorycheck.domains import Variable, real
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .orders_notation import GROWING, REPAIRED, STATED, order_claim, q

DENSITY = Variable("gamma", real(0), "by how much a smaller exponent than q is meant")
POWER = Variable("c", real(0), "a power of k that d is to beat")
BOTH = Source("Assumptions 2.3 and B.3", "Section 2.2 and Appendix B")


def assumption_2_3() -> Claim:
    """Denser with exponent q is denser with every smaller one, and so more patches."""
    return order_claim(
        "assumption-2.3-order", Source("Assumption 2.3", "Section 2.2"), "Stronger and denser, as orders",
        {"smaller exponents": "n_N*beta**(q-gamma) >> n_R*alpha**(q-gamma)", "more patches": "n_N >> n_R"},
        ("alpha >> beta", "denser"), symbols=(q, DENSITY), uses=("assumption-2.3",),
        derivation=(
            Step("divide", "Divide the denser condition by beta^gamma and use (alpha/beta)^gamma >~ 1."),
            Step("no exponent", "gamma = q leaves n_N >> n_R.", r"n_N\gg n_R"),
        ),
        note="Written for patches of equal strength in each group; assumption-2.3 reduces the sums to their extreme "
        "terms. gamma is the distance of the exponent from q, any real number >= 0.",
    )  # fmt: skip


def assumption_b3() -> Claim:
    """What the sizes of Assumption B.3 mean for a data point."""
    kept = ("N", "sigma_n", "radius", "alpha-above-epsilon", "epsilon-above-beta", "sigma_0", "d-large", "m")
    return order_claim(
        "assumption-b.3-order", Source("Assumption B.3", "Appendix B"), "Sizes of a data point, as orders",
        {"radius": "epsilon ~ 1", "robust patches": "alpha >> 1", "non-robust patches": "beta <~ 1",
         "noise": "sigma_n*sqrt(log(k*d*N*P)) << alpha", "starts": "m*k**c*sigma_0 << 1"},
        (*kept, "P <= poly(k)"), symbols=(POWER,), uses=("assumption-b.3",),
        derivation=(
            Step("radius", "sigma_n sqrt(d) = 1.", r"\epsilon=\Theta(\sigma_n\sqrt d)=\Theta(1)"),
            Step("noise", "The largest of k d N P normals exceeds sigma_n times the root of a logarithm only with a "
                 "probability that is as small as wanted; sigma_n is a negative power of k."),
            Step("starts", "d is a large polynomial, larger than the powers that it has to beat."),
        ),
        note="The scale of the initial weights is Xavier's, 1/sqrt(d).",
    )  # fmt: skip


def finding_f3() -> tuple[Claim, Claim]:
    """The contradiction of the orders, and what holds without a constant number of patches."""
    more: dict[str, Any] = {"uses": ("assumption-b.3", "finding-f3"), "origin": "finding"}
    return (
        order_claim(
            "finding-f3-order", BOTH, "The orders of the assumptions contradict each other",
            {"more patches": "n_N >> n_R"}, STATED, expected=Verdict.VACUOUS,
            derivation=(
                Step("chain", "n_N beta^q >> n_R alpha^q >~ alpha^q >> epsilon^q >~ beta^q, so n_N >> 1; but n_N <~ P "
                     "and P is constant.", r"1\gtrsim P\gtrsim n_N\gg n_R(\alpha/\beta)^q\gtrsim 1"),
            ),
            note="P = Theta(1), n_R >= 1, alpha >> epsilon >= beta and the denser condition have no model: no sequence "
            "of sizes satisfies them. Every statement under these assumptions holds for want of a model. Any one of "
            "the conditions in the core may be given up; the smallest change is to let P grow.",
            **more,
        ),
        order_claim(
            "finding-f3-order-repaired", BOTH, "With a growing number of patches the assumptions have a model",
            {"more patches": "n_N >> n_R*(alpha/beta)**q", "all patches": "P ~ n_N", "growing": "P >> 1",
             "how many": "P >> (alpha/epsilon)**q"},
            GROWING, expected=Verdict.PROVED,
            derivation=(
                Step("divide", "Divide the denser condition by beta^q; with alpha >> beta this is more than n_R."),
                Step("count", "P ~ n_R + n_N ~ n_N, as n_R << n_N."),
            ),
            note="All other conditions of Assumptions 2.3 and B.3 are kept; the ray of the non-vacuity check is a "
            "model of them. The price is that the number of patches outgrows (alpha/epsilon)^q.",
            **{**more, "uses": ("finding-f3-repaired",)},
        ),
    )  # fmt: skip


def repaired() -> Claim:
    """All repairs together have a model, and they fix the sizes up to powers of log k."""
    return order_claim(
        "assumptions-order-repaired", BOTH, "The repaired assumptions and the sizes they leave",
        {"patches": "n_N = polylog(k)", "robust patches": "n_R = polylog(k)", "ratio": "alpha = Otilde(beta)",
         "robust strength": "alpha = polylog(k)", "non-robust strength": "beta = polylog(k)",
         "implies denser": "n_N*beta**q >> n_R*alpha**q"},
        REPAIRED, uses=("finding-f3-order-repaired", "finding-f7"), origin="finding",
        derivation=(
            Step("patches", "n_N <~ log(k)/rho is at most a power of log k."),
            Step("ratio", "(alpha/beta)^q << n_N/n_R <~ n_N.", r"(\alpha/\beta)^q\ll n_N\le\mathrm{polylog}(k)"),
            Step("strengths", "alpha >> epsilon ~ 1 and beta <~ epsilon ~ 1 bound alpha from below, beta from above; "
                 "the ratio bounds the other sides."),
        ),
        note="Finding F3 lets n_N grow, the condition of Lemma D.10 (finding F7) stops it at log(k)/rho, and Lemma D.9 "
        "needs the denser condition with a margin of (log k)^((q-2)/2). These leave room: rho = 1/polylog(k) is small "
        "enough. The later order claims use the sizes shown here.",
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The assumptions as orders; they do not depend on the setting."""
    return assumption_2_3(), assumption_b3(), *finding_f3(), repaired()
