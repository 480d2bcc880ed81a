"""Decides order statements: a certificate, or a ray of explicit growth rates; the kernel re-checks either.

The negated goal joins the hypotheses. Whatever a class of powers is measured by, and whatever a logarithm is taken of,
is put into a chain of classes, with a split into cases where the facts leave its place open. In each case exponents are
sought level by level; where there are none, a nonnegative combination of the facts says why.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import Any

from ..expression import names
from ..kernel.polynomial import Polynomial
from ..kernel.tree import Rejected
from ..order_kernel import check, replay
from ..order_kernel.proof import ONE, Scope
from ..order_kernel.statement import Fact, read
from .chain import Chain, Placer
from .closing import close
from .levels import Constraint, Failure, Solution, solve
from .lowering import tree_of
from .rays import ray
from .samples import powers, split_of, values
from .writer import Node, Writer, atom, key, minus

Data = dict[str, Any]
MAX_NODES, MAX_RANGE_SPLITS = 4_000, 6


class Undecided(Exception):
    """Neither a certificate nor a ray was found; says why."""


class _Found(Exception):
    def __init__(self, ray: Data) -> None:
        super().__init__("a ray")
        self.ray = ray


@dataclass(frozen=True)
class Outcome:
    """A certificate that the hypotheses imply the goal (without one, that they contradict each other), a ray against
    it, or the reason why there is neither."""

    certificate: Data | None = None
    ray: Data | None = None
    reason: str = ""


def decide_statement(data: Data, seconds: float = 60.0) -> Outcome:
    """Decides the kernel's statement `data`."""
    try:
        return _Search(data, time.monotonic() + seconds).run()
    except Undecided as error:
        return Outcome(reason=str(error))
    except Rejected as error:
        return Outcome(reason=f"the kernel does not take it: {error}")
    except RecursionError:
        return Outcome(reason="cases in cases without end")


class _Search:
    def __init__(self, data: Data, until: float) -> None:
        self.data, self.until = data, until
        self.statement = read(data)
        self.numbers: Iterator[int] = count()
        self.nodes = 0
        self.placer = Placer(self.statement.logs)
        self.known: dict[str, Fraction] = {}

    def run(self) -> Outcome:
        statement, prelude = self.statement, list[Data]()
        scope = Scope(statement, statement.ranges, dict(statement.hypotheses))
        writer = Writer(scope, prelude, self.numbers)
        for name in statement.logs:
            writer.emit("log-least", Fact("O", (minus(atom(name)),)), atom=name)
        for name, parts in statement.maxima.items():
            for index in range(len(parts)):
                fact = scope.maximum_least({"atom": name, "index": index}, Fact("O", ({},)))[0]
                writer.emit("maximum-least", fact, atom=name, index=index)
        for name, fact in list(scope.facts.items()):
            if fact.kind == "large":  # a first power of it, so that its sign is known
                first = scope.large({"from": name, "power": ONE}, fact)[0]
                writer.emit("large", first, **{"from": name, "power": ONE})
        positive = None
        if statement.goal is not None:
            if statement.goal.kind == "poly":
                positive = writer.at_least_one(statement.goal.forms[1])
                if positive is None:
                    raise Undecided("powers of what may tend to 0 are no class")
            scope.introduce("goal", scope.negation(statement.goal, positive))
        self.known = self.likely()
        try:
            root = self.refute(scope, Chain(), 0)
        except _Found as found:
            return Outcome(ray=found.ray)
        certificate = {"schema_version": 1, "kind": "orders", "statement": self.data, "prelude": prelude,
                       "positive": positive, "nodes": root.listed()}  # fmt: skip
        check(certificate)
        return Outcome(certificate=certificate)

    def likely(self) -> dict[str, Fraction]:
        """Exponents of fixed powers x ~ k^a, read off growth rates at which x need not be a power of k."""
        about = powers(self.statement.hypotheses)
        free = {n: f for n, f in self.data["hypotheses"].items() if not names(f) & set(about)}
        if not about:
            return {}
        found = decide_statement({**self.data, "hypotheses": free}, max(1.0, (self.until - time.monotonic()) / 3)).ray
        if found is None:
            return {}
        rates = {name: [Fraction(x) for x in vector] for name, vector in found["values"].items()}
        place = {k: next((i for i, x in enumerate(rates[k]) if x), 0) for _, k in about.values()}
        return {a: rates[x][place[k]] / (rates[k][place[k]] or 1) for a, (x, k) in about.items()}

    def refute(self, scope: Scope, chain: Chain, splits: int) -> Node:
        """The proof that the facts contradict each other.

        Raises:
            _Found: with a ray that satisfies them.
            Undecided: if neither is found.
        """
        self.nodes += 1
        if self.nodes > MAX_NODES or time.monotonic() > self.until:
            raise Undecided(f"more than {MAX_NODES} cases, or out of time")
        node = Node()
        writer = Writer(scope, node.steps, self.numbers)
        question, settled = self.placer.place(writer, chain)
        found = self.look(node, writer, chain)
        if node.close is not None:
            node.prune()
            return node
        if not settled:
            return self.split(node, writer, chain, question, splits)
        if found is not None:
            wrong = self.attempt(found[1], chain, found[0])
            wider = self.at(scope, chain, found[0]) if wrong is None else None
            if isinstance(wider, Solution):
                wrong = self.attempt(wider, chain, found[0])
            if wrong is None:
                raise Undecided("growth rates were found that the kernel does not confirm")
            return self.split(node, writer, chain, {"on": ["maximum", wrong], "from": None}, splits)
        cut = split_of(self.statement.parameters, scope.ranges) if splits < MAX_RANGE_SPLITS else None
        if cut is None:
            raise Undecided("neither a combination of the facts nor growth rates were found")
        return self.split(node, writer, chain, {"on": ["range", tree_of(cut)], "from": None}, splits + 1)

    def split(self, node: Node, writer: Writer, chain: Chain, question: Data, splits: int) -> Node:
        cases = {"name": f"case{next(self.numbers)}", **question}
        node.cases, still_open = cases, list[Undecided]()
        for branch in writer.scope.branches({**cases, "next": []}):
            try:
                child = self.refute(branch, chain.copy(), splits)
            except Undecided as error:  # growth rates may be found in another case
                still_open.append(error)
                continue
            if cases["name"] not in child.used:  # then the other cases add nothing
                node.take(child)
                break
            node.children.append(child)
        else:
            if still_open:
                raise still_open[0]
        node.prune()
        return node

    def look(self, node: Node, writer: Writer, chain: Chain) -> tuple[dict[str, Fraction], Solution] | None:
        """Exponents at the first sample of the parameters that has some; else tries to close the case."""
        tried = set[Failure]()
        for parameters in values(self.statement.parameters, writer.scope.ranges, self.known):
            for gaps in (False, True):  # without gaps there are fewer levels to solve, and most often that is enough
                found = self.at(writer.scope, chain, parameters, gaps)
                if isinstance(found, Solution):
                    return parameters, found
                if isinstance(found, Failure) and found not in tried:
                    tried.add(found)
                    node.close = close(writer, chain, *found.level, found.above)
                    if node.close is not None:
                        return None
        return None

    def at(
        self, scope: Scope, chain: Chain, parameters: dict[str, Fraction], gaps: bool = True
    ) -> Solution | Failure | None:
        def numeric(form: Polynomial) -> dict[str, Fraction]:
            return at_parameters(form, parameters)

        constraints, large, above = [], [], []
        floating = self.placer.floating(scope)
        for fact in scope.facts.values():
            if fact.kind in ("O", "o"):
                constraints.append(Constraint(fact.kind, numeric(fact.forms[0])))
                continue
            place = chain.place(fact.forms[1])
            if fact.forms[1] in floating:
                at = chain.place(fact.forms[0])
                above += [] if at is None else [(at, numeric(fact.forms[1]), key(fact.forms[1]))]
            if place is None:
                continue
            if fact.kind == "large":
                large.append((place, numeric(fact.forms[0]), numeric(fact.forms[1])))
            else:
                constraints.append(Constraint(fact.kind, numeric(fact.forms[0]), place))
        heads = [[numeric(form) for form in members] for members in chain.classes]
        atoms = sorted({*self.statement.quantities, *self.statement.logs, *self.statement.maxima})
        return solve(atoms, constraints, heads, large, above, gaps)

    def attempt(self, solution: Solution, chain: Chain, parameters: dict[str, Fraction]) -> str | None:
        """Raises `_Found` with the ray if the kernel confirms it; else a maximum to split on, or None."""
        logs = {}
        for name, inside in self.statement.logs.items():
            at = chain.place(inside)
            if at is not None:
                logs[at] = name
        quantities = sorted(self.statement.quantities)
        growing = [fact.forms[0] for fact in self.statement.hypotheses.values() if fact.kind == "o"]
        solution = normal(solution, [members[0] for members in chain.classes], map(minus, growing), parameters)
        found = ray(solution, quantities, logs, parameters, self.data)
        try:
            rates = replay(found)
        except Rejected:
            rates = None
        goal = self.statement.goal
        if rates is not None and rates.consistent and (goal is None or rates.goal is False):
            raise _Found(found)
        return self.loose(solution, parameters)

    def loose(self, solution: Solution, parameters: dict[str, Fraction]) -> str | None:
        """A maximum that is larger than each of its parts at the solution."""

        def value(form: Polynomial) -> list[Fraction]:
            terms = at_parameters(form, parameters).items()
            return [sum((c * x.get(name, Fraction(0)) for name, c in terms), Fraction(0)) for _, x in solution.levels]

        for name, parts in self.statement.maxima.items():
            if value(atom(name)) > max(map(value, parts)):
                return name
        return None


def at_parameters(form: Polynomial, parameters: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The form at values of the parameters: a coefficient for each quantity and atom."""
    total: dict[str, Fraction] = {}
    for monomial, c in form.items():
        name = ""
        for symbol, power in monomial:
            if symbol in parameters:
                c = c * parameters[symbol] ** power
            else:
                name = symbol
        total[name] = total.get(name, Fraction(0)) + c
    return {name: c for name, c in total.items() if c}


def normal(
    solution: Solution, leaders: Sequence[Polynomial], growing: Iterable[Polynomial], parameters: Mapping[str, Fraction]
) -> Solution:
    """The solution with each class measured by its first head, and other rates by a single quantity that grows so."""
    single = [form for form in growing if list(form.values()) == [1]]
    levels = []
    for (kind, place), vector in solution.levels:

        def value(form: Polynomial, at: Mapping[str, Fraction] = vector) -> Fraction:
            terms = at_parameters(form, parameters).items()
            return sum((c * at.get(name, Fraction(0)) for name, c in terms), Fraction(0))

        heads = [leaders[place]] if kind == "class" else single
        scale = next((x for x in map(value, heads) if x > 0), Fraction(1))
        levels.append(((kind, place), {name: x / scale for name, x in vector.items()}))
    return Solution(tuple(levels))
