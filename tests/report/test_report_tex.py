"""The LaTeX file: listed mathematics passes, everything else is printed as text."""

import re

import pytest

from theorycheck.report.escape import escape, symbols
from theorycheck.report.latex import COMMANDS, problem
from theorycheck.report.tex import formula, inline, lines, prose, tex
from theorycheck.report.view import view

OWN = {
    "begin", "end", "documentclass", "usepackage", "providecommand", "newcommand", "renewcommand", "papernumber",
    "theoremstyle", "newtheorem", "newenvironment", "setlength", "parindent", "parskip", "sloppy", "raggedbottom",
    "section", "subsection", "textbf", "textsc", "texttt", "item", "par", "medskip", "noindent", "small", "LARGE",
    "ttfamily", "hline", "bullet", "blacksquare", "blacklozenge", "circledcirc", "lozenge", "bowtie", "blacktriangle",
    "textbackslash", "textasciicircum", "textasciitilde", "textless", "textgreater", "textbar", "textquotedbl",
    "textquotesingle", "textasciigrave", "textendash", "textemdash", "dots", "ensuremath", "lt", "gt", "surd", "Vert",
}  # fmt: skip
DANGEROUS = (
    r"\input{/etc/passwd}",
    r"\write18{id}",
    r"\immediate\write18{id}",
    r"\catcode`\@=11",
    r"\def\x{\x}\x",
    r"\newcommand{\x}{\x\x}",
    r"^^5cinput{x}",
    r"\csname input\endcsname",
    r"x \end{document} y",
    r"\begin{filecontents}{x}\end{filecontents}",
    r"\begin{array}{@{\input{x}}l}a\end{array}",
    r"\includegraphics{x}",
    r"\href{javascript:alert(1)}{x}",
    r"\openout\directlua{os.execute()}",
    r"a$b",
    r"x % comment",
    r"\text{\input{x}}",
    r"\text{a_b}",
    r"}\bgroup",
    r"{",
    r"\left(x",
    r"x\right)",
    r"a & b",
    r"\begin{cases} a",
    r"\begin{cases} a \end{matrix}",
    "x\x00",
    "x\\",
    "",
    "x" * 5000,
    "{" * 100 + "}" * 100,
)


@pytest.mark.parametrize("text", DANGEROUS)
def test_unlisted_latex_has_a_problem_and_prints_as_text(text):
    assert problem(text)
    written = inline(text)
    assert set(re.findall(r"\\([A-Za-z]+)", written)) <= OWN
    assert "^^" not in written


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{k-1}{k-1+e^{F_i}} \le 1-\mathrm{logit}_i",
        r"\begin{cases} 0 & \text{for}\: z \leq 0 \\ \frac{z^{q}}{q \varrho^{q-1}} & \text{otherwise} \end{cases}",
        r"\left\langle w_{i,r}, u_i\right\rangle \ge 0",
        r"\log{\left(x \right)} + \operatorname{Max}{\left(a,b\right)} \in \mathbb{R}",
        r"\sum_{p \in J_R} \alpha_p^{\gamma} \ll \sum_{p \in J_{NR}} \beta_p^{\gamma}",
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
        r"100\%",
        "ε ≤ σ_n √d",
    ],
)
def test_mathematics_passes(text):
    assert problem(text) == ""
    assert formula(text) == rf"\[{symbols(text)}\]"
    assert formula(text).isascii()


def test_what_does_not_parse_is_printed_as_text():
    assert inline("a^b^c") == r"\texttt{a\textasciicircum{}b\textasciicircum{}c}"


def test_document_holds_only_its_own_and_listed_commands(document):
    source = tex(view(document))
    assert set(re.findall(r"\\([A-Za-z]+)", source)) <= OWN | COMMANDS
    assert source.isascii()
    assert source.startswith("\\documentclass")
    assert source.rstrip().endswith(r"\end{document}")
    for side in ("claim", "itemize", "enumerate", "center"):
        assert source.count(rf"\begin{{{side}}}") == source.count(rf"\end{{{side}}}")


def test_every_claim_with_number_and_verdict(document):
    source = tex(view(document))
    for claim in document["claims"]:
        start = source.index(rf"\begin{{claim}}{{{claim['source']}}}")
        assert rf"\textsc{{{claim['verdict']}}}" in source[start : start + 1500]
    assert r"\textbf{unexpected}" in source


@pytest.mark.parametrize("text", [*DANGEROUS, r"$\input{x}$", "<< 7*7 >><% for %>", "~#&_{}|<>\"'`--"])
def test_hostile_strings_everywhere_stay_text(document, text):
    for claim in document["claims"]:
        claim.update(title=text, statement=text, statement_tex=text, note=text, source=text or "x", origin=text)
        claim["hypotheses"] = [{"text": text, "tex": text}]
        claim["variables"] = [{"name": text, "tex": text, "domain": text}]
        claim["derivation"] = [{"name": text, "text": text, "tex": text, "by": text}]
        claim["witness"] = {text: text}
        claim["replay"] = text
    document["bibliography"]["bibtex"] = text
    document["setting"] = {text: text}
    source = tex(view(document))
    assert set(re.findall(r"\\([A-Za-z]+)", source)) <= OWN | COMMANDS
    assert source.count(r"\end{document}") == 1
    assert "^^" not in source
    plain = re.sub(r"\\\\|\\[{}]", "", source)
    assert plain.count("{") == plain.count("}")
    assert "49" not in source


def test_escape_prints_each_special_character():
    assert escape(r"\{}$&#%_^~") == (r"\textbackslash{}\{\}\$\&\#\%\_\textasciicircum{}\textasciitilde{}")
    assert escape("α ≤ Θ(σ²)") == (
        r"\ensuremath{\alpha} \ensuremath{\le} \ensuremath{\Theta}(\ensuremath{\sigma}\ensuremath{^{2}})"
    )
    assert escape("漢\ufffd") == r"\texttt{U+6F22}\texttt{U+FFFD}"
    assert escape("Büchi–Łoś") == r"Büchi\textendash{}Łoś"


def test_sized_delimiters_stay_bare():
    assert symbols("\\left⟨x\\right⟩") == r"\left\langle x\right\rangle"


def test_prose_and_lines():
    assert prose("for $k \\ge 2$, 5%") == r"for \(k \ge 2\), 5\%"
    assert lines("@a{\n  b = {c},\n}") == "@a\\{\\\\\n~~b = \\{c\\},\\\\\n\\}"


def test_same_document_same_file(document):
    assert tex(view(document)) == tex(view(document))
