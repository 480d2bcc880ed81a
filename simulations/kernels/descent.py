"""Level 2: full-batch gradient descent of the network on N points, whichever kernel finds the gradient."""

import math

import numpy as np
from numpy.typing import NDArray

from ..status import Status
from .ascent import Ascent
from .jit import copy, internal, jit
from .network import Room, Samples, chunk, lay, total
from .passage import Constants, Passage, Record, activation_of, finished, note
from .product import Places

OK, NON_FINITE = int(Status.OK), int(Status.NON_FINITE)
ON = -1  # no status yet: the run goes on


@internal
def keep(t: int, W: NDArray[np.float64], F: NDArray[np.float64], record: Record) -> None:
    """Write the correlations of W (k m, d) and the outputs F (k,) into record number t."""
    k, m = record.A.shape[1], record.A.shape[2]
    for i in range(k):
        record.F[t, i] = F[i]
        for r in range(m):
            record.A[t, i, r] = W[i * m + r, i]
            record.B[t, i, r] = W[i * m + r, k + i]
            if record.C.shape[0] > 0:
                for f in range(2 * k):
                    record.C[t, i, r, f] = W[i * m + r, f]
    if record.weights.shape[0] > 0:
        copy(W, record.weights[t])


@jit
def look(t: int, T: int, W: NDArray[np.float64], parts: NDArray[np.float64], members: NDArray[np.float64], stride: int,
         record: Record, stop: int, passage: Passage) -> int:
    """Note and record what W (k m, d) is at step t; the status if the run ends here, else ON.

    Passages and records use the mean of F_i over the members[i] samples of class i as training sees them, attacked if
    there is an ascent (NaN for a class without samples, which then never passes); parts (2, k) are their sums.
    """
    k = members.size
    m = W.shape[0] // k
    F = np.empty(k)
    for i in range(k):
        share = 1.0 / members[i] if members[i] > 0 else math.nan
        robust, other = parts[0, i] * share, parts[1, i] * share
        best = float(W[i * m, k + i])
        for r in range(m):
            best = max(best, float(W[i * m + r, k + i]))
        F[i] = robust + other
        if members[i] > 0 and not math.isfinite(F[i]):
            return NON_FINITE
        note(t, i, best, robust, other, passage)
    if stride > 0 and t % stride == 0:
        keep(t // stride, W, F, record)
    return OK if t == T or finished(stop, passage) else ON


@jit
def move(W: NDArray[np.float64], G: NDArray[np.float64], rate: float) -> bool:
    """W += rate G in place; whether all of it is finite."""
    finite = True
    for f in range(W.shape[0]):
        for x in range(W.shape[1]):
            W[f, x] += rate * G[f, x]
            if not math.isfinite(W[f, x]):
                finite = False
    return finite


@internal
def reach(t: int, W: NDArray[np.float64], level: NDArray[np.float64], step: NDArray[np.int64]) -> None:
    """step[i] = t at the first t with max_r A_{i,r} >= level[i]; level, step (k,), or empty; W (k m, d)."""
    k = level.size
    m = W.shape[0] // max(k, 1)
    for i in range(k):
        if step[i] < 0:
            for r in range(m):
                if W[i * m + r, i] >= level[i]:
                    step[i] = t


@jit
def train(part: int, who: int, s: Samples, W: NDArray[np.float64], c: Constants, ascent: Ascent, T: int, size: int,
          room: Room, psi: NDArray[np.float64], members: NDArray[np.float64], stride: int, record: Record, stop: int,
          passage: Passage, level: NDArray[np.float64], step: NDArray[np.int64], rows: Places,
          columns: Places) -> tuple[int, int]:
    """Up to T steps W += (eta/N) room.G[0] on tiles; return status and the last step (of NON_FINITE: the first bad).

    On one thread, for problems whose steps take less than waking others; ``level``, ``step``: see `reach`. Or, of a
    step whose `lay` is done, chunk ``part`` >= 0 alone by thread ``who``: one kernel for both, because the products
    would be compiled for each.
    """
    k, N, d, a = members.size, s.y.size, W.shape[1], activation_of(c)
    none, alone = psi[:0], part >= 0
    first, last = (part, part + 1) if alone else (part - part, room.G.shape[0])  # not 0, which has a type of its own
    for t in range(T + 1):
        if not alone:
            lay(W, k, room, rows)
        for second in range(2 if psi.shape[0] > 0 and not alone else 1):
            # At the last step only the outputs are wanted, so psi must not gain before it is known not to be the last.
            gaining = psi if second == 1 or alone else none
            for number in range(first, last):
                chunk(number, who, s, k, d, a, ascent, size, room, gaining, c.eta / N, rows, columns)
            if alone:
                return OK, t
            total(room)
            if second == 0:
                reach(t, W, level, step)
                status = look(t, T, W, room.parts[0], members, stride, record, stop, passage)
                if status != ON:
                    return status, t
        if not move(W, room.G[0], c.eta / N):
            return NON_FINITE, t + 1
    return OK, T
