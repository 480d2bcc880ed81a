"""K3, sharp bounds of the multipliers: from a row of (1/2) M lambda = 1, and attained as N grows."""

from fractions import Fraction
from functools import cache, partial
from typing import Any

from hypothesis import strategies as st
from sympy import Eq

from theorycheck.checks.certified import Certified
from theorycheck.checks.check import Check
from theorycheck.checks.identity import Identity
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Part, Step
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import multipliers_proofs
from .boundary_parts import ORDERED, ORTH
from .multipliers_parts import POINT, VARIABLES, parts
from .multipliers_runs import (
    LOWER,
    MULTIPLICATIVE,
    SHARP,
    UPPER,
    certify_boxes,
    certify_sharp,
    measure,
    measure_sharp,
)

SEARCHED = ("kappa", "largest", MULTIPLICATIVE, UPPER, LOWER, "inside the theorem's, upper",
            "inside the theorem's, lower", *SHARP[:2])  # fmt: skip
TRIALS = (12, 60, 1_000)


def values() -> st.SearchStrategy[dict[str, Fraction]]:
    """A row inside (ORTH), often where the bounds are tight; one in three a row of the extremal families."""
    return st.binary(min_size=12, max_size=12).map(values_of)


def values_of(drawn: bytes) -> dict[str, Fraction]:
    """The values that 12 bytes stand for."""
    share = [Fraction(min(max(byte % 16 - 2, 0), 12), 12) for byte in drawn]
    gamma = Fraction((10, 60, 100, 140, 180, 198, 199)[drawn[0] % 7], 200)
    N, unit = 1 + drawn[1] % 40, drawn[2] % 3 == 0
    R = Fraction(1) if unit else 1 + share[3]
    S = R if unit else R * (1 + share[4])
    p = (Fraction(1) if unit else share[5]) * gamma**3 * R**2 / (3 * N * S)
    same, rest = 1 + gamma**2, (N - 1) * p
    L = 2 / (same * (R - rest)) * (1 - share[6] / 8)
    x = R + (S - R) * share[7]
    E = rest * same * L * (2 * share[8] - 1)
    lam = (2 - E) / (same * x)
    b = 2 * (1 - p) / (same * (1 + p) * (1 - rest)) if unit else Fraction(1)
    a = 2 / same - rest * b if unit else Fraction(1)
    if unit:
        lam = 2 / (same * (1 - rest))
        x, L, E = Fraction(1), lam, -rest * same * lam
    return {**{v.name: Fraction(POINT[v.name]) for v in VARIABLES}, "gamma": gamma, "N": Fraction(N), "p_max": p,
            "R_min2": R, "R_max2": S, "x": x, "lam": lam, "L": L, "E": E, "a": a, "b": b}  # fmt: skip


def checks(stated: tuple[Part, ...]) -> tuple[Check, ...]:
    """A certificate for each part; the factorisations again by SymPy; searches, enclosures, data."""
    table = multipliers_proofs.table()
    equations = tuple(p.name for p in stated if isinstance(p.relation, Eq) and not p.given)
    return (
        *(Proof(partial(table[part.name], part), (part.name,)) for part in stated),
        Identity(equations, points=5),
        Search(SEARCHED, values, trials=TRIALS),
        Certified(certify_boxes, (UPPER, LOWER)),
        Certified(certify_sharp, SHARP),
        Run(measure, (MULTIPLICATIVE, UPPER, LOWER)),
        Run(measure_sharp, SHARP),
    )


def theorem() -> Claim:
    """k3."""
    stated = parts()
    return Claim(
        "k3", Source("K3", "after Theorem 3.3"), "Sharp bounds of the multipliers", stated, checks(stated), VARIABLES,
        (ORDERED, ORTH), ("k1", "k2"), POINT, Verdict.PROVED, "exact",
        derivation=(
            Step("row", "Row n of (1/2) M lambda = 1 is ((1 + gamma^2) ||x_n||^2 lambda_n + E)/2 = 1, with |E| at most "
                 "(N - 1)(1 + gamma^2) p_max times the largest multiplier, as |C| <= 1 + gamma^2."),
            Step("bounds", "At the largest multiplier this bounds it; put back, it bounds all. kappa <= gamma^3/3 "
                 "by (ORTH).", r"\kappa=\frac{(N-1)p_{\max}}{R_{\min}^2}\le\frac{\gamma^3}3"),
            Step("inside", "The interval lies inside that of Theorem 3.3: the difference of the bounds has the factor "
                 "1 - gamma and is positive on (0, 1)."),
            Step("sharp", "One class, unit norms and all products -p attain the upper bound as N grows, the same with "
                 "row and column 1 turned to +p the lower. So 1/2 and 3/2 of Theorem 3.3 are limits for gamma -> 1 and "
                 "cannot be improved for all gamma at once."),
        ),
        note="Derived here; the paper states the wider interval of Theorem 3.3. The rates 1 - gamma^3/(2 N) and "
        "1 + 3 gamma^3/N at which the families come to the bounds are proved for every N.",
    )  # fmt: skip


@cache
def _claims() -> tuple[Claim, ...]:
    return (theorem(),)


def claims(setting: Any) -> tuple[Claim, ...]:
    """k3; it does not depend on the setting."""
    return _claims()
