"""Whole order certificates: goals, cases, ends, and malformed data, each with whether the kernel must accept it."""

from typing import Any

from .order_building import (
    CLOSED,
    FACTS,
    ONE,
    Data,
    alone,
    certificate,
    changed,
    combine,
    minus,
    slim,
    split,
    statement,
    step,
    terms,
    using,
)  # fmt: skip
from .order_steps import HALF, STEPS, XT, YT


def case(fact: Any, times: Any = "1") -> Data:
    """A branch that needs the case's fact to be this one, or stronger."""
    return using(combine(fact, ("case", times)))


def through(fact: Any, **details: Any) -> Data:
    return using(step(fact, "chain", **details))


def proves(goal: Any, *steps: Data, positive: Any = None, close: str = "end", facts: Data = FACTS) -> Data:
    """A certificate of a goal whose last step gives 1 = o(1)."""
    own = {name: fact for name, fact in facts.items() if name != "absurd"}
    return certificate(statement(own, goal), {"steps": [*steps], "close": close, "cases": None}, positive=positive)


def ending(*items: tuple[str, Any]) -> Data:
    return combine(["o", 0], *items, name="end")


AXK = ["*", "a", "k"]
TX, TY = minus("T", "x"), minus("T", "y")
ZERO_K: Data = {"ok": ["o", "k"], "K": ["poly", "x", "k"], "kg": ["o", ["-", "k"]], "back": ["sub", "k", "x"],
                "S": ["sub", "x", "k"], "k1": ["O", ["-", "k"]]}  # fmt: skip
CERTIFICATES: list[tuple[str, bool, Data]] = [
    ("cases on O", True, split(["O", "z"], case(["O", "z"]), case(["o", minus("z")]))),
    ("cases on O, not strict", False, split(["O", "z"], case(["o", "z"]), CLOSED)),
    ("cases on O, not reversed", False, split(["O", "z"], CLOSED, case(["o", "z"]))),
    ("cases on o", True, split(["o", "z"], case(["o", "z"]), case(["O", minus("z")]))),
    ("cases on o, second not strict", False, split(["o", "z"], CLOSED, case(["o", minus("z")]))),
    ("cases on o, second not reversed", False, split(["o", "z"], CLOSED, case(["O", "z"]))),
    ("cases on poly", True, split(["poly", "z", "k"], through(["poly", "z", "k"], from_="case", then="kk"),
        through(["sub", "k", "z"], from_="kk", then="case"), positive="k1",
        about=statement({**FACTS, "kk": ["poly", "k", "k"]}))),
    ("cases on poly, first not sub", False, split(["poly", "z", "k"], through(["sub", "z", "k"], from_="case", then="kk"),
        CLOSED, positive="k1", about=statement({**FACTS, "kk": ["poly", "k", "k"]}))),
    ("cases on poly, second not reversed", False, split(["poly", "z", "k"], CLOSED,
        through(["poly", "z", "k"], from_="case", then="kk"), positive="k1",
        about=statement({**FACTS, "kk": ["poly", "k", "k"]}))),
    ("cases on poly of what may vanish", False, split(["poly", "z", "k"], CLOSED, CLOSED)),
    ("cases on poly of what vanishes", False, split(["poly", "z", "k"], CLOSED, CLOSED, positive="kO")),
    ("cases on poly, the other is positive", False, split(["poly", "z", "k"], CLOSED, CLOSED, positive="y1")),
    ("cases on poly, by a class", False, split(["poly", "z", "k"], CLOSED, CLOSED, positive="Sxk")),
    ("cases on sub", True, split(["sub", "z", "k"], through(["sub", "z", "k"], from_="case", then="kk"),
        through(["poly", "k", "z"], from_="kk", then="case"), about=statement({**FACTS, "kk": ["poly", "k", "k"]}))),
    ("cases on sub, second not sub", False, split(["sub", "z", "k"], CLOSED,
        through(["sub", "k", "z"], from_="kk", then="case"), about=statement({**FACTS, "kk": ["poly", "k", "k"]}))),
    ("cases on sub, second not reversed", False, split(["sub", "z", "k"], CLOSED,
        through(["poly", "z", "k"], from_="case", then="kk"), about=statement({**FACTS, "kk": ["poly", "k", "k"]}))),
    ("cases on large", False, split(["large", "z", "k"], CLOSED, CLOSED)),
    ("cases on a range", True, split(["range", "c"], using(combine(["o", ["*", "c", "x"]], ("ox", [["1", ["case"]]]))),
        using(combine(["O", minus(["*", "c", "x"])], ("ox", [["1", ["case"]]]))))),
    ("cases on a range, second not strict", False, split(["range", "c"], CLOSED,
        using(combine(["o", minus(["*", "c", "x"])], ("ox", [["1", ["case"]]]))))),
    ("cases on a range, first not negative", False, split(["range", "c"],
        using(combine(["O", minus(["*", "c", "x"])], ("Ox", [["1", ["case"]]]))), CLOSED)),
    ("cases on a range, second not positive", False, split(["range", "c"], CLOSED,
        using(combine(["O", ["*", "c", "x"]], ("Ox", [["1", ["case"]]]))))),
    ("a range is no fact", False, split(["range", "c"], case(["O", "x"]), CLOSED)),
    ("a range of quantities", False, split(["range", "x"], CLOSED, CLOSED)),
    ("a range with a denominator", False, split(["range", ["/", 1, "a"]], CLOSED, CLOSED)),
    ("a range of nothing", False, split(["range"], CLOSED, CLOSED)),
    ("a range's name twice", False, (lambda data: data["nodes"][0]["cases"].update(name="pos") or data)(
        split(["range", "c"], CLOSED, CLOSED))),
    ("cases on a maximum", True, split(["maximum", "T"], case(["O", TX]), case(["O", TY]))),
    ("cases on a maximum, not strict", False, split(["maximum", "T"], case(["o", TX]), CLOSED)),
    ("cases on a maximum, one missing", False, split(["maximum", "T"], CLOSED)),
    ("cases on a maximum, swapped", False, split(["maximum", "T"], case(["O", TY]), case(["O", TX]))),
    ("cases on a maximum, reversed", False, split(["maximum", "T"], case(["O", XT]), case(["O", YT]))),
    ("cases on no maximum", False, split(["maximum", "L"], CLOSED)),
    ("cases on no maximum at all", False, split(["maximum", "x"], following=[])),
    ("cases on nothing", False, split([], CLOSED, CLOSED)),
    ("cases on no fact", False, split(None, CLOSED, CLOSED)),
    ("three cases of a fact", False, split(["O", "z"], CLOSED, CLOSED, CLOSED)),
    ("one case of a fact", False, split(["O", "z"], CLOSED)),
    ("a case that is itself", False, split(["O", "z"], CLOSED, CLOSED, following=[1, 0])),
    ("a case beyond", False, split(["O", "z"], CLOSED, CLOSED, following=[1, 3])),
    ("a case before", False, split(["O", "z"], CLOSED, CLOSED, following=[1, -1])),
    ("a case that is true", False, split(["O", "z"], CLOSED, CLOSED, following=[2, True])),
    ("a case used twice", False, split(["O", "z"], CLOSED, following=[1, 1])),
    ("closed and split", False, changed(split(["O", "z"], CLOSED, CLOSED), "nodes/0/close", "absurd")),
    ("cases on O from a fact", False, split(["O", "z"], CLOSED, CLOSED, positive="k1")),
    ("cases on a range from a fact", False, split(["range", "c"], CLOSED, CLOSED, positive="k1")),
    ("cases on a maximum from a fact", False, split(["maximum", "T"], CLOSED, CLOSED, positive="k1")),
    ("positive without a goal", False, certificate(statement(FACTS), CLOSED, positive="k1")),
    ("positive for another goal", False, proves(["O", "x"], ending(("Ox", "1"), ("goal", "1")), positive="k1")),
    ("second case open", False, split(["O", "z"], CLOSED, {**CLOSED, "close": None})),
    ("first case open", False, split(["O", "z"], {**CLOSED, "close": "zero"}, CLOSED)),
    ("a case's fact is not the other's", False, split(["O", "z"], case(["O", "z"]), case(["O", "z"]))),
    ("a step of one case in the other", False, split(["O", "z"], using(combine(["O", "z"], ("case", "1"), name="in")),
        using(combine(["O", "z"], ("in", "1"), name="out")))),
    ("a step of one range in the other", False, split(["range", "c"], using(combine(["O", ["*", "c", "x"]],
        ("Ox", [["1", ["case"]]]), name="in")), using(combine(["O", ["*", "c", "x"]], ("in", "1"), name="out")))),
    ("cases without end", False, certificate(statement(FACTS), *({"steps": [], "close": None, "cases": {
        "name": f"case{i}", "on": ["O", "z"], "from": None, "next": [i + 1, i + 1501]}} for i in range(1500)), *[CLOSED] * 1501)),
    ("a case's name twice", False, (lambda data: data["nodes"][0]["cases"].update(name="Ox") or data)(
        split(["O", "z"], CLOSED, CLOSED))),
    ("no case", False, certificate(statement(FACTS))),
    ("closed by what is bounded", False, certificate(statement(FACTS), {**CLOSED, "close": "zero"})),
    ("closed by another", False, certificate(statement(FACTS), {**CLOSED, "close": "ox"})),
    ("closed by nothing", False, certificate(statement(FACTS), {**CLOSED, "close": None})),
    ("closed by a class", False, certificate(statement({**FACTS, "S": ["sub", 0, 0]}), {**CLOSED, "close": "S"})),
    ("goal O", True, proves(["O", "x"], ending(("Ox", "1"), ("goal", "1")))),
    ("goal O, scaled", True, proves(["O", ["*", 2, "x"]], ending(("Ox", "2"), ("goal", "1")))),
    ("goal o from O", False, proves(["o", "x"], ending(("Ox", "1"), ("goal", "1")))),
    ("goal o", True, proves(["o", "x"], ending(("ox", "1"), ("goal", "1")))),
    ("goal reversed", False, proves(["O", minus("x")], ending(("Ox", "1"), ("goal", "1")))),
    ("goal assumed", False, proves(["O", "z"], ending(("goal", "1"), ("goal", "1")))),
    ("goal poly", True, proves(["poly", "x", "k"], step(["sub", "k", "k"], "chain", "c", from_="goal", then="Pxk"),
        step(["o", minus(["*", "1/2", "k"])], "combine", "h", terms=terms(("kg", "1/2")), scale=ONE),
        step(["o", ["*", "1/2", "k"]], "instance", "i", from_="c", epsilon=HALF, grows="kg"),
        ending(("h", "1"), ("i", "1")), positive="k1")),
    ("goal poly of what may vanish", False, proves(["poly", "x", "k"], step(["sub", "k", "k"], "chain", "c", from_="goal", then="Pxk"),
        step(["o", ["*", "1/2", "k"]], "instance", "i", from_="c", epsilon=HALF, grows="kg"),
        ending(("kg", "1/2"), ("i", "1")))),
    ("goal sub from poly", False, proves(["sub", "x", "k"], step(["sub", "k", "k"], "chain", "c", from_="goal", then="Pxk"),
        step(["o", ["*", "1/2", "k"]], "instance", "i", from_="c", epsilon=HALF, grows="kg"), ending(("kg", "1/2"), ("i", "1")))),
    ("goal sub", True, proves(["sub", "x", "k"], step(["sub", "k", "k"], "chain", "c", from_="goal", then="Sxk"),
        step(["o", ["*", "1/2", "k"]], "instance", "i", from_="c", epsilon=HALF, grows="kg"), ending(("kg", "1/2"), ("i", "1")))),
    ("goal large", False, certificate(statement(FACTS, ["large", "N", "k"]), CLOSED)),
    ("goal large, weaker", False, certificate(statement({**FACTS, "more": ["large", "N", "k"]}, ["large", "N", "k"]), CLOSED)),
    ("hypothesis named goal", False, certificate(statement({**FACTS, "goal": ["O", "x"]}, ["O", "x"]), CLOSED)),
    ("hypothesis named goal, without one", True, certificate(statement({**FACTS, "goal": ["O", "x"]}), CLOSED)),
    ("the prelude knows no goal", False, (lambda data: data.update(prelude=[combine(["O", 0], ("goal", "1"))]) or data)(
        proves(["O", "x"], ending(("Ox", "1"), ("goal", "1"))))),
]  # fmt: skip


_PLAIN = slim(certificate(statement(FACTS), CLOSED))
MALFORMED: list[tuple[str, bool, Data]] = [
    (f"{path} := {new!r}", False, changed(_PLAIN, path, new))
    for path, new in [
        ("schema_version", 2), ("schema_version", True), ("schema_version", "1"), ("kind", "ray"), ("nodes", {}),
        ("nodes", []), ("prelude", {}), ("statement/parameters", ["a", "b", "c", "a"]), ("statement/parameters", ["a", "b", "c", "x"]),
        ("statement/quantities", []), ("statement/quantities", ["k", "x"]), ("statement/logs", {"L": "x", "M": "y", "x": "y"}),
        ("statement/logs", {"L": "x", "M": "y", "T": "x"}), ("statement/logs", {"L": "M", "M": "L"}),
        ("statement/logs", {"L": "L", "M": "y"}), ("statement/logs", {"L": "T", "M": "y", "1": "x"}), ("statement/maxima", {"T": []}),
        ("statement/maxima", {"T": "x"}), ("statement/maxima", {"T": ["x", "T"]}), ("statement/maxima", {"T": ["x", 1]}),
        ("statement/ranges", {"pos": ["<", "a"], "non": [">=", "b"]}), ("statement/ranges", {"pos": [">", "x"], "non": [">=", "b"]}),
        ("statement/ranges", {"pos": [">", ["/", 1, "a"]], "non": [">=", "b"]}), ("statement/ranges", {"a b": [">", "a"]}),
        ("statement/ranges", {"pos": [">", "a", "b"]}), ("statement/hypotheses", {"a b": ["o", 0]}), ("statement/hypotheses", []),
        ("statement/hypotheses/absurd", ["o", 0.0]), ("statement/hypotheses/absurd", ["o", "0.0"]), ("statement/goal", []),
        ("statement/goal", ["O"]), ("statement/goal", [["O"], "x"]), ("statement/goal", ["O", ["*", "a", "b"]]),
        ("statement/goal", ["O", ["^", "x", 2]]), ("statement/extra", 1), ("extra", 1),
        ("statement/goal", ["O", ["*", "w", "x"]]), ("statement/hypotheses/h", ["=", "x"]), ("nodes/0/extra", 1), ("nodes/0/cases", []),
        ("nodes/0/close", ["absurd"]), ("nodes/0/steps", None), ("statement/goal", ["o", ["+", "x", "x0"]]),
    ]
]  # fmt: skip

ACCEPTED = [("plain", True, _PLAIN), ("logarithms of logarithms and of maxima", True, certificate(statement(
    {"absurd": ["o", 0]}, logs={"L": "x", "M": "y", "LL": "L", "LT": "T"}, maxima={"T": ["x", "y"], "TT": ["T", "LL"]}), CLOSED))]  # fmt: skip


def battery() -> list[tuple[str, bool, Data]]:
    """Every certificate with whether it must be accepted."""
    whole = [(what, good, slim(data)) for what, good, data in CERTIFICATES]
    return [*((what, good, alone(one)) for what, good, one in STEPS), *whole, *MALFORMED, *ACCEPTED]
