"""Point by point, without tiles: adversarial examples and gradient of a few points, at level 1 or to be shown.

Weights are held transposed, (d, k m), so that the inner loops run over filters and vectorise without reordering a sum.
"""

import numpy as np
from numpy.typing import NDArray

from .activation import Activation, activate, s
from .ascent import Ascent, ascend, correlate
from .jit import internal, jit
from .softmax import cross_entropy, residual


@internal
def spread(X: NDArray[np.float64], slope: NDArray[np.float64], G: NDArray[np.float64]) -> None:
    """G += X^T slope in place; X (P, d), slope (P, K), G (d, K), four patches at a time as in `correlate`."""
    P, d = X.shape
    for p in range(0, P - 3, 4):
        for a in range(d):
            x0, x1, x2, x3 = X[p, a], X[p + 1, a], X[p + 2, a], X[p + 3, a]
            if x0 != 0.0 or x1 != 0.0 or x2 != 0.0 or x3 != 0.0:
                for f in range(G.shape[1]):
                    G[a, f] = (((G[a, f] + x0 * slope[p, f]) + x1 * slope[p + 1, f])
                               + x2 * slope[p + 2, f]) + x3 * slope[p + 3, f]
    for p in range(P - P % 4, P):
        for a in range(d):
            for f in range(G.shape[1]):
                G[a, f] += X[p, a] * slope[p, f]


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
def perturb(X: NDArray[np.float64], y: NDArray[np.int64], count: NDArray[np.float64], W: NDArray[np.float64], k: int,
            a: Activation, ascent: Ascent, out: NDArray[np.float64]) -> None:
    """out (N, P, d) = the adversarial examples of X (N, P, d), see `ascend`."""
    for n in range(y.size):
        ascend(X[n], y[n], count, W, k, a, ascent, np.empty((X.shape[1], W.shape[1])), out[n])


@jit
def risk(F: NDArray[np.float64], y: NDArray[np.int64]) -> float:
    """Mean cross-entropy of the outputs F (N, k) at the labels y (N,)."""
    total = 0.0
    for n in range(y.size):
        total += cross_entropy(F[n], y[n])
    return total / y.size


@internal
def block(X: NDArray[np.float64], y: NDArray[np.int64], robust: NDArray[np.bool_], count: NDArray[np.float64],
          W: NDArray[np.float64], k: int, a: Activation, ascent: Ascent, low: int, high: int, G: NDArray[np.float64],
          parts: NDArray[np.float64], psi: NDArray[np.float64], psi_rate: float) -> None:
    """Samples low..high-1: G (d, k m) = their part of -N grad, parts (2, k) = sums of F_y's robust/non-robust parts.

    Both at the adversarial examples, which are held fixed; patch p stands for count[p] equal ones. ``psi``
    (N, P, k m), or empty, gains psi_rate count[p] (1[y_n=i] - logit_i(X~_n)) s'(<w_{i,r}, x~_{n,p}>).
    """
    P = X.shape[1]
    K = W.shape[1]
    m = K // k
    slope, z, value = np.empty((P, K)), np.empty(K), np.empty(K)
    F, gap = np.empty(k), np.empty(k)
    moved = ascent.epsilon > 0.0 and ascent.eta_tilde > 0.0
    example = np.empty(X.shape[1:] if moved else (0, 0))
    G[:] = 0.0
    parts[:] = 0.0
    for n in range(low, high):
        if moved:
            ascend(X[n], y[n], count, W, k, a, ascent, slope, example)
        patches = example if moved else X[n]
        F[:] = 0.0
        for p in range(P):
            correlate(patches[p], W, z)
            activate(z, 1.0, a, value, slope[p])
            for i in range(k):
                total = 0.0
                for r in range(m):
                    total += value[i * m + r]
                F[i] += count[p] * total
                if i == y[n]:
                    parts[0 if robust[n, p] else 1, i] += count[p] * total
        residual(F, y[n], gap)
        for p in range(P):
            for i in range(k):
                for r in range(m):
                    slope[p, i * m + r] *= count[p] * gap[i]
            if psi.shape[0] > 0:
                for f in range(K):
                    psi[n, p, f] += psi_rate * slope[p, f]
        spread(patches, slope, G)
