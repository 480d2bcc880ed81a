"""Hypotheses that contradict each other, points outside the hypotheses, and certificates that were tampered with."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sympy import Ge, Gt, Le, Lt

from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition
from theorycheck.verdict import Verdict

from ..li_li_2024 import logits, stage_one, stage_proofs
from ..li_li_2024 import tensor_power as race
from ..li_li_2024.propositions_proofs import N_N, N_R, A, B, E
from .control import Control, control, paper_claim, planted, twin

Q = 3
VACUOUS, POINT = ("vacuity",), Verdict.INCONCLUSIVE


def tampered(proof: Proof, change: Callable[[dict[str, Any]], None]) -> tuple[Proof, ...]:
    """The proof with its certificate changed after it was built."""

    def build() -> dict[str, Any]:
        certificate = copy.deepcopy(proof.build())
        change(certificate)
        return certificate

    return (replace(proof, build=build),)


def _last(certificate: dict[str, Any]) -> dict[str, Any]:
    return next(step for step in reversed(certificate["steps"]) if step["by"] == "combination")


def coefficient(certificate: dict[str, Any]) -> None:
    """Another coefficient in the last combination."""
    _last(certificate)["terms"][0]["coefficient"] = "2"


def negative(certificate: dict[str, Any]) -> None:
    """A term of an inequality with a negative coefficient, made good by another one."""
    step = _last(certificate)
    step["terms"] = [
        {**step["terms"][0], "coefficient": "2"},
        {**step["terms"][0], "coefficient": "-1"},
        *step["terms"][1:],
    ]


def hypothesis(certificate: dict[str, Any]) -> None:
    """A hypothesis left out of the certificate's list."""
    del certificate["hypotheses"]["eta"]


def conclusion(certificate: dict[str, Any]) -> None:
    """A conclusion stated as strict."""
    _last(certificate)["fact"][0] = ">"


def more(claim: Claim, *relations: Any) -> tuple[Condition, ...]:
    """The claim's hypotheses and further ones."""
    return (*claim.hypotheses, *(Condition.of(relation) for relation in relations))


def controls(setting: Any) -> tuple[Control, ...]:
    """All of these."""
    lemma = race.lemma((Q,))
    first, bound = (
        twin(lemma, "b.2-proof-of-i", f"q = {Q}: step (i)"),
        twin(lemma, "b.2-proof-of-bound", f"q = {Q}: bound"),
    )
    logit, stage = (
        twin(logits.lemma_d5(), "d.5-proof", "lower"),
        twin(stage_one.lemma_d8((Q,)), "d.8-proof", f"q = {Q}"),
    )
    no_go = twin(
        paper_claim("finding-f2", setting), "finding-f2-proof", f"not robust, q = {Q}, polynomial and polynomial"
    )
    first, bound, logit, stage, no_go = (
        replace(c, checks=tuple(k for k in c.checks if isinstance(k, Proof))) for c in (first, bound, logit, stage,
        no_go)
    )  # fmt: skip
    assert isinstance(first.checks[0], Proof)
    proof, one = first.checks[0], ("proof",)
    return (
        control(no_go, "contradiction-denser", "Denser and not denser", "no strengths meet both.", VACUOUS,
                Verdict.VACUOUS,
                hypotheses=more(no_go, Lt(N_N * B**Q, N_R * A**Q))),
        control(no_go, "contradiction-radius", "beta > 2 epsilon beside beta <= epsilon", "epsilon is positive.",
                VACUOUS, Verdict.VACUOUS,
                hypotheses=more(no_go, Gt(B, 2 * E))),
        control(no_go, "contradiction-chain", "alpha < beta where alpha exceeds the radius",
                "beta <= epsilon < alpha.", VACUOUS, Verdict.VACUOUS,
                hypotheses=more(no_go, Gt(A, E), Lt(A, B))),
        control(logit, "contradiction-classes", "No other class", "k - 1 >= 1 classes are summed.", VACUOUS,
                Verdict.VACUOUS,
                hypotheses=more(logit, Le(logits.n, 0))),
        control(stage, "contradiction-stage", "F_i >= 2 in Stage I", "it ends at F_i = 1.", VACUOUS, Verdict.VACUOUS,
                hypotheses=more(stage, Ge(stage_proofs.F, 2))),
        control(bound, "point-outside", "A point with kappa = -1/2", "the lead is positive.", VACUOUS, POINT,
                point={**bound.point, "kappa": "-1/2"}),
        control(bound, "point-boundary", "A point without the lead it assumes", "x_0 is below the threshold.", VACUOUS,
                POINT, point={**bound.point, "x_0": "1/2"}),
        control(stage, "point-missing", "A point that leaves out a variable", "no hypothesis about it can be checked.",
                VACUOUS, POINT,
                point={name: value for name, value in stage.point.items() if name != "tau"}),
        control(first, "certificate-coefficient", "A certificate with another coefficient",
                "the kernel multiplies it out.", one, POINT,
                checks=tampered(proof, coefficient)),
        control(first, "certificate-negative", "A certificate with a negative multiplier",
                "an inequality may not be subtracted.", one, POINT,
                checks=tampered(proof, negative)),
        control(first, "certificate-hypothesis", "A certificate without one of its hypotheses", "steps cite it.", one,
                POINT,
                checks=tampered(proof, hypothesis)),
        control(first, "certificate-strict", "A certificate whose conclusion was made strict", "the terms are weak.",
                one, POINT,
                checks=tampered(proof, conclusion)),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
