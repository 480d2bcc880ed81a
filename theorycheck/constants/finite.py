"""Order relations at finite sizes: given constants and powers, each becomes inequalities left <= right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import sympy
from sympy.core.relational import Relational

from ..orders.language import Kind, Order, Relation
from ..orders.lowering import OutsideCalculus

R = Relation
_SIDES = {  # the class, and which of x <= f y and y <= f x it says
    R.BELOW: ("constant", "x"), R.ABOVE: ("constant", "y"), R.EQUAL: ("constant", "xy"), R.FAR_BELOW: ("much", "x"),
    R.FAR_ABOVE: ("much", "y"), R.BELOW_LOG: ("polylog", "x"), R.ABOVE_LOG: ("polylog", "y"),
    R.EQUAL_LOG: ("polylog", "xy"), R.BELOW_POLY: ("poly", "x"), R.ABOVE_POLY: ("poly", "y"),
    R.EQUAL_POLY: ("poly", "xy"), R.LARGE_POLY: ("large", "y"), R.SMALL_POLY: ("large", "x"),
    R.BELOW_SUBPOLY: ("subpoly", "x"), R.ABOVE_SUPERPOLY: ("superpoly", "y"),
}  # fmt: skip

_KINDS = {
    Kind.CONSTANT: (R.EQUAL, "is a constant"), Kind.LIMIT: (R.FAR_ABOVE, "tends to infinity"),
    Kind.POLYLOG: (R.EQUAL_LOG, "= polylog({k})"), Kind.POLY: (R.EQUAL_POLY, "= poly({k})"),
}  # fmt: skip


@dataclass(frozen=True)
class Choices:
    """What the words of the order language mean at finite sizes.

    Args:
        constant: C; x <~ y means x <= C y, x ~ y that also y <= C x.
        much: M, a number or an expression in the limit variable; x << y means M x <= y.
        bounded: a quantity of kind constant lies in [1/bounded, bounded].
        polylog, poly: polylog(k) is at most (log k)^polylog, poly(k) at most k^poly; k^o(1) is k^(1/poly) and
            superpolynomial k^poly.
        large: a large polynomial is k^large where no proof says which power suffices.
    """

    constant: Fraction = Fraction(10)
    much: sympy.Expr = sympy.Integer(10)
    bounded: Fraction = Fraction(100)
    polylog: Fraction = Fraction(3)
    poly: Fraction = Fraction(10)
    large: Fraction = Fraction(10)

    def factor(self, name: str, base: sympy.Symbol, power: sympy.Expr | None = None) -> sympy.Expr:
        """f in x <= f y."""
        if name == "polylog":
            return sympy.log(base) ** _number(self.polylog)
        if name == "large":
            return base ** (-_number(self.large) if power is None else -power)
        exponents = {"poly": self.poly, "superpoly": -self.poly, "subpoly": 1 / self.poly}
        if name in exponents:
            return base ** _number(exponents[name])
        return 1 / self.much if name == "much" else _number(self.bounded if name == "bounded" else self.constant)


@dataclass(frozen=True)
class Inequality:
    """left <= right, or left < right.

    Args:
        said: the relation that it comes from.
        left, right: positive expressions.
        strict: whether equality does not do.
        plain: whether log is the plain logarithm, as in effective claims.
        growth: what a ray must satisfy for it to hold from some k on.
    """

    said: str
    left: sympy.Expr
    right: sympy.Expr
    strict: bool = False
    plain: bool = False
    growth: tuple[Order, ...] = ()

    @property
    def text(self) -> str:
        """The inequality."""
        return f"{self.left} {'<' if self.strict else '<='} {self.right}"


def of_order(found: Order, limit: str, choices: Choices, power: sympy.Expr | None = None) -> list[Inequality]:
    """The inequalities of an order relation.

    Args:
        found: the relation.
        limit: the limit variable of polylog and poly where the relation names none.
        choices: the constants.
        power: of a large polynomial, if a proof says it.
    """
    name, sides = _SIDES[found.relation]
    return _pair(found.text, (found.left, found.right), name, sides, found.base or limit, choices, power, found)


def order_of_kind(name: str, kind: str, limit: str) -> Order | None:
    """A quantity's kind as a relation; none for any function of the limit variable and for its powers."""
    if Kind(kind) not in _KINDS:
        return None
    relation, words = _KINDS[Kind(kind)]
    return Order(relation, sympy.Symbol(name), sympy.S.One, limit, f"{name} {words.format(k=limit)}")


def of_kind(name: str, kind: str, limit: str, choices: Choices) -> list[Inequality]:
    """The inequalities of a quantity's kind; a limit variable with a size must be large."""
    order = order_of_kind(name, kind, limit)
    if order is None:
        return []
    label, sides = ("bounded", "xy") if kind == Kind.CONSTANT else _SIDES[order.relation]
    return _pair(order.text, (order.left, order.right), label, sides, limit, choices, None, order)


def _pair(
    said: str, xy: tuple[sympy.Expr, sympy.Expr], name: str, sides: str, base: str, choices: Choices,
    power: sympy.Expr | None, order: Order,
) -> list[Inequality]:  # fmt: skip
    factor = choices.factor(name, sympy.Symbol(base), power)
    made = []
    for side in sides:
        left, right = xy if side == "x" else xy[::-1]
        if name == "much":
            left, right = left * choices.much, right
            grows = [Order(R.FAR_BELOW, *(xy if side == "x" else xy[::-1]), text=said)]
        else:
            right, grows = right * factor, [order] if name in ("subpoly", "superpoly") else []
        if factor.free_symbols or name != "much":
            grows.append(Order(R.BELOW, left, right, text=said))
        made.append(Inequality(said, left, right, growth=tuple(grows)))
    return made


def of_relation(relation: Relational, values: Mapping[str, Fraction]) -> list[Inequality]:
    """The inequalities of an effective relation between positive names; none where it holds for want of a term.

    Raises:
        OutsideCalculus: for a relation that is no inequality or equation, or that nothing positive can satisfy.
    """
    said = str(relation)
    if not isinstance(relation, sympy.Ge | sympy.Gt | sympy.Le | sympy.Lt | sympy.Eq):
        raise OutsideCalculus(f"{said} is no inequality")
    sides = (relation.lhs, relation.rhs) if isinstance(relation, sympy.Le | sympy.Lt) else (relation.rhs, relation.lhs)
    difference = (sides[1] - sides[0]).xreplace(numbers_of(values))
    low, high = _split(difference)
    if low == 0 and not isinstance(relation, sympy.Eq):
        if high == 0 and isinstance(relation, sympy.Gt | sympy.Lt):
            raise OutsideCalculus(f"{said} is false")
        return []
    if 0 in (low, high):
        raise OutsideCalculus(f"{said} has a side that is not positive")
    strict = isinstance(relation, sympy.Gt | sympy.Lt)
    found = [Inequality(said, low, high, strict, plain=True)]
    return [*found, Inequality(said, high, low, plain=True)] if isinstance(relation, sympy.Eq) else found


def _split(difference: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    """Minus the negative terms, and the positive ones."""
    terms = sympy.Add.make_args(sympy.expand_mul(difference))
    negative = [term for term in terms if term.as_coeff_Mul()[0] < 0]
    return -sympy.Add(*negative), sympy.Add(*(term for term in terms if term not in negative))


def numbers_of(values: Mapping[str, Fraction]) -> dict[sympy.Symbol, sympy.Rational]:
    """What the names are replaced by."""
    return {sympy.Symbol(name): _number(value) for name, value in values.items()}


def with_values(found: Order, values: Mapping[str, Fraction]) -> Order:
    """The relation with numbers for its symbolic constants."""
    numbers = numbers_of(values)
    return Order(found.relation, found.left.xreplace(numbers), found.right.xreplace(numbers), found.base, found.text)


def distinct(found: Sequence[tuple[str, Inequality]]) -> list[tuple[list[str], Inequality]]:
    """Inequalities with the claims that have them; those that say the same are one."""
    merged: dict[tuple[sympy.Expr, sympy.Expr, bool, bool], tuple[list[str], Inequality]] = {}
    for claim, inequality in found:
        key = (inequality.left, inequality.right, inequality.strict, inequality.plain)
        owners = merged.setdefault(key, ([], inequality))[0]
        if claim not in owners:
            owners.append(claim)
    return list(merged.values())


def _number(value: Fraction) -> sympy.Rational:
    return sympy.Rational(value.numerator, value.denominator)
