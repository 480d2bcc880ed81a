"""What a command loads and writes before it does anything; no test looks at a time."""

import subprocess
import sys

from theorycheck.paper import Paper
from theorycheck.source import Bibliography

from .engine.claims import claim, x, y

PAPER = """
import sys
import theorycheck.cli.verify
from theorycheck.loader import load
paper = load("li-li-2024")
assert len(paper.claims(paper.setting({}))) > 100
print(*sorted(sys.modules))
"""
HELP = """
import sys
from theorycheck.cli import main
assert main(["verify", "--help"]) == 0
print(*sorted(sys.modules))
"""


def modules(program: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_claims_are_written_without_the_slow_parts_of_scipy():
    loaded = modules(PAPER)
    assert "sympy" in loaded
    assert not loaded & {"scipy.stats", "scipy.optimize", "scipy.integrate", "scipy.special", "scipy.sparse"}


def test_help_loads_nothing_numerical():
    assert not modules(HELP) & {"numpy", "numba", "scipy", "sympy", "hypothesis", "matplotlib"}


def test_a_chapter_is_written_once_for_a_setting():
    written = []

    def chapter(setting):
        written.append(setting)
        return (claim(x <= y, id="one"),)

    paper = Paper("p", Bibliography("key", "Title", ("A",), 2026), (chapter,))
    for setting in ((1, 2), (1, 2), (1, 3)):
        assert list(paper.claims(setting)) == ["one"] and list(paper.modules(setting)) == ["one"]
    assert written == [(1, 2), (1, 3)]
    paper.claims({"k": 1})  # cannot be kept, as it may change
    paper.claims({"k": 1})
    assert written[2:] == [{"k": 1}] * 2
