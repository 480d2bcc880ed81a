"""Runs through the phases of adversarial training: where B stops, and when A and B reach their levels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.adversarial import AdversarialRuns, train_adversarials
from theorycheck_simulations.population import diagonal
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.status import Status

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Invariant, Measurement, Outcome
from theorycheck.evidence import Figure, Table

from . import adversarial_predictions as theory
from .ascent_offdiagonal_runs import uncoupled_start
from .ascent_updates import LARGEST_PATH
from .figure_3_predictions import saturation
from .measurements import LEAST_SETTINGS, described, noiseless, seed_of
from .phases_grids import PHASES

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
SHARE = 1 / 8  # T_B is when sum_r B^q has come to this share of its level: for q = 3 one filter is at half of its own
RECORDS = 40
# A step rounds at 2^-52 of its value and an early error grows by (z_t/z_0)^(q-2): over 2*10^4 steps some 10^-9 at most.
ROUNDING = 1e-8


@dataclass(frozen=True)
class Phases:
    """Runs at level 1, with what the statements need of them; arrays (R, k) unless it is said otherwise."""

    setting: Setting
    runs: AdversarialRuns

    @cached_property
    def start(self) -> tuple[Floats, Floats]:
        """A_{i,r}(0) and B_{i,r}(0) as (R, k, m)."""
        k = self.setting.k
        return diagonal(self.runs.W0[..., :k]), diagonal(self.runs.W0[..., k : 2 * k])

    @cached_property
    def A_0(self) -> Floats:
        """max_r A_{i,r}(0)."""
        return np.asarray(self.start[0].max(axis=-1))

    @cached_property
    def B_0(self) -> Floats:
        """max_r B_{i,r}(0)."""
        return np.asarray(self.start[1].max(axis=-1))

    @cached_property
    def filters(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many filters start with A > 0, and with B > 0."""
        A, B = self.start
        return (A > 0).sum(axis=-1), (B > 0).sum(axis=-1)

    @cached_property
    def open(self) -> Bools:
        """Where both features have something to grow from, and B starts below its level."""
        return (self.A_0 > 0) & (self.B_0 > 0) & (total(self.setting, self.start[1]) < 1)

    @cached_property
    def A(self) -> Floats:
        """max_r A at the recorded steps, (R, n, k)."""
        return np.asarray(diagonal(self.runs.weights[..., : self.setting.k]).max(axis=-1))

    @cached_property
    def filled(self) -> Floats:
        """sum_r B^q over its level at the recorded steps, (R, n, k)."""
        k = self.setting.k
        return total(self.setting, diagonal(self.runs.weights[..., k : 2 * k]))

    @cached_property
    def B(self) -> Floats:
        """max_r B at the recorded steps, (R, n, k)."""
        k = self.setting.k
        return np.asarray(diagonal(self.runs.weights[..., k : 2 * k]).max(axis=-1))

    @property
    def T_A(self) -> Floats:
        """First t with max_r A at its level; infinite if that is not within T."""
        return np.where(self.runs.A_step >= 0, self.runs.A_step, np.inf)

    def failures(self) -> tuple[str, ...]:
        """What to report of runs that did not stay finite."""
        bad = int((self.runs.status == Status.NON_FINITE).sum())
        return (f"{bad} runs did not stay finite at {described(self.setting)}",) if bad else ()


def total(setting: Setting, B: Floats) -> Floats:
    """sum_r (B_{i,r})_+^q over its level rho^(q-1)/(eta~ beta^(q-2)), for B (..., m)."""
    return np.asarray((np.maximum(B, 0) ** setting.q).sum(axis=-1) / saturation(setting))


def uncoupled(context: Context, claim: str, setting: Setting, count: int, *, stride: int | None = None,
              level: float | None = None) -> Phases:
    """`count` runs from uncoupled starts, keyed by claim, setting and number."""
    W0 = np.stack([uncoupled_start(setting, seed_of(context, claim, setting, str(n))) for n in range(count)])
    each = max(1, setting.T // RECORDS) if stride is None else stride
    return Phases(setting, train_adversarials(setting, W0=W0, stride=each, level_A=level))


def settings_of(context: Context, fixed: tuple[Setting, ...] = PHASES) -> tuple[tuple[Setting, ...], Figure]:
    """The fixed settings, with the user's own where the statements apply to it, and what to say of it."""
    own = noiseless(context)
    reasons = theory.out_of_scope(own)
    return (fixed, "; ".join(reasons)) if reasons else ((*fixed, own), "included")


@dataclass(frozen=True)
class Timed:
    """Of the classes that a statement is about: measured times and their ends, further slacks by name, all (n,)."""

    setting: Setting
    classes: int
    early: Floats
    measured: Floats
    late: Floats
    slacks: dict[str, Floats]
    failures: tuple[str, ...] = ()


def timed(phases: Phases, early: Floats, late: Floats, chosen: Bools, slacks: Callable[[Bools], dict[str, Floats]],
          measured: Floats | None = None) -> Timed:
    """The chosen classes, chosen by the predictions alone: those that must be through by T."""
    when = phases.T_A if measured is None else measured
    keep = chosen & (late <= phases.setting.T)
    return Timed(phases.setting, int(phases.A_0.size), early[keep], when[keep], late[keep], slacks(keep),
                 phases.failures())


def level_reached(context: Context, claim: str, setting: Setting, level: float) -> Timed:
    """T_A at a level, B <= its bound at all recorded times, and A >= B from T_A on where the level is B's bound."""
    phases = uncoupled(context, claim, setting, context.profile.pick(2, 5, 30), level=level)
    chosen = phases.open & (level > phases.A_0)
    early, late = theory.robust_bracket(setting, np.where(chosen, phases.A_0, level), phases.filters[0], level)
    top = theory.highest(setting)

    def slacks(keep: Bools) -> dict[str, Floats]:
        later = phases.runs.t[None, :, None] >= phases.T_A[:, None, :]
        ahead = np.where(later, phases.A - phases.B, np.inf).min(axis=1)
        below = 1 - phases.filled.max(axis=1) * saturation(setting) / top**setting.q
        found = {"sum_r B^q within its level, at all times": below[keep]}
        return {**found, "max_r A - max_r B from T_A on": ahead[keep]} if level >= top else found

    return timed(phases, early, late, chosen, slacks)


def first_share(context: Context, claim: str, setting: Setting) -> Timed:
    """T_B, and max_r A there against its bound."""
    count = context.profile.pick(2, 5, 30)
    probe = uncoupled(context, claim, setting.replace(T=1), count, stride=0)
    bound = theory.robust_bound(setting, probe.A_0, probe.B_0, SHARE)
    chosen = probe.open & np.isfinite(bound) & (total(setting, probe.start[1]) < SHARE)
    inside = np.where(chosen, bound, 0)
    start = np.where(chosen, probe.B_0, theory.share_level(setting, SHARE))
    early, late = theory.nonrobust_bracket(setting, start, inside, probe.filters, SHARE)
    chosen &= late <= min(setting.T, LARGEST_PATH // probe.runs.W0.size)
    horizon = setting.replace(T=int(late[chosen].max()) + 1 if chosen.any() else 1)
    W0 = probe.runs.W0
    phases = Phases(horizon, train_adversarials(horizon, W0=W0, stride=1))
    reached = phases.filled >= SHARE
    when = np.where(reached.any(axis=1), reached.argmax(axis=1), phases.setting.T + 1)
    at = np.minimum(when, phases.setting.T)
    A = np.take_along_axis(phases.A, at[:, None, :], axis=1)[:, 0]
    slack = {"bound - max_r A at T_B, over the bound": (bound * (1 + ROUNDING) - A)[chosen] / bound[chosen]}
    return Timed(setting, int(probe.A_0.size), early[chosen], when[chosen].astype(float), late[chosen], slack,
                 phases.failures())


def judged_times(found: Sequence[Timed], name: str, said: Figure) -> Measurement:
    """Every measured time between its ends, and every further slack."""
    slacks: dict[str, list[Floats]] = {}
    for one in found:
        for key, value in one.slacks.items():
            slacks.setdefault(key, []).append(value)
    early, late = (np.concatenate([one.measured - one.early for one in found]),
                   np.concatenate([one.late - one.measured for one in found]))  # fmt: skip
    outcomes: list[Outcome] = [Invariant(f"{name} - its earlier end", early), Invariant(f"later end - {name}", late)]
    outcomes += [Invariant(key, np.concatenate(parts), ROUNDING) for key, parts in slacks.items()]
    seen = sum(one.measured.size > 0 for one in found)
    failures = sum((one.failures for one in found), ())
    if seen < LEAST_SETTINGS:
        failures += (f"the statement is about classes of {seen} settings only, at least {LEAST_SETTINGS} are needed",)
    ratios = np.concatenate([one.measured / np.maximum(one.early, 1) for one in found])
    inside = int(((early >= 0) & (late >= 0)).sum())
    figures: dict[str, Figure] = {
        "settings": seen, "classes": int(early.size), "inside the bracket": inside, "the user's own setting": said,
        f"median {name} over its earlier end": float(np.median(ratios)) if ratios.size else "none",
    }  # fmt: skip
    heads = ("setting", "classes", "the statement is about", f"median {name}", "median earlier end", "median later end")
    rows = tuple((described(one.setting), one.classes, int(one.measured.size),
                  *(float(np.median(part)) if part.size else "none" for part in (one.measured, one.early, one.late)))
                 for one in found)  # fmt: skip
    return Measurement(tuple(outcomes), figures, tables=(Table(f"{name} between its ends", heads, rows),),
                       failures=failures)


def measure_phase_two(context: Context) -> Measurement:
    """T_A at half of rho/alpha."""
    settings, said = settings_of(context)
    found = [level_reached(context, "phase-two-time", s, s.rho / (2 * s.alpha)) for s in settings]
    return judged_times(found, "T_A", said)


def measure_first_share(context: Context) -> Measurement:
    """Lemma D.23."""
    settings, said = settings_of(context)
    return judged_times([first_share(context, "lemma-d.23", s) for s in settings], "T_B", said)


def measure_passing(context: Context) -> Measurement:
    """Lemma D.24: A at the level that B never passes."""
    settings, said = settings_of(context)
    found = [level_reached(context, "lemma-d.24", s, theory.highest(s)) for s in settings]
    return judged_times(found, "T_A", said)


def measure_linear(context: Context) -> Measurement:
    """Lemma D.25: A at rho/(alpha - epsilon)."""
    settings, said = settings_of(context)
    found = [level_reached(context, "lemma-d.25", s, theory.knee(s)) for s in settings]
    return judged_times(found, "T", said)
