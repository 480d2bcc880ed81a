"""An experiment: a named, seeded run of a paper that gives numbers, plots and tables, and what is judged of them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .checks.check import Context, Profile
from .checks.measurement import Judgement, Measurement
from .checks.run import judged

_ID = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


def _unseen(done: int, total: int) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True)
class Trial:
    """What an experiment may depend on.

    Args:
        setting: the paper's parameters, validated by the paper.
        profile: how much to try; ``full`` is the paper's own size.
        seed: the root seed; every stream is keyed under it (`seeds.stream`).
        seeds: how many independent runs, where the user says so; `count` heeds it.
        progress: to be called with the number of finished pieces of work and that of all.
    """

    setting: Any
    profile: Profile = Profile.DEFAULT
    seed: int = 0
    seeds: int | None = None
    progress: Callable[[int, int], None] = _unseen

    @property
    def full(self) -> bool:
        """Whether the paper's own size is asked for."""
        return self.profile is Profile.FULL

    def count(self, quick: int, default: int, full: int) -> int:
        """How many independent runs: as the user says, else by profile."""
        return self.profile.pick(quick, default, full) if self.seeds is None else self.seeds


def trial_of(context: Context, seeds: int | None = None) -> Trial:
    """The trial that a claim's check runs, so that claim and experiment measure by the same function."""
    return Trial(context.setting, context.profile, context.seed, seeds)


@dataclass(frozen=True)
class Experiment:
    """A run that a paper offers by name.

    Args:
        id: as on the command line, e.g. ``"figure-3"``.
        title: a line.
        text: what is run, what is shown and what is judged; may hold mathematics between dollar signs.
        run: measures; the same trial gives the same measurement. A `UserError` says what the user can mend.
        defaults: parameters where they differ from the paper's defaults; the user's own come before them.

    Raises:
        ValueError: for an id that is not lower-case words, numbers, dots and dashes.
    """

    id: str
    title: str
    text: str
    run: Callable[[Trial], Measurement]
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"experiment id {self.id!r} (allowed: lower-case words and numbers joined by - or .)")

    def measure(self, trial: Trial) -> "Result":
        """Runs it and judges the outcomes; the level of a share is familywise over the experiment's shares."""
        found = self.run(trial)
        return Result(found, tuple(judgement for _, judgement in judged(found)))


@dataclass(frozen=True)
class Result:
    """What an experiment found, and the judgement of each of its outcomes, in order."""

    measurement: Measurement
    judgements: tuple[Judgement, ...]

    @property
    def agrees(self) -> bool:
        """Whether something was judged, all of it agrees, and no run failed."""
        return bool(self.judgements) and all(j.agrees for j in self.judgements) and not self.measurement.failures
