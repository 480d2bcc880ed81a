"""How long the kernels that `theorycheck verify` uses take to compile (cold) and to come from the cache (warm).

    python -m benchmarks.startup [--rounds 5]

Cold: an empty cache folder; warm: the same one again, the whole life of a process that imports them and calls each
once on something small. Also what verifying a paper does before its first check, the libraries that both import, and
`theorycheck --help`. Wall and processor seconds, medians; of compilation the processor's count, since other processes
hardly touch them.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

from .tools import ROOT, environment

MODULE = "benchmarks.startup"
# What numba does at the first call of any kernel is in it: it imports the last and fills its tables.
LIBRARIES = ("import numpy, numba, sympy, scipy.linalg; from numba.core.registry import cpu_target as target; "
             "target.typing_context.refresh(); target.target_context.refresh()")
CHILD = {"kernels": ("-m", MODULE, "--child", "kernels"), "paper": ("-m", MODULE, "--child", "paper"),
         "libraries": ("-c", LIBRARIES), "help": ("-m", "theorycheck.cli", "--help")}


def kernels() -> None:
    """Calls once what `verify li-li-2024` calls: every training, the attacks, the worst cases, the tape."""
    import numpy as np
    import sympy
    import theorycheck_simulations.network as network
    from theorycheck_simulations.adversarial import train_adversarials
    from theorycheck_simulations.data import sample
    from theorycheck_simulations.population import train_population, train_populations
    from theorycheck_simulations.reduced import train_reduced
    from theorycheck_simulations.setting import setting_from
    from theorycheck_simulations.threats import robust_accuracy

    from theorycheck.recursion import Recursion

    x = sympy.Symbol("x")
    Recursion("square", {"x": x + x**2}).iterate(np.full((1, 1), 0.25), {}, steps=2)
    setting = setting_from({"k": 2, "d": 5, "n_N": 3, "m": 2, "N": 4, "T": 2})
    train_reduced(setting, 1)
    train_population(setting, 1, stride=1)
    train_populations(setting, 1, 2)
    runs = train_adversarials(setting, 1, 2)
    data = sample(setting.replace(sigma_n=0.1, n_N=400), 1)
    run = network.train_network(data, 1, adversarial=True)
    network.network_outputs(data.setting, run.W, data.X)
    network.perturb(data, run.W)
    for what, W in ((setting, runs.W[0]), (data, run.W)):  # few patches are done by one thread, more by all
        robust_accuracy(what, np.asarray(W), "linf", 0.5)


def paper() -> None:
    """What `verify li-li-2024` does before its first check."""
    import theorycheck.cli.verify  # noqa: F401
    from theorycheck.loader import load

    found = load("li-li-2024")
    found.claims(found.setting({}))


def child(what: str) -> None:
    """Runs one of them in this process; says what compilation took of it."""
    if what == "paper":
        paper()
        sys.stdout.write(json.dumps({}) + "\n")
        return
    from numba.core import event

    class Listener(event.Listener):
        depth, started, total, functions = 0, 0.0, 0.0, 0

        def on_start(self, event: object) -> None:
            if self.depth == 0:
                self.started = time.process_time()
            self.depth += 1

        def on_end(self, event: object) -> None:
            self.depth -= 1
            self.functions += 1
            if self.depth == 0:
                self.total += time.process_time() - self.started

    listener = Listener()
    event.register("numba:compile", listener)
    kernels()
    sys.stdout.write(json.dumps({"compiling": listener.total, "compiled": listener.functions}) + "\n")


def timed(what: str, cache: str, threads: int = 1) -> dict[str, float]:
    """Wall and processor seconds of a process, and what it says."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, *CHILD[what]], cwd=ROOT, capture_output=True, text=True, check=True,
                          env=environment(threads) | {"NUMBA_CACHE_DIR": cache})
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    said = json.loads(done.stdout) if what in ("kernels", "paper") else {}
    return {"wall": wall, "processor": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, **said}


def line(name: str, found: Sequence[dict[str, float]]) -> str:
    """Medians."""
    cells = (f"{key} {statistics.median(one[key] for one in found):.2f}" for key in found[0])
    return f"{name:16s} " + ", ".join(cells)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints a line each."""
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}", description="Cold and warm start.")
    parser.add_argument("--child", choices=("kernels", "paper"), help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    if given.child:
        child(given.child)
        return
    with tempfile.TemporaryDirectory() as cache:
        lines = [line("kernels, cold", [timed("kernels", cache)])]
        for what in CHILD:
            timed(what, cache)
            lines.append(line(f"{what}, warm" if what == "kernels" else what,
                              [timed(what, cache) for _ in range(given.rounds)]))
    sys.stdout.write("\n".join([*lines, f"processors: {os.cpu_count()}"]) + "\n")


if __name__ == "__main__":
    main()
