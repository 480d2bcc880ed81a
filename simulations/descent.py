"""The steps of gradient descent on a network, by the kernel, and on the threads, that pay for its size."""

import numpy as np
from numpy.typing import NDArray

from .kernels import blocked, descent
from .kernels import network as kernel
from .kernels.activation import Activation
from .kernels.ascent import Ascent
from .kernels.blocked import Desk, Rows
from .kernels.network import Room, Samples
from .kernels.passage import Constants, Passage, Record
from .layout import from_lanes, host_tiles, room, samples
from .threads import Each, team, workers
from .trajectory import Floats, Integers, Notes

NO_RECORD = Record(np.empty((0, 0, 0)), np.empty((0, 0, 0)), np.empty((0, 0)), np.empty((0, 0, 0, 0)),
                   np.empty((0, 0, 0)))
NO_PASSAGE = Passage(np.empty(0), np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0))
NOTHING = np.empty(0), np.empty(0, np.int64)  # no level of A is to be reached
SMALL = 4_000_000  # multiplications of a product; with less to do, threads cost more than they save


def descend(s: Samples | Rows, W: Floats, c: Constants, climb: Ascent, T: int, size: int, space: Room | Desk,
            psi: Floats, members: Floats, wanted: Notes, single: bool = False) -> tuple[int, int]:
    """`descent.train`, unless ``single`` with the chunks of a step on all threads where that pays, or by BLAS."""
    record, stop, passage, k = wanted.record, wanted.stop, wanted.passage, members.size
    single = single or workers() == 1 or s.X.size * W.shape[0] < SMALL
    if single and isinstance(s, Samples) and isinstance(space, Room):
        return alone(s, W, c, climb, T, size, space, psi, members, wanted.stride, record, stop, passage)
    with team() as each:
        for t in range(T + 1):
            gradient(s, W, k, c, climb, size, space, psi[:0], each)
            status = descent.look(t, T, W, space.parts[0], members, wanted.stride, record, stop, passage)
            if status != descent.ON:
                return status, t
            if psi.size:
                gradient(s, W, k, c, climb, size, space, psi, each)
            if not descent.move(W, space.G[0], c.eta / s.y.size):
                return descent.NON_FINITE, t + 1
    return descent.OK, T


def alone(s: Samples, W: Floats, c: Constants, climb: Ascent, T: int, size: int, space: Room, psi: Floats,
          members: Floats, stride: int, record: Record, stop: int, passage: Passage,
          reached: tuple[Floats, Integers] | None = None) -> tuple[int, int]:
    """`descent.train` on this thread; ``reached``: levels of max_r A_{i,r} and the steps that pass them."""
    tiles, reached = host_tiles(), reached or NOTHING
    return descent.train(-1, 0, s, W, c, climb, T, size, space, psi, members, stride, record, stop, passage, *reached,
                         tiles.rows, tiles.columns)


def gradient(s: Samples | Rows, W: Floats, k: int, c: Constants, climb: Ascent, size: int, space: Room | Desk,
             psi: Floats, each: Each) -> None:
    """space.G[0] = -N times the gradient of the risk at W (k m, d), space.parts[0]; psi, or empty, gains: `network`."""
    if isinstance(s, Rows):
        assert isinstance(space, Desk)
        blocked.gradient(s, W, k, Activation(c.kind, c.q, c.rho), climb, size, space, psi, c.eta / s.y.size)
        return
    assert isinstance(space, Room)
    kernel.lay(W, k, space, host_tiles().rows)
    each(lambda part, who: chunk(part, who, s, W, k, c, climb, size, space, psi), space.G.shape[0])
    kernel.total(space)


def chunk(part: int, who: int, s: Samples, W: Floats, k: int, c: Constants, climb: Ascent, size: int, space: Room,
          psi: Floats) -> None:
    """`network.chunk` at the weights that `lay` has written into ``space``."""
    tiles = host_tiles()
    descent.train(part, who, s, W, c, climb, 0, size, space, psi, np.empty(k), 0, NO_RECORD, 0, NO_PASSAGE, *NOTHING,
                  tiles.rows, tiles.columns)


def examples(X: Floats, y: NDArray[np.int64], count: Floats, W: Floats, k: int, c: Constants, climb: Ascent) -> Floats:
    """The adversarial examples of X (N, P, d), labels y, at W (k m, d); patch p stands for count[p] equal ones."""
    (N, P, d), K = X.shape, W.shape[0]
    if climb.epsilon == 0 or climb.eta_tilde == 0:
        return X.copy()
    s = samples(X, y, np.ones((N, P), dtype=np.bool_), "float64", count)
    size, space = room(s, k, K // k, d, True, threads=1)
    space, wide, out = space._replace(G=space.G[:1], parts=space.parts[:1]), s.multiplicity.shape[0], np.empty_like(X)
    kernel.lay(W, k, space, host_tiles().rows)
    for low in range(0, N, size):  # a step on one block leaves its examples behind
        own, groups = slice(low, low + size), slice(low * wide, (low + size) * wide)
        block = s._replace(X=s.X[groups], y=s.y[own], order=s.order[own], robust=s.robust[groups])
        chunk(0, 0, block, W, k, c, climb, size, space, np.empty((0, P, K)))
        out[block.order] = from_lanes(space.moved[0, : block.X.shape[0]], P, d)
    return out
