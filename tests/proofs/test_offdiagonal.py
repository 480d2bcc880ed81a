"""Lemma D.7: expected verdict at two settings, wrong updates and a floor that is too high."""

from dataclasses import replace

import pytest
from sympy import Ge, Le
from theorycheck_proofs.li_li_2024 import offdiagonal, offdiagonal_proofs
from theorycheck_proofs.li_li_2024.offdiagonal_proofs import ALPHA, ETA, K, N, c, c_0, floor
from theorycheck_simulations.setting import Setting, setting_from

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.verdict import Verdict

from .judged import assert_expected, by_part, context, evidence


def test_expected_verdict() -> None:
    assert_expected(offdiagonal.lemma(), context())
    assert [claim.id for claim in offdiagonal.claims(None)] == ["lemma-d.7"]


@pytest.mark.parametrize(
    "changes", [{}, {"k": 3, "d": 6, "n_R": 3, "n_N": 20, "q": 4, "m": 2}, {"alpha": 40.0, "sigma_0": 1.0}]
)
def test_runs_keep_the_lemma(changes: dict[str, float]) -> None:
    found = offdiagonal.measure(context(setting_from(changes)))
    assert not found.failures
    assert all(outcome.judge(0.95).agrees for outcome in found.outcomes)
    assert found.outcomes[0].slack.size > 1_000


def mutated(q: int, name: str, **changes: object) -> dict[str, Verdict]:
    claim = offdiagonal.lemma((q,))
    parts = tuple(replace(p, **changes) if p.name == name else p for p in claim.parts)  # type: ignore[arg-type]
    claim = replace(claim, parts=parts, checks=tuple(check for check in claim.checks if not isinstance(check, Run)))
    return by_part(claim, evidence(claim, context(Setting())))


def test_a_floor_without_the_jump_is_rejected() -> None:
    assert mutated(3, "run, q = 3", given=(Le(floor, c_0),))["run, q = 3"] is Verdict.CONFLICT


def test_half_the_jump_is_rejected() -> None:
    half = (Le(floor, c_0), Le(2 * K * floor, -ETA * N * ALPHA))
    assert mutated(4, "run, q = 4", given=half)["run, q = 4"] is not Verdict.PROVED
    claim = offdiagonal.lemma((4,))
    part = replace(claim.part("run, q = 4"), given=half)
    longer = Search((part.name,), lambda: offdiagonal.runs(4), trials=(800, 800, 800))
    claim = replace(claim, parts=(part,), checks=(longer,))
    assert longer.run(claim, context()).verdict is Verdict.CONFLICT


def test_above_the_start_is_rejected() -> None:
    assert mutated(3, "run, q = 3", relation=Ge(c, c_0))["run, q = 3"] is Verdict.CONFLICT


def test_the_wrong_sign_is_not_proved() -> None:
    part = offdiagonal.run_part(3)
    assert part.dynamics is not None
    steps = {
        p: tuple(r for r in rs if p == "zero" or r.lhs.name != "c_next") if p == "zero" else rs
        for p, rs in part.dynamics.transitions.items()
    }
    loose = {**steps, "linear": steps["linear"][:-1]}  # the update of the linear piece is dropped
    found = mutated(3, "run, q = 3", dynamics=replace(part.dynamics, transitions=loose))
    assert found["run, q = 3"] is not Verdict.PROVED


def test_exponents_below_three_are_refused() -> None:
    with pytest.raises(ValueError, match="q = 2"):
        offdiagonal_proofs.step_parts(2)


def test_draws_are_runs() -> None:
    claim = offdiagonal.lemma((5,))
    search = next(check for check in claim.checks if isinstance(check, Search))
    assert search.run(claim, context()).verdict is Verdict.SURVIVED
