"""Samples, their file, the closed form in floats, exactly and in balls, and the parameters of the experiments."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from theorycheck_simulations.leaky import exact, kkt
from theorycheck_simulations.leaky.sample_file import read_samples
from theorycheck_simulations.leaky.samples import BadSamples, Samples, draw, labels, near_orthogonal
from theorycheck_simulations.leaky.setting import setting_from
from theorycheck_simulations.parameters import BadSetting

from theorycheck.seeds import stream

GOOD = np.array([[1.0, 0.0, 0.5], [0.0, 2.0, 0.0], [0.5, 0.0, -1.0]])
SIGNS = np.array([1, -1, 1])


@pytest.mark.parametrize(("X", "y", "message"), [
    (GOOD, np.array([1, 0, 1]), "sample 2: label 0"),
    (GOOD, np.array([1, -1]), "shape"),
    (GOOD[0], SIGNS, "shape"),
    (np.where(GOOD == 2.0, np.nan, GOOD), SIGNS, "sample 2: a value is not finite"),
    (np.where(GOOD == 2.0, np.inf, GOOD), SIGNS, "sample 2: a value is not finite"),
    (np.where(GOOD == 2.0, 0.0, GOOD), SIGNS, "sample 2 is zero"),
    (GOOD[[0, 1, 0]], SIGNS, "samples 1 and 3 are equal"),
])  # fmt: skip
def test_bad_samples_are_named(X, y, message):
    with pytest.raises(BadSamples, match=message):
        Samples(X, y)


@pytest.mark.parametrize(("text", "message"), [
    ("", "no samples"),
    ("label,x,y\n", "no samples"),
    ("1\n-1\n", ":1: a label without values"),
    ("1,2,3\n-1,2\n", ":2: 2 columns"),
    ("label,a,b\n1,2,3\n-1,two,3\n", ':3: column 2 is "two"'),
    ("1,2,3\n-1,nan,3\n", ':2: column 2 is "nan"'),
    ("1,2,3\n2,1,3\n", ':2: label "2"'),
    ("1,2,3\n1,1,3\n", "all labels are 1"),
    ("1,2,3\n-1,2,3\n", "samples 1 and 2 are equal"),
    ("1,2,3\n-1,0,0\n", "sample 2 is zero"),
])  # fmt: skip
def test_bad_files_are_told_by_line(tmp_path: Path, text, message):
    path = tmp_path / "samples.csv"
    path.write_text(text)
    with pytest.raises(BadSamples, match="samples.csv.*" + message):
        read_samples(path)


def test_a_missing_or_binary_file(tmp_path: Path):
    with pytest.raises(BadSamples, match="No such file"):
        read_samples(tmp_path / "none.csv")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(BadSamples, match="no text"):
        read_samples(tmp_path / "binary.csv")


def test_a_good_file_with_a_heading_and_blank_lines(tmp_path: Path):
    path = tmp_path / "samples.csv"
    path.write_text("label,a,b\n+1, 2.5,3\n\n-1,1e-3,-4\n")
    found = read_samples(path)
    assert found.X.tolist() == [[2.5, 3.0], [0.001, -4.0]] and found.y.tolist() == [1, -1]


def test_sizes_of_samples():
    found = Samples(GOOD, SIGNS)
    assert (found.N, found.d, found.R_min2, found.R_max2, found.p_max) == (3, 3, 1.25, 4.0, 0.0)
    assert not found.one_class and Samples(GOOD[:1], SIGNS[:1]).p_max == 0.0


@pytest.mark.parametrize("theta", [0.0, 0.9, 1 - 1e-5])
@pytest.mark.parametrize("signed", [False, True])
def test_near_orthogonal_samples_use_the_bound_up_to_theta(theta, signed):
    rng = stream(0, "near", str(theta), int(signed))
    X = near_orthogonal(rng, 8, 20, 0.5, theta, 3.0, signed)
    r = np.linalg.norm(X, axis=1)
    # The generator takes 1 and `ratio` not as attained but as the ends of the drawn radii.
    assert kkt.orthogonal(X, 0.5) and 1 <= r.min() <= r.max() <= 3.0 * (1 + 1e-12)
    assert kkt.p_max(X) <= theta * kkt.orth_bound(X, 0.5) + 1e-13
    if signed and theta:
        assert kkt.p_max(X) == pytest.approx(theta * kkt.orth_bound(X, 0.5), rel=1e-6)
    with pytest.raises(ValueError, match="N = 30"):
        near_orthogonal(rng, 30, 20, 0.5, theta, 3.0)


def test_draws_have_the_law_they_name():
    rng = stream(0, "draws")
    assert np.abs(draw("uniform", 200, 300, rng)).max() <= 1
    assert draw("gauss", 200, 300, rng).var() == pytest.approx(1, abs=0.03)
    assert set(labels(100, rng).tolist()) == {1, -1}
    with pytest.raises(ValueError, match="mode"):
        draw("normal", 1, 1, rng)


@pytest.mark.parametrize("case", range(12))
def test_the_closed_form_is_a_kkt_point_by_three_routes(case):
    rng = stream(1, "routes", case)
    N, gamma = int(rng.integers(1, 12)), float(rng.uniform(0.1, 0.95))
    X = near_orthogonal(rng, N, 15, gamma, 0.9, 3.0, bool(case % 2))
    y = labels(N, rng)
    lam = kkt.multipliers(X, y, gamma)
    W = kkt.network(X, y, lam, gamma, 6)
    assert kkt.pattern(X, y, lam, gamma) and kkt.residual(X, y, W, lam, gamma) <= 1e-13
    assert np.abs(kkt.dual(X, y, gamma) / lam - 1).max() <= 1e-6
    # The float data as exact rationals.
    g = Fraction(gamma)
    lam_exact = exact.solve(exact.gram(exact.rationals(X)), y.tolist(), g)
    assert np.abs(np.array([float(v) for v in lam_exact]) / lam - 1).max() <= 1e-12
    assert np.linalg.norm(W) ** 2 == pytest.approx(kkt.norm_squared(lam), rel=1e-12)


def test_a_wrong_coefficient_is_no_kkt_point(monkeypatch: pytest.MonkeyPatch):
    rng = stream(2, "mutant")
    X, y = near_orthogonal(rng, 8, 15, 0.9, 0.99, 1.0, True), labels(8, rng)
    right = kkt.coefficients
    monkeypatch.setattr(kkt, "coefficients", lambda y, gamma: np.abs(right(y, gamma)))
    lam = kkt.multipliers(X, y, 0.9)
    assert kkt.residual(X, y, kkt.network(X, y, lam, 0.9, 6), lam, 0.9) > 1e-4


def test_outside_the_theory_the_pattern_fails():
    rng = stream(4, "crowded")
    X, y = draw("gauss", 20, 8, rng), labels(20, rng)  # more samples than dimensions
    assert not kkt.pattern(X, y, kkt.multipliers(X, y, 0.1), 0.1)
    y = np.array([1, 1])
    with pytest.raises(ValueError, match="singular"):
        kkt.multipliers(np.array([[1.0, 0.0], [-1.0, 0.0]]), y, 0.1)
    with pytest.raises(ValueError, match="singular"):
        exact.solve([[Fraction(1), Fraction(-1)], [Fraction(-1), Fraction(1)]], [1, 1], Fraction(1, 10))


@pytest.mark.parametrize("N", [3, 12])
def test_the_enclosure_holds_every_matrix_of_the_box_and_is_narrow(N):
    gamma = Fraction(9, 10)
    p = gamma**3 / (3 * N)
    y = [1 if n % 2 else -1 for n in range(N)]
    found = exact.enclosed_multipliers(N, y, gamma, p)
    rng = stream(3, "box", N)
    for _ in range(60):
        S = np.triu(rng.choice([-1, 1], (N, N)), 1)
        S = S + S.T
        G = [[Fraction(1) if n == k else p * int(S[n, k]) for k in range(N)] for n in range(N)]
        for value, (low, high) in zip(exact.solve(G, y, gamma), found, strict=True):
            assert low <= value <= high
    # As wide as the sharp bounds 2/(1 + gamma^2) (1 -+ kappa/(1 - kappa)) of k3, and no wider.
    kappa = (N - 1) * p
    assert max(high - low for low, high in found) <= Fraction(4) / (1 + gamma**2) * kappa / (1 - kappa)
    with pytest.raises(ValueError, match="singular|finite"):
        exact.enclosed_multipliers(N, y, gamma, Fraction(2))


def test_orth_is_exact_at_its_edge():
    gamma, edge = Fraction(1, 2), Fraction(1, 2) ** 3 / 6
    for p, holds in ((edge, True), (-edge, True), (edge + Fraction(1, 10**30), False)):
        assert exact.orth([[Fraction(1), p], [p, Fraction(1)]], gamma) is holds


@pytest.mark.parametrize(("values", "message"), [
    ({"gamma": 1.2}, "gamma = 1.2: out of range .allowed: number strictly between 0 and 1"),
    ({"gamma": 0}, "gamma = 0: out of range"),
    ({"gamma": 1}, "gamma = 1: out of range"),
    ({"m": 3}, "m = 3: no equal halves .allowed: even integer"),
    ({"m": 0}, "m = 0"),
    ({"N_adv": 0}, "N_adv = 0"),
    ({"epsilon": 0}, "epsilon = 0"),
    ({"epsilon": "huge"}, "epsilon = 'huge'"),
    ({"norm": "l3"}, "norm = 'l3': unknown, nearest l2"),
    ({"gama": 0.5}, "gama = 0.5: unknown key, nearest gamma"),
    ({"momentum": 1.0}, "momentum = 1.0"),
    ({"steps": 1.5}, "steps = 1.5: wrong type"),
])  # fmt: skip
def test_bad_parameters_are_one_line(values, message):
    with pytest.raises(BadSetting, match=message):
        setting_from(values)
