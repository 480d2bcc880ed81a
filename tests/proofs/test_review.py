"""The answers to the reviewers' questions: expected verdicts, what they rest on, and planted errors."""

import numpy as np
import pytest
from theorycheck_proofs.controls import review as controls
from theorycheck_proofs.li_li_2024 import (
    review_activations,
    review_activations_runs,
    review_ascent,
    review_ascent_runs,
    review_order,
    review_overlapping,
    review_overlapping_runs,
    review_scale,
    review_scale_runs,
    review_target,
    review_target_runs,
    review_trade_off,
    review_trade_off_runs,
)
from theorycheck_proofs.li_li_2024.regime_grids import BASE
from theorycheck_simulations.adversarial import train_adversarial, train_adversarials
from theorycheck_simulations.setting import Setting, setting_from

from theorycheck.checks.check import Profile
from theorycheck.checks.run import Run, judged
from theorycheck.claim import Claim
from theorycheck.verdict import POSITIVE, Verdict

from .judged import assert_expected, by_part, context, evidence

DEFAULT = setting_from({})
CHAPTERS = (review_order, review_ascent, review_activations, review_target, review_trade_off, review_overlapping,
            review_scale)  # fmt: skip
CLAIMS = {claim.id: claim for chapter in CHAPTERS for claim in chapter.claims(DEFAULT)}
QUESTIONS = ("epsilon", "learning-order", "multi-step", "activations", "unrelated-target", "trade-off", "overlapping",
             "epsilon-scale")  # fmt: skip


def test_no_question_is_missing() -> None:
    assert set(CLAIMS) == {f"review-{name}" for name in QUESTIONS}
    for claim in CLAIMS.values():
        assert claim.source.number == "Review"
        assert claim.note and claim.derivation and claim.origin in ("exact", "finding")


@pytest.mark.parametrize("name", CLAIMS)
def test_an_answer_comes_to_its_verdict(name: str) -> None:
    assert_expected(CLAIMS[name], context())


@pytest.mark.parametrize("name", CLAIMS)
def test_every_algebraic_part_is_proved(name: str) -> None:
    """All but the parts about runs, which words state."""
    claim = CLAIMS[name]
    formal = tuple(part for part in claim.parts if part.relation is not None)
    checks = [check for check in claim.checks if not isinstance(check, Run)]
    found = {part.name: Verdict.INCONCLUSIVE for part in formal}
    for check in checks:
        one = check.run(claim, context())
        for part in claim.covered(check.covers):
            if one.verdict in (Verdict.PROVED, Verdict.CERTIFIED):
                found[part.name] = one.verdict
    assert formal and set(found.values()) <= {Verdict.PROVED, Verdict.CERTIFIED}, found


def measured(name: str, index: int = -1, seed: int = 0, profile: Profile = Profile.QUICK) -> dict[str, object]:
    check = CLAIMS[name].checks[index]
    assert isinstance(check, Run)
    found = check.measure(context(profile=profile, seed=seed))
    return {"found": found, "agree": [judgement.agrees for _, judgement in judged(found, 40)]}


@pytest.mark.slow
@pytest.mark.parametrize("name", CLAIMS)
@pytest.mark.parametrize("seed", [11, 12])
def test_an_answer_does_not_depend_on_the_seed(name: str, seed: int) -> None:
    claim: Claim = CLAIMS[name]
    for index, check in enumerate(claim.checks):
        if isinstance(check, Run):
            assert all(measured(name, index, seed)["agree"]), name  # type: ignore[call-overload]


def test_one_ascent_step_is_the_ordinary_training() -> None:
    setting = review_ascent_runs.SETTING.replace(epsilon=1.0, T=300)
    found = review_ascent_runs.train(setting, 4, 2)
    assert (found.runs.W[0] == train_adversarial(setting, W0=found.runs.W0[0]).W).all()


def test_the_rest_of_a_patch_never_closes_below_the_level() -> None:
    for kappa, steps in ((0.99, 40), (0.5, 40)):
        left = 1.0
        for _ in range(steps):
            left -= kappa * left**2
        assert 0 < left < 0.1
    assert 1 - 1.0 * 1.0**2 == 0


def test_the_formula_of_the_unrelated_target_needs_its_parts() -> None:
    setting = review_target_runs.WIDE.replace(T=600)
    W = train_adversarial(setting.replace(epsilon=0.0), 5).W
    formula, seen = (f(setting, W, 1.3) for f in (review_target_runs.attacked_outputs, review_target_runs.forward))
    assert np.allclose(formula, seen, rtol=1e-12, atol=0)
    assert not np.allclose(review_target_runs.attacked_outputs(setting, W, 1.2), seen, rtol=1e-3, atol=0)


def test_standard_training_leaves_other_directions_alone() -> None:
    runs = train_adversarials(review_target_runs.WIDE.replace(T=500), 5, 2, epsilon=0.0)
    assert (runs.W[..., 6:] == runs.W0[..., 6:]).all() and not (runs.W[..., :6] == runs.W0[..., :6]).all()


@pytest.mark.parametrize("c", review_scale_runs.FACTORS)
def test_rescaling_changes_ratios_of_nothing(c: float) -> None:
    other = review_scale_runs.rescaled(BASE.replace(sigma_n=0.1), c)
    assert other.epsilon / other.beta == BASE.epsilon / BASE.beta and other.alpha == c * BASE.alpha
    one, seen = review_scale_runs.pair(BASE.replace(T=200), c, 3)
    assert (one == seen).all() and np.abs(one).max() > 0.02


def test_a_rescaled_start_is_the_start() -> None:
    one, seen = review_scale_runs.pair(review_scale_runs.NETWORKS[0], 2.0, 3)
    assert (one == seen).all()


def test_overlaps_are_where_they_are_said_to_be() -> None:
    setting = review_overlapping_runs.SETTING
    data = review_overlapping_runs.patches(setting, review_overlapping_runs.Overlap(0.6, 0.3, 0.0), 1)
    y, k = int(data.y[1]), setting.k
    robust, other = data.X[1, 0], data.X[1, -1]
    assert robust[y] == setting.alpha and robust[k + y] == 0.6 * setting.beta
    assert other[y] == pytest.approx(0.3 * setting.alpha) and other[k + y] == setting.beta
    noisy = review_overlapping_runs.patches(setting, review_overlapping_runs.Overlap(0.0, 0.0, 0.1), 1)
    assert set(np.abs(noisy.X[1, 0, [i for i in range(k) if i != y]]).tolist()) == {0.1}


def test_every_activation_is_trained_as_it_says() -> None:
    settings = review_activations_runs.settings_of()
    assert [s.activation for s in settings.values()] == ["smoothed-relu"] * 3 + ["relu", "softplus", "gelu"]
    assert [settings[name].q for name in review_activations_runs.POWERS] == [2, 3, 4]


def test_what_saturation_leaves_is_seen_in_a_run() -> None:
    """n_N beta^2/(q eta~), approached from below."""
    setting = review_trade_off_runs.SWEEP.replace(epsilon=1.25)
    W = train_adversarial(setting, 8).W
    stays = setting.n_N * setting.beta**2 / (setting.q * setting.eta_tilde)
    assert 0.9 * stays < np.median(review_trade_off_runs.non_robust_part(setting, W)) < 1.01 * stays


def test_own_examples_are_judged_as_the_points_they_are() -> None:
    """Without an ascent they are the clean points."""
    setting = review_trade_off_runs.SWEEP.replace(epsilon=0.0, T=800)
    W = train_adversarial(setting, 8).W
    assert review_trade_off_runs.on_own_examples(setting, W) == 1
    assert review_trade_off_runs.on_own_examples(setting.replace(epsilon=1.25), W) < 1


@pytest.mark.parametrize("one", controls.controls(Setting.model_validate({})), ids=lambda one: one.claim.id)
def test_planted_errors_are_not_passed(one: controls.Control) -> None:
    verdicts = list(by_part(one.claim, evidence(one.claim, context())).values())
    assert not set(verdicts) & POSITIVE, verdicts
