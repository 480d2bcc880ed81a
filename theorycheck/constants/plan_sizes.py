"""Values of symbolic constants and sizes of quantities, from growth rates at which a chain's hypotheses hold."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import sympy

from ..claim import Claim
from ..domains import Variable
from ..errors import UserError
from ..orders.cores import contradiction
from ..orders.decide import decide_statement
from ..orders.language import Kind, Order, Quantity, Relation
from ..orders.lowering import OutsideCalculus
from ..orders.problem import Problem
from .chain import Chain
from .finite import Choices, numbers_of, of_order, order_of_kind, with_values
from .plan import GIVEN, LIMIT, RATES, Asked, Size, Wish, orders_of, sizes_source
from .sizes import apart, ordered, pins, read_size, sizes_of

# Powers of log k and of k that are tried where none are given: the first at which there are growth rates.
LADDER = ((3, 10), (10, 30), (30, 100), (100, 1000))

# Powers of log k that are to lie between the sides of x << y, as far as possible.
SLACKS = (Fraction(1), Fraction(1, 4), Fraction(0))
SECONDS = 15.0


def unset(chain: Chain, values: Mapping[str, Fraction]) -> set[str]:
    used = {name for said in (*chain.hypotheses, *chain.statements) for name in said.order.names}
    return (used & set(chain.variables)) - set(values)


def consistent(
    chain: Chain, claims: Mapping[str, Claim], limit: str, values: Mapping[str, Fraction], pinned: Mapping[str, Size],
    asked: Asked,
) -> tuple[Chain, dict[str, Fraction], dict[str, Size], list[tuple[str, str]]]:  # fmt: skip
    """The chain, values of its constants and the sizes to keep, such that there are growth rates for the rest.

    What stands in the way is given up: first the sizes that ancestors come with, then claims, the farthest first.
    """
    own = {n: s for n, s in pinned.items() if s.source in (LIMIT, GIVEN, sizes_source(chain.target.id))}
    for kept in (pinned, own) if len(own) < len(pinned) else (pinned,):
        found = _rates(chain, limit, values, kept, asked)
        if found is not None:
            return chain, found, dict(kept), []
    gone = [c.id for c in chain.orders[1:]]
    alone = _rates(Chain(chain.target, claims, gone), limit, values, own, asked)
    if alone is None:
        missing = sorted(unset(chain, values))
        more = f" and {' '.join(f'--at {name}=...' for name in missing)}" if missing else ""
        raise UserError(f"no growth rates are found at which the hypotheses of {chain.target.id} hold; "
                        f"give every quantity a size by --let NAME=EXPR{more}")  # fmt: skip
    for name in list(gone):
        trial = [other for other in gone if other != name]
        rates = _rates(Chain(chain.target, claims, trial), limit, values, own, asked)
        if rates is not None:
            gone, alone = trial, rates
    why = "left out: no growth rates are found at which its hypotheses hold together with those of nearer claims"
    return Chain(chain.target, claims, gone), alone, own, [(name, why) for name in gone]


def _simplest(variable: Variable) -> Fraction:
    low = variable.domain.low
    return Fraction(1) if low is None or (low <= 0 and variable.domain.low_open) else low + variable.domain.low_open


def _rates(
    chain: Chain, limit: str, values: Mapping[str, Fraction], pinned: Mapping[str, Size], asked: Asked
) -> dict[str, Fraction] | None:
    """Values of the open constants at which there are growth rates: the least ones where that is possible."""
    needed = unset(chain, values)
    least = {name: _simplest(found[0]) for name, found in chain.variables.items() if name in needed}
    allowed = all(value in v.domain for name, value in least.items() for v in chain.variables[name])
    if allowed and _parameters(chain, limit, {**values, **least}, pinned, asked) is not None:
        return least
    return _parameters(chain, limit, values, pinned, asked) if least else None


def _parameters(
    chain: Chain, limit: str, values: Mapping[str, Fraction], pinned: Mapping[str, Size], asked: Asked
) -> dict[str, Fraction] | None:

    variables = {name: found[0] for name, found in chain.variables.items() if name not in values}
    hypotheses: list[Order] = []
    for said in chain.hypotheses:  # a large polynomial is one that the proof needs, not more than every power
        order, needed = with_values(said.order, values), asked.get(said.claim, {}).get(said.number, ())
        if order.relation in (Relation.LARGE_POLY, Relation.SMALL_POLY):
            made = [of_order(order, limit, Choices(), power.xreplace(numbers_of(values))) for power in needed]
            hypotheses += [o for found in made or [of_order(order, limit, Choices())] for i in found for o in i.growth]
        else:
            hypotheses.append(order)
    kinds = [
        order_of_kind(n, kind, limit) for n, known in chain.quantities.items() for kind in known.kinds if n != limit
    ]
    given = pins({name: size.expression for name, size in pinned.items() if name in chain.quantities and name != limit})
    hypotheses += [*filter(None, kinds), *given]
    quantities = [Quantity(name, kind) for name, kind in _free(chain, limit).items()]
    ranges = [condition for variable in variables.values() for condition in variable.conditions]
    try:
        problem = Problem(quantities, list(variables.values()), ranges, hypotheses, ())
    except OutsideCalculus as error:
        raise UserError(f"{chain.target.id}: {error}") from None
    ray = decide_statement(problem.statement(None), SECONDS).ray
    if ray is None:
        return None
    found = {name: Fraction(ray["parameters"][name]) for name in variables}
    return found if all(v in d.domain for n, v in found.items() for d in chain.variables[n]) else None


def _free(chain: Chain, limit: str) -> dict[str, str]:
    """The kinds that the decision is told; the others stand among the relations."""
    kinds = {n: Kind.POWER if Kind.POWER in known.kinds else Kind.ANY for n, known in chain.quantities.items()}
    return {**kinds, limit: Kind.LIMIT}


def sized(
    chain: Chain, limit: str, values: Mapping[str, Fraction], wish: Wish, much: sympy.Expr,
    asked: Asked, pinned: Mapping[str, Size],
) -> tuple[Choices, dict[str, Size]]:  # fmt: skip
    """Powers and sizes: the first of the ladder whose growth rates satisfy every inequality from some k on."""
    ladder = LADDER if wish.polylog is None or wish.poly is None else LADDER[:1]
    for slack, (polylog, poly) in product(SLACKS, ladder):
        logs, power = wish.polylog or Fraction(polylog), wish.poly or Fraction(poly)
        large = wish.large or wish.poly or Fraction(LADDER[0][1])
        choices = Choices(wish.constant or Choices.constant, much, wish.bounded or Choices.bounded, logs, power, large)
        if set(chain.quantities) <= set(pinned):
            return choices, dict(pinned)
        wanted = [o for _, i in orders_of(chain, limit, values, choices, asked, chain.hypotheses) for o in i.growth]
        wanted += [apart(o, limit, slack) for o in wanted if slack]
        kinds = _free(chain, limit)
        given = {name: size.expression for name, size in pinned.items() if name in kinds and name != limit}
        problem = ordered(kinds, limit, wanted, given)
        ray = decide_statement(problem.statement(None), SECONDS).ray
        if ray is not None:
            return choices, {**_from(ray, limit, chain), **pinned}
    clash = contradiction(problem, lambda data: decide_statement(data, 5.0))
    why = f" contradict each other: {'; '.join(clash.core[:6])}" if clash else " have no growth rates that were found"
    raise UserError(f"at polylog {logs}, poly {power} the hypotheses{why}; change --polylog or --poly, or give sizes "
                    "by --let NAME=EXPR")  # fmt: skip


def _from(ray: Mapping[str, Any], limit: str, chain: Chain) -> dict[str, Size]:
    found = sizes_of(ray, limit)
    missing = set(chain.quantities) - set(found) - {limit}
    if missing:
        raise UserError(f"the growth rate of {min(missing)} is no expression in {limit}; give it by --let")
    return {n: Size(text, read_size(text, limit, n), RATES) for n, text in found.items() if n in chain.quantities}
