"""Balls as exact text, and the rounding with which they are kept."""

import re

from flint import arb

from theorycheck.balls import precision

GUARD = 10  # a kept ball is larger by 2^-10 of its radius
_NUMBER = r"[0-9a-f]{1,5000}p-?[0-9]{1,6}"
_BALL = re.compile(rf"(-?{_NUMBER})(?:r({_NUMBER}))?")


def rounded(x: arb) -> arb:
    """A slightly larger ball, with no more bits than its radius is worth; an exact ball is kept as it is."""
    if x.is_exact():
        return x
    spread = x.rad()
    bits = _magnitude(x.mid()) - _magnitude(spread) + GUARD + 10
    with precision(max(2, bits)):
        kept: arb = x + arb(0, spread / 2**GUARD)
    return kept


def encode(x: arb) -> str:
    """A finite ball as ``mantissa p exponent``, hexadecimal and decimal, and r with the same of its radius.

    >>> encode(arb(3.25))
    'dp-2'

    Raises ValueError for a ball that is not finite.
    """
    if not x.is_finite():
        raise ValueError(f"ball {x}: not finite")
    return _written(x.mid()) if x.is_exact() else f"{_written(x.mid())}r{_written(x.rad())}"


def decode(text: object) -> arb:
    """The ball that `encode` wrote. Raises ValueError for any other text."""
    found = _BALL.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"no ball: {str(text)[:40]!r}")
    mid, rad = found.groups()
    return arb(_read(mid)) if rad is None else arb(_read(mid), _read(rad))


def _written(x: arb) -> str:
    mantissa, exponent = x.man_exp()
    return f"{int(mantissa):x}p{int(exponent)}"


def _read(text: str) -> tuple[int, int]:
    mantissa, exponent = text.split("p")
    return int(mantissa, 16), int(exponent)


def _magnitude(x: arb) -> int:
    mantissa, exponent = x.man_exp()
    return int(mantissa).bit_length() + int(exponent)
