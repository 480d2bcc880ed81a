"""Samples, streams and accuracies against counts done by hand."""

import itertools

import numpy as np
import pytest
from theorycheck_simulations import reference
from theorycheck_simulations.accuracy import (
    network_accuracy,
    network_attack_accuracy,
    network_feature_accuracy,
    population_accuracy,
    population_attack_accuracy,
    population_feature_accuracy,
    share_right,
)
from theorycheck_simulations.data import features, initial_weights, sample
from theorycheck_simulations.population import train_population
from theorycheck_simulations.setting import Setting

from theorycheck.seeds import stream

SETTING = Setting(k=3, d=8, n_R=2, n_N=3, m=2, N=30)


def test_streams_depend_on_content_only():
    draws = {key: stream(1, *key).random() for key in [("a",), ("b",), (1,), ("1",), ("a", 1), ("a1",), ()]}
    assert len(set(draws.values())) == len(draws)
    assert stream(1, "a").random() == draws[("a",)] and stream(2, "a").random() != draws[("a",)]


def test_initial_weights():
    W = initial_weights(Setting(k=10, d=50, m=20, sigma_0=0.3), 0)
    assert W.shape == (10, 20, 50) and abs(W.std() / 0.3 - 1) <= 0.03 and abs(W.mean()) <= 0.01
    assert np.array_equal(initial_weights(SETTING.replace(sigma_0=0.02), 4), 2 * initial_weights(SETTING, 4))
    assert not np.array_equal(initial_weights(SETTING, 4, 1), initial_weights(SETTING, 4))


@pytest.mark.parametrize("patches", ["fixed", "random"])
def test_sample(patches):
    noisy = SETTING.replace(sigma_n=0.5, N=3000)
    u, v = features(noisy)
    data = sample(noisy, 5, patches=patches)
    signal = np.where(data.robust[:, :, None], 2.5 * u[data.y][:, None], v[data.y][:, None])
    noise = data.X - signal
    assert abs(noise.std() - 0.5) <= 0.005 and abs(noise.mean()) <= 0.005
    assert (np.abs(np.bincount(data.y) / 3000 - 1 / 3) <= 0.05).all()
    assert (data.robust.sum(axis=1) == 2).all()
    share = data.robust.mean(axis=0)
    assert (share == [1, 1, 0, 0, 0]).all() if patches == "fixed" else (np.abs(share - 0.4) <= 0.05).all()
    other = sample(noisy, 5, patches=patches, part="test")
    assert not np.array_equal(other.y, data.y) and np.array_equal(sample(noisy, 5, patches=patches).X, data.X)


def test_fixed_indices_and_balance():
    data = sample(SETTING.replace(J_R=[4, 1], J_NR=[0, 2, 3]), 0, balanced=True)
    assert (data.robust == [False, True, False, False, True]).all() and (np.bincount(data.y) == 10).all()
    assert data.X[0, 4, 0] == 2.5 and data.X[1, 0, 4] == 1.0
    assert not data.without("robust").X[:, [1, 4]].any() and not data.without("non-robust").X[:, [0, 2, 3]].any()


def test_ties_and_nan_are_wrong():
    F = np.array([[1.0, 0.0], [1.0, 1.0], [np.nan, 0.0], [0.0, np.nan], [0.0, 2.0]])
    assert share_right(F, np.array([0, 0, 0, 0, 0])) == 0.2
    assert share_right(np.array([[1e300, -1e300]]), np.array([0])) == 1.0
    assert share_right(np.zeros((4, 3)), np.array([0, 1, 2, 0])) == 0.0


@pytest.mark.parametrize("seed", range(20))
def test_population_accuracies_by_hand(seed):
    rng = np.random.default_rng(seed)
    W, epsilon = rng.standard_normal((3, 2, 8)), 1.3
    axes = np.eye(8)

    def right(y, patches):
        F = reference.outputs(SETTING, W, patches)
        return all(F[y] > F[j] for j in range(3) if j != y)

    def robust(y):
        return (2.0, 2.5 * axes[y])

    def share(cases):
        return sum(cases) / len(cases)

    assert population_accuracy(SETTING, W) == pytest.approx(
        share([right(y, [robust(y), (3.0, axes[3 + y])]) for y in range(3)]))
    assert population_feature_accuracy(SETTING, W, "robust") == pytest.approx(
        share([right(y, [robust(y)]) for y in range(3)]))
    assert population_feature_accuracy(SETTING, W, "non-robust") == pytest.approx(
        share([right(y, [(3.0, axes[3 + y])]) for y in range(3)]))
    assert population_attack_accuracy(SETTING, W, epsilon) == pytest.approx(
        share([right(y, [robust(y), (3.0, epsilon * axes[3 + t])]) for y, t in itertools.permutations(range(3), 2)]))


def test_network_accuracies_agree_with_the_population():
    """Noiseless and balanced: clean and feature accuracies agree exactly, the attack with drawn targets nearly."""
    setting = SETTING.replace(N=3000)
    data = sample(setting, 0, balanced=True, patches="random")
    W = np.random.default_rng(6).standard_normal((3, 2, 8))
    assert network_accuracy(data, W) == pytest.approx(population_accuracy(setting, W))
    for feature in ("robust", "non-robust"):
        expected = population_feature_accuracy(setting, W, feature)
        assert network_feature_accuracy(data, W, feature) == pytest.approx(expected)
    for epsilon in (0.0, 0.5, 1.0, 3.0):
        expected = population_attack_accuracy(setting, W, epsilon)
        assert abs(network_attack_accuracy(data, W, epsilon, 1) - expected) <= 0.05


def test_standard_training_learns_and_is_fooled():
    """The default run: right on clean data and on the non-robust feature, never under the attack with epsilon = 1."""
    setting = Setting()
    run = train_population(setting, 0)
    assert population_accuracy(setting, run.W) == 1.0
    assert population_feature_accuracy(setting, run.W, "non-robust") == 1.0
    assert population_attack_accuracy(setting, run.W, 1.0) == 0.0
    assert run.B.max(axis=1).min() >= 0.40 and run.B.max() <= 0.46 and run.A.max() <= 0.06
    data = sample(setting.replace(N=20), 1)
    assert network_accuracy(data, run.W) == 1.0 and network_attack_accuracy(data, run.W, 1.0, 0) == 0.0


def test_bad_arguments_are_refused():
    W = np.zeros((3, 2, 8))
    for epsilon in (-0.1, np.nan, np.inf, True, "1"):
        with pytest.raises(ValueError, match="epsilon = "):
            population_attack_accuracy(SETTING, W, epsilon)
    with pytest.raises(ValueError, match="feature = 'weak'"):
        population_feature_accuracy(SETTING, W, "weak")
    with pytest.raises(ValueError, match="W = "):
        population_accuracy(SETTING, W[:2])
    with pytest.raises(ValueError, match="sigma_n"):
        population_accuracy(SETTING.replace(sigma_n=0.1), W)
