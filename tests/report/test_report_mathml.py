"""Formulas: mathematics becomes MathML of listed tags, the rest escaped code."""

from xml.etree.ElementTree import fromstring

import pytest
import sympy

from theorycheck.report.mathml import ATTRIBUTES, TAGS, maths, to_mathml

SPACE = "{http://www.w3.org/1998/Math/MathML}"


def check_listed(formula: str) -> str:
    root = fromstring(formula)
    for element in root.iter():
        assert element.tag.removeprefix(SPACE) in TAGS
        assert set(element.attrib) <= ATTRIBUTES
    return "".join(root.itertext())


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\alpha_p \ge 0", "α𝑝≥0"),
        (r"\mathrm{logit}_i", "logit𝑖"),
        (r"\mathbb{R}", "ℝ"),
        (r"a < b \text{ & c}".replace("&", r"\&"), "a<b\u00a0&\u00a0c"),
        (r"\text{a < b}", "a\u00a0<\u00a0b"),
        (r"a \sim b", "a∼b"),
        (r"\begin{aligned} a &= b \end{aligned}", "a=b"),
        (r"\begin{cases} 0 & z \le 0 \\ z & z > 0 \end{cases}", "{0z≤0zz>0"),
        (r"\left\|x\right\|_\infty", "‖x‖∞"),
        ("ε ≤ σ", "ε≤σ"),
    ],
)
@pytest.mark.parametrize("display", [False, True])
def test_formulas(tex, text, display):
    formula = to_mathml(tex, display)
    assert formula is not None
    assert check_listed(formula).replace("p", "𝑝").replace("logiti", "logit𝑖") == text.replace("p", "𝑝")
    assert f'display="{"block" if display else "inline"}"' in formula


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\style{color:red}{x}",
        r"\class{a}{x}",
        r"\color{red} x",
        r"\rule{9em}{9em}",
        r"\unicode{x3c}",
        r"\phantom{x}",
        r"\newcommand{\x}{\x\x}\x",
        r"\foo x",
        "a^b^c",
        r"\frac{1}",
        "</math><script>alert(1)</script>$",
        r"\sqrt" * 700,
        "x" * 5000,
        "",
    ],
)
def test_refused_formulas_become_escaped_code(tex):
    assert to_mathml(tex) is None
    shown = maths(tex)
    assert shown.startswith('<code class="tex">') and shown.count("<") == 2


@pytest.mark.parametrize(
    "tex", ["<script>alert(1)</script>", "<mi onclick='x'>q</mi>", r"\text{<script>\&lt;</script>}"]
)
def test_markup_in_a_formula_is_text(tex):
    formula = to_mathml(tex)
    assert formula is not None
    check_listed(formula)
    assert "<script" not in formula and "<mi onclick" not in formula


def test_functions_are_spaced_and_joined():
    assert "<mi>logit</mi>" in to_mathml(r"\mathrm{logit}_i")
    assert '<mi>log</mi><mspace width="0.167em" /><mi>x</mi>' in to_mathml(r"\log x")
    assert '<munder><mo movablelimits="true"' in to_mathml(r"\max_{r} A_r", True).replace(
        'lspace="0.167em" rspace="0.167em" ', ""
    )


def test_printer_of_the_algebra_system_passes():
    x, y, q = sympy.symbols("x y q", positive=True)
    expressions = [
        sympy.Piecewise((0, x <= 0), (x**q / q, x <= 1), (x - 1 + 1 / q, True)),
        sympy.Eq(sympy.Sum(x**q, (q, 1, 10)), sympy.Integral(sympy.log(x) * sympy.exp(-y), (x, 0, 1))),
        sympy.Implies(x > 1, sympy.And(y > 2, sympy.Not(sympy.Contains(y, sympy.Interval(0, 1))))),
        sympy.Max(x, y) + sympy.Abs(x - y) + sympy.floor(x) + sympy.binomial(x, y) + sympy.erf(x),
        sympy.Derivative(sympy.Function("s")(x), x) + sympy.Symbol("alpha_p") ** 2,
        sympy.Matrix([[x, y], [1, q]]),
    ]
    for expression in expressions:
        formula = to_mathml(sympy.latex(expression), True)
        assert formula is not None, sympy.latex(expression)
        check_listed(formula)
