"""A claim as a reader needs it: statement, hypotheses, argument, checks, and what it rests on. Nothing is run."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..claim import Claim
from ..configuration import configure, parse_settings
from ..engine import checks_of
from ..errors import UserError
from ..orders.language import Quantity
from . import exits
from .printable import printable
from .selection import Selected, find


def show_command(target: str, pairs: list[str]) -> int:
    """Prints the claim."""
    config, given = configure({}, os.environ, Path.cwd()), parse_settings(pairs)
    found: dict[str, Selected] = {}
    reference, name = find(target, found, lambda paper: {**config.setting.get(paper, {}), **given})
    claims = found[reference].claims
    if name is None and len(claims) == 1:
        name = next(iter(claims))
    if name is None:
        raise UserError(f"{target} is a paper; name a claim as {target}:CLAIM (claims: {', '.join(list(claims)[:20])})")
    for line in _lines(found[reference].paper.id, claims[name], claims):
        print(printable(line))
    return exits.GOOD


def _lines(paper: str, claim: Claim, claims: Mapping[str, Claim]) -> Iterator[str]:
    yield f"{paper}:{claim.id}  {claim.source}: {claim.title}"
    yield f"origin {claim.origin}, expected verdict {claim.expected}"
    yield from _section("statement", (f"{p.name}: {p.said(claim.limit)}{_given(p.given)}" for p in claim.parts))
    yield from _section("the run that it is about", _run(claim))
    yield from _section("hypotheses", (_hypothesis(h.said(claim.limit), h.relation) for h in claim.hypotheses))
    limit = claim.limit or "the limit variable"
    yield from _section("positive quantities", (f"{q.name}: {_described(q, limit)}" for q in claim.quantities))
    described = (", ".join(filter(None, (f"{v.name}: {v.domain}", v.meaning))) for v in claim.variables)
    yield from _section("constants" if claim.quantities else "variables", described)
    yield from _section("a point inside the hypotheses", (f"{name} = {value}" for name, value in claim.point.items()))
    yield from _section("derivation", (f"{step.name}: {step.text}" for step in claim.derivation))
    yield from _section("checks", (" of ".join(filter(None, (c.kind, ", ".join(c.covers)))) for c in checks_of(claim)))
    yield from _section("note", [claim.note] if claim.note else [])
    yield from _section("rests on", list(_tree(claim, claims, 0, set())) or ["nothing"])


def _described(quantity: Quantity, limit: str) -> str:
    return ", ".join(filter(None, (quantity.said(limit), quantity.meaning)))


def _run(claim: Claim) -> Iterator[str]:
    for dynamics in {id(part.dynamics): part.dynamics for part in claim.parts if part.dynamics is not None}.values():
        yield f"from {', '.join(f'{name} = {first}' for name, first in dynamics.start.items())}"
        for name, relations in dynamics.transitions.items():
            yield f"step {name}: {'; '.join(map(str, relations))}"
        yield f"state after a step: {', '.join(f'{name} -> {after}' for name, after in dynamics.state.items())}"


def _section(title: str, lines: "Iterator[str] | list[str]") -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield f"{title}:"
        yield from (f"  {line}" for line in found)


def _given(relations: tuple[object, ...]) -> str:
    return f"  (given {'; '.join(map(str, relations))})" if relations else ""


def _hypothesis(text: str, relation: object) -> str:
    return text if relation is None or str(relation) == text else f"{text}  ({relation})"


def _tree(claim: Claim, claims: Mapping[str, Claim], depth: int, seen: set[str]) -> Iterator[str]:
    """Ancestors, each shown with its own the first time."""
    for used in claim.uses:
        other = claims[used]
        again = used in seen
        seen.add(used)
        yield f"{'  ' * depth}{used}  {other.source}: {other.title}{'  (see above)' if again and other.uses else ''}"
        if not again:
            yield from _tree(other, claims, depth + 1, seen)
