"""Attacks by search, and what makes their failure suspicious.

They know only forward passes and slopes, unlike the branch and bound of `robust_accuracy`, and may miss what is there;
what they find is found, since every success is evaluated again in real arithmetic, inside the allowed box.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from theorycheck.seeds import stream

from ..data import Dataset
from ..setting import Setting
from ..trajectory import Floats, checked_array
from .evaluate import Bools, at, right
from .model import Boxes, Points, Threat, boxes, checked_threat, points_of
from .moves import NEVER, TRY, Attack, Found, Net

BATTERY = (
    Attack("gradient of the margin", "gradient", steps=20, restarts=4),
    Attack("gradient of the loss", "gradient", "loss", steps=20, restarts=2),
    Attack("gradient of -F_y", "gradient", "label", steps=20, restarts=2),
    Attack("gradient of the margin, leaky", "gradient", backward="leaky", steps=20, restarts=2),
    Attack("neurons", "neurons"),
    Attack("random search", "square", steps=200),
)


@dataclass(frozen=True)
class AttackReport:
    """fooled (attacks, N) by each attack, examples (N, P, d): a point that fools, where there is one.

    flags: why the attacks may have missed something: a patch with gradient 0 in a point that none of them fools, random
    search that beats gradients, restarts that disagree, success at the last steps alone.
    """

    names: tuple[str, ...]
    fooled: Bools
    examples: Floats
    flags: tuple[str, ...]

    @property
    def accuracy(self) -> Floats:
        """(attacks,): the share that each leaves right."""
        return np.asarray(1 - self.fooled.mean(axis=1))

    @property
    def attacked(self) -> float:
        """The share that all of them leave right."""
        return float(1 - self.fooled.any(axis=0).mean())


def attack(data: Setting | Dataset, W: ArrayLike, threat: Threat, epsilon: float,
           battery: tuple[Attack, ...] = BATTERY, *, seed: int = 0) -> AttackReport:
    """Every attack of the battery on every point, for the weights W (k, m, d) and the threat models linf and in-place.

    Raises ValueError for a bad argument (paper leaves nothing to search), `BadSetting` for a population with noise.
    """
    checked_threat(threat, epsilon)
    if threat == "paper":
        raise ValueError("threat = 'paper': a single perturbation, nothing to search (allowed: linf, in-place)")
    points = points_of(data)
    s = points.setting
    return search(points, checked_array("W", W, (s.k, s.m, s.d)), boxes(points, threat, epsilon), battery, seed)


def search(points: Points, W: Floats, box: Boxes, battery: tuple[Attack, ...], seed: int) -> AttackReport:
    """`attack` on points and boxes that are already there."""
    tried = [TRY[one.kind](Net(points, W, box), one, stream(seed, "attack", one.name, *points.X.shape))
             for one in battery]
    fooled = np.array([~right(at(points, found.X), W)[0] for found in tried]).reshape(len(battery), points.y.size)
    examples = points.X.copy()
    for found, hit in zip(tried, fooled, strict=True):
        examples[hit] = found.X[hit]
    return AttackReport(tuple(one.name for one in battery), fooled, examples,
                        flags(Net(points, W, box), battery, tried, fooled))


def flags(net: Net, battery: tuple[Attack, ...], tried: list[Found], fooled: Bools) -> tuple[str, ...]:
    """What makes it doubtful that nothing was missed, see `AttackReport`."""
    said = []
    still = ~fooled.any(axis=0)
    if not net.gradient(net.points.X, "margin", "exact")[still].any(axis=2).all():
        said.append("a point that no attack fools has a patch with gradient 0")
    kinds = np.array([one.kind for one in battery])
    if (fooled[kinds == "square"].any(axis=0) & ~fooled[kinds == "gradient"].any(axis=0)).any():
        said.append("random search fools a point that no gradient fools")
    for one, found in zip(battery, tried, strict=True):
        hit = found.step < NEVER
        if (hit.any(axis=0) & ~hit.all(axis=0)).any():
            said.append("restarts disagree")
        if (hit.any(axis=0) & (found.step.min(axis=0) > one.steps // 2)).any():
            said.append("only the second half of the steps fools a point")
    return tuple(dict.fromkeys(said))
