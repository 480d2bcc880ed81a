"""Findings F4 to F6 on adversarial training."""

from functools import partial

from sympy import Eq, Ge, Gt, Le, Lt
from theorycheck_simulations.setting import Setting

from theorycheck.checks.identity import Identity
from theorycheck.checks.run import Run, Statistics
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Rational, Variable, positive, real
from theorycheck.source import Source

from . import phases_draws as draws
from . import phases_proofs as proofs
from . import phases_rest_proofs as rest
from .notation import Q, alpha, beta, rho
from .phases_draws import search
from .phases_findings_runs import measure_coupled, measure_residual, measure_threshold
from .phases_stages import ATTACK, RADIUS

STEP = Variable("eta_tilde", positive(), "step of the ascent")
REST = (
    beta, rho, STEP,
    Variable("a", positive(), "strength of the patch: alpha or beta"),
    Variable("C", positive(), "the filter's correlation with it"),
    Variable("N", real(0), "squared norm of the filter"),
    Variable("B", positive(), "non-robust correlation"),
    Variable("R", real(0), "squared norm outside its own feature"),
)  # fmt: skip
REST_POINT: dict[str, Rational] = {
    "beta": 1, "rho": "1/2", "eta_tilde": 20, "a": 1, "C": "1/5", "N": 1, "B": "1/5", "R": 1,
}  # fmt: skip


def rest_parts(q: int) -> tuple[Part, ...]:
    """When one filter rests, and the effect of the other coordinates at the level of B."""
    p, R = rest, REST[-1].symbol
    z = r"\langle w,\tilde x\rangle=aC-\tilde\eta s'(aC)\|w\|^2"
    pull, least = p.pull(q, p.a, p.C, p.N), p.rho ** (q - 1)
    at_level = rest.preactivation(q, p.beta, p.B, p.B**2 + R).subs(
        p.eta_tilde, p.rho ** (q - 1) / (p.beta ** (q - 2) * p.B**q)
    )
    return (
        Part(f"rests, q = {q}", p.rest_relation(q, True), given=(Ge(pull, least),),
             tex=rf"\tilde\eta(aC)^{{{q - 2}}}\|w\|^2\ge\varrho^{{{q - 1}}}\Rightarrow {z}\le 0"),
        Part(f"moves, q = {q}", p.rest_relation(q, False), given=(Lt(pull, least),), point={"N": 0},
             tex=rf"\tilde\eta(aC)^{{{q - 2}}}\|w\|^2<\varrho^{{{q - 1}}}\Rightarrow {z}>0"),
        Part(f"at the level, q = {q}", Eq(at_level, -p.beta * R / p.B, evaluate=False),
             tex=r"B=B_*:\ \langle w,\tilde x\rangle=-\beta B_*\cdot R/B_*^2"),
    )  # fmt: skip


def finding_f4(exponents: tuple[int, ...] = Q) -> Claim:
    """Finding F4: the ascent direction outside the features stalls training from Xavier's start."""
    by_q = [(q, rest_parts(q)) for q in exponents]
    parts = tuple(part for _, found in by_q for part in found)
    proved = [Proof(partial(rest.stalls, q, at_rest), (part.name,))
              for q, found in by_q for part, at_rest in zip(found[:2], (True, False), strict=True)]  # fmt: skip
    searches = [search(part, REST_POINT, partial(draws.rests, q, at_rest))
                for q, found in by_q for part, at_rest in zip(found[:2], (True, False), strict=True)]  # fmt: skip
    return Claim(
        "finding-f4",
        Source("Finding F4 on Lemmas D.17 and D.24", "Appendix D.2"),
        "The residual direction of the ascent stalls training from Xavier's start",
        (
            *parts,
            Part("measured", text="k = 3, m = 5, n_N = 64, alpha = 2, rho = 1/2, epsilon = 1.2, eta~ = 5: with "
                                  "sigma_0 = 1/sqrt(d), d = 100 and 200, no class has max_r A at rho/(alpha - "
                                  "epsilon) after 4,000 steps; with sigma_0 = .004, d = 100, max_r A is above max_r "
                                  "B after 8,000 steps in every class without a filter that has both features and "
                                  "with Lemma D.24's earlier end within a third of that"),
        ),
        (*proved, Identity(tuple(found[2].name for _, found in by_q)), *searches, Run(measure_residual, ("measured",))),
        REST,
        (Condition("for one filter, nothing clipped"), ATTACK),
        ("saturation-level", "phase-two-time", "lemma-d.17"),
        REST_POINT,
        origin="finding",
        derivation=(
            Step("one filter", "The ascent moves a patch along the whole filter, so its pre-activation falls by eta~ "
                               "s'(aC) |w|^2, of which Lemma 5.2 has only the part C^2.",
                 r"\langle w,\tilde x\rangle=aC\left(1-\tilde\eta(aC)^{q-2}\|w\|^2/\varrho^{q-1}\right)"),
            Step("at rest", "Where that is not positive on both patches of a class for all its filters, no gradient "
                            "is left, and the weights stay where they are for ever."),
            Step("Xavier", "With sigma_0 = 1/sqrt(d) the rest R of a filter is about 1, against B*^2 at the level: "
                           "training stops at C = rho^(q-1)/(eta~ R) for q = 3, which for alpha is below that for "
                           "beta.",
                 r"R/B_*^2\approx\sigma_0^2(d-2k)/B_*^2"),
            Step("repair", "sigma_0 sqrt(d) << B*.", r"\sigma_0\sqrt d\ll B_*"),
        ),
        note="The paper's Lemma D.17 has this direction and its Lemma D.22 drops it. lemma-d.24-any-dimension has a "
             "replayed run in which nothing ever moves. The counts of classes are not a statistic of a predicted "
             "share.",
    )  # fmt: skip


CROSS = (
    alpha, beta, rho, STEP, RADIUS,
    Variable("A", positive(), "robust correlation of the filter"),
    Variable("B", positive(), "its non-robust correlation"),
)  # fmt: skip
CROSS_POINT: dict[str, Rational] = {
    "alpha": 2, "beta": 1, "rho": 1, "eta_tilde": "1/20", "epsilon": 1, "A": 2, "B": 4,
}  # fmt: skip


def cross_part(q: int) -> Part:
    """Nothing is clipped for a filter at rest with alpha A <= beta B, and A is below B."""
    p = rest
    along_u, along_v = p.moves(q)
    given = (Eq(p.pull(q, p.alpha, p.A, p.A**2 + p.B**2), p.rho ** (q - 1)), Le(p.alpha * p.A, p.beta * p.B))
    return Part(
        f"behind and at rest, q = {q}", Le(along_u, p.epsilon) & Le(along_v, p.epsilon) & Lt(p.A, p.B), given=given,
        point={"alpha": 2, "A": 1, "B": 2, "eta_tilde": f"1/{5 * 2 ** (q - 2)}"},
        tex=rf"\tilde\eta(\alpha A)^{{{q - 2}}}(A^2+B^2)=\varrho^{{{q - 1}}},\ \alpha A\le\beta B\ \Rightarrow\ A<B",
    )  # fmt: skip


def finding_f5(exponents: tuple[int, ...] = Q) -> Claim:
    """Finding F5: a filter with both features may never learn the robust one."""
    parts = [cross_part(q) for q in exponents]
    return Claim(
        "finding-f5",
        Source("Finding F5 on Lemma D.24", "Appendix D.2.5"),
        "Cross-talk: a filter with both features stops below its non-robust one",
        (
            *parts,
            Part("one filter a class", text="m = 1: the share of classes with A(0), B(0) > 0 and max_r A < max_r B "
                                            "at T is the chance that both are positive and B wins the race; their "
                                            "median is within 8 % of rest on robust patches",
                 tex=r"P(A_0>0,\ B_0>S^{1/(q-2)}A_0)"),
        ),
        (
            *(Proof(partial(rest.unclipped, q), (part.name,)) for q, part in zip(exponents, parts, strict=True)),
            *(search(part, CROSS_POINT, partial(draws.crossed, q)) for q, part in zip(exponents, parts, strict=True)),
            Statistics(measure_coupled, ("one filter a class",)),
        ),
        CROSS,
        (Condition.of(Gt(rest.alpha, rest.beta)), Condition.of(Le(rest.beta, rest.epsilon))),
        ("finding-f4", "dominance-probability"),
        CROSS_POINT,
        origin="finding",
        derivation=(
            Step("criterion", "By finding-f4, with |w|^2 = A^2 + B^2: robust patches are perturbed along -v_y too."),
            Step("who is first", "Where B wins the race, A is seen to come to rest on robust patches with alpha A <= "
                                 "beta B. No coordinate is clipped there: alpha A^2 and alpha A B are at most "
                                 "epsilon (A^2 + B^2). And beta < alpha, so A < B."),
            Step("if A wins", "Then the clip at epsilon < alpha leaves alpha - epsilon of the robust patch, and A "
                              "grows on."),
            Step("repair", "Uncoupled filters: a class with a filter that has A(0) > 0 >= B(0) learns (lemma-d.24)."),
        ),
        note="The table for several filters says how often it happens: about a third of the classes with m = 2, one "
             "in eleven with m = 4, and none of some hundred with m = 8, where some filter nearly always has A(0) > "
             "0 >= B(0).",
    )  # fmt: skip


TIME = (
    beta, rho, STEP,
    Variable("t", real(0), "steps until B first comes to b"),
    Variable("B_0", positive(), "start of the leading filter"),
    Variable("b", positive(), "what the leading filter has at the threshold"),
    Variable("speed", positive(), "(q-2) (eta n_N beta^q/(k rho^(q-1))) (1-1/k)"),
)  # fmt: skip
TIME_POINT: dict[str, Rational] = {
    "beta": 1, "rho": "1/2", "eta_tilde": 20, "t": 100000000, "B_0": "1/100", "b": "1/10", "speed": 1,
}  # fmt: skip


def time_parts(q: int) -> tuple[Part, ...]:
    """The level times eta~ is a constant; the time has a lower end without eta~."""
    p, g = proofs, rest
    needs = (Ge(g.t, (g.B_0 ** (2 - q) - g.b ** (2 - q)) / g.speed), Ge(g.b, 2 * g.B_0))
    return (
        Part(f"level, q = {q}", Eq(p.level(q) * p.eta_tilde, p.rho ** (q - 1) / p.beta ** (q - 2), evaluate=False),
             tex=rf"\tilde\eta\sum_s B_s^{q}=\varrho^{{{q - 1}}}/\beta^{{{q - 2}}}"),
        Part(f"time, q = {q}", g.not_sooner_relation(q), given=needs,
             tex=rf"T\ge\left(1-2^{{{2 - q}}}\right)\frac{{B_0^{{{2 - q}}}}}{{{q - 2}\,C_{{\max}}}}"),
    )  # fmt: skip


def finding_f6(exponents: tuple[int, ...] = Q) -> Claim:
    """Finding F6: the level scales as 1/eta~, the time does not."""
    by_q = [(q, time_parts(q)) for q in exponents]
    return Claim(
        "finding-f6",
        Source("Finding F6 on the rebuttal", "Reviews and rebuttals"),
        "What scales as 1/eta~ is the level of B, not the time",
        (
            *(part for _, found in by_q for part in found),
            Part("measured", text="k = 5, m = 8, n_N = 127, eta = .005, sigma_0 = .01, eta~ from 2 to 100: the "
                                  "fitted exponent of the time to 9/10 of the level is above -1/2, for every seed "
                                  "and with its interval, and that of the level is -1 with no log"),
        ),
        (
            Identity(tuple(found[0].name for _, found in by_q)),
            *(Proof(partial(rest.not_sooner, q), (found[1].name,)) for q, found in by_q),
            *(search(found[1], TIME_POINT, partial(draws.waits, q)) for q, found in by_q),
            Statistics(measure_threshold, ("measured",)),
        ),
        TIME,
        (Condition("at the threshold the leading filter has at least twice its start"), ATTACK),
        ("saturation-level", "lemma-b.2-time", "lemma-d.23"),
        TIME_POINT,
        origin="finding",
        derivation=(
            Step("level", "saturation-level."),
            Step("time", "Before the threshold B takes steps of at most C_max B^(q-1), in which eta~ does not occur; "
                         "what it does is to lower the level b, and as long as b >= 2 B_0 the time is at least 1 - "
                         "2^(2-q) of that to infinity.",
                 r"T\ge\frac{B_0^{2-q}-b^{2-q}}{(q-2)C_{\max}},\quad "
                 r"C_{\max}=\tfrac{\eta n_N\beta^q}{k\varrho^{q-1}}(1-\tfrac1k)"),
            Step("approach", "The measured exponent is even positive: near the level the steps fall like (1 - "
                             "sum/level)^q, and they are in proportion to B^(q-1), which is smaller for a lower "
                             "level."),
        ),
        note="A reply to a reviewer says that the time of the phase transition is nearly Theta(1/eta~). The time is "
             "at least a constant as long as the level is above the start; see rebuttal-threshold-time for a "
             "replayed run.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The findings."""
    return (finding_f4(), finding_f5(), finding_f6())
