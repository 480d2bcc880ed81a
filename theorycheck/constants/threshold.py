"""The least k at which inequalities hold at once, and from which k each holds for good: found and certified by boxes.

Integers are split into boxes until on each every inequality holds or one fails; single integers are decided at higher
precision. Beyond `EXACT` a box is not split below a relative width of 2^-40, so that ends are enclosed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isqrt

from .. import balls
from .forms import Forms
from .margins import BITS, Box, Margin
from .tails import lasting

EXACT, FINE = 2**64, 40
MOST = 20_000
FARTHEST = 10  # how far beyond the bound, as a power of it, a tail is looked for
SHORTEST = 10**9
Judge = Callable[[int, int, Sequence[int]], tuple[bool | None, Sequence[int]]]


@dataclass(frozen=True)
class Ends:
    """An integer between two, or the same twice."""

    low: int
    high: int


@dataclass(frozen=True)
class Scan:
    """What a scan over boxes found: where it first holds, None if nowhere; what then stayed open; the boxes taken."""

    found: Ends | None
    open: tuple[Ends, ...]
    boxes: int


@dataclass(frozen=True)
class Blocked:
    """On all integers of the range the inequality of this number fails."""

    low: int
    high: int
    index: int


@dataclass(frozen=True)
class Least:
    """The least k at which all hold.

    Args:
        found: where, None if nowhere.
        open: integers at which it is not decided; none below `found` unless named here.
        blocked: what fails below it, without gaps but for `open`.
        boxes: how many were looked at.
    """

    found: Ends | None
    open: tuple[Ends, ...]
    blocked: tuple[Blocked, ...]
    boxes: int

    @property
    def none(self) -> bool:
        """Whether it is certain that there is none in the range."""
        return self.found is None and not self.open


@dataclass(frozen=True)
class Course:
    """How one inequality behaves: where it holds first, and from where on for good.

    Args:
        first: the least k at which it holds, None if there is none in the range.
        first_open: whether that was left undecided.
        good: from where on it holds, None if never or not in the range.
        lasting: whether what is said of the end holds for every k beyond: True, False for never, None where only the
            range was looked at.
    """

    first: Ends | None
    first_open: bool
    good: Ends | None
    lasting: bool | None


def scan(low: int, high: int, judge: Judge, pending: Sequence[int], forward: bool = True, most: int = MOST) -> Scan:
    """The first integer from the low end (backwards: from the high end) at which the judge says True.

    Args:
        low, high: the integers looked at.
        judge: of a box, with the numbers that are still to be decided on it: True on all of it, False on all of it, or
            None; and the numbers that are to be decided on its parts.
        pending: the numbers to begin with.
        forward: the direction.
        most: boxes allowed.
    """
    stack = [(low, high, pending)]
    left_open: list[Ends] = []
    boxes = 0
    while stack:
        a, b, todo = stack.pop()
        boxes += 1
        near, far = (a, b) if forward else (b, a)
        truth, todo = judge(a, b, todo)
        if truth is True:
            first = (left_open[0].low if forward else left_open[0].high) if left_open else near
            return Scan(Ends(min(first, near), max(first, near)), (), boxes)
        if truth is False:
            continue
        if boxes >= most:
            rest = [Ends(x, y) for x, y, _ in [(a, b, todo), *stack]]
            return Scan(None, (*left_open, *rest), boxes)
        if a == b or (a > EXACT and b - a <= a >> FINE):
            left_open.append(Ends(a, b))
            if a < b and judge(far, far, todo)[0] is True:
                first = left_open[0].low if forward else left_open[0].high
                return Scan(Ends(min(first, far), max(first, far)), (), boxes)
            continue
        middle = min(max(isqrt(a * b), a), b - 1)
        halves = [(a, middle, todo), (middle + 1, b, todo)]
        stack += halves[::-1] if forward else halves
    return Scan(None, tuple(left_open), boxes)


def least(forms: Forms, margins: Sequence[Margin], low: int, high: int) -> Least:
    """The least k in [low, high] at which every margin holds."""
    blocked: list[Blocked] = []

    def judge(a: int, b: int, todo: Sequence[int]) -> tuple[bool | None, Sequence[int]]:
        box, rest = Box(forms, a, b), []
        for index in todo:
            truth = box.truth(margins[index])
            if truth is False:
                last = blocked[-1] if blocked else None
                if last is not None and last.index == index and last.high == a - 1:
                    blocked[-1] = Blocked(last.low, b, index)
                else:
                    blocked.append(Blocked(a, b, index))
                return False, todo
            if truth is None:
                rest.append(index)
        if blocked and blocked[-1].index in rest:  # what failed last is asked first, so that ranges are long
            rest.sort(key=lambda index: index != blocked[-1].index)
        return (None if rest else True), rest

    with balls.precision(BITS[0]):
        found = scan(low, high, judge, range(len(margins)))
    return Least(found.found, found.open, tuple(blocked), found.boxes)


def course(forms: Forms, margin: Margin, low: int, high: int) -> Course:
    """Where a margin first holds in [low, high], and from where on for good."""
    with balls.precision(BITS[0]):
        first = scan(low, high, lambda a, b, _: (Box(forms, a, b).truth(margin), ()), ())
        end = max(high, SHORTEST)
        ever = lasting(forms, margin.key, margin.strict, end)
        if ever is None:
            end = end**FARTHEST
            ever = lasting(forms, margin.key, margin.strict, end)
        if ever is False:
            return Course(first.found, bool(first.open), None, False)
        if ever is None:
            end = high

        def fails(a: int, b: int, _: Sequence[int]) -> tuple[bool | None, Sequence[int]]:
            truth = Box(forms, a, b).truth(margin)
            return (None if truth is None else not truth), ()

        last = scan(low, end, fails, (), forward=False)
    if last.open or (last.found is not None and last.found.high == end and ever is None):
        return Course(first.found, bool(first.open), None, None)
    good = Ends(low, low) if last.found is None else Ends(last.found.low + 1, last.found.high + 1)
    return Course(first.found, bool(first.open), good, ever)
