"""Theorem 4.4 in the maximum norm: at most one class can be robust."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial

from hypothesis import strategies as st
from sympy import Gt, Le, Lt

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Variable, real
from theorycheck.source import Source

from . import propositions_proofs as networks
from . import robust_outcome_proofs as proofs
from .notation import Q, activation, alpha, beta, epsilon, gamma, n_N, n_R, rho, within
from .propositions import PIECE_PAIRS, PRE, REACH
from .robust_theorem_runs import measure_linf

OUTPUTS = ("F_y", "F_j", "G_y", "G_j", "g_y", "g_j")


def filter_part(q: int, here: str, there: str) -> Part:
    """n_R s(A (alpha - epsilon)) <= n_N s(A epsilon) for one filter, its A called gamma."""
    left, right = networks.N_R * activation(q, networks.a), networks.N_N * activation(q, networks.b)
    given = (networks.denser(q), *REACH, *within(here, networks.a), *within(there, networks.b))
    tex = rf"n_Rs((\alpha-\varepsilon)A)\le n_Ns(\varepsilon A)\quad (q={q},\ \text{{{here}, {there}}})"
    return Part(f"filter, q = {q}, {here} and {there}", Le(left, right), given=given,
                point=networks.point_of(here, there), tex=tex)  # fmt: skip


def filter_draw(case: tuple[int, str, str]) -> Callable[[], st.SearchStrategy[dict[str, Fraction]]]:
    """The nets of finding-f2, with two classes that are not looked at."""
    rest = dict.fromkeys(OUTPUTS, Fraction(0))
    return lambda: networks.dense_nets(*case).map(
        lambda v: {**{name: value for name, value in v.items() if name != "m"}, **rest}
    )


def theorem_44_linf() -> Claim:
    """What is left of Theorem 4.4 in the maximum norm: at most one class."""
    cases = [(q, *pair) for q in Q for pair in PIECE_PAIRS]
    filters = tuple(filter_part(*case) for case in cases)
    pair = Part("one of two", Lt(proofs.G_j, proofs.G_y),
                given=(*proofs.mutual().values(), Gt(proofs.F_y, proofs.F_j)),
                point={"g_j": 1, "F_j": 2, "F_y": 3, "g_y": 4, "G_y": 5, "G_j": 0},
                tex=r"F_y(X_y+\Delta_j)>F_j(X_y+\Delta_j)\Rightarrow F_j(X_j+\Delta_y)<F_y(X_j+\Delta_y)")  # fmt: skip

    def two() -> st.SearchStrategy[dict[str, Fraction]]:
        fixed = {name: Fraction(1) for name in ("alpha", "beta", "epsilon", "gamma", "rho", "n_R", "n_N", "a", "b")}
        return proofs.pairs().map(lambda v: {**fixed, "alpha": Fraction(2), **v})

    return Claim(
        "theorem-4.4-linf",
        Source("Theorem 4.4", "Section 4; Definition 2.4"),
        "In the maximum norm at most one class is robust where non-robust features are denser",
        (
            *filters,
            pair,
            Part("along runs", text="after adversarial training, from uncoupled and from random starts, no network "
                 "withstands linf in more than one class", tex=r"\text{robust accuracy}\le\tfrac1k"),
        ),
        (
            *(Proof(partial(networks.no_go_certificate, *case, alone=True), (part.name,))
              for case, part in zip(cases, filters, strict=True)),
            *(Search((part.name,), filter_draw(case), trials=(8, 30, 300))
              for case, part in zip(cases, filters, strict=True)),
            Proof(proofs.one_of_two, ("one of two",)),
            Search(("one of two",), two, trials=(50, 200, 2_000)),
            Run(measure_linf, ("along runs",)),
        ),
        (
            replace(gamma, meaning="A_{i,r} > 0 of one filter"), alpha, beta, epsilon, n_R, n_N, rho, *PRE,
            Variable("F_y", real(), "output y on class y, attacked towards j"),
            Variable("F_j", real(), "output j there"),
            Variable("G_j", real(), "output j on class j, attacked towards y"),
            Variable("G_y", real(), "output y there"),
            Variable("g_y", real(), "n_N sum_r s(epsilon A_{y,r})"),
            Variable("g_j", real(), "n_N sum_r s(epsilon A_{j,r})"),
        ),
        (
            Condition("non-robust features are within the radius", Le(networks.B, networks.E),
                      r"\beta\le\varepsilon"),
            Condition("for the argument about two classes: no noise, off-diagonal correlations with u are at most 0",
                      tex=r"\varepsilon<\alpha,\quad\langle w_{i,r},u_j\rangle\le0\ (i\ne j)"),
        ),
        ("finding-f2", "activation-ratio"),
        {**networks.point_of("linear", "linear"), **dict.fromkeys(OUTPUTS, 0)},
        origin="finding",
        derivation=(
            Step("the attack", "On class y: -epsilon u_y + epsilon u_j on J_R, and -beta v_y + epsilon u_j on J_NR."),
            Step("label", "Its non-robust patches are gone and each filter keeps at most s((alpha - epsilon) A). By "
                 "the first parts that is at most what n_N patches epsilon u_y would give.",
                 r"F_y\le n_R\sum_rs((\alpha-\varepsilon)A_{y,r})\le n_N\sum_rs(\varepsilon A_{y,r})=g_y"),
            Step("target", "Every non-robust patch is epsilon u_j now.", r"F_j\ge n_N\sum_rs(\varepsilon A_{j,r})=g_j"),
            Step("two classes", "If both withstood each other's attack, g_y > g_j and g_j > g_y."),
        ),
        note="Theorem 4.4 promises robustness against every perturbation in the ball. Whatever B and however long the "
        "training, the diagonal picture that its proof ends with excludes that in k - 1 classes; off-diagonal "
        "correlations are exactly 0 from uncoupled starts (lemma-d.21). So the theorem is stated here for the attack "
        "of Theorem 4.3 (theorem-d.15, theorem-4.4), and in place with a condition on eta~ (lemma-d.28).",
    )  # fmt: skip
