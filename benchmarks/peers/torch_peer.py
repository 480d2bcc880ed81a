"""PyTorch: autograd (eager or compiled), or gradients by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from ..problem import RHO, Floats, Problem, Q

Run = Callable[[int], Floats]


def outputs(X: Any, W: Any) -> Any:
    """F (N, k) of X (N, P, d), W (k, m, d)."""
    k, m, d = W.shape
    z = X.reshape(-1, d) @ W.reshape(k * m, d).T
    t = torch.clamp(z / RHO, 0.0, 1.0)
    value = t * t * t * (RHO / Q) + torch.relu(z - RHO)
    return value.reshape(X.shape[0], X.shape[1], k, m).sum(dim=(1, 3))


def own(X: Any, W: Any, y: Any) -> Any:
    """sum_n F_y(X_n)."""
    return outputs(X, W).gather(1, y[:, None]).sum()


def loss(X: Any, W: Any, y: Any, reduction: str) -> Any:
    """The cross-entropy, its mean or sum over the points."""
    return cross_entropy(outputs(X, W), y, reduction=reduction)


def by_hand(X: Any, y: Any, W: Any) -> tuple[Any, Any]:
    """D (N P, K) with -N grad = D^T X, and the filters (K, d)."""
    (N, P, d), (k, m, _) = X.shape, W.shape
    filters = W.reshape(k * m, d)
    z = X.reshape(N * P, d) @ filters.T
    t = torch.clamp(z / RHO, 0.0, 1.0)
    slope = t * t
    value = slope * t * (RHO / Q) + torch.relu(z - RHO)
    p = torch.softmax(value.reshape(N, P, k * m).sum(dim=1).reshape(N, k, m).sum(dim=2), dim=1)
    p.scatter_(1, y[:, None], 0.0)
    others = p.sum(dim=1, keepdim=True)
    gap = (-p).scatter_(1, y[:, None], others)
    D = slope.reshape(N, P, k * m) * gap.repeat_interleave(m, dim=1)[:, None, :]
    return D.reshape(N * P, k * m), filters


class Steps:
    """One problem as tensors."""

    def __init__(self, given: Problem, kind: str) -> None:
        self.given, self.kind = given, kind
        self.X, self.y = torch.from_numpy(given.X), torch.from_numpy(given.y)
        # Whole graphs of forward and backward; what stands between them is not worth one.
        self.own: Any = torch.compile(own) if kind == "compile" else own
        self.loss: Any = torch.compile(loss) if kind == "compile" else loss

    def examples(self, W: Any) -> Any:
        """X + clip_eps(-eta~ grad F_y)."""
        given = self.given
        if self.kind == "hand":
            moves = []
            for i, rows in enumerate(given.rows()):
                part = self.X[rows].reshape(-1, given.size.d)
                t = torch.clamp((part @ W[i].T) / RHO, 0.0, 1.0)
                moves.append((t * t) @ W[i])
            g = torch.cat(moves).reshape(self.X.shape)
        else:
            X = self.X.detach().requires_grad_(True)
            (g,) = torch.autograd.grad(self.own(X, W.detach(), self.y), X)
        return self.X + (-given.eta_tilde * g).clamp_(-given.epsilon, given.epsilon)

    def trained(self, start: Floats, steps: int, adversarial: bool) -> Floats:
        """W after so many steps."""
        W = torch.from_numpy(start.copy())
        for _ in range(steps):
            X = self.examples(W) if adversarial else self.X
            if self.kind == "hand":
                D, _ = by_hand(X, self.y, W)
                step = -(D.T @ X.reshape(D.shape[0], -1)).reshape(W.shape) / self.given.y.size
            else:
                W = W.detach().requires_grad_(True)
                (step,) = torch.autograd.grad(self.loss(X, W, self.y, "mean"), W)
            W = W.detach() - self.given.eta * step
        return np.asarray(W.numpy())

    def attacked(self, steps: int) -> Floats:
        """The points after so many sign steps on the loss."""
        given, X, W = self.given, self.X.clone(), torch.from_numpy(self.given.W[0])
        low, high = self.X - given.epsilon, self.X + given.epsilon
        for _ in range(steps):
            if self.kind == "hand":
                D, filters = by_hand(X, self.y, W)
                g = -(D @ filters).reshape(X.shape)
            else:
                X = X.detach().requires_grad_(True)
                (g,) = torch.autograd.grad(self.loss(X, W, self.y, "sum"), X)
            X = torch.clamp(X.detach() + given.stride(steps) * torch.sign(g), low, high)
        return np.asarray(X.numpy())


def build(given: Problem, threads: int, kind: str = "eager") -> Run:
    """Takes steps from the start and returns what there is after them; kind: eager, compile or hand."""
    if torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
    steps_of = Steps(given, kind)
    if given.case == "pgd-20":
        return steps_of.attacked
    adversarial = given.case != "standard"
    return lambda steps: np.stack([steps_of.trained(W, steps, adversarial) for W in given.W])
