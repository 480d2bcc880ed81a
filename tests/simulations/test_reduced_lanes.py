"""The scalar recursions in lanes: against the slow twin over 300 steps, the same bits in any company, and failures."""

import math
import os
import platform
import subprocess
import sys

import mpmath
import numpy as np
import pytest
from theorycheck_simulations import reference
from theorycheck_simulations.reduced import train_reduced, train_reduced_many
from theorycheck_simulations.setting import ACTIVATIONS, BadSetting, Setting
from theorycheck_simulations.status import Status

STEPS = 300
OWN = ("alpha", "beta", "epsilon", "eta_tilde", "eta")


def drawn(seed):
    """A setting, starts (2, R, k, m), the numbers of each run, and how to train: k = 2, m = 1, R = 1 occur often."""
    rng = np.random.default_rng(seed)
    k, m, R = int(rng.choice([2, 2, 3, 5])), int(rng.choice([1, 1, 2, 4])), int(rng.choice([1, 3, 5, 9]))
    polynomial = seed % 4 == 0
    setting = Setting(k=k, d=2 * k, m=m, n_R=int(rng.integers(1, 4)), n_N=int(rng.integers(1, 9)), T=STEPS,
                      q=int(rng.integers(2, 6)), rho=float(rng.uniform(0.3, 1)),
                      activation="smoothed-relu" if polynomial else str(rng.choice(ACTIVATIONS)))
    own = {"alpha": rng.uniform(0.5, 2, R), "beta": rng.uniform(0.3, 1, R), "epsilon": rng.choice([0, 0.1, 1.5], R),
           "eta_tilde": rng.choice([0.0, 0.3, 3], R), "eta": rng.choice([0.002, 0.02], R)}
    start = rng.choice([0.05, 0.3, 1.0]) * rng.standard_normal((2, R, k, m))
    if polynomial:  # it grows beyond all bounds
        start, own["eta"] = np.clip(start, -0.3, 0.3), own["eta"] / 20
    return setting, start, own, {"polynomial": polynomial, "coupled": bool(rng.integers(3)),
                                 "adversarial": bool(rng.integers(4))}


def slow(setting, start, own, n, how, steps=STEPS, **changes):
    """A, B of run n by the twin."""
    setting = setting.replace(**({name: float(values[n]) for name, values in own.items()} | changes))
    A, B = start[:, n]
    for _ in range(steps):
        A, B = reference.reduced_step(setting, A, B, **how)
    return np.stack([A, B])


def far(found, expected):
    """The larger of the relative errors of A and B, NaN if there is one."""
    return max(np.max(np.abs(x - y)) / np.max(np.abs(y)) for x, y in zip(found, expected, strict=True))


def ends(run, n=None):
    """A and B of all runs, or of run n."""
    both = np.stack([run.A, run.B])
    return both if n is None else both[:, n]


@pytest.mark.parametrize("part", range(8))
def test_300_steps_are_those_of_the_slow_twin(part):
    compared = 0
    for seed in range(10 * part, 10 * part + 10):
        setting, start, own, how = drawn(seed)
        run = train_reduced_many(setting, A0=start[0], B0=start[1], **own, **how)
        assert (run.status == Status.OK).all() and (run.steps == STEPS).all()
        for n in range(start.shape[1]):
            assert far(ends(run, n), slow(setting, start, own, n, how)) <= 1e-12, (seed, n)
            compared += 1
    assert compared >= 25  # 200 in all


@pytest.mark.parametrize("scale", [5e-324, 1e-310, 1e-160, 1e-100, 1e3, 1e100, 1e200])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_extreme_scales_are_those_of_the_slow_twin(scale, activation):
    rng = np.random.default_rng(1)
    setting = Setting(k=3, d=6, m=2, n_N=4, T=STEPS, activation=activation, eta=0.02)
    start = np.abs(rng.standard_normal((2, 11, 3, 2)))
    start[:, ::3] *= scale  # beside others in the same vectors
    own = {"epsilon": rng.choice([0, 0.3], 11)}
    how = {"polynomial": False, "coupled": True, "adversarial": True}
    run = train_reduced_many(setting, A0=start[0], B0=start[1], **own, adversarial=True)
    assert (run.status == Status.OK).all()
    for n in (0, 3, 6, 10):
        assert far(ends(run, n), slow(setting, start, own, n, how)) <= 1e-12


CHANGED = {"n_R": 2, "n_N": 5, "rho": 0.501, "q": 4, "alpha": 2.001, "eta": 0.0201, "epsilon": 0.101, "eta_tilde": 0.301,
           "activation": "relu"}


@pytest.mark.parametrize("name", CHANGED)
def test_control_a_changed_twin_is_seen(name):
    setting = Setting(k=3, d=6, m=2, n_N=4, T=20, alpha=2.0, eta=0.02, epsilon=0.1, eta_tilde=0.3)
    start = np.abs(np.random.default_rng(0).standard_normal((2, 3, 3, 2)))
    start[:, 1:] *= 0.1  # where the clip does not hold
    how = {"polynomial": False, "coupled": True, "adversarial": True}
    run = train_reduced_many(setting, A0=start[0], B0=start[1], adversarial=True)
    errors = [[far(ends(run, n), slow(setting, start, {}, n, how, 20, **changes)) for n in range(3)]
              for changes in ({}, {name: CHANGED[name]})]
    assert max(errors[0]) <= 1e-13 and max(errors[1]) >= 1e-7


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_same_bits_alone_and_in_any_order(precision):
    for seed in (1, 2, 3, 4, 5, 8):
        setting, start, own, how = drawn(seed)
        repeated = np.tile(np.arange(start.shape[1]), 7)[: 7 * start.shape[1] - 2]
        order = np.random.default_rng(seed).permutation(repeated)
        many, shuffled = (train_reduced_many(
            setting, A0=start[0, which], B0=start[1, which], **{name: own[name][which] for name in OWN}, **how,
            precision=precision, stride=100, output_level=0.5) for which in (np.arange(start.shape[1]), order))
        assert many.precision == precision
        for name in ("A", "B", "steps", "status"):
            assert np.array_equal(getattr(shuffled, name), getattr(many, name)[order], equal_nan=True)
        assert np.array_equal(shuffled.trajectory.F, many.trajectory.F[order])
        assert np.array_equal(shuffled.passage.output_step, many.passage.output_step[order])
        if precision == "float64":
            for n in range(start.shape[1]):
                alone = train_reduced(setting.replace(**{name: float(own[name][n]) for name in OWN}),
                                      A0=start[0, n], B0=start[1, n], **how, stride=100, output_level=0.5)
                assert np.array_equal(ends(alone), ends(many, n))
                assert np.array_equal(alone.trajectory.A, many.trajectory.A[n])


def test_a_seed_gives_the_starts_of_its_streams():
    setting = Setting(k=3, d=7, m=2, T=5)
    many, one = train_reduced_many(setting, 4, 3), train_reduced(setting, 4)
    assert np.array_equal(ends(many, 0), ends(one)) and len(np.unique(many.A0)) == many.A0.size


@pytest.mark.parametrize("margin", [0.0, 1.0, 36.0, 40.0, 100.0, 300.0, 500.0])
def test_the_gap_does_not_cancel(margin):
    """A filter far below e^-margin grows by (eta/k) n_R alpha (1 - logit) at the first step."""
    setting = Setting(k=3, d=6, m=1, n_R=1, n_N=1, T=1, alpha=1.0, eta=0.5, activation="relu")
    A0, B0 = np.full((1, 3, 1), 1e-300), np.full((1, 3, 1), max(margin, 1e-300))
    run = train_reduced_many(setting, A0=A0, B0=B0)
    with mpmath.workdps(400):
        gap = 2 / (2 + mpmath.exp(mpmath.mpf(margin)))
        expected = float(mpmath.mpf(0.5) / 3 * gap)
    assert run.A[0] == pytest.approx(np.full((3, 1), expected), rel=1e-13, abs=0)
    single = train_reduced_many(setting, A0=A0 * 1e262, B0=B0, precision="float32")
    assert (single.status == Status.OK).all()
    grown = single.A[0] - np.float32(1e-38)
    assert grown == pytest.approx(np.full((3, 1), expected), rel=1e-4 if margin < 80 else math.inf, abs=1e-37)
    if 0 < margin < 80:
        assert (grown > 0).all()


def failing():
    """Eleven runs: run 2 overflows in its first step, run 5 in a later one, run 9 below."""
    setting = Setting(k=3, d=6, m=2, n_N=4, T=400, eta=0.02, eta_tilde=1e6, activation="relu")
    start = np.abs(np.random.default_rng(5).standard_normal((2, 11, 3, 2)))
    own = {"eta": np.full(11, 0.02), "epsilon": np.zeros(11), "alpha": np.ones(11)}
    own["eta"][2], own["alpha"][2] = 1e300, 1e10
    own["eta"][5], start[1, 5] = 2e307, 1e-3
    # With epsilon > alpha the strength is negative, and a negative A goes on falling while every output is finite.
    start[0, 9, 0, 0], own["eta"][9], own["epsilon"][9], own["alpha"][9] = -1e-3, 1e308, 100.0, 1.0
    start[0, 9, 0, 1] = 1.0
    return setting, start, own


def test_runs_fail_one_by_one():
    setting, start, own = failing()
    how = {"adversarial": True, "coupled": False}
    run = train_reduced_many(setting, A0=start[0], B0=start[1], **own, **how, stride=1)
    bad = np.flatnonzero(run.status == Status.NON_FINITE)
    assert bad.tolist() == [2, 5, 9] and run.steps[2] == 1 and 1 < run.steps[5] < 400 and run.steps[9] >= 1
    for n in range(11):
        alone = train_reduced_many(setting, A0=start[0, n : n + 1], B0=start[1, n : n + 1],
                                   **{name: values[n] for name, values in own.items()}, **how)
        assert (alone.status[0], alone.steps[0]) == (run.status[n], run.steps[n])
        assert np.array_equal(ends(alone, 0), ends(run, n), equal_nan=True)
        last = int(run.steps[n])
        if n not in bad:
            assert last == 400 and np.isfinite(ends(run, n)).all() and np.isfinite(run.trajectory.F[n]).all()
            continue
        # Not numbers, but what came before is.
        assert np.isnan(ends(run, n)).all() and np.isnan(run.trajectory.A[n, last:]).all()
        assert np.isfinite(run.trajectory.A[n, :last]).all()
        if last == 1:
            continue
        before = train_reduced_many(setting.replace(T=last - 1), A0=start[0, n : n + 1], B0=start[1, n : n + 1],
                                    **{name: values[n] for name, values in own.items()}, **how)
        assert before.status[0] == Status.OK and np.isfinite(ends(before, 0)).all()


def test_an_infinite_filter_fails_although_every_output_is_finite():
    """An ascent makes the strength of an infinite A negative, and s of it 0; only the look at A itself finds it."""
    setting = Setting(k=2, d=4, m=1, n_N=1, T=3, activation="relu", eta=1.7e308, epsilon=100, eta_tilde=1e-309, alpha=1)
    run = train_reduced(setting, A0=np.full((2, 1), 1.6e308), B0=np.zeros((2, 1)), adversarial=True, coupled=False)
    assert (run.status, run.steps) == (Status.NON_FINITE, 1)


def test_float32_overflows_where_float64_does_not():
    setting = Setting(k=2, d=4, m=2, n_N=2, T=3)
    start = np.full((2, 5, 2, 2), 1e30)
    alpha = np.array([1.0, 1e10, 1.0, 1e39, 1.0])
    double, single = (train_reduced_many(setting, A0=start[0], B0=start[1], alpha=alpha, precision=precision)
                      for precision in ("float64", "float32"))
    assert (double.status == Status.OK).all()
    assert single.status.tolist() == [0, 2, 0, 2, 0] and single.steps.tolist() == [3, 0, 3, 0, 3]
    alone = train_reduced_many(setting, A0=0 * start[0, :1], B0=0 * start[1, :1], alpha=1e39, precision="float32")
    assert (alone.status[0], alone.steps[0]) == (Status.NON_FINITE, 0)  # infinity times 0


def test_float32_follows_float64():
    setting = Setting(k=5, d=10, m=3, n_N=9, T=100)
    start = np.abs(np.random.default_rng(2).standard_normal((2, 20, 5, 3)))
    double, single = (train_reduced_many(setting, A0=start[0], B0=start[1], precision=precision, adversarial=True)
                      for precision in ("float64", "float32"))
    assert 0 < far(ends(single), ends(double)) <= 1e-4


@pytest.mark.parametrize("stop", ["outputs", "levels", "both"])
def test_passages_and_stops_are_those_of_the_course(stop):
    setting = Setting(k=3, d=6, m=2, n_N=9, T=2000, eta=0.05)
    start = 0.02 + 0.1 * np.abs(np.random.default_rng(3).standard_normal((2, 13, 3, 2)))
    asked = {"level": 0.4, "output_level": 1.5}
    course = train_reduced_many(setting, A0=start[0], B0=start[1], stride=1, **asked)
    run = train_reduced_many(setting, A0=start[0], B0=start[1], stop=stop, stride=50, **asked)
    passed = course.trajectory.F >= 1.5, course.trajectory.B.max(axis=3) >= 0.4
    first = [np.where(each.any(axis=1), each.argmax(axis=1), -1) for each in passed]
    assert (np.array(first) > 0).all() and len(np.unique(first)) > 20
    assert np.array_equal(course.passage.output_step, first[0]) and np.array_equal(course.passage.level_step, first[1])
    ends_at = {"outputs": first[0], "levels": first[1], "both": np.maximum(*first)}[stop].max(axis=1)
    assert np.array_equal(run.steps, ends_at) and (run.steps < 2000).all()
    for n in range(13):
        assert np.array_equal(run.A[n], course.trajectory.A[n, run.steps[n]])
        until = run.steps[n] // 50 + 1
        assert np.array_equal(run.trajectory.B[n, :until], course.trajectory.B[n, : 50 * until : 50])
        assert np.isnan(run.trajectory.B[n, until:]).all()
        for i in range(3):
            t = first[0][n, i]
            parts = course.passage.robust_part[n, i], course.passage.non_robust_part[n, i]
            assert sum(parts) == course.trajectory.F[n, t, i] and min(parts) > 0


PROGRAM = """
import hashlib
import numba
import numpy as np
from theorycheck_simulations.reduced import train_reduced_many
from theorycheck_simulations.setting import ACTIVATIONS, Setting
digest = hashlib.sha256()
for activation in ACTIVATIONS:
    for precision in ("float64", "float32"):
        for adversarial in (False, True):
            setting = Setting(k=3, d=6, m=2, n_N=9, T=200, sigma_0=0.3, activation=activation)
            run = train_reduced_many(setting, 1, 100, adversarial=adversarial, precision=precision, stride=50)
            assert np.isfinite(run.A).all()
            for array in (run.A, run.B, run.trajectory.F, run.passage.output_step):
                digest.update(array.tobytes())
print(numba.get_num_threads(), digest.hexdigest())
"""
HOSTS = {"AVX-512": {}, "AVX2": {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma"},
         "x86-64": {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": "+sse2"}}


def digest_with(**environment):
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=os.environ | environment, capture_output=True, text=True,
                          timeout=900)
    assert done.returncode == 0, done.stderr
    threads, digest = done.stdout.split()
    return int(threads), digest


def test_same_bits_for_one_and_two_threads():
    (one, digest), (two, same) = digest_with(NUMBA_NUM_THREADS="1"), digest_with(NUMBA_NUM_THREADS="2")
    assert (one, two) == (1, 2) and digest == same


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() != "x86_64", reason="instruction sets of x86-64")
def test_same_bits_for_every_instruction_set():
    assert len({digest_with(**host)[1] for host in HOSTS.values()}) == 1


START = np.zeros((4, 5, 8))
REFUSED = [
    (lambda: train_reduced_many(Setting()), "seed or both"),
    (lambda: train_reduced_many(Setting(), 0, A0=START, B0=START), "seed or both"),
    (lambda: train_reduced_many(Setting(), A0=START), "seed or both"),
    (lambda: train_reduced_many(Setting(), A0=START, B0=START[:3]), "B0 = "),
    (lambda: train_reduced_many(Setting(), A0=START[0], B0=START[0]), "A0 = "),
    (lambda: train_reduced_many(Setting(), A0=START[:0], B0=START[:0]), "runs = 0"),
    (lambda: train_reduced_many(Setting(), A0=START + np.nan, B0=START), "A0 = "),
    (lambda: train_reduced_many(Setting(), 0, 3, alpha=[1.0, 2.0]), "alpha = "),
    (lambda: train_reduced_many(Setting(), 0, 2, eta=[1.0, np.nan]), "eta = "),
    (lambda: train_reduced_many(Setting(), 0, 0), "runs = 0"),
    (lambda: train_reduced_many(Setting(objective="loss"), 0, 2, adversarial=True), "allowed: 1, label"),
    (lambda: train_reduced_many(Setting(), 0, 2, precision="half"), "precision = 'half'"),
]


@pytest.mark.parametrize(("call", "text"), REFUSED, ids=[text for _, text in REFUSED])
def test_bad_arguments_are_refused_in_one_line(call, text):
    with pytest.raises((ValueError, BadSetting)) as caught:
        call()
    assert text in str(caught.value) and "\n" not in str(caught.value)
