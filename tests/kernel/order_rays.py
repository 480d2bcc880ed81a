"""Growth rates with what the order kernel must say of them; tables of facts are judged by the oracle."""

from collections.abc import Callable
from typing import Any

from theorycheck.kernel.tree import Rejected

from ..orders.models import fact_holds, of_ray
from .order_building import Data, changed, minus

KINDS2 = ("poly", "sub")
SCALES: dict[str, tuple[list[Any], dict[str, list[str]]]] = {
    "k and log k": ([["0", "1"], None], {
        "k": ["1", "0"], "root": ["1/2", "-7"], "down": ["-1", "5"], "slow": ["0", "2"], "less": ["0", "-1"], "one": ["0", "0"]}),
    "exp(sqrt(log k))": ([["0", "0", "2"], ["0", "0", "1"], None], {
        "k": ["1", "0", "0"], "mid": ["0", "1", "0"], "down": ["0", "-2", "1"], "slow": ["0", "0", "3"], "one": ["0", "0", "0"],
        "mixed": ["-1", "5", "0"]}),
    "a large power": (["large", ["0", "0", "1"], None], {
        "k": ["0", "1", "0"], "N": ["1", "-3", "0"], "n": ["-2", "9", "0"], "down": ["0", "-1", "4"], "slow": ["0", "0", "1"],
        "one": ["0", "0", "0"]}),
    "between": (["large", ["0", "0", "1", "1"], ["0", "0", "0", "2"], None], {
        "k": ["0", "0", "1", "0"], "N": ["1", "0", "0", "0"], "d": ["0", "1", "0", "0"], "down": ["0", "0", "-1", "0"],
        "slow": ["0", "0", "0", "1"], "one": ["0", "0", "0", "0"]}),
    "beyond a large power": ([["0", "0", "1", "0"], "large", ["0", "0", "0", "1"], None], {
        "k": ["0", "0", "1", "0"], "N": ["0", "1", "0", "0"], "d": ["1", "0", "0", "0"], "down": ["0", "-1", "-1", "0"],
        "slow": ["0", "0", "0", "1"], "one": ["0", "0", "0", "0"]}),
}  # fmt: skip


def ray(generators: list[Any], values: Data, hypotheses: Data, goal: Any = None, **changes: Any) -> Data:
    about = {"parameters": [], "ranges": {}, "quantities": sorted(values), "logs": {}, "maxima": {},
             "hypotheses": hypotheses, "goal": goal, **changes}  # fmt: skip
    return {"schema_version": 1, "kind": "ray", "paper": "p", "claim": "c", "statement": about,
            "parameters": {}, "generators": generators, "values": values}  # fmt: skip


def table(name: str) -> Data:
    """All facts about all pairs of quantities of the scale as hypotheses; logarithms and maxima of some."""
    generators, values = SCALES[name]
    names = sorted(values)
    # The last generator's logarithm is not among the rates.
    inner = [x for x in names if not all(e == "0" for e in values[x][:-1]) or values[x][-1].startswith(("-", "0"))]
    logs = {f"log_{x}": x for x in inner}
    maxima = {"top": names, "pair": [minus("down"), "slow"], "of": [f"log_{inner[0]}", "one"]}
    facts: Data = {}
    atoms = [*names, *logs, *maxima]
    for x in atoms:
        facts |= {f"{kind}_{x}": [kind, x] for kind in ("O", "o")}
        facts |= {f"{kind}_{x}_{y}": [kind, ["-", x, y]] for kind in ("O", "o") for y in atoms if y != x}
        facts |= {f"{kind}_{x}_{y}": [kind, x, y] for kind in KINDS2 for y in atoms}
    bases = [y for y in names if _leads(values[y]) is not None and generators[_leads(values[y])] != "large" and y in ("k", "slow", "mid", "d")]
    facts |= {f"large_{x}_{y}": ["large", x, y] for x in names for y in bases}
    return ray(generators, values, facts, logs=logs, maxima=maxima)


def _leads(vector: list[str]) -> int | None:
    return next((i for i, e in enumerate(vector) if e != "0"), None)


def expected(data: Data) -> dict[str, bool]:
    """Truth by the oracle."""
    model = of_ray(data)
    return {name: fact_holds(fact, [model]) for name, fact in data["statement"]["hypotheses"].items()}


_SCALE, _VALUES = SCALES["k and log k"]
_RAY = ray(_SCALE, {"k": ["1", "0"], "x": ["0", "1"]}, {"h": ["o", minus("k")]}, ["O", "x"])
_WITH = changed(changed(_RAY, "statement/parameters", ["a"]), "parameters", {"a": "1"})
RAYS: list[tuple[str, bool | None, Data]] = [
    # Confirmed (True), not confirmed (False), refused (None).
    ("plain", True, _RAY),
    ("goal true", False, changed(_RAY, "statement/goal", ["o", minus("x")])),
    ("hypothesis false", False, changed(_RAY, "statement/hypotheses/h", ["O", "k"])),
    ("no goal", False, changed(_RAY, "statement/goal", None)),
    ("a constant", True, changed(_WITH, "statement/goal", ["O", ["*", "a", "x"]])),
    ("a constant of the other sign", False, changed(changed(_WITH, "statement/goal", ["O", ["*", "a", "x"]]), "parameters/a", "-1")),
    ("a square", True, changed(changed(_WITH, "statement/goal", ["O", ["*", ["^", "a", 2], "x"]]), "parameters/a", "-1/2")),
    ("at the open end", None, changed(changed(_WITH, "statement/ranges", {"r": [">", ["-", "a", 1]]}), "parameters/a", "1")),
    ("at the closed end", True, changed(_WITH, "statement/ranges", {"r": [">=", ["-", "a", 1]]})),
    ("inside", True, changed(_WITH, "statement/ranges", {"r": [">", ["-", ["*", 2, "a"], 1]]})),
    ("inside by a square", True, changed(changed(_WITH, "statement/ranges", {"r": [">=", ["-", ["^", "a", 2], 2]]}),
        "parameters/a", "-2")),
    ("logarithm of a maximum", False, ray(_SCALE, {"k": ["1", "0"], "x": ["0", "1"]}, {"h": ["O", ["-", "LT", "x"]]},
        ["O", ["-", "LT", "x"]], logs={"LT": "T"}, maxima={"T": ["k", "x"]})),
    ("outside", None, changed(_WITH, "statement/ranges", {"r": [">=", ["-", ["*", ["^", "a", 2], "1/2"], 1]]})),
    ("constant missing", None, changed(_WITH, "parameters", {})),
    ("another constant", None, changed(_RAY, "parameters", {"a": "1"})),
    ("quantity missing", None, changed(_RAY, "values", {"k": ["1", "0"]})),
    ("another quantity", None, changed(_RAY, "values/y", ["1", "0"])),
    ("vector too short", None, changed(_RAY, "values/k", ["1"])),
    ("vector of floats", None, changed(_RAY, "values/k", ["1.0", "0"])),
    ("no generators", None, changed(_RAY, "generators", [])),
    ("generators no list", None, changed(_RAY, "generators", {})),
    ("two free variables", None, changed(_RAY, "generators", [None, None])),
    ("no free variable", None, changed(_RAY, "generators", [["0", "1"], ["0", "1"]])),
    ("no free variable, ordered", None, changed(_RAY, "generators", [["0", "2"], ["0", "1"]])),
    ("log that vanishes", None, changed(_RAY, "generators", [["0", "-1"], None])),
    ("log that is constant", None, changed(_RAY, "generators", [["0", "0"], None])),
    ("log in itself", None, changed(_RAY, "generators", [["1", "0"], None])),
    ("log of the wrong length", None, changed(_RAY, "generators", [["1"], None])),
    ("log a word", None, changed(_RAY, "generators", ["huge", None])),
    ("large free variable", None, changed(_RAY, "generators", [["0", "1"], "large"])),
    ("large of the free variable", True, changed(_RAY, "generators", ["large", None])),
    ("large of large", None, ray(["large", "large", None], {"k": ["1", "0", "0"]}, {})),
    ("order of generators", None, ray([["0", "0", "1"], ["0", "0", "2"], None], {"k": ["1", "0", "0"]}, {})),
    ("equal generators", None, ray([["0", "0", "1"], ["0", "0", "1"], None], {"k": ["1", "0", "0"]}, {})),
    ("log by an earlier one", None, ray([["0", "1", "0"], ["1", "0", "0"], None], {"k": ["1", "0", "0"]}, {})),
    ("log by a large one", None, ray([["0", "1", "0"], "large", None], {"k": ["1", "0", "0"]}, {})),
    ("large between", False, ray([["0", "0", "1"], "large", None], {"k": ["1", "0", "0"]}, {"h": ["o", minus("k")]})),
    ("order across a large one", None, ray(
        [["0", "0", "0", "1"], "large", ["0", "0", "0", "1"], None], {"k": ["1", "0", "0", "0"]}, {})),
    ("log of the free variable", None, ray([["0", "1"], None], {"k": ["0", "1"]}, {}, logs={"L": "k"})),
    ("large over what is large", None, ray(["large", None], {"k": ["1", "0"]}, {"h": ["large", "k", "k"]})),
    ("large over a constant", None, ray([None], {"k": ["1"], "x": ["0"]}, {"h": ["large", "k", "x"]})),
    ("large over what vanishes", None, ray([None], {"k": ["1"], "x": ["-1"]}, {"h": ["large", "k", "x"]})),
    ("large goal", None, changed(_RAY, "statement/goal", ["large", "k", "x"])),
    ("schema", None, changed(_RAY, "schema_version", 2)),
    ("boolean schema", None, changed(_RAY, "schema_version", True)),
    ("kind", None, changed(_RAY, "kind", "orders")),
    ("paper", None, changed(_RAY, "paper", 1)),
    ("claim", None, changed(_RAY, "claim", None)),
    ("no names", True, changed(changed(_RAY, "paper", ""), "claim", "")),
    ("further entry", None, changed(_RAY, "more", 1)),
    ("logarithms in logarithms", True, changed(ray([["0", "1", "0"], ["0", "0", "1"], None], {"k": ["1", "0", "0"]}, {}, ["O", "LL"],
        logs={"LL": "L", "L": "k"}), "values/k", ["1", "0", "0"])),
]  # fmt: skip


def verdict(replay: Callable[[Data], Any], data: Data) -> bool | None:
    try:
        return bool(replay(data).confirmed)
    except Rejected:
        return None
