"""Lemmas D.5 and D.6: the logits between explicit ends, for any number of classes."""

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from sympy import Eq, Ge, Gt, Le, S, exp, symbols

from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Dynamics, Part, Step
from theorycheck.domains import Variable, integer, real
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .notation import k

n, n_next, total, total_next, F, F_i, F_j, tau = symbols("n n_next total total_next F F_i F_j tau")
VARIABLES = (
    k,
    Variable("n", integer(0), "summands so far, k - 1 at the end"), Variable("n_next", integer(0)),
    Variable("total", real(0), "sum of e^F over the other classes, so far"), Variable("total_next", real(0)),
    Variable("F", real(), "output of the next other class"), Variable("F_i", real(), "output of class i"),
    Variable("F_j", real(), "output of the label's class j"), Variable("tau", real(0),
         "upper end of the other outputs"),
)  # fmt: skip
# One class after the other: each adds e^F with 0 <= F <= tau. The induction over the summands holds for every k.
SUM = Dynamics(
    {"n": "n_next", "total": "total_next"}, {"n": S.Zero, "total": S.Zero},
    {"class": (Eq(n_next, n + 1), Eq(total_next, total + exp(F)), Ge(F, 0), Le(F, tau))}, ("F",),
)  # fmt: skip
ALL = Eq(n, k.symbol - 1)
POINT: dict[str, int] = {"k": 2, "n": 1, "n_next": 1, "total": 1, "total_next": 1, "F": 0, "F_i": 0, "F_j": 1, "tau": 0}


def lower_d5(least: Any = 1) -> Any:
    """(k-1)/(k-1+e^{F_i}) <= 1 - logit_i; `least` replaces the least e^{F_j}."""
    others = (k.symbol - 1) * least
    return Le(others / (others + exp(F_i)), total / (total + exp(F_i)))


def upper_d5() -> Any:
    """1 - logit_i <= (k-1) e^tau / ((k-1) e^tau + e^{F_i})."""
    most = (k.symbol - 1) * exp(tau)
    return Le(total / (total + exp(F_i)), most / (most + exp(F_i)))


def lower_d6() -> Any:
    """1/(e^{F_j} + (k-1) e^tau) <= logit_i."""
    return Le(1 / (exp(F_j) + (k.symbol - 1) * exp(tau)), exp(F_i) / (exp(F_j) + total))


def upper_d6() -> Any:
    """logit_i <= e^tau / (e^{F_j} + k - 1)."""
    return Le(exp(F_i) / (exp(F_j) + total), exp(tau) / (exp(F_j) + k.symbol - 1))


def certificate(lemma: str) -> dict[str, Any]:
    """n <= total <= n e^tau at any time of the sum, and from it both ends of the lemma."""
    from theorycheck.prover import Proof as Builder

    K = k.symbol
    one, E, E_tau, E_i, E_j = symbols("One E E_tau E_i E_j")
    proof = Builder([K, n, n_next, total, total_next, F, F_i, F_j, tau])
    for atom, argument in ((one, 0), (E, F), (E_tau, tau), (E_i, F_i), (E_j, F_j)):
        proof.exp(atom, argument)
    step = {"count": Eq(n_next, n + 1), "sum": Eq(total_next, total + E), "least": Ge(F, 0), "most": Le(F, tau)}
    proof.system("run", {n: n_next, total: total_next}, {n: 0, total: 0}, [F], {"class": step})
    proof.assume("k", Ge(K, 2))
    proof.assume("all", Eq(n, K - 1))
    if lemma == "lemma-d.6":
        proof.assume("least_i", Ge(F_i, 0))
        proof.assume("most_i", Le(F_i, tau))
    induction = proof.induction("sum", "run", {"low": Ge(total, n), "high": Le(total, n * E_tau)})
    induction.base.goal("low")
    induction.base.goal("high")
    block = induction.steps["class"]
    block.exp_zero("one", one)
    block.exp_increasing("above", Ge(E, one), E, one, "least")
    block.exp_increasing("below", Ge(E_tau, E), E_tau, E, "most")
    block.goal("low", ["low", "above", "one", "count", "sum"], multipliers=1)
    block.goal("high", ["high", "below", "count", "sum"], multipliers=1)
    induction.close()
    for atom in (E_tau, E_i, E_j):
        proof.exp_positive(f"positive_{atom}", atom)
    proof.show("others", Gt(K - 1, 0), ["k"], degree=1)
    proof.show("total", Gt(total, 0), ["low", "all", "others"], multipliers=0)
    proof.show("many", Ge((K - 1) * E_tau - total, 0), ["high", "all"], multipliers=1)
    proof.show("few", Ge(total - (K - 1), 0), ["low", "all"], multipliers=0)
    if lemma == "lemma-d.5":
        return _ends_d5(proof, K, E_tau, E_i)
    return _ends_d6(proof, K, one, E_tau, E_i, E_j)


def _sum_positive(proof: Any, name: str, terms: Any, first: str, second: str) -> None:
    proof.show(f"{name}_0", Ge(terms[1], 0), dict.fromkeys(second.split(), 1), degree=len(second.split()))
    proof.show(name, Gt(terms[0] + terms[1], 0), [first, f"{name}_0"], degree=1)


def _ends_d5(proof: Any, K: Any, E_tau: Any, E_i: Any) -> dict[str, Any]:
    _sum_positive(proof, "d1", (E_i, K - 1), "positive_E_i", "others")
    _sum_positive(proof, "d2", (E_i, total), "positive_E_i", "total")
    _sum_positive(proof, "d3", (E_i, (K - 1) * E_tau), "positive_E_i", "others positive_E_tau")
    proof.show("lower", Le((K - 1) / (K - 1 + E_i), total / (total + E_i)), ["few", "positive_E_i"])
    most = (K - 1) * E_tau
    proof.show("upper", Le(total / (total + E_i), most / (most + E_i)), ["many", "positive_E_i"])
    return dict(proof.certificate(["lower", "upper"]))


def _ends_d6(proof: Any, K: Any, one: Any, E_tau: Any, E_i: Any, E_j: Any) -> dict[str, Any]:
    proof.exp_zero("one", one)
    proof.exp_increasing("above_i", Ge(E_i, one), E_i, one, "least_i")
    proof.exp_increasing("below_i", Ge(E_tau, E_i), E_tau, E_i, "most_i")
    _sum_positive(proof, "d1", (E_j, K - 1), "positive_E_j", "others")
    _sum_positive(proof, "d2", (E_j, total), "positive_E_j", "total")
    _sum_positive(proof, "d3", (E_j, (K - 1) * E_tau), "positive_E_j", "others positive_E_tau")
    proof.show("at_least_one", Ge(E_i - 1, 0), ["above_i", "one"], multipliers=0)
    facts = ["at_least_one", "below_i", "many", "few", "d1", "d2", "d3", "positive_E_tau", "positive_E_i"]
    proof.show("lower", Le(1 / (E_j + (K - 1) * E_tau), E_i / (E_j + total)), facts)
    proof.show("upper", Le(E_i / (E_j + total), E_tau / (E_j + K - 1)), facts)
    return dict(proof.certificate(["lower", "upper"]))


def sums() -> st.SearchStrategy[dict[str, Fraction]]:
    """Up to six other classes; their sum is any value from n to n times a partial sum of e^tau, hence below n e^tau.

    Every such value is a sum of n exponentials e^F with 0 <= F <= tau, so each draw is the end of a run.
    """
    share = st.fractions(0, 1, max_denominator=40)

    def values(size: int, ceiling: Fraction, at: Fraction, low: Fraction, free: Fraction) -> dict[str, Fraction]:
        most = sum((ceiling**j / _factorial(j) for j in range(12)), Fraction(0))  # below e^tau
        total_here = size + at * size * (most - 1)
        clocks = {"n": Fraction(size), "n_next": Fraction(size + 1), "k": Fraction(size + 1)}
        return {**clocks, "total": total_here, "total_next": total_here + 1, "F": Fraction(0), "tau": ceiling,
                "F_i": ceiling * low, "F_j": free * 8 - 4}  # fmt: skip

    return st.builds(values, st.integers(1, 6), share.map(lambda f: 3 * f), share, share, share)


def _factorial(j: int) -> int:
    return 1 if j < 2 else j * _factorial(j - 1)


def lemma_d5() -> Claim:
    """1 - logit_i for X of class i."""
    parts = (
        Part("lower", lower_d5(), given=(ALL,), dynamics=SUM, tex=r"\frac{k-1}{k-1+e^{F_i}} \le 1-\mathrm{logit}_i"),
        Part(
            "upper",
            upper_d5(),
            given=(ALL,),
            dynamics=SUM,
            tex=r"1-\mathrm{logit}_i \le \frac{(k-1)e^{\tau}}{(k-1)e^{\tau}+e^{F_i}}",
        ),
    )
    bounded = Condition("0 <= F_j <= tau for every j != i", None, r"0 \le F_j \le \tau \quad (j \ne i)")
    return Claim(
        "lemma-d.5", Source("Lemma D.5", "Appendix D.1"), "Logit of the right class", parts,
        (Proof(lambda: certificate("lemma-d.5")), *(Search((p.name,), sums, trials=(30, 100, 1_500)) for p in parts)),
        VARIABLES, (bounded,), point=POINT,
        expected=Verdict.PROVED, origin="exact",
        derivation=(Step("sum", "n <= sum of e^{F_j} <= n e^tau by induction over the summands.",
             r"k-1 \le \sum_{j\ne i} e^{F_j} \le (k-1)e^{\tau}"),
                    Step("monotone", "1 - logit_i = S/(S + e^{F_i}) increases with the sum S.")),
        note="The paper writes 1 - logit_i = Theta(1) early on; these are its constants.",
    )  # fmt: skip


def lemma_d6() -> Claim:
    """logit_i for X of another class j."""
    inside = (ALL, Ge(F_i, 0), Le(F_i, tau))
    parts = (
        Part(
            "lower", lower_d6(), given=inside, dynamics=SUM, tex=r"\frac{1}{e^{F_j}+(k-1)e^{\tau}} \le \mathrm{logit}_i"
        ),
        Part("upper", upper_d6(), given=inside, dynamics=SUM, tex=r"\mathrm{logit}_i \le \frac{e^{\tau}}{e^{F_j}+k-1}"),
    )
    bounded = Condition("0 <= F_l <= tau for every l != j, i among them", None, r"0 \le F_l \le \tau \quad (l \ne j)")
    return Claim(
        "lemma-d.6", Source("Lemma D.6", "Appendix D.1"), "Logit of a wrong class", parts,
        (Proof(lambda: certificate("lemma-d.6")), *(Search((p.name,), sums, trials=(30, 100, 1_500)) for p in parts)),
        VARIABLES, (bounded,), uses=(
             "lemma-d.5",),
        point=POINT, expected=Verdict.PROVED, origin="exact",
        derivation=(Step("sum", "As in Lemma D.5, over the classes l != j."),
                    Step("ends", "1 <= e^{F_i} <= e^tau, and logit_i = e^{F_i}/(e^{F_j} + S) falls with S.")),
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """Both lemmas; they hold for every k."""
    return lemma_d5(), lemma_d6()
