"""The largest admissible epsilon: against (ORTH) of the perturbed data, the exact inequality, and bad input."""

from fractions import Fraction

import numpy as np
import pytest
from theorycheck_simulations.leaky import exact
from theorycheck_simulations.leaky.admissible import (
    BeyondAdmissible,
    inequality,
    largest_epsilon,
    perturbed,
    require_admissible,
    sizes,
    sufficient_epsilon,
)
from theorycheck_simulations.leaky.kkt import functional, multipliers, orthogonal
from theorycheck_simulations.leaky.samples import labels, near_orthogonal


def instance(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    rng = np.random.default_rng(seed)
    N, gamma = int(rng.integers(2, 9)), float(rng.uniform(0.1, 0.95))
    X = near_orthogonal(rng, N, N + 5, gamma, float(rng.choice([0.0, 0.5, 0.9])), 2.0)
    h = rng.standard_normal(N + 5)
    return X, labels(N, rng), h, gamma


@pytest.mark.parametrize("seed", range(40))
def test_orth_holds_up_to_the_largest_and_fails_beyond(seed: int) -> None:
    X, y, h, gamma = instance(seed)
    sure, most = sufficient_epsilon(X, h, gamma), largest_epsilon(X, y, h, gamma)
    assert 0 < sure <= most < np.inf
    for share in np.linspace(0.01, 1 - 1e-9, 25):
        assert inequality(sizes(X, h), gamma, share * sure)
        assert orthogonal(perturbed(X, y, h, share * sure), gamma)
    assert not inequality(sizes(X, h), gamma, sure * (1 + 1e-9))
    assert orthogonal(perturbed(X, y, h, most * (1 - 1e-7)), gamma)
    assert not orthogonal(perturbed(X, y, h, most * (1 + 1e-7)), gamma)


@pytest.mark.parametrize("seed", range(10))
def test_the_inequality_implies_orth_exactly(seed: int) -> None:
    X, y, h, gamma = instance(100 + seed)
    epsilon = Fraction(sufficient_epsilon(X, h, gamma)) * Fraction(999, 1000)
    rows, (along,) = exact.rationals(X), exact.rationals(h[None])
    moved = [[x + epsilon * int(s) * a for x, a in zip(row, along, strict=True)] for row, s in zip(rows, y, strict=True)]
    assert exact.orth(exact.gram(moved), Fraction(gamma))


def test_the_dossiers_figures_for_many_orthonormal_points() -> None:
    for gamma, seen in ((0.8, 0.0820), (0.95, 0.1339)):
        N = 1_000
        y = labels(N, np.random.default_rng(0))
        root = np.sqrt(N)
        assert abs(sufficient_epsilon(np.eye(N), y / root, gamma) * root - seen) <= 1e-4
        assert sufficient_epsilon(np.eye(N), y / root, gamma) * root < gamma**3 / 6


def test_beyond_it_is_refused_and_a_reflection_is_not() -> None:
    rng = np.random.default_rng(1)
    gamma, N = 0.9, 6
    X, y = near_orthogonal(rng, N, 20, gamma, 0.0, 1.0), np.array([1, -1] * 3)
    q = functional(X, y, multipliers(X, y, gamma))
    h = q / np.linalg.norm(q)
    most = largest_epsilon(X, -y, h, gamma)
    require_admissible(X, -y, h, gamma, 0.999 * most)
    with pytest.raises(BeyondAdmissible, match=rf"epsilon = .*\(ORTH\) fails for the perturbed data \(allowed: up to {most:.4g}\)"):
        require_admissible(X, -y, h, gamma, 1.5 * most)
    require_admissible(X, -y, h, gamma, 2 / np.sqrt(N))  # every point is reflected in the boundary (K9)


def test_one_point_has_no_limit_and_bad_input_is_refused() -> None:
    X, y, h, gamma = instance(3)
    assert largest_epsilon(X[:1], y[:1], h, gamma) == np.inf
    near = np.ones((2, 3)) + np.eye(2, 3)
    with pytest.raises(BeyondAdmissible, match="base points"):
        largest_epsilon(near, np.array([1, -1]), np.ones(3), gamma)
    for wrong in (np.zeros_like(h), np.full_like(h, np.nan), h[:-1]):
        with pytest.raises(ValueError, match="h:"):
            largest_epsilon(X, y, wrong, gamma)
    with pytest.raises(BeyondAdmissible):
        require_admissible(X, y, h, gamma, float("nan"))
