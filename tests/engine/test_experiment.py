"""Experiments: ids, the trial, judging, and the process that runs them."""

from pathlib import Path

import numpy as np
import pytest

from theorycheck.checks.check import Context, Profile
from theorycheck.checks.measurement import Agreement, Invariant, Measurement, Outcome, Share
from theorycheck.conduct import Order, conduct, parameters_of
from theorycheck.experiment import Experiment, Trial, trial_of
from theorycheck.paper import Paper
from theorycheck.source import Bibliography


def experiment(*outcomes: Outcome, id: str = "figure-3", failures: tuple[str, ...] = ()) -> Experiment:
    return Experiment(id, "t", "", lambda trial: Measurement(outcomes, failures=failures))


@pytest.mark.parametrize("id", ["", "Figure", "a b", "../up", "a-", "-a", "a/b", "a\n"])
def test_an_id_is_a_plain_word(id: str) -> None:
    with pytest.raises(ValueError, match="experiment id"):
        experiment(id=id)


def test_a_paper_has_each_id_once() -> None:
    book = Bibliography("k", "t", (), 2020)
    with pytest.raises(ValueError, match="two experiments are called figure-3"):
        Paper("p", book, (), experiments=(experiment(), experiment(id="a"), experiment()))


def test_the_user_s_count_comes_before_the_profile_s() -> None:
    assert [Trial(None, profile).count(1, 2, 3) for profile in Profile] == [1, 2, 3]
    assert Trial(None, Profile.FULL, seeds=7).count(1, 2, 3) == 7
    assert [Trial(None, profile).full for profile in Profile] == [False, False, True]
    found = trial_of(Context("p", {"n": 1}, Profile.QUICK, 5), seeds=2)
    assert (found.setting, found.profile, found.seed, found.seeds) == ({"n": 1}, Profile.QUICK, 5, 2)
    found.progress(1, 2)


def test_the_user_s_parameters_come_before_the_experiment_s() -> None:
    other = Experiment("a", "t", "", lambda trial: Measurement(()), {"k": 3, "m": 4})
    assert parameters_of(other, {"m": 5}) == {"k": 3, "m": 5}


GOOD, BAD = Invariant("slack", np.ones(2)), Invariant("slack", -np.ones(2))


@pytest.mark.parametrize(
    ("outcomes", "failures", "agrees"),
    [
        ((GOOD,), (), True),
        ((GOOD, GOOD), (), True),
        ((GOOD, BAD), (), False),
        ((GOOD,), ("seed 3 overflowed",), False),
        ((), (), False),
        ((Invariant("slack", np.array([1, np.nan])),), (), False),
        ((Agreement("time", np.array([np.nan]), np.array([np.nan]), 1.0),), (), False),
        ((Invariant("slack", np.empty(0)),), (), False),
    ],
)
def test_a_result_agrees_when_all_of_it_was_judged_and_does(
    outcomes: tuple[Outcome, ...], failures: tuple[str, ...], agrees: bool
) -> None:
    found = experiment(*outcomes, failures=failures).measure(Trial(None))
    assert found.agrees is agrees and len(found.judgements) == len(outcomes)


def test_the_level_of_a_share_is_familywise() -> None:
    one, two = Share("a", 0, 10, 0.33), Share("b", 5, 10, 0.5)
    assert not experiment(one).measure(Trial(None)).agrees
    assert experiment(one, two).measure(Trial(None)).agrees


def test_the_process_tells_its_progress(tmp_path: Path) -> None:
    path = tmp_path / "counting.py"
    path.write_text(
        "import numpy as np\n"
        "from theorycheck.checks.measurement import Invariant, Measurement\n"
        "from theorycheck.experiment import Experiment\n"
        "from theorycheck.paper import Paper\n"
        "from theorycheck.source import Bibliography\n"
        "def run(trial):\n"
        "    for n in range(3):\n"
        "        trial.progress(n + 1, 3)\n"
        "    return Measurement((Invariant('seed', np.array([trial.seed])),), {'seeds': trial.seeds})\n"
        "PAPER = Paper('p', Bibliography('k', 't', (), 2020), (), experiments=(Experiment('count', 't', '', run),))\n"
    )
    told: list[tuple[int, int]] = []
    found = conduct(Order(str(path), "count", {}, seed=4, seeds=2), lambda *parts: told.append(parts))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert found.agrees and found.measurement.figures == {"seeds": 2}
    assert found.judgements[0].figures["seed: least slack"] == 4
