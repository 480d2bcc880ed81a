"""K11: how the two terms of the boundary grow, and the accuracy that follows for the artificial experiment."""

from functools import cache, partial
from typing import Any

from sympy import cancel

from theorycheck.checks.identity import Identity
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.source import Source

from . import growth_parts as algebra
from .growth_runs import measure_artificial, measure_growth, measure_published

GROWTH = Part("growth rates", text="in the root mean square over z, T1 grows as the square root of N', T2 as N' and "
              "T2/T1 as the square root of N' (closed form, gamma = 1/2, d = 6000, N = 20, N' = 10 to 320)",
              tex=r"|T_1|\sim\sqrt{N'},\quad|T_2|\sim N',\quad T_2/T_1\sim\sqrt{N'}")  # fmt: skip
CURVES = Part("published curves", text="the published L2 curves are within .06 of the law where d >= N",
              tex=r"\mathrm{acc}\approx\Phi\left(\frac{s}{\sqrt{1+s^2N/(d\varrho^2)}}\right)")  # fmt: skip
RUNS = Part("artificial runs", text="scaled-down runs are within .10 of the law, move as it does, and the control "
            "stays at chance")  # fmt: skip


def k11() -> Claim:
    """Growth rates and the accuracy law."""
    formal = (*algebra.moments(), *algebra.law_parts(), *algebra.trend_parts())
    equations = tuple(p.name for p in (*algebra.moments(), *algebra.law_parts()[:2]))
    searched = tuple(p.name for p in (*algebra.law_parts()[:4], *algebra.trend_parts()))
    return Claim(
        "k11", Source("K11", "artificial experiments"), "Growth rates and accuracy of the artificial experiment",
        (*formal, GROWTH, CURVES, RUNS),
        (*(Proof(partial(algebra.certificate, part), (part.name,)) for part in formal),
         Identity(equations, points=10, simplify=cancel), Search(searched, bounds=algebra.BOUNDS, trials=(10, 60, 600)),
         Run(measure_growth, (GROWTH.name,)), Run(measure_published, (CURVES.name,)),
         Run(measure_artificial, (RUNS.name,))),
        algebra.VARIABLES,
        (Condition("samples and noise of one law with independent coordinates of mean 0 and variance sigma^2, fair "
                   "labels independent of them"),
         Condition("for the law: equal multipliers, norms and sums as their means and normal limits, d >= N")),
        uses=("k6",), point=algebra.POINT, origin="exact",
        derivation=(
            Step("growth", "T_1 is a sum of N' independent terms of mean 0, T_2 of N' equal ones; the multipliers are "
                 "about the same for all points.", r"T_1\sim\lambda'\sigma\sqrt{N'}\|z\|,\quad T_2=\varepsilon\Lambda'"
                 r"\langle h,z\rangle"),
            Step("at a sample", "q holds the sample itself with its label, and the other N - 1 samples at random.",
                 r"y_k\langle\hat q,x_k\rangle\approx\sigma\sqrt{d/N}\left(1+\sqrt{N/d}\,\xi_1\right)"),
            Step("ratio", "Over the deviation of T_1; what h has orthogonal to q only adds variance.",
                 r"y_kT_2/\mathrm{sd}(T_1)=s\left(1+\tfrac1\varrho\sqrt{N/d}\,\xi_1\right)"),
            Step("law", "The sum with T_1, another normal, is positive with probability Phi of mean over deviation.",
                 r"\Pr(y_k(T_1+T_2)>0)=\Phi\left(\frac{s}{\sqrt{1+s^2N/(d\varrho^2)}}\right)"),
        ),
        note="The law is a heuristic: it is derived for equal multipliers and for normal limits, and the moments are "
        "written out in the smallest cases only, for every law on three points. Nothing in it is a theorem on trained "
        "networks, so runs can only fail to contradict it. It is not stated in the paper, as far as its text is known "
        "to us; the idea that T2 outgrows T1 is. All runs, the published ones too, are far outside (ORTH): trend "
        "checks. Published values are read from plots to .01, one run each, with a seed chosen by the authors; the law "
        "is not meant for d < N, where four published values and the L0 anomaly at d = 100 lie. Growth rates use the "
        "closed form where its sign pattern holds, which is checked.",
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claim of this chapter; its runs have their own settings."""
    return _claims()


@cache
def _claims() -> tuple[Claim, ...]:
    return (k11(),)
