"""A trajectory in slices: from the balls at the end of one, the next can be run by itself and in any order.

At the end of a slice the balls are made a little larger and rounded outwards, and the run continues from those. So a
slice that is run again, with more precision or another version of Arb, ends inside the balls that were kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, arb_mat, ctx

from theorycheck.balls import precision

from ..enclosure import Undecided, less
from ..setting import Setting
from .dyadic import rounded
from .dynamics import Dynamics, Units, correlations, exact, exact_weights, matrix, maximum, rational_start

Last = dict[str, tuple[tuple[int, int], ...]]
Truths = dict[str, list[bool]]
PROPERTIES = ("ahead", "saturated", "small")


@dataclass(frozen=True)
class Levels:
    """What is decided at every step, of every class i.

    ahead: max_r A_{i,r} >= max_r B_{i,r}; small: max_r A_{i,r} <= bound; saturated: low <= ratio <= high with
    ratio = sum_r (B_{i,r})_+^q eta~ beta^(q-2) / rho^(q-1), 1 at the level of saturation that is predicted.

    Raises ValueError unless 0 < low < high and bound > 0.
    """

    low: Fraction = Fraction(23, 25)
    high: Fraction = Fraction(1)
    bound: Fraction = Fraction(1, 40)

    def __post_init__(self) -> None:
        if not (0 < self.low < self.high and self.bound > 0):
            raise ValueError(f"levels {self.low}, {self.high}, {self.bound}: out of range (allowed: 0 < low < high and "
                             "bound > 0)")


LEVELS = Levels()


@dataclass(frozen=True)
class Slice:
    """Steps start + 1 to stop.

    ``weights``: balls (k m, d) at ``stop``; ``last``: for every property and class the last of these steps at which it
    was false and the last at which it was true, -1 for never; ``straddles``: as `Dynamics` counts them.
    """

    start: int
    stop: int
    weights: arb_mat
    last: Last
    straddles: int


@dataclass(frozen=True)
class CertifiedRun:
    """A whole trajectory of a setting from an exact start; slice 0 is the start alone."""

    setting: Setting
    seed: int
    units: Units
    bits: int
    levels: Levels
    slices: tuple[Slice, ...]

    @property
    def weights(self) -> arb_mat:
        """The balls at the end."""
        return self.slices[-1].weights

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return self.slices[-1].stop

    @property
    def straddles(self) -> int:
        """Balls over the whole run that left a piece open."""
        return sum(one.straddles for one in self.slices)

    def since(self, name: str, truth: bool = True) -> tuple[int, ...]:
        """(k,): the first step from which on the property was true (or false) to the end; steps + 1 if not there."""
        return tuple(1 + max(one.last[name][i][0 if truth else 1] for one in self.slices)
                     for i in range(self.setting.k))

    def largest_radius(self) -> float:
        """The largest radius of a ball at the end, rounded to nearest."""
        return max(float(x.rad()) for x in self.weights.entries())


def certify(setting: Setting, seed: int, *, levels: Levels = LEVELS, bits: int = 192, every: int = 200,
            progress: Callable[[int, int], None] | None = None) -> CertifiedRun:
    """All T steps of ``setting`` from `rational_start`, in slices of at most ``every`` steps at ``bits`` bits.

    ``progress`` is called with the steps done and T. Raises `BadSetting` for what `Dynamics` refuses, and `Undecided`
    where the balls leave a property open; more bits may decide it.
    """
    units = rational_start(setting, seed)
    slices = [start_slice(setting, units, levels, bits)]
    while slices[-1].stop < setting.T:
        stop = slice_end(slices[-1].stop, every, setting.T)
        slices.append(run_slice(setting, slices[-1].weights, slices[-1].stop, stop, levels, bits))
        if progress is not None:
            progress(stop, setting.T)
    return CertifiedRun(setting, seed, units, bits, levels, tuple(slices))


def start_slice(setting: Setting, units: Units, levels: Levels, bits: int) -> Slice:
    """The start, which is exact. Raises `Undecided`."""
    with precision(bits):
        weights = exact_weights(setting, units)
        return Slice(0, 0, weights, _last([_judged(setting, weights, levels, 0)]), 0)


def run_slice(setting: Setting, weights: arb_mat, start: int, stop: int, levels: Levels, bits: int,
              keep: bool = True) -> Slice:
    """Steps start + 1 to stop from ``weights``; the balls at the end made larger if they are to be kept.

    Raises `Undecided`.
    """
    dynamics, verdicts = Dynamics(setting), []
    with precision(bits):
        for t in range(start + 1, stop + 1):
            weights = dynamics.step(weights)
            verdicts.append(_judged(setting, weights, levels, t))
        if keep:
            weights = matrix(setting, [rounded(x) for x in weights.entries()])
    return Slice(start, stop, weights, _last(verdicts), dynamics.straddles)


def slice_end(start: int, every: int, last: int) -> int:
    """Where the slice from ``start`` ends: slices are short at first, when most happens, and ``every`` steps later."""
    return min(start + min(every, 20 + start // 5), last)


def _judged(setting: Setting, W: arb_mat, levels: Levels, t: int) -> tuple[int, Truths]:
    A, B = correlations(setting, W)
    unit = arb(setting.eta_tilde) * arb(setting.beta) ** (setting.q - 2) / arb(setting.rho) ** (setting.q - 1)
    low, high, bound = exact(levels.low), exact(levels.high), exact(levels.bound)
    found: Truths = {name: [] for name in PROPERTIES}
    for i in range(setting.k):
        a, b = maximum(A[i]), maximum(B[i])
        ratio = unit * sum((_power(x.max(arb(0)), setting.q) for x in B[i]), arb(0))
        truth = {"ahead": less(b, a), "small": less(a, bound),
                 "saturated": _both(less(low, ratio), less(ratio, high))}
        for name, holds in truth.items():
            if holds is None:
                raise Undecided(f"step {t}: the balls leave open whether class {i} is {name} "
                                f"(largest radius {max(float(x.rad()) for x in W.entries()):.1e}, {ctx.prec} bits)")
            found[name].append(holds)
    return t, found


def _last(verdicts: list[tuple[int, Truths]]) -> Last:
    def pair(name: str, i: int) -> tuple[int, int]:
        false, true = (max((t for t, truth in verdicts if truth[name][i] is wanted), default=-1)
                       for wanted in (False, True))
        return false, true

    classes = range(len(verdicts[0][1]["ahead"]))
    return {name: tuple(pair(name, i) for i in classes) for name in PROPERTIES}


def _both(first: bool | None, second: bool | None) -> bool | None:
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def _power(x: arb, n: int) -> arb:
    found = x  # a product, because arb's ** gives nan for a ball around 0
    for _ in range(n - 1):
        found = found * x
    return found
