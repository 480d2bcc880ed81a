"""The parameters of the experiments on learning from perturbations, as one validated record."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..parameters import read, wrong

LARGEST = 10**9
_COUNT, _POSITIVE = f"integer from 1 to {LARGEST}", "finite number > 0"
ALLOWED = {
    "gamma": "number strictly between 0 and 1",
    "m": "even integer >= 2",
    "mode": "both, uniform, gauss",
    "norm": "l2, linf, l0",
    "ratio": "number > 0 and <= 1",
    "epsilon": "finite number > 0, or largest",
    "eta": _POSITIVE,
    "momentum": "number >= 0 and < 1",
    "precision": "float32, float64",
    "data": "a CSV file",
} | dict.fromkeys(("N", "d", "N_adv", "steps", "attack_steps"), _COUNT)
Count = Annotated[int, Field(ge=1, le=LARGEST)]


class Setting(BaseModel):
    """Network, data, perturbation and training.

    gamma: slope of the leaky ReLU below 0; m neurons; N samples in R^d drawn by ``mode``; N_adv perturbed points;
    epsilon: size of a perturbation in its norm, or "largest" for the largest admissible one; ratio: share of pixels of
    an L0 perturbation; attack_steps of the gradient attack; step eta, momentum and number of steps of full-batch
    gradient descent in ``precision``. data: a file of samples in place of drawn ones, label first.

    Raises ``pydantic.ValidationError``; `setting_from` raises `BadSetting` with one line instead.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)

    gamma: float = Field(0.01, gt=0, lt=1)
    m: int = Field(20, ge=2, le=LARGEST)
    N: Count = 40
    d: Count = 400
    N_adv: Count = 400
    mode: Literal["both", "uniform", "gauss"] = "both"
    norm: Literal["l2", "linf", "l0"] = "l2"
    epsilon: Annotated[float, Field(gt=0)] | Literal["largest"] = 0.78
    ratio: float = Field(0.05, gt=0, le=1)
    attack_steps: Count = 100
    eta: float = Field(0.1, gt=0)
    momentum: float = Field(0.9, ge=0, lt=1)
    steps: Count = 400
    precision: Literal["float32", "float64"] = "float32"
    data: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.m % 2:
            raise wrong("m", self.m, "no equal halves", ALLOWED["m"])
        return self


def setting_from(mapping: Mapping[str, Any]) -> Setting:
    """The setting that ``mapping`` describes; raises `BadSetting`, one line ``key = value: problem (allowed: ...)``.

    >>> setting_from({"gamma": 0.5, "m": 4}).N_adv
    400
    """
    return read(Setting, ALLOWED, mapping)
