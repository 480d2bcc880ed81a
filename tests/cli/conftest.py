"""A small paper of runs, a small draft, and the command line in this process or in one of its own."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from theorycheck.cli import main

PAPER = textwrap.dedent(
    '''
    """A paper for tests: its claims are about runs, so that no relation has to be solved."""
    import os
    import time
    from pathlib import Path
    import numpy as np
    from theorycheck.checks.measurement import Agreement, Invariant, Measurement
    from theorycheck.checks.run import Run
    from theorycheck.claim import Claim, Part
    from theorycheck.paper import Paper
    from theorycheck.source import Bibliography, Source
    from theorycheck.verdict import Verdict

    HERE = Path(__file__).parent

    def setting(values):
        unknown = set(values) - {"n"}
        if unknown:
            raise ValueError(f"{min(unknown)}: unknown parameter (allowed: n)")
        return {"n": 3, **values}

    def make(name, measure, uses=(), **more):
        parts = (Part("all", text=f"what is said of {name}"),)
        source, checks = Source(name.title(), "Section 1"), (Run(measure, replay=replay),)
        return Claim(name, source, f"About {name}", parts, checks, uses=uses, **more)

    def fine(context):
        with (HERE / "ran").open("a") as log:
            log.write("fine\\n")
        return Measurement((Invariant("slack", np.ones(context.setting["n"])),))

    def slow(context):
        time.sleep(1.5)
        return fine(context)

    def endless(context):
        (HERE / "endless").touch()
        time.sleep(600)

    def broken(context):
        witness = {"kind": "run", "paper": "runs", "claim": "broken", "step": 7}
        return Measurement((Invariant("slack", -np.ones(3), witness=witness),))

    def replay(witness):
        return True if witness["step"] == 7 else None

    def disagrees(context):
        return Measurement((Agreement("time", np.ones(2), 2 * np.ones(2), 0.1),))

    def crash(context):
        raise RuntimeError("a bug in the paper's code")

    def failed(context):
        return Measurement((), failures=("the run left the float range",))

    def chapter(setting):
        return (
            make("fine", fine), make("slow", slow), make("leaf", fine, uses=("fine",)),
            make("broken", broken), make("known", broken, expected=Verdict.REFUTED), make("disagrees", disagrees),
            make("crash", crash), make("failed", failed, expected=Verdict.SURVIVED), make("endless", endless),
            make("better", fine, expected=Verdict.INCONCLUSIVE),
        )

    BIBLIOGRAPHY = Bibliography("runs2020", "Runs of [red]T", ("A. Author",), 2020)
    PAPER = Paper("runs", BIBLIOGRAPHY, (chapter,), setting, replays={"broken": replay})
    '''
)

DRAFT = """\
schema_version = 1

[paper]
id = "my-draft"
title = "A draft"
authors = ["A. Author"]
year = 2026

[[claim]]
id = "lemma-1"
source = "Lemma 1"
title = "A tangent"
hypotheses = ["x <= 1"]
statement = "x**3 - 3*x + 2 >= 0"
point = { x = "1/2" }
expected = "proved"

[claim.variables]
x = { domain = "real", low = 0 }

[[claim]]
id = "lemma-2"
source = "Lemma 2"
title = "Too much"
statement = "x*y <= 1"
uses = ["lemma-1"]
checks = ["search"]
expected = "refuted"

[claim.variables]
x = { domain = "real", low = 0 }
y = { domain = "integer", low = 0 }
"""


@dataclass(frozen=True)
class Outcome:
    """What a command left: exit code and streams."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder with the test's own cache and no settings from outside."""
    for name in [name for name in os.environ if name.startswith("THEORYCHECK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def runs(home: Path) -> Path:
    """The paper of runs as a Python file."""
    path = home / "runs.py"
    path.write_text(PAPER)
    return path


@pytest.fixture
def draft(home: Path) -> Path:
    """The draft as a theory file."""
    path = home / "draft.toml"
    path.write_text(DRAFT)
    return path


@pytest.fixture
def command(home: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line in this process."""

    def call(*arguments: str) -> Outcome:
        capsys.readouterr()
        code = main(list(arguments))
        return Outcome(code, *capsys.readouterr())

    return call


@pytest.fixture
def program(home: Path) -> Command:
    """Runs a command line as a program of its own."""

    def call(*arguments: str) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-m", "theorycheck.cli", *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return call
