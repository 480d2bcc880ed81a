"""The phase transition of Section 5 for one explicit instance: a computer-assisted proof."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial

from theorycheck_simulations.certified.file import FORMAT, read, recheck
from theorycheck_simulations.setting import Setting

from theorycheck.checks.certified import Certified
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.experiment import Experiment
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .phase_transition_runs import (
    ADVERSARIAL_ENDS,
    INSTANCE,
    LEADS,
    PASSES,
    SATURATES,
    SMALL,
    STANDARD_ENDS,
    WINDOW,
    Instance,
    certify_instance,
    measure_both,
)

CONSTANTS = ("k", "d", "m", "n_R", "n_N", "alpha", "beta", "q", "rho", "sigma_0", "eta", "T", "epsilon", "eta_tilde")
RATIO = r"\frac{\tilde\eta\,\beta^{q-2}}{\varrho^{q-1}}\sum_r(B_{i,r})_+^q"


def phase_transition(instance: Instance = INSTANCE) -> Claim:
    """What the two trainings of the instance come to."""
    shown = ", ".join(f"{name} = {getattr(instance.setting, name)}" for name in CONSTANTS)
    return Claim(
        "phase-transition",
        Source("Phase transition", "Sections 5.1 and 5.2, Theorems 4.3 and 4.4, one instance"),
        "From non-robust to robust features, certified",
        (
            Part(
                LEADS,
                text="from some step on until T, max_r B > max_r A in every class",
                tex=r"\max_rB_{i,r}^{(t)}>\max_rA_{i,r}^{(t)}",
            ),
            Part(
                SMALL,
                text="max_r A <= 1/40 in every class at every step from 0 to T",
                tex=r"\max_rA_{i,r}^{(t)}\le\tfrac1{40}",
            ),
            Part(
                STANDARD_ENDS,
                text=f"at T it is {_listed(instance.standard)}",
            ),
            Part(
                SATURATES,
                text="from some step on until T, sum_r (B)_+^q lies between 92 % and 100 % of the predicted level "
                "rho^(q-1)/(eta~ beta^(q-2)) in every class",
                tex=rf"\tfrac{{23}}{{25}}\le{RATIO}\le1",
            ),
            Part(
                PASSES,
                text="from a later step on until T, max_r A >= max_r B in every class",
                tex=r"\max_rA_{i,r}^{(t)}\ge\max_rB_{i,r}^{(t)}",
            ),
            Part(
                WINDOW,
                text="that step lies between the times that A alone takes from its start to the level at which B "
                "saturates, with strength alpha and with strength alpha - epsilon",
                tex=r"T(\alpha)<t<T(\alpha-\epsilon),\quad T(a)=\frac{k\varrho^{q-1}}{\eta(1-1/k)(q-2)n_Ra^q}"
                r"\Bigl(A^{2-q}-b^{2-q}\Bigr),\quad b^q=\frac{\varrho^{q-1}}{\tilde\eta\,\beta^{q-2}}",
            ),
            Part(
                ADVERSARIAL_ENDS,
                text=f"at T it is {_listed(instance.adversarial)}",
            ),
        ),
        (
            Certified(partial(certify_instance, instance, False), (LEADS, SMALL, STANDARD_ENDS)),
            Certified(partial(certify_instance, instance, True), (SATURATES, PASSES, WINDOW, ADVERSARIAL_ENDS)),
        ),
        hypotheses=(
            Condition(f"training on the noiseless population at {shown}, every constant the exact value of its float; "
                      "standard training has epsilon = 0"),
            Condition(f"W(0) is the start of seed {instance.seed}, rounded to multiples of 2^-20"),
            Condition("the attacks at T have radius epsilon"),
        ),
        expected=Verdict.CERTIFIED,
        origin="exact",
        derivation=(
            Step("one step", "Weights are balls that contain the exact ones; each operation of a step rounds outwards. "
                 "A ball inside one piece of s, or of the clip, decides it; one that is not is taken through the union "
                 "of both pieces."),
            Step("every step", "At every step the balls decide, for each class, which of max_r A and max_r B is larger "
                 "and on which side of its bounds each quantity lies."),
            Step("slices", "At the end of a slice the balls are made a little larger and the run continues from those, "
                 "so each slice can be run again by itself."),
            Step("accuracy", "For a target j, F_y - F_j is a sum over patches. On a box each summand is at least a "
                 "linear function (tangents for the label's filters, chords for the target's), so branch and bound "
                 "gives a proof or an attack."),
        ),
        note="Certified means: by Arb's ball arithmetic and this program; no proof kernel re-checks it. It is about "
        "this instance alone. The simulation of the same name writes the trajectory, whose slices can be run again one "
        "by one and in any order.",
    )  # fmt: skip


def _listed(accuracy: Mapping[str, Fraction]) -> str:
    return ", ".join(f"{value} under {name}" for name, value in accuracy.items())


EXPERIMENT = Experiment(
    "phase-transition",
    "Standard and adversarial training enclosed in balls",
    "Both trainings of the noiseless population from the seed's start rounded to multiples of 2^-20, every step in "
    "outward-rounded balls. Judged: in standard training $B$ leads to the end, $A$ stays below 1/40, and accuracy is 1 "
    "without attack and 0 under the paper's; in adversarial training $B$ saturates, then $A$ passes it when predicted, "
    "and accuracy is 1 without attack and under the paper's. In-place and linf accuracy is shown. The two trajectories "
    "are written as files, of which each slice can be run again by itself.",
    measure_both,
)


def open_trajectory(text: str) -> tuple[int, Callable[[int], str]]:
    """The number of slices of a trajectory file, and what says what is wrong with one; raises ValueError."""
    run = read(text)
    return len(run.slices), partial(recheck, run)


RECHECKS = {FORMAT: open_trajectory}


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claim of this chapter; it has its own setting."""
    return (phase_transition(),)
