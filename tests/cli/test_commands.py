"""The other commands, names that are none, and what a terminal must not be sent."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from theorycheck.cli.app import app
from theorycheck.cli.matching import matcher
from theorycheck.cli.printable import printable
from theorycheck.cli.replay import written
from theorycheck.errors import UserError

from .conftest import Command

POINT: dict[str, Any] = {
    "schema_version": 1, "kind": "point", "paper": "my-draft", "claim": "lemma-2", "values": {"x": "3/2", "y": "1"},
    "hypotheses": [["integer", "y"], [">=", "x", 0], [">=", "y", 0]], "statement": ["<=", ["*", "x", "y"], 1],
}  # fmt: skip


def stored(document: Any) -> str:
    Path("w.json").write_text(document if isinstance(document, str) else json.dumps(document))
    return "w.json"


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    heavy = "{'sympy', 'numpy', 'rich', 'pydantic', 'numba', 'scipy'}"
    code = f"import sys, theorycheck.cli; print({heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "theorycheck.cli", "--help"], capture_output=True, check=True)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 1.5  # 0.1 s on an idle machine; other processes may be running here


@pytest.mark.parametrize("name", ["verify", "simulate", "show", "papers", "replay", "report", "cite", "ablate", "constants"])
def test_every_command_has_help(name: str) -> None:
    found = CliRunner().invoke(app, [name, "--help"])
    assert found.exit_code == 0 and f"{name} [OPTIONS]" in found.output and "--debug" in found.output


def test_version_and_no_command(command: Command) -> None:
    from theorycheck import __version__

    assert command("--version").out == f"theorycheck {__version__}\n"
    assert command().code == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("frobnicate",), "No such command 'frobnicate'"),
        (("verify", "--frobnicate"), "No such option: --frobnicate"),
        (("replay",), "Missing argument 'WITNESS'"),
        (("verify", "runs.py:fin"), 'has no claim "fin"; did you mean "fine"?'),
        (("verify", "rums.py"), "rums.py: no such file or folder"),
        (("verify", "x" * 300), "no paper"),
        (("verify", "/" + "x" * 300), "File name too long"),
        (("verify", "runs.py", "--profile", "quik"), '--profile: "quik"; did you mean "quick"?'),
        (("verify", "runs.py", "--seed", "-1"), "--seed: -1 (allowed: an integer from 0"),
        (("verify", "runs.py", "--seed", "0.5"), '--seed: "0.5"'),
        (("verify", "runs.py", "--jobs", "0"), "--jobs: 0 (allowed: an integer from 1 to 256)"),
        (("verify", "runs.py", "--timeout", "nan"), "--timeout: nan"),
        (("verify", "runs.py", "--timeout", "inf"), "--timeout: inf"),
        (("verify", "runs.py", "--timeout", "-3"), "--timeout: -3.0"),
        (("verify", "runs.py", "--color", "green"), '--color: "green"'),
        (("verify", "runs.py", "--set", "n"), '--set: "n" (allowed: KEY=VALUE)'),
        (("verify", "runs.py", "--set", "n=nan"), "--set: n = nan (allowed: finite numbers)"),
        (("verify", "runs.py", "--set", "n=1", "--set", "n=2"), "--set: n is given twice"),
        (("verify", "runs.py", "--set", "m=1"), "m: unknown parameter (allowed: n)"),
        (("verify", "runs.py", "-k", "fine or"), '-k: "fine or" (allowed: parts of ids, and, or, not, brackets)'),
        (("verify", "runs.py", "-k", "nothing-like-it"), 'no claim matches -k "nothing-like-it"'),
        (("verify", "runs.py", "--store", "s", "--no-store"), "exclude each other"),
        (("show", "runs.py"), "is a paper; name a claim as runs.py:CLAIM"),
        (("verify", "runs.py", "--json", ""), '--json: "" (allowed: a file, or - for standard output)'),
    ],
)
def test_a_usage_error_is_one_line_and_exit_code_2(
    command: Command, runs: Path, arguments: tuple[str, ...], says: str
) -> None:
    found = command(*arguments)
    assert (found.code, found.out) == (2, "")
    assert says in found.err and len(found.err.splitlines()) == 1 and found.err.startswith("theorycheck: ")
    assert not Path("ran").exists()


def test_an_unknown_claim_of_installed_papers_names_the_nearest(
    command: Command, monkeypatch: pytest.MonkeyPatch, runs: Path
) -> None:
    from theorycheck.cli import selection

    monkeypatch.setattr(selection, "installed", lambda: ["runs.py"])
    found = command("verify", "endles")
    assert found.code == 2 and 'no paper, claim or path "endles"; did you mean "endless"?' in found.err
    assert "what is said of leaf" in command("show", "leaf").out


def test_papers_lists_what_is_installed_and_names_what_does_not_load(
    command: Command, monkeypatch: pytest.MonkeyPatch, runs: Path
) -> None:
    from theorycheck.cli import papers

    Path("wrong.py").write_text("import nothing_of_the_kind")
    monkeypatch.setattr(papers, "installed", lambda: ["wrong.py", "runs.py"])
    found = command("papers")
    assert found.out == "runs.py  10 claims  Runs of [red]T\n"
    assert found.code == 2 and "ModuleNotFoundError" in found.err and len(found.err.splitlines()) == 1


def test_show_runs_nothing_and_shows_the_tree(command: Command, runs: Path, draft: Path) -> None:
    found = command("show", "runs.py:leaf")
    assert found.code == 0 and not Path("ran").exists()
    assert "rests on:\n  fine  Fine (Section 1): About fine" in found.out
    said = command("show", "draft.toml:lemma-2").out
    for line in (
        "x*y <= 1",
        "x: real in [0, oo)",
        "y: integer in [0, oo)",
        "expected verdict refuted",
        "lemma-1  Lemma 1: A tangent",
    ):
        assert line in said


def test_cite_gives_the_tool_and_the_paper(command: Command, runs: Path) -> None:
    found = command("cite", "runs.py")
    assert found.code == 0 and "@software{theorycheck," in found.out and "@misc{runs2020," in found.out


def test_replay_confirms_only_what_is_so(command: Command, draft: Path) -> None:
    paper = ("--paper", "draft.toml")
    assert command("replay", stored(POINT), *paper).code == 0
    assert "not compared with the claim" in command("replay", stored(POINT)).out
    inside = command("replay", stored({**POINT, "values": {"x": "1", "y": "1"}}), *paper)
    assert inside.code == 1 and "statement true" in inside.out and "NOT confirmed" in inside.out
    outside = command("replay", stored({**POINT, "values": {"x": "3/2", "y": "4/3"}}), *paper)
    assert outside.code == 1 and "hypothesis false: integer(y)" in outside.out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"statement": ["<", ["*", "x", "y"], 1]}, "its statement is none of the claim's parts"),
        ({"hypotheses": [[">=", "x", 0], [">=", "y", 0]]}, "it leaves out the hypothesis integer(y)"),
        ({"claim": "lemma-3"}, "the paper has no claim lemma-3"),
    ],
)
def test_a_witness_against_another_statement_is_not_confirmed(
    command: Command, draft: Path, change: dict[str, Any], says: str
) -> None:
    found = command("replay", stored({**POINT, **change}), "--paper", "draft.toml")
    assert found.code == 1 and says in found.out and "they refute another statement" in found.out


def test_a_run_is_replayed_by_its_paper(command: Command, runs: Path) -> None:
    witness = {"kind": "run", "paper": "runs", "claim": "broken", "step": 7}
    assert command("replay", stored(witness), "--paper", "runs.py").code == 0
    assert command("replay", stored({**witness, "step": 8}), "--paper", "runs.py").code == 1
    for wrong in ({**witness, "claim": "fine"}, {k: v for k, v in witness.items() if k != "step"}):
        assert command("replay", stored(wrong), "--paper", "runs.py").code == 3
    assert command("replay", stored(witness)).code == 2


@pytest.mark.parametrize(
    "document",
    [
        "", "{", "[]", "null", "[" * 100_000, {**POINT, "kind": "other"}, {**POINT, "claim": None},
        {**POINT, "values": {"x": 1.5, "y": "1"}}, {**POINT, "extra": 1}, {**POINT, "statement": ["exec", "x"]},
        {**POINT, "values": [1]}, {**POINT, "hypotheses": {}}, {**POINT, "schema_version": 2},
    ],
)  # fmt: skip
def test_a_malformed_witness_is_bad_data(command: Command, home: Path, document: Any) -> None:
    found = command("replay", stored(document))
    assert found.code == 3 and len(found.err.splitlines()) == 1


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"schema_version": 2}', '{"schema_version": 1}', "[" * 100_000, "\x00"]
)
def test_a_malformed_ledger_is_bad_data_and_nothing_is_written(command: Command, home: Path, text: str) -> None:
    Path("l.json").write_text(text)
    found = command("report", "l.json", "--out", "out")
    assert found.code == 3 and len(found.err.splitlines()) == 1 and not Path("out").exists()
    assert command("report", "none.json").code == 3


@pytest.mark.parametrize(
    ("expression", "yes", "no"),
    [
        ("b", ["lemma-b.1"], ["lemma-d.5"]),
        ("lemma and not d.5", ["lemma-b.1"], ["lemma-d.5", "theorem-1"]),
        ("not (lemma or theorem)", ["figure-3"], ["lemma-d.5"]),
        ("d.5 or b.1 and lemma", ["lemma-b.1", "x-d.5"], ["x-b.1"]),
        ("Lemma", ["lemma-b.1"], []),
        ("not not b", ["b"], ["c"]),
    ],
)
def test_keyword_expressions(expression: str, yes: list[str], no: list[str]) -> None:
    test = matcher(expression)
    assert all(test(name) for name in yes) and not any(test(name) for name in no)


@pytest.mark.parametrize("text", ["", "and", "a or", "(a", "a)", "a b", "not", "()", "not " * 200 + "a", "a" * 2000])
def test_what_is_no_keyword_expression(text: str) -> None:
    with pytest.raises(UserError, match="-k"):
        matcher(text)


def test_terminal_sequences_are_shown_and_not_sent(command: Command, draft: Path) -> None:
    draft.write_text(draft.read_text().replace("A tangent", r"\u001b[2J\u202e[red]x").replace("lemma-2", r"l\u001b]0;"))
    for found in (command("show", "draft.toml:lemma-1"), command("verify", "draft.toml")):
        assert "\x1b" not in found.out + found.err and "\u202e" not in found.out + found.err
    assert printable("ü\n\x07\u200b") == r"ü\n\x07\u200b"


def test_a_closed_pipe_is_not_a_verdict(runs: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "theorycheck.cli", "show", "runs.py:leaf"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None and child.stderr is not None
    child.stdout.close()
    said = child.stderr.read()
    child.stderr.close()
    assert child.wait(timeout=60) == 4 and "standard output was closed" in said and "Traceback" not in said


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (["<=", ["*", "x", "y"], 1], "x*y <= 1"),
        (["^", ["+", "x", 1], 2], "(x + 1)^2"),
        (["-", "a", ["-", "b", "c"]], "a - (b - c)"),
        (["-", "x"], "-(x)"),
        (["^", "1/2", "x"], "(1/2)^x"),
        (["and", [">", "x", 0], ["or", [">", "y", 0], ["not", ["=", "y", 1]]]], "x > 0 and (y > 0 or not(y = 1))"),
    ],
)
def test_trees_are_written_so_that_they_read_back_the_same(tree: Any, text: str) -> None:
    assert written(tree) == text
