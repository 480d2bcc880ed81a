"""The boundary theorem as relations between scalars: every inequality of its proof, with what each is derived from."""

import sympy
from sympy import And, Eq, Ge, Gt, Le, Lt, Piecewise, Rational

from theorycheck.claim import Condition, Dynamics, Part
from theorycheck.domains import Variable, integer, positive, real

from . import notation

gamma, N, m = notation.gamma.symbol, notation.N.symbol, notation.m.symbol
p, R, S = notation.p_max.symbol, notation.R_min2.symbol, notation.R_max2.symbol
L, lam, x, y, psi, r, e, M, t, h, root = sympy.symbols("L lam x y psi r e M t h root")
lam_k, psi_k, G_k, e_next, t_next, h_next = sympy.symbols("lam_k psi_k G_k e_next t_next h_next")
e_plus, e_minus, c_plus, c_minus = sympy.symbols("e_plus e_minus c_plus c_minus")
V_plus, V_minus, a, b, f, g, phi_a, phi_b = sympy.symbols("V_plus V_minus a b f g phi_a phi_b")

DATA = (notation.gamma, notation.N, notation.p_max, notation.R_min2, notation.R_max2)
MULTIPLIERS = (
    Variable("L", positive(), "the largest multiplier"), Variable("lam", real(0), "lambda_n"),
    Variable("x", positive(), "||x_n||^2"),
)  # fmt: skip
ROWS = (
    Variable("y", real(), "y_n"), Variable("psi", real(0, 1), "phi'_nj"),
    Variable("e", real(), "e_nj, what the other samples add to r_nj"),
    Variable("r", real(), "r_nj = y_n s_j sqrt(m) <w_j, x_n>"), Variable("M", real(), "y_n f(x_n)"),
    Variable("t", integer(0), "how many terms are summed"), Variable("t_next", integer(0)),
    Variable("e_next", real()), Variable("h", real(), "a sum over pairs of neurons"), Variable("h_next", real()),
    *(Variable(v, real(), f"of another sample: {said}") for v, said in (
        ("lam_k", "its multiplier"), ("psi_k", "its slope"), ("G_k", "y_n y_k <x_n, x_k>"))),
    Variable("e_plus", real(), "e_nj of a neuron with s_j y_n = 1"),
    Variable("e_minus", real(), "e_nj of a neuron with s_j y_n = -1"),
    Variable("c_plus", real(), "m y_n a_j phi(<w_j, x_n>) for s_j y_n = 1"),
    Variable("c_minus", real(), "the same for s_j y_n = -1"),
)  # fmt: skip
OUTPUT = (
    notation.m, Variable("root", positive(), "sqrt(m)"),
    Variable("V_plus", real(), "<V_+, z>"), Variable("V_minus", real(), "<V_-, z>"),
    Variable("a", real(), "<v, z>"), Variable("b", real(), "<u, z>"), Variable("f", real(), "f(z)"),
    Variable("g", real(), "g(z) = <q, z>"), Variable("phi_a", real(), "phi(<v, z>)"),
    Variable("phi_b", real(), "phi(<u, z>)"),
)  # fmt: skip
VARIABLES = (*DATA, *MULTIPLIERS, *ROWS, *OUTPUT)

ORDERED = Condition("R_min <= R_max", Le(R, S), r"R_{\min}\le R_{\max}")
ORTH = Condition("(ORTH): p_max <= gamma^3 R_min^4/(3 N R_max^2)", Le(3 * N * p * S, gamma**3 * R**2),
                 r"p_{\max}\le\frac{\gamma^3R_{\min}^4}{3NR_{\max}^2}")  # fmt: skip

# gamma = 1/2, R_min = R_max = 1 and p_max = 1/100 for three samples; the rest is near what such samples give.
POINT: dict[str, int | str] = {
    "gamma": "1/2", "N": 3, "p_max": "1/100", "R_min2": 1, "R_max2": 1, "L": "8/5", "lam": "8/5", "x": 1, "y": 1,
    "psi": "1/2", "e": 0, "r": "4/5", "M": 1, "t": 0, "t_next": 1, "e_next": 0, "h": 0, "h_next": 0, "lam_k": 0,
    "psi_k": 0, "G_k": 0,
    "e_plus": 0, "e_minus": 0, "c_plus": 0, "c_minus": 0, "m": 4, "root": 2, "V_plus": 1, "V_minus": 0, "a": 1, "b": 0,
    "f": 1, "g": 1, "phi_a": 1, "phi_b": 0,
}  # fmt: skip

P = N * p  # Np_max
MARGIN_BELOW = L * ((1 + gamma**2) * R - (1 + gamma) * P)  # twice a lower bound of the margin at the largest multiplier
MARGIN_ABOVE = (1 + gamma**2) * lam * S + (1 + gamma) * P * L  # twice an upper bound of any margin
SLACK = Ge(1, MARGIN_BELOW / 2)  # y_n f(x_n) = 1 where lambda_n is largest
FEASIBLE = Le(1, MARGIN_ABOVE / 2)  # y_n f(x_n) >= 1
LARGEST = 2 / (R * (1 + gamma**2 - (1 + gamma) * gamma**3 / 3))
LEAST = (2 - (1 + gamma) * gamma / 2) / ((1 + gamma**2) * S)
UPPER, LOWER = 3 / (2 * gamma**2 * R), 1 / (2 * S)
SMALL = gamma * R / (2 * S)
ERRORS = (Le(e, P * L), Ge(e, -P * L))
FACTORS = {
    "above": (3 * (1 + gamma**2) - (1 + gamma) * gamma**3 - 4 * gamma**2,
              (1 - gamma) * (gamma**3 + 2 * gamma**2 + 3 * gamma + 3)),
    "below": (Rational(3, 2) - gamma / 2 - gamma**2, (1 - gamma) * (2 * gamma + 3) / 2),
}  # fmt: skip


def leaky(at: sympy.Expr) -> sympy.Piecewise:
    """phi(at) = max(at, gamma at)."""
    return Piecewise((at, Ge(at, 0)), (gamma * at, True))


def others() -> Dynamics:
    """e_nj as a sum over the other samples: each term is y_n y_k lambda_k phi'_kj <x_n, x_k>."""
    step = (Eq(e_next, e + lam_k * psi_k * G_k), Eq(t_next, t + 1), Ge(lam_k, 0), Le(lam_k, L), Ge(psi_k, 0),
            Le(psi_k, 1), Le(G_k, p), Ge(G_k, -p))  # fmt: skip
    zero = sympy.S.Zero
    return Dynamics({"e": "e_next", "t": "t_next"}, {"e": zero, "t": zero}, {"sample": step}, ("lam_k", "psi_k", "G_k"))


def neurons_below() -> Dynamics:
    """m y_n f(x_n) as a sum over pairs of neurons of either sign, at the largest multiplier, where r_nj > 0."""
    pair = L * x + e_plus + gamma * (gamma * L * x + e_minus)
    step = (Eq(h_next, h + pair), Eq(t_next, t + 1), Ge(e_plus, -P * L), Ge(e_minus, -P * L))
    zero = sympy.S.Zero
    return Dynamics({"h": "h_next", "t": "t_next"}, {"h": zero, "t": zero}, {"pair": step}, ("e_plus", "e_minus"))


def neurons_above() -> Dynamics:
    """The same for any sample, from what a neuron contributes at most."""
    step = (Eq(h_next, h + c_plus + c_minus), Eq(t_next, t + 1), Le(c_plus, lam * S + P * L),
            Le(c_minus, gamma * (gamma * lam * S + P * L)))  # fmt: skip
    zero = sympy.S.Zero
    return Dynamics({"h": "h_next", "t": "t_next"}, {"h": zero, "t": zero}, {"pair": step}, ("c_plus", "c_minus"))


def row_parts() -> tuple[Part, ...]:
    """Stationarity, and the sizes of its terms."""
    product = (lam * y * psi * x + y * e) / root  # <w_j, x_n> for s_j = 1, the other samples together being y_n e_nj
    return (
        Part("row", Eq(y * root * product, lam * psi * x + e), given=(Eq(y**2, 1),),
             tex=r"y_ns_j\sqrt m\,\langle w_j,x_n\rangle=\lambda_n\phi'_{nj}\|x_n\|^2+e_{nj}"),
        Part("other samples", And(Le(e, P * L), Le(-P * L, e)), given=(Le(t, N - 1),), dynamics=others(),
             tex=r"|e_{nj}|\le(N-1)\,p_{\max}\Lambda_\infty\le P\Lambda_\infty"),
        Part("positive rows", Eq(leaky(r) - leaky(-r), r + gamma * r), given=(Ge(r, 0), Gt(r, 0)),
             tex=r"r>0:\ \phi(r)=r,\ -\phi(-r)=\gamma r"),
        Part("negative rows help", And(Le(leaky(r), 0), Le(r, 0)), given=(Lt(r, 0),),
             tex=r"r<0:\ \phi(r)=\gamma r\le0,\ -\phi(-r)=r\le0", point={"r": -1}),
    )  # fmt: skip


def upper_parts() -> tuple[Part, ...]:
    """The largest multiplier."""
    left, right = FACTORS["above"]
    return (
        Part("positive at the largest", Gt(L * psi * x + e, 0), given=(Ge(psi, gamma), Ge(x, R), ERRORS[1]),
             tex=r"r_{nj}\ge\Lambda_\infty(\gamma R_{\min}^2-P)>0"),
        Part("margin from below", Ge(h, t * MARGIN_BELOW), given=(Ge(x, R),), dynamics=neurons_below(),
             point={"h_next": 2},
             tex=r"m\,y_nf(x_n)\ge\tfrac m2\Lambda_\infty\left[(1+\gamma^2)R_{\min}^2-(1+\gamma)P\right]"),
        Part("slackness", SLACK, given=(Ge(h, t * MARGIN_BELOW), Eq(h, m), Eq(m, 2 * t)), point={"h": 4, "t": 2},
             tex=r"y_nf(x_n)=1:\ 1\ge\tfrac12\Lambda_\infty\left[(1+\gamma^2)R_{\min}^2-(1+\gamma)P\right]"),
        Part("largest", Le(L, LARGEST), given=(SLACK,),
             tex=r"\Lambda_\infty\le\frac2{R_{\min}^2\left(1+\gamma^2-(1+\gamma)\gamma^3/3\right)}"),
        Part("factors above", Eq(left, right)),
        Part("positive above", Gt(left, 0)),
        Part("above", Lt(LARGEST, UPPER),
             tex=r"\frac2{R_{\min}^2\left(1+\gamma^2-(1+\gamma)\gamma^3/3\right)}<\frac3{2\gamma^2R_{\min}^2}"),
    )  # fmt: skip


def lower_parts() -> tuple[Part, ...]:
    """Every multiplier from below, and then all signs."""
    left, right = FACTORS["below"]
    return (
        Part("small", And(Lt(P * L, SMALL), Le(SMALL, gamma / 2)), given=(Lt(L, UPPER),),
             tex=r"P\Lambda_\infty<\frac{\gamma R_{\min}^2}{2R_{\max}^2}\le\frac\gamma2"),
        Part("neuron at most", And(Le(lam * x + e, lam * S + P * L),
                                   Le(gamma * (gamma * lam * x + e), gamma * (gamma * lam * S + P * L)),
                                   Ge(lam * S + P * L, 0), Ge(gamma * (gamma * lam * S + P * L), 0)),
             given=(Le(x, S), ERRORS[0]),
             tex=r"\lambda_n\|x_n\|^2+e\le\lambda_nR_{\max}^2+P\Lambda_\infty,\ "
                 r"\gamma(\gamma\lambda_n\|x_n\|^2+e)\le\gamma(\gamma\lambda_nR_{\max}^2+P\Lambda_\infty)"),
        Part("margin from above", Le(h, t * MARGIN_ABOVE), dynamics=neurons_above(),
             tex=r"m\,y_nf(x_n)\le\tfrac m2\left[(1+\gamma^2)\lambda_nR_{\max}^2+(1+\gamma)P\Lambda_\infty\right]"),
        Part("feasibility", FEASIBLE, given=(Le(h, t * MARGIN_ABOVE), Ge(h, m), Eq(m, 2 * t)),
             point={"h": 4, "t": 2},
             tex=r"y_nf(x_n)\ge1:\ 1\le\tfrac12\left[(1+\gamma^2)\lambda_nR_{\max}^2+(1+\gamma)P\Lambda_\infty\right]"),
        Part("least", Gt(lam, LEAST), given=(FEASIBLE, Lt(P * L, gamma / 2)),
             tex=r"\lambda_n>\frac{2-(1+\gamma)\gamma/2}{(1+\gamma^2)R_{\max}^2}"),
        Part("factors below", Eq(left, right)),
        Part("positive below", Gt(left, 0)),
        Part("below", Gt(LEAST, LOWER),
             tex=r"\frac{2-(1+\gamma)\gamma/2}{(1+\gamma^2)R_{\max}^2}>\frac1{2R_{\max}^2}"),
    )  # fmt: skip


def output_parts() -> tuple[Part, ...]:
    """The network of two distinct neurons, and the sign of its output."""
    v, u = (V_plus - gamma * V_minus) / root, (V_minus - gamma * V_plus) / root
    steep = Ge(leaky(a) - leaky(b), gamma * (a - b))
    links = (Eq(f, root / 2 * (phi_a - phi_b)), Eq(a - b, (1 + gamma) / root * g))
    shallow = gamma * (1 + gamma) / 2 * g
    return (
        Part("v - u", Eq(v - u, (1 + gamma) / root * (V_plus - V_minus)), tex=r"v-u=\frac{1+\gamma}{\sqrt m}\,q"),
        Part("output", Eq(m / 2 * (phi_a / root) + m / 2 * (-phi_b / root), root / 2 * (phi_a - phi_b)),
             given=(Eq(root**2, m),),
             tex=r"f(z)=\tfrac{\sqrt m}2\left[\phi(\langle v,z\rangle)-\phi(\langle u,z\rangle)\right]"),
        Part("increasing, both positive", steep, given=(Ge(a, b), Ge(a, 0), Ge(b, 0)), tex=_steep("a\\ge b\\ge0")),
        Part("increasing, across", steep, given=(Ge(a, b), Ge(a, 0), Lt(b, 0)), tex=_steep("a\\ge0>b"),
             point={"b": -1}),
        Part("increasing, both negative", steep, given=(Ge(a, b), Lt(a, 0), Lt(b, 0)), tex=_steep("0>a\\ge b"),
             point={"a": -1, "b": -2}),
        Part("g positive", And(Ge(f, shallow), Gt(f, 0)), given=(*links, Gt(g, 0), Ge(phi_a - phi_b, gamma * (a - b))),
             tex=r"g(z)>0:\ f(z)\ge\tfrac12\gamma(1+\gamma)\,g(z)>0", point={"a": "3/4", "phi_a": "3/4", "f": "3/4"}),
        Part("g negative", And(Le(f, shallow), Lt(f, 0)), given=(*links, Lt(g, 0), Ge(phi_b - phi_a, gamma * (b - a))),
             tex=r"g(z)<0:\ f(z)\le\tfrac12\gamma(1+\gamma)\,g(z)<0",
             point={"a": 0, "b": "3/4", "g": -1, "f": "-3/4", "phi_a": 0, "phi_b": "3/4"}),
        Part("g zero", And(Ge(f, 0), Le(f, 0)), given=(*links, Eq(g, 0), Ge(phi_a - phi_b, gamma * (a - b)),
                                        Ge(phi_b - phi_a, gamma * (b - a))),
             tex=r"g(z)=0:\ f(z)=0", point={"a": 0, "b": 0, "g": 0, "f": 0, "phi_a": 0, "phi_b": 0}),
    )  # fmt: skip


def _steep(where: str) -> str:
    return rf"{where}:\ \phi(a)-\phi(b)\ge\gamma(a-b)"


def conclusions(upper: sympy.Expr = UPPER, lower: sympy.Expr = LOWER) -> tuple[Part, ...]:
    """The theorem: (c) the multipliers, (b) the signs, (a) all margins."""
    known = (SLACK, FEASIBLE)
    return (
        Part("(c) multipliers", And(Gt(lam, lower), Lt(lam, upper)), given=(*known, Le(lam, L)),
             tex=r"\frac1{2R_{\max}^2}<\lambda_n<\frac3{2\gamma^2R_{\min}^2}"),
        Part("(b) signs", Gt(lam * psi * x + e, 0), given=(*known, Ge(psi, gamma), Ge(x, R), ERRORS[1]),
             tex=r"\operatorname{sgn}\langle w_j,x_n\rangle=s_jy_n"),
        Part("(a) margins", Eq(M, 1), given=(*known, Eq(lam * (M - 1), 0)),
             tex=r"\lambda_n>0,\quad y_nf(x_n)=1\text{ for all }n"),
    )  # fmt: skip
