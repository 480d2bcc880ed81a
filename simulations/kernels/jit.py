"""The compile flags of every kernel, stated once.

No fastmath: it would make NaN tests false and let sums depend on the machine. ``nogil`` because kernels touch no Python
object. Parallel kernels run independent items, or blocks fixed by the problem's shape, so thread counts change no bit.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def jit(function: Function) -> Function:
    """Compile one serial kernel at its first call."""
    return cast(Function, numba.njit(cache=True, nogil=True)(function))


def jit_parallel(function: Function) -> Function:
    """Compile a kernel whose ``numba.prange`` loop runs on several threads."""
    return cast(Function, numba.njit(cache=True, nogil=True, parallel=True)(function))
