"""Each kernel against its slow twin, which shares no code with it, and exact fractions against floats."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from theorycheck_simulations import reference
from theorycheck_simulations.data import Dataset, sample
from theorycheck_simulations.kernels import activation, softmax
from theorycheck_simulations.network import network_outputs, risk_and_gradient, train_network
from theorycheck_simulations.population import train_population
from theorycheck_simulations.reduced import train_reduced
from theorycheck_simulations.setting import ACTIVATIONS, Setting
from theorycheck_simulations.status import Status

SEEDS = range(60)


def relative(found, expected):
    return np.max(np.abs(found - expected)) / np.max(np.abs(expected))


@pytest.mark.parametrize("q", [2, 3, 4, 5, 6])
def test_activation(q):
    rho = 0.7
    a = activation.Activation(activation.SMOOTHED_RELU, q, rho)
    for z in [-np.inf, -2.0, -1e-300, 0.0, 1e-200, 0.1, 0.69999, rho, np.nextafter(rho, 1), 1.0, 1e9]:
        assert activation.s(z, a) == pytest.approx(reference.activation(z, q, rho), rel=1e-14, abs=0)
        assert activation.ds(z, a) == pytest.approx(reference.activation_slope(z, q, rho), rel=1e-14, abs=0)
        if z > -np.inf:
            polynomial = (max(z, 0.0) / rho) ** (q - 1)
            assert activation.ds_polynomial(z, q, rho) == pytest.approx(polynomial, rel=1e-14, abs=0)
    assert math.isnan(activation.s(np.nan, a)) and math.isnan(activation.ds(np.nan, a))
    assert math.isnan(activation.ds_polynomial(np.nan, q, rho))


def test_activation_mutants_differ():
    a = activation.Activation(activation.SMOOTHED_RELU, 3, 0.5)
    assert activation.s(0.3, a) != pytest.approx(reference.activation(0.3, 4, 0.5), rel=1e-3)
    assert activation.ds(0.3, a) != pytest.approx(reference.activation_slope(0.3, 4, 0.5), rel=1e-3)


@pytest.mark.parametrize("name", ["relu", "softplus", "gelu"])
def test_other_activations(name):
    rho = 0.7
    a = activation.Activation(ACTIVATIONS.index(name), 3, rho)
    for z in [-1e9, -30.0, -2.0, -1e-9, 0.0, 1e-200, 0.1, rho, 1.0, 25.0, 1e9]:
        expected, slope = reference.activation(z, 3, rho, name), reference.activation_slope(z, 3, rho, name)
        assert activation.s(z, a) == pytest.approx(expected, rel=1e-13, abs=1e-16)
        assert activation.ds(z, a) == pytest.approx(slope, rel=1e-13, abs=1e-16)
    for z in [-3.0, -0.4, 0.3, 5.0]:  # the slope is the derivative, by a route of its own
        with mpmath.workdps(30):
            exact = {"relu": lambda x: max(x, mpmath.mpf(0)), "softplus": lambda x: rho * mpmath.log1p(mpmath.exp(x / rho)),
                     "gelu": lambda x: x * mpmath.ncdf(x / rho)}[name]
            derivative = float(mpmath.diff(exact, z))
        assert activation.ds(z, a) == pytest.approx(derivative, rel=1e-12)
    assert math.isnan(activation.s(np.nan, a)) and math.isnan(activation.ds(np.nan, a))


@pytest.mark.parametrize("margin", [0.0, 1.0, 37.0, 200.0, 700.0])
def test_label_entry_does_not_cancel(margin):
    F, out = np.array([margin, 0.0, 0.0]), np.empty(3)
    softmax.residual(F, 0, out)
    expected = 2 / (math.exp(margin) + 2)
    assert out[0] == pytest.approx(expected, rel=1e-13) and out[0] > 0
    assert out[1] == pytest.approx(-expected / 2, rel=1e-13)
    assert softmax.cross_entropy(F, 0) == pytest.approx(math.log1p(2 * math.exp(-margin)), rel=1e-13)
    assert softmax.cross_entropy(F, 1) == pytest.approx(margin + math.log1p(2 * math.exp(-margin)), rel=1e-13)


@pytest.mark.parametrize("seed", SEEDS)
def test_reduced(seed, draw_setting, draw_weights):
    rng = np.random.default_rng(seed)
    setting = draw_setting(rng)
    W = draw_weights(rng, setting) if seed % 2 else 0.2 * draw_weights(rng, setting)
    A, B = W[:, :, 0], W[:, :, 1]
    polynomial, coupled = bool(seed & 1), bool(seed & 2)
    if polynomial:
        A, B = np.clip(A, -1, 1), np.clip(B, -1, 1)
        setting = setting.replace(eta=0.01)
    run = train_reduced(setting, A0=A, B0=B, polynomial=polynomial, coupled=coupled, stride=1)
    assert run.status == Status.OK and run.steps == setting.T
    for t in range(setting.T + 1):
        assert relative(run.trajectory.A[t], A) <= 1e-12 and relative(run.trajectory.B[t], B) <= 1e-12
        A, B = reference.reduced_step(setting, A, B, polynomial=polynomial, coupled=coupled)


@pytest.mark.parametrize("seed", SEEDS)
def test_population(seed, draw_setting, draw_weights):
    rng = np.random.default_rng(seed)
    setting = draw_setting(rng)
    W0 = W = draw_weights(rng, setting)
    run = train_population(setting, W0=W0, stride=1, correlations=True)
    assert run.status == Status.OK and run.steps == setting.T
    for t in range(setting.T + 1):
        assert relative(run.trajectory.correlations[t], W[:, :, : 2 * setting.k]) <= 1e-12
        if t < setting.T:
            W = reference.population_step(setting, W)
    assert relative(run.W, W) <= 1e-12
    assert np.array_equal(run.W[:, :, 2 * setting.k :], W0[:, :, 2 * setting.k :])


def noisy(setting: Setting, rng: np.random.Generator) -> Dataset:
    return sample(setting.replace(sigma_n=0.5), int(rng.integers(1000)), patches="random")


@pytest.mark.parametrize("seed", SEEDS)
def test_network(seed, draw_setting, draw_weights):
    rng = np.random.default_rng(seed)
    data = noisy(draw_setting(rng), rng)
    setting, W = data.setting, draw_weights(rng, data.setting)
    F = network_outputs(setting, W, data.X)
    expected = [reference.outputs(setting, W, [(1.0, x) for x in points]) for points in data.X]
    assert np.max(np.abs(F - expected)) <= 1e-12 * (1 + np.max(np.abs(F)))
    run = train_network(data, W0=W)
    for _ in range(setting.T):
        W = reference.network_step(setting, data.X, data.y.tolist(), W)
    assert run.status == Status.OK and relative(run.W, W) <= 1e-12


@pytest.mark.parametrize("N", [15, 16, 17, 37])
def test_network_blocks_take_every_sample(N, draw_setting):
    """N below, at and above the number of partial gradients, and no multiple of it."""
    rng = np.random.default_rng(N)
    data = noisy(draw_setting(rng, N=N), rng)
    W = rng.standard_normal((data.setting.k, data.setting.m, data.setting.d))
    expected = reference.network_step(data.setting, data.X, data.y.tolist(), W)
    found = W - data.setting.eta * risk_and_gradient(data, W)[1]
    assert relative(found, expected) <= 1e-13


@pytest.mark.parametrize("seed", range(12))
def test_gradient_against_central_differences(seed, draw_setting):
    rng = np.random.default_rng(seed)
    data = noisy(draw_setting(rng), rng)
    setting = data.setting
    W = 0.5 * rng.standard_normal((setting.k, setting.m, setting.d))
    risk, gradient = risk_and_gradient(data, W)
    assert risk == pytest.approx(reference.risk(setting, data.X, data.y.tolist(), W), rel=1e-12)
    h = 1e-5
    for index in np.ndindex(W.shape):
        step = np.zeros_like(W)
        step[index] = h
        slope = (risk_and_gradient(data, W + step)[0] - risk_and_gradient(data, W - step)[0]) / (2 * h)
        assert abs(slope - gradient[index]) <= 1e-7 * (1 + np.abs(gradient).max())


@pytest.mark.parametrize("q", [3, 4, 5])
def test_exact_fractions(q):
    """The uncoupled polynomial recursion in floats follows the exact one; few steps, as digits multiply by q - 1."""
    setting = Setting(k=3, d=6, m=2, n_N=7, q=q, eta=0.5, T=4, rho=0.75)
    exact_A = tuple(tuple(Fraction(3 * i + r - 2, 16) for r in range(2)) for i in range(3))
    exact_B = tuple(tuple(Fraction(5 - 2 * i - r, 32) for r in range(2)) for i in range(3))
    run = train_reduced(setting, A0=np.array(exact_A, dtype=float), B0=np.array(exact_B, dtype=float),
                        polynomial=True, coupled=False)
    for _ in range(setting.T):
        exact_A, exact_B = reference.exact_step(setting, exact_A, exact_B)
    assert relative(run.A, np.array(exact_A, dtype=float)) <= 1e-13
    assert relative(run.B, np.array(exact_B, dtype=float)) <= 1e-13
