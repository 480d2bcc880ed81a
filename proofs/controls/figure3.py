"""Planted errors in Figure 3 and in the end of adversarial training: levels, brackets, criteria and accuracies."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from sympy import Gt, Le
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.threats import Threat, robust_accuracy

from theorycheck.checks.check import Context, Profile
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.claim import Claim, Part
from theorycheck.experiment import Trial
from theorycheck.verdict import Verdict

from ..li_li_2024 import figure_3 as chapter
from ..li_li_2024 import figure_3_predictions as theory
from ..li_li_2024 import figure_3_runs as figure
from ..li_li_2024 import late_proofs as late
from ..li_li_2024 import propositions_proofs as networks
from ..li_li_2024 import robust_linf, robust_outcome
from ..li_li_2024 import robust_outcome_proofs as proofs
from ..li_li_2024 import robust_outcome_runs as criteria
from ..li_li_2024.notation import activation
from ..li_li_2024.robust_theorems import theorem_44, theorem_d15
from .control import Control, altered, control, planted, twin
from .networks import nets, without

Q = 3
BOTH, AGREE, HOLD = ("proof", "search"), ("agreement",), ("invariant",)
CONFLICT = Verdict.CONFLICT
DEFAULT, RUNS = Setting.model_validate({}), 3
FEW = tuple(criteria.ENDS[n] for n in (2, 3))  # of different n_R, epsilon and eta~
WITHSTOOD: tuple[Threat, ...] = ("paper", "in-place")
Values = dict[str, Fraction]
Ends = tuple[figure.Floats, figure.Floats]


def both(context: Context, radius: float = 1.0) -> figure.Both:
    """The chapter's two trainings, a few runs; predictions are about radius 1."""
    found = figure.train_both(Trial(DEFAULT.replace(epsilon=radius), Profile.QUICK, context.seed, RUNS))
    return replace(found, setting=DEFAULT)


def level(predicted: Callable[[Setting], float] = theory.saturation) -> Run:
    """The level of B at the end against a prediction."""

    def measure(context: Context) -> Measurement:
        found = both(context)
        total = found.share[:, -1][found.foreseen] * theory.saturation(DEFAULT)
        ends = np.array([predicted(DEFAULT)]), np.array([np.median(total)])
        return Measurement((Agreement("sum_r B^q at T", *ends, theory.TOLERANCE),))

    return Run(measure)


def passing(change: Callable[..., Ends] = lambda early, late: (early, late), radius: float = 1.0) -> Run:
    """T_A of the median class against a changed bracket, or after training with another radius."""

    def measure(context: Context) -> Measurement:
        found = both(context, radius)
        A_0 = found.adversarial.A[:, 0].max(axis=-1)[found.foreseen]
        early, late_ = (float(np.median(end)) for end in change(*theory.passing_bracket(DEFAULT, A_0)))
        T_A = np.median(np.where(np.isnan(found.T_A), np.inf, found.T_A)[found.foreseen])
        return Measurement((Invariant("T_A within its bracket", np.array([T_A - early, late_ - T_A])),))

    return Run(measure)


def robustness(exchanged: bool = False, threat: Threat = "paper") -> Run:
    """Accuracy of both algorithms at T against 0 and 1."""

    def measure(context: Context) -> Measurement:
        found = both(context)
        measured = np.array([np.median(seen.low[threat][:, -1][found.foreseen]) for seen in found.looked])
        ends = measured[::-1] if exchanged else measured
        return Measurement((Agreement("accuracy at T", np.array([0.0, 1.0]), ends, figure.ACCURACY, absolute=True),))

    return Run(measure)


def errors_of_the_figure() -> tuple[Control, ...]:
    """In the level of B, the time at which A passes it, and the accuracies."""
    whole = chapter.figure_3()
    checks = {"level": level(), "time": passing(), "end": robustness()}
    height, time, end = (
        twin(whole, f"figure-3-{name}", expected=Verdict.SURVIVED, checks=(check,)) for name, check in checks.items()
    )
    k = DEFAULT.k

    def added(early: figure.Floats, late_: figure.Floats) -> Ends:
        """The later end with alpha + epsilon for alpha - epsilon."""
        s = DEFAULT
        return early, late_ * ((s.alpha - s.epsilon) / (s.alpha + s.epsilon)) ** s.q

    return (
        control(height, "figure-3-level-exponent", "The level with q - 1 for q", "rho has another power.", AGREE,
                CONFLICT, checks=(level(lambda s: theory.saturation(s.replace(q=s.q - 1))),)),
        control(height, "figure-3-level-ascent", "The level with eta~/2", "it falls like 1/eta~.", AGREE, CONFLICT,
                checks=(level(lambda s: theory.saturation(s.replace(eta_tilde=s.eta_tilde / 2))),)),
        control(height, "figure-3-level-root", "B* for its power", "the level is about sum B^q.", AGREE, CONFLICT,
                checks=(level(theory.saturation_strength),)),
        control(time, "figure-3-time-without-k", "T_A without the factor k", "every time is k times too short.", HOLD,
                CONFLICT, checks=(passing(lambda early, late_: (early / k, late_ / k)),)),
        control(time, "figure-3-time-swapped", "The ends of the bracket exchanged", "the earlier end is the later one.",
                HOLD, CONFLICT, checks=(passing(lambda early, late_: (late_, early)),)),
        control(time, "figure-3-time-sign", "alpha + epsilon in the later end", "the attack takes epsilon off.", HOLD,
                CONFLICT, checks=(passing(added),)),
        control(time, "figure-3-radius", "Training with twice the radius", "A grows more slowly than the bracket says.",
                HOLD, CONFLICT, checks=(passing(radius=2.0),)),
        control(end, "figure-3-exchanged", "The two algorithms exchanged", "standard training ends at 0.", AGREE,
                CONFLICT, checks=(robustness(exchanged=True),)),
        control(end, "figure-3-linf", "Accuracy under linf in place of the paper's attack", "no class withstands it.",
                AGREE, CONFLICT, checks=(robustness(threat="linf"),)),
    )  # fmt: skip


def edge() -> st.SearchStrategy[Values]:
    """Everything at the bounds of Lemma D.28 on a coarse grid, R on both sides of its own; q = 3."""

    def values(patches: int, size: int, over: int, gain: int, off: int, sixths: int) -> Values:
        one = Fraction(1)
        v = {"beta": one, "rho": one, "eta_tilde": 2 * one, "epsilon": Fraction(size), "n_N": Fraction(patches)}
        v |= {"h": Fraction(over), "M": Fraction(gain), "delta": Fraction(off)}
        v["Q"] = (1 + v["h"]) / v["eta_tilde"]
        v["N"] = v["n_N"] * v["epsilon"] ** Q * v["Q"] / Q
        v["R"] = v["M"] + v["delta"] + v["N"] * Fraction(sixths, 6)
        return {**v, "F_y": v["R"], "F_j": v["M"] + v["N"] + v["delta"]}

    few = st.integers(0, 2)
    return st.builds(values, st.integers(1, 4), st.integers(1, 2), few, few, few, st.integers(1, 8))


def learned() -> st.SearchStrategy[Values]:
    """Both outputs at the bounds of Lemma D.27 on a coarse grid; q = 3."""

    def values(m: int, b: int, v: int) -> Values:
        one = Fraction(1)
        unit = {"n_R": one, "alpha": one, "rho": one, "m": Fraction(m), "b": Fraction(b), "v": Fraction(v)}
        return {**unit, "F_y": Fraction(b**Q, Q), "F_j": Fraction(m * v**Q, Q)}

    return st.builds(values, st.integers(1, 9), st.integers(1, 4), st.integers(0, 4))


def filters(names: tuple[str, ...]) -> st.SearchStrategy[Values]:
    """Single filters on a coarse grid, on the polynomial piece (rho = 4), with outputs that are not looked at."""
    rest = dict.fromkeys(robust_linf.OUTPUTS, Fraction(0))
    return nets().map(lambda v: {name: {**v, **rest}[name] for name in names})


def alone(claim: Claim, id: str, part: str, draw: Callable[[], st.SearchStrategy[Values]]) -> Claim:
    """One part with its proof and a search on a coarse grid."""
    true = twin(claim, id, part)
    return replace(true, checks=(true.checks[0], Search((), draw, trials=(150, 300, 2_000))))


def errors_of_the_end() -> tuple[Control, ...]:
    """In the formal parts of Lemmas D.27 and D.28 and of the no-go."""
    d27, d28, linf = robust_outcome.lemma_d27((Q,)), robust_outcome.lemma_d28((Q,)), robust_linf.theorem_44_linf()
    names = tuple(v.name for v in linf.variables)
    right = alone(d27, "d.27", f"q = {Q}", learned)
    large = alone(d28, "d.28", f"large eta~, q = {Q}", edge)
    one = alone(linf, "4.4-linf", f"filter, q = {Q}, polynomial and polynomial", lambda: filters(names))
    label, target, surface, stop, enough = large.parts[0].given
    p, unit = proofs, Q * proofs.eta_tilde * proofs.B ** (Q - 2)

    def instead(dropped: Any, given: Any) -> tuple[Part, ...]:
        return without(large.parts[0], dropped, more=(given,))

    left = networks.N_R * activation(Q, networks.a)
    return (
        control(right, "d.27-one-filter", "b > v without the factor m^(1/q)", "m filters of the others add up.", BOTH,
                parts=without(right.parts[0], late.b**Q > late.m * late.v**Q, more=(late.b**Q > late.v**Q,))),
        control(large, "d.28-overshoot", "The condition on eta~ without 1 + h", "B may lie above its level.", BOTH,
                parts=instead(enough, Gt(unit * (p.R - p.M - p.delta), p.N_N * p.E**Q))),
        control(large, "d.28-in-place", "The condition on eta~ without M", "the target gains on robust patches.", BOTH,
                parts=instead(enough, Gt(unit * (p.R - p.delta), p.N_N * p.E**Q * (1 + p.h)))),
        control(large, "d.28-radius", "The condition on eta~ with epsilon/2", "the attack uses all of epsilon.", BOTH,
                parts=instead(enough, Gt(8 * unit * (p.R - p.M - p.delta), p.N_N * p.E**Q * (1 + p.h)))),
        control(large, "d.28-one-patch", "The residual surface of a single patch", "the attack uses all n_N.", BOTH,
                parts=instead(enough, Gt(unit * (p.R - p.M - p.delta), p.E**Q * (1 + p.h)))),
        control(one, "4.4-linf-not-denser", "No filter keeps enough, without the denser condition",
                "few patches leave a filter its advantage.", BOTH, parts=without(one.parts[0], networks.denser(Q))),
        control(one, "4.4-linf-radius", "No filter keeps enough, with beta beyond epsilon",
                "a small radius takes little.", BOTH, hypotheses=()),
        control(one, "4.4-linf-swapped", "n_R and n_N exchanged", "the robust patches are fewer.", BOTH,
                relation=Le(left * networks.N_N, networks.N_R**2 * activation(Q, networks.b))),
    )  # fmt: skip


def compared(change: Callable[[Setting], Setting]) -> Run:
    """The chapter's criteria, computed at a changed setting, against worst cases at the true one."""

    def measure(context: Context) -> Measurement:
        said, seen, enough = [], [], []
        for setting in FEW:
            found = criteria.ended(context, "lemma-d.28", setting, 2, uncoupled=True)
            for look in range(found.runs.t.size):
                A, B = found.correlations(0, look), found.correlations(1, look)
                for threat in WITHSTOOD:
                    ends = [robust_accuracy(setting, W, threat, setting.epsilon)
                            for W in found.runs.weights[:, look]]  # fmt: skip
                    keeps, gets = criteria.sides(change(setting), A, B, threat)
                    said.append(criteria.per_class(keeps[:, :, None] > gets[:, None], threat == "paper"))
                    seen.append(np.array([end.low for end in ends]))
                    sure = criteria.per_class(criteria.large_enough(change(setting), A, B, threat), False) == 1
                    enough.append(seen[-1][sure] - 1)
        same = Agreement("criterion", np.concatenate(said), np.concatenate(seen), 1e-12, absolute=True)
        return Measurement((same, Invariant("certified - 1", np.concatenate(enough))))

    return Run(measure)


def exchanged(setting: Setting) -> Setting:
    """J_R and J_NR exchanged in number."""
    return setting.replace(n_R=setting.n_N, n_N=setting.n_R)


def ends_robust(threat: Threat) -> Run:
    """Theorem D.15's last part under a threat model."""

    def measure(context: Context) -> Measurement:
        slack = []
        for setting in FEW:
            found = criteria.ended(context, "theorem-d.15", setting, 2, uncoupled=True)
            low = np.array([robust_accuracy(setting, W, threat, setting.epsilon).low for W in found.runs.W])
            slack.append(low[found.settled] - 1)
        return Measurement((Invariant("certified accuracy - 1", np.concatenate(slack)),))

    return Run(measure)


def errors_along_runs() -> tuple[Control, ...]:
    """In the criteria, and in what Theorem D.15 says about which threat model."""
    bare: dict[str, Any] = {"variables": (), "point": {}, "expected": Verdict.SURVIVED}
    d28 = twin(robust_outcome.lemma_d28((Q,)), "d.28-runs", "criteria", **bare)
    d28 = replace(d28, checks=(compared(lambda setting: setting),))
    d15 = twin(theorem_d15(), "d.15-runs", "robust accuracy", expected=Verdict.SURVIVED)
    d15 = replace(d15, checks=(ends_robust("paper"),))
    noisy = twin(theorem_44(), "4.4", expected=Verdict.SURVIVED)

    def whole_ball(context: Context, outcome: Any) -> Any:
        """Accuracy 1 under linf too, as the paper states it."""
        return replace(outcome, predicted=np.ones_like(outcome.predicted)) if "linf" in outcome.name else outcome

    return (
        control(d28, "d.28-runs-swapped", "J_R and J_NR exchanged", "the residual B is on n_N patches.", AGREE,
                CONFLICT, checks=(compared(exchanged),)),
        control(d28, "d.28-runs-radius", "The criteria with twice the radius", "the attack has epsilon.", AGREE,
                CONFLICT, checks=(compared(lambda s: s.replace(epsilon=2 * s.epsilon)),)),
        control(d28, "d.28-runs-half", "The criteria with half the radius", "the attack has epsilon.",
                ("agreement", "invariant"), CONFLICT, checks=(compared(lambda s: s.replace(epsilon=s.epsilon / 2)),)),
        control(d15, "d.15-linf", "Theorem D.15 under linf", "all patches can be given u_j.", HOLD, CONFLICT,
                checks=(ends_robust("linf"),)),
        control(d15, "d.15-in-place", "Theorem D.15 in place without a condition on eta~",
                "where alpha is close to 2 epsilon the residual B decides.", HOLD, CONFLICT,
                checks=(ends_robust("in-place"),)),
        control(noisy, "4.4-whole-ball", "Theorem 4.4 for every perturbation in the ball", "linf is not withstood.",
                AGREE, CONFLICT, checks=tuple(altered(check, whole_ball) for check in noisy.checks)),  # type: ignore[arg-type]
    )  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the figure and the theorems of adversarial training."""
    return (*errors_of_the_figure(), *errors_of_the_end(), *errors_along_runs())


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
