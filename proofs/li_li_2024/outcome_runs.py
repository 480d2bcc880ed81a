"""What trained networks do: accuracy, feature learning accuracy and the attack of Theorem 4.3."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.accuracy import network_accuracy, network_attack_accuracy, network_feature_accuracy
from theorycheck_simulations.data import sample
from theorycheck_simulations.population import PopulationRuns, train_populations
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement, Share
from theorycheck.evidence import Figure, Table

from . import predictions
from .dominance import within_reach
from .grids import NOISY, OUTCOME
from .late_runs import failed
from .measurements import described, noiseless, seed_of
from .updates import activation, trained

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
EPSILON = 1.2  # radius of the attack in units of beta; the paper needs epsilon >= beta


@dataclass(frozen=True)
class Trained:
    """Runs to the end. Parts of F_i on class j have shape (R, k, k), indexed [run, j, i]."""

    runs: PopulationRuns

    def part(self, side: int, strength: float) -> Floats:
        """n_R sum_r s(strength <w_{i,r}, u_j>) for side 0, n_N and v_j for side 1."""
        s = self.runs.setting
        C = self.runs.W[..., side * s.k : (side + 1) * s.k]
        return np.swapaxes((s.n_R, s.n_N)[side] * activation(s, strength * C).sum(axis=-2), -1, -2)

    @cached_property
    def robust(self) -> Floats:
        """The part of the robust patches."""
        return self.part(0, self.runs.setting.alpha)

    @cached_property
    def other(self) -> Floats:
        """The part of the non-robust patches."""
        return self.part(1, self.runs.setting.beta)

    @cached_property
    def attacked(self) -> Floats:
        """The part of patches epsilon v_j, indexed by the attack's target j."""
        return self.part(1, EPSILON * self.runs.setting.beta)

    @property
    def first(self) -> NDArray[np.int64]:
        """(R, k): whether the non-robust part led at the first t with F_i >= 1: 1, 0, or -1 where F_i stayed below."""
        p = self.runs.passage
        return np.where(p.output_step < 0, -1, (p.non_robust_part > p.robust_part).astype(np.int64))

    def start(self, side: int) -> Floats:
        """(R, k): max_r A_{i,r}(0) or max_r B_{i,r}(0)."""
        k = self.runs.setting.k
        return np.asarray(np.einsum("niri->nir", self.runs.W0[..., side * k : (side + 1) * k]).max(axis=2))


def right(F: Floats) -> Bools:
    """(R, k): whether F_j exceeds every other output on class j, strictly."""
    k = F.shape[-1]
    others = np.where(np.eye(k, dtype=bool), -np.inf, F)
    return np.asarray(np.einsum("njj->nj", F) > others.max(axis=-1))


def finish(context: Context, claim: str, setting: Setting, count: int) -> Trained:
    """`count` runs to T; runs are keyed by claim and setting."""
    return Trained(train_populations(setting, seed_of(context, claim, setting), count))


def settings_of(context: Context) -> Sequence[Setting]:
    own = noiseless(context)
    return (*OUTCOME, own) if within_reach(own) else OUTCOME


def _count(context: Context) -> int:
    return context.profile.pick(30, 100, 600)


def measure_accuracy(context: Context) -> Measurement:
    """Lemma D.12: the share of runs in which class 0 is classified rightly, against 1 - 4^(-m)."""
    count = _count(context)
    shares: list[Share] = []
    rows: list[tuple[Figure, ...]] = []
    failures: tuple[str, ...] = ()
    for index, setting in enumerate(settings_of(context), 1):
        done = finish(context, "lemma-d.12", setting, count)
        failures += failed(done.runs)
        good = right(done.robust + done.other)[:, 0]
        open_ = ~good & (np.maximum(done.start(0), done.start(1))[:, 0] > 0)
        shares.append(
            Share(
                f"setting {index}", int(good.sum()), count, predictions.learning_probability(setting), int(open_.sum())
            )
        )
        low, high = shares[-1].interval(0.95)
        rows.append((described(setting), shares[-1].predicted, int(good.sum()), int(open_.sum()), count, low, high))
    table = Table(
        "Class 0 classified rightly at T",
        ("setting", "predicted", "right", "not yet", "runs", "95 % from", "to"),
        tuple(rows),
    )
    return Measurement(tuple(shares), {"runs per setting": count}, tables=(table,), failures=failures)


def measure_features(context: Context) -> Measurement:
    """Lemma D.13: right on X_{F_NR} where the non-robust feature came first; never learnt without a positive B(0)."""
    count = _count(context)
    margin, frozen = [], []
    rows: list[tuple[Figure, ...]] = []
    failures: tuple[str, ...] = ()
    for setting in settings_of(context):
        done = finish(context, "lemma-d.13", setting, count)
        failures += failed(done.runs)
        k = setting.k
        others = np.where(np.eye(k, dtype=bool), -np.inf, done.other).max(axis=-1)
        gap = np.einsum("njj->nj", done.other) - others
        led = done.first == 1
        # Strictly more is needed, so the smallest double is taken off.
        margin.append(gap[led] - np.finfo(float).tiny)
        never = done.start(1) <= 0
        B = np.einsum("niri->nir", done.runs.W[..., k : 2 * k]).max(axis=2)
        frozen.append(-B[never])
        rows.append(
            (
                described(setting),
                int(led.sum()),
                float(right(done.other).mean()),
                float(right(done.robust).mean()),
                int(never.sum()),
            )
        )
    heads = (
        "setting",
        "classes led by the non-robust feature",
        "non-robust feature learning accuracy",
        "robust feature learning accuracy",
        "classes without B(0) > 0",
    )
    outcomes = (
        Invariant("F_y - max F_j on X_{F_NR}", np.concatenate(margin)),
        Invariant("-max_r B(T) where every B(0) <= 0", np.concatenate(frozen)),
    )
    return Measurement(
        outcomes,
        {"runs per setting": count},
        tables=(Table("Feature learning accuracy at T", heads, tuple(rows)),),
        failures=failures,
    )


def measure_theorem(context: Context) -> Measurement:
    """Theorem D.1: class 0 of each run behaves as stated as often as the non-robust feature wins."""
    count = _count(context)
    shares: list[Share] = []
    rows: list[tuple[Figure, ...]] = []
    failures: tuple[str, ...] = ()
    for index, setting in enumerate(settings_of(context), 1):
        done = finish(context, "theorem-d.1", setting, count)
        failures += failed(done.runs)
        p, first = predictions.dominance_probability(setting), done.first
        stated = (first == 1) & right(done.robust + done.other) & right(done.other)
        learnt = Share(
            f"setting {index}: learns the non-robust feature",
            int(stated[:, 0].sum()),
            count,
            p,
            int((first[:, 0] == -1).sum()),
        )
        fooled = done.robust[:, 0, 0] < done.attacked[:, 1, 1]
        # Towards a class that did not learn its non-robust feature first, two small numbers compete: not predicted.
        unclear = (first[:, 1] != 1) & ((first[:, 0] != 0) | (first[:, 1] == -1))
        attack = Share(
            f"setting {index}: fooled towards class 1", int((fooled & ~unclear).sum()), count, p, int(unclear.sum())
        )
        shares += [learnt, attack]
        rows.append(
            (
                described(setting),
                p,
                learnt.successes,
                learnt.undecided,
                attack.successes,
                attack.undecided,
                count,
                float(right(done.robust + done.other).mean()),
            )
        )
    heads = (
        "setting",
        "predicted",
        "as stated",
        "undecided",
        "fooled",
        "not predicted",
        "runs",
        "accuracy over all classes",
    )
    figures = {"runs per setting": count, "epsilon/beta": EPSILON}
    return Measurement(tuple(shares), figures, tables=(Table("Theorem D.1", heads, tuple(rows)),), failures=failures)


def measure_noisy(context: Context) -> Measurement:
    """Theorem 4.3: means over seeds of the four accuracies against 1, 1, 1, 0."""
    count = context.profile.pick(4, 10, 40)
    rows: list[tuple[Figure, ...]] = []
    names = ("training accuracy", "non-robust feature learning accuracy", "test accuracy", "accuracy under the attack")
    values = np.empty((len(NOISY), count, len(names)))
    for at, setting in enumerate(NOISY):
        for index in range(count):
            seed = seed_of(context, "theorem-4.3", setting, str(index))
            data, test = (
                sample(setting, seed, patches="random"),
                sample(setting.replace(N=400), seed, patches="random", part="test"),
            )
            W = trained(data, seed).W
            values[at, index] = (
                network_accuracy(data, W),
                network_feature_accuracy(test, W, "non-robust"),
                network_accuracy(test, W),
                network_attack_accuracy(test, W, EPSILON * setting.beta, seed),
            )
        perfect = Share("perfect", int((values[at, :, 0] == 1).sum()), count, 1.0)
        low, high = perfect.interval(0.95)
        rows.append(
            (
                described(setting),
                *(float(x) for x in values[at].mean(axis=0)),
                float(values[at, :, 2].min()),
                float(values[at, :, 3].max()),
                perfect.successes,
                low,
                high,
            )
        )
    stated, allowed = (1.0, 1.0, 1.0, 0.0), (0.02, 0.05, 0.05, 0.1)
    means = values.mean(axis=1)
    outcomes = tuple(
        Agreement(name, np.full(len(NOISY), value), means[:, at], tolerance, absolute=True)
        for at, (name, value, tolerance) in enumerate(zip(names, stated, allowed, strict=True))
    )
    heads = (
        "setting",
        *(f"mean {name}" for name in names),
        "least test accuracy",
        "largest accuracy under the attack",
        "seeds with perfect training",
        "95 % from",
        "to",
    )
    return Measurement(
        outcomes,
        {"seeds per setting": count, "test points": 400, "epsilon/beta": EPSILON},
        tables=(Table("Theorem 4.3", heads, tuple(rows)),),
    )
