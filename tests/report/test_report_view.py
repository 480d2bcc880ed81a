"""Reading a document: what is wrong is refused with its place, and numbers at the top agree with the claims."""

import pytest

from theorycheck.report.evidence import flatten
from theorycheck.report.lineage import ancestors, anchors, users
from theorycheck.report.text import clean, duration, integer, label, value_text
from theorycheck.report.verdicts import VERDICTS
from theorycheck.report.view import view
from theorycheck.verdict import TRUST


def change(document, path, value):
    *way, last = path
    for step in way:
        document = document[step]
    document[last] = value


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (["schema_version"], 2, "schema_version: 2; this report reads 1"),
        (["claims", 0, "verdict"], "prooved", "claims[0].verdict: 'prooved' is unknown; allowed: proved, certified"),
        (["claims", 0, "verdict"], "Proved", "did you mean 'proved'?"),
        (["claims", 0, "verdict"], None, "claims[0].verdict: missing"),
        (["claims", 0, "verdict"], ["proved"], "claims[0].verdict: expected a string"),
        (["claims", 0, "expected"], "true", "claims[0].expected: 'true' is unknown"),
        (["claims", 0, "id"], None, "claims[0].id: missing or empty"),
        (["claims", 1, "id"], "lemma-d.6", "claims[1].id: 'lemma-d.6' occurs twice (first at claims[0])"),
        (["claims", 0, "as_expected"], "yes", "claims[0].as_expected: expected true or false"),
        (["claims", 0, "uses"], "lemma", "claims[0].uses: expected a list"),
        (["claims", 0, "uses"], [1], "claims[0].uses[0]: expected a string"),
        (["claims", 1, "evidence"], {"a": 1}, "claims[1].evidence: expected a list"),
        (["claims", 1, "evidence", 0], "text", "claims[1].evidence[0]: expected an object"),
        (["claims", 1, "evidence", 0, "verdict"], "yes", "claims[1].evidence[0].verdict: 'yes' is unknown"),
        (["claims", 1, "evidence", 0, "figures"], [1], "claims[1].evidence[0].figures: expected an object"),
        (["claims", 1, "evidence", 0, "seconds"], "long", "claims[1].evidence[0].seconds: expected a number"),
        (["claims", 4, "evidence", 0, "tables", 0, "rows", 0], [1], "tables[0].rows[0]: expected a list of 4 cells"),
        (["claims"], "none", "claims: expected a list"),
        (["summary", "verdicts", "proved"], 2, "summary.verdicts.proved: 2, but the claims of the document give 1"),
        (["summary", "verdicts", "good"], 1, "summary.verdicts.good: 1, but the claims of the document give 0"),
        (["summary", "claims"], 8, "summary.claims: 8"),
        (["summary", "as_expected"], 9, "summary.as_expected: 9"),
        (["summary", "unexpected"], [], "summary.unexpected"),
    ],
)
def test_broken_documents_are_refused_with_the_place(document, path, value, words):
    change(document, path, value)
    with pytest.raises(ValueError) as raised:
        view(document)
    assert words in str(raised.value)


def test_words_and_order_are_the_engine_s():
    assert list(VERDICTS) == [str(verdict) for verdict in TRUST]


def test_no_object_at_all():
    with pytest.raises(ValueError, match="document: expected an object"):
        view([])


def test_rich_document_is_read(document):
    report = view(document)
    assert [claim.id for claim in report.claims] == [claim["id"] for claim in document["claims"]]
    assert [(verdict.word, count) for verdict, count in report.counts][:2] == [("proved", 1), ("certified", 1)]
    assert report.by_id()["lemma-d.6"].used_by == ("lemma-d.7", "lemma-d.10")
    assert report.by_id()["lemma-d.5"].point[2].tex == r"\tau"


def test_table_rows_beyond_the_limit_are_counted(document):
    table = document["claims"][4]["evidence"][0]["tables"][0]
    table["rows"] = [[n, 0.5, None, "agrees"] for n in range(1000)]
    shown = view(document).by_id()["theorem-d.1"].evidence[0].tables[0]
    assert len(shown.rows) == 400
    assert shown.note == "The first 400 of 1000 rows."
    assert [column.numeric for column in shown.columns] == [True, True, True, False]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (1234567.0, "1.23457 × 10⁶"),
        (-2.5e-7, "−2.5 × 10⁻⁷"),
        (float("nan"), "not a number"),
        (float("inf"), "∞"),
        (None, "-"),
        (True, "yes"),
        (-3, "−3"),
        (10**29, "1" + "0" * 29),
        ("355/113", "355/113"),
        ([], "[]"),
        (list(range(7)), "[0, 1, 2, 3, 4, 5, … (7 values)]"),
        ({"a": [1, {"b": None}]}, "{a: [1, {b: -}]}"),
        ([[[[[1]]]]], "[[[[…]]]]"),
    ],
)
def test_values(value, text):
    assert value_text(value) == text


def test_long_values_are_shortened_with_their_size():
    assert value_text("7" * 240) == "7" * 240
    assert value_text("7" * 241).endswith("7 (241 characters)")
    assert integer(-(10**5000)) == "−100000…000000 (5001 digits)"
    with pytest.raises(ValueError, match="no JSON value"):
        value_text(object())


def test_labels_and_cleaning():
    assert label("smallest_detectable_deviation") == "smallest detectable deviation"
    assert label("sigma_0") == "sigma_0" and label("n_N") == "n_N"
    assert clean("a\u2066b\x1b[31m\ufeff\n") == "a\ufffdb\ufffd[31m\ufeff\n"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "-"),
        (float("nan"), "-"),
        (-1.0, "-"),
        (0.0, "0 s"),
        (0.9999, "1 s"),
        (59.99, "1 min 0 s"),
        (3599.6, "1 h 0 min"),
    ],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_nested_objects_flatten_with_their_path():
    pairs = flatten({"point": {"tau": "1/2"}, "deep": {"a": {"b": {"c": {"d": 1}}}}}, {"tau": r"\tau"})
    assert [(pair.name, pair.value, pair.tex) for pair in pairs] == [
        ("point · tau", "1/2", r"\tau"),
        ("deep · a · b · c", "{d: 1}", ""),
    ]
    many = flatten({f"k{n}": n for n in range(100)})
    assert len(many) == 61 and many[-1].value == "100 entries, the rest is in the ledger"


def test_ancestors_end_on_cycles_repeats_and_depth():
    tree = ancestors("a", {"a": ("b",), "b": ("a", "c"), "c": ()})
    assert [branch.id for branch in tree[0].branches] == ["a", "c"]
    assert tree[0].branches[0].cut == "listed above"
    chain = {f"c{n}": (f"c{n + 1}",) for n in range(5000)}
    branch, depth = ancestors("c0", chain)[0], 1
    while branch.branches:
        branch, depth = branch.branches[0], depth + 1
    assert depth == 12 and branch.cut == "rests on more"
    assert ancestors("x", {"x": ("missing",)})[0].cut == ""
    assert users({"a": ("b", "b"), "c": ("b",)}) == {"b": ("a", "c")}


def test_anchors_are_safe_and_differ():
    names = anchors(["A b", "a-b", 'a"b', "é", "<script>", "a-b-2"])
    assert len(set(names.values())) == 6
    for name in names.values():
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
