"""The chain of classes: what powers or logarithms are taken of, from the fastest class of powers to the slowest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..kernel.polynomial import Polynomial, add
from ..order_kernel.proof import ONE, Scope
from ..order_kernel.statement import Fact
from .lowering import tree_of
from .writer import Writer, atom, key, minus

Data = dict[str, Any]


@dataclass
class Chain:
    """Heads by class, from the fastest, and those that are bounded.

    `grows` names for each head the fact that it tends to infinity.
    """

    classes: list[list[Polynomial]] = field(default_factory=list)
    trivial: list[Polynomial] = field(default_factory=list)
    grows: dict[Any, str] = field(default_factory=dict)

    def copy(self) -> "Chain":
        return Chain([list(c) for c in self.classes], list(self.trivial), dict(self.grows))

    def place(self, form: Polynomial) -> int | None:
        """The class of a head."""
        return next((i for i, members in enumerate(self.classes) if form in members), None)


class Placer:
    """Puts heads into chains; `logs` are the statement's logarithms."""

    def __init__(self, logs: Mapping[str, Polynomial]) -> None:
        self.logs = logs

    def place(self, writer: Writer, chain: Chain) -> tuple[Data, bool]:
        """Puts heads into the chain as far as the facts tell; the first question that they leave open, and whether
        there is none."""
        question: Data | None = None
        while question is None:
            floating = self.floating(writer.scope)
            waiting = [h for h in self.heads(writer.scope) if not self.placed(h, chain) and h not in floating]
            if not waiting:
                break
            # What is known to grow, or not to, is placed first.
            waiting.sort(key=lambda head: self.status(writer, head) is None)
            question = self.put(writer, chain, waiting[0])
        for head in floating:
            self.grow(writer, chain, head)
        return question or {}, question is None

    def heads(self, scope: Scope) -> list[Polynomial]:
        """What powers are taken of, and what logarithms are taken of."""
        found = {key(f.forms[1]): f.forms[1] for f in scope.facts.values() if f.kind in ("poly", "sub", "large")}
        found.update({key(inside): inside for inside in self.logs.values()})
        for name, inside in self.logs.items():  # a logarithm is far below its own argument in any case
            own = atom(name)
            if any(f.kind == "sub" and f.forms[0] == own and f.forms[1] != inside for f in scope.facts.values()):
                found[key(own)] = own
        return list(found.values())

    def floating(self, scope: Scope) -> list[Polynomial]:
        """Heads of which is only known that they exceed every power of other heads; where they are else is free."""
        over: dict[Any, list[Fact]] = {}
        for fact in scope.facts.values():
            if fact.kind in ("poly", "sub", "large"):
                over.setdefault(key(fact.forms[1]), []).append(fact)
        heads = self.heads(scope)
        fixed = [*self.logs.values(), *map(atom, self.logs)]
        return [
            head for head in heads
            if head not in fixed and (facts := over.get(key(head)))
            and all(f.kind == "sub" and f.forms[0] in heads and f.forms[0] != head for f in facts)
        ]  # fmt: skip

    def grow(self, writer: Writer, chain: Chain, head: Polynomial) -> None:
        """What exceeds a head that tends to infinity does so too."""
        for name, fact in list(writer.scope.facts.items()):
            low = fact.forms[0]
            known = chain.grows.get(key(low))
            if fact.kind != "sub" or fact.forms[1] != head or known is None or key(head) in chain.grows:
                continue
            below = Fact("O", (add(low, head, -1),))
            less = writer.emit("instance", below, epsilon=ONE, grows=None, **{"from": name})
            terms = [{"fact": less, "times": ONE}, {"fact": known, "times": ONE}]
            chain.grows[key(head)] = writer.emit("combine", Fact("o", (minus(head),)), terms=terms, scale=ONE)

    def placed(self, head: Polynomial, chain: Chain) -> bool:
        return chain.place(head) is not None or head in chain.trivial

    def status(self, writer: Writer, head: Polynomial) -> bool | None:
        """Whether the head is known to grow (True) or to be bounded (False)."""
        if writer.find(minus(head), "o") is not None:
            return True
        return False if not head or writer.find(head, "O", "o") is not None else None

    def put(self, writer: Writer, chain: Chain, head: Polynomial) -> Data | None:
        """Places the head, or says what must be known first."""
        status = self.status(writer, head)
        if status is None:
            return {"on": ["O", tree_of(head)], "from": None}
        logs = [name for name, inside in self.logs.items() if inside == head]
        if status is False:
            known = writer.find(head, "O", "o") or writer.emit("combine", Fact("O", ({},)), terms=[], scale=ONE)
            for name in logs:
                writer.emit("log-bounded", Fact("O", (atom(name),)), atom=name, **{"from": known})
            kind = writer.scope.facts[known].kind
            for name, fact in list(writer.scope.facts.items()):
                if fact.kind in ("poly", "sub") and fact.forms[1] == head:
                    writer.emit("bounded", Fact(kind, fact.forms[:1]), **{"from": name, "then": known})
            chain.trivial.append(head)
            return None
        grows = writer.find(minus(head), "o") or ""
        for name in logs:
            writer.emit("log-grows", Fact("o", (minus(atom(name)),)), atom=name, **{"from": grows})
            writer.emit("log-slow", Fact("sub", (atom(name), head)), atom=name, **{"from": grows})
        for position, members in enumerate(chain.classes):
            leader = members[0]
            if writer.link(leader, head, strict=True):
                self.insert(writer, chain, head, grows, position)
                return None
            if writer.link(head, leader, strict=True):
                continue
            below = writer.link(head, leader, strict=False)
            if below is None:
                return {"on": ["poly", tree_of(head), tree_of(leader)], "from": chain.grows[key(leader)]}
            if writer.link(leader, head, strict=False) is None:
                return {"on": ["poly", tree_of(leader), tree_of(head)], "from": grows}
            members.append(head)
            self.insert(writer, chain, head, grows, None)
            return None
        self.insert(writer, chain, head, grows, len(chain.classes))
        return None

    def insert(self, writer: Writer, chain: Chain, head: Polynomial, grows: str, position: int | None) -> None:
        """Notes the place and compares the head's logarithms with all others."""
        if position is not None:
            chain.classes.insert(position, [head])
        chain.grows[key(head)] = grows
        own = chain.place(head)
        insides = self.logs.items()
        for name in (n for n, inside in insides if inside == head):
            for other, inside in insides:
                at = chain.place(inside)
                if at is None or own is None or other == name:
                    continue
                pairs = [(name, other)] if own > at else [(other, name)] if at > own else [(name, other), (other, name)]
                for low, high in pairs:
                    self.compare(writer, chain, low, high, strict=at != own)

    def compare(self, writer: Writer, chain: Chain, low: str, high: str, strict: bool) -> None:
        inner, outer = self.logs[low], self.logs[high]
        known = writer.link(inner, outer, strict=strict)
        if known is None and inner == outer:
            return
        fact = Fact("o" if strict else "O", ({**atom(low), **minus(atom(high))},))
        grows = chain.grows[key(outer)] if strict else None
        writer.emit("log-order", fact, atoms=[low, high], grows=grows, **{"from": known})
