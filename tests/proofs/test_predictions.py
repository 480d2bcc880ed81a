"""The predictions against other routes and at their limits."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from theorycheck_proofs.li_li_2024 import predictions
from theorycheck_proofs.li_li_2024.grids import LATE, RACE, REACHING
from theorycheck_simulations.measure import unit_output_level
from theorycheck_simulations.setting import Setting, setting_from


@pytest.mark.parametrize("setting", RACE)
def test_level_at_which_the_output_is_one(setting: Setting) -> None:
    assert predictions.unit_level(setting) == pytest.approx(unit_output_level(setting), rel=1e-12)


def test_a_level_outside_the_polynomial_part_is_refused() -> None:
    with pytest.raises(ValueError, match="outside the polynomial part"):
        predictions.unit_level(setting_from({"n_N": 5, "rho": 0.5}))


@pytest.mark.parametrize("setting", RACE)
def test_time_is_the_integral_of_the_reciprocal_speed(setting: Setting) -> None:
    low, high = setting.sigma_0, predictions.unit_level(setting)
    speed = predictions.rate(setting) * (1 - 1 / setting.k)
    direct = quad(lambda x: x ** (1 - setting.q) / speed, low, high, epsrel=1e-10)[0]
    assert float(predictions.level_time(setting, low, high)) == pytest.approx(direct, rel=1e-8)


@pytest.mark.parametrize("setting", RACE)
def test_dominance_by_two_quadratures_and_by_sampling(setting: Setting) -> None:
    first, second = predictions.dominance_probability(setting), predictions.dominance_probability_check(setting)
    assert abs(first - second) <= 1e-10
    draws = np.random.default_rng(7).standard_normal((2, 40_000, setting.m)).max(axis=2)
    share = np.mean((draws[1] > 0) & (predictions.lead_needed(setting) * draws[0] < draws[1]))
    assert abs(share - first) <= 5 * math.sqrt(first * (1 - first) / 40_000)


def test_dominance_of_the_dossier_and_at_its_limits() -> None:
    assert predictions.dominance_probability(RACE[0]) == pytest.approx(0.7378, abs=5e-5)
    weak, strong = RACE[0].replace(alpha=1e-4), RACE[0].replace(alpha=1e4)
    assert predictions.dominance_probability(weak) == pytest.approx(1 - 0.5 ** RACE[0].m, abs=1e-6)
    # Against an overwhelming feature only classes without any positive A are left.
    m = RACE[0].m
    assert predictions.dominance_probability(strong) == pytest.approx(0.5**m * (1 - 0.5**m), abs=1e-6)


def test_tensor_power_bound_and_its_hypotheses() -> None:
    setting, level = RACE[0], predictions.unit_level(RACE[0])
    lead = predictions.lead_needed(setting)
    bound = predictions.tensor_power_bound(
        setting, [0.001, 0.01, -0.001, 0.001], [0.02, 0.01 * lead, 0.02, -0.02], level
    )
    assert 0.001 < bound[0] < 0.0012 and np.isinf(bound[1:]).all()
    # A wider lead bounds more tightly, down to the start itself.
    wide = predictions.tensor_power_bound(setting, 0.001, [0.01, 0.1, 0.25], level)
    assert (np.diff(wide) < 0).all() and wide[-1] < 0.00101


def test_necessary_steps_grow_with_the_goal_and_vanish_at_the_start() -> None:
    assert predictions.necessary_steps(1.0, 2.0, 2.0) == 0
    steps = [predictions.necessary_steps(1.0, 1.0, goal) for goal in (2, 5, 10)]
    assert steps == sorted(steps) and steps[2] == pytest.approx(
        (math.e**10 - math.e) * math.exp(-math.exp(-1)), rel=1e-12
    )


def test_growth_constant_written_out() -> None:
    s = LATE[0]
    assert predictions.growth_constant(s, 0.5) == pytest.approx(
        s.eta / 3 * 2 * math.exp(0.5) * 4 * (1.5**2 + 8.0**2), rel=1e-14
    )


def test_reach_time_exceeds_the_time_without_slowing() -> None:
    for setting in REACHING:
        free = float(predictions.level_time(setting, 0.02, setting.rho / setting.beta))
        assert float(predictions.reach_time(setting, 0.02, 0.02)) > free


def test_late_output_is_logarithmic() -> None:
    s = LATE[0]
    late = [float(predictions.late_output(3.0, 64.0, s, 10.0**n)) for n in (6, 7, 8)]
    assert np.diff(late) == pytest.approx(math.log(10), rel=1e-2)
    assert float(predictions.late_output(3.0, 64.0, s, 0)) == pytest.approx(3)


def test_learning_probability_counts_positive_normals() -> None:
    sign = stats.norm.cdf(0)
    for m in (1, 3, 8):
        assert predictions.learning_probability(RACE[0].replace(m=m)) == pytest.approx(1 - sign ** (2 * m), rel=1e-14)
