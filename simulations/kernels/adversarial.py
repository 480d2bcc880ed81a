"""Level 1 under attack: gradient descent on the noiseless population risk at the adversarial examples, exactly.

The perturbation has components along every coordinate of the weights, so all d of them are held. A class is one point
with two patches, alpha u_j and beta v_j, that stand for n_R and n_N equal ones.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ..status import Status
from .activation import Activation
from .ascent import Ascent
from .jit import copy, internal, jit
from .points import block

OK, NON_FINITE = int(Status.OK), int(Status.NON_FINITE)


@internal
def passed(t: int, row: int, W: NDArray[np.float64], level: NDArray[np.float64], step: NDArray[np.int64]) -> None:
    """step[i] = t at the first t with max_r W[row + i, (i, r)] >= level[i]; level, step (k,); W (d, k m)."""
    k = level.size
    m = W.shape[1] // k
    for i in range(k):
        if step[i] < 0:
            for r in range(m):
                if W[row + i, i * m + r] >= level[i]:
                    step[i] = t


@jit
def train(X: NDArray[np.float64], count: NDArray[np.float64], W: NDArray[np.float64], a: Activation, ascent: Ascent,
          eta: float, T: int, stride: int, snapshots: NDArray[np.float64], level_A: NDArray[np.float64],
          level_B: NDArray[np.float64], step_A: NDArray[np.int64], step_B: NDArray[np.int64]) -> tuple[int, int]:
    """T steps on W (d, k m) in place; return status and the last step (of NON_FINITE: the first bad one).

    X (k, 2, d): point j of class j, count (2,). Every ``stride`` steps (0: never) W goes into snapshots (n, d, k m).
    """
    k = X.shape[0]
    y, robust = np.arange(k), np.zeros((k, 2), np.bool_)
    robust[:, 0] = True
    G, parts, none = np.empty_like(W), np.empty((2, k)), np.empty((0, 2, W.shape[1]))
    for t in range(T + 1):
        passed(t, 0, W, level_A, step_A)
        passed(t, k, W, level_B, step_B)
        if stride > 0 and t % stride == 0:
            copy(W, snapshots[t // stride])
        if t == T:
            return OK, t
        block(X, y, robust, count, W, k, a, ascent, 0, k, G, parts, none, 0.0)
        finite = True
        for c in range(W.shape[0]):
            for f in range(W.shape[1]):
                W[c, f] += eta / k * G[c, f]
                if not math.isfinite(W[c, f]):
                    finite = False
        if not finite:
            return NON_FINITE, t + 1
    return OK, T
