"""Level 0: the paper's scalar recursions with every Theta replaced by its constant."""

import math

import numpy as np
from numpy.typing import NDArray

from ..status import Status
from .activation import ds, ds_polynomial, s
from .ascent import Ascent
from .jit import jit
from .passage import Constants, Passage, Record, activation_of, finished, note

OK, NON_FINITE = int(Status.OK), int(Status.NON_FINITE)


@jit
def attacked(C: NDArray[np.float64], strength: float, c: Constants, ascent: Ascent, polynomial: bool) -> float:
    """What an ascent leaves of ``strength``: strength - clip_eps(eta~ sum_s s'(strength C_s) C_s), C (m,) of one class.

    That is strength (1 - c_p) of Lemma 5.2, as long as the class's filters have no component off this feature.
    """
    if ascent.epsilon == 0.0 or ascent.eta_tilde == 0.0:
        return strength
    total = 0.0
    for x in C:
        total += x * (ds_polynomial(strength * x, c.q, c.rho) if polynomial else ds(strength * x, activation_of(c)))
    moved = ascent.eta_tilde * total
    if moved > ascent.epsilon:
        moved = ascent.epsilon
    if moved < -ascent.epsilon:
        moved = -ascent.epsilon
    return strength - moved


@jit
def train(A: NDArray[np.float64], B: NDArray[np.float64], c: Constants, ascent: Ascent, T: int, polynomial: bool,
          coupled: bool, stride: int, record: Record, stop: int, passage: Passage) -> tuple[int, int]:
    """Run up to T steps on A, B (k, m) in place; return status and the last step (of NON_FINITE: the first bad one).

    A += (eta/k) (1 - logit_i) n_R a s'(a A), B += (eta/k) (1 - logit_i) n_N b s'(b B), a and b what the ascent leaves
    of alpha and beta (`attacked`), where 1 - logit_i = (k-1)/(k-1+e^(F_i)) if ``coupled``, else 1 - 1/k;
    F_i = n_R sum_r s(a A) + n_N sum_r s(b B), as training sees it. ``polynomial``: s' is its polynomial part
    (z_+/rho)^(q-1) without the clamp at rho, and A and B do not move while a, b <= 0; F keeps the network's s.
    """
    k, m = A.shape
    shape = activation_of(c)
    rate, a, b = np.empty(k), np.empty(k), np.empty(k)
    for t in range(T + 1):
        for i in range(k):
            a[i], b[i] = attacked(A[i], c.alpha, c, ascent, polynomial), attacked(B[i], c.beta, c, ascent, polynomial)
            robust, non_robust, best = 0.0, 0.0, B[i, 0]
            for r in range(m):
                robust += s(a[i] * A[i, r], shape)
                non_robust += s(b[i] * B[i, r], shape)
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
                z, w = a[i] * A[i, r], b[i] * B[i, r]
                if polynomial:
                    # (.)_+ of Lemma 5.2: with a < 0 a negative A would turn into a positive pre-activation.
                    if a[i] > 0.0:
                        A[i, r] += rate[i] * c.n_R * a[i] * ds_polynomial(z, c.q, c.rho)
                    if b[i] > 0.0:
                        B[i, r] += rate[i] * c.n_N * b[i] * ds_polynomial(w, c.q, c.rho)
                else:
                    A[i, r] += rate[i] * c.n_R * a[i] * ds(z, shape)
                    B[i, r] += rate[i] * c.n_N * b[i] * ds(w, shape)
                if not (math.isfinite(A[i, r]) and math.isfinite(B[i, r])):
                    finite = False
        if not finite:
            return NON_FINITE, t + 1
    return OK, T
