"""Standard training in orders: expected verdicts, every numbered item, needed hypotheses, and planted errors."""

from dataclasses import replace
from functools import cache

import pytest
from theorycheck_proofs.li_li_2024 import (
    orders_assumptions,
    orders_notation,
    orders_standard,
    orders_starts,
    orders_tensor_power,
)
from theorycheck_simulations.setting import Setting

from theorycheck.checks.vacuity import NonVacuity
from theorycheck.claim import Claim, Condition
from theorycheck.domains import Variable, real
from theorycheck.evidence import Evidence
from theorycheck.orders.text import order
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .judged import assert_expected, context
from .orders_judged import assert_ray, judged, with_goal, without

CHAPTERS = (orders_assumptions, orders_starts, orders_tensor_power, orders_standard)
ALL: dict[str, Claim] = {
    claim.id: claim for chapter in CHAPTERS for claim in chapter.claims(Setting.model_validate({}))
}
ORDERS = [name for name, claim in ALL.items() if claim.quantities]
REFUTED = [name for name, claim in ALL.items() if claim.expected is Verdict.REFUTED]
CORE = {
    "P ~ n_R + n_N", "P = Theta(1)", "n_R >~ 1", "alpha >> epsilon", "epsilon >~ beta", "n_N*beta**q >> n_R*alpha**q",
}  # fmt: skip


@cache
def found(name: str) -> Evidence:
    return judged(ALL[name])


@cache
def model(name: str) -> Evidence:
    return NonVacuity().run(ALL[name], context())


def instead(name: str, text: str, other: str) -> Claim:
    changed = without(ALL[name], text)
    return replace(changed, hypotheses=(*changed.hypotheses, Condition(other, order=order(other))))


@pytest.mark.parametrize("name", ORDERS)
def test_expected(name: str) -> None:
    assert found(name).verdict is ALL[name].expected


@pytest.mark.parametrize("name", ORDERS)
def test_the_hypotheses_have_a_model_unless_the_claim_says_otherwise(name: str) -> None:
    wanted = Verdict.VACUOUS if ALL[name].expected is Verdict.VACUOUS else Verdict.PROVED
    assert model(name).verdict is wanted


def test_the_gap_with_its_constants() -> None:
    assert_expected(ALL["lemma-b.2-gap"], context())


def test_every_numbered_item_is_decided_or_says_why_not() -> None:
    items = {"theorem-d.1", *(f"lemma-d.{number}" for number in range(2, 15))}
    decided = {item for item in items if f"{item}-order" in ALL}
    assert decided.isdisjoint(orders_standard.WITHOUT_ORDERS)
    assert decided | set(orders_standard.WITHOUT_ORDERS) == items
    assert {"assumption-2.3-order", "assumption-b.3-order", "lemma-b.1-order", "lemma-b.2-order"} <= set(ALL)


@pytest.mark.parametrize("name", ["finding-f3-order", "theorem-d.1-order-as-stated"])
def test_the_core_of_the_contradiction_spares_none(name: str) -> None:
    core = model(name).figures["unsatisfiable core"]
    assert isinstance(core, list) and set(core) == CORE


@pytest.mark.parametrize("text", sorted(CORE))
def test_any_one_of_the_core_may_be_given_up(text: str) -> None:
    assert NonVacuity().run(without(ALL["finding-f3-order"], text), context()).verdict is Verdict.PROVED


@pytest.mark.parametrize("name", REFUTED)
def test_rays_are_confirmed_by_the_kernel(name: str) -> None:
    assert_ray(found(name))


# Each hypothesis that an argument turns on, dropped or weakened: then the step is refuted.
NEEDED = (
    ("assumption-2.3-order", "alpha >> beta"), ("lemma-b.2-order", "1/kappa <= polylog(k)"),
    ("lemma-b.2-order", "1/eta >= largepoly(k)"), ("lemma-b.2-order", "min(1, kappa) <~ gap + h"),
    ("lemma-b.2-time-order", "x_0 << a"), ("lemma-b.1-order", "m >> log(k)"), ("lemma-d.3-order", "m >> log(k)"),
    ("lemma-d.5-order", "E <~ 1"), ("lemma-d.7-order", "1/eta >= largepoly(k)"), ("lemma-d.8-order", "F <~ 1"),
    ("lemma-d.9-order", "n_N*beta**q >> n_R*alpha**q*log(k)**((q-2)/2)"), ("lemma-d.10-order-single", "n_N*rho <~ log(k)"),
    ("lemma-d.10-order-derivative", "F_bar <~ log(k)"), ("lemma-d.10-order", "1/L <= poly(k)"),
    ("lemma-d.11-order-step", "1/eta >= largepoly(k)"), ("lemma-d.11-order", "gain*G*T <= poly(k)"),
    ("lemma-d.11-order-non-robust", "F_T <~ log(k)"), ("lemma-d.11-order-robust", "d >= largepoly(k)"),
    ("lemma-d.12-order", "B_T >~ rho/beta"), ("lemma-d.13-order", "off = Otilde(sigma_0)"),
    ("lemma-d.14-order", "A_T = Otilde(sigma_0)"), ("lemma-d.14-order", "epsilon >~ beta"),
    ("theorem-d.1-order", "A_T = Otilde(sigma_0)"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "text"), NEEDED)
def test_a_dropped_hypothesis_is_noticed(name: str, text: str) -> None:
    assert judged(without(ALL[name], text)).verdict is Verdict.REFUTED


# Planted errors: a logarithm lost, an exponent off, strict for weak, a wrong direction.
PLANTED = (
    ("assumption-2.3-order", "n_N >> n_R*alpha/beta*(alpha/beta)**q"), ("assumption-b.3-order", "epsilon ~ sqrt(d)"),
    ("finding-f3-order-repaired", "P >> (alpha/epsilon)**(q+1)"), ("lemma-b.2-order", "y_T <~ y_0"),
    ("lemma-b.2-order", "1/gap <~ 1"), ("lemma-b.2-time-order", "T_a ~ 1/(eta*C_max*x_0**(q-1))"),
    ("lemma-b.1-order", "M ~ sigma"), ("lemma-d.3-order", "delta << k**(-2*c-2)"), ("lemma-d.3-order", "corr <~ sigma_0"),
    ("lemma-d.5-order", "L ~ min(1, 1/X)"), ("lemma-d.5-order-stages", "L ~ k**(1-c)"), ("lemma-d.6-order", "l ~ 1/k"),
    ("lemma-d.7-order", "down = Otilde(sigma_0/k)"), ("lemma-d.8-order", "dA ~ dB"),
    ("lemma-d.9-order", "A_b <~ sigma_0"), ("lemma-d.9-order-time", "T_b = Thetatilde(d**((q-2)/2)/eta)"),
    ("lemma-d.10-order-derivative", "1/L <= polylog(k)"), ("lemma-d.11-order", "F_T <~ sqrt(log(k))"), ("lemma-d.11-order-non-robust", "B_T ~ 1"),
    ("lemma-d.11-order-robust", "A_T << sigma_0"), ("lemma-d.14-order", "target << robust"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "goal"), PLANTED)
def test_a_wrong_order_is_refuted(name: str, goal: str) -> None:
    assert judged(with_goal(ALL[name], goal)).verdict is Verdict.REFUTED


def test_q_two_has_no_tensor_power_lemma() -> None:
    claim = ALL["lemma-b.2-order"]
    others = tuple(variable for variable in claim.variables if variable.name != "q")
    assert judged(replace(claim, variables=(Variable("q", real(2)), *others))).verdict is Verdict.REFUTED


def test_half_the_margin_does_not_give_the_lead() -> None:
    margin = "n_N*beta**q >> n_R*alpha**q*log(k)**((q-2)/{})"
    weaker = instead("lemma-d.9-order", margin.format(2), margin.format(4))
    assert judged(weaker).verdict is Verdict.REFUTED


def test_without_repairs_theorem_d1_proves_its_own_negation() -> None:
    assert judged(with_goal(ALL["theorem-d.1-order-as-stated"], "F_y << tau")).verdict is Verdict.VACUOUS
    assert judged(with_goal(ALL["theorem-d.1-order"], "F_y << tau")).verdict is Verdict.REFUTED


def test_notation_takes_names_pairs_and_relations() -> None:
    claim = orders_notation.order_claim(
        "planted", Source("Lemma 0"), "planted", {"all": "x <~ sigma_0"},
        ("sigma_0", ("somewhere", "x <~ 1/sqrt(d)")), own=orders_notation.quantities({"x": "a quantity"}),
    )  # fmt: skip
    assert [one.text for one in claim.hypotheses] == ["sigma_0 ~ 1/sqrt(d)", "somewhere: x <~ 1/sqrt(d)"]
    assert {one.name for one in claim.quantities} == {"k", "sigma_0", "d", "x"} and not claim.variables
    assert judged(claim).verdict is Verdict.PROVED
    with pytest.raises(ValueError, match="undeclared"):
        orders_notation.order_claim("planted", Source("Lemma 0"), "planted", {"all": "x <~ y"}, ())
