"""Planted errors in the algebra of adversarial training: the gradient, the clip, Lemma 5.2, its limit, what stays 0."""

from dataclasses import replace
from typing import Any

from sympy import And, Eq, Ge, Le

from theorycheck.checks.search import Search
from theorycheck.claim import Claim
from theorycheck.verdict import Verdict

from ..li_li_2024 import ascent as chapter
from ..li_li_2024 import ascent_learning as learning
from ..li_li_2024 import ascent_offdiagonal as offdiagonal
from ..li_li_2024 import ascent_proofs as proofs
from ..li_li_2024.ascent_offdiagonal import M_0, M, floor, o, o_0
from ..li_li_2024.ascent_proofs import A, a, ascent, c, clip, epsilon, g
from ..li_li_2024.notation import derivative
from .control import Control, control, planted, twin

Q = 3
BOTH, ONE, TRIALS = ("proof", "search"), ("identity",), (40, 120, 1_000)


def alone(claim: Claim, id: str, part: str) -> Claim:
    """The twin of one part, with a search long enough for it alone."""
    found = twin(claim, id, part, hypotheses=())
    checks = tuple(replace(one, trials=TRIALS) if isinstance(one, Search) else one for one in found.checks)
    return replace(found, checks=checks)


def errors_of_the_example() -> tuple[Control, ...]:
    """In Lemma D.17: the gradient and the clip."""
    whole = chapter.lemma_d17((Q,))
    name = f"gradient, q = {Q}, polynomial and linear"
    slope = twin(whole, "d.17-gradient", name, expected=Verdict.DERIVED, hypotheses=())
    relation = slope.parts[0].relation
    assert relation is not None
    gradient, said = relation.args
    w_1, w_2, x, b_1, _, rho = (variable.symbol for variable in chapter.GRADIENT)
    z = (w_1 * x + b_1) / rho
    inside, above = (alone(whole, f"d.17-clip-{place}", f"clip, {place}") for place in ("inside", "above"))
    at = clip(g)
    return (
        control(slope, "d.17-gradient-sign", "The gradient of +F_y", "L_m is -F_y.", ONE,
                relation=Eq(gradient, -said, evaluate=False)),
        control(slope, "d.17-gradient-weights", "The gradient without the weights", "the chain rule gives w.", ONE,
                relation=Eq(gradient, -(z ** (Q - 1) + 1), evaluate=False)),
        control(slope, "d.17-gradient-exponent", "The gradient with s' of q - 1", "s' has the power q - 1.", ONE,
                relation=Eq(gradient, -(z ** (Q - 2) * w_1 + w_2), evaluate=False)),
        control(above, "d.17-clip-half", "Clipped at half the radius", "a large move ends at the radius.", BOTH,
                relation=And(Ge(at, -epsilon), Le(at, epsilon / 2))),
        control(inside, "d.17-clip-downhill", "The move against the gradient", "g clip(g) is never negative.", BOTH,
                relation=Le(at * g, 0)),
        control(above, "d.17-clip-unclipped", "The move is the gradient's, however large", "it ends at the radius.",
                BOTH, relation=Ge(at, g)),
    )  # fmt: skip


def errors_of_the_iteration() -> tuple[Control, ...]:
    """In Lemma 5.2."""
    whole = learning.lemma_52((Q,))
    learnt, stopped, turned, clipped, free, summand = (alone(whole, f"5.2-{id}", part) for id, part in (
        ("learning", f"learning, q = {Q}"), ("stopped", f"stopped, q = {Q}"), ("turned", f"negative, c > 1, q = {Q}"),
        ("clipped", f"clipped, q = {Q}"), ("free", f"not clipped, q = {Q}"),
        ("summand", f"summand, q = {Q}, polynomial")))  # fmt: skip
    true, printed = proofs.increment(Q), proofs.as_printed(Q)
    left = a - clip(proofs.move(Q))
    return (
        control(stopped, "5.2-no-positive-part", "The increment without the positive part of 1 - c",
                "past saturation it is 0.", BOTH, relation=Eq(true, printed, evaluate=False)),
        control(learnt, "5.2-exponent-of-1-c", "(1 - c)^(q-1) for (1 - c)^q", "one power comes from the patch itself.",
                BOTH, relation=Eq(true * (1 - c), printed, evaluate=False)),
        control(learnt, "5.2-exponent-of-a", "alpha^(q-1) for alpha^q", "one power comes from the patch itself.", BOTH,
                relation=Eq(true * a, printed, evaluate=False)),
        control(learnt, "5.2-exponent", "A^q for A^(q-1)", "s' has the power q - 1.", BOTH,
                relation=Eq(true, printed * A, evaluate=False)),
        control(learnt, "5.2-ascent-sign", "1 + c for 1 - c", "the ascent makes the patch weaker.", BOTH,
                relation=Eq(true, printed.subs(c, -c), evaluate=False)),
        control(turned, "5.2-turned-sign", "A negative correlation recovers past saturation", "it moves further down.",
                BOTH, relation=Eq(true, -proofs.turned(Q), evaluate=False)),
        control(clipped, "5.2-radius", "c = 2 epsilon/alpha where the ascent is clipped", "the radius is epsilon.",
                BOTH, relation=Eq(left, a * (1 - 2 * epsilon / a), evaluate=False)),
        control(free, "5.2-power-in-c", "alpha^(q-1) for alpha^(q-2) in c", "c is relative to alpha.", BOTH,
                relation=Eq(left, a * (1 - a * proofs.h(Q)), evaluate=False)),
        control(free, "5.2-without-ascent-step", "c without eta~", "the move is eta~ times the gradient.", BOTH,
                relation=Eq(left * ascent, a * (ascent - proofs.h(Q)), evaluate=False)),
        control(summand, "5.2-summand", "The summand with A_s^(q-1)", "the filter itself is another factor A_s.", BOTH,
                relation=Eq(derivative(Q, a * A), derivative(Q, a * A) * A, evaluate=False)),
    )  # fmt: skip


def errors_of_the_limit() -> tuple[Control, ...]:
    """In the reduction of Lemma 5.2 to Lemma 5.1."""
    whole = learning.review((Q,))
    same, near = (alone(whole, f"review-{id}", part) for id, part in (
        ("same", f"the increment, q = {Q}"), ("near", f"small radius, q = {Q}")))  # fmt: skip
    relation = same.parts[0].relation
    assert relation is not None
    left, right = relation.args
    return (
        control(same, "review-5.2-strength", "The reduction to s'(alpha A) without alpha",
                "the patch itself is another factor alpha.", BOTH, relation=Eq(left * a, right, evaluate=False)),
        control(same, "review-5.2-exponent", "The reduction to A^q", "s' has the power q - 1.", BOTH,
                relation=Eq(left * A, right, evaluate=False)),
        control(near, "review-5.2-bernoulli", "(1 - c)^q >= 1 - (q-2) c", "to first order it is 1 - q c.", BOTH,
                relation=Ge((1 - c) ** Q, 1 - (Q - 2) * c)),
    )  # fmt: skip


def errors_of_what_stays() -> tuple[Control, ...]:
    """In Lemma D.21: what stays 0, and the patches that only shrink."""
    whole, conflict = offdiagonal.lemma_d21(), Verdict.CONFLICT
    spread, shrunk = (twin(whole, f"d.21-{id}", part) for id, part in (
        ("spread", "uncoupled"), ("shrunk", "scaled patches")))  # fmt: skip
    spread, shrunk = (replace(claim, checks=claim.checks[:2]) for claim in (spread, shrunk))
    part = shrunk.parts[0]
    assert part.dynamics is not None
    unbounded = {name: tuple(r for r in rs if r != Le(offdiagonal.slope, 1))
                 for name, rs in part.dynamics.transitions.items()}  # fmt: skip
    return (
        control(spread, "d.21-no-growth", "What is small stays as small", "only 0 does.", BOTH, conflict,
                relation=Le(M, M_0)),
        control(shrunk, "d.21-no-floor", "Never below the start", "a positive correlation falls.", BOTH, conflict,
                relation=And(Ge(o, o_0), Le(o, o_0))),
        control(shrunk, "d.21-floor-zero", "Never below 0 after a start above", "the last step may pass 0.", BOTH,
                conflict, relation=And(Ge(o, floor), Ge(o * o_0, 0))),
        control(shrunk, "d.21-slope", "A slope that may pass 1", "then one step may pass the floor.", ("proof",),
                Verdict.INCONCLUSIVE, checks=shrunk.checks[:1],
                parts=(replace(part, dynamics=replace(part.dynamics, transitions=unbounded)),)),
    )  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted in the algebra."""
    return (*errors_of_the_example(), *errors_of_the_iteration(), *errors_of_the_limit(), *errors_of_what_stays())


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
