"""Li & Li (2024), "Adversarial Training Can Provably Improve Robustness", claim by claim."""

from theorycheck.paper import Paper
from theorycheck.source import Bibliography
from theorycheck_simulations.setting import setting_from

from . import activation, logits, tensor_power

PAPER = Paper(
    "li-li-2024",
    Bibliography("li2024adversarial", "Adversarial Training Can Provably Improve Robustness", ("Binghui Li", "Yuanzhi Li"), 2024),
    (activation.claims, tensor_power.claims, logits.claims),
    setting_from,
    packages=("theorycheck_simulations",),
)
