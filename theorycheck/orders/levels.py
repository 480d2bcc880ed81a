"""Exponents level by level: from the fastest class of powers down, what can be strict is made strict (lexicographic).

A level is an assignment of rationals to quantities and atoms. At the level of a class its heads are positive and those
of slower classes are 0; between two classes lies a gap, for rates in neither. What is strict at one level need not be
looked at on later ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np

Numeric = Mapping[str, Fraction]
Key = tuple[object, ...]
Level = tuple[str, int]  # "gap", "large" or "class", and the class that it stands at or before
_PENALTY, _SETTLED = 1e-6, 1e-7


@dataclass(frozen=True)
class Constraint:
    """A fact at fixed parameters: `form` <= 0 or < 0, or at most a power of class `place`, or every power of it."""

    kind: str
    form: Numeric
    place: int = -1

    def active(self, level: Level) -> bool:
        """Whether a level can still violate it."""
        if self.kind in ("O", "o"):
            return True
        order = {"gap": 0, "large": 1, "class": 2}
        last = (self.place, 0 if self.kind == "poly" else 2)
        return (level[1], order[level[0]]) <= last


@dataclass(frozen=True)
class Failure:
    """No assignment: at which level, or ("strict", ..) where something strict is left over at the end, or ("above", ..)
    where the form of that key does not exceed every power of a class."""

    level: Level
    above: Key = ()


@dataclass(frozen=True)
class Solution:
    """The levels with their vectors over the atoms, those with only zeros left out except at classes."""

    levels: tuple[tuple[Level, dict[str, Fraction]], ...]


def solve(
    atoms: Sequence[str], constraints: Sequence[Constraint], heads: Sequence[Sequence[Numeric]],
    large: Sequence[tuple[int, Numeric, Numeric]], above: Sequence[tuple[int, Numeric, Key]] = (), gaps: bool = True,
) -> Solution | Failure | None:  # fmt: skip
    """A lexicographic solution, where it fails, or None where floats mislead.

    Args:
        atoms: names.
        constraints: what must hold.
        heads: for each class, from the fastest, the forms in it.
        large: (class, form, head) of what exceeds any fixed power of a head of that class.
        above: (class, form, key) of what exceeds every power of that class.
        gaps: whether rates between the classes may be used; without them a failure says nothing.
    """
    open_ones, waiting, rising = list(constraints), list(large), list(above)
    found: list[tuple[Level, dict[str, Fraction]]] = []
    taken: list[Numeric] = []
    sequence: list[Level] = []
    for place in range(len(heads)):
        sequence += [("gap", place), ("large", place), ("class", place)]
    for level in [*sequence, ("gap", len(heads))]:
        kind, place = level
        late = [found for at, _, found in rising if (place, kind != "gap") > (at, False)]
        if late:
            return Failure(("above", place), late[0])
        if kind == "gap" and place < len(heads) and not gaps:
            continue
        own = [form for at, form, _ in waiting if at == place] if kind == "large" else []
        if kind == "large" and not own:
            continue
        zero = [form for members in heads[place + (kind != "gap") :] for form in members]
        if kind == "large":
            zero += [head for at, _, head in waiting if at == place]
        least = [*own, *(form for form in heads[place] if form not in taken)] if kind == "class" else own
        active = [c for c in open_ones if c.active(level)]
        x = _assign(atoms, [c.form for c in active], zero, least)
        if x is None:
            x = _assign(atoms, [c.form for c in active], zero, least, penalty=0.0)
        if x is None:
            return Failure(level)
        if isinstance(x, str):
            return None
        values = {id(c): _at(c.form, x) for c in active}
        open_ones = [c for c in open_ones if not values.get(id(c), Fraction(0)) < 0]
        waiting = [(at, form, head) for at, form, head in waiting if not (_at(form, x) > 0 and at >= place)]
        rising = [(at, form, found) for at, form, found in rising if not _at(form, x) > 0]
        # A head that is a large power of another one has its place already.
        taken = [form for form in heads[place] if _at(form, x) > 0] if kind == "large" else []
        if any(x.values()) or kind == "class":
            found.append((level, x))
    if any(c.kind == "o" for c in open_ones):
        return Failure(("strict", len(heads)))
    return Solution(tuple(found))


def _at(form: Numeric, x: Mapping[str, Fraction]) -> Fraction:
    return sum((c * x[name] for name, c in form.items()), Fraction(0))


def _assign(
    atoms: Sequence[str], forms: Sequence[Numeric], zero: Sequence[Numeric], least: Sequence[Numeric],
    penalty: float = _PENALTY,
) -> dict[str, Fraction] | str | None:  # fmt: skip
    """Values with forms <= 0, as many as possible of them < 0, `zero` forms = 0 and `least` forms > 0, exactly."""
    from scipy.optimize import linprog  # here, because it takes long to import

    n, rows = len(atoms), len(forms)
    index = {name: i for i, name in enumerate(atoms)}
    # Columns: positive part, negative part, then how far each form is below 0, at most 1.
    upper = _matrix([*forms, *({k: -v for k, v in f.items()} for f in least)], index, n, rows)
    equal = _matrix(zero, index, n, rows, slack=False)
    result = linprog(
        [*([penalty] * (2 * n)), *([-1.0] * rows)], A_ub=upper, b_ub=[0.0] * rows + [-1.0] * len(least),
        A_eq=equal if zero else None, b_eq=[0.0] * len(zero) if zero else None,
        bounds=[*([(0, None)] * (2 * n)), *([(0, 1)] * rows)], method="highs-ds",
    )  # fmt: skip
    if result.x is None:
        return None
    point = result.x[:n] - result.x[n : 2 * n]
    tight = [form for form, t in zip(forms, result.x[2 * n :], strict=True) if t <= _SETTLED]
    for size in (12, 1_000, 10**6):
        x = _exact(atoms, [*zero, *tight], point, size)
        if x is not None and _fits(x, forms, tight, least):
            return x
    return "inexact"


def _fits(
    x: Mapping[str, Fraction], forms: Sequence[Numeric], tight: Sequence[Numeric], least: Sequence[Numeric]
) -> bool:
    known = set(map(id, tight))
    return all(_at(f, x) < 0 for f in forms if id(f) not in known) and all(_at(f, x) > 0 for f in least)


def _matrix(
    forms: Sequence[Numeric], index: Mapping[str, int], n: int, rows: int, slack: bool = True
) -> Any:
    """A sparse array, a row a form."""
    from scipy.sparse import csr_array

    entries, places = [], []
    for row, form in enumerate(forms):
        size = float(max(map(abs, form.values()), default=Fraction(1)))
        for name, c in form.items():
            entries += [float(c) / size, -float(c) / size]
            places += [(row, index[name]), (row, n + index[name])]
        if slack and row < rows:
            entries.append(1.0)
            places.append((row, 2 * n + row))
    return csr_array((entries, np.array(places, int).reshape(-1, 2).T), shape=(len(forms), 2 * n + rows))


def _exact(
    atoms: Sequence[str], equations: Sequence[Numeric], point: np.ndarray, size: int
) -> dict[str, Fraction] | None:
    """The exact solution of the equations whose free unknowns are short rationals near the point."""
    near = [Fraction(float(v)).limit_denominator(size) for v in point]
    if not equations:
        return dict(zip(atoms, near, strict=True))
    table = [[form.get(name, Fraction(0)) for name in atoms] for form in equations]
    matrix = flint.fmpq_mat([[flint.fmpq(v.numerator, v.denominator) for v in row] for row in table])
    reduced, rank = matrix.rref()
    found, pivots = list(near), []
    for row in range(rank):
        pivots.append(next(j for j in range(len(atoms)) if reduced[row, j] != 0))
    free = [j for j in range(len(atoms)) if j not in set(pivots)]
    for row, pivot in enumerate(pivots):
        total = Fraction(0)
        for j in free:
            c = reduced[row, j]
            if c != 0:
                total -= Fraction(int(c.p), int(c.q)) * near[j]
        found[pivot] = total
    return dict(zip(atoms, found, strict=True))
