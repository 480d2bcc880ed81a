"""Statements about orders of magnitude, in exponents: a positive quantity x stands for log x, a product for a sum.

A form L is linear in quantities and atoms, with coefficients that are polynomials in constant real parameters.

====================  =================================================================
fact                  for positive sequences
====================  =================================================================
``["O", L]``          exp(L) is bounded
``["o", L]``          exp(L) tends to 0
``["poly", L, N]``    for some constant C > 0, exp(L) = O(exp(C N))
``["sub", L, N]``     for every constant c > 0, exp(L) = O(exp(c N))
``["large", N, K]``   exp(C K) = O(exp(N)) for every C up to a bound that the theorem may choose
====================  =================================================================

Atoms: ``logs`` name log(2 + x), where log x is a form; ``maxima`` name the largest of several.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..kernel.polynomial import Polynomial, add, constant, multiply, rational
from ..kernel.tree import LABEL, number, record, reject, sequence, word

ARITY = {"O": 1, "o": 1, "poly": 2, "sub": 2, "large": 2}
KEYS = {"parameters", "ranges", "quantities", "logs", "maxima", "hypotheses", "goal"}
Bound = tuple[bool, Polynomial]  # whether strict, and a polynomial in the parameters: it is > 0 or >= 0


@dataclass(frozen=True)
class Fact:
    """What is said, and about which forms."""

    kind: str
    forms: tuple[Polynomial, ...]


@dataclass(frozen=True)
class Statement:
    """For all constants in the ranges and all positive sequences, the hypotheses imply the goal; without a goal, they
    contradict each other."""

    parameters: frozenset[str]
    ranges: Mapping[str, Bound]
    quantities: frozenset[str]
    logs: Mapping[str, Polynomial]
    maxima: Mapping[str, tuple[Polynomial, ...]]
    hypotheses: Mapping[str, Fact]
    goal: Fact | None

    def form(self, tree: Any) -> Polynomial:
        """The tree as a linear form in quantities and atoms."""
        top, bottom = rational(tree)
        if bottom != constant(1):
            reject(f"{tree!r:.80}: a form has no denominators")
        atoms = self.quantities.union(self.logs, self.maxima)
        for monomial in top:
            inside = [power for symbol, power in monomial if symbol in atoms]
            if inside != [1] or any(symbol not in atoms | self.parameters for symbol, _ in monomial):
                reject(f"{tree!r:.80}: not linear in declared quantities")
        return top

    def fact(self, data: Any) -> Fact:
        kind = sequence(data)[0] if data else None
        if type(kind) is not str or len(data) != 1 + ARITY.get(kind, -1):
            reject(f"{data!r:.80}: a fact is one of {', '.join(ARITY)} with its forms")
        return Fact(kind, tuple(self.form(tree) for tree in data[1:]))

    def bound(self, data: Any) -> Bound:
        relation, tree = sequence(data, 2)
        top, bottom = rational(tree)
        if relation not in (">=", ">") or bottom != constant(1) or {s for m in top for s, _ in m} - self.parameters:
            reject(f"{data!r:.80}: a range is >= or > and a polynomial in the parameters")
        return relation == ">", top


def multiplier(data: Any, ranges: Mapping[str, Bound]) -> tuple[Polynomial, bool]:
    """A sum of [coefficient > 0, names of ranges] as a polynomial >= 0, and whether it is sure to be > 0."""
    total, strict = constant(0), False
    for item in sequence(data):
        weight, names = number(sequence(item, 2)[0]), sequence(item[1])
        if weight <= 0 or any(word(name, LABEL) not in ranges for name in names):
            reject(f"{item!r:.80}: a positive coefficient and names of ranges are needed")
        product = constant(weight)
        for name in names:
            product = multiply(product, ranges[name][1])
        total, strict = add(total, product), strict or all(ranges[name][0] for name in names)
    return total, strict


def scaled(form: Polynomial, factor: Polynomial | Fraction | int) -> Polynomial:
    return multiply(form, factor if isinstance(factor, dict) else constant(factor))


def read(data: Any) -> Statement:
    """The statement that the JSON data describes. Raises `Rejected`."""
    record(data, KEYS)
    parameters = frozenset(word(name) for name in sequence(data["parameters"]))
    quantities = frozenset(word(name) for name in sequence(data["quantities"]))
    names = [*data["parameters"], *data["quantities"], *record(data["logs"]), *record(data["maxima"])]
    if len({*map(word, names)}) < len(names) or not quantities:
        reject("a name is declared twice, or there is no quantity")
    ranges: dict[str, Bound] = {}
    logs: dict[str, Polynomial] = {}
    maxima: dict[str, tuple[Polynomial, ...]] = {}
    found = Statement(parameters, ranges, quantities, logs, maxima, {}, None)
    ranges |= {word(name, LABEL): found.bound(bound) for name, bound in record(data["ranges"]).items()}
    waiting = {**data["logs"], **data["maxima"]}
    while waiting:  # an atom may stand in a later one, so that none is defined by itself
        ready = [name for name, trees in waiting.items() if not _symbols(trees) & set(waiting)]
        for name in ready or reject(f"atoms defined by each other: {sorted(waiting)}"):
            trees = waiting.pop(name)
            if name in data["logs"]:
                logs[name] = found.form(trees)
            else:
                maxima[name] = tuple(map(found.form, sequence(trees) or reject(f"{name!r}: the largest of none")))
    hypotheses = {word(name, LABEL): found.fact(fact) for name, fact in record(data["hypotheses"]).items()}
    goal = None if data["goal"] is None else found.fact(data["goal"])
    if goal is not None and goal.kind == "large":
        reject("a large power is assumed, not concluded")
    return Statement(parameters, ranges, quantities, logs, maxima, hypotheses, goal)


def _symbols(tree: Any) -> set[str]:
    if type(tree) is list:
        return set[str]().union(*map(_symbols, tree))
    return {tree} if type(tree) is str else set()
