"""Softmax residuals and the cross-entropy without cancellation.

The label's entry of the residual is the sum of the other probabilities: 1 - logit_y would round to 0 once the margin
passes 36.7, and late training would stall.
"""

import math

import numpy as np
from numpy.typing import NDArray

from .elementary import exp
from .jit import jit


@jit
def residual(F: NDArray[np.float64], label: int, out: NDArray[np.float64]) -> None:
    """out[i] = 1[i = label] - e^(F_i) / sum_j e^(F_j), in place; F, out (k,)."""
    top = F[0]
    for i in range(F.size):
        if F[i] > top:
            top = F[i]
    total = 0.0
    for i in range(F.size):
        out[i] = exp(F[i] - top)
        total += out[i]
    others = 0.0
    for i in range(F.size):
        if i != label:
            out[i] = -out[i] / total
            others -= out[i]
    out[label] = others


@jit
def cross_entropy(F: NDArray[np.float64], label: int) -> float:
    """-log logit_label = log(1 + sum_{i != label} e^(F_i - F_label)), by the largest term; F (k,)."""
    top = F[label]
    for i in range(F.size):
        if F[i] > top:
            top = F[i]
    others = 0.0
    for i in range(F.size):
        if i != label:
            others += exp(F[i] - top)
    if top == F[label]:
        return math.log1p(others)
    return float(top - F[label] + math.log(others + exp(F[label] - top)))
