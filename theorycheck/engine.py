"""Runs checks: what is stored is read back and re-checked, the rest runs in worker processes with a time limit."""

import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from pebble import ProcessExpired, ProcessPool

from . import kernel, store
from .checks import asymptotic
from .checks.certified import Certified
from .checks.check import Check, Context, Profile
from .checks.run import Run
from .checks.symbolic import recheck
from .checks.vacuity import NonVacuity, holds_at
from .claim import Claim
from .evidence import Evidence, evidence_from
from .ledger import Entry
from .loader import load
from .paper import Paper
from .verdict import Verdict


@dataclass(frozen=True)
class Plan:
    """What a run depends on.

    Args:
        reference: id or path of the paper, as `loader.load` takes it; workers load it anew.
        setting: the parameters that the user gave, before validation.
        profile, seed: as in `Context`.
        jobs: worker processes; 0 runs everything in this process, without time limits.
        seconds: time limit of one check.
    """

    reference: str
    setting: Mapping[str, Any]
    profile: Profile = Profile.DEFAULT
    seed: int = 0
    jobs: int = 2
    seconds: float = 900.0


@dataclass(frozen=True)
class Task:
    """One check of one claim."""

    claim: str
    index: int


def checks_of(claim: Claim) -> tuple[Check, ...]:
    """The claim's checks, and before them the one that its hypotheses can hold."""
    formal = bool(claim.relations or claim.quantities) or any(part.given for part in claim.parts)
    return (*((NonVacuity(),) if formal else ()), *claim.checks)


def context_of(paper: Paper, plan: Plan) -> tuple[dict[str, Claim], Context]:
    """The paper's claims at the plan's setting, and the context that their checks see."""
    setting = paper.setting(plan.setting)
    claims = paper.claims(setting)
    tests = sum(
        isinstance(check, Run) and check.kind == "statistics" for claim in claims.values() for check in claim.checks
    )
    return claims, Context(paper.id, setting, plan.profile, plan.seed, max(1, tests))


def execute(
    plan: Plan,
    wanted: Sequence[str],
    results: store.Store | None,
    fresh: bool,
    progress: Callable[[str, Evidence], None],
) -> list[Entry]:
    """Evidence for every wanted claim, in the given order.

    Args:
        plan: what to run.
        wanted: claim ids.
        results: the store, or None to keep nothing.
        fresh: recompute what is stored.
        progress: called with a claim's id as each of its checks ends.
    """
    paper = load(plan.reference)
    claims, context = context_of(paper, plan)
    tasks = [Task(name, index) for name in wanted for index in range(len(checks_of(claims[name])))]
    modules = paper.modules(context.setting)
    keys = {task: _key(paper, modules[task.claim], task, plan, context) for task in tasks}
    found: dict[Task, Evidence] = {}
    for task in tasks:
        stored = None if results is None or fresh else results.get(keys[task])
        evidence = None if stored is None else _read_back(stored, claims[task.claim])
        if evidence is not None:
            found[task] = evidence
            progress(task.claim, evidence)
    # What runs long is started first, so that no worker is left alone with it at the end.
    missing = sorted(
        (task for task in tasks if task not in found),
        key=lambda t: not isinstance(checks_of(claims[t.claim])[t.index], Run | Certified),
    )
    here = ((task, _run(claims[task.claim], task.index, context)) for task in missing)
    for task, evidence in here if plan.jobs == 0 else _compute(missing, plan):
        found[task] = evidence
        # An error or a time-out may pass, so only results are kept.
        if results is not None and evidence.verdict not in (Verdict.ERROR, Verdict.INCONCLUSIVE):
            results.put(keys[task], evidence.to_json())
        progress(task.claim, evidence)
    return [Entry(claims[name], tuple(found[task] for task in tasks if task.claim == name)) for name in wanted]


def _compute(tasks: Sequence[Task], plan: Plan) -> Iterator[tuple[Task, Evidence]]:
    if not tasks:
        return
    text, workers = json.dumps(asdict(plan)), min(plan.jobs, len(tasks))
    # Spawn: OpenMP does not survive a fork. A worker that hangs in compiled code ignores alarms, so it is killed.
    shared = max(1, (os.cpu_count() or 1) // workers)
    with threads(shared), ProcessPool(max_workers=workers, context=multiprocessing.get_context("spawn")) as pool:
        try:
            futures: dict[Future[Evidence], Task] = {}
            for task in tasks:
                futures[pool.schedule(run_task, args=(text, task), timeout=plan.seconds)] = task
            for future in as_completed(futures):
                task = futures[future]
                try:
                    yield task, future.result()
                except FutureTimeout:
                    yield task, Evidence("engine", Verdict.INCONCLUSIVE, f"stopped after {plan.seconds:g} s")
                except ProcessExpired as error:
                    reason = f"the worker process died (exit code {error.exitcode})"
                    yield task, Evidence("engine", Verdict.ERROR, reason)
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Gives `count` threads to each process that starts inside: BLAS and numba read these once, else take all cores."""
    names = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, str(count)))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@lru_cache(maxsize=1)
def _prepared(plan: str) -> tuple[dict[str, Claim], Context]:
    """Claims and context, once per worker."""
    given = Plan(**json.loads(plan))
    return context_of(load(given.reference), replace(given, profile=Profile(given.profile)))


def run_task(plan: str, task: Task) -> Evidence:
    """Runs one check in a worker; `plan` is the plan as JSON."""
    claims, context = _prepared(plan)
    return _run(claims[task.claim], task.index, context)


def _run(claim: Claim, index: int, context: Context) -> Evidence:
    """A crash is evidence of verdict *error*, never of anything else."""
    check = checks_of(claim)[index]
    start = time.perf_counter()
    try:
        found = check.run(claim, context)
    except MemoryError:
        found = Evidence(check.kind, Verdict.INCONCLUSIVE, "out of memory", check.covers)
    except Exception as error:
        found = Evidence(check.kind, Verdict.ERROR, f"{type(error).__name__}: {error}", check.covers)
    return replace(found, seconds=time.perf_counter() - start)


def _key(paper: Paper, module: str, task: Task, plan: Plan, context: Context) -> str:
    packages = tuple(sorted({module.partition(".")[0], *paper.packages}))
    return store.key(
        engine=store.engine_digest(), chapter=paper.digest or store.chapter_digest(module, packages),
        versions=store.versions(),
        paper=paper.id, setting=repr(context.setting), profile=str(plan.profile), seed=plan.seed, tests=context.tests,
        claim=task.claim, index=task.index,
    )  # fmt: skip


def _read_back(stored: Mapping[str, Any], claim: Claim) -> Evidence | None:
    """Stored evidence, or None if it is not readable or the kernel no longer agrees with it."""
    try:
        evidence = evidence_from(stored)
        if evidence.verdict is Verdict.PROVED and evidence.kind == "symbolic":
            recheck(evidence.certificate or {}, claim, evidence.covers)
        elif evidence.verdict is Verdict.PROVED and evidence.kind == "asymptotic":
            asymptotic.recheck(evidence.certificate or {}, claim, evidence.covers)
        elif evidence.verdict is Verdict.PROVED and not holds_at(claim, evidence.certificate or {}):
            return None
        elif evidence.verdict is Verdict.VACUOUS:
            certificate = evidence.certificate or {}
            if certificate.get("kind") == "orders":
                asymptotic.contradicts(certificate, claim)
            else:
                kernel.check(certificate)
        if not _stands(evidence, claim):
            return None
    except (KeyError, TypeError, ValueError):
        return None
    return replace(evidence, cached=True)


def _stands(evidence: Evidence, claim: Claim) -> bool:
    """Whether a stored witness is still confirmed; runs are repeated by their papers only."""
    witness = evidence.witness
    if witness is None or witness.get("kind") == "run":
        return True
    if witness.get("kind") == "ray":
        return asymptotic.refutes(witness, claim, evidence.covers)
    return kernel.replay(witness).confirmed
