"""What the certificates about scalars share: a proof that assumes chosen facts, and one step for each conjunct."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sympy import And
from sympy.logic.boolalg import Boolean

from theorycheck.claim import Part
from theorycheck.domains import Variable

if TYPE_CHECKING:
    from theorycheck.prover import Proof

Certificate = dict[str, Any]


def conjuncts(part: Part) -> tuple[Boolean, ...]:
    """The conjuncts of a part's relation."""
    return tuple(part.relation.args) if isinstance(part.relation, And) else (part.relation,)


def opened(variables: Iterable[Variable], facts: Mapping[str, Boolean], part: Part) -> "Proof":
    """A proof about these variables that assumes the facts by name, and the part's own hypotheses as given0, ...

    A run is the system ``sum``; the relations of its transition ``step`` are step0, step1, ...
    """
    from theorycheck.prover import Proof  # SciPy's solver takes a while to import

    proof = Proof(variable.name for variable in variables)
    if part.dynamics is not None:
        run = part.dynamics
        steps = {
            name: {f"{name}{i}": relation for i, relation in enumerate(relations)}
            for name, relations in run.transitions.items()
        }
        proof.system("sum", dict(run.state), dict(run.start), run.inputs, steps)
    for name, relation in facts.items():
        proof.assume(name, relation)
    for i, relation in enumerate(part.given):
        proof.assume(f"given{i}", relation)
    return proof


def concluded(proof: "Proof", part: Part, using: Any, **options: Any) -> Certificate:
    """The certificate of the part's conjuncts, each a combination of products of the facts in `using`."""
    names = []
    for i, relation in enumerate(conjuncts(part)):
        names.append(f"goal{i}")
        proof.show(names[-1], relation, using, **options)
    return proof.certificate(names)
