"""Random and nearly tight recursions against the bound of Lemma B.2, and the exact replay of a violation."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Ge, Le, Lt, Piecewise, symbols

from theorycheck import kernel
from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.evidence import Plot, Series, Table
from theorycheck.expression import lower
from theorycheck.recursion import Recursion
from theorycheck.seeds import stream

from .notation import Q
from .tensor_power_proofs import order

x, y, x_0, y_0, eta, S, a, C, more, less, kappa = symbols("x y x_0 y_0 eta S a C more less kappa")
STEPS = 300
# A step has at most ten operations, each off by 2^-53; over 300 steps that is 3.4e-13, and what a relative error of y
# grows by until the end is (y_T/y_t)^(q-2), below 3,000 in every draw.
ROUNDING = 1e-9
# (a/x_0, eta a^(q-2), steps): the start is ahead by kappa = 1/4 exactly, steps are small and a is far away.
TIGHT = {3: (150, 1e-3, 170_000), 4: (10, 1e-3, 60_000), 5: (5, 1e-3, 50_000), 6: (4, 1e-3, 80_000)}
TIGHT_KAPPA, TIGHT_LOOSE = 0.25, 0.05


def recursion(q: int) -> Recursion:
    """Both sequences, standing still once x >= a; `more` and `less` are what a step may exceed or miss equality by."""
    n = order(q)
    return Recursion(
        f"tensor power, q = {q}",
        {"x": Piecewise((x, Ge(x, a)), (x + eta * C * x ** (n + 1) * (1 + more), True)),
         "y": Piecewise((y, Ge(x, a)), (y + eta * S * C * y ** (n + 1) * (1 - less), True))},
        ("eta", "S", "a"), ("C", "more", "less"),
    )  # fmt: skip


@dataclass(frozen=True)
class Draw:
    """Parameters and starts (runs,), and inputs (runs, steps, 3), of recursions inside the hypotheses (C_max = 1)."""

    q: int
    values: dict[str, np.ndarray]
    start: np.ndarray
    kappa: np.ndarray
    inputs: np.ndarray

    @property
    def theta(self) -> np.ndarray:
        """(1 + eta a^n)^(n+1)."""
        n = order(self.q)
        return np.asarray((1 + self.values["eta"] * self.values["a"] ** n) ** (n + 1))

    @property
    def bound(self) -> np.ndarray:
        """What y stays below."""
        n = order(self.q)
        return np.asarray(self.start[:, 1] * (1 - self.theta * (1 + self.kappa) ** -n) ** (-1 / n))


def draw(q: int, runs: int, rng: np.random.Generator, lead: float = 1.0) -> Draw:
    """Random recursions; `lead` < 1 breaks the hypothesis on the start, as a negative control does."""
    n = order(q)
    h = 10 ** rng.uniform(-3, -0.7, runs)
    theta = (1 + h) ** (n + 1)
    kappa = theta ** (1 / n) * (1 + 10 ** rng.uniform(-1.7, 0, runs)) - 1
    speed, first = 10 ** rng.uniform(-1, 1, runs), 10 ** rng.uniform(-1, 0, runs)
    level = first * np.maximum(1.05, np.minimum(rng.uniform(1.2, 20, runs), (0.4 * STEPS * n * h) ** (1 / n)))
    ahead = np.where(rng.random(runs) < 0.5, 1.0, rng.uniform(1, 3, runs))
    start = np.stack([first, first / ((1 + kappa) * speed ** (1 / n) * ahead * lead)], axis=1)
    least = rng.uniform(0.2, 1, (runs, 1, 1))
    inputs = np.concatenate([rng.uniform(least, 1, (runs, STEPS, 1)), rng.random((runs, STEPS, 2))], axis=2)
    inputs[:, :, 1:] *= rng.random((runs, 1, 1)) < 0.5  # half of the recursions have equality in every step
    return Draw(q, {"eta": h / level**n, "S": speed, "a": level}, start, kappa, inputs)


def slack(given: Draw) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """bound/max_t y_t - 1, whether x reached a, and whether the recursion overflowed below the bound, per recursion."""
    trajectory, failed = recursion(given.q).iterate(given.start, given.values, given.inputs, given.inputs.shape[1])
    found = given.bound / np.nanmax(trajectory[:, :, 1], axis=1) - 1
    return found, trajectory[:, -1, 0] >= given.values["a"], (failed >= 0) & (found >= 0)


def tight(q: int) -> tuple[float, float]:
    """The bound and the measured y_T where the lemma is nearly tight."""
    n, (far, h, steps) = order(q), TIGHT[q]
    inputs = np.zeros((1, steps, 3))
    inputs[:, :, 0] = 1
    values = {"eta": np.array([h / far**n]), "S": np.ones(1), "a": np.array([float(far)])}
    given = Draw(q, values, np.array([[1.0, 1 / (1 + TIGHT_KAPPA)]]), np.array([TIGHT_KAPPA]), inputs)
    ratio, reached, _ = slack(given)
    bound = float(given.bound[0])
    return bound, bound / (1 + float(ratio[0])) if reached[0] else float("nan")


def measure(context: Context, lead: float = 1.0) -> Measurement:
    """Random recursions never above the bound, and nearly tight ones at most 5 % below it."""
    runs = context.profile.pick(2_500, 3_000, 30_000)
    outcomes: list[Agreement | Invariant] = []
    rows, failures, histogram = [], [], []
    predicted, measured = np.array([tight(q) for q in Q]).T
    for i, q in enumerate(Q):
        given = draw(q, runs, stream(context.seed, "lemma-b.2", q, "recursions"), lead)
        found, reached, failed = slack(given)
        failures += [f"q = {q}: a recursion was not finite" for _ in range(int(failed.any()))]
        worst = int(np.argmin(np.where(np.isnan(found), -np.inf, found)))
        shown = witness(context.paper, given, worst) if not found[worst] >= -ROUNDING else None
        outcomes.append(Invariant(f"q = {q}: bound/y_T - 1 >= 0", found, ROUNDING, shown))
        rows.append((q, runs, int(reached.sum()), float(found.min()) + 1, float(predicted[i] / measured[i])))
        ordered = np.sort(found)[:: max(1, runs // 200)] + 1
        histogram.append(Series(f"q = {q}", "line", ordered.tolist(), np.linspace(0, 1, len(ordered)).tolist()))
    outcomes.append(Agreement("bound against y_T where the lemma is nearly tight", predicted, measured, TIGHT_LOOSE))
    columns = ("q", "recursions", "reached a", "smallest bound/y_T, random", "bound/y_T, nearly tight")
    figures = {
        "recursions": runs * len(Q),
        "steps": STEPS,
        "smallest bound/actual": float(np.min(predicted / measured)),
    }
    plot = Plot("How loose the bound is", "bound / y_T", "share of recursions below", tuple(histogram), x_scale="log")
    return Measurement(tuple(outcomes), figures, (plot,), (Table("Recursions", columns, tuple(rows)),), tuple(failures))


def witness(paper: str, given: Draw, index: int) -> dict[str, Any]:
    """One recursion, its floats taken exactly, as a trajectory that the kernel replays up to the first violation.

    kappa is the largest that the exact start allows up to 10^-12, so that the hypothesis holds exactly.
    """
    n, map_ = order(given.q), recursion(given.q)
    one = {name: v[[index]] for name, v in given.values.items()}
    path = map_.iterate(given.start[[index]], one, given.inputs[[index]], given.inputs.shape[1])[0][0, :, 1]
    steps = int(np.argmax(path > given.bound[index]))
    values = {name: Fraction(float(v[index])) for name, v in given.values.items()}
    kappa_exact = Fraction(float(given.kappa[index])) * (1 - Fraction(1, 10**12))
    theta = (1 + eta * a**n) ** (n + 1)
    hypotheses = [Ge(x_0**n, (1 + kappa) ** n * S * y_0**n), Lt(theta, (1 + kappa) ** n)]
    series = {
        name: [str(Fraction(float(v))) for v in given.inputs[index, :steps, i]] for i, name in enumerate(map_.inputs)
    }
    return {
        "schema_version": 1, "kind": "trajectory", "paper": paper, "claim": "lemma-b.2",
        "values": {name: str(v) for name, v in {**values, "kappa": kappa_exact}.items()},
        "hypotheses": [lower(relation) for relation in hypotheses],
        "statement": lower(Le(y**n * (1 - theta / (1 + kappa) ** n), y_0**n)),
        "recursion": {
            "state": {name: str(Fraction(float(v))) for name, v in zip(map_.state, given.start[index], strict=True)},
            "update": dict(map_.trees), "inputs": series, "steps": steps,
        },
    }  # fmt: skip


def replay(found: Mapping[str, Any]) -> bool | None:
    """True if every input is in its range and the kernel finds every hypothesis true and the bound false, else None."""
    inputs = {name: [Fraction(v) for v in values] for name, values in found["recursion"]["inputs"].items()}
    allowed = all(0 <= v <= 1 for name in ("C", "less") for v in inputs[name]) and all(v >= 0 for v in inputs["more"])
    return True if allowed and kernel.replay(found).confirmed else None
