"""From relations to the calculus: one decision per kernel statement."""

from typing import Any

from theorycheck.domains import Variable, real
from theorycheck.orders.decide import Outcome, decide_statement
from theorycheck.orders.language import Quantity
from theorycheck.orders.problem import Problem
from theorycheck.orders.text import order

from .generators import Made
from .relations import written

SYMBOLIC = Variable("a", real(0, 1, open_low=True, open_high=True))


def problem(
    quantities: "str | list[tuple[str, str]]", hypotheses: list[str], goal: str | None, variables: tuple[Variable, ...] = ()
) -> Problem:
    """`quantities` as pairs, or as text "k:limit x y:poly"."""
    if isinstance(quantities, str):
        quantities = [(name, kind or "any") for name, _, kind in (q.partition(":") for q in quantities.split())]
    relations = [condition for variable in variables for condition in variable.conditions]
    goals = [] if goal is None else [order(goal)]
    return Problem([Quantity(*q) for q in quantities], variables, relations, list(map(order, hypotheses)), goals)


def statements(asked: Problem) -> list[dict[str, Any]]:
    return [asked.statement(goal) for goals in asked.goals for goal in goals] or [asked.statement(None)]


def decide(asked: Problem, seconds: float = 60) -> tuple[str, list[Outcome]]:
    """ "proved" if each statement is, "refuted" if one is, else "undecided"; with the outcomes."""
    found = [decide_statement(statement, seconds) for statement in statements(asked)]
    if any(one.ray is not None for one in found):
        return "refuted", found
    return ("proved" if all(one.certificate is not None for one in found) else "undecided"), found


def problem_of(made: Made) -> Problem:
    goal = written(made.goal)
    return problem(list(made.quantities), [written(h) for h in made.hypotheses], goal, (SYMBOLIC,) if made.symbolic else ())
