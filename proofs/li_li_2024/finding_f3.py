"""Finding F3: the assumptions on the data have no model with a constant number of patches."""

from collections.abc import Callable
from fractions import Fraction

from hypothesis import strategies as st
from sympy import Ge, Gt, Le
from theorycheck_simulations.setting import Setting

from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Variable, positive
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .notation import P, assuming, n_N, n_R

g = Variable("g", positive(), "(alpha/beta)^q")
r = Variable("r", positive(), "R^q, where alpha >= R epsilon and epsilon >= beta")
C = Variable("C", positive(), "bound on the number of patches")
SIZES = (n_R, n_N, P, g, r, C)
HYPOTHESES = (
    Condition("robust patches are stronger", Ge(g.symbol, r.symbol), r"(\alpha/\beta)^q\ge R^q"),
    Condition("non-robust patches are denser", Gt(n_N.symbol, n_R.symbol * g.symbol),
              r"n_N\beta^q>n_R\alpha^q"),
    Condition("P patches", Ge(P.symbol, n_R.symbol + n_N.symbol), r"P\ge n_R+n_N"),
)  # fmt: skip
CONSTANT = (
    Condition("a constant number of patches", Le(P.symbol, C.symbol), r"P\le C"),
    Condition("a ratio that outgrows every constant", Ge(r.symbol, C.symbol), r"R^q\ge C"),
)
POINT = {"n_R": 1, "n_N": 9, "P": 10, "g": 8, "r": 8, "C": 1}
SOURCE = Source("Assumptions 2.3 and B.3", "Section 2.2 and Appendix B")


def patches() -> Part:
    """More than R^q + 1 patches."""
    return Part("patches", Gt(P.symbol, 1 + r.symbol), tex=r"P>1+R^q")


def certificate() -> dict[str, object]:
    """P >= n_R + n_N > n_R + n_R g >= n_R (1 + r) >= 1 + r."""
    facts = {"n_R": Ge(n_R.symbol, 1), "r": Gt(r.symbol, 0), "stronger": HYPOTHESES[0].relation,
             "denser": HYPOTHESES[1].relation, "P": HYPOTHESES[2].relation}  # fmt: skip
    proof = assuming(SIZES, {name: fact for name, fact in facts.items() if fact is not None})
    proof.show("n_R_0", Ge(n_R.symbol, 0), ["n_R"], degree=1)
    proof.show("patches", Gt(P.symbol, 1 + r.symbol), [*facts, "n_R_0"], degree=2)
    return dict(proof.certificate(["patches"]))


def sizes(constant: bool) -> Callable[[], st.SearchStrategy[dict[str, Fraction]]]:
    """Sizes around the edge of the hypotheses; C from P on, or not."""
    share = st.fractions(0, 4, max_denominator=20)

    def values(n: int, low: Fraction, over: Fraction, more: int, spare: int, bound: Fraction) -> dict[str, Fraction]:
        strength = low + over / 32 + Fraction(1, 20)
        other = Fraction(n * strength // 1 + more)
        total = n + other + spare
        return {"n_R": Fraction(n), "n_N": other, "P": total, "g": strength, "r": low + Fraction(1, 20),
                "C": total + bound if constant else bound + 1}  # fmt: skip

    drawn = st.builds(values, st.integers(1, 3), share, share, st.integers(0, 1), st.integers(0, 1), share)
    return lambda: drawn


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The contradiction, and the smallest repair."""
    return (
        Claim(
            "finding-f3", SOURCE, "No model with a constant number of patches", (patches(),),
            (Proof(certificate), Search((), sizes(True), trials=(20, 40, 400))), SIZES, (*HYPOTHESES, *CONSTANT),
            ("assumption-b.3",), expected=Verdict.VACUOUS, origin="finding",
            derivation=(
                Step("chain", "C >= P >= n_R + n_N > n_R (1 + (alpha/beta)^q) >= 1 + R^q > C.",
                     r"C\ge P\ge n_R+n_N>n_R(1+(\alpha/\beta)^q)\ge 1+R^q>C"),
            ),
            note="Reconstructed: P = Theta(1), alpha >> epsilon >= beta, and denser with gamma = q. For any bound C on "
            "the number of patches the ratio of the strengths outgrows C^(1/q), and then nothing satisfies all of "
            "them. The core that the checker prints can spare none of its conditions. Smallest repair: P may grow, "
            "see finding-f3-repaired.",
        ),
        Claim(
            "finding-f3-repaired", SOURCE, "More than R^q non-robust patches for each robust one", (patches(),),
            (Proof(certificate), Search((), sizes(False))), SIZES, HYPOTHESES, ("assumption-b.3",), POINT,
            expected=Verdict.PROVED, origin="finding",
            derivation=(Step("chain", "P >= n_R + n_N > n_R + n_R (alpha/beta)^q >= n_R (1 + R^q) >= 1 + R^q."),),
            note="With n_N > (alpha/beta)^q n_R the assumptions have a model for every ratio; they need P > 1 + R^q.",
        ),
    )  # fmt: skip
