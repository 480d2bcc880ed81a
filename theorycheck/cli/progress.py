"""Progress on stderr: a bar where a person looks on, otherwise one line for every finished claim."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from ..claim import Claim
from ..engine import checks_of
from ..evidence import Evidence
from ..ledger import Entry
from .printable import printable
from .summary import SHAPES

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


def _bar() -> "Bar":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    return Bar(*columns, console=Console(stderr=True), transient=True)


@contextmanager
def trial_progress(name: str, live: bool) -> Iterator[Callable[[int, int], None]]:
    """What an experiment calls with the number of finished pieces of work and that of all; `live` draws a bar."""
    if not live:
        yield lambda done, total: None
        return
    with _bar() as bar:
        task = bar.add_task(printable(name), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class Progress:
    """Counts the checks of the wanted claims as they end.

    Args:
        claims: what runs, by id.
        live: whether to draw a bar.
    """

    def __init__(self, claims: Mapping[str, Claim], live: bool) -> None:
        self.claims, self.finished = claims, 0
        self.evidence: dict[str, list[Evidence]] = {name: [] for name in claims}
        self.bar = None
        if live:
            self.bar = _bar()
            self.task = self.bar.add_task("", total=sum(len(checks_of(claim)) for claim in claims.values()))

    def __call__(self, name: str, evidence: Evidence) -> None:
        """A check of the claim has ended."""
        found = self.evidence[name]
        found.append(evidence)
        done = len(found) == len(checks_of(self.claims[name]))
        self.finished += done
        if self.bar is not None:
            self.bar.update(self.task, advance=1, description=printable(name))
        elif done:
            verdict = Entry(self.claims[name], tuple(found)).verdict
            stored = " (stored)" if all(e.cached for e in found if e.kind != "vacuity") else ""
            seconds = sum(e.seconds for e in found)
            line = f"[{self.finished}/{len(self.claims)}] {name}: {SHAPES[verdict]} {verdict}, {seconds:.1f} s{stored}"
            print(printable(line), file=sys.stderr, flush=True)

    def __enter__(self) -> "Progress":
        if self.bar is not None:
            self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.stop()
