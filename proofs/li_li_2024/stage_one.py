"""Stage I: Lemma D.8, and how far the scalar recursions are from the network."""

from fractions import Fraction
from functools import partial

from hypothesis import strategies as st
from sympy import And, Ge, Gt, Le, exp
from theorycheck_simulations.setting import Setting

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Dynamics, Part, Step
from theorycheck.domains import Rational, Variable, integer, positive, real
from theorycheck.source import Source

from . import stage_proofs as proofs
from .notation import Q
from .stage_runs import measure_bracket, measure_increments

VARIABLES = (
    Variable("k", integer(2), "number of classes"),
    Variable("S", positive(), "sum of e^(F_j) over j != i"),
    Variable("F", real(0, 1), "F_i on a point of class i"),
    Variable("tau", real(0), "bound on every other output"),
    Variable("eta", positive(), "step of gradient descent"),
    Variable("rho", positive(), "where the activation becomes linear"),
    Variable("n_p", integer(1), "number of patches that carry the feature: n_R or n_N"),
    Variable("c", positive(), "strength of the feature: alpha or beta"),
    Variable("z", positive(), "correlation with the feature: A_{i,r} or B_{i,r}"),
)


def early_draw() -> st.SearchStrategy[dict[str, Fraction]]:
    """Values inside the hypotheses: S between k-1 and (k-1)(1 + tau) <= (k-1) e^tau, c z up to rho."""
    share = st.fractions(0, 1, max_denominator=50)
    names = ("u", "F", "tau", "eta", "rho", "c", "z")
    drawn = st.fixed_dictionaries(
        {"k": st.integers(2, 12).map(Fraction), "n_p": st.integers(1, 200).map(Fraction), **dict.fromkeys(names, share)}
    )

    def values(d: dict[str, Fraction]) -> dict[str, Fraction]:
        k, c, rho = d["k"], d["c"] + Fraction(1, 10), d["rho"] + Fraction(1, 10)
        return {
            "k": k,
            "S": (k - 1) * (1 + d["u"] * d["tau"]),
            "F": d["F"],
            "tau": d["tau"],
            "eta": d["eta"] / 10 + Fraction(1, 1000),
            "rho": rho,
            "n_p": d["n_p"],
            "c": c,
            "z": rho / c * (d["z"] * Fraction(49, 50) + Fraction(1, 50)),
        }

    return drawn.map(values)


def early_part(q: int) -> Part:
    """The increment between its two bounds, for one exponent."""
    step = proofs.increment(q)
    tex = (
        rf"\tfrac{{\eta}}{{k}}\tfrac{{k-1}}{{k-1+e}}\,n_p c\,(cz/\varrho)^{{{q - 1}}}\le z^{{+}}-z"
        rf"\le\tfrac{{\eta}}{{k}}\tfrac{{(k-1)e^\tau}}{{(k-1)e^\tau+1}}\,n_p c\,(cz/\varrho)^{{{q - 1}}}"
    )
    return Part(f"q = {q}", And(Ge(step, proofs.early_low(q)), Le(step, proofs.early_high(q))), tex=tex)


def lemma_d8(exponents: tuple[int, ...] = Q) -> Claim:
    """Lemma D.8 with its constants."""
    parts = tuple(early_part(q) for q in exponents)
    names = tuple(part.name for part in parts)
    return Claim(
        "lemma-d.8",
        Source("Lemma D.8", "Appendix D.1.4"),
        "Stage I: the step is a constant times a power",
        (
            *parts,
            Part(
                "along runs",
                text="every step of level 1 in Stage I lies between these bounds, tau being the largest output of "
                "another class",
                tex=r"0\le F_i\le 1,\ F_j\le\tau",
            ),
        ),
        (
            *(Proof(partial(proofs.early, q), (f"q = {q}",)) for q in exponents),
            Search(names, early_draw, trials=(25, 120, 2_000)),
            Run(measure_increments, ("along runs",)),
        ),
        VARIABLES,
        (
            Condition.of(Ge(proofs.S, proofs.k - 1)),
            Condition.of(Le(proofs.S, (proofs.k - 1) * exp(proofs.tau))),
            Condition.of(Le(proofs.c * proofs.z, proofs.rho)),
        ),
        ("lemma-5.1", "lemma-d.5"),
        {"k": 5, "S": 4, "F": "1/2", "tau": "1/10", "eta": "1/50", "rho": "1/2", "n_p": 31, "c": 1, "z": "1/100"},
        origin="exact",
        derivation=(
            Step(
                "logit",
                "1 - logit_i = S/(S + e^(F_i)); it grows with S and falls with F_i, so its ends are those of k-1 <= S "
                "<= (k-1)e^tau and 0 <= F_i <= 1.",
                r"\tfrac{k-1}{k-1+e}\le 1-\mathrm{logit}_i\le\tfrac{(k-1)e^\tau}{(k-1)e^\tau+1}",
            ),
            Step("activation", "In the polynomial part s'(cz) = (cz/rho)^(q-1); multiply by (eta/k) n_p c s'(cz) > 0."),
        ),
        note="The paper writes Theta for both bounds and leaves the stage's end open; here it ends where F_i = 1. "
        "Read with "
        "n_p = n_R, c = alpha, z = A or with n_p = n_N, c = beta, z = B.",
    )


RACE = (
    Variable("x", real(), "a correlation at level 1"),
    Variable("x_next", real()),
    Variable("X", real(), "the same at level 0"),
    Variable("X_next", real()),
    Variable("g", real(), "1 - logit_i of a step, free in each"),
    Variable("g_0", positive(), "the constant 1 - logit of level 0"),
    Variable("h", positive(), "(eta/k) n_p c^q / rho^(q-1)"),
    Variable("X_0", positive(), "common start"),
)
ONE: dict[str, Rational] = {
    "x": 1,
    "x_next": "17/16",
    "X": 1,
    "X_next": "33/32",
    "g": 1,
    "g_0": "1/2",
    "h": "1/16",
    "X_0": 1,
}


def comparison_parts(q: int) -> tuple[Part, ...]:
    """Level 0 with the smaller 1 - logit stays below; the same with the roles exchanged gives the upper bound."""
    p = proofs
    steps = (*p.comparison_transition(q, p.x, p.x_next, p.X, p.X_next).values(), Ge(p.g, p.g_0))
    run = Dynamics({"x": "x_next", "X": "X_next"}, {"x": p.X_0, "X": p.X_0}, {"step": steps}, ("g",))
    one = (Ge(p.x, p.X), Gt(p.X, 0), Ge(p.g, p.g_0))
    moved = Ge(p.x + p.h * p.g * p.x ** (q - 1), p.X + p.h * p.g_0 * p.X ** (q - 1))
    return (
        Part(f"q = {q}", Ge(p.x, p.X), dynamics=run, tex=rf"X_t\le x_t\ \text{{for all }}t\quad(q={q})"),
        Part(f"q = {q}: step", moved, given=one, tex=rf"x_t+h g_t x_t^{{{q - 1}}}\ge X_t+h g_0 X_t^{{{q - 1}}}"),
    )


def ordered_draw() -> st.SearchStrategy[dict[str, Fraction]]:
    """x >= X > 0 and g >= g_0 > 0."""
    share = st.fractions(0, 2, max_denominator=50)
    small = Fraction(1, 100)
    names = st.fixed_dictionaries(dict.fromkeys(("X", "more", "g_0", "g", "h"), share))
    return names.map(
        lambda d: {
            "X": d["X"] + small,
            "x": d["X"] + small + d["more"],
            "g_0": d["g_0"] + small,
            "g": d["g_0"] + small + d["g"],
            "h": d["h"] + small,
            "x_next": Fraction(1),
            "X_next": Fraction(1),
            "X_0": Fraction(1),
        }
    )


def reduced_level(exponents: tuple[int, ...] = Q) -> Claim:
    """How far level 0 is from level 1 in Stage I: between two of its own runs."""
    pairs = [comparison_parts(q) for q in exponents]
    low, high = r"\tfrac{k-1}{k-1+e}", r"\tfrac{(k-1)e^\tau}{(k-1)e^\tau+1}"
    along = Part(
        "along runs",
        text="while 0 <= F_i <= 1 and F_j <= tau, every A_{i,r} > 0 and B_{i,r} > 0 of level 1 lies between level 0 "
        "with 1 - logit = (k-1)/(k-1+e) and with (k-1)e^tau/((k-1)e^tau+1)",
        tex=rf"X_t\big|_{{1-\mathrm{{logit}}={low}}}\le A^{{(t)}}_{{i,r}},B^{{(t)}}_{{i,r}}\le "
        rf"X_t\big|_{{1-\mathrm{{logit}}={high}}}",
    )
    checks = [Proof(partial(proofs.comparison, q), (f"q = {q}",)) for q in exponents]
    steps = [Proof(partial(proofs.comparison_step, q), (f"q = {q}: step",)) for q in exponents]
    return Claim(
        "reduced-level",
        Source("Scalar recursions", "Section 5.1"),
        "The uncoupled recursion brackets the network in Stage I",
        (*(part for pair in pairs for part in pair), along),
        (
            *checks,
            *steps,
            Search(tuple(pair[1].name for pair in pairs), ordered_draw, trials=(25, 120, 2_000)),
            Run(measure_bracket, ("along runs",)),
        ),
        RACE,
        uses=("lemma-5.1", "lemma-d.8"),
        point=ONE,
        origin="exact",
        derivation=(
            Step(
                "comparison",
                "z -> z + h g z^(q-1) grows with z and with g; so from one start the recursion with the smaller g "
                "stays below, by induction.",
            ),
            Step(
                "error",
                "With g between its bounds of Lemma D.8, level 1 lies between two runs of level 0. Both have the same "
                "shape with time "
                "scaled, so level 0 with 1 - logit = 1 - 1/k is early or late by at most these factors of the time.",
                rf"{low}\Big/\left(1-\tfrac1k\right)\le\frac{{T_{{\text{{level }}0}}}}{{T_{{\text{{level }}1}}}}"
                rf"\le{high}\Big/\left(1-\tfrac1k\right)",
            ),
        ),
        note="Stated for the polynomial part; the runs use the full s', which is as monotone. The upper bound is the "
        "same statement with "
        "the roles of x and X exchanged. The table gives the width of the bracket, which is the error of level 0.",
    )


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims on Stage I."""
    return (reduced_level(), lemma_d8())
