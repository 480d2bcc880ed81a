"""F_y - F_j at given points, exactly."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from flint import arb, fmpq

from theorycheck.balls import precision

from ..setting import Setting
from ..trajectory import Floats

Patches = Sequence[tuple[int, Sequence[Fraction]]]
RATIONAL = ("smoothed-relu", "relu")
LARGEST = 4096  # bits


def exact_value(setting: Setting, W: Floats, patches: Patches, y: int, j: int) -> Fraction:
    """F_y - F_j in fractions, for W (k, m, d) and weighted patches (count, x).

    Raises ValueError for softplus and GELU, whose values are not rational.
    """
    if setting.activation not in RATIONAL:
        raise ValueError(f"activation = {setting.activation}: not rational (allowed: {', '.join(RATIONAL)})")
    return sum((n * _rational(setting, z) for z, n in _terms(W, patches, y, j)), Fraction(0))


def margin_sign(setting: Setting, W: Floats, patches: Patches, y: int, j: int) -> int:
    """1, 0 or -1: the sign of F_y - F_j in real arithmetic, for W (k, m, d) and weighted patches (count, x).

    Equal pre-activations of the two classes cancel. What is left is rational, or for softplus and GELU enclosed with
    more and more bits. Raises ArithmeticError if the largest number of bits does not decide.
    """
    if setting.activation in RATIONAL:
        total = exact_value(setting, W, patches, y, j)
        return (total > 0) - (total < 0)
    terms = _terms(W, patches, y, j)
    if not terms:
        return 0
    bits = 128
    while bits <= LARGEST:
        with precision(bits):
            ball = sum((n * _ball(setting, arb(fmpq(z.numerator, z.denominator))) for z, n in terms), arb(0))
            if ball > 0 or ball < 0:
                return 1 if ball > 0 else -1
        bits *= 2
    raise ArithmeticError(f"F_{y} - F_{j}: not decided with {LARGEST} bits")


def _terms(W: Floats, patches: Patches, y: int, j: int) -> list[tuple[Fraction, int]]:
    """(z, n): the pre-activations of both classes, each with how often it counts, 0 left out."""
    left: Counter[Fraction] = Counter()
    for i, sign in ((y, 1), (j, -1)):
        for w in W[i]:
            row = [Fraction(float(c)) for c in w]
            for count, x in patches:
                left[sum((a * b for a, b in zip(row, x, strict=True) if a and b), Fraction(0))] += sign * count
    return [(z, n) for z, n in left.items() if n]


def _rational(setting: Setting, z: Fraction) -> Fraction:
    if z <= 0 or setting.activation == "relu":
        return max(z, Fraction(0))
    q, rho = setting.q, Fraction(setting.rho)
    return z**q / (q * rho ** (q - 1)) if z <= rho else z - rho + rho / q


def _ball(setting: Setting, z: arb) -> arb:
    t = z / arb(setting.rho)
    if setting.activation == "softplus":
        return arb(setting.rho) * (1 + t.exp()).log()
    return z * (-t / arb(2).sqrt()).erfc() / 2
