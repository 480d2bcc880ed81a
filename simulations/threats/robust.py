"""Robust accuracy under a threat model, from below by certificates and from above by attacks."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theorycheck.checks.measurement import Share

from ..data import Dataset
from ..network import network_outputs
from ..setting import Setting
from ..trajectory import Floats, checked_array, checked_count
from .attacks import BATTERY, search
from .evaluate import Bools, at, right
from .model import Boxes, Points, Threat, boxes, checked_threat, papers, points_of
from .moves import Attack
from .worst_case import worst_cases

BUDGET = 4000  # splits for a point and target; with noise, at most 1 of 100 points of a default net is left open
ROOM = 2_000_000  # coordinates of the points that are held at a time
METHODS = ("dead", "clean", "bounds", "branching", "exact", "attack", "open")


@dataclass(frozen=True)
class RobustAccuracy:
    """The share of points that stay right under every allowed perturbation lies in [certified, attacked].

    A point is right only if F_y > F_j for every j != y, strictly, in real arithmetic for the given floats.

    right (N,): without a perturbation. low, high (N,): what is known under attack, 0 or 1 and low <= high; for
    ``paper`` the share of targets y' at which the point is right. dead (N,): points whose outputs are all 0 without a
    perturbation. They count as wrong, but a network with dead points is to be called dead, not inaccurate.
    method (N,), one of `METHODS`, what settled the point: being dead, the answer at the point itself, bounds alone,
    branch and bound, exact arithmetic where rounding left a tie open, an attack, or nothing (open).
    flags: what is suspicious about the attacks, which are run only on points that all else left open.
    sampled: whether the points are a sample of a distribution.
    """

    threat: Threat
    epsilon: float
    right: Bools
    low: Floats
    high: Floats
    dead: Bools
    method: tuple[str, ...]
    flags: tuple[str, ...]
    sampled: bool

    def __post_init__(self) -> None:
        if not (np.all(self.low >= 0) and np.all(self.low <= self.high) and np.all(self.high <= 1)):
            raise ValueError("robust accuracy: the ends of a point are not in order (allowed: 0 <= low <= high <= 1)")

    @property
    def clean(self) -> float:
        """The accuracy without a perturbation."""
        return float(self.right.mean())

    @property
    def certified(self) -> float:
        """A lower bound of the robust accuracy."""
        return float(self.low.mean())

    @property
    def attacked(self) -> float:
        """An upper bound of the robust accuracy."""
        return float(self.high.mean())

    @property
    def counts(self) -> dict[str, int]:
        """How many points each method settled."""
        return dict(Counter(self.method))

    @property
    def conclusive(self) -> bool:
        """Whether the two ends agree, or else no attack gave cause for suspicion."""
        return bool(np.all(self.low == self.high)) or not self.flags

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Where the robust accuracy on the distribution lies, at that level of confidence.

        For a sample by Clopper and Pearson, from the points that are right for sure (under ``paper``: for every target)
        to those that may be right (for some); for the population [certified, attacked].
        """
        if not self.sampled:
            return self.certified, self.attacked
        sure, possible = int(np.sum(self.low == 1)), int(np.sum(self.high > 0))
        return Share(self.threat, sure, self.low.size, 0.0, possible - sure).interval(level)


def robust_accuracy(data: Setting | Dataset, W: ArrayLike, threat: Threat, epsilon: float, *, budget: int = BUDGET,
                    battery: tuple[Attack, ...] = BATTERY, seed: int = 0) -> RobustAccuracy:
    """Robust accuracy of the weights W (k, m, d) under a threat model of radius epsilon, both ends.

    ``data``: a setting stands for its noiseless population (k points, equally likely; no noise allowed), a data set for
    its N points. ``threat``: "linf", |delta_p| <= epsilon in all coordinates of all patches; "in-place", the same
    within span(u) on J_R and within span(v) on J_NR; "paper", delta_p = -beta v_y + epsilon v_y' on J_NR and 0 on J_R,
    over all y' != y equally likely (also at epsilon = 0, where the other two leave every point alone).

    For linf and in-place the worst case separates over patches and is enclosed by branch and bound with ``budget``
    splits for each point and target; a point left open is attacked by ``battery``, drawn from ``seed``. paper is
    evaluated. Both ends hold in real arithmetic for the given floats.

    Raises ValueError for a bad argument, `BadSetting` for a population with noise.
    """
    checked_threat(threat, epsilon)
    checked_count("budget", budget, 0)
    points = points_of(data)
    s = points.setting
    weights = checked_array("W", W, (s.k, s.m, s.d))
    rows, found = max(1, ROOM // (points.X[0].size * s.k)), []
    for n in range(0, points.y.size, rows):
        some = points.block(slice(n, n + rows))
        found.append(_paper(some, weights, epsilon) if threat == "paper" else
                     _box(some, weights, boxes(some, threat, epsilon), budget, battery, seed))
    good, low, high, dead, method, flags = (np.concatenate(part) for part in zip(*found, strict=True))
    return RobustAccuracy(threat, float(epsilon), good, low, high, dead, tuple(method.tolist()),
                          tuple(dict.fromkeys(flags.tolist())), isinstance(data, Dataset))


_Texts = NDArray[np.str_]
_Part = tuple[Bools, Floats, Floats, Bools, _Texts, _Texts]


def _paper(points: Points, W: Floats, epsilon: float) -> _Part:
    good, exact = (one.reshape(points.y.size, -1) for one in right(papers(points, epsilon), W))
    share, dead = good.astype(np.float64).mean(axis=1), _dead(points, W)
    method = np.where(dead, "dead", np.where(exact.any(axis=1), "exact", "bounds"))
    return right(points, W)[0], share, share, dead, method, _none()


def _box(points: Points, W: Floats, box: Boxes, budget: int, battery: tuple[Attack, ...], seed: int) -> _Part:
    good, dead, flags = right(points, W)[0], _dead(points, W), _none()
    robust, fooled = good.copy(), ~good
    method = np.where(dead, "dead", "clean").astype("U9")  # as long as the longest name
    if not np.array_equal(box.low, box.high):
        rows = np.flatnonzero(good)
        some, ends = points.block(rows), box.block(rows)
        found = worst_cases(some, W, ends, budget)
        robust[rows], fooled[rows] = found.lower > 0, found.upper <= 0
        method[rows] = np.where(found.splits > 0, "branching", "bounds")
        # Within rounding of a tie the best point found may still fool.
        open_ = np.flatnonzero(~(robust | fooled)[rows])
        tied = ~right(at(some.block(open_), found.best[open_]), W)[0]
        fooled[rows[open_[tied]]], method[rows[open_[tied]]] = True, "exact"
        open_ = open_[~tied]
        if open_.size:
            report = search(some.block(open_), W, ends.block(open_), battery, seed)
            hit = report.fooled.any(axis=0)
            fooled[rows[open_]], method[rows[open_]] = hit, np.where(hit, "attack", "open")
            flags = np.array(report.flags, dtype=np.str_)
    return good, robust.astype(np.float64), (~fooled).astype(np.float64), dead, method, flags


def _dead(points: Points, W: Floats) -> Bools:
    return np.asarray((network_outputs(points.setting, W, points.X) == 0).all(axis=1))


def _none() -> _Texts:
    return np.empty(0, dtype=np.str_)
