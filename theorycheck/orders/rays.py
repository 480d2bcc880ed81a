"""From a lexicographic solution to explicit growth rates that the kernel re-checks."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from .levels import Level, Solution

Vector = list[Fraction]


def ray(
    solution: Solution, quantities: Sequence[str], logs: Mapping[int, str], parameters: Mapping[str, Fraction],
    statement: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """The witness, without the names of paper and claim.

    Args:
        solution: vectors by level.
        quantities: whose rates are wanted.
        logs: for a class, an atom that is the logarithm of what is in it.
        parameters: values of the constants.
        statement: what it is about.
    """
    levels = list(solution.levels) or [(("gap", 0), dict.fromkeys(quantities, Fraction(0)))]
    if levels[-1][0][0] == "class" and levels[-1][0][1] in logs:
        levels.append((("gap", levels[-1][0][1] + 1), {}))
    atoms = {*quantities, *logs.values()}
    columns = {name: [vector.get(name, Fraction(0)) for _, vector in levels] for name in atoms}
    known = {
        i: columns[logs[place]] for i, ((kind, place), _) in enumerate(levels) if kind == "class" and place in logs
    }
    return {
        "schema_version": 1, "kind": "ray", "paper": "", "claim": "", "statement": dict(statement),
        "parameters": {name: str(value) for name, value in sorted(parameters.items())},
        "generators": _generators([level for level, _ in levels], known),
        "values": {name: list(map(str, columns[name])) for name in sorted(quantities)},
    }  # fmt: skip


def _generators(levels: Sequence[Level], known: Mapping[int, Vector]) -> list[Any]:
    """Logarithms of the generators; those that no atom fixes are put between their neighbours'."""
    n = len(levels)
    plain = [i for i in range(n) if levels[i][0] != "large"]
    logs: dict[int, Vector | None] = {plain[-1]: None}
    below: Vector = [Fraction(0)] * n
    for position in range(len(plain) - 2, -1, -1):
        i, after = plain[position], plain[position + 1]
        if i in known:
            logs[i] = below = list(known[i])
            continue
        above = next((known[j] for j in reversed(plain[:position]) if j in known), None)
        if above is not None and not any(above[: i + 1]):
            value = [(a + b) / 2 for a, b in zip(above, below, strict=True)]
        else:  # faster than the next one's logarithm, slower than what holds g_i or a faster one
            value = list(below)
            value[after] += 1
        logs[i] = below = value
    return ["large" if i not in logs else _text(logs[i]) for i in range(n)]


def _text(vector: Vector | None) -> list[str] | None:
    return None if vector is None else list(map(str, vector))
