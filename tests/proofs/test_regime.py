"""The regime map: conditions, certified cells, the race, the claim, the experiment, and planted errors."""

from dataclasses import asdict, replace
from fractions import Fraction

import numpy as np
import pytest
from theorycheck_proofs.controls import regime as controls
from theorycheck_proofs.li_li_2024 import predictions, regime_map, regime_runs, regimes, review_order_runs
from theorycheck_proofs.li_li_2024.regime_grids import BASE, MAPS
from theorycheck_simulations.setting import Setting, setting_from
from theorycheck_simulations.status import Status

from theorycheck import kernel
from theorycheck.checks.check import Profile
from theorycheck.errors import UserError
from theorycheck.experiment import Trial
from theorycheck.expression import lower
from theorycheck.report.node import Node
from theorycheck.report.plots import read_plot
from theorycheck.verdict import POSITIVE, Verdict

from .judged import assert_expected, by_part, context, evidence

SMALL = setting_from({"k": 2, "d": 4, "m": 5, "n_N": 30, "eta": 0.05, "T": 2000})
CELL = regimes.Cell((Fraction(1, 4), Fraction(1, 2)), (Fraction(3), Fraction(4)))


@pytest.mark.parametrize("setting", MAPS, ids=["q = 3", "q = 4", "two robust"])
def test_both_forms_of_a_condition_agree_at_points(setting: Setting) -> None:
    rng = np.random.default_rng(1)
    one, other = regimes.conditions(setting), regimes.boundaries(setting)
    for _ in range(60):
        point = {"e": Fraction(int(rng.integers(0, 500)), 211), "a": Fraction(int(rng.integers(200, 1300)), 203)}
        for name in one:
            truth = kernel.decide(lower(one[name]), point)
            assert truth is not None and truth == kernel.decide(lower(other[name]), point)
            assert truth == regimes.at_point(one, float(point["e"]), float(point["a"]))[name]


def test_a_cell_is_what_its_points_are() -> None:
    columns, rows = regime_runs.axes(BASE, 13, 7)
    known, rng, seen = regimes.conditions(BASE), np.random.default_rng(2), set()
    for cell in regimes.cells(columns, rows):
        for name, condition in known.items():
            where = regimes.region(condition, cell)
            seen.add(where)
            points = [{"e": cell.e[0] + (cell.e[1] - cell.e[0]) * Fraction(int(x), 97),
                       "a": cell.a[0] + (cell.a[1] - cell.a[0]) * Fraction(int(y), 97)}
                      for x, y in rng.integers(0, 98, (4, 2))]  # fmt: skip
            truths = {kernel.decide(lower(condition), point) for point in points}
            if where != "cut":
                assert truths == {where == "holds"}, (name, cell)
    assert seen == {"holds", "fails", "cut"}


def test_a_cell_that_touches_a_boundary_is_left_open() -> None:
    touching = regimes.Cell((Fraction(1, 4), Fraction(1, 2)), (Fraction(1), Fraction(2)))
    assert regimes.region(regimes.conditions(BASE)[regimes.ROBUST], touching) == "open"
    assert regimes.region(regimes.conditions(BASE)[regimes.ROBUST], CELL) == "holds"


def test_the_race_is_the_scalar_recursion() -> None:
    """The integral against steps of Lemma 5.2 for one filter, far from steps that count."""
    setting = SMALL.replace(eta=0.002)
    for count, strength, epsilon, start in ((30, 1.0, 0.0, 0.02), (30, 1.0, 0.6, 0.02), (1, 2.5, 1.0, 0.03)):
        level, X, t = regimes.unit_level(setting, count, strength, epsilon), start, 0
        while level > X:
            left = strength - min(epsilon, setting.eta_tilde * min(strength * X / setting.rho, 1) ** 2 * X)
            X += setting.eta / 2 * (1 - 1 / 2) * count * left * min(left * X / setting.rho, 1) ** 2
            t += 1
        assert regimes.race_time(setting, count, strength, epsilon, start) == pytest.approx(t, rel=0.02)


def test_without_attack_it_is_the_time_of_the_tensor_power() -> None:
    B_0 = np.array([0.005, 0.01, 0.05])
    level = regimes.unit_level(BASE, BASE.n_N, BASE.beta, 0.0)
    assert level == pytest.approx(predictions.unit_level(BASE))
    found = regimes.race_time(BASE, BASE.n_N, BASE.beta, 0.0, B_0)
    assert found == pytest.approx(predictions.level_time(BASE, B_0, level), rel=1e-4)


def test_what_cannot_arrive_never_does() -> None:
    for start, epsilon in ((-0.1, 0.0), (0.0, 0.0), (0.1, 1.0), (0.1, 3.0)):
        assert regimes.race_time(BASE, BASE.n_N, 1.0, epsilon, start) == np.inf
    assert regimes.race_time(BASE, BASE.n_N, 1.0, 0.0, 9.0) == 0
    assert (regimes.first([1, 2, np.inf, 9], [2, 1, np.inf, 9.5], 5) == [2, 1, 0, 0]).all()


@pytest.mark.parametrize("q", [3, 4])
def test_the_odds_without_attack_are_those_of_the_dominance(q: int) -> None:
    """From ever smaller starts, and given time: the robust feature wins a race that only the rates decide."""
    setting = BASE.replace(q=q, sigma_0=1e-5, T=2**50)
    swapped = setting.replace(n_R=setting.n_N, n_N=setting.n_R, alpha=setting.beta, beta=setting.alpha)
    found = review_order_runs.odds(setting, setting.alpha, 0.0)
    assert found == pytest.approx(predictions.dominance_probability(swapped), abs=1e-3)
    assert review_order_runs.odds(setting, setting.alpha, setting.alpha) == 0


def test_the_claim_comes_to_its_verdict() -> None:
    (claim,) = regime_map.claims(setting_from({}))
    assert claim.id == "regime-map" and claim.origin == "finding"
    figures = assert_expected(claim, context())
    assert figures["classes as the race predicts: n"] == len(MAPS) + 1
    assert figures["the race is right more often than the flip condition: violated"] == 0


def test_the_networks_have_the_exponent_of_the_setting() -> None:
    """And everything but the race is proved or certified."""
    (claim,) = regime_map.claims(setting_from({"q": 4}))
    rest = tuple(part for part in claim.parts if part.name != "race")
    parts = by_part(replace(claim, parts=rest, checks=claim.checks[:-1]),
                    evidence(replace(claim, parts=rest, checks=claim.checks[:-1]), context()))  # fmt: skip
    assert sum("gamma v_i" in name and "q = 4" in name for name in parts) == 10
    for name, verdict in parts.items():
        assert verdict is (Verdict.CERTIFIED if name == "regions" else Verdict.PROVED), name


def test_settings_that_the_race_is_not_about_are_left_out() -> None:
    assert regime_runs.race_applies(BASE) and regime_runs.race_applies(setting_from({}))
    for change in ({"objective": "loss"}, {"ascent_steps": 3}, {"eta_tilde": 0.0}, {"sigma_0": 0.1}, {"d": 600}):
        assert not regime_runs.race_applies(BASE.replace(**change))


def test_the_experiment_gives_maps_that_can_be_drawn() -> None:
    told: list[tuple[int, int]] = []
    result = regime_map.REGIME_MAP.measure(
        Trial(SMALL, Profile.QUICK, 3, None, lambda *pair: told.append(pair))  # type: ignore[arg-type]
    )
    assert result.agrees, [judgement.text for judgement in result.judgements]
    assert told[-1][0] == told[-1][1] == 45
    plots = [read_plot(Node(asdict(plot), "")) for plot in result.measurement.plots]
    assert [plot.has_grid for plot in plots] == [True, True, True] and all(len(plot.series) == 5 for plot in plots)
    assert {level.label for level in plots[2].series[0].levels} <= set(regime_runs.CELLS)
    cells = sum(row[4] for row in result.measurement.tables[0].rows)
    assert cells == 45


def test_the_experiment_refuses_what_it_is_not_about() -> None:
    for change, match in (({"activation": "relu"}, "activation"), ({"sigma_n": 0.1}, "sigma_n")):
        with pytest.raises(UserError, match=match):
            regime_map.REGIME_MAP.measure(Trial(SMALL.replace(**change), Profile.QUICK))


def test_runs_that_do_not_stay_finite_are_reported() -> None:
    status = np.array([int(Status.OK), int(Status.NON_FINITE), int(Status.DEAD)])
    assert regime_runs.unfinished(BASE, status)[0].startswith("1 runs did not stay finite")
    assert regime_runs.unfinished(BASE, status[:1]) == ()


@pytest.mark.parametrize("one", controls.controls(BASE), ids=lambda one: one.claim.id)
def test_planted_errors_are_not_passed(one: controls.Control) -> None:
    verdicts = list(by_part(one.claim, evidence(one.claim, context())).values())
    assert not set(verdicts) & POSITIVE, verdicts
