"""Assumptions 2.3 and B.3 at finite size: relations instead of >> and <<, and what they imply for the patches."""

from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import And, Eq, Ge, Gt, Integer, Le, symbols
from theorycheck_simulations.setting import Setting

from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Dynamics, Part, Step
from theorycheck.domains import Rational, Variable, integer, positive, real
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .notation import P, Q, assuming, epsilon, exact, n_N, n_R

A, B, N_R, N_N, E, ratio = symbols("alpha beta n_R n_N epsilon R")
N_R_next, N_N_next, sum_R, sum_R_next, sum_N, sum_N_next, a, b = symbols(
    "n_R_next n_N_next sum_R sum_R_next sum_N sum_N_next a b"
)
LEAST = Variable("alpha", positive(), "the least strength of a robust patch")
MOST = Variable("beta", positive(), "the largest strength of a non-robust patch")
RATIO = Variable("R", positive(), "how many times as strong robust patches are")
PATCHES = (
    LEAST, MOST, n_R, n_N, Variable("n_R_next", integer(1)), Variable("n_N_next", integer(1)),
    Variable("sum_R", real(0), "sum of alpha_p^q over J_R"), Variable("sum_R_next", real(0)),
    Variable("sum_N", real(0), "sum of beta_p^q over J_NR"), Variable("sum_N_next", real(0)),
    Variable("a", positive(), "strength of the next robust patch"),
    Variable("b", positive(), "strength of the next non-robust patch"),
)  # fmt: skip
SIZES = (LEAST, MOST, n_R, n_N, RATIO, P, epsilon)


def dense(q: int) -> Any:
    """n_N beta^q > n_R alpha^q."""
    return Gt(N_N * B**q, N_R * A**q)


def adding(q: int, robust: bool) -> dict[str, Any]:
    """One more patch in the sum of q-th powers."""
    if robust:
        return {"count": Eq(N_R_next, N_R + 1), "sum": Eq(sum_R_next, sum_R + a**q), "strength": Ge(a, A)}
    return {"count": Eq(N_N_next, N_N + 1), "sum": Eq(sum_N_next, sum_N + b**q), "strength": Le(b, B), "b": Gt(b, 0)}


def bound(q: int, robust: bool) -> Any:
    """sum_R >= n_R alpha^q, or sum_N <= n_N beta^q."""
    return Ge(sum_R, N_R * A**q) if robust else Le(sum_N, N_N * B**q)


def strength_parts(q: int, setting: Setting, patches: int = 0, strict: bool = True) -> tuple[Part, ...]:
    """Both sums against the extreme strengths, and n_N > n_R + patches."""
    point = patch_point(setting, q)
    robust, other = (
        Dynamics(state, dict.fromkeys(state, Integer(0)), {"patch": tuple(adding(q, side).values())}, (strength,))
        for state, side, strength in (
            ({"n_R": "n_R_next", "sum_R": "sum_R_next"}, True, "a"),
            ({"n_N": "n_N_next", "sum_N": "sum_N_next"}, False, "b"),
        )
    )  # fmt: skip
    denser = (Gt if strict else Ge)(sum_N, sum_R)
    tex = (
        rf"\sum_{{J_R}}\alpha_p^{q} < \sum_{{J_{{NR}}}}\beta_p^{q},\ \min_{{J_R}}\alpha_p \ge \max_{{J_{{NR}}}}\beta_p"
        rf" \Rightarrow n_N\beta^{q} > n_R\alpha^{q},\ n_N > n_R"
    )
    return (
        Part(f"robust sum, q = {q}", bound(q, True), point=point, dynamics=robust,
             tex=rf"\sum_{{J_R}} \alpha_p^{q} \ge n_R\,\alpha^{q}"),
        Part(f"non-robust sum, q = {q}", bound(q, False), point=point, dynamics=other,
             tex=rf"\sum_{{J_{{NR}}}} \beta_p^{q} \le n_N\,\beta^{q}"),
        Part(f"more patches, q = {q}", And(dense(q), Gt(N_N, N_R + patches)), point=point, tex=tex,
             given=(bound(q, True), bound(q, False), denser)),
    )  # fmt: skip


def powers(proof: Any, name: str, pair: tuple[Any, Any], q: int, gap: str, signs: list[str]) -> str:
    """Show x^q >= y^q for the pair (x, y) from `gap`: x >= y and their `signs`; returns the fact's name."""
    known = gap
    for power in range(2, q + 1):
        caps = {known: 1, gap: 1, **dict.fromkeys(signs, power)}
        proof.show(f"{name}{power}", Ge(pair[0] ** power - pair[1] ** power, 0), caps, degree=power)
        known = f"{name}{power}"
    return known


def sum_certificate(q: int, robust: bool) -> dict[str, Any]:
    """A sum of q-th powers against the extreme one, patch by patch."""
    from theorycheck.prover import Proof as Builder

    extreme, strength = (A, a) if robust else (B, b)
    count, count_next, total, total_next = (
        (N_R, N_R_next, sum_R, sum_R_next) if robust else (N_N, N_N_next, sum_N, sum_N_next)
    )
    proof = Builder([extreme, count, count_next, total, total_next, strength])
    steps = {"patch": adding(q, robust)}
    proof.system("sum", {count: count_next, total: total_next}, {count: 0, total: 0}, [strength], steps)
    proof.assume("extreme", Gt(extreme, 0))
    induction = proof.induction("sums", "sum", {"bound": bound(q, robust)})
    induction.base.goal("bound")
    block = induction.steps["patch"]
    if robust:
        block.show("a", Gt(a, 0), ["strength", "extreme"], degree=1)
    pair = (strength, extreme) if robust else (extreme, strength)
    power = powers(block, "power", pair, q, "strength", ["extreme", "a" if robust else "b"])
    block.goal("bound", ["bound", power, "count", "sum"], degree=1, multipliers={"count": [extreme**q], "sum": 0})
    induction.close()
    return dict(proof.certificate(["bound"]))


def more_certificate(part: Part, q: int, patches: int = 0) -> dict[str, Any]:
    """n_N beta^q >= sum_N > sum_R >= n_R alpha^q >= n_R beta^q; divide by beta^q."""
    facts = {"alpha": Gt(A, 0), "beta": Gt(B, 0), "n_R": Ge(N_R, 1), "stronger": Ge(A, B)}
    proof = assuming(PATCHES, {**facts, **dict(zip(("robust", "other", "denser"), part.given, strict=True))})
    proof.show("dense", dense(q), ["robust", "other", "denser"], degree=1)
    power = powers(proof, "power", (A, B), q, "stronger", ["alpha", "beta"])
    proof.show("beta_q", Gt(B**q, 0), ["beta"], degree=q)
    proof.show("n_R_0", Ge(N_R, 0), ["n_R"], degree=1)
    proof.show("times", Gt((N_N - N_R - patches) * B**q, 0), {"dense": 1, "n_R_0": 1, power: 1})
    proof.cancel("more", Gt(N_N, N_R + patches), "times", ["beta_q"])
    return dict(proof.certificate(["dense", "more"]))


def own_sizes(setting: Setting, q: int) -> dict[str, Rational]:
    """Strengths and numbers of patches of the setting if it meets the assumption for this q, else of one that does."""
    alpha, beta = exact(setting.alpha), exact(setting.beta)
    if alpha >= beta and setting.n_N * beta**q > setting.n_R * alpha**q:
        return {"alpha": alpha, "beta": beta, "n_R": setting.n_R, "n_N": setting.n_N}
    return {"alpha": "5/2", "beta": 1, "n_R": 1, "n_N": 500}


def patch_point(setting: Setting, q: int) -> dict[str, Rational]:
    """All patches of one kind equally strong; the next patch is the first one."""
    sizes = own_sizes(setting, q)
    x, y = Fraction(sizes["alpha"]), Fraction(sizes["beta"])
    return {**sizes, "a": x, "b": y, "sum_R": int(sizes["n_R"]) * x**q, "sum_N": int(sizes["n_N"]) * y**q,
            "n_R_next": 1, "n_N_next": 1, "sum_R_next": x**q, "sum_N_next": y**q}  # fmt: skip


def patches_drawn(q: int) -> st.SearchStrategy[dict[str, Fraction]]:
    """Strengths of single patches, with about as many non-robust ones as the denser condition needs."""
    share = st.fractions(0, 1, max_denominator=20)

    def values(size: Fraction, over: Fraction, robust: list[Fraction], weaker: list[Fraction], more: int) -> Any:
        y = size + Fraction(1, 10)
        x = y * (1 + over / 2)
        total = sum(((x * (1 + f / 4)) ** q for f in robust), Fraction(0))
        count = int(total / y**q) + more
        strengths = [y * (1 - weaker[p % len(weaker)] / 40) for p in range(count)]
        total_N, n = sum((v**q for v in strengths), Fraction(0)), Fraction(count)
        return {"alpha": x, "beta": y, "n_R": Fraction(len(robust)), "n_N": n, "n_R_next": Fraction(len(robust) + 1),
                "n_N_next": n + 1, "sum_R": total, "sum_R_next": total + x**q, "sum_N": total_N,
                "sum_N_next": total_N + y**q, "a": x, "b": y}  # fmt: skip

    several = st.lists(share, min_size=1, max_size=3)
    return st.builds(values, share, share, several, several, st.integers(1, 4))


def assumption_2_3(setting: Setting, patches: int = 0, strict: bool = True) -> Claim:
    """Stronger and denser at finite size, and what follows."""
    parts: list[Part] = []
    checks: list[Proof | Search] = []
    for q in Q:
        found = strength_parts(q, setting, patches, strict)
        builds = (partial(sum_certificate, q, True), partial(sum_certificate, q, False),
                  partial(more_certificate, found[2], q, patches))  # fmt: skip
        checks += [Proof(build, (part.name,)) for build, part in zip(builds, found, strict=True)]
        checks.append(Search(tuple(part.name for part in found), partial(patches_drawn, q), trials=(10, 40, 400)))
        parts += found
    s = setting
    strength, density = s.alpha / s.beta, s.n_N * s.beta**s.q / (s.n_R * s.alpha**s.q)
    meets = "meets" if strength >= 1 and density > 1 else "does not meet"
    return Claim(
        "assumption-2.3", Source("Assumption 2.3", "Section 2.2"), "Robust is stronger, non-robust is denser",
        tuple(parts), tuple(checks), PATCHES,
        (Condition("every robust patch is at least as strong as every non-robust one", Ge(A, B),
                   r"\min_{J_R}\alpha_p \ge \max_{J_{NR}}\beta_p"),),
        point=patch_point(setting, 3), expected=Verdict.PROVED,
        derivation=(
            Step("sums", "Each summand against the extreme one, patch by patch."),
            Step("chain", "n_N beta^q >= sum over J_NR > sum over J_R >= n_R alpha^q >= n_R beta^q; divide by beta^q.",
                 r"n_N > n_R(\alpha/\beta)^q \ge n_R")),
        note="The paper's >> and << become >= and <, and its exponent gamma is q. The non-robust feature can only be "
        f"denser by having more patches. This setting {meets} the assumption: alpha/beta = {strength:.6g} and "
        f"n_N beta^q/(n_R alpha^q) = {density:.6g}.",
    )  # fmt: skip


def ratio_parts(q: int, setting: Setting, power: int | None = None) -> tuple[Part, ...]:
    """n_N > R^q n_R, hence P > 1 + R^q; and n_N > R^q n_R is enough. `power` replaces the q of R."""
    sizes = own_sizes(setting, q)
    n = Fraction(sizes["n_R"]) + Fraction(sizes["n_N"])
    point = {**sizes, "R": 1, "P": n, "epsilon": sizes["beta"]}
    equal = {**point, "R": Fraction(sizes["alpha"]) / Fraction(sizes["beta"])}
    R_q = ratio ** (q if power is None else power)
    return (
        Part(f"patches, q = {q}", Gt(N_N, R_q * N_R), given=(dense(q),), point=point, tex=rf"n_N > R^{q} n_R"),
        Part(f"constant, q = {q}", Gt(P.symbol, 1 + R_q), given=(dense(q),), point=point, tex=rf"P > 1 + R^{q}"),
        Part(f"enough, q = {q}", dense(q), given=(Gt(N_N, R_q * N_R), Eq(A, ratio * B)), point=equal,
             tex=rf"n_N > R^{q} n_R,\ \alpha = R\beta \Rightarrow n_N\beta^{q} > n_R\alpha^{q}"),
    )  # fmt: skip


def ratio_certificate(q: int, power: int | None = None) -> dict[str, Any]:
    """n_N > R^q n_R and P > 1 + R^q."""
    R_q = ratio ** (q if power is None else power)
    base = {"alpha": Gt(A, 0), "beta": Gt(B, 0), "R": Gt(ratio, 0), "n_R": Ge(N_R, 1), "robust": Ge(A, ratio * E),
            "other": Ge(E, B), "P": Ge(P.symbol, N_R + N_N), "denser": dense(q)}  # fmt: skip
    proof = assuming(SIZES, base)
    proof.show("apart", Ge(A, ratio * B), ["robust", "other", "R"])
    proof.show("n_R_0", Ge(N_R, 0), ["n_R"], degree=1)
    proof.show("low", Gt(ratio * B, 0), ["R", "beta"])
    known = powers(proof, "power", (A, ratio * B), q, "apart", ["alpha", "low"])
    proof.show("beta_q", Gt(B**q, 0), ["beta"], degree=q)
    proof.show("times", Gt((N_N - R_q * N_R) * B**q, 0), {"denser": 1, "n_R_0": 1, known: 1})
    proof.cancel("more", Gt(N_N, R_q * N_R), "times", ["beta_q"])
    proof.show("R_q", Ge(R_q, 0), ["R"], degree=q)
    proof.show("bound", Gt(P.symbol, 1 + R_q), {"P": 1, "more": 1, "n_R": 1, "R_q": 1})
    return dict(proof.certificate(["more", "bound"]))


def enough_certificate(q: int) -> dict[str, Any]:
    """Multiply n_N > R^q n_R by beta^q."""
    facts = {"beta": Gt(B, 0), "more": Gt(N_N, ratio**q * N_R), "equal": Eq(A, ratio * B)}
    proof = assuming(SIZES, facts)
    proof.show("beta_q", Gt(B**q, 0), ["beta"], degree=q)
    terms = [A ** (q - 1 - i) * (ratio * B) ** i for i in range(q)]
    proof.show("power", Eq(A**q, (ratio * B) ** q), ["equal"], multipliers={"equal": [sum(terms)]})
    proof.show("dense", dense(q), ["beta_q", "more", "power"], multipliers={"power": [N_R]})
    return dict(proof.certificate(["dense"]))


def ratios(q: int) -> st.SearchStrategy[dict[str, Fraction]]:
    """Strengths and numbers of patches on either side of the edge of the hypotheses; alpha = R beta in half of them."""
    share = st.fractions(0, 1, max_denominator=20)

    def values(size: Fraction, r: Fraction, over: Fraction, counts: tuple[int, int, int], edge: bool) -> Any:
        y, R = size + Fraction(1, 10), r * 2 + Fraction(1, 10)
        middle = y if edge else y * (1 + over / 8)
        x = R * middle if edge else R * middle * (1 + over / 8)
        n = counts[0] * (x / y) ** q // 1 + counts[1]
        return {"alpha": x, "beta": y, "epsilon": middle, "R": R, "n_R": Fraction(counts[0]), "n_N": n,
                "P": n + counts[0] + max(0, counts[2])}  # fmt: skip

    counts = st.tuples(st.integers(1, 30), st.integers(0, 3), st.integers(-2, 2))
    return st.builds(values, share, share, share, counts, st.booleans())


def assumption_b3(setting: Setting, shift: int = 0) -> Claim:
    """A constant number of patches bounds the ratio of the strengths; `shift` is added to the exponent of R."""
    parts: list[Part] = []
    checks: list[Proof | Search] = []
    for q in Q:
        found = ratio_parts(q, setting, q + shift)
        names = tuple(part.name for part in found)
        checks.append(Proof(partial(ratio_certificate, q, q + shift), names[:2]))
        checks.append(Proof(partial(enough_certificate, q), names[2:]))
        checks.append(Search(names, partial(ratios, q), trials=(30, 60, 600)))
        parts += found
    return Claim(
        "assumption-b.3", Source("Assumption B.3", "Appendix B"), "What a constant number of patches allows",
        tuple(parts), tuple(checks), SIZES,
        (Condition("robust patches are at least R times as strong as the perturbation", Ge(A, ratio * E),
                   r"\alpha \ge R\epsilon"),
         Condition("the perturbation can erase a non-robust feature", Ge(E, B), r"\epsilon \ge \beta"),
         Condition("P patches", Ge(P.symbol, N_R + N_N), r"P \ge n_R + n_N")),
        uses=("assumption-2.3",), point=ratio_parts(3, setting)[0].point, expected=Verdict.PROVED, origin="finding",
        derivation=(
            Step("chain", "n_N beta^q > n_R alpha^q >= n_R R^q beta^q; divide by beta^q and use n_R >= 1."),
            Step("enough", "With alpha = R beta the chain can be read backwards.")),
        note="Assumption B.3 asks for P = Theta(1) and E[alpha] >> epsilon >= E[beta], together with the denser "
        "condition. At finite size that is P > 1 + R^q: the ratio R of the strengths stays below (P - 1)^{1/q}, so "
        "with P constant alpha >> epsilon is impossible, while n_N > R^q n_R patches suffice. That the orders "
        "contradict each other (finding F3) is a statement of the order calculus; this is its finite form.",
    )  # fmt: skip
