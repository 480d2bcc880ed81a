"""Lemmas E.5 and E.6: noise memorisation loses the race against the non-robust feature."""

from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sympy import Eq, symbols

from theorycheck.checks.identity import Identity
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Rational, Variable, integer, positive, real
from theorycheck.source import Source

from . import noise_proofs as proofs
from .noise_race_runs import measure_races, measure_shares
from .notation import Q

y, g, eta, k, N, n_N, beta, rho, Lambda, gamma = symbols("y g eta k N n_N beta rho Lambda gamma")
RACE = (
    Variable("y", real(0, 1), "largest <w_{i,r}, xi> of a featureless patch"),
    Variable("g", real(0, 1), "mean of 1 - logit_i over class i"),
    Variable("eta", positive(1), "step"),
    Variable("k", integer(2, 20), "number of classes"),
    Variable("N", integer(2, 500), "training points"),
    Variable("n_N", integer(1, 200), "patches that carry v"),
    Variable("beta", positive(5), "non-robust strength"),
    Variable("rho", positive(2), "where the activation becomes linear"),
    Variable("Lambda", positive(50), "largest sum over patches of |<xi', xi>|: sigma_n^2 d and the cross terms"),
    Variable("gamma", real(1, 9), "largest 1 - logit_i of a point over the mean"),
)
RACE_POINT: dict[str, Rational] = {"y": "1/100", "g": "1/2", "eta": "1/20", "k": 2, "N": 20, "n_N": 12, "beta": 1,
                                   "rho": "1/2", "Lambda": 1, "gamma": 1}  # fmt: skip


def speed(q: int) -> Any:
    """S = gamma (Lambda/N)/(n_N beta^q/k)."""
    return gamma * Lambda * k / (N * n_N * beta**q)


def recursion_part(q: int, S: Any) -> Part:
    """The most that y gains in a step, as eta S C y^(q-1)."""
    C = g * n_N * beta**q / (k * rho ** (q - 1))
    step = Eq(eta / N * gamma * g * Lambda * (y / rho) ** (q - 1), eta * S * C * y ** (q - 1), evaluate=False)
    return Part(f"recursion, q = {q}", step,
                tex=rf"\tfrac{{\eta}}{{N}}\gamma g\Lambda(y/\varrho)^{{{q - 1}}}=\eta S C y^{{{q - 1}}},\quad S="
                    rf"\gamma\frac{{\Lambda/N}}{{n_N\beta^{{{q}}}/k}},\ C=g\frac{{n_N\beta^{{{q}}}}}"
                    rf"{{k\varrho^{{{q - 1}}}}}")  # fmt: skip


def lemma_e5(exponents: tuple[int, ...] = Q) -> Claim:
    """Lemma E.5, as the race that it is used for."""
    parts = tuple(recursion_part(q, speed(q)) for q in exponents)
    return Claim(
        "lemma-e.5", Source("Lemma E.5", "Appendix E.1.2"), "Noise and feature race on one clock",
        (
            *parts,
            Part("bound", text="at the first T_b with max_r B >= b, F_i = 1/2 at b: the largest <w_{i,r}, xi> of a "
                 "featureless patch is at most y_0 (1 - theta (1+kappa)^(2-q))^(-1/(q-2)) wherever max_r B(0) = "
                 "(1+kappa) S^(1/(q-2)) y_0, kappa > 0, and theta < (1+kappa)^(q-2)",
                 tex=r"\max\langle w^{(T_b)}_{i,r},\xi\rangle\le y_0\left(1-\theta(1+\kappa)^{2-q}\right)^{-1/(q-2)}"),
            Part("which is first", text="where the time predicted for B to reach b, or for a patch to memorise its "
                 "noise up to rho, is at most half of the other, that side is first",
                 tex=r"\frac{\sigma_n^2d}{N}\quad\text{against}\quad\frac{n_N\beta^q}{k}"),
        ),
        (Identity(tuple(part.name for part in parts)), Run(measure_races, ("bound", "which is first"))),
        RACE,
        (Condition("standard training; featured patches noiseless, featureless ones with noise orthogonal to the "
                   "features (beta_p may be as small as one likes, Definition 2.2)"),
         Condition("gamma, Lambda and the outputs of the run are bounded by their values at its ends")),
        ("lemma-b.2", "lemma-d.5", "lemma-d.8", "lemma-e.3", "lemma-e.4"), RACE_POINT,
        derivation=(
            Step("logits", "As Lemma D.5: while the outputs are small, 1 - logit_i lies between constants, whose ratio "
                           "is gamma."),
            Step("noise", "By Lemma E.4 a featureless patch gains (eta/N) times gaps times slopes times overlaps; with "
                          "every slope at most (y/rho)^(q-1) that is at most (eta/N) gamma g Lambda (y/rho)^(q-1)."),
            Step("feature", "B gains eta C B^(q-1), as in Lemma D.9."),
            Step("lemma B.2", "Apply it with x = max_r B, y and S."),
        ),
        note="Lemma E.5's formula is lost; this is what the proof idea needs. On patches that carry a feature noise "
        "has no race of its own: it rides on the feature (lemma-e.6). Lambda = sigma_n^2 d but for cross terms, which "
        "the runs include. Both outcomes of the race occur.",
    )  # fmt: skip


SHARE = (
    Variable("b", positive(), "beta B"), Variable("z", real(), "<w, xi> of one patch"),
    Variable("slope", real(0), "s' of one patch times rho^(q-1)"),
    Variable("slopes", real(0), "the sum over the patches of class i"),
    Variable("c", real(0), "largest <w, xi> over b"), Variable("c_mean", real(0), "minus their mean over b"),
    Variable("gamma", real(1), "largest 1 - logit_i of a point over the least"),
    Variable("g", real(0), "least 1 - logit_i"), Variable("g_own", real(0), "that of the patch's point"),
    Variable("h", positive(), "eta/(N rho^(q-1))"), Variable("beta", positive(), "non-robust strength"),
    Variable("M", integer(1), "patches that carry v_i, n_N N/k if balanced"),
    Variable("d_phi", real(), "gain of Phi"), Variable("d_B", real(), "gain of the coefficient of v_i"),
)  # fmt: skip
SHARE_POINT: dict[str, Rational] = {
    "b": 1, "z": 0, "slope": 1, "slopes": 4, "c": 0, "c_mean": 0, "gamma": 1, "g": 1, "g_own": 1, "h": 1, "beta": 1,
    "M": 4, "d_phi": 1, "d_B": 4,
}  # fmt: skip


def share_parts(q: int, order: int | None = None, power: int | None = None) -> tuple[Part, ...]:
    """The tangent on both sides, and the share of one patch; `order` and `power` replace q - 1."""
    n, p = q - 1, proofs
    return (
        Part(f"tangent, q = {q}", p.tangent(n, order), given=(p.b + p.z >= 0,),
             tex=rf"(b+z)^{{{n}}}\ge b^{{{n}}}+{n}\,b^{{{n - 1}}}z"),
        Part(f"tangent, inactive, q = {q}", p.tangent_below(n), given=(p.b + p.z <= 0,), point={"z": -2},
             tex=rf"b+z\le 0\Rightarrow 0\ge b^{{{n}}}+{n}\,b^{{{n - 1}}}z"),
        Part(f"share, q = {q}", p.share(n, power), given=tuple(p.share_given(n).values()),
             tex=rf"\Delta\Phi_{{n,p}}\le\frac{{\gamma(1+c)^{{{n}}}}}{{\beta M(1-{n}\bar c)}}\,\Delta B"),
    )  # fmt: skip


def share_draw(q: int) -> st.SearchStrategy[dict[str, Fraction]]:
    """Steps that meet the hypotheses, at their ends in half of the draws; z anywhere around -b."""
    n, unit = q - 1, st.fractions(0, 1, max_denominator=12)
    names = ("b", "z", "slope", "more", "c", "c_mean", "gamma", "g", "g_own", "h", "beta")

    def values(d: dict[str, Any]) -> dict[str, Fraction]:
        edge, M = d["edge"], Fraction(d["M"])
        small = Fraction(1, 12)
        v = {"b": d["b"] + small, "c": d["c"] * 2, "c_mean": d["c_mean"] / (n + 1), "gamma": 1 + d["gamma"],
             "g": d["g"], "h": d["h"] + small, "beta": d["beta"] + small, "M": M}  # fmt: skip
        most, least = ((1 + v["c"]) * v["b"]) ** n, M * v["b"] ** n * (1 - n * v["c_mean"])
        v |= {"slope": most * (1 if edge else d["slope"]), "slopes": least + (0 if edge else d["more"]),
              "g_own": v["gamma"] * v["g"] * (1 if edge else d["g_own"]), "z": v["b"] * (3 * d["z"] - 2)}  # fmt: skip
        gain = v["h"] * v["beta"] * v["g"] * v["slopes"]
        return {**v, "d_phi": v["h"] * v["g_own"] * v["slope"], "d_B": gain + (0 if edge else d["more"])}

    drawn = st.fixed_dictionaries({**dict.fromkeys(names, unit), "M": st.integers(1, 60), "edge": st.booleans()})
    return drawn.map(values)


def share_checks(q: int) -> tuple[Proof | Search, ...]:
    """Proofs and a search for one exponent."""
    n, names = q - 1, [part.name for part in share_parts(q)]
    return (
        Proof(partial(proofs.tangent_certificate, n, True), (names[0],)),
        Proof(partial(proofs.tangent_certificate, n, False), (names[1],)),
        Proof(partial(proofs.share_certificate, n), (names[2],)),
        *(Search((name,), partial(share_draw, q), trials=(15, 60, 600)) for name in names),
    )


def lemma_e6(exponents: tuple[int, ...] = Q) -> Claim:
    """Lemma E.6: until B has grown, a patch memorises its even share of what B gains, up to constants."""
    parts = [share_parts(q) for q in exponents]
    return Claim(
        "lemma-e.6", Source("Lemma E.6", "Appendix E.1.2"), "Memorised noise is a small share of the feature",
        (
            *(part for group in parts for part in group),
            Part("sum", text="the Phi of the M non-robust patches of class i sum up to the coefficient of v_i over "
                 "beta", tex=r"\beta\sum_{y_n=i,\,p\in\mathcal J_{NR}}\Phi_{i,r,n,p}=b_{i,r,i}"),
            Part("along runs", text="in every step until F_i = 1/4, every patch of class i gains at most the share "
                 "above of what the leading filter's coefficient of v_i gains",
                 tex=r"\Phi^{(t)}_{i,r,n,p}\|\xi\|^2\lesssim\frac{k\,\sigma_n^2d}{N n_N\beta}\,B^{(t)}_{i,r}"),
        ),
        (*(check for q in exponents for check in share_checks(q)), Run(measure_shares, ("sum", "along runs"))), SHARE,
        (Condition("standard training on N noisy points, level 2", tex=r"\sigma_n>0"),
         Condition("every pre-activation of class i is at most rho")),
        ("lemma-e.2", "lemma-e.4", "lemma-e.5"), SHARE_POINT,
        derivation=(
            Step("largest", "With <w, xi> <= c beta B the slope of a patch is at most ((1+c) beta B/rho)^(q-1)."),
            Step("average", "Sum the tangents over the M patches: their slopes add up to at least M (beta B/rho)^(q-1) "
                            "(1 - (q-1) c_mean), whatever the deviations."),
            Step("share", "Divide; gamma accounts for the points' different 1 - logit_i."),
            Step("race", "So memorised noise Phi |xi|^2 is at most a constant times k sigma_n^2 d/(N n_N beta) of what "
                         "B has gained: B arrives first if N n_N is well above k sigma_n^2 d.")),
        note="Lemma E.6's formula is lost; the proof idea asks that B reaches its level while noise is small. c is of "
        "order sigma_n sqrt(d) times a logarithm at the start and falls as B grows; the table shows what share was "
        "memorised in the end.",
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """Both lemmas; they do not depend on the setting."""
    return lemma_e5(), lemma_e6()
