"""K4: geometry-inspired perturbations carry class features (Section 4.1), in any dimension and for three norms."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache, partial
from typing import Any

from hypothesis import strategies as st

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Part, Step
from theorycheck.source import Source

from .features_parts import POINT, VARIABLES, cosine_parts, maximum_parts, run_parts
from .features_proofs import part_certificate, run_certificate
from .features_runs import REPLAYS, measure_ascent, measure_cosines, replay

__all__ = ["REPLAYS", "claims"]

Values = dict[str, Fraction]
COSINES = ("cosine linf", "cosine l0", "cosine mask")
ASCENT = Part("ascent", text="projected ascent on y' <q, eta> over the three balls ends at epsilon y' h",
              tex=r"\arg\max_{\|\eta\|\le\varepsilon}y'\langle q,\eta\rangle=\varepsilon y'h")  # fmt: skip
# What one pixel adds to the state, from |q_i|, c, the weight and whether it is in the mask.
GAINS: dict[str, Callable[[Fraction, Fraction, Fraction, bool], Fraction | int]] = {
    "n": lambda t, c, w, top: 1, "k": lambda t, c, w, top: int(top), "S": lambda t, c, w, top: t,
    "Q": lambda t, c, w, top: t * t, "T": lambda t, c, w, top: t * top, "T2": lambda t, c, w, top: t * t * top,
    "r": lambda t, c, w, top: t * c, "M": lambda t, c, w, top: w, "E": lambda t, c, w, top: c * c,
}  # fmt: skip


def unit(u: Sequence[Fraction]) -> list[Fraction]:
    """A rational unit vector: the point of the sphere over u, its last entry left out, seen from a pole."""
    length = sum((x * x for x in u[:-1]), Fraction(0))
    return [*(2 * x / (1 + length) for x in u[:-1]), (1 - length) / (1 + length)]


def states() -> st.SearchStrategy[Values]:
    """Exact values: a q with a rational norm and a perturbation in one of the balls, both in up to five dimensions."""
    share, weight = (st.integers(low, 4).map(lambda i: Fraction(i, 4)) for low in (-6, 0))
    positive = st.integers(1, 12).map(lambda i: Fraction(i, 3))

    def of(d: int) -> st.SearchStrategy[Values]:
        rows = st.lists(share, min_size=d, max_size=d)
        weights = st.lists(weight, min_size=d, max_size=d)
        return st.builds(_state, rows, rows, weights, st.integers(1, d), st.booleans(), positive, positive,
                         st.lists(share, min_size=3, max_size=3), st.sampled_from((-1, 1)))  # fmt: skip

    return st.integers(2, 5).flatmap(of)


def _state(u: list[Fraction], v: list[Fraction], w: list[Fraction], k: int, ball: bool, norm: Fraction, eps: Fraction,
           three: list[Fraction], y: int) -> Values:  # fmt: skip
    t = [norm * abs(x) for x in unit(u)]
    large = sorted(range(len(t)), key=lambda i: -t[i])[:k]
    if ball:  # eta on the sphere; otherwise within the weights
        w, c = [Fraction(1)] * len(t), [eps * x for x in unit(v)]
    else:
        c = [eps * weight * max(Fraction(-1), min(Fraction(1), x)) for weight, x in zip(w, v, strict=True)]
    pixels = list(zip(t, c, w, [i in large for i in range(len(t))], strict=True))
    ends = {name: Fraction(sum(gain(*pixel) for pixel in pixels)) for name, gain in GAINS.items()}
    q = [norm * x for x in unit(three)]
    own = {"epsilon": eps, "norm": norm, "tau": ends["S"] / len(t), "theta": min(t[i] for i in large),
           "y": Fraction(y), "lam": eps, "t": t[-1], "c": c[-1], "w": w[-1]}  # fmt: skip
    axes = {f"{name}{i + 1}": Fraction(value) for i, x in enumerate(q) for name, value in (
        ("q", x), ("t", abs(x)), ("s", 1 if x >= 0 else -1), ("w", int(abs(three[i]) > 1)))}  # fmt: skip
    return {**ends, **{f"{name}_next": value for name, value in ends.items()}, **own, **axes}


def features() -> Claim:
    """k4."""
    ran, rest = run_parts(), (*maximum_parts(), *cosine_parts())
    searches = tuple(Search((part.name,), states, trials=(8, 30, 400)) for part in rest)
    return Claim(
        "k4",
        Source("K4", "Section 4.1"),
        "Geometry-inspired perturbations carry class features",
        (*ran, *rest, ASCENT),
        (*(Proof(partial(run_certificate, part), (part.name,)) for part in ran),
         *(Proof(partial(part_certificate, part), (part.name,)) for part in rest), *searches,
         Run(measure_cosines, COSINES, replay), Run(measure_ascent, (ASCENT.name,))),
        VARIABLES,
        uses=("k1",),
        point=POINT,
        origin="exact",
        derivation=(
            Step("l2", "A sum of squares, which vanishes at eta = epsilon y' q/||q||: with ||eta|| <= epsilon the "
                 "product is at most epsilon ||q||.",
                 r"0\le\|\varepsilon q-\|q\|\,y'\eta\|^2=\varepsilon^2\|q\|^2-2\varepsilon\|q\|\,y'\langle "
                 r"q,\eta\rangle+\|q\|^2\|\eta\|^2"),
            Step("linf and l0", "Pixel by pixel y' q_i eta_i <= epsilon w_i |q_i| where |eta_i| <= epsilon w_i. With "
                 "weights w_i <= 1 the sum is at most epsilon ||q||_1; if they add up to at most d_delta, at most "
                 "epsilon times the sum of the d_delta largest |q_i|: weight taken from a large pixel and given to a "
                 "small one loses."),
            Step("alignment", "||q||_2 <= ||q||_1 <= sqrt(d) ||q||_2, and the mean of the d_delta largest pixels is at "
                 "least the mean of all.", r"\tfrac1{d_\delta}\sum_{top}|q_i|\ge\tfrac1d\|q\|_1"),
            Step("every sample", "q = sum_n lambda_n y_n x_n with all lambda_n > 0 (K1), so each sample enters q/||q|| "
                 "with the sign of its label."),
        ),
        note="The idea is the paper's Section 4.1; the formulas are derived here, by induction over the pixels and so "
        "for every dimension. Cosines are squared, so that no root is needed. That the L0 direction is sgn(q) on the "
        "largest pixels is our reading: it maximises <q, eta> under ||eta||_0 <= d_delta and ||eta||_inf <= epsilon; "
        "the paper's own normalisation is unknown. Even one pixel has positive alignment. For q with independent "
        "Gaussian coordinates the cosine of sgn(q) tends to sqrt(2/pi).",
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claim of this chapter; it does not depend on the setting."""
    return _claims()


@cache
def _claims() -> tuple[Claim, ...]:
    return (features(),)
