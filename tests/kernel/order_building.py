"""Building blocks of small order certificates and growth rates."""

from collections.abc import Callable
from typing import Any

from theorycheck.kernel.tree import Rejected

Data = dict[str, Any]
ONE = [["1", []]]
CLOSED: Data = {"steps": [], "close": "absurd", "cases": None}


def minus(*trees: Any) -> list[Any]:
    return ["-", *trees]


def statement(hypotheses: Data, goal: Any = None, **changes: Any) -> Data:
    """About k, x, y, z, N with L = log(2 + x), M = log(2 + y), T = max(x, y), and constants a > 0, b >= 0, c."""
    return {
        "parameters": ["a", "b", "c"], "ranges": {"pos": [">", "a"], "non": [">=", "b"]},
        "quantities": ["k", "x", "y", "z", "N"], "logs": {"L": "x", "M": "y"}, "maxima": {"T": ["x", "y"]},
        "hypotheses": hypotheses, "goal": goal, **changes,
    }  # fmt: skip


def certificate(about: Data, *nodes: Data, prelude: tuple[Data, ...] = (), positive: Any = None) -> Data:
    return {"schema_version": 1, "kind": "orders", "statement": about, "prelude": [*prelude],
            "positive": positive, "nodes": [*nodes]}  # fmt: skip


def step(fact: Any, by: str, name: Any = "new", **details: Any) -> Data:
    details = {"from" if key == "from_" else key: value for key, value in details.items()}
    return {"name": name, "fact": fact, "by": by, **details}


def terms(*items: tuple[str, Any]) -> list[Data]:
    return [{"fact": name, "times": times if isinstance(times, list) else [[times, []]]} for name, times in items]


def combine(fact: Any, *items: tuple[str, Any], scale: Any = None, **more: Any) -> Data:
    return step(fact, "combine", terms=terms(*items), scale=ONE if scale is None else scale, **more)


def absorb(fact: Any, over: Any, *items: tuple[str, Any]) -> Data:
    return step(fact, "absorb", terms=terms(*items), from_=over)


FACTS: Data = {
    "absurd": ["o", 0], "zero": ["O", 0], "Ox": ["O", "x"], "Oy": ["O", "y"], "ox": ["o", "x"], "oy": ["o", "y"],
    "x1": ["O", ["-", "x"]], "y1": ["O", ["-", "y"]], "k1": ["O", ["-", "k"]], "xg": ["o", ["-", "x"]],
    "yg": ["o", ["-", "y"]], "kg": ["o", ["-", "k"]], "kO": ["O", "k"], "Oax": ["O", ["*", "a", "x"]],
    "Obx": ["O", ["*", "b", "x"]], "Pxy": ["poly", "x", "y"], "Pyx": ["poly", "y", "x"], "Pyz": ["poly", "y", "z"],
    "Sxy": ["sub", "x", "y"], "Syz": ["sub", "y", "z"], "Sxk": ["sub", "x", "k"], "Syk": ["sub", "y", "k"],
    "Pxk": ["poly", "x", "k"], "big": ["large", "N", "k"], "Sx0": ["sub", "x", 0], "PxN": ["poly", "x", "N"], "big_xy": ["large", "x", "y"],
    "Pkk": ["poly", "k", "k"], "Pzy": ["poly", "z", "y"],
}  # fmt: skip


def slim(data: Data) -> Data:
    """The certificate without the hypotheses that nothing in it names, so that it is quickly read."""

    def words(part: Any) -> set[str]:
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        return {part} if isinstance(part, str) else set[str]().union(*map(words, inner))

    named = words([data["prelude"], data["nodes"], data["positive"]])
    kept = {name: fact for name, fact in data["statement"]["hypotheses"].items() if name in named or name not in FACTS}
    return {**data, "statement": {**data["statement"], "hypotheses": kept}}


def changed(data: Data, path: str, new: Any) -> Data:
    """A copy with the entry at a/b/c set."""
    keys = [int(key) if key.isdigit() else key for key in path.split("/")]
    here: Any = data
    if len(keys) > 1:
        here = [*data] if isinstance(data, list) else {**data}
        here[keys[0]] = changed(here[keys[0]], path.partition("/")[2], new)
        return here
    here = [*data] if isinstance(data, list) else {**data}
    here[keys[0]] = new
    return here


def alone(one: Data) -> Data:
    return slim(certificate(statement(FACTS), CLOSED, prelude=(one,)))


def split(on: Any, *branches: Data, positive: Any = None, following: Any = None, about: Data | None = None) -> Data:
    """A certificate that starts with a split into cases."""
    first = {"steps": [], "close": None, "cases": {
        "name": "case", "on": on, "from": positive, "next": following or [*range(1, len(branches) + 1)]}}  # fmt: skip
    return certificate(about or statement(FACTS), first, *branches)


def using(*steps: Data) -> Data:
    return {"steps": [*steps], "close": "absurd", "cases": None}


def accepted(check: Callable[[Data], Any], data: Data) -> bool:
    try:
        check(data)
    except Rejected:
        return False
    return True
