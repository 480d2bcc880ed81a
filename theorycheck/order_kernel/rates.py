"""Explicit growth rates: every quantity as a product of powers of generators, put into a statement.

Generators g_1, g_2, ... tend to infinity, each faster than every power of the next. A generator is given by its
logarithm, a product of powers of later ones; the last is the free variable n. One marked large is g^C for the next
generator g and a constant C that may be as large as one likes; it counts as a power of g.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..kernel.polynomial import Polynomial
from ..kernel.tree import number, plain, record, reject, sequence
from .statement import Fact, Statement, read

Vector = tuple[Fraction, ...]
LARGE = "large"


@dataclass(frozen=True)
class Rates:
    """The truth of each hypothesis and of the goal (None without one) at the rates."""

    hypotheses: Mapping[str, bool]
    goal: bool | None

    @property
    def consistent(self) -> bool:
        return all(self.hypotheses.values())

    @property
    def confirmed(self) -> bool:
        """Whether the rates refute the statement."""
        return self.consistent and self.goal is False


class _Scale:
    def __init__(self, generators: Any) -> None:
        self.n = len(sequence(generators)) or reject("no generators")
        self.logs: list[Vector | None] = []
        for index, log in enumerate(generators):
            if log != LARGE and (log is None) != (index == self.n - 1):
                reject("the last generator is the free variable, every other one has a logarithm")
            self.logs.append(None if log is None or log == LARGE else self.vector(log))
        self.large = {index for index, log in enumerate(generators) if log == LARGE}
        if self.n - 1 in self.large or any(index + 1 in self.large for index in self.large):
            reject("a large power is one of the next generator")
        plain_ones = [index for index in range(self.n) if index not in self.large]
        for index, following in zip(plain_ones, plain_ones[1:], strict=False):
            log, later = self.logs[index], self.logs[following]
            if log is None or any(log[: index + 1]) or self.large & {j for j, x in enumerate(log) if x}:
                reject("the logarithm of a generator is a product of powers of later ones")
            # That of the free variable is smaller than any power of it.
            if not (self.sign(log) > 0 if later is None else self.sign(_minus(log, later)) > 0):
                reject("generators are listed from the fastest to the slowest")

    def vector(self, data: Any) -> Vector:
        return tuple(map(number, sequence(data, self.n)))

    def sign(self, x: Vector) -> int:
        lead = next((value for value in x if value), Fraction(0))
        return (lead > 0) - (lead < 0)

    def place(self, x: Vector) -> int:
        """The class of powers that x != 1 belongs to; a smaller number is a faster one."""
        index = next(i for i, value in enumerate(x) if value)
        return index + 1 if index in self.large else index

    def log(self, x: Vector) -> Vector:
        """The order of log(2 + x)."""
        if self.sign(x) <= 0:
            return (Fraction(0),) * self.n
        return self.logs[self.place(x)] or reject("the logarithm of the free variable is not among the rates")

    def holds(self, fact: Fact, forms: list[Vector]) -> bool:
        x = forms[0]
        if fact.kind in ("O", "o"):
            return self.sign(x) < 0 or (fact.kind == "O" and self.sign(x) == 0)
        sign, other = self.sign(x), self.sign(forms[1])
        if fact.kind == "large":  # N against K
            if other <= 0 or self.large & {next(i for i, value in enumerate(forms[1]) if value)}:
                reject("large powers are those of a generator that tends to infinity and is no large power itself")
            first = next((i for i, value in enumerate(x) if value), self.n)
            return sign > 0 and (first in self.large or self.place(x) < self.place(forms[1])) and self.place(
                x) <= self.place(forms[1])  # fmt: skip
        if other == 0 or sign == 0:
            return sign <= 0 <= other if sign == 0 else sign < 0
        same, slower = self.place(x) == self.place(forms[1]), self.place(x) > self.place(forms[1])
        if other > 0:
            return sign < 0 or slower or (same and fact.kind == "poly")
        return sign < 0 and not slower and (not same or fact.kind == "poly")


def _minus(x: Vector, y: Vector) -> Vector:
    return tuple(a - b for a, b in zip(x, y, strict=True))


def _value(form: Polynomial, numbers: Mapping[str, Fraction], vectors: Mapping[str, Vector], n: int) -> Vector:
    total = [Fraction(0)] * n
    for monomial, coefficient in form.items():
        base: Vector | None = None
        for symbol, power in monomial:
            if symbol in numbers:
                coefficient = coefficient * numbers[symbol] ** power
            else:
                base = vectors[symbol]
        total = [a + coefficient * b for a, b in zip(total, base or reject("a form without a quantity"), strict=True)]
    return tuple(total)


def replay(ray: Any) -> Rates:
    """The statement at the rates. Raises `Rejected` if they are malformed or outside the ranges."""
    data = record(plain(ray), {"schema_version", "kind", "paper", "claim", "statement", "parameters", "generators",
                               "values"})  # fmt: skip
    if [repr(data["schema_version"]), data["kind"]] != ["1", "ray"] or {type(data["paper"]), type(data["claim"])} != {
        str
    }:
        reject("schema_version 1, kind 'ray' and the names of the paper and the claim are needed")
    statement = read(data["statement"])
    scale = _Scale(data["generators"])
    numbers = {name: number(value) for name, value in record(data["parameters"], statement.parameters).items()}
    for strict, bound in statement.ranges.values():
        value = sum((_at(monomial, numbers) * c for monomial, c in bound.items()), Fraction(0))
        if value < 0 or (strict and value == 0):
            reject("a parameter is outside its range")
    vectors = {name: scale.vector(value) for name, value in record(data["values"], statement.quantities).items()}
    _atoms(statement, scale, numbers, vectors)

    def truth(fact: Fact) -> bool:
        return scale.holds(fact, [_value(form, numbers, vectors, scale.n) for form in fact.forms])

    held = {name: truth(fact) for name, fact in statement.hypotheses.items()}
    return Rates(held, None if statement.goal is None else truth(statement.goal))


def _at(monomial: tuple[tuple[str, int], ...], numbers: Mapping[str, Fraction]) -> Fraction:
    value = Fraction(1)
    for symbol, power in monomial:
        value *= numbers[symbol] ** power
    return value


def _atoms(
    statement: Statement, scale: _Scale, numbers: Mapping[str, Fraction], vectors: dict[str, Vector]
) -> None:
    """Adds the orders of the atoms, in the order in which they were defined."""
    waiting: dict[str, tuple[Polynomial, ...]] = {**{n: (f,) for n, f in statement.logs.items()}, **statement.maxima}
    while waiting:
        for name, forms in list(waiting.items()):
            if all(s in vectors or s in numbers for form in forms for monomial in form for s, _ in monomial):
                values = [_value(form, numbers, vectors, scale.n) for form in waiting.pop(name)]
                vectors[name] = scale.log(values[0]) if name in statement.logs else max(values)
