"""What the artificial experiment shows: a plot for each panel, the published curves, and every cell in a table."""

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.leaky.setting import Setting

from theorycheck.evidence import Figure, Plot, Series, Table

from . import published
from .artificial_panels import LABELS, TITLES, Panel, base, known
from .artificial_runs import LEAST_RUNS, Artificial, published_curves, published_law

Floats = NDArray[np.float64]
LOGARITHMIC = ("N_adv", "d", "N")
NOT_MET = "trend check: (ORTH) is not met"
HEADS = ("panel", "x", "d", "N", "N'", "epsilon", "accuracy", "least", "largest", "law", "accuracy - law",
         "known value", "control", "training accuracy", "length of mean y' eta", "its cosine with q", "p_max/(ORTH), D",
         "p_max/(ORTH), D'", "the law")  # fmt: skip


def figures(found: Artificial) -> dict[str, Figure]:
    """Numbers that say what was run, and what was left out of judgement."""
    s = base(found.trial.setting, found.trial.profile)
    cells = list(found.cells.values())
    off = np.array([abs(cell.deviation) for cell in cells if cell.inside])
    shown: dict[str, Figure] = {
        "runs per cell": found.runs, "cells": len(cells), "m": s.m, "gamma": s.gamma, "eta": s.eta,
        "momentum": s.momentum, "steps": s.steps, "attack steps": s.attack_steps, "precision": s.precision,
        "largest |accuracy - law|": float(off.max(initial=0)), "mean |accuracy - law|": float(off.mean()) if off.size
        else 0.0, "largest |published - law|, with the points d < N": float(np.max(_published_deviations())),
        "mean |published - law|": float(np.mean(_published_deviations())),
        "least p_max over what (ORTH) allows, D": min(cell.orth[0] for cell in cells),
        "published accuracy of the control": list(published.CONTROL),
    }  # fmt: skip
    if found.runs < LEAST_RUNS:
        shown["left out"] = f"law, trends and control: means over fewer than {LEAST_RUNS} runs scatter too much"
    if any(not cell.inside for cell in cells):
        shown["outside the law"] = f"{sum(not cell.inside for cell in cells)} cells with d < N, shown and not judged"
    if found.trial.full:
        shown["differs from the published runs"] = f"{s.steps} steps instead of 100000, constant eta, no half precision"
    return shown


def plots(found: Artificial) -> tuple[Plot, ...]:
    """A plot for each panel, and for each published L2 panel the curves beside the law at their own sizes."""
    names = list(dict.fromkeys(panel.name for panel in found.panels))
    own = [_plot(found, [panel for panel in found.panels if panel.name == name]) for name in names]
    return (*own, *published_plots())


def published_plots() -> tuple[Plot, ...]:
    """For each published L2 panel its curves beside the law at their own sizes."""
    return tuple(_published(curve) for curve in published.L2)


def _plot(found: Artificial, chosen: list[Panel]) -> Plot:
    series: list[Series] = []
    for panel in chosen:
        cells = [found.cells[cell] for cell in panel.cells]
        x = list(panel.x)
        runs = np.array([cell.accuracy for cell in cells])
        mean, low, high = (f(runs, axis=1).tolist() for f in (np.mean, np.min, np.max))
        said = {value: known(panel, value, found.trial.full) for value in x}
        pairs = [(value, y) for value, y in said.items() if y is not None]
        name = "published" if found.trial.full else "prototype"
        series += [
            Series(f"{panel.mode}, measured", "line", x, mean, low, high),
            Series(f"{panel.mode}, law", "line", x, [cell.law if cell.inside else float("nan") for cell in cells]),
            Series(f"{panel.mode}, {name}", "points", [value for value, _ in pairs], [y for _, y in pairs]),
            Series(f"{panel.mode}, control", "line", x, [cell.control for cell in cells]),
        ]  # fmt: skip
    name = chosen[0].name
    return Plot(f"Accuracy on D along {TITLES[name]} ({found.label})", LABELS[name], "accuracy", tuple(series),
                "log" if name in LOGARITHMIC else "linear")  # fmt: skip


def _published(curve: published.Curve) -> Plot:
    series = []
    for mode, values in curve.values.items():
        series += [Series(f"{mode}, published", "points", list(curve.x), list(values)),
                   Series(f"{mode}, law", "line", list(curve.x), published_law(curve, mode).tolist())]  # fmt: skip
    return Plot(f"Published: accuracy along {TITLES[curve.panel]} ({NOT_MET})", LABELS[curve.panel], "accuracy",
                tuple(series), "log" if curve.panel in LOGARITHMIC else "linear")  # fmt: skip


def tables(found: Artificial) -> tuple[Table, ...]:
    """Every cell, by kind of data, and the published values."""
    return (*cell_tables(found), *published_tables())


def cell_tables(found: Artificial) -> tuple[Table, ...]:
    """Every cell, by kind of data."""
    own = []
    for mode in dict.fromkeys(panel.mode for panel in found.panels):
        rows = [_row(found, panel, x, cell) for panel in found.panels if panel.mode == mode
                for x, cell in zip(panel.x, panel.cells, strict=True)]  # fmt: skip
        own.append(Table(f"{mode.capitalize()} data ({found.label})", HEADS, tuple(rows)))
    return tuple(own)


def published_tables() -> tuple[Table, ...]:
    """Every published value with the law, and how many of them are judged."""
    return _published_table(), _judged_table()


def _row(found: Artificial, panel: Panel, x: float, cell_setting: Setting) -> tuple[Figure, ...]:
    cell = found.cells[cell_setting]
    s, value = cell.setting, known(panel, x, found.trial.full)
    length, rho = (float(np.mean([getattr(one, name) for one in cell.seen])) for name in ("length", "rho"))
    runs = cell.accuracy
    return (LABELS[panel.name], x, s.d, s.N, s.N_adv, "" if s.norm == "l0" else str(s.epsilon), float(runs.mean()),
            float(runs.min()), float(runs.max()), cell.law, cell.deviation, "" if value is None else value,
            cell.control, cell.trained, length, rho, *cell.orth,
            "applies" if cell.inside else "not meant for d < N")  # fmt: skip


def _published_deviations() -> Floats:
    return np.concatenate([np.abs(published_law(curve, mode) - values) for curve in published.L2
                           for mode, values in curve.values.items()])  # fmt: skip


def _published_table() -> Table:
    rows: list[tuple[Figure, ...]] = []
    for curve in published.L2:
        for mode, values in curve.values.items():
            for i, (value, predicted) in enumerate(zip(values, published_law(curve, mode).tolist(), strict=True)):
                rows.append((LABELS[curve.panel], mode, curve.x[i], curve.d[i], curve.N[i], curve.N_adv[i],
                             curve.epsilon[i], value, predicted, value - predicted))  # fmt: skip
    for norm, by_mode in published.OTHERS.items():
        for mode, read in by_mode.items():
            rows += [(LABELS[norm], mode, x, published.D, published.N, published.N_ADV, "", value,
                      "no length published", "") for x, value in read.items()]  # fmt: skip
    heads = ("panel", "data", "x", "d", "N", "N'", "epsilon", "published", "law", "published - law")
    return Table(f"Published accuracies, read from plots ({NOT_MET})", heads, tuple(rows))


def _judged_table() -> Table:
    judged = published_curves()
    rows: tuple[tuple[Figure, ...], ...] = (
        ("points of the L2 panels", int(_published_deviations().size)),
        ("of them judged, d >= N", int(np.size(judged.predicted))),
        ("largest deviation of those judged", float(judged.deviation.max())), ("allowed", judged.tolerance),
    )  # fmt: skip
    return Table("Published curves against the law", ("quantity", "value"), rows)
