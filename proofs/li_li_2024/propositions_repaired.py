"""When the network w = gamma u_i of Proposition 3.2 is robust: the exact criterion for the maximum norm."""

from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import Eq, Ge, Gt, Le, Lt, Rational, S, symbols

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Dynamics, Part, Step
from theorycheck.domains import Rational as Exact
from theorycheck.domains import Variable, integer, real
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import propositions_proofs as certificates
from . import propositions_runs as runs
from .notation import Q, alpha, epsilon, gamma, n_N, n_R, rho
from .propositions_proofs import N_N, N_R, A, E, G, R

SOURCE = Source("Proposition 3.2", "Section 3; Theorem C.2")
margin, margin_next, own, other, low, high = symbols("margin margin_next own other low high")
r, r_next, n, n_next = symbols("r r_next n n_next")
SUMS = (
    Variable("margin", real(), "(F_y - F_j)/m over the patches so far"), Variable("margin_next", real()),
    Variable("own", real(), "what a patch adds to F_y/m"), Variable("other", real(), "what it adds to F_j/m"),
    Variable("low", real(0), "s(gamma (alpha - epsilon))"), Variable("high", real(0), "s(gamma epsilon)"),
    Variable("r", integer(0), "robust patches so far"), Variable("r_next", integer(0)),
    Variable("n", integer(0), "non-robust patches so far"), Variable("n_next", integer(0)),
)  # fmt: skip
STATE = {"margin": "margin_next", "r": "r_next", "n": "n_next"}
START = {"margin": S.Zero, "r": S.Zero, "n": S.Zero}
ALL = (Eq(r, N_R), Eq(n, N_N))
PATCH: dict[str, Exact] = {
    "margin": 0,
    "margin_next": 0,
    "own": 1,
    "other": 1,
    "low": 1,
    "high": 1,
    "r": 1,
    "r_next": 1,
    "n": 1,
    "n_next": 0,
}


def transitions(worst: bool) -> dict[str, dict[str, Any]]:
    """One more patch: it adds at least `low` (0 if non-robust) to F_y/m and at most `high` to F_j/m."""
    own_least = {"robust": low, "other": S.Zero}
    step: dict[str, dict[str, Any]] = {}
    for kind, least in own_least.items():
        counts = {
            "r": Eq(r_next, r + int(kind == "robust")),
            "n": Eq(n_next, n + int(kind != "robust")),
            "sum": Eq(margin_next, margin + own - other),
        }
        ends = (
            {"own": Eq(own, least), "other": Eq(other, high)}
            if worst
            else {"own": Ge(own, least), "other": Le(other, high)}
        )
        step[kind] = {f"{kind}_{name}": relation for name, relation in {**counts, **ends}.items()}
    return step


def run_of(worst: bool) -> Dynamics:
    """The patches one after the other, in any order."""
    table = {kind: tuple(relations.values()) for kind, relations in transitions(worst).items()}
    return Dynamics(STATE, START, table, ("own", "other"))


def robust_if() -> Any:
    """n_R low > P high."""
    return Gt(N_R * low, (N_R + N_N) * high)


def sum_certificate(worst: bool) -> dict[str, Any]:
    """margin >= (or, for the worst perturbation, =) r low - (r + n) high, for any number of patches."""
    from theorycheck.prover import Proof as Builder

    proof = Builder([*map(str, (margin, margin_next, own, other, low, high, r, r_next, n, n_next)), N_R, N_N])
    state = {margin: margin_next, r: r_next, n: n_next}
    proof.system("run", state, dict.fromkeys(state, 0), [own, other], transitions(worst))
    proof.assume("robust", ALL[0])
    proof.assume("dense", ALL[1])
    proof.assume("criterion", Le(N_R * low, (N_R + N_N) * high) if worst else robust_if())
    bound = margin - r * low + (r + n) * high
    induction = proof.induction("patches", "run", {"sum": Eq(bound, 0) if worst else Ge(bound, 0)})
    induction.base.goal("sum")
    for kind, block in induction.steps.items():
        block.goal(
            "sum", ["sum", *(f"{kind}_{name}" for name in ("r", "n", "sum", "own", "other"))], degree=1, multipliers=1
        )
    induction.close()
    goal = Le(margin, 0) if worst else Gt(margin, 0)
    proof.show("goal", goal, ["sum", "criterion", "robust", "dense"], degree=1, multipliers=1)
    return dict(proof.certificate(["goal"]))


def large_certificate(robust: bool, q: int) -> dict[str, Any]:
    """The criterion on the linear piece, for n_R (alpha - epsilon) above or below P epsilon."""
    proof = certificates.prove(
        ("balance", balance(robust)), *([] if robust else [("large", far(q))]), about="gamma alpha epsilon rho n_N n_R"
    )
    proof.show(
        "goal",
        linear_criterion(robust, q),
        list(["balance", "large"][: 1 if robust else 2]) + ["gamma", "rho", "n_N_1", "n_N"],
    )
    return dict(proof.certificate(["goal"]))


def balance(robust: bool) -> Any:
    """n_R alpha >= (P + n_R) epsilon, or less."""
    gap = N_R * (A - E) - (N_R + N_N) * E
    return Ge(gap, 0) if robust else Lt(gap, 0)


def far(q: int) -> Any:
    """gamma beyond the point where the linear pieces cross."""
    return Gt(G * ((N_R + N_N) * E - N_R * (A - E)), N_N * (1 - Rational(1, q)) * R)


def linear_criterion(robust: bool, q: int) -> Any:
    """n_R s(gamma(alpha-epsilon)) > P s(gamma epsilon), or <=, where both lie on the linear piece."""
    knee = (1 - Rational(1, q)) * R
    left, right = N_R * (G * (A - E) - knee), (N_R + N_N) * (G * E - knee)
    return Gt(left, right) if robust else Lt(left, right)


def criterion() -> Claim:
    """Robust within radius epsilon exactly if n_R s(gamma(alpha-epsilon)) > P s(gamma epsilon)."""
    more: dict[str, Exact] = {"alpha": 5, "epsilon": 1, "gamma": 1, "rho": "1/10", "n_R": 1, "n_N": 1}
    parts = [
        Part("sufficient", Gt(margin, 0), given=(*ALL, robust_if()), dynamics=run_of(False), point={"low": 3, "own": 3,
             "margin_next": 2},
             tex=r"n_R s(\gamma(\alpha-\varepsilon)) > P s(\gamma\varepsilon) \Rightarrow F_y(X+\delta) > "
                 r"F_j(X+\delta)\ \forall\,\|\delta\|_\infty\le\varepsilon"),
        Part("necessary", Le(margin, 0), given=(*ALL, Le(N_R * low, (N_R + N_N) * high)), dynamics=run_of(True),
             tex=r"n_R s(\gamma(\alpha-\varepsilon)) \le P s(\gamma\varepsilon) \Rightarrow "
                 r"\exists\,\|\delta\|_\infty\le\varepsilon:\ F_y(X+\delta) \le F_j(X+\delta)"),
        *(Part(f"large gamma, robust, q = {q}", linear_criterion(True, q), given=(balance(True),), point=more,
               tex=r"n_R\alpha \ge (P+n_R)\varepsilon \Rightarrow \text{robust}") for q in Q),
        *(Part(f"large gamma, not robust, q = {q}", linear_criterion(False, q), given=(balance(False), far(q)),
               point={**more,
             "alpha": 2, "gamma": 9},
               tex=r"n_R\alpha < (P+n_R)\varepsilon \Rightarrow \text{not robust for large } \gamma") for q in Q),
    ]  # fmt: skip
    proofs = [
        Proof(lambda: sum_certificate(False), ("sufficient",)),
        Proof(lambda: sum_certificate(True), ("necessary",)),
    ]
    proofs += [
        Proof(partial(large_certificate, g, q), (f"large gamma, {'' if g else 'not '}robust, q = {q}",))
        for g in (True, False)
        for q in Q
    ]
    searches = [
        Search((p.name,), partial(patches, w), trials=(20, 60, 600)) for p, w in zip(parts, (False, True), strict=False)
    ]
    sides = [(g, q) for g in (True, False) for q in Q]
    searches += [
        Search((p.name,), partial(far_nets, *c), trials=(10, 40, 400)) for p, c in zip(parts[2:], sides, strict=True)
    ]
    return Claim(
        "proposition-3.2-criterion", SOURCE, "When w = gamma u_i is robust in the maximum norm", tuple(parts),
        (*proofs, *searches, Run(runs.criterion, ("sufficient", "necessary"))),
        (*SUMS, gamma, alpha, epsilon, n_R, n_N, rho),
        (Condition("on a robust patch s(gamma(alpha + delta)) >= low, on any patch 0 <= s(gamma delta) <= high, for "
                   "|delta| <= epsilon", None,
                   r"s(\gamma(\alpha+\delta)) \ge s(\gamma(\alpha-\varepsilon)),\ 0 \le s(\gamma\delta) \le "
                   r"s(\gamma\varepsilon)"),),
        uses=("activation-convex", "definition-2.2"), point={**PATCH, **more}, expected=Verdict.PROVED, origin=
             "finding",
        derivation=(
            Step("one patch", "s is nondecreasing (activation-convex), so a coordinate within epsilon leaves at "
                              "least s(gamma(alpha - epsilon)) to F_y on a robust "
                 "patch, 0 on another, and gives at most s(gamma epsilon) to F_j."),
            Step("all patches", "Induction over the patches, in any order: F_y and F_j are sums over patches, and "
                                "different patches do not interact."),
            Step("worst case", "delta = -epsilon u_y + epsilon u_j on J_R, + epsilon u_j on J_NR attains all of "
                               "these ends at once."),
            Step("large gamma", "On the linear piece the criterion is linear in gamma; its slope is n_R(alpha - "
                                "epsilon) - P epsilon.")),
        note="For each other class j; the same j-independent criterion. low and high stand for the two values of s, "
             "whose bounds on a single patch are "
        "the monotonicity of s. The paper's proposition holds where the criterion does: it needs n_R alpha >= (P + "
        "n_R) epsilon for large gamma.",
    )  # fmt: skip


def patches(worst: bool) -> st.SearchStrategy[dict[str, Fraction]]:
    """Up to eight patches with exact contributions, and nets on either side of the criterion."""
    share = st.fractions(0, 1, max_denominator=12)

    def values(
        n_r: int, n_n: int, size: Fraction, slack: list[tuple[Fraction, Fraction]], over: Fraction
    ) -> dict[str, Fraction]:
        high_ = size + Fraction(1, 20)
        edge = (n_r + n_n) * high_ / n_r
        low_ = edge * (1 - over if worst else 1 + over + Fraction(1, 50))
        total = Fraction(0)
        for p in range(n_r + n_n):
            more, less = (Fraction(0), Fraction(0)) if worst else slack[p % len(slack)]
            total += (low_ if p < n_r else 0) + more - high_ * (1 - less)
        v = {
            "low": low_,
            "high": high_,
            "r": Fraction(n_r),
            "n": Fraction(n_n),
            "margin": total,
            "margin_next": total,
            "own": low_,
            "other": high_,
        }
        v |= {"r_next": Fraction(n_r + 1), "n_next": Fraction(n_n), "n_R": Fraction(n_r), "n_N": Fraction(n_n)}
        return {**v, "epsilon": Fraction(1), "rho": Fraction(1), "gamma": Fraction(1), "alpha": Fraction(2)}

    return st.builds(
        values,
        st.integers(1, 3),
        st.integers(1, 5),
        share,
        st.lists(st.tuples(share, share), min_size=1, max_size=4),
        share,
    )


def far_nets(robust: bool, q: int) -> st.SearchStrategy[dict[str, Fraction]]:
    """Nets on one side of n_R alpha = (P + n_R) epsilon, with gamma beyond what the other side needs."""
    share = st.fractions(0, 1, max_denominator=12)

    def values(
        n_r: int, n_n: int, radius: Fraction, knee: Fraction, gap: Fraction, size: Fraction
    ) -> dict[str, Fraction]:
        zero = dict.fromkeys(PATCH, Fraction(0))
        v = {
            **zero,
            "n_R": Fraction(n_r),
            "n_N": Fraction(n_n),
            "epsilon": radius + Fraction(1, 10),
            "rho": knee + Fraction(1, 10),
        }
        scale = 1 + gap if robust else gap * Fraction(9, 10)
        v["alpha"] = v["epsilon"] * (1 + scale * (n_r + n_n) / n_r)
        rest = (n_r + n_n) * v["epsilon"] - n_r * (v["alpha"] - v["epsilon"])
        least = Fraction(0) if robust else n_n * (1 - Fraction(1, q)) * v["rho"] / rest
        return {**v, "gamma": least + size + Fraction(1, 100)}

    return st.builds(values, st.integers(1, 3), st.integers(1, 5), share, share, share, share)
