"""The report: a ledger document as one offline HTML page and one LaTeX file. It shows verdicts and computes none."""

from collections.abc import Mapping
from pathlib import Path

from .files import write_files
from .html import html
from .tex import tex
from .view import view

__all__ = ["write"]


def write(document: Mapping[str, object], folder: Path) -> tuple[Path, ...]:
    """Write ``index.html`` and ``report.tex`` of a ledger document into ``folder``; returns their paths.

    The document may come from a stranger: no string of it reaches a page unescaped, and LaTeX passes only where every
    command is listed. Strings may hold mathematics between dollar signs. Rules in plots are horizontal where only y is
    given, vertical where only x is, and a dashed reference line where both are.

    Raises
    ------
    ValueError
        The document has another schema, a wrong type, an unknown verdict, or a summary that contradicts its claims;
        the message names the place.
    OSError
        The folder or a file cannot be written; nothing new is left behind.
    """
    report = view(document)
    return write_files(Path(folder), {"index.html": html(report), "report.tex": tex(report)})
