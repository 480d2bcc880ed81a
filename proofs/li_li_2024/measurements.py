"""What the measurements along runs share: seeds, the user's setting without noise, agreement to rounding."""

from collections.abc import Callable, Sequence

import numpy as np
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Measurement
from theorycheck.evidence import Table
from theorycheck.seeds import integer_seed

from .updates import Compared, Failed

# Each value compared is a sum of at most some 10^4 products of doubles, each rounded at 1.1e-16 relative to the largest
# value of its kind: 1e-10 leaves a factor of 100 for cancellation between successive weights.
ROUNDING = 1e-10
LEAST_SETTINGS = 10


def seed_of(context: Context, claim: str, *about: str | Setting) -> int:
    """The seed of a run, from what the run is about."""
    return integer_seed(context.seed, claim, *map(repr, about))


def noiseless(context: Context, steps: int | None = None) -> Setting:
    """The user's setting without noise, and with at most so many steps."""
    own: Setting = context.setting
    return own.replace(sigma_n=0.0, T=own.T if steps is None else min(own.T, steps))


def described(setting: Setting) -> str:
    """A setting in one line, without what is only about data sets."""
    hidden = {"J_R", "J_NR", "N", "T", "d"}
    shown = [(name, value) for name, value in setting.__repr_args__() if name not in hidden]
    return ", ".join(f"{name} = {value if isinstance(value, str) else format(value, 'g')}" for name, value in shown)


def to_rounding(
    name: str,
    claim: str,
    settings: Sequence[Setting],
    compare: Callable[[Setting, int], Sequence[Compared]],
    context: Context,
) -> Measurement:
    """Predicted against measured values of every setting, each divided by the largest size of its kind.

    Fewer than ten settings in which anything moved are a failure: their agreement would say nothing.
    """
    predicted, measured, rows, moved, failures = [], [], [], 0, []
    for setting in settings:
        try:
            found = compare(setting, seed_of(context, claim, setting))
        except Failed as error:
            failures.append(str(error))
            continue
        moved += any(one.scale > 0 for one in found)
        predicted += [one.predicted for one in found]
        measured += [one.measured for one in found]
        worst = max((float(np.max(np.abs(one.predicted - one.measured), initial=0)) for one in found), default=0.0)
        rows.append((described(setting), setting.T, worst))
    if moved < LEAST_SETTINGS:
        failures.append(f"only {moved} of {len(settings)} settings moved, at least {LEAST_SETTINGS} are needed")
    outcome = Agreement(
        name,
        np.concatenate(predicted or [np.empty(0)]),
        np.concatenate(measured or [np.empty(0)]),
        ROUNDING,
        absolute=True,
    )
    table = Table(name, ("setting", "steps", "largest deviation"), tuple(rows))
    return Measurement(
        (outcome,), {"settings": len(settings), "settings that moved": moved}, tables=(table,), failures=tuple(failures)
    )
