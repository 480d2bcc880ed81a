"""Certificates about the end of adversarial training, and exact draws for the searches."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy
from hypothesis import strategies as st
from sympy import Ge, Gt, Le, Lt

from .notation import beta, checked_exponent, epsilon, n_N, rho
from .tensor_power_proofs import power_positive

F_y, F_j, G_y, G_j, g_y, g_j = sympy.symbols("F_y F_j G_y G_j g_y g_j")
R, M, N, delta, Q, h, eta_tilde = sympy.symbols("R M N delta Q h eta_tilde")
B, E, RHO, N_N = beta.symbol, epsilon.symbol, rho.symbol, n_N.symbol

Certificate = dict[str, Any]
Point = dict[str, Fraction]
_SHARE = st.fractions(0, 1, max_denominator=30)


def outputs() -> dict[str, Any]:
    """What the label keeps under the attack, and what the target gains from both kinds of patches."""
    return {"label": Ge(F_y, R), "target": Le(F_j, M + N + delta)}


def residual(q: int) -> dict[str, Any]:
    """The target's gain N from non-robust patches, for sum_r B^q = Q at most h beyond its level."""
    return {
        "surface": Le(N, N_N * E**q * Q / (q * RHO ** (q - 1))),
        "level": Le(Q, (1 + h) * RHO ** (q - 1) / (eta_tilde * B ** (q - 2))),
    }


def large(q: int) -> Any:
    """q eta~ beta^(q-2) (R - M - delta) > n_N epsilon^q (1 + h): how large the ascent step must be."""
    return Gt(q * eta_tilde * B ** (q - 2) * (R - M - delta), N_N * E**q * (1 + h))


def withstands(q: int) -> Certificate:
    """F_y > F_j under the attack, for an ascent step as large as `large` says."""
    checked_exponent(q)
    given = {**outputs(), **residual(q), "large": large(q)}
    ranges = {str(symbol): Gt(symbol, 0) for symbol in (RHO, B, E, eta_tilde)} | {"n_N": Ge(N_N, 1)}
    p = _about([F_y, F_j, R, M, N, delta, Q, h, eta_tilde, B, E, RHO, N_N], {**ranges, **given})
    p.show("n_N0", Gt(N_N, 0), ["n_N"])
    power_positive(p, "rho_n", RHO, q - 1, "rho")
    power_positive(p, "beta_n", B, q - 2, "beta")
    power_positive(p, "epsilon_q", E, q, "epsilon")
    surface = N_N * E**q / (q * RHO ** (q - 1))
    unit = 1 / (q * eta_tilde * B ** (q - 2))
    p.weigh("wins", Gt(F_y, F_j), {"label": 1, "target": 1, "surface": 1, "level": surface, "large": unit})
    return dict(p.certificate(["wins"]))


def one_of_two() -> Certificate:
    """If y withstands the attack towards j, then j does not withstand the one towards y."""
    p = _about([F_y, F_j, G_y, G_j, g_y, g_j], {**mutual(), "robust": Gt(F_y, F_j)})
    p.show("fooled", Lt(G_j, G_y), ["y_keeps", "j_gains", "j_keeps", "y_gains", "robust"], degree=1)
    return dict(p.certificate(["fooled"]))


def mutual() -> dict[str, Any]:
    """Both attacks: towards j the outputs are F, towards y they are G; g is n_N sum_r s(epsilon A_r)."""
    return {"y_keeps": Le(F_y, g_y), "j_gains": Ge(F_j, g_j), "j_keeps": Le(G_j, g_j), "y_gains": Ge(G_y, g_y)}


def _about(symbols: list[sympy.Symbol], facts: Mapping[str, Any]) -> Any:
    from theorycheck.prover import Proof

    p = Proof(symbols)
    for name, relation in facts.items():
        p.assume(name, relation)
    return p


def attacks(q: int) -> st.SearchStrategy[Point]:
    """Just inside all hypotheses of `withstands`."""
    names = ("beta", "epsilon", "rho", "eta_tilde", "Q", "N", "M", "delta", "h", "up", "down", "more")
    drawn = st.fixed_dictionaries({"n_N": st.integers(1, 200), **dict.fromkeys(names, _SHARE)})

    def values(d: dict[str, Any]) -> Point:
        small = Fraction(1, 20)
        v = {name: Fraction(d[name]) + small for name in ("beta", "epsilon", "rho")}
        v |= {"eta_tilde": 30 * d["eta_tilde"] + small, "n_N": Fraction(d["n_N"]), "h": d["h"]}
        v |= {"M": d["M"] * 5, "delta": d["delta"]}
        v["Q"] = d["Q"] * (1 + v["h"]) * v["rho"] ** (q - 1) / (v["eta_tilde"] * v["beta"] ** (q - 2))
        v["N"] = d["N"] * v["n_N"] * v["epsilon"] ** q * v["Q"] / (q * v["rho"] ** (q - 1))
        least = v["n_N"] * v["epsilon"] ** q * (1 + v["h"]) / (q * v["eta_tilde"] * v["beta"] ** (q - 2))
        v["R"] = v["M"] + v["delta"] + least + d["more"] / 10 + Fraction(1, 1000)
        v["F_y"], v["F_j"] = v["R"] + d["up"], v["M"] + v["N"] + v["delta"] - d["down"]
        return v

    return drawn.map(values)


def pairs() -> st.SearchStrategy[Point]:
    """Two classes of which y withstands the attack towards j."""
    names = ("g_j", "a", "b", "c", "d")

    def values(d: dict[str, Fraction]) -> Point:
        own = d["g_j"] * 5
        F_j_ = own + d["a"]
        F_y_ = F_j_ + d["b"] + Fraction(1, 100)
        g = F_y_ + d["c"]
        return {"g_j": own, "F_j": F_j_, "F_y": F_y_, "g_y": g, "G_y": g + d["d"], "G_j": own * d["d"]}

    return st.fixed_dictionaries(dict.fromkeys(names, _SHARE)).map(values)
