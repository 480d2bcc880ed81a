"""Slow, obvious twins of the kernels, straight from the formulas; they share no code with them and are test oracles.

Loops over plain numbers; arrays only hold them. The exact twin works in fractions.
"""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from .setting import Setting
from .trajectory import Floats

Exact = tuple[tuple[Fraction, ...], ...]


def activation(z: float, q: int, rho: float, kind: str = "smoothed-relu") -> float:
    """s(z), piece by piece."""
    if kind == "softplus":
        return rho * math.log1p(math.exp(z / rho)) if z < 700 * rho else z
    if kind == "gelu":
        return z * 0.5 * math.erfc(-z / rho / math.sqrt(2))
    if kind == "relu":
        return max(z, 0.0)
    if z <= 0:
        return 0.0
    if z <= rho:
        return float(z**q / (q * rho ** (q - 1)))
    return float(z - (1 - 1 / q) * rho)


def activation_slope(z: float, q: int, rho: float, kind: str = "smoothed-relu") -> float:
    """s'(z), of the paper's activation clamp(z/rho, 0, 1)^(q-1)."""
    if kind == "softplus":
        return (1 + math.tanh(z / rho / 2)) / 2
    if kind == "gelu":
        t = z / rho
        return 0.5 * math.erfc(-t / math.sqrt(2)) + t * math.exp(-t * t / 2) / math.sqrt(2 * math.pi)
    if kind == "relu":
        return float(z > 0)
    return float(min(max(z / rho, 0.0), 1.0) ** (q - 1))


def residual(F: Sequence[float], label: int) -> list[float]:
    """1[i = label] - logit_i; the label's entry as the sum of the other probabilities."""
    shares = [math.exp(f - max(F)) for f in F]
    p = [share / math.fsum(shares) for share in shares]
    return [math.fsum(p[:i] + p[i + 1 :]) if i == label else -p[i] for i in range(len(p))]


def outputs(setting: Setting, W: Floats, patches: Sequence[tuple[float, Floats]]) -> list[float]:
    """F_i = sum over weighted patches (multiplicity, x) and filters of multiplicity s(<w_{i,r}, x>); W (k, m, d)."""
    return [math.fsum(count * activation(float(np.dot(w, x)), setting.q, setting.rho, setting.activation)
                      for w in W[i] for count, x in patches) for i in range(setting.k)]


def adversarial_patches(setting: Setting, W: Floats, patches: Sequence[tuple[float, Floats]],
                        label: int) -> list[tuple[float, Floats]]:
    """x + clip_eps(eta~ grad_x L_m) for every patch x of one point, ``ascent_steps`` times; multiplicities stay."""
    moved = [(count, x.copy()) for count, x in patches]
    for _ in range(setting.ascent_steps):
        F = outputs(setting, W, moved)
        if setting.objective == "loss":
            pull = [-gap for gap in residual(F, label)]
        else:
            pull = [-float(i == label) for i in range(setting.k)]
            if setting.objective == "margin":
                pull[max((i for i in range(setting.k) if i != label), key=lambda i: F[i])] = 1.0
        after = []
        for (count, x), (_, start) in zip(moved, patches, strict=True):
            gradient = np.zeros_like(x)
            for i in range(setting.k):
                for w in W[i]:
                    z = float(np.dot(w, x))
                    gradient += pull[i] * activation_slope(z, setting.q, setting.rho, setting.activation) * w
            shift = np.minimum(np.maximum(x - start + setting.eta_tilde * gradient, -setting.epsilon), setting.epsilon)
            after.append((count, start + shift))
        moved = after
    return moved


def ascent(setting: Setting, W: Floats, patches: Sequence[tuple[float, Floats]], label: int) -> Floats:
    """-grad L at one point: (1[i=label] - logit_i) sum_p multiplicity s'(<w_{i,r}, x_p>) x_p as (k, m, d)."""
    gap = residual(outputs(setting, W, patches), label)
    G = np.zeros_like(W)
    for i in range(W.shape[0]):
        for r in range(W.shape[1]):
            for count, x in patches:
                slope = activation_slope(float(np.dot(W[i, r], x)), setting.q, setting.rho, setting.activation)
                G[i, r] += gap[i] * count * slope * x
    return G


def population_step(setting: Setting, W: Floats, adversarial: bool = False) -> Floats:
    """One step on the population risk in all d coordinates, W (k, m, d): the 2k weighted patches written out."""
    axes = np.eye(setting.d)
    G = np.zeros_like(W)
    for j in range(setting.k):
        u, v = axes[j], axes[setting.k + j]
        patches = [(float(setting.n_R), setting.alpha * u), (float(setting.n_N), setting.beta * v)]
        G += ascent(setting, W, adversarial_patches(setting, W, patches, j) if adversarial else patches, j)
    return W + setting.eta / setting.k * G


def network_step(setting: Setting, X: Floats, y: Sequence[int], W: Floats, adversarial: bool = False) -> Floats:
    """One step on the empirical risk of X (N, P, d), y (N,)."""
    G = np.zeros_like(W)
    for points, label in zip(X, y, strict=True):
        patches = [(1.0, x) for x in points]
        G += ascent(setting, W, adversarial_patches(setting, W, patches, label) if adversarial else patches, int(label))
    return W + setting.eta / len(X) * G


def risk(setting: Setting, X: Floats, y: Sequence[int], W: Floats) -> float:
    """Mean of -log logit_y, as log(sum_j e^(F_j - F_y))."""
    losses = []
    for points, label in zip(X, y, strict=True):
        F = outputs(setting, W, [(1.0, x) for x in points])
        losses.append(math.log1p(math.fsum(math.exp(F[j] - F[label]) for j in range(setting.k) if j != label)))
    return math.fsum(losses) / len(X)


def attacked_strength(setting: Setting, C: Sequence[float], strength: float, polynomial: bool) -> float:
    """strength - clip_eps(eta~ sum_s s'(strength C_s) C_s) for one class's C (m,)."""
    pull = math.fsum(reduced_slope(setting, strength * float(z), polynomial) * float(z) for z in C)
    return strength - min(max(setting.eta_tilde * pull, -setting.epsilon), setting.epsilon)


def reduced_slope(setting: Setting, z: float, polynomial: bool) -> float:
    """s'(z), or its polynomial part continued."""
    if polynomial:
        return float((max(z, 0.0) / setting.rho) ** (setting.q - 1))
    return activation_slope(z, setting.q, setting.rho, setting.activation)


def reduced_step(setting: Setting, A: Floats, B: Floats, *, polynomial: bool, coupled: bool,
                 adversarial: bool = False) -> tuple[Floats, Floats]:
    """One step of level 0 on A, B (k, m); see `reduced.train_reduced`."""
    k = setting.k
    kinds = ((A.copy(), setting.alpha, setting.n_R), (B.copy(), setting.beta, setting.n_N))
    for i in range(k):
        # Row i of the copies is still unchanged here.
        rows = [(new, attacked_strength(setting, new[i], scale, polynomial) if adversarial else scale, count)
                for new, scale, count in kinds]
        F = math.fsum(count * activation(scale * float(z), setting.q, setting.rho, setting.activation)
                      for new, scale, count in rows for z in new[i])
        gap = (k - 1) * math.exp(-F) / ((k - 1) * math.exp(-F) + 1) if coupled else (k - 1) / k
        for new, scale, count in rows:
            if polynomial and scale <= 0:
                continue
            for r in range(new.shape[1]):
                slope = reduced_slope(setting, scale * float(new[i, r]), polynomial)
                new[i, r] += setting.eta / k * gap * count * scale * slope
    return kinds[0][0], kinds[1][0]


def exact_step(setting: Setting, A: Exact, B: Exact) -> tuple[Exact, Exact]:
    """One step of the uncoupled polynomial recursion in fractions, the setting's floats taken exactly.

    A += (eta/k)(1 - 1/k) n_R alpha^q max(A, 0)^(q-1) / rho^(q-1), B with n_N and beta.
    """
    k, q = setting.k, setting.q
    rate = Fraction(setting.eta) / k * (1 - Fraction(1, k)) / Fraction(setting.rho) ** (q - 1)

    def moved(C: Exact, count: int, scale: float) -> Exact:
        factor = rate * count * Fraction(scale) ** q
        return tuple(tuple(z + factor * max(z, Fraction(0)) ** (q - 1) for z in row) for row in C)

    return moved(A, setting.n_R, setting.alpha), moved(B, setting.n_N, setting.beta)
