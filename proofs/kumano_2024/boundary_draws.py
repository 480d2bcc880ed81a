"""Exact values for the relations of the boundary theorem, often where they are tight."""

from fractions import Fraction

from hypothesis import strategies as st

from .boundary_exact import leaky
from .boundary_parts import POINT, VARIABLES

Values = dict[str, Fraction]
SLOPES = tuple(Fraction(n, 200) for n in (10, 20, 60, 100, 140, 180, 190, 198, 199))
SHARES = ("R", "ratio", "p", "L", "lam", "x", "psi", "e")  # each from 0 to 1, both ends often
ROWS = ("b", "g", "r", "V_plus", "V_minus")  # each from -4 to 4


def values() -> st.SearchStrategy[Values]:
    """Values of all variables: a data set's numbers, one row, and the two rows of a point z.

    Drawn as bytes, which is one draw for Hypothesis where 16 fractions are 16.
    """
    return st.binary(min_size=16, max_size=16).map(values_of)


def values_of(drawn: bytes) -> Values:
    """The values that 16 bytes stand for."""
    gamma, N, root = SLOPES[drawn[0] % len(SLOPES)], 1 + drawn[1] % 50, 2 + drawn[2] % 3
    # In every other draw all shares are at an end, where the inequalities are tight together.
    share = {name: Fraction(byte % 2) if drawn[2] > 127 else Fraction(byte % 13, 12)
             for name, byte in zip(SHARES, drawn[3:], strict=False)}  # fmt: skip
    row = {name: Fraction(byte % 33 - 16, 4) for name, byte in zip(ROWS, drawn[3 + len(SHARES) :], strict=True)}
    R = 1 + 3 * share["R"]
    S = R * (1 + share["ratio"])
    p = share["p"] * gamma**3 * R**2 / (3 * N * S)
    P = N * p
    # Margins: 1 at the largest multiplier is at least its lower bound; at sample n at most its upper bound.
    most = 2 / ((1 + gamma**2) * R - (1 + gamma) * P)
    L = most * (1 + share["L"]) / 2
    least = max(Fraction(0), (2 - (1 + gamma) * P * L) / ((1 + gamma**2) * S))
    lam = least + max(L - least, Fraction(0)) * share["lam"]
    known = {
        "gamma": gamma, "N": Fraction(N), "p_max": p, "R_min2": R, "R_max2": S, "L": L, "lam": lam,
        "x": R + (S - R) * share["x"], "psi": gamma + (1 - gamma) * share["psi"], "e": P * L * (2 * share["e"] - 1),
        "y": Fraction(1 if drawn[2] % 2 else -1), "M": Fraction(1), "root": Fraction(root), "m": Fraction(root**2),
    }  # fmt: skip
    a = row["b"] + (1 + gamma) / root * row["g"]
    phi_a, phi_b = leaky(a, gamma), leaky(row["b"], gamma)
    point = {"a": a, "phi_a": phi_a, "phi_b": phi_b, "f": Fraction(root, 2) * (phi_a - phi_b)}
    rest = {v.name: Fraction(POINT[v.name]) for v in VARIABLES}
    return {**rest, **known, **row, **point}
