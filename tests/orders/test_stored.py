"""Stored evidence about order claims cannot be forged by changing what its names stand for."""

from typing import Any

import pytest

from theorycheck.checks import asymptotic
from theorycheck.claim import Claim, Part, ordered
from theorycheck.order_kernel import check
from theorycheck.orders.decide import decide_statement
from theorycheck.orders.language import Quantity
from theorycheck.orders.text import order
from theorycheck.source import Source
from theorycheck.verdict import Verdict


def claim(*hypotheses: str) -> Claim:
    return Claim(
        "claim", Source("Lemma", "Section"), "title", parts=(Part("bound", order=order("log(x) + y <~ k")),),
        checks=(asymptotic.Asymptotic(),), quantities=(Quantity("k", "limit"), Quantity("x"), Quantity("y")),
        hypotheses=tuple(map(ordered, hypotheses)), expected=Verdict.PROVED, origin="finding",
    )  # fmt: skip


def test_a_contradiction_between_the_hypotheses_is_taken() -> None:
    one = claim("x >> 1", "log(x) <~ 1")
    for problem in (one.problem(), one.problem(one.parts)):
        found = decide_statement(problem.statement(None))
        asymptotic.contradicts(found.certificate or {}, one)


@pytest.mark.parametrize(("hypotheses", "table", "atom", "tree"), [
    (("x >> 1", "log(y) <~ 1"), "logs", "log_y", "x"),
    (("x >> 1", "max(y, 1) <~ 1"), "maxima", "max_1", ["x"]),
])  # fmt: skip
def test_a_contradiction_about_other_logarithms_or_maxima_is_refused(
    hypotheses: tuple[str, ...], table: str, atom: str, tree: Any
) -> None:
    one = claim(*hypotheses)
    stated = one.problem().statement(None)
    assert decide_statement(stated).ray is not None
    forged = decide_statement({**stated, table: {atom: tree}}).certificate
    assert forged is not None and check(forged).goal is None
    with pytest.raises(ValueError, match="other hypotheses"):
        asymptotic.contradicts(forged, one)
