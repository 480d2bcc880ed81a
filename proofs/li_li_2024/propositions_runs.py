"""Forward passes of the two explicit networks under the perturbations of Section 3."""

import numpy as np
from theorycheck_simulations.accuracy import population_accuracy, population_attack_accuracy
from theorycheck_simulations.data import features
from theorycheck_simulations.network import network_outputs
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.seeds import stream


def s(z: float, setting: Setting) -> float:
    """The activation."""
    q, rho = setting.q, setting.rho
    return 0.0 if z <= 0 else z**q / (q * rho ** (q - 1)) if z <= rho else z - (1 - 1 / q) * rho


def pairs(found: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Predicted and measured values."""
    predicted, measured = np.array(found).T
    return predicted, measured


def _settings(context: Context) -> list[Setting]:
    own = context.setting.replace(sigma_n=0.0, J_R=None, J_NR=None, N=1)
    own = own.replace(
        k=min(own.k, 8),
        d=max(2 * min(own.k, 8), min(own.d, 20)),
        n_R=min(own.n_R, 9),
        n_N=min(own.n_N, 200),
        m=min(own.m, 9),
    )
    return [own, *(own.replace(q=q, n_R=1 + q % 3, n_N=5 * q, rho=own.rho * (q - 2)) for q in (3, 4, 5, 6))]


def _net(setting: Setting, axes: np.ndarray, gamma: float) -> np.ndarray:
    return np.repeat(gamma * axes[:, None, :], setting.m, axis=1)


def _clean(setting: Setting, label: int) -> np.ndarray:
    u, v = features(setting)
    return np.concatenate(
        [np.tile(setting.alpha * u[label], (setting.n_R, 1)), np.tile(setting.beta * v[label], (setting.n_N, 1))]
    )


def non_robust(context: Context) -> Measurement:
    """w = gamma v_i: clean accuracy 1, accuracy 0 under the attack, and the outputs of the attack."""
    accuracy, outputs = [], []
    for setting in _settings(context):
        u, v = features(setting)
        for gamma in (0.05, 0.5, 5.0):
            W, epsilon = _net(setting, v, gamma), setting.beta * 1.25
            accuracy += [(1.0, population_accuracy(setting, W)), (0.0, population_attack_accuracy(setting, W, epsilon))]
            X = _clean(setting, 0)
            X[setting.n_R :] += epsilon * v[1] - setting.beta * v[0]
            F = network_outputs(setting, W, X[None])[0]
            outputs += [(0.0, F[0]), (setting.m * setting.n_N * s(gamma * epsilon, setting), F[1])]
    found = Agreement("accuracy, clean and attacked", *pairs(accuracy), 0.0, absolute=True)
    # Sums of m P equal terms: each addition is off by 2^-53.
    return Measurement(
        (found, Agreement("F_y and F_y' under the attack", *pairs(outputs), 1e-10)),
        {"networks": len(accuracy) // 2},
    )


def criterion(context: Context) -> Measurement:
    """w = gamma u_i: no random perturbation beats the criterion's margin, and the worst one attains it."""
    slack, ends = [], []
    trials = context.profile.pick(20, 60, 600)
    for index, setting in enumerate(_settings(context)):
        u, _ = features(setting)
        for gamma in (0.1, 1.0, 10.0):
            rng = stream(context.seed, "proposition-3.2-criterion", index, str(gamma))
            W, X, epsilon = _net(setting, u, gamma), _clean(setting, 0), 0.4 * setting.alpha
            margin = setting.n_R * s(gamma * (setting.alpha - epsilon), setting) - setting.P * s(
                gamma * epsilon, setting
            )
            delta = rng.uniform(-epsilon, epsilon, (trials, *X.shape))
            corners = rng.random((trials, 1, 1)) < 0.5  # half of the perturbations are corners of the cube
            F = network_outputs(setting, W, X + np.where(corners, epsilon * np.sign(delta), delta)) / setting.m
            scale = setting.P * s(gamma * (setting.alpha + epsilon), setting)
            slack.append((F[:, [0]] - F[:, 1:] - margin).ravel() / scale)
            worst = np.zeros_like(X) + epsilon * u[1]
            worst[: setting.n_R] -= epsilon * u[0]
            F = network_outputs(setting, W, (X + worst)[None])[0] / setting.m
            ends.append((margin / scale, (F[0] - F[1]) / scale))
    below = Invariant("F_y - F_j under random perturbations, above the criterion", np.concatenate(slack), 1e-10)
    attained = Agreement("F_y - F_j under the worst perturbation", *pairs(ends), 1e-10, absolute=True)
    return Measurement((below, attained), {"perturbations": trials * len(ends), "networks": len(ends)})


def in_place(context: Context) -> Measurement:
    """w = gamma u_i under the worst perturbation in place, on both sides of alpha = 2 epsilon."""
    found = []
    for setting in _settings(context):
        u, v = features(setting)
        for gamma in (0.1, 1.0, 10.0):
            for share in (0.3, 0.45, 0.55, 0.9):
                epsilon, X = share * setting.alpha, _clean(setting, 0)
                X[: setting.n_R] += epsilon * (u[1] - u[0])
                X[setting.n_R :] += epsilon * (v[1] - v[0])
                F = network_outputs(setting, _net(setting, u, gamma), X[None])[0]
                found.append((float(share < 0.5), float(F[0] > F[1])))
    return Measurement(
        (Agreement("robust exactly if alpha > 2 epsilon", *pairs(found), 0.0, absolute=True),),
        {"cases": len(found)},
    )
