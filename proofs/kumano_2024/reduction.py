"""K0, from gradient flow to a KKT point, and Theorem 3.3, what that says of a trained network."""

from functools import cache, partial
from typing import Any

import sympy
from sympy import Eq, Ge, Gt, Lt, exp, log

from theorycheck.checks.enclosure import Enclosure
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Dynamics, Part, Step
from theorycheck.domains import Rational, Variable, positive, real
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .boundary_scope import Certificate, opened
from .reduction_runs import measure_implication, measure_limit, measure_theorem

loss, total, total_next, other, margin, c, E = sympy.symbols("loss total total_next other margin c E")
VARIABLES = (
    Variable("loss", real(0), "l_n, the loss of one sample"), Variable("total", real(), "N L, a sum of losses"),
    Variable("total_next", real()), Variable("other", real(), "the loss of another sample"),
    Variable("margin", real(), "y_n f(x_n)"), Variable("c", positive(1), "any threshold up to 1; ln 2 is meant"),
)  # fmt: skip
POINT: dict[str, int | str] = {"loss": "1/4", "total": "1/2", "total_next": "1/2", "other": "1/4", "margin": 1,
                               "c": "1/2"}  # fmt: skip
SUM = Dynamics({"total": "total_next"}, {"total": loss},
               {"sample": (Eq(total_next, total + other), Ge(other, 0))}, ("other",))  # fmt: skip
ONE = Part("one loss", Lt(loss, c), given=(Lt(total, c),), dynamics=SUM, point={"total": "1/4", "total_next": "1/2"},
           tex=r"\sum_k\ell_k=NL<\ln2\ \Rightarrow\ \ell_n<\ln2")  # fmt: skip
EXPONENTIAL = Part("exponential", Gt(margin, 0), given=(Lt(exp(-margin), c),),
                   tex=r"e^{-y_nf(x_n)}<\ln2\ \Rightarrow\ y_nf(x_n)>0")  # fmt: skip
LOGISTIC = Part("logistic", Gt(margin, 0), given=(Lt(1 + exp(-margin), 2),),
                tex=r"\ln\left(1+e^{-y_nf(x_n)}\right)<\ln2\ \Rightarrow\ y_nf(x_n)>0")  # fmt: skip
LN_2 = Part("ln 2", Lt(log(2), 1, evaluate=False), tex=r"\ln2<1=e^{-0}")
LIMIT = Part("limit", text="W/||W|| comes to the KKT point: direction, multipliers p_n ||W||^2 at margin 1, equal "
             "margins, rank 2, and the sign of the output",
             tex=r"\frac W{\|W\|}\to\frac{W^*}{\|W^*\|},\quad\hat\lambda_n=p_n\|\tilde W\|_F^2\to\lambda_n"
             )  # fmt: skip
FLOW = Condition(
    "gradient flow on the mean exponential or logistic loss L, with L(W(t_0)) < ln 2/N at some t_0",
    tex=r"\tfrac{dW}{dt}=-\nabla L,\ L(W(t_0))<\tfrac{\ln2}N",
)
THEOREM = {
    "boundary": ("sgn f(z) = sgn sum_n lambda_n y_n <x_n, z> for every z",
                 r"\operatorname{sgn}f(z)=\operatorname{sgn}\sum_n\lambda_ny_n\langle x_n,z\rangle"),
    "multipliers": ("1/(2 R_max^2) < lambda_n < 3/(2 gamma^2 R_min^2), and K3's narrower interval",
                    r"\frac1{2R_{\max}^2}<\lambda_n<\frac3{2\gamma^2R_{\min}^2}"),
    "margins": ("all margins y_n f(x_n) are equal", r"y_nf(x_n)=y_kf(x_k)"),
    "rank": ("W has two distinct neurons, rank W <= 2", r"\operatorname{rank}W\le2"),
    "one limit": ("both losses, from small and from large initial weights, come to the same direction", ""),
}  # fmt: skip


def one_loss() -> Certificate:
    """By induction: the sum starts at the loss of sample n and only grows."""
    proof = opened(VARIABLES, {}, ONE)
    induction = proof.induction("induction", "sum", {"most": Ge(total, loss)})
    induction.base.goal("most")
    induction.steps["sample"].goal("most", ["most", "sample0", "sample1"], degree=1)
    induction.close()
    proof.show("goal", ONE.relation, ["most", "given0"], degree=1)
    return proof.certificate(["goal"])


def positive_margin(hypothesis: Any, facts: dict[str, Any]) -> Certificate:
    """exp(-t) >= 1 - t, so exp(-t) < 1 gives t > 0."""
    from theorycheck.prover import Proof as Certifying  # SciPy's solver takes a while to import

    proof = Certifying([*(v.name for v in VARIABLES)])
    proof.exp(E, -margin)
    for name, relation in {**facts, "given": hypothesis}.items():
        proof.assume(name, relation)
    proof.exp_tangent("tangent", Ge(E, 1 - margin), E)
    proof.show("goal", Gt(margin, 0), ["tangent", "given", *facts], degree=1)
    return proof.certificate(["goal"])


def reduction() -> Claim:
    """k0."""
    point: dict[str, tuple[Rational, Rational] | range | list[Rational]] = {n: [value] for n, value in POINT.items()}
    exponential = partial(positive_margin, Lt(E, c), {"c": sympy.Le(c, 1)})
    logistic = partial(positive_margin, Lt(1 + E, 2), {})
    return Claim(
        "k0", Source("K0", "before Theorem 3.3; Lyu and Li 2020, Ji and Telgarsky 2020"),
        "From gradient flow to a KKT point", (ONE, EXPONENTIAL, LOGISTIC, LN_2, LIMIT),
        (Proof(one_loss, (ONE.name,)), Proof(exponential, (EXPONENTIAL.name,)), Proof(logistic, (LOGISTIC.name,)),
         Search((EXPONENTIAL.name, LOGISTIC.name), bounds={"margin": (-3, 3)}, trials=(20, 100, 1_000)),
         Enclosure(point, (LN_2.name,)),
         Run(measure_implication, (ONE.name, EXPONENTIAL.name, LOGISTIC.name)), Run(measure_limit, (LIMIT.name,))),
        VARIABLES, (FLOW,), (), POINT, Verdict.SURVIVED, "reconstructed",
        derivation=(
            Step("positive margins", "The sum of the losses is N L < ln 2, no loss is negative, so each is below "
                 "ln 2 = l_log(0) < l_exp(0); both losses fall, so every margin is positive. For the logistic loss "
                 "that reads 1 + exp(-t) < 2, as ln is increasing.",
                 r"L<\frac{\ln2}N\Rightarrow\ell_n<\ln2\Rightarrow y_nf(x_n)>0"),
            Step("imported", "From there gradient flow has L -> 0 and ||W|| -> infinity, and W/||W|| converges to the "
                 "direction of a KKT point of min ||W||^2/2 subject to y_n f(x_n) >= 1."),
        ),
        note="The second step is an imported theorem on the implicit bias of homogeneous networks (Lyu and Li 2020; Ji "
        "and Telgarsky 2020); its statement is reconstructed from secondary sources. Nothing here proves it. The runs "
        "descend on the loss divided by itself, whose direction converges like 1/steps where plain descent needs "
        "exponentially many steps, and compare with the closed form of K2.",
    )  # fmt: skip


def boundary_theorem() -> Claim:
    """theorem-3.3."""
    parts = tuple(Part(name, text=text, tex=tex) for name, (text, tex) in THEOREM.items())
    return Claim(
        "theorem-3.3", Source("Theorem 3.3", "Section 3"), "Decision boundary of a trained network", parts,
        (Run(measure_theorem),),
        hypotheses=(
            Condition("0 < gamma < 1", tex=r"0<\gamma<1"),
            Condition("(ORTH): p_max <= gamma^3 R_min^4/(3 N R_max^2)",
                      tex=r"p_{\max}\le\frac{\gamma^3R_{\min}^4}{3NR_{\max}^2}"), FLOW,
        ), uses=("k0", "k1", "k2", "k3"), expected=Verdict.SURVIVED, origin="reconstructed",
        derivation=(
            Step("limit", "By k0 the direction of W converges to that of a KKT point."),
            Step("KKT point", "By k1 every KKT point has these properties, by k2 there is one only. (ORTH) gives the "
                 "interval of k1, and by k3 a narrower one."),
        ),
        note="The paper states it after Frei et al. (2023), with the strict form of (ORTH). The inequalities are "
        "proved in k1; k0, the step from training to the KKT point, is imported. Finite runs come within the stated "
        "tolerances of the limit: equal margins to 5e-3, signs on 99.5 % of random points.",
    )  # fmt: skip


@cache
def _claims() -> tuple[Claim, ...]:
    return reduction(), boundary_theorem()


def claims(setting: Any) -> tuple[Claim, ...]:
    """k0 and theorem-3.3; they do not depend on the setting."""
    return _claims()
