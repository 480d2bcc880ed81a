"""Facts that every textbook takes for granted, and near misses of them, with the answer known by hand.

Columns: quantities, hypotheses, conclusion (None: whether the hypotheses agree), answer, constants.
"""

from theorycheck.domains import Variable, real

UNIT = (Variable("a", real(0, 1, open_low=True, open_high=True)),)
CLOSED = (Variable("a", real(0, 1)),)
HALF_OPEN = (Variable("a", real(0, 1, open_high=True)),)
ABOVE = (Variable("a", real(0, open_low=True)),)
NOT_BELOW = (Variable("a", real(0)),)
ANY = (Variable("a", real()),)
PAIR = (Variable("a", real(0, open_low=True)), Variable("b", real(0, open_low=True)))
ORDERED = (Variable("a", real(1, 2)), Variable("b", real(3, 4)))
K, KD = "k:limit", "k:limit d:limit"
P, R = "proved", "refuted"

FACTS: list[tuple[str, list[str], str | None, str, tuple[Variable, ...]]] = [
    # Late crossings: numbers up to 3.4e15, or beyond the range of floats, show the opposite.
    (K, [], "log(k)**5 = O(sqrt(k))", P, ()),
    (K, [], "sqrt(k) = O(log(k)**5)", R, ()),
    (K, [], "log(k) << k**(1/200)", P, ()),
    (K, [], "k**(1/200) <~ log(k)", R, ()),
    (K, [], "log(k)**1000 << k**(1/1000)", P, ()),
    (K, [], "log(log(k))**50 << log(k)**(1/50)", P, ()),
    (K, [], "log(k)**(1/50) <~ log(log(k))**50", R, ()),
    (K, [], "log(log(log(k))) >> 1", P, ()),
    (K, [], "log(k) * log(log(k))**3 = Otilde(1, k)", P, ()),
    (K, [], "k**(1/1000) = Otilde(1, k)", R, ()),
    # Symbolic exponents, and the ends of their ranges.
    (KD, [], "d**a << d", P, UNIT),
    (KD, [], "d**a << d", R, CLOSED),
    (KD, [], "d**a <~ d", P, CLOSED),
    (KD, [], "d**a << d", P, HALF_OPEN),
    (KD, [], "1 << d**a", P, UNIT),
    (KD, [], "1 << d**a", R, HALF_OPEN),
    (KD, [], "1 <~ d**a", P, HALF_OPEN),
    (K, [], "log(k)**5 << k**a", P, ABOVE),
    (K, [], "log(k)**5 <~ k**a", R, NOT_BELOW),
    (K, [], "log(k)**b << k**a", P, PAIR),
    (K, [], "k**a <~ k**b", R, PAIR),
    (K, [], "k**a << k**b", P, ORDERED),
    (K, [], "k**(a*b) <~ k**8", P, ORDERED),
    (K, [], "k**(a*b) << k**8", R, ORDERED),
    (K, [], "k**(2*a) <~ k**(1 + a**2)", P, ANY),
    (K, [], "k**(2*a) << k**(1 + a**2)", R, ANY),
    ("k:limit x", ["x >~ 1"], "x**a <~ x", P, UNIT),
    ("k:limit x", [], "x**a <~ x", R, UNIT),
    ("k:limit x", [], "x**a <~ 1 + x", P, UNIT),
    ("k:limit x y", [], "x**a * y**(1 - a) <~ x + y", P, UNIT),
    ("k:limit x y", [], "x**a * y**(1 - a) <~ min(x, y)", R, UNIT),
    ("k:limit x", [], "log(k**a) <= x**a * poly(k)", R, CLOSED),
    ("k:limit x:power", [], "x = poly(k)", P, ()),
    ("k:limit x:power", ["x >> 1"], "log(k)**7 << x", P, ()),
    ("k:limit x:poly", ["x >> 1"], "log(k)**7 << x", R, ()),
    # Two limit variables.
    (KD, [], "log(d) <~ k", R, ()),
    (KD, ["d <= poly(k)"], "log(d) <~ log(k)", P, ()),
    (KD, ["log(d) <~ log(k)"], "d <= poly(k)", P, ()),
    (KD, ["log(d) << log(k)"], "d <= subpoly(k)", P, ()),
    (KD, ["log(d) << log(k)"], "d = Otilde(1, k)", R, ()),
    (KD, ["d >= superpoly(k)"], "log(d) >> log(k)", P, ()),
    (KD, ["log(d) >> k**2"], "d >> k**100", P, ()),
    (KD, ["d <~ k"], "log(d) << k**(1/9)", P, ()),
    (KD, ["d = polylog(k)"], "k >= superpoly(d)", P, ()),
    (KD, ["d = Otilde(k, k)"], "k = Otilde(d, d)", R, ()),
    (KD, ["d = Thetatilde(k, k)"], "k = Thetatilde(d, d)", P, ()),
    # Sums, maxima, minima.
    ("k:limit x y z", ["x <~ z", "y <~ z"], "x + y <~ z", P, ()),
    ("k:limit x y z", ["x <~ z", "y << z"], "x + y << z", R, ()),
    ("k:limit x y z", ["z <~ x + y", "y << z"], "z <~ x", P, ()),
    ("k:limit x y", [], "x + y ~ max(x, y)", P, ()),
    ("k:limit x y", [], "x * y ~ max(x, y) * min(x, y)", P, ()),
    ("k:limit x y", [], "sqrt(x * y) <~ x + y", P, ()),
    ("k:limit x y", [], "x + y <~ sqrt(x * y)", R, ()),
    ("k:limit x y", ["x ~ y"], "x + y <~ sqrt(x * y)", P, ()),
    ("k:limit x y", ["x * y <~ 1"], "min(x, y) <~ 1", P, ()),
    ("k:limit x y", ["x * y << 1"], "min(x, y) << 1", P, ()),
    ("k:limit x y", ["x * y <~ 1"], "max(x, y) <~ 1", R, ()),
    ("k:limit x y", [], "log(x + y) ~ max(log(x), log(y))", P, ()),
    ("k:limit x y", [], "log(x * y) <~ log(x) + log(y)", P, ()),
    ("k:limit x y", [], "log(x) + log(y) <~ log(x * y)", R, ()),
    # Classes of powers.
    ("k:limit m:polylog", [], "m**a <~ k**(1/9)", P, ANY),
    ("k:limit m:polylog n:polylog", [], "m**3 / n = polylog(k)", P, ()),
    ("k:limit x:poly y:poly", [], "x * y**5 = poly(k)", P, ()),
    ("k:limit x:poly", [], "x <= subpoly(k)", R, ()),
    ("k:limit x", ["x <= subpoly(k)"], "x <~ k**(1/1000)", P, ()),
    ("k:limit x", ["x <= subpoly(k)"], "x = Otilde(1, k)", R, ()),
    ("k:limit x", ["x = Otilde(1, k)"], "x <= subpoly(k)", P, ()),
    ("k:limit x y", ["x = Otilde(y, k)"], "x <~ y", R, ()),
    ("k:limit x y", ["x = Otilde(y, k)"], "x << y * k**(1/200)", P, ()),
    ("k:limit x y z", ["x = Otilde(y, k)", "y = Otilde(z, k)"], "x = Otilde(z, k)", P, ()),
    ("k:limit x", ["x >= superpoly(k)"], "x >> k**40", P, ()),
    ("k:limit x", ["x >= superpoly(k)"], "x >~ k**40 * log(x)**40", P, ()),
    ("k:limit N", ["N >= largepoly(k)"], "N >> k**40", P, ()),
    ("k:limit N", ["N >= largepoly(k)"], "N >= superpoly(k)", R, ()),
    ("k:limit N x:poly", ["N >= largepoly(k)"], "N >> x", R, ()),
    ("k:limit N x", ["N >= largepoly(k)", "x <~ k**7"], "N >> x**3", P, ()),
    ("k:limit x", ["x >= 1/polylog(k)"], "1/x = Otilde(1, k)", P, ()),
    # log(x) is log(2 + x).
    ("k:limit x", [], "log(x) >~ 1", P, ()),
    ("k:limit x", ["x <~ 1"], "log(x) <~ 1", P, ()),
    ("k:limit x", ["x << 1"], "log(x) << 1", R, ()),
    ("k:limit x", ["x >> 1"], "log(x) >> 1", P, ()),
    ("k:limit x", [], "log(x) >> 1", R, ()),
    ("k:limit x", [], "log(x**3) ~ log(x)", P, ()),
    ("k:limit x", [], "log(x) <~ x", R, ()),
    ("k:limit x", [], "log(x) <~ 1 + x", P, ()),
    ("k:limit x y", ["x <~ y"], "log(x) <~ log(y)", P, ()),
    ("k:limit x y", ["x << y"], "log(x) << log(y)", R, ()),
    ("k:limit x y", ["log(x) << log(y)"], "x << y", P, ()),
    ("k:limit x y", ["log(x) <~ log(y)"], "x <~ y", R, ()),
    # Whether hypotheses agree.
    ("k:limit x", ["x <~ k", "x >> k"], None, "contradictory", ()),
    ("k:limit x", ["x <~ k", "x >~ k"], None, "consistent", ()),
    ("k:limit x:polylog", ["x >~ k**(1/1000)"], None, "contradictory", ()),
    ("k:limit x:power", ["x >> log(k)", "x <= subpoly(k)"], None, "contradictory", ()),
    ("k:limit x", ["x >= superpoly(k)", "log(x) <~ log(k)"], None, "contradictory", ()),
    ("k:limit N", ["N >= largepoly(k)", "N <= poly(k)"], None, "consistent", ()),
    ("k:limit N", ["N >= largepoly(k)", "N <~ k**9"], None, "contradictory", ()),
]  # fmt: skip
