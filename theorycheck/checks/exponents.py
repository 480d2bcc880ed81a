"""Exponents by least squares on logarithms, and their intervals: arrays in, numbers out."""

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..seeds import Key, stream

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Exact = Fraction | int | str
RESAMPLES = 20_000
TAIL = 10 / RESAMPLES  # the smallest tail that so many resamples resolve


def exact(what: str, value: Exact) -> Fraction:
    """The value as a fraction.

    Raises:
        ValueError: for floats, booleans, and text that is no fraction.
    """
    if isinstance(value, Fraction | int | str) and not isinstance(value, bool):
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError):
            pass
    raise ValueError(f"{what} = {value!r}: not exact (allowed: Fraction, integer, text 'p/q')")


class Fit(NamedTuple):
    """One fit: each seed's exponent (seeds,), and of a single seed the standard error by its residuals.

    `freedom` are the degrees of freedom of the residuals.
    """

    exponents: Floats
    error: float
    freedom: int


def fitted(x: Floats, z: Floats) -> Fit:
    """z = a x + c by least squares, for x (n,) with at least two distinct values and each row of z (seeds, n)."""
    x = x - x.mean()
    a = z @ x / (x @ x)
    rest = z[0] - z[0].mean() - a[0] * x
    freedom = x.size - 2
    return Fit(a, float(np.sqrt((rest @ rest) / max(freedom, 1) / (x @ x))), freedom)


def resampled(seeds: int, *key: Key) -> NDArray[np.int64] | None:
    """(RESAMPLES, seeds): which seeds each resample takes; by the key alone. None for a single seed."""
    return stream(0, *key).integers(0, seeds, (RESAMPLES, seeds)) if seeds > 1 else None


def interval(fit: Fit, picks: NDArray[np.int64] | None, tail: float) -> tuple[float, float]:
    """The interval of the mean exponent, with `tail` on either side.

    With replicates the percentiles of the bootstrap over n seeds, stretched about the mean by sqrt(n/(n-1)) t_{n-1}/z,
    which makes the interval Student's where seeds are normal (few seeds give wide intervals). A tail that the resamples
    do not resolve is reached from the last one that they do, as a normal one. Without replicates Student's, by the
    residuals.
    """
    from scipy.stats import norm, t  # here, because it takes longer to import than all of the engine

    centre, n = float(fit.exponents.mean()), len(fit.exponents)
    if picks is None:
        reach = float(t.isf(tail, fit.freedom)) * fit.error if fit.error else 0.0
        return centre - reach, centre + reach
    resolved = max(tail, TAIL)
    low, high = np.quantile(fit.exponents[picks].mean(axis=1), (resolved, 1 - resolved)) - centre
    stretch = float(np.sqrt(n / (n - 1)) * t.isf(tail, n - 1) / norm.isf(resolved))
    return centre + stretch * float(low), centre + stretch * float(high)
