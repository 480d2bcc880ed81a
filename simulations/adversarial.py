"""Level 1 under attack, adversarial training on the noiseless population: validated, allocated and run.

Exact: class j is one point with the patches alpha u_j (n_R times) and beta v_j (n_N times). The perturbation has
components along every coordinate of the weights, so the run is in all d of them.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .data import features, initial_weights
from .descent import alone, examples
from .kernels.ascent import Ascent
from .layout import room, samples
from .population import Diagonal, noiseless
from .setting import OBJECTIVES, Setting
from .status import Status
from .threads import each
from .trajectory import Floats, Integers, checked_array, checked_count, constants, levels, notes, per_run

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class AdversarialRuns:
    """R runs: W0, W (R, k, m, d), recorded steps t (n,) with weights (R, n, k, m, d) (NaN after a run's end).

    A_step, B_step (R, k): first t with max_r A_{i,r} (B_{i,r}) at or above its level, -1 if not; status, steps (R,);
    dead (R, k): classes whose own filters all have slope 0 on their own patches at the start (for the paper's
    activation: whose outputs are 0), so that nothing pulls them up; alpha, beta, epsilon (R,) as used.
    """

    setting: Setting
    W0: Floats
    W: Floats
    t: Integers
    weights: Floats
    A_step: Integers
    B_step: Integers
    status: Integers
    steps: Integers
    dead: Bools
    alpha: Floats
    beta: Floats
    epsilon: Floats


@dataclass(frozen=True)
class AdversarialRun(Diagonal):
    """One of `AdversarialRuns`, without the leading axis; records end with the run. seed None: W0 was given."""

    setting: Setting
    W0: Floats
    W: Floats
    t: Integers
    weights: Floats
    A_step: Integers
    B_step: Integers
    status: Status
    steps: int
    dead: Bools
    seed: int | None


def ascent(setting: Setting, adversarial: bool = True) -> Ascent:
    """The ascent of ``setting`` as the kernels take it; without ``adversarial`` the one that moves nothing."""
    if not adversarial:
        return Ascent(0.0, 0.0, 1, 0)
    return Ascent(float(setting.epsilon), float(setting.eta_tilde), setting.ascent_steps,
                  OBJECTIVES.index(setting.objective))


def population_patches(setting: Setting, alpha: ArrayLike, beta: ArrayLike) -> Floats:
    """The patches alpha u_j and beta v_j of every class as (..., k, 2, d), for alpha, beta of shape (...)."""
    u, v = features(setting)
    strengths = np.stack([np.asarray(alpha, dtype=np.float64), np.asarray(beta, dtype=np.float64)], axis=-1)
    return np.ascontiguousarray(strengths[..., None, :, None] * np.stack([u, v], axis=1))


def train_adversarial(setting: Setting, seed: int | None = None, *, W0: ArrayLike | None = None, stride: int = 0,
                      level_A: ArrayLike | None = None, level_B: ArrayLike | None = None) -> AdversarialRun:
    """Gradient descent on the population risk at X~ = X + clip_eps(eta~ grad_X L_m), T times, for w = w_{i,r}:

    w += (eta/k) sum_j (1[i=j] - logit_i(X~_j)) sum_p s'(<w, x~_{j,p}>) x~_{j,p}, the perturbation held fixed.

    From a seed (`initial_weights`) or from W0 (k, m, d). ``stride``: record the weights every so many steps (0: none).
    Radius or ascent step 0 is standard training. Raises ValueError for a bad argument, `BadSetting` for sigma_n > 0 or
    too little memory.
    """
    if (seed is None) == (W0 is None):
        raise ValueError("start: give either seed or W0")
    given = initial_weights(setting, seed) if seed is not None else W0
    assert given is not None
    start = checked_array("W0", given, (setting.k, setting.m, setting.d))
    done = train_adversarials(setting, W0=start[None], stride=stride, level_A=level_A, level_B=level_B)
    steps = int(done.steps[0])
    n = min(done.t.size, steps // stride + 1) if stride else 0
    return AdversarialRun(setting, start, done.W[0], done.t[:n], done.weights[0, :n], done.A_step[0], done.B_step[0],
                          Status(int(done.status[0])), steps, done.dead[0], seed)


def train_adversarials(setting: Setting, seed: int | None = None, runs: int = 1, *, W0: ArrayLike | None = None,
                       alpha: ArrayLike | None = None, beta: ArrayLike | None = None,
                       epsilon: ArrayLike | None = None, stride: int = 0, level_A: ArrayLike | None = None,
                       level_B: ArrayLike | None = None) -> AdversarialRuns:
    """`train_adversarial` for R runs on all threads; W(0) = initial_weights(setting, seed, run), or W0 (R, k, m, d).

    alpha, beta, epsilon: a number or one per run (R,), in place of the setting's. The results depend neither on the
    number of threads nor on the order of the runs.
    """
    noiseless(setting)
    checked_count("stride", stride, 0)
    k, m, d = setting.k, setting.m, setting.d
    if W0 is not None:
        if seed is not None:
            raise ValueError("start: give either seed or W0")
        R = np.shape(W0)[0] if np.ndim(W0) == 4 else 0
        start = checked_array("W0", W0, (R, k, m, d))
    elif seed is None:
        raise ValueError("start: give either seed or W0")
    else:
        R = checked_count("runs", runs, 1)
        setting.check_memory("adversarial", runs=R)
        start = np.stack([initial_weights(setting, seed, run) for run in range(R)])
    strengths = {name: per_run(setting, name, value, R)
                 for name, value in (("alpha", alpha), ("beta", beta), ("epsilon", epsilon))}
    n = setting.T // stride + 1 if stride else 0
    setting.check_memory("adversarial", runs=R, records=n)
    X, labels, robust = population_patches(setting, strengths["alpha"], strengths["beta"]), *_classes(k)
    W, none = start.reshape(R, k * m, d).copy(), np.empty((0, 2, k * m))
    wanted = notes(setting, "adversarial", runs=R, stride=stride, weights=True)
    levels_B = levels("level_B", np.inf if level_B is None else level_B, (R, k))
    wanted = replace(wanted, passage=wanted.passage._replace(level=levels_B))
    levels_A, A_step = levels("level_A", np.inf if level_A is None else level_A, (R, k)), np.full((R, k), -1, np.int64)
    status, steps = np.zeros(R, np.int64), np.zeros(R, np.int64)
    c, climb = constants(setting), ascent(setting)

    def one(r: int, _: int) -> None:
        own = climb._replace(epsilon=float(strengths["epsilon"][r]))
        s = samples(X[r], labels, robust, "float64", _counts(setting))
        size, space = room(s, k, m, d, own.epsilon > 0 and own.eta_tilde > 0, threads=1)
        record, passage = wanted.of(r)
        status[r], steps[r] = alone(s, W[r], c, own, setting.T, size, space, none, np.ones(k), stride, record, 0,
                                    passage, (levels_A[r], A_step[r]))

    each(one, R)
    dead = _dead(setting, start, X)
    status[(status == Status.OK) & dead.all(axis=1)] = Status.DEAD
    return AdversarialRuns(setting, start, W.reshape(R, k, m, d), np.arange(n, dtype=np.int64) * stride,
                           wanted.record.weights.reshape(R, n, k, m, d), A_step, wanted.passage.level_step, status,
                           steps, dead, **strengths)


def perturbed_population(setting: Setting, W: ArrayLike) -> Floats:
    """The adversarial examples (k, 2, d) of the patches alpha u_j and beta v_j, by the setting's ascent at W."""
    noiseless(setting)
    weights = checked_array("W", W, (setting.k, setting.m, setting.d)).reshape(-1, setting.d)
    X, (labels, _) = population_patches(setting, setting.alpha, setting.beta), _classes(setting.k)
    return examples(X, labels, _counts(setting), weights, setting.k, constants(setting), ascent(setting))


def _classes(k: int) -> tuple[Integers, Bools]:
    """Labels and robust patches of the k points of two patches."""
    return np.arange(k), np.tile(np.array([True, False]), (k, 1))


def _counts(setting: Setting) -> Floats:
    """How many patches each of the two stands for."""
    return np.array([setting.n_R, setting.n_N], dtype=np.float64)


def _dead(setting: Setting, W: Floats, X: Floats) -> Bools:
    """(R, k): whether s' is 0 for every own filter on both patches; W (R, k, m, d), X (R, k, 2, d)."""
    z = np.einsum("njrd,njpd->njrp", W, X)
    if setting.activation in ("softplus", "gelu"):
        return np.zeros(z.shape[:2], dtype=np.bool_)  # their slope is 0 nowhere but at a point
    return np.asarray((z <= 0).all(axis=(2, 3)))
