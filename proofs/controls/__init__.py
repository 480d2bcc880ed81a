"""Negative controls: the papers' claims with one error planted in each, which the checks must not let pass.

``theorycheck verify controls`` runs them; its summary says how many there are and how many came to the verdict
expected, which is never a positive one.
"""

from typing import Any

from theorycheck_simulations.setting import setting_from

from theorycheck.paper import Paper
from theorycheck.source import Bibliography

from . import (
    activation,
    ascent,
    ascent_algebra,
    ascent_sizes,
    dynamics,
    figure3,
    learning_algebra,
    learning_exceptions,
    learning_gradients,
    learning_labels,
    learning_multipliers,
    learning_networks,
    learning_perturbations,
    learning_sizes,
    logits,
    networks,
    noise,
    offdiagonal,
    orders,
    phase,
    phases,
    race,
    regime,
    review,
    stages,
    tails,
    tensor_power,
    tensor_power_bound,
    threats,
    vacuity,
)
from .control import Control

FAMILIES = (
    networks,
    activation,
    tails,
    tensor_power,
    tensor_power_bound,
    logits,
    offdiagonal,
    dynamics,
    stages,
    race,
    ascent,
    ascent_algebra,
    ascent_sizes,
    phases,
    phase,
    figure3,
    threats,
    regime,
    noise,
    orders,
    review,
    vacuity,
    learning_multipliers,
    learning_networks,
    learning_gradients,
    learning_perturbations,
    learning_labels,
    learning_exceptions,
    learning_sizes,
    learning_algebra,
)

PAPER = Paper(
    "controls",
    Bibliography("controls", "Planted errors in the claims of the papers", ("The theorycheck authors",), 2026),
    tuple(family.claims for family in FAMILIES),
    setting_from,
    packages=("theorycheck_simulations",),
)


def controls(setting: Any) -> tuple[Control, ...]:
    """Every control with its twin, the same claim without the error."""
    return tuple(one for family in FAMILIES for one in family.controls(setting))
