"""simulate: what it writes, how it judges, what it refuses, and that nothing half done is left."""

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from .conftest import Command

PAPER = textwrap.dedent(
    '''
    """A paper for tests: its experiments are quick, slow, wrong or broken."""
    import math
    import os
    import time
    from pathlib import Path
    import numpy as np
    from theorycheck.checks.measurement import Agreement, Invariant, Measurement, Share
    from theorycheck.errors import UserError
    from theorycheck.evidence import Plot, Series, Table
    from theorycheck.experiment import Experiment
    from theorycheck.paper import Paper
    from theorycheck.seeds import stream
    from theorycheck.source import Bibliography

    HERE = Path(__file__).parent

    def setting(values):
        unknown = set(values) - {"n"}
        if unknown:
            raise ValueError(f"{min(unknown)}: unknown parameter (allowed: n)")
        return {"n": 3, **values}

    def fine(trial):
        (HERE / "ran").touch()
        runs = trial.count(1, 2, 5)
        draws = [stream(trial.seed, "fine", run).random(trial.setting["n"]) for run in range(runs)]
        for run in range(runs):
            trial.progress(run + 1, runs)
        series = (
            Series("<b>map</b>", "grid", [1.0, 2.0], [0.0], values=[[1.0, math.nan]], categories=["std", "adv, first"]),
            Series("curve", "line", [1.0, 2.0], [0.1, 0.2], [0.0, 0.1], [0.2, 0.3]),
        )
        return Measurement(
            (Invariant("a draw", np.array(draws)), Agreement("threads", np.ones(1), np.ones(1), 0.0)),
            {"runs": runs, "full": trial.full, "threads": int(os.environ["NUMBA_NUM_THREADS"]), "nothing": math.nan},
            (Plot("Order of learning, β = 1", "t", "A", series),),
            (Table("Draws", ("run", "first"), tuple((n, float(d[0])) for n, d in enumerate(draws))),),
        )

    def judged(*outcomes, failures=()):
        def run(trial):
            os.write(1, b"said by a library\\n")
            return Measurement(outcomes, failures=failures)
        return run

    def crash(trial):
        raise RuntimeError("a bug in\\nthe paper's code")

    def refuse(trial):
        raise UserError("n: too small for this experiment")

    def die(trial):
        os._exit(3)

    def endless(trial):
        (HERE / "endless").write_text(str(os.getpid()))
        time.sleep(600)

    def undrawable(trial):
        outcome = Invariant("slack", np.ones(1))
        return Measurement((outcome,), plots=(Plot("p", "x", "y", (Series("s", "line", [1.0], []),)),))

    def filing(name):
        return lambda trial: Measurement((Invariant("slack", np.ones(1)),), files={name: "kept é\\n"})

    one, two = np.ones(1), 2 * np.ones(1)
    EXPERIMENTS = (
        Experiment("figure-3", "Phases of <i>learning</i>", "What $A$ does.", fine),
        Experiment("larger", "Another default", "", fine, {"n": 7}),
        Experiment("wrong", "Predicts wrongly", "", judged(Agreement("time", one, two, 0.1), Invariant("slack", one))),
        Experiment("undefined", "Not a number", "", judged(Agreement("time", one, np.array([math.nan]), 0.1))),
        Experiment("failing", "A run fails", "", judged(Invariant("slack", one), failures=("seed 3 overflowed",))),
        Experiment("nothing", "Judges nothing", "", judged()),
        Experiment("shares", "Two shares", "", judged(Share("a", 5, 10, 0.5), Share("b", 0, 10, 0.33))),
        Experiment("crash", "Crashes", "", crash), Experiment("refuse", "Refuses", "", refuse),
        Experiment("die", "Dies", "", die), Experiment("endless", "Hangs", "", endless),
        Experiment("filing", "Keeps a file", "", filing("trajectory-std.json")),
        Experiment("climbing", "A name that is none", "", filing("../up.json")),
        Experiment("clashing", "The page's name", "", filing("index.html")),
        Experiment("undrawable", "A plot that is none", "", undrawable),
    )
    BIBLIOGRAPHY = Bibliography("runs2020", "Runs of T", ("A. Author",), 2020)
    PAPER = Paper("trials", BIBLIOGRAPHY, (), setting, experiments=EXPERIMENTS)
    '''
)


@pytest.fixture(autouse=True)
def paper(home: Path) -> Path:
    """The paper as a Python file, in the current folder."""
    path = home / "trials.py"
    path.write_text(PAPER)
    return path


@pytest.fixture
def simulate(command: Command) -> Command:
    return lambda name, *options: command("simulate", name, "--paper", "trials.py", *options)


def files() -> set[str]:
    return {str(p) for p in Path().rglob("*") if p.is_file() and "__pycache__" not in p.parts} - {"trials.py"}


def test_a_simulation_writes_page_plots_values_and_data(simulate: Command) -> None:
    found = simulate("figure-3", "--seed", "7", "--seeds", "4", "--jobs", "1")
    assert found.code == 0, found.err
    stem = "simulation/figure-3/"
    assert files() == {"ran", *(stem + name for name in (
        "index.html", "data.json", "plot-1-order-of-learning-1.svg", "plot-1-order-of-learning-1.csv", "table-1-draws.csv",
    ))}  # fmt: skip
    assert found.err == "" and found.out.splitlines() == [
        "agrees     a draw: never violated in 12",
        "agrees     threads: largest relative deviation 0 over 1 (allowed 0)",
        "figure-3 of trials: 2 of 2 outcomes agree",
        f"page: {stem}index.html",
    ]
    data = json.loads(Path(stem + "data.json").read_text())
    assert data["schema_version"] == 1 and data["kind"] == "simulation" and data["paper"] == "trials"
    assert (data["seed"], data["seeds"], data["setting"], data["agrees"]) == (7, 4, {"n": 3}, True)
    assert data["figures"] == {"runs": 4, "full": False, "threads": 1, "nothing": None}
    assert data["plots"][0]["series"][0]["values"] == [[1.0, None]]
    assert data["tool"]["version"] and data["tool"]["profile"] == "default" and len(data["tool"]["digest"]) == 64
    rows = list(csv.reader(Path(stem + "plot-1-order-of-learning-1.csv").read_text().splitlines()))
    assert rows == [
        ["series", "kind", "x", "y", "low", "high", "value", "category"],
        ["<b>map</b>", "grid", "1.0", "0.0", "", "", "1.0", "adv, first"],
        ["<b>map</b>", "grid", "2.0", "0.0", "", "", "", ""],
        ["curve", "line", "1.0", "0.1", "0.0", "0.2", "", ""],
        ["curve", "line", "2.0", "0.2", "0.1", "0.3", "", ""],
    ]
    table = list(csv.reader(Path(stem + "table-1-draws.csv").read_text().splitlines()))
    assert table[0] == ["run", "first"] and [float(row[1]) for row in table[1:]] == [
        row[1] for row in data["tables"][0]["rows"]
    ]


def test_the_page_is_whole_by_itself_and_shows_no_foreign_markup(simulate: Command) -> None:
    assert simulate("figure-3").code == 0
    page = Path("simulation/figure-3/index.html").read_text()
    assert page.startswith("<!DOCTYPE html>") and "Content-Security-Policy" in page and "default-src 'none'" in page
    assert "<script" not in page and "<link" not in page and "http" not in page.replace("http-equiv", "").replace(
        "http://www.w3.org", ""
    )
    assert "<i>" not in page and "&lt;i&gt;learning" in page and "<b>map" not in page and "&lt;b&gt;map" in page
    assert "<svg" in page and "<math" in page and "adv, first" in page and "1 of 2 without a value" in page
    assert '<a href="plot-1-order-of-learning-1.svg">' in page and '<a href="table-1-draws.csv">' in page
    assert 'class="alarm"' not in page and "2 of 2 agree" in page


def test_the_same_order_gives_the_same_results(simulate: Command) -> None:
    def digest(*options: str) -> str:
        assert simulate("figure-3", "--json", "d.json", *options).code == 0
        found: str = json.loads(Path("d.json").read_text())["tool"]["digest"]
        return found

    first = digest("--jobs", "1")
    plot = Path("simulation/figure-3/plot-1-order-of-learning-1.svg").read_bytes()
    assert digest("--jobs", "1", "--out", "again") == first
    assert Path("again/plot-1-order-of-learning-1.svg").read_bytes() == plot
    assert digest("--jobs", "1", "--seed", "1") != first


def test_profiles_seeds_and_defaults_reach_the_experiment(simulate: Command) -> None:
    def figures(name: str, *options: str) -> tuple[object, ...]:
        assert simulate(name, "--json", "d.json", *options).code == 0
        found = json.loads(Path("d.json").read_text())
        return found["figures"]["runs"], found["figures"]["full"], found["setting"]["n"], found["tool"]["profile"]

    assert figures("figure-3", "--profile", "quick") == (1, False, 3, "quick")
    assert figures("figure-3", "--full") == (5, True, 3, "full")
    assert figures("figure-3", "--full", "--profile", "full", "--seeds", "2") == (2, True, 3, "full")
    assert figures("larger") == (2, False, 7, "default")
    Path("theorycheck.toml").write_text('profile = "quick"\njson = "ledger.json"\n[setting."trials.py"]\nn = 8\n')
    assert figures("larger") == (1, False, 8, "quick")
    assert figures("larger", "--set", "n=9") == (1, False, 9, "quick")
    assert not Path("ledger.json").exists()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("wrong", "DISAGREES  time: largest relative deviation 1 over 1 (allowed 0.1)"),
        ("undefined", "DISAGREES  time: largest relative deviation inf over 1 (allowed 0.1)"),
        ("failing", "FAILED     seed 3 overflowed"),
        ("nothing", "NOTHING was judged"),
    ],
)
def test_what_is_not_as_predicted_is_shown_first_and_in_the_exit_code(simulate: Command, name: str, says: str) -> None:
    found = simulate(name)
    assert found.code == 1 and says in found.out
    page = Path(f"simulation/{name}/index.html").read_text()
    assert page.index('class="alarm"') < page.index("<h2>Outcomes</h2>")
    assert json.loads(Path(f"simulation/{name}/data.json").read_text())["agrees"] is False


def test_files_of_an_experiment_are_kept_beside_the_page(simulate: Command) -> None:
    found = simulate("filing", "--out", "o")
    assert found.code == 0 and found.out.splitlines()[-1] == "page: o/index.html"
    kept = Path("o/trajectory-std.json").read_bytes()
    assert kept == "kept é\n".encode() and files() == {"o/index.html", "o/data.json", "o/trajectory-std.json"}
    digest = hashlib.sha256(kept).hexdigest()
    assert json.loads(Path("o/data.json").read_text())["files"] == {"trajectory-std.json": digest}
    page = Path("o/index.html").read_text()
    assert '<a href="trajectory-std.json">' in page and digest in page


def test_shares_are_judged_familywise(simulate: Command) -> None:
    # 0 of 10 against 0.33 is outside its interval at level 0.95 and inside at 0.975, the level of one of two.
    assert simulate("shares").code == 0
    outcomes = json.loads(Path("simulation/shares/data.json").read_text())["outcomes"]
    assert [outcome["figures"][f"{name}: level"] for name, outcome in zip("ab", outcomes, strict=True)] == [0.975] * 2


def test_data_on_standard_output_is_one_document(program: Command) -> None:
    found = program("simulate", "wrong", "--paper", "trials.py", "--json", "-", "--out", "o")
    assert found.code == 1 and json.loads(found.out)["experiment"]["id"] == "wrong"
    assert "said by a library" in found.err and "1 of 2 outcomes agree" in found.err and "page: o/index.html" in found.err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("figure-4",), 2, 'no experiment "figure-4"; did you mean "figure-3"?'),
        (("zzz",), 2, "known: clashing, climbing, crash, die"),
        (("figure-3", "--seeds", "0"), 2, '--seeds: "0" (allowed: an integer from 1 to 1000000)'),
        (("figure-3", "--seeds", "NaN"), 2, '--seeds: "NaN"'),
        (("figure-3", "--seeds", "-1"), 2, '--seeds: "-1"'),
        (("figure-3", "--seeds", "9" * 5000), 2, "--seeds"),
        (("figure-3", "--seed", "x"), 2, "--seed"),
        (("figure-3", "--jobs", "0"), 2, "--jobs"),
        (("figure-3", "--profile", "slow"), 2, "--profile"),
        (("figure-3", "--profile", "quick", "--full"), 2, "--full and --profile quick exclude each other"),
        (("figure-3", "--set", "m=4"), 2, "trials.py: m: unknown parameter (allowed: n)"),
        (("figure-3", "--set", "n"), 2, '--set: "n" (allowed: KEY=VALUE)'),
        (("figure-3", "--set", "n=nan"), 2, "finite numbers"),
        (("figure-3", "--out", ""), 2, "--out"),
        (("figure-3", "--out", "trials.py"), 4, "is a file, not a folder"),
        (("figure-3", "--out", "trials.py/below"), 4, "is a file, not a folder"),
        (("figure-3", "--out", "/proc/theorycheck"), 4, "cannot be written"),
        (("figure-3", "--out", "taken"), 4, "is a folder, not a file"),
        (("figure-3", "--json", "taken"), 4, "is a folder"),
        (("figure-3", "--json", "none/d.json"), 4, "does not exist"),
    ],
)
def test_what_cannot_be_run_or_written_is_said_before_any_work(
    simulate: Command, arguments: tuple[str, ...], code: int, says: str
) -> None:
    Path("taken/data.json").mkdir(parents=True)
    found = simulate(*arguments)
    assert (found.code, found.out) == (code, "") and says in found.err and len(found.err.splitlines()) == 1
    assert files() == set()


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("crash", 4, "crash crashed: RuntimeError: a bug in\\nthe paper's code"),
        ("die", 4, "die: its process died (exit code 3)"),
        ("refuse", 2, "n: too small for this experiment"),
        ("climbing", 4, "climbing gave what cannot be shown: file '../up.json' (allowed: letters"),
        ("clashing", 4, "clashing gave what cannot be shown: file 'index.html'"),
        ("undrawable", 4, "undrawable gave what cannot be shown: plots[0].series[0]: y needs one value per x"),
    ],
)
def test_what_breaks_leaves_a_message_and_no_files(simulate: Command, name: str, code: int, says: str) -> None:
    found = simulate(name)
    assert (found.code, found.out) == (code, "") and says in found.err and len(found.err.splitlines()) == 1
    assert files() == set() and not Path("simulation").exists()


def test_the_traceback_of_a_crash_is_shown_on_demand(simulate: Command) -> None:
    assert "in crash" in simulate("crash", "--debug").err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_experiment_stops_and_leaves_nothing(home: Path, number: int) -> None:
    arguments = [sys.executable, "-m", "theorycheck.cli", "simulate", "endless", "--paper", "trials.py"]
    child = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + 60
        while not (Path("endless").exists() and Path("endless").read_text()) and time.monotonic() < end:
            time.sleep(0.05)
        os.kill(child.pid, number)
        out, err = child.communicate(timeout=30)
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
    assert (child.returncode, out, err) == (130, "", "theorycheck: interrupted\n")
    with pytest.raises(ProcessLookupError):
        os.kill(int(Path("endless").read_text()), 0)
    assert files() == {"endless"}


def test_without_a_name_the_experiments_are_listed(command: Command) -> None:
    found = command("simulate", "--paper", "trials.py")
    assert found.code == 0 and "figure-3    trials.py  Phases of <i>learning</i>" in found.out.splitlines()
    assert not Path("ran").exists()
    assert command("simulate", "--paper", "none.py").code == 2


def test_experiments_are_looked_for_in_every_installed_paper(
    command: Command, paper: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from theorycheck.cli import simulate as module
    from theorycheck.errors import StoreError
    from theorycheck.loader import load

    def loaded(name: str) -> object:
        if name == "broken":
            raise StoreError("the paper broken does not load: SyntaxError: x")
        return load(str(paper))

    monkeypatch.setattr(module, "loaded", loaded)
    monkeypatch.setattr(module, "installed", lambda: ["broken", "one", "two"])
    found = command("simulate")
    assert found.code == 4 and found.out.count("figure-3") == 2 and "broken does not load" in found.err
    assert "figure-3 is an experiment of one and two; add --paper one" in command("simulate", "figure-3").err
    assert "broken does not load" in command("simulate", "figure-33").err
    monkeypatch.setattr(module, "installed", list)
    assert 'no experiment "figure-3"; there is none' in command("simulate", "figure-3").err
