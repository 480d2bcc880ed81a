"""What a scaling looks like: the law through its points, and its exponent against the power of the log."""

from fractions import Fraction

import numpy as np

from ..evidence import Plot, Series, Table
from .scaling import Scaling


def table(scaling: Scaling, level: float) -> Table:
    """The exponent and its interval, were the law to have each of the log powers: claimed, admissible, reported."""
    powers = sorted({Fraction(b) for b in (scaling.log_power, *scaling.log_powers, *scaling.sensitivity)})
    said = dict.fromkeys(powers, "no") | {Fraction(b): "admissible" for b in scaling.log_powers}
    said[Fraction(scaling.log_power)] = "yes"
    rows = tuple((str(b), scaling.exponent(b), *scaling.interval(level, (b,)), said[b]) for b in powers)
    heads = ("log power", "exponent", "from", f"to, at level {level:.5g}", "claimed")
    return Table(f"{scaling.name}: exponent and log power", heads, rows)


def plot(scaling: Scaling, level: float, x_label: str, y_label: str) -> Plot:
    """The geometric mean and range over seeds, and the fitted law with the band that its exponent's interval spans."""
    order = np.argsort(scaling.x)
    x, y = scaling.x[order], np.atleast_2d(scaling.y)[:, order]
    if scaling.flaw:
        points = Series("measured", "points", x.tolist(), y.mean(axis=0).tolist())
        return Plot(scaling.name, x_label, y_label, (points,), "log", "log")
    z, logs = np.log(y), scaling.log_factor(Fraction(scaling.log_power))[order]
    points = Series("measured", "points", x.tolist(), np.exp(z.mean(axis=0)).tolist(), y.min(axis=0).tolist(),
                    y.max(axis=0).tolist())  # fmt: skip
    a, (low, high) = scaling.exponent(), scaling.interval(level)
    along = np.log(x) - np.log(x).mean()
    law, *ends = (np.exp((z - logs).mean() + logs + slope * along) for slope in (a, low, high))
    label = f"exponent {a:.3g}, log power {scaling.log_power}"
    line = Series(label, "line", x.tolist(), law.tolist(), np.minimum(*ends).tolist(), np.maximum(*ends).tolist())
    return Plot(scaling.name, x_label, y_label, (points, line), "log", "log")
