"""Search for a counterexample by Hypothesis, over exact rationals; every finding is replayed by the kernel."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import seed as hypothesis_seed
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.internal.conjecture import providers

from .. import kernel
from ..claim import Claim, Part
from ..domains import Domain, Variable
from ..evidence import Evidence
from ..expression import lower
from ..seeds import integer_seed
from ..store import default_path
from ..verdict import Verdict
from .check import Context
from .witness import confirmed, point_witness

# Hypothesis keeps notes in the current folder unless told otherwise; a run leaves nothing there.
set_hypothesis_home_dir(default_path().parent / "hypothesis")

Values = dict[str, Fraction]
BITS = (192, 384)  # a comparison that is undecided at the first precision is tried at the second
NEAR = 8  # how far around 0 independent draws look more closely


class _Found(Exception):
    def __init__(self, values: Values) -> None:
        self.values = values


@dataclass(frozen=True)
class Search:
    """Draws values of the variables inside the hypotheses and evaluates the statement exactly.

    Args:
        covers: parts with a relation; empty for all.
        draw: a Hypothesis strategy of all variables' values, for hypotheses that independent draws would seldom meet;
            by default each variable is drawn from its domain, within `bounds` where that is unbounded.
        bounds: the interval drawn from, by variable name.
        trials: valid examples per part in the profiles quick, default, full.
    """

    covers: tuple[str, ...] = ()
    draw: Callable[[], st.SearchStrategy[Values]] | None = None
    bounds: Mapping[str, tuple[int | Fraction, int | Fraction]] | None = None
    trials: tuple[int, int, int] = (100, 500, 5_000)
    kind: str = "search"

    def run(self, claim: Claim, context: Context) -> Evidence:
        """Evidence *survived* with the number of examples, *refuted* with a replayed witness, or *inconclusive*.

        A counterexample to a part with dynamics is a *conflict*: the witness holds a state, not the run to it, so the
        kernel cannot replay that the state is reached; a statement about runs is refuted along a run.
        """
        wanted = context.profile.pick(*self.trials)
        strategy = (
            self.draw() if self.draw else st.fixed_dictionaries({v.name: self._values(v) for v in claim.variables})
        )
        total: dict[str, Any] = {"valid examples": 0, "drawn": 0, "undecided": 0, "wanted per part": wanted}
        for part in claim.covered(self.covers):
            if part.relation is None:
                raise ValueError(f"{claim.id}: part {part.name} has no relation to search")
            seed = integer_seed(context.seed, claim.id, part.name, "search")
            counts, values = _hunt(claim, part, strategy, wanted, seed)
            for name, count in counts.items():
                total[name] += count
            if values is not None:
                witness = point_witness(context.paper, claim, part, values)
                text = f"{part.name} fails at " + ", ".join(f"{name} = {v}" for name, v in witness["values"].items())
                # The other parts that this check covers were not refuted, so the evidence is about this one alone.
                if not confirmed(witness):
                    return Evidence(
                        self.kind,
                        Verdict.CONFLICT,
                        f"{text}, which the kernel's replay does not confirm",
                        (part.name,),
                        total,
                    )
                if part.dynamics is not None:
                    return Evidence(
                        self.kind,
                        Verdict.CONFLICT,
                        f"{text}; that a run reaches this state is the draw's word",
                        (part.name,),
                        total,
                    )
                return Evidence(self.kind, Verdict.REFUTED, text, (part.name,), total, witness=witness)
            if counts["valid examples"] < wanted:
                few = f"{part.name}: {counts['valid examples']} of {wanted} valid examples in {counts['drawn']} draws"
                return Evidence(self.kind, Verdict.INCONCLUSIVE, few, self.covers, total)
        summary = f"no counterexample in {total['valid examples']} valid examples"
        return Evidence(self.kind, Verdict.SURVIVED, summary, self.covers, total)

    def _values(self, variable: Variable) -> st.SearchStrategy[Fraction]:
        return fractions(variable.domain, *(self.bounds or {}).get(variable.name, (None, None)))


def fractions(
    domain: Domain, low: int | Fraction | None = None, high: int | Fraction | None = None
) -> st.SearchStrategy[Fraction]:
    """Exact values of a domain, within [low, high] where given, else within 1000 of its finite end or of 0.

    As many again are drawn near 0, or near the end next to it: statements change their truth there most often.
    """
    ends = (
        [Fraction(e) for e in (domain.low, low) if e is not None],
        [Fraction(e) for e in (domain.high, high) if e is not None],
    )
    least = max(ends[0]) if ends[0] else (min(ends[1]) if ends[1] else Fraction(0)) - 1000
    most = min(ends[1]) if ends[1] else least + (1000 if ends[0] else 2000)
    middle = min(max(Fraction(0), least), most)
    near = max(least, middle - NEAR), min(most, middle + NEAR)
    if domain.integer:
        return st.one_of(_over(1, *near), _over(1, least, most))
    if least == most:
        return st.just(least)
    # Numerators over a few denominators: several times faster to draw than st.fractions, and as easy to shrink.
    fine = ceil(1000 / (most - least))
    grids = [d for d in (1, 2, 3, max(1000, fine)) if floor(most * d) > ceil(least * d)]
    close = [_over(d, *near) for d in grids if floor(near[1] * d) > ceil(near[0] * d)]
    return st.one_of(*close, *(_over(d, least, most) for d in grids)).filter(lambda value: value in domain)


def _over(denominator: int, least: Fraction, most: Fraction) -> st.SearchStrategy[Fraction]:
    numerators = st.integers(ceil(least * denominator), floor(most * denominator))
    return numerators.map(lambda numerator: Fraction(numerator, denominator))


def _hunt(
    claim: Claim, part: Part, strategy: st.SearchStrategy[Values], wanted: int, seed: int
) -> tuple[dict[str, int], Values | None]:
    """Counts, and the shrunk counterexample if one was met."""
    hypotheses, statement = claim.hypothesis_trees(part), lower(part.relation)
    counts = {"valid examples": 0, "drawn": 0, "undecided": 0}
    found: Values | None = None

    def example(values: Values) -> None:
        counts["drawn"] += 1
        assume(all(_decide(hypothesis, values) is True for hypothesis in hypotheses))
        truth = _decide(statement, values)
        counts["undecided"] += truth is None
        assume(truth is not None)
        counts["valid examples"] += 1
        if truth is False:
            raise _Found(values)

    for attempt in itertools.count():
        missing = wanted - counts["valid examples"]
        # Hypothesis stops early when few draws are valid; three goes with fresh seeds before giving up.
        if missing <= 0 or attempt == 3 or found is not None:
            return counts, found
        # No database: a run depends on its seed alone. Health checks warn of filtered draws, which are counted here.
        chosen = settings(max_examples=missing, database=None, deadline=None, derandomize=False, print_blob=False,
                          report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
                          # Nobody reads Hypothesis' own explanation, and it takes three times as long as shrinking.
                          phases=(Phase.generate, Phase.shrink))  # fmt: skip
        test = hypothesis_seed(seed + attempt)(chosen(given(strategy)(example)))
        try:
            with _seed_alone():
                test()
        except _Found as error:
            found = error.values
        except Exception as error:
            # Hypothesis raises Unsatisfiable when it meets no valid example at all: counted below as too few.
            if type(error).__name__ != "Unsatisfiable":
                raise
    raise AssertionError("unreachable")


@contextmanager
def _seed_alone() -> Iterator[None]:
    """Keeps Hypothesis from drawing constants that it finds in the source of whatever modules are loaded.

    With them a run would depend on what else the process has imported, not on its seed.
    """
    none = type(providers.GLOBAL_CONSTANTS)()
    fresh = type(providers.CONSTANTS_CACHE)(1024)
    with patch.object(providers, "_get_local_constants", lambda: none), \
            patch.object(providers, "CONSTANTS_CACHE", fresh):
        yield


def _decide(condition: Any, values: Values) -> bool | None:
    for bits in BITS:
        truth: bool | None = kernel.decide(condition, values, bits=bits)
        if truth is not None:
            return truth
    return None
