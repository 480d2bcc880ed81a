"""Growth rates are put into statements as the oracle puts them, and malformed ones are refused."""

import pytest

from theorycheck.order_kernel import replay

from .order_building import Data
from .order_rays import RAYS, SCALES, expected, table, verdict


@pytest.mark.parametrize("name", SCALES)
def test_every_fact_about_every_pair(name: str) -> None:
    data = table(name)
    found, wanted = dict(replay(data).hypotheses), expected(data)
    assert {fact: (found[fact], wanted[fact]) for fact in wanted if found[fact] != wanted[fact]} == {}
    assert len(wanted) >= 300 and 0.2 < sum(wanted.values()) / len(wanted) < 0.8


@pytest.mark.parametrize(("confirmed", "data"), [case[1:] for case in RAYS], ids=[case[0] for case in RAYS])
def test_confirms_or_refuses(confirmed: bool | None, data: Data) -> None:
    assert verdict(replay, data) is confirmed
