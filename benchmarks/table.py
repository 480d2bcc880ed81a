"""The table of ratios as text, and what was to be reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .measure import ONE
from .tools import LIMIT, MEMORY, OURS, TOOLS

SHOWN = [OURS, ONE, *(name for name in TOOLS if name not in (LIMIT, MEMORY, OURS))]


@dataclass(frozen=True)
class Aim:
    """A ratio to reach: ours to the limit at most (against = limit), or of another tool to ours at least."""

    size: str
    case: str
    threads: int
    against: str
    value: float


AIMS = (
    Aim("M", "adversarial", 1, LIMIT, 1.2), Aim("M", "adversarial", 1, "torch", 5.0),
    Aim("M", "adversarial", 1, "torch-malloc", 4.0), Aim("M", "adversarial", 1, "jax", 3.5),
    Aim("M", "adversarial", 1, "torch-compile", 3.0),
    Aim("L", "adversarial", 1, LIMIT, 1.15), Aim("L", "adversarial", 1, "torch", 4.5),
    Aim("S", "adversarial", 1, LIMIT, 1.6), Aim("S", "adversarial", 1, "torch", 8.0),
    Aim("S", "adversarial", 1, "jax", 2.2),
    Aim("M", "pgd-20", 1, LIMIT, 1.25), Aim("M", "pgd-20", 1, "jax", 1.5),
    *(Aim("S", "batched", 1, name, 4.0) for name in SHOWN if name in TOOLS and "batched" in TOOLS[name].cases
      and name != OURS),
    Aim("reduced", "reduced", 1, "numpy", 150.0), Aim("reduced", "reduced", 1, "numpy-vectorised", 30.0),
    Aim("M", "adversarial", 2, ONE, 1.7), Aim("L", "adversarial", 2, ONE, 1.7),
)


def cell(tool: dict[str, Any] | None, key: str) -> str:
    """A median, or why there is none."""
    if tool is None:
        return "-"
    if tool["status"] != "measured":
        return str(tool["status"])
    return f"{tool[key]['median']:.2f}" if key in tool else "-"


def block(title: str, rows: list[dict[str, Any]], key: str) -> list[str]:
    """One table: a line a case, a column a tool."""
    names = [name for name in SHOWN if any(name in row["tools"] for row in rows)]
    width = [max(len(name), 7) for name in names]
    lines = [title, f"{'':22s}" + "  ".join(f"{name:>{w}s}" for name, w in zip(names, width, strict=True))]
    for row in rows:
        cells = (f"{cell(row['tools'].get(name), key):>{w}s}" for name, w in zip(names, width, strict=True))
        lines.append(f"{row['size'] + ' ' + row['case']:22s}" + "  ".join(cells))
    return [*lines, ""]


def reached(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Every aim with what was measured."""
    found = {(row["size"], row["case"], row["threads"]): row["tools"] for row in rows}
    lines = ["to reach"]
    for aim in AIMS:
        tools = found.get((aim.size, aim.case, aim.threads))
        if tools is None:
            continue
        own = aim.against == LIMIT
        tool, key = tools.get(OURS if own else aim.against), "over_limit" if own else "over_ours"
        text = cell(tool, key)
        value = tool[key]["median"] if tool is not None and key in tool else float("nan")
        good = value <= aim.value if own else value >= aim.value
        said = "reached" if good else "not reached" if value == value else "not measured"
        against = f"limit   <= {aim.value:g}" if own else f"{aim.against}   >= {aim.value:g}"
        name = f"{aim.size} {aim.case}, {aim.threads} thread{'s' * (aim.threads > 1)}"
        lines.append(f"  {name:26s} {against:30s} {text:>8s}  {said}")
    return [*lines, ""]


def text_of(document: dict[str, Any]) -> str:
    """The whole document as text."""
    rows = document["rows"]
    lines: list[str] = []
    for threads in sorted({row["threads"] for row in rows}):
        some = [row for row in rows if row["threads"] == threads]
        head = f"{threads} thread{'s' * (threads > 1)}, float64, medians of {document['rounds']} rounds"
        with_limit = [row for row in some if row["operations"]]
        if with_limit:
            lines += block(f"{head}: time of a step over the limit's", with_limit, "over_limit")
        lines += block(f"{head}: time of a step over ours", some, "over_ours")
        read = [f"{row['size']} {row['case']} {row['reading_over_limit']['median']:.2f}" for row in with_limit
                if "reading_over_limit" in row]
        if read:
            lines += ["one reading of the data over the limit: " + ", ".join(read), ""]
    lines += reached(rows)
    missing = document["missing"]
    lines += [f"missing: {name} ({why})" for name, why in sorted(missing.items())] or ["no tool is missing"]
    for row in rows:
        lines += [f"failed: {name} at {row['size']} {row['case']}, {row['threads']} threads ({tool['why']})"
                  for name, tool in row["tools"].items() if tool["status"] == "failed"]
    return "\n".join(lines) + "\n"
