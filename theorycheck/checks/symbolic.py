"""Proofs: a certificate that the trusted kernel checks, matched against the claim that it is meant to prove."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy

from .. import kernel
from ..claim import Claim, Part
from ..evidence import Evidence
from ..expression import Tree, condition_trees, lower
from ..kernel.polynomial import multiply, rational
from ..kernel.tree import substitute
from ..pieces import resolve
from ..verdict import Verdict
from .check import Context

Certificate = dict[str, Any]
Fact = tuple[str, Tree]  # relation (>=, > or =) and the tree that stands in it to 0
_FLIP = {">=": (">=", False), ">": (">", False), "=": ("=", False), "<=": (">=", True), "<": (">", True)}


class Mismatch(ValueError):
    """The theorem is not the claim: an extra hypothesis, or a conclusion that is missing."""


@dataclass(frozen=True)
class Proof:
    """Builds a certificate, has the kernel check it, and compares the theorem with the claim.

    Args:
        build: gives the kernel's certificate; may search for it.
        covers: the parts that it proves; empty for all.
        definitions: auxiliary symbols of the proof as expressions in the claim's variables.
    """

    build: Callable[[], Certificate]
    covers: tuple[str, ...] = ()
    definitions: Mapping[str, sympy.Expr] = field(default_factory=dict)
    kind: str = "symbolic"

    def run(self, claim: Claim, context: Context) -> Evidence:
        """Evidence *proved* with the certificate, or *inconclusive* with the reason."""
        from ..prover import NotFound  # SciPy's solver takes a while to import

        try:
            stored = {"proof": self.build(), "definitions": {n: lower(e) for n, e in self.definitions.items()}}
            recheck(stored, claim, self.covers)
        except (NotFound, kernel.Rejected, Mismatch) as error:
            return Evidence(self.kind, Verdict.INCONCLUSIVE, f"{type(error).__name__}: {error}", self.covers)
        steps = sum(1 for _ in _steps(stored["proof"]["steps"]))
        summary = f"the kernel checked {steps} steps; conclusions and hypotheses are the claim's"
        return Evidence(self.kind, Verdict.PROVED, summary, self.covers, {"kernel steps": steps}, certificate=stored)


def recheck(stored: Mapping[str, Any], claim: Claim, covers: tuple[str, ...]) -> kernel.Theorem:
    """The theorem of a stored certificate, if it proves the covered parts of the claim.

    Raises:
        Rejected: if the kernel does not accept the certificate.
        Mismatch: if the theorem is about something else.
    """
    if set(stored) != {"proof", "definitions"}:
        raise Mismatch("not a stored proof")
    theorem = kernel.check(stored["proof"])
    matcher = _Matcher(theorem, stored["definitions"])
    for part in claim.covered(covers):
        matcher.match(claim, part)
    return theorem


class _Matcher:
    """Compares facts as rational functions: a/b and c/d are the same when a d = b c."""

    def __init__(self, theorem: kernel.Theorem, definitions: Mapping[str, Tree]) -> None:
        clash = set(definitions) & {name for run in theorem.systems.values() for name in (*run.state, *run.hidden)}
        if clash:
            raise Mismatch(f"{', '.join(sorted(clash))} is part of a run and cannot be a definition")
        self.theorem, self.definitions = theorem, definitions

    def match(self, claim: Claim, part: Part) -> None:
        if part.relation is None:
            raise Mismatch(f"part {part.name} has no relation to prove")
        if set(self.definitions) & {v.name for v in claim.variables}:
            raise Mismatch("a definition replaces a variable of the claim")
        known = self._readable(condition_trees((*claim.relations, *part.given)))
        for name, statement in self.theorem.hypotheses.items():
            relation, tree = statement
            if not (self._trivial(relation, tree) or any(self._same((relation, tree), k, weaker=True) for k in known)):
                raise Mismatch(f"the proof of {part.name} assumes {name}, which the claim does not")
        self._match_systems(part)
        for wanted in _facts(resolve(lower(part.relation), claim.hypothesis_trees(part))):
            if not any(self._same(wanted, (r, t), weaker=True) for r, t in self.theorem.conclusions.values()):
                raise Mismatch(f"the proof does not conclude {part.shown}")

    def _match_systems(self, part: Part) -> None:
        runs, dynamics = list(self.theorem.systems.values()), part.dynamics
        if not runs:
            return  # a statement about any state holds of those that a run reaches
        if dynamics is None or len(runs) != 1:
            raise Mismatch(f"part {part.name} and the proof differ in what runs they are about")
        run = runs[0]
        same = run.state == dict(dynamics.state) and set(run.inputs) == set(dynamics.inputs)
        if not same or set(run.transitions) != set(dynamics.transitions):
            raise Mismatch(f"part {part.name} and the proof differ in state, inputs or transitions")
        for name, first in dynamics.start.items():
            if not self._same(("=", run.start[name]), ("=", lower(first))):
                raise Mismatch(f"part {part.name} and the proof differ in the start of {name}")
        for branch, relations in dynamics.transitions.items():
            known = self._readable(condition_trees(relations))
            for relation, tree in run.transitions[branch].values():
                if not any(self._same((relation, tree), fact, weaker=True) for fact in known):
                    raise Mismatch(f"the proof of {part.name} assumes more of the transition {branch}")

    def _readable(self, trees: list[Tree]) -> list[Fact]:
        """The facts among hypotheses that are about rational functions and the theorem's exponentials."""
        found = []
        for fact in (fact for tree in trees for fact in _facts(tree)):
            try:
                rational(self._open(fact[1]))
            except (kernel.Rejected, Mismatch):
                continue
            found.append(fact)
        return found

    def _trivial(self, relation: str, tree: Tree) -> bool:
        """Whether the fact is only a definition: 0 = 0, or a true statement about a constant."""
        top, bottom = rational(self._open(tree))
        if top and set(top) != {()} or set(bottom) != {()}:
            return not top and relation == "="
        value = top.get((), 0) / bottom[()]
        return value == 0 if relation == "=" else value > 0 if relation == ">" else value >= 0

    def _same(self, needed: Fact, given: Fact, weaker: bool = False) -> bool:
        """Whether both are the same fact; with `weaker`, whether `given` may also be the strict form of `needed`."""
        if needed[0] != given[0] and not (weaker and (needed[0], given[0]) == (">=", ">")):
            return False
        (a, b), (c, d) = rational(self._open(needed[1])), rational(self._open(given[1]))
        return multiply(a, d) == multiply(c, b)

    def _open(self, tree: Tree) -> Tree:
        """Definitions written out, and exponentials named by the theorem's atoms."""
        return self._name_exponentials(substitute(tree, self.definitions))

    def _name_exponentials(self, tree: Tree) -> Tree:
        if not isinstance(tree, list):
            return tree
        if tree[0] == "exp":
            argument = rational(self._name_exponentials(tree[1]))
            for name, (_, exponent) in self.theorem.atoms.items():
                known = rational(substitute(exponent, self.definitions))
                if multiply(argument[0], known[1]) == multiply(known[0], argument[1]):
                    return name
            raise Mismatch(f"the theorem has no exponential of {tree[1]}")
        return [tree[0], *(self._name_exponentials(part) for part in tree[1:])]


def _facts(tree: Tree) -> Iterator[Fact]:
    """The facts of a condition; a disjunction, a negation or an inequation gives none and so matches nothing."""
    if tree is True:
        return
    if isinstance(tree, list) and tree[0] == "and":
        for part in tree[1:]:
            yield from _facts(part)
    elif isinstance(tree, list) and tree[0] in _FLIP:
        relation, flip = _FLIP[tree[0]]
        left, right = (tree[2], tree[1]) if flip else (tree[1], tree[2])
        yield relation, ["-", left, right]
    else:
        yield "unproved", tree


def _steps(steps: list[Any]) -> Iterator[Any]:
    for step in steps:
        yield step
        for nested in ("nonnegative", "nonpositive", "base"):
            yield from _steps(step.get(nested, []))
        for branch in (step.get("steps") or {}).values():
            yield from _steps(branch)
