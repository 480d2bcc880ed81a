"""What is timed: sizes, cases, the operations that each needs, and the numbers that every tool gets alike.

Only NumPy is imported, so that this runs in any interpreter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Case = Literal["standard", "adversarial", "pgd-20", "batched", "reduced"]
CASES: tuple[Case, ...] = get_args(Case)
RUNS = 24  # of `batched`
TRAJECTORIES = 1000  # of `reduced`
Q, RHO, ALPHA, BETA = 3, 0.5, 2.0, 1.0
PGD_STRIDE = 2.5  # n steps of 2.5 epsilon / n can cross the box
MARGIN = 5.0  # of the points that PGD attacks, near enough


@dataclass(frozen=True)
class Size:
    """k classes, dimension d, P patches (a quarter robust), m filters a class, N points; PGD takes the first few."""

    name: str
    k: int
    d: int
    P: int
    m: int
    N: int
    attacked: int

    @property
    def n_R(self) -> int:
        """Robust patches."""
        return max(1, self.P // 4)

    def points(self, case: Case) -> int:
        """How many points a step of this case takes."""
        return self.attacked if case == "pgd-20" else self.N


SIZES: Mapping[str, Size] = MappingProxyType({
    "tiny": Size("tiny", 3, 11, 5, 2, 7, 7),
    "S": Size("S", 2, 100, 16, 5, 100, 100),
    "M": Size("M", 5, 256, 16, 10, 1000, 1000),
    "L": Size("L", 10, 1024, 32, 20, 2000, 250),
    "reduced": Size("reduced", 10, 20, 128, 20, 1, 1),
})


def flops(case: Case, size: Size) -> float:
    """Multiplications and additions that a step needs with its products alone; 0 for `reduced`, which has none.

    standard: X W^T and D^T X, 2 N P K d each, K = k m. adversarial: also X W_y^T and D_y W_y of the label's m filters,
    together 4 N P m d. pgd-20, a step on the loss: X W^T and D W. batched: one adversarial step of each run.
    """
    N, P, m, d, k = size.points(case), size.P, size.m, size.d, size.k
    whole = 4.0 * N * P * k * m * d
    return {"standard": whole, "adversarial": whole * (1 + 1 / k), "pgd-20": whole,
            "batched": RUNS * whole * (1 + 1 / k), "reduced": 0.0}[case]


@dataclass(frozen=True)
class Problem:
    """X (N, P, d), labels y (N,) in ascending order, W (runs, k, m, d), and the constants of the step.

    pgd-20: the points have margins around `MARGIN`, and the radius is so small that none is fooled: every tool takes
    every step. reduced: W is (trajectories, k, m, 2), A and B.
    """

    case: Case
    size: Size
    X: Floats
    y: NDArray[np.int64]
    W: Floats
    noise: float = 0.3
    eta: float = 0.05
    epsilon: float = 0.1
    eta_tilde: float = 2.0

    def stride(self, steps: int) -> float:
        """A sign step of PGD that takes so many."""
        return PGD_STRIDE * self.epsilon / max(1, steps)

    def rows(self) -> list[slice]:
        """The points of each class."""
        ends = np.searchsorted(self.y, np.arange(self.size.k + 1))
        return [slice(int(low), int(high)) for low, high in zip(ends[:-1], ends[1:], strict=True)]


def problem(case: Case, size: Size, *, runs: int = RUNS, trajectories: int = TRAJECTORIES) -> Problem:
    """The numbers of a case, the same in every process."""
    rng = np.random.Generator(np.random.Philox(7))
    k, m, d = size.k, size.m, size.d
    if case == "reduced":
        start = np.abs(rng.standard_normal((trajectories, k, m, 2))) * 0.05
        return Problem(case, size, np.zeros((0, size.P, d)), np.zeros(0, np.int64), start)
    N = size.points(case)
    y = np.sort(np.arange(N) % k)
    X = np.empty((N, size.P, d))
    rng.standard_normal(out=X)
    X *= Problem.noise
    n = np.arange(N)
    X[n, : size.n_R, y] += ALPHA
    X[n, size.n_R :, k + y] += BETA
    W = 0.02 * rng.standard_normal((runs if case == "batched" else 1, k, m, d))
    extra: dict[str, Any] = {}
    if case == "pgd-20":
        # Margins far above this one would let p_y - 1 round to 0 in the tools that subtract.
        lift = (MARGIN * Q * RHO ** (Q - 1) / (size.P * m)) ** (1 / Q)
        i = np.arange(k)
        W[:, i, :, k + i] += lift
        W[:, i, :, i] += lift / ALPHA
        extra["epsilon"] = 1e-3
    return Problem(case, size, X, y, W, **extra)
