"""The command that puts constants into a chain of order claims and finds the least k at which everything holds."""

import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..claim import Claim
from ..configuration import configure, parse_settings
from ..constants.plan import Wish
from ..constants.planning import plan
from ..errors import UserError
from . import exits
from .files import SIMULATION, check_file, check_folder, text_of, write_document, write_simulation
from .printable import printable
from .provenance import shown_setting, tool
from .selection import Selected, find
from .summary import console

if TYPE_CHECKING:
    from rich.console import Console

BELOW = "10**1000"
MOST_DIGITS = 10_000
NUMBERS = ("constant", "bounded", "polylog", "poly", "large")


def constants_command(
    target: str, pairs: list[str], let: list[str], at: list[str], numbers: Mapping[str, str | None], much: str | None,
    below: str | None, statements: bool, json: str | None, out: str | None,
) -> int:  # fmt: skip
    """Finds the thresholds and writes page and data: 0 found, 1 none below the bound, 5 inconclusive."""
    from ..constants.page import Findings, result_of

    bound = _bound(BELOW if below is None else below)
    given = {name: None if numbers[name] is None else _positive(f"--{name}", str(numbers[name])) for name in NUMBERS}
    at_values = {name: _number(f"--at {name}", text) for name, text in _pairs("--at", at).items()}
    wish = Wish(_pairs("--let", let), at_values, much=much, statements=statements, **given)
    selected, claim = _claim(target, pairs)
    folder = Path("constants") / claim.id if out is None else Path(out)
    if out == "":
        raise UserError('--out: "" (allowed: a folder)')
    check_folder(folder, SIMULATION)
    if json not in (None, "-"):
        check_file(Path(str(json)))
    start = time.perf_counter()
    if sys.stderr.isatty():
        print("looking for sizes and thresholds ...", file=sys.stderr, flush=True)
    found = Findings(plan(claim, selected.claims, wish), bound)
    about = tool("", time.perf_counter() - start)
    document = result_of(found, selected.paper, shown_setting(selected.setting, selected.parameters), about)
    page = write_simulation(document, {}, folder)
    if json == "-":
        sys.stdout.write(text_of(document))
    elif json is not None:
        write_document(document, Path(json))
    stream = sys.stderr if json == "-" else sys.stdout
    _print(document, console(stream, "auto"))
    for line in (f"page: {page}", *([f"data: {json}"] if json not in (None, "-") else [])):
        print(printable(line), file=stream)
    if not found.decided:
        return exits.STRICT
    return exits.GOOD if found.least.found is not None else exits.DIFFERS


def _claim(target: str, pairs: list[str]) -> tuple[Selected, Claim]:
    config, given = configure({}, os.environ, Path.cwd()), parse_settings(pairs)
    opened: dict[str, Selected] = {}
    reference, name = find(target, opened, lambda paper: {**config.setting.get(paper, {}), **given})
    claims = opened[reference].claims
    if name is None and len(claims) == 1:
        name = next(iter(claims))
    if name is None:
        orders = [c.id for c in claims.values() if c.quantities]
        known = f"about orders: {', '.join(orders[:20])}" if orders else "it has none about orders"
        raise UserError(f"{target} is a paper; name a claim as {target}:CLAIM ({known})")
    return opened[reference], claims[name]


def _print(document: Mapping[str, Any], out: "Console") -> None:
    from rich.table import Table
    from rich.text import Text

    for table in document["tables"]:
        out.print(Text(table["title"], style="bold"))
        shown = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
        for column in table["columns"]:
            shown.add_column(column)
        for row in table["rows"]:
            shown.add_row(*(Text(printable(str(cell))) for cell in row))
        out.print(shown)
        out.print()
    for outcome in document["outcomes"]:
        out.print(Text(printable(outcome["text"])), soft_wrap=True)


def _pairs(option: str, texts: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not value.strip() or not name.isascii() or not name.isidentifier():
            raise UserError(f'{option}: "{text[:60]}" (allowed: NAME={"EXPR" if option == "--let" else "NUMBER"})')
        if name in found:
            raise UserError(f"{option}: {name} is given twice")
        found[name] = value.strip()
    return found


def _number(option: str, text: str) -> Fraction:
    if not re.fullmatch(r"[+-]?\d{1,30}(\.\d{1,30}|/[1-9]\d{0,30})?", text.strip(), re.ASCII):
        raise UserError(f'{option}: "{text[:60]}" (allowed: a number such as 3, 2.5 or 5/2)')
    return Fraction(text.strip())


def _positive(option: str, text: str) -> Fraction:
    found = _number(option, text)
    if found <= 0:
        raise UserError(f'{option}: "{text[:60]}" (allowed: a positive number)')
    return found


def _bound(text: str) -> int:
    """The integer that `text` writes, as digits, a power ``10**400`` or ``1e400``."""
    power = re.fullmatch(r"(\d{1,30})(?:\*\*|\^)(\d{1,5})", text.strip(), re.ASCII)
    scientific = re.fullmatch(r"(\d{1,30})(?:\.(\d{1,30}))?[eE]\+?(\d{1,5})", text.strip(), re.ASCII)
    found = 0
    if power and len(power[1]) * int(power[2]) <= MOST_DIGITS:
        found = int(power[1]) ** int(power[2])
    elif scientific and int(scientific[3]) <= MOST_DIGITS:
        found = int(Fraction(f"{scientific[1]}.{scientific[2] or 0}") * 10 ** int(scientific[3]))
    elif re.fullmatch(r"\d{1,4000}", text.strip(), re.ASCII):
        found = int(text)
    if found < 3:
        raise UserError(
            f'--below: "{text[:60]}" (allowed: an integer above 2, such as 1000, 1e30 or 10**{MOST_DIGITS})'
        )
    return found
