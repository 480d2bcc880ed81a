"""Stage II: Lemmas D.10 and D.11, and the condition that D.10 needs (finding F7)."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sympy
from hypothesis import strategies as st
from sympy import Ge, Le, exp
from theorycheck_simulations.setting import Setting

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Dynamics, Part, Step
from theorycheck.domains import Rational, Variable, integer, positive, real
from theorycheck.source import Source

from . import late_proofs as late
from . import late_replay
from .finding import finding_f7
from .late_runs import measure_growth, measure_logarithm
from .stage_two import lemma_d10, unconditional

REPLAYS: dict[str, Callable[[Mapping[str, Any]], bool | None]] = {late_replay.CLAIM: late_replay.replay}
SHARE = st.fractions(0, 1, max_denominator=40)

GROWTH = (
    Variable("k", integer(2), "number of classes"),
    Variable("m", integer(1), "filters per class"),
    Variable("n_R", integer(1), "robust patches"),
    Variable("n_N", integer(1), "non-robust patches"),
    Variable("alpha", positive(), "robust strength"),
    Variable("beta", positive(), "non-robust strength"),
    Variable("eta", positive(), "step of gradient descent"),
    Variable("tau", real(0), "bound on every other output"),
    Variable("S", positive(), "sum of e^(F_j) over j != i"),
    Variable("F", real(0), "F_i on a point of class i"),
    Variable("X", real(), "e^(F_i) at time t"),
    Variable("X_next", real()),
    Variable("X_0", positive(), "e^(F_i) at time t_0"),
    Variable("C", positive(), "c'"),
    Variable("Y", real(), "1/X"),
    Variable("t", real(0), "steps since t_0"),
    Variable("t_next", real(0)),
)
GROWTH_POINT: dict[str, Rational] = {
    "k": 5,
    "m": 8,
    "n_R": 1,
    "n_N": 127,
    "alpha": "5/2",
    "beta": 1,
    "eta": "1/100000",
    "tau": "1/100",
    "S": 4,
    "F": 1,
    "X": 2,
    "X_next": 2,
    "X_0": 2,
    "C": 1,
    "Y": "1/2",
    "t": 0,
    "t_next": 1,
}


def growth_draw() -> st.SearchStrategy[dict[str, Fraction]]:
    """S up to (k-1)(1+tau), X >= X_0, and X_next up to a lower bound of X e^(C/X): X + C + C^2/(2X)."""
    names = ("u", "tau", "F", "alpha", "beta", "eta", "C", "X_0", "X", "next")
    drawn = st.fixed_dictionaries(
        {
            "k": st.integers(2, 10),
            "m": st.integers(1, 9),
            "n_R": st.integers(1, 4),
            "n_N": st.integers(1, 99),
            **dict.fromkeys(names, SHARE),
        }
    )

    def values(d: dict[str, Any]) -> dict[str, Fraction]:
        small = Fraction(1, 20)
        found = {name: Fraction(d[name]) for name in ("k", "m", "n_R", "n_N")}
        found |= {name: d[name] * 3 + small for name in ("alpha", "beta", "eta", "C", "X_0")}
        X = found["X_0"] + d["X"] * 5
        most = X + found["C"] + found["C"] ** 2 / (2 * X)
        return {
            **found,
            "tau": d["tau"],
            "S": (found["k"] - 1) * (1 + d["u"] * d["tau"]),
            "F": d["F"] * 6,
            "X": X,
            "X_next": X + (most - X) * d["next"],
            "Y": 1 / X,
            "t": Fraction(0),
            "t_next": Fraction(1),
        }

    return drawn.map(values)


def growth_dynamics() -> Dynamics:
    """e^F does not fall and grows at most by e^(c'/X)."""
    steps = tuple(late.late_transition().values())
    return Dynamics({"X": "X_next", "t": "t_next"}, {"X": late.X_0, "t": sympy.Integer(0)}, {"step": steps}, ("Y",))


def lemma_d11() -> Claim:
    """Lemma D.11: F_i grows at most logarithmically."""
    X, X_next, X_0, C, t, S, F, k, eta, tau = (
        late.X,
        late.X_next,
        late.X_0,
        late.C,
        late.t,
        late.S,
        late.F,
        late.k,
        late.eta,
        late.tau,
    )
    run, few, many = growth_dynamics(), Ge(S, k - 1), Le(S, (k - 1) * exp(tau))
    one = (Ge(X, X_0), Le(X_next, X * exp(C / X)))
    return Claim(
        "lemma-d.11",
        Source("Lemma D.11", "Appendix D.1.4"),
        "Outputs grow at most like log t",
        (
            Part(
                "gain",
                Le(eta / k * (S / (S + exp(F))) * late.strength(), late.growth_constant() * exp(-F)),
                given=(few, many),
                tex=r"F_i^{(t+1)}-F_i^{(t)}\le\tfrac{\eta}{k}(1-\mathrm{logit}_i)\,"
                r"m\left[(n_R\alpha)^2+(n_N\beta)^2\right]\le c'e^{-F_i^{(t)}}",
            ),
            Part(
                "step",
                Le(X_next, X + C * exp(C / X_0)),
                given=one,
                tex=r"e^{F_i^{(t+1)}}\le e^{F_i^{(t)}}+c'\exp\left(c'e^{-F_i^{(t_0)}}\right)",
            ),
            Part(
                "paper's form",
                Le(X, X_0 + C * exp(C) * t),
                given=(Ge(X_0, 1),),
                dynamics=run,
                tex=r"e^{F_i^{(t)}}\le e^{F_i^{(t_0)}}+c'e^{c'}(t-t_0)",
            ),
            Part(
                "sharper form",
                Le(X, X_0 + C * exp(C / X_0) * t),
                dynamics=run,
                tex=r"e^{F_i^{(t)}}\le e^{F_i^{(t_0)}}+c'\exp\left(c'e^{-F_i^{(t_0)}}\right)(t-t_0)",
            ),
            Part(
                "along runs",
                text="both bounds hold at every recorded time of runs, from t_0 = 0 and from the first t_0 with F_i "
                ">= 1",
            ),
            Part(
                "logarithm",
                text="once max_r B >= rho/beta, F_i follows log(e^F + (eta/k)(k-1) Q t): the mean over classes of "
                "F_i(T), predicted at T/10, within 1 %",
                tex=r"F_i^{(t)}\approx\log\left(e^{F_i^{(t_0)}}+\tfrac{\eta}{k}(k-1)Q\,(t-t_0)\right)",
            ),
        ),
        (
            Proof(late.gain, ("gain",)),
            Proof(late.one_step, ("step",), late.named("Y_X", "Y_0")),
            Proof(lambda: late.logarithmic(True), ("paper's form",), late.named("Y_0")),
            Proof(lambda: late.logarithmic(False), ("sharper form",), late.named("Y_0")),
            Search(("gain", "step"), growth_draw, trials=(15, 80, 1_000)),
            Run(measure_growth, ("along runs",)),
            Run(measure_logarithm, ("logarithm",)),
        ),
        GROWTH,
        (),
        ("lemma-5.1", "lemma-d.5", "lemma-d.7", "activation-clamp"),
        GROWTH_POINT,
        origin="exact",
        derivation=(
            Step(
                "gain",
                "s is nondecreasing with slope at most 1 (activation-clamp), so F_i gains at most the sum of n_R "
                "alpha (A+ - A) and n_N beta (B+ - B), and "
                "A+ - A <= (eta/k)(1 - logit_i) n_R alpha; the logit by Lemma D.5, S <= (k-1) e^tau.",
                r"c'=\tfrac{\eta}{k}(k-1)e^\tau m\left[(n_R\alpha)^2+(n_N\beta)^2\right]",
            ),
            Step(
                "exponentiate",
                "With X = e^F: X+ <= X e^(c'/X), and e^x <= 1 + x e^x (from e^(-x) >= 1 - x) gives X+ <= X + c' "
                "e^(c'/X).",
                r"e^x\le 1+xe^x",
            ),
            Step(
                "sum",
                "X never falls, so c'/X <= c'/X_0; add up by induction. With F_i(t_0) >= 0 the factor is at most e^c'.",
            ),
        ),
        note="tau may be taken at the start, since off-diagonal correlations only fall (Lemma D.7). For c' much above "
        "1, as with a large step or many patches, "
        "the paper's form says nothing (e^c' overflows); the sharper form, taken from a t_0 with e^F >= c', does.",
    )


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims of this chapter."""
    return (lemma_d10(), unconditional(), lemma_d11(), finding_f7())
