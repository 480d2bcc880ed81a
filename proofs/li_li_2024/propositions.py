"""Propositions 3.1 and 3.2 (Theorems C.1 and C.2): two explicit networks, and finding F2 about the second."""

from functools import cache, partial
from typing import Any

import sympy
from sympy import And, Eq, Ge, Gt, Le, Lt, symbols
from theorycheck_simulations.setting import Setting

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Rational, Variable, real
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import propositions_proofs as certificates
from . import propositions_runs as runs
from .notation import Q, activation, alpha, beta, epsilon, gamma, k, m, n_N, n_R, rho, within
from .propositions_proofs import N_N, N_R, A, B, E, G, M, R, a, b, denser, risk

C1, C2 = Source("Proposition 3.1", "Section 3; Theorem C.1"), Source("Proposition 3.2", "Section 3; Theorem C.2")
DEFAULT: dict[str, Rational] = {
    "alpha": "5/2",
    "beta": 1,
    "epsilon": 1,
    "gamma": 1,
    "rho": "1/2",
    "n_R": 1,
    "n_N": 127,
    "m": 8,
    "k": 5,
}
RISK = (Variable("F", real(), "F_y on a clean point"),)
PRE = (
    Variable("a", real(), "pre-activation of the weakened feature"),
    Variable("b", real(), "pre-activation of the added one"),
)
NET = (gamma, alpha, beta, epsilon, n_R, n_N, m, rho)
REACH = Eq(a, G * (A - E)), Eq(b, G * E)  # a robust patch minus epsilon u_y, and epsilon u_j
PIECE_PAIRS = [(p, o) for p in ("zero", "polynomial", "linear") for o in ("polynomial", "linear")]


def risk_parts(strength: Any, count: Any, q: int) -> tuple[Part, ...]:
    """F = m n s(gamma strength) > 0, by piece, and at least linear in gamma."""
    value, at = M * count * activation(q, a), Eq(a, G * strength)
    line = M * count * (G * strength - (1 - sympy.Rational(1, q)) * R)
    unit: dict[str, Rational] = {str(strength): 1, "epsilon": "1/2"}
    if strength == A:  # Proposition 3.2 assumes beta <= epsilon
        unit["beta"] = "1/2"
    point: dict[str, dict[str, Rational]] = {
        "polynomial": {"a": "1/4", "gamma": "1/4", **unit},
        "linear": {"a": 1, "gamma": 1, **unit},
    }
    return tuple(
        Part(f"F > 0, q = {q}, {piece}", And(Gt(value, 0), Ge(value, line)), given=(*within(piece, a), at),
             point=point[piece], tex=rf"F > 0,\ F \ge m\,n\left(\gamma x-(1-\tfrac1{q})\varrho\right)")
        for piece in ("polynomial", "linear")
    )  # fmt: skip


def risk_part() -> Part:
    """log(1 + (k-1) e^{-F}) <= (k-1) e^{-F}, exponentiated."""
    return Part("risk", risk(), point={"F": 0, "k": 2}, tex=r"e^{L} = 1+(k-1)e^{-F} \le e^{(k-1)e^{-F}}")


def proposition_3_1() -> Claim:
    """The network w = gamma v_i."""
    attack = tuple(
        Part(f"attack, q = {q}, {piece}",
             And(Eq(M * N_N * activation(q, a), 0, evaluate=False), Gt(M * N_N * activation(q, b), 0)),
             given=(*within("zero", a), Eq(a, G * (B + symbols("shift"))), Eq(symbols("shift"), -B),
                    *within(piece, b), Eq(b, G * E)),
             point={"a": 0, "shift": -1, "beta": 1, "b": at, "epsilon": 1, "gamma": at},
             tex=rf"F_y(X+\delta) = 0 < F_{{y'}}(X+\delta) = m n_N s(\gamma\varepsilon)\quad "
                 rf"(q={q},\ \text{{{piece}}})")
        for q in Q for piece, at in (("polynomial", "1/4"), ("linear", 1))
    )  # fmt: skip
    values = tuple(part for q in Q for part in risk_parts(B, N_N, q))
    places = [(q, piece) for q in Q for piece in ("polynomial", "linear")]
    shift = Variable("shift", real(), "delta_p along v_y")
    proofs = [Proof(certificates.risk_certificate, ("risk",))]
    proofs += [
        Proof(partial(certificates.value_certificate, *c, B, N_N), (p.name,))
        for c, p in zip(places, values, strict=True)
    ]
    proofs += [
        Proof(partial(certificates.attack_certificate, *c), (p.name,)) for c, p in zip(places, attack, strict=True)
    ]
    searches = [Search(("risk",), certificates.risks, trials=(20, 50, 500))]
    searches += [
        Search((p.name,), partial(certificates.own_values, c[1], "beta"), trials=(8, 30, 300))
        for c, p in zip(places, values, strict=True)
    ]
    searches += [
        Search((p.name,), partial(certificates.attacked, c[1]), trials=(8, 30, 300))
        for c, p in zip(places, attack, strict=True)
    ]
    return Claim(
        "proposition-3.1", C1, "A non-robust global minimum", (risk_part(), *values, *attack),
        (*proofs, *searches, Run(runs.non_robust, tuple(p.name for p in attack))), (*NET, k, *PRE, *RISK, shift),
        point={**DEFAULT,
             "F": 0, "a": 0, "b": 0, "shift": -1},
        uses=("definition-2.2", "activation-relu"), expected=Verdict.PROVED,
        derivation=(
            Step("outputs", "With w_{i,r} = gamma v_i a clean point of class y has F_y = m n_N s(gamma beta) = F and "
                            "F_j = 0 elsewhere."),
            Step("risk", "The risk is log(1 + (k-1)e^{-F}) <= (k-1)e^{-F}, and F grows at least linearly with gamma, "
                         "so the risk is o(1)."),
            Step("attack", "delta_p = -beta v_y + epsilon v_{y'} on the non-robust patches takes all of F_y and "
                           "gives F_{y'} = m n_N s(gamma epsilon) > 0. "
                 "It is within the radius when beta <= epsilon.")),
        note="Noiseless data. L is the standard risk; its bound is stated exponentiated. With two classes or more "
             "every point is fooled: robust accuracy 0.",
    )  # fmt: skip


def robust_statement(q: int) -> Any:
    """F_y > F_j under delta_p = -epsilon u_y on J_R, + epsilon u_j everywhere, for w = gamma u_i."""
    return Gt(M * N_R * activation(q, a), M * (N_R + N_N) * activation(q, b))


def proposition_3_2() -> Claim:
    """The network w = gamma u_i, as the paper states it: refuted."""
    parts = tuple(
        Part(f"robust, q = {q}", robust_statement(q), given=(denser(q), *REACH), point={"n_N": 500, "a": "3/2", "b": 1},
             tex=rf"F_y(X+\delta) > F_j(X+\delta):\ n_R s(\gamma(\alpha-\varepsilon)) > P s(\gamma\varepsilon)\quad "
                 rf"(q={q})")
        for q in Q
    )  # fmt: skip
    values = tuple(part for q in Q for part in risk_parts(A, N_R, q))
    proofs = [Proof(certificates.risk_certificate, ("risk",))]
    places = [(q, piece) for q in Q for piece in ("polynomial", "linear")]
    proofs += [
        Proof(partial(certificates.value_certificate, *c, A, N_R), (p.name,))
        for c, p in zip(places, values, strict=True)
    ]
    searches = [Search(("risk",), certificates.risks, trials=(20, 50, 500))]
    searches += [
        Search((p.name,), partial(certificates.own_values, c[1], "alpha"), trials=(8, 30, 300))
        for c, p in zip(places, values, strict=True)
    ]
    return Claim(
        "proposition-3.2", C2, "A robust global minimum", (risk_part(), *values, *parts),
        (*proofs, *searches, *(Search((p.name,), partial(certificates.small_nets, q), trials=(20, 50, 500)) for q,
                               p in zip(Q, parts, strict=True))),
        (*NET, k, *PRE, *RISK),
        (Condition("robust features exceed the radius", Lt(E, A), r"\alpha > \varepsilon"), Condition(
             "non-robust do not", Le(B, E), r"\beta \le \varepsilon")),
        point={**DEFAULT, "a": "3/2", "b": 1, "F": 0}, uses=("assumption-2.3",), expected=Verdict.REFUTED, origin=
             "finding",
        derivation=(
            Step("risk", "As in Proposition 3.1, with F = m n_R s(gamma alpha)."),
            Step("attack", "delta_p = -epsilon u_y on the robust patches and +epsilon u_j on all patches has F_y = m "
                           "n_R s(gamma(alpha - epsilon)) and "
                 "F_j = m P s(gamma epsilon). The search gives exact numbers with F_y <= F_j.")),
        note="The paper says that this network is robust against every perturbation of radius epsilon. Under the "
             "denser condition "
        "n_N beta^q >= n_R alpha^q with beta <= epsilon it never is (finding-f2): all P patches can be given some "
        "u_j. It is robust exactly if "
        "n_R s(gamma(alpha - epsilon)) > P s(gamma epsilon), see proposition-3.2-criterion, and against "
        "perturbations that stay in place if "
        "alpha > 2 epsilon, see proposition-3.2-in-place. The part about the standard risk is proved.",
    )  # fmt: skip


def finding_f2() -> Claim:
    """No gamma makes w = gamma u_i robust where the non-robust features are denser."""
    cases = [(q, p, o) for q in Q for p, o in PIECE_PAIRS]

    def part(q: int, here: str, there: str) -> Part:
        ends = certificates.point_of(here, there)
        tex = rf"n_R s(\gamma(\alpha-\varepsilon)) < P s(\gamma\varepsilon)\quad (q={q},\ \text{{{here}, {there}}})"
        return Part(f"not robust, q = {q}, {here} and {there}",
                    Lt(M * N_R * activation(q, a), M * (N_R + N_N) * activation(q, b)),
                    given=(denser(q), *REACH, *within(here, a), *within(there, b)), point=ends, tex=tex)  # fmt: skip

    parts = tuple(part(*case) for case in cases)
    return Claim(
        "finding-f2", C2, "No network w = gamma u_i is robust where non-robust features are denser", parts,
        (*(Proof(partial(certificates.no_go_certificate, *c), (p.name,)) for c, p in zip(cases, parts, strict=True)),
         *(Search((p.name,), partial(certificates.dense_nets, *c), trials=(8, 30, 300)) for c,
           p in zip(cases, parts, strict=True))),
        (*NET, *PRE), (Condition("non-robust features are within the radius", Le(B, E), r"\beta \le \varepsilon"),),
        point={**DEFAULT,
             "a": "3/2", "b": 1},
        uses=("activation-ratio", "proposition-3.2-criterion"), expected=Verdict.PROVED, origin="finding",
        derivation=(
            Step("ratio", "s(z)/z^q is nonincreasing and s nondecreasing, so s(gamma(alpha - epsilon)) <= max(1, "
                          "(alpha/epsilon)^q) s(gamma epsilon)."),
            Step("denser", "n_R alpha^q <= n_N beta^q <= n_N epsilon^q.", r"n_R s(\gamma(\alpha-\varepsilon)) \le "
                                                                          r"n_N s(\gamma\varepsilon) < P "
                                                                          r"s(\gamma\varepsilon)")),
        note="For every gamma > 0, whatever alpha: Proposition 3.2 cannot hold under the paper's own Assumption 2.3 "
             "with beta <= epsilon.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The propositions, the finding and the two repairs; they do not depend on the setting."""
    return _claims()


@cache
def _claims() -> tuple[Claim, ...]:
    from .propositions_in_place import in_place
    from .propositions_repaired import criterion

    return proposition_3_1(), proposition_3_2(), criterion(), in_place(), finding_f2()
