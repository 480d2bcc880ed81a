"""Along-a-run and statistical checks: the paper's measurement, judged by the engine.

=============================  ============================================================
outcome                        verdict
=============================  ============================================================
all agree                      survived
an invariant is violated       refuted, if the paper's enclosure replay confirms the run;
                               otherwise conflict: floats disagree with the statement
a prediction, a share or an    conflict: two routes to the same number disagree
exponent does not agree
an exponent's interval is too  inconclusive, unless something else disagrees
wide, or it has no values
a run failed, or nothing was   inconclusive
measured
=============================  ============================================================
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..claim import Claim
from ..evidence import Evidence
from ..verdict import Verdict
from .check import Context
from .judgement import Judgement
from .measurement import Invariant, Measurement, Outcome, Share
from .scaling import Scaling

FAMILY_LEVEL = 0.05  # the chance that any true share or exponent of the whole paper falls outside its interval


def judged(found: Measurement, tests: int = 1) -> list[tuple[Outcome, Judgement]]:
    """Every outcome with its judgement.

    Bonferroni over the paper's `tests` statistical checks and over the shares and exponents within this measurement:
    the level of each does not depend on which claims were asked for, so a stored result stays valid.
    """
    intervals = sum(isinstance(outcome, Share | Scaling) for outcome in found.outcomes)
    level = 1 - FAMILY_LEVEL / (tests * max(1, intervals))
    return [(outcome, outcome.judge(level)) for outcome in found.outcomes]


@dataclass(frozen=True)
class Run:
    """Measures along runs of the dynamics.

    Args:
        measure: takes the context, gives the measurement; n and seeds follow from the context alone.
        covers: the parts it is about; empty for all.
        replay: takes an invariant's witness and says by enclosure (True) that the violation is real, else None.
    """

    measure: Callable[[Context], Measurement]
    covers: tuple[str, ...] = ()
    replay: Callable[[Mapping[str, Any]], bool | None] | None = None
    kind: str = "run"

    def run(self, claim: Claim, context: Context) -> Evidence:
        """Evidence by the table of the module."""
        found = self.measure(context)
        outcomes = judged(found, context.tests)
        figures = dict(found.figures)
        for _, judgement in outcomes:
            figures.update(judgement.figures)
        verdict, witness, said = self._verdict(found, outcomes)
        return Evidence(
            self.kind, verdict, "; ".join(said), self.covers, figures, found.plots, found.tables, witness=witness
        )

    def _verdict(
        self, found: Measurement, outcomes: list[tuple[Outcome, Judgement]]
    ) -> tuple[Verdict, dict[str, Any] | None, list[str]]:
        against = [(outcome, judgement) for outcome, judgement in outcomes if not judgement.agrees]
        if found.failures or not outcomes:
            return Verdict.INCONCLUSIVE, None, list(found.failures) or ["nothing was measured"]
        if not against:
            return Verdict.SURVIVED, None, [judgement.text for _, judgement in outcomes]
        said = [judgement.text for _, judgement in against]
        if not any(judgement.decided for _, judgement in against):
            return Verdict.INCONCLUSIVE, None, said
        for outcome, _ in against:
            if (
                isinstance(outcome, Invariant)
                and outcome.witness is not None
                and self.replay
                and self.replay(outcome.witness) is True
            ):
                return Verdict.REFUTED, outcome.witness, said
        if any(isinstance(outcome, Invariant) for outcome, _ in against):
            said.append("the violation in floats was not confirmed by enclosure")
        return Verdict.CONFLICT, None, said


@dataclass(frozen=True)
class Statistics(Run):
    """A run check that compares shares or exponents; the paper's number of these sets the level of each."""

    kind: str = "statistics"
