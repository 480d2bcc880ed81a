"""Growth rates by definition, sharing no code with the calculus: the oracle of every test about orders of magnitude.

log x of a quantity x is a finite sum of coefficients times monomials in basis functions b_0, b_1, ...: each tends to
infinity, faster than any power of the next, and its logarithm is a monomial in later ones. On the standard scale
b_0 = n, b_1 = log n, b_2 = log log n, so that exp(sqrt(log n)) is 1 times b_1^(1/2). A fact is true if its definition
is, with constants out of a sample that is far coarser and far finer than every number in a statement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

Monomial = tuple[int | Fraction, ...]
Value = dict[Monomial, Fraction]
Tree = Any
DEPTH = 7
LARGE = Fraction(10) ** 5  # what "large powers" stands for
CONSTANTS = [Fraction(10) ** e for e in (-12, -9, -6, -3, 0, 3, 6, 9, 12)]
ONE: Value = {}


def unit(i: int, power: Fraction | int = 1, depth: int = DEPTH) -> Monomial:
    return tuple(power if j == i else 0 for j in range(depth))


def plus(*terms: tuple[Value, Fraction | int]) -> Value:
    total: Value = {}
    for value, factor in terms:
        for monomial, c in value.items():
            total[monomial] = total.get(monomial, Fraction(0)) + c * factor
    return {monomial: c for monomial, c in total.items() if c}


def sign(value: Value) -> int:
    """Whether exp(value) tends to infinity (1), is constant (0), or tends to 0 (-1)."""
    if not value:
        return 0
    return 1 if value[max(value)] > 0 else -1


def larger(first: Value, second: Value) -> Value:
    return first if sign(plus((first, 1), (second, -1))) >= 0 else second


@dataclass(frozen=True)
class Scale:
    """The logarithm of each basis function, as a monomial; the last has none."""

    logs: tuple[Monomial, ...]

    def log(self, value: Value) -> Value:
        """log log(2 + x) from log x: constants and what tends to 0 do not matter."""
        if sign(value) <= 0:
            return {}
        lead = max(value)
        return plus(*(({self.logs[i]: Fraction(1)}, p) for i, p in enumerate(lead) if p))


STANDARD = Scale(tuple(unit(i + 1) for i in range(DEPTH - 1)))


def power(n: object = 0, log: object = 0, loglog: object = 0, between: object = 0, beyond: object = 0) -> Value:
    """n^n log(n)^log loglog(n)^loglog exp(sqrt(log n))^between exp(n)^beyond."""
    parts = [(unit(1), n), (unit(2), log), (unit(3), loglog), (unit(1, Fraction(1, 2)), between), (unit(0), beyond)]
    return plus(*(({monomial: Fraction(1)}, Fraction(str(c))) for monomial, c in parts))


@dataclass
class Model:
    """One sequence: quantities by name, constants by name; `logs` and `maxima` define atoms by trees of exponents."""

    values: Mapping[str, Value]
    parameters: Mapping[str, Fraction] = field(default_factory=dict)
    scale: Scale = STANDARD
    logs: Mapping[str, Tree] = field(default_factory=dict)
    maxima: Mapping[str, Sequence[Tree]] = field(default_factory=dict)

    def within(self, statement: Mapping[str, Any]) -> "Model":
        return Model(self.values, self.parameters, self.scale, statement["logs"], statement["maxima"])

    def number(self, tree: Tree) -> Fraction:
        """A polynomial in the constants."""
        if not isinstance(tree, list):
            return self.parameters[tree] if tree in self.parameters else Fraction(tree)
        if tree[0] == "^":
            return self.number(tree[1]) ** int(tree[2])
        parts = [self.number(part) for part in tree[1:]]
        if tree[0] == "-":
            return -parts[0] if len(parts) == 1 else parts[0] - parts[1]
        total = parts[0]
        for part in parts[1:]:
            total = total + part if tree[0] == "+" else total * part
        return total

    def form(self, tree: Tree) -> Value:
        """A linear form of the kernel's statement."""
        if isinstance(tree, str):
            if tree in self.logs:
                return self.scale.log(self.form(self.logs[tree]))
            if tree in self.maxima:
                first, *rest = map(self.form, self.maxima[tree])
                for other in rest:
                    first = larger(first, other)
                return first
            return self.values[tree]
        if tree == 0:
            return {}
        if tree[0] in ("+", "-"):
            signs = [1] * len(tree) if tree[0] == "+" else [1, -1] if len(tree) == 3 else [-1]
            return plus(*zip(map(self.form, tree[1:]), signs, strict=False))
        assert tree[0] == "*"
        inside = [part for part in tree[1:] if self.about(part)]
        assert len(inside) == 1
        factor = Fraction(1)
        for part in tree[1:]:
            factor *= Fraction(1) if part is inside[0] else self.number(part)
        return plus((self.form(inside[0]), factor))

    def about(self, tree: Tree) -> bool:
        if isinstance(tree, list):
            return any(map(self.about, tree[1:]))
        return tree in self.values or tree in self.logs or tree in self.maxima


def holds(kind: str, forms: Sequence[Sequence[Value]]) -> bool:
    """The fact along a sequence that is cut into subsequences; `forms` lists each one's values."""
    if kind in ("O", "o"):
        return all(sign(form[0]) <= (0 if kind == "O" else -1) for form in forms)

    def bounded(c: Fraction) -> bool:
        return all(sign(plus((x, 1), (over, -c))) <= 0 for x, over in forms)

    if kind == "poly":
        return any(map(bounded, CONSTANTS))
    if kind == "sub":
        return all(map(bounded, CONSTANTS))
    powers = [c for c in (*CONSTANTS, LARGE) if c <= LARGE]
    return all(sign(plus((over, c), (x, -1))) <= 0 for c in powers for x, over in forms)


def fact_holds(fact: Sequence[Any], models: Sequence[Model]) -> bool:
    """A fact of the kernel's statement along interleaved subsequences."""
    return holds(fact[0], [[model.form(tree) for tree in fact[1:]] for model in models])


def inside(statement: Mapping[str, Any], model: Model) -> bool:
    """Whether the constants are in their ranges."""
    values = [(relation, model.number(tree)) for relation, tree in statement["ranges"].values()]
    return all(value > 0 if relation == ">" else value >= 0 for relation, value in values)


def premises(statement: Mapping[str, Any], models: Sequence[Model]) -> bool:
    """Whether ranges and hypotheses hold."""
    ready = [model.within(statement) for model in models]
    return all(inside(statement, m) for m in ready) and all(
        fact_holds(fact, ready) for fact in statement["hypotheses"].values()
    )


def violates(statement: Mapping[str, Any], models: Sequence[Model]) -> bool:
    """Whether the sequences refute the statement: hypotheses true, and the goal false or absent."""
    if not premises(statement, models):
        return False
    goal = statement["goal"]
    return goal is None or not fact_holds(goal, [model.within(statement) for model in models])


def of_ray(ray: Mapping[str, Any]) -> Model:
    """The model that a witness of growth rates describes. Raises `ValueError` if its generators are no scale."""
    n = len(ray["generators"])
    deep = n + DEPTH
    logs: list[Monomial] = []
    for i, log in enumerate([*ray["generators"][:-1], None]):
        if log in (None, "large"):
            logs.append(unit(max(i, n - 1) + 1, 1, deep))
        else:
            logs.append((*map(Fraction, log), *([0] * DEPTH)))
    logs += [unit(i + 1, 1, deep) for i in range(n, deep - 1)]
    large = {i for i, log in enumerate(ray["generators"]) if log == "large"}
    plain = [i for i in range(deep - 1) if i not in large]
    for i, j in zip(plain, plain[1:], strict=False):
        if not logs[i] > logs[j] or any(logs[i][: i + 1]) or any(logs[i][x] for x in large):
            raise ValueError("no scale")
    steps: list[Value] = [{log: Fraction(1)} for log in logs]
    for i in large:
        if i + 1 >= n or i + 1 in large:
            raise ValueError("a large power of nothing")
        steps[i] = plus((steps[i + 1], LARGE * 10))
    values = {}
    for name, vector in ray["values"].items():
        values[name] = plus(*((step, Fraction(c)) for step, c in zip(steps[:n], vector, strict=True)))
    parameters = {name: Fraction(value) for name, value in ray["parameters"].items()}
    return Model(values, parameters, Scale(tuple(logs))).within(ray["statement"])
