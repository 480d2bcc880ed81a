"""Steps of a proof certificate: combinations are searched for, and the kernel checks each step as it is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

import sympy

from .expression import lower
from .farkas import Column, NotFound, combine, expression_of, factors, monomials, products, quotient
from .kernel.polynomial import Polynomial, add, constant, multiply, rational
from .kernel.proof import Fact, Scope

Using = Iterable[str] | Mapping[str, int]
_RELATIONS = {">=": (">=", 1), ">": (">", 1), "<=": (">=", -1), "<": (">", -1), "=": ("=", 1)}


def tree_of(expression: Any) -> Any:
    return expression if isinstance(expression, int) else lower(expression)


def statement(relation: Any) -> list[Any]:
    """[relation, tree] of a SymPy relation, the tree being the greater side minus the smaller."""
    tree = lower(relation) if isinstance(relation, sympy.Basic) else relation
    if not isinstance(tree, list) or tree[0] not in _RELATIONS:
        raise ValueError(f"{relation!r}: a SymPy >=, >, <=, < or Eq is needed (SymPy may have evaluated it)")
    symbol, sign = _RELATIONS[tree[0]]
    left, right = tree[1:] if sign > 0 else reversed(tree[1:])
    return [symbol, left if right == 0 else ["-", left, right]]


class Block:
    """Steps under construction in a scope of the kernel; `goals` are the facts that the block is expected to show."""

    def __init__(self, scope: Scope, goals: Mapping[str, list[Any]] | None = None) -> None:
        self.scope, self.goals = scope, dict(goals or {})
        self.steps: list[dict[str, Any]] = []

    def show(self, name: str, relation: Any, using: Using = (), **options: Any) -> None:
        """Show the relation as a sum of products of the facts in `using`.

        Options. `degree` (2): the most inequalities in a product; a mapping in `using` caps the power of each.
        `squares`: expressions whose squares may multiply a product. `multipliers` (2): what equations in `using` are
        multiplied by: all monomials in the symbols at hand up to that degree, or a mapping from a fact to a degree
        or to a list of expressions. `below`: the facts whose product is the denominator, if the search is to be spared.
        Raises `NotFound` if there is no such sum.
        """
        self._show(name, statement(relation), using, **options)

    def goal(self, key: str, using: Using = (), **options: Any) -> None:
        """Show the expected fact `key` of this block, with the options of `show`."""
        self._show(f"{key}.goal", self._goal(key), using, **options)

    def _goal(self, key: str) -> list[Any]:
        if key not in self.goals:
            raise ValueError(f"no goal {key!r} here: {', '.join(self.goals) or 'none'}")
        return self.goals[key]

    def sum_of(self, name: str, relation: Any, terms: Sequence[tuple[Fraction, Sequence[str]]]) -> None:
        """Show the relation as a given sum of terms, each a positive constant times a product of facts by name."""
        listed = [{"coefficient": str(c), "facts": list(facts), "squares": []} for c, facts in terms]
        self._apply("combination", name, statement(relation), {"terms": listed, "equalities": []})

    def cancel(self, name: str, relation: Any, product: str, factors: Sequence[str]) -> None:
        """Show the relation from the fact `product`, which is it times the strict facts `factors`."""
        self._cancel(name, statement(relation), product, factors)

    def weigh(self, name: str, relation: Any, weights: Mapping[str, Any]) -> None:
        """Show the relation as a given sum of weights times facts; weights are nonnegative, on equations any.

        A weight is a rational function whose factors are constants and facts known here. The key "one" stands for the
        fact 1 > 0. Denominators that the relation does not have are multiplied in and cancelled.
        """
        self._weigh(name, statement(relation), weights)

    def goal_by_weights(self, key: str, weights: Mapping[str, Any]) -> None:
        """Show the expected fact `key` of this block, as `weigh` does."""
        self._weigh(f"{key}.goal", self._goal(key), weights)

    def goal_by_cancel(self, key: str, product: str, factors: Sequence[str]) -> None:
        self._cancel(f"{key}.goal", self._goal(key), product, factors)

    def exp_increasing(self, name: str, relation: Any, greater: Any, smaller: Any, cause: str) -> None:
        """E_y - E_x >= 0 (or >, =) from the fact `cause`: y - x >= 0, for atoms E_y = exp(y), E_x = exp(x)."""
        self._apply("exp-increasing", name, statement(relation), {"atoms": [str(greater), str(smaller)], "from": cause})

    def exp_positive(self, name: str, atom: Any) -> None:
        self._apply("exp-positive", name, [">", str(atom)], {"atoms": [str(atom)]})

    def exp_zero(self, name: str, atom: Any) -> None:
        """E = 1 for an atom declared exp(0)."""
        self._apply("exp-zero", name, ["=", ["-", str(atom), 1]], {"atoms": [str(atom)]})

    def exp_tangent(self, name: str, relation: Any, atom: Any) -> None:
        """E >= 1 + x for the atom E = exp(x)."""
        self._apply("exp-tangent", name, statement(relation), {"atoms": [str(atom)]})

    def exp_sum(self, name: str, total: Any, first: Any, second: Any) -> None:
        """E_{x+y} = E_x E_y."""
        tree = ["-", str(total), ["*", str(first), str(second)]]
        self._apply("exp-sum", name, ["=", tree], {"atoms": [str(total), str(first), str(second)]})

    def cases(self, name: str, relation: Any, on: Any) -> Cases:
        """Show the relation where `on` >= 0 (known as `name`.case) and where -`on` >= 0; then call `close`."""
        return Cases(self, name, statement(relation), tree_of(on))

    def goal_by_cases(self, key: str, on: Any) -> Cases:
        return Cases(self, f"{key}.goal", self._goal(key), tree_of(on))

    def _apply(self, rule: str, name: str, fact: list[Any], details: Mapping[str, Any], below: Any = None) -> None:
        step = {"name": name, "fact": fact, "by": rule, **details}
        below = self._below(fact[1]) if below is None else below
        if below is not None:
            step["denominator"] = below
        self.scope.apply(step)
        self.steps.append(step)

    def _cancel(self, name: str, fact: list[Any], product: str, factors: Sequence[str]) -> None:
        self._apply("cancel", name, fact, {"product": product, "factors": list(factors)})

    def _below(self, tree: Any) -> dict[str, Any] | None:
        """The denominator of a tree as a constant times a product of strict facts; None if there is no denominator."""
        bottom = rational(tree)[1]
        if bottom == constant(1):
            return None
        strict = {n: f.numerator for n, f in self.scope.facts.items() if f.relation == ">" and set(f.numerator) != {()}}
        names = factors(bottom, strict)
        if names is None:
            raise NotFound(f"the denominator {expression_of(bottom)} is no product of strict facts known here")
        product = constant(1)
        for name in names:
            product = multiply(product, strict[name])
        monomial = next(iter(bottom))
        factor = bottom[monomial] / product[monomial]
        return {"coefficient": str(factor), "facts": names}

    def _show(
        self, name: str, fact: list[Any], using: Using, degree: int = 2, squares: Sequence[Any] = (),
        multipliers: Any = 2, below: Sequence[str] | None = None,
    ) -> None:  # fmt: skip
        caps = dict(using) if isinstance(using, Mapping) else dict.fromkeys(using, degree)
        if unknown := sorted(set(caps) - set(self.scope.facts)):
            raise ValueError(f"no fact {unknown[0]!r} here: {', '.join(self.scope.facts)}")
        entry = self._below(fact[1])
        goal = self.scope.fact(fact, entry)
        common, rest = [], goal.numerator
        # A positive factor of the numerator that also stands below is divided out before the search.
        for factor in dict.fromkeys(entry["facts"]) if entry and rest else ():
            while (smaller := quotient(rest, self.scope.facts[factor].numerator)) is not None:
                common.append(factor)
                rest = smaller
        roots = [tree_of(root) for root in squares]
        facts = {n: self.scope.facts[n] for n in caps}
        columns = [] if goal.relation == "=" else products(
            {n: (f.numerator, f.relation == ">", caps[n]) for n, f in facts.items() if f.relation != "="},
            degree, [rational(root)[0] for root in roots])  # fmt: skip
        symbols = sorted({s for p in [rest, *(f.numerator for f in facts.values())] for m in p for s, _ in m})
        for key, equation in facts.items():
            if equation.relation == "=":
                wanted = multipliers.get(key, 0) if isinstance(multipliers, Mapping) else multipliers
                listed = monomials(symbols, wanted) if isinstance(wanted, int) else None
                several = [rational(tree_of(w))[0] for w in wanted] if listed is None else listed
                columns += [Column(multiply(equation.numerator, m), (key,), multiplier=m) for m in several]
        found = combine(rest, goal.relation == ">", columns)
        scale = constant(1)
        for factor in common:
            scale = multiply(scale, self.scope.facts[factor].numerator)
        terms = [
            {"coefficient": str(x), "facts": [*c.facts, *common], "squares": [roots[i] for i in c.squares]}
            for c, x in found
            if c.multiplier is None
        ]
        sums: dict[str, Polynomial] = {}
        for column, x in found:
            if column.multiplier is not None:
                part = multiply(multiply(column.multiplier, scale), constant(x))
                sums[column.facts[0]] = add(sums.get(column.facts[0], {}), part)
        equalities = [{"fact": key, "multiplier": tree_of(expression_of(p))} for key, p in sums.items()]
        self._apply("combination", name, fact, {"terms": terms, "equalities": equalities}, entry)

    def _weigh(self, name: str, fact: list[Any], weights: Mapping[str, Any]) -> None:
        entry = self._below(fact[1])
        goal = self.scope.fact(fact, entry)
        facts = {n: f.numerator for n, f in self.scope.facts.items() if f.relation != "=" and set(f.numerator) != {()}}
        strict = {n: p for n, p in facts.items() if self.scope.facts[n].relation == ">"}
        if unknown := sorted(set(weights) - set(self.scope.facts) - {"one"}):
            raise ValueError(f"no fact {unknown[0]!r} here: {', '.join(self.scope.facts)}")
        over = _denominator(goal)
        ratios = {key: sympy.cancel(w * over / _denominator(self.scope.facts.get(key))) for key, w in weights.items()}
        sums = [
            expression_of(constant(1) if k == "one" else self.scope.facts[k].numerator) * r for k, r in ratios.items()
        ]
        if (rest := sympy.cancel(expression_of(goal.numerator) - sympy.Add(*sums))) != 0:
            raise NotFound(f"{name}: these weights leave {sympy.cancel(rest / over)}")
        missing = reduce(sympy.lcm, (sympy.fraction(ratio)[1] for ratio in ratios.values()), sympy.Integer(1))
        names = [] if missing.is_Rational else _factored(missing, strict)[1]
        extra = reduce(multiply, (strict[n] for n in names), constant(1))
        terms, equalities = [], []
        for key, ratio in ratios.items():
            multiplier = sympy.cancel(ratio * expression_of(extra))
            if key != "one" and self.scope.facts[key].relation == "=":
                equalities.append({"fact": key, "multiplier": lower(multiplier)})
            elif multiplier != 0:
                coefficient, factors = _factored(multiplier, facts)
                own = [] if key == "one" else [key]
                terms.append({"coefficient": str(coefficient), "facts": [*own, *factors], "squares": []})
        details = {"terms": terms, "equalities": equalities}
        if not names:
            self._apply("combination", name, fact, details, entry)
            return
        product = lower(expression_of(multiply(goal.numerator, extra)))
        self._apply("combination", f"{name}.product", [goal.relation, product], details)
        self._apply("cancel", name, fact, {"product": f"{name}.product", "factors": names}, entry)


def _denominator(fact: Fact | None) -> Any:
    """The positive denominator of a fact's tree: what the tree times it gives is the numerator; 1 for no fact."""
    if fact is None:
        return sympy.Integer(1)
    top, bottom = rational(fact.tree)
    return expression_of(bottom) if top == fact.numerator else -expression_of(bottom)


def _factored(expression: Any, known: Mapping[str, Polynomial]) -> tuple[Fraction, list[str]]:
    """A positive constant and names of known polynomials, the product of all being the expression."""
    polynomial = rational(lower(sympy.expand(expression)))[0]
    names = factors(polynomial, known)
    if names is None:
        raise NotFound(f"{expression} is no product of facts known here")
    product = reduce(multiply, (known[n] for n in names), constant(1))
    monomial = next(iter(polynomial))
    coefficient = polynomial[monomial] / product[monomial]
    if coefficient < 0:
        raise NotFound(f"{expression} is negative: a weight is a product of facts and of positive constants")
    return coefficient, names


class Cases:
    """A fact under construction in the two blocks `nonnegative` and `nonpositive`."""

    def __init__(self, parent: Block, name: str, fact: list[Any], on: Any) -> None:
        self.parent, self.name, self.fact, self.on = parent, name, fact, on
        self.nonnegative = Block(parent.scope.case(name, on), {name: fact})
        self.nonpositive = Block(parent.scope.case(name, ["-", on]), {name: fact})

    def close(self) -> None:
        sides = {"nonnegative": self.nonnegative.steps, "nonpositive": self.nonpositive.steps}
        self.parent._apply("cases", self.name, self.fact, {"on": self.on, **sides})
