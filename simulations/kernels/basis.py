"""An orthonormal basis of given rows, with sums in a fixed order, so that its bits do not depend on the machine.

Rows lie as (n, strips, lanes), padded with zeros.
"""

import math

import numpy as np
from numpy.typing import NDArray

from .jit import internal, jit
from .tile import zero
from .vector import fma, lane_sum, load, store

NEGLIGIBLE = 4e-16  # a row this close to the span of the earlier ones, relative to its length, counts as inside


@internal
def dot(a: NDArray[np.float64], i: int, b: NDArray[np.float64], j: int) -> float:
    """<a_i, b_j>."""
    total = zero(a)
    for x in range(a.shape[1]):
        total = fma(load(a, i, x), load(b, j, x), total)
    return float(lane_sum(total))


@internal
def add(a: NDArray[np.float64], i: int, factor: float, b: NDArray[np.float64], j: int) -> None:
    """a_i += factor b_j."""
    for x in range(a.shape[1]):
        store(a, i, x, fma(load(b, j, x), factor, load(a, i, x)))


@jit
def orthonormal(X: NDArray[np.float64], Q: NDArray[np.float64], R: NDArray[np.float64]) -> int:
    """The rank r: afterwards X = R[:, :r] Q[:r], rows of Q orthonormal, by Gram-Schmidt done twice; X is used up.

    X (n, strips, lanes), Q as large, R (n, n) zeros.
    """
    r = 0
    for i in range(X.shape[0]):
        length = math.sqrt(dot(X, i, X, i))
        for _ in range(2):
            for q in range(r):
                c = dot(X, i, Q, q)
                R[i, q] += c
                add(X, i, -c, Q, q)
        left = math.sqrt(dot(X, i, X, i))
        if left > NEGLIGIBLE * length:
            add(Q, r, 1.0 / left, X, i)
            # Once more: where little was left, its direction is mostly rounding.
            for q in range(r):
                add(Q, r, -dot(Q, r, Q, q), Q, q)
            size = math.sqrt(dot(Q, r, Q, r))
            for x in range(Q.shape[1]):
                store(Q, r, x, load(Q, r, x) * (1.0 / size))
            R[i, r] = left
            r += 1
    return r


@jit
def coordinates(W: NDArray[np.float64], Q: NDArray[np.float64], r: int, out: NDArray[np.float64]) -> None:
    """out[f, q] = <W_f, Q_q> for q < r."""
    for f in range(W.shape[0]):
        for q in range(r):
            out[f, q] = dot(W, f, Q, q)


@jit
def lift(step: NDArray[np.float64], Q: NDArray[np.float64], W: NDArray[np.float64]) -> None:
    """W_f += sum_q step[f, q] Q_q."""
    for f in range(W.shape[0]):
        for q in range(step.shape[1]):
            add(W, f, step[f, q], Q, q)
