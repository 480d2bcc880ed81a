"""The command that leaves out one hypothesis after the other."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..ablation import Ablation, Need, ablate
from ..checks.check import Context, Profile
from ..configuration import configure, parse_settings
from ..errors import UserError
from . import exits
from .files import check_file, text_of, write_document
from .printable import printable
from .selection import Selected, find
from .summary import console

SCHEMA_VERSION = 1
STYLES = {Need.NEEDED: "green", Need.SPARED: "cyan", Need.OPEN: "yellow"}
SHAPES = {Need.NEEDED: "●", Need.SPARED: "◌", Need.OPEN: "◇"}


def ablate_command(target: str, flags: Mapping[str, str | None], pairs: list[str], strict: bool) -> int:
    """Prints what each hypothesis is needed for: 0 all decided, 5 with `strict` if some are left open."""
    config, given = configure(flags, os.environ, Path.cwd()), parse_settings(pairs)
    place = flags["json"]
    if place not in (None, "-"):
        check_file(Path(str(place)))
    selected: dict[str, Selected] = {}
    reference, name = find(target, selected, lambda paper: {**config.setting.get(paper, {}), **given})
    entry = selected[reference]
    if name is None and len(entry.claims) == 1:
        name = next(iter(entry.claims))
    if name is None:
        raise UserError(f"{target} is a paper; name a claim as {target}:CLAIM")
    context = Context(entry.paper.id, entry.setting, Profile(config.profile), config.seed)
    found = list(ablate(entry.claims[name], context))
    document = {"schema_version": SCHEMA_VERSION, "kind": "ablation", "paper": entry.paper.id, "claim": name,
                "hypotheses": [_row(one) for one in found]}  # fmt: skip
    _print(name, found, place, config.color)
    if place == "-":
        sys.stdout.write(text_of(document))
    elif place is not None:
        write_document(document, Path(place))
    return exits.STRICT if strict and any(one.need is Need.OPEN for one in found) else exits.GOOD


def _row(one: Ablation) -> dict[str, Any]:
    return {"part": one.part, "without": one.hypothesis, "need": str(one.need), "reason": one.reason,
            "witness": one.witness}  # fmt: skip


def _print(name: str, found: list[Ablation], place: str | None, color: str) -> None:
    from rich.table import Table
    from rich.text import Text

    out = console(sys.stderr if place == "-" else sys.stdout, color)
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for head in ("part", "without", "is", "because"):
        table.add_column(head)
    for one in found:
        reason = f"all else holds and the part fails: {one.reason}" if one.need is Need.NEEDED else one.reason
        cells = (one.part, one.hypothesis, f"{SHAPES[one.need]} {one.need}", reason)
        styles = ("", "", STYLES[one.need], "")
        table.add_row(*(Text(printable(cell), style=style) for cell, style in zip(cells, styles, strict=True)))
    out.print(table)
    counts = ", ".join(f"{sum(one.need is need for one in found)} {need}" for need in Need)
    out.print()
    out.print(Text(printable(f"{name}: {counts}")), soft_wrap=True)
    asked = {one.hypothesis for one in found if one.need is not Need.SPARED}
    if spared := sorted({one.hypothesis for one in found} - asked):
        out.print(Text(printable(f"needed for no part: {'; '.join(spared)}")), soft_wrap=True)
