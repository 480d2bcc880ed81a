"""Adversarial training's phases with their constants, as plain functions of the setting; nothing here runs a training.

They are exact for uncoupled starts: every filter along one own feature, so that the network is Lemma 5.2's recursion
with the whole activation, F_j = 0 on class i for j != i, and 1 - logit_i at most 1 - 1/k.
"""

import math

import numpy as np
from numpy.typing import ArrayLike
from theorycheck_simulations.setting import Setting

from . import predictions
from .figure_3_predictions import saturation, saturation_strength
from .predictions import Floats
from .updates import activation


def out_of_scope(setting: Setting) -> tuple[str, ...]:
    """Why the statements about phases do not apply to the setting; empty where they do."""
    s = setting
    said = (
        (s.objective != "label" or s.ascent_steps != 1, "the ascent is not one step on -F_y"),
        (s.eta_tilde == 0 or s.epsilon < s.beta, "epsilon < beta or eta~ = 0: no level stops B"),
        (s.alpha <= s.epsilon, "alpha <= epsilon: nothing is left of the robust patch"),
        (s.eta_tilde * s.rho < s.beta**2, "eta~ rho < beta^2: the level lies beyond the polynomial part"),
        (s.m < 2, "m = 1: an uncoupled class has only one feature"),
    )
    found = tuple(text for holds, text in said if holds)
    if not found and step_number(s) > 4 / 3:
        return (f"U = {step_number(s):.3g} > 4/3: a step of B may pass its level",)
    return found


def step_number(setting: Setting) -> float:
    r"""A step of B against its level, :math:`U=\frac{\eta n_N\beta^q}{k\varrho^{q-1}}(1-\tfrac1k)B_*^{q-2}`."""
    s = setting
    return predictions.rate(s) * (1 - 1 / s.k) * saturation_strength(s) ** (s.q - 2)


def highest(setting: Setting) -> float:
    r"""What :math:`(\sum_r B_{i,r}^q)^{1/q}` never exceeds from a start below: :math:`\max(1,\tfrac34U)\,B_*`."""
    return max(1.0, 0.75 * step_number(setting)) * saturation_strength(setting)


def hidden_output(setting: Setting) -> float:
    r"""The most that non-robust patches of X~ give, :math:`\frac{n_N\beta^2}{q\tilde\eta}\frac{q^q}{(q+1)^{q+1}}`."""
    s = setting
    return float(s.n_N * s.beta**2 / (s.q * s.eta_tilde) * s.q**s.q / (s.q + 1) ** (s.q + 1))


def largest_output(setting: Setting, A: ArrayLike, filters: ArrayLike) -> Floats:
    """F_max, a bound on F_i(X~) while so many A_{i,r} are in (0, A]: `hidden_output` + n_R filters s(alpha A)."""
    robust = activation(setting, setting.alpha * np.asarray(A, dtype=np.float64))
    return np.asarray(hidden_output(setting) + setting.n_R * np.asarray(filters) * robust)


def rates(setting: Setting, robust: bool, left: float, F_max: ArrayLike) -> tuple[Floats, float]:
    r"""The least and the largest C of a step C z^(q-1) of a correlation z.

    .. math:: \frac{\eta n c^q}{k\varrho^{q-1}}\cdot\frac{k-1}{k-1+e^{F_{\max}}}\,\ell^q\le C\le
              \frac{\eta n c^q}{k\varrho^{q-1}}\cdot\frac{k-1}{k}

    Args:
        robust: n = n_R and c = alpha, or n = n_N and c = beta.
        left: l, the least share of the strength c that the ascent leaves.
        F_max: bounds on F_i(X~) until then, any shape.
    """
    s = setting
    count, strength = (s.n_R, s.alpha) if robust else (s.n_N, s.beta)
    rate = s.eta * count * strength**s.q / (s.k * s.rho ** (s.q - 1))
    slow = rate * left**s.q * (s.k - 1) / (s.k - 1 + np.exp(np.asarray(F_max, dtype=np.float64)))
    return np.asarray(slow), rate * (1 - 1 / s.k)


def bracket(setting: Setting, start: ArrayLike, ends: tuple[ArrayLike, ArrayLike], slow: ArrayLike,
            fast: float) -> tuple[Floats, Floats]:
    r"""Steps that z+ = z + C z^(q-1) needs from z_0 = `start` > 0, with slow <= C <= fast.

    .. math:: \frac{z_0^{2-q}-b^{2-q}}{(q-2)C_{\max}}\le T\le\frac{\theta z_0^{2-q}}{(q-2)C_{\min}},\quad
              \theta=\left(1+C_{\max}b^{q-2}\right)^{q-1}

    Args:
        ends: b for the earlier end, and b for theta: z is below the second at every step before T.

    Source: Lemma B.2, the time to reach a level.
    """
    n = setting.q - 2
    z, near, far = (np.asarray(value, dtype=np.float64) for value in (start, *ends))
    theta = (1 + fast * far**n) ** (n + 1)
    return (z**-n - near**-n) / (n * fast), theta * z**-n / (n * np.asarray(slow))


def knee(setting: Setting) -> float:
    """The A from which on s' = 1 on a robust patch, whatever the ascent takes off: rho/(alpha - epsilon)."""
    return setting.rho / (setting.alpha - setting.epsilon)


def robust_bracket(setting: Setting, A_0: ArrayLike, filters: ArrayLike, level: float) -> tuple[Floats, Floats]:
    r"""Ends of T_A, the first t with max_r A_{i,r} >= `level`, from A_0 > 0 in so many robust filters.

    `bracket` with the strengths alpha and alpha - epsilon, and F_max at `level`; past the `knee` the later end grows by
    the time of steps :math:`\tfrac\eta k\tfrac{k-1}{k-1+e^{F_{\max}}}n_R(\alpha-\varepsilon)`.
    """
    s = setting
    F_max, left = largest_output(s, level, filters), s.alpha - s.epsilon
    slow, fast = rates(s, True, left / s.alpha, F_max)
    end = min(level, knee(s))
    early, late = bracket(s, A_0, (level, end), slow, fast)
    step = s.eta / s.k * (s.k - 1) / (s.k - 1 + np.exp(F_max)) * s.n_R * left
    return early, late + (np.ceil((level - end) / step) if level > end else 0.0)


def robust_bound(setting: Setting, A_0: ArrayLike, B_0: ArrayLike, share: float) -> Floats:
    r"""Bound on max_r A_{i,r} at T_B, the first t with sum_r B^q at the share phi of its level.

    Lemma B.2 with :math:`S/(1-\varphi)^q` for S, because the ascent leaves at least 1 - phi of beta until then;
    infinite where its hypotheses fail.
    """
    slower = setting.replace(alpha=setting.alpha / (1 - share))
    return predictions.tensor_power_bound(slower, A_0, B_0, share_level(setting, share))


def share_level(setting: Setting, share: float) -> float:
    """What max_r B is below until sum_r B^q has reached this share of its level: (phi Q*)^(1/q)."""
    return float((share * saturation(setting)) ** (1 / setting.q))


def nonrobust_bracket(setting: Setting, B_0: ArrayLike, A: ArrayLike, filters: tuple[ArrayLike, ArrayLike],
                      share: float) -> tuple[Floats, Floats]:
    """Ends of T_B, the first t with sum_r B^q at this share of its level, with max_r A_{i,r} <= A until then.

    filters: how many robust and non-robust filters start above 0.
    """
    slow, fast = rates(setting, False, 1 - share, largest_output(setting, A, filters[0]))
    far = share_level(setting, share)
    near = far * np.asarray(filters[1], dtype=np.float64) ** (-1 / setting.q)
    return bracket(setting, B_0, (near, far), slow, fast)


def late_bound(setting: Setting, A_1: ArrayLike, steps: ArrayLike) -> Floats:
    r"""The most that max_r A_{i,r} is so many steps after it was A_1, with tau = 0.

    .. math:: \frac{1}{n_R(\alpha-\varepsilon)}\log\left(e^{Y_1}+C\exp(Ce^{-Y_1})\,t\right),\quad
              Y_1=n_R(\alpha-\varepsilon)A_1

    Source: Lemma D.26, which is Lemma D.11's step for e^Y.
    """
    s = setting
    pace = s.n_R * (s.alpha - s.epsilon)
    C = s.eta / s.k * (s.k - 1) * s.n_R * s.alpha * pace * math.exp(s.n_R * (1 - 1 / s.q) * s.rho)
    Y = pace * np.asarray(A_1, dtype=np.float64)
    log_gain = np.log(C) + C * np.exp(-Y) + np.log(np.maximum(np.asarray(steps, dtype=np.float64), 1e-300))
    return np.asarray(np.logaddexp(Y, log_gain) / pace)


def pull(setting: Setting, A: ArrayLike, norm: ArrayLike) -> Floats:
    r""":math:`\tilde\eta(\alpha A)^{q-2}\|w\|^2/\varrho^{q-1}`: from 1 on the filter rests on robust patches of X~."""
    s = setting
    robust = s.alpha * np.asarray(A, dtype=np.float64)
    return np.asarray(s.eta_tilde * robust ** (s.q - 2) * np.asarray(norm) / s.rho ** (s.q - 1))


def stall_probability(setting: Setting) -> float:
    """For m = 1: the chance that A(0) > 0, B(0) > 0 and B wins the race, after which A never passes B."""
    return predictions.dominance_probability(setting) - 0.25


def cross_effect(setting: Setting) -> float:
    r"""The residual direction's effect over the signal at saturation: :math:`\sigma_0^2(d-2k)/B_*^2`."""
    return setting.sigma_0**2 * (setting.d - 2 * setting.k) / saturation_strength(setting) ** 2
