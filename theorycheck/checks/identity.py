"""Identities by computer algebra, confirmed by exact evaluation that shares no code with it: derived, never proved."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from .. import kernel
from ..claim import Claim, Part
from ..domains import Variable
from ..evidence import Evidence
from ..expression import assumed, lower
from ..seeds import stream
from ..verdict import Verdict
from .check import Context
from .witness import confirmed, point_witness

WIDTH = Fraction(1, 10**30)  # an enclosure of the difference must contain 0 and be at most this wide


@dataclass(frozen=True)
class Identity:
    """Shows equations ``Eq(left, right)`` by simplification and confirms them at random points inside the hypotheses.

    Args:
        covers: parts whose relation is an equation; empty for all.
        points: confirmations per part.
        simplify: the simplification; SymPy's by default.
    """

    covers: tuple[str, ...] = ()
    points: int = 25
    simplify: Callable[[sympy.Expr], sympy.Expr] = sympy.simplify
    kind: str = "symbolic"

    def run(self, claim: Claim, context: Context) -> Evidence:
        """Evidence *derived* with the number of points, *refuted* with a replayed witness, or *inconclusive*."""
        symbols = {v.name: v.assumed for v in claim.variables}
        figures: dict[str, Any] = {"points": 0, "largest width of a difference": 0.0}
        for part in claim.covered(self.covers):
            if not isinstance(part.relation, sympy.Eq):
                raise ValueError(f"{claim.id}: part {part.name} is no equation")
            difference = part.relation.lhs - part.relation.rhs
            for values in self._points(claim, part, context):
                figures["points"] += 1
                low, high = kernel.evaluate(lower(difference), values)
                figures["largest width of a difference"] = max(
                    figures["largest width of a difference"], float(high - low)
                )
                if not low <= 0 <= high:
                    witness = point_witness(context.paper, claim, part, values)
                    if confirmed(witness):
                        return self._evidence(
                            Verdict.REFUTED, f"{part.name} fails at {witness['values']}", figures, witness
                        )
                if high - low > WIDTH or not low <= 0 <= high:
                    return self._evidence(
                        Verdict.INCONCLUSIVE,
                        f"{part.name}: the difference is only enclosed in [{low}, {high}]",
                        figures,
                    )
            if figures["points"] == 0:
                return self._evidence(
                    Verdict.INCONCLUSIVE, f"{part.name}: no point inside the hypotheses was found", figures
                )
            if self.simplify(assumed(difference, symbols)) != 0:
                return self._evidence(
                    Verdict.INCONCLUSIVE, f"{part.name}: SymPy does not reduce the difference to 0", figures
                )
        return self._evidence(
            Verdict.DERIVED, f"reduced to 0 by SymPy and confirmed at {figures['points']} points", figures
        )

    def _evidence(
        self, verdict: Verdict, summary: str, figures: dict[str, Any], witness: dict[str, Any] | None = None
    ) -> Evidence:
        return Evidence(self.kind, verdict, summary, self.covers, figures, witness=witness)

    def _points(self, claim: Claim, part: Part, context: Context) -> list[dict[str, Fraction]]:
        """Points inside the hypotheses: the claim's own, and random ones."""
        rng = stream(context.seed, claim.id, part.name, "identity")
        hypotheses = claim.hypothesis_trees(part)
        drawn = [{v.name: _draw(v, rng) for v in claim.variables} for _ in range(20 * self.points)]
        own = claim.exact_point(part)
        first = [own] if len(own) == len(claim.variables) else []
        inside = [v for v in [*first, *drawn] if all(kernel.decide(h, v) is True for h in hypotheses)]
        return inside[: self.points]


def _draw(variable: Variable, rng: Any) -> Fraction:
    low, high = variable.domain.low, variable.domain.high
    if low is None:
        low = Fraction(-4) if high is None else high - 8
    high = low + 8 if high is None else high
    if variable.domain.integer:
        return Fraction(int(rng.integers(-(-low // 1), high // 1 + 1)))
    return low + (high - low) * Fraction(int(rng.integers(0, 1001)), 1000)
