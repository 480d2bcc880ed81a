"""Certificates on noise: a weighted sum against the sum of its weights, and what Phi gains against what B gains."""

from typing import Any

from sympy import And, Eq, Ge, Gt, Le, symbols

from theorycheck.claim import Dynamics

total, total_next, own, own_next, rest, rest_next = symbols("total total_next own own_next rest rest_next")
phi, e, mu, nu = symbols("phi e mu nu")
b, z, slope, slopes, c, c_mean, gamma, g, g_own = symbols("b z slope slopes c c_mean gamma g g_own")
h, beta, M, d_phi, d_B = symbols("h beta M d_phi d_B")

STATE = {"total": "total_next", "own": "own_next", "rest": "rest_next"}


def transitions() -> dict[str, dict[str, Any]]:
    """One more increment phi >= 0 of a coefficient, its vector having the overlap e with the noise looked at."""
    table: dict[str, dict[str, Any]] = {}
    for kind, bound in (("same", nu), ("other", mu)):
        facts = {
            "total": Eq(total_next, total + phi * e),
            "own": Eq(own_next, own + phi * int(kind == "same")),
            "rest": Eq(rest_next, rest + phi * int(kind == "other")),
            "phi": Ge(phi, 0),
            "most": Le(e, bound),
            "least": Ge(e, -bound),
        }
        table[kind] = {f"{kind}_{name}": relation for name, relation in facts.items()}
    return table


def increments() -> Dynamics:
    """All increments of a run, in any order."""
    steps = {kind: tuple(facts.values()) for kind, facts in transitions().items()}
    return Dynamics(STATE, dict.fromkeys(STATE, total * 0), steps, ("phi", "e"))


def moved(factor: int = 1) -> Any:
    """|sum phi e| <= nu own + mu rest."""
    most = nu * own + factor * mu * rest
    return And(Le(total, most), Ge(total, -most))


def moved_certificate(factor: int = 1) -> dict[str, Any]:
    """By induction over the increments."""
    from theorycheck.prover import Proof

    proof = Proof([total, total_next, own, own_next, rest, rest_next, phi, e, mu, nu])
    state = {total: total_next, own: own_next, rest: rest_next}
    proof.system("run", state, dict.fromkeys(state, 0), [phi, e], transitions())
    invariants = dict(zip(("above", "below"), moved(factor).args, strict=True))
    induction = proof.induction("sum", "run", invariants)
    for key in invariants:
        induction.base.goal(key)
        for kind, block in induction.steps.items():
            facts = [key, *(f"{kind}_{name}" for name in ("total", "own", "rest", "phi", "most", "least"))]
            block.goal(key, facts, multipliers=1)
    induction.close()
    return dict(proof.certificate(list(invariants)))


def tangent(n: int, order: int | None = None) -> Any:
    """(b + z)^n >= b^n + n b^(n-1) z; `order` replaces the factor n."""
    return Ge((b + z) ** n, b**n + (n if order is None else order) * b ** (n - 1) * z)


def tangent_below(n: int) -> Any:
    """0 >= b^n + n b^(n-1) z."""
    return Ge(0, b**n + n * b ** (n - 1) * z)


def tangent_certificate(n: int, active: bool) -> dict[str, Any]:
    """The tangent of the power lies below it: the difference is z^2 times a sum of products of b and b + z."""
    from theorycheck.prover import Proof

    proof = Proof([b, z])
    proof.assume("b", Gt(b, 0))
    proof.assume("z", Ge(b + z, 0) if active else Le(b + z, 0))
    if active:
        proof.show("goal", tangent(n), {"z": n - 2, "b": n - 2}, degree=n - 2, squares=[z])
    else:
        proof.show("goal", tangent_below(n), {"z": 1, "b": n}, degree=n)
    return dict(proof.certificate(["goal"]))


def share_given(n: int) -> dict[str, Any]:
    """One step of B and of one Phi while every pre-activation is in the polynomial part."""
    return {
        "gain": Eq(d_phi, h * g_own * slope),
        "grows": Ge(d_B, h * beta * g * slopes),
        "near": Le(g_own, gamma * g),
        "largest": Le(slope, ((1 + c) * b) ** n),
        "average": Ge(slopes, M * b**n * (1 - n * c_mean)),
        "room": Gt(1 - n * c_mean, 0),
    }


def share(n: int, power: int | None = None) -> Any:
    """Phi gains at most gamma (1+c)^n / (beta M (1 - n c_mean)) of what B gains."""
    return Le(d_phi, gamma * (1 + c) ** (n if power is None else power) / (beta * M * (1 - n * c_mean)) * d_B)


def share_certificate(n: int) -> dict[str, Any]:
    """Insert the largest slope above and the average slope below."""
    from theorycheck.prover import Proof

    proof = Proof([b, slope, slopes, c, c_mean, gamma, g, g_own, h, beta, M, d_phi, d_B])
    signs = {"b": Gt(b, 0), "slope": Ge(slope, 0), "c": Ge(c, 0), "gamma": Ge(gamma, 1), "g": Ge(g, 0),
             "g_own": Ge(g_own, 0), "h": Gt(h, 0), "beta": Gt(beta, 0), "M": Ge(M, 1)}  # fmt: skip
    given = share_given(n)
    for name, relation in {**signs, **given}.items():
        proof.assume(name, relation)
    proof.show("M_0", Gt(M, 0), ["M"], degree=1)
    proof.show("gamma_0", Ge(gamma, 0), ["gamma"], degree=1)
    proof.show("one_c", Gt(1 + c, 0), ["c"], degree=1)
    proof.show("power", Ge((1 + c) ** n, 0), {"one_c": n}, degree=n)
    most = ((1 + c) * b) ** n
    proof.show("most", Ge(most, 0), {"one_c": n, "b": n}, degree=2 * n)
    # h g_own slope <= h gamma g most
    proof.show("product", Le(g_own * slope, gamma * g * most), {"near": 1, "largest": 1, "g_own": 1, "most": 1})
    proof.show("above", Le(d_phi, h * gamma * g * most), {"gain": 1, "product": 1, "h": 1}, multipliers=0)
    proof.show("hbg", Ge(h * beta * g, 0), {"h": 1, "beta": 1, "g": 1}, degree=3)
    least = h * beta * g * M * b**n * (1 - n * c_mean)
    proof.show("below", Ge(d_B, least), {"grows": 1, "hbg": 1, "average": 1})
    scale = gamma * (1 + c) ** n
    proof.show("scaled", Ge(scale * d_B, scale * least), {"gamma_0": 1, "power": 1, "below": 1}, degree=3)
    proof.show("bM", Gt(beta * M, 0), {"beta": 1, "M_0": 1})
    proof.show("bottom", Gt(beta * M * (1 - n * c_mean), 0), {"bM": 1, "room": 1})
    cleared = beta * M * (1 - n * c_mean)
    proof.show("cleared", Ge(cleared * (h * gamma * g * most - d_phi), 0), {"bottom": 1, "above": 1})
    proof.show("goal", share(n), {"cleared": 1, "scaled": 1}, degree=1)
    return dict(proof.certificate(["goal"]))
