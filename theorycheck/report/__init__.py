"""Ledgers and simulations as offline pages, a ledger also as LaTeX. They show verdicts and compute none."""

from collections.abc import Mapping
from pathlib import Path

from .files import write_files
from .html import html, simulation_html
from .simulation import data_files, simulation_of
from .tex import tex
from .view import view

__all__ = ["simulation_files", "write"]


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


def simulation_files(document: Mapping[str, object]) -> dict[str, str]:
    """The texts, by file name, of a simulation's record: ``index.html``, each plot as SVG, plots and tables as CSV.

    Raises
    ------
    ValueError
        The document has a wrong type, or a plot or table that is none; the message names the place.
    """
    return {"index.html": simulation_html(simulation_of(document)), **data_files(document)}
