"""Level 2: full-batch gradient descent of the network on N points of P patches in R^d.

Weights are held transposed, (d, k m), so that the inner loops run over filters and vectorise without reordering a sum.
Samples are taken in blocks fixed by N; each block has its own partial gradient and the partial gradients are added in
order, so the number of threads changes no bit.
"""

import math

import numba
import numpy as np
from numpy.typing import NDArray

from ..status import Status
from .activation import Activation, activate, s
from .ascent import Ascent, ascend, correlate
from .jit import jit, jit_parallel
from .passage import Constants, Passage, Record, activation_of, finished, note
from .softmax import cross_entropy, residual

OK, NON_FINITE = int(Status.OK), int(Status.NON_FINITE)


@jit
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


@jit_parallel
def perturb(X: NDArray[np.float64], y: NDArray[np.int64], count: NDArray[np.float64], W: NDArray[np.float64], k: int,
            a: Activation, ascent: Ascent, out: NDArray[np.float64]) -> None:
    """out (N, P, d) = the adversarial examples of X (N, P, d), see `ascend`."""
    for n in numba.prange(y.size):
        ascend(X[n], y[n], count, W, k, a, ascent, np.empty((X.shape[1], W.shape[1])), out[n])


@jit
def risk(F: NDArray[np.float64], y: NDArray[np.int64]) -> float:
    """Mean cross-entropy of the outputs F (N, k) at the labels y (N,)."""
    total = 0.0
    for n in range(y.size):
        total += cross_entropy(F[n], y[n])
    return total / y.size


@jit
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


@jit_parallel
def gradient(X: NDArray[np.float64], y: NDArray[np.int64], robust: NDArray[np.bool_], count: NDArray[np.float64],
             W: NDArray[np.float64], k: int, a: Activation, ascent: Ascent, partial: NDArray[np.float64],
             parts: NDArray[np.float64], psi: NDArray[np.float64], psi_rate: float) -> None:
    """partial (blocks, d, k m): afterwards partial[0] is -N times the gradient of the risk; parts[0] likewise (2, k).

    See `block`; parts is (blocks, 2, k).
    """
    blocks = partial.shape[0]
    N = X.shape[0]
    for b in numba.prange(blocks):
        block(X, y, robust, count, W, k, a, ascent, b * N // blocks, (b + 1) * N // blocks, partial[b], parts[b], psi,
              psi_rate)
    for b in range(1, blocks):
        partial[0] += partial[b]
        parts[0] += parts[b]


@jit
def keep(t: int, W: NDArray[np.float64], F: NDArray[np.float64], record: Record) -> None:
    """Write the correlations of W (d, k m) and the outputs F (k,) into record number t."""
    k, m = record.A.shape[1], record.A.shape[2]
    for i in range(k):
        record.F[t, i] = F[i]
        for r in range(m):
            record.A[t, i, r] = W[i, i * m + r]
            record.B[t, i, r] = W[k + i, i * m + r]
            if record.C.shape[0] > 0:
                for f in range(2 * k):
                    record.C[t, i, r, f] = W[f, i * m + r]


@jit
def train(X: NDArray[np.float64], y: NDArray[np.int64], robust: NDArray[np.bool_], W: NDArray[np.float64], k: int,
          c: Constants, ascent: Ascent, T: int, partial: NDArray[np.float64], parts: NDArray[np.float64],
          psi: NDArray[np.float64], stride: int, record: Record, stop: int, passage: Passage) -> tuple[int, int]:
    """Run up to T steps on W (d, k m) in place; return status and the last step (of NON_FINITE: the first bad one).

    X (N, P, d), y (N,), robust (N, P): whether p is in J_R. W += (eta/N) partial[0]. Passages and records use the mean
    of F_i over the samples of class i as training sees them, attacked if there is an ascent (NaN for a class without
    samples, which then never passes).
    """
    N, m = y.size, W.shape[1] // k
    F, size = np.empty(k), np.zeros(k)
    for n in range(N):
        size[y[n]] += 1.0
    a = activation_of(c)
    none = psi[:0]
    count = np.ones(X.shape[1])
    for t in range(T + 1):
        # At the last step only the outputs are wanted, so psi must not gain.
        gradient(X, y, robust, count, W, k, a, ascent, partial, parts, none, 0.0)
        for i in range(k):
            share = 1.0 / size[i] if size[i] > 0 else math.nan
            best = W[k + i, i * m]
            for r in range(m):
                best = max(best, W[k + i, i * m + r])
            F[i] = (parts[0, 0, i] + parts[0, 1, i]) * share
            if size[i] > 0 and not math.isfinite(F[i]):
                return NON_FINITE, t
            note(t, i, best, parts[0, 0, i] * share, parts[0, 1, i] * share, passage)
        if stride > 0 and t % stride == 0:
            keep(t // stride, W, F, record)
        if t == T or finished(stop, passage):
            return OK, t
        if psi.shape[0] > 0:
            gradient(X, y, robust, count, W, k, a, ascent, partial, parts, psi, c.eta / N)
        finite = True
        for x in range(W.shape[0]):
            for f in range(W.shape[1]):
                W[x, f] += c.eta / N * partial[0, x, f]
                if not math.isfinite(W[x, f]):
                    finite = False
        if not finite:
            return NON_FINITE, t + 1
    return OK, T
