"""The section of a claim: nothing is said twice, and nothing is left out."""

from theorycheck.report.html import html
from theorycheck.report.view import view

from .page import check_safe


def test_a_statement_that_lists_its_parts_is_shown_once(document):
    claim = document["claims"][1]
    claim["statement"], claim["statement_tex"] = "x ≤ y; y ≤ z", ""
    claim["parts"] = [
        {
            "name": "one",
            "statement": "x ≤ y",
            "statement_tex": r"x \le y",
            "given": ["x > 0", "<b>"],
            "verdict": "proved",
        },
        {"name": "two", "statement": "y ≤ z", "verdict": "derived"},
    ]
    text = check_safe(html(view(document))).text
    assert "x ≤ y; y ≤ z" not in text
    assert "oneprovedx≤yx≤ygivenx>0,<b>twoderivedy≤z" in text.replace(" ", "")
    claim["statement"] = "Something else."
    text = check_safe(html(view(document))).text
    assert "Something else." in text and "given x > 0, <b>" in text


def test_variables_without_latex_get_the_symbol_of_their_name(document):
    document["claims"][1]["variables"] = [{"name": "alpha_p", "domain": "(0, ∞)", "meaning": "strength"}]
    assert "α𝑝" not in html(view(document))
    assert "<msub><mi>α</mi><mrow><mi>p</mi></mrow></msub></mrow></math></dt><dd>strength, (0, ∞)</dd>" in html(
        view(document)
    )


def test_the_witness_s_values_stand_before_what_only_a_checker_reads(document):
    document["claims"][5]["witness"] = {
        "schema_version": 1, "kind": "point", "claim": "proposition-3.2", "values": {"gamma": "3"},
        "statement": [">=", "gamma", ["*", "1/2", "P"]],
    }  # fmt: skip
    page = html(view(document))
    witness = page[page.index("<h3>Witness</h3>") : page.index("Replay it")]
    assert witness.index("<mi>γ</mi>") < witness.index("<dd>3</dd>") < witness.index('<details class="machine">')
    assert witness.index('<details class="machine">') < witness.index("[&gt;=, gamma, [*, 1/2, P]]")


def test_a_relation_in_code_is_not_repeated_beside_its_formula(document):
    document["claims"][1]["hypotheses"] = [
        {"text": "tau >= 0", "tex": r"\tau \ge 0"}, {"text": "denser", "tex": "a < b"}, {"text": "tau > -1"},
    ]  # fmt: skip
    text = check_safe(html(view(document))).text
    assert "τ≥0 a<b denser tau > -1" in " ".join(text.split())
