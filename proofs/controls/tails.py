"""Planted errors in the tail bounds of Lemma B.1: constants, a dropped factor, a flipped growth, other sizes."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from sympy import Ge, Integer, Le, exp, log, sqrt
from theorycheck_simulations.setting import Setting

from theorycheck.checks.enclosure import Enclosure
from theorycheck.checks.measurement import Share
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.claim import Claim
from theorycheck.domains import Rational
from theorycheck.expression import Phi
from theorycheck.verdict import Verdict

from ..li_li_2024 import tails as chapter
from ..li_li_2024.tails import HALF, M, c, t
from .control import Control, altered, control, planted, twin

BOTH = ("enclosure", "search")


def share_of(power: float) -> Any:
    """Every predicted probability to a power."""

    def change(context: Any, outcome: Any) -> Share:
        assert isinstance(outcome, Share)
        return replace(outcome, predicted=outcome.predicted**power)

    return change


def drawn() -> st.SearchStrategy[dict[str, Fraction]]:
    """Sizes, levels and offsets on a coarse grid."""
    return st.builds(
        lambda m, t, c: {"m": Fraction(2**m), "t": Fraction(t, 2), "c": Fraction(c, 8)},
        st.integers(1, 6),
        st.integers(0, 8),
        st.integers(0, 4),
    )


def sizes(chosen: Sequence[Rational]) -> list[Rational]:
    """Fewer than the chapter's; a bound that is not about m keeps its single one."""
    return [2, 8, 64] if len(chosen) > 1 else list(chosen)


def bound(whole: Claim, name: str) -> Claim:
    """One bound on its box, for fewer sizes than the chapter's, with a search of 60 examples."""
    true = twin(whole, f"b.1-{name.replace(', ', '-').replace(' ', '-')}", name, expected=Verdict.CERTIFIED)
    encloses = [check for check in true.checks if isinstance(check, Enclosure)]
    boxes = [replace(check, box={**check.box, "m": sizes(check.box["m"])}) for check in encloses]
    return replace(true, checks=(*boxes, Search((), drawn, trials=(60, 60, 600))))


def controls(setting: Setting) -> tuple[Control, ...]:
    """All errors planted in the tail bounds."""
    whole = chapter.lemma_b1(setting)
    names = ("one normal, below", "upper tail", "lower tail", "above", "below")
    one, upper, lower, above, below = (bound(whole, name) for name in names)
    counted = twin(chapter.law(), "b.1-distribution", expected=Verdict.SURVIVED)
    maxima = counted.checks[0]
    assert isinstance(maxima, Run)
    level, less, density = sqrt(2 * log(M)), sqrt(log(M)), chapter.DENSITY
    odds, conflict = ("share",), Verdict.CONFLICT
    return (
        control(one, "b.1-density", "1/2 for the constant of the density", "it is 1/sqrt(2 pi) = 0.399.", BOTH,
                relation=Ge(Phi(-t), chapter.tail(t, HALF))),
        control(one, "b.1-mills", "The tail without the factor t/(1+t^2)",
                "far out the tail is smaller than the density.", BOTH,
                relation=Ge(Phi(-t), chapter.density(t))),
        control(upper, "b.1-quarter", "m/4 for m/2 in the upper tail",
                "at t = 0 each normal exceeds t with probability 1/2.", BOTH,
                relation=chapter.upper(M, t, Integer(1) / 4)),
        control(upper, "b.1-no-union", "The upper tail without the factor m", "more normals have a larger maximum.",
                BOTH,
                relation=Le(1 - Phi(t) ** M, exp(-(t**2) / 2) / 2)),
        control(upper, "b.1-gauss", "exp(-t^2) for exp(-t^2/2)", "the density decays like exp(-t^2/2).", BOTH,
                relation=Le(1 - Phi(t) ** M, M * exp(-(t**2)) / 2)),
        control(lower, "b.1-lower-flipped", "The lower tail with >=", "the bound is from above.", BOTH,
                relation=Ge(Phi(t) ** M, exp(-M * chapter.tail(t)))),
        control(above, "b.1-level", "sqrt(log m) for sqrt(2 log m) above",
                "the maximum exceeds that level with high probability.", BOTH,
                relation=Ge(Phi(less * (1 + c)) ** M, 1 - HALF * exp(-c * (2 + c) * log(M)))),
        control(below, "b.1-growth-flipped", "The growth m^(1-(1-c)^2) flipped to its inverse, and >=",
                "the probability vanishes as m grows.", BOTH,
                relation=Ge(Phi(level * (1 - c)) ** M, exp(-density * exp(-c * (2 - c) * log(M))))),
        control(counted, "b.1-half-as-many", "The distribution with m/2 for m",
                "fewer normals have a smaller maximum.", odds, conflict,
                checks=(altered(maxima, share_of(0.5)),)),
        control(counted, "b.1-twice-as-many", "The distribution with 2m for m", "more normals have a larger maximum.",
                odds, conflict,
                checks=(altered(maxima, share_of(2.0)),)),
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
