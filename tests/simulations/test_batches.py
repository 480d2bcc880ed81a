"""Batches of network runs: each run is what it is alone, whatever stands beside it."""

import numpy as np
import pytest
from theorycheck_simulations import layout
from theorycheck_simulations.data import Dataset, initial_weights, sample
from theorycheck_simulations.network import perturb, train_network, train_networks
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.status import Status

BASE = Setting(k=3, d=10, n_N=6, m=4, N=30, T=40, eta=0.3, sigma_n=0.2, epsilon=0.2, eta_tilde=1.0)
CHANGES = [{}, {"eta": 0.1}, {"epsilon": 0.5, "ascent_steps": 2}, {"k": 2, "d": 7, "m": 1}, {"activation": "gelu"}, {"N": 3, "T": 5}]
DATA = [sample(BASE.replace(**changes), seed, patches="random") for seed, changes in enumerate(CHANGES)]


def alike(one, other):
    arrays = ((run.W, run.trajectory.F, run.trajectory.A, run.passage.output_step) for run in (one, other))
    # A class without samples has no mean output; weights must be numbers.
    same = all(np.array_equal(a, b, equal_nan=True) for a, b in zip(*arrays, strict=True))
    return same and np.isfinite(one.W).all() and one.steps == other.steps


@pytest.mark.parametrize("kernel", ["tiles", "blocks"])
def test_data_and_parameters_may_differ(kernel):
    together = train_networks(DATA, 5, adversarial=True, stride=10, kernel=kernel)
    back = train_networks(DATA[::-1], W0=[run.W0 for run in together[::-1]], adversarial=True, stride=10, kernel=kernel)
    for r, (run, data) in enumerate(zip(together, DATA, strict=True)):
        start = initial_weights(data.setting, 5, r)
        alone = train_network(data, W0=start, adversarial=True, stride=10, kernel=kernel)
        assert run.status is Status.OK and run.setting == data.setting and run.method.kernel == kernel
        assert np.array_equal(run.W0, start) and alike(run, alone) and alike(run, back[::-1][r])
        assert not np.array_equal(run.W, start)


def test_seeds_of_one_data_set():
    runs = train_networks(DATA[0], 7, 4)
    assert len(runs) == 4 and len({run.W.tobytes() for run in runs}) == 4
    assert alike(runs[0], train_network(DATA[0], 7)) and alike(runs[2], train_networks(DATA[0], W0=[runs[2].W0])[0])


def test_a_failed_run_leaves_the_others_alone():
    wild = sample(BASE.replace(eta=1e308, alpha=50.0), 1, patches="random")
    good, bad, after = train_networks([DATA[0], wild, DATA[0]], 3)
    assert (good.status, bad.status, after.status) == (Status.OK, Status.NON_FINITE, Status.OK)
    assert bad.steps <= 2 and alike(good, train_network(DATA[0], 3))


@pytest.mark.parametrize(("how", "words"), [
    ({}, "either seed or W0"),
    ({"seed": 1, "W0": [np.zeros((3, 4, 10))]}, "either seed or W0"),
    ({"seed": 1, "runs": 0}, "runs = 0: not in range"),
    ({"W0": [np.zeros((3, 4, 10))], "runs": 1}, "runs = 1: not wanted"),
    ({"W0": [np.zeros((3, 4, 9))]}, "W0 = float64 array"),
    ({"seed": 1, "stride": -1}, "stride = -1"),
    ({"seed": 1, "kernel": "gpu"}, "kernel = 'gpu': unknown .allowed: tiles, blocks"),
    ({"seed": 1, "precision": "float16"}, "precision = 'float16': unknown .allowed: float64, float32"),
])
def test_refusals(how, words):
    with pytest.raises(ValueError, match=words):
        train_networks(DATA[0], **how)


def test_starts_must_fit_the_data_sets():
    with pytest.raises(ValueError, match="W0 = 1 starts: wrong .*6 data sets"):
        train_networks(DATA, W0=[np.zeros((3, 4, 10))])
    with pytest.raises(ValueError, match="runs = 6: not wanted"):
        train_networks(DATA, 1, 6)


def test_large_runs_keep_their_bits_on_one_thread():
    large = sample(BASE.replace(N=800, d=128, m=6, T=4), 2, patches="random")
    assert alike(train_network(large, 3, adversarial=True), train_network(large, 3, adversarial=True, single=True))


@pytest.mark.parametrize("objective", ["label", "margin", "loss"])
def test_adversarial_examples_do_not_depend_on_their_block(objective, monkeypatch):
    """Two blocks, the labels descending: in both the examples are those of each sample alone, in the caller's order."""
    monkeypatch.setattr(layout, "BLOCK", 1)
    setting = BASE.replace(objective=objective, ascent_steps=2, eta_tilde=3.0)
    data = sample(setting, 4, patches="random")
    data = Dataset(setting, data.X[::-1].copy(), data.y[::-1].copy(), data.robust[::-1].copy())
    W = 20 * initial_weights(setting, 1)
    moved = perturb(data, W)
    assert np.abs(moved - data.X).max() > 0.1
    for n in range(setting.N):
        one = Dataset(setting, data.X[n : n + 1], data.y[n : n + 1], data.robust[n : n + 1])
        assert np.array_equal(perturb(one, W)[0], moved[n])
