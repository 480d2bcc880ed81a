"""Order relations as text: what is no relation gets one clear message, and nothing is ever run."""

import pytest
import sympy

from theorycheck.domains import Variable, positive, real
from theorycheck.grammar import NotInGrammar
from theorycheck.orders.language import Kind, Order, Quantity, Relation
from theorycheck.orders.lowering import Lowering, OutsideCalculus
from theorycheck.orders.text import order

from .deciding import problem

k, x, y = sympy.symbols("k x y")


@pytest.mark.parametrize(
    ("text", "relation", "left", "right", "base"),
    [
        ("x <~ y", Relation.BELOW, x, y, ""), ("x = O(y)", Relation.BELOW, x, y, ""), ("x >~ y", Relation.ABOVE, x, y, ""),
        ("x = Omega(y)", Relation.ABOVE, x, y, ""), ("x ~ y", Relation.EQUAL, x, y, ""), ("x=Theta(y)", Relation.EQUAL, x, y, ""),
        ("x << y", Relation.FAR_BELOW, x, y, ""), ("x = o(y)", Relation.FAR_BELOW, x, y, ""), ("x >> y", Relation.FAR_ABOVE, x, y, ""),
        ("x = omega(y)", Relation.FAR_ABOVE, x, y, ""), ("x = Otilde(sqrt(y)/k)", Relation.BELOW_LOG, x, sympy.sqrt(y) / k, ""),
        ("x = Otilde(y, k)", Relation.BELOW_LOG, x, y, "k"), ("x = Omegatilde(y)", Relation.ABOVE_LOG, x, y, ""),
        ("x = Thetatilde((x + y)*2, k)", Relation.EQUAL_LOG, x, 2 * x + 2 * y, "k"), ("x = polylog(k)", Relation.EQUAL_LOG, x, 1, "k"),
        ("x <= polylog(k)", Relation.BELOW_LOG, x, 1, "k"), ("x <= y*polylog(k)", Relation.BELOW_LOG, x, y, "k"),
        ("x >= y/polylog(k)", Relation.ABOVE_LOG, x, y, "k"), ("x = poly(k)", Relation.EQUAL_POLY, x, 1, "k"),
        ("x <= poly(k)", Relation.BELOW_POLY, x, 1, "k"), ("x >= 1/poly(k)", Relation.ABOVE_POLY, x, 1, "k"),
        ("x >= y*largepoly(k)", Relation.LARGE_POLY, x, y, "k"), ("x <= y/largepoly(k)", Relation.SMALL_POLY, x, y, "k"),
        ("x <= subpoly(k)", Relation.BELOW_SUBPOLY, x, 1, "k"), ("x >= superpoly(k)", Relation.ABOVE_SUPERPOLY, x, 1, "k"),
        ("x <~ 0.5*y**0.5", Relation.BELOW, x, sympy.sqrt(y) / 2, ""), (" max(x, y) <~ x + y ", Relation.BELOW, sympy.Max(x, y), x + y, ""),
    ],
)  # fmt: skip
def test_reads(text: str, relation: Relation, left: sympy.Expr, right: sympy.Expr, base: str) -> None:
    found = order(text)
    assert (found.relation, found.left, found.base, found.text) == (relation, left, base, text.strip())
    assert sympy.simplify(found.right - right) == 0


REFUSED = [
    ("x < y", "no order relation"), ("x", "no order relation"), ("", "no order relation"), ("x > y", "no order relation"),
    ("x <~ y <~ z", "more than one relation"), ("x <~ y = O(z)", "more than one relation"), ("x == O(y)", "more than one relation"),
    ("x <<~ y", "more than one relation"), ("x ~= y", "more than one relation"), ("x <= O(y) <= z", "more than one relation"),
    ("x <= y", "needs a class of powers"), ("x >= y", "needs a class of powers"), ("x = y", "needs a class of powers"),
    ("x = exponential(k)", "needs a class of powers"), ("x <= polylogs(k)", "needs a class of powers"),
    ("x <= largepoly(k)", "does not go with this place"), ("x >= subpoly(k)", "needs a class of powers"),
    ("x <= superpoly(k)", "needs a class of powers"), ("x = subpoly(k)", "needs a class of powers"),
    ("x >= y*polylog(k)", "does not go with this place"), ("x <= y/polylog(k)", "does not go with this place"),
    ("x <= polylog(k)**2", "does not go with this place"), ("x <= y + polylog(k)", "does not go with this place"),
    ("x <= polylog(k)*poly(k)", "needs a class of powers"), ("x <= polylog(2*k)", "needs a class of powers"), ("x <= polylog()", "needs a class of powers"),
    ("x = O(y, k)", "takes one argument"), ("x = o(y, k)", "takes one argument"), ("x = O(y) + O(z)", "is not an expression"),
    ("x = Otilde(y, 2)", "not in the grammar"), ("x = O()", "is not an expression"), ("x = Otilde(y, k, z)", "not in the grammar"),
    ("O(x) <~ y", "not a function of the grammar"), ("x <~ f(y)", "not a function of the grammar"), ("x <~ log(x, y)", "log takes one argument"),
    ("x <~ max(y)", "max takes two or more"), ("x <~ (y", "is not an expression"), ("<~ y", "is not an expression"), ("x <~", "is not an expression"),
    ("x <~ y, z", "Tuple is not in the grammar"), ("x <~ y > z", "is a condition"), ("x <~ y and z", "a number stands where a condition"),
    ("x <~ 'y'", "is no number"), ("x <~ True", "is no number"), ("x <~ 1j*y", "is no number"), ("x <~ y/0", "not a real number"),
    ("x <~ y**(1/1000000)", "the exponent 1/1000000"), ("x <~ 2**100000", "a power of more than 4096 bits"),
    ("x <~ " + "9" * 41, "a number of more than 40 digits"), ("x <~ " + "+".join(["y"] * 300), "more than 400 parts"),
    ("x <~ " + "y" * 2000, "at most 2000 characters"), ("x <~ " + "-" * 60 + "y", "nested more than 40 deep"), (7, "a text of at most 2000"),
    (None, "a text of at most 2000"), ("x <= class_of_powers*polylog(k)", "take another name"),
    ("x <~ __import__('os').system('true')", "not a function of the grammar"), ("x <~ y.__class__", "Attribute is not in the grammar"),
    ("x <~ (lambda: y)()", "not a function of the grammar"), ("x <~ [y for y in k]", "ListComp is not in the grammar"),
    ("x <~ y[0]", "Subscript is not in the grammar"), ("x <~ y if k else z", "IfExp is not in the grammar"), ("x <~ (y := 2)", "more than one relation"),
    ("x = O(__import__('os'))", "not a function of the grammar"), ("x <~ eval('y')", "not a function of the grammar"),
    ("x <= polylog(k)*exec('y')", "not a function of the grammar"), ("x <~ f'{y}'", "JoinedStr is not in the grammar"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=[str(text)[:40] for text, _ in REFUSED])
def test_refuses_with_one_line(text: str, reason: str) -> None:
    with pytest.raises(NotInGrammar) as caught:
        order(text)
    assert reason in str(caught.value) and "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_nothing_is_run(tmp_path) -> None:
    trace = tmp_path / "trace"
    for text in (f"x <~ open({str(trace)!r}, 'w')", f"x = O(__import__('pathlib').Path({str(trace)!r}).touch())",
                 f"x <= polylog(k)*[c for c in ().__class__.__base__.__subclasses__()][0]({str(trace)!r})"):  # fmt: skip
        with pytest.raises(NotInGrammar):
            order(text)
    assert not trace.exists()


def test_an_unknown_name_comes_with_the_nearest() -> None:
    with pytest.raises(NotInGrammar, match='unknown name "sigma0"; did you mean "sigma_0"'):
        order("sigma0 <~ k", {"sigma_0", "k"})
    with pytest.raises(NotInGrammar, match="needs a class of powers"):
        order("sigma_0 <= polylog(n)", {"sigma_0", "k"})
    with pytest.raises(NotInGrammar, match="takes one argument"):
        order("sigma_0 = Otilde(k, n)", {"sigma_0", "k"})


OUTSIDE = [
    ("x - y <~ k", "not positive"), ("x <~ k - 1", "not positive"), ("x <~ -y", "not positive"), ("x <~ (x - y)**2", "not positive"),
    ("x <~ 0", "not positive"), ("x <~ max(x, -y)", "not positive"), ("x <~ exp(k)", "exp is not in the language"),
    ("exp(-x) <~ k", "exp is not in the language"), ("x <~ abs(y)", "Abs is not in the language"), ("x <~ Phi(y)", "Phi is not in the language"),
    ("x <~ k**y", "the exponent y is no constant: y"), ("x <~ 2**k", "the exponent k is no constant: k"), ("x <~ k**(a*y)", "is no constant: y"),
    ("x <~ k**(1/a)", "is a quotient of constants"), ("x <~ k**(a**(1/2))", "no polynomial in constants"), ("x <~ k**log(a)", "no polynomial in constants"),
    ("x <~ w", "undeclared w"), ("x <~ k**w", "is no constant: w"), ("x <~ c*y", "c is a factor but need not be positive"), ("x <= poly(w)", "undeclared w"),
    ("x <~ log(x - y)", "not positive"), ("x <~ log(1)", "not positive"), ("x <~ y*log(1/2)", "not positive"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), OUTSIDE, ids=[text for text, _ in OUTSIDE])
def test_what_has_no_order_of_magnitude_is_refused(text: str, reason: str) -> None:
    constants = (Variable("a", positive()), Variable("c", real()))
    with pytest.raises(OutsideCalculus, match=reason) as caught:
        problem("k:limit x y", [], text, constants)
    assert "\n" not in str(caught.value)


def test_a_float_is_refused() -> None:
    lowering = Lowering([Quantity("k", "limit"), Quantity("x")])
    with pytest.raises(OutsideCalculus, match="a float"):
        lowering.facts(Order(Relation.BELOW, x, sympy.Float(0.5) * k))


@pytest.mark.parametrize("quantities", ["x y", "k:limit d:limit x y"])
@pytest.mark.parametrize("text", ["x = Otilde(y)", "x = Thetatilde(y)"])
def test_a_class_of_powers_needs_one_limit_variable_or_its_name(quantities: str, text: str) -> None:
    with pytest.raises(OutsideCalculus, match="name the limit variable"):
        problem(quantities, [text], None)


@pytest.mark.parametrize("kind", ["power", "polylog", "poly"])
def test_a_kind_that_is_about_the_limit_variable_needs_one(kind: str) -> None:
    with pytest.raises(OutsideCalculus, match="name the limit variable"):
        problem(f"k:limit d:limit x:{kind}", [], None)


def test_quantities_are_identifiers_of_a_known_kind() -> None:
    with pytest.raises(ValueError, match="allowed: limit, constant, any, power, polylog, poly"):
        Quantity("x", "large")
    for name in ("", "x y", "1x", "ξ", "x.y"):
        with pytest.raises(ValueError, match="identifier"):
            Quantity(name)
    assert {Quantity("x", kind).said("k") for kind in Kind} and len({Quantity("x", kind).said("k") for kind in Kind}) == len(Kind)


def test_what_is_known_of_constants() -> None:
    a, b = sympy.symbols("a b")
    variables = [Variable("a", real()), Variable("b", real())]

    def ranges(*relations: object) -> list[list[object]]:
        return [*Lowering([Quantity("k", "limit")], variables, relations).ranges().values()]

    assert ranges(sympy.Ge(a, 1), sympy.Lt(a, b)) == [[">=", ["+", "-1", "a"]], [">", ["+", ["*", "-1", "a"], "b"]]]
    assert ranges(sympy.Eq(a, b)) == [[">=", ["+", "a", ["*", "-1", "b"]]], [">=", ["+", ["*", "-1", "a"], "b"]]]
    assert ranges(sympy.Ge(a, a, evaluate=False)) == []
    for relation in (sympy.Ne(a, b), sympy.Or(a > b, a < b), sympy.Gt(a, a, evaluate=False), sympy.Ge(0, 1, evaluate=False)):
        with pytest.raises(OutsideCalculus):
            ranges(relation)
