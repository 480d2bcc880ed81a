"""What happens to samples between the matrix products: activations, outputs, and the weights of its gradient.

Z (k m, groups, lanes) holds pre-activations, then slopes, then what the last product multiplies with. Lanes beyond the
P patches are padding: count is 0 there, so that whatever an activation makes of 0 does not matter.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activation import SMOOTHED_RELU, Activation, bent, s_ds
from .ascent import direct
from .jit import inlined, internal
from .softmax import residual
from .tile import zero
from .vector import Real, apart, fma, lane_sum, load, store


@inlined
def slopes(Z: NDArray[np.float64], g: int, low: int, high: int, a: Activation) -> Real:
    """sum_f s(z_f) over the filters low..high-1 at group g, lane by lane, and Z becomes s'(z) there."""
    total, cubes = zero(Z), zero(Z)
    if a.kind == SMOOTHED_RELU and a.q == 3:  # the paper's: no branches in its loop, constants after it
        scale = 1.0 / a.rho
        for f in range(low, high):
            u, line = bent(load(Z, f, g) * scale)
            slope = u * u
            store(Z, f, g, slope)
            cubes, total = fma(slope, u, cubes), total + line
        return fma(cubes, a.rho / 3, total * a.rho)
    for f in range(low, high):
        value, slope = s_ds(load(Z, f, g), a)
        store(Z, f, g, slope)
        total = total + value
    return total


@internal
def activate(Z: NDArray[np.float64], y: NDArray[np.int64], k: int, a: Activation, count: NDArray[np.float64],
             robust: NDArray[np.float64], at: int, F: NDArray[np.float64], parts: NDArray[np.float64]) -> None:
    """F[n, i] = sum_p count[p] sum_r s(z_{i,r,n,p}), and Z becomes s'(z), for the samples of Z, labels y; F (n, k).

    parts[0, y] gains what robust patches contribute to F_y, parts[1, y] the rest; robust[at:] are the samples' groups.
    """
    apart()
    m, wide = Z.shape[0] // k, count.shape[0]
    for n in range(y.size):
        for i in range(k):
            total, kept = zero(Z), zero(Z)
            for p in range(wide):
                own = slopes(Z, n * wide + p, i * m, (i + 1) * m, a) * load(count, p, 0)
                if i == y[n]:
                    mine = own * load(robust, at + n * wide + p, 0)
                    own, kept = own - mine, kept + mine
                total = total + own
            F[n, i] = lane_sum(total)
            if i == y[n]:
                mine = lane_sum(kept)
                parts[0, i] += mine
                parts[1, i] += F[n, i]
                F[n, i] += mine


@internal
def weigh(Z: NDArray[np.float64], k: int, pull: NDArray[np.float64], count: NDArray[np.float64]) -> None:
    """Z = pull[n, i] count[p] Z for the samples of Z; pull (n, k)."""
    apart()
    m, wide = Z.shape[0] // k, count.shape[0]
    for n in range(pull.shape[0]):
        for i in range(k):
            for p in range(wide):
                factor = load(count, p, 0) * pull[n, i]
                for f in range(i * m, (i + 1) * m):
                    store(Z, f, n * wide + p, load(Z, f, n * wide + p) * factor)


@internal
def lower_label(Z: NDArray[np.float64], first: int, last: int, m: int, a: Activation, rate: float) -> None:
    """Z = -rate s'(z) for the label's m filters, in the first rows of Z: eta~ grad of -F_y before the product."""
    apart()
    for g in range(first, last):
        slopes(Z, g, g - g, m, a)  # a plain 0 has a type of its own
        for f in range(m):
            store(Z, f, g, load(Z, f, g) * -rate)


@internal
def steer(Z: NDArray[np.float64], y: NDArray[np.int64], k: int, a: Activation, count: NDArray[np.float64],
          whole: NDArray[np.float64], robust: NDArray[np.float64], objective: int, rate: float,
          F: NDArray[np.float64], pull: NDArray[np.float64]) -> None:
    """Z = rate dL_m/dF_i s'(z), the gradient of one patch whatever its multiplicity; F, pull (n, k), whole = 1."""
    start: Any = np.int64(0)
    activate(Z, y, k, a, count, robust, start, F, np.zeros((2, k)))
    for n in range(y.size):
        direct(F[n], y[n], objective, pull[n])
        for i in range(k):
            pull[n, i] *= rate
    weigh(Z, k, pull, whole)


@internal
def descend(Z: NDArray[np.float64], y: NDArray[np.int64], k: int, a: Activation, count: NDArray[np.float64],
            robust: NDArray[np.float64], at: int, F: NDArray[np.float64], gap: NDArray[np.float64],
            parts: NDArray[np.float64]) -> None:
    """Z = (1[i = y] - logit_i) count[p] s'(z): minus the gradient by the pre-activations; see `activate`."""
    activate(Z, y, k, a, count, robust, at, F, parts)
    for n in range(y.size):
        residual(F[n], y[n], gap[n])
    weigh(Z, k, gap, count)
