"""What the engine makes of facts that an enclosure decided."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from theorycheck.checks.certified import Certified
from theorycheck.checks.check import Context, Profile
from theorycheck.checks.measurement import Agreement, Fact, Measurement
from theorycheck.checks.run import Run
from theorycheck.claim import Claim, Part
from theorycheck.evidence import Table
from theorycheck.source import Source
from theorycheck.verdict import Verdict

CONTEXT = Context("p", None, Profile.QUICK, 0)


def judged(*facts: Fact, covers: tuple[str, ...] = (), **found: object):
    measurement = Measurement(facts, **found)  # type: ignore[arg-type]
    claim = Claim("c", Source("C"), "t", (Part("one", text="1"), Part("two", text="2")),
                  (Certified(lambda context: measurement, covers), Run(lambda context: Measurement(()))))  # fmt: skip
    return claim.checks[0].run(claim, CONTEXT)


ONE, TWO = Fact("a at step 7", True, "one"), Fact("b", True, "two")


def test_every_fact_true_is_certified():
    found = judged(ONE, TWO, figures={"bits": 192}, tables=(Table("t", ("x",), ((1,),)),))
    assert found.verdict is Verdict.CERTIFIED and found.summary == "a at step 7; b"
    assert found.figures == {"bits": 192} and found.tables and found.kind == "enclosure" and found.covers == ()
    assert judged(ONE, covers=("one",)).verdict is Verdict.CERTIFIED


@pytest.mark.parametrize(("facts", "verdict", "said"), [
    ((ONE, replace(TWO, truth=False)), Verdict.CONFLICT, "b: false"),
    ((ONE, replace(TWO, truth=None)), Verdict.INCONCLUSIVE, "b: left open"),
    ((replace(ONE, truth=None), replace(TWO, truth=False)), Verdict.CONFLICT, "a at step 7: left open; b: false"),
    ((ONE,), Verdict.INCONCLUSIVE, "nothing was enclosed about two"),
    ((), Verdict.INCONCLUSIVE, "nothing was enclosed about one; nothing was enclosed about two"),
])  # fmt: skip
def test_anything_less_is_not(facts, verdict, said):
    found = judged(*facts)
    assert (found.verdict, found.summary) == (verdict, said)


def test_a_run_that_failed_certifies_nothing():
    found = judged(ONE, TWO, failures=("step 3: open",))
    assert (found.verdict, found.summary) == (Verdict.INCONCLUSIVE, "step 3: open")


def test_a_truth_that_is_none_of_the_three_is_no_truth():
    assert judged(ONE, replace(TWO, truth=np.bool_(True))).verdict is not Verdict.CERTIFIED  # type: ignore[arg-type]


def test_only_facts_about_covered_parts_count():
    with pytest.raises(ValueError, match="only facts about one"):
        judged(ONE, TWO, covers=("one",))
    with pytest.raises(ValueError, match="only facts"):
        judged(ONE, TWO, Agreement("x", np.ones(1), np.ones(1), 1.0))  # type: ignore[arg-type]


@pytest.mark.parametrize(("truth", "agrees"), [(True, True), (False, False), (None, False)])
def test_a_fact_of_an_experiment_agrees_when_true(truth, agrees):
    judgement = Fact("x", truth, "one").judge(float(Fraction(1, 2)))
    assert judgement.agrees is agrees and judgement.text.startswith("x: ")
