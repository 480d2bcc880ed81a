"""Proof certificates over the real numbers: polynomial identities, case splits, exponentials and induction."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from .polynomial import Polynomial, add, constant, multiply, rational
from .tree import LABEL, leaf, number, operation, plain, record, reject, sequence, substitute, word

RULES = {"combination": {"terms", "equalities"}, "cancel": {"product", "factors"},
         "cases": {"on", "nonnegative", "nonpositive"}, "exp-increasing": {"atoms", "from"}, "exp-positive": {"atoms"},
         "exp-zero": {"atoms"}, "exp-tangent": {"atoms"}, "exp-sum": {"atoms"}}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """`tree relation 0`, and a polynomial of the same sign: `numerator relation 0`."""

    relation: str
    tree: Any
    numerator: Polynomial


@dataclass(frozen=True)
class System:
    """A run: the state begins at `start`; every step meets, for some inputs, all facts of one of the transitions."""

    state: Mapping[str, str]  # symbol of the state -> symbol of the state after the step
    inputs: list[str]
    start: Mapping[str, Any]
    transitions: Mapping[str, Mapping[str, Any]]

    @property
    def hidden(self) -> set[str]:
        return {*self.state.values(), *self.inputs}


@dataclass(frozen=True)
class Theorem:
    """For all real symbols that meet the hypotheses, the state symbols being the values that runs of the systems have
    after any number of steps, every conclusion is defined and true."""

    symbols: list[str]
    atoms: Mapping[str, Any]
    hypotheses: Mapping[str, Any]
    systems: Mapping[str, System]
    conclusions: Mapping[str, Any]

    def __str__(self) -> str:
        return "\n".join(f"{part.name}: {getattr(self, part.name)}" for part in fields(self))


@dataclass(frozen=True)
class Scope:
    """The facts that hold at one place of a proof, about the symbols that have a meaning there."""

    reads: Mapping[str, frozenset[str]]  # symbol or atom -> the symbols that its value depends on
    exponents: Mapping[str, Polynomial]  # atom -> what it is the exponential of
    systems: Mapping[str, System]
    allowed: frozenset[str]
    facts: dict[str, Fact]

    def depends(self, tree: Any) -> frozenset[str]:
        if type(tree) is list:
            return frozenset[str]().union(*map(self.depends, operation(tree)[1]))
        name = leaf(tree)
        if isinstance(name, str) and not (name in self.reads and self.reads[name] <= self.allowed):
            reject(f"symbol {name!r} has no meaning here")
        return self.reads[name] if isinstance(name, str) else frozenset()

    def fact(self, data: Any, below: Any = None) -> Fact:
        """The fact stated, its denominator shown to be a nonzero constant times a product of positive facts."""
        relation, tree = sequence(data, 2)
        self.depends(tree)
        top, bottom = rational(tree)
        if relation not in (">=", ">", "=") or (below is None) != (bottom == constant(1)):
            reject(f"{data!r:.200}: relation not >=, > or =, or a denominator entry missing or not needed")
        if below is not None:
            factor = number(record(below, {"coefficient", "facts"})["coefficient"])
            if bottom != multiply(constant(factor), self.product(below["facts"], ">")):
                reject(f"{data!r:.200}: the denominator is not the product of the facts named")
            top = top if factor > 0 else add({}, top, -1)
        return Fact(relation, tree, top)

    def polynomial(self, tree: Any) -> Polynomial:
        return self.fact(["=", tree]).numerator

    def named(self, name: Any) -> Fact:
        return self.facts[name] if word(name, LABEL) in self.facts else reject(f"no fact {name!r} here")

    def product(self, names: Any, *relations: str) -> Polynomial:
        total = constant(1)
        for fact in map(self.named, sequence(names)):
            if fact.relation not in relations:
                reject(f"{fact.tree!r:.200} {fact.relation} 0 used where {' or '.join(relations)} is needed")
            total = multiply(total, fact.numerator)
        return total

    def introduce(self, name: Any, fact: Fact) -> None:
        self.facts[name] = fact if word(name, LABEL) not in self.facts else reject(f"{name!r} is used twice")

    def assume(self, statements: Mapping[str, Any], below: Mapping[str, Any]) -> "Scope":
        for name, data in statements.items():
            self.introduce(name, self.fact(data, below.get(name)))
        return self

    def case(self, name: Any, tree: Any) -> "Scope":
        return replace(self, facts=dict(self.facts)).assume({f"{name}.case": [">=", tree]}, {})

    def show(self, steps: Any, goals: list[list[Any]]) -> None:
        for step in sequence(steps):
            self.apply(step)
        for goal in goals:
            if goal not in [[fact.relation, fact.tree] for fact in self.facts.values()]:
                reject(f"not shown: {goal!r:.200}")

    def apply(self, step: Any) -> None:
        """Check one step other than induction and keep its fact."""
        rule = word(record(step).get("by"), LABEL)
        record(step, {"name", "fact", "by"} | (RULES.get(rule) or reject(f"no rule {rule!r}")), {"denominator"})
        goal = self.fact(step["fact"], step.get("denominator"))
        if rule == "cases":
            for side, tree in (("nonnegative", step["on"]), ("nonpositive", ["-", step["on"]])):
                self.case(step["name"], tree).show(step[side], [[goal.relation, goal.tree]])
        elif not {"combination": self.combination, "cancel": self.cancel}.get(rule, self.exponential)(step, goal):
            reject(f"{step['name']!r:.80}: {rule} does not give {step['fact']!r:.200}")
        self.introduce(step["name"], goal)

    def combination(self, step: Mapping[str, Any], goal: Fact) -> bool:
        total, strict = constant(0), goal.relation != ">"
        for term in sequence(step["terms"]):
            weight = number(record(term, {"coefficient", "facts", "squares"})["coefficient"])
            product = multiply(constant(weight), self.product(term["facts"], ">", ">="))
            for root in map(self.polynomial, sequence(term["squares"])):
                product = multiply(product, multiply(root, root))
            if weight <= 0 or goal.relation == "=":
                reject("a term needs a coefficient > 0, and an equation takes no terms")
            strict |= not term["squares"] and all(self.named(name).relation == ">" for name in term["facts"])
            total = add(total, product)
        for item in sequence(step["equalities"]):
            equation = self.product([record(item, {"fact", "multiplier"})["fact"]], "=")
            total = add(total, multiply(self.polynomial(item["multiplier"]), equation))
        return strict and total == goal.numerator

    def cancel(self, step: Mapping[str, Any], goal: Fact) -> bool:
        product = self.named(step["product"])
        shown = multiply(goal.numerator, self.product(step["factors"], ">"))
        return product.relation == goal.relation and product.numerator == shown

    def exponential(self, step: Mapping[str, Any], goal: Fact) -> bool:
        """Facts about atoms E = exp(x), listed in the order in which the rule's formula names them."""
        rule, relation = step["by"], {"exp-positive": ">", "exp-tangent": ">="}.get(step["by"], "=")
        atoms = sequence(step["atoms"], {"exp-increasing": 2, "exp-sum": 3}.get(rule, 1))
        E = [self.polynomial(word(atom)) for atom in atoms]
        x = [self.exponents[atom] if atom in self.exponents else reject(f"no atom {atom!r}") for atom in atoms]
        lower = {"exp-positive": {}, "exp-tangent": add(constant(1), x[0])}.get(rule, constant(1))
        holds = rule != "exp-zero" or not x[0]
        if rule == "exp-increasing":  # y - x relation 0 gives exp(y) - exp(x) relation 0
            cause, lower = self.named(step["from"]), E[1]
            relation, holds = cause.relation, cause.numerator == add(x[0], x[1], -1)
        elif rule == "exp-sum":
            lower, holds = multiply(E[1], E[2]), x[0] == add(x[1], x[2])
        return holds and goal.relation == relation and goal.numerator == add(E[0], lower, -1)

    def before(self, run: System) -> "Scope":
        """Where an invariant is shown of the start: nothing that depends on the state may be used."""
        local = run.hidden.union(run.state)
        facts = {name: fact for name, fact in self.facts.items() if self.depends(fact.tree).isdisjoint(local)}
        return replace(self, allowed=self.allowed - local, facts=facts)

    def induction(self, step: Mapping[str, Any]) -> None:
        """Invariants that hold at the start and pass through every transition hold at each time of the run."""
        record(step, {"name", "by", "system", "invariants", "base", "steps"}, {"denominators"})
        run = self.systems.get(word(step["system"], LABEL)) or reject(f"no system {step['system']!r}")
        invariants, below = record(step["invariants"]), record(step.get("denominators", {}))
        record(below, (), {*invariants}.union(*run.transitions.values()))
        # An atom of the state would keep its old value when the state symbols are renamed.
        renamed = replace(self, reads={n: r for n, r in self.reads.items() if n in run.state or not r & {*run.state}})
        pairs = [(sequence(data, 2)[0], data[1], renamed.depends(data[1])) for data in invariants.values()]
        start = self.before(run)
        list(map(start.polynomial, run.start.values()))
        start.show(step["base"], [[relation, substitute(tree, run.start)] for relation, tree, _ in pairs])
        for branch, steps in record(step["steps"], run.transitions).items():
            inner = replace(self.before(run), allowed=self.allowed | run.hidden)  # the state before a step
            inner.assume(invariants, below).assume(run.transitions[branch], below)
            inner.show(steps, [[relation, substitute(tree, run.state)] for relation, tree, _ in pairs])
        self.assume(invariants, below)


def declare(symbols: Any, atoms: Any, systems: Any) -> Scope:
    """The empty scope of a certificate: what its symbols, exponentials and runs are."""
    names, local = [word(name) for name in sequence(symbols)], list[str]()
    scope = Scope({name: frozenset({name}) for name in names}, {}, {}, frozenset(names), {})
    for name, definition in record(atoms).items():
        names.append(word(name))
        if sequence(definition, 2)[0] != "exp":
            reject(f"atom {name!r}: only exp can be declared")
        exponents = {**scope.exponents, name: scope.polynomial(definition[1])}
        scope = replace(scope, exponents=exponents, reads={**scope.reads, name: scope.depends(definition[1])})
    for name, data in record(systems).items():
        run = System(**record(data, {"state", "inputs", "start", "transitions"}))
        local += map(word, [*record(run.state), *run.state.values(), *sequence(run.inputs)])
        branches = [record(facts) for branch, facts in record(run.transitions).items() if word(branch, LABEL)]
        if not record(run.start, run.state) or not branches or not all(branches):
            reject(f"system {name!r}: no state, no transition, or one without facts")
        scope = replace(scope, systems={**scope.systems, word(name, LABEL): run})
    if len({*names}) < len(names) or len({*local}) < len(local) or not {*local} <= scope.allowed:
        reject("a symbol is declared twice, or one of a system is not declared")
    return replace(scope, allowed=scope.allowed.difference(*(run.hidden for run in scope.systems.values())))


def check(certificate: Any) -> Theorem:
    """The theorem that the certificate proves. Raises `Rejected` if it proves nothing."""
    required = {"schema_version", "kind", "symbols", "atoms", "hypotheses", "steps", "conclusions"}
    data = record(plain(certificate), required, {"denominators", "systems"})
    if [repr(data["schema_version"]), data["kind"]] != ["1", "proof"]:
        reject("schema_version 1 and kind 'proof' are needed")
    hypotheses, below = record(data["hypotheses"]), record(data.get("denominators", {}), (), data["hypotheses"])
    scope = declare(data["symbols"], data["atoms"], data.get("systems", {})).assume(hypotheses, below)
    unused = {*scope.systems}
    for step in map(record, sequence(data["steps"])):
        (scope.induction if step.get("by") == "induction" else scope.apply)(step)
        unused.discard(step.get("system", ""))
    if unused or not sequence(data["conclusions"]):
        reject("every system needs an induction, and a proof a conclusion")
    conclusions = {name: [fact.relation, fact.tree] for name in data["conclusions"] for fact in [scope.named(name)]}
    return Theorem(data["symbols"], data["atoms"], hypotheses, scope.systems, conclusions)
