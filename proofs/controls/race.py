"""Planted errors in the race of the features: its recursion, its bound, its time and its odds."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import sympy
from sympy import Eq, symbols
from theorycheck_simulations.measure import dominance_share
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement, Share
from theorycheck.checks.run import Run, Statistics
from theorycheck.claim import Claim, Part
from theorycheck.verdict import Verdict

from ..li_li_2024 import predictions
from ..li_li_2024 import race as chapter
from ..li_li_2024.grids import RACE
from ..li_li_2024.measurements import seed_of
from .control import Control, control, paper_claim, planted, twin

Floats = predictions.Floats
Q = 3
A, g, eta, k, n_R, n_N, alpha, beta, rho = symbols("A g eta k n_R n_N alpha beta rho")
CONFLICT = Verdict.CONFLICT
FASTEST, RUNS = (1, 2, 3, 6, 8), 400


def recursion(S: sympy.Expr, C: sympy.Expr) -> tuple[Part, ...]:
    """A's increment as eta S C A^(q-1) with another S or C."""
    step = chapter.recursion_parts((Q,))[0]
    assert step.relation is not None
    return (replace(step, relation=Eq(step.relation.args[0], eta * S * C * A ** (Q - 1), evaluate=False), tex=""),)


def times(change: Callable[[Setting, Floats], Floats]) -> Run:
    """The chapter's mean times T_b against changed predictions."""

    def measure(context: Context) -> Measurement:
        runs, means = context.profile.pick(20, 60, 200), []
        for setting in RACE:
            predicted, measured = chapter.times(setting, runs, seed_of(context, "lemma-d.9", setting))
            means.append((change(setting, predicted).mean(), measured.mean()))
        predicted, measured = np.array(means).T
        return Measurement((Agreement("mean T_b", predicted, measured, chapter.TOLERANCE),))

    return Run(measure)


def other_exponent(setting: Setting, predicted: Floats) -> Floats:
    """T_b with q + 1, from the B_0 that the prediction with q belongs to."""
    n, level = setting.q - 2, predictions.unit_level(setting)
    start = (predicted * predictions.rate(setting) * (1 - 1 / setting.k) * n + level**-n) ** (-1 / n)
    return predictions.level_time(setting.replace(q=setting.q + 1), start, level)


def bounds(change: Callable[[Setting, Floats], Floats]) -> Run:
    """max_r A at T_b against a changed bound."""

    def measure(context: Context) -> Measurement:
        found = [(s, chapter.bounded(s, 2, seed_of(context, "lemma-d.9", s))) for s in RACE]
        slack = np.concatenate([change(s, part.bound) - part.measured for s, part in found])
        return Measurement((Invariant("max_r A(T_b) <= bound", slack),))

    return Run(measure)


def odds(probability: Callable[[Setting], float]) -> Statistics:
    """The chapter's count of wins against a probability, in the settings that run fastest.

    The number of runs is the same in every profile: with the few of the quick one, near misses would pass.
    """

    def measure(context: Context) -> Measurement:
        shares = []
        for index in FASTEST:
            seed = seed_of(context, "dominance-probability", RACE[index])
            # One class a run: the trials are independent.
            first = dominance_share(RACE[index], RUNS, seed).outcome[:, 0]
            yes, open_ = int((first == 1).sum()), int((first < 0).sum())
            shares.append(Share(f"setting {index + 1}", yes, RUNS, probability(RACE[index]), open_))
        return Measurement(tuple(shares))

    return Statistics(measure)


def exchanged(setting: Setting) -> float:
    """The probability with S replaced by 1/S."""
    return predictions.dominance_probability(
        setting.replace(n_R=setting.n_N, n_N=setting.n_R, alpha=setting.beta, beta=setting.alpha)
    )


def flatter(setting: Setting) -> float:
    """The probability with the exponent 1/(q-1) on S: the same S under q + 1."""
    power = setting.q / (setting.q + 1)
    return predictions.dominance_probability(
        setting.replace(q=setting.q + 1, alpha=setting.alpha**power, beta=setting.beta**power)
    )


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the race."""
    d9, chance = chapter.lemma_d9(), paper_claim("dominance-probability", setting)
    step = twin(d9, "d.9-recursion", f"recursion, q = {Q}", hypotheses=(), expected=Verdict.DERIVED)
    bare: dict[str, Any] = {"variables": (), "point": {}, "expected": Verdict.SURVIVED}
    bound, time = twin(d9, "d.9-bound", "bound", **bare), twin(d9, "d.9-time", "time", **bare)
    share = twin(chance, "dominance", "share", **bare)
    share = replace(share, checks=(odds(predictions.dominance_probability),))
    S, C = n_R * alpha**Q / (n_N * beta**Q), g * n_N * beta**Q / (k * rho ** (Q - 1))
    one, run, odd = ("identity",), ("agreement",), ("share",)
    return (
        control(step, "d.9-ratio-exponent", "S with alpha^(q-1) for alpha^q",
                "one alpha comes from the patch, q - 1 from s'.", one,
                parts=recursion(n_R * alpha ** (Q - 1) / (n_N * beta**Q), C)),
        control(step, "d.9-ratio-inverted", "S inverted", "A would grow with B's strength.", one,
                parts=recursion(1 / S, C)),
        control(step, "d.9-clock-without-k", "C without 1/k", "a class has the share 1/k of the data.", one,
                parts=recursion(S, k * C)),
        control(bound, "d.9-bound-tenth", "A tenth of the bound on max_r A", "max_r A starts above it.",
                ("invariant",), Verdict.CONFLICT,
                checks=(bounds(lambda s, b: b / 10),)),
        control(time, "d.9-time-without-k", "T_b without the factor k", "every time is k times too short.", run,
                CONFLICT,
                checks=(times(lambda s, t: t / s.k),)),
        control(time, "d.9-time-exponent", "T_b with q + 1 for q", "the power of B_0 is q - 2.", run, CONFLICT,
                checks=(times(other_exponent),)),
        control(time, "d.9-time-no-logit", "T_b without 1 - 1/k", "too short by up to one half.", run, CONFLICT,
                checks=(times(lambda s, t: t * (1 - 1 / s.k)),)),
        control(share, "dominance-inverted", "The odds with S inverted", "the slower feature would be the favourite.",
                odd, CONFLICT,
                checks=(odds(exchanged),)),
        control(share, "dominance-exponent", "The odds with S^(1/(q-1))", "the lead needed is S^(1/(q-2)).", odd,
                CONFLICT,
                checks=(odds(flatter),)),
        control(share, "dominance-even", "Even odds", "the features differ in speed.", odd, CONFLICT,
                checks=(odds(lambda s: 0.5),)),
        control(share, "dominance-complement", "The chance of the robust feature for that of the non-robust one",
                "the event is the other one.", odd,
                CONFLICT, checks=(odds(lambda s: 1 - predictions.dominance_probability(s)),)),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
