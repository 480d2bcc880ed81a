"""From what the user names to papers and claims."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..claim import Claim
from ..errors import StoreError, UserError, nearest
from ..ledger import whole
from ..loader import installed, load, looks_like_path
from ..paper import Paper

CONTROLS = "controls"  # planted errors: checked when asked for by name
Parameters = Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True)
class Selected:
    """A paper with the claims to check.

    Args:
        reference: id or path, as `loader.load` takes it.
        paper: what it loads to.
        parameters: as the user gave them.
        setting: those, validated.
        claims: all claims of the paper.
        wanted: ids to check, ancestors included, in the paper's order.
    """

    reference: str
    paper: Paper
    parameters: Mapping[str, Any]
    setting: Any
    claims: Mapping[str, Claim]
    wanted: tuple[str, ...]


def opened(reference: str, parameters: Parameters) -> Selected:
    """The paper with all of its claims.

    Raises:
        UserError: if there is no such paper, or it refuses the parameters.
        StoreError: if an installed paper does not load.
    """
    try:
        paper = load(reference)
    except UserError:
        raise
    except Exception as error:  # an installed plug-in is somebody's code; that it breaks is not our crash
        raise StoreError(f"the paper {reference} does not load: {type(error).__name__}: {error}") from error
    given = parameters(reference)
    try:
        setting = paper.setting(given)
        claims = paper.claims(setting)
    except ValueError as error:
        # With the user's parameters the message is about those; an installed paper without any is itself broken.
        broken = not given and reference in installed()
        raise (StoreError if broken else UserError)(f"{reference}: {error}") from error
    return Selected(reference, paper, given, setting, claims, tuple(claims))


def select(targets: Sequence[str], keyword: str | None, parameters: Parameters) -> list[Selected]:
    """What to check, one entry a paper, in the order named.

    Args:
        targets: papers, claims, ``PAPER:CLAIM`` or paths; none for every installed paper but the controls.
        keyword: the ``-k`` expression.
        parameters: the parameters for each paper.

    Raises:
        UserError: for a name that is none, with the nearest valid one.
    """
    found: dict[str, Selected] = {}
    chosen: dict[str, list[str] | None] = {}
    for target in targets or [name for name in installed() if name != CONTROLS]:
        reference, claim = find(target, found, parameters)
        before = chosen.get(reference, [])
        chosen[reference] = None if claim is None or before is None else [*before, claim]
    matches = None if keyword is None else matcher(keyword)
    selected = []
    for reference, names in chosen.items():
        entry = found[reference]
        wanted = [n for n in (entry.claims if names is None else names) if matches is None or matches(n)]
        if wanted:
            selected.append(replace(entry, wanted=whole(wanted, entry.claims)))
    if not selected:
        nothing = "no paper is installed; name a path" if keyword is None else f'no claim matches -k "{keyword}"'
        raise UserError(nothing)
    return selected


def find(target: str, found: dict[str, Selected], parameters: Parameters) -> tuple[str, str | None]:
    """The paper's reference and, where one is meant, the claim; what is opened on the way is added to `found`."""

    def claims_of(reference: str) -> Mapping[str, Claim]:
        if reference not in found:
            found[reference] = opened(reference, parameters)
        return found[reference].claims

    paper, colon, claim = target.rpartition(":")
    named = bool(colon) and _is_paper(paper) and not _exists(target)
    if not named and _is_paper(target):
        claims_of(target)
        return target, None
    if named:
        if claim not in claims_of(paper):
            raise UserError(f'{paper} has no claim "{claim}"; {nearest(claim, claims_of(paper))}')
        return paper, claim
    owners = [name for name in installed() if target in claims_of(name)]
    if len(owners) > 1:
        raise UserError(f"{target} is a claim of {' and '.join(owners)}; write {owners[0]}:{target}")
    if not owners:
        known = [*installed(), *(claim for name in installed() for claim in claims_of(name))]
        raise UserError(f'no paper, claim or path "{target}"; {nearest(target, known)}')
    return owners[0], target


def _is_paper(text: str) -> bool:
    return text in installed() or (looks_like_path(text) if _exists(text) or len(text) < 256 else "/" in text)


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except OSError:  # a name that the file system does not take
        return False


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


Test = tuple[Callable[[str], bool], list[str]]


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
