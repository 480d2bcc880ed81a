"""Proofs of comparisons of rational functions: sums of products of the hypotheses, searched by degree."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

if TYPE_CHECKING:
    from .prover import Proof

MAX_FACTORED = 20  # above this degree nothing is expanded


def conjuncts(condition: Boolean) -> list[Relational]:
    """The comparisons that a condition is the conjunction of; a disjunction or an inequation gives none."""
    parts = condition.args if isinstance(condition, sympy.And) else (condition,)
    return [part for part in parts if isinstance(part, Relational) and not isinstance(part, sympy.Ne)]


def degree_of(condition: Boolean, *, denominators: bool) -> int | None:
    """The degree of a conjunction of comparisons, read off without expanding; None if it is not of that kind.

    Args:
        condition: any condition.
        denominators: whether rational functions count.
    """
    parts = condition.args if isinstance(condition, sympy.And) else (condition,)
    if len(conjuncts(condition)) != len(parts):
        return None
    found = [_degree(side, denominators) for part in parts for side in part.args]
    return None if None in found else max(d for d in found if d is not None)


def _degree(e: sympy.Basic, denominators: bool) -> int | None:
    if e.is_Rational:
        return 0
    if e.is_Symbol:
        return 1
    if isinstance(e, sympy.Pow) and e.exp.is_Integer and (denominators or e.exp > 0):
        inner = _degree(e.base, denominators)
        return None if inner is None else inner * abs(int(e.exp))
    if isinstance(e, sympy.Add | sympy.Mul):
        found = [_degree(part, denominators) for part in e.args]
        known = [d for d in found if d is not None]
        return None if len(known) < len(found) else max(known) if isinstance(e, sympy.Add) else sum(known)
    return None


def certificate(
    symbols: Sequence[str],
    hypotheses: Sequence[Boolean],
    goals: Sequence[Boolean],
    degree: int,
    squares: Sequence[sympy.Expr],
) -> dict[str, Any]:
    """A certificate of all goals.

    Args:
        symbols: names of the variables.
        hypotheses: what may be used; those outside the language of certificates are left out.
        goals: conjunctions of comparisons.
        degree: the most hypotheses in a product.
        squares: expressions whose squares may multiply a product.

    Raises:
        NotFound: if there is no such proof up to this degree.
    """
    from .prover import Proof  # SciPy's solver takes a while to import

    proof = Proof(symbols)
    known = [relation for hypothesis in hypotheses for relation in conjuncts(hypothesis)]
    # Those without a denominator first: they show that the denominators of the others are positive.
    for index, relation in enumerate(sorted(known, key=lambda r: degree_of(r, denominators=False) is None)):
        try:
            proof.assume(f"given-{index}", relation)
        except ValueError:  # outside the language; the proof does without it
            continue
    facts, conclusions = list(proof.hypotheses), []
    for part, goal in enumerate(goals):
        for index, relation in enumerate(conjuncts(goal)):
            name = f"goal-{part}-{index}"
            facts += _positive_denominators(proof, name, relation, facts, degree)
            _show(proof, name, relation, facts, degree, squares)
            conclusions.append(name)
    return proof.certificate(conclusions)


def _show(
    proof: "Proof", name: str, relation: Relational, facts: list[str], degree: int, squares: Sequence[sympy.Expr]
) -> None:
    """By products of few hypotheses where that is enough, because the number of products grows fast."""
    from .prover import NotFound

    for tried in range(1, degree + 1):
        try:
            proof.show(name, relation, facts, degree=tried, squares=squares)
        except NotFound:
            if tried == degree:
                raise
        else:
            return


def _positive_denominators(proof: "Proof", name: str, relation: Relational, facts: list[str], degree: int) -> list[str]:
    """Shows for each factor of the denominators that it, or its negative, is positive; names of what was shown."""
    if degree_of(relation, denominators=False) is not None:
        return []
    shown: list[str] = []
    bottom = sympy.fraction(sympy.together(relation.lhs - relation.rhs))[1]
    for index, (factor, _) in enumerate(sympy.factor_list(bottom)[1]):
        for sign, positive in enumerate((factor > 0, -factor > 0)):
            try:
                _show(proof, f"{name}-below-{index}-{sign}", positive, [*facts, *shown], degree, ())
            except ValueError:  # not found; without it the goal itself is not found either, which says so
                continue
            shown.append(f"{name}-below-{index}-{sign}")
            break
    return shown
