"""Samples in a CSV file: one line each, the label 1 or -1 first, then the values; a heading is allowed."""

import csv
from pathlib import Path

import numpy as np

from .samples import BadSamples, Samples

MOST_BYTES = 2**28


def read_samples(path: Path) -> Samples:
    """The samples of a file, both classes among them.

    Raises:
        BadSamples: one line with the file, the line and what is wrong in it.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadSamples(f"{path}: {path.stat().st_size} bytes (allowed: at most {MOST_BYTES})")
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except OSError as error:
        raise BadSamples(f"{path}: {error.strerror or error}") from None
    except (UnicodeDecodeError, csv.Error):
        raise BadSamples(f"{path}: no text in comma-separated columns") from None
    lines = [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if lines and _number(lines[0][1][0]) is None:
        lines = lines[1:]  # a heading
    if not lines:
        raise BadSamples(f"{path}: no samples (allowed: lines LABEL,VALUE,...)")
    width = len(lines[0][1])
    if width < 2:
        raise BadSamples(f"{path}:{lines[0][0]}: a label without values (allowed: LABEL,VALUE,...)")
    values = np.empty((len(lines), width))
    for n, (number, row) in enumerate(lines):
        if len(row) != width:
            raise BadSamples(f"{path}:{number}: {len(row)} columns (allowed: {width}, as in line {lines[0][0]})")
        for column, cell in enumerate(row):
            found = _number(cell)
            if found is None or not np.isfinite(found):
                raise BadSamples(f'{path}:{number}: column {column + 1} is "{cell.strip()[:40]}" '
                                 "(allowed: a finite number)")
            values[n, column] = found
        if values[n, 0] not in (1.0, -1.0):
            raise BadSamples(f'{path}:{number}: label "{row[0].strip()[:40]}" (allowed: 1, -1)')
    try:
        samples = Samples(np.ascontiguousarray(values[:, 1:]), values[:, 0].astype(np.int64))
    except BadSamples as error:
        raise BadSamples(f"{path}: {error}") from None
    if samples.one_class:
        raise BadSamples(f"{path}: all labels are {samples.y[0]} (allowed: both 1 and -1)")
    return samples


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
