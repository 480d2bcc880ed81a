"""Planted errors in adversarial training along runs: the ascent, the update, the decomposition, Stage I."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from theorycheck_simulations.reduced import train_reduced
from theorycheck_simulations.setting import Setting

from theorycheck.checks.run import Run
from theorycheck.claim import Claim
from theorycheck.verdict import Verdict

from ..li_li_2024 import ascent as chapter
from ..li_li_2024 import ascent_learning
from ..li_li_2024 import ascent_learning_runs as learning
from ..li_li_2024 import ascent_updates as updates
from ..li_li_2024.ascent_runs import ATTACKED, WIDE
from ..li_li_2024.ascent_updates import Path
from ..li_li_2024.measurements import to_rounding
from ..li_li_2024.updates import Compared, Floats, scaled, slope
from .control import Control, control, planted, twin

AGREE, CONFLICT = ("agreement",), Verdict.CONFLICT
SHORT = tuple(setting.replace(T=60) for setting in ATTACKED)


class Downhill(Path):
    """The ascent with the opposite sign: on +F_y."""

    @cached_property
    def moved(self) -> Floats:
        """X - (X~ - X)."""
        return 2 * self.X - super().moved


class ClippedFirst(Path):
    """The gradient clipped before it is multiplied by eta~."""

    @cached_property
    def moved(self) -> Floats:
        """X + eta~ clip_eps(grad L_m), for one ascent step."""
        gentle = updates.examples(self.setting.replace(eta_tilde=1.0), self.X, self.y, self.count, self.W[:-1])
        return self.X + self.setting.eta_tilde * (gentle - self.X)


class Unmoved(Path):
    """No attack."""

    @cached_property
    def moved(self) -> Floats:
        """X."""
        return np.broadcast_to(self.X, (len(self.W) - 1, *self.X.shape))


def of_kind(kind: type[Path]) -> Callable[[Path], Path]:
    """The run's path with another formula for X~."""
    return lambda path: kind(**{name: getattr(path, name) for name in Path.__dataclass_fields__})


def at(**changes: Callable[[Setting], Any]) -> Callable[[Path], Path]:
    """The formulas at a setting with something changed."""
    return lambda path: replace(path, setting=path.setting.replace(**{n: f(path.setting) for n, f in changes.items()}))


def swapped(path: Path) -> Path:
    """J_R and J_NR exchanged: n_N robust and n_R non-robust patches."""
    return replace(path, count=path.count[::-1])


def against(compare: Callable[[Path], list[Compared]], settings: tuple[Setting, ...] = SHORT) -> Run:
    """A run check of the chapter's kind with this comparison, at level 1."""

    def trained(s: Setting, seed: int) -> list[Compared]:
        return compare(updates.population_path(s, seed))

    return Run(lambda context: to_rounding("planted", "control", settings, trained, context))


def examples(change: Callable[[Path], Path]) -> Run:
    """X~ as found against the changed formula."""

    def compare(path: Path) -> list[Compared]:
        return [scaled(change(path).moved - path.X, path.moved - path.X)]

    return against(compare)


def steps(change: Callable[[Path], Path]) -> Run:
    """Steps as seen against the changed formula."""
    return against(lambda path: [scaled(updates.increments(change(path)), np.diff(path.W, axis=0))])


def through(path: Path) -> Floats:
    """What the gradient through X~(w) adds to a step of w_{y,s}, (n, k, m, d); one ascent step on -F_y.

    x~_c = x_c - clip(eta~ g_c) with g = sum_s s'(<w_s, x>) w_s has, where it is not clipped, the derivative
    dg_c/dw_{s,a} = s'(<w_s, x>) 1[a = c] + s''(<w_s, x>) x_a w_{s,c}.
    """
    s, W, k = path.setting, path.W[:-1], path.setting.k
    after = updates.preactivations(W, path.moved)
    gap = updates.gaps(s, after, path.y, path.count)
    loss = -np.einsum("tnpir,tird->tnpd", gap[:, :, None, :, None] * slope(s, after), W)
    free = np.abs(path.moved - path.X) < s.epsilon
    pull = np.where(free, loss, 0) * path.count[:, None]
    own = updates.preactivations(W, np.broadcast_to(path.X, path.moved.shape))[:, np.arange(k), :, path.y]
    z = np.moveaxis(own, 0, 1)  # (n, N, P, m); point j is of class j at level 1
    inside = np.clip(z / s.rho, 0, 1)
    curve = np.where((z > 0) & (z < s.rho), (s.q - 1) / s.rho * inside ** (s.q - 2), 0)
    along = np.einsum("tjpd,tjsd->tjps", pull, W)
    first = np.einsum("tjps,tjpd->tjsd", inside ** (s.q - 1), pull)
    second = np.einsum("tjps,jpd->tjsd", curve * along, path.X)
    return np.asarray(s.eta / k * s.eta_tilde * (first + second))


def errors_of_the_ascent() -> tuple[Control, ...]:
    """In Lemmas D.16 to D.18."""
    found = twin(chapter.lemma_d17(), "d.17", "along runs", expected=Verdict.SURVIVED, variables=(), point={})
    update = twin(chapter.lemma_d18(), "d.18", expected=Verdict.SURVIVED)
    identity = twin(chapter.lemma_d16(), "d.16", "identity", expected=Verdict.SURVIVED, variables=(), point={})
    span = twin(chapter.lemma_d16(), "d.16-span", "outside the span")
    span = replace(span, checks=(span.checks[-1],), expected=Verdict.SURVIVED)
    double, less = at(epsilon=lambda s: 2 * s.epsilon), at(q=lambda s: s.q - 1)
    far = tuple(s.replace(sigma_0=8 * s.sigma_0, eta_tilde=100.0) for s in WIDE)
    return (
        control(found, "d.17-sign", "The ascent on +F_y", "the patches move the other way.", AGREE, CONFLICT,
                checks=(examples(of_kind(Downhill)),)),
        control(found, "d.17-clip-first", "The gradient clipped before it is scaled", "the move may pass the radius.",
                AGREE, CONFLICT, checks=(examples(of_kind(ClippedFirst)),)),
        control(found, "d.17-radius", "Twice the radius", "clipped coordinates move twice as far.", AGREE, CONFLICT,
                checks=(examples(double),)),
        control(found, "d.17-exponent", "s' with q - 1 for q", "the slope has another power.", AGREE, CONFLICT,
                checks=(examples(less),)),
        control(found, "d.17-objective", "The ascent on -F_y where it is on the loss", "the other classes pull too.",
                AGREE, CONFLICT,
                checks=(against(lambda path: [scaled(at(objective=lambda s: "label")(path).moved - path.X,
                path.moved - path.X)], tuple(s.replace(objective="loss") for s in SHORT)),)),
        control(update, "d.18-ascent-sign", "The update at patches that help the label",
                "the patches lie on the wrong side.", AGREE, CONFLICT, checks=(steps(of_kind(Downhill)),)),
        control(update, "d.18-standard", "The update of standard training", "the patches are attacked.", AGREE,
                CONFLICT, checks=(steps(of_kind(Unmoved)),)),
        control(update, "d.18-not-held-fixed", "The gradient also through X~(w)", "the perturbation is held fixed.",
                AGREE, CONFLICT,
                checks=(against(lambda path: [scaled(updates.increments(path) + through(path),
                np.diff(path.W, axis=0))]),)),
        control(update, "d.18-clip-first", "The update at patches clipped too early", "the patches are elsewhere.",
                AGREE, CONFLICT, checks=(steps(of_kind(ClippedFirst)),)),
        control(update, "d.18-radius", "The update at twice the radius", "the patches are too far away.", AGREE,
                CONFLICT, checks=(steps(double),)),
        control(update, "d.18-exponent", "The update with s' of q - 1", "the slope has another power.", AGREE, CONFLICT,
                checks=(steps(less),)),
        control(update, "d.18-swapped", "J_R and J_NR exchanged", "n_N robust patches are not n_R.", AGREE, CONFLICT,
                checks=(steps(swapped),)),
        control(identity, "d.16-standard", "The weights stay in w(0) plus the span of the clean patches",
                "the moves of the patches are missing.", AGREE, CONFLICT,
                checks=(against(lambda path: [scaled(np.einsum("tirnp,npd->ird", path.psi, path.X),
                path.W[-1] - path.W[0])]),)),
        control(span, "d.16-clipped", "The span outside the features, with clipping",
                "clipping acts on single coordinates and leads out of the span.", AGREE, CONFLICT,
                checks=(against(updates.outside_span, far),)),
    )  # fmt: skip


def levels(change: Callable[[Setting], Setting], attacked: bool, s: Setting, W0: Floats) -> list[Compared]:
    """Level 0 at a changed setting, or without attack, against level 1."""
    A, B = learning.own_features(s, updates.population_path(s, None, W0).W)
    reduced = train_reduced(change(s), A0=A[0], B0=B[0], adversarial=attacked)
    return [scaled(reduced.A - A[0], A[-1] - A[0]), scaled(reduced.B - B[0], B[-1] - B[0])]


def said(change: Callable[[Setting], Setting]) -> learning.Formula:
    """Lemma 5.2 at a changed setting, its c included."""

    def formula(s: Setting, one: learning.Steps, strength: float, count: int, gap: Floats) -> Floats:
        wrong = change(s)
        return learning.polynomial(wrong, learning.steps_of(wrong, one.z, strength), strength, count, gap)

    return formula


def printed(s: Setting, one: learning.Steps, strength: float, count: int, gap: Floats) -> Floats:
    """Lemma 5.2 without positive parts."""
    without_attack = learning.polynomial(s, replace(one, c=np.zeros_like(one.c)), strength, count, gap)
    return np.asarray((1 - one.c)[..., None] ** s.q * without_attack)


def from_starts(compare: Callable[[Setting, Floats], list[Compared]]) -> Run:
    """A run check with this comparison from the chapter's starts."""
    return Run(partial(learning.from_starts, "control", "planted", compare))


def stage_one(formula: learning.Formula) -> Run:
    """The steps of Stage I against another formula."""
    return from_starts(lambda s, W0: learning.first_steps(s, W0, formula)[0])


def errors_of_learning() -> tuple[Control, ...]:
    """In Lemmas 5.2 and D.22 along runs."""
    level = twin(ascent_learning.lemma_52((3,)), "5.2", "along runs", expected=Verdict.SURVIVED, variables=(), point={})
    early = twin(ascent_learning.lemma_d22(), "d.22", expected=Verdict.SURVIVED)
    less, double = (lambda s: s.replace(q=s.q - 1)), (lambda s: s.replace(epsilon=2 * s.epsilon))
    exchanged = {"n_R": "n_N", "n_N": "n_R"}
    return (
        control(level, "5.2-no-attack", "Level 1 under attack is level 0 without", "B does not saturate there.", AGREE,
                CONFLICT, checks=(from_starts(partial(levels, lambda s: s, False)),)),
        control(level, "5.2-swapped", "Level 0 with J_R and J_NR exchanged", "A and B grow at the wrong rates.", AGREE,
                CONFLICT,
                checks=(from_starts(partial(levels, lambda s: s.replace(**{
                    name: getattr(s, other) for name, other in exchanged.items()}), True)),)),
        control(early, "d.22-no-positive-part", "Stage I without the positive part of 1 - c",
                "past saturation the increment of a positive correlation is 0.", AGREE, CONFLICT,
                checks=(stage_one(printed),)),
        control(early, "d.22-radius", "Stage I with twice the radius", "a clipped ascent moves half as far.", AGREE,
                CONFLICT, checks=(stage_one(said(double)),)),
        control(early, "d.22-exponent", "Stage I with q - 1 for q", "the increment has another power.", AGREE,
                CONFLICT, checks=(stage_one(said(less)),)),
        control(early, "d.22-ascent-sign", "Stage I with the ascent on +F_y", "c has the other sign.", AGREE, CONFLICT,
                checks=(stage_one(lambda s, one, a, n, gap: learning.polynomial(s, replace(one, c=-one.c), a, n,
                gap)),)),
    )  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All errors planted along runs."""
    return (*errors_of_the_ascent(), *errors_of_learning())


def claims(setting: Any) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
