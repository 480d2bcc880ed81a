"""The paper as a whole: no claim of the algebra is missing, and chapters do not repeat each other."""

import pytest
from theorycheck_proofs.li_li_2024 import PAPER, orders_adversarial, orders_noise, orders_standard
from theorycheck_simulations.setting import setting_from

from theorycheck.verdict import Verdict

ADVERSARIAL = [
    "lemma-5.2", "theorem-4.4", "theorem-d.15", *(f"lemma-d.{n}" for n in range(16, 29)), "figure-3", "phase-transition",
    "regime-map", "threat-models", "robust-accuracy-interval", "saturation-level", "phase-two-time",
    "theorem-e.1", "theorem-e.8", *(f"lemma-e.{n}" for n in (2, 3, 4, 5, 6, 7, 9, 10, 11)),
    *(f"finding-f{n}" for n in range(1, 7)),
    *(f"review-{about}" for about in (
        "continuity", "5.2-at-epsilon-0", "epsilon", "multi-step", "activations", "unrelated-target", "trade-off",
        "learning-order", "overlapping", "epsilon-scale")),
]  # fmt: skip
ALGEBRA = [
    "definition-2.1", "definition-2.2", "assumption-2.3", "assumption-b.3", "definition-4.1",
    "activation-continuity", "activation-smoothness", "activation-convex", "activation-ratio", "activation-derivative",
    "activation-relu", "activation-clamp", "review-continuity",
    "proposition-3.1", "proposition-3.2", "proposition-3.2-criterion", "proposition-3.2-in-place", "finding-f2",
    "lemma-b.1", "lemma-d.3", "lemma-b.2", "lemma-b.2-time", "lemma-d.5", "lemma-d.6", "lemma-d.7",
]  # fmt: skip

# What the paper states in orders and what does not follow as stated: each has a ray, and a repaired claim.
REFUTED_ORDERS = {
    "lemma-d.10-order-unconditional", "lemma-d.19-order-any-ascent", "lemma-d.21-order-as-argued",
    "lemma-d.22-order-as-printed", "lemma-d.22-order-residual", "lemma-d.23-order-every-class",
    "lemma-d.24-order-any-ascent", "lemma-d.25-order-any-width", "lemma-d.28-order-any-ascent",
    "lemma-d.3-order-any-width", "lemma-d.8-order-without-k", "lemma-d.9-order-as-stated",
    "lemma-e.10-order-as-printed", "lemma-e.3-order-any-scale", "lemma-e.3-order-beside-features",
    "lemma-e.4-order-as-printed", "lemma-e.5-order-any-sample", "lemma-e.6-order-any-sample",
    "lemma-e.7-order-any-sample", "rebuttal-threshold-time-order", "saturation-level-order-any-ascent",
    "theorem-4.4-order-every-perturbation", "theorem-d.15-order-any-width",
}  # fmt: skip
VACUOUS_ORDERS = {
    "finding-e.3-order", "finding-e.4-order", "finding-f3-order", "finding-f4-order-xavier",
    "theorem-d.1-order-as-stated",
}  # fmt: skip


@pytest.mark.parametrize("changes", [{}, {"k": 3, "d": 6, "n_N": 40, "q": 4}])
def test_every_claim_is_there(changes: dict[str, int]) -> None:
    claims = PAPER.claims(setting_from(changes))
    assert [name for name in (*ALGEBRA, *ADVERSARIAL) if name not in claims] == []


def test_only_findings_about_the_wording_are_refuted() -> None:
    claims = PAPER.claims(setting_from({}))
    refuted = {name for name, claim in claims.items() if claim.expected is Verdict.REFUTED}
    assert refuted == {
        "proposition-3.2", "theorem-c.2", "lemma-d.10-unconditional", "finding-f1", "lemma-d.21-as-argued",
        "lemma-d.24-coupled", "lemma-d.24-any-dimension", "rebuttal-threshold-time", *REFUTED_ORDERS,
    }  # fmt: skip
    vacuous = {name for name, claim in claims.items() if claim.expected is Verdict.VACUOUS}
    assert vacuous == {"finding-f3", *VACUOUS_ORDERS}


def test_every_numbered_step_is_decided_or_has_a_reason() -> None:
    claims = PAPER.claims(setting_from({}))
    items = ["assumption-2.3", "assumption-b.3", "lemma-b.1", "lemma-b.2", "theorem-d.1", "theorem-d.15",
             *(f"lemma-d.{n}" for n in range(2, 29) if n != 15),
             "theorem-e.1", "theorem-e.8", *(f"lemma-e.{n}" for n in range(2, 12) if n != 8)]  # fmt: skip
    reasons = {**orders_standard.WITHOUT_ORDERS, **orders_adversarial.WITHOUT_ORDERS, **orders_noise.WITHOUT_ORDERS}
    for item in items:
        decided = [name for name in claims if name == f"{item}-order" or name.startswith(f"{item}-order-")]
        assert bool(decided) != (item in reasons), item


@pytest.mark.parametrize(("changes", "message"), [({"q": 2}, "q = 2"), ({"activation": "gelu"}, "activation = gelu")])
def test_claims_are_about_the_papers_activation(changes, message):
    with pytest.raises(ValueError, match=message):
        PAPER.claims(PAPER.setting(changes))


def test_every_claim_says_where_it_stands() -> None:
    for claim in PAPER.claims(setting_from({})).values():
        assert claim.source.number and claim.title
        assert claim.derivation or claim.note or claim.uses, claim.id
