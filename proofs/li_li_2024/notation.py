"""The paper's symbols, each with its range and meaning, and the activation as an expression."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy
from sympy.logic.boolalg import Boolean

from theorycheck.domains import Variable, integer, positive, real

if TYPE_CHECKING:
    from theorycheck.prover import Proof

Q = (3, 4, 5, 6)  # the exponents for which statements with a concrete q are proved

k = Variable("k", integer(2), "number of classes")
m = Variable("m", integer(1), "filters per class")
n_R = Variable("n_R", integer(1), "number of robust patches")
n_N = Variable("n_N", integer(1), "number of non-robust patches")
P = Variable("P", integer(2), "number of patches, n_R + n_N")
alpha = Variable("alpha", positive(), "strength of the robust feature")
beta = Variable("beta", positive(), "strength of the non-robust feature")
rho = Variable("rho", positive(), "where the activation becomes linear")
eta = Variable("eta", positive(), "step of gradient descent")
epsilon = Variable("epsilon", positive(), "radius of the perturbation in the maximum norm")
gamma = Variable("gamma", positive(), "scale of the weights")
z = Variable("z", real(), "pre-activation")
w = Variable("w", real(), "a second pre-activation")

PIECES = ("zero", "polynomial", "linear")


def checked_exponent(q: int) -> int:
    """`q` if it is an exponent of the paper's activation.

    Raises:
        ValueError: unless q is an integer >= 3.
    """
    if isinstance(q, bool) or not isinstance(q, int) or q < 3:
        raise ValueError(f"q = {q!r}: no exponent of the smoothed ReLU (allowed: integer >= 3)")
    return q


def activation_piece(q: int, piece: str, at: sympy.Expr) -> sympy.Expr:
    r"""The formula of one piece of s: :math:`0`, :math:`z^q/(q\varrho^{q-1})` or :math:`z-(1-1/q)\varrho`."""
    r = rho.symbol
    formulas = {
        "zero": sympy.S.Zero,
        "polynomial": at**q / (q * r ** (q - 1)),
        "linear": at - (1 - sympy.Rational(1, q)) * r,
    }
    return formulas[piece]


def activation(q: int, at: sympy.Expr) -> sympy.Piecewise:
    """The smoothed ReLU s(at) of Section 2.3."""
    zero, polynomial, linear = (activation_piece(q, piece, at) for piece in PIECES)
    return sympy.Piecewise((zero, sympy.Le(at, 0)), (polynomial, sympy.Le(at, rho.symbol)), (linear, True))


def derivative(q: int, at: sympy.Expr) -> sympy.Piecewise:
    """s'(at), piece by piece."""
    r = rho.symbol
    return sympy.Piecewise((0, sympy.Le(at, 0)), (at ** (q - 1) / r ** (q - 1), sympy.Le(at, r)), (1, True))


def within(piece: str, at: sympy.Expr) -> tuple[Boolean, ...]:
    """The conditions under which `at` lies on a piece; every real number lies on exactly one."""
    r = rho.symbol
    conditions: Mapping[str, tuple[Boolean, ...]] = {
        "zero": (sympy.Le(at, 0),),
        "polynomial": (sympy.Gt(at, 0), sympy.Le(at, r)),
        "linear": (sympy.Gt(at, 0), sympy.Gt(at, r)),
    }
    return conditions[piece]


def exact(value: float | int) -> Fraction:
    """The decimal that the user wrote, as an exact rational."""
    return Fraction(str(value))


def assuming(symbols: Iterable[Variable], facts: Mapping[str, Boolean]) -> "Proof":
    """A proof about these variables that assumes the facts, by name."""
    from theorycheck.prover import Proof  # SciPy's solver takes a while to import

    proof = Proof(variable.symbol for variable in symbols)
    for name, relation in facts.items():
        proof.assume(name, relation)
    return proof
