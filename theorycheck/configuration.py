"""What a run is told: by flag, else ``THEORYCHECK_*``, else ``theorycheck.toml`` in this folder, else a default."""

import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import UserError, nearest
from .toml_text import Value, read_toml

FILE, PREFIX = "theorycheck.toml", "THEORYCHECK_"
WEEK = 7 * 24 * 3600

ALLOWED = {
    "profile": "quick, default or full",
    "seed": "an integer from 0 to 2^63 - 1",
    "jobs": "an integer from 1 to 256",
    "timeout": f"seconds, above 0 and at most {WEEK}",
    "strict": "true or false",
    "report": "a folder",
    "json": "a file, or - for standard output",
    "store": "a file",
    "color": "auto, always or never",
    "setting": "tables [setting.PAPER] of numbers, strings, true or false",
}
Scalar = bool | int | float | str


def processors() -> int:
    """Processors that this process may use."""
    return min(256, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


class Configuration(BaseModel):
    """The validated configuration; its fields are the keys of `ALLOWED`.

    Raises ``pydantic.ValidationError``; `configure` raises one message that says where the value stands.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)

    profile: Literal["quick", "default", "full"] = "default"
    seed: int = Field(0, ge=0, lt=2**63)
    jobs: int = Field(default_factory=processors, ge=1, le=256)
    timeout: float = Field(900.0, gt=0, le=WEEK)
    strict: bool = False
    report: str | None = Field(None, min_length=1)
    json_target: str | None = Field(None, min_length=1, alias="json")
    store: str | None = Field(None, min_length=1)
    color: Literal["auto", "always", "never"] = "auto"
    setting: dict[str, dict[str, Scalar]] = Field(default_factory=dict)


def configure(flags: Mapping[str, str | bool | None], environment: Mapping[str, str], folder: Path) -> Configuration:
    """The configuration of a run.

    Args:
        flags: by key, as text (``strict`` as a bool); None where the flag was not given.
        environment: the process's environment.
        folder: where ``theorycheck.toml`` may lie.

    Raises:
        UserError: for an unknown key or a value out of range: where, value, allowed, nearest valid name.
    """
    values: dict[str, Any] = {}
    if (folder / FILE).exists():
        values.update(_of_file(folder / FILE))
    for name, text in environment.items():
        if name.startswith(PREFIX) and text:
            key = name.removeprefix(PREFIX).lower()
            if key not in ALLOWED or key == "setting":
                known = [PREFIX + k.upper() for k in ALLOWED if k != "setting"]
                raise UserError(f"{name}: unknown variable; {nearest(name, known)}")
            values[key] = _checked(key, _typed(key, text), name)
    for key, flag in flags.items():
        if flag is not None:
            values[key] = _checked(key, _typed(key, flag), f"--{key}")
    return Configuration.model_validate(values)


def parse_settings(pairs: list[str]) -> dict[str, Scalar]:
    """The parameters of ``--set KEY=VALUE``: integers, decimals, true and false, and otherwise text.

    Raises:
        UserError: for text without ``=``, a key given twice, or a number that is not finite.

    >>> parse_settings(["k=3", "eta=0.05"])
    {'k': 3, 'eta': 0.05}
    """
    found: dict[str, Scalar] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or not key.strip() or not text.strip():
            raise UserError(f'--set: "{pair}" (allowed: KEY=VALUE)')
        if key.strip() in found:
            raise UserError(f"--set: {key.strip()} is given twice")
        value = _scalar(text.strip())
        if isinstance(value, float) and not abs(value) < float("inf"):
            raise UserError(f"--set: {key.strip()} = {text.strip()} (allowed: finite numbers)")
        found[key.strip()] = value
    return found


def _scalar(text: str) -> Scalar:
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            found: Scalar = kind(text)
        except ValueError:
            continue
        return found
    return text


def _of_file(path: Path) -> dict[str, Any]:
    document = read_toml(path)
    values = document.root.table(optional=list(ALLOWED))
    for key, value in values.items():
        if key == "setting":
            for paper in value.table().values():
                for parameter in paper.table().values():
                    if not isinstance(parameter.raw, bool | int | Decimal | str):
                        raise parameter.refuse(f"a list or a table (allowed: {ALLOWED[key]})")
            continue
        _checked(key, plain(value.raw), value)
    return {key: plain(value.raw) for key, value in values.items()}


def plain(raw: Any) -> Any:
    """The value with decimals as floats, which is what papers take."""
    if isinstance(raw, dict):
        return {key: plain(part) for key, part in raw.items()}
    if isinstance(raw, list):
        return [plain(part) for part in raw]
    return float(raw) if isinstance(raw, Decimal) else raw


def _typed(key: str, given: str | bool) -> Any:
    """Text from a flag or the environment as the type of its key, or as it is where it is none."""
    if not isinstance(given, str):
        return given
    if key == "strict":
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(given.lower(), given)
    kind = {"seed": int, "jobs": int, "timeout": float}.get(key)
    try:
        return given if kind is None else kind(given)
    except ValueError:
        return given


def _checked(key: str, value: Any, place: str | Value) -> Any:
    try:
        Configuration.model_validate({key: value})
    except ValidationError:
        shown = f'"{value}"' if isinstance(value, str) else str(value).lower()
        hint = ""
        if key in ("profile", "color") and isinstance(value, str):
            options = {"profile": ("quick", "default", "full"), "color": ("auto", "always", "never")}[key]
            hint = f"; {nearest(value, options)}"
        problem = f"{shown[:80]}{hint} (allowed: {ALLOWED[key]})"
        raise (UserError(f"{place}: {problem}") if isinstance(place, str) else place.refuse(problem)) from None
    return value
