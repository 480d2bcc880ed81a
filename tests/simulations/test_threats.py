"""Robust accuracy from both sides: it contains the exact value, on small nets and on trained ones."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numba
import numpy as np
import pytest
from flint import arb, arb_mat
from theorycheck_simulations.accuracy import population_accuracy, population_attack_accuracy
from theorycheck_simulations.adversarial import train_adversarial
from theorycheck_simulations.certified.worst_case import robust_share
from theorycheck_simulations.data import Dataset, sample
from theorycheck_simulations.population import train_population
from theorycheck_simulations.setting import BadSetting, Setting
from theorycheck_simulations.threats import (
    BATTERY,
    THREATS,
    Attack,
    RobustAccuracy,
    Threat,
    attack,
    exact_margin,
    robust_accuracy,
)
from theorycheck_simulations.threats.evaluate import right
from theorycheck_simulations.threats.model import boxes, papers, points_of
from theorycheck_simulations.threats.nets import Case, blind_spot, small
from theorycheck_simulations.threats.worst_case import worst_cases

DEFAULT = Setting()


def parts(case: Case) -> tuple[Setting, np.ndarray, float]:
    return case.setting, case.W, case.epsilon


def balls(s: Setting, W: np.ndarray) -> arb_mat:
    return arb_mat(s.k * s.m, s.d, [arb(float(x)) for x in W.ravel()])


@pytest.mark.parametrize("draw", [small, blind_spot])
def test_the_interval_contains_the_exact_value_on_small_nets(draw: Callable[[np.random.Generator], Case]) -> None:
    rng, nets, known, values = np.random.default_rng(0), {small: 250, blind_spot: 50}[draw], 0, []
    for _ in range(nets):
        s, W, epsilon = parts(draw(rng))
        for threat in ("in-place",) if draw is blind_spot else THREATS:
            found = robust_accuracy(s, W, threat, epsilon)
            exact = robust_share(s, balls(s, W), threat, epsilon, budget=300)
            # Where the other route leaves a point open, both intervals still hold the exact value, so they meet.
            assert found.certified <= float(exact.attacked) + 1e-12 and float(exact.certified) - 1e-12 <= found.attacked
            if exact.certified == exact.attacked:
                known += 1
                values.append(float(exact.certified))
                assert found.certified <= values[-1] + 1e-12 and values[-1] <= found.attacked + 1e-12
            assert found.certified == found.attacked, found
    if draw is blind_spot:
        assert known == nets and values == [0.0] * nets
    else:
        assert known >= 0.99 * nets * len(THREATS) and 0.2 < np.mean(values) < 0.8


@pytest.mark.parametrize("activation", ["smoothed-relu", "relu", "softplus", "gelu"])
def test_no_random_point_beats_the_exact_margin(activation: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(25):
        s, W, epsilon = parts(small(rng))
        s = s.replace(activation=activation)
        points = points_of(s)
        for threat in ("linf", "in-place"):
            box = boxes(points, threat, epsilon)
            lower, upper = exact_margin(s, W, threat, epsilon, budget=3000)
            best = worst_cases(points, W, box, 3000, 1e-6).best
            assert (box.inner_low <= best).all() and (best <= box.inner_high).all() and (lower <= upper).all()
            if activation in ("smoothed-relu", "softplus"):  # kinks, and ranges in place of slopes, take longer
                assert (upper - lower <= 1e-4).all() and np.mean(upper - lower <= 1.1e-6) >= 0.5
            for _ in range(10):
                X = rng.uniform(box.inner_low, box.inner_high) if rng.random() < 0.5 else np.where(
                    rng.random(box.low.shape) < 0.5, box.inner_low, box.inner_high)
                robust, _ = right(replace(points, X=X), W)
                assert not (~robust & (lower > 0)).any()
            fooled = upper <= 0
            assert not right(replace(points, X=best), W)[0][fooled].any()


def test_the_blind_gradient_says_100_percent_where_the_exact_value_is_0() -> None:
    blind = (Attack("50 steps, 20 restarts", "gradient", steps=50, restarts=20),)
    for seed in range(3):
        s, W, epsilon = parts(blind_spot(np.random.default_rng(seed)))
        alone = attack(s, W, "in-place", epsilon, blind)
        assert alone.attacked == 1.0 and "a point that no attack fools has a patch with gradient 0" in alone.flags
        report = attack(s, W, "in-place", epsilon)
        by_name = dict(zip(report.names, report.accuracy, strict=True))
        assert by_name["gradient of the margin"] == 1.0
        assert by_name["gradient of the margin, leaky"] == by_name["neurons"] == report.attacked == 0.0
        found = robust_accuracy(s, W, "in-place", epsilon)
        assert (found.clean, found.certified, found.attacked) == (1.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def trained() -> list[tuple[str, int, np.ndarray]]:
    nets = [("standard", seed, train_population(DEFAULT, seed).W) for seed in range(4)]
    return nets + [("adversarial", seed, train_adversarial(DEFAULT, seed).W) for seed in range(4)]


@pytest.mark.parametrize("epsilon", [0.1, 0.45, 1.0])
@pytest.mark.parametrize("threat", THREATS)
def test_trained_nets_are_decided_at_every_point_of_the_population(trained, threat: Threat, epsilon: float) -> None:
    for _, _, W in trained:
        found = robust_accuracy(DEFAULT, W, threat, epsilon)
        assert found.certified == found.attacked and found.interval() == (found.certified, found.attacked)
        if threat == "paper":
            assert found.certified == pytest.approx(population_attack_accuracy(DEFAULT, W, epsilon), abs=1e-12)


@pytest.mark.parametrize("threat", THREATS)
def test_trained_nets_are_decided_within_5_points_with_noise(trained, threat: Threat) -> None:
    data = sample(DEFAULT.replace(sigma_n=0.25, N=100), 3, part="test")
    for _, _, W in trained[::2]:
        for epsilon in (0.3, 1.0):
            found = robust_accuracy(data, W, threat, epsilon)
            low, high = found.interval()
            assert found.attacked - found.certified <= 0.05 and 0 <= low <= found.certified <= found.attacked <= high <= 1
            assert sum(found.counts.values()) == 100 and (high - low < 0.3 or threat == "paper")


def test_adversarial_training_ends_robust_against_the_papers_attack_and_standard_does_not(trained) -> None:
    shares = {(kind, seed): robust_accuracy(DEFAULT, W, "paper", 1.0).certified for kind, seed, W in trained}
    assert all(shares["standard", seed] == 0 for seed in range(4))
    assert all(shares["adversarial", seed] >= 0.6 for seed in range(4))


@pytest.mark.parametrize("threat", ["linf", "in-place"])
def test_without_a_radius_both_ends_are_the_clean_accuracy(threat: Threat) -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        s, W, _ = parts(small(rng))
        found = robust_accuracy(s, W, threat, 0.0)
        assert found.certified == found.clean == found.attacked == population_accuracy(s, W)
        data = sample(s.replace(sigma_n=0.5, N=10), 0)
        noisy = robust_accuracy(data, W, threat, 0)
        assert noisy.certified == noisy.clean == noisy.attacked


def test_ties_are_wrong_and_decided_exactly() -> None:
    s = Setting(k=2, d=4, m=1, n_R=1, n_N=1)
    same = np.ones((2, 1, 4))
    for activation in ("smoothed-relu", "relu", "softplus", "gelu"):
        found = robust_accuracy(s.replace(activation=activation), same, "linf", 0.1)
        assert found.clean == found.attacked == 0.0
    # Equal in floats; in real arithmetic the two floats .1 and .2 add up to less than the float .1 + .2.
    W = np.array([[[0.1, 0, 0.2, 0]], [[0.1 + 0.2, 0, 0, 0]]])
    s = s.replace(alpha=1.0, beta=1.0, activation="relu")
    assert Fraction(0.1) + Fraction(0.2) < Fraction(0.1 + 0.2)
    found = robust_accuracy(s, W, "in-place", 0.0)
    assert found.right.tolist() == [False, False]


def test_dead_points_are_reported_as_dead() -> None:
    s = Setting(k=3, d=6, m=2, n_N=4)
    W = -np.ones((3, 2, 6))
    W[1, 0, 1] = 1.0
    for threat in THREATS:
        found = robust_accuracy(s, W, threat, 0.1)
        assert found.dead.tolist() == [True, False, True] and found.counts["dead"] == 2
        assert found.certified == found.attacked == pytest.approx(1 / 3)


def mean_ends(found: RobustAccuracy) -> tuple[float, float]:
    return found.certified, found.attacked


@pytest.mark.parametrize("threat", THREATS)
def test_permuting_patches_or_classes_changes_nothing(threat: Threat) -> None:
    rng = np.random.default_rng(4)
    s = Setting(k=3, d=8, m=3, n_R=2, n_N=6, N=30, sigma_n=0.2, alpha=2.0)
    W = 0.3 * rng.standard_normal((3, 3, 8))
    for i in range(3):
        W[i, :, i], W[i, :, 3 + i] = 0.6, 0.4
    data, epsilon = sample(s, 0), {"linf": 0.1, "in-place": 0.4, "paper": 1.2}[threat]
    before = mean_ends(robust_accuracy(data, W, threat, epsilon))
    patches = rng.permutation(s.P)
    moved = Dataset(s, data.X[:, patches], data.y, data.robust[:, patches])
    assert mean_ends(robust_accuracy(moved, W, threat, epsilon)) == before
    # Class i becomes class at[i]: outputs, labels and both axes of its features move along.
    at, axes = np.array([2, 0, 1]), np.array([2, 0, 1, 5, 3, 4, 6, 7])
    renamed = np.empty_like(W)
    renamed[at] = W
    X = np.empty_like(data.X)
    V = np.empty_like(W)
    X[..., axes], V[..., axes] = data.X, renamed
    renamed_data = Dataset(s, X, at[data.y].astype(np.int64), data.robust)
    assert mean_ends(robust_accuracy(renamed_data, V, threat, epsilon)) == pytest.approx(before, abs=1e-12)
    assert 0 < before[0] < 1


@pytest.mark.parametrize("threat", ["linf", "in-place"])
def test_more_radius_never_helps(trained, threat: Threat) -> None:
    data = sample(DEFAULT.replace(sigma_n=0.2, N=20), 5)
    for _, _, W in trained[::4]:
        found = [robust_accuracy(data, W, threat, epsilon) for epsilon in (0.0, 0.1, 0.2, 0.4, 0.8)]
        for small_, large in zip(found, found[1:], strict=False):
            assert (large.low <= small_.high).all() and large.certified <= small_.attacked


def test_a_larger_threat_model_never_helps(trained) -> None:
    for _, _, W in trained:
        linf, place, paper = (robust_accuracy(DEFAULT, W, threat, 1.0) for threat in THREATS)
        # beta <= epsilon, so that the paper's attack is one of those in place, and these are among linf's.
        assert (linf.low <= place.high).all() and (place.low <= (paper.high == 1)).all()


def test_swapped_patches_and_a_doubled_radius_are_seen(trained) -> None:
    W = trained[4][2]
    assert mean_ends(robust_accuracy(DEFAULT, W, "in-place", 1.0)) != mean_ends(robust_accuracy(DEFAULT, W, "in-place", 0.5))
    data = sample(DEFAULT.replace(n_R=3, n_N=3, N=10), 0)
    swapped = Dataset(data.setting, data.X, data.y, ~data.robust)
    u = np.zeros((5, 8, 16))
    u[np.arange(5), :, np.arange(5)] = 1.0
    assert mean_ends(robust_accuracy(data, u, "in-place", 1.3)) == (0.0, 0.0)
    assert mean_ends(robust_accuracy(swapped, u, "in-place", 1.3)) == (1.0, 1.0)


def test_the_papers_attack_moves_what_it_says() -> None:
    s = Setting(k=3, d=6, n_R=1, n_N=1, m=1)
    moved = papers(points_of(s), 1.5)
    low, high = moved.ends
    assert np.array_equal(low, high) and low.shape == (6, 2, 6)
    assert np.array_equal(low[:, 0], np.repeat(np.eye(3, 6) * s.alpha, 2, axis=0))
    assert np.array_equal(low[:, 1], 1.5 * np.eye(6)[3:][[1, 2, 0, 2, 0, 1]])


def test_the_number_of_threads_changes_no_bit(trained) -> None:
    data, W = sample(DEFAULT.replace(sigma_n=0.25, N=30), 1), trained[4][2]
    before = numba.get_num_threads()
    try:
        found = []
        for threads in (1, before):
            numba.set_num_threads(threads)
            points = points_of(data)
            found.append(worst_cases(points, W, boxes(points, "in-place", 0.7), 100))
    finally:
        numba.set_num_threads(before)
    assert np.array_equal(found[0].lower, found[1].lower) and np.array_equal(found[0].best, found[1].best)


def test_what_the_budget_leaves_open_is_attacked_and_stays_inside_the_interval(trained) -> None:
    data = sample(DEFAULT.replace(sigma_n=0.25, N=60), 3, part="test")
    W = trained[4][2]
    none, all_ = (robust_accuracy(data, W, "in-place", 1.0, budget=budget) for budget in (0, 4000))
    assert none.certified <= all_.certified <= all_.attacked <= none.attacked
    assert {"attack", "open"} & set(none.method) and all_.counts.get("open", 0) <= 3
    assert none.conclusive is (not none.flags)


@pytest.mark.parametrize("epsilon", [-0.1, float("nan"), float("inf"), "1", True])
def test_a_bad_radius_is_refused_with_one_message(epsilon: object) -> None:
    for call in (robust_accuracy, exact_margin, attack):
        with pytest.raises(ValueError, match=r"^epsilon = .*: out of range \(allowed: finite number >= 0\)$"):
            call(DEFAULT, np.zeros((5, 8, 16)), "linf", epsilon)  # type: ignore[arg-type]


def test_other_bad_arguments_are_refused() -> None:
    W = np.zeros((5, 8, 16))
    with pytest.raises(ValueError, match="^threat = 'l2': unknown"):
        robust_accuracy(DEFAULT, W, "l2", 0.1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="^threat = 'paper': a single perturbation"):
        attack(DEFAULT, W, "paper", 0.1)
    with pytest.raises(ValueError, match="^W = "):
        robust_accuracy(DEFAULT, W + np.nan, "linf", 0.1)
    with pytest.raises(ValueError, match="^budget = -1"):
        robust_accuracy(DEFAULT, W, "linf", 0.1, budget=-1)
    with pytest.raises(BadSetting, match="sigma_n"):
        robust_accuracy(DEFAULT.replace(sigma_n=0.1), W, "linf", 0.1)
    with pytest.raises(ValueError, match="not in order"):
        one = robust_accuracy(DEFAULT, W, "linf", 0.1)
        replace(one, low=one.high + 1)


def test_the_battery_alone_is_never_below_the_certificate(trained) -> None:
    for _, _, W in trained[::3]:
        for threat in ("linf", "in-place"):
            for epsilon in (0.3, 1.0):
                report = attack(DEFAULT, W, threat, epsilon, BATTERY)
                found = robust_accuracy(DEFAULT, W, threat, epsilon)
                assert report.attacked >= found.certified
                box = boxes(points_of(DEFAULT), threat, epsilon)
                assert (box.inner_low <= report.examples).all() and (report.examples <= box.inner_high).all()
