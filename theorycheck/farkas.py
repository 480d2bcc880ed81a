"""Nonnegative combinations of products of known polynomials: found in floats, solved exactly, trusted by nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import flint
import numpy as np
import sympy

from .expression import lower
from .kernel.polynomial import Polynomial, constant, multiply, rational

MAX_COLUMNS = 20_000
Monomial = tuple[tuple[str, int], ...]
_TOLERANCES = (1e-9, 1e-7, 1e-11, 1e-5)


class NotFound(ValueError):
    """No certificate of the shape asked for was found; the statement may be true all the same."""


@dataclass(frozen=True)
class Column:
    """A product of inequalities (times squares), or a monomial multiple of an equation, that may enter a sum.

    `facts` and `squares` name the factors; `multiplier` is None for a product and the monomial for an equation.
    """

    polynomial: Polynomial
    facts: tuple[str, ...]
    squares: tuple[int, ...] = ()
    multiplier: Polynomial | None = None
    strict: bool = False


def expression_of(polynomial: Polynomial) -> sympy.Expr:
    """The SymPy polynomial of a kernel polynomial."""
    terms = []
    for monomial, x in polynomial.items():
        powers = (sympy.Symbol(name) ** power for name, power in monomial)
        terms.append(sympy.Mul(sympy.Rational(x.numerator, x.denominator), *powers))
    return sympy.Add(*terms)


def quotient(polynomial: Polynomial, factor: Polynomial) -> Polynomial | None:
    """polynomial / factor if that is a polynomial, else None."""
    found, rest = sympy.div(expression_of(polynomial), expression_of(factor), domain="QQ")
    return rational(lower(sympy.expand(found)))[0] if rest == 0 else None


def factors(polynomial: Polynomial, known: Mapping[str, Polynomial]) -> list[str] | None:
    """Names of known polynomials, repeated for powers, whose product is a constant times `polynomial`, else None."""
    if set(polynomial) == {()}:
        return []
    for name, factor in known.items():
        rest = quotient(polynomial, factor)
        if rest is not None and (names := factors(rest, known)) is not None:
            return [name, *names]
    return None


def monomials(symbols: Sequence[str], degree: int) -> list[Polynomial]:
    """All monomials up to the degree."""
    variables: list[Polynomial] = [{((name, 1),): Fraction(1)} for name in symbols]
    level, found = [constant(1)], [constant(1)]
    for _ in range(degree):
        longer = [multiply(p, variable) for p in level for variable in variables]
        level = list({tuple(p): p for p in longer}.values())
        found += level
    return found


def products(
    factors: Mapping[str, tuple[Polynomial, bool, int]], degree: int, squares: Sequence[Polynomial]
) -> list[Column]:
    """All products of at most `degree` factors, each at most its cap often, alone and times each square.

    `factors` maps a fact's name to its polynomial, whether it is strict, and the cap on its power.
    """
    names = list(factors)

    def grow(start: int, chosen: tuple[str, ...], product: Polynomial, strict: bool) -> Iterator[Column]:
        yield Column(product, chosen, strict=strict)
        for index, square in enumerate(squares):
            yield Column(multiply(product, multiply(square, square)), chosen, (index,))
        if len(chosen) == degree:
            return
        for position in range(start, len(names)):
            polynomial, is_strict, cap = factors[names[position]]
            if chosen.count(names[position]) < cap:
                longer = (*chosen, names[position])
                yield from grow(position, longer, multiply(product, polynomial), strict and is_strict)

    columns = []
    for column in grow(0, (), constant(1), True):
        columns.append(column)
        if len(columns) > MAX_COLUMNS:
            raise NotFound(f"more than {MAX_COLUMNS} products: lower the degree ({degree}) or name fewer facts")
    return columns


def combine(goal: Polynomial, strict: bool, columns: Sequence[Column]) -> list[tuple[Column, Fraction]]:
    """Coefficients, >= 0 on products, with which the columns sum to `goal` exactly.

    With `strict`, some strict product has a positive coefficient. Raises `NotFound` if the linear program has no
    solution or its support has no exact one.
    """
    rows = {monomial: i for i, monomial in enumerate(dict.fromkeys(m for c in columns for m in c.polynomial))}
    if missing := [monomial for monomial in goal if monomial not in rows]:
        raise NotFound(f"no product has the monomial {missing[0]} of the goal: raise the degree or name more facts")
    values, capped = _program(goal, strict, columns, rows)
    for tolerance in _TOLERANCES:
        support = [j for j in range(len(columns)) if abs(values[j]) > tolerance]
        exact = _solve(goal, [columns[j] for j in support], strict and capped)
        if exact is None:
            continue
        found = [(columns[j], x) for j, x in zip(support, exact, strict=True) if x]
        positive = all(x > 0 for column, x in found if column.multiplier is None)
        if positive and (not strict or any(column.strict for column, _ in found)):
            return found
    raise NotFound("a solution in floats has no exact counterpart on its support")


def _program(
    goal: Polynomial, strict: bool, columns: Sequence[Column], rows: Mapping[Monomial, int]
) -> tuple[np.ndarray, bool]:
    """A vertex of the linear program, and whether the total weight of strict products reached its cap of 1."""
    from scipy.optimize import linprog  # here, because they take long to import
    from scipy.sparse import csr_array

    entries, places, weights = [], [], []
    for j, column in enumerate(columns):
        size = max((abs(x) for x in column.polynomial.values()), default=Fraction(1))
        for monomial, x in column.polynomial.items():
            entries.append(float(x / size))
            places.append((rows[monomial], j))
        weights.append(float(size))
    n, m = len(columns), len(rows)
    target = np.zeros(m + 1)
    for monomial, x in goal.items():
        target[rows[monomial]] = float(x)
    for j, column in enumerate(columns):
        if column.strict:
            entries.append(1.0 / weights[j])
            places.append((m, j))
    entries += [-1.0, -1.0]
    places += [(m, n), (m, n + 1)]  # the total strict weight is the capped part and a surplus
    matrix = csr_array((entries, np.array(places).T), shape=(m + 1, n + 2))
    bounds = [(0.0 if column.multiplier is None else None, None) for column in columns]
    # A strict goal wants weight on strict products; any other wants few and short products.
    cost = [0.0 if strict or c.multiplier is not None else 1.0 + len(c.facts) for c in columns]
    cap = (0.0, 1.0) if strict else (0.0, None)
    cost.append(-1.0 if strict else 0.0)
    result = linprog([*cost, 0.0], A_eq=matrix, b_eq=target, bounds=[*bounds, cap, (0.0, None)], method="highs-ds")
    if result.x is None:
        raise NotFound(f"the linear program over {n} products has no solution ({result.message})")
    if strict and result.x[n] <= 1e-9:
        raise NotFound("only the weak inequality has a combination of these products")
    return result.x[:n], bool(result.x[n] > 1 - 1e-6 and result.x[n + 1] < 1e-6)


def _solve(goal: Polynomial, columns: Sequence[Column], capped: bool) -> list[Fraction] | None:
    """An exact solution, free unknowns set to 0, or None. `capped` asks for total strict weight 1."""
    if not columns:
        return None if goal else []
    every = list(dict.fromkeys([*goal, *(m for column in columns for m in column.polynomial)]))
    zero = Fraction(0)
    table = [[*(column.polynomial.get(m, zero) for column in columns), goal.get(m, zero)] for m in every]
    if capped:
        table.append([Fraction(int(column.strict)) for column in columns] + [Fraction(1)])
    matrix = flint.fmpq_mat([[flint.fmpq(x.numerator, x.denominator) for x in row] for row in table])
    reduced, rank = matrix.rref()
    solution, n = [Fraction(0)] * len(columns), len(columns)
    for i in range(rank):
        pivot = next(j for j in range(n + 1) if reduced[i, j] != 0)
        if pivot == n:
            return None
        solution[pivot] = Fraction(int(reduced[i, n].p), int(reduced[i, n].q))
    return solution
