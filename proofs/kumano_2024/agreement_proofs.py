"""Certificates of K7, and of the scalar form of its condition for noise."""

from typing import Any

from sympy import Eq, Ge, Gt, Rational
from sympy.logic.boolalg import Boolean

from .agreement_parts import (
    AGREE,
    C_BAR,
    DENOMINATOR,
    DEVIATION,
    FORMULA,
    MULTIPLIER,
    PATTERN,
    R2,
    ROW,
    S2,
    TERM,
    TOTAL,
    VARIABLES,
    H,
    L,
    Lam,
    Lam_lo,
    Q,
    b,
    c,
    epsilon,
    g,
    g_z,
    lam,
    n,
    omega,
    opp,
    r,
    rho2,
    rows,
    s,
    same,
    sign,
    t,
)
from .notation import assuming

Certificate = dict[str, Any]


def _ranges(*names: str) -> dict[str, Boolean]:
    known = {"gamma": Gt(g, 0), "below_one": Gt(1, g), "epsilon": Gt(epsilon, 0), "rho2": Gt(rho2, 0), "n": Ge(n, 1),
             "Q": Gt(Q, 0), "R2": Gt(R2, 0), "S2": Gt(S2, 0), "omega": Ge(omega, 0), "t": Ge(t, 0), "b": Ge(b, 0)}
    return {name: known[name] for name in names}


def _given(*relations: Boolean) -> dict[str, Boolean]:
    return {f"given_{i}": relation for i, relation in enumerate(relations)}


def prove_row() -> Certificate:
    """The constant multipliers solve every row, whatever N'."""
    proof = assuming(VARIABLES, _ranges("gamma", "epsilon", "rho2", "n"))
    proof.show("one_g2", Gt(1 + g**2, 0), ["gamma"])
    proof.show("one_g", Gt(1 + g, 0), ["gamma"])
    proof.show("pairs", Gt(n, 0), ["n"])
    proof.show("spread", Gt((1 + g**2) * rho2, 0), ["one_g2", "rho2"])
    proof.show("common", Gt(epsilon**2 * n * (1 + g) ** 2, 0), {"one_g": 2, "epsilon": 2, "pairs": 1}, degree=5)
    proof.show("below", Gt(DENOMINATOR, 0), ["spread", "common"], degree=1)
    proof.weigh("goal", ROW.relation, {})
    return dict(proof.certificate(["goal"]))


def prove_small(pairs: int) -> Certificate:
    """Every solution of the rows is the formula: M' is diagonal in the constants, the opposite constants on the two
    classes, and the differences inside a class."""
    facts = dict(zip((f"row_{i}" for i in range(2 * pairs)), rows(pairs), strict=True))
    proof = assuming(VARIABLES, {**_ranges("gamma", "epsilon", "rho2"), **facts})
    eigenvalue = {"inside": (1 + g**2) * rho2}
    proof.show("one_g2", Gt(1 + g**2, 0), ["gamma"])
    proof.show("inside", Gt(eigenvalue["inside"], 0), ["one_g2", "rho2"])
    proof.show("e2", Gt(epsilon**2, 0), ["epsilon"])
    for name, root in (("constant", 1 + g), ("opposite", 1 - g)):
        eigenvalue[name] = eigenvalue["inside"] + pairs * epsilon**2 * root**2
        proof.show(f"{name}_square", Ge(root**2, 0), squares=[root])
        proof.show(name, Gt(eigenvalue[name], 0), ["inside", "e2", f"{name}_square"])
    goals = []
    for i, unknown in enumerate(L[: 2 * pairs]):
        weights = {}
        for k in range(2 * pairs):
            alike = 1 if (i < pairs) == (k < pairs) else -1
            difference = (int(i == k) - Rational(1, pairs)) / eigenvalue["inside"] if alike > 0 else 0
            means = (1 / eigenvalue["constant"] + alike / eigenvalue["opposite"]) / (2 * pairs)
            weights[f"row_{k}"] = difference + means
        goals.append(f"goal_{i}")
        proof.weigh(goals[-1], Eq(unknown, FORMULA.subs(n, pairs)), weights)
    return dict(proof.certificate(goals))


def prove_pattern() -> Certificate:
    """Insert both products: every term has the right sign."""
    proof = assuming(VARIABLES, {**_ranges("gamma", "epsilon", "rho2", "n"), **_given(*PATTERN.given)})
    proof.show("pairs", Gt(n, 0), ["n"])
    proof.show("lam_rho2", Gt(lam * rho2, 0), ["given_0", "rho2"])
    proof.show("lam_n", Gt(lam * n, 0), ["given_0", "pairs"])
    proof.show("common", Gt(lam * n * epsilon**2, 0), {"lam_n": 1, "epsilon": 2}, degree=3)
    proof.show("own", Gt(lam * (rho2 + n * epsilon**2), 0), ["lam_rho2", "common"], degree=1)
    proof.show("goal_0", Gt(same - g * opp, 0), ["own", "common", "gamma", "given_1", "given_2"], multipliers=1)
    proof.show("goal_1", Gt(g * same - opp, 0), ["own", "common", "gamma", "given_1", "given_2"], multipliers=1)
    return dict(proof.certificate(["goal_0", "goal_1"]))


def prove_agree() -> Certificate:
    """g' g = epsilon Lambda' g^2/||q||."""
    proof = assuming(VARIABLES, {**_ranges("epsilon", "Q"), **_given(*AGREE.given)})
    proof.show("scale", Gt(epsilon * Lam, 0), ["epsilon", "given_0"])
    proof.weigh("goal", AGREE.relation, {"given_1": epsilon * Lam / Q, "given_2": g_z})
    return dict(proof.certificate(["goal"]))


def prove_multiplier() -> Certificate:
    """lambda'/cbar - 1 = (1 + tau)(1 + theta) - 1 with |tau| <= t, |theta| <= omega."""
    proof = assuming(VARIABLES, {**_ranges("gamma", "R2", "S2", "omega", "t"), **_given(*MULTIPLIER.given)})
    proof.show("one_g2", Gt(1 + g**2, 0), ["gamma"])
    tau = R2 / S2 - 1
    bounds = {"low": DEVIATION + omega, "high": omega - DEVIATION, "short": tau + t, "long": t - tau}
    for index, (name, size) in enumerate(bounds.items()):
        proof.weigh(name, Ge(size, 0), {f"given_{index}": 1})
    # omega t -+ theta tau is half the sum of two products of nonnegative factors.
    both = (("goal_0", 1, (("short", "high"), ("long", "low"))), ("goal_1", -1, (("short", "low"), ("long", "high"))))
    for goal, side, pairs in both:
        for index, (first, second) in enumerate(pairs):
            proof.weigh(f"{goal}_{index}", Ge(bounds[first] * bounds[second], 0), {first: bounds[second]})
        size = r - side * ((1 + tau) * (1 + DEVIATION) - 1)
        left = {f"{goal}_0": Rational(1, 2), f"{goal}_1": Rational(1, 2), "given_4": 1,
                ("long" if side > 0 else "short"): 1, ("high" if side > 0 else "low"): 1}
        proof.weigh(f"{goal}_relative", Ge(size, 0), left)
        proof.weigh(goal, Ge(r * C_BAR - side * (lam - C_BAR), 0), {f"{goal}_relative": C_BAR})
    return dict(proof.certificate(["goal_0", "goal_1"]))


def prove_term() -> Certificate:
    """r c b -+ (lambda - c) s, for |lambda - c| <= r c and |s| <= b, as half a sum of products."""
    proof = assuming(VARIABLES, _given(*TERM.given))
    upper, lower, below, above = r * c - (lam - c), lam - c + r * c, b - s, s + b
    for i, k in ((0, 2), (0, 3), (1, 2), (1, 3)):
        size = (upper, lower)[i] * {2: below, 3: above}[k]
        proof.weigh(f"product_{i}_{k}", Ge(size, 0), {f"given_{i}": {2: below, 3: above}[k]})
    for goal, side, pairs in (("goal_0", 1, ((0, 3), (1, 2))), ("goal_1", -1, ((0, 2), (1, 3)))):
        weights = {f"product_{i}_{k}": Rational(1, 2) for i, k in pairs}
        proof.weigh(goal, Ge(r * c * b - side * (lam - c) * s, 0), weights)
    return dict(proof.certificate(["goal_0", "goal_1"]))


def prove_total() -> Certificate:
    """K3's lower bound, solved for lambda'."""
    proof = assuming(VARIABLES, {**_ranges("gamma", "S2"), **_given(*TOTAL.given)})
    proof.show("one_g2", Gt(1 + g**2, 0), ["gamma"])
    proof.weigh("goal", TOTAL.relation, {"given_0": 2 / ((1 + g**2) * S2)})
    return dict(proof.certificate(["goal"]))


def prove_sign(positive_side: bool) -> Certificate:
    """T_1 + epsilon Lambda' H >= epsilon Lambda_lo |H| - hoeffding - rest > 0, up to the sign."""
    part = sign(positive_side)
    proof = assuming(VARIABLES, {**_ranges("epsilon"), **_given(*part.given)})
    size = H if positive_side else -H
    proof.show("scaled", Ge(epsilon * size, 0), ["epsilon", "given_0"])
    proof.weigh("more", Ge(epsilon * size * (Lam - Lam_lo), 0), {"given_6": epsilon * size})
    weights = {"given_1": 1, "more": 1}
    weights |= {"given_3": 1, "given_5": 1} if positive_side else {"given_2": 1, "given_4": 1}
    proof.weigh("goal", part.relation, weights)
    return dict(proof.certificate(["goal"]))
