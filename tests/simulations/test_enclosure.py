"""Arb enclosures of the population dynamics contain the exact run, hold the float run to rounding, and refuse ties."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from theorycheck_simulations import reference
from theorycheck_simulations.enclosure import (
    Undecided,
    enclose,
    enclose_outputs,
    enclose_start,
    enclose_step,
    less,
)
from theorycheck_simulations.population import split, train_population
from theorycheck_simulations.setting import BadSetting, Setting


def rationals(C):
    return [[[Fraction(float(x)) for x in row] for row in rows] for rows in C]


def test_less_is_three_valued():
    wide = arb(1, 0.5)
    assert less(arb(1), arb(2)) is True and less(arb(2), arb(1)) is False and less(arb(1), arb(1)) is False
    assert less(wide, wide) is None and less(wide, arb(1.25)) is None and less(arb("nan"), arb(1)) is None


@pytest.mark.parametrize("seed", range(12))
def test_float_run_lies_within_radius_and_rounding(seed, draw_setting, draw_weights):
    rng = np.random.default_rng(seed)
    setting = draw_setting(rng, T=60, eta=float(rng.uniform(0.01, 0.3)))
    W0 = 0.3 * draw_weights(rng, setting)
    balls = enclose(setting, *map(rationals, split(setting, W0)), setting.T, precision=400)
    run = train_population(setting, W0=W0)
    assert balls.largest_radius() <= 1e-30 * max(1.0, np.abs(run.W).max())
    assert balls.distance(*split(setting, run.W)) <= balls.largest_radius() + 1e-11 * max(1.0, np.abs(run.W).max())
    off = run.W.copy()
    off[0, 0, 0] += 1e-6
    assert balls.distance(*split(setting, off)) > 1e-7 and not balls.contains(*split(setting, off))


def test_low_precision_contains_high_precision():
    setting = Setting(k=2, d=4, n_N=3, m=2, T=80, sigma_0=0.3)
    U0, V0 = map(rationals, split(setting, np.random.default_rng(3).standard_normal((2, 2, 4)) * 0.3))
    coarse, fine = enclose(setting, U0, V0, 80, precision=60), enclose(setting, U0, V0, 80, precision=300)
    for wide, narrow in ((coarse.U, fine.U), (coarse.V, fine.V)):
        for j in range(2):
            for i in range(2):
                for r in range(2):
                    assert wide[j][i][r].contains(narrow[j][i][r])
                    assert wide[j][i][r].rad() <= arb(1e-12)


def test_start_and_outputs():
    setting = Setting(k=2, d=4, n_N=3, m=1, alpha=2.0, beta=1.0, rho=0.5)
    third = Fraction(1, 3)
    C = [[[third], [-third]], [[third / 4], [third]]]
    balls = enclose_start(setting, C, C, precision=100)
    assert (3 * balls.U[0][0][0]).contains(arb(1)) and not balls.U[0][0][0].is_exact()
    F = enclose_outputs(setting, balls, precision=100)
    for j in range(2):
        for i in range(2):
            z = float(C[j][i][0])
            expected = reference.activation(2 * z, 3, 0.5) + 3 * reference.activation(z, 3, 0.5)
            assert abs(float(F[j][i].mid()) - expected) <= 1e-15 * (1 + expected)
    assert not balls.contains(np.full((2, 2, 1), 1 / 3), np.full((2, 2, 1), 1 / 3))


def test_exact_ends_are_decided_and_ties_are_not():
    setting = Setting(k=2, d=4, n_N=1, m=1, alpha=1.0, beta=1.0, rho=0.5)
    zero, knee = [[[Fraction(0)]] * 2] * 2, [[[Fraction(1, 2)]] * 2] * 2
    enclose_step(setting, enclose_start(setting, zero, knee))
    tenth = setting.replace(rho=0.1, alpha=0.3)
    near = Fraction(tenth.rho) / Fraction(tenth.alpha)  # alpha z = rho exactly, but z is no dyadic number
    with pytest.raises(Undecided, match="does not decide"):
        enclose_step(tenth, enclose_start(tenth, [[[near]] * 2] * 2, zero))


def test_bad_starts_are_refused():
    setting = Setting(k=2, d=4, m=1)
    good = [[[Fraction(0)]] * 2] * 2
    with pytest.raises(ValueError, match="V0: wrong size"):
        enclose_start(setting, good, good[:1])
    with pytest.raises(BadSetting, match="sigma_n"):
        enclose_start(setting.replace(sigma_n=1.0), good, good)
