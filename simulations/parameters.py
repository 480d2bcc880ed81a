"""Parameters given as a mapping, read into a validated record; what is wrong with them comes as one line."""

import difflib
import os
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

Model = TypeVar("Model", bound=BaseModel)


class BadSetting(ValueError):
    """A setting outside its range; the text is one line ``key = value: problem (allowed: ...)``."""


def read(model: type[Model], allowed: Mapping[str, str], mapping: Mapping[str, Any]) -> Model:
    """The record that ``mapping`` describes, defaults where it is silent.

    ``allowed`` says of each key what its values are; a misspelt key or name is told the nearest valid one. Raises
    `BadSetting`.
    """
    if not isinstance(mapping, Mapping):
        raise BadSetting(line("setting", mapping, "not a mapping", f"keys {', '.join(model.model_fields)}"))
    for key in mapping:
        if key not in model.model_fields:
            hint = _nearest(str(key), model.model_fields)
            raise BadSetting(f"{_shown(key, quote=False)} = {_shown(mapping[key])}: unknown key{hint} "
                             f"(allowed: {', '.join(model.model_fields)})")
    try:
        return model.model_validate(dict(mapping))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
    if first["type"] == "bad_setting":
        raise BadSetting(str(first["ctx"]["line"]))
    key = str(first["loc"][0])
    wrong = "wrong type" if first["type"].endswith("_type") else "out of range"
    if first["type"] == "literal_error":
        wrong = f"unknown{_nearest(str(mapping[key]), allowed[key].split(', '))}"
    problem = "not finite" if first["type"] == "finite_number" else wrong
    raise BadSetting(line(key, mapping[key], problem, allowed[key]))


def wrong(key: str, value: object, problem: str, allowed: str) -> PydanticCustomError:
    """What a validator raises; `read` turns it into a `BadSetting` of this one line."""
    return PydanticCustomError("bad_setting", "{line}", {"line": line(key, value, problem, allowed)})


def line(key: str, value: object, problem: str, allowed: str) -> str:
    """``key = value: problem (allowed: ...)``."""
    return f"{key} = {_shown(value)}: {problem} (allowed: {allowed})"


def available_bytes() -> int:
    """Bytes of memory that a run may take: what is free, and at least half of the machine's.

    The page cache counts as taken although the system gives it up, hence the second part.
    """
    page = os.sysconf("SC_PAGE_SIZE")
    return max(os.sysconf("SC_AVPHYS_PAGES"), os.sysconf("SC_PHYS_PAGES") // 2) * page


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.3)
    return f", nearest {near[0]}" if near else ""


def _shown(value: object, quote: bool = True) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**40:
        return f"integer of {value.bit_length()} bits"  # Python refuses to print very long integers
    text = repr(value)[:60] if quote or not isinstance(value, str) else value[:60]
    return " ".join(text.split())
