"""Kernel certificates for the inequalities of the boundary theorem, for any N, m and data inside (ORTH)."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from sympy import Eq, Ge, Gt, Le, Lt

from theorycheck.claim import Part
from theorycheck.isolation import isolated

from . import boundary_parts as parts
from . import boundary_scope, notation
from .boundary_parts import L, N, P, R, S, a, b, e, g, gamma, lam, m, p, psi, r, root, t, x
from .boundary_scope import Certificate, concluded

if TYPE_CHECKING:
    from theorycheck.prover import Proof

BASE = {
    "gamma": Gt(gamma, 0), "gamma_1": Lt(gamma, 1), "N": Ge(N, 1), "p": Ge(p, 0), "R": Gt(R, 0), "S": Gt(S, 0),
    "order": Le(R, S), "orth": parts.ORTH.relation, "L": Gt(L, 0), "lam": Ge(lam, 0), "x": Gt(x, 0),
    "root": Gt(root, 0), "m": Ge(m, 2),
}  # fmt: skip


def opened(part: Part, chosen: Iterable[str]) -> "Proof":
    """A proof that assumes the chosen general facts, and the part's own hypotheses as given0, ..."""
    return boundary_scope.opened(parts.VARIABLES, {name: BASE[name] for name in chosen}, part)


def plain(part: Part, chosen: tuple[str, ...], using: Any, **options: Any) -> Certificate:
    """Where each conjunct is one combination of products."""
    return concluded(opened(part, chosen), part, using, **options)


def small_products(proof: "Proof") -> None:
    """``P``: P <= gamma^3 R/3, from (ORTH), as S >= R."""
    proof.show("product", Ge(R * (gamma**3 * R - 3 * P), 0), {"orth": 1, "order": 1, "p": 1, "N": 1, "N_0": 1},
               degree=3)  # fmt: skip
    proof.cancel("P", Ge(gamma**3 * R - 3 * P, 0), "product", ["R"])


def positive_counts(proof: "Proof") -> None:
    """``N_0``: N > 0, and ``PL``: P L >= 0."""
    proof.show("N_0", Gt(N, 0), ["N"], degree=1)
    proof.show("PL", Ge(P * L, 0), {"N_0": 1, "p": 1, "L": 1}, degree=3)


def show_largest(proof: "Proof", slack: str) -> None:
    """``largest``, cleared: L R (3(1 + gamma^2) - (1 + gamma) gamma^3) <= 6."""
    positive_counts(proof)
    small_products(proof)
    cleared = L * R * (3 * (1 + gamma**2) - (1 + gamma) * gamma**3)
    proof.show("largest", Le(cleared, 6), {slack: 1, "P": 1, "L": 1, "gamma": 1}, degree=3)


def show_above(proof: "Proof") -> None:
    """``above``: 3(1 + gamma^2) - (1 + gamma) gamma^3 - 4 gamma^2 > 0, as its factors are."""
    left, _ = parts.FACTORS["above"]
    proof.show("second", Gt(gamma**3 + 2 * gamma**2 + 3 * gamma + 3, 0), {"gamma": 3}, degree=3)
    proof.show("above", Gt(left, 0), {"gamma_1": 1, "second": 1})


def show_upper(proof: "Proof", slack: str) -> None:
    """``upper``, cleared: 2 gamma^2 R L < 3."""
    show_largest(proof, slack)
    show_above(proof)
    proof.show("upper", Lt(2 * gamma**2 * R * L, 3), {"largest": 1, "above": 1, "L": 1, "R": 1}, degree=3)


def show_small(proof: "Proof", upper: str) -> None:
    """``small``, cleared: 2 S P L < gamma R, from 2 gamma^2 R L < 3; and ``half``: R <= S."""
    # 6 S P L <= 2 gamma^3 R^2 L < 3 gamma R.
    proof.show("first", Le(6 * S * P * L, 2 * gamma**3 * R**2 * L), {"orth": 1, "L": 1})
    proof.show("second_", Lt(2 * gamma**3 * R**2 * L, 3 * gamma * R), {upper: 1, "gamma": 1, "R": 1}, degree=3)
    proof.show("small", Lt(2 * S * P * L, gamma * R), {"first": 1, "second_": 1}, degree=1)


def show_least(proof: "Proof", feasible: str) -> None:
    """``lower``, cleared: 2 S lam > 1, from ``small`` and 1 <= margin."""
    proof.show("PL_S", Lt(2 * P * L * S, gamma * S), {"small": 1, "order": 1, "gamma": 1})
    proof.cancel("PL_gamma", Lt(2 * P * L, gamma), "PL_S", ["S"])
    proof.show("one", Gt(1 + gamma, 0), ["gamma"], degree=1)
    proof.show("square", Gt(1 + gamma**2, 0), {"gamma": 2})
    proof.show("room", Gt(2 * (1 + gamma**2) * lam * S, 4 - gamma * (1 + gamma)),
               {feasible: 1, "PL_gamma": 1, "one": 1})  # fmt: skip
    proof.show("gap", Gt(4 - gamma * (1 + gamma), 1 + gamma**2), {"gamma_1": 1, "gamma": 1})
    proof.show("lower_product", Gt((1 + gamma**2) * (2 * lam * S - 1), 0), {"room": 1, "gap": 1}, degree=1)
    proof.cancel("lower", Gt(2 * lam * S - 1, 0), "lower_product", ["square"])


GENERAL = ("gamma", "gamma_1", "N", "p", "R", "S", "order", "orth", "L", "lam", "x")


def other_samples(part: Part) -> Certificate:
    """By induction over the other samples: t terms, each of size at most p L."""
    proof = opened(part, ("N", "p", "L"))
    bounds = {"most": Le(e, t * p * L), "least": Ge(e, -t * p * L), "count": Ge(t, 0)}
    induction = proof.induction("induction", "sum", bounds)
    for name in bounds:
        induction.base.goal(name)
    step = induction.steps["sample"]
    slope = {"sample2": 1, "sample3": 1, "sample4": 1, "sample5": 1, "p": 1}
    step.show("term_most", Le(parts.lam_k * parts.psi_k * parts.G_k, p * L), {**slope, "sample6": 1}, degree=3)
    step.show("term_least", Ge(parts.lam_k * parts.psi_k * parts.G_k, -p * L), {**slope, "sample7": 1}, degree=3)
    sums = ["sample0", "sample1"]
    step.goal("most", ["most", "term_most", *sums], degree=1)
    step.goal("least", ["least", "term_least", *sums], degree=1)
    step.goal("count", ["count", "sample1"], degree=1)
    induction.close()
    proof.show("room", Ge(p * L * (N - t), 0), {"given0": 1, "p": 1, "L": 1}, degree=3)
    return concluded(proof, part, ["most", "least", "room"], degree=1)


def summed(part: Part, chosen: tuple[str, ...], each: Any, using: dict[str, int], degree: int) -> Certificate:
    """By induction over pairs of neurons: h is at most, or at least, t times the bound `each` of a pair."""
    proof = opened(part, chosen)
    induction = proof.induction("induction", "sum", {"bound": part.relation})
    induction.base.goal("bound")
    facts = {"bound": 1, "pair0": 1, "pair1": 1, **using}
    induction.steps["pair"].goal("bound", facts, degree=degree, multipliers={"pair0": [1], "pair1": [each]})
    induction.close()
    proof.show("goal0", part.relation, ["bound"], degree=1)
    return proof.certificate(["goal0"])


def halved(part: Part, bound: Any, side: int) -> Certificate:
    """From m = 2 t neurons to one: 2 t and t times the bound are in order, and t > 0."""
    proof = opened(part, ("m",))
    proof.show("t", Gt(t, 0), ["m", "given2"], degree=1)
    proof.show("pairs", Ge(side * t * (2 - bound), 0), ["given0", "given1", "given2"], degree=1, multipliers=0)
    proof.cancel("halved", Ge(side * (2 - bound), 0), "pairs", ["t"])
    return concluded(proof, part, ["halved"], degree=1)


def largest(part: Part) -> Certificate:
    proof = opened(part, GENERAL)
    show_largest(proof, "given0")
    proof.show("below", Gt(1 + gamma**2 - (1 + gamma) * gamma**3 / 3, 0), {"gamma": 3, "gamma_1": 3}, degree=4)
    return concluded(proof, part, ["largest"], degree=1)


def above(part: Part) -> Certificate:
    proof = opened(part, ("gamma", "gamma_1", "R"))
    show_above(proof)
    proof.show("below", Gt(1 + gamma**2 - (1 + gamma) * gamma**3 / 3, 0), {"gamma": 3, "gamma_1": 3}, degree=4)
    return concluded(proof, part, {"above": 1, "R": 1})


def small(part: Part) -> Certificate:
    proof = opened(part, GENERAL)
    proof.show("upper", Lt(2 * gamma**2 * R * L, 3), ["given0"], degree=1)
    show_small(proof, "upper")
    return concluded(proof, part, {"small": 1, "order": 1, "gamma": 1})


def least(part: Part) -> Certificate:
    proof = opened(part, GENERAL)
    proof.show("one", Gt(1 + gamma, 0), ["gamma"], degree=1)
    proof.show("square", Gt(1 + gamma**2, 0), {"gamma": 2})
    return concluded(proof, part, {"given0": 1, "given1": 1, "one": 1})


def below(part: Part) -> Certificate:
    proof = opened(part, ("gamma", "gamma_1", "S"))
    proof.show("square", Gt(1 + gamma**2, 0), {"gamma": 2})
    return concluded(proof, part, {"gamma_1": 1, "gamma": 1})


def at_largest(part: Part) -> Certificate:
    proof = opened(part, GENERAL)
    positive_counts(proof)
    small_products(proof)
    proof.show("gap", Gt(gamma * R - P, 0), {"P": 1, "gamma_1": 2, "gamma": 3, "R": 1}, degree=4)
    proof.show("slope", Ge(psi * x, gamma * R), {"given0": 1, "given1": 1, "gamma": 1, "x": 1})
    return concluded(proof, part, {"slope": 1, "given2": 1, "gap": 1, "L": 1})


def conclusion(part: Part) -> Certificate:
    """The whole chain at once: from slackness at the largest multiplier and the margin of sample n."""
    proof = opened(part, GENERAL)
    show_upper(proof, "given0")
    show_small(proof, "upper")
    show_least(proof, "given1")
    if part.name.startswith("(c)"):
        return concluded(proof, part, {"lower": 1, "upper": 1, "given2": 1, "gamma": 2, "R": 1}, degree=4)
    proof.show("lam_S", Gt(2 * lam * S, 1), ["lower"], degree=1)
    if part.name.startswith("(a)"):
        proof.show("lam_product", Gt(S * lam, 0), ["lam_S"], degree=1)
        proof.cancel("positive", Gt(lam, 0), "lam_product", ["S"])
        proof.cancel("goal0", Eq(parts.M - 1, 0), "given2", ["positive"])
        return proof.certificate(["goal0"])
    # 2 S (lam gamma R - P L) > gamma R - gamma R = 0.
    proof.show("sign_product", Gt(S * (lam * gamma * R - P * L), 0), {"lower": 1, "small": 1, "gamma": 1, "R": 1},
               degree=3)  # fmt: skip
    proof.cancel("sign", Gt(lam * gamma * R - P * L, 0), "sign_product", ["S"])
    proof.show("slope", Ge(psi * x, gamma * R), {"given2": 1, "given3": 1, "gamma": 1, "x": 1})
    return concluded(proof, part, {"slope": 1, "given4": 1, "sign": 1, "lam": 1})


def increasing(part: Part, branches: Any) -> Certificate:
    """phi(a) - phi(b) >= gamma (a - b), written with the branches of phi that the part's hypotheses select."""
    proof = opened(part, ("gamma", "gamma_1"))
    proof.show("goal0", Ge(branches - gamma * (a - b), 0), {"given0": 1, "given1": 1, "gamma_1": 1})
    return proof.certificate(["goal0"])


def neuron(part: Part, relations: tuple[Any, ...]) -> Certificate:
    """What one neuron contributes, by the branches that the sign of r selects."""
    proof = opened(part, ("gamma",))
    names = [f"goal{i}" for i in range(len(relations))]
    for name, relation in zip(names, relations, strict=True):
        proof.show(name, relation, {"given0": 1, "gamma": 1})
    return proof.certificate(names)


def boundary(part: Part) -> Certificate:
    """The sign of f from that of g: f = sqrt(m)/2 (phi(a) - phi(b)) and a - b = (1 + gamma) g/sqrt(m)."""
    proof = opened(part, ("gamma", "root"))
    proof.show("apart", Eq(root * (a - b), (1 + gamma) * g), ["given1"], degree=1)
    steep = {f"given{i}": 1 for i in range(2, len(part.given))}
    facts = {"given0": 1, "apart": 1, "root": 1, "gamma": 2, **steep}
    return concluded(proof, part, facts, degree=3, multipliers={"given0": [1], "apart": [gamma, 1], "given2": 2})


def table() -> dict[str, Callable[[Part], Certificate]]:
    """How each part is proved."""
    return {
        "row": lambda part: plain(part, ("root",), ["given0"], multipliers=3),
        "other samples": other_samples,
        "positive rows": lambda part: neuron(part, (Eq(r + gamma * r, r + gamma * r, evaluate=False),)),
        "negative rows help": lambda part: neuron(part, (Le(gamma * r, 0), Le(r, 0))),
        "positive at the largest": at_largest,
        "margin from below": lambda part: summed(
            part, ("gamma", "L", "x"), parts.MARGIN_BELOW,
            {"pair2": 1, "pair3": 1, "given0": 1, "gamma": 2, "L": 1}, 4),
        "slackness": lambda part: halved(part, parts.MARGIN_BELOW, 1),
        "largest": largest,
        "factors above": lambda part: plain(part, (), []),
        "positive above": lambda part: isolated(part.relation, notation.gamma),
        "above": above,
        "small": small,
        "neuron at most": lambda part: plain(
            part, GENERAL, {"given0": 1, "given1": 1, "gamma": 2, "lam": 1, "L": 1, "p": 1, "S": 1, "N": 1}, degree=4),
        "margin from above": lambda part: summed(part, (), parts.MARGIN_ABOVE, {"pair2": 1, "pair3": 1}, 1),
        "feasibility": lambda part: halved(part, parts.MARGIN_ABOVE, -1),
        "least": least,
        "factors below": lambda part: plain(part, (), []),
        "positive below": lambda part: isolated(part.relation, notation.gamma),
        "below": below,
        "v - u": lambda part: plain(part, ("root",), []),
        "output": lambda part: plain(part, ("root",), ["given0"]),
        "increasing, both positive": lambda part: increasing(part, a - b),
        "increasing, across": lambda part: increasing(part, a - gamma * b),
        "increasing, both negative": lambda part: increasing(part, gamma * a - gamma * b),
        "g positive": boundary, "g negative": boundary, "g zero": boundary,
        "(c) multipliers": conclusion, "(b) signs": conclusion, "(a) margins": conclusion,
    }
