"""Statements whose truth nobody knows beforehand: whatever the calculus says of them, the oracle must not object."""

from collections import Counter
from fractions import Fraction
from random import Random

import pytest

from theorycheck.domains import Domain, Variable, real

from .deciding import decide, problem, statements
from .generators import SECOND, product
from .models import Model, Value, fact_holds, of_ray, plus, power, premises, violates
from .relations import CLASSES, Expression, Relation, to, written

RANGES = [real(0, 1), real(0, 1, open_low=True, open_high=True), real(0), real(), real(-1, 2, open_low=True), real(1, 3), real(None, 0, open_high=True)]
KINDS = ["any", "any", "any", "poly", "polylog", "power", "constant", "limit"]


def nested(random: Random, names: list[str], symbolic: bool, depth: int = 2) -> Expression:
    kind = random.randrange(9)
    if depth == 0 or kind < 4:
        return product(random, names, symbolic)
    if kind == 4:
        return ("log", nested(random, names, symbolic, depth - 1))
    function = random.choice(["+", "max", "min", "*"])
    found: Expression = (function, nested(random, names, symbolic, depth - 1), nested(random, names, symbolic, depth - 1))
    return to(found, random.choice([2, -1, "1/3"])) if kind == 5 else found


def domain_values(domain: Domain) -> list[Fraction]:
    return [x for x in map(Fraction, ("0", "1/100", "1/3", "1/2", "99/100", "1", "2", "3", "-1/2", "-99/100", "-5", "7")) if x in domain]


def rate(random: Random, kind: str) -> Value:
    logs = power(log=random.choice([0, 0, 1, -1, 3]), loglog=random.choice([0, 0, 0, 1]))
    if kind == "limit":
        return random.choice([power(n=2), power(log=1), power(between=1), *SECOND.values()])
    if kind == "constant":
        return {}
    n = power(n=random.choice([0, 0, 1, -1, "1/2", -3, 10**7]))
    if kind in ("power", "polylog"):
        return n if kind == "power" else logs
    extra = power(between=random.choice([0, 0, 1, -1]), beyond=0 if kind == "poly" else random.choice([0, 0, 0, 1, -1]))
    return plus((n, 1), (logs, random.choice([0, 1])), (extra, 1))


def judged(seed: str) -> str:
    """The calculus's answer to a random statement, after the oracle has looked at it."""
    random = Random(seed)
    names = ["k", *"xyzu"[: random.randint(1, 4)]]
    two = random.random() < 0.25
    kinds = {"k": "limit", **{name: random.choice(["any", "limit"] if two else KINDS[:-1]) for name in names[1:]}}
    domain = random.choice(RANGES) if random.random() < 0.5 else None
    symbolic = domain is not None
    operators = ["<~", "<~", "<<", ">~", ">>", "~", *CLASSES]

    def relation(goal: bool) -> Relation:
        operator = random.choice([o for o in operators if not (goal and o == "largepoly")])
        return nested(random, names, symbolic), operator, product(random, names, symbolic)

    hypotheses = [written(relation(False)) for _ in range(random.randint(0, 4))]
    variables = (Variable("a", domain),) if domain is not None else ()
    goal = None if random.random() < 0.1 else written(relation(True))
    asked = problem(list(kinds.items()), hypotheses, goal, variables)
    answer, found = decide(asked, seconds=10)
    for statement, one in zip(statements(asked), found, strict=True):
        said = (seed, kinds, domain, hypotheses, goal)
        if one.ray is not None:
            assert violates(one.ray["statement"], [of_ray(one.ray)]), (said, one.ray)
        if one.certificate is None:
            continue
        for _ in range(60):
            constants = {name: random.choice(domain_values(domain)) if name == "a" and domain is not None else Fraction(random.choice([0, 1, -1, 2]))
                         for name in statement["parameters"]}  # fmt: skip
            models = []
            for _ in range(random.choice([1, 1, 2])):
                values = {name: rate(random, kind) for name, kind in kinds.items()}
                values["k"] = power(n=1)
                for name in [name for name, kind in kinds.items() if kind == "power"]:
                    values[name] = power(n=constants[f"power_of_{name}"])
                models.append(Model(values, constants))
            if premises(statement, models):
                assert statement["goal"] is not None, (said, models)
                assert fact_holds(statement["goal"], [model.within(statement) for model in models]), (said, models)
    return answer


def survey(start: int, count: int) -> Counter[str]:
    return Counter(judged(f"wild {i}") for i in range(start, start + count))


def test_no_answer_is_refuted_by_the_oracle() -> None:
    found = survey(0, 30)
    assert found["proved"] >= 5 and found["refuted"] >= 5


@pytest.mark.slow
@pytest.mark.parametrize("start", range(1000, 1300, 75))
def test_no_answer_to_many_is_refuted_by_the_oracle(start: int) -> None:
    found = survey(start, 75)
    assert found["undecided"] <= 7
