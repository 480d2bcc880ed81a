"""Measurements on level 1 that the claims on standard training are compared with; no prediction and no verdict here."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .population import split, train_populations
from .setting import BadSetting, Setting
from .status import Status
from .trajectory import Floats, Integers


@dataclass(frozen=True)
class DominanceShare:
    """Of runs x k classes: at the first t with F_i >= 1, is the non-robust part of F_i larger than the robust part?

    dominated: yes; undecided: F_i stayed below 1 for T steps, or the parts were equal; failed: in a run that did not
    stay finite. outcome (runs, k): 1 yes, 0 no, -1 undecided, -2 failed.
    """

    setting: Setting
    seed: int
    outcome: Integers

    @property
    def total(self) -> int:
        """All classes of all runs."""
        return self.outcome.size

    @property
    def dominated(self) -> int:
        """Classes whose non-robust part is larger."""
        return int((self.outcome == 1).sum())

    @property
    def undecided(self) -> int:
        """Classes that did not reach F_i = 1, or with equal parts."""
        return int((self.outcome == -1).sum())

    @property
    def failed(self) -> int:
        """Classes of runs that did not stay finite."""
        return int((self.outcome == -2).sum())


def dominance_share(setting: Setting, runs: int, seed: int) -> DominanceShare:
    """Train ``runs`` networks at level 1 for at most T steps and note which part of F_i leads when F_i reaches 1."""
    done = train_populations(setting, seed, runs, stop="outputs")
    passage = done.passage
    outcome = np.full((runs, setting.k), -1, np.int64)
    passed = passage.output_step >= 0
    outcome[passed & (passage.non_robust_part > passage.robust_part)] = 1
    outcome[passed & (passage.non_robust_part < passage.robust_part)] = 0
    outcome[done.status != Status.OK] = -2
    return DominanceShare(setting, seed, outcome)


@dataclass(frozen=True)
class FirstPassages:
    """Classes in which one filter leads; every array has one entry per case.

    level b; run, label: which; B_0: the leading filter's initial B; next_B_0: the next largest (-inf for m = 1);
    A_0: the largest initial A; T_b: first t with max_r B >= b (-1: not within T steps, or the run did not stay finite).
    """

    setting: Setting
    seed: int
    level: float
    run: Integers
    label: Integers
    B_0: Floats
    next_B_0: Floats
    A_0: Floats
    T_b: Integers

    @property
    def ahead(self) -> NDArray[np.bool_]:
        """Where B_0 >= S^(1/(q-2)) A_0, S = n_R alpha^q / (n_N beta^q): the non-robust feature starts ahead (D.8)."""
        s = self.setting
        S = s.n_R * s.alpha**s.q / (s.n_N * s.beta**s.q)
        return np.asarray(S ** (1 / (s.q - 2)) * self.A_0 <= self.B_0)


def unit_output_level(setting: Setting) -> float:
    """The b at which one filter alone gives F_i = 1: n_N s(beta b) = 1, by the inverse of s."""
    q, rho = setting.q, setting.rho
    value = 1.0 / setting.n_N
    if value <= rho / q:
        return float(rho * (value * q / rho) ** (1.0 / q) / setting.beta)
    return float((value + (1.0 - 1.0 / q) * rho) / setting.beta)


def first_passage(setting: Setting, runs: int, seed: int, *, level: float | None = None,
                  lead: float = 2.0) -> FirstPassages:
    """T_b at level 1 for the classes whose largest initial B is positive, below b and at least ``lead`` times the next.

    ``level`` b defaults to `unit_output_level`. Raises `BadSetting` if b is outside the polynomial part (beta b > rho),
    ValueError for lead < 1 or a level that is not positive.
    """
    if not lead >= 1:
        raise ValueError(f"lead = {lead!r}: out of range (allowed: number >= 1)")
    b = unit_output_level(setting) if level is None else level
    if not setting.beta * b <= setting.rho:
        end = setting.rho / setting.beta
        raise BadSetting(f"level = {b}: outside the polynomial part (allowed: at most rho/beta = {end})")
    done = train_populations(setting, seed, runs, level=b, stop="levels")
    A_0, B_0 = (np.einsum("niir->nir", part) for part in split(setting, done.W0))
    ordered = np.sort(B_0, axis=2)
    first = ordered[:, :, -1]
    second = ordered[:, :, -2] if setting.m > 1 else np.full_like(first, -np.inf)
    run, label = np.nonzero((first > 0) & (first < b) & (first >= lead * second))
    steps = np.where(done.status[:, None] == Status.OK, done.passage.level_step, -1)
    return FirstPassages(setting, seed, b, run, label, first[run, label], second[run, label],
                         A_0.max(axis=2)[run, label], steps[run, label])
