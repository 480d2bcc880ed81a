"""The end of adversarial training: Lemmas D.27 and D.28 and Theorems D.15 and 4.4."""

from dataclasses import replace
from fractions import Fraction
from functools import partial

from hypothesis import strategies as st
from sympy import Gt
from theorycheck_simulations.setting import Setting

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Variable, integer, positive, real
from theorycheck.source import Source

from . import late_proofs as late
from . import robust_outcome_proofs as proofs
from .notation import Q, alpha, beta, epsilon, n_N, n_R, rho
from .outcome import learned_draw, learned_part
from .robust_linf import theorem_44_linf
from .robust_outcome_runs import measure_criterion, measure_learned
from .robust_theorems import theorem_44, theorem_d15

NOISELESS = Condition("adversarial training without noise, level 1", tex=r"\sigma_n=0")
RENAMED = {"n_N": "n_R", "beta": "alpha"}


def robust_part(q: int) -> Part:
    """Lemma D.13's part about non-robust patches, said of robust ones."""
    there = {late.n_N: late.n_R, late.beta: late.alpha}
    part = learned_part(q)
    assert part.relation is not None
    given = tuple(relation.xreplace(there) for relation in part.given)
    tex = rf"b^{q}>m\,v^{q}\Rightarrow F_y(X_{{\mathcal F_R}})>F_j(X_{{\mathcal F_R}})"
    return replace(part, relation=part.relation.xreplace(there), given=given, tex=tex)


def robust_draw(q: int) -> st.SearchStrategy[dict[str, Fraction]]:
    """The draws of Lemma D.13 under their new names."""
    return learned_draw(q).map(lambda v: {RENAMED.get(name, name): value for name, value in v.items()})


def lemma_d27(exponents: tuple[int, ...] = Q) -> Claim:
    """Lemma D.27 at finite size."""
    parts = tuple(robust_part(q) for q in exponents)
    return Claim(
        "lemma-d.27",
        Source("Lemma D.27", "Appendix D.2.6"),
        "Robust features are learned well",
        (
            *parts,
            Part(
                "along runs",
                text="after adversarial training from random starts every class with b^q > m v^q is right on X_{F_R}",
                tex=r"F_y(X_{\mathcal F_R})>\max_{j\ne y}F_j(X_{\mathcal F_R})",
            ),
        ),
        (
            *(Proof(partial(late.learned, q, late.n_R, late.alpha), (f"q = {q}",)) for q in exponents),
            *(Search((f"q = {q}",), partial(robust_draw, q), trials=(50, 200, 2_000)) for q in exponents),
            Run(measure_learned, ("along runs",)),
        ),
        (
            Variable("F_y", real(), "output of the label on X_{F_R}"),
            Variable("F_j", real(), "another output there"),
            n_R,
            Variable("m", integer(1), "filters per class"),
            alpha,
            rho,
            Variable("b", real(0), "min of max_r A_{y,r} and rho/alpha"),
            Variable("v", real(0), "largest off-diagonal <w_{j,r}, u_y>"),
        ),
        (NOISELESS,),
        ("lemma-d.21", "definition-4.1"),
        {"F_y": 1, "F_j": 0, "n_R": 1, "m": 2, "alpha": 1, "rho": 1, "b": 1, "v": "1/10"},
        derivation=(
            Step("label", "Keep the largest filter alone: F_y >= n_R s(alpha A) >= n_R s(alpha b); s is increasing."),
            Step("others", "m filters, each with a correlation of at most v: F_j <= m n_R s(alpha v)."),
        ),
        note="As Lemma D.13 with the other feature; v is what it is at T, because under attack off-diagonal "
        "correlations may grow (lemma-d.21-as-argued). From uncoupled starts v = 0.",
    )  # fmt: skip


def large_part(q: int) -> Part:
    """How large eta~ must be."""
    given = (*proofs.outputs().values(), *proofs.residual(q).values(), proofs.large(q))
    tex = (rf"{q}\,\tilde\eta\,\beta^{{{q - 2}}}(R-M-\delta)>n_N\varepsilon^{q}(1+h)"
           r"\Rightarrow F_y(X+\Delta)>F_j(X+\Delta)")  # fmt: skip
    return Part(f"large eta~, q = {q}", Gt(proofs.F_y, proofs.F_j), given=given, tex=tex)


def lemma_d28(exponents: tuple[int, ...] = Q) -> Claim:
    """Lemma D.28 with its explicit condition on the ascent step."""
    parts = tuple(large_part(q) for q in exponents)
    return Claim(
        "lemma-d.28",
        Source("Lemma D.28", "Appendix D.2.6"),
        "How large the ascent step must be for a robust network",
        (
            *parts,
            Part(
                "criteria",
                text="from uncoupled starts, at every step looked at: class y withstands the attack towards j exactly "
                "if it keeps more than j gets, for each of the three threat models; and it withstands paper and "
                "in-place wherever the condition on eta~ holds",
                tex=r"n_R\sum_rs((\alpha-\varepsilon)A_{y,r})>n_R\max_\pm\sum_rs(\pm\varepsilon A_{j,r})"
                r"+n_N\max_\pm\sum_rs(\pm\varepsilon B_{j,r})",
            ),
        ),
        (
            *(Proof(partial(proofs.withstands, q), (f"large eta~, q = {q}",)) for q in exponents),
            *(Search((f"large eta~, q = {q}",), partial(proofs.attacks, q), trials=(50, 200, 2_000))
              for q in exponents),
            Run(measure_criterion, ("criteria",)),
        ),
        (
            Variable("F_y", real(), "the label's output under the attack"),
            Variable("F_j", real(), "the target's"),
            Variable("R", real(0), "what the label keeps: n_R sum_r s(alpha A_{y,r}) under paper, with alpha - epsilon "
                     "in place"),
            Variable("M", real(0), "what the target gets from robust patches: 0 under paper, n_R max sum_r s(+-epsilon "
                     "A_{j,r}) in place"),
            Variable("N", real(0), "what it gets from non-robust patches"),
            Variable("delta", real(0), "off-diagonal parts"),
            Variable("Q", real(0), "sum_r (B_{j,r})_+^q, or of the negative ones if that is more and in place"),
            Variable("h", real(0), "by what share Q exceeds its level"),
            Variable("eta_tilde", positive(), "ascent step"),
            n_N, beta, epsilon, rho,
        ),
        (NOISELESS, Condition("0 < epsilon < alpha", tex=r"0<\varepsilon<\alpha")),
        ("lemma-d.14", "activation-ratio"),
        {"F_y": 9, "F_j": 1, "R": 9, "M": 1, "N": "1/10", "delta": 0, "Q": "1/1000", "h": 0, "eta_tilde": 20,
         "n_N": 127, "beta": 1, "epsilon": 1, "rho": "1/2"},
        origin="exact",
        derivation=(
            Step("what is left", "s(z) <= z^q/(q rho^(q-1)) for z > 0, so the target gets at most this from the "
                 "residual B.", r"N\le\frac{n_N\varepsilon^q}{q\varrho^{q-1}}\sum_r(B_{j,r})_+^q"),
            Step("level", "Adversarial training leaves sum_r B^q at its level, so N falls like 1/eta~.",
                 r"N\le\frac{n_N\varepsilon^q(1+h)}{q\,\tilde\eta\,\beta^{q-2}}"),
            Step("worst case", "Uncoupled filters see one coordinate each, so every coordinate of every patch has its "
                 "own worst value: -epsilon on u_y, up to -beta on v_y, and epsilon or -epsilon on u_j and v_j."),
        ),
        note="The paper says only that the network is robust with high probability. Under linf the target gets the "
        "same on all P patches, and no ascent step is large enough: theorem-4.4-linf.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims of this chapter."""
    return (lemma_d27(), lemma_d28(), theorem_d15(), theorem_44(), theorem_44_linf())
