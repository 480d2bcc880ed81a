"""Planted errors on learning from perturbations: all twenty are there, with the figures that were observed."""

import re
from fractions import Fraction

import numpy as np
import pytest
from theorycheck_proofs.controls import FAMILIES, learning_exceptions, learning_gradients, learning_multipliers
from theorycheck_proofs.controls import learning_networks as networks
from theorycheck_proofs.controls import learning_sizes as sizes
from theorycheck_proofs.controls.control import Control
from theorycheck_proofs.controls.learning_notation import multipliers, solved
from theorycheck_simulations.leaky import kkt

from theorycheck import kernel
from theorycheck.checks.symbolic import Proof
from theorycheck.expression import lower

from .judged import context

CONTROLS = [one for family in FAMILIES if "learning" in family.__name__ for one in family.controls(None)]
PROVED = [one for one in CONTROLS if "proof" in one.caught_by]
HALF, NEARLY = Fraction(1, 2), Fraction(9, 10)


def test_every_control_of_the_list_is_there() -> None:
    found = {m[1] for one in CONTROLS if (m := re.match(r"control-nc(\d+)", one.claim.id))}
    assert found == {str(i) for i in range(1, 21)}
    assert sum(one.claim.id.startswith("control-learning-") for one in CONTROLS) >= 10
    assert len({one.claim.id for one in CONTROLS}) == len(CONTROLS)


@pytest.mark.parametrize("one", PROVED, ids=lambda one: one.claim.id)
def test_no_proof_of_an_error_is_found(one: Control) -> None:
    """It fails for want of a proof or of a settled branch, not because the certificate was written badly."""
    for check in (check for check in one.claim.checks if isinstance(check, Proof)):
        assert check.run(one.claim, context()).summary.startswith(("NotFound: ", "Rejected: 'piecewise'"))


@pytest.mark.parametrize("one", CONTROLS, ids=lambda one: one.claim.id)
def test_an_error_is_one_change(one: Control) -> None:
    """In the statement, in the ranges, or in hypotheses that are not more than the twin's."""
    changed = [getattr(one.claim, name) != getattr(one.twin, name) for name in ("parts", "hypotheses", "variables")]
    assert sum(changed) == 1
    assert len(one.claim.hypotheses) <= len(one.twin.hypotheses)


@pytest.mark.parametrize(("times", "largest", "least"), [(1, 1.4487, 0.7629), (2, 2.11, 0.119), (3, None, -1.58)])
def test_relaxed_constants(times: int, largest: float | None, least: float) -> None:
    one = Fraction(1)
    assert float(learning_multipliers.turned(times, NEARLY, 50, one)["lam_1"]) == pytest.approx(least, abs=5e-3)
    if largest is not None:
        found = learning_multipliers.one_class(times, -1, NEARLY, 50, one)["lam"]
        assert float(found) == pytest.approx(largest, abs=5e-3)


@pytest.mark.parametrize(("times", "expected"), [(1, 0.0873), (7, 0.414)])
def test_other_powers_of_n(times: int, expected: float) -> None:
    found = learning_multipliers.squares(lambda side: times, NEARLY, 7, Fraction(1))
    assert float(found["lam"]) == pytest.approx(expected, abs=2e-3)


def test_the_released_experiments_are_far_outside() -> None:
    found = sizes.sample(0)
    bound = found["gamma"] ** 3 * found["low"] ** 2 / (3 * found["N"] * found["high"])
    assert 150 < found["p"] < 180 and 1.4e8 < found["p"] / bound < 1.8e8


def test_the_line_has_the_network_of_the_absolute_value() -> None:
    values = networks.on_a_line(HALF, (1, 0), 1, (-3, 2))
    assert kernel.evaluate(lower(networks.F), values) == (3, 3)
    assert kernel.evaluate(lower(networks.G), values) == (0, 0)


def test_natural_targets_cancel() -> None:
    """The sign is that of the mislabelled points, although the naive sum is positive."""
    values = learning_exceptions.natural(NEARLY, 5, Fraction(3, 4), (6, 6))
    signs = [kernel.evaluate(lower(getattr(learning_exceptions, name)), values) for name in ("ALONG", "NAIVE", "SPAN")]
    along, naive, span = signs
    assert along[1] < 0 < naive[0] and span == along


def test_multipliers_agree_with_the_simulation() -> None:
    for share in range(-8, 9):
        found = learning_gradients.solutions(lambda slope: -2 * slope, HALF, 9, share)
        inner, second = float(found["c"]), 9 / 8
        X = np.array([[1.0, 0.0], [inner, np.sqrt(second - inner**2)]])
        other = kkt.multipliers(X, np.array([1, -1]), 0.5)
        np.testing.assert_allclose([float(found["lam_1"]), float(found["lam_2"])], other, rtol=1e-12)


def test_a_singular_system_is_refused() -> None:
    with pytest.raises(ZeroDivisionError):
        solved([[HALF, HALF], [HALF, HALF]], [HALF, HALF])
    assert multipliers([[Fraction(1)]], [1], HALF) == [Fraction(8, 5)]
