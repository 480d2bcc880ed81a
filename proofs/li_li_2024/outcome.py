"""The end of standard training: Lemmas D.12 to D.14 and Theorems D.1 and 4.3."""

from fractions import Fraction
from functools import partial
from typing import Any

import sympy
from hypothesis import strategies as st
from sympy import Eq, Ge, Gt, Le, Lt, exp
from theorycheck_simulations.setting import Setting

from theorycheck.checks.run import Run, Statistics
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Variable, integer, positive, real
from theorycheck.source import Source

from . import late_proofs as late
from .attack_runs import measure_criterion
from .notation import Q
from .outcome_runs import measure_accuracy, measure_features
from .theorems import NOISELESS, theorem_43, theorem_d1

SHARE = st.fractions(0, 1, max_denominator=60)


def label_draw() -> st.SearchStrategy[dict[str, Fraction]]:
    """F from log((k-1)e^tau) on, over an upper bound of the logarithm; S up to (k-1)(1 + tau)."""
    drawn = st.fixed_dictionaries({"k": st.integers(2, 12), "u": SHARE, "tau": SHARE, "more": SHARE})

    def values(d: dict[str, Any]) -> dict[str, Fraction]:
        k, tau = Fraction(d["k"]), d["tau"]
        return {"k": k, "S": (k - 1) * (1 + d["u"] * tau), "tau": tau, "F": tau + (k - 1) / 2 + 1 + d["more"]}

    return drawn.map(values)


def lemma_d12() -> Claim:
    """Lemma D.12 at finite size."""
    k, S, F, tau = late.k, late.S, late.F, late.tau
    return Claim(
        "lemma-d.12",
        Source("Lemma D.12", "Appendix D.1.5"),
        "Standard accuracy is good",
        (
            Part(
                "probability of the label",
                Ge(exp(F) / (S + exp(F)), sympy.Rational(1, 2)),
                tex=r"e^{F_y}\ge(k-1)e^\tau\Rightarrow\mathrm{logit}_y\ge\tfrac12",
            ),
            Part(
                "share",
                text="a class is right at T with probability 1 - 4^(-m), the chance that it starts with a positive "
                "correlation; one that has, but is not right yet, is undecided",
                tex=r"P(\text{right})=1-4^{-m}",
            ),
        ),
        (
            Proof(late.label_probability, ("probability of the label",)),
            Search(("probability of the label",), label_draw),
            Statistics(measure_accuracy, ("share",)),
        ),
        (
            Variable("k", integer(2), "number of classes"),
            Variable("S", real(0), "sum of e^(F_j) over j != y"),
            Variable("F", real(), "F_y on a point of class y"),
            Variable("tau", real(0), "bound on every other output"),
        ),
        (Condition.of(Le(S, (k - 1) * exp(tau))), Condition.of(Ge(exp(F), (k - 1) * exp(tau)))),
        ("lemma-d.7", "lemma-d.11", "lemma-5.1"),
        {"k": 5, "S": 4, "F": 3, "tau": "1/10"},
        derivation=(
            Step(
                "others stay small",
                "F_j on class y is made of off-diagonal correlations, which only fall (Lemma D.7), so tau may be "
                "taken at the start.",
            ),
            Step(
                "the label grows",
                "F_y never falls, and grows without bound unless every A_{y,r}(0) and B_{y,r}(0) is <= 0; then it "
                "stays 0 and the class is never right.",
            ),
        ),
        note="The paper says with high probability; without noise the exact chance is 1 - 4^(-m). Trials are runs, of "
        "which class 0 is looked at.",
    )


def learned_draw(q: int) -> st.SearchStrategy[dict[str, Fraction]]:
    """b^q > m v^q, F_y and F_j at or beyond their bounds."""
    names = ("beta", "b", "v", "rho", "up", "down")
    drawn = st.fixed_dictionaries({"n_N": st.integers(1, 200), "m": st.integers(1, 12), **dict.fromkeys(names, SHARE)})

    def values(d: dict[str, Any]) -> dict[str, Fraction]:
        small, n_N, m = Fraction(1, 20), Fraction(d["n_N"]), Fraction(d["m"])
        beta, rho, v = d["beta"] * 2 + small, d["rho"] + small, d["v"]
        # m^(1/q) <= 1 + (m - 1)/q
        b = v * (1 + (m - 1) / q) + d["b"] + small
        unit = n_N * beta**q / (q * rho ** (q - 1))
        return {
            "n_N": n_N,
            "m": m,
            "beta": beta,
            "rho": rho,
            "v": v,
            "b": b,
            "F_y": unit * b**q + d["up"],
            "F_j": unit * m * v**q - d["down"],
        }

    return drawn.map(values)


def learned_part(q: int) -> Part:
    """On the non-robust patches alone the label wins."""
    n_N, m, beta, rho, b, v = late.n_N, late.m, late.beta, late.rho, late.b, late.v
    unit = q * rho ** (q - 1)
    given = (
        Ge(late.F_y, n_N * (beta * b) ** q / unit),
        Le(late.F_j, m * n_N * (beta * v) ** q / unit),
        Gt(b**q, m * v**q),
    )
    return Part(
        f"q = {q}",
        Gt(late.F_y, late.F_j),
        given=given,
        tex=rf"b^{q}>m\,v^{q}\Rightarrow F_y(X_{{\mathcal F_{{NR}}}})>F_j(X_{{\mathcal F_{{NR}}}})",
    )


def lemma_d13(exponents: tuple[int, ...] = Q) -> Claim:
    """Lemma D.13 at finite size."""
    parts = tuple(learned_part(q) for q in exponents)
    return Claim(
        "lemma-d.13",
        Source("Lemma D.13", "Appendix D.1.5"),
        "Non-robust features are learned well",
        (
            *parts,
            Part(
                "along runs",
                text="every class whose non-robust part led when F_i reached 1 is right on X_{F_NR} at T, and a class "
                "all of whose B(0) <= 0 never has a positive B",
                tex=r"F_y(X_{\mathcal F_{NR}})>\max_{j\ne y}F_j(X_{\mathcal F_{NR}})",
            ),
        ),
        (
            *(Proof(partial(late.learned, q), (f"q = {q}",)) for q in exponents),
            *(Search((f"q = {q}",), partial(learned_draw, q), trials=(50, 200, 2_000)) for q in exponents),
            Run(measure_features, ("along runs",)),
        ),
        (
            Variable("F_y", real(), "output of the label on X_{F_NR}"),
            Variable("F_j", real(), "another output there"),
            Variable("n_N", integer(1), "non-robust patches"),
            Variable("m", integer(1), "filters per class"),
            Variable("beta", positive(), "non-robust strength"),
            Variable("rho", positive(), "where the activation becomes linear"),
            Variable("b", real(0), "min of max_r B_{y,r} and rho/beta"),
            Variable("v", real(0), "largest off-diagonal <w_{j,r}, v_y>"),
        ),
        (NOISELESS,),
        ("lemma-d.7", "lemma-d.9", "definition-4.1"),
        {"F_y": 1, "F_j": 0, "n_N": 1, "m": 2, "beta": 1, "rho": 1, "b": 1, "v": "1/10"},
        derivation=(
            Step(
                "label",
                "Keep the largest filter alone: F_y >= n_N s(beta B) >= n_N s(beta b), b = min(B, rho/beta); s is "
                "increasing.",
            ),
            Step(
                "others",
                "m filters, each with a correlation of at most v, which the start gives (Lemma D.7): F_j <= m n_N "
                "s(beta v).",
            ),
        ),
        note="Robust feature learning accuracy, which the table shows, is not small without noise: the comparison is "
        "between correlations that are all of "
        "the order of sigma_0, and the label's own has grown a little. A class all of whose B(0) <= 0 has probability "
        "2^(-m).",
    )


def attack_draw(succeeds: bool) -> st.SearchStrategy[dict[str, Fraction]]:
    """Parts on the wanted side of the criterion, off-diagonal ones in [0, delta]."""
    drawn = st.fixed_dictionaries(dict.fromkeys(("R", "more", "delta", "o_1", "o_2"), SHARE))

    def values(d: dict[str, Fraction]) -> dict[str, Fraction]:
        less, gap = d["R"] * 5, d["delta"] + d["more"] + Fraction(1, 100)
        R, N = (less, less + gap) if succeeds else (less + gap, less)
        o_1, o_2 = d["delta"] * d["o_1"], d["delta"] * d["o_2"]
        return {"R": R, "N": N, "delta": d["delta"], "o_1": o_1, "o_2": o_2, "F_y": R + o_1, "F_j": N + o_2}

    return drawn.map(values)


def lemma_d14() -> Claim:
    """Lemma D.14 with its exact criterion."""
    R, N, delta = late.R, late.N, late.delta
    outputs = (Eq(late.F_y, R + late.o_1), Eq(late.F_j, N + late.o_2), Le(late.o_1, delta), Le(late.o_2, delta))
    point = {"F_y": 2, "R": 2, "F_j": 1, "N": 1}
    criterion = r"\sum_r\sum_{\mathcal J_R}s(\alpha_p A_{y,r})<\sum_r\sum_{\mathcal J_{NR}}s(\epsilon B_{y',r})"
    return Claim(
        "lemma-d.14",
        Source("Lemma D.14", "Appendix D.1.5"),
        "The non-robust perturbation fools the network",
        (
            Part(
                "fooled",
                Lt(late.F_y, late.F_j),
                given=(*outputs, Lt(R + delta, N)),
                tex=r"R+\delta<N\Rightarrow F_y(X+\Delta)<F_{y'}(X+\Delta)",
            ),
            Part(
                "not fooled",
                Gt(late.F_y, late.F_j),
                given=(*outputs, Gt(R, N + delta)),
                point=point,
                tex=r"R>N+\delta\Rightarrow F_y(X+\Delta)>F_{y'}(X+\Delta)",
            ),
            Part(
                "forward pass",
                text="on every pair of classes of trained networks with |N - R| > delta the answer changes exactly if "
                "R < N",
                tex=criterion,
            ),
        ),
        (
            Proof(lambda: late.fooled(True), ("fooled",)),
            Proof(lambda: late.fooled(False), ("not fooled",)),
            Search(("fooled",), lambda: attack_draw(True)),
            Search(("not fooled",), lambda: attack_draw(False)),
            Run(measure_criterion, ("forward pass",)),
        ),
        (
            Variable("F_y", real(), "label's output under the attack"),
            Variable("F_j", real(), "the target's"),
            Variable("R", real(0), "sum over J_R of s(alpha A_{y,r})"),
            Variable("N", real(0), "sum over J_NR of s(epsilon B_{y',r})"),
            Variable("o_1", real(0), "off-diagonal part of the label"),
            Variable("o_2", real(0), "off-diagonal part of the target"),
            Variable("delta", real(0), "bound on the off-diagonal parts"),
        ),
        (NOISELESS, Condition("the attack stays in the ball", tex=r"\epsilon\ge\beta_p")),
        ("lemma-d.7", "lemma-d.13"),
        {"F_y": 1, "F_j": 2, "R": 1, "N": 2, "o_1": 0, "o_2": 0, "delta": 0},
        origin="exact",
        derivation=(
            Step(
                "the attacked point",
                "delta_p = -beta v_y + epsilon v_{y'} turns each non-robust patch into epsilon v_{y'} and leaves the "
                "robust ones.",
                r"x_p+\delta_p=\epsilon v_{y'}",
            ),
            Step(
                "two outputs",
                "F_y keeps R and an off-diagonal part, F_{y'} gains N; where every off-diagonal correlation is <= 0 "
                "those parts are 0 and the criterion is exact.",
                criterion,
            ),
            Step("other classes", "Any third output is off-diagonal throughout, hence at most delta < R or N."),
        ),
        note="delta is computed from the starting weights, since off-diagonal correlations only fall. Pairs within "
        "delta are counted as undecided by the diagonal criterion.",
    )


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims of this chapter."""
    return (lemma_d12(), lemma_d13(), lemma_d14(), theorem_d1(), theorem_43())
