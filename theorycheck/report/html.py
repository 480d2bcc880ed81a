"""The report as one HTML page without scripts, requests or foreign styles."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from .drawing import MARKERS, colour, dashes, draw
from .latex import segments
from .mathml import maths, to_mathml
from .plots import Plot, Series
from .simulation import Simulation
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
    environment.filters.update(prose=prose, maths=maths, formula=formula, keys=keys, links=links)
    environment.globals.update(drawing=drawing, is_link=is_link)
    return environment


def html(report: Report) -> str:
    """The page; the same report gives the same text."""
    return _page(
        "report",
        report=report,
        by_id=report.by_id(),
        legend=tuple(VERDICTS.values()),
        origins=ORIGINS,
        kinds=KINDS,
        shapes={verdict.word: Markup(verdict.shape) for verdict in VERDICTS.values()},
    )


def simulation_html(simulation: Simulation) -> str:
    """The page of an experiment; the same simulation gives the same text."""
    return _page("simulation", simulation=simulation)


def _page(template: str, **content: Any) -> str:
    css = Markup((files(__package__) / "report.css").read_text(encoding="utf-8"))
    return _environment().get_template(f"{template}.html.j2").render(css=css, **content)


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


def links(names: Iterable[str]) -> Markup:
    """Links to files that lie beside the page."""
    found = Markup(", ").join(Markup('<a href="{0}">{0}</a>').format(name) for name in names)
    return Markup('<p class="facts">Values: {}</p>').format(found)


def drawing(plot: Plot, prefix: str) -> Markup:
    """The plot as inline SVG with ids that start with ``prefix``."""
    name = plot.title or f"{plot.y_label} against {plot.x_label}"
    return inline(draw(plot), prefix, name)


def keys(plot: Plot) -> tuple[tuple[Markup, str, str], ...]:
    """The legend: for every series, and every level of a grid, a small picture, the label and a note."""
    found: list[tuple[Markup, str, str]] = []
    for order, series in enumerate(plot.series):
        if series.label or series.note:
            found.append((swatch(series, order), series.label, series.note))
        box = Markup('<rect x="1" y="1" width="26" height="10" fill="{}" stroke="#777777" stroke-width="0.5"/>')
        found += [(_picture(box.format(level.colour)), level.label, "") for level in series.levels]
    return tuple(found)


def swatch(series: Series, order: int) -> Markup:
    """The series' line, marker, band or span as a small picture; a grid has one for each of its levels instead."""
    ink, pattern = colour(series, order), dashes(series, order)
    if series.kind == "grid":
        return Markup("")
    if series.kind in ("band", "span"):
        body = Markup('<rect x="1" y="1" width="26" height="10" fill="{}" fill-opacity="0.25"/>').format(ink)
    elif series.kind == "points":
        body = Markup('<path d="{}" fill="{}"/>').format(_MARKS[MARKERS[order % len(MARKERS)]], ink)
    else:
        line = '<path d="M1 6h26" fill="none" stroke="{}" stroke-width="1.8" stroke-dasharray="{}"/>'
        body = Markup(line).format(ink, pattern or "none")
    return _picture(body)


def _picture(body: Markup) -> Markup:
    return Markup('<svg class="swatch" viewBox="0 0 28 12" aria-hidden="true">{}</svg>').format(body)


_MARKS = {
    "o": "M10 6a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "s": "M10.5 2.5h7v7h-7z",
    "^": "M14 1.5 18.5 9.5h-9z",
    "D": "M14 1.2 18.8 6 14 10.8 9.2 6z",
    "v": "M14 10.5 18.5 2.5h-9z",
    "X": "M10 4 12 2l2 2 2-2 2 2-2 2 2 2-2 2-2-2-2 2-2-2 2-2z",
}
