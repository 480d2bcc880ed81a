"""Plots: every kind and scale draws, what cannot be drawn is counted, the drawing cannot act."""

import json
import math
from xml.etree.ElementTree import fromstring

import pytest

from theorycheck.evidence import Evidence, Plot, Series, evidence_from
from theorycheck.report.drawing import DASHES, draw
from theorycheck.report.grids import CATEGORIES, edges
from theorycheck.report.html import drawing, html, keys
from theorycheck.report.node import Node
from theorycheck.report.plots import KINDS, read_plot
from theorycheck.report.svg import TAGS, inline
from theorycheck.report.view import view
from theorycheck.verdict import Verdict


def plot(series, **more):
    return read_plot(Node({"title": "t", "x_label": "x", "y_label": "y", "series": series, **more}, "plots[0]"))


def curve(**more):
    return {"label": "a", "kind": "line", "x": [1, 2, 3], "y": [1, 4, 9], **more}


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "values",
    [[1, 2, 3], [1, 1, 1], [1e-150, 1, 1e150], [0, -1, -2], [math.nan] * 3, [1e308, -1e308, 5], ["1/3", None, "inf"]],
)
def test_every_kind_scale_and_range_draws(kind, scale, values):
    series = curve(kind=kind, y=values)
    if kind == "band":
        series.update(y=[], low=values, high=values)
    if kind == "span":
        series.update(x=[], y=[], low=values, high=values)
    if kind == "grid":
        series.update(y=[1, 2, 3], values=[values, [math.nan, *values[1:]], values[::-1]])
    shown = drawing(plot([series], y_scale=scale, x_scale=scale), "p-")
    root = fromstring(shown)
    assert {element.tag for element in root.iter()} <= TAGS
    assert "NaN" not in shown and "nan" not in shown


def test_drawings_are_deterministic_and_carry_no_date():
    assert draw(plot([curve()])) == draw(plot([curve()]))
    shown = drawing(plot([curve()]), "p-")
    assert "metadata" not in shown and "matplotlib" not in shown and "http" not in shown


def test_text_is_text_and_never_interpreted():
    label = "<script>alert(1)</script> $\\frac{"
    shown = drawing(plot([curve(label="_" + label)], x_label=label, y_label="漢 \U0001f600"), "p-")
    assert label in [element.text for element in fromstring(shown).iter("text")]
    assert "<script" not in shown


def test_ids_carry_the_prefix_and_no_style_leaks():
    series = [curve(kind="points"), curve(kind="band", y=[], low=[0, 1, 2], high=[1, 2, 3])]
    root = fromstring(drawing(plot(series), "p7-"))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert ids and all(id.startswith("p7-") for id in ids)
    for element in root.iter():
        assert "style" not in element.attrib
        if element.get("href"):
            assert element.get("href").removeprefix("#") in ids
        if element.get("clip-path"):
            assert element.get("clip-path")[5:-1] in ids


def test_what_is_not_drawn_is_counted():
    assert plot([curve(y=[1, math.nan, 3])]).series[0].note == "1 of 3 not drawn: not a finite number on these axes"
    assert plot([curve(y=[0, -1, 3])], y_scale="log").series[0].note.startswith("2 of 3")
    assert plot([curve()]).series[0].note == ""
    long = list(range(10_000))
    assert plot([curve(x=long, y=long)]).series[0].note == "one in 5 of 10000 points drawn"
    assert len(plot([curve(x=long, y=long)]).series[0].x) <= 2000


def test_log_axes_label_decades_in_plain_text():
    texts = [
        element.text for element in fromstring(drawing(plot([curve(y=[1e-6, 1, 1e6])], y_scale="log"), "")).iter("text")
    ]
    assert "10⁻⁶" in texts and "1" in texts
    near = [
        element.text
        for element in fromstring(drawing(plot([curve(y=[0.02, 0.1, 0.5])], y_scale="log"), "")).iter("text")
    ]
    assert "0.05" in near and "0.2" in near


@pytest.mark.parametrize(
    ("series", "words"),
    [
        (
            curve(kind="lines"),
            "plots[0].series[0].kind: 'lines' is unknown; allowed: line, points, band, rule, span, grid; did you mean",
        ),
        (curve(y=[1]), "plots[0].series[0]: y needs one value per x (1 for 3)"),
        (curve(low=[1], high=[1]), "low and high need one value per x"),
        (curve(kind="band", y=[]), "low and high need one value per x"),
        (curve(low=[1, 2, 3]), "low and high need one value per x"),
        (curve(kind="rule", x=[], y=[]), "a rule needs"),
        (curve(kind="span", x=[], y=[], low=[1], high=[]), "a span needs low and high, as many of both (1 and 0)"),
        (curve(kind="span", low=[1], high=[2]), "a span has low and high, and neither x nor y"),
        (curve(kind="grid"), "plots[0].series[0].values: 0 rows of none"),
        (curve(kind="grid", values=[[1, 2, 3]] * 2), "values: 2 rows of 3"),
        (curve(kind="grid", values=[[1, 2], [1, 2, 3], []]), "values: 3 rows of 0, 2, 3"),
        (curve(kind="grid", values=[[1, 2, 3], 4, [1, 2, 3]]), "plots[0].series[0].values.1: expected a list"),
        (curve(kind="grid", values=[[1, 2, "x"]] * 3), "values.0[2]: expected a number"),
        (curve(kind="grid", x=[1, 3, 2], values=[[1, 2, 3]] * 3), "x: a grid needs centres that increase"),
        (curve(kind="grid", y=[1, 1, 2], values=[[1, 2, 3]] * 3), "y: a grid needs centres that increase"),
        (curve(kind="grid", x=[], values=[[]] * 3), "x: a grid needs centres that increase"),
        (curve(kind="grid", x=[1, 2, math.nan], values=[[1, 2, 3]] * 3), "a grid needs x and y that are finite"),
        (curve(kind="grid", values=[[0, 1, 2]] * 3, categories=["a", "b"]), "2 is no category (allowed: 0 to 1)"),
        (curve(kind="grid", values=[[0, 0.5, 1]] * 3, categories=["a", "b"]), "0.5 is no category"),
        (curve(kind="grid", values=[[-1, 0, 1]] * 3, categories=["a", "b"]), "-1 is no category"),
        (curve(kind="grid", values=[[0, 0, 0]] * 3, categories=list("abcdefghi")), "categories: 9 (allowed: at most 8)"),
        (curve(x=[1, "two", 3]), "plots[0].series[0].x[1]: expected a number"),
        (curve(x=[1, True, 3]), "expected a number"),
        (curve(x=[1, 10**400, 3]), "no number that can be shown"),
        (curve(x=[1, "1/0", 3]), "no number that can be shown"),
    ],
)
def test_bad_series_name_the_place(series, words):
    with pytest.raises(ValueError) as raised:
        plot([series])
    assert words in str(raised.value)


def test_unknown_scale():
    with pytest.raises(ValueError, match="did you mean 'log'"):
        plot([curve()], y_scale="logs")


def test_foreign_drawings_are_refused():
    with pytest.raises(ValueError, match="script"):
        inline("<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>", "p-", "n")
    with pytest.raises(ValueError, match="expected an svg"):
        inline("<html/>", "p-", "n")
    kept = inline("<svg><g onclick='x' style='fill: url(x)'><use href='https://a'/></g></svg>", "p-", 'a"b')
    assert "onclick" not in kept and "url" not in kept and "https" not in kept


def test_many_series_differ_in_dashes():
    assert len(set(DASHES)) == 4
    shown = draw(plot([curve(label=str(n)) for n in range(9)]))
    assert shown.count("stroke-dasharray") >= 4


def grid(values, **more):
    return curve(kind="grid", x=list(range(len(values[0]))), y=list(range(len(values))), values=values, **more)


def cells(series):
    return {cell: level.label for level in series.levels for cell in level.cells}


def test_a_grid_puts_every_cell_under_its_value():
    found = plot([grid([[0, 0, 1], [1, None, 0]], categories=["std", "adv"])]).series[0]
    assert cells(found) == {
        (-0.5, -0.5, 1.5, 0.5): "std", (1.5, -0.5, 2.5, 0.5): "adv",
        (-0.5, 0.5, 0.5, 1.5): "adv", (1.5, 0.5, 2.5, 1.5): "std",
    }  # fmt: skip
    assert found.note == "1 of 6 without a value"


def test_a_grid_without_categories_has_few_levels_that_hold_its_values():
    values = [[-3.2, 0, 0.999, 1], [math.inf, 2, 7, math.nan]]
    found = plot([grid(values)]).series[0]
    ends = [tuple(float(part.replace("−", "-")) for part in level.label.split(" to ")) for level in found.levels]
    assert 1 < len(ends) <= 9
    for (left, bottom, right, top), label in cells(found).items():
        low, high = (float(part.replace("−", "-")) for part in label.split(" to "))
        for column in range(round(left + 0.5), round(right + 0.5)):
            assert low <= values[round((bottom + top) / 2)][column] <= high
    assert found.note == "2 of 8 without a value"
    assert [level.label for level in plot([grid([[5, 5], [5, 5]])]).series[0].levels] == ["5"]
    near = plot([grid([[1, 1 + 2**-52]])]).series[0]
    assert sum(len(level.cells) for level in near.levels) >= 1


@pytest.mark.parametrize("centres", [[1e-200, 1e200], [1e-6, 1e-3, 1.0], [2.0]])
def test_cells_on_a_log_scale_meet_at_ratios(centres):
    found = edges(centres, "log")
    assert len(found) == len(centres) + 1 and all(0 < a < b < math.inf for a, b in zip(found, found[1:], strict=False))
    assert all(a < c < b or abs(math.log(c)) > 400 for a, c, b in zip(found, centres, found[1:], strict=False))
    drawing(plot([curve(kind="grid", x=centres, y=[1], values=[centres])], x_scale="log"), "p-")


def test_a_large_grid_is_thinned_and_says_so():
    found = plot([grid([[(a + b) % 2 for a in range(500)] for b in range(400)])]).series[0]
    assert found.note == "one in 3 of 500 columns and of 400 rows drawn"
    assert sum(len(level.cells) for level in found.levels) <= 40_000


def lightness(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    return sum(w * (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4) for w, p in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def test_levels_stay_apart_without_hue():
    for shades in (CATEGORIES, [level.colour for level in plot([grid([list(range(9))])]).series[0].levels]):
        light = [lightness(colour) + 0.05 for colour in shades]  # contrast as in WCAG; a tenth is a visible step
        assert all(a / b >= 1.1 for a, b in zip(light, light[1:], strict=False)), light


def test_the_legend_names_every_level_and_each_series():
    series = [grid([[0, 1]], label="order", categories=["std", "adv"]), curve(label="boundary"),
              curve(label="flip", kind="span", x=[], y=[], low=[1], high=[2])]  # fmt: skip
    found = keys(plot(series))
    assert [label for _, label, _ in found] == ["order", "std", "adv", "boundary", "flip"]
    pictures = [picture for picture, _, _ in found]
    assert pictures[0] == "" and CATEGORIES[0] in pictures[1] and CATEGORIES[1] in pictures[2]
    assert len(set(pictures)) == len(pictures)


def test_a_file_of_its_own_holds_title_and_legend():
    series = [grid([[0, 1]], label="order", categories=["std", "adv"]), curve(label="boundary"), curve(kind="rule", label="T", x=[2, 3], y=[])]
    shown = draw(plot(series, title="A long title " * 12), alone=True)
    texts = [element.text for element in fromstring(shown).iter("{http://www.w3.org/2000/svg}text")]
    assert {"std", "adv", "boundary", "T"} <= set(texts) and texts.count("T") == 1
    assert sum("A long title" in (text or "") for text in texts) == 2
    assert "std" not in drawing(plot(series), "p-")
    assert shown == draw(plot(series, title="A long title " * 12), alone=True)


def test_a_span_shades_what_it_says():
    span = curve(kind="span", x=[], y=[], low=[1, math.nan], high=[2, 3])
    found = plot([curve(), span]).series[1]
    assert (found.low, found.high, found.note) == ((1,), (2,), "1 of 2 not drawn: not a finite number on these axes")
    paths = [len(list(fromstring(draw(plot(series))).iter("{http://www.w3.org/2000/svg}path"))) for series in ([curve()], [curve(), span])]
    assert paths[1] == paths[0] + 1
    assert plot([curve(kind="span", x=[], y=[])]).series[0].low == ()


def test_a_ledger_with_a_map_and_a_phase_comes_back_and_is_shown(document):
    series = (
        Series("map", "grid", [1.0, 2.0], [1.0], values=[[math.nan, 1.0]], categories=["std", "adv"]),
        Series("phase", "span", [], [], [1.0], [2.0]),
    )
    stored = Evidence("run", Verdict.SURVIVED, "s", plots=(Plot("Map of regimes", "x", "y", series),)).to_json()
    assert evidence_from(json.loads(json.dumps(stored))).to_json() == stored
    found = read_plot(Node(stored["plots"][0], ""))
    assert [s.kind for s in found.series] == ["grid", "span"] and found.has_grid
    assert cells(found.series[0]) == {(1.5, 0.5, 2.5, 1.5): "adv"}
    document["claims"][4]["evidence"].append(stored)
    page = html(view(document))
    assert "Map of regimes" in page and "1 of 2 without a value" in page and CATEGORIES[1] in page
