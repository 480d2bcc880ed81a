"""Values of symbolic exponents to try, and where to cut their ranges."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import islice, product

from ..kernel.polynomial import Polynomial
from ..order_kernel.statement import Bound, Fact

MAX_SAMPLES = 24


def _ends(name: str, ranges: Iterable[Bound]) -> tuple[Fraction | None, Fraction | None]:
    """The largest lower and the least upper bound that a single range states for the parameter."""
    low: Fraction | None = None
    high: Fraction | None = None
    for _, bound in ranges:
        if set(bound) <= {(), ((name, 1),)} and ((name, 1),) in bound:
            slope = bound[((name, 1),)]
            end = -bound.get((), Fraction(0)) / slope
            if slope > 0:
                low = end if low is None else max(low, end)
            else:
                high = end if high is None else min(high, end)
    return low, high


def _candidates(low: Fraction | None, high: Fraction | None) -> list[Fraction]:
    if low is not None and high is not None:
        return [low + (high - low) * Fraction(s) for s in ("1/2", "0", "1", "1/10", "9/10", "1/100", "99/100")]
    if low is None and high is None:
        return [Fraction(x) for x in (1, -1, 0, 2, -2)]
    start, sign = (low, 1) if low is not None else (high, -1)
    assert start is not None
    return [start + sign * Fraction(s) for s in ("1", "0", "1/10", "2", "10")]


def values(
    parameters: Iterable[str], ranges: Mapping[str, Bound], known: Mapping[str, Fraction] | None = None
) -> list[dict[str, Fraction]]:
    """Assignments inside all ranges, likely values first, middles before ends; one, empty, without parameters."""
    names, likely = sorted(parameters), known or {}
    lists = [[*([likely[n]] if n in likely else []), *_candidates(*_ends(n, ranges.values()))] for n in names]
    order = sorted(product(*(range(len(options)) for options in lists)), key=sum)
    found = ({n: options[i] for n, options, i in zip(names, lists, places, strict=True)} for places in order)
    return list(islice((point for point in found if _inside(point, ranges.values())), MAX_SAMPLES))


def _inside(point: Mapping[str, Fraction], ranges: Iterable[Bound]) -> bool:
    for strict, bound in ranges:
        total = Fraction(0)
        for monomial, c in bound.items():
            for name, power in monomial:
                c = c * point[name] ** power
            total += c
        if total < 0 or (strict and total == 0):
            return False
    return True


def powers(hypotheses: Mapping[str, Fact]) -> dict[str, tuple[str, str]]:
    """Parameters that are only the exponents of a quantity x ~ k^a: for each, x and k."""
    found: dict[str, tuple[str, str]] = {}
    for fact in hypotheses.values():
        by_length = sorted(fact.forms[0].items(), key=lambda term: len(term[0]))
        if fact.kind == "O" and [(len(m), c) for m, c in by_length] == [(1, Fraction(1)), (2, Fraction(-1))]:
            ((x, _),), ((first, _), (second, _)) = by_length[0][0], by_length[1][0]
            for k, a in ((first, second), (second, first)):
                if a == f"power_of_{x}":
                    found[a] = (x, k)
    return found


def split_of(parameters: Iterable[str], ranges: Mapping[str, Bound]) -> Polynomial | None:
    """A polynomial whose sign cuts the range of some parameter in two: an unbounded one near its end, else the widest
    in the middle."""
    best: tuple[Fraction, str, Fraction] | None = None
    for name in sorted(parameters):
        low, high = _ends(name, ranges.values())
        width = Fraction(10**6) if low is None or high is None else high - low
        if low is not None:
            cut = low + 1 if high is None else (low + high) / 2
        else:
            cut = Fraction(0) if high is None else high - 1
        if width > 0 and (best is None or width > best[0]):
            best = (width, name, cut)
    if best is None:
        return None
    return {((best[1], 1),): Fraction(1), **({(): -best[2]} if best[2] else {})}
