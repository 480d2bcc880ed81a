"""The order statements of a claim: hypotheses in units that can be left out, and one kernel statement per goal."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..domains import Variable
from .language import Kind, Order, Quantity
from .lowering import Data, Lowering

BACKGROUND = "background"


@dataclass(frozen=True)
class Unit:
    """A hypothesis: what it says, the kernel's facts by name, and whether it can be questioned."""

    label: str
    facts: Mapping[str, list[Any]]
    fixed: bool = False


class Problem:
    """Hypotheses and goals, lowered together so that they share their atoms.

    Args:
        quantities, variables: what the relations are about; variables are constant exponents.
        relations: what is known of the constants.
        hypotheses, goals: order relations.

    Raises:
        OutsideCalculus: for a relation that is outside the language.
    """

    def __init__(
        self, quantities: Sequence[Quantity], variables: Sequence[Variable], relations: Sequence[Any],
        hypotheses: Sequence[Order], goals: Sequence[Order],
    ) -> None:  # fmt: skip
        self.lowering = Lowering(quantities, variables, relations)
        units = []
        limit = self.lowering.limits[0] if len(self.lowering.limits) == 1 else "the limit variable"
        for quantity in quantities:
            facts = self._named(f"{quantity.name}.{quantity.kind}", self.lowering.declared(quantity))
            if facts:
                label = f"{quantity.name} {quantity.said(limit)}"
                units.append(Unit(label, facts, quantity.kind == Kind.LIMIT))
        for number, found in enumerate(hypotheses, 1):
            units.append(Unit(found.text, self._named(f"h{number}", self.lowering.facts(found))))
        self.units = tuple(units)
        self.goals = tuple(tuple(self.lowering.facts(goal)) for goal in goals)

    @staticmethod
    def _named(stem: str, facts: list[list[Any]]) -> dict[str, list[Any]]:
        return {f"{stem}.{i}" if len(facts) > 1 else stem: fact for i, fact in enumerate(facts, 1)}

    def statement(self, goal: list[Any] | None, without: Collection[str] = ()) -> Data:
        """The kernel's statement of one goal, without the units of these labels."""
        facts = {n: f for unit in self.units if unit.label not in without for n, f in unit.facts.items()}
        return self.lowering.statement(facts, goal)
