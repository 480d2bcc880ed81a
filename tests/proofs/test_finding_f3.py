"""Finding F3: which assumptions contradict each other, that none can be spared, and the repair."""

from dataclasses import replace

import pytest
from theorycheck_proofs.li_li_2024 import finding_f3
from theorycheck_simulations.setting import Setting

from theorycheck.checks.vacuity import NonVacuity
from theorycheck.verdict import Verdict

from .judged import assert_expected, context

CONTRADICTION, REPAIRED = finding_f3.claims(Setting.model_validate({}))


def test_the_core_spares_none():
    found = NonVacuity().run(CONTRADICTION, context())
    assert found.verdict is Verdict.VACUOUS
    core = found.figures["unsatisfiable core"]
    assert {str(one.relation) for one in CONTRADICTION.hypotheses} <= set(core)


@pytest.mark.parametrize(("dropped", "model"), [
    (0, {"n_R": 1, "n_N": 2, "P": 3, "g": 1, "r": 8, "C": 8}), (1, {"n_R": 1, "n_N": 1, "P": 2, "g": 8, "r": 8, "C": 8}),
    (2, {"n_R": 1, "n_N": 9, "P": 2, "g": 8, "r": 8, "C": 8}), (3, {"n_R": 1, "n_N": 9, "P": 10, "g": 8, "r": 8, "C": 8}),
    (4, {"n_R": 1, "n_N": 2, "P": 3, "g": 1, "r": 1, "C": 8}),
])
def test_without_any_one_of_them_there_is_a_model(dropped, model):
    kept = tuple(one for index, one in enumerate(CONTRADICTION.hypotheses) if index != dropped)
    weaker = replace(CONTRADICTION, hypotheses=kept, point=model)
    assert NonVacuity().run(weaker, context()).verdict is Verdict.PROVED


def test_repaired():
    assert_expected(REPAIRED, context())


def test_the_ratio_without_its_power_is_rejected():
    wrong = finding_f3.Part("patches", finding_f3.Gt(finding_f3.P.symbol, 2 + finding_f3.r.symbol))
    found = [check.run(replace(REPAIRED, parts=(wrong,)), context()) for check in REPAIRED.checks]
    assert Verdict.REFUTED in {one.verdict for one in found} and Verdict.PROVED not in {one.verdict for one in found}
