"""The theory on given samples, and what is refused of them at the command line."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from theorycheck_proofs.kumano_2024 import own_samples
from theorycheck_simulations.leaky.setting import setting_from

from theorycheck.checks.check import Profile
from theorycheck.cli import main
from theorycheck.errors import BadData
from theorycheck.experiment import Result, Trial

NEAR = "label,a,b,c\n1,1,0.01,0\n-1,0,1,0.01\n1,0.01,0,1\n"
ORTHOGONAL = "1,1,0,0\n-1,0,1,0\n1,0,0,1\n"


def simulate(folder: Path, *settings: str) -> int:
    pairs = [part for pair in settings for part in ("--set", pair)]
    return main(["simulate", "kumano-boundary", "--profile", "quick", "--out", str(folder / "out"), *pairs])


def measured(**changes: object) -> Result:
    setting = setting_from({**own_samples.DEFAULTS, **changes})
    return own_samples.EXPERIMENT.measure(Trial(setting, Profile.QUICK))


@pytest.mark.parametrize("norm", ["l2", "linf", "l0"])
def test_drawn_samples_agree_with_the_closed_form(norm):
    found = measured(norm=norm)
    assert found.agrees and len(found.judgements) == 5, found.judgements
    assert found.measurement.figures["(ORTH)"] == "holds"


def test_a_file_is_read_and_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "s.csv").write_text(NEAR)
    assert simulate(tmp_path, f"data={tmp_path / 's.csv'}") == 0
    assert "5 of 5 outcomes agree" in capsys.readouterr().out
    document = json.loads((tmp_path / "out" / "data.json").read_text())
    assert document["experiment"]["id"] == "kumano-boundary"


def test_units_do_not_matter(tmp_path: Path):
    (tmp_path / "s.csv").write_text("1,3e5,3e3,0\n-1,0,3e5,3e3\n1,3e3,0,3e5\n")
    found = measured(data=str(tmp_path / "s.csv"))
    assert found.agrees and len(found.judgements) == 5, found.judgements


def test_outside_orth_the_outcomes_say_so(tmp_path: Path):
    (tmp_path / "s.csv").write_text("1,1,0,.2\n-1,.3,1,0\n1,0.2,0,1\n")
    found = measured(data=str(tmp_path / "s.csv"))
    assert found.agrees and all("(ORTH) not met" in judgement.text for judgement in found.judgements)
    assert found.measurement.figures["(ORTH)"] == "does not hold" and len(found.judgements) == 4


def test_where_the_pattern_fails_nothing_is_judged(tmp_path: Path):
    (tmp_path / "s.csv").write_text("1,1,0,0\n-1,0,1,0\n1,-1,0,.1\n1,0,-1,.1\n")
    found = measured(data=str(tmp_path / "s.csv"))
    assert not found.agrees and not found.judgements
    assert "no KKT point" in found.measurement.failures[0]


SAMPLES = [
    ("1,1,0,0\n1,0,1,0\n", "all labels are 1"),
    ("1,1,0,0\n-1,1,0,0\n", "samples 1 and 2 are equal"),
    ("1,1,0,0\n-1,0,0,0\n", "sample 2 is zero"),
    ("1,1,0,0\n-1,2,0,0\n1,0,1,0\n", "not separable: samples 1 and 2 are positive multiples"),
    # Labels alternate around the circle, which training does not fit in these steps.
    ("".join(f"{(-1) ** n},{np.cos(n * np.pi / 8):.6f},{np.sin(n * np.pi / 8):.6f}\n" for n in range(16)),
     "not separated: after"),
    ("0,1,0\n1,0,1\n", ':1: label "0"'),
]  # fmt: skip
PARAMETERS = [
    ("gamma=1.2", "gamma = 1.2: out of range (allowed: number strictly between 0 and 1)", 2),
    ("gamma=0", "gamma = 0: out of range", 2),
    ("m=3", "m = 3: no equal halves (allowed: even integer >= 2)", 2),
    ("N=80", "N = 80: too many near-orthogonal samples (allowed: 1 to d = 60)", 2),
    ("epsilon=0.5", "epsilon = 0.5: (ORTH) fails for the perturbed data (allowed: up to 0.00", 2),
    ("data=none.csv", "none.csv: No such file", 3),
    ("gama=0.5", "nearest gamma", 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), SAMPLES)
def test_bad_samples_are_refused(tmp_path: Path, text, message):
    (tmp_path / "s.csv").write_text(text)
    with pytest.raises(BadData, match=f"s.csv.*{re.escape(message)}"):
        measured(data=str(tmp_path / "s.csv"), steps=2000)


def test_nothing_is_written_for_bad_samples(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "s.csv").write_text(SAMPLES[0][0])
    assert simulate(tmp_path, f"data={tmp_path / 's.csv'}") == 3
    assert "all labels are 1" in capsys.readouterr().err and not (tmp_path / "out").exists()


@pytest.mark.parametrize(("pair", "message", "code"), PARAMETERS)
def test_bad_parameters_are_refused(tmp_path: Path, capsys, pair, message, code):
    assert simulate(tmp_path, pair) == code
    assert message in capsys.readouterr().err and not (tmp_path / "out").exists()


@pytest.mark.parametrize(("name", "value"), [
    ("angle", 0.1), ("multiplier", 0.01), ("signs", 0.9), ("dual", 1e-3), ("adversarial", 0.9), ("angle", np.nan),
])  # fmt: skip
def test_a_wrong_number_is_seen(name, value):
    setting = setting_from(own_samples.DEFAULTS)
    rng = np.random.Generator(np.random.Philox(5))
    right = own_samples.run(setting, own_samples.drawn(setting, rng), "draw", rng)

    def agrees(one: own_samples.Found) -> bool:
        return all(outcome.judge(1).agrees for outcome in own_samples.judged(setting, [one]).outcomes)

    assert agrees(right) and not agrees(replace(right, **{name: value}))
