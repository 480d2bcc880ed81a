"""The exact run that refutes the unconditional Lemma D.10, repeated in Arb balls."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb
from theorycheck_simulations.enclosure import Undecided, enclose, less
from theorycheck_simulations.population import train_population
from theorycheck_simulations.setting import Setting, setting_from

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Invariant, Measurement
from theorycheck.domains import rational
from theorycheck.evidence import Plot, Series, Table

from . import predictions
from .measurements import described
from .updates import checked

CLAIM = "lemma-d.10-unconditional"
STATEMENT = "max_r B_{i,r} >= rho/beta for every class i after these steps, B ahead of A by 1 + kappa = 2 at the start"
SMALL = setting_from(
    {
        "k": 2,
        "d": 4,
        "m": 1,
        "n_R": 1,
        "n_N": 100,
        "alpha": 2.5,
        "beta": 1.0,
        "q": 3,
        "rho": 0.5,
        "eta": 0.02,
        "sigma_0": 0.01,
        "T": 8000,
    }
)
SETTINGS = tuple(
    SMALL.replace(n_N=n_N, alpha=alpha) for n_N, alpha in ((2, 1.2), (6, 1.5), (20, 2.0), (50, 2.5), (100, 2.5))
)
# Rows: the filters of class 0, then of class 1; columns u_0, u_1, v_0, v_1. Off-diagonal entries <= 0 never move.
INITIAL = (("1/1000", "-1/100", "1/50", "-1/100"), ("-1/100", "1/1000", "-1/100", "1/50"))
KEYS = {"schema_version", "kind", "paper", "claim", "setting", "initial", "steps", "statement"}

Rows = Sequence[Sequence[Fraction]]


def witness(setting: Setting, paper: str) -> dict[str, Any]:
    """The run as a document: everything that `replay` needs."""
    return {
        "schema_version": 1,
        "kind": "run",
        "paper": paper,
        "claim": CLAIM,
        "setting": setting.model_dump(mode="json"),
        "initial": [list(row) for row in INITIAL],
        "steps": setting.T,
        "statement": STATEMENT,
    }


def meets_hypotheses(setting: Setting, rows: Rows) -> bool:
    """Exactly: denser, weaker non-robust features, and in every class max_r B(0) >= 2 S^(1/(q-2)) max_r A(0), > 0."""
    k, m, n = setting.k, setting.m, setting.q - 2
    S = setting.n_R * Fraction(setting.alpha) ** setting.q / (setting.n_N * Fraction(setting.beta) ** setting.q)
    for i in range(k):
        own = rows[i * m : (i + 1) * m]
        A, B = max(row[i] for row in own), max(row[k + i] for row in own)
        if not (B > 0 and B**n >= 2**n * S * max(A, Fraction(0)) ** n):
            return False
    return S < 1 and setting.alpha > setting.beta and setting.sigma_n == 0


def replay(document: Mapping[str, Any]) -> bool | None:
    """True if by the enclosures some class is below rho/beta although all hypotheses hold; None if they are too wide.

    Raises:
        ValueError: if the document is not such a run.
    """
    if (
        set(document) != KEYS
        or document["schema_version"] != 1
        or document["kind"] != "run"
        or document["claim"] != CLAIM
    ):
        raise ValueError(f"{CLAIM}: not a run witness of this claim")
    if document["statement"] != STATEMENT:
        raise ValueError(f"{CLAIM}: the witness is about another statement")
    setting, steps = setting_from(document["setting"]), document["steps"]
    if isinstance(steps, bool) or not isinstance(steps, int) or not 0 <= steps <= setting.T:
        raise ValueError(f"steps = {steps!r}: not a number of steps (allowed: integer from 0 to T = {setting.T})")
    rows = [[rational(x) for x in row] for row in document["initial"]]
    k, m = setting.k, setting.m
    if len(rows) != k * m or any(len(row) != 2 * k for row in rows):
        raise ValueError(f"initial: wrong size (allowed: {k * m} rows of {2 * k})")
    if not meets_hypotheses(setting, rows):
        return False
    U, V = (
        [[[rows[i * m + r][side * k + j] for r in range(m)] for i in range(k)] for j in range(k)] for side in (0, 1)
    )
    try:
        end = enclose(setting, U, V, steps)
    except Undecided:
        return None
    # Without division: beta B < rho. Both numbers are the exact values of the setting's floats.
    below = [[less(arb(setting.beta) * ball, arb(setting.rho)) for ball in end.V[i][i]] for i in range(k)]
    if any(all(row) for row in below):
        return True
    return None if any(None in row for row in below) else False


def measure(context: Context, settings: Sequence[Setting] = SETTINGS) -> Measurement:
    """max_r B - rho/beta after T steps from the same start, over growing n_N rho/q."""
    rows = [[rational(x) for x in row] for row in INITIAL]
    slack, table, against, series = [], [], None, []
    for setting in settings:
        if not meets_hypotheses(setting, rows):
            raise ValueError(f"{described(setting)}: the start does not meet the hypotheses")
        start = np.array([[float(x) for x in row] for row in rows]).reshape(setting.k, setting.m, 2 * setting.k)
        run = train_population(setting, W0=start, stride=setting.T // 100)
        checked(run.status, setting)
        over = run.B.max(axis=1) - setting.rho / setting.beta
        slack.append(over)
        if over.min() < 0:
            against = witness(setting, context.paper)
        goal, F = predictions.linear_part_output(setting), run.trajectory.F
        table.append(
            (setting.n_N, goal, float(run.B.max(axis=1).min()), setting.rho / setting.beta, float(F[-1].max()))
        )
        t = [float(x) for x in run.trajectory.t[1:]]
        series.append(Series(f"n_N = {setting.n_N}", "line", t, run.trajectory.B[1:, 0].max(axis=1).tolist()))
    heads = ("n_N", "n_N rho/q", "max_r B at T", "rho/beta", "F at T")
    plot = Plot(
        "Does max_r B reach rho/beta?",
        "t",
        "max_r B",
        (*series, Series("rho/beta", "rule", [], [SMALL.rho / SMALL.beta])),
        x_scale="log",
    )
    outcome = Invariant("max_r B(T) - rho/beta", np.concatenate(slack), witness=against)
    return Measurement(
        (outcome,),
        {"steps": SMALL.T, "settings": len(settings)},
        (plot,),
        (Table("Reaching the linear part", heads, tuple(table)),),
    )
