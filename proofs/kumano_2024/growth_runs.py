"""K11 measured: how T_1 and T_2 grow with N', the published curves, and a few cells of the artificial experiment."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.leaky import kkt
from theorycheck_simulations.leaky.attacks import direction
from theorycheck_simulations.leaky.blas import single_threaded
from theorycheck_simulations.leaky.samples import MODES, draw, labels
from theorycheck_simulations.leaky.setting import setting_from

from theorycheck.checks.check import Context, Profile
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.evidence import Figure, Plot, Series, Table
from theorycheck.experiment import Trial
from theorycheck.seeds import stream

from . import artificial_runs as runs
from . import artificial_shown as shown
from . import published
from .artificial_panels import RISING, Panel, panels

Floats = NDArray[np.float64]
GAMMA, DIMENSION, SAMPLES, SIZES = 0.5, 6000, 20, (10, 20, 40, 80, 160, 320)
RADIUS = 0.0078 * DIMENSION**0.5  # as published for uniform data
SLOPE = 0.05


@dataclass(frozen=True)
class Growth:
    """Root mean squares of T_1(z) and T_2(z) over z of the data's law, (seeds, sizes), in units of sigma.

    applies: whether the sign pattern holds everywhere, without which the closed form would be no KKT point.
    """

    first: Floats
    second: Floats
    applies: bool

    @staticmethod
    def exponent(values: Floats) -> float:
        """The slope of log value against log N', mean over seeds."""
        return float(np.polyfit(np.log(SIZES), np.log(values).mean(axis=0), 1)[0])


def growth(context: Context, seeds: int) -> Growth:
    """The closed form on the first 10, 20, ..., 320 of the same noise points, perturbed along q of N samples."""
    first, second = np.empty((2, seeds, len(SIZES)))
    applies = True
    for run in range(seeds):
        rng = stream(context.seed, "k11", "growth", DIMENSION, SAMPLES, run)
        X, y = draw("uniform", SAMPLES, DIMENSION, rng), labels(SAMPLES, rng)
        noise, targets = draw("uniform", SIZES[-1], DIMENSION, rng), labels(SIZES[-1], rng)
        h = direction(kkt.functional(X, y, kkt.multipliers(X, y, GAMMA)), "l2")
        for index, size in enumerate(SIZES):
            base, signs = noise[:size], targets[:size]
            points = base + RADIUS * signs[:, None] * h
            lam = kkt.multipliers(points, signs, GAMMA)
            applies = applies and kkt.pattern(points, signs, lam, GAMMA)
            # Over z the mean of <v, z>^2 is sigma^2 ||v||^2.
            first[run, index] = np.linalg.norm(kkt.functional(base, signs, lam))
            second[run, index] = RADIUS * lam.sum()
    return Growth(first, second, applies)


def measure_growth(context: Context) -> Measurement:
    """Exponents in N': 1/2 of T_1 and of T_2/T_1, 1 of T_2."""
    with single_threaded():  # so that no bit depends on the threads of a product
        found = growth(context, context.profile.pick(3, 10, 30))
    parts = (found.first, found.second, found.second / found.first)
    # The multipliers change by O(N'/d), which moves the exponents by about .01 where seeds scatter by .002: an interval
    # over seeds alone would exclude the limit, so a bound that tells 1/2, 1 and 3/2 apart is used.
    within = Agreement("exponents of T1, T2 and T2/T1 in N'", np.array([0.5, 1.0, 0.5]),
                       np.array([Growth.exponent(values) for values in parts]), SLOPE, absolute=True)  # fmt: skip
    failures = () if found.applies else ("the closed form is no KKT point of some of the perturbed noise",)
    figures: dict[str, Figure] = {"gamma": GAMMA, "d": DIMENSION, "N": SAMPLES, "epsilon": RADIUS,
                                  "N'": list(SIZES), "seeds": found.first.shape[0]}  # fmt: skip
    figures |= {f"exponent of {name}": Growth.exponent(values) for name, values in
                zip(("T1", "T2", "T2/T1"), parts, strict=True)}  # fmt: skip
    return Measurement((within,), figures, (_plot(found),), failures=failures)


def _plot(found: Growth) -> Plot:
    x = [float(size) for size in SIZES]
    curves = [Series(name, "line", x, values.mean(axis=0).tolist(), values.min(axis=0).tolist(),
                     values.max(axis=0).tolist()) for name, values in (("|T1|", found.first), ("|T2|", found.second))]
    return Plot("Both terms of the boundary, closed form (trend check: (ORTH) is not met)",
                "N', number of noise points", "root mean square over z, in sigma", tuple(curves), "log", "log")


def measure_published(context: Context) -> Measurement:
    """The published L2 curves against the law where it is meant for them, and whether they rise and fall as it does."""
    slack: list[float] = []
    for curve in published.L2:
        for values in curve.values.values():
            slack += ((1 if RISING[curve.panel] else -1) * np.diff(values) + published.READING).tolist()
    outcomes = (runs.published_curves(), Invariant("published curves rise or fall as the law, up to their reading",
                                                   np.array(slack)))  # fmt: skip
    tables: tuple[Table, ...] = shown.published_tables()
    return Measurement(outcomes, {"points": len(outcomes[0].predicted)}, shown.published_plots(), tables)


def small_panels(modes: tuple[str, ...]) -> tuple[Panel, ...]:
    """A few cells with d = 200, N = 40 and at most 200 noise points."""
    centre = {"d": 200, "N": 40, "N_adv": 200, "epsilon": 0.55}
    varied: dict[str, tuple[dict[str, float | str], ...]] = {
        "N_adv": ({"N_adv": 50}, {}), "epsilon": ({"epsilon": 0.3}, {}), "linf": ({"norm": "linf", "epsilon": 0.1},),
        "l0": ({"norm": "l0", "ratio": 0.03},),
    }  # fmt: skip
    found = []
    for mode in modes:
        for name, changes in varied.items():
            cells = tuple(setting_from({**centre, "mode": mode, **change}) for change in changes)
            key = {"linf": "epsilon", "l0": "ratio"}.get(name, name)
            found.append(Panel(name, mode, tuple(float(getattr(cell, key)) for cell in cells), cells))
    return tuple(found)


def measure_artificial(context: Context) -> Measurement:
    """A few cells of the experiment, or all of its scaled-down ones, against the law, its trends and the control."""
    pick = context.profile.pick
    modes = MODES[: pick(1, 2, 2)]
    setting, profile = setting_from({}), Profile.DEFAULT
    wanted = panels(setting, profile) if context.profile is Profile.FULL else small_panels(modes)
    found = runs.measure_cells(Trial(setting, profile, context.seed, pick(10, 20, 20)), wanted)
    cells = list(found.cells.values())
    outcomes = (runs.against_law(cells, found.label), runs.trends(found), runs.controls(cells, found.label))
    figures: dict[str, Figure] = {"cells": len(cells), "runs per cell": found.runs}
    return Measurement(outcomes, figures, tables=shown.cell_tables(found), failures=found.failures)
