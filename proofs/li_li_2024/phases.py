"""Section 5.2: the level at which adversarial training stops the non-robust feature, and the robust feature's time."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sympy import And, Ge, Gt, Le, Lt, Rational, exp
from theorycheck_simulations.setting import Setting

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Dynamics, Part, Step
from theorycheck.domains import Rational as Exact
from theorycheck.domains import Variable, positive, real
from theorycheck.source import Source

from . import phases_draws as draws
from . import phases_findings, phases_refuted, phases_stages
from . import phases_growth_proofs as growth
from . import phases_proofs as proofs
from .notation import Q, alpha, beta, k, rho
from .phases_limits_runs import measure_bounded, measure_level
from .phases_runs import measure_phase_two
from .phases_stages import ATTACK, UNCOUPLED

REPLAYS: dict[str, Callable[[Mapping[str, Any]], bool | None]] = phases_refuted.REPLAYS
LEVEL = (
    beta,
    rho,
    Variable("eta_tilde", positive(), "step of the ascent"),
    Variable("Q", real(0), "sum_s (B_{i,s})_+^q"),
    Variable("B", positive(), "non-robust correlation of a filter"),
    Variable("B_max", positive(), "the largest of the class"),
    Variable("kappa", real(0), "(eta/k)(1-logit_i) n_N (beta(1-c))^q / rho^(q-1)"),
    Variable("x", real(0), "(Q/Q*)^(1/q), Q* the level"),
    Variable("x_next", real()),
    Variable("x_0", real(0), "its first value"),
    Variable("g", real(), "(1 - logit_i)/(1 - 1/k)"),
    Variable("U", real(0), "(eta n_N beta^q/(k rho^(q-1))) (1-1/k) Q*^((q-2)/q)"),
    Variable("M", real(), "bound on x"),
)
LEVEL_POINT: dict[str, Exact] = {
    "beta": 1, "rho": "1/2", "eta_tilde": 20, "Q": "1/1000", "B": "1/10", "B_max": "1/5", "kappa": 1,
    "x": "1/2", "x_next": "1/2", "x_0": "1/2", "g": "1/2", "U": 1, "M": 1,
}  # fmt: skip


def level_parts(q: int) -> tuple[Part, ...]:
    """Below the level and from it on; inside the polynomial part; the step's shape, all steps, and several filters."""
    p, star = proofs, proofs.level(q)
    run = Dynamics({"x": "x_next"}, {"x": p.x_0},
                   {name: tuple(facts.values()) for name, facts in p.stays_transition(q).items()}, ("g",))  # fmt: skip
    bounds = (Ge(p.M, 1), Ge(p.M, Rational(3, 4) * p.U), Ge(p.M, p.x_0))
    return (
        Part(f"below, q = {q}", p.stops_relation(q, True), given=(Lt(p.Q, star),),
             tex=rf"\sum_s B_s^{q}<\frac{{\varrho^{{{q - 1}}}}}{{\tilde\eta\beta^{{{q - 2}}}}}"
                 r"\Rightarrow\tilde\beta>0"),
        Part(f"from the level on, q = {q}", p.stops_relation(q, False), given=(Ge(p.Q, star),), point={"Q": 1},
             tex=rf"\sum_s B_s^{q}\ge\frac{{\varrho^{{{q - 1}}}}}{{\tilde\eta\beta^{{{q - 2}}}}}"
                 r"\Rightarrow\tilde\beta\le 0"),
        Part(f"polynomial, q = {q}", Le(p.beta**q * p.B**q, p.rho**q),
             given=(Le(p.B**q, star), Le(p.beta**2, p.eta_tilde * p.rho)), tex=r"\beta B_{i,s}\le\varrho"),
        Part(f"step, q = {q}", p.hump_relation(q), given=(Le(p.x, 1),),
             tex=rf"x^{{{q - 1}}}(1-x^{q})^{q}\le\tfrac34(1-x)"),
        Part(f"bounded, q = {q}", Le(p.x, p.M), given=bounds, dynamics=run,
             tex=rf"\Big(\sum_s B_s^{q}\Big)^{{1/{q}}}\le\max(1,\tfrac34U)\,B_*"),
        Part(f"filters, q = {q}", p.filter_relation(q), given=(Ge(p.top, p.B),),
             tex=rf"(B+\kappa B^{{{q - 1}}})^{q}\le(1+\kappa B_{{\max}}^{{{q - 2}}})^{q}B^{q}"),
    )  # fmt: skip


def level_checks(q: int) -> tuple[Proof | Search, ...]:
    """A proof of every part, and a search of all but the induction."""
    parts = level_parts(q)
    builds = (partial(proofs.stops, q, True), partial(proofs.stops, q, False), partial(proofs.inside, q),
              partial(proofs.hump, q), partial(proofs.stays, q), partial(proofs.filters, q))  # fmt: skip
    found: tuple[tuple[Part, draws.Draw], ...] = (
        (parts[0], partial(draws.levels, q, True)), (parts[1], partial(draws.levels, q, False)),
        (parts[2], partial(draws.insides, q)), (parts[3], partial(draws.shares, "x")), (parts[5], draws.filters),
    )  # fmt: skip
    searches = (draws.search(part, LEVEL_POINT, draw) for part, draw in found)
    return (*(Proof(build, (part.name,)) for build, part in zip(builds, parts, strict=True)), *searches)


def saturation_level(exponents: tuple[int, ...] = Q) -> Claim:
    """The level of sum_s (B_{i,s})_+^q at which the non-robust patch of X~ vanishes."""
    parts = tuple(part for q in exponents for part in level_parts(q))
    level = r"\sum_s(B_{i,s})_+^q=\frac{\varrho^{q-1}}{\tilde\eta\beta^{q-2}}"
    return Claim(
        "saturation-level",
        Source("Phase I", "Section 5.2"),
        "Where non-robust feature learning stops",
        (
            *parts,
            Part("never above", text="from uncoupled starts sum_r B^q never falls and never passes max(1, 3U/4)^q "
                                     "times the level"),
            Part("measured", text="from Gaussian starts in all coordinates, the median of sum_r B^q at T over classes "
                                  "without a filter that has both features is within 5 % of the scalar recursion's "
                                  "at the same T and within 8 % of the level for q = 3; over all classes of the "
                                  "default setting it is within 5 % of the level", tex=level),
        ),
        (*(check for q in exponents for check in level_checks(q)), Run(measure_bounded, ("never above",)),
         Run(measure_level, ("measured",))),
        LEVEL,
        (Condition("adversarial training without noise, level 1", tex=r"\sigma_n=0"), ATTACK),
        ("lemma-5.2",),
        LEVEL_POINT,
        origin="exact",
        derivation=(
            Step("fixed point", "The ascent takes eta~ sum_s s'(beta B_s) B_s off beta, clipped at epsilon >= beta; "
                                "on the polynomial part that is beta once the sum of B^q has come to the level. "
                                "Below, every B > 0 grows; from there on the pre-activations of X~ are not positive "
                                "and nothing moves.",
                 r"\beta-\tilde\eta\beta^{q-1}\sum_s B_s^q/\varrho^{q-1}=0\iff " + level),
            Step("one filter's step", "In units of the level, x = (Q/Q*)^(1/q), a step is at most U x^(q-1) (1 - "
                                      "x^q)^q, and x (1 - x^q) has a maximum whose power q - 1 is below 3/(4q).",
                 r"x^+\le x+Ux^{q-1}(1-x^q)^q\le x+\tfrac34U(1-x)\le\max(1,\tfrac34U)"),
            Step("several filters", "No filter grows by a larger factor than one with B = Q^(1/q) would, so x obeys "
                                    "the same inequality: take powers q and add up."),
            Step("pace", "B comes to the level in no finite time: near it a step falls like (1 - x^q)^q, so what is "
                         "missing falls like t^(-1/(q-1)), and more slowly as 1 - logit_i falls."),
        ),
        note="With epsilon < beta there is no such level: at least beta - epsilon is left and B keeps growing. A "
             "step size with U > 4/3 may pass the level once, by at most the factor 3U/4, and stays there. The table "
             "gives the ratio for every setting.",
    )  # fmt: skip


PACE = (
    k,
    alpha,
    rho,
    Variable("epsilon", real(0), "radius of the perturbation"),
    Variable("S", positive(), "sum of e^(F_j) over j != i at X~"),
    Variable("F", real(0), "F_i at X~"),
    Variable("F_max", real(), "a bound on it"),
    Variable("tau", real(0), "bound on every other output"),
    Variable("A", positive(), "robust correlation of the leading filter"),
    Variable("c", real(0), "share of alpha that the ascent takes"),
    Variable("a", positive(), "what it leaves"),
    Variable("h", real(0, 1), "sum_r B^q over its level"),
)
PACE_POINT: dict[str, Exact] = {
    "k": 5, "alpha": "5/2", "rho": "1/2", "epsilon": 1, "S": 4, "F": "1/2", "F_max": 1, "tau": "1/10", "A": "1/20",
    "c": "1/5", "a": 2, "h": "1/2",
}  # fmt: skip


def pace_parts(q: int) -> tuple[Part, ...]:
    """The gain on either piece of s', and what non-robust patches can add to F_i."""
    p = growth
    share, left = rf"(A/\varrho)^{{{q - 1}}}", p.alpha - p.epsilon
    ends = rf"(\alpha-\varepsilon)^{q}{share}\le\tilde\alpha s'(\tilde\alpha A)\le\alpha^{q}{share}"
    linear = (Ge(p.a, left), Le(p.a, p.alpha), Ge(p.a * p.A, p.rho), Le(left * p.A, p.rho))
    clipped = (Le(p.alpha * p.c, p.epsilon),)
    return (
        Part(f"gain, q = {q}", p.pace_relation(q, p.gain(q, p.alpha * (1 - p.c))), given=clipped, tex=ends),
        Part(f"gain where s' = 1, q = {q}", p.pace_relation(q, p.a), given=linear, point={"A": "3/10"}, tex=ends),
        Part(f"hidden output, q = {q}", proofs.hidden_relation(q),
             tex=rf"h(1-h)^{q}\le\tfrac{{{q**q}}}{{{(q + 1) ** (q + 1)}}}"),
    )  # fmt: skip


def phase_two_time(exponents: tuple[int, ...] = Q) -> Claim:
    """T_A between the times of the strengths alpha and alpha - epsilon."""
    p = growth
    low, high = p.gap_ends()
    logit = Part("logit", And(Ge(p.label_gap(), low), Le(p.label_gap(), high)), given=(
        Ge(p.S, p.k - 1), Le(p.S, (p.k - 1) * exp(p.tau)), Le(p.F, p.ceiling)),
        tex=r"\tfrac{k-1}{k-1+e^{F_{\max}}}\le1-\mathrm{logit}_i\le\tfrac{(k-1)e^\tau}{(k-1)e^\tau+1}")  # fmt: skip
    by_q = [(q, pace_parts(q)) for q in exponents]
    proved = [Proof(p.logit, ("logit",))]
    searches = [draws.search(logit, PACE_POINT, draws.outputs)]
    for q, (polynomial, linear, hidden) in by_q:
        proved += [Proof(partial(p.pace, q), (polynomial.name,)), Proof(partial(p.pace_linear, q), (linear.name,)),
                   Proof(partial(proofs.hidden, q), (hidden.name,))]  # fmt: skip
        searches += [draws.search(polynomial, PACE_POINT, partial(draws.strengths, False)),
                     draws.search(linear, PACE_POINT, partial(draws.strengths, True)),
                     draws.search(hidden, PACE_POINT, partial(draws.shares, "h"))]  # fmt: skip
    bracket = (
        r"\frac{A_0^{2-q}-a^{2-q}}{(q-2)C_{\max}}\le T_A\le\frac{\theta A_0^{2-q}}{(q-2)C_{\min}},\quad "
        r"C_{\max}=\tfrac{\eta n_R}{k\varrho^{q-1}}\tfrac{k-1}{k}\alpha^q,\quad "
        r"C_{\min}=\tfrac{\eta n_R}{k\varrho^{q-1}}\tfrac{k-1}{k-1+e^{F_{\max}}}(\alpha-\varepsilon)^q"
    )
    return Claim(
        "phase-two-time",
        Source("Phase II", "Section 5.2"),
        "How long robust feature learning takes",
        (
            logit,
            *(part for _, parts in by_q for part in parts),
            Part("time", text="the first t with max_r A >= rho/(2 alpha) lies between its ends, in every class with "
                              "A_0 below that whose later end is within T", tex=bracket),
        ),
        (*proved, *searches, Run(measure_phase_two, ("time",))),
        PACE,
        (Condition.of(Gt(p.alpha, p.epsilon)), UNCOUPLED, ATTACK),
        ("lemma-5.2", "lemma-b.2-time", "saturation-level"),
        PACE_POINT,
        origin="exact",
        derivation=(
            Step("gain", "The ascent leaves between alpha - epsilon and alpha of a robust patch, and z s'(z A) grows "
                         "with z; with (alpha - epsilon) A <= rho the lower gain is on its polynomial piece, "
                         "whatever piece the true one is on."),
            Step("logit", "F_i at X~ is at most what robust patches give at A = a, plus n_N sum_r s(beta(1-h)B_r), "
                          "which is (n_N beta^2/(q eta~)) h (1-h)^q.",
                 r"F_{\max}=\frac{n_N\beta^2}{q\tilde\eta}\frac{q^q}{(q+1)^{q+1}}+n_R\,\#\{r:A_{i,r}>0\}\,s(\alpha a)"),
            Step("time", "Every step of max_r A is C_t A^(q-1) with C_t between these ends: apply Lemma B.2's time."),
        ),
        note="T_A lies close to its earlier end, since c is small while A is; the table has both ends for every "
             "setting. With F_j = 0 for the other classes the largest 1 - logit_i is 1 - 1/k. From Gaussian starts "
             "the same bracket holds for most classes, and fails for coupled ones (finding-f5).",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims on the phases of adversarial training."""
    return (saturation_level(), phase_two_time(), *phases_stages.claims(setting), *phases_findings.claims(setting),
            *phases_refuted.claims(setting))
