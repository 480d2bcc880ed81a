"""Adversarial training and noise in orders: expected verdicts, models, every item decided, planted errors."""

from dataclasses import replace
from functools import cache

import pytest
from theorycheck_proofs.li_li_2024 import orders_adversarial, orders_noise
from theorycheck_simulations.setting import Setting

from theorycheck.checks.vacuity import NonVacuity
from theorycheck.claim import Claim, Condition
from theorycheck.domains import Variable, real
from theorycheck.evidence import Evidence
from theorycheck.orders.text import order
from theorycheck.verdict import Verdict

from .judged import context
from .orders_judged import assert_ray, judged, with_goal, without

SETTING = Setting.model_validate({})
ALL: dict[str, Claim] = {
    claim.id: claim for chapter in (orders_adversarial, orders_noise) for claim in chapter.claims(SETTING)
}
WITHOUT = {**orders_adversarial.WITHOUT_ORDERS, **orders_noise.WITHOUT_ORDERS}
ITEMS = {
    "theorem-d.15", *(f"lemma-d.{number}" for number in range(16, 29)), "theorem-e.1", "theorem-e.8",
    *(f"lemma-e.{number}" for number in (2, 3, 4, 5, 6, 7, 9, 10, 11)),
}  # fmt: skip
REFUTED = [name for name, claim in ALL.items() if claim.expected is Verdict.REFUTED]


@cache
def found(name: str) -> Evidence:
    return judged(ALL[name])


@pytest.mark.parametrize("name", ALL)
def test_expected(name: str) -> None:
    assert found(name).verdict is ALL[name].expected


@pytest.mark.parametrize("name", ALL)
def test_the_hypotheses_have_a_model_unless_the_claim_says_otherwise(name: str) -> None:
    wanted = Verdict.VACUOUS if ALL[name].expected is Verdict.VACUOUS else Verdict.PROVED
    assert NonVacuity().run(ALL[name], context()).verdict is wanted


def test_every_numbered_item_is_decided_or_says_why_not() -> None:
    decided = {item for item in ITEMS if f"{item}-order" in ALL}
    assert decided.isdisjoint(WITHOUT) and decided | set(WITHOUT) == ITEMS


@pytest.mark.parametrize("item", sorted(ITEMS - set(WITHOUT)))
def test_every_item_rests_on_its_version_with_constants(item: str) -> None:
    assert item in ALL[f"{item}-order"].uses


@pytest.mark.parametrize("name", REFUTED)
def test_rays_are_confirmed_by_the_kernel(name: str) -> None:
    assert_ray(found(name))


CORES = {
    "finding-f4-order-xavier": {"sigma_0 ~ 1/sqrt(d)", "sigma_0*sqrt(d) << B", "beta >~ 1", "rho <~ 1"},
    "finding-e.3-order": {"noise <~ sigma_0*sigma_n*sqrt(d)", "noise >~ sigma_n*A", "sigma_0*sqrt(d) << B", "B <~ A"},
    "finding-e.4-order": {"memorised <~ sigma_0*sigma_n*sqrt(d)", "sigma_0*sqrt(d) <~ B",
                          "memorised >~ k*sigma_n**2*d*B/(N*n_N*beta)"},
}  # fmt: skip


@pytest.mark.parametrize("name", CORES)
def test_any_one_of_what_contradicts_itself_may_be_given_up(name: str) -> None:
    for text in CORES[name]:
        assert NonVacuity().run(without(ALL[name], text), context()).verdict is Verdict.PROVED


# Each hypothesis that an argument turns on, dropped: then the step is refuted.
NEEDED = (
    ("lemma-d.20-order", "tau << 1"), ("lemma-d.21-order", "eta*(n_R*alpha + n_N*beta) <~ k*sigma_0"),
    ("lemma-d.21-order-stage-one", "c << 1"), ("lemma-d.22-order", "alpha >> epsilon"), ("lemma-d.22-order", "E <~ k"),
    ("lemma-d.22-order-phase-one", "B = Otilde(sigma_0)"), ("saturation-level-order", "m = polylog(k)"),
    ("lemma-d.23-order", "n_N*beta**q >> n_R*alpha**q*log(k)**((q-2)/2)"), ("lemma-d.23-order-time", "B_0 << a"),
    ("lemma-d.24-order", "eta_tilde*rho*beta**(q-2) >> alpha**q"), ("lemma-d.24-order-time", "A_0 << rho/alpha"),
    ("finding-f4-order", "sigma_0*sqrt(d) << B"), ("lemma-d.27-order", "off = Otilde(sigma_0)"),
    ("lemma-d.28-order", "eta_tilde*beta**(q-2)*n_R*alpha*A >> n_N*epsilon**q"),
    ("theorem-4.4-order-linf", "n_N*beta**q >> n_R*alpha**q"), ("theorem-d.15-order-random-class", "m >> 1"),
    ("lemma-e.3-order", "sigma_0 ~ 1/sqrt(d)"), ("lemma-e.4-order", "N*P*sqrt(log(k*m*N*P)) << sqrt(d)"),
    ("lemma-e.5-order", "N >~ k**2"), ("lemma-e.5-order", "d >~ k**3"), ("lemma-e.6-order", "N >~ k**2"),
    ("lemma-e.6-order-at-the-start", "N >~ k*sqrt(d)"), ("lemma-e.11-order", "alpha*A <~ log(k)"),
    ("theorem-e.1-order", "A = Otilde(sigma_0)"), ("theorem-e.8-order", "eta_tilde = Otilde(1)"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "text"), NEEDED)
def test_a_dropped_hypothesis_is_noticed(name: str, text: str) -> None:
    assert judged(without(ALL[name], text)).verdict is Verdict.REFUTED


# Planted errors: a factor or a logarithm lost, an exponent off by one or a half, strict for weak, a wrong direction.
PLANTED = (
    ("lemma-d.20-order", "wrong ~ 1/k"), ("lemma-d.21-order", "off <~ sigma_0"),
    ("lemma-d.22-order", "gain_A ~ eta*n_R*alpha**q*A**q/(k*rho**(q-1))"),
    ("lemma-d.22-order", "gain_B ~ eta*n_N*beta**q*B**(q-1)/(k*rho**(q-1))"),
    ("saturation-level-order", "Q ~ 1/eta_tilde"), ("saturation-level-order", "B = Thetatilde(1/eta_tilde)"),
    ("lemma-d.23-order", "A_1 <~ sigma_0"), ("lemma-d.23-order", "A_1 << A_0"),
    ("lemma-d.23-order-time", "T_B ~ k*rho**(q-1)/(eta*n_N*beta**q*B_0**(q-1))"), ("lemma-d.24-order-time", "T_A << T_B"),
    ("lemma-d.24-order-time", "T_A ~ k*rho**(q-1)/(eta*n_R*alpha**(q-1)*A_0**(q-2))"),
    ("lemma-d.26-order", "alpha*A <~ sqrt(log(k))"), ("theorem-4.4-order-linf", "F_y*alpha**q <~ F_j*beta**q"),
    ("lemma-e.3-order", "noise <~ sigma_0*sigma_n*sqrt(d)"), ("lemma-e.3-order", "noise = Otilde(sigma_n/k)"),
    ("lemma-e.5-order", "y_1 = Otilde(sigma_0*sigma_n)"), ("lemma-e.6-order", "memorised << beta*B/k"),
    ("lemma-e.10-order", "noise <~ sigma_n"), ("lemma-e.11-order", "noise << sigma_n*A"),
    ("theorem-e.8-order", "G_y << G_t"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "goal"), PLANTED)
def test_a_wrong_order_is_refuted(name: str, goal: str) -> None:
    assert judged(with_goal(ALL[name], goal)).verdict is Verdict.REFUTED


def test_at_q_two_the_phases_have_no_order() -> None:
    claim = replace(with_goal(ALL["lemma-d.24-order-time"], "T_B << T_A"), variables=(Variable("q", real(2)),))
    assert judged(claim).verdict is Verdict.REFUTED


def test_a_margin_that_is_not_strict_gives_no_lead() -> None:
    weaker = without(ALL["lemma-d.23-order"], "n_N*beta**q >> n_R*alpha**q*log(k)**((q-2)/2)")
    text = "n_N*beta**q >~ n_R*alpha**q*log(k)**((q-2)/2)"
    claim = replace(weaker, hypotheses=(*weaker.hypotheses, Condition(text, order=order(text))))
    assert judged(claim).verdict is Verdict.REFUTED


def test_noise_within_a_polylogarithm_leaves_a_window() -> None:
    """The conflict of Lemma E.10 with finding F4 is one of constants: with O~ for O there are models."""
    weaker = without(ALL["finding-e.3-order"], "noise <~ sigma_0*sigma_n*sqrt(d)")
    text = "noise = Otilde(sigma_0*sigma_n*sqrt(d))"
    claim = replace(weaker, hypotheses=(*weaker.hypotheses, Condition(text, order=order(text))))
    assert NonVacuity().run(claim, context()).verdict is Verdict.PROVED


def test_no_conclusion_is_among_the_hypotheses() -> None:
    for claim in ALL.values():
        assumed = {one.order.text for one in claim.hypotheses if one.order is not None}
        goals = {part.order.text for part in claim.parts if part.order is not None}
        assert len(goals) == len(claim.parts) and goals.isdisjoint(assumed), claim.id
