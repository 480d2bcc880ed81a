"""Sweeps: adversarial training over many strengths and radii, every cell from the same starts."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .adversarial import train_adversarials
from .data import initial_weights
from .population import diagonal
from .setting import Setting
from .trajectory import Floats, Integers, checked_array, checked_count

BATCH = 64  # runs at a time: enough for every thread, few enough that the progress is seen


@dataclass(frozen=True)
class Sweep:
    """C cells with R runs each; run r starts from the same W(0) in every cell.

    alpha, epsilon (C,); A_0, B_0 (R, k): max_r A_{i,r} and max_r B_{i,r} at the start; A, B (C, R, k): at the end;
    A_step, B_step (C, R, k): first t with max_r A (max_r B) at or above its cell's level, -1 if not; status (C, R).
    """

    setting: Setting
    alpha: Floats
    epsilon: Floats
    A_0: Floats
    B_0: Floats
    A: Floats
    B: Floats
    A_step: Integers
    B_step: Integers
    status: Integers


def sweep(setting: Setting, seed: int, runs: int, alpha: ArrayLike, epsilon: ArrayLike, level_A: ArrayLike,
          level_B: ArrayLike, progress: Callable[[int, int], None] | None = None) -> Sweep:
    """Training at alpha[c], epsilon[c] instead of the setting's, for every cell c, on all threads.

    alpha, epsilon (C,) finite; level_A, level_B (C,), infinite for none. ``progress`` is called with the runs done and
    all. Raises ValueError for a bad argument, `BadSetting` for sigma_n > 0 or too little memory.
    """
    C, k = np.size(alpha), setting.k
    strength, radius = checked_array("alpha", alpha, (C,)), checked_array("epsilon", epsilon, (C,))
    R = checked_count("runs", runs, 1)
    setting.check_memory("adversarial", runs=R)
    start = np.stack([initial_weights(setting, seed, run) for run in range(R)])
    levels = [np.broadcast_to(np.asarray(level, dtype=np.float64)[:, None], (C, k)) for level in (level_A, level_B)]
    largest, steps = np.empty((2, C * R, k)), np.empty((2, C * R, k), np.int64)
    status = np.empty(C * R, np.int64)
    for first in range(0, C * R, BATCH):
        # Run n of all is run n % R of cell n // R.
        chosen = np.arange(first, min(first + BATCH, C * R))
        cell = chosen // R
        done = train_adversarials(setting, W0=start[chosen % R], alpha=strength[cell], epsilon=radius[cell],
                                  level_A=levels[0][cell], level_B=levels[1][cell])
        largest[:, chosen] = _largest(setting, done.W)
        steps[:, chosen] = done.A_step, done.B_step
        status[chosen] = done.status
        if progress is not None:
            progress(int(chosen[-1]) + 1, C * R)
    A_0, B_0 = _largest(setting, start)
    A, B = largest.reshape(2, C, R, k)
    A_step, B_step = steps.reshape(2, C, R, k)
    return Sweep(setting, strength, radius, A_0, B_0, A, B, A_step, B_step, status.reshape(C, R))


def _largest(setting: Setting, W: Floats) -> tuple[Floats, Floats]:
    """max_r A_{i,r} and max_r B_{i,r} (R, k) of W (R, k, m, d)."""
    k = setting.k
    return diagonal(W[..., :k]).max(axis=-1), diagonal(W[..., k : 2 * k]).max(axis=-1)
