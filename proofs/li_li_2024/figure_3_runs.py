"""The runs of Figure 3: both trainings from the same starts, and what is judged of them."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.changepoint import ChangePoints, change_points
from theorycheck_simulations.figure_3 import (
    Accuracies,
    Course,
    drawn,
    first_time,
    learnable,
    measure_accuracies,
    over_classes,
    record_times,
    starts,
    train_course,
)
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.status import Status

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement, Outcome
from theorycheck.experiment import Trial, trial_of

from . import figure_3_predictions as theory

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
RECORDS = 90
ACCURACY = 0.05  # allowed of an accuracy that is predicted to be 0 or 1: less than a step of 1/(k - 1) for k <= 20
LEAST_RECORDS = 8  # beyond the first, for a line with two bends
SIGNALS = ("robust", "non-robust")


@dataclass(frozen=True)
class Both:
    """Both algorithms from the same R starts. Classes are (R, k); ``seed`` for what is resampled."""

    setting: Setting
    seed: int
    standard: Course
    adversarial: Course
    looked: tuple[Accuracies, Accuracies] = field(repr=False)

    @property
    def courses(self) -> tuple[tuple[str, Course, Accuracies], ...]:
        """Name, course and accuracies of each algorithm."""
        return (("standard", self.standard, self.looked[0]), ("adversarial", self.adversarial, self.looked[1]))

    @property
    def t(self) -> NDArray[np.int64]:
        """The recorded steps (n,)."""
        return self.standard.t

    @cached_property
    def started(self) -> tuple[Bools, Bools]:
        """Whether a class starts with something positive in u, and in v."""
        return learnable(self.setting, self.standard.weights[:, 0])

    @cached_property
    def live(self) -> Bools:
        """Classes that start with both, of runs that stayed finite: those that curves are means over."""
        finite = (self.standard.status != Status.NON_FINITE) & (self.adversarial.status != Status.NON_FINITE)
        return np.asarray(self.started[0] & self.started[1] & finite[:, None])

    @cached_property
    def unforeseen(self) -> tuple[str, ...]:
        """Why nothing is predicted, if so."""
        scope = theory.out_of_scope(self.setting)
        if scope:
            return scope
        s = self.setting
        if self.t.size <= LEAST_RECORDS or theory.saturation_time(s, s.sigma_0, theory.SETTLED) > s.T:
            return (f"T = {s.T}: too few steps for B to settle at its level",)
        return () if self.foreseen.any() else (f"T = {s.T}: A cannot be expected to pass B in any class of these runs",)

    @cached_property
    def foreseen(self) -> Bools:
        """Classes that the predictions are about; meaningful where the setting is in scope."""
        return self.live & theory.foreseen(self.setting, self.adversarial.A[:, 0], self.adversarial.B[:, 0])

    @cached_property
    def share(self) -> Floats:
        """(R, n, k) sum_r (B_{i,r})_+^q of adversarial training in units of its predicted level."""
        total = (np.maximum(self.adversarial.B, 0) ** self.setting.q).sum(axis=-1)
        return np.asarray(total / theory.saturation(self.setting))

    @cached_property
    def T_B(self) -> Floats:
        """(R, k) when sum_r B^q first comes to half its level, NaN if it does not."""
        return first_time(self.t, self.share - theory.HALF)

    @cached_property
    def T_A(self) -> Floats:
        """(R, k) when max_r A first passes B*, NaN if it does not."""
        return first_time(self.t, self.adversarial.A.max(axis=-1) - theory.saturation_strength(self.setting))

    @cached_property
    def bends(self) -> dict[tuple[str, str], ChangePoints]:
        """Change points of log max_r A and log max_r B against log t, by algorithm and signal; none of short runs."""
        found = {}
        floor = self.setting.sigma_0 / 100  # where the mean is not positive, as can be with other activations
        for name, course, _ in self.courses if self.t.size > LEAST_RECORDS else ():
            for signal, correlations in zip(SIGNALS, (course.A, course.B), strict=True):
                curves = np.log(np.maximum(over_classes(correlations.max(axis=-1), self.live)[:, 1:], floor))
                found[name, signal] = change_points(np.log(self.t[1:]), curves, self.seed)
        return found


def train_both(trial: Trial) -> Both:
    """Both trainings, at as many looks as the profile asks for."""
    s: Setting = trial.setting
    runs, looks = trial.count(5, 10, 40), trial.profile.pick(8, 24, 60)
    t = record_times(s.T, RECORDS)
    at = np.unique(np.round(np.linspace(0, t.size - 1, min(looks, t.size))).astype(int))
    total, done = 2 * runs * (t.size - 1 + at.size), 0

    def tell(pieces: int) -> None:
        nonlocal done
        done += pieces
        trial.progress(done, total)

    W0 = starts(s, trial.seed, runs)
    courses = [train_course(s, W0, t, adversarial=adversarial, seed=trial.seed, progress=tell)
               for adversarial in (False, True)]  # fmt: skip
    seen = drawn(s, trial.seed, runs, "test") if s.sigma_n > 0 else (s,) * runs
    found = [measure_accuracies(course, seen, at, s.epsilon, progress=tell) for course in courses]
    return Both(s, trial.seed, courses[0], courses[1], (found[0], found[1]))


def measure(trial: Trial) -> Measurement:
    """Trains, measures, compares with what is predicted."""
    from . import figure_3_shown as shown

    both = train_both(trial)
    bad = sum(int((course.status == Status.NON_FINITE).sum()) for _, course, _ in both.courses)
    failures = [f"{bad} runs did not stay finite"] if bad else []
    if not both.live.any():
        failures.append("no class to look at: each is dead, without anything positive to learn from, or not finite")
        return Measurement((), shown.figures(both), tables=(shown.classes(both),), failures=tuple(failures))
    with np.errstate(over="ignore", invalid="ignore"):  # of huge weights: what becomes infinite or NaN never agrees
        outcomes = (*always(both), *([] if both.unforeseen else foreseen(both)))
        return Measurement(
            outcomes, shown.figures(both), shown.plots(both), shown.tables(both), tuple(failures)
        )  # fmt: skip


def always(both: Both) -> list[Outcome]:
    """What must hold in every setting."""
    slack = []
    for _, _, seen in both.courses:
        slack += [seen.clean - seen.low["in-place"], seen.high["in-place"] - seen.low["linf"]]
        if both.setting.epsilon >= both.setting.beta:
            slack.append(seen.high["paper"] - seen.low["linf"])
    values = np.concatenate([part[np.isfinite(part)] for part in slack])
    found: list[Outcome] = [Invariant("a stronger attack leaves less accuracy: linf, in-place, none", values)]
    if both.setting.epsilon == 0 or both.setting.eta_tilde == 0:
        first, second = (course.weights[np.isfinite(course.weights)] for _, course, _ in both.courses)
        found.append(Agreement("no attack in training: weights of both algorithms", first, second, 0.0, absolute=True))
    return found


def foreseen(both: Both) -> list[Outcome]:
    """What Section 5.2 predicts of the median of the classes that it is about: in some, the filters that learn u and v
    come to be coupled."""
    about = both.foreseen
    early, late = theory.passing_bracket(both.setting, both.adversarial.A[:, 0].max(axis=-1)[about])
    T_A = np.median(np.where(np.isnan(both.T_A), np.inf, both.T_A)[about])
    found: list[Outcome] = [
        Agreement("sum_r B^q at T over its level, median class", np.ones(1),
                  np.array([np.median(both.share[:, -1][about])]), theory.TOLERANCE),
        Invariant("T_A within its bracket, median class", np.array([T_A - np.median(early), np.median(late) - T_A])),
    ]  # fmt: skip
    return [*found, phases(both), *accuracies(both)]


def accuracies(both: Both) -> list[Outcome]:
    """Of the median class under the paper's attack at T: 0 where v won every race, 1 where u came up in time."""
    s = both.setting
    won = both.live & theory.non_robust_wins(s, both.standard.A[:, 0], both.standard.B[:, 0])
    wanted = [("standard", 0.0, won & won.all(axis=1, keepdims=True)),
              ("adversarial", 1.0, both.foreseen & theory.outgrows_attack(s))]  # fmt: skip
    found: list[Outcome] = []
    for (name, value, about), seen in zip(wanted, both.looked, strict=True):
        if about.any():
            middle = np.array([np.median(seen.low["paper"][:, -1][about])])
            found.append(Agreement(f"{name} training: accuracy of the median class under the paper's attack at T",
                                   np.array([value]), middle, ACCURACY, absolute=True))  # fmt: skip
    return found


def phases(both: Both) -> Invariant:
    """Who leads at the change points of the mean curves: B at the end of Phase I, A at the end of Phase II."""
    bends, means = both.bends, []
    for part in (both.adversarial.A, both.adversarial.B):
        means.append(over_classes(part.max(axis=-1), both.foreseen).mean(axis=0)[1:])
    one, two = (np.argmin(np.abs(np.log(both.t[1:]) - bends["adversarial", signal].line.knots[1]))
                for signal in ("non-robust", "robust"))  # fmt: skip
    A, B = means
    return Invariant("B leads where its growth ends, A leads where its growth ends",
                     np.array([B[one] - A[one], A[two] - B[two]]))  # fmt: skip


def measure_claim(context: Context) -> Measurement:
    """The experiment at the user's setting where the theory speaks about it, otherwise at the paper's default."""
    trial = trial_of(context)
    if theory.out_of_scope(trial.setting):
        trial = Trial(Setting.model_validate({}), trial.profile, trial.seed)
    return measure(trial)
