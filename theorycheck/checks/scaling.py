"""Measured exponents: y = c x^a (log x)^b with b as claimed, and an interval for a over stated models.

A power alone is never told from a power times a log on a finite range, and a tolerance alone never decides. What is
judged is the hull of the intervals of a over all admissible models, which are every combination of

- the claimed log power and the other admissible ones (a is linear in b: the ends of a band are enough),
- the whole range of x, and without its lowest and without its highest third (at least one x each),
- the readings of y: the one given and others of the same quantity, as extrapolated ones.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from ..evidence import Figure
from .exponents import Bools, Exact, Fit, Floats, exact, fitted, interval, resampled
from .judgement import Judgement

LEAST = 4  # distinct x
# Least squares in doubles on at most 10^4 logarithms of size at most 10^3, with a wide margin.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Scaling:
    """A predicted exponent and the measurements it is fitted to.

    log y = a log x + b log L + c by least squares, b fixed; with replicates a is the mean over the seeds' fits. The
    interval of one model is the seed-level bootstrap's, or without replicates Student's by the residuals (`exponents`).

    Args:
        name: the quantity.
        x: (n,) positive.
        y: (n,), or (seeds, n) replicates; positive.
        predicted: the exponent a, exact.
        log_power: b, exact; L is |log x|, or log(log_of).
        log_of: (n,) above 1, the argument of the logarithm where it is not x.
        log_powers: the other admissible b, as those that an O~ hides.
        readings: other readings of y, each in its shape.
        sensitivity: b for which the exponent is reported besides, without a say in the verdict.
        side: whether a equals `predicted`, or is above or below it.
        resolution: half width from which an interval is too wide to agree. Below 1/4 it cannot hold two exponents that
            are 1/2 apart.

    Raises:
        ValueError: for exponents that are not exact, wrong shapes, a resolution that is not positive, an unknown side,
            or a log power where L is not positive. Measured values that are no positive numbers never agree.
    """

    name: str
    x: Floats
    y: Floats
    predicted: Exact
    log_power: Exact = 0
    log_of: Floats | None = None
    log_powers: tuple[Exact, ...] = ()
    readings: tuple[Floats, ...] = ()
    sensitivity: tuple[Exact, ...] = ()
    side: Literal["equal", "above", "below"] = "equal"
    resolution: float = 0.25

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        for name in ("predicted", "log_power"):
            set_(self, name, exact(f"{self.name}: {name}", getattr(self, name)))
        for name in ("log_powers", "sensitivity"):
            set_(self, name, tuple(exact(f"{self.name}: {name}", b) for b in getattr(self, name)))
        for name in ("x", "y", "log_of"):
            if getattr(self, name) is not None:
                set_(self, name, np.asarray(getattr(self, name), float))
        set_(self, "readings", tuple(np.asarray(y, float) for y in self.readings))
        if self.x.ndim != 1 or self.y.ndim not in (1, 2) or self.y.shape[-1:] != self.x.shape:
            raise ValueError(f"{self.name}: x {self.x.shape}, y {self.y.shape} (allowed: (n,), and (n,) or (seeds, n))")
        if any(y.shape != self.y.shape for y in self.readings):
            raise ValueError(f"{self.name}: a reading is not of the shape of y (allowed: {self.y.shape})")
        if not 0 < self.resolution < np.inf:
            raise ValueError(f"{self.name}: resolution = {self.resolution!r} (allowed: number > 0)")
        if self.side not in ("equal", "above", "below"):
            raise ValueError(f"{self.name}: side = {self.side!r} (allowed: equal, above, below)")
        self._check_log()

    def _check_log(self) -> None:
        if self.log_of is not None and self.log_of.shape != self.x.shape:
            raise ValueError(f"{self.name}: log_of {self.log_of.shape} (allowed: {self.x.shape}, as x)")
        if not any((self.log_power, *self.log_powers, *self.sensitivity)):
            return
        base = self.x if self.log_of is None else self.log_of
        if np.any(base <= 1) and (self.log_of is not None or np.any(base >= 1)):
            raise ValueError(f"{self.name}: log powers where the log is 0 or changes its sign (allowed: log_of > 1, or "
                             "x on one side of 1)")  # fmt: skip

    @property
    def flaw(self) -> str:
        """Why the measurements cannot agree with anything; empty if they can."""
        values = (self.x, self.y, *self.readings, *(() if self.log_of is None else (self.log_of,)))
        if not all(v.size and np.all(np.isfinite(v) & (v > 0)) for v in values):
            return "not all values are positive numbers"
        distinct = len(np.unique(self.x))
        return "" if distinct >= LEAST else f"{distinct} distinct x (at least {LEAST} needed)"

    @property
    def seeds(self) -> int:
        """Replicates; 1 without."""
        return self.y.shape[0] if self.y.ndim == 2 else 1

    def exponent(self, b: Exact | None = None, within: Bools | None = None) -> float:
        """a fitted at log power b (the claimed one by default) to the chosen x (all by default); NaN if flawed."""
        if self.flaw:
            return float("nan")
        chosen = np.ones(self.x.size, bool) if within is None else within
        return float(self._fit(self.y, exact("b", self.log_power if b is None else b), chosen).exponents.mean())

    def seed_exponents(self) -> Floats:
        """(seeds,) a of each at the claimed log power; NaN if flawed."""
        if self.flaw:
            return np.full(self.seeds, np.nan)
        return self._fit(self.y, Fraction(self.log_power), np.ones(self.x.size, bool)).exponents

    def log_factor(self, b: Fraction) -> Floats:
        """(n,) b log L."""
        if not b:
            return np.zeros(self.x.size)
        return np.asarray(float(b) * np.log(np.abs(np.log(self.x if self.log_of is None else self.log_of))))

    def _fit(self, y: Floats, b: Fraction, within: Bools) -> Fit:
        z = np.log(np.atleast_2d(y)) - self.log_factor(b)
        return fitted(np.log(self.x[within]), z[:, within])

    @property
    def ranges(self) -> tuple[Bools, ...]:
        """(n,) each: all x, those without the lowest and those without the highest third of the distinct ones."""
        distinct = np.unique(self.x)
        cut = len(distinct) // 3
        return np.ones(self.x.size, bool), self.x >= distinct[cut], self.x <= distinct[-1 - cut]

    @property
    def extent(self) -> tuple[float, float, float]:
        """The least and the largest x, and the decades between them; NaN if flawed."""
        if self.flaw:
            return float("nan"), float("nan"), float("nan")
        return float(self.x.min()), float(self.x.max()), float(np.log10(self.x.max() / self.x.min()))

    @property
    def halves(self) -> tuple[float, float]:
        """a fitted to the lower and to the upper half of the distinct x, which share the middle one if n is odd."""
        distinct = np.unique(self.x)
        half = (len(distinct) + 1) // 2
        if self.flaw:
            return float("nan"), float("nan")
        return self.exponent(within=self.x <= distinct[half - 1]), self.exponent(within=self.x >= distinct[-half])

    def interval(self, level: float, powers: tuple[Exact, ...] | None = None) -> tuple[float, float]:
        """The hull of the intervals at `level` over the admissible models, or over those with these log powers only.

        Raises:
            ValueError: for a level that is not between 0 and 1.
        """
        if not 0 < level < 1:
            raise ValueError(f"{self.name}: level = {level!r} (allowed: above 0 and below 1)")
        if self.flaw:
            return float("nan"), float("nan")
        chosen = {exact("b", b) for b in ((self.log_power, *self.log_powers) if powers is None else powers)}
        picks = resampled(self.seeds, "scaling", self.name)
        ends = [
            interval(self._fit(y, b, within), picks, (1 - level) / 2)
            for y in (self.y, *self.readings) for b in sorted(chosen) for within in self.ranges
        ]  # fmt: skip
        return min(low for low, _ in ends) - ROUNDING, max(high for _, high in ends) + ROUNDING

    def judge(self, level: float) -> Judgement:
        """Agrees when the interval holds the prediction and resolves it, or lies wholly on the claimed side of it."""
        low, high = self.interval(level)
        value, wide = float(Fraction(self.predicted)), not (high - low) / 2 < self.resolution
        sides = {"equal": low <= value <= high and not wide, "above": low > value, "below": high < value}
        agrees = not self.flaw and sides[self.side]
        n, a, (lower, upper) = f"{self.name}: ", self.exponent(), self.halves
        least, most, decades = self.extent
        said = f"{'' if self.side == 'equal' else f'{self.side} '}{self.predicted}"
        text = (f"{n}exponent {a:.4g} over [{least:.4g}, {most:.4g}] ({decades:.3g} decades, halves {lower:.4g} and "
                f"{upper:.4g}), log power {self.log_power}, interval [{low:.4g}, {high:.4g}] at level {level:.5g}, "
                f"predicted {said}")  # fmt: skip
        if self.flaw:
            text = f"{n}{self.flaw}"
        elif not agrees and low <= value <= high:
            wider = f"half of it is not below {self.resolution:g}" if self.side == "equal" else "it lies on both sides"
            text += f"; too wide to tell: {wider}"
        figures: dict[str, Figure] = {
            n + "predicted exponent": said, n + "exponent": a, n + "interval": [low, high],
            n + "level": level, n + "log power": str(self.log_power), n + "range": [least, most],
            n + "decades": decades, n + "exponent, lower and upper half": [lower, upper], n + "n": int(self.x.size),
            n + "seeds": self.seeds, n + "admissible log powers": [str(b) for b in self.log_powers],
            n + "readings": 1 + len(self.readings), n + "resolution": self.resolution,
            n + "smallest detectable deviation": (high - low) / 2,
            **{f"{n}exponent with log power {b}": self.exponent(b) for b in (*self.log_powers, *self.sensitivity)},
        }  # fmt: skip
        # An interval that holds the prediction and still does not agree is too wide, or lies on both sides.
        return Judgement(agrees, text, figures, decided=agrees or not (self.flaw or low <= value <= high))
