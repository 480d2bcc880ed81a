"""A question of the reviewers: adversarial training with several ascent steps instead of one."""

from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import And, Eq, Ge, Gt, Le, S, symbols
from theorycheck_simulations.setting import Setting

from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Dynamics, Part, Step
from theorycheck.domains import Variable, real
from theorycheck.source import Source

from .notation import Q
from .review_ascent_runs import measure_steps

f, f_next, kappa = symbols("f f_next kappa")
VARIABLES = (
    Variable("f", real(), "what the steps so far have left of the patch, <x~_p, v_y> / beta"),
    Variable("f_next", real(), "after one more"),
    Variable("kappa", real(0), "eta~ beta^(q-2) sum_s (B_{i,s})_+^q / rho^(q-1)"),
)
STATE = {"f": "f_next"}


def ascent(q: int) -> dict[str, Any]:
    """One step, s'(f beta B) = (f beta B/rho)^(q-1) for f >= 0: f - kappa f^(q-1)."""
    return {"step": Eq(f_next, f - kappa * f ** (q - 1))}


def open_part(q: int) -> Part:
    """Below the level a part of the patch is left after any number of steps."""
    return Part(f"below the level, q = {q}", And(Gt(f, 0), Le(f, 1)), given=(Gt(1 - kappa, 0),),
                dynamics=Dynamics(STATE, {"f": S.One}, {"ascent": tuple(ascent(q).values())}),
                tex=rf"\kappa<1\Rightarrow 0<f_K\le1,\quad f_{{j+1}}=f_j-\kappa f_j^{{{q - 1}}},\ f_0=1")  # fmt: skip


def closed_part(q: int) -> Part:
    """From the level on one step is enough."""
    return Part(f"from the level on, q = {q}", Le(f_next, 0),
                given=(Ge(kappa, 1), Eq(f, 1), ascent(q)["step"]),
                point={"kappa": 1, "f": 1, "f_next": 0}, tex=r"\kappa\ge1\Rightarrow f_1\le0")  # fmt: skip


def open_certificate(q: int) -> dict[str, Any]:
    """By induction: f - kappa f^(q-1) = f (1 - kappa) + kappa f (1 - f^(q-2))."""
    from theorycheck.prover import Proof as Builder

    proof = Builder([f, f_next, kappa])
    proof.system("steps", {f: f_next}, {f: 1}, [], {"ascent": ascent(q)})
    proof.assume("kappa", Ge(kappa, 0))
    proof.assume("below", Gt(1 - kappa, 0))
    run = proof.induction("many", "steps", {"left": Gt(f, 0), "most": Ge(1 - f, 0)})
    run.base.goal("left")
    run.base.goal("most")
    block = run.steps["ascent"]
    block.show("power", Ge(1 - f ** (q - 2), 0), {"left": q - 3, "most": 1}, degree=q - 2)
    block.show("kept", Ge(kappa * f * (1 - f ** (q - 2)), 0), {"kappa": 1, "left": 1, "power": 1}, degree=3)
    block.show("rest", Gt(f * (1 - kappa), 0), {"left": 1, "below": 1})
    block.goal("left", ["kept", "rest", "step"], degree=1)
    block.show("moved", Ge(kappa * f ** (q - 1), 0), {"kappa": 1, "left": q - 1}, degree=q)
    block.goal("most", ["moved", "most", "step"], degree=1)
    run.close()
    return dict(proof.certificate(["left", "most"]))


def closed_certificate(q: int) -> dict[str, Any]:
    """1 - kappa <= 0."""
    from theorycheck.prover import Proof as Builder

    proof = Builder([f, f_next, kappa])
    proof.assume("level", Ge(kappa, 1))
    proof.assume("start", Eq(f, 1))
    proof.assume("step", ascent(q)["step"])
    known = "start"
    for n in range(2, q):
        proof.show(f"power{n}", Eq(f**n, 1), [known, "start"], multipliers={"start": [1], known: [f]} if n > 2
                   else {"start": [f + 1]})  # fmt: skip
        known = f"power{n}"
    proof.show("goal", Le(f_next, 0), ["level", "start", "step", known],
               multipliers={"start": [1], "step": [1], known: [kappa]})  # fmt: skip
    return dict(proof.certificate(["goal"]))


def paths(q: int) -> st.SearchStrategy[dict[str, Fraction]]:
    """What up to five steps leave, for kappa below the level."""

    def values(level: Fraction, steps: int) -> dict[str, Fraction]:
        left = Fraction(1)
        for _ in range(steps):
            left -= level * left ** (q - 1)
            left = left.limit_denominator(10**6)  # the exact denominator squares at every step
        return {"f": left, "f_next": left - level * left ** (q - 1), "kappa": level}

    return st.builds(values, st.fractions(0, Fraction(29, 30), max_denominator=30), st.integers(0, 3))


def ends(q: int) -> st.SearchStrategy[dict[str, Fraction]]:
    """kappa at or above the level."""
    return st.fractions(1, 5, max_denominator=30).map(lambda v: {"f": Fraction(1), "f_next": 1 - v, "kappa": v})


def review_multi_step(exponents: tuple[int, ...] = Q) -> Claim:
    """review-multi-step."""
    below, above = [open_part(q) for q in exponents], [closed_part(q) for q in exponents]
    runs = Part("training", text="with 2, 3 and 5 steps at least 90 % of the classes learn first what they learn with "
                "one step from the same start, at radii on either side of the threshold; from epsilon = beta on the "
                "median of kappa at T is within 10 % of 1; and no network has more than one class that is "
                "robust in the maximum norm")  # fmt: skip
    return Claim(
        "review-multi-step",
        Source("Review", "questions on training against one-step attacks"),
        "Several ascent steps instead of one",
        (*below, *above, runs),
        (*(Proof(partial(open_certificate, q), (part.name,)) for q, part in zip(exponents, below, strict=True)),
         *(Proof(partial(closed_certificate, q), (part.name,)) for q, part in zip(exponents, above, strict=True)),
         *(Search((part.name,), partial(paths, q), trials=(15, 50, 400))
           for q, part in zip(exponents, below, strict=True)),
         *(Search((part.name,), partial(ends, q), trials=(15, 50, 400))
           for q, part in zip(exponents, above, strict=True)),
         Run(measure_steps, (runs.name,))),
        VARIABLES,
        (Condition("a non-robust patch in the polynomial part, epsilon >= beta, filters without other components",
                   tex=r"\varepsilon\ge\beta"),
         Condition("for training: the noiseless population, ascent on -F_y, eta~ = 5")),
        ("lemma-d.17", "finding-f2"),
        {"f": 1, "f_next": "1/2", "kappa": "1/2"},
        origin="exact",
        derivation=(
            Step("one step", "The step moves the patch by eta~ sum_s s'(f beta B_s) B_s = beta kappa f^(q-1) along "
                 "-v_y, so the fraction f that is left becomes f - kappa f^(q-1).",
                 r"f_{j+1}=f_j-\kappa f_j^{q-1}"),
            Step("below the level", "For kappa < 1 this is f_j (1 - kappa f_j^(q-2)) > 0: the slope vanishes faster "
                 "than the patch, so no number of steps takes all of it, and B keeps growing."),
            Step("at the level", "For kappa >= 1 the first step takes all of it. So B saturates at kappa = 1 whatever "
                 "the number of steps.", r"\sum_s(B_{i,s})_+^q=\varrho^{q-1}/(\tilde\eta\beta^{q-2})"),
        ),
        note="Reviewers noted that training against one-step attacks does not give robust networks in practice, and "
        "asked for several steps. Here they change neither the level at which the non-robust feature stops nor, away "
        "from the threshold of the race, which feature is learnt first. Near the threshold more steps act like a "
        "larger eta~ and favour the robust feature. With ten steps the approach to the level is slower, because less "
        "of the patch is left below it. Robustness in the maximum norm does not come with more steps either: the "
        "networks that this training reaches do not have it (finding-f2).",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claim of this chapter; runs have their own setting."""
    return (review_multi_step(),)
