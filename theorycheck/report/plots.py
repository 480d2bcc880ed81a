"""Plots of the ledger as SVG: the same document gives the same bytes, text stays text, no text of it is interpreted."""

import io
import math
import warnings
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from .node import Node
from .text import superscript

KINDS = ("line", "points", "band", "rule")
SCALES = ("linear", "log")
# Dark enough on white, and told apart by readers with any colour vision together with dashes and markers.
COLOURS = ("#0072b2", "#c44e00", "#007a5a", "#8f4a8b", "#333333", "#8a6a00")
DASHES = ("", "6 2", "2 2", "8 2 2 2")
MARKERS = ("o", "s", "^", "D", "v", "X")
_MOST_POINTS = 2000
_LARGEST = 1e200  # beyond, the span of an axis overflows


@dataclass(frozen=True)
class Series:
    """One curve, cloud, band or rule, already cut to what can be drawn.

    ``low`` and ``high`` are the ends of a band or of error bars; ``note`` says what is not drawn and why.
    """

    label: str
    kind: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    note: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"series {self.label!r}: kind {self.kind!r}; allowed: {', '.join(KINDS)}")


@dataclass(frozen=True)
class Plot:
    """A titled pair of axes with its series."""

    title: str
    x_label: str
    y_label: str
    x_scale: str
    y_scale: str
    series: tuple[Series, ...]


def read_plot(node: Node) -> Plot:
    """The plot that the node describes. Raises ValueError where lengths differ or a kind or scale is unknown."""
    scales = node.choice("x_scale", SCALES, "linear"), node.choice("y_scale", SCALES, "linear")
    series = tuple(_series(child, *scales) for child in node.nodes("series"))
    return Plot(node.text("title"), node.text("x_label"), node.text("y_label"), *scales, series)


def _series(node: Node, x_scale: str, y_scale: str) -> Series:
    kind = node.choice("kind", KINDS, "line")
    x, y, low, high = (node.numbers(key) for key in ("x", "y", "low", "high"))
    label = node.text("label")
    if kind == "rule":
        return _rule(node, label, (x_scale, y_scale), x, y)
    if len(low) != len(high) or kind == "band" and len(low) != len(x) or low and len(low) != len(x):
        raise ValueError(f"{node.where}: low and high need one value per x ({len(low)} and {len(high)} for {len(x)})")
    if kind != "band" and len(y) != len(x) or y and len(y) != len(x):
        raise ValueError(f"{node.where}: y needs one value per x ({len(y)} for {len(x)})")
    rows = list(zip(x, y or low, low or y, high or y, strict=True))
    drawn = [row for row in rows if _fits(row[0], x_scale) and all(_fits(value, y_scale) for value in row[1:])]
    step = -(-len(drawn) // _MOST_POINTS) or 1
    note = _left_out(len(rows) - len(drawn), len(rows))
    if step > 1:
        note += f"{'; ' if note else ''}one in {step} of {len(drawn)} points drawn"
    x, y, bottom, top = (tuple(row[n] for row in drawn[::step]) for n in range(4))
    return Series(label, kind, x, y, bottom if low else (), top if low else (), note)


def _rule(node: Node, label: str, scales: tuple[str, str], x: tuple[float, ...], y: tuple[float, ...]) -> Series:
    if not x and not y or x and y and len(x) != len(y):
        raise ValueError(f"{node.where}: a rule needs y (levels), x (positions), or as many of both (a reference line)")
    count = max(len(x), len(y))
    kept = [n for n in range(count) if all(_fits(axis[n], scales[i]) for i, axis in enumerate((x, y)) if axis)]
    x, y = (tuple(axis[n] for n in kept) if axis else () for axis in (x, y))
    return Series(label, "rule", x, y, (), (), note=_left_out(count - len(kept), count))


def _left_out(missing: int, count: int) -> str:
    return f"{missing} of {count} not drawn: not a finite number on these axes" if missing else ""


def _fits(value: float, scale: str) -> bool:
    return abs(value) <= _LARGEST and (scale == "linear" or value >= 1 / _LARGEST)


def draw(plot: Plot) -> str:
    """The plot as an SVG document by matplotlib, 6.4 x 3.6 inches; without title and legend, which the page sets."""
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
            _add(axes, series, order)
        _axis(axes, plot)
        sheet = io.StringIO()
        figure.savefig(sheet, format="svg", metadata={"Date": None, "Creator": None})
    return sheet.getvalue()


def _frame(axes: Axes, plot: Plot) -> None:
    axes.set_xscale(plot.x_scale)
    axes.set_yscale(plot.y_scale)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color("#777777")
    axes.grid(visible=True, which="major", color="#e4e4e4", linewidth=0.6)
    axes.set_axisbelow(True)
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


def _add(axes: Axes, series: Series, order: int) -> None:
    ink, marker = colour(series, order), MARKERS[order % len(MARKERS)]
    pattern = tuple(float(length) for length in dashes(series, order).split())
    style = (0, pattern) if pattern else "-"
    if series.kind == "rule":
        _add_rule(axes, series, ink, style)
    elif series.kind == "band":
        axes.fill_between(series.x, series.low, series.high, color=ink, alpha=0.18, linewidth=0)
    elif series.kind == "points":
        axes.plot(series.x, series.y, linestyle="none", marker=marker, markersize=4.5, color=ink)
        if series.low:
            axes.vlines(series.x, series.low, series.high, color=ink, linewidth=1)
    else:
        lone = marker if len(series.x) == 1 else ""
        axes.plot(series.x, series.y, linestyle=style, marker=lone, markersize=4.5, color=ink, linewidth=1.6)
        if series.low:
            axes.fill_between(series.x, series.low, series.high, color=ink, alpha=0.15, linewidth=0)


def _add_rule(axes: Axes, series: Series, ink: str, style: object) -> None:
    look: Any = {"color": ink, "linewidth": 1.1, "linestyle": style}
    if series.x and series.y:
        axes.plot(series.x, series.y, **look)
        return
    for level in series.y:
        axes.axhline(level, **look)
    for position in series.x:
        axes.axvline(position, **look)
