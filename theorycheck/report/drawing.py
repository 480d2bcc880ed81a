"""Plots as SVG: the same document gives the same bytes, text stays text, no text of it is interpreted."""

import io
import math
import textwrap
import warnings
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from .grids import add_grid
from .plots import Plot, Series
from .text import superscript

# Dark enough on white, and told apart by readers with any colour vision together with dashes and markers.
COLOURS = ("#0072b2", "#c44e00", "#007a5a", "#8f4a8b", "#333333", "#8a6a00")
DASHES = ("", "6 2", "2 2", "8 2 2 2")
MARKERS = ("o", "s", "^", "D", "v", "X")
_LEGEND_COLUMNS = 3


def draw(plot: Plot, alone: bool = False) -> str:
    """The plot as an SVG document by matplotlib, 6.4 x 3.6 inches.

    Title and legend are set by the page; ``alone`` draws them too, for a file of its own.
    """
    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": "theorycheck",
        "font.size": 9.0,
        "text.parse_math": False,
        "axes.formatter.use_mathtext": False,
    }
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        # matplotlib measures labels with a font that may lack a letter, but the reader's browser sets them.
        warnings.simplefilter("ignore", UserWarning)
        figure = Figure(figsize=(6.4, 3.6), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        _frame(axes, plot)
        for order, series in enumerate(plot.series):
            _add(axes, series, order, over=plot.has_grid)
        _axis(axes, plot)
        if alone:
            _explain(figure, axes, plot)
        sheet = io.StringIO()
        figure.savefig(sheet, format="svg", metadata={"Date": None, "Creator": None})
    return sheet.getvalue()


def _explain(figure: Figure, axes: Axes, plot: Plot) -> None:
    """Title and legend above the axes; the sheet grows by what they take."""
    title = "\n".join(textwrap.wrap(plot.title, 90))
    marks, names = axes.get_legend_handles_labels()
    columns = min(max(1, len(names)), _LEGEND_COLUMNS)
    figure.set_figheight(3.6 + 0.2 * (title.count("\n") + 1 + -(-len(names) // columns)))
    figure.legend(marks, names, title=title, loc="outside upper center", ncols=columns, fontsize=8, frameon=False)


def _frame(axes: Axes, plot: Plot) -> None:
    axes.set_xscale(plot.x_scale)
    axes.set_yscale(plot.y_scale)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color("#777777")
    axes.grid(visible=True, which="major", color="#e4e4e4", linewidth=0.6)
    axes.set_axisbelow(True)
    if plot.has_grid:
        axes.margins(0)
    axes.tick_params(which="both", color="#777777", labelcolor="#222222")


def _axis(axes: Axes, plot: Plot) -> None:
    for axis, text, scale in ((axes.xaxis, plot.x_label, plot.x_scale), (axes.yaxis, plot.y_label, plot.y_scale)):
        shown = text if len(text) <= 70 else text[:69] + "…"
        axis.set_label_text(shown.replace("\n", " "), color="#222222")
        if scale == "log":
            low, high = sorted(axis.get_view_interval())
            if high < 1000 * low:
                axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            axis.set_major_formatter(FuncFormatter(_power))
            axis.set_minor_formatter(NullFormatter())


def _power(value: float, _place: object = None) -> str:
    if 0.001 <= value <= 1000:
        return f"{value:g}"
    exponent = math.floor(math.log10(value) + 1e-9)
    factor = round(value / 10.0**exponent)
    return f"{'' if factor == 1 else f'{factor}×'}10{superscript(exponent)}"


def colour(series: Series, order: int) -> str:
    return "#555555" if series.kind == "rule" else COLOURS[order % len(COLOURS)]


def dashes(series: Series, order: int) -> str:
    return "4 3" if series.kind == "rule" else DASHES[order % len(DASHES)]


def _add(axes: Axes, series: Series, order: int, over: bool) -> None:
    """Draws the series; ``over`` a grid, curves and marks get a white rim."""
    ink, marker, label = colour(series, order), MARKERS[order % len(MARKERS)], series.label
    pattern = tuple(float(length) for length in dashes(series, order).split())
    look: Any = {"color": ink, "path_effects": [withStroke(linewidth=3.6, foreground="#ffffff")] if over else None}
    style: Any = {"linestyle": (0, pattern) if pattern else "-", **look}
    if series.kind == "grid":
        add_grid(axes, series.levels)
    elif series.kind == "rule":
        _add_rule(axes, series, {"linewidth": 1.1, **style})
    elif series.kind == "span":
        for n, (low, high) in enumerate(zip(series.low, series.high, strict=True)):
            axes.axvspan(low, high, color=ink, alpha=0.12, linewidth=0, zorder=0.7, label="" if n else label)
    elif series.kind == "band":
        axes.fill_between(series.x, series.low, series.high, color=ink, alpha=0.18, linewidth=0, label=label)
    elif series.kind == "points":
        axes.plot(series.x, series.y, linestyle="none", marker=marker, markersize=4.5, label=label, **look)
        if series.low:
            axes.vlines(series.x, series.low, series.high, linewidth=1, **look)
    else:
        lone = marker if len(series.x) == 1 else ""
        axes.plot(series.x, series.y, marker=lone, markersize=4.5, linewidth=1.6, label=label, **style)
        if series.low:
            axes.fill_between(series.x, series.low, series.high, color=ink, alpha=0.15, linewidth=0)


def _add_rule(axes: Axes, series: Series, look: Any) -> None:
    if series.x and series.y:
        axes.plot(series.x, series.y, label=series.label, **look)
        return
    lines = [*(axes.axhline(level, **look) for level in series.y), *(axes.axvline(at, **look) for at in series.x)]
    for line in lines[:1]:
        line.set_label(series.label)
