"""The effective tensor power lemma: expected verdicts, what it refuses, and violations that are found and replayed."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from sympy import Le
from theorycheck_proofs.li_li_2024 import tensor_power as chapter
from theorycheck_proofs.li_li_2024 import tensor_power_runs as runs

from theorycheck.checks.measurement import Agreement, Invariant
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.expression import lower
from theorycheck.seeds import stream
from theorycheck.verdict import Verdict

from .judged import assert_expected, by_part, context, evidence


def test_lemma() -> None:
    figures = assert_expected(chapter.lemma(), context())
    assert figures["recursions"] >= 10_000
    assert 1 < figures["smallest bound/actual"] <= 1.05


def test_times() -> None:
    assert_expected(chapter.lemma_time(), context())


def test_both_claims_are_there() -> None:
    assert [claim.id for claim in chapter.claims(None)] == ["lemma-b.2", "lemma-b.2-time"]


def test_q_two_is_refused() -> None:
    for build in (chapter.lemma_parts, chapter.time_parts, runs.recursion, chapter.runs_of_race):
        with pytest.raises(ValueError, match="q = 2"):
            build(2)


def _with_bound(relation: object) -> chapter.Claim:
    claim = chapter.lemma((4,))
    parts = tuple(replace(p, relation=relation) if p.name == "q = 4: bound" else p for p in claim.parts)
    checks = tuple(c for c in claim.checks if isinstance(c, Proof | Search))
    return replace(claim, parts=parts, checks=checks)


@pytest.mark.parametrize(
    "relation", [chapter.bound(2, 0), Le(chapter.y, chapter.y_0), Le(chapter.y**2 * 2, chapter.y_0**2)]
)
def test_a_tighter_bound_is_not_proved(relation: object) -> None:
    claim = _with_bound(relation)
    verdicts = by_part(claim, evidence(claim, context()))
    assert verdicts["q = 4: bound"] not in (Verdict.PROVED, Verdict.CERTIFIED, Verdict.DERIVED)
    assert verdicts["q = 4: step (i)"] is Verdict.PROVED


def test_bound_is_close_where_the_lemma_is_tight() -> None:
    for q in chapter.Q:
        bound, measured = runs.tight(q)
        assert measured <= bound <= 1.05 * measured


def test_a_start_that_is_not_ahead_breaks_the_bound() -> None:
    outcomes = runs.measure(context(), lead=0.5).outcomes
    broken = [o for o in outcomes if isinstance(o, Invariant) and not o.judge(0.95).agrees]
    assert len(broken) == 4 and all(o.witness is not None for o in broken)
    # The start violates the hypothesis, and the replay sees that.
    assert all(runs.replay(o.witness) is None for o in broken if o.witness is not None)
    assert all(o.judge(0.95).agrees for o in outcomes if isinstance(o, Agreement))


def test_a_violation_of_a_wrong_bound_is_replayed_exactly() -> None:
    given = runs.draw(3, 50, stream(0, "test", "violation"))
    too_low = runs.Draw(given.q, given.values, given.start, given.kappa, given.inputs)
    trajectory, _ = runs.recursion(3).iterate(given.start, given.values, given.inputs, given.inputs.shape[1])
    index = int(np.argmax(trajectory[:, -1, 1] / given.start[:, 1]))
    found = runs.witness("li-li-2024", too_low, index)
    found["recursion"] |= {"steps": 40, "inputs": {k: [str(Fraction(float(v))) for v in given.inputs[index, :40, i]]
                                                   for i, k in enumerate(("C", "more", "less"))}}  # fmt: skip
    assert runs.replay(found) is None
    found["statement"] = lower(Le(chapter.y, chapter.y_0))
    assert runs.replay(found) is True
    found["recursion"]["inputs"]["C"][0] = "2"  # outside [0, C_max]
    assert runs.replay(found) is None


def test_draws_are_inside_the_hypotheses() -> None:
    for q in chapter.Q:
        given = runs.draw(q, 200, stream(1, "test", q))
        n = q - 2
        assert np.all(given.theta < (1 + given.kappa) ** n)
        ahead = given.start[:, 0] / ((1 + given.kappa) * given.values["S"] ** (1 / n) * given.start[:, 1])
        assert np.all(ahead >= 1 - 1e-12)
        assert np.all((given.inputs >= 0) & (given.inputs <= 1))
