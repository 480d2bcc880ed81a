"""Adversarial training in orders: Theorem D.15 and Lemmas D.16 to D.28, linked to their versions with constants."""

from theorycheck_simulations.setting import Setting

from theorycheck.claim import Claim

from . import orders_ascent, orders_phases, orders_robust

WITHOUT_ORDERS: dict[str, str] = {
    "lemma-d.16": "an identity of vectors; its bound on what grows outside the features has its constants",
    "lemma-d.17": "the adversarial example as a formula, without Theta",
    "lemma-d.18": "the update as a formula, without Theta; orders enter with Lemma D.22",
}


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The orders of Section 5.2 and Appendix D.2."""
    return (*orders_ascent.claims(), *orders_phases.claims(), *orders_robust.claims())
