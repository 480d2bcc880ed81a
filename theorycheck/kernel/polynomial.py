"""Rational functions with exact coefficients, as numerator and denominator polynomials."""

from fractions import Fraction
from typing import Any

from .tree import leaf, number, operation, reject

# Symbols in order with their powers >= 1, to the nonzero coefficient: equal polynomials are equal dictionaries.
Polynomial = dict[tuple[tuple[str, int], ...], Fraction]
MAX_TERMS, MAX_DEGREE, MAX_POWER = 200_000, 400, 100


def constant(value: Fraction | int) -> Polynomial:
    return {(): Fraction(value)} if value else {}


def add(left: Polynomial, right: Polynomial, sign: int = 1) -> Polynomial:
    """left + sign right."""
    total = {m: left.get(m, Fraction(0)) + sign * right.get(m, Fraction(0)) for m in {**left, **right}}
    return {monomial: coefficient for monomial, coefficient in total.items() if coefficient}


def multiply(left: Polynomial, right: Polynomial) -> Polynomial:
    degree = sum(max((sum(power for _, power in m) for m in factor), default=0) for factor in (left, right))
    if len(left) * len(right) > MAX_TERMS or degree > MAX_DEGREE:
        reject(f"a product exceeds {MAX_TERMS} terms or degree {MAX_DEGREE}")
    total: Polynomial = {}
    for a, x in left.items():
        for b, y in right.items():
            powers = dict(a)
            for symbol, power in b:
                powers[symbol] = powers.get(symbol, 0) + power
            monomial = tuple(sorted(powers.items()))
            total[monomial] = total.get(monomial, Fraction(0)) + x * y
    return {monomial: coefficient for monomial, coefficient in total.items() if coefficient}


def rational(tree: Any) -> tuple[Polynomial, Polynomial]:
    """Numerator and denominator of a tree of + - * / and integer powers; a constant denominator is 1.
    The denominator vanishes wherever any quotient in the tree is undefined."""
    if type(tree) is not list:
        value = leaf(tree)
        return {((value, 1),): Fraction(1)} if isinstance(value, str) else constant(value), constant(1)
    operator, arguments = operation(tree)
    if operator not in ("+", "-", "*", "/", "^"):
        reject(f"{operator!r} is not a rational operation: declare an atom")
    top, bottom = rational(arguments[0])
    if operator == "^":
        return _power(top, bottom, number(arguments[1]))
    if operator == "-" and len(arguments) == 1:
        return add({}, top, -1), bottom
    for n, d in map(rational, arguments[1:]):
        if operator == "*":
            top, bottom = multiply(top, n), multiply(bottom, d)
        elif operator == "/":
            top, bottom = _divide(top, bottom, n, d)
        else:
            if bottom != d:
                top, n, bottom = multiply(top, d), multiply(n, bottom), multiply(bottom, d)
            top = add(top, n, 1 if operator == "+" else -1)
    return top, bottom


def _divide(a: Polynomial, b: Polynomial, n: Polynomial, d: Polynomial) -> tuple[Polynomial, Polynomial]:
    """(a/b) / (n/d) = a d d / (b n d): the factor d stays below, because n/d is undefined where it vanishes."""
    top, bottom = multiply(multiply(a, d), d), multiply(multiply(b, n), d)
    if not bottom:
        reject("division by zero")
    return (multiply(top, constant(1 / bottom[()])), constant(1)) if set(bottom) == {()} else (top, bottom)


def _power(top: Polynomial, bottom: Polynomial, exponent: Fraction) -> tuple[Polynomial, Polynomial]:
    if exponent.denominator != 1 or abs(exponent) > MAX_POWER or (exponent == 0 and bottom != constant(1)):
        reject(f"exponent {exponent}: an integer up to {MAX_POWER} is needed, and no power 0 of a quotient")
    n = d = constant(1)
    for _ in range(abs(int(exponent))):
        n, d = multiply(n, top), multiply(d, bottom)
    return (n, d) if exponent >= 0 else _divide(constant(1), constant(1), n, d)
