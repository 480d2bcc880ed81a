"""Figure 3: the phase transition is reproduced with its numbers, in any setting, and wrong numbers are not."""

import json

import numpy as np
import pytest
from theorycheck_proofs.li_li_2024 import figure_3, figure_3_predictions, figure_3_runs, predictions
from theorycheck_proofs.li_li_2024.figure_3 import FIGURE_3
from theorycheck_simulations.population import train_population
from theorycheck_simulations.setting import BadSetting, Setting, setting_from
from theorycheck_simulations.status import Status

from theorycheck.checks.check import Profile
from theorycheck.evidence import plain
from theorycheck.experiment import Result, Trial
from theorycheck.verdict import Verdict

from .judged import assert_expected, context, evidence

DEFAULT = setting_from({})
SHORT = {"k": 3, "d": 8, "m": 4, "n_N": 30, "T": 400, "eta": 0.05}


def result(changes: dict[str, object], seeds: int = 3, seed: int = 0) -> Result:
    return FIGURE_3.measure(Trial(setting_from(changes), Profile.QUICK, seed, seeds))


def rows(found: Result, title: str) -> dict[str, tuple[object, ...]]:
    """A table's rows by their first two cells where both are text, else by the first."""
    table = next(t for t in found.measurement.tables if t.title.startswith(title))
    return {" ".join(str(c) for c in row[:2] if isinstance(c, str)): row for row in table.rows}


@pytest.fixture(scope="module")
def default() -> Result:
    return result({}, seeds=10)


def test_the_default_setting_reproduces_the_figure(default: Result) -> None:
    assert default.agrees, [j.text for j in default.judgements]
    assert len(default.judgements) == 6
    end = rows(default, "Accuracy at T")
    assert end["standard no attack"][2] == end["adversarial no attack"][2] == 1
    assert end["standard paper"][3] == 0 and end["adversarial paper"][2] >= 0.95
    assert end["standard linf"][3] == end["adversarial linf"][3] == 0
    share = rows(default, "Predicted and measured")["sum_r B^q at T over its level"]
    assert 0.95 <= share[2] <= 1.0  # type: ignore[operator]


def test_phases_are_found_by_their_change_points(default: Result) -> None:
    found = rows(default, "Change points")
    v, u = found["adversarial non-robust feature v"], found["adversarial robust feature u"]
    for row in found.values():
        numbers = np.array(row[2:8], float)
        assert (numbers[[1, 4]] <= numbers[[0, 3]]).all() and (numbers[[0, 3]] <= numbers[[2, 5]]).all()
    # B stops growing, then A starts: the intervals of the two do not overlap.
    assert v[7] < u[3] and u[4] < u[5]  # type: ignore[operator]
    predicted = rows(default, "Predicted and measured")
    assert predicted["T_B, half of the level"][2] < v[5]  # type: ignore[operator]
    assert u[2] < predicted["T_A, earliest"][2] < u[5]  # type: ignore[operator]
    # In standard training the robust feature never takes off: no exponent comes near Phase II's.
    flat = found["standard robust feature u"]
    assert max(flat[8:11]) < 0.2 < 2 < u[9]  # type: ignore[operator, type-var]


def test_plots_show_bands_and_what_was_predicted(default: Result) -> None:
    plots = {plot.title: plot for plot in default.measurement.plots}
    assert len(plots) == 6
    shown = {series.label: series for series in plots["Adversarial training: normalised correlations"].series}
    kinds = {series.kind for series in shown.values()}
    assert kinds == {"line", "rule", "span"}
    for series in shown.values():
        if series.kind == "line":
            low, y, high = (np.array(part) for part in (series.low, series.y, series.high))
            assert (low <= y + 1e-12).all() and (y <= high + 1e-12).all() and (np.abs(y) <= 1).all()
            assert max(series.x) == DEFAULT.T
    level = next(s for s in plots["Where the non-robust feature stops"].series if s.label == "B*, predicted")
    assert level.kind == "rule" and level.y == [pytest.approx((0.25 / 20) ** (1 / 3))]
    assert "T_B, predicted" in shown and "bracket of T_A, predicted" in shown
    json.dumps(plain([[vars(s) for s in plot.series] for plot in plots.values()]), allow_nan=False)


def test_the_claim_holds_and_runs_the_experiment() -> None:
    claim = figure_3.claims(DEFAULT)[0]
    assert claim.id == "figure-3"
    assert_expected(claim, context())


def test_the_claim_falls_back_to_the_default_where_nothing_is_predicted() -> None:
    claim = figure_3.figure_3()
    found = evidence(claim, context(setting_from({"epsilon": 0.5, "T": 50})))[-1]
    assert found.verdict is Verdict.SURVIVED and found.figures["steps"] == DEFAULT.T


def test_another_seed_agrees_too() -> None:
    assert result({}, seeds=4, seed=5).agrees


def test_the_same_trial_gives_the_same_measurement_and_tells_its_progress() -> None:
    told: list[tuple[int, int]] = []
    first = result(SHORT)
    second = FIGURE_3.measure(Trial(setting_from(SHORT), Profile.QUICK, 0, 3, lambda *pair: told.append(pair)))
    same = [plain(vars(p)["title"]) + str([s.y for s in p.series]) for p in first.measurement.plots]
    assert same == [plain(vars(p)["title"]) + str([s.y for s in p.series]) for p in second.measurement.plots]
    done, total = np.array(told).T
    assert (np.diff(done) > 0).all() and set(total) == {done[-1]}


def test_without_a_radius_both_algorithms_coincide_to_the_bit() -> None:
    for changes in ({"epsilon": 0.0}, {"eta_tilde": 0.0}):
        found = result({**SHORT, **changes})
        assert found.agrees and any("weights of both algorithms" in j.text for j in found.judgements)
        standard, adversarial = (p for p in found.measurement.plots if "normalised" in p.title)
        assert [s.y for s in standard.series[:2]] == [s.y for s in adversarial.series[:2]]


OTHER = [
    {"k": 2, "d": 5, "objective": "margin"},
    {"objective": "loss", "ascent_steps": 3},
    {"activation": "relu"},
    {"activation": "softplus", "T": 100},
    {"activation": "gelu", "T": 100},
    {"q": 2},
    {"epsilon": 0.3},
    {"epsilon": 3.0},
    {"T": 1},
    {"T": 9},
    {"n_N": 2},
    {"sigma_n": 0.1, "N": 6, "T": 6, "n_N": 4},
    {"J_R": (3,), "J_NR": (0, 1, 2), "n_N": 3},
]


@pytest.mark.parametrize("changes", OTHER, ids=str)
def test_any_setting_runs_and_says_what_is_left_out(changes: dict[str, object]) -> None:
    found = result({**SHORT, **changes}, seeds=2)
    assert found.agrees and not found.measurement.failures, [j.text for j in found.judgements]
    reasons = [value for name, value in found.measurement.figures.items() if name.startswith("left out")]
    assert reasons and not any("predicted" in plot.series[-1].label for plot in found.measurement.plots)
    assert not any(table.title.startswith("Predicted") for table in found.measurement.tables)


def test_dead_classes_are_counted_not_called_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(setting: Setting, seed: int, runs: int) -> np.ndarray:
        W0 = starts(setting, seed, runs)
        W0[:, 0, :, 0] = -np.abs(W0[:, 0, :, 0])  # class 0: no positive A(0)
        W0[:, 1, :, [1, setting.k + 1]] = -0.01  # class 1: neither
        return W0

    starts = figure_3_runs.starts
    monkeypatch.setattr(figure_3_runs, "starts", started)
    found = result(SHORT, seeds=2)
    classes = rows(found, "Classes")
    numbers = [row[1] for row in classes.values()]
    assert numbers[:4] == [4, 2, 2, 2]
    end = rows(found, "Accuracy at T")["standard no attack"]
    assert end[2] == 1 and end[4] == pytest.approx(2 / 3)


def test_all_dead_is_a_failure_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    starts = figure_3_runs.starts
    monkeypatch.setattr(figure_3_runs, "starts", lambda *given: -np.abs(starts(*given)))
    found = result(SHORT, seeds=2)
    assert not found.agrees and "dead" in found.measurement.failures[0] and not found.measurement.outcomes
    assert rows(found, "Classes")["dead: without either"][1] == 6


def test_runs_that_do_not_stay_finite_are_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(setting: Setting, seed: int, runs: int) -> np.ndarray:
        W0 = starts(setting, seed, runs)
        W0[0, 0, 0] = 1e308
        return W0

    starts = figure_3_runs.starts
    monkeypatch.setattr(figure_3_runs, "starts", started)
    found = result(SHORT, seeds=2)
    assert not found.agrees and "did not stay finite" in found.measurement.failures[0]
    both = figure_3_runs.train_both(Trial(setting_from(SHORT), Profile.QUICK, 0, 2))
    assert both.adversarial.status[0] == Status.NON_FINITE and not both.live[0].any()


def test_huge_parameters_are_survived_and_memory_is_refused() -> None:
    for changes in ({"sigma_0": 1e200}, {"eta": 1e300}, {"eta_tilde": 1e300}):
        assert result({**SHORT, **changes, "T": 20}, seeds=2).measurement.outcomes
    with pytest.raises(BadSetting, match="memory|int64"):
        result({**SHORT, "m": 2**24, "d": 2**16})


def test_predictions_of_the_default_setting() -> None:
    theory = figure_3_predictions
    assert theory.saturation(DEFAULT) == pytest.approx(0.0125)
    # (rho/alpha)-free closed form: A alone with alpha - epsilon is (alpha/(alpha - epsilon))^q times as slow.
    early, late = theory.passing_bracket(DEFAULT, [0.01, 0.02])
    assert np.allclose(late / early, (2.5 / 1.5) ** 3)
    B = theory.saturation_strength(DEFAULT)
    assert early[0] == pytest.approx(5 * 0.25 / (0.02 * 0.8 * 2.5**3) * (100 - 1 / B))
    assert theory.residual_attack(DEFAULT) == pytest.approx(127 / 60)
    assert theory.out_of_scope(DEFAULT) == () and theory.stride(DEFAULT) < 0.3


@pytest.mark.parametrize("q", [3, 4])
def test_saturation_time_is_the_continuous_recursion(q: int) -> None:
    """With a step a hundred times smaller the recursion itself takes a hundred times as many steps."""
    s = DEFAULT.replace(q=q, eta=0.0002)
    B, end, steps = 0.02, figure_3_predictions.saturation_strength(s), 0
    rate = predictions.rate(s) * (1 - 1 / s.k)
    predicted = float(figure_3_predictions.saturation_time(s, B))
    while B**q < figure_3_predictions.HALF * end**q:
        B, steps = B + rate * B ** (q - 1) * (1 - (B / end) ** q) ** q, steps + 1
    assert predicted == pytest.approx(steps, rel=0.01)
    assert figure_3_predictions.saturation_time(s, [end]).tolist() == [0.0]


def test_scope() -> None:
    reasons = {
        "T": {}, "noise": {"sigma_n": 0.1}, "epsilon < beta": {"epsilon": 0.9}, "alpha <= epsilon": {"epsilon": 2.5},
        "not denser": {"n_N": 10}, "one step": {"ascent_steps": 2}, "beta B*": {"eta_tilde": 1.0},
        "coupled": {"d": 40}, "race is over": {"sigma_0": 0.03}, "step eta": {"eta": 0.2}, "activation": {"q": 2},
    }  # fmt: skip
    for text, changes in reasons.items():
        said = figure_3_predictions.out_of_scope(setting_from(changes))
        assert bool(said) is (text != "T") and (not said or any(text in reason for reason in said)), (text, said)


def test_standard_training_of_the_figure_is_that_of_the_population() -> None:
    both = figure_3_runs.train_both(Trial(setting_from(SHORT), Profile.QUICK, 0, 1))
    run = train_population(setting_from(SHORT), W0=both.standard.weights[0, 0])
    assert np.allclose(both.standard.weights[0, -1], run.W, rtol=0, atol=1e-9)
