"""Attacks by search: gradients against differences, the cross-entropy trap, flags."""

import numpy as np
import pytest
from theorycheck_simulations.data import sample
from theorycheck_simulations.network import network_outputs
from theorycheck_simulations.population import train_population
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.threats import Attack, attack, attacks, moves
from theorycheck_simulations.threats.attacks import flags
from theorycheck_simulations.threats.model import boxes, points_of
from theorycheck_simulations.threats.moves import Net
from theorycheck_simulations.threats.nets import blind_spot

PGD = (Attack("margin", "gradient", steps=20, restarts=2),)


def net(activation: str, seed: int, scale: float = 1.0) -> tuple[Net, np.ndarray]:
    s = Setting(k=3, d=7, m=3, n_R=1, n_N=2, N=4, sigma_n=0.5, activation=activation, rho=0.7)
    data, W = sample(s, seed), scale * np.random.default_rng(seed).standard_normal((3, 3, 7))
    points = points_of(data)
    return Net(points, W, boxes(points, "linf", 0.5)), W


def objective(one: Net, X: np.ndarray, name: str) -> np.ndarray:
    """The objective of every point by its definition; the loss without what makes it saturate."""
    F, y = network_outputs(one.points.setting, one.W, X), one.points.y
    own, others = F[np.arange(y.size), y], np.where(np.eye(F.shape[1], dtype=bool)[y], -np.inf, F)
    if name == "label":
        return -own
    if name == "margin":
        return others.max(axis=1) - own
    return np.log(np.exp(others - own[:, None]).sum(axis=1))  # log((1 - p_y)/p_y), which has the gradient divided by 1 - p_y


@pytest.mark.parametrize("name", ["label", "margin", "loss"])
@pytest.mark.parametrize("activation", ["smoothed-relu", "softplus", "gelu"])
def test_gradients_against_differences(activation: str, name) -> None:
    for seed in range(3):
        one, _ = net(activation, seed)
        X, h = one.points.X, 1e-6
        found = one.gradient(X, name, "exact")
        for index in np.ndindex(X.shape[1:]):
            step = np.zeros_like(X)
            step[:, *index] = h
            difference = (objective(one, X + step, name) - objective(one, X - step, name)) / (2 * h)
            # Central differences: h^2 of truncation and 1e-16/h of rounding.
            assert np.all(np.abs(difference - found[:, *index]) <= 1e-6 * (1 + np.abs(difference)))


def test_the_leaky_pass_sees_through_the_dead_zone_only_for_rivals() -> None:
    one, W = net("smoothed-relu", 0)
    W[:] = -np.abs(W)
    X = np.abs(one.points.X)
    exact, leaky = one.gradient(X, "margin", "exact"), one.gradient(X, "margin", "leaky")
    assert not exact.any() and leaky.any(axis=(1, 2)).all()
    assert not one.gradient(X, "label", "leaky").any()


def cancelled(F: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient of the cross-entropy as it is usually written, p - 1[y]."""
    p = np.exp(F - F.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(y.size), y] -= 1
    return p


def test_the_usual_cross_entropy_reports_false_robustness(monkeypatch: pytest.MonkeyPatch) -> None:
    s = Setting()
    # Margins in the hundreds; every attack still gets through, at a radius a little above half of beta.
    W = 30 * train_population(s, 0).W
    data = sample(s.replace(sigma_n=0.02, N=40), 0)
    F = network_outputs(s, W, data.X)
    margin = F[np.arange(40), data.y] - np.where(np.eye(5, dtype=bool)[data.y], -np.inf, F).max(axis=1)
    assert np.median(margin) > 200
    loss = (Attack("loss", "gradient", "loss", steps=20),)
    right = {name: attack(data, W, "in-place", 0.9, battery).attacked for name, battery in (("loss", loss), ("margin", PGD))}
    assert right == {"loss": 0.0, "margin": 0.0}
    monkeypatch.setattr(moves, "TRY", {**moves.TRY, "gradient": moves.gradient_by_numpy})
    monkeypatch.setattr(attacks, "TRY", moves.TRY)
    assert attack(data, W, "in-place", 0.9, loss).attacked == 0.0
    monkeypatch.setattr(moves, "PULLS", {**moves.PULLS, "loss": cancelled})
    assert attack(data, W, "in-place", 0.9, loss).attacked >= 0.5


def test_random_search_that_beats_gradients_is_flagged() -> None:
    case = blind_spot(np.random.default_rng(0))
    gradient, square = Attack("gradient", "gradient", steps=10), Attack("square", "square", steps=100)
    report = attack(case.setting, case.W, "in-place", case.epsilon, (gradient, square))
    assert report.fooled.tolist() == [[False, False], [True, True]]
    assert report.flags == ("random search fools a point that no gradient fools",)
    alone = attack(case.setting, case.W, "in-place", case.epsilon, (gradient,))
    assert alone.flags == ("a point that no attack fools has a patch with gradient 0",)


def test_restarts_that_disagree_are_flagged() -> None:
    # The other class is at the edge of its dead zone: it takes a random start to one side.
    s = Setting(k=2, d=4, m=1, n_R=1, n_N=1, alpha=1.0, beta=1.0)
    W = np.zeros((2, 1, 4))
    W[0, 0, 0], W[1, 0, 1] = 1.0, 4.0
    one, many = (attack(s, W, "in-place", 0.6, (Attack("gradient", "gradient", steps=10, restarts=n),)) for n in (1, 8))
    assert one.attacked == 1.0 and one.flags == ("a point that no attack fools has a patch with gradient 0",)
    assert many.fooled.tolist() == [[True, False]] and "restarts disagree" in many.flags


@pytest.mark.parametrize("step", [4, 5, 6, 10])
def test_success_at_the_last_steps_is_flagged(step: int) -> None:
    one, _ = net("smoothed-relu", 0)
    battery, N = (Attack("slow", "gradient", steps=10),), one.points.y.size
    found = moves.Found(one.points.X, np.full((1, N), step))
    assert flags(one, battery, [found], np.ones((1, N), dtype=np.bool_)) == (
        ("only the second half of the steps fools a point",) if step > 5 else ())


@pytest.mark.parametrize("activation", ["smoothed-relu", "relu", "softplus", "gelu"])
def test_the_kernel_searches_as_numpy_does(activation: str) -> None:
    """The same first steps that fool, and the same gaps where nothing does, but for signs of gradients near 0."""
    agree = total = 0
    for seed in range(6):
        s = Setting(k=3, d=7 + seed, m=3, n_R=1, n_N=2 + 2 * seed, N=9, sigma_n=0.5, activation=activation, rho=0.7)
        data = sample(s, seed, patches="random") if seed % 2 else s.replace(sigma_n=0.0)
        points, W = points_of(data), np.random.default_rng(seed).standard_normal((3, 3, s.d))
        for threat in ("linf", "in-place"):
            one = Net(points, W, boxes(points, threat, 0.15))
            for name in ("label", "margin", "loss"):
                for backward in ("exact", "leaky"):
                    how = Attack("x", "gradient", name, backward, steps=10, restarts=2)
                    fast, slow = (each(one, how, np.random.default_rng(1)) for each in (moves.gradient, moves.gradient_by_numpy))
                    assert np.all((one.low <= fast.X) & (one.high >= fast.X))
                    gaps = [np.where(one.gap(found.X) < 0, one.gap(found.X), 0) for found in (fast, slow)]
                    agree += np.array_equal(fast.step, slow.step) and np.allclose(*gaps, rtol=1e-9, atol=1e-9)
                    total += 1
    assert agree >= 0.9 * total


def test_attacks_are_reproducible_and_keyed_by_the_seed() -> None:
    s = Setting(k=3, d=8, m=2, N=5, sigma_n=0.3)
    data, W = sample(s, 0), 0.3 * np.random.default_rng(0).standard_normal((3, 2, 8))
    box = boxes(points_of(data), "linf", 0.2)
    for kind in ("gradient", "square"):
        one = Attack(kind, kind, steps=5, restarts=2)  # type: ignore[arg-type]
        found = [moves.TRY[one.kind](Net(points_of(data), W, box), one, np.random.default_rng(seed)).X for seed in (0, 0, 1)]
        assert np.array_equal(found[0], found[1])
        assert kind == "gradient" or not np.array_equal(found[0], found[2])
