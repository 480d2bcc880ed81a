import numpy as np
import pytest
import sympy

from theorycheck.checks.measurement import Agreement, Invariant, Measurement, Share
from theorycheck.checks.run import Run, Statistics
from theorycheck.verdict import Verdict

from .claims import CONTEXT, claim, x

NAN = float("nan")


def verdict(*outcomes, replay=None, failures=()) -> Verdict:
    check = Run(lambda context: Measurement(outcomes, failures=failures), replay=replay)
    return check.run(claim(sympy.Ge(x, 0)), CONTEXT).verdict


def pair(predicted, measured, tolerance=0.05, absolute=False) -> Agreement:
    return Agreement("T", np.array(predicted), np.array(measured), tolerance, absolute)


def test_predictions_within_tolerance_survive_and_others_conflict() -> None:
    assert verdict(pair([100.0, 50.0], [104.0, 48.0])) is Verdict.SURVIVED
    assert verdict(pair([100.0, 50.0], [104.0, 47.0])) is Verdict.CONFLICT
    assert verdict(pair([0.0], [0.01], 0.02, absolute=True)) is Verdict.SURVIVED
    assert verdict(pair([0.0], [0.01])) is Verdict.CONFLICT


@pytest.mark.parametrize(
    "bad", [pair([1.0], [NAN]), pair([NAN], [1.0]), pair([float("inf")], [float("inf")]), pair([], [])]
)
def test_nan_infinity_and_nothing_never_agree(bad) -> None:
    assert verdict(bad) not in (Verdict.SURVIVED,)


def test_an_invariant_is_refuted_only_when_its_replay_confirms() -> None:
    broken = Invariant("B", np.array([1.0, -1e-3]), witness={"kind": "run"})
    assert verdict(Invariant("B", np.array([0.0, 2.0]))) is Verdict.SURVIVED
    assert verdict(broken, replay=lambda w: True) is Verdict.REFUTED
    assert verdict(broken, replay=lambda w: None) is Verdict.CONFLICT
    assert verdict(broken) is Verdict.CONFLICT
    assert verdict(Invariant("B", np.array([NAN, 1.0]))) is Verdict.CONFLICT
    assert verdict(Invariant("B", np.array([-1e-13, 1.0]), rounding=1e-12)) is Verdict.SURVIVED


def test_failed_runs_and_empty_measurements_are_inconclusive() -> None:
    assert verdict(pair([1.0], [1.0]), failures=("overflow at step 3",)) is Verdict.INCONCLUSIVE
    assert verdict() is Verdict.INCONCLUSIVE


def test_shares_use_the_clopper_pearson_interval() -> None:
    share = Share("learnt", 226, 300, 0.7378, undecided=4)
    low, high = share.interval(0.95)
    # Independent values: binomial tails at the ends are 2.5 % each.
    from scipy.stats import binom

    assert abs(binom.sf(225, 300, low) - 0.025) <= 1e-9
    assert abs(binom.cdf(230, 300, high) - 0.025) <= 1e-9
    assert verdict(share) is Verdict.SURVIVED
    assert verdict(Share("learnt", 226, 300, 0.55)) is Verdict.CONFLICT
    assert verdict(Share("learnt", 226, 300, NAN)) is Verdict.CONFLICT
    with pytest.raises(ValueError, match="of 300"):
        Share("learnt", 301, 300, 0.5).judge(0.95)


def test_the_level_is_shared_among_all_tests_of_the_paper() -> None:
    from dataclasses import replace

    check = Statistics(lambda context: Measurement((Share("a", 60, 100, 0.5), Share("b", 50, 100, 0.5))))
    statement = claim(sympy.Ge(x, 0))
    alone = check.run(statement, CONTEXT)
    among = check.run(statement, replace(CONTEXT, tests=10))
    assert alone.figures["a: level"] == pytest.approx(0.975)
    assert among.figures["a: level"] == pytest.approx(0.9975)
    assert alone.kind == "statistics"
