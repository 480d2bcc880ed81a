"""Ways to damage an order certificate, and whether something is wrong afterwards: decided without the kernel."""

import json
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

from ..orders.deciding import SYMBOLIC, problem, statements
from ..orders.models import Model, fact_holds, power, violates
from .order_building import Data

# (quantities, hypotheses, goal, whether the constant a in (0, 1) occurs)
PROVED = [
    ("k:limit x y z", ["x <~ y", "y << z"], "x << z", False),
    ("k:limit x y z", ["x <~ z", "y << z"], "x + y <~ z", False),
    ("k:limit x y", ["x * y << 1"], "min(x, y) << 1", False),
    ("k:limit m:polylog", [], "m**3 << k**(1/200)", False),
    ("k:limit", [], "log(k)**5 = O(sqrt(k))", False),
    ("k:limit d:limit", ["d <~ k**3"], "d**a << k**4", True),
    ("k:limit", [], "log(k)**5 << k**a", True),
    ("k:limit x", ["x >~ 1"], "x**a <~ x", True),
    ("k:limit d:limit", ["d <= poly(k)"], "log(d) <~ log(k)", False),
    ("k:limit x", ["log(x) << log(k)"], "x <= subpoly(k)", False),
    ("k:limit N x", ["N >= largepoly(k)", "x <~ k**7"], "N >> x**3", False),
    ("k:limit x y", ["x = Otilde(y, k)"], "x << y * k**(1/200)", False),
    ("k:limit x y", ["x <~ y"], "log(x) <~ log(y)", False),
    ("k:limit x", ["x <~ k", "x >> k"], None, False),
    ("k:limit x:polylog", ["x >~ k**(1/1000)"], None, False),
    ("k:limit x:power", ["x >> 1"], "log(k) << x", False),
]  # fmt: skip
REFUTED = [
    ("k:limit x y z", ["x <~ y", "y <~ z"], "x << z", False),
    ("k:limit", [], "sqrt(k) = O(log(k)**5)", False),
    ("k:limit x", ["x >~ 1"], "x << x**a * log(k)", True),
    ("k:limit d:limit", [], "log(d) <~ k", False),
    ("k:limit N x:poly", ["N >= largepoly(k)"], "N >> x", False),
    ("k:limit x y", ["x * y <~ 1"], "max(x, y) <~ 1", False),
    ("k:limit x", ["log(x) << log(k)"], "x = Otilde(1, k)", False),
]  # fmt: skip


@cache
def outcomes(proved: bool) -> tuple[Data, ...]:
    from theorycheck.orders.decide import decide_statement

    found = []
    for quantities, hypotheses, goal, symbolic in PROVED if proved else REFUTED:
        for statement in statements(problem(quantities, hypotheses, goal, (SYMBOLIC,) if symbolic else ())):
            one = decide_statement(statement)
            data = one.certificate if proved else one.ray
            if data is not None:
                found.append(data)
    return tuple(found)


@cache
def texts(proved: bool) -> tuple[str, ...]:
    return tuple(map(json.dumps, outcomes(proved)))


@cache
def models(index: int) -> tuple[Model, ...]:
    """Growth rates near which statements like this one fail: many that violate its goal, and some inside it."""
    about, random = outcomes(True)[index]["statement"], Random(index)
    failing: list[tuple[int, Model]] = []
    good: list[Model] = []
    for _ in range(100):
        values = {name: power(random.choice([-2, -1, 0, 0, 1, 3]), random.choice([-2, 0, 0, 1, 2]), random.choice([0, 0, 1]),
                              random.choice([0, 0, 0, 1]), random.choice([0, 0, 0, 0, 1])) for name in about["quantities"]}  # fmt: skip
        if random.random() < 0.8:
            values["k"] = power(n=1)
        parameters = {name: Fraction(random.choice([1, 2, 3]), 1 if name.startswith("power") else 4) for name in about["parameters"]}
        model = Model(values, parameters).within(about)
        wrong = sum(not fact_holds(fact, [model]) for fact in about["hypotheses"].values())
        if wrong == 0:
            good.append(Model(values, parameters))
        elif about["goal"] is None or not fact_holds(about["goal"], [model]):
            failing.append((wrong, Model(values, parameters)))
    failing.sort(key=lambda pair: pair[0])
    return (*(model for _, model in failing[:10]), *good[:4])


def steps_of(data: Data) -> list[Data]:
    return [*data["prelude"], *(step for node in data["nodes"] for step in node["steps"])]


def named(data: Data) -> set[str]:
    """The facts and ranges that the proof names."""
    found: set[str] = set()
    for step in steps_of(data):
        found |= {term["fact"] for term in step.get("terms", ())}
        found |= {step[key] for key in ("from", "then", "grows") if isinstance(step.get(key), str)}
    closes = {node["close"] for node in data["nodes"]} | {node["cases"]["from"] for node in data["nodes"] if node["cases"]}
    return (found | closes | {data["positive"]}) - {None}


def facts_of(data: Data) -> Data:
    """What each name stands for; cases and the goal left out, as they say different things at different places."""
    return {**data["statement"]["hypotheses"], **{step["name"]: step["fact"] for step in steps_of(data)}}


def zero(tree: Any) -> bool:
    return tree in (0, "0")


# Each damage changes a copy in place and says whether something is wrong afterwards, by the reasons above.
Damage = Callable[[Data, Random, int], bool]


def false_statement(data: Data, random: Random, index: int) -> bool:
    about = data["statement"]
    kind = random.randrange(6)
    facts = [about["hypotheses"][name] for name in about["hypotheses"]] + ([about["goal"]] if about["goal"] else [])
    fact = random.choice(facts)
    if kind == 0:
        del about["hypotheses"][random.choice(list(about["hypotheses"]))]
    elif kind == 1:
        fact[0] = random.choice([k for k in (["O", "o"] if len(fact) == 2 else ["poly", "sub"]) if k != fact[0]])
    elif kind == 2:
        fact[random.randrange(1, len(fact))] = ["-", random.choice(fact[1:])]
    elif kind == 3:
        fact[1] = ["+", fact[1], ["*", random.choice(["1/7", "-1/7", "2"]), random.choice(about["quantities"])]]
    elif kind == 4 and about["ranges"]:
        name = random.choice(list(about["ranges"]))
        about["ranges"][name] = [">=", ["+", about["ranges"][name][1], random.choice([1, "1/2"])]]
    elif kind == 5 and (about["logs"] or about["maxima"]):
        table = about["logs"] or about["maxima"]
        name = random.choice(list(table))
        table[name] = random.choice(about["quantities"]) if table is about["logs"] else table[name][:1]
    else:
        return False
    try:
        return any(violates(about, [model]) for model in models(index))
    except RecursionError:  # an atom defined by itself
        return True


def dropped(data: Data, random: Random, index: int) -> bool:
    lists = [steps for steps in (data["prelude"], *(node["steps"] for node in data["nodes"])) if steps]
    if random.random() < 0.2 or not lists:
        del data["nodes"][-1]
        return True
    steps = random.choice(lists)
    step = steps.pop(random.randrange(len(steps)))
    return step["name"] in named(data)


def renamed(data: Data, random: Random, index: int) -> bool:
    """A step names another fact than before."""
    known = facts_of(data)
    step = random.choice(steps_of(data))
    if step.get("terms") and random.random() < 0.7:
        term = random.choice(step["terms"])
        holder, key, times = term, "fact", term["times"]
    else:
        keys = [key for key in ("from", "then", "grows") if isinstance(step.get(key), str)]
        if not keys:
            return False
        holder, key, times = step, random.choice(keys), ["some"]
    old, new = holder[key], random.choice([*known, "none"])
    holder[key] = new
    return new == "none" or (old in known and known[old][1:] != known[new][1:] and bool(times))


def number(data: Data, random: Random, index: int) -> bool:
    """A weight, a scale, an epsilon or a power is another one."""
    step = random.choice(steps_of(data))
    known = facts_of(data)
    places: list[tuple[list[Any], bool]] = []
    for term in step.get("terms", ()):
        places += [(item, term["fact"] in known and not zero(known[term["fact"]][1])) for item in term["times"]]
    if step["by"] == "combine":
        places += [(item, not zero(step["fact"][1])) for item in step["scale"]]
    for key in ("epsilon", "power"):
        base = known.get(step.get("from"), ["", 0, 0])
        places += [(item, not zero(base[-1])) for item in step.get(key, ())]
    if not places:
        return False
    item, counts = random.choice(places)
    old = item[0]
    item[0] = random.choice(["2", "1/3", "7", "-1", "0", "-1/2", "1.5", "x", None, 1.5, True, [], "1/0"])
    return counts and str(item[0]) != str(old)


def fact(data: Data, random: Random, index: int) -> bool:
    """A step claims something else."""
    step = random.choice(steps_of(data))
    claim = step["fact"]
    if random.random() < 0.4:
        old = claim[0]
        claim[0] = random.choice(["O", "o", "poly", "sub", "large", "=", None, 1])
        stronger = (old, claim[0]) in {("O", "o"), ("poly", "sub")}
        always = claim[0] not in ("O", "o", "poly", "sub") or (len(claim) == 2) != (claim[0] in ("O", "o"))
        return always or (stronger and step["by"] in ("log-least", "log-bounded", "maximum-least", "large"))
    place = random.randrange(1, len(claim))
    extra = ["*", random.choice(["2", "1/3", "-1"]), random.choice(data["statement"]["quantities"])]
    claim[place] = ["+", claim[place], extra]
    return True


def rule(data: Data, random: Random, index: int) -> bool:
    step = random.choice(steps_of(data))
    old = step["by"]
    step["by"] = random.choice([s["by"] for s in steps_of(data)] + ["log-grows", "log-slow", "log-bounded", "chain", "trust"])
    return step["by"] != old


def closing(data: Data, random: Random, index: int) -> bool:
    known = facts_of(data)
    ends = [node for node in data["nodes"] if node["cases"] is None]
    node = random.choice(ends)
    node["close"] = random.choice([*known, "goal", "none", None, 0])
    if node["close"] == "goal":
        return data["statement"]["goal"] is not None
    return node["close"] not in known or known[node["close"]][0] != "o" or not zero(known[node["close"]][1])


def cases(data: Data, random: Random, index: int) -> bool:
    """Another split, or another order of the cases, where a case's own steps name what it was about."""
    splits = [node for node in data["nodes"] if node["cases"] is not None]
    if not splits:
        return False
    node = random.choice(splits)
    split, kind = node["cases"], random.randrange(5)
    children = [data["nodes"][i] for i in split["next"]]
    uses = any(split["name"] in {term["fact"] for step in child["steps"] for term in step.get("terms", ())} for child in children)
    uses |= any(split["name"] in (step.get("from"), step.get("then"), step.get("grows")) for c in children for step in c["steps"])
    if kind == 0:
        split["next"].reverse()
        return uses and len(children) > 1
    if kind == 1:
        split["next"].pop()
        return True
    if kind == 2:
        split["next"][random.randrange(len(split["next"]))] = random.choice([-1, 0, len(data["nodes"]), True, "1", None])
        return True
    if kind == 3:
        split["name"] = "other"
        return uses
    split["on"] = random.choice([["large", "k", "k"], ["maximum", "k"], ["range", "k"], [], None, ["O"], ["poly", "k"]])
    return True


def malformed(data: Data, random: Random, index: int) -> bool:
    """Somewhere an entry is missing, unknown, or of a type that never stands there."""
    everywhere: list[Any] = [data, data["statement"], *data["nodes"], *steps_of(data)]
    everywhere += [term for step in steps_of(data) for term in step.get("terms", ())]
    everywhere += [node["cases"] for node in data["nodes"] if node["cases"] is not None]
    here = random.choice(everywhere)
    kind = random.randrange(3)
    if kind == 0:
        del here[random.choice(list(here))]
    elif kind == 1:
        here[random.choice(["extra", "note", ""])] = random.choice([None, 1, "x"])
    else:
        here[random.choice(list(here))] = random.choice([0.5, 7, [1.0], {"x": 1}, [[]], True])
    return True


DAMAGES: list[Damage] = [false_statement, false_statement, dropped, renamed, number, number, fact, fact, rule, closing, cases, malformed]
