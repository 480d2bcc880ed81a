"""Order relations of a theory file: quantities, relations as text, sizes for finite k."""

import keyword
from collections.abc import Mapping

from .checks.asymptotic import Asymptotic
from .checks.check import Check
from .claim import Part
from .domains import Variable
from .errors import UserError
from .grammar import FUNCTIONS
from .orders.language import Kind, Order, Quantity
from .orders.lowering import Lowering, OutsideCalculus
from .orders.text import order
from .toml_text import Value

MAX_QUANTITIES = 150


class Orders:
    """Reads the order relations of one claim.

    Args:
        fields: of the ``[[claim]]`` table, with ``quantities``.
        variables: its constants.

    Raises:
        UserError: ``file:line: key: problem``.
    """

    def __init__(self, fields: Mapping[str, Value], variables: tuple[Variable, ...]) -> None:
        for key in ("point", "checks"):
            if key in fields:
                raise fields[key].refuse("a claim about orders has none: the order calculus decides it")
        self.fields, self.quantities = fields, _quantities(fields["quantities"], {v.name for v in variables})
        self.names = [*(q.name for q in self.quantities), *(v.name for v in variables)]
        ranges = [condition for v in variables for condition in v.conditions]
        self.lowering = Lowering(self.quantities, variables, ranges)
        try:
            for quantity in self.quantities:
                self.lowering.declared(quantity)
        except OutsideCalculus as error:
            raise fields["quantities"].refuse(str(error)) from None
        sizes = fields["sizes"].table([], [q.name for q in self.quantities]) if "sizes" in fields else {}
        self.sizes = {name: size.text() for name, size in sizes.items()}

    def relation(self, value: Value) -> Order:
        """The relation that the value writes."""
        try:
            found = order(value.text(), self.names)
            self.lowering.facts(found)
        except (UserError, OutsideCalculus) as error:
            raise value.refuse(str(error)) from None
        return found

    def checks(self, parts: tuple[Part, ...]) -> tuple[Check, ...]:
        """One for each part, so that each has a verdict of its own."""
        return tuple(Asymptotic((part.name,)) for part in parts)


def _quantities(value: Value, taken: set[str]) -> tuple[Quantity, ...]:
    found = []
    for name, entry in value.table().items():
        if not name.isascii() or not name.isidentifier() or keyword.iskeyword(name) or name in {*FUNCTIONS, *taken}:
            raise entry.refuse("no name for a quantity (allowed: letters, digits and _, not a word of the grammar)")
        fields = entry.table((), ("kind", "meaning"))
        kind = fields["kind"].choice([str(kind) for kind in Kind]) if "kind" in fields else Kind.ANY
        found.append(Quantity(name, kind, fields["meaning"].text() if "meaning" in fields else ""))
    if not 0 < len(found) <= MAX_QUANTITIES:
        raise value.refuse(f"{len(found)} quantities (allowed: 1 to {MAX_QUANTITIES})")
    return tuple(found)
