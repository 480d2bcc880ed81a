"""What each rule derives is true wherever its premises are: growth rates by definition, along interleaved sequences too.

The premises are drawn until the oracle finds them true, the kernel is asked for the conclusion, the oracle judges it.
The draws reach the edges: N that tends to 0 or is constant, exponents below 0, logarithms of what is bounded, equal
parts of a maximum, constants at the ends of their ranges, and large powers.
"""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from theorycheck.order_kernel import check

from ..orders.models import LARGE, Model, Value, fact_holds, inside, plus, power
from .order_building import ONE, Data, accepted, certificate, combine, minus, split, statement, step, terms, using

ABSURD = {"absurd": ["o", 0]}
END: Data = {"steps": [], "close": "absurd", "cases": None}
FORMS = ["x", "y", "z", "k", "N", "L", "M", "T", minus("x"), minus("y"), minus("k"), minus("z"), ["*", 2, "x"], ["-", "x", "y"],
         ["-", "y", ["*", "1/2", "k"]], ["+", "x", "z"], ["*", "a", "x"], ["*", "b", "y"], ["-", "L", "M"], ["-", "L", "k"], 0]  # fmt: skip
ABOUT = statement(ABSURD)
VALID = 100


def value(random: Random) -> Value:
    kind = random.randrange(10)
    if kind == 0:
        return {}
    if kind == 1:
        return power(beyond=random.choice([1, -1]))
    if kind == 2:
        return power(n=LARGE * 10)
    logs = power(log=random.choice([0, 0, 1, -2, 3]), loglog=random.choice([0, 0, 1, -1]))
    return plus((logs, 1), (power(n=random.choice([0, 0, 1, -1, "1/2", 2]), between=random.choice([0, 0, 0, 1, -1])), 1))


def sequences(random: Random) -> list[Model]:
    """One sequence, or two or three interleaved ones with the same constants."""
    a = random.choice([Fraction(1, 100), Fraction(1), Fraction(3)])
    constants = {"a": a, "b": random.choice([Fraction(0), Fraction(0), Fraction(2)]), "c": Fraction(random.choice([-1, 0, 0, 2]))}
    found = []
    for _ in range(random.choice([1, 1, 2, 3])):
        values = {name: value(random) for name in ("k", "x", "y", "z", "N")}
        if random.random() < 0.3:
            values["y"] = values["x"]  # a maximum with equal parts
        if random.random() < 0.6:
            values["k"] = power(n=1)
        found.append(Model(values, constants).within(ABOUT))
    assert all(inside(ABOUT, model) for model in found)
    return found


def multiplier(random: Random) -> list[Any]:
    return random.choice([ONE, [["1/3", []]], [["1", ["pos"]]], [["1", ["non"]]], [["2", []], ["1", ["non"]]], []])


def positive(random: Random) -> list[Any]:
    return random.choice([ONE, [["1/3", []]], [["1", ["pos"]]], [["2", []], ["1", ["non"]]]])


def product(times: list[Any], form: Any) -> Any:
    inside = {"pos": "a", "non": "b"}
    parts = [["*", c, *(inside[name] for name in names), form] for c, names in times]
    return 0 if form == 0 or not parts else ["+", *parts] if len(parts) > 1 else parts[0]


def total(parts: list[Any]) -> Any:
    """Zero terms may not stand in a sum, since a form has no constants."""
    parts = [part for part in parts if part != 0]
    return 0 if not parts else parts[0] if len(parts) == 1 else ["+", *parts]


def form(random: Random) -> Any:
    return random.choice(FORMS)


# Each rule draws premises and a step; the step's conclusion is the strongest that the rule gives.
Draw = Callable[[Random], tuple[list[list[Any]], Data]]


def sums(random: Random) -> tuple[list[list[Any]], Data]:
    facts = [[random.choice(["O", "o"]), form(random)] for _ in range(2)]
    times = [multiplier(random) for _ in facts]
    strict = any(fact[0] == "o" and sure(t) for fact, t in zip(facts, times, strict=True))
    whole = total([product(t, fact[1]) for fact, t in zip(facts, times, strict=True)])
    return facts, combine(["o" if strict else "O", whole], ("p0", times[0]), ("p1", times[1]))


def sure(times: list[Any]) -> bool:
    return any(all(name == "pos" for name in names) for _, names in times)


def small_sums(random: Random) -> tuple[list[list[Any]], Data]:
    over = form(random)
    facts = [random.choice([["O", x], ["o", x], ["sub", x, over]]) for x in (form(random), form(random))]
    times = [multiplier(random) for _ in facts]
    whole = total([product(t, fact[1]) for fact, t in zip(facts, times, strict=True)])
    below = [random.choice(["O", "o"]), 0 if over == 0 else minus(over)]
    return [*facts, below], step(["sub", whole, over], "absorb", terms=terms(("p0", times[0]), ("p1", times[1])), from_="p2")


def chains(random: Random) -> tuple[list[list[Any]], Data]:
    x, y, z = form(random), form(random), form(random)
    kinds = random.choice(["poly", "sub"]), random.choice(["poly", "sub"])
    kind = "sub" if "sub" in kinds else "poly"
    return [[kinds[0], x, y], [kinds[1], y, z]], step([kind, x, z], "chain", from_="p0", then="p1")


def instances(random: Random) -> tuple[list[list[Any]], Data]:
    x, over, epsilon = form(random), form(random), positive(random)
    left = total([x, 0 if over == 0 else minus(product(epsilon, over))])
    if random.random() < 0.5:
        return [["sub", x, over]], step(["O", left], "instance", from_="p0", epsilon=epsilon, grows=None)
    grows = ["o", 0 if over == 0 else minus(over)]
    return [["sub", x, over], grows], step(["o", left], "instance", from_="p0", epsilon=epsilon, grows="p1")


def bounds(random: Random) -> tuple[list[list[Any]], Data]:
    x, over, kind = form(random), form(random), random.choice(["O", "o"])
    return [[random.choice(["poly", "sub"]), x, over], [kind, over]], step([kind, x], "bounded", from_="p0", then="p1")


def large_powers(random: Random) -> tuple[list[list[Any]], Data]:
    x, base, times = form(random), form(random), random.choice([*[positive(random)] * 2, [["99", []]]])
    left = total([product(times, base), 0 if x == 0 else minus(x)])
    return [["large", x, base]], step(["O", left], "large", from_="p0", power=times)


def least_logs(random: Random) -> tuple[list[list[Any]], Data]:
    return [], step(["O", minus("L")], "log-least", atom="L")


def bounded_logs(random: Random) -> tuple[list[list[Any]], Data]:
    return [[random.choice(["O", "o"]), "x"]], step(["O", "L"], "log-bounded", atom="L", from_="p0")


def growing_logs(random: Random) -> tuple[list[list[Any]], Data]:
    return [["o", minus("x")]], step(["o", minus("L")], "log-grows", atom="L", from_="p0")


def slow_logs(random: Random) -> tuple[list[list[Any]], Data]:
    return [[random.choice(["O", "o"]), minus("x")]], step(["sub", "L", "x"], "log-slow", atom="L", from_="p0")


def ordered_logs(random: Random) -> tuple[list[list[Any]], Data]:
    if random.random() < 0.5:
        known = [random.choice(["poly", "sub"]), "x", "y"]
        return [known], step(["O", minus("L", "M")], "log-order", atoms=["L", "M"], from_="p0", grows=None)
    facts = [["sub", "x", "y"], ["o", minus("y")]]
    return facts, step(["o", minus("L", "M")], "log-order", atoms=["L", "M"], from_="p0", grows="p1")


def parts(random: Random) -> tuple[list[list[Any]], Data]:
    index = random.randrange(2)
    return [], step(["O", minus("xy"[index], "T")], "maximum-least", atom="T", index=index)


RULES: list[Draw] = [sums, small_sums, chains, instances, bounds, large_powers, least_logs, bounded_logs, growing_logs, slow_logs,
                     ordered_logs, parts]  # fmt: skip


@pytest.mark.parametrize("draw", RULES)
def test_a_rule_derives_what_is_true(draw: Draw) -> None:
    random, valid, edges = Random(draw.__name__), 0, Counter[str]()
    for _ in range(30_000):
        facts, made = draw(random)
        models = sequences(random)
        if not all(fact_holds(fact, models) for fact in facts):
            continue
        premises = {f"p{i}": fact for i, fact in enumerate(facts)}
        data = certificate(statement({**ABSURD, **premises}), END, prelude=(made,))
        assert accepted(check, data), (facts, made)
        assert fact_holds(made["fact"], models), (facts, made, models)
        valid += 1
        edges["interleaved"] += len(models) > 1
        edges["b = 0"] += models[0].parameters["b"] == 0
        edges["equal parts"] += models[0].values["x"] == models[0].values["y"]
        if valid == VALID:
            break
    assert valid == VALID and (draw is large_powers or min(edges[e] for e in ("interleaved", "b = 0", "equal parts")) >= 5), edges


@pytest.mark.parametrize("kind", ["O", "o", "poly", "sub"])
def test_a_fact_or_its_negation_holds_along_a_subsequence(kind: str) -> None:
    """The negation is the weakest that some step in the second case accepts; it holds along one of the sequences."""
    random, both = Random(kind), Counter[bool]()
    negations = {"O": lambda x: ["o", minus(x[0])], "o": lambda x: ["O", minus(x[0])], "poly": lambda x: ["sub", x[1], x[0]],
                 "sub": lambda x: ["poly", x[1], x[0]]}  # fmt: skip
    while min(both[True], both[False]) < VALID:
        forms = [random.choice(FORMS[:-1]) for _ in range(1 if kind in ("O", "o") else 2)]
        on, models = [kind, *forms], sequences(random)
        below = ["O", minus(forms[-1])]
        if kind == "poly" and not fact_holds(below, models):
            continue
        holds, negation = fact_holds(on, models), negations[kind](forms)
        # A fact that fails along a sequence fails along one of its parts, each of which has one rate.
        assert holds or any(fact_holds(negation, [model]) for model in models), (on, models)
        both[holds] += 1
        facts: Data = {**ABSURD, "below": below, "same": ["poly", negation[-1], negation[-1]]}
        needs = [combine(negation, ("case", "1"))] if len(forms) == 1 else [step(negation, "chain", from_="case", then="same")]
        data = split(on, END, using(*needs), positive="below" if kind == "poly" else None, about=statement(facts))
        assert accepted(check, data)


def test_one_part_of_a_maximum_is_it_along_a_subsequence() -> None:
    random = Random("maxima")
    for _ in range(VALID):
        models = sequences(random)
        assert any(fact_holds(["O", minus("T", part)], [model]) for model in models for part in ("x", "y"))
        assert all(any(fact_holds(["O", minus("T", part)], [model]) for part in ("x", "y")) for model in models)


def test_a_constant_is_positive_or_not() -> None:
    random, seen = Random("ranges"), Counter[bool]()
    for _ in range(VALID):
        c = sequences(random)[0].parameters["c"]
        seen[c > 0] += 1
        assert (c > 0) != (-c >= 0)
    assert min(seen.values()) >= 20
