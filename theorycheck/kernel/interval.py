"""Enclosures with rational ends: exact while values are short rationals, rounded outwards otherwise."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from typing import Any

from .tree import leaf, number, operation, plain, reject, sequence, word

Interval = tuple[Fraction, Fraction]
ONE, MAX_EXACT_BITS, MAX_EXPONENT, MAX_ROOT, MAX_EXP, MAX_PHI = Fraction(1), 8_192, 400, 60, 100_000, 40


class Undefined(ArithmeticError):
    """The tree has, or may have, no value: division by zero, the logarithm of 0, no case that applies."""


def grid(x: Interval, bits: int, exact: int = 0) -> Interval:
    """Both ends rounded outwards to `bits` significant bits, unless they are one rational of at most `exact` bits."""
    sizes = [(end.numerator.bit_length(), end.denominator.bit_length()) for end in x]
    u, v = (Fraction(2) ** (top - bottom - bits) for top, bottom in sizes)
    return x if x[0] == x[1] and sum(sizes[0]) <= exact else (floor(x[0] / u) * u, ceil(x[1] / v) * v)


def times(x: Interval, y: Interval) -> Interval:
    products = [a * b for a in x for b in y]
    return min(products), max(products)


def over(x: Interval, y: Interval) -> Interval:
    if y[0] <= 0 <= y[1]:
        raise Undefined("division by an interval that contains 0")
    return times(x, (1 / y[1], 1 / y[0]))


def series(first: Fraction, ratio: Callable[[int], Fraction], bits: int) -> Interval:
    """Sum of terms t_0 = first >= 0, t_(n+1) = t_n ratio(n), where after a ratio <= 1/2 all are <= 1/2."""
    low, high, n, sums = floor(first * 2**bits), ceil(first * 2**bits), 0, (0, 0)
    while high > 1 or ratio(n) > ONE / 2:
        r, sums, n = ratio(n), (sums[0] + low, sums[1] + high), n + 1
        low, high = low * r.numerator // r.denominator, -(-high * r.numerator // r.denominator)
    return Fraction(sums[0], 2**bits), Fraction(sums[1] + 2 * high, 2**bits)  # the rest is at most 2 t_n


def exp(x: Fraction, bits: int) -> Interval:
    if abs(x) > MAX_EXP:
        raise Undefined(f"exp beyond {MAX_EXP}")
    halvings = max(0, x.numerator.bit_length() - x.denominator.bit_length() + 1)
    bits += 2 * halvings + 20  # every squaring doubles the relative error
    value = series(ONE, lambda n: abs(x) / 2**halvings / (n + 1), bits)
    value = reduce(lambda y, _: grid(times(y, y), bits), range(halvings), value)
    return value if x >= 0 else over((ONE, ONE), value)


def artanh(u: Fraction, bits: int) -> Interval:  # 0 <= u <= 1/2
    return series(u, lambda n: u * u * (2 * n + 1) / (2 * n + 3), bits)


def log(x: Fraction, bits: int) -> Interval:
    """x = 2^e m with 1/2 < m < 2, log m = 2 artanh((m - 1)/(m + 1)), log 2 = 2 artanh(1/3)."""
    if x <= 0:
        raise Undefined("the logarithm of a number that may be <= 0")
    e = x.numerator.bit_length() - x.denominator.bit_length()
    u = (x - Fraction(2) ** e) / (x + Fraction(2) ** e)
    a, b = artanh(abs(u), bits + 40), times(artanh(ONE / 3, bits + 40), (e * ONE, e * ONE))
    return (2 * (b[0] + a[0]), 2 * (b[1] + a[1])) if u >= 0 else (2 * (b[0] - a[1]), 2 * (b[1] - a[0]))


def Phi(x: Fraction, bits: int) -> Interval:
    """1/2 + exp(-x^2/2)/sqrt(2 pi) sum_n x^(2n+1)/(1 3 ... (2n+1)), and pi/2 = sum_n n!/(1 3 ... (2n+1))."""
    y, bits = min(abs(x), ONE * MAX_PHI), bits + 20
    half_pi = series(ONE, lambda n: Fraction(n + 1, 2 * n + 3), bits)
    density = over(exp(-y * y / 2, bits), power(times(half_pi, (4 * ONE, 4 * ONE)), (ONE / 2, ONE / 2), bits))
    low, high = times(density, series(y, lambda n: y * y / (2 * n + 3), bits))
    high = high if y == abs(x) else ONE / 2
    return (ONE / 2 + low, ONE / 2 + high) if x >= 0 else (ONE / 2 - high, ONE / 2 - low)


def root(x: Fraction, degree: int, bits: int) -> Interval:
    """The root of x >= 0, exact if it is rational: the integer root of x (denominator 2^shift)^degree, by Newton."""
    shift = bits + x.denominator.bit_length()
    n = x.numerator * x.denominator ** (degree - 1) << degree * shift
    s, unit = 1 << n.bit_length() // degree + 1, Fraction(1, x.denominator << shift)
    while s and (t := ((degree - 1) * s + n // s ** (degree - 1)) // degree) < s:
        s = t
    return s * unit, (s if s**degree == n else s + 1) * unit


def power(x: Interval, exponents: Interval, bits: int) -> Interval:
    exponent, p, r = exponents[0], abs(exponents[0].numerator), exponents[0].denominator
    if exponent != exponents[1] or p > MAX_EXPONENT or r > MAX_ROOT or (r > 1 and x[0] < 0):
        raise Undefined("a power of a number that may be negative, or an exponent that is not exact or too large")
    x = grid(x if p % 2 else magnitude(x), 2 * bits, MAX_EXACT_BITS // max(p, r))
    low, high = (root(x[0], r, bits)[0] ** p, root(x[1], r, bits)[1] ** p) if r > 1 else (x[0] ** p, x[1] ** p)
    return (low, high) if exponent >= 0 else over((ONE, ONE), (low, high))


def magnitude(x: Interval) -> Interval:
    return 0 * ONE if x[0] <= 0 <= x[1] else min(map(abs, x)), max(map(abs, x))


FUNCTIONS: Mapping[str, Callable[[Fraction, int], Interval]] = {"exp": exp, "log": log, "Phi": Phi}  # increasing
COMBINE: Mapping[str, Callable[[Interval, Interval], Interval]] = {
    "+": lambda x, y: (x[0] + y[0], x[1] + y[1]), "-": lambda x, y: (x[0] - y[1], x[1] - y[0]), "*": times, "/": over,
    "min": lambda x, y: (min(x[0], y[0]), min(x[1], y[1])), "max": lambda x, y: (max(x[0], y[0]), max(x[1], y[1])),
}  # fmt: skip


def value_of(tree: Any, values: Mapping[str, Interval], bits: int) -> Interval:
    if type(tree) is not list:
        atom = leaf(tree)
        return (atom, atom) if isinstance(atom, Fraction) else values.get(atom) or reject(f"no value for {atom!r}")
    operator, arguments = operation(tree)
    if operator == "piecewise":
        parts: list[Interval] = []
        for condition, branch in (sequence(case, 2) for case in arguments):
            truth = truth_of(condition, values, bits)
            if truth is not False:
                parts.append(value_of(branch, values, bits))
            if truth:  # the hull of this case and of the undecided ones before it
                return min(low for low, _ in parts), max(high for _, high in parts)
        raise Undefined("no case of a piecewise value is sure to apply")
    x = [value_of(argument, values, bits) for argument in arguments]
    if operator in FUNCTIONS:
        low, high = (FUNCTIONS[operator](end, bits) for end in grid(x[0], 2 * bits))
        result = low[0], high[1]
    elif operator == "^":
        result = power(x[0], x[1], bits)
    elif operator == "abs":
        result = magnitude(x[0])
    else:
        result = reduce(COMBINE[operator], x if operator != "-" or len(x) > 1 else [(0 * ONE, 0 * ONE), *x])
    return grid(result, bits, MAX_EXACT_BITS)


def truth_of(condition: Any, values: Mapping[str, Interval], bits: int) -> bool | None:
    """Kleene's three values; a comparison of undefined values is undecided."""
    if type(condition) is bool:
        return condition
    operator, *arguments = sequence(condition) or [""]
    if operator in ("and", "or", "not"):
        truths = [truth_of(argument, values, bits) for argument in arguments]
        if operator == "not":
            return None if sequence(truths, 1)[0] is None else not truths[0]
        return (operator == "or") if (operator == "or") in truths else None if None in truths else operator == "and"
    if operator not in (">=", ">", "<=", "<", "=", "!=", "integer"):
        reject(f"{condition!r:.80}: unknown condition")
    try:
        x = [value_of(argument, values, bits) for argument in sequence(arguments, 1 if operator == "integer" else 2)]
    except Undefined:
        return None
    low, high = x[0] if operator == "integer" else COMBINE["-"](*(reversed(x) if operator[0] == "<" else x))
    if operator in ("integer", "=", "!="):
        possible, sure = ceil(low) <= high if operator == "integer" else low <= 0 <= high, low == high
        return None if possible and not sure else possible != (operator == "!=")
    surely, never = (low > 0, high <= 0) if operator in (">", "<") else (low >= 0, high < 0)
    return True if surely else False if never else None


def points(values: Mapping[str, Any]) -> dict[str, Interval]:
    """Exact values: integers, text "p/q" or fractions."""
    return {word(name): (x, x) for name, y in values.items() for x in [y if isinstance(y, Fraction) else number(y)]}


def evaluate(tree: Any, values: Mapping[str, Any], bits: int = 192) -> Interval:
    """An enclosure of the tree's value at the given rational values. Raises `Undefined` where it may have none."""
    return value_of(plain(tree), points(values), bits)


def decide(condition: Any, values: Mapping[str, Any], bits: int = 192) -> bool | None:
    """Whether the condition holds at the given rational values; None if the enclosures do not tell."""
    return truth_of(plain(condition), points(values), bits)
