from contextlib import nullcontext
from fractions import Fraction

import pytest
import sympy
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers

from theorycheck import kernel
from theorycheck.checks import search
from theorycheck.checks.search import Search
from theorycheck.verdict import Verdict

from .claims import CONTEXT, FALSE, TRUE, claim, x, y


@pytest.mark.parametrize("make", TRUE)
def test_true_statements_survive_with_the_promised_number_of_valid_examples(make) -> None:
    found = Search().run(claim(make()), CONTEXT)
    assert found.verdict is Verdict.SURVIVED
    assert found.figures["valid examples"] >= 100


@pytest.mark.parametrize("make", FALSE)
def test_false_statements_are_refuted_by_a_witness_that_the_kernel_replays(make) -> None:
    found = Search().run(claim(make()), CONTEXT)
    assert found.verdict is Verdict.REFUTED
    assert kernel.replay(found.witness).confirmed


def test_the_same_seed_gives_the_same_evidence() -> None:
    runs = [Search().run(claim(FALSE[1]()), CONTEXT) for _ in range(2)]
    assert runs[0] == runs[1]


def test_counterexamples_outside_the_hypotheses_do_not_count() -> None:
    statement = claim(sympy.Ge(x, 1), hypotheses=(sympy.Ge(x, 1),))
    assert Search().run(statement, CONTEXT).verdict is Verdict.SURVIVED


def test_hypotheses_that_are_never_met_leave_it_inconclusive() -> None:
    narrow = claim(sympy.Ge(x, 5), hypotheses=(sympy.Eq(x, sympy.Rational(31415, 10007)),))
    found = Search().run(narrow, CONTEXT)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "valid examples" in found.summary


def test_a_strategy_reaches_narrow_hypotheses_and_is_still_checked_against_them() -> None:
    on_line = st.fractions(0, 4, max_denominator=50).map(lambda v: {"x": v, "y": v})
    false = claim(sympy.Lt(x + y, 8), hypotheses=(sympy.Eq(x, y),))
    found = Search(draw=lambda: on_line).run(false, CONTEXT)
    assert found.verdict is Verdict.REFUTED and found.witness["values"] == {"x": "4", "y": "4"}
    off_line = st.just({"x": Fraction(0), "y": Fraction(1)})
    assert Search(draw=lambda: off_line).run(false, CONTEXT).verdict is Verdict.INCONCLUSIVE


def test_undecided_comparisons_are_no_valid_examples() -> None:
    equal = claim(
        sympy.Ge(sympy.exp(x) * sympy.exp(-x, evaluate=False), sympy.exp(x - x, evaluate=False), evaluate=False)
    )
    hard = claim(sympy.Ge(sympy.log(sympy.exp(x, evaluate=False), evaluate=False), x, evaluate=False))
    for statement in (equal, hard):
        found = Search(trials=(5, 5, 5)).run(statement, CONTEXT)
        assert found.verdict in (Verdict.SURVIVED, Verdict.INCONCLUSIVE)
        assert found.verdict is Verdict.INCONCLUSIVE or found.figures["valid examples"] >= 5


def test_a_state_that_breaks_a_statement_about_runs_is_a_conflict_not_a_refutation() -> None:
    from dataclasses import replace

    from theorycheck.claim import Dynamics

    base = claim(sympy.Ge(x, 1))
    still = Dynamics({"x": "y"}, {"x": sympy.Integer(2)}, {"stay": (sympy.Eq(y, x),)})
    about_runs = replace(claim(sympy.Ge(x + 0 * y, 1), hypotheses=(sympy.Ge(y, 0),)), parts=(replace(base.parts[0], dynamics=still),))
    assert Search().run(base, CONTEXT).verdict is Verdict.REFUTED
    found = Search().run(about_runs, CONTEXT)
    assert found.verdict is Verdict.CONFLICT and found.witness is None


def test_refuting_one_part_says_nothing_against_the_others() -> None:
    from dataclasses import replace

    base = claim(sympy.Ge(x, 0))
    two = replace(base, parts=(replace(base.parts[0], name="good"), replace(base.parts[0], name="bad", relation=sympy.Ge(x, 1))))
    found = Search().run(two, CONTEXT)
    assert found.verdict is Verdict.REFUTED and found.covers == ("bad",)


def _drawn(monkeypatch: pytest.MonkeyPatch, constants: set[int]) -> list[Fraction]:
    """Values of x in one run, where loaded modules hold these constants."""
    seen: list[Fraction] = []
    monkeypatch.setattr(providers, "_get_local_constants", lambda: providers.Constants(integers=constants))
    monkeypatch.setattr(providers, "CONSTANTS_CACHE", type(providers.CONSTANTS_CACHE)(1024))
    numbers = st.integers(-(10**9), 10**9).map(lambda v: seen.append(Fraction(v)) or {"x": Fraction(v), "y": Fraction(0)})
    Search(draw=lambda: numbers).run(claim(sympy.Ge(x**2, 0)), CONTEXT)
    return seen


def test_draws_do_not_depend_on_what_else_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _drawn(monkeypatch, set()) == _drawn(monkeypatch, {31415926, 27182818})
    # A control: without the guard they do.
    monkeypatch.setattr(search, "_seed_alone", nullcontext)
    assert _drawn(monkeypatch, set()) != _drawn(monkeypatch, {31415926, 27182818})
