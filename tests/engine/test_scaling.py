"""Exponents with logs: known laws are found, laws next to them are not, and what cannot tell them apart never agrees."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy

from theorycheck.checks import exponents, scaling_shown
from theorycheck.checks import scaling as module
from theorycheck.checks.measurement import Measurement, Share
from theorycheck.checks.run import Run, Statistics, judged
from theorycheck.checks.scaling import Scaling
from theorycheck.verdict import Verdict

from .claims import CONTEXT, claim, x

NAN, HALF, LEVEL = float("nan"), Fraction(1, 2), 0.999
X = np.geomspace(10.0, 1e6, 12)
CUBED = X**0.5 * np.log(X) ** 3


def law(
    a: float, b: float = 0.0, seeds: int = 12, noise: float = 0.05, root: int = 0, at: np.ndarray = X
) -> np.ndarray:
    """(seeds, n): 3 x^a (log x)^b with lognormal noise."""
    errors = np.random.default_rng(root).normal(0, noise, (seeds, at.size))
    return 3 * at**a * np.log(at) ** b * np.exp(errors)


def scaling(y: np.ndarray, predicted: object = HALF, at: np.ndarray = X, **fields: object) -> Scaling:
    return Scaling("T", at, y, predicted, **fields)  # type: ignore[arg-type]


def agrees(y: np.ndarray, predicted: object = HALF, **fields: object) -> bool:
    return scaling(y, predicted, **fields).judge(LEVEL).agrees


def verdict(one: Scaling) -> Verdict:
    return Run(lambda context: Measurement((one,))).run(claim(sympy.Ge(x, 0)), CONTEXT).verdict


# (a, b): true exponents and log powers, growing, falling, with and without logs.
LAWS = [(HALF, 0), (HALF, 3), (-1, 0), (-1, -2), (Fraction(2, 3), 1), (0, 0), (2, HALF)]


@pytest.mark.parametrize(("a", "b"), LAWS)
@pytest.mark.parametrize("replicates", [True, False])
def test_known_laws_agree_and_exponents_half_off_do_not(a: Fraction, b: Fraction, replicates: bool) -> None:
    y = law(float(a), float(b))
    y = y if replicates else y[0]
    assert agrees(y, a, log_power=b)
    assert not agrees(y, a + HALF, log_power=b) and not agrees(y, a - HALF, log_power=b)


@pytest.mark.parametrize("y", [CUBED, law(0.5, 3), law(0.5, 3)[0]], ids=["exact", "seeds", "one run"])
def test_a_log_hidden_in_a_power_is_seen(y: np.ndarray) -> None:
    assert agrees(y, log_power=3) and not agrees(y, log_power=0)
    # A dropped log, one more, and the local exponents of the wrong law, which fall towards 1/2.
    assert not agrees(y, log_power=2) and not agrees(y, log_power=4)
    lower, upper = scaling(y).halves
    assert lower > upper + 0.2 and upper > 0.6
    assert np.ptp(scaling(y, log_power=3).halves) <= 0.05


def test_an_admissible_log_widens_the_interval_as_far_as_it_should() -> None:
    y = law(0.5, 1, noise=0.01)
    assert not agrees(y)
    assert agrees(y, log_powers=(-1, 1), resolution=0.5)
    assert not agrees(y, log_powers=(-1, 1), resolution=0.1)
    assert not agrees(y, Fraction(3, 2), log_powers=(-1, 1), resolution=0.5)
    wide, pure = scaling(y, log_powers=(-1, 1)).interval(LEVEL), scaling(y).interval(LEVEL)
    assert wide[0] < pure[0] < pure[1] < wide[1]
    # The shift by one log is that of log log x fitted on log x.
    shift = np.polyfit(np.log(X), np.log(np.log(X)), 1)[0]
    assert scaling(y).exponent(0) - scaling(y).exponent(1) == pytest.approx(shift, rel=1e-9)


def test_the_log_may_be_of_something_else_than_x() -> None:
    k = np.geomspace(10, 1e4, X.size)[::-1]
    y = X**0.5 * np.log(k) ** 2
    assert agrees(y, log_power=2, log_of=k) and not agrees(y, log_power=2) and not agrees(y)
    below = np.geomspace(1e-6, 0.1, 12)  # below 1 the log is that of 1/x
    assert agrees(below**-1 * np.abs(np.log(below)) ** 2, -1, at=below, log_power=2)


def test_readings_are_part_of_the_hull() -> None:
    low, high = X**0.49, X**0.51
    assert not agrees(low) and not agrees(high)
    assert agrees(low, readings=(high,)) and agrees(high, readings=(low,))
    assert scaling(low, readings=(high,)).interval(LEVEL) == pytest.approx((0.49, 0.51), abs=1e-6)
    assert not agrees(low, readings=(high,), resolution=0.005)


def test_a_finite_size_drift_is_inside_the_sub_ranges_or_it_disagrees() -> None:
    small = np.where(X < 100, 1.3, 1.0) * X**0.5  # not yet the law at the lowest x
    assert scaling(np.tile(small, (3, 1))).exponent() < 0.49
    assert agrees(np.tile(small, (3, 1)))
    large = np.where(X > 1e5, 0.8, 1.0) * X**0.5  # no longer the law at the highest
    assert agrees(np.tile(large, (3, 1))) and not agrees(np.tile(small * large / X**0.5, (3, 1)))
    drifting = X ** (0.5 + 0.02 * np.log(X) / np.log(X[-1]))
    assert not agrees(np.tile(drifting, (3, 1)))


@pytest.mark.parametrize(("n", "dropped"), [(4, 1), (5, 1), (6, 2), (12, 4)])
def test_sub_ranges_drop_a_third_and_halves_share_the_middle(n: int, dropped: int) -> None:
    at = np.repeat(X[:n], 2)[::-1]
    bent = np.where(at > X[n // 2], X[n // 2], at)  # exponent 1 up to the middle, then 0
    one = scaling(bent, at=at)
    assert [int(chosen.sum()) for chosen in one.ranges] == [2 * n, 2 * (n - dropped), 2 * (n - dropped)]
    assert at[one.ranges[1]].min() == X[dropped] and at[one.ranges[2]].max() == X[n - 1 - dropped]
    assert one.halves[0] == pytest.approx(1) and one.halves[1] <= 0.3


def test_a_single_run_has_students_interval() -> None:
    from scipy.stats import linregress, t

    y = law(0.5, seeds=1, noise=0.3)[0]
    found = linregress(np.log(X), np.log(y))
    reach = t.isf(0.025, 10) * found.stderr
    ends = exponents.interval(exponents.fitted(np.log(X), np.log(y)[None]), None, 0.025)
    assert ends == pytest.approx((found.slope - reach, found.slope + reach), rel=1e-9)


def test_one_sided_claims() -> None:
    y = law(0.5)
    assert agrees(y, Fraction(1, 4), side="above") and agrees(y, Fraction(3, 4), side="below")
    assert not agrees(y, HALF, side="above") and not agrees(y, HALF, side="below")
    assert not agrees(y, Fraction(3, 4), side="above") and not agrees(y, Fraction(1, 4), side="below")
    assert verdict(scaling(y, HALF, side="above")) is Verdict.INCONCLUSIVE
    assert verdict(scaling(y, Fraction(3, 4), side="above")) is Verdict.CONFLICT


def test_too_wide_an_interval_is_inconclusive_even_around_the_prediction() -> None:
    noisy = scaling(law(0.5, seeds=3, noise=3.0))
    low, high = noisy.interval(LEVEL)
    found = noisy.judge(LEVEL)
    assert low < 0.5 < high and not found.agrees and not found.decided and "too wide" in found.text
    assert verdict(noisy) is Verdict.INCONCLUSIVE
    assert verdict(scaling(law(0.5))) is Verdict.SURVIVED
    assert verdict(scaling(law(0.5), 1)) is Verdict.CONFLICT
    # A wide interval that does not hold the prediction is a disagreement.
    assert verdict(replace(noisy, predicted=1000)) is Verdict.CONFLICT


@pytest.mark.parametrize("bad", [NAN, float("inf"), 0.0, -1.0])
def test_values_that_are_no_positive_numbers_never_agree(bad: float) -> None:
    y, at = law(0.5), X.copy()
    y[2, 3] = at[3] = bad
    for one in (scaling(y), scaling(law(0.5), at=at), scaling(law(0.5), readings=(y,)), scaling(y[2], side="above")):
        found = one.judge(LEVEL)
        assert not found.agrees and "positive" in found.text
        assert verdict(one) is Verdict.INCONCLUSIVE
    assert np.isnan(scaling(y).interval(LEVEL)).all() and np.isnan(scaling(y).seed_exponents()).all()


def test_few_x_and_nothing_never_agree() -> None:
    assert agrees(X[:4] ** 0.5, at=X[:4]) and not agrees(X[:3] ** 0.5, at=X[:3])
    repeated = np.repeat(X[:3], 4)
    assert not agrees(repeated**0.5, at=repeated)
    assert not agrees(np.empty((0, 12))) and not agrees(np.empty(0), at=np.empty(0))


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    for seeds in (1, 10):
        held, single = 0, 0
        for root in range(200):
            one = scaling(law(0.5, seeds=seeds, noise=0.2, root=root))
            low, high = one.interval(0.95)
            held += low <= 0.5 <= high
            everything = exponents.fitted(np.log(X), np.log(one.y))
            picks = exponents.resampled(seeds, "test", root)
            low, high = exponents.interval(everything, picks, 0.025)
            single += low <= 0.5 <= high
        # The hull is wider than the interval of one model, which is itself near its level.
        assert held >= 190 and 180 <= single <= 199


def test_the_bootstrap_is_students_for_normal_seeds_and_depends_on_its_key_alone() -> None:
    from scipy.stats import t

    fits = exponents.Fit(np.random.default_rng(3).normal(0.5, 0.1, 40), 0.0, 10)
    for level in (0.9, 0.95, 0.9999):
        low, high = exponents.interval(fits, exponents.resampled(40, "a"), (1 - level) / 2)
        reach = t.isf((1 - level) / 2, 39) * fits.exponents.std(ddof=1) / 40**0.5
        assert (high - low) / 2 == pytest.approx(reach, rel=0.05)
    assert scaling(law(0.5)).interval(LEVEL) == scaling(law(0.5)).interval(LEVEL)
    again, other = exponents.resampled(5, "a"), exponents.resampled(5, "b")
    assert np.array_equal(again, exponents.resampled(5, "a")) and not np.array_equal(again, other)
    assert exponents.resampled(1, "a") is None


def test_the_interval_grows_with_the_level_and_ignores_units() -> None:
    y = law(0.5, 1)
    ends = [scaling(y, log_power=1).interval(level) for level in (0.5, 0.9, 0.99, 0.9999)]
    assert all(b[0] < a[0] < a[1] < b[1] for a, b in zip(ends, ends[1:], strict=False))
    scaled = scaling(1e6 * y, log_power=1).interval(0.99)
    assert scaled == pytest.approx(ends[2], abs=1e-9)
    flipped = scaling(1 / y, log_power=-1).interval(0.99)
    # The bootstrap's two tails are those of different resamples.
    assert flipped == pytest.approx((-ends[2][1], -ends[2][0]), abs=2e-3)


def test_swapped_ends_agree_with_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert agrees(law(0.5)) and agrees(law(0.5), Fraction(1, 4), side="above")
    kept = module.interval
    with monkeypatch.context() as one_model:
        one_model.setattr(module, "interval", lambda *args: kept(*args)[::-1])
        assert not agrees(law(0.5))
    hull = Scaling.interval
    monkeypatch.setattr(Scaling, "interval", lambda self, level, powers=None: hull(self, level, powers)[::-1])
    assert not agrees(law(0.5)) and not agrees(X**0.5)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"predicted": 0.5}, "predicted = 0.5: not exact"), ({"predicted": True}, "predicted = True: not exact"),
        ({"predicted": "a"}, "predicted = 'a': not exact"), ({"predicted": "1/0"}, "predicted = '1/0': not exact"),
        ({"log_power": 0.5}, "log_power = 0.5: not exact"), ({"log_powers": (1.0,)}, "log_powers = 1.0: not exact"),
        ({"sensitivity": (NAN,)}, "sensitivity = nan: not exact"), ({"y": X[:-1]}, r"y \(11,\) \(allowed"),
        ({"x": X[None]}, r"x \(1, 12\)"), ({"readings": (X[:3],)}, "not of the shape of y"),
        ({"resolution": 0.0}, "resolution = 0.0"), ({"resolution": NAN}, "resolution = nan"),
        ({"side": "over"}, "side = 'over'"), ({"log_of": X[:2], "log_power": 1}, r"log_of \(2,\)"),
        ({"log_of": X / 10, "log_power": 1}, "log is 0 or changes its sign"),
        ({"x": X / 100, "sensitivity": (1,)}, "log is 0 or changes its sign"),
        ({"x": X / 10, "log_powers": ("1/2",)}, "log is 0 or changes its sign"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_one_message(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        scaling(**{"y": X**0.5, "at": change.pop("x", X), **change})  # type: ignore[arg-type]
    assert "allowed" in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("level", [0.0, 1.0, NAN, -1.0])
def test_a_level_is_between_0_and_1(level: float) -> None:
    with pytest.raises(ValueError, match=r"level = .* \(allowed: above 0"):
        scaling(law(0.5)).judge(level)


def test_text_and_integers_are_exact_exponents() -> None:
    assert agrees(X**0.5, "1/2") and agrees(X**2, 2) and scaling(X**0.5, "2/4").predicted == HALF


def test_the_family_level_is_shared_with_shares() -> None:
    outcomes = (Share("a", 50, 100, 0.5), scaling(law(0.5)))
    figures = judged(Measurement(outcomes), 10)[1][1].figures
    assert figures["T: level"] == pytest.approx(1 - 0.05 / 20)
    check = Statistics(lambda context: Measurement(outcomes))
    assert check.run(claim(sympy.Ge(x, 0)), CONTEXT).figures["T: level"] == pytest.approx(0.975)


def test_all_that_is_needed_to_read_an_exponent_is_reported() -> None:
    one = scaling(law(0.5, 3), log_power=3, log_powers=("5/2",), sensitivity=(0,))
    found = one.judge(LEVEL)
    figures = {key.removeprefix("T: "): value for key, value in found.figures.items()}
    assert figures["range"] == [10.0, 1e6] and figures["decades"] == pytest.approx(5)
    assert (figures["n"], figures["seeds"], figures["log power"], figures["level"]) == (12, 12, "3", LEVEL)
    assert figures["exponent"] == pytest.approx(0.5, abs=0.02) and figures["exponent with log power 0"] > 0.8
    assert figures["interval"] == list(one.interval(LEVEL)) and figures["admissible log powers"] == ["5/2"]
    assert figures["exponent, lower and upper half"] == list(one.halves)
    for part in ("[10, 1e+06]", "5 decades", "log power 3", "level 0.999", "predicted 1/2"):
        assert part in found.text


def test_what_is_shown() -> None:
    one = scaling(law(0.5, 3), log_power=3, log_powers=("5/2",), sensitivity=(0,))
    rows = {row[0]: row[1:] for row in scaling_shown.table(one, 0.95).rows}
    assert {b: row[-1] for b, row in rows.items()} == {"0": "no", "5/2": "admissible", "3": "yes"}
    assert rows["0"][0] > rows["5/2"][0] > rows["3"][0] == one.exponent()
    assert all(low < a < high for a, low, high, _ in rows.values())
    plot = scaling_shown.plot(one, 0.95, "x", "T")
    points, line = plot.series
    assert plot.x_scale == plot.y_scale == "log" and points.x == line.x == X.tolist()
    assert np.allclose(line.y, points.y, rtol=0.1)
    assert all(low <= y <= high for low, y, high in zip(line.low, line.y, line.high, strict=True))
    broken = scaling_shown.plot(scaling(np.full(12, NAN)), 0.95, "x", "T")
    assert len(broken.series) == 1
