"""Change points: planted bends are found, the least-squares search is exact, intervals cover, bad input is refused."""

from itertools import combinations

import numpy as np
import pytest
from theorycheck_simulations.changepoint import broken_line, change_points


def planted(x, knots, slopes, start=0.3):
    """A continuous broken line."""
    edges = [x[0], *knots, np.inf]
    return start + sum(slope * (np.clip(x, a, b) - a) for slope, a, b in zip(slopes, edges, edges[1:], strict=False))


def test_an_exact_broken_line_is_found_again():
    x = np.linspace(-1, 3, 33)
    y = planted(x, (x[9], x[20]), (0.5, -2.0, 4.0))
    found = broken_line(x, y)
    assert found.knots.tolist() == [x[9], x[20]]
    assert np.allclose(found.slopes, (0.5, -2.0, 4.0), atol=1e-9)
    assert np.allclose(found.fitted, y, atol=1e-9) and found.explained == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_no_other_pair_of_knots_is_nearer(seed):
    rng = np.random.default_rng(seed)
    x, y = np.sort(rng.uniform(0, 1, 14)), rng.standard_normal(14)
    residuals = {}
    for a, b in combinations(range(2, 12), 2):
        if b - a >= 2:
            basis = np.stack([np.ones(14), x, np.maximum(x - x[a], 0), np.maximum(x - x[b], 0)], axis=1)
            fitted = basis @ np.linalg.lstsq(basis, y, rcond=None)[0]
            residuals[x[a], x[b]] = float(((y - fitted) ** 2).sum())
    found = broken_line(x, y)
    assert tuple(found.knots) == min(residuals, key=residuals.get)
    assert ((y - found.fitted) ** 2).sum() == pytest.approx(min(residuals.values()), rel=1e-9)
    assert found.explained == pytest.approx(1 - min(residuals.values()) / ((y - y.mean()) ** 2).sum(), rel=1e-9)


def test_a_constant_curve_bends_nowhere():
    found = broken_line(np.arange(10.0), np.full(10, 2.5))
    assert np.allclose(found.slopes, 0) and found.explained == 1


@pytest.mark.parametrize("large", [1e9, 1e-9])
def test_scale_and_shift_change_nothing(large):
    x = np.linspace(0, 1, 25)
    y = planted(x, (0.25, 0.625), (0.0, 3.0, 1.0)) + 0.05 * np.sin(40 * x)
    first, second = broken_line(x, y), broken_line(large * (5 + x), y - 7)
    assert np.allclose(second.knots, large * (5 + first.knots))
    assert np.allclose(second.slopes * large, first.slopes, rtol=1e-5, atol=1e-6)


def test_intervals_cover_the_bends_of_noisy_curves():
    x, hits = np.linspace(0, 1, 21), 0
    for n in range(40):
        rng = np.random.default_rng(n)
        shift = rng.normal(0, 0.4, (12, 1))  # seeds differ by more than noise: their own level
        curves = planted(x, (0.3, 0.7), (0.0, 5.0, 0.0)) + shift + rng.normal(0, 0.05, (12, 21))
        found = change_points(x, curves, n, resamples=200)
        hits += bool((found.knots[0] <= (0.3 + 1e-9, 0.7 + 1e-9)).all() and (found.knots[1] >= (0.3, 0.7)).all())
        assert (found.knots[0] <= found.line.knots).all() and (found.line.knots <= found.knots[1]).all()
        assert (found.slopes[0] <= found.slopes[1]).all() and found.seeds == 12
    assert hits >= 36


def test_the_same_seed_gives_the_same_interval_and_one_curve_none():
    rng = np.random.default_rng(0)
    x, curves = np.linspace(0, 1, 20), rng.standard_normal((4, 20)).cumsum(axis=1)
    first, again, other = (change_points(x, curves, seed, resamples=50) for seed in (3, 3, 4))
    assert np.array_equal(first.slopes, again.slopes) and not np.array_equal(first.slopes, other.slopes)
    alone = change_points(x, curves[:1], 0, resamples=50)
    assert (alone.knots == alone.line.knots).all()


BAD = [
    (np.arange(7.0), np.zeros((1, 7)), {}, "7 points"),
    (np.arange(161.0), np.zeros((1, 161)), {}, "161 points"),
    (np.arange(9.0), np.zeros((1, 8)), {}, "curves"),
    (np.arange(9.0), np.zeros((0, 9)), {}, "number of curves"),
    (np.arange(9.0), np.full((1, 9), np.nan), {}, "NaN"),
    (np.arange(9.0)[::-1], np.zeros((1, 9)), {}, "order of x"),
    (np.zeros(9), np.zeros((1, 9)), {}, "order of x"),
    (np.arange(9.0), np.zeros((1, 9)), {"level": 1.0}, "level"),
    (np.arange(9.0), np.zeros((1, 9)), {"level": float("nan")}, "level"),
    (np.arange(9.0), np.zeros((1, 9)), {"resamples": 0}, "resamples"),
]


@pytest.mark.parametrize(("x", "curves", "options", "message"), BAD)
def test_bad_input_is_refused(x, curves, options, message):
    with pytest.raises(ValueError, match=message):
        change_points(x, curves, 0, **options)
