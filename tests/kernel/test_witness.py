"""A witness is confirmed only if every hypothesis is surely true and the statement surely false."""

import copy
from fractions import Fraction
from typing import Any

import pytest

from theorycheck.kernel import Rejected, replay


def point(**changes: Any) -> dict[str, Any]:
    return {"schema_version": 1, "kind": "point", "paper": "p", "claim": "c", "values": {"x": "1/2", "q": 3},
            "hypotheses": [[">", "x", 0], ["integer", "q"]],
            "statement": [">=", ["^", "x", "q"], "x"], **changes}  # fmt: skip


def race(**changes: Any) -> dict[str, Any]:
    """x' = x + c x^2 from 1 with c = 1/2, 1/3: then x = 9/4, and x >= 3 is false."""
    recursion = {"state": {"x": "a", "low": "a"}, "update": {"x": ["+", "x", ["*", "c", ["^", "x", 2]]],
                 "low": ["min", "low", "c"]}, "inputs": {"c": ["1/2", "1/3"]}, "steps": 2}  # fmt: skip
    return {"schema_version": 1, "kind": "trajectory", "paper": "p", "claim": "c", "values": {"a": 1},
            "hypotheses": [[">", "low", 0], ["=", "x_0", "a"], ["=", "x", "9/4"]], "statement": [">=", "x", 3],
            "recursion": {**recursion, **changes}}  # fmt: skip


def test_a_point_outside_the_statement_and_inside_the_hypotheses_is_confirmed() -> None:
    result = replay(point())
    assert result.confirmed
    assert result.statement is False
    assert [truth for _, truth in result.hypotheses] == [True, True]
    assert result.hypotheses[0][0] == [">", "x", 0]


@pytest.mark.parametrize("changes", [
    {"statement": ["<", ["^", "x", "q"], "x"]},
    {"values": {"x": "-1/2", "q": 3}},
    {"values": {"x": "1/2", "q": "5/2"}},
    {"statement": [">=", ["-", ["exp", "x"], ["exp", "x"]], 0]},
    {"statement": [">", ["/", 1, ["-", "x", "x"]], 0]},
    {"hypotheses": [[">", ["/", 1, ["-", "x", "x"]], 0]]},
    {"hypotheses": [[">=", ["-", ["exp", "x"], ["exp", "x"]], 0]]},
    {"hypotheses": [False]},
])  # fmt: skip
def test_anything_less_is_not_confirmed(changes: Any) -> None:
    assert not replay(point(**changes)).confirmed


def test_a_trajectory_is_iterated_exactly() -> None:
    data = race()
    x = Fraction(1)
    for c in (Fraction(1, 2), Fraction(1, 3)):
        x += c * x**2
    assert x == Fraction(9, 4)
    assert replay(data).confirmed
    data["statement"] = [">=", "x", "9/4"]
    assert not replay(data).confirmed
    data["recursion"]["inputs"]["c"] = ["1/2", "-1/3"]
    result = replay(data)
    assert [truth for _, truth in result.hypotheses] == [False, True, False]


def test_no_steps_leave_the_first_state() -> None:
    data = race(steps=0, inputs={"c": []})
    data["hypotheses"] = [["=", "x", "x_0"]]
    assert replay(data).confirmed


def test_long_trajectories_are_enclosed() -> None:
    """The logistic map, whose exact digits double in every step."""
    data = race(state={"x": "a"}, update={"x": ["*", 3, "x", ["-", 1, "x"]]}, inputs={}, steps=60)
    data["values"], data["hypotheses"], data["statement"] = {"a": "1/3"}, [[">", "x", "1/2"]], [">", "x", "9/10"]
    assert replay(data).confirmed


def test_an_undefined_state_confirms_nothing() -> None:
    data = race(update={"x": ["/", 1, ["-", "x", "x"]], "low": 1})
    result = replay(data)
    assert not result.confirmed
    assert result.statement is None
    assert [truth for _, truth in result.hypotheses] == [None] * 3


@pytest.mark.parametrize("changes", [
    {"kind": "run"}, {"kind": "trajectory"}, {"kind": ["point"]}, {"schema_version": 2}, {"schema_version": True},
    {"paper": 1}, {"claim": ["c"]}, {"values": [1]}, {"values": {"x": 0.5, "q": 3}}, {"values": {"x": "1/2"}},
    {"hypotheses": True},     {"hypotheses": [1]}, {"statement": "x"}, {"extra": 1}, {"recursion": {}},
])  # fmt: skip
def test_malformed_points_are_refused(changes: Any) -> None:
    with pytest.raises(Rejected):
        replay(point(**changes))


@pytest.mark.parametrize("key", ["schema_version", "kind", "paper", "claim", "values", "hypotheses", "statement"])
def test_every_key_is_needed(key: str) -> None:
    data = point()
    del data[key]
    with pytest.raises(Rejected):
        replay(data)


@pytest.mark.parametrize("changes", [
    {"steps": 3}, {"steps": -1}, {"steps": True}, {"steps": "2"}, {"steps": 100_001}, {"inputs": {"c": ["1/2", 0.5]}},
    {"inputs": {"c": "ab"}}, {"inputs": {"a": [1, 2]}}, {"inputs": {"x_0": [1, 2]}}, {"inputs": {"c d": [1, 2]}},
    {"state": {"x": "a"}}, {"state": {"a": 1, "low": 1}}, {"state": {"x": "a", "x_0": 1}}, {"update": {"x": "x"}},
    {"update": {"x": "x", "low": "missing"}}, {"along": []},
])  # fmt: skip
def test_malformed_recursions_are_refused(changes: Any) -> None:
    with pytest.raises(Rejected):
        replay(race(**changes))


def test_a_run_names_who_can_repeat_it() -> None:
    with pytest.raises(Rejected, match="simulation"):
        replay(point(kind="run"))


def test_the_witness_is_not_changed() -> None:
    data = race()
    before = copy.deepcopy(data)
    replay(data)
    assert data == before
