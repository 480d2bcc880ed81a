"""The regime map: what epsilon/beta and alpha/beta decide, in closed form, certified cell by cell, and in training."""

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import And, Eq, Ge, Gt, Le, Lt, symbols
from theorycheck_simulations.setting import Setting

from theorycheck.checks.certified import Certified
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Rational as Exact
from theorycheck.domains import Variable, positive, real
from theorycheck.experiment import Experiment
from theorycheck.source import Source

from . import propositions_in_place as in_place
from . import propositions_repaired as repaired
from .notation import Q, alpha, assuming, beta, epsilon, gamma, n_N, n_R, rho
from .regime_runs import certify, measure_maps, regime_map

A, B, E, N_N, N_R, G, R = (v.symbol for v in (alpha, beta, epsilon, n_N, n_R, gamma, rho))
r, a, b = symbols("r a b")
RATIO = Variable("r", positive(), "(n_N/n_R)^(1/q)")
PRE = (Variable("a", real(), "gamma (x - epsilon), x the strength learnt"), Variable("b", real(), "gamma epsilon"))
VARIABLES = (alpha, beta, epsilon, n_R, n_N, RATIO, gamma, rho, *PRE)
POINT: dict[str, Exact] = {"alpha": "3/2", "beta": 1, "epsilon": "3/4", "n_R": 1, "n_N": 8, "r": 2, "gamma": 1,
                           "rho": 1, "a": 0, "b": 0}  # fmt: skip
TEXT = """Adversarial training on the noiseless population over a grid of $\\varepsilon/\\beta$ and $\\alpha/\\beta$,
from the same starts in every cell. The conditions denser, flip, $\\alpha>2\\varepsilon$ and $\\beta\\le2\\varepsilon$
are decided on whole cells. What is judged: whether each class learns the feature that wins the race of its two leading
filters, timed from the start alone."""


def flip_facts(q: int) -> dict[str, Any]:
    """n_N = n_R r^q and epsilon < beta, epsilon < alpha."""
    return {"count": Eq(N_N, N_R * r**q), "below_beta": Lt(E, B), "below_alpha": Lt(E, A)}


def flip_side(flips: bool) -> Any:
    """(r - 1) epsilon > r beta - alpha, or <=."""
    return Gt((r - 1) * E, r * B - A) if flips else Le((r - 1) * E, r * B - A)


def flip_relation(flips: bool, q: int) -> Any:
    """n_N (beta - epsilon)^q < n_R (alpha - epsilon)^q, or >=."""
    left, right = N_N * (B - E) ** q, N_R * (A - E) ** q
    return Lt(left, right) if flips else Ge(left, right)


def flip_part(flips: bool, q: int) -> Part:
    """The flip condition against epsilon* = (r beta - alpha)/(r - 1)."""
    sign, other = (">", "<") if flips else (r"\le", r"\ge")
    return Part(f"{'flip' if flips else 'no flip'}, q = {q}", flip_relation(flips, q),
                given=(*flip_facts(q).values(), flip_side(flips)),
                point={"n_N": 2**q, "epsilon": "3/4" if flips else "1/4"},
                tex=rf"(r-1)\varepsilon{sign}r\beta-\alpha\Rightarrow "
                    rf"n_N(\beta-\varepsilon)^{q}{other}n_R(\alpha-\varepsilon)^{q}")  # fmt: skip


def flip_certificate(flips: bool, q: int) -> dict[str, Any]:
    """By the powers of r (beta - epsilon) and alpha - epsilon."""
    facts = {"n_R_1": Ge(N_R, 1), "r": Gt(r, 0), **flip_facts(q), "side": flip_side(flips)}
    proof = assuming((alpha, beta, epsilon, n_R, n_N, RATIO), facts)
    x, y = r * (B - E), A - E
    proof.show("n_R", Gt(N_R, 0), ["n_R_1"], degree=1)
    proof.show("x", Gt(x, 0), {"r": 1, "below_beta": 1})
    gap = y**q - x**q if flips else x**q - y**q
    powers = {"side": 1, "x": q - 1, "below_alpha": q - 1}
    proof.show("powers", Gt(gap, 0) if flips else Ge(gap, 0), powers, degree=q)
    proof.show("goal", flip_relation(flips, q), {"n_R": 1, "powers": 1, "count": 1},
               multipliers={"count": [(B - E) ** q]})  # fmt: skip
    return proof.certificate(["goal"])


def inside_certificate() -> dict[str, Any]:
    """0 < r beta - alpha < (r - 1) beta."""
    proof = assuming((alpha, beta, RATIO), {"denser": Gt(r * B, A), "stronger": Gt(A, B)})
    proof.show("above", Gt(r * B - A, 0), ["denser"], degree=1)
    proof.show("below", Lt(r * B - A, (r - 1) * B), ["stronger"], degree=1)
    return proof.certificate(["above", "below"])


EXCHANGE = {A: B, B: A, N_R: N_N, N_N: N_R}
NAMES = {str(one): str(other) for one, other in EXCHANGE.items()}


def exchanged(value: Any) -> Any:
    """A certificate, or exact values, with alpha and beta, n_R and n_N exchanged; the kernel checks the result anew."""
    if isinstance(value, dict):
        return {NAMES.get(key, key): exchanged(part) for key, part in value.items()}
    if isinstance(value, list):
        return [exchanged(part) for part in value]
    return NAMES.get(value, value) if isinstance(value, str) else value


def exchanged_certificate(build: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What is built, exchanged."""
    found: dict[str, Any] = exchanged(build())
    return found


def network_part(part: Part) -> Part:
    """What a part says about gamma v_i instead of gamma u_i."""
    assert part.relation is not None
    name = f"gamma v_i in place: {part.name}" if "and" in part.name else f"gamma v_i in the maximum norm: {part.name}"
    return Part(name, part.relation.xreplace(EXCHANGE), given=tuple(g.xreplace(EXCHANGE) for g in part.given),
                point=exchanged(dict(part.point)))  # fmt: skip


def networks(q: int) -> tuple[tuple[Part, ...], tuple[Proof, ...]]:
    """When gamma v_i is robust, from what is proved of gamma u_i."""
    cases = [(wins, *pair) for wins, pairs in ((True, in_place.WIN), (False, in_place.LOSE)) for pair in pairs]
    found = [(in_place.in_place_part(q, *case), partial(in_place.in_place_certificate, q, *case)) for case in cases]
    large = {part.name: part for part in repaired.criterion().parts}
    for robust in (True, False):
        part = large[f"large gamma, {'' if robust else 'not '}robust, q = {q}"]
        found.append((part, partial(repaired.large_certificate, robust, q)))
    parts = tuple(network_part(part) for part, _ in found)
    proofs = [Proof(partial(exchanged_certificate, build), (part.name,))
              for part, (_, build) in zip(parts, found, strict=True)]  # fmt: skip
    return parts, tuple(proofs)


def flips(side: bool) -> st.SearchStrategy[dict[str, Fraction]]:
    """Patches on one side of epsilon*, with n_N = n_R r^q for q = 3."""
    share = st.fractions(0, 1, max_denominator=20)

    def values(ratio: int, patches: int, q: int, low: Fraction, more: Fraction) -> dict[str, Fraction]:
        v = {name: Fraction(value) for name, value in POINT.items()}
        v |= {"r": Fraction(ratio), "n_R": Fraction(patches), "n_N": Fraction(patches * ratio**q), "beta": Fraction(1)}
        v["epsilon"] = low * Fraction(19, 20) + Fraction(1, 40)
        edge = ratio * (1 - v["epsilon"])
        return {**v, "alpha": v["epsilon"] + (edge + more + Fraction(1, 50) if side else edge * (1 - more / 2))}

    return st.builds(values, st.integers(2, 5), st.integers(1, 3), st.sampled_from(Q), share, share)


def regimes_claim(q: int) -> Claim:
    """The claim, with the networks of Section 3 for the exponent q."""
    flip = [(side, n) for n in Q for side in (True, False)]
    flip_parts = tuple(flip_part(*case) for case in flip)
    inside = Part("epsilon* lies inside", And(Gt(r * B - A, 0), Lt(r * B - A, (r - 1) * B)),
                  given=(Gt(r * B, A), Gt(A, B)), tex=r"\beta<\alpha<r\beta\Rightarrow "
                  r"0<\varepsilon^*=\tfrac{r\beta-\alpha}{r-1}<\beta")  # fmt: skip
    network, network_proofs = networks(q)
    regions = Part("regions", text="at every setting and on every cell of the map each condition is decided, or cut by "
                   "its boundary, and alike in the form of the paper and solved for alpha or epsilon")  # fmt: skip
    race = Part("race", text="in at least 90 % of all classes of every map the feature learnt first is the one whose "
                "leading filter alone comes first to F_i = 1 within T, and neither where none does",
                tex=r"T(x_0)=\int_{x_0}\frac{dX}{\frac\eta k(1-\frac1k)\,n\,y\,s'(yX)},\quad "
                    r"y=x-\min(\varepsilon,\tilde\eta s'(xX)X)")  # fmt: skip
    return Claim(
        "regime-map",
        Source("Regime map", "Sections 3, 5.1 and 5.2, as one picture; a reviewer's question"),
        "What epsilon/beta and alpha/beta decide",
        (*flip_parts, inside, *network, regions, race),
        (
            *(Proof(partial(flip_certificate, *case), (part.name,))
              for case, part in zip(flip, flip_parts, strict=True)),
            Proof(inside_certificate, (inside.name,)),
            *(Search((part.name,), partial(flips, side), trials=(15, 60, 500))
              for (side, _), part in zip(flip, flip_parts, strict=True)),
            *network_proofs,
            Certified(certify, (regions.name,)),
            Run(measure_maps, (race.name,)),
        ),
        VARIABLES,
        (
            Condition("for the regions and the race: training on the noiseless population with one ascent step on -F_y",
                      tex=r"\sigma_n=0"),
        ),
        ("proposition-3.2-in-place", "proposition-3.2-criterion", "lemma-d.9"),
        POINT,
        origin="finding",
        derivation=(
            Step("flip", "Take q-th roots: r (beta - epsilon) < alpha - epsilon. The gap between the sides grows with "
                 "epsilon, so there is one threshold, inside (0, beta) exactly where denser holds; from beta on the "
                 "left side is 0.", r"\varepsilon^*=\frac{r\beta-\alpha}{r-1},\quad r=(n_N/n_R)^{1/q}"),
            Step("minima", "gamma u_i is what Proposition 3.2 is about. gamma v_i is the same network with alpha and "
                 "beta, n_R and n_N exchanged, so in place it is robust exactly if beta > 2 epsilon, and in the "
                 "maximum norm for large gamma exactly if n_N beta >= (P + n_N) epsilon."),
            Step("race", "Both features of a class grow with the same 1 - logit_i until F_i = 1. Alone, a filter X on "
                 "patches of strength x gains (eta/k)(1 - 1/k) n y s'(y X) in a step, y being what the ascent leaves "
                 "of x; the feature that is first at its level takes the gradient from the other."),
        ),
        note="The flip condition compares the two rates when both are clipped. It misses up to a third of the classes: "
        "on small correlations the ascent takes nothing, so between epsilon* and beta the non-robust feature is often "
        "at its level before the rates flip, and beyond beta a small alpha - epsilon does not get there within T. What "
        "decides is the race of the two times. The robust minimum of Proposition 3.2 says little about where training "
        "goes: it exists in place on most of the map, in the maximum norm almost nowhere, and training ends at "
        "non-robust features on a large part of the one and at robust ones on a large part of the other.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claim of this chapter."""
    return (regimes_claim(setting.q if setting.q in Q else Q[0]),)


REGIME_MAP = Experiment("regime-map", "What epsilon/beta and alpha/beta decide", TEXT, regime_map)
