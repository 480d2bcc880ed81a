"""Lemmas B.1 and D.3: the largest of m normals, in the distribution function and in explicit two-sided tail bounds."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.stats import norm
from sympy import Ge, Le, Rational, exp, log, sqrt, symbols
from theorycheck.checks.check import Context
from theorycheck.checks.enclosure import Enclosure
from theorycheck.checks.measurement import Measurement, Share
from theorycheck.checks.run import Statistics
from theorycheck.checks.search import Search
from theorycheck.claim import Claim, Part, Step
from theorycheck.domains import Variable, integer, real
from theorycheck.evidence import Plot, Series
from theorycheck.expression import Phi
from theorycheck.seeds import integer_seed, stream
from theorycheck.source import Source
from theorycheck.verdict import Verdict
from theorycheck_simulations.data import initial_weights
from theorycheck_simulations.setting import Setting

from .notation import k, m

t, c = symbols("t c")
M, K = m.symbol, k.symbol
LEVEL = Variable("t", real(0, 6), "threshold in units of sigma")
OFFSET = Variable("c", real(0, "1/2"), "relative distance from sqrt(2 log m)")
DENSITY = Rational(3989, 10000)  # below 1/sqrt(2 pi)
SIZES = [2, 4, 16, 64, 256, 1024]


def tail(at: Any, density: Any = DENSITY) -> Any:
    """A lower bound of 1 - Phi(at) for at >= 0: the density times at / (1 + at^2)."""
    return density * at / (1 + at**2) * exp(-(at**2) / 2)


def upper(n: Any, at: Any, factor: Any = Rational(1, 2)) -> Any:
    """P(M > sigma at) <= n exp(-at^2/2) / 2."""
    return Le(1 - Phi(at) ** n, factor * n * exp(-(at**2) / 2))


def lower(n: Any, at: Any, density: Any = DENSITY) -> Any:
    """P(M <= sigma at) <= exp(-n tail(at))."""
    return Le(Phi(at) ** n, exp(-n * tail(at, density)))


def box(**wanted: Any) -> Mapping[str, Any]:
    """Ranges of t and c, a single value where a part is not about one of them."""
    return {"m": SIZES, "t": [0], "c": [0], **wanted}


def lemma_b1(setting: Setting) -> Claim:
    """The distribution of the maximum and its tails."""
    level = sqrt(2 * log(M))
    sizes = sorted({setting.m, *SIZES} - {1})
    above = Ge(Phi(level * (1 + c)) ** M, 1 - Rational(1, 2) * M ** (1 - (1 + c) ** 2))
    parts = (
        Part("distribution", text="P(M <= x) = Phi(x/sigma)^m for the maximum M of m independent N(0, sigma^2)",
             tex=r"\Pr[M \le x] = \Phi(x/\sigma)^m"),
        Part("upper tail", upper(M, t), tex=r"\Pr[M > \sigma t] \le \tfrac m2 e^{-t^2/2}"),
        Part("lower tail", lower(M, t), tex=r"\Pr[M \le \sigma t] \le \exp\left(-0.3989\,m\,\tfrac{t}{1+t^2}\,e^{-t^2/2}\right)"),
        Part("above", above, tex=r"\Pr\left[M \le (1+c)\sigma\sqrt{2\log m}\right] \ge 1 - \tfrac12 m^{1-(1+c)^2}"),
        Part("below", lower(M, level * (1 - c)),
             tex=r"\Pr\left[M \le (1-c)\sigma\sqrt{2\log m}\right] \le \exp\left(-0.3989\,\tfrac{t}{1+t^2}\,m^{1-(1-c)^2}\right),\ t=(1-c)\sqrt{2\log m}"),
    )  # fmt: skip
    formal = tuple(part.name for part in parts[1:])
    return Claim(
        "lemma-b.1", Source("Lemma B.1", "Appendix B"), "Largest of m normals", parts,
        (Statistics(maxima, ("distribution",)),
         Enclosure(box(m=sizes, t=(0, 6)), formal[:2], bits=64), Enclosure(box(m=sizes, c=(0, Fraction(1, 2))), formal[2:], bits=64),
         Search(formal, bounds={"m": (2, 200)}, trials=(20, 40, 400))),
        (Variable("m", integer(2), "number of normals"), LEVEL, OFFSET), point={"m": 8, "t": 1, "c": "1/4"}, expected=Verdict.SURVIVED, origin="exact",
        derivation=(
            Step("product", "The m normals are all <= x independently."),
            Step("upper", "Union bound with 1 - Phi(t) <= e^{-t^2/2}/2 for t >= 0."),
            Step("lower", "Phi = 1 - (1 - Phi) <= exp(-(1 - Phi)) and 1 - Phi(t) >= density(t) t/(1 + t^2)."),
            Step("at sqrt(2 log m)", "Insert t = (1 +- c) sqrt(2 log m): e^{-t^2/2} = m^{-(1 +- c)^2}.")),
        note=f"Certified for t in [0, 6], c in [0, 1/2] and m in {{{', '.join(map(str, sizes))}}}. The paper's M = Theta(sigma sqrt(log m)) follows for m in "
        "this range; for all m it is the derivation's argument. The distribution itself is measured.",
    )  # fmt: skip


def lemma_d3(setting: Setting) -> Claim:
    """Lemma B.1 at sigma_0 for all 2k features at once."""
    level = Variable("t", real(0, 6), "threshold in units of sigma_0")
    sizes, classes = sorted({setting.m, 4, 8, 16, 32}), sorted({setting.k, 2, 5, 10})
    n = 2 * K * M
    some = Le(1 - (1 - Phi(t) ** M) ** (2 * K), 2 * K * exp(-M * tail(t)))
    parts = (
        Part("shares", text="at the start, max_r <w_{i,r}, f> <= sigma_0 t has probability Phi(t)^m for each class i and feature f",
             tex=r"\Pr\left[\max_r \langle w_{i,r}^{(0)}, f\rangle \le \sigma_0 t\right] = \Phi(t)^m"),
        Part("none large", upper(n, t), tex=r"\Pr\left[\max_{i,r,f} > \sigma_0 t\right] \le k m\, e^{-t^2/2}"),
        Part("none small", some, tex=r"\Pr\left[\min_{i,f}\max_r \le \sigma_0 t\right] \le 2k\exp\left(-0.3989\,m\,\tfrac{t}{1+t^2}\,e^{-t^2/2}\right)"),
    )  # fmt: skip
    return Claim(
        "lemma-d.3", Source("Lemma D.3", "Appendix D.1"), "Correlations at the start", parts,
        (Statistics(starts, ("shares",)), Enclosure({"m": sizes, "k": classes, "t": (0, 6)}, ("none large", "none small"), bits=64),
         Search(("none large", "none small"), bounds={"m": (1, 60), "k": (2, 20)}, trials=(20, 60, 600))),
        (m, k, level), uses=("lemma-b.1",), point={"m": setting.m, "k": setting.k, "t": 1}, expected=Verdict.SURVIVED, origin="exact",
        derivation=(Step("union", "The diagonal correlations of the k classes with their 2 features are 2k groups of m independent N(0, sigma_0^2).",),),
        note=f"Certified for t in [0, 6], m in {sizes}, k in {classes}; the shares are those of the simulation's own initial weights.",
    )  # fmt: skip


def _shares(name: str, found: np.ndarray, thresholds: np.ndarray, size: int) -> tuple[Share, ...]:
    return tuple(
        Share(f"{name} <= {at:g} sigma", int((found <= at).sum()), found.size, float(norm.cdf(at) ** size)) for at in thresholds
    )


def maxima(context: Context) -> Measurement:
    """How often the largest of m normals stays below a threshold."""
    trials = context.profile.pick(2_000, 10_000, 100_000)
    shares: list[Share] = []
    curves = []
    for size in sorted({2, context.setting.m, 64}):
        found = stream(context.seed, "lemma-b.1", size).standard_normal((trials, size)).max(axis=1)
        shares += _shares(f"m = {size}: M", found, np.array([0.5, 1.5, 2.5]), size)
        at = np.linspace(-1, 4, 60)
        curves.append(Series(f"m = {size}, predicted", "line", at.tolist(), (norm.cdf(at) ** size).tolist()))
        curves.append(Series(f"m = {size}, measured", "points", at[::6].tolist(), [float((found <= x).mean()) for x in at[::6]]))
    plot = Plot("Largest of m normals", "x / sigma", "P(M <= x)", tuple(curves))
    return Measurement(tuple(shares), {"trials": trials}, (plot,))


def starts(context: Context) -> Measurement:
    """How often max_r <w_{i,r}(0), f> stays below a threshold, over classes, own features and runs."""
    setting = context.setting.replace(sigma_n=0.0)
    runs, seed = context.profile.pick(100, 400, 4_000), integer_seed(context.seed, "lemma-d.3") % 2**32
    size, found = setting.k, []
    for run in range(runs):
        weights = initial_weights(setting, seed, run)[:, :, : 2 * size] / setting.sigma_0
        for i in range(size):
            found += [weights[i, :, i].max(), weights[i, :, size + i].max()]
    return Measurement(_shares("max_r", np.array(found), np.array([0.5, 1.0, 1.5, 2.0]), setting.m), {"runs": runs, "maxima": len(found)})


def claims(setting: Setting) -> tuple[Claim, ...]:
    """Both lemmas."""
    return lemma_b1(setting), lemma_d3(setting)
