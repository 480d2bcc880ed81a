"""Networks trained on perturbed noise strictly inside (ORTH): gamma = .9, N = 4, N' = 6, d = 120 000.

Everything happens in coordinates of span{x_n, X_n, h}, which is exact: gradients stay in the span of the points, and a
network's output depends on the projection of its input alone. Lengths are in units of the radius sqrt(d/3), as f is
homogeneous: descent with a step of .2 on points of length 200 would jump from sample to sample.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.leaky.admissible import largest_epsilon, perturbed
from theorycheck_simulations.leaky.attacks import direction
from theorycheck_simulations.leaky.kkt import functional, multipliers, orthogonal, output
from theorycheck_simulations.leaky.samples import draw, labels
from theorycheck_simulations.leaky.train import Trained, initial, train_normalised

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Invariant, Measurement
from theorycheck.evidence import Figure, Table
from theorycheck.seeds import stream

from .learning_runs import AGREEMENT, INSIDE, NORMS, POINTS, START, agreement, two_terms

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
GAMMA, N, N_ADV, D, M = 0.9, 4, 6, 120_000, 12
RADIUS = float(np.sqrt(D / 3))
SHARE = 0.05  # of the pixels in an l0 perturbation


@dataclass(frozen=True)
class Reduced:
    """Samples x (N, k) with labels y, noise X (N', k) with targets, direction h (k,), in k = N + N' + 1 coordinates.

    f is the network trained on the samples; inside: whether they satisfy (ORTH).
    """

    x: Floats
    y: Integers
    X: Floats
    targets: Integers
    h: Floats
    f: Trained
    inside: bool


def drawn(rng: np.random.Generator, norm: str) -> Reduced:
    """Uniform samples and noise, and the direction that the network trained on the samples gives."""
    points = draw("uniform", N + N_ADV, D, rng) / RADIUS
    y, targets = labels(N, rng), labels(N_ADV, rng)
    basis, own = np.linalg.qr(points.T)
    rows = np.hstack([own.T, np.zeros((N + N_ADV, 1))])  # the last coordinate is for what h has outside their span
    f = trained(rows[:N], y, rng)
    h = direction(functional(points[:N], y, f.multipliers()), norm, round(SHARE * D) if norm == "l0" else None)
    within = basis.T @ h
    beyond = float(np.linalg.norm(h - basis @ within))
    return Reduced(rows[:N], y, rows[N:], targets, np.append(within, beyond), f, orthogonal(rows[:N], GAMMA))


def trained(X: Floats, y: Integers, rng: np.random.Generator) -> Trained:
    """A network at the end of loss-normalised descent."""
    return train_normalised(X, y, GAMMA, M, initial(M, X.shape[1], rng, START))


def accuracy(net: Trained, given: Reduced) -> float:
    """Share of the samples x that the network labels rightly."""
    return float(np.mean(np.sign(output(net.W, given.x, GAMMA)) == given.y))


def measure_noise(context: Context, flip: int = 1) -> Measurement:
    """Networks trained on perturbed noise against sgn(T_1 + T_2), and their labels of samples that they never saw.

    With `flip` = -1 the perturbation is turned round after the prediction was made.
    """
    seeds = context.profile.pick(1, 4, 8)
    shares, right, rows, failures = [], [], [], []
    for index in range(seeds):
        for norm in NORMS:
            rng = stream(context.seed, "theorem-4.4", "noise", index, norm)
            given = drawn(rng, norm)
            epsilon = INSIDE * largest_epsilon(given.X, given.targets, given.h, GAMMA)
            X_adv = perturbed(given.X, given.targets, given.h, epsilon)
            Z = rng.standard_normal((POINTS, given.h.size))
            lam = multipliers(X_adv, given.targets, GAMMA)
            first, second = two_terms(given.X, given.targets, given.h, lam, epsilon, Z)
            f_noise = trained(given.X, given.targets, rng)
            f_adv = trained(perturbed(given.X, given.targets, flip * given.h, epsilon), given.targets, rng)
            if not (given.inside and given.f.separated and f_noise.separated and f_adv.separated):
                failures.append(f"{norm}, seed {index}: (ORTH) of D is {given.inside}, or a network does not separate")
            shares.append(agreement(f_adv, GAMMA, Z, first + second))
            right.append(accuracy(f_adv, given))
            within = rng.standard_normal((POINTS, N)) @ given.x
            like_f = agreement(f_adv, GAMMA, within, output(given.f.W, within, GAMMA))
            length = RADIUS * epsilon * float(np.linalg.norm(given.h))
            rows.append((norm, index, length, shares[-1], right[-1], accuracy(f_noise, given), like_f))
    heads = ("norm", "seed", "length of eta", "sgn f_adv = sgn(T_1 + T_2)", "accuracy of f_adv on D",
             "accuracy of noise alone", "sgn f_adv = sgn f on span(D)")  # fmt: skip
    control = [float(row[5]) for row in rows]
    outcomes = (Invariant(f"share of equal signs - {AGREEMENT}", np.array(shares) - AGREEMENT),
                Invariant("accuracy of f_adv on D - 1", np.array(right) - 1))  # fmt: skip
    figures: dict[str, Figure] = {"networks": len(rows), "points": POINTS, "mean accuracy of noise alone":
                                  float(np.mean(control)), "least agreement": float(np.min(shares))}  # fmt: skip
    table = Table("Noise base, gamma = .9, N = 4, N' = 6, d = 120 000", heads, tuple(rows))
    return Measurement(outcomes, figures, tables=(table,), failures=tuple(failures))
