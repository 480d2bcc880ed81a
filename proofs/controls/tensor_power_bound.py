"""Planted errors in the conclusion of the effective tensor power lemma: the start, the exponent q = 2, other proofs."""

from dataclasses import replace
from functools import partial
from typing import Any

from sympy import Ge, Le

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Invariant, Measurement
from theorycheck.checks.run import Run
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Dynamics
from theorycheck.expression import lower
from theorycheck.verdict import Verdict

from ..li_li_2024 import tensor_power as chapter
from ..li_li_2024 import tensor_power_proofs as proofs
from ..li_li_2024 import tensor_power_runs as runs
from ..li_li_2024.notation import Q
from ..li_li_2024.tensor_power_proofs import C, S_root, eta, kappa, x, x_0, x_next, y, y_0, y_next
from .control import Control, control, planted, twin
from .tensor_power import BOTH, LEMMA, THETA, N, proof, search

BOUND = twin(LEMMA, "b.2-bound", part="q = 3: bound", checks=(proof(proofs.race), search()))
RUNS = twin(
    LEMMA, "b.2-runs", part="q = 3: bound", checks=(Run(runs.measure, (), runs.replay),), expected=Verdict.SURVIVED
)


def started(relation: Any) -> tuple[Condition, ...]:
    """Another hypothesis on the start."""
    return (Condition.of(relation),)


def controls(setting: Any) -> tuple[Control, ...]:
    """Errors in what is claimed, from which start, for which recursion and by which proof."""
    part, moves = BOUND.parts[0], proofs.transition(N)
    return (
        control(BOUND, "b.2-bound-theta", "The bound without theta", "large steps overtake the continuous bound.", BOTH,
                relation=chapter.bound(N, 0)),
        control(BOUND, "b.2-bound-exponent", "The lead to the power q - 1 for q - 2",
                "the bound would be sharper than what runs reach.", BOTH,
                relation=Le(y**N * (1 - THETA / (1 + kappa) ** (N + 1)), y_0**N)),
        control(BOUND, "b.2-kappa-zero", "The start x_0 >= S^(1/(q-2)) y_0, kappa dropped",
                "at the threshold y wins as often as x.", BOTH,
                hypotheses=started(x_0 >= S_root * y_0),
                checks=(proof(proofs.race), search(lead=lambda v: v["S_root"] * v["y_0"]))),
        control(BOUND, "b.2-s-inverted", "The lead divided by S^(1/(q-2))", "a fast y then starts far ahead.", BOTH,
                hypotheses=started(x_0 * S_root >= (1 + kappa) * y_0),
                checks=(proof(proofs.race), search(lead=lambda v: (1 + v["kappa"]) * v["y_0"] / v["S_root"]))),
        control(BOUND, "b.2-below-threshold", "The start at an eighth of the threshold",
                "y leads, so nothing bounds it.", BOTH,
                hypotheses=started(8 * x_0 >= (1 + kappa) * S_root * y_0),
                checks=(proof(proofs.race), search(lead=lambda v: (1 + v["kappa"]) * v["S_root"] * v["y_0"] / 8))),
        control(BOUND, "b.2-q-2", "q = 2 in the recursion, the bound of q = 3",
                "linear growth separates the sequences by a power only.", BOTH,
                parts=(replace(part, dynamics=_linear()),), checks=(proof(proofs.race), search(power=1))),
        control(BOUND, "b.2-not-growing", "The race without the growth of x", "the clock then runs on without x.",
                ("proof",), Verdict.INCONCLUSIVE,
                parts=(replace(part, dynamics=_steps_without(moves["grows"])),), checks=(proof(proofs.race),)),
        control(BOUND, "b.2-after-a", "The race also after x has reached a", "theta only allows for steps below a.",
                ("proof",), Verdict.INCONCLUSIVE,
                parts=(replace(part, dynamics=_steps_without(moves["below"])),), checks=(proof(proofs.race),)),
        control(BOUND, "b.2-proof-of-step-iii", "The proof of step (iii) offered for the bound",
                "it assumes the inequality of the race.",
                ("proof",), Verdict.INCONCLUSIVE, checks=(proof(proofs.step_three),)),
        control(BOUND, "b.2-proof-for-q-4", "The proof for q = 4 offered for q = 3",
                "its conclusion has other powers.", ("proof",),
                Verdict.INCONCLUSIVE, checks=(Proof(partial(proofs.race, N + 1), (), proofs.definitions(N)),)),
        control(RUNS, "b.2-runs-half-lead", "Recursions that start with half the lead",
                "y passes the bound; outside the hypothesis this refutes nothing.",
                ("invariant",), Verdict.CONFLICT, checks=(Run(partial(runs.measure, lead=0.5), (), runs.replay),)),
        control(RUNS, "b.2-runs-half-threshold", "The lemma for recursions with half the lead",
                "y passes the bound, and the kernel repeats the run exactly.",
                ("invariant",), hypotheses=started(2 * x_0 >= (1 + kappa) * S_root * y_0),
                checks=(Run(halved, (), runs.replay),)),
    )  # fmt: skip


def halved(context: Context) -> Measurement:
    """Recursions with half the lead, and for each q the worst one as a witness against the lemma with half the lead."""
    found = runs.measure(context, lead=0.5)
    changed = []
    for q, outcome in zip(Q, found.outcomes, strict=False):
        assert isinstance(outcome, Invariant) and outcome.witness is not None
        n = proofs.order(q)
        weaker = lower(Ge((2 * runs.x_0) ** n, (1 + runs.kappa) ** n * runs.S * runs.y_0**n))
        shown = {
            **outcome.witness,
            "claim": "control-b.2-runs-half-threshold",
            "hypotheses": [weaker, *outcome.witness["hypotheses"][1:]],
        }
        changed.append(replace(outcome, witness=shown))
    return replace(found, outcomes=tuple(changed))


def _steps_without(relation: Any) -> Dynamics:
    kept = tuple(r for r in proofs.transition(N).values() if r != relation)
    return replace(chapter.race_dynamics(N), transitions={"step": kept})


def _linear() -> Dynamics:
    moves = {
        **proofs.transition(N),
        "grows": Ge(x_next, x + eta * C * x),
        "slow": Le(y_next, y + eta * S_root**N * C * y),
    }
    return replace(chapter.race_dynamics(N), transitions={"step": tuple(moves.values())})


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
