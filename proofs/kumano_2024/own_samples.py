"""The theory on given samples: the user's from a file, or drawn inside (ORTH)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.leaky import kkt
from theorycheck_simulations.leaky.admissible import (
    BeyondAdmissible,
    largest_epsilon,
    perturbed,
    require_admissible,
)
from theorycheck_simulations.leaky.attacks import direction
from theorycheck_simulations.leaky.sample_file import read_samples
from theorycheck_simulations.leaky.samples import BadSamples, Floats, Integers, Samples, both_classes, near_orthogonal
from theorycheck_simulations.leaky.setting import Setting
from theorycheck_simulations.leaky.train import Trained, initial, train_normalised
from theorycheck_simulations.status import Status

from theorycheck.checks.measurement import Agreement, Invariant, Measurement, Outcome
from theorycheck.errors import BadData, UserError
from theorycheck.evidence import Figure, Plot, Series, Table
from theorycheck.experiment import Experiment, Trial
from theorycheck.seeds import stream

# What loss-normalised gradient descent leaves after 6 10^4 steps, from 60 runs (largest seen: 8e-4, 5e-5, 1e-3).
MULTIPLIER, ANGLE, SIGNS = 5e-3, 1e-4, 0.995
DUAL = 1e-6
POINTS = 2000
DEFAULTS: dict[str, Any] = {
    "gamma": 0.8, "m": 12, "N": 10, "d": 60, "epsilon": "largest", "eta": 0.2, "momentum": 0.0, "steps": 60_000,
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """One run.

    Args:
        samples: as given.
        lam, trained: multipliers in units of R_max^-2, in closed form and of the trained network (N,).
        angle: 1 - cos(W, W*).
        multiplier, dual: largest relative deviation from the closed form, of the network and of the dual problem.
        signs: the share of random points where sgn f = sgn <q, z>.
        epsilon, adversarial: size of the perturbation, and that share for sgn f^adv and T_1 + T_2; NaN without (ORTH).
    """

    samples: Samples
    lam: Floats
    trained: Floats
    angle: float
    multiplier: float
    signs: float
    dual: float
    epsilon: float
    adversarial: float


def drawn(setting: Setting, rng: np.random.Generator) -> Samples:
    """Near-orthogonal samples at 9/10 of (ORTH), of both classes."""
    try:
        X = near_orthogonal(rng, setting.N, setting.d, setting.gamma, 0.9, 1.5)
    except ValueError as error:
        raise UserError(str(error)) from None
    return Samples(X, both_classes(setting.N, rng))


def fitted(samples: Samples, setting: Setting, about: str, rng: np.random.Generator) -> Trained:
    """The trained network.

    Raises:
        BadData: where a margin is not positive after all steps, or a weight is not finite.
    """
    W0 = initial(setting.m, samples.d, rng, 0.01)
    done = train_normalised(samples.X, samples.y, setting.gamma, setting.m, W0, eta=setting.eta, steps=setting.steps)
    if done.status is not Status.OK:
        raise BadData(f"{about}: not finite in step {done.steps} (a smaller eta may help)")
    worst = int(np.argmin(done.margins))
    if not done.margins[worst] > 0:
        raise BadData(f"{about}: not separated: after {done.steps} steps sample {worst + 1} has the margin "
                      f"{done.margins[worst]:.3g} (allowed: samples that the network fits)")
    return done


def opposed(samples: Samples) -> tuple[int, int] | None:
    """Two samples of different classes on one ray, which no homogeneous network separates."""
    U = samples.X / np.sqrt(samples.squared)[:, None]
    # Positive multiples of each other to rounding.
    same = (np.abs(U[:, None] - U[None]).max(axis=2) <= 1e-12) if samples.N <= 200 else U @ U.T >= 1 - 1e-14
    at = np.argwhere(same & np.not_equal.outer(samples.y, samples.y))
    return (int(at[0, 0]), int(at[0, 1])) if at.size else None


def agreeing(W: Floats, g: Floats, setting: Setting, rng: np.random.Generator) -> float:
    """The share of random points where sgn f = sgn <g, .>; a sign of 0 counts as different."""
    Z = rng.standard_normal((POINTS, g.size))
    f, linear = np.sign(kkt.output(W, Z, setting.gamma)), np.sign(Z @ g)
    return float(((f == linear) & (f != 0)).mean())


def run(setting: Setting, samples: Samples, about: str, rng: np.random.Generator) -> Found:
    """Trains on the samples and, where (ORTH) holds, on their perturbations.

    In units of R_max, so that the step fits whatever the samples are measured in: everything that is compared is the
    same in all units.
    """
    unit = float(np.sqrt(samples.R_max2))
    X, y, gamma = samples.X / unit, samples.y, setting.gamma
    if (pair := opposed(samples)) is not None:
        raise BadData(f"{about}: not separable: samples {pair[0] + 1} and {pair[1] + 1} are positive multiples of each "
                      "other with different labels")
    done = fitted(Samples(X, y), setting, about, rng)
    lam = kkt.multipliers(X, y, gamma)
    W = kkt.network(X, y, lam, gamma, setting.m)
    cosine = (done.W * W).sum() / (np.linalg.norm(done.W) * np.linalg.norm(W))
    q = kkt.functional(X, y, lam)
    signs = agreeing(done.W, q, setting, rng)
    trained = done.multipliers()
    off = float(np.abs(trained / lam - 1).max())
    dual = float(np.abs(kkt.dual(X, y, gamma) / lam - 1).max())
    epsilon, adversarial = np.nan, np.nan
    if kkt.orthogonal(X, gamma) or setting.epsilon != "largest":
        targets = both_classes(samples.N, rng)
        h = direction(q, setting.norm, max(1, int(setting.ratio * samples.d)) if setting.norm == "l0" else None)
        epsilon = admissible(setting, samples.X, targets, h)
        again = Samples(perturbed(X, targets, h, epsilon / unit), targets)
        other = fitted(again, setting, f"{about}, perturbed", rng)
        T = kkt.functional(again.X, targets, kkt.multipliers(again.X, targets, gamma))
        adversarial = agreeing(other.W, T, setting, rng)
    return Found(samples, lam, trained, float(1 - cosine), off, signs, dual, epsilon, adversarial)


def admissible(setting: Setting, X: Floats, targets: Integers, h: Floats) -> float:
    """The setting's epsilon, or a little less than the largest admissible one.

    Raises:
        UserError: for an epsilon beyond it.
    """
    if setting.epsilon == "largest":
        return 0.999 * largest_epsilon(X, targets, h, setting.gamma)
    try:
        require_admissible(X, targets, h, setting.gamma, setting.epsilon)
    except BeyondAdmissible as error:
        raise UserError(str(error)) from None
    return float(setting.epsilon)


def measure(trial: Trial) -> Measurement:
    """Runs it for every seed and holds what was trained against the closed form."""
    setting: Setting = trial.setting
    given = None
    if setting.data:
        try:
            given = read_samples(Path(setting.data))
        except BadSamples as error:
            raise BadData(str(error)) from None
    count, found = trial.count(1, 5, 20), []
    for seed in range(count):
        rng = stream(trial.seed, "kumano-boundary", repr(setting), seed)
        samples = drawn(setting, rng) if given is None else given
        found.append(run(setting, samples, setting.data or f"draw {seed + 1}", rng))
        trial.progress(seed + 1, count)
    return judged(setting, found)


def judged(setting: Setting, found: list[Found]) -> Measurement:
    """What the runs came to. Without (ORTH) the closed form counts only where its sign pattern holds."""
    gamma = setting.gamma
    orth = all(kkt.orthogonal(one.samples.X, gamma) for one in found)
    holds = all(kkt.pattern(one.samples.X, one.samples.y, one.lam, gamma) for one in found)
    outside = "" if orth else " [(ORTH) not met; the sign pattern holds]"
    failures = () if holds else (
        "the closed form is no KKT point of these samples: a multiplier or the sign of a neuron on a sample is wrong, "
        "so that the theory says nothing about them",)  # fmt: skip

    def column(name: str) -> NDArray[np.float64]:
        return np.array([getattr(one, name) for one in found])

    outcomes: list[Outcome] = []
    if holds:
        outcomes += [
            Invariant(f"1 - cos(W, W*) at most {ANGLE:g}{outside}", ANGLE - column("angle")),
            Invariant(f"multipliers of the network within {MULTIPLIER:g} of the closed form{outside}",
                      MULTIPLIER - column("multiplier")),
            Invariant(f"sgn f = sgn <q, z> at {SIGNS:.1%} of random points at least{outside}", column("signs") - SIGNS),
            Agreement(f"multipliers of the dual problem by L-BFGS-B over the closed form{outside}",
                      np.ones(len(found)), 1 + column("dual"), DUAL),
        ]  # fmt: skip
    if orth:
        outcomes.append(Invariant(f"sgn f^adv = sgn (T_1 + T_2) at {SIGNS:.1%} of random points at least",
                                  column("adversarial") - SIGNS))
    return Measurement(tuple(outcomes), figures(setting, found, orth), (plot(found),), (table(found),), failures)


def figures(setting: Setting, found: list[Found], orth: bool) -> dict[str, Figure]:
    """What was run, and how far it is from (ORTH)."""
    one = found[0].samples
    bound = kkt.orth_bound(one.X, setting.gamma)
    return {
        "runs": len(found), "samples": one.N, "dimension": one.d, "labels 1": int((one.y == 1).sum()),
        "(ORTH)": "holds" if orth else "does not hold", "p_max, first run": one.p_max, "p_max allowed": bound,
        "perturbation": setting.norm if orth else "left out: without (ORTH) no epsilon is admissible",
    }  # fmt: skip


def table(found: list[Found]) -> Table:
    """A row for every run."""
    rows: list[tuple[Figure, ...]] = [
        (n, one.angle, one.multiplier, one.signs, one.dual, float(one.epsilon), float(one.adversarial))
        for n, one in enumerate(found, 1)
    ]
    heads = ("run", "1 - cos(W, W*)", "largest |^lambda/lambda - 1|", "signs agree", "dual: largest deviation",
             "epsilon", "signs agree after learning from perturbations")  # fmt: skip
    return Table("Trained networks and the closed form", heads, tuple(rows))


def plot(found: list[Found]) -> Plot:
    """The multipliers of the first run."""
    one = found[0]
    x = [float(n) for n in range(1, one.lam.size + 1)]
    sizes = one.samples.squared / one.samples.R_max2
    closed, trained = ((lam * sizes).tolist() for lam in (one.lam, one.trained))
    curves = (Series("closed form", "line", x, closed), Series("trained network", "points", x, trained))
    return Plot("Multipliers, first run", "sample", "lambda_n ||x_n||^2", curves)


EXPERIMENT = Experiment(
    "kumano-boundary",
    "The KKT point and its linear boundary, on your samples",
    "Trains the network by loss-normalised gradient descent on samples drawn inside (ORTH), or on those of a CSV file "
    "(--set data=FILE: a line each, the label 1 or -1 first), and holds weights, multipliers and boundary against the "
    "closed form $\\lambda=2(C\\circ XX^\\top)^{-1}\\mathbf{1}$ and the dual problem. Where (ORTH) holds, the "
    "samples are perturbed towards random labels by $\\epsilon$ (--set epsilon=largest: the largest admissible), a "
    "fresh network learns from them, and its signs are held against $T_1+T_2$. Outside (ORTH) the closed form is "
    "judged only where its sign pattern holds.",
    measure,
    DEFAULTS,
)
