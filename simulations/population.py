"""Level 1, gradient descent on the noiseless population risk: validated, allocated and run.

Exact: the 2k weighted patches alpha u_j (n_R times) and beta v_j (n_N times) stand for all P. The gradient has no
component outside the features, so the kernel runs in the 2k feature coordinates and the others are carried unchanged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .data import initial_weights
from .kernels import population as kernel
from .setting import BadSetting, Setting
from .status import Status
from .threads import each
from .trajectory import (
    FirstPassage,
    Floats,
    Integers,
    Stop,
    Trajectory,
    checked_array,
    checked_count,
    constants,
    notes,
)


class Diagonal:
    """What runs at level 1 share: the correlations of their weights W (k, m, d) with the own features."""

    setting: Setting
    W: Floats

    @property
    def A(self) -> Floats:
        """<w_{i,r}, u_i> as (k, m)."""
        return diagonal(self.W[:, :, : self.setting.k])

    @property
    def B(self) -> Floats:
        """<w_{i,r}, v_i> as (k, m)."""
        return diagonal(self.W[:, :, self.setting.k : 2 * self.setting.k])


@dataclass(frozen=True)
class PopulationRun(Diagonal):
    """W (k, m, d) after ``steps`` steps, what was noted on the way, and the seed of W(0) (None: given)."""

    setting: Setting
    W: Floats
    trajectory: Trajectory
    passage: FirstPassage
    status: Status
    steps: int
    seed: int | None


@dataclass(frozen=True)
class PopulationRuns:
    """R independent runs of one seed: W0 and W (R, k, m, d), status and steps (R,), notes with a leading axis R."""

    setting: Setting
    W0: Floats
    W: Floats
    trajectory: Trajectory
    passage: FirstPassage
    status: Integers
    steps: Integers
    seed: int


def diagonal(C: Floats) -> Floats:
    """D[..., i, r] = C[..., i, r, i] for C (..., k, m, k), as a copy."""
    return np.array(np.einsum("...iri->...ir", C))


def split(setting: Setting, W: Floats) -> tuple[Floats, Floats]:
    """U[j, i, r] = <w_{i,r}, u_j> and V[j, i, r] = <w_{i,r}, v_j> of W (..., k, m, d): copies (..., k, k, m)."""
    moved = np.moveaxis(W[..., : 2 * setting.k], -1, -3)
    return np.array(moved[..., : setting.k, :, :], order="C"), np.array(moved[..., setting.k :, :, :], order="C")


def join(setting: Setting, W0: Floats, U: Floats, V: Floats) -> Floats:
    """The inverse of `split`, with the coordinates outside the features taken from W0."""
    W = W0.copy()
    W[..., : setting.k] = np.moveaxis(U, -3, -1)
    W[..., setting.k : 2 * setting.k] = np.moveaxis(V, -3, -1)
    return W


def train_population(setting: Setting, seed: int | None = None, *, W0: ArrayLike | None = None, stride: int = 0,
                     correlations: bool = False, level: ArrayLike | None = None, output_level: ArrayLike = 1.0,
                     stop: Stop = "never") -> PopulationRun:
    """Gradient descent on the population risk, T times, for w = w_{i,r}:

    w += (eta/k) sum_j (1[i=j] - logit_i(X_j)) (n_R alpha s'(alpha <w, u_j>) u_j + n_N beta s'(beta <w, v_j>) v_j).

    From a seed (`initial_weights`) or from W0 (k, m, d). ``stride``: record every so many steps (0: none), with all 2k
    ``correlations`` if asked; ``level``: note the first t with max_r B_{i,r} >= level; ``stop``: end early once every
    class has passed: its output_level ("outputs"), its level ("levels") or "both". Raises ValueError for a bad
    argument, `BadSetting` for sigma_n > 0 or too little memory.
    """
    noiseless(setting)
    if (seed is None) == (W0 is None):
        raise ValueError("start: give either seed or W0")
    wanted = notes(setting, "population", stride=stride, correlations=correlations, level=level,
                   output_level=output_level, stop=stop)
    start = initial_weights(setting, seed) if seed is not None else W0
    assert start is not None
    start = checked_array("W0", start, (setting.k, setting.m, setting.d))
    U, V = split(setting, start)
    status, steps = kernel.train(U, V, constants(setting), setting.T, wanted.stride, wanted.record, wanted.stop,
                                 wanted.passage)
    trajectory, passage = wanted.read(steps)
    return PopulationRun(setting, join(setting, start, U, V), trajectory, passage, Status(status), steps, seed)


def train_populations(setting: Setting, seed: int, runs: int, *, stride: int = 0, correlations: bool = False,
                      level: ArrayLike | None = None, output_level: ArrayLike = 1.0,
                      stop: Stop = "never") -> PopulationRuns:
    """`train_population` for runs 0..runs-1, W(0) = initial_weights(setting, seed, run), on all threads.

    The results do not depend on the number of threads. ``level`` and ``output_level`` may be (runs, k).
    """
    noiseless(setting)
    checked_count("runs", runs, 1)
    wanted = notes(setting, "population", runs=runs, stride=stride, correlations=correlations, level=level,
                   output_level=output_level, stop=stop)
    W0 = np.stack([initial_weights(setting, seed, run) for run in range(runs)])
    U, V = split(setting, W0)
    status, steps = np.zeros(runs, np.int64), np.zeros(runs, np.int64)
    c = constants(setting)

    def one(r: int, _: int) -> None:
        record, passage = wanted.of(r)
        status[r], steps[r] = kernel.train(U[r], V[r], c, setting.T, wanted.stride, record, wanted.stop, passage)

    each(one, runs)
    trajectory, passage = wanted.read()
    return PopulationRuns(setting, W0, join(setting, W0, U, V), trajectory, passage, status, steps, seed)


def noiseless(setting: Setting) -> None:
    """Raise `BadSetting` if the patches carry noise: the population level is exact without it only."""
    if setting.sigma_n != 0:
        raise BadSetting(f"sigma_n = {setting.sigma_n}: the population level is noiseless (allowed: 0)")
