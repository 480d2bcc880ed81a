"""Threat models: which perturbed points an attacker may choose, as boxes that are exact up to the last bit.

linf: |delta_p| <= epsilon in all coordinates of all patches. in-place: on J_R only within span(u_1..u_k), on J_NR only
within span(v_1..v_k). paper: the attack of Theorem 4.3, delta_p = -beta v_y + epsilon v_y' on J_NR and 0 on J_R, for
every y' != y; it lies in the box of linf exactly if beta <= epsilon.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ..accuracy import checked_epsilon
from ..adversarial import population_patches
from ..data import Dataset
from ..population import noiseless
from ..setting import Setting
from ..trajectory import Floats, Integers

Threat = Literal["linf", "in-place", "paper"]
THREATS: tuple[Threat, ...] = get_args(Threat)
FEW = 1000  # patches


@dataclass(frozen=True)
class Points:
    """X (N, P, d) with labels y (N,); patch p stands for count[p] equal ones, robust (N, P): whether it is in J_R.

    delta (N, P, d): what is added to X, if anything; the sum need not be a float.
    """

    setting: Setting
    X: Floats
    y: Integers
    count: Floats
    robust: NDArray[np.bool_]
    delta: Floats | None = None

    @property
    def few(self) -> bool:
        """Whether there are so few patches in all that waking the threads would take longer than the work."""
        return self.y.size * self.count.size < FEW

    @property
    def ends(self) -> tuple[Floats, Floats]:
        """The nearest floats below and above X + delta (N, P, d)."""
        return (self.X, self.X) if self.delta is None else moved(self.X, self.delta)

    def block(self, rows: slice | Integers) -> "Points":
        """Some of the points."""
        delta = None if self.delta is None else self.delta[rows]
        return Points(self.setting, self.X[rows], self.y[rows], self.count, self.robust[rows], delta)

    def exact(self, n: int) -> list[tuple[int, list[Fraction]]]:
        """(multiplicity, x_p + delta_p) of point n in fractions."""
        delta = np.zeros_like(self.X[n]) if self.delta is None else self.delta[n]
        return [(int(c), [Fraction(float(x)) + Fraction(float(e)) for x, e in zip(row, move, strict=True)])
                for c, row, move in zip(self.count, self.X[n], delta, strict=True)]


@dataclass(frozen=True)
class Boxes:
    """low <= x <= high holds for every allowed x, inner_low <= x <= inner_high only for allowed x; all (N, P, d)."""

    low: Floats
    high: Floats
    inner_low: Floats
    inner_high: Floats

    def block(self, rows: Integers) -> "Boxes":
        """Those of some of the points."""
        return Boxes(self.low[rows], self.high[rows], self.inner_low[rows], self.inner_high[rows])


def points_of(data: Setting | Dataset) -> Points:
    """The points of a data set, or of the noiseless population: point j has alpha u_j n_R times and beta v_j n_N times.

    Raises `BadSetting` for a population with noise.
    """
    if isinstance(data, Dataset):
        return Points(data.setting, np.ascontiguousarray(data.X), data.y, np.ones(data.setting.P), data.robust)
    noiseless(data)
    robust = np.zeros((data.k, 2), dtype=np.bool_)
    robust[:, 0] = True
    return Points(data, population_patches(data, data.alpha, data.beta), np.arange(data.k),
                  np.array([data.n_R, data.n_N], dtype=np.float64), robust)


def checked_threat(threat: str, epsilon: float) -> None:
    """Raise ValueError for an unknown threat model, or a radius that is not a finite number >= 0."""
    checked_epsilon(epsilon)
    if threat not in THREATS:
        raise ValueError(f"threat = {threat!r}: unknown (allowed: {', '.join(THREATS)})")


def moved(X: Floats, delta: Floats | float) -> tuple[Floats, Floats]:
    """The nearest floats below and above X + delta, equal where the sum is a float."""
    total = X + delta
    # What rounding took off, exactly (Knuth's two-sum).
    back = total - X
    lost = (X - (total - back)) + (delta - back)
    return (np.where(lost < 0, np.nextafter(total, -np.inf), total),
            np.where(lost > 0, np.nextafter(total, np.inf), total))


def free(points: Points, threat: Threat) -> NDArray[np.bool_]:
    """(N, P, d): the coordinates that linf or in-place may move."""
    s, shape = points.setting, points.X.shape
    if threat == "linf":
        return np.ones(shape, dtype=np.bool_)
    column = np.arange(s.d)
    u, v = column < s.k, (column >= s.k) & (column < 2 * s.k)
    return np.where(points.robust[:, :, None], u, v)


def boxes(points: Points, threat: Threat, epsilon: float) -> Boxes:
    """What linf or in-place allow with radius epsilon."""
    allowed = free(points, threat)
    below, above = moved(points.X, -epsilon), moved(points.X, epsilon)
    low, inner_low, inner_high, high = (np.where(allowed, end, points.X) for end in (*below, *above))
    return Boxes(low, high, inner_low, inner_high)


def papers(points: Points, epsilon: float) -> Points:
    """The points under the paper's attack, once for every target: rows n (k-1) to (n+1)(k-1) - 1 are point n.

    X + delta is kept as two summands, since it need not be a float.
    """
    s = points.setting
    repeated = points.block(np.repeat(np.arange(points.y.size), s.k - 1))
    shift = np.tile(np.arange(s.k - 1), points.y.size)
    v = np.eye(2 * s.k, s.d)[s.k :]
    delta = epsilon * v[shift + (shift >= repeated.y)] - s.beta * v[repeated.y]
    return replace(repeated, delta=np.where(repeated.robust[:, :, None], 0.0, delta[:, None, :]))
