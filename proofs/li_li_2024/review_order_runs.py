"""Which feature is learnt first, against epsilon and against the ratio of the rates: runs against the race's odds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.sweep import Sweep, sweep

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Measurement, Share
from theorycheck.evidence import Figure, Plot, Series, Table

from . import regimes
from .measurements import described, seed_of
from .regime_grids import BASE
from .regime_runs import unfinished
from .regimes import ROBUST_FIRST

Floats = NDArray[np.float64]
RADII = (0.0, 0.25, 0.5, 0.7, 0.8, 0.9, 1.0, 1.25)  # epsilon/beta
RATIOS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # n_N beta^q / (n_R alpha^q)
POINTS, FAR = 4000, 12.0  # of the quadrature over a maximum of normals: points, and standard deviations


def odds(setting: Setting, alpha: float, epsilon: float) -> float:
    r"""The chance that a class learns the robust feature first, by quadrature over its two starts.

    .. math:: P = \int\left(1-\Phi(a^*(\min(T_B(b),T))/\sigma_0)^m\right)\,d\,\Phi(b/\sigma_0)^m

    where T_B(b) is `regimes.race_time` (infinite for b <= 0) and a^*(t) the start from which A needs t steps.
    """
    from scipy.stats import norm

    sigma, m = setting.sigma_0, setting.m
    x = np.geomspace(1e-9, FAR, POINTS)
    T_A = regimes.race_time(setting, setting.n_R, alpha, epsilon, sigma * x)
    T_B = regimes.race_time(setting, setting.n_N, setting.beta, epsilon, sigma * x)

    def beats(t: Floats) -> Floats:
        # T_A falls with the start; no start on the grid is fast enough for a time below the last.
        needed = np.where(t >= T_A[-1], np.interp(-t, -T_A, x), np.inf)
        return np.asarray(1 - norm.cdf(needed) ** m)

    if not np.isfinite(T_A).any():
        return 0.0
    density = m * norm.pdf(x) * norm.cdf(x) ** (m - 1)
    never = float(beats(np.array([float(setting.T)]))[0]) * 0.5**m
    return never + float(np.trapezoid(density * beats(np.minimum(T_B, setting.T)), x))


@dataclass(frozen=True)
class Order:
    """Class 0 of each run in every cell: whether it learnt the robust feature first, and the odds of that."""

    done: Sweep
    first: NDArray[np.bool_]
    predicted: Floats

    @property
    def parameter(self) -> Floats:
        """(C, R) the order parameter A/(A + B) of class 0 at T, A and B the positive parts of the largest."""
        A, B = np.maximum(self.done.A[:, :, 0], 0), np.maximum(self.done.B[:, :, 0], 0)
        return np.asarray(np.divide(A, A + B, out=np.full(A.shape, 0.5), where=A + B > 0))


def order(setting: Setting, seed: int, runs: int, alpha: Floats, epsilon: Floats) -> Order:
    """Runs at alpha[c], epsilon[c]; one class of a run is looked at, so that the trials are independent."""
    cells = list(zip(alpha.tolist(), epsilon.tolist(), strict=True))
    level_A = [regimes.unit_level(setting, setting.n_R, *cell) for cell in cells]
    level_B = [regimes.unit_level(setting, setting.n_N, setting.beta, cell[1]) for cell in cells]
    done = sweep(setting, seed, runs, alpha, epsilon, level_A, level_B)
    A, B = (np.where(step[:, :, 0] < 0, np.inf, step[:, :, 0]) for step in (done.A_step, done.B_step))
    return Order(done, regimes.first(A, B, setting.T) == ROBUST_FIRST,
                 np.array([odds(setting, *cell) for cell in cells]))  # fmt: skip


def measure_radius(context: Context) -> Measurement:
    """How often the robust feature is first, against epsilon."""
    radii = np.array(RADII)
    found = order(BASE, seed_of(context, "review-epsilon", BASE), context.profile.pick(25, 100, 300),
                  np.full(radii.size, BASE.alpha), radii * BASE.beta)  # fmt: skip
    return shown(found, radii, "epsilon/beta", "linear")


def measure_ratio(context: Context) -> Measurement:
    """How often the robust feature is first in standard training, against n_N beta^q / (n_R alpha^q)."""
    ratios = np.array(RATIOS)
    alpha = (BASE.n_N * BASE.beta**BASE.q / (BASE.n_R * ratios)) ** (1 / BASE.q)
    found = order(BASE, seed_of(context, "review-learning-order", BASE), context.profile.pick(25, 100, 300), alpha,
                  np.zeros(ratios.size))  # fmt: skip
    return shown(found, ratios, "n_N beta^q / (n_R alpha^q)", "log")


def shown(found: Order, x: Floats, label: str, scale: str) -> Measurement:
    """The shares against the odds, with the order parameter beside."""
    runs = found.first.shape[1]
    shares = [Share(f"{label} = {value:g}: robust feature first", int(first.sum()), runs, float(p))
              for value, first, p in zip(x, found.first, found.predicted, strict=True)]  # fmt: skip
    ends = [share.interval(0.95) for share in shares]
    low, high = [end[0] for end in ends], [end[1] for end in ends]
    parameter = found.parameter
    quartiles = np.quantile(parameter, (0.25, 0.75), axis=1)
    series = (
        Series("A/(A + B) at T: mean, and quartiles of the runs", "line", x.tolist(), parameter.mean(1).tolist(),
               quartiles[0].tolist(), quartiles[1].tolist()),
        Series("odds of the robust feature first", "line", x.tolist(), found.predicted.tolist()),
        Series("its measured share, 95 %", "points", x.tolist(), found.first.mean(1).tolist(), low, high),
    )  # fmt: skip
    rows = tuple((float(value), share.predicted, share.successes, runs, *end, float(mean))
                 for value, share, end, mean in zip(x, shares, ends, parameter.mean(1), strict=True))  # fmt: skip
    heads = (label, "odds", "robust first", "runs", "95 % from", "to", "mean A/(A + B) at T")
    plot = Plot(f"Order parameter against {label}", label, "share", series, x_scale=scale)
    table = Table("Which feature is first", heads, rows)
    figures: dict[str, Figure] = {"runs": runs, "setting": described(BASE)}
    return Measurement(tuple(shares), figures, (plot,), (table,), unfinished(BASE, found.done.status))
