"""Expressions of a theory file: text through the closed grammar, complaints with file, line and key."""

from typing import Any

import sympy
from sympy.logic.boolalg import Boolean, BooleanAtom

from .errors import UserError
from .grammar import parse
from .toml_text import Value

MAX_CONDITIONS = 60


def expression(value: Value, names: list[str]) -> Any:
    """The SymPy expression or condition that the value writes in the declared names."""
    text = value.text()
    try:
        return parse(text, names)
    except UserError as error:
        raise value.refuse(str(error)) from None


def condition(value: Value, names: list[str]) -> Boolean:
    """A condition that SymPy has not decided while building it."""
    found = expression(value, names)
    if not isinstance(found, Boolean) or isinstance(found, sympy.Symbol):
        raise value.refuse(f'"{value.raw[:60]}" is a number (allowed: a condition such as "x >= 0")')
    if isinstance(found, BooleanAtom):
        decided = f"is {str(found).lower()} whatever the variables are: nothing would be left to check"
        raise value.refuse(f'"{value.raw[:60]}" {decided}')
    return found
