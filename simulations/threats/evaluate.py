"""Which points a network gets right, in real arithmetic."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..kernels import separable as kernel
from ..network import transposed
from ..threads import each
from ..trajectory import Floats, activation
from .exact import margin_sign
from .model import Points

Bools = NDArray[np.bool_]


def right(points: Points, W: Floats) -> tuple[Bools, Bools]:
    """(N,) whether F_y > F_j for every j != y, and (N,) whether that took exact arithmetic; W (k, m, d)."""
    lower, upper = margins(points, W)
    good, bad = np.asarray((lower > 0).all(axis=1)), np.asarray((upper <= 0).any(axis=1))
    exact = np.asarray(~(good | bad))
    for n in map(int, np.flatnonzero(exact)):
        patches, y = points.exact(n), int(points.y[n])
        good[n] = all(margin_sign(points.setting, W, patches, y, int(j)) > 0 for j in np.flatnonzero(~(lower[n] > 0)))
    return good, exact


def margins(points: Points, W: Floats) -> tuple[Floats, Floats]:
    """lower, upper (N, k): F_y - F_j up to rounding, infinite for j = y; W (k, m, d)."""
    s, N = points.setting, points.y.size
    low, high = points.ends
    lower, upper, how = np.empty((N, s.k)), np.empty((N, s.k)), (points.count, transposed(W), s.k, activation(s))
    each(lambda n, _: kernel.enclose(low[n], high[n], int(points.y[n]), *how, lower[n], upper[n]), N, alone=points.few)
    return lower, upper


def at(points: Points, X: Floats) -> Points:
    """The points with other patches X (N, P, d)."""
    return replace(points, X=X, delta=None)
