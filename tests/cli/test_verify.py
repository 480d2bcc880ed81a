"""verify: exit codes, streams, files, store, interruption."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from theorycheck.cli import exits

from .conftest import Command

CLAIM_KEYS = {
    "id", "source", "title", "origin", "statement", "statement_tex", "variables", "hypotheses", "parts", "derivation",
    "point", "note", "verdict", "expected", "as_expected", "rests_on", "uses", "evidence", "witness", "replay",
}  # fmt: skip
TOOL_KEYS = {"name", "version", "python", "platform", "commit", "created", "profile", "libraries", "seconds", "digest"}
DOCUMENT_KEYS = {"schema_version", "tool", "paper", "bibliography", "seed", "setting", "claims", "summary"}


@pytest.mark.parametrize(
    ("verdicts", "plain", "strict"),
    [
        ([("proved", "proved"), ("refuted", "refuted")], 0, 0),
        ([("inconclusive", "inconclusive")], 0, 0),
        ([("inconclusive", "proved")], 0, 5),
        ([("refuted", "proved")], 1, 1),
        ([("vacuous", "proved")], 1, 1),
        ([("conflict", "survived")], 1, 1),
        ([("survived", "proved")], 1, 1),
        ([("proved", "survived")], 1, 1),
        ([("proved", "refuted")], 1, 1),
        ([("inconclusive", "proved"), ("refuted", "proved")], 1, 1),
        ([("error", "proved"), ("refuted", "proved"), ("inconclusive", "proved")], 4, 4),
        ([("error", "error")], 4, 4),
    ],
)
def test_the_exit_code_of_verdicts(verdicts: list[tuple[str, str]], plain: int, strict: int) -> None:
    claims = [{"verdict": verdict, "expected": expected} for verdict, expected in verdicts]
    assert exits.code_of(claims, False) == plain
    assert exits.code_of(claims, True) == strict


@pytest.mark.parametrize(
    ("claims", "options", "code"),
    [
        (("fine", "known"), (), 0),
        (("broken", "failed"), (), 1),
        (("crash", "broken"), (), 4),
        (("failed",), ("--strict",), 5),
    ],
)
def test_the_exit_code_of_a_run(
    command: Command, runs: Path, claims: tuple[str, ...], options: tuple[str, ...], code: int
) -> None:
    found = command("verify", *(f"{runs}:{claim}" for claim in claims), "--no-store", "--jobs", "2", *options)
    assert found.code == code, found.err


def test_streams_table_and_closing_line(program: Command, runs: Path) -> None:
    found = program("verify", "runs.py:leaf", "runs.py:failed", "runs.py:disagrees", "--json", "l.json")
    assert found.code == 1
    lines = found.out.splitlines()
    assert lines[0].split() == ["claim", "in", "the", "paper", "verdict", "expected", "rests", "on", "seconds"]
    assert [line.split()[0] for line in lines[1:5]] == ["fine", "leaf", "disagrees", "failed"], (
        "ancestors are shown, in order"
    )
    assert "⋈ conflict" in lines[3] and "! survived" in lines[3] and "Disagrees (Section 1)" in lines[3]
    assert "◉ survived" in lines[1] and "!" not in lines[1]
    assert any("disagrees is conflict, expected survived" in line and "time" in line for line in lines)
    assert "4 claims: 2 survived, 1 inconclusive, 1 conflict; 2 as expected; NOT as expected: disagrees" in found.out
    assert "INCONCLUSIVE against expectation: failed" in found.out
    assert lines[-1] == "ledger: l.json"
    assert "\x1b" not in found.out + found.err
    assert sorted(line.split("] ")[1].split(":")[0] for line in found.err.splitlines()) == [
        "disagrees",
        "failed",
        "fine",
        "leaf",
    ]
    assert json.loads(Path("l.json").read_text())["summary"]["unexpected"] == ["disagrees", "failed"]


def test_json_on_standard_output_is_one_document_with_exactly_these_keys(program: Command, draft: Path) -> None:
    found = program("verify", "draft.toml", "--profile", "quick", "--json", "-", "--no-store", "--seed", "7")
    assert found.code == 0, found.err
    document = json.loads(found.out)
    assert set(document) == DOCUMENT_KEYS
    assert set(document["tool"]) == TOOL_KEYS
    assert document["schema_version"] == 1 and document["seed"] == 7 and document["tool"]["profile"] == "quick"
    assert document["tool"]["libraries"]["sympy"] and document["tool"]["created"].endswith("+00:00")
    assert document["tool"]["commit"] is None or len(document["tool"]["commit"]) == 40
    assert [set(claim) for claim in document["claims"]] == [CLAIM_KEYS] * 2
    assert [claim["verdict"] for claim in document["claims"]] == ["proved", "refuted"]
    assert "my-draft: 2 claims" in found.err


def test_report_folder_holds_page_ledger_and_witnesses_that_replay(command: Command, draft: Path) -> None:
    found = command("verify", "draft.toml", "--profile", "quick", "--report", "a/b")
    assert found.code == 0, found.err
    assert found.out.splitlines()[-1] == f"report: {Path('a/b/index.html')}"
    assert {str(p.relative_to("a/b")) for p in Path("a/b").rglob("*") if p.is_file()} == {
        "index.html", "report.tex", "ledger.json", "witnesses/lemma-2.json",
    }  # fmt: skip
    again = command("replay", "a/b/witnesses/lemma-2.json", "--paper", "draft.toml")
    assert again.code == 0 and "statement false: x*y <= 1" in again.out and again.out.splitlines()[-1] == "confirmed"
    redone = command("report", "a/b/ledger.json", "--out", "c")
    assert redone.code == 0 and Path("c/index.html").read_text() == Path("a/b/index.html").read_text()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--json", "folder"), "is a folder"),
        (("--json", "none/l.json"), "does not exist"),
        (("--json", "readonly.json"), "read-only"),
        (("--json", "/proc/theorycheck.json"), "cannot be written"),
        (("--report", "file"), "is a file, not a folder"),
        (("--report", "file/below"), "is a file, not a folder"),
        (("--report", "/proc/theorycheck"), "cannot be written"),
        (("--report", "taken"), "is a folder, not a file"),
        (("--store", "folder"), "result store"),
        (("--store", "file"), "result store"),
    ],
)
def test_what_cannot_be_written_is_said_before_any_work(
    command: Command, runs: Path, options: tuple[str, ...], says: str
) -> None:
    Path("folder").mkdir()
    Path("file").write_text("not a store and not a folder " * 100)
    Path("readonly.json").write_text("old")
    Path("readonly.json").chmod(0o444)
    Path("taken/ledger.json").mkdir(parents=True)
    before = sorted(Path().rglob("*"))
    found = command("verify", "runs.py:fine", *options)
    assert (found.code, found.out) == (4, "")
    assert says in found.err and len(found.err.splitlines()) == 1
    assert not Path("ran").exists()
    assert sorted(p for p in Path().rglob("*") if "__pycache__" not in p.parts) == before
    assert Path("readonly.json").read_text() == "old"


def test_a_second_run_reads_the_store_and_fresh_recomputes(command: Command, runs: Path) -> None:
    def verify(*options: str) -> tuple[list[bool], float, str]:
        start = time.perf_counter()
        found = command("verify", "runs.py:slow", "runs.py:fine", "--json", "l.json", "--store", "s.sqlite", *options)
        assert found.code == 0, found.err
        claims = json.loads(Path("l.json").read_text())["claims"]
        return [e["cached"] for claim in claims for e in claim["evidence"]], time.perf_counter() - start, found.err

    first, long, _ = verify()
    second, short, said = verify()
    assert first == [False, False] and second == [True, True]
    assert short < long / 2 and "(stored)" in said
    assert Path("ran").read_text().splitlines() == ["fine"] * 2
    assert verify("--fresh")[0] == [False, False]
    assert verify("--set", "n=4", "-k", "fine")[0] == [False], "another setting is another result"
    assert Path("ran").read_text().splitlines() == ["fine"] * 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_what_is_finished_and_goes_on_from_there(
    runs: Path, command: Command, number: int
) -> None:
    arguments = [
        sys.executable,
        "-m",
        "theorycheck.cli",
        "verify",
        "runs.py:fine",
        "runs.py:endless",
        "--jobs",
        "2",
        "--json",
        "l.json",
    ]
    child = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + 60
        while not (Path("endless").exists() and Path("ran").exists()) and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.5)  # the result travels from the worker to the store
        os.kill(child.pid, number)
        out, err = child.communicate(timeout=30)
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
    assert child.returncode == 130
    assert out == "" and not Path("l.json").exists()
    assert "interrupted after 1 of 2 claims; finished results are in" in err.splitlines()[-1]
    assert "Traceback" not in err
    again = command("verify", "runs.py:fine", "--json", "l.json")
    assert again.code == 0 and "(stored)" in again.err
    assert Path("ran").read_text().splitlines() == ["fine"]


def test_a_time_limit_makes_a_check_inconclusive(command: Command, runs: Path) -> None:
    found = command("verify", "runs.py:endless", "--timeout", "2", "--no-store")
    assert found.code == 0 and "INCONCLUSIVE against expectation: endless" in found.out
    assert "stopped after 2 s" in found.out


def test_colour_is_for_terminals_and_for_those_who_ask(
    command: Command, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = ("verify", "runs.py:fine")
    command(*verify)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in command(*verify).out
    assert "\x1b[36m" in command(*verify, "--color", "always").out
    assert "\x1b[" not in command(*verify, "--color", "never").out


def test_a_crash_of_the_program_is_never_a_verdict(
    command: Command, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise AssertionError("not meant to be\nreached")

    monkeypatch.setattr("theorycheck.cli.verify.execute", crash)
    found = command("verify", "runs.py:fine")
    assert found.code == 70
    assert found.err == (
        "theorycheck: internal error: AssertionError: not meant to be\\nreached; run again with --debug to see where\n"
    )
    assert "Traceback" in command("verify", "runs.py:fine", "--debug").err
