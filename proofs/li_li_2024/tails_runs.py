"""How often the largest of m normals stays below a threshold: in draws, and in initial weights."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.data import initial_weights
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Measurement, Share
from theorycheck.evidence import Plot, Series
from theorycheck.seeds import integer_seed, stream

Floats = NDArray[np.float64]
LEVELS = (0.5, 1.5, 2.5)
LARGEST_DRAWN = 128  # normals in one maximum
MOST_NORMALS = 10**8  # drawn in all, for settings with large networks


def probability(at: float, size: int) -> float:
    """P(max of `size` normals <= at) = Phi(at)^size, in units of sigma."""
    from scipy.stats import norm

    return float(norm.cdf(at) ** size)


def maxima(context: Context, predicted: Callable[[float, int], float] = probability) -> Measurement:
    """The largest of m independent normals against the distribution function, at three thresholds for each m."""
    trials = context.profile.pick(2_000, 10_000, 100_000)
    shares: list[Share] = []
    curves = []
    at = np.linspace(-1, 4, 60)
    for size in sorted({2, min(context.setting.m, LARGEST_DRAWN), 64}):
        found = stream(context.seed, "lemma-b.1", size).standard_normal((trials, size)).max(axis=1)
        shares += [
            Share(f"m = {size}: M <= {x:g} sigma", int((found <= x).sum()), trials, predicted(x, size)) for x in LEVELS
        ]
        curves.append(Series(f"m = {size}, predicted", "line", at.tolist(), [predicted(x, size) for x in at.tolist()]))
        below = [float((found <= x).mean()) for x in at[::6]]
        curves.append(Series(f"m = {size}, measured", "points", at[::6].tolist(), below))
    plot = Plot("Largest of m normals", "x / sigma", "P(M <= x)", tuple(curves))
    return Measurement(tuple(shares), {"trials": trials}, (plot,))


def diagonal_maxima(setting: Setting, seed: int, runs: int) -> Floats:
    """max_r <w_{i,r}(0), f> / sigma_0 as (runs, 2k): for f = u_i, then for f = v_i."""
    k = setting.k
    labels = np.arange(k)
    rows = []
    for run in range(runs):
        W = initial_weights(setting, seed, run)
        rows.append(np.concatenate([W[labels, :, labels].max(axis=1), W[labels, :, k + labels].max(axis=1)]))
    return np.stack(rows) / setting.sigma_0


def starts(context: Context, predicted: Callable[[float, int], float] = probability) -> Measurement:
    """Each of the 2k groups of m initial correlations, and the largest and smallest maximum of a run's groups."""
    # The initial weights do not depend on the noise, nor on d beyond its coordinates of the features.
    setting = context.setting.replace(d=2 * context.setting.k)
    runs = min(context.profile.pick(300, 1_000, 10_000), max(10, MOST_NORMALS // (setting.k * setting.m * setting.d)))
    found = diagonal_maxima(setting, integer_seed(context.seed, "lemma-d.3") % 2**32, runs)
    k, m = setting.k, setting.m
    shares = [
        Share(f"max_r <= {x:g} sigma_0", int((found <= x).sum()), found.size, predicted(x, m))
        for x in (0.0, 0.5, 1.0, 1.5, 2.0)
    ]
    for x in (2.0, 2.5):
        largest = int((found.max(axis=1) <= x).sum())
        shares.append(Share(f"all 2km correlations <= {x:g} sigma_0", largest, runs, predicted(x, 2 * k * m)))
    for x in (0.5, 1.0):
        smallest = int((found.min(axis=1) <= x).sum())
        some = 1 - (1 - predicted(x, m)) ** (2 * k)
        shares.append(Share(f"some feature's max_r <= {x:g} sigma_0", smallest, runs, some))
    return Measurement(tuple(shares), {"runs": runs, "maxima": int(found.size)})
