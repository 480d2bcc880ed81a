"""Outputs and risk of points, without tiles.

Weights are held transposed, (d, k m), so that the inner loops run over filters and vectorise without reordering a sum.
"""

import numpy as np
from numpy.typing import NDArray

from .activation import Activation, s
from .jit import internal, jit
from .softmax import cross_entropy


@internal
def correlate(patch: NDArray[np.float64], W: NDArray[np.float64], z: NDArray[np.float64]) -> None:
    """z = patch W in place; patch (d,), W (d, K), z (K,).

    Four coordinates at a time: one pass over z instead of four, the same order of additions, and zeros passed over.
    """
    d = patch.size
    z[:] = 0.0
    for a in range(0, d - 3, 4):
        x0, x1, x2, x3 = patch[a], patch[a + 1], patch[a + 2], patch[a + 3]
        if x0 != 0.0 or x1 != 0.0 or x2 != 0.0 or x3 != 0.0:
            for f in range(z.size):
                z[f] = (((z[f] + x0 * W[a, f]) + x1 * W[a + 1, f]) + x2 * W[a + 2, f]) + x3 * W[a + 3, f]
    for a in range(d - d % 4, d):
        for f in range(z.size):
            z[f] += patch[a] * W[a, f]


@jit
def outputs(X: NDArray[np.float64], W: NDArray[np.float64], k: int, a: Activation) -> NDArray[np.float64]:
    """F (N, k), F_i(X_n) = sum_r sum_p s(<w_{i,r}, x_{n,p}>), for X (N, P, d), W (d, k m)."""
    N, P, _ = X.shape
    m = W.shape[1] // k
    F = np.zeros((N, k))
    z = np.empty(k * m)
    for n in range(N):
        for p in range(P):
            correlate(X[n, p], W, z)
            for i in range(k):
                total = 0.0
                for r in range(m):
                    total += s(z[i * m + r], a)
                F[n, i] += total
    return F


@jit
def risk(F: NDArray[np.float64], y: NDArray[np.int64]) -> float:
    """Mean cross-entropy of the outputs F (N, k) at the labels y (N,)."""
    total = 0.0
    for n in range(y.size):
        total += cross_entropy(F[n], y[n])
    return total / y.size
