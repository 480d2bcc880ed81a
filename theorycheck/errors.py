"""Errors that a user can mend: one message each, and the exit code that goes with it."""

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Something outside the program is wrong; ``str(error)`` is the one line shown to the user.

    Attributes:
        exit_code: 2 usage, configuration or theory file; 3 bad data; 4 store, disk or missing tool.
    """

    exit_code = 2


class BadData(UserError):
    """A file that was read as data (a ledger, a witness) does not hold what it should."""

    exit_code = 3


class StoreError(UserError):
    """The result store or the disk does not take or give what it must."""

    exit_code = 4


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the nearest valid one, or all of them if few.

    >>> nearest("etaa", ["eta", "rho"])
    'did you mean "eta"?'
    >>> nearest("zzz", ["eta", "rho"])
    'known: eta, rho'
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    return "known: " + ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
