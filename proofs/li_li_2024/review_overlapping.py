"""A question of the reviewers: features that overlap within a patch."""

from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import Ge, Gt, Le, symbols
from theorycheck_simulations.setting import Setting

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Variable, positive, real
from theorycheck.source import Source

from .notation import Q, alpha, assuming, beta, n_N, n_R
from .review_overlapping_runs import measure_overlaps
from .tensor_power_proofs import powers

A, B, N_N, N_R = (v.symbol for v in (alpha, beta, n_N, n_R))
x, y, clock, shared = symbols("x y clock shared")
VARIABLES = (
    alpha, beta, n_R, n_N,
    Variable("shared", real(0), "beta' >= 0, what a robust patch holds of v_y"),
    Variable("x", real(0), "alpha A + beta' B, pre-activation on a robust patch"),
    Variable("y", positive(), "beta B, on a non-robust one"),
    Variable("clock", positive(), "eta (1 - logit_i) / (k rho^(q-1))"),
)  # fmt: skip


def slower(q: int) -> Any:
    """n_N beta dA <= n_R alpha dB, dA = clock n_R alpha x^(q-1), dB = clock (n_N beta y^(q-1) + n_R beta' x^(q-1))."""
    gain_A = clock * N_R * A * x ** (q - 1)
    gain_B = clock * (N_N * B * y ** (q - 1) + N_R * shared * x ** (q - 1))
    return Le(N_N * B * gain_A, N_R * A * gain_B)


def slower_part(q: int) -> Part:
    """While the robust patches are not ahead."""
    return Part(f"standard training, q = {q}", slower(q), given=(Le(x, y),),
                tex=rf"\alpha A+\beta'B\le\beta B\Rightarrow "
                    rf"\Delta A\le\frac{{n_R\alpha}}{{n_N\beta}}\Delta B\quad(q={q})")  # fmt: skip


def slower_certificate(q: int) -> dict[str, Any]:
    """x^(q-1) <= y^(q-1), and the shared part only adds to B."""
    known = {"n_N_1": Ge(N_N, 1), "n_R_1": Ge(N_R, 1), "alpha": Gt(A, 0), "beta": Gt(B, 0), "clock": Gt(clock, 0),
             "shared": Ge(shared, 0), "x": Ge(x, 0), "y": Gt(y, 0), "behind": Le(x, y)}  # fmt: skip
    proof = assuming(VARIABLES, known)
    for name, symbol in (("n_N", N_N), ("n_R", N_R)):
        proof.show(name, Gt(symbol, 0), [f"{name}_1"], degree=1)
    above = powers(proof, "above", y, x, q - 1, "behind", ["y", "x"])
    proof.show("rate", Gt(clock * N_R * A, 0), {"clock": 1, "n_R": 1, "alpha": 1}, degree=3)
    proof.show("count", Gt(N_N * B, 0), {"n_N": 1, "beta": 1})
    proof.show("power", Ge(x ** (q - 1), 0), {"x": q - 1}, degree=q - 1)
    proof.show("extra", Ge(N_R * shared * x ** (q - 1), 0), {"n_R": 1, "shared": 1, "power": 1}, degree=3)
    difference = N_N * B * (y ** (q - 1) - x ** (q - 1))
    proof.show("gap", Ge(difference, 0), {"count": 1, above: 1})
    proof.show("inner", Ge(difference + N_R * shared * x ** (q - 1), 0), ["gap", "extra"], degree=1)
    proof.show("goal", slower(q), {"rate": 1, "inner": 1})
    return proof.certificate(["goal"])


def steps() -> st.SearchStrategy[dict[str, Fraction]]:
    """Patches with x <= y, often at equality."""
    share = st.fractions(0, 1, max_denominator=20)

    def values(strong: Fraction, weak: Fraction, part: Fraction, robust: int, other: int, size: Fraction,
               behind: Fraction, rate: Fraction) -> dict[str, Fraction]:  # fmt: skip
        v = {"alpha": strong + Fraction(1, 10), "beta": weak + Fraction(1, 10), "shared": part, "y": size + 1}
        return {**v, "x": v["y"] * (1 - behind), "n_R": Fraction(robust), "n_N": Fraction(other),
                "clock": rate + Fraction(1, 20)}  # fmt: skip

    return st.builds(values, share, share, share, st.integers(1, 4), st.integers(1, 9), share, share, share)


def review_overlapping(exponents: tuple[int, ...] = Q) -> Claim:
    """review-overlapping."""
    parts = [slower_part(q) for q in exponents]
    runs = Part("training", text="with v_y on the robust patches (.3, .6 or all of beta), u_y on the others (.3 "
                "alpha), other features (1/10) and noise, the mean accuracy under the attack of Theorem 4.3 is at most "
                ".25 after standard and at least .5 after adversarial training")  # fmt: skip
    return Claim(
        "review-overlapping",
        Source("Review", "question on overlapping features"),
        "Features that overlap within a patch",
        (*parts, runs),
        (*(Proof(partial(slower_certificate, q), (part.name,)) for q, part in zip(exponents, parts, strict=True)),
         *(Search((part.name,), steps, trials=(15, 60, 500)) for part in parts),
         Run(measure_overlaps, (runs.name,))),
        VARIABLES,
        (Condition("for a step: standard training without noise, one filter of class i on class i, patches alpha u_y + "
                   "beta' v_y and beta v_y, all on the polynomial part"),
         Condition("for the runs: k = 3, n_R = 1, n_N = 31, alpha = 2.5, beta = epsilon = 1, level 2")),
        ("lemma-5.1",),
        {"alpha": 2, "beta": 1, "n_R": 1, "n_N": 31, "shared": "1/2", "x": "1/20", "y": "1/10", "clock": 1},
        origin="exact",
        derivation=(
            Step("coupled steps", "A filter now sees alpha A + beta' B on a robust patch, so A grows with B and needs "
                 "no positive start of its own."),
            Step("no faster", "As long as the robust patches are not ahead of the others, s' is no larger on them, so "
                 "A gains at most n_R alpha/(n_N beta) of what B gains. From a small start A stays near that share of "
                 "B.",
                 r"A^{(t)}\le A^{(0)}+\frac{n_R\alpha}{n_N\beta}\left(B^{(t)}-B^{(0)}\right)"),
            Step("under attack", "The ascent moves a robust patch along v_y as well, so its non-robust part is "
                 "suppressed with the others, and the robust part takes over."),
        ),
        note="A reviewer asked for overlapping features; the authors wrote down x_p = alpha_p u_y + beta_p v_y + "
        "sum_f gamma_{p,f} f + xi_p and expected the same theorems. In these runs both theorems keep their sign. With "
        "all of beta on the robust patches, other features and noise at once, adversarial training is less "
        "reliable: it keeps about four fifths of the accuracy under attack, because filters that hold both features "
        "are slowed by the attack on either.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claim of this chapter; runs have their own settings."""
    return (review_overlapping(),)
