"""Certificates about late growth, the end of training and the attack."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Eq, Ge, Gt, Le, Lt, exp

from .notation import checked_exponent

if TYPE_CHECKING:
    from theorycheck.prover import Block, Proof

k, S, F, F_next, tau, eta, m = sympy.symbols("k S F F_next tau eta m")
n_R, n_N, alpha, beta, rho, q_ = sympy.symbols("n_R n_N alpha beta rho q")
X, X_next, X_0, C, Y, t, t_next = sympy.symbols("X X_next X_0 C Y t t_next")
B, b, v = sympy.symbols("B b v")
F_y, F_j, R, N, o_1, o_2, delta = sympy.symbols("F_y F_j R N o_1 o_2 delta")

# Auxiliary symbols of the proofs and what they stand for in the claims' variables.
Y_X, Y_0, level = sympy.symbols("Y_X Y_0 level")
DEFINITIONS = {"Y_X": 1 / X, "Y_0": 1 / X_0, "level": n_N * rho / q_}
_E_F, _E_tau, _M, _one = sympy.symbols("E_F E_tau M one")
_P, _N, _K, _K1, _E_level = sympy.symbols("P_X N_X K_0 K_1 E_level")

Certificate = dict[str, Any]


def _proof(symbols: Iterable[Any], atoms: dict[Any, Any]) -> "Proof":
    from theorycheck.prover import Proof

    p = Proof(symbols)
    for atom, argument in atoms.items():
        p.exp(atom, sympy.sympify(argument, strict=True))
    return p


def strength() -> sympy.Expr:
    """m [(n_R alpha)^2 + (n_N beta)^2]."""
    return m * ((n_R * alpha) ** 2 + (n_N * beta) ** 2)


def growth_constant() -> sympy.Expr:
    """c' = (eta/k)(k-1) e^tau m [(n_R alpha)^2 + (n_N beta)^2]."""
    return eta / k * (k - 1) * exp(tau) * strength()


def gain() -> Certificate:
    """F+ <= F + c' e^(-F) from F+ <= F + (eta/k)(1 - logit) m [...] and the logit's bound."""
    p = _proof([k, S, F, F_next, tau, eta, m, n_R, n_N, alpha, beta], {_E_F: F, _E_tau: tau, _M: -F, _one: 0})
    p.assume("k", Ge(k, 2))
    p.assume("eta", Gt(eta, 0))
    p.assume("m", Ge(m, 1))
    p.assume("few", Ge(S, k - 1))
    p.assume("many", Le(S, (k - 1) * _E_tau))
    # The facts below need the denominators to be positive, so the step is assumed in the cleared form S + e^F > 0.
    for name, atom in (("E_F0", _E_F), ("E_tau0", _E_tau), ("M0", _M)):
        p.exp_positive(name, atom)
    p.exp_sum("inverse", _one, _E_F, _M)
    p.exp_zero("unit", _one)
    p.show("k0", Gt(k, 0), ["k"])
    p.show("n", Gt(k - 1, 0), ["k"])
    p.show("S0", Gt(S, 0), ["few", "n"])
    p.show("sum", Gt(S + _E_F, 0), ["S0", "E_F0"])
    p.show("nE", Ge((k - 1) * _E_tau * _M * S, 0), ["n", "E_tau0", "M0", "S0"], degree=4)
    p.show("pair", Eq(_E_F * _M, 1), ["inverse", "unit"], multipliers=0)
    p.show("logit", Ge((k - 1) * _E_tau * _M - S / (S + _E_F), 0), ["many", "nE", "pair"], degree=1, multipliers={"pair": [(k - 1) * _E_tau]})
    p.show("m0", Gt(m, 0), ["m"])
    p.show("strength", Ge(strength(), 0), ["m0"], squares=[n_R * alpha, n_N * beta])
    p.show("gain", Ge(eta / k * strength() * ((k - 1) * _E_tau * _M - S / (S + _E_F)), 0), {"logit": 1, "strength": 1, "eta": 1}, degree=3)
    return p.certificate(["gain"])


def _exponential_step(block: "Block", X: Any, X_next: Any, Y: Any, facts: dict[str, str]) -> None:
    """X_next <= X + C K_0 as ``step``, from X Y = 1, Y <= Y_0 and X_next <= X e^(C Y); K_0 = e^(C Y_0)."""
    block.show("C_less", Ge(C * Y_0 - C * Y, 0), {"C": 1, facts["Y"]: 1})
    block.exp_increasing("K_more", Ge(_K, _P), _K, _P, "C_less")
    block.exp_tangent("tangent", Ge(_N, 1 - C * Y), _N)
    block.exp_sum("inverse", _one, _P, _N)
    block.exp_zero("unit", _one)
    block.exp_positive("P0", _P)
    block.show("pair", Eq(_P * _N, 1), ["inverse", "unit"], multipliers=0)
    # e^x <= 1 + x e^x, from e^(-x) >= 1 - x times e^x.
    block.show("chord", Le(_P, 1 + C * Y * _P), {"tangent": 1, "P0": 1, "pair": 1}, multipliers={"pair": 0})
    block.show("times", Le(X * _P, X + C * _P), {facts["X"]: 1, "chord": 1, facts["XY"]: 1}, multipliers={facts["XY"]: [C * _P]})
    block.show("CK", Ge(C * _K - C * _P, 0), {"C": 1, "K_more": 1})
    block.show("step", Le(X_next, X + C * _K), {facts["grows"]: 1, "times": 1, "CK": 1}, degree=1)


def one_step() -> Certificate:
    """X+ <= X + c' exp(c'/X_0) from X >= X_0 > 0 and X+ <= X e^(c'/X)."""
    p = _proof([X, X_next, X_0, C, Y_X, Y_0], {_P: C * Y_X, _N: -C * Y_X, _K: C * Y_0, _one: 0})
    p.assume("C", Gt(C, 0))
    p.assume("X_0", Gt(X_0, 0))
    p.assume("XY", Eq(X * Y_X, 1))
    p.assume("XY_0", Eq(X_0 * Y_0, 1))
    p.assume("risen", Ge(X, X_0))
    p.assume("grows", Le(X_next, X * _P))
    p.show("X", Gt(X, 0), ["risen", "X_0"])
    _inverses(p, X, Y_X, "X", "XY")
    _exponential_step(p, X, X_next, Y_X, {"X": "X", "XY": "XY", "Y": "Y_less", "grows": "grows"})
    return p.certificate(["step"])


def _inverses(block: "Block", X: Any, Y: Any, positive: str, pair: str) -> None:
    """Y <= Y_0 as ``Y_less`` from X >= X_0 > 0, X Y = 1, X_0 Y_0 = 1."""
    # Y = 1/X times X^2 > 0 is X, and Y_0 - Y times X X_0 > 0 is X - X_0.
    block.show("Y_product", Ge((Y_0 - Y) * X * X_0, 0), {"risen": 1, pair: 1, "XY_0": 1}, multipliers={pair: [-X_0], "XY_0": [X]})
    block.cancel("Y_less", Ge(Y_0 - Y, 0), "Y_product", [positive, "X_0"])


def late_transition() -> dict[str, Any]:
    """X = e^F does not fall, and grows at most by the factor e^(c'/X); t counts the steps."""
    return {"inverse": Eq(X * Y, 1), "rises": Ge(X_next, X), "grows": Le(X_next, X * exp(C * Y)), "clock": Eq(t_next, t + 1)}


def logarithmic() -> Certificate:
    """X <= X_0 + c' exp(c'/X_0) t at every time, and with X_0 >= 1 also X <= X_0 + c' e^c' t."""
    p = _proof([X, X_next, X_0, C, Y, Y_0, t, t_next], {_P: C * Y, _N: -C * Y, _K: C * Y_0, _K1: C, _one: 0})
    steps = {name: relation.subs(exp(C * Y), _P) for name, relation in late_transition().items()}
    p.system("run", {X: X_next, t: t_next}, {X: X_0, t: sympy.Integer(0)}, [Y], {"step": steps})
    p.assume("C", Gt(C, 0))
    p.assume("X_0", Ge(X_0, 1))
    p.assume("XY_0", Eq(X_0 * Y_0, 1))
    run = p.induction("run.growth", "run", {"risen": Ge(X, X_0), "clock": Ge(t, 0), "sharp": Le(X, X_0 + C * _K * t)})
    for key in ("risen", "clock", "sharp"):
        run.base.goal(key, [])
    s = run.steps["step"]
