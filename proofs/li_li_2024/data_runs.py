"""Measurements on features, samples and feature learning accuracy."""

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Measurement, Share
from theorycheck.seeds import integer_seed, stream
from theorycheck_simulations.accuracy import FEATURES, network_feature_accuracy, population_feature_accuracy
from theorycheck_simulations.data import features, sample
from theorycheck_simulations.setting import Setting

SIGMAS = 6.0  # a true moment leaves this many standard errors once in 5 * 10^8


def _seed(context: Context, *key: str | int) -> int:
    return integer_seed(context.seed, *key) % 2**32


def _small(setting: Setting, points: int) -> Setting:
    """The user's setting with few enough points and patches for exact or repeated computation."""
    n_R, n_N = min(setting.n_R, 3), min(setting.n_N, 9)
    k = min(setting.k, 8)
    return setting.replace(k=k, d=max(2 * k, min(setting.d, 20)), n_R=n_R, n_N=n_N, m=min(setting.m, 6), N=points, J_R=None, J_NR=None)


def gram(context: Context) -> Measurement:
    """Inner products of all 2k features, exactly the identity."""
    own = context.setting
    sizes = {(own.k, own.d), (2, 4), (2, 9), (3, 6), (7, 14), (7, 40)}
    products = []
    for k, d in sorted(sizes):
        u, v = features(own.replace(k=k, d=d, J_R=None, J_NR=None))
        every = np.concatenate([u, v])
        products.append((every @ every.T, np.eye(2 * k)))
    measured, predicted = (np.concatenate([pair[at].ravel() for pair in products]) for at in (0, 1))
    agreement = Agreement("inner products of the features", predicted, measured, 0.0, absolute=True)
    return Measurement((agreement,), {"sizes (k, d)": [list(size) for size in sorted(sizes)]})


def patches(context: Context) -> Measurement:
    """Partition, signal and noise of samples, with fixed and with random partitions."""
    points = context.profile.pick(300, 1_000, 10_000)
    outcomes = []
    for kind in ("fixed", "random"):
        quiet = _small(context.setting, points).replace(sigma_n=0.0)
        noisy = quiet.replace(sigma_n=0.25)
        seed = _seed(context, "definition-2.2", kind)
        clean, data = sample(quiet, seed, patches=kind), sample(noisy, seed, patches=kind)  # type: ignore[arg-type]
        outcomes.append(Agreement(f"{kind}: size of J_R", np.full(points, quiet.n_R), clean.robust.sum(axis=1), 0.0, absolute=True))
        signal = np.zeros_like(clean.X)
        n, p = np.indices(clean.robust.shape)
        label = np.broadcast_to(clean.y[:, None], clean.robust.shape)
        signal[n, p, np.where(clean.robust, label, quiet.k + label)] = np.where(clean.robust, quiet.alpha, quiet.beta)
        outcomes.append(Agreement(f"{kind}: patches without noise", signal, clean.X, 0.0, absolute=True))
        same = np.concatenate([(data.y - clean.y).ravel(), (data.robust ^ clean.robust).ravel()])
        outcomes.append(Agreement(f"{kind}: labels and partition with noise", np.zeros(same.size), same, 0.0, absolute=True))
        noise = (data.X - clean.X) / noisy.sigma_n
        # Standard errors: 1 for the mean, sqrt 2 for the square, sqrt 96 for the fourth power, 1 for a product.
        found = np.array([noise.mean(), (noise**2).mean(), (noise**4).mean(), (noise[..., 0] * noise[..., 1]).mean()])
        errors = np.array([1, 2**0.5, 96**0.5, noise.shape[-1] ** 0.5]) / noise.size**0.5
        names = "mean, variance, fourth moment, covariance"
        outcomes.append(Agreement(f"{kind}: {names} of the noise, in standard errors", np.zeros(4), (found - [0, 1, 3, 0]) / errors, SIGMAS, True))
    return Measurement(tuple(outcomes), {"points": points})


def labels(context: Context) -> Measurement:
    """How often each label is drawn, and how often the first patch is robust under a random partition."""
    points = context.profile.pick(2_000, 10_000, 100_000)
    setting = _small(context.setting, points).replace(sigma_n=0.0)
    data = sample(setting, _seed(context, "definition-2.2", "labels"), patches="random")
    counts = np.bincount(data.y, minlength=setting.k)
    shares = [Share(f"label {c}", int(counts[c]), points, 1 / setting.k) for c in range(setting.k)]
    robust = Share("the first patch is robust", int(data.robust[:, 0].sum()), points, setting.n_R / setting.P)
    return Measurement((*shares, robust), {"points": points})


def ratios() -> st.SearchStrategy[dict[str, Fraction]]:
    """Strengths and numbers of patches close to the edge of the hypotheses of Assumption B.3, for some q of 3..6."""
    share = st.fractions(0, 1, max_denominator=20)

    def values(b: Fraction, r: Fraction, over: Fraction, n_R: int, more: int, q: int, spare: int) -> dict[str, Fraction]:
        beta, ratio = b + Fraction(1, 10), r * 2 + Fraction(1, 10)
        alpha = beta * ratio * (1 + over / 4)
        n_N = n_R * (alpha / beta) ** q // 1 + more
        return {"alpha": alpha, "beta": beta, "R": ratio, "n_R": Fraction(n_R), "n_N": n_N, "P": n_N + n_R + spare}

    return st.builds(values, share, share, share, st.integers(1, 5), st.integers(1, 3), st.integers(3, 6), st.integers(0, 2))


def feature_accuracy(context: Context) -> Measurement:
    """The façades at level 1 and on samples against a direct computation in fractions, for random weights."""
    predicted, measured = [], []
    for trial in range(context.profile.pick(6, 20, 100)):
        rng = stream(context.seed, "definition-4.1", trial)
        setting = _small(context.setting, 12).replace(sigma_n=0.0, q=3 + trial % 4)
        W = rng.normal(size=(setting.k, setting.m, setting.d)) * 2.0 ** rng.integers(-3, 3)
        data = sample(setting, _seed(context, "definition-4.1", trial))
        for kind in FEATURES:
            every = [_direct(setting, W, label, kind) for label in range(setting.k)]
            predicted += [float(np.mean(every)), float(np.mean([every[label] for label in data.y]))]
            measured += [population_feature_accuracy(setting, W, kind), network_feature_accuracy(data, W, kind)]  # type: ignore[arg-type]
    agreement = Agreement("feature learning accuracy, direct and fast", np.array(predicted), np.array(measured), 1e-12, absolute=True)
    return Measurement((agreement,), {"nets": len(predicted) // 4})


def _direct(setting: Setting, W: np.ndarray, label: int, kind: str) -> bool:
    """Whether the network names `label` on its noiseless point with only one kind of feature left."""
    strength, axis, count = {
        "robust": (setting.alpha, label, setting.n_R), "non-robust": (setting.beta, setting.k + label, setting.n_N),
    }[kind]  # fmt: skip
    rho, q = Fraction(setting.rho), setting.q
    outputs = []
    for filters in W:
        total = Fraction(0)
        for weights in filters:
            z = Fraction(float(weights[axis])) * Fraction(strength)
            total += Fraction(0) if z <= 0 else z**q / (q * rho ** (q - 1)) if z <= rho else z - (1 - Fraction(1, q)) * rho
        outputs.append(count * total)
    return all(outputs[label] > other for i, other in enumerate(outputs) if i != label)
