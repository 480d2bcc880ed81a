"""Claims of a draft that is data: expressions are read by the closed grammar, and nothing in the file is ever run."""

import keyword
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from .checks.check import Check
from .claim import Claim, Condition, Part
from .domains import Domain, Variable
from .draft_checks import Checks, best
from .draft_orders import Orders
from .draft_text import MAX_CONDITIONS, condition
from .grammar import FUNCTIONS
from .source import Source
from .toml_text import Value
from .verdict import TRUST, Verdict

MAX_VARIABLES = 40
_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_TAKEN = frozenset(FUNCTIONS) | {"piecewise", "integer"}


def claim_of(value: Value) -> Claim:
    """The claim that a ``[[claim]]`` table describes.

    Raises:
        UserError: ``file:line: key: problem``.
    """
    fields = value.table(
        ("id", "source", "title"),
        ("variables", "quantities", "sizes", "hypotheses", "statement", "part", "uses", "point", "expected", "note",
         "checks"),
    )  # fmt: skip
    variables = _variables(fields["variables"]) if "variables" in fields else ()
    names = [v.name for v in variables]
    assumed = fields["hypotheses"].items(0, MAX_CONDITIONS) if "hypotheses" in fields else []
    statements = _statements(value, fields)
    verdicts = [str(verdict) for verdict in TRUST]
    expected = Verdict(fields["expected"].choice(verdicts)) if "expected" in fields else None
    checks: tuple[Check, ...]
    more: dict[str, Any] = {}
    if "quantities" in fields:
        reads = Orders(fields, variables)
        hypotheses = tuple(Condition(v.text(), order=reads.relation(v)) for v in assumed)
        parts = tuple(Part(name, order=reads.relation(v)) for name, v in statements)
        checks = reads.checks(parts)
        more = {"quantities": reads.quantities, "sizes": reads.sizes}
    else:
        if "sizes" in fields:
            raise fields["sizes"].refuse("sizes belong to quantities (allowed: [claim.quantities] beside them)")
        relations = tuple(condition(v, names) for v in assumed)
        hypotheses = tuple(Condition.of(r) for r in relations)
        parts = tuple(Part(name, condition(v, names)) for name, v in statements)
        reader = Checks(parts, variables, relations)
        checks = reader.read(fields["checks"]) if "checks" in fields else reader.default()
        more = {"point": _point(fields["point"], names) if "point" in fields else {}}
    try:
        return Claim(
            id=fields["id"].text(), source=Source(fields["source"].text()), title=fields["title"].text(), parts=parts,
            checks=checks, variables=variables, hypotheses=hypotheses,
            uses=tuple(u.text() for u in fields["uses"].items(0, MAX_CONDITIONS)) if "uses" in fields else (),
            expected=best(checks, parts) if expected is None else expected,
            note=fields["note"].text() if "note" in fields else "", **more,
        )  # fmt: skip
    except ValueError as error:
        raise value.refuse(str(error)) from None


def _variables(value: Value) -> tuple[Variable, ...]:
    found = []
    for name, entry in value.table().items():
        if not _VARIABLE.fullmatch(name) or keyword.iskeyword(name) or name in _TAKEN:
            raise entry.refuse("no name for a variable (allowed: letters, digits and _, not a word of the grammar)")
        fields = entry.table(("domain",), ("low", "high", "low_open", "high_open", "meaning"))
        kind = fields["domain"].choice(("real", "positive", "integer"))
        ends = {key: fields[key].rational() for key in ("low", "high") if key in fields}
        opened = {key: fields[key].boolean() for key in ("low_open", "high_open") if key in fields}
        if kind == "positive" and ends.get("low", Fraction(0)) <= 0:
            ends["low"], opened["low_open"] = Fraction(0), True
        try:
            domain = Domain(ends.get("low"), ends.get("high"), **opened, integer=kind == "integer")
        except ValueError as error:
            raise entry.refuse(str(error)) from None
        found.append(Variable(name, domain, fields["meaning"].text() if "meaning" in fields else ""))
    if len(found) > MAX_VARIABLES:
        raise value.refuse(f"{len(found)} variables (allowed: {MAX_VARIABLES})")
    return tuple(found)


def _statements(claim: Value, fields: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """The parts' names and statements."""
    if ("statement" in fields) == ("part" in fields):
        raise claim.refuse("a claim has either a statement or [[claim.part]] tables")
    if "statement" in fields:
        return [("statement", fields["statement"])]
    found = []
    for entry in fields["part"].items(1, MAX_CONDITIONS):
        part = entry.table(("name", "statement"), ())
        name = part["name"].text()
        if not _VARIABLE.fullmatch(name.replace("-", "_")):
            raise part["name"].refuse(f'"{name[:60]}" (allowed: letters, digits, - and _)')
        found.append((name, part["statement"]))
    return found


def _point(value: Value, names: list[str]) -> dict[str, Fraction]:
    entries = value.table(names, ())
    return {name: entry.rational() for name, entry in entries.items()}
