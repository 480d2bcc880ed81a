"""Lemma B.2 in the paper's form: from the bound with constants to orders of magnitude, and the time as an order."""

from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import Ge, Gt, Le, Rational, symbols

from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Part, Step
from theorycheck.domains import Variable, positive, real
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .notation import Q, assuming
from .orders_notation import order_claim, q, quantities

SOURCE = Source("Lemma B.2", "Appendix B")
h, kappa = symbols("h kappa")
VARIABLES = (
    Variable("h", real(0, 1), "eta C_max a^(q-2)"),
    Variable("kappa", positive(), "the lead at the start"),
)
RACE = quantities(
    {
        "kappa": "the lead: x_0 >= (1+kappa) S^(1/(q-2)) y_0",
        "C_max": "upper end of the factors of a step",
        "C_min": "lower end of the factors of a step",
        "a": "the level that x runs to",
        "h": "eta C_max a^(q-2)",
        "gap": "1 - theta (1+kappa)^(2-q)",
        "theta": "(1+h)^(q-1)",
        "x_0": "start of the leading sequence",
        "y_0": "start of the losing sequence",
        "y_T": "the losing sequence when x reaches a",
        "T_a": "first time at which x reaches a",
    }
)
GAP = ("lemma-b.2-gap", "min(1, kappa) <~ gap + h")
C = Variable("c", positive(), "C_max, a and what else is polynomial lie between k^(-c) and k^c")
SMALL_STEPS = ("eta-small", "C_max <~ k**c", "a <~ k**c", "h ~ eta*C_max*a**(q-2)")


def gap_bound(q: int, factor: int) -> Any:
    """1 - theta (1+kappa)^(2-q) + factor h >= kappa/(1+kappa)."""
    return Ge(1 - (1 + h) ** (q - 1) / (1 + kappa) ** (q - 2) + factor * h, kappa / (1 + kappa))


def gap_part(q: int) -> Part:
    """The bound with its factor 2^(q-1) - 1."""
    factor = 2 ** (q - 1) - 1
    tex = rf"1-\theta(1+\kappa)^{{2-q}}+{factor}h\ge\frac{{\kappa}}{{1+\kappa}}\quad(q={q})"
    return Part(f"q = {q}", gap_bound(q, factor), tex=tex)


def gap_certificate(q: int) -> dict[str, Any]:
    """theta <= 1 + factor h on [0, 1] by convexity, and (1+kappa)^(q-3) >= 1."""
    factor, n = 2 ** (q - 1) - 1, q - 2
    proof = assuming(VARIABLES, {"kappa": Gt(kappa, 0), "h": Ge(h, 0), "small": Le(h, 1)})
    proof.show("theta", Ge(1 + factor * h - (1 + h) ** (q - 1), 0), {"h": q - 1, "small": 1}, degree=q - 1)
    proof.show("power", Gt((1 + kappa) ** n, 0), ["kappa"], degree=n)
    proof.show("one", Gt(1 + kappa, 0), ["kappa"], degree=1)
    times = Ge((1 + factor * h) * (1 + kappa) ** (n - 1) - (1 + h) ** (q - 1), 0)
    proof.show("times", times, {"theta": 1, "h": 1, "kappa": n - 1}, degree=n)
    proof.show("bound", gap_bound(q, factor), {"times": 1, "h": 1, "kappa": n + 1, "one": 1}, degree=n + 3)
    return dict(proof.certificate(["bound"]))


def side_parts() -> tuple[Part, Part]:
    """kappa/(1+kappa) >= min(1, kappa)/2 on either side of 1."""
    own = kappa / (1 + kappa)
    return (
        Part("small lead", Ge(own, kappa / 2), given=(Le(kappa, 1),), tex=r"\tfrac{\kappa}{1+\kappa}\ge\tfrac\kappa2"),
        Part("large lead", Ge(own, Rational(1, 2)), given=(Ge(kappa, 1),), point={"kappa": 2},
             tex=r"\tfrac{\kappa}{1+\kappa}\ge\tfrac12"),
    )  # fmt: skip


def side_certificate(part: Part) -> dict[str, Any]:
    """Multiply by 1 + kappa."""
    proof = assuming(VARIABLES[1:], {"kappa": Gt(kappa, 0), "side": part.given[0]})
    proof.show("one", Gt(1 + kappa, 0), ["kappa"], degree=1)
    proof.show("bound", part.relation, {"kappa": 1, "side": 1, "one": 1}, degree=3)
    return dict(proof.certificate(["bound"]))


def leads() -> st.SearchStrategy[dict[str, Fraction]]:
    """Small and large leads, and steps up to the end of the range."""
    share = st.fractions(0, 1, max_denominator=40)
    return st.builds(lambda u, v, w: {"h": u, "kappa": v / 10 + 20 * w**3 + Fraction(1, 400)}, share, share, share)


def lemma_gap(exponents: tuple[int, ...] = Q) -> Claim:
    """How far theta (1+kappa)^(2-q) stays below 1."""
    parts, sides = tuple(gap_part(q) for q in exponents), side_parts()
    return Claim(
        "lemma-b.2-gap", SOURCE, "The gap in the bound of the tensor power lemma", (*parts, *sides),
        (*(Proof(partial(gap_certificate, q), (f"q = {q}",)) for q in exponents),
         *(Proof(partial(side_certificate, part), (part.name,)) for part in sides),
         *(Search((part.name,), leads, trials=(20, 60, 600)) for part in (*parts, *sides))),
        VARIABLES, uses=("lemma-b.2",), point={"h": "1/10", "kappa": "1/2"}, expected=Verdict.PROVED, origin="exact",
        derivation=(
            Step("theta", "(1+h)^(q-1) is convex and so below its chord on [0, 1].", r"\theta\le1+(2^{q-1}-1)h"),
            Step("lead", "(1+kappa)^(q-2) >= 1+kappa for q >= 3."),
            Step("together", "1 - (1+Lh)/(1+kappa) + Lh = kappa (1+Lh)/(1+kappa) >= kappa/(1+kappa), L = 2^(q-1)-1."),
        ),
        note="The order calculus has no differences: it reads this as min(1, kappa) <~ gap + h.",
    )  # fmt: skip


def lemma() -> Claim:
    """The paper's form of Lemma B.2."""
    return order_claim(
        "lemma-b.2-order", SOURCE, "Tensor power lemma in the paper's form",
        {"small steps": "h << min(1, kappa)", "gap": "1/gap <= polylog(k)", "bound": "y_T = Otilde(y_0)"},
        ("1/kappa <= polylog(k)", *SMALL_STEPS, GAP, ("lemma-b.2", "y_T**(q-2)*gap <~ y_0**(q-2)")),
        own=RACE, symbols=(q, C), uses=("lemma-b.2", "lemma-b.2-gap"),
        sizes={"kappa": "1/log(k)", "C_max": "1", "a": "1", "eta": "k**(-4)", "y_0": "1/k"},
        derivation=(
            Step("small steps", "h is eta times a polynomial, hence below every 1/polylog(k).", r"h\ll\min(1,\kappa)"),
            Step("gap", "In min(1, kappa) <~ gap + h the second term is too small to carry the sum.",
                 r"1-\theta(1+\kappa)^{2-q}\gtrsim\min(1,\kappa)\ge1/\mathrm{polylog}(k)"),
            Step("bound", "Divide the effective bound by the gap and take the root of order q-2 >= 1.",
                 r"y_T\le y_0\,\mathrm{polylog}(k)"),
        ),
        note="lemma-b.2 is proved for q = 3, 4, 5, 6; here q is any real number >= 3 and the effective bound is a "
        "hypothesis. The root of order q-2 is avoided by raising both sides to that power. That the gap is positive, "
        "which the effective lemma asks for, follows from the same two steps for large k.",
    )  # fmt: skip


def lemma_time() -> Claim:
    """The time to reach a level, as an order."""
    return order_claim(
        "lemma-b.2-time-order", SOURCE, "Time of the tensor power method, as an order",
        {"time": "T_a ~ 1/(eta*C_max*x_0**(q-2))", "polynomial": "T_a = poly(k)"},
        (*SMALL_STEPS, "eta = poly(k)", "C_max = poly(k)", "C_min ~ C_max", "x_0 << a", "x_0 = poly(k)",
         ("theta = (1+h)^(q-1)", "theta <~ 1 + h**(q-1)"),
         ("lemma-b.2-time, not later", "T_a*eta*C_min*x_0**(q-2) <~ theta"),
         ("lemma-b.2-time, not earlier", "1 <~ T_a*eta*C_max*x_0**(q-2) + (x_0/a)**(q-2)")),
        own=RACE, symbols=(q, C), uses=("lemma-b.2-time",),
        sizes={"C_max": "1", "a": "1", "eta": "k**(-4)", "x_0": "1/k"},
        derivation=(
            Step("not later", "theta ~ 1 as h << 1."),
            Step("not earlier", "(x_0/a)^(q-2) << 1 cannot carry the sum.", r"T\,\eta\bar C\,x_0^{q-2}\gtrsim1"),
        ),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """Lemma B.2 as orders, with the elementary bound that it needs."""
    return lemma_gap(), lemma(), lemma_time()
