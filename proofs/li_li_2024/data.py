"""Definitions 2.1, 2.2 and 4.1 and the assumptions on the data, at finite size."""

from typing import Any

from hypothesis import strategies as st
from sympy import Ge, Gt, Le, symbols
from theorycheck.checks.run import Run, Statistics
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Variable, integer, positive
from theorycheck.source import Source
from theorycheck.verdict import Verdict
from theorycheck_simulations.setting import Setting

from . import data_runs
from .notation import P, Q, alpha, assuming, beta, exact, k, n_N, n_R

i, j, d, ratio = symbols("i j d R")
K, A, B, N_R, N_N = (v.symbol for v in (k, alpha, beta, n_R, n_N))
INDICES = (
    Variable("i", integer(0), "class of a robust feature, u_i = e_i"), Variable("j", integer(0), "class of a non-robust feature, v_j = e_{k+j}"),
    Variable("d", integer(1), "dimension of a patch"), k,
)  # fmt: skip


def definition_2_1(setting: Setting) -> Claim:
    """2k distinct coordinate axes exist exactly when d >= 2k."""
    facts = {"i_0": Ge(i, 0), "i": Le(i, K - 1), "j_0": Ge(j, 0), "j": Le(j, K - 1)}
    parts = (
        Part("distinct", Ge(K + j - i, 1), tex=r"k + j \ne i: \text{ no } v_j \text{ is a } u_i"),
        Part("room", Le(K + j, d - 1), given=(Ge(d, 2 * K),), tex=r"d \ge 2k \Rightarrow k + j \le d - 1"),
        Part("needed", Ge(d, 2 * K), given=(Le(K + (K - 1), d - 1),), tex=r"k + (k-1) \le d - 1 \Rightarrow d \ge 2k"),
    )

    def certificate(name: str) -> dict[str, Any]:
        extra = {"distinct": {}, "room": {"d": Ge(d, 2 * K)}, "needed": {"last": Le(K + (K - 1), d - 1)}}[name]
        proof = assuming(INDICES, {**facts, **extra})
        goal = next(part.relation for part in parts if part.name == name)
        proof.show("goal", goal, list(proof.scope.facts), degree=1)
        return proof.certificate(["goal"])

    def draw() -> st.SearchStrategy[dict[str, Any]]:
        sizes = st.integers(2, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1), st.integers(0, n - 1), st.integers(2 * n, 3 * n)))
        return sizes.map(lambda v: dict(zip(("k", "i", "j", "d"), v, strict=True)))

    return Claim(
        "definition-2.1", Source("Definition 2.1", "Section 2.2"), "Robust and non-robust features", parts,
        (*(Proof(lambda n=p.name: certificate(n), (p.name,)) for p in parts), Search(draw=draw), Run(data_runs.gram, ("distinct", "room"))),
        INDICES, (Condition.of(facts["i"]), Condition.of(facts["j"])),
        point={"i": 0, "j": 0, "k": setting.k, "d": setting.d}, expected=Verdict.PROVED,
        derivation=(Step("axes", "Take u_i = e_i and v_j = e_{k+j}, 0-based. The axes are distinct, so the features are orthonormal, and the last "
                         "one, e_{2k-1}, exists exactly when d >= 2k."),),
        note="The paper asks for d a large polynomial of k; 2k is what the definition needs. The Gram matrix of the features that the "
        "simulations use is measured to be the identity exactly.",
    )  # fmt: skip


def definition_2_2(setting: Setting) -> Claim:
    """The sampler draws what the definition says."""
    parts = (
        Part("partition", text="J_R and J_NR are disjoint, of sizes n_R and n_N, and make up all patches",
             tex=r"J_R \sqcup J_{NR} = [P],\ |J_R| = n_R"),
        Part("patches", text="without its noise a patch is alpha u_y on J_R and beta v_y on J_NR, exactly",
             tex=r"x_p = \alpha u_y + \xi_p\ (p\in J_R),\quad x_p = \beta v_y + \xi_p\ (p\in J_{NR})"),
        Part("noise", text="the noise has mean 0, variance sigma_n^2, kurtosis 3 and no correlation between coordinates",
             tex=r"\xi_p \sim \mathcal N(0, \sigma_n^2 I_d)"),
        Part("labels", text="every label has probability 1/k, and every patch is in J_R with probability n_R / P", tex=r"y \sim U([k])"),
    )  # fmt: skip
    return Claim(
        "definition-2.2", Source("Definition 2.2", "Section 2.2"), "Patch data distribution", parts,
        (Run(data_runs.patches, ("partition", "patches", "noise")), Statistics(data_runs.labels, ("labels",))), uses=("definition-2.1",),
        expected=Verdict.SURVIVED,
        note="alpha and beta are taken constant, as the paper does after Assumption 2.3. It leaves the distribution of the partition open; "
        "the sampler offers a fixed one and a uniformly random one, and both are measured.",
    )  # fmt: skip


def dense(q: int, strict: bool = True) -> Any:
    """n_N beta^q > n_R alpha^q."""
    return (Gt if strict else Ge)(N_N * B**q, N_R * A**q)


def _powers(proof: Any, name: str, greater: Any, smaller: Any, q: int, gap: str, positive: list[str]) -> str:
    known = gap
    for power in range(2, q + 1):
        caps = {known: 1, gap: 1, **dict.fromkeys(positive, power)}
        proof.show(f"{name}{power}", Ge(greater**power - smaller**power, 0), caps, degree=power)
        known = f"{name}{power}"
    return known


def sparse_certificate(q: int) -> dict[str, Any]:
    """n_N > n_R."""
    base = {"alpha": Gt(A, 0), "beta": Gt(B, 0), "n_R": Ge(N_R, 1), "stronger": Ge(A, B), "denser": dense(q)}
    proof = assuming((alpha, beta, n_R, n_N), base)
    proof.show("patches", Ge(N_R, 0), ["n_R"], degree=1)
    power = _powers(proof, "power", A, B, q, "stronger", ["alpha", "beta"])
    proof.show("beta_q", Gt(B**q, 0), ["beta"], degree=q)
    proof.show("times", Gt((N_N - N_R) * B**q, 0), {"denser": 1, "patches": 1, power: 1})
    proof.cancel("more", Gt(N_N, N_R), "times", ["beta_q"])
    return proof.certificate(["more"])


def default_point(setting: Setting, q: int) -> dict[str, Any]:
    """The user's setting where it meets the assumption for this q, otherwise the default one with enough patches."""
    own = {"alpha": exact(setting.alpha), "beta": exact(setting.beta), "n_R": setting.n_R, "n_N": setting.n_N}
    if own["alpha"] > own["beta"] and own["n_N"] * own["beta"] ** q > own["n_R"] * own["alpha"] ** q:
        return own
    return {"alpha": "5/2", "beta": 1, "n_R": 1, "n_N": 500}


def assumption_2_3(setting: Setting) -> Claim:
    """Stronger and denser at finite size, and what follows."""
    parts = tuple(
        Part(f"more patches, q = {q}", Gt(N_N, N_R), given=(dense(q),), point=default_point(setting, q),
             tex=rf"n_N\beta^{q} > n_R\alpha^{q},\ \alpha\ge\beta \Rightarrow n_N > n_R")
        for q in Q
    )  # fmt: skip
    bounds = {"alpha": (0, 20), "beta": (0, 20), "n_R": (1, 40), "n_N": (1, 4000)}
    return Claim(
        "assumption-2.3", Source("Assumption 2.3", "Section 2.2"), "Robust is stronger, non-robust is denser", parts,
        (*(Proof(lambda q=q: sparse_certificate(q), (p.name,)) for q, p in zip(Q, parts, strict=True)), Search(bounds=bounds)),
        (alpha, beta, n_R, n_N), (Condition("robust is stronger", Ge(A, B), r"\alpha \ge \beta"),), point=default_point(setting, 3),
        expected=Verdict.PROVED,
        derivation=(Step("chain", "n_N beta^q > n_R alpha^q >= n_R beta^q; divide by beta^q.", r"n_N > n_R(\alpha/\beta)^q \ge n_R"),),
        note="The paper's >> and << become > and its exponent is q. The point that shows the assumption to be meetable is the default "
        "setting alpha = 5/2, beta = 1, n_R = 1, n_N = 127 for q <= 5; q = 6 needs n_N > 244.",
    )  # fmt: skip


def constant_certificate(q: int) -> dict[str, Any]:
    """n_N > R^q n_R and P > 1 + R^q."""
    base = {"beta": Gt(B, 0), "R": Gt(ratio, 0), "n_R": Ge(N_R, 1), "apart": Ge(A, ratio * B), "denser": dense(q), "alpha": Gt(A, 0)}
    proof = assuming((alpha, beta, n_R, n_N, RATIO, P), {**base, "P": Ge(P.symbol, N_R + N_N)})
    proof.show("patches", Ge(N_R, 0), ["n_R"], degree=1)
    proof.show("low", Gt(ratio * B, 0), ["R", "beta"])
    power = _powers(proof, "power", A, ratio * B, q, "apart", ["alpha", "low"])
    proof.show("beta_q", Gt(B**q, 0), ["beta"], degree=q)
    proof.show("times", Gt((N_N - ratio**q * N_R) * B**q, 0), {"denser": 1, "patches": 1, power: 1})
    proof.cancel("more", Gt(N_N, ratio**q * N_R), "times", ["beta_q"])
    proof.show("R_q", Ge(ratio**q, 0), ["R"], degree=q)
    proof.show("bound", Gt(P.symbol, 1 + ratio**q), {"P": 1, "more": 1, "n_R": 1, "R_q": 1})
    return proof.certificate(["more", "bound"])


RATIO = Variable("R", positive(), "how much stronger robust features are")


def assumption_b3(setting: Setting) -> Claim:
    """A constant number of patches bounds the ratio of the strengths."""
    parts, proofs = [], []
    for q in Q:
        point = {**default_point(setting, q), "R": 1, "P": int(default_point(setting, q)["n_R"]) + int(default_point(setting, q)["n_N"])}
        names = f"patches, q = {q}", f"constant, q = {q}"
        parts.append(Part(names[0], Gt(N_N, ratio**q * N_R), given=(dense(q),), point=point, tex=rf"n_N > R^{q} n_R"))
        parts.append(Part(names[1], Gt(P.symbol, 1 + ratio**q), given=(dense(q),), point=point, tex=rf"P > 1 + R^{q}"))
        proofs.append(Proof(lambda q=q: constant_certificate(q), names))
    return Claim(
        "assumption-b.3", Source("Assumption B.3", "Appendix B"), "What a constant number of patches allows", tuple(parts),
        (*proofs, Search(draw=data_runs.ratios, trials=(40, 200, 2_000))), (alpha, beta, n_R, n_N, RATIO, P),
        (Condition("robust features are R times as strong", Ge(A, ratio * B), r"\alpha \ge R\beta"),
         Condition("P patches", Ge(P.symbol, N_R + N_N), r"P \ge n_R + n_N")),
        uses=("assumption-2.3",), point={**default_point(setting, 3), "R": 1, "P": 10_000}, expected=Verdict.PROVED, origin="finding",
        derivation=(Step("chain", "n_N beta^q > n_R alpha^q >= n_R R^q beta^q; divide by beta^q and use n_R >= 1."),),
        note="Assumption B.3 asks for P = Theta(1) and E[alpha] >> E[beta] together with the denser condition. At finite size that is P > 1 + R^q: "
        "the ratio R of the strengths is below (P - 1)^{1/q}, so with P constant alpha >> beta is impossible. That the orders contradict "
        "each other (finding F3) is a statement of the order calculus; this is its finite form.",
    )  # fmt: skip


def definition_4_1(setting: Setting) -> Claim:
    """The façade computes what the definition says."""
    part = Part("accuracy", text="share of points on which the network, shown only the features of F', still names the label",
                tex=r"\Pr\left[\arg\max_i F_i(X_{F'}) = y\right]")  # fmt: skip
    return Claim(
        "definition-4.1", Source("Definition 4.1", "Section 4"), "Feature learning accuracy", (part,), (Run(data_runs.feature_accuracy),),
        uses=("definition-2.1", "definition-2.2"), expected=Verdict.SURVIVED,
        note="Instances of features outside F' are zeroed. A tie counts as wrong. The fast computation is compared with a direct one that "
        "builds every X_{F'} and every pre-activation in exact fractions.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The definitions and assumptions."""
    return definition_2_1(setting), definition_2_2(setting), assumption_2_3(setting), assumption_b3(setting), definition_4_1(setting)
