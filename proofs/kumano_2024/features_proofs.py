"""Certificates about geometry-inspired perturbations: inductions over the pixels, and what follows at their end."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Ge, Gt, Integer, Le
from sympy.logic.boolalg import Boolean

from theorycheck.claim import Part

from .features_parts import (
    BOX,
    NEXT,
    SPARSE,
    SQUARES,
    STATE,
    T2,
    VARIABLES,
    Q,
    S,
    T,
    c,
    eps,
    k,
    lam,
    n,
    norm,
    pixel,
    q,
    r,
    sign,
    size,
    t,
    tau,
    theta,
    w,
)
from .notation import assuming

if TYPE_CHECKING:
    from theorycheck.prover import Block, Proof

OWN = {"eps": Gt(eps, 0), "norm": Gt(norm, 0), "theta0": Ge(theta, 0)}
INVARIANTS: dict[str, Boolean] = {
    "squares": SQUARES, "box": BOX, "sparse": SPARSE, "sum": Ge(S, 0), "count": Ge(n, 0),
    "less": Le(Q, S**2), "mean": Ge(Q - 2 * tau * S + tau**2 * n, 0), "inside": Ge(k, 0), "outside": Ge(n - k, 0),
    "large": Ge(T, theta * k), "small": Le(S - T, theta * (n - k)),
    "large2": Ge(T2, theta**2 * k), "small2": Le(Q - T2, theta**2 * (n - k)),
}  # fmt: skip
# For each part about runs its invariants, in the order in which they are shown of the next state.
RUNS: dict[str, tuple[str, ...]] = {
    "sum of squares": ("squares",), "linf": ("box",), "weights": ("sparse",), "norms from below": ("sum", "less"),
    "norms from above": ("count", "mean"), "top pixels": ("inside", "outside", "large", "small"),
    "top squares": ("inside", "outside", "large2", "small2"),
}  # fmt: skip
# What the equations of a step are multiplied by; the facts of the step that are needed besides, each at most once.
STEPS: dict[str, tuple[dict[str, list[Any]], tuple[str, ...]]] = {
    "squares": ({"Q": [eps**2], "E": [norm**2], "r": [eps * norm]}, ()),
    "box": ({"S": [eps], "r": [1]}, ("t", "w_1", "below", "eps")),
    "sparse": ({"T": [eps], "M": [eps * theta], "k": [eps * theta], "r": [1]},
               ("t", "below", "w", "w_1", "theta", "eps")),
    "sum": ({"S": [1]}, ("t",)), "count": ({"n": [1]}, ()),
    "less": ({"S": [S, t, NEXT[S]], "Q": [1]}, ("sum", "t")),
    "mean": ({"Q": [1], "S": [tau], "n": [tau**2]}, ()),
    "inside": ({"k": [1]}, ()), "outside": ({"n": [1], "k": [1]}, ()),
    "large": ({"T": [1], "k": [theta]}, ("theta",)),
    "small": ({"T": [1], "S": [1], "k": [theta], "n": [theta]}, ("theta",)),
    "large2": ({"T2": [1], "k": [theta**2]}, ("theta", "t", "theta0")),
    "small2": ({"T2": [1], "Q": [1], "k": [theta**2], "n": [theta**2]}, ("theta", "t", "theta0")),
}  # fmt: skip
ROOTS = {"squares": [eps * t - norm * c], "mean": [t - tau]}


def run_certificate(part: Part) -> dict[str, Any]:
    """The part's relation at every time of a run over the pixels."""
    from theorycheck.prover import Proof

    proof = Proof([*STATE, *NEXT.values(), t, c, w, theta, tau, eps, norm])
    proof.system("pixels", NEXT, {s: Integer(0) for s in STATE}, [t, c, w],
                 {name: pixel(masked) for name, masked in (("masked", True), ("other", False))})  # fmt: skip
    facts = {**OWN, **{f"given{index}": relation for index, relation in enumerate(part.given)}}
    for name, relation in facts.items():
        proof.assume(name, relation)
    kept = RUNS[part.name]
    induction = proof.induction("induction", "pixels", {key: INVARIANTS[key] for key in kept})
    for key in kept:
        induction.base.goal(key)
    for block in induction.steps.values():
        for key in kept:
            _next(block, key)
    induction.close()
    given = [name for name in facts if name.startswith("given")]
    proof.show("goal", part.relation, [*kept, *given], multipliers=dict.fromkeys(given, [S, tau * n]))
    return proof.certificate(["goal"])


def _next(block: "Block", key: str) -> None:
    """The invariant `key` of the next state."""
    multipliers, besides = STEPS[key]
    caps = dict.fromkeys((key, *multipliers, *besides), 1)
    block.goal(key, caps, degree=3, squares=ROOTS.get(key, ()), multipliers=multipliers)


def part_certificate(part: Part) -> dict[str, Any]:
    """The relation of a part that is no run."""
    used = {s for relation in (part.relation, *part.given) for s in relation.free_symbols} | {eps, norm, theta}
    facts = {f"given{index}": relation for index, relation in enumerate(part.given)}
    kept = [v for v in VARIABLES if v.symbol in used]
    proof = assuming(kept, {**{v.name: v.conditions[0] for v in kept if v.conditions}, **facts})
    goals = part.relation.args if isinstance(part.relation, sympy.And) else (part.relation,)
    return proof.certificate(list(SCALARS[part.name](proof, goals)))


def _l2(proof: "Proof", goals: tuple[Any, ...]) -> Iterable[str]:
    proof.show("double", Ge(eps * norm * (eps * norm - r), 0), {"given0": 1, "given1": 1, "given2": 1, "norm": 2},
               degree=3, multipliers={"given1": [eps**2]})  # fmt: skip
    proof.cancel("goal", goals[0], "double", ["epsilon", "norm"])
    yield "goal"


def _l2_attained(proof: "Proof", goals: tuple[Any, ...]) -> Iterable[str]:
    length = sum(x**2 for x in q)
    multipliers = {"given0": [eps, eps**2], "given1": [eps * length, eps**2 * length]}
    for index, goal in enumerate(goals):
        proof.show(f"goal{index}", goal, ["given0", "given1"], multipliers=multipliers)
        yield f"goal{index}"


def _l0(proof: "Proof", goals: tuple[Any, ...]) -> Iterable[str]:
    proof.show("goal", goals[0], {"given0": 1, "given1": 1, "theta": 1, "epsilon": 1}, degree=3)
    yield "goal"


def _attained(proof: "Proof", goals: tuple[Any, ...]) -> Iterable[str]:
    inside = [w_i * t_i * eps for w_i, t_i in zip(sympy.symbols("w1:4"), size, strict=True)]
    multipliers = {"given0": [sum(i * s**2 for i, s in zip(inside, sign, strict=True))],
                   **{f"given{i + 1}": [one] for i, one in enumerate(inside)}}  # fmt: skip
    proof.show("goal", goals[0], list(multipliers), multipliers=multipliers)
    yield "goal"


def _linf_cosine(proof: "Proof", goals: tuple[Any, ...]) -> Iterable[str]:
    proof.show("some", Gt(n, 0), ["given2"])
    for index, goal in enumerate(goals):
        proof.show(f"goal{index}", goal, ["given0", "given1", "given3", "some"])
        yield f"goal{index}"


def _l0_cosine(proof: "Proof", goals: tuple[Any, ...]) -> Iterable[str]:
    proof.show("some", Gt(n, 0), ["given1"])
    proof.show("mask", Gt(k, 0), ["given3"])
    proof.show("product", Ge((n * T) ** 2 - (k * S) ** 2, 0), {"given0": 1, "n": 1, "T": 1, "k": 1, "S": 1}, degree=3)
    proof.weigh("goal", goals[0], {"product": 1 / (k * n**2 * Q)})
    yield "goal"


def _positive(proof: "Proof", goals: tuple[Any, ...]) -> Iterable[str]:
    proof.show("some", Gt(n, 0), ["given1"])
    proof.show("mask", Gt(k, 0), ["given2"])
    proof.show("product", Gt(n * T, 0), ["given0", "mask", "given3"])
    proof.cancel("goal", goals[0], "product", ["some"])
    yield "goal"


def _mask_cosine(proof: "Proof", goals: tuple[Any, ...]) -> Iterable[str]:
    proof.show("some", Gt(n, 0), ["given1"])
    proof.show("goal", goals[0], ["given0", "some", "given2"])
    yield "goal"


def _sample(proof: "Proof", goals: tuple[Any, ...]) -> Iterable[str]:
    proof.show("goal", goals[0], ["lam", "given0"], multipliers={"given0": [lam]})
    yield "goal"


SCALARS: dict[str, Callable[["Proof", tuple[Any, ...]], Iterable[str]]] = {
    "l2 maximum": _l2, "l2 attained": _l2_attained, "l0 maximum": _l0, "linf and l0 attained": _attained,
    "cosine linf": _linf_cosine, "cosine l0": _l0_cosine, "positive alignment": _positive,
    "cosine mask": _mask_cosine, "every sample": _sample,
}  # fmt: skip
