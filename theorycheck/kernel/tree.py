"""Expression trees as JSON data, and the limits on whatever the kernel reads."""

import json
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, NoReturn

MAX_DEPTH, MAX_CHARACTERS = 64, 10_000_000
NUMBER = "-?[0-9]{1,2000}(/0*[1-9][0-9]{0,1999})?"
NAME, LABEL = "[A-Za-z][A-Za-z0-9_]{0,99}", "[A-Za-z][A-Za-z0-9_.-]{0,199}"
UNARY, MANY = {"-", "exp", "log", "abs", "Phi"}, {"+", "*", "min", "max", "piecewise"}


class Rejected(ValueError):
    """The data is malformed, or the certificate does not prove what it states."""


def reject(reason: str) -> NoReturn:
    raise Rejected(reason)


def plain(data: object) -> Any:
    """A private copy of bounded JSON data; floats are refused."""
    try:
        text = json.dumps(data)
        copy = json.loads(text, parse_float=reject, parse_constant=reject)
        if len(text) > MAX_CHARACTERS or _depth(copy) > MAX_DEPTH:
            reject(f"more than {MAX_DEPTH} levels or {MAX_CHARACTERS} characters")
    except (TypeError, ValueError, RecursionError) as error:
        raise Rejected(f"not bounded JSON data without floats: {error}") from error
    return copy


def _depth(data: Any) -> int:
    parts = data.values() if type(data) is dict else data if type(data) is list else ()
    return 1 + max(map(_depth, parts), default=0)


def record(data: Any, required: Iterable[str] | None = None, optional: Iterable[str] = ()) -> Mapping[str, Any]:
    """`data` as an object with exactly these keys, or with any."""
    keys = set(data if required is None and type(data) is dict else required or ())
    if type(data) is not dict or not keys <= set(data) <= keys.union(optional):
        reject(f"{data!r:.80}: an object is needed with the keys {sorted(keys)}, optional {sorted(optional)}")
    return data


def sequence(data: Any, length: int | None = None) -> list[Any]:
    if type(data) is not list or length not in (None, len(data)):
        reject(f"{data!r:.80}: a list{'' if length is None else f' of {length}'} is needed")
    return data


def word(data: Any, pattern: str = NAME) -> str:
    """An identifier, or with `LABEL` the name of a fact, step, system or transition."""
    if type(data) is not str or not re.fullmatch(pattern, data) or data in UNARY | MANY:
        reject(f"{data!r:.80}: a name is needed that matches {pattern}")
    return data


def number(data: Any) -> Fraction:
    if type(data) not in (int, str) or not re.fullmatch(NUMBER, str(data)):
        reject(f"{data!r:.80}: an integer or a rational 'p/q' is needed")
    return Fraction(data)


def leaf(tree: Any) -> Fraction | str:
    """The rational or the symbol that a tree without arguments stands for."""
    return word(tree) if type(tree) is str and tree[:1].isalpha() else number(tree)


def operation(tree: list[Any]) -> tuple[str, list[Any]]:
    name, n = tree[0] if tree and type(tree[0]) is str else "", len(tree) - 1
    if not (n and name in MANY or n == 1 and name in UNARY or n == 2 and name in ("-", "/", "^")):
        reject(f"{tree!r:.80}: unknown operation or wrong number of arguments")
    return name, tree[1:]


def substitute(tree: Any, images: Mapping[str, Any]) -> Any:
    """`tree` with all symbols replaced at once; what stands first as text is an operator."""
    if type(tree) is not list:
        return images.get(tree, tree)
    return [part if i == 0 and isinstance(part, str) else substitute(part, images) for i, part in enumerate(tree)]
