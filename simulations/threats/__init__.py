"""Threat models, attacks and certificates: robust accuracy as an interval [certified, attacked].

`robust_accuracy` is the one to call; `exact_margin` is the exact worst case of small networks, `attack` a battery of
attacks with their flags.
"""

from .attacks import BATTERY, AttackReport, attack
from .model import THREATS, Threat
from .moves import Attack
from .robust import RobustAccuracy, robust_accuracy
from .worst_case import exact_margin

__all__ = ["BATTERY", "THREATS", "Attack", "AttackReport", "RobustAccuracy", "Threat", "attack", "exact_margin",
           "robust_accuracy"]
