"""The ledger document as the report shows it: read once, checked for type and agreement, formatted nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass

from .claim import Claim, read_claim
from .evidence import Pair, flatten
from .lineage import ancestors, anchors, users
from .node import Node
from .text import duration
from .verdicts import VERDICTS, Verdict

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Bibliography:
    title: str
    authors: tuple[str, ...]
    year: str
    bibtex: str
    url: str


@dataclass(frozen=True)
class Report:
    """The whole page; ``counts`` lists the verdicts that occur, from strongest to weakest, with their numbers."""

    paper: str
    bibliography: Bibliography
    claims: tuple[Claim, ...]
    counts: tuple[tuple[Verdict, int], ...]
    as_expected: int
    unexpected: tuple[Claim, ...]
    tool: tuple[Pair, ...]
    libraries: tuple[Pair, ...]
    setting: tuple[Pair, ...]
    seed: str
    created: str
    profile: str
    digest: str

    def by_id(self) -> dict[str, Claim]:
        return {claim.id: claim for claim in self.claims}


def view(document: Mapping[str, object]) -> Report:
    """The report of a ledger document.

    Raises ValueError for a document of another schema, with a wrong type, an unknown verdict, an id that occurs twice,
    or a summary that contradicts its claims.
    """
    root = Node(document, "")
    if document.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"schema_version: {document.get('schema_version')!r}; this report reads {SCHEMA_VERSION}")
    claims = _claims(root.nodes("claims"))
    unexpected = tuple(claim for claim in claims if claim.as_expected is False)
    tool = root.node("tool") or Node({}, "tool")
    report = Report(
        paper=root.text("paper"),
        bibliography=read_bibliography(root.node("bibliography") or Node({}, "bibliography")),
        claims=claims,
        counts=_counts(claims),
        as_expected=sum(claim.as_expected is True for claim in claims),
        unexpected=unexpected,
        tool=read_tool(tool),
        libraries=tuple(Pair(name, str(value)) for name, value in flat(tool, "libraries")),
        setting=flatten(dict(root.mapping("setting"))),
        seed=root.text("seed"),
        created=tool.text("created"),
        profile=tool.text("profile"),
        digest=tool.text("digest"),
    )
    _compare(root.node("summary"), report)
    return report


def flat(node: Node, key: str) -> tuple[tuple[str, str], ...]:
    """An object of strings, as cleaned pairs."""
    child = node.node(key)
    return () if child is None else tuple((pair.name, pair.value) for pair in flatten(child.value))


def _claims(nodes: tuple[Node, ...]) -> tuple[Claim, ...]:
    ids = [node.required("id") for node in nodes]
    for place, id in enumerate(ids):
        if id in ids[:place]:
            raise ValueError(f"claims[{place}].id: {id[:60]!r} occurs twice (first at claims[{ids.index(id)}])")
    uses = {id: node.words("uses") for id, node in zip(ids, nodes, strict=True)}
    targets, reverse = anchors(ids), users(uses)
    return tuple(
        read_claim(node, targets[id], reverse.get(id, ()), ancestors(id, uses))
        for id, node in zip(ids, nodes, strict=True)
    )


def _counts(claims: tuple[Claim, ...]) -> tuple[tuple[Verdict, int], ...]:
    counts = [(verdict, sum(claim.verdict is verdict for claim in claims)) for verdict in VERDICTS.values()]
    return tuple((verdict, count) for verdict, count in counts if count)


def read_bibliography(node: Node) -> Bibliography:
    return Bibliography(
        node.text("title"), node.words("authors"), node.text("year"), node.text("bibtex"), node.text("url")
    )


def read_tool(node: Node) -> tuple[Pair, ...]:
    name = " ".join(part for part in (node.text("name"), node.text("version")) if part)
    known = [("Tool", name), ("Seconds", duration(node.number("seconds")))]
    keys = ("commit", "digest", "profile", "created", "python", "platform")
    known += [(key.capitalize(), node.text(key)) for key in keys]
    return tuple(Pair(key, value) for key, value in known if value and value != "-")


def _compare(summary: Node | None, report: Report) -> None:
    """The numbers at the top are counted from the claims; a summary that says otherwise is a broken document."""
    if summary is None:
        return
    counted = {verdict.word: count for verdict, count in report.counts}
    pairs = []
    stated = summary.node("verdicts")
    if stated is not None:
        for word in sorted({*stated.value, *counted}):
            pairs.append((stated.place(word), stated.number(word) or 0, counted.get(word, 0)))
    for key, truth in (("claims", len(report.claims)), ("as_expected", report.as_expected)):
        if summary.number(key) is not None:
            pairs.append((f"summary.{key}", summary.number(key) or 0, truth))
    for place, number, truth in pairs:
        if number != truth:
            raise ValueError(f"{place}: {number:g}, but the claims of the document give {truth}")
    unexpected = [claim.id for claim in report.unexpected]
    if summary.value.get("unexpected") is not None and sorted(summary.words("unexpected")) != sorted(unexpected):
        raise ValueError(f"summary.unexpected: {summary.words('unexpected')}, but the claims give {unexpected}")
