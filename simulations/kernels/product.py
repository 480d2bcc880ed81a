"""The three matrix products of a training step, on tiles that stay in registers: Z = X W, t = Z W^T, G += Z^T X.

Data lie as X (groups, rows >= d, lanes): a group holds as many patches of one sample as a vector has lanes. Filters are
cut into tiles of nearly equal width, at most 5 for every row of a tile; a tile's weights lie as (d, width), one tile
after the other, so that filter f of the first tile starts at f d. Every entry of Z is one chain of fma over the
coordinates, of t over the filters, of G over the groups of a block and then the lanes: the shape of the tiles changes
the speed and never a bit.
"""

import numpy as np
from numba import literal_unroll
from numpy.typing import NDArray

from .jit import internal, jit
from .tile import (
    accumulate,
    along,
    clipped,
    column,
    down,
    inner,
    minus,
    neighbours,
    numbers,
    outer,
    put,
    read,
    write,
    zeros,
)
from .vector import apart

Places = tuple[int, ...]  # places of groups, or any tuple that is passed for its length
PANEL = 256  # coordinates of two groups that fit the first-level cache together
WIDTHS = ((0,), (0,) * 2, (0,) * 3, (0,) * 4, (0,) * 5, (0,) * 6, (0,) * 7, (0,) * 8, (0,) * 9, (0,) * 10)
HEIGHTS = ((0,), (0,) * 2, (0,) * 3)


@internal
def tiles(count: int, rows: Places) -> int:
    """Into how many tiles ``count`` filters are cut."""
    return -(-count // (5 * len(rows)))


@internal
def begin(count: int, t: int, n: int) -> int:
    """The first filter of tile t of n; tile n begins at ``count``."""
    return t * (count // n) + min(t, count % n)


@jit
def pack(W: NDArray[np.float64], low: int, high: int, rows: Places, out: NDArray[np.float64]) -> None:
    """Filters low..high-1 of W (K, d) in tiles, into out[low d:]."""
    d = W.shape[1]
    n = tiles(high - low, rows)
    for t in range(n):
        f, end = low + begin(high - low, t, n), low + begin(high - low, t + 1, n)
        for c in range(end - f):
            for j in range(d):
                out[f * d + j * (end - f) + c] = W[f + c, j]


@internal
def multiply(X: NDArray[np.float64], groups: Places, low: int, high: int, W: NDArray[np.float64], at: int,
             Z: NDArray[np.float64], f: int, columns: Places) -> None:
    """Z[f + c, g] (+)= sum_j X[g, j] W[at + j C + c], low <= j < high, c < C; from 0 if low = 0."""
    apart()
    tile = zeros(X, groups, columns) if low == 0 else read(Z, groups, f, columns)
    for j in range(low, high):
        tile = outer(column(X, groups, j), numbers(W, at + j * len(columns), columns), tile)
    write(Z, groups, f, tile)


@internal
def forward(X: NDArray[np.float64], first: int, last: int, W: NDArray[np.float64], at: int, count: int, d: int,
            Z: NDArray[np.float64], rows: Places) -> None:
    """Z[f, g] = <filter f, X[g]> for groups first..last-1 and the ``count`` filters whose tiles start at W[at]."""
    apart()
    n = tiles(count, rows)
    for low in range(0, d, PANEL):
        high = min(low + PANEL, d)
        for g in range(first, last, len(rows)):
            groups = neighbours(rows, g, last - 1)
            for t in range(n):
                f = begin(count, t, n)
                C = begin(count, t + 1, n) - f
                for columns in literal_unroll(WIDTHS):
                    if len(columns) == C:
                        multiply(X, groups, low, high, W, at + f * d, Z, f, columns)


@internal
def combine(Z: NDArray[np.float64], groups: Places, f: int, W: NDArray[np.float64], at: int, low: int, high: int,
            t: NDArray[np.float64], places: Places, fresh: bool, last: bool, X: NDArray[np.float64], epsilon: float,
            out: NDArray[np.float64], columns: Places) -> None:
    """t[v, j - low] (+)= sum_c Z[f + c, groups[v]] W[at + j C + c], low <= j < high, c < C; from 0 if ``fresh``.

    With ``last`` instead out[groups[v], j] = X[groups[v], j] + clip_eps of that sum; NaN is not clipped away.
    """
    apart()
    g = read(Z, groups, f, columns)
    nothing = zeros(t, (0,), places)[0]
    for j in range(low, high):
        start = nothing if fresh else column(t, places, j - low)
        total = inner(g, numbers(W, at + j * len(columns), columns), start)
        if last:
            put(out, groups, j, clipped(column(X, groups, j), total, epsilon))
        else:
            put(t, places, j - low, total)


@internal
def move(X: NDArray[np.float64], now: NDArray[np.float64], moved: bool, groups: Places, Z: NDArray[np.float64],
         W: NDArray[np.float64], at: int, count: int, d: int, epsilon: float, t: NDArray[np.float64], rows: Places,
         out: NDArray[np.float64]) -> None:
    """out = X + clip_eps(now - X + sum_f Z_f w_f) for the groups, over ``count`` filters whose tiles start at W[at].

    now = X unless ``moved``. A strip of coordinates at a time, so that sums over several tiles stay in the cache.
    """
    apart()
    n, places = tiles(count, rows), neighbours(rows, 0, len(rows) - 1)
    for low in range(0, d, t.shape[1]):
        high = min(low + t.shape[1], d)
        if moved:
            for j in range(low, high):
                put(t, places, j - low, minus(column(now, groups, j), column(X, groups, j)))
        for tile in range(n):
            f = begin(count, tile, n)
            C, start, fresh, last = begin(count, tile + 1, n) - f, at + f * d, tile == 0 and not moved, tile == n - 1
            for columns in literal_unroll(WIDTHS):
                if len(columns) == C:
                    combine(Z, groups, f, W, start, low, high, t, places, fresh, last, X, epsilon, out, columns)


@internal
def backward(Z: NDArray[np.float64], groups: Places, W: NDArray[np.float64], d: int, low: int, high: int,
             t: NDArray[np.float64], rows: Places) -> None:
    """t[v, j - low] = sum_f Z[f, groups[v]] w_f[j], low <= j < high, over all filters of Z."""
    apart()
    count, places = Z.shape[0], neighbours(rows, 0, len(rows) - 1)
    n = tiles(count, rows)
    for tile in range(n):
        f = begin(count, tile, n)
        C = begin(count, tile + 1, n) - f
        for columns in literal_unroll(WIDTHS):
            if len(columns) == C:
                combine(Z, groups, f, W, f * d, low, high, t, places, tile == 0, False, t, 0.0, t, columns)


@internal
def correlate(X: NDArray[np.float64], Z: NDArray[np.float64], f: int, j: int, G: NDArray[np.float64], filters: Places,
              columns: Places) -> None:
    """G[f + v, j + c] += sum over groups and lanes of Z[f + v, g] X[g, j + c]."""
    apart()
    tile = zeros(X, filters, columns)
    for g in range(X.shape[0]):
        tile = outer(down(Z, f, g, filters), along(X, g, j, columns), tile)
    accumulate(G, f, j, tile)


@internal
def gather(X: NDArray[np.float64], Z: NDArray[np.float64], G: NDArray[np.float64], columns: Places) -> None:
    """G[f, j] += sum over groups and lanes of Z[f, g] X[g, j], for all f and j of G (K, a multiple of len(columns))."""
    K = G.shape[0]
    n = -(-K // 3)
    for j in range(0, G.shape[1], len(columns)):
        for t in range(n):
            f = begin(K, t, n)
            C = begin(K, t + 1, n) - f
            for filters in literal_unroll(HEIGHTS):
                if len(filters) == C:
                    correlate(X, Z, f, j, G, filters, columns)
