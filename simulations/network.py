"""Level 2, gradient descent of the network on a data set: validated, allocated and run."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .adversarial import ascent
from .data import Dataset, initial_weights
from .kernels import network as kernel
from .setting import PARTIAL_GRADIENTS, Setting
from .status import Status
from .trajectory import FirstPassage, Floats, Stop, Trajectory, activation, checked_array, constants, notes


@dataclass(frozen=True)
class NetworkRun:
    """W (k, m, d) after ``steps`` steps, psi (k, m, N, P) if asked for, and what was noted on the way.

    In the notes F_i and its parts are means over the samples of class i (NaN for a class without samples).
    """

    setting: Setting
    W0: Floats
    W: Floats
    psi: Floats | None
    trajectory: Trajectory
    passage: FirstPassage
    status: Status
    steps: int
    seed: int | None


def train_network(data: Dataset, seed: int | None = None, *, W0: ArrayLike | None = None, adversarial: bool = False,
                  psi: bool = False, stride: int = 0, correlations: bool = False, level: ArrayLike | None = None,
                  output_level: ArrayLike = 1.0, stop: Stop = "never") -> NetworkRun:
    """w_{i,r} += (eta/N) sum_n (1[y_n=i] - logit_i(X_n)) sum_p s'(<w_{i,r}, x_{n,p}>) x_{n,p}, T times.

    From a seed (`initial_weights`) or from W0 (k, m, d). ``adversarial``: x_{n,p} is replaced by x~_{n,p}(t), found
    anew at every step by the setting's ascent and held fixed. ``psi``: also sum the coefficients
    psi_{i,r,n,p} += (eta/N)(1[y_n=i] - logit_i(X_n)) s'(<w_{i,r}, x_{n,p}>), so that, to rounding,
    w(t) = w(0) + sum_{n,p} psi x_{n,p} if not ``adversarial`` (each step then takes two passes). Other arguments as in
    `train_population`.
    Raises ValueError, `BadSetting`.
    """
    setting = data.setting
    if (seed is None) == (W0 is None):
        raise ValueError("start: give either seed or W0")
    wanted = notes(setting, "network", stride=stride, correlations=correlations, level=level, output_level=output_level,
                   stop=stop, psi=psi)
    k, m, d, (N, P) = setting.k, setting.m, setting.d, data.robust.shape
    start = initial_weights(setting, seed) if seed is not None else W0
    assert start is not None
    start = checked_array("W0", start, (k, m, d))
    W = transposed(start)
    blocks = min(N, PARTIAL_GRADIENTS)
    coefficients = np.zeros((N if psi else 0, P, k * m))
    status, steps = kernel.train(
        np.ascontiguousarray(data.X), data.y, data.robust, W, k, constants(setting),
        ascent(setting, adversarial), setting.T,
        np.empty((blocks, d, k * m)), np.empty((blocks, 2, k)), coefficients,
        wanted.stride, wanted.record, wanted.stop, wanted.passage)
    trajectory, passage = wanted.read(steps)
    by_filter = np.moveaxis(coefficients.reshape(N, P, k, m), (0, 1), (2, 3)).copy() if psi else None
    end = W.T.reshape(k, m, d).copy()
    return NetworkRun(setting, start, end, by_filter, trajectory, passage, Status(status), steps, seed)


def transposed(W: Floats) -> Floats:
    """W (k, m, d) as the kernels take it, (d, k m)."""
    return np.ascontiguousarray(W.reshape(-1, W.shape[2]).T)


def network_outputs(setting: Setting, W: ArrayLike, X: Floats) -> Floats:
    """F (N, k) of the weights W (k, m, d) on X (N, P, d)."""
    weights = checked_array("W", W, (setting.k, setting.m, setting.d))
    return kernel.outputs(np.ascontiguousarray(X), transposed(weights), setting.k, activation(setting))


def perturb(data: Dataset, W: ArrayLike) -> Floats:
    """The adversarial examples of the data, (N, P, d), by the setting's ascent at the weights W (k, m, d)."""
    setting = data.setting
    weights = transposed(checked_array("W", W, (setting.k, setting.m, setting.d)))
    out = np.empty_like(data.X)
    kernel.perturb(np.ascontiguousarray(data.X), data.y, np.ones(setting.P), weights, setting.k, activation(setting),
                   ascent(setting), out)
    return out


def risk_and_gradient(data: Dataset, W: ArrayLike) -> tuple[float, Floats]:
    """The empirical risk (mean cross-entropy) at W (k, m, d) and its gradient (k, m, d)."""
    setting = data.setting
    k, m, d, (N, P) = setting.k, setting.m, setting.d, data.robust.shape
    weights = checked_array("W", W, (k, m, d))
    blocks = min(N, PARTIAL_GRADIENTS)
    partial = np.empty((blocks, d, k * m))
    kernel.gradient(np.ascontiguousarray(data.X), data.y, data.robust, np.ones(P), transposed(weights), k,
                    activation(setting), ascent(setting, False), partial, np.empty((blocks, 2, k)),
                    np.empty((0, P, k * m)), 0.0)
    risk = kernel.risk(network_outputs(setting, weights, data.X), data.y)
    return float(risk), (partial[0].T / -N).reshape(k, m, d)
