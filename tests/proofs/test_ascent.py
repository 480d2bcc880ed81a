"""The algebra of adversarial training: expected verdicts, the formulas against slow twins, and what must be noticed."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Eq
from theorycheck_proofs.controls.ascent import through
from theorycheck_proofs.li_li_2024 import ascent, ascent_learning, ascent_logits, ascent_proofs
from theorycheck_proofs.li_li_2024 import ascent_learning_runs as learning
from theorycheck_proofs.li_li_2024 import ascent_offdiagonal_runs as offdiagonal
from theorycheck_proofs.li_li_2024 import ascent_runs as runs
from theorycheck_proofs.li_li_2024 import ascent_updates as updates
from theorycheck_proofs.li_li_2024.ascent_runs import ATTACKED, NETWORKS
from theorycheck_simulations import reference
from theorycheck_simulations.adversarial import perturbed_population, train_adversarial
from theorycheck_simulations.setting import OBJECTIVES, Setting, setting_from

from theorycheck import kernel
from theorycheck.checks.measurement import Agreement
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim
from theorycheck.verdict import Verdict

from .judged import assert_expected, context, evidence

DEFAULT = setting_from({})
OTHER = setting_from(
    {"k": 3, "d": 8, "m": 4, "n_N": 20, "alpha": 1.8, "q": 4, "sigma_0": 0.05, "sigma_n": 0.1, "T": 200,
     "epsilon": 0.4, "eta_tilde": 3.0, "ascent_steps": 3, "objective": "margin"}
)  # fmt: skip
IDS = ("lemma-d.17", "lemma-d.18", "lemma-d.16", "lemma-d.19", "lemma-d.20", "lemma-d.21", "lemma-d.21-as-argued",
       "lemma-5.2", "lemma-d.22", "finding-f1", "review-5.2-at-epsilon-0")  # fmt: skip
CLAIMS = {claim.id: claim for claim in ascent.claims(DEFAULT)}


def test_no_claim_is_missing() -> None:
    assert tuple(CLAIMS) == IDS


@pytest.mark.parametrize("name", [name for name in IDS if CLAIMS[name].expected is not Verdict.REFUTED])
def test_expected_verdict(name: str) -> None:
    figures = assert_expected(CLAIMS[name], context(DEFAULT))
    for level in ("", "level 1: ", "level 2: ", "small: ", "past: "):
        assert figures.get(f"{level}settings", 10) >= 10


@pytest.mark.parametrize("name", ["lemma-d.21-as-argued", "finding-f1"])
def test_statements_of_the_paper_are_refuted_by_replayed_witnesses(name: str) -> None:
    claim = CLAIMS[name]
    found = evidence(claim, context(DEFAULT))
    refuted = {part for one in found if one.verdict is Verdict.REFUTED for part in one.covers}
    assert claim.expected is Verdict.REFUTED and refuted == {part.name for part in claim.parts}
    assert all(kernel.replay(one.witness).confirmed for one in found if one.verdict is Verdict.REFUTED)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lemma-d.16", "lemma-d.17", "lemma-d.18", "lemma-d.19", "lemma-5.2", "lemma-d.22"])
def test_runs_at_another_setting(name: str) -> None:
    claim = CLAIMS[name]
    for check in claim.checks:
        if isinstance(check, Run):
            assert check.run(claim, context(OTHER)).verdict is Verdict.SURVIVED


def test_the_grid_covers_every_objective_one_and_three_steps_and_every_exponent() -> None:
    grid = runs.ascents(ATTACKED, 1)
    for objective in OBJECTIVES:
        for steps in (1, 3):
            some = [s for s in grid if (s.objective, s.ascent_steps) == (objective, steps)]
            assert len(some) >= 10 and {s.q for s in some} == {3, 4, 5, 6}
    assert any(s.epsilon > s.beta for s in ATTACKED) and any(s.epsilon < s.beta for s in ATTACKED)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("steps", [1, 3])
def test_formulas_against_the_slow_twin(objective: str, steps: int) -> None:
    for index, base in enumerate((ATTACKED[0], ATTACKED[6], ATTACKED[10])):
        setting = base.replace(objective=objective, ascent_steps=steps, T=1)
        path = updates.population_path(setting, index)
        W = path.W[0]
        for j in range(setting.k):
            patches = [(float(n), x) for n, x in zip(path.count, path.X[j], strict=True)]
            slow = reference.adversarial_patches(setting, W, patches, j)
            assert np.max(np.abs(np.stack([x for _, x in slow]) - path.moved[0, j])) <= 1e-12
        step = reference.population_step(setting, W, adversarial=True) - W
        assert np.max(np.abs(updates.increments(path)[0] - step)) <= 1e-12


def test_paths_are_the_runs_that_they_stand_for() -> None:
    setting = NETWORKS[0].replace(T=20)
    path = updates.network_path(setting, 4)
    assert path.data is not None
    whole = updates.trained(path.data, W0=path.W[0], adversarial=True)
    assert np.array_equal(whole.W, path.W[-1])
    population = updates.population_path(ATTACKED[1].replace(T=20), 4)
    assert np.array_equal(population.W[-1], train_adversarial(ATTACKED[1].replace(T=20), 4).W)
    assert np.max(np.abs(perturbed_population(ATTACKED[1], population.W[0]) - population.moved[0])) <= 1e-14


@pytest.mark.parametrize("mutant", ["epsilon", "eta_tilde", "eta", "alpha", "rho"])
def test_a_wrong_constant_is_noticed(mutant: str) -> None:
    path = updates.population_path(ATTACKED[1].replace(T=60), 3)
    changed = replace(path, setting=path.setting.replace(**{mutant: 1.001 * getattr(path.setting, mutant)}))
    if mutant == "alpha":  # the strength stands in the patches
        changed = replace(path, X=path.X * 1.001)
    found = updates.scaled(updates.increments(changed), np.diff(path.W, axis=0))
    assert not Agreement("step", found.predicted, found.measured, 1e-10, absolute=True).judge(0.95).agrees


def adversarial_risk(setting: Setting, W: np.ndarray, path: updates.Path, at: np.ndarray) -> float:
    """The population risk at W of the adversarial examples found at the weights `at`."""
    moved = updates.examples(setting, path.X, path.y, path.count, at[None])
    F = updates.outputs_at(setting, updates.preactivations(W[None], moved), path.count)[0]
    return float(np.mean(np.log(np.exp(F).sum(axis=1)) - np.diag(F)))


def test_the_update_is_the_gradient_at_held_examples_and_the_control_the_one_through_them() -> None:
    setting = ATTACKED[0].replace(T=1, eta_tilde=2.0)
    path = updates.population_path(setting, 2)
    W, h = path.W[0], 1e-6
    held, full = np.zeros_like(W), np.zeros_like(W)
    for index in np.ndindex(W.shape):
        ends = []
        for sign in (1, -1):
            V = W.copy()
            V[index] += sign * h
            ends.append((adversarial_risk(setting, V, path, W), adversarial_risk(setting, V, path, V)))
        held[index], full[index] = ((up - down) / (2 * h) for up, down in zip(*ends, strict=True))
    step, size = updates.increments(path)[0], setting.eta * np.max(np.abs(held))
    assert np.max(np.abs(step + setting.eta * held)) <= 1e-6 * size
    assert np.max(np.abs(step + through(path)[0] + setting.eta * full)) <= 1e-6 * size
    assert np.max(np.abs(through(path)[0])) >= 1e-2 * size


def test_differences_are_compared_by_no_less_than_rounding() -> None:
    formula, seen = np.array([1e-12, 0.0]), np.array([1e-12 + 1e-16, 0.0])
    small, plain = updates.differences(formula, seen, 1.0), updates.scaled(formula, seen)
    assert np.max(np.abs(small.predicted - small.measured)) <= 1e-10 < np.max(np.abs(plain.predicted - plain.measured))
    wrong = updates.differences(2 * formula, seen, 1.0)
    assert np.max(np.abs(wrong.predicted - wrong.measured)) > 1e-10
    assert np.isnan(updates.differences(np.array([np.nan]), np.array([1.0]), 1.0).predicted).all()


def test_long_runs_of_large_networks_are_cut() -> None:
    assert updates.steps_that_fit(DEFAULT, 300) == 300
    assert updates.steps_that_fit(DEFAULT.replace(d=3000, m=200), 300) == 1
    assert runs.own(context(OTHER)).ascent_steps == 1 and runs.own(context(OTHER)).sigma_n == 0


def test_clipping_outside_the_features_leaves_the_span() -> None:
    setting = runs.WIDE[1].replace(sigma_0=0.4, eta_tilde=100.0)
    path = updates.population_path(setting, 1)
    assert len(updates.unclipped_outside(path).W) < len(path.W)
    found = updates.outside_span(path)[0]
    assert np.max(np.abs(found.predicted - found.measured)) > 1e-4


def test_uncoupled_starts_have_one_own_feature_each() -> None:
    W = offdiagonal.uncoupled_start(ATTACKED[3], 7)
    assert np.all((W != 0).sum(axis=2) == 1) and np.all(W.max(axis=2)[:, :2] > 0)
    assert not offdiagonal.elsewhere(ATTACKED[3], W[None]).any()


def test_starts_past_saturation_are_past_it() -> None:
    for setting in learning.PAST:
        B = learning.own_features(setting, learning.past_start(setting, 1)[None])[1]
        c = learning.steps_of(setting, np.concatenate([B, B]), setting.beta).c
        assert np.max(np.abs(c - 1.2)) <= 1e-12


def test_off_diagonal_correlations_do_grow_after_stage_one() -> None:
    setting = offdiagonal.RACE[10].replace(T=8000)
    found = [offdiagonal.sizes(setting, seed) for seed in range(1000, 1012)]
    assert max(early for early, *_ in found) < offdiagonal.ALLOWED < 5 < max(late for _, late, *_ in found)


def test_logits_that_are_not_within_their_ends_are_noticed() -> None:
    F = np.random.default_rng(0).uniform(0, 3, (5, 4, 4))
    for ends in (ascent_logits.right_class, ascent_logits.wrong_class):
        low, found, high = ends(F)
        assert np.all(low <= found + 1e-12) and np.all(found <= high + 1e-12)
        shifted_low, shifted, shifted_high = ends(F - 1)  # a negative output breaks the hypothesis
        assert np.any(shifted < shifted_low) or np.any(shifted > shifted_high)


def altered(claim: Claim, name: str, relation: object) -> Claim:
    part = replace(claim.part(name), relation=relation)
    checks = (*(c for c in claim.checks if isinstance(c, (Proof, Search)) and name in c.covers),)
    return replace(claim, parts=(part,), checks=tuple(replace(check, covers=(name,)) for check in checks))


@pytest.mark.parametrize("q", [3, 4])
def test_the_printed_increment_is_refuted_past_saturation_for_odd_and_even_q(q: int) -> None:
    name = f"stopped, q = {q}"
    wrong = altered(CLAIMS["lemma-5.2"], name, Eq(ascent_proofs.increment(q), ascent_proofs.as_printed(q), evaluate=False))
    verdicts = {one.kind: one.verdict for one in evidence(wrong, context())}
    assert verdicts["symbolic"] is Verdict.INCONCLUSIVE and verdicts["search"] is Verdict.REFUTED


def test_draws_meet_every_piece() -> None:
    for q in (3, 6):
        pieces = (*ascent_learning.iteration(q), *ascent_proofs.signs())
        claim = CLAIMS["lemma-5.2"]
        for check in claim.checks:
            if isinstance(check, Search) and pieces[0].name in check.covers:
                assert check.run(claim, context()).figures["valid examples"] == 8 * len(check.covers)


def test_control_a_radius_that_moves_something_is_not_radius_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a radius of 1e-6 in place of 0, populations and networks alike leave standard training."""
    fine = learning.measure_radius_zero(context(DEFAULT))
    assert len(fine.outcomes) == 2 and all(outcome.judge(0.99).agrees for outcome in fine.outcomes)
    monkeypatch.setattr(learning, "ZERO", ({"epsilon": 1e-6},))
    assert not any(outcome.judge(0.99).agrees for outcome in learning.measure_radius_zero(context(DEFAULT)).outcomes)
