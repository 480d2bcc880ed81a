"""Typed reading of a JSON document from a stranger: every refusal names the place, the value and what is allowed."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .text import clean

_RATIONAL = re.compile(r"[+-]?\d{1,400}(/\d{1,400})?")
_WORDS_FOR_NUMBERS = {"nan": "nan", "inf": "inf", "-inf": "-inf", "infinity": "inf", "-infinity": "-inf"}


@dataclass(frozen=True)
class Node:
    """A JSON object and where it stands; ``null`` counts as missing.

    Raises ValueError ("claims[2].verdict: 'prooved' ...; allowed: ...; did you mean 'proved'?").
    """

    value: Mapping[str, object]
    where: str

    def __post_init__(self) -> None:
        if not isinstance(self.value, Mapping):
            raise ValueError(f"{self.where or 'document'}: expected an object, got {_kind(self.value)}")
        if not all(isinstance(key, str) for key in self.value):
            raise ValueError(f"{self.where or 'document'}: every key must be a string")

    def place(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def text(self, key: str, default: str = "") -> str:
        value = self.value.get(key)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool):
            return clean(str(value))
        if not isinstance(value, str):
            raise ValueError(f"{self.place(key)}: expected a string, got {_kind(value)}")
        return clean(value)

    def required(self, key: str) -> str:
        text = self.text(key)
        if not text.strip():
            raise ValueError(f"{self.place(key)}: missing or empty; expected a string")
        return text

    def choice(self, key: str, allowed: Iterable[str], default: str = "") -> str:
        """One of the allowed words, or the default where there is none."""
        text, words = self.text(key, default), tuple(allowed)
        if text in words or text == default:
            return text
        near = difflib.get_close_matches(text, words, 1, 0.0)
        raise ValueError(
            f"{self.place(key)}: {text[:60]!r} is unknown; allowed: {', '.join(words)}; did you mean {near[0]!r}?"
        )

    def flag(self, key: str) -> bool | None:
        value = self.value.get(key)
        if value is None or isinstance(value, bool):
            return value
        raise ValueError(f"{self.place(key)}: expected true or false, got {_kind(value)}")

    def number(self, key: str) -> float | None:
        value = self.value.get(key)
        return None if value is None else as_float(value, self.place(key))

    def node(self, key: str) -> "Node | None":
        value = self.value.get(key)
        return None if value is None else Node(value, self.place(key))  # type: ignore[arg-type]

    def mapping(self, key: str) -> tuple[tuple[str, object], ...]:
        node = self.node(key)
        return () if node is None else tuple(node.value.items())

    def list(self, key: str) -> tuple[object, ...]:
        value = self.value.get(key)
        if value is None:
            return ()
        if not isinstance(value, (list, tuple)):
            raise ValueError(f"{self.place(key)}: expected a list, got {_kind(value)}")
        return tuple(value)

    def nodes(self, key: str) -> tuple["Node", ...]:
        return tuple(Node(item, f"{self.place(key)}[{n}]") for n, item in enumerate(self.list(key)))  # type: ignore[arg-type]

    def words(self, key: str) -> tuple[str, ...]:
        items = self.list(key)
        for n, item in enumerate(items):
            if not isinstance(item, str):
                raise ValueError(f"{self.place(key)}[{n}]: expected a string, got {_kind(item)}")
        return tuple(clean(str(item)) for item in items)

    def numbers(self, key: str) -> tuple[float, ...]:
        """Floats; null becomes NaN, a gap."""
        place = self.place(key)
        return tuple(
            float("nan") if item is None else as_float(item, f"{place}[{n}]") for n, item in enumerate(self.list(key))
        )

    def rows(self, key: str) -> tuple[tuple[object, ...], ...]:
        """Lists in a list."""
        return tuple(Node({str(n): row}, self.place(key)).list(str(n)) for n, row in enumerate(self.list(key)))

    def matrix(self, key: str) -> tuple[tuple[float, ...], ...]:
        """Rows of floats, as long as they stand; null becomes NaN, a gap."""
        return tuple(Node({str(n): row}, self.place(key)).numbers(str(n)) for n, row in enumerate(self.rows(key)))


def as_float(value: object, where: str) -> float:
    """The JSON value as a float; also "p/q" and the words nan, inf, -inf. Raises ValueError otherwise."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, str) and value.lower() in _WORDS_FOR_NUMBERS:
            return float(_WORDS_FOR_NUMBERS[value.lower()])
        if isinstance(value, str) and _RATIONAL.fullmatch(value):
            top, _, bottom = value.partition("/")
            return int(top) / int(bottom or "1")
    except (OverflowError, ZeroDivisionError) as error:
        raise ValueError(f"{where}: {str(value)[:60]!r} is no number that can be shown ({error})") from error
    raise ValueError(f"{where}: expected a number, 'p/q', 'nan', 'inf' or '-inf', got {_kind(value)}")


def _kind(value: object) -> str:
    return f"{type(value).__name__} {value!r:.60}"
