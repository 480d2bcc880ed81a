"""Certificates of equations, and of signs, that follow from given equations by polynomial division."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import sympy
from sympy.logic.boolalg import Boolean

from theorycheck.claim import Part
from theorycheck.domains import Variable

from .notation import assuming

if TYPE_CHECKING:
    from theorycheck.prover import Block


def conjuncts(relation: Boolean) -> tuple[Any, ...]:
    """The relations of a conjunction."""
    return tuple(relation.args) if isinstance(relation, sympy.And) else (relation,)


def show_divided(block: "Block", name: str, goal: Any, given: Sequence[str], equations: Sequence[sympy.Eq],
                 using: Iterable[str] = (), degree: int = 3) -> None:  # fmt: skip
    """Show the goal from equations: their multipliers are the quotients of its difference, divided by them in turn.

    Args:
        block: where to show it.
        name: of the fact.
        goal: an equation or inequality between polynomials, or rational functions with known positive denominators.
        given: names of the equations; what stands on the left is eliminated first.
        equations: the same.
        using: facts for what is left over, products of them up to `degree`.
    """
    difference = sympy.fraction(sympy.cancel(goal.lhs - goal.rhs))[0]
    first = [s for e in equations for s in sorted(e.lhs.free_symbols, key=str)]
    rest = sorted(difference.free_symbols.union(*(e.free_symbols for e in equations)) - {*first}, key=str)
    multipliers: dict[str, list[Any]] = {}
    if equations:
        gens = [*dict.fromkeys(first), *rest]
        quotients = sympy.reduced(difference, [e.lhs - e.rhs for e in equations], *gens)[0]
        multipliers = {key: [q] for key, q in zip(given, quotients, strict=True) if q != 0}
    block.show(name, goal, [*using, *multipliers], degree=degree, multipliers=multipliers)


def by_division(part: Part, variables: Iterable[Variable]) -> dict[str, Any]:
    """A part whose relation follows from its given equations, and an inequality also from its variables' ranges."""
    used = {s for relation in (part.relation, *part.given) for s in relation.free_symbols}
    kept = [v for v in variables if v.symbol in used]
    ranges = {v.name: v.conditions[0] for v in kept if v.conditions}
    equations = {f"given{i}": relation for i, relation in enumerate(part.given)}
    proof = assuming(kept, {**ranges, **equations})
    goals = conjuncts(part.relation)
    for index, goal in enumerate(goals):
        using = () if isinstance(goal, sympy.Eq) else ranges
        show_divided(proof, f"goal{index}", goal, list(equations), list(equations.values()), using)
    return proof.certificate([f"goal{index}" for index in range(len(goals))])
