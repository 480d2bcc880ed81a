"""The search for combinations: exact results, and honest failure."""

from fractions import Fraction
from typing import Any

import pytest
from sympy import Symbol, symbols

from theorycheck.expression import lower
from theorycheck.farkas import Column, NotFound, combine, factors, monomials, products, quotient
from theorycheck.kernel.polynomial import Polynomial, constant, multiply, rational

x, y = symbols("x y")


def polynomial(expression: Any) -> Polynomial:
    return rational(lower(expression))[0]


def test_polynomial_tools() -> None:
    assert quotient(polynomial(x**2 - y**2), polynomial(x - y)) == polynomial(x + y)
    assert quotient(polynomial(x**2 + y**2), polynomial(x - y)) is None
    known = {"x": polynomial(x), "s": polynomial(x + y)}
    assert factors(polynomial(3 * (x + y) ** 2 * x), known) == ["x", "s", "s"]
    assert factors(polynomial(x * y), known) is None
    assert len(monomials(["x", "y"], 3)) == 10


def test_combinations_are_exact() -> None:
    columns = products({"x": (polynomial(x), True, 2), "y": (polynomial(y), False, 1)}, 3, [polynomial(x - y)])
    assert len(columns) == 2 * 6
    goal = polynomial(x**2 + y**2 / 3 + x * y / 7 - 2 * x * y / 3 + 1)
    found = combine(goal, True, columns)
    total: Polynomial = {}
    for column, weight in found:
        assert weight > 0
        for monomial, value in multiply(column.polynomial, constant(weight)).items():
            total[monomial] = total.get(monomial, Fraction(0)) + value
    assert {monomial: value for monomial, value in total.items() if value} == goal
    with pytest.raises(NotFound, match="monomial"):
        combine(polynomial(x**9), False, columns)
    with pytest.raises(NotFound, match="no solution"):
        combine(polynomial(-x), False, columns)
    with pytest.raises(NotFound, match="weak"):
        combine(polynomial(y), True, [Column(polynomial(y), ("y",)), Column(polynomial(x), ("x",), strict=True)])
    assert combine({}, False, []) == []


def test_too_many_products_are_named() -> None:
    with pytest.raises(NotFound, match="lower the degree"):
        products({f"x{i}": (polynomial(Symbol(f"x{i}")), False, 9) for i in range(12)}, 9, [])
