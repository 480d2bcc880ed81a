"""Networks trained on perturbed noise strictly inside (ORTH), in coordinates of the span of everything at hand."""

from dataclasses import dataclass

import numpy as np
from theorycheck_simulations.leaky.admissible import largest_epsilon, perturbed
from theorycheck_simulations.leaky.attacks import direction
from theorycheck_simulations.leaky.kkt import orthogonal, output
from theorycheck_simulations.leaky.samples import Floats, draw, labels
from theorycheck_simulations.leaky.train import Trained, initial, train_normalised

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Invariant, Measurement
from theorycheck.evidence import Table
from theorycheck.seeds import stream

GAMMA, N, N_ADV, DIMENSION, NEURONS = 0.9, 4, 6, 120_000, 12
PIXELS = DIMENSION // 20
SHARE = 0.999  # of the largest admissible epsilon
NORMS = ("l2", "linf", "l0")
SCALE = 0.01  # of the initial weights, small against the limit
STEPS = 60_000


def trained(X: Floats, y: np.ndarray, gamma: float, m: int, rng: np.random.Generator) -> Trained:
    """The network that loss-normalised descent finds on samples divided by their mean norm, which scales W alone."""
    size = float(np.sqrt(np.mean(np.einsum("nx,nx->n", X, X))))
    return train_normalised(X / size, y, gamma, m, initial(m, X.shape[1], rng, SCALE), steps=STEPS)


def boundary(W: Floats) -> Floats:
    """What the network's own boundary is orthogonal to: the mean of the first half of the neurons less the second's."""
    half = W.shape[0] // 2
    return np.asarray(W[:half].mean(axis=0) - W[half:].mean(axis=0))


@dataclass(frozen=True)
class Learnt:
    """One pair of networks: whether both runs are OK, (ORTH) of D and D', and accuracies on D and at the base points.

    agreement: of f^adv with f on random points of the span of D.
    """

    ok: bool
    inside: bool
    on_data: float
    at_base: float
    agreement: float


def learn(norm: str, rng: np.random.Generator) -> Learnt:
    """f on D, noise perturbed along the direction of f, and f^adv on it."""
    X, y = draw("uniform", N, DIMENSION, rng), labels(N, rng)
    noise, y_adv = draw("uniform", N_ADV, DIMENSION, rng), labels(N_ADV, rng)
    # Gradients stay in the span of the samples, so coordinates in it are all that training needs: R of QR.
    basis, own = np.linalg.qr(X.T)
    first = trained(own.T, y, GAMMA, NEURONS, rng)
    h = direction(basis @ boundary(first.W), norm, PIXELS if norm == "l0" else None)
    reduced = np.linalg.qr(np.vstack([X, noise, h]).T)[1].T
    X_r, noise_r, h_r = reduced[:N], reduced[N : N + N_ADV], reduced[-1]
    epsilon = SHARE * largest_epsilon(noise_r, y_adv, h_r, GAMMA)
    X_adv = perturbed(noise_r, y_adv, h_r, epsilon)
    second = trained(X_adv, y_adv, GAMMA, NEURONS, rng)
    Z = rng.standard_normal((2_000, N))
    f, f_adv = output(first.W, Z @ own.T, GAMMA), output(second.W, Z @ X_r, GAMMA)
    return Learnt(
        first.separated and second.separated, orthogonal(X_r, GAMMA) and orthogonal(X_adv, GAMMA),
        float(np.mean(y * output(second.W, X_r, GAMMA) > 0)),
        float(np.mean(y_adv * output(second.W, noise_r, GAMMA) > 0)), float(np.mean(f * f_adv > 0)),
    )  # fmt: skip


def measure_trained(context: Context) -> Measurement:
    """f^adv, which has seen perturbed noise alone, on the samples D of the network that was attacked."""
    seeds = context.profile.pick(1, 4, 20)
    rows, failures = [], []
    for norm in NORMS:
        for index in range(seeds):
            found = learn(norm, stream(context.seed, "k7", norm, index))
            if not (found.ok and found.inside):
                failures.append(f"{norm}, seed {index}: a run is not separated, or (ORTH) fails")
            rows.append((norm, index, found.on_data, found.agreement, found.at_base))
    heads = ("norm", "seed", "accuracy on D", "agreement with f on the span of D", "labels at the base points")
    outcome = Invariant("accuracy on D - 1", np.array([row[2] for row in rows]) - 1)
    figures = {"pairs of networks": len(rows), "steps": STEPS, "least agreement": min(row[3] for row in rows)}
    return Measurement((outcome,), figures, tables=(Table("Perturbed noise", heads, tuple(rows)),),
                       failures=tuple(failures))  # fmt: skip
