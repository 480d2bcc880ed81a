"""One root seed; every task gets its own stream, keyed by what the task is, never by order, worker or time."""

import hashlib
import json

import numpy as np

Key = str | int


def _entropy(root: int, key: tuple[Key, ...]) -> int:
    if isinstance(root, bool) or not isinstance(root, int) or root < 0:
        raise ValueError(f"seed = {root!r}: not allowed (allowed: integers >= 0)")
    if any(isinstance(part, bool) or not isinstance(part, str | int) for part in key):
        raise ValueError(f"stream key = {key!r}: wrong part (allowed: text and integers)")
    return int.from_bytes(hashlib.sha256(json.dumps([root, *key]).encode()).digest())


def stream(root: int, *key: Key) -> np.random.Generator:
    """The random stream of the task `key` under the root seed: Philox, the same on every machine.

    Raises:
        ValueError: for a negative root or a part of the key that is neither text nor integer.

    >>> bool(stream(0, "lemma-b.1", 3).random() == stream(0, "lemma-b.1", 3).random())
    True
    """
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(_entropy(root, key))))


def integer_seed(root: int, *key: Key) -> int:
    """A 63-bit seed for a library that takes an integer."""
    return _entropy(root, key) >> 193
