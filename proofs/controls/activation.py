"""Planted errors in the facts on the activation: exponents, signs, a missing positive part, a dropped order."""

from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import Eq, Ge, Gt, Le, Lt, Rational

from theorycheck.checks.search import Search
from theorycheck.claim import Claim

from ..li_li_2024 import activation as chapter
from ..li_li_2024 import activation_review
from ..li_li_2024.activation import CLAMP, CONVEX, DERIVATIVE, RATIO, RELU, SMOOTHNESS, Fact
from ..li_li_2024.notation import activation_piece, rho, w, z
from .control import Control, control, planted, twin

Q = 3
R, Z, W = rho.symbol, z.symbol, w.symbol
BOTH = ("proof", "search")


def stated(fact: Fact, here: str, there: str | None = None) -> Claim:
    """The chapter's claim that the fact holds on these pieces."""
    whole = chapter.about("fact", fact.name, (fact,), (), exponents=(Q,))
    where = here if there is None else f"{here} to {there}"
    id = f"activation-{fact.name} {where}".replace(" ", "-").lower()
    claim = twin(whole, id, f"{fact.name}, q = {Q}, {where}")
    draw = partial(points, fact.ordered and there is not None, here, there)
    return replace(claim, checks=(claim.checks[0], Search((), draw, trials=(60, 120, 1_200))))


def points(ordered: bool, here: str, there: str | None) -> st.SearchStrategy[dict[str, Fraction]]:
    """Exact points on the pieces as the chapter draws them, on a coarse grid."""
    place = {
        "zero": lambda i: Fraction(-i, 4),
        "polynomial": lambda i: Fraction(i + 1, 5),
        "linear": lambda i: Fraction(i + 5, 4),
    }

    def at(size: int, i: int, j: int) -> dict[str, Fraction]:
        found = [place[here](i) * size, place[there or here](j) * size]
        return dict(zip(("z", "w"), sorted(found) if ordered else found, strict=True)) | {"rho": Fraction(size)}

    few = st.integers(0, 4)
    return st.builds(at, st.integers(1, 3), few, few)


def wrong(fact: Fact, id: str, title: str, why: str, here: str, there: str | None = None, **changes: Any) -> Control:
    """The fact with some of its fields changed, stated and checked as the chapter does."""
    mutant = stated(replace(fact, **changes), here, there)
    return control(
        stated(fact, here, there), f"activation-{id}", title, why, BOTH, parts=mutant.parts, checks=mutant.checks
    )


def facts() -> tuple[Control, ...]:
    """One changed relation each."""
    curve, line = "polynomial", "linear"
    ratio, bounds, slope, relu, clamp, lipschitz = RATIO[0], DERIVATIVE[0], CONVEX[0], RELU[0], CLAMP[0], SMOOTHNESS[0]
    return (
        wrong(ratio, "ratio-power", "s(z)/z^(q-1) falls", "on the polynomial piece it rises like z.", curve, curve,
              statement=lambda q, v: ((Le, v.s_w / W ** (q - 1), v.s / Z ** (q - 1)),)),
        wrong(ratio, "ratio-flipped", "s(z)/z falls", "s is convex.", curve, line, statement=lambda q,
              v: ((Le, v.s_w / W, v.s / Z),)),
        wrong(bounds, "derivative-constant", "z s' <= (q-1) s", "on the polynomial piece z s' = q s.", curve,
              statement=lambda q, v: ((Le, Z * v.slope, (q - 1) * v.s),)),
        wrong(bounds, "derivative-strict", "s < z s' for <=", "both are 0 on the left.", "zero", statement=lambda q,
              v: ((Lt, v.s, Z * v.slope),)),
        wrong(slope, "unordered", "s(z) <= s(w) without z <= w", "the order of the points is needed.", curve, curve,
              ordered=False),
        wrong(slope, "decreasing", "s' falls", "s is convex.", curve, curve, statement=lambda q,
              v: ((Le, v.slope_w, v.slope),)),
        wrong(relu, "relu-plus", "s(z) <= z without the positive part", "for z < 0 the right side is negative.", "zero",
              statement=lambda q, v: ((Le, v.s, Z),)),
        wrong(relu, "relu-offset", "z - (1 - 1/(q-1)) rho <= s(z)", "the linear piece lies lower.", line,
              statement=lambda q, v: ((Ge, v.s, Z - (1 - Rational(1, q - 1)) * R),)),
        wrong(relu, "relu-above", "s(z) >= z_+", "s is below the ReLU.", curve, statement=lambda q,
              v: ((Ge, v.s, v.plus),)),
        wrong(clamp, "clamp-exponent", "s' = clamp^(q-2)", "the derivative of z^q has the power q - 1.", curve,
              statement=lambda q, v: ((Eq, v.slope, v.clamp ** (q - 2)),)),
        wrong(lipschitz, "lipschitz", "s' is (q-2)/rho-Lipschitz", "its slope is (q-1)/rho at the knot.", curve, curve,
              statement=lambda q, v: ((Le, v.slope_w - v.slope, (q - 2) * (W - Z) / R),)),
    )  # fmt: skip


def knot() -> tuple[Control, ...]:
    """Errors in the answer to the reviewer."""
    values = twin(activation_review.review(), "review-continuity", f"values, q = {Q}")
    slopes = twin(activation_review.review(), "review-slopes", f"slopes, q = {Q}")
    off = Search(trials=(60, 120, 1_200))
    curve, line = (activation_piece(Q + i, piece, Z) for i, piece in enumerate(("polynomial", "linear")))
    return (
        control(values, "review-other-exponent", "The pieces of q and of q + 1 at the knot",
                "they meet at different heights.", BOTH, relation=Eq(curve, line)),
        control(values, "review-strict", "The polynomial piece above the linear one at the knot", "they meet.", BOTH,
                relation=Gt(activation_piece(Q, "polynomial", Z), activation_piece(Q, "linear", Z))),
        control(slopes, "review-off-the-knot", "Equal slopes at any z", "the slopes agree at z = rho only.", BOTH,
                hypotheses=(),
                checks=(slopes.checks[0], off)),
    )  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the facts on the activation."""
    return (*facts(), *knot())


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
