"""Runs claims in this process and says what each part came to."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context, Profile
from theorycheck.claim import Claim
from theorycheck.engine import checks_of
from theorycheck.evidence import Evidence
from theorycheck.verdict import Verdict, merge, weakest

PAPER = "li-li-2024"


def context(setting: Setting | None = None, profile: Profile = Profile.QUICK, seed: int = 0) -> Context:
    """A context as the engine would make it for a paper with twelve statistical checks."""
    return Context(PAPER, setting or Setting.model_validate({}), profile, seed, 12)


def at(claim: Claim, part: str, **changes: int | str) -> Callable[[], st.SearchStrategy[dict[str, Fraction]]]:
    """A search of one point, the claim's with these changes: a counterexample there need not be shrunk."""
    changed = {name: Fraction(value) for name, value in changes.items()}
    return lambda: st.just({**claim.exact_point(claim.part(part)), **changed})


def evidence(claim: Claim, where: Context) -> list[Evidence]:
    """The evidence of every check, non-vacuity first."""
    return [check.run(claim, where) for check in checks_of(claim)]


def by_part(claim: Claim, found: Iterable[Evidence]) -> dict[str, Verdict]:
    """The merged verdict of every part; non-vacuity says nothing about a part."""
    said: dict[str, list[Verdict]] = {part.name: [] for part in claim.parts}
    for one in found:
        if one.kind != "vacuity":
            for part in claim.covered(one.covers):
                said[part.name].append(one.verdict)
    return {name: merge(verdicts) for name, verdicts in said.items()}


def assert_expected(claim: Claim, where: Context) -> dict[str, Any]:
    """The claim comes to its expected verdict, every proof is found, and nothing is vacuous; gives all figures."""
    found = evidence(claim, where)
    parts = by_part(claim, found)
    said = [f"{one.kind} {one.verdict}: {one.summary[:300]}" for one in found]
    assert weakest(parts.values()) is claim.expected, said
    for check, one in zip(checks_of(claim), found, strict=True):
        if type(check).__name__ in ("Proof", "NonVacuity"):
            assert one.verdict is Verdict.PROVED, one.summary
        elif type(check).__name__ == "Identity":
            assert one.verdict is Verdict.DERIVED, one.summary
        elif one.kind == "enclosure":
            assert one.verdict is Verdict.CERTIFIED, one.summary
        else:
            assert one.verdict in (Verdict.SURVIVED, claim.expected), one.summary
    return {name: value for one in found for name, value in one.figures.items()}
