"""Stage II: expected verdicts, the refutation of the unconditional lemma and its replay, and mutants."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Le, exp
from theorycheck_proofs.li_li_2024 import late, late_proofs, late_replay, late_runs, stage_proofs, stage_two
from theorycheck_proofs.li_li_2024.grids import LATE, REACHING
from theorycheck_simulations.population import train_populations
from theorycheck_simulations.setting import Setting, setting_from

from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.verdict import Verdict

from .judged import PAPER, assert_expected, at, context, evidence

DEFAULT = setting_from({})
# c' of this one is of order 1 and n_N rho/q <= log(k-1), so that both runs include it.
OTHER = setting_from({"k": 9, "d": 18, "m": 2, "n_N": 10, "alpha": 1.5, "eta": 0.01, "sigma_n": 0.1, "T": 15000})
IDS = ("lemma-d.10", "lemma-d.10-unconditional", "lemma-d.11", "finding-f7")
CLAIMS = {claim.id: claim for claim in late.claims(DEFAULT)}


def test_no_claim_is_missing() -> None:
    assert tuple(CLAIMS) == IDS and set(late.REPLAYS) == {"lemma-d.10-unconditional"}
    assert len(LATE) >= 10 and len(REACHING) >= 10 and all(late_runs.reachable(s) for s in REACHING)


@pytest.mark.parametrize("name", IDS)
def test_expected_verdict(name: str) -> None:
    figures = assert_expected(CLAIMS[name], context())
    if name == "finding-f7":
        assert figures["reached rho/beta"] == 0 and figures["non-robust feature first"] > figures["classes"] / 2
        assert figures["least necessary time"] > figures["steps"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lemma-d.10", "lemma-d.11"])
def test_expected_verdict_with_the_users_setting(name: str) -> None:
    assert_expected(CLAIMS[name], context(OTHER, seed=1))


def test_the_witness_is_replayed_by_enclosure() -> None:
    (found,) = (one for one in evidence(CLAIMS["lemma-d.10-unconditional"], context()) if one.kind == "run")
    assert found.verdict is Verdict.REFUTED and found.witness is not None
    assert set(found.witness) == late_replay.KEYS and found.witness["paper"] == PAPER
    assert late.REPLAYS["lemma-d.10-unconditional"](found.witness) is True


def test_within_reach_there_is_no_refutation() -> None:
    near = tuple(setting for setting in late_replay.SETTINGS if setting.n_N <= 6)
    (outcome,) = late_replay.measure(context(), near).outcomes
    assert outcome.judge(0.95).agrees
    assert late_replay.replay(late_replay.witness(near[0], PAPER)) is False


def test_a_start_outside_the_hypotheses_is_no_witness(monkeypatch: pytest.MonkeyPatch) -> None:
    document = late_replay.witness(late_replay.SMALL, PAPER)
    document["initial"][0] = ["1/10", "-1/100", "1/50", "-1/100"]
    assert late_replay.replay(document) is False
    document = late_replay.witness(late_replay.SMALL.replace(n_N=10, alpha=2.5), PAPER)
    assert late_replay.replay(document) is False  # not denser


def test_enclosures_that_decide_nothing_give_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def undecided(*arguments: object) -> None:
        raise late_replay.Undecided("a ball on a corner of the activation")

    monkeypatch.setattr(late_replay, "enclose", undecided)
    assert late_replay.replay(late_replay.witness(late_replay.SMALL, PAPER)) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [("schema_version", 2), ("kind", "point"), ("claim", "lemma-d.10"), ("statement", "B >= 0"), ("steps", 8001),
     ("steps", True), ("steps", -1), ("initial", [["1/2"]]), ("initial", [["x"] * 4] * 2), ("extra", 1)],
)  # fmt: skip
def test_malformed_witnesses_are_refused(key: str, value: object) -> None:
    with pytest.raises(ValueError):
        late_replay.replay({**late_replay.witness(late_replay.SMALL, PAPER), key: value})


def test_floats_in_a_witness_are_refused() -> None:
    with pytest.raises(TypeError):
        late_replay.replay({**late_replay.witness(late_replay.SMALL, PAPER), "initial": [[0.1] * 4] * 2})


def test_a_smaller_constant_is_violated_along_runs() -> None:
    runs = train_populations(LATE[3], 2, 3, stride=60)
    paper, sharp, _ = late_runs.growth_slacks(runs)
    assert min(paper.min(), sharp.min()) >= -late_runs.ROUNDING
    assert late_runs.growth_slacks(runs, 0.05)[1].min() < -0.1


def test_a_smaller_bound_of_the_step_is_refuted_and_not_proved() -> None:
    claim = CLAIMS["lemma-d.11"]
    l = late_proofs
    part = replace(claim.part("step"), relation=Le(l.X_next, l.X + l.C / 2))
    mutant = replace(claim, parts=tuple(part if p.name == "step" else p for p in claim.parts))
    assert Search(("step",), at(claim, "step", X_next=3)).run(mutant, context()).verdict is Verdict.REFUTED
    proof = Proof(l.one_step, ("step",), l.named("Y_X", "Y_0")).run(mutant, context())
    assert proof.verdict is Verdict.INCONCLUSIVE


def test_a_dropped_hypothesis_is_noticed() -> None:
    claim = CLAIMS["lemma-d.11"]
    part = claim.part("paper's form")
    mutant = replace(claim, parts=tuple(replace(p, given=()) if p is part else p for p in claim.parts))
    proof = Proof(lambda: late_proofs.logarithmic(True), (part.name,), late_proofs.named("Y_0")).run(mutant, context())
    assert proof.verdict is Verdict.INCONCLUSIVE and "assumes" in proof.summary


def test_more_output_than_necessary_is_refuted() -> None:
    claim = CLAIMS["finding-f7"]
    part = claim.part("necessary output, q = 4")
    l = late_proofs
    mutant = replace(
        claim, parts=tuple(replace(p, relation=l.n_N * l.rho / 3 <= l.F) if p is part else p for p in claim.parts)
    )
    least = at(claim, part.name, F="3/8", B="1/2")
    assert Search((part.name,), least).run(mutant, context()).verdict is Verdict.REFUTED


def test_the_robust_bound_needs_its_sign() -> None:
    claim = stage_two.lemma_d10((3,))
    part = claim.parts[0]
    p = stage_proofs
    wrong = replace(part, relation=1 / p.A >= 1 / p.A_1 + p.K * (p.B - p.B_1))
    mutant = replace(claim, parts=(wrong, *claim.parts[1:]))
    proof = Proof(lambda: p.tied(3), (part.name,)).run(mutant, context())
    assert proof.verdict is Verdict.INCONCLUSIVE and "does not conclude" in proof.summary


def test_a_smaller_ratio_is_violated_in_stage_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """With K of half its size the tie between A and B fails along runs."""
    found = late_runs.reaching(REACHING[0], 1, 4)
    assert found["stage II"].size > 0 and found["stage II"].min() >= -late_runs.ROUNDING
    half = late_runs.reaching(REACHING[0], 1, 4, 0.5)
    assert half["stage II"].min() < -late_runs.ROUNDING


def test_exponential_of_the_claim_is_the_lemmas() -> None:
    assert late_proofs.growth_constant().has(exp(late_proofs.tau))
    assert np.isfinite(late_runs.LARGEST) and isinstance(DEFAULT, Setting)
