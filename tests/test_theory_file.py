"""Theory files: what they mean, and that a wrong or hostile one gives one message and runs nothing."""

import hashlib
import textwrap
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy

from theorycheck import loader
from theorycheck.checks.check import Profile
from theorycheck.checks.enclosure import Enclosure
from theorycheck.checks.identity import Identity
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim
from theorycheck.domains import Domain
from theorycheck.engine import Plan, execute
from theorycheck.errors import UserError
from theorycheck.paper import Paper
from theorycheck.source import Bibliography
from theorycheck.theory_file import read_theory
from theorycheck.verdict import Verdict

HEAD = 'schema_version = 1\npaper = {id = "d", title = "D", authors = ["A"], year = 2026}\n'
CLAIM = '[[claim]]\nid = "c"\nsource = "Lemma 1"\ntitle = "T"\n'
X = "[claim.variables]\nx = {domain = 'real', low = 0}\n"


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Paper]:
    def call(text: str) -> Paper:
        (tmp_path / "t.toml").write_text(text)
        return read_theory(tmp_path / "t.toml")

    return call


@pytest.fixture
def refused(read: Callable[[str], Paper], tmp_path: Path) -> Callable[[str], str]:
    """The one message for a file, without its folder."""

    def call(text: str) -> str:
        with pytest.raises(UserError) as caught:
            read(text)
        assert caught.value.exit_code == 2
        message = str(caught.value).replace(f"{tmp_path}/", "")
        assert len(message) < 700
        return message

    return call


def only(paper: Paper) -> Claim:
    (claim,) = paper.claims(paper.setting({})).values()
    return claim


def test_the_example_of_the_readme_is_read_as_it_stands(
    read: Callable[[str], Paper], root: Path, tmp_path: Path
) -> None:
    text = (root / "README.md").read_text().split("```toml\n")[1].split("```")[0]
    paper = read(text)
    claim = only(paper)
    assert (paper.id, claim.id, str(claim.source), claim.expected) == ("my-draft", "lemma-1", "Lemma 1", Verdict.PROVED)
    assert paper.digest == hashlib.sha256((tmp_path / "t.toml").read_bytes()).hexdigest()
    assert claim.exact_point() == {"x": Fraction(1, 2)}
    assert [type(check) for check in claim.checks] == [Proof, Search]
    (entry,) = execute(
        Plan(str(tmp_path / "t.toml"), {}, Profile.QUICK, jobs=0), ["lemma-1"], None, False, lambda *_: None
    )
    assert entry.verdict is Verdict.PROVED


def test_the_readme_example_of_orders_is_proved(read: Callable[[str], Paper], root: Path, tmp_path: Path) -> None:
    text = (root / "README.md").read_text().split("```toml\n")[2].split("```")[0]
    assert only(read(HEAD + text)).expected is Verdict.PROVED
    plan = Plan(str(tmp_path / "t.toml"), {}, Profile.QUICK, jobs=0)
    (entry,) = execute(plan, ["lemma-2"], None, False, lambda *_: None)
    assert entry.verdict is Verdict.PROVED


def test_numbers_are_exact_and_domains_as_written(read: Callable[[str], Paper]) -> None:
    claim = only(read(HEAD + CLAIM + textwrap.dedent("""
        statement = "a + b + c + n >= 0.1"
        point = {a = 0.1, b = "1/3", c = 2, n = 3}
        [claim.variables]
        a = {domain = "positive", high = 0.1}
        b = {domain = "real", low = "-1/3", high = 1e2, high_open = true, meaning = "a step"}
        c = {domain = "positive", low = 2}
        n = {domain = "integer", low = 1, high = 5}
    """)))  # fmt: skip
    domains = {v.name: v.domain for v in claim.variables}
    assert domains == {
        "a": Domain(Fraction(0), Fraction(1, 10), low_open=True),
        "b": Domain(Fraction(-1, 3), Fraction(100), high_open=True),
        "c": Domain(Fraction(2)),
        "n": Domain(Fraction(1), Fraction(5), integer=True),
    }
    assert claim.exact_point() == {"a": Fraction(1, 10), "b": Fraction(1, 3), "c": 2, "n": 3}
    assert not claim.part("statement").relation.atoms(sympy.Float)


def test_checks_are_those_asked_for(read: Callable[[str], Paper]) -> None:
    claim = only(read(HEAD + CLAIM + textwrap.dedent("""
        checks = ["search", {kind = "enclosure", box = {x = ["1/2", 2], m = [1, 3]}, covers = ["growth"]},
                  {kind = "proof", degree = 2, using = [1], squares = ["x - 1"], covers = ["growth"]},
                  {kind = "search", trials = 7}, {kind = "identity", covers = ["same"]}]
        hypotheses = ["x <= 5", "x >= 1/2"]
        variables = {x = {domain = "real"}, m = {domain = "integer"}}
        [[claim.part]]
        name = "growth"
        statement = "x*m >= -10"
        [[claim.part]]
        name = "same"
        statement = "(x + m)**2 == x**2 + 2*x*m + m**2"
    """)))  # fmt: skip
    search, enclosure, proof, seven, identity = claim.checks
    assert isinstance(search, Search) and isinstance(proof, Proof) and isinstance(identity, Identity)
    assert isinstance(enclosure, Enclosure) and isinstance(seven, Search) and seven.trials == (7, 7, 7)
    assert enclosure.box == {"x": (Fraction(1, 2), Fraction(2)), "m": [1, 3]}
    assert claim.expected is Verdict.DERIVED, "the weakest over the parts of the best that the checks of each can reach"


@pytest.mark.parametrize(
    ("statement", "extra", "verdict"),
    [
        ("x**2 + 1 >= 2*x", "squares = ['x - 1']", Verdict.PROVED),
        ("x/(1 + x) < 1", "degree = 2", Verdict.PROVED),
        ("1/(1 + x) > 0 and x <= 1 + x**2", "squares = ['x - 1/2']", Verdict.PROVED),
        ("x*(1 - x) <= 1/4", "squares = ['x - 1/2']", Verdict.PROVED),
        ("x*(1 - x) < 1/4", "squares = ['x - 1/2']", Verdict.INCONCLUSIVE),
        ("x**2 >= x", "degree = 4", Verdict.INCONCLUSIVE),
        ("1/x > 0", "degree = 4", Verdict.INCONCLUSIVE),
        ("x > 0", "degree = 4", Verdict.INCONCLUSIVE),
    ],
)
def test_a_proof_proves_what_is_true_and_nothing_else(
    read: Callable[[str], Paper], tmp_path: Path, statement: str, extra: str, verdict: Verdict
) -> None:
    read(HEAD + CLAIM + f'statement = "{statement}"\nchecks = [{{kind = "proof", {extra}}}]\npoint = {{x = 3}}\n' + X)
    (entry,) = execute(Plan(str(tmp_path / "t.toml"), {}, Profile.QUICK, jobs=0), ["c"], None, False, lambda *_: None)
    assert entry.verdict is verdict, [e.summary for e in entry.evidence]


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ('hypotheses = ["x >= 2", "x <= 1"]\nstatement = "x > 7"\n' + X, Verdict.VACUOUS),
        ('hypotheses = ["x >= 2"]\nstatement = "x > 3"\npoint = {x = 1}\n' + X, Verdict.REFUTED),
        ('statement = "exp(x) >= 1 + x"\n' + X, Verdict.SURVIVED),
        ('statement = "exp(x) > 1 + 2*x"\nchecks = [{kind = "enclosure", box = {x = [0, 1]}}]\n' + X, Verdict.REFUTED),
        ('statement = "exp(x) > x"\nchecks = [{kind = "enclosure", box = {x = [0, 1]}}]\n' + X, Verdict.CERTIFIED),
        ('statement = "(x + 1)**2 == x**2 + 2*x + 1"\nchecks = ["identity"]\n' + X, Verdict.DERIVED),
        ('statement = "(x + 1)**2 == x**2 + 2*x + 2"\nchecks = ["identity"]\n' + X, Verdict.REFUTED),
    ],
)
def test_verdicts_of_drafts(read: Callable[[str], Paper], tmp_path: Path, body: str, verdict: Verdict) -> None:
    read(HEAD + CLAIM + body)
    (entry,) = execute(Plan(str(tmp_path / "t.toml"), {}, Profile.QUICK, jobs=0), ["c"], None, False, lambda *_: None)
    assert entry.verdict is verdict, [e.summary for e in entry.evidence]
    if verdict is Verdict.VACUOUS:
        assert "x <= 1; x >= 2" in entry.evidence[0].summary.replace("x >= 2; x <= 1", "x <= 1; x >= 2")


S = 'statement = "x >= 1"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "t.toml:1: the key schema_version is missing (allowed: schema_version, paper, claim, setting)"),
        ("schema_version = 2\npaper = 'x'", "t.toml:1: schema_version: 2 (allowed: an integer from 1 to 1)"),
        ("schema_version = 1", "t.toml:1: the key paper is missing"),
        (HEAD, "t.toml:1: a draft needs at least one [[claim]]"),
        (HEAD + CLAIM + X, "t.toml:3: claim[1]: a claim has either a statement or [[claim.part]] tables"),
        (HEAD + CLAIM + S, 't.toml:7: claim[1].statement: "x >= 1", column 1: unknown name "x"'),
        (HEAD + CLAIM.replace('"c"', '"C c"') + S + X, "t.toml:3: claim[1]: claim id 'C c': lower-case letters"),
        (HEAD + CLAIM.replace('"c"', "3") + S + X, "t.toml:4: claim[1].id: an integer (allowed: a string"),
        (HEAD + CLAIM + S + X + CLAIM + S + X, 't.toml:11: claim[2].id: "c" is the id of an earlier claim'),
        (
            HEAD + CLAIM + 'statement = "x + 1"\n' + X,
            't.toml:7: claim[1].statement: "x + 1" is a number (allowed: a condition',
        ),
        (
            HEAD + CLAIM + 'statement = "x - x >= 0"\n' + X,
            't.toml:7: claim[1].statement: "x - x >= 0" is true whatever',
        ),
        (
            HEAD + CLAIM + S + 'hypotheses = [\n  "x > 0",\n  "1 > 2",\n]\n' + X,
            't.toml:10: claim[1].hypotheses[2]: "1 > 2" is false',
        ),
        (HEAD + CLAIM + S + "point = {x = nan}\n" + X, "t.toml:8: nan is no number (allowed: finite numbers)"),
        (HEAD + CLAIM + S + "point = {x = -inf}\n" + X, "t.toml:8: -inf is no number"),
        (HEAD + CLAIM + S + f"point = {{x = {'9' * 5000}}}\n" + X, "t.toml:"),
        (
            HEAD + CLAIM + 'statement = "exp(x) >= 1"\nchecks = ["proof"]\n' + X,
            "t.toml:8: claim[1].checks[1]: exp(x) >= 1 is no comparison of rational",
        ),
        (
            HEAD.replace("2026", "'x'") + CLAIM + S + X,
            't.toml:2: paper.year: "x" (allowed: an integer from 1000 to 9999)',
        ),
        (
            HEAD.replace('["A"]', "[]") + CLAIM + S + X,
            "t.toml:2: paper.authors: a list of 0 (allowed: a list of 1 to 100)",
        ),
        (
            HEAD.replace('id = "d"', 'id = "../d"') + CLAIM + S + X,
            't.toml:2: paper.id: "../d" (allowed: lower-case letters',
        ),
        (
            HEAD.replace('id = "d"', 'id = "li-li-2024"') + CLAIM + S + X,
            't.toml:2: paper.id: "li-li-2024" is an installed paper',
        ),
        (
            "schema_version = 1\npaper = 'li-li-2023'",
            't.toml:2: paper: no installed paper "li-li-2023"; did you mean "li-li-2024"?',
        ),
        (
            "schema_version = 1\npaper = 'li-li-2024'\n" + CLAIM + S,
            "t.toml:3: claim: a setting of an installed paper has no claims",
        ),
        ("schema_version = = 1", "t.toml:1: not TOML: Invalid value"),
        ("a = '''\n\n", "t.toml:3: not TOML"),
        ("a = " + "[" * 5000, "t.toml:1: not TOML: nested too deeply"),
    ],
)
def test_a_wrong_file_gives_one_message_with_line_and_key(
    refused: Callable[[str], str], text: str, message: str
) -> None:
    found = refused(text)
    assert found.startswith(message), found


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("hypothesis = ['x > 0']", 'hypothesis: unknown key; did you mean "hypotheses"?'),
        ("expected = 'true'", 'expected: "true"; known: certified, conflict'),
        ("expected = 'refutet'", 'expected: "refutet"; did you mean "refuted"?'),
        ("uses = ['d']", 'uses: no claim "d"; known: c'),
        ("uses = ['c']", "uses: circle of uses: c -> c"),
        ("point = {y = 1}", "point.y: unknown key; known: x (allowed: x)"),
        ("point = {x = true}", "point.x: true is no rational number"),
        ('point = {x = "1/0"}', 'point.x: "1/0" is no rational number'),
        ("point = {x = 1e999999999}", "point.x: 1E+999999999 is no rational number"),
        (f"point = {{x = 0x{'f' * 5000}}}", "point.x: an integer of very many digits"),
        ("checks = ['prof']", 'checks[1]: "prof"; did you mean "proof"?'),
        ("checks = []", "checks: a list of 0 (allowed: a list of 1 to 20)"),
        ("checks = [3]", "checks[1]: an integer (allowed: a table)"),
        ("checks = [{kind = 'search', trails = 3}]", "checks[1].trails: unknown key; did you mean"),
        ("checks = [{kind = 'search', trials = 0}]", "checks[1].trials: 0 (allowed: an integer from 1"),
        ("checks = ['enclosure']", "checks[1]: x is unbounded: an enclosure needs a box"),
        ("checks = [{kind = 'enclosure', box = {x = [2, 1]}}]", "checks[1].box.x: the interval [2, 1]"),
        ("checks = [{kind = 'enclosure', box = {}}]", "checks[1].box: the key x is missing"),
        ("checks = ['identity']", "checks[1]: x >= 1 is no equation"),
        ("checks = [{kind = 'proof', covers = ['a']}]", 'checks[1].covers[1]: "a"; known: statement'),
    ],
)
def test_a_wrong_line_of_a_claim_is_named(refused: Callable[[str], str], line: str, message: str) -> None:
    found = refused(f"{HEAD}{CLAIM}{S}{line}\n{X}")
    assert found.startswith(f"t.toml:8: claim[1].{message}"), found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("low = 0", "low = 2, high = 1"), "x: the domain real in [2, 1] is empty"),
        (("real", "complex"), 'x.domain: "complex"; known: integer, positive, real'),
        (("low", "lo"), 'x.lo: unknown key; did you mean "low"?'),
        (("x =", "lambda ="), "lambda: no name for a variable"),
        (("x =", "exp ="), "exp: no name for a variable"),
        (("x =", '"x y" ='), "x y: no name for a variable"),
    ],
)
def test_a_wrong_variable_is_named(refused: Callable[[str], str], change: tuple[str, str], message: str) -> None:
    found = refused(HEAD + CLAIM + S + X.replace(*change))
    assert found.startswith(f"t.toml:9: claim[1].variables.{message}"), found


HOSTILE = [
    "__import__('os').system('touch SENTINEL')",
    "().__class__.__base__.__subclasses__()",
    "x.real >= 0",
    "(lambda: open('SENTINEL', 'w'))() >= 0",
    "[open('SENTINEL', 'w') for x in (1,)] >= 0",
    "exec('open(\\\\'SENTINEL\\\\', \\\\'w\\\\')')",
    "f'{x}' >= 0",
    "(x := 3) >= 0",
    "9**9**9 >= x",
    "((((x**64)**64)**64)**64) >= 0",
    "x**60 * x**60 >= 0",
    "exp(exp(exp(exp(exp(9))))) > exp(exp(exp(exp(8))))",
    "1e999999 >= x",
    "(" * 3000 + "x" + ")" * 3000 + " >= 0",
    "(" * 90 + "x" + ")" * 90 + " >= -" + "-" * 150 + "x",
    "not " * 60 + "(x >= 0)",
    "x\\u0000 >= 0",
    "x\\u202e >= 0",
    "x >= 0; import os",
    "x >= 0\\nimport os",
    "ｅｘｐ(x) >= 0 or __builtins__",
    "print(x) >= 0",
    "x if x else x",
    "x @ x >= 0",
    "0x10 >= x",
    "1j >= x",
    "'x' >= 0",
    "x is x",
    "x[0] >= 0",
    "*x >= 0",
    "await x",
    "1/0 >= x",
    "0**-1 >= x",
    "log(0) >= x",
    "sqrt(-1) >= x",
    "Symbol('x') >= 0",
]


@pytest.mark.parametrize("expression", HOSTILE)
@pytest.mark.parametrize("key", ["statement", "hypotheses"])
def test_hostile_expressions_are_refused_and_nothing_runs(
    refused: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, expression: str
) -> None:
    monkeypatch.chdir(tmp_path)
    written = f'statement = "{expression}"\n' if key == "statement" else f'{S}hypotheses = ["{expression}"]\n'
    message = refused(HEAD + CLAIM + written + X)
    line = 7 if key == "statement" else 8
    assert message.startswith(f"t.toml:{line}: claim[1].{key}"), message
    assert [path.name for path in tmp_path.iterdir()] == ["t.toml"], "nothing was run and nothing written"


def test_sizes_are_limited(refused: Callable[[str], str], tmp_path: Path) -> None:
    assert refused(HEAD + CLAIM + f'statement = "{"x + " * 250_000}x >= 0"\n' + X).startswith(
        "t.toml:7: the line is too long"
    )
    assert refused("# " + "x" * 2**20).startswith("t.toml:1: the file is too large (allowed: 1048576 bytes)")
    assert refused(HEAD + CLAIM + f'statement = "{"x + " * 600}x >= 0"\n' + X).startswith(
        "t.toml:7: claim[1].statement: an expression of"
    )
    many = "".join(CLAIM.replace('"c"', f'"c{n}"') + S + X for n in range(501))
    assert refused(HEAD + many).endswith("claim: a list of 501 (allowed: a list of 1 to 500)")
    (tmp_path / "t.toml").write_bytes(b"a = 1\nb = '\xff'\n")
    with pytest.raises(UserError, match=r"t\.toml:2: not UTF-8"):
        read_theory(tmp_path / "t.toml")
    with pytest.raises(UserError, match="cannot be read"):
        read_theory(tmp_path / "none.toml")


class _Installed:
    """Stands in for an installed paper with parameters k and eta."""

    @staticmethod
    def setting(values: Mapping[str, Any]) -> Mapping[str, Any]:
        for key, value in values.items():
            if key not in ("k", "eta"):
                raise ValueError(f"{key} = {value}: unknown key (allowed: k, eta)")
            if not value > 0:
                raise ValueError(f"{key} = {value}: not positive (allowed: > 0)")
        return {"k": 5, "eta": 0.02, **values}

    paper = Paper("real", Bibliography("r", "R", ("A",), 2020), (), setting)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "installed", lambda: ["real"])
    monkeypatch.setattr(loader, "load", lambda name: _Installed.paper)


@pytest.mark.usefixtures("installed")
def test_a_file_may_be_a_setting_of_an_installed_paper(read: Callable[[str], Paper]) -> None:
    paper = read('schema_version = 1\npaper = "real"\n[setting]\nk = 3\neta = 0.05\n')
    assert paper.id == "real" and paper.setting({}) == {"k": 3, "eta": 0.05} and paper.setting({"k": 4})["k"] == 4
    assert paper.digest == "", "results depend on the paper's own code, which a digest of the file would hide"
    assert read('schema_version = 1\npaper = "real"\n').setting({}) == {"k": 5, "eta": 0.02}


@pytest.mark.usefixtures("installed")
def test_a_wrong_setting_gives_the_papers_message_with_its_line(refused: Callable[[str], str]) -> None:
    head = 'schema_version = 1\npaper = "real"\n[setting]\nk = 3\n'
    assert refused(head + "etaa = 1\n") == "t.toml:5: setting: etaa = 1: unknown key (allowed: k, eta)"
    assert refused(head + "eta = -0.5\n") == "t.toml:5: setting: eta = -0.5: not positive (allowed: > 0)"
    assert refused(head + "eta = nan\n").startswith("t.toml:5: nan is no number")
    assert refused(head + "[settings]\n").startswith('t.toml:5: settings: unknown key; did you mean "setting"?')
