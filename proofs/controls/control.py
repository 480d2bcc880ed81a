"""A control: a claim with one planted error, next to the same claim without it, judged by the same checks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from theorycheck_simulations.setting import Setting

from theorycheck.checks.asymptotic import Asymptotic
from theorycheck.checks.certified import Certified
from theorycheck.checks.check import Check, Context
from theorycheck.checks.enclosure import Enclosure
from theorycheck.checks.identity import Identity
from theorycheck.checks.measurement import Measurement, Outcome
from theorycheck.checks.run import Run, Statistics
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.checks.vacuity import NonVacuity
from theorycheck.claim import Claim, Part
from theorycheck.verdict import POSITIVE, Verdict

from ..li_li_2024 import PAPER

# What can catch an error: the checks, a run's by what it measures.
KINDS = ("proof", "identity", "enclosure", "search", "agreement", "invariant", "share", "scaling", "vacuity",
         "certified", "asymptotic")  # fmt: skip
_CHECKS: dict[str, tuple[type, ...]] = {
    "proof": (Proof,), "identity": (Identity,), "enclosure": (Enclosure,), "search": (Search,), "share": (Statistics,),
    "scaling": (Statistics,), "agreement": (Run,), "invariant": (Run,), "vacuity": (NonVacuity,),
    "certified": (Certified,), "asymptotic": (Asymptotic,),
}  # fmt: skip


def kind_of(check: Check) -> set[str]:
    """The kinds of error that a check catches."""
    return {kind for kind, classes in _CHECKS.items() if type(check) in classes}


@dataclass(frozen=True)
class Control:
    """A planted error.

    Args:
        claim: with the error; its expected verdict is not positive.
        twin: without it, with the same kinds of check; positive.
        caught_by: the kinds, out of `KINDS`, that must each reject the claim.

    Raises:
        ValueError: if the claim expects to pass, or has no check of a kind that is said to catch it,
        or the twin lacks it.
    """

    claim: Claim
    twin: Claim
    caught_by: tuple[str, ...]

    def __post_init__(self) -> None:
        name = self.claim.id
        if not name.startswith("control-") or self.claim.expected in POSITIVE or not self.claim.note:
            raise ValueError(f"{name}: a control is called control-..., expects no positive verdict and says why")
        if not self.caught_by or set(self.caught_by) - set(KINDS):
            raise ValueError(f"{name}: caught by {self.caught_by!r} (allowed: {', '.join(KINDS)})")
        for kind in set(self.caught_by) - {"vacuity"}:
            for claim in (self.claim, self.twin):
                if not any(kind in kind_of(check) for check in claim.checks):
                    raise ValueError(f"{name}: {claim.id} has no check of kind {kind}")


def twin(claim: Claim, id: str, part: str = "", **changes: Any) -> Claim:
    """The paper's claim standing alone; with `part`, only that part and the checks that cover it."""
    if part:
        kept = (check for check in claim.checks if not check.covers or part in check.covers)
        # A check of several parts covers, here, the only one that is left.
        checks = tuple(replace(check, covers=()) for check in kept)  # type: ignore[type-var]
        changes = {"parts": (claim.part(part),), "checks": checks, **changes}
    return replace(claim, **{"id": f"twin-{id}", "uses": (), "expected": Verdict.PROVED, **changes})


def altered(check: Run, change: Callable[[Context, Outcome], Outcome], **fields: Any) -> Run:
    """The run check with every outcome changed after it was measured."""

    def measure(context: Context) -> Measurement:
        found = check.measure(context)
        return replace(found, outcomes=tuple(change(context, outcome) for outcome in found.outcomes))

    return replace(check, measure=measure, **fields)


def control(
    true: Claim,
    id: str,
    title: str,
    why: str,
    caught_by: Iterable[str],
    expected: Verdict = Verdict.REFUTED,
    **changes: Any,
) -> Control:
    """The twin with the error that `changes` plant in it; a `relation` goes into its first part.

    Args:
        true: the twin.
        id: of the control, without ``control-``.
        title: what was broken.
        why: why the check must see it.
        caught_by, expected: as in `Control` and `Claim`.
        changes: fields of the claim.
    """
    kinds = tuple(caught_by)
    if "relation" in changes:
        part: Part = replace(true.parts[0], relation=changes.pop("relation"), tex="", text="")
        changes["parts"] = (part, *true.parts[1:])
    parts = changes.get("parts", true.parts)
    if expected is Verdict.REFUTED and "search" in kinds and any(one.dynamics is not None for one in parts):
        # A state that breaks a statement about runs is no witness: it does not hold the run that reaches it.
        expected = Verdict.CONFLICT
    note = f"Caught by {' and '.join(kinds)}: {why}"
    claim = replace(true, id=f"control-{id}", title=title, note=note, expected=expected, derivation=(), **changes)
    return Control(claim, true, kinds)


@cache
def _paper(setting: Setting) -> dict[str, Claim]:
    return PAPER.claims(setting)


def paper_claim(id: str, setting: Setting) -> Claim:
    """The paper's claim of that id."""
    return _paper(setting)[id]


def planted(controls: Iterable[Control]) -> tuple[Claim, ...]:
    """The claims with errors."""
    return tuple(one.claim for one in controls)


def twins_of(controls: Iterable[Control]) -> tuple[Claim, ...]:
    """The claims without, each once."""
    return tuple({one.twin.id: one.twin for one in controls}.values())
