"""A linear lower bound of D(x) = sum_r s(<w_{y,r}, x>) - sum_r s(<w_{j,r}, x>) over a box, rounded downwards.

A convex s lies above its tangents and below its chords, so D gets a linear lower bound, whose least value over the box
is known; GELU, which is not convex, gets its range.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activation import GELU, SOFTPLUS, Activation, activate
from .jit import internal, jit

UNIT = 2.0**-53  # the largest relative error of one rounding
TINY = 1e-290  # above anything that underflow can take away, for factors up to 1e17
# The least value of t Phi(t) is -.16997120..., attained at t = -.75179...; outside DIP it is not in the interior.
GELU_LEAST, DIP = -0.169972, (-0.7518, -0.7517)


class Work(NamedTuple):
    """Scratch of `bound`: rows of f (11, 2m), and what it leaves for the caller: slope (d,), score (d,)."""

    f: NDArray[np.float64]
    slope: NDArray[np.float64]
    score: NDArray[np.float64]


@jit
def work(d: int, K: int) -> Work:
    """Scratch for filters (d, K)."""
    return Work(np.empty((11, K)), np.empty(d), np.empty(d))


@jit
def relative(d: int, K: int, a: Activation) -> float:
    """What 2 (d + K + q) + 48 roundings can do to a sum, relative to the sum of absolute values, and twice that."""
    return 4.0 * (d + K + 2 * a.q + 24) * UNIT


@jit
def bound(low: NDArray[np.float64], high: NDArray[np.float64], V: NDArray[np.float64], a: Activation, w: Work) -> float:
    """A lower bound of sum_{f < m} s(<V_f, x>) - sum_{f >= m} s(<V_f, x>) over low <= x <= high, for V (d, 2m).

    w.slope: the gradient of the linear bound; its corner is the likely worst case. w.score: how much of the looseness
    each coordinate accounts for.

    Rounding: every term below is made of fewer than 2 (d + 2m + q) + 48 roundings of quantities bounded by ``bulk``, so
    that ``gamma`` times bulk, twice this, exceeds the whole error. libm's exp, log1p and erfc are assumed to be within
    16 units in the last place, and a product of a weight and a coordinate below 1e-308 counts as 0.
    """
    d, K = V.shape
    m = K // 2
    gamma = relative(d, K, a)
    z, size, reach, bottom, top = w.f[0], w.f[1], w.f[2], w.f[3], w.f[4]
    at, at_bottom, at_top, tilt = w.f[5], w.f[6], w.f[7], w.f[8]
    z[:], size[:], reach[:] = 0.0, 0.0, 0.0
    for c in range(d):
        middle = 0.5 * (low[c] + high[c])
        spread = max(high[c] - middle, middle - low[c])
        if middle != 0.0 or spread != 0.0:
            for f in range(K):
                z[f] += middle * V[c, f]
                size[f] += abs(middle * V[c, f])
                reach[f] += spread * abs(V[c, f])
    for f in range(K):
        wide = reach[f] + gamma * (size[f] + reach[f])
        if wide > 0.0:
            wide += TINY
        bottom[f], top[f] = z[f] - wide, z[f] + wide
    activate(bottom, 1.0, a, at_bottom, w.f[9])
    activate(top, 1.0, a, at_top, w.f[10])
    activate(z, 1.0, a, at, tilt)
    total, bulk, tiny = 0.0, 0.0, 0.0
    for f in range(K):
        s, loose = at[f], 0.0
        if a.kind == GELU:
            tilt[f] = 0.0
            if f >= m:
                s = max(at_bottom[f], at_top[f])
            else:
                s = min(at_bottom[f], at_top[f])
                if bottom[f] <= DIP[1] * a.rho and top[f] >= DIP[0] * a.rho:
                    s = GELU_LEAST * a.rho
            loose = abs(at_top[f] - at_bottom[f])
        elif f >= m:
            if top[f] > bottom[f]:
                tilt[f] = max((at_top[f] - at_bottom[f]) / (top[f] - bottom[f]), 0.0)
            # Any slope makes a bound: s minus a line is convex, so it is largest at an end.
            s = max(at_bottom[f] + tilt[f] * (z[f] - bottom[f]), at_top[f] - tilt[f] * (top[f] - z[f]))
            loose = s - at[f]
        else:
            loose = max(at_bottom[f] - s + tilt[f] * (z[f] - bottom[f]), at_top[f] - s - tilt[f] * (top[f] - z[f]))
        total += s if f < m else -s
        bulk += max(abs(at_bottom[f]), abs(at_top[f])) + tilt[f] * (size[f] + reach[f])
        if a.kind == SOFTPLUS or a.kind == GELU:
            bulk += a.rho + size[f] + reach[f]  # where they are small, only their absolute errors are
        elif top[f] > 0.0:
            tiny += TINY * (1.0 + size[f] + reach[f])
        at[f] = loose
    for c in range(d):
        spread = max(high[c] - 0.5 * (low[c] + high[c]), 0.5 * (low[c] + high[c]) - low[c])
        slope, score = 0.0, 0.0
        if spread > 0.0:
            for f in range(K):
                slope += tilt[f] * V[c, f] if f < m else -tilt[f] * V[c, f]
                score += abs(V[c, f]) * at[f]
        w.slope[c], w.score[c] = slope, score * spread
        total -= abs(slope) * spread
    return total - gamma * bulk - tiny if math.isfinite(bulk) else -math.inf


@internal
def shrink(low: NDArray[np.float64], high: NDArray[np.float64], V: NDArray[np.float64], a: Activation,
           w: Work) -> bool:
    """Cut the box, in place, down to a face on which the function of `bound` takes its least value; was there one?

    Called right after `bound`, which leaves s' at the ends of every pre-activation. s' is monotone for a convex s, so
    these enclose the derivative by every coordinate; where its sign is known, the least value lies on one side.
    """
    d, K = V.shape
    if a.kind == GELU:
        return False
    least, most, gamma, cut = w.f[9], w.f[10], relative(d, K, a), False
    for c in range(d):
        if low[c] < high[c]:
            down, up, bulk = 0.0, 0.0, 0.0
            for f in range(K):
                v = V[c, f] if 2 * f < K else -V[c, f]
                down += v * (least[f] if v > 0.0 else most[f])
                up += v * (most[f] if v > 0.0 else least[f])
                bulk += abs(v) * (most[f] + 1.0 if a.kind == SOFTPLUS else most[f])
                if most[f] > 0.0:
                    bulk += TINY
            if down >= gamma * bulk:
                high[c], cut = low[c], True
            elif up <= -gamma * bulk:
                low[c], cut = high[c], True
    return cut
