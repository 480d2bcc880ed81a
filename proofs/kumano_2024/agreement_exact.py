"""K7(b) for one exact instance: (ORTH) and the signs in exact rationals, (star) in balls, for every label vector."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from flint import arb
from theorycheck_simulations.leaky.exact import gram, orth, solve

from theorycheck.balls import ball, precision
from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Fact, Measurement

Vector = list[Fraction]
DELTA = Fraction(1, 10_000)
BITS = 128


@dataclass(frozen=True)
class Exact:
    """Base points, direction h, test point z, epsilon and gamma, all rational."""

    base: list[Vector]
    h: Vector
    z: Vector
    epsilon: Fraction
    gamma: Fraction

    def perturbed(self, y: Sequence[int]) -> list[Vector]:
        """x'_n = xbar_n + epsilon y'_n h."""
        return [[x + self.epsilon * label * e for x, e in zip(row, self.h, strict=True)]
                for row, label in zip(self.base, y, strict=True)]  # fmt: skip


def dot(x: Vector, z: Vector) -> Fraction:
    """<x, z>."""
    return sum((a * b for a, b in zip(x, z, strict=True)), Fraction(0))


def instance(strength: int = 100) -> Exact:
    """Six base points of norm about 1000 in eight dimensions, nearly orthogonal to each other and to h; `strength` is
    <h, z>."""
    n, rows = 6, []
    for i in range(n):
        others = [Fraction(1000 if i == k else (i * i + 3 * k) % 5 - 2) for k in range(n)]
        rows.append([*others, Fraction(i % 3 - 1), Fraction(10 * (-1) ** i)])
    h = [Fraction(0)] * (n + 1) + [Fraction(1)]
    z = [Fraction((-1) ** k) for k in range(n)] + [Fraction(0), Fraction(strength)]
    return Exact(rows, h, z, Fraction(150), Fraction(9, 10))


def star(given: Exact, y: Sequence[int], delta: Fraction = DELTA) -> bool | None:
    """(star) for the target labels y, None where the balls leave it open; False where kappa' >= 1."""
    n, g2 = len(y), 1 + given.gamma**2
    G = gram(given.perturbed(y))
    norms, own = [G[i][i] for i in range(n)], [dot(x, x) for x in given.base]
    kappa = (n - 1) * max(abs(G[i][k]) for i in range(n) for k in range(i)) / min(norms)
    if kappa >= 1:
        return False
    omega = kappa / (1 - kappa)
    scaled = [2 * dot(x, given.z) / (g2 * r) for x, r in zip(given.base, own, strict=True)]  # cbar o b
    r = max((1 + abs(a / b - 1)) * (1 + omega) - 1 for a, b in zip(own, norms, strict=True))
    Lam_lo = sum((2 * (1 - omega) / (g2 * norm) for norm in norms), Fraction(0))
    effect = given.epsilon * Lam_lo * abs(dot(given.h, given.z))
    with precision(BITS):
        t = (2 * ball(2 / delta).log()).sqrt()
        length = ball(sum((v * v for v in scaled), Fraction(0))).sqrt()
        slack: arb = ball(effect) - t * length - ball(r * sum((abs(v) for v in scaled), Fraction(0)))
        return True if slack > 0 else False if slack <= 0 else None


def same_sign(given: Exact, y: Sequence[int]) -> bool:
    """Whether g'(z) and <h, z> have the same sign, exactly, with lambda' solved from M' lambda' = 2."""
    X = given.perturbed(y)
    lam = solve(gram(X), y, given.gamma)
    value = sum((a * label * dot(x, given.z) for a, label, x in zip(lam, y, X, strict=True)), Fraction(0))
    return value * dot(given.h, given.z) > 0


def every(truths: Sequence[bool | None]) -> bool | None:
    """Whether all are true; None if one is open and none false."""
    return False if False in truths else None if None in truths else True


def certify(context: Context, given: Exact | None = None) -> Measurement:
    """(ORTH) of D', (star) and the sign of g'(z) for all 64 label vectors of the instance."""
    found = given or instance()
    vectors = list(product((1, -1), repeat=len(found.base)))
    said = f"all {len(vectors)} label vectors"
    facts = (
        Fact(f"(ORTH) of D' for {said}",
             every([orth(gram(found.perturbed(y)), found.gamma) for y in vectors]), "instance"),
        Fact(f"(star) at delta = {DELTA} for {said}", every([star(found, y) for y in vectors]), "instance"),
        Fact(f"sgn g'(z) = sgn <h, z> for {said}", every([same_sign(found, y) for y in vectors]), "instance"),
    )  # fmt: skip
    return Measurement(facts, {"precision (bits)": BITS})
