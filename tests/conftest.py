"""Strict numeric settings for every test: floating-point trouble is an error where a test does not say otherwise."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

settings.register_profile("project", deadline=None, derandomize=True, print_blob=False)
settings.load_profile("project")

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _strict_numbers(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """NumPy raises on invalid operations, and no test sees the user's store or configuration."""
    for name in ("THEORYCHECK_STORE", "THEORYCHECK_PROFILE", "THEORYCHECK_SEED", "THEORYCHECK_JOBS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    with np.errstate(invalid="raise", divide="raise"):
        yield


@pytest.fixture
def root() -> Path:
    """The root of the source tree."""
    return ROOT
