"""Change points: where a curve bends, by least squares over all continuous broken lines, with seed-level intervals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theorycheck.seeds import stream

from .trajectory import Floats, checked_array, checked_count

MOST_POINTS = 160  # all pairs of knots are tried


@dataclass(frozen=True)
class BrokenLine:
    """The continuous line of three straight pieces that is nearest to points (x, y) in least squares.

    knots (2,): where it bends, two of the x; slopes (3,); fitted (n,); explained: 1 - residual / variance, in [0, 1].
    """

    knots: Floats
    slopes: Floats
    fitted: Floats
    explained: float


@dataclass(frozen=True)
class ChangePoints:
    """The broken line of the mean curve, and for each knot and slope the ends (2, ...) of its interval over seeds."""

    line: BrokenLine
    knots: Floats
    slopes: Floats
    seeds: int
    level: float


class _Lines:
    """All broken lines with two knots among x (n,); an orthonormal basis for each."""

    def __init__(self, x: Floats) -> None:
        self.scaled = (x - x[0]) / (x[-1] - x[0])
        # A piece holds at least two steps of x, so that no slope hangs on a single difference.
        pairs = [(a, b) for a in range(2, x.size) for b in range(a + 2, x.size - 2)]
        self.pairs = np.array(pairs)
        first, second = self.scaled[self.pairs].T
        ramp = [np.maximum(self.scaled - knot[:, None], 0) for knot in (first, second)]
        line = np.broadcast_to(self.scaled, ramp[0].shape)
        self.basis = np.stack([np.ones_like(line), line, *ramp], axis=-1)
        self.orthonormal = np.linalg.qr(self.basis)[0]

    def best(self, curves: Floats) -> NDArray[np.int64]:
        """The index of the pair with the least residual, for curves (c, n)."""
        centred = curves - curves.mean(axis=1, keepdims=True)  # the same residuals, with less cancellation
        gained = np.zeros((self.pairs.shape[0], curves.shape[0]))
        for column in range(4):
            gained += (self.orthonormal[:, :, column] @ centred.T) ** 2
        return np.asarray(gained.argmax(axis=0), dtype=np.int64)

    def slopes(self, chosen: NDArray[np.int64], curves: Floats) -> Floats:
        """Slopes (c, 3) in units of scaled x of each curve's own broken line."""
        fits = [np.linalg.lstsq(self.basis[n], y, rcond=None)[0] for n, y in zip(chosen, curves, strict=True)]
        return np.cumsum(np.array(fits)[:, 1:], axis=1)


def broken_line(x: ArrayLike, y: ArrayLike) -> BrokenLine:
    """The best broken line through (x, y), both (n,), x increasing; all pairs of knots among the x are tried.

    Raises ValueError unless 8 <= n <= 160 and everything is finite.
    """
    return change_points(x, np.asarray(y)[None], 0, resamples=1).line


def change_points(x: ArrayLike, curves: ArrayLike, seed: int, *, resamples: int = 1000,
                  level: float = 0.95) -> ChangePoints:
    """Change points of the mean of the seeds' curves (R, n), and percentile intervals from resampling the seeds.

    A knot is one of the x, so it is known to one step of x at best; an interval does not show less than that.
    Raises ValueError as `broken_line`, for no curve, or a level outside (0, 1).
    """
    given = np.asarray(x)
    n = given.size
    if not 8 <= n <= MOST_POINTS:
        raise ValueError(f"x = {n} points: out of range (allowed: 8 to {MOST_POINTS})")
    at = checked_array("x", given, (n,))
    R = checked_count("number of curves", int(np.shape(curves)[0]), 1)
    values = checked_array("curves", curves, (R, n))
    checked_count("resamples", resamples, 1)
    if not 0 < level < 1 or not (np.diff(at) > 0).all():
        raise ValueError(f"level = {level!r} or order of x: wrong (allowed: 0 < level < 1, x increasing)")
    lines = _Lines(at)
    mean = values.mean(axis=0)
    drawn = stream(seed, "change-points", R, n).integers(0, R, (resamples, R))
    resampled = np.concatenate([mean[None], values[drawn].mean(axis=1)])
    chosen = lines.best(resampled)
    slopes = lines.slopes(chosen, resampled) / (at[-1] - at[0])
    knots = at[lines.pairs[chosen]]
    ends = ((1 - level) / 2, (1 + level) / 2)
    fitted = lines.basis[chosen[0]] @ np.linalg.lstsq(lines.basis[chosen[0]], mean, rcond=None)[0]
    spread = float(((mean - mean.mean()) ** 2).sum())
    explained = 1 - float(((mean - fitted) ** 2).sum()) / spread if spread > 0 else 1.0
    return ChangePoints(BrokenLine(knots[0], slopes[0], fitted, explained), np.quantile(knots[1:], ends, axis=0),
                        np.quantile(slopes[1:], ends, axis=0), R, level)
