"""That a claim is about something: an exact point inside all its hypotheses, or a proof that there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as hypothesis_seed
from hypothesis import strategies as st

from .. import kernel
from ..claim import Claim, Part
from ..evidence import Evidence
from ..expression import condition_trees, lower
from ..kernel.tree import substitute
from ..seeds import integer_seed
from ..verdict import Verdict
from . import asymptotic
from .check import Context
from .search import fractions


@dataclass(frozen=True)
class NonVacuity:
    """Runs before the other checks of a claim with relations; the kernel evaluates each hypothesis at the point."""

    covers: tuple[str, ...] = ()
    kind: str = "vacuity"

    def run(self, claim: Claim, context: Context) -> Evidence:
        """Evidence *proved* with the points, *vacuous* with a contradiction, or *inconclusive*."""
        points: dict[str, dict[str, str]] = {}
        for part in claim.parts:
            if not _about_points(claim, part):
                continue
            own = claim.exact_point(part)
            conditions = hypotheses_at(claim, part)
            point = own if own else _search(claim, part, context)
            failed = None if point is None else _first_failure(conditions, point)
            if point is None or failed is not None:
                return self._none(claim, part, failed)
            points[part.name] = {name: str(value) for name, value in sorted(point.items())}
        certificate: dict[str, Any] = {"points": points}
        summary = "the kernel found every hypothesis true at an exact point"
        if claim.quantities:
            rates = asymptotic.consistency(claim)
            if isinstance(rates, Evidence):
                return rates
            certificate["rates"] = rates
            summary = f"the order kernel found every hypothesis true where {asymptotic.rates_text(rates)}"
        return Evidence(self.kind, Verdict.PROVED, summary, certificate=certificate)

    def _none(self, claim: Claim, part: Part, failed: Any) -> Evidence:
        """No point: contradictory if the prover derives -1 >= 0, with a core from which nothing can be dropped."""
        from ..prover import contradiction

        core = contradiction((*claim.relations, *part.given))
        if core is not None:
            relations, certificate = core
            said = [str(relation) for relation in relations]
            summary = f"the hypotheses contradict each other: {'; '.join(said)}"
            return Evidence(
                self.kind, Verdict.VACUOUS, summary, figures={"unsatisfiable core": list(said)}, certificate=certificate
            )
        reason = (
            "no point inside the hypotheses was found" if failed is None else f"the claim's point violates {failed}"
        )
        return Evidence(self.kind, Verdict.INCONCLUSIVE, f"{part.name}: {reason}")


def _about_points(claim: Claim, part: Part) -> bool:
    """Whether the part is about numbers; in a claim about orders, `relations` only bound the constant exponents."""
    return part.order is None and bool(claim.relations or part.formal)


def holds_at(claim: Claim, certificate: Mapping[str, Any]) -> bool:
    """Whether the kernel still finds every hypothesis of every formal part true at the stored points."""
    points = certificate["points"]
    wanted = [part for part in claim.parts if _about_points(claim, part)]
    if ("rates" in certificate) != bool(claim.quantities) or (
        claim.quantities and not asymptotic.consistent(certificate["rates"], claim)
    ):
        return False
    exact = {name: {n: Fraction(v) for n, v in values.items()} for name, values in points.items()}
    return set(points) == {part.name for part in wanted} and all(
        _first_failure(hypotheses_at(claim, part), exact[part.name]) is None for part in wanted
    )


def hypotheses_at(claim: Claim, part: Part) -> list[Any]:
    """What a point must satisfy: all hypotheses, and with dynamics one transition from the start."""
    conditions = claim.hypothesis_trees(part)
    if part.dynamics is None:
        return conditions
    start = {name: lower(first) for name, first in part.dynamics.start.items()}
    branches = [["and", *condition_trees(relations)] for relations in part.dynamics.transitions.values()]
    return [*conditions, substitute(branches[0] if len(branches) == 1 else ["or", *branches], start)]


def _first_failure(conditions: list[Any], point: dict[str, Fraction]) -> Any:
    for condition in conditions:
        try:
            if kernel.decide(condition, point) is not True:
                return condition
        except kernel.Rejected as error:
            return f"{condition} ({error})"
    return None


def _search(claim: Claim, part: Part, context: Context) -> dict[str, Fraction] | None:
    """A point by sampling, for claims that come without one."""
    conditions = hypotheses_at(claim, part)
    found: list[dict[str, Fraction]] = []
    strategy = st.fixed_dictionaries({v.name: fractions(v.domain) for v in claim.variables})

    def example(point: dict[str, Fraction]) -> None:
        if not found and _first_failure(conditions, point) is None:
            found.append(point)

    chosen = settings(
        max_examples=500, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    hypothesis_seed(integer_seed(context.seed, claim.id, part.name, "point"))(chosen(given(strategy)(example)))()
    return found[0] if found else None
