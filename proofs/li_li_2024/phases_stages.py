"""Appendix D.2.5: Lemmas D.23 to D.26, from the first non-robust learning to the late growth of the robust feature."""

from functools import partial

from sympy import Ge, Gt, Le, Lt, exp
from theorycheck_simulations.setting import Setting

from theorycheck.checks.run import Run
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Dynamics, Part, Step
from theorycheck.domains import Rational, Variable, positive, real
from theorycheck.source import Source

from . import phases_draws as draws
from . import phases_growth_proofs as proofs
from .notation import Q, alpha, beta, eta, k, n_N, n_R, rho
from .phases_limits_runs import measure_late
from .phases_runs import measure_first_share, measure_linear, measure_passing

UNCOUPLED = Condition(
    "uncoupled start: every filter along one own feature (Lemma 5.2 is exact there)",
    tex=r"w^{(0)}_{i,r}\in\mathbb R u_i\cup\mathbb R v_i",
)
ATTACK = Condition("epsilon >= beta and beta^2 <= eta~ rho", tex=r"\varepsilon\ge\beta,\ \beta^2\le\tilde\eta\varrho")
NOTE = "The paper's lemma states orders; here stand inequalities with constants. "
ROBUST = Variable("A", positive(), "robust correlation")
RADIUS = Variable("epsilon", real(0), "radius of the perturbation")

RACE = (
    alpha, beta, rho, n_R, n_N, ROBUST,
    Variable("c_A", real(0, 1), "share of alpha that the ascent takes"),
    Variable("c_B", real(), "share of beta that the ascent takes"),
    Variable("phi", real(), "a bound on it: the share of the level at T_B"),
)  # fmt: skip
RACE_POINT: dict[str, Rational] = {
    "alpha": "5/2", "beta": 1, "rho": "1/2", "n_R": 1, "n_N": 127, "A": "1/50", "c_A": "1/10", "c_B": "1/10",
    "phi": "1/8",
}  # fmt: skip


def lemma_d23(exponents: tuple[int, ...] = Q) -> Claim:
    """Lemma D.23: at T_B the robust feature has hardly grown."""
    p = proofs
    parts = [
        Part(f"race, q = {q}", p.losing(q), given=(Le(p.c_B, p.phi), Lt(p.phi, 1)),
             tex=rf"n_R(\alpha(1-c_A))^{q}\le\frac{{S}}{{(1-\varphi)^{q}}}\,n_N(\beta(1-c_B))^{q}")
        for q in exponents
    ]  # fmt: skip
    bound = r"\max_rA^{(T_B)}_{i,r}\le A_0\left(1-\theta(1+\kappa)^{2-q}\right)^{-1/(q-2)}"
    return Claim(
        "lemma-d.23",
        Source("Lemma D.23", "Appendix D.2.5"),
        "Phase I: the non-robust feature comes to its level first",
        (
            *parts,
            Part("at T_B", text="at the first t with sum_r B^q at 1/8 of its level, max_r A is within Lemma B.2's "
                                "bound with S/(7/8)^q for S, and t is between its ends, in every class where that "
                                "lemma's hypotheses hold", tex=bound),
        ),
        (
            *(Proof(partial(p.race, q), (part.name,)) for q, part in zip(exponents, parts, strict=True)),
            *(draws.search(part, RACE_POINT, draws.races) for part in parts),
            Run(measure_first_share, ("at T_B",)),
        ),
        RACE,
        (UNCOUPLED, ATTACK),
        ("lemma-5.2", "lemma-b.2", "lemma-b.2-time", "saturation-level", "phase-two-time"),
        RACE_POINT,
        derivation=(
            Step("while c_B <= phi", "The ascent takes the share sum_r B^q over its level of beta, and at least "
                                     "nothing of alpha: A's steps are those of Lemma B.2's loser with the ratio "
                                     "S/(1-phi)^q.",
                 r"S=\frac{n_R\alpha^q}{n_N\beta^q}"),
            Step("lemma B.2", "With x = max_r B, y = max_r A and a = (phi Q*)^(1/q), below which max_r B is until "
                              "T_B.", bound),
            Step("time", "max_r B takes steps of C_t B^(q-1), C_t between (1-phi)^q and 1 times the full strength.")),
        note=NOTE + "Near the level itself A cannot be bounded in this way, as B slows down while A does not; but "
                    "the last part of the way takes B no longer than its first (saturation-level).",
    )  # fmt: skip


ORDER = (
    Variable("A", real(), "max_r A_{i,r}"),
    Variable("A_next", real()),
    Variable("A_0", real(), "its value at T_A"),
    Variable("B", real(), "max_r B_{i,r}"),
    Variable("B_next", real()),
    Variable("B_0", real(), "its value at T_A"),
    Variable("L", real(), "the level that B never passes"),
)


def lemma_d24() -> Claim:
    """Lemma D.24: A passes B for good."""
    p = proofs
    steps = {"step": tuple(p.passed_transition().values())}
    run = Dynamics({"A": "A_next", "B": "B_next"}, {"A": p.A_0, "B": p.B_0}, steps)
    return Claim(
        "lemma-d.24",
        Source("Lemma D.24", "Appendix D.2.5"),
        "Phase II: the robust feature passes the non-robust one",
        (
            Part("for good", Ge(p.A, p.B), given=(Ge(p.A_0, p.L), Le(p.B_0, p.L)), dynamics=run,
                 tex=r"A_{T_A}\ge L\ge B_t\ \Rightarrow\ A_t\ge B_t\ \text{for all }t\ge T_A"),
            Part("along runs", text="the first T_A with max_r A at the level that B never passes is between its "
                                    "ends, B stays within that level at all times, and max_r A is above max_r B from "
                                    "T_A on"),
        ),
        (Proof(p.passed, ("for good",)), Run(measure_passing, ("along runs",))),
        ORDER,
        (UNCOUPLED, ATTACK),
        ("phase-two-time", "saturation-level", "lemma-d.21"),
        {"A": 1, "A_next": 1, "A_0": 1, "B": "1/2", "B_next": "1/2", "B_0": "1/2", "L": 1},
        derivation=(
            Step("T_A", "The bracket of phase-two-time at the level L = max(1, 3U/4) B*; past rho/(alpha - epsilon) "
                        "every step is at least (eta/k)(1 - logit_i) n_R (alpha - epsilon)."),
            Step("for good", "A never falls, because at least alpha - epsilon is left of robust patches; B never "
                             "passes L.")),
        note=NOTE + "It holds for uncoupled starts. For a filter with both features it fails (lemma-d.24-coupled), "
                    "and for filters that are long outside the features it fails too (lemma-d.24-any-dimension).",
    )  # fmt: skip


KNEE = (
    alpha,
    rho,
    RADIUS,
    ROBUST,
    Variable("c", real(0), "share of alpha that the ascent takes"),
)


def lemma_d25() -> Claim:
    """Lemma D.25: A comes to the linear part."""
    p = proofs
    return Claim(
        "lemma-d.25",
        Source("Lemma D.25", "Appendix D.2.5"),
        "Stage II: the robust feature comes to the linear part",
        (
            Part("linear", Ge(p.alpha * (1 - p.c) * p.A, p.rho), given=(
                Le(p.alpha * p.c, p.epsilon), Ge((p.alpha - p.epsilon) * p.A, p.rho)),
                tex=r"A\ge\frac{\varrho}{\alpha-\varepsilon}\Rightarrow s'(\tilde\alpha A)=1"),
            Part("along runs", text="the first t with max_r A >= rho/(alpha - epsilon) is between its ends, and B "
                                    "stays within its level at all times"),
        ),
        (Proof(p.past_knee, ("linear",)), Run(measure_linear, ("along runs",))),
        KNEE,
        (Condition.of(Gt(p.alpha, p.epsilon)), UNCOUPLED, ATTACK),
        ("phase-two-time", "saturation-level"),
        {"alpha": "5/2", "rho": "1/2", "epsilon": 1, "A": 1, "c": "1/5"},
        derivation=(Step("time", "The bracket of phase-two-time, whose lower gain is on its polynomial piece up to "
                                 "this level."),),
        note=NOTE + "Unlike in standard training (finding-f7) no condition on n_N rho/q is needed: at X~ the "
                    "non-robust patches never give more than (n_N beta^2/(q eta~)) q^q/(q+1)^(q+1) to F_i, and that "
                    "is in the later end.",
    )  # fmt: skip


LATE = (
    k, alpha, rho, n_R, eta, RADIUS,
    Variable("A", real(0), "max_r A_{i,r}"),
    Variable("S", real(0), "sum of e^(F_j) over j != i at X~"),
    Variable("F", real(), "F_i at X~"),
    Variable("tau", real(0), "bound on every other output"),
)  # fmt: skip
LATE_POINT: dict[str, Rational] = {
    "k": 5, "alpha": "5/2", "rho": "1/2", "n_R": 1, "eta": "1/50", "epsilon": 1, "A": 1, "S": 4, "F": 2, "tau": 0,
}  # fmt: skip


def lemma_d26(exponents: tuple[int, ...] = Q) -> Claim:
    """Lemma D.26: A grows like log t, B stays within its level."""
    p = proofs
    many = Le(p.S, (p.k - 1) * exp(p.tau))
    parts = [
        Part(f"gain, q = {q}", p.late_gain(q), given=(many, Ge(p.F, p.late_output(q))),
             tex=r"n_R(\alpha-\varepsilon)(A^+-A)\le C\,e^{-n_R(\alpha-\varepsilon)A}")
        for q in exponents
    ]  # fmt: skip
    bound = (
        r"n_R(\alpha-\varepsilon)A_t\le\log\left(e^{Y_1}+C\exp(Ce^{-Y_1})(t-t_1)\right),\quad "
        r"Y_1=n_R(\alpha-\varepsilon)A_{t_1}"
    )
    return Claim(
        "lemma-d.26",
        Source("Lemma D.26", "Appendix D.2.5"),
        "Later on the robust feature grows like log t, and the non-robust one stays",
        (
            *parts,
            Part("along runs", text="max_r A is within its logarithm at all times, from t_1 = 0 and from the linear "
                                    "part on, and sum_r B^q within its bound", tex=bound),
        ),
        (
            *(Proof(partial(p.late, q), (part.name,)) for q, part in zip(exponents, parts, strict=True)),
            *(draws.search(part, LATE_POINT, partial(draws.late_steps, q))
              for q, part in zip(exponents, parts, strict=True)),
            Run(measure_late, ("along runs",)),
        ),
        LATE,
        (Condition.of(Gt(p.alpha, p.epsilon)), UNCOUPLED, ATTACK),
        ("lemma-d.11", "saturation-level", "lemma-d.20"),
        LATE_POINT,
        derivation=(
            Step("gain", "A step of A is at most (eta/k)(1 - logit_i) n_R alpha, and 1 - logit_i <= S e^(-F_i) with "
                         "F_i at X~ at least what the leading filter gives on what the ascent leaves of robust "
                         "patches.",
                 r"C=\tfrac\eta k(k-1)e^\tau n_R^2\alpha(\alpha-\varepsilon)e^{n_R(1-1/q)\varrho}"),
            Step("sum", "That is the step of Lemma D.11 for X = e^Y, Y = n_R (alpha - epsilon) A; its sharper form "
                        "sums it up.",
                 bound)),
        note=NOTE + "From Gaussian starts with a large step size, filters that grow crosswise can carry B away from "
                    "its level late in training, long after robust learning; the bound is for uncoupled starts.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """Lemmas D.23 to D.26."""
    return (lemma_d23(), lemma_d24(), lemma_d25(), lemma_d26())
