"""K12: in which dimension uniform points are near-orthogonal, and that the released experiments are far from it."""

from fractions import Fraction
from functools import partial
from math import ceil, log

from hypothesis import strategies as st
from sympy import Eq, Le, Rational
from theorycheck_simulations.leaky.setting import Setting

from theorycheck.checks.certified import Certified
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import sizes_proofs as proofs
from .notation import N, R_max2, R_min2, d, gamma, p_max
from .sizes_bounds import DELTA
from .sizes_proofs import EACH, FORMAL, GROWTH, INSERTION, PAIRS, POINT, SCALED, VARIABLES
from .sizes_runs import RELEASED, SLOPES, STATED, certify_dimensions, measure_draws, measure_released, released_draw

DIMENSIONS = Part(
    "dimensions",
    text=f"with delta = {DELTA} the bounds imply (ORTH) in dimension d_0 and not in d_0 - 1: "
    + "; ".join(f"d_0 = {d_0} for gamma = {slope}, N = {n}" for (slope, n), d_0 in STATED.items())
    + "; more in the table; d_0 > 10^15 for gamma = 1/100 already with N = 2",
)
DRAWN = Part("draws", text=f"points drawn in d_0 dimensions satisfy (ORTH), gamma = {SLOPES[0]}")
ALLOWED = Part("released sizes", Le(3 * proofs.n * proofs.S * proofs.p, proofs.g**3 * proofs.R**2),
               tex=r"p_{\max}\le\frac{\gamma^3R_{\min}^4}{3NR_{\max}^2}")  # fmt: skip
EXCESS = Part("released experiments", text="p_max is above what (ORTH) allows in every draw of their size")


def drawn() -> st.SearchStrategy[dict[str, Fraction]]:
    """Exact sizes that meet every hypothesis: all but one share are free, then B is a share of what is allowed."""
    share = st.integers(0, 12).map(lambda i: Fraction(i, 12))
    names = ("gamma", "v", "w", "alpha", "beta", "p", "R", "S", "delta")
    return st.builds(_sizes, st.fixed_dictionaries(dict.fromkeys(names, share)), st.integers(2, 6), st.integers(1, 500))


def _sizes(part: dict[str, Fraction], n: int, dimension: int) -> dict[str, Fraction]:
    slope, third = (part["gamma"] + Fraction(1, 12)) * Fraction(6, 7), Fraction(1, 3)
    v = (part["v"] + Fraction(1, 50)) / 3
    alpha = part["alpha"] * Fraction(12, 13) * third / v
    beta = part["beta"] * slope**3 * (third - alpha * v) ** 2 / (3 * n * v * (third + alpha * v))
    A, B, delta = alpha * dimension * v, beta * dimension * v, (part["delta"] + Fraction(1, 20)) / 2
    return {
        "gamma": slope, "N": Fraction(n), "d": Fraction(dimension), "p_max": part["p"] * B, "A": A, "B": B, "v": v,
        "w": v * (part["w"] + Fraction(1, 30)) * Fraction(30, 31), "alpha": alpha, "beta": beta, "delta": delta,
        "R_min2": Fraction(dimension, 3) - A + part["R"], "R_max2": (Fraction(dimension, 3) + A) * (1 - part["S"] / 2),
        "u": Fraction(ceil(log(6 * n * n / delta))),
    }  # fmt: skip


def sizes() -> Claim:
    """k12."""
    names = tuple(part.name for part in FORMAL)
    return Claim(
        "k12", Source("K12", "when (ORTH) can be met"), "In which dimension uniform points are near-orthogonal",
        (*FORMAL, DIMENSIONS, DRAWN, EXCESS),
        (Proof(proofs.prove_insertion, (INSERTION.name,)), Proof(proofs.prove_scaled, (SCALED.name,)),
         Proof(proofs.prove_growth, (GROWTH.name,)),
         Proof(partial(proofs.prove_union, EACH, 2 * proofs.n), (EACH.name,)),
         Proof(partial(proofs.prove_union, PAIRS, proofs.n * (proofs.n - 1)), (PAIRS.name,)),
         Search(names, drawn, trials=(10, 50, 500)), Certified(certify_dimensions, (DIMENSIONS.name,)),
         Run(measure_draws, (DRAWN.name,)), Run(measure_released, (EXCESS.name,))),
        VARIABLES,
        (Condition("X_1, ..., X_N independent and uniform on [-1, 1]^d, N >= 2; h a fixed unit vector"),),
        ("k6",), POINT, Verdict.SURVIVED, "exact",
        (
            Step("Hoeffding", "X_ni^2 lies in [0, 1] with mean 1/3, X_ni X_ki in [-1, 1] and h_i X_ni in [-|h_i|, "
                 "|h_i|] with mean 0. Each of the three lines fails with probability at most delta/3.",
                 r"\bigl|\|X_n\|^2-\tfrac d3\bigr|\le A=\sqrt{\tfrac d2\ln\tfrac{6N}\delta},\quad|\langle X_n,X_k"
                 r"\rangle|\le B=\sqrt{2d\ln\tfrac{3N(N-1)}\delta},\quad|\langle X_n,h\rangle|\le"
                 r"\sqrt{2\ln\tfrac{6N}\delta}"),
            Step("insertion", "Put R_min^2 >= d/3 - A, R_max^2 <= d/3 + A and p_max <= B into (ORTH)."),
            Step("growth", "Divided by d^2, the left side falls with d and the right side rises, so the condition "
                 "holds for every d >= d_0; bisection finds d_0.",
                 r"d_0\approx162\,N^2\ln\tfrac{3N(N-1)}\delta\,/\,\gamma^6"),
        ),
        note="Derived here; Hoeffding's inequality is imported. The bounds are sufficient: draws meet (ORTH) with room "
        "to spare, and already at a fraction of d_0.",
    )  # fmt: skip


def released() -> dict[str, Fraction]:
    """A draw of the released size."""
    slope, n, dimension = RELEASED
    return {"gamma": slope, "N": Fraction(n), "d": Fraction(dimension), **released_draw("uniform", 0)}


def finding() -> Claim:
    """finding-k12."""
    slope, n, dimension = RELEASED
    return Claim(
        "finding-k12", Source("K12", "the released experiments"), "The released experiments satisfy (ORTH)",
        (ALLOWED,), (Search((), lambda: st.builds(released), trials=(1, 1, 1)),),
        (gamma, N, d, p_max, R_min2, R_max2),
        (Condition("p_max, R_min and R_max are those of N points from U([-1, 1]^d), the first draw of this checker"),
         Condition("the slope of the released code", Eq(gamma.symbol, Rational(slope.numerator, slope.denominator)),
                   r"\gamma=\tfrac1{100}"),
         Condition("its N", Eq(N.symbol, n), "N=1000"), Condition("its d", Eq(d.symbol, dimension), "d=10^4"),
         Condition("R_min <= R_max", Le(R_min2.symbol, R_max2.symbol), r"R_{\min}\le R_{\max}"),
         Condition("coordinates in [-1, 1]", Le(R_max2.symbol, d.symbol), r"R_{\max}^2\le d")),
        ("k12",), {"gamma": str(slope), "N": n, "d": dimension, "p_max": 163, "R_min2": 3200, "R_max2": 3450},
        Verdict.REFUTED, "finding",
        note="The released code uses the slope .01 of the library's default, N = 1000 and d = 10^4. In draws of "
        "that size p_max is more than 10^8 times what (ORTH) allows, and more than 10^2 times even for gamma = 1 (the "
        "table of k12). The theorems do not apply to these runs: their hypotheses are not met, and they check the "
        "trend only. What is true instead: (ORTH) needs the dimensions of k12.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims of this chapter."""
    return sizes(), finding()
