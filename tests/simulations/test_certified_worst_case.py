"""Robust accuracy in balls: against dense grids, the forward pass, exact formulas, and networks that never move."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from theorycheck_simulations.accuracy import population_accuracy, population_attack_accuracy
from theorycheck_simulations.certified import worst_case
from theorycheck_simulations.certified.dynamics import matrix
from theorycheck_simulations.certified.worst_case import THREATS, robust_share
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.threats.robust import robust_accuracy

from theorycheck.balls import precision


def balls(setting, W, radius=0.0):
    return matrix(setting, [arb(float(x), radius) for x in W.ravel()])


def drawn(rng, **changes):
    values = {"k": 2, "d": 4, "m": int(rng.integers(1, 4)), "n_R": int(rng.integers(1, 3)), "n_N": int(rng.integers(1, 6)),
              "alpha": float(rng.uniform(0.5, 3)), "beta": float(rng.uniform(0.3, 1.5)), "q": int(rng.integers(2, 5)),
              "rho": float(rng.uniform(0.2, 1.0))}
    setting = Setting(**(values | changes))
    W = float(rng.choice([0.2, 1.0, 3.0])) * rng.standard_normal((setting.k, setting.m, setting.d))
    return setting, W


def s(z, setting):
    t = np.clip(z / setting.rho, 0, 1)
    return setting.rho * t**setting.q / setting.q + np.maximum(z - setting.rho, 0)


def margins(setting, W, y, j, p, points):
    """D at many points of one patch's coordinates."""
    z = points @ W[..., p * setting.k : (p + 1) * setting.k].reshape(-1, setting.k).T
    value = s(z, setting).reshape(len(points), setting.k, setting.m).sum(axis=2)
    return value[:, y] - value[:, j]


@pytest.mark.parametrize("seed", range(60))
def test_in_place_agrees_with_a_dense_grid(seed):
    rng = np.random.default_rng(seed)
    setting, W = drawn(rng)
    epsilon = float(rng.uniform(0.1, 1.5))
    found = robust_share(setting, balls(setting, W, 1e-30), "in-place", epsilon)
    side = np.linspace(-epsilon, epsilon, 201)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    for y in range(2):
        worst = sum(
            count * margins(setting, W, y, 1 - y, p, strength * np.eye(2)[y] + grid).min()
            for p, (count, strength) in enumerate(((setting.n_R, setting.alpha), (setting.n_N, setting.beta)))
        )
        low, high = found.decided[y]
        assert (low, high) in ((0, 0), (1, 1))
        # Between two points of the grid D changes by at most its slope times their distance.
        slack = (setting.n_R + setting.n_N) * np.abs(W).sum() * epsilon / 200
        assert (high == 1 or worst <= slack) and (low == 0 or worst > 0)


def test_both_outcomes_and_the_middle_occur_in_those_draws():
    shares = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        setting, W = drawn(rng)
        shares.append(robust_share(setting, balls(setting, W), "in-place", float(rng.uniform(0.1, 1.5))).certified)
    assert {0, Fraction(1, 2), 1} == set(shares)


@pytest.mark.parametrize("seed", range(20))
def test_the_papers_attack_and_no_attack_are_the_forward_pass(seed):
    rng = np.random.default_rng(seed)
    setting, W = drawn(rng, k=3, d=7)
    attacked = robust_share(setting, balls(setting, W), "paper", 0.8)
    assert float(attacked.certified) == float(attacked.attacked) == pytest.approx(population_attack_accuracy(setting, W, 0.8))
    for threat in ("in-place", "linf"):
        clean = robust_share(setting, balls(setting, W), threat, 0.0)
        assert float(clean.certified) == float(clean.attacked) == pytest.approx(population_accuracy(setting, W))


@pytest.mark.parametrize("seed", range(10))
def test_shares_fall_with_the_radius_and_with_more_coordinates(seed):
    rng = np.random.default_rng(seed)
    setting, W = drawn(rng, k=3, d=7)
    weights = balls(setting, W)
    for smaller, larger in ((0.0, 0.2), (0.2, 0.6), (0.6, 1.3)):
        for threat in ("in-place", "linf"):
            assert robust_share(setting, weights, threat, larger).certified <= robust_share(setting, weights, threat, smaller).attacked
        assert robust_share(setting, weights, "linf", larger).certified <= robust_share(setting, weights, "in-place", larger).attacked


@pytest.mark.parametrize("seed", range(30))
def test_floats_with_their_own_bounds_do_not_contradict(seed):
    rng = np.random.default_rng(seed)
    setting, W = drawn(rng, k=2 + seed % 2, d=7)
    epsilon = float(rng.uniform(0.05, 1.5))
    for threat in THREATS:
        found, other = robust_share(setting, balls(setting, W), threat, epsilon), robust_accuracy(setting, W, threat, epsilon)
        assert float(found.certified) <= other.attacked + 1e-12 and other.certified <= float(found.attacked) + 1e-12


@pytest.mark.parametrize("epsilon, right", [(0.9, 1), (1.1, 0)])
def test_one_robust_filter_a_class_resists_in_place_up_to_half_its_strength(epsilon, right):
    setting = Setting(k=3, d=6, m=1, n_R=2, n_N=5, alpha=2.0, beta=0.5)
    W = np.zeros((3, 1, 6))
    for i in range(3):
        W[i, 0, i] = 10.0
    found = robust_share(setting, balls(setting, W), "in-place", epsilon)
    assert found.certified == found.attacked == right
    # More patches than (alpha - epsilon)/epsilon, and linf puts the other feature into all of them.
    assert robust_share(setting, balls(setting, W), "linf", epsilon).attacked == 0


def test_the_radius_at_which_the_answer_changes_is_met_closely():
    setting = Setting(k=2, d=4, m=1, n_R=1, n_N=1, alpha=2.0, beta=0.5, rho=0.5)
    W = np.zeros((2, 1, 4))
    W[0, 0, 0] = W[1, 0, 1] = 10.0
    for step, right in ((-1e-9, 1), (1e-9, 0)):
        assert robust_share(setting, balls(setting, W), "in-place", 1.0 + step).certified == right


def test_a_tie_is_wrong_and_a_dead_network_knows_nothing():
    setting = Setting(k=2, d=4, m=2, n_N=3)
    for threat in THREATS:
        dead = robust_share(setting, balls(setting, -np.ones((2, 2, 4))), threat, 0.1)
        assert dead.certified == dead.attacked == 0
    # With q = 2 and short dyadic weights nothing is rounded, so that equal outputs are seen to be equal.
    same = np.tile(np.arange(1, 9).reshape(1, 2, 4) / 8, (2, 1, 1))
    assert robust_share(setting.replace(q=2), balls(setting, same), "paper", 0.5).attacked == 0


def test_what_is_left_open_counts_for_both_ends(monkeypatch):
    setting, W = drawn(np.random.default_rng(0))
    found = robust_share(setting, balls(setting, W), "in-place", 0.3, budget=0)
    assert (found.certified, found.attacked) == (0, 1)
    wide = robust_share(setting, balls(setting, W, 10.0), "paper", 0.3)
    assert (wide.certified, wide.attacked) == (0, 1)


@pytest.mark.parametrize("threat, epsilon", [("l2", 1.0), ("linf", -1.0), ("linf", float("nan")), ("linf", True)])
def test_bad_arguments_are_refused(threat, epsilon):
    with pytest.raises(ValueError, match="allowed"):
        robust_share(Setting(k=2, d=4, m=1), balls(Setting(k=2, d=4, m=1), np.ones((2, 1, 4))), threat, epsilon)


def searches(seed, radius=0.0):
    rng = np.random.default_rng(seed)
    setting, W = drawn(rng, k=3, d=7)
    network = worst_case._Network(setting, balls(setting, W, radius))
    spread = [arb(0.4) if c < 5 else arb(0) for c in range(7)]
    center = [arb(float(x)) for x in rng.standard_normal(7)]
    points = np.array([float(x) for x in center]) + np.where(np.arange(7) < 5, 1, 0) * rng.uniform(-0.4, 0.4, (4000, 7))
    value = s(points @ W.reshape(-1, 7).T, setting).reshape(4000, 3, setting.m).sum(axis=2)
    return network, center, spread, (value[:, 0] - value[:, 1]).min()


@pytest.mark.parametrize("seed", range(15))
def test_bounds_enclose_the_minimum_and_close_in(seed):
    with precision(worst_case.BITS):
        network, center, spread, sampled = searches(seed)
        search = worst_case._Search(network, 0, 1, center, spread)
        before = search.upper - search.lower
        for _ in range(300):
            assert search.lower <= sampled + 1e-12 and search.lower <= search.upper
            lower = search.lower
            search.refine()
            assert search.lower >= lower
        assert search.upper - search.lower <= max(before / 2, Fraction(1, 10**12))


@pytest.mark.parametrize("seed", range(15))
def test_wide_weights_give_a_bound_for_each_network_inside(seed):
    with precision(worst_case.BITS):
        network, center, spread, sampled = searches(seed, radius=4.0)
        search = worst_case._Search(network, 0, 1, center, spread)
    assert search.lower <= sampled <= float(search.upper) + 1e-12


def test_a_bound_that_is_not_one_is_seen(monkeypatch):
    """Tangents without their slope: some draw's bound exceeds the sampled minimum."""
    true = worst_case._Network.__init__

    def flat(self, setting, W):
        true(self, setting, W)
        inner = self.s
        self.s = lambda z: (inner(z)[0], inner(z)[1] * 0)

    monkeypatch.setattr(worst_case._Network, "__init__", flat)
    with precision(worst_case.BITS):
        wrong = []
        for seed in range(15):
            network, center, spread, sampled = searches(seed)
            wrong.append(worst_case._Search(network, 0, 1, center, spread).lower > sampled)
    assert any(wrong)
