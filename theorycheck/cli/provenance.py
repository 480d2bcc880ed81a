"""What made a ledger: versions, source commit, time."""

import platform
import subprocess
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import __version__, store

BIBTEX = f"""@software{{theorycheck,
  title = {{theorycheck: theory papers checked claim by claim}},
  author = {{The theorycheck authors}},
  version = {{{__version__}}},
}}"""


def tool(profile: str, seconds: float) -> dict[str, Any]:
    """The ``tool`` record of a ledger."""
    return {
        "name": "theorycheck",
        "version": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "commit": commit(Path(__file__).parents[2]),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "profile": profile,
        "libraries": dict(store.versions()),
        "seconds": round(seconds, 3),
    }


def commit(root: Path) -> str | None:
    """The commit of the source tree at `root`, or None where it is none of its own or git is missing."""
    if not (root / ".git").exists():
        return None
    try:
        command = ["git", "-C", str(root), "rev-parse", "HEAD"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def shown_setting(setting: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """The validated setting as JSON: its fields where it has any, else what the user gave."""
    if isinstance(setting, Mapping):
        found = dict(setting)
    elif hasattr(setting, "model_dump"):
        found = setting.model_dump()
    elif is_dataclass(setting):
        found = {field.name: getattr(setting, field.name) for field in fields(setting)}
    else:
        found = dict(given)
    plain = {str(key): value for key, value in found.items() if value is not None}
    return {key: value if isinstance(value, bool | int | float | str) else str(value) for key, value in plain.items()}
