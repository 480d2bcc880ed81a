"""Every bad value is refused in one line that names key, value and allowed range; sizes before any allocation."""

import math

import pytest
from pydantic import ValidationError
from theorycheck_simulations import setting as module
from theorycheck_simulations.setting import ALLOWED, BadSetting, Setting, setting_from

INTEGERS = ("k", "d", "n_R", "n_N", "m", "N", "T", "q", "ascent_steps")
REALS = ("alpha", "beta", "sigma_n", "rho", "sigma_0", "eta", "epsilon", "eta_tilde")
ZERO = ("sigma_n", "epsilon", "eta_tilde")
BAD = (
    [(key, value) for key in INTEGERS for value in (True, False, 3.0, 8.5, "8", None, 0, -1, 2**53 + 1, 10**5000)]
    + [(key, value) for key in REALS for value in (True, "1", None, -1.0, math.nan, math.inf, -math.inf, [1.0])]
    + [(key, 0.0) for key in REALS if key not in ZERO]
    + [("k", 1), ("d", 9), ("q", 1), ("q", 101), ("objective", "labels"), ("objective", 3), ("activation", "ReLU"), ("activation", None)]
)


@pytest.mark.parametrize(("key", "value"), BAD, ids=lambda value: "int" if isinstance(value, int) else str(value)[:12])
def test_bad_value_is_refused_in_one_line(key, value):
    with pytest.raises(BadSetting) as caught:
        setting_from({key: value})
    text = str(caught.value)
    assert text.startswith(f"{key} = ") and text.endswith(")") and " (allowed: " in text and len(text) < 250
    assert "\n" not in text


@pytest.mark.parametrize("changes", [
    {"J_R": [0]}, {"J_NR": list(range(1, 128))}, {"J_R": [0, 1], "J_NR": list(range(1, 128))},
    {"J_R": [0], "J_NR": list(range(127))}, {"J_R": [128], "J_NR": list(range(1, 128))},
    {"J_R": [-1], "J_NR": list(range(127))}, {"J_R": [], "J_NR": list(range(128))},
    {"J_R": [0], "J_NR": [1] * 127}, {"J_R": [True], "J_NR": list(range(1, 128))},
    {"J_R": [0.0], "J_NR": list(range(1, 128))}, {"J_R": "0", "J_NR": list(range(1, 128))}, {"J_R": {0}, "J_NR": [1]},
])
def test_bad_partition_is_refused(changes):
    with pytest.raises(BadSetting, match=r"^J_N?R = [^\n]*: [^\n]* \(allowed: [^\n]*\)$"):
        setting_from(changes)


def test_misspelt_key_names_the_nearest():
    with pytest.raises(BadSetting, match=r"^sigma0 = 0.1: unknown key, nearest sigma_0 \(allowed: k, d, "):
        setting_from({"sigma0": 0.1})
    with pytest.raises(BadSetting, match=r"unknown key"):
        setting_from({3: 1, "k": 5})
    with pytest.raises(BadSetting) as caught:
        setting_from({"a\nb": "c\nd"})
    assert "\n" not in str(caught.value)
    with pytest.raises(BadSetting, match="not a mapping"):
        setting_from([("k", 5)])


def test_defaults_and_good_values():
    setting = setting_from({})
    assert (setting.k, setting.d, setting.P, setting.q, setting.T) == (5, 16, 128, 3, 8000)
    assert set(ALLOWED) == set(Setting.model_fields)
    assert setting_from({"alpha": 2}).alpha == 2.0
    fixed = setting_from({"n_R": 2, "n_N": 1, "J_R": [2, 0], "J_NR": [1]})
    assert (fixed.J_R, fixed.J_NR) == ((2, 0), (1,))
    assert setting.replace(eta=0.5).eta == 0.5 and setting.eta == 0.02
    with pytest.raises(BadSetting, match=r"^eta = -1"):
        setting.replace(eta=-1)


def test_unknown_names_get_the_nearest():
    with pytest.raises(BadSetting, match=r"^objective = 'margins': unknown, nearest margin \(allowed: label, margin, loss\)$"):
        setting_from({"objective": "margins"})


def test_seeds_of_standard_training_do_not_depend_on_the_ascent():
    assert repr(Setting()) == repr(Setting(epsilon=1.0)) and "epsilon" not in repr(Setting())
    assert "epsilon=2.0" in repr(Setting(epsilon=2.0)) and repr(Setting(objective="loss")) != repr(Setting())


def test_setting_is_frozen():
    with pytest.raises(ValidationError):
        setting_from({}).k = 3


def test_memory_is_refused_before_allocation(monkeypatch):
    setting = setting_from({})
    setting.check_memory("network")
    with pytest.raises(BadSetting, match="overflows int64"):
        setting_from({"N": 2**50, "d": 2**50}).check_memory("network")
    monkeypatch.setattr(module, "available_bytes", lambda: setting.memory_bytes("network") - 1)
    with pytest.raises(BadSetting, match="more than the memory available"):
        setting.check_memory("network")


@pytest.mark.parametrize("more", [{"runs": 2}, {"records": 1}, {"records": 1, "correlations": True}])
@pytest.mark.parametrize("level", ["reduced", "population", "network"])
def test_memory_grows_with_what_is_asked(level, more):
    setting = setting_from({})
    assert setting.memory_bytes(level, **more) > setting.memory_bytes(level)
    assert setting.memory_bytes("network", psi=True) - setting.memory_bytes("network") == 8 * 200 * 128 * 40
