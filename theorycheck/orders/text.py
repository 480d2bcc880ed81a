"""Order relations as text, read by the closed grammar; nothing is ever run."""

import re
from collections.abc import Collection

import sympy

from ..grammar import FUNCTIONS, NotInGrammar, parse
from .language import Order, Relation

_RELATION = re.compile(r"<~|>~|<<|>>|<=|>=|~|=")
_LANDAU = {
    "O": Relation.BELOW, "Omega": Relation.ABOVE, "Theta": Relation.EQUAL, "o": Relation.FAR_BELOW,
    "omega": Relation.FAR_ABOVE, "Otilde": Relation.BELOW_LOG, "Omegatilde": Relation.ABOVE_LOG,
    "Thetatilde": Relation.EQUAL_LOG,
}  # fmt: skip
_TILDE = (Relation.BELOW_LOG, Relation.ABOVE_LOG, Relation.EQUAL_LOG)
_PLAIN = {r.value: r for r in (Relation.BELOW, Relation.ABOVE, Relation.EQUAL, Relation.FAR_BELOW, Relation.FAR_ABOVE)}
# x OP y CLASS(k): what holds with the class above the fraction bar, and below it.
_CLASSES = {
    ("<=", "polylog"): (Relation.BELOW_LOG, None), (">=", "polylog"): (None, Relation.ABOVE_LOG),
    ("=", "polylog"): (Relation.EQUAL_LOG, Relation.EQUAL_LOG),
    ("<=", "poly"): (Relation.BELOW_POLY, None), (">=", "poly"): (None, Relation.ABOVE_POLY),
    ("=", "poly"): (Relation.EQUAL_POLY, Relation.EQUAL_POLY),
    (">=", "largepoly"): (Relation.LARGE_POLY, None), ("<=", "largepoly"): (None, Relation.SMALL_POLY),
    ("<=", "subpoly"): (Relation.BELOW_SUBPOLY, None), (">=", "superpoly"): (Relation.ABOVE_SUPERPOLY, None),
}  # fmt: skip
_CLASS = re.compile(r"\b(polylog|poly|largepoly|subpoly|superpoly)\(\s*([A-Za-z][A-Za-z0-9_]*)\s*\)")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HOLE = "class_of_powers"
MAX_EXPONENT = 100_000
ALLOWED = "<~ >~ ~ << >>, = O(..) Omega Theta o omega Otilde Omegatilde Thetatilde, <= >= = with polylog(k) or poly(k)"


def order(text: str, declared: Collection[str] | None = None) -> Order:
    """The order relation that `text` writes.

    Args:
        text: a relation; what may stand in it is said in the module's tables.
        declared: the names that may occur; by default any.

    Raises:
        NotInGrammar: with what is wrong and what is allowed.

    >>> order("x = Otilde(sqrt(d)/k)").relation, order("m <= polylog(k)").right
    (<Relation.BELOW_LOG: 'Otilde'>, 1)
    >>> order("x < y")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    theorycheck.grammar.NotInGrammar: "x < y": no order relation (allowed: ...)
    """
    if not isinstance(text, str) or len(text) > 2_000:
        raise NotInGrammar("an order relation is a text of at most 2000 characters")
    found = list(_RELATION.finditer(text))
    if len(found) != 1:
        reason = "no order relation" if not found else "more than one relation"
        raise NotInGrammar(f'"{text[:60]}": {reason} (allowed: {ALLOWED})')
    sign, left, right = found[0].group(), text[: found[0].start()], text[found[0].end() :].strip()
    names = set(_WORD.findall(text)) - set(FUNCTIONS) - set(_LANDAU) if declared is None else set(declared)
    if _HOLE in names:
        raise NotInGrammar(f'"{text[:60]}": {_HOLE} stands for a class of powers here; take another name')
    x = _side(left, names)
    if sign in _PLAIN:
        return Order(_PLAIN[sign], x, _side(right, names), text=text.strip())
    landau = re.fullmatch(r"([A-Za-z]+)\((.*)\)", right, re.S)
    if sign == "=" and landau and landau[1] in _LANDAU:
        relation, (inside, base) = _LANDAU[landau[1]], _split(landau[2])
        if base and (relation not in _TILDE or base not in names):
            raise NotInGrammar(f'"{text[:60]}": {landau[1]} takes one argument, or for the tilde forms also a name')
        return Order(relation, x, _side(inside, names), base, text.strip())
    return _class(text.strip(), sign, x, right, names)


def _class(text: str, sign: str, x: sympy.Expr, right: str, names: set[str]) -> Order:
    classes = list(_CLASS.finditer(right))
    if len(classes) != 1 or (sign, classes[0][1]) not in _CLASSES or classes[0][2] not in names:
        raise NotInGrammar(f'"{text[:60]}": {sign} needs a class of powers of a quantity (allowed: {ALLOWED})')
    rest = _side(_CLASS.sub(_HOLE, right), names | {_HOLE})
    hole = sympy.Symbol(_HOLE)
    above, below = _CLASSES[sign, classes[0][1]]
    for relation, y in ((above, rest / hole), (below, rest * hole)):
        if not y.has(hole) and relation is not None:
            return Order(relation, x, y, classes[0][2], text)
    raise NotInGrammar(f'"{text[:60]}": {sign} does not go with this place of {classes[0][0]}')


def _split(inside: str) -> tuple[str, str]:
    """An argument and, after a last comma outside brackets, a name."""
    head, comma, tail = inside.rpartition(",")
    return (head, tail.strip()) if comma and _WORD.fullmatch(tail.strip()) and head.count("(") == head.count(
        ")") else (inside, "")  # fmt: skip


def _side(text: str, names: Collection[str]) -> sympy.Expr:
    found = parse(text, names, MAX_EXPONENT)
    if not isinstance(found, sympy.Expr):
        raise NotInGrammar(f'"{text[:60]}" is a condition where an order of magnitude is needed')
    return found
