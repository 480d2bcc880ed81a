"""How large norms and inner products of uniform noise can be, in balls, and from which dimension on (ORTH) is certain.

For N points X_n ~ U([-1, 1]^d) and a unit vector h, Hoeffding's inequality gives each line probability >= 1 - delta/3:

    | ||X_n||^2 - d/3 | <= sqrt((d/2) ln(6 N/delta))            X_ni^2 in [0, 1]
    |<X_n, X_k>|        <= sqrt(2 d ln(3 N (N-1)/delta))        X_ni X_ki in [-1, 1]
    |<X_n, h>|          <= sqrt(2 ln(6 N/delta))                h_i X_ni in [-|h_i|, |h_i|]
"""

from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from theorycheck.balls import ball, precision

DELTA = Fraction(1, 10_000)  # the probability that some bound fails
BITS = 256


@dataclass(frozen=True)
class Radii:
    """Balls of d/3, and of the three bounds."""

    mean: arb
    norm: arb
    product: arb
    overlap: arb


def radii(N: int, d: int, delta: Fraction = DELTA) -> Radii:
    """The bounds at the current precision.

    Raises:
        ValueError: for a single point, which has no pairs.
    """
    if N < 2:
        raise ValueError(f"N = {N}: no pair of points (allowed: integer >= 2)")
    each, pairs = ball(6 * N / delta).log(), ball(3 * N * (N - 1) / delta).log()
    return Radii(ball(Fraction(d, 3)), (ball(Fraction(d, 2)) * each).sqrt(), (2 * d * pairs).sqrt(), (2 * each).sqrt())


def orth_certain(gamma: Fraction, N: int, d: int, delta: Fraction = DELTA, bits: int = BITS) -> bool | None:
    """Whether the bounds imply (ORTH): 3 N (d/3 + A) B <= gamma^3 (d/3 - A)^2 and A < d/3; None where undecided."""
    with precision(bits):
        known = radii(N, d, delta)
        least = known.mean - known.norm
        slack = ball(gamma) ** 3 * least * least - 3 * N * (known.mean + known.norm) * known.product
        if least > 0 and slack >= 0:
            return True
        return False if least <= 0 or slack < 0 else None


def smallest_dimension(gamma: Fraction, N: int, delta: Fraction = DELTA) -> int | None:
    """The d with `orth_certain` at d and not at d - 1, found by bisection; None where a comparison stays undecided.

    As the condition holds for every dimension above one that meets it, there is exactly one such d.
    """
    high = 2
    while (truth := orth_certain(gamma, N, high, delta)) is False:
        high *= 2
    low = high // 2
    while truth is not None and high - low > 1:
        middle = (low + high) // 2
        truth = orth_certain(gamma, N, middle, delta)
        low, high = (low, middle) if truth else (middle, high)
    return None if truth is None else high


def leading_order(gamma: Fraction, N: int, delta: Fraction = DELTA) -> float:
    """162 N^2 ln(3 N (N-1)/delta)/gamma^6, what d_0 tends to for large N."""
    with precision(BITS):
        return float(162 * N**2 * ball(3 * N * (N - 1) / delta).log() / ball(gamma) ** 6)
