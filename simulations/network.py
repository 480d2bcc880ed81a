"""Level 2, gradient descent of the network on a data set: validated, allocated and run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from numpy.typing import ArrayLike

from .adversarial import ascent
from .data import Dataset, initial_weights
from .descent import descend, examples, gradient
from .kernels import points
from .layout import Kernel, Precision, host_kernel, laid_out, room, samples
from .setting import Setting
from .status import Status
from .subspace import pays, subspace
from .threads import each
from .trajectory import (
    FirstPassage,
    Floats,
    Stop,
    Trajectory,
    activation,
    checked_array,
    checked_choice,
    checked_count,
    constants,
    notes,
)


@dataclass(frozen=True)
class Method:
    """How a run was computed: by which kernel, in which numbers, and in how many coordinates.

    "tiles" gives the same bits on every machine, "blocks" (BLAS) on one kind of machine. Fewer ``coordinates`` than d:
    in the span of the patches.
    """

    kernel: Kernel
    precision: Precision
    coordinates: int


@dataclass(frozen=True)
class NetworkRun:
    """W (k, m, d) after ``steps`` steps, psi (k, m, N, P) if asked for, and what was noted on the way.

    In the notes F_i and its parts are means over the samples of class i (NaN for a class without samples).
    """

    setting: Setting
    W0: Floats
    W: Floats
    psi: Floats | None
    trajectory: Trajectory
    passage: FirstPassage
    status: Status
    steps: int
    seed: int | None
    method: Method


def train_network(data: Dataset, seed: int | None = None, *, W0: ArrayLike | None = None, adversarial: bool = False,
                  psi: bool = False, stride: int = 0, correlations: bool = False, level: ArrayLike | None = None,
                  output_level: ArrayLike = 1.0, stop: Stop = "never",
                  precision: Precision = "float64", kernel: Kernel | None = None,
                  reduce: bool | None = None, single: bool = False) -> NetworkRun:
    """w_{i,r} += (eta/N) sum_n (1[y_n=i] - logit_i(X_n)) sum_p s'(<w_{i,r}, x_{n,p}>) x_{n,p}, T times.

    From a seed (`initial_weights`) or from W0 (k, m, d). ``adversarial``: x_{n,p} is replaced by x~_{n,p}(t), found
    anew at every step by the setting's ascent and held fixed. ``psi``: also sum the coefficients
    psi_{i,r,n,p} += (eta/N)(1[y_n=i] - logit_i(X_n)) s'(<w_{i,r}, x_{n,p}>), so that, to rounding,
    w(t) = w(0) + sum_{n,p} psi x_{n,p} if not ``adversarial`` (each step then takes two passes). Other arguments as in
    `train_population`. ``precision``: of weights, data and sums. ``kernel``, ``reduce``: `Method`, by default what is
    fast on this machine and for this shape; without an ascent a d beyond the number of patches is reduced. ``single``:
    on this thread only, which changes no bit of the tiles.
    Raises ValueError, `BadSetting`.
    """
    setting = data.setting
    if (seed is None) == (W0 is None):
        raise ValueError("start: give either seed or W0")
    wanted = notes(setting, "network", stride=stride, correlations=correlations, level=level, output_level=output_level,
                   stop=stop, psi=psi)
    k, m, d, (N, P) = setting.k, setting.m, setting.d, data.robust.shape
    start = initial_weights(setting, seed) if seed is not None else W0
    assert start is not None
    start = checked_array("W0", start, (k, m, d))
    climb = ascent(setting, adversarial)
    moves = climb.epsilon > 0 and climb.eta_tilde > 0
    if reduce and moves:
        raise ValueError("reduce = True: the clip of an ascent needs every coordinate (allowed: False, None)")
    chosen = kernel if kernel is not None else host_kernel()
    checked_choice("kernel", chosen, get_args(Kernel))
    checked_choice("precision", precision, get_args(Precision))
    smaller = subspace(data.X, 2 * k) if (pays(setting, N) and not moves if reduce is None else reduce) else None
    X, first = (data.X, start) if smaller is None else (smaller.X, smaller.weights(start))
    coordinates = X.shape[2]
    coefficients = np.zeros((N if psi else 0, P, k * m))
    with np.errstate(over="ignore"):  # what does not fit the precision is infinite, and the status says so
        W = np.array(first.reshape(k * m, coordinates), dtype=precision)
        laid, size, space = laid_out(chosen, X, data.y, data.robust, precision, (k, m), moves,
                                     1 if single else None)
    status, steps = descend(laid, W, constants(setting), climb, setting.T, size, space, coefficients,
                            np.bincount(data.y, minlength=k).astype(np.float64), wanted, single)
    trajectory, passage = wanted.read(steps)
    by_filter = np.moveaxis(coefficients.reshape(N, P, k, m), (0, 1), (2, 3)).copy() if psi else None
    end = W.reshape(k, m, coordinates).astype(np.float64)
    if smaller is not None:
        end = smaller.lifted(start, first, end)
    return NetworkRun(setting, start, end, by_filter, trajectory, passage, Status(status), steps, seed,
                      Method(chosen, precision, coordinates))


def train_networks(data: Dataset | Sequence[Dataset], seed: int | None = None, runs: int | None = None, *,
                   W0: Sequence[ArrayLike] | Floats | None = None, **how: Any) -> tuple[NetworkRun, ...]:
    """`train_network` for R runs, each by one thread, on all threads: parameters, data and starts may differ.

    ``data``: one for all runs, or one a run, each with its own setting. From W0, one (k, m, d) a run, or from
    initial_weights(setting, seed, run); ``runs`` is asked for with one data set and a seed. ``how``: other arguments,
    the same for all. A run has the same bits alone, in any order and for any number of threads (by "blocks": of one
    machine). Raises ValueError, `BadSetting`.
    """
    if (seed is None) == (W0 is None):
        raise ValueError("start: give either seed or W0")
    if runs is not None and (W0 is not None or not isinstance(data, Dataset)):
        raise ValueError(f"runs = {runs}: not wanted (allowed: None, as there is a data set or a start for each)")
    given = (1 if runs is None else checked_count("runs", runs, 1)) if W0 is None else len(W0)
    sets = [data] * given if isinstance(data, Dataset) else data
    if W0 is not None and len(W0) != len(sets):
        raise ValueError(f"W0 = {len(W0)} starts: wrong (allowed: one for each of {len(sets)} data sets)")
    starts = W0 if seed is None else [initial_weights(one.setting, seed, r) for r, one in enumerate(sets)]
    assert starts is not None
    done: list[NetworkRun | None] = [None] * len(sets)

    def one(r: int, _: int) -> None:
        done[r] = train_network(sets[r], W0=starts[r], single=True, **how)

    each(one, len(sets), alone=(how.get("kernel") or host_kernel()) == "blocks")  # BLAS has threads of its own
    return tuple(run for run in done if run is not None)


def transposed(W: Floats) -> Floats:
    """W (k, m, d) as the kernels take it, (d, k m)."""
    return np.ascontiguousarray(W.reshape(-1, W.shape[2]).T)


def network_outputs(setting: Setting, W: ArrayLike, X: Floats) -> Floats:
    """F (N, k) of the weights W (k, m, d) on X (N, P, d)."""
    weights = checked_array("W", W, (setting.k, setting.m, setting.d))
    return points.outputs(np.ascontiguousarray(X), transposed(weights), setting.k, activation(setting))


def perturb(data: Dataset, W: ArrayLike) -> Floats:
    """The adversarial examples of the data, (N, P, d), by the setting's ascent at the weights W (k, m, d)."""
    setting = data.setting
    weights = checked_array("W", W, (setting.k, setting.m, setting.d)).reshape(-1, setting.d)
    return examples(data.X, data.y, np.ones(setting.P), weights, setting.k, constants(setting), ascent(setting))


def risk_and_gradient(data: Dataset, W: ArrayLike) -> tuple[float, Floats]:
    """The empirical risk (mean cross-entropy) at W (k, m, d) and its gradient (k, m, d)."""
    setting = data.setting
    k, m, d, (N, P) = setting.k, setting.m, setting.d, data.robust.shape
    weights = checked_array("W", W, (k, m, d))
    packed = samples(data.X, data.y, data.robust, "float64")
    size, space = room(packed, k, m, d, False)
    gradient(packed, weights.reshape(k * m, d), k, constants(setting), ascent(setting, False), size, space,
             np.empty((0, P, k * m)), each)
    risk = points.risk(network_outputs(setting, weights, data.X), data.y)
    return float(risk), (space.G[0, :, :d] / -N).reshape(k, m, d)
