"""NumPy, products and gradients by hand, the ascent with the label's filters only."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..problem import ALPHA, BETA, RHO, Floats, Problem, Q

Run = Callable[[int], Floats]


def slope_of(z: Floats) -> Floats:
    """s'(z) = clamp(z/rho, 0, 1)^2."""
    t = z * (1 / RHO)
    np.clip(t, 0.0, 1.0, out=t)
    t *= t
    return t


def both(z: Floats) -> tuple[Floats, Floats]:
    """s(z) = rho t^3/3 + max(z - rho, 0), t = clamp(z/rho, 0, 1), and s'(z)."""
    t = z * (1 / RHO)
    np.clip(t, 0.0, 1.0, out=t)
    slope = t * t
    t *= slope
    t *= RHO / Q
    z -= RHO
    np.maximum(z, 0.0, out=z)
    t += z
    return t, slope


def gap_of(F: Floats, y: NDArray[np.int64]) -> Floats:
    """1[i = y] - softmax(F)_i, the label's entry as the sum of the others."""
    p: Floats = np.exp(F - F.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(y.size), y] = 0.0
    others = p.sum(axis=1)
    np.negative(p, out=p)
    p[np.arange(y.size), y] = others
    return p


def gradient(X: Floats, y: NDArray[np.int64], W: Floats) -> tuple[Floats, Floats]:
    """D (N P, K) with -N grad = D^T X for the filters W (k, m, d), and the filters as (K, d)."""
    (N, P, d), (k, m, _) = X.shape, W.shape
    filters = W.reshape(k * m, d)
    value, slope = both(X.reshape(N * P, d) @ filters.T)
    F = value.reshape(N, P, k * m).sum(axis=1).reshape(N, k, m).sum(axis=2)
    D = slope.reshape(N, P, k * m)
    D *= np.repeat(gap_of(F, y), m, axis=1)[:, None, :]
    return D.reshape(N * P, k * m), filters


def examples(given: Problem, W: Floats) -> Floats:
    """X + clip_eps(-eta~ grad F_y)."""
    out = np.empty_like(given.X)
    for i, rows in enumerate(given.rows()):
        part = given.X[rows].reshape(-1, given.size.d)
        move = slope_of(part @ W[i].T) @ W[i]
        move *= -given.eta_tilde
        np.clip(move, -given.epsilon, given.epsilon, out=move)
        move += part
        out[rows] = move.reshape(out[rows].shape)
    return out


def trained(given: Problem, W: Floats, steps: int, adversarial: bool) -> Floats:
    """W after so many steps."""
    W = W.copy()
    rate = given.eta / given.y.size
    for _ in range(steps):
        X = examples(given, W) if adversarial else given.X
        D, filters = gradient(X, given.y, W)
        filters += rate * (D.T @ X.reshape(D.shape[0], -1))
    return W


def attacked(given: Problem, steps: int) -> Floats:
    """The points after so many sign steps on the loss."""
    X, low, high = given.X.copy(), given.X - given.epsilon, given.X + given.epsilon
    for _ in range(steps):
        D, filters = gradient(X, given.y, given.W[0])
        move = (D @ filters).reshape(X.shape)
        np.sign(move, out=move)
        move *= -given.stride(steps)
        X += move
        np.clip(X, low, high, out=X)
    return X


def reduced(given: Problem, start: Floats, steps: int) -> Floats:
    """The scalar recursions: A += (eta/k) gap n_R alpha s'(alpha A), B likewise; start (..., k, m, 2)."""
    k, n_R, n_N = given.size.k, given.size.n_R, given.size.P - given.size.n_R
    A, B = start[..., 0].copy(), start[..., 1].copy()
    for _ in range(steps):
        (value_A, slope_A), (value_B, slope_B) = both(ALPHA * A), both(BETA * B)
        F = n_R * value_A.sum(axis=-1) + n_N * value_B.sum(axis=-1)
        others = (k - 1) * np.exp(-F)
        rate = (given.eta / k * (others / (others + 1)))[..., None]
        A += rate * n_R * ALPHA * slope_A
        B += rate * n_N * BETA * slope_B
    return np.stack([A, B], axis=-1)


def build(given: Problem, threads: int, vectorised: bool = False) -> Run:
    """Takes steps from the start and returns what there is after them."""
    if given.case == "reduced":
        return lambda steps: reduced(given, given.W if vectorised else given.W[0], steps)
    if given.case == "pgd-20":
        return lambda steps: attacked(given, steps)
    adversarial = given.case != "standard"
    return lambda steps: np.stack([trained(given, W, steps, adversarial) for W in given.W])
