"""Certificates about filters that come to rest under attack, and about the time before the level of B."""

from typing import Any

import sympy
from sympy import Eq, Ge, Gt, Le, Lt

from .notation import checked_exponent
from .phases_proofs import Certificate, proof_about
from .tensor_power_proofs import power_positive, powers

alpha, beta, rho, eta_tilde, epsilon = sympy.symbols("alpha beta rho eta_tilde epsilon")
a, A, B, C, N = sympy.symbols("a A B C N")
B_0, t, b, speed = sympy.symbols("B_0 t b speed")


def preactivation(q: int, strength: Any, correlation: Any, norm: Any) -> sympy.Expr:
    """At X~, of one filter: a C - eta~ s'(a C) N, with N the filter's squared norm; nothing is clipped."""
    return strength * correlation - eta_tilde * (strength * correlation) ** (q - 1) / rho ** (q - 1) * norm


def pull(q: int, strength: Any, correlation: Any, norm: Any) -> sympy.Expr:
    """eta~ (a C)^(q-2) N, which stalls the filter from rho^(q-1) on."""
    return eta_tilde * (strength * correlation) ** (q - 2) * norm


def rest_relation(q: int, at_rest: bool) -> Any:
    """Whether the filter's pre-activation at X~ is at most 0."""
    return (Le if at_rest else Gt)(preactivation(q, a, C, N), 0)


def stalls(q: int, at_rest: bool) -> Certificate:
    """The pre-activation at X~ is <= 0 where the pull is at least rho^(q-1), and > 0 where it is less."""
    checked_exponent(q)
    p = proof_about([a, C, N, eta_tilde, rho], [a, C, eta_tilde, rho])
    p.assume("pull", (Ge if at_rest else Lt)(pull(q, a, C, N), rho ** (q - 1)))
    power_positive(p, "rho_n", rho, q - 1, "rho0")
    p.weigh("z", rest_relation(q, at_rest), {"pull": a * C / rho ** (q - 1)})
    return p.certificate(["z"])


def unclipped(q: int) -> Certificate:
    """Of a filter at rest on robust patches with alpha A <= beta B and beta <= epsilon, no coordinate is clipped."""
    checked_exponent(q)
    p = proof_about([alpha, beta, epsilon, eta_tilde, rho, A, B], [alpha, beta, eta_tilde, rho, A, B])
    norm = A**2 + B**2
    p.assume("rest", Eq(pull(q, alpha, A, norm), rho ** (q - 1)))
    p.assume("behind", Le(alpha * A, beta * B))
    p.assume("weak", Gt(alpha, beta))
    p.assume("radius", Le(beta, epsilon))
    power_positive(p, "rho_n", rho, q - 1, "rho0")
    p.show("N", Gt(norm, 0), {"A0": 2, "B0": 2})
    p.show("less", Gt(beta * (B - A), 0), {"behind": 1, "weak": 1, "A0": 1})
    near = {"behind": 1, "radius": 1, "A0": 2, "B0": 2, "beta0": 1}
    p.show("along_u", Le(alpha * A * A, epsilon * norm), {**near, "less": 1}, degree=3)
    p.show("along_v", Le(alpha * A * B, epsilon * norm), near, degree=3)
    for name, size in zip(("along_u", "along_v"), moves(q), strict=True):
        part = A if name == "along_u" else B
        weights = {name: 1 / norm, "rest": -alpha * A * part / (norm * rho ** (q - 1))}
        p.weigh(f"{name}.size", Le(size, epsilon), weights)
    p.cancel("order", Gt(B - A, 0), "less", ["beta0"])
    return p.certificate(["along_u.size", "along_v.size", "order"])


def moves(q: int) -> tuple[sympy.Expr, sympy.Expr]:
    """What the ascent moves a robust patch by along u and along v: eta~ s'(alpha A) A and eta~ s'(alpha A) B."""
    slope = eta_tilde * (alpha * A) ** (q - 1) / rho ** (q - 1)
    return slope * A, slope * B


def not_sooner_relation(q: int) -> Any:
    """t >= (1 - 2^(2-q)) B_0^(2-q)/speed, in which eta~ does not occur."""
    return Ge(t, (1 - sympy.Rational(1, 2 ** (q - 2))) * B_0 ** (2 - q) / speed)


def not_sooner(q: int) -> Certificate:
    """`not_sooner_relation`, from t >= (B_0^(2-q) - b^(2-q))/speed and b >= 2 B_0."""
    n = checked_exponent(q) - 2
    p = proof_about([t, B_0, b, speed], [B_0, b, speed])
    p.assume("needs", Ge(t, (B_0**-n - b**-n) / speed))
    p.assume("far", Ge(b, 2 * B_0))
    p.show("B_2", Gt(2 * B_0, 0), ["B_00"])
    known = powers(p, "far_", b, 2 * B_0, n, "far", ["b0", "B_2"])
    p.show("B_n", Gt(B_0**n, 0), ["B_00"], degree=n)
    p.show("b_n", Gt(b**n, 0), ["b0"], degree=n)
    p.weigh("later", not_sooner_relation(q), {"needs": 1, known: sympy.Rational(1, 2**n) / (speed * B_0**n * b**n)})
    return p.certificate(["later"])
