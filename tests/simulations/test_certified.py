"""Trajectories in balls: against a twin in many digits, the float run, standard training."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from flint import arb
from theorycheck_simulations.adversarial import train_adversarial
from theorycheck_simulations.certified import dynamics as module
from theorycheck_simulations.certified.dynamics import Dynamics, correlations, exact_weights, rational_start
from theorycheck_simulations.certified.run import PROPERTIES, Levels, certify
from theorycheck_simulations.enclosure import Undecided, enclose
from theorycheck_simulations.population import diagonal, split
from theorycheck_simulations.setting import BadSetting, Setting

from theorycheck.balls import precision

SMALL = Setting(k=2, d=4, m=5, n_N=63, eta=0.03, T=800)


@pytest.fixture(scope="module")
def small():
    """An instance in which the whole picture happens, at few bits a slice."""
    return certify(SMALL, 1, every=100)


def drawn(seed, draw_setting, **changes):
    rng = np.random.default_rng(seed)
    values = {"T": 40, "eta": float(rng.uniform(0.02, 0.3)), "epsilon": float(rng.choice([0.0, 0.4, 1.0, 3.0])),
              "eta_tilde": float(rng.choice([0.1, 2.0, 20.0])), "q": int(rng.integers(2, 6))}
    setting = draw_setting(rng, **(values | changes))
    scale = float(rng.choice([0.05, 0.3, 1.0]))
    units = tuple(int(u) for u in np.rint(scale * rng.standard_normal(setting.k * setting.m * setting.d) * 2**20))
    return setting, units


def array(setting, W):
    return np.array([float(x) for x in W.entries()]).reshape(setting.k, setting.m, setting.d)


def after(setting, units, steps, bits):
    dynamics = Dynamics(setting)
    with precision(bits):
        W = exact_weights(setting, units)
        for _ in range(steps):
            W = dynamics.step(W)
    return W


def mp_step(setting, W):
    """One step from the paper's formulas, in mpmath's arithmetic; W[i][r][c]."""
    s, mpf = setting, mpmath.mpf
    rho, alpha, beta, eta = mpf(s.rho), mpf(s.alpha), mpf(s.beta), mpf(s.eta)
    classes, filters, axes = range(s.k), range(s.m), range(s.d)

    def value(z):
        return mpf(0) if z <= 0 else z**s.q / (s.q * rho ** (s.q - 1)) if z <= rho else z - (1 - mpf(1) / s.q) * rho

    def slope(z):
        return mpf(0) if z <= 0 else (z / rho) ** (s.q - 1) if z <= rho else mpf(1)

    def dot(w, x):
        return mpmath.fsum(a * b for a, b in zip(w, x, strict=True))

    new = [[list(w) for w in rows] for rows in W]
    for j in classes:
        patches = []
        for count, axis, strength in ((s.n_R, j, alpha), (s.n_N, s.k + j, beta)):
            x = [strength if c == axis else mpf(0) for c in axes]
            g = [mpf(s.eta_tilde) * mpmath.fsum(slope(dot(W[j][r], x)) * W[j][r][c] for r in filters) for c in axes]
            patches.append((count, [x[c] - max(-mpf(s.epsilon), min(mpf(s.epsilon), g[c])) for c in axes]))
        F = [mpmath.fsum(count * value(dot(W[i][r], x)) for count, x in patches for r in filters) for i in classes]
        total = mpmath.fsum(mpmath.exp(f) for f in F)
        for i in classes:
            gap = (1 if i == j else 0) - mpmath.exp(F[i]) / total
            for r in filters:
                for count, x in patches:
                    push = eta / s.k * gap * count * slope(dot(W[i][r], x))
                    for c in axes:
                        new[i][r][c] += push * x[c]
    return new


def mp_after(setting, units, steps):
    values = [mpmath.mpf(u) / 2**20 for u in units]
    W = [[values[(i * setting.m + r) * setting.d :][: setting.d] for r in range(setting.m)] for i in range(setting.k)]
    for _ in range(steps):
        W = mp_step(setting, W)
    return [x for rows in W for w in rows for x in w]


def holds(W, points):
    """Every ball contains its number, up to the twin's own rounding."""
    with precision(800):
        exact = [arb((int(mpmath.sign(p)) * p.man_exp[0], p.man_exp[1])) for p in points]
        return all(x.contains(y) or abs(x - y) < arb(2) ** -600 for x, y in zip(W.entries(), exact, strict=True))


@pytest.mark.parametrize("seed", range(25))
def test_balls_contain_the_twin_in_many_digits(seed, draw_setting):
    setting, units = drawn(seed, draw_setting)
    with mpmath.workprec(700):
        points = mp_after(setting, units, 6)
    W = after(setting, units, 6, 200)
    assert holds(W, points)
    assert max(float(x.rad()) for x in W.entries()) <= 1e-40
    assert holds(after(setting, units, 6, 40), points)


def mutants():
    def upwards(self, W):
        """The ascent with the wrong sign."""
        X, plain = EXAMPLES(self, W), EXAMPLES(Dynamics(self.setting.replace(epsilon=0.0)), W)
        return 2 * plain - X

    def unclipped(self, g, epsilon):
        return g

    def features_only(self, W):
        """The perturbation in the feature coordinates alone."""
        k2, d = 2 * self.setting.k, self.setting.d
        X = EXAMPLES(self, W).entries()
        return module.arb_mat(k2, d, [x if at % d < k2 else arb(0) for at, x in enumerate(X)])

    def counted(self, W):
        """The gradient of the patch times its multiplicity."""
        X, plain = EXAMPLES(self, W), EXAMPLES(Dynamics(self.setting.replace(epsilon=0.0)), W)
        return plain + self.setting.n_N * (X - plain)

    def swapped(self, z):
        value, slope = ACTIVATION(self, z)
        return value, slope * z

    return {"wrong sign": ("examples", upwards), "no clip": ("_clipped", unclipped),
            "features only": ("examples", features_only), "multiplicity": ("examples", counted),
            "slope": ("activation", swapped)}


EXAMPLES, ACTIVATION = Dynamics.examples, Dynamics.activation


@pytest.mark.parametrize("name", mutants())
def test_a_wrong_step_leaves_the_twin_outside(name, monkeypatch, draw_setting):
    setting, units = drawn(2, draw_setting, d=9, k=3, n_N=3, epsilon=0.4, eta_tilde=20.0)
    with mpmath.workprec(700):
        points = mp_after(setting, units, 2)
    assert holds(after(setting, units, 2, 200), points)
    monkeypatch.setattr(Dynamics, *mutants()[name])
    assert not holds(after(setting, units, 2, 200), points)


@pytest.mark.parametrize("change", [{"epsilon": 0.8}, {"eta": 0.5}, {"q": 4}, {"n_R": 3}, {"alpha": 1.0}, {"beta": 9.0}])
def test_another_setting_leaves_the_twin_outside(change, draw_setting):
    setting, units = drawn(2, draw_setting, epsilon=0.4, eta_tilde=20.0, q=3, n_R=1)
    with mpmath.workprec(700):
        points = mp_after(setting, units, 3)
    assert not holds(after(setting.replace(**change), units, 3, 200), points)


@pytest.mark.parametrize("seed", range(10))
def test_the_float_run_lies_within_rounding(seed, draw_setting):
    setting, units = drawn(seed, draw_setting)
    W0 = np.array(units).reshape(setting.k, setting.m, setting.d) / 2**20
    run = train_adversarial(setting, W0=W0)
    W = after(setting, units, setting.T, 500)
    radius = max(float(x.rad()) for x in W.entries())
    scale = max(1.0, np.abs(run.W).max())
    assert radius <= 1e-30 and np.abs(array(setting, W) - run.W).max() <= radius + 1e-10 * scale


def test_the_float_run_lies_in_every_slice(small):
    W0 = np.array(small.units).reshape(2, 5, 4) / 2**20
    run = train_adversarial(SMALL, W0=W0, stride=1)
    for one in small.slices:
        assert np.abs(array(SMALL, one.weights) - run.weights[one.stop]).max() <= 1e-12
    A, B = (diagonal(run.weights[..., side : side + 2]).max(axis=-1) for side in (0, 2))
    behind = np.where(A < B, np.arange(SMALL.T + 1)[:, None], -1).max(axis=0)
    assert small.since("ahead") == tuple(behind + 1) and max(small.since("ahead")) <= SMALL.T
    ratio = 20 * 4 * (np.maximum(diagonal(run.weights[..., 2:4]), 0) ** 3).sum(axis=-1)
    outside = np.where((ratio < 0.92) | (ratio > 1), np.arange(SMALL.T + 1)[:, None], -1).max(axis=0)
    assert small.since("saturated") == tuple(outside + 1)
    inside = np.where(A <= 1 / 40, np.arange(SMALL.T + 1)[:, None], -1).max(axis=0)
    assert small.since("small", truth=False) == tuple(inside + 1) and small.since("small") == (SMALL.T + 1,) * 2


def test_a_band_that_is_passed_through_is_left(small):
    run = certify(SMALL.replace(T=200), 1, levels=Levels(Fraction(1, 2), Fraction(4, 5)))
    W0 = np.array(small.units).reshape(2, 5, 4) / 2**20
    weights = train_adversarial(run.setting, W0=W0, stride=1).weights
    ratio = 20 * 4 * (np.maximum(diagonal(weights[..., 2:4]), 0) ** 3).sum(axis=-1)
    inside = np.where((ratio >= 0.5) & (ratio <= 0.8), np.arange(201)[:, None], -1).max(axis=0)
    assert run.since("saturated", truth=False) == tuple(inside + 1) and 0 < max(inside) < 200
    assert run.since("saturated") == (201, 201)


@pytest.mark.parametrize("off", [{"epsilon": 0.0}, {"eta_tilde": 0.0}])
@pytest.mark.parametrize("seed", range(6))
def test_without_an_attack_it_is_the_enclosure_of_standard_training(seed, off, draw_setting):
    setting, units = drawn(seed, draw_setting, **off)
    start = np.empty((setting.k, setting.m, setting.d), dtype=object)
    start.ravel()[:] = [Fraction(u, 2**20) for u in units]
    known = enclose(setting, *(C.tolist() for C in split(setting, start)), setting.T, precision=400)
    W = after(setting, units, setting.T, 400).entries()
    for i in range(setting.k):
        for r in range(setting.m):
            row = W[(i * setting.m + r) * setting.d :][: setting.d]
            assert all(x.overlaps(known.U[j][i][r]) for j, x in enumerate(row[: setting.k]))
            assert all(x.overlaps(known.V[j][i][r]) for j, x in enumerate(row[setting.k : 2 * setting.k]))
            assert all(x == arb(float(start[i, r, c])) for c, x in enumerate(row) if c >= 2 * setting.k)
    assert max(known.largest_radius(), *(float(x.rad()) for x in W)) <= 1e-80


@pytest.mark.parametrize("q", [2, 3, 5])
def test_a_ball_across_two_pieces_holds_both(q):
    dynamics = Dynamics(Setting(k=2, d=4, q=q, rho=0.5))
    with precision(100):
        for center, width in ((0.0, 0.1), (0.5, 0.1), (0.25, 0.6), (-0.05, 0.06)):
            value, slope = dynamics.activation(arb(center, width))
            for z in np.linspace(center - width, center + width, 41):
                z = min(max(z, center - width), center + width)
                s, ds = dynamics.activation(arb(float(z)))
                assert value.contains(s) and slope.contains(ds)
            assert float(value.rad()) <= 2 * width and float(slope.rad()) <= (q - 1) * 2 * width / 0.5
    assert dynamics.straddles == 4


def test_a_perturbation_across_the_clip_holds_both():
    dynamics = Dynamics(Setting(k=2, d=4))
    epsilon = arb(1)
    for center in (1.0, -1.0):
        clipped = dynamics._clipped(arb(center, 0.25), epsilon)
        assert clipped.contains(arb(0.75 * center)) and clipped.contains(arb(center))
    assert dynamics.straddles == 2
    assert dynamics._clipped(arb(-3), epsilon) == -epsilon and dynamics._clipped(arb(0.5), epsilon) == arb(0.5)


@pytest.mark.parametrize("change", [{"sigma_n": 0.1}, {"objective": "margin"}, {"ascent_steps": 2},
                                    {"activation": "relu"}])
def test_what_is_not_enclosed_is_refused(change):
    with pytest.raises(BadSetting, match=next(iter(change))):
        Dynamics(SMALL.replace(**change))


def test_few_bits_leave_comparisons_open():
    with pytest.raises(Undecided, match="12 bits"):
        certify(SMALL, 1, bits=12)


@pytest.mark.parametrize("values", [("1", "1", "1"), ("0", "1", "1"), ("1/2", "1", "0")])
def test_levels_are_in_order(values):
    with pytest.raises(ValueError, match="out of range"):
        Levels(*map(Fraction, values))


def test_the_start_is_on_the_grid():
    units = rational_start(SMALL, 0)
    assert len(units) == 40 and max(map(abs, units)) < 2**20 and rational_start(SMALL, 1) != units
    with precision(60):
        A, B = correlations(SMALL, exact_weights(SMALL, units))
    assert A[1][2] == arb(units[(5 + 2) * 4 + 1]) / 2**20 and B[0][4] == arb(units[4 * 4 + 2]) / 2**20
    assert set(PROPERTIES) == {"ahead", "saturated", "small"}
