"""From quantities and relations to the kernel's statement: products become sums of exponents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy

from ..domains import Variable
from ..expression import lower
from ..kernel.polynomial import Polynomial, add, multiply, rational
from .language import Kind, Order, Quantity, Relation

Tree = Any
Data = dict[str, Any]
_ONE = Fraction(1)


class OutsideCalculus(ValueError):
    """An expression has no order of magnitude in this calculus; says which and why."""


def tree_of(form: Polynomial) -> Tree:
    """A polynomial as the tree that the kernel reads."""
    terms = []
    for monomial, c in sorted(form.items()):
        powers = [name if power == 1 else ["^", name, power] for name, power in monomial]
        factors = [*([] if c == 1 and powers else [str(c)]), *powers]
        terms.append(factors[0] if len(factors) == 1 else ["*", *factors])
    return terms[0] if len(terms) == 1 else ["+", *terms] if terms else 0


@dataclass
class Lowering:
    """Collects the atoms of a statement while its expressions are read.

    Args:
        quantities: what may occur.
        parameters: real constants, allowed in exponents.
        relations: what is known of the parameters.
    """

    quantities: Sequence[Quantity]
    parameters: Sequence[Variable] = ()
    relations: Iterable[Any] = ()
    logs: dict[str, Tree] = field(default_factory=dict)
    maxima: dict[str, list[Tree]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = {q.name for q in self.quantities}
        self.constants = {v.name: v for v in self.parameters}
        self.limits = [q.name for q in self.quantities if q.kind == Kind.LIMIT]
        self.powers: dict[str, str] = {}

    def form(self, expression: sympy.Expr) -> Polynomial:
        """The exponent form of a positive expression; constant factors vanish.

        Raises:
            OutsideCalculus: for differences, exponentials, undeclared names and the like.
        """
        if isinstance(expression, sympy.Float):
            raise OutsideCalculus(f"{expression} is a float; write an exact rational")
        if expression.is_Rational:
            if expression <= 0:
                raise OutsideCalculus(f"{expression} is not positive")
            return {}
        if isinstance(expression, sympy.Symbol):
            return self._symbol(expression.name)
        if isinstance(expression, sympy.Mul):
            total: Polynomial = {}
            for factor in expression.args:
                total = add(total, self.form(factor))
            return total
        if isinstance(expression, sympy.Pow):
            return multiply(self.form(expression.base), self._exponent(expression.exp))
        if isinstance(expression, sympy.Add | sympy.Max):
            return self._largest([self.form(part) for part in expression.args])
        if isinstance(expression, sympy.Min):
            return add({}, self._largest([add({}, self.form(part), -1) for part in expression.args]), -1)
        if isinstance(expression, sympy.log):
            return self._log(self.form(expression.args[0]))
        raise OutsideCalculus(f"{expression}: {expression.func.__name__} is not in the language of orders")

    def _symbol(self, name: str) -> Polynomial:
        if name in self.names:
            return {((name, 1),): _ONE}
        if name in self.constants:
            domain = self.constants[name].domain
            if domain.low is not None and (domain.low > 0 or (domain.low == 0 and domain.low_open)):
                return {}
            raise OutsideCalculus(f"the constant {name} is a factor but need not be positive")
        raise OutsideCalculus(f"undeclared {name}")

    def _exponent(self, exponent: sympy.Expr) -> Polynomial:
        unknown = {s.name for s in exponent.free_symbols} - set(self.constants)
        if unknown:
            raise OutsideCalculus(f"the exponent {exponent} is no constant: {', '.join(sorted(unknown))}")
        try:
            top, bottom = rational(lower(sympy.expand(exponent)))
        except ValueError as error:
            raise OutsideCalculus(f"the exponent {exponent} is no polynomial in constants ({error})") from None
        if set(bottom) != {()}:
            raise OutsideCalculus(f"the exponent {exponent} is a quotient of constants; raise both sides to a power")
        return top

    def _log(self, inside: Polynomial) -> Polynomial:
        return self._atom(self.logs, tree_of(inside), "log", inside)

    def _largest(self, parts: list[Polynomial]) -> Polynomial:
        distinct = sorted({str(sorted(p.items())): p for p in parts}.items())
        forms = [form for _, form in distinct]
        return forms[0] if len(forms) == 1 else self._atom(self.maxima, [tree_of(f) for f in forms], "max")

    def _atom(self, table: dict[str, Any], definition: Tree, kind: str, inside: Polynomial | None = None) -> Polynomial:
        known = next((name for name, tree in table.items() if tree == definition), None)
        if known is None:
            single = next(iter(inside)) if inside and len(inside) == 1 else ()
            plain = len(single) == 1 and inside is not None and inside[single] == 1
            known = f"{kind}_{single[0][0]}" if plain else f"{kind}_{len(table) + 1}"
            while known in self.names or known in self.constants or known in {*self.logs, *self.maxima}:
                known += "_"
            table[known] = definition
        return {((known, 1),): _ONE}

    def facts(self, order: Order) -> list[list[Tree]]:
        """The kernel's facts of a relation; both must hold where there are two."""
        x = add(self.form(order.left), self.form(order.right), -1)
        up, down = tree_of(x), tree_of(add({}, x, -1))
        relation = order.relation
        if relation in _SIGNS:
            kind, sides = _SIGNS[relation]
            return [[kind, {"up": up, "down": down}[side]] for side in sides]
        base = self.form(sympy.Symbol(self.base(order)))
        over = tree_of(self._log(base) if relation in _LOGS else base)
        if relation is Relation.ABOVE_SUPERPOLY:
            return [["sub", over, up]]
        kind, sides = _CLASSES[relation]
        return [[kind, {"up": up, "down": down}[side], over] for side in sides]

    def base(self, order: Order) -> str:
        """The limit variable that a class of powers is about."""
        if order.base:
            return order.base
        if len(self.limits) != 1:
            raise OutsideCalculus(f'"{order.text}": name the limit variable, e.g. Otilde(x, k); there are '
                                  f"{len(self.limits)}")  # fmt: skip
        return self.limits[0]

    def declared(self, quantity: Quantity) -> list[list[Tree]]:
        """The facts of a quantity's kind."""
        x: Polynomial = {((quantity.name, 1),): _ONE}
        up, down = tree_of(x), tree_of(add({}, x, -1))
        if quantity.kind == Kind.LIMIT:
            return [["o", down]]
        if quantity.kind == Kind.CONSTANT:
            return [["O", up], ["O", down]]
        if quantity.kind == Kind.ANY:
            return []
        base = self.form(sympy.Symbol(self.base(Order(Relation.BELOW, sympy.S.One, sympy.S.One, text=quantity.name))))
        if quantity.kind == Kind.POWER:
            power = f"power_of_{quantity.name}"
            self.powers[power] = quantity.name
            exact = tree_of(add(x, multiply(base, {((power, 1),): _ONE}), -1))
            return [["O", exact], ["O", ["-", exact]]]
        over = tree_of(self._log(base) if quantity.kind == Kind.POLYLOG else base)
        return [["poly", up, over], ["poly", down, over]]

    def ranges(self) -> dict[str, list[Tree]]:
        """What is known of the parameters, as polynomials >= 0 or > 0.

        Raises:
            OutsideCalculus: for a relation that is no inequality or equation between polynomials, or never holds.
        """
        found: dict[str, list[Tree]] = {}
        for relation in self.relations:
            sides = _RANGES.get(getattr(relation, "rel_op", ""))
            if sides is None:
                raise OutsideCalculus(f"{relation}: constants are compared by >=, >, <=, < or ==")
            for sign, factor in sides:
                top = multiply(self._exponent(relation.lhs - relation.rhs), {(): Fraction(factor)})
                if set(top) - {()}:
                    found[f"range_{len(found) + 1}"] = [sign, tree_of(top)]
                elif not (top.get((), 0) > 0 or (sign == ">=" and not top)):
                    raise OutsideCalculus(f"{relation} never holds")
        return found

    def statement(self, hypotheses: Mapping[str, list[Tree]], goal: list[Tree] | None) -> Data:
        """The kernel's statement; every expression has been read by now."""
        return {
            "parameters": sorted([*self.constants, *self.powers]), "ranges": self.ranges(),
            "quantities": sorted(self.names), "logs": dict(self.logs), "maxima": dict(self.maxima),
            "hypotheses": dict(hypotheses), "goal": goal,
        }  # fmt: skip


_SIGNS = {
    Relation.BELOW: ("O", ("up",)), Relation.ABOVE: ("O", ("down",)), Relation.EQUAL: ("O", ("up", "down")),
    Relation.FAR_BELOW: ("o", ("up",)), Relation.FAR_ABOVE: ("o", ("down",)),
}  # fmt: skip
# An inequality between constants as polynomials, lhs - rhs times the factor, that are >= 0 or > 0.
_RANGES = {
    ">=": ((">=", 1),), ">": ((">", 1),), "<=": ((">=", -1),), "<": ((">", -1),), "==": ((">=", 1), (">=", -1)),
}  # fmt: skip
_LOGS = (Relation.BELOW_LOG, Relation.ABOVE_LOG, Relation.EQUAL_LOG)
_CLASSES = {
    Relation.BELOW_LOG: ("poly", ("up",)), Relation.ABOVE_LOG: ("poly", ("down",)),
    Relation.EQUAL_LOG: ("poly", ("up", "down")), Relation.BELOW_POLY: ("poly", ("up",)),
    Relation.ABOVE_POLY: ("poly", ("down",)), Relation.EQUAL_POLY: ("poly", ("up", "down")),
    Relation.LARGE_POLY: ("large", ("up",)), Relation.SMALL_POLY: ("large", ("down",)),
    Relation.BELOW_SUBPOLY: ("sub", ("up",)),
}  # fmt: skip
