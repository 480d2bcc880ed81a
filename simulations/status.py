"""How a simulation ended. Every kernel returns one of these codes with its numbers."""

from enum import IntEnum


class Status(IntEnum):
    """Outcome of a run.

    OK: every value of every step is finite.
    NON_FINITE: a weight or an output became infinite or NaN; the run's ``steps`` is the first such step and none of its
    numbers may be used.

    The merge of several runs is the worst of them: ``max(statuses)``.
    """

    OK = 0
    NON_FINITE = 1
