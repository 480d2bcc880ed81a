"""K7 as relations between scalars: the exact case, and what the finite version needs beyond Hoeffding's inequality."""

from fractions import Fraction

from sympy import And, Eq, Ge, Gt, Le, Lt, symbols
from sympy.logic.boolalg import Boolean

from theorycheck.claim import Part
from theorycheck.domains import Variable, integer, positive, real

from .notation import epsilon as EPSILON
from .notation import gamma as GAMMA

g = symbols("gamma")
epsilon, rho2, n, lam, same, opp = symbols("epsilon rho2 n lam same opp")
L = symbols("lam_1 lam_2 lam_3 lam_4")
g_z, g_adv, Q, Lam = symbols("g_z g_adv Q Lam")
R2, S2, omega, t, r, s, b, c = symbols("R2 S2 omega t r s b c")
H, T_1, T_0, Lam_lo, hoeffding, rest = symbols("H T_1 T_0 Lam_lo hoeffding rest")
VARIABLES = (
    GAMMA, EPSILON,
    Variable("rho2", positive(), "rho^2, squared norm of every base point in the exact case"),
    Variable("n", integer(1), "N'/2, the number of samples in each class of y'"),
    Variable("lam", real(), "lambda'_n"),
    *(Variable(f"lam_{i}", real(), f"lambda'_{i}") for i in range(1, 5)),
    Variable("same", real(), "<V'_y, x'_n> for y = y'_n"), Variable("opp", real(), "<V'_y, x'_n> for y = -y'_n"),
    Variable("g_z", real(), "g(z)"), Variable("g_adv", real(), "g'(z)"), Variable("Q", positive(), "norm of q"),
    Variable("Lam", real(), "Lambda', the sum of all lambda'_n"),
    Variable("R2", positive(), "squared norm of the base point"),
    Variable("S2", positive(), "squared norm of x'_n"), Variable("omega", real(0), "kappa'/(1 - kappa')"),
    Variable("t", real(0), "a bound on |tau_n|, tau_n = R2/S2 - 1"), Variable("r", real(), "r*"),
    Variable("c", positive(), "cbar_n"),
    Variable("s", real(), "y'_n <xbar_n, z>"), Variable("b", real(0), "|<xbar_n, z>|"),
    Variable("H", real(), "<h, z>"), Variable("T_1", real(), "the mislabelled base points' part of g'(z)"),
    Variable("T_0", real(), "sum_n cbar_n y'_n b_n"), Variable("Lam_lo", real(), "the lower bound of Lambda'"),
    Variable("hoeffding", real(0), "t_delta ||cbar o b||_2"), Variable("rest", real(0), "r* ||cbar o b||_1"),
)  # fmt: skip
POINT: dict[str, str | int] = {
    "gamma": "1/2", "epsilon": 1, "rho2": 1, "n": 1, "lam": "8/5", "lam_1": "4/7", "lam_2": "4/7", "lam_3": "4/7",
    "lam_4": "4/7", "same": "16/5", "opp": "-8/5", "g_z": 2, "g_adv": 2, "Q": 1, "Lam": 1, "R2": 1, "S2": 1,
    "omega": "1/10", "t": "1/10", "r": "21/100", "c": "8/5", "s": -1, "b": 2, "H": 1, "T_1": "-1/2", "T_0": "-1/4",
    "Lam_lo": 1, "hoeffding": "1/4", "rest": "1/4",
}  # fmt: skip
DENOMINATOR = (1 + g**2) * rho2 + epsilon**2 * n * (1 + g) ** 2
FORMULA = 2 / DENOMINATOR  # lambda' for N' = 2 n
C_BAR = 2 / ((1 + g**2) * R2)
DEVIATION = (1 + g**2) * S2 * lam / 2 - 1
BOUNDS = (Ge(DEVIATION, -omega), Le(DEVIATION, omega))  # K3 for D'
ADMITTED = (*BOUNDS, Ge(R2 / S2 - 1, -t), Le(R2 / S2 - 1, t), Ge(r, (1 + t) * (1 + omega) - 1))


def rows(pairs: int) -> tuple[Boolean, ...]:
    """The rows of M' lambda' = 2 for 2 `pairs` samples, the first half of them with y' = 1, in the exact case."""
    unknown = L[: 2 * pairs]
    sign = [1] * pairs + [-1] * pairs
    found = []
    for i in range(2 * pairs):
        terms = [(1 + g**2 if sign[i] == sign[k] else -2 * g)
                 * ((rho2 if i == k else 0) + epsilon**2 * sign[i] * sign[k]) * unknown[k]
                 for k in range(2 * pairs)]  # fmt: skip
        found.append(Eq(sum(terms), 2))
    return tuple(found)


def small(pairs: int) -> Part:
    """For N' = 2 or 4 the rows leave no other multipliers."""
    wanted = FORMULA.subs(n, pairs)
    value = Fraction(2) / (Fraction(5, 4) + pairs * Fraction(9, 4))  # at the claim's point
    point = {f"lam_{i}": value for i in range(1, 2 * pairs + 1)}
    return Part(f"multipliers, N' = {2 * pairs}", And(*(Eq(x, wanted) for x in L[: 2 * pairs])), given=rows(pairs),
                tex=rf"\lambda'_n=\frac2{{(1+\gamma^2)\rho^2+{pairs}\varepsilon^2(1+\gamma)^2}}\quad(N'={2 * pairs})",
                point=point)  # fmt: skip


ROW = Part(
    "multipliers",
    Eq((1 + g**2) * (rho2 + epsilon**2) * FORMULA / 2 + (n - 1) * (1 + g**2) * epsilon**2 * FORMULA / 2
       + n * 2 * g * epsilon**2 * FORMULA / 2, 1),
    tex=r"\tfrac12\sum_kC_{nk}G'_{nk}\lambda'_k=1\ \text{for}\ "
        r"\lambda'_n=\frac2{(1+\gamma^2)\rho^2+\frac12\varepsilon^2N'(1+\gamma)^2}",
)  # fmt: skip
PATTERN = Part(
    "pattern", And(Gt(same - g * opp, 0), Lt(opp - g * same, 0)),
    given=(Gt(lam, 0), Eq(same, lam * (rho2 + n * epsilon**2)), Eq(opp, -lam * n * epsilon**2)),
    tex=r"y'_ns_j\langle w_j,x'_n\rangle>0\ \text{for every}\ \varepsilon>0",
)  # fmt: skip
AGREE = Part(
    "agreement", Gt(g_adv * g_z, 0), given=(Gt(Lam, 0), Gt(g_z**2, 0), Eq(g_adv, epsilon * Lam * g_z / Q)),
    tex=r"T_1=0,\ g'(z)=\varepsilon\Lambda'\,g(z)/\|q\|\Rightarrow\mathrm{sgn}\,g'(z)=\mathrm{sgn}\,g(z)"
        r"\quad(z\in\mathrm{span}\,D)",
)  # fmt: skip
MULTIPLIER = Part(
    "one multiplier", And(Le(lam - C_BAR, r * C_BAR), Ge(lam - C_BAR, -r * C_BAR)), given=ADMITTED,
    tex=r"|\lambda'_n-\bar c_n|\le r^*\bar c_n",
)  # fmt: skip
TERM = Part(
    "one term", And(Le((lam - c) * s, r * c * b), Ge((lam - c) * s, -r * c * b)),
    given=(Le(lam - c, r * c), Ge(lam - c, -r * c), Le(s, b), Ge(s, -b)),
    tex=r"|(\lambda'_n-\bar c_n)\,y'_nb_n|\le r^*\bar c_n|b_n|,\ \text{hence}\ "
        r"\Bigl|T_1-\sum_n\bar c_ny'_nb_n\Bigr|\le r^*\|\bar c\circ b\|_1",
)  # fmt: skip
TOTAL = Part(
    "total", Ge(lam, 2 * (1 - omega) / ((1 + g**2) * S2)), given=BOUNDS,
    tex=r"\lambda'_n\ge\frac{2(1-\omega)}{(1+\gamma^2)\|x'_n\|^2},\ \text{hence}\ \Lambda'\ge\Lambda_{lo}",
)  # fmt: skip
EVENT = (Le(T_0, hoeffding), Ge(T_0, -hoeffding), Le(T_1 - T_0, rest), Ge(T_1 - T_0, -rest), Ge(Lam, Lam_lo))


def sign(positive_side: bool) -> Part:
    """Where (star) and the three bounds hold, g'(z) = T_1 + epsilon Lambda' <h, z> has the sign of <h, z>."""
    size = H if positive_side else -H
    given = (Gt(size, 0), Gt(epsilon * Lam_lo * size, hoeffding + rest), *EVENT)
    total = T_1 + epsilon * Lam * H
    return Part(f"sign, <h, z> {'>' if positive_side else '<'} 0", Gt(total, 0) if positive_side else Lt(total, 0),
                given=given, point={} if positive_side else {"H": -1},
                tex=rf"(\star),\ \langle h,z\rangle{'>' if positive_side else '<'}0\Rightarrow "
                    rf"T_1+\varepsilon\Lambda'\langle h,z\rangle{'>' if positive_side else '<'}0")  # fmt: skip


SIGNS = (sign(True), sign(False))
SMALL = (small(1), small(2))
EXACT = (ROW, *SMALL, PATTERN, AGREE)
FINITE = (MULTIPLIER, TERM, TOTAL, *SIGNS)


