"""How large <w_{i,r}, xi_{n,p}> is: at the start, along runs, and against what the movement of w allows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from theorycheck_simulations.data import Dataset, initial_weights, sample
from theorycheck_simulations.setting import Setting

from theorycheck.checks import scaling_shown
from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Invariant, Measurement, Share
from theorycheck.checks.scaling import Scaling
from theorycheck.evidence import Figure, Plot, Series, Table

from .measurements import described, seed_of
from .noise_grids import ATTACKED, LOUD, STANDARD, STARTS, XAVIER
from .noise_updates import correlations, noise
from .updates import Floats, trained

RECORDS = 15  # times at which weights are looked at, besides the start
FACTOR = 1.5  # 1 + c with c = 1/2, where the certified chance of failure is (2kmNP)^(-5/4)/2
ORDER = 2.0  # C of the paper's bound from its own initialisation, fixed beforehand
LEVELS = (0.5, 1.0, 2.0)


def pairs(setting: Setting) -> int:
    """2 k m N P, the number of one-sided events |<w, xi>| > level."""
    return 2 * setting.k * setting.m * setting.N * setting.P


def level(setting: Setting) -> float:
    """sqrt(2 log(2kmNP))."""
    return float(np.sqrt(2 * np.log(pairs(setting))))


def snapshots(data: Dataset, seed: int, adversarial: bool) -> Iterator[tuple[int, Floats]]:
    """(t, W) at the start and at `RECORDS` equally spaced times up to T."""
    step = max(1, data.setting.T // RECORDS)
    part = replace(data, setting=data.setting.replace(T=step))
    W = initial_weights(data.setting, seed)
    yield 0, W
    for record in range(1, RECORDS + 1):
        W = trained(part, W0=W, adversarial=adversarial).W
        yield record * step, W


@dataclass(frozen=True)
class Sizes:
    """Over recorded times t (n,), each (n,), correlations in units of sigma_n sqrt(2 log(2kmNP)).

    paper: max |<w, xi>| / (sigma_0 sqrt(d)); own: max |<w, xi>| / |w|; fresh: the same for noise that was not trained
    on; norm: max |w| / (sigma_0 sqrt(d)).
    """

    t: Floats
    paper: Floats
    own: Floats
    fresh: Floats
    norm: Floats


def sizes(setting: Setting, seed: int, adversarial: bool) -> Sizes:
    """One run."""
    data = sample(setting, seed, patches="random")
    xi, other = noise(data), noise(sample(setting, seed, patches="random", part="test"))
    unit, start = setting.sigma_n * level(setting), setting.sigma_0 * setting.d**0.5
    rows = []
    for t, W in snapshots(data, seed, adversarial):
        length = np.linalg.norm(W, axis=2)
        seen, unseen = (np.abs(correlations(W, z)).max(axis=(2, 3)) for z in (xi, other))
        rows.append((t, seen.max() / unit / start, (seen / length).max() / unit, (unseen / length).max() / unit,
                     length.max() / start))  # fmt: skip
    return Sizes(*np.array(rows, dtype=float).T)


def measured(context: Context, claim: str, settings: Sequence[Setting], adversarial: bool, *,
             factor: float = FACTOR) -> Measurement:
    """|<w(t), xi>| <= (3/2) sigma_n |w(t)| sqrt(2 log(2kmNP)) at all recorded times."""
    seeds, within = context.profile.pick(1, 5, 20), 0
    slack = []
    rows: list[tuple[Figure, ...]] = []
    curves: list[Series] = []
    for index, setting in enumerate(settings, 1):
        found = [sizes(setting, seed_of(context, claim, setting, str(j)), adversarial) for j in range(seeds)]
        slack += [factor - one.own for one in found]
        held = sum(bool(np.all(one.own <= factor)) for one in found)
        within += held
        rows.append((described(setting), setting.d, setting.N, setting.T, *(
            float(max(getattr(one, name)[at].max() for one in found))
            for name, at in (("paper", slice(1)), ("paper", slice(None)), ("norm", slice(None)), ("own", slice(None)),
                             ("fresh", slice(None)))), held, seeds))  # fmt: skip
        curves.append(Series(f"setting {index}", "line", found[0].t.tolist(), found[0].paper.tolist()))
    heads = ("setting", "d", "N", "T", "C at the start", "largest C", "largest |w|/(sigma_0 sqrt(d))",
             "largest |<w, xi>|/(sigma_n |w| L)", "of fresh noise", "runs within 3/2", "runs")  # fmt: skip
    table = Table("Noise correlations, L = sqrt(2 log(2kmNP)), C = |<w, xi>|/(sigma_0 sigma_n sqrt(d) L)", heads,
                  tuple(rows))  # fmt: skip
    plot = Plot("Measured C over time, first seed of every setting", "t", "C", tuple(curves), y_scale="log")
    outcome = Invariant("3/2 - |<w, xi>|/(sigma_n |w| L)", np.concatenate(slack))
    runs = seeds * len(rows)
    low, high = Share("within", within, runs, 1.0).interval(0.95)
    figures = {"runs": runs, "settings": len(rows), "recorded times": RECORDS + 1, "runs within 3/2": within,
               "95 % from": low, "95 % to": high, "largest C": max(row[5] for row in rows)}  # fmt: skip
    return Measurement((outcome,), figures, (plot,), (table,))


measure_standard = partial(measured, claim="lemma-e.3", settings=(*STANDARD, *XAVIER), adversarial=False)
measure_adversarial = partial(measured, claim="lemma-e.10", settings=(*ATTACKED, LOUD), adversarial=True)


def measure_order(context: Context, factor: float = ORDER) -> Measurement:
    """|<w(t), xi>| <= 2 sigma_0 sigma_n sqrt(d) sqrt(2 log(2kmNP)) from sigma_0 = 1/sqrt(d)."""
    seeds = context.profile.pick(2, 4, 20)
    found = [sizes(s, seed_of(context, "lemma-e.3", s, "order", str(j)), False) for s in XAVIER for j in range(seeds)]
    C = np.array([one.paper.max() for one in found])
    outcome = Invariant("2 - C, sigma_0 = 1/sqrt(d)", factor - np.concatenate([one.paper for one in found]))
    held = Share("held", int((factor >= C).sum()), C.size, 1.0)
    low, high = held.interval(0.95)
    figures = {"runs": C.size, "largest C": float(C.max()), "runs with C <= 2": held.successes, "95 % from": low,
               "95 % to": high}  # fmt: skip
    return Measurement((outcome,), figures)


def moved(setting: Setting, seed: int, adversarial: bool) -> tuple[Floats, Floats, float]:
    """|<w(T) - w(0), xi>| (k, m, N, P), its bound nu own + mu rest, and the rounding of the former.

    own is |Phi| of the patch itself, rest the sum over all others, nu and mu the largest overlaps |<x, xi>| of the
    patch's own and of other patches; under attack both grow by eps |xi|_1, which bounds |<x~ - x, xi>|.
    """
    data = sample(setting, seed, patches="random")
    run = trained(data, seed, psi=True, adversarial=adversarial)
    assert run.psi is not None
    xi, N, P, d = noise(data), *data.X.shape
    overlap = np.abs(data.X.reshape(-1, d) @ xi.reshape(-1, d).T)
    nu = np.diag(overlap).reshape(N, P)
    mu = np.where(np.eye(N * P, dtype=bool), 0, overlap).max(axis=0).reshape(N, P)
    if adversarial:
        reach = setting.epsilon * np.abs(xi).sum(axis=2)
        nu, mu = nu + reach, mu + reach
    own = np.abs(run.psi)
    rest = own.sum(axis=(2, 3), keepdims=True) - own
    # Each of T steps rounds every coordinate of w at 2^-53 of its size, and so do the two differences.
    rounding = 2.0**-52 * (setting.T + 2) * float(np.abs(run.W).max() * np.abs(xi).sum(axis=2).max())
    return np.abs(correlations(run.W - run.W0, xi)), nu * own + mu * rest, rounding


def measure_moved(context: Context, claim: str, settings: Sequence[Setting], adversarial: bool) -> Measurement:
    """The bound of the induction at T, from the coefficients that training sums up."""
    slack, rows = [], []
    for setting in settings:
        change, bound, rounding = moved(setting, seed_of(context, claim, setting, "moved"), adversarial)
        # The bound is a sum of at most T N P absolute values, each rounded at 2^-52: 1e-9 of it is far more.
        slack.append(bound * (1 + 1e-9) + rounding - change)
        some = bound > 0  # a filter that no patch has ever moved has none
        tight = float(np.max(change[some] / bound[some], initial=0))
        rows.append((described(setting), change.size, tight, float(change.max())))
    heads = ("setting", "correlations", "largest movement/bound", "largest movement")
    outcome = Invariant("|<w(T) - w(0), xi>| <= nu own + mu rest", np.concatenate([s.ravel() for s in slack]))
    return Measurement((outcome,), {"settings": len(rows)}, tables=(Table("Movement of <w, xi>", heads, tuple(rows)),))


measure_moved_standard = partial(measure_moved, claim="lemma-e.3", settings=STANDARD, adversarial=False)
measure_moved_adversarial = partial(measure_moved, claim="lemma-e.10", settings=ATTACKED, adversarial=True)


def start_chance(at: float) -> float:
    """P(|<w(0), xi>| > at sigma_0 |xi|) = 2 Phi(-at): given xi, <w(0), xi> is normal."""
    from scipy.stats import norm

    return float(2 * norm.cdf(-at))


def measure_start(context: Context, chance: float = 1.0) -> Measurement:
    """Single correlations at the start against 2 Phi(-t), each filter with a patch of its own; `chance` scales it.

    And how often any of the 2kmNP events at sqrt(2 log(2kmNP)) occurs, which their union bound caps.
    """
    from scipy.stats import norm

    own = context.setting
    # The probabilities depend on no size; all pairs of filters and patches of a run are held at once.
    k, m = min(own.k, 8), min(own.m, 8)
    setting = own.replace(k=k, m=m, N=k * m, n_R=1, n_N=1, J_R=None, J_NR=None, d=max(2 * k, min(own.d, 64)),
                          sigma_n=own.d**-0.5)  # fmt: skip
    runs = max(10, context.profile.pick(2_000, 10_000, 100_000) // setting.N)
    found, largest = [], []
    for run in range(runs):
        seed = seed_of(context, "lemma-e.3", setting, "start", str(run))
        xi, W = noise(sample(setting, seed, patches="random")), initial_weights(setting, seed)
        z = np.abs(correlations(W, xi)) / (setting.sigma_0 * np.linalg.norm(xi, axis=2))
        found.append(np.diag(z.reshape(setting.N, setting.N, setting.P)[:, :, 0]))
        largest.append(z.max())
    z = np.concatenate(found)
    shares = tuple(
        Share(f"|<w(0), xi>| > {t:g} sigma_0 |xi|", int((z > t).sum()), z.size, chance * start_chance(t))
        for t in LEVELS
    )
    union = pairs(setting) * float(norm.cdf(-level(setting)))
    above = Share("above", int((np.array(largest) > level(setting)).sum()), runs, union)
    low, high = above.interval(0.95)
    bound = Invariant("union bound - lower end of the 95 % interval", np.array([chance * union - low]))
    figures = {"runs": runs, "correlations": int(z.size), "runs above sqrt(2 log(2kmNP))": above.successes,
               "union bound": union, "95 % from": low, "95 % to": high}  # fmt: skip
    return Measurement((*shares, bound), figures)


def floor(setting: Setting, seed: int) -> tuple[float, float]:
    """C at T, and max |w(T)|/(sigma_0 sqrt(d))."""
    data = sample(setting, seed, patches="random")
    W = trained(data, seed).W
    start = setting.sigma_0 * setting.d**0.5
    return (float(np.abs(correlations(W, noise(data))).max() / (setting.sigma_n * level(setting) * start)),
            float(np.linalg.norm(W, axis=2).max() / start))  # fmt: skip


def floor_exponent(sigma: Sequence[float], C: Floats) -> Scaling:
    """C (seeds, starts) grows as sigma_0^(-1).

    |w(T)| depends on sigma_0 through the time left to grow, and the strongest start is not yet weak: the fit without it
    is among those that the interval is the hull of.
    """
    return Scaling("exponent of C in sigma_0", np.array(sigma), C, -1, sensitivity=(-1, 1))


def measure_floor(context: Context) -> Measurement:
    """C(T) >= |w(T)|/(2 sigma_0 sqrt(d)) in every run, and the exponent of C in sigma_0 from weak starts."""
    seeds = context.profile.pick(10, 12, 40)
    found = [[floor(s, seed_of(context, "finding-e.3", s, str(j))) for s in STARTS] for j in range(seeds)]
    C, lengths = np.moveaxis(np.array(found), 2, 0)
    sigma = [s.sigma_0 for s in STARTS]
    mean, high, length = (x.tolist() for x in (C.mean(axis=0), C.max(axis=0), lengths.mean(axis=0)))
    heads = ("sigma_0", "mean C", "largest C", "mean |w(T)|/(sigma_0 sqrt(d))")
    law = floor_exponent(sigma, C)
    sizes_at_T = Table("C at T", heads, tuple(zip(sigma, mean, high, length, strict=True)))
    tables = (sizes_at_T, scaling_shown.table(law, 0.95))
    outcomes = (Invariant("C - |w(T)|/(2 sigma_0 sqrt(d))", (C - lengths / 2).ravel()), law)
    figures = {"seeds per setting": seeds, "exponent": law.exponent()}
    return Measurement(outcomes, figures, (scaling_shown.plot(law, 0.95, "sigma_0", "C"),), tables)
