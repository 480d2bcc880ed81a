"""The attack of Theorem 4.3 on trained networks: criterion against forward pass."""

from typing import Any

import numpy as np
from theorycheck_simulations.data import features
from theorycheck_simulations.network import network_outputs
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Measurement
from theorycheck.evidence import Table

from .late_runs import failed
from .measurements import described
from .outcome_runs import EPSILON, Bools, Floats, Trained, finish, settings_of
from .updates import activation


def delta(done: Trained) -> Floats:
    """(R,) bound on every off-diagonal part, u_0 and v_0 the largest at the start.

    m n_R s(alpha u_0) + m n_N s(max(epsilon, beta) v_0).
    """
    s, k = done.runs.setting, done.runs.setting.k
    off = ~np.eye(k, dtype=bool)[:, None, :]
    u, v = (np.where(off, done.runs.W0[..., side * k : (side + 1) * k], -np.inf).max(axis=(1, 2, 3)) for side in (0, 1))
    return np.asarray(s.m * (s.n_R * activation(s, s.alpha * u) + s.n_N * activation(s, max(EPSILON, 1) * s.beta * v)))


def forward(setting: Setting, W: Floats) -> Bools:
    """(k, k): whether the attack on class y towards y' changes the answer, by a forward pass on all P patches."""
    u, v = features(setting)
    k, epsilon = setting.k, EPSILON * setting.beta
    X = np.zeros((k, k, setting.P, setting.d))
    X[:, :, : setting.n_R] = setting.alpha * u[:, None, None, :]
    clean = setting.beta * v
    X[:, :, setting.n_R :] = (clean[:, None] + (-clean[:, None] + epsilon * v[None, :]))[:, :, None, :]
    F = network_outputs(setting, W, X.reshape(k * k, setting.P, setting.d)).reshape(k, k, k)
    return np.array(
        [
            [F[y, target].argmax() != y or (F[y, target] == F[y, target, y]).sum() > 1 for target in range(k)]
            for y in range(k)
        ]
    )


def measure_criterion(context: Context) -> Measurement:
    """Lemma D.14: the exact criterion against the forward pass, on every pair of classes of trained networks."""
    count = context.profile.pick(4, 12, 60)
    said, seen = [], []
    rows: list[tuple[Any, ...]] = []
    failures: tuple[str, ...] = ()
    for setting in settings_of(context):
        done = finish(context, "lemma-d.14", setting, count)
        failures += failed(done.runs)
        R, N = np.einsum("njj->nj", done.robust)[:, :, None], np.einsum("njj->nj", done.attacked)[:, None, :]
        outcome = np.stack([forward(setting, W) for W in done.runs.W])
        pairs = np.broadcast_to(~np.eye(setting.k, dtype=bool), outcome.shape)
        # Within the off-diagonal parts the diagonal criterion decides nothing.
        clear = pairs & (np.abs(N - R) > delta(done)[:, None, None])
        said.append(np.broadcast_to(N > R, outcome.shape)[clear].astype(float))
        seen.append(outcome[clear].astype(float))
        rows.append(
            (described(setting), int(pairs.sum()), int(clear.sum()), int(seen[-1].sum()), float(delta(done).max()))
        )
    outcome_ = Agreement(
        "fooled: criterion and forward pass", np.concatenate(said), np.concatenate(seen), 0.0, absolute=True
    )
    table = Table("Pairs of classes", ("setting", "pairs", "outside delta", "fooled", "largest delta"), tuple(rows))
    figures = {"networks per setting": count, "pairs": int(sum(row[1] for row in rows)), "epsilon/beta": EPSILON}
    return Measurement((outcome_,), figures, tables=(table,), failures=failures)
