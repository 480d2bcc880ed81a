"""Lemma 5.2 as algebra: the ascent on one feature, what it leaves of the patch, the increment; with certificates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy
from hypothesis import strategies as st
from sympy import And, Eq, Ge, Gt, Le, Lt, Piecewise, symbols
from sympy.logic.boolalg import Boolean

from theorycheck.claim import Part

from .notation import derivative, within

if TYPE_CHECKING:
    from theorycheck.prover import Proof

k, n_p, a, rho, eta, ascent, epsilon = symbols("k n_p a rho eta eta_tilde epsilon")
A, c, Q, gap, g = symbols("A c Q gap g")
# By name, what certificates assume of the symbols.
RANGES = {"k": Ge(k, 2), "n_p": Ge(n_p, 1), "a": Gt(a, 0), "rho": Gt(rho, 0), "eta": Gt(eta, 0),
          "eta_tilde": Ge(ascent, 0), "epsilon": Gt(epsilon, 0), "Q": Ge(Q, 0), "gap": Ge(gap, 0)}  # fmt: skip

Relation = tuple[Any, Any, Any]


def h(q: int) -> sympy.Expr:
    """The relative move of one feature before clipping: eta~ a^(q-2) sum_s (A_s)_+^q / rho^(q-1); Q is the sum."""
    return ascent * a ** (q - 2) * Q / rho ** (q - 1)


def move(q: int) -> sympy.Expr:
    """eta~ sum_s s'(a A_s) A_s on the polynomial part."""
    return ascent * a ** (q - 1) * Q / rho ** (q - 1)


def clip(x: sympy.Expr) -> sympy.Piecewise:
    """clip(x, -epsilon, epsilon)."""
    return Piecewise((-epsilon, Lt(x, -epsilon)), (x, Le(x, epsilon)), (epsilon, True))


def clip_places(x: sympy.Expr) -> dict[str, tuple[Boolean, ...]]:
    """The three places of x, by the definition's own conditions; every number is at exactly one."""
    (_, low), (_, high), _ = clip(x).args
    return {"below": (low,), "inside": (~low, high), "above": (~low, ~high)}


def increment(q: int) -> sympy.Expr:
    """What a step adds to A where the patch is a (1 - c) u: (eta/k)(1 - logit) n_p a (1-c) s'(a (1-c) A)."""
    return eta / k * gap * n_p * a * (1 - c) * derivative(q, a * (1 - c) * A)


def formula(q: int) -> sympy.Expr:
    """Lemma 5.2: (eta/k)(1 - logit) n_p a^q (1-c)_+^q A^(q-1) / rho^(q-1)."""
    return eta / k * gap * n_p * a**q * Piecewise((0, Ge(c, 1)), ((1 - c) ** q, True)) * A ** (q - 1) / rho ** (q - 1)


def as_printed(q: int) -> sympy.Expr:
    """The same without the positive part."""
    return eta / k * gap * n_p * a**q * (1 - c) ** q * A ** (q - 1) / rho ** (q - 1)


def turned(q: int) -> sympy.Expr:
    """For A < 0 and c > 1: -(eta/k)(1 - logit) n_p a^q (c-1)^q |A|^(q-1) / rho^(q-1)."""
    return -eta / k * gap * n_p * a**q * (c - 1) ** q * (-A) ** (q - 1) / rho ** (q - 1)


@dataclass(frozen=True)
class Piece:
    """A part of an algebraic statement, with what its proof uses.

    Args:
        name, tex: as shown.
        relations: Ge, Gt, Le or Eq with both sides: SymPy must not evaluate them too early.
        given, point: of the part.
        using: the facts that the proof of an inequality combines: names in `RANGES`, or given0, given1, ...
        degree: the most of them in a product.
    """

    name: str
    tex: str
    relations: tuple[Relation, ...]
    given: tuple[Boolean, ...] = ()
    point: Mapping[str, Any] = field(default_factory=dict)
    using: tuple[str, ...] = ()
    degree: int = 2

    @property
    def part(self) -> Part:
        """The part of a claim."""
        relation = And(*(kind(left, right, evaluate=False) for kind, left, right in self.relations))
        return Part(self.name, relation, tex=self.tex, given=self.given, point=self.point)

    def certificate(self) -> dict[str, Any]:
        """The proof, by the formulas of the branches that apply."""
        proof = self._assuming()
        shown = [f"fact{i}" for i in range(len(self.relations))]
        for name, (kind, left, right) in zip(shown, self.relations, strict=True):
            relation = kind(self._settled(left), self._settled(right), evaluate=False)
            # The equations hold by themselves once the branches are settled.
            proof.show(name, relation, () if kind is Eq else self.using, degree=self.degree)
        return dict(proof.certificate(shown))

    def _assuming(self) -> "Proof":
        """A proof that assumes the ranges of the symbols at hand, and what is given."""
        from theorycheck.prover import Proof

        expressions = (*self.given, *(sympy.Integer(0) + side for _, *sides in self.relations for side in sides))
        symbols_here = set().union(*(expression.free_symbols for expression in expressions))
        proof = Proof(sorted(symbols_here, key=str))
        ranges = {name: relation for name, relation in RANGES.items() if relation.free_symbols <= symbols_here}
        for name, relation in (*ranges.items(), *((f"given{i}", relation) for i, relation in enumerate(self.given))):
            proof.assume(name, relation)
        if k in symbols_here:
            proof.show("k_0", Gt(k, 0), ["k"], degree=1)
        return proof

    def _settled(self, expression: Any) -> Any:
        known = {sympy.true, *self.given, *(relation.reversed for relation in self.given)}

        def branch(piecewise: Piecewise) -> Any:
            return next(value for value, condition in piecewise.args if condition in known)

        return (sympy.Integer(0) + expression).replace(lambda e: isinstance(e, Piecewise), branch)


def summands(q: int) -> Iterator[Piece]:
    """s'(a A_s) A_s, the summand of the ascent, on both pieces."""
    z = a * A
    power = a ** (q - 1) * Piecewise((0, Le(z, 0)), (A, True)) ** q / rho ** (q - 1)
    for place, value in (("zero", "-1"), ("polynomial", "1/4")):
        yield Piece(f"summand, q = {q}, {place}",
                    rf"s'(\alpha A_s)A_s=\alpha^{{{q - 1}}}(A_s)_+^{q}/\varrho^{{{q - 1}}}",
                    ((Eq, derivative(q, z) * A, power),), within(place, z), {"A": value})  # fmt: skip


def strengths(q: int) -> Iterator[Piece]:
    """a - clip(eta~ sum) = a (1 - c) with c = min(epsilon/a, h): where it is not clipped, and where it is."""
    x, places, left = move(q), clip_places(move(q)), a - clip(move(q))
    yield Piece(f"ascent not negative, q = {q}", r"\tilde\eta\sum_s s'(\alpha A_s)A_s\ge 0", ((Ge, x, 0),),
                using=("eta_tilde", "a", "Q"), degree=q + 1)  # fmt: skip
    yield Piece(f"not clipped, q = {q}", r"c\le\varepsilon/\alpha:\ \tilde\alpha=\alpha(1-c)",
                ((Eq, left, a * (1 - h(q))), (Le, h(q), epsilon / a)), places["inside"], {"Q": "1/100"},
                ("given1",))  # fmt: skip
    yield Piece(f"clipped, q = {q}", r"c=\varepsilon/\alpha:\ \tilde\alpha=\alpha-\varepsilon",
                ((Eq, left, a * (1 - epsilon / a)), (Ge, h(q), epsilon / a)), places["above"], {"Q": 1000},
                ("given1",))  # fmt: skip


def learning(q: int) -> Iterator[Piece]:
    """The increment, by the signs of A and 1 - c; together all states with both pre-activations at most rho."""
    zero, inside = (within(piece, a * (1 - c) * A) for piece in ("zero", "polynomial"))
    one = rf"\tfrac\eta k(1-\mathrm{{logit}}_i)\,n\,\alpha^{q}(1-c)_+^{q}A^{{{q - 1}}}/\varrho^{{{q - 1}}}"
    other = rf"-\tfrac\eta k(1-\mathrm{{logit}}_i)\,n\,\alpha^{q}(c-1)^{q}|A|^{{{q - 1}}}/\varrho^{{{q - 1}}}"
    own = ((Eq, increment(q), formula(q)),)
    yield Piece(f"learning, q = {q}", rf"A>0,\ c<1:\ A^+-A={one}", own, (Gt(A, 0), Lt(c, 1), *inside))
    yield Piece(f"stopped, q = {q}", r"A>0,\ c\ge1:\ A^+-A=0", own, (Gt(A, 0), Ge(c, 1), *zero), {"c": 2})
    yield Piece(f"negative, q = {q}", r"A\le0,\ c\le1:\ A^+-A=0", ((Eq, increment(q), 0),),
                (Le(A, 0), Le(c, 1), *zero), {"A": -1})  # fmt: skip
    yield Piece(f"negative, c > 1, q = {q}", rf"A<0,\ c>1:\ A^+-A={other}", ((Eq, increment(q), turned(q)),),
                (Lt(A, 0), Gt(c, 1), *inside), {"A": "-1/4", "c": 2})  # fmt: skip


def signs() -> Iterator[Piece]:
    """Which piece of s' a (1-c) A lies on, by the signs of A and 1 - c, so that the pieces above are all there are."""
    z, using = a * (1 - c) * A, ("given0", "given1", "a")
    yield Piece("sign, learning", r"A>0,\ 0\le c<1:\ 0<\alpha(1-c)A\le\alpha A", ((Gt, z, 0), (Le, z, a * A)),
                (Gt(A, 0), Lt(c, 1), Ge(c, 0)), using=(*using, "given2"), degree=3)  # fmt: skip
    yield Piece("sign, stopped", r"A>0,\ c\ge1:\ \alpha(1-c)A\le0", ((Le, z, 0),), (Gt(A, 0), Ge(c, 1)), {"c": 2},
                using, 3)  # fmt: skip
    yield Piece("sign, negative", r"A\le0,\ c\le1:\ \alpha(1-c)A\le0", ((Le, z, 0),), (Le(A, 0), Le(c, 1)), {"A": -1},
                using, 3)  # fmt: skip
    yield Piece("sign, negative, c > 1", r"A<0,\ c>1:\ \alpha(1-c)A>0", ((Gt, z, 0),), (Lt(A, 0), Gt(c, 1)),
                {"A": -1, "c": 2}, using, 3)  # fmt: skip


def clipping() -> Iterator[Piece]:
    """|clip(g)| <= epsilon and clip(g)^2 <= g clip(g): never past the radius, never downhill, never too far."""
    points = {"below": -3, "inside": "1/2", "above": 3}
    for place, given in clip_places(g).items():
        x = clip(g)
        yield Piece(f"clip, {place}", r"|\mathrm{clip}(g)|\le\varepsilon,\ \mathrm{clip}(g)^2\le g\,\mathrm{clip}(g)",
                    ((Ge, x, -epsilon), (Le, x, epsilon), (Ge, x * (g - x), 0)), given, {"g": points[place]},
                    ("epsilon", *(f"given{i}" for i in range(len(given)))))  # fmt: skip


def drawn(q: int) -> st.SearchStrategy[dict[str, Fraction]]:
    """States of either sign of A and 1 - c, all pre-activations at most rho, and moves on either side of the radius."""
    small = Fraction(1, 12)
    share = st.integers(0, 12).map(lambda twelfths: twelfths * small)

    def values(u: list[Fraction], classes: int, patches: int, up: bool, past: bool) -> dict[str, Fraction]:
        strength, radius, step = 2 * u[0] + small, u[1] + small, 20 * u[2] + small
        at, shrunk = (u[3] + small) * (1 if up else -1), 1 + u[4] if past else u[4]
        knee = strength * abs(at) * max(Fraction(1), abs(1 - shrunk)) * (1 + u[5])
        total = 2 * u[6] * radius * knee ** (q - 1) / (step * strength ** (q - 1))
        return {"k": Fraction(classes), "n_p": Fraction(patches), "a": strength, "rho": knee, "eta": u[7] + small,
                "eta_tilde": step, "epsilon": radius, "A": at, "c": shrunk, "Q": total, "gap": u[8],
                "g": radius * (6 * u[6] - 3)}  # fmt: skip

    nine = st.lists(share, min_size=9, max_size=9)
    return st.builds(values, nine, st.integers(2, 6), st.integers(1, 50), st.booleans(), st.booleans())
