"""Finding F7: what reaching the linear part costs."""

from fractions import Fraction
from functools import partial
from typing import Any

import sympy
from hypothesis import strategies as st
from sympy import Ge, Le, exp

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Part, Step
from theorycheck.domains import Variable, integer, positive, real
from theorycheck.source import Source

from . import late_proofs as late
from .late_runs import measure_out_of_reach
from .notation import Q

SHARE = st.fractions(0, 1, max_denominator=40)
FINDING = (
    Variable("F", real(), "F_i on a point of class i"),
    Variable("n_N", integer(1), "non-robust patches"),
    Variable("beta", positive(), "non-robust strength"),
    Variable("B", real(), "the filter that has reached rho/beta"),
    Variable("rho", positive(), "where the activation becomes linear"),
    Variable("q", integer(3, 6), "exponent"),
    Variable("X_0", positive(), "e^(F_i) at time t_0"),
    Variable("C", positive(), "c'"),
    Variable("t", real(0), "steps since t_0"),
)


def finding_draw() -> st.SearchStrategy[dict[str, Fraction]]:
    """beta B >= rho, F from n_N times the linear piece on, and t from the growth bound on."""
    names = ("F", "beta", "B", "rho", "X_0", "C")
    drawn = st.fixed_dictionaries(
        {"n_N": st.integers(1, 20), "q": st.integers(3, 6), "t": st.integers(0, 10**6), **dict.fromkeys(names, SHARE)}
    )

    def values(d: dict[str, Any]) -> dict[str, Fraction]:
        small, n_N, q = Fraction(1, 20), Fraction(d["n_N"]), Fraction(d["q"])
        beta, rho = d["beta"] * 2 + small, d["rho"] + small
        B = rho / beta + d["B"]
        F = n_N * (beta * B - (1 - 1 / q) * rho) + d["F"]
        return {
            "F": F,
            "n_N": n_N,
            "q": q,
            "beta": beta,
            "rho": rho,
            "B": B,
            "X_0": 1 + d["X_0"] * 10,
            "C": d["C"] * 4 + small,
            "t": Fraction(d["t"]),
        }

    return drawn.map(values)


def finding_f7(exponents: tuple[int, ...] = Q) -> Claim:
    """Finding F7: what reaching the linear part costs."""
    F, n_N, beta, B, rho, q_, X_0, C, t = (
        late.F,
        late.n_N,
        late.beta,
        late.B,
        late.rho,
        late.q_,
        late.X_0,
        late.C,
        late.t,
    )
    outputs = tuple(
        Part(
            f"necessary output, q = {q}",
            Ge(F, n_N * rho / q),
            tex=rf"\beta B\ge\varrho\Rightarrow F_i\ge n_N\varrho/{q}",
            given=(Ge(beta * B, rho), Ge(F, n_N * (beta * B - (1 - sympy.Rational(1, q)) * rho))),
        )
        for q in exponents
    )
    growth = (Ge(F, n_N * rho / q_), Le(exp(F), X_0 + C * exp(C / X_0) * t))
    time = Part(
        "necessary time",
        Ge(t, (exp(n_N * rho / q_) - X_0) / (C * exp(C / X_0))),
        given=growth,
        point={"t": 100},
        tex=r"t-t_0\ge\frac{e^{n_N\varrho/q}-e^{F_i^{(t_0)}}}{c'\exp\left(c'e^{-F_i^{(t_0)}}\right)}",
    )
    run = Part(
        "measured",
        text="k = 6, m = 5, n_N = 100, rho = 1/2, where n_N rho/q = 16.7: from the first t_0 with e^F >= 10 c' on the "
        "necessary time exceeds 8,000 steps, and no class has max_r B >= rho/beta by then",
    )
    return Claim(
        "finding-f7",
        Source("Finding F7 on Lemma D.10", "Appendix D.1.4"),
        "Reaching the linear part takes time exponential in n_N rho/q",
        (*outputs, time, run),
        (
            *(Proof(partial(late.necessary_output, q), (f"necessary output, q = {q}",)) for q in exponents),
            Proof(late.necessary_time, ("necessary time",), late.named("level", "Y_0")),
            Search((*(part.name for part in outputs), "necessary time"), finding_draw, trials=(15, 60, 500)),
            Run(measure_out_of_reach, ("measured",)),
        ),
        FINDING,
        (),
        ("lemma-d.11",),
        {"F": 3, "n_N": 3, "beta": 1, "B": 1, "rho": "1/2", "q": 3, "X_0": 2, "C": 1, "t": 100},
        origin="finding",
        derivation=(
            Step(
                "output",
                "When one filter has beta B >= rho, its n_N patches alone give F_i >= n_N s(beta B) >= n_N s(rho) = "
                "n_N rho/q; s is increasing.",
                r"F_i\ge n_N\varrho/q",
            ),
            Step(
                "time",
                "By Lemma D.11 e^(F_i) grows by at most a constant per step, so it takes exponentially many steps to "
                "get there.",
            ),
        ),
        note="With constant P and rho = 1/polylog(k), as in Assumption B.3, n_N rho/q is small and Lemma D.10 stands. "
        "But that assumption "
        "conflicts with Assumption 2.3 (assumption-b.3): where the non-robust patches are as many as denser asks, the "
        "condition bites. "
        "The stated count of classes is not a statistic: the proved time leaves no chance.",
    )
