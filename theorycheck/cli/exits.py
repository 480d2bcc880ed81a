"""Exit codes, and the one that a run's verdicts give."""

from collections.abc import Iterable, Mapping
from typing import Any

GOOD, DIFFERS, USAGE, DATA, DISK, STRICT, CRASH, INTERRUPTED = 0, 1, 2, 3, 4, 5, 70, 130


def code_of(claims: Iterable[Mapping[str, Any]], strict: bool) -> int:
    """The exit code of a ledger's claims.

    ============================================================  ====
    some claim                                                    code
    ============================================================  ====
    ended in error                                                4
    else: is neither as expected nor inconclusive                 1
    else: is inconclusive against expectation, with ``--strict``  5
    otherwise                                                     0
    ============================================================  ====
    """
    verdicts = [(claim["verdict"], claim["verdict"] == claim["expected"]) for claim in claims]
    if any(verdict == "error" for verdict, _ in verdicts):
        return DISK
    if any(not expected and verdict != "inconclusive" for verdict, expected in verdicts):
        return DIFFERS
    if strict and any(not expected for _, expected in verdicts):
        return STRICT
    return GOOD
