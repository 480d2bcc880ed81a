"""From what the user names to papers and claims."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..claim import Claim
from ..errors import StoreError, UserError, nearest
from ..ledger import whole
from ..loader import installed, load, looks_like_path
from ..paper import Paper
from .matching import matcher

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


def loaded(reference: str) -> Paper:
    """The paper.

    Raises:
        UserError: if there is no such paper.
        StoreError: if an installed paper does not load.
    """
    try:
        return load(reference)
    except UserError:
        raise
    except OSError as error:
        raise UserError(f"{reference[:60]}: {error.strerror}") from None
    except Exception as error:  # an installed plug-in is somebody's code; that it breaks is not our crash
        raise StoreError(f"the paper {reference} does not load: {type(error).__name__}: {error}") from error


def opened(reference: str, parameters: Parameters) -> Selected:
    """The paper with all of its claims.

    Raises:
        UserError: if there is no such paper, or it refuses the parameters.
        StoreError: if an installed paper does not load.
    """
    paper = loaded(reference)
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
    owners, broken = [], []
    for name in sorted(installed(), key=lambda name: name == CONTROLS):  # a bad parameter is told of a real paper
        try:
            owners += [name] if target in claims_of(name) else []
        except StoreError as error:  # a paper that does not load hides no claim of another
            broken.append(str(error))
        except UserError:  # the parameters may be those of another paper: only the owner's refusal counts
            if target in opened(name, lambda _: {}).claims:
                raise
    if len(owners) > 1:
        raise UserError(f"{target} is a claim of {' and '.join(owners)}; write {owners[0]}:{target}")
    if not owners:
        known = [*installed(), *(claim for entry in found.values() for claim in entry.claims)]
        raise UserError("; ".join([f'no paper, claim or path "{target[:60]}"', nearest(target, known), *broken]))
    return owners[0], target


def _is_paper(text: str) -> bool:
    return text in installed() or (looks_like_path(text) if _exists(text) or len(text) < 256 else "/" in text)


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except OSError:  # a name that the file system does not take
        return False
