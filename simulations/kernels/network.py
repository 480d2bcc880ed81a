"""The gradient of the network on N points of P patches in R^d, on SIMD tiles.

A block of samples that fits the second-level cache goes through ascent, forward, softmax and backward in one pass: the
data are read once a step, adversarial examples never leave the cache. Samples are sorted by class, and the ascent on
-F_y multiplies with the label's m filters alone. Samples are taken in chunks fixed by N; each has its own partial
gradient, and these are added in order, so the number of threads changes no bit.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activation import Activation
from .ascent import LABEL, Ascent
from .jit import jit, woven
from .product import Places, forward, gather, move, pack
from .sample import descend, lower_label, steer


class Samples(NamedTuple):
    """N samples sorted by class: X (N groups, >= d, lanes), padded with zeros, y (N,), and which they were, order (N,).

    Of the P patches: multiplicity (groups, 1, lanes), 0 in the padding, whole, 1 everywhere, and
    robust (N groups, 1, lanes), 1 for those in J_R.
    """

    X: NDArray[np.float64]
    y: NDArray[np.int64]
    order: NDArray[np.int64]
    multiplicity: NDArray[np.float64]
    whole: NDArray[np.float64]
    robust: NDArray[np.float64]


class Room(NamedTuple):
    """Where a step works: weights in tiles, of all filters and class by class, packed and own (k m d,).

    For each thread Z (k m, groups of a block, lanes), moved (groups of a block, >= d, lanes) or empty, t (2, STRIP,
    lanes); for each chunk G (k m, d up to a multiple of 8), parts (2, k).
    """

    packed: NDArray[np.float64]
    own: NDArray[np.float64]
    Z: NDArray[np.float64]
    moved: NDArray[np.float64]
    t: NDArray[np.float64]
    G: NDArray[np.float64]
    parts: NDArray[np.float64]


@woven
def ascend(X: NDArray[np.float64], y: NDArray[np.int64], count: NDArray[np.float64], whole: NDArray[np.float64],
           robust: NDArray[np.float64], F: NDArray[np.float64], pull: NDArray[np.float64],
           packed: NDArray[np.float64], own: NDArray[np.float64], k: int, d: int, a: Activation, ascent: Ascent,
           Z: NDArray[np.float64], t: NDArray[np.float64], rows: Places, out: NDArray[np.float64]) -> None:
    """out = the adversarial examples of a block of samples X (groups, >= d, lanes), labels y; see `Ascent`."""
    K, wide, size = Z.shape[0], count.shape[0], X.shape[0]
    m = K // k
    zero: Any = np.int64(0)  # a plain 0 has a type of its own, and everything would be compiled for it again
    for step in range(ascent.steps):
        now, again = (X, False) if step == 0 else (out, True)
        if ascent.objective != LABEL:
            forward(now, zero, size, packed, zero, K, d, Z, now, rows)
            steer(Z, y, k, a, count, whole, robust, ascent.objective, ascent.eta_tilde, F, pull)
            move(X, now, again, zero, size, Z, packed, zero, K, d, ascent.epsilon, t, rows, out)
            continue
        n = zero
        while n < y.size:
            first, label = n * wide, y[n]
            while n < y.size and y[n] == label:  # samples of one label share its filters
                n += 1
            forward(now, first, n * wide, own, label * m * d, m, d, Z, X[len(rows) :], rows)
            lower_label(Z, first, n * wide, m, a, ascent.eta_tilde)
            move(X, now, again, first, n * wide, Z, own, label * m * d, m, d, ascent.epsilon, t, rows, out)


@woven
def chunk(c: int, who: int, s: Samples, k: int, d: int, a: Activation, ascent: Ascent, size: int, room: Room,
          psi: NDArray[np.float64], psi_rate: float, rows: Places, columns: Places) -> None:
    """Chunk c by thread ``who``, ``size`` samples at a time: room.G[c] = its part of -N grad.

    And room.parts[c] = its sums of F_y's (J_R, J_NR); both at the adversarial examples, which are held fixed, and which
    room.moved[who] has of the last block. ``psi`` (N, P, k m), or empty, gains
    psi_rate count[p] (1[y_n=i] - logit_i(X~_n)) s'(<w_{i,r}, x~_{n,p}>).
    """
    wide, lanes, chunks = s.multiplicity.shape[0], s.X.shape[2], room.G.shape[0]
    first, last = c * s.y.size // chunks, (c + 1) * s.y.size // chunks
    Z, moved, G, parts = room.Z[who], room.moved[who], room.G[c], room.parts[c]
    F, gap = np.empty((size, k)), np.empty((size, k))
    zero: Any = np.int64(0)
    G[:] = 0.0
    parts[:] = 0.0
    for low in range(first, last, size):
        high = min(low + size, last)
        block, y = s.X[low * wide : high * wide], s.y[low:high]
        if moved.shape[0] > 0:
            example = moved[: block.shape[0]]
            ascend(block, y, s.multiplicity, s.whole, s.robust, F, gap, room.packed, room.own, k, d, a, ascent, Z,
                   room.t[who], rows, example)
            block = example
        forward(block, zero, block.shape[0], room.packed, zero, Z.shape[0], d, Z, s.X[high * wide :], rows)
        descend(Z, y, k, a, s.multiplicity, s.robust, low * wide, F[: y.size], gap[: y.size], parts)
        if psi.shape[0] > 0:
            for n in range(low, high):
                for p in range(psi.shape[1]):
                    for f in range(psi.shape[2]):
                        psi[s.order[n], p, f] += psi_rate * Z[f, (n - low) * wide + p // lanes, p % lanes]
        gather(block, Z, G, columns)


@jit
def lay(W: NDArray[np.float64], k: int, room: Room, rows: Places) -> None:
    """Write W (k m, d) in tiles, of all filters and class by class."""
    m = W.shape[0] // k
    zero: Any = np.int64(0)
    pack(W, zero, W.shape[0], rows, room.packed)
    for i in range(k):
        pack(W, i * m, (i + 1) * m, rows, room.own)


@jit
def total(room: Room) -> None:
    """Add the other chunks' G and parts to those of the first, in order."""
    for c in range(1, room.G.shape[0]):
        for f in range(room.G.shape[1]):
            for j in range(room.G.shape[2]):
                room.G[0, f, j] += room.G[c, f, j]
        for i in range(room.parts.shape[2]):
            room.parts[0, 0, i] += room.parts[c, 0, i]
            room.parts[0, 1, i] += room.parts[c, 1, i]
