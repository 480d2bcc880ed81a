"""Exact values inside the hypotheses of the claims on the phases of adversarial training."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial

from hypothesis import strategies as st

from theorycheck.checks.search import Search
from theorycheck.claim import Part
from theorycheck.domains import Rational, rational

Values = dict[str, Fraction]
Draw = Callable[[], st.SearchStrategy[Values]]
SMALL = Fraction(1, 20)


def search(part: Part, point: Mapping[str, Rational], draw: Draw) -> Search:
    """A search of one part, the other variables at the claim's point."""
    return Search((part.name,), partial(filled, point, draw), trials=(15, 60, 600))


def shares(*names: str) -> st.SearchStrategy[Values]:
    """A number from 0 to 1 for every name."""
    return st.fixed_dictionaries(dict.fromkeys(names, st.fractions(0, 1, max_denominator=30)))


def filled(point: Mapping[str, Rational], draw: Draw) -> st.SearchStrategy[Values]:
    """The drawn values, with the claim's point for the other variables."""
    others = {name: rational(value) for name, value in point.items()}
    return draw().map(lambda values: {**others, **values})


def levels(q: int, below: bool) -> st.SearchStrategy[Values]:
    """beta, rho, eta~ and sum_r B^q below the level or from it on."""

    def values(u: Values) -> Values:
        beta, rho, step = u["beta"] + SMALL, u["rho"] + SMALL, 20 * u["eta_tilde"] + SMALL
        level = rho ** (q - 1) / (step * beta ** (q - 2))
        share = u["Q"] * Fraction(99, 100) if below else 1 + u["Q"]
        return {"beta": beta, "rho": rho, "eta_tilde": step, "Q": level * share}

    return shares("beta", "rho", "eta_tilde", "Q").map(values)


def insides(q: int) -> st.SearchStrategy[Values]:
    """B with B^q at most the level, beta^2 <= eta~ rho."""

    def values(u: Values) -> Values:
        beta, rho = u["beta"] + SMALL, u["rho"] + SMALL
        step = beta**2 / rho * (1 + 3 * u["eta_tilde"])
        level = rho ** (q - 1) / (step * beta ** (q - 2))
        B = rho / beta * u["B"]
        # For B^q above the level, B times level/B^q < 1 is below.
        return {"beta": beta, "rho": rho, "eta_tilde": step, "B": B * min(level / B**q, Fraction(1)) if B else B}

    return shares("beta", "rho", "eta_tilde", "B").map(values)


def filters() -> st.SearchStrategy[Values]:
    """0 < B <= B_max, kappa >= 0."""
    drawn = shares("B", "more", "kappa")
    return drawn.map(lambda u: {"B": u["B"] + SMALL, "B_max": u["B"] + SMALL + u["more"], "kappa": 4 * u["kappa"]})


def outputs() -> st.SearchStrategy[Values]:
    """k - 1 <= S <= (k-1)(1 + tau) <= (k-1) e^tau and 0 <= F <= F_max."""

    def values(k: int, u: Values) -> Values:
        return {"k": Fraction(k), "tau": u["tau"], "S": (k - 1) * (1 + u["S"] * u["tau"]), "F": 3 * u["F"],
                "F_max": 3 * u["F"] + u["F_max"]}  # fmt: skip

    return st.builds(values, st.integers(2, 12), shares("tau", "S", "F", "F_max"))


def strengths(linear: bool) -> st.SearchStrategy[Values]:
    """alpha > epsilon, what the ascent leaves of alpha, and A on the polynomial or the linear piece of s'."""

    def values(u: Values) -> Values:
        rho, epsilon = u["rho"] + SMALL, 2 * u["epsilon"]
        alpha = epsilon + 3 * u["alpha"] + SMALL
        taken = epsilon * u["c"]
        a, A = alpha - taken, 3 * u["A"] + SMALL
        if linear:  # between rho/a and rho/(alpha - epsilon)
            A = rho / a + (rho / (alpha - epsilon) - rho / a) * u["A"]
        return {"alpha": alpha, "epsilon": epsilon, "rho": rho, "c": taken / alpha, "a": a, "A": A}

    return shares("alpha", "epsilon", "rho", "c", "A").map(values)


def races() -> st.SearchStrategy[Values]:
    """Both features while c_B <= phi < 1."""

    def values(n_R: int, n_N: int, u: Values) -> Values:
        found = {name: 3 * u[name] + SMALL for name in ("alpha", "beta", "rho", "A")}
        phi = u["phi"] * Fraction(9, 10)
        return {**found, "n_R": Fraction(n_R), "n_N": Fraction(n_N), "phi": phi, "c_B": phi * u["c_B"], "c_A": u["c_A"]}

    return st.builds(values, st.integers(1, 5), st.integers(1, 100),
                     shares("alpha", "beta", "rho", "A", "phi", "c_A", "c_B"))  # fmt: skip


def late_steps(q: int) -> st.SearchStrategy[Values]:
    """F_i from its lower bound on, S up to (k-1)(1 + tau)."""

    def values(k: int, n_R: int, u: Values) -> Values:
        rho, epsilon = u["rho"] + SMALL, u["epsilon"]
        alpha, A = epsilon + 2 * u["alpha"] + SMALL, 3 * u["A"]
        least = n_R * ((alpha - epsilon) * A - (1 - Fraction(1, q)) * rho)
        return {"k": Fraction(k), "n_R": Fraction(n_R), "rho": rho, "epsilon": epsilon, "alpha": alpha, "A": A,
                "eta": u["eta"] + SMALL, "tau": u["tau"], "S": (k - 1) * (1 + u["S"] * u["tau"]),
                "F": max(least, Fraction(0)) + u["F"]}  # fmt: skip

    return st.builds(values, st.integers(2, 9), st.integers(1, 4),
                     shares("rho", "epsilon", "alpha", "A", "eta", "tau", "S", "F"))  # fmt: skip


def rests(q: int, at_rest: bool) -> st.SearchStrategy[Values]:
    """A filter whose pull is at least rho^(q-1), or less."""

    def values(u: Values) -> Values:
        a, C, rho, step = 3 * u["a"] + SMALL, u["C"] + SMALL, u["rho"] + SMALL, 20 * u["eta_tilde"] + SMALL
        N = rho ** (q - 1) / (step * (a * C) ** (q - 2))
        share = 1 + u["N"] if at_rest else u["N"] * Fraction(99, 100)
        return {"a": a, "C": C, "rho": rho, "eta_tilde": step, "N": N * share}

    return shares("a", "C", "rho", "eta_tilde", "N").map(values)


def crossed(q: int) -> st.SearchStrategy[Values]:
    """A filter exactly at rest on robust patches, with alpha A <= beta B, beta < alpha and beta <= epsilon."""

    def values(u: Values) -> Values:
        beta, A, rho = u["beta"] + SMALL, u["A"] + SMALL, u["rho"] + SMALL
        alpha, epsilon = beta + u["alpha"] + SMALL, beta + u["epsilon"]
        B = alpha * A / beta * (1 + u["B"])
        step = rho ** (q - 1) / ((alpha * A) ** (q - 2) * (A**2 + B**2))
        return {"alpha": alpha, "beta": beta, "epsilon": epsilon, "A": A, "B": B, "rho": rho, "eta_tilde": step}

    return shares("beta", "A", "rho", "alpha", "epsilon", "B").map(values)


def waits(q: int) -> st.SearchStrategy[Values]:
    """b >= 2 B_0 and t from the time that the recursion needs at least."""

    def values(u: Values) -> Values:
        B_0, speed = u["B_0"] + SMALL, u["speed"] + SMALL
        b = 2 * B_0 + 3 * u["b"]
        return {"B_0": B_0, "speed": speed, "b": b, "t": (B_0 ** (2 - q) - b ** (2 - q)) / speed + 10 * u["t"]}

    return shares("B_0", "speed", "b", "t").map(values)
