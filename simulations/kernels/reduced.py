"""Level 0: the paper's scalar recursions with every Theta replaced by its constant."""

import math

import numpy as np
from numpy.typing import NDArray

from ..status import Status
from .activation import ds, ds_polynomial, s
from .jit import jit
from .passage import Constants, Passage, Record, finished, note

OK, NON_FINITE = int(Status.OK), int(Status.NON_FINITE)


@jit
def train(A: NDArray[np.float64], B: NDArray[np.float64], c: Constants, T: int, polynomial: bool, coupled: bool,
          stride: int, record: Record, stop: int, passage: Passage) -> tuple[int, int]:
    """Run up to T steps on A, B (k, m) in place; return status and the last step (of NON_FINITE: the first bad one).

    A += (eta/k) (1 - logit_i) n_R alpha s'(alpha A), B += (eta/k) (1 - logit_i) n_N beta s'(beta B), where
    1 - logit_i = (k-1)/(k-1+e^(F_i)) if ``coupled``, else 1 - 1/k; F_i = n_R sum_r s(alpha A) + n_N sum_r s(beta B).
    ``polynomial``: s' is its polynomial part (z_+/rho)^(q-1) without the clamp at rho; F keeps the network's s.
    """
    k, m = A.shape
    rate = np.empty(k)
    for t in range(T + 1):
        for i in range(k):
            robust, non_robust, best = 0.0, 0.0, B[i, 0]
            for r in range(m):
                robust += s(c.alpha * A[i, r], c.q, c.rho)
                non_robust += s(c.beta * B[i, r], c.q, c.rho)
                best = max(best, B[i, r])
            robust *= c.n_R
            non_robust *= c.n_N
            F = robust + non_robust
            if not math.isfinite(F):
                return NON_FINITE, t
            note(t, i, best, robust, non_robust, passage)
            gap = math.exp(-F) if coupled else 1.0
            rate[i] = c.eta / k * ((k - 1) * gap / ((k - 1) * gap + 1.0))
            if stride > 0 and t % stride == 0:
                record.F[t // stride, i] = F
        if stride > 0 and t % stride == 0:
            record.A[t // stride] = A
            record.B[t // stride] = B
        if t == T or finished(stop, passage):
            return OK, t
        finite = True
        for i in range(k):
            for r in range(m):
                z, w = c.alpha * A[i, r], c.beta * B[i, r]
                if polynomial:
                    A[i, r] += rate[i] * c.n_R * c.alpha * ds_polynomial(z, c.q, c.rho)
                    B[i, r] += rate[i] * c.n_N * c.beta * ds_polynomial(w, c.q, c.rho)
                else:
                    A[i, r] += rate[i] * c.n_R * c.alpha * ds(z, c.q, c.rho)
                    B[i, r] += rate[i] * c.n_N * c.beta * ds(w, c.q, c.rho)
                if not (math.isfinite(A[i, r]) and math.isfinite(B[i, r])):
                    finite = False
        if not finite:
            return NON_FINITE, t + 1
    return OK, T
