"""Training in fewer coordinates: without an ascent the weights never leave W(0) + span of the patches.

The features stay coordinates of their own, so that correlations are read off as always; the other coordinates of all
patches are written in an orthonormal basis of what they span. For the clip of an ascent each coordinate counts.
"""

from dataclasses import dataclass

import numpy as np

from .kernels import basis
from .layout import aligned
from .setting import Setting
from .trajectory import Floats

GAIN, STEPS = 1.25, 2  # how much smaller the space must be, and when the basis has paid for itself


@dataclass(frozen=True)
class Subspace:
    """The first ``kept`` coordinates, and a basis Q (r, strips, lanes) of the others."""

    kept: int
    Q: Floats
    X: Floats

    def weights(self, W: Floats) -> Floats:
        """W (..., d) in the coordinates of the subspace."""
        rows = W.reshape(-1, W.shape[-1])
        found = np.zeros((rows.shape[0], self.Q.shape[0]))
        basis.coordinates(_strips(rows[:, self.kept :]), self.Q, self.Q.shape[0], found)
        return np.hstack([rows[:, : self.kept], found]).reshape(*W.shape[:-1], -1)

    def lifted(self, W0: Floats, start: Floats, end: Floats) -> Floats:
        """W0 (..., d) moved as ``start`` moved to ``end``, both in the coordinates of the subspace."""
        rest = _strips(W0.reshape(-1, W0.shape[-1])[:, self.kept :])
        step = (end - start).reshape(rest.shape[0], -1)[:, self.kept :]
        basis.lift(np.ascontiguousarray(step), self.Q, rest)
        width = W0.shape[-1] - self.kept
        rows = rest.reshape(rest.shape[0], -1)[:, :width].reshape(*W0.shape[:-1], width)
        return np.concatenate([end[..., : self.kept], rows], axis=-1)


def pays(setting: Setting, N: int) -> bool:
    """Whether a run of ``setting`` on N points is cheaper in the span of its patches."""
    rest, most = setting.d - 2 * setting.k, N * setting.P
    saved = setting.T * setting.k * setting.m * (rest - most)
    return rest > GAIN * (most + 2 * setting.k) and saved > STEPS * most * setting.d


def subspace(X: Floats, kept: int) -> Subspace:
    """The span of the patches X (N, P, d), and X in its coordinates, (N, P, kept + r)."""
    N, P, d = X.shape
    rows = _strips(X.reshape(-1, d)[:, kept:])
    Q, R = aligned(rows.shape, "float64"), np.zeros((N * P, N * P))
    r = basis.orthonormal(rows, Q, R)
    inside = np.concatenate([X[..., :kept], R[:, :r].reshape(N, P, r)], axis=-1)
    return Subspace(kept, Q[:r], np.ascontiguousarray(inside))


def _strips(rows: Floats) -> Floats:
    """Rows (n, width) as (n, strips, lanes), padded with zeros."""
    n, width = rows.shape
    strips = aligned((n, -(-width // 8), 8), "float64")
    strips.reshape(n, -1)[:, :width] = rows
    return strips
