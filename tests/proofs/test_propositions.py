"""Propositions 3.1 and 3.2: the second is refuted by a witness, the repairs are proved."""

from dataclasses import replace

import pytest
from sympy import Ge, Gt, Le
from theorycheck_proofs.li_li_2024 import propositions, propositions_repaired, propositions_runs
from theorycheck_proofs.li_li_2024.propositions_proofs import N_N, N_R, A, E
from theorycheck_proofs.li_li_2024.propositions_repaired import high, low
from theorycheck_simulations.setting import setting_from

from theorycheck import kernel
from theorycheck.checks.run import Run
from theorycheck.claim import Claim
from theorycheck.verdict import Verdict

from .judged import assert_expected, by_part, context, evidence

CLAIMS = {claim.id: claim for claim in propositions.claims(setting_from({}))}
PROVED = [name for name in CLAIMS if name != "proposition-3.2"]


def test_no_claim_is_missing() -> None:
    wanted = {
        "proposition-3.1",
        "proposition-3.2",
        "proposition-3.2-criterion",
        "proposition-3.2-in-place",
        "finding-f2",
    }
    assert set(CLAIMS) == wanted


@pytest.mark.parametrize("name", PROVED)
def test_expected_verdict(name: str) -> None:
    assert_expected(CLAIMS[name], context())


def test_the_second_proposition_is_refuted_for_every_exponent() -> None:
    claim = CLAIMS["proposition-3.2"]
    found = evidence(claim, context())
    parts = by_part(claim, found)
    for name, verdict in parts.items():
        assert verdict is (Verdict.REFUTED if name.startswith("robust") else Verdict.PROVED), name
    witnesses = [e.witness for e in found if e.witness is not None]
    assert len(witnesses) == 4 and all(kernel.replay(witness).confirmed for witness in witnesses)


@pytest.mark.parametrize(
    "changes", [{}, {"k": 2, "d": 9, "n_R": 3, "n_N": 5, "m": 2, "q": 4, "alpha": 1.5, "beta": 0.5}]
)
def test_networks_do_what_the_algebra_says(changes: dict[str, float]) -> None:
    where = context(setting_from(changes))
    for measure in (propositions_runs.non_robust, propositions_runs.criterion, propositions_runs.in_place):
        found = measure(where)
        assert found.outcomes and all(outcome.judge(0.95).agrees for outcome in found.outcomes)


def mutated(claim: Claim, name: str, **changes: object) -> dict[str, Verdict]:
    part = replace(claim.part(name), **changes)  # type: ignore[arg-type]
    checks = tuple(c for c in claim.checks if not isinstance(c, Run) and name in c.covers)
    claim = replace(claim, parts=(part,), checks=checks)
    return by_part(claim, evidence(claim, context()))


def test_forgetting_the_non_robust_patches_is_refuted() -> None:
    claim, part = CLAIMS["proposition-3.2-criterion"], CLAIMS["proposition-3.2-criterion"].part("sufficient")
    given = (*propositions_repaired.ALL, Gt(N_R * low, N_R * high))
    found = mutated(claim, part.name, given=given)
    assert found[part.name] is not Verdict.PROVED


def test_twice_the_radius_is_what_in_place_needs() -> None:
    claim, name = CLAIMS["proposition-3.2-in-place"], "robust, q = 3, polynomial and polynomial"
    part = claim.part(name)
    found = mutated(claim, name, given=(*part.given[:-1], Gt(A, E)))
    assert found[name] is not Verdict.PROVED


def test_without_the_denser_condition_the_finding_is_not_proved() -> None:
    claim, name = CLAIMS["finding-f2"], "not robust, q = 4, linear and linear"
    part = claim.part(name)
    found = mutated(
        claim, name, given=tuple(r for r in part.given if r != propositions.denser(4)), point={**part.point, "n_N": 1}
    )
    assert found[name] is not Verdict.PROVED


def test_denser_by_one_power_less_is_not_enough() -> None:
    claim, name = CLAIMS["finding-f2"], "not robust, q = 5, polynomial and polynomial"
    part = claim.part(name)
    given = tuple(propositions.denser(4) if r == propositions.denser(5) else r for r in part.given)
    assert mutated(claim, name, given=given)[name] is not Verdict.PROVED


def test_reversed_comparison_is_refuted() -> None:
    claim, name = CLAIMS["finding-f2"], "not robust, q = 3, polynomial and polynomial"
    relation = claim.part(name).relation
    assert mutated(claim, name, relation=Ge(relation.lhs, relation.rhs))[name] is Verdict.REFUTED


def test_statements_are_about_the_patches_of_the_definition() -> None:
    assert propositions_repaired.balance(True) == Ge(N_R * (A - E) - (N_R + N_N) * E, 0)
    assert Le(N_R * low, (N_R + N_N) * high) in CLAIMS["proposition-3.2-criterion"].part("necessary").given
