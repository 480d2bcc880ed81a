"""What a run leaves behind besides its weights: recorded steps and first passages."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .kernels.activation import Activation
from .kernels.passage import Constants, Passage, Record
from .setting import ACTIVATIONS, Level, Setting

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Stop = Literal["never", "outputs", "levels", "both"]
STOPS: dict[str, int] = {"never": 0, "outputs": 1, "levels": 2, "both": 3}


@dataclass(frozen=True)
class Trajectory:
    """Recorded steps t (n,) and what stood there; several runs have a leading axis, NaN in records after their end.

    A, B (..., n, k, m) with A_{i,r} = <w_{i,r}, u_i>, B_{i,r} = <w_{i,r}, v_i>; F (..., n, k) with F_i on class i; if
    asked for, correlations (..., n, k, m, 2k) with u_1..u_k, v_1..v_k.
    """

    t: Integers
    A: Floats
    B: Floats
    F: Floats
    correlations: Floats | None

    def __post_init__(self) -> None:
        if not self.A.shape == self.B.shape == (*self.F.shape, self.A.shape[-1]) or self.F.shape[-2] != self.t.size:
            shapes = self.t.shape, self.A.shape, self.B.shape, self.F.shape
            raise ValueError(f"trajectory: shapes of t, A, B, F = {shapes}: do not fit (allowed: n, nkm, nkm, nk)")


@dataclass(frozen=True)
class FirstPassage:
    """First passages per class, all (k,), or (R, k) for R runs; step -1 and parts NaN where it did not happen.

    level_step: first t with max_r B_{i,r} >= level; output_step: first t with F_i >= output_level, and robust_part,
    non_robust_part = n_R sum_r s(alpha A_{i,r}), n_N sum_r s(beta B_{i,r}) at that t.
    """

    level: Floats
    output_level: Floats
    level_step: Integers
    output_step: Integers
    robust_part: Floats
    non_robust_part: Floats

    def __post_init__(self) -> None:
        passed = self.output_step >= 0
        if not np.array_equal(passed, np.isfinite(self.robust_part) & np.isfinite(self.non_robust_part)):
            raise ValueError("first passage: parts are finite exactly where the output has passed")


@dataclass(frozen=True)
class Notes:
    """The arrays that one training call writes, as the kernels take them."""

    stride: int
    stop: int
    record: Record
    passage: Passage

    def of(self, run: int) -> tuple[Record, Passage]:
        """What belongs to one of several runs."""
        return Record(*(part[run] for part in self.record)), Passage(*(part[run] for part in self.passage))

    def read(self, steps: int | None = None) -> tuple[Trajectory, FirstPassage]:
        """Records and passages; of a single run that took ``steps`` steps the records after it are cut off."""
        record = self.record
        n = record.F.shape[-2]
        if steps is not None and self.stride:
            n = min(n, steps // self.stride + 1)
        full = record.C.shape[-4] > 0
        A, B = record.A[..., :n, :, :], record.B[..., :n, :, :]
        C = record.C[..., :n, :, :, :] if full else None
        t = np.arange(n, dtype=np.int64) * self.stride
        return Trajectory(t, A, B, record.F[..., :n, :], C), FirstPassage(*self.passage)


def constants(setting: Setting) -> Constants:
    """The numbers of ``setting`` as the kernels take them."""
    return Constants(float(setting.n_R), float(setting.n_N), float(setting.alpha), float(setting.beta),
                     *activation(setting), float(setting.eta))


def activation(setting: Setting) -> Activation:
    """The activation of ``setting`` as the kernels take it."""
    return Activation(ACTIVATIONS.index(setting.activation), setting.q, float(setting.rho))


def notes(setting: Setting, at: Level, *, runs: int | None = None, stride: int = 0, correlations: bool = False,
          level: ArrayLike | None = None, output_level: ArrayLike = 1.0, stop: Stop = "never",
          psi: bool = False, weights: bool = False) -> Notes:
    """Validate what a caller wants noted and allocate it; ``runs`` adds a leading axis. stride 0 records nothing;
    with ``weights`` a record holds all of them.

    Raises ValueError for a negative stride, a level not positive or of a wrong shape, an unknown ``stop``, and
    `BadSetting` for too little memory.
    """
    checked_count("stride", stride, 0)
    checked_choice("stop", stop, STOPS)
    if stop in ("levels", "both") and level is None:
        raise ValueError(f"stop = {stop!r}: needs a level (allowed without one: never, outputs)")
    if runs is not None:
        checked_count("runs", runs, 1)
    n = setting.T // stride + 1 if stride else 0
    setting.check_memory(at, runs=runs or 1, records=n, correlations=correlations, psi=psi)
    lead = () if runs is None else (runs,)
    k, m = setting.k, setting.m
    record = Record(np.full((*lead, n, k, m), np.nan), np.full((*lead, n, k, m), np.nan),
                    np.full((*lead, n, k), np.nan), np.full((*lead, n if correlations else 0, k, m, 2 * k), np.nan),
                    np.full((*lead, n if weights else 0, k * m, setting.d), np.nan))
    passage = Passage(levels("level", np.inf if level is None else level, (*lead, k)),
                      levels("output_level", output_level, (*lead, k)),
                      np.full((*lead, k), -1, np.int64), np.full((*lead, k), -1, np.int64),
                      np.full((*lead, k), np.nan), np.full((*lead, k), np.nan))
    return Notes(stride, STOPS[stop], record, passage)


def checked_count(name: str, value: Any, least: int) -> int:
    """``value`` if it is an integer (no bool) of at least ``least``; raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{name} = {value!r}: not in range (allowed: integer >= {least})")
    return value


def checked_choice(name: str, value: str, allowed: Iterable[str]) -> None:
    """Raises ValueError unless ``value`` is one of ``allowed``."""
    if value not in allowed:
        raise ValueError(f"{name} = {value!r}: unknown (allowed: {', '.join(allowed)})")


def checked_array(name: str, value: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """A contiguous float64 copy of ``value`` of the given shape and finite; raises ValueError."""
    given = np.asarray(value)
    if given.dtype.kind not in "fiu" or given.shape != shape:
        raise ValueError(f"{name} = {given.dtype} array of shape {given.shape}: wrong (allowed: numbers, {shape})")
    array = np.array(given, dtype=np.float64, order="C")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} = array with NaN or infinity: wrong (allowed: finite numbers)")
    return array


def levels(name: str, value: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """``value`` > 0 broadcast to the shape; raises ValueError."""
    given = np.asarray(value, dtype=np.float64)
    if not np.all(given > 0):
        raise ValueError(f"{name} = {given.tolist()}: not positive (allowed: > 0, one number or one a class)")
    try:
        return np.array(np.broadcast_to(given, shape))
    except ValueError:
        raise ValueError(f"{name} = array of shape {given.shape}: wrong (allowed: a number or shape {shape})") from None


def per_run(setting: Setting, name: str, value: ArrayLike | None, R: int) -> Floats:
    """``value``, a number or one a run, or else the setting's ``name``, as (R,); raises ValueError, `BadSetting`."""
    array = np.asarray(getattr(setting, name) if value is None else value, dtype=np.float64)
    if array.shape not in ((), (R,)):
        raise ValueError(f"{name} = array of shape {array.shape}: wrong (allowed: a number or shape {(R,)})")
    for each in np.unique(array):
        setting.replace(**{name: float(each)})  # refuses what a setting refuses
    return np.array(np.broadcast_to(array, (R,)))
