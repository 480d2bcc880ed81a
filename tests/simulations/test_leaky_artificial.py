"""The artificial experiment: the law's limits, the protocol's bits, and what the released code's steps must do."""

import numpy as np
import pytest
from theorycheck_simulations.leaky import artificial, blas, kkt, law
from theorycheck_simulations.leaky.artificial import Seen, run_cells
from theorycheck_simulations.leaky.samples import both_classes
from theorycheck_simulations.leaky.setting import Setting, setting_from
from theorycheck_simulations.parameters import BadSetting

from theorycheck.seeds import stream

SMALL = setting_from({"mode": "uniform", "d": 60, "N": 12, "N_adv": 30, "m": 6, "steps": 60, "attack_steps": 20})


def changed(**values: object) -> Setting:
    return setting_from({**SMALL.model_dump(), **values})


def reference(length: float, rho: float, d: int, N: int, N_adv: int, variance: float, draws: int = 200_000) -> float:
    """The law's model by sampling: Pr(s (1 + sqrt(N/d)/rho xi_1) + xi_2 > 0)."""
    xi = stream(0, "law").standard_normal((2, draws))
    s = length * rho * np.sqrt(N_adv / N / variance)
    return float(np.mean(s * (1 + np.sqrt(N / d) / rho * xi[0]) + xi[1] > 0))


@pytest.mark.parametrize("case", [(0.78, 1.0, 400, 40, 400, 1 / 3), (0.3, 0.5, 100, 100, 50, 1.0), (2, 0.2, 90, 30, 7, 1)])
def test_the_law_is_its_model(case: tuple[float, float, int, int, int, float]) -> None:
    assert law.accuracy(*case) == pytest.approx(reference(*case), abs=0.005)


def test_limits_of_the_law() -> None:
    assert law.accuracy(0.0, 1.0, 400, 40, 400, 1.0) == law.accuracy(1.0, 0.0, 400, 40, 400, 1.0) == 0.5
    assert law.accuracy(1.0, -0.3, 400, 40, 400, 1.0) == pytest.approx(1 - law.accuracy(1.0, 0.3, 400, 40, 400, 1.0))
    assert law.accuracy(1.0, 0.7, 50, 40, 10**14, 1.0) == pytest.approx(law.saturation(0.7, 50, 40), abs=1e-6)
    N_adv = np.array([1, 10, 100, 1000])
    found = law.accuracy(0.5, 0.8, 400, 40, N_adv, 1.0)
    assert (np.diff(found) > 0).all() and (found < law.saturation(0.8, 400, 40)).all()
    assert np.isnan(law.accuracy([-1, 1, 1, 1, np.nan], [1, 2, 1, 1, 1], [9, 9, 0, 9, 9], 3, [1, 1, 1, -1, 1], 1)).all()
    assert law.applies(40, 40) and not law.applies(39, 40)


def test_cells_do_not_depend_on_each_other_nor_on_their_order() -> None:
    cells = [changed(), changed(N_adv=8), changed(epsilon=0.3), changed(mode="gauss"), changed(norm="l0"), changed(N=20)]
    told: list[tuple[int, int]] = []
    found = run_cells(cells, 2, 5, lambda *pair: told.append(pair))
    assert told == [(n, 12) for n in range(1, 13)]
    order = [3, 5, 0, 4, 2, 1]
    again = run_cells([cells[i] for i in order], 2, 5)
    assert [again[order.index(i)] for i in range(6)] == found
    assert run_cells(cells[:1], 2, 5)[0] == found[0] and run_cells(cells[:1], 1, 5)[0] == found[0][:1]
    assert run_cells(cells[:1], 1, 6)[0] != found[0][:1]


def test_threads_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [changed(d=300, N=40, N_adv=200, m=20), changed(mode="gauss", N=80), changed(norm="linf", epsilon=0.1)]
    found = []
    for threads in (1, 2, 5):
        monkeypatch.setattr(artificial.numba.config, "NUMBA_NUM_THREADS", threads)
        found.append(run_cells(cells, 2, 0))
    assert found[0] == found[1] == found[2]


def test_blas_is_single_threaded_inside_only() -> None:
    before = [get() for _, get in blas._counters()]
    with blas.single_threaded() as confirmed:
        assert confirmed and [get() for _, get in blas._counters()] == [1, 1]
    assert [get() for _, get in blas._counters()] == before


def by_hand(cell: Setting, seed: int, run: int) -> tuple[float, float, float, float]:
    """Accuracy, control, length and rho of an L2 cell with plain NumPy in float64, from the same draws."""
    def points(n: int, part: str) -> tuple[np.ndarray, np.ndarray]:
        rng = stream(seed, "artificial", part, cell.mode, n, cell.d, run)
        return rng.uniform(-1, 1, (n, cell.d)), both_classes(n, rng)

    def train(X: np.ndarray, y: np.ndarray, part: str) -> np.ndarray:
        rng = stream(seed, "artificial", part, cell.m, cell.d, run)
        W, V = rng.uniform(-(cell.d**-0.5), cell.d**-0.5, (cell.m, cell.d)), 0.0
        for _ in range(cell.steps):
            slopes = np.where(X @ W.T > 0, 1.0, cell.gamma)
            c = y * np.exp(-y * ((X @ W.T) * slopes @ a)) / len(y)
            V = cell.momentum * V + (slopes * c[:, None] * a).T @ X
            W = W + cell.eta * V
        return W

    def output(W: np.ndarray, X: np.ndarray) -> np.ndarray:
        return np.maximum(X @ W.T, cell.gamma * (X @ W.T)) @ a

    a, epsilon = kkt.second_layer(cell.m), float(cell.epsilon)
    X, y = points(cell.N, "samples")
    W = train(X, y, "classifier")
    noise, targets = points(cell.N_adv, "noise")
    moved, best, least = noise.copy(), noise.copy(), -targets * output(W, noise)
    for _ in range(cell.attack_steps):
        slopes = np.where(moved @ W.T > 0, 1.0, cell.gamma)
        g = targets[:, None] * ((slopes * a) @ W)
        shift = moved + epsilon / 5 * g / np.linalg.norm(g, axis=1, keepdims=True) - noise
        shift *= np.minimum(1, epsilon / np.linalg.norm(shift, axis=1, keepdims=True))
        moved = np.clip(noise + shift, -1, 1)
        value = -targets * output(W, moved)
        better = value < least
        best[better], least[better] = moved[better], value[better]
    mean, q = targets @ (best - noise) / cell.N_adv, y @ X
    right = [float((y * output(train(p, targets, part), X) > 0).mean()) for p, part in ((best, "perturbed"), (noise, "control"))]
    return right[0], right[1], float(np.linalg.norm(mean)), float(mean @ q / np.linalg.norm(mean) / np.linalg.norm(q))


@pytest.mark.parametrize("run", range(4))
def test_the_protocol_is_that_of_the_source(run: int) -> None:
    cell = changed(precision="float64")
    seen = run_cells([cell], run + 1, 3)[0][run]
    accuracy, control, length, rho = by_hand(cell, 3, run)
    assert (seen.accuracy, seen.control) == (accuracy, control)
    assert seen.length == pytest.approx(length, rel=1e-9) and seen.rho == pytest.approx(rho, rel=1e-9)


def test_a_cell_is_near_the_law_and_training_succeeds() -> None:
    cell = setting_from({"mode": "gauss", "d": 200, "N": 20, "N_adv": 100, "epsilon": 0.6})
    seen = run_cells([cell], 10, 1)[0]
    assert all(one.finite and min(one.trained) == 1.0 for one in seen)
    predicted = law.accuracy(*artificial.law_inputs(cell, seen), 200, 20, 100, 1.0)
    assert np.mean([one.accuracy for one in seen]) == pytest.approx(predicted, abs=0.1)
    assert np.mean([one.control for one in seen]) == pytest.approx(0.5, abs=0.12)
    assert all(one.orth[0] > 1e5 and one.orth[1] > 1e5 for one in seen)


def test_orth_ratio_is_that_of_the_closed_form(monkeypatch: pytest.MonkeyPatch) -> None:
    X = stream(0, "orth").standard_normal((17, 9))
    expected = kkt.p_max(X) / kkt.orth_bound(X, 0.3)
    for block in (1000, 5, 1):
        monkeypatch.setattr(artificial, "BLOCK", block)
        assert artificial.orth_ratio(X, 0.3) == pytest.approx(expected, rel=1e-12)
    assert artificial.orth_ratio(X[:1], 0.3) == 0.0


def test_labels_have_both_classes_where_they_can() -> None:
    rng = stream(0, "labels")
    assert all(set(both_classes(2, rng)) == {-1, 1} for _ in range(50))
    assert set(both_classes(1, rng)) <= {-1, 1}


def test_an_output_of_zero_is_wrong() -> None:
    class Net:
        W = np.zeros((2, 3))

    X, y = np.ones((4, 3)), np.array([1, -1, 1, -1])
    assert artificial.accuracy(Net(), X, y, 0.5) == 0.0  # type: ignore[arg-type]


def test_a_run_that_does_not_stay_finite_gives_no_numbers() -> None:
    for cell in (changed(eta=1e30), changed(eta=1e300, precision="float64")):
        seen = run_cells([cell], 2, 0)[0]
        assert len(seen) == 2 and not any(one.finite for one in seen)
        assert all(np.isnan([one.accuracy, one.control, *one.trained, one.rho]).all() for one in seen)


@pytest.mark.parametrize(
    "changes, text",
    [({"mode": "both"}, "mode"), ({"epsilon": "largest"}, "epsilon"), ({"data": "a.csv"}, "data"),
     ({"norm": "l0", "ratio": 0.001}, "no pixel"), ({"d": 10**6, "N_adv": 10**6}, "memory")],
)  # fmt: skip
def test_what_the_protocol_has_no_meaning_for_is_refused(changes: dict[str, object], text: str) -> None:
    with pytest.raises(BadSetting, match=text):
        run_cells([changed(**changes)], 1, 0)


def test_an_error_in_a_thread_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> Seen:
        raise RuntimeError("broken")

    monkeypatch.setattr(artificial, "_perturbed", broken)
    with pytest.raises(RuntimeError, match="broken"):
        run_cells([changed()], 3, 0)
