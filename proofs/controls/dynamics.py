"""Planted errors in the exact dynamics: the gradient, the update formulas along runs, the decomposition, the levels."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import sympy
from sympy import Eq, exp
from theorycheck_simulations.data import Dataset, initial_weights, sample
from theorycheck_simulations.population import train_population
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Measurement
from theorycheck.checks.run import Run
from theorycheck.claim import Claim, Part
from theorycheck.verdict import Verdict

from ..li_li_2024 import dynamics as chapter
from ..li_li_2024 import updates
from ..li_li_2024.grids import NETWORK, SHORT
from ..li_li_2024.measurements import to_rounding
from .control import Control, altered, control, planted, twin

Compare = Callable[[Setting, int], list[updates.Compared]]
F_y, F_j, R, z, rho = (variable.symbol for variable in chapter.LOSS)
TOTAL = exp(F_y) + exp(F_j) + R
RUN, ONE = ("agreement",), ("identity",)


def steps_by_formula(change: Callable[[Setting], Setting], s: Setting, seed: int) -> list[updates.Compared]:
    """Every step of a run at level 1 against the formula of Lemma 5.1 at a changed setting."""
    run = train_population(s, seed, stride=1, correlations=True)
    updates.checked(run.status, s)
    C = run.trajectory.correlations
    assert C is not None
    formula = updates.kinds(updates.predicted(change(s), C[:-1], np.full(s.k, 1 / s.k)), s.k)
    seen = updates.kinds(np.diff(C, axis=0), s.k)
    return [updates.scaled(formula[kind], seen[kind]) for kind in chapter.DIAGONAL]


def without_a_label(s: Setting, seed: int) -> list[updates.Compared]:
    """Level 2 without the points of the last class against level 1."""
    start, data = initial_weights(s, seed), sample(s, seed, balanced=True, patches="random")
    kept = data.y < s.k - 1
    fewer = Dataset(s, data.X[kept], data.y[kept], data.robust[kept])
    network, population = updates.trained(fewer, W0=start), train_population(s, W0=start)
    return [updates.scaled(population.W - start, network.W - start)]


def against(compare: Compare, settings: tuple[Setting, ...] = NETWORK) -> Run:
    """A run check of the chapter's kind with this comparison."""

    def measure(context: Context) -> Measurement:
        return to_rounding("planted", "control", settings, compare, context)

    return Run(measure)


def formula(change: Callable[[Setting], Setting]) -> Run:
    return against(partial(steps_by_formula, change), SHORT)


def scaled_by(factor: float) -> Callable[[Context, Any], Any]:
    return lambda context, outcome: replace(outcome, predicted=factor * outcome.predicted)


def gradient(part: Part, formula: sympy.Expr) -> tuple[Part, ...]:
    """The derivative of a part, said to be something else."""
    assert part.relation is not None
    return (replace(part, relation=Eq(part.relation.args[0], formula, evaluate=False), tex=""),)


def controls_of_gradient() -> tuple[Control, ...]:
    """Errors in the derivatives."""
    true = chapter.lemma_51()
    label, other, slope = (twin(true, f"5.1-{name.replace(', ', '-').replace(' = ', '-')}", name,
    expected=Verdict.DERIVED, hypotheses=())
                           for name in ("loss, label", "loss, other", "slope, q = 3"))  # fmt: skip
    return (
        control(label, "5.1-gradient-sign", "dL/dF_y = 1 - logit_y", "the gradient has the opposite sign.", ONE,
                parts=gradient(label.parts[0], 1 - exp(F_y) / TOTAL)),
        control(label, "5.1-gradient-indicator", "dL/dF_y = logit_y", "the indicator of the label is dropped.", ONE,
                parts=gradient(label.parts[0], exp(F_y) / TOTAL)),
        control(other, "5.1-gradient-index", "dL/dF_j = logit_y", "the logit is the other output's.", ONE,
                parts=gradient(other.parts[0], exp(F_y) / TOTAL)),
        control(slope, "5.1-slope-exponent", "s' with exponent q", "the derivative loses a power.", ONE,
                parts=gradient(slope.parts[0], (z / rho) ** 3)),
        control(slope, "5.1-slope-scale", "s' without 1/rho^(q-1)", "the activation is scaled by rho.", ONE,
                parts=gradient(slope.parts[0], z**2)),
    )  # fmt: skip


def controls_of_runs() -> tuple[Control, ...]:
    """Errors in what is compared along runs."""
    on, off = twin(chapter.lemma_51(), "5.1", "along runs"), twin(chapter.lemma_d4(), "d.4", "along runs")
    on, off = (replace(c, expected=Verdict.SURVIVED, variables=(), point={}) for c in (on, off))
    psi = twin(chapter.weight_decomposition(), "weight-decomposition", expected=Verdict.SURVIVED)
    rest = twin(chapter.lemma_d2(), "d.2", "outside the features", expected=Verdict.SURVIVED)
    level = twin(chapter.population_level(), "population-level", expected=Verdict.SURVIVED)
    update, conflict = on.checks[0], Verdict.CONFLICT
    assert isinstance(update, Run) and isinstance(off.checks[0], Run) and isinstance(psi.checks[0], Run)
    noisy = tuple(s.replace(sigma_n=s.d**-0.5) for s in NETWORK)
    return (
        control(on, "5.1-sign", "The update with the opposite sign",
                "the increments of every run have the other sign.", RUN, conflict,
                checks=(altered(update, scaled_by(-1)),)),
        control(on, "5.1-class-share", "The update without P(y = i) = 1/k", "every increment is k times too large.",
                RUN, conflict,
                checks=(formula(lambda s: s.replace(eta=s.k * s.eta)),)),
        control(on, "5.1-argument", "s'(A) for s'(alpha A)", "the slope is taken at the wrong argument.", RUN, conflict,
                checks=(formula(lambda s: s.replace(rho=s.alpha * s.rho)),)),
        control(on, "5.1-exponent", "s' with q + 1 for q", "the slope has another power.", RUN, conflict,
                checks=(formula(lambda s: s.replace(q=s.q + 1)),)),
        control(on, "5.1-nan", "A formula that gives NaN", "NaN is within no tolerance.", RUN, conflict,
                checks=(altered(update, scaled_by(float("nan"))),)),
        control(off, "d.4-sign", "Off-diagonal correlations grow", "they only fall.", RUN, conflict,
                checks=(altered(off.checks[0], scaled_by(-1)),)),
        control(psi, "decomposition-average", "The decomposition with the 1/N of psi forgotten",
                "the combination is N times too large.", RUN, conflict,
                checks=(against(lambda s,
                seed: [replace(c, predicted=s.N * c.predicted) for c in [updates.decomposed(s, seed)]], noisy),)),
        control(rest, "d.2-noise", "The complement of the features at rest, with noise",
                "noise vectors have a part outside the features.", RUN, conflict,
                checks=(Run(lambda context: chapter.complement_rests(context, noisy)),)),
        control(level, "population-label-dropped", "The population against data without one class",
                "that class is never learnt.", RUN, conflict,
                checks=(against(without_a_label, tuple(s.replace(N=6 * s.k) for s in NETWORK)),)),
        control(level, "population-few", "The levels compared in three settings",
                "fewer than ten settings count as nothing.", RUN, Verdict.INCONCLUSIVE,
                checks=(against(lambda s, seed: [updates.levels(s, seed)],
                tuple(s.replace(N=6 * s.k) for s in NETWORK[:3])),)),
        control(level, "population-nothing", "A measurement of nothing", "without an outcome there is no agreement.",
                RUN, Verdict.INCONCLUSIVE,
                checks=(Run(lambda context: Measurement(())),)),
    )  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the dynamics."""
    return (*controls_of_gradient(), *controls_of_runs())


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
