"""From a counterexample to a witness: only what the trusted kernel replays counts."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from .. import kernel
from ..claim import Claim, Part
from ..expression import lower


def point_witness(paper: str, claim: Claim, part: Part, values: Mapping[str, Fraction]) -> dict[str, Any]:
    """The witness file of a point: the statement and every hypothesis as trees, the values exactly."""
    return {
        "schema_version": 1,
        "kind": "point",
        "paper": paper,
        "claim": claim.id,
        "values": {name: str(value) for name, value in sorted(values.items())},
        "hypotheses": claim.hypothesis_trees(part),
        "statement": lower(part.relation),
    }


def confirmed(witness: Mapping[str, Any]) -> bool:
    """Whether the kernel finds every hypothesis true and the statement false at the witness, and takes it at all."""
    try:
        return kernel.replay(witness).confirmed
    except kernel.Rejected:
        return False  # rationals of thousands of digits, as a long bisection makes
