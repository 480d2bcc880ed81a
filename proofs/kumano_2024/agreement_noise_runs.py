"""The corollary's conditions in balls at one size, and draws of noise at that size."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb
from theorycheck_simulations.leaky.admissible import perturbed
from theorycheck_simulations.leaky.kkt import functional, multipliers, orthogonal
from theorycheck_simulations.leaky.samples import draw, labels

from theorycheck.balls import ball, precision
from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Fact, Invariant, Measurement
from theorycheck.evidence import Table
from theorycheck.seeds import stream

from .sizes_bounds import BITS, DELTA, radii


@dataclass(frozen=True)
class Size:
    """gamma, N' noise points in d dimensions, epsilon along a unit h, and alpha, a bound below on |<h, z>|/||z||."""

    gamma: Fraction
    n: int
    d: int
    epsilon: Fraction
    alpha: Fraction


SIZE = Size(Fraction(9, 10), 6, 500_000, Fraction(38), Fraction(2, 5))
N = 4  # samples of the network that is attacked, in the draws


def conditions(size: Size, delta: Fraction = DELTA, bits: int = BITS) -> tuple[bool | None, bool | None]:
    """Whether (ORTH) of D' and (star) follow from the bounds on norms, products and overlaps; None where undecided."""
    with precision(bits):
        known, n = radii(size.n, size.d, delta), size.n
        e, overlap = ball(size.epsilon), 2 * ball(size.epsilon) * known.overlap
        lo, hi = known.mean - known.norm - overlap, known.mean + known.norm + overlap + e * e
        p = known.product + overlap + e * e
        orth = _nonnegative(ball(size.gamma) ** 3 * lo * lo - 3 * n * hi * p, lo)
        kappa = (n - 1) * p / lo
        omega = kappa / (1 - kappa)
        r = (1 + (overlap + e * e) / lo) * (1 + omega) - 1
        t = (2 * ball(2 / delta).log()).sqrt()
        effect = e * n * (1 - omega) / hi * ball(size.alpha)
        needed = (t * arb(n).sqrt() + r * n) * known.overlap / (known.mean - known.norm)
        return orth, _nonnegative(effect - needed, lo, 1 - kappa, 1 - omega, effect - needed)


def _nonnegative(slack: arb, *positive: arb) -> bool | None:
    """slack >= 0 where all the others are > 0."""
    if slack >= 0 and all(x > 0 for x in positive):
        return True
    return False if slack < 0 or any(x <= 0 for x in positive) else None


def certify(context: Context, size: Size = SIZE) -> Measurement:
    """Both conditions at the size."""
    orth, star = conditions(size)
    said = (f"gamma = {size.gamma}, N' = {size.n}, d = {size.d}, epsilon = {size.epsilon}, "
            f"|<h, z>| >= {size.alpha} ||z||, delta = {DELTA}")  # fmt: skip
    facts = (Fact(f"(ORTH) of D' follows at {said}", orth, "size"), Fact(f"(star) follows at {said}", star, "size"))
    return Measurement(facts, {"precision (bits)": BITS})


def measure_noise(context: Context, size: Size = SIZE) -> Measurement:
    """Noise perturbed along q of N uniform samples: (ORTH) holds, and g' has the sign of g at every sample."""
    draws = context.profile.pick(2, 10, 40)
    gamma, epsilon, rows, signs, inside = float(size.gamma), float(size.epsilon), [], [], []
    for index in range(draws):
        rng = stream(context.seed, "corollary-4.5", index)
        X, y = draw("uniform", N, size.d, rng), labels(N, rng)
        q = functional(X, y, multipliers(X, y, gamma))
        h = q / np.linalg.norm(q)
        y_adv = labels(size.n, rng)
        X_adv = perturbed(draw("uniform", size.n, size.d, rng), y_adv, h, epsilon)
        q_adv = functional(X_adv, y_adv, multipliers(X_adv, y_adv, gamma))
        aligned = np.abs(X @ h) / np.linalg.norm(X, axis=1)
        inside.append(1.0 if orthogonal(X, gamma) and orthogonal(X_adv, gamma) and aligned.min() >= size.alpha else -1.)
        signs += (np.sign(X @ q_adv) * np.sign(X @ h)).tolist()
        rows.append((index, float(aligned.min()), float(np.min((X @ q_adv) / (X @ h)))))
    outcomes = (Invariant("(ORTH) of D and D', |<h, z>| >= alpha ||z||", np.array(inside)),
                Invariant("sgn g'(x_k) sgn g(x_k) - 1", np.array(signs) - 1))  # fmt: skip
    heads = ("draw", "least |<h, x_k>|/||x_k||", "least g'(x_k)/<h, x_k>")
    return Measurement(outcomes, {"draws": draws, "samples": len(signs)},
                       tables=(Table("Draws at the size", heads, tuple(rows)),))  # fmt: skip
