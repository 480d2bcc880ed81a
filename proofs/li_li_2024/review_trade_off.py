"""A question of the reviewers: the trade-off between accuracy and robustness."""

from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import Eq, Gt, Rational, symbols
from theorycheck_simulations.setting import Setting

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Variable, positive, real
from theorycheck.source import Source

from .notation import Q, assuming, beta, n_N, rho
from .review_trade_off_runs import measure_late, measure_sweep

B, N_N, R = beta.symbol, n_N.symbol, rho.symbol
total, step_size = symbols("total eta_tilde")
LEVEL = (
    Variable("eta_tilde", positive(), "ascent step"),
    Variable("total", real(0), "sum_s (B_{i,s})_+^q"),
)


def level(q: int) -> Any:
    """eta~ beta^(q-2) sum_s (B_{i,s})_+^q = rho^(q-1)."""
    return Eq(step_size * B ** (q - 2) * total, R ** (q - 1))


def left_over(q: int) -> Any:
    """n_N sum_s s(beta B_{i,s}) = n_N beta^2/(q eta~) on the polynomial part."""
    return Eq(N_N * B**q * total / (q * R ** (q - 1)), Rational(1, q) * N_N * B**2 / step_size)


def left_over_part(q: int) -> Part:
    """What saturation leaves of the non-robust feature."""
    return Part(f"what is left, q = {q}", left_over(q), given=(level(q),), point={"total": f"1/{2 ** (q - 1)}"},
                tex=rf"\sum_s(B_{{i,s}})_+^{q}=\frac{{\varrho^{q - 1}}}{{\tilde\eta\beta^{q - 2}}}\Rightarrow "
                    rf"n_N\sum_ss(\beta B_{{i,s}})=\frac{{n_N\beta^2}}{{{q}\tilde\eta}}")  # fmt: skip


def left_over_certificate(q: int) -> dict[str, Any]:
    """The equation of the level times n_N beta^2."""
    proof = assuming((beta, n_N, rho, *LEVEL), {"rho": Gt(R, 0), "eta_tilde": Gt(step_size, 0), "level": level(q)})
    proof.show("goal", left_over(q), ["level"], multipliers={"level": [N_N * B**2]})
    return proof.certificate(["goal"])


def levels(q: int) -> st.SearchStrategy[dict[str, Fraction]]:
    """Ascents, with the sum at the level."""
    share = st.fractions(Fraction(1, 10), 2, max_denominator=10)

    def values(weak: Fraction, knee: Fraction, ascent: Fraction, patches: int) -> dict[str, Fraction]:
        v = {"beta": weak, "rho": knee, "eta_tilde": 10 * ascent, "n_N": Fraction(patches)}
        return {**v, "total": knee ** (q - 1) / (v["eta_tilde"] * weak ** (q - 2))}

    return st.builds(values, share, share, share, st.integers(1, 100))


def review_trade_off(exponents: tuple[int, ...] = Q) -> Claim:
    """review-trade-off."""
    parts = [left_over_part(q) for q in exponents]
    sweep = Part("in time", text="at T = 1,500 and every epsilon from 0 to 1.75 beta the mean accuracy is at least .9 "
                 "and that on non-robust features alone at least .8; under the attack of Theorem 4.3 with radius beta "
                 "it is at most .25 for epsilon <= beta/2 and at least .75 for epsilon >= beta; there the non-robust "
                 "part of F_y is within 10 % of n_N beta^2/(q eta~) in the median")  # fmt: skip
    late = Part("late", text="from accuracy 1 some runs of adversarial training with ascent on -F_y fall below it by "
                "T = 8,000; of those with ascent on the loss, and of standard training, at most a tenth "
                "does")  # fmt: skip
    return Claim(
        "review-trade-off",
        Source("Review", "question on the trade-off between accuracy and robustness"),
        "What robustness costs in accuracy",
        (*parts, sweep, late),
        (*(Proof(partial(left_over_certificate, q), (part.name,)) for q, part in zip(exponents, parts, strict=True)),
         *(Search((part.name,), partial(levels, q), trials=(15, 60, 500))
           for q, part in zip(exponents, parts, strict=True)),
         Run(measure_sweep, (sweep.name,)), Run(measure_late, (late.name,))),
        (beta, n_N, rho, *LEVEL),
        (Condition("all beta B_{i,s} at most rho, for what is left"),
         Condition("for the runs: the noiseless population, one ascent step; in time k = 3, alpha = 3, n_N = 63, "
                   "ascent on -F_y; late k = 5, alpha = 2, n_N = 127, epsilon = 1.2, sigma_0 = .02, eta = .05")),
        ("proposition-3.2-in-place", "finding-f2"),
        {"beta": 1, "n_N": 8, "rho": "1/2", "eta_tilde": 1, "total": "1/4"},
        origin="finding",
        derivation=(
            Step("no trade-off between the minima", "A threat model that contains delta = 0 has robust accuracy at "
                 "most the accuracy, for every network. In place gamma u_i attains 1 for both if alpha > 2 epsilon; in "
                 "the maximum norm no network with diagonal weights does in the denser case, whatever its accuracy "
                 "(finding-f2)."),
            Step("non-robust features stay useful", "B stops at the level where the ascent takes all of the patch. "
                 "Without the ascent the patch is still there, and gives n_N beta^2/(q eta~) to F_y and nothing to the "
                 "others: on data with the non-robust features alone the network stays accurate.",
                 r"F_y(X_{\mathcal F_{NR}})=\frac{n_N\beta^2}{q\tilde\eta}>0"),
            Step("late", "The paper's attack and the training's own examples leave clean points aside: nothing in the "
                 "training sees them. As A grows, the ascent on -F_y moves the robust patch by the full epsilon along "
                 "ever smaller components of the weights, the features of other classes among them. In the "
                 "runs looked at these components grow until answers at the examples turn, and within some dozen "
                 "steps clean points are lost and examples won."),
        ),
        note="A reviewer missed the trade-off that is seen in practice and asked for the standard accuracy in Theorem "
        "4.4 and for the accuracy on non-robust features; the authors answered that perfect robust accuracy implies "
        "perfect accuracy. It does where the attacker may leave a point alone; the training's own examples never do, "
        "nor does the attack of Theorem 4.3. In time nothing is lost, and non-robust features stay useful. "
        "Late, accuracy is lost in many runs, at smaller steps as well: the off-diagonal correlations that Lemma D.21 "
        "bounds grow. What mends it: ascent on the loss, whose examples stop moving once the point is right by far.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claim of this chapter; runs have their own settings."""
    return (review_trade_off(),)
