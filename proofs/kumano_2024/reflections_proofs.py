"""K9 as relations between scalars: reflected samples with flipped labels, and the scan over a common epsilon."""

from typing import Any

from sympy import And, Eq, Ge, Gt, Le, Lt, Rational, symbols
from sympy.logic.boolalg import Boolean

from theorycheck.claim import Part
from theorycheck.domains import Variable, positive, real

from .notation import N, assuming, gamma

g, n = gamma.symbol, N.symbol
h, H2, x, z, t_x, t_z, G, G_new = symbols("h H2 x z t_x t_z G G_new")
q, Q, y, y_k, f, f_k = symbols("q Q y y_k f f_k")
X, Y, T, LAM, NEW = (symbols(f"{name}_1:4") for name in ("x", "y", "t", "lam", "new"))
M = {(i, k): symbols(f"M_{min(i, k) + 1}{max(i, k) + 1}") for i in range(3) for k in range(3)}
lam, norm, e, bound, R, S = symbols("lam norm e bound R S")
t, r, same, opp, least, w_q, slope = symbols("t r same opp least w_q slope")
VARIABLES = (
    gamma, N, Variable("h", real(), "a coordinate of q/||q||"), Variable("H2", real(), "||q/||q|| ||^2, which is 1"),
    Variable("x", real(), "a coordinate of x_n"), Variable("z", real(), "that coordinate of x_k"),
    Variable("t_x", real(), "<x_n, q>/||q||"), Variable("t_z", real(), "<x_k, q>/||q||"),
    Variable("G", real(), "<x_n, x_k>"), Variable("G_new", real(), "<x'_n, x'_k>"),
    Variable("q", real(), "a coordinate of q"), Variable("Q", positive(), "norm of q"),
    Variable("y", real(), "y_n"), Variable("y_k", real()), Variable("f", real(), "y'_n"), Variable("f_k", real()),
    *(Variable(f"{name}_{i}", real(), said) for i in (1, 2, 3) for name, said in (
        ("x", "a coordinate of a sample"), ("y", "its label"), ("t", "<x, q>/||q||"), ("lam", "lambda"),
        ("new", "lambda'"))),
    *(Variable(str(M[i, k]), real(), "an entry of M = M'") for i in range(3) for k in range(i, 3)),
    Variable("lam", real(), "a multiplier"), Variable("norm", real(), "||x_n||^2"),
    Variable("e", real(), "what the other samples add to y_n <x_n, q>"),
    Variable("bound", real(), "N p_max Lambda_infinity"), Variable("R", positive(), "R_min^2"),
    Variable("S", positive(), "R_max^2"), Variable("t", positive(), "epsilon sqrt(N) of the scan"),
    Variable("r", positive(), "sqrt(N)"), Variable("same", real(), "<V'_y, x'_n> for y = y'_n"),
    Variable("opp", real(), "<V'_y, x'_n> for y = -y'_n"), Variable("least", real(), "the least y'_n <w, x'_n>"),
    Variable("w_q", real(), "<w, q>/||q||"), Variable("slope", real(), "q' = slope q/||q||"),
)  # fmt: skip
ONE = Eq(H2, 1)
INVOLUTION = Part("H^2 = I", Eq((x - 2 * t_x * h) - 2 * (t_x - 2 * t_x * H2) * h, x), given=(ONE,),
                  tex=r"\mathcal H^2x=x")  # fmt: skip
MIRROR = Part("H q = -q", Eq(q - 2 * (Q * H2) * h, -q), given=(ONE, Eq(q, Q * h)), tex=r"\mathcal Hq=-q")
GRAM = Part("G' = G", Eq(G_new, G),
            given=(ONE, Eq(G_new, G - 2 * t_x * t_z - 2 * t_x * t_z + 4 * t_x * t_z * H2)),
            tex=r"\langle\mathcal Hx_n,\mathcal Hx_k\rangle=\langle x_n,x_k\rangle")  # fmt: skip


def C(first: Any, second: Any) -> Any:
    """C_nk as a polynomial in two labels +-1."""
    return (1 + g**2) * (1 + first * second) / 2 - g * (1 - first * second)


FLIP = Part("C(-y) = C(y)", Eq(C(f, f_k), C(y, y_k)), given=(Eq(f, -y), Eq(f_k, -y_k)), tex="C(-y)=C(y)")


def determinant(size: int) -> Any:
    """Of the leading block of M."""
    if size == 1:
        return M[0, 0]
    if size == 2:
        return M[0, 0] * M[1, 1] - M[0, 1] ** 2
    return (M[0, 0] * (M[1, 1] * M[2, 2] - M[1, 2] ** 2) - M[0, 1] * (M[0, 1] * M[2, 2] - M[0, 2] * M[1, 2])
            + M[0, 2] * (M[0, 1] * M[1, 2] - M[1, 1] * M[0, 2]))  # fmt: skip


def unique(size: int) -> Part:
    """Equal rows have equal solutions, as det M > 0."""
    rows = tuple(Eq(sum(M[i, k] * v[k] for k in range(size)), 2) for v in (LAM, NEW) for i in range(size))
    return Part(f"lambda' = lambda, N = {size}", And(*(Eq(NEW[i], LAM[i]) for i in range(size))),
                given=(Gt(determinant(size), 0), *rows), tex=rf"\lambda'=\lambda\quad(N={size})")  # fmt: skip


UNIQUE = (unique(2), unique(3))


def reflected(labels: int) -> Part:
    """q' of three reflected samples: q for flipped labels (-1), -q for kept ones (1)."""
    mapped = sum(LAM[i] * labels * Y[i] * (X[i] - 2 * T[i] * h) for i in range(3))
    given = (Eq(q, sum(LAM[i] * Y[i] * X[i] for i in range(3))), Eq(Q, sum(LAM[i] * Y[i] * T[i] for i in range(3))),
             Eq(q, Q * h))  # fmt: skip
    name, shown = ("q' = q", r"q'=-\mathcal Hq=q\quad(y'=-y)") if labels < 0 else (
        "labels kept: q' = -q", r"q'=\mathcal Hq=-q\quad(y'=y)")  # fmt: skip
    return Part(name, Eq(mapped, -labels * q), given=given, tex=shown)


REFLECTED = (reflected(-1), reflected(1))
TOWARDS = Part(
    "epsilon_n > 0", Gt(lam * norm + e, 0),
    given=(Gt(lam, 1 / (2 * S)), Ge(norm, R), Ge(e, -bound), Lt(bound, g * R / (2 * S))),
    tex=r"y_n\langle x_n,q\rangle=\lambda_n\|x_n\|^2+e>0,\quad|e|\le Np_{\max}\Lambda_\infty<"
        r"\frac{\gamma R_{\min}^2}{2R_{\max}^2}",
)  # fmt: skip
BEND = t * (2 - t)  # <x'_n, x'_k> = [n = k] - y_n y_k BEND/N
SCAN = (Gt(lam, 0), Eq(same, lam * (1 - BEND / 2)), Eq(opp, lam * BEND / 2))
FUNCTIONAL = Part("scan: q'", Eq(slope, -lam * r * (1 - t)), given=(Eq(r**2, n), Eq(slope, -lam * r + lam * n * t / r)),
                  tex=r"q'=-\lambda'\sqrt N(1-t)\,\hat q")  # fmt: skip
VALID = Part("scan: pattern", And(Gt(same - g * opp, 0), Gt(g * same - opp, 0)),
             given=(*SCAN, Lt((1 + g) * BEND, 2 * g)),
             tex=r"t(2-t)<\tfrac{2\gamma}{1+\gamma}\Rightarrow\text{the sign pattern holds}")  # fmt: skip
INVALID = Part("scan: no pattern", Le(g * same - opp, 0), given=(*SCAN, Ge((1 + g) * BEND, 2 * g)),
               tex=r"t(2-t)\ge\tfrac{2\gamma}{1+\gamma}\Rightarrow\text{it fails}")  # fmt: skip
INSEPARABLE = Part(
    "scan: t = 1", Le(least, 0), given=(Eq(t, 1), Le(n * least, -r * (1 - t) * w_q)),
    tex=r"t=1:\ \sum_ny'_nx'_n=-(1-t)\sqrt N\hat q=0\Rightarrow\min_ny'_n\langle w,x'_n\rangle\le0\ \text{for every}"
        r"\ w",
)  # fmt: skip
FORMAL = (INVOLUTION, MIRROR, GRAM, FLIP, *UNIQUE, *REFLECTED, TOWARDS, FUNCTIONAL, VALID, INVALID, INSEPARABLE)

Certificate = dict[str, Any]


def _given(part: Part, **ranges: Boolean) -> dict[str, Boolean]:
    return {**ranges, **{f"given_{i}": relation for i, relation in enumerate(part.given)}}


def prove_weighed(part: Part, weights: dict[str, Any]) -> Certificate:
    """An equation that is a combination of the hypotheses."""
    proof = assuming(VARIABLES, _given(part))
    proof.weigh("goal", part.relation, weights)
    return dict(proof.certificate(["goal"]))


def equations() -> tuple[tuple[Part, dict[str, Any]], ...]:
    """The parts that follow by inserting definitions, with the weights of these."""
    lift = (1 + g) ** 2 / 2  # the coefficient of y_n y_k in C_nk
    return (
        (INVOLUTION, {"given_0": 4 * t_x * h}), (MIRROR, {"given_0": -2 * Q * h, "given_1": 2}),
        (GRAM, {"given_0": 4 * t_x * t_z, "given_1": 1}), (FLIP, {"given_0": -lift * y_k, "given_1": lift * f}),
        *((part, {"given_0": -sign, "given_1": 2 * sign * h, "given_2": 2 * sign})
          for part, sign in zip(REFLECTED, (-1, 1), strict=True)),
    )  # fmt: skip


def prove_unique(size: int) -> Certificate:
    """The adjugate of M times the difference of both systems, divided by det M."""
    proof = assuming(VARIABLES, _given(unique(size)))
    goals = []
    for i in range(size):
        weights: dict[str, Any] = {}
        for k in range(size):
            share = (-1) ** (i + k) * _minor(size, i, k) / determinant(size)
            weights |= {f"given_{1 + k}": -share, f"given_{1 + size + k}": share}
        goals.append(f"goal_{i}")
        proof.weigh(goals[-1], Eq(NEW[i], LAM[i]), weights)
    return dict(proof.certificate(goals))


def _minor(size: int, row: int, column: int) -> Any:
    """Of M without the row and the column."""
    rows, columns = ([i for i in range(size) if i != left] for left in (row, column))
    if size == 2:
        return M[rows[0], columns[0]]
    (a, b), (c, d) = rows, columns
    return M[a, c] * M[b, d] - M[a, d] * M[b, c]


def prove_towards() -> Certificate:
    """lambda ||x||^2 >= R_min^2/(2 R_max^2) > gamma R_min^2/(2 R_max^2) > N p_max Lambda_infinity."""
    proof = assuming(VARIABLES, _given(TOWARDS, below_one=Lt(g, 1), R=Gt(R, 0), S=Gt(S, 0)))
    proof.weigh("half", Gt(1 / (2 * S), 0), {"one": 1 / (2 * S)})
    proof.weigh("lam", Gt(lam, 0), {"given_0": 1, "half": 1})
    proof.weigh("own", Ge(lam * norm - lam * R, 0), {"given_1": lam})
    proof.weigh("low", Gt(lam * R - R / (2 * S), 0), {"given_0": R})
    proof.weigh("gap", Gt(R / (2 * S) - g * R / (2 * S), 0), {"below_one": R / (2 * S)})
    proof.weigh("goal", TOWARDS.relation, {"own": 1, "low": 1, "gap": 1, "given_3": 1, "given_2": 1})
    return dict(proof.certificate(["goal"]))


def prove_functional() -> Certificate:
    """N/sqrt(N) is sqrt(N)."""
    proof = assuming(VARIABLES, _given(FUNCTIONAL, r=Gt(r, 0)))
    proof.weigh("goal", FUNCTIONAL.relation, {"given_0": -lam * t / r, "given_1": 1})
    return dict(proof.certificate(["goal"]))


def prove_valid() -> Certificate:
    """With b = (1 + gamma) t (2 - t): the products are lambda (1 - b/2) and lambda (gamma - b/2)."""
    proof = assuming(VARIABLES, _given(VALID, below_one=Lt(g, 1)))
    half = Rational(1, 2)
    proof.weigh("large", Gt(1 - (1 + g) * BEND / 2, 0), {"given_3": half, "below_one": 1})
    proof.weigh("goal_0", Gt(same - g * opp, 0), {"large": lam, "given_1": 1, "given_2": -g})
    proof.weigh("goal_1", Gt(g * same - opp, 0), {"given_3": lam * half, "given_1": g, "given_2": -1})
    return dict(proof.certificate(["goal_0", "goal_1"]))


def prove_invalid() -> Certificate:
    """The second product is lambda (gamma - b/2)."""
    proof = assuming(VARIABLES, _given(INVALID))
    proof.weigh("goal", INVALID.relation, {"given_3": lam / 2, "given_1": -g, "given_2": 1})
    return dict(proof.certificate(["goal"]))


def prove_inseparable() -> Certificate:
    """N times the least is at most the sum, which is 0."""
    proof = assuming(VARIABLES, _given(INSEPARABLE, N=Ge(n, 1)))
    proof.show("n", Gt(n, 0), ["N"])
    proof.weigh("goal", INSEPARABLE.relation, {"given_1": 1 / n, "given_0": -r * w_q / n})
    return dict(proof.certificate(["goal"]))
