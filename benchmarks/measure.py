"""Rounds of short samples, every tool in turn, so that what slows the machine down slows all of them down."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .peers.limit_peer import PRODUCT, TRAFFIC
from .problem import SIZES, Case, Size, flops
from .tools import LIMIT, MEMORY, OURS, TOOLS, Worker, start

ONE = "ours, one thread"  # beside two threads, so that both stand in the same rounds
COPIES = 3  # of the data that a tool holds between its samples, at most
Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What is measured how: samples of so many seconds, so many rounds."""

    rounds: int
    seconds: float
    own: str
    peers: str
    say: Say
    sizes: dict[str, int] = field(default_factory=dict)  # runs and trajectories, where not the case's own


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median and quartiles."""
    if len(values) == 1:
        return dict.fromkeys(("median", "low", "high"), values[0])
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": median, "low": low, "high": high}


def portions(names: Sequence[str], size: Size, available: float) -> list[list[str]]:
    """The peers in portions whose data fit into half of the memory together."""
    data = 8.0 * size.N * size.P * size.d * COPIES
    room = max(1, int(available / 2 / max(data, 1.0)))
    return [list(names[i : i + room]) for i in range(0, len(names), room)]


def rounds(workers: Sequence[Worker], case: Case, size: Size,
           plan: Plan) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Samples by name, round by round, and why a tool has none."""
    ready, failed = [], {}
    for name, worker in _named(workers):
        if worker.missing or case not in TOOLS[worker.name].cases:
            continue
        said = worker.ask("build", case=case, size=size.name, **plan.sizes)
        if "failed" not in said:
            said = worker.ask("calibrate", seconds=plan.seconds)
        if "failed" in said:
            failed[name] = str(said["failed"])
        else:
            ready.append((name, worker))
    found = []
    for _ in range(plan.rounds):
        samples = {name: worker.ask("time") for name, worker in ready}
        for name, sample in list(samples.items()):
            if "failed" in sample:
                failed[name] = str(sample["failed"])
                ready = [pair for pair in ready if pair[0] != name]
                del samples[name]
        found.append(samples)
    return found, failed


def _named(workers: Iterable[Worker]) -> list[tuple[str, Worker]]:
    """ours comes twice beside two threads."""
    seen: set[str] = set()
    pairs = []
    for worker in workers:
        pairs.append((ONE if worker.name in seen else worker.name, worker))
        seen.add(worker.name)
    return pairs


def time_of(sample: dict[str, Any], threads: int) -> float:
    """Seconds a step: of one thread the processor's, which other processes hardly touch; of more the wall's."""
    return float(sample["processor"] if threads == 1 else sample["seconds"])


def row(case: Case, size: Size, threads: int, portions_of: list[list[dict[str, Any]]], failed: dict[str, str],
        missing: dict[str, str]) -> dict[str, Any]:
    """One case as it is stored: for every tool times a step, ratios to the limit and to ours, medians over rounds."""
    work = flops(case, size)
    tools: dict[str, dict[str, Any]] = {}
    for name in (*TOOLS, ONE):
        kind = OURS if name == ONE else name
        if case not in TOOLS[kind].cases or (name == ONE and threads == 1):
            continue
        if kind in missing or name in failed:
            status = "missing" if kind in missing else "failed"
            tools[name] = {"status": status, "why": missing.get(kind, failed.get(name))}
            continue
        seconds, over_limit, over_ours = [], [], []
        for samples in (s for part in portions_of for s in part):
            if name not in samples:
                continue
            taken = time_of(samples[name], threads)
            seconds.append(taken)
            if LIMIT in samples and work:
                over_limit.append(taken * PRODUCT / (time_of(samples[LIMIT], threads) * work))
            if OURS in samples:
                over_ours.append(taken / time_of(samples[OURS], threads))
        if not seconds:
            continue
        tools[name] = {"status": "measured", "seconds": seconds}
        tools[name] |= {key: spread(values) for key, values in (("over_limit", over_limit), ("over_ours", over_ours))
                        if values}
    return {"size": size.name, "case": case, "threads": threads, "operations": work, "tools": tools} | _machine(
        portions_of, case, size, threads)


def _machine(portions_of: list[list[dict[str, Any]]], case: Case, size: Size, threads: int) -> dict[str, Any]:
    """Operations and bytes a second, and one reading of the data at that bandwidth relative to the limit."""
    both = [(PRODUCT / time_of(s[LIMIT], threads), TRAFFIC / time_of(s[MEMORY], threads))
            for part in portions_of for s in part if LIMIT in s and MEMORY in s]
    if not both:
        return {}
    found: dict[str, Any] = {"operations_a_second": spread([rate for rate, _ in both]),
                             "bytes_a_second": spread([bandwidth for _, bandwidth in both])}
    if flops(case, size):
        data = 8.0 * size.points(case) * size.P * size.d
        found["reading_over_limit"] = spread([data / bandwidth * rate / flops(case, size) for rate, bandwidth in both])
    return found


def group(size_name: str, cases: Sequence[Case], threads: int, names: Sequence[str], plan: Plan, available: float,
          about: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of one size at one number of threads; ``about`` gains the versions and what is missing."""
    size = SIZES[size_name]
    kept = [name for name in names if name not in (LIMIT, MEMORY, OURS) and set(TOOLS[name].cases) & set(cases)]
    found: dict[Case, list[list[dict[str, Any]]]] = {case: [] for case in cases}
    failed: dict[Case, dict[str, str]] = {case: {} for case in cases}
    for part in portions(kept, size, available) or [[]]:
        workers = start([LIMIT, MEMORY, OURS, *part], threads, plan.own, plan.peers)
        if threads > 1:
            workers += start([OURS], 1, plan.own, plan.peers)
        try:
            for worker in workers:
                about["versions"][worker.name] = worker.about.get("versions", {})
                if worker.missing or "failed" in worker.about:
                    about["missing"][worker.name] = worker.missing or worker.about["failed"]
            for case in cases:
                plan.say(f"{size_name} {case}, {threads} threads: {', '.join(part)}")
                samples, lost = rounds(workers, case, size, plan)
                found[case].append(samples)
                failed[case] |= lost
        finally:
            for worker in workers:
                worker.close()
    return [row(case, size, threads, found[case], failed[case], about["missing"]) for case in cases]
