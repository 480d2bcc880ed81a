"""Updates by the paper's formulas, written anew in NumPy, next to those that runs were seen to make."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.data import Dataset, initial_weights, sample
from theorycheck_simulations.network import NetworkRun, train_network
from theorycheck_simulations.population import train_population
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.status import Status

Floats = NDArray[np.float64]
KINDS = ("diagonal, robust", "diagonal, non-robust", "off-diagonal, robust", "off-diagonal, non-robust")


class Failed(ValueError):
    """A run came back with a status other than ok."""


def slope(setting: Setting, z: Floats) -> Floats:
    """s'(z) = clamp(z/rho, 0, 1)^(q-1)."""
    return np.clip(z / setting.rho, 0, 1) ** (setting.q - 1)


def activation(setting: Setting, z: Floats) -> Floats:
    """s(z), as its polynomial piece up to rho and its linear one from there on."""
    q, rho = setting.q, setting.rho
    inner = np.clip(z, 0, rho)
    return np.where(z > rho, z - (1 - 1 / q) * rho, inner**q / (q * rho ** (q - 1)))


def outputs(setting: Setting, C: Floats) -> Floats:
    """F[..., j, i], output i on class j, from correlations C (..., k, m, 2k) with u_1..u_k, v_1..v_k."""
    k = setting.k
    parts = setting.n_R * activation(setting, setting.alpha * C[..., :k]) + setting.n_N * activation(
        setting, setting.beta * C[..., k:]
    )
    return np.swapaxes(parts.sum(axis=-2), -1, -2)


def predicted(setting: Setting, C: Floats, shares: Floats) -> Floats:
    """The step of Lemma 5.1 and D.4 from correlations C (..., k, m, 2k), class j having the share `shares[j]`.

    C[i, r, j] += eta shares[j] (1[i = j] - logit_i(X_j)) n_R alpha s'(alpha C[i, r, j]), and so for v_j.
    """
    from scipy.special import softmax

    k = setting.k
    gap = -softmax(outputs(setting, C), axis=-1)
    diagonal = np.arange(k)
    # 1 - logit_j as the sum of the others: it must not round to 0 when the margin is large.
    gap[..., diagonal, diagonal] = -(gap.sum(axis=-1) - gap[..., diagonal, diagonal])
    factor = np.swapaxes(setting.eta * shares[:, None] * gap, -1, -2)[..., :, None, :]
    robust = factor * setting.n_R * setting.alpha * slope(setting, setting.alpha * C[..., :k])
    other = factor * setting.n_N * setting.beta * slope(setting, setting.beta * C[..., k:])
    return np.concatenate([robust, other], axis=-1)


def kinds(C: Floats, k: int) -> dict[str, Floats]:
    """Entries (..., k, m, 2k) sorted by the kind of correlation they belong to."""
    own = np.broadcast_to(np.eye(k, dtype=bool)[:, None, :], (k, C.shape[-2], k))
    u, v = C[..., :k], C[..., k:]
    return dict(zip(KINDS, (u[..., own], v[..., own], u[..., ~own], v[..., ~own]), strict=True))


@dataclass(frozen=True)
class Compared:
    """Predicted and measured values of one setting, both divided by the largest measured size."""

    predicted: Floats
    measured: Floats
    scale: float


def scaled(prediction: Floats, measurement: Floats) -> Compared:
    """Both divided by the largest size of either; `scale` is 0, and the values stay, where neither moved."""
    scale = float(max(np.max(np.abs(measurement), initial=0), np.max(np.abs(prediction), initial=0)))
    return Compared(prediction.ravel() / (scale or 1), measurement.ravel() / (scale or 1), scale)


def checked(status: Status, setting: Setting) -> None:
    """Raise `Failed` unless the run is ok."""
    if status is not Status.OK:
        raise Failed(f"the run at {setting} ended with {status.name}")


def trained(data: Dataset, seed: int | None = None, **options: Any) -> NetworkRun:
    """`train_network` on one thread, its status checked.

    A step of these small networks takes microseconds; waiting for a second thread at each of them takes longer. The
    result has the same bits for any number of threads.
    """
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        run = train_network(data, seed, **options)
    finally:
        numba.set_num_threads(before)
    checked(run.status, data.setting)
    return run


def population_steps(setting: Setting, seed: int, wanted: Iterable[str]) -> list[Compared]:
    """Every step of a run at level 1 against the formula, by kind."""
    run = train_population(setting, seed, stride=1, correlations=True)
    checked(run.status, setting)
    C = run.trajectory.correlations
    assert C is not None
    return _steps(setting, C, np.full(setting.k, 1 / setting.k), wanted)


def network_steps(setting: Setting, seed: int, wanted: Iterable[str]) -> list[Compared]:
    """Every step of a noiseless run at level 2 against the formula with the data's own class shares."""
    data = sample(setting, seed, patches="random")
    run = trained(data, seed, stride=1, correlations=True)
    C = run.trajectory.correlations
    assert C is not None
    return _steps(setting, C, np.bincount(data.y, minlength=setting.k) / data.y.size, wanted)


def _steps(setting: Setting, C: Floats, shares: Floats, wanted: Iterable[str]) -> list[Compared]:
    formula, seen = kinds(predicted(setting, C[:-1], shares), setting.k), kinds(np.diff(C, axis=0), setting.k)
    return [scaled(formula[kind], seen[kind]) for kind in wanted]


def decomposed(setting: Setting, seed: int) -> Compared:
    """W(T) - W(0) against sum psi x, at level 2 with the setting's noise."""
    data = sample(setting, seed, patches="random")
    run = trained(data, seed, psi=True)
    assert run.psi is not None
    combination = np.einsum("irnp,npd->ird", run.psi, data.X)
    return scaled(combination, run.W - run.W0)


def in_features(setting: Setting, seed: int) -> Compared:
    """Lemma D.2, the part in span(F): <w, f> - <w(0), f> against the coefficients psi collected by feature."""
    data = sample(setting, seed, patches="random")
    run = trained(data, seed, psi=True)
    assert run.psi is not None
    by_class = np.eye(setting.k)[data.y]
    robust = setting.alpha * np.einsum("irnp,np,nj->irj", run.psi, data.robust, by_class)
    other = setting.beta * np.einsum("irnp,np,nj->irj", run.psi, ~data.robust, by_class)
    moved = (run.W - run.W0)[:, :, : 2 * setting.k]
    return scaled(np.concatenate([robust, other], axis=2), moved)


def outside_features(setting: Setting, seed: int) -> tuple[Floats, Floats]:
    """The projection of every w(0) and w(T) on the complement of span(F), of a run at level 2."""
    run = trained(sample(setting, seed, patches="random"), seed)
    return run.W0[:, :, 2 * setting.k :].ravel(), run.W[:, :, 2 * setting.k :].ravel()


def levels(setting: Setting, seed: int) -> Compared:
    """W(T) of level 2, noiseless with balanced labels, against level 1 from the same start."""
    start = initial_weights(setting, seed)
    data = sample(setting, seed, balanced=True, patches="random")
    network, population = trained(data, W0=start), train_population(setting, W0=start)
    checked(population.status, setting)
    # The movement, not the weights: a level that never moved would otherwise agree.
    return scaled(population.W - start, network.W - start)
