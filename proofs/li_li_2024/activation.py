"""Facts on the smoothed ReLU of Section 2.3: each proved on every piece, and across pieces, for any rho > 0."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from typing import Any

import sympy
from hypothesis import strategies as st
from sympy import And, Eq, Ge, Le, Piecewise, Rational
from sympy.logic.boolalg import Boolean

from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Part, Step
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .notation import PIECES, Q, activation, activation_piece, assuming, derivative, rho, w, within, z

SOURCE = Source("Activation", "Section 2.3")
_Z, _W, _R = z.symbol, w.symbol, rho.symbol
_AT: Mapping[str, tuple[str, str]] = {"zero": ("-1/2", "-1/4"), "polynomial": ("1/4", "1/2"), "linear": ("3/2", "2")}


@dataclass(frozen=True)
class Values:
    """s and s' at z and at w, and max(z, 0): as the paper defines them, or by the formulas of two pieces."""

    s: sympy.Expr
    s_w: sympy.Expr
    slope: sympy.Expr
    slope_w: sympy.Expr
    plus: sympy.Expr
    clamp: sympy.Expr


Relation = tuple[Any, sympy.Expr, sympy.Expr]  # Ge, Le or Eq, and both sides: SymPy must not evaluate it too early


@dataclass(frozen=True)
class Fact:
    """A property of s at a point z, or at two points (z <= w if `ordered`).

    Args:
        name, tex: as shown.
        statement: gives its relations for an exponent q.
        two, ordered: whether it is about two points, and in this order.
        pieces: where z may lie.
        same: both points on the same piece only.
        squares: hints for the proof.
    """

    name: str
    tex: str
    statement: Callable[[int, Values], tuple[Relation, ...]]
    two: bool = False
    ordered: bool = True
    pieces: tuple[str, ...] = PIECES
    same: bool = False
    squares: tuple[sympy.Expr, ...] = ()

    def places(self) -> Iterator[tuple[str, str | None]]:
        """Every piece, or pair of pieces, that z (and w) can lie on."""
        for i, here in enumerate(PIECES):
            if here in self.pieces:
                others = [here] if self.same else PIECES[i:]
                yield from ((here, there) for there in (others if self.two else [None]))


def defined(q: int) -> Values:
    """By the definition."""
    plus = Piecewise((0, Le(_Z, 0)), (_Z, True))
    clamp = Piecewise((0, Le(_Z, 0)), (_Z / _R, Le(_Z, _R)), (1, True))
    return Values(activation(q, _Z), activation(q, _W), derivative(q, _Z), derivative(q, _W), plus, clamp)


def on_pieces(q: int, here: str, there: str | None) -> Values:
    """By the formulas of the pieces that z and w lie on."""
    zero, one, other = sympy.S.Zero, sympy.S.One, there or here
    slopes = {"zero": (zero, zero), "polynomial": (_Z / _R, _W / _R), "linear": (one, one)}
    first, second = slopes[here][0], slopes[other][1]
    plus = zero if here == "zero" else _Z
    s, s_w = activation_piece(q, here, _Z), activation_piece(q, other, _W)
    return Values(s, s_w, first ** (q - 1), second ** (q - 1), plus, first)


def given(fact: Fact, here: str, there: str | None) -> dict[str, Boolean]:
    """The hypotheses of a part by name: the pieces of z and w, and their order."""
    facts = {f"z{i}": relation for i, relation in enumerate(within(here, _Z))}
    if there is not None:
        facts |= {f"w{i}": relation for i, relation in enumerate(within(there, _W))}
        facts |= {"order": Le(_Z, _W)} if fact.ordered else {}
    return facts


def part(fact: Fact, q: int, here: str, there: str | None) -> Part:
    """A fact for one q where z and w lie on these pieces, about s as the paper defines it."""
    where = here if there is None else f"{here} to {there}"
    point = {"rho": "1", "z": _AT[here][0], "w": _AT[there or here][1]}
    relation = And(*(kind(left, right, evaluate=False) for kind, left, right in fact.statement(q, defined(q))))
    tex = fact.tex + rf"\quad (q={q},\ \text{{{where}}})"
    return Part(
        f"{fact.name}, q = {q}, {where}", relation, tex=tex, given=tuple(given(fact, here, there).values()), point=point
    )


def certificate(fact: Fact, q: int, here: str, there: str | None) -> dict[str, Any]:
    """The proof of a part, from the formulas of its pieces."""
    from theorycheck.prover import NotFound

    proof = assuming((z, w, rho), {"rho": sympy.Gt(_R, 0), **given(fact, here, there)})
    names = list(proof.scope.facts)
    shown: list[str] = []
    for kind, left, right in fact.statement(q, on_pieces(q, here, there)):
        shown.append(f"fact{len(shown)}")
        for degree in (2, q, q + 1, 2 * q - 1):
            try:
                proof.show(shown[-1], kind(left, right, evaluate=False), names, degree=degree, squares=fact.squares)
                break
            except NotFound:
                if degree == 2 * q - 1:
                    raise
    return proof.certificate(shown)


def drawn(fact: Fact, here: str, there: str | None) -> st.SearchStrategy[dict[str, Fraction]]:
    """Exact points on the pieces, the knots included where they belong to a piece."""
    share = st.fractions(0, 1, max_denominator=60)
    place = {"zero": lambda f: -3 * f, "polynomial": lambda f: 1 - f, "linear": lambda f: 1 + 3 * f + Fraction(1, 1000)}

    def point(scale: Fraction, f: Fraction, g: Fraction) -> dict[str, Fraction]:
        size = scale * 5 + Fraction(1, 100)
        at = [place[here](f) * size, place[there or here](g) * size]
        at = sorted(at) if fact.ordered and there else at
        return {"rho": size, "z": at[0], "w": at[1]}

    return st.builds(point, share, share, share)


def about(
    id: str,
    title: str,
    facts: tuple[Fact, ...],
    derivation: tuple[Step, ...],
    note: str = "",
    exponents: tuple[int, ...] = Q,
) -> Claim:
    """The claim that all these facts hold, with a proof and a search for each part."""
    cases = [(fact, q, here, there) for fact in facts for q in exponents for here, there in fact.places()]
    parts = [part(*case) for case in cases]
    proofs = [Proof(partial(certificate, *case), (p.name,)) for case, p in zip(cases, parts, strict=True)]
    searches = [
        Search((p.name,), partial(drawn, case[0], case[2], case[3]), trials=(10, 40, 400))
        for case, p in zip(cases, parts, strict=True)
    ]
    return Claim(
        id, SOURCE, title, tuple(parts), (*proofs, *searches), (z, w, rho), point={"rho": 1, "z": "1/4", "w": "1/2"},
        expected=Verdict.PROVED, origin="exact", derivation=derivation, note=note,
    )  # fmt: skip


def _lipschitz(q: int, v: Values) -> tuple[Relation, ...]:
    return ((Le, v.slope_w - v.slope, (q - 1) * (_W - _Z) / _R),)


def _taylor(q: int, v: Values) -> tuple[Relation, ...]:
    rest, most = v.s_w - v.s - v.slope * (_W - _Z), Rational(q - 1, 2) * (_W - _Z) ** 2 / _R
    return ((Ge, rest, sympy.S.Zero), (Le, rest, most))


def _second(q: int, v: Values) -> tuple[Relation, ...]:
    gap = (_R - _Z) / _R
    rest = 1 - v.slope - (q - 1) * gap
    return ((Le, rest, sympy.S.Zero), (Ge, rest, -Rational((q - 1) * (q - 2), 2) * gap**2))


CONTINUITY = (
    Fact("left of rho", r"0 \le \varrho/q-s(z) \le \varrho-z,\ 0 \le 1-s'(z) \le (q-1)(\varrho-z)/\varrho",
         lambda q, v: ((Ge, _R / q - v.s, sympy.S.Zero), (Le, _R / q - v.s, _R - _Z),
                       (Ge, 1 - v.slope, sympy.S.Zero), (Le, 1 - v.slope, (q - 1) * (_R - _Z) / _R)),
         pieces=PIECES[:2]),
    Fact("right of rho", r"s(z)-\varrho/q = z-\varrho,\ s'(z) = 1",
         lambda q, v: ((Eq, v.s - _R / q, _Z - _R), (Eq, v.slope, sympy.S.One)), pieces=PIECES[2:]),
    Fact("around 0", r"0 \le s(z) \le z_+,\ 0 \le s'(z) \le z_+/\varrho",
         lambda q, v: ((Ge, v.s, sympy.S.Zero), (Le, v.s, v.plus), (Ge, v.slope, sympy.S.Zero),
                       (Le, v.slope, v.plus / _R))),
)  # fmt: skip
SMOOTHNESS = (
    Fact("Lipschitz", r"s'(w)-s'(z) \le \tfrac{q-1}{\varrho}(w-z),\ z \le w", _lipschitz, two=True),
    Fact("s'' left of rho", r"\left|\frac{s'(\varrho)-s'(z)}{\varrho-z}-\frac{q-1}{\varrho}\right| \le "
                            r"\binom{q-1}{2}\frac{\varrho-z}{\varrho^2}",
         _second, pieces=("polynomial",)),
    Fact("s'' right of rho", r"s'(z)-s'(\varrho) = 0", lambda q, v: ((Eq, v.slope - 1, sympy.S.Zero),),
         pieces=("linear",)),
)  # fmt: skip
CONVEX = (
    Fact("nondecreasing", r"s(z) \le s(w),\ s'(z) \le s'(w),\ z \le w",
         lambda q, v: ((Ge, v.s_w - v.s, sympy.S.Zero), (Ge, v.slope_w - v.slope, sympy.S.Zero)), two=True),
)  # fmt: skip
RATIO = (
    Fact("ratios", r"\frac{s(z)}{z} \le \frac{s(w)}{w},\ \frac{s(z)}{z^q} \ge \frac{s(w)}{w^q},\ 0 < z \le w",
         lambda q, v: ((Ge, v.s_w / _W, v.s / _Z), (Le, v.s_w / _W**q, v.s / _Z**q)), two=True, pieces=PIECES[1:]),
)  # fmt: skip
DERIVATIVE = (
    Fact(
        "bounds", r"s(z) \le z\,s'(z) \le q\,s(z)", lambda q, v: ((Le, v.s, _Z * v.slope), (Le, _Z * v.slope, q * v.s))
    ),
)
RELU = (
    Fact("bounds", r"\left(z-(1-\tfrac1q)\varrho\right)_+ \le s(z) \le z_+",
         lambda q, v: ((Ge, v.s, sympy.S.Zero), (Ge, v.s, _Z - (1 - Rational(1, q)) * _R), (Le, v.s, v.plus))),
)  # fmt: skip
CLAMP = (
    Fact("clamp", r"s'(z) = \mathrm{clamp}(z/\varrho, 0, 1)^{q-1}",
         lambda q, v: ((Eq, v.slope, sympy.Pow(v.clamp, q - 1, evaluate=False)),)),
    Fact("derivative", r"0 \le s(w)-s(z)-s'(z)(w-z) \le \tfrac{q-1}{2\varrho}(w-z)^2", _taylor,
         two=True, ordered=False, same=True, squares=(_W - _Z,)),
)  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The seven facts and the answer to the reviewer; they do not depend on the setting."""
    return _claims()


@cache
def _claims() -> tuple[Claim, ...]:
    from .activation_review import review

    return (
        about("activation-continuity", "s is continuously differentiable", CONTINUITY, (
            Step("moduli", "The distance to the value at a knot is at most linear in the distance to the knot, on "
                           "every piece: both one-sided "
                 "limits exist and equal that value, for s and for s', at rho and at 0."),)),
        about("activation-smoothness", "s' is Lipschitz, s'' jumps at rho", SMOOTHNESS, (
            Step("Lipschitz", "b^{q-1} - a^{q-1} <= (q-1)(b - a) for 0 <= a <= b <= 1, with a and b the clamped "
                              "values of z/rho and w/rho."),
            Step("jump", "The difference quotients of s' at rho tend to (q-1)/rho from the left and are 0 on the "
                         "right."))),
        about("activation-convex", "s is convex and nondecreasing", CONVEX, (Step("slope",
             "s' is a power of a clamp, which is nondecreasing."),)),
        about("activation-ratio", "s(z)/z rises, s(z)/z^q falls", RATIO, (
            Step("rises", "s is convex with s(0) = 0."),
            Step("falls", "z s'(z) <= q s(z), see activation-derivative."))),
        about("activation-derivative", "s(z) between z s'(z)/q and z s'(z)", DERIVATIVE, (
            Step("pieces", "On the polynomial piece z s' = q s; on the linear piece z s' - s = (1 - 1/q) rho and q s "
                           "- z s' = (q-1)(z - rho)."),)),
        about("activation-relu", "s against the ReLU", RELU, (Step("tangent",
             "The linear piece is the tangent of the convex s at rho."),)),
        about("activation-clamp", "s' is a power of the clamp", CLAMP, (
            Step("derivative", "On each closed piece the remainder of first order is at most quadratic, so s' is the "
                               "derivative there; at the "
                 "knots both pieces give the same s' (activation-continuity)."),)),
        review(),
    )  # fmt: skip
