"""Level 0, the paper's scalar recursions: validated, allocated and run."""

from dataclasses import dataclass
from math import gcd
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from .data import initial_weights
from .kernels import reduced as kernel
from .kernels.lanes import Runs
from .kernels.vector import BYTES
from .layout import Precision
from .population import diagonal
from .setting import BadSetting, Setting
from .status import Status
from .trajectory import (
    FirstPassage,
    Floats,
    Integers,
    Stop,
    Trajectory,
    checked_array,
    checked_choice,
    checked_count,
    constants,
    notes,
    per_run,
)


@dataclass(frozen=True)
class ReducedRun:
    """A, B (k, m) after ``steps`` steps, what was noted on the way, and the seed of A(0), B(0) (None: given).

    Of a run that is not finite A and B are NaN.
    """

    setting: Setting
    A: Floats
    B: Floats
    trajectory: Trajectory
    passage: FirstPassage
    status: Status
    steps: int
    seed: int | None


@dataclass(frozen=True)
class ReducedRuns:
    """R runs: A0, B0, A, B (R, k, m), notes with a leading axis R; status, steps, and what each run took, all (R,)."""

    setting: Setting
    A0: Floats
    B0: Floats
    A: Floats
    B: Floats
    trajectory: Trajectory
    passage: FirstPassage
    status: Integers
    steps: Integers
    alpha: Floats
    beta: Floats
    epsilon: Floats
    eta_tilde: Floats
    eta: Floats
    precision: Precision


def train_reduced(setting: Setting, seed: int | None = None, *,
                  A0: ArrayLike | None = None, B0: ArrayLike | None = None,
                  adversarial: bool = False, polynomial: bool = False, coupled: bool = True, stride: int = 0,
                  level: ArrayLike | None = None,
                  output_level: ArrayLike = 1.0, stop: Stop = "never") -> ReducedRun:
    """Lemma 5.1 on the diagonal with its constants, from a seed (the same start as level 1) or from A0, B0 (k, m).

    A_{i,r} += (eta/k)(1 - logit_i) n_R alpha s'(alpha A_{i,r}), B with n_N, beta; 1 - logit_i = (k-1)/(k-1+e^(F_i)),
    the other classes' outputs taken as 0, or 1 - 1/k if not ``coupled``. ``polynomial``: s' without its clamp at rho
    (Lemma 5.2 at eps = 0). ``adversarial``: alpha and beta are replaced by alpha (1 - c_p) and beta (1 - c_p), with
    alpha c_p = clip_eps(eta~ sum_s s'(alpha A_{i,s}) A_{i,s}) and so for beta; with ``polynomial`` that is Lemma 5.2.
    One ascent step on -F_y; raises `BadSetting` for other ascents. Raises ValueError unless exactly one of seed and
    (A0, B0) is given; the other arguments are as in `population.train_population`.
    """
    if (seed is None) == (A0 is None) or (A0 is None) != (B0 is None):
        raise ValueError("start: give either seed or both A0 and B0")
    if A0 is not None and B0 is not None:
        A0, B0 = (checked_array(name, value, (setting.k, setting.m))[None] for name, value in (("A0", A0), ("B0", B0)))
    runs = train_reduced_many(setting, seed, A0=A0, B0=B0, adversarial=adversarial, polynomial=polynomial,
                              coupled=coupled, stride=stride, level=level, output_level=output_level, stop=stop)
    steps, noted, passed = int(runs.steps[0]), runs.trajectory, runs.passage
    n = min(noted.t.size, steps // stride + 1) if stride else 0
    return ReducedRun(
        setting, runs.A[0], runs.B[0],
        Trajectory(noted.t[:n], noted.A[0, :n], noted.B[0, :n], noted.F[0, :n], None),
        FirstPassage(passed.level[0], passed.output_level[0], passed.level_step[0], passed.output_step[0],
                     passed.robust_part[0], passed.non_robust_part[0]), Status(int(runs.status[0])), steps, seed)


def train_reduced_many(setting: Setting, seed: int | None = None, runs: int = 1, *,
                       A0: ArrayLike | None = None, B0: ArrayLike | None = None, alpha: ArrayLike | None = None,
                       beta: ArrayLike | None = None, epsilon: ArrayLike | None = None,
                       eta_tilde: ArrayLike | None = None, eta: ArrayLike | None = None, adversarial: bool = False,
                       polynomial: bool = False, coupled: bool = True, stride: int = 0,
                       level: ArrayLike | None = None, output_level: ArrayLike = 1.0, stop: Stop = "never",
                       precision: Precision = "float64") -> ReducedRuns:
    """`train_reduced` for R runs on all threads, from A0, B0 (R, k, m) or from initial_weights(setting, seed, run).

    alpha, beta, epsilon, eta_tilde, eta: a number or one per run (R,), in place of the setting's; ``level`` and
    ``output_level`` may be (R, k). A run has the same bits alone, in any order and for any number of threads. One that
    is not finite ends with a status, its first bad step and A = B = NaN; the others go on. ``precision``: of the
    arithmetic. Raises ValueError, `BadSetting`.
    """
    if (seed is None) == (A0 is None) or (A0 is None) != (B0 is None):
        raise ValueError("start: give either seed or both A0 and B0")
    checked_choice("precision", precision, get_args(Precision))
    k, m = setting.k, setting.m
    R = checked_count("runs", runs, 1) if A0 is None else np.shape(A0)[0] if np.ndim(A0) == 3 else 1
    wanted = notes(setting, "reduced", runs=R, stride=stride, level=level, output_level=output_level, stop=stop)
    if adversarial and (setting.ascent_steps, setting.objective) != (1, "label"):
        raise BadSetting(f"ascent_steps, objective = {setting.ascent_steps}, {setting.objective}: the scalar recursion "
                         "has one step on -F_y (allowed: 1, label)")
    if seed is not None:
        start = np.stack([_diagonals(setting, seed, run) for run in range(R)])
        A0, B0 = start[:, 0], start[:, 1]
    assert A0 is not None and B0 is not None
    A0, B0 = checked_array("A0", A0, (R, k, m)), checked_array("B0", B0, (R, k, m))
    given = {name: per_run(setting, name, value, R)
             for name, value in (("alpha", alpha), ("beta", beta), ("epsilon", epsilon), ("eta_tilde", eta_tilde),
                                 ("eta", eta))}
    moves = adversarial and bool(np.any((given["epsilon"] > 0) & (given["eta_tilde"] > 0)))
    done = Runs(A0.copy(), B0.copy(), np.stack(list(given.values()), axis=1), np.zeros(R, np.int64),
                np.zeros(R, np.int64))
    # As few runs in a block as fill whole vectors: what they need stays in the first-level cache.
    lanes = BYTES // np.dtype(precision).itemsize
    size = lanes // gcd(k, lanes)
    rest = (constants(setting), setting.T, polynomial, coupled, moves, level is not None, wanted.stride, wanted.record,
            wanted.stop, wanted.passage, np.empty((0, 0, 0), precision))
    if size < R:
        kernel.train_many(done, size, *rest)
    else:
        kernel.train(done, 0, R, *rest)
    trajectory, passage = wanted.read()
    return ReducedRuns(setting, A0, B0, done.A, done.B, trajectory, passage, done.status, done.steps, **given,
                       precision=precision)


def _diagonals(setting: Setting, seed: int, run: int) -> Floats:
    """A(0), B(0) as (2, k, m)."""
    W0 = initial_weights(setting, seed, run)
    return np.stack([diagonal(W0[:, :, : setting.k]), diagonal(W0[:, :, setting.k : 2 * setting.k])])
