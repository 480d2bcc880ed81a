"""JAX: jit and grad in float64."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..problem import ALPHA, BETA, RHO, Floats, Problem, Q

Run = Callable[[int], Floats]
jax.config.update("jax_enable_x64", True)


def activation(z: Any) -> Any:
    """s(z)."""
    t = jnp.clip(z / RHO, 0.0, 1.0)
    return t * t * t * (RHO / Q) + jnp.maximum(z - RHO, 0.0)


def slope_of(z: Any) -> Any:
    """s'(z)."""
    t = jnp.clip(z / RHO, 0.0, 1.0)
    return t * t


def outputs(X: Any, W: Any) -> Any:
    """F (N, k) of X (N, P, d), W (k, m, d)."""
    (N, P, d), (k, m, _) = X.shape, W.shape
    return activation(X.reshape(N * P, d) @ W.reshape(k * m, d).T).reshape(N, P, k, m).sum(axis=(1, 3))


def own(X: Any, W: Any, y: Any) -> Any:
    """sum_n F_y(X_n)."""
    return jnp.take_along_axis(outputs(X, W), y[:, None], axis=1).sum()


def loss(X: Any, W: Any, y: Any) -> Any:
    """The sum of the cross-entropies."""
    return -jnp.take_along_axis(jax.nn.log_softmax(outputs(X, W)), y[:, None], axis=1).sum()


def reduced_step(k: int, n_R: int, n_N: int, eta: float, A: Any, B: Any) -> tuple[Any, Any]:
    """One step of the scalar recursions on A, B (R, k, m)."""
    F = n_R * activation(ALPHA * A).sum(axis=-1) + n_N * activation(BETA * B).sum(axis=-1)
    others = (k - 1) * jnp.exp(-F)
    rate = (eta / k * (others / (others + 1)))[..., None]
    return A + rate * n_R * ALPHA * slope_of(ALPHA * A), B + rate * n_N * BETA * slope_of(BETA * B)


def build(given: Problem, threads: int) -> Run:
    """Takes steps from the start and returns what there is after them."""
    size, y = given.size, jnp.asarray(given.y)
    if given.case == "reduced":
        count = size.k, size.n_R, size.P - size.n_R, given.eta
        many = jax.jit(lambda A, B, steps: jax.lax.fori_loop(0, steps, lambda _, AB: reduced_step(*count, *AB), (A, B)))
        A, B = jnp.asarray(given.W[..., 0]), jnp.asarray(given.W[..., 1])
        return lambda steps: np.stack([np.asarray(part) for part in many(A, B, steps)], axis=-1)
    X0 = jnp.asarray(given.X)

    def train(X: Any, W: Any) -> Any:
        if given.case != "standard":
            X = X + jnp.clip(-given.eta_tilde * jax.grad(own)(X, W, y), -given.epsilon, given.epsilon)
        return W - given.eta / given.y.size * jax.grad(loss, argnums=1)(X, W, y)

    def attack(X: Any, start: Any, W: Any, stride: float) -> Any:
        moved = X + stride * jnp.sign(jax.grad(loss)(X, W, y))
        return jnp.clip(moved, start - given.epsilon, start + given.epsilon)

    step, move = jax.jit(train), jax.jit(attack)

    def attacked(steps: int) -> Floats:
        X, W = X0, jnp.asarray(given.W[0])
        for _ in range(steps):
            X = move(X, X0, W, given.stride(steps))
        return np.asarray(X)

    def trained(steps: int) -> Floats:
        ends = []
        for start in given.W:
            W = jnp.asarray(start)
            for _ in range(steps):
                W = step(X0, W)
            ends.append(np.asarray(W))
        return np.stack(ends)

    return attacked if given.case == "pgd-20" else trained
