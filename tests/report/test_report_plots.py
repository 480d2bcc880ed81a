"""Plots: every kind and scale draws, what cannot be drawn is counted, the drawing cannot act."""

import math
from xml.etree.ElementTree import fromstring

import pytest

from theorycheck.report.html import drawing
from theorycheck.report.node import Node
from theorycheck.report.plots import DASHES, KINDS, draw, read_plot
from theorycheck.report.svg import TAGS, inline


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
            "plots[0].series[0].kind: 'lines' is unknown; allowed: line, points, band, rule; did you mean",
        ),
        (curve(y=[1]), "plots[0].series[0]: y needs one value per x (1 for 3)"),
        (curve(low=[1], high=[1]), "low and high need one value per x"),
        (curve(kind="band", y=[]), "low and high need one value per x"),
        (curve(low=[1, 2, 3]), "low and high need one value per x"),
        (curve(kind="rule", x=[], y=[]), "a rule needs"),
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
