"""Lemmas D.12 to D.14 and Theorem D.1 as orders: what standard training ends with."""

from theorycheck.claim import Claim, Step
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .orders_notation import REPAIRED, SIZES, STATED, order_claim, quantities

SIGMA = ("sigma_0", "d-large")
LOGS = ("m = polylog(k)", "rho = polylog(k)", *SIZES)
OUTCOME = quantities(
    {
        "off": "largest positive off-diagonal correlation",
        "F_y": "output of the label",
        "tau": "largest other output on X",
        "F_v": "output of the label on X_{F_NR}",
        "F_j": "another output on X_{F_NR}",
        "robust": "robust part of F_y under the attack",
        "rest": "off-diagonal part of any output under the attack",
        "target": "non-robust part of F_{y'} under the attack",
        "A_T": "max_r A_{i,r} at the end",
        "B_T": "max_r B_{i,r} at the end",
        "delta": "probability that the starts fail for some class",
        "starts": "failure probability of Lemma D.3",
        "ties": "probability that two leading filters of a class are too close",
    }
)
OFF = ("lemma-d.7-order", "off = Otilde(sigma_0)")
LARGE_B = ("lemma-d.11-order-non-robust", "B_T >~ rho/beta")
LABEL = ("one filter, s increasing", "F_y >~ n_N*rho*min(1, beta*B_T/rho)**q")
OTHER = ("m filters in the polynomial part", "tau <~ m*(n_R*(alpha*off)**q + n_N*(beta*off)**q)/rho**(q-1)")
LABEL_V = ("one filter, s increasing", "F_v >~ n_N*rho*min(1, beta*B_T/rho)**q")
OTHER_V = ("lemma-d.13, others", "F_j <~ m*n_N*(beta*off)**q/rho**(q-1)")
ATTACK = (
    ("lemma-d.11-order-robust", "A_T = Otilde(sigma_0)"),
    ("m filters in the polynomial part", "robust <~ m*n_R*(alpha*A_T)**q/rho**(q-1)"),
    ("off-diagonal, patches epsilon v_{y'}", "rest <~ m*(n_R*(alpha*off)**q + n_N*(epsilon*off)**q)/rho**(q-1)"),
    ("one filter, s increasing", "target >~ n_N*rho*min(1, epsilon*B_T/rho)**q"),
)
PROBABILITY = (("lemma-d.3-order with c = 1", "starts <~ 1/k"), ("lemma-d.10-order-single", "ties << 1"),
               ("union bound", "delta <~ starts + ties"))  # fmt: skip
FITTED, LEARNED, FOOLED = "tau << F_y", "F_j << F_v", "robust + rest << target"


def outcomes() -> tuple[Claim, ...]:
    """Lemmas D.12 to D.14."""
    by = {"lemma-d.11-order-non-robust", "lemma-d.11-order-robust", "lemma-d.7-order", "assumptions-order-repaired"}
    return (
        order_claim(
            "lemma-d.12-order", Source("Lemma D.12", "Appendix D.1.5"), "Standard accuracy is good, as orders",
            {"margin": FITTED}, (*LOGS, *SIGMA, OFF, LARGE_B, LABEL, OTHER), own=OUTCOME,
            uses=("lemma-d.12", *sorted(by)),
            derivation=(
                Step("label", "F_y >~ n_N rho, at least 1/polylog(k)."),
                Step("others", "A power q of sigma_0 times powers of log k.", r"F_j\le\tau\ll n_N\varrho\lesssim F_y"),
            ),
        ),
        order_claim(
            "lemma-d.13-order", Source("Lemma D.13", "Appendix D.1.5"), "Non-robust features are learned, as orders",
            {"margin": LEARNED}, ("m = polylog(k)", "rho = polylog(k)", "beta-polylog", *SIGMA, OFF, LARGE_B, LABEL_V,
                                  OTHER_V),
            own=OUTCOME, uses=("lemma-d.13", *sorted(by)),
            derivation=(Step("as D.12", "On non-robust patches alone both bounds keep their non-robust terms."),),
        ),
        order_claim(
            "lemma-d.14-order", Source("Lemma D.14", "Appendix D.1.5"), "The perturbation fools the network, as orders",
            {"margin": FOOLED},
            (*(name for name in LOGS if name != "beta-polylog"), *SIGMA, "radius", "sigma_n", "epsilon-above-beta", OFF,
             LARGE_B, *ATTACK), own=OUTCOME,
            uses=("lemma-d.14", *sorted(by)),
            derivation=(
                Step("label", "Only robust patches and off-diagonal terms are left: powers of sigma_0."),
                Step("target", "epsilon B >~ beta B >~ rho, so the target's output is of order n_N rho.",
                     r"F_{y'}\gtrsim n_N\varrho\gg F_y"),
            ),
            note="epsilon >= beta enters up to a constant only: the activation is compared by its order.",
        ),
    )  # fmt: skip


def theorem_d1() -> tuple[Claim, Claim]:
    """From the assumptions to the three statements, and from the assumptions as the paper has them."""
    where = Source("Theorem D.1", "Appendix D.1")
    goals = {"features": LEARNED, "accuracy": FITTED, "attack": FOOLED, "probability": "delta << 1"}
    steps = (OFF, LARGE_B, LABEL, OTHER, LABEL_V, OTHER_V, *ATTACK, *PROBABILITY)
    by = ("lemma-d.12-order", "lemma-d.13-order", "lemma-d.14-order", "lemma-d.3-order", "lemma-d.10-order-single")
    return (
        order_claim(
            "theorem-d.1-order", where, "Standard training ends at a non-robust network, as orders", goals,
            (*(name for name in REPAIRED if name not in ("eta_tilde", "N")), "sigma_0", *steps), own=OUTCOME,
            uses=("theorem-d.1", *by, "lemma-d.11-order-robust", "lemma-d.7-order", "assumptions-order-repaired"),
            derivation=(
                Step("sizes", "The repaired assumptions leave powers of log k for patches and strengths."),
                Step("put together", "Lemmas D.12, D.13 and D.14, for all classes with probability 1 - o(1)."),
            ),
            note="From the repaired assumptions. With a margin << the label or the target has the largest output from "
            "some k on.",
        ),
        order_claim(
            "theorem-d.1-order-as-stated", where, "Standard training under the assumptions as they stand", goals,
            (*STATED, "sigma_0", *steps), own=OUTCOME, uses=("finding-f3-order", *by), expected=Verdict.VACUOUS,
            origin="finding",
            derivation=(Step("no model", "Finding F3: the assumptions on the data contradict each other."),),
            note="Every conclusion follows from assumptions without a model, its negation too. Repaired: "
            "theorem-d.1-order.",
        ),
    )  # fmt: skip


def claims() -> tuple[Claim, ...]:
    """Lemmas D.12 to D.14 and Theorem D.1 as orders."""
    return *outcomes(), *theorem_d1()
