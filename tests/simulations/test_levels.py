"""Each level against the next: reduced, population, network; and the exact identities of standard training."""

import numpy as np
import pytest
from theorycheck_simulations.data import Dataset, initial_weights, sample
from theorycheck_simulations.network import train_network
from theorycheck_simulations.population import join, split, train_population, train_populations
from theorycheck_simulations.reduced import train_reduced
from theorycheck_simulations.setting import Setting


@pytest.mark.parametrize("seed", range(30))
def test_noiseless_balanced_network_is_the_population(seed, draw_setting, draw_weights):
    rng = np.random.default_rng(seed)
    setting = draw_setting(rng, T=300, eta=float(rng.uniform(0.01, 0.3)))
    setting = setting.replace(N=setting.k * int(rng.integers(1, 4)))
    W0 = 0.3 * draw_weights(rng, setting)
    data = sample(setting, seed, balanced=True, patches="random" if seed % 2 else "fixed")
    network = train_network(data, W0=W0, stride=10, correlations=True)
    population = train_population(setting, W0=W0, stride=10, correlations=True)
    assert np.max(np.abs(network.W - population.W)) <= 1e-10 * np.max(np.abs(population.W))
    for name in ("A", "B", "F", "correlations"):
        found, expected = getattr(network.trajectory, name), getattr(population.trajectory, name)
        assert np.max(np.abs(found - expected)) <= 1e-10 * np.max(np.abs(expected))
    assert np.array_equal(network.passage.output_step, population.passage.output_step)
    for name in ("robust_part", "non_robust_part"):
        found, expected = getattr(network.passage, name), getattr(population.passage, name)
        assert np.allclose(found, expected, rtol=1e-9, atol=1e-12, equal_nan=True)
    passed = population.passage.output_step >= 0
    assert np.array_equal(np.isfinite(network.passage.robust_part), passed)


def test_unbalanced_labels_are_not_the_population():
    setting = Setting(k=2, d=4, n_N=3, m=2, N=6, T=300)
    data = sample(setting, 0, balanced=True)
    skew = Dataset(setting, data.X[[0, 0, 0, 0, 0, 1]], data.y[[0, 0, 0, 0, 0, 1]], data.robust)
    W0 = 30 * initial_weights(setting, 0)
    difference = train_network(skew, W0=W0).W - train_population(setting, W0=W0).W
    assert np.max(np.abs(difference)) >= 1e-3


@pytest.mark.parametrize("changes", [{}, {"k": 3, "m": 4, "n_N": 31, "sigma_0": 0.005},
                                     {"k": 8, "m": 2, "n_N": 60, "alpha": 1.5, "q": 4, "sigma_0": 0.05}])
@pytest.mark.parametrize("seed", range(3))
def test_reduced_follows_population_below_unit_output(changes, seed):
    """While F_i < 1, small initial outputs: B_i within 2 % of its size, F_i = 1 reached within 2 % of the steps."""
    setting = Setting(**({"T": 3000, "d": 20} | changes))
    fine, coarse = train_population(setting, seed, stride=1), train_reduced(setting, seed, stride=1)
    reached = fine.passage.output_step
    assert np.array_equal(reached >= 0, coarse.passage.output_step >= 0)
    assert np.all(np.abs(reached - coarse.passage.output_step) <= 0.02 * np.abs(reached))
    for i in range(setting.k):
        until = reached[i] if reached[i] >= 0 else setting.T + 1
        B = fine.trajectory.B[:until, i]
        assert np.max(np.abs(B - coarse.trajectory.B[:until, i])) <= 0.02 * np.max(np.abs(B))


def test_reduced_without_coupling_leaves_the_population():
    setting = Setting(T=3000)
    fine, uncoupled = train_population(setting, 0), train_reduced(setting, 0, coupled=False)
    assert np.max(uncoupled.B) >= 2 * np.max(fine.B)


@pytest.mark.parametrize("seed", range(10))
def test_weights_are_the_start_plus_the_patches(seed, draw_setting, draw_weights):
    rng = np.random.default_rng(seed)
    data = sample(draw_setting(rng, sigma_n=0.4, T=40, eta=0.3), seed, patches="random")
    run = train_network(data, W0=draw_weights(rng, data.setting), psi=True)
    moved = np.einsum("irnp,npa->ira", run.psi, data.X)
    scale = np.max(np.abs(run.W)) + np.einsum("irnp,npa->ira", np.abs(run.psi), np.abs(data.X)).max()
    assert np.max(np.abs(run.W0 + moved - run.W)) <= 1e-13 * scale
    assert np.max(np.abs(run.psi)) > 0
    again = train_network(data, W0=run.W0)
    assert again.psi is None and np.array_equal(again.W, run.W)
    for i in range(data.setting.k):
        assert (run.psi[i][:, data.y == i] >= 0).all() and (run.psi[i][:, data.y != i] <= 0).all()


@pytest.mark.parametrize("seed", range(10))
def test_off_diagonal_correlations_freeze_or_fall(seed):
    setting = Setting(k=3, d=8, m=3, n_N=20, T=500, eta=0.1, sigma_0=0.2)
    C = train_population(setting, seed, stride=1, correlations=True).trajectory.correlations
    for i in range(3):
        for f in range(6):
            if f % 3 != i:
                c = C[:, i, :, f]
                assert (np.diff(c, axis=0) <= 0).all()
                assert (np.diff(c, axis=0)[c[:-1] <= 0] == 0).all()


def test_split_and_join_are_inverse():
    setting = Setting(k=3, d=9, m=2)
    W = np.random.default_rng(0).standard_normal((4, 3, 2, 9))
    U, V = split(setting, W)
    assert U[1, 2, 0, 1] == W[1, 0, 1, 2] and V[1, 2, 0, 1] == W[1, 0, 1, 5]
    assert np.array_equal(join(setting, W, U, V), W)


def test_runs_are_the_single_runs():
    setting = Setting(k=3, d=8, m=2, n_N=10, T=200)
    runs = train_populations(setting, 7, 5, stride=50, correlations=True, level=0.1)
    for run in range(5):
        one = train_population(setting, W0=initial_weights(setting, 7, run), stride=50, correlations=True, level=0.1)
        assert np.array_equal(one.W, runs.W[run]) and np.array_equal(one.trajectory.F, runs.trajectory.F[run])
        assert np.array_equal(one.trajectory.correlations, runs.trajectory.correlations[run])
        assert np.array_equal(one.passage.level_step, runs.passage.level_step[run])
    assert np.array_equal(train_populations(setting, 7, 2).W, runs.W[:2])


def test_passages_and_early_stop():
    setting = Setting(T=3000)
    run = train_population(setting, 0, stride=1, level=0.1)
    B, F = run.trajectory.B.max(axis=2), run.trajectory.F
    for i in range(setting.k):
        for series, level, step in ((B, 0.1, run.passage.level_step[i]), (F, 1.0, run.passage.output_step[i])):
            over = np.flatnonzero(series[:, i] >= level)
            assert step == (over[0] if over.size else -1)
        at = run.passage.output_step[i]
        assert run.passage.robust_part[i] + run.passage.non_robust_part[i] == F[at, i]
    assert np.array_equal(run.trajectory.A[-1], run.A) and np.array_equal(run.trajectory.B[-1], run.B)
    last = run.passage.output_step.max()
    for train in (train_population, train_reduced):
        one = train(setting, 0, stride=7, stop="outputs")
        assert abs(one.steps - last) <= 1 and one.trajectory.t[-1] == one.steps // 7 * 7
        assert np.isfinite(one.trajectory.F).all()
    low = train_population(setting, 0, level=0.02, stop="levels")
    assert low.steps == low.passage.level_step.max() < last
    both = train_population(setting, 0, level=0.02, stop="both")
    assert both.steps == last and np.array_equal(both.passage.level_step, low.passage.level_step)
    stopped = train_population(setting, 0, stop="outputs")
    assert stopped.steps == last and np.array_equal(stopped.W, train_population(setting.replace(T=int(last)), 0).W)
