"""What the size of epsilon is measured against: rescaled runs, noise, and runs in more dimensions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.adversarial import train_adversarials
from theorycheck_simulations.data import sample
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Measurement, Share
from theorycheck.evidence import Figure, Table

from .ascent_runs import NETWORKS
from .measurements import described, seed_of
from .regime_grids import BASE, MAPS
from .regime_runs import unfinished
from .review_order_runs import odds, order
from .updates import trained

Floats = NDArray[np.float64]
FACTORS = (2.0, 0.5, 8.0)  # powers of two: a rescaled run then rounds at the same bits
DIMENSIONS = (6, 24, 60)
RADIUS = 1.2  # epsilon/beta where it is kept; otherwise it shrinks like 1/sqrt(d) from there
SIZES = (16, 64, 256, 784, 3072)


def rescaled(setting: Setting, c: float) -> Setting:
    """Strengths, noise and radius times c, initial weights over c, and the two steps so that F stays as it is."""
    s = setting
    return s.replace(alpha=c * s.alpha, beta=c * s.beta, sigma_n=c * s.sigma_n, epsilon=c * s.epsilon,
                     sigma_0=s.sigma_0 / c, eta=s.eta / c**2, eta_tilde=s.eta_tilde * c**2)  # fmt: skip


def pair(setting: Setting, c: float, seed: int) -> tuple[Floats, Floats]:
    """W(T) at the setting, and c times W(T) at the rescaled one, at level 2 (with noise) where N is small."""
    if setting in NETWORKS:
        noisy = setting.replace(sigma_n=0.125)
        one, other = (trained(sample(s, seed, patches="random"), seed, adversarial=True).W
                      for s in (noisy, rescaled(noisy, c)))  # fmt: skip
        return one, c * other
    one, other = (train_adversarials(s, seed, 2).W for s in (setting, rescaled(setting, c)))
    return one, c * other


def measure_symmetry(context: Context) -> Measurement:
    """Rescaled runs have the same weights up to the factor, bit by bit."""
    steps = context.profile.pick(200, 1000, 4000)
    settings: Sequence[Setting] = (*(s.replace(T=steps) for s in MAPS), *NETWORKS[:: context.profile.pick(5, 3, 1)])
    said, seen = [], []
    for setting in settings:
        for c in FACTORS:
            one, other = pair(setting, c, seed_of(context, "review-epsilon-scale", setting))
            said.append(one.ravel())
            seen.append(other.ravel())
    outcome = Agreement("weights of rescaled runs", np.concatenate(said), np.concatenate(seen), 0.0, absolute=True)
    return Measurement((outcome,), {"settings": len(settings), "factors": list(FACTORS)})


def measure_dimension(context: Context) -> Measurement:
    """How often the robust feature is first in more dimensions, with epsilon kept, and with epsilon ~ 1/sqrt(d)."""
    count = context.profile.pick(12, 40, 120)
    shares: list[Share] = []
    rows: list[tuple[Figure, ...]] = []
    failures: list[str] = []
    for d in DIMENSIONS:
        setting = BASE.replace(d=d)
        names = ("kept", "~ 1/sqrt(d)") if d > DIMENSIONS[0] else ("kept",)
        radii = BASE.beta * RADIUS * np.array([1.0, (DIMENSIONS[0] / d) ** 0.5])[: len(names)]
        found = order(setting, seed_of(context, "review-epsilon-scale", setting), count,
                      np.full(radii.size, BASE.alpha), radii)  # fmt: skip
        failures += unfinished(setting, found.done.status)
        for name, radius, first in zip(names, radii, found.first, strict=True):
            share = Share(f"d = {d}, epsilon {name}: robust feature first", int(first.sum()), count,
                          odds(BASE, BASE.alpha, float(radius)))  # fmt: skip
            shares.append(share)
            rows.append((d, name, float(radius), share.predicted, share.successes, count, *share.interval(0.95)))
    heads = ("d", "epsilon", "epsilon/beta", "odds", "robust first", "runs", "95 % from", "to")
    noise = Table("The chance that a coordinate of the noise exceeds epsilon = sigma_n sqrt(d), at most",
                  ("d", "P", "2 d P Phi(-sqrt(d))"), tuple(_noise(d) for d in SIZES))  # fmt: skip
    table = Table("In more dimensions", heads, tuple(rows))
    figures: dict[str, Figure] = {"runs": count, "setting": described(BASE)}
    return Measurement(tuple(shares), figures, tables=(table, noise), failures=tuple(failures))


def _noise(d: int) -> tuple[Figure, ...]:
    from scipy.special import log_ndtr

    logarithm = np.log(2 * d * BASE.P) + log_ndtr(-np.sqrt(d))
    return d, BASE.P, f"{np.exp(logarithm):.2g}" if logarithm > -600 else f"10^{logarithm / np.log(10):.0f}"
