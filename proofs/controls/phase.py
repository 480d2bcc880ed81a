"""Planted errors in the certified phase transition, on an instance small enough to be enclosed in a second."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from theorycheck_simulations.certified.run import LEVELS, Levels, certify
from theorycheck_simulations.enclosure import Undecided
from theorycheck_simulations.setting import Setting

from theorycheck.checks.certified import Certified
from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Fact, Measurement
from theorycheck.claim import Claim
from theorycheck.verdict import Verdict

from ..li_li_2024 import phase_transition as chapter
from ..li_li_2024 import phase_transition_runs as runs
from .control import Control, control, planted, twin

SMALL = runs.Instance(
    Setting.model_validate({"k": 2, "d": 4, "m": 5, "n_N": 63, "eta": 0.03, "T": 800}), 1,
    runs.accuracies_are(1, 0, 0, 0), runs.accuracies_are(1, 1, Fraction(1, 2), 0),
)  # fmt: skip
Facts = tuple[Fact, ...]
CAUGHT = ("certified",)


def half(name: str) -> Claim:
    """What the claim says about one of the two trainings."""
    whole = chapter.phase_transition(SMALL)
    parts = tuple(part for part in whole.parts if part.name.startswith(name))
    checks = tuple(check for check in whole.checks if set(check.covers) == {part.name for part in parts})
    return twin(replace(whole, parts=parts, checks=checks), f"phase-{name}", expected=Verdict.CERTIFIED)


def judged(facts: Callable[[runs.Enclosed], Facts], levels: Levels = LEVELS, bits: int = 192,
           **changes: Any) -> Certified:
    """A check that judges a run at a changed setting, at other levels, or at another precision."""

    def certified(context: Context) -> Measurement:
        try:
            run = certify(SMALL.setting.replace(**changes), SMALL.seed, levels=levels, bits=bits)
        except Undecided as error:
            return Measurement((), failures=(str(error),))
        return Measurement(facts(runs.Enclosed(run, SMALL.setting.epsilon)))

    return Certified(certified)


def standard(found: runs.Enclosed) -> Facts:
    return runs.standard_facts(found, SMALL.standard)


def adversarial(found: runs.Enclosed) -> Facts:
    return runs.adversarial_facts(found, SMALL.adversarial)


def robust_everywhere(found: runs.Enclosed) -> Facts:
    """Accuracy 1 under every threat model."""
    return runs.adversarial_facts(found, runs.accuracies_are(1, 1, 1, 1))


def window_exchanged(found: runs.Enclosed) -> Facts:
    """The times with alpha and alpha - epsilon in each other's place."""
    steps = zip(found.run.since("ahead"), runs.passing_window(found), strict=True)
    others = tuple(fact for fact in adversarial(found) if fact.part != runs.WINDOW)
    return (*others, *(Fact("exchanged", runs.within(step, high, low), runs.WINDOW) for step, (low, high) in steps))


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the certified phase transition."""
    calm, attacked, conflict = half("standard"), half("adversarial"), Verdict.CONFLICT
    return (
        control(calm, "phase-attacked", "Standard training under attack", "the run is that of adversarial training.",
                CAUGHT, conflict, checks=(judged(standard),)),
        control(calm, "phase-not-dense", "Standard training with an eighth of the non-robust patches",
                "the robust feature wins.", CAUGHT, conflict, checks=(judged(standard, epsilon=0.0, n_N=8),)),
        control(calm, "phase-bound", "A bound below the start", "A starts above 1/100.", CAUGHT, conflict,
                checks=(judged(standard, Levels(bound=Fraction(1, 100)), epsilon=0.0),)),
        control(attacked, "phase-no-attack", "Adversarial training without its attack", "B does not saturate.",
                CAUGHT, conflict, checks=(judged(adversarial, epsilon=0.0),)),
        control(attacked, "phase-radius", "Adversarial training with twice the radius", "A stays behind.",
                CAUGHT, conflict, checks=(judged(adversarial, epsilon=2.0),)),
        control(attacked, "phase-exponent", "Adversarial training with q + 1 for q", "the level is another.",
                CAUGHT, conflict, checks=(judged(adversarial, q=4),)),
        control(attacked, "phase-overshoot", "B saturates above the predicted level", "it stays below.", CAUGHT,
                conflict, checks=(judged(adversarial, Levels(Fraction(1), Fraction(27, 25))),)),
        control(attacked, "phase-window", "T(alpha - epsilon) < t < T(alpha)", "the two times are exchanged.", CAUGHT,
                conflict, checks=(judged(window_exchanged),)),
        control(attacked, "phase-robust", "Accuracy 1 under every threat model", "an attack in the ball succeeds.",
                CAUGHT, conflict, checks=(judged(robust_everywhere),)),
        control(attacked, "phase-precision", "The run at 16 bits", "the balls leave comparisons open.", CAUGHT,
                Verdict.INCONCLUSIVE, checks=(judged(adversarial, bits=16),)),
        control(attacked, "phase-nothing", "An enclosure of nothing", "without a fact nothing is certified.", CAUGHT,
                Verdict.INCONCLUSIVE, checks=(judged(lambda found: ()),)),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
