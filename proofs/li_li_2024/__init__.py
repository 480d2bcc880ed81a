"""Li & Li (2024), "Adversarial Training Can Provably Improve Robustness", claim by claim."""

from collections.abc import Mapping
from typing import Any

from theorycheck_simulations.setting import Setting, setting_from

from theorycheck.paper import Paper
from theorycheck.source import Bibliography

from . import (
    activation,
    ascent,
    data,
    dynamics,
    figure_3,
    finding_f3,
    late,
    logits,
    noise,
    offdiagonal,
    orders_adversarial,
    orders_assumptions,
    orders_noise,
    orders_standard,
    orders_starts,
    orders_tensor_power,
    outcome,
    phase_transition,
    phases,
    propositions,
    propositions_restated,
    race,
    regime_map,
    review_activations,
    review_ascent,
    review_order,
    review_overlapping,
    review_scale,
    review_target,
    review_trade_off,
    robust_outcome,
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
    ascent,
    phases,
    robust_outcome,
    figure_3,
    phase_transition,
    regime_map,
    noise,
    review_order,
    review_ascent,
    review_activations,
    review_target,
    review_trade_off,
    review_overlapping,
    review_scale,
    orders_assumptions,
    orders_starts,
    orders_tensor_power,
    orders_standard,
    orders_adversarial,
    orders_noise,
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
    replays={**late.REPLAYS, **phases.REPLAYS},
    experiments=(figure_3.FIGURE_3, phase_transition.EXPERIMENT, regime_map.REGIME_MAP),
    rechecks=phase_transition.RECHECKS,
)
