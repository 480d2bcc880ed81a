"""Exact values inside the hypotheses of K9's parts and of the finding, for the search of counterexamples."""

from fractions import Fraction

from hypothesis import strategies as st

from .correlation_draws import solved

Values = dict[str, Fraction]
SHARES = ("gamma", "h", "x", "z", "t_x", "t_z", "G", "Q", "lam", "t", "e", "R", "S", "w_q", "norm", "off",
           *(f"{name}_{i}" for name in ("x", "t", "lam") for i in (1, 2, 3)))  # fmt: skip


def complete(u: Values, labels: tuple[int, int, int], root: int, t: Fraction) -> Values:
    """Values of all variables of K9 from shares in [0, 1], three labels, sqrt(N), and t of the scan."""
    v: Values = {}
    g = v["gamma"] = (u["gamma"] + Fraction(1, 20)) * Fraction(9, 10)
    h = v["h"] = u["h"] + Fraction(1, 10)
    v |= {"H2": Fraction(1), **{name: 2 * u[name] - 1 for name in ("x", "z", "t_x", "t_z", "G", "w_q")}}
    v["G_new"] = v["G"]
    for i, label in enumerate(labels, 1):
        v |= {f"y_{i}": Fraction(label), f"lam_{i}": u[f"lam_{i}"] + Fraction(1, 10), f"x_{i}": 2 * u[f"x_{i}"] - 1,
              f"t_{i}": label * (u[f"t_{i}"] + Fraction(1, 10))}  # fmt: skip
    Q = v["Q"] = sum((v[f"lam_{i}"] * v[f"y_{i}"] * v[f"t_{i}"] for i in (1, 2, 3)), Fraction(0))
    v["q"] = Q * h
    # The third coordinate makes q a multiple of h, as it is in every coordinate.
    known = sum((v[f"lam_{i}"] * v[f"y_{i}"] * v[f"x_{i}"] for i in (1, 2)), Fraction(0))
    v["x_3"] = (v["q"] - known) / (v["lam_3"] * v["y_3"])
    v |= {"y": v["y_1"], "y_k": v["y_2"], "f": -v["y_1"], "f_k": -v["y_2"]}
    v |= _matrix(u["off"])
    S = v["S"] = u["S"] + 1
    R = v["R"] = S * (u["R"] + Fraction(1, 10)) / 2
    v["bound"] = g * R / (2 * S) * Fraction(11, 12)
    v |= {"norm": R + u["norm"], "e": v["bound"] * (2 * u["e"] - 1), "lam": 1 / (2 * S) + u["lam"] + Fraction(1, 50)}
    N, r, bend = Fraction(root**2), Fraction(root), t * (2 - t)
    v |= {"N": N, "r": r, "t": t, "same": v["lam"] * (1 - bend / 2), "opp": v["lam"] * bend / 2}
    v |= {"slope": -v["lam"] * r * (1 - t), "least": -r * (1 - t) * v["w_q"] / N}
    return v


def _matrix(off: Fraction) -> Values:
    """A positive definite M, and the solution of its first 2 and of its 3 rows in lambda; see `rows_solved`."""
    a = 2 * off - 1
    return {"M_11": Fraction(2), "M_22": Fraction(3), "M_33": Fraction(2), "M_12": a, "M_13": a / 2, "M_23": -a / 3}


def rows_solved(v: Values, size: int) -> Values:
    """`v` with lambda and lambda' the solution of the first `size` rows of M lambda = 2."""
    rows = [[v[f"M_{min(i, k)}{max(i, k)}"] for k in range(1, size + 1)] for i in range(1, size + 1)]
    found: Values = {}
    for i, lam in enumerate(solved(rows), 1):
        found |= {f"lam_{i}": lam, f"new_{i}": lam}
    return {**{f"new_{i}": Fraction(0) for i in (1, 2, 3)}, **v, **found}


def drawn(size: int = 0, at_one: bool = False, valid: bool | None = None) -> st.SearchStrategy[Values]:
    """Values; with `size` the rows are solved, `at_one` puts t = 1, `valid` chooses the side of the pattern's limit."""
    share = st.integers(0, 12).map(lambda i: Fraction(i, 12))

    def values(u: Values, label: tuple[int, int, int], root: int) -> Values:
        g = (u["gamma"] + Fraction(1, 20)) * Fraction(9, 10)
        far = 5 * u["t"] ** 2 + Fraction(1, 100)
        if valid is not None:
            # t (2 - t) = 1 - (1 - t)^2, and a square above or below (1 - gamma)/(1 + gamma) decides.
            edge = (1 - g) / (1 + g)
            far = 1 + (edge + u["t"] if valid else edge**2 * u["t"])
        found = complete(u, label, root, Fraction(1) if at_one else far)
        return rows_solved(found, size or 2) if size else {**{f"new_{i}": Fraction(0) for i in (1, 2, 3)}, **found}

    sign = st.sampled_from((1, -1))
    return st.builds(values, st.fixed_dictionaries(dict.fromkeys(SHARES, share)), st.tuples(sign, sign, sign),
                     st.integers(1, 6))  # fmt: skip


def flipped(gamma: Fraction, N: int, t: Fraction) -> Values:
    """The finding's variables: lambda' of balanced orthonormal data with flipped labels and epsilon = t/sqrt(N)."""
    return {"gamma": gamma, "N": Fraction(N), "t": t,
            "lam": 2 / (1 + gamma**2 - (1 + gamma) ** 2 * t * (2 - t) / 2)}  # fmt: skip
