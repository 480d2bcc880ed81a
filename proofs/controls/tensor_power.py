"""Planted errors in the effective tensor power lemma: exponents, hypotheses, signs, and the exponent q = 2."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import sympy
from hypothesis import strategies as st
from sympy import Ge, Gt, Le, Lt
from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Invariant, Measurement
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Dynamics, Part
from theorycheck.expression import lower
from theorycheck.verdict import Verdict

from ..li_li_2024 import tensor_power as chapter
from ..li_li_2024 import tensor_power_proofs as proofs
from ..li_li_2024 import tensor_power_runs as runs
from ..li_li_2024.tensor_power_proofs import C, S_root, eta, kappa, x, x_0, x_next, y, y_0, y_next
from .control import Control, control, planted, twin

Q = 3
N = proofs.order(Q)
THETA = proofs.definitions(N)["theta"]
LEMMA = chapter.lemma((Q,))
Values = dict[str, Fraction]


def bold_race(lead: Callable[[Values], Fraction] | None = None, power: int = Q - 1) -> st.SearchStrategy[Values]:
    """Exact values on runs whose steps are as large as the hypotheses allow; the chapter's own draws take small ones.

    `lead` replaces the start x_0 that the lemma asks for, `power` that of the steps.
    """
    keys = ("y_0", "S_root", "h", "kappa", "a")

    def walk(given: tuple[dict[str, int], list[tuple[int, int]]]) -> Values:
        u, drawn = given
        v = {"y_0": Fraction(1, 4 ** u["y_0"]), "S_root": Fraction(4 ** u["S_root"], 16), "C_max": Fraction(1)}
        h = Fraction(4, 4 ** u["h"])
        # theta = (1+h)^(N+1) < (1+kappa)^N needs at least the first two terms; how much more decides what the bound allows.
        v["kappa"] = (1 + h) ** (N + 1) - 1 + Fraction(32 ** u["kappa"], 64)
        v["x_0"] = lead(v) if lead else (1 + v["kappa"]) * v["S_root"] * v["y_0"]
        v["a"] = v["x_0"] * (Fraction(9, 8) + u["a"])
        v["eta"] = h / v["a"] ** N
        now = after = (v["x_0"], v["y_0"])
        for size, more in drawn:
            now, v["C"] = after, Fraction(size, 4)
            if now[0] >= v["a"]:
                break
            rate = v["eta"] * v["C"]
            gain = rate * now[0] ** power * (1 + Fraction(more, 8))
            after = (now[0] + gain, now[1] + rate * v["S_root"] ** N * now[1] ** power)
        return {**v, "x": now[0], "y": now[1], "x_next": after[0], "y_next": after[1]}

    few, steps = st.integers(0, 4), st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=6)
    return st.tuples(st.fixed_dictionaries(dict.fromkeys(keys, few)), steps).map(walk)


def loose(free: str, **fixed: str) -> st.SearchStrategy[Values]:
    """Any values, on runs or off them: powers of 4 for the `free` variables, the lemma's point or `fixed` for the others."""
    powers, point = st.integers(-2, 2).map(lambda e: Fraction(4) ** e), {**chapter.POINT, **fixed}
    return st.fixed_dictionaries({name: powers if name in free.split() else st.just(Fraction(point[name])) for name in point})


def _proof(build: Callable[[int], dict[str, Any]], theta: bool = True) -> Proof:
    return Proof(partial(build, N), (), proofs.definitions(N) if theta else {})


def _search(**options: Any) -> Search:
    return Search((), partial(bold_race, **options), trials=(100, 200, 2_000))


STEP_ONE = twin(LEMMA, "b.2-step-i", part="q = 3: step (i)", checks=(_proof(proofs.step_one, theta=False), _search()))
STEP_TWO = twin(LEMMA, "b.2-step-ii", part="q = 3: step (ii)", checks=(_proof(proofs.step_two), _search()))
SUMMED = twin(LEMMA, "b.2-summed", part="q = 3: summed", checks=(_proof(proofs.race), _search()))
STEP_THREE = twin(LEMMA, "b.2-step-iii", part="q = 3: step (iii)", checks=(_proof(proofs.step_three), _search()))
BOUND = twin(LEMMA, "b.2-bound", part="q = 3: bound", checks=(_proof(proofs.race), _search()))
RUNS = twin(LEMMA, "b.2-runs", part="q = 3: bound", checks=(Run(runs.measure, (), runs.replay),), expected=Verdict.SURVIVED)
BOTH = ("proof", "search")


def started(relation: Any) -> tuple[Condition, ...]:
    """Another hypothesis on the start."""
    return (Condition.of(relation),)


def without(part: Part, *dropped: Any) -> tuple[Part, ...]:
    """The part without some of its own hypotheses."""
    return (replace(part, given=tuple(g for g in part.given if g not in dropped)),)


def errors_in_steps() -> tuple[Control, ...]:
    """In the steps of the proof."""
    moves = proofs.transition(N)
    first, second = STEP_ONE.parts[0], STEP_TWO.parts[0]
    return (
        control(STEP_ONE, "b.2-step-i-coefficient", "Step (i) costs n - 1 instead of n", "with n = 1 a step would cost y nothing.", BOTH,
                relation=Ge(y_next**-N, y**-N - (N - 1) * eta * S_root**N * C)),
        control(STEP_ONE, "b.2-step-i-flipped", "Step (i) with <= for >=", "equality holds in no step that moves.", BOTH,
                relation=Le(y_next**-N, y**-N - N * eta * S_root**N * C)),
        control(STEP_ONE, "b.2-step-i-strict", "Step (i) with > for >=", "a step with C = 0 has equality.", BOTH,
                relation=Gt(y_next**-N, y**-N - N * eta * S_root**N * C)),
        control(STEP_ONE, "b.2-step-i-inverse-power", "Step (i) with y^(1-q) for y^(2-q)", "the power of y is q - 2.", BOTH,
                relation=Ge(y_next ** -(N + 1), y ** -(N + 1) - (N + 1) * eta * S_root**N * C)),
        control(STEP_ONE, "b.2-step-i-not-slow", "Step (i) without the bound on the growth of y", "y may then jump.", BOTH,
                parts=without(first, moves["slow"]), checks=(_proof(proofs.step_one, theta=False), Search((), partial(loose, "y_next C eta")))),
        control(STEP_TWO, "b.2-step-ii-theta", "Step (ii) without theta", "a step of finite size gains less than its tangent.", BOTH,
                relation=Le(N * eta * C, x**-N - x_next**-N)),
        control(STEP_TWO, "b.2-step-ii-not-below", "Step (ii) also from x >= a", "theta only allows for steps below a.", BOTH,
                parts=without(second, moves["below"]), checks=(_proof(proofs.step_two), Search((), partial(loose, "x x_next C eta", a="1/16")))),
        control(STEP_TWO, "b.2-step-ii-unbounded", "Step (ii) without C <= C_max", "theta only allows for C up to C_max.", BOTH,
                parts=without(second, moves["bounded"]), checks=(_proof(proofs.step_two), Search((), partial(loose, "x x_next C C_max eta")))),
        control(STEP_TWO, "b.2-step-ii-not-growing", "Step (ii) without the growth of x", "x may then stand still while the clock runs.",
                BOTH, parts=without(second, moves["grows"]), checks=(_proof(proofs.step_two), Search((), partial(loose, "x x_next C eta")))),
        control(SUMMED, "b.2-summed-sign", "The sum with + for -", "x^(2-q) falls, so the sign decides which sequence pays.", BOTH,
                relation=Ge(y**-N - y_0**-N - S_root**N * THETA * (x_0**-N - x**-N), 0)),
        control(SUMMED, "b.2-summed-theta", "The sum without theta", "a step of finite size gains less than its tangent.", BOTH,
                relation=Ge(y**-N - y_0**-N + S_root**N * (x_0**-N - x**-N), 0)),
        control(STEP_THREE, "b.2-step-iii-no-lead", "Step (iii) without the lead of x", "the bound is what the lead buys.", BOTH,
                hypotheses=(), checks=(_proof(proofs.step_three), _search(lead=lambda v: v["S_root"] * v["y_0"]))),
    )  # fmt: skip


def errors_in_bound() -> tuple[Control, ...]:
    """In the conclusion: what is claimed, from which start, for which recursion, over how many steps."""
    part, moves = BOUND.parts[0], proofs.transition(N)
    return (
        control(BOUND, "b.2-bound-theta", "The bound without theta", "large steps overtake the continuous bound.", BOTH,
                relation=chapter.bound(N, 0)),
        control(BOUND, "b.2-bound-exponent", "The lead to the power q - 1 for q - 2", "the bound would be sharper than what runs reach.", BOTH,
                relation=Le(y**N * (1 - THETA / (1 + kappa) ** (N + 1)), y_0**N)),
        control(BOUND, "b.2-kappa-zero", "The start x_0 >= S^(1/(q-2)) y_0, kappa dropped", "at the threshold y wins as often as x.", BOTH,
                hypotheses=started(x_0 >= S_root * y_0), checks=(_proof(proofs.race), _search(lead=lambda v: v["S_root"] * v["y_0"]))),
        control(BOUND, "b.2-s-inverted", "The lead divided by S^(1/(q-2))", "a fast y then starts far ahead.", BOTH,
                hypotheses=started(x_0 * S_root >= (1 + kappa) * y_0),
                checks=(_proof(proofs.race), _search(lead=lambda v: (1 + v["kappa"]) * v["y_0"] / v["S_root"]))),
        control(BOUND, "b.2-below-threshold", "The start at an eighth of the threshold", "y leads, so nothing bounds it.", BOTH,
                hypotheses=started(8 * x_0 >= (1 + kappa) * S_root * y_0),
                checks=(_proof(proofs.race), _search(lead=lambda v: (1 + v["kappa"]) * v["S_root"] * v["y_0"] / 8))),
        control(BOUND, "b.2-q-2", "q = 2 in the recursion, the bound of q = 3", "linear growth separates the sequences by a power only.", BOTH,
                parts=(replace(part, dynamics=_linear()),), checks=(_proof(proofs.race), _search(power=1))),
        control(BOUND, "b.2-not-growing", "The race without the growth of x", "the clock then runs on without x.", ("proof",), Verdict.INCONCLUSIVE,
                parts=(replace(part, dynamics=_steps_without(moves["grows"])),), checks=(_proof(proofs.race),)),
        control(BOUND, "b.2-after-a", "The race also after x has reached a", "theta only allows for steps below a.", ("proof",), Verdict.INCONCLUSIVE,
                parts=(replace(part, dynamics=_steps_without(moves["below"])),), checks=(_proof(proofs.race),)),
        control(BOUND, "b.2-proof-of-step-iii", "The proof of step (iii) offered for the bound", "it assumes the inequality of the race.",
                ("proof",), Verdict.INCONCLUSIVE, checks=(_proof(proofs.step_three),)),
        control(BOUND, "b.2-proof-for-q-4", "The proof for q = 4 offered for q = 3", "its conclusion has other powers.", ("proof",),
                Verdict.INCONCLUSIVE, checks=(Proof(partial(proofs.race, N + 1), (), proofs.definitions(N)),)),
        control(RUNS, "b.2-runs-half-lead", "Recursions that start with half the lead", "y passes the bound; outside the hypothesis this refutes nothing.",
                ("invariant",), Verdict.INCONCLUSIVE, checks=(Run(partial(runs.measure, lead=0.5), (), runs.replay),)),
        control(RUNS, "b.2-runs-half-threshold", "The lemma for recursions with half the lead", "y passes the bound, and the kernel repeats the run exactly.",
                ("invariant",), hypotheses=started(2 * x_0 >= (1 + kappa) * S_root * y_0), checks=(Run(halved, (), runs.replay),)),
    )  # fmt: skip


def halved(context: Context) -> Measurement:
    """Recursions with half the lead, and for each q the worst one as a witness against the lemma with half the lead."""
    found = runs.measure(context, lead=0.5)
    changed = []
    for q, outcome in zip(chapter.Q, found.outcomes, strict=False):
        assert isinstance(outcome, Invariant) and outcome.witness is not None
        n = proofs.order(q)
        weaker = lower(Ge((2 * runs.x_0) ** n, (1 + runs.kappa) ** n * runs.S * runs.y_0**n))
        shown = {**outcome.witness, "claim": "control-b.2-runs-half-threshold", "hypotheses": [weaker, *outcome.witness["hypotheses"][1:]]}
        changed.append(replace(outcome, witness=shown))
    return replace(found, outcomes=tuple(changed))


def _steps_without(relation: Any) -> Dynamics:
    kept = tuple(r for r in proofs.transition(N).values() if r != relation)
    return replace(chapter.race_dynamics(N), transitions={"step": kept})


def _linear() -> Dynamics:
    moves = {**proofs.transition(N), "grows": Ge(x_next, x + eta * C * x), "slow": Le(y_next, y + eta * S_root**N * C * y)}
    return replace(chapter.race_dynamics(N), transitions={"step": tuple(moves.values())})


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in Lemma B.2."""
    return (*errors_in_steps(), *errors_in_bound())


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
