"""Polynomial inequalities in one variable on an interval, by exact root isolation and a certificate for the kernel.

Root isolation decides: it says that there is no root inside, or where one is. What the kernel then checks, once roots
at the ends are divided out, is the polynomial in Bernstein form: with x - a >= 0 and b - x >= 0 known, a combination of
the products (x - a)^i (b - x)^(n-i) with nonnegative coefficients. Where the polynomial is positive on the closed
interval, such forms of its own degree exist on all intervals that are small enough; so one without a form is halved.
"""

from fractions import Fraction
from math import comb
from typing import Any

import sympy
from sympy.core.relational import Relational

from .domains import Variable
from .farkas import NotFound
from .prover import Block, Proof

NARROWEST = Fraction(1, 2**20)  # no interval is halved beyond this width
End = tuple[Fraction, str]


def isolated(relation: Relational, variable: Variable) -> dict[str, Any]:
    """A certificate that the polynomial inequality holds for every value of the variable in its bounded domain.

    Args:
        relation: `>=`, `>`, `<=` or `<` between polynomials in the variable with rational coefficients.
        variable: its domain is an interval with two ends, each in it or not.

    Raises:
        NotFound: where the inequality fails or cannot be certified; the text says between which rationals a root lies.
        ValueError: for anything else than a polynomial inequality on a bounded real interval.
    """
    x, domain = variable.symbol, variable.domain
    if domain.low is None or domain.high is None or domain.integer or domain.low >= domain.high:
        raise ValueError(f"{variable.name}: {domain} is no bounded interval of real numbers")
    try:
        f = sympy.Poly(_difference(relation), x, domain="QQ")
    except (sympy.PolynomialError, sympy.CoercionFailed):
        raise ValueError(f"{relation} is no polynomial inequality in {variable.name} over the rationals") from None
    low, high = (sympy.Rational(end.numerator, end.denominator) for end in (domain.low, domain.high))
    strict = relation.rel_op in (">", "<")
    inner, i, j = _without_ends(f, low, high)
    if strict and (i and not domain.low_open or j and not domain.high_open):
        raise NotFound(f"{relation} fails at an end of {domain}, where both sides are equal")
    for (left, right), _ in inner.intervals(eps=(high - low) / 1000, inf=low, sup=high):
        raise NotFound(f"{relation}: both sides are equal somewhere in [{left}, {right}]")
    if inner.eval((low + high) / 2) < 0:
        raise NotFound(f"{relation} fails on all of {domain}")

    proof = Proof([x])
    for name, condition in zip(("low", "high"), variable.conditions, strict=True):
        proof.assume(name, condition)
    _show_positive(proof, "inner", inner, (domain.low, "low"), (domain.high, "high"))
    proof.sum_of("goal", relation, [(Fraction(1), ["low"] * i + ["high"] * j + ["inner"])])
    return proof.certificate(["goal"])


def _difference(relation: Relational) -> sympy.Expr:
    """What the relation says is positive, or not negative."""
    if relation.rel_op not in (">=", ">", "<=", "<"):
        raise ValueError(f"{relation} is no inequality")
    return relation.gts - relation.lts


def _without_ends(f: sympy.Poly, low: Any, high: Any) -> tuple[sympy.Poly, int, int]:
    """f = (x - low)^i (high - x)^j inner, with inner not 0 at the ends: inner, i, j."""
    if f.is_zero:
        raise NotFound("both sides are equal everywhere: show it as an equation")
    x, powers = f.gen, [0, 0]
    for side, factor in enumerate((sympy.Poly(x - low, x, domain="QQ"), sympy.Poly(high - x, x, domain="QQ"))):
        while f.eval((low, high)[side]) == 0:
            f, powers[side] = f.exquo(factor), powers[side] + 1
    return f, powers[0], powers[1]


def _show_positive(block: Block, name: str, f: sympy.Poly, low: End, high: End) -> None:
    """``name``: f > 0 between two ends, each with the name of the fact that x is on this side of it."""
    positive = sympy.Gt(f.as_expr(), 0, evaluate=False)
    form = _bernstein(f, low[0], high[0])
    if form is not None:
        block.sum_of(name, positive, [(c, [low[1]] * s + [high[1]] * t) for s, t, c in form])
        return
    if high[0] - low[0] < NARROWEST:
        raise NotFound(f"positive, but a root is so close to {float(low[0])} that no certificate is found")
    middle = (low[0] + high[0]) / 2
    on = f.gen - sympy.Rational(middle.numerator, middle.denominator)
    cases = block.cases(name, positive, on)
    _show_positive(cases.nonnegative, f"{name}.goal", f, (middle, f"{name}.case"), high)
    _show_positive(cases.nonpositive, f"{name}.goal", f, low, (middle, f"{name}.case"))
    cases.close()


def _bernstein(f: sympy.Poly, low: Fraction, high: Fraction) -> list[tuple[int, int, Fraction]] | None:
    """(s, t, c) with f = sum c (x - low)^s (high - x)^t, all c > 0, one of them with s = t = 0; None if not found.

    A constant below the least coefficient is set apart, so that a strict inequality follows on a closed interval too.
    """
    width = high - low
    x = f.gen
    # On u = (x - low)/width in [0, 1] the Bernstein coefficients of degree n are sums of those of the powers of u.
    scaled = f.compose(sympy.Poly(sympy.Rational(low.numerator, low.denominator)
                                  + sympy.Rational(width.numerator, width.denominator) * x, x, domain="QQ"))
    powers = [Fraction(int(c.p), int(c.q)) for c in reversed(scaled.all_coeffs())]
    degree = len(powers) - 1
    for n in (degree, degree + 2, degree + 4):
        values = [sum((Fraction(comb(k, i), comb(n, i)) * powers[i] for i in range(min(k, degree) + 1)), Fraction(0))
                  for k in range(n + 1)]
        if min(values) > 0:
            least = min(values)
            rest = [(k, n - k, (v - least) * comb(n, k) / width**n) for k, v in enumerate(values) if v > least]
            return [(0, 0, least), *rest]
    return None
