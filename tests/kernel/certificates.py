"""Small valid certificates, one for each rule."""

from typing import Any


def term(coefficient: Any, *facts: str, squares: tuple[Any, ...] = ()) -> dict[str, Any]:
    return {"coefficient": coefficient, "facts": list(facts), "squares": list(squares)}


def combination(name: str, fact: Any, *terms: Any, equalities: Any = (), **extra: Any) -> dict[str, Any]:
    return {
        "name": name,
        "fact": fact,
        "by": "combination",
        "terms": list(terms),
        "equalities": list(equalities),
        **extra,
    }


def certificate(symbols: str, hypotheses: Any, steps: Any, conclusions: str, **extra: Any) -> dict[str, Any]:
    return {"schema_version": 1, "kind": "proof", "symbols": symbols.split(), "atoms": {}, "hypotheses": hypotheses,
            "steps": steps, "conclusions": conclusions.split(), **extra}  # fmt: skip


def square() -> dict[str, Any]:
    """a b > 0 and a^2 + (a - b)^2 >= 0 and a^2 + 2 > 0."""
    return certificate("a b", {"a": [">", "a"], "b": [">", "b"]}, [
        combination("ab", [">", ["*", "a", "b"]], term(1, "a", "b")),
        combination("sum", [">=", ["+", ["^", "a", 2], ["^", ["-", "a", "b"], 2]]],
                    term("1/1", "a", "a"), term(1, squares=(["-", "a", "b"],))),
        combination("two", [">", ["+", ["^", "a", 2], 2]], term(2), term(1, squares=("a",))),
    ], "ab sum two")  # fmt: skip


def quotient() -> dict[str, Any]:
    """1/x <= 1/y for x >= y > 0, and -1/x < 0 written with a negative denominator."""
    return certificate("x y", {"y": [">", "y"], "gap": [">=", ["-", "x", "y"]], "given": [">=", ["/", 1, "y"]]}, [
        combination("x", [">", "x"], term(1, "y"), term(1, "gap")),
        combination("order", [">=", ["-", ["/", 1, "y"], ["/", 1, "x"]]], term(1, "gap"),
                    denominator={"coefficient": 1, "facts": ["x", "y"]}),
        combination("negative", [">", ["/", -1, ["-", "x"]]], term(1),
                    denominator={"coefficient": -1, "facts": ["x"]}),
    ], "order negative", denominators={"given": {"coefficient": "1", "facts": ["y"]}})  # fmt: skip


def equation() -> dict[str, Any]:
    """x = 1 from x y = y and y > 0; then x^2 = 1."""
    difference = ["-", ["*", "x", "y"], "y"]
    return certificate("x y", {"y": [">", "y"], "same": ["=", difference]}, [
        {"name": "one", "fact": ["=", ["-", "x", 1]], "by": "cancel", "product": "same", "factors": ["y"]},
        combination("square", ["=", ["-", ["^", "x", 2], 1]],
                    equalities=[{"fact": "one", "multiplier": ["+", "x", 1]}]),
    ], "one square")  # fmt: skip


def cases() -> dict[str, Any]:
    """x^3 + 1 >= 0 where x >= -1, by the sign of x: x^3 + 1 = (x + 1)(x^2 - x + 1)."""
    goal = [">=", ["+", ["^", "x", 3], 1]]
    return certificate("x", {"low": [">=", ["+", "x", 1]]}, [
        {"name": "cube", "fact": goal, "by": "cases", "on": "x",
         "nonnegative": [combination("up", goal, term(1, "cube.case", "cube.case", "cube.case"), term(1))],
         "nonpositive": [combination("down", goal, term(1, "low", squares=("x",)), term(1, "low", "cube.case"),
                                     term(1, "low"))]},
    ], "cube")  # fmt: skip


def exponentials() -> dict[str, Any]:
    """All five rules about exponentials of 0, x, y, x + y with y >= x."""
    atoms = {"Z": ["exp", 0], "X": ["exp", "x"], "Y": ["exp", "y"], "P": ["exp", ["+", "x", "y"]]}

    def rule(name: str, fact: Any, by: str, *atoms: str, **extra: Any) -> dict[str, Any]:
        return {"name": name, "fact": fact, "by": by, "atoms": list(atoms), **extra}

    return certificate("x y", {"order": [">=", ["-", "y", "x"]]}, [
        rule("zero", ["=", ["-", "Z", 1]], "exp-zero", "Z"),
        rule("positive", [">", "X"], "exp-positive", "X"),
        rule("tangent", [">=", ["-", "Y", ["+", 1, "y"]]], "exp-tangent", "Y"),
        rule("sum", ["=", ["-", "P", ["*", "X", "Y"]]], "exp-sum", "P", "X", "Y"),
        rule("increasing", [">=", ["-", "Y", "X"]], "exp-increasing", "Y", "X", **{"from": "order"}),
    ], "zero positive tangent sum increasing", atoms=atoms)  # fmt: skip


def induction() -> dict[str, Any]:
    """y >= p at any time, if y starts at q >= p and either grows by u >= 0 or is replaced by u >= p."""
    goal = [">=", ["-", "y_next", "p"]]
    return certificate("y y_next u p q", {"start": [">=", ["-", "q", "p"]]}, [
        {"name": "floor", "by": "induction", "system": "run", "invariants": {"above": [">=", ["-", "y", "p"]]},
         "base": [], "steps": {
             "grow": [combination("up", goal, term(1, "above"), term(1, "u"),
                                  equalities=[{"fact": "moves", "multiplier": 1}])],
             "jump": [combination("new", goal, term(1, "high"), equalities=[{"fact": "lands", "multiplier": 1}])]}},
        combination("double", [">=", ["-", ["*", 2, "y"], ["*", 2, "p"]]], term(2, "above")),
    ], "above double", systems={"run": {
        "state": {"y": "y_next"}, "inputs": ["u"], "start": {"y": "q"}, "transitions": {
            "grow": {"moves": ["=", ["-", "y_next", ["+", "y", "u"]]], "u": [">=", "u"]},
            "jump": {"lands": ["=", ["-", "y_next", "u"]], "high": [">=", ["-", "u", "p"]]}}}})  # fmt: skip


ALL = {f.__name__: f for f in (square, quotient, equation, cases, exponentials, induction)}
