"""Corollary 4.5 in our own rigorous form: for uniform noise, (star) becomes a condition on a few numbers."""

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from sympy import And, Eq, Ge, Gt, Le, symbols
from sympy.logic.boolalg import Boolean

from theorycheck.checks.certified import Certified
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Variable, positive, real
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .agreement_noise_runs import SIZE, certify, measure_noise
from .notation import assuming, epsilon

e, S, L, A, c_b, t, r, Lam, nu_1, nu_2 = symbols("epsilon S L A c_b t r Lam nu_1 nu_2")
R2, S2, change, width, low = symbols("R2 S2 change width low")
VARIABLES = (
    epsilon, Variable("S", positive(), "sqrt(N')"), Variable("L", positive(), "a bound below on every lambda'_n"),
    Variable("A", positive(), "|<h, z>|"), Variable("c_b", positive(), "a bound above on every cbar_n |<xbar_n, z>|"),
    Variable("t", real(0), "t_delta"), Variable("r", real(0), "r*"), Variable("Lam", real(), "Lambda_lo"),
    Variable("nu_1", real(0), "||cbar o b||_1"), Variable("nu_2", real(0), "||cbar o b||_2"),
    Variable("R2", positive(), "squared norm of a base point"), Variable("S2", positive(), "squared norm of x'_n"),
    Variable("change", real(), "S2 - R2"), Variable("width", real(0), "a bound on its size"),
    Variable("low", positive(), "a bound below on S2"),
)  # fmt: skip
POINT: dict[str, str | int] = {
    "epsilon": 1, "S": 2, "L": 1, "A": 1, "c_b": "1/10", "t": 4, "r": "1/2", "Lam": 4, "nu_1": "2/5", "nu_2": "1/5",
    "R2": 1, "S2": "11/10", "change": "1/10", "width": "1/10", "low": 1,
}  # fmt: skip
NORM = Part("norms", Le(nu_2, S * c_b), given=(Le(nu_2**2, S**2 * c_b**2),),
            tex=r"\|\bar c\circ b\|_2^2\le N'\bar c^2b^2\Rightarrow\|\bar c\circ b\|_2\le"
                r"\sqrt{N'}\,\bar cb")  # fmt: skip
TAU = Part("tau", And(Le(R2 / S2 - 1, width / low), Ge(R2 / S2 - 1, -width / low)),
           given=(Eq(S2, R2 + change), Le(change, width), Ge(change, -width), Ge(S2, low)),
           tex=r"|\tau_n|=\frac{\bigl|\|x'_n\|^2-\|\bar x_n\|^2\bigr|}{\|x'_n\|^2}\le"
               r"\frac{2\varepsilon E+\varepsilon^2}{R'^2_{\min}}")  # fmt: skip
STAR = Part("condition", Gt(e * Lam * A, t * nu_2 + r * nu_1),
            given=(Gt(e * S**2 * L * A, (t * S + r * S**2) * c_b), Ge(Lam, S**2 * L), Le(nu_2, S * c_b),
                   Le(nu_1, S**2 * c_b)),
            tex=r"\varepsilon N'\underline\lambda|\langle h,z\rangle|>(t_\delta\sqrt{N'}+r^*N')\,\bar cb\Rightarrow"
                r"(\star)")  # fmt: skip
CERTIFIED = Part("size", text=f"(ORTH) of D' and (star) follow from Hoeffding's bounds for gamma = {SIZE.gamma}, "
                 f"N' = {SIZE.n}, d = {SIZE.d}, epsilon = {SIZE.epsilon} and every z with |<h, z>| >= {SIZE.alpha} "
                 "||z||")  # fmt: skip
DRAWN = Part("draws", text="at that size (ORTH) holds in every draw, and g' has the sign of g at every sample of D")

Certificate = dict[str, Any]


def _given(part: Part, **ranges: Boolean) -> dict[str, Boolean]:
    return {**ranges, **{f"given_{i}": relation for i, relation in enumerate(part.given)}}


def prove_norms() -> Certificate:
    """(S c_b - nu) (S c_b + nu) >= 0, and the second factor is positive."""
    proof = assuming(VARIABLES, _given(NORM, S=Gt(S, 0), c_b=Gt(c_b, 0), nu=Ge(nu_2, 0)))
    proof.show("scaled", Gt(S * c_b, 0), ["S", "c_b"])
    proof.show("sum", Gt(S * c_b + nu_2, 0), ["scaled", "nu"], degree=1)
    proof.show("product", Ge((S * c_b - nu_2) * (S * c_b + nu_2), 0), ["given_0"], degree=1)
    proof.cancel("goal", NORM.relation, "product", ["sum"])
    return dict(proof.certificate(["goal"]))


def prove_tau() -> Certificate:
    """|change|/S2 <= width/low."""
    proof = assuming(VARIABLES, _given(TAU, S2=Gt(S2, 0), low=Gt(low, 0), width=Ge(width, 0)))
    for goal, side in (("goal_0", 1), ("goal_1", -1)):
        proof.weigh(f"{goal}.cleared", Ge(width * S2 - side * low * (R2 - S2), 0), {
            "given_3": width, ("given_2" if side > 0 else "given_1"): low, "given_0": side * low})  # fmt: skip
        proof.weigh(goal, Ge(width / low - side * (R2 / S2 - 1), 0), {f"{goal}.cleared": 1 / (low * S2)})
    return dict(proof.certificate(["goal_0", "goal_1"]))


def prove_star() -> Certificate:
    """The bounds enter with nonnegative weights."""
    proof = assuming(VARIABLES, _given(STAR, epsilon=Gt(e, 0), A=Gt(A, 0), t=Ge(t, 0), r=Ge(r, 0)))
    proof.weigh("goal", STAR.relation, {"given_0": 1, "given_1": e * A, "given_2": t, "given_3": r})
    return dict(proof.certificate(["goal"]))


def drawn() -> st.SearchStrategy[dict[str, Fraction]]:
    """Numbers inside the hypotheses of all parts, often at their ends."""
    share = st.integers(0, 16).map(lambda i: Fraction(i, 16))

    def values(u: dict[str, Fraction]) -> dict[str, Fraction]:
        v = {name: u[name] + Fraction(1, 8) for name in ("L", "A", "c_b", "R2", "low")} | {"S": 4 * u["S"] + 1}
        full = {name: min(Fraction(1), 2 * u[name]) for name in ("nu_1", "nu_2")}  # half of them at the end
        least = (4 * u["t"] * v["S"] + u["r"] * v["S"] ** 2) * v["c_b"] / (v["S"] ** 2 * v["L"] * v["A"])
        width = v["low"] * u["width"]
        change = width * (2 * u["change"] - 1)
        return {**v, "epsilon": least * (1 + u["epsilon"] ** 3) + Fraction(1, 10**6), "t": 4 * u["t"], "r": u["r"],
                "Lam": v["S"] ** 2 * v["L"] + u["Lam"] ** 2, "nu_1": v["S"] ** 2 * v["c_b"] * full["nu_1"],
                "nu_2": v["S"] * v["c_b"] * full["nu_2"], "width": width, "change": change,
                "R2": v["low"] + v["R2"] - change, "S2": v["low"] + v["R2"]}  # fmt: skip

    names = ("S", "L", "A", "c_b", "R2", "low", "t", "r", "epsilon", "Lam", "nu_1", "nu_2", "width", "change")
    return st.fixed_dictionaries(dict.fromkeys(names, share)).map(values)


def corollary() -> Claim:
    """corollary-4.5."""
    formal = (NORM, TAU, STAR)
    return Claim(
        "corollary-4.5", Source("Corollary 4.5", "Section 4"), "Learning from perturbed noise agrees with f",
        (*formal, CERTIFIED, DRAWN),
        (Proof(prove_norms, (NORM.name,)), Proof(prove_tau, (TAU.name,)), Proof(prove_star, (STAR.name,)),
         Search(tuple(part.name for part in formal), drawn, trials=(20, 100, 1_000)),
         Certified(certify, (CERTIFIED.name,)), Run(measure_noise, (DRAWN.name,))),
        VARIABLES,
        (Condition("base points independent and uniform on [-1, 1]^d, target labels independent and uniform"),
         Condition("h and z fixed, ||h|| = 1; for h = q/||q|| the samples D satisfy (ORTH)")),
        ("k7", "k12"), POINT, Verdict.SURVIVED, "reconstructed",
        (
            Step("bounds", "Hoeffding for norms, products and overlaps with h (K12), and for the overlaps with z: all "
                 "hold but for probability 4 delta/3.",
                 r"R'^2_{\min}\ge\tfrac d3-A-2\varepsilon E,\quad R'^2_{\max}\le\tfrac d3+A+2\varepsilon E+"
                 r"\varepsilon^2,\quad p'\le B+2\varepsilon E+\varepsilon^2,\quad|b_n|\le E\|z\|"),
            Step("(star)", "Put them into K7(b). Its label probability is at most delta, so sgn f^adv(z) = "
                 "sgn <h, z> but for probability 7 delta/3.",
                 r"\varepsilon\,\frac{1-\omega}{R'^2_{\max}}\frac{|\langle h,z\rangle|}{\|z\|}>"
                 r"\Bigl(\frac{t_\delta}{\sqrt{N'}}+r^*\Bigr)\frac E{d/3-A}"),
            Step("growth", "epsilon may grow like sqrt(d) within (ORTH), while E and t_delta do not depend on d: the "
                 "condition can be met for every N' and every fixed angle between h and z."),
        ),
        note="Reconstructed: the text of the paper was not available, its hypotheses and constants are unknown, and "
        "its confidence level, 99.99%, is recalled and not confirmed. This is K7(b) for noise, with constants of our "
        "own; delta = 1/10000 is the recalled level. Hoeffding's inequality is imported.",
    )  # fmt: skip
