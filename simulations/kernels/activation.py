"""The activations: the one definition that every kernel uses.

SMOOTHED_RELU, the paper's: s(z) = 0 for z <= 0, z^q / (q rho^(q-1)) for 0 <= z <= rho, z - (1 - 1/q) rho for z >= rho;
s'(z) = clamp(z/rho, 0, 1)^(q-1). RELU: max(z, 0) with slope 0 at 0. SOFTPLUS: rho log(1 + e^(z/rho)). GELU:
z Phi(z/rho), Phi the normal distribution function. NaN gives NaN throughout.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .elementary import bell, exp, log1p_unit, normal_tail
from .jit import inlined, jit
from .vector import Real, fma, select

SMOOTHED_RELU, RELU, SOFTPLUS, GELU = range(4)
_DENSITY = 1 / math.sqrt(2 * math.pi)


class Activation(NamedTuple):
    """Which activation; q is read by SMOOTHED_RELU alone, rho by all but RELU."""

    kind: int
    q: int
    rho: float


@inlined
def bent(x: Real) -> tuple[Real, Real]:
    """u = clamp(x, 0, 1) and max(x, 0) - u; NaN gives NaN, because both comparisons are then false."""
    t = select(x < 0.0, 0.0, x)
    u = select(t > 1.0, 1.0, t)
    return u, t - u


@inlined
def smoothed(z: Real, q: int, rho: float) -> tuple[Real, Real]:
    """s(z) = rho (u^q/q + l), s'(z) = u^(q-1), of SMOOTHED_RELU; u, l = `bent` (z/rho)."""
    u, line = bent(z * (1.0 / rho))
    slope = u
    if q == 3:  # the loop's own first round, apart so that the paper's case has no loop
        slope = slope * u
    else:
        for _ in range(q - 2):
            slope = slope * u
    return fma(slope * u, rho / q, line * rho), slope


@inlined
def relu(z: Real) -> tuple[Real, Real]:
    """max(z, 0) and its slope."""
    return select(z <= 0.0, 0.0, z), select(z > 0.0, 1.0, select(z <= 0.0, 0.0, z))


@inlined
def softplus(z: Real, rho: float) -> tuple[Real, Real]:
    """rho log(1 + e^(z/rho)) and 1 / (1 + e^(-z/rho))."""
    t = z / rho
    small = exp(select(t > 0.0, t * -1.0, t))
    share = 1.0 / (small + 1.0)
    return select(z > 0.0, z, 0.0) + rho * log1p_unit(small), select(t > 0.0, share, small * share)


@inlined
def gelu(z: Real, rho: float) -> tuple[Real, Real]:
    """z Phi(z/rho) and Phi(z/rho) + (z/rho) phi(z/rho)."""
    t = z / rho
    size = select(t < 0.0, t * -1.0, t)
    size = select(size > 40.0, 40.0, size)  # Phi and phi are 0 or 1 there, and infinity times 0 would be NaN
    density = bell(size)
    tail = normal_tail(size, density)
    below = select(t > 0.0, 1.0 - tail, tail)
    return (select(below <= 0.0, 0.0, z * below),
            below + select(density <= 0.0, 0.0, t * (density * _DENSITY)))


@inlined
def s_ds(z: Real, a: Activation) -> tuple[Real, Real]:
    """s(z) and s'(z)."""
    if a.kind == SMOOTHED_RELU:
        return smoothed(z, a.q, a.rho)
    if a.kind == RELU:
        return relu(z)
    if a.kind == SOFTPLUS:
        return softplus(z, a.rho)
    return gelu(z, a.rho)


@jit
def s(z: float, a: Activation) -> float:
    """s(z)."""
    return float(s_ds(z, a)[0])


@jit
def ds(z: float, a: Activation) -> float:
    """s'(z)."""
    return float(s_ds(z, a)[1])


@jit
def activate(z: NDArray[np.float64], scale: float, a: Activation, value: NDArray[np.float64],
             slope: NDArray[np.float64]) -> None:
    """value = s(scale z), slope = s'(scale z) in place, all (K,); a pass of its own, because only so it vectorises."""
    if a.kind == SMOOTHED_RELU:
        for f in range(z.size):
            value[f], slope[f] = smoothed(scale * z[f], a.q, a.rho)
    else:
        for f in range(z.size):
            value[f], slope[f] = s_ds(scale * z[f], a)


@inlined
def ds_polynomial(z: Real, q: int, rho: float) -> Real:
    """The polynomial part of SMOOTHED_RELU's s' continued beyond rho: (max(z, 0)/rho)^(q-1)."""
    t = z / rho
    t = select(t < 0.0, 0.0, t)
    slope = t
    for _ in range(q - 2):
        slope = slope * t
    return slope
