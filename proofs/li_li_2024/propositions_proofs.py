"""Certificates and exact draws for the two explicit networks of Section 3."""

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from sympy import Eq, Ge, Gt, Le, Lt, Rational, exp, expand, symbols

from .notation import activation_piece, alpha, beta, epsilon, gamma, k, m, n_N, n_R, rho, within
from .tensor_power_proofs import powers

A, B, E, G, K, M, N_N, N_R, R = (v.symbol for v in (alpha, beta, epsilon, gamma, k, m, n_N, n_R, rho))
a, b, F = symbols("a b F")
Point = dict[str, Fraction]
_SHARE = st.fractions(0, 1, max_denominator=20)


def denser(q: int) -> Any:
    """n_N beta^q >= n_R alpha^q."""
    return Ge(N_N * B**q, N_R * A**q)


def risk() -> Any:
    """1 + (k-1) e^{-F} <= exp((k-1) e^{-F})."""
    return Le(1 + (K - 1) * exp(-F), exp((K - 1) * exp(-F)))


def prove(*facts: tuple[str, Any], about: str = "alpha beta epsilon gamma rho m n_N n_R") -> Any:
    """A proof that assumes the ranges of these quantities, and further facts by name."""
    from theorycheck.prover import Proof

    symbols_of = {str(symbol): symbol for symbol in (A, B, E, G, R, M, N_N, N_R)}
    chosen = {name: symbols_of[name] for name in about.split()}
    counts = {name: symbol for name, symbol in chosen.items() if name in ("m", "n_N", "n_R")}
    proof = Proof([A, B, E, G, K, M, N_N, N_R, R, a, b, F])
    for name, symbol in chosen.items():
        proof.assume(f"{name}_1" if name in counts else name, Ge(symbol, 1) if name in counts else Gt(symbol, 0))
    for name, relation in facts:
        proof.assume(name, relation)
    for name, symbol in counts.items():
        proof.show(name, Gt(symbol, 0), [f"{name}_1"], degree=1)
    return proof


def on(piece: str, at: Any) -> list[Any]:
    return [(f"{at}_{i}", relation) for i, relation in enumerate(within(piece, at))]


def _value(proof: Any, q: int, piece: str, at: Any) -> str:
    """s(at) > 0 on a piece; gives the fact's name."""
    facts = {"polynomial": {f"{at}_0": q}, "linear": {f"{at}_1": 1, "rho": 1}}[piece]
    proof.show(f"s_{at}", Gt(activation_piece(q, piece, at), 0), facts, degree=q)
    return f"s_{at}"


def risk_certificate() -> dict[str, Any]:
    """e^x >= 1 + x at x = (k-1)e^{-F}."""
    from theorycheck.prover import Proof

    small, large = symbols("E_F E_x")
    proof = Proof([K, F])
    proof.exp(small, -F)
    proof.exp(large, (K - 1) * small)
    proof.exp_tangent("goal", Le(1 + (K - 1) * small, large), large)
    return dict(proof.certificate(["goal"]))


def value_certificate(q: int, piece: str, strength: Any, count: Any) -> dict[str, Any]:
    """m n s(gamma strength) > 0 and >= m n (gamma strength - (1-1/q) rho)."""
    proof = prove(*on(piece, a), ("a", Eq(a, G * strength)))
    name, number = _value(proof, q, piece, a), {N_N: "n_N", N_R: "n_R"}[count]
    value, line = activation_piece(q, piece, a), activation_piece(q, "linear", a)
    proof.show("positive", Gt(M * count * value, 0), {"m": 1, number: 1, name: 1}, degree=3)
    power = R ** (q - 1) if piece == "polynomial" else 1
    if piece == "polynomial":
        proof.show("above", Ge(expand((value - line) * power), 0), ["a_0", "a_1", "rho"], degree=q)
        proof.show("line", Ge(M * count * (value - line), 0), {"m": 1, number: 1, "above": 1}, degree=3)
    else:
        proof.show("line", Ge(M * count * (value - line), 0, evaluate=False))
    proof.show("scaled", Eq(M * count * (a - G * strength), 0), {"a": 1}, multipliers={"a": [M * count]})
    facts = {"line": 1, "scaled": 1, "rho": q - 1}
    goal = Ge(M * count * value - M * count * (G * strength - (1 - Rational(1, q)) * R), 0)
    proof.show("bound", goal, facts, degree=q, multipliers={"scaled": [power]})
    return dict(proof.certificate(["positive", "bound"]))


def attack_certificate(q: int, piece: str) -> dict[str, Any]:
    """m n_N s(a) = 0 where a <= 0, and m n_N s(b) > 0."""
    proof = prove(*on("zero", a), *on(piece, b), ("b", Eq(b, G * E)))
    name = _value(proof, q, piece, b)
    proof.show("nothing", Eq(M - M, 0, evaluate=False))
    proof.show("something", Gt(M * N_N * activation_piece(q, piece, b), 0), {"m": 1, "n_N": 1, name: 1}, degree=3)
    return dict(proof.certificate(["nothing", "something"]))


def _same_powers(proof: Any, name: str, left: Any, right: Any, q: int, equation: str) -> str:
    """left^q = right^q from left = right."""
    known = equation
    for j in range(2, q + 1):
        wanted = {known: [left], equation: [right ** (j - 1)]} if known != equation else {equation: [left, right]}
        proof.show(f"{name}{j}", Eq(left**j - right**j, 0), [known, equation], multipliers=wanted)
        known = f"{name}{j}"
    return known


def no_go_certificate(q: int, here: str, there: str, alone: bool = False) -> dict[str, Any]:
    """m n_R s(a) < m (n_R + n_N) s(b) for a = gamma (alpha - epsilon) and b = gamma epsilon.

    With `alone` the sharper n_R s(a) <= n_N s(b), the non-robust patches against the robust ones.
    """
    assumed = [("denser", denser(q)), ("weak", Le(B, E)), ("a", Eq(a, G * (A - E))), ("b", Eq(b, G * E))]
    about = "alpha beta epsilon gamma rho n_N n_R" + ("" if alone else " m")
    proof = prove(*assumed, *on(here, a), *on(there, b), about=about)
    s_a, s_b = activation_piece(q, here, a), activation_piece(q, there, b)
    name = _value(proof, q, there, b)
    if here == "zero":
        if alone:
            proof.show("main", Ge(N_N * s_b, 0), {"n_N": 1, name: 1})
            return dict(proof.certificate(["main"]))
        proof.show("total", Gt(N_R + N_N, 0), {"n_R": 1, "n_N_1": 1}, degree=1)
        proof.show("goal", Gt(M * (N_R + N_N) * s_b, 0), {"m": 1, "total": 1, name: 1}, degree=3)
        return dict(proof.certificate(["goal"]))
    _dense_in_b(proof, q)
    {"polynomial": _main_below, "linear": _main_above}[there](proof, q, here)
    if alone:
        return dict(proof.certificate(["main"]))
    proof.show("more", Gt((N_R + N_N) * s_b - N_R * s_a, 0), {"main": 1, "n_R": 1, name: 1, "rho": q - 1}, degree=q + 1)
    proof.show("goal", Lt(M * N_R * s_a, M * (N_R + N_N) * s_b), {"m": 1, "more": 1})
    return dict(proof.certificate(["goal"]))


def _dense_in_b(proof: Any, q: int) -> None:
    """n_N b^q >= n_R (a+b)^q, as ``dense``."""
    power = powers(proof, "radius", E, B, q, "weak", ["epsilon", "beta"])
    proof.show("dense_epsilon", Ge(N_N * E**q - N_R * A**q, 0), {"denser": 1, "n_N": 1, power: 1})
    proof.show("sum", Eq(a + b - G * A, 0), ["a", "b"], multipliers=0)
    left = _same_powers(proof, "b_", b, G * E, q, "b")
    right = _same_powers(proof, "sum_", a + b, G * A, q, "sum")
    proof.show("gamma_q", Gt(G**q, 0), {"gamma": q}, degree=q)
    facts = {"dense_epsilon": 1, "gamma_q": 1, left: 1, right: 1}
    proof.show("dense", Ge(N_N * b**q - N_R * (a + b) ** q, 0), facts, multipliers={left: [N_N], right: [N_R]})
    proof.show("b_below", Ge((a + b) ** q - b**q, 0), {"a_0": q, "b_0": q}, degree=q)
    proof.show("a_below", Ge((a + b) ** q - a**q, 0), {"a_0": q, "b_0": q}, degree=q)


def _main_below(proof: Any, q: int, here: str) -> None:
    """n_N s(b) >= n_R s(a) for b <= rho: s(a) <= a^q / (q rho^(q-1)) everywhere."""
    scale = q * R ** (q - 1)
    proof.show("powers", Ge(N_N * b**q - N_R * a**q, 0), {"dense": 1, "n_R": 1, "a_below": 1})
    if here == "polynomial":
        proof.show("main", Ge(N_N * b**q / scale - N_R * a**q / scale, 0), ["powers"], degree=1)
        return
    line = activation_piece(q, "linear", a)
    proof.show("above", Ge(a**q - scale * line, 0), {"a_1": q, "rho": q}, degree=q)
    proof.show("main_x", Ge(N_N * b**q - N_R * scale * line, 0), {"powers": 1, "n_R": 1, "above": 1})
    proof.show("main", Ge(N_N * b**q / scale - N_R * line, 0), ["main_x"], degree=1)


def _main_above(proof: Any, q: int, here: str) -> None:
    """n_N s(b) >= n_R s(a) for b > rho."""
    s_a, s_b = activation_piece(q, here, a), activation_piece(q, "linear", b)
    proof.show("b_q", Gt(b**q, 0), {"b_0": q}, degree=q)
    if here == "polynomial":
        proof.show("numbers_x", Ge((N_N - N_R) * b**q, 0), {"dense": 1, "n_R": 1, "b_below": 1})
        proof.cancel("numbers", Ge(N_N - N_R, 0), "numbers_x", ["b_q"])
        proof.show("order", Ge(s_b - s_a, 0), ["a_0", "a_1", "b_1", "rho"], degree=q)
        proof.show(
            "main",
            Ge(N_N * s_b - N_R * s_a, 0),
            {"numbers": 1, "s_b": 1, "n_R": 1, "order": 1, "rho": q - 1},
            degree=q + 1,
        )
        return
    line = (1 - Rational(1, q)) * R
    proof.show("ratio", Ge((a + b) ** q * s_b - b**q * (a + b - line), 0), {"rho": q, "b_1": q, "a_0": q}, degree=q + 1)
    facts = {"s_b": 1, "dense": 1, "n_R": 1, "ratio": 1, "b_q": 1, "b_0": 1}
    proof.show("main_x", Ge((N_N * s_b - N_R * s_a) * b**q, 0), facts, degree=3)
    proof.cancel("main", Ge(N_N * s_b - N_R * s_a, 0), "main_x", ["b_q"])


def point_of(here: str, there: str) -> dict[str, Any]:
    """A point of the no-go on these pieces, for every q (rho = 1)."""
    radius = {"polynomial": Fraction(1, 2), "linear": Fraction(2)}[there]
    gap = {"zero": Fraction(-1, 4), "polynomial": Fraction(1, 4), "linear": Fraction(2)}[here]
    return {
        "rho": 1,
        "gamma": 1,
        "epsilon": radius,
        "beta": radius,
        "alpha": radius + gap,
        "a": gap,
        "b": radius,
        "n_R": 1,
        "n_N": 20_000,
    }


def dense_nets(q: int, here: str, there: str) -> st.SearchStrategy[Point]:
    """Nets and patches just inside the denser condition, with a and b on these pieces."""

    def values(u: list[Fraction], patches: int, more: int, filters: int) -> Point:
        v = {"rho": u[0] + Fraction(1, 5), "gamma": u[1] + Fraction(1, 5)}
        b_ = v["rho"] * (1 - u[2] * Fraction(9, 10) if there == "polynomial" else Fraction(11, 10) + u[2])
        places = {"zero": -b_ * u[3] * Fraction(9, 10), "polynomial": v["rho"] * (1 - u[3] * Fraction(9, 10)),
                  "linear": v["rho"] * (Fraction(11, 10) + 2 * u[3])}  # fmt: skip
        v |= {"a": places[here], "b": b_, "epsilon": b_ / v["gamma"], "alpha": (places[here] + b_) / v["gamma"]}
        v["beta"] = v["epsilon"] * (1 - u[4] / 2)
        least = -(-patches * (v["alpha"] / v["beta"]) ** q // 1)
        return {**v, "n_R": Fraction(patches), "n_N": Fraction(max(1, least) + more), "m": Fraction(filters)}

    return st.builds(
        values, st.lists(_SHARE, min_size=5, max_size=5), st.integers(1, 4), st.integers(0, 2), st.integers(1, 3)
    )


def small_nets(q: int) -> st.SearchStrategy[Point]:
    """Simple nets and patches at the denser condition, for a short counterexample: rho = epsilon = beta = 1."""

    def values(strength: int, halves: int, more: int) -> Point:
        v = {name: Fraction(1) for name in ("rho", "epsilon", "beta", "n_R", "m")}
        v |= {"alpha": Fraction(strength), "gamma": Fraction(halves, 2), "n_N": Fraction(strength**q + more)}
        v |= {"a": v["gamma"] * (strength - 1), "b": v["gamma"], "F": Fraction(0), "k": Fraction(2)}
        return v

    return st.builds(values, st.integers(2, 5), st.integers(1, 6), st.integers(0, 3))


def own_values(piece: str, strength: str) -> st.SearchStrategy[Point]:
    """Nets whose own feature lies on the piece."""

    def values(u: list[Fraction], counts: tuple[int, int, int]) -> Point:
        v = {"rho": u[0] + Fraction(1, 5), "gamma": u[1] + Fraction(1, 5), "epsilon": Fraction(1)}
        z = v["rho"] * (1 - u[2] * Fraction(9, 10) if piece == "polynomial" else Fraction(11, 10) + 3 * u[2])
        own = z / v["gamma"]
        v |= {
            "alpha": own,
            "beta": own,
            "n_R": Fraction(counts[0]),
            "n_N": Fraction(counts[1]),
            "m": Fraction(counts[2]),
            "a": z,
        }
        if strength == "alpha":  # Proposition 3.2 assumes beta <= epsilon < alpha
            v |= {"epsilon": own * (1 - u[3] / 2) - own / 100, "beta": own / 4}
        return {**v, "b": Fraction(1), "F": Fraction(0), "k": Fraction(2), "shift": -v["beta"]}

    sizes = st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
    return st.builds(values, st.lists(_SHARE, min_size=4, max_size=4), sizes)


def attacked(piece: str) -> st.SearchStrategy[Point]:
    """Nets whose attacked patches lie on the piece."""
    swap = own_values(piece, "beta")
    return swap.map(lambda v: {**v, "b": v["a"], "epsilon": v["a"] / v["gamma"], "a": Fraction(0)})


def risks() -> st.SearchStrategy[Point]:
    """Outputs and numbers of classes; the rest of a net does not matter."""
    rest = own_values("polynomial", "alpha")
    return st.builds(lambda v, f, n: {**v, "F": 12 * f - 2, "k": Fraction(n)}, rest, _SHARE, st.integers(2, 30))
