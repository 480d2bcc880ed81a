"""Contradictory hypotheses: a core from which nothing can be spared, and every smallest way out."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import product

from .decide import Outcome
from .lowering import Data
from .problem import Problem, Unit

MAX_DECISIONS = 150


@dataclass(frozen=True)
class Contradiction:
    """What contradicts what.

    Args:
        core: labels of hypotheses that contradict each other, none of which can be spared.
        certificate: that they do.
        repairs: the minimal sets of hypotheses without which the rest is consistent, smallest first.
        rays: growth rates for each repair.
        complete: whether these are all repairs.
    """

    core: tuple[str, ...]
    certificate: Data
    repairs: tuple[tuple[str, ...], ...]
    rays: tuple[Data, ...]
    complete: bool


def contradiction(problem: Problem, decide: Callable[[Data], Outcome]) -> Contradiction | None:
    """The contradiction between the problem's hypotheses, None if none is found."""
    first = decide(problem.statement(None))
    if first.certificate is None:
        return None
    searching = _Cores(problem, decide)
    core, certificate = searching.shrink((), first.certificate)
    cores = [core]
    sound: dict[tuple[str, ...], Data] = {}
    while True:
        pending = [cut for cut in _hitting(cores) if cut not in sound]
        if not pending or searching.decisions > MAX_DECISIONS:
            repairs = [cut for cut in _hitting(cores) if cut in sound]
            rays = tuple(sound[cut] for cut in repairs)
            return Contradiction(core, certificate, tuple(repairs), rays, not pending)
        found = searching.ask(pending[0])
        if found.ray is not None:
            sound[pending[0]] = found.ray
        elif found.certificate is not None:
            cores.append(searching.shrink(pending[0], found.certificate)[0])
        else:
            return Contradiction(core, certificate, tuple(sound), tuple(sound.values()), False)


class _Cores:
    def __init__(self, problem: Problem, decide: Callable[[Data], Outcome]) -> None:
        self.problem, self.decide, self.decisions = problem, decide, 0
        self.open = [unit for unit in problem.units if not unit.fixed]

    def ask(self, without: Collection[str]) -> Outcome:
        self.decisions += 1
        return self.decide(self.problem.statement(None, without))

    def shrink(self, without: Collection[str], certificate: Data) -> tuple[tuple[str, ...], Data]:
        """A core among the hypotheses outside `without`."""
        dropped = set(without) | {unit.label for unit in self.open if not _cited(unit, certificate)}
        found = self.ask(dropped)
        if found.certificate is None:  # the names cited are all that it rests on, so that this is a safeguard
            dropped, found = set(without), Outcome(certificate=certificate)
        best = found.certificate or certificate
        for unit in self.open:
            if unit.label not in dropped:
                found = self.ask({*dropped, unit.label})
                if found.certificate is not None:
                    dropped.add(unit.label)
                    best = found.certificate
        return tuple(unit.label for unit in self.open if unit.label not in dropped), best


def _cited(unit: Unit, certificate: Data) -> bool:
    """Whether a step of the certificate names one of the unit's facts."""
    steps = [*certificate["prelude"], *(step for node in certificate["nodes"] for step in node["steps"])]
    names = {value for step in steps for value in step.values() if isinstance(value, str)}
    names |= {term["fact"] for step in steps for term in step.get("terms", [])}
    names |= {node["cases"]["from"] for node in certificate["nodes"] if node["cases"] is not None}
    return bool(names & set(unit.facts))


def _hitting(cores: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The minimal sets that meet every core, smallest first."""
    found: set[frozenset[str]] = {frozenset()}
    for core in cores:
        longer = {s if s & set(core) else s | {label} for s, label in product(found, core)}
        found = {s for s in longer if not any(other < s for other in longer)}
    return sorted((tuple(sorted(s)) for s in found), key=lambda s: (len(s), s))
