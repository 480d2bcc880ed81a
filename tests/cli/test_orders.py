"""Order claims from the shell: theory files, verify, show, replay, ablate, and what is refused."""

import json
from pathlib import Path

import pytest

from .conftest import Command

HEAD = 'schema_version = 1\npaper = {id = "o", title = "O", authors = ["A"], year = 2026}\n'
CLAIM = '[[claim]]\nid = "c"\nsource = "Lemma 1"\ntitle = "T"\n'
QUANTITIES = "[claim.quantities]\nk = { kind = 'limit' }\nx = { meaning = 'a step' }\n"
ORDERS = f"""{HEAD}
[[claim]]
id = "small"
source = "Lemma 1"
title = "Small steps"
hypotheses = ["x = polylog(k)", "x >~ 1"]
statement = "x*k**a << k"
{QUANTITIES}
[claim.variables]
a = {{ domain = "real", low = 0, high = 1, high_open = true }}

[[claim]]
id = "wrong"
source = "Lemma 2"
title = "Too much"
hypotheses = ["x = polylog(k)"]
statement = "x >> 1"
uses = ["small"]
expected = "refuted"
{QUANTITIES}
"""


@pytest.fixture
def orders(home: Path) -> Path:
    path = home / "orders.toml"
    path.write_text(ORDERS)
    return path


def test_verify_report_and_replay(command: Command, orders: Path) -> None:
    found = command("verify", "orders.toml", "--report", "out", "--jobs", "1")
    assert found.code == 0 and "1 proved, 1 refuted; 2 as expected" in found.out
    page = Path("out/index.html").read_text()
    assert "Growth rates" in page and "there are constants C, p" in page
    again = command("replay", "out/witnesses/wrong.json", "--paper", "orders.toml")
    assert again.code == 0 and again.out.splitlines()[-1] == "confirmed"
    assert "  x ~ " in again.out and "statement false: x^(-1) = o(1)" in again.out


def test_a_ray_of_another_statement_is_not_confirmed(command: Command, orders: Path) -> None:
    command("verify", "orders.toml", "--report", "out", "--jobs", "1", "--no-store")
    path = Path("out/witnesses/wrong.json")
    witness = json.loads(path.read_text())
    path.write_text(json.dumps({**witness, "claim": "small"}))
    other = command("replay", str(path), "--paper", "orders.toml")
    assert other.code == 1 and "refute another statement" in other.out
    path.write_text(json.dumps({**witness, "claim": "absent"}))
    assert command("replay", str(path), "--paper", "orders.toml").code == 1
    steep = {**witness["values"], "x": ["1" for _ in witness["values"]["x"]]}
    path.write_text(json.dumps({**witness, "values": steep}))
    assert command("replay", str(path), "--paper", "orders.toml").code == 1
    path.write_text(json.dumps({**witness, "values": {}}))
    assert command("replay", str(path), "--paper", "orders.toml").code == 3


def test_show_says_quantifiers_and_kinds(command: Command, orders: Path) -> None:
    found = command("show", "orders.toml:small")
    assert "from some k on" in found.out and "x: may depend on k in any way, a step" in found.out
    assert "constants:\n  a: real in [0, 1)" in found.out


def test_ablate(command: Command, orders: Path) -> None:
    found = command("ablate", "orders.toml:small", "--json", "a.json")
    assert found.code == 0 and "small: 1 needed, 1 not needed, 0 open" in found.out
    assert found.out.splitlines()[-1] == "needed for no part: x >~ 1"
    document = json.loads(Path("a.json").read_text())
    needs = {row["without"]: (row["need"], row["witness"] is not None) for row in document["hypotheses"]}
    assert needs == {"x = polylog(k)": ("needed", True), "x >~ 1": ("not needed", False)}
    only = command("ablate", "orders.toml:small", "--json", "-")
    assert json.loads(only.out) == document and "1 needed" in only.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ablate", "orders.toml"), "is a paper; name a claim"),
        (("ablate", "orders.toml:smal"), 'has no claim "smal"; did you mean "small"?'),
        (("ablate", "orders.toml:wrong"), "does not follow from all hypotheses"),
        (("ablate", "orders.toml:small", "--profile", "quik"), 'did you mean "quick"?'),
    ],
)
def test_ablate_refuses_in_one_line(command: Command, orders: Path, arguments: tuple[str, ...], says: str) -> None:
    found = command(*arguments)
    assert (found.code, found.out) == (2, "") and says in found.err and len(found.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('statement = "x < k"\n' + QUANTITIES, "no order relation (allowed: <~ >~"),
        ('statement = "x <~ y"\n' + QUANTITIES, 'unknown name "y"; known: k, x'),
        ('statement = "x - k <~ k"\n' + QUANTITIES, "-1 is not positive"),
        ('statement = "exp(x) <~ k"\n' + QUANTITIES, "exp is not in the language of orders"),
        ('statement = "x <= polylog(x*k)"\n' + QUANTITIES, "needs a class of powers"),
        ('statement = "x <~ k <~ k"\n' + QUANTITIES, "more than one relation"),
        ('statement = "x <~ __import__(\'os\')"\n' + QUANTITIES, "not a function of the grammar"),
        ('statement = "x <~ k"\npoint = {x = 1}\n' + QUANTITIES, "a claim about orders has none"),
        ('statement = "x <~ k"\nchecks = ["search"]\n' + QUANTITIES, "a claim about orders has none"),
        ('statement = "x <~ k"\n[claim.quantities]\nk = { kind = "limt" }\nx = {}\n', 'did you mean "limit"?'),
        ('statement = "x <~ k"\n[claim.quantities]\nk = {}\nx = { kind = "polylog" }\n', "name the limit variable"),
        ('statement = "x <~ k"\n[claim.quantities]\nlog = {}\nx = {}\n', "no name for a quantity"),
        ('statement = "x <~ k"\n[claim.quantities]\n', "0 quantities (allowed: 1 to 150)"),
        ('statement = "x <= 1"\nsizes = {x = "2"}\n[claim.variables]\nx = {domain = "real"}\n', "sizes belong to quantities"),
        ('statement = "x <~ k"\nsizes = {y = "2"}\n' + QUANTITIES, "y"),
    ],
)  # fmt: skip
def test_a_wrong_theory_file_is_one_line_with_its_place(command: Command, home: Path, text: str, says: str) -> None:
    (home / "t.toml").write_text(HEAD + CLAIM + text)
    found = command("verify", "t.toml")
    assert (found.code, found.out) == (2, "") and says in found.err and len(found.err.splitlines()) == 1
    assert found.err.startswith("theorycheck: t.toml:"), found.err
