"""Order claims decided in this process, as they stand and with another goal or without a hypothesis."""

from dataclasses import replace

from theorycheck import order_kernel
from theorycheck.checks.asymptotic import Asymptotic
from theorycheck.claim import Claim, Part
from theorycheck.evidence import Evidence
from theorycheck.orders.text import order

from .judged import context


def judged(claim: Claim) -> Evidence:
    return Asymptotic().run(claim, context())


def with_goal(claim: Claim, goal: str) -> Claim:
    return replace(claim, parts=(Part("planted", order=order(goal)),), checks=(Asymptotic(),))


def without(claim: Claim, text: str) -> Claim:
    kept = tuple(one for one in claim.hypotheses if one.order is None or one.order.text != text)
    assert len(kept) < len(claim.hypotheses), f"{claim.id} has no hypothesis {text}"
    return replace(claim, hypotheses=kept)


def assert_ray(evidence: Evidence) -> None:
    """The kernel confirms the ray of a refutation."""
    assert evidence.witness is not None
    rates = order_kernel.replay({**evidence.witness, "paper": "", "claim": ""})
    assert rates.consistent and rates.goal is False
