"""Statements whose truth is known before the calculus sees them.

False ones start from growth rates: hypotheses true in them, a conclusion that is not. True ones start from hypotheses
(true in some rates, so that they agree with each other) and derive the conclusion by steps that are valid each.
"""

from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from .models import Model, Value, plus, power
from .relations import CLASSES, Expression, Relation, to, true, value

Fact = tuple[Expression, bool, Expression]  # left = O(right), or with True o(right)
SECOND = {"exp": power(beyond=1), "log": power(0, 0, 1), "power": power(0, 0), "between": power(between=1)}


@dataclass(frozen=True)
class Made:
    """Quantities as (name, kind), whether the constant a in (0, 1) occurs, relations, and the rates behind them."""

    quantities: tuple[tuple[str, str], ...]
    symbolic: bool
    hypotheses: tuple[Relation, ...]
    goal: Relation
    model: Model


def _rate(random: Random, kind: str) -> Value:
    logs = power(log=random.randint(-3, 3), loglog=random.choice([0, 0, 1, -1]))
    if kind == "polylog":
        return logs
    if kind == "constant":
        return {}
    between = 0 if kind == "poly" else random.choice([0, 0, 0, 1, -1])
    n = random.choice([-3, -2, -1, 0, 0, 1, 2, 3])
    return plus((power(n=Fraction(n, random.choice([1, 1, 2])), between=between), 1), (logs, random.randint(0, 1)))


def _world(random: Random, symbolic: bool, two: bool, size: int) -> tuple[list[tuple[str, str]], Model]:
    kinds = [random.choice(["any", "any", "any", "poly", "polylog", "constant"]) for _ in range(size)]
    if two:  # kinds that speak of the limit variable need a single one
        kinds = ["any"] * size
    quantities = [("k", "limit"), *zip("xyzuvw", kinds, strict=False)]
    values = {"k": power(n=1), **{name: _rate(random, kind) for name, kind in quantities[1:]}}
    if two:
        quantities.append(("d", "limit"))
        second = random.choice(["exp", "log", "power", "between"])
        values["d"] = SECOND[second] if second != "power" else power(n=random.choice([1, 3, "1/3"]))
        if second == "exp":
            values["x"] = plus((values["x"], 1), (power(beyond=1), random.choice([-1, 0, 1])))
    parameters = {"a": random.choice([Fraction(1, 3), Fraction(1, 2), Fraction(4, 5)])} if symbolic else {}
    return quantities, Model(values, parameters)


def product(random: Random, names: list[str], symbolic: bool) -> Expression:
    chosen = random.sample(names, random.randint(1, min(2, len(names))))
    factors: list[Expression] = []
    for name in chosen:
        e: Any = random.choice([1, 1, 2, -1, "1/2", "-3/2"])
        if symbolic and random.random() < 0.4:
            e = {"a": Fraction(random.choice([1, 1, 2, -1])), "": Fraction(random.choice([0, 0, 1]))}
        factors.append(name if e == 1 else to(name, e))
    return factors[0] if len(factors) == 1 else ("*", *factors)


def expression(random: Random, names: list[str], symbolic: bool) -> Expression:
    """A product, now and then a sum, a maximum, a minimum, or a power of a logarithm times a product."""
    first = product(random, names, symbolic)
    kind = random.randrange(12)
    if kind < 3:
        return (("+", "max", "min")[kind], first, product(random, names, symbolic))
    if kind == 3:
        return ("*", to(("log", random.choice(names)), random.choice([1, 2, 5])), first)
    return first


def false_statement(seed: str) -> Made:
    """A statement that the rates refute."""
    random = Random(seed)
    symbolic, two = random.random() < 0.3, random.random() < 0.3
    quantities, model = _world(random, symbolic, two, random.randint(2, 4))
    names = [name for name, _ in quantities]
    operators = ["<~", "<~", "<<", "<<", ">~", "~", ">>", *CLASSES[:-1]]

    def draw(wanted: bool) -> Relation:
        while True:
            x, y = expression(random, names, symbolic), product(random, ["k", *names], symbolic)
            found = (x, random.choice(operators), y)
            if true(found, [model]) is wanted and value(x, model) != value(y, model):
                return found

    return Made(tuple(quantities), symbolic, tuple(draw(True) for _ in range(random.randint(1, 5))), draw(False), model)


class Derivation:
    """A pool of facts, made longer by steps that are valid for all positive sequences."""

    def __init__(self, random: Random, made: tuple[list[tuple[str, str]], Model], facts: list[Fact]) -> None:
        self.random, self.facts = random, facts
        self.quantities, self.model = made
        self.names = [name for name, _ in self.quantities]
        self.symbolic = bool(self.model.parameters)

    def pick(self) -> Fact:
        return self.random.choice(self.facts)

    def small(self) -> Any:
        return {"a": Fraction(1)} if self.symbolic and self.random.random() < 0.5 else self.random.choice(["1/200", "1/3", 1])

    def multiply(self) -> Fact:
        (l, s, r), (x, t, y) = self.pick(), self.pick()
        p, q = self.random.choice([1, 1, 2, "1/2"]), self.random.choice([1, 1, 3])
        return ("*", to(l, p), to(x, q)), s or t, ("*", to(r, p), to(y, q))

    def absorb(self) -> Fact:
        """Powers of logarithms, and of what lies between such, are at most any power of k."""
        l, _, r = self.pick()
        slow = [("log", "k"), ("log", ("log", "k")), *(n for n, kind in self.quantities if kind == "polylog")]
        return ("*", l, to(self.random.choice(slow), self.random.choice([1, 5, -2]))), True, ("*", r, to("k", self.small()))

    def add(self) -> Fact:
        (l, s, r), (x, t, y) = self.pick(), self.pick()
        function = self.random.choice(["+", "max", "min"])
        return (function, l, x), s and t, (function, r, y)

    def part(self) -> Fact:
        l, s, r = self.pick()
        other = product(self.random, self.names, self.symbolic)
        return (l, s, ("+", other, r)) if self.random.random() < 0.5 else (("min", other, l), s, r)

    def mean(self) -> Fact:
        """x^a y^(1-a) is at most the larger; 0 < a < 1."""
        (l, s, r), (x, t, y) = self.pick(), self.pick()
        first: Any = {"a": Fraction(1)} if self.symbolic else {"": Fraction(1, 3)}
        second: Any = {"": Fraction(1), "a": Fraction(-1)} if self.symbolic else {"": Fraction(2, 3)}
        return ("*", to(l, first), to(x, second)), s or t, self.random.choice([
            ("*", to(r, first), to(y, second)), ("max", r, y), ("+", r, y)])  # fmt: skip

    def raise_to(self) -> Fact:
        l, s, r = self.pick()
        e: Any = {"a": Fraction(2)} if self.symbolic else {"": Fraction(7, 5)}
        return to(l, e), s, to(r, e)

    def log(self) -> Fact:
        l, _, r = self.pick()
        return ("log", l), False, ("log", r)

    def grow(self) -> Fact:
        """A power of log(2 + x) is at most any power of 1 + x."""
        x = self.random.choice(self.names)
        return to(("log", x), self.random.choice([1, 5])), x in ("k", "d"), to(x if x in ("k", "d") else ("+", 1, x), self.small())

    def step(self) -> Fact:
        steps = [self.multiply, self.multiply, self.absorb, self.add, self.part, self.mean, self.raise_to, self.log, self.grow]
        return self.random.choice(steps)()


def _depth(x: Expression) -> int:
    return 1 + sum(map(_depth, x[1:2] if x[0] == "^" else x[1:])) if isinstance(x, tuple) else 0


def true_statement(seed: str) -> Made:
    """A statement whose conclusion was derived; about half of the hypotheses are not needed."""
    random = Random(seed)
    world = _world(random, random.random() < 0.4, random.random() < 0.25, random.randint(2, 4))
    quantities, model = world
    names, symbolic = [name for name, _ in quantities], bool(model.parameters)
    hypotheses: list[Relation] = []
    facts: list[Fact] = []
    while len(facts) < random.randint(2, 4):
        x, y = product(random, names, False), product(random, names, False)
        operator = random.choice(["<~", "<<"])
        if true((x, operator, y), [model]) and x != y:
            hypotheses.append((x, operator, y))
            facts.append((x, operator == "<<", y))
    derivation = Derivation(random, world, facts)
    for _ in range(random.randint(2, 4)):
        l, s, r = derivation.step()
        if _depth(l) + _depth(r) <= 14:
            facts.append((l, s, r))
    while len(hypotheses) < len(facts) and random.random() < 0.7:  # distractors
        extra = (expression(random, names, symbolic), random.choice(["<~", ">~", "Otilde"]), product(random, names, symbolic))
        if true(extra, [model]):
            hypotheses.append(extra)
    random.shuffle(hypotheses)
    l, s, r = facts[-1]
    forms: list[Relation] = [(l, "<~", r), (r, ">~", l), (l, "Otilde", r), (l, "<= poly", r), (l, "subpoly", r)]
    strict: list[Relation] = [(l, "<<", r), (r, ">>", l), (("*", l, to(r, -1)), "<<", 1)]
    goal = random.choice(strict if s and random.random() < 0.8 else forms)
    return Made(tuple(quantities), symbolic, tuple(hypotheses), goal, model)
