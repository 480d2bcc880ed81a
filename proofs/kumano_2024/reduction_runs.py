"""Networks trained to their limit, against the KKT point in closed form; and losses below ln 2/N."""

from dataclasses import dataclass, replace
from math import log

import numpy as np
from theorycheck_simulations.leaky import kkt
from theorycheck_simulations.leaky.blas import single_threaded
from theorycheck_simulations.leaky.samples import Floats, Integers, labels, near_orthogonal
from theorycheck_simulations.leaky.train import LOSSES, initial, train_normalised
from theorycheck_simulations.status import Status

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.evidence import Table
from theorycheck.seeds import stream

from .boundary_instances import admissible

RUNS, SETS = (6, 20, 60), (2, 6, 20)  # trained networks of K0, data sets of Theorem 3.3 (four networks each)
IMPLICATIONS = (2_000, 20_000, 60_000)  # valid draws of margins, per loss
SLOPES, SCALES = (0.2, 0.5, 0.8), (0.01, 1.0)  # gamma; size of the initial weights
STEPS, POINTS = 60_000, 2_000
# What a finite run may miss of its limit: the direction of loss-normalised descent converges like 1/steps.
COSINE, MULTIPLIER, MARGIN, SIGNS, RANK = 0.9999, 5e-3, 5e-3, 0.995, 0.01


@dataclass(frozen=True)
class Data:
    """Near-orthogonal samples with the slope and the width of the network."""

    X: Floats
    y: Integers
    gamma: float
    m: int


@dataclass(frozen=True)
class Limit:
    """What a trained network shows of its limit.

    `cosine` with W*; `multipliers` hat-lambda over lambda (N,); `margin` normalised over the optimum; `spread` largest
    over least margin; `signs` share of points where sgn f = sgn g, 0 counting as neither; `rank` sigma_3/sigma_1;
    `room` ln 2/N less the loss at the end.
    """

    W: Floats
    cosine: float
    estimated: Floats
    multipliers: Floats
    margin: float
    spread: float
    signs: float
    rank: float
    room: float


def data(rng: np.random.Generator) -> Data:
    """2 to 8 samples in N + 10 dimensions, m <= 8."""
    N, gamma = int(rng.integers(2, 9)), float(rng.choice(SLOPES))
    X = near_orthogonal(rng, N, N + 10, gamma, 0.9, 1.5, signed=bool(rng.random() < 0.5))
    return Data(X, labels(N, rng), gamma, 2 * int(rng.integers(1, 5)))


def train(given: Data, loss: str, scale: float, rng: np.random.Generator, steps: int = STEPS) -> Limit | None:
    """Trains and compares; None for a run that does not separate its samples."""
    X, y, gamma = given.X, given.y, given.gamma
    found = train_normalised(X, y, gamma, given.m, initial(given.m, X.shape[1], rng, scale), loss, steps=steps)
    if found.status != Status.OK or not found.separated:
        return None
    lam = kkt.multipliers(X, y, gamma)
    best = kkt.network(X, y, lam, gamma, given.m)
    W, q = found.W, kkt.functional(X, y, lam)
    Z = rng.standard_normal((POINTS, X.shape[1]))
    sizes = np.linalg.svd(W, compute_uv=False)
    estimated = found.multipliers()
    return Limit(
        W, float(np.sum(W * best) / np.linalg.norm(W) / np.linalg.norm(best)), estimated, estimated / lam,
        float(found.margins.min() / np.linalg.norm(W) * np.sqrt(kkt.norm_squared(lam))),
        float(found.margins.max() / found.margins.min()), float(np.mean(kkt.output(W, Z, gamma) * (Z @ q) > 0)),
        float(sizes[2] / sizes[0]) if sizes.size > 2 else 0.0, log(2) / y.size - found.loss,
    )  # fmt: skip


def limits(found: list[Limit]) -> tuple[Agreement | Invariant, ...]:
    """The outcomes that K0 and Theorem 3.3 share."""
    spread = np.array([one.spread for one in found])
    return (
        Invariant("hat lambda within 5e-3 of lambda",
                  np.array([MULTIPLIER - np.abs(one.multipliers - 1).max() for one in found])),
        Invariant("largest over least margin at most 1.005", 1 + MARGIN - spread),
        Invariant("sgn f = sgn g on at least 99.5 % of the points", np.array([one.signs for one in found]) - SIGNS),
        Invariant("sigma_3/sigma_1 at most 0.01", RANK - np.array([one.rank for one in found])),
        Invariant("loss below ln 2/N", np.array([one.room for one in found])),
    )  # fmt: skip


@single_threaded()
def measure_limit(context: Context, steps: int = STEPS) -> Measurement:
    """K0: trained networks, one data set each, both losses and both sizes of the initial weights in turn."""
    found, failures, rows = [], [], []
    runs = context.profile.pick(*RUNS)
    for seed in range(runs):
        rng = stream(context.seed, "k0", "trained", seed)
        given, loss, scale = data(rng), tuple(LOSSES)[seed % 2], SCALES[seed // 2 % 2]
        one = train(given, loss, scale, rng, steps) if admissible(given.X, given.gamma) else None
        if one is None:
            failures.append(f"seed {seed}: samples outside (ORTH), or not separated")
            continue
        found.append(one)
        rows.append((given.y.size, given.m, given.gamma, loss, scale, one.cosine, one.margin, one.spread,
                     float(np.abs(one.multipliers - 1).max()), one.signs, one.rank))  # fmt: skip
    columns = ("N", "m", "gamma", "loss", "initial scale", "cos(W, W*)", "margin over optimum", "largest/least margin",
               "largest |hat lambda/lambda - 1|", "equal signs", "sigma_3/sigma_1")  # fmt: skip
    outcomes = (
        Invariant("cos(W, W*) at least 0.9999", np.array([one.cosine for one in found]) - COSINE),
        Agreement("normalised margin against the optimum", np.ones(len(found)),
                  np.array([one.margin for one in found]), 1e-3),
        *limits(found),
    )  # fmt: skip
    return Measurement(outcomes, {"networks": len(found), "steps": steps},
                       tables=(Table("Trained networks", columns, tuple(rows)),), failures=tuple(failures))  # fmt: skip


@single_threaded()
def measure_theorem(context: Context, steps: int = STEPS) -> Measurement:
    """Theorem 3.3: per data set four networks, two starts for each loss, against the theorem and each other."""
    found, failures, between, refined, stated, rows = [], [], [], [], [], []
    for seed in range(context.profile.pick(*SETS)):
        rng = stream(context.seed, "theorem-3.3", "data", seed)
        given = data(rng)
        if seed == 0:
            given = replace(given, y=np.ones_like(given.y))
        squared, g = np.einsum("nx,nx->n", given.X, given.X), given.gamma
        if not admissible(given.X, given.gamma):
            failures.append(f"data set {seed} is outside (ORTH)")
        four = [train(given, loss, scale, rng, steps) for loss in LOSSES for scale in SCALES]
        kept = [one for one in four if one is not None]
        if len(kept) < len(four):
            failures.append(f"data set {seed}: {len(four) - len(kept)} networks did not separate their samples")
            continue
        found += kept
        W = np.stack([one.W.ravel() / np.linalg.norm(one.W) for one in kept])
        between.append(float((W @ W.T).min()))
        hat = np.concatenate([one.estimated for one in kept])
        low, high = 1 / (2 * squared.max()), 3 / (2 * g**2 * squared.min())
        stated += [float((hat / low).min() - 1), float(1 - (hat / high).max())]
        c, cube = 2 / (1 + g**2), g**3
        least, most = c / squared.max() * (3 - 2 * cube) / (3 - cube), c / squared.min() * 3 / (3 - cube)
        refined += [float((hat / least).min() - 1), float(1 - (hat / most).max())]
        rows.append((given.y.size, given.m, g, between[-1], low, float(hat.min()), float(hat.max()), high))
    columns = ("N", "m", "gamma", "least cosine of two networks", "1/(2 R_max^2)", "least hat lambda", "largest",
               "3/(2 gamma^2 R_min^2)")  # fmt: skip
    outcomes = (
        *limits(found),
        Invariant("hat lambda inside (1/(2 R_max^2), 3/(2 gamma^2 R_min^2))", np.array(stated)),
        Invariant("hat lambda inside the interval of K3, to 5e-3", np.array(refined), MULTIPLIER),
        Invariant("both losses and starts: cosine at least 0.9999", np.array(between) - COSINE),
    )
    return Measurement(outcomes, {"networks": len(found), "steps": steps},
                       tables=(Table("Four networks per data set", columns, tuple(rows)),),
                       failures=tuple(failures))  # fmt: skip


def measure_implication(context: Context, share: float = 1.0) -> Measurement:
    """Random margins whose mean loss is below ln 2/N: the least is positive. A `share` > 1 relaxes the threshold."""
    wanted = context.profile.pick(*IMPLICATIONS)
    outcomes, failures = [], []
    figures: dict[str, float | int] = {"wanted per loss": wanted}
    for loss in LOSSES:
        rng = stream(context.seed, "k0", "margins", loss)
        N = rng.integers(1, 21, 8 * wanted)
        inside = np.arange(20) < N[:, None]
        # Large margins with one near the threshold make the mean loss nearly ln 2/N.
        margins = np.where(rng.random((N.size, 20)) < 0.1, rng.uniform(-1, 2, (N.size, 20)),
                           rng.uniform(3, 40, (N.size, 20)))  # fmt: skip
        losses = np.exp(-margins) if loss == "exponential" else np.logaddexp(0, -margins)
        mean = np.where(inside, losses, 0).sum(axis=1) / N
        valid = np.flatnonzero(mean < share * log(2) / N)[:wanted]
        least = np.where(inside, margins, np.inf).min(axis=1)[valid]
        if valid.size < wanted:
            failures.append(f"{loss}: {valid.size} of {wanted} valid draws")
        figures[f"{loss}: least margin"] = float(least.min(initial=np.inf))
        outcomes.append(Invariant(f"{loss} loss below ln 2/N: every margin is positive", least))
    return Measurement(tuple(outcomes), figures, failures=tuple(failures))
