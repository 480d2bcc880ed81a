"""Heat maps and maps of categories: cells on a grid, drawn as a few flat levels that the legend can name."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from .node import Node
from .text import number

# Unlike in lightness as well as in hue, so that they stay apart in grey and for readers with any colour vision.
CATEGORIES = ("#f6ecc8", "#a9cfe6", "#e39f62", "#4fa08b", "#a8648f", "#3b5f91", "#6e2f24", "#1c1c1c")
LARGEST = 1e200  # beyond, the span of an axis overflows
_MOST_LEVELS = 8
_MOST_CELLS = 40_000
Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True)
class Level:
    """A colour of the grid: what it stands for, and its cells as rectangles (left, bottom, right, top)."""

    label: str
    colour: str
    cells: tuple[Rectangle, ...]


def read_grid(
    node: Node, centres: tuple[Sequence[float], Sequence[float]], scales: tuple[str, str]
) -> tuple[tuple[Level, ...], str]:
    """The levels of the grid that the node describes, and a note on what is left out.

    Args:
        node: with ``values`` in rows and ``categories``.
        centres: of the columns and of the rows; the caller has seen that they stand on the axes.
        scales: "linear" or "log", for each axis.

    Raises ValueError where sizes differ, centres do not increase, or a category does not exist.
    """
    x, y = centres
    for name, places in (("x", x), ("y", y)):
        if not places or any(b <= a for a, b in pairwise(places)):
            raise ValueError(f"{node.place(name)}: a grid needs centres that increase")
    # Beyond what the axes take, a value cannot be told from a gap either.
    rows = [[value if abs(value) <= LARGEST else math.nan for value in row] for row in node.matrix("values")]
    if len(rows) != len(y) or any(len(row) != len(x) for row in rows):
        sizes = f"{len(rows)} rows of {', '.join(sorted({str(len(row)) for row in rows})) or 'none'}"
        raise ValueError(f"{node.place('values')}: {sizes}; a grid needs one row per y with one value per x")
    count, missing = len(x) * len(y), sum(math.isnan(value) for row in rows for value in row)
    step = math.ceil(math.sqrt(count / _MOST_CELLS))
    notes = [f"{missing} of {count} without a value"] if missing else []
    if step > 1:
        notes.append(f"one in {step} of {len(x)} columns and of {len(y)} rows drawn")
        x, y, rows = x[::step], y[::step], [row[::step] for row in rows[::step]]
    words = node.words("categories")
    names, colours, rows = _named(node, words, rows) if words else _scaled(rows)
    found = _cells(rows, edges(x, scales[0]), edges(y, scales[1]))
    levels = (Level(name, colours[n], tuple(found[n])) for n, name in enumerate(names) if n in found)
    return tuple(levels), "; ".join(notes)


def _cells(rows: list[list[float]], left: list[float], bottom: list[float]) -> dict[int, list[Rectangle]]:
    """For every level the rectangles of its cells, neighbours in a row joined; NaN is no level."""
    found: dict[int, list[Rectangle]] = {}
    for r, row in enumerate(rows):
        start = 0
        for level, group in groupby(row):
            end = start + len(list(group))
            if not math.isnan(level):
                found.setdefault(int(level), []).append((left[start], bottom[r], left[end], bottom[r + 1]))
            start = end
    return found


def edges(centres: Sequence[float], scale: str) -> list[float]:
    """The n + 1 borders of n cells: half-way between centres, on a log scale by ratio; the outer ones by mirroring.

    >>> edges([1.0, 2.0, 4.0], "linear"), edges([1.0, 4.0], "log")
    ([0.5, 1.5, 3.0, 5.0], [0.5, 2.0, 8.0])
    """
    at = [math.log2(c) for c in centres] if scale == "log" else list(centres)
    inner = [(a + b) / 2 for a, b in pairwise(at)]
    first, last = (inner[0], inner[-1]) if inner else (at[0] + 0.5, at[0] - 0.5)
    found = [2 * at[0] - first, *inner, 2 * at[-1] - last]
    most = math.log2(LARGEST)
    return [2.0 ** min(max(c, -most), most) for c in found] if scale == "log" else found


Palette = tuple[list[str], list[str], list[list[float]]]  # labels, colours, and the rows with levels as values


def _named(node: Node, words: tuple[str, ...], rows: list[list[float]]) -> Palette:
    if len(words) > len(CATEGORIES):
        raise ValueError(f"{node.place('categories')}: {len(words)} (allowed: at most {len(CATEGORIES)})")
    for value in (value for row in rows for value in row):
        if not math.isnan(value) and value not in range(len(words)):
            raise ValueError(f"{node.place('values')}: {value:g} is no category (allowed: 0 to {len(words) - 1})")
    return list(words), list(CATEGORIES[: len(words)]), rows


def _scaled(rows: list[list[float]]) -> Palette:
    """At most a few intervals with round ends; the darker, the larger."""
    known = [value for row in rows for value in row if not math.isnan(value)]
    if not known:
        return [], [], rows
    low, high = min(known), max(known)
    ticks = [float(tick) for tick in MaxNLocator(_MOST_LEVELS).tick_values(low, high)] if low < high else []
    inner = [tick for tick in ticks if low < tick < high]
    first, last = max((t for t in ticks if t <= low), default=low), min((t for t in ticks if t >= high), default=high)
    names = [f"{number(a)} to {number(b)}" if a < b else number(a) for a, b in pairwise((first, *inner, last))]
    colours = [_shade((n + 1) / (len(names) + 1)) for n in range(len(names))]
    return names, colours, [[v if math.isnan(v) else float(bisect_right(inner, v)) for v in row] for row in rows]


def _shade(strength: float) -> str:
    return to_hex(matplotlib.colormaps["YlGnBu"](strength))


def add_grid(axes: Axes, levels: Sequence[Level]) -> None:
    """Draws the cells; the thin edge in their own colour closes the seams that viewers would show."""
    for level in levels:
        corners: list[tuple[float, float]] = []
        codes: list[Any] = []
        for x, y, right, top in level.cells:
            corners += [(x, y), (right, y), (right, top), (x, top), (x, y)]
            codes += [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY]
        look = {"facecolor": level.colour, "edgecolor": level.colour, "linewidth": 0.4, "zorder": 0.6}
        axes.add_patch(PathPatch(Path(corners, codes), label=level.label, **look))
