"""K12 as relations between scalars: (ORTH) from bounds on norms and products, its growth with d, the union bound."""

from typing import Any

from sympy import Eq, Ge, Gt, Le, Rational, exp, symbols
from sympy.logic.boolalg import Boolean

from theorycheck.claim import Part
from theorycheck.domains import Variable, positive, real

from .notation import N, R_max2, R_min2, assuming, d, gamma, p_max

A, B, v, w, alpha, beta, u, delta = symbols("A B v w alpha beta u delta")
g, n, D, p, R, S = (variable.symbol for variable in (gamma, N, d, p_max, R_min2, R_max2))
THIRD = Rational(1, 3)
VARIABLES = (
    gamma, N, d, p_max, R_min2, R_max2, Variable("A", real(0), "the bound on | ||X_n||^2 - d/3 |"),
    Variable("B", real(0), "the bound on |<X_n, X_k>|"), Variable("v", positive(), "1/sqrt(d)"),
    Variable("w", positive(), "1/sqrt of a larger dimension"), Variable("alpha", real(0), "A/sqrt(d)"),
    Variable("beta", real(0), "B/sqrt(d)"), Variable("u", real(), "the exponent of Hoeffding's bound"),
    Variable("delta", positive(1), "the probability that a bound fails"),
)  # fmt: skip
POINT: dict[str, str | int] = {
    "gamma": "1/2", "N": 2, "d": 300, "p_max": 0, "R_min2": 100, "R_max2": 100, "A": 1, "B": "1/2", "v": "1/100",
    "w": "1/200", "alpha": "1/2", "beta": "1/2", "u": 10, "delta": "1/10",
}  # fmt: skip


def condition(at: Any) -> Boolean:
    """What the bounds must meet, divided by d^2, at 1/sqrt(d) = `at`."""
    return Le(3 * n * beta * at * (THIRD + alpha * at), g**3 * (THIRD - alpha * at) ** 2)


INSERTION = Part(
    "insertion", Le(3 * n * S * p, g**3 * R**2),
    given=(Le(p, B), Ge(R, D / 3 - A), Le(S, D / 3 + A), Gt(D / 3 - A, 0),
           Le(3 * n * (D / 3 + A) * B, g**3 * (D / 3 - A) ** 2)),
    tex=r"3N(\tfrac d3+A)B\le\gamma^3(\tfrac d3-A)^2\Rightarrow(\mathrm{ORTH})",
)  # fmt: skip
SCALED = Part(
    "scaled", Eq(g**3 * (D / 3 - A) ** 2 - 3 * n * (D / 3 + A) * B,
                 D**2 * (g**3 * (THIRD - alpha * v) ** 2 - 3 * n * beta * v * (THIRD + alpha * v))),
    given=(Eq(A, alpha * D * v), Eq(B, beta * D * v)),
    point={"A": "3/2", "B": "3/2"},
    tex=r"\gamma^3(\tfrac d3-A)^2-3N(\tfrac d3+A)B=d^2\left(\gamma^3(\tfrac13-\alpha v)^2-3N\beta v(\tfrac13+"
        r"\alpha v)\right),\quad v=d^{-1/2}",
)  # fmt: skip
GROWTH = Part(
    "growth", condition(w), given=(condition(v), Gt(THIRD - alpha * v, 0), Le(w, v)),
    point={"beta": "1/200"},
    tex=r"3N\beta v(\tfrac13+\alpha v)\le\gamma^3(\tfrac13-\alpha v)^2,\ \alpha v<\tfrac13\Rightarrow\text{the same "
        r"for}\ 0<w\le v",
)  # fmt: skip
EACH = Part("union, norms and overlaps", Le(2 * n * exp(-u), delta / 3), given=(Ge(exp(u), 6 * n / delta),),
            tex=r"e^u\ge6N/\delta\Rightarrow N\cdot2e^{-u}\le\delta/3")  # fmt: skip
PAIRS = Part("union, products", Le(n * (n - 1) * exp(-u), delta / 3), given=(Ge(exp(u), 3 * n * (n - 1) / delta),),
             tex=r"e^u\ge3N(N-1)/\delta\Rightarrow\tbinom N2\cdot2e^{-u}\le\delta/3")  # fmt: skip
FORMAL = (INSERTION, SCALED, GROWTH, EACH, PAIRS)

Certificate = dict[str, Any]


def _given(part: Part) -> dict[str, Boolean]:
    return {f"given_{i}": relation for i, relation in enumerate(part.given)}


def prove_insertion() -> Certificate:
    """Larger products and radii only make the left side larger, a larger R_min^2 the right side."""
    ranges = {"gamma": Gt(g, 0), "N": Ge(n, 1), "p": Ge(p, 0), "R": Gt(R, 0), "S": Gt(S, 0), "A": Ge(A, 0)}
    proof = assuming(VARIABLES, {**ranges, **_given(INSERTION)})
    proof.show("n", Gt(n, 0), ["N"])
    proof.show("least", Ge(R + D / 3 - A, 0), ["R", "given_3"], degree=1)
    proof.show("g3", Gt(g**3, 0), ["gamma"], degree=3)
    high, low = D / 3 + A, D / 3 - A
    proof.show("B", Ge(B, 0), ["p", "given_0"], degree=1)
    proof.show("product", Ge(high * B - S * p, 0), {"given_0": 1, "given_2": 1, "S": 1, "B": 1})
    proof.weigh("left", Ge(3 * n * (high * B - S * p), 0), {"product": 3 * n})
    proof.weigh("square", Ge(R**2 - low**2, 0), {"given_1": R + low})
    proof.weigh("goal", INSERTION.relation, {"left": 1, "given_4": 1, "square": g**3})
    return dict(proof.certificate(["goal"]))


def prove_scaled() -> Certificate:
    """Insert A and B."""
    proof = assuming(VARIABLES, _given(SCALED))
    a = alpha * D * v
    proof.weigh("goal", SCALED.relation, {
        "given_0": g**3 * (A + a - 2 * D / 3) - 3 * n * B, "given_1": -3 * n * (D / 3 + a)})  # fmt: skip
    return dict(proof.certificate(["goal"]))


def prove_growth() -> Certificate:
    """The left side falls with v, the right side rises."""
    ranges = {"gamma": Gt(g, 0), "N": Ge(n, 1), "w": Gt(w, 0), "alpha": Ge(alpha, 0), "beta": Ge(beta, 0)}
    proof = assuming(VARIABLES, {**ranges, **_given(GROWTH)})
    proof.show("n", Gt(n, 0), ["N"])
    proof.show("both", Gt(v + w, 0), {"given_2": 1, "w": 1}, degree=1)
    proof.show("alpha_w", Ge(THIRD - alpha * w, 0), {"given_1": 1, "given_2": 1, "alpha": 1})
    proof.show("room", Ge(2 * THIRD - alpha * (v + w), 0), ["given_1", "alpha_w"], degree=1)
    proof.show("left_1", Ge(THIRD * (v - w) + alpha * (v**2 - w**2), 0), {"given_2": 1, "alpha": 1, "both": 1},
               degree=3)  # fmt: skip
    proof.weigh("left", Ge(3 * n * beta * (THIRD * (v - w) + alpha * (v**2 - w**2)), 0), {"left_1": 3 * n * beta})
    proof.weigh("right", Ge(g**3 * ((THIRD - alpha * w) ** 2 - (THIRD - alpha * v) ** 2), 0),
                {"given_2": g**3 * alpha * (2 * THIRD - alpha * (v + w))})  # fmt: skip
    proof.weigh("goal", GROWTH.relation, {"given_0": 1, "left": 1, "right": 1})
    return dict(proof.certificate(["goal"]))


def prove_union(part: Part, count: Any) -> Certificate:
    """count e^-u <= delta/3 from e^u >= 3 count/delta, since e^u e^-u = 1."""
    from theorycheck.prover import Proof

    up, down, one = symbols("up down one_exp")
    proof = Proof(variable.symbol for variable in VARIABLES)
    proof.exp(up, u)
    proof.exp(down, -u)
    proof.exp(one, 0 * u)
    proof.assume("delta", Gt(delta, 0))
    proof.assume("given_0", Ge(up, 3 * count / delta))
    proof.exp_zero("unit", one)
    proof.exp_sum("inverse", one, up, down)
    proof.exp_positive("positive", down)
    scaled = delta * down / 3
    proof.weigh("goal", Le(count * down, delta / 3), {
        "given_0": scaled, "inverse": delta / 3, "unit": -delta / 3})  # fmt: skip
    return dict(proof.certificate(["goal"]))
