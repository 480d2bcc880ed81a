"""K10 as relations between scalars: at the base points f^adv gives the target labels."""

from typing import Any

from sympy import Eq, Ge, Gt, Le, Lt, symbols
from sympy.logic.boolalg import Boolean

from theorycheck.claim import Part
from theorycheck.domains import Variable, integer, positive, real

from .notation import assuming, epsilon, gamma

g, eps = gamma.symbol, epsilon.symbol
n, p, k, R, S, L, lam, X2, e = symbols("N_adv p kappa R S L lam X2 e")
Q2, own, cross, Q, root_n, root_S, root_k, c, along, at_base = symbols(
    "Q2 own cross Q root_n root_S root_k c along at_base")  # fmt: skip
VARIABLES = (
    gamma, epsilon, Variable("N_adv", integer(2), "N'"), Variable("p", real(0), "p'_max"),
    Variable("kappa", real(0), "kappa' = (N' - 1) p'/R'_min^2"), Variable("R", positive(), "R'_min^2"),
    Variable("S", positive(), "R'_max^2"), Variable("L", positive(), "the largest lambda'"),
    Variable("lam", real(), "lambda'_n"), Variable("X2", positive(), "||x'_n||^2"),
    Variable("e", real(), "what the other points add to y'_n <q', x'_n>"),
    Variable("Q2", real(), "||q'||^2"), Variable("own", real(), "its terms with n = k"),
    Variable("cross", real(), "its other terms"), Variable("Q", real(0), "||q'||"),
    Variable("root_n", positive(), "sqrt(N')"), Variable("root_S", positive(), "R'_max"),
    Variable("root_k", positive(), "sqrt(1 + kappa')"), Variable("c", real(), "<q', h>"),
    Variable("along", real(), "y'_n <q', x'_n>"), Variable("at_base", real(), "y'_n <q', xbar_n>"),
)  # fmt: skip
POINT: dict[str, str | int] = {
    "gamma": "1/2", "epsilon": "1/4", "N_adv": 4, "p": 0, "kappa": 0, "R": 1, "S": 1, "L": "8/5", "lam": "8/5",
    "X2": 1, "e": 0, "Q2": "256/25", "own": "256/25", "cross": 0, "Q": "16/5", "root_n": 2, "root_S": 1, "root_k": 1,
    "c": "16/5", "along": "8/5", "at_base": "4/5",
}  # fmt: skip
g2 = 1 + g**2
MARGIN = 2 / g2 * (1 - 3 * k) / (1 - k)
SMALL = Lt(3 * k, 1)
KAPPA = Eq(k * R, (n - 1) * p)
LARGEST = Le(L * g2 * R * (1 - k), 2)  # K3
CHAIN = Part("chain", Eq(1 - 2 * k / (1 - k), (1 - 3 * k) / (1 - k)), given=(Lt(k, 1),),
             tex=r"1-2\frac{\kappa'}{1-\kappa'}=\frac{1-3\kappa'}{1-\kappa'}")  # fmt: skip
BELOW = Part("kappa", SMALL, given=(KAPPA, Le(3 * n * S * p, g**3 * R**2), Le(R, S)),
             tex=r"(\mathrm{ORTH})\Rightarrow\kappa'<\tfrac13")  # fmt: skip
REST = Part("the other points", Ge(e * g2 * (1 - k), -2 * k), given=(KAPPA, LARGEST, Ge(e, -(n - 1) * p * L), SMALL),
            tex=r"|e|\le(N'-1)p'\Lambda'_\infty\le\frac{2\kappa'}{(1+\gamma^2)(1-\kappa')}")  # fmt: skip
ALONG = Part("margin", Ge(lam * X2 + e, MARGIN),
             given=(SMALL, Ge((g2 * X2 * lam / 2 - 1) * (1 - k), -k), Ge(e * g2 * (1 - k), -2 * k)),
             tex=r"y'_n\langle q',x'_n\rangle\ge\frac2{1+\gamma^2}\cdot\frac{1-3\kappa'}{1-\kappa'}")  # fmt: skip
NORM = Part("norm", Le(Q2, n * L**2 * S * (1 + k)),
            given=(Eq(Q2, own + cross), Le(own, n * L**2 * S), Le(cross, n * (n - 1) * L**2 * p), KAPPA, Le(R, S)),
            tex=r"\|q'\|^2\le N'\Lambda'^2_\infty R'^2_{\max}(1+\kappa')")  # fmt: skip
SCALE = root_n * L * root_S * root_k
ROOT = Part("length", Le(Q, SCALE), given=(Le(Q**2, SCALE**2),),
            tex=r"\|q'\|\le\sqrt{N'}\,\Lambda'_\infty R'_{\max}\sqrt{1+\kappa'}")  # fmt: skip
LABEL = Part(
    "label", Gt(at_base, 0),
    given=(SMALL, LARGEST, Eq(at_base, along - eps * c), Le(c, Q), Le(Q, SCALE), Ge(along * g2 * (1 - k),
           2 * (1 - 3 * k)), Lt(eps * root_n * root_S * root_k, R * (1 - 3 * k))),
    tex=r"\varepsilon\sqrt{N'}<\frac{R'^2_{\min}}{R'_{\max}}\cdot\frac{1-3\kappa'}{\sqrt{1+\kappa'}}\Rightarrow "
        r"y'_n\langle q',\bar x_n\rangle>0",
)  # fmt: skip
FORMAL = (CHAIN, BELOW, REST, ALONG, NORM, ROOT, LABEL)

Certificate = dict[str, Any]


def _given(part: Part, **ranges: Boolean) -> dict[str, Boolean]:
    return {**ranges, **{f"given_{i}": relation for i, relation in enumerate(part.given)}}


def prove_chain() -> Certificate:
    """A common denominator."""
    proof = assuming(VARIABLES, _given(CHAIN))
    proof.weigh("goal", CHAIN.relation, {})
    return dict(proof.certificate(["goal"]))


def prove_below() -> Certificate:
    """(1 - 3 kappa) R S = R S - 3 N' p S + 3 p S > R S - R^2 >= 0."""
    proof = assuming(VARIABLES, _given(BELOW, gamma=Gt(g, 0), below_one=Lt(g, 1), p=Ge(p, 0), R=Gt(R, 0), S=Gt(S, 0)))
    proof.show("g3", Gt(1 - g**3, 0), {"gamma": 2, "below_one": 1}, degree=3)
    proof.weigh("strict", Gt((1 - g**3) * R**2, 0), {"g3": R**2})
    proof.weigh("product", Gt((1 - 3 * k) * R * S, 0), {
        "strict": 1, "given_2": R, "given_1": 1, "p": 3 * S, "given_0": -3 * S})  # fmt: skip
    proof.show("scale", Gt(R * S, 0), ["R", "S"])
    proof.cancel("goal", SMALL, "product", ["scale"])
    return dict(proof.certificate(["goal"]))


def prove_rest() -> Certificate:
    """(N' - 1) p' = kappa' R'_min^2, and K3 bounds R'_min^2 L."""
    proof = assuming(VARIABLES, _given(REST, k=Ge(k, 0), gamma=Gt(g, 0)))
    proof.show("g2", Gt(g2, 0), ["gamma"])
    proof.show("one_k", Gt(1 - k, 0), ["given_3", "k"], degree=1)
    proof.weigh("goal", REST.relation, {
        "given_2": g2 * (1 - k), "given_0": L * g2 * (1 - k), "given_1": k})  # fmt: skip
    return dict(proof.certificate(["goal"]))


def prove_along() -> Certificate:
    """K3's lower bound for lambda'_n ||x'_n||^2, and the other points."""
    proof = assuming(VARIABLES, _given(ALONG, k=Ge(k, 0), gamma=Gt(g, 0)))
    proof.show("g2", Gt(g2, 0), ["gamma"])
    proof.show("one_k", Gt(1 - k, 0), ["given_0", "k"], degree=1)
    proof.weigh("goal", ALONG.relation, {
        "given_1": 2 / (g2 * (1 - k)), "given_2": 1 / (g2 * (1 - k))})  # fmt: skip
    return dict(proof.certificate(["goal"]))


def prove_norm() -> Certificate:
    """The cross terms are at most N' L^2 kappa R'_min^2."""
    proof = assuming(VARIABLES, _given(NORM, k=Ge(k, 0), n=Ge(n, 2), L=Gt(L, 0)))
    proof.show("some", Gt(n, 0), ["n"])
    proof.weigh("goal", NORM.relation, {
        "given_0": -1, "given_1": 1, "given_2": 1, "given_3": n * L**2, "given_4": n * L**2 * k})  # fmt: skip
    return dict(proof.certificate(["goal"]))


def prove_root() -> Certificate:
    """(bound - Q) (bound + Q) >= 0, and the second factor is positive."""
    ranges = {"Q": Ge(Q, 0), "L": Gt(L, 0), "root_n": Gt(root_n, 0), "root_S": Gt(root_S, 0), "root_k": Gt(root_k, 0)}
    proof = assuming(VARIABLES, _given(ROOT, **ranges))
    proof.weigh("scale", Gt(SCALE, 0), {"L": root_n * root_S * root_k})
    proof.show("sum", Gt(SCALE + Q, 0), ["scale", "Q"], degree=1)
    proof.show("product", Ge((SCALE - Q) * (SCALE + Q), 0), ["given_0"], degree=1)
    proof.cancel("goal", ROOT.relation, "product", ["sum"])
    return dict(proof.certificate(["goal"]))


def prove_label() -> Certificate:
    """epsilon c is below epsilon ||q'||, and that below the margin; all times (1 + gamma^2)(1 - kappa) R'_min^2."""
    ranges = {"gamma": Gt(g, 0), "epsilon": Gt(eps, 0), "k": Ge(k, 0), "R": Gt(R, 0), "L": Gt(L, 0),
              "root_n": Gt(root_n, 0), "root_S": Gt(root_S, 0), "root_k": Gt(root_k, 0)}  # fmt: skip
    proof = assuming(VARIABLES, _given(LABEL, **ranges))
    proof.show("g2", Gt(g2, 0), ["gamma"])
    proof.show("one_k", Gt(1 - k, 0), ["given_0", "k"], degree=1)
    scale = g2 * (1 - k) * R
    proof.weigh("product", Gt(at_base * scale, 0), {
        "given_6": 2, "given_5": R, "given_2": scale, "given_3": eps * scale, "given_4": eps * scale,
        "given_1": eps * root_n * root_S * root_k})  # fmt: skip
    proof.weigh("scale", Gt(scale, 0), {"R": g2 * (1 - k)})
    proof.cancel("goal", LABEL.relation, "product", ["scale"])
    return dict(proof.certificate(["goal"]))


