"""Planted errors in the answers to the reviewers' questions."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from sympy import Eq, Ge, Gt, Le, Lt, Rational, exp, symbols
from theorycheck_simulations.adversarial import train_adversarials
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.enclosure import Enclosure
from theorycheck.checks.measurement import Agreement, Invariant, Measurement, Share
from theorycheck.checks.run import Run, Statistics
from theorycheck.claim import Claim
from theorycheck.expression import Phi
from theorycheck.verdict import Verdict

from ..li_li_2024 import (
    review_activations,
    review_ascent,
    review_ascent_runs,
    review_overlapping,
    review_overlapping_runs,
    review_scale,
    review_scale_runs,
    review_target,
    review_target_runs,
    review_trade_off,
    review_trade_off_runs,
)
from ..li_li_2024.measurements import seed_of
from ..li_li_2024.regime_grids import MAPS
from .control import Control, control, planted, twin
from .networks import Values, stated, without
from .regime import bare

Q = 3
BOTH, CONFLICT = ("proof", "search"), Verdict.CONFLICT
t, clock, x, y = symbols("t clock x y")
_SMALL = st.integers(1, 12)


def grid(names: str, **whole: int) -> Callable[[], st.SearchStrategy[Values]]:
    """Quarters for every name, integers up to a number for those given."""

    def draw() -> st.SearchStrategy[Values]:
        parts = {name: _SMALL.map(lambda v: Fraction(v, 4)) for name in names.split()}
        return st.fixed_dictionaries({**parts, **{n: st.integers(1, most).map(Fraction) for n, most in whole.items()}})

    return draw


def fractions_left() -> st.SearchStrategy[Values]:
    """What two steps leave of a patch, kappa up to 2."""

    def values(level: Fraction) -> Values:
        left = 1 - level
        return {"f": left, "f_next": left - level * left ** (Q - 1), "kappa": level}

    return st.fractions(0, 2, max_denominator=12).map(values)


def spread() -> st.SearchStrategy[Values]:
    """Two steps of both features, S up to 2."""
    share = st.fractions(Fraction(1, 8), 2, max_denominator=8)

    def values(ratio: Fraction, start: Fraction, other: Fraction, gain: Fraction) -> Values:
        v = {"S": ratio, "A_0": start, "B_0": other, "g": gain}
        v |= {"A": start * (1 + ratio * gain), "B": other * (1 + gain)}
        return {**v, "A_next": v["A"] * (1 + ratio * gain), "B_next": v["B"] * (1 + gain)}

    return st.builds(values, share, share, share, share)


def levels() -> st.SearchStrategy[Values]:
    """Ascents with the sum at the level."""
    return review_trade_off.levels(Q)


def errors_of_forms() -> tuple[Control, ...]:
    """In what is proved."""
    steps, target = review_ascent.review_multi_step((Q,)), review_target.review_unrelated_target((Q,))
    below = stated(steps, "multi-step-below", f"below the level, q = {Q}", fractions_left)
    slower = stated(review_activations.review_activations(), "activations-square", "q = 2", spread)
    fooled = stated(target, "target-fooled", f"fooled, q = {Q}",
                    grid("alpha beta epsilon learnt stray", n_R=3, n_N=40))  # fmt: skip
    left = stated(review_trade_off.review_trade_off((Q,)), "trade-off-left", f"what is left, q = {Q}", levels)
    behind = stated(review_overlapping.review_overlapping((Q,)), "overlapping-slower", f"standard training, q = {Q}",
                    grid("alpha beta shared x y clock", n_R=3, n_N=9))  # fmt: skip
    scale = review_scale.review_epsilon_scale()
    tail = twin(scale, "scale-noise", "noise", expected=Verdict.CERTIFIED)
    known = review_target.assumed(Q)
    B, N_N, R, total = (review_trade_off.B, review_trade_off.N_N, review_trade_off.R, review_trade_off.total)
    assert isinstance(tail.checks[0], Enclosure)
    A, b, N, n = (review_overlapping.A, review_overlapping.B, review_overlapping.N_N, review_overlapping.N_R)
    reversed_ = Ge(N * b * clock * n * A * x ** (Q - 1), n * A * clock * N * b * y ** (Q - 1))
    return (
        control(below, "multi-step-level", "A patch is left below twice the level", "one step takes all of it.", BOTH,
                parts=without(below.parts[0], Gt(1 - review_ascent.kappa, 0), more=(Lt(review_ascent.kappa, 2),))),
        control(below, "multi-step-half", "Half of the patch is left below the level", "it can be any part.", BOTH,
                relation=Gt(review_ascent.f, Rational(1, 2))),
        control(slower, "activations-faster", "q = 2 without n_R alpha^2 <= n_N beta^2", "the other then loses.", BOTH,
                parts=without(slower.parts[0], Le(review_activations.S, 1)), point={**slower.point, "S": "1/2"}),
        control(fooled, "target-not-denser", "Fooled without the denser condition", "few patches outweigh nothing.",
                BOTH, parts=without(fooled.parts[0], known["denser"])),
        control(fooled, "target-radius", "Fooled with any radius", "a small one moves little.", BOTH,
                parts=without(fooled.parts[0], known["radius"])),
        control(fooled, "target-weights", "Fooled by any stray weight", "it may be tiny.", BOTH,
                parts=without(fooled.parts[0], known["weights"])),
        control(left, "trade-off-exponent", "What is left with q - 1 for q", "s has the factor 1/q.", BOTH,
                relation=Eq(review_trade_off.left_over(Q).lhs,
                            N_N * B**2 / ((Q - 1) * review_trade_off.step_size))),
        control(left, "trade-off-strength", "What is left without one beta", "level and activation leave beta^2.", BOTH,
                relation=Eq(N_N * B**Q * total / (Q * R ** (Q - 1)), N_N * B / (Q * review_trade_off.step_size))),
        control(behind, "overlapping-ahead", "A gains no faster whatever the patches", "x may lie above y.", BOTH,
                parts=without(behind.parts[0], Le(x, y))),
        control(behind, "overlapping-reversed", "A gains at least as fast", "x <= y.", BOTH, relation=reversed_),
        control(tail, "scale-noise-twice", "The tail of the noise with twice the exponent", "it is too small.",
                ("enclosure",), relation=Le(Phi(-t), exp(-(t**2)) * Rational(1, 2)),
                checks=(replace(tail.checks[0], box={**tail.checks[0].box, "t": (1, 2)}),)),
    )  # fmt: skip


def levels_of(exact: float) -> Run:
    """The median of kappa after training with two and with five steps, against a value."""

    def compare(context: Context) -> Measurement:
        setting = review_ascent_runs.SETTING.replace(epsilon=1.1, T=2000)
        seed = seed_of(context, "review-multi-step", review_ascent_runs.SETTING)
        found = [review_ascent_runs.train(setting.replace(ascent_steps=n), seed, 4) for n in (2, 5)]
        medians = np.array([float(np.median(one.kappa)) for one in found])
        outcome = Agreement("median kappa at T", np.full(2, exact), medians, review_ascent_runs.APPROACH)
        return Measurement((outcome,))

    return Run(compare)


def outputs_of(radius: float, kept: bool) -> Run:
    """Outputs under the attack towards v_t by a changed formula, against forward passes."""

    def compare(context: Context) -> Measurement:
        setting = review_target_runs.WIDE.replace(T=800)
        W = train_adversarials(setting, seed_of(context, "review-unrelated-target", setting), 1, epsilon=0.0).W[0]
        said = review_target_runs.attacked_outputs(setting, W, radius * setting.beta)
        if kept:
            own = np.array([review_trade_off_runs.non_robust_part(setting, W)])
            said = said + np.eye(setting.k)[:, None, :] * own
        seen = review_target_runs.forward(setting, W, setting.beta)
        scale = np.abs(seen).max()
        return Measurement((Agreement("outputs", said / scale, seen / scale, 1e-10, absolute=True),))

    return Run(compare)


def guesses(probability: Callable[[Setting], float]) -> Statistics:
    """Class 0 under the attack towards v_t against a probability, in the same number of runs for every profile."""

    def measure(context: Context) -> Measurement:
        setting = review_target_runs.WIDE
        done = train_adversarials(setting, seed_of(context, "review-unrelated-target", setting), 100, epsilon=0.0)
        right = sum(bool(review_target_runs.right(review_target_runs.attacked_outputs(setting, W, setting.beta))[0, 0])
                    for W in done.W)  # fmt: skip
        return Measurement((Share("right", right, 100, probability(setting)),))

    return Statistics(measure)


def overlaps(adversarial: bool) -> Run:
    """Accuracy under attack that one of the two trainings keeps."""

    def measure(context: Context) -> Measurement:
        overlap = review_overlapping_runs.OVERLAPS[1]
        seed = seed_of(context, "review-overlapping", repr(overlap))
        one = review_overlapping_runs.outcome(review_overlapping_runs.SETTING, overlap, seed, 3, adversarial)
        return Measurement((Invariant("adversarial training holds", np.array([one.attacked]) - 0.5),))

    return Run(measure)


def rescaled(change: Callable[[Setting, float], Setting]) -> Run:
    """Weights of rescaled runs, with an error in the rescaling."""

    def compare(context: Context) -> Measurement:
        setting, c = MAPS[0].replace(T=300), 2.0
        seed = seed_of(context, "review-epsilon-scale", setting)
        one = train_adversarials(setting, seed, 1).W
        other = train_adversarials(change(review_scale_runs.rescaled(setting, c), c), seed, 1).W
        return Measurement((Agreement("weights of rescaled runs", one, c * other, 0.0, absolute=True),))

    return Run(compare)


def errors_of_runs() -> tuple[Control, ...]:
    """In what is measured."""
    steps = bare(review_ascent.review_multi_step((Q,)), "multi-step", "training", levels_of(1.0))
    target = review_target.review_unrelated_target((Q,))
    outputs = bare(target, "target-outputs", "outputs", outputs_of(1.0, False))
    guess = bare(target, "target-guess", "a guess", guesses(review_target_runs.guess))
    overlap = bare(review_overlapping.review_overlapping((Q,)), "overlapping", "training", overlaps(True))
    scale = bare(review_scale.review_epsilon_scale(), "scale", "rescaled runs", rescaled(lambda s, c: s))
    run = ("agreement",)
    return (
        control(steps, "multi-step-doubled", "Saturation at twice the level", "it stops at kappa = 1.", run, CONFLICT,
                checks=(levels_of(2.0),)),
        control(outputs, "target-doubled", "The outputs with twice the radius", "the stray part is another.", run,
                CONFLICT, checks=(outputs_of(2.0, False),)),
        control(outputs, "target-kept", "The outputs with the non-robust part kept", "the attack removes it.", run,
                CONFLICT, checks=(outputs_of(1.0, True),)),
        control(guess, "target-fooled", "Always fooled by v_t", "only v_y' gives another class an output.",
                ("share",), CONFLICT, checks=(guesses(lambda s: 0.0),)),
        control(guess, "target-right", "Never fooled by v_t", "the non-robust part is gone.", ("share",), CONFLICT,
                checks=(guesses(lambda s: 1.0),)),
        control(overlap, "overlapping-standard", "Standard training holds under attack", "it learns v_y.",
                ("invariant",), CONFLICT, checks=(overlaps(False),)),
        control(scale, "scale-step", "Rescaled runs with eta/c for eta/c^2", "steps are too long.", run, CONFLICT,
                checks=(rescaled(lambda s, c: s.replace(eta=s.eta * c)),)),
        control(scale, "scale-radius", "Rescaled runs with epsilon as it was", "the radius is relative to beta.", run,
                CONFLICT, checks=(rescaled(lambda s, c: s.replace(epsilon=s.epsilon / c)),)),
        control(scale, "scale-ascent", "Rescaled runs with eta~ c for eta~ c^2", "the ascent moves too little.", run,
                CONFLICT, checks=(rescaled(lambda s, c: s.replace(eta_tilde=s.eta_tilde / c)),)),
    )  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the answers."""
    return (*errors_of_forms(), *errors_of_runs())


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))


