"""Planted errors in the phases of adversarial training: the level of B, the race under attack, times, and findings."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np
from hypothesis import strategies as st
from sympy import And, Eq, Ge, Le, Lt, Rational, exp
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement, Outcome, Share
from theorycheck.checks.run import Run, Statistics
from theorycheck.checks.scaling import Scaling
from theorycheck.checks.search import Search
from theorycheck.claim import Claim, Part
from theorycheck.verdict import Verdict

from ..li_li_2024 import adversarial_predictions as theory
from ..li_li_2024 import phases, phases_findings, phases_limits_runs, phases_runs, phases_stages
from ..li_li_2024 import phases_draws as draws
from ..li_li_2024 import phases_findings_runs as findings
from ..li_li_2024 import phases_growth_proofs as growth
from ..li_li_2024 import phases_proofs as proofs
from ..li_li_2024 import phases_rest_proofs as rest
from ..li_li_2024.figure_3_predictions import saturation
from ..li_li_2024.phases_grids import LEVELS, PHASES
from .control import Control, altered, control, planted, twin

Q = 3
BOTH, ONE, RUNS, AGREES, SHARES = ("proof", "search"), ("identity",), ("invariant",), ("agreement",), ("share",)
POWERS = ("scaling",)
CONFLICT = Verdict.CONFLICT
BARE: dict[str, Any] = {"variables": (), "point": {}, "hypotheses": (), "expected": Verdict.SURVIVED}
Values = draws.Values


def formal(claim: Claim, id: str, part: str) -> Claim:
    """One part standing alone, its proof and its search."""
    return twin(claim, id, part)


def planted_in(true: Claim, relation: Any = None, given: Any = None, draw: Callable[[], Any] | None = None) -> Any:
    """Changes of a twin: another relation or other hypotheses of its part, and a search where those hold."""
    part: Part = true.parts[0]
    changed = replace(part, relation=part.relation if relation is None else relation, tex="",
                      given=part.given if given is None else given)  # fmt: skip
    if draw is None:
        return {"parts": (changed,)}
    search = Search((), partial(draws.filled, true.point, draw), trials=(80, 200, 2_000))
    return {"parts": (changed,), "checks": (*(check for check in true.checks if not isinstance(check, Search)), search)}


def scaled(draw: Callable[[], st.SearchStrategy[Values]], **factors: int | Fraction) -> Callable[[], Any]:
    """Drawn values with some multiplied."""
    return lambda: draw().map(lambda v: {**v, **{name: v[name] * factor for name, factor in factors.items()}})


def errors_of_level() -> tuple[Control, ...]:
    """In the level of B and in what it is for."""
    p, whole = proofs, phases.saturation_level((Q,))
    below = formal(whole, "level-below", f"below, q = {Q}")
    above = formal(whole, "level-from", f"from the level on, q = {Q}")
    step, many = formal(whole, "level-step", f"step, q = {Q}"), formal(whole, "level-filters", f"filters, q = {Q}")
    bounded, star = twin(whole, "level-bounded", f"bounded, q = {Q}"), p.level(Q)
    given = bounded.parts[0].given
    return (
        control(below, "level-exponent-up", "The level with q + 1", "its powers are q - 1 and q - 2.", BOTH,
                **planted_in(below, given=(Lt(p.Q, p.level(Q + 1)),), draw=partial(draws.levels, Q + 1, True))),
        control(below, "level-exponent-down", "The level with q - 1", "its powers are q - 1 and q - 2.", BOTH,
                **planted_in(below, given=(Lt(p.Q, p.level(Q - 1)),), draw=partial(draws.levels, Q - 1, True))),
        control(below, "level-doubled", "Twice the level", "the patch has vanished before.", BOTH,
                **planted_in(below, given=(Lt(p.Q, 2 * star),), draw=scaled(partial(draws.levels, Q, True), Q=2))),
        control(above, "level-halved", "Half the level", "something is left of the patch.", BOTH,
                **planted_in(above, given=(Ge(p.Q, star / 2),),
                             draw=scaled(partial(draws.levels, Q, False), Q=Fraction(1, 2)))),
        control(step, "level-step-third", "A third of the bound on a step", "x^2 (1-x^3)^3/(1-x) comes to .46.", BOTH,
                **planted_in(step, relation=Le(p.x**2 * (1 - p.x**3) ** 3, (1 - p.x) / 4),
                             draw=partial(draws.shares, "x"))),
        control(many, "level-filters-reversed", "A filter above the largest", "it grows by a larger factor.", BOTH,
                **planted_in(many, given=(Ge(p.B, p.top),),
                             draw=lambda: draws.filters().map(lambda v: {**v, "B": v["B_max"], "B_max": v["B"]}))),
        control(bounded, "level-any-step", "B's bound without U", "a large step passes the level.", ("proof",),
                Verdict.INCONCLUSIVE, **planted_in(bounded, given=(given[0], given[2]))),
        control(bounded, "level-any-start", "B's bound without its start", "B may start above.", ("proof",),
                Verdict.INCONCLUSIVE, **planted_in(bounded, given=given[:2])),
    )  # fmt: skip


def level_of(change: Callable[[Setting], Setting]) -> Run:
    """The measured median of sum_r B^q over the level of a changed setting."""

    def measure(context: Context) -> Measurement:
        medians = []
        for setting in LEVELS[:3]:
            found = phases_limits_runs.filled(context, setting, context.profile.pick(30, 50, 100))
            medians.append(found.median * saturation(setting) / saturation(change(setting)))
        return Measurement((Agreement("against the level", np.ones(len(medians)), np.array(medians),
                                      phases_limits_runs.SHORT),))  # fmt: skip

    return Run(measure)


def trained_with(**changes: float) -> Run:
    """The level of the setting as it is, after training with something changed."""

    def measure(context: Context) -> Measurement:
        slack = []
        for setting in PHASES[:4]:
            found = phases_runs.uncoupled(context, "saturation-level", setting.replace(**changes), 2)
            slack.append((theory.highest(setting) ** setting.q / saturation(setting) - found.filled[:, -1]).ravel())
        return Measurement((Invariant("bound - sum_r B^q", np.concatenate(slack), phases_runs.ROUNDING),))

    return Run(measure)


def times(change: Callable[[phases_runs.Timed], phases_runs.Timed]) -> Run:
    """The chapter's times of Phase II between changed ends."""

    def measure(context: Context) -> Measurement:
        found = [phases_runs.level_reached(context, "phase-two-time", s, s.rho / (2 * s.alpha)) for s in PHASES]
        return phases_runs.judged_times([change(one) for one in found], "T_A", "not included")

    return Run(measure)


def shortened(one: phases_runs.Timed, factor: float) -> phases_runs.Timed:
    """Both ends multiplied."""
    return replace(one, early=one.early * factor, late=one.late * factor)


def weakest(one: phases_runs.Timed) -> float:
    """(1 - epsilon/alpha)^q, the least factor of growth."""
    return float((1 - one.setting.epsilon / one.setting.alpha) ** one.setting.q)


def errors_of_pace() -> tuple[Control, ...]:
    """In the pace of the robust feature and its time."""
    p, whole = growth, phases.phase_two_time((Q,))
    gain, logit = formal(whole, "pace", f"gain, q = {Q}"), formal(whole, "pace-logit", "logit")
    hidden = formal(whole, "hidden", f"hidden output, q = {Q}")
    time = twin(whole, "phase-two-time", "time", **BARE)
    now, (low, high) = p.gain(Q, p.alpha * (1 - p.c)), p.gap_ends()
    ends = And(Ge(now, p.gain(Q, p.alpha)), Le(now, p.gain(Q, p.alpha - p.epsilon)))
    polynomial = partial(draws.strengths, False)
    return (
        control(gain, "pace-ends-swapped", "alpha and alpha - epsilon exchanged", "the ascent weakens the patch.", BOTH,
                **planted_in(gain, relation=ends, draw=polynomial)),
        control(gain, "pace-radius-doubled", "The ascent with 2 epsilon", "it leaves less than alpha - epsilon.", BOTH,
                **planted_in(gain, given=(Le(p.alpha * p.c, 2 * p.epsilon),), draw=scaled(polynomial, c=2))),
        control(gain, "pace-exponent", "(alpha - epsilon)^(q-1)", "one factor is the patch's own.", BOTH,
                **planted_in(gain, relation=Ge(now, p.gain(Q, p.alpha - p.epsilon) / (p.alpha - p.epsilon)),
                             draw=polynomial)),
        control(logit, "pace-logit-exchanged", "The ends of 1 - logit exchanged", "the lower is below the upper.", BOTH,
                **planted_in(logit, relation=And(Ge(p.label_gap(), high), Le(p.label_gap(), low)),
                             draw=draws.outputs)),
        control(hidden, "hidden-half", "Half the hidden output", "at h = 1/(q+1) it is all of it.", BOTH,
                **planted_in(hidden, relation=Le(proofs.h * (1 - proofs.h) ** Q, Rational(27, 512)),
                             draw=partial(draws.shares, "h"))),
        control(time, "phase-two-ends-swapped", "The ends of T_A exchanged", "the earlier is before the later.", RUNS,
                CONFLICT, checks=(times(lambda one: replace(one, early=one.late, late=one.early)),)),
        control(time, "phase-two-weakest", "The earlier end with alpha - epsilon", "the ascent takes little at first.",
                RUNS, CONFLICT,
                checks=(times(lambda one: replace(one, early=shortened(one, 1 / weakest(one)).early)),)),
        control(time, "phase-two-without-k", "T_A without the factor k", "a class has the share 1/k of the data.", RUNS,
                CONFLICT,
                checks=(times(lambda one: shortened(one, 1 / one.setting.k)),)),
    )  # fmt: skip


def errors_of_stages() -> tuple[Control, ...]:
    """In Lemmas D.23 to D.26."""
    p, d23, d26 = growth, phases_stages.lemma_d23((Q,)), phases_stages.lemma_d26((Q,))
    race, late = formal(d23, "d.23", f"race, q = {Q}"), formal(d26, "d.26", f"gain, q = {Q}")
    passed = twin(phases_stages.lemma_d24(), "d.24", "for good")
    runs = twin(d26, "d.26-runs", "along runs", **BARE)
    left, right = p.losing(Q).args
    given, (gain, bound) = passed.parts[0].given, p.late_gain(Q).args

    def measure(context: Context) -> Measurement:
        slack = []
        for setting in PHASES[:4]:
            found = phases_runs.uncoupled(context, "lemma-d.26", setting, 2)
            A, t = np.moveaxis(found.A, 1, 2)[found.open], found.runs.t.astype(float)
            slack.append((theory.late_bound(setting.replace(epsilon=0.0), A[:, :1], t) - A).ravel())
        return Measurement((Invariant("from t = 0", np.concatenate(slack), phases_runs.ROUNDING),))

    return (
        control(race, "d.23-ratio", "S for S/(1-phi)^q", "the ascent slows B and not A.", BOTH,
                **planted_in(race, relation=Le(left, right * (1 - p.phi) ** Q), draw=draws.races)),
        control(race, "d.23-share", "The race past phi", "more than phi of beta may be gone.", BOTH,
                **planted_in(race, given=(Lt(p.phi, 1), Le(p.c_B, 1)),
                             draw=lambda: draws.races().map(lambda v: {**v, "c_B": Fraction(1), "c_A": Fraction(0)}))),
        control(passed, "d.24-below", "A passes B from any value on", "B may grow further.", ("proof",),
                Verdict.INCONCLUSIVE, **planted_in(passed, given=given[1:])),
        control(late, "d.26-decay", "The gain with e^(-2Y)", "1 - logit falls like e^(-F).", BOTH,
                **planted_in(late, relation=Le(gain, bound * exp(-p.n_R * (p.alpha - p.epsilon) * p.A)),
                             draw=partial(draws.late_steps, Q))),
        control(runs, "d.26-strength", "A's logarithm with alpha", "only alpha - epsilon is left of the patch.", RUNS,
                CONFLICT, checks=(Run(measure),)),
    )  # fmt: skip


def exponents(fit: Callable[[findings.Thresholds], Scaling], **changes: Any) -> Statistics:
    """A measured exponent against the claimed one, with something about it changed."""

    def measure(context: Context) -> Measurement:
        return Measurement((replace(fit(_thresholds(context)), **changes),))

    return Statistics(measure)


@cache
def _thresholds(context: Context) -> findings.Thresholds:
    """The runs of finding F6 in the quick profile, the same for every error."""
    return findings.thresholds(context, 10)


def errors_of_findings() -> tuple[Control, ...]:
    """In findings F4 to F6."""
    p, c = rest, phases_findings
    f4, f5, f6 = c.finding_f4((Q,)), c.finding_f5((Q,)), c.finding_f6((Q,))
    rests = formal(f4, "f4", f"rests, q = {Q}")
    level = twin(f4, "f4-level", f"at the level, q = {Q}", expected=Verdict.DERIVED)
    behind, wait = formal(f5, "f5", f"behind and at rest, q = {Q}"), formal(f6, "f6", f"time, q = {Q}")
    few = Statistics(partial(findings.coupled, settings=findings.SINGLE[:2]))
    share = replace(twin(f5, "f5-share", "one filter a class", **BARE), checks=(few,))
    time, of_level = (
        replace(twin(f6, f"f6-{name}", "measured", **BARE), checks=(exponents(fit),))
        for name, fit in (("time", findings.time_exponent), ("level", findings.level_exponent))
    )
    at_level, least = level.parts[0].relation, p.rho ** (Q - 1)
    assert at_level is not None

    def even(context: Context, outcome: Outcome) -> Outcome:
        return replace(outcome, predicted=0.5) if isinstance(outcome, Share) else outcome

    return (
        control(rests, "f4-half", "At rest at half the pull", "something is left of the pre-activation.", BOTH,
                **planted_in(rests, given=(Ge(p.pull(Q, p.a, p.C, p.N), least / 2),),
                             draw=scaled(partial(draws.rests, Q, True), N=Fraction(1, 2)))),
        control(rests, "f4-exponent", "The pull with (aC)^(q-1)", "one factor aC is the pre-activation's.", BOTH,
                **planted_in(rests, given=(Ge(p.pull(Q + 1, p.a, p.C, p.N), least),),
                             draw=lambda: draws.rests(Q, True).map(lambda v: {**v, "N": v["N"] / (v["a"] * v["C"])}))),
        control(level, "f4-sign", "The effect at the level with the other sign", "it is taken off.", ONE,
                **planted_in(level, relation=Eq(at_level.lhs, -at_level.rhs, evaluate=False))),
        control(behind, "f5-ahead", "A < B for any filter at rest", "it may be A that has won.", BOTH,
                **planted_in(behind, given=behind.parts[0].given[:1],
                             draw=lambda: draws.crossed(Q).map(_exchanged))),
        control(share, "f5-even", "Even odds", "both must be positive, and B must win.", SHARES, CONFLICT,
                checks=(altered(few, even),)),
        control(wait, "f6-near", "The time without b >= 2 B_0", "the level may be just above the start.", BOTH,
                **planted_in(wait, given=wait.parts[0].given[:1],
                             draw=lambda: draws.waits(Q).map(lambda v: {**v, "b": v["B_0"], "t": Fraction(0)}))),
        control(time, "f6-rebuttal", "The time falls like 1/eta~", "it does not fall at all.", POWERS, CONFLICT,
                checks=(exponents(findings.time_exponent, predicted=-1, side="equal"),)),
        control(time, "f6-side", "The time falls faster than eta~^(-1/2)", "it does not fall.", POWERS, CONFLICT,
                checks=(exponents(findings.time_exponent, side="below"),)),
        control(of_level, "f6-level-root", "The level falls like eta~^(-1/2)", "its exponent is -1.", POWERS, CONFLICT,
                checks=(exponents(findings.level_exponent, predicted=Fraction(-1, 2)),)),
        control(of_level, "f6-level-log", "The level falls like log(eta~)/eta~", "there is no log.", POWERS, CONFLICT,
                checks=(exponents(findings.level_exponent, log_power=1),)),
    )  # fmt: skip


def _exchanged(v: Values) -> Values:
    """The filter at rest with A and B exchanged, so that A is ahead."""
    A, B = v["B"], v["A"]
    return {**v, "A": A, "B": B, "eta_tilde": v["rho"] ** (Q - 1) / ((v["alpha"] * A) ** (Q - 2) * (A**2 + B**2))}


def errors_of_runs() -> tuple[Control, ...]:
    """In the level along runs."""
    whole = phases.saturation_level((Q,))
    measured = replace(twin(whole, "level-runs", "measured", **BARE), checks=(level_of(lambda s: s),))
    never = twin(whole, "level-never", "never above", **BARE)
    return (
        control(measured, "level-runs-exponent-up", "The measured level with q + 1", "q is 3 in these runs.", AGREES,
                CONFLICT, checks=(level_of(lambda s: s.replace(q=s.q + 1)),)),
        control(measured, "level-runs-ascent", "The level for half the ascent step", "it is in proportion to 1/eta~.",
                AGREES, CONFLICT, checks=(level_of(lambda s: s.replace(eta_tilde=s.eta_tilde / 2)),)),
        control(never, "level-runs-radius", "Training with epsilon < beta", "something is always left of the patch.",
                RUNS, CONFLICT, checks=(trained_with(epsilon=0.5),)),
        control(never, "level-runs-step", "Training with ten times the step", "B passes its level.", RUNS, CONFLICT,
                checks=(trained_with(eta=0.3),)),
    )  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the phases."""
    return (*errors_of_level(), *errors_of_runs(), *errors_of_pace(), *errors_of_stages(), *errors_of_findings())


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
