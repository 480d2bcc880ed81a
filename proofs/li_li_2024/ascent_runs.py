"""Runs under attack against the formulas of Lemmas D.16 to D.18, at levels 1 and 2, for every objective."""

from collections.abc import Callable, Mapping, Sequence

from theorycheck_simulations.setting import OBJECTIVES, Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Measurement

from . import ascent_updates as updates
from .grids import NETWORK, SHORT
from .measurements import noiseless, to_rounding
from .updates import Compared

STEPS = 300
RADII, ASCENTS = (1.0, 0.6, 1.4), (20.0, 5.0, 1.0)
Compare = Callable[[updates.Path], list[Compared]]


def attacked(settings: Sequence[Setting]) -> tuple[Setting, ...]:
    """The settings under attack: radii below and above beta, ascents from gentle to at once as far as they can go."""
    return tuple(
        setting.replace(epsilon=RADII[index % 3], eta_tilde=ASCENTS[index // 3 % 3])
        for index, setting in enumerate(settings)
    )


ATTACKED, NETWORKS = attacked(SHORT), attacked(NETWORK)
# More coordinates outside the features than filters, so that the span of the filters is not all of them; an ascent so
# gentle and a start so small that such coordinates are seldom clipped.
WIDE = tuple(
    setting.replace(m=2, d=4 * setting.k + 5, eta_tilde=2.0, sigma_0=setting.sigma_0 / 2) for setting in ATTACKED
)


def ascents(settings: Sequence[Setting], T: int) -> tuple[Setting, ...]:
    """Every setting with every objective and with one and three ascent steps, for T steps of training.

    Three steps of a third each: a step multiplies the rounding of those before by eta~ times the curvature.
    """
    return tuple(
        setting.replace(objective=objective, ascent_steps=steps, eta_tilde=setting.eta_tilde / steps, T=T)
        for objective in OBJECTIVES
        for steps in (1, 3)
        for setting in settings
    )


def own(context: Context) -> Setting:
    """The user's setting without noise, for so many steps that their weights fit into memory.

    One ascent step: each further one may multiply rounding by eta~ times the curvature.
    """
    setting = noiseless(context).replace(ascent_steps=1)
    return setting.replace(T=updates.steps_that_fit(setting, STEPS))


def along_runs(claim: str, name: str, compare: Compare, context: Context) -> Measurement:
    """The comparison at every step of runs at level 1 (the user's setting among them) and at level 2."""
    first = (*ascents(ATTACKED, context.profile.pick(100, STEPS, STEPS)), own(context))
    second = ascents(NETWORKS, context.profile.pick(15, 100, STEPS))
    return merged(
        {
            "level 1": to_rounding(
                f"level 1: {name}", claim, first, lambda s, seed: compare(updates.population_path(s, seed)), context
            ),
            "level 2": to_rounding(
                f"level 2: {name}", claim, second, lambda s, seed: compare(updates.network_path(s, seed)), context
            ),
        }
    )


def merged(found: Mapping[str, Measurement]) -> Measurement:
    """Several measurements as one, their figures named by the key."""
    return Measurement(
        tuple(outcome for one in found.values() for outcome in one.outcomes),
        {f"{key}: {name}": value for key, one in found.items() for name, value in one.figures.items()},
        tuple(plot for one in found.values() for plot in one.plots),
        tuple(table for one in found.values() for table in one.tables),
        tuple(failure for one in found.values() for failure in one.failures),
    )


def measure_examples(context: Context) -> Measurement:
    """Lemma D.17."""
    return along_runs("lemma-d.17", "x~ - x", updates.example_parts, context)


def measure_steps(context: Context) -> Measurement:
    """Lemma D.18."""
    return along_runs("lemma-d.18", "step by step", updates.step_parts, context)


def measure_decomposition(context: Context) -> Measurement:
    """Lemma D.16, the identity."""
    return along_runs("lemma-d.16", "w(T) - w(0)", updates.decomposition, context)


def measure_span(context: Context) -> Measurement:
    """Lemma D.16, the part outside the features."""
    settings = ascents(WIDE, context.profile.pick(100, STEPS, STEPS))
    return to_rounding("outside the features", "lemma-d.16", settings, in_span, context)


def in_span(setting: Setting, seed: int) -> list[Compared]:
    """A run at level 1 for as long as it clips nothing outside the features."""
    return updates.outside_span(updates.unclipped_outside(updates.population_path(setting, seed)))
