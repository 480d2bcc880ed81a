"""Level 1: gradient descent on the noiseless population risk, exactly, in the 2k feature coordinates.

Class j has the patch alpha u_j with multiplicity n_R and beta v_j with multiplicity n_N. The gradient has no component
outside the features, so the other coordinates of the weights never move and are not passed in.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ..status import Status
from .activation import Activation, activate, s
from .jit import internal, jit
from .passage import Constants, Passage, Record, activation_of, finished, note
from .softmax import residual

OK, NON_FINITE = int(Status.OK), int(Status.NON_FINITE)


@internal
def keep(t: int, U: NDArray[np.float64], V: NDArray[np.float64], F: NDArray[np.float64], record: Record) -> None:
    """Write the diagonal of U, V and F into record number t, and all of them into record.C if it has room."""
    k, m = U.shape[0], U.shape[2]
    for i in range(k):
        record.F[t, i] = F[i, i]
        for r in range(m):
            record.A[t, i, r] = U[i, i, r]
            record.B[t, i, r] = V[i, i, r]
            if record.C.shape[0] > 0:
                for j in range(k):
                    record.C[t, i, r, j] = U[j, i, r]
                    record.C[t, i, r, k + j] = V[j, i, r]


@jit
def train(U: NDArray[np.float64], V: NDArray[np.float64], c: Constants, T: int,
          stride: int, record: Record, stop: int, passage: Passage) -> tuple[int, int]:
    """Run up to T steps on U, V (k, k, m) in place; return status and the last step (of NON_FINITE: the first bad one).

    U[j, i, r] = <w_{i,r}, u_j>, V[j, i, r] = <w_{i,r}, v_j>; with p_i = logit_i on class j,
    U[j, i, r] += (eta/k) (1[i=j] - p_i) n_R alpha s'(alpha U[j, i, r]), V[j, i, r] likewise with n_N and beta.
    """
    k, _, m = U.shape
    s = activation_of(c)
    flat_U, flat_V = U.reshape(k, k * m), V.reshape(k, k * m)
    slope_U, slope_V = np.empty_like(flat_U), np.empty_like(flat_V)
    value_U, value_V = np.empty(k * m), np.empty(k * m)
    F = np.empty((k, k))  # F[j, i]: output i on class j
    gap = np.empty(k)
    for t in range(T + 1):
        for j in range(k):
            own_robust, own_non_robust, best = 0.0, 0.0, V[j, j, 0]
            activate(flat_U[j], c.alpha, s, value_U, slope_U[j])
            activate(flat_V[j], c.beta, s, value_V, slope_V[j])
            for i in range(k):
                robust, non_robust = 0.0, 0.0
                for f in range(i * m, (i + 1) * m):
                    robust += value_U[f]
                    non_robust += value_V[f]
                robust *= c.n_R
                non_robust *= c.n_N
                F[j, i] = robust + non_robust
                if not math.isfinite(F[j, i]):
                    return NON_FINITE, t
                if i == j:
                    own_robust, own_non_robust = robust, non_robust
            for r in range(m):
                best = max(best, V[j, j, r])
            note(t, j, best, own_robust, own_non_robust, passage)
        if stride > 0 and t % stride == 0:
            keep(t // stride, U, V, F, record)
        if t == T or finished(stop, passage):
            return OK, t
        finite = True
        for j in range(k):
            residual(F[j], j, gap)
            for i in range(k):
                # In the order of the network's kernel, so that both give the same bits.
                for f in range(i * m, (i + 1) * m):
                    flat_U[j, f] += c.eta / k * (c.alpha * (slope_U[j, f] * (c.n_R * gap[i])))
                    flat_V[j, f] += c.eta / k * (c.beta * (slope_V[j, f] * (c.n_N * gap[i])))
                    if not (math.isfinite(flat_U[j, f]) and math.isfinite(flat_V[j, f])):
                        finite = False
        if not finite:
            return NON_FINITE, t + 1
    return OK, T


@jit
def outputs(C: NDArray[np.float64], scale: float, count: float, a: Activation) -> NDArray[np.float64]:
    """count sum_r s(scale C[j, i, r]) as (k, k) for C (k, k, m): the part of output i due to the patches scale f_j."""
    k, _, m = C.shape
    F = np.empty((k, k))
    for j in range(k):
        for i in range(k):
            total = 0.0
            for r in range(m):
                total += s(scale * C[j, i, r], a)
            F[j, i] = count * total
    return F
