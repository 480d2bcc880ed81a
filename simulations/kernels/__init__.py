"""Compiled kernels: float64 arrays and constants in, arrays in place and an integer status out.

The cache folder is set only while the kernels are declared, so other users of numba in the process keep theirs.
"""

from pathlib import Path

import numba

from .cache import cache_folder

_others = numba.config.CACHE_DIR  # type: ignore[attr-defined]
numba.config.CACHE_DIR = str(cache_folder(Path(__file__).parent))  # type: ignore[attr-defined]
try:
    from . import (
        activation,
        ascent,
        basis,
        blocked,
        bound,
        descent,
        elementary,
        lanes,
        leaky,
        leaky_attacks,
        network,
        passage,
        pgd,
        points,
        population,
        product,
        reduced,
        sample,
        separable,
        softmax,
        tile,
        vector,
    )
finally:
    numba.config.CACHE_DIR = _others  # type: ignore[attr-defined]

__all__ = ["activation", "ascent", "basis", "blocked", "bound", "descent", "elementary", "lanes",
           "leaky", "leaky_attacks", "network", "passage", "pgd", "points", "population", "product", "reduced",
           "sample", "separable", "softmax", "tile", "vector"]
