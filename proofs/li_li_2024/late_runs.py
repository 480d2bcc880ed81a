"""Runs beyond Stage I: how fast F_i grows, when the linear part is reached, and what becomes of the robust part."""

import math

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.population import PopulationRuns, split, train_population, train_populations
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.status import Status

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.evidence import Figure, Plot, Series, Table

from . import predictions
from .grids import LATE, OUT_OF_REACH, REACHING
from .measurements import LEAST_SETTINGS, described, noiseless, seed_of
from .updates import outputs, slope

Floats = NDArray[np.float64]
ROUNDING = 1e-9  # F is a sum of some 10^3 doubles after at most 3*10^4 steps: 2^-52 * 3*10^4 * F is below 10^-10
MOST = 8  # classes that are followed through Stage II in each setting, the first ones that meet the hypotheses
LARGEST = 30.0  # c' beyond which c' e^c' says nothing about runs that can be made


def tau_of(runs: PopulationRuns) -> Floats:
    """(R,) the largest F_j on class i, j != i, at the start; off-diagonal correlations only fall (Lemma D.7)."""
    k = runs.setting.k
    F = outputs(runs.setting, runs.W0[..., : 2 * k])
    return np.asarray(F[:, ~np.eye(k, dtype=bool)].max(axis=1))


def failed(runs: PopulationRuns) -> tuple[str, ...]:
    """What to report of runs that did not stay finite."""
    bad = int((runs.status != Status.OK).sum())
    return (f"{bad} runs did not stay finite at {described(runs.setting)}",) if bad else ()


def growth_slacks(runs: PopulationRuns, factor: float = 1.0) -> tuple[Floats, Floats, float]:
    """Slack of F_i under both bounds of Lemma D.11: from t = 0 with c' e^c', and from the first t_0 with F_i >= 1.

    `factor` multiplies c'; the lemma has 1. Also the largest c'.
    """
    F, t, s = runs.trajectory.F, runs.trajectory.t, runs.setting
    c = factor * np.array([predictions.growth_constant(s, tau) for tau in tau_of(runs)])[:, None, None]
    paper = np.log(np.exp(F[:, :1]) + c * np.exp(c) * t[None, :, None]) - F
    first = np.argmax(F >= 1, axis=1)
    sharp = []
    for run, klass in zip(*np.nonzero((F >= 1).any(axis=1)), strict=True):
        at = first[run, klass]
        own, start = F[run, at:, klass], math.exp(F[run, at, klass])
        rate = float(c[run, 0, 0])
        sharp.append(np.log(start + rate * math.exp(rate / start) * (t[at:] - t[at])) - own)
    return paper.ravel(), np.concatenate(sharp or [np.empty(0)]), float(c.max())


def measure_growth(context: Context) -> Measurement:
    """Lemma D.11 along runs, from t = 0 and from F_i = 1."""
    count = context.profile.pick(2, 6, 20)
    own = noiseless(context)
    settings = (*LATE, own) if predictions.growth_constant(own, 0.0) <= LARGEST else LATE
    paper, sharp, rows = [], [], []
    failures: tuple[str, ...] = ()
    plots: list[Plot] = []
    for setting in settings:
        runs = train_populations(
            setting, seed_of(context, "lemma-d.11", setting), count, stride=max(1, setting.T // 500)
        )
        failures += failed(runs)
        first, second, c = growth_slacks(runs)
        paper.append(first)
        sharp.append(second)
        rows.append(
            (
                described(setting),
                setting.T,
                c,
                float(first.min()),
                float(np.min(second, initial=np.inf)),
                float(np.median(runs.trajectory.F[:, -1])),
            )
        )
        plots = plots or [_drawn(runs)]
    outcomes = (
        Invariant("log(e^F(0) + c' e^c' t) - F(t)", np.concatenate(paper), ROUNDING),
        Invariant("the same from F(t_0) >= 1 with c' exp(c' e^-F(t_0))", np.concatenate(sharp), ROUNDING),
    )
    heads = ("setting", "T", "largest c'", "least slack from 0", "least slack from F = 1", "median F(T)")
    figures: dict[str, Figure] = {
        "runs per setting": count,
        "settings": len(settings),
        "the user's own setting": "included"
        if len(settings) > len(LATE)
        else f"c' > {LARGEST:g}, the bound says nothing",
    }
    return Measurement(outcomes, figures, tuple(plots), (Table("Growth of F", heads, tuple(rows)),), failures)


def _drawn(runs: PopulationRuns) -> Plot:
    t = runs.trajectory.t[1:].astype(float)
    c = predictions.growth_constant(runs.setting, float(tau_of(runs)[0]))
    start = float(np.exp(runs.trajectory.F[0, 0]).max())
    curves = [
        Series(f"class {i}", "line", t.tolist(), runs.trajectory.F[0, 1:, i].tolist()) for i in range(runs.setting.k)
    ]
    bound = Series("bound", "line", t.tolist(), np.log(start + c * math.exp(c) * t).tolist())
    return Plot("F_i grows like log t", "t", "F_i on class i", (*curves, bound), x_scale="log")


def late_gain(setting: Setting, count: int, seed: int) -> tuple[Floats, Floats, Floats, tuple[str, ...]]:
    """Predicted (from T/10) and measured F_i(T) of classes in the linear part by T/10; slopes of F on log t."""
    runs = train_populations(setting, seed, count, stride=setting.T // 100)
    t, F = runs.trajectory.t, runs.trajectory.F
    at = int(np.searchsorted(t, setting.T // 10))
    A, B = runs.trajectory.A[:, at], runs.trajectory.B[:, at]
    inside = B.max(axis=2) >= setting.rho / setting.beta
    strength = ((setting.n_R * setting.alpha * slope(setting, setting.alpha * A)) ** 2).sum(axis=2)
    strength += ((setting.n_N * setting.beta * slope(setting, setting.beta * B)) ** 2).sum(axis=2)
    predicted = predictions.late_output(F[:, at], strength, setting, float(t[-1] - t[at]))
    x = np.log(t[at:]) - np.log(t[at:]).mean()
    slopes = np.einsum("t,ntk->nk", x, F[:, at:]) / (x @ x)
    return predicted[inside], F[:, -1][inside], slopes[inside], failed(runs)


def measure_logarithm(context: Context) -> Measurement:
    """F_i(T) against log(e^F(T/10) + const (T - T/10)), and the slope of F_i on log t over the last decade."""
    count = context.profile.pick(3, 10, 40)
    predicted, measured, rows, slopes = [], [], [], []
    failures: tuple[str, ...] = ()
    for setting in LATE:
        p, f, fitted, bad = late_gain(setting, count, seed_of(context, "lemma-d.11", "logarithm", setting))
        failures += bad
        if not p.size:
            continue
        predicted.append(float(p.mean()))
        measured.append(float(f.mean()))
        slopes.append(fitted)
        low, high = np.quantile(fitted, (0.025, 0.975))
        rows.append(
            (described(setting), p.size, predicted[-1], measured[-1], float(fitted.mean()), float(low), float(high))
        )
    if len(rows) < LEAST_SETTINGS // 2:
        failures += (f"only {len(rows)} settings had classes in the linear part at T/10",)
    every = np.concatenate(slopes or [np.empty(0)])
    figures: dict[str, Figure] = {
        "runs per setting": count,
        "settings": len(rows),
        "classes": int(every.size),
        "mean slope of F on log t": float(every.mean()) if every.size else "none",
    }
    heads = ("setting", "classes", "predicted F(T)", "measured F(T)", "mean slope of F on log t", "2.5 %", "97.5 %")
    outcome = Agreement("mean F(T)", np.array(predicted), np.array(measured), 0.01)
    return Measurement(
        (outcome,),
        figures,
        tables=(Table("Logarithmic growth over the last decade", heads, tuple(rows)),),
        failures=failures,
    )


def reaching(setting: Setting, count: int, seed: int, factor: float = 1.0) -> dict[str, Floats]:
    """Of classes that meet Lemma D.10's hypotheses: times at rho/beta, A there, their bounds, slack of Stage II.

    `factor` multiplies K; the lemma has 1.
    """
    end, n = setting.rho / setting.beta, setting.q - 2
    runs = train_populations(setting, seed, count, level=end, stop="levels")
    A_0, B_0 = (np.einsum("niir->nir", part).max(axis=2) for part in split(setting, runs.W0))
    bound = predictions.tensor_power_bound(setting, A_0, B_0, end)
    latest = predictions.reach_time(setting, np.where(np.isfinite(bound), bound, 0), np.maximum(B_0, 1e-300))
    chosen = np.isfinite(bound) & (latest <= setting.T)
    K = factor * setting.n_R * setting.alpha**setting.q / (setting.n_N * setting.beta * setting.rho ** (setting.q - 1))
    found: dict[str, list[float]] = {"latest": [], "measured": [], "A bound": [], "A": [], "stage II": []}
    for run, klass in list(zip(*np.nonzero(chosen), strict=True))[:MOST]:
        step = int(runs.passage.level_step[run, klass])
        found["latest"].append(float(latest[run, klass]))
        found["measured"].append(float(step) if step >= 0 else math.inf)
        found["A bound"].append(float(bound[run, klass]))
        if step < 0:
            found["A"].append(math.nan)
            continue
        at = train_population(setting.replace(T=max(step, 1)), W0=runs.W0[run])
        after = train_population(setting.replace(T=setting.T // 2), W0=at.W, stride=setting.T // 40)
        A, B = after.trajectory.A[:, klass], after.trajectory.B[:, klass]
        found["A"].append(float(at.A[klass].max()))
        lead, top = int(np.argmax(at.B[klass])), int(np.argmax(at.A[klass]))
        left = A[0, top] ** -n - n * K * (B[:, lead] - B[0, lead])
        # Divided by its first value: how much of A^(2-q) the bound leaves.
        found["stage II"] += list((A[:, top] ** -n - left) / A[0, top] ** -n)
    return {name: np.array(values) for name, values in found.items()}


def reachable(setting: Setting) -> bool:
    """n_N rho/q <= log(k-1): the output at rho/beta does not yet stop the growth."""
    return predictions.linear_part_output(setting) <= math.log(setting.k - 1)


def measure_reaching(context: Context) -> Measurement:
    """Lemma D.10 under its condition: the time at rho/beta, and max_r A then and later."""
    count, own = context.profile.pick(1, 2, 8), noiseless(context)
    settings = (*REACHING, own) if reachable(own) else REACHING
    found = [reaching(setting, count, seed_of(context, "lemma-d.10", setting)) for setting in settings]
    rows = []
    for setting, part in zip(settings, found, strict=True):
        ratio = part["measured"] / part["latest"]
        rows.append(
            (
                described(setting),
                count * setting.k,
                part["measured"].size,
                float(np.max(part["measured"], initial=0)),
                float(np.max(ratio, initial=0)),
                float(np.max(part["A"] / part["A bound"], initial=0)),
            )
        )
    joined = {name: np.concatenate([part[name] for part in found]) for name in found[0]}
    # Rounding: T steps of 2^-52 relative, in values that grow by bounded factors.
    outcomes = (
        Invariant("latest time - measured time at rho/beta", joined["latest"] - joined["measured"]),
        Invariant("bound - max_r A at that time", joined["A bound"] - joined["A"] * (1 - 1e-9)),
        Invariant("Stage II: A^(2-q) - A_1^(2-q) + (q-2) K (B - B_1)", joined["stage II"], ROUNDING),
    )
    few = sum(part["measured"].size > 0 for part in found)
    failures = () if few >= LEAST_SETTINGS - 2 else (f"the hypotheses held in {few} settings only",)
    heads = (
        "setting",
        "classes",
        "hypotheses hold",
        "largest time at rho/beta",
        "largest measured/latest",
        "largest A/bound",
    )
    figures = {"runs per setting": count, "classes where the hypotheses hold": int(joined["measured"].size)}
    return Measurement(
        outcomes, figures, tables=(Table("Reaching the linear part", heads, tuple(rows)),), failures=failures
    )


def measure_out_of_reach(context: Context) -> Measurement:
    """Finding F7: by the sharper Lemma D.11, from the first t_0 with e^F >= 10 c', the linear part is beyond T."""
    setting, count = OUT_OF_REACH, context.profile.pick(5, 25, 100)
    runs = train_populations(
        setting, seed_of(context, "finding-f7", setting), count, stride=1, level=setting.rho / setting.beta
    )
    F, goal = runs.trajectory.F, predictions.linear_part_output(setting)
    start = np.array([math.log(10 * predictions.growth_constant(setting, tau)) for tau in tau_of(runs)])
    reached = runs.passage.level_step >= 0
    earliest = np.full(reached.shape, np.inf)
    for run, klass in np.ndindex(reached.shape):
        over = np.flatnonzero(F[run, :, klass] >= start[run])
        if over.size:
            c = math.exp(start[run]) / 10
            earliest[run, klass] = over[0] + predictions.necessary_steps(c, float(F[run, over[0], klass]), goal)
    first = int((runs.passage.non_robust_part > runs.passage.robust_part).sum())
    when = np.where(reached, runs.passage.level_step, setting.T + 1)
    outcomes = (
        Invariant("time at rho/beta - necessary time, up to T", when - np.minimum(earliest, setting.T + 1)),
        Agreement(
            "classes at rho/beta by T",
            np.array([float((earliest <= setting.T).sum())]),
            np.array([float(reached.sum())]),
            0.0,
            absolute=True,
        ),
    )
    figures = {
        "runs": count,
        "classes": int(reached.size),
        "reached rho/beta": int(reached.sum()),
        "non-robust feature first": first,
        "steps": setting.T,
        "n_N rho/q": goal,
        "largest F": float(F[:, -1].max()),
        "least necessary time": float(earliest.min()),
    }
    return Measurement(outcomes, figures, failures=failed(runs))
