import copy
import json
from dataclasses import replace

import pytest
import sympy

from theorycheck.errors import BadData
from theorycheck.evidence import Evidence, Plot, Series, Table, evidence_from
from theorycheck.ledger import Entry, document, read, rests_on
from theorycheck.paper import Paper
from theorycheck.source import Bibliography
from theorycheck.verdict import Verdict

from .claims import claim, x

BOOK = Bibliography("doe2020", "On T", ("Jane Doe",), 2020)


def evidence(verdict: Verdict, covers: tuple[str, ...] = ()) -> Evidence:
    certificate = {} if verdict in (Verdict.PROVED, Verdict.VACUOUS) else None
    return Evidence(
        "search", verdict, "", covers, certificate=certificate, witness={} if verdict is Verdict.REFUTED else None
    )


def entry(name: str, verdict: Verdict, uses: tuple[str, ...] = ()) -> Entry:
    return Entry(replace(claim(sympy.Ge(x, 0)), id=name, uses=uses), (evidence(verdict),))


def test_a_status_is_the_weakest_over_all_ancestors() -> None:
    chain = {e.claim.id: e for e in (
        entry("a", Verdict.SURVIVED), entry("b", Verdict.PROVED, ("a",)), entry("c", Verdict.CERTIFIED, ("b",)), entry("d", Verdict.PROVED),
    )}  # fmt: skip
    assert rests_on("c", chain) == (Verdict.SURVIVED, ("a",))
    assert rests_on("d", chain) == (Verdict.PROVED, ("d",))
    del chain["a"]
    assert rests_on("c", chain)[0] is Verdict.INCONCLUSIVE


def test_a_claim_is_as_good_as_its_weakest_part() -> None:
    base = claim(sympy.Ge(x, 0))
    two = replace(base, parts=(replace(base.parts[0], name="one"), replace(base.parts[0], name="two")))
    assert (
        Entry(two, (evidence(Verdict.PROVED, ("one",)), evidence(Verdict.SURVIVED, ("two",)))).verdict
        is Verdict.SURVIVED
    )
    assert Entry(two, (evidence(Verdict.PROVED, ("one",)),)).verdict is Verdict.INCONCLUSIVE
    assert Entry(two, (evidence(Verdict.PROVED), evidence(Verdict.REFUTED, ("two",)))).verdict is Verdict.CONFLICT


def test_failed_non_vacuity_caps_the_verdict_and_success_does_not_raise_it() -> None:
    base = claim(sympy.Ge(x, 0))
    for verdict in (Verdict.INCONCLUSIVE, Verdict.VACUOUS, Verdict.ERROR):
        hollow = replace(evidence(verdict), kind="vacuity")
        assert Entry(base, (hollow, evidence(Verdict.PROVED))).verdict is verdict
    solid = replace(evidence(Verdict.PROVED), kind="vacuity")
    assert Entry(base, (solid, evidence(Verdict.SURVIVED))).verdict is Verdict.SURVIVED
    assert Entry(base, (solid,)).verdict is Verdict.INCONCLUSIVE


def test_proved_needs_a_certificate_and_refuted_a_witness() -> None:
    for verdict in Verdict:
        for certificate, witness in ((None, None), ({}, None), (None, {})):
            fits = (certificate is not None) == (verdict in (Verdict.PROVED, Verdict.VACUOUS)) and (
                witness is not None
            ) == (verdict is Verdict.REFUTED)
            if fits:
                Evidence("search", verdict, "", certificate=certificate, witness=witness)
            else:
                with pytest.raises(ValueError, match=str(verdict)):
                    Evidence("search", verdict, "", certificate=certificate, witness=witness)


def test_evidence_survives_json_and_nan_never_becomes_a_number() -> None:
    plots = (Plot("p", "t", "F", (Series("a", "line", [0.0, 1.0], [1.0, 2.0]),), "log"),)
    tables = (Table("t", ("a", "b"), ((1, "x"), (2.5, "y"))),)
    full = Evidence(
        "run", Verdict.SURVIVED, "ok", ("p",), {"n": 3, "least": float("nan"), "list": [1, 2]}, plots, tables
    )
    text = json.dumps(full.to_json(), allow_nan=False)
    back = evidence_from(json.loads(text))
    assert back.figures["least"] is None
    assert back == replace(full, figures={**full.figures, "least": None})
    with pytest.raises(ValueError, match="version"):
        evidence_from({**json.loads(text), "extra": 1})


def ledger() -> dict:
    paper = Paper("planted", BOOK, ())
    return document(
        paper, {"k": 5}, 7, {"name": "theorycheck"}, [entry("a", Verdict.SURVIVED), entry("b", Verdict.PROVED, ("a",))]
    )


def test_the_document_has_the_promised_shape() -> None:
    found = ledger()
    assert found["schema_version"] == 1 and found["paper"] == "planted" and found["seed"] == 7
    first = found["claims"][1]
    assert {"id", "source", "statement", "verdict", "expected", "rests_on", "uses", "evidence", "witness"} <= set(first)
    assert {"kind", "verdict", "summary", "figures", "seconds"} <= set(first["evidence"][0])
    assert first["rests_on"] == {"verdict": "survived", "weakest": ["a"]}
    assert found["summary"]["verdicts"] == {"proved": 1, "survived": 1}
    assert found["summary"]["unexpected"] == ["b"]


def test_the_digest_ignores_time_and_sees_everything_else() -> None:
    from theorycheck.ledger import digest

    claims = ledger()["claims"]
    slower, other = copy.deepcopy(claims), copy.deepcopy(claims)
    slower[0]["evidence"][0]["seconds"] = 9.0
    other[0]["evidence"][0]["verdict"] = "refuted"
    assert digest(slower) == digest(claims) != digest(other)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.clear(), lambda d: d.update(schema_version=2), lambda d: d.pop("claims"), lambda d: d.update(claims={}),
        lambda d: d["claims"].append(3), lambda d: d["claims"][0].update(verdict="true"), lambda d: d["claims"][0].pop("id"),
    ],
)  # fmt: skip
def test_what_is_no_ledger_is_refused(spoil) -> None:
    found = ledger()
    assert read(json.dumps(found), "l.json") == found
    spoil(found)
    with pytest.raises(BadData, match="l.json"):
        read(json.dumps(found), "l.json")
    for text in ("", "[", "[" * 100_000, "3", "null"):
        with pytest.raises(BadData):
            read(text, "l.json")
