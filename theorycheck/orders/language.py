"""What an order statement is made of: positive quantities and relations between their orders of magnitude."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import sympy


class Kind(StrEnum):
    """How a quantity may depend on the limit variables."""

    LIMIT = "limit"
    CONSTANT = "constant"
    ANY = "any"
    POWER = "power"
    POLYLOG = "polylog"
    POLY = "poly"


KINDS: Mapping[Kind, str] = {
    Kind.LIMIT: "tends to infinity",
    Kind.CONSTANT: "stays between two positive constants",
    Kind.ANY: "may depend on {k} in any way",
    Kind.POWER: "is a fixed power of {k}, up to constants",
    Kind.POLYLOG: "lies between 1/polylog({k}) and polylog({k})",
    Kind.POLY: "lies between 1/poly({k}) and poly({k})",
}


@dataclass(frozen=True)
class Quantity:
    """A positive quantity.

    Args:
        name: an identifier, the paper's symbol spelt out.
        kind: how it depends on the limit variable, out of `Kind`.
        meaning: what it stands for.

    Raises:
        ValueError: for another kind or no identifier.
    """

    name: str
    kind: str = Kind.ANY
    meaning: str = ""

    def __post_init__(self) -> None:
        if self.kind not in tuple(Kind):
            raise ValueError(f"quantity {self.name}: kind {self.kind!r}, allowed: {', '.join(Kind)}")
        if not self.name.isascii() or not self.name.isidentifier():
            raise ValueError(f"{self.name!r} is no identifier")

    def said(self, limit: str) -> str:
        """Its kind in words."""
        return KINDS[Kind(self.kind)].format(k=limit)


class Relation(StrEnum):
    """A relation between a left and a right side."""

    BELOW = "<~"
    ABOVE = ">~"
    EQUAL = "~"
    FAR_BELOW = "<<"
    FAR_ABOVE = ">>"
    BELOW_LOG = "Otilde"
    ABOVE_LOG = "Omegatilde"
    EQUAL_LOG = "Thetatilde"
    BELOW_POLY = "<= poly"
    ABOVE_POLY = ">= poly"
    EQUAL_POLY = "= poly"
    LARGE_POLY = ">= largepoly"
    SMALL_POLY = "<= largepoly"
    BELOW_SUBPOLY = "<= subpoly"
    ABOVE_SUPERPOLY = ">= superpoly"


# With quantifiers in words: {x} and {y} are the sides, {k} the limit variable.
WORDS: Mapping[Relation, str] = {
    Relation.BELOW: "there is a constant C with {x} <= C {y}",
    Relation.ABOVE: "there is a constant c > 0 with {x} >= c {y}",
    Relation.EQUAL: "there are constants c, C > 0 with c {y} <= {x} <= C {y}",
    Relation.FAR_BELOW: "for every c > 0, {x} <= c {y} from some {k} on",
    Relation.FAR_ABOVE: "for every C, {x} >= C {y} from some {k} on",
    Relation.BELOW_LOG: "there are constants C, p with {x} <= C (log {k})^p {y}",
    Relation.ABOVE_LOG: "there are constants c > 0, p with {x} >= c (log {k})^-p {y}",
    Relation.EQUAL_LOG: "there are constants C, p with {y}/(C (log {k})^p) <= {x} <= C (log {k})^p {y}",
    Relation.BELOW_POLY: "there are constants C, p with {x} <= C {k}^p {y}",
    Relation.ABOVE_POLY: "there are constants c > 0, p with {x} >= c {k}^-p {y}",
    Relation.EQUAL_POLY: "there are constants C, p with {y}/(C {k}^p) <= {x} <= C {k}^p {y}",
    Relation.LARGE_POLY: "{x} >= {k}^p {y} up to a constant, for a constant p that the theorem may choose",
    Relation.SMALL_POLY: "{x} <= {k}^-p {y} up to a constant, for a constant p that the theorem may choose",
    Relation.BELOW_SUBPOLY: "for every p > 0 there is a constant C with {x} <= C {k}^p {y}",
    Relation.ABOVE_SUPERPOLY: "for every p there is a constant c > 0 with {x} >= c {k}^p {y}",
}
TEX: Mapping[Relation, str] = {
    Relation.BELOW: r"\lesssim {y}", Relation.ABOVE: r"\gtrsim {y}", Relation.EQUAL: r"\asymp {y}",
    Relation.FAR_BELOW: r"\ll {y}", Relation.FAR_ABOVE: r"\gg {y}", Relation.BELOW_LOG: r"= \tilde O({y})",
    Relation.ABOVE_LOG: r"= \tilde\Omega({y})", Relation.EQUAL_LOG: r"= \tilde\Theta({y})",
    Relation.BELOW_POLY: r"\le \mathrm{{poly}}({k})\,{y}", Relation.ABOVE_POLY: r"\ge {y}/\mathrm{{poly}}({k})",
    Relation.EQUAL_POLY: r"= \mathrm{{poly}}({k})^{{\pm 1}}\,{y}",
    Relation.LARGE_POLY: r"\ge \mathrm{{poly}}_{{\mathrm{{large}}}}({k})\,{y}",
    Relation.SMALL_POLY: r"\le {y}/\mathrm{{poly}}_{{\mathrm{{large}}}}({k})",
    Relation.BELOW_SUBPOLY: r"\le {k}^{{o(1)}}\,{y}", Relation.ABOVE_SUPERPOLY: r"\ge {k}^{{\omega(1)}}\,{y}",
}  # fmt: skip


@dataclass(frozen=True)
class Order:
    """A relation between two positive products, sums, maxima or logarithms of quantities.

    Args:
        relation: which.
        left, right: expressions in bare symbols; constants do not matter.
        base: name of the limit variable that polylog and poly are about; "" for the only one.
        text: as it was written.
    """

    relation: Relation
    left: sympy.Expr
    right: sympy.Expr
    base: str = ""
    text: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Every symbol that occurs."""
        symbols = self.left.free_symbols | self.right.free_symbols
        return frozenset({s.name for s in symbols} | ({self.base} if self.base else set()))

    def words(self, limit: str) -> str:
        """The relation with its quantifiers in words."""
        base, template = self.base or limit or "the limit variable", WORDS[self.relation]
        if self.right == 1:  # "C 1" says no more than "C"
            template = template.replace("{y}/", "1/").replace(" {y}", "")
        return template.format(x=_bracketed(self.left), y=_bracketed(self.right), k=base)

    def tex(self, limit: str) -> str:
        """The relation in LaTeX."""
        base, template = sympy.latex(sympy.Symbol(self.base or limit or "k")), TEX[self.relation]
        if self.right == 1:
            template = template.replace(r"\,{y}", "").replace("{y}/", "1/")
        return f"{sympy.latex(self.left)} {template.format(y=sympy.latex(self.right), k=base)}"


def _bracketed(expression: sympy.Expr) -> str:
    text = str(expression)
    return f"({text})" if isinstance(expression, sympy.Add) or "/" in text else text
