"""The two terms and (ORTH) of D' on random data, and networks trained on perturbed natural samples."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.leaky import exact
from theorycheck_simulations.leaky.admissible import largest_epsilon, perturbed, sizes, sufficient_epsilon
from theorycheck_simulations.leaky.attacks import direction
from theorycheck_simulations.leaky.kkt import functional, multipliers, output
from theorycheck_simulations.leaky.samples import labels, near_orthogonal
from theorycheck_simulations.leaky.train import Trained, initial, train_normalised

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.evidence import Figure, Table
from theorycheck.seeds import stream

from .learning_certified import Instance, of_gram

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
NORMS = ("l2", "linf", "l0")
IDENTITY = 1e-12  # relative to the sum of the absolute terms, of which there are fewer than 40
# Products of two points round at 1e-16 of their norms; what (ORTH) allows is more than 3e-7 of these for gamma >= .05,
# N' <= 12 and radii up to 3.
ROUNDING = 1e-9
AGREEMENT = 0.995  # of signs: trained nets disagree near g = 0 by what is left after finitely many steps
POINTS = 2_000
INSIDE = 0.999  # of the largest admissible epsilon
START = 0.01  # scale of the weights at the start


@dataclass(frozen=True)
class Drawn:
    """Base points X (n, d), target labels y (n,), direction h (d,)."""

    gamma: float
    X: Floats
    y: Integers
    h: Floats


def drawn(rng: np.random.Generator) -> Drawn:
    """Near-orthogonal base points, random targets and a direction: any, or one of the three of a random q."""
    N, gamma = int(rng.integers(2, 13)), float(rng.uniform(0.05, 0.99))
    d, theta = N + int(rng.integers(0, 20)), float(rng.choice([0.0, 0.3, 0.9]))
    X = near_orthogonal(rng, N, d, gamma, theta, float(rng.uniform(1, 3)), bool(rng.random() < 0.5))
    # Half of the functionals are those of the base points themselves, with labels of their own.
    q = functional(X, labels(N, rng), rng.uniform(1, 2, N)) if rng.random() < 0.5 else rng.standard_normal(d)
    norm = str(rng.choice(NORMS))
    return Drawn(gamma, X, labels(N, rng), direction(q, norm, int(rng.integers(1, d + 1)) if norm == "l0" else None))


def two_terms(base: Floats, y: Integers, h: Floats, lam: Floats, epsilon: float, Z: Floats) -> tuple[Floats, Floats]:
    """T_1 and T_2 at the points Z (k, d)."""
    return np.asarray(Z @ ((lam * y) @ base)), np.asarray(epsilon * lam.sum() * (Z @ h))


def measure_identity(context: Context, second: Callable[[Integers, Floats, float], float] | None = None) -> Measurement:
    """g' from the perturbed points against T_1 + T_2; `second` replaces the factor epsilon Lambda' of <h, z>."""
    count = context.profile.pick(100, 400, 4_000)
    said, seen = [], []
    for index in range(count):
        rng = stream(context.seed, "k6", "identity", index)
        given, epsilon = drawn(rng), float(10 ** rng.uniform(-3, 1))
        X_adv = perturbed(given.X, given.y, given.h, epsilon)
        lam, z = multipliers(X_adv, given.y, given.gamma), rng.standard_normal((1, given.X.shape[1]))
        first, other = two_terms(given.X, given.y, given.h, lam, epsilon, z)
        if second is not None:
            other = second(given.y, lam, epsilon) * (z @ given.h)
        scale = float(np.abs(lam) @ (np.abs(given.X @ z[0]) + epsilon * abs(float(z[0] @ given.h))))
        said.append(float((first + other)[0]) / scale)
        seen.append(float(z[0] @ functional(X_adv, given.y, lam)) / scale)
    outcome = Agreement("g'(z) = T_1 + T_2", np.array(said), np.array(seen), IDENTITY, absolute=True)
    return Measurement((outcome,), {"instances": count})


def measure_implied(context: Context, stretch: float = 1.0) -> Measurement:
    """(ORTH) of D' wherever the inequality holds; `stretch` multiplies the epsilon that it allows."""
    count = context.profile.pick(150, 600, 6_000)
    slack, ratios = [], []
    worst: tuple[float, dict[str, Any]] = (float("inf"), {})
    for index in range(count):
        rng = stream(context.seed, "k6", "implied", index)
        given = drawn(rng)
        epsilon = sufficient_epsilon(given.X, given.h, given.gamma) * float(rng.choice([0.5, 0.9, 1 - 1e-5])) * stretch
        known = sizes(perturbed(given.X, given.y, given.h, epsilon), given.h)
        bound = given.gamma**3 * known.R**2 / (3 * known.n * known.S)
        slack.append(1 - known.p / bound)
        ratios.append(known.p / bound)
        if not slack[-1] >= worst[0]:
            worst = (slack[-1], witness(context, given, epsilon))
    shown = None if worst[0] >= -ROUNDING else worst[1]
    figures: dict[str, Figure] = {"instances inside the inequality": count, "largest p'/(ORTH)": float(np.max(ratios))}
    outcome = Invariant("1 - p'/(ORTH) of D'", np.array(slack), ROUNDING, shown)
    return Measurement((outcome,), figures)


def witness(context: Context, given: Drawn, epsilon: float) -> dict[str, Any]:
    """One instance, its floats taken exactly."""
    return {"schema_version": 1, "kind": "run", "paper": context.paper, "claim": "k6",
            "gamma": str(Fraction(given.gamma)), "epsilon": str(Fraction(epsilon)), "y": given.y.tolist(),
            "X": [[str(x) for x in row] for row in exact.rationals(given.X)],
            "h": [str(Fraction(float(x))) for x in given.h]}  # fmt: skip


def replay(found: Mapping[str, Any],
           admissible: Callable[[Instance, Fraction], bool] = Instance.admissible) -> bool | None:  # fmt: skip
    """True if the inequality holds in exact rationals and (ORTH) of D' does not, else None."""
    gamma, epsilon = Fraction(found["gamma"]), Fraction(found["epsilon"])
    X, h, y = [[Fraction(x) for x in row] for row in found["X"]], [Fraction(x) for x in found["h"]], found["y"]
    n = len(X)
    if not (0 < gamma < 1 and epsilon > 0 and set(y) <= {-1, 1} and len(y) == n >= 2):
        return None
    whole = exact.gram([*X, h])
    G, b = [row[:n] for row in whole[:n]], [row[n] for row in whole[:n]]
    inside = admissible(of_gram("", gamma, G, b, whole[n][n]), epsilon)
    points = [[x + epsilon * s * a for x, a in zip(row, h, strict=True)] for row, s in zip(X, y, strict=True)]
    return True if inside and not exact.orth(exact.gram(points), gamma) else None


def agreement(net: Trained, gamma: float, Z: Floats, wanted: Floats) -> float:
    """The share of points where the network's sign is that of `wanted`; a zero never agrees."""
    return float(np.mean(np.sign(output(net.W, Z, gamma)) * np.sign(wanted) > 0))


def measure_natural(context: Context, claim: str, functional_of: Callable[[Floats, Integers, float, int, Any], Floats],
                    flip: int = 1) -> Measurement:  # fmt: skip
    """Networks trained on perturbed natural samples against sgn(T_1 + T_2), N = 10, d = 60, gamma = .8, m = 12.

    Args:
        context: as always.
        claim: for the seeds.
        functional_of: gives q, of which the perturbation is made, from samples, labels, gamma, m and a generator.
        flip: -1 turns the perturbation round after the prediction was made.
    """
    seeds, N, d, gamma, m = context.profile.pick(1, 4, 8), 10, 60, 0.8, 12
    shares, rows, failures = [], [], []
    for index in range(seeds):
        for norm in NORMS:
            rng = stream(context.seed, claim, "natural", index, norm)
            X, y, targets = near_orthogonal(rng, N, d, gamma, 0.3, 1.0), labels(N, rng), labels(N, rng)
            h = direction(functional_of(X, y, gamma, m, rng), norm, 6 if norm == "l0" else None)
            epsilon = INSIDE * largest_epsilon(X, targets, h, gamma)
            X_adv, Z = perturbed(X, targets, h, epsilon), rng.standard_normal((POINTS, d))
            first, second = two_terms(X, targets, h, multipliers(X_adv, targets, gamma), epsilon, Z)
            points = perturbed(X, targets, flip * h, epsilon)
            net = train_normalised(points, targets, gamma, m, initial(m, d, rng, START))
            if not net.separated:
                failures.append(f"{norm}, seed {index}: {net.status.name}, or the data are not separated")
            shares.append(agreement(net, gamma, Z, first + second))
            alone = float(np.mean(first * (first + second) > 0))
            rows.append((norm, index, epsilon * float(np.linalg.norm(h)), shares[-1], alone))
    heads = ("norm", "seed", "length of eta", "sgn f_adv = sgn(T_1 + T_2)", "sgn T_1 = sgn(T_1 + T_2)")
    outcome = Invariant(f"share of equal signs - {AGREEMENT}", np.array(shares) - AGREEMENT)
    figures: dict[str, Figure] = {"networks": len(rows), "points": POINTS, "least agreement": float(np.min(shares))}
    return Measurement((outcome,), figures, tables=(Table("Natural "
                                                          "base", heads, tuple(rows)),), failures=tuple(failures))


def closed_form(X: Floats, y: Integers, gamma: float, m: int, rng: np.random.Generator) -> Floats:
    """q of the KKT point."""
    return functional(X, y, multipliers(X, y, gamma))


def of_trained(X: Floats, y: Integers, gamma: float, m: int, rng: np.random.Generator) -> Floats:
    """q of a network trained on the samples, from its own multipliers."""
    net = train_normalised(X, y, gamma, m, initial(m, X.shape[1], rng, START))
    return functional(X, y, net.multipliers())


REPLAYS = {"k6": replay}
