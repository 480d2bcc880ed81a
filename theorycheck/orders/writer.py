"""Writes certificate steps; the kernel checks each one as it is written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..kernel.polynomial import Polynomial, add, constant
from ..order_kernel.proof import ONE, Scope
from ..order_kernel.statement import Fact
from .lowering import tree_of

Key = tuple[Any, ...]
Data = dict[str, Any]


def minus(form: Polynomial) -> Polynomial:
    return add({}, form, -1)


def key(form: Polynomial) -> Key:
    """Equal for equal forms."""
    return tuple(sorted(form.items()))


def atom(name: str) -> Polynomial:
    """The form of one quantity or atom."""
    return {((name, 1),): constant(1)[()]}


def data_of(fact: Fact) -> list[Any]:
    """The fact as the kernel reads it."""
    return [fact.kind, *map(tree_of, fact.forms)]


@dataclass
class Node:
    """A case of the proof: steps, then either what closes it or further cases."""

    steps: list[Data] = field(default_factory=list)
    close: str | None = None
    cases: Data | None = None
    children: list["Node"] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def prune(self) -> None:
        """Keeps only the steps that the end of the case rests on, and notes in `used` what it rests on from outside."""
        self.used = {self.close} if self.close is not None else set()
        if self.cases is not None:
            below = set[str]().union(*(child.used for child in self.children))
            self.used = (below - {self.cases["name"]}) | ({self.cases["from"]} - {None})
        kept = []
        for step in reversed(self.steps):
            if step["name"] in self.used:
                self.used = (self.used - {step["name"]}) | set(cited(step))
                kept.append(step)
        self.steps = kept[::-1]

    def take(self, child: "Node") -> None:
        """Goes on as the child, which rests on nothing of its own case."""
        self.steps += child.steps
        self.close, self.cases, self.children = child.close, child.cases, child.children

    def listed(self) -> list[Data]:
        """The node and all below it, as the kernel reads them."""
        nodes: list[Data] = []

        def visit(node: "Node") -> int:
            own = len(nodes)
            nodes.append({"steps": node.steps, "close": node.close, "cases": None})
            if node.cases is not None:
                nodes[own]["cases"] = {**node.cases, "next": [visit(child) for child in node.children]}
            return own

        visit(self)
        return nodes


def cited(step: Data) -> Iterator[str]:
    """Names of the facts and ranges that a step rests on."""
    multipliers = [step.get("scale"), step.get("epsilon"), step.get("power")]
    for term in step.get("terms", []):
        yield term["fact"]
        multipliers.append(term["times"])
    yield from (step[key] for key in ("from", "then", "grows") if step.get(key) is not None)
    yield from (name for times in multipliers for _, names in times or [] for name in names)


class Writer:
    """Adds steps to a list, in a scope of the kernel."""

    def __init__(self, scope: Scope, steps: list[Data], numbers: Iterator[int]) -> None:
        self.scope, self.steps, self.numbers = scope, steps, numbers

    def emit(self, by: str, fact: Fact, **details: Any) -> str:
        """The name of the fact, written as a step unless it is known already."""
        for name, known in self.scope.facts.items():
            if known == fact:
                return name
        name = f"s{next(self.numbers)}"
        step = {"name": name, "fact": data_of(fact), "by": by, **details}
        self.scope.steps([step])
        self.steps.append(step)
        return name

    def find(self, form: Polynomial, *kinds: str) -> str | None:
        """A fact of one of the kinds about just this form."""
        return next((n for n, f in self.scope.facts.items() if f.kind in kinds and f.forms == (form,)), None)

    def at_least_one(self, form: Polynomial) -> str | None:
        """A fact that exp(form) is bounded below."""
        found = self.find(minus(form), "O", "o")
        if found is None and not form:
            return self.emit("combine", Fact("O", ({},)), terms=[], scale=ONE)
        return found

    def link(self, low: Polynomial, high: Polynomial, strict: bool) -> str | None:
        """The name of ["sub", low, high], or with `strict` false of any bound by powers, chained from known facts."""
        start, goal = key(low), key(high)
        edges: dict[Key, list[tuple[str, Key, bool]]] = {}
        for name, fact in self.scope.facts.items():
            if fact.kind in ("poly", "sub"):
                edges.setdefault(key(fact.forms[0]), []).append((name, key(fact.forms[1]), fact.kind == "sub"))
        paths: dict[tuple[Key, bool], list[str]] = {(start, False): []}
        queue = [(start, False)]
        for place, small in queue:
            for name, target, sub in edges.get(place, []):
                state = (target, small or sub)
                if state not in paths:
                    paths[state] = [*paths[place, small], name]
                    queue.append(state)
        best = paths.get((goal, True)) or (None if strict else paths.get((goal, False)))
        if not best:
            return None
        current = best[0]
        for name in best[1:]:
            first, second = self.scope.facts[current], self.scope.facts[name]
            kind = "sub" if "sub" in (first.kind, second.kind) else "poly"
            fact = Fact(kind, (first.forms[0], second.forms[1]))
            current = self.emit("chain", fact, **{"from": current, "then": name})
        return current
