"""Plots of the ledger, read and cut to what can be drawn."""

from dataclasses import dataclass

from .grids import LARGEST, Level, read_grid
from .node import Node

KINDS = ("line", "points", "band", "rule", "span", "grid")
SCALES = ("linear", "log")
_MOST_POINTS = 2000


@dataclass(frozen=True)
class Series:
    """One curve, cloud, band, rule, span or grid, already cut to what can be drawn.

    ``low`` and ``high`` are the ends of a band, of error bars or of spans, ``levels`` the cells of a grid by colour;
    ``note`` says what is not drawn and why.
    """

    label: str
    kind: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    note: str = ""
    levels: tuple[Level, ...] = ()

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

    @property
    def has_grid(self) -> bool:
        return any(series.kind == "grid" for series in self.series)


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
    if kind == "span" and not x and not y:
        return _span(node, label, x_scale, low, high)
    if kind == "grid":
        if not all(_fits(a, x_scale) for a in x) or not all(_fits(b, y_scale) for b in y):
            raise ValueError(f"{node.where}: a grid needs x and y that are finite numbers on these axes")
        levels, note = read_grid(node, (x, y), (x_scale, y_scale))
        return Series(label, kind, (), (), (), (), note, levels)
    if kind == "span":
        raise ValueError(f"{node.where}: a span has low and high, and neither x nor y")
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


def _span(node: Node, label: str, scale: str, low: tuple[float, ...], high: tuple[float, ...]) -> Series:
    if len(low) != len(high):
        raise ValueError(f"{node.where}: a span needs low and high, as many of both ({len(low)} and {len(high)})")
    kept = [(a, b) for a, b in zip(low, high, strict=True) if _fits(a, scale) and _fits(b, scale)]
    note = _left_out(len(low) - len(kept), len(low))
    return Series(label, "span", (), (), tuple(a for a, _ in kept), tuple(b for _, b in kept), note)


def _left_out(missing: int, count: int) -> str:
    return f"{missing} of {count} not drawn: not a finite number on these axes" if missing else ""


def _fits(value: float, scale: str) -> bool:
    return abs(value) <= LARGEST and (scale == "linear" or value >= 1 / LARGEST)
