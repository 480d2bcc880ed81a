"""The boundary theorem on one data set in exact rationals: (ORTH), multipliers, signs, margins, and a replay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from theorycheck_simulations.leaky import exact
from theorycheck_simulations.leaky.exact import Rows

from theorycheck.domains import rational

CLAIM, PAPER = "k1", "kumano-2024"
KEYS = {"schema_version", "kind", "paper", "claim", "gamma", "X", "y"}
MOST = 200  # samples and coordinates of a witness: the exact solve stays within seconds


@dataclass(frozen=True)
class Bounds:
    """The constants of (c): lower/R_max^2 < lambda_n < upper/(gamma^2 R_min^2)."""

    lower: Fraction = Fraction(1, 2)
    upper: Fraction = Fraction(3, 2)


THEOREM = Bounds()


def leaky(t: Fraction, gamma: Fraction) -> Fraction:
    """phi(t) = max(t, gamma t)."""
    return max(t, gamma * t)


@dataclass(frozen=True)
class Instance:
    """A data set by its Gram matrix G (N, N), with the multipliers of the closed form."""

    G: Rows
    y: Sequence[int]
    gamma: Fraction
    lam: Sequence[Fraction]

    @property
    def squared(self) -> list[Fraction]:
        """||x_n||^2."""
        return [row[n] for n, row in enumerate(self.G)]

    @property
    def orth(self) -> bool:
        """(ORTH)."""
        return exact.orth(self.G, self.gamma)

    def rows(self, products: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
        """sqrt(m) <v, z> and sqrt(m) <u, z> of a point with these <x_n, z>."""
        plus, minus = (
            sum((lam * g for lam, g, y in zip(self.lam, products, self.y, strict=True) if y == sign), Fraction(0))
            for sign in (1, -1)
        )
        return plus - self.gamma * minus, minus - self.gamma * plus

    def output(self, products: Sequence[Fraction]) -> Fraction:
        """f(z) = (phi(sqrt(m) <v, z>) - phi(sqrt(m) <u, z>))/2."""
        v, u = self.rows(products)
        return (leaky(v, self.gamma) - leaky(u, self.gamma)) / 2

    def functional(self, products: Sequence[Fraction]) -> Fraction:
        """g(z) = sum_n lambda_n y_n <x_n, z>."""
        return sum((lam * y * g for lam, y, g in zip(self.lam, self.y, products, strict=True)), Fraction(0))

    def within(self, bounds: Bounds = THEOREM) -> bool:
        """(c)."""
        low, high = bounds.lower / max(self.squared), bounds.upper / (self.gamma**2 * min(self.squared))
        return all(low < lam < high for lam in self.lam)

    @property
    def signs(self) -> bool:
        """(b): sgn <w_j, x_n> = s_j y_n."""
        found = [(y, self.rows(row)) for y, row in zip(self.y, self.G, strict=True)]
        return all(y * v > 0 > y * u for y, (v, u) in found)

    @property
    def margins(self) -> list[Fraction]:
        """y_n f(x_n)."""
        return [y * self.output(row) for y, row in zip(self.y, self.G, strict=True)]

    def same_sign(self, products: Sequence[Fraction]) -> bool:
        """(d) at one point: f and g are both positive, both negative or both 0."""
        f, g = self.output(products), self.functional(products)
        return f * g > 0 or f == g == 0


def instance(X: Rows, y: Sequence[int], gamma: Fraction) -> Instance:
    """The data set X (N, d).

    Raises:
        ValueError: for a singular margin matrix.
    """
    G = exact.gram(X)
    return Instance(G, y, gamma, exact.solve(G, y, gamma))


def witness(X: Rows, y: Sequence[int], gamma: Fraction) -> dict[str, Any]:
    """The data set as a document."""
    return {
        "schema_version": 1, "kind": "run", "paper": PAPER, "claim": CLAIM, "gamma": str(gamma),
        "X": [[str(value) for value in row] for row in X], "y": [int(label) for label in y],
    }  # fmt: skip


def replay(document: Mapping[str, Any], bounds: Bounds = THEOREM) -> bool | None:
    """Whether (ORTH) holds exactly and (a), (b) or (c) fails exactly at the closed form.

    Where (b) holds and lambda > 0 the closed form is a KKT point, so a failure of (c) contradicts the theorem. A KKT
    point exists (the minimum of the margin problem), and by the theorem its multipliers are those of the closed form;
    so a failure of (a) or (b), or a singular matrix, contradicts it too. (d) follows from (b) and is not tried again.

    Raises:
        ValueError: if the document is no data set with labels and a slope in (0, 1).
    """
    if set(document) != KEYS or [document[k] for k in ("schema_version", "kind", "paper", "claim")] != [
        1, "run", PAPER, CLAIM,
    ]:  # fmt: skip
        raise ValueError(f"{CLAIM}: not a run witness of this claim")
    gamma = rational(document["gamma"])
    X, y = [[rational(value) for value in row] for row in document["X"]], list(document["y"])
    N, d = len(X), len(X[0]) if X else 0
    if not 0 < gamma < 1 or not 1 <= N <= MOST or not 1 <= d <= MOST or len(y) != N:
        raise ValueError(f"{CLAIM}: gamma = {gamma}, {N} x {d} samples, {len(y)} labels "
                         f"(allowed: 0 < gamma < 1, 1 to {MOST} samples and coordinates, a label each)")  # fmt: skip
    if any(len(row) != d or not any(row) for row in X) or any(type(v) is not int or v not in (1, -1) for v in y):
        raise ValueError(f"{CLAIM}: rows of different lengths, a zero sample, or a label that is not 1 or -1")
    if not exact.orth(exact.gram(X), gamma):
        return False
    try:
        found = instance(X, y, gamma)
    except ValueError:
        return True  # a singular matrix contradicts strict dominance
    return not (found.within(bounds) and found.signs and all(margin == 1 for margin in found.margins))


REPLAYS = {CLAIM: replay}
