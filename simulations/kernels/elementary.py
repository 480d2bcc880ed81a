"""Exponential, logarithm and normal distribution function, for numbers and vectors alike, without the C library.

Its versions differ in the last bit from host to host; these are made of +, *, / and fma, which do not. Their relative
error in float64 is a few units in the last place; NaN gives NaN.
"""

import math

from .jit import inlined
from .vector import Real, by_precision, fma, nearest, power_of_two, select

_LOG2_E, _LN_2, _LN_2_REST = 1 / math.log(2), math.log(2), 2.3190468138462996e-17
_ROOT_HALF = math.sqrt(0.5)


@inlined
def exp(x: Real) -> Real:
    """e^x = 2^n e^r, n = round(x / log 2): the Taylor polynomial of e^r to r^13, |r| <= log 2 / 2."""
    low, high = by_precision(x, -750.0, -110.0), by_precision(x, 715.0, 100.0)
    x = select(x < low, low, x)
    x = select(x > high, high, x)
    n = nearest(x * _LOG2_E)
    r = fma(n, -_LN_2_REST, fma(n, -_LN_2, x))
    y = fma(r, 1 / 6227020800, 1 / 479001600)
    y = fma(y, r, 1 / 39916800)
    y = fma(y, r, 1 / 3628800)
    y = fma(y, r, 1 / 362880)
    y = fma(y, r, 1 / 40320)
    y = fma(y, r, 1 / 5040)
    y = fma(y, r, 1 / 720)
    y = fma(y, r, 1 / 120)
    y = fma(y, r, 1 / 24)
    y = fma(y, r, 1 / 6)
    y = fma(y, r, 0.5)
    y = fma(y, r, 1.0)
    y = fma(y, r, 1.0)
    # In two factors, since 2^n itself may be no normal number.
    half = nearest(n * 0.5)
    return y * power_of_two(half) * power_of_two(n - half)


@inlined
def log1p_unit(u: Real) -> Real:
    """log(1 + u) for 0 <= u <= 1: 2 artanh(t) with t = u / (2 + u) <= 1/3, by its series to t^35."""
    t = u / (u + 2.0)
    w = t * t
    y = fma(w, 1 / 35, 1 / 33)
    y = fma(y, w, 1 / 31)
    y = fma(y, w, 1 / 29)
    y = fma(y, w, 1 / 27)
    y = fma(y, w, 1 / 25)
    y = fma(y, w, 1 / 23)
    y = fma(y, w, 1 / 21)
    y = fma(y, w, 1 / 19)
    y = fma(y, w, 1 / 17)
    y = fma(y, w, 1 / 15)
    y = fma(y, w, 1 / 13)
    y = fma(y, w, 1 / 11)
    y = fma(y, w, 1 / 9)
    y = fma(y, w, 1 / 7)
    y = fma(y, w, 1 / 5)
    y = fma(y, w, 1 / 3)
    return (t + t) * fma(y, w, 1.0)


@inlined
def bell(t: Real) -> Real:
    """e^(-t^2/2) for |t| <= 40, with what the rounding of t^2 left behind."""
    square = t * t
    return exp(square * -0.5) * fma(fma(t, t, square * -1.0), -0.5, 1.0)


@inlined
def normal_tail(t: Real, density: Real) -> Real:
    """1 - Phi(t) for 0 <= t <= 40, given `bell` of t: erfc(x)/2 with x = t / sqrt 2.

    (1 + 2x) e^(x^2) erfc(x) as a Chebyshev sum in (x - 3)/(x + 3), degree 24, made with 60 digits; truncation 1e-17.
    """
    x = t * _ROOT_HALF
    w = (x - 3.0) / (x + 3.0)
    y = fma(w, 8.393734858690877e-10, 9.862533510345587e-10)
    y = fma(y, w, -8.217595058711455e-09)
    y = fma(y, w, -1.3312919661038687e-08)
    y = fma(y, w, 4.1064013667940355e-08)
    y = fma(y, w, 1.0183620603842736e-07)
    y = fma(y, w, -1.4047654315428462e-07)
    y = fma(y, w, -6.166011460398726e-07)
    y = fma(y, w, 3.5576086684080595e-07)
    y = fma(y, w, 3.472370944977168e-06)
    y = fma(y, w, -7.308281468783614e-07)
    y = fma(y, w, -2.0100542268525612e-05)
    y = fma(y, w, 4.949196649968345e-06)
    y = fma(y, w, 0.0001250993424583729)
    y = fma(y, w, -0.00010515971958448065)
    y = fma(y, w, -0.0007798322696543306)
    y = fma(y, w, 0.0018886903449991718)
    y = fma(y, w, 0.0025293918156939696)
    y = fma(y, w, -0.02377051491717134)
    y = fma(y, w, 0.0683080273440099)
    y = fma(y, w, -0.11927366341538638)
    y = fma(y, w, 0.1296451587027594)
    y = fma(y, w, -0.0475622943534492)
    y = fma(y, w, -0.13562110612458117)
    y = fma(y, w, 1.2530080582697296)
    return 0.5 * density * y / (x + x + 1.0)
