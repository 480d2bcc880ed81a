"""The report as one LaTeX file: every expression of the template is escaped unless it is LaTeX already."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from .escape import escape, symbols
from .latex import problem, segments
from .mathml import to_mathml
from .verdicts import VERDICTS
from .view import Report


class Latex(str):
    """Text that is LaTeX already."""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__, "."),
        # HTML's escaping is of no use here: finalize does it for LaTeX, on every expression.
        autoescape=False,
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    environment.filters.update(prose=prose, formula=formula, inline=inline, lines=lines, raw=Latex)
    return environment


def tex(report: Report) -> str:
    """The document; the same report gives the same text."""
    return (
        _environment()
        .get_template("report.tex.j2")
        .render(
            report=report,
            by_id=report.by_id(),
            legend=tuple(VERDICTS.values()),
            name=report.bibliography.title or report.paper or "Untitled paper",
        )
    )


def _finalize(value: object) -> object:
    if isinstance(value, Latex):
        return value
    return Latex(escape(str(value)))


def _passes(formula: str) -> bool:
    # The converter to MathML is a second reader of the grammar: what it cannot parse would stop a LaTeX run.
    return not problem(formula) and to_mathml(formula) is not None


def prose(text: str) -> Latex:
    """Running text with mathematics between dollar signs."""
    pieces = [inline(piece) if is_maths else Latex(escape(piece)) for is_maths, piece in segments(text)]
    return Latex("".join(pieces))


def inline(formula: str) -> Latex:
    """The formula in running text; as escaped typewriter text where it is not listed LaTeX."""
    if "$" in formula:
        return prose(formula)
    if _passes(formula):
        return Latex(rf"\({symbols(formula)}\)")
    return Latex(rf"\texttt{{{escape(formula)}}}")


def formula(source: str) -> Latex:
    """The formula displayed; as escaped typewriter text where it is not listed LaTeX."""
    if "$" in source:
        return prose(source)
    return Latex(rf"\[{symbols(source)}\]") if _passes(source) else inline(source)


def lines(text: str) -> Latex:
    """Text that keeps its line breaks and indents."""
    rows = ["~" * (len(row) - len(row.lstrip())) + escape(row.strip()) for row in text.splitlines() if row.strip()]
    return Latex("\\\\\n".join(rows))
