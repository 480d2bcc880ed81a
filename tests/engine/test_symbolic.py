"""Proofs are matched against the claim: the right theorem is proved, any other is not."""

from dataclasses import replace

import pytest
import sympy

from theorycheck import kernel
from theorycheck.checks.identity import Identity
from theorycheck.checks.symbolic import Proof, recheck
from theorycheck.checks.vacuity import NonVacuity
from theorycheck.claim import Condition, Dynamics, Part
from theorycheck.domains import Variable, real
from theorycheck.expression import lower
from theorycheck.prover import Proof as Builder
from theorycheck.verdict import Verdict

from .claims import CONTEXT, X, claim, x, y

Z = Variable("z", real(0, 4))
z = Z.symbol


def product_certificate() -> dict:
    proof = Builder([x, y])
    proof.assume("hx", sympy.Ge(x, 1))
    proof.assume("hy", sympy.Ge(y, 1))
    proof.show("goal", sympy.Ge(x * y, x + y - 1), ["hx", "hy"])
    return proof.certificate(["goal"])


RIGHT = claim(
    sympy.Ge(x * y, x + y - 1), Proof(product_certificate), hypotheses=(sympy.Ge(x, 1), sympy.Ge(y, 1)), expected=Verdict.PROVED
)


def verdict(statement) -> Verdict:
    return statement.checks[0].run(statement, CONTEXT).verdict


def test_the_right_theorem_is_proved_also_when_it_is_written_differently() -> None:
    found = RIGHT.checks[0].run(RIGHT, CONTEXT)
    assert found.verdict is Verdict.PROVED
    recheck(found.certificate, RIGHT, ())
    other = replace(RIGHT, parts=(Part("all", sympy.Le((x + y - 1) / 3, x * y / 3)),))
    assert verdict(other) is Verdict.INCONCLUSIVE  # a multiple is another fact; the proof must say so itself
    same = replace(RIGHT, parts=(Part("all", sympy.Le(x + y, x * y + 1)),))
    assert verdict(same) is Verdict.PROVED


@pytest.mark.parametrize(
    "relation",
    [
        sympy.Gt(x * y, x + y - 1),
        sympy.Ge(x * y, x + y - sympy.Rational(99, 100)),
        sympy.Le(x * y, x + y - 1),
        sympy.Eq(x * y, x + y - 1),
        sympy.Ge(x * y, x + 2 * y - 1),
        sympy.Or(sympy.Ge(x * y, x + y - 1), sympy.Ge(x, 7)),
        sympy.And(sympy.Ge(x * y, x + y - 1), sympy.Ge(x, 2)),
    ],
    ids=str,
)
def test_a_proof_of_something_else_proves_nothing(relation) -> None:
    assert verdict(replace(RIGHT, parts=(Part("all", relation),))) is Verdict.INCONCLUSIVE


def test_a_proof_may_not_assume_more_than_the_claim() -> None:
    assert verdict(replace(RIGHT, hypotheses=RIGHT.hypotheses[:1])) is Verdict.INCONCLUSIVE
    stricter = (Condition.of(sympy.Gt(x, 1)), RIGHT.hypotheses[1])
    assert verdict(replace(RIGHT, hypotheses=stricter)) is Verdict.PROVED


def test_definitions_open_and_may_not_replace_variables() -> None:
    def certificate() -> dict:
        p = sympy.Symbol("p")
        proof = Builder([x, y, p])
        proof.assume("product", sympy.Eq(p, x * y, evaluate=False))
        proof.assume("hx", sympy.Ge(x, 1))
        proof.assume("hy", sympy.Ge(y, 1))
        proof.show("goal", sympy.Ge(p, x + y - 1), ["hx", "hy", "product"])
        return proof.certificate(["goal"])

    assert verdict(replace(RIGHT, checks=(Proof(certificate, definitions={"p": x * y}),))) is Verdict.PROVED
    assert verdict(replace(RIGHT, checks=(Proof(certificate, definitions={"p": x * y + 1}),))) is Verdict.INCONCLUSIVE
    assert verdict(replace(RIGHT, checks=(Proof(certificate),))) is Verdict.INCONCLUSIVE
    assert verdict(replace(RIGHT, checks=(Proof(certificate, definitions={"p": x * y, "x": x + 0}),))) is Verdict.INCONCLUSIVE


def growth(factor: int) -> tuple:
    """z starts at x >= 1 and each step multiplies it by at least `factor`; the statement is z >= 1."""
    nxt = sympy.Symbol("z_next")
    dynamics = Dynamics({"z": "z_next"}, {"z": x}, {"step": (sympy.Ge(nxt, factor * z),)})

    def certificate() -> dict:
        proof = Builder([x, z, nxt])
        proof.system("run", {z: nxt}, {z: x}, [], {"step": {"grows": sympy.Ge(nxt, factor * z)}})
        proof.assume("hx", sympy.Ge(x, 1))
        induction = proof.induction("all", "run", {"large": sympy.Ge(z, 1)})
        induction.base.goal("large", ["hx"])
        induction.steps["step"].goal("large", ["large", "grows"])
        induction.close()
        return proof.certificate(["large"])

    return dynamics, certificate


def test_inductions_are_matched_with_their_dynamics() -> None:
    dynamics, certificate = growth(2)
    part = Part("all", sympy.Ge(z, 1), dynamics=dynamics, point={"x": 1, "z": 1, "z_next": 2})
    nxt = Variable("z_next", real())
    base = claim(
        sympy.Ge(z, 1), Proof(certificate), hypotheses=(sympy.Ge(x, 1),), parts=(part,), variables=(X, Variable("z", real()), nxt)
    )
    assert verdict(base) is Verdict.PROVED
    assert NonVacuity().run(base, CONTEXT).verdict is Verdict.PROVED
    weaker = replace(dynamics, transitions={"step": (sympy.Ge(sympy.Symbol("z_next"), z),)})
    elsewhere = replace(dynamics, start={"z": x - 1})
    two = replace(dynamics, transitions={**dynamics.transitions, "other": (sympy.Ge(z, 0),)})
    for changed in (weaker, elsewhere, two, None):
        assert verdict(replace(base, parts=(replace(part, dynamics=changed),))) is Verdict.INCONCLUSIVE


def test_contradictory_hypotheses_are_vacuous_with_a_core() -> None:
    hollow = replace(RIGHT, hypotheses=(*RIGHT.hypotheses, Condition.of(sympy.Lt(x + y, 2))))
    found = NonVacuity().run(hollow, CONTEXT)
    assert found.verdict is Verdict.VACUOUS
    core = found.figures["unsatisfiable core"]
    assert sorted(core) == ["x + y < 2", "x >= 1", "y >= 1"]
    kernel.check(found.certificate)


def test_a_wrong_point_is_inconclusive_and_a_missing_one_is_searched() -> None:
    assert NonVacuity().run(replace(RIGHT, point={"x": 0, "y": 0}), CONTEXT).verdict is Verdict.INCONCLUSIVE
    assert NonVacuity().run(replace(RIGHT, point={"x": 2}), CONTEXT).verdict is Verdict.INCONCLUSIVE
    assert NonVacuity().run(replace(RIGHT, point={}), CONTEXT).verdict is Verdict.PROVED


def test_identities_are_derived_and_false_ones_refuted() -> None:
    true = claim(sympy.Eq((x + y) ** 2, x**2 + 2 * x * y + y**2, evaluate=False), Identity())
    assert Identity().run(true, CONTEXT).verdict is Verdict.DERIVED
    exponential = claim(sympy.Eq(sympy.exp(x) * sympy.exp(y) / sympy.exp(x + y, evaluate=False), 1 + 0 * x, evaluate=False), Identity())
    assert Identity().run(exponential, CONTEXT).verdict in (Verdict.DERIVED, Verdict.INCONCLUSIVE)
    false = claim(sympy.Eq((x + y) ** 2, x**2 + x * y + y**2, evaluate=False), Identity())
    found = Identity().run(false, CONTEXT)
    assert found.verdict is Verdict.REFUTED and kernel.replay(found.witness).confirmed
    nearly = claim(sympy.Eq(x, x + sympy.Rational(1, 10**40), evaluate=False), Identity())
    assert Identity().run(nearly, CONTEXT).verdict is Verdict.REFUTED
    assert lower(nearly.parts[0].relation)[0] == "="
