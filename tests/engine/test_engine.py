"""From a paper in a Python file to a ledger: workers, store, time limits, crashes."""

import json
import sqlite3
import textwrap
from pathlib import Path

import pytest

from theorycheck import store
from theorycheck.checks.check import Profile
from theorycheck.engine import Plan, execute
from theorycheck.verdict import Verdict

PAPER = textwrap.dedent(
    '''
    """A paper for tests."""
    import os
    import time
    import numpy as np
    import sympy
    from theorycheck.checks.measurement import Agreement, Invariant, Measurement
    from theorycheck.checks.run import Run
    from theorycheck.checks.search import Search
    from theorycheck.claim import Claim, Condition, Part
    from theorycheck.domains import Variable, real
    from theorycheck.paper import Paper
    from theorycheck.source import Bibliography, Source
    from theorycheck.verdict import Verdict

    X = Variable("x", real(0, 4))
    x = X.symbol

    def make(name, relation, checks, uses=(), hypotheses=(), point=1, **more):
        return Claim(name, Source(name), name, (Part("all", relation),), checks, (X,), tuple(map(Condition.of, hypotheses)), uses, {"x": point}, **more)

    def fine(context):
        return Measurement((Invariant("slack", np.ones(3)),), figures={"seed": context.seed})

    def crash(context):
        raise RuntimeError("a bug in the paper's code")

    def die(context):
        os._exit(9)

    def sleep(context):
        time.sleep(60)

    def chapter(setting):
        true, false = sympy.Le(x, 5), sympy.Le(x, 3)
        return (
            make("true", true, (Search(), Run(fine))),
            make("false", false, (Search(),), uses=("true",), expected=Verdict.REFUTED),
            make("crash", true, (Run(crash), Search())),
            make("die", true, (Run(die), Search())),
            make("sleep", true, (Run(sleep),)),
            make("hollow", true, (Search(),), hypotheses=(sympy.Gt(x, 5),)),
        )

    PAPER = Paper("tiny", Bibliography("t", "T", ("A",), 2020), (chapter,))
    '''
)


@pytest.fixture
def paper(tmp_path: Path) -> str:
    (tmp_path / "tiny.py").write_text(PAPER)
    return str(tmp_path / "tiny.py")


def test_workers_and_this_process_come_to_the_same_results(paper: str) -> None:
    wanted = ["true", "false", "hollow"]
    here = execute(Plan(paper, {}, Profile.QUICK, jobs=0), wanted, None, False, lambda *_: None)
    there = execute(Plan(paper, {}, Profile.QUICK, jobs=2), wanted, None, False, lambda *_: None)
    strip = lambda entries: [[{**e.to_json(), "seconds": 0} for e in entry.evidence] for entry in entries]  # noqa: E731
    assert strip(here) == strip(there)
    assert [entry.verdict for entry in here] == [Verdict.SURVIVED, Verdict.REFUTED, Verdict.VACUOUS]


def test_a_crash_is_an_error_and_a_dead_worker_too_and_a_hang_is_inconclusive(paper: str) -> None:
    entries = execute(
        Plan(paper, {}, Profile.QUICK, jobs=2, seconds=8.0), ["crash", "die", "sleep"], None, False, lambda *_: None
    )
    found = {entry.claim.id: entry for entry in entries}
    assert found["crash"].verdict is Verdict.ERROR and "a bug in the paper's code" in found["crash"].evidence[1].summary
    assert found["die"].verdict is Verdict.ERROR and "died" in found["die"].evidence[1].summary
    assert found["sleep"].verdict is Verdict.INCONCLUSIVE and "stopped after 8 s" in found["sleep"].evidence[1].summary


def test_unchanged_checks_are_read_back_and_changed_ones_run_again(paper: str, tmp_path: Path) -> None:
    plan = Plan(paper, {}, Profile.QUICK, jobs=0)
    with store.Store(tmp_path / "r.sqlite") as results:
        first = execute(plan, ["true", "false"], results, False, lambda *_: None)
        second = execute(plan, ["true", "false"], results, False, lambda *_: None)
        fresh = execute(plan, ["true"], results, True, lambda *_: None)
        other_seed = execute(Plan(paper, {}, Profile.QUICK, seed=5, jobs=0), ["true"], results, False, lambda *_: None)
    assert not any(e.cached for entry in first for e in entry.evidence)
    assert all(e.cached for entry in second for e in entry.evidence)
    assert not any(e.cached for entry in (*fresh, *other_seed) for e in entry.evidence)
    assert [entry.verdict for entry in first] == [entry.verdict for entry in second]


def test_a_stored_refutation_with_a_forged_witness_is_not_believed(paper: str, tmp_path: Path) -> None:
    plan, path = Plan(paper, {}, Profile.QUICK, jobs=0), tmp_path / "r.sqlite"
    with store.Store(path) as results:
        execute(plan, ["false"], results, False, lambda *_: None)
        with sqlite3.connect(path) as forger:
            for key, text in forger.execute("SELECT key, document FROM evidence").fetchall():
                document = json.loads(text)
                if document["witness"]:
                    document["witness"]["values"]["x"] = "1"
                    forger.execute("UPDATE evidence SET document = ? WHERE key = ?", (json.dumps(document), key))
        again = execute(plan, ["false"], results, False, lambda *_: None)
    search = again[0].evidence[1]
    assert search.verdict is Verdict.REFUTED and not search.cached and search.witness["values"]["x"] != "1"
