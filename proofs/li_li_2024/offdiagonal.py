"""Lemma D.7: correlations of a filter with the features of other classes."""

from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np
from hypothesis import strategies as st
from theorycheck_simulations.population import train_population
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.status import Status

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Invariant, Measurement
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Step
from theorycheck.domains import Variable, real
from theorycheck.evidence import Plot, Series
from theorycheck.seeds import integer_seed
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import offdiagonal_proofs as certificates
from .notation import PIECES, Q, alpha, eta, k, n_R, rho
from .offdiagonal_proofs import run_part, step_parts

VARIABLES = (
    Variable("c", real(), "<w_{i,r}, u_j>, j != i"), Variable("c_next", real()), Variable("c_0", real(),
         "its first value"),
    Variable("y", real(), "alpha c, the pre-activation"), Variable("logit", real(0, 1),
         "logit_i, averaged over the points of class j"),
    Variable("floor", real(), "any number below c_0 and below -(eta/k) sum alpha_p"), alpha, rho, k, eta, n_R,
)  # fmt: skip
POINT: dict[str, str | int] = {"c": "1/8", "c_next": "1/8", "c_0": "1/8", "y": "1/8", "logit": 0, "floor": -2,
                               "alpha": 1,
     "rho": 1,
                               "k": 2, "eta": 1, "n_R": 1}  # fmt: skip


def runs(q: int) -> st.SearchStrategy[dict[str, Fraction]]:
    """Exact runs of up to three steps from either side of 0, and the state after them.

    The floor lies just below where the hypotheses put it, or anywhere, so that dropping one of them is noticed.
    """
    share = st.fractions(0, 1, max_denominator=8)
    counts = st.tuples(st.integers(2, 5), st.integers(1, 4))

    def walk(sizes: tuple[int, int], u: list[Fraction], logits: list[Fraction], below: bool) -> dict[str, Fraction]:
        classes, patches = (Fraction(v) for v in sizes)
        strength, knee, step, room = (
            u[0] + Fraction(1, 4),
            u[1] / 2 + Fraction(1, 4),
            6 * u[2] ** 2 + Fraction(1, 50),
            u[4],
        )
        start = knee / strength * (3 * u[3] - 1)
        now, most = start, step / classes * patches * strength
        for share_of_logit in logits[:-1]:
            now -= most * share_of_logit * min(Fraction(1), max(Fraction(0), strength * now / knee)) ** (q - 1)
        after = now - most * logits[-1] * min(Fraction(1), max(Fraction(0), strength * now / knee)) ** (q - 1)
        return {"k": classes, "n_R": patches, "alpha": strength, "rho": knee, "eta": step, "c_0": start, "c": now,
             "c_next": after,
                "y": strength * now, "logit": logits[-1],
                "floor": min(start, -most) - room / 8 if below else min(start, -most * room)}  # fmt: skip

    return st.builds(
        walk,
        counts,
        st.lists(share, min_size=5, max_size=5),
        st.lists(st.just(Fraction(1)) | share, min_size=1, max_size=3).map(lambda found: [*found, Fraction(1, 2)]),
        st.booleans(),
    )


def settings_of(setting: Setting) -> tuple[Setting, ...]:
    """The user's setting without noise, cut to 600 steps, and it with other exponents, steps and strengths."""
    own = setting.replace(sigma_n=0.0, T=min(setting.T, 600))
    return (
        own,
        own.replace(q=5, eta=2 * own.eta),
        own.replace(q=4, sigma_0=10 * own.sigma_0),
        own.replace(alpha=2 * own.alpha, rho=own.rho / 2),
    )


def measure(context: Context) -> Measurement:
    """Every off-diagonal correlation with u_j and v_j at every step of level 1."""
    frozen, rising, low, failures, curves = [], [], [], [], []
    for index, setting in enumerate(settings_of(context.setting)):
        run = train_population(
            setting, integer_seed(context.seed, "lemma-d.7", index) % 2**32, stride=1, correlations=True
        )
        if run.status is not Status.OK or run.trajectory.correlations is None:
            failures.append(f"setting {index}: not finite after {run.steps} steps")
            continue
        size = setting.k
        for kind, strength in ((0, setting.n_R * setting.alpha), (1, setting.n_N * setting.beta)):
            part = np.moveaxis(run.trajectory.correlations[..., kind * size : (kind + 1) * size], -1, 1)  # (t, j, i, r)
            path = part[:, ~np.eye(size, dtype=bool)].reshape(len(part), -1)
            change = np.diff(path, axis=0)
            frozen.append(-np.abs(change[path[:-1] <= 0]))
            rising.append(-change.ravel())
            low.append((path - np.minimum(path[0], -setting.eta / size * strength)).ravel())
            if index == 0:
                curves += [Series(f"{'uv'[kind]}: {name}", "line", list(range(len(path))), values.tolist())
                           for name, values in (("largest", path.max(axis=1)),
                                                ("smallest", path.min(axis=1)))]  # fmt: skip
    outcomes = (
        Invariant("frozen where <= 0: -|change|", np.concatenate([np.zeros(1), *frozen])),
        Invariant("nonincreasing: -change", np.concatenate([np.zeros(1), *rising])),
        # The end of a step is one subtraction: off by half a unit in the last place of numbers below 4.
        Invariant(
            "above min(initial, -(eta/k) sum): distance",
            np.concatenate([np.zeros(1), *low]),
            1e-15 * (1 + context.setting.n_N * context.setting.beta),
        ),
    )
    plot = Plot("Off-diagonal correlations, the user's setting", "t", "correlation", tuple(curves))
    return Measurement(outcomes, {"settings": len(settings_of(context.setting))}, (plot,), (), tuple(failures))


@cache
def lemma(exponents: tuple[int, ...] = Q) -> Claim:
    """Lemma D.7."""
    parts = tuple(part for q in exponents for part in (*step_parts(q), run_part(q)))
    proofs = [
        Proof(partial(certificates.step_certificate, q, p), (f"step, q = {q}, {p}",)) for q in exponents for p in PIECES
    ]
    proofs += [Proof(partial(certificates.run_certificate, q), (f"run, q = {q}",)) for q in exponents]
    searches = [Search((p.name,), partial(runs, q), trials=(10, 30, 400)) for q in exponents for p in step_parts(q)]
    searches += [Search((run_part(q).name,), partial(runs, q), trials=(60, 120, 1_200)) for q in exponents]
    return Claim(
        "lemma-d.7", Source("Lemma D.7", "Appendix D.1"), "Off-diagonal correlations", parts,
        (*proofs, *searches, Run(measure, tuple(f"run, q = {q}" for q in exponents))), VARIABLES, uses=(
             "activation-clamp",), point=POINT,
        expected=Verdict.PROVED, origin="exact",
        derivation=(
            Step("update", "For j != i, c = <w_{i,r}, u_j> moves only on points of class j, and downwards.",
                 r"c_{t+1} = c_t - \tfrac{\eta}{k}\,\mathrm{logit}_i \sum_{p\in J_R}\alpha_p s'(\alpha_p c_t)"),
            Step("frozen", "s' = 0 on (-oo, 0]."),
            Step("one jump", "A positive c loses at most (eta/k) sum alpha_p in a step, because logit <= 1 and s' <= "
                             "1; so it lands above minus that, "
                 "and from 0 downwards it never moves again."),
        ),
        note="Stated for n_R patches of equal strength alpha; the same with n_N, beta for <w_{i,r}, v_j>. floor "
             "stands for any number below "
        "both ends, so that the minimum of the lemma is a polynomial statement. The runs check both kinds.",
    )  # fmt: skip


def claims(setting: Any) -> tuple[Claim, ...]:
    """Lemma D.7."""
    return (lemma(),)
