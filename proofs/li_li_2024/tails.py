"""Lemmas B.1 and D.3: the largest of m normals, in the distribution function and in explicit two-sided tail bounds."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sympy import Ge, Le, Rational, exp, log, sqrt, symbols
from theorycheck_simulations.setting import Setting

from theorycheck.checks.enclosure import Enclosure
from theorycheck.checks.run import Statistics
from theorycheck.checks.search import Search
from theorycheck.claim import Claim, Part, Step
from theorycheck.domains import Variable, integer, real
from theorycheck.expression import Phi
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import tails_product
from .notation import k, m
from .tails_runs import maxima, starts

t, c = symbols("t c")
M, K = m.symbol, k.symbol
DENSITY = Rational(3989, 10000)  # below 1/sqrt(2 pi)
HALF = Rational(1, 2)
SIZES = [2, 8, 64, 512, 4096]
FAR, FARTHEST = 4, 5  # t up to which the bounds are enclosed, for m normals and for one
LEVEL = Variable("t", real(0, FARTHEST), "threshold in units of sigma")
OFFSET = Variable("c", real(0, "1/2"), "relative distance from sqrt(2 log m)")
LARGEST_SEARCHED = 200  # the kernel evaluates powers up to 400


def density(at: Any, factor: Any = DENSITY) -> Any:
    """Below the density of a standard normal."""
    return factor * exp(-(at**2) / 2)


def tail(at: Any, factor: Any = DENSITY) -> Any:
    """A lower bound of 1 - Phi(at) for at >= 0: the density times at / (1 + at^2)."""
    return density(at, factor) * at / (1 + at**2)


def upper(n: Any, at: Any, factor: Any = HALF) -> Any:
    """P(M > sigma at) <= n exp(-at^2/2) / 2."""
    return Le(1 - Phi(at) ** n, factor * n * exp(-(at**2) / 2))


def lower(n: Any, at: Any, factor: Any = DENSITY) -> Any:
    """P(M <= sigma at) <= exp(-n tail(at))."""
    return Le(Phi(at) ** n, exp(-n * tail(at, factor)))


def above(factor: Any = HALF) -> Any:
    """P(M <= (1+c) sigma sqrt(2 log m)) >= 1 - m^(1-(1+c)^2) / 2."""
    return Ge(Phi(sqrt(2 * log(M)) * (1 + c)) ** M, 1 - factor * exp(-c * (2 + c) * log(M)))


def below(factor: Any = DENSITY) -> Any:
    """P(M <= (1-c) sigma sqrt(2 log m)) <= exp(-0.3989 t/(1+t^2) m^(1-(1-c)^2)), t = (1-c) sqrt(2 log m)."""
    at = sqrt(2 * log(M)) * (1 - c)
    return Le(Phi(at) ** M, exp(-factor * at / (1 + at**2) * exp(c * (2 - c) * log(M))))


def box(**wanted: Any) -> Mapping[str, Any]:
    """Ranges of m, t and c, a single value where a part is not about one of them."""
    return {"m": [2], "t": [0], "c": [0], **wanted}


def parts_b1(factor: Any = DENSITY, half: Any = HALF) -> tuple[Part, ...]:
    """The tails of Phi^m, with the constants of the two sides."""
    shown = r"0.3989\,\tfrac{t}{1+t^2}\,"
    return (
        # Phi(-t) and not 1 - Phi(t): the difference loses every digit far out.
        Part("one normal, above", Le(Phi(-t), half * exp(-(t**2) / 2)), tex=r"1-\Phi(t) \le \tfrac12 e^{-t^2/2}"),
        Part("one normal, below", Ge(Phi(-t), tail(t, factor)), tex=r"1-\Phi(t) \ge " + shown + "e^{-t^2/2}"),
        Part("upper tail", upper(M, t, half), tex=r"\Pr[M > \sigma t] \le \tfrac m2 e^{-t^2/2}"),
        Part("lower tail", lower(M, t, factor),
             tex=r"\Pr[M \le \sigma t] \le \exp\left(-m\cdot" + shown + r"e^{-t^2/2}\right)"),
        Part("above", above(half),
             tex=r"\Pr\left[M \le (1+c)\sigma\sqrt{2\log m}\right] \ge 1 - \tfrac12 m^{1-(1+c)^2}"),
        Part("below", below(factor), tex=r"\Pr\left[M \le (1-c)\sigma\sqrt{2\log m}\right] \le "
             r"\exp\left(-" + shown + r"m^{1-(1-c)^2}\right),\ t=(1-c)\sqrt{2\log m}"),
    )  # fmt: skip


def law() -> Claim:
    """The distribution of the maximum."""
    part = Part("distribution", text="P(M <= x) = Phi(x/sigma)^m for the maximum M of m independent N(0, sigma^2)",
                tex=r"\Pr[M \le x] = \Phi(x/\sigma)^m")  # fmt: skip
    return Claim(
        "lemma-b.1-law", Source("Lemma B.1", "Appendix B"), "Distribution of the largest of m normals", (part,),
        (Statistics(maxima),), origin="exact",
        derivation=(Step("product", "The m normals are all <= x independently."),),
        note="One line by independence; measured, because the language of relations has no probabilities.",
    )  # fmt: skip


def lemma_b1(setting: Setting, factor: Any = DENSITY, half: Any = HALF) -> Claim:
    """The tails of the maximum's distribution, certified."""
    sizes = sorted({setting.m, *SIZES} - {1})
    parts = parts_b1(factor, half)
    names = tuple(part.name for part in parts)
    checks = (
        # Equality at t = 0: the first bound is certified from 2^-20 on, the search covers 0 itself.
        Enclosure(box(t=(Fraction(1, 2**20), FARTHEST)), names[:1]),
        Enclosure(box(t=(0, FARTHEST)), names[1:2], bits=64),
        Enclosure(box(m=sizes, t=(0, FAR)), names[2:4], bits=64),
        Enclosure(box(m=sizes, c=(0, Fraction(1, 2))), names[4:], bits=64),
        Search(names, bounds={"m": (2, LARGEST_SEARCHED)}, trials=(20, 40, 400)),
    )
    return Claim(
        "lemma-b.1", Source("Lemma B.1", "Appendix B"), "Tails of the largest of m normals", parts, checks,
        (Variable("m", integer(2), "number of normals"), LEVEL, OFFSET),
        uses=("lemma-b.1-law", "lemma-b.1-product"), point={"m": 8, "t": 1, "c": "1/4"}, expected=Verdict.CERTIFIED,
        origin="exact",
        derivation=(
            Step("one normal", "1 - Phi(t) <= e^{-t^2/2}/2 for t >= 0, and 1 - Phi(t) >= density(t) t/(1 + t^2)."),
            Step("upper", "Union bound: 1 - (1 - u)^m <= mu with u = 1 - Phi(t)."),
            Step("lower", "(1 - u)^m <= e^{-mu}."),
            Step("at sqrt(2 log m)", "Insert t = (1 +- c) sqrt(2 log m): e^{-t^2/2} = m^{-(1 +- c)^2}.")),
        note=f"Certified for one normal with t in [0, {FARTHEST}] (the upper bound from 2^-20 on; at 0 it is an "
        f"equality), and for m in {{{', '.join(map(str, sizes))}}} with t in [0, {FAR}] and c in [0, 1/2]. With "
        "lemma-b.1-product, which is proved for every m, the bounds for one normal give those for any m in the same "
        "range of t, and so the paper's M = Theta(sigma sqrt(log m)) with explicit constants.",
    )  # fmt: skip


def parts_d3(factor: Any = DENSITY) -> tuple[Part, ...]:
    """Each group of m, and both unions over the 2k groups."""
    some = Le(1 - (1 - Phi(t) ** M) ** (2 * K), 2 * K * exp(-M * tail(t, factor)))
    return (
        Part("shares", text="at the start, max_r <w_{i,r}, f> <= sigma_0 t has probability Phi(t)^m for each class i "
             "and each of its features f, and all 2km such correlations are independent",
             tex=r"\Pr\left[\max_r \langle w_{i,r}^{(0)}, f\rangle \le \sigma_0 t\right] = \Phi(t)^m"),
        Part("none large", upper(2 * K * M, t),
             tex=r"\Pr\left[\max_{i,r,f} \langle w_{i,r}^{(0)}, f\rangle > \sigma_0 t\right] \le k m\, e^{-t^2/2}"),
        Part("none small", some,
             tex=r"\Pr\left[\min_{i,f}\max_r \langle w_{i,r}^{(0)}, f\rangle \le \sigma_0 t\right] \le "
             r"2k\exp\left(-0.3989\,m\,\tfrac{t}{1+t^2}\,e^{-t^2/2}\right)"),
    )  # fmt: skip


def lemma_d3(setting: Setting, factor: Any = DENSITY) -> Claim:
    """Lemma B.1 at sigma_0 for all 2k features at once."""
    level = Variable("t", real(0, 6), "threshold in units of sigma_0")
    sizes: list[int] = sorted({setting.m, 4, 8, 16, 32})
    classes: list[int] = sorted({setting.k, 2, 5, 10})
    listed: dict[str, list[Any]] = {"m": [*sizes], "k": [*classes]}
    parts, formal = parts_d3(factor), ("none large", "none small")
    return Claim(
        "lemma-d.3", Source("Lemma D.3", "Appendix D.1"), "Correlations at the start", parts,
        (Statistics(starts, ("shares",)), Enclosure({**listed, "t": (0, 6)}, formal),
         Search(formal, bounds={"m": (1, 19), "k": (2, 10)}, trials=(20, 60, 600))),
        (m, k, level), uses=("lemma-b.1", "lemma-b.1-law", "lemma-b.1-product"),
        point={"m": setting.m, "k": setting.k, "t": 1},
        expected=Verdict.SURVIVED, origin="exact",
        derivation=(
            Step("groups", "The diagonal correlations of the k classes with their 2 features are 2k groups of m "
                 "independent N(0, sigma_0^2), because the features are orthonormal."),
            Step("union", "lemma-b.1-product with 2km in place of m for 'none large', with 2k for 'none small'."),
        ),
        note=f"Certified for t in [0, 6], m in {sizes}, k in {classes}; the shares are those of the initial weights "
        "that the simulations use. At t = 0: a class has no positive correlation with a feature with probability 2^-m, "
        "and then never learns it in noiseless training.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """Both lemmas, the law of the maximum and the product bounds between them."""
    return law(), tails_product.lemma(), lemma_b1(setting), lemma_d3(setting)
