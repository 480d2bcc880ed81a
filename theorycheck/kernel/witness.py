"""Counterexamples, put again into the statement and into every hypothesis."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .interval import Interval, Undefined, points, truth_of, value_of
from .tree import number, plain, record, reject, sequence, table

BITS, MAX_STEPS = 192, 100_000


@dataclass(frozen=True)
class Replay:
    """The truth of each hypothesis and of the statement: True, False, or None for undecided."""

    hypotheses: list[tuple[Any, bool | None]]
    statement: bool | None

    @property
    def confirmed(self) -> bool:
        """Whether the witness refutes the claim."""
        return self.statement is False and all(truth is True for _, truth in self.hypotheses)


def replay(witness: Any) -> Replay:
    """Evaluate a witness of kind "point" or "trajectory". Raises `Rejected` if it is malformed."""
    data = table(plain(witness))
    kind = data.get("kind")
    if kind not in ("point", "trajectory"):
        reject(f"kind {kind!r:.40}: the kernel replays 'point' and 'trajectory'; a 'run' is repeated by its simulation")
    keys = {"schema_version", "kind", "paper", "claim", "values", "hypotheses", "statement"}
    record(data, keys | {"recursion"} if kind == "trajectory" else keys)
    if repr(data["schema_version"]) != "1" or not isinstance(data["paper"], str) or not isinstance(data["claim"], str):
        reject("schema_version 1 and the names of the paper and the claim are needed")
    values, along = points(table(data["values"])), []
    conditions = [*sequence(data["hypotheses"]), data["statement"]]
    try:
        if kind == "trajectory":
            values, along = _iterate(data["recursion"], values)
        truths = [(condition, truth_of(condition, values, BITS)) for condition in conditions]
    except Undefined:
        truths = [(condition, None) for condition in conditions]
    return Replay(along + truths[:-1], truths[-1][1])


def _iterate(
    recursion: Any, parameters: dict[str, Interval]
) -> tuple[dict[str, Interval], list[tuple[Any, bool | None]]]:
    """The values at the end, and the truth of each condition "along" over all steps."""
    record(recursion, {"state", "update", "inputs", "steps"}, {"along"})
    start, inputs, steps = table(recursion["state"]), table(recursion["inputs"]), recursion["steps"]
    update, conditions = record(recursion["update"], start), sequence(recursion.get("along", []))
    if type(steps) is not int or not 0 <= steps <= MAX_STEPS:
        reject(f"steps {steps!r:.40}: an integer from 0 to {MAX_STEPS} is needed")
    names = [*parameters, *inputs, *start, *(x + "_0" for x in start), *(x + "_next" for x in start)]
    if len(set(names)) < len(names):
        reject("a name of the recursion is used twice; x_0 and x_next belong to the state x")
    series = {name: [points({name: x})[name] for x in sequence(inputs[name], steps)] for name in inputs}
    state = {x: value_of(tree, parameters, BITS) for x, tree in start.items()}
    fixed = {**parameters, **{x + "_0": value for x, value in state.items()}}
    points(dict.fromkeys([*start, *inputs], Fraction(0)))
    truths: list[set[bool | None]] = [set() for _ in conditions]
    for t in range(steps):
        now: Mapping[str, Interval] = {**fixed, **state, **{name: series[name][t] for name in inputs}}
        state = {x: value_of(tree, now, BITS) for x, tree in update.items()}
        now = {**now, **{x + "_next": value for x, value in state.items()}}
        for seen, condition in zip(truths, conditions, strict=True):
            seen.add(truth_of(condition, now, BITS))
    found = [False if False in seen else None if None in seen else True for seen in truths]
    return {**fixed, **state}, list(zip(conditions, found, strict=True))
