"""What is proved holds in every sequence that anybody can think of: random growth rates, also interleaved ones."""

from random import Random

import pytest

from .deciding import decide, problem, problem_of, statements
from .facts import FACTS
from .generators import Made, true_statement
from .models import Model, Value, fact_holds, plus, power, premises
from .relations import true

SMALL = [power(log=1), power(loglog=-1), power(n=1), power(n="-1/2"), power(between=1), power(log=-2), power(loglog=1), power(beyond=1)]


def moved(random: Random, made: Made) -> Model:
    """The rates behind the statement with some of them changed a little, so that hypotheses stay true at times."""
    values: dict[str, Value] = dict(made.model.values)
    for name in random.sample(sorted(values), random.choice([1, 1, 2])):
        kind = random.randrange(3)
        values[name] = {} if kind == 0 else plus((values[name], 1), (random.choice(SMALL), random.choice([1, -1])))
        if kind == 1:
            values[name] = plus((values[random.choice(sorted(values))], random.choice([1, -1, 2])))
    parameters = {name: random.choice([type(a)(1, 100), type(a)(1, 2), type(a)(99, 100)]) for name, a in made.model.parameters.items()}
    return Model(values, parameters)


@pytest.mark.parametrize("start", range(0, 100, 25))
def test_derived_statements_hold_wherever_their_hypotheses_do(start: int) -> None:
    valid = 0
    for i in range(start, start + 25):
        made, random = true_statement(f"true {i}"), Random(i)
        for statement in statements(problem_of(made)):
            for _ in range(25):
                first = moved(random, made)
                models = [first, *(Model(moved(random, made).values, first.parameters) for _ in range(random.choice([0, 0, 1])))]
                if premises(statement, models):
                    valid += 1
                    assert fact_holds(statement["goal"], [model.within(statement) for model in models])
    assert valid >= 50


@pytest.mark.parametrize("index", [i for i, fact in enumerate(FACTS) if fact[3] in ("proved", "contradictory")])
def test_proved_facts_hold_in_random_models(index: int) -> None:
    quantities, hypotheses, goal, _, variables = FACTS[index]
    random, asked = Random(index), problem(quantities, hypotheses, goal, variables)
    for statement in statements(asked):
        for _ in range(60):
            models = []
            parameters = {name: random.choice([type(one)(n, 4) for one in [power(n=1).popitem()[1]] for n in (0, 1, 2, 3, 4, 6, 8, 12, 14)])
                          for name in statement["parameters"]}  # fmt: skip
            for _ in range(random.choice([1, 1, 2])):
                values = {name: power(random.choice([0, 0, 1, -1, 2, 9]), random.choice([0, 0, 1, -1, 3]), random.choice([0, 0, 1]),
                          random.choice([0, 0, 0, 1, -1]), random.choice([0, 0, 0, 1])) for name in statement["quantities"]}  # fmt: skip
                if random.random() < 0.8:
                    values["k"] = power(n=1)
                models.append(Model(values, parameters))
            if premises(statement, models):
                assert goal is not None, "hypotheses that contradict each other are true in a model"
                assert fact_holds(statement["goal"], [model.within(statement) for model in models]), (models, statement)


def test_the_two_evaluations_agree() -> None:
    """A relation as a tree of tuples and its kernel facts mean the same in every model."""
    from theorycheck.orders.text import order

    from .relations import written

    compared = 0
    for i in range(60):
        made, random = true_statement(f"true {i}"), Random(i)
        asked = problem_of(made)
        for _ in range(5):
            model = moved(random, made)
            for relation in (*made.hypotheses, made.goal):
                facts = asked.lowering.facts(order(written(relation)))
                ready = model.within(asked.statement(None))
                compared += 1
                assert true(relation, [model]) is all(fact_holds(fact, [ready]) for fact in facts), (written(relation), model)
    assert compared >= 900


def test_the_oracle_is_not_blind() -> None:
    """It refutes what is false: each statement here fails in a model that it finds."""
    for hypotheses, goal in (([], "k <~ log(k)**9"), (["x <~ k"], "x << k"), (["log(x) <~ log(k)"], "x <~ k")):
        asked = problem("k:limit x", hypotheses, goal)
        assert decide(asked)[0] == "refuted"
        statement = statements(asked)[0]
        model = Model({"k": power(n=1), "x": power(n=1 if "k" in hypotheses[:1] or goal == "x << k" else 2)})
        assert premises(statement, [model]) and not fact_holds(statement["goal"], [model.within(statement)])
