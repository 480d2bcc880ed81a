"""What the paper or its rebuttal says without a condition, and the runs against it that are replayed."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from theorycheck_simulations.adversarial import AdversarialRun, train_adversarial
from theorycheck_simulations.setting import Setting, setting_from
from theorycheck_simulations.status import Status

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Invariant, Measurement
from theorycheck.checks.run import Run
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.evidence import Plot, Series, Table
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .measurements import described
from .phases_replay import (
    COUPLED,
    SHARE,
    SLOWER,
    WIDE,
    Rows,
    Statement,
    float_rows,
    replay_passing,
    replay_slower,
)
from .phases_runs import total
from .updates import checked

REPLAYS: dict[str, Callable[[Mapping[str, Any]], bool | None]] = {
    COUPLED.claim: partial(replay_passing, COUPLED),
    WIDE.claim: partial(replay_passing, WIDE),
    SLOWER.claim: replay_slower,
}
TWO = setting_from({"k": 2, "d": 4, "m": 1, "T": 4000})
FOUR = setting_from({"k": 2, "d": 8, "m": 2, "T": 4000})
ONE_FEATURE = setting_from({"k": 2, "d": 4, "m": 1, "eta": 0.005, "T": 4000})
ASCENTS = (2, 5, 10, 20, 50, 100)
STARTED = Condition("max_r A(0) > 0 in every class", tex=r"\max_r A^{(0)}_{i,r}>0")
SETTING = Condition("denser, alpha > epsilon >= beta, beta^2 <= eta~ rho, one ascent step on -F_y, no noise", tex=(
    r"n_N\beta^q>n_R\alpha^q,\ \alpha>\varepsilon\ge\beta,\ \beta^2\le\tilde\eta\varrho,\ \sigma_n=0"))  # fmt: skip
Starts = tuple[tuple[str, Setting, Rows], ...]


def along(setting: Setting, *entries: tuple[int, int, int, Fraction]) -> Rows:
    """Initial weights that are 0 but for entries (class, filter, coordinate, value)."""
    rows = [[Fraction(0)] * setting.d for _ in range(setting.k * setting.m)]
    for klass, filter_, coordinate, value in entries:
        rows[klass * setting.m + filter_][coordinate] = value
    return rows


def crossed(share: Fraction) -> Rows:
    """One filter a class: A(0) = 1/50 times the share, B(0) = 1/50."""
    B = Fraction(1, 50)
    return along(TWO, *((i, 0, i, share * B) for i in range(2)), *((i, 0, 2 + i, B) for i in range(2)))


def wide(size: Fraction) -> Rows:
    """A robust filter from 1/50 and a non-robust one from 1/40 a class, each with an axis outside the features."""
    starts = ((0, 0, Fraction(1, 50)), (1, 2, Fraction(1, 40)))
    features = ((i, r, side + i, start) for i in range(2) for r, side, start in starts)
    return along(FOUR, *features, *((i, r, 4 + 2 * i + r, size) for i in range(2) for r in range(2)))


# Where the statements hold and where not: the robust start ahead or behind, and the length outside the features.
CROSSED: Starts = tuple(
    (f"A(0)/B(0) = {share}", TWO, crossed(share)) for share in map(Fraction, ("8", "6", "1", "1/4"))
)
WIDTHS: Starts = tuple(
    (f"length {size} outside the features", FOUR, wide(size))
    for size in map(Fraction, ("0", "1/20", "1/10", "1/4", "1/2", "1"))
)
SINGLE: Rows = along(ONE_FEATURE, *((i, 0, 2 + i, Fraction(1, 100)) for i in range(2)))


def run_from(setting: Setting, rows: Rows, stride: int) -> AdversarialRun:
    """A finite run at level 1 from exact weights."""
    run = train_adversarial(setting, W0=float_rows(setting, rows), stride=stride)
    if run.status is Status.NON_FINITE:  # a start at which nothing moves is what one of the findings is about
        checked(run.status, setting)
    return run


def measure_passing(context: Context, statement: Statement, starts: Starts) -> Measurement:
    """max_r A - max_r B after T steps, from every start."""
    slack, rows, against, series = [], [], None, []
    for name, setting, start in starts:
        run = run_from(setting, start, setting.T // 100)
        A, B = run.A.max(axis=1), run.B.max(axis=1)
        slack.append(A - B)
        if slack[-1].min() < 0:
            against = statement.witness(setting, start, setting.T, context.paper)
        rows.append((name, float(A.min()), float(B.max())))
        t, k = run.t[1:].astype(float).tolist(), setting.k
        series.append(Series(name, "line", t, run.weights[1:, 0, :, 0].max(axis=1).tolist()))
        last = run.weights[1:, 0, :, k].max(axis=1).tolist()
    series.append(Series("max_r B of the last", "line", t, last))
    setting = starts[0][1]
    plot = Plot("Does max_r A pass max_r B?", "t", "max_r A", tuple(series), "log", "log")
    table = Table("After T steps", ("start", "max_r A", "max_r B"), tuple(rows))
    return Measurement(
        (Invariant("max_r A - max_r B at T", np.concatenate(slack), witness=against),),
        {"starts": len(starts), "steps": setting.T, "setting": described(setting)}, (plot,), (table,),
    )  # fmt: skip


def measure_slower(context: Context, ascents: tuple[int, ...] = ASCENTS) -> Measurement:
    """Whether the time to 9/10 of the level falls from one eta~ to the next, from the same start."""
    times = []
    for eta_tilde in ascents:
        setting = ONE_FEATURE.replace(eta_tilde=float(eta_tilde))
        run = run_from(setting, SINGLE, 1)
        k = setting.k
        share = total(setting, np.einsum("niri->nir", run.weights[..., k : 2 * k]))
        reached = share >= float(SHARE)
        times.append(np.where(reached.any(axis=0), reached.argmax(axis=0), setting.T + 1))
    falls = -np.diff(np.array(times), axis=0)
    first, last = int(np.max(times[0])), ascents[-1]
    against = None
    if falls.min() < 0 and first <= ONE_FEATURE.T:
        against = SLOWER.witness(ONE_FEATURE, SINGLE, first, context.paper, eta_tilde=[str(ascents[0]), str(last)])
    table = Table("Steps to 9/10 of the level", ("eta~", "steps"),
                  tuple((eta, int(t.max())) for eta, t in zip(ascents, times, strict=True)))  # fmt: skip
    return Measurement((Invariant("time with eta~ - time with the next larger eta~", falls, witness=against),),
                       {"setting": described(ONE_FEATURE)}, tables=(table,))  # fmt: skip


def as_printed(statement: Statement, starts: Starts, fails: str, title: str, text: str, where: str) -> Claim:
    """Lemma D.24 without one of its conditions."""
    return Claim(
        statement.claim,
        Source("Lemma D.24", "Appendix D.2.5"),
        title,
        (Part("passes", text=text, tex=r"\max_r A^{(T)}_{i,r}\ge\max_r B^{(T)}_{i,r}"),),
        (Run(partial(measure_passing, statement=statement, starts=starts), ("passes",), REPLAYS[statement.claim]),),
        hypotheses=(SETTING, STARTED, Condition(where)),
        uses=("phase-two-time",),
        expected=Verdict.REFUTED,
        derivation=(
            Step("what the paper argues", "Robust learning goes on, since something of the robust patch is always "
                                          "left, and so it passes non-robust learning in the end."),
            Step("where it fails", fails),
        ),
        note="The witness is a run with k = 2 from exact rational weights, repeated in Arb balls; the table shows "
             "from which starts the statement holds. lemma-d.24 is the lemma with the condition.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """Three statements with replayed counterexamples."""
    coupled = as_printed(
        COUPLED, CROSSED, "A filter that has both features comes to rest on robust patches (finding-f5).",
        "The robust feature passes the non-robust one, as the paper reads: coupled filters",
        "from filters with both features, max_r A >= max_r B in every class after 4,000 steps",
        "filters along u_i and v_i, d = 2k",
    )  # fmt: skip
    wide = as_printed(
        WIDE, WIDTHS, "The ascent moves patches along the part of the filter outside the features (finding-f4).",
        "The robust feature passes the non-robust one, as the paper reads: any d and sigma_0",
        "from filters with one feature each and any length outside the features, max_r A >= max_r B in every class "
        "after 4,000 steps",
        "filters along one own feature each and outside the features",
    )  # fmt: skip
    threshold = Claim(
        SLOWER.claim,
        Source("Threshold time", "Reviews and rebuttals"),
        "The time of the phase transition falls as eta~ grows",
        (
            Part("falls", text="from the same start, sum_r B^q comes to 9/10 of its level no later with the larger "
                               "of two eta~, both from 2 to 100", tex=r"T(\tilde\eta)=\Theta(1/\tilde\eta)"),
        ),
        (Run(measure_slower, ("falls",), REPLAYS[SLOWER.claim]),),
        hypotheses=(SETTING, Condition("filters along v_i alone, B(0) > 0 in every class")),
        uses=("saturation-level",),
        expected=Verdict.REFUTED,
        derivation=(
            Step("what the rebuttal says", "The threshold time is nearly Theta(1/eta~); the least of what that says "
                                           "is that it falls."),
            Step("where it fails", "Only the level falls, and B comes to it by steps in which eta~ does not occur "
                                   "(finding-f6)."),
        ),
        note="The witness is a pair of runs with k = 2, m = 1 from B(0) = 1/100, repeated in Arb balls.",
    )  # fmt: skip
    return coupled, wide, threshold
