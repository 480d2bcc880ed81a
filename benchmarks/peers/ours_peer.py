"""Ours, through the public façades."""

from collections.abc import Callable

import numpy as np
from theorycheck_simulations.data import Dataset
from theorycheck_simulations.network import train_network, train_networks
from theorycheck_simulations.reduced import train_reduced_many
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.threats.model import boxes, points_of
from theorycheck_simulations.threats.moves import TRY, Attack, Net

from ..problem import ALPHA, BETA, RHO, Floats, Problem, Q

Run = Callable[[int], Floats]


def setting_of(given: Problem, steps: int) -> Setting:
    """The problem as a setting."""
    s = given.size
    return Setting(k=s.k, d=s.d, n_R=s.n_R, n_N=s.P - s.n_R, m=s.m, N=max(1, given.y.size), alpha=ALPHA, beta=BETA, q=Q,
                   rho=RHO, sigma_n=given.noise, eta=given.eta, T=steps, epsilon=given.epsilon,
                   eta_tilde=given.eta_tilde)


def data_of(given: Problem, steps: int) -> Dataset:
    """The problem as a data set."""
    robust = np.zeros(given.X.shape[:2], dtype=np.bool_)
    robust[:, : given.size.n_R] = True
    return Dataset(setting_of(given, steps), given.X, given.y, robust)


def trained(given: Problem, steps: int) -> Floats:
    """W (runs, k, m, d) after so many steps."""
    data, adversarial = data_of(given, steps), given.case != "standard"
    if given.case == "batched":
        return np.stack([run.W for run in train_networks(data, W0=given.W, adversarial=adversarial)])
    return train_network(data, W0=given.W[0], adversarial=adversarial).W[None]


def attacker(given: Problem) -> Run:
    """What `threats.attack` calls to search; its evaluation of what was found is not timed."""
    points = points_of(data_of(given, 1))
    net = Net(points, given.W[0], boxes(points, "linf", given.epsilon))

    def attacked(steps: int) -> Floats:
        one = Attack("sign steps on the loss", "gradient", "loss", steps=steps)
        end: Floats = TRY[one.kind](net, one, np.random.default_rng(0)).X
        return end

    return attacked


def reduced(given: Problem, steps: int) -> Floats:
    """A, B (trajectories, k, m, 2) after so many steps."""
    setting = setting_of(given, steps)
    runs = train_reduced_many(setting, A0=given.W[..., 0], B0=given.W[..., 1])
    return np.stack([runs.A, runs.B], axis=-1)


def build(given: Problem, threads: int) -> Run:
    """Takes steps from the start and returns what there is after them."""
    if given.case == "pgd-20":
        return attacker(given)
    if given.case == "reduced":
        return lambda steps: reduced(given, steps)
    return lambda steps: trained(given, steps)
