"""Level 1 under attack in Arb balls, in all d coordinates, at the current precision.

Every constant is the exact value of the setting's float; the start is rational. A ball that straddles an end of a piece
is taken through the union of both pieces, which encloses the value because s, s' and the clip are continuous and
monotone; how often that happened is counted.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce

import numpy as np
from flint import arb, arb_mat, fmpq

from ..data import initial_weights
from ..population import noiseless
from ..setting import BadSetting, Setting

GRID = 20  # the start is a multiple of 2^-20
Units = tuple[int, ...]
Row = list[arb]

_ZERO, _ONE = arb(0), arb(1)


def rational_start(setting: Setting, seed: int) -> Units:
    """The initial weights of ``seed`` rounded to multiples of 2^-20, in these units, ordered as W (k, m, d)."""
    return tuple(int(u) for u in np.rint(np.ldexp(initial_weights(setting, seed), GRID)).ravel())


def matrix(setting: Setting, values: list[arb]) -> arb_mat:
    """The weights as a matrix (k m, d), from a flat list ordered as W (k, m, d)."""
    return arb_mat(setting.k * setting.m, setting.d, values)


def exact_weights(setting: Setting, units: Units) -> arb_mat:
    """The start as exact balls."""
    return matrix(setting, [arb(fmpq(u, 2**GRID)) for u in units])


@dataclass
class Dynamics:
    """Training at a setting; with epsilon = 0 or eta~ = 0 it is standard training.

    ``straddles`` counts the pre-activations so far whose ball did not decide between the pieces of s, and the
    perturbations that did not decide between the pieces of the clip.

    Raises `BadSetting` for noise, and for anything but one ascent step on -F_y with the paper's activation.
    """

    setting: Setting
    straddles: int = 0
    _rho: arb = field(init=False)
    _strength: tuple[arb, arb] = field(init=False)

    def __post_init__(self) -> None:
        s = self.setting
        noiseless(s)
        for name, allowed in (("activation", "smoothed-relu"), ("objective", "label"), ("ascent_steps", 1)):
            if getattr(s, name) != allowed:
                raise BadSetting(f"{name} = {getattr(s, name)}: not enclosed in balls (allowed: {allowed})")
        self._rho, self._strength = arb(s.rho), (arb(s.alpha), arb(s.beta))

    def activation(self, z: arb) -> tuple[arb, arb]:
        """s(z) and s'(z) = clamp(z/rho, 0, 1)^(q-1)."""
        rho, q = self._rho, self.setting.q
        if z <= _ZERO:
            return _ZERO, _ZERO
        if z >= rho:
            return z - rho + rho / q, _ONE
        t = z / rho
        decided = z >= _ZERO and z <= rho
        if not decided:
            self.straddles += 1
            t = t.max(_ZERO).min(_ONE)
        slope = t
        for _ in range(q - 2):
            slope = slope * t
        value = slope * t * rho / q
        return (value, slope) if decided else (value + (z - rho).max(_ZERO), slope)

    def examples(self, W: arb_mat) -> arb_mat:
        """X~ (2k, d): rows 2j and 2j + 1 are the patches alpha u_j and beta v_j under the attack.

        x~ = x - clip(eta~ sum_r s'(<w_{j,r}, x>) w_{j,r}, -epsilon, epsilon) in every coordinate.
        """
        s = self.setting
        epsilon, step = arb(s.epsilon), arb(s.eta_tilde)
        attacked = s.epsilon > 0 and s.eta_tilde > 0
        values, rows = W.entries(), []
        for j in range(s.k):
            for p, strength in enumerate(self._strength):
                axis, row = p * s.k + j, [_ZERO] * s.d
                slopes = [(r * s.d, self.activation(strength * values[r * s.d + axis])[1])
                          for r in range(j * s.m, (j + 1) * s.m)]
                active = [(at, step * slope) for at, slope in slopes if attacked and not slope.is_zero()]
                if active:
                    gradient = arb_mat(1, len(active), [slope for _, slope in active]) * arb_mat(
                        len(active), s.d, [x for at, _ in active for x in values[at : at + s.d]])
                    row = [-self._clipped(g, epsilon) for g in gradient.entries()]
                row[axis] = row[axis] + strength
                rows.append(row)
        return arb_mat(rows)

    def outputs(self, W: arb_mat, X: arb_mat) -> tuple[list[Row], list[tuple[int, int, arb]]]:
        """F[j][i], output i on class j with the patches X (2k, d), and (f, c, n_p s'(<w_f, x_c>)) where s' is not 0."""
        s = self.setting
        F: list[Row] = [[_ZERO] * s.k for _ in range(s.k)]
        slopes = []
        for at, z in enumerate((W * X.transpose()).entries()):
            if not z <= _ZERO:
                f, c = divmod(at, 2 * s.k)
                value, slope = self.activation(z)
                count = s.n_N if c % 2 else s.n_R
                row = F[c // 2]
                row[f // s.m] = row[f // s.m] + count * value
                slopes.append((f, c, count * slope))
        return F, slopes

    def step(self, W: arb_mat) -> arb_mat:
        """One step: w_{i,r} += (eta/k) sum_j (1[i=j] - logit_i(X~_j)) sum_p n_p s'(<w_{i,r}, x~_{j,p}>) x~_{j,p}."""
        s = self.setting
        X = self.examples(W)
        F, slopes = self.outputs(W, X)
        rate, pull = arb(s.eta) / s.k, []
        for j, row in enumerate(F):
            # 1/(1 + ...) with each variable once is narrower than a quotient of two sums; 1 - logit_j is the sum of the
            # others, so that nothing cancels.
            share = [1 / (1 + sum(((g - f).exp() for l, g in enumerate(row) if l != i), _ZERO))
                     for i, f in enumerate(row)]
            gap = [-p for p in share]
            gap[j] = sum((p for i, p in enumerate(share) if i != j), _ZERO)
            pull.append([rate * g for g in gap])
        coefficients = [[_ZERO] * (2 * s.k) for _ in range(s.k * s.m)]
        for f, c, slope in slopes:
            coefficients[f][c] = pull[c // 2][f // s.m] * slope
        moved: arb_mat = W + arb_mat(coefficients) * X
        return moved

    def _clipped(self, g: arb, epsilon: arb) -> arb:
        size = abs(g)
        if size <= epsilon:
            return g
        if size >= epsilon:
            return epsilon if g > _ZERO else -epsilon
        self.straddles += 1
        return g.max(-epsilon).min(epsilon)


def correlations(setting: Setting, W: arb_mat) -> tuple[list[Row], list[Row]]:
    """A[i][r] = <w_{i,r}, u_i> and B[i][r] = <w_{i,r}, v_i>."""
    s, values = setting, W.entries()
    A, B = ([[values[f * s.d + p * s.k + i] for f in range(i * s.m, (i + 1) * s.m)] for i in range(s.k)]
            for p in range(2))
    return A, B


def exact(value: float | Fraction) -> arb:
    """A rational as the tightest ball at the current precision; a float is taken at its exact value."""
    known = Fraction(value)
    return arb(fmpq(known.numerator, known.denominator))


def maximum(balls: list[arb]) -> arb:
    """An enclosure of the largest."""
    return reduce(arb.max, balls)
