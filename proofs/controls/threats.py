"""Planted errors in the threat models and in the two ends of the robust accuracy."""

from dataclasses import replace
from functools import partial

from sympy import Ge, Gt, Le
from theorycheck_simulations.data import Dataset, sample
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.threats import THREATS, Attack, Threat, robust_accuracy
from theorycheck_simulations.threats.nets import Case

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.claim import Claim
from theorycheck.verdict import Verdict

from ..li_li_2024 import threat_runs as runs
from ..li_li_2024 import threats as chapter
from ..li_li_2024.threats import B, E, least, total
from .control import Control, control, planted, twin

BOTH, LIMIT, AGREE = ("proof", "search"), ("invariant",), ("agreement",)
CONFLICT, SURVIVED = Verdict.CONFLICT, Verdict.SURVIVED
FEW = (Attack("gradient", "gradient", steps=10, restarts=5),)
Ends = tuple[float, float]


def doubled(case: Case, threat: Threat) -> Ends:
    """Both ends at twice the radius."""
    return runs.shipped(replace(case, epsilon=2 * case.epsilon), threat)


def swapped(case: Case, threat: Threat) -> Ends:
    """Both ends with J_R and J_NR exchanged in place: each patch moves along the other kind of feature."""
    s = case.setting
    if threat != "in-place":
        return runs.shipped(case, threat)
    data = sample(s.replace(N=s.k), 0, balanced=True)
    other = Dataset(s.replace(n_R=s.n_N, n_N=s.n_R, N=s.k), data.X, data.y, ~data.robust)
    found = robust_accuracy(other, case.W, threat, case.epsilon)
    return found.certified, found.attacked


def clean(case: Case, threat: Threat) -> Ends:
    """The accuracy without an attack in place of both ends."""
    share = robust_accuracy(case.setting, case.W, threat, case.epsilon).clean
    return share, share


def models() -> tuple[Control, ...]:
    """Errors in what the threat models allow."""
    true = chapter.threat_models()
    inside, outside, sums, attained = (twin(true, f"threats-{i}", part.name) for i, part in enumerate(true.parts[:4]))
    nested = twin(true, "threats-nested", "nested", expected=SURVIVED)
    part, worst = inside.parts[0], attained.parts[0]
    loose = replace(worst, dynamics=chapter.run_of(False))
    drawn = Search((), partial(chapter.sums, False))
    return (
        control(inside, "threats-radius", "The paper's attack inside linf for beta <= 2 epsilon",
                "its coordinate -beta may then be larger than the radius.", BOTH,
                parts=(replace(part, given=(Le(B, 2 * E),)),)),
        control(inside, "threats-always", "The paper's attack inside linf for all beta",
                "a small radius does not allow it.", BOTH, parts=(replace(part, given=()),)),
        control(outside, "threats-weak", "The paper's attack outside linf for beta >= epsilon",
                "it is on the boundary at equality.", BOTH,
                parts=(replace(outside.parts[0], given=(Ge(B, E),)),)),
        control(sums, "threats-separation", "The sum above the sum of the worst cases, strictly",
                "it may be attained.", BOTH, relation=Gt(total, least)),
        control(attained, "threats-any", "Every perturbation as bad as the worst", "only the worst attains it.", BOTH,
                parts=(loose,), checks=(attained.checks[0], drawn)),
        control(nested, "threats-nested-reversed", "Right under a smaller threat model, so right under a larger one",
                "a larger one has more attacks.", LIMIT, CONFLICT,
                checks=(Run(partial(runs.nested, order=THREATS[::-1])),)),
    )  # fmt: skip


def ends() -> tuple[Control, ...]:
    """Errors in the two ends."""
    true = chapter.robust_accuracy_interval()
    small, blind, digit, _ = (twin(true, f"interval-{i}", part.name, expected=SURVIVED)
                              for i, part in enumerate(true.parts))
    inside = {
        "interval-radius": ("Ends at twice the radius", "the larger box holds more attacks.", doubled),
        "interval-swapped": ("Ends with J_R and J_NR exchanged", "other coordinates may move.", swapped),
        "interval-clean": ("The clean accuracy as a certificate", "attacks succeed on some points.", clean),
    }
    return (
        *(control(small, name, title, why, LIMIT, CONFLICT, checks=(Run(partial(runs.containment, ends=wrong)),))
          for name, (title, why, wrong) in inside.items()),
        control(blind, "interval-gradients", "Projected gradients in place of both ends",
                "they see nothing in the dead zone.", AGREE, CONFLICT,
                checks=(Run(partial(runs.blind, ends=partial(runs.by_gradients, battery=FEW))),)),
        control(digit, "interval-rounding", "Lower bounds rounded to nearest",
                "about half of them are above the exact value, at the last digit.", LIMIT, CONFLICT,
                checks=(Run(partial(runs.last_digit, lower=runs.to_nearest)),)),
        control(digit, "interval-inwards", "Upper bounds as lower bounds", "rounding goes the wrong way.", LIMIT,
                CONFLICT, checks=(Run(partial(runs.last_digit, lower=runs.inwards)),)),
    )  # fmt: skip


def controls(setting: Setting) -> tuple[Control, ...]:
    """All errors planted in the threat models and the robust accuracy."""
    return (*models(), *ends())


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
