"""Li & Li (2024), "Adversarial Training Can Provably Improve Robustness", claim by claim."""

from collections.abc import Mapping
from typing import Any

from theorycheck_simulations.setting import Setting, setting_from

from theorycheck.paper import Paper
from theorycheck.source import Bibliography

from . import (
    activation,
    data,
    dynamics,
    finding_f3,
    late,
    logits,
    offdiagonal,
    outcome,
    phase_transition,
    propositions,
    propositions_restated,
    race,
    tails,
    tensor_power,
    threats,
)

CHAPTERS = (
    data,
    finding_f3,
    activation,
    propositions,
    propositions_restated,
    tails,
    tensor_power,
    logits,
    offdiagonal,
    dynamics,
    race,
    late,
    outcome,
    threats,
    phase_transition,
)


def setting(values: Mapping[str, Any]) -> Setting:
    """The paper's parameters, refused before anything runs if the full network at them would not fit into memory."""
    found = setting_from(values)
    found.check_memory("network")
    return found


PAPER = Paper(
    "li-li-2024",
    Bibliography(
        "li2024adversarial", "Adversarial Training Can Provably Improve Robustness", ("Binghui Li", "Yuanzhi Li"), 2024
    ),
    tuple(chapter.claims for chapter in CHAPTERS),
    setting,
    packages=("theorycheck_simulations",),
    replays=getattr(late, "REPLAYS", None),
    experiments=(phase_transition.EXPERIMENT,),
    rechecks=phase_transition.RECHECKS,
)
