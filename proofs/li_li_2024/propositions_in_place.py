"""When the network w = gamma u_i is robust against perturbations in place."""

from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import Eq, Ge, Gt, Le

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Part, Step
from theorycheck.domains import Variable, real
from theorycheck.verdict import Verdict

from . import propositions_proofs as certificates
from . import propositions_runs as runs
from .notation import Q, activation, alpha, epsilon, gamma, n_R, rho, within
from .propositions_proofs import N_R, A, E, G, a, b
from .propositions_repaired import SOURCE

WIN = (("polynomial", "polynomial"), ("linear", "polynomial"), ("linear", "linear"))
LOSE = (
    ("zero", "polynomial"),
    ("zero", "linear"),
    ("polynomial", "polynomial"),
    ("polynomial", "linear"),
    ("linear", "linear"),
)
_POINTS: dict[tuple[bool, str, str], tuple[int | str, int | str]] = {
    (True, "polynomial", "polynomial"): ("1/4", "1/8"), (True, "linear", "polynomial"): (2, "1/2"), (True, "linear",
         "linear"): (3, 2),
    (False, "zero", "polynomial"): ("-1/4", "1/2"), (False, "zero", "linear"): (-1, 2), (False, "polynomial",
         "polynomial"): ("1/4", "1/2"),
    (False, "polynomial", "linear"): ("1/2", 2), (False, "linear", "linear"): (2, 3),
}  # fmt: skip


def in_place_part(q: int, wins: bool, here: str, there: str) -> Part:
    """n_R s(gamma(alpha - epsilon)) against n_R s(gamma epsilon) on a pair of pieces."""
    left, right = N_R * activation(q, a), N_R * activation(q, b)
    first, second = (Fraction(x) for x in _POINTS[wins, here, there])
    relation, side = (Gt(left, right), Gt(A, 2 * E)) if wins else (Le(left, right), Le(A, 2 * E))
    sign, word = (">", "") if wins else (r"\le", r"\text{not }\ ")
    tex = rf"\alpha {sign} 2\varepsilon \Rightarrow {word}\text{{robust}}\quad (q={q},\ \text{{{here}, {there}}})"
    return Part(f"{'robust' if wins else 'not robust'}, q = {q}, {here} and {there}", relation,
                given=(Eq(a, G * (A - E)), Eq(b, G * E), *within(here, a), *within(there, b), side), tex=tex,
                point={"rho": 1, "gamma": 1, "epsilon": second, "alpha": first + second, "a": first, "b": second,
                     "n_R": 1})  # fmt: skip


def in_place_certificate(q: int, wins: bool, here: str, there: str) -> dict[str, Any]:
    """From a > b, or a <= b, by the monotonicity of s."""
    from .notation import activation_piece

    proof = certificates.prove(
        ("a", Eq(a, G * (A - E))), ("b", Eq(b, G * E)), ("side", Gt(A, 2 * E) if wins else Le(A, 2 * E)),
        *certificates.on(here, a), *certificates.on(there, b), about="gamma alpha epsilon rho n_R",
    )  # fmt: skip
    gap = Gt(a - b, 0) if wins else Ge(b - a, 0)
    proof.show("order", gap, {"a": 1, "b": 1, "gamma": 1, "side": 1}, multipliers=0)
    s_a, s_b = activation_piece(q, here, a), activation_piece(q, there, b)
    names = ["order", "rho", *(name for name in proof.scope.facts if name[:2] in ("a_", "b_"))]
    proof.show("values", Gt(s_a - s_b, 0) if wins else Ge(s_b - s_a, 0), names, degree=q)
    left, right = N_R * s_a, N_R * s_b
    proof.show("goal", Gt(left, right) if wins else Le(left, right), {"n_R": 1, "values": 1})
    return dict(proof.certificate(["goal"]))


def in_place() -> Claim:
    """Robust under in-place perturbations exactly if alpha > 2 epsilon."""
    cases = [(q, wins, *pair) for q in Q for wins, pairs in ((True, WIN), (False, LOSE)) for pair in pairs]
    parts = tuple(in_place_part(*case) for case in cases)
    share = st.fractions(0, 1, max_denominator=30)
    place = {
        "zero": lambda f: -2 * f,
        "polynomial": lambda f: 1 - f * Fraction(9, 10),
        "linear": lambda f: Fraction(11, 10) + f,
    }

    def draw(here: str, there: str, wins: bool) -> st.SearchStrategy[dict[str, Fraction]]:
        def values(scale: Fraction, size: Fraction, f: Fraction, g: Fraction) -> dict[str, Fraction]:
            knee, weight = scale + Fraction(1, 10), size + Fraction(1, 10)
            first, second = place[here](f) * knee, place[there](g) * knee
            if here == there and (first > second) != wins:
                first, second = second, first
            v = {"rho": knee, "gamma": weight, "a": first, "b": second, "epsilon": second / weight, "n_R": Fraction(2)}
            return {**v, "alpha": (first + second) / weight}

        return st.builds(values, share, share, share, share).filter(lambda v: v["alpha"] > 0)

    return Claim(
        "proposition-3.2-in-place", SOURCE, "When w = gamma u_i is robust against perturbations in place", parts,
        (*(Proof(partial(in_place_certificate, *c), (p.name,)) for c, p in zip(cases, parts, strict=True)),
         *(Search((p.name,), partial(draw, c[2], c[3], c[1]), trials=(8, 30, 300)) for c,
           p in zip(cases, parts, strict=True)),
         Run(runs.in_place, tuple(p.name for p in parts))),
        (gamma, alpha, epsilon, n_R, rho, Variable("a", real(), "gamma (alpha - epsilon)"), Variable("b", real(),
             "gamma epsilon")),
        uses=("activation-convex",), point={"rho": 1, "gamma": 1, "epsilon": 1, "alpha": 3, "a": 2, "b": 1, "n_R": 1},
        expected=Verdict.PROVED, origin=
             "finding",
        derivation=(Step("in place", "delta_p in span(u) on J_R and in span(v) on J_NR: the non-robust patches stay "
                                     "invisible to w = gamma u_i."),
                    Step("order", "s is strictly increasing on the positive axis, so s(gamma(alpha - epsilon)) > "
                                  "s(gamma epsilon) exactly if alpha - epsilon > epsilon.")),
        note="The threat model under which Propositions 3.1 and 3.2 are consistent with each other. The pair of "
             "pieces that is missing on each side "
        "cannot occur; all others are proved for q = 3..6.",
    )  # fmt: skip
