"""How often the non-robust feature wins the race: "with high probability" at finite m."""

from collections.abc import Sequence

import numpy as np
from theorycheck_simulations.measure import dominance_share
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Measurement, Share
from theorycheck.checks.run import Run, Statistics
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.evidence import Plot, Series, Table
from theorycheck.source import Source

from . import predictions
from .grids import RACE
from .measurements import described, noiseless, seed_of


def within_reach(setting: Setting) -> bool:
    """Whether the prediction is meant for the setting: small initial correlations, and small steps up to F_i = 1."""
    try:
        level = predictions.unit_level(setting)
    except ValueError:
        return False
    return 10 * setting.sigma_0 <= level and predictions.rate(setting) * level ** (setting.q - 2) <= 0.5


def _settings(context: Context) -> Sequence[Setting]:
    own = noiseless(context)
    return (*RACE, own) if within_reach(own) else RACE


def measure_dominance(context: Context) -> Measurement:
    """The share of runs in which the non-robust part of class 0 leads at the first t with F_0 >= 1."""
    runs = context.profile.pick(40, 300, 2_000)
    shares, rows, failures = [], [], []
    for index, setting in enumerate(_settings(context), 1):
        found = dominance_share(setting, runs, seed_of(context, "dominance-probability", setting))
        if found.failed:
            failures.append(f"{found.failed} classes of runs that did not stay finite at {described(setting)}")
        first = found.outcome[:, 0]  # one class a run: the trials are independent
        yes, open_ = int((first == 1).sum()), int((first == -1).sum())
        share = Share(f"setting {index}", yes, runs, predictions.dominance_probability(setting), open_)
        shares.append(share)
        low, high = share.interval(0.95)
        rows.append(
            (
                described(setting),
                share.predicted,
                yes,
                open_,
                runs,
                yes / runs,
                low,
                high,
                (found.outcome == 1).mean().item(),
            )
        )
    heads = ("setting", "predicted", "yes", "undecided", "runs", "share", "95 % from", "to", "share of all classes")
    x = [row[1] for row in rows]
    series = (
        Series("predicted = measured", "line", [min(x), max(x)], [min(x), max(x)]),
        *(Series(f"setting {i}", "points", [row[1]], [row[5]], [row[6]], [row[7]]) for i, row in enumerate(rows, 1)),
    )
    plot = Plot("How often the non-robust feature wins", "predicted probability", "measured share", series)
    figures = {
        "runs per setting": runs,
        "settings": len(rows),
        "the user's own setting": "included" if len(rows) > len(RACE) else "outside the hypotheses",
    }
    return Measurement(tuple(shares), figures, (plot,), (Table("Dominance", heads, tuple(rows)),), tuple(failures))


def measure_quadrature(context: Context) -> Measurement:
    """The probability by two quadratures."""
    settings = _settings(context)
    first, second = (
        np.array([f(s) for s in settings])
        for f in (predictions.dominance_probability, predictions.dominance_probability_check)
    )
    return Measurement((Agreement("probability by two quadratures", first, second, 1e-9),), {"settings": len(settings)})


def dominance_probability() -> Claim:
    """The finite-m form of "with high probability the non-robust feature wins"."""
    integral = r"P=\int_0^\infty m\,\varphi(b)\Phi(b)^{m-1}\,\Phi\!\left(S^{-1/(q-2)}b\right)^m db"
    return Claim(
        "dominance-probability",
        Source("Lemmas D.3 and D.9 at finite m", "Appendix D.1.4"),
        "How often the non-robust feature wins the race",
        (
            Part(
                "share",
                text="at the first t with F_i >= 1 the non-robust part of F_i exceeds the robust part with probability "
                "P(A_max < S^(-1/(q-2)) B_max, B_max > 0), maxima of m independent normals",
                tex=integral,
            ),
            Part("quadrature", text="adaptive and tanh-sinh quadrature agree on that probability"),
        ),
        (Statistics(measure_dominance, ("share",)), Run(measure_quadrature, ("quadrature",))),
        hypotheses=(
            Condition("standard training without noise, level 1", tex=r"\sigma_n=0"),
            Condition(
                "10 sigma_0 <= b and eta n_N beta^q b^(q-2)/(k rho^(q-1)) <= 1/2, b the level of B at which F_i = 1"
            ),
        ),
        uses=("lemma-d.9", "lemma-b.1"),
        origin="exact",
        derivation=(
            Step(
                "reduce to the start",
                "In continuous time x' = C x^(q-1) and y' = S C y^(q-1) blow up at the times x_0^(2-q)/(q-2) and "
                "y_0^(2-q)/((q-2)S) of the common clock, so B wins exactly if B_max > S^(1/(q-2)) A_max.",
                r"B_{\max}>S^{1/(q-2)}A_{\max}",
            ),
            Step("integrate", "A_max and B_max are maxima of m independent normals; condition on B_max = b.", integral),
        ),
        note="The paper says with high probability; at finite m this is the number. Trials: one class of each run. "
        "The classes of one run have "
        "independent initial weights, and F_i on class i and the ratio of the growths of A_i and B_i depend on these "
        "alone; the other classes "
        "enter through 1 - logit_i only, which is a common clock of A_i and B_i. So even classes of one run are "
        "independent up to the finite "
        "step, and the share over all classes is shown beside; but independence of runs needs no such argument. A run "
        "in which F_i stays below 1 "
        "for T steps is undecided and widens the interval on both sides.",
    )
