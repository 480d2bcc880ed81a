"""Planted errors in the bounds on the logits: constants, ends, strictness, hypotheses and the number of summands."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import factorial
from typing import Any

from hypothesis import strategies as st
from sympy import Eq, Ge, Le, Lt, exp

from theorycheck.checks.search import Search
from theorycheck.claim import Claim, Part
from theorycheck.verdict import Verdict

from ..li_li_2024 import logits as chapter
from ..li_li_2024.logits import F_i, F_j, n, tau, total
from ..li_li_2024.notation import k
from .control import Control, control, planted, twin

K = k.symbol
BOTH = ("proof", "search")
Values = dict[str, Fraction]


def sums() -> st.SearchStrategy[Values]:
    """Ends of runs on a coarse grid; the least sum n, and one near the most, n e^tau, are among them."""
    few = st.integers(0, 4)

    def values(size: int, ceiling: int, at: int, low: int, free: int) -> Values:
        most = sum((Fraction(ceiling**j, factorial(j)) for j in range(12)), Fraction(0))  # below e^tau
        amount = size + Fraction(at, 4) * size * (most - 1)
        return {"k": Fraction(size + 1), "n": Fraction(size), "n_next": Fraction(size + 1), "total": amount,
        "total_next": amount + 1,
                "F": Fraction(0), "tau": Fraction(ceiling), "F_i": Fraction(low * ceiling, 4),
                "F_j": Fraction(free - 2)}  # fmt: skip

    return st.builds(values, st.integers(1, 4), st.integers(0, 2), few, few, few)


def searched(draw: Callable[[], st.SearchStrategy[Values]] = sums) -> Search:
    return Search((), draw, trials=(80, 200, 2_000))


def changed(**functions: Callable[[Values], Fraction]) -> Search:
    """Those draws with some values computed anew: what a dropped hypothesis lets in."""
    return searched(lambda: sums().map(lambda v: {**v, **{name: f(v) for name, f in functions.items()}}))


def free(part: Part, *dropped: Any) -> tuple[Part, ...]:
    """The part without some of its own hypotheses."""
    return (replace(part, given=tuple(g for g in part.given if g not in dropped)),)


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in Lemmas D.5 and D.6."""
    d5, d6 = chapter.lemma_d5(), chapter.lemma_d6()
    low5, high5 = (twin(d5, f"d.5-{name}", name) for name in ("lower", "upper"))
    low6, high6 = (twin(d6, f"d.6-{name}", name) for name in ("lower", "upper"))
    low5, high5, low6, high6 = (replace(c, checks=(c.checks[0], searched())) for c in (low5, high5, low6, high6))
    proof5, proof6 = d5.checks[0], d6.checks[0]
    one_more = Eq(n, K, evaluate=False)
    negative = replace(
        chapter.SUM, transitions={"class": tuple(r for r in chapter.SUM.transitions["class"] if r != Ge(chapter.F, 0))}
    )
    return (
        control(low5, "d.5-k-for-k-1", "k for k - 1 classes in the lower end",
                "the label's class is not among the others.", BOTH,
                relation=Le(K / (K + exp(F_i)), total / (total + exp(F_i)))),
        control(low5, "d.5-ends-swapped", "The upper end as the lower", "the sum of the others is below (k-1) e^tau.",
                BOTH,
                relation=chapter.lower_d5(exp(tau))),
        control(high5, "d.5-upper-without-tau", "The upper end without e^tau", "the other outputs are not all 0.", BOTH,
                relation=Le(total / (total + exp(F_i)), (K - 1) / (K - 1 + exp(F_i)))),
        control(low5, "d.5-strict", "< for <= in the lower end", "with all other outputs 0 there is equality.", BOTH,
                relation=Lt((K - 1) / (K - 1 + exp(F_i)), total / (total + exp(F_i)))),
        control(low5, "d.5-sign", "The lower end with e^(-F_i)", "1 - logit_i falls with F_i.", BOTH,
                relation=Le((K - 1) / (K - 1 + exp(-F_i)), total / (total + exp(F_i))),
                checks=(proof5, changed(F_i=lambda v: v["F_i"] + 1))),
        control(low5, "d.5-negative-outputs", "The lower end without F_j >= 0", "negative outputs make the sum small.",
                BOTH,
                parts=(replace(low5.parts[0], dynamics=negative),),
                checks=(proof5, changed(total=lambda v: v["total"] / 2))),
        control(high5, "d.5-off-by-one", "k summands for k - 1 in the upper end", "one summand too many.", BOTH,
                parts=(replace(high5.parts[0], given=(one_more,),
                point={"n": 2, "n_next": 1, "total": 2, "total_next": 1}),),
                checks=(proof5, changed(k=lambda v: max(v["n"], Fraction(2)), n=lambda v: max(v["n"], Fraction(2)),
                                        total=lambda v: v["total"] * max(v["n"], Fraction(2)) / v["n"]))),
        control(high6, "d.6-upper-without-tau", "logit_i <= 1/(e^(F_j) + k - 1)", "e^(F_i) may be e^tau.", BOTH,
                relation=Le(exp(F_i) / (exp(F_j) + total), 1 / (exp(F_j) + K - 1))),
        control(low6, "d.6-k-for-k-1", "The lower end with k - 2 for k - 1", "all k - 1 other outputs may be tau.",
                BOTH,
                relation=Le(1 / (exp(F_j) + (K - 2) * exp(tau)), exp(F_i) / (exp(F_j) + total)),
                checks=(proof6, changed(F_i=lambda v: Fraction(0), F_j=lambda v: Fraction(0)))),
        control(low6, "d.6-flipped", "The lower end as an upper one",
                "it is attained only when all other outputs are tau.", BOTH,
                relation=Ge(1 / (exp(F_j) + (K - 1) * exp(tau)), exp(F_i) / (exp(F_j) + total))),
        control(low6, "d.6-negative-output", "The lower end without F_i >= 0", "logit_i tends to 0 with F_i.", BOTH,
                parts=free(low6.parts[0], Ge(F_i, 0)), checks=(proof6, changed(F_i=lambda v: Fraction(-8)))),
        control(high6, "d.6-large-output", "The upper end without F_i <= tau", "logit_i tends to 1 with F_i.", BOTH,
                parts=free(high6.parts[0], Le(F_i, tau)), checks=(proof6, changed(F_i=lambda v: v["tau"] + 8))),
        control(low5, "d.5-proof-of-d.6", "The proof of Lemma D.6 offered for D.5", "it is about another fraction.",
                ("proof",),
                Verdict.INCONCLUSIVE, checks=(proof6,)),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
