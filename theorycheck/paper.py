"""A paper: its bibliography, its setting, its claims, its experiments. Papers are plug-ins; the engine knows none."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .claim import Claim
from .experiment import Experiment
from .source import Bibliography

Chapter = Callable[[Any], tuple[Claim, ...]]
Replay = Callable[[Mapping[str, Any]], bool | None]
Recheck = Callable[[str], tuple[int, Callable[[int], str]]]


def _no_setting(values: Mapping[str, Any]) -> Mapping[str, Any]:
    if values:
        raise ValueError(f"{next(iter(values))}: this paper has no parameters")
    return {}


@dataclass(frozen=True)
class Paper:
    """What a plug-in gives under the entry-point group ``theorycheck.papers``.

    Args:
        id: as on the command line, e.g. ``"li-li-2024"``.
        bibliography: the entry.
        chapters: functions of the setting that give claims, one per module; a chapter's results are recomputed when its
            module, or anything of the project that it imports, changes.
        setting: validates a mapping of parameters and fills in defaults; raises ValueError with one line.
        packages: other top-level packages whose code the claims run.
        digest: identifies the content of a paper that is data (a theory file) instead of code.
        replays: for claims whose witnesses are runs, by claim id, the enclosure replay.
        experiments: what ``theorycheck simulate`` runs.
        rechecks: for files that experiments write, by their ``format``: takes the text and gives the number of slices
            and what says of a slice what is wrong with it, nothing if it holds; raises ValueError for another text.

    Raises:
        ValueError: for an experiment's id given twice.
    """

    id: str
    bibliography: Bibliography
    chapters: tuple[Chapter, ...]
    setting: Callable[[Mapping[str, Any]], Any] = _no_setting
    packages: tuple[str, ...] = ()
    digest: str = ""
    replays: Mapping[str, Replay] | None = None
    experiments: tuple[Experiment, ...] = ()
    rechecks: Mapping[str, Recheck] | None = None

    def __post_init__(self) -> None:
        names = [experiment.id for experiment in self.experiments]
        if len(set(names)) < len(names):
            raise ValueError(f"{self.id}: two experiments are called {max(names, key=names.count)}")

    def claims(self, setting: Any) -> dict[str, Claim]:
        """All claims by id, in the paper's order.

        Raises:
            ValueError: for an id given twice, a used claim that does not exist, or a circle of uses.
        """
        found: dict[str, Claim] = {}
        for chapter in self.chapters:
            for claim in written(chapter, setting):
                if claim.id in found:
                    raise ValueError(f"{self.id}: two claims are called {claim.id}")
                found[claim.id] = claim
        for claim in found.values():
            unknown = set(claim.uses) - set(found)
            if unknown:
                raise ValueError(f"{claim.id} uses {', '.join(sorted(unknown))}, which {self.id} does not have")
        for claim in found.values():
            ancestors(claim.id, found)
        return found

    def modules(self, setting: Any) -> dict[str, str]:
        """The module that each claim stands in."""
        return {claim.id: chapter.__module__ for chapter in self.chapters for claim in written(chapter, setting)}


def written(chapter: Chapter, setting: Any) -> tuple[Claim, ...]:
    """The chapter's claims at the setting, written once: a command asks for them several times, and they take long."""
    return _written(chapter, setting) if isinstance(setting, Hashable) else chapter(setting)


@lru_cache(maxsize=256)
def _written(chapter: Chapter, setting: Hashable) -> tuple[Claim, ...]:
    return chapter(setting)


def ancestors(claim_id: str, claims: Mapping[str, Claim]) -> tuple[str, ...]:
    """Every claim that `claim_id` rests on, nearest first, without itself.

    Raises:
        ValueError: for a circle.
    """
    found: dict[str, None] = {}

    def visit(current: str, path: tuple[str, ...]) -> None:
        for used in claims[current].uses:
            if used in path:
                raise ValueError(f"circle of uses: {' -> '.join((*path, used))}")
            if used not in found:
                found[used] = None
                visit(used, (*path, used))

    visit(claim_id, (claim_id,))
    return tuple(found)
