"""Certificates of the order calculus: with the hypotheses and the negated goal, every case ends in 1 = o(1).

What fails for some sequences fails along a subsequence on which its negation holds; hypotheses pass to subsequences.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..kernel.polynomial import Polynomial, add, constant
from ..kernel.tree import LABEL, plain, record, reject, sequence, word
from .statement import Bound, Fact, Statement, multiplier, read, scaled

RULES = {"combine": {"terms", "scale"}, "absorb": {"terms", "from"}, "chain": {"from", "then"},
         "instance": {"from", "epsilon", "grows"}, "bounded": {"from", "then"}, "large": {"from", "power"},
         "log-least": {"atom"}, "log-bounded": {"atom", "from"}, "log-grows": {"atom", "from"},
         "log-slow": {"atom", "from"}, "log-order": {"atoms", "from", "grows"},
         "maximum-least": {"atom", "index"}}  # fmt: skip
ONE = [["1", []]]


@dataclass(frozen=True)
class Scope:
    """The facts that hold at one place of a proof."""

    statement: Statement
    ranges: Mapping[str, Bound]
    facts: dict[str, Fact]

    def named(self, name: Any, *kinds: str) -> Fact:
        found = self.facts.get(word(name, LABEL)) or reject(f"no fact {name!r} here")
        return found if found.kind in kinds else reject(f"{name!r} is {found.kind!r}, needed: {', '.join(kinds)}")

    def about(self, name: Any, form: Polynomial, *kinds: str) -> Fact:
        found = self.named(name, *kinds)
        return found if found.forms == (form,) else reject(f"{name!r} is about something else")

    def introduce(self, name: Any, fact: Fact) -> None:
        self.facts[name] = fact if word(name, LABEL) not in self.facts else reject(f"{name!r} is used twice")

    def factor(self, data: Any) -> Polynomial:
        """A multiplier that is sure to be positive."""
        value, strict = multiplier(data, self.ranges)
        return value if strict else reject(f"{data!r:.80}: not sure to be positive")

    def total(self, terms: Any, *kinds: str, over: Polynomial | None = None) -> tuple[Polynomial, bool]:
        """The sum of multiples of facts, and whether one that tends to 0 is sure to be in it."""
        found, strict = constant(0), False
        for term in map(record, sequence(terms)):
            fact = self.named(record(term, {"fact", "times"})["fact"], *kinds)
            if fact.kind == "sub" and fact.forms[1] != over:
                reject(f"{term['fact']!r} is about other powers")
            times, positive = multiplier(term["times"], self.ranges)
            found, strict = add(found, scaled(fact.forms[0], times)), strict or (positive and fact.kind == "o")
        return found, strict

    def log(self, name: Any) -> tuple[Polynomial, Polynomial]:
        """A logarithm, and what it is the logarithm of."""
        name = word(name)
        inside = self.statement.logs.get(name)
        return ({((name, 1),): constant(1)[()]}, inside) if inside is not None else reject(f"no logarithm {name!r}")

    def holds(self, step: Mapping[str, Any], goal: Fact) -> bool:
        """Whether the step's rule gives the goal, or what is stronger."""
        return goal in getattr(self, step["by"].replace("-", "_"))(step, goal)

    def combine(self, step: Mapping[str, Any], goal: Fact) -> list[Fact]:
        left, strict = self.total(step["terms"], "O", "o")
        if scaled(goal.forms[0], self.factor(step["scale"])) != left or len(goal.forms) > 1:
            return []
        return _sign("o" if strict else "O", goal.forms[0])

    def absorb(self, step: Mapping[str, Any], goal: Fact) -> list[Fact]:
        """What is at most a sum of arbitrarily small powers of N >= 1 is one."""
        over = goal.forms[-1]
        self.about(step["from"], _minus(over), "O", "o")
        left, _ = self.total(step["terms"], "O", "o", "sub", over=over)
        return [Fact("sub", (left, over))]

    def chain(self, step: Mapping[str, Any], goal: Fact) -> list[Fact]:
        first, second = self.named(step["from"], "poly", "sub"), self.named(step["then"], "poly", "sub")
        ends = first.forms[0], second.forms[1]
        kinds = ["poly", "sub"] if "sub" in (first.kind, second.kind) else ["poly"]
        return [Fact(kind, ends) for kind in kinds if first.forms[1] == second.forms[0]]

    def instance(self, step: Mapping[str, Any], goal: Fact) -> list[Fact]:
        """One small power; where N tends to infinity, a smaller one shows that the bound is not attained."""
        form, over = self.named(step["from"], "sub").forms
        if step["grows"] is not None:
            self.about(step["grows"], _minus(over), "o")
        left = add(form, scaled(over, self.factor(step["epsilon"])), -1)
        return _sign("O" if step["grows"] is None else "o", left)

    def bounded(self, step: Mapping[str, Any], goal: Fact) -> list[Fact]:
        """A power of what is bounded, or tends to 0, is and does so too."""
        form, over = self.named(step["from"], "poly", "sub").forms
        return _sign(self.about(step["then"], over, "O", "o").kind, form)

    def large(self, step: Mapping[str, Any], goal: Fact) -> list[Fact]:
        form, base = self.named(step["from"], "large").forms
        return _sign("O", add(scaled(base, self.factor(step["power"])), form, -1))

    def log_least(self, step: Mapping[str, Any], goal: Fact) -> list[Fact]:
        return _sign("O", _minus(self.log(step["atom"])[0]))

    def log_bounded(self, step: Mapping[str, Any], goal: Fact) -> list[Fact]:
        log, inside = self.log(step["atom"])
        return _sign("O", log) if self.about(step["from"], inside, "O", "o") else []

    def log_grows(self, step: Mapping[str, Any], goal: Fact) -> list[Fact]:
        log, inside = self.log(step["atom"])
        return _sign("o", _minus(log)) if self.about(step["from"], _minus(inside), "o") else []

    def log_slow(self, step: Mapping[str, Any], goal: Fact) -> list[Fact]:
        log, inside = self.log(step["atom"])
        return [Fact("sub", (log, inside))] if self.about(step["from"], _minus(inside), "O", "o") else []

    def log_order(self, step: Mapping[str, Any], goal: Fact) -> list[Fact]:
        """Logarithms compare as classes of powers do."""
        (low, inner), (high, outer) = map(self.log, sequence(step["atoms"], 2))
        known, strict = self.named(step["from"], "poly", "sub"), step["grows"] is not None
        if strict:
            self.about(step["grows"], _minus(outer), "o")
        if known.forms != (inner, outer) or (strict and known.kind != "sub"):
            return []
        return _sign("o" if strict else "O", add(low, high, -1))

    def maximum_least(self, step: Mapping[str, Any], goal: Fact) -> list[Fact]:
        atom, index = word(step["atom"]), step["index"]
        parts = self.statement.maxima.get(atom, ())
        if type(index) is not int or not 0 <= index < len(parts):
            reject(f"no maximum {atom!r} with a part {index!r}")
        return _sign("O", add(parts[index], {((atom, 1),): constant(1)[()]}, -1))

    def steps(self, data: Any) -> None:
        for step in map(record, sequence(data)):
            rule = word(step.get("by"), LABEL)
            record(step, {"name", "fact", "by"} | (RULES.get(rule) or reject(f"no rule {rule!r}")))
            goal = self.statement.fact(step["fact"])
            if not self.holds(step, goal):
                reject(f"{step['name']!r:.80}: {rule} does not give {step['fact']!r:.200}")
            self.introduce(step["name"], goal)

    def node(self, nodes: list[Any], index: int) -> None:
        """Check that the case at `index` ends in 1 = o(1); its own cases come later in the list, each used once."""
        data, nodes[index] = record(nodes[index], {"steps", "close", "cases"}), None
        self.steps(data["steps"])
        if data["cases"] is None:
            self.about(data["close"], {}, "o")
            return
        cases = record(data["cases"], {"name", "on", "from", "next"})
        branches = self.branches(cases)
        if len(sequence(cases["next"])) != len(branches) or data["close"] is not None:
            reject(f"{len(branches)} cases are needed, and nothing else that closes this one")
        for branch, following in zip(branches, cases["next"], strict=True):
            if type(following) is not int or not index < following < len(nodes):
                reject(f"case {following!r} is none of the later ones")
            branch.node(nodes, following)

    def branches(self, cases: Mapping[str, Any]) -> "list[Scope]":
        name, kind = cases["name"], sequence(cases["on"], None if cases["on"] else 1)[0]
        if kind in ("range", "maximum") and cases["from"] is not None:
            reject(f"cases on a {kind} need no fact")
        if kind == "range":  # a polynomial in constants is > 0 or <= 0
            top = self.statement.bound([">=", sequence(cases["on"], 2)[1]])[1]
            if word(name, LABEL) in self.ranges:
                reject(f"{name!r} is used twice")
            return [replace(self, ranges={**self.ranges, name: side}, facts=dict(self.facts))
                    for side in ((True, top), (False, _minus(top)))]  # fmt: skip
        if kind == "maximum":
            atom = word(sequence(cases["on"], 2)[1])
            own: Polynomial = {((atom, 1),): constant(1)[()]}
            facts = [Fact("O", (add(own, part, -1),)) for part in self.statement.maxima.get(atom, ())]
            return [self.branch(name, fact) for fact in facts or reject(f"no maximum {atom!r}")]
        fact = self.statement.fact(cases["on"])
        return [self.branch(name, fact), self.branch(name, self.negation(fact, cases["from"]))]

    def branch(self, name: Any, fact: Fact) -> "Scope":
        inner = replace(self, facts=dict(self.facts))
        inner.introduce(name, fact)
        return inner

    def negation(self, fact: Fact, positive: Any) -> Fact:
        """What holds along a subsequence where the fact does not; for a bound by powers of N, only if N >= 1."""
        if fact.kind == "poly":
            self.about(positive, _minus(fact.forms[1]), "O", "o")
            return Fact("sub", fact.forms[::-1])
        if positive is not None:
            reject("only a bound by a constant power needs a fact")
        if fact.kind in ("O", "o"):
            return Fact("o" if fact.kind == "O" else "O", (_minus(fact.forms[0]),))
        return Fact("poly", fact.forms[::-1]) if fact.kind == "sub" else reject(f"no cases on {fact.kind!r}")


def _minus(form: Polynomial) -> Polynomial:
    return add({}, form, -1)


def _sign(kind: str, form: Polynomial) -> list[Fact]:
    """A fact about one form; what tends to 0 is bounded too."""
    return [Fact("O", (form,)), *([Fact("o", (form,))] if kind == "o" else [])]


def check(certificate: Any) -> Statement:
    """The statement that the certificate proves. Raises `Rejected` if it proves nothing."""
    data = record(plain(certificate), {"schema_version", "kind", "statement", "prelude", "positive", "nodes"})
    if [repr(data["schema_version"]), data["kind"]] != ["1", "orders"]:
        reject("schema_version 1 and kind 'orders' are needed")
    statement = read(data["statement"])
    scope = Scope(statement, statement.ranges, {})
    for name, fact in statement.hypotheses.items():
        scope.introduce(name, fact)
    scope.steps(data["prelude"])
    if statement.goal is not None:
        scope.introduce("goal", scope.negation(statement.goal, data["positive"]))
    elif data["positive"] is not None:
        reject("without a goal no fact about it is needed")
    if not sequence(data["nodes"]):
        reject("a certificate has at least one case")
    try:
        scope.node(data["nodes"], 0)
    except RecursionError:
        reject("cases in cases too deep")
    return statement
