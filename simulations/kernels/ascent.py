"""The ascent that finds the adversarial example: X~ = X + clip_eps(eta~ grad_X L_m), one step or several."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .jit import internal
from .softmax import residual

LABEL, MARGIN, LOSS = range(3)


class Ascent(NamedTuple):
    """Radius eps, step eta~, how many steps, and L_m: LABEL -F_y, MARGIN max_{j != y} F_j - F_y, LOSS -log logit_y.

    X~ <- X + clip_eps(X~ - X + eta~ grad L_m(X~)), from X~ = X; the gradient is that of one patch, whatever its
    multiplicity. With eps = 0 or eta~ = 0 nothing is moved; NaN is not clipped away.
    """

    epsilon: float
    eta_tilde: float
    steps: int
    objective: int


@internal
def direct(F: NDArray[np.float64], label: int, objective: int, pull: NDArray[np.float64]) -> None:
    """pull[i] = dL_m/dF_i in place; F, pull (k,). Of equal largest outputs the first is the margin's."""
    if objective == LOSS:
        residual(F, label, pull)
        for i in range(F.size):
            pull[i] = -pull[i]
        return
    pull[:] = 0.0
    pull[label] = -1.0
    if objective == MARGIN:
        first = 1 if label == 0 else 0
        for i in range(F.size):
            if i != label and F[i] > F[first]:
                first = i
        pull[first] = 1.0
