"""Names of claims and parameters where several papers are installed."""

import pytest

from theorycheck.cli.selection import find, select
from theorycheck.errors import UserError


def test_parameters_of_one_paper_do_not_hide_its_claims_behind_another():
    (found,) = select(["lemma-d.5"], None, lambda _: {"k": 3, "d": 6})
    assert found.reference == "li-li-2024" and found.setting.k == 3
    (found,) = select(["k1"], None, lambda _: {"gamma": 0.5})
    assert found.reference == "kumano-2024" and found.setting.gamma == 0.5


@pytest.mark.parametrize(("target", "given", "message"), [
    ("lemma-d.5", {"k": 1}, "li-li-2024: k = 1: out of range"),
    ("k1", {"gamma": 2.0}, "kumano-2024: gamma = 2.0: out of range"),
    ("k1", {"q": 3}, "kumano-2024: q = 3: unknown key"),
])  # fmt: skip
def test_the_owner_refuses_its_own_parameters(target, given, message):
    with pytest.raises(UserError, match=message):
        select([target], None, lambda _: given)


def test_a_number_that_two_papers_have_must_be_qualified():
    with pytest.raises(UserError, match="theorem-4.4 is a claim of kumano-2024 and li-li-2024"):
        find("theorem-4.4", {}, lambda _: {})
    assert find("li-li-2024:theorem-4.4", {}, lambda _: {}) == ("li-li-2024", "theorem-4.4")


def test_no_such_claim_names_the_nearest():
    with pytest.raises(UserError, match="lemma-d.5"):
        find("lemma-d.55", {}, lambda _: {"k": 3, "d": 6})
