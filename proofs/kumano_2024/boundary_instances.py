"""The boundary theorem on random near-orthogonal data: signs, multipliers, margins, and the sign of the output."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from theorycheck_simulations.leaky import exact, kkt
from theorycheck_simulations.leaky.blas import single_threaded
from theorycheck_simulations.leaky.samples import Floats, Integers, labels, near_orthogonal

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Invariant, Measurement
from theorycheck.seeds import stream

from .boundary_exact import THEOREM, Bounds, witness

COUNTS = (400, 4_000, 40_000)  # valid instances, by profile
THETA = (0.0, 0.3, 0.9, 1 - 1e-5)  # p_max as a share of what (ORTH) allows
POINTS = 12  # points z per instance, half of them close to the boundary g = 0
MARGIN = 1e-12  # a margin is a sum of N products of relative rounding 2^-53, after a solve of a well-conditioned system
BAND = 1e-10  # |g| below this share of sum_n lambda_n |<x_n, z>| is not tried: g is lost in rounding there
LOST = 1e-4  # f/g outside the band: N + d <= 56 roundings of 2^-53 over BAND; far below gamma (1 + gamma)/2 >= .026


@dataclass(frozen=True)
class Draw:
    """A data set inside (ORTH), with the slope and the width of the network."""

    X: Floats
    y: Integers
    gamma: float
    m: int
    theta: float

    @property
    def lam(self) -> Floats:
        """The multipliers of the closed form."""
        return kkt.multipliers(self.X, self.y, self.gamma)


def admissible(X: Floats, gamma: float) -> bool:
    """(ORTH) for the exact values of the floats: the rounding of each product is added to the computed p_max."""
    largest = float(np.einsum("nx,nx->n", X, X).max())
    rounding = (X.shape[1] + 4) * 2.0**-53 * largest
    return bool(kkt.p_max(X) + rounding <= kkt.orth_bound(X, gamma) * (1 - 1e-12))


def draws(context: Context, claim: str, wanted: int) -> Iterator[Draw]:
    """Up to `wanted` data sets inside (ORTH) out of at most 10 % more, each from its own stream."""
    found = 0
    for index in range(wanted + wanted // 10 + 5):
        drawn = draw(stream(context.seed, claim, "near orthogonal", index))
        if admissible(drawn.X, drawn.gamma):
            found += 1
            yield drawn
        if found == wanted:
            return


def draw(rng: np.random.Generator) -> Draw:
    """N <= 24, d <= N + 8, gamma >= 1/20, radii up to a factor of 3 apart, one class in one case of five."""
    N = int(rng.integers(1, 25))
    gamma, theta = float(rng.uniform(0.05, 0.99)), float(rng.choice(THETA))
    ratio = float(rng.choice([1.0, rng.uniform(1, 3)]))
    X = near_orthogonal(rng, N, N + int(rng.integers(0, 9)), gamma, theta, ratio, signed=bool(rng.random() < 0.5))
    y = np.full(N, rng.choice([-1, 1])) if rng.random() < 0.2 else labels(N, rng)
    return Draw(X, y.astype(np.int64), gamma, 2 * int(rng.integers(1, 5)), theta)


def steepness(one: Draw, lam: Floats, W: Floats, rng: np.random.Generator) -> tuple[float, int]:
    """The least f(z)/g(z) over points z off the band, and how many there are.

    By the theorem it is at least gamma (1 + gamma)/2 > 0; a positive quotient is an equal sign.
    """
    Z = rng.standard_normal((POINTS, one.X.shape[1]))
    q = kkt.functional(one.X, one.y, lam)
    half = POINTS // 2
    near = 10 ** rng.uniform(-6, 0, half) * rng.choice([-1.0, 1.0], half)
    Z[:half] += ((near - Z[:half] @ q) / (q @ q))[:, None] * q  # g(z) = near
    g, sizes = Z @ q, np.abs(Z @ (lam[:, None] * one.X).T).sum(axis=1)
    off = np.abs(g) > BAND * sizes
    return float(np.min((kkt.output(W, Z, one.gamma) / g)[off], initial=np.inf)), int(off.sum())


def _values(one: Draw, rng: np.random.Generator) -> dict[str, float]:
    lam, squared = one.lam, np.einsum("nx,nx->n", one.X, one.X)
    W = kkt.network(one.X, one.y, lam, one.gamma, one.m)
    signs = (W[[0, -1]] @ one.X.T) * one.y * np.array([[1], [-1]]) * np.sqrt(one.m)
    margins = one.y * kkt.output(W, one.X, one.gamma)
    steep, points = steepness(one, lam, W, rng)
    return {
        "least": float(lam.min() * squared.max()), "largest": float(lam.max() * one.gamma**2 * squared.min()),
        "sign": float(signs.min()), "margin": float(np.abs(margins - 1).max()),
        "steep": steep - one.gamma * (1 + one.gamma) / 2, "points": points,
        "residual": kkt.residual(one.X, one.y, W, lam, one.gamma),
    }  # fmt: skip


@single_threaded()
def measure(context: Context, bounds: Bounds = THEOREM, counts: tuple[int, int, int] = COUNTS) -> Measurement:
    """(a) to (d) on as many valid instances as the profile says; fewer are a failure."""
    wanted = context.profile.pick(*counts)
    lower, upper = float(bounds.lower), float(bounds.upper)
    # Name, slack, rounding; a strict inequality that is an equation in floats counts as violated.
    judged: tuple[tuple[str, Callable[[dict[str, float]], float], float], ...] = (
        ("(b) y_n s_j <w_j, x_n> > 0", lambda v: _strict(v["sign"]), 0.0),
        ("(c) R_max^2 lambda_n above its bound", lambda v: _strict(v["least"] - lower), 0.0),
        ("(c) gamma^2 R_min^2 lambda_n below its bound", lambda v: _strict(upper - v["largest"]), 0.0),
        ("(a) y_n f(x_n) = 1 to 1e-12", lambda v: MARGIN - v["margin"], 0.0),
        ("(d) f(z)/g(z) at least gamma (1 + gamma)/2", lambda v: v["steep"], LOST),
        ("KKT conditions to 1e-12", lambda v: MARGIN - v["residual"], 0.0),
    )  # fmt: skip
    found: list[dict[str, float]] = []
    shown: dict[str, dict[str, Any]] = {}
    for index, one in enumerate(draws(context, "k1", wanted)):
        values = _values(one, stream(context.seed, "k1", "points", index))
        found.append(values)
        for name, slack, rounding in judged:
            if name not in shown and not slack(values) >= -rounding:
                shown[name] = witness(exact.rationals(one.X), one.y.tolist(), Fraction(one.gamma))
    outcomes = tuple(
        Invariant(name, np.array([slack(values) for values in found]), rounding, shown.get(name))
        for name, slack, rounding in judged
    )
    failures = [f"{len(found)} of {wanted} valid instances"] if len(found) < wanted else []
    if sum(values["points"] for values in found) < 0.9 * POINTS * wanted:
        failures.append("fewer than nine in ten points z are off the band")
    return Measurement(outcomes, figures(found, wanted), failures=tuple(failures))


def _strict(slack: float) -> float:
    """The slack of a strict inequality: one of 0 is a violation."""
    return slack if slack > 0 else min(slack, -np.finfo(float).tiny)


def figures(found: list[dict[str, float]], wanted: int) -> dict[str, float | int]:
    """How close the instances come to the bounds."""
    if not found:
        return {"valid instances": 0, "instances wanted": wanted}
    return {
        "valid instances": len(found), "instances wanted": wanted,
        "points z": int(sum(v["points"] for v in found)),
        "least 2 R_max^2 lambda": 2 * min(v["least"] for v in found),
        "largest (2/3) gamma^2 R_min^2 lambda": 2 / 3 * max(v["largest"] for v in found),
        "largest KKT residual": max(v["residual"] for v in found),
        "largest |margin - 1|": max(v["margin"] for v in found),
    }  # fmt: skip
