"""The ascent that finds the adversarial example: X~ = X + clip_eps(eta~ grad_X L_m), one step or several."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activation import Activation, activate
from .jit import copy, internal
from .softmax import residual

LABEL, MARGIN, LOSS = range(3)


class Ascent(NamedTuple):
    """Radius eps, step eta~, how many steps, and L_m: LABEL -F_y, MARGIN max_{j != y} F_j - F_y, LOSS -log logit_y.

    With eps = 0 or eta~ = 0 nothing is moved.
    """

    epsilon: float
    eta_tilde: float
    steps: int
    objective: int


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


@internal
def slopes(X: NDArray[np.float64], count: NDArray[np.float64], W: NDArray[np.float64], k: int, s: Activation,
           slope: NDArray[np.float64], F: NDArray[np.float64]) -> None:
    """slope (P, k m) = s'(<w, x_p>) and F (k,) = sum_p count[p] sum_r s(<w_{i,r}, x_p>) in place, for X (P, d)."""
    m = W.shape[1] // k
    z, value = np.empty(W.shape[1]), np.empty(W.shape[1])
    F[:] = 0.0
    for p in range(X.shape[0]):
        correlate(X[p], W, z)
        activate(z, 1.0, s, value, slope[p])
        for i in range(k):
            total = 0.0
            for r in range(m):
                total += value[i * m + r]
            F[i] += count[p] * total


@internal
def direct(F: NDArray[np.float64], label: int, objective: int, pull: NDArray[np.float64]) -> None:
    """pull[i] = dL_m/dF_i in place; F, pull (k,). Of equal largest outputs the first is the margin's."""
    if objective == LOSS:
        residual(F, label, pull)
        for i in range(F.size):
            pull[i] = -pull[i]
        return
    pull[:] = 0.0
    pull[label] = -1.0
    if objective == MARGIN:
        first = 1 if label == 0 else 0
        for i in range(F.size):
            if i != label and F[i] > F[first]:
                first = i
        pull[first] = 1.0


@internal
def ascend(X: NDArray[np.float64], label: int, count: NDArray[np.float64], W: NDArray[np.float64], k: int,
           s: Activation, ascent: Ascent, slope: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """out (P, d) = the adversarial example of X (P, d), one point with its label, in place; slope (P, k m) is scratch.

    out <- X + clip_eps(out - X + eta~ grad L_m(out)), from out = X. The gradient is that of one patch, whatever its
    multiplicity count[p]. Filters outside the objective are passed over. NaN is not clipped away.
    """
    P, d = X.shape
    m = W.shape[1] // k
    F, pull, g = np.empty(k), np.empty(k), np.empty(d)
    z, value = np.empty(m), np.empty(m)
    copy(X, out)
    if ascent.epsilon == 0.0 or ascent.eta_tilde == 0.0:
        return
    for _ in range(ascent.steps):
        if ascent.objective != LABEL:
            slopes(out, count, W, k, s, slope, F)
        direct(F, label, ascent.objective, pull)
        for p in range(P):
            if ascent.objective == LABEL:
                own = slope[p, label * m : (label + 1) * m]
                z[:] = 0.0
                for a in range(d):
                    if out[p, a] != 0.0:
                        for r in range(m):
                            z[r] += out[p, a] * W[a, label * m + r]
                activate(z, 1.0, s, value, own)
            for a in range(d):
                g[a] = 0.0
                for i in range(k):
                    if pull[i] != 0.0:
                        part = 0.0
                        for f in range(i * m, (i + 1) * m):
                            part += slope[p, f] * W[a, f]
                        g[a] += pull[i] * part
            for a in range(d):
                moved = out[p, a] - X[p, a] + ascent.eta_tilde * g[a]
                if moved > ascent.epsilon:
                    moved = ascent.epsilon
                if moved < -ascent.epsilon:
                    moved = -ascent.epsilon
                out[p, a] = X[p, a] + moved
