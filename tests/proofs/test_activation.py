"""The facts on the activation: expected verdicts, and wrong pieces and wrong properties that no check lets pass."""

from dataclasses import replace
from typing import Any

import pytest
import sympy
from sympy import Ge, Le
from theorycheck_proofs.li_li_2024 import activation
from theorycheck_proofs.li_li_2024.activation import (
    CONTINUITY,
    CONVEX,
    DERIVATIVE,
    RATIO,
    RELU,
    SMOOTHNESS,
    Fact,
    about,
)
from theorycheck_proofs.li_li_2024.notation import checked_exponent, rho, within, z

from theorycheck import kernel
from theorycheck.expression import lower
from theorycheck.verdict import Verdict

from .judged import assert_expected, by_part, context, evidence

IDS = [
    "activation-continuity", "activation-smoothness", "activation-convex", "activation-ratio", "activation-derivative",
    "activation-relu", "activation-clamp", "review-continuity",
]  # fmt: skip
CLAIMS = {claim.id: claim for claim in activation.claims(None)}


@pytest.mark.parametrize("name", IDS)
def test_expected_verdict(name: str) -> None:
    assert_expected(CLAIMS[name], context())


def test_no_claim_is_missing() -> None:
    assert list(CLAIMS) == IDS


def test_the_pieces_cover_every_number_once() -> None:
    for value in ("-1", "0", "1/2", "1", "3/2"):
        at = {"z": sympy.Rational(value), "rho": sympy.S.One}
        found = [
            all(bool(r.subs({z.symbol: at["z"], rho.symbol: at["rho"]})) for r in within(p, z.symbol))
            for p in activation.PIECES
        ]
        assert sum(found) == 1, value


def test_two_points_meet_every_ordered_pair_of_pieces() -> None:
    assert len(list(SMOOTHNESS[0].places())) == 6 and len(list(RATIO[0].places())) == 3


@pytest.mark.parametrize("q", [3, 6])
def test_definition_at_exact_points(q: int) -> None:
    rho_, s = 2, lower(activation.activation(q, z.symbol))
    expected = {
        -1: 0,
        0: 0,
        1: sympy.Rational(1, q * 2 ** (q - 1)),
        2: sympy.Rational(2, q),
        5: 5 - (1 - sympy.Rational(1, q)) * 2,
    }
    for at, value in expected.items():
        low, high = kernel.evaluate(s, {"z": at, "rho": rho_})
        assert low == high and sympy.Rational(low.numerator, low.denominator) == value


def mutants() -> dict[str, Fact]:
    def weaker(q: int, v: Any) -> tuple[Any, ...]:
        return ((Le, v.slope_w - v.slope, (q - 2) * (activation._W - activation._Z) / activation._R),)

    return {
        "convex reversed": replace(CONVEX[0], statement=lambda q, v: ((Le, v.slope_w, v.slope),)),
        "Lipschitz with q - 2": replace(SMOOTHNESS[0], statement=weaker),
        "ratio with q - 1": replace(
            RATIO[0], statement=lambda q, v: ((Le, v.s_w / activation._W ** (q - 1), v.s / activation._Z ** (q - 1)),)
        ),
        "derivative with q - 1": replace(
            DERIVATIVE[0], statement=lambda q, v: ((Le, activation._Z * v.slope, (q - 1) * v.s),)
        ),
        "above the tangent": replace(RELU[0], statement=lambda q, v: ((Ge, v.s, activation._Z),)),
        "jump at rho": replace(CONTINUITY[1], statement=lambda q, v: ((sympy.Eq, v.s, activation._Z),)),
    }


@pytest.mark.parametrize("name", mutants())
def test_a_wrong_property_is_refuted(name: str) -> None:
    claim = about("mutant", name, (mutants()[name],), (), exponents=(3,))
    verdicts = by_part(claim, evidence(claim, context()))
    assert Verdict.REFUTED in verdicts.values() and Verdict.CONFLICT not in verdicts.values()


def test_a_wrong_piece_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    right = activation.activation

    def wrong(q: int, at: sympy.Expr) -> sympy.Expr:
        zero, polynomial, linear = right(q, at).args
        return sympy.Piecewise(zero, polynomial, (linear[0] + rho.symbol / 8, True))

    monkeypatch.setattr(activation, "activation", wrong)
    claim = about("mutant", "a jump at rho", (*CONTINUITY, *RELU), (), exponents=(3,))
    verdicts = by_part(claim, evidence(claim, context()))
    assert verdicts["right of rho, q = 3, linear"] is Verdict.REFUTED
    # The bounds by the ReLU happen to hold for the wrong piece too, but their proof is about the right one.
    assert verdicts["bounds, q = 3, linear"] is Verdict.SURVIVED
    assert verdicts["bounds, q = 3, polynomial"] is Verdict.PROVED


def test_exponents_below_three_are_refused() -> None:
    for q in (2, True, 3.0):
        with pytest.raises(ValueError, match="no exponent of the smoothed ReLU"):
            checked_exponent(q)  # type: ignore[arg-type]
