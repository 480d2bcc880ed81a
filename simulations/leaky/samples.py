"""Labelled samples, refused where the theory has nothing to say of them, and how they are drawn."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mode = Literal["uniform", "gauss"]
MODES: tuple[Mode, ...] = ("uniform", "gauss")
VARIANCE: dict[str, float] = {"uniform": 1 / 3, "gauss": 1.0}  # of one coordinate


class BadSamples(ValueError):
    """Samples outside the theory; the text is one line with the sample, counted from 1, and what is allowed."""


@dataclass(frozen=True)
class Samples:
    """N samples X (N, d) with labels y (N,) = +-1.

    Raises:
        BadSamples: for a wrong shape, a value that is not finite, another label, a zero sample, two equal samples.
    """

    X: Floats
    y: Integers

    def __post_init__(self) -> None:
        X, y = np.asarray(self.X), np.asarray(self.y)
        if X.ndim != 2 or y.ndim != 1 or X.shape[0] != y.size or min(X.shape) < 1:
            raise BadSamples(f"samples of shape {X.shape}, labels of shape {y.shape} (allowed: (N, d) and (N,))")
        for n in np.flatnonzero((y != 1) & (y != -1))[:1]:
            raise BadSamples(f"sample {n + 1}: label {y[n]} (allowed: 1, -1)")
        for n in np.flatnonzero(~np.isfinite(X).all(axis=1))[:1]:
            raise BadSamples(f"sample {n + 1}: a value is not finite (allowed: finite numbers)")
        for n in np.flatnonzero((X == 0).all(axis=1))[:1]:
            raise BadSamples(f"sample {n + 1} is zero (allowed: at least one value other than 0)")
        order = np.lexsort(X.T)
        same = (X[order[1:]] == X[order[:-1]]).all(axis=1)
        for at in np.flatnonzero(same)[:1]:
            first, second = sorted(order[at : at + 2].tolist())
            raise BadSamples(f"samples {first + 1} and {second + 1} are equal (allowed: distinct samples)")

    @property
    def N(self) -> int:
        """Number of samples."""
        return int(self.X.shape[0])

    @property
    def d(self) -> int:
        """Dimension."""
        return int(self.X.shape[1])

    @cached_property
    def squared(self) -> Floats:
        """||x_n||^2 as (N,)."""
        return np.asarray(np.einsum("nx,nx->n", self.X, self.X))

    @property
    def R_min2(self) -> float:
        """The least squared norm."""
        return float(self.squared.min())

    @property
    def R_max2(self) -> float:
        """The largest squared norm."""
        return float(self.squared.max())

    @cached_property
    def p_max(self) -> float:
        """The largest |<x_n, x_k>|, n != k; 0 for one sample."""
        G = np.abs(self.X @ self.X.T)
        np.fill_diagonal(G, 0.0)
        return float(G.max())

    @property
    def one_class(self) -> bool:
        """Whether all labels are equal."""
        return bool((self.y == self.y[0]).all())


def draw(mode: str, n: int, d: int, rng: np.random.Generator) -> Floats:
    """n points (n, d): U([-1, 1]^d) for ``uniform``, N(0, I) for ``gauss``."""
    if mode not in MODES:
        raise ValueError(f"mode = {mode!r} (allowed: {', '.join(MODES)})")
    return rng.uniform(-1.0, 1.0, (n, d)) if mode == "uniform" else rng.standard_normal((n, d))


def labels(n: int, rng: np.random.Generator) -> Integers:
    """n independent uniform labels +-1."""
    return np.where(rng.random(n) < 0.5, -1, 1).astype(np.int64)


def both_classes(n: int, rng: np.random.Generator) -> Integers:
    """n random labels, drawn again while all are equal; one label for one point."""
    y = labels(n, rng)
    while n > 1 and (y == y[0]).all():
        y = labels(n, rng)
    return y


def near_orthogonal(rng: np.random.Generator, N: int, d: int, gamma: float, theta: float, ratio: float,
                    signed: bool = False) -> Floats:
    """X = L E (N, d) with L L^T = diag(r^2) + p S and orthonormal rows E, so that p_max <= p = theta times (ORTH).

    Radii r_n between 1 and ``ratio``, log-uniform; S symmetric with zero diagonal and entries uniform in [-1, 1], or
    +-1 if ``signed``. The random instances of claim `k1`.

    Raises:
        ValueError: for N > d, where no N orthonormal rows exist.
    """
    if d < N:
        raise ValueError(f"N = {N}: too many near-orthogonal samples (allowed: 1 to d = {d})")
    E = np.linalg.qr(rng.standard_normal((d, N)))[0].T
    r = np.exp(rng.uniform(0.0, np.log(ratio), N)) if ratio > 1 else np.ones(N)
    p = theta * gamma**3 * r.min() ** 4 / (3 * N * r.max() ** 2)
    S = rng.choice([-1.0, 1.0], (N, N)) if signed else rng.uniform(-1.0, 1.0, (N, N))
    S = np.triu(S, 1)
    return np.asarray(np.linalg.cholesky(np.diag(r**2) + p * (S + S.T)) @ E)
