"""The branch of a piecewise expression is taken only where the hypotheses settle it."""

import pytest

from theorycheck.pieces import resolve

ABS = ["piecewise", [["<=", "x", 0], ["*", -1, "x"]], [True, "x"]]
THREE = ["piecewise", [["<=", "x", 0], 0], [[">=", "r", "x"], "x"], [True, "r"]]


@pytest.mark.parametrize(
    ("tree", "known", "found"),
    [
        (ABS, [["<=", "x", 0]], ["*", -1, "x"]),
        (ABS, [[">=", 0, "x"]], ["*", -1, "x"]),
        (ABS, [[">", "x", 0]], "x"),
        (ABS, [["<", 0, "x"]], "x"),
        (THREE, [[">", "x", 0], ["<=", "x", "r"]], "x"),
        (THREE, [[">", "x", 0], [">", "x", "r"]], "r"),
        (["+", ABS, ["^", ABS, 2]], [[">", "x", 0]], ["+", "x", ["^", "x", 2]]),
        (["piecewise", [["<=", "x", 0], THREE], [True, "x"]], [["<=", "x", 0]], 0),
    ],
)
def test_settled(tree: object, known: list[object], found: object) -> None:
    assert resolve(tree, known) == found


@pytest.mark.parametrize(
    "known",
    [
        [],
        [[">=", "x", 0]],  # x = 0 lies on the first branch
        [["<", "x", 1]],
        [["<=", "y", 0]],
        [["<=", 0, "x"]],
        [["=", "x", 1]],  # no arithmetic is done
        [["or", ["<=", "x", 0], ["<=", "y", 0]]],
        [["not", ["<=", "x", 0]]],
        [False],
        ["x"],
    ],
)
def test_not_settled(known: list[object]) -> None:
    assert resolve(ABS, known) == ABS


def test_a_later_branch_needs_every_earlier_one_excluded() -> None:
    assert resolve(THREE, [["<=", "x", "r"]]) == THREE
    assert resolve(THREE, [[">", "x", "r"]]) == THREE


def test_a_condition_without_an_opposite_is_not_passed_over() -> None:
    tree = ["piecewise", [["=", "x", 0], 1], [True, 2]]
    assert resolve(tree, [["!=", "x", 0]]) == tree
    both = ["piecewise", [["and", ["<=", "x", 0], ["<=", "y", 0]], 1], [True, 2]]
    assert resolve(both, [[">", "x", 0]]) == both
