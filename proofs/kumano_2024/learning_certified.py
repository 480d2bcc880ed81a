"""The largest admissible epsilon of concrete instances, bracketed in exact rationals."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from theorycheck_simulations.leaky.exact import Rows, gram, orth, rationals, solve
from theorycheck_simulations.leaky.samples import labels, near_orthogonal

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Fact, Measurement
from theorycheck.evidence import Figure, Table
from theorycheck.seeds import stream

PART = "instances"
WIDTH = Fraction(1, 10**5)  # of a bracket, relative
GRID = 2**20  # noise is drawn on multiples of 1/GRID, so that its products are exact in 64-bit integers
# gamma and a prototype's largest admissible of epsilon sqrt(N)/R for many orthonormal base points, to four digits.
PROTOTYPE = ((Fraction(4, 5), Fraction(820, 10**4)), (Fraction(19, 20), Fraction(1339, 10**4)))
COUNTS = (10, 100, 10**4, 10**6)


@dataclass(frozen=True)
class Instance:
    """Exact sizes of base points and a direction h."""

    name: str
    gamma: Fraction
    n: int
    p: Fraction
    R: Fraction
    S: Fraction
    beta: Fraction
    H2: Fraction

    def admissible(self, epsilon: Fraction) -> bool:
        """The inequality, with its denominators multiplied out."""
        e, t = 2 * epsilon * self.beta, epsilon**2 * self.H2
        return 3 * self.n * (self.S + e + t) * (self.p + e + t) <= self.gamma**3 * (self.R - e) ** 2

    def bracket(self) -> tuple[Fraction, Fraction]:
        """An admissible epsilon and one that is not, apart by at most WIDTH of the first."""
        low, high = Fraction(0), Fraction(1)
        while self.admissible(high):
            high *= 2
        while high - low > WIDTH * low:
            middle = _short((low + high) / 2)
            low, high = (middle, high) if self.admissible(middle) else (low, middle)
        return low, high

    def fact(self, low: Fraction, high: Fraction) -> Fact:
        """That the largest admissible epsilon lies between."""
        text = f"{self.name}: the inequality holds at {float(low):.7g} and fails at {float(high):.7g}"
        return Fact(text, self.admissible(low) and not self.admissible(high), PART)


def _short(x: Fraction) -> Fraction:
    """A nearby fraction with few digits; where it lies is decided by exact comparisons, not by this rounding."""
    scale = 10**9
    while x and abs(x) * scale < 10**9:
        scale *= 10
    return Fraction(round(x * scale), scale)


def orthonormal(gamma: Fraction, N: int) -> Instance:
    """N orthonormal base points, h = q/||q|| with |<x_n, h>| = 1/sqrt(N), in units epsilon sqrt(N).

    Only beta epsilon = x/N and epsilon^2 = x^2/N enter the inequality, so that x = epsilon sqrt(N) stays rational.
    """
    one = Fraction(1)
    return Instance(f"epsilon sqrt(N)/R for {N} orthonormal base points, gamma = {gamma}", gamma, N, 0 * one, one, one,
                    Fraction(1, N), Fraction(1, N))  # fmt: skip


def of_gram(name: str, gamma: Fraction, G: Rows, b: Sequence[Fraction], H2: Fraction) -> Instance:
    """From the Gram matrix of the base points, their products with h, and ||h||^2."""
    n = len(G)
    p = max(abs(G[i][j]) for i in range(n) for j in range(i))
    r = [G[i][i] for i in range(n)]
    return Instance(name, gamma, n, p, min(r), max(r), max(map(abs, b)), H2)


def moved(G: Rows, b: Sequence[Fraction], H2: Fraction, y: Sequence[int], epsilon: Fraction) -> Rows:
    """The Gram matrix of the perturbed points."""
    n = range(len(G))
    return [[G[i][j] + epsilon * (y[j] * b[i] + y[i] * b[j]) + epsilon**2 * H2 * y[i] * y[j] for j in n] for i in n]


def combination(G: Rows, weights: Sequence[Fraction]) -> tuple[list[Fraction], Fraction]:
    """The products of all points with h = sum_k weights_k x_k, and ||h||^2."""
    b = [sum((w * x for w, x in zip(weights, row, strict=True)), Fraction(0)) for row in G]
    return b, sum((w * x for w, x in zip(weights, b, strict=True)), Fraction(0))


def natural(context: Context) -> tuple[Instance, Rows, list[Fraction], list[int]]:
    """N = 10 near-orthogonal samples in 60 dimensions, gamma = 4/5; h = q, and the targets."""
    rng, gamma = stream(context.seed, "k6", "certified", "natural"), Fraction(4, 5)
    G = gram(rationals(near_orthogonal(rng, 10, 60, float(gamma), 0.3, 1.0)))
    y, targets = (labels(10, rng).tolist() for _ in range(2))
    lam = solve(G, y, gamma)
    b, H2 = combination(G, [m * s for m, s in zip(lam, y, strict=True)])
    return of_gram("natural base, N = 10, d = 60, gamma = 4/5, h = q: epsilon", gamma, G, b, H2), G, b, targets


def noise(context: Context, d: int = 120_000) -> tuple[Instance, Rows, list[Fraction], list[int], bool]:
    """N = 4 samples, N' = 6 noise points, gamma = 9/10; h = q, the targets, and whether the samples meet (ORTH)."""
    rng, gamma, N = stream(context.seed, "k6", "certified", "noise"), Fraction(9, 10), 4
    points = rng.integers(-GRID, GRID + 1, (N + 6, d))
    whole = [[Fraction(int(x), GRID**2) for x in row] for row in points @ points.T]
    own, base = [row[:N] for row in whole[:N]], [row[N:] for row in whole[N:]]
    y, targets = labels(N, rng).tolist(), labels(6, rng).tolist()
    weights = [m * s for m, s in zip(solve(own, y, gamma), y, strict=True)] + [Fraction(0)] * 6
    b, H2 = combination(whole, weights)
    name = f"noise base, N = 4, N' = 6, d = {d}, gamma = 9/10, h = q: epsilon"
    return of_gram(name, gamma, base, b[N:], H2), base, b[N:], targets, orth(own, gamma)


def certify(context: Context) -> Measurement:
    """Brackets for orthonormal, near-orthogonal and noise base points, next to a prototype's values and the orders."""
    facts: list[Fact] = []
    rows: list[tuple[Figure, ...]] = []
    for gamma, seen in PROTOTYPE:
        for N in COUNTS:
            one = orthonormal(gamma, N)
            low, high = one.bracket()
            order = gamma**3 / 6
            text = f"{one.name} is below gamma^3/6 = {float(order):.6g}"
            facts += [one.fact(low, high), Fact(text, low <= order, PART)]
            rows.append((one.name, float(low), float(high), float(order), float(seen)))
        half = Fraction(1, 2 * 10**4)
        near = seen - half <= low and high <= seen + half
        facts.append(Fact(f"gamma = {gamma}: {float(seen):.4f} to four digits for many points", near, PART))
    first, G, b, targets = natural(context)
    second, base, c, others, inside = noise(context)
    facts.append(Fact("noise base: the samples meet (ORTH)", inside, PART))
    for one, products, along, y in ((first, G, b, targets), (second, base, c, others)):
        low, high = one.bracket()
        facts.append(one.fact(low, high))
        met = orth(moved(products, along, one.H2, y, low), one.gamma)
        facts.append(Fact(f"{one.name}: (ORTH) of D' at the lower end", met, PART))
        unit, power, size = (", epsilon sqrt(N)/R", 0.5, float(one.gamma) ** 3 / 6) if one is first else (
            ", epsilon/R", 0.0, sqrt(one.gamma**3 / (3 * one.n)))  # fmt: skip
        scale = sqrt(one.H2) / sqrt(one.S) * one.n**power
        rows.append((one.name + unit, float(low) * scale, float(high) * scale, size, "-"))
    heads = ("base points", "admissible", "not admissible", "order", "prototype")
    table = Table("The largest epsilon of the inequality", heads, tuple(rows))
    return Measurement(tuple(facts), {"brackets": len(rows)}, tables=(table,))
