"""How a simulation ended. Every kernel returns one of these codes with its numbers."""

from enum import IntEnum


class Status(IntEnum):
    """Outcome of a run.

    OK: every value of every step is finite.
    DEAD: finite, but the slope of every activation was 0 at the start, so that nothing could ever move; shares and
    accuracies of such a run say nothing.
    NON_FINITE: a weight or an output became infinite or NaN; the run's ``steps`` is the first such step and none of its
    numbers may be used.

    The merge of several runs is the worst of them: ``max(statuses)``.
    """

    OK = 0
    DEAD = 1
    NON_FINITE = 2
