"""Lemmas B.1 and D.3: expected verdicts, and bounds with a wrong constant."""

from typing import Any

import pytest
from sympy import Rational
from theorycheck_proofs.li_li_2024 import tails, tails_product, tails_runs
from theorycheck_simulations.setting import Setting, setting_from

from theorycheck.checks.check import Context, Profile
from theorycheck.checks.measurement import Measurement
from theorycheck.claim import Claim
from theorycheck.engine import checks_of
from theorycheck.evidence import Evidence
from theorycheck.ledger import Entry
from theorycheck.verdict import Verdict

EXPECTED = {
    "lemma-b.1-law": Verdict.SURVIVED, "lemma-b.1-product": Verdict.PROVED, "lemma-b.1": Verdict.CERTIFIED,
    "lemma-d.3": Verdict.SURVIVED,
}  # fmt: skip


def context(setting: Setting, seed: int = 0) -> Context:
    return Context("li-li-2024", setting, Profile.QUICK, seed, tests=12)


def evidence(claim: Claim, setting: Setting, kinds: tuple[str, ...] = ()) -> list[Evidence]:
    return [check.run(claim, context(setting)) for check in checks_of(claim) if not kinds or check.kind in kinds]


def disagreeing(measurement: Measurement) -> list[str]:
    judged = [outcome.judge(1 - 0.05 / 100) for outcome in measurement.outcomes]
    return [judgement.text for judgement in judged if not judgement.agrees]


@pytest.mark.parametrize("changes", [{}, {"m": 1, "k": 2, "d": 7}], ids=["default", "one filter"])
def test_every_claim_comes_to_its_expected_verdict(changes: dict[str, Any]) -> None:
    setting = setting_from(changes)
    claims = tails.claims(setting)
    assert {claim.id: claim.expected for claim in claims} == EXPECTED
    for claim in claims:
        entry = Entry(claim, tuple(evidence(claim, setting)))
        assert entry.verdict is claim.expected, (claim.id, [(e.kind, e.verdict, e.summary) for e in entry.evidence])


def test_every_bound_has_two_independent_checks() -> None:
    for claim in tails.claims(Setting()):
        formal = {part.name for part in claim.parts if part.relation is not None}
        for name in formal:
            kinds = {check.kind for check in claim.checks if not check.covers or name in check.covers}
            assert "search" in kinds and kinds & {"symbolic", "enclosure"}, (claim.id, name)


def first_refuted(claim: Claim, kind: str) -> set[str]:
    """Names of the parts whose enclosure, or search, gives a witness."""
    found = [e for e in evidence(claim, Setting(), (kind,)) if e.witness is not None]
    return {part.name for part in claim.parts for e in found if e.summary.startswith(f"{part.name} fails at")}


def test_density_above_its_value_is_refuted() -> None:
    claim = tails.lemma_b1(Setting(m=2), factor=Rational(1, 2))
    assert first_refuted(claim, "enclosure") == {"one normal, below", "lower tail", "below"}


def test_tail_below_its_value_at_zero_is_refuted() -> None:
    claim = tails.lemma_b1(Setting(m=2), half=Rational(2, 5))
    assert first_refuted(claim, "search") == {"one normal, above"}


def test_union_over_the_features_needs_the_density() -> None:
    found = evidence(tails.lemma_d3(Setting(m=1), Rational(3, 2)), Setting(), ("enclosure", "search"))
    assert [e.verdict for e in found] == [Verdict.REFUTED, Verdict.REFUTED]


def test_product_bound_with_a_smaller_weight_is_rejected_and_not_proved() -> None:
    found = evidence(tails_product.lemma(Rational(1, 2)), Setting(), ("symbolic", "search"))
    assert [e.verdict for e in found if e.kind == "search"] == [Verdict.CONFLICT]
    proofs = [e for e in found if e.kind == "symbolic" and e.covers != ("exponential",)]
    assert [e.verdict for e in proofs] == [Verdict.INCONCLUSIVE] * 2


@pytest.mark.parametrize("measure", [tails_runs.maxima, tails_runs.starts], ids=["draws", "initial weights"])
def test_shares_notice_another_number_of_normals(measure: Any) -> None:
    given = context(Setting())
    assert not disagreeing(measure(given))
    assert disagreeing(measure(given, lambda at, size: tails_runs.probability(at, size + 1)))
    assert disagreeing(measure(given, lambda at, size: tails_runs.probability(1.1 * at, size)))
