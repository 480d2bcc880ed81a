"""Learning from perturbations as relations: the two terms of the boundary, and which epsilon keep (ORTH)."""

import sympy
from sympy import And, Eq, Ge, Gt, Integer, Le
from sympy.logic.boolalg import Boolean

from theorycheck.claim import Condition, Dynamics, Part
from theorycheck.domains import Variable, integer, positive, real

from .notation import N_adv, epsilon, gamma, p_max

g, n, p, eps = gamma.symbol, N_adv.symbol, p_max.symbol, epsilon.symbol
G, T, L, lam, y, b, hz, gz, norm = sympy.symbols("G T L lam y b hz gz norm")
NEXT = {s: sympy.Symbol(f"{s}_next") for s in (G, T, L)}
LAM, Y, BASE = (sympy.symbols(f"{name}1:4") for name in ("lam", "y", "b"))
R, S, beta, H, r, u, c, y_k, b_k, a, a_k = sympy.symbols("R S beta H r u c y_k b_k a a_k")
R_adv, S_adv, p_adv, smaller = sympy.symbols("R_adv S_adv p_adv smaller")

SIZES = (
    gamma, N_adv, p_max, epsilon, Variable("R", positive(), "R_min^2 of the base points"),
    Variable("S", positive(), "R_max^2 of the base points"), Variable("beta", real(0), "max |<x_n, h>|"),
    Variable("H", positive(), "||h||"), Variable("smaller", real(0), "another size of the perturbation"),
    Variable("R_adv", positive(), "R_min^2 of D'"), Variable("S_adv", positive(), "R_max^2 of D'"),
    Variable("p_adv", real(0), "p_max of D'"),
)  # fmt: skip
TERMS = (
    Variable("G", real(), "g'(z) so far"), Variable("T", real(), "T_1 so far"), Variable("L", real(), "Lambda' so far"),
    *(Variable(f"{s}_next", real(), f"{s} with one more point") for s in NEXT),
    Variable("lam", positive(), "lambda'_n"), Variable("y", integer(-1, 1), "y'_n"),
    Variable("b", real(), "<x_n, z> or <x_n, h> of a base point"), Variable("hz", real(), "<h, z>"),
    Variable("gz", real(), "g(z)"), Variable("norm", positive(), "||q||"),
    *(Variable(str(s), positive(), "lambda'_n of one of two or three points") for s in LAM),
    *(Variable(str(s), integer(-1, 1), "y'_n of one of two or three points") for s in Y),
    *(Variable(str(s), real(), "<x_n, z> of one of two or three points") for s in BASE),
)  # fmt: skip
ENTRIES = (
    Variable("r", positive(), "||x_n||^2"), Variable("u", real(), "<x_n, x_k>"),
    Variable("y_k", integer(-1, 1), "y'_k"), Variable("b_k", real(), "<x_k, h>"),
    Variable("a", real(), "a coordinate of x_n"), Variable("a_k", real(), "the same coordinate of x_k"),
    Variable("c", real(), "the same coordinate of h"),
)  # fmt: skip
VARIABLES = (*SIZES, *TERMS, *ENTRIES)
ORDERED = Condition("R_min <= R_max", Le(R, S), r"R_{\min}\le R_{\max}")

# Four orthonormal base points with h = q/||q||: beta = 1/2. gamma = 4/5, epsilon = 1/30 of the radius.
POINT: dict[str, int | str] = {
    "gamma": "4/5", "N_adv": 4, "p_max": 0, "epsilon": "1/30", "R": 1, "S": 1, "beta": "1/2", "H": 1,
    "smaller": "1/60", "R_adv": 1, "S_adv": 1, "p_adv": "1/30", "G": 0, "T": 0, "L": 0, "G_next": "31/60",
    "T_next": "1/2", "L_next": 1, "lam": 1, "y": 1, "b": "1/2", "hz": "1/2", "gz": 1, "norm": 2, "lam1": 1, "lam2": 1,
    "lam3": 1, "y1": 1, "y2": -1, "y3": 1, "b1": 1, "b2": 2, "b3": 3, "r": 1, "u": 0, "y_k": -1, "b_k": "-1/2", "a": 1,
    "a_k": 0, "c": 1,
}  # fmt: skip


def more(size: sympy.Expr) -> sympy.Expr:
    """2 eps beta + eps^2 H^2: what a perturbation may add to a product or a squared norm."""
    return 2 * size * beta + size**2 * H**2


def inequality(size: sympy.Expr) -> Boolean:
    """p + 2 eps beta + eps^2 H^2 <= gamma^3 (R - 2 eps beta)^2 / (3 N' (S + 2 eps beta + eps^2 H^2)), cleared."""
    return Le(3 * n * (S + more(size)) * (p + more(size)), g**3 * (R - 2 * size * beta) ** 2)


ADMISSIBLE = inequality(eps)
INEQUALITY_TEX = (r"p+2\varepsilon\beta+\varepsilon^2H^2\le\frac{\gamma^3(R_{\min}^2-2\varepsilon\beta)^2}"
                  r"{3N'(R_{\max}^2+2\varepsilon\beta+\varepsilon^2H^2)}")  # fmt: skip


def summing() -> dict[str, Boolean]:
    """One more perturbed point: lambda'_n y'_n <x_n + eps y'_n h, z> enters g'(z)."""
    return {"G": Eq(NEXT[G], G + lam * y * (b + eps * y * hz)), "T": Eq(NEXT[T], T + lam * y * b),
            "L": Eq(NEXT[L], L + lam), "y": Eq(y**2, 1)}  # fmt: skip


def sums() -> Dynamics:
    """The sums over all perturbed points."""
    return Dynamics({s.name: NEXT[s].name for s in NEXT}, {s.name: Integer(0) for s in NEXT},
                    {"point": tuple(summing().values())}, ("lam", "y", "b"))  # fmt: skip


def term_parts(count: tuple[int, ...] = (2, 3)) -> tuple[Part, ...]:
    """g' = T_1 + T_2."""
    tex = r"g'(z)=\sum_n\lambda'_ny'_n\langle\bar x_n,z\rangle+\varepsilon\Lambda'\langle h,z\rangle"
    explicit = []
    for N in count:
        rows = list(zip(LAM[:N], Y[:N], BASE[:N], strict=True))
        whole = sum(l * s * (x + eps * s * hz) for l, s, x in rows)
        terms = sum(l * s * x for l, s, x in rows) + eps * sum(LAM[:N]) * hz
        explicit.append(Part(f"two terms, N' = {N}", Eq(whole, terms), given=tuple(Eq(s**2, 1) for s in Y[:N]),
                             tex=rf"{tex}\quad(N'={N})"))  # fmt: skip
    return (
        Part("two terms", Eq(G, T + eps * hz * L), dynamics=sums(), tex=tex),
        *explicit,
        Part("second term", Eq(eps * L * hz, eps * L * gz / norm), given=(Eq(norm * hz, gz),), point={"gz": 1},
             tex=r"h=\hat q:\ T_2=\varepsilon\Lambda'\,g(z)/\|q\|"),
    )  # fmt: skip


def entry_parts() -> tuple[Part, ...]:
    """What the perturbation does to the products of two points and to their norms."""
    signs, near = (Eq(y**2, 1), Eq(y_k**2, 1)), (Le(b, beta), Ge(b, -beta))
    product = u + eps * (y_k * b + y * b_k) + eps**2 * y * y_k * H**2
    squared = r + 2 * eps * y * b + eps**2 * H**2
    return (
        Part("expansion", Eq((a + eps * y * c) * (a_k + eps * y_k * c),
                             a * a_k + eps * (y_k * a * c + y * a_k * c) + eps**2 * y * y_k * c**2),
             tex=r"\langle x'_n,x'_k\rangle=\langle\bar x_n,\bar x_k\rangle+\varepsilon(y'_k\langle\bar "
                 r"x_n,h\rangle+y'_n\langle\bar x_k,h\rangle)+\varepsilon^2y'_ny'_kH^2"),
        Part("products", And(Le(product, p + more(eps)), Ge(product, -p - more(eps))),
             given=(*signs, *near, Le(b_k, beta), Ge(b_k, -beta), Le(u, p), Ge(u, -p)),
             tex=r"|\langle x'_n,x'_k\rangle|\le p+2\varepsilon\beta+\varepsilon^2H^2"),
        Part("norms", And(Ge(squared, R - 2 * eps * beta), Le(squared, S + more(eps))),
             given=(signs[0], *near, Le(R, r), Le(r, S)),
             tex=r"R_{\min}^2-2\varepsilon\beta\le\|x'_n\|^2\le R_{\max}^2+2\varepsilon\beta+\varepsilon^2H^2"),
    )  # fmt: skip


def admissible_parts() -> tuple[Part, ...]:
    """What the inequality implies."""
    return (
        Part("positive norms", Gt(R - 2 * eps * beta, 0), given=(ADMISSIBLE,),
             tex=rf"{INEQUALITY_TEX}\Rightarrow R_{{\min}}^2>2\varepsilon\beta"),
        Part("orth", Le(3 * n * S_adv * p_adv, g**3 * R_adv**2),
             given=(ADMISSIBLE, Le(p_adv, p + more(eps)), Ge(R_adv, R - 2 * eps * beta), Le(S_adv, S + more(eps))),
             tex=rf"{INEQUALITY_TEX}\Rightarrow\text{{(ORTH) for }}D'"),
        Part("smaller", inequality(smaller), given=(ADMISSIBLE, Le(smaller, eps)),
             tex=r"\varepsilon\text{ admissible}\Rightarrow\text{every smaller one is}"),
        Part("noise order", Le(3 * n * S * eps**2 * H**2, g**3 * R**2), given=(ADMISSIBLE,),
             tex=r"\varepsilon H\le\frac{R_{\min}^2}{R_{\max}}\sqrt{\frac{\gamma^3}{3N'}}"),
        Part("natural order", Le(6 * eps, g**3 * beta), given=(ADMISSIBLE, Eq(n * beta**2, R), Eq(S, R)),
             tex=r"\beta=R/\sqrt{N'}\Rightarrow\varepsilon\le\frac{\gamma^3R}{6\sqrt{N'}}"),
    )  # fmt: skip
