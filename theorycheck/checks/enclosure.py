"""Certification of inequalities over a box by Arb balls, with subdivision."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .. import balls
from ..claim import Claim, Part
from ..domains import Rational, rational
from ..evidence import Evidence
from ..expression import Tree, lower
from ..verdict import Verdict
from .check import Context
from .witness import confirmed, point_witness

Box = dict[str, tuple[Fraction, Fraction]]


@dataclass(frozen=True)
class Enclosure:
    """Shows a relation on a whole box: each variable an interval of reals, or a finite set of integers or rationals.

    Args:
        box: for each variable ``(low, high)``, or a ``range``/list of exact values.
        covers: parts with a relation; empty for all.
        bits: precision of the balls.
        max_boxes: subdivisions allowed per part and per combination of listed values.
    """

    box: Mapping[str, tuple[Rational, Rational] | range | list[Rational]]
    covers: tuple[str, ...] = ()
    bits: int = 128
    max_boxes: int = 20_000
    kind: str = "enclosure"

    def run(self, claim: Claim, context: Context) -> Evidence:
        """Evidence *certified* with the box, *refuted* with a replayed witness, or *inconclusive* with the box left."""
        missing = {v.name for v in claim.variables} ^ set(self.box)
        if missing:
            raise ValueError(f"{claim.id}: box and variables differ in {', '.join(sorted(missing))}")
        for v in claim.variables:
            # Between two integers lie values outside the domain: an integer is listed, never an interval.
            if v.domain.integer and isinstance(self.box[v.name], tuple):
                raise ValueError(f"{claim.id}: {v.name} is an integer; list its values")
        figures: dict[str, Any] = {
            "box": self._shown(),
            "precision (bits)": self.bits,
            "boxes": 0,
            "outside the hypotheses": 0,
        }
        listed = {
            name: [rational(v) for v in values] for name, values in self.box.items() if not isinstance(values, tuple)
        }
        ranges = {name: (rational(v[0]), rational(v[1])) for name, v in self.box.items() if isinstance(v, tuple)}
        for part in claim.covered(self.covers):
            if part.relation is None:
                raise ValueError(f"{claim.id}: part {part.name} has no relation to enclose")
            for combination in itertools.product(*listed.values()):
                start = {**ranges, **{n: (v, v) for n, v in zip(listed, combination, strict=True)}}
                verdict, reason, witness = self._part(claim, part, start, figures, context)
                if verdict is not Verdict.CERTIFIED:
                    about = (part.name,) if witness else self.covers
                    return Evidence(self.kind, verdict, reason, about, figures, witness=witness)
        if figures["boxes"] == figures["outside the hypotheses"]:
            return Evidence(self.kind, Verdict.INCONCLUSIVE, "no box meets the hypotheses", self.covers, figures)
        return Evidence(self.kind, Verdict.CERTIFIED, f"holds on all of {figures['box']}", self.covers, figures)

    def _part(
        self, claim: Claim, part: Part, start: Box, figures: dict[str, Any], context: Context
    ) -> tuple[Verdict, str, dict[str, Any] | None]:
        statement, hypotheses = lower(part.relation), [h for h in claim.hypothesis_trees(part) if h[0] != "integer"]  # type: ignore[index]
        stack, count = [start], 0
        with balls.precision(self.bits):
            while stack:
                count += 1
                figures["boxes"] += 1
                box = stack.pop()
                truth = _truth(statement, hypotheses, box)
                if truth == "outside":
                    figures["outside the hypotheses"] += 1
                    continue
                if truth is True:
                    continue
                middle = {name: (low + high) / 2 for name, (low, high) in box.items()}
                witness = point_witness(context.paper, claim, part, middle)
                if (truth is False or count % 16 == 1) and confirmed(witness):
                    return Verdict.REFUTED, f"{part.name} fails at {witness['values']}", witness
                if count >= self.max_boxes or all(low == high for low, high in box.values()):
                    shown = {name: f"[{low}, {high}]" for name, (low, high) in box.items()}
                    return Verdict.INCONCLUSIVE, f"{part.name} is undecided on {shown}", None
                stack += _split(box)
        return Verdict.CERTIFIED, "", None

    def _shown(self) -> str:
        def show(values: tuple[Rational, Rational] | range | list[Rational]) -> str:
            if isinstance(values, tuple):
                return f"[{values[0]}, {values[1]}]"
            items = [str(v) for v in values]
            return "{" + (", ".join(items) if len(items) <= 8 else f"{items[0]}, {items[1]}, ..., {items[-1]}") + "}"

        return " x ".join(f"{name} in {show(values)}" for name, values in self.box.items())


def _truth(statement: Tree, hypotheses: list[Any], box: Box) -> bool | str | None:
    values = {name: balls.box(low, high) for name, (low, high) in box.items()}
    if any(balls.decide(hypothesis, values) is False for hypothesis in hypotheses):
        return "outside"
    return balls.decide(statement, values)


def _split(box: Box) -> list[Box]:
    """Halves along the relatively widest side."""
    name = max(box, key=lambda n: (box[n][1] - box[n][0]) / (1 + abs(box[n][0]) + abs(box[n][1])))
    low, high = box[name]
    middle = (low + high) / 2
    return [{**box, name: (low, middle)}, {**box, name: (middle, high)}]
