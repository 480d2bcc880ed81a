"""The certified phase transition: a small instance in full, its experiment and files, planted errors, the default one."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from theorycheck_proofs.controls import phase
from theorycheck_proofs.controls.phase import SMALL
from theorycheck_proofs.li_li_2024 import phase_transition as chapter
from theorycheck_proofs.li_li_2024 import phase_transition_runs as runs
from theorycheck_proofs.li_li_2024 import predictions
from theorycheck_simulations.certified.dynamics import rational_start
from theorycheck_simulations.certified.file import read, recheck
from theorycheck_simulations.certified.run import Levels
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Profile
from theorycheck.errors import UserError
from theorycheck.experiment import Trial
from theorycheck.ledger import Entry
from theorycheck.verdict import Verdict

from .judged import by_part, context, evidence

CLAIM = chapter.phase_transition()
ERRORS = phase.controls(Setting.model_validate({}))


def entry(claim: Any, where: Any) -> Entry:
    return Entry(claim, tuple(evidence(claim, where)))


def test_the_claim_states_its_instance() -> None:
    (other,) = chapter.claims(Setting(k=3, d=6))
    assert (other.id, other.hypotheses, other.parts) == (CLAIM.id, CLAIM.hypotheses, CLAIM.parts)
    assert "k = 5, d = 16, m = 8, n_R = 1, n_N = 127" in CLAIM.hypotheses[0].text
    assert "T = 8000, epsilon = 1.0, eta_tilde = 20.0" in CLAIM.hypotheses[0].text
    assert CLAIM.expected is Verdict.CERTIFIED and "1/5 under in-place" in CLAIM.part(runs.ADVERSARIAL_ENDS).text
    # The bands of the statement are those that are decided.
    levels = Levels()
    assert f"tfrac{{{levels.low.numerator}}}{{{levels.low.denominator}}}" in CLAIM.part(runs.SATURATES).tex
    assert levels.high == 1 and f"<= {levels.bound} " in CLAIM.part(runs.SMALL).text


def test_a_small_instance_is_certified_whatever_the_context() -> None:
    claim = chapter.phase_transition(SMALL)
    found = evidence(claim, context())
    assert set(by_part(claim, found).values()) == {Verdict.CERTIFIED}, [one.summary for one in found]
    assert entry(claim, context()).verdict is Verdict.CERTIFIED
    other = evidence(claim, context(Setting(k=3, d=6), Profile.FULL, 9))
    assert [replace(one, seconds=0) for one in other] == [replace(one, seconds=0) for one in found]
    figures = {name: value for one in found for name, value in one.figures.items()}
    for name in ("standard", "adversarial"):
        assert figures[f"{name}: steps"] == 800 and figures[f"{name}: pieces left open"] == 0
        assert len(str(figures[f"{name}: SHA-256 of the trajectory"])) == 64
    (table,) = found[1].tables
    assert [row[5:7] for row in table.rows] and all(0 < row[5] < row[6] <= 800 for row in table.rows)
    assert all(len(one.plots) == 2 for one in found)


@pytest.mark.parametrize("one", ERRORS, ids=lambda one: one.claim.id)
def test_a_planted_error_is_caught(one: Any) -> None:
    found = entry(one.claim, context())
    assert found.verdict is one.claim.expected, [e.summary for e in found.evidence]
    assert all(e.verdict is not Verdict.ERROR for e in found.evidence)


def test_the_same_without_an_error_passes() -> None:
    twins = {one.twin.id: one.twin for one in ERRORS}
    assert set(twins) == {"twin-phase-standard", "twin-phase-adversarial"}
    for claim in twins.values():
        assert entry(claim, context()).verdict is Verdict.CERTIFIED


def test_the_experiment_gives_trajectories_that_can_be_run_again() -> None:
    seen: list[tuple[int, int]] = []
    trial = Trial(SMALL.setting, seed=SMALL.seed, progress=lambda done, total: seen.append((done, total)))
    result = chapter.EXPERIMENT.measure(trial)
    assert result.agrees, [judgement.text for judgement in result.judgements]
    assert seen[-1] == (1600, 1600) and seen == sorted(seen)
    files = result.measurement.files
    assert set(files) == {"trajectory-standard.json", "trajectory-adversarial.json"}
    for name, epsilon in (("standard", 0.0), ("adversarial", 1.0)):
        run = read(files[f"trajectory-{name}.json"])
        assert run.setting == SMALL.setting.replace(epsilon=epsilon)
        assert all(recheck(run, index) == "" for index in range(len(run.slices)))


def test_an_experiment_where_the_picture_fails_disagrees() -> None:
    result = chapter.EXPERIMENT.measure(Trial(SMALL.setting.replace(n_N=8, T=100), seed=SMALL.seed))
    assert not result.agrees


def test_an_experiment_that_balls_do_not_enclose_is_refused() -> None:
    with pytest.raises(UserError, match="sigma_n"):
        chapter.EXPERIMENT.measure(Trial(SMALL.setting.replace(sigma_n=0.5)))


def test_precision_that_never_suffices_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "PRECISIONS", (8, 12))
    found = entry(chapter.phase_transition(SMALL), context())
    assert found.verdict is Verdict.INCONCLUSIVE and "12 bits" in found.evidence[0].summary
    result = chapter.EXPERIMENT.measure(Trial(SMALL.setting, seed=SMALL.seed))
    assert not result.agrees and len(result.measurement.failures) == 2


def test_too_few_bits_are_tried_again_with_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "PRECISIONS", (12, 192))
    assert runs.enclosed(SMALL.setting, SMALL.seed, adversarial=True).run.bits == 192


def test_the_window_is_the_time_of_the_tensor_power_recursion() -> None:
    found = runs.Enclosed(runs.certify(SMALL.setting.replace(T=1), SMALL.seed), 1.0)
    s = SMALL.setting
    start = np.array(rational_start(s, SMALL.seed)).reshape(s.k, s.m, s.d) / 2**20
    A = [start[i, :, i].max() for i in range(s.k)]
    level = (s.rho**2 / (s.eta_tilde * s.beta)) ** (1 / 3)
    for window, a in ((0, s.alpha), (1, s.alpha - s.epsilon)):
        expected = predictions.level_time(s.replace(n_N=s.n_R, beta=a), A, level)
        assert [float(pair[window]) for pair in runs.passing_window(found)] == pytest.approx(expected, rel=1e-12)


@pytest.mark.slow
def test_the_default_instance_is_certified() -> None:
    found = entry(CLAIM, context())
    assert found.verdict is Verdict.CERTIFIED, [one.summary for one in found.evidence]
    standard, adversarial = found.evidence
    assert "605, 441, 618, 397, 444" in adversarial.summary and "0, 3, 11, 0, 0" in standard.summary
    for one in found.evidence:
        name = "standard" if one is standard else "adversarial"
        assert one.figures[f"{name}: pieces left open"] == 0
        assert float(one.figures[f"{name}: largest radius at the end"]) < 1e-20  # type: ignore[arg-type]
