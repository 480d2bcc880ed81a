"""Threat models and the two ends of the robust accuracy: expected verdicts, and what is measured."""

import pytest
from theorycheck_proofs.controls import threats as planted
from theorycheck_proofs.controls.control import Control, kind_of
from theorycheck_proofs.li_li_2024 import threat_runs, threats
from theorycheck_simulations.setting import setting_from

from theorycheck.engine import checks_of
from theorycheck.verdict import POSITIVE

from .judged import assert_expected, context

CLAIMS = {claim.id: claim for claim in threats.claims(setting_from({}))}
OTHER = setting_from({"k": 3, "d": 7, "n_R": 2, "n_N": 9, "m": 3, "q": 4, "alpha": 1.6, "beta": 1.2, "epsilon": 0.6,
                      "sigma_0": 0.2, "T": 1500})
CONTROLS = planted.controls(setting_from({}))


@pytest.mark.parametrize("name", CLAIMS)
def test_expected_verdict(name: str) -> None:
    assert_expected(CLAIMS[name], context())


@pytest.mark.slow
@pytest.mark.parametrize("name", CLAIMS)
def test_expected_verdict_with_another_setting(name: str) -> None:
    assert_expected(CLAIMS[name], context(OTHER, seed=1))


def test_at_least_300_small_networks_and_the_exact_value_of_nearly_all() -> None:
    networks = 0
    for measure in (threat_runs.containment, threat_runs.blind):
        found = measure(context())
        networks += found.figures["networks"]
        for table in found.tables:
            assert all(row[3] == row[2] >= 0.98 * row[1] and row[4] <= 0.01 for row in table.rows)
    assert networks >= 300
    assert threat_runs.blind(context()).figures["robust accuracy that 50 gradient steps from 20 starts report"] == 1.0


@pytest.mark.parametrize("setting", [setting_from({}), OTHER])
def test_trained_networks_are_decided_within_5_points(setting) -> None:
    table = threat_runs.widths(context(setting)).tables[0]
    assert len(table.rows) == 12
    for row in table.rows:
        certified, attacked, low, high = row[4:8]
        assert 0 <= low <= certified <= attacked <= high <= 1 and attacked - certified <= 0.05


@pytest.mark.parametrize("one", CONTROLS, ids=lambda one: one.claim.id)
def test_planted_errors_are_caught_and_the_claims_without_them_pass(one: Control) -> None:
    where = context()
    for claim, passes in ((one.claim, False), (one.twin, True)):
        for check in checks_of(claim):
            if kind_of(check) & set(one.caught_by):
                assert (check.run(claim, where).verdict in POSITIVE) is passes
