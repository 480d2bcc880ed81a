"""The tools that are compared: where each stands, and the process of its own in which it runs."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .problem import CASES, Case

ROOT = Path(__file__).parent.parent
NETWORK: tuple[Case, ...] = ("standard", "adversarial", "pgd-20", "batched")


@dataclass(frozen=True)
class Tool:
    """A module of `peers` with the arguments of its `build`, and the variables of its process.

    own: runs in our interpreter, else in that of the peers. A run of ours has a part that does not grow with its
    steps; what it takes is not the step's (``fixed``).
    """

    module: str
    options: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    own: bool = False
    fixed: bool = False
    cases: tuple[Case, ...] = NETWORK


LIMIT, MEMORY, OURS = "limit", "memory", "ours"
TOOLS: Mapping[str, Tool] = MappingProxyType({
    LIMIT: Tool("limit_peer", own=True, cases=CASES),
    MEMORY: Tool("limit_peer", {"memory": True}, own=True, cases=CASES),
    OURS: Tool("ours_peer", own=True, fixed=True, cases=CASES),
    "numpy": Tool("numpy_peer", own=True, cases=CASES),
    "numpy-vectorised": Tool("numpy_peer", {"vectorised": True}, own=True, cases=("reduced",)),
    "torch": Tool("torch_peer"),
    # Large blocks are kept instead of being given back to the system and cleared page by page at every step.
    "torch-malloc": Tool("torch_peer", environment={"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(2**60)}),
    "torch-compile": Tool("torch_peer", {"kind": "compile"}),
    "torch-hand": Tool("torch_peer", {"kind": "hand"}),
    "jax": Tool("jax_peer", cases=CASES),
})


def environment(threads: int) -> dict[str, str]:
    """The variables that give a process so many threads, whatever it computes with."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "NPROC")
    found = dict(os.environ) | dict.fromkeys(names, str(threads))
    if threads == 1:
        found["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    return found


class Worker:
    """A process that builds one problem at a time and takes steps of it when asked."""

    def __init__(self, name: str, threads: int, interpreter: str) -> None:
        tool = TOOLS[name]
        self.name, self.threads = name, threads
        self.process = subprocess.Popen(
            [interpreter, "-m", "benchmarks.worker", name, str(threads)], cwd=ROOT, text=True, bufsize=1,
            env=environment(threads) | dict(tool.environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)
        self.about = self._read()

    @property
    def missing(self) -> str:
        """Why the tool cannot be had; empty if it can."""
        return str(self.about.get("missing", ""))

    def ask(self, order: str, **what: Any) -> dict[str, Any]:
        """The answer, or {"failed": why}."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps({"order": order, **what}) + "\n")
        except BrokenPipeError:
            return {"failed": "its process has ended"}
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            return {"failed": f"its process ended (exit code {self.process.wait()})"}
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """Ends the process."""
        self.process.kill()
        self.process.communicate()


def start(names: Sequence[str], threads: int, own: str, peers: str) -> list[Worker]:
    """The processes of these tools."""
    return [Worker(name, threads, own if TOOLS[name].own else peers) for name in names]
