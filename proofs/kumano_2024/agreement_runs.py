"""K7 in numbers: the exact case, random instances of the finite version, one instance in balls, trained networks."""

from dataclasses import dataclass
from math import ceil, log, sqrt

import numpy as np
from theorycheck_simulations.leaky.admissible import perturbed, sufficient_epsilon
from theorycheck_simulations.leaky.kkt import functional, multipliers, orthogonal, pattern
from theorycheck_simulations.leaky.samples import Floats, Integers, labels, near_orthogonal

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.seeds import stream

DELTA = 1e-4
ROUNDING = 1e-11  # sums of at most 50 products, each off by 1e-16 of the largest, over multipliers that vary little
FORMULA = 1e-10  # M' has condition number up to 1e6, and the solution loses as many digits


def balanced(n: int, rng: np.random.Generator) -> Integers:
    """n/2 labels of each sign in random order."""
    return rng.permutation(np.repeat(np.array([1, -1], dtype=np.int64), n // 2))


def measure_exact(context: Context) -> Measurement:
    """Random instances of the exact case: the formula, the sign pattern, and the boundary on the span of D."""
    instances = context.profile.pick(100, 300, 3_000)
    rng = stream(context.seed, "k7", "exact")
    ratios, patterns, signs = [], [], []
    for _ in range(instances):
        gamma, rho, epsilon = rng.uniform(0.05, 0.95), np.exp(rng.uniform(-0.7, 1.0)), 10 ** rng.uniform(-3, 1.5)
        N, n = int(rng.integers(2, 9)), 2 * int(rng.integers(1, 9))
        # D in the first N coordinates, the base points along the others: a rotation changes nothing.
        X = np.pad(near_orthogonal(rng, N, N, gamma, 0.9, 1.5), ((0, 0), (0, n)))
        y, y_adv = labels(N, rng), balanced(n, rng)
        q = functional(X, y, multipliers(X, y, gamma))
        base = np.pad(rho * np.eye(n), ((0, 0), (N, 0)))
        X_adv = perturbed(base, y_adv, q / np.linalg.norm(q), epsilon)
        lam = multipliers(X_adv, y_adv, gamma)
        formula = 2 / ((1 + gamma**2) * rho**2 + epsilon**2 * n * (1 + gamma) ** 2 / 2)
        ratios.append(lam / formula)
        patterns.append(1.0 if pattern(X_adv, y_adv, lam, gamma) else -1.0)
        Z = rng.standard_normal((20, N)) @ X
        signs.append(np.sign(Z @ functional(X_adv, y_adv, lam)) * np.sign(Z @ q))
    measured = np.concatenate(ratios)
    outcomes = (
        Agreement("lambda'/formula", np.ones(measured.size), measured, FORMULA),
        Invariant("sign pattern", np.array(patterns)),
        Invariant("sgn g' sgn g on the span of D", np.concatenate(signs) - 1),
    )
    return Measurement(outcomes, {"instances": instances})


@dataclass(frozen=True)
class Instance:
    """Base points (n, d), target labels (n,), direction h and test point z (d,), epsilon and gamma."""

    base: Floats
    y: Integers
    h: Floats
    z: Floats
    epsilon: float
    gamma: float


@dataclass(frozen=True)
class Judged:
    """The two sides of the deterministic bound over ||cbar o b||_1, those of (star), Lambda' over its bound, and
    sgn g'(z) sgn <h, z>."""

    deviation: float
    allowed: float
    effect: float
    needed: float
    total: float
    sign: float


def judge(given: Instance, delta: float = DELTA) -> Judged:
    """K7(b) for one instance that satisfies (ORTH)."""
    X, y, c = perturbed(given.base, given.y, given.h, given.epsilon), given.y, 2 / (1 + given.gamma**2)
    G = X @ X.T
    norms, b = np.diag(G).copy(), given.base @ given.z
    np.fill_diagonal(G, 0.0)
    kappa = (y.size - 1) * np.abs(G).max() / norms.min()
    omega = kappa / (1 - kappa)
    own = np.einsum("nx,nx->n", given.base, given.base)
    c_bar, r = c / own, float(np.max((1 + np.abs(own / norms - 1)) * (1 + omega) - 1))
    lam, Lam_lo = multipliers(X, y, given.gamma), float(np.sum(c * (1 - omega) / norms))
    effect = given.epsilon * float(given.h @ given.z)
    T_1 = float((lam * y) @ b)
    first = float(np.sum(np.abs(c_bar * b)))
    needed = sqrt(2 * log(2 / delta)) * float(np.linalg.norm(c_bar * b)) + r * first
    return Judged(abs(T_1 - float((c_bar * y) @ b)) / first, r, abs(effect) * Lam_lo, needed,
                  float(lam.sum()) / Lam_lo, float(np.sign(T_1 + lam.sum() * effect) * np.sign(effect)))  # fmt: skip


def instance(rng: np.random.Generator) -> Instance:
    """Near-orthogonal base points, h mostly outside their span, z between h and a random direction, labels free."""
    gamma, n = float(rng.uniform(0.3, 0.95)), int(rng.integers(2, 31))
    base = near_orthogonal(rng, n, n + 3, gamma, float(rng.choice([0.0, 0.3, 0.6])), float(rng.uniform(1, 1.3)))
    inside = rng.standard_normal(n) @ base
    outside = rng.standard_normal(n + 3)
    outside -= base.T @ np.linalg.lstsq(base.T, outside, rcond=None)[0]
    h = outside / np.linalg.norm(outside) + 10 ** rng.uniform(-4, -0.5) * inside / np.linalg.norm(inside)
    h /= np.linalg.norm(h)
    w = rng.standard_normal(n + 3)
    z = h + 10 ** rng.uniform(-2.5, 0.5) * w / np.linalg.norm(w)
    epsilon = float(rng.uniform(0.2, 1)) * sufficient_epsilon(base, h, gamma)
    return Instance(base, labels(n, rng), h, z, epsilon, gamma)


def measure_finite(context: Context) -> Measurement:
    """Random admissible instances: the deterministic bounds always, and the sign wherever (star) holds."""
    wanted = context.profile.pick(300, 1_200, 12_000)
    rng = stream(context.seed, "k7", "finite")
    found = []
    for _ in range(wanted):
        given = instance(rng)
        if given.epsilon > 0 and orthogonal(perturbed(given.base, given.y, given.h, given.epsilon), given.gamma):
            found.append(judge(given))
    star = [one for one in found if one.effect > one.needed]
    wrong = sum(one.sign != 1 for one in star)
    outcomes = (
        Invariant("r* - |T_1 - sum cbar y' b|/||cbar o b||_1",
                  np.array([one.allowed - one.deviation for one in found]), ROUNDING),
        Invariant("Lambda'/Lambda_lo - 1", np.array([one.total - 1 for one in found]), ROUNDING),
        Invariant("signs that (star) may miss", np.array([ceil(3 * DELTA * len(star)) - wrong])),
    )  # fmt: skip
    figures = {"admissible instances": len(found), "(star) true": len(star), "wrong signs there": wrong,
               "wrong signs elsewhere": sum(one.sign != 1 for one in found) - wrong,
               "largest deviation/allowed": max((one.deviation / one.allowed for one in found), default=np.nan)}
    few = len(found) < wanted * 5 // 6 or len(star) < len(found) // 4
    failures = (f"only {len(found)} admissible instances, {len(star)} of them with (star)",) if few else ()
    return Measurement(outcomes, figures, failures=failures)
