"""Lemma D.21: correlations with the features of other classes, under attack."""

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from sympy import And, Eq, Ge, Gt, Le, Lt, Max, Min, S, symbols

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Dynamics, Part, Step
from theorycheck.domains import Variable, positive, real
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .ascent_offdiagonal_runs import measure_sizes, measure_uncoupled
from .notation import Q, alpha, epsilon, eta, k, n_R, rho

M, M_next, M_0, growth, bound, bound_next = symbols("M M_next M_0 growth bound bound_next")
A_i, A_j, b, ascent = symbols("A_i A_j b eta_tilde")
o, o_next, o_0, logit, slope, c, floor = symbols("o o_next o_0 logit slope c floor")
MOST = eta.symbol / k.symbol * n_R.symbol * alpha.symbol
SOURCE = Source("Lemma D.21", "Appendix D.2.4")
SPREAD = (
    Variable("M", real(0), "largest size of what is said to stay small"), Variable("M_next", real(0)),
    Variable("M_0", real(0), "its first value"), Variable("growth", real(0), "what a step adds, relative to M"),
    Variable("bound", positive(), "product of 1 + growth over the steps so far"), Variable("bound_next", positive()),
)  # fmt: skip
SPREAD_POINT = {"M": 0, "M_next": 0, "M_0": 0, "growth": 1, "bound": 1, "bound_next": 2}
SCALED = (
    Variable("o", real(), "<w_{i,r}, u_j>, j != i"), Variable("o_next", real()), Variable("o_0", real(),
         "its first value"), Variable("logit", real(0, 1), "logit_i at X~"), Variable("slope", real(0, 1),
         "s' at X~"), Variable("c", real(0, 1), "by how much the ascent shrinks the patch"),
    Variable("floor", real(), "any number below o_0 and below -(eta/k) sum alpha_p"), alpha, k, eta, n_R,
)  # fmt: skip
SCALED_POINT: dict[str, int | str] = {"o": "1/8", "o_next": "1/8", "o_0": "1/8", "logit": 0, "slope": 1, "c": "1/2",
                                      "floor": -2, "alpha": 1, "k": 2, "eta": 1, "n_R": 1}  # fmt: skip
AT = {name: Fraction(value) for name, value in {**SPREAD_POINT, **SCALED_POINT}.items()}


def spread_part(name: str, tex: str) -> Part:
    """M_t <= M_0 prod (1 + growth), whatever the growth of each step; so 0 stays 0."""
    step = (Ge(growth, 0), Le(M_next, (1 + growth) * M), Eq(bound_next, (1 + growth) * bound))
    run = Dynamics({"M": "M_next", "bound": "bound_next"}, {"M": M_0, "bound": S.One}, {"step": step}, ("growth",))
    return Part(name, Le(M, M_0 * bound), dynamics=run, tex=tex)


def spread_certificate() -> dict[str, Any]:
    """The proof of `spread_part`."""
    from theorycheck.prover import Proof as Builder

    proof = Builder([M, M_next, M_0, growth, bound, bound_next])
    factor = 1 + growth
    step = {"grows": Ge(growth, 0), "next": Le(M_next, factor * M), "product": Eq(bound_next, factor * bound)}
    proof.system("run", {M: M_next, bound: bound_next}, {M: M_0, bound: 1}, [growth], {"step": step})
    induction = proof.induction("spread", "run", {"small": Le(M, M_0 * bound)})
    induction.base.goal("small")
    induction.steps["step"].goal("small", ["small", "grows", "next", "product"], multipliers={"product": [M_0]})
    induction.close()
    return dict(proof.certificate(["small"]))


def fall() -> Any:
    """What a point of class j takes off the correlation: (eta/k) n_R alpha logit_i s' (1 - c)."""
    return MOST * logit * slope * (1 - c)


def scaled_part() -> Part:
    """Lemma D.7 where the ascent only shrinks the patches of class j."""
    inputs = tuple(relation for x in (logit, slope, c) for relation in (Ge(x, 0), Le(x, 1)))
    moves = {"frozen": (Le(o, 0), Eq(o_next, o)), "falls": (Gt(o, 0), *inputs, Eq(o_next, o - fall()))}
    run = Dynamics({"o": "o_next"}, {"o": o_0}, moves, ("logit", "slope", "c"))
    tex = (r"\min\Big(\langle w^{(0)}_{i,r},u_j\rangle,-\tfrac\eta k\sum_p\alpha_p\Big)\le\langle w^{(t)}_{i,r},u_j"
           r"\rangle\le\langle w^{(0)}_{i,r},u_j\rangle")  # fmt: skip
    given = (Le(floor, o_0), Le(k.symbol * floor, -eta.symbol * n_R.symbol * alpha.symbol))
    return Part("scaled patches", And(Ge(o, floor), Le(o, o_0)), given=given, dynamics=run, tex=tex)


def scaled_certificate() -> dict[str, Any]:
    """The proof of `scaled_part`."""
    from theorycheck.prover import Proof as Builder

    part, (K, size) = scaled_part(), (k.symbol, eta.symbol * n_R.symbol * alpha.symbol)
    assert part.dynamics is not None
    proof = Builder([o, o_next, o_0, logit, slope, c, floor, K, eta.symbol, n_R.symbol, alpha.symbol])
    steps = {name: {f"{name}{i}": r for i, r in enumerate(rs)} for name, rs in part.dynamics.transitions.items()}
    proof.system("run", {o: o_next}, {o: o_0}, [logit, slope, c], steps)
    for name, relation in (("k", Ge(K, 2)), ("eta", Gt(eta.symbol, 0)), ("alpha", Gt(alpha.symbol, 0)),
                           ("n_R", Ge(n_R.symbol, 1)), ("start", part.given[0]), ("low", part.given[1])):  # fmt: skip
        proof.assume(name, relation)
    proof.show("K", Gt(K, 0), ["k"], degree=1)
    proof.show("patches", Ge(n_R.symbol, 0), ["n_R"], degree=1)
    induction = proof.induction("shrunk", "run", {"above": Ge(o, floor), "below": Le(o, o_0)})
    induction.base.goal("above", ["start"], degree=1)
    induction.base.goal("below")
    for key in ("above", "below"):
        induction.steps["frozen"].goal(key, [key, "frozen1"], multipliers=0)
    block = induction.steps["falls"]
    block.show("size", Ge(size, 0), {"eta": 1, "alpha": 1, "patches": 1}, degree=3)
    block.show("logit_slope", Ge(logit * slope, 0), ["falls1", "falls3"])
    block.show("at_most_one", Ge(1 - logit * slope, 0), ["falls2", "falls1", "falls4"])
    block.show("share", Ge(logit * slope * (1 - c), 0), ["logit_slope", "falls6"])
    block.show("share_one", Ge(1 - logit * slope * (1 - c), 0), ["at_most_one", "logit_slope", "falls5"])
    block.show("falls_x", Ge(size * logit * slope * (1 - c), 0), ["size", "share"])
    block.show("least", Ge(size - size * logit * slope * (1 - c), 0), ["size", "share_one"])
    block.show("after", Eq((o_next - o) * K + size * logit * slope * (1 - c), 0), ["falls7"], multipliers=0)
    block.show("above_x", Ge((o_next - floor) * K, 0), {"after": 1, "falls0": 1, "least": 1, "low": 1, "K": 1},
               multipliers=0)  # fmt: skip
    block.show("below_x", Ge((o_0 - o_next) * K, 0), {"after": 1, "below": 1, "falls_x": 1, "K": 1}, multipliers=0)
    for key in ("above", "below"):
        block.goal_by_cancel(key, f"{key}_x", ["K"])
    induction.close()
    return dict(proof.certificate(["above", "below"]))


def drawn() -> st.SearchStrategy[dict[str, Fraction]]:
    """A step of `scaled_part` from either side of 0, often as long as it can be, and its floor."""
    share = st.integers(0, 8).map(lambda eighths: Fraction(eighths, 8))

    def values(u: list[Fraction], pull: list[Fraction], patches: int, classes: int) -> dict[str, Fraction]:
        most = (u[0] + Fraction(1, 8)) * patches * (u[1] + Fraction(1, 8)) / classes
        start, lost = most * (3 * u[2] - 1) / 2, most * pull[0] * pull[1] * (1 - pull[2])
        after = start - lost if start > 0 else start
        return {**AT, "eta": u[0] + Fraction(1, 8), "alpha": u[1] + Fraction(1, 8), "n_R": Fraction(patches),
                "k": Fraction(classes), "o_0": start, "o": after, "o_next": after, "logit": pull[0], "slope": pull[1],
                "c": pull[2], "floor": min(start, -most) - u[3] / 8}  # fmt: skip

    full = st.just([Fraction(1), Fraction(1), Fraction(0)])
    pulls = full | st.lists(share, min_size=3, max_size=3)
    return st.builds(values, st.lists(share, min_size=4, max_size=4), pulls, st.integers(1, 4), st.integers(2, 5))


def grown() -> st.SearchStrategy[dict[str, Fraction]]:
    """A few steps of `spread_part`, each growing by no more than its bound."""
    share = st.fractions(0, 1, max_denominator=8)

    def values(first: Fraction, steps: list[tuple[Fraction, Fraction]]) -> dict[str, Fraction]:
        now, product = first, Fraction(1)
        for rate, part in steps:
            now, product = now * (1 + 3 * rate) * part, product * (1 + 3 * rate)
        return {**AT, "M": now, "M_next": now, "M_0": first, "bound": product, "bound_next": product}

    return st.builds(values, share, st.lists(st.tuples(share, share), max_size=4))


def lemma_d21() -> Claim:
    """What is exactly true of the off-diagonal correlations under attack."""
    spread = spread_part("uncoupled", r"\max_{i,r}\|\Pi_i^\perp w^{(t)}_{i,r}\|_\infty\le\prod_{s<t}(1+g_s)\max_{i,r}\|"
                         r"\Pi_i^\perp w^{(0)}_{i,r}\|_\infty")  # fmt: skip
    early = Part(
        "Stage I",
        text="from random starts, until the first own pre-activation passes rho, max |<w_{i,r}, f>| over the features "
        "f of other classes stays below twice its first value",
        tex=r"|\langle w^{(t)}_{i,r},u_j\rangle|,|\langle w^{(t)}_{i,r},v_j\rangle|\le\tilde O(\sigma_0)",
    )
    return Claim(
        "lemma-d.21", SOURCE, "Off-diagonal correlations under attack", (spread, scaled_part(), early),
        (Proof(spread_certificate, ("uncoupled",)), Search(("uncoupled",), grown, trials=(30, 100, 1_000)),
         Run(measure_uncoupled, ("uncoupled",)), Proof(scaled_certificate, ("scaled patches",)),
         Search(("scaled patches",), drawn, trials=(60, 120, 1_200)), Run(measure_sizes, ("Stage I",))),
        (*SPREAD, *SCALED), uses=("lemma-d.18", "lemma-d.7"), point={**SPREAD_POINT, **SCALED_POINT}, origin="exact",
        derivation=(
            Step("uncoupled", "Let M be the largest component of a filter off its own class's features. The ascent on "
                 "a point moves it by at most eta~ sum_s s' M there, and s'(<w_{i,r}, x~>) on a point of another class "
                 "is at most (q-1)/rho times a multiple of M. So a step multiplies M by at most 1 + g with a finite g, "
                 "and M = 0 stays 0."),
            Step("scaled patches", "If the ascent only shrinks the patches of class j, x~ = (1 - c) x with "
                 "0 <= c <= 1, their pull on <w_{i,r}, u_j> is that of Lemma D.7 times at most 1.",
                 r"\tfrac\eta k\,\mathrm{logit}_i\sum_p\alpha_p(1-c_p)s'(\alpha_p(1-c_p)\langle w_{i,r},u_j\rangle)")),
        note="The paper says that the proof is that of Lemma D.7. It is not: lemma-d.21-as-argued. The runs for the "
        "first part start from filters with one own feature each, where everything else is 0 to the last bit. The "
        "table says what happens after Stage I, where some runs from random starts leave the bound by far.",
    )  # fmt: skip


def as_argued(exponents: tuple[int, ...] = Q) -> Claim:
    """Lemma D.21 with the argument of Lemma D.7: a filter that is not positive on u_j is not active on class j."""
    x = alpha.symbol

    def clip(move: Any) -> Any:
        return Max(-epsilon.symbol, Min(epsilon.symbol, move))

    def part(q: int) -> Part:
        own = Min(1, x * A_j / rho.symbol) ** (q - 1)
        at = o * (x - clip(ascent * own * A_j)) - A_i * clip(ascent * own * b)
        tex = rf"\langle w_{{i,r}},u_j\rangle\le0\Rightarrow\langle w_{{i,r}},\tilde x_p\rangle\le0\quad(q={q})"
        return Part(f"frozen, q = {q}", Le(at, 0), given=(Le(o, 0), Lt(epsilon.symbol, x)), tex=tex)

    parts = tuple(part(q) for q in exponents)
    few, more = st.integers(1, 8).map(lambda n: Fraction(n, 4)), st.integers(-8, 8).map(lambda n: Fraction(n, 4))
    draw = st.fixed_dictionaries(
        {**dict.fromkeys(("A_i", "A_j", "alpha", "rho", "epsilon", "eta_tilde"), few), "o": more, "b": more}
    )
    return Claim(
        "lemma-d.21-as-argued", SOURCE, "Off-diagonal correlations at most 0 are frozen under attack", parts,
        tuple(Search((p.name,), lambda: draw) for p in parts),
        (Variable("A_i", positive(), "<w_{i,r}, u_i>"), Variable("o", real(), "<w_{i,r}, u_j>, j != i"),
         Variable("A_j", positive(), "<w_{j,s}, u_j>, class j's only filter that is active on the patch"),
         Variable("b", real(), "<w_{j,s}, u_i>"), Variable("eta_tilde", real(0), "ascent step"), alpha, rho, epsilon),
        uses=("lemma-d.17", "lemma-d.7"), expected=Verdict.REFUTED, origin="finding",
        point={"A_i": 1, "o": -1, "A_j": 1, "b": 0, "eta_tilde": 1, "alpha": 2, "rho": 1, "epsilon": 1},
        derivation=(
            Step("what the paper argues", "As in Lemma D.7: s' = 0 on (-oo, 0], so nothing moves from there.",
                 r"\langle w_{i,r},u_j\rangle\le0\Rightarrow\langle w_{i,r},x_p\rangle\le0"),
            Step("where it fails", "If <w_{j,s}, u_i> < 0, the ascent on F_j moves the patch alpha u_j towards u_i, "
                 "which the filter of class i has learnt. With s' = 1 and nothing but the own feature clipped, it is "
                 "active as soon as eta~ A_i |<w_{j,s}, u_i>| > (alpha - epsilon) |<w_{i,r}, u_j>|; the descent then "
                 "pushes <w_{i,r}, u_j> further down, which does the same to class j's filter.",
                 r"\langle w_{i,r},\tilde x_p\rangle=\tilde\eta A_i|b|-(\alpha-\varepsilon)|o|")),
        note="Two classes can so drive each other's off-diagonal correlations down without bound in sigma_0: the table "
        "of lemma-d.21 has runs that pass their first size many times over once A is of order 1. Stage I is too short "
        "for it.",
    )  # fmt: skip


def claims() -> tuple[Claim, ...]:
    """Lemma D.21."""
    return (lemma_d21(), as_argued())
