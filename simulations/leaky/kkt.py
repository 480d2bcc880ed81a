"""The KKT point of the margin problem in closed form, and the quantities that the theory states about it.

For near-orthogonal samples the multipliers solve (1/2) M lambda = 1 with M = C o (X X^T), C_nk = 1 + gamma^2 for equal
labels and -2 gamma for different ones, and the network has two distinct neurons. Beyond (ORTH) this is a KKT point
only where `pattern` holds. Derived in claims `k1` and `k2`; the boundary theorem is Theorem 3.3 of the paper.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from .samples import Floats, Integers


def leaky(t: Floats, gamma: float) -> Floats:
    """phi(t) = max(t, gamma t)."""
    return np.maximum(t, gamma * t)


def second_layer(m: int) -> Floats:
    """a (m,): 1/sqrt(m) for the first half, -1/sqrt(m) for the second.

    Raises:
        ValueError: for an odd m.
    """
    if m < 2 or m % 2:
        raise ValueError(f"m = {m}: no equal halves (allowed: even integer >= 2)")
    return np.asarray(np.repeat([1.0, -1.0], m // 2) / np.sqrt(m))


def output(W: Floats, Z: Floats, gamma: float) -> Floats:
    """f(z) of the points Z (n, d) for weights W (m, d), as (n,)."""
    return np.asarray(leaky(Z @ W.T, gamma) @ second_layer(W.shape[0]))


def coefficients(y: Integers, gamma: float) -> Floats:
    """C (N, N): 1 + gamma^2 where labels agree, -2 gamma where they do not."""
    return np.where(np.equal.outer(y, y), 1 + gamma * gamma, -2 * gamma)


def margin_matrix(X: Floats, y: Integers, gamma: float) -> Floats:
    """M = C o (X X^T), (N, N): the margins of `network` are (1/2) M lambda."""
    return np.asarray(coefficients(y, gamma) * (X @ X.T))


def multipliers(X: Floats, y: Integers, gamma: float) -> Floats:
    """lambda = 2 M^-1 1, (N,).

    Raises:
        ValueError: for a singular M.
    """
    try:
        return np.asarray(np.linalg.solve(margin_matrix(X, y, gamma), np.full(y.size, 2.0)))
    except np.linalg.LinAlgError:
        raise ValueError("the margin matrix is singular: the closed form does not apply to these samples") from None


def network(X: Floats, y: Integers, lam: Floats, gamma: float, m: int) -> Floats:
    """W (m, d): (V_+ - gamma V_-)/sqrt(m) in the first half, (V_- - gamma V_+)/sqrt(m) in the second."""
    halves = second_layer(m).size // 2
    V_plus, V_minus = (lam * (y == sign) @ X for sign in (1, -1))
    pair = np.stack([V_plus - gamma * V_minus, V_minus - gamma * V_plus]) / np.sqrt(m)
    return np.repeat(pair, halves, axis=0)


def functional(X: Floats, y: Integers, lam: Floats) -> Floats:
    """q = sum_n lambda_n y_n x_n, (d,): sgn f = sgn <q, .>."""
    return np.asarray((lam * y) @ X)


def norm_squared(lam: Floats) -> float:
    """||W*||_F^2 = sum_n lambda_n."""
    return float(lam.sum())


def p_max(X: Floats) -> float:
    """The largest |<x_n, x_k>|, n != k; 0 for one sample."""
    G = np.abs(X @ X.T)
    np.fill_diagonal(G, 0.0)
    return float(G.max())


def orth_bound(X: Floats, gamma: float) -> float:
    """gamma^3 R_min^4 / (3 N R_max^2), what (ORTH) allows p_max."""
    r = np.einsum("nx,nx->n", X, X)
    return float(gamma**3 * r.min() ** 2 / (3 * X.shape[0] * r.max()))


def orthogonal(X: Floats, gamma: float) -> bool:
    """(ORTH): p_max <= gamma^3 R_min^4 / (3 N R_max^2), in floats."""
    return p_max(X) <= orth_bound(X, gamma)


def pattern(X: Floats, y: Integers, lam: Floats, gamma: float) -> bool:
    """Whether lambda > 0 and sgn <w_j, x_n> = s_j y_n: then, and only then, the closed form is a KKT point."""
    Z = network(X, y, lam, gamma, 2) @ X.T
    return bool((lam > 0).all() and (Z * y * np.array([[1], [-1]]) > 0).all())


def residual(X: Floats, y: Integers, W: Floats, lam: Floats, gamma: float) -> float:
    """The largest violation of the KKT conditions: stationarity, margins >= 1, lambda >= 0, slackness.

    Slopes at <w_j, x_n> = 0 are taken as 1.
    """
    a = second_layer(W.shape[0])
    Z = W @ X.T
    slopes = np.where(Z >= 0, 1.0, gamma)
    stationary = W - (a[:, None] * slopes * (lam * y)) @ X
    margins = y * output(W, X, gamma)
    violations: list[NDArray[np.float64]] = [np.abs(stationary), 1 - margins, -lam, np.abs(lam * (margins - 1))]
    return float(max(part.max() for part in violations))


def dual(X: Floats, y: Integers, gamma: float) -> Floats:
    """argmax over lambda >= 0 of 1^T lambda - (1/4) lambda^T M lambda, by SciPy's L-BFGS-B; shares no solve with K2.

    Raises:
        ValueError: if the optimiser does not converge.
    """
    # In units of 1/||x_n|| every unknown is of the same size: lambda_n = s_n max(s) nu_n with s_n = 1/||x_n||.
    s = 1 / np.sqrt(np.einsum("nx,nx->n", X, X))
    M, b = margin_matrix(X * s[:, None], y, gamma), s / s.max()

    def loss(nu: Floats) -> tuple[float, Floats]:
        M_nu = M @ nu
        return float(0.25 * nu @ M_nu - b @ nu), 0.5 * M_nu - b

    found = minimize(loss, np.ones(y.size), jac=True, bounds=[(0, None)] * y.size, method="L-BFGS-B",
                     options={"maxiter": 10_000, "maxfun": 100_000, "ftol": 1e-16, "gtol": 1e-12})
    gradient = loss(found.x)[1]
    if not (np.where(found.x > 0, np.abs(gradient), np.maximum(-gradient, 0)) <= 1e-6).all():
        raise ValueError(f"dual problem: {found.message}")
    return np.asarray(s * s.max() * found.x)
