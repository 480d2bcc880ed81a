"""Runs behind the findings on adversarial training: coupled filters, the residual direction, the rebuttal's time."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from theorycheck_simulations.adversarial import train_adversarials
from theorycheck_simulations.setting import Setting, setting_from

from theorycheck.checks import scaling_shown
from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement, Outcome, Share
from theorycheck.checks.scaling import Scaling
from theorycheck.evidence import Figure, Plot, Series, Table

from . import adversarial_predictions as theory
from .figure_3_predictions import saturation, saturation_strength
from .measurements import described, seed_of
from .phases_runs import Bools, Floats, Phases

# One filter a class, in the feature coordinates alone.
SINGLE = tuple(setting_from({"m": 1, "sigma_0": 0.01, "T": 5000, **values}) for values in (
    {"k": 2, "d": 4, "n_N": 50, "alpha": 2.5},
    {"k": 3, "d": 6, "n_N": 64, "alpha": 2.0, "eta_tilde": 5.0, "epsilon": 1.2},
    {"k": 3, "d": 6, "n_N": 127, "alpha": 3.0, "sigma_0": 0.005},
    {"k": 4, "d": 8, "n_N": 100, "alpha": 2.5, "eta_tilde": 40.0},
))  # fmt: skip
SEVERAL = tuple(setting.replace(m=m) for setting in SINGLE for m in (2, 4, 8))
REST = 0.1  # how far from rest the median stalled class may be at T: the approach is algebraic, as B's to its level
STALLING = setting_from({"k": 3, "d": 100, "m": 5, "n_N": 64, "alpha": 2.0, "epsilon": 1.2, "eta_tilde": 5.0,
                         "eta": 0.02, "sigma_0": 0.1, "T": 8000})  # fmt: skip
XAVIER = tuple(STALLING.replace(d=d, sigma_0=d**-0.5, T=4000) for d in (100, 200))
REPAIRED = STALLING.replace(sigma_0=0.004)  # sigma_0 sqrt(d) is a ninth of B*
LATE = 3.0  # classes are looked at whose A would by the earlier end of the bracket be there in a third of T
ASCENTS = (2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
THRESHOLD = setting_from({"d": 10, "eta": 0.005, "T": 3000})
NEAR, STRIDE = 0.9, 4
SLOPE = Fraction(-1, 2)  # half way between the rebuttal's exponent and no dependence at all
FINE = 0.05  # half widths below this tell a tenth of a log: over these eta~ a whole one changes the exponent by .49


def drawn(context: Context, claim: str, setting: Setting, count: int, stride: int = 0) -> Phases:
    """Runs from Gaussian starts in all coordinates, recorded at the start and the end unless a stride is given."""
    seed = seed_of(context, claim, setting)
    return Phases(setting, train_adversarials(setting, seed, count, stride=stride or setting.T))


def free(phases: Phases) -> Bools:
    """The open classes without a filter that starts with both A > 0 and B > 0."""
    A, B = phases.start
    return np.asarray(phases.open & ~((A > 0) & (B > 0)).any(axis=-1))


def measure_coupled(context: Context) -> Measurement:
    """Finding F5 with one filter a class and with several."""
    one, often = coupled(context), how_often(context)
    return Measurement(one.outcomes, {**one.figures, **often.figures}, tables=(*one.tables, *often.tables),
                       failures=(*one.failures, *often.failures))  # fmt: skip


def coupled(context: Context, settings: tuple[Setting, ...] = SINGLE) -> Measurement:
    """How often A > 0 and B > 0 meet in a single filter and B wins, after which A stays below."""
    count = context.profile.pick(80, 200, 2000)
    shares, rest = [], []
    rows: list[tuple[Figure, ...]] = []
    failures: tuple[str, ...] = ()
    for index, setting in enumerate(settings, 1):
        phases = drawn(context, "finding-f5", setting, count)
        failures += phases.failures()
        both, A, B = (phases.A_0 > 0) & (phases.B_0 > 0), phases.A[:, -1], phases.B[:, -1]
        open_ = both & (np.maximum(A, B) < saturation_strength(setting) / 2)
        sure = both & (A < B) & ~open_
        # One class a run: the trials are independent.
        p, name = theory.stall_probability(setting), f"setting {index}: stalled"
        shares.append(Share(name, int(sure[:, 0].sum()), count, p, int(open_[:, 0].sum())))
        pull = theory.pull(setting, A, A**2 + B**2)
        # At rest by T should be those whose A, were it not stopped, would be at half of rho/alpha long before.
        level = setting.rho / (2 * setting.alpha)
        early, _ = theory.robust_bracket(setting, np.where(phases.A_0 > 0, phases.A_0, level), 1, level)
        settled = pull[sure & (LATE * early <= setting.T)]
        rest.append(float(np.median(settled)) if settled.size else np.nan)
        alone = (phases.A_0 > 0) & (phases.B_0 <= 0)
        counts = (int(part.sum()) for part in (both, sure, open_))
        rows.append((described(setting), *counts, rest[-1], int(alone.sum()), int((alone & (A >= B)).sum())))
    heads = ("setting", "A(0) > 0 and B(0) > 0", "of these A < B at T", "undecided", "median pull where at rest",
             "A(0) > 0 >= B(0)", "of these A >= B at T")  # fmt: skip
    outcomes: tuple[Outcome, ...] = (
        *shares,
        Agreement("pull eta~ (alpha A)^(q-2) |w|^2 over rho^(q-1), median", np.ones(len(rest)), np.array(rest), REST),
    )
    table = Table("One filter a class", heads, tuple(rows))
    return Measurement(outcomes, {"runs per setting": count}, tables=(table,), failures=failures)


def how_often(context: Context) -> Measurement:
    """With several filters: in how many classes with A(0) > 0 and B(0) > 0 max_r A is below max_r B at T."""
    count = context.profile.pick(6, 20, 200)
    rows: list[tuple[Figure, ...]] = []
    totals = {m: [0, 0] for m in (2, 4, 8)}
    failures: tuple[str, ...] = ()
    for setting in SEVERAL:
        phases = drawn(context, "finding-f5", setting, count)
        failures += phases.failures()
        behind = phases.open & (phases.A[:, -1] < phases.B[:, -1])
        n, bad = int(phases.open.sum()), int(behind.sum())
        totals[setting.m][0] += bad
        totals[setting.m][1] += n
        alone = free(phases)
        rows.append((described(setting), n, bad, int(alone.sum()), int((alone & behind).sum())))
    from scipy.stats import binomtest

    figures: dict[str, Figure] = {}
    for m, (bad, n) in totals.items():
        ends = binomtest(bad, n).proportion_ci(0.95, "exact")
        figures[f"m = {m}: classes with A < B at T"] = f"{bad} of {n}"
        figures[f"m = {m}: interval 95 %"] = [float(ends.low), float(ends.high)]
    heads = ("setting", "classes", "A < B at T", "uncoupled classes", "of these A < B at T")
    return Measurement((), figures, tables=(Table("Several filters a class", heads, tuple(rows)),), failures=failures)


def measure_residual(context: Context) -> Measurement:
    """Finding F4: from Xavier's start nothing is learnt; with sigma_0 sqrt(d) << B* uncoupled classes pass."""
    count = context.profile.pick(6, 10, 40)
    rows, stalled = [], []
    failures: tuple[str, ...] = ()
    for setting in XAVIER:
        phases = drawn(context, "finding-f4", setting, count)
        failures += phases.failures()
        stalled.append((theory.knee(setting) - phases.A[:, -1])[phases.A_0 > 0])
        rows.append(_row(phases, phases.A_0 > 0))
    phases = drawn(context, "finding-f4", REPAIRED, 3 * count)
    failures += phases.failures()
    chosen = free(phases)
    top = theory.highest(REPAIRED)
    early, _ = theory.robust_bracket(REPAIRED, np.where(chosen, phases.A_0, top), phases.filters[0], top)
    chosen &= LATE * early <= REPAIRED.T
    rows.append(_row(phases, chosen))
    outcomes = (
        Invariant("Xavier: rho/(alpha - epsilon) - max_r A at T", np.concatenate(stalled)),
        Invariant("repaired: max_r A - max_r B at T, uncoupled classes", (phases.A - phases.B)[:, -1][chosen]),
    )
    heads = ("setting", "d", "T", "sigma_0^2 (d-2k)/B*^2", "classes", "at rho/(alpha - epsilon) by T", "largest A at T",
             "median sum_r B^q over its level")  # fmt: skip
    figures: dict[str, Figure] = {"runs per setting at Xavier's start": count, "runs repaired": 3 * count}
    table = Table("The residual direction", heads, tuple(rows))
    return Measurement(outcomes, figures, tables=(table,), failures=failures)


def _row(phases: Phases, chosen: Bools) -> tuple[Figure, ...]:
    s, A = phases.setting, phases.A[:, -1][chosen]
    median = float(np.median(phases.filled[:, -1][chosen])) if chosen.any() else "none"
    return (described(s), s.d, s.T, theory.cross_effect(s), int(chosen.sum()), int((theory.knee(s) <= A).sum()),
            float(A.max(initial=0)), median)  # fmt: skip


@dataclass(frozen=True)
class Thresholds:
    """Means over classes, each (seeds, ascents).

    times: first t with sum_r B^q at 9/10 of its level; ends: sum_r B^q at T; limits: extrapolated to t = infinity.
    """

    times: Floats
    ends: Floats
    limits: Floats


def thresholds(context: Context, count: int) -> Thresholds:
    """Runs from the same starts for every eta~.

    By T between 1 and 5 % of the level is missing, the more the larger eta~. Near the level the steps fall like (1 -
    share)^q, so that 1 - share is near c (t - t_0)^(-1/(q-1)). Taken with t_0 = 0 through T/2 and T, this leads past
    the level, since t_0 > 0: the level lies between ends and limits.
    """
    times: list[Floats] = []
    ends: list[Floats] = []
    limits: list[Floats] = []
    ratio = 2 ** (1 / (THRESHOLD.q - 1))
    for eta_tilde in ASCENTS:
        setting = THRESHOLD.replace(eta_tilde=eta_tilde)
        runs = train_adversarials(setting, seed_of(context, "finding-f6", THRESHOLD), count, stride=STRIDE)
        phases = Phases(setting, runs)
        share = np.where(phases.B_0[:, None] > 0, phases.filled, np.nan)
        reached = share >= NEAR
        first = np.where(reached.any(axis=1), STRIDE * reached.argmax(axis=1), np.nan)
        # A few classes start too low to come to the level by T, for whatever eta~; they are the same for all.
        times.append(np.nanmean(first, axis=1))
        half, end = (np.where(reached.any(axis=1), share[:, at], np.nan) for at in (share.shape[1] // 2, -1))
        for found, value in ((ends, end), (limits, (ratio * end - half) / (ratio - 1))):
            found.append(np.nanmean(value, axis=1) * saturation(setting))
    return Thresholds(*(np.array(part).T for part in (times, ends, limits)))


def time_exponent(found: Thresholds) -> Scaling:
    """The time's exponent is above -1/2, and so not the rebuttal's -1."""
    return Scaling("exponent of the time", np.array(ASCENTS), found.times, SLOPE, sensitivity=(-1, 1), side="above")


def level_exponent(found: Thresholds) -> Scaling:
    """The level's exponent is -1, without a log."""
    return Scaling("exponent of the level", np.array(ASCENTS), found.ends, -1, readings=(found.limits,),
                   sensitivity=(-1, 1), resolution=FINE)  # fmt: skip


def measure_threshold(context: Context) -> Measurement:
    """Finding F6: exponents in eta~ of the time to 9/10 of the level, and of the level."""
    count = context.profile.pick(10, 20, 100)
    found = thresholds(context, count)
    time, level = time_exponent(found), level_exponent(found)
    slopes = time.seed_exponents()
    outcomes = (Invariant(f"exponent of the time of each seed - ({SLOPE})", slopes - float(SLOPE)), time, level)
    figures: dict[str, Figure] = {
        "seeds": count, "exponent of the time": float(slopes.mean()), "its interval 95 %": list(time.interval(0.95)),
        "smallest of a seed": float(slopes.min()), "largest of a seed": float(slopes.max()),
    }  # fmt: skip
    times, ends = found.times.T, found.ends.T
    scale = float(times[0].mean()) * ASCENTS[0]
    rows = tuple((eta, float(t.mean()), float(t.min()), float(t.max()), float(end.mean()), scale / eta)
                 for eta, t, end in zip(ASCENTS, times, ends, strict=True))  # fmt: skip
    heads = ("eta~", "mean steps to 9/10", "least", "largest", "sum_r B^q at T", "steps if they fell like 1/eta~")
    mean, least, largest, _, fallen = ([row[at] for row in rows] for at in range(1, 6))
    series = (Series("measured", "points", list(ASCENTS), mean, least, largest),
              Series("1/eta~", "line", list(ASCENTS), fallen))  # fmt: skip
    plot = Plot("Time to 9/10 of the level", "eta~", "steps", series, "log", "log")
    tables = (Table("The rebuttal's threshold time", heads, rows),
              *(scaling_shown.table(law, 0.95) for law in (time, level)))  # fmt: skip
    return Measurement(outcomes, figures, (plot,), tables)
