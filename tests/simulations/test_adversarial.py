"""Adversarial training: kernels against the slow twin, levels against each other, ends of the parameter range."""

import numba
import numpy as np
import pytest
from theorycheck_simulations import reference
from theorycheck_simulations.adversarial import perturbed_population, train_adversarial, train_adversarials
from theorycheck_simulations.data import initial_weights, overlapping, sample
from theorycheck_simulations.network import perturb, train_network
from theorycheck_simulations.population import diagonal, train_population
from theorycheck_simulations.reduced import train_reduced
from theorycheck_simulations.setting import ACTIVATIONS, OBJECTIVES, BadSetting, Setting
from theorycheck_simulations.status import Status

SEEDS = range(40)


def drawn(rng, draw_setting, **changes):
    """Radii below and above the strengths, ascents that clip and that do not, every objective and activation."""
    values = {
        "epsilon": float(rng.choice([0.05, 0.7, 3.0])), "eta_tilde": float(rng.choice([0.01, 1.0, 30.0])),
        "ascent_steps": int(rng.integers(1, 4)), "objective": str(rng.choice(OBJECTIVES)),
        "activation": str(rng.choice(ACTIVATIONS)), "q": int(rng.integers(2, 6)),
    }
    return draw_setting(rng, **(values | changes))


def relative(found, expected):
    return np.max(np.abs(found - expected)) / max(np.max(np.abs(expected)), 1e-300)


@pytest.mark.parametrize("seed", SEEDS)
def test_population_step_is_the_slow_twin(seed, draw_setting, draw_weights):
    rng = np.random.default_rng(seed)
    setting = drawn(rng, draw_setting, T=3)
    W0 = draw_weights(rng, setting)
    W = W0
    for _ in range(3):
        W = reference.population_step(setting, W, adversarial=True)
    run = train_adversarial(setting, W0=W0)
    assert run.status is not Status.NON_FINITE and relative(run.W, W) <= 1e-11


@pytest.mark.parametrize("seed", SEEDS)
def test_network_step_is_the_slow_twin(seed, draw_setting, draw_weights):
    rng = np.random.default_rng(seed)
    setting = drawn(rng, draw_setting, T=2, sigma_n=0.4)
    W0 = draw_weights(rng, setting)
    data = sample(setting, seed, patches="random")
    W = W0
    for _ in range(2):
        W = reference.network_step(setting, data.X, [int(label) for label in data.y], W, adversarial=True)
    run = train_network(data, W0=W0, adversarial=True)
    assert run.status is Status.OK and relative(run.W, W) <= 1e-11
    moved = perturb(data, W0)
    for n in range(data.y.size):
        twin = reference.adversarial_patches(setting, W0, [(1.0, x) for x in data.X[n]], int(data.y[n]))
        assert relative(moved[n], np.array([x for _, x in twin])) <= 1e-12
    assert np.all(np.abs(moved - data.X) <= setting.epsilon * (1 + 1e-12))


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_ascent_raises_its_objective(objective):
    """By finite differences of L_m, a route that shares nothing with the gradient."""
    setting = Setting(k=3, d=8, n_N=4, m=3, objective=objective, eta_tilde=1e-6, epsilon=1.0, sigma_n=0.3, N=4)
    rng = np.random.default_rng(7)
    W = rng.standard_normal((3, 3, 8))
    data = sample(setting, 1)
    direction = (perturb(data, W) - data.X) / 1e-6

    def value(points, label):
        F = reference.outputs(setting, W, [(1.0, x) for x in points])
        others = max(F[j] for j in range(3) if j != label)
        return {"label": -F[label], "margin": others - F[label],
                "loss": np.log(np.sum(np.exp(np.array(F) - F[label])))}[objective]

    for n, label in enumerate(data.y):
        for p in range(setting.P):
            for a in range(setting.d):
                step = np.zeros_like(data.X[n])
                step[p, a] = 1e-6
                slope = (value(data.X[n] + step, label) - value(data.X[n] - step, label)) / 2e-6
                assert direction[n, p, a] == pytest.approx(slope, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("changes", [{"epsilon": 0.0}, {"eta_tilde": 0.0}])
def test_no_ascent_is_standard_training(changes):
    setting = Setting(T=1500, **changes)
    run, standard = train_adversarial(setting, 3, stride=500), train_population(setting, 3, stride=500, correlations=True)
    # Different kernels: tiles in all coordinates, and sums over the features alone.
    assert relative(run.W, standard.W) <= 1e-12
    assert relative(diagonal(run.weights[..., :5]), standard.trajectory.A) <= 1e-12
    small = Setting(k=3, d=8, n_N=5, N=12, m=3, T=60, sigma_n=0.2, **changes)
    data = sample(small, 0)
    assert np.array_equal(train_network(data, 0, adversarial=True).W, train_network(data, 0).W)
    assert np.array_equal(perturb(data, initial_weights(small, 0)), data.X)
    assert np.array_equal(train_reduced(small, 0, adversarial=True).B, train_reduced(small, 0).B)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_noiseless_balanced_network_is_the_population(objective):
    setting = Setting(k=3, d=9, n_R=2, n_N=6, m=3, N=6, T=300, eta=0.1, sigma_0=0.1, objective=objective, ascent_steps=2)
    W0 = initial_weights(setting, 5)
    network = train_network(sample(setting, 5, balanced=True, patches="random"), W0=W0, adversarial=True)
    assert relative(network.W, train_adversarial(setting, W0=W0).W) <= 1e-10


@pytest.mark.parametrize("polynomial", [False, True])
def test_reduced_is_the_uncoupled_population_at_the_start(polynomial):
    """Filters with one positive feature each: the first step agrees to rounding but for the other classes' outputs."""
    setting = Setting(k=3, d=6, m=2, n_N=5, T=1, epsilon=0.8, eta_tilde=3.0, rho=2.0)
    A, B = np.array([[0.2, 0.0], [0.3, 0.0], [0.1, 0.0]]), np.array([[0.0, 0.15], [0.0, 0.4], [0.0, 0.25]])
    W0 = np.zeros((3, 2, 6))
    for i in range(3):
        W0[i, 0, i], W0[i, 1, 3 + i] = A[i, 0], B[i, 1]
    fine = train_adversarial(setting, W0=W0)
    coarse = train_reduced(setting, A0=A, B0=B, adversarial=True, polynomial=polynomial)
    assert relative(coarse.A, fine.A) <= 1e-13 and relative(coarse.B, fine.B) <= 1e-13
    assert np.max(np.abs(fine.A - A)) >= 1e-4


def test_reduced_refuses_other_ascents():
    with pytest.raises(BadSetting, match=r"allowed: 1, label"):
        train_reduced(Setting(objective="loss"), 0, adversarial=True)


def test_lemma_52_loses_its_positive_part_where_the_patch_is_reversed():
    """c_B > 1: the perturbed patch points along -v, the true increment of a positive B is 0."""
    setting = Setting(k=3, d=6, m=1, n_N=5, T=1, epsilon=5.0, eta_tilde=50.0, beta=1.0, rho=2.0)
    W0 = np.zeros((3, 1, 6))
    for i in range(3):
        W0[i, 0, 3 + i] = 0.9
    assert perturbed_population(setting, W0)[0, 1, 3] < 0
    assert np.array_equal(train_adversarial(setting, W0=W0).B, np.full((3, 1), 0.9))
    flat = np.zeros((3, 1))
    assert np.array_equal(train_reduced(setting, A0=flat, B0=flat + 0.9, adversarial=True, polynomial=True).B, flat + 0.9)


def test_batches_equal_single_runs_in_any_order_and_thread_count():
    setting = Setting(k=3, d=7, m=3, n_N=9, T=200)
    epsilon, alpha = np.array([0.0, 0.5, 2.0]), np.array([1.0, 2.0, 3.0])
    together = train_adversarials(setting, 4, 3, epsilon=epsilon, alpha=alpha, stride=50, level_B=0.05)
    for run in range(3):
        alone = train_adversarial(setting.replace(epsilon=float(epsilon[run]), alpha=float(alpha[run])),
                                  W0=initial_weights(setting, 4, run), stride=50, level_B=0.05)
        assert np.array_equal(alone.W, together.W[run]) and np.array_equal(alone.weights, together.weights[run])
        assert np.array_equal(alone.B_step, together.B_step[run])
    back = train_adversarials(setting, W0=together.W0[::-1], epsilon=epsilon[::-1], alpha=alpha[::-1])
    assert np.array_equal(back.W[::-1], together.W)
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        assert np.array_equal(train_adversarials(setting, 4, 3, epsilon=epsilon, alpha=alpha).W, together.W)
    finally:
        numba.set_num_threads(before)


def test_first_passages_are_those_of_the_records():
    setting = Setting(k=3, d=6, m=3, n_N=40, T=400)
    run = train_adversarial(setting, 2, stride=1, level_A=0.02, level_B=0.1)
    for record, step, level in ((run.weights[..., :3], run.A_step, 0.02), (run.weights[..., 3:6], run.B_step, 0.1)):
        best = diagonal(record).max(axis=2)
        for i in range(3):
            above = np.nonzero(best[:, i] >= level)[0]
            assert step[i] == (above[0] if above.size else -1)
    assert (run.B_step > 0).any()


def test_all_dead_start_is_reported_as_such():
    setting = Setting(k=2, d=4, m=2, n_N=3, T=5)
    run = train_adversarial(setting, W0=-np.ones((2, 2, 4)))
    assert run.status is Status.DEAD and run.dead.all() and np.array_equal(run.W, run.W0)
    mixed = -np.ones((2, 2, 4))
    mixed[0, 0, 0] = 1.0
    half = train_adversarial(setting, W0=mixed)
    assert half.status is Status.OK and half.dead.tolist() == [False, True]
    soft = train_adversarial(setting.replace(activation="softplus"), W0=-np.ones((2, 2, 4)))
    assert soft.status is Status.OK and not soft.dead.any()


def test_divergence_is_a_status():
    run = train_adversarial(Setting(k=2, d=4, m=2, eta=1e308, alpha=1e9, sigma_0=1e-9, T=5), 0, stride=1)
    assert run.status is Status.NON_FINITE and run.steps <= 5


@pytest.mark.parametrize(("call", "message"), [
    (lambda s: train_adversarial(s), "either seed or W0"),
    (lambda s: train_adversarial(s, 0, stride=-1), "stride = -1"),
    (lambda s: train_adversarial(s, 0, level_B=-1.0), "level_B"),
    (lambda s: train_adversarial(s, 0, level_B=np.nan), "level_B"),
    (lambda s: train_adversarials(s, 0, 2, epsilon=[1.0, -1.0]), "epsilon = -1.0"),
    (lambda s: train_adversarials(s, 0, 2, epsilon=[1.0, np.nan]), "epsilon = nan"),
    (lambda s: train_adversarials(s, 0, 2, alpha=[1.0, 2.0, 3.0]), "alpha = array of shape"),
    (lambda s: train_adversarials(s, 0, 0), "runs = 0"),
    (lambda s: train_adversarials(s, W0=np.full((1, 2, 2, 4), np.nan)), "W0"),
    (lambda s: train_adversarial(s.replace(sigma_n=0.1), 0), "sigma_n = 0.1"),
    (lambda s: train_adversarials(s, 0, 2**40), "overflows|memory"),
])
def test_bad_arguments_are_refused_in_one_line(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call(Setting(k=2, d=4, m=2, n_N=3, T=5))
    assert "\n" not in str(caught.value)


def test_overlapping_features():
    setting = Setting(k=2, d=5, n_R=1, n_N=2, N=4, sigma_n=0.0)
    gamma = np.arange(12.0).reshape(3, 4)
    data = overlapping(setting, 0, [1.0, 0.0, 0.5], [0.0, 2.0, 3.0], gamma, balanced=True)
    assert np.array_equal(data.X[0, 2], np.array([0.5 + 8, 9, 3 + 10, 11, 0]))
    assert np.array_equal(data.X[1, 1], np.array([4, 5, 6, 2 + 7, 0.0]))
    plain = overlapping(setting, 0, [2.5, 0, 0], [0, 1.0, 1.0], np.zeros((3, 4)))
    assert np.array_equal(plain.X, sample(setting, 0).X)
    with pytest.raises(ValueError, match="gamma"):
        overlapping(setting, 0, [1.0] * 3, [1.0] * 3, np.zeros((3, 3)))
