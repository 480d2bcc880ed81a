"""Runs from uncoupled starts: level 0 against level 1, and every step against Lemma 5.2 with its constants."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from theorycheck_simulations.adversarial import train_adversarial
from theorycheck_simulations.data import sample
from theorycheck_simulations.population import train_population
from theorycheck_simulations.reduced import train_reduced
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Measurement
from theorycheck.evidence import Table

from . import ascent_updates as updates
from .ascent_offdiagonal_runs import uncoupled_start
from .ascent_runs import ATTACKED, NETWORKS, merged, own
from .measurements import described, seed_of, to_rounding
from .updates import Compared, Floats, activation, checked, scaled, trained

Compare = Callable[[Setting, Floats], list[Compared]]
SMALL = tuple(setting.replace(sigma_0=setting.sigma_0 / 2) for setting in ATTACKED)
# With radii beyond beta, for starts at c = 1.2 on the non-robust feature.
PAST = tuple(setting.replace(m=max(4, setting.m), epsilon=1.5 * setting.beta, eta_tilde=20.0) for setting in SMALL)
TINY = 1e-14  # a radius that changes no weight by more than rounding may
ZERO = ({"epsilon": 0.0}, {"eta_tilde": 0.0})


def past_start(setting: Setting, seed: int) -> Floats:
    """The uncoupled start with one positive B_{i,r} a class, so large that c = 1.2, and the others negative."""
    W0, classes = uncoupled_start(setting, seed), np.arange(setting.k)
    level = 1.2 * setting.rho ** (setting.q - 1) / (setting.eta_tilde * setting.beta ** (setting.q - 2))
    feature = setting.k + classes
    W0[classes, :, feature] = -np.abs(W0[classes, :, feature])
    W0[classes, 1, feature] = level ** (1 / setting.q)
    return W0


def from_starts(claim: str, name: str, compare: Compare, context: Context) -> Measurement:
    """The comparison from small uncoupled starts (the user's setting among them) and from starts with c > 1."""
    # One ascent step on -F_y, which is what the lemma is about.
    user = own(context).replace(objective="label")
    return merged({
        "small": to_rounding(f"small starts: {name}", claim, (*SMALL, user),
                             lambda s, seed: compare(s, uncoupled_start(s, seed)), context),
        "past": to_rounding(f"starts past saturation: {name}", claim, PAST,
                            lambda s, seed: compare(s, past_start(s, seed)), context),
    })  # fmt: skip


def levels(setting: Setting, W0: Floats) -> list[Compared]:
    """How A and B have moved at level 0 and at level 1 from the same start."""
    population = updates.population_path(setting, None, W0)
    A, B = own_features(setting, population.W)
    reduced = train_reduced(setting, A0=A[0], B0=B[0], adversarial=True)
    checked(reduced.status, setting)
    return [scaled(reduced.A - A[0], A[-1] - A[0]), scaled(reduced.B - B[0], B[-1] - B[0])]


def own_features(setting: Setting, W: Floats) -> tuple[Floats, Floats]:
    """<w_{i,r}, u_i> and <w_{i,r}, v_i>, (n, k, m), of weights (n, k, m, d)."""
    return np.einsum("tiri->tir", W[..., : setting.k]), np.einsum("tiri->tir", W[..., setting.k : 2 * setting.k])


def measure_levels(context: Context) -> Measurement:
    """Lemma 5.2: the scalar recursion with the whole activation is level 1 from uncoupled starts."""
    return from_starts("lemma-5.2", "movement of A and B", levels, context)


@dataclass(frozen=True)
class Steps:
    """One feature of a run at level 1: z (n+1, k, m), c (n, k), and which classes are in the polynomial part (n, k)."""

    z: Floats
    c: Floats
    inside: np.ndarray


Formula = Callable[[Setting, Steps, float, int, Floats], Floats]


def steps_of(setting: Setting, z: Floats, strength: float) -> Steps:
    """c = min(eps/a, eta~ a^(q-2) sum_s (z_s)_+^q / rho^(q-1)), and where a z and a (1-c) z are at most rho."""
    q, rho, now = setting.q, setting.rho, z[:-1]
    total = np.sum(np.maximum(now, 0) ** q, axis=-1)
    c = np.minimum(setting.epsilon / strength, setting.eta_tilde * strength ** (q - 2) * total / rho ** (q - 1))
    most = np.maximum(now.max(axis=-1), np.max((1 - c)[..., None] * now, axis=-1))
    return Steps(z, c, strength * most <= rho)


def polynomial(setting: Setting, steps: Steps, strength: float, count: int, gap: Floats) -> Floats:
    """Lemma 5.2: (eta/k)(1 - logit_i) n a^q (1-c) [(1-c) z]_+^(q-1) / rho^(q-1), (n, k, m)."""
    q, left = setting.q, (1 - steps.c)[..., None]
    power = np.maximum(left * steps.z[:-1], 0) ** (q - 1) / setting.rho ** (q - 1)
    return setting.eta / setting.k * gap[..., None] * count * strength**q * left * power


Counts = tuple[int, int, int]


def first_steps(setting: Setting, W0: Floats, said: Formula = polynomial) -> tuple[list[Compared], Counts]:
    """Every step of every class up to its T_0, by the lemma (or what else is said) and as seen.

    Also how many class steps these are, how many had c > 1, and how many of those moved a negative correlation.
    """
    s = setting
    path = updates.population_path(s, None, W0)
    A, B = (steps_of(s, z, a) for z, a in zip(own_features(s, path.W), (s.alpha, s.beta), strict=True))
    F = sum(n * activation(s, a * (1 - one.c)[..., None] * one.z[:-1]).sum(axis=-1)
            for one, a, n in ((A, s.alpha, s.n_R), (B, s.beta, s.n_N)))  # fmt: skip
    gap = (s.k - 1) / (s.k - 1 + np.exp(F))
    early = np.logical_and.accumulate(A.inside & B.inside, axis=0)
    found, past, moved = [], 0, 0
    for one, a, n in ((A, s.alpha, s.n_R), (B, s.beta, s.n_N)):
        seen = np.diff(one.z, axis=0)
        found.append(updates.differences(said(s, one, a, n, gap)[early], seen[early], updates.largest(one.z)))
        past += int(np.sum(early & (one.c > 1)))
        moved += int(np.sum(early & (one.c > 1) & np.any((one.z[:-1] < 0) & (seen < 0), axis=-1)))
    return found, (int(early.sum()), past, moved)


def measure_first_steps(context: Context) -> Measurement:
    """Lemma D.22: every step up to T_0."""
    rows: list[tuple[str | int, ...]] = []
    counted: list[Counts] = []

    def compare(setting: Setting, W0: Floats) -> list[Compared]:
        found, counts = first_steps(setting, W0)
        rows.append((described(setting), *counts))
        counted.append(counts)
        return found

    measured = from_starts("lemma-d.22", "increments up to T_0", compare, context)
    columns = ("class steps up to T_0", "with c > 1", "that move a negative correlation")
    totals = dict(zip(columns, (sum(column) for column in zip(*counted, strict=True)), strict=True))
    table = Table("Stage I from uncoupled starts", ("setting", *columns), tuple(rows))
    return replace(measured, figures={**measured.figures, **totals}, tables=(*measured.tables, table))


def measure_radius_zero(context: Context) -> Measurement:
    """Lemma 5.2 at eps = 0: the weights at the end of adversarial and of standard training, at levels 1 and 2.

    At level 1 different kernels take the steps, so that their last bits may differ.
    """
    before, after = [], []
    for setting in NETWORKS:
        data = sample(setting, seed_of(context, "review-5.2-at-epsilon-0", setting), patches="random")
        standard_network = trained(data, 0)
        for attack in ZERO:
            before.append(standard_network.W.ravel())
            after.append(trained(replace(data, setting=setting.replace(**attack)), 0, adversarial=True).W.ravel())
    same = Agreement("radius or ascent step 0", np.concatenate(before), np.concatenate(after), 0.0, absolute=True)
    settings = (*ATTACKED, own(context))
    near = to_rounding("radius 0 and 1e-14", "review-5.2-at-epsilon-0", settings, nearly, context)
    return replace(near, outcomes=(same, *near.outcomes))


def nearly(setting: Setting, seed: int) -> list[Compared]:
    """How the weights have moved under attacks of radius 1e-14 and 0, and in standard training."""
    standard = train_population(setting, seed).W
    runs = [train_adversarial(setting.replace(**attack), seed) for attack in ({"epsilon": TINY}, *ZERO)]
    return [scaled(standard - run.W0, run.W - run.W0) for run in runs]
