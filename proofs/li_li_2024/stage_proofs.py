"""Certificates about the stages of standard training: increments, comparison of runs, late growth and the attack."""

from typing import TYPE_CHECKING, Any

import sympy
from sympy import Eq, Ge, Gt, Le, exp

from .notation import checked_exponent
from .tensor_power_proofs import powers

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


def comparison_transition(q: int, faster: Any, faster_next: Any, slower: Any, slower_next: Any) -> dict[str, Any]:
    """Both correlations take a step of the polynomial recursion, the slower one with the smaller 1 - logit."""
    return {
        "quick": Eq(faster_next, faster + h * g * faster ** (q - 1)),
        "slow": Eq(slower_next, slower + h * g_0 * slower ** (q - 1)),
    }


def comparison(q: int) -> Certificate:
    """x >= X at every time, where x has 1 - logit = g >= g_0 at each step and X has g_0."""
    from theorycheck.prover import Proof

    checked_exponent(q)
    p = Proof([x, x_next, X, X_next, g, g_0, h, X_0])
    steps = {**comparison_transition(q, x, x_next, X, X_next), "rates": Ge(g, g_0)}
    p.system("run", {x: x_next, X: X_next}, {x: X_0, X: X_0}, [g], {"step": steps})
    p.assume("h", Gt(h, 0))
    p.assume("g_0", Gt(g_0, 0))
    p.assume("X_0", Gt(X_0, 0))
    run = p.induction("run.order", "run", {"order": Ge(x, X), "positive": Gt(X, 0)})
    run.base.goal("order", [])
    run.base.goal("positive", ["X_0"])
    s = run.steps["step"]
    _ordered_growth(s, q)
    s.goal("order", ["order", "growth", "quick", "slow"], degree=1, multipliers=0)
    s.show("more", Ge(h * g_0 * X ** (q - 1), 0), ["h", "g_0", "X_n"], degree=3)
    s.goal("positive", ["positive", "more", "slow"], degree=1, multipliers=0)
    run.close()
    return p.certificate(["order"])


def comparison_step(q: int) -> Certificate:
    """One step keeps the order: x + h g x^(q-1) >= X + h g_0 X^(q-1)."""
    from theorycheck.prover import Proof

    checked_exponent(q)
    p = Proof([x, X, g, g_0, h])
    p.assume("h", Gt(h, 0))
    p.assume("g_0", Gt(g_0, 0))
    p.assume("order", Ge(x, X))
    p.assume("positive", Gt(X, 0))
    p.assume("rates", Ge(g, g_0))
    _ordered_growth(p, q)
    p.show("moved", Ge(x + h * g * x ** (q - 1), X + h * g_0 * X ** (q - 1)), ["order", "growth"], degree=1)
    return p.certificate(["moved"])


def _ordered_growth(block: "Block", q: int) -> None:
    """h g x^(q-1) >= h g_0 X^(q-1) as ``growth``, from x >= X > 0 and g >= g_0 > 0; also ``X_n``: X^(q-1) > 0."""
    block.show("x", Gt(x, 0), ["order", "positive"])
    power = powers(block, "p", x, X, q - 1, "order", ["x", "positive"])
    block.show("X_n", Gt(X ** (q - 1), 0), ["positive"], degree=q - 1)
    block.show("x_n", Gt(x ** (q - 1), 0), ["x"], degree=q - 1)
    growth = Ge(h * g * x ** (q - 1) - h * g_0 * X ** (q - 1), 0)
    block.show("growth", growth, ["h", "g_0", "rates", power, "x_n"], degree=3)


def late_transition(q: int) -> dict[str, Any]:
    """Beyond rho/beta: B grows by some amount >= 0, and A by at most K A^(q-1) times it."""
    return {"more": Ge(B_next, B), "rises": Ge(A_next, A), "tied": Le(A_next, A + K * (B_next - B) * A ** (q - 1))}


def tied(q: int) -> Certificate:
    """A^(2-q) >= A_1^(2-q) - (q-2) K (B - B_1) at every time."""
    from theorycheck.prover import Proof

    n = checked_exponent(q) - 2
    p = Proof([A, A_next, A_1, B, B_next, B_1, K])
    p.system("run", {A: A_next, B: B_next}, {A: A_1, B: B_1}, [], {"step": late_transition(q)})
    p.assume("K", Gt(K, 0))
    p.assume("A_1", Gt(A_1, 0))
    run = p.induction("run.tied", "run", {"positive": Gt(A, 0), "bound": Ge(1 / A**n, 1 / A_1**n - n * K * (B - B_1))})
    run.base.goal("positive", ["A_1"])
    run.base.goal("bound", [])
    s = run.steps["step"]
    u = K * (B_next - B) * A**n
    s.show("rise", Ge(B_next - B, 0), ["more"])
    s.show("A_n", Gt(A**n, 0), ["positive"], degree=n)
    s.show("u", Ge(u, 0), ["K", "rise", "A_n"], degree=3)
    above = A * (1 + u)
    s.show("above", Gt(above, 0), {"positive": 1, "u": 1})
    s.goal("positive", ["positive", "rises"], degree=1)
    s.show("gap", Ge(above, A_next), ["tied"], degree=1)
    power = powers(s, "above_", above, A_next, n, "gap", ["above", "positive.goal"])
    s.show("bernoulli", Ge(A**n, (1 - n * u) * above**n), {"A_n": 1, "u": n + 1}, degree=n + 2)
    s.show("next_n", Gt(A_next**n, 0), ["positive.goal"], degree=n)
    sides = s.cases("one", Ge(A**n - (1 - n * u) * A_next**n, 0), 1 - n * u)
    sides.nonnegative.goal("one", {"bernoulli": 1, "one.case": 1, power: 1}, degree=2)
    sides.nonpositive.goal("one", {"A_n": 1, "one.case": 1, "next_n": 1}, degree=2)
    sides.close()
    s.show("first_n", Gt(A_1**n, 0), ["A_1"], degree=n)
    left = A_1**n - A_next**n + n * K * (B_next - B_1) * A_1**n * A_next**n
    s.show("product", Ge(A**n * left, 0), {"bound": 1, "one": 1, "next_n": 1, "first_n": 1}, degree=2)
    s.goal_by_cancel("bound", "product", ["A_n"])
    run.close()
    return p.certificate(["bound"])
