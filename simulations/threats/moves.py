"""How attacks search: projected gradients, corners that target single neurons, random search. All in floats."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..kernels.activation import activate
from ..trajectory import Floats, Integers, activation
from .model import Boxes, Points
from .pgd import pgd

Kind = Literal["gradient", "neurons", "square"]
Objective = Literal["label", "margin", "loss"]
Backward = Literal["exact", "leaky"]
NEVER = np.iinfo(np.int64).max
LEAK = 0.1  # slope of the leaky backward pass in the dead zone
STRIDE = 2.5  # n steps of 2.5 epsilon / n can cross the box of width 2 epsilon


@dataclass(frozen=True)
class Attack:
    """One way to search.

    gradient: sign steps on ``objective`` (label -F_y, margin max_{j != y} F_j - F_y, loss), from the point itself and
    from random points of the box (``restarts`` in all); the ``backward`` pass takes the activation's slope, or at least
    .1 for the filters to be raised, since the exact slope is 0 in the dead zone z <= 0. neurons: for every other class,
    filter by filter, the corner of each patch's box that drives it up and the own filters down, the best of them for
    each patch. square: random search, in each step some coordinates to an end of their box if that lowers the margin.
    """

    name: str
    kind: Kind
    objective: Objective = "margin"
    backward: Backward = "exact"
    steps: int = 20
    restarts: int = 1


def label_pull(F: Floats, y: Integers) -> Floats:
    """dL/dF of L = -F_y, for F (N, k)."""
    pull = np.zeros_like(F)
    pull[np.arange(y.size), y] = -1.0
    return pull


def margin_pull(F: Floats, y: Integers) -> Floats:
    """dL/dF of L = max_{j != y} F_j - F_y; of equal largest outputs the first."""
    pull = label_pull(F, y)
    pull[np.arange(y.size), _others(F, y).argmax(axis=1)] = 1.0
    return pull


def loss_pull(F: Floats, y: Integers) -> Floats:
    """dL/dF of the cross-entropy divided by 1 - p_y: -1 for y and p_j/(1 - p_y) for the others, without cancellation.

    p_y - 1 itself rounds to 0 once the margin passes 36.7, and the attack then moves nothing.
    """
    others = _others(F, y)
    share = np.exp(others - others.max(axis=1, keepdims=True))
    return np.asarray(share / share.sum(axis=1, keepdims=True) + label_pull(F, y))


PULLS: Mapping[Objective, Callable[[Floats, Integers], Floats]] = {
    "label": label_pull, "margin": margin_pull, "loss": loss_pull}


def _others(F: Floats, y: Integers) -> Floats:
    others = F.copy()
    others[np.arange(y.size), y] = -np.inf
    return others


@dataclass(frozen=True)
class Found:
    """X (N, P, d) with the largest max F_j - F_y met; by restart, the step (restarts, N) at which it was first >= 0."""

    X: Floats
    step: Integers


class Net:
    """Points in their boxes, in floats: outputs, and gradients of an objective."""

    def __init__(self, points: Points, W: Floats, box: Boxes) -> None:
        self.points, self.low, self.high = points, box.inner_low, box.inner_high
        self.W, self.filters = W, np.ascontiguousarray(W.reshape(-1, W.shape[2]))

    def slopes(self, X: Floats) -> tuple[Floats, Floats]:
        """s(z) and s'(z) as (N, P, k m)."""
        z = np.ascontiguousarray(X @ self.filters.T)
        value, slope = np.empty_like(z), np.empty_like(z)
        activate(z.ravel(), 1.0, activation(self.points.setting), value.reshape(-1), slope.reshape(-1))
        return value, slope

    def by_class(self, value: Floats) -> Floats:
        """(N, P, k m) summed over the filters of each class, (N, P, k)."""
        return np.asarray(value.reshape(*value.shape[:2], *self.W.shape[:2]).sum(axis=3))

    def outputs(self, X: Floats) -> Floats:
        """F (N, k)."""
        return np.asarray(np.einsum("p,npk->nk", self.points.count, self.by_class(self.slopes(X)[0])))

    def gap(self, X: Floats) -> Floats:
        """max_{j != y} F_j - F_y (N,)."""
        F, y = self.outputs(X), self.points.y
        return np.asarray(_others(F, y).max(axis=1) - F[np.arange(y.size), y])

    def gradient(self, X: Floats, objective: Objective, backward: Backward) -> Floats:
        """Of the objective by the coordinates of every patch, (N, P, d), 0 where the box leaves no room."""
        value, slope = self.slopes(X)
        F = np.einsum("p,npk->nk", self.points.count, self.by_class(value))
        pull = np.repeat(PULLS[objective](F, self.points.y), self.W.shape[1], axis=1)[:, None, :]
        if backward == "leaky":  # only for filters that are to be raised: those in the dead zone cannot be lowered
            slope = np.where(pull > 0, np.maximum(slope, LEAK), slope)
        return np.where(self.high > self.low, (slope * pull) @ self.filters, 0.0)

    def random(self, rng: np.random.Generator) -> Floats:
        """Points uniform in the boxes."""
        share = rng.random(self.low.shape)
        return np.clip(self.low + share * (self.high - self.low), self.low, self.high)


def gradient(net: Net, one: Attack, rng: np.random.Generator) -> Found:
    """Sign steps, projected onto the box; a point ends once it is clearly fooled."""
    best = net.points.X
    gap, step = np.full(net.points.y.size, -np.inf), np.full((one.restarts, net.points.y.size), NEVER)
    for restart in range(one.restarts):
        start = net.points.X if restart == 0 else net.random(rng)
        found = pgd(net.points, net.W, start, net.low, net.high, objective=one.objective, steps=one.steps,
                    rate=STRIDE / one.steps * 0.5, leak=LEAK if one.backward == "leaky" else 0.0)
        step[restart] = np.where(found.step < 0, NEVER, found.step)
        worse = ~(found.gap > gap)
        found.X[worse], found.gap[worse] = best[worse], gap[worse]
        best, gap = found.X, found.gap
    return Found(best, step)


def gradient_by_numpy(net: Net, one: Attack, rng: np.random.Generator) -> Found:
    """The slow twin of `gradient`, which takes all steps for every point."""
    best = net.points.X.copy()
    gap = net.gap(best)
    step = np.full((one.restarts, gap.size), NEVER)
    stride = STRIDE / one.steps * 0.5 * (net.high - net.low)
    for restart in range(one.restarts):
        X = net.points.X.copy() if restart == 0 else net.random(rng)
        for t in range(one.steps + 1):
            if t:
                X = np.clip(X + stride * np.sign(net.gradient(X, one.objective, one.backward)), net.low, net.high)
            now = net.gap(X)
            step[restart, (now >= 0) & (step[restart] == NEVER)] = t
            best[now > gap], gap = X[now > gap], np.maximum(gap, now)
    return Found(best, step)


def neurons(net: Net, one: Attack, rng: np.random.Generator) -> Found:
    """Corners of the box by filters, chosen patch by patch."""
    y, X, N = net.points.y, net.points.X, net.points.y.size
    k, m = net.W.shape[:2]
    best, gap = X.copy(), net.gap(X)
    own = net.W[y].sum(axis=1)
    for shift in range(1, k):
        j = (y + shift) % k
        rival = net.W[j]
        up = [rival[:, r] for r in range(m)] + [rival.sum(axis=1), np.zeros_like(own)]
        made, least = X.copy(), np.full(X.shape[:2], np.inf)
        for push in (0.0, 1.0):
            for g in up:
                direction = (g - push * own)[:, None, :]
                corner = np.where(direction > 0, net.high, np.where(direction < 0, net.low, X))
                value = net.by_class(net.slopes(corner)[0])
                D = value[np.arange(N), :, y] - value[np.arange(N), :, j]
                made[least > D], least = corner[least > D], np.minimum(least, D)
        now = net.gap(made)
        best[now > gap], gap = made[now > gap], np.maximum(gap, now)
    return Found(best, np.where(gap >= 0, 0, NEVER)[None])


def square(net: Net, one: Attack, rng: np.random.Generator) -> Found:
    """Random search, which sees outputs only."""
    X = np.where(rng.random(net.low.shape) < 0.5, net.low, net.high)
    gap = net.gap(X)
    least = 1 / X[0].size
    for t in range(one.steps):
        # From half of the coordinates at first to a single one at the end.
        share = max(0.5 * (2 * least) ** (t / one.steps), least)
        ends = np.where(rng.random(X.shape) < 0.5, net.low, net.high)
        trial = np.where(rng.random(X.shape) < share, ends, X)
        now = net.gap(trial)
        X[now > gap], gap = trial[now > gap], np.maximum(gap, now)
    return Found(X, np.where(gap >= 0, 0, NEVER)[None])


TRY: Mapping[Kind, Callable[[Net, Attack, np.random.Generator], Found]] = {
    "gradient": gradient, "neurons": neurons, "square": square}
