"""K3 on data, and the families that attain its bounds."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from theorycheck_simulations.leaky import kkt
from theorycheck_simulations.leaky.blas import single_threaded
from theorycheck_simulations.leaky.samples import Floats

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Fact, Invariant, Measurement
from theorycheck.evidence import Plot, Series, Table

from .boundary_certified import certify_all, refined
from .boundary_instances import COUNTS, draws

SLACK = 1e-9  # relative; rounding of a well-conditioned solve stays far below
SLOPES = (Fraction(3, 10), Fraction(1, 2), Fraction(9, 10), Fraction(99, 100), Fraction(999, 1000))
SIZE, NEAR = 1000, Fraction(1, 1000)  # N, and how close the families come to the bounds for gamma <= .9
# What a prototype found for 1000 samples: largest multiplier, least multiplier of the flipped family.
RECORDED = {
    Fraction(3, 10): (1.851509, 1.818216), Fraction(9, 10): (1.45920, 0.75091), Fraction(999, 1000): (1.49851, 0.50382)
}  # fmt: skip
UPPER, LOWER, MULTIPLICATIVE = "upper", "lower", "multiplicative"
SHARP = ("sharp, upper", "sharp, lower", "extremal", "extremal, flipped")


def kappas(X: Floats) -> float:
    """(N - 1) p_max / R_min^2."""
    return float((X.shape[0] - 1) * kkt.p_max(X) / np.einsum("nx,nx->n", X, X).min())


def cube_of(gamma: float) -> tuple[float, float]:
    """3/(3 - gamma^3) and (3 - 2 gamma^3)/(3 - gamma^3): what K3 puts around 2/((1 + gamma^2) ||x||^2)."""
    return 3 / (3 - gamma**3), (3 - 2 * gamma**3) / (3 - gamma**3)


@single_threaded()
def measure(
    context: Context, factors: Callable[[float], tuple[float, float]] = cube_of,
    counts: tuple[int, int, int] = COUNTS,
) -> Measurement:  # fmt: skip
    """The three bounds on the instances of K1; `factors` is what a negative control replaces."""
    wanted = context.profile.pick(*counts)
    found = []
    for one in draws(context, "k1", wanted):
        lam, squared = one.lam, np.einsum("nx,nx->n", one.X, one.X)
        c, kappa = 2 / (1 + one.gamma**2), kappas(one.X)
        above, below = factors(one.gamma)
        size = float(np.abs(lam * squared / c - 1).max())
        found.append((kappa / (1 - kappa) - size, 1 - lam.max() * squared.min() / (c * above),
                      lam.min() * squared.max() / (c * below) - 1))  # fmt: skip
    few = (f"{len(found)} of {wanted} valid instances",) if len(found) < wanted else ()
    bounds, most, least = np.array(found).reshape(-1, 3).T
    return Measurement(
        (Invariant("kappa/(1 - kappa) against |(1 + gamma^2) ||x||^2 lambda/2 - 1|", bounds, SLACK),
         Invariant("1 - lambda over the upper bound", most, SLACK),
         Invariant("lambda over the lower bound - 1", least, SLACK)),
        {"valid instances": len(found), "instances wanted": wanted,
         "largest lambda over its bound": float(1 - np.min(most, initial=1)),
         "least lambda over its bound": float(1 + np.min(least, initial=np.inf))}, failures=few,
    )  # fmt: skip


def family(N: int, gamma: Fraction, flipped: bool) -> tuple[Fraction, Fraction]:
    """lambda_1 and the other multipliers of the family with all products -p, or with row 1 turned to +p, exactly."""
    p = gamma**3 / (3 * N)
    c, rest = 2 / (1 + gamma**2), (N - 1) * p
    if not flipped:
        return c / (1 - rest), c / (1 - rest)
    b = c * (1 - p) / ((1 + p) * (1 - rest))
    return c * (1 - rest * (1 - p) / ((1 + p) * (1 - rest))), b


def rows_hold(N: int, gamma: Fraction, flipped: bool, first: Fraction, other: Fraction) -> bool:
    """Whether both kinds of rows of (1/2) M lambda = 1 hold exactly, one class and unit norms."""
    p = gamma**3 / (3 * N)
    sign = 1 if flipped else -1
    half = (1 + gamma**2) / 2
    return (half * (first + sign * (N - 1) * p * other) == 1
            and half * (other + sign * p * first - (N - 2) * p * other) == 1)  # fmt: skip


def certify_sharp(context: Context, size: int = SIZE, near: Fraction = NEAR) -> Measurement:
    """Exact rationals: the families meet (ORTH), are Gram matrices, solve their rows and come close to the bounds."""
    facts, rows = [], []
    for gamma in SLOPES:
        p = gamma**3 / (3 * size)
        # Eigenvalues of a matrix with unit diagonal and products -p, with or without turned rows: 1 + p, 1 - (N - 1)p.
        admissible = 3 * size * p <= gamma**3 and 1 - (size - 1) * p > 0
        low, high = refined(gamma)
        close = near if gamma <= Fraction(9, 10) else 3 * gamma**3 / size  # above, the rate that is proved for all N
        for flipped, bound, sharp, closed in ((False, high, SHARP[0], SHARP[2]), (True, low, SHARP[1], SHARP[3])):
            first, other = family(size, gamma, flipped)
            ratio = first / bound
            side = 1 <= ratio <= 1 + close if flipped else 1 - close <= ratio <= 1
            recorded = RECORDED.get(gamma, ("", ""))[int(flipped)]
            facts += [
                Fact(f"gamma = {gamma}, {'flipped' if flipped else 'all -p'}: rows hold inside (ORTH)",
                     admissible and rows_hold(size, gamma, flipped, first, other), closed),
                Fact(f"gamma = {gamma}: lambda_1 is {float(ratio):.6f} of the bound, within {float(close):.4g}", side,
                     sharp),
            ]  # fmt: skip
            rows.append((float(gamma), "lower" if flipped else "upper", float(first), float(bound), float(ratio),
                         recorded))  # fmt: skip
    columns = ("gamma", "bound", "lambda_1", "bound's value", "ratio", "prototype")
    return Measurement(tuple(facts), {"N": size}, tables=(Table("Extremal families", columns, tuple(rows)),))


@single_threaded()
def measure_sharp(context: Context, sizes: tuple[int, int, int] = (200, 1_000, 2_000)) -> Measurement:
    """The families as data: a Cholesky factor of the Gram matrix, solved in floats, against the exact closed form."""
    N = context.profile.pick(*sizes)
    exact: list[float] = []
    solved: list[float] = []
    series: list[Series] = []
    for gamma in SLOPES:
        G = np.full((N, N), -float(gamma**3) / (3 * N))
        np.fill_diagonal(G, 1.0)
        for flipped in (False, True):
            if flipped:
                G[0, 1:] *= -1
                G[1:, 0] *= -1
            lam = kkt.multipliers(np.linalg.cholesky(G), np.ones(N, dtype=np.int64), float(gamma))
            exact += map(float, family(N, gamma, flipped))
            solved += [float(lam[0]), float(lam[1:].mean())]
    counts = [2**k for k in range(1, 13)]
    for gamma in SLOPES[:4]:
        low, high = refined(gamma)
        series += [Series(f"gamma = {float(gamma):g}, {name}", "line", [float(n) for n in counts],
                          [abs(float(family(n, gamma, flipped)[0] / bound - 1)) for n in counts])
                   for name, flipped, bound in (("upper", False, high), ("lower", True, low))]  # fmt: skip
    plot = Plot("How the families come to the bounds", "N", "|lambda_1/bound - 1|", tuple(series), "log", "log")
    outcome = Agreement("multipliers of the extremal families", np.array(exact), np.array(solved), SLACK)
    return Measurement((outcome,), {"N": N}, (plot,))


def certify_boxes(context: Context) -> Measurement:
    """All Gram matrices at once, of which K3 says that they lie in the refined interval."""
    found = certify_all(context)
    kept = tuple(Fact(fact.name, fact.truth, part) for fact in found.outcomes if isinstance(fact, Fact)
                 and "refined" in fact.name for part in (UPPER, LOWER))  # fmt: skip
    return Measurement(kept, found.figures, tables=found.tables, failures=found.failures)
