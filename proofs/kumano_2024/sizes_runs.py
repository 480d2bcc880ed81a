"""K12 in numbers: the certified dimensions, draws at them, and how far the released experiments are from (ORTH)."""

from fractions import Fraction
from functools import cache

import numpy as np
from theorycheck_simulations.leaky.kkt import orth_bound, p_max
from theorycheck_simulations.leaky.samples import MODES, Floats, draw

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Fact, Invariant, Measurement
from theorycheck.evidence import Figure, Table
from theorycheck.seeds import stream

from .sizes_bounds import leading_order, orth_certain, smallest_dimension

SIZES = (2, 5, 10, 100, 1000)
SLOPES = (Fraction(9, 10), Fraction(1, 2))
STATED = {(SLOPES[0], 2): 18_529, (SLOPES[0], 5): 115_852, (SLOPES[0], 10): 482_676, (SLOPES[1], 2): 485_739}
RELEASED = (Fraction(1, 100), 1000, 10_000)  # gamma, N and d of the released experiments
TINY, FAR = Fraction(1, 100), 10**15


def certify_dimensions(context: Context) -> Measurement:
    """d_0 for every slope and size: the bounds imply (ORTH) there and do not at d_0 - 1."""
    facts, rows = [], []
    for gamma in SLOPES:
        for N in SIZES:
            d_0 = smallest_dimension(gamma, N)
            truth = None if d_0 is None else _ends(gamma, N, d_0)
            if truth and (gamma, N) in STATED:
                truth = d_0 == STATED[gamma, N]
            facts.append(Fact(f"gamma = {gamma}, N = {N}: d_0 = {d_0}", truth, "dimensions"))
            rows.append((str(gamma), N, str(d_0), (d_0 or np.nan) / leading_order(gamma, N)))
    missing = orth_certain(TINY, 2, FAR)
    facts.append(Fact(f"gamma = {TINY}, N = 2: d_0 > {FAR}", None if missing is None else not missing, "dimensions"))
    heads = ("gamma", "N", "d_0", "d_0 gamma^6/(162 N^2 ln(3 N (N-1)/delta))")
    return Measurement(tuple(facts), tables=(Table("Smallest certified dimension", heads, tuple(rows)),))


def _ends(gamma: Fraction, N: int, d_0: int) -> bool | None:
    """Whether the condition holds at d_0 and fails at d_0 - 1; None where one of them is undecided."""
    at, before = orth_certain(gamma, N, d_0), orth_certain(gamma, N, d_0 - 1)
    return None if None in (at, before) else bool(at and not before)


def measure_draws(context: Context) -> Measurement:
    """Uniform points in d_0 dimensions meet (ORTH), and with what margin."""
    draws = context.profile.pick(5, 10, 20)
    gamma, slack, rows = SLOPES[0], [], []
    for N in (2, 5) if context.profile.pick(0, 0, 1) else (2,):
        d_0 = smallest_dimension(gamma, N)
        if d_0 is None:
            return Measurement((), failures=(f"gamma = {gamma}, N = {N}: d_0 is undecided",))
        rng = stream(context.seed, "k12", N, "draws")
        ratios = [_allowance(draw("uniform", N, d_0, rng), float(gamma)) for _ in range(draws)]
        slack += [ratio - 1 for ratio in ratios]
        rows.append((N, d_0, draws, float(np.min(ratios))))
    heads = ("N", "d_0", "draws", "least bound/p_max")
    table = Table(f"Draws in d_0 dimensions, gamma = {gamma}", heads, tuple(rows))
    return Measurement((Invariant("bound/p_max - 1", np.array(slack)),), {"draws": len(slack)}, tables=(table,))


def _allowance(X: Floats, gamma: float) -> float:
    return orth_bound(X, gamma) / p_max(X)


@cache
def released_draw(mode: str, seed: int, N: int = RELEASED[1], d: int = RELEASED[2]) -> dict[str, Fraction]:
    """Exact squared norms of the shortest and longest of N drawn points, and |<x_n, x_k>| of the pair with the largest.

    Which points these are is decided in floats; exact are the three values. The true p_max and R_max are not smaller
    and the true R_min is not larger, so (ORTH) fails for the draw if it fails at these values.
    """
    X = draw(mode, N, d, stream(seed, "finding-k12", mode))
    G = X @ X.T
    norms = np.diag(G).copy()
    np.fill_diagonal(G, 0.0)
    first, second = np.unravel_index(int(np.argmax(np.abs(G))), G.shape)
    short, long = X[int(np.argmin(norms))], X[int(np.argmax(norms))]
    return {"p_max": abs(exact_product(X[first], X[second])), "R_min2": exact_product(short, short),
            "R_max2": exact_product(long, long)}  # fmt: skip


def exact_product(x: Floats, z: Floats) -> Fraction:
    """<x, z> of the floats, exactly."""
    return sum((Fraction(float(a)) * Fraction(float(b)) for a, b in zip(x, z, strict=True)), Fraction(0))


def excess(sizes: dict[str, Fraction], gamma: Fraction, N: int) -> float:
    """p_max over what (ORTH) allows."""
    return float(sizes["p_max"] * 3 * N * sizes["R_max2"] / (gamma**3 * sizes["R_min2"] ** 2))


def measure_released(context: Context) -> Measurement:
    """How many times p_max of draws of the released size exceeds (ORTH), also for gamma = 1."""
    gamma, N, _ = RELEASED
    rows: list[tuple[Figure, ...]] = []
    ratios = []
    for mode in MODES:
        for seed in range(context.profile.pick(1, 1, 5)):
            found = released_draw(mode, context.seed + seed)
            ratios.append(excess(found, gamma, N))
            rows.append((mode, seed, *(float(found[name]) for name in ("p_max", "R_min2", "R_max2")), ratios[-1],
                         excess(found, Fraction(1), N)))  # fmt: skip
    heads = ("data", "draw", "p_max", "R_min^2", "R_max^2", "p_max/allowed", "for gamma = 1")
    outcome = Invariant("p_max/allowed - 1", np.array(ratios) - 1)
    return Measurement((outcome,), {"smallest p_max/allowed": float(np.min(ratios))},
                       tables=(Table("Draws of the released size", heads, tuple(rows)),))  # fmt: skip
