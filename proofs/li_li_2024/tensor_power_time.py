"""Certificates of the time that the recursion with equality takes to reach a, for n = q - 2 and any number of steps."""

from typing import TYPE_CHECKING, Any

import sympy
from sympy import Eq, Ge, Gt, Le, Lt

from .tensor_power_proofs import (
    C,
    C_max,
    C_min,
    a,
    eta,
    h,
    positive_theta,
    power_positive,
    powers,
    show_one,
    show_two,
    t,
    t_next,
    theta,
    x,
    x_0,
    x_next,
)  # fmt: skip

if TYPE_CHECKING:
    from theorycheck.prover import Block, Induction, Proof


def time_transition(n: int) -> dict[str, Any]:
    """A step of the recursion with equality, and the clock."""
    return {
        "equation": Eq(x_next, x + eta * C * x ** (n + 1)), "clock": Eq(t_next, t + 1),
        "least": Ge(C, C_min), "bounded": Le(C, C_max), "below": Lt(x, a),
    }  # fmt: skip


def _step_facts(block: "Block", n: int) -> None:
    block.show("nonnegative", Ge(C, 0), ["least", "C_min"], degree=1)
    block.show("grows", Ge(x_next, x + eta * C * x ** (n + 1)), {"equation": 1}, multipliers=0)
    block.show("slow", Le(x_next, x + eta * C * x ** (n + 1)), {"equation": 1}, multipliers=0)


def _time(n: int, invariant: Any, extra: tuple[str, Any] | None) -> tuple["Proof", "Induction"]:
    from theorycheck.prover import Proof

    proof = Proof([x, x_next, t, t_next, C, C_max, C_min, eta, a, x_0, theta, h])
    proof.system("run", {x: x_next, t: t_next}, {x: x_0, t: 0}, [C], {"step": time_transition(n)})
    named = {"eta": Gt(eta, 0), "a": Gt(a, 0), "x_0": Gt(x_0, 0), "C_min": Gt(C_min, 0), "C_max": Gt(C_max, 0)}
    for name, relation in [*named.items(), *([extra] if extra else [])]:
        proof.assume(name, relation)
    proof.assume("h", Eq(h, eta * C_max * a**n))
    proof.assume("theta", Eq(theta, (1 + h) ** (n + 1)))
    induction = proof.induction("induction", "run", {"x": Gt(x, 0), "time": invariant})
    induction.base.goal("x", ["x_0"])
    induction.base.goal("time")
    step = induction.steps["step"]
    _step_facts(step, n)
    show_two(step, n)
    step.goal("x", ["x_next"], degree=1)
    power_positive(step, "x_0_n", x_0, n, "x_0")
    return proof, induction


def time_lower(n: int) -> dict[str, Any]:
    """T >= (x_0^-n - a^-n) / (n eta C_max) once x >= a."""
    invariant = Ge(n * eta * C_max * t - x_0**-n + x**-n, 0)
    proof, induction = _time(n, invariant, ("reached", Ge(x, a)))
    step = induction.steps["step"]
    show_one(step, n, x, x_next, eta * C, {"growth": "c", "now": "x", "after": "x_next", "slow": "slow"})
    names = ["x", "x_0"] if n == 1 else ["x_n", "x_0_n"]
    cleared = n * eta * C_max * (t_next) * x_0**n * x_next**n - x_next**n + x_0**n
    step.show("gap", Ge(eta * (C_max - C), 0), {"eta": 1, "bounded": 1})
    caps = dict.fromkeys(["time", "one", "gap", "clock", *names, "x_next_n"], 1)
    multiplier = {"clock": [eta * C_max * x_0**n * x_next**n * x**n]}
    step.show("product", Ge(sympy.expand(cleared) * x**n, 0), caps, degree=4, multipliers=multiplier)
    step.goal_by_cancel("time", "product", names[:1])
    induction.close()
    power = powers(proof, "level_", x, a, n, "reached", ["x", "a"])
    a_n, x_n, x_0_n = (power_positive(proof, f"{v}_n", e, n, v) for v, e in (("a", a), ("x", x), ("x_0", x_0)))
    whole = n * eta * C_max * t * x_0**n * a**n - a**n + x_0**n
    proof.show("whole_x", Ge(whole * x**n, 0), {"time": 1, power: 1, a_n: 1, x_n: 1, x_0_n: 1}, degree=3)
    proof.cancel("whole", Ge(whole, 0), "whole_x", [x_n])
    proof.show("bound", Ge(t, (x_0**-n - a**-n) / (n * eta * C_max)), ["whole"], degree=1)
    return proof.certificate(["bound"])


def time_upper(n: int) -> dict[str, Any]:
    """T <= theta x_0^-n / (n eta C_min), also for the step at which x first reaches a."""
    invariant = Ge(theta * (x_0**-n - x**-n) - n * eta * C_min * t, 0)
    proof, induction = _time(n, invariant, None)
    step = induction.steps["step"]
    names = ["x", "x_0"] if n == 1 else ["x_n", "x_0_n"]
    cleared = theta * (x_next**n - x_0**n) - n * eta * C_min * t_next * x_0**n * x_next**n
    step.show("gap", Ge(eta * (C - C_min), 0), {"eta": 1, "least": 1})
    caps = dict.fromkeys(["time", "two", "gap", "clock", *names, "x_next_n"], 1)
    multiplier = {"clock": [eta * C_min * x_0**n * x_next**n * x**n]}
    step.show("product", Ge(sympy.expand(cleared) * x**n, 0), caps, degree=4, multipliers=multiplier)
    step.goal_by_cancel("time", "product", names[:1])
    induction.close()
    positive_theta(proof, n)
    x_n = power_positive(proof, "x_n", x, n, "x")
    x_0_n = power_positive(proof, "x_0_n", x_0, n, "x_0")
    whole = theta - n * eta * C_min * t * x_0**n
    proof.show("whole_x", Ge(whole * x**n, 0), {"time": 1, "theta_0": 1, x_n: 1, x_0_n: 1}, degree=2)
    proof.cancel("whole", Ge(whole, 0), "whole_x", [x_n])
    proof.show("bound", Le(t, theta * x_0**-n / (n * eta * C_min)), ["whole"], degree=1)
    return proof.certificate(["bound"])
