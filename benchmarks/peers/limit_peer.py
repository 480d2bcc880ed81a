"""The machine: products of square matrices by BLAS, and how fast memory is read and written."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ..problem import Floats, Problem

Run = Callable[[int], Floats]
SIDE = 1024
PRODUCT = 2.0 * SIDE**3  # operations of one product
LENGTH = 2**23  # numbers of an array that no cache holds
TRAFFIC = 3 * 8.0 * LENGTH  # bytes of one c = a + b: two read, one written


def build(given: Problem | None, threads: int, memory: bool = False) -> Run:
    """Takes so many products, or sums of long arrays in as many threads as given."""
    if not memory:
        a, b, c = (np.full((SIDE, SIDE), value) for value in (0.5, 0.25, 0.0))

        def product(steps: int) -> Floats:
            for _ in range(steps):
                np.matmul(a, b, out=c)
            return c

        return product
    x, y, z = (np.full(LENGTH, value) for value in (0.5, 0.25, 0.0))
    parts = [slice(i * LENGTH // threads, (i + 1) * LENGTH // threads) for i in range(threads)]
    pool = ThreadPoolExecutor(threads)

    def total(steps: int) -> Floats:
        for _ in range(steps):
            list(pool.map(lambda part: np.add(x[part], y[part], out=z[part]), parts))
        return z

    return total
