"""The paper's orders of magnitude: quantities as functions of k, assumptions on them, and claims built from both."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from theorycheck.checks.asymptotic import Asymptotic
from theorycheck.claim import Claim, Condition, Part
from theorycheck.domains import Variable, real
from theorycheck.orders.language import Quantity
from theorycheck.orders.text import order
from theorycheck.source import Source
from theorycheck.verdict import Verdict

q = Variable("q", real(3), "exponent of the activation")

QUANTITIES: dict[str, Quantity] = {
    quantity.name: quantity
    for quantity in (
        Quantity("k", "limit", "number of classes"),
        Quantity("d", "any", "dimension of a patch"),
        Quantity("N", "any", "number of training points"),
        Quantity("P", "any", "number of patches"),
        Quantity("n_R", "any", "number of robust patches"),
        Quantity("n_N", "any", "number of non-robust patches"),
        Quantity("m", "any", "filters per class"),
        Quantity("alpha", "any", "strength of the robust feature"),
        Quantity("beta", "any", "strength of the non-robust feature"),
        Quantity("epsilon", "any", "radius of the perturbation in the maximum norm"),
        Quantity("rho", "any", "where the activation becomes linear"),
        Quantity("sigma_n", "any", "scale of the noise in a coordinate"),
        Quantity("sigma_0", "any", "scale of the initial weights"),
        Quantity("eta", "any", "step of gradient descent"),
        Quantity("eta_tilde", "any", "step of the ascent that finds adversarial examples"),
        Quantity("T", "any", "number of iterations"),
    )
}

# Assumption B.3, and Assumption 2.3 with gamma = q. Counts are integers >= 1, which the `at-least-one` relations say.
ASSUMPTIONS: dict[str, str] = {
    "patches": "P ~ n_R + n_N",
    "P": "P = Theta(1)",
    "n_R-at-least-one": "n_R >~ 1",
    "n_N-at-least-one": "n_N >~ 1",
    "m-at-least-one": "m >~ 1",
    "d": "d = poly(k)",
    "d-large": "d >= largepoly(k)",
    "N": "N = poly(k)",
    "m": "m = polylog(k)",
    "rho": "rho = polylog(k)",
    "rho-small": "rho <~ 1",
    "sigma_n": "sigma_n ~ 1/sqrt(d)",
    "sigma_0": "sigma_0 ~ 1/sqrt(d)",
    "eta": "eta = poly(k)",
    "eta-small": "1/eta >= largepoly(k)",
    "eta_tilde": "eta_tilde >> eta",
    "radius": "epsilon ~ sigma_n*sqrt(d)",
    "alpha-above-epsilon": "alpha >> epsilon",
    "epsilon-above-beta": "epsilon >~ beta",
    "denser": "n_N*beta**q >> n_R*alpha**q",
    # The repairs: a margin in "denser" that the starts cannot undo (Lemma D.9), and a linear part that is within
    # reach of polynomially many steps (Lemma D.10). With them the sizes below follow (assumptions-order-repaired).
    "denser-by-logs": "n_N*beta**q >> n_R*alpha**q*log(k)**((q-2)/2)",
    "within-reach": "n_N*rho <~ log(k)",
    "m-above-log": "m >> log(k)",
    "alpha-polylog": "alpha = polylog(k)",
    "beta-polylog": "beta = polylog(k)",
    "n_R-polylog": "n_R = polylog(k)",
    "n_N-polylog": "n_N = polylog(k)",
    "T": "eta*T <= poly(k)",
}
# Assumptions 2.3 and B.3 as the paper has them, what is left without the constant number of patches, and the sizes
# that follow from the repaired ones.
STATED = (
    "patches", "P", "n_R-at-least-one", "n_N-at-least-one", "d", "d-large", "N", "m", "m-at-least-one", "rho",
    "rho-small", "sigma_n", "eta", "eta-small", "eta_tilde", "radius", "alpha-above-epsilon", "epsilon-above-beta",
    "denser",
)  # fmt: skip
GROWING = tuple(name for name in STATED if name != "P")
REPAIRED = (*(name for name in GROWING if name != "denser"), "denser-by-logs", "within-reach")
SIZES = ("alpha-polylog", "beta-polylog", "n_R-polylog", "n_N-polylog")
WORDS = re.compile(r"[A-Za-z_]\w*")

Hypothesis = str | tuple[str, str]


def names(texts: Iterable[str]) -> list[str]:
    """Every word of the relations, in the order in which they appear."""
    return list(dict.fromkeys(word for text in texts for word in WORDS.findall(text)))


def quantities(meanings: Mapping[str, str]) -> tuple[Quantity, ...]:
    """Quantities that may depend on k in any way, from their meanings by name."""
    return tuple(Quantity(name, "any", meaning) for name, meaning in meanings.items())


def condition(hypothesis: Hypothesis) -> Condition:
    """An assumption by its name, a relation, or a pair of words and relation."""
    if isinstance(hypothesis, tuple):
        said, text = hypothesis
        return Condition(f"{said}: {text}", order=order(text))
    text = ASSUMPTIONS.get(hypothesis, hypothesis)
    return Condition(text, order=order(text))


def order_claim(
    identity: str,
    source: Source,
    title: str,
    goals: Mapping[str, str],
    hypotheses: Iterable[Hypothesis],
    own: Iterable[Quantity] = (),
    symbols: Iterable[Variable] = (q,),
    **more: Any,
) -> Claim:
    """A claim about orders.

    Args:
        identity, source, title: as of any claim.
        goals: by part, the relation that is to follow.
        hypotheses: names of ASSUMPTIONS, relations, or pairs of words (which claim delivers it) and relation.
        own: quantities beyond QUANTITIES, or with another kind than there.
        symbols: the symbolic exponents that the relations may use.
        more: further arguments of Claim; by default the claim is reconstructed and expected proved.

    Raises:
        ValueError: if a relation names a quantity that is in neither.
    """
    listed = list(hypotheses)
    texts = [text[1] if isinstance(text, tuple) else ASSUMPTIONS.get(text, text) for text in listed]
    found = names([*texts, *goals.values()])
    known = {**QUANTITIES, **{quantity.name: quantity for quantity in own}}
    used = tuple(known[name] for name in dict.fromkeys(("k", *found)) if name in known)
    defaults: dict[str, Any] = {"expected": Verdict.PROVED, "origin": "reconstructed"}
    return Claim(
        identity,
        source,
        title,
        tuple(Part(name, order=order(text)) for name, text in goals.items()),
        (Asymptotic(),),
        variables=tuple(symbol for symbol in symbols if symbol.name in found),
        hypotheses=tuple(condition(hypothesis) for hypothesis in listed),
        quantities=used,
        **{**defaults, **more},
    )
