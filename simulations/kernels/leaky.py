"""Training the leaky network f(x) = sum_j a_j phi(<w_j, x>), phi(t) = max(t, gamma t), on N points of R^d.

a_j = 1/sqrt(m) for the first m/2 neurons and -1/sqrt(m) for the others; only W is trained. Weights are held transposed,
(d, m). Arrays are C-contiguous and all of one float type; losses are float64. Gradients stay in the span of the points,
so for N <= d the coefficients S of W = W0 + X^T S and the correlations Z = X W are moved instead, by the Gram matrix.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ..status import Status
from .jit import jit

OK, NON_FINITE = int(Status.OK), int(Status.NON_FINITE)
EXPONENTIAL, LOGISTIC = range(2)

# OpenBLAS keeps a product of at most 2^18 multiplications on one thread. Larger ones are cut up, so that neither a bit
# nor a second depends on its threads: into rows if at least 8 fit, else into cubes of side 64.
ONE_THREAD, ROWS, SIDE = 1 << 18, 8, 64
# Below this a call of BLAS costs more than the product.
TINY = 1 << 10


@jit
def multiply(A: NDArray[np.floating], B: NDArray[np.floating], C: NDArray[np.floating]) -> None:
    """C = A B in place; A (n, k), B (k, m), C (n, m)."""
    n, k = A.shape
    m = B.shape[1]
    rows = ONE_THREAD // (k * m)
    if n * k * m <= TINY:
        for i in range(n):
            for j in range(m):
                C[i, j] = 0.0
            for a in range(k):
                for j in range(m):
                    C[i, j] += A[i, a] * B[a, j]
    elif rows >= ROWS:
        for low in range(0, n, rows):
            np.dot(A[low : low + rows], B, C[low : low + rows])
    else:
        multiply_cubes(A, B, C)


@jit
def multiply_cubes(A: NDArray[np.floating], B: NDArray[np.floating], C: NDArray[np.floating]) -> None:
    """`multiply` of cubes, each copied to where it is contiguous; partial sums are added in the order of k."""
    n, k = A.shape
    m = B.shape[1]
    C[:] = 0.0
    for j in range(0, m, SIDE):
        for a in range(0, k, SIDE):
            right = B[a : a + SIDE, j : j + SIDE].copy()
            for i in range(0, n, SIDE):
                part = np.dot(A[i : i + SIDE, a : a + SIDE].copy(), right)
                for p in range(part.shape[0]):
                    for q in range(part.shape[1]):
                        C[i + p, j + q] += part[p, q]


@jit
def log_slope(margin: float, loss: int) -> float:
    """ln(-l'(t)): -t for l = e^-t, -ln(1 + e^t) for l = ln(1 + e^-t), exact to rounding for every finite t."""
    if loss == EXPONENTIAL:
        return -margin
    return -(max(margin, 0.0) + math.log1p(math.exp(-abs(margin))))


@jit
def shares(F: NDArray[np.float64], y: NDArray[np.int64], loss: int, normalised: bool, c: NDArray[np.float64]) -> None:
    """c (N,) in place: the softmax p of ln(-l'(y_n F_n)) if ``normalised``, else -l'(y_n F_n)/N."""
    top = -math.inf
    for n in range(y.size):
        c[n] = log_slope(y[n] * F[n], loss)
        top = max(top, c[n])
    total = 0.0
    for n in range(y.size):
        c[n] = math.exp(c[n] - top if normalised else c[n])
        total += c[n]
    for n in range(y.size):
        c[n] /= total if normalised else y.size


@jit
def outputs(Z: NDArray[np.floating], gamma: float, F: NDArray[np.float64]) -> bool:
    """F (N,) = f(x_n) in place from Z (N, m), Z_nj = <w_j, x_n>; whether all of them are finite."""
    N, m = Z.shape
    finite = True
    for n in range(N):
        plus, minus = 0.0, 0.0
        for j in range(m // 2):
            s, t = Z[n, j], Z[n, m // 2 + j]
            plus += s if s > 0.0 else gamma * s
            minus += t if t > 0.0 else gamma * t
        F[n] = (plus - minus) / math.sqrt(m)
        finite = finite and math.isfinite(F[n])
    return finite


@jit
def slopes(Z: NDArray[np.floating], gamma: float, c: NDArray[np.float64], D: NDArray[np.floating]) -> None:
    """D (N, m) = c_n a_j phi'(Z_nj) in place, with phi'(0) = gamma; D may be Z."""
    N, m = Z.shape
    for n in range(N):
        steep = D.dtype.type(c[n] / math.sqrt(m))
        flat = D.dtype.type(gamma * c[n] / math.sqrt(m))
        for j in range(m // 2):
            D[n, j] = steep if Z[n, j] > 0.0 else flat
        for j in range(m // 2, m):
            D[n, j] = -steep if Z[n, j] > 0.0 else -flat


@jit
def pull(Z: NDArray[np.floating], y: NDArray[np.int64], gamma: float, loss: int, normalised: bool,
         F: NDArray[np.float64], c: NDArray[np.float64], D: NDArray[np.floating]) -> bool:
    """D (N, m) = c_n y_n a_j phi'(Z_nj), c from `shares`: X^T D is minus the gradient in W. False: F is not finite."""
    if not outputs(Z, gamma, F):
        return False
    shares(F, y, loss, normalised, c)
    for n in range(y.size):
        c[n] *= y[n]
    slopes(Z, gamma, c, D)
    return True


@jit
def advance(D: NDArray[np.floating], eta: float, momentum: float, V: NDArray[np.floating],
            W: NDArray[np.floating]) -> None:
    """Heavy ball in place: V = momentum V + D, W += eta V; D, V, W of one shape."""
    rate, mu = W.dtype.type(eta), W.dtype.type(momentum)
    for i in range(W.shape[0]):
        for j in range(W.shape[1]):
            V[i, j] = mu * V[i, j] + D[i, j]
            W[i, j] += rate * V[i, j]


@jit
def train_full(X: NDArray[np.floating], XT: NDArray[np.floating], y: NDArray[np.int64], W: NDArray[np.floating],
               gamma: float, loss: int, normalised: bool, eta: float, momentum: float, T: int) -> tuple[int, int]:
    """T steps on W (d, m) in place; return status and the last step (of NON_FINITE: the first bad one).

    X (N, d) and its transposed copy XT (d, N), y (N,).
    """
    N, m = X.shape[0], W.shape[1]
    F, c = np.empty(N), np.empty(N)
    Z, D = np.empty((N, m), W.dtype), np.empty((N, m), W.dtype)
    G, V = np.empty_like(W), np.zeros_like(W)
    for t in range(T + 1):
        multiply(X, W, Z)
        if not pull(Z, y, gamma, loss, normalised, F, c, D):
            return NON_FINITE, t
        if t < T:
            multiply(XT, D, G)
            advance(G, eta, momentum, V, W)
    return OK, T


@jit
def train_span(K: NDArray[np.floating], y: NDArray[np.int64], Z: NDArray[np.floating], S: NDArray[np.floating],
               gamma: float, loss: int, normalised: bool, eta: float, momentum: float, T: int) -> tuple[int, int]:
    """`train_full` in the span of the points: Z (N, m) = X W and S (N, m), W = W0 + X^T S, in place; K (N, N) = X X^T.

    A velocity X^T V moves S by eta V and Z by eta K V.
    """
    N, m = Z.shape
    F, c = np.empty(N), np.empty(N)
    D, V, rate = np.empty_like(Z), np.zeros_like(Z), Z.dtype.type(eta)
    for t in range(T + 1):
        if not pull(Z, y, gamma, loss, normalised, F, c, D):
            return NON_FINITE, t
        if t < T:
            advance(D, eta, momentum, V, S)
            multiply(K, V, D)
            for n in range(N):
                for j in range(m):
                    Z[n, j] += rate * D[n, j]
    return OK, T
