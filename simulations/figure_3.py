"""Standard and adversarial training from the same starts, looked at on the way: Figure 3 of Li & Li (2024)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theorycheck.seeds import integer_seed

from .adversarial import train_adversarials
from .data import Dataset, Patches, initial_weights, sample
from .network import train_network
from .population import diagonal
from .setting import Setting
from .status import Status
from .threats import THREATS, Threat, robust_accuracy
from .trajectory import Floats, Integers, checked_count

Bools = NDArray[np.bool_]
Progress = Callable[[int], None]  # told how many pieces of work were done since


@dataclass(frozen=True)
class Course:
    """One algorithm from R starts: weights (R, n, k, m, d) at the steps t (n,), and the status (R,) of each run.

    From the first recorded step at which a run is not finite its weights are NaN.
    """

    setting: Setting
    t: Integers
    weights: Floats
    status: Integers

    @property
    def A(self) -> Floats:
        """<w_{i,r}, u_i> as (R, n, k, m)."""
        return diagonal(self.weights[..., : self.setting.k])

    @property
    def B(self) -> Floats:
        """<w_{i,r}, v_i> as (R, n, k, m)."""
        return diagonal(self.weights[..., self.setting.k : 2 * self.setting.k])

    def normalised(self, correlations: Floats) -> Floats:
        """max_r of A or B over ||w_{i,r}||, as (R, n, k): cosines, because features have norm 1. 0 where w = 0."""
        norm = np.linalg.norm(self.weights, axis=-1)
        return np.asarray(np.divide(correlations, norm, out=np.zeros_like(norm), where=norm != 0).max(axis=-1))


@dataclass(frozen=True)
class Accuracies:
    """For every run, look and class, (R, n, k), the share of its points that are right; NaN for a class without points.

    t (n,): the steps looked at. clean: without an attack. low, high, by threat model: certified and attacked, the share
    that is right for sure and the one that is not fooled for sure.
    """

    t: Integers
    clean: Floats
    low: Mapping[Threat, Floats]
    high: Mapping[Threat, Floats]


def record_times(T: int, count: int) -> Integers:
    """0 and at most ``count`` >= 2 further steps up to T, next to equally spaced in log t."""
    checked_count("count", count, 2)
    return np.unique(np.concatenate([[0], np.round(np.geomspace(1, T, count))]).astype(np.int64))


def starts(setting: Setting, seed: int, runs: int) -> Floats:
    """W(0) of every run, (R, k, m, d)."""
    setting.check_memory("adversarial", runs=runs)
    return np.stack([initial_weights(setting, seed, run) for run in range(runs)])


def learnable(setting: Setting, W0: Floats) -> tuple[Bools, Bools]:
    """Which classes start with a slope on u_i and on v_i, two arrays (R, k), for W0 (R, k, m, d).

    With an activation that is flat below 0 and without noise, a class all of whose A_{i,r}(0) <= 0 gets no gradient on
    its robust patches; a share 2^(-m) of the starts.
    """
    k = setting.k
    if setting.sigma_n > 0 or setting.activation in ("softplus", "gelu"):
        every = np.ones(W0.shape[:2], dtype=np.bool_)
        return every, every
    u, v = (diagonal(W0[..., side : side + k]).max(axis=-1) > 0 for side in (0, k))
    return u, v


def train_course(setting: Setting, W0: Floats, t: ArrayLike, *, adversarial: bool = True, seed: int = 0,
                 progress: Progress = lambda done: None) -> Course:
    """Trains from W0 (R, k, m, d) and keeps the weights at the steps t, increasing from 0.

    Without noise on the population (level 1), with noise on a data set for each run, drawn from ``seed`` (level 2).
    Gradient descent has no memory but its weights, so that a run continued from a record is the run itself. Raises
    `BadSetting` for too little memory.
    """
    times = np.asarray(t, dtype=np.int64)
    setting.check_memory("adversarial", runs=W0.shape[0], records=times.size)
    trained = setting if adversarial else setting.replace(epsilon=0.0)
    weights = np.full((W0.shape[0], times.size, *W0.shape[1:]), np.nan)
    weights[:, 0] = W0
    status = np.zeros(W0.shape[0], dtype=np.int64)
    going = np.arange(W0.shape[0])
    samples = drawn(trained, seed, W0.shape[0]) if setting.sigma_n > 0 else None
    for n, (before, now) in enumerate(pairwise(times.tolist())):
        W, found = _advance(trained.replace(T=now - before), weights[going, n], samples, going)
        status[going] = np.maximum(status[going], found)
        finite = found != Status.NON_FINITE
        going, W = going[finite], W[finite]
        weights[going, n + 1] = W
        progress(W0.shape[0])
        if going.size == 0:
            break
    return Course(trained, times, weights, status)


def drawn(setting: Setting, seed: int, runs: int, part: str = "train") -> tuple[Dataset, ...]:
    """A data set for each run; J_R is the setting's, or random where it gives none."""
    patches: Patches = "random" if setting.J_R is None else "fixed"
    return tuple(sample(setting, integer_seed(seed, "data", run), patches=patches, part=part) for run in range(runs))


def measure_accuracies(course: Course, seen: Sequence[Setting | Dataset], looks: ArrayLike, epsilon: float, *,
                       progress: Progress = lambda done: None) -> Accuracies:
    """Accuracy at some of the recorded steps, ``looks`` their indices; ``seen[run]``: what a run is tested on.

    Under every threat model with radius epsilon; NaN for a run that did not stay finite.
    """
    at = np.asarray(looks, dtype=np.int64)
    k, R = course.setting.k, course.weights.shape[0]
    clean = np.full((R, at.size, k), np.nan)
    low, high = ({threat: np.full_like(clean, np.nan) for threat in THREATS} for _ in range(2))
    for run, data in enumerate(seen):
        y = data.y if isinstance(data, Dataset) else np.arange(k)
        for n, look in enumerate(at):
            W = course.weights[run, look]
            if course.status[run] != Status.NON_FINITE:
                clean[run, n] = _by_class(robust_accuracy(data, W, "linf", 0.0).low, y, k)
                for threat in THREATS:
                    found = robust_accuracy(data, W, threat, epsilon)
                    low[threat][run, n] = _by_class(found.low, y, k)
                    high[threat][run, n] = _by_class(found.high, y, k)
            progress(1)
    return Accuracies(course.t[at], clean, low, high)


def first_time(t: Integers, above: Floats) -> Floats:
    """(R, k) first t (n,) with above (R, n, k) >= 0, interpolated between records; NaN where there is none."""
    passed = above >= 0
    at = passed.argmax(axis=1)
    before = np.maximum(at - 1, 0)
    high, low = (np.take_along_axis(above, n[:, None], axis=1)[:, 0] for n in (at, before))
    with np.errstate(invalid="ignore", divide="ignore"):
        back = np.where(at > 0, high / (high - low), 0.0)
    return np.where(passed.any(axis=1), t[at] - back * (t[at] - t[before]), np.nan)


def over_classes(values: Floats, classes: Bools) -> Floats:
    """(R', n) means of values (R, n, k) over some classes (R, k) of each run that has any; NaN values do not count."""
    known = classes[:, None] & np.isfinite(values)
    count = known.sum(axis=-1)
    some = (count > 0).all(axis=1)
    return np.asarray(np.where(known, values, 0.0).sum(axis=-1)[some] / count[some])


def _advance(setting: Setting, W: Floats, samples: tuple[Dataset, ...] | None,
             going: Integers) -> tuple[Floats, Integers]:
    """The weights T steps later, and the status, of the runs numbered ``going``."""
    if samples is None:
        done = train_adversarials(setting, W0=W)
        return done.W, done.status
    runs = [train_network(replace(samples[run], setting=setting), W0=start, adversarial=True)
            for run, start in zip(going, W, strict=True)]
    return np.stack([run.W for run in runs]), np.array([int(run.status) for run in runs])


def _by_class(values: Floats, y: Integers, k: int) -> Floats:
    """(k,) means of values (N,) over the points of each class."""
    count = np.bincount(y, minlength=k)
    return np.where(count > 0, np.bincount(y, values, minlength=k) / np.maximum(count, 1), np.nan)
