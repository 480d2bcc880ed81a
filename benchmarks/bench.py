"""Ours, NumPy, PyTorch and JAX on the same steps: a table of ratios, bench.json and bench.svg.

    python -m benchmarks.bench [--peers PYTHON] [--out DIR] [--sizes S,M,L,reduced] [--threads 1,2]

README.md says how it is taken.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from .measure import Plan, group
from .plot import draw
from .problem import SIZES, Case
from .table import text_of
from .tools import TOOLS

BATCHED = ("S", "tiny")  # small runs are what is batched
NAMES = tuple(TOOLS)


def cases_of(size: str) -> list[Case]:
    """The cases that are measured at a size."""
    if size == "reduced":
        return ["reduced"]
    return [case for case in get_args(Case) if case != "reduced" and (case != "batched" or size in BATCHED)]


def available() -> float:
    """Bytes of memory that nobody uses."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return 1024.0 * int(line.split()[1])
    raise OSError("/proc/meminfo: no MemAvailable")


def measured(arguments: argparse.Namespace) -> dict[str, Any]:
    """The document that is stored."""
    about: dict[str, Any] = {"versions": {}, "missing": {}}

    def say(text: str) -> None:
        sys.stderr.write(text + "\n")

    plan = Plan(arguments.rounds, arguments.seconds, sys.executable, arguments.peers, say)
    rows: list[dict[str, Any]] = []
    for threads in arguments.threads:
        for size in arguments.sizes:
            cases = [case for case in cases_of(size) if not arguments.cases or case in arguments.cases]
            if cases:
                rows += group(size, cases, threads, arguments.tools, plan, available(), about)
    return {"rounds": arguments.rounds, "seconds": arguments.seconds, "machine": platform.machine(),
            "cores": os.cpu_count(), "python": platform.python_version(), **about, "rows": rows}


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options."""
    def listed(text: str) -> list[str]:
        return [part for part in text.split(",") if part]

    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description="Ratios to the limit and to peers.")
    parser.add_argument("--peers", default=sys.executable, help="interpreter with PyTorch and JAX; default: this one")
    parser.add_argument("--out", type=Path, default=Path("build/bench"), help="folder of bench.json and bench.svg")
    parser.add_argument("--sizes", type=listed, default=["S", "M", "L", "reduced"])
    parser.add_argument("--cases", type=listed, default=[], help="default: all")
    parser.add_argument("--tools", type=listed, default=list(NAMES))
    parser.add_argument("--threads", type=lambda text: [int(part) for part in listed(text)], default=[1, 2])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.3, help="of one sample")
    found = parser.parse_args(arguments)
    for given, known in ((found.sizes, SIZES), (found.tools, TOOLS), (found.cases, get_args(Case))):
        for name in given:
            if name not in known:
                parser.error(f"{name}: unknown (allowed: {', '.join(known)})")
    if found.rounds < 1 or min(found.threads, default=0) < 1 or not found.seconds > 0:
        parser.error("rounds, threads, seconds: more than 0")
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, prints the table and writes the files."""
    given = parsed(arguments)
    document = measured(given)
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "bench.json").write_text(json.dumps(document, indent=1) + "\n")
    draw(document, given.out / "bench.svg")
    text = text_of(document)
    (given.out / "bench.txt").write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
