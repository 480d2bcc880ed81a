"""Slow, obvious twins of the trainer and the attack, straight from the formulas; they share no code with the kernels.

Loops over samples, neurons and pixels; arrays only hold the numbers.
"""

import math
from collections.abc import Sequence

import mpmath
import numpy as np

from .samples import Floats


def correlation(w: Floats, x: Floats) -> float:
    """<w, x>, rounded once."""
    return math.fsum(float(a) * float(b) for a, b in zip(w, x, strict=True))


def sign(j: int, m: int) -> int:
    """s_j = sqrt(m) a_j of neuron j, from 0."""
    return 1 if j < m // 2 else -1


def output(W: Floats, x: Floats, gamma: float) -> float:
    """f(x) = sum_j a_j max(<w_j, x>, gamma <w_j, x>)."""
    values = [correlation(w, x) for w in W]
    m = len(values)
    return math.fsum(sign(j, m) * max(z, gamma * z) / math.sqrt(m) for j, z in enumerate(values))


def weight_gradient(W: Floats, x: Floats, gamma: float) -> Floats:
    """grad_W f(x), (m, d): row j is a_j phi'(<w_j, x>) x, with phi'(0) = gamma."""
    G = np.zeros_like(W)
    for j, w in enumerate(W):
        slope = 1.0 if correlation(w, x) > 0 else gamma
        for i in range(x.size):
            G[j, i] = sign(j, len(W)) / math.sqrt(len(W)) * slope * x[i]
    return G


def input_gradient(W: Floats, x: Floats, gamma: float) -> Floats:
    """grad_x f(x), (d,): sum_j a_j phi'(<w_j, x>) w_j."""
    slopes = [1.0 if correlation(w, x) > 0 else gamma for w in W]
    m = len(slopes)
    return np.array([math.fsum(sign(j, m) / math.sqrt(m) * slopes[j] * W[j, i] for j in range(m))
                     for i in range(x.size)])


def loss_value(margin: float, loss: str) -> mpmath.mpf:
    """l(t): e^-t, or ln(1 + e^-t), in a range where nothing overflows."""
    t = mpmath.mpf(margin)
    return mpmath.exp(-t) if loss == "exponential" else mpmath.log1p(mpmath.exp(-t))


def minus_slope(margin: float, loss: str) -> mpmath.mpf:
    """-l'(t): e^-t, or 1/(1 + e^t), in a range where nothing vanishes."""
    t = mpmath.mpf(margin)
    return mpmath.exp(-t) if loss == "exponential" else 1 / (1 + mpmath.exp(t))


def mean_loss(W: Floats, X: Floats, y: Sequence[int], gamma: float, loss: str) -> float:
    """L(W) = (1/N) sum_n l(y_n f(x_n))."""
    return float(sum(loss_value(label * output(W, x, gamma), loss) for x, label in zip(X, y, strict=True)) / len(X))


def ascent(W: Floats, X: Floats, y: Sequence[int], gamma: float, loss: str, normalised: bool) -> Floats:
    """sum_n c_n y_n grad_W f(x_n), c_n = -l'_n / sum_k -l'_k if ``normalised``, else -l'_n / N, which is -grad L."""
    pulls = [minus_slope(label * output(W, x, gamma), loss) for x, label in zip(X, y, strict=True)]
    total = sum(pulls) if normalised else len(X)
    G = np.zeros_like(W)
    for x, label, pull in zip(X, y, pulls, strict=True):
        G += float(pull / total) * label * weight_gradient(W, x, gamma)
    return G


def descend(W: Floats, X: Floats, y: Sequence[int], gamma: float, loss: str, normalised: bool, eta: float,
            momentum: float, steps: int) -> Floats:
    """W (m, d) after ``steps`` steps of v = momentum v + `ascent`, W += eta v."""
    V = np.zeros_like(W)
    for _ in range(steps):
        V = momentum * V + ascent(W, X, y, gamma, loss, normalised)
        W = W + eta * V
    return W


def attack(W: Floats, x: Floats, target: int, gamma: float, norm: str, epsilon: float, steps: int, ratio: float,
           low: float, high: float) -> Floats:
    """x' (d,) of one point: every iterate of the released attack, then the first of those with the largest y' f."""
    iterates, chosen = [x], list[int]()
    for _ in range(math.floor(x.size * ratio) if norm == "l0" else steps):
        z = iterates[-1]
        g = target * input_gradient(W, z, gamma)
        largest = max(abs(float(v)) for v in g)
        if largest > 0 and norm == "l0":
            chosen.append(max((i for i in range(x.size) if i not in chosen), key=lambda i: abs(g[i])))
            z = np.array([z[i] + (0.3 * g[i] / largest if i in chosen else 0.0) for i in range(x.size)])
        elif largest > 0:
            z = z + epsilon / 5 * g / (largest if norm == "linf" else math.hypot(*g))
            moved = z - x
            size = max(abs(float(v)) for v in moved) if norm == "linf" else math.hypot(*moved)
            z = x + moved * min(1.0, epsilon / size)
        iterates.append(np.array([min(max(float(v), low), high) for v in z]))
    return max(iterates, key=lambda z: target * output(W, z, gamma))
