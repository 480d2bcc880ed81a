"""Text becomes mathematics only here: a closed grammar over Python's syntax tree, in which nothing is ever run.

Allowed: declared names, integers, decimals and ratios (read exactly: ``0.1`` is 1/10), ``+ - * / ** ( )``, comparisons
(also chained), ``and or not``, and the functions of `FUNCTIONS`.
"""

import ast
from collections.abc import Collection
from fractions import Fraction

import sympy

from .errors import UserError, nearest
from .expression import Phi

FUNCTIONS = {
    "exp": (sympy.exp, 1), "log": (sympy.log, 1), "sqrt": (sympy.sqrt, 1), "abs": (sympy.Abs, 1), "Phi": (Phi, 1),
    "min": (sympy.Min, 2), "max": (sympy.Max, 2),
}  # fmt: skip
MAX_LENGTH, MAX_NODES, MAX_DEPTH, MAX_DIGITS, MAX_EXPONENT = 2_000, 400, 40, 40, 64
_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_COMPARE = {
    ast.GtE: sympy.Ge,
    ast.Gt: sympy.Gt,
    ast.LtE: sympy.Le,
    ast.Lt: sympy.Lt,
    ast.Eq: sympy.Eq,
    ast.NotEq: sympy.Ne,
}


class NotInGrammar(UserError):
    """The text is not an expression of the grammar; says what stands where."""


def parse(text: str, declared: Collection[str], max_exponent: int = MAX_EXPONENT) -> sympy.Basic:
    """The SymPy expression or condition that `text` writes.

    Args:
        text: at most `MAX_LENGTH` characters.
        declared: the names that may occur.
        max_exponent: of numerator and denominator of a numerical exponent.

    Raises:
        NotInGrammar: with the column, what was found and what is allowed.

    >>> parse("x**2 >= 0.5", {"x"})
    x**2 >= 1/2
    >>> parse("x.__class__", {"x"})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    theorycheck.grammar.NotInGrammar: "x.__class__", column 1: Attribute is not in the grammar (...)
    """
    if not isinstance(text, str):
        raise NotInGrammar(f"{text!r} is a {type(text).__name__}, not an expression in quotes")
    if len(text) > MAX_LENGTH:
        raise NotInGrammar(f"an expression of {len(text)} characters (allowed: {MAX_LENGTH})")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise NotInGrammar(f'"{_short(text)}" is not an expression: {getattr(error, "msg", error)}') from None
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise NotInGrammar(f'"{_short(text)}": more than {MAX_NODES} parts')
    try:
        return _Reader(text.strip(), frozenset(declared), max_exponent).read(tree.body, 0)
    except (ValueError, ArithmeticError, TypeError, NotImplementedError, RecursionError, MemoryError) as error:
        # SymPy evaluates constants while it builds an expression; what it cannot build is refused like anything else.
        raise NotInGrammar(f'"{_short(text)}" cannot be read: {type(error).__name__}: {error}') from None


class _Reader:
    def __init__(self, text: str, declared: frozenset[str], max_exponent: int) -> None:
        self.text, self.declared, self.max_exponent = text, declared, max_exponent

    def refuse(self, node: ast.AST, what: str) -> NotInGrammar:
        return NotInGrammar(f'"{_short(self.text)}", column {getattr(node, "col_offset", 0) + 1}: {what}')

    def read(self, node: ast.AST, depth: int) -> sympy.Basic:
        if depth > MAX_DEPTH:
            raise self.refuse(node, f"nested more than {MAX_DEPTH} deep")
        match node:
            case ast.Constant():
                return self.number(node)
            case ast.Name(id=name):
                if name in self.declared:
                    return sympy.Symbol(name)
                raise self.refuse(node, f'unknown name "{name}"; {nearest(name, self.declared)}')
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -self.value(inner, depth)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return sympy.Not(self.condition(inner, depth))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                return self.binary(node, _BINARY[type(op)], self.value(left, depth), self.value(right, depth))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
                function, arity = FUNCTIONS[name]
                if (len(args) != 1) if arity == 1 else (len(args) < arity):
                    raise self.refuse(node, f"{name} takes {'one argument' if arity == 1 else 'two or more arguments'}")
                return self.finite(node, function(*(self.value(argument, depth) for argument in args)))
            case ast.Call():
                allowed = ", ".join(sorted(FUNCTIONS))
                raise self.refuse(
                    node, f"a call of something that is not a function of the grammar (allowed: {allowed})"
                )
            case ast.Compare(left=left, ops=ops, comparators=rights) if all(type(op) in _COMPARE for op in ops):
                terms = [self.value(part, depth) for part in (left, *rights)]
                pairs = zip(ops, terms[:-1], terms[1:], strict=True)
                return sympy.And(*(_COMPARE[type(op)](a, b) for op, a, b in pairs))
            case ast.BoolOp(op=op, values=values):
                join = sympy.And if isinstance(op, ast.And) else sympy.Or
                return join(*(self.condition(part, depth) for part in values))
        raise self.refuse(
            node,
            f"{type(node).__name__} is not in the grammar (allowed: names, numbers, + - * / **, comparisons, and, or)",
        )

    def value(self, node: ast.AST, depth: int) -> sympy.Expr:
        found = self.read(node, depth + 1)
        if not isinstance(found, sympy.Expr):
            raise self.refuse(node, "a condition stands where a number is needed")
        return found

    def condition(self, node: ast.AST, depth: int) -> sympy.Basic:
        found = self.read(node, depth + 1)
        if isinstance(found, sympy.Expr):
            raise self.refuse(node, "a number stands where a condition is needed")
        return found

    def number(self, node: ast.Constant) -> sympy.Rational:
        text = (ast.get_source_segment(self.text, node) or "").replace("_", "")
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self.refuse(node, f"{node.value!r} is no number")
        try:
            if len(text) > MAX_DIGITS or abs(int(text.lower().partition("e")[2] or 0)) > MAX_DIGITS:
                raise self.refuse(node, f"a number of more than {MAX_DIGITS} digits")
            exact = Fraction(text)
        except ValueError:
            raise self.refuse(node, f"{_short(text)} is no decimal number") from None
        return sympy.Rational(exact.numerator, exact.denominator)

    def binary(self, node: ast.AST, operator: str, a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
        most = self.max_exponent
        if operator == "**" and b.is_number and (not b.is_Rational or abs(b.p) > most or b.q > most):
            raise self.refuse(node, f"the exponent {b} (allowed: rationals up to {self.max_exponent})")
        if operator == "**" and a.is_number and not a.is_Rational:
            raise self.refuse(node, f"a power of {a}")
        if (
            operator == "**"
            and a.is_Rational
            and max(abs(a.p), a.q).bit_length() * abs(int(b.p) if b.is_Rational else 1) > 4_096
        ):
            raise self.refuse(node, "a power of more than 4096 bits")
        found = {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b, "**": lambda: a**b}[
            operator
        ]()
        return self.finite(node, found)

    def finite(self, node: ast.AST, found: sympy.Expr) -> sympy.Expr:
        if found.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I):
            raise self.refuse(node, "not a real number")
        for power in found.atoms(sympy.Pow):  # powers of powers and products of powers add up
            if power.exp.is_Rational and max(abs(power.exp.p), power.exp.q) > self.max_exponent:
                raise self.refuse(node, f"the exponent {power.exp} (allowed: rationals up to {self.max_exponent})")
        return found


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
