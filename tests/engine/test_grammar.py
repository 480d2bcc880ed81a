from pathlib import Path

import pytest
import sympy

from theorycheck.grammar import NotInGrammar, parse

x, y = sympy.symbols("x y")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x + 2*y", x + 2 * y),
        ("0.1*x", x / 10),
        ("1e-3", sympy.Rational(1, 1000)),
        ("x**(1/2)", sympy.sqrt(x)),
        ("-x**2", -(x**2)),
        ("1 <= x < y", sympy.And(sympy.Le(1, x), x < y)),
        ("x > 0 and not y > 1 or x == y", sympy.Or(sympy.And(x > 0, y <= 1), sympy.Eq(x, y))),
        ("max(x, y, 0)", sympy.Max(0, x, y)),
    ],
)
def test_mathematics_is_read_exactly(text: str, expected: sympy.Basic) -> None:
    assert parse(text, {"x", "y"}) == expected


HOSTILE = [
    "__import__('os').system('touch SENTINEL')", "().__class__.__bases__[0].__subclasses__()", "open('SENTINEL','w')", "x.__class__",
    "(lambda: x)()", "[x for x in (1,2)]", "exec('x')", "eval('1')", "x if y else 1", "x := 1", "f'{x}'", "'a'", "b'a'", "None", "True",
    "x[0]", "{x}", "x @ y", "x // y", "x % y", "x << 3", "~x", "9**9**9", "((10**64)**64)**64", "x**65", "x**(10**30)", "1e999", "0x10", "1j", "...",
    "exp(x, y)", "max(x)", "exp(x=1)", "exp(*x)", "x and 1", "(x > 1) + 1", "1/0", "log(0)", "(-1)**(1/2)", "", "x +", "x\x00", "-" * 60 + "x", "log(-1)",
    "+".join(["x"] * 500), "1" * 50, "z", "yield", "await x", "sympy.oo", "x; y", "import os",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_else_is_read_and_nothing_runs(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotInGrammar) as caught:
        parse(text, {"x", "y"})
    assert "\n" not in str(caught.value).rstrip()
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_name_gets_the_nearest_one() -> None:
    with pytest.raises(NotInGrammar, match='did you mean "alpha"'):
        parse("alhpa + 1", {"alpha", "beta"})


def test_a_long_text_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(NotInGrammar, match="characters"):
        parse("x" * 10**6, {"x"})
    with pytest.raises(NotInGrammar, match="not an expression"):
        parse(3, {"x"})  # type: ignore[arg-type]
