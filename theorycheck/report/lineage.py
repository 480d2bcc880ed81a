"""Which claims a claim rests on, as a tree that ends on cycles, repeats and great depth."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_DEEPEST = 12


@dataclass(frozen=True)
class Branch:
    """A claim in a tree of ancestors; ``cut`` says why its own ancestors are not listed ("" where they are)."""

    id: str
    branches: tuple["Branch", ...] = ()
    cut: str = ""


def ancestors(claim: str, uses: Mapping[str, tuple[str, ...]]) -> tuple[Branch, ...]:
    """The tree of what ``claim`` uses; each ancestor is opened once, where it is met first.

    >>> tree = ancestors("c", {"c": ("b", "a"), "b": ("a",), "a": ("c",)})
    >>> [branch.id for branch in tree], tree[1].cut
    (['b', 'a'], 'listed above')
    """
    return _grow(claim, uses, {claim}, 0)


def _grow(claim: str, uses: Mapping[str, tuple[str, ...]], met: set[str], depth: int) -> tuple[Branch, ...]:
    found = []
    for parent in dict.fromkeys(uses.get(claim, ())):
        known, below = parent in met, uses.get(parent, ())
        met.add(parent)
        if known and below:
            found.append(Branch(parent, cut="listed above"))
        elif below and depth + 1 == _DEEPEST:
            found.append(Branch(parent, cut="rests on more"))
        else:
            found.append(Branch(parent, () if known else _grow(parent, uses, met, depth + 1)))
    return tuple(found)


def users(uses: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The reverse of ``uses``: for each claim, the claims that use it."""
    reverse: dict[str, list[str]] = {}
    for claim, parents in uses.items():
        for parent in dict.fromkeys(parents):
            reverse.setdefault(parent, []).append(claim)
    return {claim: tuple(children) for claim, children in reverse.items()}


def anchors(ids: Iterable[str]) -> dict[str, str]:
    """A link target per claim id: safe letters only, and no two alike.

    >>> anchors(["lemma-d.5", "a b", "a<b"])
    {'lemma-d.5': 'claim-lemma-d.5', 'a b': 'claim-a-b', 'a<b': 'claim-a-b-2'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for id in ids:
        base = name = "claim-" + re.sub(r"[^a-z0-9.]+", "-", id.lower())[:80]
        count = 1
        while name in taken:
            count += 1
            name = f"{base}-{count}"
        taken.add(name)
        found[id] = name
    return found
