"""The network's own gradient as relations: its four regions, its cosine with q, and how often each region is met."""

import sympy
from sympy import And, Eq, Gt, Integer, Lt
from sympy.logic.boolalg import Boolean

from theorycheck.claim import Part
from theorycheck.domains import Variable, positive, real

from .notation import gamma as GAMMA

gamma = GAMMA.symbol
P, M, p, u, m, root, A, B, X = sympy.symbols("P M p u m root A B X")

VARIABLES = (
    GAMMA,
    Variable("P", real(), "a coordinate of V_+"), Variable("M", real(), "the same coordinate of V_-"),
    Variable("p", real(), "slope of phi at <v, x>"), Variable("u", real(), "slope of phi at <u, x>"),
    Variable("m", positive(), "neurons"), Variable("root", positive(), "sqrt(m)"),
    Variable("A", positive(), "||V_+||^2"), Variable("B", positive(), "||V_-||^2"), Variable("X", real(), "<V_+, V_->"),
)  # fmt: skip
POINT: dict[str, int | str] = {
    "gamma": "1/2", "P": 2, "M": 1, "p": 1, "u": 1, "m": 4, "root": 2, "A": 1, "B": 1, "X": 0,
}  # fmt: skip
REGIONS = {  # slopes at <v, x> and <u, x>, and the coordinate of grad f there
    "both positive": (Integer(1), Integer(1), (1 + gamma) / 2 * (P - M)),
    "both negative": (gamma, gamma, gamma * (1 + gamma) / 2 * (P - M)),
    "only v positive": (Integer(1), gamma, ((1 + gamma**2) * P - 2 * gamma * M) / 2),
    "only u positive": (gamma, Integer(1), (2 * gamma * P - (1 + gamma**2) * M) / 2),
}
TEX = {
    "both positive": r"\nabla f=\tfrac{1+\gamma}2\,q", "both negative": r"\nabla f=\gamma\,\tfrac{1+\gamma}2\,q",
    "only v positive": r"\nabla f=\tfrac12\left[(1+\gamma^2)V_+-2\gamma V_-\right]",
    "only u positive": r"\nabla f=\tfrac12\left[2\gamma V_+-(1+\gamma^2)V_-\right]",
}  # fmt: skip
BALANCED = (Eq(A, B), Eq(X, 0))  # orthogonal samples of equal norm, classes balanced
SQUARED = 2 * ((1 + gamma**2) ** 2 + 4 * gamma**2)  # (1 + gamma)^4 over this is cos^2


def gradient(slope_v: sympy.Expr, slope_u: sympy.Expr) -> sympy.Expr:
    """A coordinate of grad f: (V_+ - gamma V_-) slope_v - (V_- - gamma V_+) slope_u, halved."""
    return ((P - gamma * M) * slope_v - (M - gamma * P) * slope_u) / 2


def length(a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
    """||a V_+ + b V_-||^2."""
    return a**2 * A + 2 * a * b * X + b**2 * B


def product(a: sympy.Expr, b: sympy.Expr, c: sympy.Expr, d: sympy.Expr) -> sympy.Expr:
    """<a V_+ + b V_-, c V_+ + d V_->."""
    return a * c * A + (a * d + b * c) * X + b * d * B


def region_parts() -> tuple[Part, ...]:
    """The gradient: the sum over both halves of the neurons, and its value in each region."""
    v, w = (P - gamma * M) / root, (M - gamma * P) / root
    whole = m / 2 * (1 / root) * p * v - m / 2 * (1 / root) * u * w
    regions = tuple(
        Part(name, Eq(gradient(p, u), found), given=(Eq(p, slope_v), Eq(u, slope_u)), tex=TEX[name],
             point={"p": str(slope_v).replace("gamma", "1/2"), "u": str(slope_u).replace("gamma", "1/2")})
        for name, (slope_v, slope_u, found) in REGIONS.items()
    )  # fmt: skip
    both = sum(REGIONS[name][2] for name in ("only v positive", "only u positive"))
    return (
        Part("gradient", Eq(whole, gradient(p, u)), given=(Eq(root**2, m),),
             tex=r"\nabla f(x)=\sum_ja_j\phi'_jw_j=\tfrac{\sqrt m}2\left(\phi'_vv-\phi'_uu\right)"),
        *regions,
        Part("average", Eq(both, (1 + gamma) ** 2 / 2 * (P - M)),
             tex=r"\nabla f|_{v>0>u}+\nabla f|_{u>0>v}=\tfrac{(1+\gamma)^2}2\,q"),
    )  # fmt: skip


def cosine_parts() -> tuple[Part, ...]:
    """The cosine of grad f and q between the regions of equal sign, and of v and u."""
    a, b = 1 + gamma**2, -2 * gamma
    cosine = r"\frac{(1+\gamma)^2}{\sqrt{2((1+\gamma^2)^2+4\gamma^2)}}"
    v_u, v_v, u_u = product(1, -gamma, -gamma, 1), length(1, -gamma), length(-gamma, 1)

    def squared(a: sympy.Expr, b: sympy.Expr) -> Boolean:
        return Eq(product(a, b, 1, -1) ** 2 * SQUARED, (1 + gamma) ** 4 * length(a, b) * length(1, -1))

    return (
        Part("cosine, only v positive", squared(a, b), given=BALANCED, tex=rf"\cos(\nabla f,q)={cosine}"),
        Part("cosine, only u positive", squared(-b, -a), given=BALANCED, tex=rf"\cos(\nabla f,q)={cosine}"),
        Part("positive cosine", And(Gt(product(a, b, 1, -1), 0), Gt(product(-b, -a, 1, -1), 0)), given=BALANCED,
             tex=r"\langle\nabla f,q\rangle>0"),
        Part("more than 45 degrees", Gt(2 * (1 + gamma) ** 4, SQUARED), tex=rf"{cosine}>\tfrac1{{\sqrt2}}"),
        Part("never parallel", Lt((1 + gamma) ** 4, SQUARED), tex=rf"{cosine}<1"),
        Part("v and u", And(Eq(v_u * (1 + gamma**2), -2 * gamma * v_v), Eq(v_v, u_u)), given=BALANCED,
             tex=r"\cos(v,u)=\frac{-2\gamma}{1+\gamma^2}"),
    )  # fmt: skip


LAM = Variable("lam", positive(), "lambda_1 = lambda_2")
PLANE = (GAMMA, LAM, Variable("x_1", real(), "first coordinate of x"), Variable("x_2", real(), "second coordinate of "
                                                                                               "x"))
X_1, X_2 = sympy.symbols("x_1 x_2")
# x_1 = e_1 with label 1 and x_2 = e_2 with label -1: V_+ = (lam, 0), V_- = (0, lam), q = (lam, -lam).
AT_V, AT_U = LAM.symbol * (X_1 - gamma * X_2), LAM.symbol * (X_2 - gamma * X_1)  # sqrt(m) <v, x>, sqrt(m) <u, x>


def parallel() -> Part:
    """That grad f is parallel to q wherever it exists, for one orthonormal sample of each class."""
    lam = LAM.symbol
    slope_v, slope_u = (sympy.Piecewise((1, Gt(at, 0)), (gamma, True)) for at in (AT_V, AT_U))
    first = (lam * slope_v + gamma * lam * slope_u) / 2
    second = (-gamma * lam * slope_v - lam * slope_u) / 2
    return Part("parallel", Eq(first * -lam, second * lam), tex=r"\nabla f(x)\parallel q\quad\text{for every }x")
