"""Certificates of the effective tensor power lemma, for one exponent n = q - 2 at a time and any number of steps."""

from typing import TYPE_CHECKING, Any

import sympy
from sympy import Eq, Ge, Gt, Le, Lt

from .notation import checked_exponent

if TYPE_CHECKING:
    from theorycheck.prover import Block, Proof

x, x_next, y, y_next, t, t_next = sympy.symbols("x x_next y y_next t t_next")
x_0, y_0, C, C_max, C_min, eta, S_root, a, kappa = sympy.symbols("x_0 y_0 C C_max C_min eta S_root a kappa")
theta, h = sympy.symbols("theta h")


def order(q: int) -> int:
    """n = q - 2.

    Raises:
        ValueError: for q = 2, where both sequences grow geometrically and no power law separates them, and below.
    """
    return checked_exponent(q) - 2


def definitions(n: int) -> dict[str, sympy.Expr]:
    """What the auxiliary symbols of the proofs stand for."""
    small = eta * C_max * a**n
    return {"h": small, "theta": (1 + small) ** (n + 1)}


def powers(block: "Block", name: str, greater: Any, smaller: Any, n: int, gap: str, positive: list[str]) -> str:
    """greater^n >= smaller^n from `gap`: greater >= smaller, one power at a time; gives the name of the last fact."""
    known = gap
    for j in range(2, n + 1):
        block.show(
            f"{name}{j}", Ge(greater**j - smaller**j, 0), {known: 1, gap: 1, **dict.fromkeys(positive, j)}, degree=j
        )
        known = f"{name}{j}"
    return known


def power_positive(block: "Block", name: str, value: Any, n: int, source: str) -> str:
    if n > 1:
        block.show(name, Gt(value**n, 0), [source], degree=n)
    return name if n > 1 else source


def show_one(block: "Block", n: int, now: Any, after: Any, growth: Any, facts: dict[str, str]) -> None:
    """Step (i), cleared: now^n - after^n (1 - n growth now^n) >= 0, as the fact ``one``.

    `facts` names growth >= 0, now > 0, after > 0 and after <= now + growth now^(n+1).
    """
    above = now + growth * now ** (n + 1)
    nth = power_positive(block, "now_n", now, n, facts["now"])
    block.show("u", Ge(growth * now**n, 0), {facts["growth"]: 1, nth: 1})
    block.show("above", Gt(above, 0), {facts["now"]: 1, "u": 1})
    power = powers(block, "above_", above, after, n, facts["slow"], ["above", facts["after"]])
    left = 1 - n * growth * now**n
    block.show("bernoulli", Ge(now**n - left * above**n, 0), {nth: 1, "u": n + 1}, degree=n + 2)
    block.show("after_n", Gt(after**n, 0), [facts["after"]], degree=n)
    cases = block.cases("one", Ge(now**n - left * after**n, 0), left)
    cases.nonnegative.goal("one", {"one.case": 1, power: 1, "bernoulli": 1})
    cases.nonpositive.goal("one", {"one.case": 1, nth: 1, "after_n": 1})
    cases.close()


def show_two(block: "Block", n: int) -> None:
    """Step (ii), cleared: theta (x_next^n - x^n) - n eta C x^n x_next^n >= 0, as the fact ``two``.

    The facts eta, h, theta, x (x > 0), nonnegative, bounded, below and grows are at hand.
    """
    u = eta * C * x**n
    nth = power_positive(block, "x_n", x, n, "x")
    block.show("c", Ge(eta * C, 0), ["eta", "nonnegative"])
    block.show("w", Ge(u, 0), {"c": 1, nth: 1})
    block.show("reached", Gt(x + u * x, 0), {"x": 1, "w": 1})
    block.show("x_next", Gt(x_next, 0), ["grows", "reached"], degree=1)
    grown = powers(block, "grown_", x_next, x + u * x, n, "grows", ["x_next", "reached"])
    level = powers(block, "level_", a, x, n, "below", ["a", "x"])
    block.show("largest", Ge(C_max, 0), ["nonnegative", "bounded"], degree=1)
    block.show(
        "small", Ge(h - u, 0), {"h": 1, "eta": 1, "bounded": 1, nth: 1, level: 1, "largest": 1}, degree=3, multipliers=0
    )
    block.show("one_h", Gt(1 + h, 0), {"small": 1, "w": 1}, degree=1)
    block.show("one_u", Gt(1 + u, 0), {"w": 1}, degree=1)
    power = powers(block, "theta_", 1 + h, 1 + u, n + 1, "small", ["one_h", "one_u"])
    block.show("ratio", Ge(theta - (1 + u) ** (n + 1), 0), {"theta": 1, power: 1}, multipliers=0)
    block.show("gain", Ge((1 + u) ** n - 1, 0), {"w": n}, degree=n)
    block.show("convex", Ge((1 + u) * ((1 + u) ** n - 1) - n * u, 0), {"w": n + 1}, degree=n + 1)
    wanted = theta * ((1 + u) ** n - 1) - n * u * (1 + u) ** n
    block.show("integral", Ge(wanted, 0), {"ratio": 1, "gain": 1, "convex": 1, "one_u": n}, degree=n + 1)
    block.show("enough", Ge(theta - n * u, 0), {"ratio": 1, "w": n + 1}, degree=n + 1)
    block.show("x_next_n", Gt(x_next**n, 0), ["x_next"], degree=n)
    cleared = theta * (x_next**n - x**n) - n * u * x_next**n
    block.show("two", Ge(cleared, 0), {nth: 1, "integral": 1, "enough": 1, grown: 1})


def transition(n: int) -> dict[str, Any]:
    """What a step of the race meets while x has not reached a."""
    return {
        "nonnegative": Ge(C, 0), "bounded": Le(C, C_max), "below": Lt(x, a), "alive": Gt(y_next, 0),
        "grows": Ge(x_next, x + eta * C * x ** (n + 1)), "slow": Le(y_next, y + eta * S_root**n * C * y ** (n + 1)),
    }  # fmt: skip


def _assume(proof: "Proof", n: int, *relations: Any) -> None:
    named = {
        "eta": Gt(eta, 0),
        "a": Gt(a, 0),
        "S": Gt(S_root, 0),
        "kappa": Gt(kappa, 0),
        "x_0": Gt(x_0, 0),
        "y_0": Gt(y_0, 0),
    }
    for name, relation in named.items():
        proof.assume(name, relation)
    for name, relation in relations:
        proof.assume(name, relation)
    proof.assume("h", Eq(h, eta * C_max * a**n))
    proof.assume("theta", Eq(theta, (1 + h) ** (n + 1)))


def step_one(n: int) -> dict[str, Any]:
    """y_next^-n >= y^-n - n eta S C."""
    from theorycheck.prover import Proof

    proof, steps = Proof([y, y_next, C, eta, S_root]), transition(n)
    named = {
        "eta": Gt(eta, 0),
        "S": Gt(S_root, 0),
        "y": Gt(y, 0),
        **{k: steps[k] for k in ("nonnegative", "alive", "slow")},
    }
    for name, relation in named.items():
        proof.assume(name, relation)
    _growth(proof, n)
    growth = eta * S_root**n * C
    show_one(proof, n, y, y_next, growth, {"growth": "growth", "now": "y", "after": "alive", "slow": "slow"})
    proof.show("conclusion", Ge(y_next**-n, y**-n - n * growth), ["one"], degree=1)
    return proof.certificate(["conclusion"])


def _growth(block: "Block", n: int) -> None:
    block.show("S_n", Gt(S_root**n, 0), ["S"], degree=n)
    block.show("growth", Ge(eta * S_root**n * C, 0), {"eta": 1, "nonnegative": 1, "S_n": 1}, degree=3)


def step_two(n: int) -> dict[str, Any]:
    """n eta C <= theta (x^-n - x_next^-n)."""
    from theorycheck.prover import Proof

    proof, steps = Proof([x, x_next, C, C_max, eta, a, theta, h]), transition(n)
    chosen = {k: steps[k] for k in ("nonnegative", "bounded", "below", "grows")}
    for name, relation in {"eta": Gt(eta, 0), "a": Gt(a, 0), "x": Gt(x, 0), **chosen}.items():
        proof.assume(name, relation)
    proof.assume("h", Eq(h, eta * C_max * a**n))
    proof.assume("theta", Eq(theta, (1 + h) ** (n + 1)))
    show_two(proof, n)
    proof.show("conclusion", Le(n * eta * C, theta * (x**-n - x_next**-n)), ["two"], degree=1)
    return proof.certificate(["conclusion"])


def _bound(proof: "Proof", n: int) -> None:
    """Step (iii): the conclusion from the fact ``race``."""
    lead = powers(proof, "lead_", x_0, (1 + kappa) * S_root * y_0, n, "lead", ["x_0", "led"])
    proof.show("S_n", Gt(S_root**n, 0), ["S"], degree=n)
    names = {v: power_positive(proof, f"{v}_n", e, n, v) for v, e in (("x", x), ("y", y), ("x_0", x_0), ("y_0", y_0))}
    proof.show("k_n", Gt((1 + kappa) ** n, 0), ["k"], degree=n)
    rest = y_0**n * x_0**n - y**n * x_0**n + S_root**n * theta * y**n * y_0**n
    caps = {"race": 1, "S_n": 1, "theta_0": 1, **dict.fromkeys(names.values(), 1)}
    proof.show("rest_x", Ge(x**n * rest, 0), caps, degree=5)
    proof.cancel("rest", Ge(rest, 0), "rest_x", [names["x"]])
    last = (1 + kappa) ** n * (y_0**n - y**n) + theta * y**n
    proof.show(
        "last_x",
        Ge(x_0**n * last, 0),
        {"rest": 1, lead: 1, "k_n": 1, "theta_0": 1, names["y"]: 1, names["y_0"]: 1},
        degree=3,
    )
    proof.cancel("last", Ge(last, 0), "last_x", [names["x_0"]])
    proof.show("bound", Le(y**n * (1 - theta / (1 + kappa) ** n), y_0**n), ["last"], degree=1)


def positive_theta(proof: "Proof", n: int) -> None:
    a_n = power_positive(proof, "a_n", a, n, "a")
    proof.show("h_0", Ge(h, 0), {"h": 1, "eta": 1, "C_max": 1, a_n: 1}, degree=3, multipliers=0)
    proof.show("one_h", Gt(1 + h, 0), ["h_0"], degree=1)
    proof.show("theta_0", Gt(theta, 0), {"theta": 1, "one_h": n + 1}, degree=n + 1, multipliers=0)


def _led(proof: "Proof") -> None:
    proof.show("kappa_0", Ge(kappa, 0), ["kappa"], degree=1)
    proof.show("k", Gt(1 + kappa, 0), ["kappa_0"], degree=1)
    proof.show("led", Gt((1 + kappa) * S_root * y_0, 0), {"S": 1, "y_0": 1, "k": 1}, degree=3)


def race_relation(n: int) -> Any:
    """y^-n >= y_0^-n - S theta (x_0^-n - x^-n)."""
    return Ge(y**-n - y_0**-n + S_root**n * theta * (x_0**-n - x**-n), 0)


def step_three(n: int) -> dict[str, Any]:
    """The bound on y from the inequality of the race."""
    from theorycheck.prover import Proof

    proof = Proof([x, y, C_max, eta, S_root, a, kappa, x_0, y_0, theta, h])
    lead = ("lead", Ge(x_0, (1 + kappa) * S_root * y_0))
    _assume(proof, n, ("C_max", Ge(C_max, 0)), lead, ("x", Gt(x, 0)), ("y", Gt(y, 0)), ("race", race_relation(n)))
    positive_theta(proof, n)
    _led(proof)
    _bound(proof, n)
    return proof.certificate(["bound"])


def race(n: int) -> dict[str, Any]:
    """The inequality of the race and the bound, at any time of a run."""
    from theorycheck.prover import Proof

    proof = Proof([x, y, x_next, y_next, C, C_max, eta, S_root, a, kappa, x_0, y_0, theta, h])
    proof.system("run", {x: x_next, y: y_next}, {x: x_0, y: y_0}, [C], {"step": transition(n)})
    _assume(proof, n, ("C_max", Ge(C_max, 0)), ("lead", Ge(x_0, (1 + kappa) * S_root * y_0)))
    induction = proof.induction("induction", "run", {"x": Gt(x, 0), "y": Gt(y, 0), "race": race_relation(n)})
    induction.base.goal("x", ["x_0"])
    induction.base.goal("y", ["y_0"])
    induction.base.goal("race")
    step = induction.steps["step"]
    show_two(step, n)
    _growth(step, n)
    facts = {"growth": "growth", "now": "y", "after": "alive", "slow": "slow"}
    show_one(step, n, y, y_next, eta * S_root**n * C, facts)
    step.goal("x", ["x_next"], degree=1)
    step.goal("y", ["alive"], degree=1)
    for name, value in (("x_0", x_0), ("y_0", y_0)):
        power_positive(step, f"{name}_n", value, n, name)
    names = [v if n == 1 else w for v, w in (("x", "x_n"), ("y", "now_n"), ("x_0", "x_0_n"), ("y_0", "y_0_n"))]
    cleared = y_next**-n - y_0**-n + S_root**n * theta * (x_0**-n - x_next**-n)
    product = sympy.expand(cleared * y_next**n * y_0**n * x_0**n * x_next**n) * x**n * y**n
    caps = dict.fromkeys(["race", "one", "two", *names, "after_n", "x_next_n", "S_n"], 1)
    step.show("product", Ge(product, 0), caps, degree=6)
    step.goal_by_cancel("race", "product", names[:2])
    induction.close()
    positive_theta(proof, n)
    _led(proof)
    _bound(proof, n)
    return proof.certificate(["race", "bound"])
