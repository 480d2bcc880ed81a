"""Kernel certificates for K3."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Eq, Ge, Gt, Le, Lt

from theorycheck.claim import Part
from theorycheck.isolation import isolated

from . import boundary_scope, notation
from . import multipliers_parts as parts
from .boundary_parts import ORDERED, ORTH, L, N, R, S, gamma, lam, p, x
from .boundary_scope import Certificate, concluded
from .multipliers_parts import CUBE, FACTORS, REST, SAME, E, M_k, a, lam_k, t

if TYPE_CHECKING:
    from theorycheck.prover import Proof

BASE = {
    "gamma": Gt(gamma, 0), "gamma_1": Lt(gamma, 1), "N": Ge(N, 1), "p": Ge(p, 0), "R": Gt(R, 0), "S": Gt(S, 0),
    "order": ORDERED.relation, "orth": ORTH.relation, "x": Gt(x, 0), "L": Gt(L, 0), "lam": Gt(lam, 0),
}  # fmt: skip


def opened(part: Part, chosen: Iterable[str] = tuple(BASE)) -> "Proof":
    """A proof that assumes the chosen general facts, and the part's own hypotheses as given0, ..."""
    return boundary_scope.opened(parts.VARIABLES, {name: BASE[name] for name in chosen}, part)


def show_slope(proof: "Proof") -> None:
    """``same``: 1 + gamma^2 > 0; ``cube``: gamma^3 < 1, ``cube_0``: gamma^3 > 0, ``three``: 3 - gamma^3 > 0."""
    proof.show("same", Gt(SAME, 0), {"gamma": 2})
    proof.show("square_1", Lt(gamma**2, 1), {"gamma": 1, "gamma_1": 1})
    proof.show("cube", Lt(CUBE, 1), {"gamma": 1, "gamma_1": 1, "square_1": 1})
    proof.show("cube_0", Gt(CUBE, 0), {"gamma": 3}, degree=3)
    proof.show("three", Gt(3 - CUBE, 0), ["cube"], degree=1)


def show_small(proof: "Proof") -> None:
    """``small``: 3 (N - 1) p <= gamma^3 R, and ``room``: R - (N - 1) p > 0."""
    show_slope(proof)
    proof.show("N_0", Gt(N, 0), ["N"], degree=1)
    product = R * (CUBE * R - 3 * REST)
    proof.show("product", Ge(product, 0), {"orth": 1, "order": 1, "p": 1, "N_0": 1, "R": 1}, degree=3)
    proof.cancel("small", Ge(CUBE * R - 3 * REST, 0), "product", ["R"])
    proof.show("rest", Ge(REST, 0), {"N": 1, "p": 1})
    proof.show("room", Gt(R - REST, 0), {"small": 1, "cube": 1, "R": 1})


def row(part: Part) -> Certificate:
    """By induction over the other samples."""
    proof = opened(part, ("gamma", "p", "L", "N"))
    bound = t * SAME * p * L
    induction = proof.induction("induction", "sum", {"most": Le(E, bound), "least": Ge(E, -bound)})
    induction.base.goal("most")
    induction.base.goal("least")
    step = induction.steps["sample"]
    step.show("same", Gt(SAME, 0), {"gamma": 2})
    sizes = {**{f"sample{i}": 1 for i in (2, 3, 4, 5)}, "same": 1, "p": 1}
    step.show("term_most", Le(M_k * lam_k, SAME * p * L), sizes, degree=3)
    step.show("term_least", Ge(M_k * lam_k, -SAME * p * L), sizes, degree=3)
    options: dict[str, Any] = {"degree": 1, "multipliers": {"sample0": [1], "sample1": [SAME * p * L]}}
    step.goal("most", ["most", "term_most", "sample0", "sample1"], **options)
    step.goal("least", ["least", "term_least", "sample0", "sample1"], **options)
    induction.close()
    proof.show("same", Gt(SAME, 0), {"gamma": 2})
    proof.show("room", Ge(SAME * p * L * (N - 1 - t), 0), {"same": 1, "p": 1, "L": 1, "given0": 1}, degree=4)
    return concluded(proof, part, ["most", "least", "room"], degree=1)


def kappa(part: Part) -> Certificate:
    proof = opened(part)
    show_small(proof)
    return concluded(proof, part, {"small": 1})


def largest(part: Part) -> Certificate:
    proof = opened(part)
    show_small(proof)
    proof.show("norm", Ge(SAME * L * (x - R), 0), {"given2": 1, "L": 1, "same": 1}, degree=3)
    return concluded(proof, part, ["given0", "given1", "norm"], degree=1, multipliers=0)


def show_multiplicative(proof: "Proof") -> None:
    """``most`` and ``least``: (SAME x lam/2 - 1) (R - rest) is between -rest and rest."""
    show_small(proof)
    proof.show("largest", Le(SAME * L * (R - REST), 2), ["given3"], degree=1)
    product = (SAME * x * lam / 2 - 1) * (R - REST)
    # -E/2 (R - rest) <= rest SAME L (R - rest)/2 <= rest.
    proof.show("scaled", Le(REST * SAME * L * (R - REST), 2 * REST), {"largest": 1, "rest": 1})
    proof.show("E_most", Le(E * (R - REST), REST * SAME * L * (R - REST)), {"given1": 1, "room": 1})
    proof.show("E_least", Ge(E * (R - REST), -REST * SAME * L * (R - REST)), {"given2": 1, "room": 1})
    weights: dict[str, Any] = {"degree": 1, "multipliers": {"given0": [R - REST]}}
    proof.show("most", Le(product, REST), ["given0", "scaled", "E_least"], **weights)
    proof.show("least", Ge(product, -REST), ["given0", "scaled", "E_most"], **weights)


def multiplicative(part: Part) -> Certificate:
    proof = opened(part)
    show_multiplicative(proof)
    return concluded(proof, part, ["most", "least"], degree=1)


def refined(part: Part) -> Certificate:
    """From the multiplicative bound, kappa <= gamma^3/3 and R <= ||x_n||^2 <= S."""
    proof = opened(part)
    show_multiplicative(proof)
    half = SAME * x * lam / 2
    # half (R - rest) is at most R and at least R - 2 rest, and 3 rest <= gamma^3 R.
    proof.show("upper_R", Le(half * (R - REST), R), ["most"], degree=1)
    proof.show("lower_R", Ge(half * (R - REST), R - 2 * REST), ["least"], degree=1)
    proof.show("half", Gt(half, 0), {"same": 1, "x": 1, "lam": 1}, degree=3)
    if part.name == "upper":
        proof.show("cleared", Ge(R * (3 - half * (3 - CUBE)), 0), {"upper_R": 1, "small": 1, "half": 1})
        proof.cancel("bound", Ge(3 - half * (3 - CUBE), 0), "cleared", ["R"])
        proof.show("norm", Ge(SAME * lam * (x - R) * (3 - CUBE), 0), {"given4": 1, "lam": 1, "same": 1, "three": 1},
                   degree=4)  # fmt: skip
        return concluded(proof, part, ["bound", "norm"], degree=1)
    # half >= (R - 2 rest)/(R - rest), which falls in rest.
    proof.show("falls", Ge((R - 2 * REST) * (3 - CUBE) - (3 - 2 * CUBE) * (R - REST), 0), {"small": 1})
    proof.show("cleared", Ge((R - REST) * (half * (3 - CUBE) - (3 - 2 * CUBE)), 0),
               {"lower_R": 1, "three": 1, "falls": 1})  # fmt: skip
    proof.cancel("bound", Ge(half * (3 - CUBE) - (3 - 2 * CUBE), 0), "cleared", ["room"])
    proof.show("norm", Ge(SAME * lam * (S - x) * (3 - CUBE), 0), {"given4": 1, "lam": 1, "same": 1, "three": 1},
               degree=4)  # fmt: skip
    return concluded(proof, part, ["bound", "norm"], degree=1)


def inside(part: Part) -> Certificate:
    side = part.name.rsplit(" ", 1)[1]
    proof = opened(part, ("gamma", "gamma_1", "R", "S"))
    show_slope(proof)
    left, right = FACTORS[side]
    proof.show("second", Gt(sympy.cancel(right / (1 - gamma)), 0), {"gamma": 4, "gamma_1": 4}, degree=4)
    proof.show("factors", Gt(left, 0), {"second": 1, "gamma_1": 1})
    return concluded(proof, part, {"factors": 1, "R": 1, "S": 1, "gamma": 2}, degree=3)


def extremal(part: Part) -> Certificate:
    proof = opened(part)
    show_small(proof)
    proof.show("unit", Gt(1 - REST, 0), ["room", "given0"], degree=1)
    return concluded(proof, part, ["given3"], degree=1, multipliers=0)


def show_scaled(proof: "Proof", of_p: Any) -> None:
    """``scaled``: of_p(gamma^3) = 0 from the fact ``exact``: of_p(3 N p) = 0, where 3 N p = gamma^3 is given2."""
    q = sympy.Symbol("q")
    difference = sympy.cancel((of_p(q) - of_p(CUBE)) / (q - CUBE)).subs(q, 3 * N * p)
    proof.show("scaled", Eq(of_p(CUBE), 0), ["exact", "given2"], multipliers={"exact": [1], "given2": [difference]})


def show_room(proof: "Proof") -> None:
    """``N_room``: 3 N - (N - 1) gamma^3 > 0."""
    proof.show("N_room", Gt(3 * N - (N - 1) * CUBE, 0), {"N_0": 1, "cube": 1, "cube_0": 1})


def sharp_upper(part: Part) -> Certificate:
    """lambda (1 + gamma^2) (3 N - (N - 1) gamma^3) = 6 N, and then the rate."""
    proof = opened(part)
    show_small(proof)

    def scaled(q: Any) -> Any:
        return SAME * lam * (3 * N - (N - 1) * q) - 6 * N

    proof.show("exact", Eq(scaled(3 * N * p), 0), ["given3"], multipliers={"given3": [N]})
    show_scaled(proof, scaled)
    show_room(proof)
    rate = 2 * N * SAME * lam * (3 - CUBE) - 6 * (2 * N - CUBE)
    signs = {"scaled": 1, "N_0": 1, "cube": 1, "cube_0": 2}
    proof.show("rate_product", Ge((3 * N - (N - 1) * CUBE) * rate, 0), signs, degree=3,
               multipliers={"scaled": [2 * N * (3 - CUBE)]})  # fmt: skip
    proof.cancel("rate", Ge(rate, 0), "rate_product", ["N_room"])
    return concluded(proof, part, ["rate", "given0"], multipliers={"given0": [N * SAME * lam * (3 - CUBE)]})


def show_flipped(proof: "Proof") -> None:
    """``exact_p``: (1 + gamma^2) (1 + p) (1 - rest) a = 2 (1 + p - 2 rest).

    Row 1 times 1 + p - rest, less row 2 times rest.
    """
    show_small(proof)
    proof.show("exact_p", Eq(SAME * (1 + p) * (1 - REST) * a - 2 * (1 + p - 2 * REST), 0), ["given3", "given4"],
               multipliers={"given3": [1 + p - REST], "given4": [REST]})  # fmt: skip


def flipped(part: Part) -> Certificate:
    proof = opened(part)
    show_flipped(proof)
    proof.show("unit", Gt(1 - REST, 0), ["room", "given0"], degree=1)
    proof.show("p_1", Gt(1 + p, 0), ["p"], degree=1)
    return concluded(proof, part, ["exact_p"], degree=1, multipliers=0)


def sharp_lower(part: Part) -> Certificate:
    """The closed form of a with 3 N p = gamma^3, and then the rate."""
    proof = opened(part)
    show_flipped(proof)

    def scaled(q: Any) -> Any:
        return SAME * a * (3 * N + q) * (3 * N - (N - 1) * q) - 6 * N * (3 * N + q - 2 * (N - 1) * q)

    proof.show("exact", Eq(scaled(3 * N * p), 0), ["exact_p"], multipliers={"exact_p": [N**2]})
    show_scaled(proof, scaled)
    show_room(proof)
    proof.show("N_more", Gt(3 * N + CUBE, 0), {"N_0": 1, "cube_0": 1})
    rate = 2 * (N + 3 * CUBE) * (3 - 2 * CUBE) - N * SAME * a * (3 - CUBE)
    signs = {"scaled": 1, "N_0": 3, "cube": 2, "cube_0": 4}
    proof.show("rate_product", Ge((3 * N + CUBE) * (3 * N - (N - 1) * CUBE) * rate, 0), signs, degree=6,
               multipliers={"scaled": [N * (3 - CUBE)]})  # fmt: skip
    proof.cancel("rate", Ge(rate, 0), "rate_product", ["N_more", "N_room"])
    return concluded(proof, part, ["rate", "given1"], multipliers={"given1": [N * SAME * a * (3 - CUBE)]})


def table() -> dict[str, Callable[[Part], Certificate]]:
    """How each part is proved."""
    return {
        "row": row, "kappa": kappa, "largest": largest, "multiplicative": multiplicative, "upper": refined,
        "lower": refined,
        **{f"factors, {side}": lambda part: concluded(opened(part, ()), part, []) for side in FACTORS},
        **{f"positive, {side}": lambda part: isolated(part.relation, notation.gamma) for side in FACTORS},
        **{f"inside the theorem's, {side}": inside for side in FACTORS},
        "extremal": extremal, "sharp, upper": sharp_upper, "extremal, flipped": flipped, "sharp, lower": sharp_lower,
    }  # fmt: skip
