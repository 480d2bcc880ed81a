"""The chapter on dynamics: expected verdicts, and mutants of its formulas that must be noticed."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Ge
from theorycheck_proofs.li_li_2024 import dynamics, stage_one, stage_proofs, stage_runs, updates
from theorycheck_proofs.li_li_2024.grids import EARLY, NETWORK, SHORT
from theorycheck_proofs.li_li_2024.measurements import to_rounding
from theorycheck_simulations import reference
from theorycheck_simulations.setting import Setting, setting_from

from theorycheck.checks.measurement import Agreement
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.verdict import Verdict

from .judged import assert_expected, at, context

DEFAULT = setting_from({})
OTHER = setting_from(
    {"k": 3, "d": 8, "m": 4, "n_N": 20, "alpha": 1.8, "q": 4, "sigma_0": 0.05, "sigma_n": 0.1, "T": 200}
)
IDS = ("weight-decomposition", "lemma-d.2", "lemma-5.1", "lemma-d.4", "population-level", "reduced-level", "lemma-d.8")
CLAIMS = {claim.id: claim for claim in dynamics.claims(DEFAULT)}


def test_no_claim_is_missing() -> None:
    assert tuple(CLAIMS) == IDS


@pytest.mark.parametrize("setting", [DEFAULT, OTHER], ids=["default", "other"])
@pytest.mark.parametrize("name", IDS)
def test_expected_verdict(name: str, setting: Setting) -> None:
    figures = assert_expected(CLAIMS[name], context(setting))
    assert figures.get("settings", figures.get("level 1: settings", 0)) >= 10


def test_the_grids_cover_ten_settings_and_every_exponent() -> None:
    for grid in (SHORT, NETWORK, EARLY):
        assert len(grid) >= 10 and {s.q for s in grid} == {3, 4, 5, 6} and all(s.T >= 300 for s in grid)


@pytest.mark.parametrize("setting", [SHORT[0], SHORT[6], SHORT[10]])
def test_formula_against_the_slow_twin(setting: Setting) -> None:
    rng = np.random.default_rng(1)
    W = rng.normal(0, 0.3, (setting.k, setting.m, setting.d))
    C = W[..., : 2 * setting.k]
    step = updates.predicted(setting, C, np.full(setting.k, 1 / setting.k))
    twin = reference.population_step(setting, W)[..., : 2 * setting.k] - C
    assert np.max(np.abs(step - twin)) <= 1e-14


@pytest.mark.parametrize(
    "mutant",
    [{"eta": 1.0001}, {"alpha": 1.001}, {"rho": 1.001}, {"n_N": 2}, {"q": 1}],
    ids=["eta", "alpha", "rho", "n_N", "q"],
)
def test_a_wrong_constant_of_the_update_is_noticed(mutant: dict[str, float]) -> None:
    setting = SHORT[1]
    run = updates.train_population(setting, 3, stride=1, correlations=True)
    C = run.trajectory.correlations
    assert C is not None
    (name, factor), shares = next(iter(mutant.items())), np.full(setting.k, 1 / setting.k)
    value = getattr(setting, name)
    changed = setting.replace(**{name: value + 1 if name in ("q", "n_N") else value * factor})
    found = updates.scaled(updates.predicted(changed, C[:-1], shares), np.diff(C, axis=0))
    assert not Agreement("step", found.predicted, found.measured, 1e-10, absolute=True).judge(0.95).agrees


def test_agreement_of_what_never_moved_says_nothing() -> None:
    still = tuple(setting.replace(T=300) for setting in SHORT[:9])
    few = to_rounding("x", "x", still, lambda s, seed: updates.population_steps(s, seed, dynamics.DIAGONAL), context())
    assert few.failures and "at least 10" in few.failures[0]


def test_with_noise_the_complement_does_move() -> None:
    noisy = tuple(setting.replace(sigma_n=0.2) for setting in NETWORK)
    outcome = dynamics.complement_rests(context(), noisy).outcomes[0]
    assert not outcome.judge(0.95).agrees


def test_wrong_bounds_of_stage_one_are_noticed() -> None:
    found = stage_runs.stage_one(EARLY[1], 5)
    slack, _ = stage_runs.increments(found)
    assert slack.size > 100 and slack.min() >= 0
    for changed in (EARLY[1].replace(eta=EARLY[1].eta * 3), EARLY[1].replace(rho=EARLY[1].rho * 0.7)):
        slack, _ = stage_runs.increments(replace(found, setting=changed))
        assert slack.min() < 0


def test_a_bound_with_the_wrong_exponential_is_neither_proved_nor_survives() -> None:
    claim = stage_one.lemma_d8((3,))
    part = claim.parts[0]
    wrong = part.relation.subs(stage_proofs.k - 1 + stage_proofs.exp(1), stage_proofs.k)  # type: ignore[union-attr]
    mutant = replace(claim, parts=(replace(part, relation=wrong), claim.parts[1]))
    found = Search(("q = 3",), at(claim, "q = 3", F=1)).run(mutant, context())
    assert found.verdict is Verdict.REFUTED
    assert Proof(lambda: stage_proofs.early(3), ("q = 3",)).run(mutant, context()).verdict is Verdict.INCONCLUSIVE


def test_the_comparison_needs_the_larger_rate() -> None:
    claim = stage_one.reduced_level((3,))
    p, step = stage_proofs, claim.parts[1]
    dropped = replace(step, given=(Ge(p.x, p.X), p.X > 0))
    mutant = replace(claim, parts=(claim.parts[0], dropped, *claim.parts[2:]))
    proof = Proof(lambda: p.comparison_step(3), (step.name,)).run(mutant, context())
    assert proof.verdict is Verdict.INCONCLUSIVE and "assumes rates" in proof.summary
    # Drawn with the rates exchanged, the statement without its hypothesis fails.
    assert Search((step.name,), at(claim, step.name, g="1/4")).run(mutant, context()).verdict is Verdict.REFUTED


@pytest.mark.parametrize("q", [2, 2.5, True])
def test_exponents_outside_the_paper_are_refused(q: int) -> None:
    for build in (stage_proofs.early, stage_proofs.comparison, stage_proofs.comparison_step, stage_proofs.tied):
        with pytest.raises(ValueError, match="exponent"):
            build(q)


def test_every_run_covers_its_part() -> None:
    for claim in CLAIMS.values():
        assert any(isinstance(check, Run) for check in claim.checks)
