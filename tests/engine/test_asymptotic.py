"""Claims about orders of magnitude: verdicts, what is stored and read back, contradictions, words."""

import json
import os
import sqlite3
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from theorycheck import order_kernel, store
from theorycheck.checks import asymptotic
from theorycheck.checks.asymptotic import Asymptotic
from theorycheck.checks.check import Profile
from theorycheck.checks.vacuity import NonVacuity, holds_at
from theorycheck.claim import Claim, Condition, Part, ordered
from theorycheck.domains import Variable, integer, real
from theorycheck.engine import Plan, checks_of, execute
from theorycheck.ledger import Entry
from theorycheck.orders.language import Quantity
from theorycheck.orders.text import order
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .claims import CONTEXT

K = Quantity("k", "limit")
A = Variable("a", real(0, 1, open_low=True, open_high=True))


def claim(*parts: str, given: tuple[str, ...] = (), names: str = "x y", **more: Any) -> Claim:
    quantities = (K, *(Quantity(*name.split(":")) for name in names.split()))
    found = tuple(Part(f"part-{n}", order=order(text)) for n, text in enumerate(parts, 1))
    checks = tuple(Asymptotic((part.name,)) for part in found)
    defaults: dict[str, Any] = {"quantities": quantities, "hypotheses": tuple(map(ordered, given))}
    return Claim("orders", Source("Lemma 0"), "orders", found, checks, **{**defaults, **more})


def run(one: Claim) -> list[Verdict]:
    return [check.run(one, CONTEXT).verdict for check in checks_of(one)]


PROVED, REFUTED = Verdict.PROVED, Verdict.REFUTED


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (claim("x << k", given=("x = polylog(k)",)), PROVED),
        (claim("x << k**(1/200)", given=("x = Otilde(1)",)), PROVED),
        (claim("x <= polylog(k)", given=("log(x) << log(k)",)), REFUTED),
        (claim("x = O(y**2)", given=("x >~ y**2",)), REFUTED),
        (claim("k**a << k", variables=(A,)), PROVED),
        (claim("k**a <~ sqrt(k)", variables=(A,)), REFUTED),
        (claim("x + y <~ k", given=("x <~ k", "y << k")), PROVED),
        (claim("x + y << k", given=("x <~ k", "y << k")), REFUTED),
        (claim("x <~ k**3", names="x:poly"), REFUTED),
        (claim("x = poly(k)", names="x:power"), PROVED),
        (claim("x <~ k**2", names="x:power", given=("x ~ k**(5/2)",)), REFUTED),
        (claim("x <~ k**3", names="x:power", given=("x ~ k**(5/2)",)), PROVED),
        (claim("x*y = polylog(k)", names="x:polylog y:constant"), PROVED),
        (claim("x >> k**9", given=("x >= largepoly(k)",)), PROVED),
        (claim("x = superpoly(k)".replace("=", ">="), given=("x >= largepoly(k)",)), REFUTED),
    ],
)
def test_verdicts(one: Claim, verdict: Verdict) -> None:
    assert run(one) == [PROVED, verdict]


def test_each_part_has_its_own_verdict_and_the_claim_the_weakest() -> None:
    one = claim("x << k", "x >> 1", given=("x = polylog(k)",))
    evidence = tuple(check.run(one, CONTEXT) for check in checks_of(one))
    entry = Entry(one, evidence)
    assert [entry.part_verdict(part) for part in one.parts] == [PROVED, REFUTED] and entry.verdict is REFUTED
    witness = evidence[2].witness
    assert witness is not None and witness["claim"] == "orders" and order_kernel.replay(witness).confirmed
    assert "x ~ " in evidence[2].summary and evidence[2].tables[0].rows


def test_one_check_of_several_parts_refutes_only_the_part_that_fails() -> None:
    one = replace(claim("x << k", "x >> 1", "x + log(k) <~ k", given=("x = polylog(k)",)), checks=(Asymptotic(),))
    evidence = tuple(check.run(one, CONTEXT) for check in checks_of(one))
    assert evidence[1].covers == ("part-2",)
    assert asymptotic.refutes(evidence[1].witness or {}, one, evidence[1].covers)
    entry = Entry(one, evidence)
    said = [entry.part_verdict(part) for part in one.parts]
    assert said == [Verdict.INCONCLUSIVE, REFUTED, Verdict.INCONCLUSIVE] and entry.verdict is REFUTED


def test_contradictory_hypotheses_give_a_core_and_every_repair() -> None:
    given = ("x >> y", "y >~ k", "x <~ k", "y <= poly(k)")
    one = claim("x ~ y", given=given)
    vacuous, decided = NonVacuity().run(one, CONTEXT), Asymptotic().run(one, CONTEXT)
    assert vacuous.verdict is decided.verdict is Verdict.VACUOUS
    assert vacuous.figures["unsatisfiable core"] == ["x >> y", "y >~ k", "x <~ k"]
    assert {row[0] for row in vacuous.tables[0].rows} == {"x >> y", "y >~ k", "x <~ k"}
    assert vacuous.figures["repairs are complete"] == "true"
    asymptotic.contradicts(vacuous.certificate or {}, one)
    for number in range(3):  # each is needed for the contradiction
        less = claim("x ~ y", given=given[:number] + given[number + 1 :])
        assert NonVacuity().run(less, CONTEXT).verdict is PROVED
        with pytest.raises(ValueError, match="other hypotheses"):
            asymptotic.contradicts(vacuous.certificate or {}, less)


def test_stored_evidence_is_about_its_claim_alone() -> None:
    one = claim("x << k", given=("x = polylog(k)",))
    certificate = Asymptotic().run(one, CONTEXT).certificate or {}
    asymptotic.recheck(certificate, one, ())
    for other in (claim("x << sqrt(k)", given=("x = polylog(k)",)), claim("x << k", given=("x <= poly(k)",))):
        with pytest.raises(ValueError, match="other statements"):
            asymptotic.recheck(certificate, other, ())
    inside = NonVacuity().run(one, CONTEXT).certificate or {}
    assert holds_at(one, inside) and not holds_at(claim("x << k", given=("x >= superpoly(k)",)), inside)
    del inside["rates"]
    assert not holds_at(one, inside)


def test_an_integer_exponent_is_refuted_at_an_integer_only() -> None:
    whole = Variable("n", integer(1, 2))
    refuted = claim("x**n <~ k", given=("x <~ k",), variables=(whole,))
    evidence = Asymptotic().run(refuted, CONTEXT)
    ok = evidence.verdict is REFUTED and evidence.witness is not None and evidence.witness["parameters"] == {"n": "2"}
    assert ok or evidence.verdict is Verdict.INCONCLUSIVE
    between = claim("k**((n-1)*(2-n)) <~ 1", variables=(whole,))  # fails only between 1 and 2
    assert Asymptotic().run(between, CONTEXT).verdict is Verdict.INCONCLUSIVE


def test_quantifiers_are_said_in_words() -> None:
    one = claim("x = Otilde(y)", "x << 1/y", given=("x = polylog(k)", "y >= largepoly(k)"))
    assert one.parts[0].said("k") == "x = Otilde(y), that is: there are constants C, p with x <= C (log k)^p y"
    assert one.parts[1].said("k").endswith("for every c > 0, x <= c (1/y) from some k on")
    assert one.hypotheses[0].said("k").endswith("constants C, p with 1/(C (log k)^p) <= x <= C (log k)^p")
    assert "for a constant p that the theorem may choose" in one.hypotheses[1].said("k")
    assert one.parts[0].shown_tex == r"x = \tilde O(y)"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"hypotheses": (ordered("z <~ k"),)}, "uses undeclared z"),
        ({"hypotheses": (ordered("x - y <~ k"),)}, "not positive"),
        ({"hypotheses": (ordered("exp(x) <~ k"),)}, "not in the language of orders"),
        ({"hypotheses": (ordered("x**y <~ k"),)}, "the exponent y is no constant"),
        ({"quantities": (Quantity("x"), Quantity("y")), "parts": (Part("p", order=order("x = Otilde(y)")),)}, "name the limit"),
        ({"quantities": (K, K, Quantity("x"), Quantity("y"))}, "named twice"),
        ({"sizes": {"1z": "k"}}, "a size for 1z"),
    ],
)  # fmt: skip
def test_a_claim_outside_the_language_is_refused_when_it_is_written(change: dict[str, Any], says: str) -> None:
    one = claim("x <~ y")
    with pytest.raises(ValueError, match=says):
        replace(one, checks=(Asymptotic(),), **change)


def test_a_part_in_words_cannot_be_decided() -> None:
    one = claim("x <~ y")
    words = replace(one, parts=(*one.parts, Part("words", text="w.h.p.")), checks=(Asymptotic(),))
    with pytest.raises(ValueError, match="no order relation"):
        Asymptotic().run(words, CONTEXT)
    assert Condition("in words").said("k") == "in words"


PAPER = textwrap.dedent(
    """
    from theorycheck.checks.asymptotic import Asymptotic
    from theorycheck.claim import Claim, Part, ordered
    from theorycheck.orders.language import Quantity
    from theorycheck.orders.text import order
    from theorycheck.paper import Paper
    from theorycheck.source import Bibliography, Source
    from theorycheck.verdict import Verdict

    def make(name, text, given, expected):
        quantities = (Quantity("k", "limit"), Quantity("x"))
        parts = (Part("all", order=order(text)),)
        return Claim(name, Source(name), name, parts, (Asymptotic(),), quantities=quantities,
                     hypotheses=tuple(map(ordered, given)), expected=expected)

    def chapter(setting):
        return (make("true", "x << k", ["x = polylog(k)"], Verdict.PROVED),
                make("false", "x >> 1", ["x = polylog(k)"], Verdict.REFUTED),
                make("hollow", "x >> 1", ["x <~ 1", "x >> k"], Verdict.VACUOUS))

    PAPER = Paper("orders", Bibliography("t", "T", ("A",), 2020), (chapter,))
    """
)


def test_the_store_gives_back_what_the_kernel_accepts_and_nothing_forged(tmp_path: Path) -> None:
    (tmp_path / "orders.py").write_text(PAPER)
    plan, wanted = Plan(str(tmp_path / "orders.py"), {}, Profile.QUICK, jobs=0), ["true", "false", "hollow"]
    path = tmp_path / "r.sqlite"
    with store.Store(path) as results:
        first = execute(plan, wanted, results, False, lambda *_: None)
        second = execute(plan, wanted, results, False, lambda *_: None)
        assert [entry.verdict for entry in first] == [PROVED, REFUTED, Verdict.VACUOUS]
        assert [entry.verdict for entry in second] == [entry.verdict for entry in first]
        assert all(e.cached for entry in second for e in entry.evidence)
        with sqlite3.connect(path) as forger:
            for key, text in forger.execute("SELECT key, document FROM evidence").fetchall():
                # Every exponent -1 becomes -2: certificates no longer add up, rays and rates are about others.
                forger.execute("UPDATE evidence SET document = ? WHERE key = ?", (text.replace('"-1"', '"-2"'), key))
        third = execute(plan, wanted, results, False, lambda *_: None)
    assert [entry.verdict for entry in third] == [entry.verdict for entry in first]
    assert not any(e.cached for entry in third for e in entry.evidence)


def test_evidence_is_plain_json() -> None:
    one = claim("x << k", "x >> 1", given=("x = polylog(k)",))
    for check in checks_of(one):
        json.dumps(check.run(one, CONTEXT).to_json(), allow_nan=False)


SEEDED = """
import json, sys
from theorycheck.orders.decide import decide_statement
from theorycheck.orders.language import Quantity
from theorycheck.orders.problem import Problem
from theorycheck.orders.text import order
names = "x y z".split()
given = ["x <~ max(y, log(k))", "y = polylog(k)", "z >> x*y", "log(z) <~ log(k)"]
goals = ["x*y <= polylog(k)", "z <~ k", "log(x + z) << k"]
problem = Problem([Quantity("k", "limit"), *map(Quantity, names)], (), (), list(map(order, given)), list(map(order, goals)))
found = [decide_statement(problem.statement(goal)) for facts in problem.goals for goal in facts]
sys.stdout.write(json.dumps([[one.certificate, one.ray, one.reason] for one in found]))
"""


def test_certificates_and_rays_do_not_depend_on_the_hash_seed() -> None:
    said = [
        subprocess.run([sys.executable, "-c", SEEDED], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True,
                       text=True, check=True).stdout
        for seed in ("0", "77")
    ]  # fmt: skip
    assert said[0] == said[1]
    assert [[one is not None for one in found[:2]] for found in json.loads(said[0])] == [
        [True, False], [False, True], [True, False],
    ]  # fmt: skip
