"""Leaving out hypotheses: what is needed comes with a witness that meets all others."""

from typing import Any

import pytest
import sympy

from theorycheck import kernel, order_kernel
from theorycheck.ablation import Need, ablate
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.errors import UserError
from theorycheck.prover import Proof as Builder

from .claims import CONTEXT, claim, x, y
from .test_asymptotic import claim as order_claim


def test_an_order_claim_is_decided_without_each_hypothesis() -> None:
    given = ("x <~ y", "y << k", "y >~ 1", "x <= poly(k)")
    found = list(ablate(order_claim("x << k", "x <~ y", given=given), CONTEXT))
    needs = {(one.part, one.hypothesis): one.need for one in found}
    assert needs == {
        ("part-1", "x <~ y"): Need.NEEDED, ("part-1", "y << k"): Need.NEEDED, ("part-1", "y >~ 1"): Need.SPARED,
        ("part-1", "x <= poly(k)"): Need.SPARED, ("part-2", "x <~ y"): Need.NEEDED, ("part-2", "y << k"): Need.SPARED,
        ("part-2", "y >~ 1"): Need.SPARED, ("part-2", "x <= poly(k)"): Need.SPARED,
    }  # fmt: skip
    for one in found:
        assert (one.witness is not None) == (one.need is Need.NEEDED)
        if one.witness is not None:
            rates = order_kernel.replay(one.witness)
            assert rates.confirmed and len(rates.hypotheses) == len(given)  # k tends to infinity, and all but one


def test_kinds_of_quantities_are_hypotheses_too() -> None:
    found = list(ablate(order_claim("x*y << k", names="x:polylog y:constant"), CONTEXT))
    assert [(one.hypothesis.split()[0], one.need) for one in found] == [("x", Need.NEEDED), ("y", Need.NEEDED)]


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (order_claim("x << k", given=("x <~ k",)), "does not follow from all hypotheses"),
        (order_claim("x << k", given=("x << k", "x >> k")), "contradict each other"),
        (claim(sympy.Le(x, 4, evaluate=False)), "nothing to leave out"),
    ],
)
def test_what_cannot_be_ablated_is_said(one: Any, says: str) -> None:
    with pytest.raises(UserError, match=says):
        list(ablate(one, CONTEXT))


def certificate() -> dict[str, Any]:
    proof = Builder([x, y])
    proof.assume("low", sympy.Ge(x, 2))
    proof.assume("range", sympy.Ge(y, 0))
    proof.show("goal", sympy.Ge(x + y, 2), ["low", "range"], degree=1)
    return dict(proof.certificate(["goal"]))


def test_a_claim_about_numbers_is_proved_or_searched_without_each() -> None:
    goal, given = sympy.Ge(x + y, 2), (sympy.Ge(x, 2), sympy.Le(y, 3))
    one = claim(goal, hypotheses=given, checks=(Proof(certificate), Search()), point={"x": 2, "y": 1})
    needed, spared = ablate(one, CONTEXT)
    assert needed.need is Need.NEEDED and needed.witness is not None and kernel.replay(needed.witness).confirmed
    assert len(needed.witness["hypotheses"]) == 5, "the ranges of x and y, and the other hypothesis"
    assert spared.need is Need.SPARED and "the kernel checked" in spared.reason


def test_what_no_proof_and_no_counterexample_decides_is_open() -> None:
    one = claim(sympy.Ge(sympy.exp(x), 1 + x), hypotheses=(sympy.Ge(x, 0),))
    assert [found.need for found in ablate(one, CONTEXT)] == [Need.OPEN]
