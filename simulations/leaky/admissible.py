"""How large a perturbation may be so that the perturbed data satisfy (ORTH).

Perturbed points are x'_n = x_n + epsilon y'_n h with a common direction h and target labels y'_n. Two answers:

* the inequality of the theory, in the base points' p_max, radii, beta = max |<x_n, h>| and H = ||h||; it implies (ORTH)
  of the perturbed data, for these and any other target labels, and where it holds it holds for every smaller epsilon;
* (ORTH) of the perturbed data itself, which need not be monotone in epsilon: near a reflection it holds again.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .samples import Floats, Integers

GROWTH = 1 + 1 / 64  # of epsilon from one trial to the next, where the first failure of (ORTH) is looked for
HALVINGS = 60


class BeyondAdmissible(ValueError):
    """(ORTH) fails for the perturbed data; the text is one line with epsilon and what is allowed."""


@dataclass(frozen=True)
class Sizes:
    """What the inequality knows of base points and direction.

    Args:
        p: the largest |<x_n, x_k>|, n != k.
        R, S: least and largest squared norm.
        beta: the largest |<x_n, h>|.
        H2: ||h||^2.
        n: number of points.
    """

    p: float
    R: float
    S: float
    beta: float
    H2: float
    n: int


def perturbed(X: Floats, y: Integers, h: Floats, epsilon: float) -> Floats:
    """x'_n = x_n + epsilon y'_n h, (n, d)."""
    return np.asarray(X + epsilon * np.outer(y, h))


def sizes(X: Floats, h: Floats) -> Sizes:
    """The sizes of base points X (n, d) and direction h (d,).

    Raises:
        ValueError: for a direction of another length, zero or not finite, or points that are not finite.
    """
    if X.ndim != 2 or h.shape != X.shape[1:]:
        raise ValueError(f"h: shape {h.shape} (allowed: one value for each of the {X.shape[-1]} coordinates)")
    if not (np.isfinite(h).all() and np.isfinite(X).all() and h.any()):
        raise ValueError("h: zero, or a value is not finite (allowed: a direction, and finite points)")
    G, b = X @ X.T, X @ h
    r = np.diag(G).copy()
    np.fill_diagonal(G, 0.0)
    return Sizes(float(np.abs(G).max()), float(r.min()), float(r.max()), float(np.abs(b).max()), float(h @ h), len(b))


def inequality(known: Sizes, gamma: float, epsilon: float) -> bool:
    """p + 2 eps beta + eps^2 H^2 <= gamma^3 (R - 2 eps beta)^2 / (3 n (S + 2 eps beta + eps^2 H^2)).

    It implies 2 eps beta < R, so the square on the right is that of a positive number.
    """
    e, t = 2 * epsilon * known.beta, epsilon**2 * known.H2
    return 3 * known.n * (known.S + e + t) * (known.p + e + t) <= gamma**3 * (known.R - e) ** 2


def sufficient_epsilon(X: Floats, h: Floats, gamma: float) -> float:
    """The largest epsilon that meets the inequality, by bisection up to rounding; 0 where even 0 does not."""
    known = sizes(X, h)
    # The inequality implies 3 n S eps^2 H^2 <= gamma^3 R^2.
    above = 2 * float(np.sqrt(gamma**3 * known.R**2 / (3 * known.n * known.S * known.H2)))
    return _bisect(lambda epsilon: inequality(known, gamma, epsilon), 0.0, above)


def largest_epsilon(X: Floats, y: Integers, h: Floats, gamma: float) -> float:
    """The end of the first interval [0, epsilon] of sizes with (ORTH) for the perturbed data; inf for one point.

    At least `sufficient_epsilon`. From there epsilon grows by 1/64 until (ORTH) fails, then bisection finds the end.

    Raises:
        BeyondAdmissible: if (ORTH) fails for the base points.
    """
    holds = _orth_of(X, y, h, gamma)
    if len(y) == 1:
        return float("inf")
    if not holds(0.0):
        raise BeyondAdmissible("epsilon = 0: (ORTH) fails for the base points (allowed: near-orthogonal points)")
    known = sizes(X, h)
    scale = float(np.sqrt(known.R / known.H2))
    low = max(sufficient_epsilon(X, h, gamma), 1e-9 * scale)
    if not holds(low):  # only where (ORTH) of the base points is met with equality, up to rounding
        return _bisect(holds, 0.0, low)
    # As epsilon grows all products tend to eps^2 H^2, so (ORTH) fails for two points or more.
    while holds(low * GROWTH):
        low *= GROWTH
    return _bisect(holds, low, low * GROWTH)


def require_admissible(X: Floats, y: Integers, h: Floats, gamma: float, epsilon: float) -> None:
    """Refuses an epsilon for which (ORTH) fails.

    Raises:
        BeyondAdmissible: with the largest epsilon that is allowed.
    """
    if not _orth_of(X, y, h, gamma)(epsilon):
        allowed = largest_epsilon(X, y, h, gamma)
        raise BeyondAdmissible(f"epsilon = {epsilon:g}: (ORTH) fails for the perturbed data "
                               f"(allowed: up to {allowed:.4g})")  # fmt: skip


def _orth_of(X: Floats, y: Integers, h: Floats, gamma: float) -> Callable[[float], bool]:
    """(ORTH) of the perturbed data as a function of epsilon, from inner products alone."""
    known = sizes(X, h)  # refuses what is no direction
    G, b = X @ X.T, X @ h
    # <x'_n, x'_k> = G + eps (y_k b_n + y_n b_k) + eps^2 H^2 y_n y_k
    first, second = np.outer(b, y) + np.outer(y, b), known.H2 * np.outer(y, y)

    def holds(epsilon: float) -> bool:
        product = G + epsilon * first + epsilon**2 * second
        r = np.diag(product).copy()
        np.fill_diagonal(product, 0.0)
        p = float(np.abs(product).max())
        return bool(r.min() > 0 and 3 * len(r) * r.max() * p <= gamma**3 * r.min() ** 2)

    return holds


def _bisect(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The largest float found with `holds`, which is true at `low` (or low is given back) and false at `high`."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
