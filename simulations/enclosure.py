"""Level 1 in Arb balls: rigorous enclosures of the population dynamics from exact rational weights.

Every number of the setting is taken as the exact value of its float. A ball that straddles 0 or rho decides no piece of
s; that raises `Undecided`, and the caller asks again with more precision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import flint
from flint import arb, fmpq

from .population import noiseless
from .setting import Setting
from .trajectory import Floats

Balls = tuple[tuple[tuple[arb, ...], ...], ...]
Rationals = Sequence[Sequence[Sequence[Fraction]]]


class Undecided(ArithmeticError):
    """A comparison that the enclosures leave open; more precision may decide it."""


@dataclass(frozen=True)
class BallWeights:
    """U[j][i][r] encloses <w_{i,r}, u_j>, V[j][i][r] encloses <w_{i,r}, v_j>; the other coordinates never move."""

    U: Balls
    V: Balls

    def contains(self, U: Floats, V: Floats) -> bool:
        """Whether every float of U, V (k, k, m) lies in its ball."""
        return all(bool(ball.contains(arb(float(x)))) for balls, array in ((self.U, U), (self.V, V))
                   for ball, x in zip(_flat(balls), array.ravel(), strict=True))

    def largest_radius(self) -> float:
        """The largest radius of a ball, rounded to nearest."""
        return max(float(ball.rad()) for balls in (self.U, self.V) for ball in _flat(balls))

    def distance(self, U: Floats, V: Floats) -> float:
        """The largest distance of a float of U, V (k, k, m) from its ball's midpoint, rounded to nearest."""
        return max(abs(float(ball.mid() - arb(float(x)))) for balls, array in ((self.U, U), (self.V, V))
                   for ball, x in zip(_flat(balls), array.ravel(), strict=True))


def less(x: arb, y: arb) -> bool | None:
    """x < y: True or False if the balls decide it, else None."""
    if x < y:
        return True
    return False if x >= y else None


def enclose_start(setting: Setting, U0: Rationals, V0: Rationals, precision: int = 128) -> BallWeights:
    """Balls around the exact weights U0, V0, indexed [j][i][r]. Raises ValueError unless they have k, k, m entries."""
    noiseless(setting)
    for name, C in (("U0", U0), ("V0", V0)):
        if len(C) != setting.k or any(len(row) != setting.k or any(len(x) != setting.m for x in row) for row in C):
            raise ValueError(f"{name}: wrong size (allowed: k, k, m = {setting.k}, {setting.k}, {setting.m})")
    with flint.ctx.workprec(precision):
        return BallWeights(_balls(U0), _balls(V0))


def enclose_outputs(setting: Setting, weights: BallWeights, precision: int = 128) -> tuple[tuple[arb, ...], ...]:
    """F[j][i], output i on class j. Raises `Undecided`."""
    with flint.ctx.workprec(precision):
        return tuple(tuple(_outputs(setting, weights, j)[0]) for j in range(setting.k))


def enclose_step(setting: Setting, weights: BallWeights, precision: int = 128) -> BallWeights:
    """One step of `population.train_population`. Raises `Undecided`."""
    with flint.ctx.workprec(precision):
        rate = _exact(setting.eta) / setting.k
        step_U, step_V = rate * setting.n_R * _exact(setting.alpha), rate * setting.n_N * _exact(setting.beta)
        new_U, new_V = [], []
        for j in range(setting.k):
            F, slope_U, slope_V = _outputs(setting, weights, j)
            # 1/(1 + ...) with each variable once: narrower than a quotient of two sums.
            share = [1 / (1 + sum(((g - f).exp() for l, g in enumerate(F) if l != i), arb(0))) for i, f in enumerate(F)]
            gap = [-p for p in share]
            gap[j] = sum((p for i, p in enumerate(share) if i != j), arb(0))
            new_U.append(_moved(weights.U[j], slope_U, [step_U * g for g in gap]))
            new_V.append(_moved(weights.V[j], slope_V, [step_V * g for g in gap]))
        return BallWeights(tuple(new_U), tuple(new_V))


def enclose(setting: Setting, U0: Rationals, V0: Rationals, steps: int, precision: int = 128) -> BallWeights:
    """The weights after ``steps`` steps from the exact U0, V0. Raises `Undecided`."""
    weights = enclose_start(setting, U0, V0, precision)
    for _ in range(steps):
        weights = enclose_step(setting, weights, precision)
    return weights


def _outputs(setting: Setting, weights: BallWeights, j: int) -> tuple[list[arb], list[list[arb]], list[list[arb]]]:
    F, slopes_U, slopes_V = [], [], []
    rho = _exact(setting.rho)
    for row_U, row_V in zip(weights.U[j], weights.V[j], strict=True):
        robust = [_s_ds(_exact(setting.alpha) * x, setting.q, rho) for x in row_U]
        non_robust = [_s_ds(_exact(setting.beta) * x, setting.q, rho) for x in row_V]
        part = sum((s for s, _ in robust), arb(0)), sum((s for s, _ in non_robust), arb(0))
        F.append(setting.n_R * part[0] + setting.n_N * part[1])
        slopes_U.append([ds for _, ds in robust])
        slopes_V.append([ds for _, ds in non_robust])
    return F, slopes_U, slopes_V


def _s_ds(z: arb, q: int, rho: arb) -> tuple[arb, arb]:
    positive, below = less(arb(0), z), less(z, rho)
    if positive is None or (positive and below is None):
        raise Undecided(f"activation at {z}: the ball does not decide between the pieces 0, {rho}")
    if not positive:
        return arb(0), arb(0)
    if not below:
        return z - rho + rho / q, arb(1)
    slope = t = z / rho
    for _ in range(q - 2):
        slope = slope * t
    return slope * z / q, slope


def _moved(rows: Sequence[Sequence[arb]], slopes: Sequence[Sequence[arb]],
           steps: Sequence[arb]) -> tuple[tuple[arb, ...], ...]:
    return tuple(tuple(x + step * slope for x, slope in zip(row, row_slopes, strict=True))
                 for row, row_slopes, step in zip(rows, slopes, steps, strict=True))


def _exact(value: float) -> arb:
    return arb(value)  # a float is dyadic, so its ball has radius 0


def _balls(C: Rationals) -> Balls:
    return tuple(tuple(tuple(arb(fmpq(x.numerator, x.denominator)) for x in row) for row in rows) for rows in C)


def _flat(balls: Balls) -> list[arb]:
    return [ball for rows in balls for row in rows for ball in row]
