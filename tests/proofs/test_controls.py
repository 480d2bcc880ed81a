"""Every planted error is caught by the check that must catch it, and the same claim without the error is not."""

import textwrap
from collections import Counter
from collections.abc import Mapping

import pytest
from theorycheck_proofs.controls import PAPER, controls
from theorycheck_proofs.controls.control import KINDS, Control, control, kind_of, twin
from theorycheck_simulations.setting import Setting

from theorycheck import kernel, order_kernel
from theorycheck.checks.check import Profile
from theorycheck.engine import Plan, checks_of, execute
from theorycheck.ledger import Entry, document
from theorycheck.loader import load
from theorycheck.verdict import POSITIVE, Verdict

CONTROLS = controls(Setting.model_validate({}))
TWINS = {one.twin.id: one.twin for one in CONTROLS}
# The claims and their twins as one paper, so that both are judged by the same checks in the same run.
BOTH = textwrap.dedent(
    '''
    """The controls and their twins."""
    from dataclasses import replace
    from theorycheck_proofs.controls import PAPER as CONTROLS
    from theorycheck_proofs.controls import controls

    def twins(setting):
        return tuple({one.twin.id: one.twin for one in controls(setting)}.values())

    PAPER = replace(CONTROLS, chapters=(*CONTROLS.chapters, twins))
    '''
)


@pytest.fixture(scope="session")
def entries(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Entry]:
    """All of them, run once."""
    path = tmp_path_factory.mktemp("controls") / "both.py"
    path.write_text(BOTH)
    wanted = [*(one.claim.id for one in CONTROLS), *TWINS]
    plan = Plan(str(path), {}, Profile.QUICK, jobs=2)
    return {entry.claim.id: entry for entry in execute(plan, wanted, None, True, lambda *_: None)}


@pytest.mark.parametrize("one", CONTROLS, ids=lambda one: one.claim.id)
def test_the_error_is_caught_by_every_check_that_must_catch_it(one: Control, entries: Mapping[str, Entry]) -> None:
    entry = entries[one.claim.id]
    said = [f"{e.kind} {e.verdict}: {e.summary}" for e in entry.evidence]
    assert entry.verdict is one.claim.expected and entry.verdict not in POSITIVE, said
    caught = Counter()
    for check, evidence in zip(checks_of(one.claim), entry.evidence, strict=True):
        assert evidence.verdict is not Verdict.ERROR, said
        for kind in set(one.caught_by) & kind_of(check):
            assert evidence.verdict not in POSITIVE, f"{kind} let the error pass: {said}"
            caught[kind] += 1
    assert set(caught) == set(one.caught_by), said
    refutations = [e for e in entry.evidence if e.verdict is Verdict.REFUTED]
    for witness in (e.witness for e in refutations):
        kind = order_kernel if witness["kind"] == "ray" else kernel
        assert kind.replay(witness).confirmed
    assert bool(refutations) is (one.claim.expected is Verdict.REFUTED)
    # What refutes by a search or an enclosure must do so whichever of them is asked first.
    for check, evidence in zip(checks_of(one.claim), entry.evidence, strict=True):
        if kind_of(check) & set(one.caught_by) & {"search", "enclosure", "identity"}:
            about_runs = any(part.dynamics for part in one.claim.covered(evidence.covers))
            assert evidence.verdict is (Verdict.CONFLICT if about_runs else Verdict.REFUTED), said


@pytest.mark.parametrize("name", TWINS)
def test_the_claim_without_the_error_passes_every_check(name: str, entries: Mapping[str, Entry]) -> None:
    entry = entries[name]
    said = [f"{e.kind} {e.verdict}: {e.summary}" for e in entry.evidence]
    assert entry.verdict is entry.claim.expected and entry.verdict in POSITIVE, said
    assert all(e.verdict in POSITIVE for e in entry.evidence), said


CORES = {
    "control-contradiction-denser": {"alpha**3", "beta**3"},
    "control-contradiction-radius": {"beta <= epsilon", "beta > 2*epsilon", "epsilon > 0"},
    "control-contradiction-chain": {"beta <= epsilon", "alpha > epsilon", "alpha < beta"},
    "control-contradiction-classes": {"k >= 2", "n <= 0", "Eq(n, k - 1)"},
    "control-contradiction-stage": {"F <= 1", "F >= 2"},
}


@pytest.mark.parametrize("name", CORES)
def test_contradictions_come_with_a_minimal_core(name: str, entries: Mapping[str, Entry]) -> None:
    found = next(e for e in entries[name].evidence if e.verdict is Verdict.VACUOUS)
    core = found.figures["unsatisfiable core"]
    kernel.check(found.certificate)
    if name == "control-contradiction-denser":
        assert len(core) == 2 and all(part in relation for relation in core for part in CORES[name])
    else:
        assert set(core) == CORES[name] and len(core) == len(CORES[name])
    assert set(found.certificate["hypotheses"]) and len(found.certificate["hypotheses"]) == len(core)


def test_every_kind_of_check_meets_several_errors() -> None:
    met = Counter(kind for one in CONTROLS for kind in one.caught_by)
    assert set(met) == set(KINDS)
    assert min(met.values()) >= 3, met
    refuted = [one for one in CONTROLS if one.claim.expected is Verdict.REFUTED]
    assert len(CONTROLS) >= 100 and len(refuted) >= 25


def test_controls_are_named_once_and_say_what_catches_them() -> None:
    names = [one.claim.id for one in CONTROLS]
    assert len(set(names)) == len(names) == len(PAPER.claims(Setting.model_validate({})))
    for one in CONTROLS:
        assert one.claim.note.startswith("Caught by ") and all(kind in one.claim.note for kind in one.caught_by)
        assert one.claim.source == one.twin.source and one.claim.title != one.twin.title


def test_the_summary_counts_the_killed(entries: Mapping[str, Entry]) -> None:
    assert load("controls") is PAPER
    found = document(PAPER, {}, 0, {}, [entries[one.claim.id] for one in CONTROLS])["summary"]
    assert found["claims"] == found["as_expected"] == len(CONTROLS) and found["unexpected"] == []
    assert not set(found["verdicts"]) & {str(v) for v in POSITIVE}
    assert sum(found["verdicts"].values()) == len(CONTROLS)


def test_a_control_that_could_pass_is_refused() -> None:
    one = CONTROLS[0]
    for changes in (
        {"expected": Verdict.PROVED},
        {"caught_by": ()},
        {"caught_by": ("luck",)},
        {"caught_by": ("share",)},
    ):
        chosen = {"caught_by": one.caught_by, "expected": Verdict.REFUTED, **changes}
        with pytest.raises(ValueError, match="control-x"):
            control(one.twin, "x", "title", "why", **chosen)


def test_a_twin_keeps_only_the_checks_of_its_part() -> None:
    from theorycheck_proofs.li_li_2024.tensor_power import lemma

    alone = twin(lemma((3,)), "one", "q = 3: step (i)")
    assert [part.name for part in alone.parts] == ["q = 3: step (i)"]
    assert [check.kind for check in alone.checks] == ["symbolic", "search"]
