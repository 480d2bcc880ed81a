"""Appendix D.2.1 and D.2.2: weight decomposition, adversarial examples and the exact update of adversarial training."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy
from hypothesis import strategies as st
from sympy import Eq
from theorycheck_simulations.setting import Setting

from theorycheck.checks.identity import Identity
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Variable, positive, real
from theorycheck.source import Source

from . import ascent_learning, ascent_logits, ascent_offdiagonal, notation
from .ascent_offdiagonal import SPREAD, SPREAD_POINT, grown, spread_certificate, spread_part
from .ascent_proofs import clipping, drawn
from .ascent_runs import measure_decomposition, measure_examples, measure_span, measure_steps

NOISELESS = Condition("adversarial training without noise", tex=r"\sigma_n=0")
EXAMPLE = (
    r"\tilde x_p=x_p-\sum_c e_c\,\mathrm{clip}\Big(\tilde\eta\sum_s s'(\langle w_{y,s},x_p\rangle)\,w_{y,s,c},"
    r"-\varepsilon,\varepsilon\Big)"
)
UPDATE = (
    r"\langle w^{(t+1)}_{i,r},f\rangle=\langle w^{(t)}_{i,r},f\rangle+\eta\,\mathbb E\Big[\left(\mathbf 1[y=i]-"
    r"\mathrm{logit}_i(\tilde X)\right)\sum_p s'(\langle w^{(t)}_{i,r},\tilde x_p\rangle)"
    r"\langle\tilde x_p,f\rangle\Big]"
)
PSI = (
    r"a^{(t)}_{i,r,n,p}=\tfrac\eta N\left(\mathbf 1[y_n=i]-\mathrm{logit}_i(\tilde X^{(t)}_n)\right)"
    r"s'(\langle w^{(t)}_{i,r},\tilde x^{(t)}_{n,p}\rangle)"
)
GRADIENT = (
    Variable("w_1", real(-2, 2), "coordinate c of one filter of class y"),
    Variable("w_2", real(-2, 2), "coordinate c of another"),
    Variable("x", real(-2, 2), "coordinate c of the patch"),
    Variable("b_1", real(-2, 2), "what the other coordinates give the first filter"),
    Variable("b_2", real(-2, 2), "and the second"),
    Variable("rho", positive(10), "where the activation becomes linear"),
)
POINT: dict[str, int | str] = {"w_1": 1, "w_2": "1/2", "x": 1, "b_1": 0, "b_2": 0, "rho": 2, "g": 0, "epsilon": 1}
CLIP = (
    Variable("g", real(), "eta~ times a coordinate of the gradient of L_m"),
    Variable("epsilon", positive(), "radius"),
)


def lemma_d16() -> Claim:
    """Lemma D.16: what adversarial training adds to the weights."""
    spread = spread_part(
        "outside the span",
        r"h\perp\Pi^\perp w^{(0)}_{j,s}\ \text{for all }j,s\ \Rightarrow\ \langle h,\Pi^\perp w^{(t)}_{i,r}\rangle=0",
    )
    return Claim(
        "lemma-d.16",
        Source("Lemma D.16", "Appendix D.2.1"),
        "Weight decomposition for adversarial training",
        (
            Part(
                "identity",
                text="w(T) = w(0) + sum of psi x over all patches + sum of the same coefficients, step by step, times "
                "x~ - x",
                tex=r"w^{(T)}_{i,r}=w^{(0)}_{i,r}+\sum_{n,p}\Big(\sum_{t<T}a^{(t)}_{i,r,n,p}\Big)x_{n,p}+\sum_{t<T}"
                r"\sum_{n,p}a^{(t)}_{i,r,n,p}\left(\tilde x^{(t)}_{n,p}-x_{n,p}\right),\quad " + PSI,
            ),
            spread,
        ),
        (
            Run(measure_decomposition, ("identity",)),
            Proof(spread_certificate, (spread.name,)),
            Search((spread.name,), grown, trials=(30, 100, 1_000)),
            Run(measure_span, (spread.name,)),
        ),
        SPREAD,
        (
            NOISELESS,
            Condition(
                "outside the span: no coordinate outside the features is clipped", tex=r"|\tilde x_c-x_c|<\varepsilon"
            ),
        ),
        ("lemma-d.17", "lemma-d.18", "lemma-d.2"),
        SPREAD_POINT,
        origin="exact",
        derivation=(
            Step("add up", "Every step adds a combination of adversarial patches with the coefficients shown.", PSI),
            Step(
                "outside the features",
                "There x~ - x is -eta~ sum_s s' Pi w_{y,s} as long as it is not clipped. For h orthogonal to all first "
                "Pi w_{j,s} let M be the largest |<h, w_{i,r}>|. A step adds to it at most the sum of |a| eta~ "
                "sum_s s' times M, so M_t <= M_0 prod (1 + growth), and M_0 = 0.",
                r"M_{t+1}\le(1+g_t)M_t",
            ),
        ),
        note="The paper writes the part outside the features as a combination of the filters' own first parts there. "
        "Clipping acts coordinate by coordinate; as soon as it acts outside the features it leads out of their span, "
        "as the planted error control-d.16-clipped shows. In standard training that part rests (lemma-d.2).",
    )


def gradients(exponents: tuple[int, ...] = notation.Q) -> Iterator[Part]:
    """The derivative of -F_y with respect to a coordinate of a patch, of two filters on some pieces."""
    w_1, w_2, x, b_1, b_2, rho = (variable.symbol for variable in GRADIENT)

    def slope(q: int, piece: str, at: Any) -> Any:
        return (at / rho) ** (q - 1) if piece == "polynomial" else int(piece == "linear")

    for q in exponents:
        for first, second in (("polynomial", "polynomial"), ("polynomial", "linear"), ("linear", "zero")):
            z_1, z_2 = w_1 * x + b_1, w_2 * x + b_2
            F = notation.activation_piece(q, first, z_1) + notation.activation_piece(q, second, z_2)
            said = -(slope(q, first, z_1) * w_1 + slope(q, second, z_2) * w_2)
            tex = r"-\partial F_y/\partial x_{p,c}=-\sum_s s'(\langle w_{y,s},x_p\rangle)w_{y,s,c}"
            relation = Eq(sympy.diff(-F, x), said, evaluate=False)
            yield Part(f"gradient, q = {q}, {first} and {second}", relation, tex=tex)


def lemma_d17(exponents: tuple[int, ...] = notation.Q) -> Claim:
    """Lemma D.17: the adversarial examples."""
    derivatives, clips = tuple(gradients(exponents)), tuple(clipping())
    return Claim(
        "lemma-d.17",
        Source("Lemma D.17", "Appendix D.2.2"),
        "Adversarial examples by one step of ascent, or several",
        (
            Part("along runs", text="x~ = x + clip(x~ - x + eta~ grad L_m), from x~ = x, once for every ascent step; "
                 "for L_m = -F_y and one step, every coordinate c of x_p loses clip(eta~ sum_s s' w_{y,s,c})",
                 tex=EXAMPLE),
            *derivatives,
            *(piece.part for piece in clips),
        ),
        (
            Run(measure_examples, ("along runs",)),
            Identity(tuple(part.name for part in derivatives)),
            *(Proof(piece.certificate, (piece.name,)) for piece in clips),
            Search(tuple(piece.name for piece in clips), of_clip, trials=(20, 100, 1_000)),
        ),
        (*GRADIENT, *CLIP),
        (NOISELESS,),
        ("lemma-5.1", "activation-clamp"),
        POINT,
        origin="exact",
        derivation=(
            Step("gradient", "Patch p enters F_y through its own summands alone.",
                 r"-\nabla_{x_p}F_y=-\sum_s s'(\langle w_{y,s},x_p\rangle)w_{y,s}"),
            Step("projections", "The features are axes, so the coefficient of a feature f in x~_p is <x_p, f> - "
                 "clip(eta~ sum_s s' <w_{y,s}, f>), of the other classes' features too; the rest of x~_p is the "
                 "clipped ascent direction outside the features."),
        ),
        note="At levels 1 and 2, for each of the three objectives, one and three ascent steps. The formula is written "
        "anew in NumPy and shares no code with the training. Equal patches get equal gradients; the multiplicity of a "
        "patch does not enter its own.",
    )  # fmt: skip


def of_clip() -> st.SearchStrategy[dict[str, Fraction]]:
    """g and epsilon, and the claim's point elsewhere."""
    point = {name: Fraction(value) for name, value in POINT.items()}
    return drawn(3).map(lambda values: {**point, "g": values["g"], "epsilon": values["epsilon"]})


def lemma_d18() -> Claim:
    """Lemma D.18: the update of every correlation under attack."""
    return Claim(
        "lemma-d.18",
        Source("Lemma D.18", "Appendix D.2.2"),
        "Feature learning iteration for adversarial training",
        (
            Part(
                "along runs",
                text="<w_{i,r}, f> gains eta E[(1[y=i] - logit_i(X~)) sum_p s'(<w_{i,r}, x~_p>) <x~_p, f>], for every "
                "feature f and every coordinate outside the features",
                tex=UPDATE,
            ),
        ),
        (Run(measure_steps),),
        hypotheses=(NOISELESS,),
        uses=("lemma-d.17", "lemma-5.1"),
        origin="exact",
        derivation=(
            Step("project", "The gradient of the loss at X~ with the perturbation held fixed, projected on f. Unlike "
                 "in Lemma 5.1 every patch may have a component along every feature.", UPDATE),
        ),
        note="In all coordinates at levels 1 and 2. The patch multiplicities n_R and n_N are in the sum over p.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims of Section 5.2 and Appendix D.2 up to the feature learning iteration."""
    return (lemma_d17(), lemma_d18(), lemma_d16(), *ascent_logits.claims(), *ascent_offdiagonal.claims(),
            *ascent_learning.claims())  # fmt: skip
