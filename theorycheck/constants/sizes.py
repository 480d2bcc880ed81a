"""Quantities as expressions in the limit variable: read from text, or taken from growth rates."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy

from ..errors import UserError
from ..grammar import NotInGrammar, parse
from ..orders.language import Kind, Order, Quantity, Relation
from ..orders.lowering import OutsideCalculus
from ..orders.problem import Problem
from ..orders.text import MAX_EXPONENT

Powers = dict[str, Fraction]  # a product of powers of texts that need no brackets


def read_size(text: str, limit: str, what: str) -> sympy.Expr:
    """The expression of a size.

    Raises:
        UserError: if it is none in the limit variable alone, or not positive.
    """
    from .forms import Forms

    try:
        found = parse(text, {limit}, MAX_EXPONENT)
        if not isinstance(found, sympy.Expr):
            raise NotInGrammar("a condition stands where a size is needed")
        Forms(limit).read(found)
    except (UserError, OutsideCalculus) as error:
        raise UserError(f"{what}: {error}") from None
    return found


def pins(sizes: Mapping[str, sympy.Expr]) -> list[Order]:
    """Sizes as relations; the calculus has no exponentials, so a size with one stays free."""
    return [
        Order(Relation.EQUAL, sympy.Symbol(name), size, text=f"{name} = {size}")
        for name, size in sizes.items()
        if not size.has(sympy.exp)
    ]


def ordered(
    quantities: Mapping[str, str], limit: str, hypotheses: Sequence[Order], pinned: Mapping[str, sympy.Expr]
) -> Problem:
    """The relations of the hypotheses and of the pinned sizes, without symbolic exponents.

    Args:
        quantities: kinds by name; only limit variable and powers count.
        limit: the limit variable.
        hypotheses: relations.
        pinned: sizes that are given.
    """
    kinds = {n: Kind.LIMIT if n == limit else k if k == Kind.POWER else Kind.ANY for n, k in quantities.items()}
    named = [Quantity(name, kind) for name, kind in kinds.items()]
    return Problem(named, (), (), [*pins(pinned), *hypotheses], ())


def apart(order: Order, limit: str, power: Fraction) -> Order:
    """x << y with a power of log k between, so that it holds from a smaller k on; any other relation as it is."""
    if order.relation is not Relation.FAR_BELOW:
        return order
    gap = sympy.log(sympy.Symbol(limit)) ** sympy.Rational(power.numerator, power.denominator)
    return Order(Relation.BELOW, order.left * gap, order.right, order.base, order.text)


def sizes_of(ray: Mapping[str, Any], limit: str) -> dict[str, str]:
    """The quantities of a ray as text in the limit variable; those whose rate cannot be written so are left out."""
    logs = [None if log is None or log == "large" else [Fraction(x) for x in log] for log in ray["generators"]]
    vectors = {name: [Fraction(x) for x in vector] for name, vector in ray["values"].items()}
    places = [i for i, x in enumerate(vectors[limit]) if x]
    if len(places) != 1:
        return {}
    known: dict[int, Powers] = {}
    # From the limit variable down through its logarithms, then every other generator by its own logarithm.
    place, power, base = places[0], vectors[limit][places[0]], {limit: Fraction(1)}
    while True:
        known[place] = {name: x / power for name, x in base.items()}
        log = logs[place]
        left = [i for i, x in enumerate(log) if x and i not in known] if log else []
        if log is None or len(left) != 1:
            break
        others = _product([x if i in known else Fraction(0) for i, x in enumerate(log)], known) or {}
        base = {f"log({_text(known[place])})": Fraction(1), **{name: -x for name, x in others.items()}}
        place, power = left[0], log[left[0]]
    for index in reversed(range(len(logs))):
        inside = _product(logs[index], known) if index not in known else None
        if inside is not None:
            known[index] = {f"exp({_text(inside)})": Fraction(1)}
    found = {name: _product(vector, known) for name, vector in vectors.items() if name != limit}
    return {name: _text(powers) for name, powers in found.items() if powers is not None}


def _product(vector: Sequence[Fraction] | None, known: Mapping[int, Powers]) -> Powers | None:
    if vector is None or any(x and i not in known for i, x in enumerate(vector)):
        return None
    total: Powers = {}
    for i, x in enumerate(vector):
        for name, power in known[i].items() if x else ():
            total[name] = total.get(name, Fraction(0)) + x * power
    return {name: power for name, power in total.items() if power}


def _text(powers: Powers) -> str:
    return "*".join(name if x == 1 else f"{name}**{_power(x)}" for name, x in powers.items()) or "1"


def _power(x: Fraction) -> str:
    return str(x) if x.denominator == 1 and x > 0 else f"({x})"
