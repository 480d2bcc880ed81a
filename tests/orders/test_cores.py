"""Minimal cores and all minimal repairs, against trying every subset of the hypotheses."""

from itertools import chain, combinations
from random import Random

import pytest

from theorycheck.order_kernel import check, replay
from theorycheck.orders.cores import contradiction
from theorycheck.orders.decide import decide_statement
from theorycheck.orders.problem import Problem

from .deciding import problem

BOUNDS = ["<~", ">~", "<<", ">>"]


def drawn(seed: int) -> Problem:
    """A few quantities, each held against others and against powers of k, so that some of it does not fit."""
    random = Random(seed)
    names = ["x", "y", "z"][: random.choice([2, 3])]
    found: set[str] = set()
    while len(found) < random.choice([4, 5, 6]):
        left, right = random.choice(names), random.choice([*names, "1", "k", "sqrt(k)", "log(k)", "k**2"])
        if left != right:
            found.add(f"{left} {random.choice(BOUNDS)} {right}")
    kind = random.choice(["any", "any", "polylog"])
    return problem([("k", "limit"), (names[0], kind), *((name, "any") for name in names[1:])], sorted(found), None)


def contradictory(asked: Problem, labels: frozenset[str]) -> bool:
    """Whether just these hypotheses contradict each other; the oracle's answer must be definite."""
    every = {unit.label for unit in asked.units if not unit.fixed}
    found = decide_statement(asked.statement(None, every - labels))
    assert (found.certificate is None) != (found.ray is None)
    return found.certificate is not None


def brute(asked: Problem) -> tuple[set[frozenset[str]], set[frozenset[str]]]:
    """All minimal contradictory sets, and all minimal sets without which the rest agrees."""
    labels = [unit.label for unit in asked.units if not unit.fixed]
    subsets = [frozenset(s) for s in chain.from_iterable(combinations(labels, n) for n in range(len(labels) + 1))]
    wrong: set[frozenset[str]] = set()
    for subset in subsets:  # smallest first, so that supersets need no decision
        if not any(core <= subset for core in wrong) and contradictory(asked, subset):
            wrong.add(subset)
    repairs: set[frozenset[str]] = set()
    for subset in subsets:
        rest = frozenset(labels) - subset
        if not any(core <= rest for core in wrong) and not any(cut <= subset for cut in repairs):
            repairs.add(subset)
    return wrong, repairs


@pytest.mark.parametrize("seed", range(14))
def test_core_and_repairs_are_those_of_all_subsets(seed: int) -> None:
    asked = drawn(seed)
    cores, repairs = brute(asked)
    found = contradiction(asked, decide_statement)
    if not cores:
        assert found is None
        return
    assert found is not None and found.complete
    assert frozenset(found.core) in cores
    assert {frozenset(cut) for cut in found.repairs} == repairs and len(found.repairs) == len(repairs)
    assert [len(cut) for cut in found.repairs] == sorted(len(cut) for cut in found.repairs)
    stated = check(found.certificate)
    facts = {name for unit in asked.units if unit.fixed or unit.label in found.core for name in unit.facts}
    assert stated.goal is None and set(stated.hypotheses) <= facts
    for ray in found.rays:
        assert replay(ray).consistent


def test_most_drawn_sets_are_contradictory() -> None:
    assert sum(contradiction(drawn(seed), decide_statement) is not None for seed in range(14)) >= 8


def test_more_than_one_core() -> None:
    asked = problem("k:limit x y", ["x <~ 1", "x >> 1", "x >~ k", "y << x", "y >~ k**2"], None)
    cores, repairs = brute(asked)
    assert len(cores) >= 2 and len(repairs) >= 2
    found = contradiction(asked, decide_statement)
    assert found is not None and {frozenset(cut) for cut in found.repairs} == repairs
