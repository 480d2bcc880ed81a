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


def named(*names: str) -> dict[str, sympy.Expr]:
    """Some of the definitions, as a check takes them."""
    return {name: DEFINITIONS[name] for name in names}


def _proof(symbols: Iterable[Any], atoms: dict[Any, Any]) -> "Proof":
    from theorycheck.prover import Proof

    p = Proof(symbols)
    for atom, argument in atoms.items():
        p.exp(atom, argument)
    return p


def strength() -> sympy.Expr:
    """m [(n_R alpha)^2 + (n_N beta)^2]."""
    return m * ((n_R * alpha) ** 2 + (n_N * beta) ** 2)


def growth_constant() -> sympy.Expr:
    """c' = (eta/k)(k-1) e^tau m [(n_R alpha)^2 + (n_N beta)^2]."""
    return eta / k * (k - 1) * exp(tau) * strength()


def gain() -> Certificate:
    """(eta/k)(1 - logit) m [(n_R alpha)^2 + (n_N beta)^2] <= c' e^(-F)."""
    p = _proof(
        [k, S, F, F_next, tau, eta, m, n_R, n_N, alpha, beta], {_E_F: F, _E_tau: tau, _M: -F, _one: sympy.Integer(0)}
    )
    p.assume("k", Ge(k, 2))
    p.assume("eta", Gt(eta, 0))
    p.assume("m", Ge(m, 1))
    p.assume("few", Ge(S, k - 1))
    p.assume("many", Le(S, (k - 1) * _E_tau))
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
    p.show(
        "logit",
        Ge((k - 1) * _E_tau * _M - S / (S + _E_F), 0),
        ["many", "nE", "pair"],
        degree=1,
        multipliers={"pair": [(k - 1) * _E_tau]},
    )
    p.show("m0", Gt(m, 0), ["m"])
    p.show("strength", Ge(strength(), 0), ["m0"], squares=[n_R * alpha, n_N * beta])
    p.show(
        "gain",
        Ge(eta / k * strength() * ((k - 1) * _E_tau * _M - S / (S + _E_F)), 0),
        {"logit": 1, "strength": 1, "eta": 1},
        degree=3,
    )
    return p.certificate(["gain"])


def _exponential_step(block: "Block", X: Any, X_next: Any, Y: Any, facts: dict[str, str]) -> None:
    """X_next <= X + C K_0 as ``step``, from X Y = 1, Y <= Y_0 and X_next <= X e^(C Y); K_0 = e^(C Y_0)."""
    block.show("C_less", Ge(C * Y_0 - C * Y, 0), {"C": 1, facts["Y"]: 1})
    block.exp_increasing("K_more", Ge(_K, _P), _K, _P, "C_less")
    block.exp_tangent("tangent", Ge(_N, 1 - C * Y), _N)
    block.exp_sum("product", _one, _P, _N)
    block.exp_zero("unit", _one)
    block.exp_positive("P0", _P)
    block.show("pair", Eq(_P * _N, 1), ["product", "unit"], multipliers=0)
    # e^x <= 1 + x e^x, from e^(-x) >= 1 - x times e^x.
    block.show("chord", Le(_P, 1 + C * Y * _P), {"tangent": 1, "P0": 1, "pair": 1}, multipliers={"pair": 0})
    block.show(
        "times",
        Le(X * _P, X + C * _P),
        {facts["X"]: 1, "chord": 1, facts["XY"]: 1},
        multipliers={facts["XY"]: [C * _P]},
    )
    block.show("CK", Ge(C * _K - C * _P, 0), {"C": 1, "K_more": 1})
    block.show("step", Le(X_next, X + C * _K), {facts["grows"]: 1, "times": 1, "CK": 1}, degree=1)


def one_step() -> Certificate:
    """X+ <= X + c' exp(c'/X_0) from X >= X_0 > 0 and X+ <= X e^(c'/X)."""
    p = _proof([X, X_next, X_0, C, Y_X, Y_0], {_P: C * Y_X, _N: -C * Y_X, _K: C * Y_0, _one: sympy.Integer(0)})
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


def _inverses(block: "Block", X: Any, Y: Any, positive: str, pair: str, first: str = "X_0") -> None:
    """Y <= Y_0 as ``Y_less`` from X >= X_0 > 0, X Y = 1, X_0 Y_0 = 1."""
    block.show(
        "Y_product",
        Ge((Y_0 - Y) * X * X_0, 0),
        {"risen": 1, pair: 1, "XY_0": 1},
        multipliers={pair: [-X_0], "XY_0": [X]},
    )
    block.cancel("Y_less", Ge(Y_0 - Y, 0), "Y_product", [positive, first])


def late_transition() -> dict[str, Any]:
    """X = e^F does not fall, and grows at most by the factor e^(c'/X); t counts the steps."""
    return {
        "inverse": Eq(X * Y, 1),
        "rises": Ge(X_next, X),
        "grows": Le(X_next, X * exp(C * Y)),
        "clock.step": Eq(t_next, t + 1),
    }


def logarithmic(paper: bool) -> Certificate:
    """X <= X_0 + c' exp(c'/X_0) t at every time, or for X_0 >= 1 in the paper's form X <= X_0 + c' e^c' t."""
    p = _proof(
        [X, X_next, X_0, C, Y, Y_0, t, t_next], {_P: C * Y, _N: -C * Y, _K: C * Y_0, _K1: C, _one: sympy.Integer(0)}
    )
    steps = {name: relation.subs(exp(C * Y), _P) for name, relation in late_transition().items()}
    p.system("run", {X: X_next, t: t_next}, {X: X_0, t: sympy.Integer(0)}, [Y], {"step": steps})
    p.assume("C", Gt(C, 0))
    p.assume("X_0", Ge(X_0, 1) if paper else Gt(X_0, 0))
    p.assume("XY_0", Eq(X_0 * Y_0, 1))
    first = "X_0"
    if paper:
        p.show("first", Gt(X_0, 0), ["X_0"])
        first = "first"
    run = p.induction("run.growth", "run", {"risen": Ge(X, X_0), "clock": Ge(t, 0), "sharp": Le(X, X_0 + C * _K * t)})
    for key in ("risen", "clock", "sharp"):
        run.base.goal(key, [])
    s = run.steps["step"]
    s.show("X", Gt(X, 0), ["risen", first], degree=1)
    _inverses(s, X, Y, "X", "inverse", first)
    _exponential_step(s, X, X_next, Y, {"X": "X", "XY": "inverse", "Y": "Y_less", "grows": "grows"})
    s.goal("risen", ["risen", "rises"], degree=1)
    s.goal("clock", {"clock": 1, "clock.step": 1}, degree=1, multipliers=0)
    s.goal("sharp", {"sharp": 1, "step": 1, "clock.step": 1}, degree=1, multipliers={"clock.step": [C * _K]})
    run.close()
    if not paper:
        return p.certificate(["sharp"])
    p.show("Y_product", Ge((1 - Y_0) * X_0, 0), {"X_0": 1, "XY_0": 1}, degree=1, multipliers=0)
    p.cancel("Y_less", Ge(1 - Y_0, 0), "Y_product", ["first"])
    p.show("C_less", Ge(C - C * Y_0, 0), {"C": 1, "Y_less": 1})
    p.exp_increasing("K_more", Ge(_K1, _K), _K1, _K, "C_less")
    p.show("later", Ge(C * t * (_K1 - _K), 0), {"C": 1, "clock": 1, "K_more": 1}, degree=3)
    p.show("paper", Le(X, X_0 + C * _K1 * t), ["sharp", "later"], degree=1)
    return p.certificate(["paper"])


def necessary_output(q: int) -> Certificate:
    """F >= n_N rho/q from beta B >= rho and F >= n_N s(beta B), s on its linear piece."""
    checked_exponent(q)
    p = _proof([F, n_N, beta, B, rho], {})
    p.assume("n_N", Ge(n_N, 1))
    p.assume("reached", Ge(beta * B, rho))
    p.assume("carries", Ge(F, n_N * (beta * B - (1 - sympy.Rational(1, q)) * rho)))
    p.show("enough", Ge(F, n_N * rho / q), {"n_N": 1, "reached": 1, "carries": 1})
    return p.certificate(["enough"])


def necessary_time() -> Certificate:
    """t >= (e^(n_N rho/q) - X_0) / (c' exp(c'/X_0)) from X = e^F <= X_0 + c' exp(c'/X_0) t and F >= n_N rho/q."""
    p = _proof(
        [F, X_0, C, Y_0, t, n_N, rho, q_, level],
        {_E_F: F, _K: C * Y_0, _M: -C * Y_0, _E_level: level, _one: sympy.Integer(0)},
    )
    p.assume("C", Gt(C, 0))
    p.assume("level", Ge(F - level, 0))
    p.assume("growth", Le(_E_F, X_0 + C * _K * t))
    p.exp_increasing("more", Ge(_E_F, _E_level), _E_F, _E_level, "level")
    p.exp_positive("M", _M)
    p.exp_sum("product", _one, _K, _M)
    p.exp_zero("unit", _one)
    p.show("pair", Eq(_K * _M, 1), ["product", "unit"], multipliers=0)
    p.show("enough", Ge(X_0 + C * _K * t, _E_level), ["growth", "more"], degree=1)
    scaled = Ge(C * t - (_E_level - X_0) * _M, 0)
    p.show("scaled", scaled, {"enough": 1, "M": 1, "pair": 1}, multipliers={"pair": [C * t]})
    p.show("time", Ge(t, (_E_level - X_0) * _M / C), ["scaled"], degree=1)
    return p.certificate(["time"])


def label_probability() -> Certificate:
    """logit_y >= 1/2 once e^(F_y) >= (k-1) e^tau, the other outputs being at most tau."""
    p = _proof([k, S, F, tau], {_E_F: F, _E_tau: tau})
    p.assume("k", Ge(k, 2))
    p.assume("few", Ge(S, 0))
    p.assume("many", Le(S, (k - 1) * _E_tau))
    p.assume("large", Ge(_E_F, (k - 1) * _E_tau))
    p.exp_positive("E_F0", _E_F)
    p.show("sum", Gt(S + _E_F, 0), ["few", "E_F0"])
    p.show("half", Ge(_E_F / (S + _E_F), sympy.Rational(1, 2)), ["many", "large"], degree=1)
    return p.certificate(["half"])


def learned(q: int, count: Any = n_N, strength: Any = beta) -> Certificate:
    """F_y > F_j on the patches of one kind alone, from one filter with (strength b)^q > m (strength v)^q."""
    checked_exponent(q)
    p = _proof([F_y, F_j, count, m, strength, b, v, rho], {})
    p.assume("count", Ge(count, 1))
    p.assume("strength", Gt(strength, 0))
    p.assume("rho", Gt(rho, 0))
    p.assume("label", Ge(F_y, count * (strength * b) ** q / (q * rho ** (q - 1))))
    p.assume("other", Le(F_j, m * count * (strength * v) ** q / (q * rho ** (q - 1))))
    p.assume("lead", Gt(b**q, m * v**q))
    p.show("count0", Gt(count, 0), ["count"])
    p.show("strength_q", Gt(strength**q, 0), ["strength"], degree=q)
    p.show("rho_q", Gt(rho ** (q - 1), 0), ["rho"], degree=q - 1)
    gap = count * strength**q / rho ** (q - 1) * (b**q - m * v**q)
    p.show("gap", Gt(gap, 0), {"count0": 1, "strength_q": 1, "lead": 1}, degree=3)
    p.weigh("wins", Gt(F_y, F_j), {"label": 1, "other": 1, "gap": sympy.Rational(1, q)})
    return p.certificate(["wins"])


def fooled(succeeds: bool) -> Certificate:
    """The attack's outcome from R and N, the off-diagonal parts being between 0 and delta."""
    p = _proof([F_y, F_j, R, N, o_1, o_2, delta], {})
    p.assume("label", Eq(F_y, R + o_1))
    p.assume("target", Eq(F_j, N + o_2))
    p.assume("o_1", Ge(o_1, 0))
    p.assume("o_2", Ge(o_2, 0))
    p.assume("small_1", Le(o_1, delta))
    p.assume("small_2", Le(o_2, delta))
    p.assume("gap", Lt(R + delta, N) if succeeds else Gt(R, N + delta))
    facts = ["label", "target", "o_1", "o_2", "small_1", "small_2", "gap"]
    p.show("outcome", Lt(F_y, F_j) if succeeds else Gt(F_y, F_j), facts, degree=1, multipliers=0)
    return p.certificate(["outcome"])
