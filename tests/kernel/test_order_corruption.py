"""Twenty thousand damaged certificates and growth rates of the order calculus, none of which the kernel accepts.

A damage counts only if something is wrong afterwards, which is decided without the kernel, from what was changed:

- a false statement: the oracle knows growth rates at which the hypotheses are true and the goal is not (or, of growth
  rates, that they do not refute the statement any more);
- a proof with a hole: a step or a case that something else names is gone, or a name stands for another fact now;
- a step that does not follow: a number was changed that multiplies something other than zero, a fact was changed into
  one about other forms or into a stronger kind, or a rule into another one;
- data that are malformed: wrong types, unknown or missing entries, floats, multipliers that are not positive.

All other damages leave a proof of the same statement, or a statement that may well be true, and are drawn again.
"""

import json
from random import Random

import pytest

from theorycheck.order_kernel import check, replay

from ..orders.models import fact_holds, inside, of_ray, premises, violates
from .order_building import Data, accepted
from .order_damages import DAMAGES, models, outcomes, texts
from .order_rays import verdict

CERTIFICATES, RAYS = 17_000, 3_000
BATCHES = 10


def damaged(random: Random) -> tuple[str, Data]:
    while True:
        index = random.randrange(len(outcomes(True)))
        data = json.loads(texts(True)[index])
        how = random.choice(DAMAGES)
        if how(data, random, index):
            return how.__name__, data


def damaged_ray(random: Random) -> Data:
    """Growth rates, or their statement, with a change after which the oracle does not find a refutation."""
    while True:
        data = json.loads(random.choice(texts(False)))
        kind, about = random.randrange(6), data["statement"]
        if kind == 0:
            vector = random.choice(list(data["values"].values()))
            vector[random.randrange(len(vector))] = random.choice(["0", "1", "-1", "2", "1/2", "9"])
        elif kind == 1 and len(data["generators"]) > 1:
            place = random.randrange(len(data["generators"]) - 1)
            data["generators"][place] = random.choice(["large", ["0"] * place + ["1"] + ["0"] * (len(data["generators"]) - place - 1),
                [*["0"] * (len(data["generators"]) - 1), random.choice(["1", "-1", "1/3"])]])  # fmt: skip
        elif kind == 2 and data["parameters"]:
            data["parameters"][random.choice(list(data["parameters"]))] = random.choice(["0", "1", "-1", "2", "1/5"])
        elif kind == 3:
            about["goal"][0] = {"O": "o", "o": "O", "poly": "sub", "sub": "poly"}[about["goal"][0]]
        elif kind == 4:
            about["goal"][1] = ["-", about["goal"][1]]
        else:
            chosen = random.choice(list(about["hypotheses"].values()))
            chosen[1] = ["-", chosen[1]]
        try:
            model = of_ray(data)
            if premises(about, [model]) and not fact_holds(about["goal"], [model]):
                continue
        except (ValueError, IndexError):  # no growth rates at all
            pass
        return data


def test_the_certificates_are_sound_before() -> None:
    assert len(outcomes(True)) >= 16 and len(outcomes(False)) >= 7
    assert all(accepted(check, data) for data in outcomes(True))
    assert all(verdict(replay, data) is True for data in outcomes(False))
    for index, data in enumerate(outcomes(True)):
        assert not any(violates(data["statement"], [model]) for model in models(index))
        assert data["statement"]["goal"] is None or sum(premises(data["statement"], [model]) for model in models(index)) >= 1
        assert all(inside(data["statement"], model) for model in models(index))


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_damaged_certificate_is_accepted(batch: int) -> None:
    random = Random(f"certificates {batch}")
    for _ in range(CERTIFICATES // BATCHES):
        how, data = damaged(random)
        assert not accepted(check, data), (how, data)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_damaged_growth_rates_are_confirmed(batch: int) -> None:
    random = Random(f"rays {batch}")
    for _ in range(RAYS // BATCHES):
        data = damaged_ray(random)
        assert verdict(replay, data) is not True, data
