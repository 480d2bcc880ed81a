"""constants: what it finds and writes, how it says that there is none, and what it refuses."""

import csv
import json
import math
import textwrap
from pathlib import Path

import pytest

from .conftest import Command

PAPER = textwrap.dedent(
    '''
    """A paper for tests: claims about orders of magnitude."""
    import sympy
    from theorycheck.checks.asymptotic import Asymptotic
    from theorycheck.checks.enclosure import Enclosure
    from theorycheck.claim import Claim, Condition, Part, ordered
    from theorycheck.domains import Variable, positive, real
    from theorycheck.orders.language import Quantity
    from theorycheck.orders.text import order
    from theorycheck.paper import Paper
    from theorycheck.source import Bibliography, Source
    from theorycheck.verdict import Verdict

    K, D, M, ETA = Quantity("k", "limit", "classes"), Quantity("d"), Quantity("m"), Quantity("eta", meaning="step")
    q, h = Variable("q", real(3)), Variable("h", positive(1))

    def claim(name, goal, hypotheses, quantities, uses=(), **more):
        return Claim(name, Source(name.title(), "Section 1"), f"About {name}", (Part("all", order=order(goal)),),
                     (Asymptotic(),), hypotheses=tuple(map(ordered, hypotheses)), quantities=quantities, uses=uses,
                     **{"expected": Verdict.PROVED, **more})

    def chapter(setting):
        x = h.symbol
        return (
            Claim("step", Source("Lemma 0", "Section 1"), "About steps", (Part("all", sympy.Le(x**2, x)),), (Enclosure({"h": (0, 1)}),),
                  (h,), (Condition.of(sympy.Le(x, sympy.Rational(1, 1000))), Condition("runs end"),
                   Condition.of(sympy.Ge(sympy.Abs(x - 1), x))), point={"h": "1/1000"}),
            claim("logs", "m <~ sqrt(k)", ("m ~ log(k)**5",), (K, M), sizes={"m": "log(k)**5"}),
            claim("base", "m >> 1", ("m = polylog(k)", "m >> log(k)"), (K, M)),
            claim("top", "eta*m << 1", ("1/eta >= largepoly(k)", "m = polylog(k)", "d**q <~ k**6", "d >> 1"), (K, D, M, ETA),
                  ("base", "step", "odd"), variables=(q,)),
            claim("odd", "k <~ 1", (), (K,), expected=Verdict.REFUTED),
            claim("never", "m >> 1", ("m >> 1", "m <~ 1"), (K, M), expected=Verdict.VACUOUS),
            claim("two", "d*k >> 1", ("d >> k",), (K, Quantity("d", "limit"))),
        )

    PAPER = Paper("orders", Bibliography("o2020", "Orders", ("A. Author",), 2020), (chapter,))
    '''
)


@pytest.fixture
def orders(home: Path) -> str:
    (home / "orders.py").write_text(PAPER)
    return "orders.py"


def test_a_threshold_is_found_shown_and_written(orders: str, command: Command, home: Path) -> None:
    done = command("constants", f"{orders}:logs", "--statements", "--constant", "1", "--json", "found.json")
    assert done.code == 0
    assert "all 3 inequalities hold at once first at k = 3430631121407802" in done.out
    assert "all hold for good from k = 3430631121407802" in done.out
    document = json.loads((home / "found.json").read_text())
    assert document["thresholds"]["least"] == ["3430631121407802"] * 2
    assert document == json.loads((home / "constants/logs/data.json").read_text())
    k = 3430631121407802
    assert math.log(2 + k) ** 5 / math.sqrt(k) == pytest.approx(1, rel=1e-12)
    page = (home / "constants/logs/index.html").read_text()
    assert "Constants <code>logs</code>" in page and "3430631121407802" in page and "<svg" in page
    assert (home / "constants/logs/plot-1-margins-of-the-inequalities-that-decide-most.svg").exists()
    rows = list(csv.DictReader((home / "constants/logs/table-2-inequalities.csv").read_text().splitlines()))
    assert [row[""] for row in rows] == ["", "", "last to hold"]


def test_a_chain_takes_its_sizes_from_growth_rates_and_says_what_it_leaves_out(orders: str, command: Command) -> None:
    done = command("constants", f"{orders}:top", "--json", "-")
    document = json.loads(done.out)
    tables = {table["title"]: table["rows"] for table in document["tables"]}
    assert done.code == 0 and "page: " in done.err
    sizes = {row[0]: row for row in tables["Sizes"]}
    assert set(sizes) == {"k", "d", "m", "eta"}
    assert all("growth rates" in sizes[name][2] for name in ("d", "m", "eta"))
    star = int(document["thresholds"]["least"][0])
    assert float(sizes["m"][3]) >= 10 * math.log(2 + star) * (1 - 1e-5)
    assert float(sizes["eta"][4]) == pytest.approx(1 / float(sizes["eta"][3]), rel=1e-4)
    # The proof of eta*m << 1 says which power is large enough; the default for others is 10.
    powers = [row[2] for row in tables["Inequalities"] if row[1] == "1/eta >= largepoly(k)"]
    assert len(powers) == 1 and "k**10" not in powers[0]
    left = {row[0]: row[1] for row in tables["Not looked at"]}
    assert "expected to be refuted" in left["odd"] and set(left) == {"odd", "step"}
    assert document["figures"]["symbolic constants"] == ["q = 3"]


def test_sizes_and_constants_of_the_user_come_before_others(orders: str, command: Command, home: Path) -> None:
    sizes = ("--let", "m=log(k)**2", "--let", "eta=k**(-3)", "--let", "d=k", "--let", "h=1/k", "--at", "q=4")
    numbers = ("--much", "20", "--polylog", "5/2", "--large", "2", "--json", "a.json")
    done = command("constants", f"{orders}:top", *sizes, *numbers)
    assert done.code == 0
    found = json.loads((home / "a.json").read_text())
    star = int(found["thresholds"]["least"][0])  # log(2 + k) >= 20
    assert star == math.ceil(math.exp(20) - 2) == int(found["thresholds"]["for good from"][0])
    rows = {row[2]: row for row in next(t for t in found["tables"] if t["title"] == "Inequalities")["rows"]}
    assert rows["h <= 1/1000"][3] == "1000"
    left = [row[1] for row in next(t for t in found["tables"] if t["title"] == "Not looked at")["rows"]]
    assert any("Abs" in why and "is not allowed" in why for why in left)
    assert "d**4 <= 10*k**6" in rows
    # The answer must move with the constant.
    assert command("constants", f"{orders}:top", *sizes, "--much", "21", "--large", "2", "--json", "b.json").code == 0
    assert int(json.loads((home / "b.json").read_text())["thresholds"]["least"][0]) == math.ceil(math.exp(21) - 2)


def test_none_below_the_bound_is_certified(orders: str, command: Command) -> None:
    sizes = ("--let", "m=log(k)**(6/5)", "--let", "d=100", "--let", "eta=k**(-20)", "--large", "2", "--at", "q=3")
    done = command("constants", f"{orders}:top", *sizes, "--below", "1e300")
    assert done.code == 1
    assert "hold at once at no k below 1e+300, certified; what fails: 10*log(k) <= m" in done.out
    between = command("constants", f"{orders}:never", "--let", "m=log(k)", "--much", "5")
    assert between.code == 0 and "hold at once first at k = 147," in between.out  # 5 <= log(2 + k) <= 10
    assert "not for good: in the end m <= 10 fails for every k" in between.out
    vacuous = command("constants", f"{orders}:never", "--let", "m=sqrt(k)", "--much", "101", "--below", "10**50")
    assert vacuous.code == 1 and "certified" in vacuous.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("constants", "orders.py:tip"), 'no claim "tip"; did you mean "top"?'),
        (("constants", "orders.py"), "is a paper; name a claim"),
        (("constants", "orders.py:step"), "no claim about orders of magnitude"),
        (("constants", "orders.py:logs", "--let", "mm=k"), 'no quantity "mm" in logs; did you mean "m"?'),
        (("constants", "orders.py:logs", "--let", "m=k-1"), "--let m=k-1: -1 is not positive"),
        (("constants", "orders.py:logs", "--let", "m=x**2"), 'unknown name "x"'),
        (("constants", "orders.py:logs", "--let", "m=1/0"), "not a real number"),
        (("constants", "orders.py:logs", "--let", "m"), "NAME=EXPR"),
        (("constants", "orders.py:logs", "--let", "m=k", "--let", "m=1"), "m is given twice"),
        (("constants", "orders.py:top", "--at", "q=2"), "q = 2 (allowed: real in [3, oo))"),
        (("constants", "orders.py:top", "--at", "p=2"), 'no constant "p"'),
        (("constants", "orders.py:logs", "--constant", "0"), "--constant"),
        (("constants", "orders.py:logs", "--polylog", "-1"), "--polylog"),
        (("constants", "orders.py:logs", "--much", "k-2"), "-2 is not positive"),
        (("constants", "orders.py:logs", "--below", "1"), "--below"),
        (("constants", "orders.py:logs", "--below", "many"), "--below"),
        (("constants", "orders.py:two"), "2 limit variables: k, d; with --let d=... k is the one"),
        (("constants", "orders.py:never"), "no growth rates are found"),
        (("constants", "orders.py:top", "--polylog", "1/2", "--poly", "3"), "contradict each other"),
    ],
)
def test_bad_input_is_one_message_and_writes_nothing(
    orders: str, command: Command, home: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = command(*arguments)
    assert done.code == 2 and done.out == ""
    assert message in done.err and done.err.count("\n") == 1
    assert not (home / "constants").exists()


def test_another_limit_variable_may_get_a_size(orders: str, command: Command) -> None:
    done = command("constants", f"{orders}:two", "--let", "d=k**2/4", "--out", "here", "--json", "-")
    assert done.code == 0
    assert json.loads(done.out)["thresholds"]["least"] == ["40", "40"]
