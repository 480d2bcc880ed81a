"""The end of adversarial training: expected verdicts, the exact criteria, and mutants of each."""

from dataclasses import replace

import numpy as np
import pytest
from theorycheck_proofs.li_li_2024 import (
    robust_outcome,
    robust_outcome_proofs,
    robust_outcome_runs,
    robust_theorem_runs,
)
from theorycheck_proofs.li_li_2024.robust_outcome_runs import ENDS, ended, per_class, sides
from theorycheck_simulations.setting import Setting, setting_from
from theorycheck_simulations.threats import THREATS, robust_accuracy

from theorycheck.checks.check import Profile
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.verdict import Verdict

from .judged import assert_expected, at, context

DEFAULT = setting_from({})
OTHER = setting_from({"k": 3, "d": 10, "m": 4, "n_N": 60, "alpha": 3.0, "eta": 0.04, "T": 3000, "epsilon": 1.1})
IDS = ("lemma-d.27", "lemma-d.28", "theorem-d.15", "theorem-4.4", "theorem-4.4-linf")
CLAIMS = {claim.id: claim for claim in robust_outcome.claims(DEFAULT)}


def test_no_claim_is_missing() -> None:
    assert tuple(CLAIMS) == IDS and len(ENDS) >= 10
    assert {setting.q for setting in ENDS} == {3, 4, 5}
    # In-place robustness of equal classes asks for alpha > 2 epsilon; both sides are there.
    assert {setting.alpha > 2 * setting.epsilon for setting in ENDS} == {True, False}


@pytest.mark.parametrize("name", IDS)
def test_expected_verdict(name: str) -> None:
    assert_expected(CLAIMS[name], context())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lemma-d.27", "lemma-d.28", "theorem-d.15"])
def test_expected_verdict_with_another_setting(name: str) -> None:
    assert OTHER in robust_outcome_runs.settings_of(context(OTHER))
    assert_expected(CLAIMS[name], context(OTHER, seed=1))


def test_the_users_setting_is_measured_only_where_the_theory_speaks_about_it() -> None:
    for changes in ({"epsilon": 0.5}, {"objective": "margin"}, {"m": 1}, {"alpha": 1.0, "n_N": 5}, {"T": 10}):
        assert robust_outcome_runs.settings_of(context(setting_from(changes))) == ENDS


@pytest.mark.parametrize("setting", [ENDS[0], ENDS[3], ENDS[6]])
def test_criteria_decide_every_class_both_ways(setting: Setting) -> None:
    found = ended(context(), "test", setting, 2, uncoupled=True)
    said: dict[str, set[float]] = {}
    for threat in THREATS:
        for look in range(found.runs.t.size):
            keeps, gets = sides(setting, found.correlations(0, look), found.correlations(1, look), threat)
            right = per_class(keeps[:, :, None] > gets[:, None], threat == "paper")
            for run, W in enumerate(found.runs.weights[:, look]):
                exact = robust_accuracy(setting, W, threat, setting.epsilon)
                assert np.allclose(right[run], exact.low, atol=1e-12) and np.array_equal(exact.low, exact.high)
            said.setdefault(threat, set()).update(right.ravel().tolist())
    assert {0.0, 1.0} <= said["paper"]


def test_criteria_with_a_radius_below_beta() -> None:
    setting = ENDS[0].replace(epsilon=0.5, T=400)
    found = ended(context(), "test", setting, 3, uncoupled=True)
    for threat in THREATS:
        keeps, gets = sides(setting, found.correlations(0), found.correlations(1), threat)
        right = per_class(keeps[:, :, None] > gets[:, None], threat == "paper")
        for run, W in enumerate(found.runs.W):
            exact = robust_accuracy(setting, W, threat, setting.epsilon)
            assert np.allclose(right[run], exact.low, atol=1e-12) and np.array_equal(exact.low, exact.high)


def test_per_class_leaves_the_class_itself_out() -> None:
    pairs = np.array([[[False, True, True], [False, True, True], [False, False, False]]])
    assert per_class(pairs, True).tolist() == [[1.0, 0.5, 0.0]]
    assert per_class(pairs, False).tolist() == [[1.0, 0.0, 0.0]]


@pytest.mark.parametrize("dropped", ["label", "target", "surface", "level", "large"])
def test_every_hypothesis_on_the_ascent_step_is_needed(dropped: str) -> None:
    claim = robust_outcome.lemma_d28((3,))
    part = claim.parts[0]
    names = ("label", "target", "surface", "level", "large")
    less = replace(part, given=tuple(g for name, g in zip(names, part.given, strict=True) if name != dropped))
    mutant = replace(claim, parts=(less, claim.parts[1]))
    proof = Proof(lambda: robust_outcome_proofs.withstands(3), (part.name,)).run(mutant, context())
    assert proof.verdict is Verdict.INCONCLUSIVE and f"assumes {dropped}" in proof.summary
    against: dict[str, dict[str, int]] = {"label": {"F_y": 0}, "target": {"F_j": 99}, "surface": {"N": 20, "F_j": 21},
               "level": {"Q": 2, "N": 300, "F_j": 300}, "large": {"R": 1, "F_y": 1}}  # fmt: skip
    found = Search((part.name,), at(claim, part.name, **against[dropped])).run(mutant, context())
    assert found.verdict is Verdict.REFUTED, found.summary


def test_one_of_two_needs_the_first_to_be_robust() -> None:
    claim = CLAIMS["theorem-4.4-linf"]
    part = claim.part("one of two")
    less = replace(part, given=part.given[:-1])
    mutant = replace(claim, parts=tuple(less if p is part else p for p in claim.parts))
    proof = Proof(robust_outcome_proofs.one_of_two, (part.name,)).run(mutant, context())
    assert proof.verdict is Verdict.INCONCLUSIVE
    point = at(claim, part.name, F_y=0, F_j=1, g_y=0, g_j=1, G_j=1, G_y=0)
    assert Search((part.name,), point).run(mutant, context()).verdict is Verdict.REFUTED


def test_a_weak_ascent_step_leaves_the_paper_attack_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    weak = ENDS[0].replace(eta_tilde=2.0, T=4000)  # the residual attack is ten times as strong
    monkeypatch.setattr(robust_theorem_runs, "settings_of", lambda where: (weak,))
    outcomes = robust_theorem_runs.measure_theorem(context(profile=Profile.QUICK)).outcomes
    assert [outcome.judge(0.95).agrees for outcome in outcomes] == [True, False]


def test_robust_nets_of_linf_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    sparse = ENDS[0].replace(n_N=2, alpha=12.0, T=2000, k=2, d=4)  # not denser, so that linf can be withstood
    monkeypatch.setattr(robust_theorem_runs, "settings_of", lambda where: (sparse,))
    outcome = robust_theorem_runs.measure_linf(context()).outcomes[0]
    assert not outcome.judge(0.95).agrees
