"""K10 in numbers: random admissible instances, one exact instance, and trained networks at the base points."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import numpy as np
from theorycheck_simulations.leaky.admissible import largest_epsilon, perturbed
from theorycheck_simulations.leaky.attacks import direction
from theorycheck_simulations.leaky.exact import gram, orth, solve
from theorycheck_simulations.leaky.kkt import functional, multipliers, orthogonal, output
from theorycheck_simulations.leaky.samples import Floats, labels, near_orthogonal

from theorycheck.balls import ball, precision
from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Fact, Invariant, Measurement
from theorycheck.evidence import Table
from theorycheck.seeds import stream

from .agreement_exact import BITS, Exact, dot, every
from .agreement_exact import instance as exact_instance
from .agreement_runs import instance
from .agreement_trained import trained

NORMS, PIXELS = ("l2", "linf", "l0"), 6


def admissible(X: Floats, epsilon: float) -> bool:
    """epsilon sqrt(N') < (R'_min^2/R'_max) (1 - 3 kappa')/sqrt(1 + kappa') for the perturbed points, in floats."""
    G = X @ X.T
    norms = np.diag(G).copy()
    np.fill_diagonal(G, 0.0)
    n, kappa = norms.size, float((norms.size - 1) * np.abs(G).max() / norms.min())
    return bool(epsilon * n**0.5 < norms.min() / norms.max() ** 0.5 * (1 - 3 * kappa) / (1 + kappa) ** 0.5)


def measure_instances(context: Context) -> Measurement:
    """Random instances with (ORTH) for D' and an admissible epsilon: y'_n <q', xbar_n>."""
    drawn = context.profile.pick(300, 1_000, 10_000)
    rng = stream(context.seed, "k10", "instances")
    values, count = [], 0
    for _ in range(drawn):
        given = instance(rng)
        X = perturbed(given.base, given.y, given.h, given.epsilon)
        if given.epsilon > 0 and orthogonal(X, given.gamma) and admissible(X, given.epsilon):
            q = functional(X, given.y, multipliers(X, given.y, given.gamma))
            values.append(given.y * (given.base @ q))
            count += 1
    failures = (f"only {count} of {drawn} instances are admissible",) if count < 212 else ()
    found = np.concatenate(values) if values else np.empty(0)
    return Measurement((Invariant("y'_n <q', xbar_n>", found),), {"admissible instances": count}, failures=failures)


def exact_admissible(given: Exact, y: Sequence[int]) -> bool | None:
    """The same inequality for one label vector, in balls; False where kappa' >= 1/3."""
    G = gram(given.perturbed(y))
    norms, n = [G[i][i] for i in range(len(y))], len(y)
    kappa = (n - 1) * max(abs(G[i][k]) for i in range(n) for k in range(i)) / min(norms)
    if 3 * kappa >= 1:
        return False
    with precision(BITS):
        right = ball(min(norms) * (1 - 3 * kappa)) / (ball(max(norms)) * ball(1 + kappa)).sqrt()
        slack = right - ball(given.epsilon) * ball(Fraction(n)).sqrt()
        return True if slack > 0 else False if slack <= 0 else None


def at_base(given: Exact, y: Sequence[int]) -> bool:
    """Whether y'_n <q', xbar_n> > 0 for every n, exactly."""
    X = given.perturbed(y)
    lam = solve(gram(X), y, given.gamma)
    q = [sum((a * label * x[i] for a, label, x in zip(lam, y, X, strict=True)), Fraction(0)) for i in range(len(X[0]))]
    return all(label * dot(q, x) > 0 for label, x in zip(y, given.base, strict=True))


def certify(context: Context, given: Exact | None = None) -> Measurement:
    """(ORTH), the admissible epsilon, and the labels at the base points, for all 64 label vectors of the instance."""
    found = given or exact_instance()
    vectors = list(product((1, -1), repeat=len(found.base)))
    said = f"all {len(vectors)} label vectors"
    facts = (
        Fact(f"(ORTH) of D' for {said}",
             every([orth(gram(found.perturbed(y)), found.gamma) for y in vectors]), "instance"),
        Fact(f"epsilon is admissible for {said}", every([exact_admissible(found, y) for y in vectors]), "instance"),
        Fact(f"y'_n <q', xbar_n> > 0 for all n and {said}", every([at_base(found, y) for y in vectors]), "instance"),
    )  # fmt: skip
    return Measurement(facts, {"precision (bits)": BITS})


def measure_trained(context: Context) -> Measurement:
    """Networks trained on natural base points with random labels, epsilon at the edge of (ORTH), at these points."""
    seeds, gamma, N, d, m = context.profile.pick(2, 8, 40), 0.8, 10, 60, 12
    rows, failures = [], []
    for norm in NORMS:
        for index in range(seeds):
            rng = stream(context.seed, "k10", "trained", norm, index)
            X, y, y_adv = near_orthogonal(rng, N, d, gamma, 0.3, 1.0), labels(N, rng), labels(N, rng)
            q = functional(X, y, multipliers(X, y, gamma))
            h = direction(q, norm, PIXELS if norm == "l0" else None)
            h = h / np.linalg.norm(h)
            epsilon = 0.999 * largest_epsilon(X, y_adv, h, gamma)
            X_adv = perturbed(X, y_adv, h, epsilon)
            found = trained(X_adv, y_adv, gamma, m, rng)
            if not (found.separated and orthogonal(X_adv, gamma) and admissible(X_adv, epsilon)):
                failures.append(f"{norm}, seed {index}: not separated, or outside the hypotheses")
            f = y_adv * output(found.W, X, gamma)
            rows.append((norm, index, epsilon, float(f.min()), float(np.mean(y * y_adv * f > 0))))
    heads = ("norm", "seed", "epsilon", "least y'_n f^adv(xbar_n)", "accuracy on D")
    outcome = Invariant("y'_n f^adv(xbar_n)", np.array([row[3] for row in rows]))
    return Measurement((outcome,), {"networks": len(rows)}, tables=(Table("Natural base points", heads, tuple(rows)),),
                       failures=tuple(failures))  # fmt: skip
