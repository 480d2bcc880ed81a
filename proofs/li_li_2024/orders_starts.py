"""Lemmas B.1 and D.3 as orders: the largest of m normals, and how wide a network "with high probability" needs."""

from typing import Any

from theorycheck.claim import Claim, Step
from theorycheck.domains import Variable, positive
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .orders_notation import order_claim, quantities

C = Variable("c", positive(), "the failure probability is to be at most k^(-c)")
STARTS = {
    "corr": "max_r <w_{i,r}, f> at the start, for any class i and feature f of it",
    "top": "the largest of all 2k m correlations at the start",
    "bottom": "the smallest of the 2k maxima over r",
    "tail": "e^(-t^2/2) at the upper threshold sigma_0 t",
    "above": "probability that top > sigma_0 t",
    "below": "probability that bottom <= sigma_0",
    "none": "probability that one group of m has no normal above sigma_0",
    "delta": "failure probability",
}
UPPER_D3 = (
    ("t = sqrt(2 (2+c) log k)", "tail ~ k**(-2-c)"),
    ("lemma-d.3, none large", "above <~ k*m*tail"),
    ("unless it fails", "top <~ sigma_0*sqrt(log(k))"),
)
LOWER_D3 = (
    ("lemma-d.3, none small", "below <~ k*none"),
    ("one group at t = 1", "log(1/none) >~ m"),
    ("unless it fails", "bottom >~ sigma_0"),
)


def lemma_b1() -> Claim:
    """The maximum is of the order of sigma, up to powers of log k."""
    own = {
        "M": "the largest of m independent N(0, sigma^2)",
        "sigma": "their standard deviation",
        "tail": "e^(-t^2/2) at t = log k",
        "above": "P(M > sigma log k)",
        "below": "P(M <= sigma)",
    }
    return order_claim(
        "lemma-b.1-order", Source("Lemma B.1", "Appendix B"), "The largest of m normals, as an order",
        {"size": "M = Thetatilde(sigma)", "above": "1/above >= superpoly(k)", "below": "1/below >= superpoly(k)"},
        ("m = polylog(k)", "m-above-log", ("e^(-t^2/2) at t = log k", "log(1/tail) ~ log(k)**2"),
         ("lemma-b.1, upper tail", "above <~ m*tail"), ("lemma-b.1, lower tail at t = 1", "log(1/below) >~ m"),
         ("unless it fails", "M <~ sigma*log(k)"), ("unless it fails", "M >~ sigma")),
        own=quantities(own), uses=("lemma-b.1",),
        derivation=(
            Step("above", "m e^(-t^2/2) with t = log k is below every 1/poly(k).", r"m\,e^{-(\log k)^2/2}"),
            Step("below", "e^(-cm) with m >> log k is below every 1/poly(k)."),
        ),
        note="The lower tail is taken at t = 1, where the bound of lemma-b.1 is e^(-0.12 m).",
    )  # fmt: skip


def lemma_d3() -> Claim:
    """All 2k features at once, with an explicit failure probability."""
    return order_claim(
        "lemma-d.3-order", Source("Lemma D.3", "Appendix D.1"), "Correlations at the start, as orders",
        {"size": "corr = Thetatilde(sigma_0)", "probability": "delta <~ k**(-c)"},
        ("m = polylog(k)", "m-above-log", *UPPER_D3, *LOWER_D3, "corr <~ top", "corr >~ bottom",
         ("union bound", "delta <~ above + below")),
        own=quantities(STARTS), symbols=(C,), uses=("lemma-d.3", "lemma-b.1-order"),
        sizes={"m": "log(k)**2", "sigma_0": "1/k"},
        derivation=(
            Step("above", "The union bound over 2km normals costs km; the threshold pays for it with k^(-2-c).",
                 r"km\,k^{-2-c}\ll k^{-c}"),
            Step("below", "The union bound over 2k groups costs k; e^(-cm) with m >> log k pays for any power of k."),
        ),
        note='"With high probability" means here: up to k^(-c), for any constant c fixed beforehand. m >> log k '
        "is needed, see lemma-d.3-order-any-width; m = polylog(k) alone allows a constant m.",
    )  # fmt: skip


def any_width() -> Claim:
    """The same for any m = polylog(k)."""
    own = {**STARTS, "none": "2^(-m), the probability that no normal of a group is positive",
           "delta": "probability that some of 2k groups has no positive correlation at the start"}  # fmt: skip
    return order_claim(
        "lemma-d.3-order-any-width", Source("Lemma D.3", "Appendix D.1"),
        "Correlations at the start, for any m = polylog(k)",
        {"probability": "delta << 1"},
        ("m", "m-at-least-one", ("2^(-m)", "log(1/none) ~ m"), "none <~ 1", "delta <~ 1",
         ("2k independent groups: 1 - (1-p)^(2k) >= min(1, 2kp)/2", "delta >~ min(1, k*none)")),
        own=quantities(own), uses=("lemma-d.3",), expected=Verdict.REFUTED, origin="finding",
        derivation=(
            Step("one group", "A group of m has no positive correlation with probability 2^(-m)."),
            Step("all", "Among 2k independent groups there is one with probability about min(1, k 2^(-m)); for m up to "
                 "log k this does not vanish, and such a feature is never learned.", r"\min(1,k2^{-m})"),
        ),
        note="The ray is a width with k 2^(-m) not small. The paper sets m = polylog(k); lemma-d.3-order has the width "
        "that the union over all classes needs.",
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """Both lemmas as orders, and the width that they need."""
    return lemma_b1(), lemma_d3(), any_width()
