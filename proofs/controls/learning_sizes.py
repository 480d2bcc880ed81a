"""Planted errors in what the theorem needs: a small loss, and far more dimensions than the experiments have."""

from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from hypothesis import strategies as st
from sympy import And, Eq, Gt, Le, Lt, Rational, exp, log, sqrt, symbols

from theorycheck.claim import Claim
from theorycheck.domains import Variable, integer, positive, real
from theorycheck.seeds import stream

from .control import Control, planted
from .learning_notation import (
    N,
    Statement,
    Values,
    g,
    gamma,
    p,
    values,
    wrong,
)

n, q_max = N.symbol, p.symbol

# K0: four margins under the logistic loss.
MARGINS = symbols("m_1:5")
LOSS = sum(log(1 + exp(-margin)) for margin in MARGINS) / 4


def margins(rest: tuple[int, int, int], last: int) -> Values:
    return dict(zip(map(str, MARGINS), [Fraction(k, 2) for k in (*rest, last)], strict=True))


def losses() -> st.SearchStrategy[Values]:
    return st.builds(margins, st.tuples(*[st.integers(6, 20)] * 3), st.integers(-1, 20))


SMALL_LOSS = Statement(
    "nc17", "K0", "a mean loss below log(2)/N makes all margins positive", And(*(Gt(v, 0) for v in MARGINS)),
    tuple(Variable(str(v), real(), "y_n f(x_n)") for v in MARGINS), margins((20, 20, 20), 4), losses,
    {"loss": Lt(LOSS, log(2) / 4)},
)  # fmt: skip

# K12: uniform points in d dimensions whose norms and products lie where they lie with probability 0.9999.
d, low, high = symbols("d low high")
RISK = Rational(1, 10_000)
LIKELY = {
    "low": Gt(low, d / 3 - sqrt(d / 2 * log(6 * n / RISK))), "high": Lt(high, d / 3 + sqrt(d / 2 * log(6 * n / RISK))),
    "order": Le(low, high), "inner": Le(q_max, sqrt(2 * d * log(3 * n * (n - 1) / RISK))),
}  # fmt: skip
CERTIFIED = {"points": Eq(n, 2), "slope": Eq(g, Rational(9, 10)), "dimension": d >= 18_529}
RELEASED = {"points": Eq(n, 1_000), "slope": Eq(g, Rational(1, 100)), "dimension": Eq(d, 10_000)}
STEPS = 1_000  # coordinates are multiples of 1/1000, so that float64 holds all sums exactly


def likely(dimension: int, spread: tuple[int, int], share: int) -> Values:
    """Two points at the edge of what is likely, or inside."""
    third, radius = Fraction(dimension, 3), Fraction(int((dimension / 2 * np.log(12e4)) ** 0.5))
    most = Fraction(int((2 * dimension * np.log(6e4)) ** 0.5))
    return values(gamma=Fraction(9, 10), N=2, d=dimension, low=third - radius * max(spread) / 10,
                  high=third + radius * min(spread) / 10, p=most * share / 10)  # fmt: skip


def likely_ones() -> st.SearchStrategy[Values]:
    tenth = st.integers(0, 10)
    return st.builds(likely, st.integers(18_529, 60_000), st.tuples(tenth, tenth), tenth)


@cache
def sample(seed: int) -> Values:
    """Squared norms and the largest product of 1000 uniform points in 10000 dimensions, exactly."""
    x = stream(seed, "control-nc18").integers(-STEPS, STEPS + 1, size=(1_000, 10_000)).astype(np.float64)
    gram = x @ x.T
    squared = np.diag(gram).copy()
    np.fill_diagonal(gram, 0)
    low, high, most = (Fraction(int(v), STEPS**2) for v in (squared.min(), squared.max(), np.abs(gram).max()))
    return values(gamma=Fraction(1, 100), N=1_000, d=10_000, low=low, high=high, p=most)


def samples() -> st.SearchStrategy[Values]:
    return st.builds(sample, st.just(0))


SIZES = Statement(
    "nc18", "K12", "two likely points in 18529 dimensions or more satisfy (ORTH)",
    Le(3 * n * q_max * high, g**3 * low**2),
    (gamma, N, Variable("d", integer(1), "dimension"), Variable("low", positive(), "least squared norm"),
     Variable("high", positive(), "largest squared norm"), p),
    likely(20_000, (5, 5), 5), likely_ones, {**LIKELY, **CERTIFIED},
)  # fmt: skip
RELEASED_POINT = values(gamma=Fraction(1, 100), N=1_000, d=10_000, low=3_333, high=3_334, p=1)


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the sizes."""
    return (
        wrong(SMALL_LOSS, "nc17", "a mean loss below log(2) suffices", "one of several points may be wrong.",
              hypotheses={"loss": Lt(LOSS, log(2))}),
        wrong(SIZES, "nc18", "the released experiments satisfy (ORTH)", "the products are 10^8 times too large.",
              hypotheses={**LIKELY, **RELEASED}, draw=samples, point=RELEASED_POINT),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
