"""Independent pieces of work on all threads.

Serial kernels that leave the interpreter's lock, called from threads of Python's, compile several times faster than
parallel kernels; a call costs some microseconds, a piece of work should take many.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numba

Task = Callable[[int, int], None]
Each = Callable[[Task, int], None]


@contextmanager
def team() -> Iterator[Each]:
    """each(task, count) does task(0, w), ..., task(count - 1, w) on this thread and as many others as numba may use.

    w < `workers`() tells who does it, so that working space can be one's own.
    """
    threads = workers()
    with ThreadPoolExecutor(max(threads - 1, 1)) as pool:

        def each(task: Task, count: int) -> None:
            left = iter(range(count))

            def work(who: int) -> None:
                for piece in left:
                    task(piece, who)

            others = [pool.submit(work, who) for who in range(1, min(threads, count))]
            try:
                work(0)
            finally:
                for other in others:
                    other.result()

        yield each


def workers() -> int:
    """How many threads may work."""
    return numba.get_num_threads()


def shares(count: int, parts: int) -> list[tuple[int, int]]:
    """0..count-1 as at most so many nearly equal ranges (first, last + 1)."""
    parts = min(parts, count)
    return [(part * count // parts, (part + 1) * count // parts) for part in range(parts)]


def each(task: Task, count: int, alone: bool = False) -> None:
    """task(0, w), ..., task(count - 1, w) on all threads w, in any order; ``alone``: on this one, in order."""
    if alone or count == 1:
        for piece in range(count):
            task(piece, 0)
        return
    with team() as both:
        both(task, count)
