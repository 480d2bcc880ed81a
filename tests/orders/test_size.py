"""Statements of the size that a paper's appendix has are decided at once."""

import sys
import time

import pytest

from theorycheck.orders.decide import decide_statement

from .large import large_statement


@pytest.mark.parametrize("seed", range(3))
def test_sixty_hypotheses_about_thirty_quantities(seed: int) -> None:
    statement = large_statement(seed, quantities=30, hypotheses=60)
    assert len(statement["hypotheses"]) >= 60 and len(statement["quantities"]) == 31
    start = time.process_time()
    found = decide_statement(statement)
    taken = time.process_time() - start
    assert found.certificate is not None or found.ray is not None
    assert taken < 2 or sys.gettrace() is not None  # a generous bound: about ten times what it takes
