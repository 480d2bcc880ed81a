"""The gradient of the network by BLAS on cache-sized blocks of samples: the portable twin of `network`.

For machines on which the tiles are slow. Blocks are taken in order and only BLAS may use several threads; its bits
depend on the machine and, perhaps, on their number.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activation import Activation, s_ds
from .ascent import LABEL, Ascent, direct
from .jit import internal, jit
from .softmax import residual


class Rows(NamedTuple):
    """N samples sorted by class: X (N P, d), y (N,), which they were, order (N,).

    Of the P patches: multiplicity (P,) and robust (N, P), 1 for those in J_R.
    """

    X: NDArray[np.float64]
    y: NDArray[np.int64]
    order: NDArray[np.int64]
    multiplicity: NDArray[np.float64]
    robust: NDArray[np.float64]


class Desk(NamedTuple):
    """Where a step works, ``size`` samples at a time: Z (size P, k m), moved (size P, d) or empty.

    G (1, k m, d) and parts (1, 2, k) are the results, part (1, k m, d) those of a block.
    """

    Z: NDArray[np.float64]
    moved: NDArray[np.float64]
    G: NDArray[np.float64]
    part: NDArray[np.float64]
    parts: NDArray[np.float64]


@internal
def activate(Z: NDArray[np.float64], k: int, label: int, a: Activation, count: NDArray[np.float64],
             robust: NDArray[np.float64], F: NDArray[np.float64], parts: NDArray[np.float64]) -> None:
    """F_i = sum_p count[p] sum_r s(z_{p,i,r}) and Z (P, k m) becomes s'(z); parts (2, k) as in `sample.activate`."""
    m = Z.shape[1] // k
    F[:] = 0.0
    for p in range(Z.shape[0]):
        for i in range(k):
            own = 0.0
            for f in range(i * m, (i + 1) * m):
                value, Z[p, f] = s_ds(Z[p, f], a)
                own += value
            own *= count[p]
            F[i] += own
            if i == label:
                parts[0 if robust[p] > 0.0 else 1, i] += own


@internal
def weigh(Z: NDArray[np.float64], k: int, pull: NDArray[np.float64], count: NDArray[np.float64]) -> None:
    """Z = pull_i count[p] Z, (P, k m)."""
    m = Z.shape[1] // k
    for p in range(Z.shape[0]):
        for i in range(k):
            for f in range(i * m, (i + 1) * m):
                Z[p, f] *= pull[i] * count[p]


@internal
def ascend(X: NDArray[np.float64], y: NDArray[np.int64], s: Rows, W: NDArray[np.float64], k: int, a: Activation,
           ascent: Ascent, Z: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """out = the adversarial examples of the rows X of samples with labels y, see `Ascent`."""
    P, m = s.multiplicity.size, W.shape[0] // k
    F, pull, parts, whole = np.empty(k), np.empty(k), np.zeros((2, k)), np.ones(P)
    for step in range(ascent.steps):
        now = X if step == 0 else out
        n = 0
        while n < y.size:
            last = n + 1
            while ascent.objective == LABEL and last < y.size and y[last] == y[n]:
                last += 1
            rows = slice(n * P, last * P)
            if ascent.objective == LABEL:
                own = W[y[n] * m : (y[n] + 1) * m]
                g = np.dot(now[rows], own.T)
                for p in range(g.shape[0]):
                    for r in range(m):
                        g[p, r] = -ascent.eta_tilde * s_ds(g[p, r], a)[1]
                t = np.dot(g, own)
            else:
                g = Z[rows]
                np.dot(now[rows], W.T, g)
                activate(g, k, y[n], a, s.multiplicity, whole, F, parts)
                direct(F, y[n], ascent.objective, pull)
                for i in range(k):
                    pull[i] *= ascent.eta_tilde
                weigh(g, k, pull, whole)
                t = np.dot(g, W)
            for p in range(t.shape[0]):
                for j in range(X.shape[1]):
                    x = X[n * P + p, j]
                    moved = now[n * P + p, j] - x + t[p, j]
                    if moved > ascent.epsilon:
                        moved = ascent.epsilon
                    if moved < -ascent.epsilon:
                        moved = -ascent.epsilon
                    out[n * P + p, j] = x + moved
            n = last


@jit
def gradient(s: Rows, W: NDArray[np.float64], k: int, a: Activation, ascent: Ascent, size: int, desk: Desk,
             psi: NDArray[np.float64], psi_rate: float) -> None:
    """desk.G[0] = -N times the gradient of the risk at W (k m, d), desk.parts[0] and psi as in `network.chunk`."""
    P, N = s.multiplicity.size, s.y.size
    F, gap = np.empty(k), np.empty(k)
    desk.G[:] = 0.0
    desk.parts[:] = 0.0
    for low in range(0, N, size):
        high = min(low + size, N)
        block, Z = s.X[low * P : high * P], desk.Z[: (high - low) * P]
        if desk.moved.shape[0] > 0:
            example = desk.moved[: block.shape[0]]
            ascend(block, s.y[low:high], s, W, k, a, ascent, Z, example)
            block = example
        np.dot(block, W.T, Z)
        for n in range(low, high):
            own = Z[(n - low) * P : (n - low + 1) * P]
            activate(own, k, s.y[n], a, s.multiplicity, s.robust[n], F, desk.parts[0])
            residual(F, s.y[n], gap)
            weigh(own, k, gap, s.multiplicity)
            if psi.shape[0] > 0:
                for p in range(P):
                    for f in range(psi.shape[2]):
                        psi[s.order[n], p, f] += psi_rate * own[p, f]
        np.dot(Z.T, block, desk.part[0])
        for f in range(W.shape[0]):
            for j in range(W.shape[1]):
                desk.G[0, f, j] += desk.part[0, f, j]
