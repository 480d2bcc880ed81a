"""The reviewer's doubt about the activation at rho, answered."""

from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import Eq, Gt

from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .notation import Q, activation_piece, assuming, rho, z

_Z, _R = z.symbol, rho.symbol
AT_KNOT = Eq(_Z, _R)


def parts(q: int) -> tuple[Part, Part]:
    """The polynomial and the linear formula, and their slopes, at z = rho."""
    values = Eq(activation_piece(q, "polynomial", _Z), activation_piece(q, "linear", _Z))
    return (
        Part(
            f"values, q = {q}",
            values,
            tex=rf"\frac{{\varrho^{q}}}{{{q}\varrho^{q - 1}}} = \varrho - \left(1-\tfrac1{q}\right)\varrho",
        ),
        Part(f"slopes, q = {q}", Eq(_Z ** (q - 1) / _R ** (q - 1), 1), tex=rf"(\varrho/\varrho)^{q - 1} = 1"),
    )


def certificate(q: int, index: int) -> dict[str, Any]:
    """Both sides agree because z - rho vanishes."""
    proof = assuming((z, rho), {"rho": Gt(_R, 0), "knot": AT_KNOT})
    proof.show("fact", parts(q)[index].relation, ["knot"], multipliers=q - 1)
    return proof.certificate(["fact"])


def review() -> Claim:
    """review-continuity."""
    shares = st.fractions(Fraction(1, 100), 50, max_denominator=100)
    every = [part for q in Q for part in parts(q)]
    proofs = [Proof(partial(certificate, q, i), (parts(q)[i].name,)) for q in Q for i in (0, 1)]
    return Claim(
        "review-continuity", Source("Review", "question on the activation at rho"),
             "The activation is continuous at rho", tuple(every),
        (*proofs, Search(draw=lambda: shares.map(lambda v: {"z": v, "rho": v}), trials=(20, 50, 500))), (z, rho),
        (Condition("z is the knot", AT_KNOT, r"z = \varrho"),), uses=("activation-continuity", "activation-smoothness"),
        point={"z": 1, "rho": 1}, expected=Verdict.PROVED, origin="exact",
        derivation=(Step("values", "Both formulas give rho/q at rho, and both slopes are 1."),),
        note="A reviewer doubted that s is continuous at rho. It is, and so is s'; only s'' jumps, from (q-1)/rho to "
             "0.",
    )  # fmt: skip
