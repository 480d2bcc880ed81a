from dataclasses import replace

import pytest
import sympy

from theorycheck.checks.search import Search
from theorycheck.claim import Condition, Part
from theorycheck.paper import Paper, ancestors
from theorycheck.source import Bibliography

from .claims import X, claim, x

z = sympy.Symbol("z")
GOOD = claim(sympy.Ge(x, 0))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "Lemma 1"}, "lower-case"),
        ({"origin": "rumour"}, "allowed: reconstructed"),
        ({"parts": ()}, "at least one part"),
        ({"checks": ()}, "one check"),
        ({"parts": (Part("a", x > 0), Part("a", x > 1))}, "named twice"),
        ({"variables": (X, X)}, "named twice"),
        ({"parts": (Part("a", z > 0),)}, "undeclared z"),
        ({"hypotheses": (Condition.of(z > 0),)}, "undeclared z"),
        ({"parts": (Part("a", sympy.Ge(x, 0.5)),)}, "float"),
        ({"parts": (Part("a", sympy.true),)}, "already True"),
        ({"parts": (Part("a", sympy.Ge(sympy.sin(x), 0)),)}, "sin"),
        ({"checks": (Search(covers=("b",)),)}, "unknown part b"),
        ({"parts": (Part("a", x > 0), Part("b", x > 1)), "checks": (Search(covers=("a",)),)}, "no check covers b"),
    ],
)
def test_a_claim_that_does_not_fit_together_is_refused(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(GOOD, **change)


def test_a_papers_claims_form_a_graph_without_circles() -> None:
    def paper(*claims) -> Paper:
        return Paper("p", Bibliography("k", "t", ("a",), 2020), (lambda setting: claims,))

    a, b, c = (replace(GOOD, id=name, uses=uses) for name, uses in (("a", ()), ("b", ("a",)), ("c", ("b", "a"))))
    claims = paper(a, b, c).claims({})
    assert ancestors("c", claims) == ("b", "a")
    with pytest.raises(ValueError, match="two claims"):
        paper(a, a).claims({})
    with pytest.raises(ValueError, match="uses b"):
        paper(c, a).claims({})
    with pytest.raises(ValueError, match="circle"):
        paper(replace(a, uses=("c",)), b, c).claims({})
