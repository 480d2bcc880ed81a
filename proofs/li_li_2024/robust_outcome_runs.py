"""What adversarially trained networks do: features learned, exact criteria of three threat models, accuracy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.accuracy import population_parts
from theorycheck_simulations.adversarial import AdversarialRuns, train_adversarials
from theorycheck_simulations.population import diagonal
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.status import Status
from theorycheck_simulations.threats import THREATS, robust_accuracy

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.evidence import Figure, Table

from . import figure_3_predictions as theory
from .ascent_offdiagonal_runs import uncoupled_start
from .measurements import described, noiseless, seed_of
from .updates import activation

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
NEAR = 1e-9  # both sides of a criterion are sums of fewer than 10^3 doubles; closer than this they are not compared
LOOKS = 8

_NAMES = ("k", "d", "m", "n_R", "n_N", "alpha", "beta", "q", "rho", "sigma_0", "eta", "T", "epsilon", "eta_tilde")

# Level 1, long enough for most classes to leave Phase II; alpha on both sides of 2 epsilon.
ENDS = tuple(
    Setting.model_validate(dict(zip(_NAMES, row, strict=True)))
    for row in (
        (5, 16, 8, 1, 127, 2.5, 1.0, 3, 0.5, 0.010, 0.02, 8000, 1.0, 20.0),
        (5, 16, 8, 1, 127, 3.0, 1.0, 3, 0.5, 0.007, 0.02, 8000, 1.0, 50.0),
        (3, 8, 6, 1, 64, 2.5, 1.0, 3, 0.5, 0.010, 0.02, 8000, 1.2, 20.0),
        (3, 8, 4, 2, 60, 2.5, 1.0, 3, 0.5, 0.010, 0.02, 6000, 1.0, 20.0),
        (4, 12, 6, 1, 100, 3.0, 1.0, 3, 0.25, 0.004, 0.01, 6000, 1.2, 20.0),
        (2, 6, 6, 1, 40, 2.0, 0.8, 3, 0.5, 0.010, 0.04, 8000, 1.0, 20.0),
        (6, 16, 6, 1, 127, 3.0, 1.0, 3, 0.5, 0.008, 0.02, 8000, 1.0, 40.0),
        (3, 6, 8, 2, 80, 2.0, 1.0, 3, 0.5, 0.010, 0.02, 8000, 1.0, 30.0),
        (3, 8, 8, 1, 90, 2.5, 1.0, 4, 0.5, 0.025, 0.02, 20000, 1.0, 20.0),
        (3, 8, 8, 1, 120, 2.2, 1.0, 5, 0.5, 0.030, 0.08, 30000, 1.0, 20.0),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """Runs from uncoupled or from random starts; recorded at `LOOKS` + 1 steps at least, weights (R, n, k, m, d)."""

    runs: AdversarialRuns

    @property
    def setting(self) -> Setting:
        """What was trained."""
        return self.runs.setting

    def correlations(self, side: int, look: int = -1) -> Floats:
        """A (side 0) or B (side 1) at a recorded step, as (R, k, m)."""
        k = self.setting.k
        return diagonal(self.runs.weights[:, look, :, :, side * k : (side + 1) * k])

    @property
    def settled(self) -> Bools:
        """(R, k): classes for which twice the later end of T_A is within T."""
        A_0 = self.correlations(0, 0).max(axis=-1)
        started = A_0 > 0
        late = theory.passing_bracket(self.setting, np.where(started, A_0, 1.0))[1]
        return np.asarray(started & (2 * late <= self.setting.T))


def ended(context: Context, claim: str, setting: Setting, count: int, uncoupled: bool) -> Ended:
    """`count` runs; they are keyed by claim and setting."""
    if uncoupled:
        W0 = np.stack([uncoupled_start(setting, seed_of(context, claim, setting, str(n))) for n in range(count)])
        return Ended(train_adversarials(setting, W0=W0, stride=max(1, setting.T // LOOKS)))
    seed = seed_of(context, claim, setting, "random")
    return Ended(train_adversarials(setting, seed, count, stride=max(1, setting.T // LOOKS)))


def settings_of(context: Context) -> Sequence[Setting]:
    """The fixed ones, and the user's where the theory speaks about it and is in time."""
    own = noiseless(context)
    fits = not theory.out_of_scope(own) and own.m >= 2 and theory.outgrows_attack(own)
    return (*ENDS, own) if fits and own not in ENDS else ENDS


def not_finite(found: Ended) -> tuple[str, ...]:
    """What to report of runs that did not stay finite."""
    bad = int((found.runs.status == Status.NON_FINITE).sum())
    return (f"{bad} runs did not stay finite at {described(found.setting)}",) if bad else ()


def measure_learned(context: Context) -> Measurement:
    """Lemma D.27: right on X_{F_R} where the largest own correlation leads by the factor m^(1/q)."""
    count = context.profile.pick(2, 6, 30)
    margin: list[Floats] = []
    rows: list[tuple[Figure, ...]] = []
    failures: tuple[str, ...] = ()
    for setting in settings_of(context):
        found = ended(context, "lemma-d.27", setting, count, uncoupled=False)
        failures += not_finite(found)
        k, own = setting.k, np.eye(setting.k, dtype=bool)
        F = np.stack([population_parts(setting, W, setting.alpha, setting.beta)[0] for W in found.runs.W])
        gap = np.einsum("njj->nj", F) - np.where(own, -np.inf, F).max(axis=-1)
        across = np.moveaxis(found.runs.W[..., :k], -1, 1)  # [run, j, i, r]: <w_{i,r}, u_j>
        v = np.where(own[:, :, None], 0.0, np.maximum(across, 0)).max(axis=(2, 3))
        b = np.minimum(found.correlations(0).max(axis=-1), setting.rho / setting.alpha)
        leads = (b > 0) & (b**setting.q > setting.m * v**setting.q)
        # Strictly more is needed, so the smallest double is taken off.
        margin.append(gap[leads] - np.finfo(float).tiny)
        rows.append((described(setting), int(leads.sum()), leads.size, float((gap > 0).mean()), float(v.max())))
    heads = ("setting", "classes that lead", "classes", "robust feature learning accuracy", "largest off-diagonal")
    table = Table("Robust feature learning at T, random starts", heads, tuple(rows))
    outcome = Invariant("F_y - max F_j on X_{F_R}", np.concatenate(margin))
    return Measurement((outcome,), {"runs per setting": count}, tables=(table,), failures=failures)


def largest(setting: Setting, C: Floats) -> Floats:
    """(..., k): the most that a coordinate in [-epsilon, epsilon] gives to sum_r s(. C_{j,r}), C (..., k, m)."""
    plus, minus = (activation(setting, sign * setting.epsilon * C).sum(axis=-1) for sign in (1, -1))
    return np.asarray(np.maximum(plus, minus))


def sides(setting: Setting, A: Floats, B: Floats, threat: str) -> tuple[Floats, Floats]:
    """What a point of class y keeps, (R, k), and what the attack gives to class j, (R, k), for uncoupled filters.

    Every filter lies along one own feature, A and B (R, k, m); epsilon < alpha. Class y withstands the attack towards j
    exactly if it keeps more than j gets.
    """
    s, v_left = setting, max(setting.beta - setting.epsilon, 0.0)
    own = s.alpha if threat == "paper" else s.alpha - s.epsilon
    keeps = s.n_R * activation(s, own * A).sum(axis=-1)
    if threat == "paper":
        return keeps, s.n_N * activation(s, s.epsilon * B).sum(axis=-1)
    # A negative B could only be reached beyond -beta, which helps the label.
    keeps += s.n_N * activation(s, v_left * B).sum(axis=-1)
    robust, other = largest(s, A), largest(s, B)
    if threat == "in-place":
        return keeps, s.n_R * robust + s.n_N * other
    return keeps, s.P * (robust + other)


def large_enough(setting: Setting, A: Floats, B: Floats, threat: str) -> Bools:
    """(R, k, k), [run, y, j]: the explicit condition of Lemma D.28 on eta~, from A and B (R, k, m)."""
    s, q = setting, setting.q
    kept = s.n_R * activation(s, (s.alpha if threat == "paper" else s.alpha - s.epsilon) * A).sum(axis=-1)
    gained = np.zeros_like(kept) if threat == "paper" else s.n_R * largest(s, A)
    Q = np.maximum((np.maximum(B, 0) ** q).sum(axis=-1), (np.maximum(-B, 0) ** q).sum(axis=-1))
    over = np.maximum(Q / theory.saturation(s), 1)  # 1 + h
    left = q * s.eta_tilde * s.beta ** (q - 2) * (kept[:, :, None] - gained[:, None, :])
    return np.asarray(left > s.n_N * s.epsilon**q * over[:, None, :])


def per_class(pairs: Bools, paper: bool) -> Floats:
    """(R, k): accuracy of each class from [run, y, j]: over all targets for `paper`, otherwise against all at once."""
    others = ~np.eye(pairs.shape[-1], dtype=bool)
    fine = pairs | ~others
    return np.asarray((pairs & others).sum(axis=-1) / (pairs.shape[-1] - 1) if paper else fine.all(axis=-1), float)


def measure_criterion(context: Context) -> Measurement:
    """Lemma D.28 from uncoupled starts: criteria against enclosed worst cases, at several steps of each run."""
    count = context.profile.pick(1, 3, 20)
    said, seen, enough = [], [], []
    rows: list[tuple[Figure, ...]] = []
    failures: tuple[str, ...] = ()
    for setting in settings_of(context):
        found = ended(context, "lemma-d.28", setting, count, uncoupled=True)
        failures += not_finite(found)
        for threat in THREATS:
            compared, robust, met = 0, 0.0, 0
            for look in range(found.runs.t.size):
                A, B = found.correlations(0, look), found.correlations(1, look)
                keeps, gets = sides(setting, A, B, threat)
                clear = np.abs(keeps[:, :, None] - gets[:, None]) > NEAR * (keeps[:, :, None] + gets[:, None])
                known = (clear | np.eye(setting.k, dtype=bool)).all(axis=-1)
                criterion = per_class(keeps[:, :, None] > gets[:, None], threat == "paper")
                ends = [robust_accuracy(setting, W, threat, setting.epsilon) for W in found.runs.weights[:, look]]
                low, high = (np.array([getattr(one, name) for one in ends]) for name in ("low", "high"))
                said += [criterion[known], criterion[known]]
                seen += [low[known], high[known]]
                if threat != "linf":
                    sure = per_class(large_enough(setting, A, B, threat), False) == 1
                    enough.append(low[sure] - 1)
                    met += int(sure.sum())
                compared, robust = compared + int(known.sum()), robust + float(low[known].sum())
            rows.append((described(setting), threat, compared, robust, met if threat != "linf" else ""))
    outcomes = (
        Agreement("robust accuracy of a class: criterion against both ends", np.concatenate(said),
                  np.concatenate(seen), 1e-12, absolute=True),
        Invariant("certified - 1 where eta~ is large enough", np.concatenate(enough)),
    )  # fmt: skip
    heads = ("setting", "threat", "classes compared", "of them robust", "eta~ large enough")
    table = Table("Exact criteria, uncoupled starts", heads, tuple(rows))
    return Measurement(outcomes, {"runs per setting": count}, tables=(table,), failures=failures)
