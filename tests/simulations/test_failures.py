"""Overflow and NaN come back as a status with the first bad step; bad arguments are refused with one line."""

import re

import numpy as np
import pytest
from theorycheck_simulations.data import Dataset, initial_weights, sample
from theorycheck_simulations.network import network_outputs, train_network
from theorycheck_simulations.population import train_population, train_populations
from theorycheck_simulations.reduced import train_reduced
from theorycheck_simulations.setting import BadSetting, Setting
from theorycheck_simulations.status import Status
from theorycheck_simulations.trajectory import FirstPassage, Trajectory

from theorycheck.seeds import stream

SMALL = Setting(k=2, d=4, n_N=2, m=2, N=4, T=20)


def test_status_codes_are_fixed():
    assert [(status.name, status.value) for status in Status] == [("OK", 0), ("DEAD", 1), ("NON_FINITE", 2)]


def test_population_overflow():
    W0 = np.ones((2, 2, 4))
    run = train_population(SMALL.replace(eta=1e300, alpha=1e10), W0=W0, stride=1)
    assert run.status == Status.NON_FINITE and run.steps == 1
    assert train_population(SMALL, W0=1e308 * W0).status == Status.NON_FINITE


def test_population_downward_overflow():
    """An off-diagonal weight at minus infinity would leave every output finite; it still counts."""
    W0 = np.full((2, 2, 4), -1.0)
    W0[1, 0, 0] = 1.0  # <w_1, u_0> > 0 is pushed down by eta alpha
    run = train_population(SMALL.replace(eta=1.7e308, alpha=1e3), W0=W0)
    assert run.status == Status.NON_FINITE and run.steps == 1


def test_polynomial_recursion_blows_up_at_the_first_bad_step():
    A = np.full((2, 2), 0.5)
    run = train_reduced(SMALL.replace(T=2000, eta=1.0), A0=A, B0=A, polynomial=True, coupled=False)
    assert run.status == Status.NON_FINITE and 1 < run.steps < 2000
    before = train_reduced(SMALL.replace(T=run.steps - 1, eta=1.0), A0=A, B0=A, polynomial=True, coupled=False)
    assert before.status == Status.OK and np.isfinite(before.A).all() and np.isfinite(before.B).all()


def test_network_overflow():
    data = sample(SMALL.replace(sigma_n=0.1), 0)
    run = train_network(data, W0=1e308 * np.ones((2, 2, 4)))
    assert run.status == Status.NON_FINITE and run.steps == 0
    run = train_network(sample(SMALL.replace(eta=1e308, alpha=1e3), 0), W0=np.ones((2, 2, 4)))
    assert run.status == Status.NON_FINITE and run.steps >= 1


def test_network_downward_overflow():
    """A filter at minus infinity leaves every output finite; only the look at the weights finds it."""
    data = sample(SMALL.replace(m=1, eta=1e308, alpha=1e3), 0, balanced=True)
    one = Dataset(data.setting, data.X[:1], data.y[:1], data.robust[:1])
    W0 = np.full((2, 1, 4), -1.0)
    W0[1, 0, 0] = 1.0
    run = train_network(one, W0=W0)
    assert run.W[1, 0, 0] == -np.inf and np.isfinite(network_outputs(data.setting, W0, one.X)).all()
    assert run.status == Status.NON_FINITE and run.steps == 1


def test_runs_fail_one_by_one():
    setting = SMALL.replace(eta=1e300, alpha=1e10, sigma_0=1.0, T=3)
    runs = train_populations(setting, 0, 20)
    for run in range(20):
        one = train_population(setting, W0=runs.W0[run])
        assert (runs.status[run], runs.steps[run]) == (one.status, one.steps)
    assert Status.NON_FINITE in runs.status


def test_class_without_samples_is_not_a_failure():
    data = sample(SMALL, 0, balanced=True)
    only = Dataset(SMALL, data.X[[0, 2]], data.y[[0, 2]], data.robust[:2])
    run = train_network(only, 0, stride=1)
    assert run.status == Status.OK and run.passage.output_step[1] == -1
    assert np.isnan(run.trajectory.F[:, 1]).all() and np.isfinite(run.trajectory.F[:, 0]).all()


W = np.zeros((2, 2, 4))
REFUSED = [
    (lambda: train_population(SMALL), "seed or W0"),
    (lambda: train_population(SMALL, 0, W0=W), "seed or W0"),
    (lambda: train_population(SMALL, W0=W[:1]), "W0 = "),
    (lambda: train_population(SMALL, W0=W + np.nan), "W0 = "),
    (lambda: train_population(SMALL, W0=W + 1j), "W0 = "),
    (lambda: train_population(SMALL, -1), "seed = -1"),
    (lambda: train_population(SMALL, True), "seed = True"),
    (lambda: train_population(SMALL, 0.5), "seed = 0.5"),
    (lambda: train_population(SMALL, 0, stride=-1), "stride = -1"),
    (lambda: train_population(SMALL, 0, stride=True), "stride = True"),
    (lambda: train_population(SMALL, 0, level=np.nan), "level = nan"),
    (lambda: train_population(SMALL, 0, level=[0.1, -1]), "level = "),
    (lambda: train_population(SMALL, 0, level=[0.1, 1, 1]), "level = "),
    (lambda: train_population(SMALL, 0, output_level=0.0), "output_level = "),
    (lambda: train_population(SMALL, 0, stop="soon"), "stop = 'soon'"),
    (lambda: train_population(SMALL, 0, stop="levels"), "needs a level"),
    (lambda: train_population(SMALL.replace(sigma_n=0.1), 0), "sigma_n = 0.1"),
    (lambda: train_populations(SMALL, 0, 0), "runs = 0"),
    (lambda: train_populations(SMALL, 0, 10**15), "memory available"),
    (lambda: train_reduced(SMALL), "seed or both"),
    (lambda: train_reduced(SMALL, A0=W[0]), "seed or both"),
    (lambda: train_reduced(SMALL, 0, A0=W[0], B0=W[0]), "seed or both"),
    (lambda: train_network(sample(SMALL, 0)), "seed or W0"),
    (lambda: network_outputs(SMALL, W[:, :1], sample(SMALL, 0).X), "W = "),
    (lambda: initial_weights(SMALL.replace(sigma_0=1e308), 0), "sigma_0 = 1e"),
    (lambda: initial_weights(SMALL, 0, -1), "run = -1"),
    (lambda: stream(0, 1.5), "stream key"),
    (lambda: stream(0, True), "stream key"),
    (lambda: sample(SMALL.replace(N=5), 0, balanced=True), "N = 5"),
    (lambda: sample(SMALL, 0, patches="some"), "patches = 'some'"),
    (lambda: sample(SMALL.replace(J_R=[1], J_NR=[0, 2]), 0, patches="random"), "fixes J_R"),
    (lambda: sample(SMALL.replace(N=2**40), 0), "N P d|memory available"),
]


@pytest.mark.parametrize(("call", "text"), REFUSED, ids=[text for _, text in REFUSED])
def test_bad_argument_is_refused_in_one_line(call, text):
    with pytest.raises(ValueError) as caught:
        call()
    assert re.search(text, str(caught.value)) and "\n" not in str(caught.value)


def test_records_beyond_memory_are_refused():
    with pytest.raises(BadSetting, match="allowed: at most"):
        train_population(SMALL.replace(T=2**50), 0, stride=1)


def test_inconsistent_results_cannot_be_built():
    data = sample(SMALL, 0)
    X, y, robust = data.X, data.y, data.robust
    for changed in ((X[:, :2], y, robust), (X, y[:2], robust), (X, y + 2, robust), (X + np.nan, y, robust),
                    (X, y, ~robust), (X, y.astype(float), robust), (X, y, robust.astype(int))):
        with pytest.raises(ValueError, match="data"):
            Dataset(SMALL, *changed)
    z = np.zeros((3, 2, 2))
    with pytest.raises(ValueError, match="trajectory"):
        Trajectory(np.arange(2), z, z, z[:, :, 0], None)
    one, step = np.ones(2), np.array([0, -1])
    with pytest.raises(ValueError, match="first passage"):
        FirstPassage(one, one, step, step, one, one)
