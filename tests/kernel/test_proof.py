"""Every rule accepts what it should, and refuses each way of asking for more."""

import copy
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from theorycheck.kernel import Rejected, check

from . import certificates as valid
from .certificates import ALL, certificate, combination, term

Data = dict[str, Any]


@pytest.mark.parametrize("name", ALL)
def test_accepts(name: str) -> None:
    data = ALL[name]()
    theorem = check(json.loads(json.dumps(data)))
    assert list(theorem.conclusions) == data["conclusions"]
    assert theorem.hypotheses == data["hypotheses"]
    assert all(part in str(theorem) for part in (*data["symbols"], *data["conclusions"], *data.get("systems", {})))


def test_the_theorem_keeps_no_hold_on_the_certificate() -> None:
    data = valid.square()
    theorem = check(data)
    data["hypotheses"]["a"][0] = ">="
    data["steps"][0]["fact"][1].append("b")
    assert theorem.hypotheses["a"] == [">", "a"]
    assert theorem.conclusions["ab"] == [">", ["*", "a", "b"]]


def change(path: str, value: Any) -> Callable[[Data], None]:
    """Set the entry at a path like steps.0.terms.1.coefficient; `...` deletes it."""

    def apply(data: Any) -> None:
        *keys, last = [int(key) if key.isdigit() else key for key in path.split("/")]
        for key in keys:
            data = data[key]
        if value is ...:
            del data[last]
        else:
            data[last] = value

    return apply


REFUSED: list[tuple[str, Any, Any, str]] = [
    ("square", "schema_version", 2, "schema"),
    ("square", "schema_version", True, "schema"),
    ("square", "schema_version", "1", "schema"),
    ("square", "kind", "point", "kind"),
    ("square", "comment", "x", "keys"),
    ("square", "atoms", ..., "keys"),
    ("square", "symbols", ["a", "b", "a"], "twice"),
    ("square", "symbols", ["a", "exp"], "name"),
    ("square", "symbols", ["a"], "no meaning"),
    ("square", "symbols", "ab", "list"),
    ("square", "conclusions", [], "conclusion"),
    ("square", "conclusions", ["other"], "no fact"),
    ("square", "conclusions", [["ab"]], "name"),
    ("square", "hypotheses/a", [">=", "a"], "does not give"),
    ("square", "hypotheses/a", ["<", "a"], "relation"),
    ("square", "hypotheses/a", [[">"], "a"], "relation"),
    ("square", "hypotheses/a", [">", "a", 0], "list of 2"),
    ("square", "hypotheses/a", [">", ["exp", "a"]], "rational operation"),
    ("square", "hypotheses/a", [">", ["/", 1, "a"]], "denominator"),
    ("square", "hypotheses/a b", [">", "a"], "name"),
    ("square", "denominators", {"c": {"coefficient": 1, "facts": []}}, "keys"),
    ("square", "denominators", {"a": {"coefficient": 1, "facts": []}}, "not needed"),
    ("square", "steps/0/name", "a", "twice"),
    ("square", "steps/0/name", ["ab"], "name"),
    ("square", "steps/0/name", "ab\nthen everything", "name"),
    ("square", "steps/0/by", "magic", "no rule"),
    ("square", "steps/0/by", ["combination"], "name"),
    ("square", "steps/0/by", ..., "name"),
    ("square", "steps/0/terms", ..., "keys"),
    ("square", "steps/0/extra", 1, "keys"),
    ("square", "steps/0/terms/0/extra", 1, "keys"),
    ("square", "steps/0/terms/0/coefficient", 2, "does not give"),
    ("square", "steps/0/terms/0/coefficient", -1, "coefficient"),
    ("square", "steps/0/terms/0/coefficient", 0, "coefficient"),
    ("square", "steps/0/terms/0/coefficient", 1.0, "float"),
    ("square", "steps/0/terms/0/coefficient", "1.0", "rational"),
    ("square", "steps/0/terms/0/facts", ["a"], "does not give"),
    ("square", "steps/0/terms/0/facts", ["a", "c"], "no fact"),
    ("square", "steps/0/terms/0/facts", ["a", 1], "name"),
    ("square", "steps/0/terms/0/facts", "ab", "list"),
    ("square", "steps/0/terms", [], "does not give"),
    ("square", "steps/1/fact", [">", ["^", "b", 2]], "does not give"),
    ("square", "steps/1/fact/0", "=", "no terms"),
    ("square", "steps/1/terms/1/squares", [["-", "a", "c"]], "no meaning"),
    ("square", "steps/1/terms/1/squares", [["/", "a", "b"]], "denominator"),
    ("square", "steps/2/terms/0", ..., "does not give"),
    ("quotient", "hypotheses/y", [">=", "y"], "needed"),
    ("quotient", "denominators", ..., "missing"),
    ("quotient", "denominators/given/coefficient", 2, "not the product"),
    ("quotient", "denominators/given/facts", ["gap"], "needed"),
    ("quotient", "denominators/given/facts", ["x"], "no fact"),
    ("quotient", "steps/1/denominator", ..., "missing"),
    ("quotient", "steps/1/denominator/coefficient", -1, "not the product"),
    ("quotient", "steps/1/denominator/coefficient", 0, "not the product"),
    ("quotient", "steps/1/denominator/facts", ["x"], "not the product"),
    ("quotient", "steps/1/denominator/unit", 1, "keys"),
    ("quotient", "steps/2/fact/1", ["/", 1, ["-", "x"]], "does not give"),
    ("equation", "hypotheses/y/0", ">=", "needed"),
    ("equation", "hypotheses/same/0", ">=", "does not give"),
    ("equation", "steps/0/product", "y", "does not give"),
    ("equation", "steps/0/factors", [], "does not give"),
    ("equation", "steps/0/factors", ["same"], "needed"),
    ("equation", "steps/1/equalities/0/fact", "y", "needed"),
    ("equation", "steps/1/equalities/0/multiplier", ["-", "x", 1], "does not give"),
    ("equation", "steps/1/equalities/0/multiplier", ["/", 1, "y"], "denominator"),
    ("equation", "steps/1/fact/0", ">", "does not give"),
    ("equation", "steps/1/terms", [term(1, "y")], "no terms"),
    ("cases", "steps/0/nonnegative", [], "not shown"),
    ("cases", "steps/0/nonpositive", [], "not shown"),
    ("cases", "steps/0/on", ["+", "x", 1], "does not give"),
    ("cases", "steps/0/on", ["/", 1, "x"], "denominator"),
    ("cases", "steps/0/fact/0", ">", "not shown"),
    ("cases", "steps/0/fact/1", ["+", 1, ["^", "x", 3]], "not shown"),
    ("cases", "steps/0/nonnegative/0/by", "induction", "no rule"),
    ("cases", "steps/0/nonnegative/0", 1, "object"),
    ("exponentials", "atoms/Z", ["log", 1], "only exp"),
    ("exponentials", "atoms/Z", ["exp", ["/", 1, "x"]], "denominator"),
    ("exponentials", "atoms/Z", ["exp", "P"], "no meaning"),
    ("exponentials", "atoms/Z", ["exp"], "list of 2"),
    ("exponentials", "atoms/Z", ["exp", "x"], "does not give"),
    ("exponentials", "atoms/P", ["exp", "x"], "does not give"),
    ("exponentials", "atoms/x", ["exp", "y"], "twice"),
    ("exponentials", "steps/0/atoms", ["X"], "does not give"),
    ("exponentials", "steps/0/atoms", ["x"], "no atom"),
    ("exponentials", "steps/0/atoms", [["+", "X"]], "name"),
    ("exponentials", "steps/0/atoms", ["Z", "X"], "list of 1"),
    ("exponentials", "steps/1/fact", [">", ["-", "X", 1]], "does not give"),
    ("exponentials", "steps/2/fact/0", ">", "does not give"),
    ("exponentials", "steps/3/atoms", ["P", "X", "X"], "does not give"),
    ("exponentials", "steps/4/fact/0", ">", "does not give"),
    ("exponentials", "steps/4/atoms", ["X", "Y"], "does not give"),
    ("exponentials", "steps/4/from", "positive", "does not give"),
    ("exponentials", "hypotheses/order/1", ["-", "x", "y"], "does not give"),
    ("induction", "systems/run/start/y", "p", "not shown"),
    ("induction", "systems/run/start/y", "y", "no meaning"),
    ("induction", "systems/run/start/y", ["/", 1, "q"], "denominator"),
    ("induction", "systems/run/start", {}, "keys"),
    ("induction", "systems/run/state", {}, "keys"),
    ("induction", "systems/run/state/y", "y", "twice"),
    ("induction", "systems/run/state/y", "u", "twice"),
    ("induction", "systems/run/state/y", "z", "not declared"),
    ("induction", "systems/run/inputs", ["u", "q"], "no meaning"),
    ("induction", "systems/run/transitions", {}, "no transition"),
    ("induction", "systems/run/transitions/jump", {}, "without facts"),
    ("induction", "systems/run/transitions/jump/high", ..., "no fact"),
    ("induction", "systems/run/transitions/fall", {"down": ["=", ["-", "y_next", ["-", "y", "u"]]]}, "keys"),
    ("induction", "systems/run/transitions/grow/u", ["<=", "u"], "relation"),
    ("induction", "systems/run/extra", 1, "keys"),
    (
        "induction",
        "systems/other",
        {"state": {"p": "q"}, "inputs": [], "start": {"p": 0}, "transitions": {"t": {"same": ["=", ["-", "p", "q"]]}}},
        "no meaning",
    ),
    ("induction", "hypotheses/start", [">=", ["-", "p", "q"]], "not shown"),
    ("induction", "hypotheses/u", [">=", "u"], "no meaning"),
    ("induction", "hypotheses/final", [">", ["-", "y_next", "p"]], "no meaning"),
    ("induction", "steps/0/system", "walk", "no system"),
    ("induction", "steps/0/invariants/above", [">", ["-", "y", "p"]], "not shown"),
    ("induction", "steps/0/invariants/above", [">=", ["-", "y", "u"]], "no meaning"),
    ("induction", "steps/0/invariants/above", [">="], "list of 2"),
    ("induction", "steps/0/steps/grow", ..., "keys"),
    ("induction", "steps/0/steps/jump", [], "not shown"),
    ("induction", "steps/0/steps/grow/0/terms/1", ..., "does not give"),
    ("induction", "steps/0/denominators", {"start": {"coefficient": 1, "facts": []}}, "keys"),
    ("induction", "steps/0", ..., "no fact"),
    ("induction", "steps", [], "induction"),
]


@pytest.mark.parametrize(("name", "path", "new", "reason"), REFUSED, ids=lambda x: str(x)[:30])
def test_refuses(name: str, path: str, new: Any, reason: str) -> None:
    data = json.loads(json.dumps(ALL[name]()))  # no entry shared with another
    change(path, new)(data)
    with pytest.raises(Rejected, match=reason):
        check(data)


def test_a_final_value_may_be_assumed_but_says_nothing_of_earlier_ones() -> None:
    """y_next = y + u with y >= 1 at the end must not make y >= 1 usable within the run."""
    system = {"state": {"y": "y_next"}, "inputs": [], "start": {"y": "q"},
              "transitions": {"t": {"down": ["=", ["-", "y_next", ["-", "y", 1]]]}}}  # fmt: skip

    def proof(term_facts: list[str]) -> Data:
        step = combination("down.shown", [">=", ["+", "y_next", 1]], term(1, *term_facts), term(1),
                           equalities=[{"fact": "down", "multiplier": 1}])  # fmt: skip
        ind = {"name": "i", "by": "induction", "system": "run", "invariants": {"low": [">=", ["+", "y", 1]]},
               "base": [combination("base", [">=", ["+", "q", 1]], term(1, "begin"), term(1))],
               "steps": {"t": [step]}}  # fmt: skip
        return certificate("y y_next q", {"begin": [">=", "q"], "end": [">=", ["-", "y", 1]]}, [ind], "low",
                           systems={"run": system})  # fmt: skip

    with pytest.raises(Rejected, match="no fact 'end'"):
        check(proof(["end"]))
    with pytest.raises(Rejected, match="does not give"):
        check(proof(["low"]))


def test_what_is_shown_of_one_step_stays_in_it() -> None:
    data = valid.induction()
    data["steps"].append(combination("leak", [">=", ["-", "y_next", "p"]], term(1, "up")))
    with pytest.raises(Rejected, match="no meaning"):
        check(data)
    data["steps"][-1] = combination("leak", [">=", 0], term(1, "new"))
    with pytest.raises(Rejected, match="no fact 'new'"):
        check(data)


def test_an_exponential_of_the_state_is_no_part_of_an_invariant() -> None:
    """E = exp(y) would keep its value while y moves: E > 0 is harmless, E - exp(q) = 0 would be false."""
    system = {"state": {"y": "y_next"}, "inputs": [], "start": {"y": "q"},
              "transitions": {"t": {"up": ["=", ["-", "y_next", ["+", "y", 1]]]}}}  # fmt: skip
    ind = {"name": "i", "by": "induction", "system": "run", "invariants": {"same": ["=", ["-", "E", "Q"]]},
           "base": [], "steps": {"t": []}}  # fmt: skip
    data = certificate("y y_next q", {"h": ["=", ["-", "E", "Q"]]}, [ind], "same", systems={"run": system},
                       atoms={"E": ["exp", "y"], "Q": ["exp", "q"]})  # fmt: skip
    with pytest.raises(Rejected, match="'E' has no meaning"):
        check(data)


def test_exponentials_of_inputs_serve_within_a_step_only() -> None:
    system = {"state": {"y": "y_next"}, "inputs": ["u"], "start": {"y": 0},
              "transitions": {"t": {"add": ["=", ["-", "y_next", ["+", "y", "E"]]]}}}  # fmt: skip
    positive = {"name": "E0", "fact": [">", "E"], "by": "exp-positive", "atoms": ["E"]}
    shown = combination("sum", [">=", "y_next"], term(1, "low"), term(1, "E0"),
                        equalities=[{"fact": "add", "multiplier": 1}])  # fmt: skip
    ind = {"name": "i", "by": "induction", "system": "run", "invariants": {"low": [">=", "y"]},
           "base": [combination("zero", [">=", 0])], "steps": {"t": [positive, shown]}}  # fmt: skip
    data = certificate("y y_next u", {}, [ind], "low", systems={"run": system}, atoms={"E": ["exp", "u"]})
    assert check(data).conclusions == {"low": [">=", "y"]}
    data["steps"].insert(0, positive)
    with pytest.raises(Rejected, match="no meaning"):
        check(data)


def test_invariants_and_transitions_with_denominators() -> None:
    """1/y <= 1/q if y starts at q > 0 and 1/y_next <= 1/y, y_next > 0."""
    one = {"coefficient": 1, "facts": ["positive"]}
    system = {"state": {"y": "y_next"}, "inputs": [], "start": {"y": "q"}, "transitions": {"t": {
        "next": [">", "y_next"], "down": [">=", ["-", ["/", 1, "y"], ["/", 1, "y_next"]]]}}}  # fmt: skip
    goal = [">=", ["-", ["/", 1, "q"], ["/", 1, "y_next"]]]
    base_goal = [">=", ["-", ["/", 1, "q"], ["/", 1, "q"]]]
    product = combination("p", [">=", ["*", "y", ["-", "y_next", "q"]]], term(1, "less", "next"), term(1, "down", "q0"))
    ind = {"name": "i", "by": "induction", "system": "run",
           "invariants": {"positive": [">", "y"], "less": [">=", ["-", ["/", 1, "q"], ["/", 1, "y"]]]},
           "denominators": {"less": {"coefficient": 1, "facts": ["q0", "positive"]},
                            "down": {"coefficient": 1, "facts": ["positive", "next"]}},
           "base": [combination("same", base_goal, denominator={"coefficient": 1, "facts": ["q0"]})],
           "steps": {"t": [product, {"name": "r", "fact": [">=", ["-", "y_next", "q"]], "by": "cancel", "product": "p",
                                     "factors": ["positive"]},
                           combination("s", goal, term(1, "r"),
                                       denominator={"coefficient": 1, "facts": ["q0", "next"]})]}}  # fmt: skip
    data = certificate("y y_next q", {"q0": [">", "q"]}, [ind], "less", systems={"run": system})
    assert set(check(data).conclusions) == {"less"}
    for path, new in (("denominators/less", ...), ("denominators/down", ...), ("denominators/less", one)):
        broken = copy.deepcopy(data)
        change(f"steps/0/{path}", new)(broken)
        with pytest.raises(Rejected):
            check(broken)


def test_unused_systems_are_refused() -> None:
    data = valid.induction()
    data["steps"], data["conclusions"] = [combination("zero", [">=", 0])], ["zero"]
    with pytest.raises(Rejected, match="every system"):
        check(data)


def test_the_kernel_is_small_and_needs_only_the_standard_library(root: Path) -> None:
    """At most 500 lines of code, comments and docstrings; blank lines are not counted."""
    texts = [path.read_text() for path in sorted((root / "theorycheck" / "kernel").glob("*.py"))]
    assert sum(bool(line.strip()) for text in texts for line in text.splitlines()) <= 500
    imports = {line.split()[1] for text in texts for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert all(name.startswith(".") or name.partition(".")[0] in sys.stdlib_module_names for name in imports)
    assert not any("float(" in text for text in texts)
