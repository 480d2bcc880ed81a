"""The steps of gradient descent on a network, by the kernel, and on the threads, that pay for its size."""

from .kernels import blocked, descent
from .kernels import network as kernel
from .kernels.activation import Activation
from .kernels.ascent import Ascent
from .kernels.blocked import Desk, Rows
from .kernels.network import Room, Samples
from .kernels.passage import Constants
from .layout import host_tiles
from .threads import Each, team
from .trajectory import Floats, Notes

SMALL = 4_000_000  # multiplications of a product; with less to do, threads cost more than they save


def descend(s: Samples | Rows, W: Floats, c: Constants, climb: Ascent, T: int, size: int, space: Room | Desk,
            psi: Floats, members: Floats, wanted: Notes) -> tuple[int, int]:
    """`descent.train`, with the chunks of a step on all threads where that pays, or by BLAS."""
    record, stop, passage, k, none = wanted.record, wanted.stop, wanted.passage, members.size, psi[:0]
    if isinstance(s, Samples) and isinstance(space, Room) and s.X.size * W.shape[0] < SMALL:
        tiles = host_tiles()
        return descent.train(s, W, c, climb, T, size, space, psi, members, wanted.stride, record, stop, passage,
                             tiles.rows, tiles.columns)
    with team() as each:
        for t in range(T + 1):
            gradient(s, W, k, c, climb, size, space, none, 0.0, each)
            status = descent.look(t, T, W, space.parts[0], members, wanted.stride, record, stop, passage)
            if status != descent.ON:
                return status, t
            if psi.size:
                gradient(s, W, k, c, climb, size, space, psi, c.eta / s.y.size, each)
            if not descent.move(W, space.G[0], c.eta / s.y.size):
                return descent.NON_FINITE, t + 1
    return descent.OK, T


def gradient(s: Samples | Rows, W: Floats, k: int, c: Constants, climb: Ascent, size: int, space: Room | Desk,
             psi: Floats, psi_rate: float, each: Each) -> None:
    """space.G[0] = -N times the gradient of the risk at W (k m, d), space.parts[0] and psi: see `kernels.network`."""
    a, tiles = Activation(c.kind, c.q, c.rho), host_tiles()
    if isinstance(s, Rows):
        assert isinstance(space, Desk)
        blocked.gradient(s, W, k, a, climb, size, space, psi, psi_rate)
        return
    assert isinstance(space, Room)
    kernel.lay(W, k, space, tiles.rows)
    each(lambda part, who: kernel.chunk(part, who, s, k, W.shape[1], a, climb, size, space, psi, psi_rate, tiles.rows,
                                   tiles.columns), space.G.shape[0])
    kernel.total(space)
