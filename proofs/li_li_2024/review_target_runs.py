"""The attack towards a direction outside all features: forward passes, and how often it succeeds."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.accuracy import population_attack_accuracy, population_parts
from theorycheck_simulations.adversarial import train_adversarials
from theorycheck_simulations.data import features
from theorycheck_simulations.network import network_outputs
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement, Share
from theorycheck.evidence import Table

from .measurements import ROUNDING, described, seed_of
from .regime_grids import BASE
from .regime_runs import unfinished
from .review_order_runs import odds
from .updates import activation

Floats = NDArray[np.float64]
# Many non-robust patches, so that the robust feature hardly moves while they are learnt; d > 2k leaves directions v_t.
WIDE = BASE.replace(alpha=2.0, n_N=127, d=14)
SETTINGS = (WIDE, WIDE.replace(k=5, m=5), WIDE.replace(q=4, sigma_0=0.03))
ATTACKED = 0.8  # accuracy that adversarial training keeps under this attack; .88 or more in pilot runs, chance is 1/k


def stray(setting: Setting, W: Floats, epsilon: float) -> Floats:
    """(d - 2k, k) n_N sum_r s(epsilon <w_{i,r}, v_t>) for every direction v_t outside the features."""
    z = epsilon * W[..., 2 * setting.k :]
    return np.asarray(setting.n_N * activation(setting, z).sum(axis=1).T)


def attacked_outputs(setting: Setting, W: Floats, epsilon: float) -> Floats:
    """F (k, d - 2k, k), indexed [y, t, i], under delta_p = -beta v_y + epsilon v_t on J_NR, by the formula."""
    robust, _ = population_parts(setting, W, setting.alpha, setting.beta)
    return np.asarray(robust[:, None] + stray(setting, W, epsilon)[None])


def forward(setting: Setting, W: Floats, epsilon: float) -> Floats:
    """The same by a forward pass on all P patches."""
    u, v = features(setting)
    axes = np.eye(setting.d)[2 * setting.k :]
    X = np.zeros((setting.k, axes.shape[0], setting.P, setting.d))
    X[:, :, : setting.n_R] = setting.alpha * u[:, None, None]
    clean = setting.beta * v[:, None]
    X[:, :, setting.n_R :] = (clean + (epsilon * axes[None] - clean))[:, :, None]
    F = network_outputs(setting, W, X.reshape(-1, setting.P, setting.d))
    return np.asarray(F.reshape(setting.k, -1, setting.k))


def right(F: Floats) -> NDArray[np.bool_]:
    """(k, d - 2k): whether F_y exceeds every other output strictly, F indexed [y, t, i]."""
    y = np.arange(F.shape[0])
    others = F.copy()
    others[y, :, y] = -np.inf
    return np.asarray(F[y, :, y] > others.max(axis=-1))


def measure_formula(context: Context) -> Measurement:
    """Outputs under the attack by the formula and by a forward pass, of trained networks."""
    count = context.profile.pick(2, 4, 12)
    said, seen = [], []
    failures: list[str] = []
    for setting in SETTINGS:
        for radius in (0.0, setting.beta):
            done = train_adversarials(setting, seed_of(context, "review-unrelated-target", setting, "formula"), count,
                                      epsilon=radius)  # fmt: skip
            failures += unfinished(setting, done.status)
            for W in done.W:
                formula, passed = (f(setting, W, setting.beta) for f in (attacked_outputs, forward))
                scale = np.abs(passed).max()
                said.append(formula.ravel() / scale)
                seen.append(passed.ravel() / scale)
    outcome = Agreement("outputs under the attack", np.concatenate(said), np.concatenate(seen), ROUNDING, absolute=True)
    return Measurement((outcome,), {"networks": len(said)}, failures=tuple(failures))


def guess(setting: Setting) -> float:
    """1/k for a class that did not learn its robust feature first, 1 for one that did."""
    learnt = odds(setting, setting.alpha, 0.0)
    return learnt + (1 - learnt) / setting.k


def measure_shares(context: Context) -> Measurement:
    """Class 0 under the attack towards the first v_t, after standard training: a guess."""
    count = context.profile.pick(40, 200, 400)
    shares: list[Share] = []
    rows: list[tuple[Any, ...]] = []
    failures: list[str] = []
    for index, setting in enumerate(SETTINGS, 1):
        done = train_adversarials(setting, seed_of(context, "review-unrelated-target", setting), count, epsilon=0.0)
        failures += unfinished(setting, done.status)
        kept = [bool(right(attacked_outputs(setting, W, setting.beta))[0, 0]) for W in done.W]
        share = Share(f"setting {index}: right", sum(kept), count, guess(setting))
        shares.append(share)
        towards = float(np.mean([population_attack_accuracy(setting, W, setting.beta) for W in done.W]))
        rows.append((described(setting), 1 / setting.k, share.predicted, share.successes / count,
                     *share.interval(0.95), towards))  # fmt: skip
    heads = ("setting", "1/k", "predicted", "measured", "95 % from", "to", "towards v_y' instead")
    return Measurement(tuple(shares), {"runs": count}, tables=(Table("Accuracy towards v_t", heads, tuple(rows)),),
                       failures=tuple(failures))  # fmt: skip


def measure_defended(context: Context) -> Measurement:
    """All classes and directions after adversarial training with epsilon = beta."""
    count = context.profile.pick(8, 30, 100)
    kept: list[float] = []
    rows: list[tuple[Any, ...]] = []
    failures: list[str] = []
    for setting in SETTINGS:
        done = train_adversarials(setting, seed_of(context, "review-unrelated-target", setting, "adversarial"), count,
                                  epsilon=setting.beta)  # fmt: skip
        failures += unfinished(setting, done.status)
        kept.append(float(np.mean([right(attacked_outputs(setting, W, setting.beta)) for W in done.W])))
        rows.append((described(setting), kept[-1]))
    table = Table("Accuracy towards v_t after adversarial training", ("setting", "accuracy"), tuple(rows))
    return Measurement((Invariant("accuracy towards v_t", np.array(kept) - ATTACKED),), {"runs": count},
                       tables=(table,), failures=tuple(failures))  # fmt: skip
