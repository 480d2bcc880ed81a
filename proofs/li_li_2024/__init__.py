"""Li & Li (2024), "Adversarial Training Can Provably Improve Robustness", claim by claim."""

from theorycheck.paper import Paper
from theorycheck.source import Bibliography
from theorycheck_simulations.setting import setting_from

from . import activation, data, logits, offdiagonal, tails, tensor_power

PAPER = Paper(
    "li-li-2024",
    Bibliography("li2024adversarial", "Adversarial Training Can Provably Improve Robustness", ("Binghui Li", "Yuanzhi Li"), 2024),
    (data.claims, activation.claims, tails.claims, tensor_power.claims, logits.claims, offdiagonal.claims),
    setting_from,
    packages=("theorycheck_simulations",),
)
