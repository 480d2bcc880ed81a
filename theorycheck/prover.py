"""A builder of proof certificates over SymPy: it finds the combinations, the kernel checks every step.

Nothing here is trusted. A relation is a SymPy `>=`, `>`, `<=`, `<` or `Eq` between rational functions with rational
coefficients; it is read as `left - right relation 0`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sympy

from .expression import OutsideLanguage, lower
from .farkas import Column, NotFound, combine, expression_of, factors, monomials, products, quotient
from .kernel.polynomial import Polynomial, add, constant, multiply, rational
from .kernel.proof import Scope, check, declare
from .kernel.tree import substitute

__all__ = ["Block", "Cases", "Induction", "NotFound", "Proof", "contradiction", "statement"]

Using = Iterable[str] | Mapping[str, int]
_RELATIONS = {">=": (">=", 1), ">": (">", 1), "<=": (">=", -1), "<": (">", -1), "=": ("=", 1)}


def _tree(expression: Any) -> Any:
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
        return Cases(self, name, statement(relation), _tree(on))

    def goal_by_cases(self, key: str, on: Any) -> Cases:
        return Cases(self, f"{key}.goal", self._goal(key), _tree(on))

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
        roots = [_tree(root) for root in squares]
        facts = {n: self.scope.facts[n] for n in caps}
        columns = [] if goal.relation == "=" else products(
            {n: (f.numerator, f.relation == ">", caps[n]) for n, f in facts.items() if f.relation != "="},
            degree, [rational(root)[0] for root in roots])  # fmt: skip
        symbols = sorted({s for p in [rest, *(f.numerator for f in facts.values())] for m in p for s, _ in m})
        for key, equation in facts.items():
            if equation.relation == "=":
                wanted = multipliers.get(key, 0) if isinstance(multipliers, Mapping) else multipliers
                several = monomials(symbols, wanted) if isinstance(wanted, int) else [rational(_tree(w))[0] for w in wanted]
                columns += [Column(multiply(equation.numerator, m), (key,), multiplier=m) for m in several]
        found = combine(rest, goal.relation == ">", columns)
        scale = constant(1)
        for factor in common:
            scale = multiply(scale, self.scope.facts[factor].numerator)
        terms = [{"coefficient": str(x), "facts": [*column.facts, *common], "squares": [roots[i] for i in column.squares]}
                 for column, x in found if column.multiplier is None]  # fmt: skip
        sums: dict[str, Polynomial] = {}
        for column, x in found:
            if column.multiplier is not None:
                part = multiply(multiply(column.multiplier, scale), constant(x))
                sums[column.facts[0]] = add(sums.get(column.facts[0], {}), part)
        equalities = [{"fact": key, "multiplier": _tree(expression_of(p))} for key, p in sums.items()]
        self._apply("combination", name, fact, {"terms": terms, "equalities": equalities}, entry)


    def _weigh(self, name: str, fact: list[Any], weights: Mapping[str, Any]) -> None:
        entry = self._below(fact[1])
        goal = self.scope.fact(fact, entry)
        over = self._positive_denominator(goal.tree, goal.numerator)
        parts = []
        for key, weight in weights.items():
            if key != "one" and key not in self.scope.facts:
                raise ValueError(f"no fact {key!r} here: {', '.join(self.scope.facts)}")
            known = None if key == "one" else self.scope.facts[key]
            under = sympy.Integer(1) if known is None else self._positive_denominator(known.tree, known.numerator)
            parts.append((key, known, sympy.fraction(sympy.cancel(weight * over / under))))
        common = reduce(sympy.lcm, (bottom for _, _, (_, bottom) in parts), sympy.Integer(1))
        inequalities = {n: f.numerator for n, f in self.scope.facts.items() if f.relation != "=" and len(f.numerator)}
        terms, equalities = [], []
        for key, known, (top, bottom) in parts:
            multiplier = sympy.cancel(top * common / bottom)
            if known is not None and known.relation == "=":
                equalities.append({"fact": key, "multiplier": lower(multiplier)})
            elif multiplier != 0:
                coefficient, names = self._factored(multiplier, inequalities, f"the weight of {key}")
                own = [] if known is None else [key]
                terms.append({"coefficient": str(coefficient), "facts": [*own, *names], "squares": []})
        details = {"terms": terms, "equalities": equalities}
        if common.is_Rational:
            for term in terms:
                term["coefficient"] = str(Fraction(term["coefficient"]) / Fraction(int(common.p), int(common.q)))
            self._apply("combination", name, fact, details, entry)
            return
        strict = {n: self.scope.facts[n].numerator for n in inequalities if self.scope.facts[n].relation == ">"}
        scale, names = self._factored(common, strict, "the denominator that is multiplied in")
        for term in terms:
            term["coefficient"] = str(Fraction(term["coefficient"]) / scale)
        product = sympy.expand(expression_of(goal.numerator) * common / sympy.Rational(scale.numerator, scale.denominator))
        self._apply("combination", f"{name}.product", [goal.relation, lower(product)], details)
        self._apply("cancel", name, fact, {"product": f"{name}.product", "factors": names}, entry)


class Cases:
    """A fact under construction in the two blocks `nonnegative` and `nonpositive`."""

    def __init__(self, parent: Block, name: str, fact: list[Any], on: Any) -> None:
        self.parent, self.name, self.fact, self.on = parent, name, fact, on
        self.nonnegative = Block(parent.scope.case(name, on), {name: fact})
        self.nonpositive = Block(parent.scope.case(name, ["-", on]), {name: fact})

    def close(self) -> None:
        sides = {"nonnegative": self.nonnegative.steps, "nonpositive": self.nonpositive.steps}
        self.parent._apply("cases", self.name, self.fact, {"on": self.on, **sides})


class Induction:
    """Invariants of a run under construction: a block `base`, and one block of `steps` for each transition."""

    def __init__(self, parent: Proof, name: str, system: str, invariants: Mapping[str, Any]) -> None:
        run = parent.scope.systems[system]
        facts = {key: statement(relation) for key, relation in invariants.items()}
        self.parent, self.step = parent, {"name": name, "by": "induction", "system": system, "invariants": facts}
        self.base = Block(parent.scope.before(run), {k: [r, substitute(t, run.start)] for k, (r, t) in facts.items()})
        self.steps: dict[str, Block] = {}
        self.below: dict[str, Any] = {}
        for branch, transition in run.transitions.items():
            scope = replace(parent.scope.before(run), allowed=parent.scope.allowed.union(run.state.values(), run.inputs))
            block = Block(scope, {k: [r, substitute(t, run.state)] for k, (r, t) in facts.items()})
            for key, fact in {**facts, **transition}.items():
                if (entry := block._below(fact[1])) is not None:
                    self.below[key] = entry
                scope.assume({key: fact}, self.below)
            self.steps[branch] = block

    def close(self) -> None:
        """Let the kernel check the whole induction; its invariants become facts of the proof."""
        self.step["base"] = self.base.steps
        self.step["steps"] = {branch: block.steps for branch, block in self.steps.items()}
        if self.below:
            self.step["denominators"] = self.below
        self.parent.scope.induction(self.step)
        self.parent.steps.append(self.step)


class Proof(Block):
    """A proof certificate under construction, about the given symbols (SymPy symbols or names)."""

    def __init__(self, symbols: Iterable[Any]) -> None:
        self.symbols = [str(symbol) for symbol in symbols]
        self.atoms: dict[str, Any] = {}
        self.systems: dict[str, Any] = {}
        self.hypotheses: dict[str, Any] = {}
        self.denominators: dict[str, Any] = {}
        super().__init__(declare(self.symbols, {}, {}))

    def assume(self, name: str, relation: Any) -> None:
        """A hypothesis of the theorem. All are assumed before the first step."""
        if self.steps:
            raise ValueError(f"hypothesis {name!r} comes after a step: assume first, then show")
        fact = statement(relation)
        entry = self._below(fact[1])
        self.scope.assume({name: fact}, {name: entry} if entry else {})
        self.hypotheses[name] = fact
        if entry:
            self.denominators[name] = entry

    def exp(self, symbol: Any, argument: Any) -> None:
        """Declare the atom `symbol` = exp(argument), for a polynomial argument."""
        self._declare(atoms={**self.atoms, str(symbol): ["exp", _tree(argument)]})

    def system(
        self, name: str, state: Mapping[Any, Any], start: Mapping[Any, Any], inputs: Iterable[Any],
        transitions: Mapping[str, Mapping[str, Any]],
    ) -> None:  # fmt: skip
        """Declare a run: `state` maps each symbol to its successor, `start` to its first value; in each step, for some
        values of the inputs, all relations of one of the transitions hold."""
        described = {
            "state": {str(x): str(y) for x, y in state.items()},
            "inputs": [str(symbol) for symbol in inputs],
            "start": {str(x): _tree(value) for x, value in start.items()},
            "transitions": {b: {key: statement(rel) for key, rel in facts.items()} for b, facts in transitions.items()},
        }
        self._declare(systems={**self.systems, name: described})

    def _declare(self, atoms: dict[str, Any] | None = None, systems: dict[str, Any] | None = None) -> None:
        if self.hypotheses or self.steps:
            raise ValueError("exponentials and runs are declared before the first hypothesis")
        self.atoms, self.systems = atoms or self.atoms, systems or self.systems
        self.scope = declare(self.symbols, self.atoms, self.systems)

    def induction(self, name: str, system: str, invariants: Mapping[str, Any]) -> Induction:
        """Show relations about the state of a run; fill in `base` and `steps`, then call `close`."""
        return Induction(self, name, system, invariants)

    def certificate(self, conclusions: Iterable[str]) -> dict[str, Any]:
        """The certificate of the named facts, accepted by the kernel."""
        data = {
            "schema_version": 1, "kind": "proof", "symbols": self.symbols, "atoms": self.atoms,
            "systems": self.systems, "hypotheses": self.hypotheses, "denominators": self.denominators,
            "steps": self.steps, "conclusions": list(conclusions),
        }  # fmt: skip
        check(data)
        return data


def contradiction(relations: Sequence[Any], degree: int = 2) -> tuple[list[Any], dict[str, Any]] | None:
    """Relations that contradict each other, none of which can be spared, and the certificate of -1 >= 0; or None.

    Relations outside the language of certificates are left out; so None does not mean that a point exists.
    """
    usable = [relation for relation in relations if _refutation([relation], 0) is not None]
    if not _refutation(usable, degree):
        return None
    core = list(usable)
    for relation in usable:
        fewer = [kept for kept in core if kept is not relation]
        if _refutation(fewer, degree):
            core = fewer
    return core, _refutation(core, degree)


def _refutation(relations: Sequence[Any], degree: int) -> dict[str, Any] | None:
    """A certificate of -1 >= 0, an empty one if none is found, None if a relation cannot be stated."""
    proof = Proof(sorted({str(symbol) for relation in relations for symbol in relation.free_symbols}))
    try:
        for index, relation in enumerate(relations):
            proof.assume(f"h{index}", relation)
    except (OutsideLanguage, ValueError):
        return None
    try:
        proof._show("contradiction", [">=", -1], list(proof.hypotheses), degree)
    except NotFound:
        return {}
    return proof.certificate(["contradiction"])
