"""The leaky trainer against its slow twin, finite differences and the closed form of the limit."""

import math
import os
import subprocess
import sys

import mpmath
import numpy as np
import pytest
from theorycheck_simulations.kernels import leaky as kernel
from theorycheck_simulations.leaky import kkt, reference, samples
from theorycheck_simulations.leaky.train import initial, initial_uniform, train_normalised, train_plain
from theorycheck_simulations.status import Status

LOSSES = ("exponential", "logistic")
GAMMAS = (0.01, 0.2, 0.5, 0.9)


def relative(found, expected):
    return np.max(np.abs(found - expected)) / np.max(np.abs(expected))


def cosine(A, B):
    return float(np.sum(A * B) / np.linalg.norm(A) / np.linalg.norm(B))


def problem(seed):
    """X, y, gamma, m, W0: N = 1, m = 2, d = 1 and one class occur; tiny, common and large scales; margins up to 1000."""
    rng = np.random.default_rng(seed)
    N, d, m = int(rng.integers(1, 7)), int(rng.integers(1, 9)), 2 * int(rng.integers(1, 4))
    X = float(rng.choice([1e-3, 1.0, 30.0])) * rng.standard_normal((N, d))
    y = samples.labels(N, rng)
    W0 = float(rng.choice([1e-2, 1.0, 5.0])) * rng.standard_normal((m, d))
    return X, y, GAMMAS[seed % 4], m, W0


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("seed", range(40))
def test_normalised_equals_the_twin(seed, loss):
    X, y, gamma, m, W0 = problem(seed)
    steps = 1 + seed % 4
    run = train_normalised(X, y, gamma, m, W0, loss, 0.2, steps)
    expected = reference.descend(W0, X, y.tolist(), gamma, loss, True, 0.2, 0.0, steps)
    assert run.status == Status.OK and run.steps == steps
    assert run.space == ("span" if X.shape[0] <= X.shape[1] else "full")
    assert relative(run.W, expected) <= 1e-12
    margins = [label * reference.output(expected, x, gamma) for x, label in zip(X, y, strict=True)]
    assert relative(run.margins, np.array(margins)) <= 1e-11
    pulls = [reference.minus_slope(float(t), loss) for t in run.margins]
    assert np.max(np.abs(run.weights - [float(p / sum(pulls)) for p in pulls])) <= 1e-12


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("seed", range(40))
def test_plain_equals_the_twin(seed, momentum):
    X, y, gamma, m, W0 = problem(seed)
    loss, steps = LOSSES[seed % 2], 1 + seed % 5
    if loss == "exponential" or seed % 3:
        X, W0 = X / np.abs(X).max(), W0 / np.abs(W0).max()  # e^-margin must not overflow
    run = train_plain(X, y, gamma, m, W0, loss, 0.1, momentum, steps)
    expected = reference.descend(W0, X, y.tolist(), gamma, loss, False, 0.1, momentum, steps)
    assert run.status == Status.OK and relative(run.W, expected) <= 1e-12
    assert run.loss == pytest.approx(reference.mean_loss(expected, X, y.tolist(), gamma, loss), rel=1e-11)
    single = train_plain(X, y, gamma, m, W0, loss, 0.1, momentum, steps, np.float32)
    assert single.status == Status.OK and relative(single.W, expected) <= 1e-4 * (1 + np.abs(run.margins).max())


@pytest.mark.parametrize("N", [5, 12])
@pytest.mark.parametrize("loss", LOSSES)
def test_a_step_is_minus_the_gradient(N, loss):
    rng = np.random.default_rng(N)
    X, y, gamma, m = rng.standard_normal((N, 7)), samples.labels(N, rng), 0.3, 4
    W0 = initial_uniform(m, 7, rng)
    found = train_plain(X, y, gamma, m, W0, loss, 1.0, 0.0, 1).W - W0
    h = 1e-5
    for at in np.ndindex(W0.shape):
        ends = []
        for sign in (1, -1):
            W = W0.copy()
            W[at] += sign * h
            ends.append(reference.mean_loss(W, X, y.tolist(), gamma, loss))
        assert abs((ends[1] - ends[0]) / (2 * h) - found[at]) <= 1e-8 * (1 + np.abs(found).max())


@pytest.mark.parametrize("loss", LOSSES)
def test_the_span_is_the_full_space(loss):
    """2000 steps, momentum included; W0's part outside the span of the samples stays."""
    rng = np.random.default_rng(7)
    N, d, m, gamma = 8, 30, 6, 0.3
    X, y, W0 = rng.standard_normal((N, d)), samples.labels(N, rng), rng.standard_normal((m, d))
    runs = [train_normalised(X, y, gamma, m, W0, loss, 0.2, 2000), train_plain(X, y, gamma, m, W0, loss, 0.1, 0.9, 2000)]
    for run, normalised, eta, momentum in zip(runs, (True, False), (0.2, 0.1), (0.0, 0.9), strict=True):
        W = np.ascontiguousarray(W0.T)
        done = kernel.train_full(X, np.ascontiguousarray(X.T), y, W, gamma, LOSSES.index(loss), normalised, eta, momentum,
                                 2000)
        assert run.space == "span" and done == (Status.OK, 2000)
        assert relative(run.W, W.T) <= 1e-9
        E = np.linalg.qr(X.T)[0]
        assert np.max(np.abs((run.W - W0) - (run.W - W0) @ E @ E.T)) <= 1e-12 * np.abs(run.W).max()


def test_edges_of_the_formulas():
    """The slope at 0 is gamma; the smallest margin scales the multipliers; no gradient, no step, however large X is."""
    X, y = np.array([[1.0, 2.0, 0.5], [2.0, -1.0, 1.0]]), np.array([1, -1])
    for run, normalised in ((train_normalised(X, y, 0.3, 4, np.zeros((4, 3)), steps=2), True), (train_plain(X, y, 0.3, 4, np.zeros((4, 3)), eta=0.2, steps=2), False)):
        assert relative(run.W, reference.descend(np.zeros((4, 3)), X, [1, -1], 0.3, "exponential", normalised, 0.2, 0.0, 2)) <= 1e-12
    run = train_plain(X, y, 0.3, 4, initial(4, 3, np.random.default_rng(0), 0.1), eta=0.2, steps=100)
    assert run.separated and run.margins.max() > 1.01 * run.margins.min()
    assert relative(run.multipliers(), run.weights * (np.linalg.norm(run.W) / run.margins.min()) ** 2) <= 1e-12
    W0 = np.array([[1e-155, 0.0], [0.0, 1e-155]])
    still = train_plain(1e160 * np.eye(2), [1, -1], 0.3, 2, W0, steps=3)
    assert still.status == Status.OK and np.array_equal(still.W, W0) and still.margins.min() >= 1e4


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1, 1, 2), (3, 11, 2), (40, 400, 20), (100, 130, 300), (70, 9000, 4), (65, 129, 257)])
def test_products_of_every_size(shape, kind):
    n, k, m = shape
    rng = np.random.default_rng(n)
    A, B, C = rng.standard_normal((n, k)).astype(kind), rng.standard_normal((k, m)).astype(kind), np.full((n, m), np.nan, kind)
    kernel.multiply(A, B, C)
    assert np.max(np.abs(C - A.astype(np.float64) @ B)) <= 8 * np.finfo(kind).eps * k**0.5 * np.abs(C).max()


@pytest.mark.parametrize("code", range(2))
@pytest.mark.parametrize("margin", [0.0, 1.0, 37.0, 500.0, 700.0, -1e-9, -1.0, -37.0, -500.0, -700.0])
def test_the_slope_of_the_loss_does_not_cancel(margin, code):
    with mpmath.workdps(400):
        exact = mpmath.log(reference.minus_slope(margin, LOSSES[code]))
        assert abs(kernel.log_slope(margin, code) - exact) <= 1e-15 * abs(exact)


@pytest.mark.parametrize("code", range(2))
def test_weights_of_large_margins_do_not_vanish(code):
    for level in (500.0, 5000.0, -500.0):
        F, y, p = level + np.array([0.0, 1.0, 2.0]), np.ones(3, np.int64), np.empty(3)
        kernel.shares(F, y, code, True, p)
        with mpmath.workdps(30):
            pulls = [reference.minus_slope(float(t), LOSSES[code]) for t in F]
            expected = np.array([float(v / sum(pulls)) for v in pulls])
        assert relative(p, expected) <= 1e-12 and p.min() >= 0.09
        kernel.shares(F, y, code, True, p)
        kernel.shares(-F, -y, code, True, F)
        assert np.array_equal(p, F)


@pytest.mark.parametrize("seed", range(20))
def test_the_limit_is_the_closed_form(seed):
    """K0: 60 000 loss-normalised steps reach W* and its multipliers, from small and large starts, by both losses."""
    rng = np.random.default_rng(seed)
    N, m, gamma = int(rng.integers(1, 9)), 2 * int(rng.integers(1, 5)), (0.2, 0.5, 0.8)[seed % 3]
    X, y = samples.near_orthogonal(rng, N, N + 10, gamma, 0.9, 1.5), samples.labels(N, rng)
    lam = kkt.multipliers(X, y, gamma)
    run = train_normalised(X, y, gamma, m, initial(m, N + 10, rng, (0.01, 1.0)[seed % 2]), LOSSES[seed // 2 % 2])
    assert run.separated and run.steps == 60_000
    assert cosine(run.W, kkt.network(X, y, lam, gamma, m)) >= 0.9999
    assert np.max(np.abs(run.multipliers() / lam - 1)) <= 5e-3
    assert run.margins.min() / np.linalg.norm(run.W) >= 0.9995 * kkt.norm_squared(lam) ** -0.5


def test_controls_the_limit_is_not_any_network():
    """Fewer steps, plain descent, another slope or other labels miss the tolerances of the test above."""
    rng = np.random.default_rng(5)
    gamma, m = 0.5, 4
    X, y = samples.near_orthogonal(rng, 6, 16, gamma, 0.9, 1.5), np.array([1, -1, 1, 1, -1, -1])
    W0, lam = initial(m, 16, rng, 1.0), kkt.multipliers(X, y, gamma)
    target = kkt.network(X, y, lam, gamma, m)
    for run in (train_normalised(X, y, gamma, m, W0, steps=50), train_plain(X, y, gamma, m, W0, "exponential", 0.2, steps=60_000),
                train_normalised(X, y, 0.9, m, W0)):
        assert run.separated and cosine(run.W, target) < 0.9999
        assert np.max(np.abs(run.multipliers() / lam - 1)) > 5e-3
    assert cosine(train_normalised(X, -y, gamma, m, W0).W, target) < 0.9


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("N", [10, 60])
def test_plain_descent_lowers_the_loss(N, loss):
    rng = np.random.default_rng(N)
    X, y = samples.draw("gauss", N, 40, rng), samples.labels(N, rng)
    W0 = initial_uniform(6, 40, rng)
    losses = [train_plain(X, y, 0.1, 6, W0, loss, 0.05, 0.0, steps).loss for steps in (1, 2, 5, 20, 100, 400)]
    assert all(after < before for before, after in zip(losses, losses[1:], strict=False))
    assert train_plain(X, y, 0.1, 6, W0, loss, 0.05, 0.9, 100).loss < losses[4]


def test_overflow_is_a_status():
    X, y, W0 = np.array([[1.0, 2.0], [2.0, -1.0]]), np.array([1, -1]), np.ones((2, 2))
    for run in (train_plain(X, y, 0.5, 2, W0, "exponential", 1e308, 0.9, 50), train_normalised(X, y, 0.5, 2, W0, eta=1e308),
                train_plain(np.vstack([X, X]), [1, -1, 1, -1], 0.5, 2, W0, "exponential", 1e308, 0.9, 50),
                train_plain(1e30 * X, y, 0.5, 2, 1e30 * W0, dtype=np.float32), train_normalised(1e200 * X, y, 0.5, 2, 1e200 * W0)):
        assert run.status == Status.NON_FINITE and not run.separated
        assert math.isnan(run.loss) and np.isnan(run.margins).all() and np.isnan(run.weights).all()
        with pytest.raises(ValueError, match="NON_FINITE"):
            run.multipliers()
    assert train_plain(1e30 * X, y, 0.5, 2, 1e30 * W0, dtype=np.float32).steps == 0
    assert 1 <= train_plain(X, y, 0.5, 2, W0, "exponential", 1e308, 0.9, 50).steps <= 3


def test_a_margin_of_zero_is_not_separated():
    run = train_normalised([[0.0, 0.0], [1.0, 0.0]], [1, 1], 0.5, 2, [[1.0, 0.0], [0.0, 1.0]], steps=100)
    assert run.status == Status.OK and run.margins[0] == 0 < run.margins[1] and not run.separated
    same = train_normalised([[1.0, 0.0], [1.0, 0.0]], [1, -1], 0.5, 2, [[1.0, 0.0], [0.0, 1.0]], steps=100)
    assert same.status == Status.OK and not same.separated
    with pytest.raises(ValueError, match="margins > 0"):
        same.multipliers()


def test_starts():
    rng = np.random.default_rng(0)
    W = initial(40, 500, rng, 0.01)
    assert W.shape == (40, 500) and abs(W.std() / 0.01 - 1) <= 0.02
    U = initial_uniform(40, 500, rng)
    assert U.shape == (40, 500) and np.abs(U).max() <= 500**-0.5 and abs(U.std() * 1500**0.5 - 1) <= 0.02


@pytest.mark.parametrize(("change", "message"), [
    ({"gamma": 1.0}, r"gamma = 1.0: out of range \(allowed: number strictly"),
    ({"gamma": 0.0}, "gamma"),
    ({"gamma": math.nan}, "gamma = nan"),
    ({"m": 3}, "m = 3: no equal halves"),
    ({"m": 0}, "m = 0"),
    ({"m": 4}, r"W0 = float64 array of shape \(2, 3\): wrong \(allowed: numbers, \(4, 3\)\)"),
    ({"y": [1, 0]}, "y = 0 at 1: no label"),
    ({"y": [1.5, 1]}, "y = 1.5 at 0"),
    ({"y": [1]}, "y = "),
    ({"X": [[1.0, math.nan, 0.0], [0.0, 1.0, 2.0]]}, "X = array with NaN"),
    ({"X": [1.0, 2.0, 3.0]}, r"X = array of shape \(3,\)"),
    ({"X": np.empty((0, 3))}, "X = array of shape"),
    ({"eta": 0.0}, "eta = 0.0: out of range"),
    ({"eta": math.inf}, "eta = inf"),
    ({"steps": 0}, "steps = 0: out of range"),
    ({"steps": 2.0}, "steps = 2.0"),
    ({"loss": "logistik"}, 'did you mean "logistic"'),
    ({"momentum": 1.0}, "momentum = 1.0: out of range"),
    ({"momentum": math.nan}, "momentum = nan"),
    ({"dtype": np.int64}, "dtype = int64"),
    ({"dtype": np.float16}, "dtype = float16"),
])
def test_bad_arguments(change, message):
    good = {"X": [[1.0, 0.0, 0.0], [0.0, 1.0, 2.0]], "y": [1, -1], "gamma": 0.5, "m": 2, "W0": np.ones((2, 3)),
            "loss": "logistic", "eta": 0.1, "momentum": 0.5, "steps": 2, "dtype": "float32"}
    assert train_plain(**good).status == Status.OK
    with pytest.raises(ValueError, match=message) as error:
        train_plain(**(good | change))
    assert "\n" not in str(error.value)
    if not change.keys() & {"momentum", "dtype"}:
        kept = {name: value for name, value in (good | change).items() if name not in ("momentum", "dtype")}
        with pytest.raises(ValueError, match=message):
            train_normalised(**kept)


PROGRAM = """
import hashlib
import numpy as np
from theorycheck_simulations.leaky import attacks, samples, train
digest = hashlib.sha256()
for N, d, m, kind in ((300, 400, 20, "float32"), (70, 5000, 10, "float64"), (500, 300, 20, "float64")):
    rng = np.random.default_rng(N)
    X, y = samples.draw("uniform", N, d, rng), samples.labels(N, rng)
    run = train.train_plain(X, y, .01, m, train.initial_uniform(m, d, rng), "logistic", .1, .9, 20, kind)
    digest.update(run.W.tobytes() + run.margins.tobytes())
    digest.update(attacks.pgd(run.W, X, -y, .01, "l2", .3, 5, low=-1, high=1, dtype=kind).tobytes())
print(digest.hexdigest())
"""


def test_same_bits_for_one_and_two_threads_of_blas():
    seen = set()
    for threads in ("1", "2"):
        done = subprocess.run([sys.executable, "-c", PROGRAM], env=os.environ | {"OPENBLAS_NUM_THREADS": threads},
                              capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        seen.add(done.stdout)
    assert len(seen) == 1
