"""Kumano, Kera and Yamasaki (2024), "Theoretical Understanding of Learning from Adversarial Perturbations"."""

from theorycheck_simulations.leaky.setting import setting_from

from theorycheck.paper import Paper
from theorycheck.source import Bibliography

from . import (
    agreement,
    artificial,
    boundary,
    closed_form,
    correlation,
    exceptions,
    features,
    gradients,
    growth,
    learning,
    multipliers,
    own_samples,
    reduction,
    reflections,
    sizes,
)

CHAPTERS = (
    reduction,
    boundary,
    closed_form,
    multipliers,
    features,
    gradients,
    learning,
    agreement,
    correlation,
    reflections,
    exceptions,
    growth,
    sizes,
)

PAPER = Paper(
    "kumano-2024",
    Bibliography(
        "kumano2024theoretical",
        "Theoretical Understanding of Learning from Adversarial Perturbations",
        ("Soichiro Kumano", "Hiroshi Kera", "Toshihiko Yamasaki"),
        2024,
        {"booktitle": "ICLR", "eprint": "2402.10470"},
    ),
    tuple(chapter.claims for chapter in CHAPTERS),
    setting_from,
    packages=("theorycheck_simulations",),
    replays={**boundary.REPLAYS, **features.REPLAYS, **learning.REPLAYS},
    experiments=(artificial.EXPERIMENT, own_samples.EXPERIMENT),
)
