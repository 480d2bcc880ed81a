"""Projected gradient descent on all points at once, by the tile kernel: validated, allocated and run."""

from dataclasses import dataclass

import numpy as np

from ..kernels import pgd as kernel
from ..kernels.product import pack
from ..layout import Precision, attack_room, from_lanes, host_tiles, in_lanes, samples
from ..setting import OBJECTIVES
from ..threads import each
from ..trajectory import Floats, Integers, activation
from .model import Points


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
    s = samples(points.X, points.y, points.robust, precision, points.count)
    room, tiles = attack_room(s, k, m, d), host_tiles()
    best, bottom, top = (in_lanes(each, precision, s.order) for each in (start, low, high))
    pack(np.ascontiguousarray(W.reshape(k * m, d), dtype=precision), 0, k * m, tiles.rows, room.packed)
    gap, step = np.empty(points.y.size), np.empty(points.y.size, np.int64)
    a = activation(points.setting)
    each(lambda part: kernel.attack(part, s, bottom, top, room.packed, k, d, a, OBJECTIVES.index(objective), leak,
                                    steps, rate, early, room, tiles.rows, best, gap, step), room.Z.shape[0])
    back = np.argsort(s.order)
    return Searched(from_lanes(best, s, points.X.shape[1], d), gap[back], step[back])
