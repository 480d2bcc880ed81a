"""Trees become rational functions exactly, and nothing undefined is lost on the way."""

from fractions import Fraction
from random import Random
from typing import Any

import pytest

from theorycheck.kernel import Rejected
from theorycheck.kernel.polynomial import Polynomial, add, constant, multiply, rational
from theorycheck.kernel.tree import plain, record, sequence, substitute, word

X = {(("x", 1),): Fraction(1)}


def value(polynomial: Polynomial, point: dict[str, Fraction]) -> Fraction:
    total = Fraction(0)
    for monomial, coefficient in polynomial.items():
        for symbol, power in monomial:
            coefficient *= point[symbol] ** power
        total += coefficient
    return total


def direct(tree: Any, point: dict[str, Fraction]) -> Fraction:
    """The slow twin; ZeroDivisionError where the tree is undefined."""
    if not isinstance(tree, list):
        return point[tree] if tree in point else Fraction(tree)
    if tree[0] == "^":
        return direct(tree[1], point) ** tree[2]
    x = [direct(part, point) for part in tree[1:]]
    if tree[0] == "-" and len(x) == 1:
        return -x[0]
    total = x[0]
    for y in x[1:]:
        total = {"+": total + y, "-": total - y, "*": total * y}[tree[0]] if tree[0] != "/" else total / y
    return total


def random_tree(random: Random, depth: int) -> Any:
    if depth == 0 or random.random() < 0.2:
        return random.choice(["x", "y", 0, 1, -2, "1/3", "-5/2"])
    operator = random.choice(["+", "*", "-", "-1", "/", "^"])
    if operator == "^":
        return ["^", random_tree(random, depth - 1), random.choice([-2, -1, 0, 1, 2, 3])]
    count = {"-1": 1, "/": 2, "-": 2}.get(operator, random.choice([1, 2, 3]))
    return [operator.rstrip("1"), *(random_tree(random, depth - 1) for _ in range(count))]


def test_agrees_with_direct_evaluation_and_its_denominator_marks_every_undefined_point() -> None:
    random, compared, undefined = Random(1), 0, 0
    for _ in range(3000):
        tree = random_tree(random, 3)
        point = {name: Fraction(random.choice([-2, -1, 0, 0, 1, 2])) for name in ("x", "y")}
        try:
            top, bottom = rational(tree)
        except Rejected:
            continue
        try:
            wanted = direct(tree, point)
        except ZeroDivisionError:
            assert value(bottom, point) == 0
            undefined += 1
            continue
        assert value(bottom, point) != 0
        assert value(top, point) / value(bottom, point) == wanted
        compared += 1
    assert compared > 1500
    assert undefined > 100


@pytest.mark.parametrize("tree", [["/", 1, ["/", 1, "x"]], ["*", 0, ["/", 1, "x"]], ["-", ["/", 1, "x"], ["/", 1, "x"]],
                                  ["^", ["/", 1, "x"], -1], ["/", "x", "x"]])  # fmt: skip
def test_cancelled_denominators_stay(tree: Any) -> None:
    assert value(rational(tree)[1], {"x": Fraction(0)}) == 0


@pytest.mark.parametrize(
    "tree",
    [1.5, True, None, "1.5", "1/0", "1/", "--1", "x y", "exp", [], ["x"], ["^", "x"], ["^", "x", "1/2"],
     ["^", "x", "y"], ["^", "x", 101],
     ["^", ["/", 1, "x"], 0], ["/", 1, 0], ["/", 1, ["-", "x", "x"]], ["exp", "x"], ["%", "x", 1],
     ["-", 1, 2, 3], ["+"], ["/", 1, 2, 3], [["+"], 1], {"x": 1}, "x" * 101, "9" * 2001, "é"],
)  # fmt: skip
def test_refused_trees(tree: Any) -> None:
    with pytest.raises(Rejected):
        rational(tree)


def test_size_limits() -> None:
    wide = {((f"x{i}", 1),): Fraction(1) for i in range(500)}
    with pytest.raises(Rejected, match="exceeds"):
        multiply(wide, wide)
    with pytest.raises(Rejected, match="degree"):
        multiply({(("x", 300),): Fraction(1)}, {(("x", 101),): Fraction(1)})


def test_zero_coefficients_vanish() -> None:
    assert add(X, X, -1) == {} == constant(0)
    assert multiply(add(X, constant(1)), add(X, constant(-1))) == {(("x", 2),): 1, (): -1}


@pytest.mark.parametrize("data", [1.0, float("nan"), [float("inf")], {"x": 0.5}, {1, 2}, object(), b"x"])
def test_only_json_without_floats_is_read(data: Any) -> None:
    with pytest.raises(Rejected):
        plain(data)


def test_huge_integers_are_refused() -> None:
    with pytest.raises(Rejected):
        plain([10**5000])


def test_depth_and_length_are_bounded() -> None:
    deep: Any = 1
    for _ in range(70):
        deep = ["-", deep]
    with pytest.raises(Rejected, match="levels"):
        plain(deep)
    for _ in range(100_000):
        deep = ["-", deep]
    with pytest.raises(Rejected):
        plain(deep)
    with pytest.raises(Rejected, match="characters"):
        plain("x" * 10_000_001)


def test_the_copy_is_private() -> None:
    data = {"a": [1]}
    copy = plain(data)
    data["a"].append(2)
    assert copy == {"a": [1]}


def test_objects_lists_and_words() -> None:
    assert record({"a": 1}, {"a"}, {"b"}) == {"a": 1}
    assert record({"c": 1}) == {"c": 1}
    for bad in ({}, {"a": 1, "c": 2}, [], None):
        with pytest.raises(Rejected, match="keys"):
            record(bad, {"a"}, {"b"})
    with pytest.raises(Rejected, match="list of 2"):
        sequence([1], 2)
    with pytest.raises(Rejected, match="list"):
        sequence("x")
    for bad in ("max", "1x", "", "x\n", 1, None, "x-y"):
        with pytest.raises(Rejected, match="name"):
            word(bad)


def test_substitution_is_simultaneous_and_reaches_into_cases() -> None:
    assert substitute(["+", "x", ["*", "y", 2]], {"x": "y", "y": ["-", "x"]}) == ["+", "y", ["*", ["-", "x"], 2]]
    tree = ["piecewise", [[">", "x", 0], "x"], [True, 0]]
    assert substitute(tree, {"x": "z"}) == ["piecewise", [[">", "z", 0], "z"], [True, 0]]
