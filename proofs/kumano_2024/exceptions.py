"""K10: the exceptional region, the base points themselves, where f^adv gives the labels that it was taught."""

from fractions import Fraction

from hypothesis import strategies as st
from theorycheck_simulations.leaky.setting import Setting

from theorycheck.checks.certified import Certified
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import exceptions_proofs as proofs
from .exceptions_proofs import ALONG, BELOW, CHAIN, FORMAL, LABEL, NORM, POINT, REST, ROOT, VARIABLES
from .exceptions_runs import certify, measure_instances, measure_trained

INSTANCE = Part("instance", text="one exact instance with N' = 6: (ORTH), an admissible epsilon, and y'_n <q', xbar_n> "
                "> 0 for all n and all 64 label vectors")  # fmt: skip
DRAWN = Part("drawn", text="y'_n <q', xbar_n> > 0 for every base point of every admissible instance")
TRAINED = Part("trained", text="f^adv(xbar_n) has the sign y'_n at every base point, for trained networks")
SHARES = ("gamma", "kappa", "R", "S", "L", "lam", "X2", "e", "own", "cross", "Q", "c", "along", "epsilon", "p")


def drawn() -> st.SearchStrategy[dict[str, Fraction]]:
    """Exact numbers inside the hypotheses of all parts, often at their ends."""
    share = st.integers(0, 12).map(lambda i: Fraction(i, 12))
    return st.builds(_values, st.fixed_dictionaries(dict.fromkeys(SHARES, share)), st.integers(2, 5))


def _values(u: dict[str, Fraction], root: int) -> dict[str, Fraction]:
    """N' = root^2, sqrt(1 + kappa') rational, and p' a share of what (ORTH) allows."""
    g, n = (u["gamma"] + Fraction(1, 20)) * Fraction(9, 10), root**2
    root_S = u["S"] + 1
    S = root_S**2
    R = S * (u["R"] + Fraction(1, 6)) * Fraction(6, 7)
    # kappa = ((1 + s)^2 - 1) with a small rational s, within (n - 1) gamma^3 R/(3 n S).
    most = Fraction(n - 1, n) * g**3 * R / (3 * S)
    s = u["kappa"] * most / (2 + most)
    k = (1 + s) ** 2 - 1
    p, g2 = k * R / (n - 1), 1 + g**2
    L = 2 / (g2 * R * (1 - k)) * (u["L"] + Fraction(1, 9)) * Fraction(9, 10)
    X2 = R + (S - R) * u["X2"]
    lam = 2 / (g2 * X2) * (1 + k / (1 - k) * (2 * u["lam"] - 1))
    e = -2 * k / (g2 * (1 - k)) * u["e"]
    e = max(e, -(n - 1) * p * L)
    own, cross = n * L**2 * S * u["own"], n * (n - 1) * L**2 * p * u["cross"]
    length = root * L * root_S * (1 + s)
    Q = length * u["Q"]
    c, along = Q * u["c"], 2 / g2 * (1 - 3 * k) / (1 - k) + u["along"] ** 2
    eps = R * (1 - 3 * k) / (root * root_S * (1 + s)) * (u["epsilon"] + Fraction(1, 40)) * Fraction(39, 41)
    return {"gamma": g, "epsilon": eps, "N_adv": Fraction(n), "p": p, "kappa": k, "R": R, "S": S, "L": L, "lam": lam,
            "X2": X2, "e": e, "Q2": own + cross, "own": own, "cross": cross, "Q": Q, "root_n": Fraction(root),
            "root_S": root_S, "root_k": 1 + s, "c": c, "along": along, "at_base": along - eps * c}  # fmt: skip


def exceptions() -> Claim:
    """k10."""
    table = ((proofs.prove_chain, CHAIN), (proofs.prove_below, BELOW), (proofs.prove_rest, REST),
             (proofs.prove_along, ALONG), (proofs.prove_norm, NORM), (proofs.prove_root, ROOT),
             (proofs.prove_label, LABEL))  # fmt: skip
    return Claim(
        "k10", Source("K10", "the exceptional region"), "At the base points f^adv follows the wrong labels",
        (*FORMAL, INSTANCE, DRAWN, TRAINED),
        (*(Proof(prove, (part.name,)) for prove, part in table),
         Search(tuple(part.name for part in FORMAL), drawn, trials=(10, 50, 500)),
         Certified(certify, (INSTANCE.name,)), Run(measure_instances, (DRAWN.name,)),
         Run(measure_trained, (TRAINED.name,))),
        VARIABLES,
        (Condition("D' satisfies (ORTH), N' >= 2, ||h|| = 1"),
         Condition("an admissible epsilon", tex=r"\varepsilon\sqrt{N'}<\frac{R'^2_{\min}}{R'_{\max}}\cdot"
                   r"\frac{1-3\kappa'}{\sqrt{1+\kappa'}}")),
        ("k3",), POINT, Verdict.SURVIVED, "exact",
        (
            Step("along x'_n", "K3 bounds lambda'_n ||x'_n||^2 from below and the other points' part from above.",
                 r"y'_n\langle q',x'_n\rangle\ge\frac2{1+\gamma^2}\Bigl(1-\frac{2\kappa'}{1-\kappa'}\Bigr)"),
            Step("along h", "The base point differs from x'_n by epsilon y'_n h, and Cauchy-Schwarz bounds <q', h>.",
                 r"y'_n\langle q',\bar x_n\rangle=y'_n\langle q',x'_n\rangle-\varepsilon\langle q',h\rangle,\quad"
                 r"\varepsilon\|q'\|\le\varepsilon\sqrt{N'}\frac{2R'_{\max}\sqrt{1+\kappa'}}"
                 r"{(1+\gamma^2)R'^2_{\min}(1-\kappa')}"),
            Step("sign", "By K1(d) the sign of f^adv is that of g'."),
        ),
        note="Derived here; the paper speaks of specific regions that are excepted, in words that were not available. "
        "A test point that is strongly correlated with one base point follows that point's label, whatever f says.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claim of this chapter."""
    return (exceptions(),)
