"""Definitions 2.1, 2.2 and 4.1 and the assumptions on the data, at finite size."""

from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import Eq, Ge, Integer, Le, symbols
from theorycheck_simulations.setting import BadSetting, Setting

from theorycheck.checks.run import Run, Statistics
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Dynamics, Part, Step
from theorycheck.domains import Variable, integer
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import data_runs
from .data_assumptions import assumption_2_3, assumption_b3
from .notation import k

i, j, d, n, n_next, axis, axis_next = symbols("i j d n n_next axis axis_next")
K = k.symbol
INDICES = (
    Variable("i", integer(0), "class of a robust feature, u_i = e_i"),
    Variable("j", integer(0), "class of a non-robust feature, v_j = e_{k+j}"),
    Variable("d", integer(1), "dimension of a patch"), k,
    Variable("n", integer(0), "axes taken so far, in increasing order"), Variable("n_next", integer(0)),
    Variable("axis", integer(-1), "the last axis taken, 0-based"), Variable("axis_next", integer(-1)),
)  # fmt: skip
CLASSES = {"i_0": Ge(i, 0), "i": Le(i, K - 1), "j_0": Ge(j, 0), "j": Le(j, K - 1)}


def taking(gap: int = 1) -> dict[str, Any]:
    """One more axis, at least `gap` beyond the last one."""
    return {"count": Eq(n_next, n + 1), "beyond": Ge(axis_next, axis + gap)}


def axes(gap: int = 1) -> Dynamics:
    """Any choice of distinct axes, in increasing order."""
    state = {"n": "n_next", "axis": "axis_next"}
    return Dynamics(state, {"n": Integer(0), "axis": Integer(-1)}, {"next": tuple(taking(gap).values())})


def feature_parts(room: Any = 2, gap: int = 1) -> tuple[Part, ...]:
    """The first 2k axes are distinct and fit into R^d if d >= 2k; no 2k distinct axes fit into less."""
    return (
        Part("distinct", Ge(K + j - i, 1), tex=r"k + j \ne i: \text{ no } v_j \text{ is a } u_i"),
        Part("room", Le(K + j, d - 1), given=(Ge(d, room * K),), tex=r"d \ge 2k \Rightarrow k + j \le d - 1"),
        Part("needed", Ge(d, 2 * K), given=(Eq(n, 2 * K), Le(axis, d - 1)), dynamics=axes(gap),
             tex=r"2k \text{ distinct axes of } \mathbb R^d \Rightarrow d \ge 2k"),
    )  # fmt: skip


def feature_certificate(part: Part, gap: int = 1) -> dict[str, Any]:
    """The inequalities are linear; the n-th of distinct axes is at least n - 1."""
    from theorycheck.prover import Proof as Builder

    proof = Builder([v.symbol for v in INDICES])
    if part.dynamics is not None:
        proof.system("run", {n: n_next, axis: axis_next}, {n: 0, axis: -1}, [], {"next": taking(gap)})
    else:
        for name, relation in CLASSES.items():
            proof.assume(name, relation)
    for index, relation in enumerate(part.given):
        proof.assume(f"given{index}", relation)
    facts = list(proof.scope.facts)
    if part.dynamics is not None:
        induction = proof.induction("spread", "run", {"far": Ge(axis, n - 1)})
        induction.base.goal("far")
        induction.steps["next"].goal("far", ["far", "count", "beyond"], multipliers=0)
        induction.close()
        facts.append("far")
    proof.show("goal", part.relation, facts, degree=1, multipliers=0)
    return dict(proof.certificate(["goal"]))


def _indices() -> st.SearchStrategy[dict[str, Fraction]]:
    """Classes, dimensions from 2k on, and the last of 2k axes anywhere that it can lie."""

    def values(size: int, at: tuple[float, float], more: int, spare: int) -> dict[str, int]:
        last = 2 * size - 1 + spare
        return {"k": size, "i": int(at[0] * size), "j": int(at[1] * size), "d": 2 * size + max(more, spare),
                "n": 2 * size, "n_next": 2 * size + 1, "axis": last, "axis_next": last + 1}  # fmt: skip

    place = st.floats(0, 0.999)
    drawn = st.builds(values, st.integers(2, 60), st.tuples(place, place), st.integers(0, 60), st.integers(0, 3))
    return drawn.map(lambda found: {name: Fraction(value) for name, value in found.items()})


def definition_2_1(setting: Setting, room: Any = 2, gap: int = 1) -> Claim:
    """2k distinct coordinate axes exist exactly when d >= 2k."""
    parts = feature_parts(room, gap)
    proofs = tuple(Proof(partial(feature_certificate, part, gap), (part.name,)) for part in parts)
    return Claim(
        "definition-2.1", Source("Definition 2.1", "Section 2.2"), "Robust and non-robust features", parts,
        (*proofs, Search(draw=_indices, trials=(50, 200, 2_000)), Run(data_runs.gram, ("distinct", "room"))),
        INDICES, (Condition("i is a class", CLASSES["i"], r"0 \le i \le k-1"),
                  Condition("j is a class", CLASSES["j"], r"0 \le j \le k-1")),
        point={"i": 0, "j": 0, "k": setting.k, "d": setting.d, "n": 2 * setting.k, "n_next": 1,
               "axis": 2 * setting.k - 1, "axis_next": 0},
        expected=Verdict.PROVED,
        derivation=(
            Step("axes", "Take u_i = e_i and v_j = e_{k+j}, 0-based. The axes are distinct, so the features are "
                 "orthonormal, and the last one, e_{2k-1}, exists when d >= 2k."),
            Step("pigeonhole", "The n-th of distinct axes in increasing order is at least n - 1, by induction.")),
        note="The paper asks for d a large polynomial of k; 2k is what the definition needs. The Gram matrix of the "
        "features that the simulations use is compared with the identity, without tolerance.",
    )  # fmt: skip


def definition_2_2(setting: Setting) -> Claim:
    """The sampler draws what the definition says."""
    parts = (
        Part("partition", text="J_R and J_NR are disjoint, of sizes n_R and n_N, and make up all patches",
             tex=r"J_R \sqcup J_{NR} = [P],\ |J_R| = n_R"),
        Part("patches", text="without its noise a patch is alpha u_y on J_R and beta v_y on J_NR, exactly",
             tex=r"x_p = \alpha u_y + \xi_p\ (p\in J_R),\quad x_p = \beta v_y + \xi_p\ (p\in J_{NR})"),
        Part("noise", text="the noise has mean 0, variance sigma_n^2, kurtosis 3, and no correlation between "
             "coordinates or patches", tex=r"\xi_p \sim \mathcal N(0, \sigma_n^2 I_d)"),
        Part("labels", text="every label has probability 1/k, and under a random partition every patch is in J_R with "
             "probability n_R / P", tex=r"y \sim U([k])"),
    )  # fmt: skip
    return Claim(
        "definition-2.2", Source("Definition 2.2", "Section 2.2"), "Patch data distribution", parts,
        (Run(data_runs.patches, ("partition", "patches", "noise")), Statistics(data_runs.labels, ("labels",))),
        uses=("definition-2.1",), expected=Verdict.SURVIVED,
        note="alpha and beta are constant here, as in the paper after Assumption 2.3. It leaves the distribution of "
        "the partition open; the sampler offers a fixed one and a uniformly random one, and both are measured.",
    )  # fmt: skip


def definition_4_1(setting: Setting) -> Claim:
    """The simulations compute what the definition says."""
    part = Part("accuracy", text="share of points on which the network, shown only the features of F', names the label",
                tex=r"\Pr\left[\arg\max_i F_i(X_{F'}) = y\right]")  # fmt: skip
    return Claim(
        "definition-4.1", Source("Definition 4.1", "Section 4"), "Feature learning accuracy", (part,),
        (Run(data_runs.feature_accuracy),), uses=("definition-2.1", "definition-2.2"), expected=Verdict.SURVIVED,
        note="Instances of features outside F' are zeroed, the noise stays. A tie counts as wrong. The fast "
        "computations are compared with a direct one in exact fractions and, with noise, with one patch by patch.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The definitions and assumptions; raises `BadSetting` for another activation than the paper's."""
    if setting.q < 3:
        raise BadSetting(f"q = {setting.q}: the claims are about higher powers (allowed: integer from 3; "
                         "experiments take 2)")
    if setting.activation != "smoothed-relu":
        raise BadSetting(f"activation = {setting.activation}: the claims are about the paper's own (allowed: "
                         "smoothed-relu; experiments take the others)")
    return (
        definition_2_1(setting), definition_2_2(setting), assumption_2_3(setting), assumption_b3(setting),
        definition_4_1(setting),
    )  # fmt: skip
