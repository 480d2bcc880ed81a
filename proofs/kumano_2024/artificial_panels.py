"""The panels of the artificial experiment: which sizes are run, scaled down by default, as published with --full."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from theorycheck_simulations.leaky.samples import MODES
from theorycheck_simulations.leaky.setting import Setting, setting_from

from theorycheck.checks.check import Profile
from theorycheck.errors import UserError

from . import published

# Of training, instead of the published 10^5; scaled down, 20 to 2000 steps give the same accuracy to .015.
FULL_STEPS = 400
# The published network and training, where the user leaves the scaled-down defaults as they are.
PUBLISHED = {"d": published.D, "N": published.N, "N_adv": published.N_ADV, "m": 1000, "eta": 0.01,
             "steps": FULL_STEPS}  # fmt: skip
LABELS = {"N_adv": "N', number of noise points", "d": "d, dimension, epsilon ~ sqrt(d)", "N": "N, number of samples",
          "epsilon": "epsilon", "linf": "epsilon, Linf as released", "l0": "share of pixels, L0"}  # fmt: skip
TITLES = {**LABELS, "N_adv": "N'", "d": "d", "N": "N", "l0": "pixels, L0"}
RISING = {"N_adv": True, "d": True, "N": False, "epsilon": True, "linf": True, "l0": True}
GRIDS: Mapping[Profile, Mapping[str, tuple[float, ...]]] = {
    Profile.QUICK: {"N_adv": (100, 400), "d": (200, 400), "epsilon": (0.4, 0.78), "linf": (0.1,), "l0": (0.02,)},
    Profile.DEFAULT: {panel: tuple(values) for panel, values in published.PROTOTYPE["uniform"].items()},
    Profile.FULL: {
        "N_adv": published.NOISE, "d": published.DIMENSIONS, "N": published.SAMPLES,
        "epsilon": (0.01, *published.STRENGTHS), "linf": published.LINF_READ, "l0": (0.0001, 0.001, *published.L0_READ),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """One kind of data along one quantity: `cells[i]` is run at `x[i]`."""

    name: str
    mode: str
    x: tuple[float, ...]
    cells: tuple[Setting, ...]


def base(setting: Setting, profile: Profile) -> Setting:
    """The cell that panels vary: the setting's, at the published sizes with --full where it has the defaults.

    Raises:
        UserError: for samples from a file, an epsilon that is no number, or less than one pixel.
    """
    if setting.data:
        raise UserError(f"data = {setting.data}: the samples of this experiment are random (allowed: none)")
    if not isinstance(setting.epsilon, float):
        raise UserError(f"epsilon = {setting.epsilon}: a gradient attack needs a size (allowed: finite number > 0)")
    if profile is Profile.FULL:
        plain = setting_from({})
        setting = changed(setting, {key: value for key, value in PUBLISHED.items()
                                    if getattr(setting, key) == getattr(plain, key)})  # fmt: skip
    if not _has_pixels(setting):
        raise UserError(f"ratio = {setting.ratio}: no pixel of {setting.d} (allowed: 1/d to 1)")
    return setting


def _has_pixels(setting: Setting) -> bool:
    """Whether an L0 perturbation changes anything; other norms always do."""
    return setting.norm != "l0" or math.floor(setting.d * setting.ratio) >= 1


def changed(setting: Setting, values: Mapping[str, float | str]) -> Setting:
    """The setting with other values, validated."""
    return Setting.model_validate({**setting.model_dump(), **values})


def panels(setting: Setting, profile: Profile) -> tuple[Panel, ...]:
    """Every panel of every kind of data that the setting asks for."""
    modes = MODES if setting.mode == "both" else (setting.mode,)
    centre = base(setting, profile)
    found = []
    for mode in modes:
        for name, values in GRIDS[profile].items():
            pairs = [(x, _cell(changed(centre, {"mode": mode}), name, x)) for x in values]
            # A share of the pixels that is less than one pixel is no attack.
            kept = [(x, cell) for x, cell in pairs if _has_pixels(cell)]
            if kept:
                found.append(Panel(name, mode, tuple(x for x, _ in kept), tuple(cell for _, cell in kept)))
    return tuple(found)


def _cell(centre: Setting, panel: str, x: float) -> Setting:
    assert isinstance(centre.epsilon, float)
    if panel == "d":
        # The published radii are rounded values of .0078 sqrt(d), which is 0.78 at their largest d.
        given = dict(zip(published.DIMENSIONS, published.RADII, strict=True)) if centre.d == published.D else {}
        radius = given.get(int(x), centre.epsilon * (x / centre.d) ** 0.5)
        return changed(centre, {"d": int(x), "epsilon": radius})
    if panel == "linf":
        return changed(centre, {"norm": "linf", "epsilon": x})
    if panel == "l0":
        return changed(centre, {"norm": "l0", "ratio": x})
    return changed(centre, {panel: x if panel == "epsilon" else int(x)})


def known(panel: Panel, x: float, full: bool) -> float | None:
    """The published value with --full, otherwise the prototype's; None where there is none."""
    if not full:
        return published.PROTOTYPE[panel.mode].get(panel.name, {}).get(x)
    for curve in published.L2:
        if curve.panel == panel.name:
            return dict(zip(curve.x, curve.values[panel.mode], strict=True)).get(x)
    return published.OTHERS.get(panel.name, {}).get(panel.mode, {}).get(x)
