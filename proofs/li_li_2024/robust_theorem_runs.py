"""Theorems D.15 and 4.4 along runs: robust features and robust accuracy at the end, and what is left under linf."""

import numpy as np
from theorycheck_simulations.accuracy import (
    network_accuracy,
    network_feature_accuracy,
    population_feature_accuracy,
    share_right,
)
from theorycheck_simulations.data import sample
from theorycheck_simulations.network import network_outputs, perturb
from theorycheck_simulations.threats import THREATS, robust_accuracy

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement, Share
from theorycheck.evidence import Figure, Table

from .measurements import described, seed_of
from .noise_grids import ATTACKED as NOISY
from .robust_outcome_runs import Floats, ended, not_finite, settings_of
from .updates import trained

TEST = 200
NAMES = (
    "training accuracy at X~",
    "robust feature learning accuracy",
    "test accuracy",
    "training accuracy under the paper's attack, certified",
    "test accuracy under the paper's attack, certified",
    "test accuracy under linf, attacked",
)
STATED, ALLOWED = (1.0, 1.0, 1.0, 1.0, 1.0, 0.0), (0.02, 0.05, 0.05, 0.05, 0.05, 0.05)


def measure_theorem(context: Context) -> Measurement:
    """Theorem D.15 from uncoupled starts, class by class; besides, how often it holds from random ones."""
    count, trials = context.profile.pick(2, 6, 40), context.profile.pick(5, 20, 200)
    size, robust = [], []
    rows: list[tuple[Figure, ...]] = []
    failures: tuple[str, ...] = ()
    for setting in settings_of(context):
        found = ended(context, "theorem-d.15", setting, count, uncoupled=True)
        failures += not_finite(found)
        A, settled = found.correlations(0).max(axis=-1), found.settled
        accuracy = {
            threat: np.array([robust_accuracy(setting, W, threat, setting.epsilon).low for W in found.runs.W])
            for threat in THREATS
        }
        learned = np.array([population_feature_accuracy(setting, W, "robust") for W in found.runs.W])
        size += [(A - setting.rho / setting.alpha)[settled], learned - 1]
        robust.append((accuracy["paper"] - 1)[settled])
        free = ended(context, "theorem-d.15", setting, trials, uncoupled=False)
        failures += not_finite(free)
        low = np.array([robust_accuracy(setting, W, "paper", setting.epsilon).low[0] for W in free.runs.W])
        fine = (free.correlations(0).max(axis=-1)[:, 0] >= setting.rho / setting.alpha) & (low == 1)
        share = Share("random starts", int(fine.sum()), trials, 1.0)
        rows.append((described(setting), int(settled.sum()), settled.size,
                     *(float(part.mean()) for part in accuracy.values()), share.successes, trials,
                     *share.interval(0.95)))  # fmt: skip
    outcomes = (
        Invariant("robust features are learned", np.concatenate(size)),
        Invariant("certified accuracy under the paper's attack - 1", np.concatenate(robust)),
    )
    heads = ("setting", "classes in time", "classes", *(f"{threat}, all classes" for threat in THREATS),
             "random starts: class 0 as stated", "runs", "95 % from", "to")  # fmt: skip
    table = Table("Theorem D.15", heads, tuple(rows))
    return Measurement(outcomes, {"runs per setting": count}, tables=(table,), failures=failures)


def measure_linf(context: Context) -> Measurement:
    """No more than one class of a network withstands linf, from uncoupled and from random starts."""
    count = context.profile.pick(2, 6, 40)
    slack: list[Floats] = []
    rows: list[tuple[Figure, ...]] = []
    failures: tuple[str, ...] = ()
    for setting in settings_of(context):
        shares = []
        for uncoupled in (True, False):
            found = ended(context, "theorem-4.4-linf", setting, count, uncoupled)
            failures += not_finite(found)
            ends = [robust_accuracy(setting, W, "linf", setting.epsilon) for W in found.runs.W]
            # Counted in classes: a share would be rounded.
            slack.append(np.array([1 - end.high.sum() for end in ends]))
            shares.append(float(np.mean([end.attacked for end in ends])))
        rows.append((described(setting), *shares, 1 / setting.k))
    heads = ("setting", "uncoupled starts", "random starts", "1/k")
    table = Table("Accuracy under linf at T, from above", heads, tuple(rows))
    outcome = Invariant("1 - classes that withstand linf", np.concatenate(slack))
    return Measurement((outcome,), {"runs per setting": 2 * count}, tables=(table,), failures=failures)


def measure_noisy(context: Context) -> Measurement:
    """Theorem 4.4: medians over seeds against 1, and 0 under linf."""
    count = context.profile.pick(3, 10, 40)
    values = np.empty((len(NOISY), count, len(NAMES)))
    rows: list[tuple[Figure, ...]] = []
    for at, setting in enumerate(NOISY):
        for index in range(count):
            seed = seed_of(context, "theorem-4.4", setting, str(index))
            data = sample(setting, seed, patches="random", balanced=True)
            test = sample(setting.replace(N=TEST), seed, patches="random", part="test")
            W = trained(data, seed, adversarial=True).W
            values[at, index] = (
                share_right(network_outputs(setting, W, perturb(data, W)), data.y),
                network_feature_accuracy(test, W, "robust"),
                network_accuracy(test, W),
                robust_accuracy(data, W, "paper", setting.epsilon).certified,
                robust_accuracy(test, W, "paper", setting.epsilon).certified,
                robust_accuracy(test, W, "linf", setting.epsilon).attacked,
            )
        good = Share("all", int((np.abs(values[at] - STATED) <= ALLOWED).all(axis=1).sum()), count, 1.0)
        rows.append((described(setting), setting.d, setting.N, *(float(x) for x in values[at].mean(axis=0)),
                     good.successes, count, *good.interval(0.95)))  # fmt: skip
    medians = np.median(values, axis=1)
    outcomes = tuple(
        Agreement(name, np.full(len(NOISY), value), medians[:, at], tolerance, absolute=True)
        for at, (name, value, tolerance) in enumerate(zip(NAMES, STATED, ALLOWED, strict=True))
    )
    heads = ("setting", "d", "N", *(f"mean {name}" for name in NAMES), "seeds as stated", "seeds", "95 % from", "to")
    return Measurement(
        outcomes, {"seeds per setting": count, "test points": TEST}, tables=(Table("Theorem 4.4", heads, tuple(rows)),)
    )
