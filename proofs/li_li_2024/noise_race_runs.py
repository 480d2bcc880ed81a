"""Races of B against noise: featureless patches that memorise on their own, and what featured patches memorise."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from theorycheck_simulations.data import Dataset, initial_weights, sample
from theorycheck_simulations.network import network_outputs
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.evidence import Figure, Table
from theorycheck.seeds import stream

from . import predictions
from .ascent_updates import gaps, network_path, preactivations
from .measurements import ROUNDING, described, seed_of
from .noise_grids import RACES, SHARES
from .noise_updates import noise
from .updates import Floats, trained

FEATURELESS = 2  # patches of each point without a feature of their own
STEPS = 120  # followed one by one; F_i = 1/4 is reached before, or a rest is left out
CLEAR = 2.0  # a race is predicted where one side's time is at most half the other's


def with_featureless(setting: Setting, seed: int) -> Dataset:
    """Noiseless points whose last patches carry noise outside the features instead of beta v_y; balanced labels."""
    clean = sample(setting.replace(sigma_n=0.0), seed, balanced=True)
    X, inside = clean.X.copy(), 2 * setting.k
    X[:, -FEATURELESS:] = 0
    shape = (setting.N, FEATURELESS, setting.d - inside)
    X[:, -FEATURELESS:, inside:] = setting.sigma_n * stream(seed, "featureless", *shape).standard_normal(shape)
    return Dataset(setting, X, clean.y, clean.robust)


def carrying(setting: Setting, output: float = 1.0) -> Setting:
    """The setting with only the patches that carry v; `unit_level` of it is where their output is `output` <= 1."""
    return setting.replace(n_N=round((setting.n_N - FEATURELESS) / output))


@dataclass(frozen=True)
class Race:
    """Class i of a run up to T_b: y_0, y_T the largest <w_{i,r}, xi> on any featureless patch; bound inf if not met.

    times: predicted T_b and the predicted time of the first patch of class i at rho, both without the other; first:
    1 if B was first, 0 if a patch was, -1 if neither came within T steps.
    """

    y_0: float
    y_T: float
    bound: float
    times: tuple[float, float]
    first: int


def race(setting: Setting, data: Dataset, W0: Floats, T_b: int, level: float, i: int) -> Race:
    """One class on to its own T_b (to T if that is -1)."""
    s, q, k = setting, setting.q, setting.k
    end = trained(replace(data, setting=s.replace(T=T_b if T_b > 0 else s.T)), W0=W0).W
    xi = data.X[:, -FEATURELESS:]
    own = data.y == i
    z_0, z_T = (np.einsum("rd,npd->rnp", W[i], xi) for W in (W0, end))
    flat = xi.reshape(-1, s.d)
    most = np.abs(flat @ flat.T).sum(axis=1).max()
    F = np.stack([network_outputs(s, W, data.X) for W in (W0, end)])
    labels = np.eye(k, dtype=bool)[data.y]
    others = (k - 1) * np.exp(F[:, ~labels].max())
    # The largest over the least 1 - logit of a point, by the bounds of Lemma D.5 at both ends of the run.
    spread = others / (others + 1) / ((k - 1) / (k - 1 + np.exp(F[:, own, i].max())))
    as_feature = carrying(s).replace(n_R=1, alpha=float(spread * most * k / s.N) ** (1 / q))
    B_0, y_0 = float(W0[i, :, k + i].max()), float(z_0.max())
    bound = float(predictions.tensor_power_bound(as_feature, y_0, B_0, level)) if T_b > 0 else np.inf
    squares = np.sum(xi[own] ** 2, axis=-1)
    n, start = q - 2, z_0[:, own]
    with np.errstate(divide="ignore"):
        left = np.where(start > 0, np.abs(start) ** -n - s.rho**-n, np.inf)
    alone = np.maximum(left, 0) * s.N * s.rho ** (q - 1) / (s.eta * (1 - 1 / k) * n * squares)
    T_B = float(predictions.level_time(carrying(s), B_0, level)) if B_0 > 0 else np.inf
    patch_first = bool(z_T[:, own].max() >= s.rho)
    first = 0 if patch_first else 1 if T_b > 0 else -1
    return Race(y_0, float(z_T.max()), bound, (T_B, float(alone.min())), first)


def races(setting: Setting, seed: int) -> list[Race]:
    """Every class of one run."""
    data, W0 = with_featureless(setting, seed), initial_weights(setting, seed)
    level = predictions.unit_level(carrying(setting, 0.5))
    steps = trained(data, W0=W0, level=level, stop="levels").passage.level_step
    return [race(setting, data, W0, int(steps[i]), level, i) for i in range(setting.k)]


def measure_races(context: Context, settings: Sequence[Setting] = RACES, weight: float = 1.0) -> Measurement:
    """`weight` times the bound of Lemma B.2 wherever its hypotheses hold, and which side is first."""
    runs = context.profile.pick(1, 3, 20)
    slack, said, seen = [], [], []
    rows: list[tuple[Figure, ...]] = []
    for setting in settings:
        found = [one for j in range(runs) for one in races(setting, seed_of(context, "lemma-e.5", setting, str(j)))]
        held = [one for one in found if np.isfinite(one.bound)]
        # T_b steps of rounding at 2^-52 each stay far below 1e-9 of a value that grows by a bounded factor.
        slack += [weight * one.bound - one.y_T * (1 - 1e-9) for one in held]
        clear = [one for one in found if max(one.times) >= CLEAR * min(one.times) and one.first >= 0]
        said += [float(one.times[0] < one.times[1]) for one in clear]
        seen += [float(one.first) for one in clear]
        ratio = setting.k * setting.sigma_n**2 * setting.d
        ratio /= setting.N * carrying(setting).n_N * setting.beta**setting.q
        tight = max((one.y_T / one.bound for one in held), default=0.0)
        by_noise, by_none = (sum(one.first == side for one in found) for side in (0, -1))
        rows.append((described(setting), setting.N, setting.d, ratio, len(found), len(held), tight, by_noise, by_none,
                     len(clear)))  # fmt: skip
    heads = ("setting", "N", "d", "sigma_n^2 d k / (N n_N beta^q)", "classes", "hypotheses hold",
             "largest measured/bound", "noise first", "neither", "predicted")  # fmt: skip
    outcomes = (
        Invariant("max <w, xi>(T_b) <= bound", np.array(slack)),
        Agreement("which is first", np.array(said), np.array(seen), 0.0, absolute=True),
    )
    figures = {"runs per setting": runs, "classes where the hypotheses hold": len(slack), "races predicted": len(said),
               "won by noise": int(len(seen) - sum(seen))}  # fmt: skip
    return Measurement(outcomes, figures, tables=(Table("Races against noise", heads, tuple(rows)),))


@dataclass(frozen=True)
class Memorised:
    """What the patches of class i gain with the leading filter, step by step until F_i = 1/4 or a z leaves (0, rho].

    slack: gamma (1+c)^(q-1) / (beta M (1 - (q-1) c_mean)) dB - dPhi of every step and patch, over the largest dB,
    where (q-1) c_mean < 1.
    total: sum of Phi over these patches, and the movement along v_i, less what the noise vectors have in it, over beta.
    own: the largest Phi |xi|^2; B: the coefficient of v_i; even: k sigma_n^2 d / (N n_N beta) times it.
    """

    slack: Floats
    total: tuple[float, float]
    own: float
    B: float
    even: float


def memorised(setting: Setting, seed: int, i: int) -> Memorised:
    """One class of one run of standard training."""
    path = network_path(setting.replace(epsilon=0.0, T=STEPS), seed)
    s, k, n = setting, setting.k, setting.q - 1
    assert path.data is not None
    data, W = path.data, path.W
    r = int(np.argmax(W[0, i, :, k + i]))
    own, patches = data.y == i, ~data.robust[data.y == i]
    xi, z = noise(data)[own][patches], s.beta * W[:-1, i, r, k + i]
    offset = W[:-1, i, r] @ xi.T
    gap = gaps(s, preactivations(W[:-1], np.broadcast_to(path.X, (len(z), *path.X.shape))), data.y, path.count)
    mine = gap[:, own, i]
    inside = (z > 0) & ((z[:, None] + offset).max(axis=1) <= s.rho) & (s.n_N * z**s.q <= s.q * s.rho**n / 4)
    steps = int(np.argmin(inside)) if not inside.all() else inside.size
    d_phi = path.psi[:steps, i, r][:, own][:, patches]
    z, offset, mine = z[:steps], offset[:steps], mine[:steps]
    d_B = s.beta * d_phi.sum(axis=1)
    c = np.maximum(offset.max(axis=1) / z, 0)
    room = 1 + n * np.minimum(offset.mean(axis=1) / z, 0)
    spread = mine.max(axis=1) / mine.min(axis=1)
    met = room > 0
    factor = spread[met] * (1 + c[met]) ** n / (s.beta * xi.shape[0] * room[met])
    slack = (factor * d_B[met])[:, None] - d_phi[met]
    phi, B = d_phi.sum(axis=0), float(d_B.sum())
    even = k * s.sigma_n**2 * s.d / (s.N * s.n_N * s.beta) * B
    largest = float(np.max(phi * np.sum(xi**2, axis=1), initial=0))
    scale = float(np.max(d_B, initial=0)) or 1.0
    by_noise = np.sum(path.psi[:steps, i, r].sum(axis=0) * noise(data)[:, :, k + i])
    along = float(W[steps, i, r, k + i] - W[0, i, r, k + i] - by_noise) / s.beta
    return Memorised(slack.ravel() / scale, (float(phi.sum()), along), largest, B, even)


def measure_shares(context: Context, settings: Sequence[Setting] = SHARES) -> Measurement:
    """What every step memorises against its bound, and the sum of all Phi."""
    runs = context.profile.pick(1, 2, 10)
    slack, sums = [], []
    rows: list[tuple[Figure, ...]] = []
    for setting in settings:
        found = [memorised(setting, seed_of(context, "lemma-e.6", setting, str(j)), 0) for j in range(runs)]
        slack += [one.slack for one in found]
        sums += [one.total for one in found]
        rows.append((described(setting), setting.N, setting.d, sum(one.slack.size for one in found),
                     max(one.B for one in found), max(one.own for one in found),
                     max(one.own / one.even if one.even else 0.0 for one in found)))  # fmt: skip
    heads = ("setting", "N", "d", "increments compared", "largest b", "largest Phi |xi|^2",
             "over k sigma_n^2 d b/(N n_N beta)")  # fmt: skip
    given, total = np.array(sums).T
    outcomes = (
        # Increments are compared in units of the largest dB, of which rounding takes 2^-52 times a few operations.
        Invariant("share of dB - dPhi", np.concatenate(slack), rounding=1e-12),
        Agreement("sum of Phi and b/beta", given, total, ROUNDING),
    )
    return Measurement(outcomes, {"runs per setting": runs, "settings": len(rows)},
                       tables=(Table("Memorised noise, class 0 until F_i = 1/4", heads, tuple(rows)),))  # fmt: skip
