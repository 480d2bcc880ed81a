"""A claim: what a paper states, in a form that checks can be run on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import sympy
from sympy.logic.boolalg import Boolean, BooleanAtom

from .domains import Rational, Variable, rational
from .expression import condition_trees, lower
from .orders.language import Kind, Order, Quantity
from .orders.problem import Problem
from .orders.text import order
from .source import Source
from .verdict import Verdict

if TYPE_CHECKING:
    from .checks.check import Check

_ID = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
ORIGINS = ("reconstructed", "exact", "finding")


@dataclass(frozen=True)
class Condition:
    """A hypothesis: a relation or an order relation where it is one, words where it is about data or runs."""

    text: str
    relation: Boolean | None = None
    tex: str = ""
    order: Order | None = None

    @staticmethod
    def of(relation: Boolean) -> "Condition":
        """A hypothesis that is its relation."""
        return Condition(str(relation), relation, sympy.latex(relation))

    def said(self, limit: str) -> str:
        """The hypothesis as text, an order relation with its quantifiers in words."""
        return self.text if self.order is None else _with_words(self.text, self.order, limit)


def ordered(text: str, why: str = "") -> Condition:
    """A hypothesis that is an order relation; `why` says where it comes from."""
    return Condition(f"{why}: {text}" if why else text, order=order(text))


def _with_words(text: str, found: Order, limit: str) -> str:
    return f"{text}, that is: {found.words(limit)}"


@dataclass(frozen=True)
class Dynamics:
    """A run that an inductive statement is about: it holds of the state at every time that a run reaches.

    Args:
        state: for each state variable the name of its next value.
        start: its first value.
        transitions: by name, relations between state, next state, inputs and parameters; every step meets all relations
            of one of them.
        inputs: variables that each step may choose anew.
    """

    state: Mapping[str, str]
    start: Mapping[str, sympy.Expr]
    transitions: Mapping[str, tuple[Boolean, ...]]
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One conjunct of a statement.

    Args:
        name: short, unique in the claim.
        text, tex: the statement in words or plain mathematics, and in LaTeX; by default the relation's own.
        relation: the formal statement, where there is one. Checks on relations refuse a part without.
        given: hypotheses of this part alone (the piece of a definition, the transition of an induction).
        point: values that replace or extend the claim's point, where the part has hypotheses of its own.
        dynamics: the run whose every state the relation is about, if it is.
        order: the statement about orders of magnitude, if it is one.
    """

    name: str
    relation: Boolean | None = None
    text: str = ""
    tex: str = ""
    given: tuple[Boolean, ...] = ()
    point: Mapping[str, Rational] = field(default_factory=dict)
    dynamics: Dynamics | None = None
    order: Order | None = None

    @property
    def formal(self) -> tuple[Boolean, ...]:
        """Every relation of the part: statement, own hypotheses and dynamics."""
        own = () if self.relation is None else (self.relation,)
        steps = () if self.dynamics is None else (r for rs in self.dynamics.transitions.values() for r in rs)
        return (*own, *self.given, *steps)

    @property
    def shown(self) -> str:
        """The statement as text."""
        return self.text or str(self.relation if self.order is None else self.order.text)

    def said(self, limit: str) -> str:
        """The statement as text, an order relation with its quantifiers in words."""
        return self.shown if self.order is None else _with_words(self.shown, self.order, limit)

    @property
    def shown_tex(self) -> str:
        """The statement as LaTeX, empty for words."""
        if self.tex or self.text or (self.relation is None and self.order is None):
            return self.tex
        return sympy.latex(self.relation) if self.order is None else self.order.tex("")


@dataclass(frozen=True)
class Step:
    """A step of the derivation as the report tells it."""

    name: str
    text: str
    tex: str = ""


@dataclass(frozen=True)
class Claim:
    """A statement of a paper with its hypotheses and the checks to run on it.

    Args:
        id: lower case, from the paper's own number (``"lemma-d.5"``).
        source: the place in the paper.
        title: a few words.
        variables: every symbol of the relations, with its domain.
        hypotheses: what is assumed.
        parts: the statement, as a conjunction.
        checks: what is run; each names the parts it covers.
        uses: ids of the claims it rests on.
        point: an exact point inside all hypotheses, so that the claim is not vacuous.
        expected: the verdict that a run must come to.
        origin: "reconstructed" from the paper's prose, "exact" (derived from the algorithm) or "finding".
        derivation: the argument, step by step.
        note: what a reader must know, e.g. where the paper is silent.
        quantities: the positive functions of the limit variables that order relations are about; `variables` are then
            the constant exponents.
        sizes: for ``theorycheck constants``, quantities and symbols of relations as expressions in the limit variable,
            as text.

    Raises:
        ValueError: if any of this does not fit together.
    """

    id: str
    source: Source
    title: str
    parts: tuple[Part, ...]
    checks: tuple["Check", ...]
    variables: tuple[Variable, ...] = ()
    hypotheses: tuple[Condition, ...] = ()
    uses: tuple[str, ...] = ()
    point: Mapping[str, Rational] = field(default_factory=dict)
    expected: Verdict = Verdict.SURVIVED
    origin: str = "reconstructed"
    derivation: tuple[Step, ...] = ()
    note: str = ""
    quantities: tuple[Quantity, ...] = ()
    sizes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"claim id {self.id!r}: lower-case letters, digits, dots and dashes only")
        if self.origin not in ORIGINS:
            raise ValueError(f"{self.id}: origin {self.origin!r}, allowed: {', '.join(ORIGINS)}")
        if not self.parts or not self.checks:
            raise ValueError(f"{self.id}: a claim has at least one part and one check")
        names = [part.name for part in self.parts]
        if len(set(names)) != len(names) or len({v.name for v in self.variables}) != len(self.variables):
            raise ValueError(f"{self.id}: a part or a variable is named twice")
        for relation in (*self.relations, *(r for p in self.parts for r in p.formal)):
            if isinstance(relation, BooleanAtom):
                # SymPy decided it while it was being written, so that nothing would be left to check.
                raise ValueError(
                    f"{self.id}: a relation is already {relation}; write it with evaluate=False or mend it"
                )
            lower(relation)  # refuses floats and unknown functions when the claim is written, not when it is checked
            unknown = {s.name for s in relation.free_symbols} - {v.name for v in self.variables}
            if unknown:
                raise ValueError(f"{self.id}: {relation} uses undeclared {', '.join(sorted(unknown))}")
        self._check_orders()
        for check in self.checks:
            unknown = set(check.covers) - set(names)
            if unknown:
                raise ValueError(f"{self.id}: a {check.kind} check covers unknown part {', '.join(sorted(unknown))}")
        uncovered = set(names) - set().union(*(check.covers or names for check in self.checks))
        if uncovered:
            raise ValueError(f"{self.id}: no check covers {', '.join(sorted(uncovered))}")

    def _check_orders(self) -> None:
        symbols = [q.name for q in self.quantities]
        if len({*symbols, *(v.name for v in self.variables)}) < len(symbols) + len(self.variables):
            raise ValueError(f"{self.id}: a quantity or constant is named twice")
        for found in (o for o in (*(h.order for h in self.hypotheses), *(p.order for p in self.parts)) if o):
            unknown = set(found.names) - {*symbols, *(v.name for v in self.variables)}
            if unknown:
                raise ValueError(f"{self.id}: {found.text} uses undeclared {', '.join(sorted(unknown))}")
        if self.quantities:
            try:
                self.problem(self.parts)
            except ValueError as error:
                raise ValueError(f"{self.id}: {error}") from None
        wrong = [name for name in self.sizes if not name.isascii() or not name.isidentifier()]
        if wrong:
            raise ValueError(f"{self.id}: a size for {', '.join(wrong)}, which is no identifier")

    def problem(self, parts: tuple[Part, ...] = ()) -> Problem:
        """The order hypotheses, with the order statements of these parts as goals.

        Raises:
            OutsideCalculus: for a relation that is outside the language of orders.
        """
        hypotheses = [h.order for h in self.hypotheses if h.order is not None]
        goals = [part.order for part in parts if part.order is not None]
        return Problem(self.quantities, self.variables, self.relations, hypotheses, goals)

    @property
    def limit(self) -> str:
        """The limit variable, "" where there is none or more than one."""
        limits = [q.name for q in self.quantities if q.kind == Kind.LIMIT]
        return limits[0] if len(limits) == 1 else ""

    @cached_property
    def relations(self) -> tuple[Boolean, ...]:
        """The hypotheses that are relations, and the variables' ranges."""
        ranges = tuple(condition for variable in self.variables for condition in variable.conditions)
        return (*ranges, *(h.relation for h in self.hypotheses if h.relation is not None))

    def hypothesis_trees(self, part: Part | None = None) -> list[object]:
        """Every hypothesis, integrality included, as trees; with a part, its own as well."""
        integral = [["integer", v.name] for v in self.variables if v.domain.integer]
        return [*integral, *condition_trees(self.relations), *condition_trees(part.given if part else ())]

    def part(self, name: str) -> Part:
        """The part of that name."""
        return next(part for part in self.parts if part.name == name)

    def covered(self, covers: tuple[str, ...]) -> tuple[Part, ...]:
        """The parts that a check with this `covers` is about."""
        return tuple(part for part in self.parts if not covers or part.name in covers)

    def exact_point(self, part: Part | None = None) -> dict[str, Fraction]:
        """The point inside the hypotheses (with a part, inside its own as well), as fractions."""
        return {name: rational(value) for name, value in {**self.point, **(part.point if part else {})}.items()}
