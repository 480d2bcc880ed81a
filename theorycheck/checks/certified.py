"""Computer-assisted proof about one instance: the paper encloses it in balls, the engine judges the comparisons.

=========================================================  ============
facts                                                      verdict
=========================================================  ============
all true                                                   certified
one false                                                  conflict: the enclosure contradicts the statement
one left open, none about some part, or the run failed     inconclusive
=========================================================  ============
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..claim import Claim
from ..evidence import Evidence
from ..verdict import Verdict
from .check import Context
from .measurement import Fact, Measurement


@dataclass(frozen=True)
class Certified:
    """Certifies an instance.

    Args:
        certify: gives facts and nothing else as outcomes; each truth comes from comparing outward-rounded balls.
        covers: the parts that it is about; empty for all.
    """

    certify: Callable[[Context], Measurement]
    covers: tuple[str, ...] = ()
    kind: str = "enclosure"

    def run(self, claim: Claim, context: Context) -> Evidence:
        """Evidence by the table of the module.

        Raises:
            ValueError: for an outcome that is no fact, or a fact about a part that is not covered.
        """
        found = self.certify(context)
        facts = [outcome for outcome in found.outcomes if isinstance(outcome, Fact)]
        covered = {part.name for part in claim.covered(self.covers)}
        if len(facts) < len(found.outcomes) or not {fact.part for fact in facts} <= covered:
            raise ValueError(f"{claim.id}: only facts about {', '.join(sorted(covered))} can be certified")
        verdict, said = self._verdict(found, facts, covered)
        return Evidence(self.kind, verdict, said, self.covers, found.figures, found.plots, found.tables)

    def _verdict(self, found: Measurement, facts: list[Fact], covered: set[str]) -> tuple[Verdict, str]:
        against = [fact.judge(1).text for fact in facts if fact.truth is not True]
        if any(fact.truth is False for fact in facts):
            return Verdict.CONFLICT, "; ".join(against)
        missing = sorted(covered - {fact.part for fact in facts})
        against += found.failures or [f"nothing was enclosed about {name}" for name in missing]
        return (Verdict.INCONCLUSIVE, "; ".join(against)) if against else (
            Verdict.CERTIFIED, "; ".join(fact.name for fact in facts))
