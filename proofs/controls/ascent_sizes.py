"""Planted errors in the sizes of outputs and of off-diagonal correlations under attack, along runs."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from theorycheck_simulations.adversarial import train_adversarial

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Invariant, Measurement
from theorycheck.checks.run import Run
from theorycheck.claim import Claim
from theorycheck.verdict import Verdict

from ..li_li_2024 import ascent_logits, ascent_offdiagonal
from ..li_li_2024 import ascent_offdiagonal_runs as offdiagonal
from ..li_li_2024.updates import Floats
from .ascent import SHORT
from .control import Control, control, planted, twin

SLACK, CONFLICT = ("invariant",), Verdict.CONFLICT
Outputs = tuple[Floats, Floats, Floats]


def ends(claim: Claim, measured: Callable[[Floats], Outputs]) -> Run:
    """The chapter's distances to both ends of a logit, with other ends."""
    return Run(partial(ascent_logits.measure, claim.id, measured))


def without_tau(found: Callable[[Floats], Outputs], F: Floats) -> Outputs:
    """The upper end of outputs that are all 0 but the label's."""
    low, value, _ = found(F)
    return low, value, found(np.where(np.eye(F.shape[-1], dtype=bool), F, 0))[2]


def too_early(found: Callable[[Floats], Outputs], F: Floats) -> Outputs:
    """The lower end of outputs that are all 0, the label's too."""
    _, value, high = found(F)
    return found(np.zeros_like(F))[0], value, high


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in Lemmas D.19 to D.21 along runs."""
    right, wrong = ascent_logits.claims()
    right, wrong = (replace(twin(claim, f"{claim.id[6:]}-runs"), checks=claim.checks[-1:], expected=Verdict.SURVIVED)
                    for claim in (right, wrong))  # fmt: skip
    zero = twin(ascent_offdiagonal.lemma_d21(), "d.21-zero", "uncoupled")
    sizes = twin(ascent_offdiagonal.lemma_d21(), "d.21-sizes", "Stage I", variables=(), point={})
    zero, sizes = (replace(claim, checks=claim.checks[-1:], expected=Verdict.SURVIVED) for claim in (zero, sizes))

    def away(slack: Callable[[Floats], Floats]) -> Run:
        def measure(context: Context) -> Measurement:
            runs = [train_adversarial(s, index, stride=1).weights for index, s in enumerate(SHORT)]
            found = [slack(offdiagonal.elsewhere(s, W)).ravel() for s, W in zip(SHORT, runs, strict=True)]
            return Measurement((Invariant("planted", np.concatenate(found)),))

        return Run(measure)

    def frozen(path: Floats) -> Floats:
        return -np.abs(np.diff(path, axis=0))[path[:-1] <= 0]

    return (
        control(right, "d.19-without-tau", "1 - logit_y at X~ without e^tau", "other outputs are not 0 under attack.",
                SLACK, CONFLICT, checks=(ends(right, partial(without_tau, ascent_logits.right_class)),)),
        control(right, "d.19-start", "1 - logit_y at X~ at least 1 - 1/k", "it falls as F_y grows.", SLACK, CONFLICT,
                checks=(ends(right, partial(too_early, ascent_logits.right_class)),)),
        control(wrong, "d.20-without-tau", "logit_i at X~ without e^tau", "another output is not 0 under attack.",
                SLACK, CONFLICT, checks=(ends(wrong, partial(without_tau, ascent_logits.wrong_class)),)),
        control(wrong, "d.20-start", "logit_i at X~ at least 1/k", "it falls as F_y grows.", SLACK, CONFLICT,
                checks=(ends(wrong, partial(too_early, ascent_logits.wrong_class)),)),
        control(zero, "d.21-coupled", "Everything else stays 0 from random starts", "random starts are coupled.", SLACK,
                CONFLICT, checks=(away(lambda path: -np.abs(path)),)),
        control(sizes, "d.21-frozen", "Correlations at most 0 are frozen under attack",
                "the ascent moves the patches along the other features.", SLACK, CONFLICT, checks=(away(frozen),)),
        control(sizes, "d.21-falling", "Off-diagonal correlations never rise under attack",
                "the class's own attacked patches pull them to 0 from below.", SLACK, CONFLICT,
                checks=(away(lambda path: -np.diff(path, axis=0)),)),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
