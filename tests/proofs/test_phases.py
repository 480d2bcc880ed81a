"""The phases of adversarial training: expected verdicts, replays, predictions by other routes, and mutants."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from theorycheck_proofs.controls import phases as planted
from theorycheck_proofs.li_li_2024 import (
    adversarial_predictions,
    phases,
    phases_findings_runs,
    phases_limits_runs,
    phases_proofs,
    phases_refuted,
    phases_replay,
    phases_runs,
    predictions,
)
from theorycheck_proofs.li_li_2024.figure_3_predictions import saturation, saturation_strength
from theorycheck_proofs.li_li_2024.phases_grids import LEVELS, PHASES
from theorycheck_simulations.adversarial import train_adversarial
from theorycheck_simulations.reduced import train_reduced
from theorycheck_simulations.setting import Setting, setting_from

from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim
from theorycheck.verdict import Verdict

from .judged import PAPER, assert_expected, context, evidence

DEFAULT = setting_from({})
OTHER = setting_from({"k": 3, "d": 6, "m": 4, "n_N": 90, "alpha": 3.0, "q": 4, "epsilon": 1.1, "eta_tilde": 8.0,
                      "sigma_0": 0.02, "T": 9000, "sigma_n": 0.3})  # fmt: skip
IDS = ("saturation-level", "phase-two-time", "lemma-d.23", "lemma-d.24", "lemma-d.25", "lemma-d.26", "finding-f4",
       "finding-f5", "finding-f6", "lemma-d.24-coupled", "lemma-d.24-any-dimension", "rebuttal-threshold-time")  # fmt: skip
CLAIMS = {claim.id: claim for claim in phases.claims(DEFAULT)}
REFUTED = tuple(phases.REPLAYS)
theory = adversarial_predictions


def test_no_claim_is_missing() -> None:
    assert tuple(CLAIMS) == IDS and set(REFUTED) == set(IDS[-3:])
    assert len(PHASES) >= 20 and len(LEVELS) >= 20
    assert not any(theory.out_of_scope(setting) for setting in (*PHASES, *LEVELS, DEFAULT))
    assert {claim.id for claim in CLAIMS.values() if claim.expected is Verdict.REFUTED} == set(REFUTED)


@pytest.mark.parametrize("name", IDS)
def test_expected_verdict(name: str) -> None:
    figures = assert_expected(CLAIMS[name], context())
    if name in ("phase-two-time", "lemma-d.23", "lemma-d.24", "lemma-d.25"):
        assert figures["inside the bracket"] == figures["classes"] >= 100
        assert figures["the user's own setting"] == "included"
    if name == "finding-f6":
        low, high = figures["its interval 95 %"]
        assert 0.1 < low < figures["exponent of the time"] < high < 0.3


@pytest.mark.slow
@pytest.mark.parametrize("name", IDS[:6])
def test_expected_verdict_with_the_users_setting(name: str) -> None:
    figures = assert_expected(CLAIMS[name], context(OTHER, seed=1))
    assert figures.get("the user's own setting", "included") == "included"


@pytest.mark.parametrize(
    "changes",
    [{"epsilon": 0.5}, {"epsilon": 2.5}, {"eta_tilde": 1.0}, {"eta_tilde": 0.0}, {"m": 1}, {"objective": "margin"},
     {"ascent_steps": 3}, {"eta": 0.2}],
)  # fmt: skip
def test_settings_outside_the_hypotheses_are_left_out(changes: Mapping[str, Any]) -> None:
    settings, said = phases_runs.settings_of(context(DEFAULT.replace(**changes)))
    assert settings == PHASES and said != "included"


# Predictions by other routes.


@pytest.mark.parametrize("setting", [PHASES[0], PHASES[15], PHASES[18], PHASES[20]])
def test_a_filter_at_the_level_does_not_move(setting: Setting) -> None:
    B = saturation_strength(setting)
    for factor, moves in ((0.9, True), (1 + 1e-9, False)):
        start = np.zeros((setting.k, setting.m))
        start[:, 0] = factor * B
        run = train_reduced(setting.replace(T=1), A0=np.zeros_like(start), B0=start, adversarial=True)
        assert (run.B[:, 0] > start[:, 0]).all() == moves and np.array_equal(run.B, start) != moves


def test_the_dossiers_level() -> None:
    assert saturation(DEFAULT) == pytest.approx(0.0125) and saturation_strength(DEFAULT) == pytest.approx(0.232, abs=5e-4)


@pytest.mark.parametrize("setting", [*PHASES[::4], DEFAULT])
def test_hidden_output_is_the_largest_on_a_grid(setting: Setting) -> None:
    """n_N sum_r s(beta (1-h) B_r) of a single filter on the way to its level."""
    B = saturation_strength(setting) * np.linspace(0, 1, 20_001)
    h = B**setting.q / saturation(setting)
    z = setting.beta * (1 - h) * B
    found = setting.n_N * (z**setting.q / (setting.q * setting.rho ** (setting.q - 1)))
    assert found.max() == pytest.approx(theory.hidden_output(setting), rel=1e-6)


@pytest.mark.parametrize("setting", PHASES[::5])
def test_brackets_hold_the_recursion_with_either_constant(setting: Setting) -> None:
    """Lemma B.2's time, by iterating z + C z^(q-1)."""
    slow, fast = 0.3, 1.1
    for C in (slow, fast):
        z, steps = 0.05, 0
        while z < 0.4:
            z, steps = z + C * z ** (setting.q - 1), steps + 1
        early, late = theory.bracket(setting, 0.05, (0.4, 0.4), slow, fast)
        assert early <= steps <= late


def test_brackets_order_and_grow_with_the_level() -> None:
    setting, start = PHASES[3], np.array([0.01, 0.02])
    ends = [theory.robust_bracket(setting, start, 3, level) for level in (0.05, theory.knee(setting), 0.5)]
    for early, late in ends:
        assert (early < late).all() and (np.diff(early) < 0).all() and (np.diff(late) < 0).all()
    assert all((a[0] < b[0]).all() and (a[1] < b[1]).all() for a, b in zip(ends, ends[1:], strict=False))


def test_the_bound_of_the_race_is_lemma_b2_with_a_larger_ratio() -> None:
    setting = PHASES[0]
    plain = predictions.tensor_power_bound(setting, 0.01, 0.02, theory.share_level(setting, 1 / 8))
    assert plain < theory.robust_bound(setting, 0.01, 0.02, 1 / 8) < 1.2 * plain
    assert np.isinf(theory.robust_bound(setting, 0.02, 0.002, 1 / 8))


def test_late_bound_starts_at_its_start_and_is_logarithmic() -> None:
    setting = PHASES[0]
    assert float(theory.late_bound(setting, 1.5, 0)) == pytest.approx(1.5)
    steps = [float(theory.late_bound(setting, 1.5, 10.0**n)) for n in (8, 9, 10)]
    assert np.diff(steps) == pytest.approx(np.log(10) / (setting.alpha - setting.epsilon), rel=1e-2)


def test_stall_probability_by_sampling() -> None:
    setting = phases_findings_runs.SINGLE[0]
    A, B = np.random.default_rng(5).standard_normal((2, 200_000))
    share = np.mean((A > 0) & (B > 0) & (predictions.lead_needed(setting) * A < B))
    assert theory.stall_probability(setting) == pytest.approx(share, abs=5 * 0.5 / 200_000**0.5)


@pytest.mark.parametrize("q", [3, 4, 5, 6])
def test_the_shape_of_a_step_is_bounded_tightly_enough(q: int) -> None:
    x = np.linspace(0, 1, 20_001)[:-1]
    top = float(np.max(x ** (q - 1) * (1 - x**q) ** q / (1 - x)))
    most, _ = phases_proofs.HUMP[q]
    assert top <= q * most ** (q - 1) <= 3 / 4
    assert float(np.max(x * (1 - x**q))) <= most


# Replays.


@pytest.mark.parametrize("name", REFUTED)
def test_the_witness_is_replayed_by_enclosure(name: str) -> None:
    (found,) = (one for one in evidence(CLAIMS[name], context()) if one.kind == "run")
    assert found.verdict is Verdict.REFUTED and found.witness is not None
    assert found.witness["paper"] == PAPER and phases.REPLAYS[name](found.witness) is True


def passing(statement: phases_replay.Statement, start: tuple[str, Setting, phases_replay.Rows]) -> dict[str, Any]:
    _, setting, rows = start
    return statement.witness(setting, rows, setting.T, PAPER)


def test_starts_that_pass_are_no_witness() -> None:
    for statement, starts in ((phases_replay.COUPLED, phases_refuted.CROSSED), (phases_replay.WIDE, phases_refuted.WIDTHS)):
        assert phases.REPLAYS[statement.claim](passing(statement, starts[0])) is False
        (outcome,) = phases_refuted.measure_passing(context(), statement, starts[:1]).outcomes
        assert outcome.judge(0.95).agrees


def test_an_ascent_step_too_many_is_needed_for_the_rebuttal() -> None:
    """Between eta~ = 2 and 100 the time grows, and a run that is not there yet refutes nothing."""
    (outcome,) = phases_refuted.measure_slower(context()).outcomes
    document = outcome.witness
    assert document is not None and phases_replay.replay_slower(document) is True
    assert phases_replay.replay_slower({**document, "steps": document["steps"] - 1}) is False
    assert phases_replay.replay_slower({**document, "steps": 450}) is False
    with pytest.raises(ValueError, match="smaller one first"):
        phases_replay.replay_slower({**document, "eta_tilde": ["100", "2"]})


@pytest.mark.parametrize(
    ("changes", "entry"),
    [({"epsilon": 0.5}, None), ({"alpha": 9.0}, None), ({"epsilon": 2.5}, None), ({"eta_tilde": 1.0}, None),
     ({"objective": "loss"}, None), ({}, "-1/50")],
)  # fmt: skip
def test_runs_outside_the_hypotheses_are_no_witness(changes: Mapping[str, Any], entry: str | None) -> None:
    name, setting, rows = phases_refuted.CROSSED[2]
    document = passing(phases_replay.COUPLED, (name, setting.replace(**changes), rows))
    if entry is not None:
        document["initial"][0][0] = entry
    assert phases.REPLAYS["lemma-d.24-coupled"](document) is False


def test_the_kind_of_filters_is_checked_exactly() -> None:
    crossed, wide = phases_refuted.CROSSED[2], phases_refuted.WIDTHS[-1]
    for statement, start, entry in (
        (phases_replay.COUPLED, crossed, (0, 1)),
        (phases_replay.COUPLED, crossed, (0, 3)),
        (phases_replay.WIDE, wide, (0, 1)),
        (phases_replay.WIDE, wide, (0, 2)),
    ):
        document = passing(statement, start)
        assert phases.REPLAYS[statement.claim](document) is True
        document["initial"][entry[0]][entry[1]] = "1/1000000"
        assert phases.REPLAYS[statement.claim](document) is False
    longer = passing(phases_replay.COUPLED, ("", crossed[1].replace(d=5), [[*row, Fraction(1)] for row in crossed[2]]))
    assert phases.REPLAYS["lemma-d.24-coupled"](longer) is False


@pytest.mark.parametrize(
    ("key", "value"),
    [("schema_version", 2), ("kind", "point"), ("claim", "lemma-d.24"), ("statement", "A >= B"), ("steps", 4001),
     ("steps", True), ("steps", -1), ("initial", [["1/2"]]), ("initial", [["x"] * 4] * 2), ("extra", 1)],
)  # fmt: skip
def test_malformed_witnesses_are_refused(key: str, value: object) -> None:
    with pytest.raises(ValueError):
        phases.REPLAYS["lemma-d.24-coupled"]({**passing(phases_replay.COUPLED, phases_refuted.CROSSED[2]), key: value})


def test_enclosures_that_decide_nothing_give_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phases_replay, "less", lambda x, y: None)
    assert phases.REPLAYS["lemma-d.24-coupled"](passing(phases_replay.COUPLED, phases_refuted.CROSSED[2])) is None
    (outcome,) = phases_refuted.measure_slower(context()).outcomes
    assert phases_replay.replay_slower(outcome.witness) is None


def test_a_long_filter_rests_for_ever() -> None:
    """Bit for bit: at the last of the widths nothing moves, and standard training from there does."""
    _, setting, rows = phases_refuted.WIDTHS[-1]
    start = phases_replay.float_rows(setting, rows)
    assert np.array_equal(train_adversarial(setting, W0=start).W, start)
    assert not np.array_equal(train_adversarial(setting.replace(epsilon=0.0), W0=start).W, start)


# Mutants.


def mutant(claim: Claim, part: str, **changes: Any) -> Claim:
    return replace(claim, parts=tuple(replace(p, **changes) if p.name == part else p for p in claim.parts))


def test_a_proof_about_another_exponent_is_noticed() -> None:
    claim = CLAIMS["saturation-level"]
    wrong = Proof(lambda: phases_proofs.stops(4, True), ("below, q = 3",)).run(claim, context())
    assert wrong.verdict is Verdict.INCONCLUSIVE


def test_a_dropped_hypothesis_is_noticed() -> None:
    name = "bounded, q = 3"
    part = CLAIMS["saturation-level"].part(name)
    found = Proof(lambda: phases_proofs.stays(3), (name,)).run(
        mutant(CLAIMS["saturation-level"], name, given=part.given[1:]), context()
    )
    assert found.verdict is Verdict.INCONCLUSIVE and "assumes" in found.summary


@pytest.mark.parametrize(("factor", "agrees"), [(1.0, True), (1.2, False), (0.8, False)])
def test_a_level_off_by_a_fifth_disagrees(factor: float, agrees: bool) -> None:
    run = planted.level_of(lambda s: s.replace(eta_tilde=s.eta_tilde / factor))
    outcomes = run.measure(context()).outcomes
    assert all(outcome.judge(0.95).agrees for outcome in outcomes) is agrees


def test_a_run_that_never_comes_is_a_violation() -> None:
    one = phases_runs.Timed(PHASES[0], 2, np.array([1.0, 1.0]), np.array([5.0, np.inf]), np.array([9.0, 9.0]), {})
    found = phases_runs.judged_times([one], "T_A", "included")
    assert not all(outcome.judge(0.95).agrees for outcome in found.outcomes) and found.failures


def test_classes_are_chosen_by_predictions_alone() -> None:
    setting = PHASES[1]
    where = context()
    found = phases_runs.level_reached(where, "phase-two-time", setting, setting.rho / (2 * setting.alpha))
    stunted = phases_runs.level_reached(where, "phase-two-time", setting.replace(eta=1e-6), setting.rho / 5)
    assert found.measured.size > 0 and (found.late <= setting.T).all() and stunted.measured.size == 0


def test_uncoupled_classes_of_the_level_are_as_said() -> None:
    found = phases_limits_runs.filled(context(), LEVELS[0], 30)
    assert found.measured.size > 0 and (found.predicted >= phases_limits_runs.NEAR).all()
    assert abs(found.median / found.predicted_median - 1) <= phases_limits_runs.TOLERANCE
