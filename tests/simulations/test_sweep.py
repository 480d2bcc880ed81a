"""Sweeps: every cell is a run of its own, whatever the batches and the other cells."""

import numpy as np
import pytest
from theorycheck_simulations import sweep as module
from theorycheck_simulations.adversarial import train_adversarial
from theorycheck_simulations.data import initial_weights
from theorycheck_simulations.setting import BadSetting, Setting
from theorycheck_simulations.sweep import sweep

SETTING = Setting(k=2, d=5, m=3, n_N=20, eta=0.05, T=300)
ALPHA, EPSILON = np.array([1.5, 2.5, 3.0]), np.array([0.0, 0.5, 1.2])
LEVELS = np.array([0.1, 0.2, np.inf])


def test_every_cell_is_the_run_with_its_values() -> None:
    found = sweep(SETTING, 7, 2, ALPHA, EPSILON, LEVELS, LEVELS)
    assert found.A.shape == found.B_step.shape == (3, 2, 2) and found.status.shape == (3, 2)
    for cell in range(3):
        setting = SETTING.replace(alpha=float(ALPHA[cell]), epsilon=float(EPSILON[cell]))
        for run in range(2):
            one = train_adversarial(setting, W0=initial_weights(SETTING, 7, run), level_A=LEVELS[cell],
                                    level_B=LEVELS[cell])  # fmt: skip
            assert (found.A[cell, run] == one.A.max(axis=1)).all() and (found.B[cell, run] == one.B.max(axis=1)).all()
            assert (found.A_step[cell, run] == one.A_step).all() and (found.B_step[cell, run] == one.B_step).all()
            assert found.status[cell, run] == one.status
            assert (found.A_0[run] == np.einsum("iri->ir", one.W0[..., :2]).max(axis=1)).all()
    assert (found.B_step[0] > 0).any() and (found.B_step[2] == -1).all()


def test_batches_change_nothing_and_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sweep(SETTING, 3, 2, ALPHA, EPSILON, LEVELS, LEVELS)
    monkeypatch.setattr(module, "BATCH", 4)
    told: list[tuple[int, int]] = []
    parts = sweep(SETTING, 3, 2, ALPHA, EPSILON, LEVELS, LEVELS, lambda done, total: told.append((done, total)))
    assert told == [(4, 6), (6, 6)]
    assert (parts.A == whole.A).all() and (parts.B == whole.B).all() and (parts.A_step == whole.A_step).all()


def test_every_cell_starts_alike() -> None:
    found = sweep(SETTING, 5, 2, np.full(2, 2.0), np.full(2, 1.0), LEVELS[:2], LEVELS[:2])
    assert (found.A[0] == found.A[1]).all() and not (found.A[0, 0] == found.A[0, 1]).all()


@pytest.mark.parametrize(
    ("alpha", "epsilon", "runs"),
    [([2.0], [1.0, 1.0], 1), ([np.nan], [1.0], 1), ([2.0], [-1.0], 1), ([0.0], [1.0], 1), ([2.0], [1.0], 0)],
)
def test_bad_arguments_are_refused(alpha: list[float], epsilon: list[float], runs: int) -> None:
    with pytest.raises(ValueError, match="allowed"):
        sweep(SETTING, 0, runs, np.array(alpha), np.array(epsilon), np.ones(len(alpha)), np.ones(len(alpha)))


def test_noise_is_refused() -> None:
    with pytest.raises(BadSetting, match="sigma_n"):
        sweep(SETTING.replace(sigma_n=0.1), 0, 1, ALPHA, EPSILON, LEVELS, LEVELS)
