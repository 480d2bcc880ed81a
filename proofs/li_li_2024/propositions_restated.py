"""Theorems C.1 and C.2: the appendix's restatements of Propositions 3.1 and 3.2, under their own numbers."""

from dataclasses import replace

from theorycheck_simulations.setting import Setting

from theorycheck.claim import Claim
from theorycheck.source import Source

from . import propositions

RESTATED = {"proposition-3.1": ("theorem-c.1", "C.1"), "proposition-3.2": ("theorem-c.2", "C.2")}


def claims(setting: Setting) -> tuple[Claim, ...]:
    """Both restatements, each with the parts and checks of its proposition."""
    return tuple(
        replace(claim, id=name, source=Source(f"Theorem {number}", f"Appendix {number}"), uses=(*claim.uses, claim.id))
        for claim in propositions.claims(setting)
        if claim.id in RESTATED
        for name, number in [RESTATED[claim.id]]
    )
