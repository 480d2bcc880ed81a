"""Slices of a trajectory run again from the command line: which hold, which do not, and what is no trajectory."""

import json
import textwrap
from pathlib import Path

import pytest

from theorycheck.cli import main

PAPER = textwrap.dedent(
    '''
    import json
    from theorycheck.paper import Paper
    from theorycheck.source import Bibliography

    def opened(text):
        slices = json.loads(text)["slices"]
        if not slices:
            raise ValueError("no slices")
        return len(slices), lambda index: "" if slices[index] else "it ends elsewhere"

    PAPER = Paper("slices", Bibliography("s", "S", ("A",), 2026), (), rechecks={"test 1": opened})
    '''
)


@pytest.fixture
def paper(tmp_path: Path) -> str:
    (tmp_path / "slices.py").write_text(PAPER)
    return str(tmp_path / "slices.py")


def written(folder: Path, **document: object) -> str:
    (folder / "trajectory.json").write_text(json.dumps(document))
    return str(folder / "trajectory.json")


@pytest.mark.parametrize(("more", "code", "said"), [
    ([], 1, "3 of 4 slices hold"), (["--slice", "0"], 0, "1 of 1 slices hold"),
    (["--slice", "2", "--slice", "3"], 1, "slice 2 DOES NOT HOLD: it ends elsewhere"),
])
def test_slices(more: list[str], code: int, said: str, paper: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = written(tmp_path, format="test 1", slices=[1, 1, 0, 1])
    assert main(["recheck", name, "--paper", paper, *more]) == code
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(("document", "more", "code", "said"), [
    ({"format": "test 1", "slices": []}, [], 3, "no slices"),
    ({"format": "test 2"}, [], 3, "allowed: test 1"),
    ({"slices": [1]}, [], 3, "allowed: test 1"),
    ({"format": ["test 1"]}, [], 3, "allowed: test 1"),
    ({"format": "test 1", "slices": [1]}, ["--slice", "1"], 2, "from 0 to 0"),
    ({"format": "test 1", "slices": [1]}, ["--slice", "-1"], 2, "from 0 to 0"),
    ({"format": "test 1", "slices": [1]}, ["--slice", "x"], 2, "from 0 to 0"),
])
def test_what_is_no_trajectory_gets_one_line(document: dict[str, object], more: list[str], code: int, said: str, paper: str,
                                             tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = written(tmp_path, **document)
    assert main(["recheck", name, "--paper", paper, *more]) == code
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_other_files(paper: str, tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "text.json").write_text("{")
    assert main(["recheck", str(tmp_path / "list.json"), "--paper", paper]) == 3
    assert main(["recheck", str(tmp_path / "text.json"), "--paper", paper]) == 3
    assert main(["recheck", str(tmp_path / "missing.json"), "--paper", paper]) in (2, 3)
