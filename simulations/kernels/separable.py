"""Worst cases over boxes of F_y - F_j = sum_p n_p D(x_p), D(x) = sum_r s(<w_{y,r}, x>) - sum_r s(<w_{j,r}, x>).

For a fixed target j the sum separates, so every patch has its own worst case. Best-first branch and bound splits boxes
until both ends decide: `bound` from below, and the points where it is attained, which are attacks, from above.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activation import Activation
from .bound import Work, bound, shrink, work
from .jit import copy, internal, jit

UNIT = 2.0**-53  # the largest relative error of one rounding


@internal
def pair(W: NDArray[np.float64], m: int, first: int, second: int) -> NDArray[np.float64]:
    """The filters of two classes side by side, (d, 2m), of W (d, k m)."""
    V = np.empty((W.shape[0], 2 * m))
    for c in range(W.shape[0]):
        for r in range(m):
            V[c, r], V[c, m + r] = W[c, first * m + r], W[c, second * m + r]
    return V


@internal
def weighted(count: NDArray[np.float64], value: NDArray[np.float64]) -> float:
    """A lower bound of sum_p count[p] value[p]."""
    total, bulk = 0.0, 0.0
    for p in range(count.size):
        total += count[p] * value[p]
        bulk += abs(count[p] * value[p])
    return total - 2.0 * (count.size + 2) * UNIT * bulk if math.isfinite(bulk) else -math.inf


@internal
def lowest(low: NDArray[np.float64], high: NDArray[np.float64], count: NDArray[np.float64], V: NDArray[np.float64],
           a: Activation, w: Work) -> float:
    """A lower bound of sum_p count[p] D(x_p) over boxes low, high (P, d), without splitting."""
    value = np.empty(count.size)
    for p in range(count.size):
        value[p] = bound(low[p], high[p], V, a, w)
    return weighted(count, value)


@internal
def least(low: NDArray[np.float64], high: NDArray[np.float64], V: NDArray[np.float64], a: Activation,
          w: Work) -> float:
    """`bound`, after the box has been cut down, in place, as far as that is known to change nothing."""
    found = bound(low, high, V, a, w)
    while shrink(low, high, V, a, w):
        found = max(found, bound(low, high, V, a, w))
    return found


@internal
def attack(low: NDArray[np.float64], high: NDArray[np.float64], inner_low: NDArray[np.float64],
           inner_high: NDArray[np.float64], swapped: NDArray[np.float64], a: Activation, w: Work,
           best: NDArray[np.float64], upper: float) -> float:
    """The lower of ``upper`` and D at the corner of the box where the linear bound in w.slope is least.

    In the latter case best (d,) becomes that corner, moved into inner_low <= x <= inner_high.
    """
    x = np.empty_like(best)
    for c in range(x.size):
        x[c] = min(max(low[c] if w.slope[c] > 0.0 else high[c], inner_low[c]), inner_high[c])
    value = -bound(x, x, swapped, a, w)
    if value < upper:
        copy(x, best)
        return value
    return upper


@jit
def search(low: NDArray[np.float64], high: NDArray[np.float64], inner_low: NDArray[np.float64],
           inner_high: NDArray[np.float64], count: NDArray[np.float64], V: NDArray[np.float64],
           swapped: NDArray[np.float64], a: Activation, budget: int, tolerance: float,
           best: NDArray[np.float64]) -> tuple[float, float, int]:
    """(lower, upper, splits): an enclosure of min sum_p count[p] D(x_p) over low <= x <= high, both (P, d).

    upper is that of the point best (P, d), written in place, which lies in inner_low <= x <= inner_high. Ends after
    ``budget`` splits, once upper - lower <= tolerance, or for tolerance < 0 once the sign is known.
    """
    P, d = low.shape
    w = work(d, V.shape[1])
    room = P + budget + 1
    box_low, box_high, box_bound = np.empty((room, d)), np.empty((room, d)), np.empty(room)
    box_axis, box_patch = np.empty(room, np.int64), np.empty(room, np.int64)
    lower, upper, settled = np.empty(P), np.full(P, math.inf), np.full(P, math.inf)
    first, stuck = np.arange(P), np.zeros(P, np.bool_)
    # Boxes whose bound is that close to the best value cannot improve it by more than half the tolerance.
    slack = max(tolerance, 0.0) / (2.0 * count.sum())
    for p in range(P):
        copy(low[p], box_low[p])
        copy(high[p], box_high[p])
        box_patch[p] = p
        box_bound[p] = lower[p] = least(box_low[p], box_high[p], V, a, w)
        box_axis[p] = np.argmax(w.score)
        upper[p] = attack(box_low[p], box_high[p], inner_low[p], inner_high[p], swapped, a, w, best[p], upper[p])
    n, splits = P, 0
    while True:
        total, most = weighted(count, lower), -weighted(count, -upper)
        if most - total <= tolerance or (tolerance < 0.0 and (total > 0.0 or most <= 0.0)) or splits == budget:
            return total, most, splits
        p, gap = -1, 0.0
        for c in range(P):
            if not stuck[c] and count[c] * (upper[c] - lower[c]) > gap:
                p, gap = c, count[c] * (upper[c] - lower[c])
        if p < 0:
            return total, most, splits
        b = first[p]
        axis = box_axis[b]
        cut = 0.5 * (box_low[b, axis] + box_high[b, axis])
        if not box_low[b, axis] < cut < box_high[b, axis]:
            stuck[p] = True
            continue
        splits += 1
        for side in range(2):
            # Both halves go to the end of the list: b still holds the whole box for the second.
            copy(box_low[b], box_low[n])
            copy(box_high[b], box_high[n])
            box_patch[n] = p
            if side == 0:
                box_high[n, axis] = cut
            else:
                box_low[n, axis] = cut
            box_bound[n] = max(box_bound[b], least(box_low[n], box_high[n], V, a, w))
            box_axis[n] = np.argmax(w.score)
            upper[p] = attack(box_low[n], box_high[n], inner_low[p], inner_high[p], swapped, a, w, best[p], upper[p])
            n += 1
        box_bound[b] = math.inf  # replaced by its halves
        i = 0
        while i < n:
            if box_patch[i] == p and box_bound[i] >= upper[p] - slack:
                settled[p] = min(settled[p], box_bound[i])
                n -= 1
                copy(box_low[n], box_low[i])
                copy(box_high[n], box_high[i])
                box_bound[i], box_axis[i], box_patch[i] = box_bound[n], box_axis[n], box_patch[n]
                first[box_patch[i]] = i if first[box_patch[i]] == n else first[box_patch[i]]
            else:
                i += 1
        lower[p], stuck[p] = settled[p], True
        for i in range(n):
            if box_patch[i] == p and box_bound[i] <= lower[p]:
                lower[p], first[p], stuck[p] = box_bound[i], i, False


@jit
def worst(low: NDArray[np.float64], high: NDArray[np.float64], inner_low: NDArray[np.float64],
          inner_high: NDArray[np.float64], label: int, count: NDArray[np.float64], W: NDArray[np.float64], k: int,
          a: Activation, budget: int, tolerance: float,
          best: NDArray[np.float64]) -> tuple[float, float, int]:
    """(lower, upper, splits): an enclosure of min over j != label of what `search` finds, W (d, k m).

    ``budget`` is for every target. For tolerance < 0 a target that succeeds (upper <= 0) ends the search.
    """
    m = W.shape[1] // k
    lower, upper, done = np.full(k, -math.inf), np.full(k, math.inf), np.zeros(k, np.bool_)
    lower[label], done[label] = math.inf, True
    x, splits, most = np.empty_like(best), 0, math.inf
    # Without splits first: most targets are settled there, and the others can be taken most promising first.
    for part in (0, budget):
        while True:
            j: Any = np.int64(-1)  # a plain -1 has a type of its own, and everything would be compiled for it again
            for i in range(k):
                if not done[i] and (j < 0 or upper[i] < upper[j]):
                    j = i
            if j < 0:
                break
            done[j] = True
            least, found, used = search(low, high, inner_low, inner_high, count, pair(W, m, label, j),
                                        pair(W, m, j, label), a, part, tolerance, x)
            lower[j], upper[j], splits = max(lower[j], least), min(upper[j], found), splits + used
            if found < most:
                most = found
                copy(x, best)
            if tolerance < 0.0 and most <= 0.0:
                return lower.min(), most, splits
        for i in range(k):
            done[i] = i == label or (lower[i] > 0.0 if tolerance < 0.0 else lower[i] >= most)
    return lower.min(), most, splits


@jit
def enclose(low: NDArray[np.float64], high: NDArray[np.float64], label: int, count: NDArray[np.float64],
            W: NDArray[np.float64], k: int, a: Activation, lower: NDArray[np.float64],
            upper: NDArray[np.float64]) -> None:
    """lower, upper (k,): bounds of F_y - F_j over all of the boxes low, high (P, d), without splitting; W (d, k m).

    Infinite for j = y. For boxes of one point, or of a few roundings, these are the margins there up to rounding.
    """
    m = W.shape[1] // k
    w = work(W.shape[0], 2 * m)
    for j in range(k):
        lower[j], upper[j] = math.inf, math.inf
        if j != label:
            lower[j] = lowest(low, high, count, pair(W, m, label, j), a, w)
            upper[j] = -lowest(low, high, count, pair(W, m, j, label), a, w)
