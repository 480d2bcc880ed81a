"""Small claims with known truth, for the tests of checks and ledger."""

from collections.abc import Callable
from typing import Any

import sympy

from theorycheck.checks.check import Check, Context, Profile
from theorycheck.checks.search import Search
from theorycheck.claim import Claim, Condition, Part
from theorycheck.domains import Variable, integer, real
from theorycheck.source import Source

X, Y, N = Variable("x", real(0, 4)), Variable("y", real(0, 4)), Variable("n", integer(1, 6))
x, y, n = X.symbol, Y.symbol, N.symbol
CONTEXT = Context("planted", {}, Profile.QUICK, seed=1)


def claim(relation: Any, check: Check | None = None, hypotheses: tuple[Any, ...] = (), **more: Any) -> Claim:
    """A claim about x and y in [0, 4], and n in 1..6 where the relation uses it."""
    used = {s.name for r in (relation, *hypotheses) for s in r.free_symbols}
    variables = tuple(v for v in (X, Y, N) if v.name in used)
    defaults: dict[str, Any] = {
        "id": "planted", "source": Source("Lemma 0"), "title": "planted", "parts": (Part("all", relation),),
        "checks": (check or Search(),), "variables": variables, "hypotheses": tuple(Condition.of(h) for h in hypotheses),
        "point": {v.name: 1 for v in variables},
    }  # fmt: skip
    return Claim(**{**defaults, **more})


TRUE: list[Callable[[], Any]] = [
    lambda: sympy.Ge((x - y) ** 2, 0, evaluate=False),
    lambda: sympy.Ge(sympy.exp(x), 1 + x),
    lambda: sympy.Le(sympy.Min(x, y), (x + y) / 2),
    lambda: sympy.Ge((1 + x) ** n, 1 + n * x),
]
FALSE: list[Callable[[], Any]] = [
    lambda: sympy.Gt((x - y) ** 2, 0, evaluate=False),
    lambda: sympy.Ge(1 + x, sympy.exp(x / 2)),
    lambda: sympy.Ge(sympy.Min(x, y), (x + y) / 2),
    lambda: sympy.Le((1 + x) ** n, 1 + n * x),
]
