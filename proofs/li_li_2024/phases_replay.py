"""Exact runs that refute statements about adversarial training, repeated in Arb balls at level 1, in all d coordinates.

Every number of the setting is taken as the exact value of its float; the initial weights are rational.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np
from flint import arb, arb_mat
from theorycheck_simulations.certified.dynamics import Dynamics, correlations, exact, matrix
from theorycheck_simulations.enclosure import less
from theorycheck_simulations.setting import Setting, setting_from

from theorycheck.domains import rational

Rows = Sequence[Sequence[Fraction]]
KEYS = {"schema_version", "kind", "paper", "claim", "setting", "initial", "steps", "statement"}
PRECISION = 128
SHARE = Fraction(9, 10)


@dataclass(frozen=True)
class Statement:
    """What a witness is about.

    Args:
        claim: id of the refuted claim.
        text: the statement, as in the document.
        extra: further keys of its documents.
    """

    claim: str
    text: str
    extra: frozenset[str] = frozenset()

    def witness(self, setting: Setting, rows: Rows, steps: int, paper: str, **extra: Any) -> dict[str, Any]:
        """The run as a document: everything that a replay needs."""
        return {
            "schema_version": 1, "kind": "run", "paper": paper, "claim": self.claim,
            "setting": setting.model_dump(mode="json"), "initial": [[str(x) for x in row] for row in rows],
            "steps": steps, "statement": self.text, **extra,
        }  # fmt: skip

    def read(self, document: Mapping[str, Any]) -> tuple[Setting, Rows, int]:
        """Setting, initial weights (k m rows of d) and steps.

        Raises:
            ValueError: if the document is not such a run.
        """
        wanted = {"schema_version": 1, "kind": "run", "claim": self.claim, "statement": self.text}
        if set(document) != KEYS | self.extra or any(document[key] != value for key, value in wanted.items()):
            raise ValueError(f"{self.claim}: not a run witness of this claim")
        setting, steps = setting_from(document["setting"]), document["steps"]
        if isinstance(steps, bool) or not isinstance(steps, int) or not 0 <= steps <= setting.T:
            raise ValueError(f"steps = {steps!r}: not a number of steps (allowed: integer from 0 to T = {setting.T})")
        rows = [[rational(x) for x in row] for row in document["initial"]]
        if len(rows) != setting.k * setting.m or any(len(row) != setting.d for row in rows):
            raise ValueError(f"initial: wrong size (allowed: {setting.k * setting.m} rows of {setting.d})")
        return setting, rows, steps


COUPLED = Statement("lemma-d.24-coupled", "max_r A_{i,r} >= max_r B_{i,r} for every class i after these steps, from "
                    "filters along u_i and v_i with max_r A_{i,r}(0) > 0")  # fmt: skip
WIDE = Statement("lemma-d.24-any-dimension", "max_r A_{i,r} >= max_r B_{i,r} for every class i after these steps, from "
                 "filters along one own feature each and outside the features, with max_r A_{i,r}(0) > 0")  # fmt: skip
SLOWER = Statement("rebuttal-threshold-time", "with the larger eta_tilde sum_r B_{i,r}^q comes to 9/10 of its level no "
                   "later than with the smaller one", frozenset({"eta_tilde"}))  # fmt: skip


def in_scope(setting: Setting) -> bool:
    """Exactly: the hypotheses of Section 5.2 that are about the setting."""
    s = setting
    alpha, beta, epsilon, rho, step = map(Fraction, (s.alpha, s.beta, s.epsilon, s.rho, s.eta_tilde))
    denser = s.n_N * beta**s.q > s.n_R * alpha**s.q
    attack = s.objective == "label" and s.ascent_steps == 1 and s.activation == "smoothed-relu" and s.q >= 3
    return denser and attack and s.sigma_n == 0 and alpha > epsilon >= beta and step * rho >= beta**2


def start_allowed(statement: Statement, setting: Setting, rows: Rows) -> bool:
    """Exactly: whether every filter is of the kind that the statement is about, and every class has an A(0) > 0."""
    k, m = setting.k, setting.m
    for i in range(k):
        own = rows[i * m : (i + 1) * m]
        if max(row[i] for row in own) <= 0:
            return False
        for row in own:
            if any(row[c] for c in range(2 * k) if c not in (i, k + i)):
                return False
            if any(row[2 * k :]) if statement is COUPLED else row[i] and row[k + i]:
                return False
    return True


def trained(setting: Setting, rows: Rows, steps: int) -> Iterator[arb_mat]:
    """The weights after 0, 1, ..., `steps` steps, at the current precision."""
    dynamics = Dynamics(setting)
    W = matrix(setting, [exact(x) for row in rows for x in row])
    yield W
    for _ in range(steps):
        W = dynamics.step(W)
        yield W


def replay_passing(statement: Statement, document: Mapping[str, Any]) -> bool | None:
    """True if by the enclosures A is below B in some class although all hypotheses hold; None if they are too wide.

    Raises:
        ValueError: if the document is not such a run.
    """
    setting, rows, steps = statement.read(document)
    if not (in_scope(setting) and start_allowed(statement, setting, rows)):
        return False
    with flint.ctx.workprec(PRECISION):
        for W in trained(setting, rows, steps):
            last = W
        A, B = correlations(setting, last)
        # max_r A < max_r B: every A is below one and the same B.
        found = [[[less(a, b) for a in A[i]] for b in B[i]] for i in range(setting.k)]
    if any(all(row) for rows_ in found for row in rows_):
        return True
    return None if any(None in row for rows_ in found for row in rows_) else False


def filled(setting: Setting, W: arb_mat) -> list[arb]:
    """sum_r (B_{i,r})_+^q over its level, by class."""
    s = setting
    level = exact(s.rho) ** (s.q - 1) / (exact(s.eta_tilde) * exact(s.beta) ** (s.q - 2))
    zero = arb(0)
    return [sum((b.max(zero) ** s.q for b in row), zero) / level for row in correlations(s, W)[1]]


def replay_slower(document: Mapping[str, Any]) -> bool | None:
    """True if by the enclosures the run with the smaller eta~ is at 9/10 after these steps and the other never before.

    Raises:
        ValueError: if the document is not such a run.
    """
    setting, rows, steps = SLOWER.read(document)
    small, large = (float(rational(x)) for x in document["eta_tilde"])
    if not 0 < small < large:
        raise ValueError(f"eta_tilde = {small:g}, {large:g}: not two ascent steps (allowed: the smaller one first)")
    pair = [setting.replace(eta_tilde=value) for value in (small, large)]
    # Along the own non-robust feature and nowhere else.
    features = all(not x or c == setting.k + f // setting.m for f, row in enumerate(rows) for c, x in enumerate(row))
    positive = all(max(row[setting.k + i] for row in rows[i * setting.m : (i + 1) * setting.m]) > 0
                   for i in range(setting.k))  # fmt: skip
    if not (all(map(in_scope, pair)) and features and positive):
        return False
    with flint.ctx.workprec(PRECISION):
        goal = exact(SHARE)
        for W in trained(pair[0], rows, steps):
            sooner = [less(share, goal) for share in filled(pair[0], W)]
        later = [[less(share, goal) for share in filled(pair[1], W)] for W in trained(pair[1], rows, steps)]
    # One class that the smaller eta~ has brought there, while the larger one has not, at any step up to this one.
    for i in range(setting.k):
        if sooner[i] is False and all(row[i] is True for row in later):
            return True
    return None if None in sooner or any(None in row for row in later) else False


def float_rows(setting: Setting, rows: Rows) -> np.ndarray:
    """The initial weights (k, m, d) as doubles."""
    return np.array([[float(x) for x in row] for row in rows]).reshape(setting.k, setting.m, setting.d)
