"""Both trainings side by side: records are the runs themselves, levels agree, failures stay contained."""

import numpy as np
import pytest
from theorycheck_simulations.accuracy import population_accuracy, population_attack_accuracy
from theorycheck_simulations.adversarial import train_adversarial
from theorycheck_simulations.figure_3 import (
    drawn,
    first_time,
    learnable,
    measure_accuracies,
    over_classes,
    record_times,
    starts,
    train_course,
)
from theorycheck_simulations.network import train_network
from theorycheck_simulations.population import train_population
from theorycheck_simulations.setting import BadSetting, Setting
from theorycheck_simulations.status import Status

SMALL = Setting(k=3, d=8, m=4, n_N=20, alpha=2.0, sigma_0=0.05, eta=0.05, T=120, epsilon=1.1)
NOISY = SMALL.replace(N=12, sigma_n=0.1, T=30)


def test_record_times():
    assert record_times(1, 5).tolist() == [0, 1] and record_times(8, 2).tolist() == [0, 1, 8]
    t = record_times(8000, 90)
    assert t[0] == 0 and t[1] == 1 and t[-1] == 8000 and (np.diff(t) > 0).all() and t.size <= 91
    with pytest.raises(ValueError, match="count"):
        record_times(10, 1)


@pytest.mark.parametrize("changes", [{}, {"objective": "margin", "ascent_steps": 2}, {"activation": "gelu"}, {"q": 2}])
def test_a_course_is_the_run_itself(changes):
    setting = SMALL.replace(**changes)
    W0, t = starts(setting, 5, 2), record_times(setting.T, 20)
    course = train_course(setting, W0, t)
    for run in range(2):
        one = train_adversarial(setting, W0=W0[run], stride=1)
        assert np.array_equal(course.weights[run], one.weights[t])
    assert (course.status == Status.OK).all() and np.array_equal(course.t, t)
    plain = train_course(setting, W0, t, adversarial=False)
    assert np.array_equal(plain.weights[0, -1], train_adversarial(setting.replace(epsilon=0.0), W0=W0[0]).W)
    assert np.allclose(plain.weights[0, -1], train_population(setting, W0=W0[0]).W, rtol=0, atol=1e-9)


def test_without_an_attack_both_algorithms_are_the_same():
    for changes in ({"epsilon": 0.0}, {"eta_tilde": 0.0}):
        setting = SMALL.replace(**changes)
        W0, t = starts(setting, 0, 2), record_times(setting.T, 10)
        first, second = (train_course(setting, W0, t, adversarial=adversarial) for adversarial in (False, True))
        assert np.array_equal(first.weights, second.weights)


def test_with_noise_each_run_has_its_own_data():
    W0, t = starts(NOISY, 1, 2), record_times(NOISY.T, 6)
    course = train_course(NOISY, W0, t, seed=1)
    data = drawn(NOISY, 1, 2)
    assert not np.array_equal(data[0].X, data[1].X) and not np.array_equal(data[0].X, drawn(NOISY, 1, 2, "test")[0].X)
    for run in range(2):
        one = train_network(data[run], W0=W0[run], adversarial=True)
        assert np.array_equal(course.weights[run, -1], one.W)
    plain = train_course(NOISY, W0, t, adversarial=False, seed=1)
    assert np.array_equal(plain.weights[0, -1], train_network(data[0], W0=W0[0]).W)


def test_correlations_and_cosines():
    W0 = starts(SMALL, 0, 2)
    W0[0, 0, 0] = 0
    course = train_course(SMALL.replace(T=1), W0, [0, 1])
    assert course.A.shape == course.B.shape == (2, 2, 3, 4)
    assert course.A[1, 0, 2, 3] == W0[1, 2, 3, 2] and course.B[1, 0, 2, 3] == W0[1, 2, 3, 5]
    cosines = course.normalised(course.A)
    assert cosines.shape == (2, 2, 3) and (np.abs(cosines) <= 1).all()
    by_hand = max(W0[1, 2, r, 2] / np.sqrt((W0[1, 2, r] ** 2).sum()) for r in range(4))
    assert cosines[1, 0, 2] == pytest.approx(by_hand, rel=1e-12)


def test_accuracies_against_the_exact_ones():
    W0, t = starts(SMALL, 3, 2), record_times(SMALL.T, 8)
    course = train_course(SMALL, W0, t)
    looks = [0, 3, t.size - 1]
    seen = measure_accuracies(course, (SMALL, SMALL), looks, SMALL.epsilon)
    assert np.array_equal(seen.t, t[looks])
    for run in range(2):
        for n, look in enumerate(looks):
            W = course.weights[run, look]
            assert seen.clean[run, n].mean() == pytest.approx(population_accuracy(SMALL, W))
            paper = population_attack_accuracy(SMALL, W, SMALL.epsilon)
            assert seen.low["paper"][run, n].mean() == pytest.approx(paper)
    for threat in seen.low:
        assert (seen.low[threat] <= seen.high[threat]).all()


def test_accuracies_of_a_data_set_are_per_class():
    data = drawn(NOISY, 0, 1, "test")
    course = train_course(NOISY, starts(NOISY, 0, 1), [0, NOISY.T], seed=0)
    seen = measure_accuracies(course, data, [1], NOISY.epsilon)
    count = np.bincount(data[0].y, minlength=3)
    assert (np.isnan(seen.clean[0, 0]) == (count == 0)).all()
    counted = (seen.clean[0, 0] * count)[count > 0]
    assert np.allclose(counted, np.round(counted))


def test_a_class_without_points_is_unknown_not_wrong():
    few = NOISY.replace(N=1)
    course = train_course(few, starts(few, 0, 1), [0, 2], seed=0)
    seen = measure_accuracies(course, drawn(few, 0, 1, "test"), [1], few.epsilon)
    assert np.isnan(seen.clean).sum() == 2 and np.isnan(seen.low["linf"]).sum() == 2


def test_a_run_that_explodes_stops_alone():
    W0, t = starts(SMALL, 0, 2), record_times(SMALL.T, 10)
    W0[1, 0, 0] = 1e308
    course = train_course(SMALL, W0, t)
    assert course.status.tolist() == [Status.OK, Status.NON_FINITE]
    assert np.isfinite(course.weights[0]).all() and np.isnan(course.weights[1, -1]).all()
    alone = train_course(SMALL, W0[:1], t)
    assert np.array_equal(course.weights[0], alone.weights[0])
    seen = measure_accuracies(course, (SMALL, SMALL), [t.size - 1], SMALL.epsilon)
    assert np.isnan(seen.clean[1]).all() and np.isnan(seen.low["linf"][1]).all() and np.isfinite(seen.clean[0]).all()


def test_progress_counts_every_piece():
    pieces = []
    W0, t = starts(SMALL, 0, 2), record_times(SMALL.T, 5)
    course = train_course(SMALL, W0, t, progress=pieces.append)
    assert sum(pieces) == 2 * (t.size - 1)
    pieces.clear()
    measure_accuracies(course, (SMALL, SMALL), [0, 1], 1.0, progress=pieces.append)
    assert sum(pieces) == 4


def test_learnable():
    W0 = np.zeros((1, 3, 4, 8))
    W0[0, 0, 1, 0] = W0[0, 1, 2, 4] = 1.0  # u of class 0, v of class 1
    u, v = learnable(SMALL, W0)
    assert u.tolist() == [[True, False, False]] and v.tolist() == [[False, True, False]]
    for changes in ({"activation": "gelu"}, {"sigma_n": 0.1}):
        assert all(part.all() for part in learnable(SMALL.replace(**changes), W0))


def test_over_classes():
    values = np.array([[[1.0, 2.0, 9.0]], [[3.0, np.nan, 9.0]], [[9.0, 9.0, 9.0]], [[np.inf, np.nan, 0.0]]])
    classes = np.array([[True, True, False], [True, True, False], [False, False, False], [True, True, False]])
    assert over_classes(values, classes).tolist() == [[1.5], [3.0]]


def test_first_time():
    t = np.array([0, 1, 4, 8])
    above = np.array([[-1.0, -1.0, 1.0, 2.0], [0.0, 1.0, 1.0, 1.0], [-2.0, -1.0, -1.0, -0.5], [-1.0, -1.0, -1.0, 0.0]])
    found = first_time(t, above.T[None])
    assert np.array_equal(found, [[2.5, 0.0, np.nan, 8.0]], equal_nan=True)


def test_too_many_records_are_refused():
    big = SMALL.replace(m=2**20, d=4096)
    with pytest.raises(BadSetting, match="memory|int64"):
        starts(big, 0, 10**6)
