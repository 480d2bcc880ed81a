"""Measurements on features, samples and feature learning accuracy."""

from collections.abc import Callable
from fractions import Fraction
from math import fsum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.accuracy import (
    Feature,
    network_feature_accuracy,
    population_feature_accuracy,
)
from theorycheck_simulations.data import Dataset, features, sample
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Measurement, Outcome, Share
from theorycheck.evidence import Figure, Table
from theorycheck.seeds import integer_seed, stream

Floats = NDArray[np.float64]
Sampler = Callable[..., Dataset]
SIGMAS = 6.0  # a true moment leaves this many standard errors once in 5 * 10^8
KINDS = ("fixed", "random")
NOISE = 0.25


def _seed(context: Context, *key: str | int) -> int:
    return integer_seed(context.seed, *key) % 2**32


def _small(setting: Setting, points: int) -> Setting:
    """The user's setting with few enough classes and patches for exact or repeated computation."""
    k = min(setting.k, 8)
    return setting.replace(
        k=k, d=max(2 * k, min(setting.d, 20)), n_R=min(setting.n_R, 3), n_N=min(setting.n_N, 9), m=min(setting.m, 6),
        N=points, sigma_n=0.0, J_R=None, J_NR=None,
    )  # fmt: skip


def gram(context: Context) -> Measurement:
    """Inner products of all 2k features: integers, so the identity is met without rounding."""
    own = context.setting
    sizes = sorted({(min(own.k, 100), min(own.d, 300)), (2, 4), (2, 9), (3, 6), (7, 14), (7, 40)})
    products = []
    for k, d in sizes:
        u, v = features(own.replace(k=k, d=max(d, 2 * k), J_R=None, J_NR=None))
        every = np.concatenate([u, v])
        products.append((every @ every.T, np.eye(2 * k)))
    measured, predicted = (np.concatenate([pair[at].ravel() for pair in products]) for at in (0, 1))
    agreement = Agreement("inner products of the features", predicted, measured, 0.0, absolute=True)
    return Measurement((agreement,), {"sizes (k, d)": [list(size) for size in sizes]})


def _equal(name: str, predicted: Any, measured: Any) -> Agreement:
    return Agreement(name, np.asarray(predicted, float), np.asarray(measured, float), 0.0, absolute=True)


def _signal(setting: Setting, data: Dataset) -> Floats:
    """alpha u_y on J_R and beta v_y on J_NR, patch by patch."""
    X = np.zeros_like(data.X)
    for n, label in enumerate(data.y):
        for p in range(setting.P):
            if data.robust[n, p]:
                X[n, p, label] = setting.alpha
            else:
                X[n, p, setting.k + label] = setting.beta
    return X


def noise_moments(noise: Floats) -> tuple[Floats, Floats]:
    """Deviations of the moments of standard normal noise (N, P, d) in standard errors, and the moments themselves.

    Mean, variance, fourth moment, and the covariances of two coordinates and of two patches.
    """
    N, P, d = noise.shape
    found = np.array([noise.mean(), (noise**2).mean(), (noise**4).mean(), (noise[..., 0] * noise[..., 1]).mean(),
                      (noise[:, 0] * noise[:, 1]).mean()])  # fmt: skip
    # Variances of one term: 1, E g^4 - 1 = 2, E g^8 - 9 = 96, and 1 for each product.
    errors = np.sqrt(np.array([1, 2, 96, d, P]) / (N * P * d))
    return (found - [0, 1, 3, 0, 0]) / errors, found


def patches(context: Context, draw: Sampler = sample) -> Measurement:
    """Partition, signal and noise of samples, with fixed and with random partitions."""
    points = context.profile.pick(300, 1_000, 10_000)
    outcomes: list[Outcome] = []
    rows: list[tuple[Figure, ...]] = []
    for kind in KINDS:
        quiet = _small(context.setting, points)
        seed = _seed(context, "definition-2.2", kind)
        clean = draw(quiet, seed, patches=kind)
        noisy = draw(quiet.replace(sigma_n=NOISE), seed, patches=kind)
        outcomes.append(_equal(f"{kind}: size of J_R", np.full(points, quiet.n_R), clean.robust.sum(axis=1)))
        outcomes.append(_equal(f"{kind}: patches without noise", _signal(quiet, clean), clean.X))
        deviations, moments = noise_moments((noisy.X - _signal(quiet, noisy)) / NOISE)
        name = f"{kind}: moments of the noise, in standard errors"
        outcomes.append(Agreement(name, np.zeros(len(deviations)), deviations, SIGMAS, absolute=True))
        rows.append((kind, *(float(x) for x in moments)))
    columns = ("partition", "mean", "variance", "fourth moment", "covariance, coordinates", "covariance, patches")
    table = Table("Noise in units of sigma_n: expected 0, 1, 3, 0, 0", columns, tuple(rows))
    return Measurement(tuple(outcomes), {"points": points}, tables=(table,))


def labels(context: Context, draw: Sampler = sample) -> Measurement:
    """How often each label is drawn, and how often a patch is robust under a random partition."""
    points = context.profile.pick(2_000, 10_000, 100_000)
    setting = _small(context.setting, points)
    data = draw(setting, _seed(context, "definition-2.2", "labels"), patches="random")
    counts = np.bincount(data.y, minlength=setting.k)
    shares = [Share(f"label {c}", int(counts[c]), points, 1 / setting.k) for c in range(setting.k)]
    for name, p in (("first", 0), ("last", -1)):
        robust = int(data.robust[:, p].sum())
        shares.append(Share(f"the {name} patch is robust", robust, points, setting.n_R / setting.P))
    return Measurement(tuple(shares), {"points": points})


def feature_accuracy(
    context: Context, population: Callable[..., float] = population_feature_accuracy,
    network: Callable[..., float] = network_feature_accuracy,
) -> Measurement:  # fmt: skip
    """The accuracies of the simulations against direct computations, for random weights."""
    predicted, measured = [], []
    nets = context.profile.pick(6, 20, 100)
    kinds: tuple[Feature, Feature] = ("robust", "non-robust")
    for trial in range(nets):
        rng = stream(context.seed, "definition-4.1", trial)
        setting = _small(context.setting, 12).replace(q=3 + trial % 4)
        noisy = setting.replace(sigma_n=NOISE, N=6)
        W = rng.normal(size=(setting.k, setting.m, setting.d)) * 2.0 ** rng.integers(-3, 3)
        seed = _seed(context, "definition-4.1", trial)
        data, rough = sample(setting, seed), sample(noisy, seed, patches="random")
        for kind in kinds:
            every = [noiseless_right(setting, W, label, kind) for label in range(setting.k)]
            one_by_one = [noisy_right(rough, W, n, kind) for n in range(noisy.N)]
            predicted += [np.mean(every), np.mean([every[label] for label in data.y]), np.mean(one_by_one)]
            measured += [population(setting, W, kind), network(data, W, kind), network(rough, W, kind)]
    # Both are means of the same few zeros and ones; one point more or less is at least 1/12.
    name = "feature learning accuracy, direct and fast"
    agreement = Agreement(name, np.array(predicted, float), np.array(measured, float), 1e-12, absolute=True)
    return Measurement((agreement,), {"nets": nets, "mean accuracy": float(np.mean(predicted))})


def noiseless_right(setting: Setting, W: Floats, label: int, kind: Feature) -> bool:
    """Whether the network names `label` on its noiseless point with one kind of feature left, in exact fractions."""
    strength, axis, count = {
        "robust": (setting.alpha, label, setting.n_R),
        "non-robust": (setting.beta, setting.k + label, setting.n_N),
    }[kind]
    rho, q = Fraction(setting.rho), setting.q
    outputs = []
    for filters in W:
        total = Fraction(0)
        for weights in filters:
            z = Fraction(float(weights[axis])) * Fraction(strength)
            if z > rho:
                total += z - (1 - Fraction(1, q)) * rho
            elif z > 0:
                total += z**q / (q * rho ** (q - 1))
        outputs.append(count * total)
    return all(outputs[label] > other for i, other in enumerate(outputs) if i != label)


def noisy_right(data: Dataset, W: Floats, n: int, kind: Feature) -> bool:
    """The same for point n of a sample with noise: each patch loses its feature if it is of the other kind."""
    setting, label = data.setting, int(data.y[n])
    rho, q = setting.rho, setting.q
    shown = []
    for p in range(setting.P):
        x = [float(value) for value in data.X[n, p]]
        if data.robust[n, p] and kind == "non-robust":
            x[label] -= setting.alpha
        if not data.robust[n, p] and kind == "robust":
            x[setting.k + label] -= setting.beta
        shown.append(x)
    outputs = []
    for filters in W:
        terms = []
        for weights in filters:
            for x in shown:
                z = fsum(float(w) * value for w, value in zip(weights, x, strict=True))
                terms.append(0.0 if z <= 0 else z - (1 - 1 / q) * rho if z > rho else z**q / (q * rho ** (q - 1)))
        outputs.append(fsum(terms))
    return all(outputs[label] > other for i, other in enumerate(outputs) if i != label)
