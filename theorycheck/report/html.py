"""The report as one HTML page without scripts, requests or foreign styles."""

import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from . import plots
from .latex import segments
from .mathml import maths, to_mathml
from .plots import Plot, Series
from .svg import inline
from .verdicts import KINDS, ORIGINS, VERDICTS
from .view import Report

_LINK = re.compile(r"https://[A-Za-z0-9._~/?&=%+-]+")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(prose=prose, maths=maths, formula=formula, swatch=swatch)
    environment.globals.update(drawing=drawing, is_link=is_link)
    return environment


def html(report: Report) -> str:
    """The page; the same report gives the same text."""
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            by_id=report.by_id(),
            legend=tuple(VERDICTS.values()),
            origins=ORIGINS,
            kinds=KINDS,
            css=Markup((files(__package__) / "report.css").read_text(encoding="utf-8")),
            shapes={verdict.word: Markup(verdict.shape) for verdict in VERDICTS.values()},
        )
    )


def prose(text: str) -> Markup:
    """Running text, with mathematics between dollar signs and line breaks kept."""
    pieces = [maths(piece) if is_maths else escape(piece) for is_maths, piece in segments(text)]
    return Markup("").join(pieces).strip().replace("\n", Markup("<br>\n"))


def formula(tex: str) -> Markup:
    """A statement in LaTeX: a displayed formula, or text with mathematics between dollar signs."""
    if "$" in tex:
        return prose(tex)
    shown = to_mathml(tex, display=True)
    return shown if shown is not None else maths(tex)


def is_link(url: str) -> bool:
    return _LINK.fullmatch(url) is not None


def drawing(plot: Plot, prefix: str) -> Markup:
    """The plot as inline SVG with ids that start with ``prefix``."""
    name = plot.title or f"{plot.y_label} against {plot.x_label}"
    return inline(plots.draw(plot), prefix, name)


def swatch(series: Series, order: int) -> Markup:
    """The series' line, marker or band as a small picture for the legend."""
    ink, pattern = plots.colour(series, order), plots.dashes(series, order)
    if series.kind == "band":
        body = Markup('<rect x="1" y="1" width="26" height="10" fill="{}" fill-opacity="0.25"/>').format(ink)
    elif series.kind == "points":
        body = Markup('<path d="{}" fill="{}"/>').format(_MARKS[plots.MARKERS[order % len(plots.MARKERS)]], ink)
    else:
        line = '<path d="M1 6h26" fill="none" stroke="{}" stroke-width="1.8" stroke-dasharray="{}"/>'
        body = Markup(line).format(ink, pattern or "none")
    return Markup('<svg class="swatch" viewBox="0 0 28 12" aria-hidden="true">{}</svg>').format(body)


_MARKS = {
    "o": "M10 6a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "s": "M10.5 2.5h7v7h-7z",
    "^": "M14 1.5 18.5 9.5h-9z",
    "D": "M14 1.2 18.8 6 14 10.8 9.2 6z",
    "v": "M14 10.5 18.5 2.5h-9z",
    "X": "M10 4 12 2l2 2 2-2 2 2-2 2 2 2-2 2-2-2-2 2-2-2 2-2z",
}
