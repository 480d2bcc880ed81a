"""The command that runs an experiment of a paper and writes what it gave."""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..checks.check import Profile
from ..conduct import Order, conduct, parameters_of
from ..configuration import configure, parse_settings
from ..errors import StoreError, UserError, nearest
from ..experiment import Experiment
from ..loader import installed
from ..paper import Paper
from ..record import record
from . import exits
from .files import SIMULATION, check_file, check_folder, text_of, write_document, write_simulation
from .printable import printable
from .progress import trial_progress
from .provenance import shown_setting, tool
from .selection import CONTROLS, loaded

MOST_SEEDS = 10**6


def simulate_command(
    name: str | None, place: str | None, flags: Mapping[str, str | None], pairs: list[str], seeds: str | None,
    out: str | None, full: bool,
) -> int:  # fmt: skip
    """Runs the experiment; without a name lists what there is. 0 every outcome agrees, 1 otherwise."""
    if full and flags["profile"] not in (None, "full"):
        raise UserError(f"--full and --profile {flags['profile']} exclude each other")
    config = configure({**flags, "profile": "full" if full else flags["profile"]}, os.environ, Path.cwd())
    given, runs = parse_settings(pairs), _count(seeds)
    papers, broken = _papers(place)
    if name is None:
        return _list(papers, broken)
    reference, experiment = find(name, papers, broken)
    paper = papers[reference]
    parameters = parameters_of(experiment, {**config.setting.get(reference, {}), **given})
    try:
        setting = paper.setting(parameters)
    except ValueError as error:
        raise UserError(f"{reference}: {error}") from error
    folder = Path("simulation") / experiment.id if out is None else Path(out)
    # A ledger's place from the environment or the configuration file is not meant for simulations.
    target = flags["json"]
    if out == "":
        raise UserError('--out: "" (allowed: a folder)')
    check_folder(folder, SIMULATION)
    if target not in (None, "-"):
        check_file(Path(str(target)))
    start = time.perf_counter()
    order = Order(reference, experiment.id, parameters, Profile(config.profile), config.seed, runs, config.jobs)
    with trial_progress(experiment.id, sys.stderr.isatty()) as progress:
        result = conduct(order, progress)
    about = tool(config.profile, time.perf_counter() - start)
    found = record(paper, experiment, shown_setting(setting, parameters), (config.seed, runs), about, result)
    page = write_simulation(found, result.measurement.files, folder)
    if target == "-":
        sys.stdout.write(text_of(found))
    elif target is not None:
        write_document(found, Path(target))
    stream = sys.stderr if target == "-" else sys.stdout
    for line in (*_summary(found), f"page: {page}", *([f"data: {target}"] if target not in (None, "-") else [])):
        print(printable(line), file=stream)
    return exits.GOOD if found["agrees"] else exits.DIFFERS


def find(name: str, papers: Mapping[str, Paper], broken: list[StoreError]) -> tuple[str, Experiment]:
    """The reference of the paper that has the experiment, and the experiment.

    Raises:
        UserError: for a name that none has, with the nearest, or that several have.
    """
    owners = [(reference, e) for reference, paper in papers.items() for e in paper.experiments if e.id == name]
    if len(owners) > 1:
        raise UserError(f"{name} is an experiment of {' and '.join(r for r, _ in owners)}; add --paper {owners[0][0]}")
    if not owners:
        known = [e.id for paper in papers.values() for e in paper.experiments]
        hint = nearest(name, known) if known else "there is none"
        raise UserError("; ".join([f'no experiment "{name[:60]}"', hint, *map(str, broken)]))
    return owners[0]


def _papers(place: str | None) -> tuple[dict[str, Paper], list[StoreError]]:
    """The papers to look in, and the errors of those that do not load."""
    if place is not None:
        return {place: loaded(place)}, []
    found: dict[str, Paper] = {}
    broken = []
    for name in sorted(installed(), key=lambda name: name == CONTROLS):
        try:
            found[name] = loaded(name)
        except StoreError as error:  # a paper that does not load hides no experiment of another
            broken.append(error)
    return found, broken


def _list(papers: Mapping[str, Paper], broken: list[StoreError]) -> int:
    rows = [(e.id, reference, e.title) for reference, paper in papers.items() for e in paper.experiments]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(2)]
    for name, reference, title in rows:
        print(printable(f"{name:<{widths[0]}}  {reference:<{widths[1]}}  {title}"))
    for error in broken:
        print(f"theorycheck: {printable(str(error))}", file=sys.stderr)
    return exits.DISK if broken else exits.GOOD


def _count(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= MOST_SEEDS):
        raise UserError(f'--seeds: "{text[:60]}" (allowed: an integer from 1 to {MOST_SEEDS})')
    return int(text)


def _summary(document: Mapping[str, Any]) -> list[str]:
    outcomes, failures = document["outcomes"], document["failures"]
    agreeing = sum(outcome["agrees"] for outcome in outcomes)
    lines = [f"{'agrees   ' if outcome['agrees'] else 'DISAGREES'}  {outcome['text']}" for outcome in outcomes]
    lines += [f"FAILED     {text}" for text in failures]
    closing = f"{document['experiment']['id']} of {document['paper']}: {agreeing} of {len(outcomes)} outcomes agree"
    closing += f"; {len(failures)} FAILED" if failures else ""
    return [*lines, closing if outcomes else f"{closing}; NOTHING was judged"]
