"""The command that runs the slices of a certified trajectory again."""

import json
import sys

from ..errors import BadData, UserError
from ..loader import installed
from ..paper import Recheck
from . import exits
from .files import read_text
from .printable import printable
from .progress import trial_progress
from .selection import loaded


def recheck_command(name: str, place: str | None, slices: list[str]) -> int:
    """Runs every slice again, or those named: 0 if each holds, 1 if one does not."""
    text = read_text(name, "trajectory")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadData(f"{name}: not JSON ({error})") from None
    kind = document.get("format") if isinstance(document, dict) else None
    opener = _opener(name, kind, place)
    try:
        count, check = opener(text)
    except ValueError as error:
        raise BadData(f"{name}: {error}") from None
    wanted = [_slice(one, count) for one in slices] or list(range(count))
    problems = {}
    with trial_progress("recheck", sys.stderr.isatty()) as progress:
        for done, index in enumerate(wanted, 1):
            if problem := check(index):
                problems[index] = problem
            progress(done, len(wanted))
    for index, problem in problems.items():
        print(printable(f"slice {index} DOES NOT HOLD: {problem}"))
    print(printable(f"{name}: {len(wanted) - len(problems)} of {len(wanted)} slices hold ({count} in the file)"))
    return exits.DIFFERS if problems else exits.GOOD


def _opener(name: str, kind: object, place: str | None) -> Recheck:
    papers = [loaded(place)] if place is not None else [loaded(one) for one in installed()]
    for paper in papers:
        if isinstance(kind, str) and kind in (paper.rechecks or {}):
            return (paper.rechecks or {})[kind]
    known = sorted(one for paper in papers for one in (paper.rechecks or {}))
    raise BadData(f"{name}: format {str(kind)[:60]!r} (allowed: {', '.join(known) or 'none'})")


def _slice(text: str, count: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) < count):
        raise UserError(f'--slice: "{text[:60]}" (allowed: an integer from 0 to {count - 1})')
    return int(text)
