"""Every rule of the order kernel accepts what it should, and refuses each way of asking for more."""

import pytest

from theorycheck.order_kernel import Statement, check

from .order_building import Data, accepted
from .order_cases import battery

CASES = battery()


@pytest.mark.parametrize(("good", "data"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_accepts_or_refuses(good: bool, data: Data) -> None:
    assert accepted(check, data) is good


def test_the_statement_is_returned_as_it_was_read() -> None:
    data = next(data for what, _, data in CASES if what == "goal O")
    found = check(data)
    assert isinstance(found, Statement) and found.goal is not None and found.goal.kind == "O"
    assert set(found.hypotheses) == set(data["statement"]["hypotheses"])
    assert found.quantities == {"k", "x", "y", "z", "N"} and set(found.logs) == {"L", "M"}
