"""The tools that the benchmarks compare take the same step, and the table holds every cell. No test looks at a time.

PEERS names an interpreter that has PyTorch and JAX; without it they are looked for in this one.
"""

import json
import math
import os
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks import bench, growth
from benchmarks.problem import CASES, RUNS, SIZES, Size, flops, problem
from benchmarks.table import AIMS, text_of
from benchmarks.tools import LIMIT, MEMORY, OURS, TOOLS, Worker, start

# An allocator changes no number.
COMPARED = [name for name in TOOLS if name not in (LIMIT, MEMORY, "torch-malloc")]
PEERS = os.environ.get("PEERS", sys.executable)
STEPS = 3
FEW = {"runs": 2, "trajectories": 3}


@pytest.fixture(scope="module")
def workers() -> Iterator[list[Worker]]:
    """A process of every tool that is compared."""
    found = start(COMPARED, 1, sys.executable, PEERS)
    yield found
    for worker in found:
        worker.close()


@pytest.mark.parametrize("case", CASES)
def test_every_tool_takes_the_same_steps(case, workers, capsys):
    values, missing = {}, {}
    for worker in workers:
        if case not in TOOLS[worker.name].cases:
            continue
        if worker.missing:
            missing[worker.name] = worker.missing
            continue
        built = worker.ask("build", case=case, size="reduced" if case == "reduced" else "tiny", **FEW)
        assert built == {}, (worker.name, built)
        values[worker.name] = np.array(worker.ask("result", steps=STEPS)["values"])
    assert {OURS, "numpy"} <= set(values) and set(missing) <= {name for name in TOOLS if not TOOLS[name].own}
    for name, one in values.items():  # of the scalar recursions some take fewer trajectories, the first ones
        same = values[OURS][: one.size]
        assert one.size > 0 and np.abs(one - same).max() <= 1e-12 * np.abs(same).max(), name
    # The peers have an environment of their own; a quiet skip would look like agreement.
    with capsys.disabled():
        for name, why in missing.items():
            sys.stdout.write(f"\n{case}: {name} is not compared ({why})")


def test_steps_move_and_attacks_fool_nobody():
    for case in ("standard", "adversarial"):
        given = problem(case, SIZES["tiny"])
        from benchmarks.peers.numpy_peer import build, examples

        assert np.abs(build(given, 1)(STEPS)[0] - given.W[0]).max() > 1e-4
        moved = np.abs(examples(given, given.W[0]) - given.X)
        assert 0 < moved.max() <= given.epsilon * (1 + 1e-12)
    from benchmarks.peers.numpy_peer import attacked, both

    given = problem("pgd-20", SIZES["S"])
    for X in (given.X, attacked(given, 20)):
        z = np.einsum("npd,krd->npkr", X, given.W[0])
        F = both(z)[0].sum(axis=(1, 3))
        own = F[np.arange(given.y.size), given.y]
        F[np.arange(given.y.size), given.y] = -np.inf
        margin = own - F.max(axis=1)
        assert margin.min() > 0 and margin.max() < 20
    assert np.abs(attacked(given, 20) - given.X).max() == pytest.approx(given.epsilon)


def test_operations_are_those_of_the_products():
    size = Size("x", k=3, d=7, P=2, m=4, N=5, attacked=4)
    product = 2 * 5 * 2 * 12 * 7
    assert flops("standard", size) == 2 * product
    assert flops("adversarial", size) == 2 * product + 2 * product / 3
    assert flops("pgd-20", size) == 2 * product * 4 / 5
    assert flops("batched", size) == RUNS * flops("adversarial", size)


def test_the_table_holds_every_cell(tmp_path, capsys):
    tools = "limit,memory,ours,numpy,torch"
    bench.main(["--sizes", "tiny", "--threads", "1,2", "--rounds", "2", "--seconds", "0.002", "--tools", tools,
                "--cases", "standard", "--out", str(tmp_path)])
    text = capsys.readouterr().out
    assert text == (tmp_path / "bench.txt").read_text()
    document = json.loads((tmp_path / "bench.json").read_text())
    assert [(row["case"], row["threads"]) for row in document["rows"]] == [("standard", 1), ("standard", 2)]
    for row in document["rows"]:
        measured = {name for name, tool in row["tools"].items() if tool["status"] == "measured"}
        assert {LIMIT, MEMORY, OURS, "numpy"} <= measured
        assert ("ours, one thread" in measured) == (row["threads"] == 2)
        assert set(row["tools"]) - measured == ({"torch"} & set(document["missing"]))
        for name in measured - {MEMORY, LIMIT}:
            assert len(row["tools"][name]["seconds"]) == 2 and row["tools"][name]["over_limit"]["median"] != 0
        assert math.isfinite(row["reading_over_limit"]["median"])
        assert f"{row['size']} {row['case']}" in text
    for name in document["missing"]:
        assert f"missing: {name} (" in text
    assert (tmp_path / "bench.svg").read_text().startswith("<?xml")
    assert "failed" not in text


def test_aims_are_judged():
    tool = {"status": "measured", "seconds": [1.0]}
    row = {"size": "M", "case": "adversarial", "threads": 1, "operations": 1.0, "tools": {
        OURS: tool | {"over_limit": {"median": 1.1}, "over_ours": {"median": 1.0}},
        "torch": tool | {"over_limit": {"median": 5.0}, "over_ours": {"median": 4.5}},
        "torch-compile": {"status": "failed", "why": "no compiler"},
        "jax": {"status": "missing", "why": "No module named 'jax'"}}}
    text = text_of({"rounds": 1, "rows": [row], "missing": {"jax": "No module named 'jax'"}})
    judged = {line.split()[4]: line for line in text.splitlines() if line.startswith("  M adversarial, 1 thread ")}
    assert judged["limit"].endswith("1.10  reached") and judged["torch"].endswith("4.50  not reached")
    assert judged["jax"].endswith("not measured") and judged["torch-compile"].endswith("not measured")
    assert "missing: jax (No module named 'jax')" in text and "failed: torch-compile at M" in text
    assert {aim.size for aim in AIMS} == {"S", "M", "L", "reduced"}


def test_exponents_are_recovered():
    x = [1, 3, 10, 30, 100]
    exact = growth.fitted(x, [2.0 * v**1.5 for v in x])
    assert exact.exponent == pytest.approx(1.5, abs=1e-12) and exact.reach <= 1e-9
    rough = growth.fitted(x, [v * f for v, f in zip(x, (1.0, 1.2, 0.9, 1.1, 1.0), strict=True)])
    assert abs(rough.exponent - 1) <= rough.reach
    assert growth.sized(growth.BASE, "d", 16).d == 16 and growth.sized(growth.BASE, "T", 16) == growth.BASE
    for name, values in growth.DECADES.items():
        assert values[-1] >= 100 * values[0] * 0.99, name


def test_unknown_names_are_refused(capsys):
    for wrong in (["--sizes", "XL"], ["--tools", "matlab"], ["--cases", "fast"], ["--rounds", "0"], ["--threads", "0"]):
        with pytest.raises(SystemExit):
            bench.main(wrong)
    assert "XL: unknown" in capsys.readouterr().err
