"""The compile flags of every kernel, stated once.

No fastmath: it would make NaN tests false and let sums depend on the machine. ``nogil`` because kernels touch no Python
object. Parallel kernels run independent items, or blocks fixed by the problem's shape, so thread counts change no bit.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def _compiled(function: Function, **options: bool | str) -> Function:
    # numba's annotations lack some of its options.
    return cast(Function, cast(Any, numba.njit)(cache=True, nogil=True, no_cfunc_wrapper=True, **options)(function))


def jit(function: Function) -> Function:
    """Compile one serial kernel at its first call."""
    return _compiled(function)


def internal(function: Function) -> Function:
    """Compile a serial kernel that only other kernels call: it needs no code that takes its arguments from Python."""
    return _compiled(function, no_cpython_wrapper=True)


def jit_parallel(function: Function) -> Function:
    """Compile a kernel whose ``numba.prange`` loop runs on several threads."""
    return cast(Function, numba.njit(cache=True, nogil=True, parallel=True)(function))


def inlined(function: Function) -> Function:
    """Compile a helper that becomes part of every kernel which calls it, for any types of its arguments."""
    return _compiled(function, forceinline=True)


def woven(function: Function) -> Function:
    """A helper whose source becomes part of every kernel that calls it, so that nothing is compiled for it alone."""
    return _compiled(function, inline="always")


@internal
def copy(array: Any, out: Any) -> None:
    """out[...] = array for arrays of one shape; an assignment would compile what words its complaint about others."""
    for i in range(out.size):
        out.flat[i] = array.flat[i]
