"""Trees over Arb balls: every ball contains the true value, and a comparison that is not decided says so."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction

from flint import arb, ctx, fmpq

from .expression import Tree


class Undefined(ArithmeticError):
    """The expression has no value somewhere in the box (a zero denominator, a logarithm of a nonpositive number)."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Arb's precision is global; this restores it."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def ball(value: Fraction | int) -> arb:
    """The tightest ball around an exact rational at the current precision."""
    exact = Fraction(value)
    return arb(fmpq(exact.numerator, exact.denominator))


def box(low: Fraction, high: Fraction) -> arb:
    """A ball that contains [low, high]."""
    return ball(low).union(ball(high))


def evaluate(tree: Tree, values: Mapping[str, arb]) -> arb:
    """An enclosure of the tree's values over the box `values`.

    Raises:
        Undefined: where the expression may be undefined on the box.
        KeyError: for a symbol without a value.
    """
    match tree:
        case int():
            return arb(tree)
        case str():
            return values[tree] if tree.isidentifier() else ball(Fraction(tree))
        case ["^", base, exponent]:
            return _power(evaluate(base, values), exponent, values)
        case ["piecewise", *branches]:
            return _piecewise(branches, values)
    operator, *arguments = tree
    terms = [evaluate(argument, values) for argument in arguments]
    first, rest = terms[0], terms[1:]
    match operator:
        case "+":
            return sum(rest, first)
        case "*":
            for term in rest:
                first = first * term
        case "min" | "max":
            for term in rest:
                first = first.min(term) if operator == "min" else first.max(term)
        case "exp":
            return first.exp()
        case "log":
            if not first > 0:
                raise Undefined("logarithm of a ball that is not positive")
            return first.log()
        case "abs":
            return abs(first)
        case "Phi":
            # The tail form keeps relative accuracy where the distribution function is tiny.
            return (-first / arb(2).sqrt()).erfc() / 2
        case _:
            raise ValueError(f"no ball arithmetic for {operator!r}")
    return first


def _power(base: arb, exponent: Tree, values: Mapping[str, arb]) -> arb:
    power = _exact_exponent(exponent, values)
    if power is None:
        if not base > 0:
            raise Undefined("a real power of a ball that is not positive")
        return (evaluate(exponent, values) * base.log()).exp()
    if power.denominator != 1:
        if not base >= 0:
            raise Undefined("a root of a ball that is not nonnegative")
        return (
            base.root(power.denominator) ** power.numerator
            if power > 0
            else 1 / (base.root(power.denominator) ** -power.numerator)
        )
    if power < 0 and base.contains(0):
        raise Undefined("division by a ball that contains 0")
    n = abs(power.numerator)
    low, high = _product(base.lower(), n), _product(base.upper(), n)
    # A power is monotone on either side of 0, so its ends are those of the base; arb's own ** gives nan around 0.
    found = arb(0).union(low).union(high) if n % 2 == 0 and base.contains(0) else low.union(high)
    return 1 / found if power < 0 else found


def _product(base: arb, n: int) -> arb:
    result, square = arb(1), base
    while n:
        if n & 1:
            result = result * square
        square, n = square * square, n >> 1
    return result


def _exact_exponent(exponent: Tree, values: Mapping[str, arb]) -> Fraction | None:
    if isinstance(exponent, int):
        return Fraction(exponent)
    if isinstance(exponent, str) and not exponent.isidentifier():
        return Fraction(exponent)
    found = evaluate(exponent, values)
    integral = found.unique_fmpz() if found.is_exact() else None
    return None if integral is None else Fraction(int(integral))


def _piecewise(branches: list[Tree], values: Mapping[str, arb]) -> arb:
    """The union over every branch that can apply somewhere in the box; a branch that cannot is not evaluated."""
    found: arb | None = None
    for condition, value in branches:
        truth = decide(condition, values)
        if truth is False:
            continue
        enclosure = evaluate(value, values)
        found = enclosure if found is None else found.union(enclosure)
        if truth is True:
            return found
    raise Undefined("no branch of a piecewise expression is sure to apply")


def decide(condition: Tree, values: Mapping[str, arb]) -> bool | None:
    """Whether the condition holds on the whole box: True, False (nowhere), or None when undecided."""
    match condition:
        case bool():
            return condition
        case ["and", *parts]:
            truths = [decide(part, values) for part in parts]
            return False if False in truths else None if None in truths else True
        case ["or", *parts]:
            truths = [decide(part, values) for part in parts]
            return True if True in truths else None if None in truths else False
        case ["not", part]:
            truth = decide(part, values)
            return None if truth is None else not truth
        case [operator, left, right]:
            try:
                difference = evaluate(["+", left, ["*", -1, right]], values)
            except Undefined:
                return None
            return _sign(operator, difference)
    raise ValueError(f"no condition: {condition!r}")


def _sign(operator: str, x: arb) -> bool | None:
    if not x.is_finite():
        return None
    # Each entry: the relation holds on all of the ball, it holds nowhere on it.
    sure, never = {
        ">=": (x >= 0, x < 0), ">": (x > 0, x <= 0), "<=": (x <= 0, x > 0), "<": (x < 0, x >= 0),
        "=": (bool(x.is_zero()), not x.contains(0)), "!=": (not x.contains(0), bool(x.is_zero())),
    }[operator]  # fmt: skip
    return True if sure else False if never else None
