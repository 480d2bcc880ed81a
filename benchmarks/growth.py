"""How time and memory of a step grow with N, d, P, m and k, and a run's with T, against the operations counted.

    python -m benchmarks.growth [--case standard] [--out DIR] [--rounds 5]

Each over two decades, the others fixed; processor time of one thread, a process for every value. The exponent is the
slope of the logarithms by least squares over the medians, with Student's interval at 95 %.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from .problem import Size, flops
from .tools import OURS, Worker

BASE = Size("base", k=4, d=64, P=8, m=8, N=256, attacked=256)
DECADES: dict[str, tuple[int, ...]] = {
    "N": (32, 68, 150, 320, 680, 1500, 3200), "d": (16, 34, 74, 160, 340, 740, 1600), "P": (2, 4, 9, 20, 43, 93, 200),
    "m": (1, 2, 5, 10, 22, 46, 100), "k": (2, 4, 9, 20, 43, 93, 200), "T": (10, 22, 46, 100, 220, 460, 1000),
}
# 200 classes need 400 coordinates for their features; filters are fewer in return. T grows where a step is short.
BASES = {"k": replace(BASE, d=400, m=2, N=400, attacked=400), "T": replace(BASE, N=32, attacked=32)}
LARGE = (Size("M", 5, 256, 16, 10, 1000, 1000), Size("L", 10, 1024, 32, 20, 2000, 250))
MORE = 16
STEPS = 2  # of the run whose memory is taken


@dataclass(frozen=True)
class Slope:
    """An exponent and the half-width of its interval."""

    exponent: float
    reach: float

    def __str__(self) -> str:
        return f"{self.exponent:5.2f} +- {self.reach:.2f}"


def fitted(x: Sequence[float], y: Sequence[float]) -> Slope:
    """The slope of log y by log x."""
    from scipy.stats import t

    X, Y = np.log(x), np.log(y)
    found = statistics.linear_regression(X.tolist(), Y.tolist())
    freedom = len(x) - 2
    left = Y - found.intercept - found.slope * X
    error = float(np.sqrt((left @ left) / freedom / ((X - X.mean()) @ (X - X.mean())))) if freedom > 0 else float("nan")
    return Slope(found.slope, float(t.isf(0.025, freedom)) * error if freedom > 0 else float("nan"))


def sized(base: Size, name: str, value: int) -> Size:
    """The base with one number changed; a run's length is none of them."""
    return base if name == "T" else Size(**{**asdict(base), name: value})


def counted(size: Size) -> tuple[float, float]:
    """Bytes of the data, X, y and which patches are robust, and of the weights."""
    patches = size.N * size.P
    return 8.0 * (patches * size.d + size.N) + patches, 8.0 * size.k * size.m * size.d


def times(case: str, name: str, values: Sequence[int], rounds: int, seconds: float) -> list[float]:
    """Median processor seconds of a step at each value, or of a run of so many steps; the values in turn."""
    base = BASES.get(name, BASE)
    workers = [Worker(OURS, 1, sys.executable) for _ in values]
    try:
        for worker, value in zip(workers, values, strict=True):
            size = sized(base, name, value)
            _checked(worker.ask("build", case=case, size=asdict(size)))
            if name != "T":
                _checked(worker.ask("calibrate", seconds=seconds))
        taken: list[list[float]] = [[] for _ in values]
        for _ in range(rounds):
            for worker, value, found in zip(workers, values, taken, strict=True):
                said = worker.ask("whole", steps=value) if name == "T" else worker.ask("time")
                found.append(float(_checked(said)["processor"]))
        return [statistics.median(found) for found in taken]
    finally:
        for worker in workers:
            worker.close()


def memory(case: str, size: Size, since: str = "bytes") -> float:
    """Bytes by which the peak of a run exceeds what was held before the data were made, or before the run ("step")."""
    worker = Worker(OURS, 1, sys.executable)
    try:
        return float(_checked(worker.ask("memory", case=case, size=asdict(size), steps=STEPS))[since])
    finally:
        worker.close()


def _checked(said: dict[str, Any]) -> dict[str, Any]:
    if "failed" in said:
        raise RuntimeError(said["failed"])
    return said


def growth(case: str, name: str, rounds: int, seconds: float) -> dict[str, Any]:
    """Everything about one variable."""
    values, base = DECADES[name], BASES.get(name, BASE)
    taken = times(case, name, values, rounds, seconds)
    sizes = [sized(base, name, value) for value in values]
    # Memory at every second value, and with more points, so that the data outweigh what any process gains on its way.
    large = [] if name == "T" else [replace(size, N=MORE * size.N) for size in sizes[::2]]
    held = [memory(case, size) for size in large]
    work = [float(v) for v in values] if name == "T" else [flops(case, size) for size in sizes]  # type: ignore[arg-type]
    found = {"name": name, "values": values, "seconds": taken, "bytes": held, "time": fitted(values, taken),
             "last decade": fitted(values[-4:], taken[-4:]), "operations": fitted(values, work)}
    if held:
        found |= {"memory": fitted(values[::2], held),
                  "data and weights": fitted(values[::2], [sum(counted(size)) for size in large])}
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table and writes growth.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description="Exponents of time and memory.")
    parser.add_argument("--case", choices=("standard", "adversarial"), default="adversarial")
    parser.add_argument("--variables", type=lambda text: text.split(","), default=list(DECADES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.2)
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    given = parser.parse_args(arguments)
    rows = [growth(given.case, name, given.rounds, given.seconds) for name in given.variables]
    lines = [f"{given.case}, exponents with intervals at 95 %",
             "    time            last decade     operations  memory          data and weights"]
    for row in rows:
        more = f"  {row['memory']}   {row['data and weights'].exponent:5.2f}" if "memory" in row else ""
        operations = f"{row['operations'].exponent:5.2f}"
        lines.append(f"{row['name']:2s}  {row['time']}   {row['last decade']}   {operations}     {more}")
    for size in LARGE:
        whole, step = (memory(given.case, size, since) / sum(counted(size)) for since in ("bytes", "step"))
        lines.append(f"memory at {size.name} over data and weights: of the steps {step:.3f}, "
                     f"with the caller's {whole:.3f}")
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / f"growth-{given.case}.json").write_text(json.dumps(rows, default=asdict, indent=1) + "\n")
    text = "\n".join(lines) + "\n"
    (given.out / f"growth-{given.case}.txt").write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
