"""The end of training on noisy points: orders of all correlations, accuracies, and robust accuracy from both sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from theorycheck_simulations.accuracy import Feature, network_accuracy, network_feature_accuracy, share_right
from theorycheck_simulations.data import Dataset, sample
from theorycheck_simulations.network import NetworkRun, network_outputs, perturb
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.threats import RobustAccuracy, Threat, robust_accuracy

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement, Share
from theorycheck.evidence import Figure, Table

from . import predictions
from .measurements import described, seed_of
from .noise_grids import ATTACKED, LOUD, STANDARD
from .noise_small_runs import FACTOR, level
from .noise_updates import correlations, noise
from .outcome_runs import EPSILON
from .updates import Floats, trained

SPREAD = 5.0  # standard deviations; of a normal beyond them at most 3e-7 on each side
OVERSHOOT = 1.25  # sum_s B^q over its saturation level, which one step and the noise may exceed; fixed beforehand
TEST = 100
THREATS: tuple[Threat, ...] = ("paper", "in-place")
BULLETS = (
    "training accuracy at X~",
    *(f"certified training accuracy, {threat}" for threat in THREATS),
    "robust feature learning accuracy",
    *(f"certified test accuracy, {threat}" for threat in THREATS),
)


@dataclass(frozen=True)
class Ended:
    """A run to T on its training data."""

    data: Dataset
    run: NetworkRun

    @property
    def setting(self) -> Setting:
        """The setting of the run."""
        return self.data.setting

    def largest(self, side: int, at_start: bool = False) -> Floats:
        """(k,): max_r A_{i,r} for side 0, max_r B_{i,r} for side 1."""
        return np.asarray(self._block(side, at_start).diagonal(axis1=0, axis2=2).max(axis=0))

    def off_diagonal(self, at_start: bool = False) -> float:
        """The largest <w_{i,r}, f> of a feature f of another class."""
        away = ~np.eye(self.setting.k, dtype=bool)[:, None, :]
        return float(max(np.where(away, self._block(side, at_start), -np.inf).max() for side in (0, 1)))

    def _block(self, side: int, at_start: bool) -> Floats:
        k = self.setting.k
        W = self.run.W0 if at_start else self.run.W
        return W[:, :, side * k : (side + 1) * k]

    @cached_property
    def memory(self) -> Floats:
        """(k,): sigma_n B/(beta sqrt(M)), M = n_N times the points of class i.

        A sum of M overlaps <xi, f> with weights Phi of mean B/(beta M) has about this standard deviation.
        """
        s = self.setting
        M = np.maximum(np.bincount(self.data.y, minlength=s.k), 1) * s.n_N
        return np.asarray(s.sigma_n * np.maximum(self.largest(1), 0) / (s.beta * np.sqrt(M)))

    @cached_property
    def noise(self) -> float:
        """max |<w, xi>| / (sigma_n |w| sqrt(2 log(2kmNP)))."""
        W, s = self.run.W, self.setting
        largest = np.abs(correlations(W, noise(self.data))).max(axis=(2, 3))
        return float((largest / np.linalg.norm(W, axis=2)).max() / (s.sigma_n * level(s)))


def ended(context: Context, claim: str, setting: Setting, index: int, adversarial: bool = False) -> Ended:
    """One run; seeds are keyed by claim and setting."""
    seed = seed_of(context, claim, setting, str(index))
    data = sample(setting, seed, patches="random")
    return Ended(data, trained(data, seed, adversarial=adversarial))


def largest_B(setting: Setting) -> float:
    """(1 - 1/q) rho/beta + log(1 + c' T)/(n_N beta), where F_i = log(1 + c' T): e^F grows by at most c' in a step."""
    s = setting
    grown = float(np.log1p(predictions.growth_constant(s, 0) * s.T))
    return (1 - 1 / s.q) * s.rho / s.beta + grown / (s.n_N * s.beta)


def measure_standard(context: Context, spread: float = SPREAD) -> Measurement:
    """Lemma E.7: A, B, off-diagonal and noise correlations at T."""
    seeds = context.profile.pick(2, 10, 40)
    A, off, low, high, small = [], [], [], [], []
    rows: list[tuple[Figure, ...]] = []
    for setting in STANDARD:
        found = [ended(context, "lemma-e.7", setting, j) for j in range(seeds)]
        b, most, sizes = predictions.unit_level(setting), largest_B(setting), []
        for one in found:
            passage = one.run.passage
            led = passage.non_robust_part > passage.robust_part
            bound = predictions.tensor_power_bound(setting, one.largest(0, True), one.largest(1, True), b)
            held = led & np.isfinite(bound)
            A += (bound + spread * one.memory - one.largest(0))[held].tolist()
            sizes += one.largest(0)[held].tolist()
            low += (one.largest(1) - b)[led].tolist()
            high += (most - one.largest(1)).tolist()
            off.append(one.off_diagonal(True) + spread * float(one.memory.max()) - one.off_diagonal())
            small.append(FACTOR - one.noise)
        B = np.concatenate([one.largest(1) for one in found])
        rows.append((described(setting), setting.d, setting.N, seeds, len(sizes), max(sizes, default=0.0),
                     float(B.max()), most, max(one.off_diagonal() for one in found),
                     max(one.noise for one in found)))  # fmt: skip
    heads = ("setting", "d", "N", "runs", "classes where the bound's hypotheses hold", "largest A there", "largest B",
             "its bound", "largest off-diagonal", "largest |<w, xi>|/(sigma_n |w| L)")  # fmt: skip
    outcomes = (
        Invariant("bound + 5 sigma_n B/(beta sqrt(M)) - max_r A", np.array(A)),
        Invariant("max_r B - b", np.array(low)),
        Invariant("log bound - max_r B", np.array(high)),
        Invariant("start + 5 sigma_n B/(beta sqrt(M)) - off-diagonal", np.array(off)),
        Invariant("3/2 - |<w, xi>|/(sigma_n |w| L)", np.array(small)),
    )
    return Measurement(outcomes, {"runs per setting": seeds}, tables=(Table("Lemma E.7 at T", heads, tuple(rows)),))


def saturated(one: Ended) -> Floats:
    """(k,): sum_s (B_{i,s})_+^q over rho^(q-1)/(eta~ beta^(q-2))."""
    s, k = one.setting, one.setting.k
    B = np.einsum("iri->ir", one.run.W[:, :, k : 2 * k])
    return np.asarray((np.maximum(B, 0) ** s.q).sum(axis=1) * s.eta_tilde * s.beta ** (s.q - 2) / s.rho ** (s.q - 1))


def measure_adversarial(context: Context, chance: float | None = None, overshoot: float = OVERSHOOT) -> Measurement:
    """Lemma E.11: the same under attack; class 0 of each run learns its robust feature with probability 1 - 2^(-m).

    `chance` replaces that probability.
    """
    seeds = context.profile.pick(2, 10, 40)
    shares: list[Share] = []
    over, off, small = [], [], []
    rows: list[tuple[Figure, ...]] = []
    for index, setting in enumerate((*ATTACKED, LOUD), 1):
        found = [ended(context, "lemma-e.11", setting, j, True) for j in range(seeds)]
        A, above = np.stack([one.largest(0) for one in found]), np.stack([saturated(one) for one in found])
        linear = setting.rho / (setting.alpha - setting.epsilon) <= A
        away = max(one.off_diagonal() for one in found)
        judged = setting is not LOUD
        rows.append((described(setting), setting.d, "inside" if judged else "outside", seeds, int(linear.sum()), A.size,
                     float(np.median(A)), float(above.max()), away, max(one.noise for one in found)))  # fmt: skip
        if not judged:
            continue
        able = np.array([one.largest(0, True)[0] > 0 for one in found])
        p = 1 - 0.5**setting.m if chance is None else chance
        shares.append(Share(f"setting {index}: A in the linear part", int(linear[:, 0].sum()), seeds, p,
                            int((able & ~linear[:, 0]).sum())))  # fmt: skip
        over.append(overshoot - above.ravel())
        off += [float(one.largest(0).max()) / 10 - one.off_diagonal() for one in found]
        small += [FACTOR - one.noise for one in found]
    heads = ("setting", "d", "hypotheses", "runs", "classes with A in the linear part", "classes", "median A",
             "largest sum B^q over its level", "largest off-diagonal", "largest |<w, xi>|/(sigma_n |w| L)")  # fmt: skip
    outcomes: tuple[Share | Invariant, ...] = (
        *shares,
        Invariant("5/4 - sum B^q over its level", np.concatenate(over)),
        Invariant("max A/10 - off-diagonal", np.array(off)),
        Invariant("3/2 - |<w, xi>|/(sigma_n |w| L)", np.array(small)),
    )
    return Measurement(outcomes, {"runs per setting": seeds}, tables=(Table("Lemma E.11 at T", heads, tuple(rows)),))


def tested(one: Ended, seed: int) -> Dataset:
    """Fresh points of the same distribution."""
    return sample(one.setting.replace(N=TEST), seed, patches="random", part="test")


def both(found: Sequence[RobustAccuracy]) -> tuple[Floats, Floats]:
    """Certified and attacked accuracy of every run."""
    return np.array([r.certified for r in found]), np.array([r.attacked for r in found])


def agree(widths: Floats) -> Agreement:
    """Robust accuracy is known to 5 points in every run."""
    return Agreement("certified and attacked", np.zeros(widths.size), widths, 0.05, absolute=True)


def measure_theorem_e1(context: Context, feature: Feature = "non-robust") -> Measurement:
    """Theorem E.1: the four bullets, in at least the share P^k of runs; `feature` is what they say is learned."""
    seeds = context.profile.pick(2, 10, 40)
    gaps, predicted, total = [], [], 0
    rows: list[tuple[Figure, ...]] = []
    for setting in STANDARD:
        values, robust = [], []
        for j in range(seeds):
            one = ended(context, "theorem-e.1", setting, j)
            test, W = tested(one, seed_of(context, "theorem-e.1", setting, str(j))), one.run.W
            robust.append(robust_accuracy(test, W, "paper", EPSILON * setting.beta))
            values.append((network_accuracy(one.data, W), network_feature_accuracy(test, W, feature),
                           network_accuracy(test, W)))  # fmt: skip
        certified, attacked = both(robust)
        fit, learned, right = np.array(values).T
        bullets = (fit == 1, learned >= 0.95, right >= 0.95, attacked <= 0.1)
        every = Share("all", int(np.logical_and.reduce(bullets).sum()), seeds, 0.0)
        p = predictions.dominance_probability(setting) ** setting.k
        low, high = every.interval(0.95)
        predicted.append(p)
        total += every.successes
        gaps.append(attacked - certified)
        rows.append((described(setting), setting.d, setting.N, *(int(b.sum()) for b in bullets), every.successes, seeds,
                     low, high, p, float(certified.max()), float(attacked.max())))  # fmt: skip
    heads = ("setting", "d", "N", "perfect training", "non-robust features", "test", "attacked", "all four", "runs",
             "95 % from", "to", "predicted at least", "largest certified", "largest attacked")  # fmt: skip
    runs = seeds * len(rows)
    # A sum of unequal trials spreads less than a binomial with their mean probability, so the interval is wide enough.
    low, high = Share("all", total, runs, 0.0).interval(0.95)
    outcomes = (
        Invariant("upper end of the 95 % interval - mean P^k", np.array([high - np.mean(predicted)])),
        agree(np.concatenate(gaps)),
    )
    figures = {"runs": runs, "all four bullets": total, "95 % from": low, "95 % to": high, "test points": TEST,
               "mean P^k": float(np.mean(predicted)), "epsilon/beta": EPSILON}  # fmt: skip
    return Measurement(outcomes, figures, tables=(Table("Theorem E.1", heads, tuple(rows)),))


def measure_theorem_e8(context: Context, radius: float = 1.0) -> Measurement:
    """Theorem E.8 under the threats paper and in-place, and what is left of it under linf; `radius` scales epsilon."""
    seeds = context.profile.pick(3, 10, 40)
    means, widths, under_linf, rows = [], [], [], []
    for setting in ATTACKED:
        values = []
        for j in range(seeds):
            one = ended(context, "theorem-e.8", setting, j, True)
            test, W = tested(one, seed_of(context, "theorem-e.8", setting, str(j))), one.run.W
            epsilon = radius * setting.epsilon
            own = share_right(network_outputs(setting, W, perturb(one.data, W)), one.data.y)
            found = [robust_accuracy(points, W, threat, epsilon) for points in (one.data, test) for threat in THREATS]
            certified, attacked = both(found)
            values.append((own, *certified[:2], network_feature_accuracy(test, W, "robust"), *certified[2:]))
            widths += (attacked - certified).tolist()
            under_linf.append(robust_accuracy(one.data, W, "linf", epsilon).attacked)
        table = np.array(values)
        bullets = np.stack([(table[:, :3] == 1).all(axis=1), table[:, 3] >= 0.95, (table[:, 4:] >= 0.95).all(axis=1)])
        every = Share("all", int(bullets.all(axis=0).sum()), seeds, 0.0)
        means.append(table.mean(axis=0))
        rows.append((described(setting), setting.d, setting.N, *bullets.sum(axis=1).tolist(), every.successes, seeds,
                     *every.interval(0.95), *means[-1].tolist()))  # fmt: skip
    heads = ("setting", "d", "N", "perfect training", "robust features", "robust test", "all three", "runs",
             "95 % from", "to", *(f"mean {name}" for name in BULLETS))  # fmt: skip
    outcomes = (
        *(Agreement(name, np.ones(1), value[None], 0.1, absolute=True)
          for name, value in zip(BULLETS, np.mean(means, axis=0), strict=True)),
        agree(np.array(widths)),
        Agreement("linf: attacked accuracy", np.zeros(len(under_linf)), np.array(under_linf), 0.05, absolute=True),
    )  # fmt: skip
    total, runs = sum(row[6] for row in rows), seeds * len(rows)
    low, high = Share("all", total, runs, 0.0).interval(0.95)
    figures = {"runs": runs, "runs with all three": total, "95 % from": low, "95 % to": high, "test points": TEST,
               "linf: largest attacked": max(under_linf)}  # fmt: skip
    return Measurement(outcomes, figures, tables=(Table("Theorem E.8", heads, tuple(rows)),))
