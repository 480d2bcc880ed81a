"""Features, random streams, initial weights and samples (Definitions 2.1 and 2.2).

The features are the first 2k coordinate axes: u_i = e_i and v_i = e_(k+i), 0-based.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theorycheck.seeds import stream

from .setting import BadSetting, Setting
from .trajectory import Floats, checked_array, checked_count

Patches = Literal["fixed", "random"]


def features(setting: Setting) -> tuple[Floats, Floats]:
    """u (k, d) and v (k, d): row i is u_i, v_i."""
    axes = np.eye(2 * setting.k, setting.d)
    return axes[: setting.k], axes[setting.k :]


def initial_weights(setting: Setting, seed: int, run: int = 0) -> Floats:
    """w_{i,r}(0) ~ N(0, sigma_0^2 I_d) as (k, m, d), the stream keyed by (k, m, d, run).

    Settings that differ in sigma_0 only share the normals; more runs leave the first ones as they were.
    """
    checked_count("run", run, 0)
    setting.check_memory("population")
    k, m, d = setting.k, setting.m, setting.d
    W = stream(seed, "initial-weights", k, m, d, run).standard_normal((k, m, d))
    with np.errstate(over="ignore"):
        W *= setting.sigma_0
    if not np.isfinite(W).all():
        raise BadSetting(f"sigma_0 = {setting.sigma_0}: initial weights overflow (allowed: less)")
    return W


@dataclass(frozen=True)
class Dataset:
    """X (N, P, d), labels y (N,) in 0..k-1, robust (N, P): whether patch p of sample n is in J_R."""

    setting: Setting
    X: Floats
    y: NDArray[np.int64]
    robust: NDArray[np.bool_]

    def __post_init__(self) -> None:
        kinds = [str(array.dtype) for array in (self.X, self.y, self.robust)]
        if kinds != ["float64", "int64", "bool"]:
            raise ValueError(f"data types X, y, robust = {', '.join(kinds)}: wrong (allowed: float64, int64, bool)")
        N, P, d = self.X.shape if self.X.ndim == 3 else (-1, -1, -1)
        if (P, d) != (self.setting.P, self.setting.d) or self.y.shape != (N,) or self.robust.shape != (N, P) or N < 1:
            raise ValueError(f"data shapes X {self.X.shape}, y {self.y.shape}, robust {self.robust.shape}: do not fit "
                             f"(allowed: (N, P, d), (N,), (N, P) with P = {self.setting.P}, d = {self.setting.d})")
        if not np.isfinite(self.X).all() or not ((self.y >= 0) & (self.y < self.setting.k)).all():
            raise ValueError(f"data: X not finite or a label outside 0..{self.setting.k - 1}")
        if not (self.robust.sum(axis=1) == self.setting.n_R).all():
            raise ValueError(f"data: a sample has not exactly n_R = {self.setting.n_R} robust patches")

    def without(self, feature: Literal["robust", "non-robust"]) -> "Dataset":
        """The data with every instance of one kind of feature taken out of its patches; the noise stays."""
        u, v = features(self.setting)
        X = self.X.copy()
        for n, label in enumerate(self.y):
            if feature == "robust":
                X[n, self.robust[n]] -= self.setting.alpha * u[label]
            else:
                X[n, ~self.robust[n]] -= self.setting.beta * v[label]
        return Dataset(self.setting, X, self.y, self.robust)


def sample(setting: Setting, seed: int, *, balanced: bool = False, patches: Patches = "fixed",
           part: str = "train") -> Dataset:
    """N points of Definition 2.2: x_p = alpha u_y + xi_p on J_R, beta v_y + xi_p on J_NR, xi_p ~ N(0, sigma_n^2 I_d).

    ``balanced``: labels 0, 1, ..., k-1, 0, ... instead of uniform ones (N must be a multiple of k).
    ``patches``: "fixed" takes the setting's J_R (else the first n_R patches) for every sample, "random" a new partition
    for each.
    ``part`` keys the streams: "train", "test", ... are independent. Raises ValueError.
    """
    if patches not in ("fixed", "random"):
        raise ValueError(f"patches = {patches!r}: unknown (allowed: fixed, random)")
    if patches == "random" and setting.J_R is not None:
        raise ValueError("patches = 'random': the setting fixes J_R (allowed: fixed)")
    y, robust, X = _drawn(setting, seed, balanced, patches, part)
    u, v = features(setting)
    X += np.where(robust[:, :, None], setting.alpha * u[y][:, None, :], setting.beta * v[y][:, None, :])
    return Dataset(setting, X, y, robust)


def overlapping(setting: Setting, seed: int, alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike, *,
                balanced: bool = False, part: str = "train") -> Dataset:
    """N points whose patches carry several features: x_p = alpha_p u_y + beta_p v_y + sum_f gamma_{p,f} f + xi_p.

    alpha, beta (P,) and gamma (P, 2k), over u_1..u_k, v_1..v_k, finite; labels, noise and J_R (fixed) as in `sample`.
    Raises ValueError.
    """
    a, b = checked_array("alpha", alpha, (setting.P,)), checked_array("beta", beta, (setting.P,))
    c = checked_array("gamma", gamma, (setting.P, 2 * setting.k))
    y, robust, X = _drawn(setting, seed, balanced, "fixed", part)
    u, v = features(setting)
    X += a[:, None] * u[y][:, None, :] + b[:, None] * v[y][:, None, :]
    X[:, :, : 2 * setting.k] += c
    return Dataset(setting, X, y, robust)


def _drawn(setting: Setting, seed: int, balanced: bool, patches: Patches,
           part: str) -> tuple[NDArray[np.int64], NDArray[np.bool_], Floats]:
    """Labels (N,), the partition (N, P) and the noise (N, P, d)."""
    if balanced and setting.N % setting.k:
        raise ValueError(f"N = {setting.N}: no balanced labels (allowed: multiple of k = {setting.k})")
    setting.check_memory("network")
    N, P, k = setting.N, setting.P, setting.k
    key = (part, k, setting.d, P, N)
    y = np.arange(N) % k if balanced else stream(seed, "labels", *key).integers(0, k, N)
    robust = np.zeros((N, P), dtype=np.bool_)
    robust[:, list(setting.J_R if setting.J_R is not None else range(setting.n_R))] = True
    if patches == "random":
        robust = stream(seed, "partition", *key).permuted(robust, axis=1)
    X = np.zeros((N, P, setting.d))
    if setting.sigma_n > 0:
        X += setting.sigma_n * stream(seed, "noise", *key).standard_normal(X.shape)
    return y.astype(np.int64), robust, X
