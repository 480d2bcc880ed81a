"""Noise along runs by the formulas of Appendix E: coefficients Phi on noise vectors, and what a step adds to them."""

from dataclasses import replace

import numpy as np
from theorycheck_simulations.data import Dataset, sample
from theorycheck_simulations.setting import Setting

from .ascent_updates import Path, network_path
from .updates import Compared, Floats, scaled, trained


def noise(data: Dataset) -> Floats:
    """xi_{n,p} (N, P, d): the patches without their features."""
    return data.without("robust").without("non-robust").X


def correlations(W: Floats, xi: Floats) -> Floats:
    """<w_{i,r}, xi_{n,p}> (k, m, N, P) of weights W (k, m, d)."""
    k, m, d = W.shape
    return np.asarray((W.reshape(k * m, d) @ xi.reshape(-1, d).T).reshape(k, m, *xi.shape[:2]))


def on_features(data: Dataset, phi: Floats) -> Floats:
    """sum Phi_{n,p} times the feature of patch p of point n, (k, m, d), for Phi (k, m, N, P)."""
    return np.asarray(np.einsum("irnp,npd->ird", phi, data.X - noise(data)))


def on_noise(data: Dataset, phi: Floats) -> Floats:
    """sum Phi_{n,p} xi_{n,p}, (k, m, d)."""
    return np.asarray(np.einsum("irnp,npd->ird", phi, noise(data)))


def decomposed(setting: Setting, seed: int) -> list[Compared]:
    """Lemma E.2: W(T) - W(0) against its part along the features plus sum Phi xi."""
    data = sample(setting, seed, patches="random")
    run = trained(data, seed, psi=True)
    assert run.psi is not None
    return [scaled(on_features(data, run.psi) + on_noise(data, run.psi), run.W - run.W0)]


def path_of(setting: Setting, seed: int, adversarial: bool) -> Path:
    """A run at level 2, step by step."""
    return network_path(setting if adversarial else setting.replace(epsilon=0.0), seed)


def decomposed_under_attack(setting: Setting, seed: int) -> list[Compared]:
    """Lemma E.9: besides, the moves x~ - x of every step with the step's coefficients; Phi as training sums it."""
    path = path_of(setting, seed, True)
    assert path.data is not None
    run = trained(path.data, seed, adversarial=True, psi=True)
    assert run.psi is not None
    moves = np.einsum("tirnp,tnpd->ird", path.psi, path.moved - path.X)
    return [scaled(on_features(path.data, run.psi) + on_noise(path.data, run.psi) + moves, run.W - run.W0)]


def phi_steps(setting: Setting, seed: int, adversarial: bool) -> list[Compared]:
    """Lemmas E.4 and E.10 at every step: what Phi gains, and what <w, xi> gains."""
    path = path_of(setting, seed, adversarial)
    assert path.data is not None
    one = replace(path.data, setting=path.setting.replace(T=1))
    seen = []
    for W in path.W[:-1]:
        step = trained(one, W0=W, adversarial=adversarial, psi=True)
        seen.append(step.psi)
    xi = noise(path.data).reshape(-1, setting.d)
    n, k, m, _ = path.W[:-1].shape
    # By the overlaps <x~_{n',p'}, xi_{n,p}> of training patches with noise, not by the weights.
    overlap = path.moved.reshape(n, -1, setting.d) @ xi.T
    gained = path.psi.reshape(n, k * m, -1) @ overlap
    moved = np.diff(path.W, axis=0).reshape(n, k * m, -1) @ xi.T
    return [scaled(path.psi, np.array(seen)), scaled(gained, moved)]
