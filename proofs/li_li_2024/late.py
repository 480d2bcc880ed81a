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
from theorycheck.claim import Claim, Condition, Dynamics, Part, Step
from theorycheck.domains import Rational, Variable, integer, positive, real
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import late_proofs as late
from . import late_replay, stage_proofs
from .late_runs import measure_growth, measure_logarithm, measure_out_of_reach, measure_reaching
from .notation import Q

REPLAYS: dict[str, Callable[[Mapping[str, Any]], bool | None]] = {late_replay.CLAIM: late_replay.replay}
SHARE = st.fractions(0, 1, max_denominator=40)

STAGE_TWO = (
    Variable("A", real(), "robust correlation"),
    Variable("A_next", real()),
    Variable("A_1", positive(), "its value when B reaches rho/beta"),
    Variable("B", real(), "leading non-robust correlation"),
    Variable("B_next", real()),
    Variable("B_1", real(), "its value then"),
    Variable("K", positive(), "n_R alpha^q / (n_N beta rho^(q-1))"),
)
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
FINDING = (
    Variable("F", real(), "F_i on a point of class i"),
    Variable("n_N", integer(1), "non-robust patches"),
    Variable("beta", positive(), "non-robust strength"),
    Variable("B", real(), "the filter that has reached rho/beta"),
    Variable("rho", positive(), "where the activation becomes linear"),
    Variable("q", integer(3, 6), "exponent"),
    Variable("X_0", positive(), "e^(F_i) at time t_0"),
    Variable("C", positive(), "c'"),
    Variable("t", real(0), "steps since t_0"),
)


def robust_stays(q: int) -> Part:
    """A^(2-q) loses at most (q-2) K per unit that B gains."""
    p, n = stage_proofs, q - 2
    steps = tuple(p.late_transition(q).values())
    run = Dynamics({"A": "A_next", "B": "B_next"}, {"A": p.A_1, "B": p.B_1}, {"step": steps})
    relation = Ge(1 / p.A**n, 1 / p.A_1**n - n * p.K * (p.B - p.B_1))
    tex = rf"A_t^{{-{n}}}\ge A_1^{{-{n}}}-{n}K\,(B_t-B_1)"
    return Part(f"robust part, q = {q}", relation, dynamics=run, tex=tex)


def lemma_d10(exponents: tuple[int, ...] = Q) -> Claim:
    """Lemma D.10 under the condition that finding F7 shows to be needed."""
    parts = tuple(robust_stays(q) for q in exponents)
    along = Part(
        "along runs",
        text="if n_N rho/q <= log(k-1), then in every class with max_r B(0) = (1+kappa) S^(1/(q-2)) max_r A(0) > 0 and "
        "theta < (1+kappa)^(q-2) at b = rho/beta, max_r B reaches rho/beta before its latest time, max_r A is then "
        "within its bound, and later within that of Stage II",
        tex=r"T_{\varrho/\beta}\le 1+\frac{\theta B_0^{2-q}}{(q-2)\,\eta C_{\min}},\quad\max_r A\le "
        r"A_0\left(1-\theta(1+\kappa)^{2-q}\right)^{-1/(q-2)}",
    )
    return Claim(
        "lemma-d.10",
        Source("Lemma D.10", "Appendix D.1.4"),
        "Stage II: the linear part is reached, the robust part stays",
        (*parts, along),
        (
            *(Proof(lambda q=q: stage_proofs.tied(q), (f"robust part, q = {q}",)) for q in exponents),
            Run(measure_reaching, ("along runs",)),
        ),
        STAGE_TWO,
        (Condition("the linear part is within reach", tex=r"n_N\varrho/q\le\log(k-1)"),),
        ("lemma-b.2", "lemma-d.9", "lemma-5.1"),
        {"A": "1/10", "A_next": "1/10", "A_1": "1/10", "B": "1/2", "B_next": "1/2", "B_1": "1/2", "K": 1},
        derivation=(
            Step(
                "until rho/beta",
                "Every filter is in its polynomial part, so F_i <= m n_N rho/q + m n_R s(alpha A), which keeps 1 - "
                "logit_i "
                "above a constant; Lemma B.2's time to reach rho/beta and its bound on A follow.",
                r"1-\mathrm{logit}_i\ge\frac{k-1}{k-1+e^{\bar F}}",
            ),
            Step(
                "after rho/beta",
                "The leading filter has s' = 1, so A+ - A <= K (B+ - B) A^(q-1), whatever the logit is.",
                r"K=\frac{n_R\alpha^q}{n_N\beta\varrho^{q-1}}",
            ),
            Step(
                "sum",
                "One step costs A^(2-q) at most (q-2) K (B+ - B), because (1 - nu)(1 + u)^n <= 1; add up by induction.",
                r"A_t^{2-q}\ge A_1^{2-q}-(q-2)K(B_t-B_1)",
            ),
        ),
        note="The paper states the lemma without the condition; see lemma-d.10-unconditional and finding-f7. Its "
        "bound on A after "
        "rho/beta is a fixed factor; the relation proved here is exact in how A and B are tied, and B grows like log "
        "t by Lemma D.11.",
    )


def unconditional() -> Claim:
    """Lemma D.10 as the paper reads."""
    return Claim(
        late_replay.CLAIM,
        Source("Lemma D.10", "Appendix D.1.4"),
        "Stage II as the paper reads, for any n_N and rho",
        (
            Part(
                "reached",
                text="for any n_N and rho, in every class whose non-robust feature is ahead by 1 + kappa = 2 at the "
                "start, max_r B reaches rho/beta within T = 8,000 steps",
                tex=r"\max_r B^{(T)}_{i,r}\ge\varrho/\beta",
            ),
        ),
        (Run(late_replay.measure, ("reached",), late_replay.replay),),
        hypotheses=(
            Condition("n_N beta^q > n_R alpha^q and alpha > beta", tex=r"n_N\beta^q>n_R\alpha^q,\ \alpha>\beta"),
            Condition("max_r B(0) >= 2 S^(1/(q-2)) max_r A(0)", tex=r"\max_r B^{(0)}\ge 2S^{1/(q-2)}\max_r A^{(0)}"),
            Condition("standard training without noise, level 1", tex=r"\sigma_n=0"),
        ),
        uses=("lemma-d.9",),
        expected=Verdict.REFUTED,
        derivation=(
            Step(
                "what the paper argues",
                "Once F_i is of constant order the growth to rho/beta takes poly(k) further steps.",
            ),
            Step(
                "where it fails",
                "F_i is n_N rho/q when a single filter gets there. If that is large, 1 - logit_i has fallen to about "
                "e^(-n_N rho/q) before, and the growth is logarithmic.",
                r"F_i\ge n_N\varrho/q",
            ),
        ),
        note="The witness is a run with k = 2, m = 1, n_N = 100, rho = 1/2 from exact rational weights; it is "
        "repeated in Arb balls, where "
        "beta B < rho after 8,000 steps. With n_N = 2 or 6 the same start reaches rho/beta.",
    )


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
                tex=r"F_i^{(t+1)}-F_i^{(t)}\le\tfrac{\eta}{k}(1-\mathrm{logit}_i)\,m\left[(n_R\alpha)^2+(n_N\beta)^2\right]\le c'e^{-F_i^{(t)}}",
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
            Proof(late.one_step, ("step",), _named("Y_X", "Y_0")),
            Proof(lambda: late.logarithmic(True), ("paper's form",), _named("Y_0")),
            Proof(lambda: late.logarithmic(False), ("sharper form",), _named("Y_0")),
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


def _named(*names: str) -> dict[str, sympy.Expr]:
    return {name: late.DEFINITIONS[name] for name in names}


def finding_draw() -> st.SearchStrategy[dict[str, Fraction]]:
    """beta B >= rho, F from n_N times the linear piece on, and t from the growth bound on."""
    names = ("F", "beta", "B", "rho", "X_0", "C")
    drawn = st.fixed_dictionaries(
        {"n_N": st.integers(1, 20), "q": st.integers(3, 6), "t": st.integers(0, 10**6), **dict.fromkeys(names, SHARE)}
    )

    def values(d: dict[str, Any]) -> dict[str, Fraction]:
        small, n_N, q = Fraction(1, 20), Fraction(d["n_N"]), Fraction(d["q"])
        beta, rho = d["beta"] * 2 + small, d["rho"] + small
        B = rho / beta + d["B"]
        F = n_N * (beta * B - (1 - 1 / q) * rho) + d["F"]
        return {
            "F": F,
            "n_N": n_N,
            "q": q,
            "beta": beta,
            "rho": rho,
            "B": B,
            "X_0": 1 + d["X_0"] * 10,
            "C": d["C"] * 4 + small,
            "t": Fraction(d["t"]),
        }

    return drawn.map(values)


def finding_f7(exponents: tuple[int, ...] = Q) -> Claim:
    """Finding F7: what reaching the linear part costs."""
    F, n_N, beta, B, rho, q_, X_0, C, t = (
        late.F,
        late.n_N,
        late.beta,
        late.B,
        late.rho,
        late.q_,
        late.X_0,
        late.C,
        late.t,
    )
    outputs = tuple(
        Part(
            f"necessary output, q = {q}",
            Ge(F, n_N * rho / q),
            tex=rf"\beta B\ge\varrho\Rightarrow F_i\ge n_N\varrho/{q}",
            given=(Ge(beta * B, rho), Ge(F, n_N * (beta * B - (1 - sympy.Rational(1, q)) * rho))),
        )
        for q in exponents
    )
    growth = (Ge(F, n_N * rho / q_), Le(exp(F), X_0 + C * exp(C / X_0) * t))
    time = Part(
        "necessary time",
        Ge(t, (exp(n_N * rho / q_) - X_0) / (C * exp(C / X_0))),
        given=growth,
        point={"t": 100},
        tex=r"t-t_0\ge\frac{e^{n_N\varrho/q}-e^{F_i^{(t_0)}}}{c'\exp\left(c'e^{-F_i^{(t_0)}}\right)}",
    )
    run = Part(
        "measured",
        text="k = 6, m = 5, n_N = 100, rho = 1/2, where n_N rho/q = 16.7: from the first t_0 with e^F >= 10 c' on the "
        "necessary time exceeds 8,000 steps, and no class has max_r B >= rho/beta by then",
    )
    return Claim(
        "finding-f7",
        Source("Finding F7 on Lemma D.10", "Appendix D.1.4"),
        "Reaching the linear part takes time exponential in n_N rho/q",
        (*outputs, time, run),
        (
            *(Proof(lambda q=q: late.necessary_output(q), (f"necessary output, q = {q}",)) for q in exponents),
            Proof(late.necessary_time, ("necessary time",), _named("level", "Y_0")),
            Search((*(part.name for part in outputs), "necessary time"), finding_draw, trials=(15, 60, 500)),
            Run(measure_out_of_reach, ("measured",)),
        ),
        FINDING,
        (),
        ("lemma-d.11",),
        {"F": 3, "n_N": 3, "beta": 1, "B": 1, "rho": "1/2", "q": 3, "X_0": 2, "C": 1, "t": 100},
        origin="finding",
        derivation=(
            Step(
                "output",
                "When one filter has beta B >= rho, its n_N patches alone give F_i >= n_N s(beta B) >= n_N s(rho) = "
                "n_N rho/q; s is increasing.",
                r"F_i\ge n_N\varrho/q",
            ),
            Step(
                "time",
                "By Lemma D.11 e^(F_i) grows by at most a constant per step, so it takes exponentially many steps to "
                "get there.",
            ),
        ),
        note="With constant P and rho = 1/polylog(k), as in Assumption B.3, n_N rho/q is small and Lemma D.10 stands. "
        "But that assumption "
        "conflicts with Assumption 2.3 (assumption-b.3): where the non-robust patches are as many as denser asks, the "
        "condition bites. "
        "The stated count of classes is not a statistic: the proved time leaves no chance.",
    )


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims of this chapter."""
    return (lemma_d10(), unconditional(), lemma_d11(), finding_f7())
