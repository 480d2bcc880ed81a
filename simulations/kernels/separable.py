"""Worst cases over boxes of F_y - F_j = sum_p n_p D(x_p), D(x) = sum_r s(<w_{y,r}, x>) - sum_r s(<w_{j,r}, x>).

For a fixed target j the sum separates, so every patch has its own worst case. A box gets a linear lower bound of D: a
convex s lies above its tangents and below its chords; GELU, not convex, gets its range. Best-first branch and bound
splits boxes until both ends decide. Every bound holds in real arithmetic for the given floats: see `bound`.
"""

import math
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from .activation import GELU, SMOOTHED_RELU, Activation, activate
from .jit import jit, jit_parallel

UNIT = 2.0**-53  # the largest relative error of one rounding
TINY = 1e-290  # above anything that underflow can take away, for factors up to 1e17
# The least value of t Phi(t) is -.16997120..., attained at t = -.75179...; outside DIP it is not in the interior.
GELU_LEAST, DIP = -0.169972, (-0.7518, -0.7517)
ROBUST, OPEN, FOOLED = 1, 0, -1


class Work(NamedTuple):
    """Scratch of `bound`: rows of f (9, 2m), and what it leaves for the caller: slope (d,), score (d,)."""

    f: NDArray[np.float64]
    slope: NDArray[np.float64]
    score: NDArray[np.float64]


@jit
def work(d: int, K: int) -> Work:
    """Scratch for filters (d, K)."""
    return Work(np.empty((9, K)), np.empty(d), np.empty(d))


@jit
def bound(low: NDArray[np.float64], high: NDArray[np.float64], V: NDArray[np.float64], a: Activation, w: Work) -> float:
    """A lower bound of sum_{f < m} s(<V_f, x>) - sum_{f >= m} s(<V_f, x>) over low <= x <= high, for V (d, 2m).

    w.slope: the gradient of the linear bound; its corner is the likely worst case. w.score: how much of the looseness
    each coordinate accounts for.

    Rounding: every term below is made of fewer than 2d + 2m + 2q + 24 roundings of quantities bounded by ``bulk``, so
    that ``gamma`` times bulk, more than twice this, exceeds the whole error (the activations of libm are assumed to be
    within 16 units in the last place).
    """
    d, K = V.shape
    m = K // 2
    gamma = 4.0 * (d + K + 2 * a.q + 24) * UNIT
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
        bottom[f], top[f] = z[f] - wide, z[f] + wide
    activate(bottom, 1.0, a, at_bottom, tilt)
    activate(top, 1.0, a, at_top, tilt)
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
                tilt[f] = (at_top[f] - at_bottom[f]) / (top[f] - bottom[f])
            # Any slope makes a bound: s minus a line is convex, so it is largest at an end.
            s = max(at_bottom[f] + tilt[f] * (z[f] - bottom[f]), at_top[f] - tilt[f] * (top[f] - z[f]))
            loose = s - at[f]
        else:
            loose = max(at_bottom[f] - s + tilt[f] * (z[f] - bottom[f]), at_top[f] - s - tilt[f] * (top[f] - z[f]))
        total += s if f < m else -s
        bulk += max(abs(at_bottom[f]), abs(at_top[f])) + tilt[f] * (size[f] + reach[f])
        if a.kind >= 2:
            bulk += a.rho  # softplus and GELU have absolute errors of rho units where they are small
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


@jit
def pair(W: NDArray[np.float64], m: int, first: int, second: int) -> NDArray[np.float64]:
    """The filters of two classes side by side, (d, 2m), of W (d, k m)."""
    V = np.empty((W.shape[0], 2 * m))
    V[:, :m] = W[:, first * m : (first + 1) * m]
    V[:, m:] = W[:, second * m : (second + 1) * m]
    return V


@jit
def weighted(count: NDArray[np.float64], value: NDArray[np.float64]) -> float:
    """A lower bound of sum_p count[p] value[p]."""
    total, bulk = 0.0, 0.0
    for p in range(count.size):
        total += count[p] * value[p]
        bulk += abs(count[p] * value[p])
    return total - 2.0 * (count.size + 2) * UNIT * bulk if math.isfinite(bulk) else -math.inf


@jit
def lowest(low: NDArray[np.float64], high: NDArray[np.float64], count: NDArray[np.float64], V: NDArray[np.float64],
           a: Activation, w: Work) -> float:
    """A lower bound of sum_p count[p] D(x_p) over boxes low, high (P, d), without splitting."""
    value = np.empty(count.size)
    for p in range(count.size):
        value[p] = bound(low[p], high[p], V, a, w)
    return weighted(count, value)


@jit
def search(low: NDArray[np.float64], high: NDArray[np.float64], inner_low: NDArray[np.float64],
           inner_high: NDArray[np.float64], count: NDArray[np.float64], V: NDArray[np.float64],
           swapped: NDArray[np.float64], a: Activation, budget: int, tolerance: float,
           best: NDArray[np.float64]) -> tuple[float, float, int]:
    """(lower, upper, boxes split): an enclosure of min sum_p count[p] D(x_p) over low <= x <= high, all (P, d).

    upper is that of the point best (P, d), written in place, which lies in inner_low <= x <= inner_high. It stops after
    ``budget`` splits, or once upper - lower <= tolerance, or for tolerance < 0 once the sign is known.
    """
    P, d = low.shape
    w = work(d, V.shape[1])
    box_low, box_high = np.empty((P + budget, d)), np.empty((P + budget, d))
    box_bound, box_axis = np.empty(P + budget), np.empty(P + budget, np.int64)
    box_patch = np.empty(P + budget, np.int64)
    lower, upper = np.empty(P), np.full(P, math.inf)
    settled = np.full(P, math.inf)  # the least bound of the boxes of a patch that need no more splitting
    first = np.arange(P)  # the box of each patch with the least bound
    stuck = np.zeros(P, np.bool_)
    left, right, x = np.empty(d), np.empty(d), np.empty(d)
    n, splits = 0, 0

    for p in range(P):
        box_low[p], box_high[p], box_patch[p] = low[p], high[p], p
        box_bound[p] = lower[p] = bound(low[p], high[p], V, a, w)
        box_axis[p] = np.argmax(w.score)
        _attack(low[p], high[p], inner_low[p], inner_high[p], swapped, a, w, x, upper, best, p)
        n += 1
    while True:
        total, most = weighted(count, lower), -weighted(count, -upper)
        if most - total <= tolerance or (tolerance < 0.0 and (total > 0.0 or most <= 0.0)) or splits >= budget:
            return total, most, splits
        p, gap = -1, 0.0
        for c in range(P):
            if not stuck[c] and count[c] * (upper[c] - lower[c]) > gap:
                p, gap = c, count[c] * (upper[c] - lower[c])
        if p < 0:
            return total, most, splits
        b = first[p]
        if b < 0:
            stuck[p] = True
            continue
        axis = box_axis[b]
        cut = 0.5 * (box_low[b, axis] + box_high[b, axis])
        if not box_low[b, axis] < cut < box_high[b, axis]:
            stuck[p] = True
            continue
        splits += 1
        parent = box_bound[b]
        for side in range(2):
            left[:], right[:] = box_low[b], box_high[b]
            if side == 0:
                right[axis] = cut
            else:
                left[axis] = cut
            # The two halves go to the end of the list first, so that b still holds the whole box for the second.
            box_bound[n] = max(parent, bound(left, right, V, a, w))
            box_low[n], box_high[n], box_patch[n], box_axis[n] = left, right, p, np.argmax(w.score)
            _attack(left, right, inner_low[p], inner_high[p], swapped, a, w, x, upper, best, p)
            n += 1
