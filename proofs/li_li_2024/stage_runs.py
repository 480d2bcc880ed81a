"""Runs through Stage I: increments against their bounds, and level 1 between two runs of level 0."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.data import initial_weights
from theorycheck_simulations.population import train_population
from theorycheck_simulations.reduced import train_reduced
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Invariant, Measurement
from theorycheck.evidence import Figure, Plot, Series, Table

from .grids import EARLY
from .measurements import LEAST_SETTINGS, described, noiseless, seed_of
from .updates import checked, outputs

Floats = NDArray[np.float64]
STEPS = 300


@dataclass(frozen=True)
class StageOne:
    """A run's correlations A, B (T+1, k, m), whether class i is in Stage I at t (T+1, k), and tau."""

    setting: Setting
    A: Floats
    B: Floats
    inside: NDArray[np.bool_]
    tau: float


def stage_one(setting: Setting, seed: int) -> StageOne:
    """Level 1 with Stage I marked: 0 <= F_i <= 1; tau is the largest F_j on class i, j != i, that the run shows."""
    run = train_population(setting, seed, stride=1, correlations=True)
    checked(run.status, setting)
    C = run.trajectory.correlations
    assert C is not None
    F = outputs(setting, C)
    off = F[:, ~np.eye(setting.k, dtype=bool)]
    own = np.einsum("tii->ti", F)
    # Stage I is over for good once F_i has passed 1, because F_i never falls.
    return StageOne(
        setting, run.trajectory.A, run.trajectory.B, np.logical_and.accumulate(own <= 1, axis=0), float(off.max())
    )


def bounds(setting: Setting, tau: float) -> tuple[float, float]:
    """The least and the largest 1 - logit_i of Stage I: (k-1)/(k-1+e) and (k-1)e^tau/((k-1)e^tau+1)."""
    n = setting.k - 1
    return n / (n + float(np.e)), n * float(np.exp(tau)) / (n * float(np.exp(tau)) + 1)


def increments(found: StageOne) -> tuple[Floats, float]:
    """Slack of both bounds of Lemma D.8 at every step of Stage I with 0 < c z <= rho, and the rounding of a difference.

    The rounding is already added to the slack.
    """
    s = found.setting
    low, high = bounds(s, found.tau)
    slack, rounding = [np.empty(0)], 0.0
    for z, count, strength in ((found.A, s.n_R, s.alpha), (found.B, s.n_N, s.beta)):
        now, step = z[:-1], np.diff(z, axis=0)
        valid = found.inside[:-1, :, None] & (now > 0) & (strength * now <= s.rho)
        gain = s.eta / s.k * count * strength * (strength * now[valid] / s.rho) ** (s.q - 1)
        # A difference of two such doubles is off by at most one unit in the last place of each, and so is the gain.
        error = 2.0**-51 * np.abs(z[1:][valid])
        slack += [step[valid] - low * gain + error, high * gain - step[valid] + error]
        rounding = max(rounding, float(np.max(error, initial=0)))
    return np.concatenate(slack), rounding


def measure_increments(context: Context) -> Measurement:
    """Lemma D.8 along runs at level 1."""
    slacks, rows = [], []
    for setting in (*EARLY, noiseless(context, STEPS)):
        found = stage_one(setting, seed_of(context, "lemma-d.8", setting))
        slack, rounding = increments(found)
        slacks.append(slack)
        rows.append((described(setting), found.tau, int(found.inside.sum()), slack.size, rounding))
    table = Table(
        "Stage I", ("setting", "tau", "class-steps in Stage I", "bounds compared", "rounding allowed"), tuple(rows)
    )
    outcome = Invariant("increment within its bounds", np.concatenate(slacks))
    return Measurement((outcome,), {"settings": len(rows)}, tables=(table,), failures=_too_few(slacks))


def bracket(setting: Setting, seed: int) -> tuple[Floats, Floats, Floats, NDArray[np.bool_], float]:
    """B of level 1 (T+1, k, m), and of level 0 with the least and the largest 1 - logit; Stage I; tau."""
    found = stage_one(setting, seed)
    start = initial_weights(setting, seed)
    k = setting.k
    A0, B0 = (np.einsum("iri->ir", part) for part in (start[:, :, :k], start[:, :, k : 2 * k]))
    ends = []
    for share in bounds(setting, found.tau):
        # Level 0 without coupling has 1 - logit = 1 - 1/k; the step size carries the change to `share`.
        changed = setting.replace(eta=setting.eta * share / (1 - 1 / k))
        run = train_reduced(changed, A0=A0, B0=B0, coupled=False, stride=1)
        checked(run.status, changed)
        ends.append(np.stack([run.trajectory.A, run.trajectory.B]))
    return np.stack([found.A, found.B]), ends[0], ends[1], found.inside, found.tau


def measure_bracket(context: Context) -> Measurement:
    """Level 1 between the two runs of level 0 while F_i <= 1; the widths say how good level 0 is."""
    slacks: list[Floats] = []
    rows: list[tuple[Figure, ...]] = []
    plots: list[Plot] = []
    for setting in (*EARLY, noiseless(context, STEPS)):
        level, low, high, inside, tau = bracket(setting, seed_of(context, "reduced-level", setting))
        # A state that is reached by a step from inside Stage I still obeys the bounds.
        valid = np.concatenate([inside[:1], inside[:-1]])[None, :, :, None] & (level > 0)
        # Each step rounds at 2^-52 of the value, and an early error grows by d log x_t / d log x_0 = (x_t/x_0)^(q-2).
        growth = np.where(level > 0, level / np.where(level > 0, level[:, :1], 1), 0) ** (setting.q - 2)
        error = 2.0**-52 * STEPS * np.abs(level) * growth
        slacks.append(np.concatenate([(level - low + error)[valid], (high - level + error)[valid]]))
        width = (high - low)[valid] / level[valid]
        middle, most = (float(np.quantile(width, share)) if width.size else "none" for share in (0.5, 1))
        rows.append((described(setting), tau, int(valid.sum()), middle, most))
        if not plots and width.size:
            plots.append(_drawn(level, low, high, inside))
    table = Table(
        "Level 1 between two runs of level 0",
        ("setting", "tau", "values", "median width", "largest width"),
        tuple(rows),
    )
    outcome = Invariant("level 1 between its bounds", np.concatenate(slacks))
    return Measurement((outcome,), {"settings": len(rows)}, tuple(plots), (table,), _too_few(slacks))


def _too_few(slacks: list[Floats]) -> tuple[str, ...]:
    """A failure if Stage I was seen in fewer than ten settings."""
    seen = sum(slack.size > 0 for slack in slacks)
    return (
        ()
        if seen >= LEAST_SETTINGS
        else (f"only {seen} settings have a Stage I, at least {LEAST_SETTINGS} are needed",)
    )


def _drawn(level: Floats, low: Floats, high: Floats, inside: NDArray[np.bool_]) -> Plot:
    """The leading filter of the class that spends the most steps in Stage I."""
    klass = int(np.argmax(inside.sum(axis=0)))
    r = int(np.argmax(level[1, 0, klass]))
    steps = range(0, int(inside[:, klass].sum()), 5)
    t = [float(x) for x in steps]
    curves = [[float(part[1, x, klass, r]) for x in steps] for part in (level, low, high)]
    series = (
        Series("level 1", "line", t, curves[0]),
        Series("level 0, bounds", "band", t, curves[0], curves[1], curves[2]),
    )
    return Plot("Largest non-robust correlation in Stage I", "t", "B", series)
