"""The statements of Lemma D.7 and their certificates."""

from typing import Any

from sympy import And, Eq, Ge, Gt, Le, symbols

from theorycheck.claim import Dynamics, Part

from .notation import PIECES, alpha, checked_exponent, derivative, eta, k, n_R, rho, within

c, c_next, c_0, logit, floor, y = symbols("c c_next c_0 logit floor y")
ALPHA, R, K, ETA, N = (v.symbol for v in (alpha, rho, k, eta, n_R))
_AT: dict[str, int | str] = {"zero": -1, "polynomial": "1/8", "linear": 2}
LOW = (Le(floor, c_0), Le(K * floor, -ETA * N * ALPHA))


def fall(q: int, piece: str | None, at: Any, sign: int = 1) -> Any:
    """(eta/k) logit n_R alpha s'(at), s' as defined or on a piece; `sign` -1 turns the update around."""
    slopes = {"zero": 0, "polynomial": (at / R) ** (q - 1), "linear": 1}
    slope = derivative(q, at) if piece is None else slopes[piece]
    return sign * ETA / K * logit * N * ALPHA * slope


def step_parts(q: int) -> tuple[Part, ...]:
    """One step, for s' as the paper defines it, by the piece that alpha c lies on."""
    checked_exponent(q)
    own = {"zero": Eq(fall(q, None, y), 0, evaluate=False), "polynomial": _falls(q), "linear": _falls(q)}
    said = {"zero": r"c_{t+1} = c_t", "polynomial": r"-\tfrac{\eta}{k}\sum_p\alpha_p \le c_{t+1} \le c_t"}
    return tuple(
        Part(f"step, q = {q}, {piece}", own[piece], given=(*within(piece, y), Eq(y, ALPHA * c)), point={"y": _AT[piece],
             "c": _AT[piece]},
             tex=said.get(piece, said["polynomial"]) + rf"\quad (q={q},\ \text{{{piece}}})")
        for piece in PIECES
    )  # fmt: skip


def _falls(q: int) -> Any:
    less = fall(q, None, y)
    return And(Ge(less, 0, evaluate=False), Ge(c - less, -ETA / K * N * ALPHA, evaluate=False))


def transitions(q: int) -> dict[str, tuple[Any, ...]]:
    """A step of c by the piece that alpha c lies on, for n_R patches of strength alpha."""
    at = ALPHA * c
    inputs = (Ge(logit, 0), Le(logit, 1))
    return {p: (*inputs, *within(p, at), Eq(c_next, c - fall(q, p, at))) for p in PIECES}


def run_part(q: int) -> Part:
    """Along any run: never above the start, never below the floor."""
    dynamics = Dynamics({"c": "c_next"}, {"c": c_0}, transitions(q), ("logit",))
    tex = rf"\min\left(c_0, -\tfrac{{\eta}}{{k}}\sum_p \alpha_p\right) \le c_t \le c_0 \quad (q={q})"
    return Part(f"run, q = {q}", And(Ge(c, floor), Le(c, c_0)), given=LOW, dynamics=dynamics, tex=tex)


def _named(relations: tuple[Any, ...], prefix: str) -> dict[str, Any]:
    return {f"{prefix}{i}": relation for i, relation in enumerate(relations)}


def _base() -> Any:
    from theorycheck.prover import Proof as Builder

    return Builder([c, c_next, c_0, y, logit, floor, ALPHA, R, K, ETA, N])


def _assume(proof: Any) -> None:
    for name, symbol in (("alpha", ALPHA), ("rho", R), ("eta", ETA)):
        proof.assume(name, Gt(symbol, 0))
    proof.assume("k_2", Ge(K, 2))
    proof.assume("n_R", Ge(N, 1))


def _size(block: Any) -> None:
    """k > 0, n_R >= 0 and the largest fall."""
    block.show("k", Gt(K, 0), ["k_2"], degree=1)
    block.show("patches", Ge(N, 0), ["n_R"], degree=1)


def step_certificate(q: int, piece: str) -> dict[str, Any]:
    """The step parts."""
    proof = _base()
    _assume(proof)
    proof.assume("logit_0", Ge(logit, 0))
    proof.assume("logit_1", Le(logit, 1))
    for name, relation in _named(within(piece, y), "piece").items():
        proof.assume(name, relation)
    proof.assume("y", Eq(y, ALPHA * c))
    _size(proof)
    less = fall(q, piece, y)
    if piece == "zero":
        proof.show("frozen", Eq(less, 0, evaluate=False))
        return dict(proof.certificate(["frozen"]))
    _slope(proof, q, piece, y, "piece")
    proof.show("positive_x", Gt(ALPHA * c, 0), ["y", "piece0"], multipliers=0)
    proof.cancel("positive", Gt(c, 0), "positive_x", ["alpha"])
    _bounds(proof, q, piece, y)
    proof.show("falls", Ge(less, 0), ["falls_x"], degree=1)
    proof.show("bounded", Ge(c - less, -ETA / K * N * ALPHA), ["bounded_x"], degree=1)
    return dict(proof.certificate(["falls", "bounded"]))


def _slope(block: Any, q: int, piece: str, at: Any, prefix: str) -> None:
    """0 <= s' <= 1 on the piece."""
    if piece == "polynomial":
        first, second = f"{prefix}0", f"{prefix}1"
        block.show("slope_0", Ge((at / R) ** (q - 1), 0), {first: q - 1}, degree=q - 1)
        block.show("slope_1", Le((at / R) ** (q - 1), 1), {first: q - 2, second: 1, "rho": q - 2}, degree=q - 1)


def _bounds(block: Any, q: int, piece: str, at: Any) -> None:
    """0 <= fall <= (eta/k) n_R alpha, and c > 0; all multiplied by k rho^(q-1)."""
    less, most, power = _cleared(q, piece, at)
    scale = {"eta": 1, "alpha": 1, "patches": 1}
    slope = ["slope_0", "slope_1"] if piece == "polynomial" else []
    block.show("falls_x", Ge(less, 0), {**scale, "logit_0": 1, **dict.fromkeys(slope[:1], 1)}, degree=5)
    facts = {**scale, "logit_0": 1, "logit_1": 1, **dict.fromkeys(slope, 1), "rho": q - 1}
    block.show("least", Ge(most - less, 0), facts, degree=q + 3)
    block.show(
        "bounded_x", Ge(c * K * power - less + most, 0), {"positive": 1, "least": 1, "k": 1, "rho": q - 1}, degree=q + 1
    )


def _cleared(q: int, piece: str, at: Any) -> tuple[Any, Any, Any]:
    """The fall, the largest fall, and rho^(q-1) or 1, with the denominator k rho^(q-1) or k multiplied out."""
    power = R ** (q - 1) if piece == "polynomial" else 1
    return ETA * logit * N * ALPHA * (at ** (q - 1) if piece == "polynomial" else 1), ETA * N * ALPHA * power, power


def run_certificate(q: int) -> dict[str, Any]:
    """The run part, by induction."""
    proof = _base()
    steps = {p: _named(relations, f"{p}_") for p, relations in transitions(q).items()}
    proof.system("run", {c: c_next}, {c: c_0}, [logit], steps)
    _assume(proof)
    proof.assume("low_start", LOW[0])
    proof.assume("low_floor", LOW[1])
    _size(proof)
    induction = proof.induction("induction", "run", {"low": Ge(c, floor), "high": Le(c, c_0)})
    induction.base.goal("low", ["low_start"], degree=1)
    induction.base.goal("high")
    for piece, block in induction.steps.items():
        equation = f"{piece}_{len(steps[piece]) - 1}"
        if piece == "zero":
            block.goal("low", ["low", equation], multipliers=0)
            block.goal("high", ["high", equation], multipliers=0)
            continue
        block.show("logit_0", Ge(logit, 0), [f"{piece}_0"], degree=1)
        block.show("logit_1", Le(logit, 1), [f"{piece}_1"], degree=1)
        block.show("piece0", Gt(ALPHA * c, 0), [f"{piece}_2"], degree=1)
        if piece == "polynomial":
            block.show("piece1", Le(ALPHA * c, R), [f"{piece}_3"], degree=1)
        _slope(block, q, piece, ALPHA * c, "piece")
        block.cancel("positive", Gt(c, 0), "piece0", ["alpha"])
        _bounds(block, q, piece, ALPHA * c)
        less, _, power = _cleared(q, piece, ALPHA * c)
        block.show("after", Eq((c_next - c) * K * power + less, 0), [equation], multipliers=0)
        low, high = (c_next - floor) * K * power, (c_0 - c_next) * K * power
        block.show(
            "low_x", Ge(low, 0), {"after": 1, "bounded_x": 1, "low_floor": 1, "rho": q - 1}, degree=q, multipliers=0
        )
        block.show(
            "high_x",
            Ge(high, 0),
            {"after": 1, "high": 1, "falls_x": 1, "k": 1, "rho": q - 1},
            degree=q + 1,
            multipliers=0,
        )
        for goal in ("low", "high"):
            block.goal_by_cancel(goal, f"{goal}_x", ["k", *(["rho"] * (q - 1) if piece == "polynomial" else [])])
    induction.close()
    return dict(proof.certificate(["low", "high"]))
