"""The record of a simulation as its page shows it, and the files that go with the page."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .drawing import draw
from .evidence import Pair, Table, flatten, read_table
from .node import Node
from .plots import Plot, read_plot
from .text import label, value_text
from .view import Bibliography, flat, read_bibliography, read_tool

_ADDRESS = re.compile(r"[^a-z0-9]+")
KINDS = ("simulation", "constants")
_POINT = ("x", "y", "low", "high")


@dataclass(frozen=True)
class Outcome:
    """What was judged: the sentence, whether it agrees, and the numbers behind it."""

    text: str
    agrees: bool
    figures: tuple[Pair, ...]


@dataclass(frozen=True)
class Simulation:
    """The whole page; a plot or table stands with the names of its files, other files with their digests."""

    id: str
    title: str
    text: str
    paper: str
    bibliography: Bibliography
    outcomes: tuple[Outcome, ...]
    failures: tuple[str, ...]
    figures: tuple[Pair, ...]
    plots: tuple[tuple[Plot, tuple[str, ...]], ...]
    tables: tuple[tuple[Table, tuple[str, ...]], ...]
    files: tuple[Pair, ...]
    tool: tuple[Pair, ...]
    libraries: tuple[Pair, ...]
    setting: tuple[Pair, ...]
    seed: str
    seeds: str
    created: str
    profile: str
    kind: str = "simulation"


def simulation_of(document: Mapping[str, object]) -> Simulation:
    """The page of a record. Raises ValueError for a wrong type; the message names the place."""
    root = Node(document, "")
    about = root.node("experiment") or Node({}, "experiment")
    tool = root.node("tool") or Node({}, "tool")
    outcomes = (Outcome(o.required("text"), o.flag("agrees") is True, _pairs(o)) for o in root.nodes("outcomes"))
    return Simulation(
        id=about.required("id"),
        title=about.text("title") or about.required("id"),
        text=about.text("text"),
        paper=root.text("paper"),
        bibliography=read_bibliography(root.node("bibliography") or Node({}, "bibliography")),
        outcomes=tuple(outcomes),
        failures=root.words("failures"),
        figures=_pairs(root),
        plots=tuple((read_plot(plot), (f"{stem}.svg", f"{stem}.csv")) for stem, plot in _named("plot", root)),
        tables=tuple((read_table(table), (f"{stem}.csv",)) for stem, table in _named("table", root)),
        files=tuple(Pair(name, value_text(digest)) for name, digest in root.mapping("files")),
        tool=read_tool(tool),
        libraries=tuple(Pair(name, value) for name, value in flat(tool, "libraries")),
        setting=flatten(dict(root.mapping("setting"))),
        seed=root.text("seed"),
        seeds=root.text("seeds"),
        created=tool.text("created"),
        profile=tool.text("profile"),
        kind=root.choice("kind", KINDS, "simulation"),
    )


def data_files(document: Mapping[str, object]) -> dict[str, str]:
    """Every plot as SVG and its values as CSV, and every table as CSV, by the names that the page links to."""
    root = Node(document, "")
    found: dict[str, str] = {}
    for stem, plot in _named("plot", root):
        found[f"{stem}.svg"] = draw(read_plot(plot), alone=True)
        found[f"{stem}.csv"] = _csv(_values(plot))
    for stem, table in _named("table", root):
        found[f"{stem}.csv"] = _csv((table.words("columns"), *table.rows("rows")))
    return found


def _pairs(node: Node) -> tuple[Pair, ...]:
    return tuple(Pair(label(name), value_text(value)) for name, value in node.mapping("figures"))


def _named(kind: str, root: Node) -> Iterator[tuple[str, Node]]:
    """Plots or tables, each with its file name without ending: number, then the title's letters and digits.

    >>> [name for name, _ in _named("plot", Node({"plots": [{"title": "Accuracy, β = 1"}, {}]}, ""))]
    ['plot-1-accuracy-1', 'plot-2']
    """
    for n, node in enumerate(root.nodes(f"{kind}s"), 1):
        title = _ADDRESS.sub("-", node.text("title").lower())[:60].strip("-")
        yield f"{kind}-{n}{'-' if title else ''}{title}", node


def _values(plot: Node) -> Iterable[Iterable[object]]:
    """The numbers of a plot in long form; a grid has a row for each cell."""
    yield "series", "kind", *_POINT, "value", "category"
    for series in plot.nodes("series"):
        name, kind = series.text("label"), series.text("kind")
        x, y, low, high = (series.list(key) for key in _POINT)
        if kind == "grid":
            words = series.words("categories")
            for b, row in zip(y, series.matrix("values"), strict=True):
                for a, value in zip(x, row, strict=True):
                    word = words[int(value)] if words and value == value else None
                    yield name, kind, a, b, None, None, value if value == value else None, word
            continue
        for n in range(max(map(len, (x, y, low, high)))):
            yield name, kind, *(part[n] if n < len(part) else None for part in (x, y, low, high)), None, None


def _csv(rows: Iterable[Iterable[object]]) -> str:
    """RFC 4180, numbers in full; what is no number or text stands as JSON."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    for row in rows:
        writer.writerow([json.dumps(cell) if isinstance(cell, (bool, dict, list)) else cell for cell in row])
    return sheet.getvalue()
