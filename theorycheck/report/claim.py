"""A claim as the report shows it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from .evidence import Evidence, Pair, flatten, read_evidence, read_verdict
from .lineage import Branch
from .node import Node
from .text import is_code, symbol, value_text
from .verdicts import Verdict

# Parts of a witness file that only a checker reads; the page says the same in its own words.
_KERNEL_KEYS = frozenset(("schema_version", "kind", "paper", "claim", "hypotheses", "statement"))
# What a reader may copy into a shell: this tool's own command on one plain path.
_REPLAY = re.compile(r"theorycheck replay (?!-)[A-Za-z0-9_./-]+\.json")


@dataclass(frozen=True)
class Formula:
    """Something said twice: in words and in LaTeX; either may be empty. ``given`` lists hypotheses of its own."""

    name: str
    text: str
    tex: str
    verdict: Verdict | None = None
    by: str = ""
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """Everything that the report says about one claim.

    ``weakest`` and ``uses`` are ids; ``is_its_parts`` says that the statement only lists its parts again.
    """

    id: str
    anchor: str
    source: str
    title: str
    origin: str
    statement: Formula
    is_its_parts: bool
    variables: tuple[Formula, ...]
    hypotheses: tuple[Formula, ...]
    parts: tuple[Formula, ...]
    derivation: tuple[Formula, ...]
    point: tuple[Pair, ...]
    note: str
    verdict: Verdict
    expected: Verdict | None
    as_expected: bool | None
    rests_on: Verdict | None
    weakest: tuple[str, ...]
    uses: tuple[str, ...]
    used_by: tuple[str, ...]
    ancestors: tuple[Branch, ...]
    evidence: tuple[Evidence, ...]
    witness: tuple[Pair, ...]
    witness_file: tuple[Pair, ...]
    replay: str
    replay_is_plain: bool
    gap: str


def read_claim(node: Node, anchor: str, used_by: tuple[str, ...], ancestors: tuple[Branch, ...]) -> Claim:
    """The claim that the node describes. Raises ValueError on a missing id or verdict and on any wrong type."""
    verdict = read_verdict(node)
    if verdict is None:
        raise ValueError(f"{node.place('verdict')}: missing; every claim has a verdict")
    variables = tuple(_variable(child) for child in node.nodes("variables"))
    statement = _formula(node, "", "statement", "statement_tex")
    parts = tuple(_formula(child, "name", "statement", "statement_tex") for child in node.nodes("parts"))
    symbols = {variable.name: variable.tex for variable in variables}
    witness = node.node("witness")
    rests_on = node.node("rests_on")
    replay = node.text("replay")
    return Claim(
        id=node.required("id"),
        anchor=anchor,
        source=node.text("source") or node.required("id"),
        title=node.text("title"),
        origin=node.text("origin"),
        statement=statement,
        is_its_parts=bool(statement.text) and statement.text == "; ".join(part.text for part in parts),
        variables=variables,
        hypotheses=tuple(_hypothesis(child) for child in node.nodes("hypotheses")),
        parts=parts,
        derivation=tuple(_formula(child, "name", "text", "tex") for child in node.nodes("derivation")),
        point=_point(node.mapping("point"), symbols),
        note=node.text("note"),
        verdict=verdict,
        expected=read_verdict(node, "expected"),
        as_expected=node.flag("as_expected"),
        rests_on=read_verdict(rests_on) if rests_on else None,
        weakest=rests_on.words("weakest") if rests_on else (),
        uses=tuple(dict.fromkeys(node.words("uses"))),
        used_by=used_by,
        ancestors=ancestors,
        evidence=tuple(read_evidence(child) for child in node.nodes("evidence")),
        witness=_witness(witness, symbols, for_kernel=False),
        witness_file=_witness(witness, symbols, for_kernel=True),
        replay=replay,
        replay_is_plain=_REPLAY.fullmatch(replay) is not None,
        gap=_gap(verdict, bool(node.list("evidence")), witness is not None),
    )


def _formula(node: Node, name: str, text: str, tex: str) -> Formula:
    verdict = read_verdict(node) if name else None
    named = node.text(name) if name else ""
    return Formula(named, node.text(text), node.text(tex), verdict, node.text("by"), node.words("given"))


def _hypothesis(node: Node) -> Formula:
    said = _formula(node, "", "text", "tex")
    # The formula in code adds nothing to the formula itself.
    return replace(said, text="") if said.tex and is_code(said.text) else said


def _variable(node: Node) -> Formula:
    name = node.text("name")
    said = (node.text("meaning"), node.text("domain"))
    return Formula(name, ", ".join(text for text in said if text), node.text("tex") or symbol(name))


def _point(point: tuple[tuple[str, object], ...], symbols: Mapping[str, str]) -> tuple[Pair, ...]:
    return tuple(Pair(name, value_text(value), symbols.get(name, "")) for name, value in point)


def _witness(witness: Node | None, symbols: Mapping[str, str], for_kernel: bool) -> tuple[Pair, ...]:
    if witness is None:
        return ()
    return flatten({key: item for key, item in witness.value.items() if (key in _KERNEL_KEYS) == for_kernel}, symbols)


def _gap(verdict: Verdict, has_evidence: bool, has_witness: bool) -> str:
    if not has_evidence:
        return "No evidence is recorded for this claim."
    if verdict.word == "refuted" and not has_witness:
        return "No witness is recorded for this refutation."
    return ""
