"""What a run notes while it goes: constants, records every so many steps, and first passages."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activation import Activation
from .jit import internal


class Constants(NamedTuple):
    """The numbers of a setting that the kernels use; counts as floats, because they only multiply."""

    n_R: float
    n_N: float
    alpha: float
    beta: float
    kind: int
    q: int
    rho: float
    eta: float


@internal
def activation_of(c: Constants) -> Activation:
    """The activation; numba passes only flat tuples into parallel loops, so `Constants` holds its fields."""
    return Activation(c.kind, c.q, c.rho)


class Record(NamedTuple):
    """Recorded steps 0, stride, 2 stride, ...: A, B (records, k, m), F (records, k), and what is asked for besides.

    C (records or 0, k, m, 2k), weights (records or 0, k m, d).
    """

    A: NDArray[np.float64]
    B: NDArray[np.float64]
    F: NDArray[np.float64]
    C: NDArray[np.float64]
    weights: NDArray[np.float64]


class Passage(NamedTuple):
    """First passages, each (k,): steps -1 and parts NaN until they happen.

    level_step: first t with max_r B_{i,r} >= level[i]; output_step: first t with F_i >= output_level[i], and the robust
    and non-robust part of F_i at that t.
    """

    level: NDArray[np.float64]
    output_level: NDArray[np.float64]
    level_step: NDArray[np.int64]
    output_step: NDArray[np.int64]
    robust_part: NDArray[np.float64]
    non_robust_part: NDArray[np.float64]


@internal
def note(t: int, i: int, best: float, robust: float, non_robust: float, passage: Passage) -> None:
    """Note class i's passages at step t; ``best`` is max_r B_{i,r}. NaN passes nothing."""
    if passage.level_step[i] < 0 and best >= passage.level[i]:
        passage.level_step[i] = t
    if passage.output_step[i] < 0 and robust + non_robust >= passage.output_level[i]:
        passage.output_step[i] = t
        passage.robust_part[i] = robust
        passage.non_robust_part[i] = non_robust


@internal
def finished(stop: int, passage: Passage) -> bool:
    """Whether every class has passed: its output (stop = 1), its level (2), both (3); never for stop = 0."""
    if stop == 0:
        return False
    for i in range(passage.level.size):
        if (stop & 1) != 0 and passage.output_step[i] < 0:
            return False
        if (stop & 2) != 0 and passage.level_step[i] < 0:
            return False
    return True
