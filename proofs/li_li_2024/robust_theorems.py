"""Theorems D.15 and 4.4: what adversarial training ends with, under the attack of Theorem 4.3."""

from theorycheck.checks.run import Run
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.source import Source

from .robust_theorem_runs import measure_noisy, measure_theorem

ATTACK = r"\delta_p=-\beta_pv_y+\varepsilon v_{y'}\ (p\in\mathcal J_{NR}),\quad\delta_p=0\ (p\in\mathcal J_R)"
SCOPE = Condition("denser non-robust features within the radius, robust ones beyond; one ascent step on -F_y",
                  tex=r"n_N\beta^q>n_R\alpha^q,\quad\beta\le\varepsilon<\alpha")  # fmt: skip


def theorem_d15() -> Claim:
    """Theorem D.15 from uncoupled starts."""
    return Claim(
        "theorem-d.15",
        Source("Theorem D.15", "Appendix D.2"),
        "Adversarial training without noise learns robust features",
        (
            Part(
                "robust features",
                text="robust feature learning accuracy is 1, and in every class with twice the later end of T_A within "
                "T, max_r A is beyond rho/alpha at T",
                tex=r"\max_rA_{i,r}^{(T)}\ge\varrho/\alpha",
            ),
            Part(
                "robust accuracy",
                text="these classes withstand the attack of Theorem 4.3 towards every other class, certified",
                tex=ATTACK,
            ),
        ),
        (Run(measure_theorem, ("robust features", "robust accuracy")),),
        hypotheses=(
            Condition("adversarial training without noise, level 1", tex=r"\sigma_n=0"),
            SCOPE,
            Condition("uncoupled starts: every filter along one own feature, and one with A > 0 and one with B > 0 in "
                      "every class"),
            Condition("the robust part is expected to outgrow the residual attack within T/2",
                      tex=r"\frac{n_N\varepsilon^q}{q\tilde\eta\beta^{q-2}}<\log\Bigl(1+\tfrac\eta k(k-1)"
                      r"(n_R(\alpha-\varepsilon))^2\tfrac T2\Bigr)"),
        ),
        uses=("lemma-d.21", "phase-two-time", "lemma-d.27", "lemma-d.28"),
        derivation=(
            Step("put together", "B stops at its level and A goes on (Section 5.2); then robust features are learned "
                 "(D.27), and once A is large enough for the residual B the attack fails (D.28)."),
        ),
        note="The paper starts from random weights and says with high probability. Without noise that is not so in "
        "all classes: one needs a positive A(0), and in some the same filter leads in both features and is attacked "
        "along v on its robust patches. The table counts how often a random class ends as stated. In-place accuracy, "
        "which the table shows too, needs more: lemma-d.28. Under linf at most one class is robust: theorem-4.4-linf.",
    )  # fmt: skip


def theorem_44() -> Claim:
    """Theorem 4.4 on noisy data, under the attack of Theorem 4.3."""
    return Claim(
        "theorem-4.4",
        Source("Theorem 4.4", "Section 4"),
        "Adversarial training converges to robust global minima",
        (
            Part(
                "medians",
                text="of the median seed, training accuracy at the adversarial examples of training is 1 (within .02); "
                "robust feature learning accuracy, test accuracy and certified accuracy under the attack of Theorem "
                "4.3, on training and test points, are 1 (within .05); accuracy under linf is 0 (within .05)",
                tex=ATTACK,
            ),
        ),
        (Run(measure_noisy, ("medians",)),),
        hypotheses=(
            Condition("adversarial training on N noisy points, as many of each class, level 2, noise small against B*",
                      tex=r"\sigma_n>0"),
            SCOPE,
            Condition("weights start small", tex=r"\sigma_0\sqrt d\ll B_*"),
        ),
        uses=("theorem-d.15", "theorem-4.4-linf"),
        derivation=(Step("noise", "Noise memorisation loses the race against features that all points of a class "
                         "share; then as Theorem D.15."),),
        note="The theorem's 1 - o(1) at finite size, with tolerances fixed beforehand; medians, because now and then "
        "filters of a class are coupled and do not learn its robust feature (the table counts the seeds). Two of the "
        "paper's bullets are about every perturbation of the ball; those hold for the attack of Theorem 4.3 and fail "
        "for linf. Certified accuracy is a lower bound, accuracy under linf an upper one.",
    )  # fmt: skip
