"""The released gradient attack against its slow twin and its own promises; directions against feasible rivals."""

import math

import numpy as np
import pytest
from theorycheck_simulations.leaky import kkt, reference, samples
from theorycheck_simulations.leaky.attacks import direction, pgd
from theorycheck_simulations.leaky.train import initial_uniform, train_plain

NORMS = ("l2", "linf", "l0")


def size(eta, norm):
    return np.linalg.norm(eta, axis=-1) if norm == "l2" else np.abs(eta).max(axis=-1)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("seed", range(24))
def test_equals_the_twin(seed, norm):
    """d = 1, m = 2, one step, points on the border of the range, no range and scales of W from 1e-200 to 1e200 occur."""
    rng = np.random.default_rng([seed, NORMS.index(norm)])
    d, m, gamma, steps = int(rng.integers(1, 9)), 2 * int(rng.integers(1, 4)), (0.01, 0.3, 0.9)[seed % 3], 1 + seed % 12
    ends = (-1.0, 1.0) if seed % 2 else (-math.inf, math.inf)
    X = rng.uniform(-1, 1, (3, d)) if seed % 4 else rng.choice([-1.0, 1.0], (3, d))
    W, y = rng.standard_normal((m, d)), samples.labels(3, rng)
    epsilon, ratio = float(rng.choice([0.01, 0.5, 4.0])), float(rng.uniform(1 / d, 1))
    low, high = (None, None) if seed % 2 == 0 else ends
    found = pgd((1.0, 1e-200, 1e200)[seed % 5 % 3] * W, X, y, gamma, norm, epsilon, steps, ratio, low, high)
    expected = np.array([reference.attack(W, x, int(t), gamma, norm, epsilon, steps, ratio, *ends) for x, t in zip(X, y, strict=True)])
    assert np.max(np.abs(found - expected)) <= 1e-12 * (1 + epsilon)


def trained(rng, d=60, m=6, gamma=0.1):
    X, y = samples.draw("uniform", 20, d, rng), samples.labels(20, rng)
    return train_plain(X, y, gamma, m, initial_uniform(m, d, rng), "exponential", 0.1, 0.9, 200).W


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("limits", [(None, None), (-1.0, 1.0), (None, 1.0)])
@pytest.mark.parametrize("norm", NORMS)
def test_budget_range_and_gain(norm, limits, kind):
    """70 points, three blocks of the kernel; every one gains, none leaves its budget or the range."""
    rng = np.random.default_rng(3)
    d, gamma, epsilon, ratio = 60, 0.1, 0.2, 0.11
    W, X, y = trained(rng), samples.draw("uniform", 70, d, rng), samples.labels(70, rng)
    X = X.astype(kind).astype(np.float64)
    moved = pgd(W, X, y, gamma, norm, epsilon, 50, ratio, *limits, dtype=kind)
    slack = 8 * np.finfo(kind).eps
    changed = np.count_nonzero(moved != X, axis=1)
    if norm == "l0":
        assert changed.max() <= math.floor(d * ratio) == 6 and changed.min() >= 1
    else:
        assert size(moved - X, norm).max() <= epsilon * (1 + slack) + slack
    assert limits[0] is None or moved.min() >= -1
    assert limits[1] is None or moved.max() <= 1
    assert (y * kkt.output(W, moved, gamma) > y * kkt.output(W, X, gamma)).all()
    alone = np.vstack([pgd(W, X[n : n + 1], y[n : n + 1], gamma, norm, epsilon, 50, ratio, *limits, dtype=kind) for n in range(70)])
    assert np.max(np.abs(alone - moved)) <= (1e-12 if kind == np.float64 else 1e-2)


@pytest.mark.parametrize("norm", NORMS)
def test_never_worse_than_the_start(norm):
    """Steps far too long for the range: what is kept is the best of all iterates, the start included."""
    rng = np.random.default_rng(11)
    W, X, y = trained(rng), samples.draw("uniform", 40, 60, rng), samples.labels(40, rng)
    X[:20] = np.sign(y[:20, None] * (kkt.second_layer(6) @ W))  # nearly best corners
    before = y * kkt.output(W, X, 0.1)
    after = y * kkt.output(W, pgd(W, X, y, 0.1, norm, 50.0, 7, 1.0, -1, 1), 0.1)
    assert (after >= before).all()


def test_the_linf_attack_of_the_code_goes_along_the_gradient():
    """NC20: on a network whose gradient is parallel to q where both neurons agree, eta is eps q/|q|_inf, not eps sgn(q)."""
    rng = np.random.default_rng(0)
    d, epsilon = 1000, 0.1
    X, y = samples.near_orthogonal(rng, 20, d, 0.5, 0.5, 1.0), np.ones(20, np.int64)
    lam = kkt.multipliers(X, y, 0.5)
    W, q = kkt.network(X, y, lam, 0.5, 4), kkt.functional(X, y, lam)
    eta = pgd(W, X, -y, 0.5, "linf", epsilon) - X
    assert np.max(np.abs(eta + epsilon * q / np.abs(q).max())) <= 1e-10
    assert np.linalg.norm(eta, axis=1).max() <= 0.5 * epsilon * d**0.5
    signs = epsilon * direction(q, "linf")
    assert np.linalg.norm(signs) == pytest.approx(epsilon * d**0.5) and signs @ q / np.linalg.norm(signs) / np.linalg.norm(q) <= 0.85


def test_l0_takes_the_largest_pixels_one_by_one():
    """With m = 2 equal rows up to sign the gradient is W's row: the pixels come in the order of |w_i|."""
    w = np.array([3.0, -1.0, 0.5, 2.0])
    moved = pgd(np.stack([w, -w]), np.zeros((1, 4)), [1], 0.5, "l0", 1.0, ratio=0.75)
    assert moved[0] == pytest.approx([0.9, -0.1, 0.0, 0.4], rel=1e-12)
    assert pgd(np.stack([w, -w]), np.zeros((1, 4)), [1], 0.5, "l0", 1.0, ratio=0.75, low=-0.5, high=0.5)[0] == pytest.approx([0.5, -0.1, 0, 0.4])


@pytest.mark.parametrize("norm", NORMS)
def test_a_gradient_of_zero_moves_nothing(norm):
    w = np.array([1.0, -2.0, 0.25])
    X = np.array([[0.5, 0.5, 0.5], [-0.1, 0.2, 0.3]])
    for W in (np.stack([w, w]), np.zeros((4, 3))):
        assert np.array_equal(pgd(W, X, [1, -1], 0.3, norm, 1.0, ratio=1.0), X)


def test_float32_reaches_what_float64_does():
    rng = np.random.default_rng(9)
    W, X, y = trained(rng), samples.draw("uniform", 50, 60, rng), samples.labels(50, rng)
    for norm in NORMS:
        ends = [y * kkt.output(W, pgd(W, X, y, 0.1, norm, 0.3, low=-1, high=1, dtype=kind), 0.1) for kind in (np.float64, np.float32)]
        assert np.max(np.abs(ends[0] - ends[1])) <= 1e-3 * np.abs(ends[0]).max()


@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200])
@pytest.mark.parametrize(("norm", "pixels"), [("l2", None), ("linf", None), ("l0", 1), ("l0", 7), ("l0", 30)])
def test_directions_are_the_best_feasible_ones(norm, pixels, scale):
    """K4(i): the values of Hoelder's inequality, and 2000 feasible rivals that do no better."""
    rng = np.random.default_rng(1)
    q = rng.standard_normal(30)
    h = direction(scale * q, norm, pixels)
    best = {"l2": np.linalg.norm(q), "linf": np.abs(q).sum(), "l0": np.sort(np.abs(q))[-(pixels or 1):].sum()}[norm]
    assert q @ h == pytest.approx(best, rel=1e-12)
    assert size(h, norm) == pytest.approx(1.0, rel=1e-12) and np.count_nonzero(h) == (pixels or 30)
    rivals = rng.standard_normal((2000, 30)) + rng.choice([0.0, 3.0], (2000, 1)) * q
    if pixels is not None:
        rivals *= rng.random((2000, 30)).argsort(axis=1) < pixels
    rivals /= size(rivals, norm)[:, None]
    assert (rivals @ q <= (q @ h) * (1 + 1e-12)).all() and (rivals @ q).max() > 0


def test_directions_of_ties_and_zeros():
    assert direction([1.0, 0.0, -1.0, 1.0], "linf").tolist() == [1, 0, -1, 1]
    assert direction([1.0, 0.0, -1.0, 1.0], "l0", 2).tolist() == [1, 0, -1, 0]
    assert direction(np.tile([2.0, -2.0, 1.0], 100), "l0", 50).tolist() == [1, -1, 0] * 25 + [0] * 225
    assert direction([0.0, 0.0, -5e-324], "l2").tolist() == [0, 0, -1]


@pytest.mark.parametrize(("arguments", "message"), [
    (([0.0, 0.0], "l2"), "q = 0: no direction"),
    (([1.0, 2.0], "l1"), r"norm = 'l1': unknown, .*\(allowed: l2, linf, l0\)"),
    (([1.0, 2.0], "linff"), 'did you mean "linf"'),
    (([1.0, 2.0], "l0"), "pixels = None with norm = 'l0'"),
    (([1.0, 2.0], "l2", 1), "pixels = 1 with norm = 'l2'"),
    (([1.0, 2.0], "l0", 3), "pixels = 3: too many"),
    (([1.0, 2.0], "l0", 0), "pixels = 0"),
    (([1.0, math.inf], "l2"), "q = array with NaN"),
    (([[1.0, 2.0]], "l2"), "q = float64 array of shape"),
])
def test_bad_directions(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        direction(*arguments)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("change", "message"), [
    ({"gamma": 1.0}, "gamma = 1.0"),
    ({"norm": "l3"}, "norm = 'l3'"),
    ({"epsilon": 0.0}, "epsilon = 0.0"),
    ({"epsilon": math.nan}, "epsilon = nan"),
    ({"epsilon": 1e-310}, "epsilon = 1e-310: too small"),
    ({"epsilon": 1e-40, "dtype": np.float32}, "epsilon = 1e-40: too small"),
    ({"steps": 0}, "steps = 0"),
    ({"norm": "l0", "ratio": 0.3}, "ratio = 0.3: no pixel of 2"),
    ({"norm": "l0", "ratio": 1.1}, "ratio = 1.1"),
    ({"norm": "l0", "ratio": math.nan}, "ratio = nan"),
    ({"low": 1.0, "high": -1.0}, "low, high = 1.0, -1.0: no range"),
    ({"low": math.nan}, "low, high = nan"),
    ({"high": 0.5}, "X = points outside"),
    ({"targets": [1, 2]}, "targets = 2 at 1"),
    ({"targets": [1]}, "targets = "),
    ({"W": np.ones((3, 2))}, "m = 3"),
    ({"W": np.ones((2, 3))}, "W = float64 array of shape"),
    ({"W": np.ones(2)}, "m = 0"),
    ({"W": [[math.nan, 1.0], [1.0, 2.0]]}, "W = array with NaN"),
    ({"X": np.full((2, 9), 1e308), "W": np.ones((2, 9))}, "overflow in float64"),
    ({"X": [[1e39, 1.0], [1.0, 1.0]], "dtype": np.float32}, "overflow in float32"),
    ({"dtype": np.int32}, "dtype = int32"),
])
def test_bad_attacks(change, message):
    good = {"W": [[1.0, 2.0], [0.5, -1.0]], "X": [[1.0, 0.0], [0.0, 1.0]], "targets": [1, -1], "gamma": 0.5, "norm": "l2", "epsilon": 0.1}
    assert pgd(**good).shape == (2, 2)
    with pytest.raises(ValueError, match=message) as error:
        pgd(**(good | change))
    assert "\n" not in str(error.value)
