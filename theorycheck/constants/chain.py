"""A claim with what it rests on, taken together: the quantities that they share, and every hypothesis by claim."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sympy

from ..claim import Claim
from ..domains import Variable
from ..orders.language import Kind, Order, Relation
from ..paper import ancestors
from ..verdict import Verdict

# Findings about a wording: what they say of the claim that cites them is that something else is true.
ASIDE = (Verdict.REFUTED, Verdict.VACUOUS)


@dataclass(frozen=True)
class Known:
    """A quantity: its meaning, the claim that names it first, and its kinds, each with the claims that say so."""

    meaning: str
    owner: str
    kinds: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """An order relation of a claim; `number` counts its order hypotheses from 1, 0 for a part of the statement."""

    claim: str
    number: int
    order: Order


class Chain:
    """A claim and its ancestors; a name stands for one thing unless two claims give it different meanings.

    Args:
        claim: whose chain.
        claims: all of the paper.
        without: ids of ancestors to leave out.
    """

    def __init__(self, claim: Claim, claims: Mapping[str, Claim], without: Collection[str] = ()) -> None:
        self.target = claim
        every = [claims[name] for name in ancestors(claim.id, claims) if name not in without]
        self.aside = [c for c in every if c.expected in ASIDE]
        self.claims = [claim, *(c for c in every if c not in self.aside)]
        self.orders = [c for c in self.claims if c.quantities]
        self.effective = [c for c in self.claims if not c.quantities]
        self.quantities: dict[str, Known] = {}
        self.variables: dict[str, list[Variable]] = {}
        self.hypotheses: list[Said] = []
        self.statements: list[Said] = []
        self.renamed: dict[str, dict[str, str]] = {}
        for member in self.orders:
            self._add(member)

    def _add(self, claim: Claim) -> None:
        names = self.renamed[claim.id] = {}
        for quantity in claim.quantities:
            name, number = quantity.name, 1
            while name in self.quantities and "" != quantity.meaning != self.quantities[name].meaning != "":
                number += 1
                name = f"{quantity.name}_{number}"
            names[quantity.name] = name
            known = self.quantities.setdefault(name, Known(quantity.meaning, claim.id))
            known.kinds.setdefault(str(quantity.kind), []).append(claim.id)
        for variable in claim.variables:
            name, number = variable.name, 1
            while name in self.quantities or (
                name in self.variables and variable.meaning not in {v.meaning for v in self.variables[name]}
            ):
                number += 1
                name = f"{variable.name}_{number}"
            names[variable.name] = name
            self.variables.setdefault(name, []).append(replace(variable, name=name))
        orders = [h.order for h in claim.hypotheses if h.order is not None]
        self.hypotheses += [Said(claim.id, n, _renamed(order, names)) for n, order in enumerate(orders, 1)]
        self.statements += [Said(claim.id, 0, _renamed(p.order, names)) for p in claim.parts if p.order is not None]

    @property
    def limits(self) -> list[str]:
        """The limit variables."""
        return [name for name, known in self.quantities.items() if Kind.LIMIT in known.kinds]

    @property
    def symbols(self) -> list[str]:
        """Every variable of effective claims, which may have a size too."""
        return sorted({v.name for claim in self.effective for v in claim.variables})

    def sizes(self) -> dict[str, tuple[str, str]]:
        """Sizes that the claims come with: text and claim; nearer claims come before others."""
        found: dict[str, tuple[str, str]] = {}
        for claim in self.claims:
            names = self.renamed.get(claim.id, {})
            for name, text in claim.sizes.items():
                found.setdefault(names.get(name, name), (text, claim.id))
        return found


def powers(claim: Claim, names: Mapping[str, str]) -> dict[int, list[sympy.Expr]]:
    """By number of the hypothesis, the powers of k that the claim's proof asks of a large polynomial.

    Args:
        claim: whose proof.
        names: the chain's names of its symbolic constants.
    """
    from ..orders.decide import decide_statement

    if not any(h.order and h.order.relation in (Relation.LARGE_POLY, Relation.SMALL_POLY) for h in claim.hypotheses):
        return {}
    problem, found = claim.problem(claim.parts), dict[int, list[sympy.Expr]]()
    for goal in (g for goals in problem.goals for g in goals):
        proof = decide_statement(problem.statement(goal)).certificate
        if proof is None:
            continue
        known = {name: _expression(tree) for name, (_, tree) in proof["statement"]["ranges"].items()}
        known |= {variable.name: variable.symbol for variable in claim.variables}
        renamed = {variable.symbol: sympy.Symbol(names[variable.name]) for variable in claim.variables}
        for step in (s for node in proof["nodes"] for s in node["steps"] if s["by"] == "large"):
            match = re.fullmatch(r"h(\d+)(\.\d+)?", step["from"])
            if match and {name for _, monomial in step["power"] for name in monomial} <= set(known):
                terms = (sympy.Rational(c) * sympy.Mul(*(known[n] for n in factors)) for c, factors in step["power"])
                found.setdefault(int(match[1]), []).append(sympy.expand(sympy.Add(*terms)).xreplace(renamed))
    return {number: list(dict.fromkeys(expressions)) for number, expressions in found.items()}


def _expression(tree: Any) -> sympy.Expr:
    """A polynomial from the kernel's tree."""
    if not isinstance(tree, list):
        return sympy.Symbol(tree) if isinstance(tree, str) and tree.isidentifier() else sympy.Rational(tree)
    if tree[0] == "^":
        return _expression(tree[1]) ** tree[2]
    parts = [_expression(part) for part in tree[1:]]
    return sympy.Add(*parts) if tree[0] == "+" else sympy.Mul(*parts)


def _renamed(order: Order, names: Mapping[str, str]) -> Order:
    changed = {old: new for old, new in names.items() if old != new}
    if not changed:
        return order
    symbols = {sympy.Symbol(old): sympy.Symbol(new) for old, new in changed.items()}
    text = re.sub(r"[A-Za-z_]\w*", lambda m: changed.get(m[0], m[0]), order.text)
    base = changed.get(order.base, order.base)
    return Order(order.relation, order.left.xreplace(symbols), order.right.xreplace(symbols), base, text)
