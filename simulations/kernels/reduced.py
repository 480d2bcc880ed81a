"""Level 0: the paper's scalar recursions with every Theta replaced by its constant, many runs side by side in lanes."""

import numba
import numpy as np
from numpy.typing import NDArray

from .activation import SMOOTHED_RELU, bent, ds_polynomial, s_ds
from .elementary import exp
from .jit import inlined, internal, jit, jit_parallel
from .lanes import (
    ALPHA,
    BEST,
    BETA,
    EPSILON,
    ETA,
    ETA_TILDE,
    LEVEL,
    NON_ROBUST,
    OUTPUT,
    OUTPUT_LEVEL,
    ROBUST,
    WEIGHT,
    Runs,
    block_of,
    fail,
    keep,
    leave,
    note,
)
from .passage import Constants, Passage, Record, activation_of
from .tile import zero
from .vector import Real, apart, fma, lane_sum, load, select, store


@internal
def activate(C: NDArray[np.float64], slope: NDArray[np.float64], held: NDArray[np.float64], c: Constants,
             polynomial: bool) -> None:
    """slope[w, r] = s'(z_r) and held[v, ROBUST or NON_ROBUST] = n sum_r s(z_r), z = strength C[w], w = 2 v or 2 v + 1.

    The strengths stand in the two rows from held[v, WEIGHT] on. ``polynomial``: (.)_+ of Lemma 5.2, slope 0 where the
    strength is not positive: there a negative C would turn into a positive z.
    """
    apart()
    a = activation_of(c)
    for v in range(held.shape[0]):
        if a.kind == SMOOTHED_RELU and a.q == 3 and not polynomial:  # the paper's, without branches in its loop
            near, far = load(held, v, WEIGHT) * (1.0 / a.rho), load(held, v, WEIGHT + 1) * (1.0 / a.rho)
            robust, other, cubes, other_cubes = zero(C), zero(C), zero(C), zero(C)
            for r in range(C.shape[1]):  # two sums side by side, since each waits for its last addition
                u, line = bent(near * load(C, 2 * v, r))
                square = u * u
                store(slope, 2 * v, r, square)
                cubes, robust = fma(square, u, cubes), robust + line
                u, line = bent(far * load(C, 2 * v + 1, r))
                square = u * u
                store(slope, 2 * v + 1, r, square)
                other_cubes, other = fma(square, u, other_cubes), other + line
            store(held, v, ROBUST, fma(cubes, a.rho / 3, robust * a.rho) * c.n_R)
            store(held, v, NON_ROBUST, fma(other_cubes, a.rho / 3, other * a.rho) * c.n_N)
            continue
        for w in range(2):
            strength, total = load(held, v, WEIGHT + w), zero(C)
            for r in range(C.shape[1]):
                value, own = s_ds(strength * load(C, 2 * v + w, r), a)
                if polynomial:
                    own = select(strength > 0.0, ds_polynomial(strength * load(C, 2 * v + w, r), a.q, a.rho), 0.0)
                store(slope, 2 * v + w, r, own)
                total = total + value
            store(held, v, ROBUST + w, total * (c.n_R if w == 0 else c.n_N))


@internal
def attack(C: NDArray[np.float64], slope: NDArray[np.float64], held: NDArray[np.float64]) -> None:
    """Take from the strengths what an ascent does: strength - clip_eps(eta~ sum_s s'(strength C_s) C_s).

    That is strength (1 - c_p) of Lemma 5.2, as long as the class's filters have no component off this feature.
    """
    apart()
    for w in range(C.shape[0]):
        epsilon, eta_tilde = load(held, w // 2, EPSILON), load(held, w // 2, ETA_TILDE)
        total = zero(C)
        for r in range(C.shape[1]):
            total = fma(load(slope, w, r), load(C, w, r), total)
        moved = select(eta_tilde > 0.0, eta_tilde * total, 0.0)
        moved = select(moved > epsilon, epsilon, moved)
        low = epsilon * -1.0
        store(held, w // 2, WEIGHT + w % 2, load(held, w // 2, WEIGHT + w % 2) - select(moved < low, low, moved))


@inlined
def gap(F: Real, k: int, coupled: bool) -> Real:
    """1 - logit = (k - 1) / (k - 1 + e^F), without 1 - and without overflow; 1 - 1/k if not ``coupled``."""
    up = F > 0.0
    small = exp(select(up, F * -1.0, F)) if coupled else F * 0.0 + 1.0
    others = select(up, small, 1.0) * (k - 1)
    return others / (others + select(up, 1.0, small))


@internal
def weigh(C: NDArray[np.float64], held: NDArray[np.float64], k: int, c: Constants, coupled: bool, levels: bool) -> bool:
    """Outputs, and the strengths become weights; whether a lane passes something or has no finite output."""
    apart()
    seen = zero(C)  # above 0 in the lanes that are to be looked at one by one
    for v in range(held.shape[0]):
        F = load(held, v, ROBUST) + load(held, v, NON_ROBUST)
        store(held, v, OUTPUT, F)
        rate = load(held, v, ETA) * (1.0 / k) * gap(F, k, coupled)
        store(held, v, WEIGHT, rate * c.n_R * load(held, v, WEIGHT))
        store(held, v, WEIGHT + 1, rate * c.n_N * load(held, v, WEIGHT + 1))
        seen = seen + select(F - F >= 0.0, 0.0, 1.0)  # of infinity and NaN the difference is NaN
        seen = seen + select(load(held, v, OUTPUT_LEVEL) <= F, 1.0, 0.0)
        if levels:
            best = load(C, 2 * v + 1, 0)
            for r in range(1, C.shape[1]):
                best = select(load(C, 2 * v + 1, r) > best, load(C, 2 * v + 1, r), best)
            store(held, v, BEST, best)
            seen = seen + select(load(held, v, LEVEL) <= best, 1.0, 0.0)
    return bool(lane_sum(seen) > 0.0)


@internal
def descend(C: NDArray[np.float64], slope: NDArray[np.float64], held: NDArray[np.float64]) -> bool:
    """C += weight slope, and the strengths are alpha and beta again; whether all of C is finite."""
    apart()
    wrong = zero(C)
    for v in range(held.shape[0]):
        near, far, own, other = load(held, v, WEIGHT), load(held, v, WEIGHT + 1), zero(C), zero(C)
        for r in range(C.shape[1]):
            x = fma(near, load(slope, 2 * v, r), load(C, 2 * v, r))
            store(C, 2 * v, r, x)
            own = fma(x, 0.0, own)  # NaN from the first infinity or NaN on
            x = fma(far, load(slope, 2 * v + 1, r), load(C, 2 * v + 1, r))
            store(C, 2 * v + 1, r, x)
            other = fma(x, 0.0, other)
        wrong = wrong + (own + other)
        store(held, v, WEIGHT, load(held, v, ALPHA))
        store(held, v, WEIGHT + 1, load(held, v, BETA))
    return bool(lane_sum(wrong) == 0.0)


@jit
def train(runs: Runs, first: int, last: int, c: Constants, T: int, polynomial: bool, coupled: bool, moves: bool,
          levels: bool, stride: int, record: Record, stop: int, passage: Passage, like: NDArray[np.float64]) -> None:
    """Up to T steps of the runs first..last-1, in the numbers of ``like``; c without its strengths and eta.

    A += (eta/k) (1 - logit_i) n_R a s'(a A), B += (eta/k) (1 - logit_i) n_N b s'(b B), a and b what the ascent leaves
    of alpha and beta (`attack`; all of them unless ``moves``), where 1 - logit_i = (k-1)/(k-1+e^(F_i)), or 1 - 1/k
    if not ``coupled``; F_i = n_R sum_r s(a A) + n_N sum_r s(b B), as training sees it. ``polynomial``: s' is its
    polynomial part (z_+/rho)^(q-1) without the clamp at rho, and A and B do not move while a, b <= 0; F keeps the
    network's s. ``levels``: some level is finite.
    """
    k = runs.A.shape[1]
    block = block_of(runs, first, last, passage, like)
    C, slope, held = block.C, block.slope, block.held
    for t in range(T + 1):
        activate(C, slope, held, c, polynomial)
        if moves:
            attack(C, slope, held)
            activate(C, slope, held, c, polynomial)
        seen = weigh(C, held, k, c, coupled, levels)
        if seen:
            note(block, runs, first, last, t, passage)
        if stride > 0 and t % stride == 0:
            keep(block, runs, first, last, t // stride, record)
        if (seen or t == T) and not leave(block, runs, first, last, t, t == T, stop, passage):
            return
        if not descend(C, slope, held) and not fail(block, runs, first, last, t + 1):
            return


@jit_parallel
def train_many(runs: Runs, size: int, c: Constants, T: int, polynomial: bool, coupled: bool, moves: bool,
               levels: bool, stride: int, record: Record, stop: int, passage: Passage,
               like: NDArray[np.float64]) -> None:
    """`train` for blocks of ``size`` runs, each done by one thread, so that the number of threads changes nothing."""
    R = runs.A.shape[0]
    for b in numba.prange((R + size - 1) // size):
        train(runs, b * size, min(R, (b + 1) * size), c, T, polynomial, coupled, moves, levels, stride, record, stop,
              passage, like)
