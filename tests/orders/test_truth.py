"""Statements with known truth: none may be decided wrongly, and none of these may stay open."""

import pytest

from theorycheck.domains import Variable

from .deciding import decide, problem, problem_of, statements
from .facts import FACTS
from .generators import Made, false_statement, true_statement
from .models import of_ray, violates
from .relations import true, written

TRUE, FALSE, BATCH = 200, 200, 25


def said(made: Made) -> str:
    return f"{made.quantities}: {[written(h) for h in made.hypotheses]} |- {written(made.goal)}"


@pytest.mark.parametrize("start", range(0, TRUE, BATCH))
def test_derived_statements_are_proved(start: int) -> None:
    for i in range(start, start + BATCH):
        made = true_statement(f"true {i}")
        assert true(made.goal, [made.model]) and all(true(h, [made.model]) for h in made.hypotheses)
        assert decide(problem_of(made))[0] == "proved", said(made)


@pytest.mark.parametrize("start", range(0, FALSE, BATCH))
def test_statements_that_fail_at_known_rates_are_refuted(start: int) -> None:
    for i in range(start, start + BATCH):
        made = false_statement(f"false {i}")
        asked = problem_of(made)
        assert any(violates(statement, [made.model]) for statement in statements(asked)), "the oracle and the lowering agree"
        kind, found = decide(asked)
        assert kind == "refuted", said(made)
        for one in found:
            if one.ray is not None:
                assert violates(one.ray["statement"], [of_ray(one.ray)]), (said(made), one.ray)


@pytest.mark.parametrize(("quantities", "hypotheses", "goal", "answer", "variables"), FACTS, ids=[f[2] or str(f[1]) for f in FACTS])
def test_classical_facts(
    quantities: str, hypotheses: list[str], goal: str | None, answer: str, variables: tuple[Variable, ...]
) -> None:
    kind, found = decide(problem(quantities, hypotheses, goal, variables))
    assert kind == ("refuted" if answer == "consistent" else "proved" if answer == "contradictory" else answer)
    for one in found:
        if one.ray is not None:
            assert violates(one.ray["statement"], [of_ray(one.ray)])
