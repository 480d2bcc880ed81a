"""Threat models, and what the checker means by robust accuracy."""

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from sympy import Eq, Ge, Gt, Le, S, symbols
from theorycheck_simulations.setting import Setting

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Dynamics, Part, Step
from theorycheck.domains import Variable, real
from theorycheck.source import Source

from . import threat_runs as runs
from .notation import beta, epsilon

if TYPE_CHECKING:
    from theorycheck.prover import Proof as Builder

B, E = beta.symbol, epsilon.symbol
total, total_next, least, least_next, D, L = symbols("total total_next least least_next D L")
TRIALS = (40, 120, 1_200)
STATE = {total: total_next, least: least_next}
SUMS = (
    Variable("total", real(), "F_y - F_j over the patches so far"), Variable("total_next", real()),
    Variable("least", real(), "the sum of their worst cases"), Variable("least_next", real()),
    Variable("D", real(), "what a patch adds to F_y - F_j under some perturbation"),
    Variable("L", real(), "the least that it adds under any perturbation that is allowed"),
)  # fmt: skip
POINT = {"beta": 1, "epsilon": 1, "total": 0, "total_next": 1, "least": 0, "least_next": 1, "D": 1, "L": 1}


def transition(worst: bool) -> dict[str, dict[str, Any]]:
    """One more patch; the worst perturbation attains what is least."""
    return {"patch": {"total": Eq(total_next, total + D), "least": Eq(least_next, least + L),
                      "value": Eq(D, L) if worst else Ge(D, L)}}  # fmt: skip


def run_of(worst: bool) -> Dynamics:
    """The patches one after the other, in any order."""
    relations = {name: tuple(step.values()) for name, step in transition(worst).items()}
    return Dynamics({str(a): str(b) for a, b in STATE.items()}, {"total": S.Zero, "least": S.Zero}, relations,
                    ("D", "L"))  # fmt: skip


def builder() -> "Builder":
    """An empty proof about the claim's symbols."""
    from theorycheck.prover import Proof

    return Proof([B, E, total, total_next, least, least_next, D, L])


def inclusion_certificate(inside: bool) -> dict[str, Any]:
    """(-beta)^2 <= epsilon^2, or >."""
    proof = builder()
    proof.assume("beta", Gt(B, 0))
    proof.assume("epsilon", Gt(E, 0))
    proof.assume("order", Le(B, E) if inside else Gt(B, E))
    proof.show("goal", Le(B**2, E**2) if inside else Gt(B**2, E**2), ["beta", "epsilon", "order"], degree=2)
    return dict(proof.certificate(["goal"]))


def separation_certificate(worst: bool) -> dict[str, Any]:
    """total >= least, or = for the worst perturbation, for any number of patches."""
    proof = builder()
    proof.system("patches", STATE, dict.fromkeys(STATE, 0), [D, L], transition(worst))
    induction = proof.induction("sums", "patches", {"sum": Eq(total - least, 0) if worst else Ge(total - least, 0)})
    induction.base.goal("sum")
    induction.steps["patch"].goal("sum", ["sum", "total", "least", "value"], degree=1, multipliers=1)
    induction.close()
    proof.show("goal", Le(total, least) if worst else Ge(total, least), ["sum"], degree=1, multipliers=1)
    return dict(proof.certificate(["goal"]))


def sums(worst: bool) -> st.SearchStrategy[dict[str, Fraction]]:
    """Up to eight patches with exact contributions, and one more."""
    size = st.fractions(-2, 2, max_denominator=12)
    patch = st.tuples(size, st.just(Fraction(0)) if worst else st.fractions(0, 1, max_denominator=9))

    def values(before: list[tuple[Fraction, Fraction]], last: tuple[Fraction, Fraction]) -> dict[str, Fraction]:
        low, more = last
        v = {"least": sum((l for l, _ in before), Fraction(0)), "L": low, "D": low + more}
        v |= {"total": v["least"] + sum((d for _, d in before), Fraction(0)), "least_next": v["least"] + low}
        return {**v, "total_next": v["total"] + v["D"], "beta": Fraction(1), "epsilon": Fraction(1)}

    return st.builds(values, st.lists(patch, max_size=8), patch)


def threat_models() -> Claim:
    """Which threat model allows more, and that the worst case separates over patches."""
    inside, outside = "the paper's attack inside", "the paper's attack outside"
    return Claim(
        "threat-models",
        Source("Threat models", "Sections 2.4, 3 and 4, Theorems 4.3 and 4.4"),
        "Three threat models, nested, with worst cases patch by patch",
        (
            Part(inside, Le(B**2, E**2), given=(Le(B, E),),
                 tex=r"\beta\le\varepsilon\Rightarrow\|-\beta v_y+\varepsilon v_{y'}\|_\infty\le\varepsilon"),
            Part(outside, Gt(B**2, E**2), given=(Gt(B, E),), point={"beta": 2},
                 tex=r"\beta>\varepsilon\Rightarrow\|-\beta v_y+\varepsilon v_{y'}\|_\infty>\varepsilon"),
            Part("separation", Ge(total, least), dynamics=run_of(False),
                 tex=r"\sum_pD(x_p+\delta_p)\ge\sum_p\min_\delta D(x_p+\delta)"),
            Part("separation attained", Le(total, least), dynamics=run_of(True),
                 tex=r"\min_{\delta_1,\dots,\delta_P}\sum_pD(x_p+\delta_p)\le\sum_p\min_\delta D(x_p+\delta)"),
            Part("nested", text="a point that is right under linf is right under in-place, and one that is right under "
                 "in-place is right under the paper's attack if beta <= epsilon",
                 tex=r"\text{paper}\subset\text{in-place}\subset\ell_\infty\quad(\beta\le\varepsilon)"),
        ),
        (
            *(Proof(partial(inclusion_certificate, i), (name,)) for i, name in ((True, inside), (False, outside))),
            *(Search((name,), trials=TRIALS) for name in (inside, outside)),
            Proof(partial(separation_certificate, False), ("separation",)),
            Proof(partial(separation_certificate, True), ("separation attained",)),
            Search(("separation",), partial(sums, False), trials=TRIALS),
            Search(("separation attained",), partial(sums, True), trials=TRIALS),
            Run(runs.nested, ("nested",)),
        ),
        (beta, epsilon, *SUMS),
        (Condition("linf: |delta_p| <= epsilon in all coordinates; in-place: the same within span(u) on J_R and within "
                   "span(v) on J_NR; paper: delta_p = -beta v_y + epsilon v_y' on J_NR, 0 on J_R", None,
                   r"\|\delta_p\|_\infty\le\varepsilon"),),
        point=POINT,
        origin="exact",
        derivation=(
            Step("inclusion", "v_y and v_y' are different axes, so the coordinates of the paper's perturbation are "
                              "-beta, epsilon and 0; they lie in span(v)."),
            Step("separation", "F_i is a sum over patches and each patch has a perturbation of its own, so for a fixed "
                               "target j every patch may be made as bad as possible by itself. A point is fooled "
                               "exactly if some target's minimum is <= 0."),
        ),
        note="Equal patches have equal worst cases, so in the noiseless population two boxes for each pair of classes "
        "give the exact robust accuracy. At epsilon < beta the paper's attack is not allowed by linf, and neither "
        "accuracy bounds the other.",
    )  # fmt: skip


def robust_accuracy_interval() -> Claim:
    """What is reported as [certified, attacked] contains the exact robust accuracy."""
    small, blind, digit, width = "small networks", "blind spots", "last digit", "trained networks"
    return Claim(
        "robust-accuracy-interval",
        Source("Robust accuracy", "Section 4, Theorems 4.3 and 4.4; Appendix E"),
        "Robust accuracy from both sides",
        (
            Part(small, text="on random networks whose patches an attacker moves in at most 6 coordinates the exact "
                 "robust accuracy lies in [certified, attacked], under every threat model"),
            Part(blind, text="on networks that are robust at no point, although the gradient towards the other class "
                 "vanishes in nearly all of the box, both ends are 0"),
            Part(digit, text="the lower bounds of F_y - F_j at points are below its values in fractions"),
            Part(width, text="on trained networks, without noise and on noisy samples, attacked - certified is at most "
                 "5 points under every threat model"),
        ),
        (Run(runs.containment, (small,)), Run(runs.blind, (blind,)), Run(runs.last_digit, (digit,)),
         Run(runs.widths, (width,))),
        uses=("threat-models", "activation-convex"),
        origin="exact",
        derivation=(
            Step("below", "On a box the label's filters are bounded by tangents and the target's by chords (s is "
                          "convex), less the largest error that rounding can make; where the sign of a derivative is "
                          "known the box is cut down to a face; boxes are split until the sign of the minimum is."),
            Step("above", "Where the linear bound is least there is a point of the box; an upper bound of F_y - F_j "
                          "<= 0 at an allowed point is an attack. Ties are decided in fractions."),
        ),
        note="The exact values come from a second branch and bound, in balls, which shares no code with the first. The "
        "table of blind spots shows what 50 gradient steps from 20 starts report there.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims of this module."""
    return (threat_models(), robust_accuracy_interval())
