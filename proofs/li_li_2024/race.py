"""Placeholder of a chapter under construction."""

from theorycheck.claim import Claim
from theorycheck_simulations.setting import Setting


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims of this chapter."""
    return ()
