"""The closed form in exact rationals, and enclosed for all near-orthogonal Gram matrices at once."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import arb, arb_mat, fmpq, fmpq_mat

from theorycheck.balls import ball, box, precision

from .samples import Floats

Rows = list[list[Fraction]]


def rationals(array: Floats) -> Rows:
    """The exact values of the floats in a matrix."""
    return [[Fraction(float(value)) for value in row] for row in np.asarray(array)]


def gram(X: Rows) -> Rows:
    """X X^T."""
    return [[sum((a * b for a, b in zip(x, z, strict=True)), Fraction(0)) for z in X] for x in X]


def coefficient(same: bool, gamma: Fraction) -> Fraction:
    """C_nk: 1 + gamma^2 for equal labels, else -2 gamma."""
    return 1 + gamma**2 if same else -2 * gamma


def solve(G: Rows, y: Sequence[int], gamma: Fraction) -> list[Fraction]:
    """lambda = 2 (C o G)^-1 1, exactly.

    Raises:
        ValueError: for a singular matrix.
    """
    N = len(y)
    entries = [coefficient(y[n] == y[k], gamma) * G[n][k] for n in range(N) for k in range(N)]
    M = fmpq_mat(N, N, [fmpq(x.numerator, x.denominator) for x in entries])
    try:
        found = M.solve(fmpq_mat(N, 1, [fmpq(2)] * N))
    except ZeroDivisionError:
        raise ValueError("the margin matrix is singular") from None
    return [Fraction(int(found[n, 0].p), int(found[n, 0].q)) for n in range(N)]


def orth(G: Rows, gamma: Fraction) -> bool:
    """(ORTH) of a Gram matrix, exactly: p_max <= gamma^3 R_min^4 / (3 N R_max^2)."""
    N = len(G)
    p = max((abs(G[n][k]) for n in range(N) for k in range(n)), default=Fraction(0))
    r = [G[n][n] for n in range(N)]
    return 3 * N * max(r) * p <= gamma**3 * min(r) ** 2


def enclosed_multipliers(
    N: int, y: Sequence[int], gamma: Fraction, p: Fraction, bits: int = 128
) -> list[tuple[Fraction, Fraction]]:
    """For each n an interval that holds lambda_n for every Gram matrix with G_nn = 1 and |G_nk| <= p.

    Arb solves the linear system whose coefficients are balls; what it returns encloses the solution of each system
    inside.

    Raises:
        ValueError: where some matrix in the box may be singular.
    """
    with precision(bits):
        near = box(-p, p)
        entries: list[arb] = []
        for n in range(N):
            for k in range(N):
                c = ball(coefficient(y[n] == y[k], gamma))
                entries.append(c if n == k else c * near)
        try:
            found = arb_mat(N, N, entries).solve(arb_mat(N, 1, [arb(2)] * N))
        except ZeroDivisionError:
            raise ValueError("the enclosed margin matrix may be singular") from None
        return [(_fraction(found[n, 0].lower()), _fraction(found[n, 0].upper())) for n in range(N)]


def _fraction(end: arb) -> Fraction:
    """The exact value of a dyadic end.

    Raises:
        ValueError: for an end that is not finite.
    """
    if not end.is_finite():
        raise ValueError("the enclosure is not finite")
    mantissa, exponent = end.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
