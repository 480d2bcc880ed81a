"""The closed language of expressions: SymPy in, plain trees out.

A tree is what the trusted kernel, the balls and the compiled recursions read: an ``int``, a rational ``"p/q"``, a
symbol's name, or ``[operator, argument, ...]``. Everything outside the language is refused, floats above all.
"""

from collections.abc import Mapping
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, BooleanAtom

Tree = Any  # int | str | bool | list[Tree]; recursive aliases of JSON values help no reader here

Phi = sympy.Function("Phi")  # the standard normal distribution function
_UNARY: dict[Any, str] = {sympy.exp: "exp", sympy.log: "log", sympy.Abs: "abs", Phi: "Phi"}
_NARY: dict[Any, str] = {
    sympy.Add: "+",
    sympy.Mul: "*",
    sympy.Max: "max",
    sympy.Min: "min",
    sympy.And: "and",
    sympy.Or: "or",
}
_RELATIONS: dict[Any, str] = {
    sympy.Ge: ">=",
    sympy.Gt: ">",
    sympy.Le: "<=",
    sympy.Lt: "<",
    sympy.Eq: "=",
    sympy.Ne: "!=",
}


class OutsideLanguage(ValueError):
    """An expression holds something that the closed language does not."""


def lower(expression: sympy.Basic) -> Tree:
    """The tree of a SymPy expression or condition.

    Raises:
        OutsideLanguage: for floats, unknown functions, complex or infinite numbers.

    >>> x = sympy.Symbol("x")
    >>> lower(sympy.Ge(x**2 / 3, sympy.exp(-x)))
    ['>=', ['*', '1/3', ['^', 'x', 2]], ['exp', ['*', -1, 'x']]]
    """
    if isinstance(expression, BooleanAtom):
        return bool(expression)
    if isinstance(expression, sympy.Float):
        raise OutsideLanguage(f"{expression} is a float; write an exact rational")
    if isinstance(expression, sympy.Integer):
        return int(expression)
    if isinstance(expression, sympy.Rational) and expression.is_finite:
        return f"{expression.p}/{expression.q}"
    if expression is sympy.E:
        return ["exp", 1]
    if isinstance(expression, sympy.Symbol):
        return expression.name
    if isinstance(expression, sympy.Pow):
        return ["^", lower(expression.base), lower(expression.exp)]
    if isinstance(expression, sympy.Piecewise):
        return ["piecewise", *([lower(condition), lower(value)] for value, condition in expression.args)]
    if isinstance(expression, sympy.Not):
        return ["not", lower(expression.args[0])]
    head = expression.func
    for table in (_UNARY, _NARY, _RELATIONS):
        if head in table:
            return [table[head], *(lower(argument) for argument in _ordered(expression))]
    raise OutsideLanguage(f"{expression} uses {head.__name__}, which is not in the language of claims")


def _ordered(expression: sympy.Basic) -> tuple[sympy.Basic, ...]:
    """Arguments in an order that does not depend on the hash seed; relations keep theirs."""
    if isinstance(expression, Relational) or len(expression.args) < 2:
        return tuple(expression.args)
    return tuple(sorted(expression.args, key=sympy.default_sort_key))


def condition_trees(relations: tuple[Boolean, ...]) -> list[Tree]:
    """The trees of several conditions."""
    return [lower(relation) for relation in relations]


def names(tree: Tree) -> frozenset[str]:
    """The symbols of a tree.

    >>> sorted(names([">=", ["+", "x", "1/2"], "y"]))
    ['x', 'y']
    """
    if isinstance(tree, str):
        return frozenset({tree} if tree.isidentifier() else ())
    if isinstance(tree, list):
        # The head of a node is its operator; a piecewise branch is a bare pair [condition, value].
        rest = tree[1:] if tree and isinstance(tree[0], str) else tree
        return frozenset().union(*(names(part) for part in rest))
    return frozenset()


def assumed(expression: sympy.Basic, symbols: Mapping[str, sympy.Symbol]) -> sympy.Basic:
    """The expression with its bare symbols replaced by those under assumptions, given by name."""
    return expression.xreplace({s: symbols[s.name] for s in expression.free_symbols if s.name in symbols})
