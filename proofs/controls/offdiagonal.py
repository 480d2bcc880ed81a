"""Planted errors in Lemma D.7: the sign and the size of a fall, the floor, the index, the transition."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from hypothesis import strategies as st
from sympy import And, Eq, Ge, Gt, Le
from theorycheck_simulations.population import train_population
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Invariant, Measurement
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.claim import Claim
from theorycheck.verdict import Verdict

from ..li_li_2024 import offdiagonal as chapter
from ..li_li_2024 import offdiagonal_proofs as proofs
from ..li_li_2024.grids import SHORT
from ..li_li_2024.offdiagonal_proofs import ALPHA, ETA, K, N, R, c, c_0, c_next, fall, floor, y
from .control import Control, control, planted, twin

Q = 3
BOTH = ("proof", "search")
MOST = ETA / K * N * ALPHA
Values = dict[str, Fraction]


def runs(sign: int = 1) -> st.SearchStrategy[Values]:
    """Exact runs as the chapter draws them, on a coarse grid; `sign` -1 climbs."""

    def walk(size: int, step: int, start: int, room: int, logits: list[int]) -> Values:
        v = {"k": Fraction(2), "n_R": Fraction(size), "alpha": Fraction(1), "rho": Fraction(1), "eta": Fraction(step)}
        now = after = v["c_0"] = Fraction(start, 4)
        most = v["eta"] * size / 2
        for drawn in logits:
            now, v["logit"] = after, Fraction(drawn, 4)
            after = now - sign * most * v["logit"] * min(Fraction(1), max(Fraction(0), now)) ** (Q - 1)
        return {**v, "c": now, "c_next": after, "y": now, "floor": min(v["c_0"], -most) - room}

    few = st.integers(0, 4)
    return st.builds(
        walk,
        st.integers(1, 3),
        st.integers(1, 3),
        st.integers(-4, 8),
        st.integers(0, 1),
        st.lists(few, min_size=1, max_size=3),
    )


def along(slack: Callable[[Setting, np.ndarray], np.ndarray]) -> Run:
    """Whether a slack, made from all correlations (T+1, k, m, 2k) of a run at level 1, is never negative."""

    def measure(context: Context) -> Measurement:
        found = []
        for index, setting in enumerate(SHORT):
            run = train_population(setting, index, stride=1, correlations=True)
            assert run.trajectory.correlations is not None
            found.append(slack(setting, run.trajectory.correlations).ravel())
        return Measurement((Invariant("planted", np.concatenate(found)),))

    return Run(measure)


def away(setting: Setting, C: np.ndarray) -> np.ndarray:
    """Correlations with the robust features of the other classes, (T+1, ...)."""
    return np.moveaxis(C[..., : setting.k], -1, 1)[:, ~np.eye(setting.k, dtype=bool)]


def own(setting: Setting, C: np.ndarray) -> np.ndarray:
    """Correlations with the class's own robust feature."""
    return np.moveaxis(C[..., : setting.k], -1, 1)[:, np.eye(setting.k, dtype=bool)]


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in Lemma D.7."""
    whole, search = chapter.lemma((Q,)), Search((), runs, trials=(80, 200, 2_000))
    step, zero, run = (twin(whole, f"d.7-{id}", part) for id, part in (
        ("step", f"step, q = {Q}, polynomial"), ("frozen", f"step, q = {Q}, zero"),
        ("run", f"run, q = {Q}")))  # fmt: skip
    step, zero = (replace(claim, checks=(claim.checks[0], search)) for claim in (step, zero))
    moving = replace(run, id="twin-d.7-moving", checks=(run.checks[-1],), expected=Verdict.SURVIVED)
    run = replace(run, checks=(run.checks[0], search))
    part, dynamics = run.parts[0], run.parts[0].dynamics
    assert dynamics is not None
    less = fall(Q, None, y)
    climbing = {
        p: tuple(Eq(c_next, c + fall(Q, p, ALPHA * c)) if isinstance(r, Eq) else r for r in rs)
        for p, rs in dynamics.transitions.items()
    }
    few, invariant = ("proof",), ("invariant",)
    return (
        control(step, "d.7-sign", "A correlation with another class's feature rises",
                "logit_i enters with a minus sign for j != i.", BOTH,
                relation=And(Ge(-less, 0, evaluate=False), Ge(c + less, -MOST, evaluate=False))),
        control(step, "d.7-floor-zero", "Never below 0 after a step", "the last step may overshoot 0.", BOTH,
                relation=And(Ge(less, 0, evaluate=False), Ge(c - less, 0, evaluate=False))),
        control(step, "d.7-strict", "Every step falls strictly", "with logit_i = 0 nothing moves.", BOTH,
                relation=And(Gt(less, 0, evaluate=False), Ge(c - less, -MOST, evaluate=False))),
        control(step, "d.7-exponent", "A step is (alpha c/rho)^q times the largest", "s' has the power q - 1.", BOTH,
                relation=Le(less, MOST * (y / R) ** Q * proofs.logit)),
        control(zero, "d.7-linear-frozen", "Frozen on the polynomial piece too", "s' is positive there.", BOTH,
                parts=(replace(zero.parts[0], given=step.parts[0].given, point=step.parts[0].point),)),
        control(run, "d.7-update-sign", "The run with the class's own update", "it climbs above its start.", BOTH,
                parts=(replace(part, dynamics=replace(dynamics, transitions=climbing)),),
                checks=(run.checks[0], Search((), partial(runs, -1), trials=(80, 200, 2_000)))),
        control(run, "d.7-no-floor", "Never below the start", "a positive correlation falls.", BOTH,
                relation=And(Ge(c, c_0, evaluate=False), Le(c, c_0, evaluate=False))),
        control(run, "d.7-floor-not-low", "The floor not below one step", "the last step may pass it.", few,
                Verdict.INCONCLUSIVE,
                parts=(replace(part, given=(Le(floor, c_0),)),), checks=run.checks[:1]),
        control(moving, "d.7-own-feature", "Correlations with the own feature never rise", "they are what is learnt.",
                invariant, Verdict.CONFLICT,
                checks=(along(lambda s, C: -np.diff(own(s, C), axis=0)),)),
        control(moving, "d.7-runs-no-floor", "The floor replaced by the start",
                "positive correlations fall along runs.", invariant, Verdict.CONFLICT,
                checks=(along(lambda s, C: away(s, C) - away(s, C)[:1]),)),
        control(moving, "d.7-runs-nan", "A slack that is NaN", "NaN is not above 0.", invariant, Verdict.CONFLICT,
                checks=(along(lambda s, C: np.nan * away(s, C)),)),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
