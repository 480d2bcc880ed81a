"""Planted errors in Section 2's assumptions and in the networks of Section 3: strengths, radii, numbers of patches."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from sympy import Ge, Gt, Le, exp, symbols
from theorycheck_simulations.setting import Setting

from theorycheck.checks.search import Search
from theorycheck.claim import Claim, Condition, Part

from ..li_li_2024 import data_assumptions
from ..li_li_2024.propositions_proofs import N_N, N_R, A, B, E, F, K, denser
from .control import Control, control, paper_claim, planted, twin

Q = 3
BOTH = ("proof", "search")
high, low = symbols("high low")
Values = dict[str, Fraction]
_FEW = st.integers(1, 4)


def nets() -> st.SearchStrategy[Values]:
    """Nets w = gamma u_i with gamma = 1 on the polynomial piece (rho = 4), with all that the claims say about them."""

    def values(alpha: int, beta: int, epsilon: int, robust: int, other: int) -> Values:
        v = {
            "alpha": alpha,
            "beta": beta,
            "epsilon": epsilon,
            "n_R": robust,
            "n_N": other,
            "rho": 4,
            "gamma": 1,
            "m": 1,
            "k": 2,
            "F": 0,
        }
        v |= {"a": alpha - epsilon, "b": epsilon, "P": robust + other}
        return {**{name: Fraction(value) for name, value in v.items()}, "R": Fraction(alpha, epsilon)}

    return st.builds(values, st.integers(1, 6), _FEW, _FEW, _FEW, st.integers(1, 20))


def strengths() -> st.SearchStrategy[Values]:
    """Patches of equal strength, and the next ones."""

    def values(alpha: int, beta: int, robust: int, other: int) -> Values:
        v = {
            "alpha": alpha,
            "beta": beta,
            "n_R": robust,
            "n_N": other,
            "a": alpha,
            "b": beta,
            "n_R_next": robust + 1,
            "n_N_next": other + 1,
        }
        v |= {
            "sum_R": robust * alpha**Q,
            "sum_N": other * beta**Q,
            "sum_R_next": (robust + 1) * alpha**Q,
            "sum_N_next": (other + 1) * beta**Q,
        }
        return {name: Fraction(value) for name, value in v.items()}

    return st.builds(values, st.integers(1, 6), _FEW, _FEW, st.integers(1, 20))


def risks() -> st.SearchStrategy[Values]:
    """Outputs and numbers of classes of one net."""
    point = dict.fromkeys(("alpha", "beta", "epsilon", "gamma", "rho", "n_R", "n_N", "m", "b"), Fraction(1)) | {
        "a": Fraction(0),
        "shift": Fraction(-1),
    }
    return st.builds(
        lambda k, F: {**point, "k": Fraction(k), "F": Fraction(F, 4)}, st.integers(2, 5), st.integers(-4, 40)
    )


def patches() -> st.SearchStrategy[Values]:
    """Values of s on single patches, all patches counted, and the least margin."""

    def values(robust: int, other: int, low: int, high: int) -> Values:
        v = {
            "r": robust,
            "n": other,
            "n_R": robust,
            "n_N": other,
            "r_next": robust + 1,
            "n_next": other,
            "low": low,
            "high": high,
            "own": low,
            "other": high,
        }
        v |= {"margin": robust * low - (robust + other) * high, "margin_next": 0} | dict.fromkeys(
            ("gamma", "alpha", "epsilon", "rho"), 1
        )
        return {name: Fraction(value) for name, value in v.items()}

    return st.builds(values, _FEW, _FEW, st.integers(0, 12), st.integers(0, 4))


def stated(claim: Claim, id: str, part: str, draw: Callable[[], st.SearchStrategy[Values]]) -> Claim:
    """One part with the chapter's proof and a search on a coarse grid."""
    true, names = twin(claim, id, part), [v.name for v in claim.variables]

    def own() -> st.SearchStrategy[Values]:
        """Of what is drawn, the claim's own variables."""
        return draw().map(lambda v: {name: v[name] for name in names})

    return replace(true, checks=(true.checks[0], Search((), own, trials=(80, 200, 2_000))))


def without(part: Part, *dropped: Any, **changes: Any) -> tuple[Part, ...]:
    """The part without some of its own hypotheses."""
    kept = tuple(g for g in part.given if g not in dropped)
    if len(kept) + len(dropped) != len(part.given):
        raise ValueError(f"{part.name} does not assume {dropped!r}")
    return (replace(part, given=kept + tuple(changes.pop("more", ())), **changes),)


def errors_of_assumptions(setting: Setting) -> tuple[Control, ...]:
    """At finite size."""
    name = f"more patches, q = {Q}"
    true = stated(data_assumptions.assumption_2_3(setting), "assumption-2.3", name, strengths)
    ratio = stated(data_assumptions.assumption_b3(setting), "assumption-b.3", f"constant, q = {Q}", nets)
    weak = data_assumptions.assumption_2_3(setting, strict=False).part(name)
    more = data_assumptions.assumption_2_3(setting, patches=1).part(name)
    power = data_assumptions.assumption_b3(setting, shift=1).part(f"constant, q = {Q}")
    return (
        control(true, "2.3-not-stronger", "More non-robust patches without stronger robust ones",
                "few strong non-robust patches are denser too.", BOTH, hypotheses=()),
        control(true, "2.3-weakly-denser", "Denser with >= for >", "equal sums allow equal numbers.", BOTH,
                parts=(weak,)),
        control(true, "2.3-two-more", "At least two more non-robust patches", "one more is enough.", BOTH,
                parts=(more,)),
        control(ratio, "b.3-exponent", "P > 1 + R^(q+1)", "the power is q.", BOTH, parts=(power,)),
        control(ratio, "b.3-not-denser", "P > 1 + R^q without the denser condition",
                "it is what asks for many patches.", BOTH,
                parts=without(ratio.parts[0], data_assumptions.dense(Q))),
    )  # fmt: skip


def _flipped(part: Part) -> Any:
    """left > right of a part that says left < right."""
    assert part.relation is not None
    return Gt(*part.relation.args)


def errors_of_networks(setting: Setting) -> tuple[Control, ...]:
    """In Propositions 3.1 and 3.2 and their repairs."""
    curves = "polynomial and polynomial"
    no_go = stated(paper_claim("finding-f2", setting), "finding-f2", f"not robust, q = {Q}, {curves}", nets)
    risk = stated(paper_claim("proposition-3.1", setting), "3.1-risk", "risk", risks)
    place = stated(paper_claim("proposition-3.2-in-place", setting), "3.2-in-place", f"robust, q = {Q}, {curves}", nets)
    enough, least = (
        stated(paper_claim("proposition-3.2-criterion", setting), f"3.2-{name}", name, patches)
        for name in ("sufficient", "necessary")
    )
    doubled = Gt(A, 2 * E)
    return (
        control(no_go, "f2-not-denser", "No network is robust, without the denser condition",
                "few patches leave some robust.", BOTH,
                parts=without(no_go.parts[0], denser(Q))),
        control(no_go, "f2-radius", "No network is robust, with beta <= 4 epsilon for beta <= epsilon",
                "a small radius leaves some robust.", BOTH,
                hypotheses=(Condition.of(Le(B, 4 * E)),)),
        control(no_go, "f2-flipped", "Every such network is robust", "the attack uses all patches.", BOTH,
                relation=_flipped(no_go.parts[0])),
        control(risk, "3.1-risk-half", "Half of the bound on the risk", "log(1 + x) is nearly x for small x.", BOTH,
                relation=Le(1 + (K - 1) * exp(-F), exp((K - 1) * exp(-F) / 2))),
        control(risk, "3.1-risk-sign", "The bound on the risk with e^F", "it decays with F.", BOTH,
                relation=Ge(1 + (K - 1) * exp(-F), exp((K - 1) * exp(F)))),
        control(place, "3.2-in-place-radius", "Robust in place from alpha > epsilon on",
                "the other class gains epsilon too.", BOTH,
                parts=without(place.parts[0], doubled, more=(Gt(A, E),))),
        control(place, "3.2-in-place-weak", "Robust in place for alpha >= 2 epsilon",
                "at 2 epsilon both outputs are equal.", BOTH,
                parts=without(place.parts[0], doubled, more=(Ge(A, 2 * E),))),
        control(enough, "3.2-criterion-weak", "The criterion with >= for >", "equality is a tie.", BOTH,
                parts=without(enough.parts[0], Gt(N_R * low, (N_R + N_N) * high),
                more=(Ge(N_R * low, (N_R + N_N) * high),))),
        control(enough, "3.2-criterion-n-n", "n_N for P in the criterion", "the robust patches can be given u_j too.",
                BOTH,
                parts=without(enough.parts[0], Gt(N_R * low, (N_R + N_N) * high), more=(Gt(N_R * low, N_N * high),))),
        control(least, "3.2-necessary-doubled", "The worst case with twice the radius's effect allowed",
                "the margin may then be positive.", BOTH,
                parts=without(least.parts[0], Le(N_R * low, (N_R + N_N) * high),
                more=(Le(N_R * low, 2 * (N_R + N_N) * high),))),
    )  # fmt: skip


def controls(setting: Setting) -> tuple[Control, ...]:
    """All errors planted in Sections 2 and 3."""
    return (*errors_of_assumptions(setting), *errors_of_networks(setting))


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
