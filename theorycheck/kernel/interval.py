"""Enclosures with rational ends: exact while values are short rationals, rounded outwards otherwise."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from typing import Any

from .tree import leaf, number, operation, plain, reject, sequence, word

Interval = tuple[Fraction, Fraction]
MAX_EXACT_BITS, MAX_EXPONENT, MAX_ROOT, MAX_EXP, MAX_PHI = 8_192, 10_000, 60, 100_000, 40


class Undefined(ArithmeticError):
    """The tree has, or may have, no value: division by zero, the logarithm of 0, no case that applies."""


def grid(x: Interval, bits: int) -> Interval:
    """Both ends rounded outwards to `bits` significant bits."""
    units = [Fraction(2) ** (end.numerator.bit_length() - end.denominator.bit_length() - bits) for end in x]
    return floor(x[0] / units[0]) * units[0], ceil(x[1] / units[1]) * units[1]


def settle(x: Interval, bits: int) -> Interval:
    short = x[0].numerator.bit_length() + x[0].denominator.bit_length() <= MAX_EXACT_BITS
    return x if x[0] == x[1] and short else grid(x, bits)


def times(x: Interval, y: Interval) -> Interval:
    products = [a * b for a in x for b in y]
    return min(products), max(products)


def inverse(x: Interval) -> Interval:
    if x[0] <= 0 <= x[1]:
        raise Undefined("division by an interval that contains 0")
    return 1 / x[1], 1 / x[0]


def series(first: Fraction, ratio: Callable[[int], Fraction], bits: int) -> Interval:
    """Sum of terms t_0 >= 0, t_(n+1) = t_n ratio(n), where after a ratio <= 1/2 all are <= 1/2."""
    low, high, sum_low, sum_high, n = floor(first * 2**bits), ceil(first * 2**bits), 0, 0, 0
    while high > 1 or ratio(n) > Fraction(1, 2):
        r, sum_low, sum_high, n = ratio(n), sum_low + low, sum_high + high, n + 1
        low, high = low * r.numerator // r.denominator, -(-high * r.numerator // r.denominator)
    return Fraction(sum_low, 2**bits), Fraction(sum_high + 2 * high, 2**bits)  # the rest is at most 2 t_n


def exp(x: Fraction, bits: int) -> Interval:
    if abs(x) > MAX_EXP:
        raise Undefined(f"exp beyond {MAX_EXP}")
    if x < 0:
        return inverse(exp(-x, bits))
    halvings = max(0, x.numerator.bit_length() - x.denominator.bit_length() + 1)
    bits += 2 * halvings + 20  # every squaring doubles the relative error
    value = series(Fraction(1), lambda n: x / 2**halvings / (n + 1), bits)
    return reduce(lambda y, _: grid(times(y, y), bits), range(halvings), value)


def log(x: Fraction, bits: int) -> Interval:
    """x = 2^e m with 1/2 < m < 2, log m = 2 artanh((m - 1)/(m + 1)), log 2 = 2 artanh(1/3)."""
    if x <= 0:
        raise Undefined("the logarithm of a number that may be <= 0")
    e = x.numerator.bit_length() - x.denominator.bit_length()
    m = x / Fraction(2) ** e
    low = high = Fraction(0)
    for u, factor in (((m - 1) / (m + 1), 2), (Fraction(1, 3), 2 * e)):
        part = series(abs(u), lambda n, u=u: u * u * (2 * n + 1) / (2 * n + 3), bits + 40)  # type: ignore[misc]
        scaled = times(part, (Fraction(factor if u >= 0 else -factor),) * 2)
        low, high = low + scaled[0], high + scaled[1]
    return low, high


def Phi(x: Fraction, bits: int) -> Interval:
    """1/2 + exp(-x^2/2)/sqrt(2 pi) sum_n x^(2n+1)/(1 3 ... (2n+1)), and pi/2 = sum_n n!/(1 3 ... (2n+1))."""
    if x < 0:
        low, high = Phi(-x, bits)
        return 1 - high, 1 - low
    y, bits = min(x, Fraction(MAX_PHI)), bits + 20
    half_pi = series(Fraction(1), lambda n: Fraction(n + 1, 2 * n + 3), bits)
    root_2_pi = power((4 * half_pi[0], 4 * half_pi[1]), Fraction(1, 2), bits)
    total = series(y, lambda n: y * y / (2 * n + 3), bits)
    low, high = times(times(exp(-y * y / 2, bits), inverse(root_2_pi)), total)
    return Fraction(1, 2) + low, Fraction(1) if x > y else Fraction(1, 2) + high


def root(x: Fraction, degree: int, bits: int) -> Interval:
    """The root of x >= 0, exact if it is rational: floor of the integer root of x (denominator 2^shift)^degree."""
    shift = bits + x.denominator.bit_length()
    n = x.numerator * x.denominator ** (degree - 1) << degree * shift
    s, unit = 1 << n.bit_length() // degree + 1, Fraction(1, x.denominator << shift)
    while s and (t := ((degree - 1) * s + n // s ** (degree - 1)) // degree) < s:
        s = t
    return s * unit, (s if s**degree == n else s + 1) * unit


def power(x: Interval, exponent: Fraction, bits: int) -> Interval:
    p, r = exponent.numerator, exponent.denominator
    if abs(p) > MAX_EXPONENT or r > MAX_ROOT or (r > 1 and x[0] < 0):
        raise Undefined(f"exponent {exponent} of a number that may be negative, or beyond the limits")
    if p < 0:
        return inverse(power(x, -exponent, bits))
    if r > 1:
        x = settle(x, bits)
        x = root(x[0], r, bits)[0], root(x[1], r, bits)[1]
    ends = []
    for end in x if p % 2 else magnitude(x):
        value, square = (Fraction(1), Fraction(1)), (end, end)
        for bit in f"{p:b}":
            value = settle(times(value, value), bits)
            value = settle(times(value, square), bits) if bit == "1" else value
        ends.append(value)
    return ends[0][0], ends[1][1]


def magnitude(x: Interval) -> Interval:
    return (Fraction(0) if x[0] <= 0 <= x[1] else min(map(abs, x))), max(map(abs, x))


FUNCTIONS: dict[str, Callable[[Fraction, int], Interval]] = {"exp": exp, "log": log, "Phi": Phi}
COMBINE: dict[str, Callable[[Interval, Interval], Interval]] = {
    "+": lambda x, y: (x[0] + y[0], x[1] + y[1]),
    "-": lambda x, y: (x[0] - y[1], x[1] - y[0]),
    "*": times,
    "/": lambda x, y: times(x, inverse(y)),
    "min": lambda x, y: (min(x[0], y[0]), min(x[1], y[1])),
    "max": lambda x, y: (max(x[0], y[0]), max(x[1], y[1])),
}


def value_of(tree: Any, values: Mapping[str, Interval], bits: int) -> Interval:
    if type(tree) is not list:
        atom = leaf(tree)
        if isinstance(atom, Fraction):
            return atom, atom
        return values[atom] if atom in values else reject(f"no value for {atom!r}")
    operator, arguments = operation(tree)
    if operator == "piecewise":
        return _piecewise(arguments, values, bits)
    x = [value_of(argument, values, bits) for argument in arguments]
    if operator in FUNCTIONS:  # increasing
        low, high = grid(x[0], 2 * bits)
        result = FUNCTIONS[operator](low, bits)[0], FUNCTIONS[operator](high, bits)[1]
    elif operator == "abs":
        result = magnitude(x[0])
    elif operator == "^":
        if x[1][0] != x[1][1]:
            raise Undefined("an exponent must be an exact rational")
        result = power(x[0], x[1][0], bits)
    else:
        x = [(Fraction(0), Fraction(0)), *x] if operator == "-" and len(x) == 1 else x
        result = reduce(COMBINE[operator], x)
    return settle(result, bits)


def _piecewise(cases: list[Any], values: Mapping[str, Interval], bits: int) -> Interval:
    """The first case that holds; the hull of it and of the undecided cases before it."""
    parts: list[Interval] = []
    for condition, branch in (sequence(case, 2) for case in cases):
        truth = truth_of(condition, values, bits)
        if truth is not False:
            parts.append(value_of(branch, values, bits))
        if truth:
            return min(low for low, _ in parts), max(high for _, high in parts)
    raise Undefined("no case of a piecewise value is sure to apply")


def truth_of(condition: Any, values: Mapping[str, Interval], bits: int) -> bool | None:
    """Kleene's three values; a comparison of undefined values is undecided."""
    if type(condition) is bool:
        return condition
    operator, *arguments = sequence(condition) or [""]
    if operator in ("and", "or", "not"):
        truths = [truth_of(argument, values, bits) for argument in arguments]
        if operator == "not":
            return None if sequence(truths, 1)[0] is None else not truths[0]
        decisive = operator == "or"
        return decisive if decisive in truths else None if None in truths else not decisive
    try:
        x = [value_of(argument, values, bits) for argument in arguments]
    except Undefined:
        return None
    if operator == "integer":
        low, high = sequence(x, 1)[0]
        return False if ceil(low) > high else True if low == high else None
    low, high = COMBINE["-"](*sequence(x, 2))
    if operator in ("=", "!="):
        return None if low <= 0 <= high and low != high else (low == high == 0) == (operator == "=")
    if operator in ("<=", "<"):
        low, high = -high, -low
    if operator in (">=", "<="):
        return True if low >= 0 else False if high < 0 else None
    if operator in (">", "<"):
        return True if low > 0 else False if high <= 0 else None
    reject(f"{condition!r:.80}: unknown condition")


def points(values: Mapping[str, Any]) -> dict[str, Interval]:
    """Exact values: integers, text "p/q" or fractions."""
    exact = {word(name): x if isinstance(x, Fraction) else number(x) for name, x in values.items()}
    return {name: (x, x) for name, x in exact.items()}


def evaluate(tree: Any, values: Mapping[str, Any], bits: int = 192) -> Interval:
    """An enclosure of the tree's value at the given rational values. Raises `Undefined` where it may have none."""
    return value_of(plain(tree), points(values), bits)


def decide(condition: Any, values: Mapping[str, Any], bits: int = 192) -> bool | None:
    """Whether the condition holds at the given rational values; None if the enclosures do not tell."""
    return truth_of(plain(condition), points(values), bits)
