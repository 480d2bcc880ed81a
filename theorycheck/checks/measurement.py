"""What a measurement along runs hands to the engine. The paper measures; the engine judges."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..evidence import Figure, Plot, Table
from .judgement import Judgement as Judgement  # also read from here
from .scaling import Scaling


@dataclass(frozen=True)
class Agreement:
    """Predicted and measured values of the same quantity, one pair per setting; two routes that share no code.

    Not for exponents: a tolerance says nothing about logs or noise; those are a `Scaling`.

    Args:
        name: the quantity.
        predicted, measured: (n,).
        tolerance: largest |measured/predicted - 1| that agrees, or the largest |measured - predicted| if `absolute`.
    """

    name: str
    predicted: np.ndarray
    measured: np.ndarray
    tolerance: float
    absolute: bool = False

    @property
    def deviation(self) -> np.ndarray:
        """(n,) relative or absolute; NaN where either value is not finite."""
        p, m = np.asarray(self.predicted, float), np.asarray(self.measured, float)
        with np.errstate(all="ignore"):
            found = np.abs(m - p) if self.absolute else np.where(m == p, 0.0, np.abs(m / p - 1))
        return np.where(np.isfinite(p) & np.isfinite(m), found, np.nan)

    def judge(self, level: float) -> Judgement:
        """Agrees when every deviation is within the tolerance; NaN never is."""
        d = self.deviation
        agrees = bool(d.size and np.all(d <= self.tolerance))
        worst = float(np.max(np.where(np.isnan(d), np.inf, d))) if d.size else float("nan")
        kind = "absolute" if self.absolute else "relative"
        text = f"{self.name}: largest {kind} deviation {worst:.3g} over {d.size} (allowed {self.tolerance:.3g})"
        return Judgement(
            agrees,
            text,
            {
                f"{self.name}: largest {kind} deviation": worst,
                f"{self.name}: allowed": self.tolerance,
                f"{self.name}: n": int(d.size),
            },
        )


@dataclass(frozen=True)
class Invariant:
    """A quantity that the claim says is never negative along a run.

    Args:
        name: what is claimed.
        slack: any shape; negative or NaN is a violation.
        rounding: what float rounding may take off the slack (state where it comes from); 0 by default.
        witness: for a violation, the run that shows it, for the paper's enclosure replay.
    """

    name: str
    slack: np.ndarray
    rounding: float = 0.0
    witness: dict[str, Any] | None = None

    def judge(self, level: float) -> Judgement:
        """Agrees when no slack is below minus `rounding`."""
        s = np.asarray(self.slack, float).ravel()
        bad = int(np.sum(~(s >= -self.rounding)))
        least = float(np.min(np.where(np.isnan(s), -np.inf, s))) if s.size else float("nan")
        text = f"{self.name}: {bad} of {s.size} violated" if bad else f"{self.name}: never violated in {s.size}"
        return Judgement(
            bool(s.size) and bad == 0,
            text,
            {f"{self.name}: n": int(s.size), f"{self.name}: violated": bad, f"{self.name}: least slack": least},
        )


@dataclass(frozen=True)
class Share:
    """How often something happened in n independent trials, n fixed beforehand, against a predicted probability.

    Args:
        name: the event.
        successes, trials: counts; `undecided` trials may belong to either side.
        predicted: the probability.
    """

    name: str
    successes: int
    trials: int
    predicted: float
    undecided: int = 0

    def judge(self, level: float) -> Judgement:
        """Agrees when the prediction is in the Clopper-Pearson interval at `level`, widened by the undecided."""
        if not self.trials > 0 or not 0 <= self.successes <= self.successes + self.undecided <= self.trials:
            raise ValueError(f"{self.name}: {self.successes} (+ {self.undecided}) of {self.trials}")
        low, high = self.interval(level)
        low95, high95 = self.interval(0.95)
        agrees = bool(low <= self.predicted <= high)
        n = f"{self.name}: "
        measured = f"measured {self.successes} of {self.trials}, interval [{low:.4g}, {high:.4g}] at level {level:.5g}"
        text = f"{n}predicted {self.predicted:.4g}, {measured}"
        return Judgement(agrees, text, {
            n + "predicted": self.predicted, n + "successes": self.successes, n + "trials": self.trials,
            n + "undecided": self.undecided,
            n + "interval 95 %": [low95, high95], n + "interval": [low, high], n + "level": level,
            n + "smallest detectable deviation": (high - low) / 2,
        })  # fmt: skip

    def interval(self, level: float) -> tuple[float, float]:
        """The Clopper-Pearson interval of the share."""
        from scipy.stats import binomtest  # here, because it takes longer to import than all of the engine

        low = binomtest(self.successes, self.trials).proportion_ci(level, "exact").low
        high = binomtest(self.successes + self.undecided, self.trials).proportion_ci(level, "exact").high
        return float(low), float(high)


@dataclass(frozen=True)
class Fact:
    """What an enclosure decides about one instance.

    Args:
        name: what is decided, with the values found.
        truth: whether the comparisons of balls came out true or false; None where they leave it open.
        part: the part of the claim that it is about.
    """

    name: str
    truth: bool | None
    part: str

    def judge(self, level: float) -> Judgement:
        """Agrees when it is true."""
        said = {True: "true", False: "false", None: "left open"}[self.truth]
        return Judgement(self.truth is True, f"{self.name}: {said}", {})


Outcome = Agreement | Invariant | Share | Scaling | Fact


@dataclass(frozen=True)
class Measurement:
    """Everything a measurement found.

    Args:
        outcomes: what is judged.
        figures: numbers to show besides: n, seeds, steps, settings.
        failures: runs that came back with a status other than ok; any makes the check inconclusive.
        files: texts to keep next to an experiment's page, by file name.
    """

    outcomes: tuple[Outcome, ...]
    figures: Mapping[str, Figure] = field(default_factory=dict)
    plots: tuple[Plot, ...] = ()
    tables: tuple[Table, ...] = ()
    failures: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
