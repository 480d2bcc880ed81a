"""Planted errors in the regime map and in the odds of the race against epsilon."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from hypothesis import strategies as st
from sympy import Ge, Gt, Lt, Max, Rational
from sympy.logic.boolalg import Boolean
from theorycheck_simulations.setting import Setting

from theorycheck.checks.certified import Certified
from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Fact, Measurement, Share
from theorycheck.checks.run import Run, Statistics
from theorycheck.claim import Claim, Part
from theorycheck.verdict import Verdict

from ..li_li_2024 import regime_map as chapter
from ..li_li_2024 import regimes, review_order, review_order_runs
from ..li_li_2024.measurements import seed_of
from ..li_li_2024.regime_grids import BASE
from ..li_li_2024.regime_map import N_N, N_R, A, B, E, r
from ..li_li_2024.regime_runs import ALLOWED, Map, axes, measure
from ..li_li_2024.regimes import a, e
from .control import Control, control, planted, twin
from .networks import Values, stated, without

Q = 3
BOTH, CONFLICT = ("proof", "search"), Verdict.CONFLICT
Predict = Callable[[Setting, float, float, Any, Any], Any]
_FEW = st.integers(1, 4)


def patches() -> st.SearchStrategy[Values]:
    """Patches on a coarse grid, with n_N = n_R r^3."""

    def values(ratio: int, robust: int, strong: int, weak: int, radius: int) -> Values:
        v = {name: Fraction(value) for name, value in chapter.POINT.items()}
        v |= {"r": Fraction(ratio), "n_R": Fraction(robust), "n_N": Fraction(robust * ratio**Q)}
        return {**v, "alpha": Fraction(strong, 4), "beta": Fraction(weak, 4), "epsilon": Fraction(radius, 8)}

    return st.builds(values, st.integers(1, 4), _FEW, st.integers(1, 24), st.integers(1, 8), st.integers(1, 12))


def radii() -> st.SearchStrategy[Values]:
    """Strengths and two radii on a coarse grid."""
    names = ("alpha", "beta", "epsilon", "larger")
    return st.tuples(*(st.integers(1, 12) for _ in names)).map(
        lambda v: {name: Fraction(value, 4) for name, value in zip(names, v, strict=True)}
    )


def errors_of_forms() -> tuple[Control, ...]:
    """In the conditions solved for epsilon."""
    claim = chapter.regimes_claim(Q)
    flip, stay = (stated(claim, f"regime-{name.partition(',')[0].replace(' ', '-')}", name, patches)
                  for name in (f"flip, q = {Q}", f"no flip, q = {Q}"))  # fmt: skip
    inside = stated(claim, "regime-inside", "epsilon* lies inside", patches)
    gap = stated(review_order.review_epsilon(), "epsilon-gap", "the gap widens", radii)
    assert gap.parts[0].relation is not None
    side = chapter.flip_side(True)
    return (
        control(flip, "regime-flip-reversed", "The flip the other way round", "epsilon* is passed from below.", BOTH,
                relation=chapter.flip_relation(False, Q)),
        control(flip, "regime-flip-power", "The flip with q - 1 for q", "r is the q-th root.", BOTH,
                relation=chapter.flip_relation(True, Q - 1)),
        control(flip, "regime-flip-radius", "The flip with 2 epsilon on the robust patches", "they lose epsilon.", BOTH,
                relation=Lt(N_N * (B - E) ** Q, N_R * (A - 2 * E) ** Q)),
        control(stay, "regime-stay-exchanged", "No flip with n_R and n_N exchanged", "the many patches would flip.",
                BOTH, relation=Ge(N_R * (B - E) ** Q, N_N * (A - E) ** Q)),
        control(flip, "regime-flip-threshold", "epsilon* with r + 1 for r - 1", "it would come too early.", BOTH,
                parts=without(flip.parts[0], side, more=(Gt((r + 1) * E, r * B - A),))),
        control(stay, "regime-stay-strict", "No flip, strictly", "at epsilon* both sides are equal.", BOTH,
                relation=Gt(N_N * (B - E) ** Q, N_R * (A - E) ** Q)),
        control(inside, "regime-inside-denser", "epsilon* inside (0, beta) without the denser condition",
                "it is negative then.", BOTH, parts=without(inside.parts[0], Gt(r * B, A))),
        control(inside, "regime-inside-stronger", "epsilon* inside (0, beta) without alpha > beta",
                "it lies beyond beta then.", BOTH, parts=without(inside.parts[0], Gt(A, B))),
        control(gap, "epsilon-gap-flipped", "The gap narrows", "alpha > beta.", BOTH,
                relation=Lt(*gap.parts[0].relation.args)),
        control(gap, "epsilon-gap-weaker", "The gap widens for alpha < beta", "then it narrows.", BOTH,
                parts=without(gap.parts[0], Gt(A, B), more=(Ge(B, A),)), point={**gap.point, "alpha": 1}),
    )  # fmt: skip


@cache
def trained(seed: int) -> Map:
    """A small map, trained once."""
    return measure(BASE, axes(BASE, 6, 4), seed, 2)


def race(predict: Predict) -> Run:
    """Every class of the small map against another prediction."""

    def compare(context: Context) -> Measurement:
        seen = trained(seed_of(context, "regime-map", BASE))
        done = seen.done
        said = np.stack([predict(BASE, x, y, done.A_0, done.B_0)
                         for x, y in zip(done.alpha.tolist(), done.epsilon.tolist(), strict=True)])  # fmt: skip
        share = np.array([np.mean(said == seen.measured)])
        return Measurement((Agreement("classes as predicted", np.ones(1), share, ALLOWED, absolute=True),))

    return Run(compare)


def toward_label(setting: Setting, alpha: float, epsilon: float, A_0: Any, B_0: Any) -> Any:
    """The race where the ascent is on +F_y and strengthens what it should take away."""
    return regimes.winner(setting.replace(beta=setting.beta + epsilon), alpha + epsilon, 0.0, A_0, B_0)


def exchanged(setting: Setting, alpha: float, epsilon: float, A_0: Any, B_0: Any) -> Any:
    """The race with the numbers of patches exchanged."""
    return regimes.winner(setting.replace(n_R=setting.n_N, n_N=setting.n_R), alpha, epsilon, A_0, B_0)


def doubled(setting: Setting, alpha: float, epsilon: float, A_0: Any, B_0: Any) -> Any:
    """The race with twice the radius."""
    return regimes.winner(setting, alpha, 2 * epsilon, A_0, B_0)


def flatter(setting: Setting, alpha: float, epsilon: float, A_0: Any, B_0: Any) -> Any:
    """The race with q - 1 for q."""
    return regimes.winner(setting.replace(q=setting.q - 1), alpha, epsilon, A_0, B_0)


def flip_alone(setting: Setting, alpha: float, epsilon: float, A_0: Any, B_0: Any) -> Any:
    """The robust feature first exactly where the flip condition holds."""
    flips = setting.n_N * max(setting.beta - epsilon, 0) ** Q < setting.n_R * max(alpha - epsilon, 0) ** Q
    return np.full(np.shape(A_0), regimes.ROBUST_FIRST if flips else regimes.NON_ROBUST_FIRST)


def regions(changed: Callable[[Setting], dict[str, Boolean]]) -> Certified:
    """Every condition of a small map against another solved form."""

    def certify(context: Context) -> Measurement:
        facts = []
        for name, condition in regimes.conditions(BASE).items():
            pairs = [(regimes.region(condition, cell), regimes.region(changed(BASE)[name], cell))
                     for cell in regimes.cells(*axes(BASE, 13, 7))]  # fmt: skip
            differ = any(set(pair) == {"holds", "fails"} for pair in pairs)
            alike = all(one == other != "open" for one, other in pairs)
            facts.append(Fact(name, False if differ else True if alike else None, "regions"))
        return Measurement(tuple(facts))

    return Certified(certify)


def other_root(setting: Setting) -> dict[str, Boolean]:
    """The end of denser with the q-1st root."""
    root = Rational(setting.n_N, setting.n_R) ** Rational(1, setting.q - 1)
    return {**regimes.boundaries(setting), regimes.DENSER: Lt(a, root)}


def no_clip(setting: Setting) -> dict[str, Boolean]:
    """The flip's line continued beyond epsilon = beta."""
    root = Rational(setting.n_N, setting.n_R) ** Rational(1, setting.q)
    return {**regimes.boundaries(setting), regimes.FLIP: Gt(a, e + root * (1 - e))}


def twice(setting: Setting) -> dict[str, Boolean]:
    """The robust minimum up to alpha > epsilon."""
    return {**regimes.boundaries(setting), regimes.ROBUST: Gt(a, Max(e, 0))}


def shares(odds: Callable[[Setting, float, float], float]) -> Statistics:
    """Class 0 at half of beta and at beta against other odds, in the same number of runs for every profile."""

    def measure_shares(context: Context) -> Measurement:
        radii_ = BASE.beta * np.array([0.5, 1.0])
        seed = seed_of(context, "review-epsilon", BASE)
        found = review_order_runs.order(BASE, seed, 40, np.full(2, BASE.alpha), radii_)
        return Measurement(tuple(Share(f"epsilon = {x:g}", int(first.sum()), 40, odds(BASE, BASE.alpha, float(x)))
                                 for x, first in zip(radii_, found.first, strict=True)))  # fmt: skip

    return Statistics(measure_shares)


def bare(claim: Claim, id: str, part: str, check: Any, expected: Verdict = Verdict.SURVIVED) -> Claim:
    """A part about runs, judged by another check of the same kind."""
    alone: Part = claim.part(part)
    true = replace(claim, parts=(alone,), checks=(check,), variables=(), point={})
    return twin(true, id, expected=expected)


def errors_of_runs() -> tuple[Control, ...]:
    """In the race, in the certified regions, and in the odds."""
    claim, epsilon = chapter.regimes_claim(Q), review_order.review_epsilon()
    map_ = bare(claim, "regime-race", "race", race(regimes.winner))
    region = bare(claim, "regime-regions", "regions", regions(regimes.boundaries), Verdict.CERTIFIED)
    odds = bare(epsilon, "epsilon-odds", "order parameter", shares(review_order_runs.odds))
    run, share, certified = ("agreement",), ("share",), ("certified",)
    wrong: tuple[tuple[str, str, str, Predict], ...] = (
        ("race-label", "The race with an ascent on +F_y", "the ascent weakens the patches.", toward_label),
        ("race-radius", "The race with twice the radius", "regimes end at half the radius.", doubled),
        ("race-exchanged", "The race with n_R and n_N exchanged", "the robust feature would win.", exchanged),
        ("race-exponent", "The race with q - 1 for q", "all times are other ones.", flatter),
        ("race-flip", "The flip condition instead of the race", "it misses who is first.", flip_alone),
    )  # fmt: skip
    return (
        *(control(map_, f"regime-{id}", title, why, run, CONFLICT, checks=(race(predict),))
          for id, title, why, predict in wrong),
        control(region, "regime-regions-root", "The end of denser with the (q-1)-st root", "it is the q-th.", certified,
                CONFLICT, checks=(regions(other_root),)),
        control(region, "regime-regions-clip", "The flip's line beyond beta", "(beta - epsilon)_+ is 0 there.",
                certified, CONFLICT, checks=(regions(no_clip),)),
        control(region, "regime-regions-minimum", "A robust minimum from alpha > epsilon on",
                "the other class gains epsilon too.", certified, CONFLICT, checks=(regions(twice),)),
        control(odds, "epsilon-odds-radius", "The odds at twice the radius", "they turn in between.", share, CONFLICT,
                checks=(shares(lambda s, x, y: review_order_runs.odds(s, x, 2 * y)),)),
        control(odds, "epsilon-odds-standard", "The odds without attack at every radius", "epsilon = beta changes all.",
                share, CONFLICT, checks=(shares(lambda s, x, y: review_order_runs.odds(s, x, 0.0)),)),
        control(odds, "epsilon-odds-exchanged", "The odds with n_R and n_N exchanged",
                "the robust feature would win without attack.", share, CONFLICT,
                checks=(shares(lambda s, x, y: review_order_runs.odds(s.replace(n_R=s.n_N, n_N=s.n_R), x, y)),)),
    )  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the regime map."""
    return (*errors_of_forms(), *errors_of_runs())


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
