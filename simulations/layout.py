"""How data and working space lie in memory for the tile kernels.

Samples are sorted by class; the patches of each fill whole groups of lanes. All sizes follow from the problem's shape,
but for the shape of the tiles, which changes no bit.
"""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import llvmlite.binding
import numpy as np
from numpy.typing import NDArray

from .kernels import pgd
from .kernels.blocked import Desk, Rows
from .kernels.network import Room, Samples
from .kernels.vector import BYTES
from .setting import PARTIAL_GRADIENTS
from .threads import workers
from .trajectory import Floats

Kernel = Literal["tiles", "blocks"]
Precision = Literal["float64", "float32"]
BLOCK = 512 * 1024  # bytes of data that go through all stages at once: they stay in the second-level cache
STRIP = 64  # coordinates for which sums over several tiles of filters are held
LEAST = 24  # samples of a chunk that has its own partial gradient
EDGE = 8  # coordinates are padded to multiples of this


@dataclass(frozen=True)
class Tiles:
    """Rows of the forward and columns of the backward tile, passed to the kernels for their length."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]


def host_tiles() -> Tiles:
    """The tiles that fill the registers: 32 of 64 bytes with AVX-512, else 16 of 32 bytes."""
    return Tiles((0,) * 2, (0,) * 8) if _has("avx512f") else Tiles((0,), (0,) * 2)


def host_kernel() -> Kernel:
    """Tiles where a processor multiplies and adds in one instruction, on x86 an option; else every fma is a call."""
    return "tiles" if platform.machine() in ("aarch64", "arm64") or _has("fma") else "blocks"


def _has(feature: str) -> bool:
    """Whether numba compiles for a processor with the feature."""
    given = os.environ.get("NUMBA_CPU_FEATURES")
    if given is not None:
        return f"+{feature}" in given.split(",")
    return bool(_host().get(feature))


@cache
def _host() -> Mapping[str, bool]:
    """What this processor has, asked once: that takes as long as a step."""
    return dict(llvmlite.binding.get_host_cpu_features())


def aligned(shape: tuple[int, ...], dtype: Precision) -> Floats:
    """Zeros that start at a multiple of a vector's size, so that no vector crosses two cache lines."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    raw = np.zeros(size + BYTES, np.uint8)
    start = -raw.ctypes.data % BYTES
    return raw[start : start + size].view(dtype).reshape(shape)


def samples(X: Floats, y: NDArray[np.int64], robust: NDArray[np.bool_], precision: Precision,
            count: Floats | None = None) -> Samples:
    """X (N, P, d), y (N,), robust (N, P) as the kernels take them; patch p stands for count[p] equal ones, or one."""
    order = np.argsort(y, kind="stable")
    kept = in_lanes(robust[order][:, :, None], precision)
    counts = in_lanes(np.reshape(np.ones(X.shape[1]) if count is None else count, (1, -1, 1)), precision)
    return Samples(in_lanes(X, precision, order), y[order], order, counts[:, :1].copy(), np.ones_like(counts[:, :1]),
                   kept[:, :1].copy())


def in_lanes(X: Floats | NDArray[np.bool_], precision: Precision, order: NDArray[np.int64] | None = None) -> Floats:
    """X (N, P, d), or X[order], as (N groups, padded d, lanes); zeros where there is no patch or coordinate."""
    N, P, d = X.shape
    lanes = BYTES // np.dtype(precision).itemsize
    wide = -(-P // lanes)
    packed = aligned((N * wide, padded_rows(d), lanes), precision)
    apart, few = packed.reshape(N, wide, -1, lanes), max(1, BLOCK // (P * d * X.itemsize))
    for first in range(0, N, few):  # a few samples at a time: what is reordered is a copy
        own = slice(first, first + few)
        part = X[own] if order is None else X[order[own]]
        for group in range(wide):
            patches = part[:, group * lanes : (group + 1) * lanes]
            apart[own, group, :d, : patches.shape[1]] = patches.transpose(0, 2, 1)
    return packed


def from_lanes(packed: Floats, P: int, d: int) -> Floats:
    """The inverse of `in_lanes`, (N, P, d)."""
    lanes, rows = packed.shape[2], packed.shape[1]
    wide = -(-P // lanes)
    apart = packed.reshape(-1, wide, rows, lanes).transpose(0, 1, 3, 2)
    return np.asarray(apart.reshape(-1, wide * lanes, rows)[:, :P, :d])


def padded_rows(d: int) -> int:
    """d up to a multiple of `EDGE`; one more step if groups would else be multiples of 4 KiB apart and share caches."""
    up = -(-d // EDGE) * EDGE
    return up + (EDGE if up % 64 == 0 else 0)


def room(s: Samples, k: int, m: int, d: int, moves: bool, threads: int | None = None) -> tuple[int, Room]:
    """The number of samples of a block and the working space of a step, for so many threads or all."""
    precision: Precision = "float64" if s.X.dtype == np.float64 else "float32"
    N, wide, lanes = s.y.size, s.multiplicity.shape[0], s.X.shape[2]
    chunks = max(1, min(PARTIAL_GRADIENTS, N // LEAST))
    most, share = max(BLOCK // (wide * s.X.shape[1] * BYTES), -(-16 // wide)), -(-N // chunks)
    size = -(-share // max(1, round(share / most)))  # blocks of one size, so that none is a small rest
    groups, threads = size * wide, threads or workers()
    return size, Room(np.empty(k * m * d, precision), np.empty(k * m * d, precision),
                      aligned((threads, k * m, groups | 1, lanes), precision),
                      aligned((threads, groups if moves else 0, s.X.shape[1], lanes), precision),
                      aligned((threads, 2, STRIP, lanes), precision),
                      aligned((chunks, k * m, -(-d // EDGE) * EDGE), precision), np.zeros((chunks, 2, k)))


def attack_desk(count: Floats, K: int, d: int, precision: Precision) -> pgd.Desk:
    """The working space of `pgd.attack` for samples of count.size patches in R^d and K filters."""
    counts = in_lanes(count.reshape(1, -1, 1), precision)[:, :1].copy()
    threads, (wide, _, lanes) = workers(), counts.shape
    X, box, Z, t = (aligned((threads, *shape, lanes), precision)
                    for shape in ((2, wide, d), (2, wide, d), (K, wide | 1), (2, STRIP)))
    return pgd.Desk(X, box, Z, t, counts, np.ones_like(counts))


def rows(X: Floats, y: NDArray[np.int64], robust: NDArray[np.bool_], precision: Precision) -> Rows:
    """X (N, P, d), y (N,), robust (N, P) as the BLAS kernel takes them."""
    order = np.argsort(y, kind="stable")
    flat = np.ascontiguousarray(X[order].reshape(-1, X.shape[2]), dtype=precision)
    return Rows(flat, y[order], order, np.ones(X.shape[1]), robust[order].astype(np.float64))


def desk(s: Rows, k: int, m: int, moves: bool) -> tuple[int, Desk]:
    """The number of samples of a block and the working space of a step by BLAS."""
    P, d, kind = s.multiplicity.size, s.X.shape[1], s.X.dtype
    size = min(max(1, BLOCK // (P * d * s.X.itemsize)), s.y.size)
    return size, Desk(np.empty((size * P, k * m), kind), np.empty((size * P if moves else 0, d), kind),
                      np.empty((1, k * m, d), kind), np.empty((1, k * m, d), kind), np.zeros((1, 2, k)))


def laid_out(kernel: Kernel, X: Floats, y: NDArray[np.int64], robust: NDArray[np.bool_], precision: Precision,
             filters: tuple[int, int], moves: bool,
             threads: int | None = None) -> tuple[Samples | Rows, int, Room | Desk]:
    """The data, the samples of a block and the working space of a step, as ``kernel`` takes them; filters (k, m)."""
    if kernel == "tiles":
        s = samples(X, y, robust, precision)
        return s, *room(s, *filters, X.shape[2], moves, threads)
    flat = rows(X, y, robust, precision)
    return flat, *desk(flat, *filters, moves)
