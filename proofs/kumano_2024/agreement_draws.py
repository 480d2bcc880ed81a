"""Exact values inside the hypotheses of K7's parts, for the search of counterexamples."""

from collections.abc import Callable
from fractions import Fraction

from hypothesis import strategies as st

from .agreement_parts import POINT

Values = dict[str, Fraction]
Draw = Callable[[], st.SearchStrategy[Values]]
_NAMES = ("gamma", "epsilon", "rho2", "R2", "S2", "omega", "t", "r", "lam", "c", "s", "b", "H", "T_1", "T_0", "Lam",
          "Lam_lo", "hoeffding", "rest", "g_z", "Q")  # fmt: skip


def drawn(complete: Callable[[Values, int], Values]) -> Draw:
    """Values of all variables: shares in [0, 1] made into some by `complete`, the claim's point for the rest."""
    share = st.integers(0, 24).map(lambda i: Fraction(i, 24))
    shares, pairs = st.fixed_dictionaries(dict.fromkeys(_NAMES, share)), st.integers(1, 6)
    fixed = {name: Fraction(value) for name, value in POINT.items()}

    def values(u: Values, n: int) -> Values:
        common = {"gamma": (u["gamma"] + Fraction(1, 30)) * Fraction(15, 16), "epsilon": 4 * u["epsilon"] ** 3
                  + Fraction(1, 50), "rho2": 3 * u["rho2"] + Fraction(1, 10), "n": Fraction(n)}  # fmt: skip
        return fixed | common | complete(u | common, n)

    return lambda: st.builds(values, shares, pairs)


def ends(share: Fraction) -> Fraction:
    """[0, 1] onto [-1, 1], a third of it each to the ends, where bounds are attained."""
    return min(Fraction(1), max(Fraction(-1), 6 * share - 3))


def _formula(v: Values, n: int) -> Fraction:
    g = v["gamma"]
    return 2 / ((1 + g**2) * v["rho2"] + v["epsilon"] ** 2 * n * (1 + g) ** 2)


def exact_case(v: Values, n: int) -> Values:
    """A multiplier and the products of the exact case, and some g(z)."""
    lam, Lam, Q, g_z = v["lam"] + Fraction(1, 20), v["Lam"] + Fraction(1, 20), v["Q"] + 1, 2 * v["g_z"] - 1
    g_z = g_z if g_z else Fraction(1, 7)
    return {"lam": lam, "same": lam * (v["rho2"] + n * v["epsilon"] ** 2), "opp": -lam * n * v["epsilon"] ** 2,
            "Lam": Lam, "Q": Q, "g_z": g_z, "g_adv": v["epsilon"] * Lam * g_z / Q}  # fmt: skip


def small_case(pairs: int) -> Callable[[Values, int], Values]:
    """The multipliers of 2 `pairs` samples."""

    def complete(v: Values, n: int) -> Values:
        return {f"lam_{i}": _formula(v, pairs) for i in range(1, 2 * pairs + 1)}

    return complete


def multiplier(v: Values, n: int) -> Values:
    """A multiplier within K3's bounds, often at their ends, and the least t and r up to a share."""
    omega, R2, S2 = v["omega"], v["R2"] + Fraction(1, 3), v["S2"] + Fraction(1, 3)
    deviation = omega * ends(v["lam"])
    t = abs(R2 / S2 - 1) + v["t"] ** 4
    return {"omega": omega, "R2": R2, "S2": S2, "t": t, "r": (1 + t) * (1 + omega) - 1 + v["r"] ** 4,
            "lam": 2 * (1 + deviation) / ((1 + v["gamma"] ** 2) * S2)}  # fmt: skip


def term(v: Values, n: int) -> Values:
    """A multiplier within r c of c, and a product within b of 0."""
    c = v["c"] + Fraction(1, 10)
    return {"c": c, "r": v["r"], "b": v["b"], "lam": c * (1 + v["r"] * ends(v["lam"])),
            "s": v["b"] * ends(v["s"])}  # fmt: skip


def event(side: int) -> Callable[[Values, int], Values]:
    """Sums within their bounds, and an epsilon just above what (star) asks for; <h, z> has the sign `side`."""

    def complete(v: Values, n: int) -> Values:
        T_0 = v["hoeffding"] * ends(v["T_0"])
        size, Lam_lo = v["H"] + Fraction(1, 10), v["Lam_lo"] + Fraction(1, 10)
        epsilon = (v["hoeffding"] + v["rest"]) / (Lam_lo * size) * (1 + v["lam"] ** 4) + Fraction(1, 10**6)
        Lam = Lam_lo + max(Fraction(0), ends(v["Lam"]))
        return {"hoeffding": v["hoeffding"], "rest": v["rest"], "T_0": T_0, "T_1": T_0 + v["rest"] * ends(v["T_1"]),
                "Lam_lo": Lam_lo, "Lam": Lam, "H": side * size, "epsilon": epsilon}  # fmt: skip

    return complete
