"""Certificates about the phases of adversarial training, for one exponent q at a time."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Ge, Gt, Le, Lt

from .notation import checked_exponent
from .tensor_power_proofs import power_positive, powers

if TYPE_CHECKING:
    from theorycheck.prover import Block, Proof

beta, rho, eta_tilde, Q, B = sympy.symbols("beta rho eta_tilde Q B")
x, x_next, x_0, M, U, g = sympy.symbols("x x_next x_0 M U g")
kappa, top = sympy.symbols("kappa B_max")
h = sympy.Symbol("h")

# By exponent, a bound on x (1 - x^q) whose power q - 1 is at most 3/(4q), and where the bound's tangent is taken.
HUMP = {3: (Fraction(1, 2), Fraction(63, 100)), 4: (Fraction(4, 7), Fraction(67, 100)),
        5: (Fraction(3, 5), Fraction(7, 10)), 6: (Fraction(13, 20), Fraction(29, 40))}  # fmt: skip

Certificate = dict[str, Any]


def level(q: int) -> sympy.Expr:
    """Where B stops: sum_s (B_s)_+^q = rho^(q-1)/(eta~ beta^(q-2))."""
    return rho ** (q - 1) / (eta_tilde * beta ** (q - 2))


def move(q: int) -> sympy.Expr:
    """What the ascent takes off beta before clipping: eta~ sum_s s'(beta B_s) B_s on the polynomial part."""
    return eta_tilde * beta ** (q - 1) * Q / rho ** (q - 1)


def proof_about(
    symbols: Iterable[Any], positive: Iterable[Any] = (), atoms: Mapping[Any, Any] | None = None
) -> "Proof":
    """A proof about the symbols, of which some are positive (known as ``name0``), with exponentials by their atoms."""
    from theorycheck.prover import Proof

    p = Proof(symbols)
    for atom, argument in (atoms or {}).items():
        p.exp(atom, argument)
    for symbol in positive:
        p.assume(f"{symbol}0", Gt(symbol, 0))
    return p


def stops_relation(q: int, below: bool) -> Any:
    """Whether the ascent takes less than beta off the patch."""
    return (Lt if below else Ge)(move(q), beta)


def stops(q: int, below: bool) -> Certificate:
    """Below the level the ascent takes less than beta off the patch, from the level on at least beta."""
    checked_exponent(q)
    p = proof_about([beta, rho, eta_tilde, Q], [beta, rho, eta_tilde])
    p.assume("place", Lt(Q, level(q)) if below else Ge(Q, level(q)))
    power_positive(p, "rho_n", rho, q - 1, "rho0")
    speed = eta_tilde * beta ** (q - 1) / rho ** (q - 1)
    p.show("speed", Gt(speed, 0), {"eta_tilde0": 1, "beta0": q - 1}, degree=q)
    p.weigh("outcome", stops_relation(q, below), {"place": speed})
    return p.certificate(["outcome"])


def inside(q: int) -> Certificate:
    """(beta B)^q <= rho^q where B^q is at most the level and beta^2 <= eta~ rho."""
    checked_exponent(q)
    p = proof_about([beta, rho, eta_tilde, B], [beta, rho, eta_tilde])
    p.assume("few", Le(B**q, level(q)))
    p.assume("steep", Le(beta**2, eta_tilde * rho))
    p.show("beta_q", Gt(beta**q, 0), ["beta0"], degree=q)
    power_positive(p, "rho_n", rho, q - 1, "rho0")
    p.weigh("inside", Le(beta**q * B**q, rho**q), {"few": beta**q, "steep": rho ** (q - 1) / eta_tilde})
    return p.certificate(["inside"])


def hump_relation(q: int) -> Any:
    """x^(q-1) (1 - x^q)^q <= (3/4)(1 - x)."""
    return Le(x ** (q - 1) * (1 - x**q) ** q, sympy.Rational(3, 4) * (1 - x))


def hump(q: int) -> Certificate:
    """`hump_relation` for 0 <= x <= 1."""
    checked_exponent(q)
    p = proof_about([x])
    p.assume("x", Ge(x, 0))
    p.assume("below", Le(x, 1))
    _show_hump(p, q)
    return p.certificate(["hump"])


def _show_hump(block: "Block", q: int) -> None:
    """The inequality of `hump` as ``hump``, from the facts x: x >= 0 and below: x <= 1."""
    most, touch = (sympy.Rational(f.numerator, f.denominator) for f in HUMP[q])
    block.show("rest", Ge(1 - x**q, 0), {"x": q, "below": 1}, degree=q + 1)
    block.show("chord", Ge(q * (1 - x) - (1 - x**q), 0), {"x": q, "below": 2}, degree=q + 1)
    block.show("least", Ge(most - x * (1 - x**q), 0), {"x": q - 1}, degree=q - 1, squares=[x - touch])
    block.show("product", Ge(x * (1 - x**q), 0), {"x": 1, "rest": 1})
    power = powers(block, "hump_", most, x * (1 - x**q), q - 1, "least", ["product"])
    weights = {power: 1 - x**q, "chord": most ** (q - 1), "below": sympy.Rational(3, 4) - q * most ** (q - 1)}
    block.weigh("hump", hump_relation(q), weights)


def stays_transition(q: int) -> dict[str, dict[str, Any]]:
    """x = (Q/Q*)^(1/q): below 1 it grows as the leading filter would at most, from 1 on it does not."""
    step = U * g * x ** (q - 1) * (1 - x**q) ** q
    return {
        "growing": {"below": Le(x, 1), "grows": Le(x_next, x + step), "g": Ge(g, 0), "g1": Le(g, 1),
                    "positive": Ge(x_next, 0)},
        "stopped": {"above": Ge(x, 1), "stays": Le(x_next, x), "positive": Ge(x_next, 0)},
    }  # fmt: skip


def stays(q: int) -> Certificate:
    """x <= M at every time, for M >= 1, M >= 3 U/4 and M >= x_0."""
    checked_exponent(q)
    p = proof_about([x, x_next, x_0, g, U, M])
    p.system("run", {x: x_next}, {x: x_0}, [g], stays_transition(q))
    for name, relation in {"M": Ge(M, 1), "step": Ge(M, sympy.Rational(3, 4) * U), "start": Ge(M, x_0),
                           "x_0": Ge(x_0, 0), "U": Ge(U, 0)}.items():  # fmt: skip
        p.assume(name, relation)
    run = p.induction("run.stays", "run", {"x": Ge(x, 0), "bound": Le(x, M)})
    run.base.goal("x", ["x_0"], degree=1)
    run.base.goal("bound", ["start"], degree=1)
    s = run.steps["growing"]
    s.goal("x", ["positive"], degree=1)
    _show_hump(s, q)
    shape, chord = x ** (q - 1) * (1 - x**q) ** q, sympy.Rational(3, 4) * (1 - x)
    s.show("shape", Ge(shape, 0), {"product": q - 1, "rest": 1}, degree=q)
    s.show("slower", Le(U * g * shape, U * chord), {"U": 1, "g1": 1, "shape": 1, "hump": 1}, degree=3)
    s.show("room", Ge((M - sympy.Rational(3, 4) * U) * (1 - x), 0), {"step": 1, "below": 1})
    s.show("more", Ge((M - 1) * x, 0), {"M": 1, "x": 1})
    s.goal("bound", ["grows", "slower", "room", "more"], degree=1)
    s = run.steps["stopped"]
    s.goal("x", ["positive"], degree=1)
    s.goal("bound", ["bound", "stays"], degree=1)
    run.close()
    return p.certificate(["bound"])


def filter_relation(q: int) -> Any:
    """One step of a filter B <= B_max, to the power q, against B's share of a step of all by the largest factor."""
    return Le(B**q * (1 + kappa * B ** (q - 2)) ** q, B**q * (1 + kappa * top ** (q - 2)) ** q)


def filters(q: int) -> Certificate:
    """A filter below the largest grows by no larger factor: (B + kappa B^(q-1))^q <= (1 + kappa B_max^(q-2))^q B^q."""
    checked_exponent(q)
    n = q - 2
    p = proof_about([B, top, kappa], [B])
    p.assume("kappa", Ge(kappa, 0))
    p.assume("largest", Ge(top, B))
    p.show("top", Gt(top, 0), ["largest", "B0"], degree=1)
    known = powers(p, "top_", top, B, n, "largest", ["top", "B0"])
    p.show("B_n", Gt(B**n, 0), ["B0"], degree=n)
    p.show("own", Gt(1 + kappa * B**n, 0), {"kappa": 1, "B_n": 1})
    p.show("gap", Ge(kappa * (top**n - B**n), 0), {"kappa": 1, known: 1})
    p.show("other", Gt(1 + kappa * top**n, 0), {"own": 1, "gap": 1}, degree=1)
    power = powers(p, "factor_", 1 + kappa * top**n, 1 + kappa * B**n, q, "gap", ["own", "other"])
    p.show("B_q", Gt(B**q, 0), ["B0"], degree=q)
    p.weigh("filter", filter_relation(q), {power: B**q})
    return p.certificate(["filter"])


def hidden_relation(q: int) -> Any:
    """h (1-h)^q <= q^q/(q+1)^(q+1)."""
    return Le(h * (1 - h) ** q, sympy.Rational(q**q, (q + 1) ** (q + 1)))


def hidden(q: int) -> Certificate:
    """`hidden_relation` for 0 <= h <= 1."""
    checked_exponent(q)
    p = proof_about([h])
    p.assume("h", Ge(h, 0))
    p.assume("below", Le(h, 1))
    square = h - sympy.Rational(1, q + 1)
    p.show("most", hidden_relation(q), {"h": q - 1, "below": q - 1}, degree=q - 1, squares=[square])
    return p.certificate(["most"])
