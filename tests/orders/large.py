"""Large statements whose hypotheses are true at hidden rates, for the tests and for the measurements of time."""

from random import Random
from typing import Any

from theorycheck.orders.language import Quantity
from theorycheck.orders.problem import Problem
from theorycheck.orders.text import order


def large_statement(seed: int, quantities: int, hypotheses: int) -> dict[str, Any]:
    """Products of up to three quantities against powers of k and log k; the conclusion bounds one more product."""
    random = Random(f"{seed} {quantities} {hypotheses}")
    names = [f"x{i}" for i in range(quantities)]
    kinds = {name: random.choice(["any", "any", "any", "polylog", "poly"]) for name in names}
    rates = {name: (random.randint(-6, 6) if kinds[name] != "polylog" else 0, random.randint(-3, 3)) for name in names}

    def product() -> dict[str, int]:
        return {name: random.choice([1, 1, 2, -1, -1, -2]) for name in random.sample(names, random.randint(1, 3))}

    def text(powers: dict[str, int]) -> str:
        return " * ".join(f"{name}**({power})" for name, power in powers.items())

    known = []
    while len(known) < hypotheses:
        powers, (p, q) = product(), (random.randint(-2, 2), random.randint(-2, 2))
        rate = tuple(sum(c * rates[name][i] for name, c in powers.items()) - (p, q)[i] for i in (0, 1))
        operator = ">~" if rate > (0, 0) else "<~" if rate == (0, 0) or random.random() < 0.5 else "<<"
        known.append(order(f"{text(powers)} {operator} k**({p}) * log(k)**({q})"))
    goal = order(f"{text(product())} <~ k**({random.randint(2, 14)})")
    asked = Problem([Quantity("k", "limit"), *(Quantity(name, kinds[name]) for name in names)], (), (), known, [goal])
    return asked.statement(asked.goals[0][0])
