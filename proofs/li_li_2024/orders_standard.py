"""Standard training in orders: Theorem D.1 and Lemmas D.5 to D.14, linked to their versions with constants."""

from theorycheck_simulations.setting import Setting

from theorycheck.claim import Claim

from . import orders_late, orders_outcome, orders_race, orders_stage_one

# Numbered items of Appendix D.1 without a step in orders of magnitude.
WITHOUT_ORDERS: dict[str, str] = {
    "lemma-d.2": "an identity of the weights along a run; it has no order of magnitude",
    "lemma-d.4": "an exact update; its Theta is the step of Lemma D.8, decided as lemma-d.8-order",
}


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The orders of Section 5.1 and Appendix D.1; they do not depend on the setting."""
    return (
        *orders_stage_one.claims(),
        *orders_race.claims(),
        *orders_late.claims(),
        *orders_outcome.claims(),
    )
