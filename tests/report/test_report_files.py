"""Writing: both files or none, whatever stands in the way."""

import os
from pathlib import Path

import pytest

from theorycheck.report import files, write


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_writes_both_files_into_a_new_folder(document, tmp_path):
    paths = write(document, tmp_path / "deep" / "report")
    assert [path.name for path in paths] == ["index.html", "report.tex"]
    assert tree(tmp_path) == ["deep", "deep/report", "deep/report/index.html", "deep/report/report.tex"]
    assert paths[0].read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert paths[1].read_text(encoding="utf-8").startswith("\\documentclass")


def test_same_document_same_bytes(document, tmp_path):
    first = [path.read_bytes() for path in write(document, tmp_path / "one")]
    second = [path.read_bytes() for path in write(document, tmp_path / "two")]
    again = [path.read_bytes() for path in write(document, tmp_path / "one")]
    assert first == second == again


def test_a_bad_document_touches_nothing(document, tmp_path):
    document["claims"][0]["verdict"] = "yes"
    with pytest.raises(ValueError, match="verdict"):
        write(document, tmp_path / "report")
    assert tree(tmp_path) == []


def test_a_file_in_the_place_of_the_folder(document, tmp_path):
    (tmp_path / "report").write_text("mine")
    for folder in (tmp_path / "report", tmp_path / "report" / "deeper"):
        with pytest.raises(OSError):
            write(document, folder)
    assert tree(tmp_path) == ["report"]
    assert (tmp_path / "report").read_text() == "mine"


@pytest.mark.parametrize("name", ["index.html", "report.tex"])
def test_a_folder_in_the_place_of_a_file(document, tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(OSError, match=name):
        write(document, tmp_path)
    assert tree(tmp_path) == [name]


def test_a_disk_that_fills_up_leaves_the_old_report(document, tmp_path, monkeypatch):
    old = [path.read_bytes() for path in write(document, tmp_path)]
    calls = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    document["paper"] = "another"
    with pytest.raises(OSError, match="No space"):
        write(document, tmp_path)
    assert tree(tmp_path) == ["index.html", "report.tex"]
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == old
    calls.clear()
    with pytest.raises(OSError, match="No space"):
        write(document, tmp_path / "new" / "er")
    assert tree(tmp_path) == ["index.html", "report.tex"]


def test_new_files_follow_the_umask(document, tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("")
    for path in write(document, tmp_path / "report"):
        assert path.stat().st_mode == plain.stat().st_mode
    assert files.write_files(tmp_path, {}) == ()
