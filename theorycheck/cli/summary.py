"""The summary of a run: a table, a line for what needs one, and a closing line with counts."""

import os
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

from .printable import printable

if TYPE_CHECKING:
    from rich.console import Console

# A verdict is told by its shape and its word; colour only helps.
SHAPES = {"proved": "●", "certified": "◆", "derived": "■", "survived": "◉", "inconclusive": "◇", "vacuous": "∅",
          "refuted": "✗", "conflict": "⋈", "error": "▲"}  # fmt: skip
STYLES = {"proved": "green", "certified": "green", "derived": "green", "survived": "cyan", "inconclusive": "yellow",
          "vacuous": "magenta", "refuted": "red", "conflict": "bold red", "error": "bold red"}  # fmt: skip
WIDE = 240  # columns where no terminal sets a width


def console(stream: IO[str], color: str) -> "Console":
    """A console that writes to `stream`; `color` auto heeds NO_COLOR and colours terminals only."""
    from rich.console import Console

    plain = color == "never" or (color == "auto" and (bool(os.environ.get("NO_COLOR")) or not stream.isatty()))
    return Console(
        file=stream,
        width=None if stream.isatty() else WIDE,
        highlight=False,
        markup=False,
        emoji=False,
        no_color=plain,
        force_terminal=True if color == "always" else None,
        color_system=None if plain else "standard",
    )


def print_summary(document: Mapping[str, Any], out: "Console") -> None:
    """Prints the ledger's table and closing line; computes no verdict."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for head in ("claim", "in the paper", "verdict", "expected", "rests on"):
        table.add_column(head)
    table.add_column("seconds", justify="right")
    for claim in document["claims"]:
        verdict = claim["verdict"]
        expected = "" if claim["as_expected"] else f"! {claim['expected']}"
        seconds = sum(e["seconds"] for e in claim["evidence"])
        cells = (claim["id"], claim["source"], _word(verdict), expected, _rests_on(claim), f"{seconds:.1f}")
        styles = ("", "", STYLES[verdict], "bold", "", "")
        table.add_row(*(Text(printable(cell), style=style) for cell, style in zip(cells, styles, strict=True)))
    out.print(table)
    out.print()
    for claim in document["claims"]:
        if not claim["as_expected"]:
            out.print(Text(printable(_reason(claim)), style=STYLES[claim["verdict"]]), soft_wrap=True)
    out.print(Text(closing(document)), soft_wrap=True)


def closing(document: Mapping[str, Any]) -> str:
    """Counts by verdict, and how many claims are as expected."""
    found = document["summary"]
    counts = ", ".join(f"{n} {verdict}" for verdict, n in found["verdicts"].items())
    undecided = [c["id"] for c in document["claims"] if c["verdict"] == "inconclusive" and not c["as_expected"]]
    other = [name for name in found["unexpected"] if name not in undecided]
    line = f"{document['paper']}: {found['claims']} claims: {counts}; {found['as_expected']} as expected"
    line += f"; NOT as expected: {', '.join(other)}" if other else ""
    line += f"; INCONCLUSIVE against expectation: {', '.join(undecided)}" if undecided else ""
    return printable(line)


def _word(verdict: str) -> str:
    return f"{SHAPES[verdict]} {verdict}"


def _rests_on(claim: Mapping[str, Any]) -> str:
    found = claim["rests_on"]
    others = [name for name in found["weakest"] if name != claim["id"]]
    if found["verdict"] == claim["verdict"] or not others:
        return _word(found["verdict"])
    shown = ", ".join(others[:2]) + (f" and {len(others) - 2} more" if len(others) > 2 else "")
    return f"{_word(found['verdict'])} ({shown})"


def _reason(claim: Mapping[str, Any]) -> str:
    """Why a claim is not as expected: what each check with something to say found."""
    evidence, verdict = claim["evidence"], claim["verdict"]
    telling = [e for e in evidence if e["verdict"] == verdict] or evidence
    said = "; ".join(f"{e['kind']} {e['verdict']}: {e['summary']}" for e in telling)
    return f"{SHAPES[verdict]} {claim['id']} is {verdict}, expected {claim['expected']}: {said[:500]}"
