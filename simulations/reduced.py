"""Level 0, the paper's scalar recursions: validated, allocated and run."""

from dataclasses import dataclass

from numpy.typing import ArrayLike

from .adversarial import ascent
from .data import initial_weights
from .kernels import reduced as kernel
from .population import diagonal
from .setting import BadSetting, Setting
from .status import Status
from .trajectory import FirstPassage, Floats, Stop, Trajectory, checked_array, constants, notes


@dataclass(frozen=True)
class ReducedRun:
    """A, B (k, m) after ``steps`` steps, what was noted on the way, and the seed of A(0), B(0) (None: given)."""

    setting: Setting
    A: Floats
    B: Floats
    trajectory: Trajectory
    passage: FirstPassage
    status: Status
    steps: int
    seed: int | None


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
    wanted = notes(setting, "reduced", stride=stride, level=level, output_level=output_level, stop=stop)
    if adversarial and (setting.ascent_steps, setting.objective) != (1, "label"):
        raise BadSetting(f"ascent_steps, objective = {setting.ascent_steps}, {setting.objective}: the scalar recursion "
                         "has one step on -F_y (allowed: 1, label)")
    k, m = setting.k, setting.m
    if seed is not None and A0 is None and B0 is None:
        W0 = initial_weights(setting, seed)
        A, B = diagonal(W0[:, :, :k]), diagonal(W0[:, :, k : 2 * k])
    elif seed is None and A0 is not None and B0 is not None:
        A, B = checked_array("A0", A0, (k, m)), checked_array("B0", B0, (k, m))
    else:
        raise ValueError("start: give either seed or both A0 and B0")
    status, steps = kernel.train(A, B, constants(setting), ascent(setting, adversarial), setting.T, polynomial,
                                 coupled, wanted.stride, wanted.record, wanted.stop, wanted.passage)
    trajectory, passage = wanted.read(steps)
    return ReducedRun(setting, A, B, trajectory, passage, Status(status), steps, seed)
