"""Appendix E, training on noisy points: the weights as sums over patches, and how their coefficients grow."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.identity import Identity
from theorycheck.checks.measurement import Measurement
from theorycheck.checks.run import Run
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.source import Source

from . import noise_outcome, noise_race, noise_small
from .dynamics import LOSS, gradient_parts
from .measurements import to_rounding
from .noise_grids import NOISY_NETWORK
from .noise_updates import decomposed, decomposed_under_attack, phi_steps
from .updates import Compared

NOISY = Condition("training on N noisy points, level 2", tex=r"\sigma_n>0")
SUM = r"w^{(t)}_{i,r}=w^{(0)}_{i,r}+\sum_j\left(a^{(t)}_{i,r,j}u_j+b^{(t)}_{i,r,j}v_j\right)+\sum_{n,p}"
PHI = (
    r"\Phi^{(t+1)}_{i,r,n,p}=\Phi^{(t)}_{i,r,n,p}+\tfrac{\eta}{N}\left(\mathbf 1[y_n=i]-\mathrm{logit}_i(X_n)\right)"
    r"s'(\langle w^{(t)}_{i,r},x_{n,p}\rangle)"
)


Compare = Callable[[Setting, int], Sequence[Compared]]


class CompareSteps(Protocol):
    """Compares every step of a run, of standard or of adversarial training."""

    def __call__(self, setting: Setting, seed: int, adversarial: bool) -> Sequence[Compared]: ...


def lasting(context: Context) -> tuple[Setting, ...]:
    """The settings with as many steps as the profile asks for."""
    return tuple(setting.replace(T=context.profile.pick(40, 150, 300)) for setting in NOISY_NETWORK)


def measure_decomposition(context: Context, compare: Compare = decomposed) -> Measurement:
    """Lemma E.2."""
    return to_rounding("w(T) - w(0), features and noise apart", "lemma-e.2", lasting(context), compare, context)


def measure_attacked(context: Context, compare: Compare = decomposed_under_attack) -> Measurement:
    """Lemma E.9."""
    return to_rounding("w(T) - w(0) under attack", "lemma-e.9", lasting(context), compare, context)


def measure_updates(context: Context, compare: CompareSteps = phi_steps) -> Measurement:
    """Lemma E.4, and the same under attack."""
    name, kinds = "every step of Phi and of <w, xi>", (("standard", False), ("under attack", True))
    found = []
    for kind, attacked in kinds:
        steps = partial(compare, adversarial=attacked)
        found.append(to_rounding(f"{name}, {kind}", "lemma-e.4", lasting(context), steps, context))
    return Measurement(
        tuple(outcome for one in found for outcome in one.outcomes),
        found[0].figures,
        tables=tuple(table for one in found for table in one.tables),
        failures=tuple(failure for one in found for failure in one.failures),
    )


def lemma_e2() -> Claim:
    """Lemma E.2: the weights are the start, features and noise vectors."""
    return Claim(
        "lemma-e.2", Source("Lemma E.2", "Appendix E.1.1"), "Weight decomposition for standard training",
        (Part("identity", text="w(t) is w(0), plus combinations of the features, plus the sum of Phi xi over all noise "
              "vectors; a_j is alpha times the sum of Phi over the robust patches of class j, b_j beta times that over "
              "the others", tex=SUM + r"\Phi^{(t)}_{i,r,n,p}\,\xi_{n,p},\quad a_{i,r,j}=\alpha\sum_{y_n=j,\,p\in"
              r"\mathcal J_R}\Phi_{i,r,n,p}"),),
        (Run(measure_decomposition),), hypotheses=(NOISY,), uses=("weight-decomposition",), origin="exact",
        derivation=(Step("split every patch", "x_{n,p} is its feature plus xi_{n,p}; collect by feature."),),
        note="Measured to rounding in eleven settings with sigma_n = 1/sqrt(d).",
    )  # fmt: skip


def lemma_e4() -> Claim:
    """Lemma E.4: how Phi and <w, xi> change in a step."""
    parts = gradient_parts()
    return Claim(
        "lemma-e.4", Source("Lemma E.4", "Appendix E.1.2"), "Noise correlation update",
        (Part("along runs", text="Phi+ = Phi + (eta/N)(1[y_n = i] - logit_i(X_n)) s'(<w_{i,r}, x_{n,p}>), and <w, xi> "
              "gains the sum of these increments times the overlaps <x_{n',p'}, xi>", tex=PHI), *parts),
        (Run(measure_updates, ("along runs",)), Identity(tuple(part.name for part in parts))), LOSS, (NOISY,),
        ("activation-clamp", "lemma-5.1"), {"F_y": 1, "F_j": 0, "R": 3, "z": "1/4", "rho": "1/2"}, origin="exact",
        derivation=(
            Step("loss", "The gradient of -log softmax with respect to output i is logit_i - 1[y_n = i]."),
            Step("chain rule", "That of F_i with respect to w_{i,r} is the sum of s'(<w, x_{n,p}>) x_{n,p}, divided by "
                               "N in the mean over the points.", PHI),
            Step("own and other terms", "The patch itself contributes its increment times |xi|^2 + <f, xi>, f its "
                                        "feature part; the rest are cross terms, bounded in lemma-e.3.")),
        note="Phi only grows where y_n = i and only falls elsewhere. The paper keeps the own term with Theta and drops "
        "the cross terms; here stands the whole sum. Measured at every step of standard and of adversarial training, "
        "with x~ for x in the latter, against a formula that shares no code with the training.",
    )  # fmt: skip


def lemma_e9() -> Claim:
    """Lemma E.9: under attack, besides, the directions of the ascent."""
    return Claim(
        "lemma-e.9", Source("Lemma E.9", "Appendix E.2.1"), "Weight decomposition for adversarial training",
        (Part("identity", text="w(t) is w(0), plus combinations of the features, plus the sum of Phi xi, plus every "
              "step's increments of Phi times its perturbations x~ - x", tex=SUM + r"\Phi^{(t)}_{i,r,n,p}\,\xi_{n,p}+"
              r"\sum_{s<t}\sum_{n,p}\left(\Phi^{(s+1)}_{i,r,n,p}-\Phi^{(s)}_{i,r,n,p}\right)"
              r"\left(\tilde x^{(s)}_{n,p}-x_{n,p}\right)"),),
        (Run(measure_attacked),), hypotheses=(NOISY, Condition("Phi gains the coefficients of the gradient at X~")),
        uses=("lemma-e.2", "lemma-e.4"), origin="exact",
        derivation=(Step("split every patch", "x~_{n,p}(s) is its feature, xi_{n,p} and the perturbation of step s."),),
        note="Phi is summed up by the training, the perturbations and their coefficients step by step by a formula "
        "that shares no code with it.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims of Appendix E."""
    return (lemma_e2(), lemma_e4(), lemma_e9(), *noise_small.claims(setting), *noise_race.claims(setting),
            *noise_outcome.claims(setting))  # fmt: skip
