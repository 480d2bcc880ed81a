"""What one check found: a verdict with everything needed to judge it. Evidence is data; it travels as JSON."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from .verdict import Verdict

Figure = float | int | str | list[Any]


@dataclass(frozen=True)
class Series:
    """One layer of a plot.

    ==========  ====================================================================================================
    kind        what it holds
    ==========  ====================================================================================================
    ``line``    `x`, `y`; with `low` and `high` a band around it
    ``points``  `x`, `y`; with `low` and `high` error bars
    ``band``    `x`, `low`, `high`
    ``rule``    `y` for levels, `x` for moments, both for a reference line
    ``span``    `low`, `high`: intervals of the x axis, shaded over the whole height
    ``grid``    `values[row][column]` at the centres `y[row]`, `x[column]`, both increasing; a number on a
                scale, or with `categories` the index of one
    ==========  ====================================================================================================

    A NaN is a gap. Labels are plain text; the page also sets mathematics between dollar signs.
    """

    label: str
    kind: str
    x: list[float]
    y: list[float]
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    values: list[list[float]] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Plot:
    """A figure as data; the report draws it."""

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    x_scale: str = "linear"
    y_scale: str = "linear"


@dataclass(frozen=True)
class Table:
    """A small table: column heads and rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Figure, ...], ...]


@dataclass(frozen=True)
class Evidence:
    """The outcome of one check.

    Args:
        kind: symbolic, enclosure, search, run or statistics.
        verdict: what this check alone came to.
        summary: one sentence, with the reason where it is not positive.
        covers: names of the claim's parts that it is about; empty for all.
        figures: every number with what is needed to read it (n, seeds, interval, box, precision ...).
        certificate: what the kernel re-checks; present when proved, and with vacuous the contradiction.
        witness: what the kernel, or the paper's enclosure, replays; present exactly when refuted.
        seconds: time taken.
        cached: whether it was taken from the store.

    Raises:
        ValueError: for proved without a certificate, or refuted without a witness.
    """

    kind: str
    verdict: Verdict
    summary: str
    covers: tuple[str, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    plots: tuple[Plot, ...] = ()
    tables: tuple[Table, ...] = ()
    certificate: dict[str, Any] | None = None
    witness: dict[str, Any] | None = None
    seconds: float = 0.0
    cached: bool = False

    def __post_init__(self) -> None:
        if (self.verdict in (Verdict.PROVED, Verdict.VACUOUS)) != (self.certificate is not None):
            raise ValueError(
                f"{self.verdict} evidence {'without' if self.certificate is None else 'with'} a certificate"
            )
        if (self.verdict is Verdict.REFUTED) != (self.witness is not None):
            raise ValueError(f"{self.verdict} evidence {'without' if self.witness is None else 'with'} a witness")

    def to_json(self) -> dict[str, Any]:
        """A JSON document; floats that are not finite become None, so that no reader takes them for numbers."""
        found: dict[str, Any] = plain(asdict(self))
        return found


def evidence_from(document: Mapping[str, Any]) -> Evidence:
    """The evidence that `Evidence.to_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: if it is not such a document.
    """
    if set(document) != {f.name for f in fields(Evidence)}:
        raise ValueError("not evidence of this version")
    plots = tuple(Plot(**{**p, "series": tuple(Series(**s) for s in p["series"])}) for p in document["plots"])
    tables = tuple(Table(t["title"], tuple(t["columns"]), tuple(map(tuple, t["rows"]))) for t in document["tables"])
    known = {
        "verdict": Verdict(document["verdict"]),
        "covers": tuple(document["covers"]),
        "plots": plots,
        "tables": tables,
    }
    return Evidence(**{**document, **known})


def plain(value: Any) -> Any:
    """The value as JSON has it: NumPy's as lists, tuples as lists, floats that are not finite as None."""
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if hasattr(value, "item"):  # NumPy scalars and arrays
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Verdict) else value
