"""The gradient of the network at its KKT point against q: cosines, how often each region is met, and a real attack."""

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.leaky.attacks import pgd
from theorycheck_simulations.leaky.kkt import functional, multipliers, network, second_layer

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement, Share
from theorycheck.evidence import Figure, Table
from theorycheck.seeds import stream

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
ROUNDING = 1e-12  # sums of fewer than 100 products of doubles
SLOPES = (0.01, 0.3, 0.7)
MEAN, LEAST = 0.999, 0.75  # cosine with q: of the mean direction at least, of some sample at most
NAMES = ("both positive", "both negative", "only v positive", "only u positive")


def orthonormal(N: int, d: int, rng: np.random.Generator) -> tuple[Floats, Integers]:
    """N orthonormal samples (N, d), half of them of each class."""
    X = np.linalg.qr(rng.standard_normal((d, N)))[0].T
    return np.ascontiguousarray(X), rng.permutation(np.repeat(np.array([1, -1], np.int64), N // 2))


def formula(gamma: float) -> float:
    """cos(grad f, q) where <v, x> and <u, x> differ in sign."""
    return float((1 + gamma) ** 2 / np.sqrt(2 * ((1 + gamma**2) ** 2 + 4 * gamma**2)))


def equal_signs(gamma: float) -> float:
    """The probability that <v, x> and <u, x> have equal signs, for isotropic x."""
    return float(1 - np.arccos(-2 * gamma / (1 + gamma**2)) / np.pi)


def gradients(W: Floats, X: Floats, gamma: float) -> Floats:
    """grad f at the points X (n, d), neuron by neuron, (n, d)."""
    return np.asarray((np.where(X @ W.T > 0, 1.0, gamma) * second_layer(W.shape[0])) @ W)


def cosines(rows: Floats, q: Floats) -> Floats:
    """cos of every row and q, (n,)."""
    return np.asarray(rows @ q / (np.linalg.norm(rows, axis=1) * np.linalg.norm(q)))


def regions(W: Floats, X: Floats) -> Integers:
    """The region of every point, as its place in NAMES, (n,)."""
    v, u = X @ W[0] > 0, X @ W[-1] > 0
    return np.where(v & u, 0, np.where(~v & ~u, 1, np.where(v, 2, 3)))


def measure_regions(context: Context) -> Measurement:
    """cos(grad f, q) at random points of random orthogonal data, by region."""
    count, points = context.profile.pick(40, 200, 1_000), 50
    said, seen, where = [], [], []
    for index in range(count):
        rng = stream(context.seed, "k5", "regions", index)
        N, gamma, m = 2 * int(rng.integers(1, 7)), float(rng.uniform(0.01, 0.99)), 2 * int(rng.integers(1, 5))
        X, y = orthonormal(N, N + int(rng.integers(0, 20)), rng)
        X *= float(rng.uniform(0.5, 5))
        lam = multipliers(X, y, gamma)
        W, Z = network(X, y, lam, gamma, m), rng.standard_normal((points, X.shape[1]))
        place = regions(W, Z)
        said.append(np.where(place < 2, 1.0, formula(gamma)))
        seen.append(cosines(gradients(W, Z, gamma), functional(X, y, lam)))
        where.append(place)
    counts = np.bincount(np.concatenate(where), minlength=4)
    failures = tuple(f"no point was {NAMES[i]}" for i in np.flatnonzero(counts == 0))
    outcome = Agreement("cos(grad f, q)", np.concatenate(said), np.concatenate(seen), ROUNDING, absolute=True)
    figures: dict[str, Figure] = {"networks": count, **{name: int(c) for name, c in zip(NAMES, counts, strict=True)}}
    return Measurement((outcome,), figures, failures=failures)


def measure_probability(context: Context, law: float = 1.0) -> Measurement:
    """How often the signs of <v, x> and <u, x> are equal for Gaussian x; `law` multiplies the cosine of v and u."""
    trials = context.profile.pick(4_000, 20_000, 200_000)
    shares, rows = [], []
    for gamma in SLOPES:
        rng = stream(context.seed, "k5", "probability", repr(gamma))
        X, y = orthonormal(20, 20, rng)
        place = regions(network(X, y, multipliers(X, y, gamma), gamma, 2), rng.standard_normal((trials, 20)))
        predicted = float(1 - np.arccos(-2 * law * gamma / (1 + gamma**2)) / np.pi)
        shares.append(Share(f"gamma = {gamma}: equal signs", int((place < 2).sum()), trials, predicted))
        rows.append((gamma, formula(gamma), predicted, float((place < 2).mean()), *shares[-1].interval(0.95)))
    table = Table("Where grad f is parallel to q", ("gamma", "cosine elsewhere", "probability of equal "
                                                                                 "signs", "measured",
                                                    "95 % from", "to"), tuple(rows))  # fmt: skip
    return Measurement(tuple(shares), {"trials": trials}, tables=(table,))


def measure_attack(context: Context, gamma: float = 0.01, balanced: bool = True) -> Measurement:
    """The released l2 attack on the KKT net from noise, sample by sample and on average over target labels."""
    seeds, N, d, points = context.profile.pick(1, 3, 10), 20, 200, 3_000
    means, least, rows = [], [], []
    for index in range(seeds):
        rng = stream(context.seed, "k5", "attack", index)
        X, y = orthonormal(N, d, rng)
        X *= np.sqrt(d / 3)  # the radius of uniform noise
        lam = multipliers(X, y, gamma)
        base, q = rng.uniform(-1, 1, (points, d)), functional(X, y, lam)
        targets = np.repeat(np.array([1, -1 if balanced else 1], np.int64), points // 2)
        moved = pgd(network(X, y, lam, gamma, 2), base, targets, gamma, "l2", 0.78) - base
        steps = targets[:, None] * moved
        found = cosines(steps, q)
        means.append(float(cosines(steps.mean(axis=0)[None], q)[0]))
        least.append(float(found.min()))
        rows.append((index, points, least[-1], float(found.mean()), float(found.max()), means[-1]))
    heads = ("seed", "samples", "least cosine", "mean cosine", "largest cosine", "cosine of the mean direction")
    outcomes = (Invariant(f"cosine of the mean direction - {MEAN}", np.array(means) - MEAN),
                Invariant(f"{LEAST} - least cosine of a sample", LEAST - np.array(least)))  # fmt: skip
    return Measurement(outcomes, {"gamma": gamma, "seeds": seeds}, tables=(Table("PGD on the KKT "
                                                                                 "net", heads, tuple(rows)),))
