"""Thousands of damaged certificates: whatever the kernel still accepts must still be true.

The oracle shares no code with the kernel: it puts rationals into the theorem's hypotheses and conclusions (exponentials
by mpmath at 60 digits, with a margin), and lets systems run on a grid of states.
"""

import copy
import json
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import mpmath
import pytest

from theorycheck.kernel import Rejected, Theorem, check

from .certificates import ALL

MARGIN = Fraction(1, 10**40)
GRID = [Fraction(x) for x in ("-2", "-1", "-1/2", "0", "1/3", "1", "2")]
WORDS = [">=", ">", "=", "+", "-", "*", "/", "^", "<", "combination", "cancel", "cases", "induction", "exp", "log", "x"]


def paths(data: Any, prefix: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield prefix
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from paths(value, (*prefix, key))


def damage(data: dict[str, Any], random: Random) -> dict[str, Any]:
    """A copy with one entry changed, dropped, repeated, moved or added."""
    data = copy.deepcopy(data)
    everywhere = list(paths(data))[1:]
    path = random.choice(everywhere)
    parent: Any = data
    for key in path[:-1]:
        parent = parent[key]
    value, last, kind = parent[path[-1]], path[-1], random.randrange(7)
    if kind == 0:
        del parent[last]
    elif kind == 1 and isinstance(parent, list):
        parent.insert(last, copy.deepcopy(value))
    elif kind == 2:
        source: Any = data
        for key in random.choice(everywhere):
            source = source[key]
        parent[last] = copy.deepcopy(source)
    elif kind == 3 and isinstance(value, dict):
        value["unknown"] = 1
    elif kind == 4 and isinstance(value, list) and len(value) > 1:
        i, j = random.sample(range(len(value)), 2)
        value[i], value[j] = value[j], value[i]
    elif isinstance(value, int):
        parent[last] = random.choice([value + 1, value - 1, -value, float(value), 0, f"{value}/1", True])
    elif isinstance(value, str):
        parent[last] = random.choice([*WORDS, *data.get("symbols", []), value + "0", value.upper(), 1, 0, -1])
    else:
        parent[last] = random.choice([[], {}, None, 0, 1, "x"])
    return data


def number(tree: Any, point: dict[str, Fraction]) -> Fraction:
    if not isinstance(tree, list):
        return point[tree] if tree in point else Fraction(tree)
    if tree[0] == "^":
        return number(tree[1], point) ** int(Fraction(tree[2]))
    x = [number(part, point) for part in tree[1:]]
    if tree[0] == "-" and len(x) == 1:
        return -x[0]
    total = x[0]
    for y in x[1:]:
        if tree[0] == "/":
            total /= y
        else:
            total = total + y if tree[0] == "+" else total - y if tree[0] == "-" else total * y
    return total


def holds(fact: Any, point: dict[str, Fraction], slack: Fraction) -> bool:
    relation, tree = fact
    try:
        x = number(tree, point)
    except ZeroDivisionError:
        return False
    if relation == "=":
        return abs(x) <= slack
    return x >= -slack if relation == ">=" or slack else x > 0


def with_atoms(theorem: Theorem, point: dict[str, Fraction]) -> dict[str, Fraction]:
    point = dict(point)
    for name, (_, argument) in theorem.atoms.items():
        with mpmath.workdps(60):
            x = number(argument, point)
            value = mpmath.exp(mpmath.mpf(x.numerator) / x.denominator)
            point[name] = Fraction(int(mpmath.floor(value * mpmath.mpf(10) ** 50)), 10**50)
    return point


def points(theorem: Theorem, random: Random) -> Iterator[dict[str, Fraction]]:
    """Symbols at random, the states of the systems at what random runs reach."""
    hidden = {name for run in theorem.systems.values() for name in (*run.state.values(), *run.inputs)}
    for _ in range(60):
        point = {name: random.choice(GRID) for name in theorem.symbols if name not in hidden}
        for run in theorem.systems.values():
            point.update({x: number(tree, point) for x, tree in run.start.items()})
            for _ in range(random.randrange(4)):
                local = [*run.state.values(), *run.inputs]
                moves = [
                    {**point, **dict(zip(local, values, strict=True))} for values in product(GRID, repeat=len(local))
                ]
                moves = [move for move in moves if any(all(holds(fact, move, Fraction(0)) for fact in facts.values())
                                                       for facts in run.transitions.values())]  # fmt: skip
                if moves:
                    move = random.choice(moves)
                    point.update({x: move[y] for x, y in run.state.items()})
        yield with_atoms(theorem, point)


def survive(name: str, trials: int) -> None:
    random, original = Random(name), json.loads(json.dumps(ALL[name]()))
    accepted, tested = 0, 0
    for _ in range(trials):
        data = damage(original, random)
        try:
            theorem = check(data)
        except Rejected:
            continue
        accepted += 1
        slack = MARGIN if theorem.atoms else Fraction(0)
        for point in points(theorem, random):
            if all(holds(fact, point, Fraction(0)) for fact in theorem.hypotheses.values()):
                tested += 1
                for fact in theorem.conclusions.values():
                    assert holds(fact, point, slack), (theorem, point)
    assert accepted <= trials / 4, "nearly every damage must be noticed"
    assert tested >= 100


@pytest.mark.parametrize("name", ALL)
def test_whatever_is_still_accepted_is_still_true(name: str) -> None:
    survive(name, 700)


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_after_many_damages(name: str) -> None:
    survive(name, 20_000)
