"""The ledger: every claim with its evidence and verdict, and what it rests on; one JSON document."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .claim import Claim, Part
from .errors import BadData
from .evidence import Evidence
from .paper import Paper, ancestors
from .verdict import TRUST, Verdict, merge, weakest

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Entry:
    """A claim with the evidence gathered for it."""

    claim: Claim
    evidence: tuple[Evidence, ...]

    def part_verdict(self, part: Part) -> Verdict:
        """Merged over the checks that cover the part."""
        about = [e for e in self.evidence if e.kind != "vacuity" and (not e.covers or part.name in e.covers)]
        return merge(e.verdict for e in about)

    @property
    def verdict(self) -> Verdict:
        """The weakest of the parts: a conjunction is as good as its weakest conjunct.

        Non-vacuity is one more conjunct: without a point inside the hypotheses nothing counts.
        """
        solid = (e.verdict for e in self.evidence if e.kind == "vacuity")
        return weakest([*(self.part_verdict(part) for part in self.claim.parts), *solid])


def rests_on(claim_id: str, entries: Mapping[str, Entry]) -> tuple[Verdict, tuple[str, ...]]:
    """The weakest verdict over a claim and its ancestors, and who has it.

    An ancestor that was not checked counts as inconclusive. An ancestor whose expected verdict is *refuted* is a
    finding about the paper's wording: what uses it rests on a refuted statement, and the status says so.
    """
    claims = {name: entry.claim for name, entry in entries.items()}
    chain = (claim_id, *_known_ancestors(claim_id, claims))
    verdicts = {name: entries[name].verdict if name in entries else Verdict.INCONCLUSIVE for name in chain}
    worst = weakest(verdicts.values())
    return worst, tuple(name for name, verdict in verdicts.items() if verdict is worst)


def _known_ancestors(claim_id: str, claims: Mapping[str, Claim]) -> tuple[str, ...]:
    direct = claims[claim_id].uses
    found = dict.fromkeys(direct)
    for used in direct:
        if used in claims:
            found.update(dict.fromkeys(_known_ancestors(used, claims)))
    return tuple(found)


def document(
    paper: Paper, setting: Mapping[str, Any], seed: int, tool: Mapping[str, Any], entries: Sequence[Entry]
) -> dict[str, Any]:
    """The ledger as a JSON document (schema version 1)."""
    by_id = {entry.claim.id: entry for entry in entries}
    claims = [_claim(entry, by_id) for entry in entries]
    verdicts = {str(v): sum(c["verdict"] == v for c in claims) for v in TRUST}
    b = paper.bibliography
    found = {
        "schema_version": SCHEMA_VERSION,
        "tool": {**tool, "digest": digest(claims)},
        "paper": paper.id,
        "bibliography": {"title": b.title, "authors": list(b.authors), "year": b.year, "bibtex": b.bibtex},
        "seed": seed,
        "setting": dict(setting),
        "claims": claims,
        "summary": {
            "claims": len(claims),
            "verdicts": {name: n for name, n in verdicts.items() if n},
            "as_expected": sum(c["as_expected"] for c in claims),
            "unexpected": [c["id"] for c in claims if not c["as_expected"]],
        },
    }
    json.dumps(found, allow_nan=False)  # fails here, not in a reader
    return found


def _claim(entry: Entry, entries: Mapping[str, Entry]) -> dict[str, Any]:
    claim, verdict = entry.claim, entry.verdict
    worst, who = rests_on(claim.id, entries)
    witness = next((e.witness for e in entry.evidence if e.witness is not None), None)
    return {
        "id": claim.id,
        "source": str(claim.source),
        "title": claim.title,
        "origin": claim.origin,
        "statement": "; ".join(part.said(claim.limit) for part in claim.parts),
        "statement_tex": claim.parts[0].shown_tex if len(claim.parts) == 1 else "",
        "variables": [
            *({"name": q.name, "domain": q.said(claim.limit or "the limit variable"), "meaning": q.meaning}
              for q in claim.quantities),
            *({"name": v.name, "domain": str(v.domain), "meaning": v.meaning} for v in claim.variables),
        ],
        "hypotheses": [
            {"text": h.said(claim.limit), "tex": h.tex or (h.order.tex(claim.limit) if h.order else "")}
            for h in claim.hypotheses
        ],
        "parts": [
            {"name": p.name, "statement": p.said(claim.limit), "statement_tex": p.shown_tex,
             "given": [str(g) for g in p.given], "verdict": str(entry.part_verdict(p))}
            for p in claim.parts
        ],
        "derivation": [{"name": s.name, "text": s.text, "tex": s.tex} for s in claim.derivation],
        "point": {name: str(value) for name, value in claim.point.items()},
        "note": claim.note,
        "verdict": str(verdict),
        "expected": str(claim.expected),
        "as_expected": verdict is claim.expected,
        "rests_on": {"verdict": str(worst), "weakest": list(who)},
        "uses": list(claim.uses),
        "evidence": [e.to_json() for e in entry.evidence],
        "witness": witness,
        "replay": None if witness is None else f"theorycheck replay witnesses/{claim.id}.json",
    }  # fmt: skip


def digest(claims: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 over the canonical JSON of the results, floats in hexadecimal, without times and cache marks."""
    text = json.dumps(_canonical(claims), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _canonical(part) for key, part in value.items() if key not in ("seconds", "cached")}
    if isinstance(value, list | tuple):
        return [_canonical(part) for part in value]
    return value.hex() if isinstance(value, float) else value


def read(text: str, name: str) -> dict[str, Any]:
    """A ledger document from JSON text.

    Raises:
        BadData: if it is no ledger of this schema, saying what is missing.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadData(f"{name}: not JSON ({error})") from None
    version = found.get("schema_version") if isinstance(found, dict) else None
    if version != SCHEMA_VERSION:
        raise BadData(
            f"{name}: schema_version is {version!r} (allowed: {SCHEMA_VERSION}); was it written by verify --json?"
        )
    missing = {"tool", "paper", "bibliography", "seed", "setting", "claims", "summary"} - set(found)
    if missing or not isinstance(found["claims"], list):
        raise BadData(f"{name}: a ledger without {', '.join(sorted(missing)) or 'a list of claims'}")
    known = {str(v) for v in Verdict}
    for index, claim in enumerate(found["claims"]):
        if not isinstance(claim, dict) or claim.get("verdict") not in known or not isinstance(claim.get("id"), str):
            raise BadData(f"{name}: claims[{index}] has no id or no verdict of {', '.join(sorted(known))}")
    document: dict[str, Any] = found
    return document


def whole(wanted: Sequence[str], claims: Mapping[str, Claim]) -> tuple[str, ...]:
    """The wanted claims and all their ancestors, in the paper's order: a status needs them."""
    keep = set(wanted).union(*(ancestors(name, claims) for name in wanted))
    return tuple(name for name in claims if name in keep)
