"""Adversarial training with several ascent steps against training with one, from the same starts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.accuracy import population_accuracy, population_attack_accuracy
from theorycheck_simulations.adversarial import AdversarialRuns, train_adversarials
from theorycheck_simulations.population import diagonal
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.threats import robust_accuracy

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.evidence import Figure, Plot, Series, Table

from . import regimes
from .measurements import described, seed_of
from .regime_grids import BASE
from .regime_runs import unfinished
from .regimes import ROBUST_FIRST

Floats = NDArray[np.float64]
SETTING = BASE.replace(eta_tilde=5.0)
STEPS = (1, 2, 3, 5, 10)
RADII = (0.25, 0.5, 0.7, 0.8, 1.0, 1.1)  # epsilon/beta
# Near the threshold of the race a little decides, and ten steps slow the approach to the level: these are shown only.
THRESHOLD, MANY = 0.8, 10
# The few classes whose race is close; and the approach to the level, which is algebraic in t.
CLOSE, APPROACH = 0.1, 0.1


@dataclass(frozen=True)
class Trained:
    """Runs with one number of ascent steps at one radius, and what each class learnt first (R, k)."""

    runs: AdversarialRuns
    first: NDArray[np.int64]

    @property
    def setting(self) -> Setting:
        return self.runs.setting

    @property
    def kappa(self) -> Floats:
        """(R, k) eta~ beta^(q-2) sum_s (B_{i,s})_+^q / rho^(q-1) at T: 1 at the level where B saturates."""
        s = self.setting
        B = diagonal(self.runs.W[..., s.k : 2 * s.k])
        total = (np.maximum(B, 0) ** s.q).sum(axis=-1)
        return np.asarray(s.eta_tilde * s.beta ** (s.q - 2) * total / s.rho ** (s.q - 1))

    def mean(self, accuracy: Any, *arguments: Any) -> float:
        """The mean over the runs of an accuracy of the weights."""
        return float(np.mean([accuracy(self.setting, W, *arguments) for W in self.runs.W]))


def train(setting: Setting, seed: int, runs: int) -> Trained:
    """Runs of the setting, and their outcomes by first passage."""
    level_A = regimes.unit_level(setting, setting.n_R, setting.alpha, setting.epsilon)
    level_B = regimes.unit_level(setting, setting.n_N, setting.beta, setting.epsilon)
    done = train_adversarials(setting, seed, runs, level_A=level_A, level_B=level_B)
    A, B = (np.where(step < 0, np.inf, step) for step in (done.A_step, done.B_step))
    return Trained(done, regimes.first(A, B, setting.T))


def measure_steps(context: Context) -> Measurement:
    """The same outcomes, the same level, and hardly a class robust in the maximum norm, with few steps or many."""
    count = context.profile.pick(4, 24, 60)
    seed = seed_of(context, "review-multi-step", SETTING)
    same, level, linf = [], [], []
    failures: list[str] = []
    rows: list[tuple[Any, ...]] = []
    medians: dict[int, list[float]] = {}
    for radius in RADII:
        one: Trained | None = None
        for steps in STEPS:
            epsilon = radius * SETTING.beta
            found = train(SETTING.replace(epsilon=epsilon, ascent_steps=steps), seed, count)
            one = one or found
            alike, median = float(np.mean(found.first == one.first)), float(np.median(found.kappa))
            failures += unfinished(found.setting, found.runs.status)
            judged = steps < MANY
            same += [alike] if judged and steps > 1 and radius != THRESHOLD else []
            level += [median] if judged and radius >= 1 else []
            if radius >= 1:
                medians.setdefault(steps, []).append(median)
                linf += [robust_accuracy(found.setting, W, "linf", epsilon).attacked for W in found.runs.W]
            rows.append((radius, steps, float(np.mean(found.first == ROBUST_FIRST)), alike, median,
                         found.mean(population_accuracy), found.mean(population_attack_accuracy, epsilon)))
    outcomes = (
        Agreement("outcomes as with one step", np.ones(len(same)), np.array(same), CLOSE, absolute=True),
        Agreement("median kappa at T", np.ones(len(level)), np.array(level), APPROACH),
        Invariant("at most one class is robust in the maximum norm", 1 - SETTING.k * np.array(linf), 1e-12),
    )
    heads = ("epsilon/beta", "ascent steps", "robust feature first", "outcomes as with one step", "median kappa at T",
             "accuracy", "accuracy under the paper's attack")  # fmt: skip
    x = [float(steps) for steps in STEPS]
    plot = Plot("Level at which B saturates", "ascent steps", "median kappa at T",
                tuple(Series(f"epsilon/beta = {radius:g}", "points", x, [medians[steps][at] for steps in STEPS])
                      for at, radius in enumerate(r for r in RADII if r >= 1)), x_scale="log")  # fmt: skip
    figures: dict[str, Figure] = {"runs": count, "setting": described(SETTING)}
    return Measurement(outcomes, figures, (plot,), (Table("Several ascent steps", heads, tuple(rows)),),
                       tuple(failures))  # fmt: skip
