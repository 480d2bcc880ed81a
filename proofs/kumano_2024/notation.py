"""The paper's symbols, each with its range and meaning."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from sympy.logic.boolalg import Boolean

from theorycheck.domains import Variable, integer, positive, real

if TYPE_CHECKING:
    from theorycheck.prover import Proof

gamma = Variable("gamma", real(0, 1, open_low=True, open_high=True), "slope of the leaky ReLU below 0")
N = Variable("N", integer(1), "number of samples")
N_adv = Variable("N_adv", integer(1), "number of perturbed points, N'")
m = Variable("m", integer(2), "number of neurons, even")
d = Variable("d", integer(1), "dimension")
p_max = Variable("p_max", real(0), "largest |<x_n, x_k>|, n != k")
R_min2 = Variable("R_min2", positive(), "least squared norm of a sample")
R_max2 = Variable("R_max2", positive(), "largest squared norm of a sample")
epsilon = Variable("epsilon", positive(), "size of a perturbation")


def assuming(symbols: Iterable[Variable], facts: Mapping[str, Boolean]) -> "Proof":
    """A proof about these variables that assumes the facts, by name."""
    from theorycheck.prover import Proof  # SciPy's solver takes a while to import

    proof = Proof(variable.symbol for variable in symbols)
    for name, relation in facts.items():
        proof.assume(name, relation)
    return proof
