"""Planted errors in Appendix E: the growth of Phi, sizes of noise correlations, the race against noise, the ends."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np
from sympy import Ge, sqrt
from theorycheck_simulations.data import features, sample
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.checks.run import Run, Statistics
from theorycheck.checks.scaling import Scaling
from theorycheck.claim import Claim, Part
from theorycheck.verdict import Verdict

from ..li_li_2024 import noise as chapter
from ..li_li_2024 import noise_outcome, noise_proofs, noise_race, noise_small, noise_updates, updates
from ..li_li_2024 import noise_outcome_runs as ends
from ..li_li_2024 import noise_race_runs as races
from ..li_li_2024 import noise_small_runs as sizes
from ..li_li_2024.noise_grids import RACES, SHARES, STANDARD
from .control import Control, altered, control, planted, twin

AGREE, LIMIT, POWER, FORMAL = ("agreement",), ("invariant",), ("scaling",), ("proof", "search")
CONFLICT, SURVIVED = Verdict.CONFLICT, Verdict.SURVIVED
Measure = Callable[[Context], Measurement]


def only(kind: type, measure: Measure, check: type[Run] = Run) -> Run:
    """A check of the outcomes of one kind."""

    def kept(context: Context) -> Measurement:
        found = measure(context)
        return replace(found, outcomes=tuple(one for one in found.outcomes if isinstance(one, kind)))

    return check(kept)


def flipped(context: Context, outcome: Any) -> Any:
    """An invariant with the opposite inequality, an agreement about 0 or 1 with the other of them."""
    if isinstance(outcome, Invariant):
        return replace(outcome, slack=-outcome.slack)
    return replace(outcome, predicted=1 - outcome.predicted)


def times(factor: int) -> Callable[[Context, Any], Any]:
    """Predictions times a factor."""
    return lambda context, outcome: replace(outcome, predicted=factor * outcome.predicted)


def claiming(**changes: Any) -> Callable[[Context, Any], Any]:
    """Outcomes that claim something else."""
    return lambda context, outcome: replace(outcome, **changes)


def average_forgotten(setting: Setting, seed: int, adversarial: bool) -> list[updates.Compared]:
    """Phi without 1/N."""
    found = noise_updates.phi_steps(setting, seed, adversarial)
    return [replace(one, predicted=setting.N * one.predicted) for one in found]


def one_late(setting: Setting, seed: int, adversarial: bool) -> list[updates.Compared]:
    """The increments of step t + 1 for those of step t."""
    found = []
    for one in noise_updates.phi_steps(setting, seed, adversarial):
        predicted, measured = (values.reshape(setting.T, -1) for values in (one.predicted, one.measured))
        found.append(replace(one, predicted=predicted[1:].ravel(), measured=measured[:-1].ravel()))
    return found


def label_forgotten(setting: Setting, seed: int, adversarial: bool) -> list[updates.Compared]:
    """|1[y_n = i] - logit_i| for the signed difference: no Phi falls."""
    phi = noise_updates.phi_steps(setting, seed, adversarial)[0]
    return [replace(phi, predicted=np.abs(phi.predicted))]


def kinds_swapped(setting: Setting, seed: int) -> list[updates.Compared]:
    """Lemma E.2 with beta v_y on J_R and alpha u_y on J_NR."""
    data = sample(setting, seed, patches="random")
    run = updates.trained(data, seed, psi=True)
    assert run.psi is not None
    u, v = features(setting)
    on = np.where(data.robust[:, :, None], setting.beta * v[data.y][:, None], setting.alpha * u[data.y][:, None])
    along = np.einsum("irnp,npd->ird", run.psi, on)
    return [updates.scaled(along + noise_updates.on_noise(data, run.psi), run.W - run.W0)]


def standard_for_attacked(setting: Setting, seed: int) -> list[updates.Compared]:
    """Lemma E.9 without the perturbations."""
    path = noise_updates.path_of(setting, seed, True)
    phi = path.psi.sum(axis=0)
    assert path.data is not None
    without = noise_updates.on_features(path.data, phi) + noise_updates.on_noise(path.data, phi)
    return [updates.scaled(without, path.W[-1] - path.W[0])]


def errors_of_updates() -> tuple[Control, ...]:
    """In Phi and in the decompositions."""
    updated = twin(chapter.lemma_e4(), "e.4", "along runs", expected=SURVIVED, variables=(), point={})
    check = updated.checks[0]
    assert isinstance(check, Run)
    split = twin(chapter.lemma_e2(), "e.2", expected=SURVIVED)
    attacked = twin(chapter.lemma_e9(), "e.9", expected=SURVIVED)

    def steps(compare: chapter.CompareSteps) -> tuple[Run, ...]:
        return (Run(partial(chapter.measure_updates, compare=compare)),)

    return (
        control(updated, "e.4-sign", "Phi with the opposite sign", "every increment has the other sign.", AGREE,
                CONFLICT, checks=(altered(check, times(-1)),)),
        control(updated, "e.4-average", "Phi without 1/N", "every increment is N times too large.", AGREE, CONFLICT,
                checks=steps(average_forgotten)),
        control(updated, "e.4-late", "Phi gains the increment of the next step", "the gaps change from step to step.",
                AGREE, CONFLICT, checks=steps(one_late)),
        control(updated, "e.4-label", "Phi grows at every point", "it falls where y_n is another class.", AGREE,
                CONFLICT, checks=steps(label_forgotten)),
        control(split, "e.2-kinds", "J_R and J_NR exchanged in the decomposition",
                "each patch carries the other feature.", AGREE, CONFLICT,
                checks=(Run(partial(chapter.measure_decomposition, compare=kinds_swapped)),)),
        control(attacked, "e.9-no-moves", "The decomposition under attack without the perturbations",
                "the weights also move along them.", AGREE, CONFLICT,
                checks=(Run(partial(chapter.measure_attacked, compare=standard_for_attacked)),)),
    )  # fmt: skip


_measured_floor = cache(sizes.measure_floor)  # the same runs for every error


def errors_of_sizes(setting: Setting) -> tuple[Control, ...]:
    """In the bounds on noise correlations."""
    start, whole = noise_small.lemma_e3_start(setting), noise_small.lemma_e3()
    union = twin(start, "e.3-union", "union", expected=Verdict.CERTIFIED)
    pair = twin(noise_small.lemma_e3_law(), "e.3-one-pair", expected=SURVIVED)
    moved = twin(whole, "e.3-moved", "moved")
    moved = replace(moved, checks=moved.checks[:2])
    small = twin(whole, "e.3-small", "small", expected=SURVIVED)
    factor = partial(sizes.measured, claim="lemma-e.3", settings=STANDARD[:1], adversarial=False)
    small = replace(small, checks=(Run(factor),))
    no_log = sizes.FACTOR / sizes.level(STANDARD[0])
    constant = twin(noise_small.finding_e3(), "finding-e.3-constant", "constant", uses=())
    floor = twin(noise_small.finding_e3(), "finding-e.3-floor", "floor", expected=SURVIVED)
    law = only(Scaling, _measured_floor, Statistics)
    floor = replace(floor, checks=(law,))
    C, a, B_star = noise_small.C, noise_small.a, noise_small.B_star
    return (
        control(union, "e.3-no-log", "sqrt(2) for sqrt(2 log(2kmNP))", "with many pairs one exceeds any fixed level.",
                ("enclosure", "search"), relation=noise_small.union(sqrt(2))),
        control(union, "e.3-half-log", "sqrt(log(2kmNP)) for sqrt(2 log(2kmNP))",
                "the expected number above that level grows.", ("enclosure", "search"),
                relation=noise_small.union(noise_small.LEVEL / sqrt(2))),
        control(pair, "e.3-one-side", "One tail for two", "<w, xi> may be negative.", ("share",), CONFLICT,
                checks=(Statistics(partial(sizes.measure_start, chance=0.5)),)),
        control(moved, "e.3-no-cross-terms", "The movement without cross terms",
                "all other patches have overlaps with xi.", FORMAL,
                parts=(noise_small.moved_part(0),)),
        control(small, "e.3-no-log-in-runs", "|<w, xi>| <= (5/4) sigma_n |w|",
                "the largest of 2kmNP correlations is larger by sqrt(2 log(2kmNP)).", LIMIT, CONFLICT,
                checks=(Run(partial(factor, factor=no_log)),)),
        control(constant, "finding-e.3-double", "C >= a/B*", "the floor has a factor 1/2.", FORMAL,
                relation=Ge(C, a / B_star)),
        control(floor, "finding-e.3-fixed", "C independent of sigma_0", "it is inversely proportional to it.", POWER,
                CONFLICT, checks=(altered(law, times(0)),)),
        control(floor, "finding-e.3-root", "C in proportion to sigma_0^(-1/2)", "one more root of it is lost.", POWER,
                CONFLICT, checks=(altered(law, claiming(predicted=Fraction(-1, 2))),)),
        control(floor, "finding-e.3-log", "C in proportion to log(1/sigma_0)/sigma_0", "there is no log.", POWER,
                CONFLICT, checks=(altered(law, claiming(log_power=1)),)),
    )  # fmt: skip


def errors_of_race() -> tuple[Control, ...]:
    """In the race against noise."""
    r, q = noise_race, 3
    recursion = twin(r.lemma_e5(), "e.5-recursion", f"recursion, q = {q}", expected=Verdict.DERIVED, hypotheses=())
    runs = partial(races.measure_races, settings=RACES[:5])
    bound = replace(twin(r.lemma_e5(), "e.5-bound", "bound", expected=SURVIVED, variables=(), point={}),
                    checks=(only(Invariant, runs),))  # fmt: skip
    first = replace(twin(r.lemma_e5(), "e.5-first", "which is first", expected=SURVIVED, variables=(), point={}),
                    checks=(only(Agreement, runs),))  # fmt: skip
    tangent, share = (twin(r.lemma_e6(), f"e.6-{name}", f"{name}, q = {q}") for name in ("tangent", "share"))
    sums = replace(twin(r.lemma_e6(), "e.6-sum", "sum", expected=SURVIVED, variables=(), point={}, hypotheses=()),
                   checks=(only(Agreement, partial(races.measure_shares, settings=SHARES[:2])),))  # fmt: skip
    along = replace(sums, id="twin-e.6-along", parts=(r.lemma_e6().part("along runs"),),
                    checks=(only(Invariant, partial(races.measure_shares, settings=SHARES[:2])),))  # fmt: skip
    S, average = r.speed(q), noise_proofs.share_given(q - 1)["average"]

    def other_speed(S: Any) -> tuple[Part, ...]:
        return (r.recursion_part(q, S),)

    given = tuple(relation for relation in share.parts[0].given if relation != average)
    return (
        control(recursion, "e.5-points", "S without 1/N", "a point's noise is seen by 1/N of the gradient.",
                ("identity",), parts=other_speed(S * r.N)),
        control(recursion, "e.5-classes", "S without k", "a class has N/k points.", ("identity",),
                parts=other_speed(S / r.k)),
        control(recursion, "e.5-exponent", "S with beta^(q-1)", "B grows with beta^q.", ("identity",),
                parts=other_speed(S * r.beta)),
        control(bound, "e.5-shrinking", "Half the bound", "y starts above it.", LIMIT, CONFLICT,
                checks=(only(Invariant, partial(runs, weight=0.5)),)),
        control(first, "e.5-other-side", "The side with the larger time is first", "the smaller time wins.", AGREE,
                CONFLICT, checks=(altered(first.checks[0], flipped),)),  # type: ignore[arg-type]
        control(tangent, "e.6-steeper", "q z b^(q-2) for (q-1) z b^(q-2)", "a steeper line crosses the power.", FORMAL,
                parts=r.share_parts(q, order=q)[:1]),
        control(share, "e.6-power", "(1+c)^(q-2) for (1+c)^(q-1)", "the largest slope has that power.", FORMAL,
                parts=r.share_parts(q, power=q - 2)[2:]),
        control(share, "e.6-no-average", "The share without the sum of the slopes", "B may gain nothing.", FORMAL,
                parts=(replace(share.parts[0], given=given),),
                checks=(share.checks[0], replace(share.checks[1], draw=idle))),  # type: ignore[type-var]
        control(sums, "e.6-twice", "The sum of Phi is twice b/beta", "each patch adds beta Phi once.", AGREE, CONFLICT,
                checks=(altered(sums.checks[0], times(2)),)),  # type: ignore[arg-type]
        control(along, "e.6-flipped", "Every patch gains at least its share", "it is an upper bound.", LIMIT, CONFLICT,
                checks=(altered(along.checks[0], flipped),)),  # type: ignore[arg-type]
    )  # fmt: skip


def idle() -> Any:
    """Draws in which all other patches are inactive, so that their slopes add up to nothing."""
    return noise_race.share_draw(3).map(lambda v: {**v, "slopes": Fraction(0), "d_B": Fraction(0)})


def errors_of_ends() -> tuple[Control, ...]:
    """In what training ends with."""
    standard, attacked = noise_outcome.lemma_e7(), noise_outcome.lemma_e11()
    orders = twin(standard, "e.7", expected=SURVIVED)
    share = twin(attacked, "e.11", expected=SURVIVED)
    e1, e8 = twin(noise_outcome.theorem_e1(), "e.1", expected=SURVIVED), twin(noise_outcome.theorem_e8(), "e.8",
                                                                              expected=SURVIVED)  # fmt: skip
    return (
        control(orders, "e.7-flipped", "All orders of Lemma E.7 flipped", "each is an upper or a lower bound.", LIMIT,
                CONFLICT, checks=(altered(orders.checks[0], flipped),)),  # type: ignore[arg-type]
        control(share, "e.11-chance", "2^(-m) for 1 - 2^(-m)", "that is the chance that A has nothing to grow from.",
                ("share",), CONFLICT, checks=(Statistics(partial(ends.measure_adversarial, chance=0.5**8)),)),
        control(share, "e.11-half-the-level", "Half the saturation level", "B saturates at the whole.", ("share",),
                CONFLICT, checks=(Statistics(partial(ends.measure_adversarial, overshoot=0.5)),)),
        control(e1, "e.1-robust", "Standard training learns the robust feature", "it learns the other one.", LIMIT,
                CONFLICT, checks=(Run(partial(ends.measure_theorem_e1, feature="robust")),)),
        control(e8, "e.8-radius", "Twice the radius", "2 epsilon exceeds alpha/2.", AGREE, CONFLICT,
                checks=(Run(partial(ends.measure_theorem_e8, radius=2.0)),)),
    )  # fmt: skip


def controls(setting: Setting) -> tuple[Control, ...]:
    """All errors planted in Appendix E."""
    return (*errors_of_updates(), *errors_of_sizes(setting), *errors_of_race(), *errors_of_ends())


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims with errors."""
    return planted(controls(setting))
