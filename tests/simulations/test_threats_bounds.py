"""The bounds that certificates rest on, against exact rationals; what rounds inwards is caught."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from scipy.special import ndtr
from theorycheck_simulations.kernels import bound as module
from theorycheck_simulations.kernels.activation import Activation
from theorycheck_simulations.kernels.bound import bound, relative, work
from theorycheck_simulations.kernels.separable import search
from theorycheck_simulations.threats.model import moved


def s(z: Fraction, a: Activation) -> Fraction:
    """The smoothed ReLU or the ReLU, exactly."""
    rho = Fraction(a.rho)
    if z <= 0 or a.kind == 1:
        return max(z, Fraction(0))
    return z**a.q / (a.q * rho ** (a.q - 1)) if z <= rho else z - rho + rho / a.q


def D(x: np.ndarray, V: np.ndarray, a: Activation) -> Fraction:
    """sum of s over the first half of the filters, minus the other half, exactly."""
    m = V.shape[1] // 2
    values = [s(sum(Fraction(float(p)) * Fraction(float(v)) for p, v in zip(x, column, strict=True)), a) for column in V.T]
    return sum(values[:m], Fraction(0)) - sum(values[m:], Fraction(0))


def draw(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, Activation]:
    """A box of 1 to 6 coordinates, filters and an activation with rational values."""
    d, m = int(rng.integers(1, 7)), int(rng.integers(1, 4))
    x, spread = rng.standard_normal(d) * rng.choice([0.1, 1, 10]), rng.uniform(0, 1, d) * rng.choice([0, 1e-6, 0.3, 2])
    a = Activation(int(rng.integers(0, 2)), int(rng.integers(2, 6)), float(rng.choice([0.05, 0.3, 2.0])))
    return x - spread, x + spread, rng.standard_normal((d, 2 * m)), a


def test_the_bound_is_below_every_point_of_the_box() -> None:
    rng = np.random.default_rng(0)
    for _ in range(400):
        low, high, V, a = draw(rng)
        least = Fraction(bound(low, high, V, a, work(*V.shape)))
        for x in (low, high, *(rng.uniform(low, high) for _ in range(3)), np.where(rng.random(low.size) < 0.5, low, high)):
            assert least <= D(x, V, a)


def at_points(variant) -> tuple[int, int]:
    """Points at which a variant of the bound exceeds the exact value, of 300; a box of one point."""
    rng, wrong = np.random.default_rng(1), 0
    for _ in range(300):
        low, _, V, a = draw(rng)
        wrong += Fraction(float(variant(low, low, V, a, work(*V.shape)))) > D(low, V, a)
    return wrong, 300


def test_at_a_point_the_bound_is_below_and_near() -> None:
    assert at_points(bound)[0] == 0
    rng = np.random.default_rng(1)
    for _ in range(300):
        low, _, V, a = draw(rng)
        size = np.abs(low) @ np.abs(V).sum(axis=1)
        assert float(D(low, V, a)) - bound(low, low, V, a, work(*V.shape)) <= 1e-12 * (1 + size)


@pytest.mark.parametrize("sign", [0.0, -1.0])
def test_rounding_to_nearest_or_inwards_is_caught(monkeypatch: pytest.MonkeyPatch, sign: float) -> None:
    monkeypatch.setattr(module, "relative", lambda d, K, a: sign * relative(d, K, a))
    wrong, of = at_points(bound.py_func)
    assert wrong >= of // 4


def test_a_margin_at_the_last_digit_is_left_open() -> None:
    # In floats .1 + .2 equals the target's weight; in real arithmetic the two floats add up to a little less.
    V, a, x = np.array([[0.1, 0.1 + 0.2], [0.2, 0.0]]), Activation(1, 3, 0.5), np.array([1.0, 1.0])
    assert x @ V[:, 0] - x @ V[:, 1] == 0 and D(x, V, a) < 0
    assert bound(x, x, V, a, work(2, 2)) < 0 < -bound(x, x, V[:, ::-1].copy(), a, work(2, 2))


def vertices(low: np.ndarray, high: np.ndarray, V: np.ndarray) -> list[tuple[Fraction, Fraction]]:
    """Where the pieces of a piecewise linear function on a rectangle have their corners: lines meet lines or edges."""
    ends = [(Fraction(float(a)), Fraction(float(b))) for a, b in zip(low, high, strict=True)]
    lines = [(Fraction(float(v)), Fraction(float(w)), Fraction(0)) for v, w in V.T]
    lines += [(Fraction(1), Fraction(0), end) for end in ends[0]] + [(Fraction(0), Fraction(1), end) for end in ends[1]]
    found = []
    for i, (a, b, e) in enumerate(lines):
        for c, d, f in lines[:i]:
            if a * d != b * c:
                x, y = (e * d - b * f) / (a * d - b * c), (a * f - e * c) / (a * d - b * c)
                if ends[0][0] <= x <= ends[0][1] and ends[1][0] <= y <= ends[1][1]:
                    found.append((x, y))
    return found


def test_search_encloses_the_exact_minimum_of_piecewise_linear_nets() -> None:
    rng, a = np.random.default_rng(2), Activation(1, 3, 1.0)
    for _ in range(60):
        m = int(rng.integers(1, 4))
        x, spread, V = rng.standard_normal(2), rng.uniform(0.1, 1, 2), rng.standard_normal((2, 2 * m))
        low, high, swapped = x - spread, x + spread, np.ascontiguousarray(np.roll(V, m, axis=1))
        exact = min(
            sum((max(p * Fraction(float(v)) + q * Fraction(float(w)), Fraction(0)) * (1 if f < m else -1)
                 for f, (v, w) in enumerate(V.T)), Fraction(0))
            for p, q in vertices(low, high, V)
        )
        best = np.empty((1, 2))
        lower, upper, _ = search(low[None], high[None], low[None], high[None], np.ones(1), V, swapped, a, 5000, 1e-6, best)
        assert lower <= exact <= upper and upper - lower <= 1e-4
        assert (low <= best[0]).all() and (best[0] <= high).all() and D(best[0], V, a) <= upper


@pytest.mark.parametrize("kind", range(4))
def test_search_against_a_fine_grid(kind: int) -> None:
    rng = np.random.default_rng(kind)
    for _ in range(15):
        m, rho = int(rng.integers(1, 4)), float(rng.choice([0.2, 1.0]))
        x, spread, V = rng.standard_normal(2), rng.uniform(0.1, 1, 2), rng.standard_normal((2, 2 * m))
        low, high, swapped = x - spread, x + spread, np.ascontiguousarray(np.roll(V, m, axis=1))
        a, best = Activation(kind, 3, rho), np.empty((1, 2))
        lower, upper, _ = search(low[None], high[None], low[None], high[None], np.ones(1), V, swapped, a, 20000, 1e-6, best)
        grid = np.stack(np.meshgrid(*(np.linspace(p, q, 301) for p, q in zip(low, high, strict=True))), axis=-1).reshape(-1, 2)
        value = plain(kind, grid @ V, rho)
        least = (value[:, :m].sum(axis=1) - value[:, m:].sum(axis=1)).min()
        # The grid misses the minimum by at most the slope times half a cell; it lies above the minimum itself.
        cell = np.abs(V).sum() * 1.2 * spread.max() / 300
        assert lower <= least + 1e-12 and upper <= least + 1e-3 and least - cell <= upper and upper - lower <= 3e-3


def plain(kind: int, z: np.ndarray, rho: float) -> np.ndarray:
    """The four activations with q = 3, in NumPy."""
    if kind == 0:
        return np.where(z > rho, z - rho * 2 / 3, np.maximum(z, 0) ** 3 / (3 * rho**2))
    if kind == 1:
        return np.maximum(z, 0)
    return rho * np.logaddexp(0, z / rho) if kind == 2 else z * ndtr(z / rho)


def test_the_least_value_of_gelu_is_enclosed() -> None:
    def slope(t: arb) -> arb:
        return (-t / arb(2).sqrt()).erfc() / 2 + t * (-t * t / 2).exp() / (2 * arb.pi()).sqrt()

    left, right = (arb(end) for end in module.DIP)
    # s' changes sign once, between the two; there s is within |s'| times the width of its value at the left end.
    assert slope(left) < 0 < slope(right)
    steepest, width = abs(slope(left.union(right))), right - left
    assert left * (-left / arb(2).sqrt()).erfc() / 2 - steepest * width > arb(module.GELU_LEAST)


def test_sums_are_rounded_to_both_sides() -> None:
    rng = np.random.default_rng(3)
    X = rng.standard_normal(2000) * 10.0 ** rng.integers(-8, 8, 2000)
    delta = rng.standard_normal(2000) * 10.0 ** rng.integers(-8, 8, 2000)
    delta[:50], delta[50:60] = -X[:50], 0.0
    below, above = moved(X, delta)
    for x, e, low, high in zip(X, delta, below, above, strict=True):
        exact = Fraction(float(x)) + Fraction(float(e))
        assert Fraction(float(low)) <= exact <= Fraction(float(high))
        assert low == high if Fraction(float(low)) == exact else np.nextafter(low, np.inf) == high
