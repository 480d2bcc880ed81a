from fractions import Fraction

import pytest
import sympy

from theorycheck import kernel
from theorycheck.checks.enclosure import Enclosure
from theorycheck.expression import Phi
from theorycheck.verdict import Verdict

from .claims import CONTEXT, claim, n, x, y

BOX = {"x": (0, 4), "y": (0, 4)}


def test_a_strict_inequality_is_certified_on_its_box() -> None:
    found = Enclosure(BOX).run(claim(sympy.Gt(sympy.exp(x) + y, x + y + sympy.Rational(9, 10))), CONTEXT)
    assert found.verdict is Verdict.CERTIFIED
    assert found.figures["box"] == "x in [0, 4] x y in [0, 4]" and found.figures["boxes"] >= 1


def test_integers_are_listed_and_each_is_certified() -> None:
    statement = claim(sympy.Le(1 - Phi(x) ** n, n * sympy.exp(-(x**2) / 2)))
    found = Enclosure({"x": (0, 4), "n": range(1, 7)}).run(statement, CONTEXT)
    assert found.verdict is Verdict.CERTIFIED


def test_a_long_bisection_ends_inconclusive() -> None:
    """The statement fails at 0 alone, by less than the kernel decides; the bisection goes on to tiny boxes there."""
    relation = sympy.Gt(sympy.exp(x) - 1 - x, 0)
    found = Enclosure({"x": (0, 1)}, max_boxes=20_000).run(claim(relation), CONTEXT)
    assert found.verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    "relation",
    [
        sympy.Gt(sympy.exp(x), 1 + x + x**2 / 2 + sympy.Rational(1, 10)),
        sympy.Le(1 - Phi(x), sympy.Rational(1, 4)),
        sympy.Lt(x * (4 - x), sympy.Rational(399, 100)),
    ],
    ids=str,
)
def test_false_statements_are_refuted_and_replayed(relation) -> None:
    found = Enclosure({"x": (0, 4)}).run(claim(relation), CONTEXT)
    assert found.verdict is Verdict.REFUTED
    assert kernel.replay(found.witness).confirmed


def test_touching_curves_stay_inconclusive() -> None:
    found = Enclosure({"x": (0, 4)}, max_boxes=200).run(claim(sympy.Ge(sympy.exp(x), 1 + x)), CONTEXT)
    assert found.verdict is Verdict.INCONCLUSIVE


def test_boxes_outside_the_hypotheses_do_not_count_and_cannot_be_all() -> None:
    relation, hypothesis = sympy.Gt(x, sympy.Rational(19, 10)), sympy.Ge(x, 2)
    found = Enclosure({"x": (0, 4)}).run(claim(relation, hypotheses=(hypothesis,)), CONTEXT)
    assert found.verdict is Verdict.CERTIFIED and found.figures["outside the hypotheses"] > 0
    none = Enclosure({"x": (0, 1)}).run(claim(relation, hypotheses=(hypothesis,)), CONTEXT)
    assert none.verdict is Verdict.INCONCLUSIVE


def test_undefined_expressions_are_never_certified() -> None:
    found = Enclosure({"x": (Fraction(0), Fraction(4))}, max_boxes=100).run(claim(sympy.Ge(1 / x, 0)), CONTEXT)
    assert found.verdict is Verdict.INCONCLUSIVE


def test_the_box_must_name_every_variable_and_list_integers() -> None:
    with pytest.raises(ValueError, match="differ in y"):
        Enclosure({"x": (0, 4)}).run(claim(x >= y), CONTEXT)
    with pytest.raises(ValueError, match="integer"):
        Enclosure({"x": (0, 4), "n": (1, 6)}).run(claim(x + n >= 1), CONTEXT)
