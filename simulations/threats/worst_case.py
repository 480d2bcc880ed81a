"""The worst case of F_y - F_j over a box by branch and bound, from both sides."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..data import Dataset
from ..kernels import separable as kernel
from ..network import transposed
from ..setting import Setting
from ..threads import each
from ..trajectory import Floats, Integers, activation, checked_array, checked_count
from .evaluate import margins
from .model import Boxes, Points, Threat, boxes, checked_threat, papers, points_of


@dataclass(frozen=True)
class WorstCases:
    """lower, upper (N,) enclose the least F_y - F_j over all j != y and the box; best (N, P, d), allowed, has upper.

    splits (N,): how many boxes were split.
    """

    lower: Floats
    upper: Floats
    best: Floats
    splits: Integers


def worst_cases(points: Points, W: Floats, box: Boxes, budget: int, tolerance: float = -1.0) -> WorstCases:
    """Branch and bound at every point until the sign is known or, with a tolerance >= 0, until the ends are so close.

    ``budget`` splits for every target may not suffice for that, and rounding may leave no room for it.
    """
    s, N = points.setting, points.y.size
    lower, upper, best = np.empty(N), np.empty(N), np.empty_like(points.X)
    splits, how = np.empty(N, np.int64), (points.count, transposed(W), s.k, activation(s), budget, tolerance)

    def one(n: int, _: int) -> None:
        lower[n], upper[n], splits[n] = kernel.worst(box.low[n], box.high[n], box.inner_low[n], box.inner_high[n],
                                                     int(points.y[n]), *how, best[n])

    each(one, N, alone=points.few)
    return WorstCases(lower, upper, best, splits)


def exact_margin(data: Setting | Dataset, W: ArrayLike, threat: Threat, epsilon: float, *, tolerance: float = 1e-6,
                 budget: int = 50_000) -> tuple[Floats, Floats]:
    """lower, upper (N,) around the worst margin min_j min_delta (F_y - F_j)(X + delta), normally to ``tolerance``.

    Both ends hold even where ``budget`` splits for a target do not bring them that close; meant for small networks,
    where an attacker has few coordinates. For paper the minimum is over y' too. Arguments as in `robust_accuracy`.
    """
    checked_threat(threat, epsilon)
    checked_count("budget", budget, 0)
    points = points_of(data)
    weights = checked_array("W", W, (points.setting.k, points.setting.m, points.setting.d))
    if threat == "paper":
        low, high = (end.min(axis=1).reshape(points.y.size, -1).min(axis=1)
                     for end in margins(papers(points, epsilon), weights))
        return low, high
    found = worst_cases(points, weights, boxes(points, threat, epsilon), budget, tolerance)
    return found.lower, found.upper
