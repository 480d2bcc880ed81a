"""The nine verdicts, and how those of several checks merge into one.

Merging evidence for the same statement:

============================================  ============
evidence                                      merged
============================================  ============
any error                                     error
any conflict                                  conflict
refuted with proved, certified or derived     conflict
refuted with anything else                    refuted
any vacuous                                   vacuous
otherwise                                     the strongest
none at all                                   inconclusive
============================================  ============

A search that met no counterexample does not contradict a replayed witness: refuted wins over survived.
"""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """What a check, and from its checks a claim, came to."""

    PROVED = "proved"
    CERTIFIED = "certified"
    DERIVED = "derived"
    SURVIVED = "survived"
    INCONCLUSIVE = "inconclusive"
    VACUOUS = "vacuous"
    REFUTED = "refuted"
    CONFLICT = "conflict"
    ERROR = "error"


# Strongest first. Certified comes before derived: it is rigorous on its box, whereas computer algebra may err anywhere.
TRUST = tuple(Verdict)
POSITIVE = frozenset({Verdict.PROVED, Verdict.CERTIFIED, Verdict.DERIVED, Verdict.SURVIVED})
RIGOROUS = POSITIVE - {Verdict.SURVIVED}


def merge(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of one statement from those of its checks (truth table in the module's docstring)."""
    seen = set(verdicts)
    for loud in (Verdict.ERROR, Verdict.CONFLICT):
        if loud in seen:
            return loud
    if Verdict.REFUTED in seen:
        return Verdict.CONFLICT if seen & RIGOROUS else Verdict.REFUTED
    if Verdict.VACUOUS in seen:
        return Verdict.VACUOUS
    return min(seen, key=TRUST.index, default=Verdict.INCONCLUSIVE)


def weakest(verdicts: Iterable[Verdict]) -> Verdict:
    """The least trusted of several verdicts: what a conjunction, or a chain of claims, may claim."""
    return max(verdicts, key=TRUST.index)
