"""Perturbations: the directions that the boundary functional gives, and the gradient attack of the released code."""

import math

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..kernels import leaky_attacks as kernel
from ..status import Status
from ..trajectory import checked_array
from .kkt import second_layer
from .samples import Floats
from .train import choice, count_of, float_type, points_of, scale_of, signs_of, slope_of

NORMS = {"l2": kernel.L2, "linf": kernel.LINF, "l0": kernel.L0}


def direction(q: ArrayLike, norm: str, pixels: int | None = None) -> Floats:
    """The h (d,) that maximises <q, h>, for q (d,).

    l2: q/||q|| among ||h||_2 <= 1; linf: sgn(q) among ||h||_inf <= 1; l0: sgn(q) on the ``pixels`` entries with the
    largest |q_i| (the first ones among equals), among ||h||_inf <= 1 with at most that many entries.
    Raises ValueError for q = 0 or a bad argument.
    """
    kind = choice("norm", norm, NORMS)
    vector = checked_array("q", q, (np.size(q),))
    if not vector.any():
        raise ValueError("q = 0: no direction (allowed: at least one value other than 0)")
    if (kind == kernel.L0) != (pixels is not None):
        raise ValueError(f"pixels = {pixels} with norm = {norm!r} (allowed: an integer with l0, nothing else without)")
    if kind == kernel.L2:
        scaled = vector / np.abs(vector).max()  # so that no square overflows or vanishes
        return np.asarray(scaled / np.sqrt(np.sum(scaled * scaled)))
    signs = np.sign(vector)
    if pixels is not None:
        if count_of("pixels", pixels) > vector.size:
            raise ValueError(f"pixels = {pixels}: too many (allowed: 1 to {vector.size})")
        signs[np.argsort(-np.abs(vector), kind="stable")[pixels:]] = 0.0
    return signs


def pgd(W: ArrayLike, X: ArrayLike, targets: ArrayLike, gamma: float, norm: str, epsilon: float, steps: int = 100,
        ratio: float = 0.05, low: float | None = None, high: float | None = None,
        dtype: DTypeLike = np.float64) -> Floats:
    """X' (n, d): the points X (n, d) moved so that the network W (m, d) answers the targets (n,), as released.

    Lowers e^(-y' f) and keeps the best iterate, the start included. l2: ``steps`` steps eps/5 g/||g||_2, scaled down
    into ||X' - X||_2 <= eps; linf: the same with ||.||_inf in both places, so no sign attack: it goes along g; l0:
    floor(d ratio) steps, each takes one more pixel and moves the taken ones by .3 g/||g||_inf (epsilon and ``steps``
    do not matter). If given, ``low`` and ``high`` clamp every coordinate after each step. A point with gradient 0
    stays. ``dtype``: float64 or float32, what it is computed in.
    Raises ValueError, one line, for a bad argument, points outside [low, high], or numbers that overflow.
    """
    kind, floats = choice("norm", norm, NORMS), float_type(dtype)
    points = points_of(X)
    n, d = points.shape
    m = np.shape(W)[0] if np.ndim(W) == 2 else 0
    weights = checked_array("W", W, (second_layer(m).size, d))
    signs = signs_of("targets", targets, n)
    least, most = -np.inf if low is None else float(low), np.inf if high is None else float(high)
    if not least < most:
        raise ValueError(f"low, high = {low}, {high}: no range (allowed: low < high)")
    if points.min() < least or points.max() > most:
        raise ValueError(f"X = points outside [{least}, {most}] (allowed: points inside the range they are kept in)")
    if scale_of("epsilon", epsilon) < np.finfo(floats).tiny:
        raise ValueError(f"epsilon = {epsilon}: too small for {floats} (allowed: {np.finfo(floats).tiny:.3g} and more)")
    taken = count_of("steps", steps)
    if kind == kernel.L0:
        if not 0 < ratio <= 1 or math.floor(d * ratio) < 1:
            raise ValueError(f"ratio = {ratio}: no pixel of {d} (allowed: 1/d to 1)")
        taken = math.floor(d * ratio)
    # The attack does not depend on a factor of W: a power of 2 keeps every bit, and squares away from 0 and infinity.
    weights = np.ldexp(weights, -int(np.frexp(np.abs(weights).max())[1]))
    with np.errstate(over="ignore", under="ignore"):
        x, w = points.astype(floats), weights.astype(floats)
    out = np.empty_like(x)
    status = kernel.pgd(x, signs, w, np.ascontiguousarray(w.T), slope_of(gamma), kind, float(epsilon), taken, least,
                        most, out)
    if status != Status.OK:
        raise ValueError(f"W, X: the network's outputs overflow in {floats} (allowed: weights and points that do not)")
    return out.astype(np.float64)
