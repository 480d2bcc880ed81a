"""Certificates about the stages of standard training: increments, comparison of runs, late growth and the attack."""

from typing import TYPE_CHECKING, Any

import sympy
from sympy import Eq, Ge, Gt, Le, exp

from .notation import checked_exponent

if TYPE_CHECKING:
    from theorycheck.prover import Block

k, S, F, tau, eta, rho, m = sympy.symbols("k S F tau eta rho m")
n_p, c, z = sympy.symbols("n_p c z")
x, x_next, X, X_next, g, g_0, h = sympy.symbols("x x_next X X_next g g_0 h")
A, A_next, A_1, B, B_next, B_1, K = sympy.symbols("A A_next A_1 B B_next B_1 K")
Y, t, t_next, X_0, C = sympy.symbols("Y t t_next X_0 C")
E_F, E_tau, E_one, E_zero = sympy.symbols("E_F E_tau E_one E_zero")

Certificate = dict[str, Any]


def increment(q: int) -> sympy.Expr:
    """One step of a correlation z > 0 in the polynomial part: (eta/k)(1-logit) n_p c (c z/rho)^(q-1)."""
    return eta / k * (S / (S + exp(F))) * gain(q)


def gain(q: int) -> sympy.Expr:
    """n_p c s'(c z) in the polynomial part."""
    return n_p * c**q * z ** (q - 1) / rho ** (q - 1)


def early_low(q: int) -> sympy.Expr:
    """The least step while 0 <= F_i <= 1."""
    return eta / k * ((k - 1) / (k - 1 + exp(1))) * gain(q)


def early_high(q: int) -> sympy.Expr:
    """The largest step while F_i >= 0 and F_j <= tau for every other j."""
    return eta / k * ((k - 1) * exp(tau) / ((k - 1) * exp(tau) + 1)) * gain(q)


def early(q: int) -> Certificate:
    """Lemma D.8: the step lies between `early_low` and `early_high`."""
    from theorycheck.prover import Proof

    checked_exponent(q)
    p = Proof([k, S, F, tau, eta, rho, n_p, c, z])
    for atom, argument in ((E_F, F), (E_tau, tau), (E_one, sympy.Integer(1)), (E_zero, sympy.Integer(0))):
        p.exp(atom, argument)
    p.assume("k", Ge(k, 2))
    p.assume("few", Ge(S, k - 1))
    p.assume("many", Le(S, (k - 1) * E_tau))
    p.assume("F", Ge(F, 0))
    p.assume("F1", Le(F, 1))
    for symbol, name in ((eta, "eta"), (rho, "rho"), (c, "c"), (z, "z")):
        p.assume(name, Gt(symbol, 0))
    p.assume("n_p", Ge(n_p, 1))
    p.exp_zero("one", E_zero)
    p.exp_increasing("raised", Ge(E_F, E_zero), E_F, E_zero, "F")
    p.exp_increasing("below", Ge(E_one, E_F), E_one, E_F, "F1")
    p.exp_positive("E_F", E_F)
    p.exp_positive("E_one", E_one)
    p.exp_positive("E_tau", E_tau)
    p.show("n", Gt(k - 1, 0), ["k"])
    p.show("k0", Gt(k, 0), ["k"])
    p.show("x", Ge(E_F, 1), ["raised", "one"])
    p.show("S", Gt(S, 0), ["few", "n"])
    p.show("sum", Gt(S + E_F, 0), ["S", "E_F"])
    p.show("low_sum", Gt(k - 1 + E_one, 0), ["n", "E_one"])
    p.show("high", Gt((k - 1) * E_tau, 0), ["n", "E_tau"])
    p.show("high_sum", Gt((k - 1) * E_tau + 1, 0), ["high"])
    p.show("least", Ge(S / (S + E_F) - (k - 1) / (k - 1 + E_one), 0), ["few", "below", "n", "E_one", "E_F", "S"])
    p.show("most", Ge((k - 1) * E_tau / ((k - 1) * E_tau + 1) - S / (S + E_F), 0), ["many", "x", "high", "S"])
    p.show("n0", Gt(n_p, 0), ["n_p"])
    p.show("c_q", Gt(c**q, 0), ["c"], degree=q)
    p.show("z_q", Gt(z ** (q - 1), 0), ["z"], degree=q - 1)
    p.show("rho_q", Gt(rho ** (q - 1), 0), ["rho"], degree=q - 1)

    p.show("gain", Gt(eta * n_p * c**q * z ** (q - 1), 0), ["eta", "n0", "c_q", "z_q"], degree=4)
    names = {exp(F): E_F, exp(tau): E_tau, sympy.E: E_one}
    step, low, high = ((e(q)).subs(names) for e in (increment, early_low, early_high))
    p.show("above", Ge(step, low), {"least": 1, "gain": 1}, degree=2)
    p.show("under", Le(step, high), {"most": 1, "gain": 1}, degree=2)

    return p.certificate(["above", "under"])
