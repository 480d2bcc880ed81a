"""Lemma B.2, the effective tensor power lemma: two power recursions with a common clock, and which one wins."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache, partial
from typing import Any

import sympy
from hypothesis import strategies as st
from sympy import Ge, Gt, Le, Lt

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Dynamics, Part, Step
from theorycheck.domains import Variable, integer, positive, real
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import tensor_power_proofs as race_proofs
from . import tensor_power_time as time_proofs
from .notation import Q
from .tensor_power_proofs import (
    C,
    C_max,
    C_min,
    S_root,
    a,
    definitions,
    eta,
    kappa,
    order,
    t,
    x,
    x_0,
    x_next,
    y,
    y_0,
    y_next,
)
from .tensor_power_runs import measure, replay

VARIABLES = (
    Variable("x", real(), "the leading sequence"), Variable("x_next", real()), Variable("x_0", positive()),
    Variable("y", real(), "the sequence that loses"), Variable("y_next", real()), Variable("y_0", positive()),
    Variable("C", real(0), "common factor of a step, free in each"), Variable("C_max", real(0),
         "upper end of the factors"),
    Variable("eta", positive()), Variable("S_root", positive(), "S^(1/(q-2)), S the ratio of the two speeds"),
    Variable("a", positive(), "the level that x runs to"), Variable("kappa", positive(), "the lead at the start"),
)  # fmt: skip
CLOCK = (Variable("t", integer(0), "number of steps"), Variable("t_next", integer(0)))
POINT: dict[str, str | int] = {
    "x": 1, "x_next": "101/100", "x_0": 1, "y": "1/2", "y_next": "1/2", "y_0": "1/2", "C": 1, "C_max": 1, "eta":
         "1/100",
    "S_root": 1, "a": 2, "kappa": "1/2",
}  # fmt: skip


def separation(n: int) -> Any:
    """theta < (1 + kappa)^n."""
    return Lt(definitions(n)["theta"], (1 + kappa) ** n)


def bound(n: int, power: int = 1) -> Any:
    """y^n (1 - theta^power (1+kappa)^-n) <= y_0^n; the lemma has power 1."""
    return Le(y**n * (1 - definitions(n)["theta"] ** power / (1 + kappa) ** n), y_0**n)


def race_relation(n: int) -> Any:
    """y^-n >= y_0^-n - S theta (x_0^-n - x^-n)."""
    return Ge(y**-n - y_0**-n + S_root**n * definitions(n)["theta"] * (x_0**-n - x**-n), 0)


def race_dynamics(n: int) -> Dynamics:
    """Steps of the two sequences while x < a."""
    steps = tuple(race_proofs.transition(n).values())
    return Dynamics({"x": "x_next", "y": "y_next"}, {"x": x_0, "y": y_0}, {"step": steps}, ("C",))


def lemma_parts(q: int) -> tuple[Part, ...]:
    """The steps and the conclusion of the lemma for one exponent.

    Raises:
        ValueError: for q = 2: there theta (1 + kappa)^0 is never below 1.
    """
    n, steps, theta = order(q), race_proofs.transition(order(q)), definitions(order(q))["theta"]
    two_sided = (steps["nonnegative"], steps["bounded"], steps["below"], steps["grows"], Gt(x, 0))
    wide = r"y_T \le y_0\left(1-\theta(1+\kappa)^{2-q}\right)^{-1/(q-2)}"
    return (
        Part(f"q = {q}: step (i)", Ge(y_next**-n, y**-n - n * eta * S_root**n * C),
             given=(steps["nonnegative"], steps["alive"], steps["slow"], Gt(y, 0)),
             tex=rf"y_{{t+1}}^{{-{n}}} \ge y_t^{{-{n}}} - {n}\,\eta S C_t"),
        Part(f"q = {q}: step (ii)", Le(n * eta * C, theta * (x**-n - x_next**-n)), given=two_sided,
             tex=rf"{n}\,\eta C_t \le \theta\left(x_t^{{-{n}}} - x_{{t+1}}^{{-{n}}}\right)"),
        Part(f"q = {q}: summed", race_relation(n), dynamics=race_dynamics(n),
             tex=rf"y_t^{{-{n}}} \ge y_0^{{-{n}}} - S\theta\left(x_0^{{-{n}}} - x_t^{{-{n}}}\right)"),
        Part(f"q = {q}: step (iii)", bound(n), given=(race_relation(n), Gt(x, 0), Gt(y, 0)),
             tex=rf"y_t^{{-{n}}} \ge y_0^{{-{n}}} - S\theta\left(x_0^{{-{n}}} - x_t^{{-{n}}}\right) \Rightarrow "
                 rf"{wide}"),
        Part(f"q = {q}: bound", bound(n), given=(separation(n),), dynamics=race_dynamics(n), tex=wide +
             rf"\quad (q = {q})"),
    )  # fmt: skip


def _proofs(q: int) -> tuple[Proof, ...]:
    n, named = order(q), [part.name for part in lemma_parts(q)]
    table: tuple[tuple[Callable[[int], dict[str, Any]], tuple[str, ...]], ...] = (
        (race_proofs.step_one, (named[0],)), (race_proofs.step_two, (named[1],)),
        (race_proofs.step_three, (named[3],)), (race_proofs.race, (named[2], named[4])),
    )  # fmt: skip
    return tuple(
        Proof(partial(build, n), covers, definitions(n) if build is not race_proofs.step_one else {})
        for build, covers in table
    )


def runs_of_race(q: int) -> st.SearchStrategy[dict[str, Fraction]]:
    """Exact values on runs: parameters that meet the hypotheses, up to six steps, and a further step from there.

    States are rounded to a grid of 10^-12 in the direction that the transition leaves free, which keeps them short.
    """
    n, share = order(q), st.fractions(0, 1, max_denominator=12)
    drawn = dict.fromkeys(("kappa", "S_root", "y_0", "lead", "a", "h", "C_max"), share)
    steps = st.lists(st.tuples(share, share, share), min_size=1, max_size=7)
    return st.tuples(st.fixed_dictionaries(drawn), steps).map(lambda given: _walk(n, *given))


def _walk(n: int, u: dict[str, Fraction], steps: list[tuple[Fraction, Fraction, Fraction]]) -> dict[str, Fraction]:
    grid = 10**12
    v = {
        "kappa": u["kappa"] + Fraction(1, 5),
        "S_root": u["S_root"] * 2 + Fraction(1, 4),
        "y_0": u["y_0"] + Fraction(1, 10),
    }
    v["x_0"] = (1 + v["kappa"]) * v["S_root"] * v["y_0"] * (1 + u["lead"] ** 2)
    v["a"], v["C_max"] = v["x_0"] * (Fraction(11, 10) + u["a"]), u["C_max"] + Fraction(1, 2)
    v["eta"] = (u["h"] / 8 + Fraction(1, 500)) / (v["C_max"] * v["a"] ** n)
    now, after = (v["x_0"], v["y_0"]), (v["x_0"], v["y_0"])
    for size, more, less in steps:
        now, factor = after, size * v["C_max"]
        v["C"] = factor
        if now[0] >= v["a"]:
            break
        gain = [v["eta"] * factor * now[0] ** (n + 1), v["eta"] * v["S_root"] ** n * factor * now[1] ** (n + 1)]
        after = (-(-(now[0] + gain[0] * (1 + more**2)) * grid // 1) / Fraction(grid),
                 ((now[1] + gain[1] * (1 - less**2)) * grid // 1) / Fraction(grid))  # fmt: skip
    return {**v, "x": now[0], "y": now[1], "x_next": after[0], "y_next": after[1]}


def lemma(exponents: tuple[int, ...] = Q) -> Claim:
    """Lemma B.2 for the given exponents."""
    parts = tuple(part for q in exponents for part in lemma_parts(q))
    searches = tuple(
        Search((p.name,), partial(runs_of_race, q), trials=(10, 40, 600)) for q in exponents for p in lemma_parts(q)
    )
    lead = Ge(x_0, (1 + kappa) * S_root * y_0)
    return Claim(
        "lemma-b.2", Source("Lemma B.2", "Appendix B"), "Effective tensor power lemma", parts,
        (*(proof for q in exponents for proof in _proofs(q)), *searches, Run(measure, tuple(p.name for p in parts if
             "bound" in p.name), replay)),
        VARIABLES,
        (Condition("x starts ahead", lead, r"x_0 \ge (1+\kappa)\, S^{1/(q-2)}\, y_0"),),
        point=POINT, expected=Verdict.PROVED, origin="exact", derivation=_steps(),
        note="The paper states orders: y_T <= y_0 polylog(k) for kappa = Omega(1/polylog k) and eta = 1/poly(k). "
             "That form is the order "
        "calculus' business; here stands the inequality with its constants, from which it follows. S enters through "
        "its root "
        "S^(1/(q-2)), so that every relation is rational. theta = (1 + eta C_max a^(q-2))^(q-1) is what a finite "
        "step costs. "
        "With q = 2 there is no such lemma, and it is refused.",
    )  # fmt: skip


def _steps() -> tuple[Step, ...]:
    return (
        Step("(i) the loser", "With g(y) = y^{2-q}/(q-2), convex and decreasing, one step costs y at most its "
                              "tangent: multiply "
             "by the positive powers and use (1 - nu)(1 + u)^n <= 1 for u = eta S C_t y_t^n, n = q - 2.",
             r"y_{t+1}^{2-q} \ge y_t^{2-q} - (q-2)\,\eta S C_t"),
        Step("(ii) the winner", "A step of x pays for the clock, up to the factor theta: with u = eta C_t x_t^n <= "
                                "eta C_max a^n while "
             "x_t < a, and (1 + u)((1 + u)^n - 1) >= n u.", r"(q-2)\,\eta C_t \le \theta\,(x_t^{2-q} - x_{t+1}^{2-q})"),
        Step("summed", "S times (ii) added to (i), by induction over the steps before x reaches a.",
             r"y_t^{2-q} \ge y_0^{2-q} - S\theta\,(x_0^{2-q} - x_t^{2-q})"),
        Step("(iii) the lead", "Drop x_t^{2-q} > 0 and insert x_0 >= (1+kappa) S^{1/(q-2)} y_0.",
             r"y_T^{2-q} \ge y_0^{2-q}\left(1-\theta(1+\kappa)^{2-q}\right)"),
    )  # fmt: skip


def time_parts(q: int) -> tuple[Part, ...]:
    """Both bounds on the time to reach a, for equality."""
    n, theta = order(q), definitions(order(q))["theta"]
    run = Dynamics(
        {"x": "x_next", "t": "t_next"},
        {"x": x_0, "t": sympy.S.Zero},
        {"step": tuple(time_proofs.time_transition(n).values())},
        ("C",),
    )
    point: dict[str, str | int] = {"x_next": "101/100", "t": 0, "t_next": 1}
    return (
        Part(f"q = {q}: not earlier", Ge(t, (x_0**-n - a**-n) / (n * eta * C_max)), given=(Ge(x, a),), dynamics=run,
             tex=rf"T \ge \frac{{x_0^{{-{n}}} - a^{{-{n}}}}}{{{n}\,\eta\,C_{{\max}}}}",
             point={**point, "x": 2, "t": 100}),
        Part(f"q = {q}: not later", Le(t, theta * x_0**-n / (n * eta * C_min)), dynamics=run,
             tex=rf"T \le \frac{{\theta\,x_0^{{-{n}}}}}{{{n}\,\eta\,C_{{\min}}}}", point=point),
    )  # fmt: skip


def runs_of_time(q: int) -> st.SearchStrategy[dict[str, Fraction]]:
    """Exact values on runs with equality: up to three steps, large enough that a is often reached."""
    n, share = order(q), st.fractions(0, 1, max_denominator=4)
    given = st.tuples(share, share, share, share, st.lists(share, min_size=1, max_size=3))

    def walk(drawn: tuple[Fraction, Fraction, Fraction, Fraction, list[Fraction]]) -> dict[str, Fraction]:
        start, level, least, speed, factors = drawn
        v = {"x_0": start + Fraction(1, 2), "C_min": least + Fraction(1, 4), "eta": (speed + Fraction(1, 4)) / 2}
        v["a"], v["C_max"] = v["x_0"] * (level / 2 + Fraction(21, 20)), v["C_min"] + 1
        now, clock = v["x_0"], 0
        for factor in factors:
            v["C"] = v["C_min"] + factor
            if now >= v["a"]:
                break
            now, clock = now + v["eta"] * v["C"] * now ** (n + 1), clock + 1
        return {**v, "x": now, "t": Fraction(clock), "x_next": now, "t_next": Fraction(clock + 1)}

    return given.map(walk)


def lemma_time(exponents: tuple[int, ...] = Q) -> Claim:
    """How long the recursion with equality takes to reach a."""
    known = tuple(v for v in VARIABLES if v.name in ("x", "x_next", "x_0", "C", "eta", "a"))
    ends = (
        Variable("C_max", positive(), "upper end of the factors"),
        Variable("C_min", positive(), "lower end of the factors"),
    )
    proofs = tuple(
        Proof(partial(build, order(q)), (part.name,), definitions(order(q)))
        for q in exponents for part, build in zip(time_parts(q), (time_proofs.time_lower, time_proofs.time_upper),
                                                  strict=True)
    )  # fmt: skip
    searches = tuple(
        Search((p.name,), partial(runs_of_time, q), trials=(10, 40, 600)) for q in exponents for p in time_parts(q)
    )
    return Claim(
        "lemma-b.2-time", Source("Lemma B.2", "Appendix B"), "Time of the tensor power method",
        tuple(part for q in exponents for part in time_parts(q)), (*proofs, *searches), (*known, *ends, *CLOCK), uses=(
             "lemma-b.2",),
        point={**{v.name: POINT[v.name] for v in known}, "C_max": 1, "C_min": 1}, expected=Verdict.PROVED, origin=
             "exact",
        derivation=(
            Step("not earlier", "Step (i) of Lemma B.2 with S = 1 bounds each fall of x^{2-q} by (q-2) eta C_max; at "
                                "T, x^{2-q} <= a^{2-q}."),
            Step("not later", "Step (ii) bounds (q-2) eta C_min by theta times each fall of x^{2-q}, up to the step "
                              "that reaches a."),
        ),
        note="For x_{t+1} = x_t + eta C_t x_t^{q-1} with C_min <= C_t <= C_max; T is the first step with x >= a. The "
             "upper bound holds "
        "without the extra 1 that one would add for the last step, because step (ii) covers that step too.",
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """Lemma B.2 and its times; they do not depend on the setting."""
    return _claims()


@cache
def _claims() -> tuple[Claim, ...]:
    return lemma(), lemma_time()
