"""Projected sign steps within a box for every sample, ending once it is fooled, on the tiles of `product`.

A sample with its box and its pre-activations stays in the cache for all steps.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activation import Activation
from .ascent import LOSS, MARGIN
from .elementary import exp
from .jit import internal, jit
from .product import Places, backward, forward
from .sample import activate
from .tile import neighbours
from .vector import apart, load, select, store

CLEAR = 1e-9  # a margin that is larger than this, relative to the outputs, is no rounding


class Desk(NamedTuple):
    """Where each thread (the first axis) has one sample: X (threads, 2, groups, d, lanes), now and best; box, its ends.

    Z (threads, k m, groups, lanes), t (threads, 2, STRIP, lanes); for all samples multiplicity (groups, 1, lanes), 0 in
    the padding, and whole, 1 everywhere.
    """

    X: NDArray[np.float64]
    box: NDArray[np.float64]
    Z: NDArray[np.float64]
    t: NDArray[np.float64]
    multiplicity: NDArray[np.float64]
    whole: NDArray[np.float64]


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
         t: NDArray[np.float64], X: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """out = X + rate (high - low) sign(t), within the box, for the coordinates first..last-1 of the groups."""
    for v in range(len(groups)):
        g = groups[v]
        if v == 0 or g != groups[0]:
            for j in range(first, last):
                bottom, top, up = load(low, g, j), load(high, g, j), load(t, v, j - first)
                stride = (top - bottom) * rate
                x = load(X, g, j) + select(up > 0.0, stride, select(up < 0.0, stride * -1.0, 0.0))
                x = select(x < bottom, bottom, x)
                store(out, g, j, select(x > top, top, x))


@internal
def advance(Z: NDArray[np.float64], W: NDArray[np.float64], d: int, low: NDArray[np.float64],
            high: NDArray[np.float64], rate: float, t: NDArray[np.float64], rows: Places,
            X: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """`step` along sum_f Z_f w_f for all groups of one sample."""
    apart()
    for g in range(0, X.shape[0], len(rows)):
        end = min(g + len(rows), X.shape[0])
        groups = neighbours(rows, g, end - 1)
        for first in range(0, d, t.shape[1]):
            last = min(first + t.shape[1], d)
            backward(Z, g, end, W, d, first, last, t, rows)
            step(low, high, groups, first, last, rate, t, X, out)


@internal
def lay(X: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """The patches X (P, d) in the lanes of out (groups, d, lanes), whose other lanes stay as they are."""
    lanes = out.shape[2]
    for p in range(X.shape[0]):
        for j in range(X.shape[1]):
            out[p // lanes, j, p % lanes] = X[p, j]


@internal
def search(label: NDArray[np.int64], desk: Desk, who: int, W: NDArray[np.float64], k: int, d: int, a: Activation,
           objective: int, leak: float, steps: int, rate: float, early: bool,
           rows: Places) -> tuple[float, int, int]:
    """(gap, step, which): the largest max_{j != y} F_j - F_y met, the first step with gap >= 0 (-1: none), where.

    From desk.X[who, 0] within the box; desk.X[who, which] is the point of that gap. label (1,). ``early``: end once the
    gap is clearly positive.
    """
    Z, low, high, y = desk.Z[who], desk.box[who, 0], desk.box[who, 1], label[0]
    outputs, pull, parts = np.empty((1, k)), np.empty(k), np.zeros((2, k))
    F, zero = outputs[0], label[0] - label[0]
    gap, fooled, now, best = -math.inf, -1, 0, 0
    for at in range(steps + 1):
        X = desk.X[who, now]
        forward(X, zero, X.shape[0], W, zero, Z.shape[0], d, Z, X, rows)
        activate(Z, label, k, a, desk.multiplicity, desk.whole, zero, outputs, parts)
        other = F[rival(F, y)]
        found = other - F[y]
        if math.isnan(found):
            return found, fooled, best
        if found > gap:
            gap, best = found, now
        if found >= 0.0 and fooled < 0:
            fooled = at
        if at == steps or (early and found > CLEAR * (abs(other) + abs(F[y]))):
            break
        signs(F, y, objective, pull)
        aim(Z, k, pull, leak)
        now = 1 - best  # never over the best point
        advance(Z, W, d, low, high, rate, desk.t[who], rows, X, desk.X[who, now])
    return gap, fooled, best


@jit
def attack(first: int, last: int, who: int, X: NDArray[np.float64], y: NDArray[np.int64], low: NDArray[np.float64],
           high: NDArray[np.float64], desk: Desk, W: NDArray[np.float64], k: int, a: Activation, objective: int,
           leak: float, steps: int, rate: float, early: bool, rows: Places, gap: NDArray[np.float64],
           fooled: NDArray[np.int64]) -> None:
    """`search` for samples first..last-1 by thread ``who``; X, low, high (N, P, d), W packed, gap, fooled (N,).

    X becomes what is found.
    """
    lanes = desk.Z.shape[3]
    for n in range(first, last):
        lay(X[n], desk.X[who, 0])
        lay(low[n], desk.box[who, 0])
        lay(high[n], desk.box[who, 1])
        gap[n], fooled[n], best = search(y[n : n + 1], desk, who, W, k, X.shape[2], a, objective, leak, steps, rate,
                                         early, rows)
        for p in range(X.shape[1]):
            for j in range(X.shape[2]):
                X[n, p, j] = desk.X[who, best, p // lanes, j, p % lanes]
