"""What happens to one sample between the matrix products: activations, outputs, and the weights of its gradient.

Z (k m, groups, lanes) holds pre-activations, then slopes, then what the last product multiplies with. Lanes beyond the
P patches are padding: count is 0 there, so that whatever an activation makes of 0 does not matter.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activation import Activation, s_ds
from .ascent import direct
from .jit import internal
from .softmax import residual
from .tile import zero
from .vector import lane_sum, load, store


@internal
def activate(Z: NDArray[np.float64], g: int, k: int, label: int, a: Activation, count: NDArray[np.float64],
             robust: NDArray[np.float64], at: int, F: NDArray[np.float64], parts: NDArray[np.float64]) -> None:
    """F_i = sum_p count[p] sum_r s(z_{i,r,p}), and Z becomes s'(z), for the sample whose groups start at g; F (k,).

    parts[0, y] gains what robust patches contribute to F_y, parts[1, y] the rest; robust[at:] are the sample's groups.
    """
    m = Z.shape[0] // k
    for i in range(k):
        total, kept = zero(Z), zero(Z)
        for p in range(count.shape[0]):
            own = zero(Z)
            for f in range(i * m, (i + 1) * m):
                value, slope = s_ds(load(Z, f, g + p), a)
                store(Z, f, g + p, slope)
                own = own + value
            own = own * load(count, p, 0)
            mine = own * load(robust, at + p, 0)
            total, kept = total + (own - mine), kept + mine
        mine, rest = lane_sum(kept), lane_sum(total)
        F[i] = mine + rest
        if i == label:
            parts[0, i] += mine
            parts[1, i] += rest


@internal
def weigh(Z: NDArray[np.float64], g: int, k: int, pull: NDArray[np.float64], count: NDArray[np.float64]) -> None:
    """Z = pull_i count[p] Z for the sample whose groups start at g; pull (k,)."""
    m = Z.shape[0] // k
    for i in range(k):
        for p in range(count.shape[0]):
            factor = load(count, p, 0) * pull[i]
            for f in range(i * m, (i + 1) * m):
                store(Z, f, g + p, load(Z, f, g + p) * factor)


@internal
def lower_label(Z: NDArray[np.float64], groups: tuple[int, ...], m: int, a: Activation, rate: float) -> None:
    """Z = -rate s'(z) for the label's m filters, in the first rows of Z: eta~ grad of -F_y before the product."""
    for f in range(m):
        for v in range(len(groups)):
            if v == 0 or groups[v] != groups[0]:
                store(Z, f, groups[v], s_ds(load(Z, f, groups[v]), a)[1] * -rate)


@internal
def steer(Z: NDArray[np.float64], g: int, label: int, k: int, a: Activation, count: NDArray[np.float64],
          whole: NDArray[np.float64], parts: NDArray[np.float64], objective: int, rate: float,
          F: NDArray[np.float64], pull: NDArray[np.float64]) -> None:
    """Z = rate dL_m/dF_i s'(z), the gradient of one patch whatever its multiplicity; F, pull (k,), whole = 1."""
    start: Any = np.int64(0)
    activate(Z, g, k, label, a, count, whole, start, F, parts)
    direct(F, label, objective, pull)
    for i in range(k):
        pull[i] *= rate
    weigh(Z, g, k, pull, whole)


@internal
def descend(Z: NDArray[np.float64], g: int, label: int, k: int, a: Activation, count: NDArray[np.float64],
            robust: NDArray[np.float64], at: int, F: NDArray[np.float64], gap: NDArray[np.float64],
            parts: NDArray[np.float64]) -> None:
    """Z = (1[i = y] - logit_i) count[p] s'(z): minus the gradient by the pre-activations; see `activate`."""
    activate(Z, g, k, label, a, count, robust, at, F, parts)
    residual(F, label, gap)
    weigh(Z, g, k, gap, count)
