"""The setting of Li & Li (2024), Definitions 2.1-2.2 and the training of Section 2, as one validated record."""

import os
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from .parameters import BadSetting as BadSetting  # also read from here
from .parameters import available_bytes, read, wrong

Level = Literal["reduced", "population", "adversarial", "network"]
Objective = Literal["label", "margin", "loss"]
ActivationName = Literal["smoothed-relu", "relu", "softplus", "gelu"]
OBJECTIVES: tuple[str, ...] = get_args(Objective)
ACTIVATIONS: tuple[str, ...] = get_args(ActivationName)
EXACT = 2**53  # the largest integer up to which every integer is a float64
LARGEST_Q = 100
FLOAT = 8
PARTIAL_GRADIENTS = 16
LANES = 8  # patches side by side in a kernel

Indices = Annotated[tuple[int, ...], BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)]
PositiveReal = Annotated[float, Field(gt=0)]
PositiveInteger = Annotated[int, Field(ge=1, le=EXACT)]

_COUNT, _POSITIVE = "integer from 1 to 2^53", "finite number > 0"
ALLOWED = {
    "k": "integer from 2 to 2^53",
    "d": "integer from 2k to 2^53",
    "q": f"integer from 2 to {LARGEST_Q}",
    "activation": ", ".join(ACTIVATIONS),
    "objective": ", ".join(OBJECTIVES),
    "J_R": "list of n_R distinct integers; J_R and J_NR together are 0..P-1",
    "J_NR": "list of n_N distinct integers; J_R and J_NR together are 0..P-1",
} | dict.fromkeys(("n_R", "n_N", "m", "N", "T", "ascent_steps"), _COUNT) | dict.fromkeys(
    ("alpha", "beta", "rho", "sigma_0", "eta"), _POSITIVE
) | dict.fromkeys(("sigma_n", "epsilon", "eta_tilde"), "finite number >= 0")


_LATER = ("epsilon", "eta_tilde", "ascent_steps", "objective", "activation")  # seeds of runs are made from the repr


class Setting(BaseModel):
    """Data, network and training of the paper.

    k classes; patches in R^d; n_R robust and n_N non-robust patches of strengths alpha and beta; noise sigma_n;
    m filters a class; activation exponent q and knee rho; initial scale sigma_0; step eta; T iterations; N points.
    J_R, J_NR: fixed 0-based patch indices, both or neither. Of adversarial training: radius epsilon, ascent step
    eta_tilde, number of ascent steps, and the objective of the ascent: label -F_y, margin max_{j != y} F_j - F_y, loss.
    ``activation``: the paper's smoothed ReLU, or relu, softplus rho log(1 + e^(z/rho)), gelu z Phi(z/rho).

    Raises ``pydantic.ValidationError``; `setting_from` raises `BadSetting` with one line instead.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)

    k: int = Field(5, ge=2, le=EXACT)
    d: int = Field(16, ge=1, le=EXACT)
    n_R: PositiveInteger = 1
    n_N: PositiveInteger = 127
    m: PositiveInteger = 8
    N: PositiveInteger = 200
    alpha: PositiveReal = 2.5
    beta: PositiveReal = 1.0
    sigma_n: float = Field(0.0, ge=0)
    q: int = Field(3, ge=2, le=LARGEST_Q)
    rho: PositiveReal = 0.5
    sigma_0: PositiveReal = 0.01
    eta: PositiveReal = 0.02
    T: PositiveInteger = 8000
    J_R: Indices | None = None
    J_NR: Indices | None = None
    epsilon: float = Field(1.0, ge=0)
    eta_tilde: float = Field(20.0, ge=0)
    ascent_steps: PositiveInteger = 1
    objective: Objective = "label"
    activation: ActivationName = "smoothed-relu"

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """The fields; those that standard training with the paper's activation does not read only where they differ."""
        for name, value in super().__repr_args__():
            if name not in _LATER or value != type(self).model_fields[name].default:
                yield name, value

    @property
    def P(self) -> int:
        """Number of patches, n_R + n_N."""
        return self.n_R + self.n_N

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.d < 2 * self.k:
            raise wrong("d", self.d, "no room for 2k features", f"integer from 2k = {2 * self.k}")
        if (self.J_R is None) != (self.J_NR is None):
            missing = "J_R" if self.J_R is None else "J_NR"
            raise wrong(missing, None, "J_R and J_NR are given together or not at all", ALLOWED[missing])
        for name, indices, size in (("J_R", self.J_R, self.n_R), ("J_NR", self.J_NR, self.n_N)):
            if indices is None:
                continue
            if len(indices) != size:
                raise wrong(name, indices, f"has {len(indices)} indices, not {size}", ALLOWED[name])
            if len(set(indices)) != size or not all(0 <= p < self.P for p in indices):
                raise wrong(name, indices, "indices repeat or lie outside 0..P-1", ALLOWED[name])
        if self.J_R is not None and self.J_NR is not None and set(self.J_R) & set(self.J_NR):
            raise wrong("J_NR", self.J_NR, "shares an index with J_R", ALLOWED["J_NR"])
        return self

    def replace(self, **changes: Any) -> "Setting":
        """The setting with some values changed, validated again; raises `BadSetting`."""
        return setting_from({**self.model_dump(), **changes})

    def memory_bytes(self, level: Level, *, runs: int = 1, records: int = 0, correlations: bool = False,
                     psi: bool = False) -> int:
        """Bytes that a training at ``level`` allocates, from Python integers (never wraps).

        reduced: A, B (k, m); population: (k, m, d) and the correlations (k, m, 2k); adversarial: (k, m, d), also for
        every recorded step, and two patches a class in lanes for every core; network: also N P d data, twice because
        kernels take them in lanes, its mask and the partial gradients, with ``psi`` the N P k m coefficients.
        ``records`` recorded steps, ``runs`` runs.

        A step works on the packed data, the weights and O(block), at most 1.2 times data and weights if P is a
        multiple of the lanes; the rest is padding: P patches take the room of the next multiple, one that of 8.
        """
        filters = self.k * self.m
        recorded = records * (2 * filters + self.k + (2 * self.k * filters if correlations else 0))
        if level == "reduced":
            return FLOAT * runs * (4 * filters + recorded)
        if level == "adversarial":
            working = filters * (3 * self.d + LANES * (self.k + 1)) + 2 * LANES * self.k * (self.d + 2 * LANES)
            held = runs * (filters * self.d * (5 + records) + recorded)
            return FLOAT * (held + min(runs, os.cpu_count() or 1) * working)
        weights = filters * (3 * self.d + 6 * self.k)
        if level == "population":
            return FLOAT * runs * (weights + recorded)
        patches = self.N * self.P
        held = weights + recorded + PARTIAL_GRADIENTS * filters * (self.d + self.P) + (patches * filters if psi else 0)
        in_lanes = self.N * (self.P + LANES - 1) * (self.d + 2 * LANES)
        return runs * (FLOAT * (held + patches * self.d + in_lanes + self.N) + patches)

    def check_memory(self, level: Level, *, runs: int = 1, records: int = 0, correlations: bool = False,
                     psi: bool = False) -> None:
        """Raise `BadSetting` before anything is allocated that int64 cannot count or this machine cannot hold."""
        needed = self.memory_bytes(level, runs=runs, records=records, correlations=correlations, psi=psi)
        limit = available_bytes()
        if needed > limit:
            problem = "overflows int64" if needed > 2**63 - 1 else "more than the memory available"
            raise BadSetting(f"bytes at level {level} = {needed}: {problem} (allowed: at most {limit}; "
                             "lower N, P, d, k, m or the number of runs or records)")


def setting_from(mapping: Mapping[str, Any]) -> Setting:
    """The setting that ``mapping`` describes, defaults where it is silent.

    Raises `BadSetting`, one line ``key = value: problem (allowed: ...)``; a misspelt key names the nearest valid one.

    >>> setting_from({"k": 3, "d": 6}).P
    128
    """
    return read(Setting, ALLOWED, mapping)
