"""The process of one tool: reads orders as lines of JSON and answers each with one.

    python -m benchmarks.worker TOOL THREADS
"""

import importlib
import importlib.metadata
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .problem import SIZES, Floats, Size, problem
from .tools import TOOLS, Tool

Run = Callable[[int], Floats]
PACKAGES = ("numpy", "numba", "torch", "jax", "jaxlib")


def per_step(tool: Tool, run: Run, steps: int) -> tuple[float, float]:
    """Seconds and processor seconds of a step, from a run of so many; of 1 + steps less one where runs cost more."""
    def taken(count: int) -> tuple[float, float]:
        wall, processor = time.perf_counter(), time.process_time()
        run(count)
        return time.perf_counter() - wall, time.process_time() - processor

    if not tool.fixed:
        return tuple(value / steps for value in taken(steps))  # type: ignore[return-value]
    one, more = taken(1), taken(1 + steps)
    return (more[0] - one[0]) / steps, (more[1] - one[1]) / steps


def enough(tool: Tool, run: Run, seconds: float) -> int:
    """Steps that take so many seconds, after what is compiled has been."""
    steps = 1
    while True:
        # The lesser of two: the first of a kind pays for memory that the system has yet to hand out.
        started = time.perf_counter()
        taken = min(per_step(tool, run, steps)[0] for _ in range(2)) * steps
        # Of a difference, what is taken off must not outweigh what is left.
        whole = (time.perf_counter() - started) / 2
        if (taken >= 0.3 * seconds and (not tool.fixed or taken >= 0.6 * whole)) or steps >= 10**6:
            wanted = max(1, round(steps * seconds / max(taken, 1e-9)))
            return max(steps, wanted) if tool.fixed else wanted
        steps = steps * 4


def size_of(given: str | dict[str, Any]) -> Size:
    """A size by its name or by its numbers."""
    return SIZES[given] if isinstance(given, str) else Size(**given)


def memory(tool: Tool, module: Any, threads: int, order: dict[str, Any]) -> dict[str, int]:
    """Bytes by which the peak of a run exceeds what was held before its data were made, and before it began.

    With everything loaded; the second is what the steps themselves work on.
    """
    module.build(problem(order["case"], SIZES["tiny"]), threads, **tool.options)(order["steps"])
    before = resident("VmRSS")
    run = module.build(problem(order["case"], size_of(order["size"])), threads, **tool.options)
    made = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here
    run(order["steps"])
    return {"bytes": resident("VmHWM") - before, "step": resident("VmHWM") - made}


def resident(key: str) -> int:
    """Bytes of memory that the process holds (VmRSS), or held at its peak (VmHWM)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return 1024 * int(line.split()[1])
    raise OSError(f"/proc/self/status: no {key}")


def answer(tool: Tool, module: Any, threads: int, state: dict[str, Any], order: dict[str, Any]) -> dict[str, Any]:
    """What one order gives; ``state`` holds the built problem. Times are of one trajectory, where there are several."""
    what = order.pop("order")
    if what == "memory":
        return memory(tool, module, threads, order)
    if what == "build":
        state.clear()
        case, size = order.pop("case"), size_of(order.pop("size"))
        state["run"] = run = module.build(problem(case, size, **order), threads, **tool.options)
        first = run(1)  # compiles
        state["units"] = first.shape[0] if case == "reduced" and first.ndim == 4 else 1
        return {}
    if what == "calibrate":
        state["steps"] = enough(tool, state["run"], order["seconds"])
        return {"steps": state["steps"]}
    if what == "time":
        state["run"](1)  # untimed: while others had their turn, caches and perhaps memory were taken away
        seconds, processor = per_step(tool, state["run"], state["steps"])
        return {"seconds": seconds / state["units"], "processor": processor / state["units"]}
    if what == "whole":
        started = time.process_time()
        state["run"](order["steps"])
        return {"processor": time.process_time() - started}
    return {"values": state["run"](order["steps"]).ravel().tolist()}  # what == "result"


def main() -> None:
    """Answers orders until there are none."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a library prints must not stand between the answers
    tool, threads = TOOLS[sys.argv[1]], int(sys.argv[2])
    try:
        module = importlib.import_module(f".peers.{tool.module}", __package__)
    except ImportError as error:
        out.write(json.dumps({"missing": str(error)}) + "\n")
        return
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    out.write(json.dumps({"versions": versions}) + "\n")
    state: dict[str, Any] = {}
    for line in sys.stdin:
        try:
            found = answer(tool, module, threads, state, json.loads(line))
        except Exception as error:
            found = {"failed": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"}
        out.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
