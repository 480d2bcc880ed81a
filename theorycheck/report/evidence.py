"""The evidence of a claim as the report shows it: figures, tables, plots, certificate."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .node import Node
from .plots import Plot, read_plot
from .text import duration, label, value_text
from .verdicts import KINDS, VERDICTS, Verdict

_NUMERIC = re.compile(r"[−+-]?[\d.]+( × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|[+-]?\d+/\d+|[−-]?∞|-|not a number")
_MOST_ROWS = 400
_MOST_PAIRS = 60


@dataclass(frozen=True)
class Pair:
    """A name and its value as text; ``tex`` where the name is a variable with a symbol."""

    name: str
    value: str
    tex: str = ""


@dataclass(frozen=True)
class Cell:
    text: str
    numeric: bool


@dataclass(frozen=True)
class Table:
    """Cells by row; ``note`` says how many rows are left out."""

    title: str
    columns: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence; ``gap`` names what should be stored with such a verdict and is not."""

    kind: str
    verdict: Verdict | None
    summary: str
    covers: tuple[str, ...]
    figures: tuple[Pair, ...]
    plots: tuple[Plot, ...]
    tables: tuple[Table, ...]
    certificate: tuple[Pair, ...]
    seconds: str
    cached: bool
    gap: str


def read_evidence(node: Node) -> Evidence:
    """The evidence that the node describes. Raises ValueError on a wrong type, verdict, plot or table."""
    verdict = read_verdict(node)
    kind = node.text("kind")
    certificate = node.node("certificate")
    uncertified = verdict is not None and verdict.word in ("proved", "vacuous") and not certificate
    return Evidence(
        kind=KINDS.get(kind, kind) or "Evidence",
        verdict=verdict,
        summary=node.text("summary"),
        covers=node.words("covers"),
        figures=tuple(Pair(label(name), value_text(value)) for name, value in node.mapping("figures")),
        plots=tuple(read_plot(child) for child in node.nodes("plots")),
        tables=tuple(read_table(child) for child in node.nodes("tables")),
        certificate=() if certificate is None else flatten(certificate.value),
        seconds=duration(node.number("seconds")),
        cached=node.flag("cached") is True,
        gap="No certificate is stored with this evidence." if uncertified else "",
    )


def read_verdict(node: Node, key: str = "verdict") -> Verdict | None:
    """The verdict under ``key``, None where there is none. Raises ValueError for a word that is no verdict."""
    word = node.choice(key, VERDICTS)
    return VERDICTS[word] if word else None


def read_table(node: Node) -> Table:
    """The table that the node describes. Raises ValueError for a row that has not one cell per column."""
    columns = node.words("columns")
    rows = []
    listed = node.list("rows")
    for place, row in enumerate(listed):
        if not isinstance(row, (list, tuple)) or len(row) != len(columns):
            raise ValueError(f"{node.where}.rows[{place}]: expected a list of {len(columns)} cells, got {row!r:.80}")
        texts = [value_text(cell) for cell in row]
        rows.append(tuple(Cell(text, _NUMERIC.fullmatch(text) is not None) for text in texts))
    note = f"The first {_MOST_ROWS} of {len(rows)} rows." if len(rows) > _MOST_ROWS else ""
    heads = tuple(Cell(name, bool(rows) and all(row[n].numeric for row in rows)) for n, name in enumerate(columns))
    return Table(node.text("title"), heads, tuple(rows[:_MOST_ROWS]), note)


def flatten(value: Mapping[str, object], symbols: Mapping[str, str] | None = None, path: str = "") -> tuple[Pair, ...]:
    """A nested object as pairs, inner names after outer ones; ``symbols`` gives the LaTeX of a variable's name."""
    symbols = symbols or {}
    pairs: list[Pair] = []
    for key, item in value.items():
        name = f"{path}{label(str(key))}"
        if isinstance(item, Mapping) and item and path.count(" · ") < 3:
            pairs.extend(flatten(item, symbols, f"{name} · "))
        else:
            pairs.append(Pair(name, value_text(item), symbols.get(str(key), "")))
    if not path and len(pairs) > _MOST_PAIRS:
        return (*pairs[:_MOST_PAIRS], Pair("…", f"{len(pairs)} entries, the rest is in the ledger"))
    return tuple(pairs)
