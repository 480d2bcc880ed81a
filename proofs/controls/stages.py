"""Planted errors in the stages of training: Lemma D.8's bounds of a step, the reach of D.10 and the growth of D.11."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from hypothesis import strategies as st
from sympy import And, Ge, Le, exp
from theorycheck_simulations.population import train_populations

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Invariant, Measurement
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.claim import Claim
from theorycheck.domains import Variable, real
from theorycheck.verdict import Verdict

from ..li_li_2024 import late, late_runs, stage_one, stage_runs
from ..li_li_2024 import late_proofs as growth
from ..li_li_2024 import stage_proofs as proofs
from ..li_li_2024.grids import EARLY, LATE
from .control import Control, control, planted, twin

Q = 3
S, F, k, tau, eta = proofs.S, proofs.F, proofs.k, proofs.tau, proofs.eta
BOTH, RUNS = ("proof", "search"), ("invariant",)
Values = dict[str, Fraction]


def early(F: int = 1, S: Fraction = Fraction(1)) -> st.SearchStrategy[Values]:
    """Inside Lemma D.8 on a coarse grid; `F` scales F_i and `S` the sum of the others, which leaves the hypotheses."""

    def values(k: int, u: int, at: int, ceiling: int, z: int) -> Values:
        tau = Fraction(ceiling, 2)
        return {"k": Fraction(k), "S": S * (k - 1) * (1 + Fraction(u, 4) * tau), "F": F * Fraction(at, 4), "tau": tau,
        "eta": Fraction(1),
                "rho": Fraction(1), "n_p": Fraction(1), "c": Fraction(1), "z": Fraction(z, 4)}  # fmt: skip

    few = st.integers(0, 4)
    return st.builds(values, st.integers(2, 5), few, few, few, st.integers(1, 4))


def late_steps(F: int = 1) -> st.SearchStrategy[Values]:
    """Inside Lemma D.11's steps on a coarse grid."""

    def values(k: int, u: int, at: int, C: int, X: int, share: int) -> Values:
        one, tau = Fraction(1), Fraction(1, 2)
        now, constant = Fraction(X, 2), Fraction(C, 2)
        most = now + constant + constant**2 / (2 * now)  # below X e^(C/X)
        fixed = dict.fromkeys(("m", "n_R", "n_N", "alpha", "beta", "eta"), one)
        return {**fixed, "k": Fraction(k), "S": (k - 1) * (1 + Fraction(u, 4) * tau), "tau": tau,
        "F": F * Fraction(at), "C": constant, "X": now,
                "X_0": now / 2 if share < 2 else now, "X_next": now + (most - now) * Fraction(share, 4), "Y": 1 / now,
                "t": Fraction(0), "t_next": one}  # fmt: skip

    few = st.integers(0, 4)
    return st.builds(values, st.integers(2, 5), few, few, st.integers(1, 4), st.integers(1, 6), few)


def increments(change: Callable[[stage_runs.StageOne], stage_runs.StageOne]) -> Run:
    """The chapter's slacks of Lemma D.8 along runs, with something changed in the bounds."""

    def measure(context: Context) -> Measurement:
        found = [stage_runs.increments(change(stage_runs.stage_one(s, index)))[0] for index, s in enumerate(EARLY)]
        return Measurement((Invariant("increment within its bounds", np.concatenate(found)),))

    return Run(measure)


def outputs(factor: float) -> Run:
    """The chapter's slacks of Lemma D.11 along runs, with c' multiplied."""

    def measure(context: Context) -> Measurement:
        runs = [train_populations(s, index, 2, stride=s.T // 500) for index, s in enumerate(LATE[:5])]
        slack = np.concatenate([late_runs.growth_slacks(part, factor)[0] for part in runs])
        return Measurement((Invariant("log(e^F(0) + c' e^c' t) - F(t)", slack, late_runs.ROUNDING),))

    return Run(measure)


def at(**more: int) -> Callable[[stage_runs.StageOne], stage_runs.StageOne]:
    """The bounds at a setting with more of something."""
    return lambda found: replace(
        found, setting=found.setting.replace(**{name: getattr(found.setting, name) + n for name, n in more.items()})
    )


def errors_of_d8() -> tuple[Control, ...]:
    """In the bounds of a step in Stage I."""
    whole, search = stage_one.lemma_d8((Q,)), Search((), early, trials=(80, 200, 2_000))
    step = twin(whole, "d.8", f"q = {Q}")
    step = replace(step, checks=(step.checks[0], search))
    runs = twin(whole, "d.8-runs", "along runs", variables=(), point={}, hypotheses=(), expected=Verdict.SURVIVED)
    moved, low, high = proofs.increment(Q), proofs.early_low(Q), proofs.early_high(Q)
    early_gain = eta / k * proofs.gain(Q)
    looser = tuple(Variable("F", real(0), v.meaning) if v.name == "F" else v for v in step.variables)
    fewer = tuple(h for h in step.hypotheses if h.relation != Ge(S, k - 1))
    return (
        control(step, "d.8-ends-swapped", "The bounds exchanged", "the lower is below the upper.", BOTH,
                relation=And(Ge(moved, high), Le(moved, low))),
        control(step, "d.8-k-for-k-1", "k for k - 1 in the lower bound", "the label's class is not among the others.",
                BOTH,
                relation=And(Ge(moved, early_gain * k / (k + exp(1))), Le(moved, high))),
        control(step, "d.8-without-tau", "The upper bound without e^tau", "the other outputs are not all 0.", BOTH,
                relation=And(Ge(moved, low), Le(moved, early_gain * (k - 1) / k))),
        control(step, "d.8-stage-over", "Stage I without F_i <= 1", "1 - logit_i falls with F_i.", BOTH,
                variables=looser,
                checks=(step.checks[0], Search((), partial(early, F=8), trials=(80, 200, 2_000)))),
        control(step, "d.8-few-classes", "Without S >= k - 1", "negative outputs make 1 - logit_i small.", BOTH,
                hypotheses=fewer,
                checks=(step.checks[0], Search((), partial(early, S=Fraction(1, 4)), trials=(80, 200, 2_000)))),
        control(runs, "d.8-runs-k", "The bounds along runs with one class more",
                "every step is larger than the bounds.", RUNS, Verdict.CONFLICT,
                checks=(increments(at(k=1, d=2)),)),
        control(runs, "d.8-runs-exponent", "The bounds along runs with q + 1", "the step has the power q - 1.", RUNS,
                Verdict.CONFLICT,
                checks=(increments(at(q=1)),)),
    )  # fmt: skip


def errors_of_d11() -> tuple[Control, ...]:
    """In the growth of the outputs."""
    whole, search = late.lemma_d11(), Search((), late_steps, trials=(80, 200, 2_000))
    gain, step = (
        replace(c, checks=(c.checks[0], search))
        for c in (twin(whole, f"d.11-{name}", name) for name in ("gain", "step"))
    )
    runs = twin(whole, "d.11-runs", "along runs", variables=(), point={}, expected=Verdict.SURVIVED)
    paper = twin(whole, "d.11-paper", "paper's form")
    X, X_next, X_0, C, t = growth.X, growth.X_next, growth.X_0, growth.C, growth.t
    left = eta / k * (S / (S + exp(F))) * growth.strength()
    constant = growth.growth_constant()
    part = paper.parts[0]
    return (
        control(gain, "d.11-without-tau", "c' without e^tau", "the other outputs are not all 0.", BOTH,
                relation=Le(left, constant / exp(tau) * exp(-F))),
        control(gain, "d.11-decay", "A gain of c' e^(-2F)", "1 - logit_i falls like e^(-F).", BOTH,
                relation=Le(left, constant * exp(-2 * F))),
        control(step, "d.11-without-exponential", "X+ <= X + c'", "e^x exceeds 1 + x.", BOTH,
                relation=Le(X_next, X + C)),
        control(step, "d.11-not-risen", "The step without X >= X_0", "a small X grows faster.", BOTH,
                parts=(replace(step.parts[0], given=(Le(X_next, X * exp(C / X)),)),),
                checks=(step.checks[0],
                Search((), lambda: late_steps().map(lambda v: {**v, "X_0": 9 * v["X"]}), trials=(80, 200, 2_000)))),
        control(paper, "d.11-below-1", "The paper's form without X_0 >= 1", "c'/X_0 may exceed c'.", ("proof",),
                Verdict.INCONCLUSIVE,
                parts=(replace(part, given=()),)),
        control(paper, "d.11-off-by-one", "t - 1 for t in the paper's form", "the first step counts.", ("proof",),
                Verdict.INCONCLUSIVE,
                relation=Le(X, X_0 + C * exp(C) * (t - 1))),
        control(runs, "d.11-thousandth", "A thousandth of c' along runs", "F outgrows the bound.", RUNS,
                Verdict.CONFLICT, checks=(outputs(1e-3),)),
    )  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the stages."""
    return (*errors_of_d8(), *errors_of_d11())


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
