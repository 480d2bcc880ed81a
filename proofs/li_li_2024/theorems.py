"""Theorems D.1 and 4.3: what standard training ends with."""

from theorycheck.checks.run import Run, Statistics
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.source import Source

from .outcome_runs import measure_noisy, measure_theorem

NOISELESS = Condition("standard training without noise, level 1", tex=r"\sigma_n=0")
REACH = Condition("10 sigma_0 <= b and eta n_N beta^q b^(q-2)/(k rho^(q-1)) <= 1/2, b the level of B at which F_i = 1")
RADIUS = Condition("the radius is 1.2 beta", tex=r"\epsilon=1.2\,\beta")


def theorem_d1() -> Claim:
    """Theorem D.1, its "with high probability" replaced by the number."""
    return Claim(
        "theorem-d.1",
        Source("Theorem D.1", "Appendix D.1"),
        "Standard training without noise ends at a non-robust network",
        (
            Part(
                "shares",
                text="with the dominance probability P, and independently for each class, the class learns its "
                "non-robust feature first and is right at T on X and on X_{F_NR}; "
                "the attack towards a class that did so succeeds",
                tex=r"P(A_{\max}<S^{-1/(q-2)}B_{\max},\ B_{\max}>0)",
            ),
        ),
        (Statistics(measure_theorem, ("shares",)),),
        hypotheses=(NOISELESS, REACH, RADIUS),
        uses=("lemma-d.12", "lemma-d.13", "lemma-d.14", "dominance-probability"),
        derivation=(
            Step(
                "put together",
                "A class whose non-robust feature wins the race (dominance-probability) is right (D.12), also on "
                "non-robust patches alone (D.13), and is fooled (D.14).",
            ),
        ),
        note="The paper's high probability is P to the power k for all classes at once, which tends to 1 only if "
        "S^(1/(q-2)) tends to 0 or m grows suitably. Trials are runs: "
        "class 0, attacked towards class 1. If class 1 did not learn its non-robust feature first, while class 0 did, "
        "small numbers decide the attack: undecided.",
    )


def theorem_43() -> Claim:
    """Theorem 4.3 on noisy data."""
    return Claim(
        "theorem-4.3",
        Source("Theorem 4.3", "Section 4"),
        "Standard training converges to non-robust global minima",
        (
            Part(
                "means",
                text="over seeds, training accuracy is 1 (within .02), non-robust feature learning accuracy and test "
                "accuracy are 1 (within .05), "
                "and accuracy under the attack is 0 (within .1)",
                tex=r"\delta_p=-\beta_p v_y+\epsilon v_{y'}\ (p\in\mathcal J_{NR}),\quad\delta_p=0\ (p\in\mathcal J_R)",
            ),
        ),
        (Run(measure_noisy, ("means",)),),
        hypotheses=(
            Condition("training on N noisy points, level 2, n_N beta^q well above n_R alpha^q", tex=r"\sigma_n>0"),
            RADIUS,
        ),
        uses=("theorem-d.1", "weight-decomposition"),
        derivation=(
            Step(
                "noise",
                "Noise memorisation loses the race against features that all points of a class share; then as Theorem "
                "D.1.",
            ),
        ),
        note="The theorem's 1 - o(1) and o(1) at finite size, with tolerances fixed beforehand. Attacked accuracy is "
        "an upper bound on robust accuracy.",
    )
