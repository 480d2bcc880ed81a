"""The one statement of a variable's range: SymPy assumptions, sampling and exact tests all follow from it."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import sympy

Rational = int | str | Fraction


def rational(value: Rational) -> Fraction:
    """An exact rational; floats are refused because 0.1 is not 1/10.

    Raises:
        TypeError: for a float or any other type.
    """
    if isinstance(value, bool) or not isinstance(value, int | str | Fraction):
        raise TypeError(
            f"{value!r} is a {type(value).__name__}; an exact rational is an int, a Fraction or a string p/q"
        )
    return Fraction(value)


@dataclass(frozen=True)
class Domain:
    """An interval of the reals or of the integers.

    Args:
        low, high: ends, None for unbounded.
        low_open, high_open: whether an end is excluded.
        integer: integers only.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False
    integer: bool = False

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None:
            empty = self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))
            if empty:
                raise ValueError(f"the domain {self} is empty")

    def __str__(self) -> str:
        kind = "integer" if self.integer else "real"
        low = "(-oo" if self.low is None else f"{'(' if self.low_open else '['}{self.low}"
        high = "oo)" if self.high is None else f"{self.high}{')' if self.high_open else ']'}"
        return f"{kind} in {low}, {high}"

    def __contains__(self, value: Fraction) -> bool:
        if self.integer and value.denominator != 1:
            return False
        above = self.low is None or value > self.low or (value == self.low and not self.low_open)
        below = self.high is None or value < self.high or (value == self.high and not self.high_open)
        return above and below

    @property
    def assumptions(self) -> dict[str, bool]:
        """SymPy assumptions that follow from the range, and no more."""
        found = {"integer": True} if self.integer else {"real": True}
        if self.low is not None and self.low >= 0:
            found["positive" if self.low > 0 or self.low_open else "nonnegative"] = True
        if self.high is not None and self.high <= 0:
            found["negative" if self.high < 0 or self.high_open else "nonpositive"] = True
        return found


def real(
    low: Rational | None = None, high: Rational | None = None, *, open_low: bool = False, open_high: bool = False
) -> Domain:
    """A real interval, closed unless said otherwise."""
    return Domain(_end(low), _end(high), open_low, open_high)


def positive(high: Rational | None = None) -> Domain:
    """The reals above 0, up to and including `high`."""
    return real(0, high, open_low=True)


def integer(low: int | None = None, high: int | None = None) -> Domain:
    """The integers from `low` to `high`."""
    return Domain(_end(low), _end(high), integer=True)


def _end(value: Rational | None) -> Fraction | None:
    return None if value is None else rational(value)


@dataclass(frozen=True)
class Variable:
    """A named quantity with its domain.

    Args:
        name: an identifier, the paper's symbol spelt out (``"rho"``).
        domain: its range.
        meaning: what it stands for, shown in the report.
    """

    name: str
    domain: Domain
    meaning: str = ""

    def __post_init__(self) -> None:
        if not self.name.isascii() or not self.name.isidentifier():
            raise ValueError(f"{self.name!r} is no identifier")

    @property
    def symbol(self) -> sympy.Symbol:
        """The bare symbol that statements are written with.

        It carries no assumptions, because with them SymPy would evaluate a relation such as ``x >= 0`` to True while
        the claim is being written, and nothing would be left to check.
        """
        return sympy.Symbol(self.name)

    @cached_property
    def assumed(self) -> sympy.Symbol:
        """The symbol under the assumptions of its domain, for simplification only."""
        return sympy.Symbol(self.name, **self.domain.assumptions)

    @property
    def conditions(self) -> tuple[sympy.logic.boolalg.Boolean, ...]:
        """The range as SymPy relations (integrality is told by `Domain.integer`)."""
        x, d = self.symbol, self.domain
        found = []
        if d.low is not None:
            low = sympy.Rational(d.low.numerator, d.low.denominator)
            found.append(sympy.Gt(x, low) if d.low_open else sympy.Ge(x, low))
        if d.high is not None:
            high = sympy.Rational(d.high.numerator, d.high.denominator)
            found.append(sympy.Lt(x, high) if d.high_open else sympy.Le(x, high))
        return tuple(found)
