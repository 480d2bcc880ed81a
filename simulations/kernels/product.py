"""The three matrix products of a training step, on tiles that stay in registers: Z = X W, t = Z W^T, G += Z^T X.

Data lie as X (groups, rows >= d, lanes): a group holds as many patches of one sample as a vector has lanes. Filters are
cut into tiles of two neighbouring widths (see `widest`), the narrower ones first; a tile's weights lie as (d, width),
one tile after the other, so that one that begins with filter f starts at f d. Every entry of Z is one chain of fma over
the coordinates, of t over the filters, of G over the groups of a block and then the lanes: the shape of the tiles
changes the speed and never a bit.
"""

import numpy as np
from numba import literal_unroll
from numpy.typing import NDArray

from .jit import internal, jit, woven
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
from .vector import apart, fetch

Places = tuple[int, ...]  # places of groups, or any tuple that is passed for its length
PANEL = 256  # coordinates of two groups that fit the first-level cache together
WIDTHS = ((0,), (0,) * 2, (0,) * 3, (0,) * 4, (0,) * 5, (0,) * 10)
HEIGHTS = ((0,), (0,) * 2, (0,) * 3)


@woven
def widest(count: int, rows: Places) -> int:
    """How many filters a tile may have: 5, or 5 for every row where that divides all."""
    return 5 * len(rows) if count % (5 * len(rows)) == 0 else 5


@woven
def tiles(count: int, most: int) -> tuple[int, int]:
    """Of the fewest tiles, each of at most ``most`` of ``count`` filters, the narrower width and what those tiles hold.

    The tiles of all other filters are wider by one.
    """
    n = -(-count // most)
    return count // n, (n - count % n) * (count // n)


@jit
def pack(W: NDArray[np.float64], low: int, high: int, rows: Places, out: NDArray[np.float64]) -> None:
    """Filters low..high-1 of W (K, d) in tiles, into out[low d:]."""
    d, f = W.shape[1], low
    narrow, split = tiles(high - low, widest(high - low, rows))
    while f < high:
        width = narrow if f < low + split else narrow + 1
        for c in range(width):
            for j in range(d):
                out[f * d + j * width + c] = W[f + c, j]
        f += width


@internal
def multiply(X: NDArray[np.float64], first: int, last: int, low: int, high: int, W: NDArray[np.float64], at: int,
             begin: int, end: int, d: int, Z: NDArray[np.float64], far: NDArray[np.float64], rows: Places,
             columns: Places) -> None:
    """`forward` over the coordinates low..high-1, added to Z unless low = 0, for the filters begin..end-1."""
    apart()
    for g in range(first, last, len(rows)):
        groups = neighbours(rows, g, last - 1)
        for f in range(begin, end, len(columns)):
            tile = zeros(X, groups, columns) if low == 0 else read(Z, groups, f, columns)
            for j in range(low, high):
                if f == 0:
                    for v in range(len(groups)):
                        fetch(far, groups[v], j)
                tile = outer(column(X, groups, j), numbers(W, at + f * d + j * len(columns), columns), tile)
            write(Z, groups, f, tile)


@internal
def forward(X: NDArray[np.float64], first: int, last: int, W: NDArray[np.float64], at: int, count: int, d: int,
            Z: NDArray[np.float64], far: NDArray[np.float64], rows: Places) -> None:
    """Z[f, g] = <filter f, X[g]> for groups first..last-1 and the ``count`` filters whose tiles start at W[at].

    Meanwhile far[first:last] is brought closer, which needs not exist.
    """
    apart()
    narrow, split = tiles(count, widest(count, rows))
    for low in range(0, d, PANEL):
        for columns in literal_unroll(WIDTHS):
            wider = len(columns) - narrow
            if 0 <= wider <= 1:
                multiply(X, first, last, low, min(low + PANEL, d), W, at, wider * split,
                         split + wider * (count - split), d, Z, far, rows, columns)


@internal
def combine(Z: NDArray[np.float64], first: int, last: int, W: NDArray[np.float64], at: int, begin: int, end: int,
            count: int, d: int, low: int, high: int, t: NDArray[np.float64], fresh: bool, clips: bool,
            X: NDArray[np.float64], epsilon: float, out: NDArray[np.float64], rows: Places, columns: Places) -> None:
    """t[v, j - low] += sum_f Z[f, g + v] w_f[j], low <= j < high, over filters begin..end-1 of ``count``.

    From 0 if ``fresh``. With ``clips`` the last filter gives out[g, j] = X[g, j] + clip_eps of that sum instead, for
    all groups first..last-1, else these are no more than one tile has rows. NaN is not clipped away.
    """
    apart()
    places = neighbours(rows, 0, len(rows) - 1)
    nothing = zeros(t, (0,), rows)[0]
    for g in range(first, last, len(rows)):
        groups = neighbours(rows, g, last - 1)
        for f in range(begin, end, len(columns)):
            weights, starts, ends = read(Z, groups, f, columns), fresh and f == 0, clips and f + len(columns) == count
            for j in range(low, high):
                start = nothing if starts else column(t, places, j - low)
                total = inner(weights, numbers(W, at + f * d + j * len(columns), columns), start)
                if ends:
                    put(out, groups, j, clipped(column(X, groups, j), total, epsilon))
                else:
                    put(t, places, j - low, total)


@internal
def move(X: NDArray[np.float64], now: NDArray[np.float64], moved: bool, first: int, last: int, Z: NDArray[np.float64],
         W: NDArray[np.float64], at: int, count: int, d: int, epsilon: float, t: NDArray[np.float64], rows: Places,
         out: NDArray[np.float64]) -> None:
    """out = X + clip_eps(now - X + sum_f Z_f w_f), groups first..last-1, ``count`` filters whose tiles start at W[at].

    now = X unless ``moved``. Where a sum takes more than one tile, a strip of coordinates of a few groups at a time, so
    that it stays in the cache.
    """
    apart()
    places, (narrow, split) = neighbours(rows, 0, len(rows) - 1), tiles(count, widest(count, rows))
    alone = count <= widest(count, rows) and not moved
    tall, wide = (last - first, d) if alone else (len(rows), t.shape[1])
    for g in range(first, last, tall):
        for low in range(0, d, wide):
            high = min(low + wide, d)
            if moved:
                groups = neighbours(rows, g, last - 1)
                for j in range(low, high):
                    put(t, places, j - low, minus(column(now, groups, j), column(X, groups, j)))
            for columns in literal_unroll(WIDTHS):
                wider = len(columns) - narrow
                if 0 <= wider <= 1:
                    combine(Z, g, min(g + tall, last), W, at, wider * split, split + wider * (count - split), count, d,
                            low, high, t, not moved, True, X, epsilon, out, rows, columns)


@internal
def backward(Z: NDArray[np.float64], first: int, last: int, W: NDArray[np.float64], d: int, low: int, high: int,
             t: NDArray[np.float64], rows: Places) -> None:
    """t[v, j - low] = sum_f Z[f, first + v] w_f[j], low <= j < high, over all filters of Z; groups of one tile."""
    apart()
    count, zero = Z.shape[0], W.size - W.size
    narrow, split = tiles(count, widest(count, rows))
    for columns in literal_unroll(WIDTHS):
        wider = len(columns) - narrow
        if 0 <= wider <= 1:
            combine(Z, first, last, W, zero, wider * split, split + wider * (count - split), count, d, low, high, t,
                    True, False, t, 0.0, t, rows, columns)


@internal
def correlate(X: NDArray[np.float64], Z: NDArray[np.float64], begin: int, end: int, j: int, G: NDArray[np.float64],
              filters: Places, columns: Places) -> None:
    """`gather` for the filters begin..end-1 and the coordinates j, j + 1, ... of one tile."""
    apart()
    for f in range(begin, end, len(filters)):
        tile = zeros(X, filters, columns)
        for g in range(X.shape[0]):
            tile = outer(down(Z, f, g, filters), along(X, g, j, columns), tile)
        accumulate(G, f, j, tile)


@internal
def gather(X: NDArray[np.float64], Z: NDArray[np.float64], G: NDArray[np.float64], columns: Places) -> None:
    """G[f, j] += sum over groups and lanes of Z[f, g] X[g, j], for all f and j of G (K, a multiple of len(columns))."""
    apart()
    K = G.shape[0]
    narrow, split = tiles(K, len(HEIGHTS))
    for j in range(0, G.shape[1], len(columns)):
        for filters in literal_unroll(HEIGHTS):
            wider = len(filters) - narrow
            if 0 <= wider <= 1:
                correlate(X, Z, wider * split, split + wider * (K - split), j, G, filters, columns)
