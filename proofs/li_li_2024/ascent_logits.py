"""Lemmas D.19 and D.20: the logits at adversarial examples, between the ends of Lemmas D.5 and D.6."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from theorycheck.checks.check import Check, Context
from theorycheck.checks.measurement import Invariant, Measurement
from theorycheck.checks.run import Run
from theorycheck.claim import Claim, Condition, Step
from theorycheck.evidence import Table
from theorycheck.source import Source

from . import ascent_updates as updates
from .ascent_runs import ATTACKED, STEPS, ascents, own
from .logits import lemma_d5, lemma_d6
from .measurements import described, seed_of
from .updates import Failed, Floats

# Each side is a few sums of outputs below 100, each rounded at 1e-14.
ROUNDING = 1e-12


def right_class(F: Floats) -> tuple[Floats, Floats, Floats]:
    """Lower end, log(1 - logit_y), upper end at F (n, k, k) of points 0..k-1 of their own classes; tau is theirs."""
    from scipy.special import logsumexp

    k = F.shape[-1]
    label, others, tau = _outputs(F)
    n = np.log(k - 1)
    found = logsumexp(others, axis=-1) - logsumexp(F, axis=-1)
    return n - np.logaddexp(n, label), found, n + tau - np.logaddexp(n + tau, label)


def wrong_class(F: Floats) -> tuple[Floats, Floats, Floats]:
    """Lower end, log(logit_i), upper end for every i that is not the label, (n, k, k-1)."""
    from scipy.special import logsumexp

    k = F.shape[-1]
    label, others, tau = _outputs(F)
    n = np.log(k - 1)
    found = others - logsumexp(F, axis=-1)[..., None]
    low, high = -np.logaddexp(label, n + tau), tau - np.logaddexp(label, n)
    return np.broadcast_to(low[..., None], found.shape), found, np.broadcast_to(high[..., None], found.shape)


def _outputs(F: Floats) -> tuple[Floats, Floats, Floats]:
    """F_y, the other outputs, and their largest."""
    k = F.shape[-1]
    others = F[:, ~np.eye(k, dtype=bool)].reshape(len(F), k, k - 1)
    return np.einsum("tii->ti", F), others, others.max(axis=-1)


def measure(claim: str, ends: Callable[[Floats], tuple[Floats, Floats, Floats]], context: Context) -> Measurement:
    """Both ends at every step of runs at level 1 under attack, in logarithms."""
    slacks, rows, failures = [], [], []
    for setting in (*ascents(ATTACKED, context.profile.pick(100, STEPS, STEPS)), own(context)):
        try:
            path = updates.population_path(setting, seed_of(context, claim, setting))
        except Failed as error:
            failures.append(str(error))
            continue
        F = updates.outputs_at(setting, updates.preactivations(path.W[:-1], path.moved), path.count)
        low, found, high = ends(F)
        slacks += [(found - low).ravel(), (high - found).ravel()]
        rows.append((described(setting), float(_outputs(F)[2].max()), float(np.max(high - low))))
    tables = (Table("outputs of other classes", ("setting", "largest tau", "widest log(upper/lower)"), tuple(rows)),)
    outcome = Invariant("log distance to both ends", np.concatenate(slacks or [np.empty(0)]), ROUNDING)
    return Measurement((outcome,), {"settings": len(rows)}, (), tables, tuple(failures))


def at_examples(claim: Claim, id: str, number: str, title: str, ends: Any) -> Claim:
    """A lemma on the logits, of outputs at X~ in place of X, with runs besides its proof."""
    names = tuple(part.name for part in claim.parts)
    parts = tuple(replace(part, tex=part.tex.replace("F_", r"\tilde F_")) for part in claim.parts)
    checks: tuple[Check, ...] = tuple(replace(check, covers=check.covers or names) for check in claim.checks)  # type: ignore[type-var]
    bounded = replace(claim.hypotheses[0], tex=claim.hypotheses[0].tex.replace("F_", r"\tilde F_"))
    return replace(
        claim,
        id=id,
        source=Source(f"Lemma {number}", "Appendix D.2.3"),
        title=title,
        parts=parts,
        checks=(*checks, Run(partial(measure, id, ends), names)),
        hypotheses=(bounded, Condition("outputs at the adversarial example", tex=r"\tilde F_j=F_j(\tilde X)")),
        uses=(claim.id, "lemma-d.17"),
        derivation=(
            Step("any point", "The ends hold for outputs at any point, the adversarial example among them."),
            *claim.derivation,
        ),
        note="That every output is at least 0 holds at any point, as s >= 0. Along runs tau is the largest output of "
        "another class at that point and step; the table says how large it gets under attack.",
    )


def claims() -> tuple[Claim, ...]:
    """Both lemmas; they hold for every k."""
    return (
        at_examples(lemma_d5(), "lemma-d.19", "D.19", "Logit of the right class at the adversarial example",
                    right_class),
        at_examples(lemma_d6(), "lemma-d.20", "D.20", "Logit of a wrong class at the adversarial example", wrong_class),
    )  # fmt: skip
