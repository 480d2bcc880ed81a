"""The paper's predictions with their constants, as plain functions of the setting; nothing here runs a training."""

import math

import mpmath
import numpy as np
from numpy.typing import ArrayLike, NDArray
from theorycheck_simulations.setting import Setting

Floats = NDArray[np.float64]


def strength_ratio(setting: Setting) -> float:
    r"""Ratio of the two growth rates, :math:`S = n_R\alpha^q/(n_N\beta^q)`, dimensionless (Lemma D.9)."""
    return setting.n_R * setting.alpha**setting.q / (setting.n_N * setting.beta**setting.q)


def lead_needed(setting: Setting) -> float:
    r"""How far max_r B(0) must exceed max_r A(0) to win the race: :math:`S^{1/(q-2)}`."""
    return float(strength_ratio(setting) ** (1 / (setting.q - 2)))


def unit_level(setting: Setting) -> float:
    """The b at which one filter alone gives F_i = 1, inside the polynomial part: n_N s(beta b) = 1.

    Raises:
        ValueError: if F_i = 1 is only reached beyond rho/beta.
    """
    q, rho = setting.q, setting.rho
    if setting.n_N * rho < q:
        raise ValueError(
            f"n_N rho / q = {setting.n_N * rho / q:g}: F_i = 1 lies outside the polynomial part (allowed: >= 1)"
        )
    return float((q * rho ** (q - 1) / setting.n_N) ** (1 / q) / setting.beta)


def rate(setting: Setting) -> float:
    r"""The coefficient of :math:`(1-\mathrm{logit}_i)B^{q-1}` in a step: :math:`\eta n_N\beta^q/(k\varrho^{q-1})`."""
    return setting.eta * setting.n_N * setting.beta**setting.q / (setting.k * setting.rho ** (setting.q - 1))


def level_time(setting: Setting, B_0: ArrayLike, level: float) -> Floats:
    r"""Steps until the leading filter comes from B_0 > 0 to `level`, with 1 - logit_i = 1 - 1/k throughout.

    .. math:: T_b = \frac{k\varrho^{q-1}}{\eta(1-1/k)(q-2)n_N\beta^q}\left(B_0^{2-q}-b^{2-q}\right)

    Args:
        B_0: initial values, any shape.
        level: b <= rho/beta.

    Source: Section 5.1 and Lemma D.9, the time of the tensor power recursion.
    """
    n = setting.q - 2
    start = np.asarray(B_0, dtype=np.float64)
    return np.asarray((start**-n - level**-n) / (rate(setting) * (1 - 1 / setting.k) * n))


def dominance_probability(setting: Setting) -> float:
    r""":math:`P(A_{\max} < S^{-1/(q-2)} B_{\max},\; B_{\max} > 0)` for maxima of m independent N(0, sigma_0^2).

    Does not depend on sigma_0. By adaptive quadrature over the density of B_max.
    """
    from scipy.integrate import quad  # here and elsewhere, because these two take long to import
    from scipy.stats import norm

    m, lead = setting.m, lead_needed(setting)

    def density(b: float) -> float:
        return float(m * norm.pdf(b) * norm.cdf(b) ** (m - 1) * norm.cdf(b / lead) ** m)

    return float(quad(density, 0, np.inf, epsabs=1e-12, epsrel=1e-12)[0])


def dominance_probability_check(setting: Setting) -> float:
    """The same by tanh-sinh quadrature at 20 digits: a second route that shares no code with the first."""
    m = setting.m
    with mpmath.workdps(20):
        S = (
            mpmath.mpf(setting.n_R)
            * mpmath.mpf(setting.alpha) ** setting.q
            / setting.n_N
            / mpmath.mpf(setting.beta) ** setting.q
        )
        lead = S ** (mpmath.mpf(1) / (setting.q - 2))
        whole = mpmath.quad(
            lambda b: m * mpmath.npdf(b) * mpmath.ncdf(b) ** (m - 1) * mpmath.ncdf(b / lead) ** m, [0, 1, 2, 4, 8, 16]
        )
    return float(whole)


def learning_probability(setting: Setting) -> float:
    """The chance 1 - 4^(-m) that a class has any positive A_{i,r}(0) or B_{i,r}(0) to grow from."""
    return float(1 - 0.25**setting.m)


def tensor_power_bound(setting: Setting, A_0: ArrayLike, B_0: ArrayLike, level: float) -> Floats:
    r"""Bound on max_r A at the first time that max_r B >= `level`; infinite where the lemma's hypotheses fail.

    .. math:: A \le A_0\left(1-\theta(1+\kappa)^{2-q}\right)^{-1/(q-2)},\quad
              1+\kappa = \frac{B_0}{S^{1/(q-2)}A_0},\quad \theta = (1+\eta\bar C b^{q-2})^{q-1}

    with :math:`\eta\bar C` the rate of one step, because 1 - logit_i < 1. Hypotheses: A_0 > 0, B_0 > 0,
    kappa > 0 and theta < (1+kappa)^(q-2).

    Source: Lemma B.2 in its effective form.
    """
    n = setting.q - 2
    theta = (1 + rate(setting) * level**n) ** (n + 1)
    A, B = np.asarray(A_0, dtype=np.float64), np.asarray(B_0, dtype=np.float64)
    with np.errstate(all="ignore"):
        inside = 1 - theta * (lead_needed(setting) * A / B) ** n
        return np.where((A > 0) & (B > 0) & (inside > 0), A * inside ** (-1 / n), np.inf)


def growth_constant(setting: Setting, tau: float) -> float:
    r""":math:`c' = (\eta/k)(k-1)e^\tau m[(n_R\alpha)^2+(n_N\beta)^2]`, so that F_i gains at most c' e^(-F_i) a step."""
    strength = (setting.n_R * setting.alpha) ** 2 + (setting.n_N * setting.beta) ** 2
    return float(setting.eta / setting.k * (setting.k - 1) * math.exp(tau) * setting.m * strength)


def necessary_steps(constant: float, start: float, end: float) -> float:
    r"""Steps that F_i needs at least to come from `start` to `end` > `start`.

    .. math:: \frac{e^{F_1}-e^{F_0}}{c'\exp(c'e^{-F_0})}

    Source: Lemma D.11 in its sharper form.
    """
    return float((math.exp(end) - math.exp(start)) / constant * math.exp(-constant * math.exp(-start)))


def linear_part_output(setting: Setting) -> float:
    """n_N rho/q, what F_i is at least once a B_{i,r} has reached rho/beta."""
    return setting.n_N * setting.rho / setting.q


def reach_time(setting: Setting, A_bound: ArrayLike, B_0: ArrayLike) -> Floats:
    r"""Steps after which max_r B has reached rho/beta at the latest.

    .. math:: 1+\frac{\theta B_0^{2-q}}{(q-2)\,\eta C_{\min}},\quad
              \eta C_{\min}=\frac{\eta n_N\beta^q}{k\varrho^{q-1}}\cdot\frac{k-1}{k-1+e^{\bar F}},\quad
              \bar F = m n_N\varrho/q + m n_R\, s(\alpha \bar A)

    where A_bound bounds max_r A until then, so that F_i <= F-bar; the other outputs are >= 0.

    Source: Lemma B.2, the time to reach a level, at the level rho/beta.
    """
    q, n = setting.q, setting.q - 2
    z = setting.alpha * np.asarray(A_bound, dtype=np.float64)
    inner = np.minimum(z, setting.rho) ** q / (q * setting.rho ** (q - 1))
    robust = np.where(z > setting.rho, z - (1 - 1 / q) * setting.rho, inner)
    F = setting.m * (linear_part_output(setting) + setting.n_R * robust)
    step = rate(setting)
    theta = (1 + step * (setting.rho / setting.beta) ** n) ** (n + 1)
    with np.errstate(all="ignore"):
        least = step * (setting.k - 1) / (setting.k - 1 + np.exp(F))
        return np.asarray(1 + theta * np.asarray(B_0, dtype=np.float64) ** -n / (n * least))


def late_output(F: ArrayLike, strength: ArrayLike, setting: Setting, steps: float) -> Floats:
    r"""F_i after so many further steps of e^F dF = (eta/k)(k-1) Q dt, Q = `strength` held fixed and e^F >> k - 1.

    .. math:: \log\left(e^{F}+\tfrac{\eta}{k}(k-1)\,Q\,t\right)
    """
    gained = setting.eta / setting.k * (setting.k - 1) * np.asarray(strength) * steps
    return np.asarray(np.log(np.exp(np.asarray(F)) + gained))
