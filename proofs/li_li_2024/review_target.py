"""A question of the reviewers: the attack towards a direction that belongs to no feature."""

from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import Ge, Gt, symbols
from theorycheck_simulations.setting import Setting

from theorycheck.checks.run import Run, Statistics
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Variable, positive
from theorycheck.source import Source

from .notation import Q, alpha, assuming, beta, epsilon, n_N, n_R
from .review_target_runs import measure_defended, measure_formula, measure_shares
from .tensor_power_proofs import powers

A, B, E, N_N, N_R = (v.symbol for v in (alpha, beta, epsilon, n_N, n_R))
learnt, stray = symbols("learnt stray")
WEIGHTS = (
    Variable("learnt", positive(), "the only positive <w_{y,r}, u_y>"),
    Variable("stray", positive(), "a positive <w_{j,r}, v_t> of another class"),
)


def fooled(q: int) -> Any:
    """n_N (epsilon stray)^q > n_R (alpha learnt)^q."""
    return Gt(N_N * E**q * stray**q, N_R * A**q * learnt**q)


def assumed(q: int) -> dict[str, Any]:
    """Denser, a radius of at least beta, and a stray weight as large as the learnt one."""
    return {"denser": Gt(N_N * B**q, N_R * A**q), "radius": Ge(E, B), "weights": Ge(stray, learnt)}


def fooled_part(q: int) -> Part:
    """On the polynomial part, times q rho^(q-1)."""
    return Part(f"fooled, q = {q}", fooled(q), given=tuple(assumed(q).values()), point={"n_N": 2 * 2**q},
                tex=rf"n_N(\varepsilon\langle w_{{j,r}},v_t\rangle)^{q}>n_R(\alpha A_{{y,r}})^{q}")  # fmt: skip


def fooled_certificate(q: int) -> dict[str, Any]:
    """n_N epsilon^q stray^q >= n_N beta^q learnt^q > n_R alpha^q learnt^q."""
    ranges = {"n_N_1": Ge(N_N, 1), "n_R_1": Ge(N_R, 1), "alpha": Gt(A, 0), "beta": Gt(B, 0), "epsilon": Gt(E, 0),
              "learnt": Gt(learnt, 0), "stray": Gt(stray, 0)}  # fmt: skip
    proof = assuming((alpha, beta, epsilon, n_R, n_N, *WEIGHTS), {**ranges, **assumed(q)})
    proof.show("n_N", Gt(N_N, 0), ["n_N_1"], degree=1)
    wide = powers(proof, "wide", E, B, q, "radius", ["epsilon", "beta"])
    strong = powers(proof, "strong", stray, learnt, q, "weights", ["stray", "learnt"])
    proof.show("learnt_q", Gt(learnt**q, 0), {"learnt": q}, degree=q)
    proof.show("epsilon_q", Gt(E**q, 0), {"epsilon": q}, degree=q)
    proof.show("first", Ge(N_N * E**q * (stray**q - learnt**q), 0), {"n_N": 1, "epsilon_q": 1, strong: 1}, degree=3)
    proof.show("second", Ge(N_N * learnt**q * (E**q - B**q), 0), {"n_N": 1, "learnt_q": 1, wide: 1}, degree=3)
    proof.show("third", Gt((N_N * B**q - N_R * A**q) * learnt**q, 0), {"denser": 1, "learnt_q": 1})
    proof.show("goal", fooled(q), ["first", "second", "third"], degree=1)
    return proof.certificate(["goal"])


def nets(q: int) -> st.SearchStrategy[dict[str, Fraction]]:
    """Just inside the hypotheses."""
    share = st.fractions(0, 1, max_denominator=20)

    def values(patches: int, weak: Fraction, ratio: Fraction, more: int, over: Fraction,
               x: Fraction, y: Fraction) -> dict[str, Fraction]:  # fmt: skip
        v = {"n_R": Fraction(patches), "beta": weak + Fraction(1, 10)}
        v["alpha"] = v["beta"] * (1 + 2 * ratio)
        v["n_N"] = Fraction(patches * (1 + 2 * ratio) ** q // 1 + 1 + more)
        v["epsilon"], v["learnt"] = v["beta"] * (1 + over), x + Fraction(1, 50)
        return {**v, "stray": v["learnt"] * (1 + y)}

    return st.builds(values, st.integers(1, 3), share, share, st.integers(0, 2), share, share, share)


def review_unrelated_target(exponents: tuple[int, ...] = Q) -> Claim:
    """review-unrelated-target."""
    parts = [fooled_part(q) for q in exponents]
    formula = Part("outputs", text="under delta_p = -beta v_y + epsilon v_t on J_NR output i is n_R sum_r s(alpha "
                   "<w_{i,r}, u_y>) + n_N sum_r s(epsilon <w_{i,r}, v_t>)",
                   tex=r"F_i(X+\Delta)=n_R\sum_rs(\alpha\langle w_{i,r},u_y\rangle)+"
                       r"n_N\sum_rs(\varepsilon\langle w_{i,r},v_t\rangle)")  # fmt: skip
    share = Part("a guess", text="after standard training a class is right under the attack with probability "
                 "P + (1 - P)/k, P the odds that it learnt its robust feature first",
                 tex=r"\Pr[\text{right}]=P+\frac{1-P}{k}")  # fmt: skip
    defended = Part("defended", text="after adversarial training with epsilon = beta the accuracy under it is at least "
                    ".8 in every setting")  # fmt: skip
    return Claim(
        "review-unrelated-target",
        Source("Review", "question on the attack of Proposition 3.1 and Theorem 4.3"),
        "The attack towards a direction outside all features",
        (*parts, formula, share, defended),
        (*(Proof(partial(fooled_certificate, q), (part.name,)) for q, part in zip(exponents, parts, strict=True)),
         *(Search((part.name,), partial(nets, q), trials=(15, 60, 500))
           for q, part in zip(exponents, parts, strict=True)),
         Run(measure_formula, (formula.name,)), Statistics(measure_shares, (share.name,)),
         Run(measure_defended, (defended.name,))),
        (alpha, beta, epsilon, n_R, n_N, *WEIGHTS),
        (Condition("the noiseless population; for the guess, non-robust patches so many that A stays near its start"),),
        ("lemma-d.2", "review-learning-order"),
        {"alpha": 2, "beta": 1, "epsilon": 1, "n_R": 1, "n_N": 16, "learnt": "1/100", "stray": "1/100"},
        origin="exact",
        derivation=(
            Step("outputs", "The attack takes beta v_y away and puts epsilon v_t in its place; different patches do "
                 "not interact."),
            Step("v_t is not learnt", "Without noise standard training never moves <w, v_t> (Lemma D.2), so the "
                 "patches see initial weights: all classes are alike."),
            Step("denser", "What is left to defend the class is its robust part, which standard training has hardly "
                 "moved. By the denser condition one stray weight as large as the robust one outweighs it.",
                 r"n_N\varepsilon^q\ge n_N\beta^q>n_R\alpha^q"),
            Step("a guess", "With A at its start the k outputs are exchangeable, and a class is right with probability "
                 "1/k; a class that learnt the robust feature first is right."),
        ),
        note="A reviewer asked for an attack that aims at v_t orthogonal to all v_i instead of the known feature v_y'; "
        "the authors answered that the prediction then becomes random. That is right: it need only remove v_y. The "
        "attack lowers the accuracy to chance, 1/k, where the one towards v_y' lowers it to 0, and it fails against "
        "adversarial training as that one does. It still needs v_y, which it subtracts.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claim of this chapter; runs have their own settings."""
    return (review_unrelated_target(),)
