"""The checks that a theory file asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from sympy.logic.boolalg import Boolean

from .checks.asymptotic import Asymptotic
from .checks.check import Check
from .checks.enclosure import Enclosure
from .checks.identity import Identity
from .checks.search import Search
from .checks.symbolic import Proof
from .claim import Part
from .domains import Variable
from .draft_proof import MAX_FACTORED, certificate, degree_of
from .draft_text import expression
from .toml_text import Value
from .verdict import TRUST, Verdict, weakest

# What a check comes to at best.
REACH = {Asymptotic: Verdict.PROVED, Proof: Verdict.PROVED, Enclosure: Verdict.CERTIFIED, Identity: Verdict.DERIVED,
         Search: Verdict.SURVIVED}  # fmt: skip
MAX_LISTED, MAX_TRIALS, MAX_DEGREE, MAX_CHECKS = 1_000, 100_000, 10, 20
Fields = Mapping[str, Value]
Covers = tuple[str, ...]


def best(checks: tuple[Check, ...], parts: tuple[Part, ...]) -> Verdict:
    """The strongest verdict that the checks can come to, which a claim without `expected` is expected to reach."""
    reached = [[REACH[type(c)] for c in checks if not c.covers or part.name in c.covers] for part in parts]
    return weakest(min(found, key=TRUST.index, default=Verdict.INCONCLUSIVE) for found in reached)


@dataclass(frozen=True)
class Checks:
    """Reads the checks of one claim."""

    parts: tuple[Part, ...]
    variables: tuple[Variable, ...]
    hypotheses: tuple[Boolean, ...]

    def default(self) -> tuple[Check, ...]:
        """A proof of the parts that are polynomial, and a search for counterexamples to all."""
        degrees = {part.name: degree_of(part.relation, denominators=False) for part in self.parts}
        provable = tuple(name for name, degree in degrees.items() if degree is not None and degree <= MAX_FACTORED)
        covers = () if len(provable) == len(self.parts) else provable
        return (*((self._proof(covers),) if provable else ()), Search())

    def read(self, value: Value) -> tuple[Check, ...]:
        """The checks of a list of words and tables."""
        make: dict[str, tuple[Callable[[Value, Fields, Covers], Check], tuple[str, ...]]] = {
            "search": (self._read_search, ("trials",)), "enclosure": (self._read_enclosure, ("box",)),
            "proof": (self._read_proof, ("degree", "using", "squares")), "identity": (self._read_identity, ()),
        }  # fmt: skip
        found = []
        for entry in value.items(1, MAX_CHECKS):
            if isinstance(entry.raw, str):
                found.append(make[entry.choice(tuple(make))][0](entry, {}, ()))
                continue
            read, extra = make[entry.table(("kind",))["kind"].choice(tuple(make))]
            fields = entry.table(("kind",), ("covers", *extra))
            names = [part.name for part in self.parts]
            covers = tuple(c.choice(names) for c in fields["covers"].items(1, len(names))) if "covers" in fields else ()
            found.append(read(entry, fields, covers))
        return tuple(found)

    def _covered(self, covers: Covers) -> list[Part]:
        return [part for part in self.parts if not covers or part.name in covers]

    def _read_search(self, entry: Value, fields: Fields, covers: Covers) -> Check:
        if "trials" not in fields:
            return Search(covers)
        trials = fields["trials"].integer(1, MAX_TRIALS)
        return Search(covers, trials=(trials, trials, trials))

    def _read_identity(self, entry: Value, fields: Fields, covers: Covers) -> Check:
        for part in self._covered(covers):
            if not isinstance(part.relation, sympy.Eq):
                raise entry.refuse(f"{part.shown} is no equation, which an identity check needs")
        return Identity(covers)

    def _read_proof(self, entry: Value, fields: Fields, covers: Covers) -> Check:
        for part in self._covered(covers):
            if (degree_of(part.relation, denominators=True) or 0) > MAX_FACTORED:
                raise entry.refuse(f"{part.shown} has a degree above {MAX_FACTORED}, which is too high for a proof")
            if degree_of(part.relation, denominators=True) is None:
                raise entry.refuse(f"{part.shown} is no comparison of rational functions, which a proof needs")
        names = [v.name for v in self.variables]
        squares = [expression(s, names) for s in fields["squares"].items(1, MAX_CHECKS)] if "squares" in fields else []
        degrees = [degree_of(sympy.Eq(s, 0, evaluate=False), denominators=False) for s in squares]
        if not all(degree is not None and degree <= MAX_FACTORED for degree in degrees):
            raise fields["squares"].refuse("what is squared must be a polynomial in the variables")
        relations = self.hypotheses
        if "using" in fields:
            chosen = {u.integer(1, len(relations)) for u in fields["using"].items(0, len(relations))}
            relations = tuple(r for n, r in enumerate(relations, 1) if n in chosen)
        degree = fields["degree"].integer(1, MAX_DEGREE) if "degree" in fields else None
        return self._proof(covers, degree, relations, tuple(squares))

    def _proof(
        self, covers: Covers, degree: int | None = None, hypotheses: tuple[Boolean, ...] | None = None,
        squares: tuple[sympy.Expr, ...] = (),
    ) -> Check:  # fmt: skip
        goals = [part.relation for part in self._covered(covers)]
        own = max(degree_of(goal, denominators=True) or 0 for goal in goals)
        ranges = [condition for v in self.variables for condition in v.conditions]
        known = [*ranges, *(self.hypotheses if hypotheses is None else hypotheses)]
        symbols = [v.name for v in self.variables]
        return Proof(lambda: certificate(symbols, known, goals, degree or max(3, min(6, own + 1)), squares), covers)

    def _read_enclosure(self, entry: Value, fields: Fields, covers: Covers) -> Check:
        given = fields["box"].table([v.name for v in self.variables], ()) if "box" in fields else {}
        box = {v.name: _side(v, given[v.name]) if given else _range(v, entry) for v in self.variables}
        combinations = 1
        for values in box.values():
            combinations *= 1 if isinstance(values, tuple) else len(values)
        if combinations > 10 * MAX_LISTED:
            raise entry.refuse(f"{combinations} combinations of listed values (allowed: {10 * MAX_LISTED})")
        return Enclosure(box, covers)


def _side(variable: Variable, value: Value) -> Any:
    """Two ends of a real variable are an interval; anything else is a list of values."""
    values = [entry.rational() for entry in value.items(1, MAX_LISTED)]
    if variable.domain.integer or len(values) != 2:
        if variable.domain.integer and any(v.denominator != 1 for v in values):
            raise value.refuse(f"{variable.name} is an integer")
        return values
    if values[0] > values[1]:
        raise value.refuse(f"the interval [{values[0]}, {values[1]}] is empty")
    return (values[0], values[1])


def _range(variable: Variable, entry: Value) -> Any:
    low, high = variable.domain.low, variable.domain.high
    if low is None or high is None:
        allowed = f"(allowed: box = {{ {variable.name} = [low, high] }})"
        raise entry.refuse(f"{variable.name} is unbounded: an enclosure needs a box {allowed}")
    if not variable.domain.integer:
        return (low, high)
    first, last = -(-low // 1), high // 1
    if not 0 <= last - first < MAX_LISTED:
        raise entry.refuse(f"{variable.name} has {max(0, last - first + 1)} values (allowed: 1 to {MAX_LISTED})")
    return [Fraction(n) for n in range(first, last + 1)]
