"""Training W of the leaky network: loss-normalised gradient descent, which reaches the limit, and plain descent."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from theorycheck.errors import nearest

from ..kernels import leaky as kernel
from ..status import Status
from ..trajectory import checked_array
from .kkt import second_layer
from .samples import Floats, Integers

LOSSES = {"exponential": kernel.EXPONENTIAL, "logistic": kernel.LOGISTIC}


@dataclass(frozen=True)
class Trained:
    """W (m, d) after ``steps`` steps, in float64 whatever it was trained in, and what it does on its samples.

    margins y_n f(x_n) (N,); weights p (N,), the softmax of ln(-l'(margins)); loss: mean of l(margins). Of a run that is
    not `Status.OK` these are NaN and ``steps`` is the first bad step. space: "span" if the coefficients of W - W0 in
    the samples were trained, "full" if W itself was; the two agree to rounding.
    """

    W: Floats
    margins: Floats
    weights: Floats
    loss: float
    steps: int
    status: Status
    space: Literal["span", "full"]

    @property
    def separated(self) -> bool:
        """Whether the run is OK and every margin is > 0: else the theory of the limit says nothing of it."""
        return self.status == Status.OK and bool((self.margins > 0).all())

    def multipliers(self) -> Floats:
        """lambda-hat_n = p_n ||W~||_F^2 with W~ = W / min_n y_n f(x_n), (N,).

        Raises:
            ValueError: if the samples are not separated.
        """
        if not self.separated:
            raise ValueError(f"multipliers of a run with status {self.status.name}, least margin {self.margins.min()} "
                             "(allowed: OK and margins > 0)")
        scaled = self.W / self.margins.min()
        return self.weights * float(np.sum(scaled * scaled))


def initial(m: int, d: int, rng: np.random.Generator, scale: float) -> Floats:
    """W0 (m, d), independent N(0, scale^2).

    Raises:
        ValueError: for an odd m, d < 1 or a scale that is not finite and > 0.
    """
    return scale_of("scale", scale) * rng.standard_normal((second_layer(m).size, count_of("d", d)))


def initial_uniform(m: int, d: int, rng: np.random.Generator) -> Floats:
    """W0 (m, d), independent U(-d^(-1/2), d^(-1/2)); raises ValueError for an odd m or d < 1."""
    bound = count_of("d", d) ** -0.5
    return rng.uniform(-bound, bound, (second_layer(m).size, d))


def train_normalised(X: ArrayLike, y: ArrayLike, gamma: float, m: int, W0: ArrayLike, loss: str = "exponential",
                     eta: float = 0.2, steps: int = 60_000) -> Trained:
    """W += eta sum_n p_n y_n grad_W f(x_n), p = softmax of ln(-l'(y_n f(x_n))), for X (N, d), y (N,), W0 (m, d).

    The direction of W converges like 1/steps, where that of plain descent does like 1/log(steps).
    Raises ValueError, one line, for a bad argument.
    """
    return _train(X, y, gamma, m, W0, loss, True, eta, 0.0, steps, np.float64)


def train_plain(X: ArrayLike, y: ArrayLike, gamma: float, m: int, W0: ArrayLike, loss: str = "exponential",
                eta: float = 0.1, momentum: float = 0.0, steps: int = 400, dtype: DTypeLike = np.float64) -> Trained:
    """Full-batch gradient descent on the mean loss, V = momentum V - grad L, W += eta V, in float64 or float32.

    X (N, d), y (N,), W0 (m, d). Raises ValueError, one line, for a bad argument.
    """
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum = {momentum}: out of range (allowed: number >= 0 and < 1)")
    return _train(X, y, gamma, m, W0, loss, False, eta, momentum, steps, dtype)


def _train(X: ArrayLike, y: ArrayLike, gamma: float, m: int, W0: ArrayLike, loss: str, normalised: bool, eta: float,
           momentum: float, steps: int, dtype: DTypeLike) -> Trained:
    points, kind = points_of(X), float_type(dtype)
    labels = signs_of("y", y, points.shape[0])
    start = checked_array("W0", W0, (second_layer(m).size, points.shape[1]))
    rule = (slope_of(gamma), choice("loss", loss, LOSSES), normalised, scale_of("eta", eta), float(momentum),
            count_of("steps", steps))
    # What overflows ends as a status.
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        N, d = points.shape
        K = product(points, points.T).astype(kind) if d >= N else np.empty((0, 0), kind)
        if d >= N and np.isfinite(K).all():
            Z, S = product(points, start.T).astype(kind), np.zeros((N, m), kind)
            status, last = kernel.train_span(K, labels, Z, S, *rule)
            end = start + product(S.T, points)
            return _read(end, points, labels, rule[0], loss, status, last, "span")
        x, W = points.astype(kind), np.ascontiguousarray(start.T.astype(kind))
        status, last = kernel.train_full(x, np.ascontiguousarray(x.T), labels, W, *rule)
        end = np.ascontiguousarray(W.T.astype(np.float64))
        return _read(end, points, labels, rule[0], loss, status, last, "full")


def _read(W: Floats, X: Floats, y: Integers, gamma: float, loss: str, status: int, last: int,
          space: Literal["span", "full"]) -> Trained:
    F = np.empty(y.size)
    kernel.outputs(product(X, W.T), gamma, F)
    margins = y * F
    if status != Status.OK or not np.isfinite(margins).all():
        nothing = np.full(y.size, np.nan)
        return Trained(W, nothing, nothing, float("nan"), last, Status.NON_FINITE, space)
    exponential = loss == "exponential"
    logs = -margins if exponential else -np.logaddexp(0.0, margins)
    p = np.exp(logs - logs.max())
    values = np.exp(-margins) if exponential else np.logaddexp(0.0, -margins)
    return Trained(W, margins, p / p.sum(), float(values.mean()), last, Status.OK, space)


def product(A: Floats, B: Floats) -> Floats:
    """A B in float64 by the kernel, whose bits do not depend on the number of threads, as NumPy's do."""
    C = np.empty((A.shape[0], B.shape[1]))
    kernel.multiply(np.ascontiguousarray(A, dtype=np.float64), np.ascontiguousarray(B, dtype=np.float64), C)
    return C


def points_of(X: ArrayLike) -> Floats:
    """A contiguous float64 copy of the points X (n, d); raises ValueError."""
    shape = np.shape(X)
    if len(shape) != 2 or 0 in shape:
        raise ValueError(f"X = array of shape {shape}: wrong (allowed: (n, d) with n, d >= 1)")
    return checked_array("X", X, shape)


def signs_of(name: str, y: ArrayLike, n: int) -> Integers:
    """The labels +-1 as int64 (n,); raises ValueError."""
    values = checked_array(name, y, (n,))
    wrong = np.flatnonzero(np.abs(values) != 1)
    if wrong.size:
        raise ValueError(f"{name} = {values[wrong[0]]:g} at {wrong[0]}: no label (allowed: 1, -1)")
    return values.astype(np.int64)


def slope_of(gamma: float) -> float:
    """gamma; raises ValueError outside (0, 1)."""
    if not 0 < gamma < 1:
        raise ValueError(f"gamma = {gamma}: out of range (allowed: number strictly between 0 and 1)")
    return float(gamma)


def scale_of(name: str, value: float) -> float:
    """A finite number > 0; raises ValueError."""
    if not 0 < value < np.inf:
        raise ValueError(f"{name} = {value}: out of range (allowed: finite number > 0)")
    return float(value)


def count_of(name: str, value: int) -> int:
    """An integer >= 1; raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"{name} = {value!r}: out of range (allowed: integer >= 1)")
    return int(value)


def choice(name: str, value: str, known: dict[str, int]) -> int:
    """The number of a named choice; raises ValueError with the nearest name."""
    if value not in known:
        raise ValueError(f"{name} = {value!r}: unknown, {nearest(str(value), known)} (allowed: {', '.join(known)})")
    return known[value]


def float_type(dtype: DTypeLike) -> np.dtype[np.floating]:
    """float32 or float64; raises ValueError."""
    kind = np.dtype(dtype)
    if kind == np.float32:
        return np.dtype(np.float32)
    if kind == np.float64:
        return np.dtype(np.float64)
    raise ValueError(f"dtype = {kind}: wrong (allowed: float32, float64)")
