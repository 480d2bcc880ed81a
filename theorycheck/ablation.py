"""Which hypotheses a claim needs: each is left out in turn, and the rest is decided, proved or searched again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from .checks.asymptotic import rates_text
from .checks.check import Context
from .checks.search import Search
from .checks.symbolic import Proof
from .claim import Claim, Part
from .errors import UserError
from .verdict import Verdict


class Need(StrEnum):
    """Whether the statement still follows without a hypothesis."""

    NEEDED = "needed"
    SPARED = "not needed"
    OPEN = "open"


@dataclass(frozen=True)
class Ablation:
    """What became of one part of a claim without one hypothesis.

    Args:
        part: its name.
        hypothesis: the one that is left out; "" for none.
        need: the outcome.
        reason: what shows it.
        witness: where the hypothesis is needed, values or growth rates that meet all others and violate the part.
    """

    part: str
    hypothesis: str
    need: Need
    reason: str
    witness: Mapping[str, Any] | None = None


def ablate(claim: Claim, context: Context) -> Iterator[Ablation]:
    """Every part of the claim without each hypothesis.

    Raises:
        UserError: for a claim without hypotheses or statements that can be decided, or one whose statement does not
            follow from all of its hypotheses.
    """
    about_orders = [part for part in claim.parts if part.order is not None]
    formal = [part for part in claim.parts if part.relation is not None]
    if about_orders:
        yield from _orders(claim, about_orders, context)
    elif formal and any(h.relation is not None for h in claim.hypotheses):
        yield from _relations(claim, formal, context)
    else:
        raise UserError(f"{claim.id} has no hypothesis that is a relation: there is nothing to leave out")


def _orders(claim: Claim, parts: list[Part], context: Context) -> Iterator[Ablation]:
    from .orders.decide import decide_statement

    problem = claim.problem(tuple(parts))
    if decide_statement(problem.statement(None)).certificate is not None:
        raise UserError(f"{claim.id}: the hypotheses contradict each other; verify shows which")
    units = [unit for unit in problem.units if not unit.fixed]
    for part, goals in zip(parts, problem.goals, strict=True):
        for label in ("", *(unit.label for unit in units)):
            found = [decide_statement(problem.statement(goal, {label})) for goal in goals]
            ray = next((outcome.ray for outcome in found if outcome.ray is not None), None)
            if ray is not None and not label:
                raise UserError(f"{claim.id}: {part.name} does not follow from all hypotheses: {rates_text(ray)}")
            if ray is not None:
                witness = {**ray, "paper": context.paper, "claim": claim.id}
                yield Ablation(part.name, label, Need.NEEDED, rates_text(ray), witness)
            elif all(outcome.certificate is not None for outcome in found):
                if label:
                    yield Ablation(part.name, label, Need.SPARED, "the order kernel checked a proof without it")
            else:
                reason = "; ".join(outcome.reason for outcome in found if outcome.certificate is None)
                if not label:
                    raise UserError(f"{claim.id}: {part.name} is undecided with all hypotheses: {reason}")
                yield Ablation(part.name, label, Need.OPEN, reason)


def _relations(claim: Claim, parts: list[Part], context: Context) -> Iterator[Ablation]:
    for part in parts:
        about = [check for check in claim.checks if not check.covers or part.name in check.covers]
        proofs = [check for check in about if isinstance(check, Proof)]
        trials = next((check.trials for check in about if isinstance(check, Search)), Search().trials)
        for index, hypothesis in enumerate(claim.hypotheses):
            if hypothesis.relation is None:
                continue
            less = replace(claim, hypotheses=claim.hypotheses[:index] + claim.hypotheses[index + 1 :], point={})
            again = (replace(proof, covers=(part.name,)).run(less, context) for proof in proofs)
            if any(evidence.verdict is Verdict.PROVED for evidence in again):
                said = "the kernel checked the same proof without it"
                yield Ablation(part.name, hypothesis.text, Need.SPARED, said)
                continue
            found = Search((part.name,), trials=trials).run(less, context)
            need = Need.NEEDED if found.verdict is Verdict.REFUTED else Need.OPEN
            yield Ablation(part.name, hypothesis.text, need, found.summary, found.witness)
