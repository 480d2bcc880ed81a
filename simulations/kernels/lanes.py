"""Runs of the scalar recursions in the lanes of vectors: how they lie there, and what is written down about each.

The classes of a run meet only in its end, so a lane is one class of one run: class i of a block's run n is lane
L = n k + i, that is lane L % lanes of vector L // lanes. No sum goes across lanes: a run has the same bits in any lane.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..status import Status
from .jit import internal
from .passage import Passage, Record, finished

OK, NON_FINITE = int(Status.OK), int(Status.NON_FINITE)
(ALPHA, BETA, EPSILON, ETA_TILDE, ETA, OUTPUT_LEVEL, LEVEL, WEIGHT, OTHER_WEIGHT, ROBUST, NON_ROBUST, OUTPUT, BEST,
 HELD) = range(14)


class Runs(NamedTuple):
    """R runs: A, B (R, k, m), changed in place; given (R, 5): alpha, beta, epsilon, eta~, eta; status, steps (R,).

    status is 0 at first. Of NON_FINITE steps is the first bad step, A and B are NaN.
    """

    A: NDArray[np.float64]
    B: NDArray[np.float64]
    given: NDArray[np.float64]
    status: NDArray[np.int64]
    steps: NDArray[np.int64]


class Block(NamedTuple):
    """Some runs in V vectors, arrays (rows, columns, lanes).

    C, slope (2 V, m): of A in the even rows, of B in the odd ones. held (V, HELD): a run's own numbers, the output and
    the level to pass, infinite once that has happened, strengths in the two rows from WEIGHT on, which become what the
    slopes are multiplied with, robust and non-robust part, F, and max_r B.
    """

    C: NDArray[np.float64]
    slope: NDArray[np.float64]
    held: NDArray[np.float64]


@internal
def empty(rows: int, columns: int, like: NDArray[np.float64]) -> NDArray[np.float64]:
    """Zeros (rows, columns, lanes) of the numbers of ``like`` from a multiple of 64 bytes on."""
    lanes = 64 // like.itemsize
    size = rows * columns * lanes
    raw = np.zeros(size + lanes, like.dtype)
    start = (-raw.ctypes.data % 64) // like.itemsize
    return raw[start : start + size].reshape((rows, columns, lanes))


@internal
def block_of(runs: Runs, first: int, last: int, passage: Passage, like: NDArray[np.float64]) -> Block:
    """The runs first..last-1 in lanes; zeros, which never move nor pass anything, in the lanes that are left over."""
    _, k, m = runs.A.shape
    lanes = 64 // like.itemsize
    V = ((last - first) * k + lanes - 1) // lanes
    block = Block(empty(2 * V, m, like), empty(2 * V, m, like), empty(V, HELD, like))
    for v in range(V):
        for lane in range(lanes):
            block.held[v, OUTPUT_LEVEL, lane] = block.held[v, LEVEL, lane] = np.inf
    for run in range(first, last):
        runs.steps[run] = -1
        for i in range(k):
            v, lane = divmod((run - first) * k + i, lanes)
            block.held[v, OUTPUT_LEVEL, lane] = passage.output_level[run, i]
            block.held[v, LEVEL, lane] = passage.level[run, i]
            for each in range(ETA + 1):
                block.held[v, each, lane] = runs.given[run, each]
            block.held[v, WEIGHT, lane] = runs.given[run, ALPHA]
            block.held[v, OTHER_WEIGHT, lane] = runs.given[run, BETA]
            for r in range(m):
                block.C[2 * v, r, lane] = runs.A[run, i, r]
                block.C[2 * v + 1, r, lane] = runs.B[run, i, r]
    return block


@internal
def retire(block: Block, runs: Runs, first: int, run: int, t: int) -> None:
    """End a run, its status known, at t: write down A and B, NaN if it failed, and leave lanes that never move."""
    _, k, m = runs.A.shape
    fine = runs.status[run] == OK
    runs.steps[run] = t
    for i in range(k):
        v, lane = divmod((run - first) * k + i, block.C.shape[2])
        for r in range(m):
            runs.A[run, i, r] = block.C[2 * v, r, lane] if fine else np.nan
            runs.B[run, i, r] = block.C[2 * v + 1, r, lane] if fine else np.nan
            block.C[2 * v, r, lane] = block.C[2 * v + 1, r, lane] = 0.0
            block.slope[2 * v, r, lane] = block.slope[2 * v + 1, r, lane] = 0.0
        for each in range(HELD):
            block.held[v, each, lane] = 0.0
        block.held[v, OUTPUT_LEVEL, lane] = block.held[v, LEVEL, lane] = np.inf


@internal
def note(block: Block, runs: Runs, first: int, last: int, t: int, passage: Passage) -> None:
    """End the runs that have an infinite output or NaN, and write down what the others pass at step t."""
    k = runs.A.shape[1]
    for run in range(first, last):
        if runs.steps[run] >= 0:
            continue
        fine = True
        for i in range(k):
            v, lane = divmod((run - first) * k + i, block.C.shape[2])
            fine = fine and math.isfinite(block.held[v, OUTPUT, lane])
        if not fine:
            runs.status[run] = NON_FINITE
            retire(block, runs, first, run, t)
            continue
        for i in range(k):
            v, lane = divmod((run - first) * k + i, block.C.shape[2])
            if block.held[v, BEST, lane] >= block.held[v, LEVEL, lane]:
                block.held[v, LEVEL, lane] = np.inf
                passage.level_step[run, i] = t
            if block.held[v, OUTPUT, lane] >= block.held[v, OUTPUT_LEVEL, lane]:
                block.held[v, OUTPUT_LEVEL, lane] = np.inf
                passage.output_step[run, i] = t
                passage.robust_part[run, i] = block.held[v, ROBUST, lane]
                passage.non_robust_part[run, i] = block.held[v, NON_ROBUST, lane]


@internal
def keep(block: Block, runs: Runs, first: int, last: int, at: int, record: Record) -> None:
    """Record number ``at`` of the runs that go on."""
    _, k, m = runs.A.shape
    for run in range(first, last):
        if runs.steps[run] >= 0:
            continue
        for i in range(k):
            v, lane = divmod((run - first) * k + i, block.C.shape[2])
            record.F[run, at, i] = block.held[v, OUTPUT, lane]
            for r in range(m):
                record.A[run, at, i, r] = block.C[2 * v, r, lane]
                record.B[run, at, i, r] = block.C[2 * v + 1, r, lane]


@internal
def leave(block: Block, runs: Runs, first: int, last: int, t: int, always: bool, stop: int, passage: Passage) -> bool:
    """End the runs in which every class has passed what ``stop`` asks for, or all; whether any goes on."""
    goes_on = False
    for run in range(first, last):
        if runs.steps[run] >= 0:
            continue
        own = Passage(passage.level[run], passage.output_level[run], passage.level_step[run], passage.output_step[run],
                      passage.robust_part[run], passage.non_robust_part[run])
        if always or finished(stop, own):
            retire(block, runs, first, run, t)
        else:
            goes_on = True
    return goes_on


@internal
def fail(block: Block, runs: Runs, first: int, last: int, t: int) -> bool:
    """End the runs of which some A or B is infinite or NaN at step t; whether any goes on."""
    _, k, m = runs.A.shape
    goes_on = False
    for run in range(first, last):
        fine = True
        for i in range(k):
            v, lane = divmod((run - first) * k + i, block.C.shape[2])
            for r in range(m):
                fine = fine and math.isfinite(block.C[2 * v, r, lane]) and math.isfinite(block.C[2 * v + 1, r, lane])
        if runs.steps[run] < 0:
            if fine:
                goes_on = True
            else:
                runs.status[run] = NON_FINITE
                retire(block, runs, first, run, t)
    return goes_on
