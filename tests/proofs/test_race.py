"""The race of the features: expected verdicts, and predictions with a wrong constant that must be noticed."""

import numpy as np
import pytest
from theorycheck_proofs.li_li_2024 import dominance, predictions, race
from theorycheck_proofs.li_li_2024.grids import RACE
from theorycheck_simulations.measure import dominance_share
from theorycheck_simulations.setting import Setting, setting_from

from theorycheck.checks.measurement import Agreement, Share

from .judged import assert_expected, context

DEFAULT = setting_from({})
OTHER = setting_from({"k": 4, "m": 5, "n_N": 60, "alpha": 2.0, "sigma_0": 0.005, "T": 5000})
CLAIMS = {claim.id: claim for claim in race.claims(DEFAULT)}


def test_no_claim_is_missing() -> None:
    assert tuple(CLAIMS) == ("lemma-d.9", "dominance-probability")
    assert len(RACE) >= 10


def test_lemma_d9_comes_to_its_verdict() -> None:
    figures = assert_expected(CLAIMS["lemma-d.9"], context())
    assert figures["classes where the hypotheses hold"] >= 50 and 0.9 < figures["tightest measured/bound"] <= 1
    assert figures["cases"] >= 200 and figures["mean T_b: n"] >= 10


@pytest.mark.parametrize("setting", [DEFAULT, OTHER], ids=["default", "other"])
def test_dominance_comes_to_its_verdict(setting: Setting) -> None:
    figures = assert_expected(CLAIMS["dominance-probability"], context(setting))
    assert figures["settings"] == len(RACE) + 1 and figures["the user's own setting"] == "included"


@pytest.mark.parametrize("change", [{"sigma_0": 0.1}, {"eta": 2.0}, {"n_N": 5}])
def test_settings_outside_the_hypotheses_are_left_out(change: dict[str, float]) -> None:
    assert dominance.within_reach(DEFAULT) and not dominance.within_reach(DEFAULT.replace(**change))


def test_times_of_the_dossier() -> None:
    """1.019 +- .008 and 1.034 +- .015 there, with its own seeds."""
    for setting, low, high in ((RACE[0], 1.005, 1.035), (RACE[1], 1.01, 1.055)):
        predicted, measured = race.times(setting, 60, 11)
        ratio = measured / predicted
        assert ratio.size >= 50 and low <= ratio.mean() <= high and ratio.std() <= 0.02


@pytest.mark.parametrize("wrong", [{"q": 1}, {"k": 1}, {"n_N": -3}])
def test_a_prediction_with_a_wrong_constant_disagrees(wrong: dict[str, int]) -> None:
    setting = RACE[0]
    changed = setting.replace(**{name: getattr(setting, name) + step for name, step in wrong.items()})
    level = predictions.unit_level(setting)
    _, measured = race.times(setting, 20, 3)
    cases = race.first_passage(setting, 20, 3, level=level, lead=race.LEAD)
    chosen = np.isin(cases.T_b, measured)
    predicted = predictions.level_time(changed, cases.B_0[chosen], level)
    outcome = Agreement("T_b", np.array([predicted.mean()]), np.array([cases.T_b[chosen].mean()]), race.TOLERANCE)
    assert not outcome.judge(0.95).agrees


def test_a_bound_from_the_wrong_exponent_is_violated() -> None:
    """Without kappa's factor, that is with the start itself as bound, A has grown beyond it."""
    found = race.bounded(RACE[0], 4, 9)
    assert (found.measured <= found.bound).all() and found.measured.size >= 5
    tight = found.bound * 0.9
    assert (found.measured > tight).any()


def test_the_square_of_the_threshold_is_outside_the_interval() -> None:
    found = dominance_share(RACE[0], 300, 5).outcome[:, 0]
    yes, undecided = int((found == 1).sum()), int((found == -1).sum())
    wrong = predictions.dominance_probability(RACE[0].replace(alpha=RACE[0].alpha * 1.5))
    assert not Share("dominance", yes, 300, wrong, undecided).judge(0.9995).agrees
    assert Share("dominance", yes, 300, predictions.dominance_probability(RACE[0]), undecided).judge(0.9995).agrees
