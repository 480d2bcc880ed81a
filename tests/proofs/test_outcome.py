"""The end of training: expected verdicts, and mutants of the criterion and the shares."""

from dataclasses import replace

import numpy as np
import pytest
from theorycheck_proofs.li_li_2024 import attack_runs, late_proofs, outcome, outcome_runs, predictions
from theorycheck_proofs.li_li_2024.grids import NOISY, OUTCOME
from theorycheck_simulations.accuracy import (
    population_accuracy,
    population_attack_accuracy,
    population_feature_accuracy,
)
from theorycheck_simulations.setting import Setting, setting_from

from theorycheck.checks.check import Profile
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.verdict import Verdict

from .judged import assert_expected, at, context

DEFAULT = setting_from({})
OTHER = setting_from({"k": 3, "d": 10, "m": 3, "n_N": 50, "alpha": 2.0, "sigma_0": 0.008, "eta": 0.01, "T": 5000})
IDS = ("lemma-d.12", "lemma-d.13", "lemma-d.14", "theorem-d.1", "theorem-4.3")
CLAIMS = {claim.id: claim for claim in outcome.claims(DEFAULT)}


def test_no_claim_is_missing() -> None:
    assert tuple(CLAIMS) == IDS and len(OUTCOME) >= 10 and all(s.sigma_n > 0 for s in NOISY)


@pytest.mark.parametrize("name", IDS)
def test_expected_verdict(name: str) -> None:
    assert_expected(CLAIMS[name], context())


@pytest.mark.slow
@pytest.mark.parametrize("name", IDS[:4])
def test_expected_verdict_with_another_setting(name: str) -> None:
    assert_expected(CLAIMS[name], context(OTHER, seed=1))


@pytest.mark.parametrize("setting", [OUTCOME[0], OUTCOME[6], OUTCOME[8]])
def test_accuracies_against_the_facade(setting: Setting) -> None:
    done = outcome_runs.finish(context(), "test", setting, 4)
    for run, W in enumerate(done.runs.W):
        assert outcome_runs.right(done.robust + done.other)[run].mean() == population_accuracy(setting, W)
        assert outcome_runs.right(done.other)[run].mean() == population_feature_accuracy(setting, W, "non-robust")
        fooled = attack_runs.forward(setting, W)[~np.eye(setting.k, dtype=bool)]
        assert 1 - fooled.mean() == pytest.approx(population_attack_accuracy(setting, W, 1.2 * setting.beta), abs=1e-12)


def test_a_criterion_with_the_wrong_sides_disagrees_with_the_forward_pass() -> None:
    setting = OUTCOME[0]
    done = outcome_runs.finish(context(), "test", setting, 4)
    R, N = (np.einsum("njj->nj", part) for part in (done.robust, done.attacked))
    seen = np.stack([attack_runs.forward(setting, W) for W in done.runs.W])
    pairs = ~np.eye(setting.k, dtype=bool) & (
        np.abs(N[:, None, :] - R[:, :, None]) > attack_runs.delta(done)[:, None, None]
    )
    assert (seen == (N[:, None, :] > R[:, :, None]))[pairs].all()
    assert not (seen == (N[:, :, None] > R[:, None, :]))[pairs].all()  # the target's and the label's roles exchanged
    assert not (seen == (N[:, None, :] < R[:, :, None]))[pairs].any()


def test_shares_against_wrong_probabilities(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictions, "learning_probability", lambda setting: 1 - 0.5**setting.m)
    monkeypatch.setattr(outcome_runs, "OUTCOME", (OUTCOME[7],))  # one filter a class: 1/2 in place of 3/4
    outcomes = outcome_runs.measure_accuracy(context(profile=Profile.DEFAULT)).outcomes
    assert not outcomes[0].judge(0.9995).agrees


def test_theorem_d1_with_the_chance_that_ignores_the_strengths(monkeypatch: pytest.MonkeyPatch) -> None:
    right = predictions.dominance_probability
    monkeypatch.setattr(predictions, "dominance_probability", lambda setting: right(setting.replace(alpha=0.2)))
    judged = [o.judge(0.9995).agrees for o in outcome_runs.measure_theorem(context()).outcomes]
    assert not all(judged)


@pytest.mark.parametrize("succeeds", [True, False])
def test_the_attack_needs_the_gap(succeeds: bool) -> None:
    claim = CLAIMS["lemma-d.14"]
    part = claim.part("fooled" if succeeds else "not fooled")
    mutant = replace(claim, parts=tuple(replace(p, given=part.given[:-1]) if p is part else p for p in claim.parts))
    proof = Proof(lambda: late_proofs.fooled(succeeds), (part.name,)).run(mutant, context())
    assert proof.verdict is Verdict.INCONCLUSIVE and "assumes gap" in proof.summary
    other = at(claim, part.name, **({"N": 0, "F_j": 0} if succeeds else {"N": 3, "F_j": 3}))
    found = Search((part.name,), other).run(mutant, context())
    assert found.verdict is Verdict.REFUTED


def test_the_lead_of_one_filter_must_count_all_m() -> None:
    claim = outcome.lemma_d13((3,))
    part, l = claim.parts[0], late_proofs
    weak = replace(part, given=(*part.given[:2], l.b**3 > l.v**3))
    mutant = replace(claim, parts=(weak, *claim.parts[1:]))
    # Three filters at .9 against one at 1: b > v, but b^3 < 3 v^3.
    others = at(claim, part.name, m=3, v="9/10", F_y="1/3", F_j="3/5")
    assert Search((part.name,), others).run(mutant, context()).verdict is Verdict.REFUTED


def test_probability_of_the_label_is_tight() -> None:
    claim = CLAIMS["lemma-d.12"]
    part = claim.parts[0]
    wrong = replace(part, relation=part.relation.lhs >= part.relation.rhs + part.relation.rhs / 2)  # type: ignore[union-attr]
    mutant = replace(claim, parts=(wrong, claim.parts[1]))
    near = at(claim, part.name, k=2, S=1, tau=0, F="1/2")
    assert Search((part.name,), near).run(mutant, context()).verdict is Verdict.REFUTED
    assert Proof(late_proofs.label_probability, (part.name,)).run(mutant, context()).verdict is Verdict.INCONCLUSIVE
