"""Test accuracy, feature learning accuracy (Definition 4.1) and accuracy under the attack of Theorem 4.3.

A point counts as right only if F_y exceeds every other output strictly; ties and NaN count as wrong.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from theorycheck.seeds import stream

from .data import Dataset, features
from .kernels import population as kernel
from .network import network_outputs
from .population import noiseless, split
from .setting import Setting
from .trajectory import Floats, Integers, activation, checked_array

Feature = Literal["robust", "non-robust"]
FEATURES = ("robust", "non-robust")


def share_right(F: Floats, y: Integers) -> float:
    """The share of rows n of F (N, k) with F_y > F_j for every j != y."""
    rows = np.arange(y.size)
    others = F.copy()
    others[rows, y] = -np.inf
    return float(np.mean((F[rows, y][:, None] > others).sum(axis=1) == F.shape[1]))


def population_parts(setting: Setting, W: ArrayLike, alpha: float, beta: float) -> tuple[Floats, Floats]:
    """The two parts of F_i on class j, each (k, k), indexed [j, i].

    n_R sum_r s(alpha <w_{i,r}, u_j>) and n_N sum_r s(beta <w_{i,r}, v_j>), for W (k, m, d).
    """
    noiseless(setting)
    weights = checked_array("W", W, (setting.k, setting.m, setting.d))
    U, V = split(setting, weights)
    a = activation(setting)
    return kernel.outputs(U, float(alpha), float(setting.n_R), a), kernel.outputs(V, float(beta), float(setting.n_N), a)


def population_accuracy(setting: Setting, W: ArrayLike) -> float:
    """Accuracy on the noiseless population, classes equally likely."""
    robust, non_robust = population_parts(setting, W, setting.alpha, setting.beta)
    return share_right(robust + non_robust, np.arange(setting.k))


def population_feature_accuracy(setting: Setting, W: ArrayLike, feature: Feature) -> float:
    """Accuracy on the noiseless population with every feature outside ``feature`` zeroed (Definition 4.1)."""
    checked_feature(feature)
    parts = population_parts(setting, W, setting.alpha, setting.beta)
    return share_right(parts[FEATURES.index(feature)], np.arange(setting.k))


def population_attack_accuracy(setting: Setting, W: ArrayLike, epsilon: float) -> float:
    """Accuracy under delta_p = -beta v_y + epsilon v_y' on J_NR, over all y' != y equally likely (Theorem 4.3).

    The attacked patches are alpha u_y and epsilon v_y', so F_i = R[y, i] + n_N sum_r s(epsilon <w_{i,r}, v_y'>).
    """
    checked_epsilon(epsilon)
    robust, moved = population_parts(setting, W, setting.alpha, epsilon)
    pairs = [(y, other) for y in range(setting.k) for other in range(setting.k) if other != y]
    y, other = np.array(pairs).T
    return share_right(robust[y] + moved[other], y)


def network_accuracy(data: Dataset, W: ArrayLike) -> float:
    """Accuracy on a data set."""
    return share_right(network_outputs(data.setting, W, data.X), data.y)


def network_feature_accuracy(data: Dataset, W: ArrayLike, feature: Feature) -> float:
    """Accuracy on a data set with every instance of the other kind of feature taken out; the noise stays."""
    checked_feature(feature)
    return network_accuracy(data.without("non-robust" if feature == "robust" else "robust"), W)


def network_attack_accuracy(data: Dataset, W: ArrayLike, epsilon: float, seed: int) -> float:
    """Accuracy under the attack of Theorem 4.3, y' uniform on the other classes and drawn from ``seed``."""
    checked_epsilon(epsilon)
    setting = data.setting
    v = features(setting)[1]
    shift = stream(seed, "attack-target", setting.k, data.y.size).integers(1, setting.k, data.y.size)
    delta = -setting.beta * v[data.y] + epsilon * v[(data.y + shift) % setting.k]
    X = np.where(data.robust[:, :, None], data.X, data.X + delta[:, None, :])
    return share_right(network_outputs(setting, W, X), data.y)


def checked_feature(feature: str) -> None:
    """Raise ValueError for an unknown kind of feature."""
    if feature not in FEATURES:
        raise ValueError(f"feature = {feature!r}: unknown (allowed: {', '.join(FEATURES)})")


def checked_epsilon(epsilon: float) -> None:
    """Raise ValueError unless epsilon is a finite number >= 0."""
    if isinstance(epsilon, bool) or not isinstance(epsilon, int | float) or not 0 <= epsilon < np.inf:
        raise ValueError(f"epsilon = {epsilon!r}: out of range (allowed: finite number >= 0)")
