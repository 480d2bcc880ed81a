"""What is to be looked at when constants are put into a chain of claims: sizes, constants and inequalities."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import sympy

from .chain import Chain, Said
from .finite import Choices, Inequality, numbers_of, of_kind, of_order, with_values

LIMIT, GIVEN, RATES = "the limit variable", "--let", "growth rates at which the hypotheses hold"
Asked = Mapping[
    str, Mapping[int, Sequence[sympy.Expr]]
]  # powers of large polynomials, by claim and number of the hypothesis


def sizes_source(claim: str) -> str:
    """The source of sizes that a claim comes with."""
    return f"sizes of {claim}"


@dataclass(frozen=True)
class Wish:
    """What the user fixes.

    Args:
        let: sizes, as text.
        at: values of symbolic constants.
        constant, much, bounded, polylog, poly, large: as in `Choices`, None for the default; `much` as text.
        statements: whether the statements themselves are to hold too.
    """

    let: Mapping[str, str] = field(default_factory=dict)
    at: Mapping[str, Fraction] = field(default_factory=dict)
    constant: Fraction | None = None
    much: str | None = None
    bounded: Fraction | None = None
    polylog: Fraction | None = None
    poly: Fraction | None = None
    large: Fraction | None = None
    statements: bool = False


@dataclass(frozen=True)
class Size:
    """A quantity as an expression in the limit variable, and where that comes from."""

    text: str
    expression: sympy.Expr
    source: str


@dataclass(frozen=True)
class Plan:
    """All that is to be looked at.

    Args:
        chain: the claims.
        limit: the limit variable.
        values: of the symbolic constants.
        choices: constants and powers.
        sizes: by quantity.
        inequalities: with the claims that they are from.
        left_out: claims or relations that are not looked at, each with the reason.
    """

    chain: Chain
    limit: str
    values: Mapping[str, Fraction]
    choices: Choices
    sizes: Mapping[str, Size]
    inequalities: Sequence[tuple[Sequence[str], Inequality]]
    left_out: Sequence[tuple[str, str]]


def orders_of(
    chain: Chain, limit: str, values: Mapping[str, Fraction], choices: Choices,
    asked: Asked, relations: Iterable[Said],
) -> list[tuple[str, Inequality]]:  # fmt: skip
    """The inequalities of kinds and of these relations, each with its claim."""
    made = [(claim, inequality) for name, known in chain.quantities.items() for kind, owners in known.kinds.items()
            for inequality in (of_kind(name, kind, limit, choices) if name != limit else ())
            for claim in owners]  # fmt: skip
    for said in relations:
        order = with_values(said.order, values)
        power = largest(asked, said, values)
        made += [(said.claim, i) for i in of_order(order, limit, choices, power)]
    return made


def largest(asked: Asked, said: Said, values: Mapping[str, Fraction]) -> sympy.Expr | None:
    """The power of a large polynomial that the proof asks for at these values, None if it asks for none."""
    found = asked.get(said.claim, {}).get(said.number, ())
    return max((power.xreplace(numbers_of(values)) for power in found), default=None)
