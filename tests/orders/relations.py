"""Order relations as trees of tuples: written as text for the calculus, evaluated in a model for the oracle.

Expressions: a name, a whole number > 0, ``("*", x, ..)``, ``("^", x, e)`` with an exponent {constant: coefficient, "":
number}, ``("+", ..)``, ``("max", ..)``, ``("min", ..)``, ``("log", x)``. Relations: (left, operator, right).
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from .models import Model, Value, holds, larger, plus

Expression = Any
Relation = tuple[Expression, str, Expression]
Exponent = Mapping[str, Fraction]
SIGNS = {"<~": ("O", 1), ">~": ("O", -1), "<<": ("o", 1), ">>": ("o", -1)}
CLASSES = ("Otilde", "Omegatilde", "Thetatilde", "<= poly", ">= poly", "= poly", "subpoly", "superpoly", "largepoly")


def to(base: Expression, exponent: Any) -> Expression:
    """base ** exponent; the exponent a number or {constant: coefficient}."""
    return ("^", base, exponent if isinstance(exponent, dict) else {"": Fraction(str(exponent))})


def text(x: Expression) -> str:
    if not isinstance(x, tuple):
        return str(x)
    if x[0] == "^":
        terms = [f"({c})" if name == "" else f"({c})*{name}" for name, c in x[2].items()]
        return f"({text(x[1])})**({' + '.join(terms)})"
    if x[0] in ("*", "+"):
        return "(" + f" {x[0]} ".join(map(text, x[1:])) + ")"
    return f"{x[0]}({', '.join(map(text, x[1:]))})"


def written(relation: Relation, base: str = "k") -> str:
    left, operator, right = relation
    x, y = text(left), text(right)
    if operator in ("Otilde", "Omegatilde", "Thetatilde"):
        return f"{x} = {operator}({y}, {base})"
    if operator in ("<= poly", ">= poly", "= poly"):
        return f"{x} {operator.split()[0]} {y} {'/' if operator[0] == '>' else '*'} poly({base})"
    if operator in ("subpoly", "superpoly", "largepoly"):
        return f"{x} {'<=' if operator == 'subpoly' else '>='} {y} * {operator}({base})"
    return f"{x} {operator} {y}"


def value(x: Expression, model: Model) -> Value:
    if isinstance(x, int):
        return {}
    if isinstance(x, str):
        return model.values[x]
    if x[0] == "^":
        exponent = sum((c * (model.parameters[name] if name else 1) for name, c in x[2].items()), Fraction(0))
        return plus((value(x[1], model), exponent))
    parts = [value(part, model) for part in x[1:]]
    if x[0] == "log":
        return model.scale.log(parts[0])
    if x[0] == "*":
        return plus(*((part, 1) for part in parts))
    flip = -1 if x[0] == "min" else 1
    best = plus((parts[0], flip))
    for part in parts[1:]:
        best = larger(best, plus((part, flip)))
    return plus((best, flip))


def true(relation: Relation, models: Sequence[Model], base: str = "k") -> bool:
    """Whether the relation holds along the interleaved sequences, by its definition."""
    left, operator, right = relation
    up = [plus((value(left, m), 1), (value(right, m), -1)) for m in models]
    down = [plus((x, -1)) for x in up]
    if operator == "~":
        return holds("O", [(x,) for x in up]) and holds("O", [(x,) for x in down])
    if operator in SIGNS:
        kind, side = SIGNS[operator]
        return holds(kind, [(x,) for x in (up if side > 0 else down)])
    tilde = "tilde" in operator
    over = [value(("log", base) if tilde else base, m) for m in models]
    if operator == "superpoly":
        return holds("sub", list(zip(over, up, strict=True)))
    kind = {"subpoly": "sub", "largepoly": "large"}.get(operator, "poly")
    sides = {"Otilde": [up], "<= poly": [up], "Omegatilde": [down], ">= poly": [down]}.get(operator, [up])
    if operator in ("Thetatilde", "= poly"):
        sides = [up, down]
    return all(holds(kind, list(zip(side, over, strict=True))) for side in sides)
