"""Counterexamples, put again into the statement and into every hypothesis."""

from dataclasses import dataclass
from typing import Any

from .interval import Interval, Undefined, points, truth_of, value_of
from .tree import plain, record, reject, sequence

BITS, MAX_STEPS = 192, 100_000


@dataclass(frozen=True)
class Replay:
    """The truth of each hypothesis and of the statement: True, False, or None for undecided."""

    hypotheses: list[tuple[Any, bool | None]]
    statement: bool | None

    @property
    def confirmed(self) -> bool:
        return self.statement is False and all(truth is True for _, truth in self.hypotheses)


def replay(witness: Any) -> Replay:
    """Evaluate a witness of kind "point" or "trajectory". Raises `Rejected` if it is malformed."""
    data = record(plain(witness))
    if data.get("kind") not in ("point", "trajectory"):
        reject("the kernel replays witnesses of kind 'point' and 'trajectory'; a 'run' is repeated by its simulation")
    recursion = {"recursion"} if data["kind"] == "trajectory" else set[str]()
    record(data, {"schema_version", "kind", "paper", "claim", "values", "hypotheses", "statement"} | recursion)
    if repr(data["schema_version"]) != "1" or {type(data["paper"]), type(data["claim"])} != {str}:
        reject("schema_version 1 and the names of the paper and the claim are needed")
    values, conditions = points(record(data["values"])), [*sequence(data["hypotheses"]), data["statement"]]
    try:
        values = iterate(data["recursion"], values) if recursion else values
        truths = [truth_of(condition, values, BITS) for condition in conditions]
    except Undefined:
        truths = [None for _ in conditions]
    return Replay(list(zip(conditions[:-1], truths, strict=False)), truths[-1])


def iterate(recursion: Any, parameters: dict[str, Interval]) -> dict[str, Interval]:
    """Parameters, first state (x_0) and last state (x) of a recursion; per-step conditions enter as states with min."""
    record(recursion, {"state", "update", "inputs", "steps"})
    start, inputs, steps = record(recursion["state"]), record(recursion["inputs"]), recursion["steps"]
    names = [*parameters, *inputs, *start, *(f"{x}_0" for x in start)]
    if len(points(dict.fromkeys(names, 0))) < len(names):
        reject("a name of the recursion is used twice; x_0 belongs to the state x")
    if type(steps) is not int or not 0 <= steps <= MAX_STEPS:
        reject(f"steps {steps!r:.40}: an integer from 0 to {MAX_STEPS} is needed")
    columns = [sequence(given, steps) for given in inputs.values()]
    state = {x: value_of(tree, parameters, BITS) for x, tree in start.items()}
    fixed = {**parameters, **{f"{x}_0": value for x, value in state.items()}}
    for t in range(steps):
        now = {**fixed, **state, **points({name: column[t] for name, column in zip(inputs, columns, strict=True)})}
        state = {x: value_of(tree, now, BITS) for x, tree in record(recursion["update"], start).items()}
    return {**fixed, **state}
