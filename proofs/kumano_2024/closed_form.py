"""K2, the multipliers in closed form: the only KKT point, hence the max-margin network."""

from fractions import Fraction
from functools import cache, partial
from typing import Any

from hypothesis import strategies as st

from theorycheck.checks.check import Check
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Part, Step
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import closed_form_proofs
from .boundary_parts import ORDERED, ORTH
from .closed_form_parts import PATTERNS, POINT, VARIABLES, named, parts
from .closed_form_runs import measure, measure_beyond, measure_dual

ROWS = (*(named(pattern) for pattern in PATTERNS), "any N, positive label", "any N, negative label")
SEARCHED = ("dominance", "norm", "unique", "coefficients")
TRIALS = (8, 40, 400)


def values() -> st.SearchStrategy[dict[str, Fraction]]:
    """Values inside (ORTH), p_max often as large as that allows; rows of three samples whose own norm is 1."""
    return st.binary(min_size=16, max_size=16).map(values_of)


def values_of(drawn: bytes) -> dict[str, Fraction]:
    """The values that 16 bytes stand for."""
    share = [Fraction(min(max(byte % 16 - 2, 0), 12), 12) for byte in drawn]
    gamma, N = (1 + 18 * share[0]) / 20, 1 + drawn[1] % 30
    R = 1 + share[2]
    S = R * (1 + share[3])
    p = share[4] * gamma**3 * R**2 / (3 * N * S)
    multipliers = {f"lam_{k}": 1 + share[4 + k] for k in (1, 2, 3)}
    products = {"G_1": Fraction(2), "G_2": (2 * share[8] - 1) / 4, "G_3": (2 * share[9] - 1) / 4}
    x = R + (S - R) * share[10]
    squares = {"A": share[12] * 4, "B": share[13] * 4, "c": 2 * share[14] - 1, "m": 2 + Fraction(drawn[15] % 4)}
    # D > 0 only where the row of the difference allows it.
    allowed = x <= (N - 1) * p
    return {**{v.name: Fraction(POINT[v.name]) for v in VARIABLES}, **multipliers, **products, **squares,
            "gamma": gamma, "N": Fraction(N), "p_max": p, "R_min2": R, "R_max2": S, "x": x,
            "D": share[11] if allowed else Fraction(0)}  # fmt: skip


def checks(stated: tuple[Part, ...]) -> tuple[Check, ...]:
    """A certificate for each part; a search of label patterns and of what needs (ORTH); data."""
    table = closed_form_proofs.table()
    return (
        *(Proof(partial(table[part.name], part), (part.name,)) for part in stated),
        Search((*(named(pattern) for pattern in PATTERNS), *SEARCHED), values, trials=TRIALS),
        Run(measure, (*ROWS, "dominance", "norm", "sum of multipliers", "orthogonal data")),
        Run(measure_dual, ("unique", "duality")),
        Run(measure_beyond, ROWS),
    )


def theorem() -> Claim:
    """k2."""
    stated = parts()
    return Claim(
        "k2", Source("K2", "after Theorem 3.3"), "Closed form and uniqueness of the KKT point", stated, checks(stated),
        VARIABLES, (ORDERED, ORTH), ("k1",), POINT, Verdict.PROVED, "exact",
        derivation=(
            Step("margins", "With the signs of K1(b) the branches of phi are known, and y_n f(x_n) is linear in "
                 "lambda; shown for each label pattern of three samples, and for any N by induction.",
                 r"y_nf(x_n)=\tfrac12\sum_k\lambda_kC_{nk}\langle x_n,x_k\rangle,\quad C_{nk}=1+\gamma^2\text{ or }"
                 r"-2\gamma"),
            Step("unique", "All margins are 1, so M lambda = 2. By (ORTH) the diagonal of M exceeds the rest of its "
                 "row, so a difference of two solutions is 0 where it is largest.", r"\tfrac12M\lambda=\mathbf1"),
            Step("optimum", "The minimum of ||W||^2/2 exists and is a KKT point: moving W along W raises every margin, "
                 "so the constraints are qualified. There is only one KKT point, so it is the minimum.",
                 r"\|W^*\|_F^2=\sum_n\lambda_n"),
            Step("dual", "lambda is the optimum of the dual quadratic problem, without a gap.",
                 r"\max_{\lambda\ge0}\mathbf1^\top\lambda-\tfrac14\lambda^\top M\lambda=\tfrac12\sum_n\lambda_n"),
        ),
        note="Derived here, not stated in this form by the paper. The run beyond (ORTH) tests the pattern lambda > 0 "
        "and K1(b), which there decides whether the closed form is a KKT point.",
    )  # fmt: skip


@cache
def _claims() -> tuple[Claim, ...]:
    return (theorem(),)


def claims(setting: Any) -> tuple[Claim, ...]:
    """k2; it does not depend on the setting."""
    return _claims()
