"""Theory files: a researcher's own draft, or a setting of an installed paper, as TOML. Nothing in it is run."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from .claim import Claim
from .configuration import plain
from .errors import UserError, nearest
from .paper import Paper, ancestors
from .source import Bibliography
from .toml_text import Document, Value, read_toml

SCHEMA_VERSION, MAX_CLAIMS, MAX_AUTHORS = 1, 500, 100


def read_theory(path: Path) -> Paper:
    """The paper that a theory file describes.

    A file has ``schema_version = 1`` and either ``[paper]`` with ``[[claim]]`` tables, or ``paper = "ID"`` with a
    ``[setting]`` of that installed paper.

    Raises:
        UserError: one message ``file:line: key: problem (allowed ...)``.
    """
    document = read_toml(path)
    fields = document.root.table(("schema_version", "paper"), ("claim", "setting"))
    fields["schema_version"].integer(SCHEMA_VERSION, SCHEMA_VERSION)
    if isinstance(fields["paper"].raw, str):
        return _setting_of(document, fields)
    return _draft(document, fields)


def _draft(document: Document, fields: Mapping[str, Value]) -> Paper:
    from .draft import claim_of  # SymPy and the checks take a while to import

    if "setting" in fields:
        raise fields["setting"].refuse("a draft has no setting (allowed: paper, claim)")
    if "claim" not in fields:
        raise document.root.refuse("a draft needs at least one [[claim]]")
    about = fields["paper"].table(("id", "title", "authors", "year"), ())
    paper = about["id"].text()
    if paper in _installed():
        raise about["id"].refuse(f'"{paper}" is an installed paper; choose another id')
    values = fields["claim"].items(1, MAX_CLAIMS)
    claims = [claim_of(value) for value in values]
    _refuse_tangles(values, claims)
    authors = tuple(author.text() for author in about["authors"].items(1, MAX_AUTHORS))
    bibliography = Bibliography(_id(about["id"]), about["title"].text(), authors, about["year"].integer(1000, 9999))

    def chapter(setting: Any) -> tuple[Claim, ...]:
        return tuple(claims)

    return Paper(paper, bibliography, (chapter,), digest=document.digest)


def _id(value: Value) -> str:
    text = value.text()
    if not text.isascii() or not text.replace("-", "").replace(".", "").isalnum() or text != text.lower():
        raise value.refuse(f'"{text[:60]}" (allowed: lower-case letters, digits, dots and dashes)')
    return text


def _refuse_tangles(values: list[Value], claims: list[Claim]) -> None:
    """Ids given twice, uses that do not exist, and circles."""
    found: dict[str, Claim] = {}
    for value, claim in zip(values, claims, strict=True):
        if claim.id in found:
            raise value.refuse(f'"{claim.id}" is the id of an earlier claim', "id")
        found[claim.id] = claim
    for value, claim in zip(values, claims, strict=True):
        for used in claim.uses:
            if used not in found:
                raise value.refuse(f'no claim "{used}"; {nearest(used, found)}', "uses")
    for value, claim in zip(values, claims, strict=True):
        try:
            ancestors(claim.id, found)
        except ValueError as error:
            raise value.refuse(str(error), "uses") from None


def _setting_of(document: Document, fields: Mapping[str, Value]) -> Paper:
    """The installed paper with the file's values as defaults.

    Its digest stays empty: the values are part of the validated setting, and the paper's own code decides the rest.
    """
    from .loader import load

    if "claim" in fields:
        raise fields["claim"].refuse("a setting of an installed paper has no claims of its own (allowed: setting)")
    name = fields["paper"].text()
    if name not in _installed():
        raise fields["paper"].refuse(f'no installed paper "{name[:60]}"; {nearest(name, _installed())}')
    paper = load(name)
    values = fields["setting"].table() if "setting" in fields else {}
    given = {key: plain(value.raw) for key, value in values.items()}

    def setting(more: Mapping[str, Any]) -> Any:
        return paper.setting({**given, **more})

    try:
        setting({})
    except ValueError as error:
        key = str(error).partition(" ")[0].rstrip(":")
        place = values.get(key, fields.get("setting", document.root))
        raise UserError(f"{document.name}:{document.line(place.keys)}: setting: {error}") from None
    return replace(paper, setting=setting)


def _installed() -> list[str]:
    from .loader import installed

    return installed()
