"""From one normal to the largest of m: the product (1-u)^m against 1 - m u and e^{-mu}, for every m."""

from fractions import Fraction
from functools import partial
from math import log
from typing import Any

from hypothesis import strategies as st
from sympy import Eq, Expr, Ge, Le, Rational, exp, symbols

from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Dynamics, Part, Step
from theorycheck.domains import Variable, integer, real
from theorycheck.source import Source
from theorycheck.verdict import Verdict

m, m_next, p, p_next, e, e_next, u, L, c = symbols("m m_next p p_next e e_next u L c")
VARIABLES = (
    Variable("m", integer(1), "number of normals so far"), Variable("m_next", integer(1)),
    Variable("p", real(0), "probability that all of them are <= x"), Variable("p_next", real(0)),
    Variable("e", real(0), "e^{-mu}, or more"), Variable("e_next", real(0)),
    Variable("u", real(0, 1), "probability that one of them is > x"),
    Variable("L", real(0), "log m, or more"), Variable("c", real(0), "relative distance from sqrt(2 log m)"),
)  # fmt: skip
POINT: dict[str, int | str] = {
    "m": 1, "m_next": 1, "p": "3/4", "p_next": "3/4", "e": 1, "e_next": 1, "u": "1/4", "L": 1, "c": 0,
}  # fmt: skip
# One normal after the other; each is <= x with probability 1 - u, whatever the others are.
STEP = {"count": Eq(m_next, m + 1), "independent": Eq(p_next, p * (1 - u)), "decay": Ge(e_next, e * exp(-u))}
START = {"m": Rational(0), "p": Rational(1), "e": Rational(1)}
NORMALS = Dynamics({"m": "m_next", "p": "p_next", "e": "e_next"}, START, {"normal": tuple(STEP.values())})


def exponent() -> Expr:
    """(1+c)^2 L, half the square of t = (1+c) sqrt(2 L)."""
    return (1 + c) ** 2 * L


def statements(weight: Any = 1) -> dict[str, Any]:
    """The three bounds; a weight below 1 makes the union bound too good to be true."""
    return {
        "union": Ge(p, 1 - weight * m * u),
        "exponential": Le(p, e),
        "at sqrt(2 log m)": Ge(p, 1 - weight * exp(L - exponent()) / 2),
    }


def small() -> tuple[Any, ...]:
    """m <= e^L and u <= e^{-t^2/2}/2 at t = (1+c) sqrt(2 L)."""
    return Le(m, exp(L)), Le(u, exp(-exponent()) / 2)


def certificate(name: str, weight: Any = 1) -> dict[str, Any]:
    """The bounds by induction over the normals; e^{-u} >= 1 - u."""
    from theorycheck.prover import Proof as Builder

    decay, level, far, both = symbols("Decay E_L E_far E_both")
    proof = Builder([m, m_next, p, p_next, e, e_next, u, L, c])
    for atom, argument in ((decay, -u), (level, L), (far, -exponent()), (both, L - exponent())):
        proof.exp(atom, argument)
    step = {**STEP, "decay": Ge(e_next, e * decay)}
    proof.system("run", {m: m_next, p: p_next, e: e_next}, {m: 0, p: 1, e: 1}, [], {"normal": step})
    proof.assume("u_0", Ge(u, 0))
    proof.assume("u_1", Le(u, 1))
    if name == "at sqrt(2 log m)":
        proof.assume("m_L", Le(m, level))
        proof.assume("u_L", Le(u, far / 2))
    invariants = {"m_0": Ge(m, 0), "p_0": Ge(p, 0), "union": statements(weight)["union"], "exponential": Le(p, e)}
    induction = proof.induction("product", "run", invariants)
    for key in invariants:
        induction.base.goal(key)
    block = induction.steps["normal"]
    block.exp_positive("decay_0", decay)
    block.exp_tangent("tangent", Ge(decay, 1 - u), decay)
    block.goal("m_0", ["m_0", "count"])
    block.goal("p_0", ["p_0", "u_1", "independent"])
    union = {"union": 1, "u_1": 1, "m_0": 1, "u_0": 2, "count": 1, "independent": 1}
    block.goal("union", union, degree=3, multipliers={"count": [weight * u], "independent": 0})
    block.goal("exponential", ["exponential", "decay_0", "tangent", "p_0", "decay", "independent"], multipliers=0)
    induction.close()
    if name != "at sqrt(2 log m)":
        return dict(proof.certificate([name]))
    proof.exp_positive("far_0", far)
    proof.exp_sum("sum", both, level, far)
    facts = {"union": 1, "m_0": 1, "u_L": 1, "m_L": 1, "far_0": 1, "sum": 1}
    proof.show("rate", statements(weight)[name].subs(exp(L - exponent()), both), facts, multipliers=0)
    return dict(proof.certificate(["rate"]))


def draw() -> st.SearchStrategy[dict[str, Fraction]]:
    """Ends of runs: p = (1-u)^m exactly, e at or just above e^{-mu}, L at or just above log m.

    The Taylor sum of e^{mu} of even order is below it, so its inverse is above e^{-mu}.
    """
    share = st.fractions(0, 1, max_denominator=60)

    def values(size: int, at: Fraction, offset: Fraction, slack: Fraction, edge: bool) -> dict[str, Fraction]:
        # Rounded up with 10^-9 to spare, more than the error of the float logarithm.
        level = Fraction(log(size)).limit_denominator(10**12) + Fraction(1, 10**9) + slack / 10
        largest = Fraction(2.718281828 ** -float((1 + offset) ** 2 * level) / 2).limit_denominator(10**12)
        rate = largest * (1 - Fraction(1, 10**6)) * (1 if edge else at)
        x = size * rate
        above, term, order = Fraction(0), Fraction(1), 0
        while order < 30:
            above, term, order = above + term, term * x / (order + 1), order + 1
        after, over = (1 - rate) ** size, 1 / above
        return {"m": Fraction(size), "m_next": Fraction(size + 1), "p": after, "p_next": after * (1 - rate), "e": over,
                "e_next": over, "u": rate, "L": level, "c": offset}  # fmt: skip

    return st.builds(values, st.integers(1, 40), share, share, share, st.booleans())


def lemma(weight: Any = 1) -> Claim:
    """The product bounds that carry the tail of one normal over to m."""
    found = statements(weight)
    tex = {
        "union": r"(1-u)^m \ge 1 - mu",
        "exponential": r"(1-u)^m \le e^{-mu}",
        "at sqrt(2 log m)": r"u \le \tfrac12 e^{-t^2/2},\ t = (1+c)\sqrt{2\log m} \Rightarrow "
        r"(1-u)^m \ge 1 - \tfrac12 m^{1-(1+c)^2}",
    }
    given = {"at sqrt(2 log m)": small()}
    points = {"at sqrt(2 log m)": {"u": "1/16", "p": "15/16", "p_next": "15/16"}}
    parts = tuple(
        Part(name, relation, tex=tex[name], given=given.get(name, ()), point=points.get(name, {}), dynamics=NORMALS)
        for name, relation in found.items()
    )  # fmt: skip
    proofs = tuple(Proof(partial(certificate, name, weight), (name,)) for name in found)
    return Claim(
        "lemma-b.1-product", Source("Lemma B.1", "Appendix B"), "From one normal to the largest of m", parts,
        (*proofs, Search(draw=draw, trials=(25, 100, 1_000))), VARIABLES, point=POINT, expected=Verdict.PROVED,
        origin="exact",
        derivation=(
            Step("union", "By induction: (1 - mu)(1 - u) = 1 - (m+1)u + mu^2."),
            Step("exponential", "By induction, because 1 - u <= e^{-u}."),
            Step("at sqrt(2 log m)", "The union bound with mu <= e^L e^{-(1+c)^2 L}/2 for m <= e^L.")),
        note="Holds for every m; u is the tail of one normal. With 2k in place of m it is the union over the features.",
    )  # fmt: skip
