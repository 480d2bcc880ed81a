"""The regimes of adversarial training in closed form: conditions on e = epsilon/beta and a = alpha/beta, and the race.

Conditions are decided on whole cells by balls. The race predicts, from the start of a class, which feature it learns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Ge, Gt, Lt, Max, Rational, symbols
from sympy.logic.boolalg import Boolean
from theorycheck_simulations.setting import Setting

from theorycheck import balls
from theorycheck.expression import Tree, lower

from .updates import slope

Floats = NDArray[np.float64]
e, a = symbols("e a")
DENSER, FLIP = "denser", "flip"
ROBUST, OTHER = "robust minimum, in place", "non-robust minimum, in place"
ROBUST_LINF, OTHER_LINF = "robust minimum, linf", "non-robust minimum, linf"
# What a class comes to.
NOTHING, NON_ROBUST_FIRST, ROBUST_FIRST = range(3)
OUTCOMES = ("neither feature", "non-robust feature first", "robust feature first")
BITS, MOST_BOXES = 64, 400
POINTS, LEAST = 4000, 1e-9  # of the integral of the race: points, and the smallest correlation, relative to the level


def conditions(setting: Setting) -> dict[str, Boolean]:
    """The conditions on (e, a).

    denser: n_N beta^q > n_R alpha^q. flip: n_N (beta - epsilon)_+^q < n_R (alpha - epsilon)_+^q. The minima are the
    networks gamma u_i and gamma v_i for large gamma: the first is robust, the second is not, against perturbations in
    place (alpha > 2 epsilon; beta <= 2 epsilon), or in the maximum norm (n_R alpha >= (P + n_R) epsilon;
    n_N beta < (P + n_N) epsilon).
    """
    R, N, q = setting.n_R, setting.n_N, setting.q
    return {
        DENSER: Gt(N, R * a**q),
        FLIP: Lt(N * Max(1 - e, 0) ** q, R * Max(a - e, 0) ** q),
        ROBUST: Gt(a, 2 * e),
        OTHER: Ge(2 * e, 1),
        ROBUST_LINF: Ge(R * a, (setting.P + R) * e),
        OTHER_LINF: Lt(N, (setting.P + N) * e),
    }


def boundaries(setting: Setting) -> dict[str, Boolean]:
    """The conditions solved for a or e, with r = (n_N/n_R)^(1/q): a < r; a > e + r (1 - e)_+; ..."""
    R, N, P = setting.n_R, setting.n_N, setting.P
    r = Rational(N, R) ** Rational(1, setting.q)
    return {
        DENSER: Lt(a, r),
        FLIP: Gt(a, e + r * Max(1 - e, 0)),
        ROBUST: Gt(a / 2, e),
        OTHER: Ge(e, Rational(1, 2)),
        ROBUST_LINF: Ge(a, Rational(P + R, R) * e),
        OTHER_LINF: Gt(e, Rational(N, P + N)),
    }


@dataclass(frozen=True)
class Cell:
    """The rectangle of all (e, a) with e[0] <= e <= e[1], a[0] <= a <= a[1], exact."""

    e: tuple[Fraction, Fraction]
    a: tuple[Fraction, Fraction]

    def quarters(self) -> list["Cell"]:
        """The four quarters."""
        halves = [((low, (low + high) / 2), ((low + high) / 2, high)) for low, high in (self.e, self.a)]
        return [Cell(x, y) for x in halves[0] for y in halves[1]]


def cells(columns: Floats, rows: Floats) -> list[Cell]:
    """The cells of the grid with these centres, row by row; borders are half-way between centres, none below 0."""
    x, y = _borders(columns), _borders(rows)
    return [Cell((x[i], x[i + 1]), (y[j], y[j + 1])) for j in range(rows.size) for i in range(columns.size)]


def _borders(centres: Floats) -> list[Fraction]:
    at = [Fraction(float(c)) for c in centres]
    inner = [(left + right) / 2 for left, right in zip(at, at[1:], strict=False)]
    return [max(2 * at[0] - inner[0], Fraction(0)), *inner, 2 * at[-1] - inner[-1]]


def region(condition: Boolean, cell: Cell) -> str:
    """Whether the condition ``holds`` or ``fails`` on all of the cell, or is ``cut`` (both somewhere), or ``open``.

    Every answer but the last is certified by outward-rounded balls on finitely many rectangles.
    """
    tree: Tree = lower(condition)
    stack = [cell]
    seen: set[bool] = set()
    with balls.precision(BITS):
        for _ in range(MOST_BOXES):
            if not stack or len(seen) == 2:
                break
            box = stack.pop(0)
            truth = balls.decide(tree, {"e": balls.box(*box.e), "a": balls.box(*box.a)})
            if truth is None:
                stack += box.quarters()
            else:
                seen.add(truth)
    if len(seen) == 2:
        return "cut"
    return "open" if stack else "holds" if seen == {True} else "fails"


def at_point(conditions_: Mapping[str, Boolean], e_: float, a_: float) -> dict[str, bool]:
    """The truth of each condition at a point, exactly."""
    point = {e: Rational(Fraction(e_)), a: Rational(Fraction(a_))}
    return {name: bool(condition.subs(point)) for name, condition in conditions_.items()}


def unit_level(setting: Setting, count: int, strength: float, epsilon: float) -> float:
    """The correlation at which one filter alone has F_i = 1 on patches of the strength that epsilon leaves.

    count s((strength - epsilon) level) = 1; infinite if epsilon >= strength.
    """
    if epsilon >= strength:
        return float("inf")
    q, rho = setting.q, setting.rho
    inner = (q * rho ** (q - 1) / count) ** (1 / q)
    return float((inner if inner <= rho else 1 / count + (1 - 1 / q) * rho) / (strength - epsilon))


def race_time(setting: Setting, count: int, strength: float, epsilon: float, start: ArrayLike) -> Floats:
    r"""Steps that a leading filter alone needs from ``start`` (any shape) to the level of `unit_level`.

    .. math:: T = \int \frac{dX}{\frac\eta k(1-\frac1k)\,n\,y\,s'(yX)},\quad
              y = x - \min(\varepsilon, \tilde\eta\,s'(xX)X)

    with n = ``count`` patches of strength x, of which the ascent leaves y while 1 - logit_i is 1 - 1/k. Infinite from
    a start <= 0, or if the level is out of reach; 0 from a start beyond it.
    """
    from scipy.integrate import cumulative_trapezoid

    x, level = np.asarray(start, dtype=np.float64), unit_level(setting, count, strength, epsilon)
    if not np.isfinite(level):
        return np.full(x.shape, np.inf)
    X = level * np.geomspace(LEAST, 1, POINTS)
    y = strength - np.minimum(epsilon, setting.eta_tilde * slope(setting, strength * X) * X)
    rate = setting.eta / setting.k * (1 - 1 / setting.k) * count * y * slope(setting, y * X)
    logs = np.log(X)
    # Summed from the level down: the time from the smallest correlation is so long that differences of it are noise.
    left = -cumulative_trapezoid((X / rate)[::-1], logs[::-1], initial=0)[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.interp(np.log(x), logs, left)
    return np.where(x > 0, found, np.inf)


def winner(setting: Setting, alpha: float, epsilon: float, A_0: ArrayLike, B_0: ArrayLike) -> NDArray[np.int64]:
    """What a class with max_r A(0) = A_0, max_r B(0) = B_0 learns first within T steps: a number of `OUTCOMES`."""
    T_A = race_time(setting, setting.n_R, alpha, epsilon, A_0)
    T_B = race_time(setting, setting.n_N, setting.beta, epsilon, B_0)
    return first(T_A, T_B, setting.T)


def first(T_A: ArrayLike, T_B: ArrayLike, T: int) -> NDArray[np.int64]:
    """The outcome from the times at which the two features reach F_i = 1; infinite or beyond T: not at all."""
    A, B = np.asarray(T_A, dtype=np.float64), np.asarray(T_B, dtype=np.float64)
    robust, other = (A < B) & (A <= T), (B <= A) & (B <= T)
    return np.where(robust, ROBUST_FIRST, np.where(other, NON_ROBUST_FIRST, NOTHING))
