"""What the planted errors on learning from perturbations share: symbols, exact sampling, statements and checks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy
from flint import fmpq, fmpq_mat
from hypothesis import strategies as st
from sympy import And, Eq, Gt, Lt, Max, Or
from sympy.logic.boolalg import Boolean

from theorycheck.checks.check import Check
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof as Proved
from theorycheck.claim import Claim, Condition, Part
from theorycheck.domains import Rational, Variable, integer, positive, real
from theorycheck.draft_proof import certificate
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .control import Control, control

if TYPE_CHECKING:
    from theorycheck.prover import Proof

Values = dict[str, Fraction]
Draw = Callable[[], st.SearchStrategy[Values]]
TRIALS = (40, 120, 1_200)

gamma = Variable("gamma", real(0, 1, open_low=True, open_high=True), "slope of the activation on the left")
N = Variable("N", integer(2), "number of training points")
p = Variable("p", real(0), "size of the inner products of different points")
lam = Variable("lam", real(0), "multiplier of a point")
lam_1 = Variable("lam_1", real(0), "multiplier of point 1")
lam_2 = Variable("lam_2", real(0), "multiplier of point 2")
epsilon = Variable("epsilon", positive(), "size of the perturbation")
g = gamma.symbol


def free(names: str, meaning: str = "") -> tuple[Variable, ...]:
    """Real variables without bounds, by name."""
    return tuple(Variable(name, real(), meaning) for name in names.split())


def phi(t: sympy.Expr) -> sympy.Expr:
    """The leaky ReLU max(t, gamma t)."""
    return Max(t, g * t)


def same_sign(a: sympy.Expr, b: sympy.Expr) -> Boolean:
    """sgn a = sgn b, where the sign of 0 is 0."""
    return Or(And(Gt(a, 0), Gt(b, 0)), And(Lt(a, 0), Lt(b, 0)), And(Eq(a, 0), Eq(b, 0)), evaluate=False)


def solved(rows: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> list[Fraction]:
    """The exact solution of a square system.

    Raises:
        ZeroDivisionError: if the matrix is singular.
    """
    n = len(right)
    entries = [fmpq(x.numerator, x.denominator) for row in rows for x in map(Fraction, row)]
    column = [fmpq(x.numerator, x.denominator) for x in map(Fraction, right)]
    found = fmpq_mat(n, n, entries).solve(fmpq_mat(n, 1, column))
    return [Fraction(int(found[i, 0].p), int(found[i, 0].q)) for i in range(n)]


def multipliers(gram: Sequence[Sequence[Fraction]], y: Sequence[int], slope: Fraction) -> list[Fraction]:
    """lambda with 1/2 M lambda = 1, M_nk = (1 + gamma^2 if y_n = y_k else -2 gamma) G_nk."""
    same, other = 1 + slope**2, -2 * slope
    rows = [[(same if y[n] == y[k] else other) * x for k, x in enumerate(row)] for n, row in enumerate(gram)]
    return solved(rows, [Fraction(2)] * len(y))


def values(**found: Rational) -> Values:
    """The values as fractions."""
    return {name: Fraction(value) for name, value in found.items()}


def numbered(**several: Sequence[Rational]) -> Values:
    """The values of name_1, name_2, ..."""
    return {f"{name}_{i}": Fraction(v) for name, found in several.items() for i, v in enumerate(found, 1)}


def tenths(low: int = 1, high: int = 9) -> st.SearchStrategy[Fraction]:
    """Slopes of the activation."""
    return st.integers(low, high).map(lambda k: Fraction(k, 10))


def sign() -> st.SearchStrategy[int]:
    """A label."""
    return st.sampled_from((1, -1))


@dataclass(frozen=True)
class Statement:
    """A true statement about scalars, from which a twin, and with changes a control, is made.

    Args:
        id, number, title: of the twin; `number` is the claim that it belongs to.
        relation: what is stated.
        variables, hypotheses, point: as in `Claim`, hypotheses by name.
        draw: points inside the hypotheses.
        build: a certificate of the statement, if it is polynomial.
    """

    id: str
    number: str
    title: str
    relation: Boolean
    variables: tuple[Variable, ...]
    point: Mapping[str, Rational]
    draw: Draw
    hypotheses: Mapping[str, Boolean] = field(default_factory=dict)
    build: "Callable[[Statement], dict[str, Any]] | None" = None

    def assumed(self) -> "Proof":
        """A proof that assumes the ranges (``gamma.0``, ``gamma.1``) and the hypotheses it can state."""
        from theorycheck.prover import Proof  # SciPy's solver takes a while to import

        proof = Proof(v.symbol for v in self.variables)
        ranges = {f"{v.name}.{i}": r for v in self.variables for i, r in enumerate(v.conditions)}
        for name, relation in {**ranges, **self.hypotheses}.items():
            proof.assume(name, relation)
        return proof

    def without(self, start: str) -> dict[str, Boolean]:
        """The hypotheses but those whose name begins like this."""
        return {name: relation for name, relation in self.hypotheses.items() if not name.startswith(start)}

    def claim(self) -> Claim:
        """The statement as a claim of its own."""
        build = self.build
        checks: tuple[Check, ...] = (Search((), self.draw, trials=TRIALS),)
        if build is not None:
            checks = (Proved(lambda: build(self)), *checks)
        return Claim(
            f"twin-learning-{self.id}",
            Source(self.number, "Kumano, Kera and Yamasaki (2024)"),
            self.title,
            (Part("statement", self.relation),),
            checks,
            self.variables,
            tuple(Condition.of(relation) for relation in self.hypotheses.values()),
            point=self.point,
            expected=Verdict.SURVIVED if build is None else Verdict.PROVED,
            origin="exact",
        )


def wrong(true: Statement, id: str, title: str, why: str, **changes: Any) -> Control:
    """The statement with some of its fields changed, judged by the same kinds of check."""
    mutant = replace(true, **changes).claim()
    kinds = ("search",) if true.build is None else ("proof", "search")
    return control(true.claim(), id, title, why, kinds, parts=mutant.parts, variables=mutant.variables,
                   hypotheses=mutant.hypotheses, point=mutant.point, checks=mutant.checks)  # fmt: skip


def by_products(degree: int = 3) -> Callable[[Statement], dict[str, Any]]:
    """A certificate searched for among products of up to `degree` ranges and hypotheses."""

    def build(one: Statement) -> dict[str, Any]:
        ranges = [relation for variable in one.variables for relation in variable.conditions]
        names = [variable.name for variable in one.variables]
        return certificate(names, [*ranges, *one.hypotheses.values()], [one.relation], degree, ())

    return build
