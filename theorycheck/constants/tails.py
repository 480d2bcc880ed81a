"""What a form does for all large k: bounds by linear forms in u, log u, log log u, log log log u, rigorous from U on.

With s_1 = u = log k, s_2 = log u, ... every atom lies between two forms a_1 s_1 + ... + a_4 s_4 + c on [U, oo), where
a_i is exact and c a ball. As s_i/s_j falls for i > j, a form with leading a_j > 0 is at least s_j (a_j - sum of the
negative rest at U), which grows. s_0 is one exponential e^F >= u^a, a > 1, such as (log k)^2, for which U^a stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import arb

from .. import balls
from .forms import Form, Forms, Key, combined, key_of

SCALES = 5
FAST, LIMIT = 0, 1
LEAST = 3_814_280  # e^(e^e), from where on log log log u/log log u falls; below, 1/e bounds it


@dataclass(frozen=True)
class Line:
    """A sum of multiples of the scales and a constant."""

    of: tuple[Fraction, ...]
    constant: arb

    def plus(self, other: "Line", times: Fraction) -> "Line":
        slopes = tuple(a + times * b for a, b in zip(self.of, other.of, strict=True))
        return Line(slopes, self.constant + balls.ball(times) * other.constant)

    @property
    def lead(self) -> int:
        """The fastest scale in it, SCALES if it is a constant."""
        return next((i for i, a in enumerate(self.of) if a), SCALES)


Bounds = tuple[Line, Line] | None
ZERO = (Fraction(0),) * SCALES


class Tail:
    """Bounds from the integer k = `start` on; None where there is none of this shape.

    Args:
        forms: whose atoms.
        start: from where on; below 10^7 nothing is said.
    """

    def __init__(self, forms: Forms, start: int) -> None:
        self.forms, self.start = forms, start
        self.known: dict[int, Bounds] = {}
        self.fast: tuple[int, tuple[Line, Line]] | None = None

    @cached_property
    def scales(self) -> list[arb]:
        """The scales at U; for the fast one what it is at least."""
        found = [arb(0), arb(self.start).log()]
        while len(found) < SCALES:
            found.append(found[-1].log())
        return found

    def holds(self, key: Key, strict: bool = False) -> bool:
        """Whether the form is surely >= 0 (> 0) at every k from the start on."""
        if not key:
            return not strict
        least = self.least(dict(key))
        return least is not None and bool(least > 0 if strict else least >= 0)

    def least(self, form: Form) -> arb | None:
        """A number that the form never falls below from the start on."""
        found = self.bounds(form)
        return None if found is None else self._least(found[0])

    def bounds(self, form: Form) -> Bounds:
        """A line below and a line above."""
        if self.start < 10**7:  # where u > e^e and every scale is positive
            return None
        low = high = Line(ZERO, arb(0))
        for atom, c in form.items():
            found = self._atom(atom)
            if found is None:
                return None
            below, above = found if c > 0 else found[::-1]
            low, high = low.plus(below, c), high.plus(above, c)
        return low, high

    def _ratio(self, i: int, j: int) -> arb:
        """The largest s_i/s_j from U on, i > j."""
        if i == SCALES - 1 and not self.scales[LIMIT] > LEAST:
            return arb(-1).exp() * self.scales[i - 1] / self.scales[j]
        return self.scales[i] / self.scales[j]

    def _rest(self, line: Line, sign: int) -> arb:
        """The leading coefficient with what the rest of one sign can add to it at most, per unit of the lead."""
        j = line.lead
        total = balls.ball(line.of[j])
        for i in range(j + 1, SCALES):
            if sign * line.of[i] > 0:
                total = total + balls.ball(line.of[i]) * self._ratio(i, j)
        if not sign * line.constant <= 0:
            total = total + sign * abs(line.constant) / self.scales[j]
        return total

    def _least(self, line: Line) -> arb | None:
        if line.lead == SCALES:
            return line.constant.lower()
        slope = self._rest(line, -1)
        return (slope * self.scales[line.lead]).lower() if slope >= 0 else None

    def _atom(self, index: int) -> Bounds:
        if index not in self.known:
            kind, keys, n = self.forms.atoms[index]
            if kind == "limit":
                line = Line(_unit(LIMIT), arb(0))
                self.known[index] = line, line
            elif kind == "number":
                self.known[index] = (line := Line(ZERO, arb(n).log())), line
            elif kind in ("sum", "max"):
                self.known[index] = self._largest(keys, kind == "sum")
            elif kind == "exp":
                self.known[index] = self._exponential(index, dict(keys[0]))
            else:
                self.known[index] = self._logarithm(dict(keys[0]), kind == "log")
        return self.known[index]

    def _exponential(self, index: int, form: Form) -> Bounds:
        """e^F for one F about a log u with a > 1, or F that is bounded above."""
        found, most = self.bounds(form), self.least(combined({}, form, -1))
        if found is None:
            return None
        low, high = found
        if most is not None:
            return Line(ZERO, arb(0)), Line(ZERO, (-most).exp())
        if self.fast is not None or low.lead != LIMIT + 1 or low.of[LIMIT + 1] != high.of[LIMIT + 1]:
            return None
        power = self._rest(low, -1)
        if not power > 1:
            return None
        self.fast = index, (low, high)
        self.scales[FAST] = (power * self.scales[LIMIT + 1]).exp()
        line = Line(_unit(FAST), arb(0))
        return line, line

    def _largest(self, keys: Sequence[Key], total: bool) -> Bounds:
        """By a part from which every other one stays within a constant."""
        for key in keys:
            leads = [self.least(combined(dict(key), dict(other), -1)) for other in keys if other != key]
            own = self.bounds(dict(key))
            if own is not None and all(lead is not None for lead in leads):
                more = arb(1)
                for lead in leads:
                    more = more + (-lead).exp() if total else more.max((-lead).exp())  # type: ignore[operator]
                return own[0], Line(own[1].of, own[1].constant + more.log())
        return None

    def _logarithm(self, form: Form, two: bool) -> Bounds:
        """log log(2 + e^F), or log F."""
        found = self.bounds(form)
        if found is None:
            return None
        (low, high), most = found, self.least(combined({}, form, -1))
        j = low.lead
        if most is not None:  # F is at most -most
            if not two and not (self._least(low) or arb(0)) > 0:
                return None
            bottom = arb(2).log() if two else self._least(low)
            top = (2 + (-most).exp()).log() if two else -most
            return Line(ZERO, bottom.log()), Line(ZERO, top.log())  # type: ignore[union-attr]
        if j >= SCALES - 1 or high.lead != j or low.of[j] != high.of[j] or low.of[j] <= 0:
            return None
        below, above, least = self._rest(low, -1), self._rest(high, 1), self._least(low)
        if least is None or not below > 0:
            return None
        if two:  # log(2 + e^F) <= F + 2 e^-F
            above = above + 2 * (-least).exp() / self.scales[j]
        own = Line(_unit(j + 1), arb(0))
        bottom_line, top_line = self.fast[1] if j == FAST and self.fast else (own, own)
        return Line(bottom_line.of, bottom_line.constant + below.log()), Line(
            top_line.of, top_line.constant + above.log())  # fmt: skip


def _unit(place: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(int(i == place)) for i in range(SCALES))


def lasting(forms: Forms, key: Key, strict: bool, start: int) -> bool | None:
    """Whether the form is >= 0 (> 0) at every k from `start` on (True), at none of them, or neither is sure."""
    tail = Tail(forms, start)
    if tail.holds(key, strict):
        return True
    return False if tail.holds(key_of(combined({}, dict(key), -1)), not strict) else None
