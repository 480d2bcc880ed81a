"""Exact values inside the hypotheses of K8's parts and of the finding, for the search of counterexamples."""

from collections.abc import Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mat
from hypothesis import strategies as st

from .correlation_proofs import TYPES

Values = dict[str, Fraction]


def solved(rows: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    """The solution of rows x = (2, ..., 2)."""
    n = len(rows)
    matrix = fmpq_mat(n, n, [fmpq(x.numerator, x.denominator) for row in rows for x in row])
    found = matrix.solve(fmpq_mat(n, 1, [fmpq(2)] * n))
    return [Fraction(int(found[i, 0].p), int(found[i, 0].q)) for i in range(n)]


def complete(u: Values, root: int, label: int) -> Values:
    """Values of all variables of K8 from gamma, epsilon, Lam, alpha, beta and rho2, for N = root^2."""
    g, e, s, N, Lam, y = u["gamma"], u["epsilon"], Fraction(1, root), root**2, u["Lam"], Fraction(1)
    g2, square = 1 + g**2, (1 + g) ** 2
    if label > 0:
        V_m = -e * Lam * y * s
        V_p = (2 - e * u["alpha"] + 2 * g * V_m) / g2
    else:
        V_p = e * Lam * y * s
        V_m = (2 + e * u["alpha"] + 2 * g * V_p) / g2
    half = square / 4 * N
    same, other = solved([[(g2 if i == k else 0) + half * (e * s * (v + w) + e**2) for k, v in enumerate((1, -1))]
                          for i, w in enumerate((1, -1))])  # fmt: skip
    return {**u, "N": Fraction(N), "s": s, "V_p": V_p, "V_m": V_m, "y": y, "c": 2 / (g2 * u["rho2"]),
            "K": square * Lam / 2, "lam_same": same, "lam_other": other, "T_1": s * N / 2 * (same - other),
            "T_2": e * N / 2 * (same + other)}  # fmt: skip


def drawn(label: int) -> st.SearchStrategy[Values]:
    """Values for a target label."""
    share = st.integers(0, 12).map(lambda i: Fraction(i, 12))

    def values(u: Values, root: int) -> Values:
        given = {"gamma": (u["gamma"] + Fraction(1, 20)) * Fraction(9, 10), "epsilon": u["epsilon"] + Fraction(1, 50),
                 "Lam": 4 * u["Lam"] - 1, "alpha": 4 * u["alpha"] - 2, "beta": 2 * u["beta"] - 1,
                 "rho2": u["rho2"] + Fraction(1, 4)}  # fmt: skip
        return complete(given, root, label)

    names = ("gamma", "epsilon", "Lam", "alpha", "beta", "rho2")
    return st.builds(values, st.fixed_dictionaries(dict.fromkeys(names, share)), st.integers(2, 8))


def by_type(gamma: Fraction, epsilon: Fraction, root: int, counts: Sequence[int]) -> Values:
    """Values of the finding's variables: lambda' of the four types, solved exactly."""
    s = Fraction(1, root)
    rows = [
        [(1 + gamma**2 if label == b else 2 * gamma) * count * (epsilon * s * (w + v) + epsilon**2)
         + (1 + gamma**2 if i == k else 0)
         for k, (count, (b, v)) in enumerate(zip(counts, TYPES, strict=True))]
        for i, (label, w) in enumerate(TYPES)
    ]  # fmt: skip
    return {
        "gamma": gamma, "epsilon": epsilon, "N": Fraction(root**2), "s": s,
        **{f"n_{i + 1}": Fraction(count) for i, count in enumerate(counts)},
        **{f"lam_{i + 1}": lam for i, lam in enumerate(solved(rows))},
    }  # fmt: skip


def balanced_types() -> st.SearchStrategy[Values]:
    """Balanced labels of 64 orthonormal samples, y and y' different more often than not, epsilon within (ORTH)."""

    def values(slope: int, more: int, step: int) -> Values:
        return by_type(Fraction(slope, 10), Fraction(step, 400), 8, (16 - more, 16 + more, 16 - more, 16 + more))

    return st.builds(values, st.integers(6, 9), st.integers(0, 2), st.integers(1, 6))
