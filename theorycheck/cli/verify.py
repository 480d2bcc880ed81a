"""The command that checks claims."""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from ..checks.check import Profile
from ..configuration import Configuration, configure, parse_settings
from ..engine import Plan, execute
from ..errors import UserError
from ..ledger import document
from ..loader import installed
from ..store import Store, default_path
from . import exits
from .files import check_file, check_folder, text_of, write_document, write_report
from .printable import printable
from .progress import Progress
from .provenance import shown_setting, tool
from .selection import Selected, select
from .summary import console, print_summary


class Interrupted(UserError):
    """The user stopped the run."""

    exit_code = exits.INTERRUPTED


def verify_command(
    targets: Sequence[str],
    flags: Mapping[str, str | bool | None],
    keyword: str | None,
    pairs: list[str],
    fresh: bool,
    no_store: bool,
) -> int:
    """Checks what is selected, paper by paper; the exit code follows `exits.code_of`."""
    if no_store and flags.get("store") is not None:
        raise UserError("--store and --no-store exclude each other")
    config = configure(flags, os.environ, Path.cwd())
    given = parse_settings(pairs)
    unknown = sorted(set(config.setting) - set(installed()))
    if unknown:
        print(f"theorycheck: [setting.{printable(unknown[0])}] is for a paper that is not installed", file=sys.stderr)
    selected = select(targets, keyword, lambda name: {**config.setting.get(name, {}), **given})
    if config.json_target is not None and len(selected) > 1:
        raise UserError(f"--json holds one paper; these are {', '.join(s.paper.id for s in selected)}")
    folders = {s.reference: _folder(config, s, len(selected)) for s in selected}
    for folder in folders.values():
        if folder is not None:
            check_folder(folder)
    if config.json_target not in (None, "-"):
        check_file(Path(str(config.json_target)))
    path = None if no_store else Path(config.store) if config.store else default_path()
    with nullcontext() if path is None else Store(path) as results:
        claims = [claim for s in selected for claim in _one(s, config, results, fresh, folders[s.reference])]
    return exits.code_of(claims, config.strict)


def _folder(config: Configuration, selected: Selected, papers: int) -> Path | None:
    if config.report is None:
        return None
    return Path(config.report) if papers == 1 else Path(config.report) / selected.paper.id


def _one(
    selected: Selected, config: Configuration, results: Store | None, fresh: bool, folder: Path | None
) -> list[dict[str, Any]]:
    """Checks one paper and writes what is asked for; the claims of its ledger."""
    profile = Profile(config.profile)
    plan = Plan(selected.reference, selected.parameters, profile, config.seed, config.jobs, config.timeout)
    start = time.perf_counter()
    with Progress({name: selected.claims[name] for name in selected.wanted}, sys.stderr.isatty()) as progress:
        try:
            entries = execute(plan, selected.wanted, results, fresh, progress)
        except KeyboardInterrupt:
            raise Interrupted(_kept(progress, results)) from None
    about = tool(config.profile, time.perf_counter() - start)
    setting = shown_setting(selected.setting, selected.parameters)
    found = document(selected.paper, setting, config.seed, about, entries)
    out = console(sys.stderr if config.json_target == "-" else sys.stdout, config.color)
    print_summary(found, out)
    # The ledger is written last, so that a reader who finds it finds everything that it names.
    lines = []
    if folder is not None:
        lines.append(f"report: {write_report(found, folder)}")
    if config.json_target == "-":
        sys.stdout.write(text_of(found))
    elif config.json_target is not None:
        write_document(found, Path(config.json_target))
        lines.append(f"ledger: {config.json_target}")
    for line in lines:
        print(printable(line), file=out.file)
    claims: list[dict[str, Any]] = found["claims"]
    return claims


def _kept(progress: Progress, results: Store | None) -> str:
    done = f"interrupted after {progress.finished} of {len(progress.claims)} claims"
    if results is None:
        return f"{done}; nothing was kept (--no-store)"
    return f"{done}; finished results are in {results.path}: the same command goes on from there"
