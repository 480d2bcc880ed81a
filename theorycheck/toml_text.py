"""TOML that a user wrote: read within limits, decimals exactly, and with the line of whatever is refused."""

import hashlib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from .errors import UserError, nearest

MAX_BYTES, MAX_LINE, MAX_TEXT, MAX_DIGITS = 2**20, 20_000, 10_000, 40
Keys = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_HEADER = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_DOTTED})[ \t]*\]")
_KEY = re.compile(rf"[ \t]*({_DOTTED})[ \t]*=")
_RATIO = re.compile(r"[+-]?[0-9]{1,40}(/[0-9]{1,40}|\.[0-9]{1,40})?")
_INTEREST = re.compile(r"\"\"\"|'''|\\.|[\"'#\[\]{}]")


class _NotFinite(ValueError):
    pass


@dataclass(frozen=True)
class Document:
    """A TOML file: its table, and where each key stands.

    Args:
        name: the file as messages show it.
        text: its content.
        table: what `tomllib` reads, decimals as `Decimal`.
        digest: SHA-256 of the bytes.
    """

    name: str
    text: str
    table: dict[str, Any]
    digest: str

    @property
    def root(self) -> "Value":
        """The whole file."""
        return Value(self, (), self.table)

    @cached_property
    def lines(self) -> dict[Keys, int]:
        """The line of every table header and of every key that begins a line."""
        return dict(_positions(self.text))

    def line(self, keys: Keys, shown: str = "") -> int:
        """The line of the key, or of the nearest one around it; with `shown`, the first from there that holds it."""
        known = next((self.lines[keys[:n]] for n in range(len(keys), 0, -1) if keys[:n] in self.lines), 1)
        rows = self.text.split("\n")
        return next((n for n in range(known, len(rows) + 1) if shown and shown in rows[n - 1]), known)


@dataclass(frozen=True)
class Value:
    """A value of the file that knows its place, and refuses what does not fit with one message."""

    document: Document
    keys: Keys
    raw: Any

    def refuse(self, problem: str, at: str | None = None) -> UserError:
        """The error ``file:line: key: problem``; with `at`, about that key of this table."""
        keys = self.keys if at is None else (*self.keys, at)
        shown = self.raw if isinstance(self.raw, str) else ""
        place = "".join(f"[{k + 1}]" if isinstance(k, int) else f".{k}" for k in keys).removeprefix(".")
        line = self.document.line(keys, shown.split("\n")[0] if at is None else "")
        return UserError(f"{self.document.name}:{line}: {place + ': ' if place else ''}{problem}")

    def table(self, required: Collection[str] = (), optional: Collection[str] | None = None) -> "dict[str, Value]":
        """The values of a table with these keys; with `optional` None, any keys."""
        if not isinstance(self.raw, dict):
            raise self.refuse(f"{_kind(self.raw)} (allowed: a table)")
        known = [*required, *(optional or ())]
        for key in self.raw:
            if optional is not None and key not in known:
                raise self.refuse(f"unknown key; {nearest(key, known)} (allowed: {', '.join(known)})", key)
        for key in required:
            if key not in self.raw:
                raise self.refuse(f"the key {key} is missing (allowed: {', '.join(known)})")
        return {key: Value(self.document, (*self.keys, key), raw) for key, raw in self.raw.items()}

    def items(self, least: int, most: int) -> "list[Value]":
        """The entries of a list of bounded length."""
        if not isinstance(self.raw, list) or not least <= len(self.raw) <= most:
            found = f"a list of {len(self.raw)}" if isinstance(self.raw, list) else _kind(self.raw)
            raise self.refuse(f"{found} (allowed: a list of {least} to {most})")
        return [Value(self.document, (*self.keys, n), raw) for n, raw in enumerate(self.raw)]

    def text(self) -> str:
        """A string that is not blank."""
        if not isinstance(self.raw, str) or not self.raw.strip() or len(self.raw) > MAX_TEXT:
            found = f"a string of {len(self.raw)} characters" if isinstance(self.raw, str) else _kind(self.raw)
            raise self.refuse(f"{found} (allowed: a string of 1 to {MAX_TEXT} characters)")
        return self.raw

    def choice(self, options: Collection[str]) -> str:
        """One of several words."""
        if not isinstance(self.raw, str) or self.raw not in options:
            hint = nearest(self.raw, options) if isinstance(self.raw, str) else _kind(self.raw)
            raise self.refuse(f"{_shown(self.raw)}; {hint} (allowed: {', '.join(options)})")
        return self.raw

    def integer(self, low: int, high: int) -> int:
        """An integer of a range."""
        if isinstance(self.raw, bool) or not isinstance(self.raw, int) or not low <= self.raw <= high:
            raise self.refuse(f"{_shown(self.raw)} (allowed: an integer from {low} to {high})")
        return self.raw

    def boolean(self) -> bool:
        """True or false."""
        if not isinstance(self.raw, bool):
            raise self.refuse(f"{_shown(self.raw)} (allowed: true or false)")
        return self.raw

    def rational(self) -> Fraction:
        """An exact rational: an integer, a decimal, or a string ``"p/q"``."""
        allowed = f'(allowed: an integer, a decimal or a string "p/q", each of at most {MAX_DIGITS} digits)'
        raw = self.raw
        if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 10**MAX_DIGITS:
            return Fraction(raw)
        if isinstance(raw, Decimal):
            short = len(raw.as_tuple().digits) <= MAX_DIGITS and abs(raw.adjusted()) <= MAX_DIGITS
            if raw.is_finite() and short:
                return Fraction(raw)
        if isinstance(raw, str) and _RATIO.fullmatch(raw) and not re.search(r"/0+$", raw):
            return Fraction(raw)
        raise self.refuse(f"{_shown(self.raw)} is no rational number {allowed}")


def read_toml(path: Path) -> Document:
    """The file as a document.

    Raises:
        UserError: ``file:line: problem``, if it cannot be read, is too large or is no TOML.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise UserError(f"{path}:1: the file is too large (allowed: {MAX_BYTES} bytes)")
    try:
        text = content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UserError(f"{path}:{line}: not UTF-8 (allowed: TOML in UTF-8)") from None
    # Before parsing, because the parser takes time that grows with the square of a key's length.
    long = next((n for n, row in enumerate(text.split("\n"), 1) if len(row) > MAX_LINE), None)
    if long is not None:
        raise UserError(f"{path}:{long}: the line is too long (allowed: {MAX_LINE} characters)")
    try:
        table = tomllib.loads(text, parse_float=_decimal)
    except _NotFinite as error:
        found = re.search(r"[=\[,]\s*[+-]?(nan|inf)\b", text)
        line = text.count("\n", 0, found.end()) + 1 if found else 1
        raise UserError(f"{path}:{line}: {error} is no number (allowed: finite numbers)") from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        line_number = (place[1] if place and place[1] else str(text.count("\n") + 1)) if place else "1"
        problem = str(error)[: place.start() if place else 200]
        problem = "nested too deeply" if isinstance(error, RecursionError) else problem
        raise UserError(f"{path}:{line_number}: not TOML: {problem}") from None
    return Document(str(path), text, table, hashlib.sha256(content).hexdigest())


def _decimal(text: str) -> Decimal:
    found = Decimal(text)
    if not found.is_finite():
        raise _NotFinite(text)
    return found


def _positions(text: str) -> Iterator[tuple[Keys, int]]:
    """Keys with their lines, by the layout alone; an entry of an inline table has the line of what it stands in."""
    counts: dict[Keys, int] = {}
    table: Keys = ()
    quote, depth = "", 0
    for number, row in enumerate(text.split("\n"), 1):
        if not quote and depth == 0:
            if header := _HEADER.match(row):
                *outer, last = _parts(header[2])
                path = (*_inner(outer, counts), last)
                if header[1] == "[[":
                    if path not in counts:
                        yield path, number
                    counts[path] = counts.get(path, 0) + 1
                table = _inner([last], counts, path[:-1])
                yield table, number
                continue
            if key := _KEY.match(row):
                yield (*table, *_parts(key[1])), number
        quote, depth = _after(row, quote, depth)


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, dotted)]


def _inner(parts: list[str], counts: Mapping[Keys, int], start: Keys = ()) -> Keys:
    """The keys with the index of the latest entry after each list of tables."""
    path = start
    for part in parts:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path] - 1)
    return path


def _after(row: str, quote: str, depth: int) -> tuple[str, int]:
    """The multi-line string and the depth of brackets that are open after a line."""
    for found in _INTEREST.findall(row):
        if quote:
            quote = "" if found == quote else quote
        elif found == "#":
            break
        elif found in ('"', "'", '"""', "'''"):
            quote = found
        elif len(found) == 1:
            depth += 1 if found in "[{" else -1
    return (quote if len(quote) == 3 else ""), max(depth, 0)


def _kind(raw: Any) -> str:
    names = {str: "a string", bool: "true or false", int: "an integer", Decimal: "a decimal"}
    return {**names, list: "a list", dict: "a table"}.get(type(raw), f"a {type(raw).__name__}")


def _shown(raw: Any) -> str:
    try:
        text = str(raw).lower() if isinstance(raw, bool) else f'"{raw}"' if isinstance(raw, str) else str(raw)
    except ValueError:  # an integer of thousands of digits
        text = "an integer of very many digits"
    return text if len(text) <= 60 else text[:57] + "..."
