"""Planted errors in the steps of the effective tensor power lemma: coefficients, signs, theta, dropped hypotheses."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import Ge, Gt, Le

from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Part

from ..li_li_2024 import tensor_power as chapter
from ..li_li_2024 import tensor_power_proofs as proofs
from ..li_li_2024.tensor_power_proofs import C, S_root, eta, x, x_0, x_next, y, y_0, y_next
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
        # theta = (1+h)^(N+1) < (1+kappa)^N needs at least the first two terms; the third is room.
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
    """Any values: powers of 4 for the `free` variables, the lemma's point or `fixed` for the others."""
    powers, point = st.integers(-2, 2).map(lambda e: Fraction(4) ** e), {**chapter.POINT, **fixed}
    return st.fixed_dictionaries(
        {name: powers if name in free.split() else st.just(Fraction(point[name])) for name in point}
    )


def proof(build: Callable[[int], dict[str, Any]], theta: bool = True) -> Proof:
    return Proof(partial(build, N), (), proofs.definitions(N) if theta else {})


def search(**options: Any) -> Search:
    return Search((), partial(bold_race, **options), trials=(100, 200, 2_000))


STEP_ONE = twin(LEMMA, "b.2-step-i", part="q = 3: step (i)", checks=(proof(proofs.step_one, theta=False), search()))
STEP_TWO = twin(LEMMA, "b.2-step-ii", part="q = 3: step (ii)", checks=(proof(proofs.step_two), search()))
SUMMED = twin(LEMMA, "b.2-summed", part="q = 3: summed", checks=(proof(proofs.race), search()))
STEP_THREE = twin(LEMMA, "b.2-step-iii", part="q = 3: step (iii)", checks=(proof(proofs.step_three), search()))
BOTH = ("proof", "search")


def without(part: Part, *dropped: Any) -> tuple[Part, ...]:
    """The part without some of its own hypotheses."""
    return (replace(part, given=tuple(g for g in part.given if g not in dropped)),)


def controls(setting: Any) -> tuple[Control, ...]:
    """Errors in the steps of the proof."""
    moves = proofs.transition(N)
    first, second = STEP_ONE.parts[0], STEP_TWO.parts[0]
    return (
        control(STEP_ONE, "b.2-step-i-coefficient", "Step (i) costs n - 1 instead of n",
                "with n = 1 a step would cost y nothing.", BOTH,
                relation=Ge(y_next**-N, y**-N - (N - 1) * eta * S_root**N * C)),
        control(STEP_ONE, "b.2-step-i-flipped", "Step (i) with <= for >=", "equality holds in no step that moves.",
                BOTH,
                relation=Le(y_next**-N, y**-N - N * eta * S_root**N * C)),
        control(STEP_ONE, "b.2-step-i-strict", "Step (i) with > for >=", "a step with C = 0 has equality.", BOTH,
                relation=Gt(y_next**-N, y**-N - N * eta * S_root**N * C)),
        control(STEP_ONE, "b.2-step-i-inverse-power", "Step (i) with y^(1-q) for y^(2-q)", "the power of y is q - 2.",
                BOTH,
                relation=Ge(y_next ** -(N + 1), y ** -(N + 1) - (N + 1) * eta * S_root**N * C)),
        control(STEP_ONE, "b.2-step-i-not-slow", "Step (i) without the bound on the growth of y", "y may then jump.",
                BOTH,
                parts=without(first, moves["slow"]),
                checks=(proof(proofs.step_one, theta=False), Search((), partial(loose, "y_next C eta")))),
        control(STEP_TWO, "b.2-step-ii-theta", "Step (ii) without theta",
                "a step of finite size gains less than its tangent.", BOTH,
                relation=Le(N * eta * C, x**-N - x_next**-N)),
        control(STEP_TWO, "b.2-step-ii-not-below", "Step (ii) also from x >= a",
                "theta only allows for steps below a.", BOTH,
                parts=without(second, moves["below"]),
                checks=(proof(proofs.step_two), Search((), partial(loose, "x x_next C eta", a="1/16")))),
        control(STEP_TWO, "b.2-step-ii-unbounded", "Step (ii) without C <= C_max",
                "theta only allows for C up to C_max.", BOTH,
                parts=without(second, moves["bounded"]),
                checks=(proof(proofs.step_two), Search((), partial(loose, "x x_next C C_max eta")))),
        control(STEP_TWO, "b.2-step-ii-not-growing", "Step (ii) without the growth of x",
                "x may then stand still while the clock runs.",
                BOTH, parts=without(second, moves["grows"]),
                checks=(proof(proofs.step_two), Search((), partial(loose, "x x_next C eta")))),
        control(SUMMED, "b.2-summed-sign", "The sum with + for -",
                "x^(2-q) falls, so the sign decides which sequence pays.", BOTH,
                relation=Ge(y**-N - y_0**-N - S_root**N * THETA * (x_0**-N - x**-N), 0)),
        control(SUMMED, "b.2-summed-theta", "The sum without theta",
                "a step of finite size gains less than its tangent.", BOTH,
                relation=Ge(y**-N - y_0**-N + S_root**N * (x_0**-N - x**-N), 0)),
        control(STEP_THREE, "b.2-step-iii-no-lead", "Step (iii) without the lead of x",
                "the bound is what the lead buys.", BOTH,
                hypotheses=(), checks=(proof(proofs.step_three), search(lead=lambda v: v["S_root"] * v["y_0"]))),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
