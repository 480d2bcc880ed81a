"""The phase transition, enclosed in balls: what is decided of a trajectory, and what is shown of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial

import numpy as np
from flint import arb, arb_mat
from theorycheck_simulations.certified.dynamics import correlations, maximum
from theorycheck_simulations.certified.file import document_of, text_of
from theorycheck_simulations.certified.run import CertifiedRun, certify
from theorycheck_simulations.certified.worst_case import THREATS, RobustShare, robust_share
from theorycheck_simulations.enclosure import Undecided, less
from theorycheck_simulations.setting import BadSetting, Setting

from theorycheck.balls import precision
from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Fact, Measurement
from theorycheck.errors import UserError
from theorycheck.evidence import Figure, Plot, Series, Table
from theorycheck.experiment import Trial

CLEAN = "no attack"
NAMES = (CLEAN, *THREATS)
PRECISIONS = (192, 768, 3072)  # where a filter feeds on both kinds of patches, balls may widen by a bit in a step
# The parts of the claim.
LEADS, SMALL = "standard: B leads", "standard: A stays small"
STANDARD_ENDS, ADVERSARIAL_ENDS = "standard: accuracy", "adversarial: accuracy"
SATURATES, PASSES, WINDOW = "adversarial: B saturates", "adversarial: A passes B", "adversarial: when predicted"
# Robust accuracy at the end, without attack and under each threat model.
STANDARD = {CLEAN: Fraction(1), "paper": Fraction(0), "in-place": Fraction(0), "linf": Fraction(0)}
ADVERSARIAL = {CLEAN: Fraction(1), "paper": Fraction(1), "in-place": Fraction(1, 5), "linf": Fraction(0)}


@dataclass(frozen=True)
class Instance:
    """A setting and the seed of its rational start, with the accuracies at the end of the two trainings."""

    setting: Setting
    seed: int
    standard: Mapping[str, Fraction]
    adversarial: Mapping[str, Fraction]


def accuracies_are(*values: Fraction | int) -> Mapping[str, Fraction]:
    """Accuracy without attack and under each threat model."""
    return {name: Fraction(value) for name, value in zip(NAMES, values, strict=True)}


INSTANCE = Instance(Setting.model_validate({}), 0, accuracies_are(1, 0, 0, 0),
                    accuracies_are(1, 1, Fraction(1, 5), 0))  # fmt: skip


@dataclass(frozen=True)
class Enclosed:
    """A certified run, judged with radius ``epsilon`` whatever it was trained with."""

    run: CertifiedRun
    epsilon: float

    @property
    def name(self) -> str:
        """Which algorithm it is."""
        return "adversarial" if self.run.setting.epsilon > 0 else "standard"

    @cached_property
    def accuracy(self) -> tuple[dict[str, RobustShare], ...]:
        """Without attack and under each threat model, at the end of every slice."""
        return tuple(accuracies(self.run.setting, one.weights, self.epsilon) for one in self.run.slices)

    def largest(self, weights: arb_mat) -> tuple[list[arb], list[arb]]:
        """max_r A_{i,r} and max_r B_{i,r} of every class."""
        A, B = correlations(self.run.setting, weights)
        return [maximum(row) for row in A], [maximum(row) for row in B]


def accuracies(setting: Setting, weights: arb_mat, epsilon: float) -> dict[str, RobustShare]:
    """Accuracy without attack, and robust accuracy under each threat model."""
    found = {CLEAN: robust_share(setting, weights, "in-place", 0.0)}
    return found | {name: robust_share(setting, weights, name, epsilon) for name in THREATS}


def enclosed(setting: Setting, seed: int, adversarial: bool,
             progress: Callable[[int, int], None] | None = None) -> Enclosed:
    """One of the two algorithms at ``setting``, from the same start. Raises `Undecided` if no precision was enough."""
    trained = setting if adversarial else setting.replace(epsilon=0.0)
    for bits in PRECISIONS[:-1]:
        try:
            return Enclosed(certify(trained, seed, bits=bits, progress=progress), setting.epsilon)
        except Undecided:
            continue
    return Enclosed(certify(trained, seed, bits=PRECISIONS[-1], progress=progress), setting.epsilon)


def standard_facts(found: Enclosed, expected: Mapping[str, Fraction]) -> tuple[Fact, ...]:
    """Standard training: B leads, A stays small, accuracies at the end."""
    run = found.run
    behind, small = run.since("ahead", truth=False), run.since("small")
    return (
        Fact(f"max_r B > max_r A to the end since steps {_steps(behind, run)}", max(behind) <= run.steps, LEADS),
        Fact(f"max_r A <= {run.levels.bound} in every class at every step", max(small) == 0, SMALL),
        *accuracy_facts(found, expected, STANDARD_ENDS),
    )  # fmt: skip


def adversarial_facts(found: Enclosed, expected: Mapping[str, Fraction]) -> tuple[Fact, ...]:
    """Adversarial training: B saturates, later A passes it for good and when predicted, accuracies at the end."""
    run = found.run
    saturated, ahead = run.since("saturated"), run.since("ahead")
    before = all(s < a for s, a in zip(saturated, ahead, strict=True))
    band = f"{run.levels.low} <= ratio <= {run.levels.high}"
    return (
        Fact(f"{band} to the end since steps {_steps(saturated, run)}", max(saturated) <= run.steps, SATURATES),
        Fact(f"max_r A >= max_r B to the end since steps {_steps(ahead, run)}", max(ahead) <= run.steps, PASSES),
        Fact("B saturates before A passes it in every class", before, PASSES),
        *(Fact(f"class {i}: step {step}, predicted between {low.str(5, radius=False)} and {high.str(5, radius=False)}",
               within(step, low, high), WINDOW)
          for i, (step, (low, high)) in enumerate(zip(ahead, passing_window(found), strict=True))),
        *accuracy_facts(found, expected, ADVERSARIAL_ENDS),
    )  # fmt: skip


def within(step: int, low: arb, high: arb) -> bool | None:
    """low < step < high; None where the balls leave it open."""
    above, below = less(low, arb(step)), less(arb(step), high)
    if above is False or below is False:
        return False
    return True if above and below else None


def accuracy_facts(found: Enclosed, expected: Mapping[str, Fraction], part: str) -> tuple[Fact, ...]:
    """Whether both ends of each accuracy at the end are what is expected."""

    def truth(share: RobustShare, value: Fraction) -> bool | None:
        if share.certified == share.attacked == value:
            return True
        return None if share.certified <= value <= share.attacked else False

    shares = [(name, found.accuracy[-1][name], value) for name, value in expected.items()]
    return tuple(Fact(f"accuracy at the end, {name}: in [{share.certified}, {share.attacked}], expected {value}",
                      truth(share, value), part) for name, share, value in shares)  # fmt: skip


def passing_window(found: Enclosed) -> list[tuple[arb, arb]]:
    """For every class the steps that A alone needs from max_r A(0) to the level at which B saturates.

    T = k rho^(q-1) / (eta (1 - 1/k) (q-2) n_R a^q) (A^(2-q) - b^(2-q)), b^q = rho^(q-1) / (eta~ beta^(q-2)), first with
    a = alpha, then with a = alpha - epsilon (infinite if that is not positive). nan for a class without A(0) > 0.
    """
    s, window = found.run.setting, []
    with precision(found.run.bits):
        knee = arb(s.rho) ** (s.q - 1)
        level = (knee / (arb(s.eta_tilde) * arb(s.beta) ** (s.q - 2))).root(s.q)
        strengths = (arb(s.alpha), arb(s.alpha) - arb(s.epsilon))
        for start in found.largest(found.run.slices[0].weights)[0]:
            way = start ** (2 - s.q) - level ** (2 - s.q) if start > 0 else arb.nan()
            scale = s.k * knee * way / (arb(s.eta) * (1 - arb(1) / s.k) * (s.q - 2) * s.n_R)
            low, high = (scale / a**s.q if a > 0 else arb.pos_inf() for a in strengths)
            window.append((low, high))
    return window


def measured(setting: Setting, seed: int, adversarial: bool, expected: Mapping[str, Fraction],
             progress: Callable[[int, int], None] | None = None, keep: bool = False) -> Measurement:
    """The facts about one algorithm; with ``keep`` the trajectory as a file."""
    name = "adversarial" if adversarial else "standard"
    try:
        found = enclosed(setting, seed, adversarial, progress)
    except Undecided as error:
        return Measurement((), failures=(f"{name}: {error}",))
    run, document = found.run, document_of(found.run)
    figures: dict[str, Figure] = {
        f"{name}: steps": run.steps, f"{name}: precision (bits)": run.bits, f"{name}: slices": len(run.slices) - 1,
        f"{name}: largest radius at the end": run.largest_radius(), f"{name}: pieces left open": run.straddles,
        f"{name}: SHA-256 of the trajectory": document["digest"],
    }  # fmt: skip
    facts = (adversarial_facts if adversarial else standard_facts)(found, expected)
    files = {f"trajectory-{name}.json": text_of(document)} if keep else {}
    return Measurement(facts, figures, (correlation_plot(found), accuracy_plot(found)), (class_table(found),),
                       files=files)  # fmt: skip


def certify_instance(instance: Instance, adversarial: bool, context: Context) -> Measurement:
    """The facts about one algorithm; the instance is the same for every context."""
    expected = instance.adversarial if adversarial else instance.standard
    return measured(instance.setting, instance.seed, adversarial, expected)


def measure_both(trial: Trial) -> Measurement:
    """Both algorithms at the trial's setting, with the trajectories as files.

    Only the accuracy without attack and under the paper's is judged: what the others come to depends on the setting.
    """
    total, parts = 2 * trial.setting.T, []
    for adversarial in (False, True):
        judged = {CLEAN: Fraction(1), "paper": Fraction(adversarial)}
        progress = partial(_advance, trial, trial.setting.T if adversarial else 0, total)
        try:
            parts.append(measured(trial.setting, trial.seed, adversarial, judged, progress, keep=True))
        except BadSetting as error:
            raise UserError(str(error)) from error
    one, other = parts
    return Measurement(
        (*one.outcomes, *other.outcomes), {**one.figures, **other.figures}, (*one.plots, *other.plots),
        (*one.tables, *other.tables), (*one.failures, *other.failures), {**one.files, **other.files},
    )  # fmt: skip


def correlation_plot(found: Enclosed) -> Plot:
    """max_r A and max_r B at the ends of the slices: mean over the classes, in the band of all of them."""
    kept = found.run.slices[1:]  # step 0 has no place on a logarithmic scale
    t = [float(one.stop) for one in kept]
    ends = [found.largest(one.weights) for one in kept]
    series = []
    for at, name in enumerate(("max_r A", "max_r B")):
        values = np.array([[float(x) for x in end[at]] for end in ends])
        series.append(Series(name, "line", t, values.mean(1).tolist(), values.min(1).tolist(), values.max(1).tolist()))
    return Plot(f"Correlations, {found.name} training", "t", "correlation", tuple(series), x_scale="log")


def accuracy_plot(found: Enclosed) -> Plot:
    """Accuracies at the ends of the slices: lower ends as the line, both as the band."""
    t = [float(one.stop) for one in found.run.slices[1:]]

    def series(name: str) -> Series:
        shares = [shares[name] for shares in found.accuracy[1:]]
        low, high = [float(s.certified) for s in shares], [float(s.attacked) for s in shares]
        return Series(name, "line", t, low, low, high)

    return Plot(f"Accuracy, {found.name} training", "t", "accuracy", tuple(map(series, NAMES)), x_scale="log")


def class_table(found: Enclosed) -> Table:
    """Every class: its start, its end, and the enclosed steps."""
    run = found.run
    start, end = found.largest(run.slices[0].weights), found.largest(run.weights)
    last, steps = found.accuracy[-1], [[_shown(t, run) for t in run.since(name)] for name in ("saturated", "ahead")]
    rows = tuple(
        (i, *(x.str(4, radius=False) for x in (start[0][i], start[1][i], end[0][i], end[1][i])), *(s[i] for s in steps),
         *("-".join(map(str, dict.fromkeys(last[name].decided[i]))) for name in NAMES))
        for i in range(run.setting.k)
    )  # fmt: skip
    heads = ("class", "max A(0)", "max B(0)", "max A(T)", "max B(T)", "saturated from", "A >= B from", *NAMES)
    return Table(f"Classes, {found.name} training", heads, rows)


def _advance(trial: Trial, before: int, total: int, done: int, _: int) -> None:
    trial.progress(before + done, total)


def _shown(step: int, run: CertifiedRun) -> int | str:
    return step if step <= run.steps else "never"


def _steps(steps: tuple[int, ...], run: CertifiedRun) -> str:
    return ", ".join(str(_shown(step, run)) for step in steps)
