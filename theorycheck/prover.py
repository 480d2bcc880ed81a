"""A builder of proof certificates over SymPy: it finds the combinations, the kernel checks every step.

Nothing here is trusted. A relation is a SymPy `>=`, `>`, `<=`, `<` or `Eq` between rational functions with rational
coefficients; it is read as `left - right relation 0`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .expression import OutsideLanguage
from .farkas import NotFound
from .kernel.proof import check, declare
from .kernel.tree import substitute
from .steps import Block, Cases, statement, tree_of

__all__ = ["Block", "Cases", "Induction", "NotFound", "Proof", "contradiction", "statement"]


class Induction:
    """Invariants of a run under construction: a block `base`, and one block of `steps` for each transition."""

    def __init__(self, parent: Proof, name: str, system: str, invariants: Mapping[str, Any]) -> None:
        if system not in parent.scope.systems:
            raise ValueError(f"no system {system!r}: {', '.join(parent.scope.systems) or 'none'} declared")
        run = parent.scope.systems[system]
        facts = {key: statement(relation) for key, relation in invariants.items()}
        self.parent = parent
        self.step: dict[str, Any] = {"name": name, "by": "induction", "system": system, "invariants": facts}
        self.base = Block(parent.scope.before(run), {k: [r, substitute(t, run.start)] for k, (r, t) in facts.items()})
        self.steps: dict[str, Block] = {}
        self.below: dict[str, Any] = {}
        for branch, transition in run.transitions.items():
            scope = replace(parent.scope.before(run), allowed=parent.scope.allowed | run.hidden)
            block = Block(scope, {k: [r, substitute(t, run.state)] for k, (r, t) in facts.items()})
            for key, fact in {**facts, **transition}.items():
                if (entry := block._below(fact[1])) is not None:
                    self.below[key] = entry
                scope.assume({key: fact}, self.below)
            self.steps[branch] = block

    def close(self) -> None:
        """Let the kernel check the whole induction; its invariants become facts of the proof."""
        self.step["base"] = self.base.steps
        self.step["steps"] = {branch: block.steps for branch, block in self.steps.items()}
        if self.below:
            self.step["denominators"] = self.below
        self.parent.scope.induction(self.step)
        self.parent.steps.append(self.step)


class Proof(Block):
    """A proof certificate under construction, about the given symbols (SymPy symbols or names)."""

    def __init__(self, symbols: Iterable[Any]) -> None:
        self.symbols = [str(symbol) for symbol in symbols]
        self.atoms: dict[str, Any] = {}
        self.systems: dict[str, Any] = {}
        self.hypotheses: dict[str, Any] = {}
        self.denominators: dict[str, Any] = {}
        super().__init__(declare(self.symbols, {}, {}))

    def assume(self, name: str, relation: Any) -> None:
        """A hypothesis of the theorem. All are assumed before the first step."""
        if self.steps:
            raise ValueError(f"hypothesis {name!r} comes after a step: assume first, then show")
        fact = statement(relation)
        entry = self._below(fact[1])
        self.scope.assume({name: fact}, {name: entry} if entry else {})
        self.hypotheses[name] = fact
        if entry:
            self.denominators[name] = entry

    def exp(self, symbol: Any, argument: Any) -> None:
        """Declare the atom `symbol` = exp(argument), for a polynomial argument."""
        self._declare(atoms={**self.atoms, str(symbol): ["exp", tree_of(argument)]})

    def system(
        self, name: str, state: Mapping[Any, Any], start: Mapping[Any, Any], inputs: Iterable[Any],
        transitions: Mapping[str, Mapping[str, Any]],
    ) -> None:  # fmt: skip
        """Declare a run: `state` maps each symbol to its successor, `start` to its first value; in each step, for some
        values of the inputs, all relations of one of the transitions hold."""
        described = {
            "state": {str(x): str(y) for x, y in state.items()},
            "inputs": [str(symbol) for symbol in inputs],
            "start": {str(x): tree_of(value) for x, value in start.items()},
            "transitions": {b: {key: statement(rel) for key, rel in facts.items()} for b, facts in transitions.items()},
        }
        self._declare(systems={**self.systems, name: described})

    def _declare(self, atoms: dict[str, Any] | None = None, systems: dict[str, Any] | None = None) -> None:
        if self.hypotheses or self.steps:
            raise ValueError("exponentials and runs are declared before the first hypothesis")
        self.atoms, self.systems = atoms or self.atoms, systems or self.systems
        self.scope = declare(self.symbols, self.atoms, self.systems)

    def induction(self, name: str, system: str, invariants: Mapping[str, Any]) -> Induction:
        """Show relations about the state of a run; fill in `base` and `steps`, then call `close`."""
        return Induction(self, name, system, invariants)

    def certificate(self, conclusions: Iterable[str]) -> dict[str, Any]:
        """The certificate of the named facts, accepted by the kernel."""
        data = {
            "schema_version": 1, "kind": "proof", "symbols": self.symbols, "atoms": self.atoms,
            "systems": self.systems, "hypotheses": self.hypotheses, "denominators": self.denominators,
            "steps": self.steps, "conclusions": list(conclusions),
        }  # fmt: skip
        check(data)
        return data


def contradiction(relations: Sequence[Any], degree: int = 2) -> tuple[list[Any], dict[str, Any]] | None:
    """Relations that contradict each other, none of which can be spared, and a certificate; or None.

    The certificate concludes -1 >= 0 or 0 > 0.
    Relations outside the language of certificates are left out; so None does not mean that a point exists.
    """
    usable = [relation for relation in relations if _refutation([relation], 0) is not None]
    certificate = _refutation(usable, degree)
    if not certificate:
        return None
    core = list(usable)
    for relation in usable:
        fewer = [kept for kept in core if kept is not relation]
        if smaller := _refutation(fewer, degree):
            core, certificate = fewer, smaller
    return core, certificate


def _refutation(relations: Sequence[Any], degree: int) -> dict[str, Any] | None:
    """A certificate of an absurdity, an empty one if none is found, None if a relation cannot be stated."""
    proof = Proof(sorted({str(symbol) for relation in relations for symbol in relation.free_symbols}))
    try:
        for index, relation in enumerate(relations):
            proof.assume(f"h{index}", relation)
    except (OutsideLanguage, ValueError):
        return None
    # 0 > 0 covers hypotheses that only just exclude each other, -1 >= 0 those without a strict one.
    for absurd in ([">=", -1], [">", 0]):
        try:
            proof._show("contradiction", absurd, list(proof.hypotheses), degree)
        except NotFound:
            continue
        return proof.certificate(["contradiction"])
    return {}
