"""The smoothed ReLU: the one definition that every kernel uses.

s(z) = 0 for z <= 0, z^q / (q rho^(q-1)) for 0 <= z <= rho, z - (1 - 1/q) rho for z >= rho;
s'(z) = clamp(z/rho, 0, 1)^(q-1).
"""

import numpy as np
from numpy.typing import NDArray

from .jit import jit


@jit
def s_ds(z: float, q: int, rho: float) -> tuple[float, float]:
    """s(z) and s'(z); NaN gives NaN, because both comparisons are then false."""
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
def s(z: float, q: int, rho: float) -> float:
    """s(z)."""
    return s_ds(z, q, rho)[0]


@jit
def ds(z: float, q: int, rho: float) -> float:
    """s'(z)."""
    return s_ds(z, q, rho)[1]


@jit
def activate(z: NDArray[np.float64], scale: float, q: int, rho: float, value: NDArray[np.float64],
             slope: NDArray[np.float64]) -> None:
    """value = s(scale z), slope = s'(scale z) in place, all (K,); a pass of its own, because only so it vectorises."""
    for f in range(z.size):
        value[f], slope[f] = s_ds(scale * z[f], q, rho)


@jit
def ds_polynomial(z: float, q: int, rho: float) -> float:
    """The polynomial part of s' continued beyond rho: (max(z, 0)/rho)^(q-1)."""
    t = z / rho
    if t < 0.0:
        t = 0.0
    slope = t
    for _ in range(q - 2):
        slope *= t
    return slope
