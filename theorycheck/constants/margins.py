"""Margins log(right) - log(left) of inequalities, enclosed in Arb balls over all k between two integers."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from flint import arb

from .. import balls
from .forms import Forms, Key

BITS = (160, 640, 2560)  # the later ones for a single integer where the first leaves it open
Pair = tuple[arb, arb]


class Values:
    """Values and derivatives by u of a set of atoms, u in a ball.

    Args:
        forms: whose atoms.
        u: the ball.
    """

    def __init__(self, forms: Forms, u: arb) -> None:
        self.forms, self.known = forms, {0: (u, arb(1))}

    def of(self, key: Key) -> Pair:
        """Enclosures of the form and of its derivative on the ball."""
        value, slope = arb(0), arb(0)
        for atom, c in key:
            v, d = self._atom(atom)
            factor = _ball(c)
            value, slope = value + factor * v, slope + factor * d
        return value, slope

    def _atom(self, index: int) -> Pair:
        if index not in self.known:
            kind, keys, n = self.forms.atoms[index]
            self.known[index] = (arb(n).log(), arb(0)) if kind == "number" else self._compound(kind, keys)
        return self.known[index]

    def _compound(self, kind: str, keys: tuple[Key, ...]) -> Pair:
        parts = [self.of(key) for key in keys]
        value, slope = parts[0]
        if kind == "sum":
            return _log_sum(parts)
        if kind == "max":
            for v, d in parts[1:]:
                slope = slope if value > v else d if v > value else slope.union(d)
                value = value.max(v)
            return value, slope
        if kind == "exp":
            return value.exp(), value.exp() * slope
        if kind == "log":  # of 2 + e^F, which is the sum of e^(log 2) and e^F
            value, slope = _log_sum([(arb(2).log(), arb(0)), (value, slope)])
        if not value > 0:  # a logarithm of a logarithm; where it may be negative nothing is said
            return arb("nan"), arb("nan")
        return value.log(), slope / value


def _log_sum(parts: list[Pair]) -> Pair:
    """log of the sum of e^F, increasing in every F, so that its ends come from theirs."""
    lower = _shifted([value.lower() for value, _ in parts])
    upper = _shifted([value.upper() for value, _ in parts])
    slope = arb(0)
    for i, (v, d) in enumerate(parts):
        others = arb(1)
        for j, (w, _) in enumerate(parts):
            others = others if j == i else others + (w - v).exp()
        slope = slope + d / others
    return lower.union(upper), slope


def _shifted(values: list[arb]) -> arb:
    most, total = values[0], arb(0)
    for value in values[1:]:
        most = value if value > most else most
    for value in values:
        total = total + (value - most).exp()
    return most + total.log()


@lru_cache(maxsize=100_000)
def _exact(c: Fraction, bits: int) -> arb:
    return balls.ball(c)


def _ball(c: Fraction) -> arb:
    from flint import ctx

    return _exact(c, ctx.prec)


@dataclass(frozen=True)
class Margin:
    """What must be >= 0, or > 0 if `strict`."""

    key: Key
    strict: bool = False

    def sign(self, value: arb) -> bool | None:
        """Whether it holds for every value in the ball, for none (False), or neither is sure."""
        if not value.is_finite():
            return None
        if self.strict:
            return True if value > 0 else False if value <= 0 else None
        return True if value >= 0 else False if value < 0 else None


@dataclass
class Box:
    """All k between the integers `low` and `high`."""

    forms: Forms
    low: int
    high: int
    points: dict[int, Values] = field(default_factory=dict)
    whole: Values | None = None

    def truth(self, margin: Margin) -> bool | None:
        """Whether the margin holds at every k of the box, at none (False), or neither is sure."""
        if not margin.key:
            return not margin.strict
        if self.low == self.high:
            return self._single(margin)
        if self.whole is None:
            self.whole = Values(self.forms, arb(self.low).log().union(arb(self.high).log()))
        value, slope = self.whole.of(margin.key)
        found = margin.sign(value)
        if found is None and (slope >= 0 or slope <= 0):  # monotone: the ends are those of the range
            found = margin.sign(self.at(self.low, margin.key).union(self.at(self.high, margin.key)))
        return found

    def _single(self, margin: Margin) -> bool | None:
        found = margin.sign(self.at(self.low, margin.key))
        for bits in BITS[1:]:
            if found is None:
                with balls.precision(bits):
                    found = margin.sign(Values(self.forms, arb(self.low).log()).of(margin.key)[0])
        if found is None:  # equality, perhaps
            exact = self.forms.exact(margin.key, self.low)
            found = None if exact is None else exact > 1 if margin.strict else exact >= 1
        return found

    def at(self, k: int, key: Key) -> arb:
        """The form at the integer k."""
        if k not in self.points:
            self.points[k] = Values(self.forms, arb(k).log())
        return self.points[k].of(key)[0]


def log10(forms: Forms, key: Key, k: int) -> arb:
    """The decimal logarithm of e^form at k."""
    return Values(forms, arb(k).log()).of(key)[0] / arb(10).log()


def shown(exponent: arb, digits: int = 6) -> str:
    """10^exponent as text.

    >>> shown(arb("2.3010299956639812")), shown(arb(-400)), shown(arb(2000) / 3)
    ('200', '1e-400', '4.64159e+666')
    """
    middle = exponent.mid()
    if not abs(middle) < 10**9:
        return f"10^({exponent.str(8, radius=False)})"
    whole = int(middle.floor().unique_fmpz() or 0)
    lead = float((arb(10) ** (middle - whole)).mid())
    if -5 < whole < 15:
        return f"{lead * 10.0**whole:.{digits}g}"
    text = f"{lead:.{digits}g}"
    return f"{'1' if text == '10' else text}e{whole + (text == '10'):+d}"
