"""Measured shares and times against values computed here by other means, and the figures of standard training."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from theorycheck_simulations.kernels import activation
from theorycheck_simulations.measure import dominance_share, first_passage, unit_output_level
from theorycheck_simulations.population import train_population, train_populations
from theorycheck_simulations.setting import BadSetting, Setting

FIRST = Setting(k=5, m=4, n_R=1, n_N=31, alpha=2.5, beta=1.0, sigma_0=0.005, eta=0.02, T=6000)
SECOND = Setting(k=3, m=6, n_R=2, n_N=40, alpha=1.8, beta=1.0, sigma_0=0.005, eta=0.02, T=6000)


@pytest.mark.parametrize("setting", [FIRST, SECOND, FIRST.replace(q=5), FIRST.replace(n_N=2, rho=0.1)])
def test_unit_output_level(setting):
    b = unit_output_level(setting)
    a = activation.Activation(activation.SMOOTHED_RELU, setting.q, setting.rho)
    assert setting.n_N * activation.s(setting.beta * b, a) == pytest.approx(1, rel=1e-13)


@pytest.mark.parametrize(("setting", "low", "high", "spread"),
                         [(FIRST, 1.005, 1.03, 0.015), (SECOND, 1.01, 1.05, 0.03)])
def test_first_passage_times_follow_the_integral(setting, low, high, spread):
    """k rho^(q-1) / (eta (1-1/k) (q-2) n_N beta^q) (B_0^(2-q) - b^(2-q)) where the non-robust feature starts ahead."""
    cases = first_passage(setting, 60, 0)
    k, q = setting.k, setting.q
    rate = setting.eta * (1 - 1 / k) * (q - 2) * setting.n_N * setting.beta**q
    predicted = k * setting.rho ** (q - 1) / rate * (cases.B_0 ** (2 - q) - cases.level ** (2 - q))
    ahead = cases.ahead & (predicted < setting.T / 2)
    assert ahead.sum() >= 60 and (cases.T_b[ahead] >= 0).all()
    ratio = cases.T_b[ahead] / predicted[ahead]
    assert low <= ratio.mean() <= high and ratio.std() <= spread
    assert (2 * cases.next_B_0 <= cases.B_0).all() and (cases.B_0 > 0).all()


def test_first_passage_against_single_runs():
    cases = first_passage(SECOND, 4, 1, lead=1.0)
    runs = train_populations(SECOND, 1, 4)
    assert len(cases.run) >= 8
    for n in range(len(cases.run)):
        i = cases.label[n]
        one = train_population(SECOND, W0=runs.W0[cases.run[n]], stride=1)
        over = np.flatnonzero(one.trajectory.B[:, i].max(axis=1) >= cases.level)
        assert cases.T_b[n] == (over[0] if over.size else -1)
        assert cases.B_0[n] == one.trajectory.B[0, i].max() and cases.A_0[n] == one.trajectory.A[0, i].max()


def test_dominance_share_agrees_with_the_quadrature():
    """P(A_max < B_max / S, B_max > 0) for maxima of m normals, S = n_R alpha^3 / (n_N beta^3); 300 classes."""
    share = dominance_share(FIRST, 60, 0)
    S, m, normal = FIRST.alpha**3 / FIRST.n_N, FIRST.m, stats.norm
    predicted = quad(lambda b: m * normal.pdf(b) * normal.cdf(b) ** (m - 1) * normal.cdf(b / S) ** m, 0, np.inf)[0]
    assert predicted == pytest.approx(0.7378, abs=5e-5)
    interval = stats.binomtest(share.dominated, share.total - share.undecided).proportion_ci(0.99, "exact")
    assert interval.low <= predicted <= interval.high
    assert share.total == 300 and share.undecided <= 10 and share.failed == 0
    wrong = quad(lambda b: m * normal.pdf(b) * normal.cdf(b) ** (m - 1) * normal.cdf(b / S**2) ** m, 0, np.inf)[0]
    assert not interval.low <= wrong <= interval.high


def test_dominance_share_counts_what_it_cannot_decide():
    short = dominance_share(FIRST.replace(T=1), 10, 0)
    assert (short.undecided, short.dominated, short.total) == (50, 0, 50)
    failed = dominance_share(FIRST.replace(eta=1e308, n_N=10**14, sigma_0=1e-6), 10, 0)
    assert (failed.failed, failed.dominated, failed.undecided) == (50, 0, 0)


def test_linear_part_is_out_of_reach_once_the_output_is_large():
    """n_N rho/q = 16.7: no class comes to max_r B = rho/beta, although most learn the non-robust feature first."""
    setting = Setting(k=6, m=5, n_N=100, rho=0.5, T=8000)
    runs = train_populations(setting, 0, 25, level=setting.rho / setting.beta)
    assert (runs.passage.level_step == -1).all() and runs.passage.level_step.size == 150
    assert dominance_share(setting, 25, 0).dominated >= 110
    reachable = setting.replace(n_N=4, alpha=0.5)
    assert (train_populations(reachable, 0, 25, level=0.5).passage.level_step >= 0).sum() >= 75


def test_bad_measurements_are_refused():
    with pytest.raises(BadSetting, match="outside the polynomial part"):
        first_passage(FIRST, 2, 0, level=0.6)
    with pytest.raises(ValueError, match="lead = 0.5"):
        first_passage(FIRST, 2, 0, lead=0.5)
    with pytest.raises(ValueError, match="level = "):
        first_passage(FIRST, 2, 0, level=-0.1)
