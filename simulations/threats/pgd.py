"""Projected gradient descent on all points at once, by the tile kernel: validated, allocated and run."""

from dataclasses import dataclass

import numpy as np

from ..kernels import pgd as kernel
from ..kernels.product import pack
from ..layout import Precision, attack_desk, host_tiles
from ..setting import OBJECTIVES
from ..threads import each, shares
from ..trajectory import Floats, Integers, activation
from .model import Points

PARTS = 64  # at most: samples are independent, and many parts balance the load


@dataclass(frozen=True)
class Searched:
    """Of every point: X (N, P, d) with the largest gap max_{j != y} F_j - F_y met, and the step of the first gap >= 0.

    gap (N,), NaN where an output is; step (N,), -1 where there is none.
    """

    X: Floats
    gap: Floats
    step: Integers


def pgd(points: Points, W: Floats, start: Floats, low: Floats, high: Floats, *, objective: str, steps: int, rate: float,
        leak: float = 0.0, early: bool = True, precision: Precision = "float64") -> Searched:
    """x <- clip(x + rate (high - low) sign(grad L), low, high), ``steps`` times from ``start``, all (N, P, d).

    W (k, m, d); a filter to be raised counts with a slope of at least ``leak``. ``early``: a point ends once it is
    clearly fooled.
    """
    k, m, d = W.shape
    desk, tiles, packed = attack_desk(points.count, k * m, d, precision), host_tiles(), np.empty(k * m * d, precision)
    pack(np.ascontiguousarray(W.reshape(k * m, d), dtype=precision), 0, k * m, tiles.rows, packed)
    X, bottom, top = np.array(start), np.ascontiguousarray(low), np.ascontiguousarray(high)
    gap, step = np.empty(points.y.size), np.empty(points.y.size, np.int64)
    a, parts = activation(points.setting), shares(points.y.size, PARTS)
    each(lambda part, who: kernel.attack(*parts[part], who, X, points.y, bottom, top, desk, packed, k, a,
                                         OBJECTIVES.index(objective), leak, steps, rate, early, tiles.rows, gap, step),
         len(parts))
    return Searched(X, gap, step)
