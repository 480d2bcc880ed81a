"""Independent pieces of work on all threads.

Serial kernels that leave the interpreter's lock, called from threads of Python's, compile several times faster than
parallel kernels; a call costs some microseconds, a piece of work should take many.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numba

Each = Callable[[Callable[[int], None], int], None]


@contextmanager
def team() -> Iterator[Each]:
    """each(task, count) does task(0), ..., task(count - 1), this thread and as many others as numba is set to have."""
    threads = numba.get_num_threads()
    with ThreadPoolExecutor(max(threads - 1, 1)) as pool:

        def each(task: Callable[[int], None], count: int) -> None:
            left = iter(range(count))

            def work() -> None:
                for piece in left:
                    task(piece)

            others = [pool.submit(work) for _ in range(min(threads, count) - 1)]
            try:
                work()
            finally:
                for other in others:
                    other.result()

        yield each


def each(task: Callable[[int], None], count: int, alone: bool = False) -> None:
    """task(0), ..., task(count - 1) on all threads, in any order; ``alone``: on this one, in order."""
    if alone or count == 1:
        for piece in range(count):
            task(piece)
        return
    with team() as both:
        both(task, count)
