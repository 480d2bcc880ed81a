"""Kernel certificates for K2."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from sympy import Eq, Ge, Gt, Le, Lt

from theorycheck.claim import Part

from . import boundary_scope
from . import closed_form_parts as parts
from .boundary_parts import ORDERED, ORTH, N, R, S, gamma, m, p, x
from .boundary_scope import Certificate, concluded
from .closed_form_parts import PATTERNS, SAME, D, G_k, T, delta_k, margin, named, t

if TYPE_CHECKING:
    from theorycheck.prover import Proof

BASE = {
    "gamma": Gt(gamma, 0), "gamma_1": Lt(gamma, 1), "N": Ge(N, 1), "p": Ge(p, 0), "R": Gt(R, 0), "S": Gt(S, 0),
    "order": ORDERED.relation, "orth": ORTH.relation, "x": Gt(x, 0), "D": Ge(D, 0), "m": Ge(m, 2),
}  # fmt: skip


def opened(part: Part, chosen: Iterable[str]) -> "Proof":
    """A proof that assumes the chosen general facts, and the part's own hypotheses as given0, ..."""
    return boundary_scope.opened(parts.VARIABLES, {name: BASE[name] for name in chosen}, part)


def pattern(part: Part) -> Certificate:
    """With the branches that the given signs select both sides are the same polynomial."""
    chosen = next(y for y in PATTERNS if named(y) == part.name)
    proof = opened(part, ())
    proof.show("goal0", Eq(parts.selected(chosen) - margin(chosen), 0), [])
    return proof.certificate(["goal0"])


def summed(part: Part) -> Certificate:
    """An equation between sums, by induction over the samples."""
    proof = opened(part, ())
    induction = proof.induction("induction", "sum", {"equal": part.relation})
    induction.base.goal("equal")
    for name, step in induction.steps.items():
        step.goal("equal", ["equal", *(f"{name}{i}" for i in range(3))], degree=1)
    induction.close()
    proof.show("goal0", part.relation, ["equal"], degree=1)
    return proof.certificate(["goal0"])


def show_small(proof: "Proof") -> None:
    """``small``: 3 (N - 1) p <= gamma^3 R, and ``cube``: gamma^3 < 1."""
    proof.show("N_0", Gt(N, 0), ["N"], degree=1)
    product = R * (gamma**3 * R - 3 * (N - 1) * p)
    proof.show("product", Ge(product, 0), {"orth": 1, "order": 1, "p": 1, "N_0": 1, "R": 1}, degree=3)
    proof.cancel("small", Ge(gamma**3 * R - 3 * (N - 1) * p, 0), "product", ["R"])
    proof.show("square_1", Lt(gamma**2, 1), {"gamma": 1, "gamma_1": 1})
    proof.show("cube", Lt(gamma**3, 1), {"gamma": 1, "gamma_1": 1, "square_1": 1})
    proof.show("third", Le(3 * (N - 1) * p, R), {"small": 1, "cube": 1, "R": 1})
    proof.show("same", Gt(SAME, 0), {"gamma": 2})


ORTHOGONAL = ("gamma", "gamma_1", "N", "p", "R", "S", "order", "orth", "x")


def dominance(part: Part) -> Certificate:
    proof = opened(part, ORTHOGONAL)
    show_small(proof)
    proof.show("room", Lt((N - 1) * p, x), {"third": 1, "given0": 1, "R": 1}, degree=1)
    return concluded(proof, part, {"third": 1, "room": 1, "same": 1})


def row_of_difference(part: Part) -> Certificate:
    """Each term is at most (1 + gamma^2) p D in size, as |a b| <= A B where |a| <= A and |b| <= B."""
    proof = opened(part, ("gamma", "p", "D", "N"))
    bound = t * SAME * p * D
    induction = proof.induction("induction", "sum", {"most": Le(T, bound), "least": Ge(T, -bound)})
    induction.base.goal("most")
    induction.base.goal("least")
    step = induction.steps["sample"]
    sizes = {f"sample{i}": 1 for i in (2, 3, 4, 5)}
    step.show("term_most", Le(G_k * delta_k, SAME * p * D), sizes)
    step.show("term_least", Ge(G_k * delta_k, -SAME * p * D), sizes)
    options = {"degree": 1, "multipliers": {"sample0": [1], "sample1": [SAME * p * D]}}
    step.goal("most", ["most", "term_most", "sample0", "sample1"], **options)
    step.goal("least", ["least", "term_least", "sample0", "sample1"], **options)
    induction.close()
    proof.show("same", Gt(SAME, 0), {"gamma": 2})
    proof.show("room", Ge(SAME * p * D * (N - 1 - t), 0), {"same": 1, "p": 1, "D": 1, "given0": 1}, degree=4)
    return concluded(proof, part, ["most", "least", "room"], degree=1)


def unique(part: Part) -> Certificate:
    proof = opened(part, (*ORTHOGONAL, "D"))
    show_small(proof)
    proof.show("room", Gt(SAME * (x - (N - 1) * p), 0), {"third": 1, "given0": 1, "R": 1, "same": 1})
    proof.cancel("goal0", Ge(-D, 0), "given1", ["room"])
    return proof.certificate(["goal0"])


def plain(part: Part, chosen: tuple[str, ...], using: Any, **options: Any) -> Certificate:
    return concluded(opened(part, chosen), part, using, **options)


def orthogonal(part: Part) -> Certificate:
    proof = opened(part, ("gamma", "x"))
    proof.show("same", Gt(SAME, 0), {"gamma": 2})
    return concluded(proof, part, ["given0"])


def norm(part: Part) -> Certificate:
    proof = opened(part, ("m",))
    proof.show("neurons", Gt(m, 0), ["m"], degree=1)
    return concluded(proof, part, [])


def table() -> dict[str, Callable[[Part], Certificate]]:
    """How each part is proved."""
    return {
        **{named(y): pattern for y in PATTERNS},
        "any N, positive label": summed, "any N, negative label": summed,
        "coefficients": lambda part: plain(part, (), [], squares=[1 - gamma]),
        "dominance": dominance, "row of a difference": row_of_difference, "unique": unique, "norm": norm,
        "sum of multipliers": summed, "duality": lambda part: plain(part, (), ["given0"]),
        "orthogonal data": orthogonal,
    }  # fmt: skip
