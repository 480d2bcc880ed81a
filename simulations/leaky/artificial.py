"""The artificial experiment: does a network trained on perturbed noise classify the samples it has never seen?

In each run (i) N random samples D with random labels train a classifier; (ii) N' noise points of the same law with
random target labels train a network of their own, the control; (iii) the noise points, attacked towards their targets
against the classifier, train another one. What counts is the accuracy of (ii) and (iii) on D. Source: the authors'
released code (artificial.py, utils/attacks.py).

D, the noise points, their targets and the starting weights have streams of their own, keyed by what they are, so that a
cell's numbers do not depend on the other cells; cells that share a classifier or a control train it once. Labels are
drawn again until both classes occur, except where there is one point only.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

import numba
import numpy as np

from theorycheck.seeds import stream

from ..parameters import BadSetting, available_bytes
from ..status import Status
from . import kkt
from .attacks import pgd
from .blas import single_threaded
from .samples import MODES, Floats, Integers, both_classes, draw
from .setting import Setting
from .train import Trained, initial_uniform, train_plain

BLOCK = 1000  # rows of a Gram matrix at a time
NAN = float("nan")


@dataclass(frozen=True)
class Seen:
    """One run of one cell.

    Args:
        accuracy, control: on D, of the networks trained on perturbed and on plain noise; an output 0 is wrong.
        trained: shares of their own training points that classifier, control and the last network have right.
        losses: their final mean losses.
        length, rho: of the mean of y'_n eta_n, and its cosine with sum_k y_k x_k; NaN where it is 0.
        orth: p_max over what (ORTH) allows, of D and of the perturbed points; above 1 the theorem does not apply.
        finite: whether all three trainings stayed finite; if not, no number counts.
    """

    accuracy: float
    control: float
    trained: tuple[float, float, float]
    losses: tuple[float, float, float]
    length: float
    rho: float
    orth: tuple[float, float]
    finite: bool


FAILED = Seen(NAN, NAN, (NAN, NAN, NAN), (NAN, NAN, NAN), NAN, NAN, (NAN, NAN), False)


@dataclass(frozen=True)
class _Task:
    """What shares a classifier: the cells, by number, and which run it is."""

    cells: tuple[tuple[int, Setting], ...]
    run: int


def run_cells(cells: Sequence[Setting], runs: int, seed: int,
              progress: Callable[[int, int], None] | None = None) -> list[list[Seen]]:
    """``runs`` runs of every cell, on as many threads as numba has; with OpenBLAS their number changes no bit.

    Each cell has mode ``uniform`` or ``gauss``. ``progress`` is told the runs of cells done, and all of them.

    Raises:
        BadSetting: for a cell that the protocol has no meaning for, or that does not fit into memory.
    """
    for cell in cells:
        _check(cell)
    groups: dict[Setting, list[tuple[int, Setting]]] = {}
    for number, cell in enumerate(cells):
        groups.setdefault(_standard(cell), []).append((number, cell))
    # The largest groups first, so that no thread is left alone with one at the end.
    order = sorted(groups.values(), key=lambda group: -sum(c.N_adv * c.d for _, c in group))
    tasks = [_Task(tuple(group), run) for group in order for run in range(runs)]
    found: list[list[Seen | None]] = [[None] * runs for _ in cells]
    lock, done = Lock(), 0

    def work(task: _Task) -> None:
        nonlocal done
        for number, seen in _run(task, seed):
            with lock:
                found[number][task.run] = seen
                done += 1
                if progress is not None:
                    progress(done, len(cells) * runs)

    with single_threaded() as confirmed:
        # With another BLAS, which keeps its threads, runs at least do not compete for them.
        most: int = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]
        workers = _fitting(cells, most if confirmed else 1)
        with ThreadPoolExecutor(workers) as pool:
            try:
                for _ in pool.map(work, tasks):
                    pass
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    return [[seen for seen in row if seen is not None] for row in found]


def bytes_of(cell: Setting) -> int:
    """Memory that one run of a cell takes at its largest, roughly: points, their copies in training and attack."""
    item = 4 if cell.precision == "float32" else 8
    n = max(cell.N, cell.N_adv)
    inside = n * n * (8 + item) if cell.d >= n else 0  # the Gram matrix that is trained with
    return n * cell.d * (5 * 8 + 8 * item) + inside + 6 * item * cell.m * (n + cell.d)


def _fitting(cells: Sequence[Setting], most: int) -> int:
    """How many runs fit into memory at once.

    Raises:
        BadSetting: if one alone does not.
    """
    needed, limit = max((bytes_of(cell) for cell in cells), default=1), available_bytes()
    if needed > limit:
        raise BadSetting(f"bytes = {needed}: more than the memory available (allowed: at most {limit}; "
                         "lower N_adv, N, d or m)")
    return max(1, min(most, limit // needed))


def _check(cell: Setting) -> None:
    if cell.mode not in MODES:
        raise BadSetting(f"mode = {cell.mode}: one kind of data for each cell (allowed: {', '.join(MODES)})")
    if not isinstance(cell.epsilon, float):
        raise BadSetting(f"epsilon = {cell.epsilon}: the gradient attack needs a size (allowed: finite number > 0)")
    if cell.norm == "l0" and math.floor(cell.d * cell.ratio) < 1:
        raise BadSetting(f"ratio = {cell.ratio}: no pixel of {cell.d} (allowed: 1/d to 1)")
    if cell.data:
        raise BadSetting(f"data = {cell.data}: the samples are random here (allowed: none)")


def _standard(cell: Setting) -> Setting:
    """The cell without what its classifier does not depend on."""
    return cell.model_copy(update={"N_adv": 1, "epsilon": 1.0, "norm": "l2", "ratio": 1.0, "attack_steps": 1})


def _points(cell: Setting, n: int, seed: int, part: str, run: int) -> tuple[Floats, Integers]:
    """n points and labels, keyed by kind, size and run."""
    rng = stream(seed, "artificial", part, cell.mode, n, cell.d, run)
    return draw(cell.mode, n, cell.d, rng), both_classes(n, rng)


def _train(cell: Setting, X: Floats, y: Integers, seed: int, part: str, run: int) -> Trained:
    """Full-batch gradient descent on the mean exponential loss from weights U(+-d^(-1/2))."""
    W0 = initial_uniform(cell.m, cell.d, stream(seed, "artificial", part, cell.m, cell.d, run))
    return train_plain(X, y, cell.gamma, cell.m, W0, "exponential", cell.eta, cell.momentum, cell.steps,
                       cell.precision)  # fmt: skip


def _perturbed(cell: Setting, classifier: Trained, noise: Floats, targets: Integers) -> Floats:
    """The noise points attacked towards their targets; uniform ones stay in [-1, 1]."""
    assert isinstance(cell.epsilon, float)
    low, high = (-1.0, 1.0) if cell.mode == "uniform" else (None, None)
    return pgd(classifier.W, noise, targets, cell.gamma, cell.norm, cell.epsilon, cell.attack_steps, cell.ratio, low,
               high, cell.precision)  # fmt: skip


def _run(task: _Task, seed: int) -> Iterator[tuple[int, Seen]]:
    first = task.cells[0][1]
    X, y = _points(first, first.N, seed, "samples", task.run)
    classifier = _train(first, X, y, seed, "classifier", task.run)
    q, own = y @ X, orth_ratio(X, first.gamma)
    for size in sorted({cell.N_adv for _, cell in task.cells}):
        noise, targets = _points(first, size, seed, "noise", task.run)
        control = _train(first, noise, targets, seed, "control", task.run)
        for number, cell in task.cells:
            if cell.N_adv != size:
                continue
            if classifier.status != Status.OK:
                yield number, FAILED
                continue
            points = _perturbed(cell, classifier, noise, targets)
            learnt = _train(cell, points, targets, seed, "perturbed", task.run)
            yield number, _seen(cell, (classifier, control, learnt), (X, y), targets @ (points - noise) / size, q,
                                (own, orth_ratio(points, cell.gamma)))  # fmt: skip


def _seen(cell: Setting, nets: tuple[Trained, Trained, Trained], samples: tuple[Floats, Integers], direction: Floats,
          q: Floats, orth: tuple[float, float]) -> Seen:
    if any(net.status != Status.OK for net in nets):
        return FAILED
    classifier, control, learnt = nets
    trained, losses = ((one(classifier), one(control), one(learnt)) for one in (_trained, _loss))
    length = float(np.linalg.norm(direction))
    scale = length * float(np.linalg.norm(q))
    rho = float(direction @ q) / scale if scale > 0 else NAN
    X, y = samples
    return Seen(accuracy(learnt, X, y, cell.gamma), accuracy(control, X, y, cell.gamma), trained, losses, length, rho,
                orth, True)  # fmt: skip


def _trained(net: Trained) -> float:
    return float((net.margins > 0).mean())


def _loss(net: Trained) -> float:
    return net.loss


def accuracy(net: Trained, X: Floats, y: Integers, gamma: float) -> float:
    """The share of samples with y f(x) > 0."""
    return float((y * kkt.output(net.W, X, gamma) > 0).mean())


def orth_ratio(X: Floats, gamma: float) -> float:
    """p_max over gamma^3 R_min^4/(3 N R_max^2), block by block; 0 for one point."""
    squared = np.einsum("nx,nx->n", X, X).astype(np.float64)
    largest = 0.0
    for start in range(0, X.shape[0], BLOCK):
        G = np.abs(X[start : start + BLOCK] @ X.T)
        rows = np.arange(G.shape[0])
        G[rows, start + rows] = 0
        largest = max(largest, float(G.max()))
    allowed = gamma**3 * squared.min() ** 2 / (3 * X.shape[0] * squared.max())
    return largest / float(allowed)


def law_inputs(cell: Setting, seen: Sequence[Seen]) -> tuple[float, float]:
    """Length and cosine that the law takes: epsilon and 1 for L2, the measured means over runs for other norms."""
    if cell.norm == "l2":
        return float(cell.epsilon), 1.0
    length, rho = (np.array([getattr(one, name) for one in seen], dtype=np.float64) for name in ("length", "rho"))
    return float(length.mean()), float(rho.mean())


def means(seen: Sequence[Sequence[Seen]], name: str) -> Floats:
    """(cells, runs) one number of every run."""
    return np.array([[getattr(one, name) for one in row] for row in seen], dtype=np.float64)
