"""From a chain of claims and what the user fixes to a plan: constants, powers, and a size for each quantity."""

from collections.abc import Mapping
from fractions import Fraction

import sympy

from ..claim import Claim
from ..errors import UserError, nearest
from ..orders.lowering import OutsideCalculus
from .chain import Chain, powers
from .finite import Choices, Inequality, distinct, of_relation
from .forms import Forms
from .plan import GIVEN, LIMIT, RATES, Asked, Plan, Size, Wish, orders_of, sizes_source
from .plan_sizes import consistent, sized, unset
from .sizes import read_size


def plan(claim: Claim, claims: Mapping[str, Claim], wish: Wish) -> Plan:
    """The plan for a claim.

    Raises:
        UserError: for names that there are not, sizes that are none, or if no sizes can be found.
    """
    chain = Chain(claim, claims)
    if not claim.quantities:
        raise UserError(f"{claim.id} is no claim about orders of magnitude; there is nothing to be sufficiently large")
    limit = _limit(chain, wish.let)
    _refuse_unknown(chain, wish, limit)
    pinned = {limit: Size(limit, sympy.Symbol(limit), LIMIT)}
    for name, (text, owner) in {**chain.sizes(), **{n: (t, "") for n, t in wish.let.items()}}.items():
        what = f"{owner}: size of {name}" if owner else f"--let {name}={text}"
        if name != limit:
            pinned[name] = Size(text, read_size(text, limit, what), sizes_source(owner) if owner else GIVEN)
    left_out = [(c.id, f"left aside, as it is expected to be {c.expected}") for c in chain.aside]
    values = dict(wish.at)
    asked = {c.id: powers(c, chain.renamed[c.id]) for c in chain.orders} if wish.large is None else {}
    if set(chain.quantities) - set(pinned) or unset(chain, values):
        chain, found, pinned, gone = consistent(chain, claims, limit, values, pinned, asked)
        values |= found
        left_out += gone
    much = sympy.Integer(10) if wish.much is None else read_size(wish.much, limit, f"--much {wish.much}")
    choices, sizes = sized(chain, limit, values, wish, much, asked, pinned)
    made, missing = _inequalities(chain, limit, values, choices, asked, sizes, wish.statements)
    return Plan(chain, limit, values, choices, sizes, made, [*left_out, *missing])


def _limit(chain: Chain, let: Mapping[str, str]) -> str:
    limits = [name for name in chain.limits if name not in let]
    if len(limits) == 1:
        return limits[0]
    if not limits:
        raise UserError("every limit variable has a size; one must be free, in which the sizes are written")
    others = " ".join(f"--let {name}=..." for name in limits[1:])
    raise UserError(
        f"there are {len(limits)} limit variables: {', '.join(limits)}; with {others} {limits[0]} is the one"
    )


def _refuse_unknown(chain: Chain, wish: Wish, limit: str) -> None:
    for name in wish.let:
        known = [*chain.quantities, *chain.symbols]
        if name not in known:
            raise UserError(f'--let: no quantity "{name[:60]}" in {chain.target.id}; {nearest(name, known)}')
    for name, value in wish.at.items():
        variables = [
            *chain.variables.get(name, ()),
            *(v for c in chain.effective for v in c.variables if v.name == name),
        ]
        if not variables:
            known = [*chain.variables, *chain.symbols]
            raise UserError(f'--at: no constant "{name[:60]}" in {chain.target.id}; {nearest(name, known)}')
        for variable in variables:
            if value not in variable.domain:
                raise UserError(f"--at: {name} = {value} (allowed: {variable.domain})")


def _inequalities(
    chain: Chain, limit: str, values: Mapping[str, Fraction], choices: Choices,
    asked: Asked, sizes: Mapping[str, Size], statements: bool,
) -> tuple[list[tuple[list[str], Inequality]], list[tuple[str, str]]]:  # fmt: skip
    relations = [*chain.hypotheses, *(chain.statements if statements else ())]
    made, missing = orders_of(chain, limit, values, choices, asked, relations), list[tuple[str, str]]()
    forms = Forms(limit, {name: {0: Fraction(1)} for name in sizes})  # only to see what can be read
    named = {n for n, size in sizes.items() if size.source != RATES}
    for claim in chain.effective:
        for relation in (h.relation for h in claim.hypotheses if h.relation is not None):
            lacking = sorted(s.name for s in relation.free_symbols if s.name not in named and s.name not in values)
            try:
                if lacking:
                    raise OutsideCalculus(f"no size for {', '.join(lacking)}")
                found = of_relation(relation, values)
                for side in (side for i in found for side in (i.left, i.right)):
                    forms.read(side, plain=True)
                made += [(claim.id, i) for i in found]
            except OutsideCalculus as error:
                missing.append((claim.id, f"not evaluated: {relation}: {error}"))
    for claim in chain.claims:
        words = sum(h.relation is None and h.order is None for h in claim.hypotheses)
        if words:
            missing.append((claim.id, f"not evaluated: {words} hypotheses in words"))
    return distinct(made), missing
