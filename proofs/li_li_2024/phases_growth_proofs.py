"""Certificates about the pace of the features under attack, their race, and late growth."""

from typing import Any

import sympy
from sympy import And, Eq, Ge, Gt, Le, Lt, exp

from .notation import checked_exponent
from .phases_proofs import Certificate, proof_about
from .tensor_power_proofs import power_positive, powers

k, S, F, ceiling, tau, eta, n_R, n_N = sympy.symbols("k S F F_max tau eta n_R n_N")
alpha, beta, rho, epsilon, a, A, B = sympy.symbols("alpha beta rho epsilon a A B")
c, c_A, c_B, phi = sympy.symbols("c c_A c_B phi")
A_next, A_0, B_next, B_0, L = sympy.symbols("A_next A_0 B_next B_0 L")
_E_F, _E_tau, _E_ceiling, _one = sympy.symbols("E_F E_tau E_max one")
_M_F, _M_Y, _E_gap, _M_sum = sympy.symbols("M_F M_Y E_gap M_sum")


def label_gap() -> sympy.Expr:
    """1 - logit_i = S/(S + e^(F_i))."""
    return S / (S + exp(F))


def gap_ends() -> tuple[sympy.Expr, sympy.Expr]:
    """The least and the largest 1 - logit_i while 0 <= F_i <= F_max and F_j <= tau."""
    return (k - 1) / (k - 1 + exp(ceiling)), (k - 1) * exp(tau) / ((k - 1) * exp(tau) + 1)


def logit() -> Certificate:
    """1 - logit_i lies between its `gap_ends`."""
    p = proof_about([k, S, F, ceiling, tau], (), {_E_F: F, _E_tau: tau, _E_ceiling: ceiling, _one: sympy.Integer(0)})
    for name, relation in {"k": Ge(k, 2), "few": Ge(S, k - 1), "many": Le(S, (k - 1) * _E_tau), "F": Ge(F, 0),
                           "F_max": Le(F, ceiling)}.items():  # fmt: skip
        p.assume(name, relation)
    p.exp_zero("unit", _one)
    p.exp_increasing("raised", Ge(_E_F, _one), _E_F, _one, "F")
    p.exp_increasing("capped", Ge(_E_ceiling, _E_F), _E_ceiling, _E_F, "F_max")
    for name, atom in (("E_F0", _E_F), ("E_max0", _E_ceiling), ("E_tau0", _E_tau)):
        p.exp_positive(name, atom)
    p.show("n", Gt(k - 1, 0), ["k"])
    p.show("S0", Gt(S, 0), ["few", "n"])
    p.show("sum", Gt(S + _E_F, 0), ["S0", "E_F0"])
    p.show("low_sum", Gt(k - 1 + _E_ceiling, 0), ["n", "E_max0"])
    p.show("high", Gt((k - 1) * _E_tau, 0), ["n", "E_tau0"])
    p.show("high_sum", Gt((k - 1) * _E_tau + 1, 0), ["high"])
    p.show("E_F1", Ge(_E_F, 1), ["raised", "unit"])
    names = {exp(F): _E_F, exp(tau): _E_tau, exp(ceiling): _E_ceiling}
    gap, low, high = ((sympy.Integer(0) + e).subs(names) for e in (label_gap(), *gap_ends()))
    p.show("least", Ge(gap, low), ["few", "capped", "n", "E_max0", "E_F0", "S0"])
    p.show("most", Le(gap, high), ["many", "E_F1", "high", "S0"])
    return p.certificate(["least", "most"])


def gain(q: int, strength: Any) -> sympy.Expr:
    """strength s'(strength A), with s' on its polynomial piece."""
    return strength**q * A ** (q - 1) / rho ** (q - 1)


def pace_relation(q: int, now: Any) -> Any:
    """The gain `now` between those of the strengths alpha - epsilon and alpha."""
    return And(Ge(now, gain(q, alpha - epsilon)), Le(now, gain(q, alpha)))


def pace(q: int) -> Certificate:
    """`pace_relation` while s' is polynomial: the patch has the strength alpha (1 - c)."""
    checked_exponent(q)
    left = alpha * (1 - c)
    p = proof_about([alpha, epsilon, rho, A, c], [alpha, rho, A])
    for name, relation in {"weak": Gt(alpha, epsilon), "c": Ge(c, 0), "clipped": Le(alpha * c, epsilon)}.items():
        p.assume(name, relation)
    p.show("least", Gt(alpha - epsilon, 0), ["weak"])
    p.show("low", Ge(left, alpha - epsilon), ["clipped"], degree=1)
    p.show("high", Ge(alpha, left), {"alpha0": 1, "c": 1})
    p.show("left", Gt(left, 0), ["low", "least"], degree=1)
    above = powers(p, "low_", left, alpha - epsilon, q, "low", ["left", "least"])
    under = powers(p, "high_", alpha, left, q, "high", ["alpha0", "left"])
    power_positive(p, "A_n", A, q - 1, "A0")
    power_positive(p, "rho_n", rho, q - 1, "rho0")
    share = A ** (q - 1) / rho ** (q - 1)
    p.weigh("slower", Ge(gain(q, left), gain(q, alpha - epsilon)), {above: share})
    p.weigh("faster", Le(gain(q, left), gain(q, alpha)), {under: share})
    return p.certificate(["slower", "faster"])


def pace_linear(q: int) -> Certificate:
    """`pace_relation` where s' = 1: the gain is the strength a itself."""
    checked_exponent(q)
    p = proof_about([alpha, epsilon, rho, A, a], [alpha, rho, A])
    for name, relation in {"weak": Gt(alpha, epsilon), "low": Ge(a, alpha - epsilon), "high": Le(a, alpha),
                           "reached": Ge(a * A, rho), "slow": Le((alpha - epsilon) * A, rho)}.items():  # fmt: skip
        p.assume(name, relation)
    p.show("least", Gt(alpha - epsilon, 0), ["weak"])
    p.show("a", Gt(a, 0), ["low", "least"], degree=1)
    p.show("z", Gt((alpha - epsilon) * A, 0), ["least", "A0"])
    p.show("w", Gt(a * A, 0), ["a", "A0"])
    power_positive(p, "A_n", A, q - 1, "A0")
    power_positive(p, "rho_n", rho, q - 1, "rho0")
    below = powers(p, "slow_", rho, (alpha - epsilon) * A, q - 1, "slow", ["rho0", "z"])
    above = powers(p, "reached_", a * A, rho, q - 1, "reached", ["w", "rho0"])
    more = powers(p, "high_", alpha, a, q, "high", ["alpha0", "a"])
    p.weigh("slower", Ge(a, gain(q, alpha - epsilon)), {"low": 1, below: (alpha - epsilon) / rho ** (q - 1)})
    p.weigh("faster", Le(a, gain(q, alpha)), {above: a / rho ** (q - 1), more: A ** (q - 1) / rho ** (q - 1)})
    return p.certificate(["slower", "faster"])


def past_knee() -> Certificate:
    """(alpha (1 - c)) A >= rho once A >= rho/(alpha - epsilon): s' = 1 on robust patches, whatever the ascent does."""
    p = proof_about([alpha, epsilon, rho, A, c], [alpha, rho, A])
    for name, relation in {"weak": Gt(alpha, epsilon), "clipped": Le(alpha * c, epsilon),
                           "reached": Ge((alpha - epsilon) * A, rho)}.items():  # fmt: skip
        p.assume(name, relation)
    p.show("linear", Ge(alpha * (1 - c) * A, rho), {"clipped": 1, "reached": 1, "A0": 1})
    return p.certificate(["linear"])


def losing(q: int) -> Any:
    """n_R (alpha (1-c_A))^q A^(q-1) <= S/(1-phi)^q n_N (beta (1-c_B))^q A^(q-1), over rho^(q-1)."""
    ratio = n_R * alpha**q / (n_N * beta**q * (1 - phi) ** q)
    return Le(n_R * gain(q, alpha * (1 - c_A)), ratio * n_N * gain(q, beta * (1 - c_B)))


def race(q: int) -> Certificate:
    """`losing`: while c_B <= phi the robust feature takes steps of Lemma B.2's loser with the ratio S/(1-phi)^q."""
    checked_exponent(q)
    p = proof_about([alpha, beta, rho, A, n_R, n_N, c_A, c_B, phi], [alpha, beta, rho, A])
    for name, relation in {"n_R": Ge(n_R, 1), "n_N": Ge(n_N, 1), "c_A": Ge(c_A, 0), "c_A1": Le(c_A, 1),
                           "c_B": Le(c_B, phi), "phi": Lt(phi, 1)}.items():  # fmt: skip
        p.assume(name, relation)
    p.show("n_R0", Gt(n_R, 0), ["n_R"])
    p.show("n_N0", Gt(n_N, 0), ["n_N"])
    p.show("rest", Gt(1 - phi, 0), ["phi"])
    p.show("more", Ge(1 - c_B, 1 - phi), ["c_B"], degree=1)
    p.show("left", Gt(1 - c_B, 0), ["more", "rest"], degree=1)
    nonrobust = powers(p, "more_", 1 - c_B, 1 - phi, q, "more", ["left", "rest"])
    p.show("c_A_left", Ge(1 - c_A, 0), ["c_A1"], degree=1)
    p.show("robust", Ge(1 - (1 - c_A) ** q, 0), {"c_A": 1, "c_A_left": q - 1}, degree=q)
    power_positive(p, "A_n", A, q - 1, "A0")
    power_positive(p, "rho_n", rho, q - 1, "rho0")
    share = n_R * alpha**q * A ** (q - 1) / rho ** (q - 1)
    p.weigh("loses", losing(q), {nonrobust: share / (1 - phi) ** q, "robust": share})
    return p.certificate(["loses"])


def passed_transition() -> dict[str, Any]:
    """A does not fall, and B stays below its own bound L."""
    return {"rises": Ge(A_next, A), "bounded": Le(B_next, L)}


def passed() -> Certificate:
    """A >= B at every time after the first with A >= L, the bound of B."""
    p = proof_about([A, A_next, A_0, B, B_next, B_0, L])
    p.system("run", {A: A_next, B: B_next}, {A: A_0, B: B_0}, [], {"step": passed_transition()})
    p.assume("passed", Ge(A_0, L))
    p.assume("level", Le(B_0, L))
    run = p.induction("run.order", "run", {"A": Ge(A, L), "B": Le(B, L)})
    run.base.goal("A", ["passed"], degree=1)
    run.base.goal("B", ["level"], degree=1)
    run.steps["step"].goal("A", ["A", "rises"], degree=1)
    run.steps["step"].goal("B", ["bounded"], degree=1)
    run.close()
    p.show("order", Ge(A, B), ["A", "B"], degree=1)
    return p.certificate(["order"])


def late_output(q: int) -> sympy.Expr:
    """n_R ((alpha - epsilon) A - (1 - 1/q) rho), a lower bound of F_i(X~) by the linear piece of one filter."""
    return n_R * ((alpha - epsilon) * A - (1 - sympy.Rational(1, q)) * rho)


def late_constant(q: int) -> sympy.Expr:
    """(eta/k)(k-1) e^tau n_R^2 alpha (alpha - epsilon) exp(n_R (1 - 1/q) rho)."""
    factor = exp(n_R * (1 - sympy.Rational(1, q)) * rho)
    return eta / k * (k - 1) * exp(tau) * n_R**2 * alpha * (alpha - epsilon) * factor


def late_gain(q: int) -> Any:
    """n_R (alpha - epsilon) times a step of A is at most C e^(-n_R (alpha - epsilon) A)."""
    step = eta / k * label_gap() * n_R * alpha
    return Le(n_R * (alpha - epsilon) * step, late_constant(q) * exp(-n_R * (alpha - epsilon) * A))


def late(q: int) -> Certificate:
    """`late_gain`, from F_i >= `late_output` and S <= (k-1) e^tau."""
    checked_exponent(q)
    Y, knee = n_R * (alpha - epsilon) * A, n_R * (1 - sympy.Rational(1, q)) * rho
    atoms = {_E_F: F, _E_tau: tau, _M_F: -F, _M_Y: -Y, _E_gap: knee, _M_sum: knee - Y, _one: sympy.Integer(0)}
    p = proof_about([k, S, F, tau, eta, n_R, alpha, epsilon, A, rho], [eta, alpha], atoms)
    for name, relation in {"k": Ge(k, 2), "few": Ge(S, 0), "many": Le(S, (k - 1) * _E_tau), "n_R": Ge(n_R, 1),
                           "weak": Gt(alpha, epsilon), "output": Ge(F, late_output(q))}.items():  # fmt: skip
        p.assume(name, relation)
    for atom in (_E_F, _E_tau, _M_F, _M_Y, _E_gap):
        p.exp_positive(f"{atom}0", atom)
    p.exp_sum("inverse", _one, _E_F, _M_F)
    p.exp_zero("unit", _one)
    p.exp_sum("split", _M_sum, _E_gap, _M_Y)
    p.show("k0", Gt(k, 0), ["k"])
    p.show("n", Gt(k - 1, 0), ["k"])
    p.show("n_R0", Gt(n_R, 0), ["n_R"])
    p.show("least", Gt(alpha - epsilon, 0), ["weak"])
    p.show("sum", Gt(S + _E_F, 0), ["few", "E_F0"])
    p.show("pair", Eq(_E_F * _M_F, 1), ["inverse", "unit"], multipliers=0)
    p.show("spare", Ge(S * S * _M_F, 0), {"few": 2, "M_F0": 1}, degree=3)
    p.show("logit", Le(S / (S + _E_F), S * _M_F), {"spare": 1, "pair": 1}, multipliers={"pair": [S]})
    p.show("falls", Ge(knee - Y + F, 0), ["output"], degree=1)
    p.exp_increasing("faster", Ge(_M_sum, _M_F), _M_sum, _M_F, "falls")
    p.show("mass", Le(S * _M_F, (k - 1) * _E_tau * _M_F), {"many": 1, "M_F0": 1})
    p.show("share", Ge((k - 1) * _E_tau, 0), ["n", "E_tau0"])
    later = Le((k - 1) * _E_tau * _M_F, (k - 1) * _E_tau * _E_gap * _M_Y)
    p.show("later", later, {"share": 1, "faster": 1, "split": 1}, multipliers={"split": [(k - 1) * _E_tau]})
    p.show("cap", Le(S * _M_F, (k - 1) * _E_tau * _E_gap * _M_Y), ["mass", "later"], degree=1)
    p.show("gap", Le(S / (S + _E_F), (k - 1) * _E_tau * _E_gap * _M_Y), ["logit", "cap", "sum"])
    step = n_R**2 * (alpha - epsilon) * alpha * eta / k
    p.weigh("gain", Le(step * S / (S + _E_F), step * (k - 1) * _E_tau * _E_gap * _M_Y), {"gap": step})
    return p.certificate(["gain"])
