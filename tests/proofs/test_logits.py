"""Lemmas D.5 and D.6: expected verdicts, wrong ends, and the statements against a direct softmax."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Integer, Le, exp
from theorycheck_proofs.li_li_2024 import logits
from theorycheck_proofs.li_li_2024.logits import F_i, F_j, k, n, tau, total

from theorycheck.claim import Claim
from theorycheck.verdict import Verdict

from .judged import assert_expected, by_part, context, evidence

CLAIMS = {claim.id: claim for claim in logits.claims(None)}


def test_no_claim_is_missing() -> None:
    assert list(CLAIMS) == ["lemma-d.5", "lemma-d.6"]


@pytest.mark.parametrize("name", CLAIMS)
def test_expected_verdict(name: str) -> None:
    assert_expected(CLAIMS[name], context())


def with_part(claim: Claim, name: str, relation: object) -> Claim:
    return replace(claim, parts=tuple(replace(p, relation=relation) if p.name == name else p for p in claim.parts))


MUTANTS = {
    "k for k - 1": ("lemma-d.5", "lower", Le(k.symbol / (k.symbol + exp(F_i)), total / (total + exp(F_i)))),
    "tau forgotten": ("lemma-d.5", "upper", Le(total / (total + exp(F_i)), (k.symbol - 1) / (k.symbol - 1 + exp(F_i)))),
    "ends swapped": ("lemma-d.5", "lower", logits.lower_d5(exp(tau))),
    "e^tau forgotten": ("lemma-d.6", "upper", Le(exp(F_i) / (exp(F_j) + total), 1 / (exp(F_j) + k.symbol - 1))),
    "lower end doubled": ("lemma-d.6", "lower",
                          Le(2 / (exp(F_j) + (k.symbol - 1) * exp(tau)), exp(F_i) / (exp(F_j) + total))),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTANTS)
def test_wrong_ends_are_rejected_by_the_search(name: str) -> None:
    lemma, part, relation = MUTANTS[name]
    claim = with_part(CLAIMS[lemma], part, relation)
    # The sum over classes is a run: its state alone is no witness, and the contradiction is a conflict.
    assert by_part(claim, evidence(claim, context()))[part] is Verdict.CONFLICT


def test_a_proof_for_fixed_k_is_not_a_proof_for_all() -> None:
    claim = replace(
        CLAIMS["lemma-d.5"], parts=tuple(replace(p, given=(), dynamics=p.dynamics) for p in CLAIMS["lemma-d.5"].parts)
    )
    assert all(v is not Verdict.PROVED for v in by_part(claim, evidence(claim, context())).values())


def test_ends_hold_for_a_direct_softmax() -> None:
    rng = np.random.default_rng(7)
    for _ in range(200):
        size, ceiling = int(rng.integers(2, 9)), float(rng.uniform(0, 3))
        outputs = rng.uniform(0, ceiling, size)
        outputs[0] = rng.uniform(-3, 6)
        share = np.exp(outputs) / np.exp(outputs).sum()
        values = {k.symbol: size, n: size - 1, total: float(np.exp(outputs[1:]).sum()), tau: ceiling}
        right = {**values, F_i: outputs[0]}
        for relation in (logits.lower_d5(), logits.upper_d5()):
            low, high = (float(side.subs(right)) for side in (relation.lts, relation.gts))
            assert low - 1e-12 <= 1 - share[0] <= high + 1e-12
        wrong = {**values, F_j: outputs[0], F_i: outputs[1]}
        for relation in (logits.lower_d6(), logits.upper_d6()):
            low, high = (float(side.subs(wrong)) for side in (relation.lts, relation.gts))
            assert low - 1e-12 <= share[1] <= high + 1e-12


def test_the_sum_starts_at_zero() -> None:
    assert logits.SUM.start == {"n": Integer(0), "total": Integer(0)}
