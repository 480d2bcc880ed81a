"""OpenBLAS with one thread: what a matrix product rounds to may depend on how many threads share it."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module

# The library that numba's np.dot calls is SciPy's, that of NumPy its own; both names of each count threads.
_USERS = ("scipy.linalg.cython_blas", "numpy._core._multiarray_umath")
_NAMES = tuple((f"{prefix}openblas_set_num_threads{end}", f"{prefix}openblas_get_num_threads{end}")
               for prefix in ("scipy_", "") for end in ("", "64_"))  # fmt: skip


def _counters() -> list[tuple[Callable[[int], object], Callable[[], int]]]:
    """For each module of `_USERS` what sets and what gets its number of threads; without those that are unknown."""
    found: list[tuple[Callable[[int], object], Callable[[], int]]] = []
    for user in _USERS:
        path = import_module(user).__file__
        library = ctypes.CDLL(path)  # already loaded; names are looked for in what it is linked to as well
        for setter, getter in _NAMES:
            if hasattr(library, setter) and hasattr(library, getter):
                found.append((getattr(library, setter), getattr(library, getter)))
                break
    return found


@contextmanager
def single_threaded() -> Iterator[bool]:
    """Gives every BLAS call inside one thread, and says whether that is confirmed for both libraries.

    The number belongs to the process and is put back at the end; not to be nested in threads.
    """
    counters = _counters()
    before = [get() for _, get in counters]
    try:
        for put, _ in counters:
            put(1)
        yield len(counters) == len(_USERS) and all(get() == 1 for _, get in counters)
    finally:
        for (put, _), count in zip(counters, before, strict=True):
            put(count)
