"""Certificates about learning from perturbations: the two terms by induction, (ORTH) of D' from the inequality."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Eq, Ge, Gt, Integer, Le

from theorycheck.claim import Part

from .gradients_proofs import conjuncts
from .learning_parts import (
    NEXT,
    ORDERED,
    SIZES,
    VARIABLES,
    H,
    R,
    R_adv,
    S,
    S_adv,
    b,
    b_k,
    beta,
    eps,
    g,
    hz,
    lam,
    n,
    p,
    p_adv,
    r,
    smaller,
    summing,
    sums,
    u,
    y,
    y_k,
)
from .notation import assuming

if TYPE_CHECKING:
    from theorycheck.prover import Proof

e, t, e_0, t_0 = sympy.symbols("e t e_0 t_0")
DEFINITIONS = {"e": 2 * eps * beta, "t": eps**2 * H**2, "e_0": 2 * smaller * beta, "t_0": smaller**2 * H**2}
CLEARED = Le(3 * n * (S + e + t) * (p + e + t), g**3 * (R - e) ** 2)


def terms_certificate(part: Part) -> dict[str, Any]:
    """The two terms, for any number of points."""
    from theorycheck.prover import Proof

    run, steps = sums(), summing()
    proof = Proof([*NEXT, *NEXT.values(), lam, y, b, eps, hz])
    proof.system("sums", NEXT, {s: Integer(0) for s in NEXT}, run.inputs, {"point": steps})
    induction = proof.induction("induction", "sums", {"terms": part.relation})
    induction.base.goal("terms")
    multipliers = {"terms": [1], "G": [1], "T": [1], "L": [eps * hz], "y": [eps * hz * lam]}
    induction.steps["point"].goal("terms", list(multipliers), multipliers=multipliers)
    induction.close()
    return proof.certificate(["terms"])


def _opened(part: Part) -> "Proof":
    """A proof that knows the ranges of the part's symbols and its own hypotheses: given0, given1 ..."""
    used = {s for relation in (part.relation, *part.given) for s in relation.free_symbols}
    kept = [v for v in VARIABLES if v.symbol in used]
    given = {f"given{i}": relation for i, relation in enumerate(part.given)}
    return assuming(kept, {**{v.name: v.conditions[0] for v in kept if v.conditions}, **given})


def entry_certificate(part: Part) -> dict[str, Any]:
    """Bounds on a product or a norm: with y^2 = 1, beta + y b is (1+y)^2/4 (beta + b) + (1-y)^2/4 (beta - b)."""
    proof = _opened(part)
    named = {str(relation): f"given{i}" for i, relation in enumerate(part.given)}
    products = part.name == "products"
    sides = {}
    for side in (-1, 1):
        facts = [f"near{side + 1}.{name}" for name in ("own", "other", "signs")]
        for name, label, value in zip(facts, *(((y_k, y), (b, b_k)) if products else ((y,), (b,))), strict=False):
            square = named[str(Eq(label**2, 1))]
            proof.show(name, Ge(beta + side * label * value, 0),
                       [named[str(Le(value, beta))], named[str(Ge(value, -beta))], square], degree=1,
                       squares=[1 + label, 1 - label], multipliers={square: [beta, value]})  # fmt: skip
        weights: dict[str, Any] = dict.fromkeys(facts[:2], eps) if products else {facts[0]: 2 * eps}
        if products:
            squares = [named[str(Eq(label**2, 1))] for label in (y, y_k)]
            proof.show(facts[2], Ge(1 + side * y * y_k, 0), squares, squares=[y + side * y_k],
                       multipliers=dict.fromkeys(squares, [1]))  # fmt: skip
            weights |= {facts[2]: eps**2 * H**2, named[str(Ge(u, -p) if side > 0 else Le(u, p))]: 1}
        else:
            weights |= {named[str(Le(R, r))]: 1, "H": eps**2 * H} if side > 0 else {named[str(Le(r, S))]: 1}
        sides[side] = weights
    for index, goal in enumerate(conjuncts(part.relation)):
        proof.weigh(f"goal{index}", goal, sides[1 if isinstance(goal, sympy.Ge) else -1])
    return proof.certificate(["goal0", "goal1"])


def admissible_certificate(part: Part) -> dict[str, Any]:
    """What the inequality implies, in e = 2 eps beta and t = eps^2 H^2, which `DEFINITIONS` puts back."""
    from theorycheck.prover import Proof

    proof = Proof([*(v.symbol for v in SIZES), e, t, e_0, t_0])
    ranges = {f"{v.name}.{i}": c for v in SIZES for i, c in enumerate(v.conditions)}
    opened = {name: Eq(sympy.Symbol(name), value) for name, value in DEFINITIONS.items()}
    known, conclude = REST[part.name]
    given = {f"given{i}": relation for i, relation in enumerate((CLEARED, *known))}
    for name, relation in {**ranges, **opened, "ordered": ORDERED.relation, **given}.items():
        proof.assume(name, relation)
    proof.show("e0", Ge(e, 0), {"e": 1, "epsilon.0": 1, "beta.0": 1}, multipliers={"e": [1]})
    proof.show("t0", Ge(t, 0), {"t": 1, "epsilon.0": 2, "H.0": 2}, degree=4, multipliers={"t": [1]})
    proof.show("n0", Gt(n, 0), ["N_adv.0"])
    proof.show("cube", Gt(1 - g**3, 0), {"gamma.0": 2, "gamma.1": 1}, degree=3)
    _positive_norms(proof)
    conclude(proof)
    return proof.certificate(["goal"])


def _positive_norms(proof: "Proof") -> None:
    """R - e > 0: times 3 n (S + e) + gamma^3 (R - e) > 0 it is the inequality and products of what is positive."""
    factor = 3 * n * (S + e) + g**3 * (R - e)
    proof.show("most", Gt(3 * n - g**3, 0), ["N_adv.0", "cube"], degree=1)
    proof.show("cubed", Gt(g**3, 0), {"gamma.0": 3}, degree=3)
    proof.show("factor", Gt(factor, 0), {"n0": 1, "S.0": 1, "e0": 1, "most": 1, "cubed": 1, "R.0": 1})
    proof.show("product", Gt((R - e) * factor, 0),
               {"given0": 1, "n0": 1, "S.0": 1, "R.0": 1, "e0": 2, "t0": 2, "p_max.0": 1}, degree=3)  # fmt: skip
    proof.cancel("norms", Gt(R - e, 0), "product", ["factor"])


def _orth(proof: "Proof") -> None:
    top, bottom = S + e + t, p + e + t
    proof.show("bottom", Ge(bottom, 0), ["p_max.0", "e0", "t0"], degree=1)
    proof.show("left", Ge(3 * n * top * bottom - 3 * n * S_adv * p_adv, 0),
               {"n0": 1, "given1": 1, "given3": 1, "S_adv.0": 1, "bottom": 1}, degree=3)  # fmt: skip
    proof.show("right", Ge(g**3 * R_adv**2 - g**3 * (R - e) ** 2, 0),
               {"cubed": 1, "given2": 1, "R_adv.0": 1, "norms": 1}, degree=3)  # fmt: skip
    proof.show("goal", Le(3 * n * S_adv * p_adv, g**3 * R_adv**2), ["given0", "left", "right"], degree=1)


def _smaller(proof: "Proof") -> None:
    proof.show("e_0.0", Ge(e_0, 0), {"e_0": 1, "smaller.0": 1, "beta.0": 1}, multipliers={"e_0": [1]})
    proof.show("t_0.0", Ge(t_0, 0), {"t_0": 1, "smaller.0": 2, "H.0": 2}, degree=4, multipliers={"t_0": [1]})
    proof.show("de", Ge(e - e_0, 0), {"e": 1, "e_0": 1, "given1": 1, "beta.0": 1}, multipliers={"e": [1], "e_0": [1]})
    proof.show("dt", Ge(t - t_0, 0), {"t": 1, "t_0": 1, "given1": 1, "epsilon.0": 1, "smaller.0": 1, "H.0": 2},
               degree=4, multipliers={"t": [1], "t_0": [1]})  # fmt: skip
    left, right = 3 * n * (S + e_0 + t_0) * (p + e_0 + t_0), g**3 * (R - e_0) ** 2
    known = {"n0": 1, "de": 1, "dt": 1, "S.0": 1, "p_max.0": 1, "e0": 1, "t0": 1, "e_0.0": 1, "t_0.0": 1}
    proof.show("left", Ge(3 * n * (S + e + t) * (p + e + t) - left, 0), known, degree=3)
    proof.show("right", Ge(right - g**3 * (R - e) ** 2, 0), {"cubed": 1, "de": 2, "norms": 1}, degree=3)
    proof.show("goal", Le(left, right), ["given0", "left", "right"], degree=1)


def _squares(proof: "Proof") -> None:
    """(R - e)^2 <= R^2, so that R^2 may stand on the right of the inequality."""
    proof.show("right", Ge(g**3 * R**2 - g**3 * (R - e) ** 2, 0), {"cubed": 1, "e0": 1, "R.0": 1, "norms": 1}, degree=3)


def _noise_order(proof: "Proof") -> None:
    _squares(proof)
    proof.show("goal", Le(3 * n * S * t, g**3 * R**2), PRODUCTS, degree=3)


def _natural_order(proof: "Proof") -> None:
    _squares(proof)
    proof.show("cleared", Le(3 * n * S * e, g**3 * R**2), PRODUCTS, degree=3)
    # With e = 2 eps beta, S = R and R = n beta^2 both sides have the factor R n beta.
    multipliers = {"e": [n * S, n * R], "given1": [g**3 * R], "given2": [n * e, n * eps * beta]}
    proof.show("times", Ge(beta * n * R * (g**3 * beta - 6 * eps), 0), ["cleared", *multipliers], degree=1,
               multipliers=multipliers)  # fmt: skip
    proof.show("beta2", Gt(n * beta**2, 0), ["given1", "R.0"], degree=1, multipliers={"given1": [1]})
    proof.show("square", Gt(beta**2 * n * R * n, 0), ["beta2", "R.0", "n0"], degree=3)
    proof.show("times2", Ge(beta * n * R * (g**3 * beta - 6 * eps) * beta, 0), ["times", "beta.0"])
    proof.cancel("goal", Le(6 * eps, g**3 * beta), "times2", ["beta2", "R.0"])


PRODUCTS = {"given0": 1, "right": 1, "n0": 1, "S.0": 1, "e0": 2, "t0": 2, "p_max.0": 1}
# What each part assumes besides the inequality, and how its conclusion follows.
REST: dict[str, tuple[tuple[Any, ...], Callable[["Proof"], None]]] = {
    "positive norms": ((), lambda proof: proof.show("goal", Gt(R - e, 0), ["norms"])),
    "orth": ((Le(p_adv, p + e + t), Ge(R_adv, R - e), Le(S_adv, S + e + t)), _orth),
    "smaller": ((Le(smaller, eps),), _smaller),
    "noise order": ((), _noise_order),
    "natural order": ((Eq(n * beta**2, R), Eq(S, R)), _natural_order),
}  # fmt: skip
