"""The accuracy on the training samples D of a network trained on perturbed noise: a law in closed form, heuristic.

Setting: N samples x_k and N' noise points of one law with independent coordinates of mean 0 and variance sigma^2,
labels y_k and y'_n independent and uniform, x'_n = noise_n + eta_n with y'_n eta_n of length L in a direction h whose
cosine with q = sum_k y_k x_k is rho. The network that learns from the x'_n is taken to decide by sgn <q', .> with equal
multipliers, q' = sum_n y'_n x'_n. At a training sample x_k,

- T_1 = sum_n y'_n <noise_n, x_k> has mean 0 and variance N' sigma^2 ||x_k||^2 = N' d sigma^4;
- T_2 = N' L <h, x_k>, where y_k <q/||q||, x_k> has mean sigma sqrt(d/N) and variance sigma^2, the first from the
  sample's own part of q, the second from the other N - 1; what h has besides rho q/||q|| adds the same variance sigma^2
  for each unit of its squared length.

So y_k T_2 / sd(T_1) = s + L sqrt(N'/d)/sigma xi with s = L rho/sigma sqrt(N'/N) and xi standard normal, and with T_1 as
another normal

    Pr(y_k (T_1 + T_2) > 0) = Phi(s / sqrt(1 + L^2 N'/(sigma^2 d))),   L^2 N'/(sigma^2 d) = s^2 N/(rho^2 d).

It is .5 for L = 0 or rho = 0, grows with N', and tends to Phi(rho sqrt(d/N)). Norms are replaced by their means and the
sums taken as normal, which needs d >= N at the least. Nothing here uses (ORTH).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]


def ratio(length: ArrayLike, rho: ArrayLike, d: ArrayLike, N: ArrayLike, N_adv: ArrayLike,
          variance: ArrayLike) -> Floats:
    """s / sqrt(1 + L^2 N'/(sigma^2 d)), elementwise; NaN outside L, N' >= 0, |rho| <= 1, d, N, sigma^2 > 0."""
    L, c, dim, n, n_adv, s2 = np.broadcast_arrays(*(np.asarray(v, float) for v in (length, rho, d, N, N_adv, variance)))
    allowed = (L >= 0) & (np.abs(c) <= 1) & (dim > 0) & (n > 0) & (n_adv >= 0) & (s2 > 0)
    with np.errstate(all="ignore"):
        power = L * L * n_adv / s2
        return np.where(allowed, c * np.sqrt(power / n) / np.sqrt(1 + power / dim), np.nan)


def accuracy(length: ArrayLike, rho: ArrayLike, d: ArrayLike, N: ArrayLike, N_adv: ArrayLike,
             variance: ArrayLike) -> Floats:
    """Phi of `ratio`: the predicted share of the N training samples that come out right."""
    return np.asarray(ndtr(ratio(length, rho, d, N, N_adv, variance)))


def saturation(rho: ArrayLike, d: ArrayLike, N: ArrayLike) -> Floats:
    """Phi(rho sqrt(d/N)), the limit for N' -> infinity."""
    return np.asarray(ndtr(np.asarray(rho, float) * np.sqrt(np.asarray(d, float) / np.asarray(N, float))))


def applies(d: int, N: int) -> bool:
    """Whether the law is meant for the sizes: d >= N. With fewer dimensions than samples the first network is strongly
    nonlinear, and no single direction stands for what it learnt."""
    return d >= N
