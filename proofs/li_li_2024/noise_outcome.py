"""Lemmas E.7 and E.11, orders at the end, and Theorems E.1 and E.8 on noisy points."""

from theorycheck_simulations.setting import Setting

from theorycheck.checks.run import Run, Statistics
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.source import Source

from . import noise_outcome_runs as runs
from .theorems import RADIUS

NOISY = Condition("training on N noisy points, level 2, patches in random order", tex=r"\sigma_n>0")
QUIET = Condition(
    "sigma_0 sqrt(d) (finding-f4) and sigma_n are at most a fourth of B*, epsilon >= beta, and alpha > 2 epsilon",
    tex=r"\sigma_0\sqrt d,\ \sigma_n\le B^*/4,\quad\beta\le\epsilon<\alpha/2",
)
DENSER = Condition("non-robust patches are denser, for linf", tex=r"n_N\beta^q>n_R\alpha^q")
NOISE = Part("noise", text="|<w, xi>| <= (3/2) sigma_n |w| sqrt(2 log(2kmNP)) on all training noise",
             tex=r"|\langle w_{i,r},\xi_{n,p}\rangle|\le\tfrac32\,\sigma_n\|w_{i,r}\|\sqrt{2\log(2kmNP)}")  # fmt: skip
SPREAD = r"5\,\frac{\sigma_n B}{\beta\sqrt{M}}"


def lemma_e7() -> Claim:
    """Lemma E.7 with constants."""
    return Claim(
        "lemma-e.7", Source("Lemma E.7", "Appendix E.1.3"), "Where standard training on noisy points ends",
        (
            Part("robust", text="where the non-robust part of F_i led when F_i reached 1, and Lemma B.2 bounds max_r "
                 "A: max_r A(T) <= that bound + 5 sigma_n B/(beta sqrt(M)), M = n_N times the points of the class",
                 tex=r"\max_r A_{i,r}\le A_0\left(1-\theta(1+\kappa)^{2-q}\right)^{-1/(q-2)}+" + SPREAD),
            Part("non-robust", text="there max_r B(T) >= b, F_i = 1 at b, and in every class max_r B(T) <= "
                 "(1 - 1/q) rho/beta + log(1 + c'T)/(n_N beta)",
                 tex=r"b\le\max_r B_{i,r}\le\left(1-\tfrac1q\right)\tfrac\varrho\beta+\frac{\log(1+c'T)}{n_N\beta}"),
            Part("off-diagonal", text="every off-diagonal correlation is at most the largest at the start plus 5 "
                 "sigma_n B/(beta sqrt(M))", tex=r"\max_{j\ne i}\langle w_{i,r},f_j\rangle\le\max^{(0)}+" + SPREAD),
            NOISE,
        ),
        (Run(runs.measure_standard),), hypotheses=(NOISY,),
        uses=("lemma-e.3", "lemma-e.6", "lemma-b.2", "lemma-d.7", "lemma-d.11"),
        derivation=(
            Step("without noise", "A stays within the bound of Lemma B.2 (D.11), B grows like a logarithm once F_i >= "
                                  "1 (D.11), off-diagonal correlations only fall (D.7)."),
            Step("noise", "By Lemma E.2 a feature f also receives the sum of Phi <xi, f> over the M patches that carry "
                          "B/beta among them (lemma-e.6): standard deviation about sigma_n B/(beta sqrt(M)); five of "
                          "them are allowed.", r"\sum_{n,p}\Phi_{n,p}\langle\xi_{n,p},f\rangle"),
        ),
        note="The paper's A = O~(sigma_0) needs, besides, N n_N >= k (sigma_n B/(beta sigma_0))^2, so that the second "
        "term is no larger than sigma_0: with sigma_n = 1/sqrt(d) in 12 dimensions it is not. c' is that of Lemma D.11 "
        "at tau = 0.",
    )  # fmt: skip


def lemma_e11() -> Claim:
    """Lemma E.11 with constants."""
    return Claim(
        "lemma-e.11", Source("Lemma E.11", "Appendix E.2.3"), "Where adversarial training on noisy points ends",
        (
            Part("robust", text="max_r A reaches the linear part, (alpha - epsilon) A >= rho, with probability "
                 "1 - 2^(-m), the chance of a positive A(0); one that starts so but is not there at T is undecided",
                 tex=r"\Pr\left[(\alpha-\epsilon)\max_r A_{i,r}\ge\varrho\right]=1-2^{-m}"),
            Part("non-robust", text="sum_s B^q stays within 5/4 of its saturation level",
                 tex=r"\sum_s(B_{i,s})_+^q\le\tfrac54\,\frac{\varrho^{q-1}}{\tilde\eta\beta^{q-2}}"),
            Part("off-diagonal", text="every off-diagonal correlation is at most a tenth of the largest A",
                 tex=r"\max_{j\ne i}\langle w_{i,r},f_j\rangle\le\tfrac1{10}\max A"),
            NOISE,
        ),
        (Statistics(runs.measure_adversarial),), hypotheses=(NOISY, QUIET), uses=("lemma-e.10", "saturation-level"),
        derivation=(Step("phases", "As without noise: B saturates where the perturbed non-robust patch reaches 0, A "
                                   "goes on; noise is not memorised (lemma-e.10)."),),
        note="Trials are runs, of which class 0 is looked at. With sigma_n = 1/sqrt(d) in 12 dimensions, above B*, the "
        "row marked outside, sum B^q exceeds its level and off-diagonal correlations are no longer small: the paper's "
        "sigma_n = 1/sqrt(d) asks for d well above 1/B*^2.",
    )  # fmt: skip


def theorem_e1() -> Claim:
    """Theorem E.1 on noisy points."""
    return Claim(
        "theorem-e.1", Source("Theorem E.1", "Appendix E.1"), "Standard training on noisy points ends non-robust",
        (Part("bullets", text="all four bullets hold (training accuracy 1, non-robust feature learning and test "
              "accuracy at least .95, accuracy under the attack at most .1) in at least the share P^k of all runs, P "
              "the dominance probability; under the attack certified and attacked accuracy agree within .05",
              tex=r"\Pr[\text{all four}]\ge P^k"),),
        (Run(runs.measure_theorem_e1),), hypotheses=(NOISY, RADIUS),
        uses=("theorem-d.1", "lemma-e.7", "lemma-d.14"),
        derivation=(Step("put together", "Noise correlations are small (lemma-e.3) and not memorised (lemma-e.6), so "
                                         "the features end as in Theorem D.1."),),
        note="Robust accuracy is enclosed between what is certified and what an attack leaves, over all targets y'. "
        "Intervals of every bullet's share are in the table. Theorem 4.3 states the same for the main text.",
    )  # fmt: skip


def theorem_e8() -> Claim:
    """Theorem E.8 with the threat under which it holds."""
    return Claim(
        "theorem-e.8", Source("Theorem E.8", "Appendix E.2"), "Adversarial training on noisy points is robust in place",
        (
            Part("means", text="over all runs the means of training accuracy at X~, of certified training and test "
                 "accuracy under paper and under in-place perturbations, and of robust feature learning accuracy are 1 "
                 "(within .1); certified and attacked accuracy agree within .05 in every run",
                 tex=r"\forall\,\delta\in\text{paper}\cup\text{in-place},\ \|\delta\|_\infty\le\epsilon"),
            Part("linf", text="under all perturbations in the maximum norm accuracy is 0 (within .05)",
                 tex=r"\exists\,\|\delta\|_\infty\le\epsilon:\ F_y(X+\delta)\le\max_{j\ne y}F_j(X+\delta)"),
        ),
        (Run(runs.measure_theorem_e8),), hypotheses=(NOISY, QUIET, DENSER),
        uses=("lemma-e.11", "finding-f2", "robust-accuracy-interval"),
        derivation=(
            Step("robust", "Residual B gives an attack n_N s(epsilon B*) at most, while (alpha - epsilon) A wins on "
                           "the robust patches once A is in the linear part."),
            Step("linf", "With denser non-robust patches no network of this kind is robust in all coordinates "
                         "(finding-f2).")),
        note="The theorem says: all perturbations in the maximum norm. It holds for perturbations in place and for the "
        "attack of Theorem 4.3; in all coordinates of all patches every training point is fooled. The table "
        "has the shares of runs in which each bullet holds (every training point certified, and .95 for the others), "
        "with intervals. Runs without are those with a class that had no A(0) > 0, was coupled (finding-f5) or slow.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims on the end of training."""
    return lemma_e7(), lemma_e11(), theorem_e1(), theorem_e8()
