"""Projected sign steps within a box for every sample, ending once it is fooled, on the tiles of `product`.

A sample with its box and its pre-activations stays in the cache for all steps.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activation import Activation
from .ascent import LOSS, MARGIN
from .elementary import exp
from .jit import copy, internal, jit
from .network import Room, Samples
from .product import Places, backward, forward
from .sample import activate
from .tile import neighbours
from .vector import apart, load, select, store

CLEAR = 1e-9  # a margin that is larger than this, relative to the outputs, is no rounding


@internal
def rival(F: NDArray[np.float64], label: int) -> int:
    """The first of the largest outputs besides the label's; F (k,)."""
    first = 1 if label == 0 else 0
    for i in range(F.size):
        if i != label and F[i] > F[first]:
            first = i
    return first


@internal
def signs(F: NDArray[np.float64], label: int, objective: int, pull: NDArray[np.float64]) -> None:
    """pull = dL/dF up to a positive factor: for LOSS divided by 1 - p_y, so that it cannot vanish; F, pull (k,)."""
    pull[:] = 0.0
    pull[label] = -1.0
    first = rival(F, label)
    if objective == MARGIN:
        pull[first] = 1.0
    if objective == LOSS:
        total = 0.0
        for i in range(F.size):
            if i != label:
                pull[i] = exp(F[i] - F[first])
                total += pull[i]
        for i in range(F.size):
            if i != label:
                pull[i] /= total


@internal
def aim(Z: NDArray[np.float64], k: int, pull: NDArray[np.float64], leak: float) -> None:
    """Z = pull_i s'(z) from the slopes in Z (k m, groups, lanes); with pull_i > 0 a slope is ``leak`` at least."""
    m = Z.shape[0] // k
    for i in range(k):
        for f in range(i * m, (i + 1) * m):
            for g in range(Z.shape[1]):
                slope = load(Z, f, g)
                if pull[i] > 0.0:
                    slope = select(slope < leak, leak, slope)
                store(Z, f, g, slope * pull[i])


@internal
def step(low: NDArray[np.float64], high: NDArray[np.float64], groups: Places, first: int, last: int, rate: float,
         t: NDArray[np.float64], X: NDArray[np.float64]) -> None:
    """X = X + rate (high - low) sign(t), within the box, for the coordinates first..last-1 of the groups."""
    for v in range(len(groups)):
        g = groups[v]
        if v == 0 or g != groups[0]:
            for j in range(first, last):
                bottom, top, up = load(low, g, j), load(high, g, j), load(t, v, j - first)
                stride = (top - bottom) * rate
                x = load(X, g, j) + select(up > 0.0, stride, select(up < 0.0, stride * -1.0, 0.0))
                x = select(x < bottom, bottom, x)
                store(X, g, j, select(x > top, top, x))


@internal
def advance(Z: NDArray[np.float64], W: NDArray[np.float64], d: int, low: NDArray[np.float64],
            high: NDArray[np.float64], rate: float, t: NDArray[np.float64], rows: Places,
            X: NDArray[np.float64]) -> None:
    """`step` along sum_f Z_f w_f for all groups of one sample."""
    apart()
    for g in range(0, X.shape[0], len(rows)):
        groups = neighbours(rows, g, X.shape[0] - 1)
        for first in range(0, d, t.shape[1]):
            last = min(first + t.shape[1], d)
            backward(Z, groups, W, d, first, last, t, rows)
            step(low, high, groups, first, last, rate, t, X)


@internal
def search(low: NDArray[np.float64], high: NDArray[np.float64], label: int, s: Samples, n: int,
           W: NDArray[np.float64], k: int, d: int, a: Activation, objective: int, leak: float, steps: int, rate: float,
           early: bool, Z: NDArray[np.float64], t: NDArray[np.float64], now: NDArray[np.float64], rows: Places,
           best: NDArray[np.float64]) -> tuple[float, int]:
    """(gap, step): the largest max_{j != y} F_j - F_y met and the first step with gap >= 0 (-1: none), from ``best``.

    best (groups, >= d, lanes) becomes the point of that gap. ``early``: end once the gap is clearly positive.
    """
    wide = best.shape[0]
    F, pull, parts = np.empty(k), np.empty(k), np.zeros((2, k))
    zero: Any = np.int64(0)
    copy(best, now[:wide])
    gap, fooled = -math.inf, -1
    for at in range(steps + 1):
        forward(now, zero, wide, W, zero, Z.shape[0], d, Z, rows)
        activate(Z, zero, k, label, a, s.multiplicity, s.robust, n * wide, F, parts)
        other = F[rival(F, label)]
        found = other - F[label]
        if math.isnan(found):
            return found, fooled
        if found > gap:
            gap = found
            copy(now[:wide], best)
        if found >= 0.0 and fooled < 0:
            fooled = at
        if at == steps or (early and found > CLEAR * (abs(other) + abs(F[label]))):
            break
        signs(F, label, objective, pull)
        aim(Z, k, pull, leak)
        advance(Z, W, d, low, high, rate, t, rows, now)
    return gap, fooled


@jit
def attack(c: int, s: Samples, low: NDArray[np.float64], high: NDArray[np.float64], W: NDArray[np.float64], k: int,
           d: int, a: Activation, objective: int, leak: float, steps: int, rate: float, early: bool, room: Room,
           rows: Places, best: NDArray[np.float64], gap: NDArray[np.float64], fooled: NDArray[np.int64]) -> None:
    """`search` for part c of the samples, from ``best`` as s.X, low and high lie, W packed; gap, fooled (N,)."""
    parts, N, wide = room.Z.shape[0], s.y.size, s.multiplicity.shape[0]
    for n in range(c * N // parts, (c + 1) * N // parts):
        at, end = n * wide, (n + 1) * wide
        gap[n], fooled[n] = search(low[at:end], high[at:end], s.y[n], s, n, W, k, d, a, objective, leak, steps, rate,
                                   early, room.Z[c], room.t[c], room.moved[c], rows, best[at:end])
