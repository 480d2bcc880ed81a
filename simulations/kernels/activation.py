"""The activations: the one definition that every kernel uses.

SMOOTHED_RELU, the paper's: s(z) = 0 for z <= 0, z^q / (q rho^(q-1)) for 0 <= z <= rho, z - (1 - 1/q) rho for z >= rho;
s'(z) = clamp(z/rho, 0, 1)^(q-1). RELU: max(z, 0) with slope 0 at 0. SOFTPLUS: rho log(1 + e^(z/rho)). GELU:
z Phi(z/rho), Phi the normal distribution function. NaN gives NaN throughout.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .jit import jit

SMOOTHED_RELU, RELU, SOFTPLUS, GELU = range(4)
_ROOT_HALF, _DENSITY = math.sqrt(0.5), 1 / math.sqrt(2 * math.pi)


class Activation(NamedTuple):
    """Which activation; q is read by SMOOTHED_RELU alone, rho by all but RELU."""

    kind: int
    q: int
    rho: float


@jit
def smoothed(z: float, q: int, rho: float) -> tuple[float, float]:
    """s(z) and s'(z) of SMOOTHED_RELU; NaN gives NaN, because both comparisons are then false."""
    t = z / rho
    if t < 0.0:
        t = 0.0
    if t > 1.0:
        t = 1.0
    slope = t
    if q == 3:  # the loop's own first round, apart so that the paper's case vectorises
        slope *= t
    else:
        for _ in range(q - 2):
            slope *= t
    value = slope * t * rho / q
    if z > rho:
        value += z - rho
    return value, slope


@jit
def other(z: float, a: Activation) -> tuple[float, float]:
    """s(z) and s'(z) of the other kinds."""
    if math.isnan(z):
        return z, z
    if a.kind == RELU:
        return (z, 1.0) if z > 0.0 else (0.0, 0.0)
    t = z / a.rho
    if a.kind == SOFTPLUS:
        small = math.exp(-abs(t))
        share = 1.0 / (1.0 + small)
        return max(z, 0.0) + a.rho * math.log1p(small), share if t > 0.0 else small * share
    below = 0.5 * math.erfc(-t * _ROOT_HALF)
    # Beyond the range of exp the density is 0, and infinity times it would be NaN.
    density = _DENSITY * math.exp(-0.5 * t * t) if abs(t) < 40.0 else 0.0
    return (z * below if below > 0.0 else 0.0), below + (t * density if density > 0.0 else 0.0)


@jit
def s_ds(z: float, a: Activation) -> tuple[float, float]:
    """s(z) and s'(z)."""
    if a.kind == SMOOTHED_RELU:
        return smoothed(z, a.q, a.rho)
    return other(z, a)


@jit
def s(z: float, a: Activation) -> float:
    """s(z)."""
    return s_ds(z, a)[0]


@jit
def ds(z: float, a: Activation) -> float:
    """s'(z)."""
    return s_ds(z, a)[1]


@jit
def activate(z: NDArray[np.float64], scale: float, a: Activation, value: NDArray[np.float64],
             slope: NDArray[np.float64]) -> None:
    """value = s(scale z), slope = s'(scale z) in place, all (K,); a pass of its own, because only so it vectorises."""
    if a.kind == SMOOTHED_RELU:
        for f in range(z.size):
            value[f], slope[f] = smoothed(scale * z[f], a.q, a.rho)
    else:
        for f in range(z.size):
            value[f], slope[f] = other(scale * z[f], a)


@jit
def ds_polynomial(z: float, q: int, rho: float) -> float:
    """The polynomial part of SMOOTHED_RELU's s' continued beyond rho: (max(z, 0)/rho)^(q-1)."""
    t = z / rho
    if t < 0.0:
        t = 0.0
    slope = t
    for _ in range(q - 2):
        slope *= t
    return slope
