"""Projected gradient descent on inputs of the leaky network (see `leaky`), as the paper's released code does it.

It lowers e^(-y' f(x')) at the target label y' and keeps the best iterate. The gradient is only used up to a positive
factor, so y' grad f stands for it and no exponential can vanish; for the same reason the caller may scale W, and does,
to a largest entry in [1/2, 1), so that no square does. A row whose gradient is 0 stays where it is.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ..status import Status
from .jit import jit
from .leaky import multiply, outputs, slopes

OK, NON_FINITE = int(Status.OK), int(Status.NON_FINITE)
L2, LINF, L0 = range(3)
L0_STEP = 0.3
ROWS = 32  # points at a time, so that they stay in cache


@jit
def length(v: NDArray[np.floating], norm: int) -> float:
    """|v|_2 for the norm L2, else the largest |v_i|; v (d,)."""
    top, total = 0.0, 0.0
    for i in range(v.size):
        part = abs(float(v[i]))
        top = max(top, part)
        total += part * part
    return math.sqrt(total) if norm == L2 else top


@jit
def choose(g: NDArray[np.floating], chosen: NDArray[np.bool_]) -> None:
    """Mark the first pixel with the largest |g_i| among those not yet chosen; g, chosen (d,)."""
    best = -1
    for i in range(g.size):
        if not chosen[i] and (best < 0 or abs(g[i]) > abs(g[best])):
            best = i
    if best >= 0:
        chosen[best] = True


@jit
def move(x: NDArray[np.floating], g: NDArray[np.floating], norm: int, epsilon: float, chosen: NDArray[np.bool_],
         z: NDArray[np.floating]) -> None:
    """One step of the row z (d,), attacking x, along its gradient g, in place and before the clamp.

    L2, LINF: z += eps/5 g/|g|, then z - x is scaled down to the length eps in the same norm. For LINF this is no sign
    attack: it keeps the direction of g. L0: one more pixel, and 0.3 g/|g|_inf on all chosen ones.
    """
    size = length(g, norm)
    if size == 0.0:
        return
    if norm == L0:
        choose(g, chosen)
        rate = z.dtype.type(L0_STEP / size)
        for i in range(z.size):
            if chosen[i]:
                z[i] += rate * g[i]
        return
    rate, per_radius = z.dtype.type(epsilon / 5.0 / size), z.dtype.type(1.0 / epsilon)
    for i in range(z.size):
        z[i] += rate * g[i]
        g[i] = (z[i] - x[i]) * per_radius
    size = length(g, norm)
    if size > 1.0:
        rate = z.dtype.type(epsilon / size)
        for i in range(z.size):
            z[i] = x[i] + rate * g[i]


@jit
def pgd(X: NDArray[np.floating], targets: NDArray[np.int64], W: NDArray[np.floating], WT: NDArray[np.floating],
        gamma: float, norm: int, epsilon: float, steps: int, low: float, high: float,
        out: NDArray[np.floating]) -> int:
    """out (N, d) = the iterate of each row of X (N, d), the start included, with the largest y' f; returns the status.

    W (m, d) and its transposed copy WT (d, m), targets (N,). Every step clamps all coordinates to [low, high].
    """
    N, d = X.shape
    m = W.shape[0]
    rows = min(N, ROWS)
    A, G, Z = np.empty((rows, d), X.dtype), np.empty((rows, d), X.dtype), np.empty((rows, m), X.dtype)
    F, best = np.empty(rows), np.empty(rows)
    chosen = np.empty((rows, d), np.bool_)
    least, most = X.dtype.type(low), X.dtype.type(high)
    for first in range(0, N, rows):
        n = min(rows, N - first)
        x, y, kept = X[first : first + n], targets[first : first + n], out[first : first + n]
        a, g, z, f, c = A[:n], G[:n], Z[:n], F[:n], y.astype(np.float64)
        a[:] = x
        best[:] = -math.inf
        chosen[:] = False
        for t in range(steps + 1):
            multiply(a, WT, z)
            if not outputs(z, gamma, f):
                return NON_FINITE
            for i in range(n):
                if y[i] * f[i] > best[i]:
                    best[i] = y[i] * f[i]
                    kept[i] = a[i]
            if t == steps:
                break
            slopes(z, gamma, c, z)
            multiply(z, W, g)
            for i in range(n):
                move(x[i], g[i], norm, epsilon, chosen[i], a[i])
                for j in range(d):
                    a[i, j] = least if a[i, j] < least else (most if a[i, j] > most else a[i, j])
    return OK
