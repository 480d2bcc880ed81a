"""How long deciding an order statement takes as the number of hypotheses grows.

Taken like this: statements with hidden growth rates (twice as many hypotheses as quantities, products of up to three
quantities against powers of k and log k), several per size, each decided once after one that is thrown away; processor
time of one process with one thread, so that what else runs on the machine matters little. Times are given relative to
the median at the smallest size; the exponent is the slope of log time against log size by least squares, over the
medians. Run with ``OMP_NUM_THREADS=1 python benchmarks/orders.py`` in the root of the source tree.
"""

import math
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.orders.large import large_statement
from theorycheck.orders.decide import decide_statement

SIZES = (20, 30, 40, 60, 80, 100, 120, 150)
SEEDS = 9


def times(hypotheses: int) -> tuple[list[float], int]:
    """Seconds for each statement, and how many were decided."""
    taken, decided = [], 0
    for seed in range(SEEDS):
        statement = large_statement(seed, hypotheses // 2, hypotheses)
        start = time.process_time()
        found = decide_statement(statement)
        taken.append(time.process_time() - start)
        decided += found.certificate is not None or found.ray is not None
    return taken, decided


def main() -> None:
    times(SIZES[0])
    points = []
    first = 0.0
    rows = ["hypotheses  decided  median  largest  (times relative to the median at the smallest size)"]
    for size in SIZES:
        taken, decided = times(size)
        median = statistics.median(taken)
        first = first or median
        points.append((math.log(size), math.log(median)))
        rows.append(f"{size:10d}  {decided}/{SEEDS}      {median / first:6.2f}  {max(taken) / first:7.2f}")
    slope = statistics.linear_regression(*zip(*points, strict=True)).slope
    rows.append(f"time grows like size^{slope:.2f}")
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
