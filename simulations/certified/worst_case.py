"""What an attack can do to a network with weights in balls: robust accuracy on the noiseless population, both ends.

For a fixed target j, F_y - F_j = sum_p D(x_p + delta_p) with D(x) = sum_r s(<w_{y,r}, x>) - sum_r s(<w_{j,r}, x>), so
every patch has its own worst case. Branch and bound: on a box, D is at least its linear relaxation (s is convex, so it
lies above its tangents and below its chords), whose minimum over the box is exact; where that is attained D is
evaluated, which is an attack. A point is right only if F_y exceeds every other output strictly.
"""

import heapq
import itertools
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from flint import arb, arb_mat

from theorycheck.balls import precision

from ..accuracy import checked_epsilon
from ..setting import Setting
from .dynamics import Dynamics, Row

Threat = Literal["paper", "in-place", "linf"]
THREATS: tuple[Threat, ...] = ("paper", "in-place", "linf")
BITS = 128


@dataclass(frozen=True)
class RobustShare:
    """Robust accuracy under a threat model lies in [certified, attacked]; ``decided``: of every class the two ends.

    For ``paper`` a class counts by the share of targets y' at which it is right.
    """

    threat: Threat
    epsilon: float
    decided: tuple[tuple[Fraction, Fraction], ...]

    @property
    def certified(self) -> Fraction:
        """A lower bound of the robust accuracy."""
        return sum((low for low, _ in self.decided), Fraction(0)) / len(self.decided)

    @property
    def attacked(self) -> Fraction:
        """An upper bound of the robust accuracy."""
        return sum((high for _, high in self.decided), Fraction(0)) / len(self.decided)


def robust_share(setting: Setting, W: arb_mat, threat: Threat, epsilon: float, budget: int = 2000) -> RobustShare:
    """Robust accuracy of the weights W (k m, d) under ``threat`` with radius ``epsilon``.

    paper: delta_p = -beta v_y + epsilon v_y' on J_NR and 0 on J_R, over every y' != y; in-place: J_R within span(u),
    J_NR within span(v), |delta| <= epsilon in each coordinate; linf: all coordinates of all patches. ``budget``: boxes
    for each pair of classes. Raises ValueError for an unknown threat or a bad epsilon.
    """
    checked_epsilon(epsilon)
    if threat not in THREATS:
        raise ValueError(f"threat = {threat!r}: unknown (allowed: {', '.join(THREATS)})")
    classes = range(setting.k)
    with precision(BITS):
        network = _Network(setting, W)
        if threat == "paper":
            ends = tuple(_share([network.under_the_papers(y, j, epsilon) for j in classes if j != y]) for y in classes)
            return RobustShare(threat, epsilon, ends)
        decided = []
        for y in classes:
            truths: list[bool | None] = []
            for j in classes:
                # One target that succeeds settles the class.
                if j != y and False not in truths:
                    truths.append(network.resists(y, j, epsilon, threat, budget))
            decided.append((Fraction(all(truths)), Fraction(False not in truths)))
    return RobustShare(threat, epsilon, tuple(decided))


def _share(truths: list[bool | None]) -> tuple[Fraction, Fraction]:
    n = len(truths)
    return Fraction(sum(t is True for t in truths), n), Fraction(sum(t is not False for t in truths), n)


class _Network:
    """Filters as rows, and the activation."""

    def __init__(self, setting: Setting, W: arb_mat) -> None:
        self.setting, self.s = setting, Dynamics(setting.replace(epsilon=0.0)).activation
        values = W.entries()
        rows = [values[f * setting.d : (f + 1) * setting.d] for f in range(setting.k * setting.m)]
        self.filters = [rows[i * setting.m : (i + 1) * setting.m] for i in range(setting.k)]

    def patch(self, y: int, p: int) -> Row:
        """alpha u_y for p = 0, beta v_y for p = 1."""
        s = self.setting
        return [arb((s.alpha, s.beta)[p]) if c == p * s.k + y else arb(0) for c in range(s.d)]

    def under_the_papers(self, y: int, target: int, epsilon: float) -> bool | None:
        """Whether y is still right under the attack of Theorem 4.3."""
        s = self.setting
        moved = [arb(epsilon) if c == s.k + target else arb(0) for c in range(s.d)]
        F = [s.n_R * self.value(i, self.patch(y, 0)) + s.n_N * self.value(i, moved) for i in range(s.k)]
        others = [F[i] for i in range(s.k) if i != y]
        if all(F[y] > f for f in others):
            return True
        return False if any(F[y] <= f for f in others) else None

    def value(self, i: int, x: Row) -> arb:
        """sum_r s(<w_{i,r}, x>)."""
        return sum((self.s(_dot(w, x))[0] for w in self.filters[i]), arb(0))

    def resists(self, y: int, j: int, epsilon: float, threat: Threat, budget: int) -> bool | None:
        """Whether F_y > F_j at every point that the threat model allows."""
        s, searches = self.setting, []
        for p in range(2):
            allowed = range(s.d) if threat == "linf" else range(p * s.k, (p + 1) * s.k)
            spread = [arb(epsilon) if c in allowed else arb(0) for c in range(s.d)]
            searches.append(_Search(self, y, j, self.patch(y, p), spread))
        count = (s.n_R, s.n_N)
        for _ in range(budget):
            if sum(n * one.lower for n, one in zip(count, searches, strict=True)) > 0:
                return True
            if sum(n * one.upper for n, one in zip(count, searches, strict=True)) <= 0:
                return False
            wider = max(range(2), key=lambda p: count[p] * (searches[p].upper - searches[p].lower))
            searches[wider].refine()
        return None


class _Search:
    """The minimum of D over a box: ``lower`` and ``upper`` enclose it, `refine` splits the box of the lowest bound."""

    def __init__(self, network: _Network, y: int, j: int, center: Row, spread: Row) -> None:
        self.s, self.own, self.other = network.s, network.filters[y], network.filters[j]
        self.upper, self.ties = Fraction(10**300), itertools.count()
        self.boxes: list[tuple[float, int, Row, Row, int]] = []
        self._add(center, spread, -math.inf)

    @property
    def lower(self) -> Fraction:
        """No point of the box has less."""
        return Fraction(self.boxes[0][0])

    def refine(self) -> None:
        """Splits the box of the lowest bound in halves."""
        least, _, center, spread, axis = heapq.heappop(self.boxes)
        half = spread[axis] / 2
        for side in (-half, half):
            self._add([x + side if c == axis else x for c, x in enumerate(center)],
                      [half if c == axis else x for c, x in enumerate(spread)], least)

    def _add(self, center: Row, spread: Row, least: float) -> None:
        """Bounds D on a box, of which D >= least is known."""
        moving = [c for c, x in enumerate(spread) if not x.is_zero()]
        slope, total, score = [arb(0)] * len(center), arb(0), [0.0] * len(center)
        for w, sign in (*((w, 1) for w in self.own), *((w, -1) for w in self.other)):
            z, reach = _dot(w, center), sum((abs(w[c]) * spread[c] for c in moving), arb(0))
            low, high = self.s(z - reach)[0], self.s(z + reach)[0]
            if sign > 0:
                at, tilt = self.s(z)
                loose = (low - at + tilt * reach).max(high - at - tilt * reach)
            else:
                # Any slope makes a bound, so that of the chord is taken at its midpoint.
                tilt = ((high - low) / (2 * reach)).mid() if reach > 0 else arb(0)
                at = (low + tilt * reach).max(high - tilt * reach)
                loose = at - self.s(z)[0]
            total += sign * at
            for c in moving:
                slope[c] += sign * tilt * w[c]
                score[c] += abs(float(w[c] * spread[c] * loose))
        bound = total - sum((abs(slope[c]) * spread[c] for c in moving), arb(0))
        corner = [x - spread[c] if slope[c] > 0 else x + spread[c] for c, x in enumerate(center)]
        found = sum((self.s(_dot(w, corner))[0] for w in self.own), arb(0)) - sum(
            (self.s(_dot(w, corner))[0] for w in self.other), arb(0))
        self.upper = min(self.upper, Fraction(_above(found)))
        axis = max(range(len(score)), key=score.__getitem__)
        heapq.heappush(self.boxes, (max(least, -_above(-bound)), next(self.ties), center, spread, axis))


def _dot(w: Row, x: Row) -> arb:
    return sum((a * b for a, b in zip(w, x, strict=True) if not b.is_zero()), arb(0))


def _above(x: arb) -> float:
    """A float that is not below the ball; exact where the end is a float."""
    end = x.upper()
    near = float(end)
    return near if arb(near) >= end else math.nextafter(near, math.inf)
