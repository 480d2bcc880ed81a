"""The little language of ``-k``: which claims are meant, by parts of their ids."""

import re
from collections.abc import Callable

from ..errors import UserError

Test = tuple[Callable[[str], bool], list[str]]


def matcher(expression: str) -> Callable[[str], bool]:
    """The test of a ``-k`` expression: words are looked for in the id, joined by ``and``, ``or``, ``not`` and brackets.

    Raises:
        UserError: for anything else.

    >>> matcher("lemma and not (d.5 or d.6)")("lemma-b.1")
    True
    """
    if len(expression) > 1_000:
        raise UserError(f"-k: {len(expression)} characters (allowed: 1000)")
    tokens = re.findall(r"[()]|[^\s()]+", expression)
    test, rest = _either(tokens, expression, 0)
    if rest:
        raise _unreadable(expression)
    return test


def _unreadable(expression: str) -> UserError:
    return UserError(f'-k: "{expression}" (allowed: parts of ids, and, or, not, brackets)')


def _either(tokens: list[str], whole_text: str, depth: int) -> Test:
    left, rest = _both(tokens, whole_text, depth)
    if rest and rest[0] == "or":
        right, rest = _either(rest[1:], whole_text, depth + 1)
        return (lambda name: left(name) or right(name)), rest
    return left, rest


def _both(tokens: list[str], whole_text: str, depth: int) -> Test:
    left, rest = _one(tokens, whole_text, depth)
    if rest and rest[0] == "and":
        right, rest = _both(rest[1:], whole_text, depth + 1)
        return (lambda name: left(name) and right(name)), rest
    return left, rest


def _one(tokens: list[str], whole_text: str, depth: int) -> Test:
    if not tokens or tokens[0] in ("and", "or", ")") or depth > 50:
        raise _unreadable(whole_text)
    word, rest = tokens[0], tokens[1:]
    if word == "not":
        inner, rest = _one(rest, whole_text, depth + 1)
        return (lambda name: not inner(name)), rest
    if word == "(":
        inner, rest = _either(rest, whole_text, depth + 1)
        if not rest or rest[0] != ")":
            raise _unreadable(whole_text)
        return inner, rest[1:]
    return (lambda name: word.lower() in name), rest
