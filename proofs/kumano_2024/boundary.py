"""K1, the decision boundary of a network at a KKT point: the inequalities of its proof, and the theorem on data."""

from functools import cache, partial
from typing import Any

from theorycheck.checks.certified import Certified
from theorycheck.checks.check import Check
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import boundary_proofs
from .boundary_certified import MARGINS, MULTIPLIERS, OUTPUT, SIGNS, certify_all, certify_instance
from .boundary_draws import values
from .boundary_exact import REPLAYS as REPLAYS
from .boundary_exact import replay
from .boundary_instances import measure
from .boundary_parts import (
    ORDERED,
    ORTH,
    POINT,
    VARIABLES,
    conclusions,
    lower_parts,
    output_parts,
    row_parts,
    upper_parts,
)

ON_DATA = (MULTIPLIERS, SIGNS, MARGINS, OUTPUT, "g negative")
SEARCHED = ("positive at the largest", "largest", "above", "small", "least", "below", *ON_DATA)
TRIALS = (12, 60, 1_000)
KKT = Condition(
    "W is a KKT point of min ||W||_F^2/2 subject to y_n f(x_n) >= 1: w_j = sum_n lambda_n y_n a_j phi'_nj x_n with "
    "lambda_n >= 0, phi'_nj in the subdifferential of phi at <w_j, x_n>, and lambda_n (y_n f(x_n) - 1) = 0",
    tex=r"w_j=\sum_n\lambda_ny_na_j\phi'_{nj}x_n,\quad\lambda_n\ge0,\quad\lambda_n(y_nf(x_n)-1)=0",
)


def parts() -> tuple[Part, ...]:
    """The steps in order, then the theorem's conclusions."""
    return (*row_parts(), *upper_parts(), *lower_parts(), *conclusions(), *output_parts())


def checks(stated: tuple[Part, ...]) -> tuple[Check, ...]:
    """A certificate for each part, a search of the steps that need (ORTH), and data."""
    table = boundary_proofs.table()
    return (
        *(Proof(partial(table[part.name], part), (part.name,)) for part in stated),
        Search(SEARCHED, values, trials=TRIALS),
        Certified(certify_all, (MULTIPLIERS, SIGNS)),
        Certified(certify_instance, (MULTIPLIERS, SIGNS, MARGINS, OUTPUT)),
        Run(measure, ON_DATA, replay),
    )


def theorem() -> Claim:
    """k1."""
    stated = parts()
    return Claim(
        "k1", Source("K1", "the part of Theorem 3.3 about KKT points"), "Decision boundary at a KKT point", stated,
        checks(stated), VARIABLES, (ORDERED, ORTH, KKT), (), POINT, Verdict.PROVED, "exact",
        derivation=(
            Step("rows", "With P = N p_max and Lambda the largest multiplier, stationarity gives r_nj = lambda_n "
                 "phi'_nj ||x_n||^2 + e_nj with |e_nj| <= P Lambda. Lambda > 0 because W = 0 is infeasible.",
                 r"y_ns_j\sqrt m\langle w_j,x_n\rangle=r_{nj}=\lambda_n\phi'_{nj}\|x_n\|^2+e_{nj}"),
            Step("upper bound", "Where lambda_n is largest every r_nj is positive, so phi' is known: neurons with "
                 "s_j y_n = 1 add (lambda_n ||x_n||^2 + e)/m to the margin and the others gamma (gamma lambda_n "
                 "||x_n||^2 + e)/m. The margin is 1 there by slackness.",
                 r"1\ge\tfrac12\Lambda_\infty\left[(1+\gamma^2)R_{\min}^2-(1+\gamma)P\right]"),
            Step("lower bound", "For any sample a neuron adds at most as much with R_max and +P Lambda; a negative "
                 "r_nj adds a negative number.",
                 r"1\le\tfrac12\left[(1+\gamma^2)\lambda_nR_{\max}^2+(1+\gamma)P\Lambda_\infty\right]"),
            Step("signs", "gamma lambda_n R_min^2 > P Lambda, so r_nj > 0 for all n and j. Hence all multipliers are "
                 "positive, all margins 1, and neurons of equal s_j are equal: rank W <= 2.",
                 r"v=\tfrac1{\sqrt m}(V_+-\gamma V_-),\quad u=\tfrac1{\sqrt m}(V_--\gamma V_+),\quad "
                 r"V_\pm=\sum_{y_n=\pm1}\lambda_nx_n"),
            Step("boundary", "phi rises at least as fast as gamma t, so f(z) has the sign of <v - u, z>, which is that "
                 "of g(z) = <q, z>, q = sum_n lambda_n y_n x_n.",
                 r"f(z)=\tfrac{\sqrt m}2[\phi(\langle v,z\rangle)-\phi(\langle u,z\rangle)],\quad "
                 r"v-u=\tfrac{1+\gamma}{\sqrt m}q"),
        ),
        note="The statement is the paper's Theorem 3.3 (after Frei et al. 2023), the proof is derived here. Proved "
        "means: the kernel checked each inequality between the numbers that the steps name, for any N, m, gamma and "
        "data inside (ORTH), sums over samples and neurons by induction. How these numbers come from W and the data is "
        "in the steps, and is checked on data sets. That training reaches a KKT point is claim k0.",
    )  # fmt: skip


@cache
def _claims() -> tuple[Claim, ...]:
    return (theorem(),)


def claims(setting: Any) -> tuple[Claim, ...]:
    """k1; it does not depend on the setting."""
    return _claims()
