"""Definitions 2.1, 2.2 and 4.1 and Assumptions 2.3 and B.3: expected verdicts, and errors that must be noticed."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from theorycheck_proofs.li_li_2024 import data, data_assumptions, data_runs
from theorycheck_simulations.accuracy import network_feature_accuracy, population_feature_accuracy
from theorycheck_simulations.data import Dataset, sample
from theorycheck_simulations.setting import BadSetting, Setting, setting_from

from theorycheck.checks.check import Context, Profile
from theorycheck.checks.measurement import Measurement
from theorycheck.claim import Claim
from theorycheck.engine import checks_of
from theorycheck.evidence import Evidence
from theorycheck.ledger import Entry
from theorycheck.verdict import Verdict

IDS = ("definition-2.1", "definition-2.2", "assumption-2.3", "assumption-b.3", "definition-4.1")
OTHER: dict[str, Any] = {
    "k": 3, "d": 9, "n_R": 4, "n_N": 40, "m": 5, "alpha": 0.7, "beta": 0.6, "sigma_n": 0.1, "q": 4, "N": 30,
}  # fmt: skip
AGAINST: dict[str, Any] = {"k": 2, "d": 4, "n_R": 5, "n_N": 3, "alpha": 0.5, "beta": 0.8}  # meets no assumption


def context(setting: Setting) -> Context:
    return Context("li-li-2024", setting, Profile.QUICK, 0, tests=12)


def evidence(claim: Claim, setting: Setting) -> tuple[Evidence, ...]:
    return tuple(check.run(claim, context(setting)) for check in checks_of(claim))


def verdicts(claim: Claim, kind: str) -> list[Verdict]:
    return [found.verdict for found in evidence(claim, Setting()) if found.kind == kind]


def disagreeing(measurement: Measurement) -> list[str]:
    judged = [outcome.judge(1 - 0.05 / 100) for outcome in measurement.outcomes]
    return [judgement.text for judgement in judged if not judgement.agrees]


@pytest.mark.parametrize("changes", [{}, OTHER, AGAINST], ids=["default", "other", "against"])
def test_every_claim_comes_to_its_expected_verdict(changes: dict[str, Any]) -> None:
    setting = setting_from(changes)
    claims = data.claims(setting)
    assert tuple(claim.id for claim in claims) == IDS
    for claim in claims:
        entry = Entry(claim, evidence(claim, setting))
        assert entry.verdict is claim.expected, (claim.id, [(e.kind, e.verdict, e.summary) for e in entry.evidence])


def test_expected_verdicts() -> None:
    expected = {claim.id: claim.expected for claim in data.claims(Setting())}
    proved = {"definition-2.1", "assumption-2.3", "assumption-b.3"}
    assert expected == {id: Verdict.PROVED if id in proved else Verdict.SURVIVED for id in IDS}


def test_every_formal_part_has_a_proof_and_a_search() -> None:
    for claim in data.claims(Setting()):
        formal = {part.name for part in claim.parts if part.relation is not None}
        for kind in ("symbolic", "search"):
            checks = [check for check in claim.checks if check.kind == kind]
            assert formal <= {name for check in checks for name in check.covers or formal}, (claim.id, kind)


def test_a_setting_outside_the_assumption_is_named_and_not_taken_as_the_point() -> None:
    claim = data_assumptions.assumption_2_3(setting_from(AGAINST))
    assert "does not meet" in claim.note and claim.point["n_N"] == 500
    inside = data_assumptions.assumption_2_3(Setting())
    assert "meets the assumption" in inside.note and inside.point["n_N"] == 127


def test_fewer_dimensions_than_features_are_refused() -> None:
    with pytest.raises(BadSetting, match=r"d = 9"):
        setting_from({"k": 5, "d": 9})


@pytest.mark.parametrize("mutant", [{"room": 1}, {"gap": 0}], ids=["d >= k is enough", "axes may coincide"])
def test_features_need_every_hypothesis(mutant: dict[str, int]) -> None:
    claim = data.definition_2_1(Setting(), **mutant)
    assert Verdict.INCONCLUSIVE in verdicts(claim, "symbolic")


def test_a_wrong_index_of_a_feature_is_rejected() -> None:
    claim = data.definition_2_1(Setting())
    part = claim.part("needed")
    assert part.relation is not None
    wrong = replace(claim, parts=(*claim.parts[:2], replace(part, relation=part.relation.func(data.d, 2 * data.K + 1))))
    assert verdicts(wrong, "search") == [Verdict.CONFLICT]  # its state comes without the run that reaches it


def test_assumption_with_an_off_by_one_is_refuted() -> None:
    claim = data_assumptions.assumption_2_3(Setting(), patches=1)
    assert verdicts(claim, "symbolic").count(Verdict.INCONCLUSIVE) == 4
    assert Verdict.REFUTED in verdicts(claim, "search")


def test_assumption_not_strictly_denser_is_not_proved() -> None:
    claim = data_assumptions.assumption_2_3(Setting(), strict=False)
    assert verdicts(claim, "symbolic").count(Verdict.INCONCLUSIVE) == 4


def test_assumption_without_stronger_is_not_proved() -> None:
    claim = replace(data_assumptions.assumption_2_3(Setting()), hypotheses=())
    found = [check.run(claim, context(Setting())) for check in claim.checks if check.covers == ("more patches, q = 3",)]
    assert [e.verdict for e in found] == [Verdict.INCONCLUSIVE] and "Mismatch" in found[0].summary


@pytest.mark.parametrize("shift", [-1, 1])
def test_bound_on_the_ratio_with_another_exponent_fails(shift: int) -> None:
    claim = data_assumptions.assumption_b3(Setting(), shift)
    assert Verdict.PROVED not in verdicts(claim, "symbolic")
    assert Verdict.REFUTED in verdicts(claim, "search")


def test_samplers_with_an_error_are_noticed() -> None:
    def shifted(setting: Setting, seed: int, **options: Any) -> Dataset:
        right = sample(setting, seed, **options)
        return replace(right, X=right.X * (1 + 1e-12))

    def scaled(setting: Setting, seed: int, **options: Any) -> Dataset:
        return sample(setting.replace(sigma_n=1.02 * setting.sigma_n), seed, **options)

    def without_last_label(setting: Setting, seed: int, **options: Any) -> Dataset:
        right = sample(setting, seed, **options)
        return replace(right, y=np.minimum(right.y, setting.k - 2))

    def one_patch_noise(setting: Setting, seed: int, **options: Any) -> Dataset:
        right = sample(setting, seed, **options)
        noise = right.X - data_runs._signal(setting, right)
        return replace(right, X=data_runs._signal(setting, right) + noise[:, :1])

    given = context(Setting())
    assert not disagreeing(data_runs.patches(given)) and not disagreeing(data_runs.labels(given))
    assert any("without noise" in text for text in disagreeing(data_runs.patches(given, shifted)))
    assert any("moments" in text for text in disagreeing(data_runs.patches(given, scaled)))
    assert any("moments" in text for text in disagreeing(data_runs.patches(given, one_patch_noise)))
    assert any("label 4" in text for text in disagreeing(data_runs.labels(given, without_last_label)))
    fixed = disagreeing(data_runs.labels(given, lambda setting, seed, **options: sample(setting, seed)))
    assert any("patch is robust" in text for text in fixed)


def test_feature_accuracies_with_an_error_are_noticed() -> None:
    def swapped(setting: Setting, W: np.ndarray, kind: str) -> float:
        return population_feature_accuracy(setting, W, "robust" if kind == "non-robust" else "non-robust")

    def always_robust(data: Dataset, W: np.ndarray, kind: str) -> float:
        return network_feature_accuracy(data, W, "robust")

    def undefined(setting: Setting, W: np.ndarray, kind: str) -> float:
        return float("nan")

    given = context(Setting())
    assert not disagreeing(data_runs.feature_accuracy(given))
    assert disagreeing(data_runs.feature_accuracy(given, population=swapped))
    assert disagreeing(data_runs.feature_accuracy(given, network=always_robust))
    assert disagreeing(data_runs.feature_accuracy(given, population=undefined))
