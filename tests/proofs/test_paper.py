"""The paper as a whole: no claim of the algebra is missing, and chapters do not repeat each other."""

import pytest
from theorycheck_proofs.li_li_2024 import PAPER
from theorycheck_simulations.setting import setting_from

from theorycheck.verdict import Verdict

ALGEBRA = [
    "definition-2.1", "definition-2.2", "assumption-2.3", "assumption-b.3", "definition-4.1",
    "activation-continuity", "activation-smoothness", "activation-convex", "activation-ratio", "activation-derivative",
    "activation-relu", "activation-clamp", "review-continuity",
    "proposition-3.1", "proposition-3.2", "proposition-3.2-criterion", "proposition-3.2-in-place", "finding-f2",
    "lemma-b.1", "lemma-d.3", "lemma-b.2", "lemma-b.2-time", "lemma-d.5", "lemma-d.6", "lemma-d.7",
]  # fmt: skip


@pytest.mark.parametrize("changes", [{}, {"k": 3, "d": 6, "n_N": 40, "q": 4}])
def test_every_claim_is_there(changes: dict[str, int]) -> None:
    claims = PAPER.claims(setting_from(changes))
    assert [name for name in ALGEBRA if name not in claims] == []


def test_only_findings_about_the_wording_are_refuted() -> None:
    claims = PAPER.claims(setting_from({}))
    refuted = {name for name, claim in claims.items() if claim.expected is Verdict.REFUTED}
    assert "proposition-3.2" in refuted and refuted <= {"proposition-3.2", "theorem-c.2", "lemma-d.10-unconditional"}


@pytest.mark.parametrize(("changes", "message"), [({"q": 2}, "q = 2"), ({"activation": "gelu"}, "activation = gelu")])
def test_claims_are_about_the_papers_activation(changes, message):
    with pytest.raises(ValueError, match=message):
        PAPER.claims(PAPER.setting(changes))


def test_every_claim_says_where_it_stands() -> None:
    for claim in PAPER.claims(setting_from({})).values():
        assert claim.source.number and claim.title
        assert claim.derivation or claim.note or claim.uses, claim.id
