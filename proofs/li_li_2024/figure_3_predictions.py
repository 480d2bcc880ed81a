"""What the theory says about Figure 3, and where it says nothing."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from theorycheck_simulations.setting import Setting

from . import predictions
from .predictions import Floats

HALF = 0.5  # T_B is the first t at which sum_r B^q has come to this share of its level
SETTLED = 0.98  # of the level; the rest of the way is algebraic, with the power -1/(q-1) of t
COUPLING = 0.03  # the most that the initial weights outside the feature may take off the saturation level
TOLERANCE = 1 - SETTLED + COUPLING  # of the level at T


def out_of_scope(setting: Setting) -> tuple[str, ...]:
    """Why the predictions of Section 5.2 do not apply to the setting; empty where they do."""
    s = setting
    if s.q < 3 or s.activation != "smoothed-relu":
        return (f"activation {s.activation}, q = {s.q}: the predictions are about the smoothed ReLU with q >= 3",)
    said = [
        (s.sigma_n > 0, "noise: the predictions are about the population"),
        (s.objective != "label" or s.ascent_steps != 1, "the attack in training is not one step on -F_y"),
        (s.eta_tilde == 0 or s.epsilon < s.beta, "epsilon < beta or eta~ = 0: training removes no non-robust feature"),
        (s.alpha <= s.epsilon, "alpha <= epsilon: the attack in training removes the robust feature"),
        (s.n_N * s.beta**s.q <= s.n_R * s.alpha**s.q, "n_N beta^q <= n_R alpha^q: non-robust features are not denser"),
    ]
    found = tuple(text for holds, text in said if holds)
    if found:
        return found
    level = saturation_strength(s)
    if 10 * s.sigma_0 > level:
        return (f"10 sigma_0 > B* = {level:.3g}: the race is over at the start",)
    said = [
        (s.beta * level > s.rho, f"beta B* = {s.beta * level:.3g} > rho: B saturates beyond the polynomial part"),
        (residual(s) > COUPLING, f"sigma_0^2 (d - 1)/B*^2 = {residual(s):.3g} > {COUPLING:g}: filters are coupled"),
        (stride(s) > 1, f"a step of B may be {stride(s):.3g} times what is left to B*: the step eta is too large"),
    ]
    return tuple(text for holds, text in said if holds)


def saturation(setting: Setting) -> float:
    r"""Where B stops: :math:`\sum_r(B_{i,r})_+^q=\varrho^{q-1}/(\tilde\eta\beta^{q-2})`."""
    s = setting
    return s.rho ** (s.q - 1) / (s.eta_tilde * s.beta ** (s.q - 2))


def saturation_strength(setting: Setting) -> float:
    """B*, the level as one filter's B."""
    return float(saturation(setting) ** (1 / setting.q))


def residual(setting: Setting) -> float:
    r"""About what share the d - 1 other coordinates take off the level: :math:`\sigma_0^2(d-1)/B_*^2`.

    A leading filter's patch is moved by :math:`\tilde\eta s'(\beta B)w`, so its pre-activation falls by
    :math:`\tilde\eta s'(\beta B)\|w\|^2`, of which :math:`B^2` is the prediction's.
    """
    return setting.sigma_0**2 * (setting.d - 1) / saturation_strength(setting) ** 2


def stride(setting: Setting) -> float:
    r"""The largest step of B in units of what is left to B*; above 1 B can step over its level, and stays there.

    .. math:: \frac{\eta n_N\beta^q}{k\varrho^{q-1}}B_*^{q-2}\max_{0<x<1}\frac{x^{q-1}(1-x^q)^q}{1-x}
    """
    q, x = setting.q, np.linspace(0, 1, 1001)[1:-1]
    shape = float(np.max(x ** (q - 1) * (1 - x**q) ** q / (1 - x)))
    return predictions.rate(setting) * saturation_strength(setting) ** (q - 2) * shape


def saturation_time(setting: Setting, B_0: ArrayLike, share: float = HALF) -> Floats:
    r"""T_B: steps until the leading filter's B^q comes from B_0^q to this share of the level; 0 for B_0 beyond it.

    .. math:: \frac{k\varrho^{q-1}}{\eta(1-1/k)n_N\beta^q}\int_{B_0}^{B}\frac{dx}{x^{q-1}(1-(x/B_*)^q)^q}

    Lemma 5.2 in continuous time; 1 - logit_i is 1 - 1/k, because outputs at the adversarial examples stay small.
    """
    from scipy.integrate import quad

    q, end = setting.q, saturation_strength(setting)
    inside = share ** (1 / q) * end
    rate = predictions.rate(setting) * (1 - 1 / setting.k)

    def steps(start: float) -> float:
        return float(quad(lambda x: x ** (1 - q) * (1 - (x / end) ** q) ** -q, start, inside)[0]) / rate

    B = np.asarray(B_0, dtype=np.float64)
    return np.asarray(np.vectorize(lambda b: steps(b) if b < inside else 0.0, otypes=[float])(B))


def passing_bracket(setting: Setting, A_0: ArrayLike) -> tuple[Floats, Floats]:
    r"""Ends of T_A, the first t with max_r A at B*: the leading A alone, with strength alpha and alpha - epsilon.

    .. math:: T(a)=\frac{k\varrho^{q-1}}{\eta(1-1/k)(q-2)n_Ra^q}\left(A_0^{2-q}-B_*^{2-q}\right)

    A's factor of growth in Lemma 5.2 lies between (1 - epsilon/alpha)^q and 1.
    """
    s, end = setting, saturation_strength(setting)
    fast, slow = (
        # The race of B alone, with A's patches in place of B's.
        predictions.level_time(s.replace(n_N=s.n_R, J_R=None, J_NR=None, beta=a), A_0, end)
        for a in (s.alpha, s.alpha - s.epsilon)
    )
    return fast, slow


def foreseen(setting: Setting, A_0: Floats, B_0: Floats) -> NDArray[np.bool_]:
    """(...): the classes that the predictions are about, for starts (..., m).

    Different filters lead in A and in B, both from a positive start: one that leads in both is attacked along v on
    robust patches as well and may stop. T_B comes before T_A, and twice the later end of T_A is within T.
    """
    A, B = A_0.max(axis=-1), B_0.max(axis=-1)
    level = saturation_strength(setting)
    started = (A > 0) & (B > 0) & (A_0.argmax(axis=-1) != B_0.argmax(axis=-1))
    T_B = saturation_time(setting, np.where(started, B, level))
    early, late = passing_bracket(setting, np.where(started, A, level))
    return np.asarray(started & (early >= T_B) & (2 * late <= setting.T))


def residual_attack(setting: Setting) -> float:
    r"""What the paper's attack gives the target at saturation: :math:`n_N\epsilon^q/(q\tilde\eta\beta^{q-2})`.

    n_N sum_r s(epsilon B_{i,r}) at the level of B, on the polynomial piece, which is an upper bound on s.
    """
    s = setting
    return s.n_N * s.epsilon**s.q / (s.q * s.eta_tilde * s.beta ** (s.q - 2))


def outgrows_attack(setting: Setting) -> bool:
    """Whether the robust part is expected to exceed `residual_attack` at T: its logarithmic growth during T/2 steps."""
    s = setting
    return residual_attack(s) < float(predictions.late_output(0.0, (s.n_R * (s.alpha - s.epsilon)) ** 2, s, s.T / 2))


def non_robust_wins(setting: Setting, A_0: Floats, B_0: Floats) -> NDArray[np.bool_]:
    """(...): the classes whose non-robust feature wins the race of standard training by twice the lead it needs."""
    A, B = A_0.max(axis=-1), B_0.max(axis=-1)
    return np.asarray((B > 0) & (2 * predictions.lead_needed(setting) * A <= B))
