"""Small random networks on which attacks and certificates are tried, among them some that are built to deceive."""

from dataclasses import dataclass

import numpy as np

from ..setting import Setting, setting_from
from ..trajectory import Floats


@dataclass(frozen=True)
class Case:
    """A network W (k, m, d) on the noiseless population of its setting, and a radius."""

    setting: Setting
    W: Floats
    epsilon: float


def small(rng: np.random.Generator) -> Case:
    """2 or 3 classes, so that an attacker can move every patch in 4 or 6 coordinates; features of random strength."""
    k = int(rng.integers(2, 4))
    s = setting_from({
        "k": k, "d": 2 * k, "m": int(rng.integers(1, 4)), "n_R": int(rng.integers(1, 3)),
        "n_N": int(rng.integers(1, 6)),
        "alpha": float(rng.uniform(0.5, 3)), "beta": float(rng.uniform(0.3, 1.5)), "q": int(rng.integers(2, 6)),
        "rho": float(rng.uniform(0.1, 1))})
    W = 0.5 * rng.standard_normal((k, s.m, s.d))
    for i in range(k):
        W[i, :, i] += rng.uniform(0, 1.5)
        W[i, :, k + i] += rng.uniform(0, 1.5)
    return Case(s, W, float(rng.choice([0.05, 0.2, 0.5, 1.0])))


def blind_spot(rng: np.random.Generator) -> Case:
    """In place robust at no point, but the gradient towards the other class is 0 in all of the box but a corner.

    F_i reads v_i, and beta > 2 epsilon keeps the label ahead there. The filter -b u_i - c u_j, j != i, is at 0 or below
    on every patch. On alpha u_j it gets positive only where
    b (epsilon + delta_i) + c (epsilon + delta_j) < .03 (b + c) epsilon, and at the corner it decides.
    """
    s = setting_from({"k": 2, "d": 4, "m": 2, "n_R": int(rng.integers(1, 4)), "n_N": int(rng.integers(1, 4)),
                      "alpha": float(rng.uniform(1.2, 2.5)), "beta": 1.0, "rho": 0.5})
    epsilon, b = 0.4, float(rng.uniform(200, 400))
    c = 0.97 * b * epsilon / (s.alpha - 0.97 * epsilon)
    W = np.zeros((2, 2, 4))
    for i in range(2):
        W[i, 0, 2 + i], W[i, 1, i], W[i, 1, 1 - i] = 1.0, -b, -c
    return Case(s, W, epsilon)
