"""Adversarial examples and updates by the formulas of Lemmas D.16 to D.18, written anew in NumPy, along seen runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

import numba
import numpy as np
from theorycheck_simulations.adversarial import perturbed_population, train_adversarial
from theorycheck_simulations.data import Dataset, initial_weights, sample
from theorycheck_simulations.network import perturb
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.status import Status

from .updates import Compared, Floats, activation, checked, kinds, scaled, slope, trained

LARGEST_PATH = 2**22  # recorded weights; several arrays of that size must fit into memory
# A difference of two numbers is off by half a unit in the last place of each, some 1e-16 of them; 1e-10 of 1e-5 allows.
LEAST = 1e-5


@dataclass(frozen=True)
class Path:
    """The weights W (n+1, k, m, d) of a run at every step, and what it was trained on.

    Patches X (N, P, d) with labels y (N,); patch p stands for count[p] equal ones, point n for the share share[n].
    """

    setting: Setting
    X: Floats
    y: np.ndarray
    count: Floats
    share: Floats
    W: Floats
    data: Dataset | None = None

    @cached_property
    def moved(self) -> Floats:
        """X~ (n, N, P, d), by `examples`."""
        return examples(self.setting, self.X, self.y, self.count, self.W[:-1])

    @cached_property
    def psi(self) -> Floats:
        """What each step adds to psi, (n, k, m, N, P), by `coefficients`."""
        return coefficients(self.setting, self.moved, self.y, self.count, self.share, self.W[:-1])


def steps_that_fit(setting: Setting, steps: int) -> int:
    """At most so many steps, fewer where a `Path` of them would be too large."""
    return max(1, min(steps, setting.T, LARGEST_PATH // (setting.k * setting.m * setting.d)))


def population_path(setting: Setting, seed: int | None, W0: Floats | None = None) -> Path:
    """Adversarial training at level 1: k points, alpha u_j for n_R and beta v_j for n_N patches."""
    run = train_adversarial(setting, seed, W0=W0, stride=1)
    if run.status is Status.NON_FINITE:  # of a dead start the formulas hold as well
        checked(run.status, setting)
    k = setting.k
    X = np.zeros((k, 2, setting.d))
    X[np.arange(k), 0, np.arange(k)], X[np.arange(k), 1, k + np.arange(k)] = setting.alpha, setting.beta
    count = np.array([setting.n_R, setting.n_N], dtype=float)
    return Path(setting, X, np.arange(k), count, np.full(k, 1 / k), run.weights)


def network_path(setting: Setting, seed: int) -> Path:
    """Adversarial training at level 2, one step after the other so that all coordinates of every step are seen."""
    data = sample(setting, seed, patches="random")
    one = Dataset(setting.replace(T=1), data.X, data.y, data.robust)
    weights = [initial_weights(setting, seed)]
    for _ in range(setting.T):
        weights.append(trained(one, W0=weights[-1], adversarial=True).W)
    N, P, _ = data.X.shape
    return Path(setting, data.X, data.y, np.ones(P), np.full(N, 1 / N), np.stack(weights), data)


def gaps(setting: Setting, z: Floats, y: np.ndarray, count: Floats) -> Floats:
    """1[y = i] - logit_i (n, N, k) from pre-activations z (n, N, P, k, m)."""
    from scipy.special import softmax

    gap: Floats = -softmax(outputs_at(setting, z, count), axis=-1)
    points = np.arange(y.size)
    # 1 - logit_y as the sum of the others: it must not round to 0 when the margin is large.
    gap[:, points, y] = -(gap.sum(axis=-1) - gap[:, points, y])
    return gap


def outputs_at(setting: Setting, z: Floats, count: Floats) -> Floats:
    """F_i (n, N, k) from pre-activations z (n, N, P, k, m)."""
    return np.asarray(np.einsum("tnpir,p->tni", activation(setting, z), count))


def preactivations(W: Floats, X: Floats) -> Floats:
    """<w_{i,r}, x_p> (n, N, P, k, m) of weights (n, k, m, d) on patches (n, N, P, d)."""
    n, k, m, d = W.shape
    flat = X.reshape(n, -1, d) @ W.reshape(n, k * m, d).swapaxes(1, 2)
    return np.asarray(flat.reshape(*X.shape[:-1], k, m))


def pulls(setting: Setting, F: Floats, y: np.ndarray) -> Floats:
    """dL_m/dF_i (n, N, k): of -F_y, of max_{j != y} F_j - F_y, or of the loss, whose negative gradient is `gaps`."""
    own = np.eye(setting.k)[y]
    pull = np.broadcast_to(-own, F.shape)
    if setting.objective == "margin":
        rival = np.argmax(np.where(own > 0, -np.inf, F), axis=-1)
        pull = pull + np.eye(setting.k)[rival]
    return pull


def examples(setting: Setting, X: Floats, y: np.ndarray, count: Floats, W: Floats) -> Floats:
    """Lemma D.17, X~ (n, N, P, d) at weights W (n, k, m, d).

    x~_p = x_p - sum_c e_c clip(eta~ sum_s s'(<w_{y,s}, x_p>) w_{y,s,c}, -eps, eps) for L_m = -F_y and one step.
    """
    n, k, m, d = W.shape
    start = np.broadcast_to(X, (n, *X.shape))
    found = start
    for _ in range(setting.ascent_steps):
        z = preactivations(W, found)
        if setting.objective == "loss":
            pull = -gaps(setting, z, y, count)
        else:
            pull = pulls(setting, outputs_at(setting, z, count), y)
        weight = (pull[:, :, None, :, None] * slope(setting, z)).reshape(n, -1, k * m)
        gradient = (weight @ W.reshape(n, k * m, d)).reshape(found.shape)
        move = found - start + setting.eta_tilde * gradient
        found = start + np.clip(move, -setting.epsilon, setting.epsilon)
    return found


def coefficients(setting: Setting, moved: Floats, y: np.ndarray, count: Floats, share: Floats, W: Floats) -> Floats:
    """eta share_n (1[y_n = i] - logit_i(X~_n)) count_p s'(<w_{i,r}, x~_{n,p}>) as (n, k, m, N, P)."""
    z = preactivations(W, moved)
    factor = setting.eta * share[:, None] * gaps(setting, z, y, count)
    return np.asarray(np.einsum("tni,p,tnpir->tirnp", factor, count, slope(setting, z)))


def increments(path: Path) -> Floats:
    """Lemma D.18 in all coordinates: what every step adds to W, (n, k, m, d)."""
    n, k, m, d = path.W[:-1].shape
    return np.asarray((path.psi.reshape(n, k * m, -1) @ path.moved.reshape(n, -1, d)).reshape(n, k, m, d))


@contextmanager
def one_thread() -> Iterator[None]:
    """Thousands of small examples on one thread: waiting for a second one at each takes longer than the work."""
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        yield
    finally:
        numba.set_num_threads(before)


def differences(formula: Floats, seen: Floats, size: float) -> Compared:
    """Differences of numbers of this size, over the largest of them, or over `LEAST` of the size if that is more."""
    found = scaled(formula, seen)
    shrink = min(1.0, found.scale / (LEAST * size or 1.0))
    return Compared(shrink * found.predicted, shrink * found.measured, found.scale)


def largest(weights: Floats) -> float:
    """The largest size of any entry."""
    return float(np.max(np.abs(weights), initial=0))


def example_parts(path: Path) -> list[Compared]:
    """x~ - x by the formula and as found at the run's weights, along the features and outside."""
    with one_thread():
        if path.data is None:
            seen = np.stack([perturbed_population(path.setting, W) for W in path.W[:-1]])
        else:
            seen = np.stack([perturb(path.data, W) for W in path.W[:-1]])
    formula, found, inside = path.moved - path.X, seen - path.X, 2 * path.setting.k
    size = largest(path.X)
    return [differences(formula[..., :inside], found[..., :inside], size),
            differences(formula[..., inside:], found[..., inside:], size)]  # fmt: skip


def step_parts(path: Path) -> list[Compared]:
    """Every step by the formula and as seen: the four kinds of correlation, and outside the features."""
    k, size = path.setting.k, largest(path.W)
    formula, seen = increments(path), np.diff(path.W, axis=0)
    by_kind, seen_by_kind = kinds(formula[..., : 2 * k], k), kinds(seen[..., : 2 * k], k)
    return [
        *(differences(by_kind[kind], seen_by_kind[kind], size) for kind in by_kind),
        differences(formula[..., 2 * k :], seen[..., 2 * k :], size),
    ]


def decomposition(path: Path) -> list[Compared]:
    """Lemma D.16: W(T) - W(0) against sum psi x plus the same coefficients, step by step, times the moves x~ - x."""
    patches = np.einsum("tirnp,npd->ird", path.psi, path.X)
    moves = np.einsum("tirnp,tnpd->ird", path.psi, path.moved - path.X)
    # Every step rounds the weights once more.
    return [differences(patches + moves, path.W[-1] - path.W[0], len(path.psi) * largest(path.W))]


def unclipped_outside(path: Path) -> Path:
    """The path up to the first step at which a coordinate outside the features moves as far as the radius allows."""
    outside = np.abs(path.moved - path.X)[..., 2 * path.setting.k :]
    clipped = ~(np.max(outside, axis=(1, 2, 3), initial=0) < path.setting.epsilon)
    steps = int(np.argmax(clipped)) if clipped.any() else clipped.size
    return replace(path, W=path.W[: steps + 1])


def outside_span(path: Path) -> list[Compared]:
    """The last W outside the features and its projection on the span of the first, both over the largest entry."""
    first, last = (W[..., 2 * path.setting.k :].reshape(-1, W.shape[-1] - 2 * path.setting.k)
                   for W in (path.W[0], path.W[-1]))  # fmt: skip
    basis = np.linalg.qr(first.T)[0]
    found = scaled(last @ basis @ basis.T, last)
    return [replace(found, scale=float(np.max(np.abs(last - first), initial=0)))]
